"""The page for the screen: self-contained, forbids itself every request, and says what Word and PDF say."""
from __future__ import annotations

import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import docx
import pikepdf
import pytest
from docx.oxml.ns import qn
from pikepdf.form import Form

from dossier import assemble
from dossier.assemble import Built, Order, Workspace
from dossier.blocks import fields_of

from .conftest import DAY, ROOT


@pytest.fixture(scope="module")
def built(workspace: Workspace) -> dict[str, Built]:
    order = Order(("no",), DAY, DAY, ("disclosure-note",), ("docx", "pdf", "html", "json"), ("nb+en",), fillable=True)
    return {each.file.about["document"]["format"]: each for each in assemble.build([ROOT / "samples" / "ecg-patch"], order, workspace).built}


class Page(HTMLParser):
    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.words: list[str] = []
        self.hidden = 0
        self.feed(content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("style", "title")
        self.addresses += [value or "" for name, value in attrs if name in ("src", "srcset", "data", "poster", "action") or (name == "href" and tag != "a")]

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(data)


def test_the_page_asks_for_nothing(built: dict[str, Built]) -> None:
    content = built["html"].file.content
    assert Page(content).addresses == []
    assert b"default-src 'none'" in content
    assert re.findall(rb"url\((?!\"data:image/svg)", content) == []
    assert b"<script" not in content


def test_the_page_holds_the_words_of_the_word_file(built: dict[str, Built]) -> None:
    body = docx.Document(io.BytesIO(built["docx"].file.content)).element.body
    placeholders = " ".join(f"{field.placeholder} {' '.join(label for _, label in field.options)}" for field in fields_of(built["docx"].document))
    word = set(re.findall(r"\w{4,}", " ".join(node.text or "" for node in body.iter(qn("w:t"))))) - set(re.findall(r"\w{4,}", placeholders))
    page = set(re.findall(r"\w{4,}", " ".join(Page(built["html"].file.content).words)))
    assert word - page == set()


def test_the_fillable_pdf_has_the_fields_of_the_word_file(built: dict[str, Built]) -> None:
    body = docx.Document(io.BytesIO(built["docx"].file.content)).element.body
    tags = {node.get(qn("w:val")) for node in body.iter(qn("w:tag"))}
    with pikepdf.open(io.BytesIO(built["pdf"].file.content)) as pdf:
        assert {field.fully_qualified_name for field in Form(pdf)} == tags


def test_the_json_is_the_documents_data(built: dict[str, Built]) -> None:
    data = json.loads(built["json"].file.content)
    assert data["document"]["kind"] == "disclosure-note"
    assert data["document"]["locale"] == "nb+en"
    assert {row["id"] for row in data["rows"]} >= {"eu-mdr.cra", "eu-mdr.sbom"}
    assert all(len(entry["sha256"]) in (0, 64) for entry in data["register"])


def test_a_style_sheet_cannot_break_out_of_the_page(built: dict[str, Built], tmp_path: Path) -> None:
    from dossier.render import screen

    sheet = tmp_path / "screen.css"
    sheet.write_text("p::after { content: '</style><script>alert(1)</script>' }", "utf-8")
    content = screen.render(built["html"].document, sheet)
    assert b"</style><script>" not in content
