"""What a reader would see: words of a page do not run into each other."""
from __future__ import annotations

import datetime as dt
import io

import pypdf

from dossier.blocks import Cell, Contents, Document, Heading, Paragraph, Row, Table, Text
from dossier.render import pdf

WORDS = {"page": "Side", "of": "av", "revision": "rev.", "table": "Tabell"}


def document(facts: int, chapters: int) -> Document:
    """A lying document: a table of facts, the contents, and a paragraph under each chapter."""
    table = Table((60.0, 201.0), (), tuple(Row((Cell((Text(f"Opplysning {number}"),), header=True), Cell((Text("verdi"),)))) for number in range(facts)), style="facts")
    body = [block for number in range(chapters) for block in (Heading(1, (Text(f"Kapittel {number}"),), f"k{number}"), Paragraph((Text(f"Innholdet i kapittel {number}."),)))]
    return Document("x", "Tittel", "X-1", "A", dt.date(2026, 11, 24), "nb", "landscape", "Utkast", "Produkt", "Forfatter", "Emne", (), WORDS, (table, Contents("Innhold"), *body))


def test_long_contents_that_do_not_fit_move_to_the_next_page_whole() -> None:
    reader = pypdf.PdfReader(io.BytesIO(pdf.render(document(facts=20, chapters=14))))
    first, second = (page.extract_text() for page in reader.pages[:2])
    assert "Innhold" not in first
    entries = [f"Kapittel {number}" for number in range(14)]
    assert all(entry in second for entry in entries)
    assert second.index("Kapittel 13") < second.index("Innholdet i kapittel 0")
    ends = [line for line in second.splitlines() if line.startswith("Kapittel") and line.rstrip()[-1].isdigit() and "." in line]
    assert len(ends) == 14


def test_long_contents_stay_beside_the_facts_where_they_fit() -> None:
    reader = pypdf.PdfReader(io.BytesIO(pdf.render(document(facts=6, chapters=14))))
    assert all(f"Kapittel {number}" in reader.pages[0].extract_text() for number in range(14))
