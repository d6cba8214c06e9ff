"""A filled file beside its issue: every change has its sentence, and what is not taken is quoted."""
from __future__ import annotations

from dataclasses import replace

from dossier.blocks import Line
from dossier.review.findings import Comparison, compare
from dossier.review.reading import Answer, Reading

from .test_review_merge import filled, issue


def changed(words: tuple[Line, ...], answers: tuple[Answer, ...] | None = None) -> list[str]:
    """The findings of a file whose words or answers were changed."""
    issued = issue()
    sound = filled(issued).reading
    reading = replace(sound, words=words, answers=sound.answers if answers is None else answers)
    return [f"{finding.row}: {finding}" if finding.row else str(finding) for finding in compare(reading, issued).findings]


def answered(*answers: tuple[str, str]) -> Comparison:
    issued = issue()
    names = {name for name, _ in answers}
    held = [*(Answer(name, value) for name, value in answers), *(Answer(field.name, "") for field in issued.fields if field.name not in names)]
    return compare(Reading("file.docx", "docx", "0" * 64, issued.identity, tuple(held), issued), issued)


def sentences(comparison: Comparison) -> list[str]:
    return [str(finding) for finding in comparison.findings]


LINES = issue().lines


def test_an_untouched_file_has_no_findings() -> None:
    assert filled(issue()).findings == ()
    assert filled(issue()).given == {}


def test_an_added_row_is_quoted() -> None:
    assert changed((*LINES, Line("ny", "ny", 0), Line("et krav til", "ny", 1))) == ["ny: A row was added by hand; it is not an answer to a field and is not taken: “ny | et krav til”."]


def test_changed_wording_shows_both() -> None:
    words = tuple(replace(line, text="krav a, men ikke her") if line.text == "krav a" else line for line in LINES)
    assert changed(words) == ["a: The wording was changed. Issued: “krav a”. In the reviewed file: “krav a, men ikke her”."]


def test_text_beside_the_fields_is_quoted() -> None:
    assert changed((*LINES, Line("Jeg er uenig", "a", 3))) == ["a: Text was added outside the fields; it is not taken: “Jeg er uenig”."]
    assert changed((Line("Hilsen fra Kari"), *LINES)) == ["Text was added outside the fields; it is not taken: “Hilsen fra Kari”."]


def test_moved_rows_are_a_note() -> None:
    moved = tuple(line for line in LINES if line.row != "a") + tuple(line for line in LINES if line.row == "a")
    issued = issue()
    comparison = compare(replace(filled(issued).reading, words=moved), issued)
    assert sentences(comparison) in (["Rows stand in another place than issued; they were matched by their first cell: a."], ["Rows stand in another place than issued; they were matched by their first cell: b."])
    assert comparison.findings[0].weight == "note"


def test_a_deleted_row_is_one_sentence_and_its_earlier_answers_stay() -> None:
    sound = filled(issue()).reading
    answers = tuple(answer for answer in sound.answers if not answer.field.startswith("b/"))
    assert changed(tuple(line for line in LINES if line.row != "b"), answers) == ["b: The row b is missing in the reviewed file, with 2 fields. Earlier answers stay."]


def test_a_single_missing_field_is_named_by_its_title() -> None:
    sound = filled(issue()).reading
    answers = tuple(answer for answer in sound.answers if answer.field != "b/status")
    assert changed(LINES, answers) == ["b: Status is missing in the reviewed file. An earlier answer stays."]


def test_a_row_with_one_field_is_missing_with_its_field() -> None:
    small = issue()
    fields = tuple(field for field in small.fields if field.name != "b/comment")
    lines = tuple(replace(line, fields=tuple(name for name in line.fields if name != "b/comment")) for line in small.lines)
    reading = replace(filled(small).reading, answers=tuple(Answer(field.name, "") for field in fields if not field.name.startswith("b/")), words=None)
    assert "The row b is missing in the reviewed file, with its field. An earlier answer stays." in sentences(compare(reading, replace(small, fields=fields, lines=lines)))


def test_a_field_that_stands_twice_counts_once() -> None:
    comparison = answered(("a/status", "fulfilled"), ("a/status", "partly"), ("a/comment", "ja"), ("a/comment", "ja"))
    assert comparison.given == {"a/status": "fulfilled", "a/comment": "ja"}
    assert sentences(comparison) == ["Status stands a second time in the file, with another answer: “partly”. The first one counts."]


def test_a_stranger_among_the_fields_is_quoted() -> None:
    comparison = answered(("c/status", "fulfilled"))
    assert "c/status" not in comparison.answers
    assert sentences(comparison) == ["The field c/status does not belong to this document; its answer is not taken: “fulfilled”."]


def test_a_word_that_is_no_choice_is_quoted() -> None:
    comparison = answered(("a/status", "Kanskje"))
    assert comparison.given == {}
    assert sentences(comparison) == ["Status holds “Kanskje”, which is none of its choices (Oppfylt, Delvis oppfylt, Ikke oppfylt, Ikke relevant). It is not taken."]


def test_a_date_that_is_no_day_is_quoted() -> None:
    comparison = answered(("document/review-date", "i går"))
    assert sentences(comparison) == ["Dato holds “i går”, which is not a day. It is not taken; write year-month-day."]


def test_not_applicable_needs_a_reason() -> None:
    assert sentences(answered(("a/status", "not-applicable"))) == ["Status says “Ikke relevant” and the comment gives no reason."]
    assert sentences(answered(("a/status", "not-applicable"), ("a/comment", "Selges ikke sterilt."))) == []


def test_deleted_running_text_is_quoted() -> None:
    assert changed(LINES[1:]) == ["Text of the document is missing in the reviewed file: “Merking”."]
