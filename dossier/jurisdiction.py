"""Reads a folder of jurisdiction data, and the tables that all jurisdictions share; names every fault with its place."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from pydantic import BaseModel

from dossier import yamlfile
from dossier.conditions import Condition, Fact, parse_condition
from dossier.errors import DossierError, Problem, did_you_mean
from dossier.records import Authority, Change, Claim, Contact, EvidenceKind, Group, Head, Jurisdiction, Kind, LanguageRow, Library, Milestone, Named, Period, Record, Removal, Requirement, Source
from dossier.schema import Level, parse, readable
from dossier.yamlfile import Path_, YamlFile

M = TypeVar("M", bound=BaseModel)


def load_library(root: Path) -> Library:
    """The shared tables under `root` (a `jurisdictions` folder). Raises DossierError with every problem."""
    facts, problems = _facts(root / "facts.yaml")
    sources, names, found = _sources(root / "evidence" / "sources.yaml")
    problems += found
    kinds: dict[str, Kind] = {}
    for file in sorted((root / "evidence").glob("*.yaml")):
        if file.name == "sources.yaml":
            continue
        source, blocks = _blocks(file, ("defaults", "kinds"), problems)
        for path, kind in _rows(EvidenceKind, blocks, "kinds", source, problems):
            condition, found = parse_condition(kind.applies_when, facts, source, (*path, "applies_when"))
            problems += found
            problems += unknown_sources(kind, names, source, path)
            if kind.id in kinds:
                problems.append(source.problem(path, f'evidence kind "{kind.id}" is defined twice.'))
            kinds[kind.id] = Kind(kind, condition, source.name, source.at(path)[0])
    if problems:
        raise DossierError(problems)
    return Library(facts, kinds, sources, (root / "evidence", root))


def load(folder: Path, library: Library) -> Jurisdiction:
    """The jurisdiction in `folder`. Raises DossierError with every problem in its files."""
    part, problems = read(folder, library)
    if problems:
        raise DossierError(problems)
    return part


def read(folder: Path, library: Library) -> tuple[Jurisdiction, list[Problem]]:
    """What can be read of the jurisdiction in `folder`, and every problem in its files."""
    problems: list[Problem] = []
    source, blocks = _blocks(folder / "jurisdiction.yaml", None, problems)
    unreadable = bool(problems)
    head, found = (None, []) if unreadable else parse(Head, blocks, source)
    problems += found
    if head is not None and head.id != folder.name:
        taken = (folder.parent / head.id / "jurisdiction.yaml").is_file()
        twice = f' {_shown(folder.parent / head.id / "jurisdiction.yaml")} has this id already.' if taken else ""
        problems.append(source.problem(("id",), f'the id "{head.id}" differs from the folder name "{folder.name}".{twice}', "Make them the same."))
    own, names, found = _sources(folder / "sources.yaml")
    problems += found
    reader = _Reader(library, None if names is None else {**library.sources, **dict.fromkeys(names)}, problems)
    for file in sorted((folder / "requirements").glob("*.yaml")):
        reader.requirements(file, folder.name)
    authorities = reader.authorities(folder / "authorities.yaml")
    languages = reader.rows(folder / "languages.yaml", "languages", LanguageRow)
    milestones = reader.milestones(folder / "timeline.yaml")
    claims = reader.rows(folder / "claims.yaml", "claims", Claim)
    at = (0, 0) if unreadable else source.at(("extends",)) if "extends" in blocks else (1, 1)
    return Jurisdiction(head or _stand_in(folder, blocks), own, tuple(reader.records), tuple(reader.changes), tuple(reader.removals), authorities, languages, milestones, claims, source.name, folder, at, tuple(reader.named)), problems


def _stand_in(folder: Path, blocks: Mapping[str, Any]) -> Head:
    """As much of a faulty head as is needed to check the rest of the folder against what it extends."""
    extends = blocks.get("extends")
    kind: Literal["state", "legal-space"] = "state" if blocks.get("kind") == "state" else "legal-space"
    return Head.model_construct(id=folder.name, name={}, kind=kind, extends=tuple(name for name in extends if isinstance(name, str)) if isinstance(extends, list) else (), locale="en")


def levels(part: Jurisdiction) -> dict[Level, int]:
    """How many of the jurisdiction's own facts (requirements, authorities, contacts, language rows, dates) stand at each level."""
    rows: list[Requirement | Authority | Contact | LanguageRow | Milestone] = [record.requirement for record in part.records]
    rows += [*part.authorities, *part.languages, *(contact for authority in part.authorities for contact in authority.contacts), *(row for row, _ in part.milestones)]
    found = [row.level for row in rows]
    return {level: found.count(level) for level in get_args(Level)}


class _Reader:
    """Reads the files of one folder, gathering records and problems."""

    def __init__(self, library: Library, sources: Collection[str] | None, problems: list[Problem]) -> None:
        self.library = library
        self.sources = sources
        self.problems = problems
        self.records: list[Record] = []
        self.changes: list[tuple[Change, YamlFile, Path_]] = []
        self.removals: list[tuple[Removal, YamlFile, Path_]] = []
        self.named: list[Named] = []

    def requirements(self, file: Path, owner: str) -> None:
        source, blocks = _blocks(file, ("group", "defaults", "add", "change", "remove"), self.problems)
        group, found = parse(Group, blocks.get("group", {}), source, ("group",)) if "add" in blocks else (None, [])
        self.problems += found

        def faults(requirement: Requirement, path: Path_) -> list[Problem]:
            self._name("authority", (requirement.authority,), source, (*path, "authority"))
            self._name("requirement", requirement.related, source, (*path, "related"))
            condition = parse_condition(requirement.applies_when, self.library.facts, source, (*path, "applies_when"))[1]
            return condition + unknown_sources(requirement, self.sources, source, path) + unknown_kinds(requirement, self.library.kinds, source, path) + id_faults(requirement, source, path) + date_faults(requirement, source, path)

        for path, requirement in _rows(Requirement, blocks, "add", source, self.problems, faults):
            condition, _ = parse_condition(requirement.applies_when, self.library.facts, source, (*path, "applies_when"))
            if group is not None:
                self.records.append(Record(requirement, condition, group, owner, source.name, source.at(path)[0]))
        for path, change in self._sourced(Change, blocks, "change", source):
            self.changes.append((change, source, path))
            self._name("authority", (change.set.get("authority", ""),), source, (*path, "set", "authority"))
        self.removals += [(removal, source, path) for path, removal in self._sourced(Removal, blocks, "remove", source)]

    def _sourced(self, model: type[M], blocks: Mapping[str, Any], key: str, source: YamlFile) -> list[tuple[Path_, M]]:
        return _rows(model, blocks, key, source, self.problems, lambda row, path: unknown_sources(row, self.sources, source, path))

    def _name(self, what: Literal["authority", "requirement"], names: Sequence[str], source: YamlFile, path: Path_) -> None:
        self.named += [Named(what, name, source, path) for name in names if name]

    def table(self, file: Path, key: str, model: type[M]) -> tuple[YamlFile, list[tuple[Path_, M]]]:
        if not file.exists():
            return YamlFile(_shown(file), "", {}), []
        source, blocks = _blocks(file, ("defaults", key), self.problems)
        rows = self._sourced(model, blocks, key, source)
        for path, row in rows:
            self._name("requirement", (getattr(row, "requirement", ""),), source, (*path, "requirement"))
            self._name("requirement", getattr(row, "requirements", ()), source, (*path, "requirements"))
        return source, rows

    def rows(self, file: Path, key: str, model: type[M]) -> tuple[M, ...]:
        return tuple(row for _, row in self.table(file, key, model)[1])

    def authorities(self, file: Path) -> tuple[Authority, ...]:
        source, rows = self.table(file, "authorities", Authority)
        found: dict[str, Authority] = {}
        for path, row in rows:
            if row.id in found:
                self.problems.append(source.problem((*path, "id"), f'the authority "{row.id}" is there twice, so that nobody could tell which one a rule means.', "Give each an id of its own."))
            found.setdefault(row.id, row)
        return tuple(found.values())

    def milestones(self, file: Path) -> tuple[tuple[Milestone, Condition], ...]:
        source, rows = self.table(file, "milestones", Milestone)
        found = []
        for path, row in rows:
            condition, problems = parse_condition(row.applies_when, self.library.facts, source, (*path, "applies_when"))
            self.problems += problems
            found.append((row, condition))
        return tuple(found)


def _facts(file: Path) -> tuple[dict[str, Fact], list[Problem]]:
    source = yamlfile.read(file, _shown(file))
    facts: dict[str, Fact] = {}
    problems: list[Problem] = []
    for name, data in source.data.items():
        fact, found = parse(Fact, {("is_" if key == "is" else key): value for key, value in data.items()}, source, (name,))
        problems += found
        if fact is not None:
            facts[name] = fact
    problems += [source.problem((name, "presumes"), f'"{fact.presumes}" is no product fact.', did_you_mean(fact.presumes, facts)) for name, fact in facts.items() if fact.presumes and fact.presumes not in facts]
    return facts, problems


def _sources(file: Path) -> tuple[dict[str, Source], tuple[str, ...] | None, list[Problem]]:
    """The sources by key; the keys of all, the faulty too, or None where nobody can tell them; every problem."""
    problems: list[Problem] = []
    if not file.exists():
        return {}, (), problems
    source, blocks = _blocks(file, None, problems)
    if problems:
        return {}, None, problems
    found: dict[str, Source] = {}
    for key, data in blocks.items():
        row, errors = parse(Source, data, source, (key,))
        problems += errors
        if row is not None:
            found[key] = row
    return found, tuple(blocks), problems


def _blocks(file: Path, known: tuple[str, ...] | None, problems: list[Problem]) -> tuple[YamlFile, dict[str, Any]]:
    """The top level of a file, empty where it cannot be read; problems for that, and for a key that the file may not have."""
    try:
        source = yamlfile.read(file, _shown(file))
    except DossierError as error:
        problems += error.problems
        return YamlFile(_shown(file), "", {}), {}
    if source.data == "":
        return source, {}  # nothing but comments
    if not isinstance(source.data, dict):
        problems.append(source.problem((), "a block of keys is expected here."))
        return source, {}
    for key in source.data:
        if known is not None and key not in known:
            problems.append(source.problem((key,), f'"{key}" is not a known key.', did_you_mean(key, known), key=True))
    if known is not None and "defaults" in known and source.data.get("defaults") and not isinstance(source.data["defaults"], dict):
        problems.append(source.problem(("defaults",), '"defaults" needs a block of keys: what every row of the file has unless it says otherwise.', "Write defaults: {key: value}, or take the line away."))
        return source, {**source.data, "defaults": {}}
    return source, source.data


def _rows(model: type[M], blocks: Mapping[str, Any], key: str, source: YamlFile, problems: list[Problem], faults: Callable[[M, Path_], list[Problem]] = lambda row, path: []) -> list[tuple[Path_, M]]:
    """The list under `key`, each row with the file's `defaults` filled in. `faults` are looked for in what can be read of a faulty row too."""
    rows = blocks.get(key, [])
    if rows == "" or not isinstance(rows, list):
        problems.extend([source.problem((key,), f'"{key}" needs a list.')] if rows else [])
        return []
    defaults = blocks.get("defaults") or {}
    usable = {name: value for name, value in defaults.items() if name in _names(model)}
    if key in ("add", "kinds"):
        problems.extend(source.problem(("defaults", name), f'"{name}" is not a known key.', did_you_mean(name, _names(model)), key=True) for name in defaults if name not in _names(model))
    found: list[tuple[Path_, M]] = []
    for index, data in enumerate(rows):
        filled = {**usable, **data} if isinstance(data, dict) else data
        row, errors = parse(model, filled, source, (key, index))
        problems.extend(errors)
        if (seen := row if row is not None else readable(model, filled)) is not None:
            problems.extend(faults(seen, (key, index)))
        if row is not None:
            found.append(((key, index), row))
    return found


def _names(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def unknown_sources(row: Any, sources: Collection[str] | None, source: YamlFile, path: Path_) -> list[Problem]:
    """A problem for each source that the row names and no sources.yaml holds; none where `sources` is None, because a sources.yaml cannot be read."""
    if sources is None:
        return []
    named: list[str] = [row.source] if getattr(row, "source", "") else []
    for field in ("references", "imdrf", "basis", "conflicts", "contacts"):
        named += [reference.source for reference in getattr(row, field, ())]
    for under in getattr(row, "under", {}).values():
        named += [name for name in (under.source, *(reference.source for reference in under.references)) if name]
    label = getattr(row, "id", "") or getattr(row, "number", "")
    prefix = f"{label}: " if label else ""
    return [source.problem(path, f'{prefix}source "{name}" is not in sources.yaml.', did_you_mean(name, sources)) for name in named if name not in sources]


def unknown_kinds(requirement: Requirement, kinds: Collection[str], source: YamlFile, path: Path_) -> list[Problem]:
    """A problem for each kind of evidence that the requirement names and no file of kinds holds."""
    wanted = [expected.kind for expected in requirement.evidence_kinds if expected.kind not in kinds]
    return [source.problem((*path, "evidence_kinds"), f'{requirement.id}: "{kind}" is not an evidence kind.', did_you_mean(kind, kinds)) for kind in wanted]


def id_faults(requirement: Requirement, source: YamlFile, path: Path_) -> list[Problem]:
    """A problem where the id has capitals: look-ups are in small letters, so nobody could name the requirement."""
    small = requirement.id.lower()
    return [source.problem((*path, "id"), f'"{requirement.id}" has capitals, and requirements are looked up in small letters, so nobody could name it.', f"Write {small}.")] if requirement.id != small else []


# Stands for the days of a faulty row (`schema.readable`): in order with every other.
_UNREAD = Period.model_validate({"from": dt.date.min})


def date_faults(requirement: Requirement, source: YamlFile, path: Path_) -> list[Problem]:
    """A problem for each pair of dates in the wrong order, and for a rule in force without its first day."""
    period = requirement.in_force or _UNREAD
    problems = []
    if period.from_ and period.to and period.to < period.from_:
        problems.append(source.problem((*path, "in_force"), f"{requirement.id}: ends on {period.to}, before it begins on {period.from_}."))
    if requirement.review_by < requirement.checked:
        problems.append(source.problem((*path, "review_by"), f"{requirement.id}: review_by {requirement.review_by} is before checked {requirement.checked}."))
    if requirement.status == "in-force" and period.from_ is None:
        problems.append(source.problem(path, f"{requirement.id}: is in force, but in_force names no first day.", "Add in_force: {from: ...}, or another status."))
    for index, past in enumerate(requirement.citation_history):
        if past.to < past.from_:
            problems.append(source.problem((*path, "citation_history", index), f"{requirement.id}: was cited as {past.clause} until {past.to}, before that began on {past.from_}."))
    return problems


def _shown(file: Path) -> str:
    """The path as messages show it: from the `jurisdictions` folder on."""
    parts = file.parts
    return "/".join(parts[len(parts) - 1 - parts[::-1].index("jurisdictions"):]) if "jurisdictions" in parts else str(file)
