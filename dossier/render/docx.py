"""Blocks to a Word document: the body written as text into a frame that the style file gives."""
from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import assert_never
from urllib.parse import urlsplit

from dossier import resources
from dossier.blocks import Block, Break, Bullets, Contents, Document, Field, Heading, Inlines, Link, Paragraph, Row, Status, Table, Text, plain, words
from dossier.errors import DossierError, Problem
from dossier.i18n import bcp47
from dossier.render import wordml as w
from dossier.render.docx_frame import RECORD_PART, Frame, frame, packed, zipped
from dossier.render.fonts import Face, needed, parted
from dossier.render.html import is_safe

_HEADINGS = {1: "Heading 1", 2: "Heading 2", 3: "Heading 3"}
_PARAGRAPHS = {"": "Body Text", "lead": "Lead", "note": "Note", "warning": "Warning", "small": "Small", "address": "Address", "signature": "Signature"}
_WORDS = {"": "", "strong": "Strong", "em": "Emphasis", "small": "Small Text", "code": "Code"}
_STATUSES = {
    "covered": "Status Covered",
    "gap": "Status Gap",
    "expected": "Status Expected",
    "not-applicable": "Status NotApplicable",
    "undetermined": "Status Undetermined",
    "applies": "Status Applies",
    "information": "Status Information",
    "unconfirmed": "Status Unconfirmed",
    **{f"heat-{level}": f"Status Heat {level}" for level in range(1, 5)},
}
_ROW_HEADS = {"grid": "Table Row Head", "facts": "Table Label", "sign": "Table Row Head", "matrix": "Matrix Row Head"}
_CELLS = {"matrix": ("Matrix Head", "Matrix Text")}
_TABLES = {"grid": "Dossier Table", "facts": "Dossier Facts", "sign": "Dossier Sign", "matrix": "Dossier Matrix"}
_OTHERS = ("Title", "List Bullet", "TOC Heading", "TOC 1", "Caption", "Table Text", "Table Head", "Table Row Head", "Table Label", "Table Gap", "Matrix Head", "Matrix Text", "Matrix Row Head")
NEEDED = frozenset(
    [("paragraph", name) for name in (*_HEADINGS.values(), *_PARAGRAPHS.values(), *_OTHERS)]
    + [("character", name) for name in (*_WORDS.values(), *_STATUSES.values(), "Hyperlink", "Placeholder Text") if name]
    + [("table", name) for name in _TABLES.values()]
)
MAX_TAG = 64
SIGN_HEIGHT = 11.0
_EMPTY_FIELD = "\u00a0" * 5


def render(document: Document, style: Path | None = None, own: Sequence[Face] = ()) -> bytes:
    """The document as a .docx file; the same bytes for the same input.

    `style` is a Word file to take styles, page set-up, header and footer from, else the shipped style.docx; `own` are the
    user's own fonts, of which those that the document needs are embedded. Raises
    DossierError for a style file that cannot be used, a field whose name Word cannot keep, a link that is no address,
    or a row that does not fit its table.
    """
    made = frame(style or resources.asset("style.docx"), document.orientation == "landscape", bcp47(document.locale), bool(document.record), NEEDED, needed(words(document), own) if own else ())
    body = _Body(document, made)
    texts = {made.document_part: body.write()}
    texts[made.relations_part] = w.relations(made.relations, body.addresses)
    texts[made.core_part] = w.core(_properties(document), document.date)
    texts |= _running(document, made)
    if body.added:
        texts[made.styles_part] = made.styles_xml.replace("</w:styles>", f"{''.join(body.added)}</w:styles>")
    if document.record:
        texts[RECORD_PART] = w.record(document.record, document.number, document.revision)
    parts = {**made.parts, **{name: packed(name, text.encode()) for name, text in texts.items()}}
    return zipped(parts.values())


def _properties(document: Document) -> dict[str, str]:
    return {
        "dc:title": document.title,
        "dc:subject": document.subject,
        "dc:creator": document.author,
        "cp:keywords": "; ".join(document.keywords),
        "dc:language": bcp47(document.locale),
        "dc:identifier": document.number,
        "cp:version": document.revision,
        "cp:contentStatus": document.mark,
    }


def _running(document: Document, made: Frame) -> dict[str, str]:
    """Headers and footers with the document's words at their marks."""
    words = document.words
    values = {"number": document.number, "revision": f"{words['revision']} {document.revision}", "title": document.title, "mark": document.mark}
    values |= {"product": document.product, "page": words["page"], "of": words["of"]}
    texts = {}
    for name, pieces in made.running.items():
        texts[name] = "".join(w.escape(values.get(piece, piece)) if index % 2 else piece for index, piece in enumerate(pieces))
    return texts


class _Body:
    """Writes the body and gathers what it needs elsewhere: addresses of links, and styles for words in other languages."""

    def __init__(self, document: Document, made: Frame) -> None:
        self.document = document
        self.styles = made.styles
        self.made = made
        self.language = bcp47(document.locale)
        self.names = w.bookmark_names(_ids(document))
        self.unmarked = dict(self.names)
        self.bookmarks = 0
        self.tables = 0
        self.looks: dict[tuple[str, str, str], str] = {}
        self.added: list[str] = []
        self.addresses: dict[str, str] = {}
        self.tags: set[str] = set()
        self.numbers: set[int] = {0}
        self.problems: list[Problem] = []

    def write(self) -> str:
        """word/document.xml. Raises DossierError with every problem of the body."""
        blocks = self.document.blocks
        parts = [w.DOCUMENT_START, self._paragraph(self._run(self.document.title, "", ""), "Title")]
        for block, following in zip(blocks, (*blocks[1:], None)):
            parts.append(self._block(block))
            if isinstance(block, Table) and not isinstance(following, Heading):
                parts.append(self._paragraph("", "Table Gap"))  # Word joins neighbouring tables and wants text after the last
        parts += (self.made.section, w.DOCUMENT_END)
        if self.problems:
            raise DossierError(self.problems)
        return "".join(parts)

    # --- blocks -------------------------------------------------------------------------------------------------------

    def _block(self, block: Block) -> str:
        match block:
            case Heading(level, inlines, name):
                return self._paragraph(self._bookmarked(self._inlines(inlines), name), _HEADINGS[level])
            case Paragraph(inlines, style, lang):
                return self._paragraph(self._inlines(inlines, lang), _PARAGRAPHS[style])
            case Bullets(items):
                return "".join(self._paragraph(self._inlines(item), "List Bullet") for item in items)
            case Table():
                return self._caption(block) + self._table(block)
            case Contents(title):
                return self._contents(title)
            case _:
                assert_never(block)

    def _paragraph(self, content: str, style: str) -> str:
        return w.paragraph(content, self.styles[style.lower()])

    def _bookmarked(self, content: str, name: str) -> str:
        """The content with a bookmark, the first time an id is met."""
        self.bookmarks += 1
        return w.bookmarked(content, self.unmarked.pop(name, ""), self.bookmarks)

    def _contents(self, title: str) -> str:
        """The field with its result already in place: nothing to update, and updating gives the same."""
        headings = [block for block in self.document.blocks if isinstance(block, Heading) and block.level == 1]
        lines = [w.link_inside(w.run(plain(heading.inlines).replace("\n", " ")), self.names[heading.id]) for heading in headings]
        if not lines:
            return ""
        lines[0] = w.field_start(r'TOC \o "1-1" \h \z \n') + lines[0]
        lines[-1] += w.FIELD_END
        return (self._paragraph(w.run(title), "TOC Heading") if title else "") + "".join(self._paragraph(line, "TOC 1") for line in lines)

    def _caption(self, table: Table) -> str:
        if not table.caption:
            return ""
        self.tables += 1
        word = self.document.words["table"]
        strong = self._look("Strong", "")
        number = w.field(f"SEQ {'_'.join(word.split())} \\* ARABIC", w.run(str(self.tables), strong))
        return self._paragraph(f"{w.run(f'{word} ', strong)}{number}{w.run('. ', strong)}{self._inlines(table.caption)}", "Caption")

    def _table(self, table: Table) -> str:
        labels = bool(table.rows) and all(row.cells and row.cells[0].header for row in table.rows)
        widths = w.fitted(table.widths, self.made.usable)
        head, text, label = (self._cell_starts(widths, name) for name in (*_CELLS.get(table.style, ("Table Head", "Table Text")), _ROW_HEADS[table.style]))
        parts = [w.table_start(self.styles[_TABLES[table.style].lower()], widths, bool(table.head), labels, plain(table.caption), table.summary)]
        if table.head:
            parts += (w.row_start(head=True), self._cells(Row(table.head), head, head), w.ROW_END)
        opening = w.row_start(height=SIGN_HEIGHT if table.style == "sign" else 0)
        for row in table.rows:
            parts += (opening, self._cells(row, text, label), w.ROW_END)
        return "".join((*parts, w.TABLE_END))

    def _cell_starts(self, widths: tuple[float, ...], style: str) -> list[str]:
        return [w.cell_start(width, self.styles[style.lower()]) for width in widths]

    def _cells(self, row: Row, text: list[str], label: list[str]) -> str:
        if len(row.cells) != len(text):
            self._problem(f"a row has {len(row.cells)} cells, but its table {len(text)} columns{f' (row {row.id})' if row.id else ''}.", "Give each row one cell a column.")
        parts: list[str] = []
        for cell, as_text, as_label in zip(row.cells, text, label):
            content = self._inlines(cell.inlines, cell.lang)
            if row.id and not parts:
                content = self._bookmarked(content, row.id)
            parts += (as_label if cell.header else as_text, content, w.CELL_END)
        return "".join(parts)

    # --- inlines ------------------------------------------------------------------------------------------------------

    def _inlines(self, inlines: Inlines, lang: str = "") -> str:
        parts = []
        for inline in inlines:
            match inline:
                case Text(text, style, own):
                    parts.append(self._run(text, _WORDS[style], own or lang))
                case Status(kind, text):
                    parts.append(self._run(text, _STATUSES[kind], lang))
                case Break():
                    parts.append(w.BREAK)
                case Link(href, text, own):
                    parts.append(self._link(href, text, own or lang))
                case Field():
                    parts.append(self._field(inline, lang))
                case _:
                    assert_never(inline)
        return "".join(parts)

    def _run(self, text: str, name: str, lang: str) -> str:
        """The words in the style called `name`; what the body font lacks, in the user's font that has it."""
        if not self.made.fonts:
            return w.run(text, self._look(name, lang))
        return "".join(w.run(piece, self._look(name, lang, family)) for piece, family in parted(text, self.made.fonts))

    def _look(self, name: str, lang: str, family: str = "") -> str:
        found = self.looks.get((name, lang, family))
        if found is None:
            found = self.looks[name, lang, family] = w.look(self._font_style_id(self._style_id(name, lang), family))
        return found

    def _font_style_id(self, base: str, family: str) -> str:
        """The id of a character style that is `base` in another font, since a run names one style only."""
        if not family:
            return base
        made = "".join(letter for letter in f"{base or 'Font'}{family}" if letter.isalnum() and letter.isascii()) or "Font"
        self.added.append(w.font_style(f"{base or 'Font'} {family}", made, base, family))
        return made

    def _style_id(self, name: str, lang: str) -> str:
        """The id of the character style; one in another language is added when the style file has none."""
        base = self.styles[name.lower()] if name else ""
        if not lang or bcp47(lang) == self.language:
            return base
        own = f"{name or 'Language'} {lang}"
        if own.lower() in self.styles:
            return self.styles[own.lower()]
        made = "".join(letter for letter in own if letter.isalnum())
        self.added.append(w.language_style(own, made, base, bcp47(lang)))
        return made

    def _link(self, href: str, text: str, lang: str) -> str:
        """A link; words alone where it leads nowhere in this document, or anywhere but a web, mail or relative address."""
        if not (href[1:] in self.names if href.startswith("#") else href and is_safe(href)):
            return self._run(text, "", lang)
        words = self._run(text, "Hyperlink", lang)
        if href.startswith("#"):
            return w.link_inside(words, self.names[href[1:]])
        return w.link_outside(words, self._relation(href))

    def _relation(self, href: str) -> str:
        target = w.address(href)
        try:
            urlsplit(target)
        except ValueError:
            self._problem(f'"{href}" is not an address a link can lead to.', "Correct the address.")
        return self.addresses.setdefault(target, f"rIdLink{len(self.addresses) + 1}")

    # --- fields -------------------------------------------------------------------------------------------------------

    def _field(self, field: Field, lang: str) -> str:
        kind, shown = self._kind(field)
        waiting = not shown
        content = w.run(field.placeholder or _EMPTY_FIELD, self._look("Placeholder Text", lang)) if waiting else w.run(shown)
        self._check(field)
        return w.control(field.name, field.title, self._number(field.name), kind, content, waiting)

    def _kind(self, field: Field) -> tuple[str, str]:
        """The element that makes the control what it is, and the answer it shows."""
        match field.kind:
            case "text" | "textarea":
                return w.text_kind(field.kind == "textarea"), field.value
            case "select":
                return w.list_kind(field.options, field.placeholder), dict(field.options).get(field.value, field.value)
            case "checkbox":
                checked = field.value == "yes"
                return w.check_kind(checked, self.made.check_font), w.CHECKED if checked else w.UNCHECKED
            case "date":
                day, shown = w.date_text(field.value, self.document.locale)
                return w.date_kind(day, self.document.locale), shown
            case _:
                assert_never(field.kind)

    def _number(self, tag: str) -> int:
        """A number for the control: from its tag, so that it is the same in every issue, and unique."""
        number = zlib.crc32(tag.encode()) & 0x7FFFFFFF
        while number in self.numbers:
            number = number + 1 & 0x7FFFFFFF
        self.numbers.add(number)
        return number

    def _check(self, field: Field) -> None:
        if not field.name or len(field.name) > MAX_TAG:
            self._problem(f'the field name "{field.name}" has {len(field.name)} characters; Word keeps 1 to {MAX_TAG}.', "Shorten the requirement id.")
        elif field.name in self.tags:
            self._problem(f'the field name "{field.name}" is used twice.', "Each field needs its own name.")
        self.tags.add(field.name)

    def _problem(self, message: str, hint: str) -> None:
        self.problems.append(Problem(self.document.kind, 0, 0, message, hint))


def _ids(document: Document) -> Iterator[str]:
    """Everything that can be linked to, in reading order."""
    for block in document.blocks:
        if isinstance(block, Heading):
            yield block.id
        elif isinstance(block, Table):
            yield from (row.id for row in block.rows if row.id)
