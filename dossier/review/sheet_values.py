"""What a cell of a workbook says as the answer to a field: the code of a choice, a day, or text letter for letter."""
from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from dossier import marks
from dossier.blocks import one_line
from dossier.review.cells import Cell, Page

_WIDTHS = {marks.LIST: 4, marks.FIELD: 4, marks.RECORD: 2, marks.MARGIN: 2}  # how many columns a row of the hidden sheet has
_TICKS = ("x", "✓", "✔", "☑", "☒", "true", "1")
_FORMULA = "{field} holds a formula, which is not worked out: “{text}” ({place}). It is not taken; the answer has to be typed."
_ERROR = "{field} holds an error of the spreadsheet, “{text}” ({place}). It is not taken."
_NUMBER = "{field} holds a number instead of text; it was read as “{text}” ({place})."


@dataclass(frozen=True, slots=True)
class Blank:
    """A field as the hidden sheet defines it: its kind, and its choices as (code, label)."""

    name: str
    kind: str
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """The hidden sheet: the fields by name, and the record; empty where it was left out.

    `margins` are the words of headers and footers as issued, none where the workbook is from before they were kept. `beside` is
    what someone else wrote on the sheet.
    """

    fields: Mapping[str, Blank]
    record: str
    margins: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Value:
    """What a cell says. `message` is the finding to tell, with `text` quoted; `taken` is False where the cell is no answer."""

    text: str
    message: str = ""
    taken: bool = True
    note: bool = False


def form_of(page: Page) -> Form | None:
    """The form on the page; None where it is another page."""
    every = [{column: cell.text for column, cell in page.rows[row].items()} for row in sorted(page.rows)]
    rows = [row for row in every if row.get(1) in _WIDTHS]
    if not any(row[1] == marks.FIELD for row in rows):
        return None
    beside = [text for row in every for column, text in row.items() if column > _WIDTHS.get(row.get(1, ""), 0)]
    lists: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        if row[1] == marks.LIST:
            lists.setdefault(row.get(2, ""), []).append((row.get(3, ""), row.get(4, "")))
    blanks = (Blank(row.get(2, ""), row.get(3, ""), tuple(lists.get(row.get(4, ""), ()))) for row in rows if row[1] == marks.FIELD)
    margins = tuple(row.get(2, "") for row in rows if row[1] == marks.MARGIN)
    return Form({blank.name: blank for blank in blanks}, "".join(row.get(2, "") for row in rows if row[1] == marks.RECORD), margins, tuple(beside))


def value_of(cell: Cell | None, blank: Blank, locale: str, since_1904: bool = False) -> Value:
    """The answer in the cell. A number in a text field is read as the reviewer sees it: in full, with the decimal sign of `locale`."""
    if cell is None:
        return Value("")
    if cell.kind == "formula":
        return Value(cell.text, _FORMULA, taken=False)
    if cell.kind == "error":
        return Value(cell.text, _ERROR, taken=False)
    match blank.kind:
        case "date":
            return Value(_day(cell, since_1904))
        case "checkbox":
            return Value(_check(cell, blank))
        case "select":
            return Value(_choice(shown(cell, locale, since_1904), blank))
        case _ if cell.kind == "text":
            return Value(cell.text)
        case _:
            return Value(shown(cell, locale, since_1904), _NUMBER, note=True)


def shown(cell: Cell, locale: str, since_1904: bool = False) -> str:
    """The cell's words as the reviewer sees them.

    >>> from dossier.review.spreadsheetml import Look
    >>> shown(Cell("1.5", "number"), "nb"), shown(Cell("17.1", "number", Look(decimals=2)), "nb"), shown(Cell("0.25", "number", Look("percent")), "en")
    ('1,5', '17,10', '25%')
    """
    match cell.kind:
        case "boolean":
            return "TRUE" if cell.text in ("1", "true") else "FALSE"
        case "number" if cell.look.kind in ("date", "moment", "time", "span"):
            return _time(cell, since_1904)
        case "number":
            return _number(cell, locale)
        case _:
            return cell.text


def _number(cell: Cell, locale: str) -> str:
    """The number in full; Excel keeps 15 digits, so that 0.1 + 0.2 is shown as 0.3."""
    try:
        number = Decimal(f"{float(cell.text):.15g}")
    except (InvalidOperation, ValueError):
        return cell.text
    percent = cell.look.kind == "percent"
    whole, _, rest = f"{number * 100 if percent else number:f}".partition(".")
    rest = rest.rstrip("0").ljust(cell.look.decimals, "0")
    comma = locale.partition("+")[0] != "en"
    return whole + (("," if comma else ".") + rest if rest else "") + ((" %" if comma else "%") if percent else "")


def _time(cell: Cell, since_1904: bool) -> str:
    """The day, the time of day, both, or a span of hours, as the cell shows them: 2026-03-05 14:30, 14:30, 36:15."""
    seconds = round(Decimal(cell.text) * 86_400)
    day, rest = divmod(seconds, 86_400)
    if cell.look.kind == "span" and seconds >= 0:
        return _clock(seconds)
    if cell.look.kind == "time" and seconds >= 0:
        return _clock(rest)
    if cell.look.kind == "moment" and rest:
        return f"{_day(Cell(str(day), 'number'), since_1904)} {_clock(rest)}"
    return _day(cell, since_1904)


def _clock(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    return f"{hours:02}:{rest // 60:02}" + (f":{rest % 60:02}" if rest % 60 else "")


def _day(cell: Cell, since_1904: bool) -> str:
    """The day as year-month-day where the cell holds one; else what it says."""
    if cell.kind == "number":
        days = float(cell.text) + (1462 if since_1904 else 0)
        if not 1 <= days < 2_958_466:
            return cell.text
        return (dt.date(1899, 12, 30 if days >= 60 else 31) + dt.timedelta(int(days))).isoformat()
    text = one_line(cell.text)
    found = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ][\d:.]+Z?)?", text)
    year, month, day = found.groups() if found else ("", "", "")
    if not found and (found := re.fullmatch(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\.?", text)):
        day, month, year = found.groups()
    try:
        return dt.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return cell.text


def _check(cell: Cell, blank: Blank) -> str:
    """"yes" or empty where the cell says so in any way; else what it says."""
    if cell.kind == "boolean":
        return "yes" if cell.text in ("1", "true") else ""
    return "yes" if one_line(cell.text).casefold() in _TICKS else _choice(cell.text, blank)


def _choice(text: str, blank: Blank) -> str:
    """The code of the choice, told by its label or its code; else the text itself."""
    said = one_line(text).casefold()
    for code, label in blank.choices:
        if said in (one_line(label).casefold(), code.casefold()):
            return code
    halves = [code for code, label in blank.choices if said in [one_line(half).casefold() for half in label.split(" / ")]]
    return halves[0] if len(halves) == 1 else text
