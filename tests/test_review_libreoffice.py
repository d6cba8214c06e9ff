"""Documents that went through a real LibreOffice: read back equal from 7.5 on; an older one drops the keys and is refused."""
from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from dossier.errors import DossierError
from dossier.review import word
from dossier.review.findings import compare

from . import libreoffice
from .conftest import DATA
from .word_files import small

KEPT = DATA / "review" / "libreoffice-25.2.docx"
FILLED = {
    "document/reviewer": libreoffice.REVIEWER,
    "document/review-date": libreoffice.DAY,
    **{f"r{row}/{name}": value for row in range(3) for name, value in (("status", "partly"), ("tick", "yes"), ("comment", libreoffice.COMMENT))},
}


def need(command: str) -> str:
    """The path of a command; where it is missing the test is skipped, in continuous integration it fails."""
    path = shutil.which(command)
    if path is None:
        reason = f"{command} is not on this machine; .ci/setup-tests installs it where it may"
        if os.environ.get("CI", "").lower() in ("true", "1"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def read_back(file: Path) -> None:
    reading = word.read(file.name, file.read_bytes())
    assert reading.issued is not None
    comparison = compare(reading, reading.issued)
    assert comparison.given == FILLED
    assert comparison.findings == ()


def test_a_file_filled_and_saved_by_libreoffice_25_reads_back_equal() -> None:
    read_back(KEPT)


def test_the_libreoffice_of_this_machine(tmp_path: Path) -> None:
    office = need("soffice")
    version = subprocess.run([office, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+)\.(\d+)", version)
    assert found is not None
    source = tmp_path / "sendt.docx"
    source.write_bytes(small())
    if (int(found[1]), int(found[2])) >= (7, 5):
        target = tmp_path / "svar.docx"
        subprocess.run(["/usr/bin/python3", libreoffice.__file__, source, target], check=True, timeout=180)
        read_back(target)
        return
    command: list[str | Path] = [office, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "docx:MS Word 2007 XML", "--outdir", tmp_path / "saved", source]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    with pytest.raises(DossierError) as raised:
        word.read("svar.docx", (tmp_path / "saved" / "sendt.docx").read_bytes())
    (problem,) = raised.value.problems
    assert str(problem) == (
        "svar.docx: has lost the keys of all its fields: a program that drops them has saved it (LibreOffice before 7.5, Google Docs, or a detour through .doc). "
        "Ask for the file again, filled in Word or in LibreOffice 7.5 or later."
    )
