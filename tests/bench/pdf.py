"""The checklist as PDF: by dossier, and the same HTML and style sheet put through WeasyPrint plainly.

Plainly: style sheet and fonts read for each document, no tags, no PDF/A, no attachment, garbage collected as Python does
by itself, and tables without `table-layout: fixed`. `<col>` widths stay, so that the pages come out the same. Nothing here
imports `dossier.render.pdf` for those ways: its corrections to WeasyPrint are not in their processes.
"""
from __future__ import annotations

import io
from typing import Any

from dossier import resources
from dossier.blocks import Document
from dossier.render import html
from tests.bench import content

_FIXED = " table-layout: fixed;"
_BREAK = "overflow-wrap: anywhere"


def prepare(seed: int) -> Document:
    """The work: a checklist with words of its own."""
    return content.checklist(seed=seed)


def tagged(document: Document) -> bytes:
    """As dossier does it: PDF/A-3a and PDF/UA-1 in one file."""
    from dossier.render import pdf

    return pdf.render(document)


def plain(document: Document) -> bytes:
    """Plainly."""
    return _plain(document, _sheet().replace(_FIXED, ""))


def plain_whole_words(document: Document) -> bytes:
    """Plainly, with `overflow-wrap: break-word`: the same pages, but a column's least width is not asked letter by letter."""
    return _plain(document, _sheet().replace(_FIXED, "").replace(_BREAK, "overflow-wrap: break-word"))


def plain_fixed(document: Document) -> bytes:
    """Plainly, but with the fixed tables of our style sheet: what is left is the price of tags and PDF/A."""
    return _plain(document, _sheet())


def plain_fixed_tagged(document: Document) -> bytes:
    """The same with WeasyPrint's own tags and PDF/A."""
    return _plain(document, _sheet(), pdf_variant="pdf/a-3a")


def _plain(document: Document, sheet: str, **options: Any) -> bytes:
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    base = str(resources.asset("style.css"))
    fonts = FontConfiguration()
    made: bytes = HTML(string=html.markup(document), base_url=base).write_pdf(stylesheets=[CSS(string=sheet, base_url=base, font_config=fonts)], font_config=fonts, **options)
    return made


def _sheet() -> str:
    sheet = resources.asset("style.css").read_text("utf-8")
    if _FIXED not in sheet or _BREAK not in sheet:
        raise RuntimeError("style.css has changed: the plain way no longer knows what to take out")
    return sheet


def same(made: bytes) -> str:
    """How many pages came out."""
    import pikepdf

    with pikepdf.open(io.BytesIO(made)) as file:
        return f"{len(file.pages)} pages"
