"""Batch export on odd days: folders shared with other commands, old files, readers that go away, names that clash, full disks."""
from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from dossier import output, plan, workers
from dossier.assemble import Order, Workspace
from dossier.cli import main
from dossier.output import File, Folder
from dossier.plan import Wish

from .conftest import DAY, ROOT

ECG = ROOT / "samples" / "ecg-patch"
ON = ("--date", "2026-11-24", "-l", "en")


@pytest.fixture
def product(tmp_path: Path) -> Path:
    shutil.copytree(ECG, tmp_path / "ecg")
    return tmp_path / "ecg"


def build(*arguments: object) -> int:
    return main(["build", *map(str, arguments), *ON])


def edit(product: Path, *changes: tuple[str, str]) -> None:
    text = (product / "product.yaml").read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (product / "product.yaml").write_text(text, "utf-8")


def test_a_comparison_and_a_build_share_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["compare", str(ECG), "-m", "no,se", "-f", "docx", "--date", "2026-11-24", "-o", str(out)]) == 0
    assert build(ECG, "-m", "no", "-d", "cover-letter", "-f", "docx", "-o", out) == 0
    page = (out / "index.html").read_text("utf-8")
    assert "All markets" in page
    assert set(re.findall(r'href="([^"]+\.docx)"', page)) == {path.relative_to(out).as_posix() for path in out.rglob("*.docx")}
    assert main(["verify", str(out)]) == 0
    held = Folder(out)
    try:
        assert main(["compare", str(ECG), "-m", "no,se", "-f", "docx", "-o", str(out)]) == 2
    finally:
        held.close()
    assert "another build is writing here" in capsys.readouterr().err


def test_entries_of_an_older_version_do_not_stop_the_index(tmp_path: Path) -> None:
    about = {"product": "old", "markets": ["no"], "document": {"kind": "market-comparison", "number": "1", "revision": "A", "locale": "en", "format": "docx"}}
    output.write(tmp_path, [File("old/x.docx", b"x", about)])
    assert build(ECG, "-m", "no", "-d", "cover-letter", "-f", "docx", "-o", tmp_path) == 0
    assert 'href="old/x.docx"' in (tmp_path / "index.html").read_text("utf-8")


def test_a_picture_beside_the_style_sheet_is_part_of_the_look(tmp_path: Path) -> None:
    shared = tmp_path / "home" / "templates" / "_shared"
    shared.mkdir(parents=True)
    (shared / "style.css").write_text('@page { @top-right { content: url(logo.svg) } }', "utf-8")
    logo = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="10" height="10" fill="{}"/></svg>'
    (shared / "logo.svg").write_text(logo.format("red"), "utf-8")
    arguments = (ECG, "-m", "no", "-d", "cover-letter", "-f", "pdf,docx", "--home", tmp_path / "home", "-o", tmp_path / "out")
    assert build(*arguments) == 0
    before = {path.suffix: path.read_bytes() for path in (tmp_path / "out" / "ecg-patch" / "no").iterdir()}
    (shared / "logo.svg").write_text(logo.format("blue"), "utf-8")
    assert build(*arguments) == 0
    after = {path.suffix: path.read_bytes() for path in (tmp_path / "out" / "ecg-patch" / "no").iterdir()}
    assert before[".pdf"] != after[".pdf"]
    assert before[".docx"] == after[".docx"]


def test_a_folder_built_with_different_options_is_rebuilt_with_them(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert build(ECG, "-m", "no", "-d", "cover-letter", "-f", "docx", "--no-record", "-o", out) == 0
    assert build(ECG, "-m", "no", "-d", "disclosure-note", "-f", "docx", "-o", out) == 0
    assert main(["verify", str(out), "--rebuild", str(ECG)]) == 0


def test_evidence_files_of_one_name_are_all_packed(product: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = re.findall(r"file: (evidence/FP-LAB-(?:nb|en)-\S+\.pdf)", (product / "product.yaml").read_text("utf-8"))
    for locale, name in zip(("nb", "en"), sorted(names, key=lambda name: "-en-" in name), strict=True):
        (product / "evidence" / locale).mkdir()
        shutil.move(product / name, product / "evidence" / locale / "label.pdf")
        edit(product, (name, f"evidence/{locale}/label.pdf"))
    out = tmp_path / "out"
    assert build(product, "-m", "no", "-d", "cover-letter", "-f", "docx,zip", "--with-evidence", "-o", out) == 0
    (archive,) = out.rglob("*.zip")
    assert sum("label.pdf" in name for name in zipfile.ZipFile(archive).namelist()) == 2
    shutil.copy(product / "evidence" / "nb" / "label.pdf", product / "nb-label.pdf")
    (product / "nb").mkdir()
    shutil.copy(product / "evidence" / "nb" / "label.pdf", product / "nb" / "label.pdf")
    edit(product, ("evidence/en/label.pdf", "nb/label.pdf"))
    assert build(product, "-m", "no", "-d", "cover-letter", "-f", "docx", "--with-evidence", "-o", tmp_path / "again") == 2
    assert not (tmp_path / "again").exists()
    assert 'the copy of "nb/label.pdf" would take the place of the copy of another file, evidence/nb/label.pdf' in capsys.readouterr().err


def test_a_build_ends_whole_when_nobody_reads_what_it_says(tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "dossier", "build", str(ECG), "-m", "no", "-d", "cover-letter,disclosure-note", "-f", "docx", "--json", "-o", str(out), *ON]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(120) == 0
    assert len(list(out.rglob("*.docx"))) == 2
    assert (out / "manifest.json").is_file()
    assert not (out / output.JOURNAL).exists()


def test_files_of_the_user_stay_whatever_they_are_called(tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "keep").mkdir(parents=True)
    (out / "keep" / ".dossier-settings.yaml").write_text("x")
    (out / ".dossier-notes").mkdir()
    (out / "keep" / f"{output.TEMPORARY}abcd1234{output.PART}").write_text("half")
    (out / "other").mkdir()
    (out / "other" / output.LOCK).write_text("another run")
    (out / "other" / f"{output.TEMPORARY}abcd1234{output.PART}").write_text("being written")
    assert build(ECG, "-m", "no", "-d", "cover-letter", "-f", "docx", "-o", out) == 0
    assert (out / "keep" / ".dossier-settings.yaml").is_file()
    assert (out / ".dossier-notes").is_dir()
    assert not list((out / "keep").glob(f"*{output.PART}"))
    assert list((out / "other").glob(f"*{output.PART}"))


def test_an_archive_and_the_index_tell_of_this_issue(product: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = (product, "-m", "no", "-d", "cover-letter,labelling-checklist", "-f", "docx,zip", "-o", out)
    assert build(*arguments) == 0
    edit(product, ("  revision: A\n  date: 2026-11-20\n", "  revision: B\n  date: 2026-11-20\n"))
    assert build(*arguments) == 0
    (archive,) = out.rglob("*.zip")
    assert {name.rsplit("_", 1)[1] for name in zipfile.ZipFile(archive).namelist() if name.endswith(".docx")} == {"rB.docx"}
    page = (out / "index.html").read_text("utf-8")
    assert "en, rev. A, " in page
    assert "en, rev. B, " in page


def test_the_gaps_of_the_index_are_those_of_the_last_run(product: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert build(product, "-m", "no", "-d", "cover-letter,labelling-checklist", "-f", "docx", "-o", out) == 0
    counted = {entry["gaps"]["findings"] for entry in output.entries(out / "manifest.json").values() if "gaps" in entry}
    (product / "evidence").rename(product / "elsewhere")
    assert build(product, "-m", "no", "-d", "labelling-checklist", "-f", "docx", "-o", out) == 0
    now = next(entry["gaps"]["findings"] for entry in output.entries(out / "manifest.json").values() if "labelling" in entry["path"])
    assert {now} != counted
    assert f'<span class="gaps">{now}</span>' in (out / "index.html").read_text("utf-8")


def test_an_archive_is_made_for_whom_it_was_asked(workspace: Workspace) -> None:
    made = plan.make([Wish((ECG,), Order(("no",), DAY, DAY, ("cover-letter",), ("docx", "zip"))), Wish((ECG,), Order(("se",), DAY, DAY, ("cover-letter",), ("docx",)))], workspace)
    assert made.packed == {("ecg-patch", "no")}
    assert {task.formats for task in made.tasks} == {("docx",)}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit of file size to set")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_full_disk_is_named_and_leaves_no_lock(tmp_path: Path) -> None:
    code = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); from dossier.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "build", str(ECG), "-m", "no", "-d", "cover-letter", "-f", "docx", "-o", str(tmp_path / "out"), *ON]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert "cannot be written: file too large" in done.stderr
    assert "internal error" not in done.stderr
    assert not (tmp_path / "out" / output.LOCK).exists()


def test_a_journal_whose_last_line_was_cut_goes_on_in_a_line_of_its_own(tmp_path: Path) -> None:
    with Folder(tmp_path) as folder:
        folder.add(File("a.txt", b"a", {}))
    with (tmp_path / output.JOURNAL).open("ab") as stream:
        stream.write(b'{"path": "cut')
    with Folder(tmp_path) as folder:
        folder.add(File("b.txt", b"b", {}))
    with Folder(tmp_path) as folder:
        assert set(folder.entries) == {"a.txt", "b.txt"}


def _nothing() -> int:
    return 0


def _late(state: int, task: int) -> int:
    if task < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.01)
    return task


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_workers_that_die_in_their_first_task_cost_these_tasks_only() -> None:
    pool: workers.Pool[int, int, int] = workers.Pool(3, _nothing, _late)
    try:
        outcomes = list(pool.run([-1, -2, -3, -4, -5, 1, 2, 3]))
    finally:
        pool.close()
    assert {outcome.task for outcome in outcomes if outcome.reason} == {-1, -2, -3, -4, -5}
    assert {outcome.result for outcome in outcomes if not outcome.reason} == {1, 2, 3}


def test_a_template_that_never_ends_costs_its_document_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "home" / "templates" / "cover-letter"
    folder.mkdir(parents=True)
    (folder / "body.html.j2").write_text('{% include "cover-letter/body.html.j2" %}', "utf-8")
    assert build(ECG, "-m", "no", "-d", "cover-letter,disclosure-note", "-f", "docx", "--home", tmp_path / "home", "-o", tmp_path / "out") == 3
    assert "not made: ecg-patch no cover-letter" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "out").rglob("*.docx")] == ["NO_disclosure-note_ecg-patch_en_rA.docx"]


def test_product_ids_that_clash_are_refused(product: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (product / "variant.yaml").write_text((product / "product.yaml").read_text("utf-8").replace("name: Fjordpuls Patch", "name: Variant"), "utf-8")
    assert build(product / "product.yaml", product / "variant.yaml", "-m", "no", "-d", "cover-letter", "-f", "docx", "-o", tmp_path / "out") == 2
    assert 'has the id "ecg-patch" too' in capsys.readouterr().err
    assert build(product, product / "product.yaml", "-m", "no", "-d", "cover-letter", "-f", "docx", "-o", tmp_path / "out") == 0
    edit(product, ("id: ecg-patch\n", "id: Index.html\n"))
    assert build(product, "-m", "no", "-d", "cover-letter", "-f", "docx", "-o", tmp_path / "out2") == 2
    assert 'the output folder has a file called "Index.html"' in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [("P", "-o", "x" * 300), ("x" * 300, "-o", "out")])
def test_a_path_that_the_system_does_not_take_is_named(arguments: tuple[str, ...], product: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    product.rename(tmp_path / "P")
    assert build(*arguments, "-m", "no", "-d", "cover-letter", "-f", "docx") == 2
    told = capsys.readouterr().err
    assert "x" * 300 in told
    assert "internal error" not in told


def test_odd_names_on_disk_are_no_fault_of_ours(product: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (product / "reviews" / "no" / "cover-letter.jsonl").mkdir(parents=True)
    home = tmp_path / "home" / "templates"
    home.mkdir(parents=True)
    if sys.platform == "linux":
        (Path(os.fsdecode(os.fsencode(home) + b"/caf\xe9.txt"))).write_text("x")
    edit(product, ("file: evidence/FP-LAB-en", "file: evidence/" + "y" * 300 + "FP-LAB-en"))
    assert build(product, "-m", "no", "-d", "cover-letter", "-f", "docx", "--home", tmp_path / "home", "-o", tmp_path / "out") in (0, 2)
    assert "internal error" not in capsys.readouterr().err




def test_the_index_is_the_same_however_often_and_in_which_order_its_files_were_made(tmp_path: Path) -> None:
    arguments = (ECG, "-m", "no,se", "-d", "cover-letter,disclosure-note", "-f", "json,docx,html", "-o")
    assert build(*arguments, tmp_path / "once") == 0
    page = (tmp_path / "once" / "index.html").read_bytes()
    assert build(*arguments, tmp_path / "once") == 0
    assert (tmp_path / "once" / "index.html").read_bytes() == page
    assert build(ECG, "-m", "se", "-d", "disclosure-note", "-f", "html", "-o", tmp_path / "bits") == 0
    assert build(*arguments, tmp_path / "bits") == 0
    assert (tmp_path / "bits" / "index.html").read_bytes() == page
