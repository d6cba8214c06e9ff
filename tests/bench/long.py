"""One long table as a Word file: does time grow with the rows, or faster?"""
from __future__ import annotations

from dossier.blocks import Document
from dossier.render import docx
from tests.bench import content


def prepare(rows: int) -> Document:
    """A checklist of that many rows in one table. What every process pays once (python-docx, the frame) is paid here."""
    docx.render(content.checklist(rows=1, chapters=1))
    return content.checklist(rows, chapters=1)


def direct(document: Document) -> bytes:
    """As dossier does it."""
    return docx.render(document)


def same(_: bytes) -> str:
    """Nothing: the two sizes differ on purpose."""
    return ""
