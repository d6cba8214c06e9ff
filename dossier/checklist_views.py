"""The views of one checklist: its requirements, evidence items, documents and gaps, as templates print them."""
from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from dossier import evidence, i18n, wording
from dossier.checklist import Checklist, Gap, KindRow, Row
from dossier.evidence import EvidenceFile
from dossier.labels import APPLIES, BINDS, CAUSE, CONCERN, COVERAGE, EXPECTATION, FORCE, LANGUAGE_RULE, PHASE, PRINCIPLE, REGULATIONS, REUSE, SEVERITY
from dossier.product import Evidence
from dossier.records import Conflict, Deadline, Reference
from dossier.speech import NOTHING, Phrase, Speaker
from dossier.views import Counts, GapRef, GapView, GroupView, KindView, PhaseView, PrincipleView, RegisterView, ReuseView, RowView, Shown

AFFECTS_SHOWN = 6
# The documents that print these parts in full; the dossier checklist refers to them and stays readable.
ELSEWHERE = {"clauses": "evidence-index", "label": "labelling-checklist", "ifu": "labelling-checklist"}


class ChecklistViews:
    """Makes the views of one checklist in one language or pair of languages."""

    def __init__(self, checklist: Checklist, speaker: Speaker) -> None:
        self.checklist = checklist
        self.market = checklist.market
        self.product = checklist.product
        self.speaker = speaker
        self.say = speaker.texts
        self.words = speaker.words
        self.numbers = {document.id: index for index, document in enumerate(self.product.evidence, 1)}
        self.gap_numbers = {gap.key: index for index, gap in enumerate(checklist.gaps, 1)}

    # --- requirements ---------------------------------------------------------------------------------------------

    def row(self, row: Row) -> RowView:
        requirement = row.record.requirement
        applies_kind, applies = self._applies(row.decision.applies)
        coverage_kind, coverage = self._coverage(row.coverage)
        return RowView(
            id=requirement.id,
            title=self.say(requirement.title),
            says=self.say(requirement.says),
            source=self.speaker.both(lambda words: wording.citation(requirement, self.market, words)),
            force=self.words(FORCE[requirement.force]),
            mark=self._mark(row),
            binds=self._joined([BINDS[name] for name in requirement.binds]) if requirement.binds != ("manufacturer",) else NOTHING,
            applies_kind=applies_kind,
            applies=applies,
            reason=self.speaker.both(lambda words: wording.reason(row.decision, self.checklist, words, requirement.judgement)),
            coverage_kind=coverage_kind,
            coverage=coverage,
            shown_by=self._shown(row.shown_by),
            gaps=self._gap_refs(row.gaps),
            deadlines=tuple(self._deadline(deadline) for deadline in requirement.deadlines),
            language_rule=self.words(LANGUAGE_RULE[requirement.language_rule]) if requirement.language_rule != "none" else NOTHING,
            symbols=self._symbols(row),
            prescribed=self._prescribed(row),
            notes=self._notes(row),
            conflicts=tuple(self._conflict(conflict) for conflict in requirement.conflicts),
            kinds=", ".join(wording.code(name) for name in row.kinds),
            standards=self._standards(row),
        )

    def _deadline(self, deadline: Deadline) -> Phrase:
        return self.speaker.both(lambda words: wording.deadline(deadline, words))

    def _applies(self, answer: str) -> tuple[str, Phrase]:
        kind, word = APPLIES[answer]
        return kind, self.words(word)

    def _coverage(self, coverage: str) -> tuple[str, Phrase]:
        return coverage, self.words(COVERAGE[coverage])

    def _mark(self, row: Row) -> Phrase:
        """How far the record may be relied on, where that is not simply the law in force."""
        if row.standing == "unconfirmed":
            return self.words("UNCONFIRMED: not a requirement until it is confirmed.")
        if row.standing == "pending":
            begins = row.record.requirement.in_force.from_
            if begins is not None and begins > self.market.date:
                return self.words("Not in force before {date}.", date=self.speaker.day(begins))
            return self.words("Adopted or proposed, not in force here.")
        if row.record.requirement.level == "secondary":
            return self.words("Rests on a secondary source.")
        return NOTHING

    def _joined(self, messages: Iterable[str]) -> Phrase:
        names = list(messages)
        return self.speaker.both(lambda words: i18n.joined([words(name) for name in names], words.locale))

    def _symbols(self, row: Row) -> Phrase:
        symbols = row.record.requirement.symbols
        if not symbols:
            return NOTHING
        listed = ", ".join(symbol.number if symbol.confirmed else f"{symbol.number} †" for symbol in symbols)
        return self.words("ISO 15223-1: {numbers}", numbers=listed)

    def _prescribed(self, row: Row) -> Phrase:
        """What the label must say word for word: in a language of the market, whatever the document's; in the document's where those are not known."""
        prescribed = row.record.requirement.prescribed_words
        own, locale = self.market.head.languages, self.speaker.first
        words = next((prescribed[name] for name in sorted((*own, locale), key=lambda name: (name not in own, name != locale)) if name in prescribed), None)
        if words is None:
            return NOTHING
        mark = "" if words.confirmed else " ‡"
        return self.speaker.both(lambda voice: voice("Prescribed words: {words}", words=i18n.quoted(words.text, voice.locale) + mark))

    def _notes(self, row: Row) -> tuple[Phrase, ...]:
        requirement = row.record.requirement
        notes = [self.say(requirement.note)] if requirement.note else []
        for past in requirement.citation_history:
            notes.append(self.words("Cited as {clause} until {date}.", clause=past.clause, date=self.speaker.day(past.to)))
        if requirement.eu_in_force_from and requirement.in_force.from_ and requirement.eu_in_force_from != requirement.in_force.from_:
            notes.append(self.words("In force in the EU from {eu}; here from {here}.", eu=self.speaker.day(requirement.eu_in_force_from), here=self.speaker.day(requirement.in_force.from_)))
        notes += [self.say(change.reason) for change in row.record.changed_by]
        if not requirement.wording_confirmed:
            notes.append(self.words("‡ The wording has not been compared with the official translation."))
        return tuple(notes)

    def _conflict(self, conflict: Conflict) -> Phrase:
        source = self.market.sources[conflict.source]
        return self.words("{source} says: {claim} {why}", source=self.say(source.short), claim=self.say(conflict.claim), why=self.say(conflict.why))

    def _standards(self, row: Row) -> tuple[str, ...]:
        """The standards of the product file that the clause's evidence items rest on."""
        wanted = {reference.source for name in row.kinds for reference in self.checklist.library.kinds[name].kind.references}
        marks = {_digits(source) for source in wanted if source.split("-")[0] in ("iso", "iec")}
        found = [standard for standard in self.product.standards if _digits(standard.id) in marks]
        return tuple(f"{standard.id}{':' + standard.edition if standard.edition else ''}" for standard in found)

    # --- evidence items -------------------------------------------------------------------------------------------

    def kind(self, row: KindRow) -> KindView:
        kind = row.kind.kind
        own = self.market.own_law
        applies_kind, applies = self._applies(row.decision.applies)
        coverage_kind, coverage = self._coverage(row.coverage)
        safety_class = self.product.software.safety_class
        return KindView(
            id=kind.id,
            code=wording.code(kind.id),
            title=self.say(kind.title),
            shows=self.say(kind.shows),
            clauses=self._clauses(row),
            expectation=self.words(EXPECTATION[row.expectation]),
            mark=self.words("UNCONFIRMED") if kind.level == "unconfirmed" else NOTHING,
            applies_kind=applies_kind,
            applies=applies,
            reason=self.speaker.both(lambda words: wording.reason(row.decision, self.checklist, words, kind.judgement)),
            coverage_kind=coverage_kind,
            coverage=coverage,
            shown_by=self._shown(row.shown_by),
            gaps=self._gap_refs(row.gaps),
            typical=self.say(kind.typical_document),
            place=NOTHING if own else self.say(kind.place_under(self.product.regulation)),
            imdrf="" if own else ", ".join(_marked(reference.clause, reference.level) for reference in kind.imdrf if self.product.regulation == "mdr" or reference.source != "imdrf-n9"),
            references=self.speaker.both(lambda words: "; ".join(_marked(wording.place(reference.source, reference.clause, self.market.sources, words), reference.level) for reference in self._references(row))),
            safety_class=self.say(kind.safety_class.get(safety_class, {})) if safety_class else NOTHING,
            ig_nb="" if own else ", ".join(kind.ig_nb),
            fda=self.say(kind.fda) if self.market.index.fda else NOTHING,
            fda_reuse=self.words(REUSE[kind.fda_reuse]) if kind.fda_reuse and not own else NOTHING,
            notes=(self.say(kind.note),) if kind.note and not own else (),
        )

    def _references(self, row: KindRow) -> tuple[Reference, ...]:
        """The standards and guidance that ask for the item; in a market with its own law without those of the EU."""
        references = row.kind.kind.references_under(self.product.regulation)
        if not self.market.own_law:
            return references
        return tuple(reference for reference in references if self.market.sources[reference.source].kind == "standard")

    def _clauses(self, row: KindRow) -> Phrase:
        if self.market.own_law:
            return Phrase(", ".join(row.asked_by) or "–")
        owner = f"eu-{self.product.regulation}."
        numbers = ", ".join(_clause_number(clause.removeprefix(owner)) for clause in row.kind.kind.clauses if clause.startswith(owner))
        other = row.kind.kind.other_clauses_under(self.product.regulation)
        if not other:
            return Phrase(numbers)
        return self.speaker.both(lambda words: "; ".join(part for part in (numbers, words.inside(other)) if part))

    def principles(self) -> tuple[PrincipleView, ...]:
        found = []
        for name in PRINCIPLE:
            rows = tuple(self.kind(row) for row in self.checklist.kinds if row.kind.kind.principle == name)
            if rows:
                found.append(PrincipleView(name, self.words(PRINCIPLE[name]), rows))
        return tuple(found)

    def reuse(self) -> tuple[ReuseView, ...]:
        """Counted over the items that apply to this product; nothing where the grades were made for other clauses."""
        if self.market.own_law:
            return ()
        rows = [row for row in self.checklist.kinds if row.decision.applies == "yes"]
        found = [_count(self.words(PRINCIPLE[name]), [row for row in rows if row.kind.kind.principle == name]) for name in PRINCIPLE]
        return (*(line for line in found if line.items), _count(self.words("All items"), rows))

    def not_named(self) -> str:
        """The codes of the evidence items that no clause of a market with its own law names."""
        if not self.market.own_law:
            return ""
        named = {row.id for row in self.checklist.kinds}
        return ", ".join(wording.code(name) for name, kind in self.checklist.library.kinds.items() if kind.kind.principle != "general" and name not in named)

    # --- documents, gaps ------------------------------------------------------------------------------------------

    def _shown(self, documents: Iterable[Evidence]) -> tuple[Shown, ...]:
        return tuple(Shown(self.numbers[document.id], self._place(document)) for document in documents)

    def _place(self, document: Evidence) -> Phrase:
        if document.page:
            return self.words("p. {page}", page=document.page)
        return self.words("section {section}", section=document.section) if document.section else NOTHING

    def _gap_refs(self, keys: Iterable[str]) -> tuple[GapRef, ...]:
        gaps = [self.checklist.gap(key) for key in keys]
        return tuple(GapRef(self.gap_numbers[gap.key], self.words(CAUSE[gap.cause])) for gap in gaps)

    def gap(self, gap: Gap) -> GapView:
        kind, word = SEVERITY[gap.severity]
        return GapView(
            number=self.gap_numbers[gap.key],
            severity_kind=kind,
            severity=self.words(word),
            text=self.speaker.both(lambda words: wording.gap(gap, self.checklist, words)),
            where=f"product.yaml:{gap.line}",
            source=self.speaker.both(lambda words: wording.gap_source(gap, self.checklist, words)),
            affects=self._affects(gap),
        )

    def _affects(self, gap: Gap) -> Phrase:
        names = [wording.code(name) for name in gap.affects]
        shown = ", ".join(names[:AFFECTS_SHOWN])
        return self.words("{names} and {more} more", names=shown, more=len(names) - AFFECTS_SHOWN) if len(names) > AFFECTS_SHOWN else Phrase(shown)

    def register(self) -> tuple[RegisterView, ...]:
        return tuple(self._registered(document, self.checklist.files[document.id]) for document in self.product.evidence)

    def _registered(self, document: Evidence, file: EvidenceFile) -> RegisterView:
        if file.named and not file.present:
            state_kind, state = "gap", self.words("File not there")
        elif not document.revision:
            state_kind, state = "gap", self.words("No revision")
        elif not file.named:
            state_kind, state = "information", self.words("No file named")
        else:
            state_kind, state = "covered", self.words("File present")
        locale = self.speaker.first
        return RegisterView(
            number=self.numbers[document.id],
            id=document.id,
            document=document.number or document.id,
            title=self.speaker.foreign(document.title, document.language[0].split("-")[0] if document.language else ""),
            revision=document.revision or "–",
            date=i18n.short_day(document.date, locale) if document.date else "–",
            languages=", ".join(document.language) or "–",
            file=document.file,
            pages=str(file.pages) if file.pages else "–",
            size=_size(file.size, locale) if file.present else "–",
            sha256=file.sha256[:12] if file.sha256 else "–",
            shows=", ".join(wording.code(shown.lower()) for shown in document.shows),
            state_kind=state_kind,
            state=state,
            link=evidence.link(document) if file.present else "",
            concerns=tuple(self.words(CONCERN[concern]) for concern in file.concerns),
        )

    # --- groups and phases -----------------------------------------------------------------------------------------

    def groups(self, rows: Iterable[Row]) -> tuple[GroupView, ...]:
        found: dict[str, list[Row]] = {}
        for row in rows:
            found.setdefault(row.record.group.id, []).append(row)
        return tuple(
            GroupView(name, self.say(members[0].record.group.title), tuple(self.row(row) for row in members), ELSEWHERE.get(members[0].record.group.part, ""))
            for name, members in found.items()
        )

    def phases(self) -> tuple[PhaseView, ...]:
        found = []
        for name in PHASE:
            rows = [row for row in self.checklist.rows if row.record.requirement.phase == name]
            if rows:
                title = self.words(PHASE[name])
                found.append(PhaseView(name, title, tuple(self._beneath(title, group) for group in self.groups(rows))))
        return tuple(found)

    def _beneath(self, phase: Phrase, group: GroupView) -> GroupView:
        """The group under its phase; one of the same name has the regulation added, or two headings would say the same."""
        if group.title.first != phase.first:
            return group
        return replace(group, title=self.words("{phase}: {regulation}", phase=phase, regulation=self.words(REGULATIONS[self.product.regulation])))

    def labelling(self) -> tuple[GroupView, ...]:
        rows = [row for row in self.checklist.rows if row.record.requirement.phase == "labelling"]
        own_first = sorted(rows, key=lambda row: row.record.owner != self.market.head.id)
        return self.groups(own_first)

    def counts(self) -> Counts:
        """How many requirement rows stand where, and how many gaps of each weight there are."""
        rows = self.checklist.rows
        gaps = self.checklist.gaps
        return Counts(
            rows=len(rows),
            applies=sum(row.decision.applies == "yes" for row in rows),
            not_applicable=sum(row.decision.applies == "no" for row in rows),
            undetermined=sum(row.decision.applies == "undetermined" for row in rows),
            covered=sum(row.coverage == "covered" for row in rows),
            findings=sum(gap.severity == "finding" for gap in gaps),
            expected=sum(gap.severity == "justify" for gap in gaps),
            unconfirmed=sum(row.standing == "unconfirmed" for row in rows),
        )


def _marked(text: str, level: str) -> str:
    return f"{text} †" if level == "unconfirmed" else text


def _count(name: Phrase, rows: list[KindRow]) -> ReuseView:
    graded = {grade: [wording.code(row.id) for row in rows if row.kind.kind.fda_reuse == grade] for grade in ("full", "partly", "none")}
    full, partly, none = (graded[grade] for grade in ("full", "partly", "none"))
    return ReuseView(name, len(rows), len(full), len(partly), len(none), ", ".join(full), ", ".join(partly), ", ".join(none))


def _digits(name: str) -> str:
    """The number of a standard however it is written: "EN IEC 62304" and "iec-62304" are the same.

    >>> _digits("EN IEC 81001-5-1"), _digits("iec-81001-5-1"), _digits("ISO 14971:2019")
    ('81001-5-1', '81001-5-1', '14971')
    """
    match = re.search(r"\d[\d-]*", name.split(":")[0])
    return match.group().strip("-") if match else name


def _clause_number(identifier: str) -> str:
    """An id's tail as a clause number: "23.4.ab" -> "23.4(ab)".

    >>> _clause_number("23.4.ab"), _clause_number("17.2")
    ('23.4(ab)', '17.2')
    """
    return re.sub(r"\.([a-z]+)(?=\.|$)", r"(\1)", identifier)


def _size(size: int, locale: str) -> str:
    if size < 1024:
        return f"{size} B"
    return f"{i18n.number(round(size / 1024), locale)} kB"
