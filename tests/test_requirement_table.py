"""The requirement table as a workbook: what goes out comes back, only what differs is written, and every fault names its cell."""
from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from dossier import jurisdiction, requirement_export, requirement_files, requirement_import, yamledit, yamlfile
from dossier.assemble import Workspace
from dossier.errors import DossierError
from dossier.records import Requirement
from dossier.requirement_files import Row
from dossier.requirement_import import Plan
from dossier.requirement_table import ORDER, SHEET, cell_of, columns, value_of
from dossier.requirement_table import put as set_in
from dossier.resolve import Repository
from dossier.schema import without_blanks

from .conftest import DAY, ROOT
from .workbooks import as_excel_writes, changed, opened, saved

JURISDICTIONS = sorted(path.parent.name for path in (ROOT / "jurisdictions").glob("*/jurisdiction.yaml"))
Change = Callable[[Worksheet], None]


def exported(repository: Repository, market: str, folder: Path | None = None) -> bytes:
    files = requirement_files.read(folder or repository.folder(market))
    part = repository.get(market)
    sources = {*repository.library.sources, *part.sources}
    authorities = [authority.id for each in repository.chain(market) for authority in each.authorities]
    return requirement_export.export(part, files, list(sources), authorities, DAY)


def planned(content: bytes, folder: Path, repository: Repository) -> Plan:
    book, market = requirement_import.market_of("rules.xlsx", content)
    assert market == folder.name
    return requirement_import.plan("rules.xlsx", book, folder, repository)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder of the user's own with a copy of Sweden under another id, without the regulation, which takes long to read."""
    copy = tmp_path / "jurisdictions" / "zz"
    shutil.copytree(ROOT / "jurisdictions" / "se", copy)
    for file in copy.rglob("*.yaml"):
        file.write_text(file.read_text("utf-8").replace("id: se", "id: zz").replace("requirement: se.", "requirement: zz.").replace("extends: [eu-mdr]\n", ""), "utf-8")
    return tmp_path


@pytest.fixture
def repository(home: Path) -> Repository:
    return Repository((home / "jurisdictions", ROOT / "jurisdictions"))


@pytest.fixture
def bring(home: Path, repository: Repository) -> Callable[[Change], Plan]:
    """Exports the copy, changes the sheet, and reads it back."""

    def run(change: Change) -> Plan:
        def on_sheet(book: Workbook) -> None:
            change(book[SHEET])

        return planned(changed(exported(repository, "zz"), on_sheet), home / "jurisdictions" / "zz", repository)

    return run


@pytest.fixture
def faults(bring: Callable[[Change], Plan]) -> Callable[[Change], list[str]]:
    def run(change: Change) -> list[str]:
        with pytest.raises(DossierError) as raised:
            bring(change)
        assert raised.value.code == 2
        return [str(problem) for problem in raised.value.problems]

    return run


def number_of(sheet: Worksheet, name: str) -> int:
    return next(cell.column for cell in sheet[1] if cell.value == name)


def row_of(sheet: Worksheet, identifier: str) -> int:
    return next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 1).value == identifier)


def put(sheet: Worksheet, identifier: str, column: str, value: object) -> str:
    """Types into a cell; returns its name."""
    cell = sheet.cell(row_of(sheet, identifier), number_of(sheet, column))
    cell.value = value  # type: ignore[assignment]
    return str(cell.coordinate)


NEW = {
    "id": "zz.new", "group": "zz-enforcement", "title en": "New", "title nb": "Ny", "title nn": "Ny", "says en": "A new rule: with a colon.", "source": "se-600", "clause": "§ 3", "level": "primary",
    "force": "law", "binds": "manufacturer, importer", "phase": "enforcement", "in force from": "2026-01-01", "checked": "2026-11-23", "review_by": "2027-06-01",
}  # fmt: skip


def new_row(sheet: Worksheet, **values: object) -> int:
    made = {**NEW, **{name.replace("__", " "): value for name, value in values.items()}}
    row = max(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value) + 1
    for name, value in made.items():
        sheet.cell(row, number_of(sheet, name)).value = value  # type: ignore[assignment]
    return row


# --- nothing is lost --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("market", JURISDICTIONS)
def test_export_and_import_without_edits_change_nothing(market: str, workspace: Workspace) -> None:
    folder = workspace.repository.folder(market)
    made = planned(exported(workspace.repository, market), folder, workspace.repository)
    assert made == Plan({}, {}, (), ())


@pytest.mark.parametrize("market", ["no", "eu-mdr", "us", "se", "fr"])
def test_every_row_written_anew_reads_as_before(market: str, workspace: Workspace, tmp_path: Path) -> None:
    """The table typed into empty files: the records are equal but for the fields that the table has no column for."""
    home = tmp_path / "jurisdictions" / market
    shutil.copytree(workspace.repository.folder(market), home)
    for file in requirement_files.read(home):
        text = file.path.read_text("utf-8")
        file.path.write_text(text[: text.index("\nadd:")] + "\nadd: []\n", "utf-8")
    emptied = Repository((tmp_path / "jurisdictions", ROOT / "jurisdictions"))
    # The copy has a shipped id; it is read as the only folder, with the shipped tables beside it.
    emptied._read[market] = jurisdiction.load(home, emptied.library)
    made = planned(exported(workspace.repository, market), home, emptied)
    for path, content in made.files.items():
        path.write_bytes(content)
    before = [record.requirement for record in workspace.repository.get(market).records]
    after = [record.requirement for record in jurisdiction.load(home, emptied.library).records]
    lacking = {"symbols", "prescribed_words", "citation_history", "conflicts", "under"}
    assert [requirement.model_dump(exclude=lacking) for requirement in after] == [requirement.model_dump(exclude=lacking) for requirement in before]


def test_rows_whose_every_cell_is_written_again_read_as_before(workspace: Workspace) -> None:
    """Each row of each jurisdiction, all its cells written into the file once more: the same requirement, and what has no column stays."""
    for market in JURISDICTIONS:
        for file in requirement_files.read(workspace.repository.folder(market)):
            edits = [yamledit.Edit(row.index, {key: value for key, value in from_cells(row).items() if key in row.own and key != "id"}) for row in file.rows]
            content = yamledit.edited(file.path.read_bytes(), file.name, "add", edits, [], ORDER)
            rows = yamlfile.loads(content, file.name).data["add"]
            for row, new in zip(file.rows, rows, strict=True):
                assert Requirement.model_validate(without_blanks({**file.defaults, **new})) == Requirement.model_validate(row.record)


def from_cells(row: Row) -> dict[str, Any]:
    """The record put together from the cells of its row, on nothing but the fields that have no column."""
    record = {key: value for key, value in row.record.items() if key in ("symbols", "prescribed_words", "citation_history", "conflicts", "under")}
    for column in columns():
        if column.path:
            record = set_in(record, column.path, value_of(column, cell_of(column, row.record)))
    return {**record, "in_force": record.get("in_force", {})}


def test_every_cell_says_exactly_what_the_record_holds(workspace: Workspace) -> None:
    for market in JURISDICTIONS:
        for file in requirement_files.read(workspace.repository.folder(market)):
            for row in file.rows:
                for column in columns():
                    value = row.record
                    for key in column.path:
                        value = value.get(key, "") if isinstance(value, dict) else ""  # type: ignore[assignment]
                    if column.path:
                        assert (value_of(column, cell_of(column, row.record)) or "") == (value or ""), (row.id, column.name)


def test_the_same_workbook_every_time(workspace: Workspace) -> None:
    assert exported(workspace.repository, "se") == exported(workspace.repository, "se")


# --- what is written --------------------------------------------------------------------------------------------------


def test_only_the_lines_that_differ_change(bring: Callable[[Change], Plan], home: Path) -> None:
    def change(sheet: Worksheet) -> None:
        put(sheet, "zz.label", "clause", "chapter 3, § 9")
        put(sheet, "zz.label", "condition", "all: [{software: yes}, {device_class: [IIa, IIb]}]")
        put(sheet, "zz.gui", "note nn", None)

    made = bring(change)
    assert made.changed == {"zz.label": ("clause", "condition"), "zz.gui": ("note nn",)}
    ((path, content),) = made.files.items()
    before, after = path.read_text("utf-8").splitlines(), content.decode().splitlines()
    assert after[:2] == before[:2]
    assert set(after) - set(before) == {'    clause: "chapter 3, § 9"', "    applies_when: {all: [{software: yes}, {device_class: [IIa, IIb]}]}"}
    # Of zz.gui's note the nynorsk text goes, whole; of zz.label the old clause. The rest stands line for line.
    gone = [line for line in before if line not in after]
    note = before.index(next(line for line in before if line.startswith("        Ei eldre side")))
    assert gone[:1] == ['    clause: "chapter 3, § 1"'] or '    clause: "chapter 3, § 1"' not in gone
    assert set(before[note:note + 2]) <= set(gone)
    assert set(gone) <= {'    clause: "chapter 3, § 1"', "      nn: >-", *before[note:note + 2]}
    path.write_bytes(content)
    loaded = jurisdiction.load(path.parent.parent, Repository((home / "jurisdictions", ROOT / "jurisdictions")).library)
    record = next(record.requirement for record in loaded.records if record.requirement.id == "zz.label")
    assert record.clause == "chapter 3, § 9"
    assert record.references[0].clause == "Article 10(11)"


def test_a_new_row_goes_under_its_group_and_leaves_out_what_the_file_gives(bring: Callable[[Change], Plan]) -> None:
    made = bring(lambda sheet: [new_row(sheet)][1:])  # type: ignore[arg-type]
    assert made.added == ("zz.new",)
    ((path, content),) = made.files.items()
    assert path.name == "enforcement.yaml"
    assert content.decode() == path.read_text("utf-8") + (
        "\n  - id: zz.new\n    title: {en: New, nb: Ny, nn: Ny}\n    says: {en: \"A new rule: with a colon.\"}\n    source: se-600\n    clause: § 3\n    level: primary\n    force: law\n"
        "    binds: [manufacturer, importer]\n    phase: enforcement\n    in_force: {from: 2026-01-01}\n    review_by: 2027-06-01\n"
    )


def test_a_real_date_and_a_choice_in_capitals_are_understood(bring: Callable[[Change], Plan]) -> None:
    def change(sheet: Worksheet) -> None:
        put(sheet, "zz.law", "checked", dt.date(2026, 11, 26))
        put(sheet, "zz.law", "level", "Authority")

    ((_, content),) = bring(change).files.items()
    row = next(row for row in yamlfile.loads(content, "x").data["add"] if row["id"] == "zz.law")
    assert (row["checked"], row["level"]) == ("2026-11-26", "authority")


def test_a_key_that_the_file_gives_for_all_rows_is_emptied_by_a_blank(home: Path, repository: Repository) -> None:
    file = home / "jurisdictions" / "zz" / "requirements" / "enforcement.yaml"
    file.write_text(file.read_text("utf-8").replace("defaults:\n", "defaults:\n  applies_when: {software: yes}\n"), "utf-8")
    book = changed(exported(repository, "zz"), lambda book: [put(book[SHEET], "zz.law", "condition", None)][1:])  # type: ignore[arg-type]
    ((path, content),) = planned(book, file.parent.parent, repository).files.items()
    path.write_bytes(content)
    assert '    applies_when: ""\n' in content.decode()
    assert next(record for record in jurisdiction.load(file.parent.parent, repository.library).records if record.requirement.id == "zz.law").requirement.applies_when is None


@pytest.mark.parametrize("text", ["=1+1", "'quoted", "_x005F_ and _x000D_", "{a: b}, [c] # d", "a: b\n- c", "  led by blanks", "yes", "17.20", "\"“»", "long " * 400, "- dash", "å" * 300])
def test_odd_text_comes_back_letter_for_letter(text: str, bring: Callable[[Change], Plan]) -> None:
    def change(sheet: Worksheet) -> None:
        cell = sheet.cell(row_of(sheet, "zz.law"), number_of(sheet, "says en"))
        cell._value, cell.data_type = as_excel_writes(text), "s"

    ((_, content),) = bring(change).files.items()
    assert next(row for row in yamlfile.loads(content, "x").data["add"] if row["id"] == "zz.law")["says"]["en"] == text.strip()


def test_windows_line_endings_and_the_mark_at_the_start_stay(home: Path, repository: Repository, bring: Callable[[Change], Plan]) -> None:
    file = home / "jurisdictions" / "zz" / "requirements" / "enforcement.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    ((_, content),) = bring(lambda sheet: [put(sheet, "zz.law", "clause", "§ 7")][1:]).files.items()  # type: ignore[arg-type]
    assert content.startswith(b"\xef\xbb\xbf#")
    assert content.count(b"\n") == content.count(b"\r\n")


def test_rows_and_columns_that_are_left_out_stay_as_they_are(bring: Callable[[Change], Plan]) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.delete_cols(number_of(sheet, "note en"), 3)
        sheet.delete_rows(row_of(sheet, "zz.nis2"))

    assert bring(change) == Plan({}, {}, (), ("zz.nis2",))


# --- faults -----------------------------------------------------------------------------------------------------------

PLACE = 'rules.xlsx sheet "Requirements" cell '
WHO = "manufacturer, authorised-representative, importer, distributor, health-institution, service-provider, authority, notified-body, controller, us-agent, uk-responsible-person, sponsor or marketing-authorisation-holder"
FAULTS = [
    'K2: level: "primry" is not one of primary, authority, secondary or unconfirmed. Did you mean "primary"?',
    f'M2: binds.1: "imprter" is not one of {WHO}. Did you mean "importer"?',
    "P2: in_force.from: write the date as year-month-day, for example 2026-11-23.",
    'I4: source "se-60" is not in sources.yaml, so that nobody could find the rule. Did you mean "se-600"?',
    "S4: zz.law: review_by 2020-01-01 is before checked 2026-11-23.",
    'AA4: "lakemedel" is no authority of this jurisdiction. Did you mean "lakemedelsverket"?',
    'T6: "sofware" is not a product fact. Did you mean "software"?',
    'X6: "labl" is not an evidence kind. Did you mean "label"?',
    'AB6: source "mdrr" is not in sources.yaml, so that nobody could find the rule. Did you mean "mdr"?',
    'T7: condition: is not valid YAML: did not find expected \',\' or \']\'. Compare with the sheet "Columns": every bracket and quotation mark that opens must close.',
    'X7: evidence kinds: "gui-text" needs a kind of evidence and how much it is expected, as in label: mandatory.',
    "F10: says en: holds a formula, or the error of one; nothing is worked out here, so the requirement would lose its text. Type the value itself (copy, then paste as values).",
]


def test_every_fault_is_named_at_once_with_its_cell(faults: Callable[[Change], list[str]]) -> None:
    def change(sheet: Worksheet) -> None:
        put(sheet, "zz.csirt", "level", "primry")
        put(sheet, "zz.csirt", "binds", "manufacturer, imprter")
        put(sheet, "zz.csirt", "in force from", "26 May 2021")
        put(sheet, "zz.law", "source", "se-60")
        put(sheet, "zz.law", "authority", "lakemedel")
        put(sheet, "zz.law", "review_by", "2020-01-01")
        put(sheet, "zz.label", "condition", "sofware: yes")
        put(sheet, "zz.label", "evidence kinds", "labl: mandatory")
        put(sheet, "zz.label", "references", "source: mdrr, level: primary")
        put(sheet, "zz.gui", "evidence kinds", "gui-text")
        put(sheet, "zz.gui", "condition", "all: [{software: yes}")
        put(sheet, "zz.fsn", "says en", "=A1")
        put(sheet, "zz.fsn", "title en", None)

    assert [line.removeprefix(PLACE) for line in faults(change)] == FAULTS


def test_rows_that_cannot_be_told_apart_or_placed(faults: Callable[[Change], list[str]]) -> None:
    def change(sheet: Worksheet) -> None:
        new_row(sheet, id="zz.label")
        new_row(sheet, id="se.other")
        new_row(sheet, id="zz.two", group="zz-enforcment")
        new_row(sheet, id="zz.three", says__en=None, clause=None)
        put(sheet, "zz.law", "group", "zz-language")
        new_row(sheet, id=None)

    found = [line.removeprefix(PLACE) for line in faults(change)]
    assert found[0] == 'B4: zz.law stands in the group "zz-enforcement"; the table moves no rows between groups. Write zz-enforcement again, or move the row in the YAML files.'
    assert any(line.startswith("A") and '"zz.label" stands already in row' in line for line in found)
    assert any('"se.other" is a new id, but does not begin with "zz."' in line for line in found)
    assert any(line.startswith("B") and '"zz-enforcment" is not a group of zz' in line and 'Did you mean "zz-enforcement"?' in line for line in found)
    assert any("the id is missing" in line for line in found)
    assert any("zz.three: says en is empty: what the reader is told to show." in line for line in found)
    assert any("zz.three: clause is empty: a reader must find the place in the source." in line for line in found)


def test_all_that_is_wrong_with_one_row_is_named_at_once(faults: Callable[[Change], list[str]]) -> None:
    found = faults(lambda sheet: [new_row(sheet, says__en=None, source="se-60", level="prim", authority="nobody", related="zz.none, zz.new", evidence__kinds="labl: mandatory", checked="2028-01-01")][1:])  # type: ignore[arg-type]
    for part in ("says en is empty", 'source "se-60" is not in', 'level: "prim" is not one of', '"nobody" is no authority', '"zz.none" is no requirement', '"labl" is not an evidence kind', "review_by 2027-06-01 is before checked 2028-01-01"):
        assert any(part in line for line in found), part
    assert len(found) == 7


@pytest.mark.parametrize("value", [17.1, dt.datetime(2026, 10, 17)])
def test_a_clause_that_the_spreadsheet_keeps_as_a_number_or_a_day_is_refused(value: object, faults: Callable[[Change], list[str]]) -> None:
    (line,) = faults(lambda sheet: [put(sheet, "zz.law", "clause", value)][1:])  # type: ignore[arg-type]
    assert "J4: clause: " in line
    assert "was kept by the spreadsheet as a number or a day, which loses figures (17.10 becomes 17.1, or a day in October). Format the cell as text" in line


def test_an_id_with_capitals_is_refused(faults: Callable[[Change], list[str]]) -> None:
    (line,) = faults(lambda sheet: [new_row(sheet, id="zz.New")][1:])  # type: ignore[arg-type]
    assert line.startswith(PLACE + "A")
    assert line.endswith('"zz.New" has capitals, and requirements are looked up in small letters, so nobody could name it. Write zz.new.')


def test_headings_that_nobody_knows(faults: Callable[[Change], list[str]]) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.cell(1, number_of(sheet, "clause")).value = "claus"
        sheet.cell(1, number_of(sheet, "force")).value = "level"
        sheet.cell(2, sheet.max_column + 1).value = "beside"

    found = [line.removeprefix(PLACE) for line in faults(change)]
    assert found[:2] == [
        'J1: "claus" is not a column of the requirement table, so nobody knows where its cells belong. Did you mean "clause"?'.replace("J1", found[0][:2]),
        found[1],
    ]
    assert 'the column "level" is there twice. Keep one of the two.' in found[1]
    assert '"beside" stands under no heading' in found[2]


def test_without_the_column_of_ids_nothing_is_read(faults: Callable[[Change], list[str]]) -> None:
    assert faults(lambda sheet: sheet.delete_cols(1)) == [PLACE + 'A1: the column "id" is missing, so that nobody can tell which requirement a row is. Put the heading id back into the first row.']


def test_merged_cells_are_refused(faults: Callable[[Change], list[str]]) -> None:
    (line,) = faults(lambda sheet: sheet.merge_cells("C2:C3"))
    assert line.startswith(PLACE + "C2: is merged with others")


def test_another_workbook_is_refused_with_a_sentence(home: Path, repository: Repository) -> None:
    book = Workbook()
    book.active.title = "Sheet of mine"
    read, market = requirement_import.market_of("rules.xlsx", saved(book))
    assert market == ""
    with pytest.raises(DossierError, match='has no sheet "Requirements"; it has "Sheet of mine"'):
        requirement_import.plan("rules.xlsx", read, home / "jurisdictions" / "zz", repository)
    with pytest.raises(DossierError, match="is a PDF"):
        requirement_import.market_of("rules.xlsx", b"%PDF-1.7")


def test_a_file_that_cannot_be_changed_by_lines_is_left_alone(home: Path, repository: Repository, bring: Callable[[Change], Plan]) -> None:
    file = home / "jurisdictions" / "zz" / "requirements" / "enforcement.yaml"
    data = yamlfile.read(file).data
    file.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    with pytest.raises(DossierError, match="cannot be changed row by row"):
        bring(lambda sheet: [put(sheet, "zz.law", "clause", "§ 7")][1:])  # type: ignore[arg-type]


@pytest.mark.parametrize(("fault", "message"), [("add:\n  -\n", "a block of keys is expected here."), ("defaults: yes\nadd:\n", '"defaults" needs a block of keys')])
def test_rules_that_the_loader_refuses_are_not_imported_into(fault: str, message: str, home: Path, repository: Repository) -> None:
    book = exported(repository, "zz")
    file = home / "jurisdictions" / "zz" / "requirements" / "enforcement.yaml"
    text = file.read_text("utf-8")
    file.write_text(text[: text.index("defaults:")] + fault + text[text.index("add:\n") + 5 :], "utf-8")
    with pytest.raises(DossierError, match=f"jurisdictions/zz/requirements/enforcement.yaml:[0-9]+:[0-9]+: {message}"):
        planned(book, home / "jurisdictions" / "zz", Repository((home / "jurisdictions", ROOT / "jurisdictions")))


# --- the workbook as people see it ------------------------------------------------------------------------------------


def test_the_workbook_has_a_frozen_heading_lists_and_a_sheet_that_explains_each_column(workspace: Workspace) -> None:
    book = opened(exported(workspace.repository, "no"))
    sheet = book[SHEET]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref
    names = [str(cell.value) for cell in sheet[1]]
    listed = {names[min(each.min_col for each in rule.sqref.ranges) - 1] for rule in sheet.data_validations.dataValidation}
    assert {"group", "source", "level", "force", "phase", "status", "language rule", "authority"} <= listed
    explained = {str(row[0].value): str(row[1].value) for row in book["Columns"].iter_rows() if row[0].value}
    assert explained["Jurisdiction"] == "no"
    assert set(names) <= set(explained)
    assert all(len(explained[name]) > 20 for name in names)
    for row in sheet.iter_rows():
        for cell in row:
            assert cell.value is None or (cell.data_type == "s" and cell.number_format == "@" and cell.alignment.wrap_text)


def test_every_field_of_a_requirement_has_a_column_or_is_named_as_kept() -> None:
    have = {column.path[0] for column in columns() if column.path}
    names = {field.alias or name for name, field in Requirement.model_fields.items()}
    assert names - have == {"symbols", "prescribed_words", "citation_history", "conflicts", "under"}
