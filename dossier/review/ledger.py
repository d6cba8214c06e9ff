"""The review record of a product: one line for each answer and remark, added and never changed, from which the state is replayed.

It lies in `reviews/<market>/<document>.jsonl` beside product.yaml. A line is a JSON object; a later line for the same field counts.
"""
from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path

from dossier.errors import DossierError, Problem
from dossier.review.state import REVIEW_DATE, REVIEWER

FOLDER = "reviews"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: an answer (`field` and `value`), or a remark (`remark`, and the `row` it stands beside).

    `reviewer` and `date` (year-month-day) are what the file says of itself; `read` is the day on which it was read in.
    """

    reviewer: str
    date: str
    file: str
    sha256: str
    number: str
    revision: str
    read: str
    field: str = ""
    value: str = ""
    row: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Ledger:
    """All lines of one document in one market, oldest first."""

    entries: tuple[Entry, ...] = ()

    @cached_property
    def answers(self) -> dict[str, Entry]:
        """The last line of each field: the state of the review. A file without a name or a day takes neither from the one before."""
        found: dict[str, Entry] = {}
        for entry in self.entries:
            if entry.field and (entry.value or entry.field not in (REVIEWER, REVIEW_DATE)):
                found[entry.field] = entry
            elif entry.field:
                found.setdefault(entry.field, entry)
        return found

    @property
    def values(self) -> dict[str, str]:
        """The answers in force by field name; a withdrawn one is an empty text."""
        return {name: entry.value for name, entry in self.answers.items()}

    @property
    def remarks(self) -> tuple[Entry, ...]:
        """The remarks, oldest first."""
        return tuple(entry for entry in self.entries if entry.remark)

    def has(self, sha256: str) -> bool:
        """Whether a file with this fingerprint was read in before."""
        return any(entry.sha256 == sha256 for entry in self.entries)


def place(market: str, kind: str) -> Path:
    """Where the record of a document lies, seen from the product folder."""
    return Path(FOLDER) / market / f"{kind}.jsonl"


def read(product: Path, market: str, kind: str) -> Ledger:
    """The record of the document in the product folder; empty where nothing was read in yet.

    Raises DossierError naming every line that is not one of ours: a damaged record is never passed over.
    """
    file = product / place(market, kind)
    if not file.is_file():
        return Ledger()
    name = file.as_posix()
    try:
        lines = file.read_bytes().decode("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DossierError(Problem(name, 0, 0, f"the review record cannot be read: {error}.", "Restore it from your backup; dossier only ever adds lines to it.")) from None
    problems: list[Problem] = []
    entries = [entry for number, line in enumerate(lines, 1) if line.strip() and (entry := _entry(line, name, number, problems)) is not None]
    if problems:
        raise DossierError(problems)
    return Ledger(tuple(entries))


def written(entries: Iterable[Entry]) -> bytes:
    """The entries as lines to add, which `read` gives back equal."""
    known = [{key: value for key, value in asdict(entry).items() if value or (key == "value" and entry.field)} for entry in entries]
    return "".join(_ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(entry, ensure_ascii=False, sort_keys=True)) + "\n" for entry in known).encode()


_ESCAPED = re.compile("[\x85\u2028\u2029\ud800-\udfff]")  # other programs see line ends in some; half a character has no form in UTF-8
_NAMES = {field.name for field in fields(Entry)}
_NEEDED = {"reviewer", "date", "file", "sha256", "number", "revision", "read"}


def _entry(line: str, name: str, number: int, problems: list[Problem]) -> Entry | None:
    fault = ""
    try:
        data = json.loads(line)
        if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()) or data.keys() - _NAMES:
            fault = "it is not a line that dossier wrote"
        elif missing := sorted(_NEEDED - {"reviewer"} - data.keys()):
            fault = f"it lacks {', '.join(missing)}"
        elif bool(data.get("field")) == bool(data.get("remark")):
            fault = "it is neither an answer nor a remark"
        else:
            dt.date.fromisoformat(data["read"])
            return Entry(**{"reviewer": "", **data})
    except (ValueError, RecursionError) as error:
        fault = str(error)
    problems.append(Problem(name, number, 1, f"the line cannot be used: {fault}.", "Restore the record from your backup; dossier only ever adds lines to it."))
    return None
