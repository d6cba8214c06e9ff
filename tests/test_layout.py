"""What a reader would see: words of a page do not run into each other."""
from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

import docx
import pypdf
from docx.oxml.ns import qn

from dossier.blocks import Cell, Contents, Document, Heading, Paragraph, Row, Table, Text
from dossier.render import pdf
from dossier.render.docx import render as word_render

from . import word_files

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


COMMENT = ("Vurderingen viser at kravet er oppfylt for alle varianter av utstyret, jf. rapporten. " * 12)[:1000]
LONG_NAME = ("Fjordpuls Patch til langtidsregistrering av hjerterytme hos voksne og barn over tolv år med automatisk varsling av arytmier " * 2)[:200]


def test_three_hundred_long_comments_and_a_long_name_lose_nothing() -> None:
    made = word_files.document(300, **{f"r{number}_comment": f"{number}: {COMMENT}"[:1000] for number in range(300)})
    empty = Table((60.0, 201.0), (Cell((Text("Dokument"),)), Cell((Text("Sted"),))), (), (Text("Ingen rader"),))
    made = replace(made, product=f"{LONG_NAME} · Produsent", blocks=(*made.blocks, Heading(1, (Text("Tom tabell"),), "tom"), empty, Paragraph((Text("Etter tabellen."),))))
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf.render(made))).pages]
    flat = "".join("".join(page.split()) for page in pages)
    assert all(f"{number}:Vurderingen" in flat for number in range(300))
    assert flat.count("Vurderingenviser") >= 300 * COMMENT.count("Vurderingen viser")
    for number, page in enumerate(pages, 1):
        assert f"Side {number} av {len(pages)}" in page
        assert "Kommentar" in page
        assert "".join(LONG_NAME.split()) in "".join(page.split())
    assert "Etter tabellen." in pages[-1]
    word = docx.Document(io.BytesIO(word_render(made)))
    texts = ["".join(node.text or "" for node in row._tr.iter(qn("w:t"))) for row in word.tables[0].rows]
    assert len(texts) == 301
    assert all(f"{number}: {COMMENT}"[:1000] in texts[number + 1] for number in range(300))
    assert word.tables[0].rows[0]._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
    assert len(word.tables[1].rows) == 1
