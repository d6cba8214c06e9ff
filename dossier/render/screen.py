"""Blocks -> one self-contained HTML page for reading on the screen, without Word and without the network."""
from __future__ import annotations

import re
from pathlib import Path

from dossier import resources
from dossier.blocks import Document
from dossier.errors import DossierError, Problem
from dossier.render import html

_POLICY = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'; img-src data:">'
_VIEW = '<meta name="viewport" content="width=device-width, initial-scale=1">'


def render(document: Document, style: Path | None = None) -> bytes:
    """The document as one HTML file in UTF-8; `style` is a style sheet laid on top of the shipped one.

    The page forbids itself every request, so that a word in a product file can never make it fetch anything.
    """
    sheets = "\n".join((_text(resources.asset("screen.css")), _shapes(), *([_text(style)] if style else [])))
    # A style sheet ends at the first "</"; inside one it is written with an escape.
    harmless = sheets.replace("</", "<\\/")
    head = f"{_POLICY}\n{_VIEW}\n<style>\n{harmless}\n</style>\n</head>"
    return html.markup(document).replace("</head>", head, 1).encode()


def _shapes() -> str:
    """The status shapes of the print sheet: drawn once, the same on paper and on the screen."""
    return "\n".join(re.findall(r"(?m)^\.[a-z-]+(?:, \.[a-z-]+)* \{[^}]*background-image: url\([^}]*\}$", _text(resources.asset("style.css"))))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DossierError(Problem(str(path), 0, 0, f"cannot be read: {error}.", "Check the path of the style sheet.")) from None
