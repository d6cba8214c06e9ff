"""A market's chain of jurisdictions, followed and flattened to what holds on one day."""
from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

from dossier import groups
from dossier import jurisdiction as data
from dossier.conditions import Condition, parse_condition
from dossier.errors import DossierError, Problem, did_you_mean
from dossier.groups import MarketGroup
from dossier.records import Authority, Change, Changed, Claim, Head, Index, Jurisdiction, LanguageRow, Milestone, Record, Reference, Requirement, Source
from dossier.schema import parse
from dossier.yamlfile import Path_, YamlFile

State = Literal["in-force", "pending", "unknown"]
SHIPPED = "shipped:"
_SETTABLE = tuple(name for name in Requirement.model_fields if name != "id")


@dataclass(frozen=True, slots=True)
class Resolved:
    """Everything that holds in one market on one day, for one regulation.

    `chain` runs from the root to the market. `texts` are the folders with the translations of its texts, the nearest first. `states[id]` says whether a requirement is in force on `date`.
    `removed` and `ended` are the ids of those that are not there: taken away by the market, or over by `date`.
    """

    head: Head
    chain: tuple[Head, ...]
    date: dt.date
    version: str
    records: tuple[Record, ...]
    states: dict[str, State]
    sources: dict[str, Source]
    authorities: tuple[Authority, ...]
    languages: tuple[LanguageRow, ...]
    milestones: tuple[tuple[Milestone, Condition], ...]
    claims: tuple[Claim, ...]
    removed: tuple[str, ...] = ()
    texts: tuple[Path, ...] = ()
    ended: tuple[str, ...] = ()

    @property
    def own_law(self) -> bool:
        """Whether the market stands on neither the MDR nor the IVDR."""
        return all(not head.regulation for head in self.chain)

    @property
    def index(self) -> Index:
        """How the evidence index reads here: the market's own say, else its nearest parent's."""
        return next((head.index for head in reversed(self.chain) if head.index is not None), Index())

    @property
    def vigilance(self) -> Reference | None:
        """Where the regulation that holds here has serious incidents reported."""
        return next((head.vigilance for head in reversed(self.chain) if head.vigilance is not None), None)

    @property
    def representative(self) -> dict[str, str]:
        """What the representative of a foreign maker is called here; empty where it is the authorised representative."""
        return next((head.representative for head in reversed(self.chain) if head.representative), {})

    def record(self, identifier: str) -> Record | None:
        """The record with this id, or None."""
        return next((record for record in self.records if record.requirement.id == identifier), None)

    def authority(self, role: str) -> Authority | None:
        """The first authority in this role, the market's own before an inherited one."""
        return next((authority for authority in reversed(self.authorities) if authority.role == role), None)


class Repository:
    """All jurisdictions on the search path, each read once."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = tuple(folders)
        self.library = data.load_library(self.folders[-1])
        self.version = (self.folders[-1] / "VERSION").read_text("ascii").strip()
        self._read: dict[str, Jurisdiction] = {}
        self._faults: dict[str, tuple[Problem, ...]] = {}

    def ids(self) -> tuple[str, ...]:
        """The ids of all jurisdictions, sorted."""
        found = {folder.parent.name for root in self.folders for folder in root.glob("*/jurisdiction.yaml")}
        return tuple(sorted(found))

    def markets(self) -> tuple[Head, ...]:
        """The jurisdictions a product can be sold in. Raises DossierError with the problems of all folders."""
        heads: list[Head] = []
        problems: list[Problem] = []
        for name in self.ids():
            try:
                heads.append(self.get(name).head)
            except DossierError as error:
                problems += error.problems
        if problems:
            raise DossierError(problems)
        return tuple(head for head in heads if head.kind == "state")

    def get(self, name: str) -> Jurisdiction:
        """The jurisdiction called `name`; `shipped:<id>` passes by the user's own folders. Raises DossierError with every problem in its folder."""
        part, problems = self.read(name)
        if problems:
            raise DossierError(problems)
        return part

    def read(self, name: str) -> tuple[Jurisdiction, tuple[Problem, ...]]:
        """What can be read of the jurisdiction called `name`, and every problem in its folder. Raises DossierError where there is none of this name."""
        if name not in self._read:
            part, problems = data.read(self.folder(name), self.library)
            self._faults[name] = (*problems, *self._missing_parents(part), *self._replaced(name, part), *self._twice(name, part))
            self._read[name] = part
        return self._read[name], self._faults.get(name, ())

    def _missing_parents(self, part: Jurisdiction) -> list[Problem]:
        return [self._missing_parent(part, parent) for parent in part.head.extends if self._find(parent) is None]

    def _missing_parent(self, part: Jurisdiction, parent: str) -> Problem:
        if not parent.startswith(SHIPPED):
            return Problem(part.file, *part.extends_at, f'extends "{parent}", which is no jurisdiction.', did_you_mean(parent, self.ids()))
        bare = parent.removeprefix(SHIPPED)
        shipped = [name for name in self.ids() if self._find(SHIPPED + name)]
        return Problem(part.file, *part.extends_at, f'extends "{parent}", but no "{bare}" is shipped with the program.', did_you_mean(bare, shipped) or f"Take {parent} away, or name one of these: {', '.join(shipped)}.")

    def _replaced(self, name: str, part: Jurisdiction) -> list[Problem]:
        if part.extends_at == (0, 0) or part.folder.parent == self.folders[-1] or not (self.folders[-1] / name).is_dir() or f"{SHIPPED}{name}" in part.head.extends:
            return []
        return [Problem(part.file, *part.extends_at, f'"{name}" is a shipped jurisdiction too; nothing is replaced by accident.', f"Write extends: [{SHIPPED}{name}] to build on it, or choose another id.")]

    def _twice(self, name: str, part: Jurisdiction) -> list[Problem]:
        others = [root / name for root in self.folders[:-1] if (root / name).resolve() != part.folder.resolve() and (root / name / "jurisdiction.yaml").is_file()]
        return [Problem(part.file, 1, 1, f'"{name}" lies in two of your folders, {part.folder} and {other}, and only the first would count.', "Give one of them another id, or name one of the folders only.") for other in others if not name.startswith(SHIPPED)]

    def folder(self, name: str) -> Path:
        """The folder of the jurisdiction called `name`. Raises DossierError where there is none, naming the nearest."""
        folder = self._find(name)
        if folder is None:
            raise DossierError(self.unknown(name))
        return folder

    def unknown(self, name: str) -> Problem:
        """That `name` is neither a jurisdiction nor a group, with the nearest that is."""
        bare = name.removeprefix(SHIPPED)
        known = sorted({*self.ids(), *self.grouped[0]})
        return Problem("--market", 0, 0, f'"{bare}" is not a market or group.', did_you_mean(bare, known) or f"Known: {', '.join(known)}.")

    def _find(self, name: str) -> Path | None:
        roots = self.folders[-1:] if name.startswith(SHIPPED) else self.folders
        bare = name.removeprefix(SHIPPED)
        if bare not in self.ids():
            return None
        return next((root / bare for root in roots if (root / bare / "jurisdiction.yaml").is_file()), None)

    @cached_property
    def grouped(self) -> tuple[dict[str, MarketGroup], dict[str, tuple[str, int]], list[Problem]]:
        """The groups that can be read, the places of all, and the problems in their files."""
        return groups.load(self.folders)

    @property
    def groups(self) -> dict[str, MarketGroup]:
        """The groups of markets by name. Raises DossierError with every problem in their files."""
        known, _, problems = self.grouped
        if problems:
            raise DossierError(problems)
        return known

    def members(self, group: str) -> tuple[str, ...]:
        """The markets that the group stands for; those it names and that do not exist are left to `faults`."""
        named = self.groups[group]
        if named.every:
            return tuple(head.id for head in self.markets())
        known = set(self.ids())
        return tuple(market for market in named.markets if market in known)

    def expand(self, names: Iterable[str]) -> tuple[str, ...]:
        """The markets that `names` (ids of markets or groups) stand for, in the order given, each once.

        A group's name wins over a legal space of the same name (`eea`). Raises DossierError naming every unknown name and,
        where a market's data cannot be read, every fault of all the markets named.
        """
        found: list[str] = []
        problems: list[Problem] = []
        for name in names:
            if name in self.groups:
                found += self.members(name)
                continue
            try:
                part, faulty = self.read(name)
            except DossierError as error:
                problems += error.problems
                continue
            if part.head.kind == "state" or faulty:
                found.append(name)
            else:
                problems.append(Problem("--market", 0, 0, f'"{name}" is a legal space, not a market.', "Name the states in which the product is sold."))
        if problems or any(self.lineage(market)[1] for market in found):
            raise DossierError([*problems, *(problem for market in found for problem in faults_of(self, market))])
        return tuple(dict.fromkeys(found))

    def chain(self, name: str, regulation: str = "") -> tuple[Jurisdiction, ...]:
        """From the root to `name`, parents in the order written; roots of another regulation are left out."""
        found, problems = self.lineage(name)
        if problems:
            raise DossierError(problems)
        return tuple(part for part in found if not regulation or part.head.regulation in ("", regulation))

    def lineage(self, name: str) -> tuple[tuple[Jurisdiction, ...], tuple[Problem, ...]]:
        """As much of the chain as can be read, and every problem in its folders."""
        found: list[Jurisdiction] = []
        problems: list[Problem] = []
        self._walk(name, (), found, problems)
        return tuple(found), tuple(problems)

    def regulations(self, name: str) -> tuple[str, ...]:
        """The regulations whose data the market has, the MDR first; "mdr" alone where it has a law of its own."""
        known = {part.head.regulation for part in self.chain(name)} - {""}
        return tuple(regulation for regulation in ("mdr", "ivdr") if regulation in known) or ("mdr",)

    def covered(self, market: str, regulation: str) -> None:
        """Raises DossierError where the market has no data for products under the regulation."""
        known = {part.head.regulation for part in self.chain(market)} - {""}
        if regulation and known and regulation not in known:
            raise DossierError(Problem("regulation", 0, 0, f"there are no requirement data for {regulation.upper()} in the market {market} yet.", f"Products that can be built: regulation: {', '.join(sorted(known))}."))

    def _walk(self, name: str, path: tuple[str, ...], found: list[Jurisdiction], problems: list[Problem]) -> None:
        part, faults = self.read(name)
        if name in path:
            circle = " -> ".join((*path[path.index(name):], name))
            problems.append(Problem(part.file, *part.extends_at, f"extends itself: {circle}.", "Remove one of these from extends."))
            return
        problems += faults
        for parent in part.head.extends:
            if parent in self._read or self._find(parent) is not None:
                self._walk(parent, (*path, name), found, problems)
        if part not in found:
            found.append(part)


def resolve(repository: Repository, market: str, date: dt.date, regulation: str) -> Resolved:
    """The market's requirements on `date`, inherited, changed and removed as its chain says.

    Raises DossierError for an overlay that points at nothing or sets what does not exist.
    """
    repository.covered(market, regulation)
    chain = repository.chain(market, regulation)
    flat = _flatten(repository, repository.chain(market), regulation)
    if flat.problems:
        raise DossierError(flat.problems)
    records = sorted((_as_of(replace(record, requirement=record.requirement.read_under(regulation)), date) for record in flat.records.values() if not _over(record.requirement, date)), key=_order)
    return Resolved(
        head=chain[-1].head,
        chain=tuple(part.head for part in chain),
        date=date,
        version=repository.version,
        records=tuple(records),
        states={record.requirement.id: _state(record.requirement, date) for record in records},
        sources=flat.sources,
        authorities=tuple(authority for part in chain for authority in part.authorities),
        languages=tuple(row for part in chain for row in part.languages if not regulation or not row.regulations or regulation in row.regulations),
        milestones=tuple(sorted((row for part in chain for row in _days(part, chain[-1], flat)), key=lambda row: row[0].on)),
        claims=tuple(claim for part in chain for claim in part.claims),
        removed=tuple(sorted(flat.removed)),
        texts=(*(part.folder for part in reversed(chain)), *repository.library.texts),
        ended=tuple(sorted(record.requirement.id for record in flat.records.values() if _over(record.requirement, date))),
    )


def _flatten(repository: Repository, chain: Sequence[Jurisdiction], regulation: str, gaps: Sequence[Problem] = ()) -> _Flat:
    """The records of the chain for one regulation. `gaps` are the problems that keep parts of the chain from being read."""
    used = [part for part in chain if not regulation or part.head.regulation in ("", regulation)]
    flat = _Flat(repository, regulation, {part.head.id for part in chain} - {part.head.id for part in used}, gaps)
    for part in used:
        flat.add(part)
    flat.name(used)
    return flat


class _Flat:
    """The records of a chain so far, by id. Where the chain has gaps, what may stand in one of them is no fault."""

    def __init__(self, repository: Repository, regulation: str, left_out: set[str], gaps: Sequence[Problem]) -> None:
        self.repository = repository
        self.library = repository.library
        self.regulation = regulation
        self.left_out = left_out
        self.gaps = gaps
        self.sources: dict[str, Source] = dict(self.library.sources)
        self.records: dict[str, Record] = {}
        self.removed: set[str] = set()
        self.problems: list[Problem] = []

    def add(self, part: Jurisdiction) -> None:
        self.sources.update(part.sources)
        for record in part.records:
            key = record.requirement.id.lower()
            if key in self.records:
                other = self.records[key]
                self.problems.append(Problem(record.file, record.line, 1, f'"{record.requirement.id}" exists already ({other.file}:{other.line}).', "Ids are used once; change it with an overlay instead."))
            self.records[key] = record
        for change, source, path in part.changes:
            if change.id.split(".")[0] in self.left_out:
                continue
            if (inherited := self._known(change.id, source, path)) is not None:
                self._change(inherited, change, part.head.id, source, path)
        for removal, source, path in part.removals:
            if removal.id.split(".")[0] in self.left_out:
                continue
            if self._known(removal.id, source, path) is not None:
                self.records.pop(removal.id, None)
                self.removed.add(removal.id)

    def name(self, parts: Sequence[Jurisdiction]) -> None:
        """Finds what rows name and nobody has: a duty would be printed without its authority, a day without its rule."""
        authorities, rules = {authority.id for part in parts for authority in part.authorities}, {*self.records, *self.removed}
        for named in (named for part in parts for named in part.named):
            if named.what == "authority" and named.id not in authorities and not self.gaps:
                self.problems.append(named.source.problem(named.path, f'authority "{named.id}" is in no authorities.yaml of the market or of what it extends.', did_you_mean(named.id, authorities)))
            elif named.what == "requirement" and named.id not in rules and named.id.split(".")[0] not in self.left_out:
                near = self._of_owner(named.id) if self.gaps else rules
                if near is not None and named.id not in near:
                    self.problems.append(named.source.problem(named.path, f'"{named.id}" is no requirement of the market or of what it extends.', did_you_mean(named.id, near)))

    def _known(self, identifier: str, source: YamlFile, path: Path_) -> Record | None:
        near: Mapping[str, Record] | None = self.records
        if self.gaps and identifier not in self.records:
            near = self._of_owner(identifier)
        if near is None:
            return None
        if identifier not in near:
            self.problems.append(source.problem((*path, "id"), f'"{identifier}" is not an inherited requirement.', did_you_mean(identifier, near)))
        return near.get(identifier)

    def _of_owner(self, identifier: str) -> dict[str, Record] | None:
        """The records of the jurisdiction that the id names; None where it cannot be read either."""
        owner = identifier.split(".")[0]
        part, problems = self.repository.read(owner) if owner in self.repository.ids() else (None, ())
        return None if part is None or problems else {record.requirement.id: record for record in part.records}

    def _change(self, record: Record, change: Change, owner: str, source: YamlFile, path: Path_) -> None:
        at = (*path, "set")
        self.problems += [source.problem((*at, name), f'"{name}" cannot be set on a requirement.', did_you_mean(name, _SETTABLE), key=True) for name in change.set if name not in _SETTABLE]
        given = {name: value for name, value in change.set.items() if name in _SETTABLE}
        requirement, found = parse(Requirement, {**record.requirement.model_dump(by_alias=True, exclude_unset=True, mode="json"), **given}, source, at)
        condition = record.condition
        if requirement is not None:
            told = {problem.message for problem in self._row_faults(record.requirement, source, at)}
            found += [problem for problem in self._row_faults(requirement, source, at) if problem.message not in told]
        if "applies_when" in given:
            condition, more = parse_condition(given["applies_when"], self.library.facts, source, (*at, "applies_when"))
            found += more
        self.problems += found
        if requirement is not None and change.id in self.records:
            left = tuple(earlier for earlier in record.changed_by if not earlier.fields <= given.keys())
            self.records[change.id] = replace(record, requirement=requirement, condition=condition, changed_by=(*left, Changed(owner, change.reason, frozenset(given))))

    def _row_faults(self, requirement: Requirement, source: YamlFile, path: Path_) -> list[Problem]:
        """What the loader checks in a row that is added. How it reads under the other regulation may name sources that only that chain knows."""
        requirement = requirement.model_copy(update={"under": {name: under for name, under in requirement.under.items() if self.regulation in ("", name)}})
        return data.unknown_sources(requirement, self._sources(), source, path) + data.unknown_kinds(requirement, self.library.kinds, source, path) + data.date_faults(requirement, source, path)

    def _sources(self) -> Collection[str] | None:
        """The sources that the chain so far knows; where it has gaps, those of all jurisdictions, and None where a sources.yaml has a fault."""
        if not self.gaps:
            return self.sources
        if any(problem.file.endswith("/sources.yaml") for problem in self.gaps):
            return None
        return {**self.sources, **{name: source for each in self.repository.ids() for name, source in self.repository.read(each)[0].sources.items()}}


def _days(part: Jurisdiction, market: Jurisdiction, flat: _Flat) -> Iterator[tuple[Milestone, Condition]]:
    """The days that the part brings. One whose rule the market has not (yet) made law is marked: a parent's day is not the market's."""
    for day, condition in part.milestones:
        if day.requirement in flat.removed:
            continue
        rule = flat.records.get(day.requirement)
        open_ = part is not market and rule is not None and rule.requirement.status in ("adopted", "proposed", "unknown")
        yield (day.model_copy(update={"open": True}) if open_ else day), condition


def _over(requirement: Requirement, date: dt.date) -> bool:
    last = requirement.in_force.to
    return last < date if last is not None else requirement.status == "repealed"


def _state(requirement: Requirement, date: dt.date) -> State:
    if requirement.status in ("adopted", "proposed"):
        return "pending"
    if requirement.status == "unknown":
        return "unknown"
    begins = requirement.in_force.from_
    return "pending" if begins is not None and begins > date else "in-force"


def _as_of(record: Record, date: dt.date) -> Record:
    """The record cited as it was on `date`, where it has been renumbered since."""
    for past in record.requirement.citation_history:
        if past.from_ <= date <= past.to:
            return replace(record, requirement=record.requirement.model_copy(update={"clause": past.clause}))
    return record


def _order(record: Record) -> tuple[int, str]:
    """By group; inside a group the order of the files, root first, is kept: it is the order in which the law reads."""
    return record.group.order, record.group.id


def faults(repository: Repository) -> list[Problem]:
    """Every problem of all jurisdictions and groups: unreadable records, circles, overlays that point nowhere."""
    return _each_once(problem for found in (*(faults_of(repository, name) for name in repository.ids()), group_faults(repository)) for problem in found)


def faults_of(repository: Repository, name: str) -> list[Problem]:
    """As `faults`, of one jurisdiction and those it extends, for each regulation it stands on. Raises DossierError where there is none of this name."""
    chain, problems = repository.lineage(name)
    regulations = sorted({part.head.regulation for part in chain} - {""}) or [""]
    return _each_once([*problems, *(problem for regulation in regulations for problem in _flatten(repository, chain, regulation, problems).problems)])


def _each_once(problems: Iterable[Problem]) -> list[Problem]:
    """The problems sorted; one that several markets inherit has another hint in each, and is still one."""
    return list({(problem.file, problem.line, problem.column, problem.message): problem for problem in sorted(set(problems))}.values())


def group_faults(repository: Repository) -> list[Problem]:
    """What is wrong in the files of groups, and groups that name a market which does not exist or share their name with one."""
    known, places, found = repository.grouped
    ids = set(repository.ids())
    problems = [*found]
    for name, group in known.items():
        file, line = places[name]
        problems += [Problem(file, line, 1, f'group "{name}": "{market}" is not a market.', did_you_mean(market, ids)) for market in group.markets if market not in ids]
        if name in ids and repository.read(name)[0].head.kind == "state":
            problems.append(Problem(file, line, 1, f'group "{name}" has the id of a market.', "Choose another name."))
    return problems
