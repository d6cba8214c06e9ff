"""What is promised of the files holds by the judgement of others: PDF/A-3a and PDF/UA-1 by veraPDF, Word files and
workbooks by the Open XML SDK and openxml-audit. Each validator is first shown to reject a file that was spoiled."""
from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

from dossier import assemble
from dossier.assemble import Order, Workspace

from ..conftest import DAY, ROOT
from . import validators
from .conftest import DOCUMENTS, MATRIX, Verdicts, build, need

pytestmark = pytest.mark.conformance

OPEN_XML = {"Open XML SDK": validators.open_xml_sdk, "openxml-audit": validators.openxml_audit}


@pytest.fixture(scope="module")
def letter(workspace: Workspace) -> dict[str, bytes]:
    """The cover letter of the first sample by format."""
    order = Order(("no",), DAY, DAY, ("cover-letter",), ("docx", "pdf"))
    return {each.file.about["document"]["format"]: each.file.content for each in assemble.build([ROOT / "samples" / "ecg-patch"], order, workspace).built}


# --- the validators bite ----------------------------------------------------------------------------------------------


def without(key: str) -> Callable[[pikepdf.Pdf], None]:
    return lambda pdf: pdf.Root.__delitem__(key)


def in_xmp(old: bytes, new: bytes = b"") -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        text = pdf.Root.Metadata.read_bytes()
        assert old in text
        pdf.Root.Metadata.write(text.replace(old, new))

    return change


SPOILED_PDF: dict[str, tuple[Callable[[pikepdf.Pdf], None], dict[str, str]]] = {
    "only saved again": (lambda pdf: None, {}),
    "no metadata": (without("/Metadata"), {"PDF/A-3a": "6.6.2.1-1", "PDF/UA-1": "7.1-8"}),
    "no title": (in_xmp(b"dc:title", b"dc:other"), {"PDF/A-3a": "6.6.2.3.1-1", "PDF/UA-1": "7.1-9"}),
    "no language": (without("/Lang"), {"PDF/UA-1": "7.2-34"}),
    "no tags": (without("/StructTreeRoot"), {"PDF/A-3a": "6.7.3.3-1", "PDF/UA-1": "7.1-11"}),
    "no colour profile": (without("/OutputIntents"), {"PDF/A-3a": "6.2.4.3-2"}),
    "no claim of PDF/UA": (in_xmp(b"<pdfuaid:part>1</pdfuaid:part>"), {"PDF/UA-1": "5-1"}),
}


def test_verapdf_rejects_spoiled_files(letter: dict[str, bytes], tmp_path: Path) -> None:
    need("veraPDF")
    files = {}
    for number, (name, (spoil, _)) in enumerate(SPOILED_PDF.items()):
        files[name] = tmp_path / f"{number}.pdf"
        with pikepdf.open(io.BytesIO(letter["pdf"])) as pdf:
            spoil(pdf)
            pdf.save(files[name])
    garbage = tmp_path / "garbage.pdf"
    garbage.write_bytes(b"no PDF")
    findings = validators.verapdf([*files.values(), garbage])
    for name, (_, broken) in SPOILED_PDF.items():
        for profile in validators.PROFILES:
            rules = [finding.split()[0] for finding in findings[profile, files[name]]]
            assert (broken[profile] in rules) if profile in broken else rules == [], f"{name}: {profile} {rules}"
    assert all("cannot be read" in findings[profile, garbage][0] for profile in validators.PROFILES)


SPOILED_WORD: dict[str, tuple[str, bytes, bytes]] = {
    "table properties in the body": ("word/document.xml", b"<w:body>", b"<w:body><w:tblPr/>"),
    "cell properties after the text": ("word/document.xml", b"</w:tc>", b'<w:tcPr><w:tcW w:w="1" w:type="dxa"/></w:tcPr></w:tc>'),
    "an unknown page orientation": ("word/document.xml", b"<w:pgSz ", b'<w:pgSz w:orient="askew" '),
    "styles under another content type": ("[Content_Types].xml", b"wordprocessingml.styles+xml", b"wordprocessingml.stiles+xml"),
}


@pytest.mark.parametrize("validator", OPEN_XML)
def test_word_validators_reject_spoiled_files(validator: str, letter: dict[str, bytes], tmp_path: Path) -> None:
    need(validator)
    sound = tmp_path / "sound.docx"
    sound.write_bytes(letter["docx"])
    files = {name: tmp_path / f"{number}.docx" for number, name in enumerate(SPOILED_WORD)}
    for name, (part, old, new) in SPOILED_WORD.items():
        with zipfile.ZipFile(sound) as package, zipfile.ZipFile(files[name], "w") as spoiled:
            assert old in package.read(part)
            for each in package.namelist():
                spoiled.writestr(each, package.read(each).replace(old, new) if each == part else package.read(each))
    files["garbage"] = tmp_path / "garbage.docx"
    files["garbage"].write_bytes(b"no package")
    findings = OPEN_XML[validator]([sound, *files.values()])
    assert findings[validator, sound] == []
    assert [name for name, file in files.items() if not findings[validator, file]] == []


def test_a_missing_validator_skips_here_and_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    for validator in ("veraPDF", "Open XML SDK"):
        monkeypatch.setenv("CI", "")
        with pytest.raises(pytest.skip.Exception, match=r"\.ci/setup-tests"):
            need(validator)
        monkeypatch.setenv("CI", "true")
        with pytest.raises(pytest.fail.Exception, match=r"\.ci/setup-tests"):
            need(validator)


# --- the documents ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", validators.PROFILES)
@pytest.mark.parametrize(("sample", "locale", "document"), MATRIX)
def test_every_pdf_conforms(profile: str, sample: str, locale: str, document: str, verdicts: Verdicts) -> None:
    need("veraPDF")
    assert verdicts[profile, sample, locale, document] == []


@pytest.mark.parametrize("validator", OPEN_XML)
@pytest.mark.parametrize(("sample", "locale", "document"), MATRIX)
def test_every_word_file_conforms(validator: str, sample: str, locale: str, document: str, verdicts: Verdicts) -> None:
    need(validator)
    assert verdicts[validator, sample, locale, document] == []


def test_a_fillable_pdf_conforms_to_pdf_ua(tmp_path: Path) -> None:
    need("veraPDF")
    build("ecg-patch", tmp_path, "-d", "labelling-checklist", "-f", "pdf", "--fillable")
    findings = validators.verapdf(list(tmp_path.rglob("*.pdf")), ["PDF/UA-1"])
    assert list(findings.values()) == [[]]


@pytest.mark.parametrize("validator", OPEN_XML)
def test_every_workbook_conforms(validator: str, tmp_path: Path) -> None:
    need(validator)
    for locale in ("nb", "nb+en"):
        build("ecg-patch", tmp_path / locale, "-l", locale, "-f", "xlsx")
    files = sorted(tmp_path.rglob("*.xlsx"))
    assert len(files) == 2 * len(DOCUMENTS)
    findings = OPEN_XML[validator](files)
    assert {file.name: findings[validator, file] for file in files if findings[validator, file]} == {}


@pytest.mark.parametrize("validator", OPEN_XML)
def test_workbook_validators_reject_a_spoiled_file(validator: str, workspace: Workspace, tmp_path: Path) -> None:
    need(validator)
    order = Order(("no",), DAY, DAY, ("cover-letter",), ("xlsx",))
    sound, spoiled = tmp_path / "sound.xlsx", tmp_path / "spoiled.xlsx"
    sound.write_bytes(assemble.build([ROOT / "samples" / "ecg-patch"], order, workspace).built[0].file.content)
    with zipfile.ZipFile(sound) as package, zipfile.ZipFile(spoiled, "w") as other:
        for name in package.namelist():
            other.writestr(name, package.read(name).replace(b"<sheetProtection", b"<sheetGuard") if name.endswith("sheet1.xml") else package.read(name))
    findings = OPEN_XML[validator]([sound, spoiled])
    assert findings[validator, sound] == []
    assert findings[validator, spoiled] != []
