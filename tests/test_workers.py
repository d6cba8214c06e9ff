"""Watched workers: whatever ends one costs one task, named with its reason; nothing else is lost or done twice."""
from __future__ import annotations

import os
import signal
import tempfile
import time
from contextlib import closing
from pathlib import Path

import pytest

from dossier import workers
from dossier.errors import DossierError, Problem
from dossier.workers import Limits, Pool


def state() -> dict[str, int]:
    return {"done": 0}


def work(state: dict[str, int], task: tuple[str, int]) -> int:
    kind, number = task
    state["done"] += 1
    match kind:
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "leave":
            os._exit(3)
        case "hang":
            time.sleep(60)
        case "eat":
            held = [bytearray(b"x" * (1 << 20)) for _ in range(400)]
            time.sleep(60)
            return len(held)
        case "full":
            raise MemoryError
        case "fault":
            raise DossierError([Problem("product.yaml", 3, 1, "is wrong.")])
        case "crash":
            raise ValueError("out of range")
    return number * number


def broken() -> dict[str, int]:
    os._exit(9)


def outcomes(tasks: list[tuple[str, int]], limits: Limits = workers.UNHURRIED, count: int = 2) -> dict[tuple[str, int], tuple[int | None, str]]:
    pool: Pool[dict[str, int], tuple[str, int], int] = Pool(count, state, work, limits)
    with closing(pool):
        found = list(pool.run(tasks))
    assert len(found) == len(tasks), "each task comes back once"
    return {outcome.task: (outcome.result, outcome.reason or "".join(map(str, outcome.problems))) for outcome in found}


def test_every_task_comes_back_with_its_result() -> None:
    tasks = [("square", number) for number in range(20)]
    assert outcomes(tasks) == {task: (task[1] ** 2, "") for task in tasks}


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("kill", "its worker was ended by the signal SIGKILL"),
        ("leave", "its worker ended by itself (exit code 3)"),
        ("hang", "took longer than 1.5 seconds"),
        ("full", "ran out of memory"),
        ("crash", "internal error: ValueError: out of range"),
        ("fault", "product.yaml:3:1: is wrong."),
    ],
)
def test_what_ends_a_worker_costs_one_task(kind: str, reason: str) -> None:
    tasks = [("square", number) for number in range(4)] + [(kind, 99)] + [("square", number) for number in range(4, 10)]
    found = outcomes(tasks, Limits(seconds=1.5))
    assert found.pop((kind, 99)) == (None, reason)
    assert all(result == number**2 for (_, number), (result, _) in found.items())


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="this system does not tell how much memory a process holds")
def test_a_task_that_uses_too_much_memory_is_ended_and_named() -> None:
    found = outcomes([("square", 3), ("eat", 1), ("square", 4)], Limits(seconds=30, megabytes=250))
    result, reason = found[("eat", 1)]
    assert result is None
    assert reason.startswith("used ")
    assert reason.endswith("MB of memory, more than 250 MB")
    assert found[("square", 4)] == (16, "")


def test_workers_that_never_come_up_are_told_once() -> None:
    pool: Pool[dict[str, int], tuple[str, int], int] = Pool(1, broken, work)
    with closing(pool), pytest.raises(DossierError, match=r"no worker process comes up: its worker ended by itself \(exit code 9\)"):
        list(pool.run([("square", number) for number in range(9)]))


def put_down(state: dict[str, int], task: tuple[str, int]) -> str:
    folder = tempfile.mkdtemp()
    if task[0] == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    return folder


def test_what_workers_put_down_is_removed_also_after_a_killed_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    pool: Pool[dict[str, int], tuple[str, int], str] = Pool(2, state, put_down)
    with closing(pool):
        made = [outcome.result for outcome in pool.run([("fine", 1), ("kill", 2), ("fine", 3)])]
        left = [Path(folder) for folder in made if folder]
        assert len(left) == 2
        assert all(folder.is_dir() and tmp_path in folder.parents for folder in left)
        (scratch,) = (path for path in tmp_path.iterdir() if path.name.startswith("dossier-"))
        assert len(list(scratch.iterdir())) == 3
    assert not scratch.exists()
