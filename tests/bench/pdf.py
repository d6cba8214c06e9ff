"""The checklist as PDF: by dossier, and the same HTML and style sheet put through WeasyPrint plainly.

Plainly: style sheet and fonts read for each document, no tags, no PDF/A, garbage collected as Python does by itself, and
without what the style sheet does for speed alone: fixed tables, and status words that break like other words. `<col>`
widths stay, so that the pages come out the same. The plain ways never import `dossier.render.pdf`: its corrections to
WeasyPrint are not in their processes.
"""
from __future__ import annotations

import functools
import io
from typing import Any

from dossier import resources
from dossier.blocks import Document
from dossier.render import html
from tests.bench import content

_FOR_SPEED = (" table-layout: fixed;", "overflow-wrap: break-word; max-width: 100%; box-sizing: border-box;")
_ANYWHERE = "overflow-wrap: anywhere"


def prepare(seed: int) -> Document:
    """The work: a checklist with words of its own."""
    return content.checklist(seed=seed)


def tagged(document: Document) -> bytes:
    """As dossier does it: PDF/A-3a and PDF/UA-1 in one file."""
    from dossier.render import pdf

    return pdf.render(document)


def plain(document: Document) -> bytes:
    """Plainly."""
    return _plain(document, _sheet(*_FOR_SPEED))


def plain_whole_words(document: Document) -> bytes:
    """Plainly, with `overflow-wrap: break-word`: the same pages, but a column's least width is not sought letter by letter."""
    return _plain(document, _sheet(*_FOR_SPEED).replace(_ANYWHERE, "overflow-wrap: break-word"))


def plain_fixed(document: Document) -> bytes:
    """With our whole style sheet, no tags: the difference is what tags and PDF/A cost us."""
    return _plain(document, _sheet())


def plain_fixed_tagged(document: Document) -> bytes:
    """With our whole style sheet and WeasyPrint's own tags and PDF/A."""
    return _plain(document, _sheet(), pdf_variant="pdf/a-3a")


def _plain(document: Document, sheet: str, **options: Any) -> bytes:
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    base = str(resources.asset("style.css"))
    fonts = FontConfiguration()
    made: bytes = HTML(string=html.markup(document), base_url=base).write_pdf(stylesheets=[CSS(string=sheet, base_url=base, font_config=fonts)], font_config=fonts, **options)
    return made


def _sheet(*without: str) -> str:
    """The shipped style sheet less these words."""
    sheet = resources.asset("style.css").read_text("utf-8")
    missing = [words for words in (*without, _ANYWHERE) if words not in sheet]
    if missing:
        raise RuntimeError(f"style.css has changed; the plain way no longer finds: {', '.join(missing)}")
    return functools.reduce(lambda text, words: text.replace(words, ""), without, sheet)


def same(made: bytes) -> str:
    """How many pages came out."""
    import pikepdf

    with pikepdf.open(io.BytesIO(made)) as file:
        return f"{len(file.pages)} pages"
