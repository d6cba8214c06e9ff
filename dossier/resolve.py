"""A market's chain of jurisdictions, followed and flattened to what holds on one day."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from dossier import groups
from dossier import jurisdiction as data
from dossier.conditions import Condition, parse_condition
from dossier.errors import DossierError, Problem, did_you_mean
from dossier.groups import MarketGroup
from dossier.records import Authority, Change, Claim, Head, Index, Jurisdiction, LanguageRow, Library, Milestone, Record, Reference, Requirement, Source
from dossier.yamlfile import Path_, YamlFile

State = Literal["in-force", "pending", "unknown"]
SHIPPED = "shipped:"


@dataclass(frozen=True, slots=True)
class Resolved:
    """Everything that holds in one market on one day, for one regulation.

    `chain` runs from the root to the market. `texts` are the folders with the translations of its texts, the nearest first. `states[id]` says whether a requirement is in force on `date`.
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
        """The jurisdiction called `name`; `shipped:<id>` passes by the user's own folders."""
        if name not in self._read:
            folder = self.folder(name)
            part = data.load(folder, self.library)
            if folder.parent != self.folders[-1] and (self.folders[-1] / name).is_dir() and f"{SHIPPED}{name}" not in part.head.extends:
                raise DossierError(Problem(part.file, *part.extends_at, f'"{name}" is a shipped jurisdiction too; nothing is replaced by accident.', f"Write extends: [{SHIPPED}{name}] to build on it, or choose another id."))
            self._read[name] = part
        return self._read[name]

    def folder(self, name: str) -> Path:
        """The folder of the jurisdiction called `name`. Raises DossierError where there is none, naming the nearest."""
        roots = self.folders[-1:] if name.startswith(SHIPPED) else self.folders
        bare = name.removeprefix(SHIPPED)
        for root in roots:
            if (root / bare / "jurisdiction.yaml").is_file() and bare in self.ids():
                return root / bare
        raise DossierError(Problem("--market", 0, 0, f'"{bare}" is not a market or group.', did_you_mean(bare, (*self.ids(), *self.groups)) or f"Known: {', '.join(sorted({*self.ids(), *self.groups}))}."))

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

        A group's name wins over a legal space of the same name (`eea`). Raises DossierError naming every unknown name.
        """
        found: list[str] = []
        problems: list[Problem] = []
        for name in names:
            if name in self.groups:
                found += self.members(name)
                continue
            try:
                head = self.get(name).head
            except DossierError as error:
                problems += error.problems
                continue
            if head.kind == "state":
                found.append(name)
            else:
                problems.append(Problem("--market", 0, 0, f'"{name}" is a legal space, not a market.', "Name the states in which the product is sold."))
        if problems:
            raise DossierError(problems)
        return tuple(dict.fromkeys(found))

    def chain(self, name: str, regulation: str = "") -> tuple[Jurisdiction, ...]:
        """From the root to `name`, parents in the order written; roots of another regulation are left out."""
        found: list[Jurisdiction] = []
        self._walk(name, (), found)
        return tuple(part for part in found if not regulation or part.head.regulation in ("", regulation))

    def regulations(self, name: str) -> tuple[str, ...]:
        """The regulations whose data the market has, the MDR first; "mdr" alone where it has a law of its own."""
        known = {part.head.regulation for part in self.chain(name)} - {""}
        return tuple(regulation for regulation in ("mdr", "ivdr") if regulation in known) or ("mdr",)

    def covered(self, market: str, regulation: str) -> None:
        """Raises DossierError where the market has no data for products under the regulation."""
        known = {part.head.regulation for part in self.chain(market)} - {""}
        if regulation and known and regulation not in known:
            raise DossierError(Problem("regulation", 0, 0, f"there are no requirement data for {regulation.upper()} in the market {market} yet.", f"Products that can be built: regulation: {', '.join(sorted(known))}."))

    def _walk(self, name: str, path: tuple[str, ...], found: list[Jurisdiction]) -> None:
        part = self.get(name)
        if name in path:
            circle = " -> ".join((*path[path.index(name):], name))
            raise DossierError(Problem(part.file, *part.extends_at, f"extends itself: {circle}.", "Remove one of these from extends."))
        for parent in part.head.extends:
            if parent.removeprefix(SHIPPED) not in self.ids():
                raise DossierError(Problem(part.file, *part.extends_at, f'extends "{parent}", which is no jurisdiction.', did_you_mean(parent, self.ids())))
            self._walk(parent, (*path, name), found)
        if part not in found:
            found.append(part)


def resolve(repository: Repository, market: str, date: dt.date, regulation: str) -> Resolved:
    """The market's requirements on `date`, inherited, changed and removed as its chain says.

    Raises DossierError for an overlay that points at nothing or sets what does not exist.
    """
    repository.covered(market, regulation)
    chain = repository.chain(market, regulation)
    left_out = {part.head.id for part in repository.chain(market)} - {part.head.id for part in chain}
    flat = _Flat(repository.library, left_out)
    for part in chain:
        flat.add(part)
    if flat.problems:
        raise DossierError(flat.problems)
    records = sorted((_as_of(replace(record, requirement=record.requirement.read_under(regulation)), date) for record in flat.records.values() if not _over(record.requirement, date)), key=_order)
    sources = dict(repository.library.sources)
    for part in chain:
        sources.update(part.sources)
    return Resolved(
        head=chain[-1].head,
        chain=tuple(part.head for part in chain),
        date=date,
        version=repository.version,
        records=tuple(records),
        states={record.requirement.id: _state(record.requirement, date) for record in records},
        sources=sources,
        authorities=tuple(authority for part in chain for authority in part.authorities),
        languages=tuple(row for part in chain for row in part.languages if not regulation or not row.regulations or regulation in row.regulations),
        milestones=tuple(sorted((row for part in chain for row in part.milestones if row[0].requirement not in flat.removed), key=lambda row: row[0].on)),
        claims=tuple(claim for part in chain for claim in part.claims),
        removed=tuple(sorted(flat.removed)),
        texts=(*(part.folder for part in reversed(chain)), *repository.library.texts),
    )


class _Flat:
    """The records of a chain so far, by id."""

    def __init__(self, library: Library, left_out: set[str]) -> None:
        self.library = library
        self.left_out = left_out
        self.records: dict[str, Record] = {}
        self.removed: set[str] = set()
        self.problems: list[Problem] = []

    def add(self, part: Jurisdiction) -> None:
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
                del self.records[removal.id]
                self.removed.add(removal.id)

    def _known(self, identifier: str, source: YamlFile, path: Path_) -> Record | None:
        record = self.records.get(identifier)
        if record is None:
            self.problems.append(source.problem((*path, "id"), f'"{identifier}" is not an inherited requirement.', did_you_mean(identifier, self.records)))
        return record

    def _change(self, record: Record, change: Change, owner: str, source: YamlFile, path: Path_) -> None:
        written = record.requirement.model_dump(by_alias=True, exclude_unset=True, mode="json")
        unknown = [name for name in change.set if name not in Requirement.model_fields or name == "id"]
        if unknown:
            self.problems.append(source.problem((*path, "set", unknown[0]), f'"{unknown[0]}" cannot be set on a requirement.', did_you_mean(unknown[0], Requirement.model_fields), key=True))
            return
        try:
            requirement = Requirement.model_validate({**written, **change.set})
        except ValidationError as error:
            self.problems.append(source.problem((*path, "set"), f"{change.id}: {error.errors()[0]['msg']}."))
            return
        condition, problems = parse_condition(requirement.applies_when, self.library.facts, source, (*path, "set", "applies_when"))
        self.problems += problems
        self.records[change.id] = replace(record, requirement=requirement, condition=condition, changed_by=(*record.changed_by, (owner, change.reason)))


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


def faults(repository: Repository, date: dt.date) -> list[Problem]:
    """Every problem of all jurisdictions and groups: unreadable records, circles, overlays that point nowhere."""
    problems: list[Problem] = []
    heads: list[Head] = []
    for name in repository.ids():
        try:
            heads.append(repository.get(name).head)
            repository.chain(name)
        except DossierError as error:
            problems += error.problems
    broken = {problem.file.split("/")[1] for problem in problems if problem.file.count("/") > 1}
    for head in heads:
        if head.kind == "state" and head.id not in broken:
            problems += _market_faults(repository, head.id, date, broken)
    problems += _group_faults(repository)
    return sorted(set(problems))


def faults_of(repository: Repository, name: str, date: dt.date) -> list[Problem]:
    """As `faults`, of one jurisdiction and those it extends. Raises DossierError where there is none of this name."""
    repository.folder(name)
    try:
        repository.chain(name)
        return sorted(_market_faults(repository, name, date, set())) if repository.get(name).head.kind == "state" else []
    except DossierError as error:
        return list(error.problems)


def _market_faults(repository: Repository, market: str, date: dt.date, broken: set[str]) -> list[Problem]:
    """What goes wrong when the market is resolved, for each regulation it stands on."""
    found: list[Problem] = []
    try:
        chain = repository.chain(market)
        for regulation in sorted({part.head.regulation for part in chain} - {""}) or [""]:
            resolve(repository, market, date, regulation)
    except DossierError as error:
        found += [problem for problem in error.problems if problem.file.count("/") < 2 or problem.file.split("/")[1] not in broken]
    return found


def _group_faults(repository: Repository) -> list[Problem]:
    """Groups that name a market which does not exist, or share their name with one."""
    known, places, problems = repository.grouped
    ids = set(repository.ids())
    problems = [*problems]
    for name, group in known.items():
        file, line = places[name]
        problems += [Problem(file, line, 1, f'group "{name}": "{market}" is not a market.', did_you_mean(market, ids)) for market in group.markets if market not in ids]
        if name in ids and repository.get(name).head.kind == "state":
            problems.append(Problem(file, line, 1, f'group "{name}" has the id of a market.', "Choose another name."))
    return problems
