"""Answers merged into the review record: what changes, who contradicts whom, and a record that replays to the same state."""
from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from dossier import output
from dossier.blocks import Field, Line
from dossier.errors import DossierError
from dossier.issued import Identity, Issued
from dossier.review import ledger
from dossier.review.findings import Comparison, compare
from dossier.review.ledger import Ledger
from dossier.review.merge import Sender, merge
from dossier.review.reading import Answer, Reading, Remark
from dossier.review.state import state

DAY = dt.date(2026, 11, 26)
IDENTITY = Identity("X-labelling", "A", "labelling-checklist", "2026-11-24", "nb", "x", "no", "2026.11.0")
STATUS = (("fulfilled", "Oppfylt"), ("partly", "Delvis oppfylt"), ("not-fulfilled", "Ikke oppfylt"), ("not-applicable", "Ikke relevant"))


def issue(**values: str) -> Issued:
    """A document of two rows with status and comment each, as issued with `values` (a__status for a/status)."""
    start = {name.replace("__", "/"): value for name, value in values.items()}
    fields = [Field("document/reviewer", "text", "Gjennomgått av"), Field("document/review-date", "date", "Dato")]
    for row in ("a", "b"):
        fields += [Field(f"{row}/status", "select", "Status", options=STATUS, value=start.get(f"{row}/status", "")), Field(f"{row}/comment", "textarea", "Kommentar", value=start.get(f"{row}/comment", ""))]
    lines = [Line("Merking"), *(Line(text, row, column, names) for row in ("a", "b") for column, (text, names) in enumerate(((row, ()), (f"krav {row}", ()), ("", (f"{row}/status",)), ("", (f"{row}/comment",)))))]
    return Issued(IDENTITY, tuple(fields), tuple(lines), {})


def filled(issued: Issued, name: str = "one.docx", remarks: tuple[Remark, ...] = (), **answers: str) -> Comparison:
    given = {name.replace("__", "/"): value for name, value in answers.items()}
    held = tuple(Answer(field.name, given.get(field.name, field.value)) for field in issued.fields)
    return compare(Reading(name, "docx", f"{name:0>64}", issued.identity, held, issued, remarks, issued.lines), issued)


def enter(record: Ledger, *files: Comparison, prefer: str = "") -> Ledger:
    """The record after the files were read in one after the other, each by a reviewer called as the file."""
    for file in files:
        record = Ledger((*record.entries, *merge(record, [(file, Sender(file.reading.name, "2026-11-25"))], DAY, prefer).entries))
    return record


def test_what_a_reviewer_wrote_becomes_one_line_an_answer() -> None:
    result = merge(Ledger(), [(filled(issue(), a__status="fulfilled", b__comment="Se side 3"), Sender("Kari", "2026-11-25"))], DAY)
    assert [(change.field, change.before, change.after, change.reviewer) for change in result.changes] == [("a/status", "", "fulfilled", "Kari"), ("b/comment", "", "Se side 3", "Kari")]
    assert [(entry.field, entry.value) for entry in result.entries] == [("a/status", "fulfilled"), ("b/comment", "Se side 3"), ("document/reviewer", "Kari"), ("document/review-date", "2026-11-25")]
    assert {(entry.date, entry.read, entry.number, entry.revision) for entry in result.entries} == {("2026-11-25", "2026-11-26", "X-labelling", "A")}


def test_a_field_left_as_issued_is_no_answer() -> None:
    result = merge(Ledger(), [(filled(issue(a__status="partly")), Sender("Kari", ""))], DAY)
    assert result.changes == ()


def test_an_answer_that_was_emptied_is_withdrawn() -> None:
    record = enter(Ledger(), filled(issue(), a__comment="gammelt svar"))
    after = enter(record, filled(issue(a__comment="gammelt svar"), "two.docx", a__comment=""))
    assert after.values["a/comment"] == ""
    assert [entry.value for entry in after.entries if entry.field == "a/comment"] == ["gammelt svar", ""]


def test_two_files_read_together_contradict_each_other_in_the_planted_field_only() -> None:
    one, two = filled(issue(), "one.docx", a__status="fulfilled", b__status="partly"), filled(issue(), "two.docx", a__status="not-fulfilled", b__status="partly")
    result = merge(Ledger(), [(one, Sender("Kari", "")), (two, Sender("Ola", ""))], DAY)
    assert [conflict.field for conflict in result.conflicts] == ["a/status"]
    assert [(voice.reviewer, voice.source, voice.value) for voice in result.conflicts[0].voices] == [("Kari", "one.docx", "fulfilled"), ("Ola", "two.docx", "not-fulfilled")]
    assert [change.field for change in result.changes] == ["b/status"]


def test_a_file_of_an_older_issue_contradicts_the_record_instead_of_overwriting_it() -> None:
    record = enter(Ledger(), filled(issue(), "one.docx", a__status="fulfilled"))
    late = filled(issue(), "two.docx", a__status="partly")
    result = merge(record, [(late, Sender("Ola", ""))], DAY)
    assert [voice.source for voice in result.conflicts[0].voices] == ["record", "two.docx"]
    assert result.changes == ()
    settled = merge(record, [(late, Sender("Ola", ""))], DAY, prefer="Ola")
    assert [change.after for change in settled.changes] == ["partly"]
    ((chosen, voices),) = [(each.chosen, each.voices) for each in settled.settled]
    assert (chosen.source, [voice.value for voice in voices], result.settled) == ("two.docx", ["fulfilled", "partly"], ())
    kept = merge(record, [(late, Sender("Ola", ""))], DAY, prefer="record")
    assert (kept.changes, [each.chosen.value for each in kept.settled]) == ((), ["fulfilled"])


@pytest.mark.parametrize(("prefer", "stands"), [("record", ("one.docx", "fulfilled")), ("two.docx", ("two.docx", "partly"))])
def test_a_conflict_left_open_comes_up_again_until_it_is_settled(prefer: str, stands: tuple[str, str]) -> None:
    record = enter(Ledger(), filled(issue(), "one.docx", a__status="fulfilled"))
    late = filled(issue(), "two.docx", a__status="partly", b__status="partly")
    record = enter(record, late)
    assert record.values["b/status"] == "partly"
    assert len(merge(record, [(late, Sender("two.docx", ""))], DAY).conflicts) == 1
    settled = enter(record, late, prefer=prefer)
    assert (settled.answers["a/status"].reviewer, settled.values["a/status"]) == stands
    assert merge(settled, [(late, Sender("two.docx", ""))], DAY).conflicts == ()
    assert enter(settled, late) == settled


def test_a_reviewer_who_saw_the_answer_may_change_it() -> None:
    record = enter(Ledger(), filled(issue(), "one.docx", a__status="fulfilled"))
    result = merge(record, [(filled(issue(a__status="fulfilled"), "two.docx", a__status="partly"), Sender("Ola", ""))], DAY)
    assert result.conflicts == ()
    assert [(change.before, change.after) for change in result.changes] == [("fulfilled", "partly")]


def test_the_same_file_brings_nothing_the_second_time() -> None:
    file = filled(issue(), a__status="fulfilled", remarks=(Remark("Hvor?", "Ola", "2026-11-25", "a"),))
    record = enter(Ledger(), file)
    assert enter(record, file) == record
    assert [(entry.reviewer, entry.row, entry.remark) for entry in record.remarks] == [("Ola", "a", "Hvor?")]


def test_a_file_without_a_name_leaves_the_reviewer_as_he_is() -> None:
    named = filled(issue(), "one.docx", a__status="fulfilled")
    record = Ledger(merge(Ledger(), [(named, Sender("Kari", "2026-11-25"))], DAY).entries)
    nameless = filled(issue(), "two.docx", b__status="partly")
    after = Ledger((*record.entries, *merge(record, [(nameless, Sender("", "2026-11-26"))], DAY).entries))
    assert after.has(nameless.reading.sha256)
    assert (after.values["document/reviewer"], after.values["document/review-date"], after.values["b/status"]) == ("Kari", "2026-11-25", "partly")
    together = Ledger(merge(Ledger(), [(named, Sender("Kari", "2026-11-25")), (nameless, Sender("", "2026-11-26"))], DAY).entries)
    assert (together.values["document/reviewer"], together.values["document/review-date"]) == ("Kari", "2026-11-25")


def test_a_file_without_answers_and_name_is_in_the_record() -> None:
    empty = filled(issue())
    record = Ledger(merge(Ledger(), [(empty, Sender("", ""))], DAY).entries)
    assert (record.has(empty.reading.sha256), record.values) == (True, {"document/reviewer": ""})


def test_an_equal_remark_is_entered_anew_for_another_day_and_as_often_as_it_stands() -> None:
    first = Remark("Mangler kilde", "Per", "2026-11-25", "a")
    record = enter(Ledger(), filled(issue(), "one.docx", remarks=(first,)))
    later = Remark("Mangler kilde", "Per", "2026-12-01", "a")
    after = enter(record, filled(issue(), "two.docx", remarks=(first, later, later)))
    assert [(entry.date, entry.file) for entry in after.remarks] == [("2026-11-25", "one.docx"), ("2026-12-01", "two.docx"), ("2026-12-01", "two.docx")]
    files = [(filled(issue(), name, remarks=(first,)), Sender(name, "")) for name in ("one.docx", "two.docx")]
    assert len([entry for entry in merge(Ledger(), files, DAY).entries if entry.remark]) == 1


def test_the_record_replays_to_the_same_state(tmp_path: Path) -> None:
    odd = "første\nandre\u2028tredje \u0085 \"«<&|*;'--😀\t"
    record = enter(Ledger(), filled(issue(), "one.docx", a__comment=odd, remarks=(Remark("se\nher", "Ola"),)), filled(issue(a__comment=odd), "two.docx", b__status="partly"))
    place = tmp_path / ledger.place("no", "labelling-checklist")
    for entry in record.entries:
        output.append(place, ledger.written([entry]))
    assert ledger.read(tmp_path, "no", "labelling-checklist") == record
    assert len(place.read_bytes().splitlines()) == len(record.entries)


def test_half_characters_leave_the_record_readable(tmp_path: Path) -> None:
    file = filled(issue(), "kari_\udce5s.docx", a__comment="halvt \ud83d tegn", remarks=(Remark("se \udc00", "Kari \ud83d", "\ud800", "a"),))
    file = dataclasses.replace(file, reading=dataclasses.replace(file.reading, sha256="0" * 64))
    record = enter(Ledger(), file)
    place = tmp_path / ledger.place("no", "labelling-checklist")
    output.append(place, ledger.written(record.entries))
    assert ledger.read(tmp_path, "no", "labelling-checklist") == record
    assert record.values["a/comment"] == "halvt \ufffd tegn"
    assert {entry.file for entry in record.entries} == {"kari_\ufffds.docx"}
    assert enter(record, file) == record


def test_a_line_with_half_a_character_is_read_back_equal(tmp_path: Path) -> None:
    entry = dataclasses.replace(enter(Ledger(), filled(issue(), a__status="partly")).entries[0], value="\udce5 og \ud83d", file="\udce5.docx")
    output.append(tmp_path / ledger.place("no", "labelling-checklist"), ledger.written([entry]))
    assert ledger.read(tmp_path, "no", "labelling-checklist").entries == (entry,)


def test_a_damaged_record_names_every_bad_line(tmp_path: Path) -> None:
    place = tmp_path / ledger.place("no", "cover-letter")
    good = ledger.written(enter(Ledger(), filled(issue(), a__status="partly")).entries[:1]).decode()
    place.parent.mkdir(parents=True)
    place.write_text(f'{good}{{"a": 1}}\n{good[:40]}\n', "utf-8")
    with pytest.raises(DossierError) as raised:
        ledger.read(tmp_path, "no", "cover-letter")
    assert [(problem.line, problem.message.split(":")[0]) for problem in raised.value.problems] == [(2, "the line cannot be used"), (3, "the line cannot be used")]


def test_every_damaged_line_is_a_sentence(tmp_path: Path) -> None:
    place = tmp_path / ledger.place("no", "cover-letter")
    place.parent.mkdir(parents=True)
    entry = enter(Ledger(), filled(issue(), a__status="partly")).entries[0]
    for broken in (dataclasses.replace(entry, field=""), dataclasses.replace(entry, read="i går"), dataclasses.replace(entry, sha256="")):
        place.write_bytes(ledger.written([broken]))
        with pytest.raises(DossierError, match="dossier only ever adds lines to it"):
            ledger.read(tmp_path, "no", "cover-letter")


@pytest.mark.parametrize(
    ("answers", "reached"),
    [
        ({}, "draft"),
        ({"a/status": "fulfilled"}, "draft"),
        ({"a/status": "fulfilled", "document/reviewer": "Kari", "document/review-date": "2026-11-25"}, "reviewed"),
        ({"a/status": "fulfilled", "document/reviewer": "Kari", "document/review-date": "2026-11-25", "document/approved-1": "Ola"}, "reviewed"),
        ({"a/status": "fulfilled", "document/reviewer": "Kari", "document/review-date": "2026-11-25", "document/approved-1": "Ola", "document/approved-1-date": "2026-11-26"}, "approved"),
        ({"a/status": " ", "document/reviewer": "Kari", "document/review-date": "2026-11-25"}, "draft"),
    ],
)
def test_the_state_follows_the_answers(answers: dict[str, str], reached: str) -> None:
    names = ["document/reviewer", "document/review-date", "a/status", "a/comment", "document/approved-1", "document/approved-1-date"]
    assert state(names, answers) == reached
