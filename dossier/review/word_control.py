"""What one content control of Word answers: its kind told from its own properties, its value from what it shows."""
from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from dossier import i18n, resources
from dossier.blocks import Field, one_line
from dossier.review.reading import Finding
from dossier.review.word_body import content_of
from dossier.review.word_text import ON, W14, W, crossed_out, deleted_words, is_tracked, text_of
from dossier.review.written import CROSSED, day

_BOXES = "\u2610\u25a1\u25fb"
_TICKS = "\u2611\u2612\u2713\u2714\u2717\u2718\U0001f5f8\U0001f5f9"
TICKED = frozenset((*_TICKS, "x", "X", "\u00fe"))  # \u00fe is the ticked box of Wingdings, where a program kept the letter only
_OFTEN = 3  # so many fields under one flag and with one text: nobody typed it
_INVITES = ("Choose", "Choose a date", "Comment", "Name")  # what the templates put into fields that wait


@dataclass(frozen=True, slots=True)
class Read:
    """A control's value, and what is to be said about it."""

    value: str
    findings: tuple[Finding, ...] = ()


def read(tag: str, control: Any, field: Field | None, row: str, locale: str, usual: frozenset[str] = frozenset()) -> Read:
    """The answer in `control`; `field` is the field as issued, where it is known, and `usual` what `placeholders` gives."""
    properties = control.find(f"{W}sdtPr")
    text = text_of(content_of(control))
    found: list[Finding] = []
    value = _value(tag, properties, control, text, field, row, locale, usual, found)
    if is_tracked(control):
        found.insert(0, _tracked(control, text, _name(tag, field), row, tag))
    if crossed := one_line(crossed_out(content_of(control))):
        found.append(Finding(CROSSED, {"field": _name(tag, field), "text": crossed}, row, tag))
    return Read(value, tuple(found))


def _tracked(control: Any, text: str, name: str, row: str, tag: str) -> Finding:
    if deleted := deleted_words(control):
        values = {"field": name, "text": text, "deleted": deleted}
        return Finding("{field} holds tracked changes that were not accepted; it was read as if they were: “{text}”. Deleted: “{deleted}”.", values, row, tag)
    return Finding("{field} holds tracked changes that were not accepted; it was read as if they were: “{text}”.", {"field": name, "text": text}, row, tag)


def placeholders(controls: Iterable[tuple[str, Any]]) -> frozenset[str]:
    """The texts that fields of one kind show under the flag of a placeholder, again and again. `controls` are tags and elements."""
    seen: dict[tuple[str, str], set[str]] = {}
    for tag, control in controls:
        if _is_flagged(control.find(f"{W}sdtPr")):
            seen.setdefault((tag.rpartition("/")[2], text_of(content_of(control))), set()).add(tag)
    return frozenset(text for (_, text), tags in seen.items() if len(tags) >= _OFTEN)


def _is_flagged(properties: Any) -> bool:
    """Whether the control says that it shows its placeholder only."""
    flag = properties.find(f"{W}showingPlcHdr")
    return flag is not None and flag.get(f"{W}val", "1") in ON


def _name(tag: str, field: Field | None) -> str:
    return field.title if field is not None and field.title else tag


def _value(tag: str, properties: Any, control: Any, text: str, field: Field | None, row: str, locale: str, usual: frozenset[str], found: list[Finding]) -> str:
    box = next(properties.iter(f"{W14}checkbox"), None)
    box = box if box is not None else next(control.iter(f"{W14}checkbox"), None)  # LibreOffice 7.4 nests it
    if box is not None or (field is not None and field.kind == "checkbox"):
        return _box(tag, box, text, field, row, found)
    listed = [item for kind in ("dropDownList", "comboBox") for lists in properties.iter(f"{W}{kind}") for item in lists.iter(f"{W}listItem")]
    items = {item.get(f"{W}displayText") or item.get(f"{W}value", ""): item.get(f"{W}value", "") for item in listed}
    if field is not None and _waiting(tag, properties, text, field, row, found):
        return ""
    if field is None and text not in items and _waits(tag, properties, text, row, locale, usual, found):
        return ""
    if items or (field is not None and field.kind == "select"):
        return choice(text, items, field)
    date = properties.find(f"{W}date")
    if date is not None or (field is not None and field.kind == "date"):
        return _date(tag, date, text, field, row, locale, found)
    return text


def _waiting(tag: str, properties: Any, text: str, field: Field, row: str, found: list[Finding]) -> bool:
    """Whether the control shows nothing but its placeholder. A flag alone is not believed where other words stand there."""
    if _is_flagged(properties):
        return not text.strip() or text == field.placeholder
    if text and text == field.placeholder:
        found.append(_only_placeholder(tag, field, text, row))
        return True
    return not text


def _waits(tag: str, properties: Any, text: str, row: str, locale: str, usual: frozenset[str], found: list[Finding]) -> bool:
    """The same where no record says what the placeholder was: it is one of the templates' own, or stands in many fields."""
    flagged = _is_flagged(properties)
    if not text or (flagged and not text.strip()):
        return True
    if _invites(text, locale):
        if not flagged:
            found.append(_only_placeholder(tag, None, text, row))
        return True
    if text in usual:
        found.append(Finding("Several fields that are marked as empty show “{text}”; it is taken as their placeholder, not as an answer.", {"text": text}))
        return True
    if flagged:
        found.append(Finding("{field} is marked as empty but shows words; they are taken as its answer: “{text}”.", {"field": _name(tag, None), "text": text}, row, tag))
    return False


def _only_placeholder(tag: str, field: Field | None, text: str, row: str) -> Finding:
    return Finding("{field} holds only its placeholder, “{text}”; it is taken as empty.", {"field": _name(tag, field), "text": text}, row, tag, "note")


def _invites(text: str, locale: str) -> bool:
    """Whether the text is a placeholder of the templates, in the document's language or in that and a second one."""
    first, stroke, second = text.partition(" / ")
    return first in _shipped(locale) and (not stroke or any(second in _shipped(other) for other in i18n.RENDERED))


@cache
def _shipped(locale: str) -> frozenset[str]:
    say = i18n.catalog(locale if locale in i18n.RENDERED else "en", (resources.shipped("templates") / "_shared",))
    return frozenset(say(word) for word in _INVITES)


def choice(text: str, items: dict[str, str], field: Field | None) -> str:
    """The code of the choice that shows as `text`: by the control's own list, then by the list as issued; else the text."""
    if text in items:
        return items[text]
    options = dict(field.options) if field is not None else {}
    known = {**{label.casefold(): value for value, label in options.items()}, **{label.casefold(): value for label, value in items.items()}}
    wanted = " ".join(text.split()).casefold()
    if field is not None and wanted == field.placeholder.casefold():
        return ""
    return known.get(wanted, text)


def _box(tag: str, box: Any, text: str, field: Field | None, row: str, found: list[Finding]) -> str:
    """What the box holds, where it is one still; else what its sign says. Without a sign the text stands, and is no answer to a box."""
    shows = text.strip()
    looks = shows in TICKED or shows[:1] in frozenset(_TICKS)
    if box is None and not looks and shows and shows[0] not in _BOXES:
        return shows
    checked = box.find(f"{W14}checked") if box is not None else None
    ticked = looks if box is None else checked is not None and checked.get(f"{W14}val", "1") in ON
    extra = "" if shows in TICKED else shows.strip(f"{_BOXES}{_TICKS} ")
    if extra:
        found.append(Finding("{field} is a check box in which text was typed; it is not taken: “{text}”.", {"field": _name(tag, field), "text": extra}, row, tag))
    elif shows and looks != ticked:
        found.append(Finding("{field} shows another mark than it holds; what it holds is taken.", {"field": _name(tag, field)}, row, tag))
    return "yes" if ticked else ""


def _date(tag: str, date: Any, text: str, field: Field | None, row: str, locale: str, found: list[Finding]) -> str:
    """The day: as chosen, where what is shown is that day; else as it is written."""
    picked = _day(date.get(f"{W}fullDate", "")[:10]) if date is not None else None
    written = day(text.strip(), locale)
    if picked is not None and (written == picked.isoformat() or _plain(text) in _forms(picked, date, locale)):
        return picked.isoformat()
    if picked is not None and _day(written) is not None:
        found.append(Finding("{field} shows “{text}” but holds {day}; what it shows is taken.", {"field": _name(tag, field), "text": text, "day": picked.isoformat()}, row, tag))
    return written


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _forms(picked: dt.date, date: Any, locale: str) -> set[str]:
    """The ways in which the day may be shown: in words, or as the control itself says. Other figures may mean another day."""
    import babel
    from babel.dates import format_date

    own, language = (found.get(f"{W}val", "") if (found := date.find(f"{W}{name}")) is not None else "" for name in ("dateFormat", "lid"))
    patterns = ["medium", "long", "full", *([own.replace("dddd", "EEEE").replace("ddd", "EEE")] if own else [])]
    forms = {i18n.short_day(picked, locale)}
    for name in {locale, language.replace("-", "_"), "en_GB"} - {"", "en"}:
        for pattern in patterns:
            with contextlib.suppress(ValueError, LookupError, AttributeError, TypeError, babel.UnknownLocaleError):
                forms.add(format_date(picked, pattern, name))
    return {_plain(form) for form in forms}


def _plain(text: str) -> str:
    """The text without what does not tell days apart: case, spaces, the full stop of an abbreviation."""
    return re.sub(r"(?<=[^\W\d])\.", "", one_line(text).casefold()).rstrip(".")
