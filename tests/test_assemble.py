"""From product to files: all documents of all samples, the same words and ids in Word and PDF, golden texts."""
from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import docx
import pikepdf
import pypdf
import pytest
from docx.oxml.ns import qn

from dossier import assemble, i18n, template
from dossier.assemble import Built, Order, Workspace
from dossier.blocks import Break, Bullets, Contents, Document, Field, Heading, Inlines, Link, Paragraph, Status, Table, Text, fields_of
from dossier.checklist import Checklist
from dossier.errors import DossierError
from dossier.template import Issue

from .conftest import DAY, MINIMAL, ROOT, SAMPLES

SMALL = ("labelling-checklist", "disclosure-note", "cover-letter")


def order(*documents: str, locales: tuple[str, ...] = (), formats: tuple[str, ...] = ("docx", "pdf")) -> Order:
    return Order(("no",), DAY, DAY, documents, formats, locales)


@pytest.fixture(scope="module")
def built(workspace: Workspace) -> dict[tuple[str, str, str], Built]:
    """The three smaller documents of each sample as Word and PDF, and the two large ones of the first as PDF."""
    results = assemble.build([ROOT / "samples" / name for name in SAMPLES], order(*SMALL), workspace).built
    large = assemble.build([ROOT / "samples" / "ecg-patch"], order("dossier-checklist", "evidence-index"), workspace).built
    return {(each.file.about["product"], each.document.kind, each.file.about["document"]["format"]): each for each in (*results, *large)}


def pdf_text(content: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def test_five_documents_in_two_formats(workspace: Workspace) -> None:
    result = assemble.build([ROOT / "samples" / "insulin-advisor"], order(formats=("docx",)), workspace)
    names = [each.file.path for each in result.built]
    assert len(names) == 5
    assert names[0] == "insulin-advisor/no/NO_dossier-checklist_insulin-advisor_nb_rA.docx" or "dossier-checklist" in names[0]


def test_every_pdf_page_carries_number_revision_and_page_x_of_y(built: dict[tuple[str, str, str], Built]) -> None:
    for (_, _, extension), each in built.items():
        if extension != "pdf":
            continue
        pages = pdf_text(each.file.content)
        for number, page in enumerate(pages, 1):
            assert f"Side {number} av {len(pages)}" in page
            assert each.document.number in page
            assert f"rev. {each.document.revision}" in page


def test_the_norwegian_pdf_holds_the_words_of_the_data(built: dict[tuple[str, str, str], Built], workspace: Workspace) -> None:
    text = re.sub(r"\s+", " ", " ".join(pdf_text(built["ecg-patch", "labelling-checklist", "pdf"].file.content)).replace("-\n", "").replace("\u00a0", " "))
    checklist = built["ecg-patch", "labelling-checklist", "pdf"].checklist
    for identifier in ("no.mdreg.6", "eu-mdr.23.2.a"):
        record = checklist.market.record(identifier)
        assert record is not None
        wanted = set(re.findall(r"\w{4,}", record.requirement.says["nb"]))
        assert len(wanted & set(re.findall(r"\w+", text))) >= 0.8 * len(wanted)
    assert "æ" in text
    assert "ø" in text
    assert "å" in text


def word_text(content: bytes) -> str:
    """The words of a Word body, controls included."""
    body = docx.Document(io.BytesIO(content)).element.body
    return "\n".join("".join("\n" if node.tag == qn("w:br") else node.text or "" for node in paragraph.iter(qn("w:t"), qn("w:br"))) for paragraph in body.iter(qn("w:p")))


def vocabulary(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{3,}", text.replace("\u00ad", "")))


@pytest.mark.parametrize("kind", SMALL)
def test_word_and_pdf_hold_the_same_words(kind: str, built: dict[tuple[str, str, str], Built]) -> None:
    word = built["ecg-patch", kind, "docx"]
    pdf = built["ecg-patch", kind, "pdf"]
    # The PDF hyphenates at line ends and shows no placeholders; Word's contents have no page numbers.
    joined = re.sub(r"[-\u2010]\n", "", "\n".join(pdf_text(pdf.file.content)))
    flat = re.sub(r"\s+", "", joined)
    placeholders = vocabulary(" ".join(f"{field.placeholder} {' '.join(label for _, label in field.options)}" for field in fields_of(word.document)))
    missing = {one for one in vocabulary(word_text(word.file.content)) - placeholders if one not in flat}
    assert missing == set()


def test_word_opens_in_python_docx_with_the_row_ids_of_the_pdf(built: dict[tuple[str, str, str], Built]) -> None:
    word = docx.Document(io.BytesIO(built["ecg-patch", "labelling-checklist", "docx"].file.content))
    identifiers = {row.cells[0].text.strip() for table in word.tables for row in table.rows if row.cells[0].text.startswith(("eu-mdr.", "no."))}
    pdf = re.sub(r"\s+", "", "".join(pdf_text(built["ecg-patch", "labelling-checklist", "pdf"].file.content)))
    assert len(identifiers) > 80
    assert {identifier for identifier in identifiers if identifier not in pdf} == set()


def test_reviewer_fields_are_tagged_controls(built: dict[tuple[str, str, str], Built]) -> None:
    for kind in SMALL:
        each = built["infusion-pump", kind, "docx"]
        body = docx.Document(io.BytesIO(each.file.content)).element.body
        tags = [node.get(qn("w:val")) for node in body.iter(qn("w:tag"))]
        assert sorted(tags) == sorted(field.name for field in fields_of(each.document))
        assert all(len(tag) <= 64 for tag in tags)


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_letter_ends_on_its_first_page_closing_and_names_together(sample: str, built: dict[tuple[str, str, str], Built]) -> None:
    letter = built[sample, "cover-letter", "pdf"]
    first, *_ = pdf_text(letter.file.content)
    flat = re.sub(r"\s+", " ", first)
    names = " ".join(f"{person.name}, {person.role}" for person in letter.checklist.product.documents.approvers)
    assert f"Med vennlig hilsen {letter.checklist.product.manufacturer.name} {names}" in flat


def test_no_font_but_ours_is_in_a_pdf(built: dict[tuple[str, str, str], Built]) -> None:
    for (_, _, extension), each in built.items():
        if extension == "pdf":
            with pikepdf.open(io.BytesIO(each.file.content)) as pdf:
                fonts = {str(thing.FontName) for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary) and "/FontName" in thing}
            assert fonts
            assert all("Source-Sans" in name or "SourceSans" in name or "Source Sans" in name.replace("#20", " ") for name in fonts), fonts


def test_the_record_travels_in_both_formats(built: dict[tuple[str, str, str], Built]) -> None:
    word = built["ecg-patch", "cover-letter", "docx"]
    with zipfile.ZipFile(io.BytesIO(word.file.content)) as package:
        assert any(b"urn:dossier:record:1" in package.read(name) for name in package.namelist() if name.startswith("customXml/item"))
    with pikepdf.open(io.BytesIO(built["ecg-patch", "cover-letter", "pdf"].file.content)) as pdf:
        assert pdf.attachments["record.json"].get_file().read_bytes() == word.document.record


def test_a_later_day_prints_that_days_law(workspace: Workspace) -> None:
    later = Order(("no",), dt.date(2027, 12, 11), DAY, ("dossier-checklist",), ("docx",))
    (each,) = assemble.build([ROOT / "samples" / "ecg-patch"], later, workspace).built
    assert each.checklist.market.date == dt.date(2027, 12, 11)
    assert "11. desember 2027" in word_text(each.file.content)


def test_two_products_of_one_id_are_refused(workspace: Workspace, tmp_path: Path, write: Callable[..., Path]) -> None:
    one, two = write(MINIMAL, "one"), write(MINIMAL.replace("id: thing", "id: THING"), "two")
    result = assemble.build([one, two], order("cover-letter", formats=("docx",)), workspace)
    with pytest.raises(DossierError, match="two outputs would have this name"):
        assemble.write(result, tmp_path / "out")


ODD = ['Pump & <X> "Ω" æøå', "{{ 7*7 }}", "<script>alert(1)</script>", "'; DROP TABLE x --", "=1+1", "C:\\x\\y", "%s %d {0}", "Ærøskøbing – «Ω» § 6", "a" * 200]


@pytest.mark.parametrize("name", ODD)
def test_an_odd_name_comes_out_letter_for_letter(name: str, workspace: Workspace, write: Callable[..., Path]) -> None:
    import json

    folder = write(MINIMAL.replace("name: Thing", f"name: {json.dumps(name, ensure_ascii=False)}"))
    result = assemble.build([folder], order("cover-letter"), workspace).built
    by_format = {each.file.about["document"]["format"]: each for each in result}
    assert name in word_text(by_format["docx"].file.content)
    flat = re.sub(r"\s", "", "".join(pdf_text(by_format["pdf"].file.content)))
    assert re.sub(r"\s", "", name) in flat


# --- golden texts -------------------------------------------------------------------------------------------------


def as_text(document: Document) -> Iterator[str]:
    """The document as a reviewer reads a difference: one line a paragraph, cells parted by " | "."""
    yield f"{document.title} | {document.number} | rev. {document.revision} | {document.mark} | {document.orientation}"
    for block in document.blocks:
        match block:
            case Heading(level, inlines, identifier):
                yield f"\n{'#' * level} {line(inlines)} [{identifier}]"
            case Paragraph(inlines, style):
                yield f"{style + ': ' if style else ''}{line(inlines)}"
            case Bullets(items):
                yield from (f"- {line(item)}" for item in items)
            case Contents(title):
                yield f"[contents: {title}]"
            case Table():
                yield f"[{block.style}: {line(block.caption)}]"
                yield " | ".join(line(cell.inlines) for cell in block.head)
                for row in block.rows:
                    yield f"{row.id and f'[{row.id}] '}" + " | ".join(line(cell.inlines) for cell in row.cells)


def line(inlines: Inlines) -> str:
    words = []
    for inline in inlines:
        match inline:
            case Text(text, _, lang):
                words.append(f"{text}" if not lang else f"<{lang}:{text}>")
            case Break():
                words.append(" / ")
            case Link(href, text):
                words.append(f"{text}({href})")
            case Status(kind, text):
                words.append(f"({kind}) {text}")
            case Field(name, kind):
                words.append(f"[{kind} {name.rsplit('/', 1)[1]}]")
    return "".join(words)


GOLDEN = [(sample, name, "nb") for sample in SAMPLES for name in ("dossier-checklist", "evidence-index", *SMALL)]
GOLDEN += [("ecg-patch", name, locale) for name in ("evidence-index", *SMALL) for locale in ("nn", "en", "nb+en")]


@pytest.mark.parametrize(("sample", "name", "locale"), GOLDEN)
def test_golden(sample: str, name: str, locale: str, check: Callable[[Path], Checklist], workspace: Workspace, golden: Callable[[str, str], None]) -> None:
    document = template.render(workspace.shelf.get(name), check(ROOT / "samples" / sample), i18n.tongue(locale), workspace.shelf, Issue(DAY))
    golden(f"{sample}/{name}.{locale}.txt", "\n".join(as_text(document)) + "\n")
