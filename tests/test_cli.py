"""The command line: exit codes, messages, and what is left on disk when something is wrong."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dossier.cli import main

from .conftest import MINIMAL, ROOT

ECG = ROOT / "samples" / "ecg-patch"


@pytest.fixture(autouse=True)
def fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795478400")  # 2026-11-24
    monkeypatch.delenv("DOSSIER_HOME", raising=False)


def state(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == "dossier 0.1.0\n"


def test_build_writes_documents_and_a_manifest_and_prints_the_gaps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", str(ECG), "-m", "no", "-d", "cover-letter,labelling-checklist", "-f", "docx", "-o", str(tmp_path)]) == 0
    printed = capsys.readouterr()
    assert sorted(state(tmp_path)) == ["ecg-patch/no/NO_cover-letter_ecg-patch_nb_rA.docx", "ecg-patch/no/NO_labelling-checklist_ecg-patch_nb_rA.docx", "index.html", "manifest.json"]
    assert "where to add it" in printed.out
    assert "2 documents, manifest.json and index.html in" in printed.err
    entry = json.loads((tmp_path / "manifest.json").read_text("utf-8"))["files"][0]
    assert entry["data_version"].startswith("2026.")
    assert set(entry["tools"]) == {"dossier", "jinja2", "babel", "python-docx"}
    assert len(entry["inputs"]["product.yaml"]) == 64
    assert str(ROOT) not in json.dumps(entry)


def test_the_same_input_gives_the_same_bytes_wherever_it_is_written(tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert main(["build", str(ECG), "-m", "no", "-d", "cover-letter", "-l", "nb+en", "-o", str(tmp_path / name)]) == 0
    assert state(tmp_path / "one") == state(tmp_path / "two")
    assert len(state(tmp_path / "one")) == 4


def test_strict_ends_with_one_when_there_are_gaps(tmp_path: Path) -> None:
    assert main(["build", str(ECG), "-m", "no", "-d", "cover-letter", "-f", "docx", "-o", str(tmp_path), "--strict"]) == 1


def test_no_record_leaves_the_data_out(tmp_path: Path) -> None:
    main(["build", str(ECG), "-m", "no", "-d", "cover-letter", "-f", "docx", "-o", str(tmp_path), "--no-record"])
    import zipfile

    (file,) = tmp_path.rglob("*.docx")
    assert not [name for name in zipfile.ZipFile(file).namelist() if name.startswith("customXml")]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-m", "nø"], '--market: "nø" is not a market or group.'),
        (["-m", "no", "-d", "cover-leter"], '--document: "cover-leter" is not a document. Did you mean "cover-letter"?'),
        (["-m", "no", "-f", "odt"], '--format: "odt" is not a format. Choose docx, pdf, xlsx, html or json.'),
        (["-m", "no", "-l", "pl"], '--locale: "pl" is not a language the documents exist in. Choose nb, nn, en, sv, da, fi, is, de or fr, or two joined with a plus: nb+en.'),
        (["-m", "no", "--date", "24.11.2026"], '--date: "24.11.2026" is not a day. Write it as year-month-day, for example 2026-11-23.'),
        (["-m", "no", "--date", "2026-02-30"], '--date: "2026-02-30" is not a day.'),
        (["-m", "eu-mdr"], '--market: "eu-mdr" is a legal space, not a market.'),
        (["-m", "no", "--home", "nowhere"], "nowhere: is not a folder."),
    ],
)
def test_wrong_usage_is_a_sentence_and_writes_nothing(arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", str(ECG), *arguments, "-o", str(tmp_path / "out")]) == 2
    printed = capsys.readouterr().err
    assert message in printed
    assert "Traceback" not in printed
    assert not (tmp_path / "out").exists()


def test_an_unknown_option_points_to_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "--colour"]) == 2
    assert "--help" in capsys.readouterr().err


def broken(tmp_path: Path, change: Callable[[str], str]) -> Path:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "product.yaml").write_text(change((ECG / "product.yaml").read_text("utf-8")), "utf-8")
    return folder


def test_unreadable_input_leaves_earlier_output_as_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    main(["build", str(ECG), "-m", "no", "-d", "cover-letter", "-f", "docx", "-o", str(out)])
    before = state(out)
    folder = broken(tmp_path, lambda text: text.replace("regulation: mdr", "regulation: mrd\nregulatoin: mdr"))
    assert main(["build", str(folder), "-m", "no", "-o", str(out)]) == 2
    printed = capsys.readouterr().err
    assert 'regulation: "mrd" is not one of mdr or ivdr. Did you mean "mdr"?' in printed
    assert '"regulatoin" is not a known key. Did you mean "regulation"?' in printed
    assert "2 problems" in printed
    assert state(out) == before


def test_problems_of_several_products_are_named_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "product.yaml").write_text("id: x\n", "utf-8")
    assert main(["build", str(tmp_path / "a"), str(tmp_path / "b"), "-m", "no", "-o", str(tmp_path / "out")]) == 2
    printed = capsys.readouterr().err
    assert f"{tmp_path}/a/product.yaml" in printed
    assert f"{tmp_path}/b/product.yaml" in printed


def test_a_bomb_for_a_product_file_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "product.yaml").write_bytes(b"[" * 1_000_000)
    assert main(["check", str(tmp_path), "-m", "no"]) == 2
    assert "nested more than 64 levels deep" in capsys.readouterr().err


def test_no_product_file_says_how_to_make_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", str(tmp_path), "-m", "no"]) == 2
    assert "no product.yaml here" in capsys.readouterr().err


def test_what_product_yaml_names_must_exist(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = MINIMAL + "evidence:\n  - {id: A, title: T, shows: [LC-99, eu-mdr.23.9, us.524b]}\ndeclarations:\n  eu-mdr.99: {applies: no, reason: x}\n"
    (tmp_path / "product.yaml").write_text(text, "utf-8")
    assert main(["check", str(tmp_path), "-m", "no"]) == 2
    printed = capsys.readouterr().err
    assert 'product.yaml:6:31: A: "LC-99" is neither an evidence kind nor a requirement.' in printed
    assert 'product.yaml:6:38: A: "eu-mdr.23.9" is neither an evidence kind nor a requirement.' in printed
    assert 'product.yaml:8:3: "eu-mdr.99" is neither a requirement nor an evidence kind.' in printed
    assert "us.524b" not in printed


def test_a_declaration_against_the_facts_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "product.yaml").write_text(MINIMAL + "declarations:\n  eu-mdr.23.2.a: {applies: no, reason: we would rather not}\n", "utf-8")
    assert main(["check", str(tmp_path), "-m", "no"]) == 2
    assert '"eu-mdr.23.2.a" is declared not to apply, but the facts of the product file say that it applies.' in capsys.readouterr().err


def test_a_character_that_no_font_has_is_named_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "product.yaml").write_text(MINIMAL.replace("name: Thing", "name: Thing 😀"), "utf-8")
    assert main(["build", str(tmp_path), "-m", "no", "-d", "cover-letter", "-f", "docx", "-o", str(tmp_path / "out")]) == 2
    assert "product.yaml:2:7: no font has the character 😀 (U+1F600)." in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_new_makes_a_folder_that_checks_and_builds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "mine"
    assert main(["new", str(folder)]) == 0
    assert main(["check", str(folder), "-m", "no"]) == 1
    assert main(["build", str(folder), "-m", "no", "-d", "cover-letter", "-f", "docx", "-o", str(tmp_path / "out")]) == 0
    capsys.readouterr()
    assert main(["new", str(folder)]) == 2
    assert "is there already and is not empty" in capsys.readouterr().err
    text = (folder / "product.yaml").read_text("utf-8")
    assert text.startswith("# yaml-language-server: $schema=product.schema.json")
    assert json.loads((folder / "product.schema.json").read_text("utf-8"))["title"] == "dossier product description"


def test_new_from_a_sample_copies_its_evidence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", str(tmp_path / "mine"), "--sample", "infusion-pump"]) == 0
    assert list((tmp_path / "mine").rglob("*.pdf"))
    assert main(["new", str(tmp_path / "other"), "--sample", "infusion-pmp"]) == 2
    assert 'Did you mean "infusion-pump"?' in capsys.readouterr().err


@pytest.mark.parametrize("what", ["markets", "documents", "requirements", "evidence", "facts", "samples"])
def test_lists_are_json_too(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", what, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows
    assert main(["list", what]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(rows)


def test_check_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(ECG), "-m", "no", "--json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)
    assert found["market"] == "no"
    assert {"cause", "severity", "line", "source", "message"} <= set(found["gaps"][0])


def test_explain_says_what_where_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "no.mdreg.6"]) == 0
    text = capsys.readouterr().out
    assert "Medical Devices Regulation (FOR-2021-05-09-1476) §\u00a06" in text
    assert "§ 8 until 2023-03-07" in text
    assert main(["explain", "eu-mdr.18.8", str(ECG)]) == 0
    assert "Applies because the device is active (software counts as active)." in capsys.readouterr().out
    assert main(["explain", "lc-13"]) == 0
    assert "LC-13" in capsys.readouterr().out
    assert main(["explain", "no.mdreg.66"]) == 2
    assert "Did you mean" in capsys.readouterr().err


def test_the_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "product"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "dossier product description"


def test_the_doctor_finds_this_machine_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    assert "NO " not in capsys.readouterr().out


def test_a_users_jurisdiction_with_a_shipped_id_must_say_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "home" / "jurisdictions" / "no"
    mine.mkdir(parents=True)
    head = (ROOT / "jurisdictions/no/jurisdiction.yaml").read_text("utf-8")
    (mine / "jurisdiction.yaml").write_text(head, "utf-8")
    assert main(["check", str(ECG), "-m", "no", "--home", str(tmp_path / "home")]) == 2
    assert "extends: [shipped:no]" in capsys.readouterr().err
    (mine / "jurisdiction.yaml").write_text(head.replace("extends: [eea]", "extends: [shipped:no]"), "utf-8")
    assert main(["check", str(ECG), "-m", "no", "--home", str(tmp_path / "home")]) == 1


def test_an_internal_error_says_that_it_is_ours(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from dossier import product

    def fail(path: Path) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(product, "read", fail)
    assert main(["check", str(ECG), "-m", "no"]) == 70
    assert "This is a fault in dossier, not in your files." in capsys.readouterr().err


def test_an_interrupt_ends_with_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from dossier import product

    def stop(path: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(product, "read", stop)
    assert main(["check", str(ECG), "-m", "no"]) == 130


def run(*arguments: str, **how: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "dossier", *arguments], capture_output="stdout" not in how, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}, **how)


def test_a_refusal_is_data_too_where_json_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "product.yaml").write_text(MINIMAL + "devise: {}\nmarkets: no\n", "utf-8")
    assert main(["check", str(tmp_path), "-m", "no", "--json"]) == 2
    printed = capsys.readouterr()
    said = json.loads(printed.out)
    assert said["event"] == "refused"
    assert [f"{each['file']}:{each['line']}:{each['column']}: {each['message']} {each['hint']}".rstrip() for each in said["problems"]] == [line for line in printed.err.splitlines() if not line.endswith("problems")]


@pytest.mark.parametrize("command", [["check"], ["build", "-d", "cover-letter", "-f", "docx"], ["compare"], ["languages"], ["diff"]])
def test_an_unknown_market_of_the_product_file_is_told_with_its_place(command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "product.yaml").write_text(MINIMAL + "markets: [no, sv]\n", "utf-8")
    assert main([command[0], str(tmp_path), *command[1:]]) == 2
    assert f'{tmp_path}/product.yaml:5:15: "sv" is not a market or group.' in capsys.readouterr().err


@pytest.mark.parametrize("command", [["build", str(ECG), "-m", "no"], ["compare", str(ECG), "-m", "no,se"], ["export", "requirements", "-m", "no"], ["review", "compare", "a.json", "b.json"]])
def test_an_empty_output_folder_is_refused(command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*command, "-o", ""]) == 2
    assert "--output: no folder is given. Name one, for example: -o out" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["product.yaml.txt", "product.yml", "product.yaml.yaml"])
def test_a_product_file_with_another_ending_is_found(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / name).write_text(MINIMAL, "utf-8")
    assert main(["check", str(tmp_path), "-m", "no"]) == 2
    assert f'There is "{name}"; rename it to product.yaml (Windows may hide the ending).' in capsys.readouterr().err


@pytest.mark.parametrize("name", ["con", "LPT1", "nul.old", "folder."])
def test_a_folder_that_windows_does_not_take_is_not_made(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", str(tmp_path / name)]) == 2
    assert f'Windows takes no folder called "{name}"' in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("given", "meant"), [("nb_NO", "nb"), ("nn-NO", "nn"), ("en-GB", "en"), ("NB", "nb"), ("nb_NO+en_GB", "nb+en")])
def test_a_language_with_its_country_is_told_as_we_write_it(given: str, meant: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", str(ECG), "-m", "no", "-l", given, "-o", str(tmp_path)]) == 2
    assert f"Write {meant}. Choose nb, nn" in capsys.readouterr().err


@pytest.mark.parametrize("day", ["2026-W10-1", "2026-3-5", "20260305", "2026-02-30", "٢٠٢٦-٠٣-٠٥"])
def test_only_days_of_the_calendar_are_days(day: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(ECG), "-m", "no", "--date", day]) == 2
    assert "is not a day. Write it as year-month-day" in capsys.readouterr().err


def test_check_names_missing_files_that_nothing_waits_for_and_dates_to_come(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "evidence:\n  - {id: plan, title: Plan, date: 2027-01-01, file: evidence/plan.pdf, shows: []}\n  - {id: qms, title: QMS, file: evidence/qms.pdf, shows: [qms-documents]}\n"
    (tmp_path / "product.yaml").write_text(MINIMAL + rows, "utf-8")
    assert main(["check", str(tmp_path), "-m", "no", "--date", "2026-11-24"]) == 1
    printed = capsys.readouterr()
    assert f"warning: {tmp_path}/product.yaml:6:53: the file of plan is not there (evidence/plan.pdf)." in printed.err
    assert f"warning: {tmp_path}/product.yaml:6:35: plan is dated 2027-01-01, after the day of the law applied (2026-11-24)." in printed.err
    assert "the file of qms" not in printed.err
    assert "evidence/qms.pdf" in printed.out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
@pytest.mark.parametrize("arguments", [["--version"], ["list", "markets"], ["check", str(ECG), "-m", "no"]])
def test_a_full_disk_behind_the_output_is_told(arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = run(*arguments, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert done.stderr.decode() == "dossier: the output cannot be written: no space left on device. Free some space, or send it elsewhere.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="the shell of Windows closes no streams")
def test_a_closed_output_and_a_reader_that_leaves_end_nothing() -> None:
    for arguments, code in ((["list", "markets"], 0), (["check", str(ECG), "-m", "no"], 1)):
        closed = subprocess.run(["sh", "-c", '"$@" >&-', "sh", sys.executable, "-m", "dossier", *arguments], capture_output=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)})
        assert (closed.returncode, closed.stderr) == (code, b"")
        left = subprocess.run(["sh", "-c", '{ "$@"; echo "ended with $?" >&2; } | true', "sh", sys.executable, "-m", "dossier", *arguments], capture_output=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)})
        assert b"Traceback" not in left.stderr
        assert left.stderr.decode().splitlines()[-1] in ("ended with 0", f"ended with {code}")
