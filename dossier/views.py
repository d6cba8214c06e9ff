"""What templates print: plain, frozen values, already in the document's language."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from dossier.product import Organisation, Person
from dossier.speech import NOTHING, Phrase


@dataclass(frozen=True, slots=True)
class Shown:
    """A document that shows something: its number in the register and the place in it."""

    number: int
    place: Phrase


@dataclass(frozen=True, slots=True)
class GapRef:
    """A gap as a row names it: its number in the gap table and its cause in two words."""

    number: int
    cause: Phrase


@dataclass(frozen=True, slots=True)
class RowView:
    """One requirement as printed."""

    id: str
    title: Phrase
    says: Phrase
    source: Phrase
    force: Phrase
    mark: Phrase
    binds: Phrase
    applies_kind: str
    applies: Phrase
    reason: Phrase
    coverage_kind: str
    coverage: Phrase
    shown_by: tuple[Shown, ...]
    gaps: tuple[GapRef, ...]
    deadlines: tuple[Phrase, ...]
    language_rule: Phrase
    symbols: Phrase
    prescribed: Phrase
    notes: tuple[Phrase, ...]
    conflicts: tuple[Phrase, ...]
    kinds: str
    standards: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupView:
    """Rows under one heading. `elsewhere` is the document that prints them in full, where there is one."""

    id: str
    title: Phrase
    rows: tuple[RowView, ...]
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class PhaseView:
    """The groups of one phase of a device's life."""

    id: str
    title: Phrase
    groups: tuple[GroupView, ...]


@dataclass(frozen=True, slots=True)
class KindView:
    """One evidence item as printed."""

    id: str
    code: str
    title: Phrase
    shows: Phrase
    clauses: Phrase
    expectation: Phrase
    mark: Phrase
    applies_kind: str
    applies: Phrase
    reason: Phrase
    coverage_kind: str
    coverage: Phrase
    shown_by: tuple[Shown, ...]
    gaps: tuple[GapRef, ...]
    typical: Phrase
    place: Phrase
    imdrf: str
    references: Phrase
    safety_class: Phrase
    ig_nb: str
    fda: Phrase
    fda_reuse: Phrase
    notes: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class PrincipleView:
    """The evidence items of one principle."""

    id: str
    title: Phrase
    rows: tuple[KindView, ...]


@dataclass(frozen=True, slots=True)
class GapView:
    """One gap as printed in the gap table."""

    number: int
    severity_kind: str
    severity: Phrase
    text: Phrase
    where: str
    source: Phrase
    affects: Phrase


@dataclass(frozen=True, slots=True)
class RegisterView:
    """One controlled document of the register."""

    number: int
    id: str
    document: str
    title: Phrase
    revision: str
    date: str
    languages: str
    file: str
    pages: str
    size: str
    sha256: str
    shows: str
    state_kind: str
    state: Phrase
    link: str
    concerns: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class ReuseView:
    """How many evidence items of one principle have an FDA counterpart that serves, and which."""

    principle: Phrase
    items: int
    full: int
    partly: int
    none: int
    full_items: str = ""
    partly_items: str = ""
    none_items: str = ""


@dataclass(frozen=True, slots=True)
class LineView:
    """A name and what is said about it, with its source; used for authorities, languages, dates, sources, claims."""

    id: str
    name: Phrase
    text: Phrase
    source: Phrase
    mark: Phrase
    kind: str = ""
    extra: Phrase = NOTHING


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person or role, for the approval block."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class HistoryView:
    """One line of the revision history."""

    revision: str
    date: str
    author: str
    change: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many requirement rows stand where."""

    rows: int
    applies: int
    not_applicable: int
    undetermined: int
    covered: int
    findings: int
    expected: int
    unconfirmed: int


@dataclass(frozen=True, slots=True)
class DocumentView:
    """The document that is being made."""

    kind: str
    title: Phrase
    number: str
    revision: str
    date: Phrase
    state: Phrase
    tool: str


@dataclass(frozen=True, slots=True)
class EnclosureView:
    """One document of the dossier that goes with the letter."""

    number: str
    title: Phrase
    revision: str


@dataclass(frozen=True, slots=True)
class ReviewView:
    """One reviewed file that was read in."""

    reviewer: str
    date: str
    file: str
    sha256: str
    revision: str
    answers: int


@dataclass(frozen=True, slots=True)
class RemarkView:
    """One remark of a reviewer, beside a row or beside the document as a whole."""

    author: str
    date: str
    row: str
    text: str


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a template may print. Each field's help is its line in the list of template variables."""

    document: DocumentView = field(metadata={"help": "number, revision, title, date and state of this document"})
    identity: tuple[tuple[Phrase, str], ...] = field(metadata={"help": "the product's identity as (label, value)"})
    product_name: str = field(metadata={"help": "the product's name"})
    product_version: str = field(metadata={"help": "the product's version"})
    special_case: tuple[Phrase, ...] = field(metadata={"help": "why rows read otherwise for this device: a legacy device, or one not placed on the market"})
    intended_purpose: Phrase = field(metadata={"help": "the intended purpose"})
    manufacturer: Organisation = field(metadata={"help": "name, address, country, srn, website, email of the manufacturer"})
    manufacturer_country: Phrase = field(metadata={"help": "the manufacturer's country in words"})
    contact: Person | None = field(metadata={"help": "the manufacturer's contact person"})
    market: Phrase = field(metadata={"help": "the market's name"})
    market_id: str = field(metadata={"help": "the market's id"})
    introduction: Phrase = field(metadata={"help": "how the market's law applies, in one paragraph"})
    law_date: Phrase = field(metadata={"help": "the day whose law is applied"})
    data_version: str = field(metadata={"help": "version of the requirement data"})
    data_checked: Phrase = field(metadata={"help": "when the data were last compared with their sources (the oldest and the newest day)"})
    data_overdue: int = field(metadata={"help": "how many requirements are past the day on which they should have been reviewed"})
    phases: tuple[PhaseView, ...] = field(metadata={"help": "all requirements by phase and group"})
    clauses: tuple[GroupView, ...] = field(metadata={"help": "the clauses on software and security"})
    labelling: tuple[GroupView, ...] = field(metadata={"help": "label, packaging and instructions for use, the market's own rules first"})
    disclosure: tuple[GroupView, ...] = field(metadata={"help": "vulnerability handling and disclosure"})
    software_clause: RowView | None = field(metadata={"help": "the clause in front of the evidence index, such as Annex I, section 17.2"})
    own_law: bool = field(metadata={"help": "whether the market stands on neither the MDR nor the IVDR"})
    index_basis: tuple[Phrase, ...] = field(metadata={"help": "how the evidence index is to be read in a market with its own law"})
    not_named: str = field(metadata={"help": "the evidence items that no clause of a market with its own law names"})
    cyber_resilience: RowView | None = field(metadata={"help": "the Cyber Resilience Act and why it does not apply; nothing outside its reach"})
    principles: tuple[PrincipleView, ...] = field(metadata={"help": "the evidence items by principle"})
    reuse: tuple[ReuseView, ...] = field(metadata={"help": "counted reuse of an FDA package, a line for each principle and a total"})
    reuse_editorial: Phrase = field(metadata={"help": "what the source page estimates, and our verdict"})
    register: tuple[RegisterView, ...] = field(metadata={"help": "the register of controlled documents"})
    gaps: tuple[GapView, ...] = field(metadata={"help": "all gaps of the market, worst first"})
    own_gaps: tuple[GapView, ...] = field(metadata={"help": "the gaps that concern this document"})
    counts: Counts = field(metadata={"help": "how many requirements apply, are covered, are open"})
    timeline: tuple[LineView, ...] = field(metadata={"help": "dates that matter for this product"})
    authorities: tuple[LineView, ...] = field(metadata={"help": "who does what"})
    contacts: tuple[LineView, ...] = field(metadata={"help": "ways to reach the authorities"})
    languages: tuple[LineView, ...] = field(metadata={"help": "the language matrix of the market"})
    claims: tuple[LineView, ...] = field(metadata={"help": "claims of other sources and our verdict"})
    sources: tuple[LineView, ...] = field(metadata={"help": "the sources that this document cites"})
    standards: tuple[tuple[str, str, str], ...] = field(metadata={"help": "standards applied: id, edition, extent"})
    security_contact: tuple[tuple[Phrase, str], ...] = field(metadata={"help": "where vulnerabilities are reported, as (label, value)"})
    disclosure_process: bool = field(metadata={"help": "whether a document of the product shows how vulnerabilities are handled and disclosed (PM-02)"})
    associated_products: Phrase = field(metadata={"help": "associated products that are not medical devices"})
    enclosures: tuple[EnclosureView, ...] = field(metadata={"help": "the documents of this dossier"})
    recipient: tuple[str, ...] = field(metadata={"help": "the recipient's name and address, a line each; empty where it is not settled"})
    occasion: str = field(metadata={"help": "why the dossier is sent"})
    reference: str = field(metadata={"help": "the recipient's case number"})
    place: str = field(metadata={"help": "where the letter is signed"})
    vigilance: Phrase = field(metadata={"help": "the articles under which serious incidents are reported, such as MDR Articles 87–89"})
    csirt: Phrase = field(metadata={"help": "the national response body for security incidents"})
    csirt_duties: tuple[str, ...] = field(metadata={"help": "ids of the rules under which the manufacturer must notify that body; empty where none was found"})
    authors: tuple[PersonView, ...] = field(metadata={"help": "who prepared the document"})
    approvers: tuple[PersonView, ...] = field(metadata={"help": "who approves it"})
    answered: Mapping[str, str] = field(metadata={"help": "who answered a row, and when, by the row's id"})
    reviews: tuple[ReviewView, ...] = field(metadata={"help": "the reviewed files that were read in"})
    remarks: tuple[RemarkView, ...] = field(metadata={"help": "what reviewers remarked beside the fields"})
    history: tuple[HistoryView, ...] = field(metadata={"help": "the revision history"})
    two: bool = field(metadata={"help": "whether the document is in two languages side by side"})


def variables() -> tuple[tuple[str, str], ...]:
    """The names a template may use at top level, with a line of help each."""
    return tuple((entry.name, entry.metadata["help"]) for entry in fields(Context))
