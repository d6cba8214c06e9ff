"""What a person typed, made fit for a document: line breaks, characters that no document can hold, days in the local way; and sentences for what is no plain text."""
from __future__ import annotations

import datetime as dt
import re
from functools import cache

REPLACEMENT = "\ufffd"
UNFIT = "{field} holds {count} characters that no document can hold (control characters or half characters); they are replaced by \ufffd."

# What Word files and workbooks are told alike.
OBJECT = "A picture, drawing or embedded file was put in at “{place}”; it cannot be read. Look at it in the file, or ask for words."
DESCRIBED = "A picture or drawing is described in words, which are not taken: “{text}”."
CROSSED = "In {field} words are struck through: “{text}”. They are taken as they stand; ask whether they were meant to go."
CROSSED_BESIDE = "Words beside the answers are struck through, without tracking: “{text}”. Ask what is meant."
LINK = "{field} holds a link; its words do not show to what it leads: {address}."
IN_MARGINS = "A header or footer holds words beside those of the document; they are not taken: “{text}”."

# XML 1.0, section 2.2: what neither Word nor Excel files can hold. Half a pair of UTF-16 is no character at all.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def fit(text: str) -> tuple[str, int]:
    """The text with a line feed for each new line, and how many characters had to be replaced.

    >>> fit("a\\r\\nb\\rc\\x07")
    ('a\\nb\\nc\ufffd', 1)
    """
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass") if re.search("[\ud800-\udfff]", text) else text
    return _UNFIT.subn(REPLACEMENT, whole.replace("\r\n", "\n").replace("\r", "\n"))


def day(text: str, locale: str) -> str:
    """The day that the text names, as year-month-day; the text itself where it names none, or more than one.

    >>> day("24.11.2026", "nb"), day("3. mars 2026", "nb"), day("March 3, 2026", "en"), day("03/04/2026", "en"), day("03/04/2026", "fr")
    ('2026-11-24', '2026-03-03', '2026-03-03', '03/04/2026', '2026-04-03')
    """
    plain = " ".join(text.lower().split()).rstrip(".")
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", plain):
        found = {_iso(match[1], match[2], match[3])}
    elif match := re.fullmatch(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4}|\d{2})", plain):
        found = {_iso(match[3], match[2], match[1])}
    elif match := re.fullmatch(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})", plain):
        found = {_iso(match[3], match[2], match[1]), *([] if locale.startswith("fr") else [_iso(match[3], match[1], match[2])])}
    elif match := re.fullmatch(r"(\d{1,2})\.? (\w+)\.?,? (\d{4})", plain):
        found = {_iso(match[3], _months(locale).get(match[2], ""), match[1])}
    elif match := re.fullmatch(r"(\w+)\.? (\d{1,2}),? (\d{4})", plain):
        found = {_iso(match[3], _months(locale).get(match[1], ""), match[2])}
    else:
        found = set()
    found.discard("")
    return found.pop() if len(found) == 1 else text


def _iso(year: str, month: str, day: str) -> str:
    try:
        return dt.date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day)).isoformat()
    except ValueError:
        return ""


@cache
def _months(locale: str) -> dict[str, str]:
    """The months' names and abbreviations in the languages of the document, and in English."""
    import babel

    found: dict[str, str] = {}
    for name in ("en", *reversed(locale.split("+"))):
        try:
            months = babel.Locale.parse(name).months["format"]
        except (ValueError, babel.UnknownLocaleError):
            continue
        for width in ("abbreviated", "wide"):
            found |= {word.lower().rstrip("."): str(number) for number, word in months[width].items()}
    return found
