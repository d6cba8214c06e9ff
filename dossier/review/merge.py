"""Answers of one or several reviewers merged into the review record: what changes, and where they contradict each other.

Three values decide: the one issued, the one in the record now, and the one in the file. A field that a reviewer left as issued is
no answer. Where two answers differ, neither is taken until someone settles it.
"""
from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dossier.issued import Issued
from dossier.review import written
from dossier.review.findings import Comparison
from dossier.review.ledger import Entry, Ledger
from dossier.review.state import REVIEW_DATE, REVIEWER

IN_RECORD = "record"


@dataclass(frozen=True, slots=True)
class Voice:
    """One answer to a field and who gave it. `source` is the file's name, or "record" for what was merged before."""

    reviewer: str
    date: str
    source: str
    value: str


@dataclass(frozen=True, slots=True)
class Change:
    """A field whose answer becomes another one."""

    field: str
    row: str
    before: str
    after: str
    reviewer: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field to which different answers were given."""

    field: str
    row: str
    voices: tuple[Voice, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """A field to which different answers were given, of which `chosen` was preferred and counts."""

    field: str
    row: str
    voices: tuple[Voice, ...]
    chosen: Voice


@dataclass(frozen=True, slots=True)
class Merge:
    """What reading the files in would do: lines for the record, changes for the eye, conflicts to settle, and those that were settled."""

    entries: tuple[Entry, ...]
    changes: tuple[Change, ...]
    conflicts: tuple[Conflict, ...]
    settled: tuple[Settled, ...] = ()


@dataclass(frozen=True, slots=True)
class Sender:
    """Who filled a file, and when: as the file says, else as the command line said."""

    name: str
    date: str


def sender(comparison: Comparison, name: str, date: str) -> Sender:
    """The reviewer that the file names, or `name` and `date` where it names none."""
    return Sender(comparison.answers.get(REVIEWER, "").strip() or name, comparison.answers.get(REVIEW_DATE, "") or date)


def merge(ledger: Ledger, files: Sequence[tuple[Comparison, Sender]], read: dt.date, prefer: str = "") -> Merge:
    """Merges the files, all of one document, into its record.

    `prefer` settles conflicts: the name of a reviewer or of a file, or "record"; the answers that lose are kept in `settled`. What a file brought before it does not bring
    again; a conflict that was left open comes up again.
    """
    prefer = written.fit(prefer)[0]
    brought = {(entry.sha256, entry.field) for entry in ledger.entries}
    fresh = [(comparison, who, {name: value for name, value in comparison.given.items() if (comparison.reading.sha256, name) not in brought}) for comparison, who in files]
    entries: list[Entry] = []
    changes: list[Change] = []
    conflicts: list[Conflict] = []
    settled: list[Settled] = []
    for field in dict.fromkeys(name for _, _, given in fresh for name in given):
        if field in (REVIEWER, REVIEW_DATE):
            continue
        row = next(comparison.issued.row_of.get(field, "") for comparison, _, _ in fresh if field in comparison.issued.field)
        voices = [(Voice(who.name, who.date, comparison.reading.name, given[field]), comparison, who) for comparison, who, given in fresh if field in given]
        candidates = [*_earlier(ledger, field, [comparison.issued for _, comparison, _ in voices]), *(voice for voice, _, _ in voices)]
        chosen = _chosen(candidates, prefer)
        if chosen is None:
            conflicts.append(Conflict(field, row, tuple(candidates)))
            continue
        if any(voice.value != chosen.value for voice in candidates):
            settled.append(Settled(field, row, tuple(candidates), chosen))
        before = ledger.values.get(field, "")
        if chosen.source == IN_RECORD:  # a line that says so, or the same conflict would come up for ever
            entries += [_line(comparison, Sender(chosen.reviewer, chosen.date), read, field=field, value=chosen.value, row=row) for _, comparison, _ in voices]
            continue
        lost = [_line(comparison, who, read, field=field, value=voice.value, row=row) for voice, comparison, who in voices if voice.value != chosen.value]
        if chosen.value == before and not lost:
            continue
        if chosen.value != before:
            changes.append(Change(field, row, before, chosen.value, chosen.reviewer))
        entries += lost  # before the line that counts: read in again without --prefer, they would come up as a conflict once more
        comparison, who = next((comparison, who) for voice, comparison, who in voices if voice == chosen)
        entries.append(_line(comparison, who, read, field=field, value=chosen.value, row=row))
    entries += _signed(files, ledger, read)
    return Merge(tuple(entries), tuple(changes), tuple(conflicts), tuple(settled))


def _earlier(ledger: Ledger, field: str, issues: Sequence[Issued]) -> list[Voice]:
    """The answer in the record, where it was not yet known when the files were issued."""
    entry = ledger.answers.get(field)
    if entry is None or any(issued.field[field].value == entry.value for issued in issues if field in issued.field):
        return []
    return [Voice(entry.reviewer, entry.date, IN_RECORD, entry.value)]


def _chosen(voices: Sequence[Voice], prefer: str) -> Voice | None:
    if len({voice.value for voice in voices}) == 1:
        return voices[-1]
    preferred = [voice for voice in voices if prefer and prefer in (voice.reviewer, voice.source)]
    return preferred[-1] if len({voice.value for voice in preferred}) == 1 else None


def _signed(files: Sequence[tuple[Comparison, Sender]], ledger: Ledger, read: dt.date) -> list[Entry]:
    """The remarks of the files, and one line that says who reviewed, so that a file without answers is in the record too.

    A file without a name gives no day either once somebody is named: the day would stand beside another's name. A remark that
    the record holds as often as the file does is not entered again; it travels along when a file is reviewed once more.
    """
    entries: list[Entry] = []
    named = bool(ledger.values.get(REVIEWER))
    known = Counter(_remark_key(entry) for entry in ledger.remarks)
    for comparison, who in files:
        if ledger.has(comparison.reading.sha256):
            continue
        entries.append(_line(comparison, who, read, field=REVIEWER, value=who.name))
        if who.date and (who.name or not named):
            entries.append(_line(comparison, who, read, field=REVIEW_DATE, value=who.date))
        named = named or bool(who.name)
        told = [remark for remark in comparison.reading.remarks if remark.text.strip()]
        lines = [_line(comparison, Sender(remark.author or who.name, remark.date[:10] or who.date), read, row=remark.row, remark=remark.text) for remark in told]
        met: Counter[tuple[str, str, str, str]] = Counter()
        for line in lines:
            key = _remark_key(line)
            met[key] += 1
            if met[key] > known[key]:
                entries.append(line)
        known |= met
    return entries


def _remark_key(entry: Entry) -> tuple[str, str, str, str]:
    return entry.reviewer, entry.date, entry.row, entry.remark


def _line(comparison: Comparison, who: Sender, read: dt.date, **about: str) -> Entry:
    reading, identity = comparison.reading, comparison.issued.identity
    texts = (who.name, who.date, reading.name, reading.sha256, identity.number, identity.revision, read.isoformat())
    return Entry(*(written.fit(text)[0] for text in texts), **{key: written.fit(text)[0] for key, text in about.items()})
