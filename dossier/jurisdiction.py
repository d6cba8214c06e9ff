"""Jurisdiction data: the records a folder under `jurisdictions/` holds, read and checked."""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, Field

from dossier import yamlfile
from dossier.conditions import Condition, Fact, parse_condition
from dossier.errors import DossierError, Problem, did_you_mean
from dossier.schema import Day, Identifier, Language, Level, Localized, Model, Text, YesNo, parse
from dossier.yamlfile import Path_, YamlFile

Force = Literal["law", "delegated-act", "authority-guidance", "eu-guidance", "standard", "contract", "good-practice", "editorial"]
Binds = Literal["manufacturer", "authorised-representative", "importer", "distributor", "health-institution", "service-provider", "authority", "notified-body", "controller"]
Phase = Literal["representation", "registration", "pre-market", "labelling", "sbom", "disclosure", "post-market", "enforcement"]
Status = Literal["in-force", "adopted", "proposed", "repealed", "unknown"]
Expectation = Literal["mandatory", "expected", "recommended"]
LanguageRule = Literal["national-text", "prescribed-words", "neutral-data", "symbol", "none"]


class Source(Model):
    """One act, standard, guidance or page in one dated version."""

    title: Localized
    short: Localized
    kind: Literal["act", "regulation", "eu-regulation", "eu-directive", "eu-decision", "bill", "eu-guidance", "authority-guidance", "authority-page", "standard", "industry", "secondary"]
    number: str = ""
    address: str = ""
    version: Text | Localized
    level: Level
    read: Day


class Period(Model):
    """In force from the first day to the last day, both included; an absent end means no end is known."""

    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None


class Reference(Model):
    """A place in another source that supports the record."""

    source: Text
    clause: str = ""
    level: Level
    note: Localized = {}


class KindExpected(Model):
    """A kind of evidence that a requirement asks for."""

    kind: Text
    expectation: Expectation


class Deadline(Model):
    """An amount of time counted from an event, or a calendar day."""

    amount: int | None = Field(default=None, ge=0)
    unit: Literal["hour", "day", "week", "month", "year"] | None = None
    from_event: Localized = {}
    on: Day | None = None
    says: Localized = {}


class PastCitation(Model):
    """How the same rule was cited before it was renumbered."""

    clause: Text
    from_: Day = Field(alias="from")
    to: Day
    changed_by: str = ""


class Symbol(Model):
    """A graphical symbol of ISO 15223-1 that may stand instead of text."""

    number: Text
    confirmed: YesNo = True


class Words(Model):
    """Words that the law prescribes, in one language, and whether they were seen in an official text."""

    text: Text
    confirmed: YesNo = True


class Conflict(Model):
    """What another source claims, and why it is not followed."""

    source: Text
    claim: Localized
    why: Localized


class Requirement(Model):
    """One thing to be shown, with its source, clause, dates and the condition under which it applies."""

    id: Identifier
    title: Localized
    says: Localized
    source: Text
    clause: Text
    level: Level
    force: Force
    binds: tuple[Binds, ...]
    phase: Phase
    in_force: Period
    status: Status = "in-force"
    checked: Day
    review_by: Day
    eu_in_force_from: Day | None = None
    citation_history: tuple[PastCitation, ...] = ()
    applies_when: Any = None
    judgement: Localized = {}
    language_rule: LanguageRule = "none"
    symbols: tuple[Symbol, ...] = ()
    prescribed_words: dict[Language, Words] = {}
    deadlines: tuple[Deadline, ...] = ()
    evidence_kinds: tuple[KindExpected, ...] = ()
    references: tuple[Reference, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    authority: str = ""
    penalties: tuple[str, ...] = ()
    note: Localized = {}
    wording_confirmed: YesNo = True
    related: tuple[str, ...] = ()


class Change(Model):
    """What a child jurisdiction changes in an inherited requirement, and why."""

    id: Identifier
    reason: Localized
    source: Text
    clause: Text
    set: dict[str, Any]


class Removal(Model):
    """An inherited requirement that does not exist in the child, and why."""

    id: Identifier
    reason: Localized
    source: Text
    clause: Text


class Group(Model):
    """The heading under which the records of one file stand in a document."""

    id: Identifier
    title: Localized
    order: int
    part: Literal["duties", "annex-i", "label", "ifu", "national"] = "duties"


class Contact(Model):
    """One way to reach an authority, for one purpose. An unconfirmed contact prints its state, not its value."""

    purpose: Localized
    topic: Literal["incident", "security", "data-protection", "general"] = "general"
    channel: Localized
    source: Text
    level: Level
    checked: Day


class Authority(Model):
    """Who receives, registers, inspects, supervises or coordinates."""

    id: Identifier
    role: Literal["competent-authority", "national-csirt", "sector-csirt", "data-protection-authority", "health-supervision", "electrical-safety", "radio-authority", "sector-guidance", "regional-supervision"]
    name: Localized
    short: Localized
    does: Localized
    address: str = ""
    source: Text
    clause: str = ""
    level: Level
    checked: Day
    contacts: tuple[Contact, ...] = ()


class LanguageRow(Model):
    """The language one document must be in. `languages` lists every language that alone is enough."""

    document: Literal["label", "ifu", "gui", "implant-card", "declaration-of-conformity", "technical-documentation", "requested-papers", "certificate", "field-safety-notice", "clinical-summary", "sscp", "service-manual"]
    users: tuple[Literal["lay", "professional"], ...] = ("lay", "professional")
    languages: tuple[Language, ...] = ()
    all_of: YesNo = False
    requirement: str = ""
    source: Text
    clause: Text
    level: Level
    checked: Day
    commission_table: str = ""
    exemption: Localized = {}
    note: Localized = {}


class Milestone(Model):
    """A day on which something begins, changes or ends."""

    on: Day
    says: Localized
    applies_when: Any = None
    source: Text
    clause: Text
    level: Level
    checked: Day
    requirement: str = ""


class Claim(Model):
    """What a published source says, our verdict, and the words to use instead."""

    number: int
    claim: Localized
    verdict: Literal["confirmed", "imprecise", "wrong", "unverifiable", "plausible"]
    basis: tuple[Reference, ...]
    say: Localized
    requirements: tuple[str, ...] = ()
    checked: Day
    force: Force = "editorial"


class EvidenceKind(Model):
    """A kind of evidence: one of the 70 of the evidence index, or a label, a certificate, a registration."""

    id: Identifier
    title: Localized
    shows: Localized
    principle: Literal["context", "life-cycle", "risk-management", "information-security", "verification", "validation", "information", "post-market", "control", "general"]
    expectation: Expectation = "expected"
    language_as: tuple[str, ...] = ()
    by_requirement: YesNo = False
    applies_when: Any = None
    judgement: Localized = {}
    clauses: tuple[str, ...] = ()
    other_clauses: Localized = {}
    references: tuple[Reference, ...] = ()
    safety_class: dict[Literal["A", "B", "C"], Localized] = {}
    typical_document: Localized = {}
    place: Localized = {}
    imdrf: tuple[Reference, ...] = ()
    ig_nb: tuple[str, ...] = ()
    fda: Localized = {}
    fda_reuse: Literal["full", "partly", "none", ""] = ""
    fda_basis: Localized = {}
    level: Level
    source: Text
    clause: str = ""
    checked: Day
    note: Localized = {}


class Head(Model):
    """The head of a jurisdiction: what it is, what it extends, and its languages."""

    id: Identifier
    name: Localized
    kind: Literal["state", "legal-space"]
    extends: tuple[str, ...] = ()
    locale: Language
    languages: tuple[Language, ...] = ()
    collective: YesNo = False
    regulation: Literal["mdr", "ivdr", ""] = ""
    introduction: Localized = {}
    document_languages: tuple[Language, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """A requirement with its parsed condition, its group, and the place where it is written."""

    requirement: Requirement
    condition: Condition
    group: Group
    owner: str
    file: str
    line: int
    changed_by: tuple[tuple[str, Localized], ...] = ()


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """One folder as written, before its parents are added."""

    head: Head
    sources: dict[str, Source]
    records: tuple[Record, ...]
    changes: tuple[tuple[Change, YamlFile, Path_], ...]
    removals: tuple[tuple[Removal, YamlFile, Path_], ...]
    authorities: tuple[Authority, ...]
    languages: tuple[LanguageRow, ...]
    milestones: tuple[tuple[Milestone, Condition], ...]
    claims: tuple[Claim, ...]
    file: str


@dataclass(frozen=True, slots=True)
class Kind:
    """An evidence kind with its parsed condition and place."""

    kind: EvidenceKind
    condition: Condition
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Library:
    """What all jurisdictions share: the product facts, the evidence kinds and their sources."""

    facts: dict[str, Fact]
    kinds: dict[str, Kind]
    sources: dict[str, Source]


M = TypeVar("M", bound=BaseModel)


def load_library(root: Path) -> Library:
    """The shared tables under `root` (a `jurisdictions` folder). Raises DossierError with every problem."""
    facts, problems = _facts(root / "facts.yaml")
    sources, found = _sources(root / "evidence" / "sources.yaml")
    problems += found
    kinds: dict[str, Kind] = {}
    for file in sorted((root / "evidence").glob("*.yaml")):
        if file.name == "sources.yaml":
            continue
        source, blocks = _blocks(file, ("defaults", "kinds"), problems)
        for path, kind in _rows(EvidenceKind, blocks, "kinds", source, problems):
            condition, found = parse_condition(kind.applies_when, facts, source, (*path, "applies_when"))
            problems += found
            problems += _unknown_sources(kind, sources, source, path)
            if kind.id in kinds:
                problems.append(source.problem(path, f'evidence kind "{kind.id}" is defined twice.'))
            kinds[kind.id] = Kind(kind, condition, source.name, source.at(path)[0])
    if problems:
        raise DossierError(problems)
    return Library(facts, kinds, sources)


def load(folder: Path, library: Library) -> Jurisdiction:
    """The jurisdiction in `folder`. Raises DossierError with every problem in its files."""
    problems: list[Problem] = []
    source, blocks = _blocks(folder / "jurisdiction.yaml", None, problems)
    head, found = parse(Head, blocks, source)
    problems += found
    if head is not None and head.id != folder.name:
        problems.append(source.problem(("id",), f'the id "{head.id}" differs from the folder name "{folder.name}".', "Make them the same."))
    own, found = _sources(folder / "sources.yaml")
    problems += found
    sources = {**library.sources, **own}
    reader = _Reader(library, sources, problems)
    for file in sorted((folder / "requirements").glob("*.yaml")):
        reader.requirements(file, folder.name)
    authorities = tuple(row for _, row in reader.table(folder / "authorities.yaml", "authorities", Authority))
    languages = tuple(row for _, row in reader.table(folder / "languages.yaml", "languages", LanguageRow))
    milestones = reader.milestones(folder / "timeline.yaml")
    claims = tuple(row for _, row in reader.table(folder / "claims.yaml", "claims", Claim))
    if problems or head is None:
        raise DossierError(problems)
    return Jurisdiction(head, own, tuple(reader.records), tuple(reader.changes), tuple(reader.removals), authorities, languages, milestones, claims, source.name)


class _Reader:
    """Reads the files of one folder, gathering records and problems."""

    def __init__(self, library: Library, sources: Mapping[str, Source], problems: list[Problem]) -> None:
        self.library = library
        self.sources = sources
        self.problems = problems
        self.records: list[Record] = []
        self.changes: list[tuple[Change, YamlFile, Path_]] = []
        self.removals: list[tuple[Removal, YamlFile, Path_]] = []

    def requirements(self, file: Path, owner: str) -> None:
        source, blocks = _blocks(file, ("group", "defaults", "add", "change", "remove"), self.problems)
        group, found = parse(Group, blocks.get("group", {}), source, ("group",)) if "add" in blocks else (None, [])
        self.problems += found
        for path, requirement in _rows(Requirement, blocks, "add", source, self.problems):
            condition, found = parse_condition(requirement.applies_when, self.library.facts, source, (*path, "applies_when"))
            self.problems += found + _unknown_sources(requirement, self.sources, source, path) + self._kinds(requirement, source, path) + _dates(requirement, source, path)
            if group is not None:
                self.records.append(Record(requirement, condition, group, owner, source.name, source.at(path)[0]))
        self.changes += [(change, source, path) for path, change in self._overlay(Change, blocks, "change", source)]
        self.removals += [(removal, source, path) for path, removal in self._overlay(Removal, blocks, "remove", source)]

    def _overlay(self, model: type[M], blocks: Mapping[str, Any], key: str, source: YamlFile) -> list[tuple[Path_, M]]:
        rows = _rows(model, blocks, key, source, self.problems)
        for path, row in rows:
            self.problems += _unknown_sources(row, self.sources, source, path)
        return rows

    def table(self, file: Path, key: str, model: type[M]) -> list[tuple[Path_, M]]:
        if not file.exists():
            return []
        source, blocks = _blocks(file, ("defaults", key), self.problems)
        rows = _rows(model, blocks, key, source, self.problems)
        for path, row in rows:
            self.problems += _unknown_sources(row, self.sources, source, path)
        return rows

    def milestones(self, file: Path) -> tuple[tuple[Milestone, Condition], ...]:
        if not file.exists():
            return ()
        source = yamlfile.read(file, _shown(file))
        found = []
        for path, row in self.table(file, "milestones", Milestone):
            condition, problems = parse_condition(row.applies_when, self.library.facts, source, (*path, "applies_when"))
            self.problems += problems
            found.append((row, condition))
        return tuple(found)

    def _kinds(self, requirement: Requirement, source: YamlFile, path: Path_) -> list[Problem]:
        return [
            source.problem((*path, "evidence_kinds"), f'{requirement.id}: "{wanted.kind}" is not an evidence kind.', did_you_mean(wanted.kind, self.library.kinds))
            for wanted in requirement.evidence_kinds
            if wanted.kind not in self.library.kinds
        ]


def _facts(file: Path) -> tuple[dict[str, Fact], list[Problem]]:
    source = yamlfile.read(file, _shown(file))
    facts: dict[str, Fact] = {}
    problems: list[Problem] = []
    for name, data in source.data.items():
        fact, found = parse(Fact, {("is_" if key == "is" else key): value for key, value in data.items()}, source, (name,))
        problems += found
        if fact is not None:
            facts[name] = fact
    return facts, problems


def _sources(file: Path) -> tuple[dict[str, Source], list[Problem]]:
    problems: list[Problem] = []
    if not file.exists():
        return {}, problems
    source, blocks = _blocks(file, None, problems)
    found: dict[str, Source] = {}
    for key, data in blocks.items():
        row, errors = parse(Source, data, source, (key,))
        problems += errors
        if row is not None:
            found[key] = row
    return found, problems


def _blocks(file: Path, known: tuple[str, ...] | None, problems: list[Problem]) -> tuple[YamlFile, dict[str, Any]]:
    """The top level of a file; problems for a key that the file may not have."""
    source = yamlfile.read(file, _shown(file))
    if not isinstance(source.data, dict):
        problems.append(source.problem((), "a block of keys is expected here."))
        return source, {}
    for key in source.data:
        if known is not None and key not in known:
            problems.append(source.problem((key,), f'"{key}" is not a known key.', did_you_mean(key, known), key=True))
    return source, source.data


def _rows(model: type[M], blocks: Mapping[str, Any], key: str, source: YamlFile, problems: list[Problem]) -> list[tuple[Path_, M]]:
    """The list under `key`, each row with the file's `defaults` filled in."""
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
        row, errors = parse(model, {**usable, **data} if isinstance(data, dict) else data, source, (key, index))
        problems.extend(errors)
        if row is not None:
            found.append(((key, index), row))
    return found


def _names(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def _unknown_sources(row: Any, sources: Mapping[str, Source], source: YamlFile, path: Path_) -> list[Problem]:
    """A problem for each source that the row names and no sources.yaml holds."""
    named: list[str] = [row.source] if getattr(row, "source", "") else []
    for field in ("references", "imdrf", "basis", "conflicts", "contacts"):
        named += [reference.source for reference in getattr(row, field, ())]
    label = getattr(row, "id", "") or getattr(row, "number", "")
    prefix = f"{label}: " if label else ""
    return [source.problem(path, f'{prefix}source "{name}" is not in sources.yaml.', did_you_mean(name, sources)) for name in named if name not in sources]


def _dates(requirement: Requirement, source: YamlFile, path: Path_) -> list[Problem]:
    period = requirement.in_force
    problems = []
    if period.from_ and period.to and period.to < period.from_:
        problems.append(source.problem((*path, "in_force"), f"{requirement.id}: ends on {period.to}, before it begins on {period.from_}."))
    if requirement.review_by < requirement.checked:
        problems.append(source.problem((*path, "review_by"), f"{requirement.id}: review_by {requirement.review_by} is before checked {requirement.checked}."))
    if requirement.status == "in-force" and period.from_ is None:
        problems.append(source.problem(path, f"{requirement.id}: is in force, but in_force names no first day.", "Add in_force: {from: ...}, or another status."))
    return problems


def _shown(file: Path) -> str:
    """The path as messages show it: from the `jurisdictions` folder on."""
    parts = file.parts
    return "/".join(parts[len(parts) - 1 - parts[::-1].index("jurisdictions"):]) if "jurisdictions" in parts else str(file)


def sort_key(identifier: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts ids as a reader counts: 23.2.b before 23.2.aa before 23.10.

    >>> sorted(["eu-mdr.23.4.aa", "eu-mdr.23.4.b", "eu-mdr.5"], key=sort_key)
    ['eu-mdr.5', 'eu-mdr.23.4.b', 'eu-mdr.23.4.aa']
    """
    parts = re.findall(r"\d+|[^\d.-]+", identifier)
    return tuple((0, int(part), "") if part.isdigit() else (1, len(part) if len(part) <= 2 else 9, part) for part in parts)


def of_prefix(identifier: str, prefix: str) -> bool:
    """Whether the id is the prefix or stands below it.

    >>> of_prefix("eu-mdr.23.2.l", "eu-mdr.23.2"), of_prefix("eu-mdr.23.20", "eu-mdr.23.2")
    (True, False)
    """
    return identifier == prefix or identifier.startswith((prefix + ".", prefix + "-"))


def known_prefixes(identifiers: Iterable[str]) -> set[str]:
    """Every id and every shorter id it stands under."""
    known: set[str] = set()
    for identifier in identifiers:
        parts = identifier.split(".")
        known |= {".".join(parts[:n]) for n in range(1, len(parts) + 1)}
        known.add(identifier.rsplit("-", 1)[0])
    return known
