"""The views of one product in one market, built from its checklist."""
from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from dossier import evidence, i18n, wording
from dossier.checklist import Checklist, Gap, KindRow, Row
from dossier.evidence import EvidenceFile
from dossier.labels import APPLIES, BINDS, CAUSE, CONCERN, COVERAGE, DOCUMENT, EXPECTATION, FORCE, LANGUAGE_RULE, LEVEL, PHASE, PRINCIPLE, REGULATIONS, REUSE, ROLE, SEVERITY, VERDICT
from dossier.product import Evidence
from dossier.records import Claim, Conflict, Deadline, LanguageRow, Reference, Source
from dossier.speech import NOTHING, Phrase, Speaker
from dossier.views import Counts, GapRef, GapView, GroupView, KindView, LineView, PhaseView, PrincipleView, RegisterView, ReuseView, RowView, Shown

AFFECTS_SHOWN = 6
# The documents that print these parts in full; the dossier checklist refers to them and stays readable.
ELSEWHERE = {"clauses": "evidence-index", "label": "labelling-checklist", "ifu": "labelling-checklist"}


class Builder:
    """Builds the views of one checklist in one language or pair of languages."""

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
                return self.words("Not in force before {date}.", date=self._day(begins))
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
        prescribed = row.record.requirement.prescribed_words
        locale = self.speaker.first
        words = next((prescribed[name] for name in (locale, *self.market.head.languages) if name in prescribed), None)
        if words is None:
            return NOTHING
        quoted = f"«{words.text}»" if words.confirmed else f"«{words.text}» ‡"
        return self.words("Prescribed words: {words}", words=quoted)

    def _notes(self, row: Row) -> tuple[Phrase, ...]:
        requirement = row.record.requirement
        notes = [self.say(requirement.note)] if requirement.note else []
        for past in requirement.citation_history:
            notes.append(self.words("Cited as {clause} until {date}.", clause=past.clause, date=self._day(past.to)))
        if requirement.eu_in_force_from and requirement.in_force.from_ and requirement.eu_in_force_from != requirement.in_force.from_:
            notes.append(self.words("In force in the EU from {eu}; here from {here}.", eu=self._day(requirement.eu_in_force_from), here=self._day(requirement.in_force.from_)))
        notes += [self.say(reason) for _, reason in row.record.changed_by]
        if not requirement.wording_confirmed:
            notes.append(self.words("‡ The wording has not been compared with the official translation."))
        return tuple(notes)

    def _conflict(self, conflict: Conflict) -> Phrase:
        source = self.market.sources[conflict.source]
        return self.words("{source} says: {claim} {why}", source=self.say(source.short), claim=self.say(conflict.claim), why=self.say(conflict.why))

    def _standards(self, row: Row) -> str:
        """The standards of the product file that the clause's evidence items rest on."""
        wanted = {reference.source for name in row.kinds for reference in self.checklist.library.kinds[name].kind.references}
        marks = {_digits(source) for source in wanted if source.split("-")[0] in ("iso", "iec")}
        found = [standard for standard in self.product.standards if _digits(standard.id) in marks]
        return "; ".join(f"{standard.id}{':' + standard.edition if standard.edition else ''}" for standard in found)

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
        return self.speaker.both(lambda words: "; ".join(part for part in (numbers, words.say(other).text) if part))

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

    # --- the market -----------------------------------------------------------------------------------------------

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
                found.append(PhaseView(name, self.words(PHASE[name]), self.groups(rows)))
        return tuple(found)

    def labelling(self) -> tuple[GroupView, ...]:
        rows = [row for row in self.checklist.rows if row.record.requirement.phase == "labelling"]
        own_first = sorted(rows, key=lambda row: row.record.owner != self.market.head.id)
        return self.groups(own_first)

    def authorities(self) -> tuple[LineView, ...]:
        return tuple(
            LineView(
                authority.id,
                self.say(authority.name),
                self.say(authority.does),
                self._place_in(authority.source, authority.clause),
                self._level(authority.level),
                authority.role,
                self.words(ROLE[authority.role]),
            )
            for authority in self.market.authorities
        )

    def contacts(self) -> tuple[LineView, ...]:
        return tuple(
            LineView(authority.id, self.say(contact.purpose), self.say(contact.channel), self._place_in(contact.source, ""), self._level(contact.level), contact.topic, self.say(authority.short))
            for authority in self.market.authorities
            for contact in authority.contacts
        )

    def languages(self) -> tuple[LineView, ...]:
        return tuple(self._language(row) for row in self.market.languages)

    def _language(self, row: LanguageRow) -> LineView:
        if row.languages:
            text = self._languages(row.languages, bool(row.all_of))
        else:
            text = self.words("not known" if row.level == "unconfirmed" else "no rule")
        detail = [self.say(part) for part in (row.exemption, row.note) if part]
        if (table := self._table(row)) is not None:
            detail.append(table)
        return LineView(row.requirement or row.document, self._document(row), text, self._place_in(row.source, row.clause), self._level(row.level), ",".join(row.users), self._sentences(detail))

    def _languages(self, codes: tuple[str, ...], all_of: bool) -> Phrase:
        return self.speaker.both(lambda words: wording.languages(codes, words.locale, "standard" if all_of else "or"))

    def _document(self, row: LanguageRow) -> Phrase:
        """The document's name, with the users where the row is for some of them only."""
        name = self.words(DOCUMENT[row.document])
        if len(row.users) != 1:
            return name
        return self.words("{document} (lay users)" if row.users == ("lay",) else "{document} (professional users)", document=name)

    def _table(self, row: LanguageRow) -> Phrase | None:
        """What the Commission's table says, where it says something else than the row."""
        cell = row.commission_table
        if cell is None or (set(cell.languages) == set(row.languages) and (cell.all_of == row.all_of or len(cell.languages) < 2)):
            return None
        if not cell.languages:
            return self.say(cell.note) if cell.note else self.words("The Commission's table names no language.")
        table = self._languages(cell.languages, bool(cell.all_of))
        if cell.certain:
            return self.words("The Commission's table says: {languages}.", languages=table)
        return self.words("The Commission's table seems to say: {languages}; the cell cannot be read with certainty.", languages=table)

    def _sentences(self, parts: list[Phrase]) -> Phrase:
        if not parts:
            return NOTHING
        first, second = (" ".join(_ended(text) for text in texts if text) for texts in ([part.first for part in parts], [part.second for part in parts]))
        return Phrase(first, "", second, parts[0].second_lang)

    def timeline(self, applies: Iterable[int]) -> tuple[LineView, ...]:
        chosen = set(applies)
        return tuple(
            LineView(row.requirement, self._day(row.on), self.say(row.says), self._place_in(row.source, row.clause), self._level(row.level), "past" if row.on < self.market.date else "coming")
            for index, (row, _) in enumerate(self.market.milestones)
            if index in chosen
        )

    def claims(self) -> tuple[LineView, ...]:
        return tuple(
            LineView(
                str(claim.number),
                self.say(claim.claim),
                self.say(claim.say),
                self._basis(claim),
                NOTHING,
                claim.verdict,
                self.words(VERDICT[claim.verdict]),
            )
            for claim in self.market.claims
        )

    def _basis(self, claim: Claim) -> Phrase:
        return self.speaker.both(lambda words: "; ".join(wording.place(basis.source, basis.clause, self.market.sources, words) for basis in claim.basis))

    def sources(self, names: Iterable[str]) -> tuple[LineView, ...]:
        wanted = set(names)
        return tuple(
            LineView(name, self.say(source.short), self.say(source.title), Phrase(source.address), self._level(source.level), source.kind, self._version(source))
            for name, source in sorted(self.market.sources.items(), key=self._by_name)
            if name in wanted
        )

    def _by_name(self, named: tuple[str, Source]) -> tuple[tuple[int, ...], str]:
        """Sorts sources as the document's language sorts what it calls them."""
        return i18n.collated(self.say(named[1].short).first, self.speaker.first), named[0]

    def _version(self, source: Source) -> Phrase:
        return Phrase(source.version) if isinstance(source.version, str) else self.say(source.version).one

    def cited(self, reference: Reference) -> Phrase:
        """The place a reference points at, as each language cites it."""
        return self._place_in(reference.source, reference.clause)

    def _place_in(self, source: str, clause: str) -> Phrase:
        return self.speaker.both(lambda words: wording.place(source, clause, self.market.sources, words))

    def _level(self, level: str) -> Phrase:
        return self.words(LEVEL[level]) if level in ("secondary", "unconfirmed") else NOTHING

    def _day(self, day: dt.date) -> Phrase:
        return self.speaker.both(lambda words: i18n.day(day, words.locale))

    # --- the document ---------------------------------------------------------------------------------------------

    def day(self, day: dt.date) -> Phrase:
        """The day in words."""
        return self._day(day)

    def span(self, first: dt.date, last: dt.date) -> Phrase:
        """One day, or from the first to the last."""
        return self._day(first) if first == last else self.words("{first} to {last}", first=self._day(first), last=self._day(last))

    def identity(self) -> tuple[tuple[Phrase, str], ...]:
        """What identifies the product, label by label; what is not stated says so."""
        product = self.product
        blank = self.words("not stated").first
        if self.market.own_law:
            return tuple((label, value or blank) for label, value in self._own_identity())
        regulation = self.words(REGULATIONS[product.regulation]).first
        pairs = [
            ("Device", product.name),
            ("Model", product.model),
            ("Version", product.version or product.software.version),
            ("Regulation and class", f"{regulation}, {product.device.class_}" if product.device.class_ else regulation),
            ("Basic UDI-DI", product.basic_udi_di),
            ("UDI-DI", product.udi_di),
            ("EMDN", product.emdn),
            ("Manufacturer", product.manufacturer.name),
            ("SRN", product.manufacturer.srn),
        ]
        representative = product.authorised_representative
        found = [(self.words(label), value) for label, value in pairs]
        if self.market.representative:
            found.append((self.say(self.market.representative), self._local_representative()))
        else:
            found.append((self.words("Authorised representative"), representative.name if representative else self._no_representative()))
        return tuple((label, value or blank) for label, value in found)

    def _own_identity(self) -> list[tuple[Phrase, str]]:
        """The identity in a market with its own law: its class, its representative, its registration number."""
        product, market = self.product, self.market.head.id
        maker = product.manufacturer
        pairs = [
            ("Device", product.name),
            ("Model", product.model),
            ("Version", product.version or product.software.version),
            ("Class in this market", str(getattr(product.classes, market, None) or "")),
            ("Licence, clearance or registration number", product.registrations.get(market, "")),
            ("UDI-DI", product.udi_di),
            ("GMDN", product.gmdn),
            ("Manufacturer", maker.name),
            ("Manufacturer's country", i18n.country_name(maker.country, self.speaker.first)),
        ]
        return [*((self.words(label), value) for label, value in pairs), (self.say(self.market.representative), self._local_representative())]

    def _local_representative(self) -> str:
        market = self.market.head.id
        if self.product.manufacturer.country.lower() == market:
            return self.words("not required").first
        organisation = self.product.representatives.get(market)
        return organisation.name if organisation else ""

    def _no_representative(self) -> str:
        row = next((row for row in self.checklist.rows if row.id == f"eu-{self.product.regulation}.art11.1"), None)
        return self.words("not required").first if row is not None and row.decision.applies == "no" else ""

    def security_contact(self) -> tuple[tuple[Phrase, str], ...]:
        """Where vulnerabilities are reported, label by label; empty values are left for the template to show as gaps."""
        contact = self.product.security_contact
        if contact is None:
            return ()
        pairs = [("E-mail", contact.email), ("Disclosure policy", contact.policy), ("Encryption key", contact.key), ("security.txt", contact.security_txt), ("Support period", contact.support_period)]
        return tuple((self.words(label), value) for label, value in pairs)

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


def _ended(text: str) -> str:
    """The text with a full stop at its end."""
    return text if text.endswith((".", "!", "?", "»")) else f"{text}."


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
