"""A user's own wording and look win over the shipped ones, block by block or whole, and nothing of theirs is overwritten."""
from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import docx
import pytest

from dossier import assemble, housestyle
from dossier.assemble import Order, Workspace
from dossier.cli import main
from dossier.errors import DossierError

from .conftest import DAY, ROOT

ECG = ROOT / "samples" / "ecg-patch"


def letter(home: Path, extension: str) -> bytes:
    order = Order(("no",), DAY, DAY, ("cover-letter",), (extension,))
    (built,) = assemble.build([ECG], order, Workspace((home,))).built
    return built.file.content


def words(content: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs)


def test_an_ejected_template_makes_the_same_document(tmp_path: Path) -> None:
    housestyle.eject("cover-letter", tmp_path)
    assert letter(tmp_path, "docx") == letter(tmp_path.parent, "docx")


def test_one_block_can_be_replaced_and_the_rest_stays(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "cover-letter"
    folder.mkdir(parents=True)
    (folder / "body.html.j2").write_text('{% extends "shipped:cover-letter/body.html.j2" %}\n{% block address %}<p>Vårt eget brevhode</p>{% endblock %}\n', "utf-8")
    text = words(letter(tmp_path, "docx"))
    assert "Vårt eget brevhode" in text
    assert "Vedlegg" in text
    assert "Eksempelkaia" not in text


def test_one_word_can_be_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "cover-letter"
    folder.mkdir(parents=True)
    (folder / "nb.po").write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Yours faithfully"\nmsgstr "Vennlig hilsen fra oss"\n', "utf-8")
    assert "Vennlig hilsen fra oss" in words(letter(tmp_path, "docx"))


def test_a_style_sheet_of_ones_own_is_laid_on_top(tmp_path: Path) -> None:
    housestyle.eject("look", tmp_path)
    sheet = tmp_path / "templates" / "_shared" / "screen.css"
    sheet.write_text(":root { --accent: #123456 }", "utf-8")
    assert b"#123456" in letter(tmp_path, "html")


def test_word_styles_of_ones_own_are_used(tmp_path: Path) -> None:
    housestyle.eject("look", tmp_path)
    file = tmp_path / "templates" / "_shared" / "style.docx"
    with zipfile.ZipFile(file) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["word/styles.xml"] = re.sub(rb"1F4E6B|1f4e6b", b"AA0011", parts["word/styles.xml"])
    with zipfile.ZipFile(file, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    with zipfile.ZipFile(io.BytesIO(letter(tmp_path, "docx"))) as package:
        assert b"AA0011" in package.read("word/styles.xml")


def test_missing_word_styles_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "_shared"
    folder.mkdir(parents=True)
    docx.Document().save(str(folder / "style.docx"))
    with pytest.raises(DossierError) as caught:
        letter(tmp_path, "docx")
    assert "style.docx" in str(caught.value)
    assert "Dossier Table" in str(caught.value)


def test_where_says_which_file_wins(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["templates", "eject", "look", "--home", str(tmp_path)]) == 0
    capsys.readouterr()
    assert main(["templates", "where", "--home", str(tmp_path), "--json"]) == 0
    found = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert found["_shared/style.css"]["own"]
    assert not found["cover-letter/body.html.j2"]["own"]
    assert main(["templates", "where"]) == 0
    assert "shipped" in capsys.readouterr().out


def test_eject_never_overwrites_and_knows_its_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["templates", "eject", "cover-letter", "--home", str(tmp_path)]) == 0
    assert main(["templates", "eject", "cover-letter", "--home", str(tmp_path)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert main(["templates", "eject", "cover-leter", "--home", str(tmp_path)]) == 2
    assert 'Did you mean "cover-letter"?' in capsys.readouterr().err
