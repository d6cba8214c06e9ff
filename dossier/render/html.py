"""Blocks -> one HTML text: what the PDF renderer lays out, and the base of a page for the screen."""
from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import assert_never

from dossier.blocks import (
    Block,
    Break,
    Bullets,
    Cell,
    Contents,
    Document,
    Field,
    Heading,
    Inline,
    Inlines,
    Link,
    Paragraph,
    Row,
    Status,
    Table,
    Text,
    plain,
)

USABLE_WIDTH = {"landscape": 261.0, "portrait": 170.0}
TO_TYPE_IN = {"select": 26.0, "textarea": 32.0}  # millimetres a column takes at least where its controls can be filled in
TALL = 110.0  # millimetres; a row beyond it may break over pages
LONG_CONTENTS = 8  # chapters; more are set in two columns, so that facts and contents share the first page
LONG_ID = 18  # letters of an id that every column of ids holds in one line
TICKED, UNTICKED = "\u2611", "\u2610"
_SCHEMES = frozenset({"http", "https", "mailto", "tel"})


def markup(document: Document, *, forms: bool = False) -> str:
    """The document as HTML, without style sheet or address of its own.

    Fields become form controls when `forms`, else their value or a place to write by hand. A link that leads nowhere in
    the document, or out of it by anything but http, https, mailto, tel or a relative path, is left as plain words.
    """
    writer = _Writer(document, forms)
    blocks = "\n".join(writer.block(block) for block in document.blocks)
    return f'<!doctype html>\n<html lang="{_attribute(document.locale)}">\n{_head(document)}\n{_body(document)}\n<h1>{_words(document.title)}</h1>\n{blocks}\n</body>\n</html>\n'


def _head(document: Document) -> str:
    metadata = {
        "author": document.author,
        "description": document.subject,
        "keywords": ", ".join(document.keywords),
        "generator": "dossier",
        "dcterms.identifier": f"{document.number} {document.revision}".strip(),
        "dcterms.created": document.date.isoformat(),
        "dcterms.modified": document.date.isoformat(),
    }
    lines = [f'<meta name="{name}" content="{_attribute(content)}">' for name, content in metadata.items() if content]
    return "\n".join(('<head>', '<meta charset="utf-8">', f"<title>{_words(document.title)}</title>", *lines, "</head>"))


def _body(document: Document) -> str:
    words = document.words
    running = {
        "number": f"{document.number} · {words['revision']} {document.revision}",
        "title": document.title,
        "mark": document.mark,
        "product": document.product,
        "page": words["page"],
        "of": words["of"],
    }
    data = "".join(f' data-{name}="{_attribute(text)}"' for name, text in running.items())
    return f'<body class="{document.orientation}"{data}>'


class _Writer:
    """One pass over the blocks; counts tables and keeps heading levels without a jump."""

    def __init__(self, document: Document, forms: bool) -> None:
        self.document = document
        self.forms = forms
        self.room = (USABLE_WIDTH[document.orientation], 0.0)
        self.tables = 0
        self.level = 1
        self.anchors = frozenset(_anchors(document))

    def block(self, block: Block) -> str:
        match block:
            case Heading():
                return self._heading(block)
            case Paragraph(inlines, style, lang):
                return f"<p{_class(style)}{self._lang(lang)}>{self.inlines(inlines)}</p>"
            case Bullets(items):
                return "<ul>" + "".join(f"<li>{self.inlines(item)}</li>" for item in items) + "</ul>"
            case Table():
                return self._table(block)
            case Contents(title):
                return self._contents(title)
            case _:
                assert_never(block)

    def inlines(self, inlines: Inlines) -> str:
        return "".join(self._inline(inline) for inline in inlines)

    def _inline(self, inline: Inline) -> str:
        match inline:
            case Text(text, style, lang):
                tag = style or ("span" if self._lang(lang) else "")
                words = _identifier(text) if style == "code" else _words(text)
                return f"<{tag}{self._lang(lang)}>{words}</{tag}>" if tag else words
            case Break():
                return "<br>"
            case Link():
                return self._link(inline)
            case Status(kind, text):
                return f'<span class="status {kind}">{_words(text)}</span>'
            case Field():
                return _control(inline, *self.room) if self.forms else _blank(inline)
            case _:
                assert_never(inline)

    def _heading(self, heading: Heading) -> str:
        # A jump (h2 to h4) is an error in PDF/UA, whatever a template does.
        self.level = min(heading.level + 1, self.level + 1)
        return f'<h{self.level} id="{_attribute(heading.id)}">{self.inlines(heading.inlines)}</h{self.level}>'

    def _contents(self, title: str) -> str:
        chapters = [block for block in self.document.blocks if isinstance(block, Heading) and block.level == 1]
        if not chapters:
            return ""
        self.level = 2
        entries = [f'<li data-to="#{_attribute(chapter.id)}"><a href="#{_attribute(chapter.id)}">{_words(plain(chapter.inlines))}</a></li>' for chapter in chapters]
        half = (len(entries) + 1) // 2
        if self.document.orientation == "landscape" and len(entries) > LONG_CONTENTS:
            return f'<nav class="long"><h2>{_words(title)}</h2><ol>{"".join(entries[:half])}</ol><ol>{"".join(entries[half:])}</ol></nav>'
        return f"<nav><h2>{_words(title)}</h2><ol>{''.join(entries)}</ol></nav>"

    def _link(self, link: Link) -> str:
        if not self._leads(link.href):
            return f"<span{self._lang(link.lang)}>{_words(link.text)}</span>"
        return f'<a href="{_attribute(link.href)}"{self._lang(link.lang)}>{_words(link.text)}</a>'

    def _leads(self, href: str) -> bool:
        if href.startswith("#"):
            return href[1:] in self.anchors
        return bool(href) and is_safe(href)

    def _table(self, table: Table) -> str:
        widths = _fitted(_roomy(table) if self.forms else table.widths, USABLE_WIDTH[self.document.orientation])
        summary = f' aria-description="{_attribute(table.summary)}"' if table.summary else ""
        columns = "".join(f'<col style="width:{width:g}mm">' if width else "<col>" for width in widths)
        head = "<thead><tr>" + "".join(self._cell(cell, "col") for cell in table.head) + "</tr></thead>" if table.head else ""
        rows = "\n".join(self._row(row, widths) for row in table.rows)
        return (
            f'<table class="{table.style}"{summary} style="width:{_total(widths)}">{self._caption(table)}'
            f"<colgroup>{columns}</colgroup>{head}<tbody>\n{rows}\n</tbody></table>"
        )

    def _caption(self, table: Table) -> str:
        if not table.caption:
            return ""
        self.tables += 1
        return f"<caption><b>{_words(self.document.words['table'])} {self.tables}.</b> {self.inlines(table.caption)}</caption>"

    def _row(self, row: Row, widths: tuple[float, ...]) -> str:
        height = _height(row, widths)
        cells = ""
        for number, cell in enumerate(row.cells):
            self.room = (widths[number] if number < len(widths) and widths[number] else 40.0, height)
            cells += self._cell(cell, "row" if cell.header else "")
        self.room = (USABLE_WIDTH[self.document.orientation], 0.0)
        role = _class("tall" if height > TALL else "")
        if not row.id:
            return f"<tr{role}>{cells}</tr>"
        return f'<tr{role} id="{_attribute(row.id)}" data-label="{_attribute(_label(row))}">{cells}</tr>'

    def _cell(self, cell: Cell, scope: str) -> str:
        tag = f'th scope="{scope}"' if scope else "td"
        return f"<{tag}{self._lang(cell.lang)}>{self.inlines(cell.inlines)}</{tag[:2]}>"

    def _lang(self, lang: str) -> str:
        return f' lang="{_attribute(lang)}"' if lang and lang != self.document.locale else ""


def _label(row: Row) -> str:
    """What names the row in a list of bookmarks: its heading cell, with the next cell's first line after a bare number."""
    lines = [(plain(cell.inlines).strip().splitlines() or [""])[0] for cell in row.cells]
    first = next((number for number, cell in enumerate(row.cells) if cell.header), 0)
    name = " ".join(lines[first : first + (2 if len(lines[first]) < 5 else 1)]) if lines else ""
    return name.strip() or row.id


def _control(field: Field, width: float, height: float) -> str:
    """A form control named as the field is, in a cell or line of this many millimetres."""
    named = f'name="{_attribute(field.name)}" title="{_attribute(field.title)}"'
    hint = f' placeholder="{_attribute(field.placeholder)}"' if field.placeholder else ""
    match field.kind:
        case "text" | "date":
            return f'<input type="{field.kind}" {named}{hint} value="{_attribute(field.value)}">'
        case "textarea":
            first = "\n" if field.value.startswith("\n") else ""  # a parser takes the first new line for none
            return f'<textarea {named}{hint} style="height:{_room(field.value, width, height)}mm">{first}{escape(field.value)}</textarea>'
        case "checkbox":
            return f'<input type="checkbox" {named}{" checked" if field.value == "yes" else ""}>'
        case "select":
            return f"<select {named}>{''.join(_options(field))}</select>"
        case _:
            assert_never(field.kind)


def _room(text: str, width: float, height: float) -> int:
    """How high a control for the text is, in millimetres: in a PDF it does not grow, so it takes what its row has to give."""
    a_line = max(int((width - 6) / 1.7), 8)
    lines = sum(1 + len(line) // a_line for line in text.splitlines())
    return min(max(10, 4 * lines + 2, min(int(0.75 * height) - 8, 60)), 120)


def _options(field: Field) -> Iterator[str]:
    # An answer that is no longer among the choices stays visible: what a reviewer wrote is never lost.
    choices = {"": field.placeholder} | dict(field.options)
    for value, label in (choices | {field.value: choices.get(field.value, field.value)}).items():
        chosen = " selected" if value == field.value else ""
        yield f'<option value="{_attribute(value)}"{chosen}>{_words(label)}</option>'


def _blank(field: Field) -> str:
    """The field on paper: what it holds, else a place to write in."""
    title = f' title="{_attribute(field.title)}"'
    if field.kind == "checkbox":
        return f'<span class="tick"{title}>{TICKED if field.value == "yes" else UNTICKED}</span>'
    shown = dict(field.options).get(field.value, field.value)
    if not shown.strip():
        return f'<span class="blank {field.kind}"{title}></span>'
    return f'<span class="value"{title}>' + "<br>".join(_words(line) for line in shown.splitlines()) + "</span>"


def is_safe(href: str) -> bool:
    """Whether a reader may be led there: http, https, mailto, tel, or a path relative to the document."""
    if re.search(r"[\x00-\x1f\x7f\\]", href) or href.startswith("/"):
        return False
    scheme = re.match(r"([^/?#]*?):", href)
    return scheme is None or scheme[1].lower() in _SCHEMES


def _anchors(document: Document) -> list[str]:
    return [
        name
        for block in document.blocks
        for name in ([block.id] if isinstance(block, Heading) else [row.id for row in block.rows] if isinstance(block, Table) else [])
        if name
    ]


def _fitted(widths: tuple[float, ...], usable: float) -> tuple[float, ...]:
    """The widths, made narrower together where they would leave the page; a column without width takes the rest."""
    total = sum(widths)
    return tuple(width * usable / total for width in widths) if total > usable else widths


def _roomy(table: Table) -> tuple[float, ...]:
    """Wide enough to type in: columns with controls grow, the wide columns of text make room."""
    needed = list(table.widths)
    for row in table.rows:
        for number, cell in enumerate(row.cells[: len(needed)]):
            for inline in cell.inlines:
                if isinstance(inline, Field) and needed[number]:
                    needed[number] = max(needed[number], TO_TYPE_IN.get(inline.kind, 0.0))
    grown = sum(needed) - sum(table.widths)
    giving = {number: width for number, width in enumerate(table.widths) if needed[number] == width and width >= 40}
    given = min(grown / sum(giving.values()), 0.3) if giving else 0.0
    return tuple(width * (1 - given) if number in giving else width for number, width in enumerate(needed))


def _height(row: Row, widths: tuple[float, ...]) -> float:
    """About how high the row will be, in millimetres, at table size; the page's own break decides to the point."""
    columns = zip(row.cells, (width or 40.0 for width in widths), strict=False)
    return max((4.2 * (1 + len(plain(cell.inlines)) * 1.55 / max(width - 4, 4)) for cell, width in columns), default=0.0)


def _total(widths: tuple[float, ...]) -> str:
    return f"{sum(widths):g}mm" if widths and all(widths) else "100%"


def _identifier(text: str) -> str:
    """An id of requirements: one too long for its column breaks after a full stop, not after the hyphen of "eu-mdr".

    >>> _identifier("eu-mdr.17.2"), _identifier("eu-mdr.mdcg2019-16.5.pms")
    ('eu-mdr.17.2', '<span>eu-mdr.</span><span>mdcg2019-16.</span><span>5.</span><span>pms</span>')
    """
    if len(text) <= LONG_ID or "." not in text:
        return _words(text)
    return "".join(f"<span>{_words(part)}</span>" for part in re.findall(r"[^.]+\.?|\.", text))


def _class(style: str) -> str:
    return f' class="{style}"' if style else ""


def _words(text: str) -> str:
    return escape(text, quote=False)


def _attribute(text: str) -> str:
    return escape(text)
