"""The PDF: what it shows, how it is built, that it is closed, and that its bytes do not change."""
from __future__ import annotations

import base64
import datetime as dt
import functools
import hashlib
import io
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pytest

from dossier import resources
from dossier.blocks import Block, Break, Bullets, Cell, Contents, Document, Field, Heading, Inline, Link, Paragraph, Row, Status, Table, Text
from dossier.errors import DossierError, ExitCode
from dossier.render import fonts, pdf, pdf_fetch

STATUSES = ("covered", "gap", "expected", "not-applicable", "undetermined", "applies", "information", "unconfirmed")
CHOICES = (("fulfilled", "Oppfylt"), ("not", "Ikke oppfylt"))
LONG = "Opplysningene på etiketten skal være lesbare for brukeren og følge utstyret gjennom hele levetiden. "


def document(*blocks: Block, **changes: Any) -> Document:
    plain = Document(
        kind="checklist", title="Sjekkliste for merking", number="DOS-1", revision="B", date=dt.date(2026, 11, 20), locale="nb",
        orientation="landscape", mark="Fortrolig", product="Puls 2 · Nordlys AS", author="RA", subject="Merking", keywords=("merking", "MDR"),
        words={"page": "Side", "of": "av", "revision": "rev.", "table": "Tabell"}, blocks=blocks, data=b'{"a":1}',
    )  # fmt: skip
    return replace(plain, **changes)


def text(words: str, **look: Any) -> tuple[Text]:
    return (Text(words, **look),)


def row(name: str, *cells: str, id: str = "") -> Row:
    return Row((Cell(text(name), header=True), *(Cell(text(cell)) for cell in cells)), id)


def grid(*rows: Row, caption: str = "Krav", widths: tuple[float, ...] = (30, 231), head: tuple[str, ...] = ("Punkt", "Kravtekst")) -> Table:
    return Table(widths, tuple(Cell(text(word)) for word in head), rows, text(caption) if caption else (), "Krav og svar")


def everything() -> Document:
    """Every block and inline kind, over several pages."""
    statuses = [Row((Cell(text(kind), header=True), Cell((Status(kind, f"Ord {kind}"),))), f"s.{kind}") for kind in STATUSES]  # type: ignore[arg-type]
    fields: list[Inline] = [Field("r/s", "select", "Status", "Velg status", "", CHOICES), Break(), Field("r/c", "textarea", "Merknad", "Skriv merknad")]
    many = [row(f"23.2 {number}", LONG * (1 + number % 3), id=f"eu-mdr.23.2.{number}") for number in range(40)]
    return document(
        Paragraph(text("Non-invasive monitoring", lang="en"), "lead"),
        Table((34, 96, 34, 97), (), (Row((Cell(text("Nummer"), True), Cell(text("DOS-1")), Cell(text("Dato"), True), Cell(text("20.11.2026")))),), style="facts"),
        Paragraph(text("Utkast"), "warning"),
        Contents("Innhold"),
        Heading(1, text("Første kapittel"), "one"),
        Paragraph((Text("Se "), Link("#eu-mdr.23.2.7", "rad sju"), Text(" og "), Link("https://example.com/", "kilden"), Text(". "), Text("æøåÆØÅ", "strong"), Text(" kursiv", "em"), Text(" 0O", "code"), Text(" liten", "small"))),
        grid(*statuses, Row((Cell(text("Felt"), True), Cell(tuple(fields)))), caption="Statuser"),
        Heading(1, text("Andre kapittel"), "two"),
        Heading(2, text("Underkapittel"), "two-one"),
        grid(*many, caption="Mange rader"),
        Bullets((text("Punkt én"), text("Punkt to"))),
        Paragraph(text("Merknad"), "note"),
        Table((60, 201), (Cell(text("Rolle")), Cell(text("Underskrift"))), (row("Godkjent av", ""),), style="sign"),
        Paragraph((Text("Med hilsen"), Break(), Text("Nordlys AS")), "signature"),
        Paragraph(text("Slutt"), "small"),
        Paragraph(text("Mottaker"), "address"),
    )


@functools.cache
def made(forms: bool = False) -> bytes:
    return pdf.render(everything(), forms=forms)


@functools.cache
def pages() -> tuple[str, ...]:
    return read(made())


def read(content: bytes) -> tuple[str, ...]:
    return tuple(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def words_of(content: bytes) -> str:
    return re.sub(r"\s+", " ", " ".join(read(content)))


@functools.lru_cache(maxsize=4)
def opened(content: bytes) -> pikepdf.Pdf:
    """The file, left open: its objects die with it."""
    return pikepdf.open(io.BytesIO(content))


def elements(content: bytes) -> list[pikepdf.Dictionary]:
    """The structure tree, flat, in reading order."""

    def walk(node: Any) -> Iterator[pikepdf.Dictionary]:
        if isinstance(node, pikepdf.Array):
            for kid in node:
                yield from walk(kid)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                yield node
            yield from walk(node.get("/K"))

    return list(walk(opened(content).Root.StructTreeRoot.K))


def of_kind(content: bytes, kind: str) -> list[pikepdf.Dictionary]:
    return [element for element in elements(content) if f"/{kind}" == element.S]


# --- what a reader sees -----------------------------------------------------------------------------------------------


def test_every_page_says_which_document_revision_and_page_it_is() -> None:
    assert len(pages()) > 3
    for number, page in enumerate(pages(), 1):
        assert "DOS-1 · rev. B" in page
        assert "Fortrolig" in page
        assert "Puls 2 · Nordlys AS" in page
        assert f"Side {number} av {len(pages())}" in page


def test_the_footer_names_the_chapter_that_a_page_continues() -> None:
    assert "Andre kapittel" in pages()[-2]


def test_all_words_come_out_again_as_they_went_in() -> None:
    words = words_of(made())
    for expected in ("Non-invasive monitoring", "Utkast", "æøåÆØÅ", "kursiv", "Punkt én", "Rolle", "Med hilsen", "Mottaker", "Tabell 2. Mange rader", *(f"Ord {kind}" for kind in STATUSES)):
        assert expected in words
    assert not {"Velg status", "Skriv merknad"} & {match for match in ("Velg status", "Skriv merknad") if match in words}


def test_the_head_of_a_table_is_repeated_on_each_of_its_pages() -> None:
    with_rows = [page for page in pages() if re.search(r"23\.2 \d", page)]
    assert len(with_rows) > 2
    assert all("Kravtekst" in page for page in with_rows)


def test_the_contents_give_page_numbers_with_leaders() -> None:
    for chapter in ("Første kapittel", "Andre kapittel"):
        (number,) = {int(match) for match in re.findall(rf"{chapter}\s*[. ]{{5,}}(\d+)", pages()[0])}
        assert chapter in pages()[number - 1]


def test_headings_and_rows_are_bookmarks() -> None:
    reader = pypdf.PdfReader(io.BytesIO(made()))

    def titles(entries: Any) -> list[Any]:
        return [titles(entry) if isinstance(entry, list) else entry.title for entry in entries]

    title, (contents, one, statuses, two, (under, rows)) = titles(reader.outline)
    assert (title, contents, one, two, under) == ("Sjekkliste for merking", "Innhold", "Første kapittel", "Andre kapittel", "Underkapittel")
    assert statuses == ["covered", "gap Ord gap", *STATUSES[2:]]
    assert rows == [f"23.2 {number}" for number in range(40)]


def test_links_inside_lead_to_their_row_and_links_outside_keep_their_address() -> None:
    file = opened(made())
    names = file.Root.Names.Dests.Names
    targets = {str(names[number]) for number in range(0, len(names), 2)}
    links = [note for page in file.pages for note in page.get("/Annots", [])]
    assert {"eu-mdr.23.2.7", "one", "two"} <= targets
    assert [str(note.Dest) for note in links if "/Dest" in note] == ["one", "two", "eu-mdr.23.2.7"]
    assert [str(note.A.URI) for note in links if "/A" in note] == ["https://example.com/"]
    assert [str(note.Contents) for note in links] == ["Første kapittel", "Andre kapittel", "rad sju", "kilden"]


def test_no_row_is_torn_no_heading_left_behind_and_no_caption_without_its_table() -> None:
    blocks: list[Block] = []
    for number in range(24):
        rows = [row(f"R{number}.{each}", LONG * (2 + (number + each) % 4) + f"SLUTT{number}.{each}.") for each in range(3 + number % 4)]
        blocks += [Heading(1, text(f"OVERSKRIFT {number}"), f"h{number}"), Heading(2, text(f"UNDER {number}"), f"u{number}"), grid(*rows, caption=f"TITTEL {number}")]
    for page in pypdf.PdfReader(io.BytesIO(pdf.render(document(*blocks)))).pages:
        lines: dict[int, str] = {}

        def gather(words: str, shift: Any, place: Any, _: Any, __: Any, lines: dict[int, str] = lines) -> None:
            height = round(place[5] * shift[3] + shift[5])
            if words.strip():
                lines[height] = lines.get(height, "") + words

        page.extract_text(visitor_text=gather)
        content = page.extract_text()
        assert set(re.findall(r"R(\d+\.\d+)", content)) == set(re.findall(r"SLUTT(\d+\.\d+)", content))
        body = [words for height, words in sorted(lines.items(), reverse=True)][1:-1]
        assert not re.search("OVERSKRIFT|UNDER|TITTEL|Kravtekst", body[-1])


def test_a_row_longer_than_a_page_breaks_and_loses_nothing() -> None:
    long = " ".join(f"ord{number}" for number in range(1500))
    content = pdf.render(document(grid(row("A", "kort"), row("B", long, id="b"), row("C", "etter"))))
    words = " ".join(read(content))
    assert all(f"ord{number}" in words for number in range(1500))
    assert all("Kravtekst" in page for page in read(content))
    assert "etter" in read(content)[-1]


@pytest.mark.parametrize("word", ["x" * 400, "Sårbarhetshåndteringsplanleggingsverktøy" * 5, "a/b" * 90, "eu-mdr.23.2.a" * 20])
def test_a_long_word_stays_inside_its_cell(word: str) -> None:
    content = pdf.render(document(grid(Row((Cell(text("A"), True), Cell(text(word)), Cell(text("NABO")))), widths=(30, 40, 40), head=("1", "2", "3"))))
    assert word.replace("-", "") in re.sub(r"[\s-]", "", words_of(content)), "no letter is lost"
    pieces = [line for line in read(content)[0].splitlines() if line[:3] in word]
    assert len(pieces) > 3
    assert max(len(piece) for piece in pieces) < 40, "36 mm hold no more"


def test_norwegian_words_are_hyphenated_with_four_letters_on_each_side() -> None:
    narrow = grid(*(row("A", f"{'x' * shift} informasjonssikkerhetshåndtering kontraindikasjoner") for shift in range(1, 12)), widths=(30, 28))
    words = re.sub(r"\s*\n", "\n", "\n".join(read(pdf.render(document(narrow)))))
    parts = set(re.findall(r"\w+(?=-\n)|(?<=-\n)\w+", words))
    assert {"kontraindika", "sjoner", "håndtering"} <= parts
    assert min(len(part) for part in parts) >= 4


@pytest.mark.parametrize("first", ["informasjonssikkerhetshåndtering", "fast\u2011bindestrek", "hard\u00a0mellomrom"])
def test_numbers_are_found_by_searching_whatever_hyphens_and_spaces_stand_before_them(first: str) -> None:
    words = " ".join(read(pdf.render(document(grid(row("A", first), row("B", "EN ISO 14971 FP-TD-402"), widths=(30, 28)), number="DOS-1"))))
    assert "DOS-1 · rev. B" in words
    assert "FP-TD-402" in re.sub(r"\s", "", words)
    assert "EN ISO 14971" in words


@pytest.mark.parametrize(("orientation", "size"), [("landscape", (842, 595)), ("portrait", (595, 842))])
def test_pages_are_a4_and_lie_or_stand_as_the_document_says(orientation: Any, size: tuple[int, int]) -> None:
    content = pdf.render(document(Paragraph(text("x")), orientation=orientation))
    assert [(round(page.mediabox.width), round(page.mediabox.height)) for page in pypdf.PdfReader(io.BytesIO(content)).pages] == [size]


def test_a_document_without_blocks_is_one_page_with_its_title() -> None:
    assert len(read(pdf.render(document(data=b"")))) == 1


# --- how it is built --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("forms", [False, True])
def test_every_font_in_the_file_is_ours_and_embedded(forms: bool) -> None:
    file = opened(made(forms))
    found = [each for each in file.objects if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/Font" and "/DescendantFonts" in each]
    names = {str(font.BaseFont).split("+")[1] for font in found}
    assert all(re.fullmatch(r"Dossier-(Source-Sans(-Semi-Bold|-Italic)?|Form)", name) for name in names), names
    assert all("/FontFile2" in font.DescendantFonts[0].FontDescriptor and "/ToUnicode" in font for font in found)
    assert len(names) == (4 if forms else 3)


def test_the_metadata_are_the_document_s() -> None:
    file = opened(made())
    with file.open_metadata() as xmp:
        assert (str(file.docinfo["/Title"]), str(file.docinfo["/Author"])) == ("Sjekkliste for merking", "RA")
        assert str(file.docinfo["/CreationDate"]) == "D:20261120"
        assert str(file.Root.Lang) == "nb"
        assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"], xmp["pdfuaid:part"]) == ("3", "A", "1")
        assert file.Root.PageMode == "/UseOutlines"


def test_archive_and_accessibility_are_claimed_in_one_rdf() -> None:
    file = opened(made())
    packet = bytes(file.Root.Metadata.read_bytes())
    assert packet.count(b"<rdf:RDF") == 1
    assert b"PDF/UA identification schema" in packet


def test_the_record_travels_inside_as_the_source() -> None:
    file = opened(made())
    (spec,) = file.attachments.values()
    assert bytes(spec.get_file().read_bytes()) == b'{"a":1}'
    assert spec.filename == pdf.RECORD_NAME
    assert spec.obj.AFRelationship == "/Source"
    assert spec.get_file().mime_type == "application/json"
    assert str(spec.get_file().obj.Params.CreationDate) == str(spec.get_file().obj.Params.ModDate) == "D:20261120000000Z"
    file = opened(pdf.render(document(data=b"")))
    assert not file.attachments


def test_tables_tell_a_screen_reader_their_heads_and_summary() -> None:
    heads = of_kind(made(), "TH")
    assert {str(head.A.Scope) for head in heads} == {"/Column", "/Row"}
    assert all("/ID" in head for head in heads)
    assert next(str(each.A.Summary) for each in of_kind(made(), "Table") if "/A" in each) == "Krav og svar"


def test_in_a_table_of_facts_each_value_belongs_to_the_key_beside_it() -> None:
    (facts, *_) = of_kind(made(), "Table")
    kids = [kid for element in facts.K for kid in walk_cells(element)]
    keys, values = kids[0::2], kids[1::2]
    assert [[bytes(key) for key in value.A.Headers] for value in values] == [[bytes(key.ID)] for key in keys]


def walk_cells(node: Any) -> Iterator[Any]:
    if node.S in ("/TH", "/TD"):
        yield node
    else:
        for kid in node.get("/K", []):
            if isinstance(kid, pikepdf.Dictionary):
                yield from walk_cells(kid)


def test_foreign_words_are_marked_in_the_tags() -> None:
    assert [(str(each.S), str(each.Lang)) for each in elements(made()) if "/Lang" in each] == [("/Span", "en")]


def test_headings_in_the_tags_are_in_order() -> None:
    levels = [int(str(each.S)[2:]) for each in elements(made()) if re.fullmatch(r"/H\d", str(each.S))]
    assert levels == [1, 2, 2, 2, 3]


def test_shapes_and_leaders_are_no_content_to_be_read_aloud() -> None:
    assert not of_kind(made(), "Figure")
    assert sum("/ActualText" in each and str(each.ActualText) == "" for each in elements(made())) == 2


# --- fields -----------------------------------------------------------------------------------------------------------


def test_with_forms_each_field_is_found_again_by_its_name() -> None:
    filled = document(grid(Row((Cell(text("A"), True), Cell((
        Field("r/s", "select", "Status", "Velg", "not", CHOICES), Field("r/c", "textarea", "Merknad", "Skriv", "æøå & <b>\nlinje to"),
        Field("r/k", "checkbox", "Sett", value="yes"), Field("r/n", "text", "Navn", value="Kari"), Field("r/d", "date", "Dato", value="2026-11-20"),
    ))))))  # fmt: skip
    found = pypdf.PdfReader(io.BytesIO(pdf.render(filled, forms=True))).get_fields() or {}
    values = {name: str(field.value) for name, field in found.items()}
    assert values == {"r/s": "not", "r/c": "æøå & <b>\nlinje to", "r/k": "/on", "r/n": "Kari", "r/d": "2026-11-20"}
    assert {str(field["/TU"]) for field in found.values()} == {"Status", "Merknad", "Sett", "Navn", "Dato"}


def test_no_part_of_a_field_name_holds_a_full_stop() -> None:
    content = pdf.render(document(grid(Row((Cell(text("A"), True), Cell((Field("no.mdreg.6/status", "select", "Status", "Velg", "", CHOICES), Field("no.mdreg.6.gui/status", "text", "G"))))))), forms=True)

    def parts(fields: Any) -> Iterator[str]:
        for field in fields:
            yield str(field.T)
            yield from parts(field.get("/Kids", []))

    assert list(parts(opened(content).Root.AcroForm.Fields)) == ["no", "mdreg", "6/status", "6", "gui/status"]
    assert {name for name, field in (pypdf.PdfReader(io.BytesIO(content)).get_fields() or {}).items() if "/FT" in field} == {"no.mdreg.6/status", "no.mdreg.6.gui/status"}


def test_in_a_form_every_value_is_drawn_and_no_viewer_is_asked_to_draw_it_anew() -> None:
    value = "Se avsnitt 4 i TD-301, ikke bare æøå: også ω og Ж.\nNy linje"
    content = pdf.render(document(grid(Row((Cell(text("A"), True), Cell((Field("r/s", "select", "Status", "Velg", "not", CHOICES), Field("r/t", "select", "Status", "Velg", "", CHOICES), Field("r/c", "textarea", "M", "", value))))))), forms=True)
    file = opened(content)
    assert "/NeedAppearances" not in file.Root.AcroForm
    (font,) = (font for font in file.pages[0].Resources.Font.values() if "Dossier-Form" in str(font.BaseFont))
    letters = {glyph: bytes.fromhex(code).decode("utf-16-be") for glyph, code in re.findall(r"<(\w{4})> <(\w+)>", font.ToUnicode.read_bytes().decode())}

    def drawn(field: Any) -> list[str]:
        return ["".join(letters[line[at : at + 4]] for at in range(0, len(line), 4)) for line in re.findall(r"<(\w*)> Tj", field.AP.N.read_bytes().decode())]

    status, other, comment = (drawn(field) for field in (annotation for annotation in file.pages[0].Annots if "/T" in annotation))
    assert (status, other) == (["Ikke oppfylt"], ["Velg"])
    assert "".join(comment) == value.replace("\n", "")
    assert comment[-1] == "Ny linje"


@pytest.mark.parametrize("forms", [False, True])
def test_number_and_revision_stand_in_the_properties(forms: bool) -> None:
    properties = opened(made(forms)).docinfo
    assert (str(properties["/DocumentNumber"]), str(properties["/DocumentRevision"])) == ("DOS-1", "B")


def test_a_form_never_claims_to_be_an_archive_file() -> None:
    file = opened(made(True))
    with file.open_metadata() as xmp:
        assert "pdfaid:part" not in xmp
        assert xmp["pdfuaid:part"] == "1"


def test_without_forms_there_is_no_form() -> None:
    file = opened(made())
    assert "/AcroForm" not in file.Root


def test_ligatures_keep_their_letters_in_a_form_too() -> None:
    assert "Ord unconfirmed" in words_of(made(True))
    assert "kraftfull effekt" in words_of(pdf.render(document(Paragraph(text("kraftfull effekt")), grid(Row((Cell(text("A"), True), Cell((Field("f", "text", "F"),)))))), forms=True))


# --- the same bytes ---------------------------------------------------------------------------------------------------


def test_the_same_document_gives_the_same_bytes_whatever_was_made_between() -> None:
    first = pdf.render(everything())
    pdf.render(document(Paragraph(text("noe annet")), orientation="portrait"), forms=True)
    assert pdf.render(everything()) == first == made()


def test_another_process_with_another_hash_seed_and_time_zone_gives_the_same_bytes() -> None:
    code = f"import sys, hashlib; sys.path.insert(0, {str(Path(__file__).parent)!r}); import test_render_pdf as t; print(hashlib.sha256(t.made()).hexdigest())"
    for seed, zone in (("1", "Pacific/Kiritimati"), ("2", "America/Los_Angeles")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "SOURCE_DATE_EPOCH": seed, "PYTHONPATH": str(resources.shipped("templates").parent)}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
        assert done.stdout.strip() == hashlib.sha256(made()).hexdigest()


def test_several_threads_give_the_same_bytes() -> None:
    small = document(Paragraph(text("æøå")))
    results: list[bytes] = []
    threads = [threading.Thread(target=lambda: results.append(pdf.render(small))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert len(set(results)) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_worker_gives_the_same_bytes_and_leaves_its_parent_s_fonts_alone() -> None:
    code = """
import hashlib, os, sys, test_render_pdf as t
before = t.made()
child = os.fork()
if child == 0:
    sys.exit(0 if t.pdf.render(t.everything()) == before else 1)
print(os.waitpid(child, 0)[1], t.pdf.render(t.everything()) == before, t.read(t.pdf.render(t.document(title="Ny")))[0][:2])
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), str(resources.shipped("templates").parent)])}
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True).stdout == "0 True Ny\n"


def test_no_temporary_folder_stays_behind(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), str(resources.shipped("templates").parent)])}
    done = subprocess.run([sys.executable, "-c", "import test_render_pdf as t; t.pdf.render(t.document())"], capture_output=True, text=True, env=environment, check=True)
    assert (done.stdout, done.stderr) == ("", "")
    assert not list(tmp_path.iterdir())


# --- closed -----------------------------------------------------------------------------------------------------------

CANARY = "KANARI-4711-hemmelig"
watched: list[str] = []
watching = threading.Event()


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    if watching.is_set() and (event.startswith(("socket.connect", "socket.getaddrinfo", "urllib.Request", "ftplib.")) or (event == "open" and "kanari" in str(arguments[0]).lower())):
        watched.append(f"{event} {arguments}")


sys.addaudithook(watch)


@pytest.fixture
def no_access() -> Iterator[None]:
    """Fails when anything was opened that bears the canary's name, or any address was asked for."""
    watched.clear()
    watching.set()
    yield
    watching.clear()
    assert watched == []


class Trap:
    """A canary file and a listener; `knocks` counts who came."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "outside" / "kanari.css"
        self.file.parent.mkdir()
        self.file.write_text(f"/* {CANARY} */ p::before {{ content: '{CANARY}' }}", "utf-8")
        for suffix in ("png", "ttf", "svg", "txt"):
            self.file.with_suffix(f".{suffix}").write_text(CANARY, "utf-8")
        self.sheets = folder / "sheets"
        self.sheets.mkdir()
        (self.sheets / "kanari-notat.txt").write_text(CANARY, "utf-8")
        (self.sheets / "lenke-kanari.png").symlink_to(self.file.with_suffix(".png"))
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(0.2)
        self.port = self.listener.getsockname()[1]

    def knocks(self) -> int:
        count = 0
        try:
            while True:
                self.listener.accept()[0].close()
                count += 1
        except TimeoutError:
            return count


@pytest.fixture(scope="module")
def trap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trap]:
    trap = Trap(tmp_path_factory.mktemp("trap"))
    yield trap
    trap.listener.close()


def addresses(trap: Trap) -> list[str]:
    """Ways to name something that is not ours."""
    outside, web = trap.file.with_suffix(".png"), f"127.0.0.1:{trap.port}"
    return [
        outside.as_uri(), outside.as_uri().replace("file://", "file:"), outside.as_uri().replace("file:", "FILE:"), f"file://localhost{outside}",
        f"file://{web}{outside}", f"file:////{web}/x.png", str(outside), f"../outside/{outside.name}", f"..%2Foutside%2F{outside.name}", "lenke-kanari.png",
        "kanari-notat.txt", (trap.sheets / "kanari-notat.txt").as_uri(), "file:///etc/passwd", "file:///dev/zero", "file:///proc/self/environ",
        f"http://{web}/x.png", f"HTTP://{web}/x.png", f"https://{web}/x.png", f"//{web}/x.png", f"ftp://{web}/x.png", f"ftp://user:pass@{web}/x.png", f"http:/{web}/x.png",
        f"\\\\{web}\\share\\x.png", f"smb://{web}/x.png", f"gopher://{web}/x.png", f"jar:http://{web}/!x.png", "data:text/css,p{color:red}", "data:text/html,<p>x", "data:,x",
        f"data:image/svg+xml;base64,{base64.b64encode(b'x' * 2_100_000).decode()}",
    ]  # fmt: skip


USES: dict[str, Callable[[str], str]] = {
    "picture": lambda url: f'p {{ background: url("{url}") }}',
    "content": lambda url: f'p::before {{ content: url("{url}") }}',
    "list mark": lambda url: f'li {{ list-style-image: url("{url}") }}',
    "import": lambda url: f'@import url("{url}");',
    "font": lambda url: f'@font-face {{ font-family: "F"; src: url("{url}") }} p {{ font-family: F }}',
    "page": lambda url: f'@page {{ background: url("{url}") }}',
    "border": lambda url: f'p {{ border: 1pt solid; border-image: url("{url}") 1 }}',
}


def test_at_least_thirty_addresses_are_tried(trap: Trap) -> None:
    assert len(set(addresses(trap))) >= 30


@pytest.mark.parametrize("use", USES)
def test_a_style_sheet_reaches_nothing_outside_its_folder(use: str, trap: Trap, no_access: None) -> None:
    sheet = trap.sheets / f"{use}.css"
    target = document(Paragraph(text("x")), Bullets((text("x"),)), data=b"")
    for number, address in enumerate(addresses(trap)):
        sheet.write_text(USES[use](address.replace("\\", "\\\\")) + f"/* {number} */", "utf-8")
        with pytest.raises(DossierError) as refused:
            pdf.render(target, sheet)
        assert str(sheet) in str(refused.value)
        assert CANARY not in str(refused.value)
    watching.clear()
    assert trap.knocks() == 0


def hostile(address: str) -> str:
    """All the ways in which HTML can ask for an address."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><image href="{address}" xlink:href="{address}"/><use href="{address}#x"/><style>@import url("{address}");</style></svg>'
    coded = base64.b64encode(svg.encode()).decode()
    return f"""<html><head><base href="{address}"><link rel=stylesheet href="{address}"><link rel=attachment href="{address}"><link rel=icon href="{address}">
    <style>@import "{address}"; @font-face {{ font-family: F; src: url({address}) }} p {{ background: url({address}); font-family: F }}</style></head>
    <body><p style="background: url('{address}')">x <img src="{address}" srcset="{address} 2x"><a rel=attachment href="{address}">fil</a>
    <embed src="{address}"><object data="{address}"></object><iframe src="{address}"></iframe><input type=image src="{address}"><video poster="{address}"></video>
    <img src="data:image/svg+xml;base64,{coded}">{svg}<img src="x.png"></p></body></html>"""


def test_even_hostile_html_reaches_nothing_through_the_fetcher(trap: Trap, no_access: None) -> None:
    pdf.engine()  # loads the library with its warnings seen to
    import weasyprint

    for address in addresses(trap):
        if not address.startswith("data:"):
            fetcher = pdf_fetch.closed([trap.sheets])
            content = weasyprint.HTML(string=hostile(address), url_fetcher=fetcher).write_pdf()
            assert fetcher.refused
            file = opened(content)
            assert not file.attachments
            assert not any(CANARY.encode() in each.read_bytes() for each in file.objects if isinstance(each, pikepdf.Stream))
    watching.clear()
    assert trap.knocks() == 0


def test_links_to_such_addresses_are_words_and_fetch_nothing(trap: Trap, no_access: None) -> None:
    names = addresses(trap)
    content = pdf.render(document(*(Paragraph((Link(name, f"lenke{number}"),)) for number, name in enumerate(names)), data=b""))
    file = opened(content)
    leads = [str(note.A.URI) for page in file.pages for note in page.get("/Annots", [])]
    assert all(lead.startswith(("http://127", "HTTP://127", "https://127", "http:/127", "../", "..%2F", "lenke-kanari", "kanari-")) for lead in leads), leads
    assert all(f"lenke{number}" in words_of(content) for number in range(len(names)))


@pytest.mark.parametrize("payload", [
    '<img src="file:///etc/passwd">', "<script>alert(1)</script>", '<link rel=attachment href="file:///etc/passwd">', "<style>p{display:none}</style>", "</p></body></html><h1>x</h1>",
    "<!--", "-->", "<![CDATA[x]]>", "&lt;b&gt;", "&#60;b&#62;", "\"><a href='http://127.0.0.1'>x</a>", "' onload='x", "<base href=//127.0.0.1>", "{{x}} {% x %}", "<&|*", "Pump & <X>",
])  # fmt: skip
def test_html_in_words_is_printed_not_obeyed(payload: str, no_access: None) -> None:
    target = document(
        Heading(1, text(payload), "h"), Paragraph(text(payload, style="em")), grid(row(payload, payload, id="r"), caption=payload),
        title=payload, mark=payload, product=payload, number=payload, data=b"",
    )  # fmt: skip
    content = pdf.render(target)
    seen = re.sub(r"\s+", "", words_of(content))
    assert seen.count(re.sub(r"\s+", "", payload)) >= 8
    file = opened(content)
    assert not file.attachments
    assert not any(page.get("/Annots", []) for page in file.pages)


def test_a_style_sheet_of_the_user_lies_on_top_and_may_use_its_own_folder(tmp_path: Path) -> None:
    logo = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 10 10'><path d='M0 0h10v10z'/></svg>"
    (tmp_path / "logo.svg").write_text(logo, "utf-8")
    (tmp_path / "more.css").write_text("h1::after { content: ' TILLEGG' }", "utf-8")
    sheet = tmp_path / "style.css"
    sheet.write_text('@import "more.css"; @page { size: 300mm 200mm; @top-right { content: url(logo.svg) } } :root { --accent: #063 }', "utf-8")
    content = pdf.render(document(Paragraph(text("x"))), sheet)
    assert "TILLEGG" in words_of(content)
    assert round(pypdf.PdfReader(io.BytesIO(content)).pages[0].mediabox.width) == 850


def test_a_copy_of_our_style_sheet_finds_our_fonts(tmp_path: Path) -> None:
    copy = tmp_path / "style.css"
    copy.write_text(resources.asset("style.css").read_text("utf-8"), "utf-8")
    assert words_of(pdf.render(document(), copy)) == words_of(pdf.render(document()))


def test_a_changed_style_sheet_is_read_again(tmp_path: Path) -> None:
    sheet = tmp_path / "style.css"
    for word in ("FØR", "ETTERPÅ"):
        sheet.write_text(f"h1::after {{ content: '{word}' }}", "utf-8")
        assert word in words_of(pdf.render(document(), sheet))


# --- when something is missing ----------------------------------------------------------------------------------------


def test_a_missing_style_sheet_is_named(tmp_path: Path) -> None:
    with pytest.raises(DossierError, match=re.escape(f"{tmp_path / 'none.css'}: cannot be read: no such file or directory.")):
        pdf.render(document(), tmp_path / "none.css")


def test_an_unknown_variant_is_refused_with_the_choices() -> None:
    with pytest.raises(DossierError, match="Use pdf/a-3a or pdf/ua-1"):
        pdf.render(document(), variant="pdf/x-4")


@pytest.mark.parametrize(("failure", "says"), [
    ("raise OSError(\"cannot load library 'libpango-1.0-0': not found\")", 'the library "libpango-1.0-0" (part of Pango) is not on this machine, so no PDF can be made. '),
    ("raise ModuleNotFoundError('x', name='weasyprint')", 'the Python package "weasyprint" cannot be imported, so no PDF can be made. '),
])  # fmt: skip
def test_without_pango_the_error_says_what_to_install(failure: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "weasyprint.py").write_text(f"print('noise on standard output')\n{failure}", "utf-8")
    code = f"""
import sys; sys.path.insert(0, {str(tmp_path)!r})
from dossier.errors import DossierError
from dossier.render import pdf
try: pdf.engine()
except DossierError as error: print(int(error.code), error)
"""
    environment = {**os.environ, "PYTHONPATH": str(resources.shipped("templates").parent)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.startswith(f"{int(ExitCode.MISSING_TOOL)} PDF: {says}")
    assert "libpango" in done.stdout or "pango" in done.stdout
    assert "noise" not in done.stdout


def test_the_renderer_is_imported_without_the_library() -> None:
    code = "import sys; from dossier.render import fonts, html, pdf, pdf_fetch, pdf_subset, pdf_tags; print([name for name in sys.modules if name in ('weasyprint', 'fontTools', 'pydyf')])"
    environment = {**os.environ, "PYTHONPATH": str(resources.shipped("templates").parent)}
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True).stdout.strip() == "[]"


def test_the_engine_is_named_with_its_versions() -> None:
    assert re.fullmatch(r"WeasyPrint [\d.]+, Pango [\d.]+", pdf.engine())


# --- characters -------------------------------------------------------------------------------------------------------


def test_characters_that_no_vendored_font_has_are_named_once_and_in_order() -> None:
    assert fonts.missing_characters("Hei 日本日 ◐ æøå") == ("◐", "日", "本")


def test_the_languages_of_europe_signs_and_spaces_are_all_there() -> None:
    assert fonts.missing_characters("ÆØÅæøå ÁÐÞ Šč Żółć Őű Ğış Ελληνικά Български ☐☑●○–—…«»„“’§≥≤µ±×°€™® \u00a0\u202f\u2009\u200b\u00ad\u2011\t\n") == ()
