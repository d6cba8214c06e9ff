"""One product in many markets, side by side: where requirements differ, gaps by market, dates, reuse."""
from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from dossier import wording
from dossier.applicability import FactSheet
from dossier.checklist import Checklist, Gap, Row
from dossier.records import Milestone, Phase

# Languages, and whether all of them are asked for.
LanguageSet = tuple[tuple[str, ...], bool]
PHASES: tuple[Phase, ...] = ("representation", "registration", "pre-market", "labelling", "sbom", "disclosure", "post-market", "enforcement")


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement across the markets that have it: `rows` by market, in the order of the markets."""

    id: str
    rows: tuple[tuple[str, Row], ...]

    @property
    def row(self) -> Row:
        """The requirement as the first market that has it reads it."""
        return self.rows[0][1]

    @property
    def markets(self) -> tuple[str, ...]:
        """The markets that have it."""
        return tuple(market for market, _ in self.rows)

    def in_market(self, market: str) -> Row | None:
        """The row in this market, or None."""
        return next((row for name, row in self.rows if name == market), None)


@dataclass(frozen=True, slots=True)
class Shared:
    """All requirements of the chosen markets, differences first.

    `differing` stand in several markets and do not read alike, or are not met alike, in all of these; `own` stand in one market
    only; `same` are alike wherever they stand.
    """

    differing: tuple[Line, ...]
    own: tuple[Line, ...]
    same: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Common:
    """A gap and the markets in which it stands; `wanted` are the languages asked for, with their markets, where it is one of language."""

    gap: Gap
    checklist: Checklist
    markets: tuple[str, ...]
    wanted: tuple[tuple[LanguageSet, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Dated:
    """Something that happens on a day, and the markets in which it does. `own` marks one that is written for a single market."""

    milestone: Milestone
    checklist: Checklist
    markets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reuse:
    """How many of the evidence items that apply in a market a submission to the FDA holds already: ids in full, in part, new."""

    market: str
    full: tuple[str, ...]
    partly: tuple[str, ...]
    new: tuple[str, ...]


def shared(checklists: Sequence[Checklist]) -> Shared:
    """The requirements of all checklists that apply or may apply, parted by how far the markets agree."""
    found: dict[str, list[tuple[str, Row]]] = {}
    for each in checklists:
        for row in each.rows:
            found.setdefault(row.id, []).append((each.market.head.id, row))
    lines = [Line(name, tuple(rows)) for name, rows in found.items() if any(row.decision.applies != "no" for _, row in rows)]
    alone = [line for line in lines if len(line.rows) == 1 and len(checklists) > 1]
    several = [line for line in lines if line not in alone]
    same = [line for line in several if len({_reads(row) for _, row in line.rows}) == 1]
    differing = [line for line in several if line not in same]
    return Shared(*(tuple(sorted(part, key=_order)) for part in (differing, alone, same)))


def _reads(row: Row) -> tuple[object, ...]:
    """What has to agree for a requirement to be the same in two markets."""
    requirement = row.record.requirement
    return row.decision.applies, row.coverage, row.standing, requirement.source, requirement.clause, str(requirement.in_force), str(requirement.deadlines), tuple(sorted(requirement.says.items()))


def _order(line: Line) -> tuple[int, int, str]:
    record = line.row.record
    return PHASES.index(record.requirement.phase), record.group.order, record.group.id


def phase_counts(each: Checklist) -> dict[Phase, int]:
    """How many findings wait in each phase: a gap counts once in every phase that has a row waiting for it."""
    phase_of: dict[str, Phase] = {row.id: row.record.requirement.phase for row in each.rows}
    found: dict[Phase, int] = {}
    for gap in each.findings:
        for phase in {phase_of.get(name, "pre-market") for name in gap.affects}:
            found[phase] = found.get(phase, 0) + 1
    return found


def gaps(checklists: Sequence[Checklist]) -> tuple[Common, ...]:
    """Every gap that must be closed, once, with its markets; those that stand in most markets first."""
    found: dict[str, list[tuple[Checklist, Gap]]] = {}
    for each in checklists:
        for gap in each.findings:
            found.setdefault(gap.key, []).append((each, gap))
    common = [Common(where[0][1], where[0][0], tuple(each.market.head.id for each, _ in where), _wanted(where)) for where in found.values()]
    return tuple(sorted(common, key=lambda each: (-len(each.markets), each.gap.key)))


def _wanted(where: Sequence[tuple[Checklist, Gap]]) -> tuple[tuple[LanguageSet, tuple[str, ...]], ...]:
    """The languages that the markets ask for, each set once; empty for a gap that is not one of language."""
    found: dict[LanguageSet, list[str]] = {}
    for each, gap in where:
        if gap.cause == "language":
            rule = wording.language_row(gap, each)
            found.setdefault((gap.wanted, rule is not None and bool(rule.all_of)), []).append(each.market.head.id)
    return tuple((languages, tuple(markets)) for languages, markets in sorted(found.items(), key=lambda item: -len(item[1])))


def dates(checklists: Sequence[Checklist], day: dt.date) -> tuple[Dated, ...]:
    """The days from `day` on on which something begins, changes or ends in one of the markets, in order, each once."""
    found: dict[tuple[object, ...], tuple[Milestone, list[Checklist]]] = {}
    for each in checklists:
        sheet = FactSheet(each.product, each.library.facts)
        for milestone, condition in each.market.milestones:
            if milestone.on < day or sheet.evaluate(condition)[0] is False:
                continue
            found.setdefault((milestone.on, milestone.says.get("en", ""), milestone.source, milestone.clause, milestone.open), (milestone, []))[1].append(each)
    ordered = sorted(found.items(), key=lambda item: (item[0][0], -len(item[1][1]), item[0][1]))
    return tuple(Dated(milestone, where[0], tuple(each.market.head.id for each in where)) for _, (milestone, where) in ordered)


def next_date(each: Checklist, day: dt.date) -> dt.date | None:
    """The next day on which something changes in the market for this product."""
    return next((dated.milestone.on for dated in dates([each], day) if not dated.milestone.open), None)


def clocks(checklists: Sequence[Checklist]) -> tuple[Line, ...]:
    """The requirements with a time limit that bind the maker's side after placing on the market; one line for each way a requirement reads."""
    found: dict[str, list[tuple[str, Row]]] = {}
    for each in checklists:
        for row in each.rows:
            requirement = row.record.requirement
            if row.decision.applies != "no" and row.standing in ("required", "expected", "pending") and requirement.phase in ("post-market", "disclosure") and any(limit.amount is not None for limit in requirement.deadlines):
                found.setdefault(row.id, []).append((each.market.head.id, row))
    return tuple(sorted((line for name, rows in found.items() for line in readings(name, rows)), key=_order))


def readings(name: str, rows: Sequence[tuple[str, Row]]) -> tuple[Line, ...]:
    """The requirement as one line for each way its title, time limits and place in the law read, with the markets that read so."""
    found: dict[tuple[str, ...], list[tuple[str, Row]]] = {}
    for market, row in rows:
        requirement = row.record.requirement
        found.setdefault((str(sorted(requirement.title.items())), str(requirement.deadlines), requirement.source, requirement.clause), []).append((market, row))
    return tuple(Line(name, tuple(alike)) for alike in found.values())


def reuse(each: Checklist) -> Reuse | None:
    """What a submission to the FDA already holds, by evidence item; None for a market whose index is not graded by item.

    The grades stand in the data of the evidence items (`fda_reuse`, with their basis), made for the clauses of MDR and IVDR.
    """
    if each.market.own_law:
        return None
    rows = [row for row in each.kinds if row.decision.applies == "yes"]
    graded = {grade: tuple(row.id for row in rows if row.kind.kind.fda_reuse == grade) for grade in ("full", "partly", "none")}
    return Reuse(each.market.head.id, graded["full"], graded["partly"], graded["none"])
