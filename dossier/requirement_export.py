"""The requirement table of one jurisdiction as an Excel workbook: one row a requirement, lists to choose from, every column explained."""
from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dossier.errors import DossierError, ExitCode, Problem
from dossier.records import Jurisdiction
from dossier.render import xlsx_measure as measure
from dossier.render.xlsx_look import FIELD, LOOKS, RULE, SOFT, quoted
from dossier.requirement_files import RuleFile
from dossier.requirement_table import EXPLAINED, LANGUAGES, MARKET, SHEET, Column, cell_of, columns

MOST_LETTERS = 32_767  # in one cell of Excel
SPARE = 300  # empty rows with lists to choose from
TALLEST = 409.0  # points that a row of Excel can be high
SIZE = 9
LISTS = "Lists"
_INTRODUCTION = (
    "One row is one requirement. Change a cell, or add a row at the end, then run: dossier import requirements FILE.xlsx --home DIR",
    "Cells are text: dates as year-month-day, nothing is worked out, formulas are refused. A line break inside a cell is Alt+Enter.",
    "An id is never changed and never used again; a rule that has ended keeps its row, with status repealed and its last day.",
    "Rows that are left out stay as they are. What the table has no column for (symbols, prescribed words, past citations, conflicts, readings by regulation) stays too.",
)


def export(part: Jurisdiction, files: Sequence[RuleFile], sources: Sequence[str], authorities: Sequence[str], day: dt.date) -> bytes:
    """The workbook of the jurisdiction's own requirements; the same bytes for the same input.

    `sources` and `authorities` are the keys to choose from. Raises DossierError for a text longer than a cell can hold,
    and where XlsxWriter is not installed.
    """
    try:
        from xlsxwriter import Workbook
    except ImportError:
        raise DossierError(Problem("xlsx", 0, 0, "XlsxWriter is not installed.", 'Install it: pip install "dossier[xlsx]"'), ExitCode.MISSING_TOOL) from None
    known = columns(languages_of(files))
    lists = {"group": [file.group for file in files], "source": sorted(sources), "authority": sorted(authorities)}
    lists |= {column.name: list(column.choices) for column in known if column.choices}
    stream = io.BytesIO()
    with Workbook(stream, {"in_memory": True, "default_format_properties": {"font_name": "Arial", "font_size": SIZE}}) as book:
        book.set_properties({"title": f"Requirements of {part.head.id}", "author": "dossier", "created": dt.datetime.combine(day, dt.time())})
        writer = _Writer(book, known)
        writer.table([(file.group, row.record) for file in files for row in file.rows])
        writer.explanation(part)
        writer.lists({name: values for name, values in lists.items() if values})
    return stream.getvalue()


def languages_of(files: Sequence[RuleFile]) -> tuple[str, ...]:
    """The languages of the texts: English, bokmål and nynorsk, and others that the data use, sorted."""
    found = {language for file in files for row in file.rows for key in ("title", "says", "judgement", "note") for language in row.record.get(key, {})}
    return (*LANGUAGES, *sorted(found - set(LANGUAGES)))


@dataclass(slots=True)
class _Writer:
    book: Any
    known: Sequence[Column]
    page: Any = None
    end: int = 0

    def _format(self, **look: Any) -> Any:
        return self.book.add_format({"font_name": "Arial", "num_format": "@", "valign": "top", "text_wrap": True, **look})

    def table(self, rows: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """The sheet of requirements: a frozen, filtered heading, and room for new rows."""
        self.page = self.book.add_worksheet(SHEET)
        self.end = len(rows) + SPARE
        head, cell = self._format(**LOOKS["head"]), {"font_size": SIZE, "bottom": 1, "bottom_color": RULE}
        plain, fixed, marked = self._format(**cell), self._format(**cell, bold=True), self._format(**cell, quote_prefix=True)
        for number, column in enumerate(self.known):
            self.page.set_column(number, number, column.width, plain)
            self.page.write_string(0, number, column.name, head)
        for line, (group, record) in enumerate(rows, 1):
            texts = [group if column.name == "group" else _within(cell_of(column, record), record, column) for column in self.known]
            self.page.set_row(line, min(TALLEST, max(_height(text, column) for text, column in zip(texts, self.known))))
            for number, (text, column) in enumerate(zip(texts, self.known)):
                if text:
                    self.page.write_string(line, number, text, marked if quoted(text) else fixed if column.name == "id" else plain)
        self.page.set_row(0, 24)
        self.page.freeze_panes(1, 1)
        self.page.autofilter(0, 0, max(len(rows), 1), len(self.known) - 1)
        self.page.repeat_rows(0)
        self.page.set_landscape()
        self.page.set_paper(8)
        self.page.fit_to_pages(1, 0)

    def explanation(self, part: Jurisdiction) -> None:
        """The sheet that says what the workbook is and what each column is for."""
        page = self.book.add_worksheet(EXPLAINED)
        page.set_column(0, 0, 22)
        page.set_column(1, 1, 90)
        page.set_column(2, 2, 44)
        strong, text, head = self._format(bold=True), self._format(), self._format(**LOOKS["head"])
        page.write_string(0, 0, MARKET, strong)
        page.write_string(0, 1, part.head.id, self._format(bg_color=FIELD))
        for line, sentence in enumerate(_INTRODUCTION, 1):
            page.write_string(line, 1, sentence, self._format(font_color=SOFT))
        start = len(_INTRODUCTION) + 2
        for number, title in enumerate(("column", "what it is for", "what can stand there")):
            page.write_string(start, number, title, head)
        for line, column in enumerate(self.known, start + 1):
            page.write_string(line, 0, column.name, strong)
            page.write_string(line, 1, column.about, text)
            page.write_string(line, 2, ", ".join(column.choices), text)

    def lists(self, lists: Mapping[str, Sequence[str]]) -> None:
        """A hidden sheet with the choices, and the rule on each column that has them."""
        page = self.book.add_worksheet(LISTS)
        names = [column.name for column in self.known]
        for number, (name, values) in enumerate(lists.items()):
            for line, value in enumerate(values):
                page.write_string(line, number, value)
            letter = chr(ord("A") + number)
            rule = {"validate": "list", "source": f"={LISTS}!${letter}$1:${letter}${len(values)}", "error_title": "Not in the list", "error_message": f"Choose one of the list; the sheet {EXPLAINED} says what each column is for."}
            self.page.data_validation(1, names.index(name), self.end, names.index(name), rule)
        page.hide()


def _height(text: str, column: Column) -> float:
    """The height of the wrapped text in points; a column of n letters is 7n + 5 pixels wide, of which some are margin."""
    return measure.height([measure.Piece(text, SIZE, column.name == "id")], (column.width * 7 - 5) * 0.75) + 3


def _within(text: str, record: Mapping[str, Any], column: Column) -> str:
    if len(text) > MOST_LETTERS:
        raise DossierError(Problem("export", 0, 0, f"{record.get('id')}: {column.name} has {len(text)} letters; a cell of Excel holds {MOST_LETTERS}.", "Shorten the text in the YAML file."))
    return text

