"""A market's chain of jurisdictions, followed and flattened to what holds on one day."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from dossier import jurisdiction as data
from dossier.conditions import Condition, parse_condition
from dossier.errors import DossierError, Problem, did_you_mean
from dossier.records import Authority, Change, Claim, Head, Jurisdiction, LanguageRow, Library, Milestone, Record, Requirement, Source
from dossier.yamlfile import Path_, YamlFile

State = Literal["in-force", "pending", "unknown"]
SHIPPED = "shipped:"


@dataclass(frozen=True, slots=True)
class Resolved:
    """Everything that holds in one market on one day, for one regulation.

    `chain` runs from the root to the market. `states[id]` says whether a requirement is in force on `date`.
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
        """The jurisdictions a product can be sold in."""
        return tuple(head for head in (self.get(name).head for name in self.ids()) if head.kind == "state")

    def get(self, name: str) -> Jurisdiction:
        """The jurisdiction called `name`; `shipped:<id>` passes by the user's own folders."""
        if name not in self._read:
            folder = self._folder(name)
            part = data.load(folder, self.library)
            if folder.parent != self.folders[-1] and (self.folders[-1] / name).is_dir() and f"{SHIPPED}{name}" not in part.head.extends:
                raise DossierError(Problem(part.file, 0, 0, f'"{name}" is a shipped jurisdiction too; nothing is replaced by accident.', f"Write extends: [{SHIPPED}{name}] to build on it, or choose another id."))
            self._read[name] = part
        return self._read[name]

    def _folder(self, name: str) -> Path:
        roots = self.folders[-1:] if name.startswith(SHIPPED) else self.folders
        bare = name.removeprefix(SHIPPED)
        for root in roots:
            if (root / bare / "jurisdiction.yaml").is_file() and bare in self.ids():
                return root / bare
        raise DossierError(Problem("--market", 0, 0, f'"{bare}" is not a market or group.', did_you_mean(bare, self.ids()) or f"Known: {', '.join(self.ids())}."))

    def expand(self, names: Iterable[str]) -> tuple[str, ...]:
        """The markets that `names` (ids of markets or groups) stand for, in the order given, each once.

        A collective legal space (`eea`) stands for the states that extend it. Raises DossierError naming every
        unknown name.
        """
        found: list[str] = []
        problems: list[Problem] = []
        for name in names:
            try:
                head = self.get(name).head
            except DossierError as error:
                problems += error.problems
                continue
            if head.collective:
                found += [state.id for state in self.markets() if name in self._ancestors(state.id)]
            elif head.kind == "state":
                found.append(name)
            else:
                problems.append(Problem("--market", 0, 0, f'"{name}" is a legal space, not a market.', "Name the states in which the product is sold."))
        if problems:
            raise DossierError(problems)
        return tuple(dict.fromkeys(found))

    def _ancestors(self, name: str) -> set[str]:
        return {head.id for head in (part.head for part in self.chain(name))}

    def chain(self, name: str, regulation: str = "") -> tuple[Jurisdiction, ...]:
        """From the root to `name`, parents in the order written; roots of another regulation are left out."""
        found: list[Jurisdiction] = []
        self._walk(name, (), found)
        return tuple(part for part in found if not regulation or part.head.regulation in ("", regulation))

    def _walk(self, name: str, path: tuple[str, ...], found: list[Jurisdiction]) -> None:
        part = self.get(name)
        if name in path:
            circle = " -> ".join((*path[path.index(name):], name))
            raise DossierError(Problem(part.file, 0, 0, f"extends itself: {circle}.", "Remove one of these from extends."))
        for parent in part.head.extends:
            self._walk(parent, (*path, name), found)
        if part not in found:
            found.append(part)


def resolve(repository: Repository, market: str, date: dt.date, regulation: str) -> Resolved:
    """The market's requirements on `date`, inherited, changed and removed as its chain says.

    Raises DossierError for an overlay that points at nothing or sets what does not exist.
    """
    chain = repository.chain(market, regulation)
    if regulation and all(part.head.regulation != regulation for part in chain):
        raise DossierError(Problem("regulation", 0, 0, f"there are no requirement data for {regulation.upper()} in the market {market} yet.", "Products under the MDR can be built: regulation: mdr."))
    left_out = {part.head.id for part in repository.chain(market)} - {part.head.id for part in chain}
    flat = _Flat(repository.library, left_out)
    for part in chain:
        flat.add(part)
    if flat.problems:
        raise DossierError(flat.problems)
    records = sorted((_as_of(record, date) for record in flat.records.values() if not _over(record.requirement, date)), key=_order)
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
        languages=tuple(row for part in chain for row in part.languages),
        milestones=tuple(sorted((row for part in chain for row in part.milestones), key=lambda row: row[0].on)),
        claims=tuple(claim for part in chain for claim in part.claims),
    )


class _Flat:
    """The records of a chain so far, by id."""

    def __init__(self, library: Library, left_out: set[str]) -> None:
        self.library = library
        self.left_out = left_out
        self.records: dict[str, Record] = {}
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
    return requirement.status == "repealed" or (requirement.in_force.to is not None and requirement.in_force.to < date)


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
