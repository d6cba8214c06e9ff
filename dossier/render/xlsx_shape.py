"""The shapes of a workbook's plan: sheets, lines and boxes, and running text laid out as lines."""
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, assert_never

from dossier import marks
from dossier.blocks import Block, Break, Bullets, Contents, Field, Heading, Inlines, Paragraph, Table, Text, one_line, plain

Role = Literal["title", "lead", "chapter", "section", "text", "note", "warning", "small", "strong", "head", "row-head", "label", "cell", "field", "link"]
SIGN_HEIGHT = 31.0  # 11 mm to write in by hand
_PARAGRAPHS: dict[str, Role] = {"": "text", "lead": "lead", "note": "note", "warning": "warning", "small": "small", "address": "text", "signature": "text"}
_RESERVED = ("history", marks.FORM)


@dataclass(frozen=True, slots=True)
class Box:
    """One cell: fixed words, or one field alone. With a span above 1 the cells beside it are merged into it."""

    column: int
    inlines: Inlines
    role: Role
    span: int = 1

    @property
    def field(self) -> Field | None:
        """The field of the cell, where it is one to fill."""
        return self.inlines[0] if self.role == "field" and isinstance(self.inlines[0], Field) else None


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a sheet. `ids` are what links may lead to; `least` is its least height in points."""

    boxes: tuple[Box, ...]
    ids: tuple[str, ...] = ()
    least: float = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. `head` is the index of the line with the column heads, and the list ends before `end`; -1 where there is none."""

    name: str
    title: str
    keys: tuple[str, ...]
    widths: tuple[float, ...]
    lines: tuple[Line, ...]
    head: int = -1
    end: int = -1


# --- running text -----------------------------------------------------------------------------------------------------


def spread(text: str, role: Role, count: int, ids: tuple[str, ...] = ()) -> Line:
    """A line of words over all `count` columns."""
    return Line((Box(0, (Text(text),), role, count),), ids)


def flow(block: Block, count: int, prefix: Inlines = ()) -> list[Line]:
    """The lines of a block among running text, on a sheet of `count` columns."""
    match block:
        case Heading(level, inlines, name):
            return [Line((Box(0, inlines, "chapter" if level == 1 else "section", count),), (name,))]
        case Paragraph(inlines, style, _):
            return _running((*prefix, *inlines), _PARAGRAPHS[style], count)
        case Bullets(items):
            return [line for item in items for line in _running((*prefix, Text("• "), *item), "text", count)]
        case Table():
            return _small_table(block, count)
        case Contents():
            return []
        case _:
            assert_never(block)


def _running(inlines: Inlines, role: Role, count: int) -> list[Line]:
    words = words_in(inlines)
    lines = [Line((Box(0, words, role, count),))] if plain(words).strip() else []
    return lines + [Line((Box(0, (Text(each.title),), "label"), Box(min(1, count - 1), (each,), "field"))) for each in fields_in(inlines)]


def _small_table(table: Table, count: int) -> list[Line]:
    """A table among running text: its last column takes the room that is left; a field never stands in merged cells."""
    spans = [1] * (len(table.widths) - 1) + [count - len(table.widths) + 1]
    lines = [spread(title_of(table.caption), "strong", count)] if table.caption else []
    if table.head:
        lines.append(Line(tuple(Box(column, cell.inlines, "head", spans[column]) for column, cell in enumerate(table.head))))
    for row in table.rows:
        boxes = []
        for column, cell in enumerate(row.cells):
            fields = fields_in(cell.inlines)
            role: Role = "field" if fields else ("label" if table.style == "facts" else "row-head") if cell.header else "cell"
            boxes.append(Box(column, fields or words_in(cell.inlines), role, 1 if fields else spans[column]))
        lines.append(Line(tuple(boxes), (row.id,) if row.id else (), SIGN_HEIGHT if table.style == "sign" else 0))
    return lines


# --- words ------------------------------------------------------------------------------------------------------------


def fields_in(inlines: Inlines) -> tuple[Field, ...]:
    """The fields among the inlines."""
    return tuple(inline for inline in inlines if isinstance(inline, Field))


def words_in(inlines: Inlines) -> Inlines:
    """The inlines without fields, and without the line breaks that only parted these."""
    words = [inline for inline in inlines if not isinstance(inline, Field)]
    while len(words) < len(inlines) and words and (isinstance(words[-1], Break) or not plain((words[-1],)).strip()):
        words.pop()
    return tuple(words)


def title_of(inlines: Inlines) -> str:
    """The inlines as a title on one line."""
    return one_line(plain(inlines))


class Names:
    """Names for sheets: at most 31 characters, none that Excel refuses, each once whatever the case."""

    def __init__(self) -> None:
        self.taken = {name.casefold() for name in _RESERVED}

    def make(self, title: str) -> str:
        """A name as near to the title as Excel allows.

        >>> names = Names()
        >>> names.make("Gaps / Mangler"), names.make("Gaps / Mangler"), names.make("What [is] 'it'?")
        ('Gaps – Mangler', 'Gaps – Mangler (2)', 'What is it')
        """
        base = one_line(re.sub(r"[\[\]:*?\\/']", lambda found: " – " if found[0] in "/\\" else "", "".join(char for char in title if char.isprintable()))) or "–"
        name, number = _cut(base, 31), 1
        while name.casefold() in self.taken:
            number += 1
            name = f"{_cut(base, 31 - len(f' ({number})'))} ({number})"
        self.taken.add(name.casefold())
        return name


def _cut(text: str, most: int) -> str:
    """The text in at most so many characters as Excel counts them; what is left out shows as three dots."""
    if marks.length(text) <= most:
        return text
    while marks.length(text) >= most:
        text = text[:-1]
    return f"{text.rstrip()}…"
