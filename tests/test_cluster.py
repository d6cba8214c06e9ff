"""Many machines: a real scheduler and two workers as processes of their own make the same bytes; a lost worker loses nothing."""
from __future__ import annotations

import hashlib
import os
import signal
from pathlib import Path

import pytest

from dossier import assemble, batch, plan
from dossier.assemble import Order, Workspace
from dossier.batch import Event
from dossier.cli import main
from dossier.errors import DossierError
from dossier.output import Folder
from dossier.remote import Address

from .conftest import DAY, ROOT
from .loopback import cluster

pytest.importorskip("distributed")
fsspec = pytest.importorskip("fsspec")

ECG = ROOT / "samples" / "ecg-patch"


def tree(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*")) if path.is_file()}


def nordic(workspace: Workspace) -> plan.Plan:
    return plan.make([plan.Wish((ECG,), Order(("nordic",), DAY, DAY, ("cover-letter", "disclosure-note", "labelling-checklist"), ("docx",), ("en",)))], workspace)


@pytest.mark.filterwarnings("ignore")  # of the library, about sockets that its processes close late
def test_a_cluster_makes_the_same_bytes_also_when_a_worker_is_lost(tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    made = nordic(workspace)
    with Folder(tmp_path / "here") as folder:
        batch.run(made, folder, workspace, jobs=0)
        folder.finish()
    with cluster(tmp_path) as (address, workers):

        def lose_one(event: Event) -> None:
            if event.done == 3:
                workers[0].send_signal(signal.SIGKILL)

        with Folder(tmp_path / "cluster") as folder:
            summary = batch.run(made, folder, workspace, jobs=2, scheduler=address, tell=lose_one)
            folder.finish()
        assert (summary.made, summary.failures) == (15, ())
        assert tree(tmp_path / "cluster") == tree(tmp_path / "here")

        # Workers that write to an address themselves: no disk is shared, and no bytes go through the scheduler.
        with Address(f"file://{tmp_path / 'address'}") as remote:
            summary = batch.run(made, remote, workspace, jobs=1, scheduler=address)
            remote.finish()
        assert (summary.made, summary.failures) == (15, ())
        assert tree(tmp_path / "address") == tree(tmp_path / "here")

        monkeypatch.setattr(assemble, "tools", lambda extension: {"renderer": "0"})
        with Folder(tmp_path / "other") as folder, pytest.raises(DossierError, match=r"a worker has dossier \S+ with other versions \(.*there, renderer 0 here\)"):
            batch.run(made, folder, workspace, jobs=1, scheduler=address)

        workers[1].kill()
        workers[1].wait()
        monkeypatch.setattr("dossier.cluster.SECONDS_FOR_A_WORKER", 2)
        with Folder(tmp_path / "other") as folder, pytest.raises(DossierError, match="has no worker, and none came within 2 seconds"):
            batch.run(made, folder, workspace, jobs=1, scheduler=address)


def test_a_scheduler_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dossier.cluster.SECONDS_TO_REACH", 1)
    assert main(["build", str(ECG), "-m", "no", "-d", "cover-letter", "-f", "docx", "--scheduler", "tcp://127.0.0.1:9", "-o", str(tmp_path)]) == 2
    assert "--scheduler: tcp://127.0.0.1:9 is not reached: " in capsys.readouterr().err


def test_output_goes_to_any_address_and_unchanged_files_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["build", str(ECG), "-m", "no", "-d", "cover-letter,disclosure-note", "-f", "docx,zip", "-l", "en", "--date", "2026-11-24", "-o", f"memory://{tmp_path.name}"]
    assert main(arguments) == 0
    first = capsys.readouterr()
    assert f"memory://{tmp_path.name}/ecg-patch/no/NO_cover-letter_ecg-patch_en_rA.docx" in first.out
    assert main(arguments) == 0
    assert "2 documents, 2 of them unchanged" in capsys.readouterr().err
    assert main([*arguments[:-1], str(tmp_path / "local")]) == 0
    system = fsspec.filesystem("memory")
    there = {path.removeprefix(f"/{tmp_path.name}/"): hashlib.sha256(system.cat_file(path)).hexdigest() for path in system.find(f"/{tmp_path.name}")}
    assert there == tree(tmp_path / "local")


def test_a_comparison_goes_to_an_address_too(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    address = f"memory://{tmp_path.name}-compared"
    assert main(["compare", str(ECG), "-m", "no,se", "-f", "json", "--date", "2026-11-24", "-o", address]) == 0
    assert capsys.readouterr().out == f"{address}/ecg-patch/market-comparison_ecg-patch_en_rA.json\n"
    assert not list(tmp_path.iterdir())
    assert main(["verify", address]) == 2
    assert "is an address, and a folder of this machine is needed" in capsys.readouterr().err


def test_a_protocol_that_is_not_known_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", str(ECG), "-m", "no", "-d", "cover-letter", "-f", "docx", "-o", "nowhere://out"]) == 2
    assert "--output: nowhere://out cannot be used: " in capsys.readouterr().err


def test_an_address_with_another_manifest_is_refused() -> None:
    fsspec.filesystem("memory").pipe_file("/strange/manifest.json", b"{}")
    with pytest.raises(DossierError, match="is not a manifest that dossier wrote"):
        Address("memory://strange")


def test_the_workers_know_nothing_of_the_product_folder(tmp_path: Path, workspace: Workspace) -> None:
    """Everything a worker needs travels with the task: the product's files may be on this machine only."""
    import pickle
    import shutil

    from dossier.making import Maker, Setting

    shutil.copytree(ECG, tmp_path / "ecg")
    made = plan.make([plan.Wish((tmp_path / "ecg",), Order(("no",), DAY, DAY, ("evidence-index",), ("docx",), ("en",)))], workspace)
    packed = pickle.dumps(Setting(made.products, made.order, ()))
    here = Maker(Setting(made.products, made.order, ()), workspace).make(made.tasks[0])
    shutil.rmtree(tmp_path / "ecg")
    assert os.listdir(tmp_path) == []
    there = Maker(pickle.loads(packed)).make(made.tasks[0])
    assert there[0].content == here[0].content
