"""The Excel renderer: sheets, fields, protection, links, text that never becomes a formula, print set-up, the same bytes."""
from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from dossier import i18n, labels, marks, template
from dossier.assemble import Workspace
from dossier.blocks import Bullets, Cell, Contents, Document, Field, Heading, Inline, Link, Paragraph, Row, Status, Table, fields_of, lines, one_line, plain
from dossier.checklist import Checklist
from dossier.errors import DossierError, ExitCode
from dossier.render.xlsx import render
from dossier.render.xlsx_measure import Piece, height
from dossier.template import Issue

from .conftest import DAY, ROOT
from .test_render_docx import cell, document, everything, paragraph, table

LEADS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "==", "=HYPERLINK(\"x\")", "|calc", "%0A=1", "{=1}")
SELECT = Field("r/list", "select", "Status: r", "Velg", "", (("ok", "Oppfylt, helt"), ("no", "Ikke oppfylt")))
FRONT = Table((40, 60), (), (Row((cell("Gjennomgått av", header=True), cell(Field("document/reviewer", "text", "Gjennomgått av")))), Row((cell("Dato", header=True), cell(Field("document/review-date", "date", "Dato"))))), style="facts")


def opened(content: bytes) -> dict[str, Worksheet]:
    return {sheet.title: sheet for sheet in load_workbook(io.BytesIO(content), rich_text=False)}


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name).decode() for name in package.namelist()}


def texts(sheets: dict[str, Worksheet]) -> Iterator[str]:
    for name, sheet in sheets.items():
        if name != marks.FORM:
            yield from (one_line(str(each.value)) for row in sheet.iter_rows(min_row=2, min_col=2) for each in row if each.value is not None)


def rows(count: int, *fields: Field) -> Table:
    return table(*(Row((cell(f"r{number}", header=True), cell(*(replace(field, name=f"r{number}/{index}") for index, field in enumerate(fields)))), f"r{number}") for number in range(count)))


@pytest.fixture(scope="module")
def documents(check: Callable[[Path], Checklist], workspace: Workspace) -> dict[str, Document]:
    checklist = check(ROOT / "samples" / "ecg-patch")
    return {
        f"{each.id} {locale}": template.render(each, checklist, i18n.tongue(locale), workspace.shelf, Issue(DAY)) for each in workspace.shelf.templates for locale in ("nb", "nb+en")
    }


# --- what stands where ------------------------------------------------------------------------------------------------


def test_every_word_of_every_document_is_in_its_workbook(documents: dict[str, Document]) -> None:
    for name, found in documents.items():
        written = set(texts(opened(render(found))))
        whole = "\n".join(written)
        lost = [line.text for line in lines(found) if line.text and line.text not in written and line.text not in whole and not line.text.startswith(f"{found.words['table']} ")]
        crowded = {one_line(plain(head.inlines)) for block in found.blocks if isinstance(block, Table) for column, head in enumerate(block.head) if any(len(_fields(row.cells[column])) > 1 for row in block.rows)}
        assert set(lost) <= crowded, name  # the columns of the fields carry the fields' own titles


def _fields(cell: Cell) -> list[Field]:
    return [inline for inline in cell.inlines if isinstance(inline, Field)]


def test_every_field_has_one_unlocked_cell_and_every_other_cell_is_locked(documents: dict[str, Document]) -> None:
    for found in documents.values():
        sheets = opened(render(found))
        names: list[str] = []
        for name, sheet in sheets.items():
            assert sheet.protection.sheet
            keys = {str(each.value): each.column for each in sheet[1] if each.value}
            open_cells = {each.coordinate for row in sheet.iter_rows() for each in row if not each.protection.locked}
            marked = set()
            for row in range(2, sheet.max_row + 1) if name != marks.FORM else ():
                mark = marks.parse(str(sheet.cell(row, 1).value))
                assert mark is not None
                names += mark[1].values()
                marked |= {sheet.cell(row, keys[key]).coordinate for key in mark[1]}
            assert open_cells == marked
        assert sorted(names) == sorted(field.name for field in fields_of(found))


def test_a_chapter_with_a_list_has_a_sheet_and_the_rest_stands_on_the_cover() -> None:
    found = document(FRONT, Contents("Innhold"), Heading(1, cell("Tekst").inlines, "text"), paragraph("Bare ord."), Bullets((cell("punkt").inlines,)), Heading(1, cell("Krav").inlines, "rules"), rows(2, SELECT))
    sheets = opened(render(found))
    assert list(sheets) == ["Cover", "Krav", marks.FORM]
    assert {"Bare ord.", "• punkt", "Innhold", "Tekst"} <= set(texts({"Cover": sheets["Cover"]}))
    assert sheets[marks.FORM].sheet_state == "veryHidden"


def test_sections_of_one_chapter_are_one_list_with_a_column_that_names_them(documents: dict[str, Document]) -> None:
    sheet = opened(render(documents["dossier-checklist nb"]))["Merking og bruksanvisning"]
    head = next(row for row in sheet.iter_rows(min_col=2, values_only=True) if row[0] == "Krav")
    assert head[:3] == ("Krav", "Avsnitt", "Hva som skal vises")
    assert {"Etikett", "Steril emballasje"} <= {str(row[1]) for row in sheet.iter_rows(min_col=2, values_only=True)}


def test_a_single_sheet_holds_all_lists_that_share_their_columns(documents: dict[str, Document]) -> None:
    found = documents["dossier-checklist nb"]
    sheets = opened(render(found, single_sheet=True))
    held = [name for name, sheet in sheets.items() if name not in (marks.FORM, "Forside") and any(marks.parse(str(row[0])) and marks.parse(str(row[0]))[1] for row in sheet.iter_rows(max_col=1, values_only=True))]  # type: ignore[index]
    assert held == ["Krav"]
    assert len(sheets) < len(opened(render(found)))


def test_several_fields_in_one_cell_stand_in_columns_of_their_own(documents: dict[str, Document]) -> None:
    sheet = opened(render(documents["disclosure-note nb"]))["Regler og frister"]
    head = next(row for row in sheet.iter_rows(min_col=2, values_only=True) if row[0] == "Krav")
    assert [each for each in head if each][-3:] == ["Gjelder", "Status", "Kommentar"]


def test_words_beside_a_field_stand_in_a_column_of_their_own() -> None:
    both = rows(1, SELECT)
    mixed = replace(both, rows=(*both.rows, Row((cell("r9", header=True), cell(Field("r9/0", "textarea", "Kommentar"), "sagt av Kari")), "r9")))
    sheet = opened(render(document(Heading(1, cell("Krav").inlines, "a"), mixed)))["Krav"]
    assert [each.value for each in sheet[1]][1:] == ["c0", "c1.1", "c1"]
    assert "sagt av Kari" in [each.value for each in sheet[sheet.max_row]]


def test_sheet_names_are_legal_and_each_once() -> None:
    long = "En svært lang overskrift: [1]/*?\\ om alt mulig"
    found = document(*(block for number, name in enumerate((long, long.upper(), "History", "cover", "'x'")) for block in (Heading(1, cell(name).inlines, f"h{number}"), replace(rows(1), rows=(Row((cell("a"), cell("b")), f"a{number}"),)))))
    names = list(opened(render(found)))
    assert len({name.casefold() for name in names}) == len(names)
    assert all(len(name) <= 31 and not re.search(r"[\[\]:*?/\\']", name) for name in names)
    assert "History" not in names


# --- filling in -------------------------------------------------------------------------------------------------------


def test_lists_dates_and_check_boxes_are_offered_and_checked() -> None:
    fields = (SELECT, Field("r/date", "date", "Dato", "", "2026-11-24"), Field("r/check", "checkbox", "Sett", "", "yes"), Field("r/area", "textarea", "Merknad"))
    sheets = opened(render(document(Heading(1, cell("Krav").inlines, "a"), rows(3, *fields))))
    sheet, form = sheets["Krav"], sheets[marks.FORM]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    kinds = sorted((rule.type, rule.formula1) for rule in rules.values())
    assert [kind for kind, _ in kinds] == ["date", "list", "list"]
    offered = [[form[address.split("$")[1] + str(row)].value for row in range(int(address.split("$")[2].rstrip(":")), int(address.split("$")[4]) + 1)] for kind, formula in kinds if kind == "list" for address in [formula.split("!")[1]]]
    assert sorted(offered) == [["Oppfylt, helt", "Ikke oppfylt"], ["Yes", "No"]]
    day = sheet.cell(sheet.max_row, 4)
    assert day.is_date
    assert day.number_format == "dd.mm.yyyy"
    assert sheet.cell(sheet.max_row, 5).value == "Yes"
    assert all(sheet.cell(sheet.max_row, column).number_format == "@" for column in (2, 3, 5, 6))


def test_a_reviewer_may_filter_resize_and_comment(documents: dict[str, Document]) -> None:
    sheet = opened(render(documents["labelling-checklist nb"]))["Bruksanvisning"]
    allowed = sheet.protection
    assert not any((allowed.autoFilter, allowed.sort, allowed.formatColumns, allowed.formatRows, allowed.objects))
    assert not allowed.password
    assert allowed.deleteRows
    assert allowed.insertColumns
    head = int(re.findall(r"\d+", str(sheet.auto_filter.ref))[0])
    assert str(sheet.auto_filter.ref).startswith(f"A{head}:{sheet.cell(1, sheet.max_column).column_letter}")
    assert sheet.freeze_panes == f"C{head + 1}"
    assert sheet.row_dimensions[1].hidden
    assert sheet.column_dimensions["A"].hidden


@pytest.mark.parametrize("kind", ["text", "textarea"])
def test_nothing_becomes_a_formula(kind: str) -> None:
    fields = [Field(f"f/{number}", kind, lead, "", lead) for number, lead in enumerate(LEADS)]  # type: ignore[arg-type]
    found = document(Heading(1, cell("=Krav").inlines, "a"), table(*(Row((cell(lead, header=True), cell(field)), f"r{number}") for number, (lead, field) in enumerate(zip(LEADS, fields)))), title="=1+1", author="@x", number="=2")
    content = render(found)
    for name, part in parts(content).items():
        if name.startswith("xl/worksheets/sheet"):
            assert "<f>" not in part
    sheet = opened(content)["=Krav"]
    written = [sheet.cell(row, column) for row in range(sheet.max_row - len(LEADS) + 1, sheet.max_row + 1) for column in (2, 3)]
    assert all(each.data_type == "s" for each in written)
    assert all(each.quotePrefix for each in written if str(each.value)[0] in "=+-@\t'")


def test_text_longer_than_a_cell_is_an_error_that_names_it() -> None:
    long = "x" * 32_768
    with pytest.raises(DossierError) as caught:
        render(document(Heading(1, cell("Krav").inlines, "a"), table(Row((cell("1"), cell(Field("r/comment", "textarea", "Merknad", "", long))), "r1"), Row((cell(long), cell()), "r2"))))
    assert [str(problem) for problem in caught.value.problems] == [
        "labelling-checklist: a cell on the sheet “Krav” has 32768 characters; a cell of Excel holds 32767. Choose another format for this document, or shorten the text.",
        "labelling-checklist: the answer in “r/comment” has 32768 characters; a cell of Excel holds 32767. Choose another format for this document, or shorten the answer.",
    ]
    render(document(Heading(1, cell("Krav").inlines, "a"), table(Row((cell("1"), cell(Field("r/comment", "textarea", "Merknad", "", long[1:]))), "r1"))))


def test_a_field_name_that_stands_twice_is_an_error() -> None:
    with pytest.raises(DossierError, match='labelling-checklist: the field name "document/reviewer" is used twice'):
        render(document(FRONT, FRONT))


# --- links ------------------------------------------------------------------------------------------------------------


def test_links_lead_to_cells_files_and_addresses() -> None:
    def linked(*inlines: Inline | str) -> Cell:
        return cell(*inlines)

    found = document(
        Contents("Innhold"),
        Heading(1, cell("Krav").inlines, "rules"),
        table(
            Row((cell("1", header=True), linked(Link("#r2", "rad 2"))), "r1"),
            Row((cell("2", header=True), linked("Dokumentert ", Link("#r1", "[1]"), ", ", Link("#r3", "[3]"))), "r2"),
            Row((cell("3", header=True), linked(Link("https://example.org/a?b=1&c=2#d", "lov"))), "r3"),
            Row((cell("4", header=True), linked("Fil ", Link("../evidence/Å b.pdf#page=2", "evidence/Å b.pdf"))), "r4"),
            Row((cell("5", header=True), linked(Link("javascript:x", "skript"), Link("#nowhere", "ingen"))), "r5"),
        ),
    )
    content = render(found)
    sheet = opened(content)["Krav"]
    row = {str(sheet.cell(number, 2).value): number for number in range(2, sheet.max_row + 1)}
    assert sheet.cell(row["1"], 3).hyperlink.location == f"'Krav'!B{row['2']}"
    assert sheet.cell(row["2"], 3).hyperlink is None
    assert (sheet.cell(row["2"], 4).value, sheet.cell(row["2"], 4).hyperlink.location) == ("[1]", f"'Krav'!B{row['1']}")
    assert (sheet.cell(row["3"], 3).hyperlink.target, sheet.cell(row["3"], 3).hyperlink.location) == ("https://example.org/a?b=1&c=2", "d")
    assert (sheet.cell(row["4"], 4).value, sheet.cell(row["4"], 4).hyperlink.target) == ("Open", "../evidence/Å%20b.pdf")
    assert not any(sheet.cell(row["5"], column).hyperlink for column in (2, 3, 4))
    cover = opened(content)["Cover"]
    assert [each.hyperlink.location for line in cover.iter_rows(min_col=2) for each in line if each.hyperlink] == ["'Krav'!B2"]


# --- look and print ---------------------------------------------------------------------------------------------------


def test_rows_are_tall_enough_and_never_taller_than_excel_allows(documents: dict[str, Document]) -> None:
    for found in documents.values():
        for sheet in opened(render(found)).values():
            heights = [dimension.height for number, dimension in sheet.row_dimensions.items() if dimension.height and not dimension.hidden]
            assert all(each <= 409 for each in heights)
            assert all((dimension.width or 0) <= 255 for dimension in sheet.column_dimensions.values())


def test_a_long_text_makes_its_column_wider() -> None:
    words = "et ganske vanlig ord " * 200
    sheet = opened(render(document(Heading(1, cell("Krav").inlines, "a"), table(Row((cell("1"), cell(words)), "r1")))))["Krav"]
    assert (sheet.column_dimensions["C"].width or 0) > 60
    assert (sheet.row_dimensions[sheet.max_row].height or 0) > 250


def test_height_counts_lines_words_and_letters() -> None:
    line = height([Piece("a", 9)], 100)
    assert height([Piece("a\nb\nc", 9)], 100) == 3 * line
    assert height([Piece("ord " * 40, 9)], 100) > 5 * line
    assert height([Piece("i" * 40, 9)], 100) < height([Piece("W" * 40, 9)], 100)
    assert height([Piece("x" * 100, 9)], 50) > 8 * line
    assert height([], 50) == 0


def test_pages_lie_and_repeat_the_head_with_number_revision_and_page(documents: dict[str, Document]) -> None:
    sheet = opened(render(documents["evidence-index nb"]))["Dokumentasjonspunkter"]
    page = sheet.page_setup
    assert (page.orientation, str(page.paperSize), page.fitToHeight) == ("landscape", "9", 0)
    assert sheet.print_title_rows
    assert "FP-NO-evidence-index, rev. A" in str(sheet.oddHeader.left.text)
    assert "Side &P av &N" in str(sheet.oddFooter.right.text)


def test_a_gap_is_told_in_words_and_by_its_tint() -> None:
    sheet = opened(render(document(Heading(1, cell("Krav").inlines, "a"), table(Row((cell("1"), cell(Status("gap", "Mangel"), "språk")), "r1"), Row((cell("2"), cell(Status("covered", "Dokumentert"))), "r2")))))["Krav"]
    gap, covered = sheet.cell(sheet.max_row - 1, 3), sheet.cell(sheet.max_row, 3)
    assert str(gap.value).startswith("Mangel")
    assert gap.fill.fgColor.rgb != covered.fill.fgColor.rgb


# --- the file ---------------------------------------------------------------------------------------------------------


def test_properties_name_the_document_with_and_without_its_record(documents: dict[str, Document]) -> None:
    found = documents["cover-letter nb+en"]
    for each in (found, replace(found, with_record=False)):
        book = load_workbook(io.BytesIO(render(each)))
        assert (book.properties.title, book.properties.creator, book.properties.contentStatus) == (found.title, found.author, found.mark)
        named = {prop.name: prop.value for prop in book.custom_doc_props.props}  # type: ignore[attr-defined]
        assert named == {
            "dossier.number": "FP-NO-cover-letter", "dossier.revision": "A", "dossier.kind": "cover-letter", "dossier.date": found.date.isoformat(), "dossier.locale": "nb+en",
            "dossier.product": "ecg-patch", "dossier.market": "no", "dossier.data": "2026.11.0",
        }  # fmt: skip
        record = "".join(str(row[1]) for row in book[marks.FORM].iter_rows(values_only=True) if row[0] == marks.RECORD)
        assert record.encode() == each.record
        assert all(len(str(value)) <= marks.CHUNK for row in book[marks.FORM].iter_rows(values_only=True) for value in row)


def test_the_same_document_gives_the_same_bytes(documents: dict[str, Document]) -> None:
    for found in documents.values():
        assert render(found) == render(found)


def test_the_program_words_are_those_of_the_document(documents: dict[str, Document]) -> None:
    assert {"Forside", "Mangler"} <= set(opened(render(documents["evidence-index nb"])))
    assert "Slik fyller du ut arbeidsboken / How to fill in this workbook" in set(texts(opened(render(documents["evidence-index nb+en"]))))
    assert set(labels.WORKBOOK) <= set(documents["evidence-index nb"].words)


def test_every_block_and_inline_is_written() -> None:
    written = " ".join(texts(opened(render(everything()))))
    for words in ("Innledning", "Helt under", "kursiv", "9f86", "krav 1", "skript", "• punkt to", "Whole paragraph", "<&|*", "]]>", "{number}", "Godkjent av", "linje én linje to", "English"):
        assert words in written
    assert render(everything()) == render(everything())
    assert render(document(Paragraph(())))


def test_without_xlsxwriter_the_message_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(DossierError) as caught:
        render(document())
    assert str(caught.value) == 'xlsx: XlsxWriter is not installed. Install it: pip install "dossier[xlsx]"'
    assert caught.value.code == ExitCode.MISSING_TOOL


def test_the_package_itself_never_needs_it() -> None:
    code = "import sys; sys.modules['xlsxwriter'] = None; import dossier.render.xlsx, dossier.assemble; assert 'openpyxl' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
