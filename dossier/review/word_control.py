"""What one content control of Word answers: its kind told from its own properties, its value from what it shows."""
from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from dossier.blocks import Field
from dossier.i18n import short_day
from dossier.review.reading import Finding
from dossier.review.word_body import content_of
from dossier.review.word_text import W14, W, is_tracked, text_of
from dossier.review.written import day

TICKED = frozenset("\u2611\u2612\u2713\u2714xX\u00fe")


@dataclass(frozen=True, slots=True)
class Read:
    """A control's value, and what is to be said about it."""

    value: str
    findings: tuple[Finding, ...] = ()


def read(tag: str, control: Any, field: Field | None, row: str, locale: str) -> Read:
    """The answer in `control`; `field` is the field as issued, where it is known."""
    properties = control.find(f"{W}sdtPr")
    text = text_of(content_of(control)) if content_of(control) is not None else ""
    found: list[Finding] = []
    value = _value(tag, properties, control, text, field, row, locale, found)
    if is_tracked(control):
        found.insert(0, Finding("{field} holds tracked changes that were not accepted; it was read as if they were: “{text}”.", {"field": _name(tag, field), "text": text}, row, tag))
    return Read(value, tuple(found))


def _name(tag: str, field: Field | None) -> str:
    return field.title if field is not None and field.title else tag


def _value(tag: str, properties: Any, control: Any, text: str, field: Field | None, row: str, locale: str, found: list[Finding]) -> str:
    box = next(properties.iter(f"{W14}checkbox"), None)
    box = box if box is not None else next(control.iter(f"{W14}checkbox"), None)  # LibreOffice 7.4 nests it
    if box is not None or (field is not None and field.kind == "checkbox"):
        return _box(tag, box, text, field, row, found)
    if _waiting(tag, properties, text, field, row, found):
        return ""
    items = [item for kind in ("dropDownList", "comboBox") for lists in properties.iter(f"{W}{kind}") for item in lists.iter(f"{W}listItem")]
    if items or (field is not None and field.kind == "select"):
        return choice(text, {item.get(f"{W}displayText") or item.get(f"{W}value", ""): item.get(f"{W}value", "") for item in items}, field)
    date = properties.find(f"{W}date")
    if date is not None or (field is not None and field.kind == "date"):
        return _date(tag, date, text, field, row, locale, found)
    return text


def _waiting(tag: str, properties: Any, text: str, field: Field | None, row: str, found: list[Finding]) -> bool:
    """Whether the control shows nothing but its placeholder. A flag alone is not believed where other words stand there."""
    if not text:
        return True
    flagged = properties.find(f"{W}showingPlcHdr") is not None
    placeholder = field.placeholder if field is not None else None
    if flagged:
        return placeholder is None or text == placeholder
    if placeholder and text == placeholder:
        found.append(Finding("{field} holds only its placeholder, “{text}”; it is taken as empty.", {"field": _name(tag, field), "text": text}, row, tag, "note"))
        return True
    return False


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
    checked = box.find(f"{W14}checked") if box is not None else None
    ticked = checked is not None and checked.get(f"{W14}val", "1") in ("1", "true", "on")
    looks = bool(text) and text.strip()[:1] in TICKED
    if box is None:
        return "yes" if looks else ""
    extra = text.strip().strip("\u2610\u2611\u2612")
    if extra:
        found.append(Finding("{field} is a check box in which text was typed; it is not taken: “{text}”.", {"field": _name(tag, field), "text": extra}, row, tag))
    elif text.strip() and looks != ticked:
        found.append(Finding("{field} shows another mark than it holds; what it holds is taken.", {"field": _name(tag, field)}, row, tag))
    return "yes" if ticked else ""


def _date(tag: str, date: Any, text: str, field: Field | None, row: str, locale: str, found: list[Finding]) -> str:
    """The day: as chosen, where what is shown says the same; else as it is written."""
    chosen = (date.get(f"{W}fullDate", "") if date is not None else "")[:10]
    try:
        picked = dt.date.fromisoformat(chosen) if chosen else None
    except ValueError:
        picked = None
    written = day(text.strip(), locale)
    if picked is not None and (written == picked.isoformat() or text.strip() == short_day(picked, locale)):
        return picked.isoformat()
    if picked is not None and written == text.strip():  # shown in a way of its own; nothing tells against the chosen day
        return picked.isoformat() if not any(letter.isdigit() for letter in text) or str(picked.year) in text else text
    if picked is not None:
        found.append(Finding("{field} shows “{text}” but holds {day}; what it shows is taken.", {"field": _name(tag, field), "text": text, "day": picked.isoformat()}, row, tag))
    return written
