"""The fixed words of a workbook beside what was issued: which rows were changed, and what they said before."""
from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

from dossier import marks
from dossier.blocks import one_line
from dossier.issued import Issued
from dossier.review.reading import Finding

CHANGED = "The wording was changed. Issued: “{old}”. In the reviewed file: “{text}”."
ADDED = "Text was added outside the fields; it is not taken: “{text}”."
MISSING = "Text of the document is missing in the reviewed file: “{text}”."
REWORDED = "The fixed words of a row were changed; it now reads: “{text}”."
NO_COLUMN = "A column is missing on the sheet “{sheet}”. In the first row it said: “{text}”."
_ALIKE = 0.6


@dataclass(slots=True)
class FixedWords:
    """Compares rows with the record; without one it can only say that a row was changed, not what it said."""

    record: Issued | None
    texts: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    missing_columns: set[tuple[str, int]] = field(default_factory=set)
    rows_seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for line in self.record.lines if self.record else ():
            self.texts.setdefault((line.row, line.column), []).append(one_line(line.text))

    def compare(self, sheet: str, row: str, words: Mapping[str, str], keys: Mapping[int, str]) -> list[Finding]:
        """What is to be said of a row whose fingerprint differs. `keys` are the columns the sheet still has."""
        text = " | ".join(one_line(each) for each in words.values() if one_line(each))
        if self.record is None or not row:
            return [self._alone(text)]
        there = {marks.column_of(key) for key in keys.values()}
        found: list[Finding] = []
        gone = False
        for (name, column), texts in self.texts.items():
            if name == row and column not in there and any(texts):
                gone = True
                if (sheet, column) not in self.missing_columns:
                    self.missing_columns.add((sheet, column))
                    found.append(Finding(NO_COLUMN, {"sheet": sheet, "text": next(filter(None, texts))}))
        for key, said in words.items():
            column, new = marks.column_of(key), one_line(said)
            old = self.texts.get((row, column), [])
            if column < 0 or new in old or (not new and not any(old)):
                continue
            if new and any(old):
                found.append(Finding(CHANGED, {"old": _nearest(new, old), "text": new}, row))
            elif new:
                found.append(Finding(ADDED, {"text": new}, row))
            else:
                found.append(Finding(MISSING, {"text": old[0]}, row))
        return found or ([] if gone else [Finding(REWORDED, {"text": text}, row)])

    def _alone(self, text: str) -> Finding:
        """A line outside the lists: the issued line most like it is what it said before."""
        known = [line.text for line in self.record.lines if line.text] if self.record else []
        near = difflib.get_close_matches(text, known, n=1, cutoff=_ALIKE) if len(text) < 2_000 else []
        return Finding(CHANGED, {"old": near[0], "text": text}) if near and near[0] != text else Finding(REWORDED, {"text": text})

    def missing(self) -> list[Finding]:
        """Rows without fields that are gone; those with fields are told by their fields."""
        if self.record is None:
            return []
        with_fields = set(self.record.row_of.values())
        rows: dict[str, list[str]] = {}
        for line in self.record.lines:
            if line.row and line.row not in with_fields and line.row not in self.rows_seen:
                rows.setdefault(line.row, []).append(one_line(line.text))
        return [Finding(MISSING, {"text": " | ".join(filter(None, texts))}, row) for row, texts in rows.items()]


def _nearest(text: str, known: list[str]) -> str:
    near = difflib.get_close_matches(text, known, n=1, cutoff=0)
    return near[0] if near else known[0]
