"""The review so far as templates print it: who answered a row, the files that were read in, the remarks."""
from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from dossier import i18n
from dossier.review.ledger import Entry, Ledger
from dossier.review.state import REVIEW_DATE, REVIEWER
from dossier.views import RemarkView, ReviewView


def answered(ledger: Ledger, locale: str) -> dict[str, str]:
    """Who answered each row last, and when; of a row with answers of several people, the latest."""
    found: dict[str, Entry] = {}
    for entry in ledger.answers.values():
        subject = entry.field.rpartition("/")[0]
        if subject != "document" and (subject not in found or entry.date >= found[subject].date):
            found[subject] = entry
    return {subject: ", ".join(part for part in (entry.reviewer, _day(entry.date, locale)) if part) for subject, entry in found.items() if entry.reviewer or entry.date}


def reviews(ledger: Ledger, locale: str) -> tuple[ReviewView, ...]:
    """The files that were read in, each once, oldest first."""
    files: dict[str, list[Entry]] = {}
    for entry in ledger.entries:
        files.setdefault(entry.sha256, []).append(entry)
    return tuple(_review(entries, locale) for entries in files.values())


def _review(entries: Sequence[Entry], locale: str) -> ReviewView:
    answers = [entry for entry in entries if entry.field and entry.field not in (REVIEWER, REVIEW_DATE)]
    first = next((entry for entry in entries if entry.field == REVIEWER), entries[0])
    return ReviewView(first.reviewer, _day(first.date, locale), first.file, first.sha256[:12], first.revision, len(answers))


def remarks(ledger: Ledger, locale: str) -> tuple[RemarkView, ...]:
    """The remarks, oldest first."""
    return tuple(RemarkView(entry.reviewer, _day(entry.date, locale), entry.row, entry.remark) for entry in ledger.remarks)


def _day(text: str, locale: str) -> str:
    try:
        return i18n.short_day(dt.date.fromisoformat(text[:10]), locale)
    except ValueError:
        return text
