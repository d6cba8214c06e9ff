"""Languages: which text to take when one is missing, message catalogs, dates and lists.

`no` as a locale means `nb`. Babel does not bridge nn, nb and no, so the fallback is written down here; a text that
was not found in the wanted language comes back with the language it is in, and documents show that.
"""
from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from dossier.errors import DossierError, Problem, one_of

FALLBACK: dict[str, tuple[str, ...]] = {"nb": ("nb", "nn", "en"), "nn": ("nn", "nb", "en"), "en": ("en", "nb")}
RENDERED = ("nb", "nn", "en")


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
        raise DossierError(Problem("--locale", 0, 0, f'"{name}" is not a language the documents exist in.', f"Choose {one_of(RENDERED)}, or two joined with a plus: nb+en."))
    return Tongue(*parts)


def say(texts: Mapping[str, str], locale: str) -> Said:
    """The text in `locale`, or in the nearest language that has one. An empty mapping gives an empty text."""
    for language in FALLBACK.get(locale, (locale, "en")):
        if language in texts:
            return Said(texts[language], language)
    language = min(texts, default="")
    return Said(texts.get(language, ""), language)


class Catalog:
    """Messages of one locale: English in, the locale's words out."""

    def __init__(self, locale: str, messages: Mapping[str, str]) -> None:
        self.locale = locale
        self.messages = messages

    def __call__(self, message: str, **values: object) -> str:
        """The message in the catalog's language with `values` filled in. English where it is not translated."""
        text = self.messages.get(message) or message
        return text.format(**values) if values else text

    def knows(self, message: str) -> bool:
        """Whether the message has a translation (English needs none)."""
        return self.locale == "en" or bool(self.messages.get(message))


def catalog(locale: str, folders: Sequence[Path]) -> Catalog:
    """The catalog of `locale` from `<locale>.po` in the folders; the first folder wins."""
    messages: dict[str, str] = {}
    for folder in reversed(folders):
        messages.update(_messages(folder / f"{locale}.po"))
    return Catalog(locale, messages)


@cache
def _messages(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    from babel.messages.pofile import PoFileError, read_po

    try:
        with file.open("rb") as stream:
            entries = read_po(stream, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError, ValueError) as error:
        raise DossierError(Problem(str(file), 0, 0, f"is not a message catalog: {error}.", "Compare with the shipped nb.po.")) from None
    return {str(entry.id): str(entry.string) for entry in entries if entry.id and entry.string}


def set_type(text: str, locale: str) -> str:
    """The text with the spaces that must not break, as Norwegian sets them: "§ 6", "nr. 4", "0,1 %".

    >>> set_type("jf. § 6 og nr. 4", "nb").replace(chr(160), "~")
    'jf. §~6 og nr.~4'
    """
    if locale not in ("nb", "nn"):
        return text
    return re.sub(r"(?<=§) (?=\d)|(?<=\bnr\.) (?=\d)|(?<=\d) (?=%)", "\u00a0", text)


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
    return date.isoformat() if locale == "en" else f"{date:%d.%m.%Y}"


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
    return {"nb": "nb-NO", "nn": "nn-NO", "en": "en-GB"}.get(locale, locale)


def _babel(locale: str) -> str:
    return {"en": "en_GB"}.get(locale, locale.replace("-", "_"))
