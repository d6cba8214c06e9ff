"""Filled workbooks read back: every answer equal whatever was moved, everything else a finding that quotes it, bad files a sentence."""
from __future__ import annotations

import datetime as dt
import io
import json
import random
import re
import shutil
import subprocess
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from dossier import assemble, i18n, marks, template
from dossier.blocks import Document, Field, fields_of
from dossier.blocks import filled as with_answers
from dossier.checklist import Checklist
from dossier.errors import DossierError, ExitCode
from dossier.render.xlsx import render
from dossier.review import excel, written
from dossier.review.findings import Comparison, compare
from dossier.review.reading import Reading
from dossier.template import Issue

from .conftest import DAY, ROOT
from .workbooks import changed, filled, odd_strings, opened, saved, spots

DOCUMENTS = ("dossier-checklist", "evidence-index", "labelling-checklist", "disclosure-note", "cover-letter")
LEADS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "==", '=HYPERLINK("x")', "|calc", "%0A=1", "{=1}")
ROW = "eu-mdr.23.4.a"
COMMENT, STATUS, APPLIES = f"{ROW}/comment", f"{ROW}/status", f"{ROW}/applies"


@pytest.fixture(scope="module")
def documents(check: Callable[[Path], Checklist], workspace: assemble.Workspace) -> dict[str, Document]:
    checklist = check(ROOT / "samples" / "ecg-patch")
    return {each.id: template.render(each, checklist, i18n.tongue("nb"), workspace.shelf, Issue(DAY)) for each in workspace.shelf.templates}


@pytest.fixture(scope="module")
def labelling(documents: dict[str, Document]) -> bytes:
    return render(documents["labelling-checklist"])


def read(content: bytes, name: str = "review.xlsx") -> Reading:
    return excel.read(name, content)


def compared(content: bytes) -> Comparison:
    reading = read(content)
    assert reading.issued is not None
    return compare(reading, reading.issued)


def sentences(content: bytes) -> list[str]:
    return [str(finding) for finding in compared(content).findings]


def odd_answers(document: Document, strings: list[str]) -> dict[str, str]:
    """All strings spread over the text fields; every list, date and box filled too."""
    texts = [field.name for field in fields_of(document) if field.kind in ("text", "textarea")]
    answers = {name: "\n".join(strings[number :: len(texts)]) or "Ærlig talt,\nøl på Åsen" for number, name in enumerate(texts)}
    for number, field in enumerate(fields_of(document)):
        match field.kind:
            case "select":
                answers[field.name] = field.options[number % len(field.options)][0]
            case "date":
                answers[field.name] = "2026-11-30"
            case "checkbox":
                answers[field.name] = "yes"
    return answers


def typed(document: Document, answers: dict[str, str]) -> dict[str, Any]:
    """The answers as a reviewer enters them: labels of lists, days as days."""
    field = {each.name: each for each in fields_of(document)}
    return {name: dict(field[name].options).get(value, value) if field[name].kind == "select" else dt.date.fromisoformat(value) if field[name].kind == "date" else value for name, value in answers.items()}


def lines_of(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def fit(answers: dict[str, str]) -> dict[str, str]:
    """The answers as the record holds them: without characters that no document can hold."""
    return {name: written.fit(text)[0] for name, text in answers.items()}


# --- round trips ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DOCUMENTS)
def test_an_untouched_workbook_says_nothing_new(name: str, documents: dict[str, Document]) -> None:
    comparison = compared(render(documents[name]))
    assert comparison.given == {}
    assert comparison.findings == ()
    assert set(comparison.answers) == {field.name for field in fields_of(documents[name])}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_odd_strings_typed_in_come_back_equal(name: str, documents: dict[str, Document]) -> None:
    strings = odd_strings()
    assert len(strings) > 490
    answers = odd_answers(documents[name], strings)
    comparison = compared(filled(render(documents[name]), typed(documents[name], answers)))
    assert comparison.answers == fit(answers)
    assert {finding.field for finding in comparison.findings if finding.message == written.UNFIT} == {name for name, text in answers.items() if written.fit(text)[1]}
    assert all("gives no reason" in finding.message for finding in comparison.findings if finding.message != written.UNFIT)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_answers_of_earlier_reviews_come_back_equal(name: str, documents: dict[str, Document]) -> None:
    answers = odd_answers(documents[name], [*odd_strings(), "_x0041_", "a_x000D_b", "x005F_", "\x01\x1f", "\ufffe\uffff", " før og etter ", "\n\n"])
    document = replace(documents[name], blocks=with_answers(documents[name].blocks, answers))
    for single in (False, True):
        assert {answer.field: answer.value for answer in read(render(document, single_sheet=single)).answers} == fit(answers)


def test_every_form_of_a_long_answer_comes_back_equal(labelling: bytes) -> None:
    texts = {"long": "En lang kommentar med æ, ø og å. " * 900, "lines": "\n".join(f"linje {number}" for number in range(200)), "most": "å" * 32_767, "emoji": "😀" * 100, "markup": "<w:t>&amp;</w:t>"}
    for text in texts.values():
        assert compared(filled(labelling, {COMMENT: text})).given == {COMMENT: text}


@pytest.mark.parametrize("lead", LEADS)
def test_formula_leads_stay_text(lead: str, labelling: bytes) -> None:
    names = [name for name in spots(opened(labelling)) if name.endswith("/comment")]
    content = filled(labelling, dict.fromkeys(names, lead))
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert not any(b"<f>" in package.read(name) for name in package.namelist() if "/worksheets/" in name)
    comparison = compared(content)
    assert comparison.given == dict.fromkeys(names, lines_of(lead))
    assert comparison.findings == ()


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_answers_survive_libreoffice(documents: dict[str, Document], tmp_path: Path) -> None:
    document = documents["evidence-index"]
    answers = odd_answers(document, odd_strings())
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "review.xlsx").write_bytes(filled(render(document), typed(document, answers)))
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "out"), str(tmp_path / "in" / "review.xlsx")]
    told = subprocess.run(command, check=True, capture_output=True, timeout=300)
    assert (tmp_path / "out" / "review.xlsx").is_file(), f"LibreOffice Calc, which .ci/setup-tests installs, did not save the workbook: {told.stderr.decode()}"
    comparison = compared((tmp_path / "out" / "review.xlsx").read_bytes())
    different = {name: (value, comparison.answers.get(name)) for name, value in fit(answers).items() if comparison.answers.get(name) != value}
    assert different == {}
    assert all("gives no reason" in finding.message for finding in comparison.findings if finding.message != written.UNFIT)


# --- whatever a reviewer moves ----------------------------------------------------------------------------------------

GIVEN = {COMMENT: "På side 1\nog 2", STATUS: "fulfilled", APPLIES: "yes", "document/reviewer": "Kari Nordmann", "document/review-date": "2026-11-30"}
TYPED = {COMMENT: "På side 1\nog 2", STATUS: "Oppfylt", APPLIES: "Ja", "document/reviewer": "Kari Nordmann", "document/review-date": dt.datetime(2026, 11, 30)}


def sheet_of(book: Workbook, name: str = COMMENT) -> tuple[Worksheet, int, int]:
    title, row, column = spots(book)[name]
    return book[title], row, column


def shuffle(book: Workbook) -> None:
    sheet, _, _ = sheet_of(book)
    numbers = [row for row in range(2, sheet.max_row + 1) if "/comment" in str(sheet.cell(row, 1).value)]
    values = [[cell.value for cell in sheet[row]] for row in numbers]
    random.Random(1).shuffle(values)
    for row, line in zip(numbers, values, strict=True):
        for column, value in enumerate(line, 1):
            sheet.cell(row, column).value = value


def hide(book: Workbook) -> None:
    sheet, row, _ = sheet_of(book)
    for letter in "DEFG":
        sheet.column_dimensions[letter].hidden = True
    sheet.row_dimensions[row].hidden = True
    sheet.auto_filter.add_filter_column(0, ["nothing"])


def rename(book: Workbook) -> None:
    for number, sheet in enumerate(book):
        sheet.title = f"Ark {number}"
    book.move_sheet(book.worksheets[-1], -len(book.worksheets) + 1)


def insert(book: Workbook) -> None:
    sheet, row, _ = sheet_of(book)
    sheet.insert_cols(4)
    sheet.insert_rows(row)


def unprotect(book: Workbook) -> None:
    for sheet in book:
        sheet.protection.sheet = False


@pytest.mark.parametrize("change", [shuffle, hide, rename, insert, unprotect])
def test_answers_are_found_wherever_they_are(change: Callable[[Workbook], None], labelling: bytes) -> None:
    comparison = compared(changed(filled(labelling, TYPED), change))
    assert comparison.given == GIVEN
    assert comparison.findings == ()


def test_rows_sorted_without_their_marks_are_matched_by_their_words(labelling: bytes) -> None:
    """Someone marked the visible columns only and sorted: the hidden marks stayed where they were."""

    def change(book: Workbook) -> None:
        sheet, _, _ = sheet_of(book)
        numbers = [row for row in range(2, sheet.max_row + 1) if "/comment" in str(sheet.cell(row, 1).value)]
        values = [[cell.value for cell in sheet[row]][1:] for row in numbers]
        for row, line in zip(numbers, values[5:] + values[:5], strict=True):
            for column, value in enumerate(line, 2):
                sheet.cell(row, column).value = value

    comparison = compared(changed(filled(labelling, TYPED), change))
    assert comparison.given == GIVEN
    assert [(str(finding), finding.weight) for finding in comparison.findings] == [("Rows of the sheet “Bruksanvisning” were sorted without their hidden marks; each was matched by its own words.", "note")]


def test_a_sorted_row_with_a_changed_word_is_matched_by_its_first_cell(labelling: bytes) -> None:
    """The visible columns were sorted without the hidden one, and a fixed word of the answered row was changed too."""

    def change(book: Workbook) -> None:
        sheet, row, _ = sheet_of(book)
        sheet.cell(row, 5).value = "Tekst på engelsk"
        numbers = [row for row in range(2, sheet.max_row + 1) if "/comment" in str(sheet.cell(row, 1).value)]
        values = [[cell.value for cell in sheet[row]][1:] for row in numbers]
        for row, line in zip(numbers, values[5:] + values[:5], strict=True):
            for column, value in enumerate(line, 2):
                sheet.cell(row, column).value = value

    comparison = compared(changed(filled(labelling, TYPED), change))
    assert comparison.given == GIVEN
    told = [(finding.row, finding.message) for finding in comparison.findings if finding.weight == "finding"]
    assert told == [(ROW, "The hidden mark of the row is that of {other}, its first cell names {row}; its answers were matched by the first cell."), (ROW, "The wording was changed. Issued: “{old}”. In the reviewed file: “{text}”.")]


def test_a_row_whose_first_cell_was_overwritten_with_another_name_keeps_its_fields(labelling: bytes) -> None:
    def change(book: Workbook) -> None:
        sheet, row, _ = sheet_of(book)
        names = [str(sheet.cell(number, 2).value) for number in range(2, sheet.max_row + 1) if "/comment" in str(sheet.cell(number, 1).value)]
        sheet.cell(row, 2).value = next(name for name in names if name != ROW)

    assert compared(changed(filled(labelling, TYPED), change)).given == GIVEN


def test_a_row_whose_mark_is_gone_is_matched_by_its_first_cell(labelling: bytes) -> None:
    def change(book: Workbook) -> None:
        sheet, row, _ = sheet_of(book)
        sheet.cell(row, 1).value = None

    comparison = compared(changed(filled(labelling, TYPED), change))
    assert comparison.given == GIVEN
    assert [(str(finding), finding.row, finding.weight) for finding in comparison.findings] == [("The hidden mark of the row is gone; its answers were matched by the row's first cell.", ROW, "note")]


def test_a_sheet_without_its_hidden_column_is_matched_by_first_cells(labelling: bytes) -> None:
    comparison = compared(changed(filled(labelling, TYPED), lambda book: sheet_of(book)[0].delete_cols(1)))
    assert comparison.given == GIVEN
    assert {str(finding) for finding in comparison.findings if finding.weight == "finding"} <= {"A row was added by hand; it is not an answer to a field and is not taken: “Til forsiden”."}


# --- what else a reviewer writes --------------------------------------------------------------------------------------


def test_a_deleted_row_is_named_and_its_answers_stay(labelling: bytes) -> None:
    def change(book: Workbook) -> None:
        sheet, row, _ = sheet_of(book)
        sheet.delete_rows(row)

    comparison = compared(changed(labelling, change))
    assert [str(finding) for finding in comparison.findings] == [f"The row {ROW} is missing in the reviewed file, with 3 fields. Earlier answers stay."]
    assert COMMENT not in comparison.answers


def test_a_deleted_row_of_the_register_is_named(labelling: bytes) -> None:
    def change(book: Workbook) -> None:
        sheet = book["Register over styrte dokumenter"]
        sheet.delete_rows(next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 2).value == "[7]"))

    assert [sentence[:75] for sentence in sentences(changed(labelling, change))] == ["Text of the document is missing in the reviewed file: “[7] | FP-TD-202 | Se"]


def test_a_copied_row_with_another_answer_is_named(labelling: bytes) -> None:
    def change(book: Workbook) -> None:
        sheet, row, column = sheet_of(book)
        below = sheet.max_row + 1
        for number, cell in enumerate(sheet[row], 1):
            sheet.cell(below, number).value = cell.value
        sheet.cell(below, column).value = "et annet svar"

    comparison = compared(changed(filled(labelling, TYPED), change))
    assert comparison.given == GIVEN
    assert [str(finding) for finding in comparison.findings] == [f"Kommentar: {ROW} stands a second time in the file, with another answer: “et annet svar”. The first one counts."]


def test_rows_cells_and_sheets_added_by_hand_are_quoted(labelling: bytes) -> None:
    def change(book: Workbook) -> None:
        sheet, row, _ = sheet_of(book)
        sheet.cell(row, 20).value = "utenfor tabellen"
        sheet.cell(sheet.max_row + 1, 2).value = "eget krav"
        sheet.cell(sheet.max_row, 4).value = 12.5
        book.create_sheet("Mine notater")["C3"] = "husk dette"

    assert sentences(changed(labelling, change)) == [
        "Text was added outside the fields; it is not taken: “utenfor tabellen”.",
        "The sheet “Mine notater” was added by hand; it is not taken: “husk dette”.",
        "A row was added by hand; it is not an answer to a field and is not taken: “eget krav | 12,5”.",
    ]


def test_rows_above_the_sheet_are_quoted(labelling: bytes) -> None:
    def change(book: Workbook) -> None:
        sheet, _, _ = sheet_of(book)
        sheet.insert_rows(1)
        sheet["B1"] = "Gjelder ikke Sverige"

    comparison = compared(changed(filled(labelling, TYPED), change))
    assert comparison.given == GIVEN
    assert [str(finding) for finding in comparison.findings] == ["Text was added outside the fields; it is not taken: “Gjelder ikke Sverige”."]


def test_text_boxes_and_shapes_are_quoted_once_with_their_row(labelling: bytes) -> None:
    book = opened(filled(labelling, TYPED))
    sheet, row, _ = sheet_of(book)
    number = book.sheetnames.index(sheet.title) + 1
    content = saved(book)
    names = 'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    shape = "<xdr:sp><xdr:txBody><a:p><a:r><a:t>Dette er </a:t></a:r><a:r><a:t>feil</a:t></a:r></a:p><a:p><a:r><a:t>Se side 3</a:t></a:r></a:p></xdr:txBody></xdr:sp>"
    anchor = f"<xdr:oneCellAnchor><xdr:from><xdr:col>3</xdr:col><xdr:row>{row - 1}</xdr:row></xdr:from><mc:AlternateContent><mc:Choice>{shape}</mc:Choice><mc:Fallback>{shape}</mc:Fallback></mc:AlternateContent></xdr:oneCellAnchor>"
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["xl/drawings/drawing1.xml"] = f"<xdr:wsDr {names}>{anchor}</xdr:wsDr>".encode()
    relations = f"xl/worksheets/_rels/sheet{number}.xml.rels"
    link = b'<Relationship Id="d1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/drawing" Target="../drawings/drawing1.xml"/></Relationships>'
    parts[relations] = parts.get(relations, b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>').replace(b"</Relationships>", link)
    found = compared(zipped(parts)).findings
    assert [(finding.row, str(finding)) for finding in found] == [(ROW, "Text was added outside the fields; it is not taken: “Dette er feil\nSe side 3”.")]


def with_part(content: bytes, sheet: str, kind: str, part: str, body: bytes) -> bytes:
    """The workbook with a part that the sheet of this name leads to."""
    number = opened(content).sheetnames.index(sheet) + 1
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts[part] = body
    relations = f"xl/worksheets/_rels/sheet{number}.xml.rels"
    link = f'<Relationship Id="d9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="/{part}"/></Relationships>'.encode()
    parts[relations] = parts.get(relations, b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>').replace(b"</Relationships>", link)
    return zipped(parts)


@pytest.mark.parametrize(("inside", "words"), [
    ('<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="Bilde 1"/></xdr:nvPicPr></xdr:pic>', []),
    ('<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="Bilde 1" descr="Skjermbilde: feil symbol"/></xdr:nvPicPr></xdr:pic>', ["A picture or drawing is described in words, which are not taken: “Skjermbilde: feil symbol”."]),
    ('<xdr:graphicFrame><xdr:nvGraphicFramePr><xdr:cNvPr id="2" name="Diagram 1"/></xdr:nvGraphicFramePr></xdr:graphicFrame>', []),
])
def test_pictures_and_charts_are_told_with_their_place(inside: str, words: list[str], labelling: bytes) -> None:
    content = filled(labelling, TYPED)
    sheet, row, _ = sheet_of(opened(content))
    anchor = f"<xdr:twoCellAnchor><xdr:from><xdr:col>3</xdr:col><xdr:row>{row - 1}</xdr:row></xdr:from>{inside}</xdr:twoCellAnchor>"
    drawing = f'<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing">{anchor}</xdr:wsDr>'.encode()
    found = compared(with_part(content, sheet.title, "drawing", "xl/drawings/drawing1.xml", drawing)).findings
    told = [f"A picture, drawing or embedded file was put in at “{sheet.title}!D{row}”; it cannot be read. Look at it in the file, or ask for words.", *words]
    assert [(finding.row, str(finding)) for finding in found] == [(ROW, text) for text in told]


def test_an_embedded_file_is_told_with_its_sheet(labelling: bytes) -> None:
    content = filled(labelling, TYPED)
    sheet, _, _ = sheet_of(opened(content))
    found = compared(with_part(content, sheet.title, "package", "xl/embeddings/note.docx", b"PK")).findings
    assert [str(finding) for finding in found] == [f"A picture, drawing or embedded file was put in at “{sheet.title}”; it cannot be read. Look at it in the file, or ask for words."]


def test_words_of_a_header_that_are_not_the_documents_are_quoted(labelling: bytes) -> None:
    def change(book: Workbook) -> None:
        sheet, _, _ = sheet_of(book)
        sheet.oddHeader.right.text = "Ikke godkjent & se brev"
        sheet.oddFooter.center.text = None

    comparison = compared(changed(filled(labelling, TYPED), change))
    assert comparison.given == GIVEN
    assert [str(finding) for finding in comparison.findings] == ["A header or footer holds words beside those of the document; they are not taken: “Ikke godkjent & se brev”."]


def test_words_on_the_hidden_sheet_are_quoted(labelling: bytes) -> None:
    def change(book: Workbook) -> None:
        book["dossier-form"]["H2"] = "Hvem er dette?"
        book["dossier-form"].append(["Feil ark"])

    comparison = compared(changed(filled(labelling, TYPED), change))
    assert comparison.given == GIVEN
    assert [str(finding) for finding in comparison.findings] == [f"Text was added outside the fields; it is not taken: “{text}”." for text in ("Hvem er dette?", "Feil ark")]


def test_struck_words_of_an_answer_are_kept_and_told(labelling: bytes) -> None:
    def change(book: Workbook) -> None:
        sheet, row, column = sheet_of(book, COMMENT)
        sheet.cell(row, column).value = CellRichText("Oppfylt ", TextBlock(InlineFont(strike=True), "ikke "), "i rev. B")

    comparison = compared(changed(labelling, change))
    assert comparison.given == {COMMENT: "Oppfylt ikke i rev. B"}
    assert [str(finding) for finding in comparison.findings] == [f"In Kommentar: {ROW} words are struck through: “ikke ”. They are taken as they stand; ask whether they were meant to go."]


def test_a_struck_cell_beside_the_answers_is_told(labelling: bytes) -> None:
    words: list[str] = []

    def change(book: Workbook) -> None:
        sheet, row, _ = sheet_of(book, COMMENT)
        cell = next(cell for cell in sheet[row][2:] if isinstance(cell.value, str))
        cell.font = Font(strike=True)
        words.append(str(cell.value))

    comparison = compared(changed(filled(labelling, TYPED), change))
    assert comparison.given == GIVEN
    assert [str(finding) for finding in comparison.findings] == [f"Words beside the answers are struck through, without tracking: “{words[0]}”. Ask what is meant."]


def test_the_address_behind_a_link_in_an_answer_is_told(labelling: bytes) -> None:
    def change(book: Workbook) -> None:
        sheet, row, column = sheet_of(book, COMMENT)
        sheet.cell(row, column).value = "Se rapporten"
        sheet.cell(row, column).hyperlink = "https://example.com/rapport?id=7"

    comparison = compared(changed(labelling, change))
    assert comparison.given == {COMMENT: "Se rapporten"}
    assert [(str(finding), finding.weight) for finding in comparison.findings] == [(f"Kommentar: {ROW} holds a link; its words do not show to what it leads: https://example.com/rapport?id=7.", "note")]


def test_changed_fixed_words_are_quoted_old_and_new(labelling: bytes) -> None:
    def change(book: Workbook) -> None:
        sheet, row, _ = sheet_of(book)
        sheet.cell(row, 5).value = "Tekst på engelsk"
        sheet.cell(row, 3).value = None
        book["Forside"]["B2"] = "Sjekkliste for merkingen"

    found = compared(changed(labelling, change)).findings
    assert [(finding.row, str(finding)[:60]) for finding in found] == [
        ("", "The wording was changed. Issued: “Sjekkliste for merking”. I"),
        (ROW, "Text of the document is missing in the reviewed file: “Opply"),
        (ROW, "The wording was changed. Issued: “Tekst på nasjonalt språk”."),
    ]


def test_a_deleted_column_is_told_once(labelling: bytes) -> None:
    found = sentences(changed(labelling, lambda book: sheet_of(book)[0].delete_cols(5)))
    assert found == ["A column is missing on the sheet “Bruksanvisning”. In the first row it said: “Språk og symbol”."]


def test_without_a_record_a_changed_row_is_told_as_it_reads_now(documents: dict[str, Document]) -> None:
    content = render(replace(documents["labelling-checklist"], with_record=False))

    def change(book: Workbook) -> None:
        sheet, row, _ = sheet_of(book)
        for column in range(3, 8):
            sheet.cell(row, column).value = None
        sheet.cell(row, 5).value = "Tekst på engelsk"

    reading = read(changed(filled(content, TYPED), change))
    assert reading.issued is None
    assert {answer.field: answer.value for answer in reading.answers if answer.value} == GIVEN
    assert [str(finding) for finding in reading.findings] == [f"The fixed words of a row were changed; it now reads: “{ROW} | Tekst på engelsk”."]
    assert (reading.identity.number, reading.identity.revision, reading.identity.market, reading.identity.product) == ("FP-NO-labelling-checklist", "A", "no", "ecg-patch")


# --- what cells may hold ----------------------------------------------------------------------------------------------


def put(name: str, value: Any, number_format: str = "") -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        sheet, row, column = sheet_of(book, name)
        sheet.cell(row, column).value = value
        if number_format:
            sheet.cell(row, column).number_format = number_format

    return change


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [(12, "", "12"), (1.5, "", "1,5"), (0.1 + 0.2, "", "0,3"), (1e21, "", "1000000000000000000000"), (0.25, "0%", "25 %"), (True, "", "TRUE"), (dt.date(2026, 1, 2), "dd.mm.yyyy", "2026-01-02"),
        (17.1, "0.00", "17,10"), (1234.5, "#,##0.00", "1234,50"), (0.125, "0.00%", "12,50 %"), (3.14159, "0.0", "3,14159"), (0.5, "h:mm", "12:00"), (0.5, "hh:mm AM/PM", "12:00"), (0.75001157, "h:mm:ss", "18:00:01"),
        (dt.datetime(2026, 3, 5, 14, 30), "d.m.yyyy h:mm", "2026-03-05 14:30"), (dt.datetime(2026, 10, 17), "d.mmm", "2026-10-17"), (1.5104166666666667, "[h]:mm", "36:15"), (dt.time(9, 5), "", "09:05"), (-0.5, "h:mm", "-0.5")],
)
def test_a_number_in_a_text_field_is_read_as_it_is_seen_and_told(value: Any, number_format: str, text: str, labelling: bytes) -> None:
    comparison = compared(changed(labelling, put(COMMENT, value, number_format)))
    assert comparison.given == {COMMENT: text}
    where = read(labelling).answers[[answer.field for answer in read(labelling).answers].index(COMMENT)].place
    assert [(str(finding), finding.weight) for finding in comparison.findings] == [(f"Kommentar: {ROW} holds a number instead of text; it was read as “{text}” ({where}).", "note")]


@pytest.mark.parametrize("number", ["nan", "inf", "-1e400", "1e300", "-0.2"])
@pytest.mark.parametrize("number_format", ["h:mm", "[h]:mm", "d.m.yyyy h:mm", "0.00%"])
def test_numbers_that_no_clock_shows_are_read_as_they_are(number: str, number_format: str, labelling: bytes) -> None:
    content = changed(labelling, put(COMMENT, 0.125, number_format))
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name).replace(b"<v>0.125</v>", f"<v>{number}</v>".encode()) for name in package.namelist()}
    assert compared(zipped(parts)).given[COMMENT]


@pytest.mark.parametrize(("said", "code"), [("Oppfylt", "fulfilled"), (" oppfylt ", "fulfilled"), ("DELVIS OPPFYLT", "partly"), ("fulfilled", "fulfilled"), ("not-fulfilled", "not-fulfilled")])
def test_a_choice_is_told_by_label_or_code(said: str, code: str, labelling: bytes) -> None:
    assert compared(changed(labelling, put(STATUS, said))).given == {STATUS: code}


def test_a_choice_that_is_none_is_quoted(labelling: bytes) -> None:
    found = sentences(changed(labelling, put(STATUS, "Kanskje")))
    assert found == [f"Status: {ROW} holds “Kanskje”, which is none of its choices (Oppfylt, Delvis oppfylt, Ikke oppfylt, Ikke aktuelt). It is not taken."]


@pytest.mark.parametrize("said", [dt.datetime(2026, 3, 5, 14, 30), dt.date(2026, 3, 5), "2026-03-05", "5.3.2026", "05.03.2026", "5. 3. 2026", "2026/3/5", "2026-03-05T00:00:00Z", 46086])
def test_a_day_is_read_however_it_was_written(said: Any, labelling: bytes) -> None:
    assert compared(changed(labelling, put("document/review-date", said))).given == {"document/review-date": "2026-03-05"}


@pytest.mark.parametrize("said", ["i går", "31.02.2026", "5/3/2026", -3])
def test_what_is_no_day_is_quoted(said: Any, labelling: bytes) -> None:
    assert sentences(changed(labelling, put("document/review-date", said))) == [f"Dato for gjennomgang holds “{said}”, which is not a day. It is not taken; write year-month-day."]


def test_days_count_from_1904_where_the_workbook_says_so(labelling: bytes) -> None:
    def change(book: Workbook) -> None:
        book.epoch = dt.datetime(1904, 1, 1)
        put("document/review-date", dt.datetime(2026, 3, 5))(book)

    assert compared(changed(labelling, change)).given == {"document/review-date": "2026-03-05"}


def test_a_formula_is_quoted_and_never_taken(labelling: bytes) -> None:
    found = compared(changed(filled(labelling, TYPED), put(COMMENT, '=HYPERLINK("https://example.org","x")')))
    assert COMMENT not in found.given
    where = next(answer.place for answer in found.reading.answers if answer.field == COMMENT)
    assert [str(finding) for finding in found.findings] == [f"Kommentar: {ROW} holds a formula, which is not worked out: “=HYPERLINK(\"https://example.org\",\"x\")” ({where}). It is not taken; the answer has to be typed."]


def test_a_formula_that_was_filled_down_is_quoted_with_what_it_showed(labelling: bytes) -> None:
    content = filled(labelling, {COMMENT: "fylt ned"})

    def fill_down(_: str, part: bytes) -> bytes:
        return re.sub(rb'(<c [^>]*?)t="inlineStr"><is><t>fylt ned</t></is>', rb'\1t="str"><f t="shared" si="0"/><v>fylt ned</v>', part)

    found = compared(with_parts(content, fill_down))
    assert found.given == {}
    assert "holds a formula, which is not worked out: “=… → fylt ned”" in str(found.findings[0])


def test_an_error_value_is_quoted_and_never_taken(labelling: bytes) -> None:
    found = compared(changed(labelling, put(COMMENT, "#REF!")))
    assert found.given == {}
    assert f"Kommentar: {ROW} holds an error of the spreadsheet, “#REF!” (Bruksanvisning!" in str(found.findings[0])


def test_merged_answers_are_named_with_their_cells(labelling: bytes) -> None:
    def change(book: Workbook) -> None:
        sheet, row, column = sheet_of(book)
        sheet.merge_cells(start_row=row, end_row=row + 1, start_column=column, end_column=column)

    comparison = compared(changed(filled(labelling, TYPED), change))
    assert comparison.given == GIVEN
    assert len(comparison.findings) == 1
    assert str(comparison.findings[0]).startswith("The cells Bruksanvisning!")
    assert "“På side 1\nog 2”. It is taken for the first cell only." in str(comparison.findings[0])


def test_an_answer_that_merged_cells_cover_is_quoted(labelling: bytes) -> None:
    """openpyxl empties covered cells; some programs leave them as they are."""
    cells: list[str] = []

    def place(book: Workbook) -> None:
        sheet, row, column = sheet_of(book)
        cells.append(f"{sheet.cell(row, column - 1).coordinate}:{sheet.cell(row, column).coordinate}")
        cells.append(str(sheet.title))

    content = changed(filled(labelling, TYPED), place)
    merge = f'</sheetData><mergeCells count="1"><mergeCell ref="{cells[0]}"/></mergeCells>'.encode()
    hidden = with_parts(content, lambda name, part: part.replace(b"</sheetData>", merge) if b"/comment" in part or name == f"xl/worksheets/sheet{opened(content).sheetnames.index(cells[1]) + 1}.xml" else part)
    found = compared(hidden)
    assert COMMENT not in found.given
    assert [str(finding) for finding in found.findings if "is covered" in finding.message] == [f"Kommentar: {ROW} is covered by merged cells and still holds “På side 1\nog 2” (Bruksanvisning!{cells[0].partition(':')[2]}). It is not taken."]


def test_rich_text_and_carriage_returns_are_plain_lines(labelling: bytes) -> None:
    def change(book: Workbook) -> None:
        sheet, row, column = sheet_of(book)
        sheet.cell(row, column).value = CellRichText("En ", TextBlock(InlineFont(b=True), "fet"), " linje_x000D_\nog en til")

    assert compared(changed(labelling, change)).given == {COMMENT: "En fet linje\nog en til"}


def test_half_characters_are_replaced_and_told_wherever_they_stand(labelling: bytes) -> None:
    def change(book: Workbook) -> None:
        sheet, row, column = sheet_of(book)
        sheet.cell(row, column).value = "halvt _xD83D_ tegn"
        sheet.cell(row, 20).value = "ved siden av _xDE00_"
        sheet.cell(row, column).comment = Comment("se _xD83D_", "Kari _xD83D_")

    comparison = compared(changed(labelling, change))
    assert comparison.given == {COMMENT: "halvt \ufffd tegn"}
    assert [str(finding) for finding in comparison.findings] == [
        f"Kommentar: {ROW} holds 1 characters that no document can hold (control characters or half characters); they are replaced by \ufffd.",
        "Text was added outside the fields; it is not taken: “ved siden av \ufffd”.",
    ]
    ((text, author),) = [(remark.text, remark.author) for remark in comparison.reading.remarks]
    assert "\ud83d" not in text + author


def test_notes_on_cells_are_remarks(labelling: bytes) -> None:
    def change(book: Workbook) -> None:
        sheet, row, column = sheet_of(book)
        sheet.cell(row, column).comment = Comment("Kari Nordmann:\nSe side 3\nog 4", "Kari Nordmann")
        book["Forside"]["B2"].comment = Comment("Hele dokumentet", "")

    remarks = read(changed(labelling, change)).remarks
    assert [(remark.text, remark.author, remark.row) for remark in remarks] == [("Hele dokumentet", "", ""), ("Se side 3\nog 4", "Kari Nordmann", ROW)]
    assert remarks[0].place == "Forside!B2"


def test_threaded_comments_are_remarks_with_author_and_day(labelling: bytes) -> None:
    """Excel writes each thread twice: as a thread, and as a note that tells older programs so."""

    def change(book: Workbook) -> None:
        sheet, row, column = sheet_of(book)
        sheet.cell(row, column).comment = Comment("[Threaded comment]\n\nYour version of Excel ...", "tc={1}")

    content = changed(labelling, change)
    place = spots(opened(content))[COMMENT]
    cell = opened(content)[place[0]].cell(place[1], place[2]).coordinate
    parts = {}
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    relations = next(name for name, part in parts.items() if "worksheets/_rels" in name and b"/comments" in part)
    names = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    kind = "http://schemas.microsoft.com/office/2017/10/relationships"
    parts["xl/threadedComments/threadedComment1.xml"] = (
        f'<ThreadedComments xmlns="{names}"><threadedComment ref="{cell}" dT="2026-11-24T10:11:12.00" personId="{{P}}" id="{{1}}"><text>Hvor står dette?</text></threadedComment>'
        f'<threadedComment ref="{cell}" dT="2026-11-25T08:00:00.00" personId="{{P}}" id="{{2}}" parentId="{{1}}"><text>På side 3.</text></threadedComment></ThreadedComments>'
    ).encode()
    parts["xl/persons/person.xml"] = f'<personList xmlns="{names}"><person displayName="Ola Nordmann" id="{{P}}"/></personList>'.encode()
    parts[relations] = parts[relations].replace(b"</Relationships>", f'<Relationship Id="tc1" Type="{kind}/threadedComment" Target="../threadedComments/threadedComment1.xml"/></Relationships>'.encode())
    parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(b"</Relationships>", f'<Relationship Id="p1" Type="{kind}/person" Target="persons/person.xml"/></Relationships>'.encode())
    remarks = read(zipped(parts)).remarks
    assert [(remark.text, remark.author, remark.date[:10], remark.row, remark.reply) for remark in remarks] == [
        ("Hvor står dette?", "Ola Nordmann", "2026-11-24", ROW, False),
        ("På side 3.", "Ola Nordmann", "2026-11-25", ROW, True),
    ]


# --- bad input --------------------------------------------------------------------------------------------------------


def zipped(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return stream.getvalue()


def with_parts(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return zipped({name: change(name, package.read(name)) for name in package.namelist()})


def refusal(content: bytes) -> str:
    with pytest.raises(DossierError) as caught:
        read(content)
    assert caught.value.code == ExitCode.UNREADABLE
    return str(caught.value)


AGAIN = "Ask for the reviewer's file again, saved as an Excel workbook (.xlsx)."


def test_another_workbook_is_refused() -> None:
    book = Workbook()
    book.active["A1"] = "hei"  # type: ignore[index]
    assert refusal(saved(book)) == (
        "review.xlsx: is a workbook, but not one that dossier made: it has neither hidden marks nor a document number. Give the workbook that was sent to the reviewer, filled in."
    )


def test_a_workbook_without_its_hidden_sheet_is_refused(labelling: bytes) -> None:
    assert refusal(changed(labelling, lambda book: book.remove(book[marks.FORM]))) == (
        "review.xlsx: has lost its hidden sheet, so that nobody can tell which cell answers what. Ask the reviewer for the workbook itself; cells copied into another one cannot be read."
    )


def test_a_workbook_without_its_marks_is_refused(labelling: bytes) -> None:
    def change(book: Workbook) -> None:
        for sheet in book.worksheets[:-1]:
            book.remove(sheet)
        book.create_sheet("Ark", 0)

    assert refusal(changed(labelling, change)) == (
        "review.xlsx: has lost its hidden marks, so that nobody can tell which cell answers what. Ask the reviewer for the workbook itself; cells copied into another one cannot be read."
    )


def test_a_workbook_without_record_and_number_is_refused(documents: dict[str, Document]) -> None:
    content = render(replace(documents["cover-letter"], with_record=False))
    assert refusal(with_parts(content, lambda name, part: part.replace(b"dossier.number", b"other") if name == "docProps/custom.xml" else part)) == f"review.xlsx: carries neither its record nor its document number and revision. {AGAIN}"


def test_properties_that_differ_from_the_record_are_named(labelling: bytes) -> None:
    content = with_parts(labelling, lambda name, part: part.replace(b"FP-NO-labelling-checklist", b"FP-NO-other") if name == "docProps/custom.xml" else part)
    assert sentences(content) == ["The file's properties say FP-NO-other, revision A, the record inside says FP-NO-labelling-checklist, revision A. The record counts."]


def test_a_damaged_record_is_refused(labelling: bytes) -> None:
    def change(book: Workbook) -> None:
        form = book[marks.FORM]
        row = next(row for row in range(1, form.max_row + 1) if form.cell(row, 1).value == marks.RECORD)
        form.cell(row, 2).value = "{"

    assert refusal(changed(labelling, change)).startswith("review.xlsx: the record inside the file cannot be used (")


def test_damaged_xml_is_refused(labelling: bytes) -> None:
    broken = with_parts(labelling, lambda name, part: part[: len(part) // 2] if name.endswith("sheet2.xml") else part)
    assert refusal(broken).startswith("review.xlsx: ")


def test_a_number_format_without_an_id_is_refused(labelling: bytes) -> None:
    broken = with_parts(labelling, lambda name, part: part.replace(b"<fonts", b'<numFmts count="1"><numFmt formatCode="0"/></numFmts><fonts', 1) if name == "xl/styles.xml" else part)
    assert refusal(broken).startswith("review.xlsx: is damaged: its sheets cannot be read (")


def test_a_number_format_of_brackets_only_costs_no_time(labelling: bytes) -> None:
    code = b"[" * 500_000
    content = with_parts(labelling, lambda name, part: part.replace(b"<fonts", b'<numFmts count="1"><numFmt numFmtId="200" formatCode="%s"/></numFmts><fonts' % code, 1) if name == "xl/styles.xml" else part)
    start = time.monotonic()
    assert len(read(content).answers) == len(read(labelling).answers)
    assert time.monotonic() - start < 20


def test_a_million_formatted_rows_are_read_in_no_time_and_little_memory(labelling: bytes) -> None:
    """Whole columns that someone coloured: rows and cells without content are passed over."""
    empty = b"".join(b'<row r="%d" s="1" customFormat="1"><c r="A%d" s="1"/></row>' % (number, number) for number in range(100_000, 400_000))
    content = with_parts(labelling, lambda name, part: part.replace(b"</sheetData>", empty + b"</sheetData>") if name.endswith("sheet2.xml") else part)
    assert len(read(content).answers) == len(read(labelling).answers)


def test_more_filled_cells_than_a_document_can_have_are_refused(labelling: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    from dossier.review import cells

    monkeypatch.setattr(cells, "MOST_CELLS", 100)
    assert refusal(labelling) == f"review.xlsx: holds more than 100 filled cells; a filled document never does. {AGAIN}"


def test_the_strict_form_of_the_standard_is_read(labelling: bytes) -> None:
    def strict(name: str, part: bytes) -> bytes:
        part = part.replace(b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main")
        return part.replace(b"http://schemas.openxmlformats.org/officeDocument/2006/", b"http://purl.oclc.org/ooxml/officeDocument/")

    strings = read(labelling)
    assert read(with_parts(labelling, strict)).answers == strings.answers


def test_the_record_is_that_of_the_document(documents: dict[str, Document]) -> None:
    reading = read(render(documents["cover-letter"]))
    assert reading.issued is not None
    assert reading.issued.content == json.loads(documents["cover-letter"].data)
    assert (reading.format, len(reading.sha256), reading.words) == ("xlsx", 64, None)
    assert isinstance(reading.issued.fields[0], Field)
