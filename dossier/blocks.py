"""The format-neutral document: what every renderer sees, and nothing else.

A `Document` holds blocks (heading, paragraph, list, table, contents) made of inlines (text, link, status, field).
A renderer matches over the kinds and ends in `assert_never`, so that a new kind shows up everywhere.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, assert_never

FieldKind = Literal["text", "textarea", "select", "checkbox", "date"]
StatusKind = Literal["covered", "gap", "expected", "not-applicable", "undetermined", "applies", "information", "unconfirmed", "heat-1", "heat-2", "heat-3", "heat-4"]


@dataclass(frozen=True, slots=True)
class Text:
    """Words. `lang` (BCP 47) is empty where they are in the document's own language."""

    text: str
    style: Literal["", "strong", "em", "small", "code"] = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Break:
    """A new line inside a paragraph or cell."""


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to `href`: "#id" inside the document, else an address or a relative file path."""

    href: str
    text: str
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """A word with a shape that survives grey print; the shape is drawn by the renderer, not a character.

    Heat is a number on one of four tints of one colour, light to dark; the number itself says how much.
    """

    kind: StatusKind
    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """A place for the reviewer to fill. `name` is how the answer is found again; at most 64 characters."""

    name: str
    kind: FieldKind
    title: str
    placeholder: str = ""
    value: str = ""
    options: tuple[tuple[str, str], ...] = ()


Inline = Text | Break | Link | Status | Field
Inlines = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 3; the document's title is not a block. `id` is what links and bookmarks name."""

    level: int
    inlines: Inlines
    id: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text. `style` is a role, not a look."""

    inlines: Inlines
    style: Literal["", "lead", "note", "warning", "small", "address", "signature"] = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    """An unordered list."""

    items: tuple[Inlines, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; `header` marks a row's heading cell."""

    inlines: Inlines
    header: bool = False
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `id` is the requirement id where the row stands for one."""

    cells: tuple[Cell, ...]
    id: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `widths` are millimetres, one a column. `head` is repeated on every page; `summary` is the alt text.

    A matrix has many narrow columns of a word or sign each, centred and tightly set.
    """

    widths: tuple[float, ...]
    head: tuple[Cell, ...]
    rows: tuple[Row, ...]
    caption: Inlines = ()
    summary: str = ""
    style: Literal["grid", "facts", "sign", "matrix"] = "grid"


@dataclass(frozen=True, slots=True)
class Contents:
    """The table of contents, made by the renderer from the headings of level 1."""

    title: str


Block = Heading | Paragraph | Bullets | Table | Contents


@dataclass(frozen=True, slots=True)
class Document:
    """One document in one language, ready to render.

    `words` holds the few running words a renderer needs (keys: page, of, revision, table).
    `data` is the document's own content as canonical JSON; `with_record` says whether it travels inside Word and PDF files.
    """

    kind: str
    title: str
    number: str
    revision: str
    date: dt.date
    locale: str
    orientation: Literal["landscape", "portrait"]
    mark: str
    product: str
    author: str
    subject: str
    keywords: tuple[str, ...]
    words: dict[str, str]
    blocks: tuple[Block, ...]
    second_locale: str = ""
    data: bytes = field(default=b"", repr=False)
    with_record: bool = True

    @property
    def record(self) -> bytes:
        """What a Word or PDF file carries inside; empty where it is left out."""
        return self.data if self.with_record else b""


def inlines_of(block: Block) -> Iterator[Inline]:
    """Every inline of the block, in reading order."""
    match block:
        case Heading(_, inlines, _) | Paragraph(inlines, _, _):
            yield from inlines
        case Bullets(items):
            for item in items:
                yield from item
        case Table():
            yield from block.caption
            for cell in block.head:
                yield from cell.inlines
            for row in block.rows:
                for cell in row.cells:
                    yield from cell.inlines
        case Contents():
            return


def fields_of(document: Document) -> tuple[Field, ...]:
    """All fields of the document, in reading order."""
    return tuple(inline for block in document.blocks for inline in inlines_of(block) if isinstance(inline, Field))


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph or cell as a reader meets it: its words, and in a table its row and column.

    `row` is what the row's first cell says, in one line: the one name of a row that stands on the page, and so
    survives every program. `fields` are the names of the fields in it; their answers are not among the words.
    """

    text: str
    row: str = ""
    column: int = 0
    fields: tuple[str, ...] = ()


def lines(document: Document) -> tuple[Line, ...]:
    """The document's words as they are issued, in reading order: what a reviewed file is compared with."""
    found = [Line(document.title)]
    chapters = tuple(Line(one_line(plain(block.inlines))) for block in document.blocks if isinstance(block, Heading) and block.level == 1)
    tables = 0
    for block in document.blocks:
        match block:
            case Heading(_, inlines, _) | Paragraph(inlines, _, _):
                found.append(_line(inlines))
            case Bullets(items):
                found += [_line(item) for item in items]
            case Contents(title):
                found += [Line(title), *chapters]
            case Table():
                tables += bool(block.caption)
                found += [Line(one_line(f"{document.words['table']} {tables}. {plain(block.caption)}"))] if block.caption else []
                for row in (Row(block.head), *block.rows):
                    name = _line(row.cells[0].inlines).text if row.cells else ""
                    found += [_line(cell.inlines, name, column) for column, cell in enumerate(row.cells)]
            case _:
                assert_never(block)
    return tuple(line for line in found if line.text or line.fields)


def _line(inlines: Inlines, row: str = "", column: int = 0) -> Line:
    words = tuple(inline for inline in inlines if not isinstance(inline, Field))
    return Line(one_line(plain(words)), row, column, tuple(inline.name for inline in inlines if isinstance(inline, Field)))


def one_line(text: str) -> str:
    """The text with every run of white space as one space, soft hyphens left out: how words are compared.

    >>> one_line(" a\u00a0b\\n c ")
    'a b c'
    """
    return " ".join(text.replace("\u00ad", "").split())


def filled(blocks: Sequence[Block], answers: Mapping[str, str]) -> tuple[Block, ...]:
    """The blocks with the answers in their fields, by field name."""
    return tuple(_filled(block, answers) for block in blocks)


def respelled(blocks: Sequence[Block], spell: Callable[[str], str]) -> tuple[Block, ...]:
    """The blocks with every text, link and status word put through `spell`; fields stay as they are."""
    def inside(inlines: Inlines) -> Inlines:
        return tuple(replace(inline, text=spell(inline.text)) if isinstance(inline, Text | Link | Status) else inline for inline in inlines)

    def each(block: Block) -> Block:
        match block:
            case Heading() | Paragraph():
                return replace(block, inlines=inside(block.inlines))
            case Bullets(items):
                return replace(block, items=tuple(inside(item) for item in items))
            case Table():
                rows = tuple(replace(row, cells=tuple(replace(cell, inlines=inside(cell.inlines)) for cell in row.cells)) for row in block.rows)
                return replace(block, caption=inside(block.caption), rows=rows)
            case Contents():
                return block
            case _:
                assert_never(block)

    return tuple(each(block) for block in blocks)


def words(document: Document) -> str:
    """Everything that the document prints, answers in fields included: what fonts have to draw."""
    texts = [document.title, document.product, document.author, document.number, document.revision, document.mark, *document.words.values()]
    for block in document.blocks:
        inlines = tuple(inlines_of(block))
        texts += [plain(inlines), *(text for field in inlines if isinstance(field, Field) for text in (field.value, field.title, field.placeholder, *(label for _, label in field.options)))]
    return "\n".join(texts)


def _filled(block: Block, answers: Mapping[str, str]) -> Block:
    def inside(inlines: Inlines) -> Inlines:
        if not any(isinstance(inline, Field) and inline.name in answers for inline in inlines):
            return inlines
        return tuple(replace(inline, value=answers[inline.name]) if isinstance(inline, Field) and inline.name in answers else inline for inline in inlines)

    match block:
        case Heading() | Paragraph():
            return replace(block, inlines=inside(block.inlines))
        case Bullets(items):
            return replace(block, items=tuple(inside(item) for item in items))
        case Table():
            rows = tuple(replace(row, cells=tuple(replace(cell, inlines=inside(cell.inlines)) for cell in row.cells)) for row in block.rows)
            return replace(block, rows=rows)
        case Contents():
            return block
        case _:
            assert_never(block)


def plain(inlines: Inlines) -> str:
    """The words of the inlines as one text; a field shows as its name in braces."""
    words = []
    for inline in inlines:
        match inline:
            case Text(text) | Link(_, text) | Status(_, text):
                words.append(text)
            case Break():
                words.append("\n")
            case Field(name):
                words.append(f"{{{name}}}")
    return "".join(words)
