"""A fillable PDF, filled as programs fill it, read back: every answer and remark, and a sentence for what cannot be read."""
from __future__ import annotations

import datetime as dt
import io
import json
import random
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pikepdf
import pypdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from dossier import assemble, issued
from dossier.assemble import Order, Workspace
from dossier.blocks import Block, Cell, Document, Field, Row, Table, fields_of
from dossier.errors import DossierError
from dossier.render import pdf
from dossier.review import pdf_form, pdf_raw, written
from dossier.review.reading import Reading

from .conftest import DAY, ROOT
from .test_render_pdf import document, grid, text
from .workbooks import odd_strings

KINDS = ("dossier-checklist", "evidence-index", "labelling-checklist", "disclosure-note", "cover-letter")
LONG = "Opplysningene på etiketten er lesbare for brukeren. " * 400
LINES = "Første linje\n\n  tredje, med innrykk \n– og æøå ÆØÅ ß € ω Ж 漢字 😀\n"


def fillable(block: Block) -> Block:
    """The block with at most eight rows a table: enough of a document for its form, and soon laid out."""
    return replace(block, rows=(*block.rows[:6], *block.rows[6:][-2:])) if isinstance(block, Table) else block


@pytest.fixture(scope="module")
def documents(workspace: Workspace) -> dict[str, Document]:
    order = Order(("no",), DAY, DAY, KINDS, ("json",), ("nb",))
    built = assemble.build([ROOT / "samples" / "ecg-patch"], order, workspace).built
    short = [replace(each.document, blocks=tuple(fillable(block) for block in each.document.blocks)) for each in built]
    about = {each.document.kind: json.loads(each.document.data) for each in built}
    return {
        each.kind: replace(each, data=issued.record(each, issued.identity_of(each, "ecg-patch", "no", "2026.11.0"), {key: about[each.kind][key] for key in ("product", "market", "rows", "register")}))
        for each in short
    }


@pytest.fixture(scope="module")
def forms(documents: dict[str, Document]) -> dict[str, bytes]:
    return {kind: pdf.render(each, forms=True) for kind, each in documents.items()}


@pytest.fixture(scope="module")
def note(forms: dict[str, bytes]) -> bytes:
    return forms["disclosure-note"]


def fields_in(file: pikepdf.Pdf) -> dict[str, Any]:
    """The fields by full name."""
    found = {}

    def walk(nodes: Any, above: str) -> None:
        for node in nodes:
            name = f"{above}.{node.T}" if above else str(node.T)
            if "/Kids" in node:
                walk(node.Kids, name)
            else:
                found[name] = node

    walk(file.Root.AcroForm.Fields, "")
    return found


def changed(content: bytes, change: Callable[[pikepdf.Pdf], object], **how: Any) -> bytes:
    stream = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as file:
        change(file)
        file.save(stream, **how)
    return stream.getvalue()


def filled(content: bytes, values: Mapping[str, Any]) -> bytes:
    def fill(file: pikepdf.Pdf) -> None:
        found = fields_in(file)
        for name, value in values.items():
            found[name].V = value if isinstance(value, pikepdf.Object) else String(value)

    return changed(content, fill)


def answers(reading: Reading) -> dict[str, str]:
    return {answer.field: answer.value for answer in reading.answers}


def example(field: Field) -> str:
    match field.kind:
        case "select":
            return field.options[1][0]
        case "checkbox":
            return "yes"
        case "date":
            return "2026-11-24"
        case "text":
            return "Kari Ødegård-Nguyễn"
        case _:
            return LINES


def sentence(content: bytes, name: str = "svar.pdf") -> str:
    with pytest.raises(DossierError) as caught:
        pdf_form.read(name, content)
    return str(caught.value)


# --- answers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_an_untouched_document_holds_what_was_issued(kind: str, forms: dict[str, bytes], documents: dict[str, Document]) -> None:
    reading = pdf_form.read("svar.pdf", forms[kind])
    assert answers(reading) == {field.name: field.value for field in fields_of(documents[kind])}
    assert reading.issued is not None
    assert reading.identity == reading.issued.identity
    assert (reading.identity.kind, reading.identity.number, reading.identity.revision, reading.identity.product) == (kind, documents[kind].number, "A", "ecg-patch")
    assert (reading.findings, reading.remarks, reading.words) == ((), (), None)
    assert all(answer.place.startswith("page ") for answer in reading.answers)


@pytest.mark.parametrize("kind", KINDS)
def test_every_answer_comes_back_as_it_was_filled_in(kind: str, forms: dict[str, bytes], documents: dict[str, Document]) -> None:
    values = {field.name: example(field) for field in fields_of(documents[kind])}
    reading = pdf_form.read("svar.pdf", filled(forms[kind], values))
    assert answers(reading) == values
    assert reading.findings == ()


@pytest.mark.parametrize("kind", ["labelling-checklist", "cover-letter"])
def test_what_pypdf_fills_in_comes_back(kind: str, forms: dict[str, bytes], documents: dict[str, Document]) -> None:
    values = {field.name: example(field) for field in fields_of(documents[kind])}
    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(forms[kind])))
    for page in writer.pages:
        if "/Annots" in page:
            writer.update_page_form_field_values(page, values, auto_regenerate=True)
    stream = io.BytesIO()
    writer.write(stream)
    assert answers(pdf_form.read("svar.pdf", stream.getvalue())) == values


def as_pdfdoc_or_utf16(words: str) -> String:
    return String(words)


def as_utf16(words: str) -> String:
    return String(b"\xfe\xff" + words.encode("utf-16-be"))


def as_little_endian(words: str) -> String:
    return String(b"\xff\xfe" + words.encode("utf-16-le"))


def as_utf8(words: str) -> String:
    return String(b"\xef\xbb\xbf" + words.encode())


@pytest.mark.parametrize("written_as", [as_pdfdoc_or_utf16, as_utf16, as_little_endian, as_utf8])
def test_odd_strings_come_back_letter_by_letter(written_as: Callable[[str], String], forms: dict[str, bytes], documents: dict[str, Document]) -> None:
    names = [field.name for field in fields_of(documents["labelling-checklist"]) if field.kind == "textarea"]
    waiting = [*odd_strings(), LONG, LINES, "\u00fe\u00ff", "(a\\)", "a\ttab", "\u2028", "D:20261124", "\u200f"]
    assert len(waiting) > 500
    while waiting:
        now, waiting = waiting[: len(names)], waiting[len(names) :]
        values = dict(zip(names, now, strict=False))
        reading = pdf_form.read("svar.pdf", filled(forms["labelling-checklist"], {name: written_as(words) for name, words in values.items()}))
        assert {name: answers(reading)[name] for name in values} == {name: written.fit(words)[0] for name, words in values.items()}
        assert {finding.field for finding in reading.findings} == {name for name, words in values.items() if written.fit(words)[1]}


def test_a_long_text_and_line_breaks_of_every_kind_come_back(note: bytes) -> None:
    one, two = "eu-mdr.sbom/comment", "document/reviewer"
    assert answers(pdf_form.read("a.pdf", filled(note, {one: LONG, two: "Kari"})))[one] == LONG
    assert answers(pdf_form.read("a.pdf", filled(note, {one: String(b"en\rto\r\ntre\nfire")})))[one] == "en\nto\ntre\nfire"


def test_a_value_in_a_stream_or_only_as_rich_text_counts(note: bytes) -> None:
    def change(file: pikepdf.Pdf) -> None:
        found = fields_in(file)
        found["eu-mdr.sbom/comment"].V = file.make_stream(b"\xfe\xff" + "fra en strøm".encode("utf-16-be"))
        del found["document/reviewer"].V
        found["document/reviewer"].RV = String('<?xml version="1.0"?><body xmlns="http://www.w3.org/1999/xhtml"><p>Kari <b>Moe</b> &amp; co</p><p>to</p></body>')

    found = answers(pdf_form.read("a.pdf", changed(note, change)))
    assert (found["eu-mdr.sbom/comment"], found["document/reviewer"]) == ("fra en strøm", "Kari Moe & co\nto")


def test_what_no_document_can_hold_is_replaced_and_told(note: bytes) -> None:
    half = b"\xfe\xff" + "en".encode("utf-16-be") + b"\xd8\x00" + b"\x00\x00"
    reading = pdf_form.read("a.pdf", filled(note, {"eu-mdr.sbom/comment": String(half)}))
    assert answers(reading)["eu-mdr.sbom/comment"] == "en\ufffd\ufffd"
    (finding,) = reading.findings
    assert str(finding) == "Kommentar: eu-mdr.sbom holds 2 characters that no document can hold (control characters or half characters); they are replaced by \ufffd."


@pytest.mark.parametrize(
    ("value", "code"),
    [("partly", "partly"), ("Delvis oppfylt", "partly"), ("", ""), ("Velg", ""), ("maybe", "maybe"), (Array([String("partly")]), "partly")],
)
def test_a_list_gives_its_code_whether_code_or_word_was_stored(value: Any, code: str, note: bytes) -> None:
    assert answers(pdf_form.read("a.pdf", filled(note, {"eu-mdr.sbom/status": value})))["eu-mdr.sbom/status"] == code


def test_a_list_that_only_counts_its_lines_gives_its_code(note: bytes) -> None:
    def change(file: pikepdf.Pdf) -> None:
        field = fields_in(file)["eu-mdr.sbom/status"]
        del field.V
        field.I = Array([2])

    assert answers(pdf_form.read("a.pdf", changed(note, change)))["eu-mdr.sbom/status"] == "partly"


@pytest.mark.parametrize(
    ("typed", "day"),
    [("24.11.2026", "2026-11-24"), ("2026-11-24", "2026-11-24"), ("24. november 2026", "2026-11-24"), ("4.1.26", "2026-01-04"), (" 24/11/2026 ", "2026-11-24"), ("Nov 24, 2026", "2026-11-24"),
     ("03/04/2026", "03/04/2026"), ("i går", "i går"), ("31.02.2026", "31.02.2026")],
)  # fmt: skip
def test_a_day_may_be_typed_in_the_local_way(typed: str, day: str, note: bytes) -> None:
    assert answers(pdf_form.read("a.pdf", filled(note, {"document/review-date": typed})))["document/review-date"] == day


def test_a_check_box_is_yes_or_empty() -> None:
    box = document(grid(Row((Cell(text("A"), True), Cell((Field("r/k", "checkbox", "Sett"), Field("r/l", "checkbox", "Sett", value="yes")))))), data=b"")
    content = pdf.render(box, forms=True)
    assert answers(pdf_form.read("a.pdf", content)) == {"r/k": "", "r/l": "yes"}
    assert answers(pdf_form.read("a.pdf", filled(content, {"r/k": Name("/on"), "r/l": Name("/Off")}))) == {"r/k": "yes", "r/l": ""}


def test_flat_names_with_full_stops_count_as_well(note: bytes) -> None:
    def flatten(file: pikepdf.Pdf) -> None:
        found = fields_in(file)
        for name, field in found.items():
            field.T = String(name)
            if "/Parent" in field:
                del field.Parent
        file.Root.AcroForm.Fields = Array(list(found.values()))

    assert answers(pdf_form.read("a.pdf", changed(note, flatten))) == answers(pdf_form.read("a.pdf", note))


@pytest.mark.filterwarnings("ignore::pikepdf.PageCopyWarning")
def test_fields_of_copied_pages_count_though_no_list_names_them(note: bytes) -> None:
    def orphan(file: pikepdf.Pdf) -> None:
        del file.Root.AcroForm

    spoken = {"eu-mdr.sbom/comment": "hei", "eu-mdr.sbom/status": "partly"}
    assert answers(pdf_form.read("a.pdf", changed(filled(note, spoken), orphan))) == answers(pdf_form.read("a.pdf", filled(note, spoken)))


def test_a_field_apart_from_its_widget_counts_once(note: bytes) -> None:
    def split(file: pikepdf.Pdf) -> None:
        field = fields_in(file)["document/reviewer"]
        widget = file.make_indirect(Dictionary({key: field[key] for key in ("/Subtype", "/Rect", "/P")}))
        widget.Parent = field
        field.Kids = Array([widget])
        field.V = String("Kari")

    reading = pdf_form.read("a.pdf", changed(note, split))
    assert [answer.value for answer in reading.answers if answer.field == "document/reviewer"] == ["Kari"]


def test_what_was_saved_last_counts(note: bytes) -> None:
    """Programs append what changed; the old answers are still in the file."""
    with pikepdf.open(io.BytesIO(note)) as file:
        field = fields_in(file)["document/reviewer"]
        number, _ = field.objgen
        again = field.unparse(resolved=True).replace(b"/V ()", b"/V (Kari)")
        root, size = file.Root.objgen[0], int(file.trailer.Size)
    start = len(note)
    body = b"%d 0 obj\n%s\nendobj\n" % (number, again)
    xref = start + len(body)
    before = int(note[note.rfind(b"startxref") + 9 : note.rfind(b"%%EOF")])
    tail = b"xref\n%d 1\n%010d 00000 n \ntrailer\n<</Size %d /Root %d 0 R /Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (number, start, size, root, before, xref)
    assert answers(pdf_form.read("a.pdf", note + body + tail))["document/reviewer"] == "Kari"
    assert sentence(note + body + tail[:40]).startswith("svar.pdf: is cut off")


# --- remarks ----------------------------------------------------------------------------------------------------------


def beside(field: Any, down: float = 20) -> Array:
    """A place to the left of a field, a little below its upper edge."""
    top = float(field.Rect[3])
    return Array([100, top - down - 10, 120, top - down])


def test_notes_are_remarks_with_author_day_page_and_row(note: bytes) -> None:
    def annotate(file: pikepdf.Pdf) -> None:
        field = fields_in(file)["eu-mdr.sbom/applies"]
        page = pikepdf.Page(field.P)
        about = {"T": String("Ola Nordmann"), "M": String("D:20261124103000+01'00'"), "Rect": beside(field)}
        first = file.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Text, Contents=String("Hvor står dette?\rSe § 6 – æ"), **about))
        marks = [
            first,
            Dictionary(Subtype=Name.Text, Contents=String("I TD-301"), IRT=first, **{**about, "T": String("Kari")}),
            Dictionary(Subtype=Name.Highlight, Contents=String("uklart"), **about),
            Dictionary(Subtype=Name.FreeText, Contents=String("fritekst"), **about),
            Dictionary(Subtype=Name.Stamp, Name=Name.NotApproved, **{**about, "Rect": Array([0, 0, 10, 10])}),
            Dictionary(Subtype=Name.StrikeOut, **about),
            Dictionary(Subtype=Name.StrikeOut, **about),
            Dictionary(Subtype=Name.Popup, Parent=first, Rect=about["Rect"]),
            Dictionary(Subtype=Name.Text, IRT=first, StateModel=String("Marked"), State=String("Marked"), Contents=String("Marked set by Kari"), **about),
        ]
        page.obj.Annots.extend([mark if mark.is_indirect else file.make_indirect(mark) for mark in marks])

    reading = pdf_form.read("a.pdf", changed(note, annotate))
    place = next(answer.place for answer in reading.answers if answer.field == "eu-mdr.sbom/applies")
    assert [(remark.text, remark.author, remark.date, remark.row, remark.reply) for remark in reading.remarks] == [
        ("Hvor står dette?\nSe § 6 – æ", "Ola Nordmann", "2026-11-24T10:30:00+01:00", "eu-mdr.sbom", False),
        ("I TD-301", "Kari", "2026-11-24T10:30:00+01:00", "eu-mdr.sbom", True),
        ("uklart", "Ola Nordmann", "2026-11-24T10:30:00+01:00", "eu-mdr.sbom", False),
        ("fritekst", "Ola Nordmann", "2026-11-24T10:30:00+01:00", "eu-mdr.sbom", False),
        ("[Not Approved]", "Ola Nordmann", "2026-11-24T10:30:00+01:00", reading.remarks[4].row, False),
    ]
    assert {remark.place for remark in reading.remarks} == {place}
    assert [str(finding) for finding in reading.findings] == [f"On {place} stand marks without words: 2 x strike-out. Look at them in the file; they are not taken."]


def test_files_in_the_pdf_are_named(note: bytes) -> None:
    def attach(file: pikepdf.Pdf) -> None:
        file.attachments["tillegg – æ.docx"] = pikepdf.AttachedFileSpec(file, b"PK", filename="tillegg – æ.docx")

    assert [str(finding) for finding in pdf_form.read("a.pdf", changed(note, attach)).findings] == ["A file is attached to the PDF: “tillegg – æ.docx”. It is not read; look at it there."]


def test_words_of_rarer_marks_are_remarks_and_their_kinds_are_told(note: bytes) -> None:
    def annotate(file: pikepdf.Pdf) -> None:
        field = fields_in(file)["eu-mdr.sbom/applies"]
        about = {"Rect": beside(field), "Type": Name.Annot}
        parent = file.make_indirect(Dictionary(Subtype=Name.Text, Contents=String("synlig"), **about))
        marks = [
            parent,
            Dictionary(Subtype=Name.Popup, Parent=parent, Contents=String("i vinduet"), **about),
            Dictionary(Subtype=Name.Redact, OverlayText=String("sladdet"), **about),
            Dictionary(Subtype=Name.Watermark, Contents=String("UGYLDIG"), **about),
            Dictionary(Subtype=Name.Sound, **about),
        ]
        pikepdf.Page(field.P).obj.Annots.extend([mark if mark.is_indirect else file.make_indirect(mark) for mark in marks])

    reading = pdf_form.read("a.pdf", changed(note, annotate))
    assert [remark.text for remark in reading.remarks] == ["synlig", "i vinduet", "sladdet", "UGYLDIG"]
    assert ["1 x drawing" in str(finding) for finding in reading.findings] == [True]


def test_what_is_drawn_onto_a_page_is_told(forms: dict[str, bytes]) -> None:
    form = forms["labelling-checklist"]

    def draw(file: pikepdf.Pdf) -> None:
        file.pages[1].contents_add(b"BT /F1 12 Tf 100 100 Td (Ikke godkjent) Tj ET")

    assert [str(finding) for finding in pdf_form.read("a.pdf", changed(form, draw)).findings] == ["Something was written or drawn onto the page itself (page 2). It cannot be read; look at it in the file."]

    def rewrite(file: pikepdf.Pdf) -> None:
        for page in file.pages:
            page.contents_add(b"q Q")

    assert [(str(finding), finding.weight) for finding in pdf_form.read("a.pdf", changed(form, rewrite)).findings] == [("A program wrote all pages of the PDF anew, so that nobody can tell whether something was written onto one. Look through the file.", "note")]


def test_pages_that_a_program_only_packs_otherwise_are_as_issued(forms: dict[str, bytes]) -> None:
    def repack(file: pikepdf.Pdf) -> None:
        for page in file.pages:
            content = page.Contents.read_bytes()
            page.obj.Contents = Array([file.make_stream(content[: len(content) // 2].rsplit(b"\n", 1)[0]), file.make_stream(content[len(content[: len(content) // 2].rsplit(b"\n", 1)[0]) :].replace(b"\n", b"\r\n"))])

    assert pdf_form.read("a.pdf", changed(forms["labelling-checklist"], repack)).findings == ()


def test_a_note_is_told_with_the_row_it_stands_in(forms: dict[str, bytes]) -> None:
    def annotate(file: pikepdf.Pdf) -> None:
        for name, field in fields_in(file).items():
            if name.endswith("/applies"):
                pikepdf.Page(field.P).obj.Annots.append(Dictionary(Subtype=Name.Text, Contents=String(name.removesuffix("/applies")), Rect=beside(field, 12)))

    remarks = pdf_form.read("a.pdf", changed(forms["labelling-checklist"], annotate)).remarks
    assert len(remarks) > 10
    assert all(remark.row.split()[0] == remark.text for remark in remarks)


def test_half_a_character_in_what_a_note_says_of_itself_is_replaced(note: bytes) -> None:
    def change(file: pikepdf.Pdf) -> None:
        half = String(b"\xfe\xff\xd8\x00")
        file.pages[0].obj.Annots.append(Dictionary(Subtype=Name.Text, Contents=half, M=half, T=half, Rect=Array([60, 790, 80, 810])))

    (remark,) = pdf_form.read("a.pdf", changed(note, change)).remarks
    assert (remark.text, remark.author, remark.date) == ("\ufffd", "\ufffd", "\ufffd")


def test_a_note_outside_the_tables_belongs_to_no_row(note: bytes) -> None:
    def annotate(file: pikepdf.Pdf) -> None:
        file.pages[0].obj.Annots.append(Dictionary(Subtype=Name.Text, Contents=String("øverst"), Rect=Array([60, 790, 80, 810])))

    (remark,) = pdf_form.read("a.pdf", changed(note, annotate)).remarks
    assert (remark.row, remark.place) == ("", "page 1")


def test_a_signature_is_told_and_not_judged(note: bytes) -> None:
    def sign(file: pikepdf.Pdf) -> None:
        file.Root.AcroForm.Fields.append(file.make_indirect(Dictionary(FT=Name.Sig, T=String("sig"), V=Dictionary(Type=Name.Sig, Name=String("Kari Moe"), Contents=String("x")))))

    (finding,) = pdf_form.read("a.pdf", changed(note, sign)).findings
    assert (str(finding), finding.weight) == ("The PDF is signed (Kari Moe); dossier does not check signatures.", "note")


# --- which document ---------------------------------------------------------------------------------------------------


def test_number_and_revision_are_known_without_a_record(documents: dict[str, Document]) -> None:
    reading = pdf_form.read("a.pdf", pdf.render(replace(documents["cover-letter"], with_record=False), forms=True))
    assert reading.issued is None
    assert (reading.identity.number, reading.identity.revision, reading.identity.kind) == (documents["cover-letter"].number, "A", "")


def test_properties_that_contradict_the_record_are_told(note: bytes) -> None:
    def change(file: pikepdf.Pdf) -> None:
        file.docinfo["/DocumentRevision"] = "Z"

    (finding,) = pdf_form.read("a.pdf", changed(note, change)).findings
    assert str(finding) == "The file's properties say FP-NO-disclosure-note, revision Z, the record inside says FP-NO-disclosure-note, revision A. The record counts."


# --- what is refused --------------------------------------------------------------------------------------------------


def without_form(file: pikepdf.Pdf) -> None:
    """What a program leaves that draws the fields onto the pages."""
    del file.Root.AcroForm
    for page in file.pages:
        if "/Annots" in page:
            page.obj.Annots = Array([note for note in page.obj.Annots if note.Subtype != Name.Widget])


def without_identity(file: pikepdf.Pdf) -> None:
    del file.attachments["record.json"]
    del file.trailer.Info


def with_xfa(file: pikepdf.Pdf) -> None:
    file.Root.AcroForm.XFA = file.make_stream(b"<xdp/>")


def nothing(_: pikepdf.Pdf) -> None:
    return


AGAIN = "Ask for the reviewer's file again, as they saved it."
NO_FIELDS = (
    "svar.pdf: has no form fields left: it was printed or flattened, or never had any. "
    "Ask for the file itself, as saved from the form (not printed to PDF), or fill in the Word file. A PDF to fill in is made with --fillable."
)
BAD: list[tuple[str, Callable[[bytes], bytes], str]] = [
    ("no PDF", lambda content: b"hello", f"svar.pdf: is not a PDF file. {AGAIN}"),
    ("empty", lambda content: b"", f"svar.pdf: is not a PDF file. {AGAIN}"),
    ("cut", lambda content: content[: len(content) // 2], f"svar.pdf: is cut off: the end of the PDF is missing. {AGAIN}"),
    ("head and end only", lambda content: content[:20] + b"\n%%EOF", f"svar.pdf: is damaged and cannot be read as PDF. {AGAIN}"),
    (
        "locked", lambda content: changed(content, nothing, encryption=pikepdf.Encryption(owner="o", user="u")),
        "svar.pdf: is locked with a password. Open it with the password, take the password off (in Acrobat: File > Properties > Security), save it, and give that file.",
    ),
    ("flattened", lambda content: changed(content, without_form), NO_FIELDS),
    (
        "foreign", lambda content: changed(content, without_identity),
        "svar.pdf: does not say which document it is: it holds neither the record nor the number of one. Ask for the reviewer's file itself; some programs drop both when they make a copy.",
    ),
    ("XFA", lambda content: changed(content, with_xfa), "svar.pdf: is an XFA form, which dossier does not make. Ask for the PDF that dossier made, or fill in the Word file."),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "message"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_what_cannot_be_read_is_refused_with_a_sentence(spoil: Callable[[bytes], bytes], message: str, note: bytes) -> None:
    assert sentence(spoil(note)) == message


def test_a_file_that_was_never_fillable_is_refused(documents: dict[str, Document]) -> None:
    assert sentence(pdf.render(documents["cover-letter"])) == NO_FIELDS


def test_a_file_too_large_is_refused(monkeypatch: pytest.MonkeyPatch, note: bytes) -> None:
    monkeypatch.setattr(pdf_form, "MOST_BYTES", len(note) - 1)
    assert "is larger than" in sentence(note)


def test_a_record_that_is_none_of_ours_is_refused(note: bytes) -> None:
    def change(file: pikepdf.Pdf) -> None:
        file.attachments["record.json"] = pikepdf.AttachedFileSpec(file, b'{"schema": "other"}')

    assert sentence(changed(note, change)).startswith('svar.pdf: the record inside the file cannot be used (its schema is "other").')


def test_an_owners_password_alone_does_not_stop_the_reading(note: bytes) -> None:
    locked = changed(filled(note, {"document/reviewer": "Kari"}), nothing, encryption=pikepdf.Encryption(owner="o", user=""))
    assert answers(pdf_form.read("a.pdf", locked))["document/reviewer"] == "Kari"


# --- built to harm ----------------------------------------------------------------------------------------------------


def test_fields_in_a_circle_are_read_once(note: bytes) -> None:
    def change(file: pikepdf.Pdf) -> None:
        level = file.make_indirect(Dictionary(T=String("rund"), Kids=Array([])))
        level.Kids.append(level)
        level.Kids.append(file.Root.AcroForm.Fields[0])
        file.Root.AcroForm.Fields.append(level)

    assert set(answers(pdf_form.read("a.pdf", changed(note, change)))) == set(answers(pdf_form.read("a.pdf", note)))


def test_bookmarks_in_a_circle_end(note: bytes) -> None:
    def change(file: pikepdf.Pdf) -> None:
        file.Root.Outlines.First.Next = file.Root.Outlines.First
        file.Root.Outlines.First.First = file.Root.Outlines

    assert pdf_form.read("a.pdf", changed(note, change)).answers


def deep(file: pikepdf.Pdf) -> None:
    inner = file.make_indirect(Dictionary(T=String("x"), FT=Name.Tx, V=String("y")))
    for _ in range(60):
        inner = file.make_indirect(Dictionary(T=String("x"), Kids=Array([inner])))
    file.Root.AcroForm.Fields.append(inner)


def many(file: pikepdf.Pdf) -> None:
    file.Root.AcroForm.Fields.extend([Dictionary(T=String(f"f{number}"), FT=Name.Tx) for number in range(2 * pdf_raw.MOST_FIELDS)])


def wordy(file: pikepdf.Pdf) -> None:
    fields_in(file)["document/reviewer"].V = file.make_stream(b"x" * (pdf_raw.MOST_TEXT + 1))


@pytest.mark.parametrize("change", [deep, many, wordy])
def test_more_than_a_document_holds_is_refused(change: Callable[[pikepdf.Pdf], None], note: bytes) -> None:
    assert sentence(changed(note, change)) == f"svar.pdf: holds more than a filled document ever does. {AGAIN}"


def test_ten_thousand_fields_are_read(note: bytes) -> None:
    def change(file: pikepdf.Pdf) -> None:
        file.Root.AcroForm.Fields.extend([Dictionary(T=String(f"f{number}"), FT=Name.Tx, V=String("v")) for number in range(10_000)])

    assert len(pdf_form.read("a.pdf", changed(note, change)).answers) > 10_000


def test_pages_in_a_circle_are_refused_or_read(note: bytes) -> None:
    def change(file: pikepdf.Pdf) -> None:
        file.Root.Pages.Kids.append(file.Root.Pages)

    stream = io.BytesIO()
    with pikepdf.open(io.BytesIO(note)) as file:
        fields = fields_in(file)  # reaches no page, so that the circle is written as it is
        assert fields
        change(file)
        file.save(stream)
    assert sentence(stream.getvalue()) == f"svar.pdf: is damaged and cannot be read as PDF. {AGAIN}"


def bomb(packed: bytes) -> bytes:
    """A PDF whose catalogue lies in an object stream of more than a gigabyte."""
    parts = [
        b"%PDF-1.7\n",
        b"1 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream\nendobj\n" % (len(packed), packed),
    ]
    start = sum(len(part) for part in parts)
    rows = b"".join([bytes([0, 0, 0, 0, 0]), bytes([1, *len(parts[0]).to_bytes(3, "big"), 0]), bytes([2, 0, 0, 1, 0]), bytes([1, *start.to_bytes(3, "big"), 0])])
    parts.append(b"3 0 obj\n<</Type/XRef/Size 4/W[1 3 1]/Root 2 0 R/Length %d>>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (len(rows), rows, start))
    return b"".join(parts)


def test_a_stream_that_would_fill_the_memory_is_refused() -> None:
    squeeze = zlib.compressobj(1)
    packed = squeeze.compress(b"2 0 <</Type/Catalog>>") + b"".join(squeeze.compress(b" " * 10_000_000) for _ in range(150)) + squeeze.flush()
    assert len(packed) < 10_000_000
    assert sentence(bomb(packed)) == f"svar.pdf: is damaged and cannot be read as PDF. {AGAIN}"


def test_broken_files_raise_dossiererror_and_nothing_else(note: bytes) -> None:
    chance = random.Random(7)
    for number in range(300):
        spoiled = bytearray(note)
        for _ in range(chance.choice((1, 20, 400))):
            spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
        content = bytes(spoiled[: chance.randrange(len(spoiled))] if number % 3 == 0 else spoiled)
        try:
            inside = pdf_raw.extract(content)
            pdf_form.of("svar.pdf", content, json.loads(json.dumps(inside)))
        except (DossierError, pdf_raw.Refused):
            continue


def test_a_file_that_was_repaired_says_so(note: bytes) -> None:
    at = note.rfind(b"startxref")
    reading = pdf_form.read("a.pdf", note[:at] + b"startxref\n12\n%%EOF\n")
    assert [str(finding) for finding in reading.findings] == ["The PDF is damaged in places and was repaired for reading. Compare the answers with what the reviewer sees."]
    assert dt.date.fromisoformat(reading.identity.date)
