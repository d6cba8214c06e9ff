"""The section "Add a market" of CONTRIBUTING.md, followed letter for letter in an empty folder."""
from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from openpyxl import load_workbook

from dossier.cli import main

from .conftest import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
GUIDE = TEXT[TEXT.index("### Add a market") : TEXT.index("### What differs from a parent")]
STEPS = dict(enumerate(re.split(r"^\*\*\d+\. ", GUIDE, flags=re.M)))
EXPECTED = {2: [1], 8: [1, 0, 0]}  # the check ends with findings; all other commands with 0


def blocks(step: int, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", STEPS[step], re.S)


def run(step: int) -> None:
    codes = [main(shlex.split(line)[1:]) for block in blocks(step, "sh") for line in block.splitlines() if line.startswith("dossier ")]
    assert codes == EXPECTED.get(step, [0]), step


def test_the_guide_leads_to_a_market_that_builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795651200")  # 2026-11-26
    monkeypatch.delenv("DOSSIER_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my-data").mkdir()
    folder = tmp_path / "my-data" / "jurisdictions" / "nz"

    def append(name: str, text: str) -> None:
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(text)

    run(1)
    run(2)
    append("sources.yaml", *blocks(3, "yaml"))
    append("authorities.yaml", *blocks(4, "yaml"))
    head = (folder / "jurisdiction.yaml").read_text("utf-8")
    (introduction,) = blocks(5, "yaml")
    (folder / "jurisdiction.yaml").write_text(re.sub(r"^introduction: .*\n", lambda found: introduction, head, flags=re.M), "utf-8")
    export, import_ = (line for block in blocks(6, "sh") for line in block.splitlines())
    assert main(shlex.split(export)[1:]) == 0
    fill_in(tmp_path / "nz.xlsx")
    assert main(shlex.split(import_)[1:]) == 0
    append("languages.yaml", *blocks(7, "yaml"))
    capsys.readouterr()
    run(8)
    printed = capsys.readouterr().out
    open_ = [line for line in printed.splitlines() if line.startswith("jurisdictions/nz/")]
    assert open_
    assert all("is unconfirmed" in line or "has no text in nb and nn" in line or "no clause on software and security" in line for line in open_)
    assert "nz.sponsor" in printed
    assert len(list(tmp_path.glob("out/ecg-patch/nz/*.docx"))) == 5


def fill_in(file: Path) -> None:
    """Types the table of the guide into the workbook."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in STEPS[6].splitlines() if line.startswith("| ") and not line.startswith("| ---")]
    book = load_workbook(file)
    sheet = book["Requirements"]
    heads = {str(cell.value): column for column, cell in enumerate(sheet[1], 1)}
    for name, *values in rows[1:]:
        for row, value in enumerate(values, 2):
            if value:
                sheet.cell(row, heads[name]).value = value
    book.save(file)
