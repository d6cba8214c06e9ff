"""Runs a plan: what is unchanged is left alone, the rest is made by workers, written here, and counted; one failure loses one document."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Literal

from dossier import output, workers
from dossier.assemble import Workspace
from dossier.errors import DossierError, Problem
from dossier.making import Keys, Made, Maker, Setting
from dossier.output import File, Folder
from dossier.plan import Plan, Task
from dossier.remote import Address
from dossier.workers import UNHURRIED, Limits, Outcome


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a run, for whoever shows its progress. `left` is the time that may still be needed, in seconds."""

    kind: Literal["cached", "made", "failed"]
    task: Task
    done: int
    total: int
    left: float
    reason: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that could not be made, and why: faults of the user's files, or what ended its worker."""

    task: Task
    problems: tuple[Problem, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run came to: how many files were made, found unchanged, or failed; `entries` is what the manifest says of the plan's files."""

    made: int
    cached: int
    failures: tuple[Failure, ...]
    entries: tuple[output.Entry, ...]


def run(plan: Plan, folder: Folder | Address, workspace: Workspace, *, jobs: int, force: bool = False, limits: Limits = UNHURRIED, scheduler: str = "", tell: Callable[[Event], None] = lambda event: None) -> Summary:
    """Makes everything of the plan that is not there unchanged; the folder's entries name what is there at the end.

    `jobs` is the number of worker processes; 0 makes everything in this process, without limits. With `force` everything is
    made again. `scheduler` is the address of a dask scheduler whose workers do the work, or "local" for one started here.
    Raises DossierError where a file cannot be written or the scheduler is not reached; documents that cannot be made are told in the summary.
    """
    counter = _Counter(plan, jobs, tell)
    keys = Keys(plan.products, plan.order, workspace)
    found = {} if force else _unchanged(plan.tasks, keys, folder)
    for task in found:
        counter.count("cached", task)
    waiting = [task for task in plan.tasks if task not in found]
    kept = {path for paths in found.values() for path in paths}
    target = folder.url if isinstance(folder, Address) else ""
    setting = Setting(plan.products, plan.order, workspace.home, {} if force or not waiting else _models(folder, kept), target)
    for outcome in _outcomes(waiting, setting, workspace, jobs, limits, scheduler):
        if outcome.result is None:
            counter.count("failed", outcome.task, outcome.reason, outcome.problems)
            continue
        for made in outcome.result:
            _keep(made, folder)
        counter.count("made", outcome.task, paths=[made.path for made in outcome.result], cached=sum(made.content is None and made.written is None for made in outcome.result))
    paths = sorted({path for task in found for path in found[task]} | set(counter.paths))
    return Summary(counter.made, counter.cached, tuple(counter.failures), tuple(folder.entries[path] for path in paths))


def _unchanged(tasks: Iterable[Task], keys: Keys, folder: Folder | Address) -> dict[Task, list[str]]:
    """The tasks all of whose files lie in the folder as they would be made, with the paths of these."""
    by_key = {entry["made"]["key"]: path for path, entry in folder.entries.items() if "made" in entry}
    found: dict[Task, list[str]] = {}
    for task in tasks:
        paths = [by_key.get(keys.of(task, extension), "") for extension in task.formats]
        if all(path and folder.has(path) for path in paths):
            found[task] = paths
    return found


def _models(folder: Folder | Address, settled: set[str]) -> dict[str, str]:
    """What the other files that lie in the folder, whole, were made from: a document that comes out the same is not rendered again."""
    return {path: entry["made"]["model"] for path, entry in folder.entries.items() if "made" in entry and path not in settled and folder.has(path)}


def _outcomes(tasks: Sequence[Task], setting: Setting, workspace: Workspace, jobs: int, limits: Limits, scheduler: str) -> Iterator[Outcome[Task, tuple[Made, ...]]]:
    if not tasks:
        return
    if scheduler:
        from dossier import cluster

        yield from cluster.outcomes(tasks, setting, scheduler, jobs, workspace)
        return
    if not jobs:
        yield from _here(tasks, Maker(setting, workspace))
        return
    pool: workers.Pool[Maker, Task, tuple[Made, ...]] = workers.Pool(jobs, partial(Maker, setting), Maker.make, limits, _alike)
    with closing(pool):
        yield from pool.run(tasks)


def _alike(task: Task) -> tuple[str, str]:
    """Tasks that share a checklist."""
    return task.product, task.market


def _here(tasks: Sequence[Task], maker: Maker) -> Iterator[Outcome[Task, tuple[Made, ...]]]:
    """In this process: product by product and market by market, so that each checklist is made once. No fault stops the others."""
    for task in sorted(tasks, key=lambda task: (task.product, task.market)):
        try:
            yield Outcome(task, result=maker.make(task))
        except DossierError as error:
            yield Outcome(task, problems=tuple(error.problems))
        except MemoryError:
            yield Outcome(task, reason="ran out of memory")
        except Exception as error:  # told as a fault of ours, with the document that met it
            yield Outcome(task, reason=f"internal error: {type(error).__name__}: {error}")


def _keep(made: Made, folder: Folder | Address) -> None:
    """Writes a file, or notes what is newly to be said of one that stays as it is or was written by its worker."""
    if made.written is not None:
        folder.note(made.written)
        return
    if made.content is not None:
        folder.add(File(made.path, made.content, made.about))
        return
    known = folder.entries[made.path]
    folder.note({"path": made.path, "sha256": known["sha256"], "size": known["size"], **made.about})


class _Counter:
    """Counts what is done and how much time may be left."""

    def __init__(self, plan: Plan, jobs: int, tell: Callable[[Event], None]) -> None:
        self.total = plan.documents
        self.seconds = plan.seconds
        self.jobs = max(jobs, 1)
        self.tell = tell
        self.made = self.cached = self.done = 0
        self.failures: list[Failure] = []
        self.paths: list[str] = []

    def count(self, kind: Literal["cached", "made", "failed"], task: Task, reason: str = "", problems: tuple[Problem, ...] = (), paths: Sequence[str] = (), cached: int = 0) -> None:
        files = len(task.formats)
        self.done += files
        self.seconds -= task.seconds
        self.paths += paths
        if kind == "failed":
            self.failures.append(Failure(task, problems, reason))
        elif kind == "cached":
            self.cached += files
        else:
            self.made += files - cached
            self.cached += cached
        self.tell(Event(kind, task, self.done, self.total, max(self.seconds, 0.0) / self.jobs, reason, problems))
