"""Worker processes that are watched: each task has its own time and memory, and whatever ends a worker costs one task."""
from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

from dossier.errors import DossierError, Problem

S = TypeVar("S")
T = TypeVar("T")
R = TypeVar("R")

# How often the parent looks at clocks and memory while nothing else happens, in seconds.
TICK = 0.2
# A worker that dies this often before it takes its first task will not come up at all.
FALSE_STARTS = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """What one task may use: seconds of time, and megabytes of memory where the system tells how much a process holds."""

    seconds: float = 900.0
    megabytes: int = 3000


UNHURRIED = Limits()


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T, R]):
    """A finished task: its result, or why there is none. `problems` are faults of the user's files, `reason` is anything else."""

    task: T
    result: R | None = None
    problems: tuple[Problem, ...] = ()
    reason: str = ""


@dataclass(slots=True)
class _Worker(Generic[T]):
    process: multiprocessing.process.BaseProcess
    pipe: Connection
    task: T | None = None
    begun: float = 0.0
    fresh: bool = True
    last: T | None = None


class Pool(Generic[S, T, R]):
    """`count` processes that do `work(state, task)`, where `state` is what `setup()` makes once in each process.

    Both functions and everything they are given must be picklable. Results come back in the order in which they are done.
    """

    def __init__(self, count: int, setup: Callable[[], S], work: Callable[[S, T], R], limits: Limits = UNHURRIED, alike: Callable[[T], object] = id) -> None:
        """`alike` gives the same value for tasks that one worker does faster one after the other."""
        self._context: Any = multiprocessing.get_context("spawn" if os.name == "nt" else "forkserver")
        if os.name != "nt":
            self._context.set_forkserver_preload(["dossier.making"])
        self._count, self._setup, self._work, self._limits, self._alike = count, setup, work, limits, alike
        self._workers: list[_Worker[T]] = []
        self._false_starts = 0
        # A worker that is killed clears nothing away, so what the libraries put down lies in a folder that the parent removes.
        self._scratch = tempfile.TemporaryDirectory(prefix="dossier-", ignore_cleanup_errors=True)

    def run(self, tasks: Sequence[T]) -> Iterator[Outcome[T, R]]:
        """Does the tasks, first in the order given; a worker goes on with what is alike to what it did last.

        Raises DossierError where no worker comes up at all.
        """
        waiting = list(tasks)
        self._workers = [self._started() for _ in range(min(self._count, len(waiting)))]
        while waiting or any(worker.task is not None for worker in self._workers):
            for worker in self._workers:
                if worker.task is None and waiting:
                    self._give(worker, self._next(waiting, worker.last))
            yield from self._gathered()

    def close(self) -> None:
        """Ends all workers at once, and removes what they put down."""
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()
            worker.pipe.close()
        self._workers = []
        self._scratch.cleanup()

    def _started(self) -> _Worker[T]:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs, self._setup, self._work, self._scratch.name), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours)

    def _next(self, waiting: list[T], last: T | None) -> T:
        if last is not None:
            like = self._alike(last)
            for index, task in enumerate(waiting):
                if self._alike(task) == like:
                    return waiting.pop(index)
        return waiting.pop(0)

    def _give(self, worker: _Worker[T], task: T) -> None:
        worker.task, worker.begun = task, time.monotonic()
        with contextlib.suppress(OSError):  # a worker that has just died is found by its sentinel
            worker.pipe.send(task)

    def _gathered(self) -> Iterator[Outcome[T, R]]:
        """What came back, or was ended, within one tick."""
        busy = [worker for worker in self._workers if worker.task is not None]
        ready = wait([part for worker in busy for part in (worker.pipe, worker.process.sentinel)], TICK)
        for worker in busy:
            answered = worker.pipe in ready or worker.process.sentinel in ready
            reason = "" if answered else self._over(worker)
            if (answered or reason) and (outcome := self._ended(worker, reason)) is not None:
                yield outcome

    def _over(self, worker: _Worker[T]) -> str:
        """Why the worker must be stopped; empty where it may go on."""
        if time.monotonic() - worker.begun > self._limits.seconds:
            return f"took longer than {self._limits.seconds:g} seconds"
        held = _megabytes(worker.process.pid)
        return f"used {held} MB of memory, more than {self._limits.megabytes} MB" if held > self._limits.megabytes else ""

    def _ended(self, worker: _Worker[T], reason: str) -> Outcome[T, R] | None:
        """The outcome of the worker's task; a worker that is gone or was stopped is replaced. None where it only told that it is up."""
        task = worker.task
        assert task is not None
        if not reason:
            try:
                kind, value = worker.pipe.recv()
                worker.fresh, self._false_starts = False, 0
                if kind == "up":
                    return None
                worker.task, worker.last = None, task
                return Outcome(task, result=value) if kind == "done" else Outcome(task, problems=value) if kind == "problems" else Outcome(task, reason=value)
            except (EOFError, OSError):
                worker.process.join(5)
                reason = _death(worker.process.exitcode)
                self._false_starts = self._false_starts + 1 if worker.fresh else 0
        worker.process.kill()
        worker.process.join()
        worker.pipe.close()
        if self._false_starts >= FALSE_STARTS:
            raise DossierError(Problem("workers", 0, 0, f"no worker process comes up: {reason}.", "Run with -j 1, which needs none, and report this."))
        self._workers[self._workers.index(worker)] = self._started()
        return Outcome(task, reason=reason)


def _serve(pipe: Connection, setup: Callable[[], Any], work: Callable[[Any, Any], Any], scratch: str) -> None:
    """The life of a worker: an interrupt is for the parent to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tempfile.tempdir = scratch
    state = None
    while True:
        try:
            task = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            if state is None:
                state = setup()
                pipe.send(("up", None))
            answer: tuple[str, Any] = ("done", work(state, task))
        except DossierError as error:
            answer = ("problems", tuple(error.problems))
        except MemoryError:
            answer = ("reason", "ran out of memory")
        except Exception as error:  # told as a fault of ours, with the task that met it
            answer = ("reason", f"internal error: {type(error).__name__}: {error}")
        try:
            pipe.send(answer)
        except OSError:
            return  # the parent has ended, and nobody waits for this


def _death(code: int | None) -> str:
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return f"its worker was ended by the signal {signal.Signals(-code).name}"
    return f"its worker ended by itself (exit code {code})"


def _megabytes(pid: int | None) -> int:
    """The memory that a process holds, in megabytes; 0 where the system does not tell (there only the time is limited)."""
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as stream:
            return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // (1 << 20)
    except (OSError, ValueError, IndexError, AttributeError):
        return 0
