"""Characters that no font has are refused with their place; a font of the user's own makes them possible, in Word and PDF."""
from __future__ import annotations

import datetime as dt
import io
import json
import re
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pikepdf
import pypdf
import pytest
from docx.oxml.ns import qn
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from dossier import assemble
from dossier.assemble import Order, Workspace
from dossier.errors import DossierError
from dossier.render import fonts

from .conftest import DAY, MINIMAL

THAI = "กขค"


def font(path: Path, characters: str, family: str = "Prøve Thai", *, weight: int = 400, restricted: bool = False) -> Path:
    """A small TrueType font that has these characters as squares."""
    pen = TTGlyphPen(None)
    for x, y in ((100, 0), (100, 700), (600, 700), (600, 0)):
        (pen.moveTo if (x, y) == (100, 0) else pen.lineTo)((x, y))
    pen.closePath()
    square = pen.glyph()
    names = [".notdef", "space", *(f"u{ord(char):04X}" for char in characters)]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({32: "space", **{ord(char): f"u{ord(char):04X}" for char in characters}})
    builder.setupGlyf(dict.fromkeys(names, square))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (700, 100)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": "Regular", "psName": re.sub(r"[^A-Za-z]", "", family)})
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200, usWeightClass=weight, fsType=2 if restricted else 0)
    builder.setupPost()
    builder.updateHead(created=3_900_000_000, modified=3_900_000_000)
    path.parent.mkdir(parents=True, exist_ok=True)
    builder.font.recalcTimestamp = False
    builder.save(path)
    return path


def order(*formats: str) -> Order:
    return Order(("no",), DAY, DAY, ("cover-letter",), formats)


@pytest.mark.parametrize("char", ["ก", "😀", "日"])
def test_a_character_without_font_is_refused_with_its_place(char: str, write: Callable[[str], Path], workspace: Workspace) -> None:
    folder = write(MINIMAL.replace("Thing", f"Thing {char}"))
    with pytest.raises(DossierError) as raised:
        assemble.build([folder], order("docx"), workspace)
    (problem,) = raised.value.problems
    assert (problem.line, problem.column) == (2, 7)
    assert problem.message == f"no font has the character {char} (U+{ord(char):04X})."
    assert problem.hint == 'Write it in other words, or put a font that has it into the folder "fonts" of your own folder (--home). Latin, Greek and Cyrillic letters are there.'


def test_a_font_of_one_s_own_prints_what_the_vendored_ones_lack(write: Callable[[str], Path], tmp_path: Path) -> None:
    home = tmp_path / "home"
    font(home / "fonts" / "thai.ttf", THAI)
    font(home / "fonts" / "unused.ttf", "漢", "Ubrukt")
    folder = write(MINIMAL.replace("Thing", f"Måler {THAI}"))
    built = {each.file.about["document"]["format"]: each for each in assemble.build([folder], order("docx", "pdf", "html", "json"), Workspace((home,))).built}
    again = {each.file.about["document"]["format"]: each.file.content for each in assemble.build([folder], order("docx", "pdf"), Workspace((home,))).built}
    assert again == {name: built[name].file.content for name in ("docx", "pdf")}

    word = docx.Document(io.BytesIO(built["docx"].file.content))
    styles = {style.style_id: style for style in word.styles}
    runs = [run for run in word.element.body.iter(qn("w:r")) if THAI in "".join(text.text or "" for text in run.iter(qn("w:t")))]
    assert runs
    for run in runs:
        style = styles[run.find(f"{qn('w:rPr')}/{qn('w:rStyle')}").get(qn("w:val"))]
        assert style.element.find(f".//{qn('w:rFonts')}").get(qn("w:cs")) == "Prøve Thai"
        assert {child.tag for child in run.find(qn("w:rPr"))} == {qn("w:rStyle")}
    assert f"Måler {THAI}" in "\n".join(paragraph.text for paragraph in word.paragraphs)
    with zipfile.ZipFile(io.BytesIO(built["docx"].file.content)) as package:
        table = package.read("word/fontTable.xml").decode()
        assert "Prøve Thai" in table
        assert "Ubrukt" not in table
        key = uuid.UUID(re.search(r'w:name="Prøve Thai".*?w:fontKey="\{([^}]+)\}', table)[1])  # type: ignore[index]
        hidden = package.read("word/fonts/own1.odttf")
        assert bytes(byte ^ mask for byte, mask in zip(hidden[:32], key.bytes[::-1] * 2)) == (home / "fonts" / "thai.ttf").read_bytes()[:32]

    with pikepdf.open(io.BytesIO(built["pdf"].file.content)) as pdf:
        names = {str(thing.FontName) for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary) and "/FontName" in thing}
    assert {"Source-Sans" in name or "Thai" in name for name in names} == {True}
    assert any("Thai" in name for name in names)
    assert THAI in "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(built["pdf"].file.content)).pages)
    assert f"Måler {THAI}" in built["html"].file.content.decode()
    assert json.loads(built["json"].file.content)["product"]["name"] == f"Måler {THAI}"
    assert "fonts/thai.ttf" in built["pdf"].file.about["inputs"]


def test_fonts_that_cannot_be_used_are_all_named(tmp_path: Path) -> None:
    font(tmp_path / "fonts" / "a.ttf", THAI, restricted=True)
    (tmp_path / "fonts" / "b.ttf").write_bytes(b"no font")
    with pytest.raises(DossierError) as raised:
        fonts.faces([tmp_path])
    assert [(Path(problem.file).name, problem.message[:25]) for problem in raised.value.problems] == [("a.ttf", "may not be embedded, its "), ("b.ttf", "is not a font that can be")]


def test_text_is_parted_by_the_font_that_has_it(tmp_path: Path) -> None:
    font(tmp_path / "fonts" / "a.ttf", THAI)
    own = fonts.faces([tmp_path])
    assert fonts.parted(f"abc {THAI} def", own) == [("abc ", ""), (THAI, "Prøve Thai"), (" def", "")]
    assert fonts.missing_characters(f"a{THAI}漢", own) == ("漢",)
    assert fonts.needed("abc", own) == ()


def test_the_name_comes_out_letter_for_letter_in_every_format(write: Callable[[str], Path], workspace: Workspace) -> None:
    name = 'Pump & <X> "Ω" æøå'
    folder = write(MINIMAL.replace("Thing", f"'{name}'"))
    built = {each.file.about["document"]["format"]: each.file.content for each in assemble.build([folder], order("docx", "pdf", "html", "json", "xlsx"), workspace).built}
    word = docx.Document(io.BytesIO(built["docx"]))
    assert name in "\n".join(paragraph.text for paragraph in word.paragraphs)
    assert name in (word.core_properties.keywords or "")
    assert name in "\n".join(paragraph.text for section in word.sections for paragraph in section.footer.paragraphs)
    pdf = pypdf.PdfReader(io.BytesIO(built["pdf"]))
    assert name in "\n".join(page.extract_text() for page in pdf.pages).replace("\n", " ")
    assert name in str(pdf.metadata)
    assert 'Pump &amp; &lt;X&gt; "Ω" æøå' in built["html"].decode()
    assert json.loads(built["json"])["product"]["name"] == name
    with zipfile.ZipFile(io.BytesIO(built["xlsx"])) as book:
        assert any("Pump &amp; &lt;X&gt; " in book.read(part).decode("utf-8", "replace") for part in book.namelist() if part.endswith(".xml"))


def test_what_a_reviewer_typed_is_never_a_box(write: Callable[[str], Path], workspace: Workspace) -> None:
    from dossier.review import ledger
    from dossier.review.ledger import Entry

    folder = write(MINIMAL)
    place = folder / ledger.place("no", "cover-letter")
    place.parent.mkdir(parents=True)
    about = {"reviewer": "Kari 😀", "date": "2026-11-25", "file": "a.docx", "sha256": "0" * 64, "number": "thing-cover-letter", "revision": "A", "read": dt.date(2026, 11, 26).isoformat()}
    place.write_bytes(ledger.written([Entry(**about, field="document/comment", value="fint 😀"), Entry(**about, remark="flott 😀")]))
    (word, pdf) = (each.file.content for each in assemble.build([folder], order("docx", "pdf"), workspace).built)
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    assert "fint [U+1F600]" in text
    assert "flott [U+1F600]" in text
    assert "fint 😀" in "".join(node.text or "" for node in docx.Document(io.BytesIO(word)).element.body.iter(qn("w:t")))
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert all("Source-Sans" in str(thing.FontName) for thing in opened.objects if isinstance(thing, pikepdf.Dictionary) and "/FontName" in thing)
