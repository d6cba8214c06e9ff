"""What changes in a market between two days, or between two states of the data, and which documents of a product it reaches."""
from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Literal

from dossier import checklist, template
from dossier.applicability import FactSheet
from dossier.checklist import Checklist, KindRow, Row
from dossier.conditions import Condition, allows
from dossier.i18n import Tongue
from dossier.product import ProductFile
from dossier.records import Library, Milestone, Record, Requirement
from dossier.resolve import Resolved
from dossier.template import Issue, Shelf, Template

How = Literal["appears", "changes", "ends"]

# What a reader of the requirement would act on; `checked` and `review_by` say only when someone looked.
_ASPECTS = ("title", "says", "source", "clause", "level", "force", "binds", "phase", "status", "in_force", "applies_when", "judgement", "language_rule", "symbols", "prescribed_words", "deadlines", "evidence_kinds", "authority", "penalties", "note", "conflicts", "references")


@dataclass(frozen=True, slots=True)
class Change:
    """One requirement that appears, changes or ends. `aspects` name the fields that differ; `decision` says before and after for the product."""

    id: str
    how: How
    requirement: Requirement
    file: str
    line: int
    aspects: tuple[str, ...] = ()
    decision: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Between:
    """Everything between an earlier and a later state of one market: requirements, days that pass, documents to be issued anew.

    `reissue` names these with the number of rows that read otherwise, which is 0 where only words beside the rows do.
    """

    market: str
    before: Resolved
    after: Resolved
    changes: tuple[Change, ...]
    days: tuple[Milestone, ...]
    reissue: tuple[tuple[str, int], ...] = ()


def between(before: Resolved, after: Resolved) -> Between:
    """The changes from one resolved market to another of the same id."""
    old, new = ({record.requirement.id: record for record in market.records} for market in (before, after))
    changes = [_change(name, old.get(name), new.get(name), before, after) for name in dict.fromkeys((*new, *old))]
    days = tuple(milestone for milestone, _ in _days(before, after))
    return Between(after.head.id, before, after, tuple(change for change in changes if change is not None), days)


def _days(before: Resolved, after: Resolved) -> list[tuple[Milestone, Condition]]:
    """The days that pass from one state to the other, under the regulation of the later one."""
    first, last = sorted((before.date, after.date))
    regulations = [head.regulation for head in after.chain if head.regulation]
    return [(milestone, condition) for milestone, condition in after.milestones if first < milestone.on <= last and all(allows(condition, "regulation", name) for name in regulations)]


def bare(market: Resolved, date: dt.date, version: str) -> Resolved:
    """The market on a day on which its data do not have the regulation: no rule holds there for such a product."""
    return replace(market, date=date, version=version, records=(), states={}, languages=(), milestones=(), claims=(), removed=(), ended=())


def earlier(file: ProductFile, before: tuple[Resolved, Library], after: tuple[Resolved, Library]) -> ProductFile:
    """The product as the earlier state can read it: without the names that only the later one knows, since nothing can show there what is not there yet."""
    return checklist.without(file, checklist.names(*after) - checklist.names(*before))


def for_product(before: Checklist, after: Checklist, shelf: Shelf) -> Between:
    """The changes that reach one product: requirements that may apply on either side, days that may concern it, and its documents whose words change.

    A document is to be issued anew where one of its rows would read otherwise; `reissue` gives the number of these rows.
    """
    found = between(before.market, after.market)
    old, new = ({row.id: row for row in each.rows} for each in (before, after))
    reached = [change for change in (_decided(change, old.get(change.id), new.get(change.id)) for change in found.changes) if change is not None]
    known = {change.id for change in reached}
    reached += [_turned(row, old[row.id], after) for row in after.rows if row.id in old and row.id not in known and {row.decision.applies, old[row.id].decision.applies} != {"no"} and _answer(row) != _answer(old[row.id])]
    reissue = ((kind.id, _touched(kind, before, after, {change.id for change in reached})) for kind in shelf.for_market(after))
    sheet = FactSheet(after.product, after.library.facts)
    days = tuple(milestone for milestone, condition in _days(before.market, after.market) if sheet.evaluate(condition)[0] is not False)
    return Between(found.market, before.market, after.market, tuple(reached), days, tuple((name, count) for name, count in reissue if count))


def reworded(before: Checklist, after: Checklist, shelf: Shelf, tongue: Tongue) -> tuple[str, ...]:
    """The documents of the product that read otherwise, in rows or beside them: another address, source or translation.

    Both checklists are of one day. The version of the data and the days on which they were checked are not looked at: they alone are no
    reason to issue a document anew.
    """
    old, new = (replace(each, market=_undated(each.market)) for each in (before, after))
    issue = Issue(after.market.date, False)
    return tuple(kind.id for kind in shelf.for_market(after) if template.render(kind, old, tongue, shelf, issue).blocks != template.render(kind, new, tongue, shelf, issue).blocks)


def _undated(market: Resolved) -> Resolved:
    days = {"checked": market.date, "review_by": market.date}
    return replace(market, version="", records=tuple(replace(record, requirement=record.requirement.model_copy(update=days)) for record in market.records))


def _change(name: str, old: Record | None, new: Record | None, before: Resolved, after: Resolved) -> Change | None:
    if new is None and old is not None:
        return Change(name, "ends", old.requirement, old.file, old.line)
    assert new is not None
    if old is None:
        return Change(name, "appears", new.requirement, new.file, new.line)
    aspects = tuple(aspect for aspect in _ASPECTS if getattr(old.requirement, aspect) != getattr(new.requirement, aspect))
    # The same words under another standing: adopted on the first day, in force on the second.
    if before.states[name] != after.states[name]:
        aspects = ("state", *aspects)
    return Change(name, "changes", new.requirement, new.file, new.line, aspects) if aspects else None


def _decided(change: Change, old: Row | None, new: Row | None) -> Change | None:
    """The change with the product's decision on both sides; None where it does not reach the product."""
    if all(row is None or row.decision.applies == "no" for row in (old, new)):
        return None
    return Change(change.id, change.how, change.requirement, change.file, change.line, change.aspects, (_answer(old), _answer(new)))


def _turned(row: Row, old: Row, after: Checklist) -> Change:
    """A requirement that reads as before, but that the product now meets otherwise."""
    record = row.record
    return Change(row.id, "changes", record.requirement, record.file, record.line, ("decision",), (_answer(old), _answer(row)))


def _answer(row: Row | None) -> str:
    return f"{row.decision.applies}, {row.coverage}, {row.standing}" if row is not None else ""


def _touched(kind: Template, before: Checklist, after: Checklist, changed: set[str]) -> int:
    """How many rows of the document would read otherwise: requirements that changed, and rows decided or shown otherwise."""
    own = template.own_ids(kind, before) | template.own_ids(kind, after)
    old, new = _readings(before), _readings(after)
    return sum(name in changed or old.get(name) != new.get(name) for name in own)


def _readings(each: Checklist) -> dict[str, tuple[object, ...]]:
    """What every row of the checklist comes to, by id."""
    rows: tuple[Row | KindRow, ...] = (*each.rows, *each.kinds)
    # Documents by their ids: on the earlier side they may lack names that only the later one knows, and are the same documents.
    return {row.id: (row.decision.applies, row.coverage, row.gaps, tuple(document.id for document in row.shown_by)) for row in rows}
