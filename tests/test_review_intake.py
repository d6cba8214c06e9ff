"""Reading reviewed files in, from the command line: what is merged, refused, quoted; and the next issue that carries it."""
from __future__ import annotations

import base64
import datetime as dt
import io
import json
import re
import shutil
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pytest
from lxml import etree

from dossier import assemble
from dossier.assemble import Order, Workspace
from dossier.cli import main
from dossier.errors import DossierError
from dossier.review import ledger, readers
from dossier.review.intake import Choices, intake

from . import word_files as files
from .conftest import DAY, ROOT
from .word_files import changed, choose, control_of, fill, pick, run

NUMBER = "FP-NO-labelling-checklist"


@pytest.fixture(scope="module")
def issue(workspace: Workspace) -> dict[str, bytes]:
    """The labelling checklist of the first sample in every format that can be filled in."""
    order = Order(("no",), DAY, DAY, ("labelling-checklist",), ("docx", "xlsx", "html", "json", "pdf"), fillable=True)
    return {each.file.about["document"]["format"]: each.file.content for each in assemble.build([ROOT / "samples" / "ecg-patch"], order, workspace).built}


@pytest.fixture
def product(tmp_path: Path) -> Path:
    folder = tmp_path / "product"
    shutil.copytree(ROOT / "samples" / "ecg-patch", folder)
    return folder


def answered(reviewer: str, **statuses: str) -> Callable[[Any], None]:
    """Fills the file in as `reviewer`; the keywords are rows, with __ for a dot, and the label chosen."""
    def fill_in(root: Any) -> None:
        fill(root, "document/reviewer", run(reviewer))
        pick(root, "document/review-date", "2026-11-25", "25.11.2026")
        for row, label in statuses.items():
            choose(root, f"{row.replace('__', '.')}/status", label)

    return fill_in


def saved(folder: Path, name: str, content: bytes) -> str:
    path = folder / name
    path.write_bytes(content)
    return str(path)


def said(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    return captured.out + captured.err


def record(product: Path) -> ledger.Ledger:
    return ledger.read(product, "no", "labelling-checklist")


def test_two_reviewers_one_planted_conflict_and_the_next_issue(issue: dict[str, bytes], product: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], workspace: Workspace) -> None:
    def write(root: Any) -> None:
        answered("Kari Ås", no__mdreg__6="Oppfylt", no__mdreg__13="Ikke aktuelt")(root)
        fill(root, "no.mdreg.13/comment", run("Ikke implantat."))

    one = saved(tmp_path, "kari.docx", changed(issue["docx"], write, files.WITH_COMMENTS))
    two = saved(tmp_path, "ola.docx", changed(issue["docx"], answered("Ola Li", no__mdreg__6="Delvis oppfylt", no__nynorsk="Oppfylt")))
    assert main(["review", "read", one, two, "--into", str(product), "-o", str(tmp_path / "report")]) == 1
    out = said(capsys)
    assert "conflict: no.mdreg.6, status; not entered until it is settled:" in out
    assert "kari.docx, Kari Ås, 2026-11-25: fulfilled" in out
    assert "ola.docx, Ola Li, 2026-11-25: partly" in out
    assert {path.suffix for path in (tmp_path / "report").iterdir()} == {".docx", ".pdf"}
    values = {name: value for name, value in record(product).values.items() if not name.startswith("document/")}
    assert values == {"no.mdreg.13/status": "not-applicable", "no.mdreg.13/comment": "Ikke implantat.", "no.nynorsk/status": "fulfilled"}

    assert main(["review", "read", one, two, "--into", str(product), "--prefer", "Kari Ås"]) == 0
    assert "settled: no.mdreg.6, status:\n  counts: kari.docx, Kari Ås, 2026-11-25: fulfilled\n  not taken: ola.docx, Ola Li, 2026-11-25: partly\n" in said(capsys)
    assert record(product).values["no.mdreg.6/status"] == "fulfilled"
    (word, pdf) = (each for each in assemble.build([product], Order(("no",), DAY, DAY, ("labelling-checklist",)), Workspace()).built)
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf.file.content)).pages)
    assert re.search(r"Ola\s+Li,\s+25\.11\.2026", text)
    assert "Gjennomgangslogg" in text
    assert control_of(etree.fromstring(zipfile.ZipFile(io.BytesIO(word.file.content)).read("word/document.xml")), "no.mdreg.6/status").findtext(f".//{files.W}t") == "Oppfylt"
    assert "reviews/no/labelling-checklist.jsonl" in word.file.about["inputs"]
    again = ledger.Ledger(tuple(record(product).entries))
    assert again.values == record(product).values


def test_a_name_that_nobody_bears_settles_nothing_and_is_told(issue: dict[str, bytes], product: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = saved(tmp_path, "kari.docx", changed(issue["docx"], answered("Kari Ås", no__mdreg__6="Oppfylt")))
    two = saved(tmp_path, "ola.docx", changed(issue["docx"], answered("Ola Li", no__mdreg__6="Delvis oppfylt")))
    assert main(["review", "read", one, two, "--into", str(product), "--prefer", "Kari Aas"]) == 2
    out = said(capsys)
    assert '"Kari Aas" is neither a reviewer nor a file.' in out
    assert 'Did you mean "Kari Ås"? Known: Kari Ås, kari.docx, Ola Li, ola.docx, record.' in " ".join(out.split())
    assert not (product / "reviews").exists()
    for name in ("Kari Ås", "kari.docx", "record"):
        assert main(["review", "read", one, two, "--into", str(product), "--prefer", name, "--dry-run"]) == (1 if name == "record" else 0)
    assert main(["review", "read", one, "--into", str(product)]) == 0
    assert main(["review", "read", two, "--into", str(product), "--prefer", "Kari Ås"]) == 0


def test_what_lost_a_settled_conflict_does_not_come_up_again(issue: dict[str, bytes], product: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = saved(tmp_path, "kari.docx", changed(issue["docx"], answered("Kari Ås", no__mdreg__6="Oppfylt")))
    two = saved(tmp_path, "ola.docx", changed(issue["docx"], answered("Ola Li", no__mdreg__6="Delvis oppfylt", no__nynorsk="Oppfylt")))
    assert main(["review", "read", one, two, "--into", str(product), "--prefer", "Kari Ås"]) == 0
    assert [(entry.reviewer, entry.value) for entry in record(product).entries if entry.field == "no.mdreg.6/status"] == [("Ola Li", "partly"), ("Kari Ås", "fulfilled")]
    assert record(product).values["no.mdreg.6/status"] == "fulfilled"
    said(capsys)
    assert main(["review", "read", two, "--into", str(product)]) == 0
    out = said(capsys)
    assert "note: This very file was read in before; it brings nothing new." in out
    assert "Status: no.mdreg.6: this answer was read in before and does not count: “Delvis oppfylt”. Another counts: “Oppfylt”." in " ".join(out.split())
    assert "conflict" not in out
    assert "Nothing new to enter" in out


def test_a_dry_run_writes_nothing(issue: dict[str, bytes], product: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = saved(tmp_path, "kari.docx", changed(issue["docx"], answered("Kari", no__mdreg__6="Oppfylt")))
    assert main(["review", "read", one, "--into", str(product), "--dry-run"]) == 0
    assert "1 changed answer would be entered in the review record (--dry-run: nothing was written)." in said(capsys)
    assert not (product / "reviews").exists()


def test_all_answers_and_signed_names_change_the_state(issue: dict[str, bytes], product: Path, tmp_path: Path) -> None:
    def everything(signed: bool) -> Callable[[Any], None]:
        def fill_in(root: Any) -> None:
            answered("Kari")(root)
            for control in list(root.iter(f"{files.W}sdt")):
                tag = control.find(f"{files.W}sdtPr/{files.W}tag").get(f"{files.W}val")
                if tag.endswith("/status"):
                    choose(root, tag, "Oppfylt")
                elif signed and re.fullmatch(r"document/approved-\d", tag):
                    fill(root, tag, run("Ola"))
                    pick(root, f"{tag}-date", "2026-11-26", "26.11.2026")

        return fill_in

    for signed, mark in ((False, "Gjennomgått"), (True, "Godkjent")):
        file = saved(tmp_path, f"{mark}.docx", changed(issue["docx"], everything(signed)))
        assert main(["review", "read", file, "--into", str(product)]) == 0
        (built,) = assemble.build([product], Order(("no",), DAY, DAY, ("labelling-checklist",), ("json",)), Workspace()).built
        assert built.document.mark == mark


def test_json_says_everything_for_programs(issue: dict[str, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = saved(tmp_path, "kari.docx", changed(issue["docx"], answered("Kari", no__mdreg__6="Ikke aktuelt")))
    assert main(["review", "read", one, "--json"]) == 1
    (part,) = json.loads(capsys.readouterr().out)
    assert part["document"]["number"] == NUMBER
    assert part["files"][0]["answers"]["no.mdreg.6/status"] == "not-applicable"
    assert [finding["message"] for finding in part["files"][0]["findings"]] == ["Status: no.mdreg.6 says “Ikke aktuelt” and the comment gives no reason."]


# --- every format -----------------------------------------------------------------------------------------------------


def filled_pdf(content: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for name, value in (("document/reviewer", "Kari"), ("no.mdreg.6/status", "fulfilled"), ("no.mdreg.6/comment", "fra PDF")):
            field = next(node for node in pdf.objects if isinstance(node, pikepdf.Dictionary) and "/TU" in node and full_name(node) == name)
            field.V = pikepdf.String(value)
        buffer = io.BytesIO()
        pdf.save(buffer)
    return buffer.getvalue()


def full_name(field: Any) -> str:
    parts = []
    while field is not None:
        parts.append(str(field.get("/T", "")))
        field = field.get("/Parent")
    return ".".join(part for part in reversed(parts) if part)


def test_a_pdf_and_an_answers_file_go_the_same_way(issue: dict[str, bytes], product: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pdf = saved(tmp_path, "kari.pdf", filled_pdf(issue["pdf"]))
    saved_page = {
        "schema": "urn:dossier:answers:1", "document": {"number": NUMBER, "revision": "A", "kind": "labelling-checklist", "locale": "nb"}, "product": "ecg-patch", "market": "no", "data": "2026.11.0",
        "saved": "2026-11-25T10:00:00Z", "answers": {"document/reviewer": "Ola", "document/review-date": "2026-11-25", "no.nynorsk/comment": "fra siden\nto linjer"},
    }
    page = saved(tmp_path, "ola.json", json.dumps(saved_page).encode())
    main(["review", "read", pdf, page, "--into", str(product)])
    values = record(product).values
    assert values["no.mdreg.6/status"] == "fulfilled"
    assert values["no.mdreg.6/comment"] == "fra PDF"
    assert values["no.nynorsk/comment"] == "fra siden\nto linjer"
    assert record(product).answers["no.nynorsk/comment"].reviewer == "Ola"
    assert "no.nynorsk" in said(capsys)


# --- refused ----------------------------------------------------------------------------------------------------------


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["review", "read", *arguments]) == 2
    return capsys.readouterr().err.strip()


def other(issue: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    """The file with another record inside."""
    with zipfile.ZipFile(io.BytesIO(issue)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    text = parts["customXml/item1.xml"].decode()
    start, end = text.index("{"), text.rindex("}") + 1
    unescaped = text[start:end].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    data = json.loads(unescaped)
    change(data)
    inner = json.dumps(data, ensure_ascii=False).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return files.zipped({**parts, "customXml/item1.xml": (text[:start] + inner + text[end:]).encode()})


def set_in(*path: str, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        for step in path[:-1]:
            data = data[step]
        data[path[-1]] = to

    return change


ODD: dict[str, Callable[[dict[str, Any]], object]] = {
    "market without date": lambda data: data["market"].pop("date"),
    "no day": set_in("market", "date", to="x"),
    "number too large": lambda data: data["lines"].append(["x", "", float("1e400"), []]),
    "locale no text": set_in("document", "locale", to=5),
    "locale unknown": set_in("document", "locale", to="zz"),
    "locale no name": set_in("document", "locale", to="\0"),
    "number no text": set_in("document", "number", to=[]),
    "revision no text": set_in("document", "revision", to={}),
    "product no text": set_in("product", "id", to=None),
    "manufacturer no text": set_in("product", "manufacturer", to=3),
    "row without id": set_in("rows", to=[{}]),
    "row no object": set_in("rows", to=[1]),
    "row with a text for all": set_in("rows", to=[{"id": "a", "text": "b"}]),
    "row with evidence that is none": set_in("rows", to=[{"id": "a", "evidence": 1}]),
    "no rows": lambda data: data.pop("rows"),
    "no register": lambda data: data.pop("register"),
    "register without id": set_in("register", to=[{"number": "1"}]),
    "choice no text": set_in("lists", to=[[[["a"], "b"]]] * 20),
    "half a character": set_in("data", to="\ud83d"),
}  # fmt: skip


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_a_record_in_another_shape_is_refused_beside_the_other_faults(odd: Callable[[dict[str, Any]], None], issue: dict[str, bytes], product: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads(issue["json"])
    odd(data)
    page = {"schema": "urn:dossier:answers:1", "document": {"number": NUMBER, "revision": "A"}, "answers": {}, "record": base64.b64encode(zlib.compress(json.dumps(data).encode())).decode()}
    if data["document"]["number"] == [] or data["document"]["revision"] == {}:
        page["document"] = {"number": "x", "revision": "y"}
    bad = saved(tmp_path, "skjev.json", json.dumps(page).encode())
    for arguments in ([bad], [bad, "--into", str(product)]):
        told = refused([*arguments, str(tmp_path / "borte.docx")], capsys)
        assert "skjev.json: " in told
        assert "borte.docx: cannot be read" in told
    raw = saved(tmp_path, "skjev-utgave.json", json.dumps(data).encode())
    assert main(["review", "compare", saved(tmp_path, "sett.json", issue["json"]), raw, "-o", str(tmp_path / "report"), "-f", "json"]) == 2


def test_a_register_that_says_little_is_compared(issue: dict[str, bytes], tmp_path: Path) -> None:
    data = json.loads(issue["json"])
    data["register"] = [{"id": entry["id"]} for entry in data["register"]][1:]
    old, new = saved(tmp_path, "old.json", issue["json"]), saved(tmp_path, "new.json", json.dumps(data).encode())
    assert main(["review", "compare", old, new]) == 0
    assert main(["review", "compare", new, old]) == 0


def test_a_file_of_another_product_is_refused_and_the_record_untouched(issue: dict[str, bytes], product: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = saved(tmp_path, "kari.docx", changed(issue["docx"], answered("Kari", no__mdreg__6="Oppfylt")))
    bad = saved(tmp_path, "fremmed.docx", other(issue["docx"], set_in("product", "id", to="insulin-advisor")))
    assert refused([good, bad, "--into", str(product)], capsys) == f'fremmed.docx: was made for the product "insulin-advisor", not for "ecg-patch" ({product / "product.yaml"}). Give the folder of its own product with --into.'
    assert not (product / "reviews").exists()


def test_a_file_of_another_document_is_refused(issue: dict[str, bytes], product: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = saved(tmp_path, "annet.docx", other(issue["docx"], set_in("document", "number", to="ZZ-9")))
    told = refused([bad, "--into", str(product)], capsys)
    assert told.startswith("annet.docx: is the document ZZ-9, which the product file does not know. The product's documents are FP-NO-")
    mixed = saved(tmp_path, "blandet.docx", other(issue["docx"], set_in("document", "number", to="FP-NO-cover-letter")))
    assert refused([mixed, "--into", str(product)], capsys) == 'blandet.docx: carries the number of cover-letter, but the record of "labelling-checklist". Ask for the reviewer\'s file again, as they saved it.'


def test_another_revision_needs_force(issue: dict[str, bytes], product: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = saved(tmp_path, "kari.docx", changed(issue["docx"], answered("Kari", no__mdreg__6="Oppfylt")))
    text = (product / "product.yaml").read_text("utf-8")
    (product / "product.yaml").write_text(re.sub(r"(?m)^  revision: A$", "  revision: B", text, count=1), "utf-8")
    assert refused([file, "--into", str(product)], capsys) == (
        f"kari.docx: was made for {NUMBER}, revision A; the product file stands at revision B. Read it with --force to take the answers over to the new revision; rows whose text has changed are then named."
    )
    assert main(["review", "read", file, "--into", str(product), "--force"]) == 1
    assert "The file was made for revision A; its answers are taken over to revision B." in said(capsys)
    assert record(product).values["no.mdreg.6/status"] == "fulfilled"


def test_changed_requirement_text_is_named(issue: dict[str, bytes], product: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def reword(data: dict[str, Any]) -> None:
        next(row for row in data["rows"] if row["id"] == "no.mdreg.6")["text"]["nb"] = "En annen tekst."
        data["data"] = "2026.10.0"

    file = saved(tmp_path, "kari.docx", changed(other(issue["docx"], reword), answered("Kari", no__mdreg__6="Oppfylt")))
    assert main(["review", "read", file, "--into", str(product)]) == 1
    told = said(capsys)
    assert "The text of no.mdreg.6 has changed since this issue; check whether the answer still holds." in told
    assert "The file was made with requirement data 2026.10.0; the data are now " in told


def test_no_reviewer_is_a_finding_and_can_be_given(issue: dict[str, bytes], product: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = saved(tmp_path, "uten.docx", changed(issue["docx"], lambda root: choose(root, "no.mdreg.6/status", "Oppfylt")))
    assert main(["review", "read", file, "--into", str(product), "--dry-run"]) == 1
    assert "The file names no reviewer." in said(capsys)
    assert main(["review", "read", file, "--into", str(product), "--reviewer", "Kari", "--reviewed", "2026-11-20"]) == 0
    assert (record(product).answers["no.mdreg.6/status"].reviewer, record(product).answers["no.mdreg.6/status"].date) == ("Kari", "2026-11-20")


def test_the_same_file_twice_and_missing_files_are_named_together(issue: dict[str, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = saved(tmp_path, "a.docx", issue["docx"]), saved(tmp_path, "b.docx", issue["docx"])
    told = refused([one, two, str(tmp_path / "borte.docx")], capsys)
    assert "b.docx: is the same file as a.docx. Give each reviewer's file once." in told
    assert "borte.docx: cannot be read: no such file or directory. Check the path." in told
    assert "2 problems" in told


def test_a_file_without_record_needs_the_product(workspace: Workspace, product: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", f"{dt.datetime.combine(DAY, dt.time(), dt.UTC).timestamp():.0f}")
    order = Order(("no",), DAY, DAY, ("labelling-checklist",), ("docx",), record=False)
    (built,) = assemble.build([product], order, workspace).built
    file = saved(tmp_path, "uten.docx", changed(built.file.content, answered("Kari", no__mdreg__6="Oppfylt")))
    assert refused([file], capsys) == "uten.docx: carries no record of what was issued, so its answers can only be compared with the product. Add --into and the product's folder."
    assert main(["review", "read", file, "--into", str(product)]) == 0
    assert record(product).values["no.mdreg.6/status"] == "fulfilled"


def answers_for(issued: bytes, reviewer: str, status: str, change: Callable[[dict[str, Any]], None] = lambda data: None) -> bytes:
    """Saved answers to the issue, with another record inside."""
    data = json.loads(issued)
    change(data)
    about = {key: data["document"][key] for key in ("number", "revision")}
    record = base64.b64encode(zlib.compress(json.dumps(data).encode())).decode()
    page = {"schema": "urn:dossier:answers:1", "document": about, "answers": {"document/reviewer": reviewer, "document/review-date": "2026-11-25", "no.mdreg.6/status": status}, "record": record}
    return json.dumps(page).encode()


def told_as(number: str, product: str = "ecg-patch", market: str = "no") -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        data["document"]["number"], data["product"]["id"], data["market"]["id"] = number, product, market

    return change


def test_documents_of_two_products_are_told_apart(issue: dict[str, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = saved(tmp_path, "a.json", answers_for(issue["json"], "Kari", "fulfilled"))
    two = saved(tmp_path, "b.json", answers_for(issue["json"], "Ola", "partly", told_as("IA-NO-labelling-checklist", "insulin-advisor")))
    main(["review", "read", one, two, "--json"])
    parts = json.loads(capsys.readouterr().out)
    assert [(part["document"]["product"], len(part["files"]), part["conflicts"]) for part in parts] == [("ecg-patch", 1, []), ("insulin-advisor", 1, [])]


@pytest.mark.parametrize(
    ("others", "names"),
    [
        ([("ecg-patch", "at")], ["no", "at"]),
        ([("insulin-advisor", "no")], ["ecg-patch", "insulin-advisor"]),
        ([("ecg-patch", "at"), ("insulin-advisor", "at")], ["no_ecg-patch", "at_ecg-patch", "at_insulin-advisor"]),
    ],
)
def test_reports_that_share_a_number_are_written_under_names_of_their_own(others: list[tuple[str, str]], names: list[str], issue: dict[str, bytes], tmp_path: Path) -> None:
    paths = [saved(tmp_path, "a.json", answers_for(issue["json"], "Kari", "fulfilled", told_as("TD-100")))]
    paths += [saved(tmp_path, f"{number}.json", answers_for(issue["json"], "Ola", "partly", told_as("TD-100", *other))) for number, other in enumerate(others)]
    main(["review", "read", *paths, "-o", str(tmp_path / "report"), "-f", "json"])
    assert {path.name for path in (tmp_path / "report").iterdir()} == {f"TD-100-findings_rA_nb_{name}.json" for name in names}


def test_a_former_default_number_without_the_market_is_still_known(issue: dict[str, bytes], product: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    former = saved(tmp_path, "a.json", answers_for(issue["json"], "Kari", "fulfilled", told_as("ecg-patch-labelling-checklist")))
    now = saved(tmp_path, "b.json", answers_for(issue["json"], "Ola", "partly"))
    assert main(["review", "read", former, now, "--into", str(product)]) == 1
    assert "conflict: no.mdreg.6, status" in said(capsys)
    main(["review", "read", former, "--into", str(product)])
    assert record(product).values["no.mdreg.6/status"] == "fulfilled"
    foreign = saved(tmp_path, "c.json", answers_for(issue["json"], "Kari", "fulfilled", told_as("ecg-patch-cover-letter")))
    assert "which the product file does not know" in refused([foreign, "--into", str(product)], capsys)


def test_two_issues_are_compared(issue: dict[str, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = saved(tmp_path, "old.docx", issue["docx"])
    new = saved(tmp_path, "new.docx", changed(other(issue["docx"], set_in("document", "revision", to="B")), answered("Kari", no__mdreg__6="Oppfylt")))
    assert main(["review", "compare", old, new, "-o", str(tmp_path / "report"), "-f", "docx,pdf"]) == 0
    told = said(capsys)
    assert f"differences between {NUMBER}, revision A and {NUMBER}, revision B" in told
    assert "no.mdreg.6/status" in told
    assert {path.name for path in (tmp_path / "report").iterdir()} == {f"{NUMBER}-changes_rB_nb.docx", f"{NUMBER}-changes_rB_nb.pdf"}
    assert main(["review", "compare", old, saved(tmp_path, "x.docx", other(issue["docx"], set_in("product", "id", to="x")))]) == 2
    assert 'x.docx: is not another issue of old.docx: its product is "x", not "ecg-patch". Compare two issues of one document.' in said(capsys)


def test_words_and_logo_of_the_house_style_in_header_and_footer_are_no_finding(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "samples" / "ecg-patch", tmp_path / "product")
    shared = tmp_path / "home" / "templates" / "_shared"
    shared.mkdir(parents=True)
    with zipfile.ZipFile(ROOT / "templates" / "_shared" / "style.docx") as old, zipfile.ZipFile(shared / "style.docx", "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("word/header"):
                content = content.replace(b"</w:hdr>", b"<w:p><w:r><w:t>House Confidential</w:t></w:r><w:r><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:imagedata/></v:shape></w:pict></w:r></w:p></w:hdr>")
            new.writestr(name, content)
    home = ["--home", str(tmp_path / "home")]
    assert main(["build", str(tmp_path / "product"), "-m", "no", "-d", "labelling-checklist", "-f", "docx", "--date", "2026-11-24", "-o", str(tmp_path / "out"), *home]) == 0
    (made,) = (tmp_path / "out").rglob("*.docx")
    stranger = "".join(str(finding) for part in intake([made], None, Choices(DAY)) for comparison, _ in part.files for finding in comparison.findings)
    assert "House Confidential" in stranger
    assert "A header or footer holds a picture" in stranger
    told = [str(finding) for part in intake([made], None, Choices(DAY), Workspace((tmp_path / "home",))) for comparison, _ in part.files for finding in comparison.findings]
    assert not [sentence for sentence in told if "header or footer" in sentence]


def test_every_format_with_a_record_can_be_compared(tmp_path: Path) -> None:
    order = Order(("no",), DAY, DAY, ("cover-letter",), ("docx", "pdf", "html", "json", "xlsx"), ("nb",))
    result = assemble.build([ROOT / "samples" / "ecg-patch"], order, Workspace())
    paths = assemble.write(result, tmp_path)
    issues = {path.suffix: readers.issue(path) for path in paths if path.suffix in (".docx", ".pdf", ".html", ".json", ".xlsx") and path.name not in ("manifest.json", "index.html")}
    assert set(issues) == {".docx", ".pdf", ".html", ".json", ".xlsx"}
    assert {each.identity for each in issues.values()} == {issues[".docx"].identity}
    assert {each.lines for each in issues.values()} == {issues[".docx"].lines}


def test_a_page_and_a_pdf_that_are_none_of_ours_cannot_be_compared(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<!DOCTYPE html><p>Hei</p>", "utf-8")
    with pytest.raises(DossierError, match="is a web page that dossier did not make"):
        readers.issue(page)
    pdf = tmp_path / "print.pdf"
    with pikepdf.new() as empty:
        empty.add_blank_page()
        empty.save(pdf)
    with pytest.raises(DossierError, match="has no form fields left"):
        readers.issue(pdf)
