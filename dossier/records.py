"""The records that jurisdiction data consist of: requirement, source, authority, evidence kind, and what a folder holds."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from dossier.conditions import Condition, Fact
from dossier.schema import Day, Identifier, Language, Level, Localized, Model, Text, YesNo
from dossier.yamlfile import Path_, YamlFile

Force = Literal["law", "delegated-act", "authority-guidance", "eu-guidance", "standard", "contract", "good-practice", "editorial"]
Binds = Literal["manufacturer", "authorised-representative", "importer", "distributor", "health-institution", "service-provider", "authority", "notified-body", "controller", "us-agent", "uk-responsible-person", "sponsor", "marketing-authorisation-holder"]
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


class Under(Model):
    """How a record reads for a product under this regulation, where a national rule stands on both and cites the MDR first."""

    title: Localized = {}
    says: Localized = {}
    source: str = ""
    clause: str = ""
    level: Level | None = None
    force: Force | None = None
    references: tuple[Reference, ...] = ()
    note: Localized = {}
    related: tuple[str, ...] = ()


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
    under: dict[Literal["mdr", "ivdr"], Under] = {}

    def read_under(self, regulation: str) -> Requirement:
        """The record as it reads for a product under the regulation."""
        own = next((under for name, under in self.under.items() if name == regulation), None)
        return self.model_copy(update={name: getattr(own, name) for name in own.model_fields_set}) if own else self


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
    part: Literal["duties", "clauses", "label", "ifu", "national"] = "duties"


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


class TableCell(Model):
    """What the Commission's table of language requirements says for a document: a fact of its own beside the national law.

    No languages: the cell is empty, or refers elsewhere (`note`). `certain: no` where the copy that was read lost the
    layout of the table or the cell can be read in two ways.
    """

    languages: tuple[Language, ...] = ()
    all_of: YesNo = False
    certain: YesNo = True
    clause: str = ""
    note: Localized = {}


class LanguageRow(Model):
    """The language one document must be in. `languages` lists every language that alone is enough, or with `all_of` all that are asked for.

    `regulations` and `classes` name the regulations and device classes that the row is for; empty means all. An
    unconfirmed row binds nobody.
    """

    document: Literal["label", "ifu", "gui", "implant-card", "declaration-of-conformity", "technical-documentation", "requested-papers", "certificate", "field-safety-notice", "clinical-summary", "sscp", "service-manual"]
    users: tuple[Literal["lay", "professional"], ...] = ("lay", "professional")
    regulations: tuple[Literal["mdr", "ivdr"], ...] = ()
    classes: tuple[Text, ...] = ()
    languages: tuple[Language, ...] = ()
    all_of: YesNo = False
    requirement: str = ""
    source: Text
    clause: Text
    level: Level
    checked: Day
    commission_table: TableCell | None = None
    exemption: Localized = {}
    note: Localized = {}


class Milestone(Model):
    """A day on which something begins, changes or ends.

    `open` is worked out, not written: the market inherits the day, and the rule behind it is not known to be law there.
    """

    on: Day
    says: Localized
    applies_when: Any = None
    source: Text
    clause: Text
    level: Level
    checked: Day
    requirement: str = ""
    open: YesNo = False


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
    """A kind of evidence: one of the 70 of the evidence index, or a label, a certificate, a registration.

    `clause`, `other_clauses` and `place` are those of the MDR where `source` is the MDR; `other_clauses_ivdr` and `place_ivdr`
    are those of the IVDR where it numbers them otherwise.
    """

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
    other_clauses_ivdr: Localized = {}
    references: tuple[Reference, ...] = ()
    safety_class: dict[Literal["A", "B", "C"], Localized] = {}
    typical_document: Localized = {}
    place: Localized = {}
    place_ivdr: Localized = {}
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

    def cited_under(self, regulation: str) -> tuple[str, str]:
        """Source and clause for a product under the regulation: what the MDR says is not cited for an in vitro device."""
        return (regulation, "") if self.source == "mdr" and regulation == "ivdr" else (self.source, self.clause)

    def other_clauses_under(self, regulation: str) -> dict[str, str]:
        """The articles and annexes beside Annex I that the kind helps to show under the regulation."""
        return self.other_clauses_ivdr if regulation == "ivdr" and self.other_clauses_ivdr else self.other_clauses

    def references_under(self, regulation: str) -> tuple[Reference, ...]:
        """Where standards and guidance ask for it, without places in the other regulation."""
        return tuple(reference for reference in self.references if reference.source not in ("mdr", "ivdr") or reference.source == regulation)

    def place_under(self, regulation: str) -> dict[str, str]:
        """Where it stands in the technical documentation under the regulation."""
        return self.place_ivdr if regulation == "ivdr" and self.place_ivdr else self.place


class Index(Model):
    """How the evidence index of a market reads: the clause in front, and how its columns are to be read.

    `identity` is the requirement that asks for precisely identified documents. `basis` replaces the paragraphs that
    speak of the MDR and IVDR, in a market with a law of its own; `fda` prints the counterpart in FDA guidance.
    """

    lead: str = ""
    identity: str = ""
    title: Localized = {}
    basis: tuple[Localized, ...] = ()
    fda: YesNo = True


class Head(Model):
    """The head of a jurisdiction: what it is, what it extends, and its languages.

    `vigilance` is where the regulation has serious incidents reported.
    """

    id: Identifier
    name: Localized
    kind: Literal["state", "legal-space"]
    extends: tuple[str, ...] = ()
    locale: Language
    languages: tuple[Language, ...] = ()
    regulation: Literal["mdr", "ivdr", ""] = ""
    introduction: Localized = {}
    document_languages: tuple[Language, ...] = ()
    vigilance: Reference | None = None
    index: Index | None = None
    representative: Localized = {}


@dataclass(frozen=True, slots=True)
class Changed:
    """Which jurisdiction changed an inherited requirement, in which fields, and why."""

    owner: str
    reason: Localized
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class Record:
    """A requirement with its parsed condition, its group, and the place where it is written.

    `changed_by` names each change of which something is left: what a later one sets again whole is not told twice.
    """

    requirement: Requirement
    condition: Condition
    group: Group
    owner: str
    file: str
    line: int
    changed_by: tuple[Changed, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """An authority or requirement that some row names by its id, and where; it has to exist in the chain."""

    what: Literal["authority", "requirement"]
    id: str
    source: YamlFile
    path: Path_


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
    folder: Path
    extends_at: tuple[int, int] = (0, 0)
    named: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """An evidence kind with its parsed condition and place."""

    kind: EvidenceKind
    condition: Condition
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Library:
    """What all jurisdictions share: the product facts, the evidence kinds and their sources. `texts` are the folders with their translations."""

    facts: dict[str, Fact]
    kinds: dict[str, Kind]
    sources: dict[str, Source]
    texts: tuple[Path, ...] = ()


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
