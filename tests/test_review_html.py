"""The page filled in and saved by its own script (in jsdom), read back; and a sentence for what cannot be read."""
from __future__ import annotations

import base64
import json
import os
import random
import shutil
import subprocess
import time
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dossier import assemble
from dossier.assemble import Order, Workspace
from dossier.blocks import Cell, Document, Field, Row, fields_of
from dossier.errors import DossierError
from dossier.render import screen
from dossier.review import html_form, written

from .conftest import DAY, ROOT
from .test_render_pdf import document, grid, text
from .workbooks import odd_strings

KINDS = ("dossier-checklist", "evidence-index", "labelling-checklist", "disclosure-note", "cover-letter")
LINES = "Første linje\n\n  tredje, med innrykk \n– og æøå ÆØÅ ß € ω Ж 漢字 😀\n"
LONG = "Opplysningene på etiketten er lesbare for brukeren. " * 400


@pytest.fixture(scope="module")
def documents(workspace: Workspace) -> dict[str, Document]:
    order = Order(("no",), DAY, DAY, KINDS, ("json",), ("nb",))
    return {each.document.kind: each.document for each in assemble.build([ROOT / "samples" / "ecg-patch"], order, workspace).built}


@pytest.fixture(scope="module")
def jsdom() -> Path:
    folder = ROOT / ".venv/jsdom/node_modules/jsdom"
    if not shutil.which("node") or not folder.is_dir():
        message = "jsdom: Node.js or the npm package jsdom is missing. Run: bash .ci/setup-tests"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture
def browse(jsdom: Path, tmp_path: Path) -> Any:
    """Does in the page of a document what a reviewer does; returns what came of it."""

    def run(page: Document, **todo: Any) -> dict[str, Any]:
        place = tmp_path / "page.html"
        place.write_bytes(screen.render(page))
        done = subprocess.run(["node", str(ROOT / "tests/page.js"), str(jsdom), str(place)], input=json.dumps(todo).encode(), capture_output=True, check=False, timeout=180)
        assert done.returncode == 0, done.stderr.decode()
        answer = json.loads(done.stdout)
        assert (answer["errors"], answer["requests"]) == ([], [])
        return dict(answer)

    return run


def saved(answer: Mapping[str, Any]) -> tuple[str, bytes]:
    (file,) = answer["files"]
    return file["name"], base64.b64decode(file["content"])


def answers(content: bytes) -> dict[str, str]:
    return {answer.field: answer.value for answer in html_form.read("svar.json", content).answers}


def example(field: Field) -> str:
    match field.kind:
        case "select":
            return field.options[1][0]
        case "checkbox":
            return "yes"
        case "date":
            return "2026-11-24"
        case "text":
            return "Kari Ødegård"
        case _:
            return LINES


# --- from the page to the answers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_filled_in_the_page_comes_back(kind: str, documents: dict[str, Document], browse: Any) -> None:
    values = {field.name: example(field) for field in fields_of(documents[kind])}
    name, content = saved(browse(documents[kind], values=values, save=True))
    assert name == f"{documents[kind].number}_rA_answers_Kari-Odegard.json"
    reading = html_form.read(name, content)
    assert {answer.field: answer.value for answer in reading.answers} == values
    assert reading.issued is not None
    assert reading.identity == reading.issued.identity
    assert reading.issued.fields == fields_of(documents[kind])
    assert (reading.identity.kind, reading.identity.product, reading.identity.market, reading.identity.locale) == (kind, "ecg-patch", "no", "nb")
    assert (reading.format, reading.findings, reading.remarks, reading.words) == ("html", (), (), None)


def test_an_untouched_page_saves_what_was_issued(browse: Any) -> None:
    fields = (
        Field("r/s", "select", "Status", "Velg", "not", (("yes", "Ja"), ("not", "Nei"))), Field("r/o", "select", "Status", "Velg", "gammel", (("yes", "Ja"),)),
        Field("r/c", "textarea", "Merknad", "Skriv", "\nførste linje tom\n & <b>"), Field("r/k", "checkbox", "Sett", value="yes"), Field("r/d", "date", "Dato", value="2026-11-20"),
        Field("r/n", "text", "Navn", value="  Kari  "),
    )  # fmt: skip
    name, content = saved(browse(document(grid(Row((Cell(text("A"), True), Cell(fields)))), data=b""), save=True))
    assert name == "DOS-1_rB_answers.json"
    assert answers(content) == {field.name: field.value for field in fields}


def test_odd_strings_come_back_letter_by_letter(documents: dict[str, Document], browse: Any) -> None:
    strings = [*odd_strings(), LONG, LINES, "a\ttab", "</script>", "<!--", "\u2028", "__proto__"]
    names = [field.name for field in fields_of(documents["dossier-checklist"]) if field.kind == "textarea"]
    assert len(strings) > 500
    while strings:
        now, strings = strings[: len(names)], strings[len(names) :]
        values = dict(zip(names, now, strict=False))
        found = answers(saved(browse(documents["dossier-checklist"], values=values, save=True))[1])
        assert {name: found[name] for name in values} == {name: written.fit(words)[0] for name, words in values.items()}


def test_half_a_character_is_replaced_and_told(documents: dict[str, Document], browse: Any) -> None:
    _, content = saved(browse(documents["cover-letter"], values={"document/reviewer": "Kari \ud83d"}, save=True))
    reading = html_form.read("svar.json", content)
    assert answers(content)["document/reviewer"] == "Kari \ufffd"
    assert [str(finding) for finding in reading.findings] in (
        ["Gjennomgått av holds 1 characters that no document can hold (control characters or half characters); they are replaced by \ufffd."],
        [],  # where the browser itself has replaced it
    )


def test_saved_answers_are_loaded_again(documents: dict[str, Document], browse: Any) -> None:
    page = documents["labelling-checklist"]
    values = {field.name: example(field) for field in fields_of(page)[:200]}
    _, content = saved(browse(page, values=values, save=True))
    again = browse(page, load=content.decode(), save=True)
    assert answers(saved(again)[1]) == answers(content)
    assert again["before"] == "200 svar er hentet inn."
    assert again["held"] is False


@pytest.mark.parametrize(
    ("load", "message"),
    [
        ("{", "Filen inneholder ingen lagrede svar."),
        ('{"schema": "urn:other"}', "Filen inneholder ingen lagrede svar."),
        ('{"schema": "urn:dossier:answers:1", "document": {"number": "X", "revision": "7"}, "answers": {}}', "Svarene hører til X · 7."),
        ('{"schema": "urn:dossier:answers:1", "document": {"number": "FP-NO-cover-letter", "revision": "A"}, "answers": {"document/reviewer": "Kari", "fremmed": "x", "tall": 3}}',
         "1 svar er hentet inn. 1 svar hører ikke hjemme i dette dokumentet."),
    ],
)  # fmt: skip
def test_only_answers_to_this_document_are_loaded(load: str, message: str, documents: dict[str, Document], browse: Any) -> None:
    assert browse(documents["cover-letter"], load=load)["message"] == message


def test_whoever_declines_keeps_what_is_on_the_page(documents: dict[str, Document], browse: Any) -> None:
    other = '{"schema": "urn:dossier:answers:1", "document": {"number": "FP-NO-cover-letter", "revision": "A"}, "answers": {"document/reviewer": "Ola"}}'
    assert browse(documents["cover-letter"], values={"document/reviewer": "Kari"}, load=other, confirm=False)["values"]["document/reviewer"] == "Kari"
    assert browse(documents["cover-letter"], values={"document/reviewer": "Kari"}, load=other)["values"]["document/reviewer"] == "Ola"


# --- the bar ----------------------------------------------------------------------------------------------------------


def test_answered_rows_are_counted_and_can_be_left_out(documents: dict[str, Document], browse: Any) -> None:
    page = documents["disclosure-note"]
    status = [field.name for field in fields_of(page) if field.name.endswith("/status")]
    answer = browse(page, values=dict.fromkeys(status[:3], "partly"), open=True)
    assert answer["count"] == f"3 av {len(status)} rader besvart"
    assert answer["shown"] == len(status) - 3
    assert browse(page, search="SBOM")["shown"] in range(1, len(status) - 1)
    assert browse(page, search="finnes ikke her")["message"] == "Ingen rader passer."


def test_unsaved_answers_hold_the_page_and_stay_in_the_browser(documents: dict[str, Document], browse: Any) -> None:
    page = documents["cover-letter"]
    answer = browse(page, values={"document/reviewer": "Kari"}, wait=500)
    assert answer["held"] is True
    assert answer["message"] == "Ikke lagret som fil ennå. Nettleseren tar vare på svarene så lenge."
    ((place, kept),) = answer["kept"]
    again = browse(page, kept={"place": place, "text": kept})
    assert again["values"]["document/reviewer"] == "Kari"
    assert again["before"] == "Svarene som lå i nettleseren, er satt inn igjen. De er ikke lagret som fil ennå."
    after = browse(page, values={"document/reviewer": "Kari"}, save=True)
    assert (after["kept"], after["message"]) == ([], "Lagret som FP-NO-cover-letter_rA_answers_Kari.json. Send filen tilbake.")


def test_a_browser_that_keeps_nothing_is_told_and_saves_all_the_same(documents: dict[str, Document], browse: Any) -> None:
    answer = browse(documents["cover-letter"], url="data:text/html,page", values={"document/review-date": "2026-11-24"}, wait=500, save=True)
    assert answer["before"] == "Ikke lagret som fil ennå. Nettleseren tar ikke vare på noe: Lagre før du lukker siden."
    assert answer["message"].endswith("Svarene er uten navn: Fyll ut «Gjennomgått av».")
    assert answers(saved(answer)[1])["document/review-date"] == "2026-11-24"


@pytest.mark.parametrize("kept", ["", "{", "[]", "3", "null", '{"document/reviewer": 3}'])
def test_what_the_browser_kept_may_be_spoiled(kept: str, documents: dict[str, Document], browse: Any) -> None:
    page = documents["cover-letter"]
    place = f"dossier:{page.number}:A:nb:{page.date.isoformat()}:2026.11.0"
    assert browse(page, kept={"place": place, "text": kept})["values"]["document/reviewer"] == ""


# --- what is refused --------------------------------------------------------------------------------------------------


def minimal(**changes: Any) -> bytes:
    data = {"schema": "urn:dossier:answers:1", "document": {"number": "N-1", "revision": "A"}, "answers": {"a/comment": "hei"}} | changes
    return json.dumps(data).encode()


def packed(content: bytes) -> str:
    return base64.b64encode(zlib.compress(content, 9)).decode()


def test_answers_without_a_record_know_their_document() -> None:
    reading = html_form.read("svar.json", b"\xef\xbb\xbf" + minimal(product="p", market="no", data="2026.11.0"))
    assert reading.issued is None
    assert (str(reading.identity), reading.identity.product, reading.identity.market, reading.identity.data) == ("N-1, revision A", "p", "no", "2026.11.0")
    assert [(answer.field, answer.value) for answer in reading.answers] == [("a/comment", "hei")]


AGAIN = "Ask for the file again, as “Save answers” made it."
BAD = {
    "cut": (minimal()[:-20], f"svar.json: ends too early (line 1, column 97). {AGAIN}"),
    "no JSON": (b'{"schema": hei}', f"svar.json: is not JSON (line 1, column 12). {AGAIN}"),
    "not UTF-8": (b'{"schema": "\xff"}', f"svar.json: is not UTF-8 (byte 13). {AGAIN}"),
    "deep": (b'{"a":' * 9 + b"1" + b"}" * 9, f"svar.json: is nested more than 8 levels deep; saved answers never are. {AGAIN}"),
    "very deep": (b"[" * 1_000_000, f"svar.json: is nested more than 8 levels deep; saved answers never are. {AGAIN}"),
    "twice": (b'{"answers": {"a/comment": "1", "a/comment": "2"}}', f"svar.json: names “a/comment” twice. {AGAIN}"),
    "NaN": (b'{"schema": NaN}', f"svar.json: holds “NaN”, which is not JSON. {AGAIN}"),
    "list": (b"[]", f"svar.json: holds no saved answers. {AGAIN}"),
    "other": (b'{"schema": "urn:other"}', f"svar.json: holds no saved answers (its schema is “urn:other”). {AGAIN}"),
    "no document": (minimal(document=None), f"svar.json: does not say which document it is. {AGAIN}"),
    "no number": (minimal(document={"number": "", "revision": "A"}), f"svar.json: does not say which document it is. {AGAIN}"),
    "no answers": (minimal(answers=[]), f"svar.json: holds no answers. {AGAIN}"),
    "a number": (minimal(answers={"a/comment": 3}), f"svar.json: holds an answer that is not text: “a/comment”. {AGAIN}"),
    "a long number": (b'{"schema": ' + b"9" * 100_000 + b"}", f"svar.json: holds no saved answers. {AGAIN}"),
    "product": (minimal(product=3), f"svar.json: has product, market, data version, time or record that is not text. {AGAIN}"),
    "record": (minimal(record="hei"), f"svar.json: holds a record that cannot be unpacked. {AGAIN}"),
    "bomb": (minimal(record=packed(b" " * 40_000_000)), f"svar.json: holds a record that cannot be unpacked. {AGAIN}"),
    "foreign record": (minimal(record=packed(b'{"schema": "x"}')), 'svar.json: the record inside the file cannot be used (its schema is "x"). Ask for the reviewer\'s file again, as they saved it.'),
    "form data": (b'<?xml version="1.0"?><xfdf xmlns="http://ns.adobe.com/xfdf/"/>', "svar.json: holds the answers of a PDF form without the form (FDF or XFDF), so that notes and marks are missing. Ask for the PDF itself, saved from the form and not exported."),
    "foreign page": (b"<!doctype html><p>hei", "svar.json: is a web page that dossier did not make. Ask for the JSON file that “Save answers” makes."),
    "large": (b" " * 16_000_001, f"svar.json: is larger than 16 MB; saved answers never are. {AGAIN}"),
    "empty": (b"", f"svar.json: ends too early (line 1, column 1). {AGAIN}"),
}


def test_a_string_of_quotes_that_is_never_closed_costs_no_time() -> None:
    start = time.monotonic()
    with pytest.raises(DossierError, match=r"is not JSON|ends too early"):
        html_form.read("svar.json", b'{"a":"' + b'\\"' * 40_000)
    assert time.monotonic() - start < 2


@pytest.mark.parametrize(("content", "message"), BAD.values(), ids=BAD)
def test_what_cannot_be_read_is_refused_with_a_sentence(content: bytes, message: str) -> None:
    with pytest.raises(DossierError) as caught:
        html_form.read("svar.json", content)
    assert str(caught.value) == message


def test_the_page_itself_is_refused_and_told_what_to_do(documents: dict[str, Document]) -> None:
    with pytest.raises(DossierError) as caught:
        html_form.read("side.html", screen.render(documents["cover-letter"]))
    assert str(caught.value) == (
        "side.html: is the page, not the answers: a page that a browser saves does not hold what was filled in. Press “Save answers” at the top of the page and send the JSON file."
    )


def test_a_record_of_another_revision_is_refused(documents: dict[str, Document]) -> None:
    with pytest.raises(DossierError, match=r"says N-1, revision A, but the record inside is of FP-NO-cover-letter, revision A\."):
        html_form.read("svar.json", minimal(record=packed(documents["cover-letter"].record)))


def test_a_page_without_a_record_sends_none_back(documents: dict[str, Document]) -> None:
    page = screen.render(replace(documents["cover-letter"], with_record=False)).decode()
    assert html_form.read("svar.json", minimal(record="")).issued is None
    assert '"record": ""' in page


def test_broken_files_raise_dossiererror_and_nothing_else(documents: dict[str, Document]) -> None:
    chance = random.Random(7)
    seed = minimal(document={"number": documents["cover-letter"].number, "revision": "A"}, record=packed(documents["cover-letter"].record))
    for number in range(3_000):
        spoiled = bytearray(seed if number % 4 == 0 else minimal(record=packed(b"{}")))
        for _ in range(chance.choice((1, 1, 5, 40))):
            spoiled[chance.randrange(len(spoiled))] = chance.choice(b'{}[]":,\\u0019truefalsnE\xff\x00') if chance.random() < 0.7 else chance.randrange(256)
        content = bytes(spoiled[: chance.randrange(len(spoiled))] if number % 3 == 0 else spoiled)
        try:
            html_form.read("svar.json", content)
        except DossierError:
            continue
