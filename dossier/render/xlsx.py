"""Blocks to an Excel workbook: a cover, a sheet for each list, and a hidden sheet that lets the filled file be read back."""
from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from dossier import labels, marks
from dossier.blocks import Document, Field, fields_of
from dossier.errors import DossierError, ExitCode, Problem
from dossier.issued import Identity, parse
from dossier.render.xlsx_plan import plan
from dossier.render.xlsx_shape import Sheet
from dossier.render.xlsx_sheet import Book, labels_of, margins, write


def render(document: Document, *, single_sheet: bool = False) -> bytes:
    """The document as an .xlsx file; the same bytes for the same input.

    A sheet for each chapter that holds a list; with `single_sheet`, one for all lists to fill that share their columns.
    Raises DossierError for a text longer than a cell of Excel holds, for a field name that stands twice, and where
    XlsxWriter is not installed.
    """
    try:
        from xlsxwriter import Workbook
    except ImportError:
        raise DossierError(Problem("xlsx", 0, 0, "XlsxWriter is not installed.", 'Install it: pip install "dossier[xlsx]"'), ExitCode.MISSING_TOOL) from None
    words = {**labels.WORKBOOK, **document.words}
    sheets = plan(document, words, single_sheet)
    problems = list(_twice(document))
    stream = io.BytesIO()
    with Workbook(stream, {"in_memory": True, "default_format_properties": {"font_name": "Arial", "font_size": 10}}) as book:
        _properties(book, document)
        rows, lists = _form(document, words)
        shared = Book(document, words, book, _targets(sheets), lists, problems)
        for sheet in sheets:
            write(shared, sheet)
        rows += [(marks.MARGIN, text) for text in dict.fromkeys(text for sheet in sheets for line in margins(document, words, sheet) for text in marks.margins(line))]
        hidden = book.add_worksheet(marks.FORM)
        text = shared.format({"num_format": "@", "text_wrap": False})
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                hidden.write_string(number, column, value, text)
        hidden.protect()
        hidden.very_hidden()
    if problems:
        raise DossierError(problems)
    return stream.getvalue()


def _twice(document: Document) -> Iterator[Problem]:
    names = [field.name for field in fields_of(document)]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield Problem(document.kind, 0, 0, f'the field name "{name}" is used twice.', "Each field needs its own name.")


def _targets(sheets: Sequence[Sheet]) -> dict[str, tuple[str, int]]:
    """Where links lead: sheet and row by id, the first place counting."""
    targets: dict[str, tuple[str, int]] = {}
    for sheet in sheets:
        for number, line in enumerate(sheet.lines, 1):
            for name in line.ids:
                targets.setdefault(name, (sheet.name, number))
    return targets


# --- what the file says of itself -------------------------------------------------------------------------------------


def _properties(book: Any, document: Document) -> None:
    book.set_properties(
        {
            "title": document.title,
            "subject": document.subject,
            "author": document.author,
            "keywords": "; ".join(document.keywords),
            "status": document.mark,
            "created": dt.datetime.combine(document.date, dt.time()),
        }
    )
    identity = asdict(_identity(document))
    for name in marks.PROPERTIES:
        book.set_custom_property(f"{marks.PREFIX}{name}", identity[name][:255], "text")


def _identity(document: Document) -> Identity:
    """The document's identity; product, market and data version stand in its record, whether that travels along or not."""
    try:
        return parse(document.data, document.kind).identity
    except DossierError:
        locale = "+".join(part for part in (document.locale, document.second_locale) if part)
        return Identity(document.number, document.revision, document.kind, document.date.isoformat(), locale)


def _form(document: Document, words: dict[str, str]) -> tuple[list[tuple[str, ...]], dict[tuple[str, ...], str]]:
    """The rows of the hidden sheet (lists, fields, record), and for each list the range of its choices."""
    fields = fields_of(document)
    choices: dict[tuple[tuple[str, str], ...], int] = {}
    for field in fields:
        if field.kind in ("select", "checkbox"):
            choices.setdefault(labels_of(field, words), len(choices))
    rows: list[tuple[str, ...]] = []
    ranges: dict[tuple[str, ...], str] = {}
    for options, number in choices.items():
        ranges[tuple(label for _, label in options)] = f"='{marks.FORM}'!$D${len(rows) + 1}:$D${len(rows) + len(options)}"
        rows += [(marks.LIST, str(number), code, label) for code, label in options]
    rows += [(marks.FIELD, field.name, field.kind, _number(field, choices, words)) for field in fields]
    record = document.record.decode("utf-8")
    rows += [(marks.RECORD, record[start : start + marks.CHUNK]) for start in range(0, len(record), marks.CHUNK)]
    return rows, ranges


def _number(field: Field, choices: dict[tuple[tuple[str, str], ...], int], words: dict[str, str]) -> str:
    return str(choices[labels_of(field, words)]) if field.kind in ("select", "checkbox") else ""
