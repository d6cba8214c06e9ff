"""The checklist as a Word file: by dossier, and with python-docx, once in the way of its documentation and once at its best.

All make the same: text, styles, column widths, links, bookmarks, contents, and fields as content controls. python-docx
starts from a file in which styles, page set-up, header, footer and title are in place; XML that it has no words for
comes ready-made from `wordml`. `same` reads a file back, so that unequal work is noticed.
"""
from __future__ import annotations

import functools
import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from dossier.blocks import Block, Break, Cell, Contents, Document, Field, Heading, Inline, Inlines, Link, Paragraph, Row, Status, Table, Text, plain
from dossier.render import docx as direct_writer
from dossier.render import wordml as w
from tests.bench import content

CellAt = Callable[[int, int], Any]


def prepare(seed: int) -> Document:
    """The work: a checklist with words of its own, and python-docx's starting file made ready."""
    _start()
    return content.checklist(seed=seed)


def direct(document: Document) -> bytes:
    """As dossier does it."""
    return direct_writer.render(document)


def cell_by_cell(document: Document) -> bytes:
    """`table.cell(row, column)` in a loop, as python-docx's documentation shows it."""
    return _with_python_docx(document, lambda table: table.cell)


def row_by_row(document: Document) -> bytes:
    """Each row taken once, and its cells once: the fastest loop that python-docx has."""

    def cells(table: Any) -> CellAt:
        rows = [row.cells for row in table.rows]
        return lambda row, column: rows[row][column]

    return _with_python_docx(document, cells)


# --- with python-docx -------------------------------------------------------------------------------------------------


@functools.cache
def _start() -> bytes:
    return direct_writer.render(replace(content.checklist(rows=0, chapters=0), blocks=()))


def _with_python_docx(document: Document, cells: Callable[[Any], CellAt]) -> bytes:
    import docx

    word = docx.Document(io.BytesIO(_start()))
    writer = _Writer(word, document, cells)
    for block in document.blocks:
        writer.block(block)
    word.add_paragraph(style="Table Gap")
    saved = io.BytesIO()
    word.save(saved)
    return saved.getvalue()


class _Writer:
    """The blocks of the checklist into a python-docx document."""

    def __init__(self, word: Any, document: Document, cells: Callable[[Any], CellAt]) -> None:
        self.word = word
        self.document = document
        self.cells = cells
        self.bookmarks = 0
        self.controls = 0
        self.captions = 0
        self.looks: dict[str, str] = {}

    def block(self, block: Block) -> None:
        match block:
            case Heading(level, inlines, name):
                self.inlines(self.bookmarked(self.word.add_paragraph(style=f"Heading {level}"), name), inlines)
            case Paragraph(inlines, style):
                self.inlines(self.word.add_paragraph(style=style.capitalize() or "Body Text"), inlines)
            case Contents(title):
                self.contents(title)
            case Table():
                self.caption(block)
                self.table(block)

    def contents(self, title: str) -> None:
        self.word.add_paragraph(title, style="TOC Heading")
        lines = [w.link_inside(w.run(plain(block.inlines)), _bookmark(block.id)) for block in self.document.blocks if isinstance(block, Heading)]
        lines[0] = w.field_start(r'TOC \o "1-1" \h \z \n') + lines[0]
        lines[-1] += w.FIELD_END
        for line in lines:
            _append(self.word.add_paragraph(style="toc 1"), line)

    def caption(self, table: Table) -> None:
        self.captions += 1
        paragraph = self.word.add_paragraph(style="Caption")
        word = self.document.words["table"]
        paragraph.add_run(f"{word} ", style="Strong")
        _append(paragraph, w.field(rf"SEQ {word} \* ARABIC", w.run(str(self.captions), self.look("Strong"))))
        paragraph.add_run(". ", style="Strong")
        self.inlines(paragraph, table.caption)

    def table(self, table: Table) -> None:
        made = self.word.add_table(rows=1 + len(table.rows), cols=len(table.widths), style="Dossier Table")
        made.autofit = False
        cell_at = self.cells(made)
        for number, row in enumerate((Row(table.head), *table.rows)):
            for column, cell in enumerate(row.cells):
                self.cell(cell_at(number, column), cell, table.widths[column], "Table Row Head" if cell.header else "Table Text" if number else "Table Head", "" if column else row.id)
        for width, column in zip(table.widths, made.columns):
            column.width = _mm(width)
        for number, row in enumerate(made.rows):
            _mark(row, *(("cantSplit",) if number else ("cantSplit", "tblHeader")))

    def cell(self, place: Any, cell: Cell, width: float, style: str, name: str) -> None:
        place.width = _mm(width)
        paragraph = place.paragraphs[0]
        paragraph.style = style
        self.inlines(self.bookmarked(paragraph, name) if name else paragraph, cell.inlines)

    def bookmarked(self, paragraph: Any, name: str) -> Any:
        self.bookmarks += 1
        _append(paragraph, w.bookmarked("", _bookmark(name), self.bookmarks))
        return paragraph

    def inlines(self, paragraph: Any, inlines: Inlines) -> None:
        for inline in inlines:
            self.inline(paragraph, inline)

    def inline(self, paragraph: Any, inline: Inline) -> None:
        match inline:
            case Text(text, style):
                paragraph.add_run(text, style=direct_writer._WORDS[style] or None)
            case Status(kind, text):
                paragraph.add_run(text, style=f"Status {''.join(part.capitalize() for part in kind.split('-'))}")
            case Break():
                paragraph.add_run().add_break()
            case Link(href, text):
                self.link(paragraph, href, w.run(text, self.look("Hyperlink")))
            case Field():
                self.field(paragraph, inline)

    def link(self, paragraph: Any, href: str, words: str) -> None:
        from docx.opc.constants import RELATIONSHIP_TYPE

        if href.startswith("#"):
            _append(paragraph, w.link_inside(words, _bookmark(href[1:])))
        else:
            _append(paragraph, w.link_outside(words, paragraph.part.relate_to(href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)))

    def field(self, paragraph: Any, field: Field) -> None:
        self.controls += 1
        kind = {"select": w.list_kind(field.options, field.placeholder), "date": w.date_kind(None, self.document.locale)}.get(field.kind, w.text_kind(field.kind == "textarea"))
        shown = w.run(field.value) if field.value else w.run(field.placeholder, self.look("Placeholder Text"))
        _append(paragraph, w.control(field.name, field.title, self.controls, kind, shown, not field.value))

    def look(self, name: str) -> str:
        if name not in self.looks:
            self.looks[name] = w.look(self.word.styles[name].style_id)
        return self.looks[name]


def _bookmark(name: str) -> str:
    return w.bookmark_names([name])[name]


def _mm(width: float) -> Any:
    from docx.shared import Mm

    return Mm(width)


def _append(paragraph: Any, xml: str) -> None:
    """Adds ready-made XML to a paragraph."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    for element in parse_xml(f"<w:p {nsdecls('w', 'r')}>{xml}</w:p>"):
        paragraph._p.append(element)


def _mark(row: Any, *names: str) -> None:
    from docx.oxml import OxmlElement

    properties = row._tr.get_or_add_trPr()
    for name in names:
        properties.append(OxmlElement(f"w:{name}"))


# --- reading back -----------------------------------------------------------------------------------------------------


def same(made: bytes) -> str:
    """What a reader finds in the file, as a fingerprint."""
    return hashlib.sha256("\n".join(outline(made)).encode()).hexdigest()


def outline(made: bytes) -> Iterator[str]:
    """Every paragraph, table, row and cell with its style, width, words, fields, bookmarks and links' targets, in order."""
    from lxml import etree

    with zipfile.ZipFile(io.BytesIO(made)) as package:
        body = etree.fromstring(package.read("word/document.xml"))
        relations = {found.get("Id"): found.get("Target") for found in etree.fromstring(package.read("word/_rels/document.xml.rels"))}
    for element in body.iter():
        name = etree.QName(element).localname
        if name not in _TOLD:
            continue
        values = {etree.QName(key).localname: relations.get(value, value) for key, value in element.attrib.items()}
        told = [f"{round(int(values['w']) / 5.67)}" if key == "w" else f"{key}={values[key]}" for key in sorted(_VALUES & set(values))]
        yield " ".join((name, *told, (element.text or "").strip()))


_TOLD = frozenset(["p", "pStyle", "rStyle", "t", "br", "hyperlink", "bookmarkStart", "tag", "alias", "listItem", "date", "text", "tbl", "gridCol", "tr", "tc", "tcW", "tblStyle", "cantSplit", "tblHeader", "instrText", "fldSimple"])
_VALUES = frozenset(["val", "anchor", "id", "name", "displayText", "value", "instr", "w"])
