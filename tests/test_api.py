"""The Python interface: the same work as the command line, without printing."""
from __future__ import annotations

from pathlib import Path

import pytest

import dossier

from .conftest import DAY, ROOT

ECG = ROOT / "samples" / "ecg-patch"


def test_check_gives_rows_and_gaps() -> None:
    checklist = dossier.check(ECG, "no", date=DAY)
    assert {gap.key for gap in checklist.findings} == {"fact/sensitising", "missing/rm-06", "revision/security-controls", "language/usability", "file/psur"}


def test_build_gives_bytes_and_writes_only_when_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = dossier.build(ECG, "no", date=DAY, documents=["cover-letter"], formats=["docx"])
    assert [each.file.path for each in result.built] == ["ecg-patch/no/NO_cover-letter_ecg-patch_nb_rA.docx"]
    assert list(tmp_path.iterdir()) == []
    dossier.build(ECG, "no", date=DAY, documents=["cover-letter"], formats=["docx"], output=tmp_path)
    assert (tmp_path / "ecg-patch/no/NO_cover-letter_ecg-patch_nb_rA.docx").read_bytes() == result.built[0].file.content
    assert capsys.readouterr().out == ""


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'biuld'"):
        dossier.biuld  # noqa: B018
