"""The page for the screen: self-contained, forbids itself every request and foreign script, and says what Word and PDF say."""
from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import docx
import pikepdf
import pytest
from docx.oxml.ns import qn
from pikepdf.form import Form

from dossier import assemble
from dossier.assemble import Built, Order, Workspace
from dossier.blocks import Field, Heading, Paragraph, Text, fields_of
from dossier.render import screen

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
        self.hidden += tag in ("style", "title", "script")
        self.addresses += [value or "" for name, value in attrs if name in ("src", "srcset", "data", "poster", "action") or (name == "href" and tag != "a")]

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("style", "title", "script")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(data)


def test_the_page_asks_for_nothing(built: dict[str, Built]) -> None:
    content = built["html"].file.content
    assert Page(content).addresses == []
    assert b"default-src 'none'" in content
    assert re.findall(rb"url\((?!\"data:image/svg)", content) == []
    (script,) = re.findall(rb"<script>(.*?)</script>", content, re.DOTALL)
    assert not re.search(rb"https?:|fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|import\(|\beval|new Function|innerHTML|document\.write", script)


def test_the_page_lets_in_our_script_alone_by_its_fingerprint(built: dict[str, Built]) -> None:
    content = built["html"].file.content
    (script,) = re.findall(rb"<script>(.*?)</script>", content, re.DOTALL)
    (policy,) = re.findall(rb'http-equiv="Content-Security-Policy" content="([^"]*)"', content)
    fingerprint = base64.b64encode(hashlib.sha256(script).digest())
    assert policy == b"default-src 'none'; script-src 'sha256-" + fingerprint + b"'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    assert content.count(b"<script") == 2, "ours, and the data block that never runs"
    assert not re.findall(rb"<[^>]*\son\w+=", re.sub(rb"(?s)<(script|style).*?</\1>", b"", content))


def test_a_page_without_fields_holds_no_script(built: dict[str, Built]) -> None:
    content = screen.render(replace(built["html"].document, blocks=(Paragraph((Text("Kun tekst"),)),)))
    assert b"<script" not in content
    assert b"script-src" not in content


@pytest.mark.parametrize("word", ["</script><script>alert(1)</script>", "<!--<script>", "\u2028\u2029", "]]>", "&lt;/script&gt;", "<img src=x onerror=alert(1)>", '"\'`', "</title></style>"])
def test_words_of_a_product_never_become_script_or_markup(word: str, built: dict[str, Built]) -> None:
    document = built["html"].document
    data = json.loads(document.data)
    data["product"]["id"] = word
    field = Field("a/comment", "textarea", word, word, word)
    blocks = (Heading(1, (Text(word),), "a"), Paragraph((Text(word), field, replace(field, name="b/s", kind="select", options=((word, word),)))))
    changed = replace(document, title=word, number=word, mark=word, product=word, subject=word, blocks=blocks, data=json.dumps(data).encode(), words={**document.words, "Save answers": word})
    content = screen.render(changed).decode()
    assert content.count("<script") == 2
    assert content.count("</script") == 2
    assert "<img" not in content
    (block,) = re.findall(r'<script type="application/json" id="page">(.*?)</script>', content, re.DOTALL)
    assert not set("<>&\u2028\u2029") & set(block)
    page = json.loads(block)
    assert (page["product"], page["document"]["number"], page["words"]["Save answers"]) == (word, word, word)


def test_every_field_is_a_control_with_a_label(built: dict[str, Built]) -> None:
    content = built["html"].file.content.decode()
    for field in fields_of(built["html"].document):
        assert f'name="{field.name}" title="{field.title}"' in content


def test_the_same_page_has_the_same_bytes(built: dict[str, Built]) -> None:
    assert screen.render(built["html"].document) == built["html"].file.content


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
    sheet = tmp_path / "screen.css"
    sheet.write_text("p::after { content: '</style><script>alert(1)</script>' }", "utf-8")
    content = screen.render(built["html"].document, sheet)
    assert b"</style><script>" not in content
