"""Languages: which text to take when one is missing, message catalogs, dates and lists.

`no` as a locale means `nb`. Babel does not bridge nn, nb and no, so the fallback is written down here; a text that
was not found in the wanted language comes back with the language it is in, and documents show that.
"""
from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from dossier.errors import DossierError, Problem, one_of

FALLBACK: dict[str, tuple[str, ...]] = {"nb": ("nb", "nn", "en"), "nn": ("nn", "nb", "en"), "en": ("en", "nb")}
# Languages that documents and requirement texts exist in.
RENDERED = ("nb", "nn", "en", "sv", "da", "fi", "is", "de", "fr")
_TAGS = {"nb": "nb-NO", "nn": "nn-NO", "en": "en-GB", "sv": "sv-SE", "da": "da-DK", "fi": "fi-FI", "is": "is-IS", "de": "de-DE", "fr": "fr-FR"}
# The law asks for Norwegian; either written form meets it.
NORWEGIAN = {
    "nb": "norsk (bokmål eller nynorsk)",
    "nn": "norsk (bokmål eller nynorsk)",
    "en": "Norwegian (Bokmål or Nynorsk)",
    "sv": "norska (bokmål eller nynorska)",
    "da": "norsk (bokmål eller nynorsk)",
    "fi": "norja (bokmål tai nynorsk)",
    "is": "norska (bókmál eða nýnorska)",
    "de": "Norwegisch (Bokmål oder Nynorsk)",
    "fr": "norvégien (bokmål ou nynorsk)",
}


@dataclass(frozen=True, slots=True)
class Said:
    """A text and the language it is really in."""

    text: str
    lang: str


@dataclass(frozen=True, slots=True)
class Tongue:
    """What a document is written in: one language, or two side by side."""

    first: str
    second: str = ""

    @property
    def name(self) -> str:
        """As file names and the command line write it: `nb` or `nb+en`."""
        return f"{self.first}+{self.second}" if self.second else self.first


def tongue(name: str) -> Tongue:
    """The language or pair of languages called `name`. Raises DossierError for one that has no translation."""
    parts = ["nb" if part == "no" else part for part in name.split("+")]
    if len(parts) > 2 or len(set(parts)) != len(parts) or any(part not in RENDERED for part in parts):
        plain = "+".join(part.replace("_", "-").partition("-")[0].lower() for part in parts)
        near = f"Write {plain}. " if plain != name and all(part in RENDERED for part in plain.split("+")) else ""
        raise DossierError(Problem("--locale", 0, 0, f'"{name}" is not a language the documents exist in.', f"{near}Choose {one_of(RENDERED)}, or two joined with a plus: nb+en."))
    return Tongue(*parts)


def say(texts: Mapping[str, str], locale: str) -> Said:
    """The text in `locale`, or in the nearest language that has one. An empty mapping gives an empty text."""
    for language in FALLBACK.get(locale, (locale, "en")):
        if language in texts:
            return Said(texts[language], language)
    language = min(texts, default="")
    return Said(texts.get(language, ""), language)


def is_name(texts: Mapping[str, str]) -> bool:
    """Whether the text reads the same in every language that we have: then it is a name, and foreign nowhere."""
    return len(texts) > 2 and len(set(texts.values())) == 1


class Catalog:
    """Messages of one locale: English in, the locale's words out."""

    def __init__(self, locale: str, messages: Mapping[str, str]) -> None:
        self.locale = locale
        self.messages = messages

    def __call__(self, message: str, **values: object) -> str:
        """The message in the catalog's language with `values` filled in. English where it is not translated."""
        text = self.messages.get(message) or message
        return text.format(**values) if values else text

    def say(self, texts: Mapping[str, str]) -> Said:
        """The text as the data give it in the catalog's language, else the catalog's translation of its English, else in the nearest language."""
        translated = "" if self.locale in texts else self.messages.get(texts.get("en", ""), "")
        return Said(translated, self.locale) if translated else say(texts, self.locale)

    def inside(self, texts: Mapping[str, str]) -> str:
        """The text as a part of a sentence; one that had to fall back to another language says so, as it does when it stands alone.

        >>> Catalog("de", {}).inside({"en": "the channel"}), Catalog("de", {}).inside({"en": "the channel", "de": "der Kanal"})
        ('the channel [en]', 'der Kanal')
        """
        said = self.say(texts)
        foreign = said.text and said.lang != self.locale and not is_name(texts)
        return f"{said.text} [{said.lang}]" if foreign else said.text

    def knows(self, message: str) -> bool:
        """Whether the message has a translation (English needs none)."""
        return self.locale == "en" or bool(self.messages.get(message))


ENGLISH = Catalog("en", {})


def catalog(locale: str, folders: Sequence[Path]) -> Catalog:
    """The catalog of `locale` from `<locale>.po` in the folders; the first folder wins."""
    messages: dict[str, str] = {}
    for folder in reversed(folders):
        messages.update(_messages(folder / f"{locale}.po"))
    return Catalog(locale, messages)


def _messages(file: Path) -> dict[str, str]:
    return _read(file, file.stat().st_mtime_ns, file.stat().st_size) if file.is_file() else {}


@cache
def _read(file: Path, changed: int, size: int) -> dict[str, str]:
    """The messages of the file; read again only when it has changed."""
    from babel.messages.pofile import PoFileError, read_po

    try:
        with file.open("rb") as stream:
            entries = read_po(stream, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError, ValueError) as error:
        raise DossierError(Problem(str(file), 0, 0, f"is not a message catalog: {error}.", "Compare with the shipped nb.po.")) from None
    return {str(entry.id): str(entry.string) for entry in entries if entry.id and entry.string}


_UNBROKEN = {
    "nb": r"(?<=§) (?=\d)|(?<=\bnr\.) (?=\d)|(?<=\d) (?=%)",
    "da": r"(?<=§) (?=\d)|(?<=\bnr\.) (?=\d)|(?<=\bstk\.) (?=\d)|(?<=\d) (?=%)",
    "sv": r"(?<=\d) (?=§)|(?<=\d) (?=kap\.)|(?<=\d) (?=%)",
    "fi": r"(?<=\d) (?=§)|(?<=\d) (?=%)",
    "is": r"(?<=\d\.) (?=(?:gr|mgr|kafla|tölul)\b)",
    "de": r"(?<=§) (?=\d)|(?<=\bNr\.) (?=\d)|(?<=\bAbs\.) (?=\d)|(?<=\d) (?=%)",
    "fr": r" (?=[:;?!»%])|(?<=«) |(?<=§) (?=\d)|(?<=n°) (?=\d)",
}
_UNBROKEN["nn"] = _UNBROKEN["nb"]


def set_type(text: str, locale: str) -> str:
    """The text with the spaces that must not break, as the language sets them: "§ 6", "nr. 4", "0,1 %", "« oui »".

    >>> set_type("jf. § 6 og nr. 4", "nb").replace(chr(160), "~"), set_type("À noter : 5 %", "fr").replace(chr(160), "~")
    ('jf. §~6 og nr.~4', 'À noter~: 5~%')
    """
    pattern = _UNBROKEN.get(locale)
    return re.sub(pattern, "\u00a0", text) if pattern else text


def colon(locale: str) -> str:
    """The colon after a label: French sets a space before it."""
    return "\u00a0:" if locale == "fr" else ":"


_AFTER_Z = {"nb": "æøå", "nn": "æøå", "da": "æøå", "sv": "åäö", "fi": "åäö", "is": "þæö"}
_SAME = {"nb": {"ä": "æ", "ö": "ø"}, "da": {"ä": "æ", "ö": "ø"}, "sv": {"æ": "ä", "ø": "ö"}, "fi": {"æ": "ä", "ø": "ö"}, "is": {"ø": "ö"}}
_SAME["nn"] = _SAME["nb"]
# Letters of the alphabet that follow the plain one.
_OWN = {"is": {"á": "a", "ð": "d", "é": "e", "í": "i", "ó": "o", "ú": "u", "ý": "y"}}
# Aa is å in names (Aabenraa); in capitals it is an abbreviation (AAMI).
_TWO = {"nb": r"[Aa]a", "nn": r"[Aa]a", "da": r"[Aa]a"}


def collated(text: str, locale: str) -> tuple[int, ...]:
    """A key that sorts as the language's alphabet does: its own letters where they stand in it, other accents and case last.

    >>> sorted(["Åre", "Aabenraa", "AAMI", "Zug", "Ærø", "Ál"], key=lambda word: collated(word, "nb")), sorted(["Öl", "Zug", "Oder"], key=lambda word: collated(word, "de"))
    (['AAMI', 'Ál', 'Zug', 'Ærø', 'Aabenraa', 'Åre'], ['Oder', 'Öl', 'Zug'])
    >>> sorted(["Ástralía", "Austurríki", "Belgía", "Þýskaland", "Svíþjóð", "Sviss"], key=lambda word: collated(word, "is"))
    ['Austurríki', 'Ástralía', 'Belgía', 'Sviss', 'Svíþjóð', 'Þýskaland']
    """
    after, same, own = _AFTER_Z.get(locale, ""), _SAME.get(locale, {}), _OWN.get(locale, {})
    found: list[int] = []
    plain = unicodedata.normalize("NFC", text)
    for letter in (re.sub(_TWO[locale], "å", plain) if locale in _TWO else plain).casefold():
        letter = same.get(letter, letter)
        if letter in after:
            found.append(_ROOM * 0x2000 + after.index(letter))
        elif letter in own:
            found.append(_ROOM * ord(own[letter]) + 1)
        else:
            found += [_ROOM * ord(part) for part in unicodedata.normalize("NFD", _LIGATURES.get(letter, letter)) if not unicodedata.combining(part)]
    return (*found, 0, *(ord(letter) for letter in text))


_ROOM = 8  # between two plain letters, for those that follow one


_LIGATURES = {"æ": "ae", "ø": "o", "œ": "oe", "ð": "d", "þ": "th", "ł": "l", "đ": "d"}


def day(date: dt.date, locale: str) -> str:
    """The date in words.

    >>> day(dt.date(2026, 11, 23), "nb"), day(dt.date(2026, 11, 23), "en")
    ('23. november 2026', '23 November 2026')
    """
    from babel.dates import format_date

    return format_date(date, "d MMMM y" if locale == "en" else "long", locale=_babel(locale))


def short_day(date: dt.date, locale: str) -> str:
    """The date in figures.

    >>> short_day(dt.date(2026, 11, 3), "nb"), short_day(dt.date(2026, 11, 3), "en")
    ('03.11.2026', '2026-11-03')
    """
    match locale:
        case "en" | "sv":
            return date.isoformat()
        case "fr":
            return f"{date:%d/%m/%Y}"
        case "fi" | "is":
            return f"{date.day}.{date.month}.{date.year}"
        case _:
            return f"{date:%d.%m.%Y}"


_QUOTES = {"nb": ("«", "»"), "nn": ("«", "»"), "da": ("«", "»"), "sv": ("”", "”"), "fi": ("”", "”"), "is": ("„", "“"), "de": ("„", "“"), "fr": ("« ", " »")}


def quoted(text: str, locale: str) -> str:
    """The text between the quotation marks of the language.

    >>> quoted("oui", "fr"), quoted("ja", "de"), quoted("ja", "nb"), quoted("yes", "en")
    ('« oui »', '„ja“', '«ja»', '“yes”')
    """
    before, after = _QUOTES.get(locale, ("“", "”"))
    return f"{before}{text}{after}"


def joined(words: Iterable[str], locale: str, style: Literal["standard", "or"] = "standard") -> str:
    """The words as a list of the language: "a, b og c"; style "or" gives "a, b eller c"."""
    from babel.lists import format_list

    return format_list(list(words), style=style, locale=_babel(locale)).replace(", and ", " and ").replace(", or ", " or ")


def number(value: int, locale: str) -> str:
    """A whole number as the language writes it."""
    from babel.numbers import format_decimal

    return format_decimal(value, locale=_babel(locale)).replace("\u202f", "\u00a0")


@cache
def language_name(code: str, locale: str) -> str:
    """The name of a language in `locale`."""
    from babel import Locale

    return Locale.parse(code, sep="-").get_display_name(_babel(locale)) or code


@cache
def country_name(code: str, locale: str) -> str:
    """The name of a country in `locale`."""
    from babel import Locale

    return str(Locale.parse(_babel(locale)).territories.get(code, code))


def bcp47(locale: str) -> str:
    """The language tag that documents carry."""
    return _TAGS.get(locale, locale)


def _babel(locale: str) -> str:
    return {"en": "en_GB"}.get(locale, locale.replace("-", "_"))
