"""A reading beside the document as issued: the answers that may be trusted, and everything that a person should look at.

Nothing that a reviewer wrote is dropped: it becomes an answer, or its words stand in a finding.
"""
from __future__ import annotations

import datetime as dt
import difflib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dossier.blocks import Field, Line
from dossier.issued import Issued
from dossier.review.reading import Answer, Finding, Reading
from dossier.review.state import APPLIES, COMMENT, STATUS

NOT_APPLICABLE = "not-applicable"
_ALIKE = 0.6  # of two paragraphs that no row or column joins, how much they must share to be the same one


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one file brings: `answers` by field name (empty text where a field is empty), and the findings in reading order."""

    reading: Reading
    issued: Issued
    answers: dict[str, str]
    findings: tuple[Finding, ...]

    @property
    def given(self) -> dict[str, str]:
        """The answers that differ from what was issued: what this reviewer wrote."""
        return {name: value for name, value in self.answers.items() if value != self.issued.field[name].value}


def compare(reading: Reading, issued: Issued) -> Comparison:
    """The reading judged against the document as issued."""
    answers, findings = _answers(reading.answers, issued)
    findings = [*reading.findings, *findings, *_missing(answers, issued), *_without_reason(answers, issued)]
    if reading.words is not None:
        findings += _words(issued.lines, reading.words, {name for name in issued.field if name not in answers}, issued)
    return Comparison(reading, issued, answers, tuple(dict.fromkeys(_hashable(finding) for finding in findings)))


def _hashable(finding: Finding) -> Finding:
    return Finding(finding.message, _Values(finding.values), finding.row, finding.field, finding.weight)


class _Values(dict[str, str]):
    """Values that can be compared and counted, so that one thing is said once."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(sorted(self.items())))


# --- fields -----------------------------------------------------------------------------------------------------------


def _answers(given: Iterable[Answer], issued: Issued) -> tuple[dict[str, str], list[Finding]]:
    """One value a field: the first that stands in the file, where it fits the field."""
    taken: dict[str, str] = {}
    findings: list[Finding] = []
    for answer in given:
        field = issued.field.get(answer.field)
        if field is None:
            findings += _stranger(answer)
        elif answer.field in taken:
            if answer.value not in ("", taken[answer.field]):
                findings.append(_of(field, issued, "{field} stands a second time in the file, with another answer: “{text}”. The first one counts.", text=answer.value))
        else:
            value, finding = _fitting(answer.value, field, issued)
            taken[answer.field] = value
            findings += finding
    return taken, findings


def _stranger(answer: Answer) -> list[Finding]:
    if not answer.value:
        return []
    return [Finding("The field {field} does not belong to this document; its answer is not taken: “{text}”.", {"field": answer.field, "text": answer.value}, answer.place, answer.field)]


def _fitting(value: str, field: Field, issued: Issued) -> tuple[str, list[Finding]]:
    """The value where the field can hold it; else the value as issued, and the finding that quotes what stands there."""
    if not value:
        return "", []
    match field.kind:
        case "select" if value not in dict(field.options):
            choices = ", ".join(label for _, label in field.options)
            return field.value, [_of(field, issued, "{field} holds “{text}”, which is none of its choices ({choices}). It is not taken.", text=value, choices=choices)]
        case "checkbox" if value != "yes":
            return field.value, [_of(field, issued, "{field} is a check box and holds “{text}”. It is not taken.", text=value)]
        case "date" if not _is_day(value):
            return field.value, [_of(field, issued, "{field} holds “{text}”, which is not a day. It is not taken; write year-month-day.", text=value)]
        case _:
            return value, []


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and bool(dt.date.fromisoformat(text))
    except ValueError:
        return False


def _of(field: Field, issued: Issued, message: str, **values: str) -> Finding:
    """A finding about a field, which is named by its title as the reviewer saw it."""
    return Finding(message, {"field": field.title or field.name, **values}, issued.row_of.get(field.name, ""), field.name)


def _missing(answers: dict[str, str], issued: Issued) -> list[Finding]:
    """Fields that are gone, told a row at a time. Missing is not an answer: what was answered before stays."""
    rows: dict[str, list[str]] = {}
    for name in issued.field:
        if name not in answers:
            rows.setdefault(_subject(name), []).append(name)
    findings = []
    for subject, names in rows.items():
        row = issued.row_of.get(names[0], "")
        if len(names) == sum(_subject(name) == subject for name in issued.field) and "/" in names[0] and row:
            findings.append(_row_missing(row, len(names)))
        else:
            findings += [_of(issued.field[name], issued, "{field} is missing in the reviewed file. An earlier answer stays.") for name in names]
    return findings


def _row_missing(row: str, count: int) -> Finding:
    if count == 1:
        return Finding("The row {row} is missing in the reviewed file, with its field. An earlier answer stays.", {"row": row}, row)
    return Finding("The row {row} is missing in the reviewed file, with {count} fields. Earlier answers stay.", {"row": row, "count": str(count)}, row)


def _subject(name: str) -> str:
    """What a field is about: the part of its name before the last stroke; the document's own fields stand alone."""
    subject = name.rpartition("/")[0]
    return name if subject in ("", "document") else subject


def _without_reason(answers: dict[str, str], issued: Issued) -> list[Finding]:
    """“Not applicable” needs a reason (MDR Annex II, section 4(a)); the comment beside it is its place."""
    found = []
    for name, value in answers.items():
        subject = name.rpartition("/")[0]
        says_no = (name.endswith(STATUS) and value == NOT_APPLICABLE) or (name.endswith(APPLIES) and value == "no")
        if says_no and f"{subject}{COMMENT}" in issued.field and not answers.get(f"{subject}{COMMENT}", "").strip():
            found.append(_of(issued.field[name], issued, "{field} says “{text}” and the comment gives no reason.", text=dict(issued.field[name].options).get(value, value)))
    return found


# --- words outside the fields -----------------------------------------------------------------------------------------


def _words(issued: Sequence[Line], found: Sequence[Line], missing: set[str], whole: Issued) -> list[Finding]:
    """What was added, deleted, changed or moved outside the fields."""
    before = Counter((line.row, line.column, line.text) for line in issued if line.text)
    after = Counter((line.row, line.column, line.text) for line in found if line.text)
    extra, lost = list((after - before).elements()), list((before - after).elements())
    if not extra and not lost:
        return _moved(issued, found)
    known = {line.row for line in issued}
    gone = {whole.row_of.get(name, "") for name in missing}
    findings = []
    for row, texts in _by_row(part for part in extra if part[0] not in known).items():
        findings.append(Finding("A row was added by hand; it is not an answer to a field and is not taken: “{text}”.", {"text": " | ".join(texts)}, row))
    for part in [part for part in extra if part[0] in known]:
        old = _counterpart(part, lost)
        if old is not None:
            lost.remove(old)
            findings.append(Finding("The wording was changed. Issued: “{old}”. In the reviewed file: “{text}”.", {"old": old[2], "text": part[2]}, part[0]))
        else:
            findings.append(Finding("Text was added outside the fields; it is not taken: “{text}”.", {"text": part[2]}, part[0]))
    for row, texts in _by_row(part for part in lost if part[0] not in gone or not part[0]).items():
        findings += [Finding("Text of the document is missing in the reviewed file: “{text}”.", {"text": text}, row) for text in ([" | ".join(texts)] if row else texts)]
    return [*findings, *_moved(issued, found)]


def _by_row(parts: Iterable[tuple[str, int, str]]) -> dict[str, list[str]]:
    rows: dict[str, list[str]] = {}
    for row, _, text in parts:
        rows.setdefault(row, []).append(text)
    return rows


def _counterpart(part: tuple[str, int, str], lost: Sequence[tuple[str, int, str]]) -> tuple[str, int, str] | None:
    """The issued text that this one took the place of: the same cell, or the paragraph most like it."""
    row, column, text = part
    same = [old for old in lost if old[0] == row and (old[1] == column or not row)]
    if row:
        return same[0] if same else None
    near = difflib.get_close_matches(text, [old[2] for old in same], n=1, cutoff=_ALIKE)
    return next((old for old in same if old[2] == near[0]), None) if near else None


def _moved(issued: Sequence[Line], found: Sequence[Line]) -> list[Finding]:
    """Rows in another order than issued: known by their name, so nothing is lost."""
    once = {row for row, count in Counter(line.row for line in issued if line.row and not line.column).items() if count == 1}
    before = [line.row for line in issued if not line.column and line.row in once]
    after = list(dict.fromkeys(line.row for line in found if not line.column and line.row in once))
    kept = [row for row in before if row in set(after)]
    if kept == after:
        return []
    blocks = difflib.SequenceMatcher(None, kept, after, autojunk=False).get_matching_blocks()
    still = {row for block in blocks for row in kept[block.a : block.a + block.size]}
    rows = ", ".join(row for row in after if row not in still)
    return [Finding("Rows stand in another place than issued; they were matched by their first cell: {rows}.", {"rows": rows}, weight="note")]
