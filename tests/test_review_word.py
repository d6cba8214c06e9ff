"""Word documents read back: no answer lost, no deleted text kept, and everything else that somebody wrote named."""
from __future__ import annotations

import copy
import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from dossier import assemble, i18n
from dossier.assemble import Order, Workspace
from dossier.blocks import fields_of, lines
from dossier.errors import DossierError
from dossier.review import word
from dossier.review.findings import compare
from dossier.review.reading import Reading

from . import word_files as files
from .conftest import DAY, ROOT, SAMPLES
from .word_files import W, changed, choose, control_of, fill, pick, run, tick, word_file, xml
from .workbooks import odd_strings

ALPHABET = "abcæøåÆØÅ <>&\"'|*;{}[]()=+-@%$#\t\n☺Ω漢字\u00a0\u200b.,0123456789"


def read(content: bytes) -> Reading:
    return word.read("svar.docx", content)


def answers(content: bytes) -> dict[str, str]:
    return {answer.field: answer.value for answer in read(content).answers}


def sentences(content: bytes) -> list[str]:
    reading = read(content)
    assert reading.issued is not None
    return [str(finding) for finding in compare(reading, reading.issued).findings]


# --- an untouched file ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", ["nb", "nb+en"])
@pytest.mark.parametrize("sample", SAMPLES)
def test_an_untouched_document_reads_as_it_was_issued(sample: str, locale: str, workspace: Workspace) -> None:
    order = Order(("no",), DAY, DAY, (), ("docx",), (locale,))
    for built in assemble.build([ROOT / "samples" / sample], order, workspace).built:
        reading = read(built.file.content)
        assert reading.words == lines(built.document)
        assert [(answer.field, answer.value) for answer in reading.answers] == [(field.name, field.value) for field in fields_of(built.document)]
        assert reading.issued is not None
        assert compare(reading, reading.issued).findings == ()


def test_values_as_issued_are_read_back() -> None:
    assert {name: value for name, value in answers(word_file(r0_status="partly", r1_tick="yes", r2_comment="a\n b ")).items() if value} == {"r0/status": "partly", "r1/tick": "yes", "r2/comment": "a\n b "}


# --- what is filled in ------------------------------------------------------------------------------------------------


def test_lists_boxes_days_and_text() -> None:
    def fill_in(root: Any) -> None:
        choose(root, "r0/status", "Ikke oppfylt")
        choose(root, "r1/status", "  delvis Oppfylt ")
        tick(root, "r0/tick")
        pick(root, "document/review-date", "2026-11-25", "25.11.2026")
        fill(root, "document/reviewer", run("Kari Nordmann"))

    found = {name: value for name, value in answers(changed(word_file(), fill_in)).items() if value}
    assert found == {"r0/status": "not-fulfilled", "r1/status": "partly", "r0/tick": "yes", "document/review-date": "2026-11-25", "document/reviewer": "Kari Nordmann"}


def test_a_day_that_was_typed_over_counts_as_it_is_shown() -> None:
    file = changed(word_file(), lambda root: pick(root, "document/review-date", "2026-11-25", "26.11.2026"))
    assert answers(file)["document/review-date"] == "2026-11-26"
    assert sentences(file) == ["Dato shows “26.11.2026” but holds 2026-11-25; what it shows is taken."]


def test_text_under_a_placeholder_flag_is_an_answer() -> None:
    def type_over(root: Any) -> None:
        next(control_of(root, "r0/comment").iter(f"{W}t")).text = "Se side 4"

    assert answers(changed(word_file(), type_over))["r0/comment"] == "Se side 4"


@pytest.mark.parametrize("record", [True, False])
def test_a_field_that_was_emptied_in_word_is_empty(record: bool) -> None:
    """Word then shows five hard spaces under the flag, since the control names no placeholder of its own (ISO/IEC 29500-1, 17.5.2.25)."""

    def empty(root: Any) -> None:
        next(control_of(root, "r0/comment").iter(f"{W}t")).text = "\u00a0" * 5

    file = changed(word_file(), empty)
    assert answers(file if record else without_record(file))["r0/comment"] == ""


def without_record(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return files.zipped({name: package.read(name) for name in package.namelist() if not name.startswith("customXml/")})


def test_text_under_a_placeholder_flag_is_an_answer_without_record_too() -> None:
    def type_over(root: Any) -> None:
        next(control_of(root, "r0/comment").iter(f"{W}t")).text = "Se side 4"
        next(control_of(root, "r1/status").iter(f"{W}t")).text = "Oppfylt"

    reading = read(without_record(changed(word_file(), type_over)))
    assert {answer.field: answer.value for answer in reading.answers if answer.value} == {"r0/comment": "Se side 4", "r1/status": "fulfilled"}
    assert "r0/comment is marked as empty but shows words; they are taken as its answer: “Se side 4”." in [str(finding) for finding in reading.findings]


@pytest.mark.parametrize("second", ["", " / Comment", " / Kommentar"])
def test_a_placeholder_whose_flag_was_dropped_is_no_answer_without_record(second: str) -> None:
    def unflag(root: Any) -> None:
        for flag in list(root.iter(f"{W}showingPlcHdr")):
            flag.getparent().remove(flag)
        next(control_of(root, "r0/comment").iter(f"{W}t")).text = f"Kommentar{second}"

    reading = read(without_record(changed(word_file(), unflag)))
    assert {answer.value for answer in reading.answers} == {""}
    assert "document/reviewer holds only its placeholder, “Navn”; it is taken as empty." in [str(finding) for finding in reading.findings]
    assert [finding.weight for finding in reading.findings if "placeholder" in str(finding)] == ["note"] * 8


def test_placeholders_of_a_users_own_are_known_by_their_number() -> None:
    def reword(root: Any) -> None:
        for number in range(6):
            next(control_of(root, f"r{number}/comment").iter(f"{W}t")).text = "Skriv her"

    reading = read(without_record(changed(word_file(), reword)))
    assert {answer.value for answer in reading.answers} == {""}
    told = [str(finding) for finding in reading.findings if "Skriv her" in str(finding)]
    assert set(told) == {"Several fields that are marked as empty show “Skriv her”; it is taken as their placeholder, not as an answer."}


@pytest.mark.parametrize("shown", ["utsatt", "uke 50, 2026", "03/04/2026", "november 2026", "2026", "25.11.2026 eller senere"])
def test_a_day_that_says_something_else_is_not_the_day_it_held(shown: str) -> None:
    file = changed(word_file(), lambda root: pick(root, "document/review-date", "2026-11-25", shown))
    assert answers(file)["document/review-date"] == shown
    assert sentences(file) == [f"Dato holds “{shown}”, which is not a day. It is not taken; write year-month-day."]


@pytest.mark.parametrize("shown", ["26.11.2026", "2026-11-26"])
def test_another_day_of_the_same_year_counts_as_it_is_shown(shown: str) -> None:
    assert answers(changed(word_file(), lambda root: pick(root, "document/review-date", "2026-11-25", shown)))["document/review-date"] == "2026-11-26"


@pytest.mark.parametrize(("shown", "pattern"), [("onsdag 25. november 2026", ""), ("Wednesday, 25 November 2026", ""), ("25. nov. 2026", ""), ("11/25-26", "MM/dd-yy"), ("ons 25", "ddd dd")])
def test_the_day_it_holds_may_be_shown_in_another_way(shown: str, pattern: str) -> None:
    def show(root: Any) -> None:
        pick(root, "document/review-date", "2026-11-25", shown)
        if pattern:
            control_of(root, "document/review-date").find(f"{W}sdtPr/{W}date/{W}dateFormat").set(f"{W}val", pattern)

    file = changed(word_file(), show)
    assert answers(file)["document/review-date"] == "2026-11-25"
    assert sentences(file) == []


@pytest.mark.parametrize(
    ("shown", "value", "told"),
    [
        ("Ja, godkjent", "", "Sett: r0 is a check box and holds “Ja, godkjent”. It is not taken."),
        ("Xavier sjekker", "", "Sett: r0 is a check box and holds “Xavier sjekker”. It is not taken."),
        ("☑ se side 4", "yes", "Sett: r0 is a check box in which text was typed; it is not taken: “se side 4”."),
        ("☐ mangler", "", "Sett: r0 is a check box in which text was typed; it is not taken: “mangler”."),
        ("☒", "yes", ""),
        ("x", "yes", ""),
        ("☐", "", ""),
        ("□", "", ""),
    ],
)
def test_a_box_that_a_program_made_text_of_is_read_by_its_sign(shown: str, value: str, told: str) -> None:
    def flatten(root: Any) -> None:
        box = control_of(root, "r0/tick").find(f"{W}sdtPr/{{{files.NAMES['w14']}}}checkbox")
        box.getparent().remove(box)
        fill(root, "r0/tick", run(shown))

    reading = read(changed(word_file(), flatten))
    assert reading.issued is not None
    comparison = compare(reading, reading.issued)
    assert comparison.answers["r0/tick"] == value
    assert [str(finding) for finding in comparison.findings] == ([told] if told else [])


@pytest.mark.parametrize(("font", "char"), [("Wingdings", "F0FE"), ("Wingdings", "F0FD"), ("Wingdings 2", "F052"), ("Wingdings 2", "F054"), ("Wingdings", "F0A8"), ("Wingdings", "F06F")])
def test_a_box_drawn_with_a_symbol_font_agrees_with_what_it_holds(font: str, char: str) -> None:
    def draw(root: Any) -> None:
        if char not in ("F0A8", "F06F"):
            tick(root, "r0/tick")
        fill(root, "r0/tick", sign(font, char))

    file = changed(word_file(), draw)
    assert answers(file)["r0/tick"] == ("" if char in ("F0A8", "F06F") else "yes")
    assert sentences(file) == []


def typed(text: str) -> str:
    """The text as Word can hold it: what XML cannot hold, nobody can type."""
    return "".join(char for char in text if char in "\t\n" or "\x20" <= char <= "\ud7ff" or "\ue000" <= char <= "\ufffd" or char > "\uffff")


def test_odd_strings_come_back_letter_for_letter(workspace: Workspace) -> None:
    order = Order(("no",), DAY, DAY, (), ("docx",))
    strings = [*odd_strings(), "æøå " * 10_000, "første\nandre\n\ntredje", " ", "\t"]
    kept = [typed(text) for text in strings]
    assert sum(one != other for one, other in zip(strings, kept)) <= 8
    built = assemble.build([ROOT / "samples" / "ecg-patch"], order, workspace).built
    done = 0
    for each in built:
        texts = [field.name for field in fields_of(each.document) if field.kind in ("text", "textarea")]
        wanted = {name: kept[(done + index) % len(kept)] for index, name in enumerate(texts)}
        done += len(texts)

        def fill_in(root: Any, wanted: dict[str, str] = wanted) -> None:
            for control in list(root.iter(f"{W}sdt")):
                tag = control.find(f"{W}sdtPr/{W}tag").get(f"{W}val")
                if tag in wanted:
                    holder = control.find(f"{W}sdtContent")
                    for flag in control.findall(f"{W}sdtPr/{W}showingPlcHdr"):
                        flag.getparent().remove(flag)
                    for child in list(holder):
                        holder.remove(child)
                    holder.append(xml(run(wanted[tag])))

        found = answers(changed(each.file.content, fill_in))
        assert {name: found[name] for name in wanted} == wanted
    assert done > len(kept)


# --- twelve shapes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(100))
def test_no_answer_is_lost_in_any_shape_and_no_deleted_text_kept(seed: int) -> None:
    chance = random.Random(seed)
    wanted = {f"r{number}/comment": "".join(chance.choice(ALPHABET) for _ in range(chance.randrange(1, 80))).strip() or "x" for number in range(12)}
    shapes = list(files.SHAPES)
    chance.shuffle(shapes)

    def fill_in(root: Any) -> None:
        for shape, (tag, text) in zip(shapes, wanted.items(), strict=True):
            shape(root, tag, text, chance)

    reading = read(changed(word_file(12), fill_in, files.WITH_COMMENTS))
    found = {answer.field: answer.value for answer in reading.answers}
    assert {tag: found[tag] for tag in wanted} == wanted
    assert "SLETTET" not in "".join(found.values()) + "".join(line.text for line in reading.words or ())
    row = f"r{shapes.index(files.commented)}"
    assert [(remark.author, remark.text, remark.row, remark.reply) for remark in reading.remarks] == [("Kari Ås", "Hvor står dette?", row, False), ("Ola", "Side 3", row, True)]
    assert reading.issued is not None
    named = [str(finding) for finding in compare(reading, reading.issued).findings]
    assert len([sentence for sentence in named if "tracked changes" in sentence]) == 2
    assert [sentence for sentence in named if "tracked changes" not in sentence] == []


# --- signs, formulas ----------------------------------------------------------------------------------------------------


def sign(font: str, char: str) -> str:
    return f'<w:r><w:sym w:font="{font}" w:char="{char}"/></w:r>'


@pytest.mark.parametrize(
    ("font", "char", "read_as"),
    [
        ("Symbol", "F0A3", "≤"),
        ("Symbol", "F06D", "μ"),
        ("Symbol", "00B3", "≥"),
        ("Symbol", "F0F0", "[Symbol F0F0]"),
        ("Wingdings", "F0FC", "✓"),
        ("Wingdings", "F0E0", "→"),
        ("Wingdings", "F0FE", "☑"),
        ("Wingdings", "F0FD", "☒"),
        ("Wingdings", "F0A8", "☐"),
        ("wingdings", "F06F", "□"),
        ("Wingdings 2", "F052", "☑"),
        ("Wingdings 2", "F054", "☒"),
        ("Wingdings 3", "F067", "→"),
        ("Webdings", "F061", "[Webdings F061]"),
        ("", "F061", "[F061]"),
        ("Segoe UI Symbol", "2713", "✓"),
        ("Arial", "D83D", "[Arial D83D]"),
        ("Arial", "E000", "[Arial E000]"),
        ("Arial", "FFFFFFFF", "[Arial FFFFFFFF]"),
        ("Arial", "zz", "[Arial zz]"),
        ("", "", ""),
    ],
)
def test_a_sign_of_a_symbol_font_is_never_read_as_a_letter(font: str, char: str, read_as: str) -> None:
    assert answers(changed(word_file(), lambda root: fill(root, "r0/comment", f"{run('5 ')}{sign(font, char)}{run('m')}")))["r0/comment"] == f"5 {read_as}m"


def test_private_characters_are_read_by_the_font_of_their_run() -> None:
    content = '<w:r><w:rPr><w:rFonts w:ascii="Symbol" w:hAnsi="Symbol"/></w:rPr><w:t>a\uf0a3\uf062</w:t></w:r><w:r><w:t>\uf0a3</w:t></w:r>'
    assert answers(changed(word_file(), lambda root: fill(root, "r0/comment", content)))["r0/comment"] == "a≤β[F0A3]"


@pytest.mark.parametrize("span", ["²", "", "-1", "9" * 5000, "x"])
def test_a_span_that_is_no_number_is_one_column(span: str) -> None:
    def widen(root: Any) -> None:
        row_of(root, "r0").find(f"{W}tc/{W}tcPr").append(xml(f'<w:gridSpan w:val="{span}"/>'))

    assert sentences(changed(word_file(), widen)) == []


MATH = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'


def math(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


FRACTION = f"<m:f><m:num>{math('m')}</m:num><m:den><m:sSup><m:e>{math('s')}</m:e><m:sup>{math('2')}</m:sup></m:sSup></m:den></m:f>"
SUM = f'<m:rad><m:e><m:d><m:dPr><m:begChr m:val="["/><m:endChr m:val="]"/></m:dPr><m:e>{math("a")}</m:e><m:e>{math("b+1")}</m:e></m:d></m:e></m:rad>'


@pytest.mark.parametrize(("formula", "line"), [(math("x ≤ 5"), "x ≤ 5"), (FRACTION, "m/(s^2)"), (SUM, "√([a|b+1])"), ("<m:r/>", "")])
def test_a_formula_is_text(formula: str, line: str) -> None:
    formula = f"<m:oMathPara {MATH}><m:oMath>{formula}</m:oMath></m:oMathPara>"
    assert answers(changed(word_file(), lambda root: fill(root, "r0/comment", f"{run('Når ')}{formula}")))["r0/comment"] == f"Når {line}"


def test_formulas_beside_fields_and_in_comments_are_quoted() -> None:
    formula = f"<m:oMath {MATH}>{math('x ≤ 5')}</m:oMath>"
    comments = files.COMMENTS.replace(b"</w:p>", f"{formula}</w:p>".encode(), 1)
    reading = read(changed(word_file(), lambda root: control_of(root, "r0/comment").addnext(xml(formula)), {**files.WITH_COMMENTS, "word/comments.xml": comments}))
    assert reading.remarks[0].text == "Hvor står dette?x ≤ 5"
    assert reading.issued is not None
    assert [str(finding) for finding in compare(reading, reading.issued).findings] == ["Text was added outside the fields; it is not taken: “x ≤ 5”."]


def test_of_annotated_text_the_text_is_read() -> None:
    ruby = f"<w:r><w:ruby><w:rubyPr/><w:rt>{run('kanji')}</w:rt><w:rubyBase>{run('漢字')}</w:rubyBase></w:ruby></w:r>"
    assert answers(changed(word_file(), lambda root: fill(root, "r0/comment", ruby)))["r0/comment"] == "漢字"


def older_form(data: str, result: str = "") -> str:
    return f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{data}</w:ffData></w:fldChar></w:r><w:r><w:instrText>FORM</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>{result}<w:r><w:fldChar w:fldCharType="end"/></w:r>'


LISTED = '<w:listEntry w:val="Nei"/><w:listEntry w:val="Ja"/>'


@pytest.mark.parametrize(
    ("form", "shows"),
    [
        (older_form(f'<w:ddList><w:result w:val="1"/>{LISTED}</w:ddList>'), "Ja"),
        (older_form(f"<w:ddList>{LISTED}</w:ddList>"), "Nei"),
        (older_form(f'<w:ddList><w:result w:val="9"/>{LISTED}</w:ddList>'), ""),
        (older_form('<w:textInput><w:default w:val="skriv"/></w:textInput>', run("skrevet")), "skrevet"),
        (older_form("<w:checkBox><w:sizeAuto/><w:checked/></w:checkBox>"), "☒"),
        (older_form('<w:checkBox><w:default w:val="1"/><w:checked w:val="0"/></w:checkBox>'), "☐"),
    ],
)
def test_what_is_chosen_in_a_field_of_an_older_form_is_text(form: str, shows: str) -> None:
    assert answers(changed(word_file(), lambda root: fill(root, "r0/comment", f"{run('Svar: ')}{form}")))["r0/comment"] == f"Svar: {shows}"


def test_words_that_only_the_form_for_older_programs_holds_are_read() -> None:
    way = '<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing/></mc:Choice><mc:Fallback>{}</mc:Fallback></mc:AlternateContent>'

    def write(root: Any) -> None:
        fill(root, "r0/comment", f"<w:r>{way.format('<w:t>reserve</w:t>')}</w:r>")
        control_of(root, "r1/comment").addnext(xml(f"<w:r>{way.format('<w:pict><v:shape><v:textbox><w:txbxContent><w:p>' + run('i boksen') + '</w:p></w:txbxContent></v:textbox></v:shape></w:pict>')}</w:r>"))

    file = changed(word_file(), write)
    assert answers(file)["r0/comment"] == "reserve"
    assert sentences(file) == ["Text was added outside the fields; it is not taken: “i boksen”."]


# --- what else happens to a file --------------------------------------------------------------------------------------


def row_of(root: Any, name: str) -> Any:
    return next(control_of(root, f"{name}/status").iterancestors(f"{W}tr"))


def test_a_deleted_row_is_named_once() -> None:
    assert sentences(changed(word_file(), lambda root: row_of(root, "r2").getparent().remove(row_of(root, "r2")))) == ["The row r2 is missing in the reviewed file, with 3 fields. Earlier answers stay."]


def test_moved_rows_are_matched() -> None:
    def move(root: Any) -> None:
        choose(root, "r0/status", "Oppfylt")
        row_of(root, "r5").addnext(row_of(root, "r0"))

    file = changed(word_file(), move)
    assert answers(file)["r0/status"] == "fulfilled"
    assert sentences(file) == ["Rows stand in another place than issued; they were matched by their first cell: r0."]


def test_of_a_copied_row_the_first_counts_and_the_second_is_quoted() -> None:
    def double(root: Any) -> None:
        choose(root, "r1/status", "Oppfylt")
        twin = copy.deepcopy(row_of(root, "r1"))
        row_of(root, "r1").addnext(twin)
        next(twin.iter(f"{W}sdtContent")).find(f"{W}r/{W}t").text = "Ikke oppfylt"

    file = changed(word_file(), double)
    assert answers(file)["r1/status"] in ("fulfilled", "not-fulfilled")
    assert sentences(file)[:2] == ["The row r1 stands more than once; the first one counts.", "Status: r1 stands a second time in the file, with another answer: “not-fulfilled”. The first one counts."]


def test_an_added_row_is_quoted() -> None:
    def add(root: Any) -> None:
        row_of(root, "r5").addnext(xml(f"<w:tr><w:tc><w:p>{run('nytt')}</w:p></w:tc><w:tc><w:p>{run('Et krav som mangler')}</w:p></w:tc></w:tr>"))

    assert sentences(changed(word_file(), add)) == ["A row was added by hand; it is not an answer to a field and is not taken: “nytt | Et krav som mangler”."]


def nested(*words: str) -> str:
    cells = "".join(f'<w:tc><w:tcPr><w:gridSpan w:val="3"/></w:tcPr><w:p>{word}</w:p></w:tc>' for word in words)
    return f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"


@pytest.mark.parametrize("column", range(5))
def test_a_table_put_into_a_cell_is_quoted_and_confuses_no_row(column: int) -> None:
    def put_in(root: Any) -> None:
        choose(root, "r2/status", "Oppfylt")
        row_of(root, "r2").findall(f"{W}tc")[column].append(xml(nested(run("A1"), run("B1"))))

    file = changed(word_file(), put_in)
    assert answers(file)["r2/status"] == "fulfilled"
    text = ("r2", "Krav nummer 2", "", "", "")[column]
    changed_words = f"The wording was changed. Issued: “{text}”. In the reviewed file: “{text} A1 | B1”."
    assert sentences(file) == [changed_words if text else "Text was added outside the fields; it is not taken: “A1 | B1”."]
    reading = read(file)
    assert reading.issued is not None
    assert [finding.row for finding in compare(reading, reading.issued).findings] == ["r2"]


def test_an_answer_moved_into_a_table_in_its_cell_belongs_to_its_row() -> None:
    def move(root: Any) -> None:
        fill(root, "r2/comment", run("flyttet"))
        control = control_of(root, "r2/comment")
        around = xml(nested(run("Merknad"), ""))
        paragraph = control.getparent()
        around.findall(f".//{W}p")[1].append(control)
        paragraph.addnext(around)

    reading = read(changed(word_file(), move))
    assert [(answer.value, answer.place) for answer in reading.answers if answer.field == "r2/comment"] == [("flyttet", "r2")]
    assert sentences(changed(word_file(), move)) == ["Text was added outside the fields; it is not taken: “Merknad |”."]


def test_changed_wording_is_shown() -> None:
    def reword(root: Any) -> None:
        next(node for node in root.iter(f"{W}t") if node.text == "Krav nummer 3").text = "Krav nummer 3, men bare noen ganger"

    assert sentences(changed(word_file(), reword)) == ["The wording was changed. Issued: “Krav nummer 3”. In the reviewed file: “Krav nummer 3, men bare noen ganger”."]


def test_a_struck_row_counts_as_deleted_and_is_quoted() -> None:
    def strike(root: Any) -> None:
        fill(root, "r4/comment", run("viktig"))
        row_of(root, "r4").find(f"{W}trPr").append(xml('<w:del w:id="4" w:author="A"/>'))

    assert sentences(changed(word_file(), strike)) == [
        "The row “r4 Krav nummer 4 Velg ☐ viktig” is struck out with tracked changes; it counts as deleted.",
        "The row r4 is missing in the reviewed file, with 3 fields. Earlier answers stay.",
    ]


def test_a_struck_row_is_quoted_where_its_words_are_struck_too() -> None:
    """Word strikes the row and every run in it."""

    def strike(root: Any) -> None:
        fill(root, "r4/comment", run("viktig"))
        row = row_of(root, "r4")
        row.find(f"{W}trPr").append(xml('<w:del w:id="4" w:author="A"/>'))
        for node in list(row.iter(f"{W}r")):
            around = xml('<w:del w:id="5" w:author="A"/>')
            node.addprevious(around)
            around.append(node)
            for text in node.iter(f"{W}t"):
                text.tag = f"{W}delText"

    assert sentences(changed(word_file(), strike))[0] == "The row “r4 Krav nummer 4 Velg ☐ viktig” is struck out with tracked changes; it counts as deleted."


def test_a_comment_on_deleted_words_hangs_beside_its_row() -> None:
    def delete(root: Any) -> None:
        fill(root, "r1/comment", '<w:del w:id="1" w:author="B"><w:r><w:delText>alt</w:delText><w:commentReference w:id="0"/></w:r></w:del>')
        fill(root, "r4/comment", '<w:r><w:commentReference w:id="1"/></w:r>')
        row_of(root, "r4").find(f"{W}trPr").append(xml('<w:del w:id="4" w:author="A"/>'))

    assert [remark.row for remark in read(changed(word_file(), delete, {"word/comments.xml": files.COMMENTS})).remarks] == ["r1", "r4"]


def test_words_deleted_in_an_answer_with_tracking_are_quoted() -> None:
    def delete(root: Any) -> None:
        fill(root, "r0/comment", f'{run("Nå ")}<w:del w:id="1" w:author="B"><w:r><w:delText>det gamle</w:delText></w:r></w:del>{run("det nye")}')
        fill(root, "r1/comment", '<w:del w:id="2" w:author="B"><w:r><w:delText>alt</w:delText></w:r></w:del>')
        fill(root, "r2/comment", f'<w:moveTo w:id="3">{run("flyttet")}</w:moveTo><w:moveFrom w:id="4">{run("flyttet")}</w:moveFrom>')

    tracked = "Kommentar: {} holds tracked changes that were not accepted; it was read as if they were: “{}”."
    assert sentences(changed(word_file(), delete)) == [f"{tracked.format('r0', 'Nå det nye')} Deleted: “det gamle”.", f"{tracked.format('r1', '')} Deleted: “alt”.", tracked.format("r2", "flyttet")]


def test_words_beside_the_answers_that_somebody_wrote_and_deleted_are_quoted() -> None:
    def gone(text: str) -> str:
        return f'<w:del w:id="1" w:author="B"><w:r><w:delText>{text}</w:delText></w:r></w:del>'

    def delete(root: Any) -> None:
        control_of(root, "r0/comment").addnext(xml(f'<w:ins w:id="2">{gone("Krav")}</w:ins>'))
        fixed = next(node for node in root.iter(f"{W}t") if node.text == "Krav nummer 3").getparent()
        fixed.getparent().replace(fixed, xml(gone("Krav nummer 3")))

    notes = f'<w:footnotes xmlns:w="{files.NAMES["w"]}"><w:footnote w:id="2"><w:p>{gone("i noten")}</w:p></w:footnote></w:footnotes>'.encode()
    comments = files.COMMENTS.replace(b"<w:r><w:t>Side 3</w:t></w:r>", gone("i merknaden").encode())
    beside = "Words beside the answers were deleted with tracked changes; they are not taken: “{}”."
    told = sentences(changed(word_file(), delete, {"word/footnotes.xml": notes, "word/comments.xml": comments}))
    assert told == [*(beside.format(text) for text in ("Krav", "i noten", "i merknaden")), "Text of the document is missing in the reviewed file: “Krav nummer 3”."]


@pytest.mark.parametrize("code", ['SYMBOL 252 \\f "Wingdings"', "EQ \\f(1;3)", "MACROBUTTON NoMacro Klikk"])
def test_what_only_word_works_out_is_told_with_its_code(code: str) -> None:
    parts = "".join(f"<w:r><w:instrText>{part}</w:instrText></w:r>" for part in (code[:5], code[5:]))
    field = f'<w:r><w:fldChar w:fldCharType="begin"/></w:r>{parts}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    assert sentences(changed(word_file(), lambda root: fill(root, "r0/comment", field))) == [f"A field shows what only Word works out; it is not taken: “{code}”. Look at it in the file."]


def test_a_field_deleted_whole_with_tracking_is_quoted() -> None:
    def delete(root: Any) -> None:
        fill(root, "r0/comment", run("viktig"))
        for tag in ("r0/comment", "r1/comment"):
            around = xml('<w:del w:id="1" w:author="B"/>')
            control_of(root, tag).addprevious(around)
            around.append(control_of(root, tag))

    assert sentences(changed(word_file(), delete)) == [
        "The field Kommentar: r0 was deleted with tracked changes; what stood in it is not taken: “viktig”.",
        "Kommentar: r0 is missing in the reviewed file. An earlier answer stays.",
        "Kommentar: r1 is missing in the reviewed file. An earlier answer stays.",
    ]


ENDED = '<w:p><w:pPr><w:rPr><w:del w:id="7" w:author="A"/></w:rPr></w:pPr>'


def test_paragraphs_whose_end_is_deleted_are_one() -> None:
    def join(root: Any) -> None:
        content = f"{ENDED}{run('Ser')}</w:p>{ENDED}</w:p><w:bookmarkEnd w:id='3'/><w:p>{run('vice')}</w:p><w:p>{run('neste')}</w:p>"
        around = xml(f'<w:tc><w:sdt><w:sdtPr><w:tag w:val="r0/comment"/></w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt></w:tc>')
        cell = next(control_of(root, "r0/comment").iterancestors(f"{W}tc"))
        cell.getparent().replace(cell, around)
        end = next(root.iter(f"{W}tbl"))
        for text in (f"{ENDED}{run('Etter')}</w:p>", f"<w:p>{run('tanke')}</w:p>"):
            end.addnext(xml(text))
            end = end.getnext()

    file = changed(word_file(), join)
    assert answers(file)["r0/comment"] == "Service\nneste"
    assert sentences(file) == ["Kommentar: r0 holds tracked changes that were not accepted; it was read as if they were: “Service\nneste”.", "Text was added outside the fields; it is not taken: “Ettertanke”."]


def test_a_field_that_was_deleted_is_found_by_its_row() -> None:
    def type_instead(root: Any) -> None:
        for tag, text in (("r3/comment", "skrevet rett i cellen"), ("r3/status", "Delvis oppfylt")):
            control = control_of(root, tag)
            control.addprevious(xml(run(text)))
            control.getparent().remove(control)

    file = changed(word_file(), type_instead)
    assert (answers(file)["r3/comment"], answers(file)["r3/status"]) == ("skrevet rett i cellen", "partly")
    assert sentences(file) == [
        "The field Status: r3 was deleted; what stands in its place is taken: “Delvis oppfylt”.",
        "The field Kommentar: r3 was deleted; what stands in its place is taken: “skrevet rett i cellen”.",
    ]


def test_text_in_boxes_footnotes_and_beside_fields_is_quoted() -> None:
    def write(root: Any) -> None:
        first = next(root.iter(f"{W}p"))
        first.append(xml(f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><wps:txbx><w:txbxContent><w:p>{run("i en tekstboks")}</w:p></w:txbxContent></wps:txbx></mc:Choice><mc:Fallback><w:txbxContent><w:p>{run("i en tekstboks")}</w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>'))
        control_of(root, "r0/comment").addnext(xml(run("ved siden av feltet")))

    notes = f'<w:footnotes xmlns:w="{files.NAMES["w"]}"><w:footnote w:type="separator" w:id="0"><w:p/></w:footnote><w:footnote w:id="2"><w:p>{run("i en fotnote")}</w:p></w:footnote></w:footnotes>'.encode()
    told = sentences(changed(word_file(), write, {"word/footnotes.xml": notes}))
    for text in ("i en tekstboks", "i en fotnote", "ved siden av feltet"):
        assert [sentence for sentence in told if text in sentence] == [f"Text was added outside the fields; it is not taken: “{text}”."]


def test_text_tracked_into_a_header_is_quoted() -> None:
    content = word_file()
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        name = next(part for part in package.namelist() if part.startswith("word/header"))
        header = package.read(name).replace(b"</w:p>", f'<w:ins w:id="8" w:author="A" xmlns:w="{files.NAMES["w"]}">{run("i toppteksten")}</w:ins></w:p>'.encode(), 1)
    assert sentences(changed(content, lambda root: None, {name: header})) == ["Text was inserted into a header or footer; it is not taken: “i toppteksten”."]


BESIDE = "A header or footer holds words beside those of the document; they are not taken: “{}”."


def margin(content: bytes, kind: str) -> tuple[str, bytes]:
    """The first header or footer of the file: its name and what is in it."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        name = next(part for part in sorted(package.namelist()) if part.startswith(f"word/{kind}"))
        return name, package.read(name)


@pytest.mark.parametrize("kind", ["header", "footer"])
@pytest.mark.parametrize("text", ["Se også vedlegg 2", " 2"])
def test_text_typed_into_a_header_or_footer_is_quoted(kind: str, text: str) -> None:
    content = word_file()
    name, part = margin(content, kind)
    typed_in = part.replace(b"</w:p>", f'<w:r><w:tab/><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'.encode(), 1)
    assert sentences(changed(content, lambda root: None, {name: typed_in})) == [BESIDE.format(text.strip())]


def test_a_title_written_over_in_the_header_is_quoted() -> None:
    content = word_file()
    name, part = margin(content, "header")
    assert b"Sjekkliste" in part
    assert sentences(changed(content, lambda root: None, {name: part.replace(b"Sjekkliste", b"Min liste")})) == [BESIDE.format("Min liste")]


@pytest.mark.parametrize("record", [True, False])
@pytest.mark.parametrize("locale", [*i18n.RENDERED, "nb+en", "fr+de"])
def test_headers_and_footers_as_issued_are_no_finding(locale: str, record: bool, workspace: Workspace) -> None:
    order = Order(("no",), DAY, DAY, ("cover-letter",), ("docx",), (locale,), record=record)
    for sample in SAMPLES:
        for built in assemble.build([ROOT / "samples" / sample], order, workspace).built:
            assert read(built.file.content).findings == ()


def test_text_typed_into_the_footer_of_a_file_without_record_is_quoted(workspace: Workspace) -> None:
    order = Order(("no",), DAY, DAY, ("cover-letter",), ("docx",), record=False)
    (built,) = assemble.build([ROOT / "samples" / "ecg-patch"], order, workspace).built
    name, part = margin(built.file.content, "footer")
    part = part.replace(b"</w:p>", f"{run(' Se vedlegg')}</w:p>".encode(), 1)
    assert [str(finding) for finding in read(changed(built.file.content, lambda root: None, {name: part})).findings] == [BESIDE.format("Se vedlegg")]


def test_a_file_without_record_is_known_by_its_properties() -> None:
    content = word_file()
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist() if not name.startswith("customXml/")}
    reading = read(files.zipped(parts))
    assert reading.issued is None
    assert (reading.identity.number, reading.identity.revision, reading.identity.locale) == ("X-labelling", "A", "nb")


def copied_control(content: bytes, text: str) -> str:
    """The control of an answer with these words, as XML text."""
    kept: list[str] = []

    def copy_out(root: Any) -> None:
        fill(root, "r0/comment", run(text))
        kept.append(etree.tostring(control_of(root, "r0/comment")).decode())

    changed(content, copy_out)
    return kept[0]


@pytest.mark.parametrize("kind", ["footnote", "endnote"])
def test_words_copied_into_a_note_with_their_field_are_quoted(kind: str) -> None:
    content = word_file(r0_comment="riktig svar")
    control = copied_control(content, "svar i noten")
    notes = f'<w:{kind}s xmlns:w="{files.NAMES["w"]}"><w:{kind} w:id="2"><w:p>{run("Se ")}{control}</w:p></w:{kind}></w:{kind}s>'.encode()
    file = changed(content, lambda root: None, {f"word/{kind}s.xml": notes})
    assert answers(file)["r0/comment"] == "riktig svar"
    assert sentences(file) == ["Text was added outside the fields; it is not taken: “Se svar i noten”."]


@pytest.mark.parametrize("kind", ["header", "footer"])
def test_words_copied_into_a_margin_with_their_field_are_quoted(kind: str) -> None:
    content = word_file(r0_comment="riktig svar")
    name, part = margin(content, kind)
    file = changed(content, lambda root: None, {name: part.replace(b"</w:p>", copied_control(content, "svar i margen").encode() + b"</w:p>", 1)})
    assert answers(file)["r0/comment"] == "riktig svar"
    assert sentences(file) == [BESIDE.format("svar i margen")]


def renamed(content: bytes, **names: str) -> bytes:
    """The file with parts of word/ called otherwise, as relations and content types say."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    for old, new in names.items():
        for kind in ("xml", "xml.rels"):
            parts = {name.replace(f"/{old}.{kind}", f"/{new}.{kind}"): data.replace(f"{old}.xml".encode(), f"{new}.xml".encode()) for name, data in parts.items()}
    return files.zipped(parts)


def test_a_document_whose_parts_have_other_names_is_read() -> None:
    """Word for the web calls the main part document2.xml."""
    filled = changed(word_file(), lambda root: fill(root, "r0/comment", f'{run("Se side 4")}<w:r><w:commentReference w:id="0"/></w:r>'), {"word/xyz.xml": files.COMMENTS})
    with zipfile.ZipFile(io.BytesIO(filled)) as package:
        relations = package.read("word/_rels/document.xml.rels")
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
    filled = changed(filled, lambda root: None, {"word/_rels/document.xml.rels": relations.replace(b"</Relationships>", f'<Relationship Id="rId77" Type="{kind}" Target="/word/xyz.xml"/></Relationships>'.encode())})
    name, part = margin(filled, "footer")
    filled = changed(filled, lambda root: None, {name: part.replace(b"</w:p>", run("i bunnteksten").encode() + b"</w:p>", 1)})
    file = renamed(filled, document="document2", footer2="bottom", core="core0")
    reading = read(file)
    assert answers(file)["r0/comment"] == "Se side 4"
    assert [(remark.text, remark.row) for remark in reading.remarks if not remark.reply] == [("Hvor står dette?", "r0"), ("Side 3", "")]
    assert sentences(file) == [BESIDE.format("i bunnteksten")]
    assert read(without_record(file)).identity.number == "X-labelling"


LINKED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def test_the_address_behind_the_words_of_a_link_is_told() -> None:
    link = f'<w:hyperlink xmlns:r="{LINKED}" r:id="rIdL">{{}}</w:hyperlink>'
    code = '<w:r><w:instrText> HYPER</w:instrText></w:r><w:r><w:instrText>LINK "https://b.example/1" </w:instrText></w:r>'

    def write(root: Any) -> None:
        fill(root, "r0/comment", link.format(run("se her")))
        fill(root, "r1/comment", link.format(run("https://a.example/x")))
        fill(root, "r2/comment", f"{code}{run('se der')}")
        fill(root, "r3/comment", '<w:commentReference w:id="1"/>')

    content = word_file()
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        relations = package.read("word/_rels/document.xml.rels")
    more = f'<Relationship Id="rIdL" Type="{LINKED}/hyperlink" Target="https://a.example/x/" TargetMode="External"/></Relationships>'.encode()
    parts = {
        "word/_rels/document.xml.rels": relations.replace(b"</Relationships>", more),
        "word/comments.xml": files.COMMENTS.replace(b"<w:r><w:t>Side 3</w:t></w:r>", link.format("<w:r><w:t>Side 3</w:t></w:r>").encode()),
        "word/_rels/comments.xml.rels": relations[: relations.index(b"<Relationship ")] + more,
    }
    told = read(changed(content, write, parts)).findings
    assert {finding.weight for finding in told} == {"note"}
    assert [(str(finding), finding.row) for finding in told] == [
        ("Kommentar: r0 holds a link; its words do not show to what it leads: https://a.example/x/.", "r0"),
        ("Kommentar: r2 holds a link; its words do not show to what it leads: https://b.example/1.", "r2"),
        ("A comment by Ola holds a link; its words do not show to what it leads: https://a.example/x/.", "r3"),
    ]


# --- what is no text ---------------------------------------------------------------------------------------------------

A = "http://schemas.openxmlformats.org/drawingml/2006/main"
PICTURE = f'<w:r><w:drawing><a:graphic xmlns:a="{A}"><a:blip/></a:graphic></w:drawing></w:r>'
NO_TEXT = {
    "picture": PICTURE,
    "older picture": "<w:r><w:pict><v:shape><v:imagedata/></v:shape></w:pict></w:r>",
    "arrow": '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:wsp/></w:drawing></mc:Choice><mc:Fallback><w:pict><v:line/></w:pict></mc:Fallback></mc:AlternateContent></w:r>',
    "sheet of Excel": "<w:r><w:object><v:shape/></w:object></w:r>",
    "handwriting": "<w:r><w:contentPart/></w:r>",
}


@pytest.mark.parametrize("kind", NO_TEXT)
def test_a_picture_put_into_an_answer_is_told(kind: str) -> None:
    file = changed(word_file(), lambda root: fill(root, "r0/comment", NO_TEXT[kind]))
    assert sentences(file) == ["A picture, drawing or embedded file was put into Kommentar: r0; it cannot be read. Ask for the answer in words."]


@pytest.mark.parametrize("kind", NO_TEXT)
def test_a_picture_beside_the_answers_is_told_with_its_place(kind: str) -> None:
    def paste(root: Any) -> None:
        control_of(root, "r1/comment").addnext(xml(NO_TEXT[kind]))
        next(row_of(root, "r2").iter(f"{W}p")).append(xml(NO_TEXT[kind]))
        next(root.iter(f"{W}tbl")).addnext(xml(f"<w:p>{NO_TEXT[kind]}</w:p>"))

    told = "A picture, drawing or embedded file was put in at “{}”; it cannot be read. Look at it in the file, or ask for words."
    assert sentences(changed(word_file(), paste)) == [told.format(place) for place in ("Kommentar: r1", "r2", "Krav nummer 5")]


def test_a_file_put_in_whole_is_told() -> None:
    def put_in(root: Any) -> None:
        next(root.iter(f"{W}tbl")).addprevious(xml('<w:altChunk xmlns:r="urn:x" r:id="rId99"/>'))

    (told,) = sentences(changed(word_file(), put_in))
    assert told.startswith("A picture, drawing or embedded file was put in at “")


C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
D = "http://schemas.openxmlformats.org/drawingml/2006/diagram"


@pytest.mark.parametrize(
    ("name", "part", "words"),
    [
        ("word/charts/chart1.xml", f'<c:chartSpace xmlns:c="{C}" xmlns:a="{A}"><a:p><a:r><a:t>Avvik</a:t></a:r><a:r><a:t> i år</a:t></a:r></a:p><c:strCache><c:pt><c:v>Mai</c:v></c:pt></c:strCache></c:chartSpace>', "Avvik i år | Mai"),
        ("word/diagrams/data1.xml", f'<d:dataModel xmlns:d="{D}" xmlns:a="{A}"><a:p><a:r><a:t>Steg 1</a:t></a:r></a:p><a:p/></d:dataModel>', "Steg 1"),
        ("word/drawings/drawing1.xml", f'<c:userShapes xmlns:c="{C}" xmlns:a="{A}"><a:p><a:r><a:t>Her</a:t></a:r></a:p></c:userShapes>', "Her"),
    ],
)
def test_words_in_charts_and_diagrams_are_quoted(name: str, part: str, words: str) -> None:
    told = sentences(changed(word_file(), lambda root: None, {name: part.encode()}))
    assert told == [f"Words stand in a chart, diagram or drawing; they are not taken: “{words}”."]


def test_words_in_a_drawing_are_quoted() -> None:
    body = f'<a:txBody xmlns:a="{A}"><a:p><a:r><a:t>Se pilen</a:t></a:r></a:p></a:txBody>'
    told = sentences(changed(word_file(), lambda root: fill(root, "r0/comment", f"<w:r><w:drawing>{body}</w:drawing></w:r>")))
    assert "Words stand in a chart, diagram or drawing; they are not taken: “Se pilen”." in told


def test_a_signed_file_says_that_nobody_checked_it() -> None:
    reading = read(changed(word_file(), lambda root: None, {"_xmlsignatures/sig1.xml": b"<Signature/>"}))
    assert [(str(finding), finding.weight) for finding in reading.findings] == [("The file carries a digital signature; dossier does not check signatures.", "note")]


def test_what_a_picture_is_said_to_show_is_quoted() -> None:
    about = '<wp:docPr xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" id="1" descr="Signert side"/>'
    picture = f'<w:r><w:drawing>{about}<a:blip xmlns:a="{A}"/></w:drawing></w:r>'
    told = sentences(changed(word_file(), lambda root: fill(root, "r0/comment", picture)))
    assert "A picture or drawing is described in words, which are not taken: “Signert side”." in told


def test_a_comment_that_is_a_picture_is_told() -> None:
    comments = files.COMMENTS.replace(b"<w:r><w:t>Side 3</w:t></w:r>", f'<w:r><w:drawing><a:blip xmlns:a="{A}"/></w:drawing></w:r>'.encode())
    file = changed(word_file(), lambda root: fill(root, "r0/comment", '<w:commentReference w:id="1"/>'), {"word/comments.xml": comments})
    assert [(str(finding), finding.row) for finding in read(file).findings] == [("A comment by Ola holds a picture, drawing or embedded file; it cannot be read. Ask for the comment in words.", "r0")]


def test_a_picture_in_a_header_is_told() -> None:
    content = word_file()
    name, part = margin(content, "header")
    part = part.replace(b"</w:p>", f'<w:r><w:drawing><a:blip xmlns:a="{A}"/></w:drawing></w:r></w:p>'.encode(), 1)
    assert sentences(changed(content, lambda root: None, {name: part})) == ["A header or footer holds a picture, drawing or embedded file; it cannot be read. Look at it in the file."]


def test_the_words_of_a_drawn_title_are_quoted() -> None:
    art = '<w:r><w:pict><v:shape><v:textpath string="IKKE GODKJENT"/></v:shape></w:pict></w:r>'

    def draw(root: Any) -> None:
        fill(root, "r0/comment", art)
        control_of(root, "r1/comment").addnext(xml(art))

    file = changed(word_file(), draw)
    assert answers(file)["r0/comment"] == "IKKE GODKJENT"
    assert sentences(file) == ["Text was added outside the fields; it is not taken: “IKKE GODKJENT”."]


# --- struck through -----------------------------------------------------------------------------------------------------


def crossed(text: str, name: str = "strike", value: str = "1") -> str:
    return run(text).replace("<w:r>", f'<w:r><w:rPr><w:{name} w:val="{value}"/></w:rPr>')


def test_words_struck_through_in_an_answer_stay_and_are_told() -> None:
    def strike(root: Any) -> None:
        fill(root, "r0/comment", f"{run('Ja, ')}{crossed('ikke ')}{crossed('gyldig', 'dstrike')}{run(' godkjent')}{crossed(' 2025')}{crossed(' nå', value='0')}")

    file = changed(word_file(), strike)
    assert answers(file)["r0/comment"] == "Ja, ikke gyldig godkjent 2025 nå"
    assert sentences(file) == ["In Kommentar: r0 words are struck through: “ikke gyldig … 2025”. They are taken as they stand; ask whether they were meant to go."]


def test_words_struck_through_beside_the_answers_and_in_comments_are_told() -> None:
    def strike(root: Any) -> None:
        text = next(node for node in root.iter(f"{W}t") if node.text == "Krav nummer 3")
        text.getparent().insert(0, xml("<w:rPr><w:strike/></w:rPr>"))
        fill(root, "r0/comment", '<w:commentReference w:id="1"/>')

    comments = files.COMMENTS.replace(b"<w:r><w:t>Side 3", b"<w:r><w:rPr><w:strike/></w:rPr><w:t>Side 3")
    reading = read(changed(word_file(), strike, {"word/comments.xml": comments}))
    assert [(str(finding), finding.row) for finding in reading.findings] == [
        ("Words beside the answers are struck through, without tracking: “Krav nummer 3”. Ask what is meant.", "r3"),
        ("In a comment by Ola words are struck through: “Side 3”. They are taken as they stand.", "r0"),
    ]
    assert [remark.text for remark in reading.remarks][1] == "Side 3"


# --- refused ----------------------------------------------------------------------------------------------------------


def without_keys(root: Any) -> None:
    for tag in list(root.iter(f"{W}tag")):
        tag.getparent().remove(tag)


def refusal(content: bytes) -> str:
    with pytest.raises(DossierError) as raised:
        read(content)
    (problem,) = raised.value.problems
    assert raised.value.code == 2
    return f"{problem.message} {problem.hint}"


def test_a_file_that_lost_its_keys_is_refused() -> None:
    assert refusal(changed(word_file(), without_keys)) == (
        "has lost the keys of all its fields: a program that drops them has saved it (LibreOffice before 7.5, Google Docs, or a detour through .doc). "
        "Ask for the file again, filled in Word or in LibreOffice 7.5 or later."
    )


def test_another_word_document_is_refused() -> None:
    import docx

    buffer = io.BytesIO()
    docx.Document().save(buffer)
    assert refusal(buffer.getvalue()).startswith("is a Word document, but not one that dossier made")


def test_elements_without_end_are_refused() -> None:
    def nest(root: Any) -> None:
        inner = "<w:smartTag>" * 240 + run("dypt") + "</w:smartTag>" * 240
        root.find(f"{W}body").insert(0, xml(f"<w:p>{inner}</w:p>"))

    assert refusal(changed(word_file(), nest)).startswith(("is nested deeper than any office program writes", "is damaged"))


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_file_is_a_sentence_or_is_read(seed: int) -> None:
    chance = random.Random(seed)
    content = word_file()
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    name = chance.choice([part for part in parts if part.endswith((".xml", ".rels"))])
    data = bytearray(parts[name])
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(data))
        data[at : at + chance.randrange(3)] = bytes(chance.randrange(256) for _ in range(chance.randrange(3)))
    try:
        reading = read(files.zipped({**parts, name: bytes(data)}))
    except DossierError as error:
        assert len(str(error)) < 2_000
    else:
        assert reading.answers


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_off_is_refused(share: float) -> None:
    content = word_file()
    assert "damaged or was cut off" in refusal(content[: int(len(content) * share)])


Change = Callable[[Any], None]


def test_random_elements_may_be_missing(tmp_path: Path) -> None:
    for seed in range(40):
        chance = random.Random(seed)

        def drop(root: Any, chance: random.Random = chance) -> None:
            for _ in range(chance.randrange(1, 12)):
                node = chance.choice(list(root.iter())[2:])
                if node.getparent() is not None:
                    node.getparent().remove(node)

        try:
            read(changed(word_file(), drop))
        except DossierError as error:
            assert str(error)
