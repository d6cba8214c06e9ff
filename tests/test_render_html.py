"""The HTML under every PDF: words stay words, headings never jump, links lead only where they may."""
from __future__ import annotations

import datetime as dt
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from dossier.blocks import Block, Break, Bullets, Cell, Contents, Document, Field, Heading, Inline, Link, Paragraph, Row, Status, Table, Text
from dossier.render import html

ODD = ["<b>&|*", "æøå ÆØÅ", "Pump & <X>", '"quoted" \'single\'', "&amp; &lt;", "]]>", "<!-- -->", "</body>", "{{ 7*7 }}", "Донаучный ελληνικά"]


def document(*blocks: Block, **changes: Any) -> Document:
    plain = Document(
        kind="checklist", title="Sjekkliste", number="DOS-1", revision="B", date=dt.date(2026, 11, 20), locale="nb", orientation="landscape",
        mark="Fortrolig", product="Puls", author="RA", subject="Merking", keywords=("merking", "MDR"),
        words={"page": "Side", "of": "av", "revision": "rev.", "table": "Tabell"}, blocks=blocks,
    )  # fmt: skip
    return replace(plain, **changes)


def words(text: str) -> Paragraph:
    return Paragraph((Text(text),))


def table(*inlines: Inline, **changes: Any) -> Table:
    return replace(Table((100, 161), (Cell((Text("Krav"),)), Cell((Text("Svar"),))), (Row((Cell((Text("R1"),), header=True), Cell(inlines)), "r.1"),)), **changes)


class Reading(HTMLParser):
    """What a browser would see: (tag, attributes) in order, and all words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def read(*blocks: Block, forms: bool = False, **changes: Any) -> Reading:
    return Reading(html.markup(document(*blocks, **changes), forms=forms))


def test_the_page_knows_its_language_title_and_metadata() -> None:
    page = read(words("x"))
    meta = {each["name"]: each["content"] for each in page.all("meta") if "name" in each}
    assert page.all("html") == [{"lang": "nb"}]
    assert meta["author"] == "RA"
    assert meta["keywords"] == "merking, MDR"
    assert meta["dcterms.created"] == meta["dcterms.modified"] == "2026-11-20"


def test_the_running_words_stand_in_attributes_of_the_body() -> None:
    (body,) = read().all("body")
    assert body["data-number"] == "DOS-1 · rev. B"
    assert (body["data-page"], body["data-of"], body["class"]) == ("Side", "av", "landscape")


def test_headings_start_under_the_title_and_never_jump_a_level() -> None:
    page = read(*(Heading(level, (Text("x"),), f"h{number}") for number, level in enumerate((2, 3, 1, 3, 1, 2, 3, 1))))
    assert [tag for tag, _ in page.tags if tag in ("h1", "h2", "h3", "h4")] == ["h1", "h2", "h3", "h2", "h3", "h2", "h3", "h4", "h2"]


@pytest.mark.parametrize("text", ODD)
def test_words_stay_words_in_every_place(text: str) -> None:
    field = Field("f", "textarea", text, text, text)
    page = read(
        Heading(1, (Text(text),), "h"), words(text), Bullets(((Text(text, "strong"),),)), Contents(text),
        table(Text(text, "em", "en"), Link("https://example.com", text), Status("gap", text), field, caption=(Text(text),), summary=text),
        title=text, number=text, mark=text, product=text, author=text, subject=text,
    )  # fmt: skip
    assert page.words.count(text) == 12
    assert page.all("table")[0]["aria-description"] == text
    assert not page.all("b")[1:], "only the caption's own <b>"


def test_header_cells_say_what_they_head() -> None:
    assert [each["scope"] for each in read(table()).all("th")] == ["col", "col", "row"]


def test_columns_have_their_widths_and_never_leave_the_page() -> None:
    fits = read(table()).all("col")
    assert [each["style"] for each in fits] == ["width:100mm", "width:161mm"]
    narrowed = read(table(), orientation="portrait").all("col")
    assert [each["style"] for each in narrowed] == ["width:65.1341mm", "width:104.866mm"]
    assert read(table(widths=(30.0, 0.0))).all("col") == [{"style": "width:30mm"}, {}]


def test_tables_with_a_caption_are_numbered_in_the_language_of_the_document() -> None:
    page = read(table(caption=(Text("Krav"),)), table(), table(caption=(Text("Bevis"),)))
    assert "Tabell 1. Krav" in page.words
    assert "Tabell 2. Bevis" in page.words
    assert len(page.all("caption")) == 2


def test_rows_and_headings_carry_their_ids_and_rows_a_label() -> None:
    page = read(Heading(1, (Text("A"),), "a"), table(Text("x")))
    assert page.all("h2")[0]["id"] == "a"
    assert (page.all("tr")[1]["id"], page.all("tr")[1]["data-label"]) == ("r.1", "R1 x"), "a short heading cell is helped by its neighbour"


def test_the_contents_list_the_chapters_only() -> None:
    page = read(Contents("Innhold"), Heading(1, (Text("Ett"),), "one"), Heading(2, (Text("Under"),), "two"), Heading(1, (Text("To"),), "three"))
    assert [each["href"] for each in page.all("a")] == ["#one", "#three"]
    assert not read(Contents("Innhold")).all("nav"), "no chapters, no contents"


def test_language_is_marked_where_it_differs() -> None:
    page = read(Paragraph((Text("word", lang="en"), Text("ord", lang="nb")), lang="en"), table(widths=(1, 1), rows=(Row((Cell((), lang="en"), Cell(()))),)))
    assert [(tag, attributes["lang"]) for tag, attributes in page.tags if "lang" in attributes] == [("html", "nb"), ("p", "en"), ("span", "en"), ("td", "en")]


@pytest.mark.parametrize("href", ["https://example.com/a?b=c&d", "http://example.com", "mailto:a@example.com", "tel:+47", "evidence/IFU 1.pdf", "../x.pdf", "#r.1"])
def test_links_lead_to_the_web_to_files_beside_the_document_and_inside_it(href: str) -> None:
    assert [each["href"] for each in read(table(Link(href, "ord"))).all("a")] == [href]


@pytest.mark.parametrize("href", [
    "", "#", "#nowhere", "javascript:alert(1)", "JavaScript:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "data:text/html,x", "vbscript:x",
    "file:///etc/passwd", "FILE:x", "/etc/passwd", "//host/share", "\\\\host\\share", "C:\\x", "C:/x", "ftp://host/x", "smb://host/x", "blob:x",
])  # fmt: skip
def test_any_other_link_is_left_as_plain_words(href: str) -> None:
    page = read(table(Link(href, "ord")))
    assert not page.all("a")
    assert "ord" in page.words


FIELDS = [
    Field("r/text", "text", "Navn", "Skriv"),
    Field("r/area", "textarea", "Merknad", "Skriv"),
    Field("r/date", "date", "Dato", "Velg"),
    Field("r/check", "checkbox", "Kontrollert"),
    Field("r/status", "select", "Status", "Velg", options=(("yes", "Ja"), ("no", "Nei"))),
]


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.kind)
def test_on_paper_an_empty_field_shows_no_word_but_a_place_to_write(field: Field) -> None:
    page = read(table(field))
    assert not {tag for tag, _ in page.tags} & {"input", "select", "textarea"}
    assert field.placeholder == "" or field.placeholder not in page.words
    assert field.title in [attributes.get("title") for attributes in page.all("span")]


def test_on_paper_a_filled_field_shows_what_it_holds() -> None:
    filled = [replace(field, value=value) for field, value in zip(FIELDS, ("Kari", "En\nTo", "2026-11-20", "yes", "no"), strict=True)]
    page = read(*(table(field) for field in filled))
    assert all(word in page.words for word in ("Kari", "En", "To", "2026-11-20", html.TICKED, "Nei"))
    assert not [each for each in page.all("span") if "blank" in (each.get("class") or "")]
    assert len(page.all("br")) == 1


def test_on_the_screen_every_field_is_a_control_with_its_name_and_title() -> None:
    page = read(*(table(field) for field in FIELDS), forms=True)
    controls = [attributes for tag, attributes in page.tags if tag in ("input", "select", "textarea")]
    assert [(each["name"], each["title"]) for each in controls] == [(field.name, field.title) for field in FIELDS]


def test_an_answer_that_is_no_longer_a_choice_stays_in_the_list() -> None:
    page = read(table(replace(FIELDS[4], value="gammel")), forms=True)
    assert [each["value"] for each in page.all("option") if "selected" in each] == ["gammel"]


def test_a_line_break_is_one() -> None:
    assert len(read(Paragraph((Text("a"), Break(), Text("b")))).all("br")) == 1
