"""One sheet of a plan, written with XlsxWriter: cells typed as text, fields to fill, links, protection and print set-up."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, assert_never

from dossier import marks
from dossier.blocks import Break, Document, Field, Inline, Link, Status, Text, plain
from dossier.errors import Problem
from dossier.i18n import short_day
from dossier.render import xlsx_measure as measure
from dossier.render.html import is_safe
from dossier.render.wordml import address
from dossier.render.xlsx_look import ABOVE, LEAST, LINKED, LOOKS, WORDS, fill, quoted, status
from dossier.render.xlsx_shape import Box, Sheet

MOST_LINKS = 65_000
MOST_ADDRESS = 2_000
TALLEST = 409.0
_WIDEST = 180.0
_PADDING = 9.0
_ARROW = 16.0


@dataclass(slots=True)
class Book:
    """What the sheets of one workbook share. `targets` says where links lead; `lists` where the choices of a list stand."""

    document: Document
    words: Mapping[str, str]
    book: Any
    targets: Mapping[str, tuple[str, int]]
    lists: Mapping[tuple[str, ...], str]
    problems: list[Problem]
    formats: dict[tuple[tuple[str, Any], ...], Any] = field(default_factory=dict)

    def format(self, look: Mapping[str, Any]) -> Any:
        """The format with this look, made once."""
        made = {"font_name": "Arial", "valign": "top", "text_wrap": True, **look}
        key = tuple(sorted(made.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(made)
        return self.formats[key]


def labels_of(field: Field, words: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The choices of a list or check box as (code, what the cell shows)."""
    return (("yes", words["yes"]), ("", words["no"])) if field.kind == "checkbox" else field.options


def write(book: Book, sheet: Sheet) -> None:
    """Adds the sheet to the workbook; problems go to the book."""
    _Writer(book, sheet, book.book.add_worksheet(sheet.name)).write()


class _Writer:
    def __init__(self, book: Book, sheet: Sheet, page: Any) -> None:
        self.book = book
        self.sheet = sheet
        self.page = page
        self.widths = _widened(sheet, self._pieces)
        self.choices: dict[tuple[int, tuple[str, ...]], list[int]] = {}
        self.days: dict[int, list[int]] = {}
        self.links = 0

    def write(self) -> None:
        self._frame()
        for number, line in enumerate(self.sheet.lines, 1):
            height = max([15.0, line.least, *(self._height(box) + ABOVE.get(box.role, 0) for box in line.boxes)])
            self.page.set_row(number, round(min(TALLEST, height) * 4 / 3) * 0.75)
            for box in line.boxes:
                self._box(number, box)
            fixed = {self.sheet.keys[box.column]: plain(box.inlines) for box in line.boxes if box.field is None}
            fields = [(self.sheet.keys[box.column], box.field.name) for box in line.boxes if box.field is not None]
            self.page.write_string(number, 0, marks.mark(fixed, fields), self.book.format({"num_format": "@"}))
        self._validate()

    # --- the sheet as a whole -----------------------------------------------------------------------------------------

    def _frame(self) -> None:
        page, document, words = self.page, self.book.document, self.book.words
        hidden = {"hidden": True}
        page.set_column(0, 0, 10, None, hidden)
        page.set_row(0, 15, None, hidden)
        for column, name in enumerate([marks.KEYS, *self.sheet.keys]):
            page.write_string(0, column, name, self.book.format({"num_format": "@"}))
        for column, width in enumerate(self.widths, 1):
            page.set_column_pixels(column, column, round(width * 96 / 25.4))
        page.hide_gridlines(2)
        if self.sheet.head >= 0:
            page.freeze_panes(self.sheet.head + 2, 2)
            page.autofilter(self.sheet.head + 1, 0, self.sheet.end, len(self.widths))
            page.repeat_rows(self.sheet.head + 1)
        page.protect("", {"objects": True, "scenarios": True, "format_columns": True, "format_rows": True, "sort": True, "autofilter": True})
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.55, right=0.55, top=0.8, bottom=0.75)
        header, footer = margins(document, words, self.sheet)
        page.set_header(header)
        page.set_footer(footer)

    def _validate(self) -> None:
        words = self.book.words
        for (column, labels), rows in self.choices.items():
            rule: dict[str, Any] = {"validate": "list", "source": self.book.lists[labels], "error_title": words["choose"][:32], "error_message": words["choose-why"][:255]}
            for first, last in _runs(rows):
                self.page.data_validation(first, column, last, column, rule)
        example = words["day-why"].replace("{day}", short_day(self.book.document.date, self.book.document.locale))
        for column, rows in self.days.items():
            rule = {"validate": "date", "criteria": ">=", "value": dt.date(1900, 3, 1), "error_title": words["day"][:32], "error_message": example[:255]}
            for first, last in _runs(rows):
                self.page.data_validation(first, column, last, column, rule)

    # --- one cell -----------------------------------------------------------------------------------------------------

    def _box(self, row: int, box: Box) -> None:
        column = box.column + 1
        if box.field is not None:
            self._field(row, column, box.field)
            return
        pieces = self._pieces(box)
        text = "".join(words for words, _ in pieces)
        look: dict[str, Any] = {**LOOKS[box.role], "num_format": "@", **fill(box), **quoted(text)}
        if len(pieces) == 1:
            look |= pieces[0][1]
        shape = self.book.format(look)
        if box.span > 1 and box.role != "title":
            self.page.merge_range(row, column, row, column + box.span - 1, "", shape)
        self._link(row, column, box)
        if marks.length(text) > marks.MOST_CHARACTERS:
            self._problem(f"a cell on the sheet “{self.sheet.name}” has {marks.length(text)} characters; a cell of Excel holds {marks.MOST_CHARACTERS}.", "Choose another format for this document, or shorten the text.")
        elif len(pieces) > 1:
            parts = [part for words, own in pieces for part in (self.book.format({**LOOKS[box.role], **own}), words)]
            self.page.write_rich_string(row, column, *parts, shape)
        elif text:
            self.page.write_string(row, column, text, shape)
        else:
            self.page.write_blank(row, column, None, shape)

    def _field(self, row: int, column: int, field: Field) -> None:
        look: dict[str, Any] = {**LOOKS["field"], "num_format": "@"}
        value = field.value
        match field.kind:
            case "select" | "checkbox":
                choices = labels_of(field, self.book.words)
                self.choices.setdefault((column, tuple(label for _, label in choices)), []).append(row)
                value = dict(choices).get(value, value) if value else ""
            case "date":
                self.days.setdefault(column, []).append(row)
                look["num_format"] = "yyyy-mm-dd" if self.book.document.locale == "en" else "dd.mm.yyyy"
                day = _day(value)
                if day is not None:
                    self.page.write_datetime(row, column, day, self.book.format({**look, "align": "left"}))
                    return
                look["align"] = "left"
            case "text" | "textarea":
                pass
            case _:
                assert_never(field.kind)
        if marks.length(value) > marks.MOST_CHARACTERS:
            self._problem(f"the answer in “{field.name}” has {marks.length(value)} characters; a cell of Excel holds {marks.MOST_CHARACTERS}.", "Choose another format for this document, or shorten the answer.")
        elif value:
            self.page.write_string(row, column, value, self.book.format({**look, **quoted(value)}))
        else:
            self.page.write_blank(row, column, None, self.book.format(look))

    def _link(self, row: int, column: int, box: Box) -> None:
        """The link of a cell that is nothing but a link. LibreOffice makes one line of a cell with a link."""
        from xlsxwriter.url import Url

        link = box.inlines[0] if len(box.inlines) == 1 else None
        if not isinstance(link, Link) or not self._leads(link.href) or self.links >= MOST_LINKS:
            return
        if link.href.startswith("#"):
            name, line = self.book.targets[link.href[1:]]
            self.page.write_url(row, column, Url(f"internal:'{name}'!B{line + 1}"))
        else:
            self.page.write_url(row, column, _outside(address(link.href)))
        self.links += 1  # the words are written over it

    def _leads(self, href: str) -> bool:
        if href.startswith("#"):
            return href[1:] in self.book.targets
        return bool(href) and is_safe(href) and marks.length(address(href)) <= MOST_ADDRESS

    # --- words --------------------------------------------------------------------------------------------------------

    def _pieces(self, box: Box) -> list[tuple[str, dict[str, Any]]]:
        """The words of a box with what sets them off, neighbours of one look joined."""
        pieces: list[tuple[str, dict[str, Any]]] = []
        for text, look in (self._piece(inline, box) for inline in box.inlines):
            if text and pieces and (pieces[-1][1] == look or not text.strip()):
                pieces[-1] = (pieces[-1][0] + text, pieces[-1][1])
            elif text:
                pieces.append((text, look))
        return pieces

    def _piece(self, inline: Inline, box: Box) -> tuple[str, dict[str, Any]]:
        match inline:
            case Text(text, style, _):
                return text, WORDS[style]
            case Status(kind, text):
                return text, status(kind)
            case Break():
                return "\n", {}
            case Link(href, text, _):
                return text, LINKED if len(box.inlines) == 1 and self._leads(href) else {}
            case Field():
                return self._shown(inline), {}
            case _:
                assert_never(inline)

    def _shown(self, field: Field) -> str:
        return dict(labels_of(field, self.book.words)).get(field.value, field.value) if field.value else ""

    def _height(self, box: Box) -> float:
        return max(LEAST.get(box.role, 0), _height(box, self._pieces(box), self.widths))

    def _problem(self, message: str, hint: str) -> None:
        self.book.problems.append(Problem(self.book.document.kind, 0, 0, message, hint))


def _height(box: Box, pieces: Sequence[tuple[str, dict[str, Any]]], widths: Sequence[float]) -> float:
    """The height in points that the words need in columns of these widths."""
    room = sum(widths[box.column : box.column + box.span]) * measure.POINTS_PER_MM - _PADDING
    look = LOOKS[box.role]
    if not look.get("text_wrap", True):
        return float(look["font_size"]) * 1.4
    if box.role == "head" and room > 3 * _ARROW:
        room -= _ARROW
    sized = [measure.Piece(text, {**look, **own}["font_size"], bool({**look, **own}.get("bold")), "font_name" in own) for text, own in pieces]
    return measure.height(sized, room) + 5 if sized else 0.0


def _widened(sheet: Sheet, pieces: Any) -> list[float]:
    """The widths of the columns, wider where a row would be taller than Excel's rows can be."""
    widths = list(sheet.widths)
    for line in sheet.lines:
        for box in line.boxes:
            words = pieces(box)
            while sum(map(len, (text for text, _ in words))) > 400 and box.span == 1 and widths[box.column] < _WIDEST and _height(box, words, widths) > TALLEST:
                widths[box.column] = min(_WIDEST, widths[box.column] * 1.1)
    return widths


def _outside(target: str) -> Any:
    """A link out of the workbook. A relative path keeps its forward slashes, which every program follows."""
    from xlsxwriter.url import Url

    if target.lower().startswith("mailto:") or "://" in target:
        return Url(target)
    url = Url(f"external:{target}")
    url._relationship_link = url._relationship_link.replace("\\", "/")
    return url


def _day(text: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year >= 1901 else None


def _runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Neighbouring rows as (first, last)."""
    start = previous = rows[0]
    for row in rows[1:]:
        if row != previous + 1:
            yield start, previous
            start = row
        previous = row
    yield start, previous


def margins(document: Document, words: Mapping[str, str], sheet: Sheet) -> tuple[str, str]:
    """Header and footer of the sheet when it is printed, as Excel codes them."""
    header = _running(f"{document.number}, {words['revision']} {document.revision}", document.title, document.mark, "")
    return header, _running(document.product, sheet.title, f"{words['page']} ", f"&P {_plain(words['of'])} &N")


def _running(left: str, centre: str, right: str, fields: str) -> str:
    """A header or footer, cut where it would be longer than Excel takes."""
    room = 240 - len(fields)
    return f"&L&8{' ' if left[:1].isdigit() else ''}{_plain(left)[: room // 3]}&C&8 {_plain(centre)[: room // 3]}&R&8 {_plain(right)[: room // 3]}{fields}"


def _plain(text: str) -> str:
    return text.replace("&", "&&")
