"""Batch export: only what changed is made, a failure loses one document, an interrupted run goes on to the same bytes."""
from __future__ import annotations

import errno
import hashlib
import json
import multiprocessing
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dossier import assemble, batch, i18n, making, output, plan, resources
from dossier.assemble import Order, Workspace
from dossier.batch import Event
from dossier.cli import main
from dossier.errors import DossierError
from dossier.making import Made, Maker
from dossier.output import Folder
from dossier.plan import Plan, Task, Wish
from dossier.review.ledger import Ledger

from .conftest import DAY, ROOT

ECG = ROOT / "samples" / "ecg-patch"
LETTERS = ("cover-letter", "disclosure-note")


@pytest.fixture
def product(tmp_path: Path) -> Path:
    shutil.copytree(ECG, tmp_path / "ecg")
    return tmp_path / "ecg"


def planned(products: Sequence[Path], markets: Sequence[str], workspace: Workspace, documents: Sequence[str] = LETTERS, formats: Sequence[str] = ("docx",), locales: Sequence[str] = ("en",)) -> Plan:
    return plan.make([Wish(tuple(products), Order(tuple(markets), DAY, DAY, tuple(documents), tuple(formats), tuple(locales)))], workspace)


def built(made: Plan, out: Path, workspace: Workspace, jobs: int = 0, force: bool = False, tell: Callable[[Event], None] = lambda event: None) -> batch.Summary:
    with Folder(out) as folder:
        summary = batch.run(made, folder, workspace, jobs=jobs, force=force, tell=tell)
        folder.finish()
    return summary


def tree(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*")) if path.is_file()}


# --- the plan ---------------------------------------------------------------------------------------------------------


def test_every_document_is_planned_once_and_the_longest_come_first(workspace: Workspace) -> None:
    wishes = [Wish((ECG,), Order(("nordic",), DAY, DAY, (), ("docx", "pdf"))), Wish((ECG,), Order(("no", "se"), DAY, DAY, ("cover-letter",), ("html",)))]
    made = plan.make(wishes, workspace)
    assert len(made.tasks) == len(set(made.tasks)) == 25
    letter = next(task for task in made.tasks if (task.market, task.document) == ("no", "cover-letter"))
    assert letter.formats == ("docx", "pdf", "html")
    assert made.documents == 52
    assert [task.seconds for task in made.tasks] == sorted((task.seconds for task in made.tasks), reverse=True)


def test_a_market_is_planned_in_its_own_language(workspace: Workspace) -> None:
    made = plan.make([Wish((ECG,), Order(("no", "pl", "fi"), DAY, DAY, ("cover-letter",)))], workspace)
    assert {task.market: task.locale for task in made.tasks} == {"no": "nb", "pl": "en", "fi": "fi"}


def test_the_plan_file_fills_in_what_its_lines_leave_out(tmp_path: Path, workspace: Workspace) -> None:
    shutil.copytree(ECG, tmp_path / "ecg")
    file = tmp_path / "launch.yaml"
    file.write_text("products: [ecg]\nformats: [docx]\ndate: 2026-11-24\nbuilds:\n  - {markets: [no, se], documents: [cover-letter]}\n  - {markets: [is], documents: [disclosure-note], locales: [en]}\n", "utf-8")
    made = plan.make(plan.read(file, None, Order((), DAY, DAY)), workspace)
    assert {(task.market, task.document, task.locale) for task in made.tasks} == {("no", "cover-letter", "nb"), ("se", "cover-letter", "sv"), ("is", "disclosure-note", "en")}


def test_faults_of_a_plan_file_are_named_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "launch.yaml"
    file.write_text("product: [ecg]\nbuilds:\n  - {markets: no}\n", "utf-8")
    assert main(["build", "--plan", str(file)]) == 2
    assert capsys.readouterr().err.splitlines() == [
        f'{file}:1:1: "product" is not a known key. Did you mean "products"?',
        f"{file}:3:15: builds.0.markets: a list is expected here. Write it as [one, two], or one per line with a leading hyphen.",
        "2 problems",
    ]


def test_names_of_a_plan_file_that_stand_for_nothing_are_all_told_with_their_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "launch.yaml"
    file.write_text(f'products: ["{ECG.as_posix()}", nowhere]\nmarkets: [no, xx]\nformats: [docx, pfd, htm]\nbuilds:\n  - {{markets: [yy], documents: [cover-leter]}}\n  - {{locales: [qq]}}\n', "utf-8")
    assert main(["build", "--plan", str(file), "-o", str(tmp_path / "out")]) == 2
    found = capsys.readouterr().err
    for place, name in ((2, "xx"), (3, "pfd"), (3, "htm"), (5, "yy"), (5, "cover-leter"), (6, "qq")):
        assert any(line.startswith(f"{file}:{place}:") and f': "{name}" is not a ' in line for line in found.splitlines()), name
    assert "nowhere: no product.yaml here." in found
    assert "7 problems" in found
    assert not (tmp_path / "out").exists()


def test_two_products_with_one_id_are_refused(tmp_path: Path, workspace: Workspace) -> None:
    for name in ("a", "b"):
        shutil.copytree(ECG, tmp_path / name)
    with pytest.raises(DossierError, match='has the id "ecg-patch" too'):
        planned([tmp_path / "a", tmp_path / "b"], ["no"], workspace)


def test_a_dry_run_counts_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", str(ECG), "-m", "no,se", "-j", "2", "-f", "docx,pdf,zip", "--dry-run", "-o", str(tmp_path / "out")]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[1].split() == ["ecg-patch", "no", *["2"] * 5]
    assert "20 files and 2 archives from 10 documents, about " in printed.err
    assert not (tmp_path / "out").exists()


# --- only what changed ------------------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A user's own folder: data of Sweden and the words of the cover letter, both built on the shipped ones."""
    folder = tmp_path / "home"
    (folder / "jurisdictions" / "se" / "requirements").mkdir(parents=True)
    head = (ROOT / "jurisdictions" / "se" / "jurisdiction.yaml").read_text("utf-8")
    (folder / "jurisdictions" / "se" / "jurisdiction.yaml").write_text(head.replace("extends: [eu-mdr", "extends: [shipped:se, eu-mdr").replace("shipped:se, eu-mdr, eu-ivdr]", "shipped:se]").replace("shipped:se, eu-mdr]", "shipped:se]"), "utf-8")
    shutil.copy(ROOT / "jurisdictions" / "se" / "sources.yaml", folder / "jurisdictions" / "se" / "sources.yaml")
    (folder / "templates" / "cover-letter").mkdir(parents=True)
    (folder / "templates" / "cover-letter" / "nb.po").write_text((ROOT / "templates" / "cover-letter" / "nb.po").read_text("utf-8"), "utf-8")
    return folder


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)} - {"manifest.json"}


def test_exactly_what_depends_on_a_change_is_made_again(tmp_path: Path, product: Path, home: Path) -> None:
    """One after the other: nothing, a jurisdiction, an evidence file, a word of a template, a font."""
    out = tmp_path / "out"

    def again() -> tuple[batch.Summary, set[str]]:
        before = tree(out)
        workspace = Workspace(resources.homes([str(home)]))
        summary = built(planned([product], ["no", "se"], workspace, (*LETTERS, "labelling-checklist"), ("docx", "html"), ("nb",)), out, workspace)
        return summary, changed(before, tree(out))

    first, everything = again()
    assert (first.made, first.cached, len(everything)) == (12, 0, 12)

    second, nothing = again()
    assert (second.made, second.cached, nothing) == (0, 12, set())

    (home / "jurisdictions" / "se" / "requirements" / "label.yaml").write_text(
        "change:\n  - id: se.label\n    reason: {en: A test., nb: En test., nn: Ein test.}\n    source: se-631\n    clause: \"chapter 3, § 1\"\n    set: {title: {en: Label in Swedish, nb: Etikett på svensk, nn: Etikett på svensk}}\n", "utf-8"
    )
    summary, files = again()
    assert files == {f"ecg-patch/se/SE_labelling-checklist_ecg-patch_nb_rA.{extension}" for extension in ("docx", "html")}
    assert (summary.made, summary.cached) == (2, 10)

    (product / "evidence" / "FP-DOC-01-Declaration-of-conformity.pdf").write_bytes((product / "evidence" / "FP-DOC-01-Declaration-of-conformity.pdf").read_bytes() + b"\n% another issue\n")
    summary, files = again()
    assert files == {f"ecg-patch/{market}/{market.upper()}_{name}_ecg-patch_nb_rA.{extension}" for market in ("no", "se") for name in _listing_evidence(product, home) for extension in ("docx", "html")}

    words = home / "templates" / "cover-letter" / "nb.po"
    words.write_text(words.read_text("utf-8").replace('msgstr "Vedlegg"', 'msgstr "Vedlagt"'), "utf-8")
    assert "Vedlagt" in words.read_text("utf-8")
    summary, files = again()
    assert files == {f"ecg-patch/{market}/{market.upper()}_cover-letter_ecg-patch_nb_rA.{extension}" for market in ("no", "se") for extension in ("docx", "html")}
    assert (summary.made, summary.cached) == (4, 8)

    (home / "fonts").mkdir()
    shutil.copy(next((ROOT / "tests" / "data" / "fonts").glob("*.ttf")) if (ROOT / "tests" / "data" / "fonts").is_dir() else ROOT / "templates" / "_shared" / "fonts" / "SourceSans3-It.ttf", home / "fonts" / "Own.ttf")
    summary, files = again()
    assert summary.made + summary.cached == 12
    assert not {path for path in files if path.endswith(".json")}


def _listing_evidence(product: Path, home: Path) -> list[str]:
    """The documents that print fingerprints of evidence files, found by building them with and without the change."""
    workspace = Workspace(resources.homes([str(home)]))
    found = []
    original, now = plan.prepare(ECG), plan.prepare(product)
    for name in (*LETTERS, "labelling-checklist"):
        texts = []
        for each in (original, now):
            checklist = assemble.checklist_of(each.file, "no", DAY, workspace, each.files)
            order = Order((), DAY, DAY)
            texts.append(assemble.document(checklist, workspace.shelf.get(name), i18n.tongue("nb"), order, workspace, Ledger()).data)
        if texts[0] != texts[1]:
            found.append(name)
    assert found, "at least one document names the evidence file"
    return found


def test_a_file_that_was_damaged_or_deleted_is_made_again(tmp_path: Path, workspace: Workspace) -> None:
    made, out = planned([ECG], ["no", "is"], workspace), tmp_path / "out"
    built(made, out, workspace)
    before = tree(out)
    one, other = sorted(out.rglob("*.docx"))[:2]
    one.write_bytes(one.read_bytes()[:-7])
    other.unlink()
    summary = built(made, out, workspace)
    assert (summary.made, summary.cached) == (2, 2)
    assert tree(out) == before


def test_force_makes_everything_again_to_the_same_bytes(tmp_path: Path, workspace: Workspace) -> None:
    made, out = planned([ECG], ["no"], workspace), tmp_path / "out"
    built(made, out, workspace)
    before = tree(out)
    assert built(made, out, workspace, force=True).made == 2
    assert tree(out) == before


def test_workers_make_the_same_bytes_as_one_process(tmp_path: Path, workspace: Workspace) -> None:
    made = planned([ECG], ["no", "se", "us"], workspace, formats=("docx", "json"))
    built(made, tmp_path / "here", workspace)
    built(made, tmp_path / "workers", workspace, jobs=2)
    assert tree(tmp_path / "here") == tree(tmp_path / "workers")


# --- failures ---------------------------------------------------------------------------------------------------------


def test_one_worker_killed_among_forty_documents_loses_one(tmp_path: Path, workspace: Workspace) -> None:
    made, out = planned([ECG], ["no", "se", "dk", "fi", "is", "de", "fr", "at"], workspace, ()), tmp_path / "out"
    assert made.documents == 40
    lost: list[int] = []

    def kill(event: Event) -> None:
        if event.done >= 12 and not lost:
            process = multiprocessing.active_children()[0]
            lost.append(process.pid or 0)
            os.kill(process.pid or 0, signal.SIGKILL)

    summary = built(made, out, workspace, jobs=2, tell=kill)
    assert (summary.made, len(summary.failures)) == (39, 1)
    (failure,) = summary.failures
    assert failure.reason == "its worker was ended by the signal SIGKILL"
    assert len(list(out.rglob("*.docx"))) == 39
    again = built(made, out, workspace, jobs=2)
    assert (again.made, again.cached, again.failures) == (1, 39, ())


def test_a_template_that_fails_for_one_market_costs_its_documents_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home"
    (home / "templates" / "cover-letter").mkdir(parents=True)
    (home / "templates" / "cover-letter" / "body.html.j2").write_text('{% if market_id == "se" %}{{ nothing }}{% endif %}\n{% extends "shipped:cover-letter/body.html.j2" %}\n', "utf-8")
    arguments = ["build", str(ECG), "-m", "no,se,is,dk", "-d", "cover-letter,disclosure-note", "-l", "en", "-f", "docx", "--home", str(home), "-o", str(tmp_path / "out"), "--date", "2026-11-24"]
    assert main(arguments) == 3
    printed = capsys.readouterr().err
    assert "not made: ecg-patch se cover-letter en (docx): " in printed
    assert "7 documents, manifest.json and index.html in " in printed
    assert "1 document could not be made, the same command tries again" in printed
    assert len(list((tmp_path / "out").rglob("*.docx"))) == 7


def test_events_are_one_json_object_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", str(ECG), "-m", "no", "-d", "cover-letter", "-f", "docx", "--json", "-o", str(tmp_path)]) == 0
    made, end = map(json.loads, capsys.readouterr().out.splitlines())
    assert (made["event"], made["market"], made["formats"], made["done"], made["total"]) == ("made", "no", ["docx"], 1, 1)
    assert (end["event"], end["made"], end["failures"]) == ("end", 1, [])
    assert [Path(path).name for path in end["files"]] == ["NO_cover-letter_ecg-patch_nb_rA.docx"]
    assert end["checks"][0]["market"] == "no"


def test_the_last_event_names_archives_and_evidence_files_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["build", str(ECG), "-m", "no", "-d", "cover-letter", "-f", "docx,zip", "--with-evidence", "-o", str(tmp_path)]
    assert main([*arguments, "--json"]) == 0
    told = {Path(path).relative_to(tmp_path).as_posix() for path in json.loads(capsys.readouterr().out.splitlines()[-1])["files"]}
    assert told == {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()} - {"manifest.json", "index.html"}
    assert main(arguments) == 0
    assert capsys.readouterr().err.startswith("1 document, 1 of them unchanged, ")


def test_limits_that_are_asked_for_hold_in_a_small_build_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", str(ECG), "-m", "no", "-d", "dossier-checklist", "-f", "pdf", "--time-limit", "1", "-o", str(tmp_path)]) == 3
    assert "took longer than 1 seconds" in capsys.readouterr().err


# --- interrupted, full, held ------------------------------------------------------------------------------------------


class Canned:
    """Stands in for the maker: documents of known bytes at once, so that an interrupt meets the writing."""

    def __init__(self, *_: object) -> None:
        pass

    def make(self, task: Task) -> tuple[Made, ...]:
        content = random.Random(str(task)).randbytes(30_000)
        about = {"product": task.product, "market": task.market, "law_date": DAY.isoformat(), "document": {"kind": task.document, "locale": task.locale, "revision": "A", "format": "docx", "date": DAY.isoformat()}, "gaps": {"findings": 0}, "made": {"key": "k" + str(task), "model": "m" + str(task)}}
        return (Made(f"{task.product}/{task.market}/{task.document}.docx", content, about),)


@pytest.fixture
def canned(monkeypatch: pytest.MonkeyPatch, workspace: Workspace) -> Plan:
    monkeypatch.setattr(batch, "Maker", Canned)
    monkeypatch.setattr(making.Keys, "of", lambda self, task, extension: "k" + str(task))
    return planned([ECG], ["no", "se", "dk", "fi", "is"], workspace)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # an interrupt between opening a file and keeping it leaves it to the collector
def test_two_hundred_interrupts_leave_no_damaged_file_and_the_next_run_ends_in_the_same_tree(canned: Plan, tmp_path: Path, workspace: Workspace) -> None:
    started = time.perf_counter()
    built(canned, tmp_path / "whole", workspace)
    wanted, length = tree(tmp_path / "whole"), time.perf_counter() - started
    whole = set(wanted.values())
    chance, met = random.Random(20261126), 0
    for number in range(200):
        out = tmp_path / f"out-{number}"
        timer = threading.Timer(chance.uniform(0, length * 1.2), os.kill, (os.getpid(), signal.SIGINT))
        try:
            timer.start()
            built(canned, out, workspace)
            timer.join()
            time.sleep(0)
        except KeyboardInterrupt:
            met += 1
            partial = {path: digest for path, digest in tree(out).items() if not Path(path).name.startswith(".")} if out.exists() else {}
            assert set(partial.values()) <= whole
        timer.cancel()
        built(canned, out, workspace)
        assert tree(out) == wanted
        shutil.rmtree(out)
    assert met > 50, "the interrupts have to meet the run"


FAULTS = {"write": errno.ENOSPC, "fsync": errno.EIO, "replace": errno.EACCES}


@pytest.mark.parametrize("call", FAULTS)
def test_a_fault_at_each_call_keeps_the_old_output_and_the_next_run_mends(call: str, canned: Plan, tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    built(canned, tmp_path / "whole", workspace)
    wanted = tree(tmp_path / "whole")
    calls = sum(1 for _ in canned.tasks) + 1
    for number in range(calls):
        out = tmp_path / f"{call}-{number}"
        with monkeypatch.context() as patch:
            _fail(patch, call, number)
            with pytest.raises(DossierError) as error:
                built(canned, out, workspace)
        (problem,) = error.value.problems
        assert str(problem).startswith(str(out)), "the file is named"
        assert "cannot be written: " in str(problem)
        assert "run the same command again; earlier files are intact" in str(problem)
        assert not list(out.rglob(f"{output.TEMPORARY}*")), "no half-written file is left"
        built(canned, out, workspace)
        assert tree(out) == wanted


def _fail(patch: pytest.MonkeyPatch, call: str, number: int) -> None:
    """Makes the call with this number fail, as a full disk or a file that is open elsewhere does."""
    count = iter(range(10_000))
    real = {"write": os.fdopen, "fsync": os.fsync, "replace": os.replace}[call]

    def failing(*arguments: object, **named: object) -> object:
        if next(count) == number:
            raise OSError(FAULTS[call], os.strerror(FAULTS[call]))
        return real(*arguments, **named)  # type: ignore[operator]

    patch.setattr(os, {"write": "fdopen", "fsync": "fsync", "replace": "replace"}[call], failing)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out").write_text("a file", "utf-8")
    assert main(["build", str(ECG), "-m", "no", "-d", "cover-letter", "-f", "docx", "-o", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == f"{tmp_path / 'out'}: is a file, and a folder is needed there. Choose another folder with -o, or move the file away.\n"


def test_a_second_build_into_the_folder_is_told_who_holds_it(canned: Plan, tmp_path: Path, workspace: Workspace) -> None:
    with Folder(tmp_path), pytest.raises(DossierError) as error:
        Folder(tmp_path)
    assert str(error.value.problems[0]) == f"{tmp_path}: another build is writing here: process {os.getpid()} on {socket.gethostname()}. Wait until it ends, stop it, or choose another folder with -o."
    built(canned, tmp_path, workspace)
    assert not (tmp_path / output.LOCK).exists()


def test_a_real_interrupt_ends_with_130_and_the_same_command_goes_on(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "dossier", "build", str(ECG), "-m", "nordic", "-l", "en", "-f", "docx", "-j", "2", "--date", "2026-11-24", "-o", str(tmp_path / "out")]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    assert process.stderr is not None
    seen = 0
    with process.stderr:
        for line in process.stderr:
            seen += line.startswith("made ")
            if seen == 5:
                process.send_signal(signal.SIGINT)
                break
        said = process.stderr.read()
    assert process.wait() == 130
    assert "the same command" in said
    done = len(list((tmp_path / "out").rglob("*.docx")))
    assert 5 <= done < 25
    finished = subprocess.run([*command, "--json"], cwd=ROOT, capture_output=True, text=True, check=True)
    end = json.loads(finished.stdout.splitlines()[-1])
    assert (end["cached"], end["made"]) == (done, 25 - done)


# --- what is handed over ----------------------------------------------------------------------------------------------


def test_an_archive_holds_the_dossier_in_folders_of_the_table_of_contents(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["build", str(ECG), "-m", "no", "-f", "docx,zip", "-l", "en", "--with-evidence", "--date", "2026-11-24"]
    for name in ("a", "b"):
        assert main([*arguments, "-o", str(tmp_path / name)]) == 0
    (archive,) = (tmp_path / "a").rglob("*.zip")
    assert archive.name == "NO_dossier_ecg-patch_en.zip"
    assert archive.read_bytes() == next((tmp_path / "b").rglob("*.zip")).read_bytes()
    with zipfile.ZipFile(archive) as opened:
        names = opened.namelist()
        manifest = json.loads(opened.read("manifest.json"))
        for entry in manifest["files"]:
            assert hashlib.sha256(opened.read(entry["path"])).hexdigest() == entry["sha256"]
    assert "1-regional-administrative/1.01/NO_cover-letter_ecg-patch_en_rA.docx" in names
    assert "3-non-clinical-evidence/3.03/NO_evidence-index_ecg-patch_en_rA.docx" in names
    assert {entry["path"] for entry in manifest["files"]} == set(names) - {"manifest.json"}
    assert len([entry for entry in manifest["files"] if "evidence" in entry]) == len(list((tmp_path / "a" / "ecg-patch" / "evidence").rglob("*.*")))


def test_the_index_page_leads_to_every_file_and_fetches_nothing(tmp_path: Path) -> None:
    main(["build", str(ECG), "-m", "no,se", "-d", "cover-letter,disclosure-note", "-f", "docx,zip", "-l", "en", "--date", "2026-11-24", "-o", str(tmp_path)])
    page = (tmp_path / "index.html").read_text("utf-8")
    linked = {part.split('"')[0] for part in page.split('href="')[1:]}
    assert linked == {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.suffix in (".docx", ".zip")}
    assert "http" not in page.replace("http-equiv", "")
    assert "Norway (NO)" in page
    assert "Sweden (SE)" in page
    assert '<span class="gaps">5</span>' in page


def test_verify_names_each_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["build", str(ECG), "-m", "no", "-d", "cover-letter,disclosure-note", "-f", "docx,json", "-l", "en", "--date", "2026-11-24", "-o", str(tmp_path)])
    assert main(["verify", str(tmp_path)]) == 0
    assert main(["verify", str(tmp_path), "--rebuild", str(ECG)]) == 0
    capsys.readouterr()
    files = sorted(tmp_path.rglob("NO_*"))
    files[0].write_bytes(b"other")
    files[1].unlink()
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    assert main(["verify", str(tmp_path)]) == 1
    lines = [line.split(" (")[0].split() for line in capsys.readouterr().out.splitlines()]
    assert lines == [["changed", files[0].relative_to(tmp_path).as_posix()], ["missing", files[1].relative_to(tmp_path).as_posix()], ["unknown", "notes.txt"]]


def test_a_rebuild_that_differs_is_told(tmp_path: Path, product: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["build", str(product), "-m", "no", "-d", "cover-letter", "-f", "json", "--date", "2026-11-24", "-o", str(tmp_path / "out")])
    file = product / "product.yaml"
    file.write_text(file.read_text("utf-8").replace("name: Fjordpuls Patch", "name: Fjordpuls Plaster", 1), "utf-8")
    capsys.readouterr()
    assert main(["verify", str(tmp_path / "out"), "--rebuild", str(product)]) == 1
    assert capsys.readouterr().out.startswith("differs     ecg-patch/no/NO_cover-letter_ecg-patch_nb_rA.json (made again: SHA-256 ")


def test_a_rebuild_tells_earlier_issues_and_what_can_no_longer_be_made(tmp_path: Path, product: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, file = tmp_path / "out", product / "product.yaml"
    arguments = ["build", str(product), "-m", "no", "-d", "cover-letter", "-f", "json", "--date", "2026-11-24", "-o", str(out)]
    assert main(arguments) == 0
    file.write_text(file.read_text("utf-8").replace("  revision: A\n  date: 2026-11-20\n", "  revision: B\n  date: 2026-11-20\n"), "utf-8")
    assert main(arguments) == 0
    capsys.readouterr()
    assert main(["verify", str(out), "--rebuild", str(product)]) == 0
    assert capsys.readouterr().out == "not-rebuilt ecg-patch/no/NO_cover-letter_ecg-patch_nb_rA.json (of another issue; the product file now makes ecg-patch/no/NO_cover-letter_ecg-patch_nb_rB.json)\n"
    manifest = out / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace('"market": "no"', '"market": "gone"', 1), "utf-8")
    assert main(["verify", str(out), "--rebuild", str(product)]) == 1
    assert 'NO_cover-letter_ecg-patch_nb_rA.json (cannot be made again: --market: "gone" is not a market or group.' in capsys.readouterr().out


def _damaged(key: str, folder: Path, value: object = None) -> None:
    """A manifest of one whole entry, in which one key is taken away or says something else."""
    said: dict[str, Any] = {"path": "p/x.docx", "sha256": "0" * 64, "size": 1, "product": "p", "market": "no", "law_date": "2026-11-24", "made": {"key": "k", "model": "m"}}
    said["document"] = {"kind": "cover-letter", "locale": "en", "revision": "A", "format": "docx", "date": "2026-11-24"}
    output.entries_of(output.manifest_of({"p/x.docx": said}), "whole")
    *above, last = key.split("/")
    place = said[above[0]] if above else said
    if value is None:
        del place[last]
    else:
        place[last] = value
    (folder / "manifest.json").write_text(json.dumps({"schema": output.SCHEMA, "files": [said]}), "utf-8")


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (lambda folder: None, "no manifest.json here."),
        (lambda folder: (folder / output.JOURNAL).write_text("", "utf-8"), "a build into this folder was interrupted."),
        (lambda folder: (folder / "manifest.json").write_text("{}", "utf-8"), "is not a manifest that dossier wrote."),
        *((partial(_damaged, key), "is not a manifest that dossier wrote.") for key in ("sha256", "size", "product", "market", "law_date", "document", "made/key", "document/kind", "document/date")),
        *((partial(_damaged, key, value=value), "is not a manifest that dossier wrote.") for key, value in (("path", 5), ("path", "/etc/hostname"), ("path", "a/../../b"), ("size", "1"), ("made", "x"), ("law_date", "2026-99-99"), ("document/locale", 1))),
    ],
)
def test_a_folder_that_cannot_be_verified_is_named(prepare: Callable[[Path], object], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prepare(tmp_path)
    assert main(["verify", str(tmp_path)]) == 2
    assert message in capsys.readouterr().err


def test_a_maker_keeps_few_checklists(workspace: Workspace) -> None:
    made = planned([ECG], ["no", "se", "dk", "fi", "is", "de"], workspace)
    maker = Maker(making.Setting(made.products, made.order, ()), workspace)
    for market in ("no", "se", "dk", "fi", "is", "de"):
        maker.checklist("ecg-patch", market)
    assert len(maker._checklists) == making.KEPT
