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


def test_a_block_that_the_shipped_template_does_not_have_is_told_with_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "cover-letter"
    folder.mkdir(parents=True)
    file = folder / "body.html.j2"
    file.write_text('{% extends "shipped:cover-letter/body.html.j2" %}\n{% block lettre %}<p>Hei</p>{% endblock %}\n', "utf-8")
    with pytest.raises(DossierError) as raised:
        letter(tmp_path, "docx")
    assert str(raised.value) == f'{file}:2:1: the block "lettre" is not in shipped:cover-letter/body.html.j2, so its words would be printed nowhere. Did you mean "letter"?'


def test_a_block_within_a_block_of_ones_own_is_none_that_is_missing(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "cover-letter"
    folder.mkdir(parents=True)
    (folder / "body.html.j2").write_bytes(b'\xef\xbb\xbf{% extends "shipped:cover-letter/body.html.j2" %}\n{% block letter %}{% block greeting %}<p>Hei</p>{% endblock %}{% endblock %}\n')
    assert "Hei" in words(letter(tmp_path, "docx"))


def test_a_template_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "cover-letter"
    folder.mkdir(parents=True)
    (folder / "body.html.j2").write_bytes("<p>Sårbarhet</p>".encode("latin-1"))
    with pytest.raises(DossierError, match=r"cover-letter/body.html.j2: the template is not UTF-8 \(byte 5\)\. Save it as UTF-8"):
        letter(tmp_path, "docx")


def test_what_a_style_sheet_says_in_vain_is_told_with_its_place(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "_shared"
    folder.mkdir(parents=True)
    style = folder / "style.css"
    style.write_text("p { colr: red; -webkit-hyphens: auto }\nh1 { color: blu }\nh2 } h3 { color: red }\n", "utf-8")
    with pytest.raises(DossierError) as raised:
        letter(tmp_path, "pdf")
    assert [str(problem) for problem in raised.value.problems] == [
        f"{style}: Invalid or unsupported selector, 'h2 }} h3 '. It would be left out; correct it.",
        f"{style}:1:5: colr: red: unknown property. It would be left out; correct it.",
        f"{style}:2:6: color: blu: invalid value. It would be left out; correct it.",
    ]


def test_folders_and_files_that_are_nearly_ours_are_told(tmp_path: Path) -> None:
    for name in ("evidence-indx", "my-letter", "_shared", "cover-letter"):
        (tmp_path / "templates" / name).mkdir(parents=True)
    (tmp_path / "templates" / "_shared" / "styles.css").write_text("", "utf-8")
    (tmp_path / "templates" / "_shared" / "logo.png").write_bytes(b"")
    (tmp_path / "templates" / "cover-letter" / "body.html").write_text("", "utf-8")
    with pytest.raises(DossierError) as raised:
        letter(tmp_path, "docx")
    own = tmp_path / "templates"
    assert [str(problem) for problem in raised.value.problems] == [
        f'{own}/_shared/styles.css: is no file that documents are made from. Did you mean "style.css"?',
        f'{own}/cover-letter/body.html: is no file that documents are made from. Did you mean "body.html.j2"?',
        f'{own}/evidence-indx: is no document\'s folder, so that nothing in it counts. Did you mean "evidence-index"?',
    ]
