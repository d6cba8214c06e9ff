"""A filled PDF form read back: answers by field name, notes and marks on the pages as remarks."""
from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dossier import issued
from dossier.blocks import Field
from dossier.issued import Identity, Issued
from dossier.review import pdf_raw, written
from dossier.review.reading import Answer, Finding, Reading, Remark, fingerprint, refuse

MOST_BYTES = 64_000_000

AGAIN = "Ask for the reviewer's file again, as they saved it."
REFUSALS = {
    "locked": ("is locked with a password.", "Open it with the password, take the password off (in Acrobat: File > Properties > Security), save it, and give that file."),
    "cut": ("is cut off: the end of the PDF is missing.", AGAIN),
    "damaged": ("is damaged and cannot be read as PDF.", AGAIN),
    "much": ("holds more than a filled document ever does.", AGAIN),
    "large": (f"is larger than {MOST_BYTES // 1_000_000} MB; a filled document never is.", "Ask for the reviewer's file again, without what was pasted into it."),
    "other": ("is not a PDF file.", AGAIN),
    "xfa": ("is an XFA form, which dossier does not make.", "Ask for the PDF that dossier made, or fill in the Word file."),
    "no fields": (
        "has no form fields left: it was printed or flattened, or never had any.",
        "Ask for the file itself, as saved from the form (not printed to PDF), or fill in the Word file. A PDF to fill in is made with --fillable.",
    ),
    "foreign": ("does not say which document it is: it holds neither the record nor the number of one.", "Ask for the reviewer's file itself; some programs drop both when they make a copy."),
}  # fmt: skip
_BARE = "On page {page} stand marks without words: {marks}. Look at them in the file; they are not taken."
_ATTACHED = "A file is attached to the PDF: “{text}”. It is not read; look at it there."
_DRAWN = "Something was written or drawn onto the page itself (page {pages}). It cannot be read; look at it in the file."
_REWRITTEN = "A program wrote all pages of the PDF anew, so that nobody can tell whether something was written onto one. Look through the file."
_WORDS = {"Highlight": "highlight", "Underline": "underline", "Squiggly": "underline", "StrikeOut": "strike-out", "Caret": "caret", "FreeText": "text box", "Text": "note"}
_ROW_PADDING = 8.0  # points between a row's upper edge and its fields


def read(name: str, content: bytes) -> Reading:
    """The filled PDF called `name`. Raises DossierError with one sentence where it is refused."""
    if len(content) > MOST_BYTES:
        raise refuse(name, *REFUSALS["large"])
    if b"%PDF-" not in content[:1024]:
        raise refuse(name, *REFUSALS["other"])
    try:
        inside = _apart(content)
    except pdf_raw.Refused as reason:
        raise refuse(name, *REFUSALS[str(reason)]) from None
    return of(name, content, inside)


def archived(name: str, content: bytes) -> Issued | None:
    """The record of a PDF that has no fields: one for archiving. None where it has fields or no record, or cannot be opened."""
    inside: Mapping[str, Any]
    try:
        inside = _apart(content) if len(content) <= MOST_BYTES else {"record": "", "fields": []}
    except pdf_raw.Refused:
        return None
    if not inside["record"] or any(field["kind"] in ("Tx", "Ch", "Btn") for field in inside["fields"]):
        return None
    return issued.parse(inside["record"].encode("utf-8", "replace"), name)


def _apart(content: bytes) -> dict[str, Any]:
    """`pdf_raw.extract` in a process of its own. Raises pdf_raw.Refused."""
    places = [str(Path(__file__).resolve().parents[2]), *(place for place in sys.path if place)]
    code = f"import sys; sys.path[:0] = {places!r}; from dossier.review import pdf_raw; pdf_raw.main()"
    try:
        done = subprocess.run([sys.executable, "-P", "-c", code], input=content, capture_output=True, timeout=2 * pdf_raw.SECONDS, check=False)
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise pdf_raw.Refused("much") from None
    except ValueError:  # it ended without an answer: out of memory, or worse
        raise pdf_raw.Refused("damaged") from None
    if "refused" in answer:
        raise pdf_raw.Refused(answer["refused"])
    return answer


def of(name: str, content: bytes, inside: Mapping[str, Any]) -> Reading:
    """The reading of a file with this inside. Raises DossierError where it is not a filled document of ours."""
    if inside["xfa"]:
        raise refuse(name, *REFUSALS["xfa"])
    fields = [field for field in inside["fields"] if field["kind"] in ("Tx", "Ch", "Btn")]
    if not fields:
        raise refuse(name, *REFUSALS["no fields"])
    found: Issued | None = None
    identity = Identity(written.fit(inside["number"])[0], written.fit(inside["revision"])[0])
    findings: list[Finding] = []
    if inside["record"]:
        found = issued.parse(inside["record"].encode("utf-8", "replace"), name)
        if identity.number and (identity.number, identity.revision) != (found.identity.number, found.identity.revision):
            findings.append(Finding("The file's properties say {properties}, the record inside says {record}. The record counts.", {"properties": str(identity), "record": str(found.identity)}))
        identity = found.identity
    if not identity.number:
        raise refuse(name, *REFUSALS["foreign"])
    if inside["damaged"]:
        findings.append(Finding("The PDF is damaged in places and was repaired for reading. Compare the answers with what the reviewer sees."))
    findings += _signatures(inside["fields"])
    answers = []
    for field in fields:
        answer, unfit = _answer(field, found)
        answers.append(answer)
        if unfit:
            title = found.field[answer.field].title if found and answer.field in found.field else answer.field
            findings.append(Finding(written.UNFIT, {"field": title or answer.field, "count": str(unfit)}, _row(found, answer.field), answer.field))
    findings += _bare_marks(inside["marks"])
    findings += [Finding(_ATTACHED, {"text": written.fit(file)[0]}) for file in inside["files"]]
    findings += _drawn(inside)
    return Reading(name, "pdf", fingerprint(content), identity, tuple(answers), found, tuple(_remarks(inside, found)), None, tuple(findings))


# --- fields -----------------------------------------------------------------------------------------------------------


def _answer(field: Mapping[str, Any], found: Issued | None) -> tuple[Answer, int]:
    as_issued = found.field.get(field["name"]) if found else None
    value, unfit = written.fit(", ".join(part for part in field["value"] if part))
    match field["kind"]:
        case "Btn":
            value = "" if value in ("", "Off") else "yes"
        case "Ch":
            value = _code(value, [*(as_issued.options if as_issued else ()), *field["options"]], as_issued)
        case _ if as_issued and as_issued.kind == "date" and found:
            value = written.day(value, found.identity.locale)
        case _ if as_issued and as_issued.kind == "select":  # a list that a program turned into a text field
            value = _code(value, as_issued.options, as_issued)
    return Answer(written.fit(field["name"])[0], written.fit(value)[0], f"page {field['page']}" if field["page"] else ""), unfit


def _code(value: str, options: Sequence[tuple[str, str]], as_issued: Field | None) -> str:
    """The code of a choice. Some programs store what they show instead; a word that two codes share stays as it is."""
    if not value or value in {code for code, _ in options}:
        return value
    codes = {code for code, label in options if label == value}
    if as_issued and value == as_issued.placeholder:
        codes.add("")
    return codes.pop() if len(codes) == 1 else value


def _signatures(fields: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    for field in fields:
        if field["kind"] == "Sig" and field["value"]:
            yield Finding("The PDF is signed ({who}); dossier does not check signatures.", {"who": written.fit(field["value"][0])[0] or "no name given"}, weight="note")


# --- marks on the pages -----------------------------------------------------------------------------------------------


def _remarks(inside: Mapping[str, Any], found: Issued | None) -> Iterator[Remark]:
    for mark in inside["marks"]:
        text = _said(mark)
        if text and not mark["state"]:
            row = _row(found, _beside(mark, inside))
            yield Remark(text, written.fit(mark["author"])[0].strip(), _moment(written.fit(mark["date"])[0]), row, f"page {mark['page']}", mark["reply"])


def _said(mark: Mapping[str, Any]) -> str:
    """The words of a mark: what was typed, the name of a stamp, the name of a file that was attached."""
    text = written.fit(mark["text"])[0].strip()
    if not text and mark["kind"] == "Stamp" and mark["name"]:
        return f"[{re.sub(r'(?<=[a-z])(?=[A-Z])', ' ', written.fit(mark['name'])[0].removeprefix('SB'))}]"
    if mark["kind"] == "FileAttachment" and mark["file"]:
        return f"{text} [{written.fit(mark['file'])[0]}]".strip()
    return text


def _bare_marks(marks: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """Marks that say nothing in words may still mean something: a strike-out is a wish."""
    pages: dict[int, Counter[str]] = {}
    for mark in marks:
        if not _said(mark) and not mark["state"] and not mark["reply"] and mark["kind"] not in ("Text", "FreeText"):
            pages.setdefault(mark["page"], Counter())[_WORDS.get(mark["kind"], "drawing")] += 1
    for page, counted in pages.items():
        yield Finding(_BARE, {"page": str(page), "marks": ", ".join(f"{count} x {word}" for word, count in sorted(counted.items()))})


def _drawn(inside: Mapping[str, Any]) -> Iterator[Finding]:
    """Pages that are not as issued. Where all are, it was most likely the program that saved the file."""
    drawn = inside["drawn"]
    if drawn and len(drawn) == inside["pages"] > 1:
        yield Finding(_REWRITTEN, weight="note")
    elif drawn:
        yield Finding(_DRAWN, {"pages": ", ".join(map(str, drawn))})


def _beside(mark: Mapping[str, Any], inside: Mapping[str, Any]) -> str:
    """The name of a field in the row that the mark stands in: the last row that begins above the mark's middle."""
    if not mark["place"]:
        return ""
    middle = (mark["place"][1] + mark["place"][3]) / 2
    starts = [(field["place"][3] + _ROW_PADDING, field["name"]) for field in inside["fields"] if field["page"] == mark["page"] and field["place"]]
    # Headings, and rows without fields; a row's own bookmark stands a little above its fields.
    starts += [(height, "") for page, height in inside["tops"] if page == mark["page"] and not any(0 <= start - height < 2 * _ROW_PADDING for start, name in starts if name)]
    above = [start for start in starts if start[0] >= middle]
    return min(above, key=lambda start: (start[0], start[1]))[1] if above else ""


def _row(found: Issued | None, field: str) -> str:
    """The row of a field as its first cell names it; without a record, what the field's name says."""
    return found.row_of.get(field, "") if found else field.rpartition("/")[0]


def _moment(date: str) -> str:
    """The PDF's way of writing a moment, in the usual way; anything else as it is.

    >>> _moment("D:20261124103000+01'00'"), _moment("D:20261124"), _moment("i går")
    ('2026-11-24T10:30:00+01:00', '2026-11-24', 'i går')
    """
    match = re.fullmatch(r"(?:D:)?(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(?:Z(?:00'?00'?)?|([+-]\d\d)'?(\d\d)?'?)?", date.strip())
    if match is None:
        return date
    year, month, day, hour, minute, second, zone, zone_minutes = match.groups()
    if hour is None:
        return f"{year}-{month}-{day}"
    shift = f"{zone}:{zone_minutes or '00'}" if zone else "Z" if "Z" in date else ""
    return f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}{shift}"


