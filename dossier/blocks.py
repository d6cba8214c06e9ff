"""The format-neutral document: what every renderer sees, and nothing else.

A `Document` holds blocks (heading, paragraph, list, table, contents) made of inlines (text, link, status, field).
A renderer matches over the kinds and ends in `assert_never`, so that a new kind shows up everywhere.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

FieldKind = Literal["text", "textarea", "select", "checkbox", "date"]
StatusKind = Literal["covered", "gap", "expected", "not-applicable", "undetermined", "applies", "information", "unconfirmed"]


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
    """A word with a shape that survives grey print; the shape is drawn by the renderer, not a character."""

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
    """A table. `widths` are millimetres, one a column. `head` is repeated on every page; `summary` is the alt text."""

    widths: tuple[float, ...]
    head: tuple[Cell, ...]
    rows: tuple[Row, ...]
    caption: Inlines = ()
    summary: str = ""
    style: Literal["grid", "facts", "sign"] = "grid"


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
