"""The Word renderer: every block and inline, the reviewer's fields, the parts of the package, style files of one's own."""
from __future__ import annotations

import datetime as dt
import importlib.util
import io
import json
import re
import subprocess
import sys
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree

from dossier import resources
from dossier.blocks import Block, Break, Bullets, Cell, Contents, Document, Field, Heading, Inline, Link, Paragraph, Row, Status, StatusKind, Table, Text
from dossier.errors import DossierError
from dossier.render.docx import NEEDED, render
from dossier.render.wordml import bookmark_names

ODD = ["<&|*", "æøå ÆØÅ", "Pump & <X>", 'said "yes"', "a" * 120, "Ωμέγα", "50 µg ≥ 1", "{number}", "]]>"]
STATUSES: list[StatusKind] = ["covered", "gap", "expected", "not-applicable", "undetermined", "applies", "information", "unconfirmed"]
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"


def document(*blocks: Block, **changes: Any) -> Document:
    plain = Document(
        "labelling-checklist", "Sjekkliste for merking", "NO-LBL-1", "B", dt.date(2026, 11, 23), "nb", "landscape", "Utkast", "Pump & <X>", "Kari Hansen",
        "Merking", ("utstyr", "Norge"), {"page": "Side", "of": "av", "revision": "rev.", "table": "Tabell"}, blocks,
    )  # fmt: skip
    return replace(plain, **changes)


def cell(*inlines: Inline | str, header: bool = False, lang: str = "") -> Cell:
    return Cell(tuple(Text(inline) if isinstance(inline, str) else inline for inline in inlines), header, lang)


def table(*rows: Row, **changes: Any) -> Table:
    return replace(Table((28, 94), (cell("Krav"), cell("Vurdering")), rows, (Text("Krav i loven"),), "Én rad per krav."), **changes)


def paragraph(*inlines: Inline | str, **changes: Any) -> Paragraph:
    return replace(Paragraph(cell(*inlines).inlines), **changes)


def everything() -> Document:
    fields = [
        Field("r/text", "text", "Navn", "Skriv navn"),
        Field("r/area", "textarea", "Merknad", "Skriv", "linje én\nlinje to"),
        Field("r/list", "select", "Status", "Velg", "ok", (("ok", "Oppfylt"), ("no", "Ikke oppfylt"))),
        Field("r/check", "checkbox", "Sett", "", "yes"),
        Field("r/date", "date", "Dato", "Velg dato", "2026-11-24"),
    ]
    return document(
        paragraph("Innledning", style="lead"),
        Contents("Innhold"),
        Heading(1, cell("Første").inlines, "one"),
        Heading(2, cell("Under").inlines, "one-two"),
        Heading(3, cell("Helt under").inlines, "one-two-three"),
        paragraph(Text("fet", "strong"), Text("kursiv", "em", "en"), Text("liten", "small"), Text("9f86", "code"), Break(), "slutt"),
        paragraph(Link("#no.1", "krav 1"), Link("https://example.org/a?b=1&c=2", "lov"), Link("evidence/Å b.pdf", "bevis", "en"), Link("#nowhere", "ingen"), Link("javascript:x", "skript")),
        *(paragraph("Avsnitt", style=style) for style in ("note", "warning", "small", "address", "signature")),
        paragraph("Whole paragraph", lang="en"),
        Bullets((cell("punkt").inlines, cell("punkt to").inlines)),
        table(Row((cell("1", header=True), cell(*(Status(kind, kind) for kind in STATUSES))), "no.1"), Row((cell("2"), cell(*fields)), "no.2"), Row((cell(), cell(*ODD)))),
        table(Row((cell("A", header=True), cell("English", Status("gap", "gap"), lang="en"))), head=(), caption=(), summary="", style="facts"),
        table(Row((cell("Godkjent av", header=True), cell())), style="sign"),
        data=b'{"text":"<&>\xc3\xa6"}',
    )  # fmt: skip


def files(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def body(made: Document, style: Path | None = None) -> Any:
    return etree.fromstring(files(render(made, style))["word/document.xml"]).find(qn("w:body"))


def values(element: Any, tag: str, attribute: str = "w:val") -> list[str]:
    return [found.get(qn(attribute)) for found in element.iter(qn(tag))]


def words(element: Any) -> str:
    return "".join(found.text or "" for found in element.iter(qn("w:t")))


def controls(element: Any) -> dict[str, Any]:
    return {values(found, "w:tag")[0]: found for found in element.iter(qn("w:sdt"))}


def rewritten(target: Path, change: Any) -> Path:
    """The shipped style file with each of its XML parts put through `change(name, text)`."""
    with zipfile.ZipFile(resources.asset("style.docx")) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(name, data.decode()) if name.endswith((".xml", ".rels")) else data)
    return target


# --- the package ------------------------------------------------------------------------------------------------------


def test_the_same_document_gives_the_same_bytes() -> None:
    assert render(everything()) == render(everything())


def test_another_process_gives_the_same_bytes() -> None:
    code = "import sys; sys.path[:0] = sys.argv[1:]; import test_render_docx as t; sys.stdout.buffer.write(t.render(t.everything()))"
    here = Path(__file__).parent
    made = [subprocess.run([sys.executable, "-c", code, str(here), str(here.parent)], capture_output=True, check=True, env={"PYTHONHASHSEED": seed}).stdout for seed in ("1", "2")]
    assert made[0] == made[1] == render(everything())


def test_every_entry_is_dated_1980_and_named_once() -> None:
    with zipfile.ZipFile(io.BytesIO(render(everything()))) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        names = package.namelist()
    assert names[0] == "[Content_Types].xml"
    assert len(names) == len(set(names))


def test_every_part_is_well_formed_and_every_relationship_leads_somewhere() -> None:
    parts = files(render(everything()))
    for name, data in parts.items():
        if name.endswith((".xml", ".rels")):
            etree.fromstring(data)
    relations = etree.fromstring(parts["word/_rels/document.xml.rels"])
    for relation in relations:
        assert relation.get("TargetMode") == "External" or f"word/{relation.get('Target')}" in parts or relation.get("Target").lstrip("./") in parts
    known = {relation.get("Id") for relation in relations}
    assert set(re.findall(rb'r:id="([^"]+)"', parts["word/document.xml"])) <= {name.encode() for name in known}


def test_importing_the_renderer_loads_neither_python_docx_nor_weasyprint() -> None:
    code = "import sys, dossier.render.docx; print(sorted({'docx', 'lxml', 'weasyprint', 'zipfile'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parent.parent)
    assert done.stdout.strip() == "[]"


def test_core_properties_say_what_the_document_is() -> None:
    core = docx.Document(io.BytesIO(render(everything()))).core_properties
    assert (core.title, core.author, core.subject, core.keywords) == ("Sjekkliste for merking", "Kari Hansen", "Merking", "utstyr; Norge")
    assert (core.language, core.identifier, core.version, core.content_status) == ("nb-NO", "NO-LBL-1", "B", "Utkast")
    assert core.created == core.modified == dt.datetime(2026, 11, 23, tzinfo=dt.UTC)


def test_the_record_comes_back_as_it_went_in() -> None:
    parts = files(render(everything()))
    root = etree.fromstring(parts["customXml/item1.xml"])
    assert root.tag == "{urn:dossier:record:1}dossier"
    assert (root.get("document"), root.get("revision"), root[0].get("format")) == ("NO-LBL-1", "B", "json")
    assert root[0].text.encode() == everything().record
    assert b"urn:dossier:record:1" in parts["customXml/itemProps1.xml"]


def test_a_record_with_characters_that_xml_cannot_hold_says_the_same() -> None:
    record = json.dumps({"a": "\uffff\ufffe<>&"}, ensure_ascii=False).encode()
    found = etree.fromstring(files(render(document(data=record)))["customXml/item1.xml"])[0].text
    assert json.loads(found) == json.loads(record)


def test_without_a_record_there_is_no_custom_part() -> None:
    assert not [name for name in files(render(document())) if name.startswith("customXml")]


@pytest.mark.parametrize(("locale", "tag"), [("nb", "nb-NO"), ("nn", "nn-NO"), ("en", "en-GB")])
def test_the_document_says_its_language(locale: str, tag: str) -> None:
    parts = files(render(document(locale=locale)))
    defaults = etree.fromstring(parts["word/styles.xml"]).find(f"{qn('w:docDefaults')}//{qn('w:lang')}")
    assert defaults.get(qn("w:val")) == tag
    assert values(etree.fromstring(parts["word/settings.xml"]), "w:themeFontLang") == [tag]
    assert f"<dc:language>{tag}<" in parts["docProps/core.xml"].decode()


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("orientation", "width", "usable"), [("landscape", 297, 261), ("portrait", 210, 170)])
def test_pages_are_a4_in_the_wanted_orientation(orientation: str, width: int, usable: int) -> None:
    section = docx.Document(io.BytesIO(render(document(orientation=orientation)))).sections[0]
    assert round(section.page_width.mm) == width
    assert round(section.page_width.mm - section.left_margin.mm - section.right_margin.mm) == usable


@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
def test_header_and_footer_carry_the_documents_words(orientation: str) -> None:
    made = docx.Document(io.BytesIO(render(document(orientation=orientation, title="A & <B>"))))
    assert len(made.sections) == 1
    assert made.sections[0].header.paragraphs[0].text == "NO-LBL-1 · rev. B\tA & <B>\tUtkast"
    assert made.sections[0].footer.paragraphs[0].text == "Pump & <X>\t\tSide 1 av 1"
    footer = made.sections[0].footer._element
    assert [code.text.strip() for code in footer.iter(qn("w:instrText"))] == ["PAGE", "NUMPAGES"]
    assert not list(footer.iter(qn("w:sdt")))


def test_words_in_braces_in_a_value_are_not_filled_again() -> None:
    made = docx.Document(io.BytesIO(render(document(title="{mark}"))))
    assert made.sections[0].header.paragraphs[0].text == "NO-LBL-1 · rev. B\t{mark}\tUtkast"


# --- blocks -----------------------------------------------------------------------------------------------------------


def test_every_block_becomes_its_style() -> None:
    made = docx.Document(io.BytesIO(render(everything())))
    names = {found.style.name for found in made.paragraphs}
    assert names >= {"Title", "Lead", "Heading 1", "Heading 2", "Heading 3", "Body Text", "Note", "Warning", "Small", "Address", "Signature", "List Bullet", "TOC Heading", "Caption"}
    assert made.paragraphs[0].text == "Sjekkliste for merking"
    assert [found.style.name for found in made.tables] == ["Dossier Table", "Dossier Facts", "Dossier Sign"]


def test_no_run_and_no_paragraph_is_formatted_directly() -> None:
    found = body(everything())
    assert {child.tag for look in found.iter(qn("w:rPr")) for child in look} == {qn("w:rStyle")}
    assert {child.tag for look in found.iter(qn("w:pPr")) for child in look} == {qn("w:pStyle")}


def test_every_style_that_is_named_exists() -> None:
    parts = files(render(everything()))
    known = set(values(etree.fromstring(parts["word/styles.xml"]), "w:style", "w:styleId"))
    root = etree.fromstring(parts["word/document.xml"])
    assert {name for tag in ("w:pStyle", "w:rStyle", "w:tblStyle") for name in values(root, tag)} <= known


@pytest.mark.parametrize("text", ODD)
def test_odd_text_comes_through_everywhere(text: str) -> None:
    made = document(
        Heading(1, cell(text).inlines, "h"), paragraph(text, Text(text, "strong"), Link("https://example.org", text), Status("gap", text)), Bullets((cell(text).inlines,)),
        table(Row((cell(text), cell(Field("a/b", "text", text, text))), text)), Contents(text), title=text, number=text, mark=text,
    )  # fmt: skip
    parts = files(render(made))
    root = etree.fromstring(parts["word/document.xml"])
    assert words(root).count(text) >= 9
    assert values(root, "w:alias") == [text[:64]]
    assert text in words(etree.fromstring(parts["word/header2.xml"]))


def test_new_lines_and_soft_hyphens_become_words_own_marks() -> None:
    found = body(document(paragraph("a\nb\xadc")))
    run = list(found.iter(qn("w:r")))[-1]
    assert [etree.QName(child).localname for child in run] == ["t", "br", "t", "softHyphen", "t"]


def test_characters_that_xml_cannot_hold_are_left_out() -> None:
    assert words(body(document(paragraph("a\x00\x0b\ud800\ufffeb"))))[-2:] == "ab"


def test_an_empty_document_is_a_document() -> None:
    assert [found.text for found in docx.Document(io.BytesIO(render(document()))).paragraphs] == ["Sjekkliste for merking"]


def test_the_contents_are_a_field_with_its_lines_in_place() -> None:
    found = body(document(Contents("Innhold"), Heading(1, cell("Første").inlines, "a"), Heading(2, cell("Under").inlines, "b"), Heading(1, cell("Andre").inlines, "c")))
    lines = [line for line in found.iter(qn("w:p")) if values(line, "w:pStyle") == ["TOC1"]]
    assert [words(line) for line in lines] == ["Første", "Andre"]
    assert [code.text for code in found.iter(qn("w:instrText"))] == [r' TOC \o "1-1" \h \z \n ']
    assert values(found, "w:fldChar", "w:fldCharType") == ["begin", "separate", "end"]
    assert values(found, "w:hyperlink", "w:anchor") == ["a", "c"]
    assert {"a", "b", "c"} == set(values(found, "w:bookmarkStart", "w:name"))


def test_contents_without_chapters_are_left_out() -> None:
    assert words(body(document(Contents("Innhold")))) == "Sjekkliste for merking"


def test_captions_count_the_tables_that_have_one() -> None:
    found = body(document(table(), table(caption=()), table()))
    captions = [line for line in found.iter(qn("w:p")) if values(line, "w:pStyle") == ["Caption"]]
    assert [words(line) for line in captions] == ["Tabell 1. Krav i loven", "Tabell 2. Krav i loven"]
    assert values(found, "w:fldSimple", "w:instr") == [r" SEQ Tabell \* ARABIC "] * 2


def test_tables_never_touch_and_the_body_never_ends_with_one() -> None:
    found = body(document(table(), table(caption=()), table(caption=())))
    kinds = [etree.QName(child).localname for child in found]
    assert "tbl tbl" not in " ".join(kinds)
    assert kinds[-2:] == ["p", "sectPr"]


# --- tables -----------------------------------------------------------------------------------------------------------


def test_head_rows_repeat_and_no_row_is_split() -> None:
    found = body(document(table(Row((cell("1"), cell("2"))), Row((cell("3"), cell("4"))))))
    rows = list(found.iter(qn("w:tr")))
    assert [bool(values(row, "w:tblHeader")) for row in rows] == [True, False, False]
    assert all(row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in rows)


def test_columns_have_the_widths_of_the_document() -> None:
    found = body(document(table(Row((cell("1"), cell("2"))), widths=(28, 94))))
    assert values(found, "w:gridCol", "w:w") == ["1587", "5329"]
    assert values(found, "w:tcW", "w:w") == ["1587", "5329"] * 2
    assert values(found, "w:tblLayout", "w:type") == ["fixed"]


def test_a_table_too_wide_for_the_page_is_made_narrower() -> None:
    found = body(document(table(Row((cell("1"), cell("2"))), widths=(200, 140)), orientation="portrait"))
    grid = [int(width) for width in values(found, "w:gridCol", "w:w")]
    assert sum(grid) <= round(170 * 1440 / 25.4) + 1
    assert grid[0] / grid[1] == pytest.approx(200 / 140, rel=0.01)


def test_tables_have_alternative_text_and_say_what_their_headings_are() -> None:
    found = body(everything())
    assert values(found, "w:tblCaption")[0] == "Krav i loven"
    assert values(found, "w:tblDescription")[0] == "Én rad per krav."
    looks = [(look.get(qn("w:firstRow")), look.get(qn("w:firstColumn"))) for look in found.iter(qn("w:tblLook"))]
    assert looks == [("1", "0"), ("0", "1"), ("1", "1")]


def test_heading_cells_have_the_style_of_their_table() -> None:
    row = Row((cell("A", header=True), cell("b")))
    made = docx.Document(io.BytesIO(render(document(*(table(row, style=style) for style in ("grid", "facts", "sign"))))))
    assert [found.rows[0].cells[0].paragraphs[0].style.name for found in made.tables] == ["Table Head"] * 3
    assert [found.rows[1].cells[0].paragraphs[0].style.name for found in made.tables] == ["Table Row Head", "Table Label", "Table Row Head"]
    assert {found.rows[1].cells[1].paragraphs[0].style.name for found in made.tables} == {"Table Text"}


def test_rows_to_sign_leave_eleven_millimetres() -> None:
    found = body(document(table(Row((cell("A"), cell())), style="sign")))
    assert values(found, "w:trHeight") == [str(round(11 * 1440 / 25.4))]


def test_a_row_that_does_not_fit_its_table_is_refused_by_name() -> None:
    with pytest.raises(DossierError) as caught:
        render(document(table(Row((cell("1"),), "no.1"))))
    assert str(caught.value) == "labelling-checklist: a row has 1 cells, but its table 2 columns (row no.1). Give each row one cell a column."


def test_every_row_id_is_a_bookmark_in_its_row() -> None:
    made = docx.Document(io.BytesIO(render(document(table(*(Row((cell(name), cell()), name) for name in ("no.mdreg.6", "eu-mdr.23.2.a")))))))
    rows = list(made.element.body.iter(qn("w:tr")))[1:]
    assert [values(row, "w:bookmarkStart", "w:name") for row in rows] == [["no_mdreg_6"], ["eu_mdr_23_2_a"]]


def test_bookmarks_are_unique_and_closed() -> None:
    rows = [Row((cell("x"), cell()), name) for name in ("a.b", "a-b", "A.B", "a.b", "x" * 50, "x" * 51, "1", "æ")]
    found = body(document(Heading(1, cell("h").inlines, "a.b"), table(*rows)))
    names = values(found, "w:bookmarkStart", "w:name")
    assert len(names) == len({name.lower() for name in names}) == 7
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,39}", name) for name in names)
    assert values(found, "w:bookmarkStart", "w:id") == values(found, "w:bookmarkEnd", "w:id")


def test_bookmark_names_do_not_depend_on_what_stands_around_them() -> None:
    long = "eu-mdr." + "9" * 60
    assert bookmark_names(["x", long])[long] == bookmark_names([long, "y"])[long]


# --- links ------------------------------------------------------------------------------------------------------------


def test_links_inside_lead_to_bookmarks() -> None:
    found = body(document(paragraph(Link("#no.1", "krav")), table(Row((cell("1"), cell()), "no.1"))))
    assert values(found, "w:hyperlink", "w:anchor") == ["no_1"]
    assert "no_1" in values(found, "w:bookmarkStart", "w:name")


def test_links_outside_are_relationships_one_for_each_address() -> None:
    made = document(paragraph(*(Link("https://example.org/?a=1&b=<2>", "lov"), Link("evidence/Å b 100%.pdf", "bevis")) * 3))
    parts = files(render(made))
    relations = [found for found in etree.fromstring(parts["word/_rels/document.xml.rels"]) if found.get("TargetMode") == "External"]
    assert [found.get("Target") for found in relations] == ["https://example.org/?a=1&b=%3C2%3E", "evidence/Å%20b%20100%25.pdf"]
    assert values(etree.fromstring(parts["word/document.xml"]), "w:hyperlink", "r:id") == [found.get("Id") for found in relations] * 3


@pytest.mark.parametrize("href", ["", "#nowhere", "javascript:alert(1)", "file:///etc/passwd", "/etc/passwd"])
def test_a_link_that_may_not_or_cannot_be_followed_is_left_as_words(href: str) -> None:
    found = body(document(paragraph(Link(href, "ord"))))
    assert not list(found.iter(qn("w:hyperlink")))
    assert words(found).endswith("ord")


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(DossierError, match=re.escape('"https://[::1" is not an address')):
        render(document(paragraph(Link("https://[::1", "x"))))


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", STATUSES)
def test_a_status_is_its_word_in_a_style_of_its_kind(kind: Any) -> None:
    made = docx.Document(io.BytesIO(render(document(paragraph(Status(kind, "Ord"))))))
    run = made.paragraphs[1].runs[0]
    assert (run.text, run.style.name) == ("Ord", "Status " + "".join(word.capitalize() for word in kind.split("-")))


def test_words_in_another_language_say_so() -> None:
    made = document(
        paragraph(Text("en", lang="en"), Text("nn", lang="nn"), Text("nb", lang="nb"), Text("de", lang="de"), Text("fet", "strong", "en")),
        table(Row((cell("all", Text("own", lang="nb"), Link("https://example.org", "link"), lang="en"), cell("hjemlig")))),
    )
    read = docx.Document(io.BytesIO(render(made)))
    assert [run.style.name for run in read.paragraphs[1].runs] == ["Language en", "Language nn", "Default Paragraph Font", "Language de", "Strong en"]
    tags = {style.name: values(style.element, "w:lang")[0] for style in read.styles if style.name.endswith((" en", " nn", " de"))}
    assert tags == {"Language en": "en-GB", "Language nn": "nn-NO", "Language de": "de-DE", "Strong en": "en-GB", "Hyperlink en": "en-GB"}
    assert read.styles["Strong en"].base_style.name == "Strong"
    first = read.tables[0].rows[1].cells[0].paragraphs[0]
    assert [run.style.name for run in first.runs] == ["Language en", "Default Paragraph Font"]


# --- fields -----------------------------------------------------------------------------------------------------------


def test_fields_are_controls_inside_paragraphs_known_by_their_tag() -> None:
    found = controls(body(everything()))
    assert list(found) == ["r/text", "r/area", "r/list", "r/check", "r/date"]
    assert {etree.QName(control.getparent()).localname for control in found.values()} == {"p"}
    assert all(values(control, "w:lock") == ["sdtLocked"] for control in found.values())
    numbers = [int(values(control, "w:id")[0]) for control in found.values()]
    assert len(set(numbers)) == 5
    assert all(0 < number <= 0x7FFFFFFF for number in numbers)
    assert not list(body(everything()).iter(qn("w:dataBinding")))


def test_an_empty_field_shows_its_placeholder_as_such() -> None:
    kinds = ("text", "textarea", "select", "date")
    found = controls(body(document(paragraph(*(Field(kind, kind, kind, f"Fyll {kind}") for kind in kinds)))))  # type: ignore[arg-type]
    for kind in kinds:
        assert list(found[kind].iter(qn("w:showingPlcHdr")))
        assert words(found[kind]) == f"Fyll {kind}"
        assert values(found[kind], "w:rStyle") == ["PlaceholderText"]


def test_a_field_without_placeholder_still_has_room_to_click() -> None:
    found = controls(body(document(paragraph(Field("a", "text", "A")))))["a"]
    assert words(found).strip() == ""
    assert len(words(found)) > 1


def test_a_filled_field_shows_its_answer() -> None:
    found = controls(body(everything()))
    assert not list(found["r/area"].iter(qn("w:showingPlcHdr")))
    assert [text.text for text in found["r/area"].iter(qn("w:t"))] == ["linje én", "linje to"]
    assert values(found["r/area"], "w:text", "w:multiLine") == ["1"]
    assert words(found["r/list"]) == "Oppfylt"
    assert words(found["r/date"]) == "24.11.2026"
    assert values(found["r/date"], "w:date", "w:fullDate") == ["2026-11-24T00:00:00Z"]
    assert values(found["r/date"], "w:lid") == ["nb-NO"]


def test_a_list_offers_the_placeholder_first_and_then_its_options() -> None:
    found = controls(body(everything()))["r/list"]
    items = [(item.get(qn("w:value")), item.get(qn("w:displayText"))) for item in found.iter(qn("w:listItem"))]
    assert items == [("", "Velg"), ("ok", "Oppfylt"), ("no", "Ikke oppfylt")]


def test_an_answer_that_is_no_longer_offered_stays_visible() -> None:
    field = Field("a", "select", "A", "Velg", "gammelt", (("ny", "Ny"),))
    assert words(controls(body(document(paragraph(field))))["a"]) == "gammelt"


def test_a_date_that_is_no_date_stays_as_it_was_written() -> None:
    found = controls(body(document(paragraph(Field("a", "date", "A", "", "i morgen")))))["a"]
    assert words(found) == "i morgen"
    assert values(found, "w:date", "w:fullDate") == [None]


@pytest.mark.parametrize(("value", "shown", "state"), [("yes", "☑", "1"), ("", "☐", "0")])
def test_a_check_box_is_ticked_with_a_mark_of_the_body_font(value: str, shown: str, state: str) -> None:
    found = controls(body(document(paragraph(Field("a", "checkbox", "A", "", value)))))["a"]
    assert words(found) == shown
    assert [mark.get(f"{W14}val") for mark in found.iter(f"{W14}checked")] == [state]
    assert [(mark.get(f"{W14}val"), mark.get(f"{W14}font")) for mark in found.iter(f"{W14}checkedState")] == [("2611", "Source Sans 3")]


def test_the_vendored_fonts_have_the_marks_of_the_check_box() -> None:
    from fontTools.ttLib import TTFont

    for file in sorted(resources.asset("fonts").glob("*.ttf")):
        with TTFont(file) as font:
            assert {0x2610, 0x2611, ord("–"), ord("·")} <= set(font.getBestCmap())
            assert font["OS/2"].fsType == 0


def test_titles_are_cut_and_tags_never() -> None:
    assert values(body(document(paragraph(Field("t" * 64, "text", "T" * 80)))), "w:alias") == ["T" * 64]
    with pytest.raises(DossierError) as caught:
        render(document(paragraph(Field("t" * 65, "text", "T"), Field("a", "text", "A"), Field("a", "text", "A"), Field("", "text", "A"))))
    assert [problem.message.split(";")[0] for problem in caught.value.problems] == [
        'the field name "" has 0 characters',
        'the field name "a" is used twice.',
        f'the field name "{"t" * 65}" has 65 characters',
    ]


# --- large documents --------------------------------------------------------------------------------------------------


def large(count: int) -> Document:
    field = [Field(f"no.{number}/status", "select", "Status", "Velg", "", (("a", "A"),)) for number in range(count)]
    rows = [Row((cell(f"no.{number}"), cell(Text("tekst", "strong"), Link(f"https://example.org/{number % 7}", "kilde"), field[number])), f"no.{number}") for number in range(count)]
    return document(table(*rows))


def test_five_thousand_rows_take_ten_times_the_work_of_five_hundred() -> None:
    """Counts function calls, not seconds."""

    def calls(made: Document) -> int:
        counted = Counter[str]()
        render(made)
        sys.setprofile(lambda frame, event, arg: counted.update([event]))
        try:
            render(made)
        finally:
            sys.setprofile(None)
        return counted["call"] + counted["c_call"]

    assert calls(large(5000)) <= 10.5 * calls(large(500))


def test_five_thousand_rows_keep_their_ids_fields_and_links() -> None:
    found = body(large(5000))
    assert len(set(values(found, "w:bookmarkStart", "w:name"))) == 5000
    assert len(controls(found)) == 5000
    assert len({number for control in found.iter(qn("w:sdt")) for number in values(control, "w:id")}) == 5000
    assert len(set(values(found, "w:hyperlink", "r:id"))) == 7


# --- style files ------------------------------------------------------------------------------------------------------


def test_the_shipped_style_file_is_what_its_script_writes(tmp_path: Path) -> None:
    path = resources.asset("make_style.py")
    spec = importlib.util.spec_from_file_location("make_style", path)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.main(tmp_path / "style.docx")
    assert files((tmp_path / "style.docx").read_bytes()) == files(resources.asset("style.docx").read_bytes())


def test_the_shipped_style_file_has_no_relics_and_its_fonts_unhide() -> None:
    parts = files(resources.asset("style.docx").read_bytes())
    assert not [name for name in parts if "stylesWithEffects" in name or "thumbnail" in name]
    assert set(values(etree.fromstring(parts["word/document.xml"]), "w:pgSz", "w:w")) == {"11906", "16838"}
    for font in etree.fromstring(parts["word/fontTable.xml"]).iter(qn("w:embedRegular")):
        key = bytes.fromhex(font.get(qn("w:fontKey")).strip("{}").replace("-", ""))[::-1]
        number = font.get(qn("r:id")).removeprefix("rId")
        data = parts[f"word/fonts/font{number}.odttf"]
        assert bytes(data[index] ^ key[index % 16] for index in range(4)) == b"\0\1\0\0"


def test_the_specimen_of_the_style_file_is_left_out() -> None:
    assert "specimen" not in words(body(document()))


def test_missing_styles_are_all_named(tmp_path: Path) -> None:
    def change(name: str, text: str) -> str:
        return text.replace('w:name w:val="Table Text"', 'w:name w:val="Other"').replace('w:name w:val="Status Gap"', 'w:name w:val="Another"')

    style = rewritten(tmp_path / "mine.docx", change)
    with pytest.raises(DossierError) as caught:
        render(document(), style)
    assert [(problem.file, problem.message) for problem in caught.value.problems] == [
        (str(style), 'the character style "Status Gap" is missing.'),
        (str(style), 'the paragraph style "Table Text" is missing.'),
    ]


def test_the_shipped_style_file_has_every_style_that_is_needed() -> None:
    styles = etree.fromstring(files(resources.asset("style.docx").read_bytes())["word/styles.xml"])
    known = {(style.get(qn("w:type")), style.find(qn("w:name")).get(qn("w:val")).lower()) for style in styles.iter(qn("w:style"))}
    assert {(kind, name.lower()) for kind, name in NEEDED} <= known


def test_styles_are_known_by_name_since_word_translates_their_ids(tmp_path: Path) -> None:
    style = rewritten(tmp_path / "norsk.docx", lambda name, text: text.replace('"Heading1"', '"Overskrift1"').replace('"TableText"', '"Tabelltekst"'))
    found = body(everything(), style)
    assert "Overskrift1" in values(found, "w:pStyle")
    assert "Heading1" not in values(found, "w:pStyle")


def test_a_style_file_without_the_orientation_is_turned(tmp_path: Path) -> None:
    def upright(name: str, text: str) -> str:
        return text.replace('w:w="16838" w:h="11906" w:orient="landscape"', 'w:w="11906" w:h="16838"') if name == "word/document.xml" else text

    section = docx.Document(io.BytesIO(render(document(), rewritten(tmp_path / "upright.docx", upright)))).sections[0]
    assert section.page_width > section.page_height
    assert section.header.paragraphs[0].text.startswith("NO-LBL-1")


def test_header_marks_work_without_their_controls(tmp_path: Path) -> None:
    def plain(name: str, text: str) -> str:
        return re.sub(r"<w:sdt><w:sdtPr>.*?</w:sdtPr><w:sdtContent>(.*?)</w:sdtContent></w:sdt>", r"\1", text) if "header" in name else text

    made = docx.Document(io.BytesIO(render(document(), rewritten(tmp_path / "plain.docx", plain))))
    assert made.sections[0].header.paragraphs[0].text == "NO-LBL-1 · rev. B\tSjekkliste for merking\tUtkast"


def test_the_users_own_words_in_the_header_stay(tmp_path: Path) -> None:
    style = rewritten(tmp_path / "own.docx", lambda name, text: text.replace(" · ", " – Nordlys – ") if "header" in name else text)
    made = docx.Document(io.BytesIO(render(document(), style)))
    assert made.sections[0].header.paragraphs[0].text.startswith("NO-LBL-1 – Nordlys – rev. B")


def test_an_attached_template_does_not_travel(tmp_path: Path) -> None:
    style = tmp_path / "attached.docx"
    relation = '<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="https://example.org/t.dotm" TargetMode="External"/>'
    rewritten(style, lambda name, text: text.replace("<w:embedTrueTypeFonts/>", '<w:embedTrueTypeFonts/><w:attachedTemplate r:id="rId9"/>') if "settings" in name else text)
    with zipfile.ZipFile(style, "a") as package:
        package.writestr("word/_rels/settings.xml.rels", f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relation}</Relationships>')
    parts = files(render(document(), style))
    assert b"example.org" not in b"".join(parts.values())
    assert b"attachedTemplate" not in parts["word/settings.xml"]


def test_a_changed_style_file_is_read_again(tmp_path: Path) -> None:
    style = rewritten(tmp_path / "mine.docx", lambda name, text: text)
    before = files(render(document(), style))["word/styles.xml"]
    rewritten(style, lambda name, text: text.replace("1F4E6B", "006644"))
    assert files(render(document(), style))["word/styles.xml"] != before


@pytest.mark.parametrize(("name", "content", "message"), [("none.docx", None, "is not there"), ("text.docx", b"hello", "is not a Word document"), ("empty.docx", b"", "is not a Word document")])
def test_a_style_file_that_cannot_be_used_is_refused_with_a_sentence(tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    style = tmp_path / name
    if content is not None:
        style.write_bytes(content)
    with pytest.raises(DossierError, match=message):
        render(document(), style)
