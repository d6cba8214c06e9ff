"""Requirement x decision x evidence: the rows that every document is a view of, and the gaps in them."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from typing import Literal

from dossier import applicability
from dossier.applicability import Decision, FactSheet
from dossier.conditions import Fact
from dossier.errors import DossierError, Problem, did_you_mean
from dossier.evidence import EvidenceFile
from dossier.product import Evidence, Place, Product, ProductFile
from dossier.records import Expectation, Kind, LanguageRow, Library, Record, known_prefixes, of_prefix
from dossier.resolve import Resolved

Standing = Literal["required", "expected", "informs", "unconfirmed", "pending"]
Coverage = Literal["covered", "gap", "expected", "not-applicable", "undetermined", "information"]
Cause = Literal["missing", "language", "revision", "file", "fact", "declaration"]
Severity = Literal["finding", "justify", "inform"]

OWN_DUTY = frozenset({"manufacturer", "authorised-representative", "importer", "us-agent", "uk-responsible-person", "sponsor", "marketing-authorisation-holder"})
# What the product itself says, and product.yaml lists under `languages`: one gap for all its documents.
IN_PRODUCT = ("label", "ifu", "gui")
_RANK: dict[Severity, int] = {"finding": 0, "justify": 1, "inform": 2}
_NOT_BINDING: frozenset[Standing] = frozenset({"informs", "unconfirmed", "pending"})


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing, stated once, with everything that waits for it.

    `subject` is an evidence id, an evidence kind, a fact or a requirement id, by `cause`. `basis` is the requirement
    whose source is cited. `line` is where product.yaml would settle it.
    """

    cause: Cause
    subject: str
    severity: Severity
    affects: tuple[str, ...]
    basis: str
    line: int
    languages: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What makes the gap the same gap in two rows."""
        return f"{self.cause}/{self.subject}"


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement for one product: does it apply, how binding is it, what shows it, what is missing."""

    record: Record
    standing: Standing
    decision: Decision
    coverage: Coverage
    shown_by: tuple[Evidence, ...] = ()
    gaps: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The requirement's id."""
        return self.record.requirement.id


@dataclass(frozen=True, slots=True)
class KindRow:
    """One evidence kind of the index for one product. `asked_by` are the market's own clauses that name it."""

    kind: Kind
    decision: Decision
    coverage: Coverage
    shown_by: tuple[Evidence, ...] = ()
    gaps: tuple[str, ...] = ()
    expectation: Expectation = "expected"
    asked_by: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The kind's id."""
        return self.kind.kind.id


@dataclass(frozen=True, slots=True)
class Checklist:
    """All rows of one product in one market on one day, and the gaps, worst first."""

    product: Product
    place: Place
    market: Resolved
    library: Library
    files: dict[str, EvidenceFile]
    rows: tuple[Row, ...]
    kinds: tuple[KindRow, ...]
    gaps: tuple[Gap, ...]

    @property
    def findings(self) -> tuple[Gap, ...]:
        """The gaps that must be closed before filing."""
        return tuple(gap for gap in self.gaps if gap.severity == "finding")

    def gap(self, key: str) -> Gap:
        """The gap with this key."""
        return next(gap for gap in self.gaps if gap.key == key)


def build(file: ProductFile, market: Resolved, library: Library, files: dict[str, EvidenceFile]) -> Checklist:
    """The checklist of one product in one market.

    Raises DossierError where product.yaml names a requirement or evidence kind that does not exist, or declares
    something that its own facts contradict.
    """
    maker = _Maker(file, market, library, files)
    problems = _reference_problems(file, market, library)
    if problems:
        raise DossierError(problems)
    kinds = tuple(maker.kind_row(kind) for kind in sorted(library.kinds.values(), key=lambda kind: list(library.kinds).index(kind.kind.id)) if maker.indexed(kind))
    rows = tuple(maker.row(record, kinds) for record in market.records)
    problems = maker.contradictions
    if problems:
        raise DossierError(problems)
    gaps = sorted(maker.gaps.values(), key=lambda gap: (_RANK[gap.severity], gap.line, gap.key))
    return Checklist(file.product, file.place, market, library, files, rows, kinds, tuple(gaps))


class _Maker:
    """Makes rows, gathering each gap once."""

    def __init__(self, file: ProductFile, market: Resolved, library: Library, files: Mapping[str, EvidenceFile]) -> None:
        self.product = file.product
        self.place = file.place
        self.market = market
        self.library = library
        self.files = files
        self.sheet = FactSheet(file.product, library.facts)
        # Who asks for the precise identity of the controlled document: Annex II, section 4(d), in the EU.
        self.identity_rule = market.index.identity
        self.asking = _asking(market)
        self.gaps: dict[str, Gap] = {}
        self.contradictions: list[Problem] = []

    def indexed(self, kind: Kind) -> bool:
        """Whether the kind belongs to the evidence index: of this product's regulation, or of a market with its own law."""
        if self.market.own_law:
            return kind.kind.id in self.asking
        owner = f"eu-{self.product.regulation}."
        clauses = kind.kind.clauses
        return kind.kind.principle != "general" and (not clauses or any(clause.startswith(owner) for clause in clauses))

    # --- evidence kinds -------------------------------------------------------------------------------------------

    def kind_row(self, kind: Kind) -> KindRow:
        identifier = kind.kind.id
        if not self.market.own_law:
            return self._kind_row(kind, kind.kind.expectation, _severity(kind.kind.expectation, "required"))
        decided = [(record, expectation, self._decision(record)) for record, expectation in self.asking[identifier]]
        names = tuple(record.requirement.id for record, _, decision in decided if decision.applies != "no")
        if not names:
            return KindRow(kind, decided[0][2], "not-applicable", expectation=decided[0][1])
        wanted = [entry for entry in decided if entry[2].applies == "yes"]
        weight = [(_severity(expectation, _standing(record, self.market.states[record.requirement.id])), expectation, record.requirement.id) for record, expectation, _ in wanted or [entry for entry in decided if entry[2].applies != "no"]]
        severity, expectation, basis = min(weight, key=lambda entry: _RANK[entry[0]])
        if not wanted:
            decision = next(decision for _, _, decision in decided if decision.applies == "undetermined")
            return KindRow(kind, decision, "undetermined", gaps=self._undetermined(decision, identifier, basis, severity), expectation=expectation, asked_by=names)
        return replace(self._kind_row(kind, expectation, severity, basis), asked_by=names)

    def _kind_row(self, kind: Kind, expectation: Expectation, severity: Severity, basis: str = "") -> KindRow:
        declared = self.product.declarations.get(kind.kind.id)
        decision = applicability.decide(kind.condition, self.sheet, bool(kind.kind.judgement), declared)
        if decision.applies == "no":
            return KindRow(kind, decision, "not-applicable", expectation=expectation)
        if decision.applies == "undetermined":
            return KindRow(kind, decision, "undetermined", gaps=self._undetermined(decision, kind.kind.id, basis, severity), expectation=expectation)
        documents = self._showing(kind.kind.id)
        if not documents and declared is not None and declared.applies == "no" and expectation != "mandatory":
            return KindRow(kind, applicability.justified(decision, declared), "not-applicable", expectation=expectation)
        if declared is not None and declared.applies == "no":
            self._contradiction(kind.kind.id, "mandatory evidence cannot be declared not applicable while its facts say that it applies" if expectation == "mandatory" else "a document shows it")
        gaps = self._evidence_gaps(kind, documents, kind.kind.id, basis, severity)
        return KindRow(kind, decision, self._coverage(gaps, documents), documents, gaps, expectation)

    def _decision(self, record: Record) -> Decision:
        requirement = record.requirement
        return applicability.decide(record.condition, self.sheet, bool(requirement.judgement), self.product.declarations.get(requirement.id))

    # --- requirements ---------------------------------------------------------------------------------------------

    def row(self, record: Record, kind_rows: tuple[KindRow, ...]) -> Row:
        requirement = record.requirement
        standing = _standing(record, self.market.states[requirement.id])
        declared = self.product.declarations.get(requirement.id)
        decision = self._decision(record)
        if decision.applies == "no":
            return Row(record, standing, decision, "not-applicable")
        if decision.applies == "undetermined":
            return Row(record, standing, decision, "undetermined", gaps=self._undetermined(decision, requirement.id, requirement.id, _severity("mandatory", standing)))
        if declared is not None and declared.applies == "no":
            decision = self._declared_no(record, standing, decision)
            if decision.applies == "no":
                return Row(record, standing, decision, "not-applicable")
        if record.group.part == "clauses":
            return self._clause_row(record, standing, decision, kind_rows)
        return self._duty_row(record, standing, decision)

    def _declared_no(self, record: Record, standing: Standing, decision: Decision) -> Decision:
        if standing == "required":
            self._contradiction(record.requirement.id, "the facts of the product file say that it applies")
            return decision
        return applicability.justified(decision, self.product.declarations[record.requirement.id])

    def _clause_row(self, record: Record, standing: Standing, decision: Decision, kind_rows: tuple[KindRow, ...]) -> Row:
        """A clause is shown by the evidence kinds that name it or that it names, or by a document that names it itself."""
        identifier = record.requirement.id
        named = [row for row in kind_rows if (identifier in row.kind.kind.clauses or identifier in row.asked_by) and row.decision.applies != "no"]
        documents = _unique([*self._naming(identifier), *(document for row in named for document in row.shown_by)])
        gaps = tuple(dict.fromkeys(key for row in named for key in row.gaps))
        for key in gaps:
            self._affect(key, identifier)
        if not documents and not named:
            gaps = (self._gap("missing", identifier, _severity("mandatory", standing), identifier, identifier, self.place.line("evidence")),)
        gaps += self._defects(self._naming(identifier), identifier, standing)
        return Row(record, standing, decision, self._coverage(gaps, documents, standing), documents, tuple(dict.fromkeys(gaps)), tuple(row.id for row in named))

    def _duty_row(self, record: Record, standing: Standing, decision: Decision) -> Row:
        requirement = record.requirement
        documents: list[Evidence] = list(self._naming(requirement.id))
        gaps: list[str] = []
        asked = False
        for wanted in requirement.evidence_kinds:
            kind = self.library.kinds[wanted.kind]
            # The condition of a general kind is that of the MDR; elsewhere the requirement alone decides.
            if not (self.market.own_law and kind.kind.principle == "general") and applicability.decide(kind.condition, self.sheet).applies != "yes":
                continue
            asked = True
            severity = _severity(wanted.expectation, standing)
            found = self._for_requirement(kind, record)
            justified = self.product.declarations.get(kind.kind.id)
            if not found and justified is not None and justified.applies == "no" and wanted.expectation != "mandatory":
                continue
            documents += found
            gaps += self._evidence_gaps(kind, found, requirement.id, requirement.id, severity, record)
        if not asked and not documents:
            return Row(record, standing, decision, "information")
        return Row(record, standing, decision, self._coverage(gaps, documents, standing), _unique(documents), tuple(dict.fromkeys(gaps)))

    def _for_requirement(self, kind: Kind, record: Record) -> tuple[Evidence, ...]:
        """The documents that show this kind for this requirement.

        A label or the instructions for use must name each item they carry: that a label exists does not show that
        it carries the item.
        """
        if kind.kind.by_requirement and record.group.part in ("label", "ifu"):
            return self._naming(record.requirement.id)
        return _unique([*self._naming(record.requirement.id), *self._showing(kind.kind.id)])

    # --- evidence -------------------------------------------------------------------------------------------------

    def _showing(self, kind: str) -> tuple[Evidence, ...]:
        return tuple(document for document in self.product.evidence if any(shown.lower() == kind for shown in document.shows))

    def _naming(self, requirement: str) -> tuple[Evidence, ...]:
        return tuple(document for document in self.product.evidence if any(of_prefix(requirement, shown.lower()) for shown in document.shows))

    def _evidence_gaps(self, kind: Kind, documents: tuple[Evidence, ...], affected: str, basis: str, severity: Severity, record: Record | None = None) -> tuple[str, ...]:
        language = self._language_gap(kind, documents, affected, severity, record)
        if language:
            return (language, *self._defects(documents, affected, "required", severity))
        if not documents:
            return (self._missing(kind, affected, basis, severity, record),)
        usable = [document for document in documents if self._in_language(kind, (document,))] or list(documents)
        return tuple(self._defects(usable, affected, "required", severity))

    def _missing(self, kind: Kind, affected: str, basis: str, severity: Severity, record: Record | None) -> str:
        """No document shows it. One gap for the kind; one for the requirement where its documents exist but leave it out."""
        by_requirement = record is not None and kind.kind.by_requirement and bool(self._showing(kind.kind.id))
        subject = affected if by_requirement else kind.kind.id
        line = self.place.line("evidence")
        return self._gap("missing", subject, severity, affected, basis, line)

    def _language_gap(self, kind: Kind, documents: tuple[Evidence, ...], affected: str, severity: Severity, record: Record | None) -> str:
        choices = self._language_rows(kind)
        if not choices:
            return ""
        row = _unmet(choices[0], self._stated_languages(kind), documents)
        is_rule = record is not None and any(row.requirement == affected for rows in choices for row in rows)
        stated = self._stated_languages(kind) if is_rule else None
        if stated is not None and not meets(row, stated):
            return self._language(row, documents, stated, affected, severity)
        if documents:
            return "" if self._in_language(kind, documents) else self._language(row, documents, None, affected, severity)
        return self._language(row, documents, (), affected, severity) if stated is None and is_rule and row.document in IN_PRODUCT else ""

    def _language(self, row: LanguageRow, documents: tuple[Evidence, ...], stated: tuple[str, ...] | None, affected: str, severity: Severity) -> str:
        """The gap: the product's own information is one subject in all its documents, a report is one by itself."""
        in_product = row.document in IN_PRODUCT
        subject = row.document if in_product else documents[0].id
        line = self.place.line("languages", row.document) if in_product else self._line_of(documents[0])
        found = stated if stated is not None else tuple(sorted({language for document in documents for language in document.language}))
        return self._gap("language", subject, severity, affected, row.requirement or affected, line, found, row.languages)

    def _language_rows(self, kind: Kind) -> list[list[LanguageRow]]:
        """For each way a document of this kind may be counted, the language rows that bind it for this product's users."""
        users = {name for name, fact in (("lay", "lay_users"), ("professional", "professional_users")) if self.sheet.value(fact) != "no"}
        stated = self.sheet.value("device_class")
        known = [row for row in self.market.languages if row.languages and row.level != "unconfirmed" and users & set(row.users) and (stated is None or not row.classes or stated in row.classes)]
        choices = [[row for row in known if row.document == document] for document in kind.kind.language_as]
        return [rows for rows in choices if rows]

    def _in_language(self, kind: Kind, documents: Iterable[Evidence]) -> bool:
        """Whether the documents together meet all rows of at least one way they may be counted: each language may have a document of its own."""
        choices = self._language_rows(kind)
        have = _languages(documents)
        return not choices or any(all(meets(row, have) for row in rows) for rows in choices)

    def _stated_languages(self, kind: Kind) -> tuple[str, ...] | None:
        """What product.yaml says under `languages`; None where it says nothing for this kind."""
        document = kind.kind.language_as[0] if kind.kind.language_as else ""
        stated: tuple[str, ...] = getattr(self.product.languages, document, ()) if document in IN_PRODUCT else ()
        return stated or None

    def _defects(self, documents: Iterable[Evidence], affected: str, standing: Standing, severity: Severity | None = None) -> tuple[str, ...]:
        severity = severity or _severity("mandatory", standing)
        severity = "finding" if severity == "justify" else severity
        found = []
        for document in documents:
            state = self.files[document.id]
            if not state.named:
                found.append(self._gap("file", document.id, "inform", affected, self.identity_rule, self._line_of(document)))
            elif not state.present:
                found.append(self._gap("file", document.id, severity, affected, self.identity_rule, self._line_of(document, "file")))
            if not document.revision:
                found.append(self._gap("revision", document.id, severity, affected, self.identity_rule, self._line_of(document)))
        return tuple(found)

    def _line_of(self, document: Evidence, *path: str) -> int:
        index = self.product.evidence.index(document)
        return self.place.line("evidence", index, *path)

    # --- gaps -----------------------------------------------------------------------------------------------------

    def _undetermined(self, decision: Decision, affected: str, basis: str, severity: Severity) -> tuple[str, ...]:
        if decision.open:
            return (self._gap("declaration", affected, severity, affected, basis, self.place.line("declarations")),)
        return tuple(
            self._gap("fact", name, severity, affected, basis, self.place.line(*self.library.facts[name].path.split(".")))
            for name in decision.missing
        )

    def _gap(self, cause: Cause, subject: str, severity: Severity, affected: str, basis: str, line: int, languages: tuple[str, ...] = (), wanted: tuple[str, ...] = ()) -> str:
        gap = Gap(cause, subject, severity, (affected,), basis, line, languages, wanted)
        known = self.gaps.get(gap.key)
        if known is None:
            self.gaps[gap.key] = gap
        else:
            worst = min(known.severity, severity, key=_RANK.__getitem__)
            affects = known.affects if affected in known.affects else (*known.affects, affected)
            self.gaps[gap.key] = Gap(cause, subject, worst, affects, known.basis or basis, line, known.languages or languages, known.wanted or wanted)
        return gap.key

    def _affect(self, key: str, requirement: str) -> None:
        gap = self.gaps[key]
        if requirement not in gap.affects:
            self.gaps[key] = Gap(gap.cause, gap.subject, gap.severity, (*gap.affects, requirement), gap.basis or requirement, gap.line, gap.languages, gap.wanted)

    def _coverage(self, keys: Iterable[str], documents: Iterable[Evidence], standing: Standing = "required") -> Coverage:
        """What merely informs does not take a shown requirement's cover away.

        A gap shared with a binding requirement keeps its weight there; a row that does not bind only reports it.
        """
        severities = {self.gaps[key].severity for key in keys}
        if standing in _NOT_BINDING and severities - {"inform"}:
            return "information"
        if "finding" in severities:
            return "gap"
        if "justify" in severities:
            return "expected"
        return "covered" if not severities or any(documents) else "information"

    def _contradiction(self, identifier: str, why: str) -> None:
        problem = self.place.source.problem(("declarations", identifier), f'"{identifier}" is declared not to apply, but {why}.', "Correct the fact, or remove the declaration.", key=True)
        if problem not in self.contradictions:
            self.contradictions.append(problem)


def _asking(market: Resolved) -> dict[str, list[tuple[Record, Expectation]]]:
    """The market's clauses that name each evidence kind, in the order in which they read."""
    found: dict[str, list[tuple[Record, Expectation]]] = {}
    for record in market.records:
        if record.group.part == "clauses":
            for wanted in record.requirement.evidence_kinds:
                found.setdefault(wanted.kind, []).append((record, wanted.expectation))
    return found


def _unique(documents: Iterable[Evidence]) -> tuple[Evidence, ...]:
    found: dict[str, Evidence] = {}
    for document in documents:
        found.setdefault(document.id, document)
    return tuple(found.values())


def _unmet(rows: list[LanguageRow], stated: tuple[str, ...] | None, documents: Iterable[Evidence]) -> LanguageRow:
    """The first row that fails: for the languages stated, else for all documents together; the first of all where none fails."""
    have = stated if stated is not None else _languages(documents)
    return next((row for row in rows if not meets(row, have)), rows[0])


def _languages(documents: Iterable[Evidence]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(language for document in documents for language in document.language))


def meets(row: LanguageRow, languages: tuple[str, ...]) -> bool:
    """Whether the languages satisfy the row."""
    missing = lacking(row.languages, languages)
    return not missing if row.all_of else len(missing) < len(row.languages)


def lacking(wanted: Iterable[str], languages: Iterable[str]) -> tuple[str, ...]:
    """Those wanted that the languages leave out. A variant counts as its language, the language not as its variant.

    >>> lacking(("en", "pt-BR"), ("en-GB", "pt"))
    ('pt-BR',)
    """
    have = tuple(f"{language}-".lower() for language in languages)
    return tuple(code for code in wanted if not any(language.startswith(f"{code}-".lower()) for language in have))


def _standing(record: Record, state: str) -> Standing:
    """How binding the record is for this product's operators on this day."""
    requirement = record.requirement
    if requirement.level == "unconfirmed":
        return "unconfirmed"
    if state != "in-force":
        return "pending" if state == "pending" else "unconfirmed"
    if not OWN_DUTY & set(requirement.binds) or requirement.force == "editorial":
        return "informs"
    return "required" if requirement.force in ("law", "delegated-act") else "expected"


def _severity(expectation: Expectation, standing: Standing) -> Severity:
    if standing in _NOT_BINDING or expectation == "recommended":
        return "inform"
    if expectation == "mandatory" and standing == "required":
        return "finding"
    return "justify"


def _reference_problems(file: ProductFile, market: Resolved, library: Library) -> list[Problem]:
    """What product.yaml names and nobody defines.

    A reference to another jurisdiction's requirement (`us.524b`) is left alone: it shows something elsewhere.
    """
    owners = {record.requirement.id.split(".")[0] for record in market.records}
    identifiers = _identifiers(market)
    known = names(market, library)
    source = file.place.source
    problems = []
    for index, document in enumerate(file.product.evidence):
        for position, shown in enumerate(document.shows):
            if _foreign(shown, owners, library) or shown.lower() in known:
                continue
            problems.append(source.problem(("evidence", index, "shows", position), f'{document.id}: "{shown}" is neither an evidence kind nor a requirement.', did_you_mean(shown.lower(), known)))
    for identifier in file.product.declarations:
        if not _foreign(identifier, owners, library) and identifier not in {*identifiers, *library.kinds}:
            problems.append(source.problem(("declarations", identifier), f'"{identifier}" is neither a requirement nor an evidence kind.', did_you_mean(identifier, known), key=True))
    return problems


def names(market: Resolved, library: Library) -> set[str]:
    """Every name by which product.yaml may say what a document shows in the market."""
    return known_prefixes(_identifiers(market)) | set(library.kinds)


def _identifiers(market: Resolved) -> list[str]:
    """The ids of all requirements, those that are over among them: a document goes on naming what it was written to show."""
    return [*(record.requirement.id for record in market.records), *market.removed, *market.ended]


def without(file: ProductFile, unknown: Set[str]) -> ProductFile:
    """The product whose evidence and declarations leave out the names in `unknown`."""
    evidence = tuple(document.model_copy(update={"shows": tuple(shown for shown in document.shows if shown.lower() not in unknown)}) for document in file.product.evidence)
    declarations = {name: declared for name, declared in file.product.declarations.items() if name.lower() not in unknown}
    return replace(file, product=file.product.model_copy(update={"evidence": evidence, "declarations": declarations}))


def _foreign(name: str, owners: set[str], library: Library) -> bool:
    return "." in name and name.lower() not in library.kinds and name.split(".")[0].lower() not in owners


def due(milestone_on: dt.date, today: dt.date) -> Literal["past", "next", "later"]:
    """Where a day stands seen from `today`; "next" is within a year."""
    if milestone_on < today:
        return "past"
    return "next" if (milestone_on - today).days <= 366 else "later"


def facts_of(checklist: Checklist) -> dict[str, Fact]:
    """The fact table that the checklist's decisions speak of."""
    return checklist.library.facts
