"""The work that is timed: a checklist in Norwegian, made by hand from blocks, the same for every way of rendering it.

Sixty rows in six chapters, seven columns, four fields a row (applies, status, a date, a comment) and three links (a law, a
chapter, a document). The words are drawn with a seed, so that every run has the same work and no two rows agree.
"""
from __future__ import annotations

import datetime as dt
import random

from dossier.blocks import Block, Break, Cell, Contents, Document, Field, Heading, Inline, Link, Paragraph, Row, Status, Table, Text

CHAPTERS = ("Merking og språk", "Bruksanvisning", "Programvare", "Cybersikkerhet", "Risikostyring", "Etter markedsføring")
SENTENCES = (
    "Merkingen er på norsk og kan leses av den som bruker utstyret i hjemmet eller i helsetjenesten.",
    "Bruksanvisningen følger utstyret på papir, eller elektronisk der vilkårene for det er oppfylt.",
    "Risikostyringsfilen viser veien fra hver fare til tiltaket som er verifisert, og til restrisikoen.",
    "Listen over programvaredeler nevner hver del fra andre leverandører med versjon og kjente svakheter.",
    "Sikkerhetsoppdateringer kan tas i bruk uten at ytelsen blir dårligere eller behandlingen stanser.",
    "Trusselmodellen beskriver tillitsgrenser, angrepsflater og hvem som kan tenkes å angripe.",
    "Alvorlige hendelser meldes innen fristen, og korrigerende tiltak følges opp til de er lukket.",
    "Penetrasjonstesten er utført av en uavhengig part, og hvert funn er lukket eller begrunnet.",
    "Kravene til maskinvare, nettverk og vern mot uvedkommende står i bruksanvisningen.",
    "Symboler som ikke følger en harmonisert standard, er forklart i papirene som leveres med.",
)
LAWS = tuple((f"MDR vedlegg I punkt {clause}", f"https://example.org/lov/2017-745/vedlegg-1#{clause}") for clause in ("10.4", "14.2", "17.2", "18.8", "23.1", "23.4"))
HEAD = ("Nr.", "Krav", "Rettskilde", "Bevis", "Status", "Vurdering", "Merknad")
WIDTHS = (18.0, 74.0, 36.0, 41.0, 28.0, 30.0, 34.0)
YES_NO = (("yes", "Ja"), ("no", "Nei"), ("undetermined", "Uavklart"))
ANSWERS = (("fulfilled", "Oppfylt"), ("partly", "Delvis oppfylt"), ("not-fulfilled", "Ikke oppfylt"), ("not-applicable", "Ikke aktuelt"))
STATUSES = (Status("covered", "Dekket"), Status("gap", "Mangler"), Status("not-applicable", "Gjelder ikke"))


def checklist(rows: int = 60, chapters: int = len(CHAPTERS), seed: int = 0) -> Document:
    """The checklist with that many rows, spread evenly over the chapters."""
    draw = random.Random(seed)
    blocks: list[Block] = [Paragraph(_words(draw, 3), "lead"), Contents("Innhold")]
    for chapter in range(chapters):
        share = rows // chapters + (chapter < rows % chapters)
        blocks += _chapter(draw, chapter, share)
    return _document(tuple(blocks))


def _chapter(draw: random.Random, chapter: int, rows: int) -> list[Block]:
    name = CHAPTERS[chapter]
    table = Table(WIDTHS, tuple(_cell(Text(word)) for word in HEAD), tuple(_row(draw, chapter + 1, number + 1) for number in range(rows)), (Text(name),), f"Krav om {name.lower()}")
    return [Heading(1, (Text(f"{chapter + 1} {name}"),), f"chapter-{chapter + 1}"), Paragraph(_words(draw, 2)), table]


def _row(draw: random.Random, chapter: int, number: int) -> Row:
    name = f"no.bench.{chapter}.{number}"
    law, address = draw.choice(LAWS)
    cells = (
        _cell(Text(f"{chapter}.{number}"), header=True),
        _cell(Text(f"{draw.choice(SENTENCES)} ", "strong"), Text(draw.choice(SENTENCES))),
        _cell(Link(address, law), Break(), Link(f"#chapter-{chapter}", CHAPTERS[chapter - 1])),
        _cell(Link(f"evidence/DOK-{chapter}{number:03d}.pdf", f"DOK-{chapter}{number:03d}"), Text(f", utgave {draw.randint(1, 9)}, side {draw.randint(1, 90)}")),
        _cell(draw.choice(STATUSES)),
        _cell(_select(name, "applies", "Gjelder", YES_NO), Break(), _select(name, "status", "Status", ANSWERS), Break(), Field(f"{name}/date", "date", "Dato", "Velg dato")),
        _cell(Field(f"{name}/comment", "textarea", "Merknad", "Skriv merknad", draw.choice(("", draw.choice(SENTENCES))))),
    )
    return Row(cells, name)


def _select(name: str, part: str, title: str, options: tuple[tuple[str, str], ...]) -> Field:
    return Field(f"{name}/{part}", "select", title, f"Velg {title.lower()}", "", options)


def _cell(*inlines: Inline, header: bool = False) -> Cell:
    return Cell(inlines, header)


def _words(draw: random.Random, sentences: int) -> tuple[Text, ...]:
    return (Text(" ".join(draw.choice(SENTENCES) for _ in range(sentences))),)


def _document(blocks: tuple[Block, ...]) -> Document:
    return Document(
        kind="bench-checklist", title="Sjekkliste for Pulsvakt", number="PV-SJ-1", revision="A", date=dt.date(2026, 11, 24), locale="nb", orientation="landscape",
        mark="Utkast", product="Pulsvakt 2", author="Pulsvakt AS", subject="Sjekkliste", keywords=("medisinsk utstyr", "Norge"),
        words={"page": "Side", "of": "av", "revision": "rev.", "table": "Tabell"}, blocks=blocks,
    )  # fmt: skip

