"""The views of one market: its authorities, language rules, dates, claims and sources, as templates print them."""
from __future__ import annotations

from collections.abc import Iterable

from dossier import i18n, wording
from dossier.labels import DOCUMENT, LEVEL, ROLE, VERDICT
from dossier.records import Claim, LanguageRow, Reference, Source
from dossier.resolve import Resolved
from dossier.speech import NOTHING, Phrase, Speaker
from dossier.views import LineView


class MarketViews:
    """Makes the views of one market in one language or pair of languages."""

    def __init__(self, market: Resolved, speaker: Speaker) -> None:
        self.market = market
        self.speaker = speaker
        self.say = speaker.texts
        self.words = speaker.words

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
            LineView(row.requirement, self.speaker.day(row.on), self.say(row.says), self._place_in(row.source, row.clause), self.words("Not confirmed as law here.") if row.open else self._level(row.level), "past" if row.on < self.market.date else "coming")
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


def _ended(text: str) -> str:
    """The text with a full stop at its end."""
    return text if text.endswith((".", "!", "?", "»")) else f"{text}."
