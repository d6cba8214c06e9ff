"""The language rows of each market keep the value of the Commission's two tables beside the national law, cell by cell."""
from __future__ import annotations

import pytest

from dossier import yamlfile
from dossier.assemble import Workspace
from dossier.records import LanguageRow

from .conftest import DATA

COLUMNS = {
    "label_lay": ("label", "lay"),
    "label_professional": ("label", "professional"),
    "implant_card": ("implant-card", ""),
    "declaration_of_conformity": ("declaration-of-conformity", ""),
    "field_safety_notice": ("field-safety-notice", ""),
    "technical_documentation": ("technical-documentation", ""),
    "gui_lay": ("gui", "lay"),
    "gui_professional": ("gui", "professional"),
}
MDR = yamlfile.read(DATA / "commission-table-mdr.yaml").data
IVDR = yamlfile.read(DATA / "commission-table-ivdr.yaml").data
CELLS = [(regulation, market, column, value) for regulation, table in (("mdr", MDR), ("ivdr", IVDR)) for market, row in table.items() for column, value in row.items()]


def rows(workspace: Workspace, market: str, regulation: str, document: str, user: str) -> list[LanguageRow]:
    """The rows that a device under the regulation meets for the document and user."""
    found = workspace.repository.get(market).languages
    return [row for row in found if row.document == document and (not user or user in row.users) and (not row.regulations or regulation in row.regulations)]


def test_the_tables_have_all_cells() -> None:
    assert len(MDR) == 31
    assert all(list(row) == list(COLUMNS) for row in MDR.values())
    assert len(IVDR) == 30
    assert all(set(row) == set(COLUMNS) - {"implant_card"} for row in IVDR.values())
    assert sum(value.endswith("?") for row in MDR.values() for value in row.values()) == 18


@pytest.mark.parametrize(("regulation", "market", "column", "value"), CELLS, ids=[f"{market}-{column}-{regulation}" for regulation, market, column, _ in CELLS])
def test_every_cell_of_the_tables_stands_beside_the_national_law(regulation: str, market: str, column: str, value: str, workspace: Workspace) -> None:
    document, user = COLUMNS[column]
    cells = [row.commission_table for row in rows(workspace, market, regulation, document, user) if row.commission_table is not None]
    assert cells, "the market has no row with this cell"
    text = value.rstrip("?")
    for cell in cells:
        assert set(cell.languages) == set(text.replace("+", "/").split("/") if text not in ("", "-") else [])
        assert bool(cell.all_of) == ("+" in text)
        assert bool(cell.certain) == (not value.endswith("?"))


@pytest.mark.parametrize("market", sorted(MDR))
def test_instructions_for_use_follow_the_rule_of_the_label(market: str, workspace: Workspace) -> None:
    for regulation in ("mdr", "ivdr"):
        for user in ("lay", "professional"):
            label, ifu = (rows(workspace, market, regulation, document, user) for document in ("label", "ifu"))
            assert [(row.languages, row.all_of, row.level) for row in label] == [(row.languages, row.all_of, row.level) for row in ifu]


def test_an_uncertain_cell_binds_nobody_unless_the_law_was_read(workspace: Workspace) -> None:
    for market in MDR:
        for row in workspace.repository.get(market).languages:
            cell = row.commission_table
            if cell is not None and not cell.certain and row.level != "unconfirmed":
                assert row.level == "primary", (market, row.document, row.users)


def test_every_document_has_a_row_for_both_regulations(workspace: Workspace) -> None:
    for market in [*MDR, "xi"]:
        for regulation in ("mdr", "ivdr"):
            for document, user in COLUMNS.values():
                if document != "implant-card" or regulation == "mdr":
                    assert rows(workspace, market, regulation, document, user), (market, regulation, document, user)


def test_where_national_law_differs_both_values_are_kept(workspace: Workspace) -> None:
    (lay,) = rows(workspace, "pl", "mdr", "gui", "lay")
    assert lay.languages == ("pl",)
    assert lay.commission_table is not None
    assert lay.commission_table.languages == ("pl", "en")
    (declaration,) = rows(workspace, "at", "mdr", "declaration-of-conformity", "")
    assert declaration.languages == ()
    assert declaration.commission_table is not None
    assert declaration.commission_table.languages == ("de",)
