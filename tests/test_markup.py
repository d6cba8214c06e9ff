"""The small HTML vocabulary: known markup becomes blocks, anything else an error with its place."""
from __future__ import annotations

import pytest

from dossier import markup
from dossier.blocks import Break, Bullets, Cell, Contents, Field, Heading, Link, Paragraph, Row, Status, Table, Text
from dossier.errors import DossierError


def problems(html: str) -> list[str]:
    with pytest.raises(DossierError) as caught:
        markup.parse(html, "t.html")
    return [str(problem) for problem in caught.value.problems]


def test_words_keep_their_style_and_language() -> None:
    (paragraph,) = markup.parse('<p class="note">Les <strong>dette</strong><br><em lang="en-GB">read this</em> <small>her</small></p>', "t")
    assert paragraph == Paragraph((Text("Les "), Text("dette", "strong"), Break(), Text("read this", "em", "en-GB"), Text(" "), Text("her", "small")), "note")


def test_escaped_text_is_text() -> None:
    assert markup.parse("<p>Pump &amp; &lt;X&gt; &quot;Ω&quot; æøå</p>", "t") == (Paragraph((Text('Pump & <X> "Ω" æøå'),)),)


def test_headings_lists_links_and_contents() -> None:
    found = markup.parse('<h1 id="a">A</h1><nav title="Innhold"></nav><ul><li>x</li><li>y <a href="#a">A</a></li></ul>', "t")
    assert found == (Heading(1, (Text("A"),), "a"), Contents("Innhold"), Bullets(((Text("x"),), (Text("y "), Link("#a", "A")))))


def test_a_table_has_widths_a_head_and_rows_with_ids() -> None:
    html = '<table class="grid" summary="S"><caption>C</caption><colgroup><col width="20"><col width="30.5"></colgroup><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr id="r.1"><th>1</th><td lang="en">x</td></tr></tbody></table>'
    assert markup.parse(html, "t") == (
        Table(
            (20.0, 30.5),
            (Cell((Text("a"),), True), Cell((Text("b"),), True)),
            (Row((Cell((Text("1"),), True), Cell((Text("x"),), False, "en")), "r.1"),),
            (Text("C"),),
            "S",
            "grid",
        ),
    )


def test_fields_and_status() -> None:
    html = '<p><span class="status-gap">Mangel</span><select name="r/applies" title="T" placeholder="Velg"><option value="yes">Ja</option><option value="no" selected>Nei</option></select><input type="checkbox" name="c" checked><input type="date" name="d"><textarea name="t">x</textarea></p>'
    (paragraph,) = markup.parse(html, "t")
    assert isinstance(paragraph, Paragraph)
    assert paragraph.inlines == (
        Status("gap", "Mangel"),
        Field("r/applies", "select", "T", "Velg", "no", (("yes", "Ja"), ("no", "Nei"))),
        Field("c", "checkbox", "c", "", "yes"),
        Field("d", "date", "d"),
        Field("t", "textarea", "t", "", "x"),
    )


@pytest.mark.parametrize(
    ("html", "line"),
    [
        ("<div>x</div>", "t.html:1:1: <div> is not part of the dossier vocabulary."),
        ("<p onclick='x'>y</p>", "t.html:1:1: <p> has no attribute onclick."),
        ("<p style='color:red'>y</p>", "t.html:1:1: <p> has no attribute style."),
        ("<script>x</script>", "t.html:1:1: <script> is not part of the dossier vocabulary."),
        ("\n  hello", 't.html:1:1: "hello" stands outside a paragraph, list or cell.'),
        ("<p><input></p>", "t.html:1:4: <input> needs a name: it is how the answer is found again in the reviewed file."),
        ("<p><input name='a'><input name='a'></p>", 't.html:1:20: the field name "a" is used twice.'),
        (f"<p><input name='{'x' * 65}'></p>", "is longer than 64 characters."),
        ("<p class='big'>x</p>", '<p class="big"> is not known.'),
        ("<p><span class='status-good'>x</span></p>", '"status-good" is not a status.'),
        ("<p>x", "<p> is never closed."),
        ("<p>x</h1>", "</h1> closes nothing here: <p> of line 1 is still open."),
        ("<table><tbody></tbody></table>", "<table> needs <colgroup> with the width of each column in millimetres."),
        ("<table><colgroup><col width='9'></colgroup><tbody><tr id='r'><td>1</td><td>2</td></tr></tbody></table>", "a row of this table has 2 cells, but there are 1 columns (row r)."),
        ("<td>x</td>", "<td> stands in <tr>."),
    ],
)
def test_what_is_not_in_the_vocabulary_is_named_with_its_place(html: str, line: str) -> None:
    assert any(line in problem for problem in problems(html))


def test_marks_say_which_line_of_which_template_is_meant() -> None:
    assert problems("<p>fine</p>\n<!--@letter/body.html.j2:41--><p>a</p><dvi>x</dvi>")[0].startswith("letter/body.html.j2:41:9: <dvi> is not part")
