"""The market comparison as a document: one product, its chosen markets side by side."""
from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dossier import __version__, blocks, comparison, i18n, language_plan, sandbox, template, wording
from dossier.checklist import Checklist, Row
from dossier.comparison import Common, Dated, Line, Reuse, Shared
from dossier.i18n import Tongue
from dossier.labels import COVERAGE, DOCUMENT, PHASE, REGULATIONS
from dossier.language_plan import Need, Plan, Step
from dossier.speech import NOTHING, Phrase, Speaker
from dossier.template import Shelf

FOLDER = "_comparison"
KIND = "market-comparison"
USABLE = 261.0
# Above so many markets a column holds a sign instead of a word.
WORDED = 6
# A sign for each coverage; all are in the vendored fonts and differ in form, so that grey print loses nothing.
SIGNS = {"covered": "●", "expected": "○", "gap": "×", "undetermined": "?", "not-applicable": "–", "information": "·"}
NOT_YET = "△"
UNCONFIRMED = "†"


@dataclass(frozen=True, slots=True)
class MarketView:
    """One market at a glance."""

    id: str
    code: str
    name: Phrase
    law: Phrase
    authority: Phrase
    representative: Phrase
    applies: int
    findings: int
    expected: int
    undetermined: int
    unconfirmed: int
    next: Phrase
    overdue: int


@dataclass(frozen=True, slots=True)
class Mark:
    """What one market says in a cell: the kind of its status, its word or sign. Blank where it has no such requirement."""

    kind: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class LineView:
    """One requirement across the markets; `market` names the one of a requirement that no other has."""

    id: str
    title: Phrase
    source: Phrase
    marks: tuple[Mark, ...]
    market: str = ""
    reason: Phrase = NOTHING
    mark: Mark = Mark()
    limit: Phrase = NOTHING


@dataclass(frozen=True, slots=True)
class PhaseView:
    """The requirements of one phase."""

    id: str
    title: Phrase
    lines: tuple[LineView, ...]


def render(checklists: Sequence[Checklist], tongue: Tongue, shelf: Shelf, date: dt.date) -> blocks.Document:
    """The comparison of one product's checklists, in the order of their markets.

    `checklists` are of one product, one a market, all by the law of one day; `date` is printed as the issue date. Raises
    DossierError for a template that does not work.
    """
    texts = tuple(dict.fromkeys(folder for each in checklists for folder in each.market.texts))
    voice = template.speaker(shelf, FOLDER, tongue, texts)
    ordered = sorted(checklists, key=lambda each: i18n.collated(voice.market(each.market.head.id, each.market.head.name).first, voice.first))
    writer = _Writer(ordered, voice)
    product = checklists[0].product
    title = voice.words("Market comparison")
    values = writer.values() | {"about": {"title": title, "number": template.document_number(product, KIND), "revision": product.documents.revision, "date": voice.day(date), "tool": f"dossier {__version__}"}}
    return blocks.Document(
        kind=KIND,
        title=title.first,
        number=template.document_number(product, KIND),
        revision=product.documents.revision,
        date=date,
        locale=tongue.first,
        second_locale=tongue.second,
        orientation="landscape",
        mark=voice.words("Working document").first,
        product=f"{product.name} · {product.manufacturer.name}",
        author=product.documents.authors[0].name if product.documents.authors else product.manufacturer.name,
        subject=f"{product.name}, {title.first}",
        keywords=(product.name, product.id, KIND, *(each.market.head.id for each in ordered)),
        words=template.running_words(voice),
        blocks=sandbox.fill(f"{FOLDER}/{KIND}.html.j2", values, voice, shelf.folders),
        data=_record(writer),
    )


class _Writer:
    """Makes the values that the template prints."""

    def __init__(self, checklists: Sequence[Checklist], voice: Speaker) -> None:
        self.checklists = tuple(checklists)
        self.voice = voice
        self.by_market = {each.market.head.id: each for each in checklists}
        self.day_of_law = checklists[0].market.date
        self.shared: Shared = comparison.shared(checklists)
        self.gaps: tuple[Common, ...] = comparison.gaps(checklists)
        self.dates: tuple[Dated, ...] = comparison.dates(checklists, self.day_of_law)
        self.plan: Plan = language_plan.plan(checklists)
        self.reuse: tuple[Reuse, ...] = tuple(found for each in checklists if (found := comparison.reuse(each)) is not None)

    def values(self) -> dict[str, Any]:
        product = self.checklists[0].product
        return {
            "product": product,
            "law_date": self.voice.day(self.day_of_law),
            "data_version": self.checklists[0].market.version,
            "worded": len(self.checklists) <= WORDED,
            "markets": tuple(self._market(each) for each in self.checklists),
            "signs": tuple((SIGNS[kind], self.voice.words(word)) for kind, word in COVERAGE.items() if kind in SIGNS),
            "not_yet": NOT_YET,
            "unconfirmed": UNCONFIRMED,
            "widths": _widths,
            "differing": self._phases(self.shared.differing, self._line),
            "own": self._phases(self.shared.own, self._own),
            "same": self._same(),
            "counts": (len(self.shared.differing), len(self.shared.own), len(self.shared.same)),
            "heat": self._heat(),
            "gaps": tuple((number, self._gap(common), self._wanted(common), self._names(common.markets), len(common.markets)) for number, common in enumerate(self.gaps, 1)),
            "clocks": tuple(self._clock(line) for line in comparison.clocks(self.checklists)),
            "dates": tuple(self._dated(dated) for dated in self.dates),
            "representatives": self._representatives(),
            "languages": self._languages(),
            "has": tuple((self.voice.words(DOCUMENT[name]), ", ".join(language_plan.languages_of(product, name, self.checklists[0].library)) or "–") for name in language_plan.PLANNED if name != "implant-card" or product.device.implantable),
            "ready": self._names(self.plan.ready) if self.plan.ready else NOTHING,
            "steps": tuple((number, self._language(step.language), self._documents(step), self._names(step.opens) if step.opens else NOTHING, len(step.opens)) for number, step in enumerate(self.plan.steps, 1)),
            "new_udi_di": self._language_list(self.plan.new_udi_di),
            "reuse": tuple((self._name(found.market), len(found.full) + len(found.partly) + len(found.new), len(found.full), len(found.partly), len(found.new)) for found in self.reuse),
            "basis": self._basis(),
            "ungraded": self._names(each.market.head.id for each in self.checklists if each.market.own_law and each.market.head.id != "us"),
        }

    # --- words ----------------------------------------------------------------------------------------------------

    def _name(self, market: str) -> Phrase:
        return self.voice.market(market, self.by_market[market].market.head.name)

    def _names(self, markets: Iterable[str]) -> Phrase:
        """The markets by name; all of them as one word."""
        wanted = tuple(markets)
        others = tuple(market for market in self.by_market if market not in wanted)
        if len(wanted) > 2 and not others:
            return self.voice.words("all markets")
        if len(wanted) > 3 and len(others) <= 3:
            return self.voice.words("all markets but {markets}", markets=self._listed(others))
        return self._listed(wanted)

    def _listed(self, markets: Sequence[str]) -> Phrase:
        names = [self._name(market) for market in markets]
        return self.voice.both(lambda words: i18n.joined([name.first if words.locale == self.voice.first else name.second or name.first for name in names], words.locale))

    def _language(self, code: str) -> Phrase:
        return self.voice.both(lambda words: i18n.language_name(code, words.locale))

    def _language_list(self, codes: Sequence[str]) -> Phrase:
        return self.voice.both(lambda words: i18n.joined([i18n.language_name(code, words.locale) for code in codes], words.locale))

    def _documents(self, step: Step) -> Phrase:
        return self.voice.both(lambda words: i18n.joined([words(DOCUMENT[name]) for name in step.documents], words.locale))

    def _source(self, each: Checklist, source: str, clause: str) -> Phrase:
        return self.voice.both(lambda words: wording.place(source, clause, each.market.sources, words))

    def _sources(self, line: Line) -> Phrase:
        """Where the requirement stands; every place, where its markets cite it otherwise."""
        places = [(row.record.requirement, self.by_market[market].market) for market, row in line.rows]
        return self.voice.both(lambda words: "; ".join(dict.fromkeys(wording.citation(requirement, market, words) for requirement, market in places)))

    # --- parts ----------------------------------------------------------------------------------------------------

    def _market(self, each: Checklist) -> MarketView:
        market = each.market
        authority = market.authority("competent-authority")
        day = comparison.next_date(each, self.day_of_law)
        return MarketView(
            id=market.head.id,
            code=market.head.id.upper(),
            name=self.voice.market(market.head.id, market.head.name),
            law=self.voice.words("Own law") if market.own_law else self.voice.words(REGULATIONS[each.product.regulation]),
            authority=self.voice.texts(authority.short) if authority else NOTHING,
            representative=self._representative(each),
            applies=sum(row.decision.applies == "yes" for row in each.rows),
            findings=len(each.findings),
            expected=sum(gap.severity == "justify" for gap in each.gaps),
            undetermined=sum(row.decision.applies == "undetermined" for row in each.rows),
            unconfirmed=sum(row.standing == "unconfirmed" for row in each.rows),
            next=self.voice.day(day) if day else NOTHING,
            overdue=sum(record.requirement.review_by < market.date for record in market.records),
        )

    def _representative(self, each: Checklist) -> Phrase:
        """What the representative of a foreign maker is called here, where this maker needs one."""
        if not any(row.record.requirement.phase == "representation" and "authorised-representative" in row.record.requirement.binds and row.decision.applies != "no" for row in each.rows) and not each.market.head.representative:
            return NOTHING
        own = each.market.representative
        return self.voice.texts(own) if own else self.voice.words("Authorised representative")

    def _phases(self, lines: Sequence[Line], view: Any) -> tuple[PhaseView, ...]:
        found = []
        for phase in comparison.PHASES:
            chosen = tuple(view(line) for line in lines if line.row.record.requirement.phase == phase)
            if chosen:
                found.append(PhaseView(phase, self.voice.words(PHASE[phase]), chosen))
        return tuple(found)

    def _same(self) -> tuple[tuple[Phrase, tuple[PhaseView, ...]], ...]:
        """What reads alike wherever it stands, by the markets in which it stands, most markets first."""
        sets = dict.fromkeys(line.markets for line in sorted(self.shared.same, key=lambda line: -len(line.markets)))
        return tuple((self._names(markets), self._phases([line for line in self.shared.same if line.markets == markets], self._line)) for markets in sets)

    def _line(self, line: Line) -> LineView:
        requirement = line.row.record.requirement
        marks = tuple(self._mark(row) if (row := line.in_market(each.market.head.id)) else Mark() for each in self.checklists)
        return LineView(line.id, self.voice.texts(requirement.title), self._sources(line), marks, mark=self._mark(line.row, worded=True))

    def _own(self, line: Line) -> LineView:
        requirement = line.row.record.requirement
        (market, row), = line.rows
        each = self.by_market[market]
        reason = self.voice.both(lambda words: wording.reason(row.decision, each, words, requirement.judgement))
        return LineView(line.id, self.voice.texts(requirement.title), self._source(each, requirement.source, requirement.clause), (), market.upper(), reason, self._mark(row, worded=True))

    def _mark(self, row: Row, worded: bool = False) -> Mark:
        """The row's coverage as a word, or as a sign where many markets stand side by side."""
        if row.standing == "pending":
            return self._worded("information", "Not in force here", NOT_YET, worded)
        if row.standing == "unconfirmed":
            return self._worded("unconfirmed", "Unconfirmed", UNCONFIRMED, worded)
        return self._worded(row.coverage, COVERAGE[row.coverage], SIGNS[row.coverage], worded)

    def _worded(self, kind: str, word: str, sign: str, worded: bool) -> Mark:
        return Mark(kind, self.voice.words(word).first if worded or len(self.checklists) <= WORDED else sign)

    def _heat(self) -> tuple[tuple[Phrase, tuple[Mark, ...]], ...]:
        """Findings by phase and market, then the sum; the tint grows with the number, the number stands in it."""
        counted = {each.market.head.id: comparison.phase_counts(each) for each in self.checklists}
        most = max((number for counts in counted.values() for number in counts.values()), default=0)
        rows = [
            (self.voice.words(PHASE[phase]), tuple(_warm(counted[each.market.head.id].get(phase, 0), most) for each in self.checklists))
            for phase in comparison.PHASES
            if any(phase in counts for counts in counted.values())
        ]
        totals = [len(each.findings) for each in self.checklists]
        return (*rows, (self.voice.words("All gaps, each once"), tuple(_warm(total, max(totals, default=0)) for total in totals)))

    def _gap(self, common: Common) -> Phrase:
        """What is missing; a gap of language names the document, what its markets ask for stands beside it."""
        gap, each = common.gap, common.checklist
        if not common.wanted:
            return self.voice.both(lambda words: wording.gap(gap, each, words))
        if not gap.languages:
            return self.voice.both(lambda words: words("Language not stated: {name}.", name=wording.subject(gap, each, words)))
        return self.voice.both(lambda words: words("Wrong language: {name}. Found: {found}.", name=wording.subject(gap, each, words), found=wording.languages(gap.languages, words.locale, "standard")))

    def _wanted(self, common: Common) -> tuple[Phrase, ...]:
        """Each set of languages with the codes of the markets that ask for it."""
        return tuple(
            self.voice.both(lambda words, codes=codes, all_of=all_of, markets=markets: f"{wording.languages(codes, words.locale, 'standard' if all_of else 'or')}{i18n.colon(words.locale)} {', '.join(market.upper() for market in markets)}")  # type: ignore[misc]
            for (codes, all_of), markets in common.wanted
        )

    def _clock(self, line: Line) -> tuple[str, Phrase, tuple[Phrase, ...], Phrase, Phrase]:
        each = self.by_market[line.markets[0]]
        requirement = line.row.record.requirement
        limits = tuple(self.voice.both(lambda words, limit=limit: wording.deadline(limit, words)) for limit in requirement.deadlines)  # type: ignore[misc]
        return line.id, self.voice.texts(requirement.title), limits, self._source(each, requirement.source, requirement.clause), self._names(line.markets)

    def _dated(self, dated: Dated) -> tuple[Phrase, Phrase, Phrase, Phrase]:
        milestone = dated.milestone
        says = self.voice.texts(milestone.says)
        if milestone.open:
            says = self.voice.words("{text} (not confirmed as law there)", text=says)
        return self.voice.day(milestone.on), says, self._source(dated.checklist, milestone.source, milestone.clause), self._names(dated.markets)

    def _representatives(self) -> tuple[tuple[Phrase, tuple[LineView, ...]], ...]:
        """What each market asks of the maker's representation; what all members of one legal space share is said once."""
        lines: dict[tuple[str, ...], list[LineView]] = {}
        for line in (*self.shared.differing, *self.shared.own, *self.shared.same):
            if line.row.record.requirement.phase == "representation":
                for reading in comparison.readings(line.id, [(market, row) for market, row in line.rows if row.decision.applies != "no"]):
                    lines.setdefault(reading.markets, []).append(self._line(reading))
        return tuple((self._names(markets), tuple(found)) for markets, found in lines.items())

    def _languages(self) -> tuple[tuple[Phrase, tuple[Mark, ...]], ...]:
        """Document by document, what each market asks for; a missing language is a gap, a met rule is covered."""
        rows = []
        for name in language_plan.PLANNED:
            needs = [need for need in self.plan.needs if need.rule.document == name]
            if needs:
                rows.append((self.voice.words(DOCUMENT[name]), tuple(self._need([need for need in needs if need.market == each.market.head.id]) for each in self.checklists)))
        return tuple(rows)

    def _need(self, needs: Sequence[Need]) -> Mark:
        codes = list(dict.fromkeys(self._codes(need) for need in needs))
        if not codes:
            return Mark("not-applicable", "–")
        return Mark("covered" if all(need.met for need in needs) else "gap", " · ".join(codes) if all(need.met for need in needs) else f"× {' · '.join(codes)}")

    def _codes(self, need: Need) -> str:
        return (" + " if need.rule.all_of else " / ").join(need.rule.languages)

    def _basis(self) -> tuple[tuple[str, Phrase, Phrase, str, Phrase, Phrase], ...]:
        """Each evidence item that applies somewhere: its FDA counterpart, how far that serves, and why."""
        found: dict[str, tuple[str, Phrase, Phrase, str, Phrase, Phrase]] = {}
        grades = {"full": ("covered", "serves in full"), "partly": ("expected", "serves in part"), "none": ("gap", "no counterpart")}
        where: dict[str, list[str]] = {}
        for reuse in self.reuse:
            for name in (*reuse.full, *reuse.partly, *reuse.new):
                where.setdefault(name, []).append(reuse.market)
        for name, _markets in where.items():
            kind = self.checklists[0].library.kinds[name].kind
            status, word = grades[kind.fda_reuse]
            found[name] = (wording.code(name), self.voice.texts(kind.title), self.voice.texts(kind.fda), status, self.voice.words(word), self.voice.texts(kind.fda_basis))
        return tuple(found.values())


def _warm(number: int, most: int) -> Mark:
    """A number and its tint: one of four steps up to the largest number of the table; nothing to do is no tint."""
    if not number:
        return Mark("not-applicable", "–")
    return Mark(f"heat-{min(4, 1 + (4 * number - 1) // max(most, 4))}", str(number))


def _widths(first: float, count: int, widest: float = 40.0) -> tuple[str, ...]:
    """The widths in millimetres of a matrix on a page lying down: the first column, and what is left shared by the others."""
    each = min(widest, (USABLE - first) / max(count, 1))
    return tuple(f"{width:.2f}" for width in (USABLE - each * count, *(each,) * count))


def _record(writer: _Writer) -> bytes:
    """The comparison as canonical JSON, for programs."""
    shared = writer.shared
    data: Mapping[str, Any] = {
        "schema": f"urn:dossier:{KIND}:1",
        "tool": __version__,
        "product": writer.checklists[0].product.id,
        "law_date": writer.day_of_law.isoformat(),
        "data_version": writer.checklists[0].market.version,
        "markets": [
            {"id": each.market.head.id, "gaps": len(each.findings), "by_phase": comparison.phase_counts(each), "expected": sum(gap.severity == "justify" for gap in each.gaps), "undetermined": sum(row.decision.applies == "undetermined" for row in each.rows)}
            for each in writer.checklists
        ],
        "requirements": {
            name: [{"id": line.id, "markets": {market: {"applies": row.decision.applies, "coverage": row.coverage, "standing": row.standing} for market, row in line.rows}} for line in lines]
            for name, lines in (("differing", shared.differing), ("own", shared.own), ("same", shared.same))
        },
        "gaps": [{"key": common.gap.key, "wanted": [{"languages": codes, "all_of": all_of, "markets": markets} for (codes, all_of), markets in common.wanted], "markets": common.markets} for common in writer.gaps],
        "dates": [{"on": dated.milestone.on.isoformat(), "says": dated.milestone.says.get("en", ""), "source": dated.milestone.source, "clause": dated.milestone.clause, "confirmed_as_law": not dated.milestone.open, "markets": dated.markets} for dated in writer.dates],
        "languages": language_plan.as_data(writer.plan),
        "reuse": [asdict(found) for found in writer.reuse],
    }
    return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
