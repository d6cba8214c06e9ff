"""Writing: whole files or none, the manifest last, earlier output intact whatever fails."""
from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from dossier import output
from dossier.errors import DossierError
from dossier.output import File

OLD = [File("p/no/a.docx", b"old a", {"n": 1}), File("p/no/b.pdf", b"old b", {"n": 1})]
NEW = [File("p/no/a.docx", b"new a", {"n": 2}), File("p/no/b.pdf", b"new b", {"n": 2})]


def state(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def manifest(folder: Path) -> dict[str, dict[str, object]]:
    return {entry["path"]: entry for entry in json.loads((folder / "manifest.json").read_text("utf-8"))["files"]}


def test_the_manifest_names_every_file_with_its_fingerprint(tmp_path: Path) -> None:
    output.write(tmp_path, OLD)
    assert manifest(tmp_path)["p/no/a.docx"] == {"path": "p/no/a.docx", "sha256": output.sha256(b"old a"), "size": 5, "n": 1}


def test_a_second_run_keeps_the_entries_of_other_files(tmp_path: Path) -> None:
    output.write(tmp_path, OLD)
    output.write(tmp_path, [File("q/se/c.pdf", b"c", {})])
    assert sorted(manifest(tmp_path)) == ["p/no/a.docx", "p/no/b.pdf", "q/se/c.pdf"]


def test_an_entry_whose_file_is_gone_is_dropped(tmp_path: Path) -> None:
    output.write(tmp_path, OLD)
    (tmp_path / "p/no/a.docx").unlink()
    output.write(tmp_path, [File("x.pdf", b"x", {})])
    assert sorted(manifest(tmp_path)) == ["p/no/b.pdf", "x.pdf"]


def test_the_same_files_twice_give_the_same_bytes(tmp_path: Path) -> None:
    output.write(tmp_path / "one", OLD)
    output.write(tmp_path / "two", OLD)
    output.write(tmp_path / "two", OLD)
    assert state(tmp_path / "one") == state(tmp_path / "two")


def test_two_outputs_of_one_name_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(DossierError, match="two outputs would have this name"):
        output.write(tmp_path, [File("P/no/a.pdf", b"1", {}), File("p/no/A.pdf", b"2", {})])
    assert state(tmp_path) == {}


def test_a_foreign_manifest_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"name": "a web app"}')
    with pytest.raises(DossierError, match="is not a manifest that dossier wrote"):
        output.write(tmp_path, [])
    assert (tmp_path / "manifest.json").read_text() == '{"name": "a web app"}'


@pytest.mark.parametrize("call", ["fsync", "replace", "open", "fdopen"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS])
def test_a_fault_at_any_call_leaves_every_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int) -> None:
    """The n-th call of each kind fails, for each n until a run gets through."""
    real: Callable[..., object] = getattr(os, call)
    for failing in range(1, 30):
        folder = tmp_path / f"{failing}"
        output.write(folder, OLD)
        count = 0

        def faulty(*given: object, limit: int = failing, **named: object) -> object:
            nonlocal count
            count += 1
            if count == limit:
                raise OSError(code, os.strerror(code))
            return real(*given, **named)

        monkeypatch.setattr(os, call, faulty)
        try:
            output.write(folder, NEW)
            failed = False
        except DossierError as error:
            failed = True
            assert "cannot be written" in str(error)
            assert "earlier files are intact" in str(error)
        monkeypatch.setattr(os, call, real)
        left = state(folder)
        assert left["p/no/a.docx"] in (b"old a", b"new a")
        assert left["p/no/b.pdf"] in (b"old b", b"new b")
        assert not [name for name in left if ".dossier-" in name]
        json.loads(left["manifest.json"])
        if not failed:
            return
    pytest.fail("no run got through")


def test_a_folder_that_is_a_file_gives_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(DossierError, match="is a file, and a folder is needed there"):
        output.write(tmp_path / "out", OLD)


@pytest.mark.parametrize(("revision", "shown"), [("A", "A"), ("B 2", "B-2"), ("1.10", "1.10"), ("é/..", "e"), ("", "0")])
def test_file_names_are_ascii_without_spaces(revision: str, shown: str) -> None:
    assert output.file_name("no", "cover-letter", "pump", "nb", revision, "pdf") == f"pump/no/NO_cover-letter_pump_nb_r{shown}.pdf"
