"""The answers that the page for the screen saves, read back: a JSON file with each field's value by its name."""
from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from dossier import issued
from dossier.issued import Identity, Issued
from dossier.review import written
from dossier.review.package import FORM_DATA
from dossier.review.reading import Answer, Finding, Reading, fingerprint, refuse

SCHEMA = "urn:dossier:answers:1"
MOST_BYTES = 16_000_000
MOST_RECORD = 32_000_000
MOST_LEVELS = 8

AGAIN = "Ask for the file again, as “Save answers” made it."
# A string that is never closed reaches to the end; looked for again from each of its quotes, it would cost quadratic time.
_BRACKETS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', re.DOTALL)
_PAGE = re.compile(rb'<script type="application/json" id="page">([^<]*)</script>')
_IDENTITY = ("number", "revision", "kind", "date", "locale")


def read(name: str, content: bytes) -> Reading:
    """The saved answers called `name`. Raises DossierError with one sentence where they are refused."""
    if len(content) > MOST_BYTES:
        raise refuse(name, f"is larger than {MOST_BYTES // 1_000_000} MB; saved answers never are.", AGAIN)
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        raise refuse(name, *(FORM_DATA if b"<xfdf" in content[:2048] else _page(content)))
    data = _checked(name, _parsed(name, content))
    found = _record(name, data)
    about = data["document"]
    said = {key: about.get(key, "") for key in _IDENTITY} | {key: data.get(key, "") for key in ("product", "market", "data")}
    identity = Identity(**{key: written.fit(text)[0] for key, text in said.items()})
    findings: list[Finding] = []
    if found is not None:
        if (found.identity.number, found.identity.revision) != (identity.number, identity.revision):
            raise refuse(name, f"says {identity}, but the record inside is of {found.identity}.", AGAIN)
        identity = found.identity
    answers = []
    for field, value in data["answers"].items():
        fit, unfit = written.fit(value)
        if unfit:
            title = found.field[field].title if found and field in found.field else field
            findings.append(Finding(written.UNFIT, {"field": title or field, "count": str(unfit)}, found.row_of.get(field, "") if found else "", field))
        answers.append(Answer(written.fit(field)[0], fit))
    return Reading(name, "html", fingerprint(content), identity, tuple(answers), found, (), None, tuple(findings))


def issued_page(name: str, content: bytes) -> Issued | None:
    """The record of the page for the screen, as issued; None where it is another page, or carries none."""
    found = _PAGE.search(content) if len(content) <= MOST_BYTES else None
    if found is None or SCHEMA.encode() not in found[1]:
        return None
    data = _parsed(name, found[1])
    return _record(name, data) if isinstance(data, dict) and isinstance(data.get("record", ""), str) else None


def _page(content: bytes) -> tuple[str, str]:
    """The sentence for a page that was sent instead of the answers."""
    if b"urn:dossier:answers:1" not in content:
        return "is a web page that dossier did not make.", "Ask for the JSON file that “Save answers” makes."
    return (
        "is the page, not the answers: a page that a browser saves does not hold what was filled in.",
        "Press “Save answers” at the top of the page and send the JSON file.",
    )


# --- JSON, strictly ---------------------------------------------------------------------------------------------------


def _parsed(name: str, content: bytes) -> Any:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse(name, f"is not UTF-8 (byte {error.start + 1}).", AGAIN) from None
    if _levels(text) > MOST_LEVELS:
        raise refuse(name, f"is nested more than {MOST_LEVELS} levels deep; saved answers never are.", AGAIN)
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_no_number, parse_float=_no_number)
    except json.JSONDecodeError as error:
        what = "ends too early" if error.pos >= len(text.rstrip()) else "is not JSON"
        raise refuse(name, f"{what} (line {error.lineno}, column {error.colno}).", AGAIN) from None
    except ValueError as error:
        raise refuse(name, f"{error}.", AGAIN) from None


def _levels(text: str) -> int:
    """How deep the brackets are nested; those inside strings do not count."""
    depth = deepest = 0
    for found in _BRACKETS.finditer(text):
        bracket = found[0]
        if bracket in ("[", "{"):
            depth += 1
            deepest = max(deepest, depth)
        elif bracket in ("]", "}"):
            depth -= 1
    return deepest


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"names “{key[:64]}” twice")
        found[key] = value
    return found


def _no_constant(word: str) -> None:
    raise ValueError(f"holds “{word}”, which is not JSON")


def _no_number(_: str) -> None:
    """Every value is text; what stands for a number is refused where it is looked at."""


def _checked(name: str, data: Any) -> Mapping[str, Any]:
    """The data in the shape of saved answers."""
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        said = data.get("schema") if isinstance(data, dict) else None
        raise refuse(name, f"holds no saved answers{f' (its schema is “{said[:64]}”)' if isinstance(said, str) else ''}.", AGAIN)
    about, answers = data.get("document"), data.get("answers")
    if not isinstance(about, dict) or not all(isinstance(value, str) for value in about.values()) or not about.get("number") or "revision" not in about:
        raise refuse(name, "does not say which document it is.", AGAIN)
    if not all(isinstance(data.get(key, ""), str) for key in ("product", "market", "data", "saved", "record")):
        raise refuse(name, "has product, market, data version, time or record that is not text.", AGAIN)
    if not isinstance(answers, dict):
        raise refuse(name, "holds no answers.", AGAIN)
    for field, value in answers.items():
        if not isinstance(value, str):
            raise refuse(name, f"holds an answer that is not text: “{field[:64]}”.", AGAIN)
    return data


def _record(name: str, data: Mapping[str, Any]) -> Issued | None:
    """The record as issued, which the page sends back unread; None where it was left out."""
    packed = data.get("record", "")
    if not packed:
        return None
    try:
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(base64.b64decode(packed, validate=True), MOST_RECORD)
        if not unpacking.eof:
            raise ValueError
    except (binascii.Error, zlib.error, ValueError):
        raise refuse(name, "holds a record that cannot be unpacked.", AGAIN) from None
    return issued.parse(content, name)
