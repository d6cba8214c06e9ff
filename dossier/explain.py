"""One requirement or evidence kind in plain words for the terminal: what, where, since when, and why for a product."""
from __future__ import annotations

from collections.abc import Iterator

from dossier import i18n, wording
from dossier.checklist import Checklist, KindRow, Row
from dossier.errors import DossierError, Problem, did_you_mean
from dossier.records import Kind, Library, Record
from dossier.resolve import Resolved

_WIDTH = 18


def requirement(identifier: str, market: Resolved, library: Library) -> str:
    """The requirement or evidence kind as lines of text. Raises DossierError with the nearest id."""
    record = market.record(identifier.lower())
    kind = library.kinds.get(identifier.lower())
    if record is not None:
        return _lines(_of_record(record, market))
    if kind is not None:
        return _lines(_of_kind(kind, market))
    known = [record.requirement.id for record in market.records] + list(library.kinds)
    raise DossierError(Problem(identifier, 0, 0, "is neither a requirement of this market nor an evidence kind.", did_you_mean(identifier.lower(), known) or "See: dossier list requirements"))


def decision(identifier: str, checklist: Checklist) -> str:
    """As `requirement`, with the decision for the checklist's product, its evidence and its gaps."""
    text = requirement(identifier, checklist.market, checklist.library)
    rows: list[Row | KindRow] = [*checklist.rows, *checklist.kinds]
    row = next((row for row in rows if row.id == identifier.lower()), None)
    return f"{text}\n{_lines(_of_row(row, checklist))}" if row is not None else text


def _of_record(record: Record, market: Resolved) -> Iterator[tuple[str, str]]:
    needed = record.requirement
    yield needed.id, i18n.say(needed.title, "en").text
    yield "", i18n.say(needed.says, "en").text
    yield "nb", i18n.say(needed.says, "nb").text
    yield "source", wording.citation(needed, market, i18n.ENGLISH)
    yield "force", f"{needed.force}; level: {needed.level}; {market.states[needed.id]}"
    yield "binds", ", ".join(needed.binds)
    yield "in force", f"from {needed.in_force.from_ or '?'}" + (f" to {needed.in_force.to}" if needed.in_force.to else "")
    yield "checked", f"{needed.checked}; review by {needed.review_by}"
    for past in needed.citation_history:
        yield "formerly", f"{past.clause} until {past.to}" + (f" ({past.changed_by})" if past.changed_by else "")
    for change in record.changed_by:
        yield f"changed by {change.owner}", i18n.say(change.reason, "en").text
    for conflict in needed.conflicts:
        yield "conflict", f"{i18n.say(market.sources[conflict.source].short, 'en').text}: {i18n.say(conflict.claim, 'en').text} {i18n.say(conflict.why, 'en').text}"
    if needed.note:
        yield "note", i18n.say(needed.note, "en").text
    yield "written in", f"{record.file}:{record.line}"


def _of_kind(kind: Kind, market: Resolved) -> Iterator[tuple[str, str]]:
    each = kind.kind
    yield wording.code(each.id), i18n.say(each.title, "en").text
    yield "", i18n.say(each.shows, "en").text
    yield "nb", i18n.say(each.shows, "nb").text
    yield "expectation", f"{each.expectation}; level: {each.level}"
    yield "source", wording.place(each.source, each.clause, market.sources, i18n.ENGLISH)
    if each.clauses:
        yield "clauses", ", ".join(each.clauses)
    for reference in each.references:
        yield "reference", f"{wording.place(reference.source, reference.clause, market.sources, i18n.ENGLISH)} ({reference.level})"
    yield "written in", f"{kind.file}:{kind.line}"


def _of_row(row: Row | KindRow, checklist: Checklist) -> Iterator[tuple[str, str]]:
    judgement = row.record.requirement.judgement if isinstance(row, Row) else row.kind.kind.judgement
    yield checklist.product.id, f"{row.decision.applies}: {wording.reason(row.decision, checklist, i18n.ENGLISH, judgement)}"
    yield "coverage", row.coverage
    for document in row.shown_by:
        yield "shown by", f"{document.number or document.id} {document.title}"
    for key in row.gaps:
        gap = checklist.gap(key)
        yield "gap", f"{wording.gap(gap, checklist, i18n.ENGLISH)} ({checklist.place.source.name}:{gap.line})"


def _lines(pairs: Iterator[tuple[str, str]]) -> str:
    return "\n".join(f"{label:<{_WIDTH}}{text}" for label, text in pairs)
