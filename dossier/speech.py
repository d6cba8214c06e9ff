"""Texts for a document in one language or two side by side, with any fallback visible."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from dossier import i18n
from dossier.i18n import Catalog, Tongue

Wording = Callable[[Catalog], str]
SHORT = 48


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text as the template prints it.

    `lang` is set where the text had to fall back to another language; `second` is the text in the second language.
    """

    first: str
    lang: str = ""
    second: str = ""
    second_lang: str = ""

    def __bool__(self) -> bool:
        return bool(self.first)

    def __str__(self) -> str:
        return self.first

    @property
    def line(self) -> str:
        """Both languages on one line, for a heading, a label or an attribute."""
        return f"{self.first} / {self.second}" if self.second and self.second != self.first else self.first

    @property
    def one(self) -> Phrase:
        """The text in the first language only."""
        return Phrase(self.first, self.lang)

    @property
    def other(self) -> Phrase:
        """The text in the second language only."""
        return Phrase(self.second, self.second_lang)

    def __html__(self) -> str:
        first = _marked(self.first, self.lang)
        if not self.second or self.second == self.first:
            return first
        second = Markup('<em lang="{}">{}</em>').format(self.second_lang, self.second)
        short = len(self.first) <= SHORT and not self.first.endswith(".")
        return first + (Markup(" / ") if short else Markup("<br>")) + second


NOTHING = Phrase("")


def _marked(text: str, lang: str) -> Markup:
    """Text in another language than the document's carries that language, and says so."""
    if not lang:
        return escape(text)
    return Markup('<span lang="{}">{}</span> <small>[{}]</small>').format(lang, text, lang.split("-")[0])


class Speaker:
    """Makes phrases in the languages of one document."""

    def __init__(self, tongue: Tongue, catalogs: Mapping[str, Catalog]) -> None:
        self.tongue = tongue
        self.catalogs = catalogs
        self.first = tongue.first

    def words(self, message: str, **values: object) -> Phrase:
        """A program or template word; a Phrase among the values is printed in its language."""
        return self.both(lambda words: words(message, **{name: _in(value, words.locale, words.locale == self.tongue.first) for name, value in values.items()}))

    def texts(self, texts: Mapping[str, str]) -> Phrase:
        """A text that the data give in several languages."""
        if not texts:
            return NOTHING
        said = self.catalogs[self.tongue.first].say(texts)
        lang = "" if i18n.is_name(texts) or said.lang == self.tongue.first else i18n.bcp47(said.lang)
        text = i18n.set_type(said.text, said.lang)
        if not self.tongue.second:
            return Phrase(text, lang)
        other = self.catalogs[self.tongue.second].say(texts)
        return Phrase(text, lang, i18n.set_type(other.text, other.lang), i18n.bcp47(other.lang))

    def market(self, identifier: str, names: Mapping[str, str]) -> Phrase:
        """The name of a market. A country's is known in every language, unless the market is called otherwise (Great Britain)."""
        if i18n.country_name(identifier.upper(), "en") != names.get("en"):
            return self.texts(names)
        return self.both(lambda words: said.text if (said := words.say(names)).lang == words.locale else i18n.country_name(identifier.upper(), words.locale))

    def both(self, wording: Wording) -> Phrase:
        """What `wording` says in each language of the document."""
        first, *rest = (i18n.set_type(wording(self.catalogs[locale]), locale) for locale in (self.tongue.first, self.tongue.second) if locale)
        return Phrase(first, "", rest[0], i18n.bcp47(self.tongue.second)) if rest else Phrase(first)

    def day(self, day: dt.date) -> Phrase:
        """The day in words."""
        return self.both(lambda words: i18n.day(day, words.locale))

    def span(self, first: dt.date, last: dt.date) -> Phrase:
        """One day, or from the first to the last."""
        return self.day(first) if first == last else self.words("{first} to {last}", first=self.day(first), last=self.day(last))

    def foreign(self, text: str, language: str) -> Phrase:
        """A text in a stated language that is not translated: a document title, a name."""
        lang = i18n.bcp47(language) if language and language != self.tongue.first else ""
        return Phrase(text, lang)


def _in(value: object, locale: str, first: bool) -> object:
    """A value for a sentence in `locale`; a phrase that had to fall back to another language says so."""
    if not isinstance(value, Phrase):
        return value
    text, lang = (value.first, value.lang) if first or not value.second else (value.second, value.second_lang)
    return f"{text} [{lang.split('-')[0]}]" if text and lang not in ("", i18n.bcp47(locale)) else text
