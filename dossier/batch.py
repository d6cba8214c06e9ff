"""Runs a plan: what is unchanged is left alone, the rest is made by workers, written here, and counted; one failure loses one document."""
from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Literal

from dossier import assemble, blocks, i18n, output, workers
from dossier.assemble import Order, Workspace
from dossier.checklist import Checklist
from dossier.errors import DossierError, Problem
from dossier.output import File, Folder
from dossier.plan import Plan, Prepared, Task
from dossier.review.ledger import Ledger
from dossier.workers import UNHURRIED, Limits, Outcome

# Part of every key: raise it when the same input gives other bytes than before.
MAKE = 1
# Checklists that a worker keeps: the documents of one market are done one after the other.
KEPT = 4


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


@dataclass(frozen=True, slots=True)
class Setting:
    """What every worker needs, sent once: the products, the order, and where the data lie."""

    products: dict[str, Prepared]
    order: Order
    home: tuple[Path, ...]
    known: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Made:
    """One file of a task: its bytes, or none where the file that is there already is right; and what the manifest says of it."""

    path: str
    content: bytes | None
    about: Mapping[str, Any]


class Maker:
    """Makes the documents of tasks in one process; data, checklists and templates are read once."""

    def __init__(self, setting: Setting, workspace: Workspace | None = None) -> None:
        self.setting = setting
        self.workspace = workspace or Workspace(setting.home)
        self._checklists: dict[tuple[str, str], Checklist] = {}
        self._keys = Keys(setting.products, setting.order, self.workspace)

    def checklist(self, product: str, market: str) -> Checklist:
        """The checklist of the product in the market."""
        key = (product, market)
        if key not in self._checklists:
            while len(self._checklists) >= KEPT:
                del self._checklists[next(iter(self._checklists))]
            each = self.setting.products[product]
            self._checklists[key] = assemble.checklist_of(each.file, market, self.setting.order.law_date, self.workspace, each.files)
        return self._checklists[key]

    def make(self, task: Task) -> tuple[Made, ...]:
        """All formats of the task. Raises DossierError for faults of templates, style files and fonts."""
        each = self.checklist(task.product, task.market)
        record, fingerprint = self.setting.products[task.product].reviews.get((task.market, task.document), (Ledger(), ""))
        order = self.setting.order
        document = assemble.document(each, self.workspace.shelf.get(task.document), i18n.tongue(task.locale), order, self.workspace, record)
        review = {f"reviews/{task.market}/{task.document}.jsonl": fingerprint} if fingerprint else {}
        return tuple(self._format(each, document, extension, task, review) for extension in task.formats)

    def _format(self, each: Checklist, document: blocks.Document, extension: str, task: Task, review: Mapping[str, str]) -> Made:
        path = assemble.path_of(each, document, extension)
        model = self._model(document, extension)
        about = assemble.about(each, document, extension, self.workspace, review) | {"made": {"key": self._keys.of(task, extension), "model": model, "record": self.setting.order.record, "fillable": self.setting.order.fillable}}
        if self.setting.known.get(path) == model:
            return Made(path, None, about)
        return Made(path, assemble.rendered(document, extension, self.workspace, fillable=self.setting.order.fillable), about)

    def _model(self, document: blocks.Document, extension: str) -> str:
        """The fingerprint of everything the bytes come from: the document itself, look, fonts, and the versions of the tools."""
        digest = hashlib.sha256(f"{MAKE} {extension} {self.setting.order.fillable} {self._keys.tools(extension)} {self._keys.look(extension)}\n".encode())
        digest.update(repr(document).encode("utf-8", "backslashreplace"))
        digest.update(document.data)
        return digest.hexdigest()


# Which files of `_shared` a format looks at beside the templates' words.
_LOOKS = {"docx": ("style.docx", "fonts"), "pdf": ("style.css", "fonts"), "html": ("screen.css", "screen.js", "fonts"), "xlsx": (), "json": ()}


class Keys:
    """The fingerprints by which an output is known to be unchanged, before anything is resolved or rendered."""

    def __init__(self, products: Mapping[str, Prepared], order: Order, workspace: Workspace) -> None:
        self._products, self._order, self._workspace = products, order, workspace
        self._tools: dict[str, str] = {}
        self._looks: dict[str, str] = {}

    def of(self, task: Task, extension: str) -> str:
        """The key of one format of a task: the same as long as nothing that could change the output has changed."""
        each = self._products[task.product]
        parts = (
            MAKE,
            extension,
            task.market,
            task.document,
            task.locale,
            self._order.law_date.isoformat(),
            self._order.issue_date.isoformat() if each.file.product.documents.date is None else "",
            self._order.record,
            self._order.fillable,
            self.tools(extension),
            self._workspace.templates_sha256,
            self._own_fonts,
            self._workspace.market_sha256(task.market, each.file.product.regulation),
            self._product(task.product),
            each.reviews.get((task.market, task.document), (None, ""))[1],
        )
        return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()

    def tools(self, extension: str) -> str:
        """The versions of dossier and of the libraries that decide the bytes."""
        if extension not in self._tools:
            self._tools[extension] = json.dumps(assemble.tools(extension), sort_keys=True)
        return self._tools[extension]

    def look(self, extension: str) -> str:
        """One fingerprint for the style files and fonts of a format."""
        if extension not in self._looks:
            folders = [folder / "_shared" for folder in self._workspace.shelf.folders]
            files = [path for folder in folders for name in _LOOKS[extension] for path in (sorted((folder / name).rglob("*")) if (folder / name).is_dir() else [folder / name]) if path.is_file()]
            fonts = [face.path for face in self._workspace.fonts] if _LOOKS[extension] else []
            self._looks[extension] = output.sha256("\n".join(f"{path.name} {output.sha256(path.read_bytes())}" for path in (*files, *fonts)).encode())
        return self._looks[extension]

    @cached_property
    def _own_fonts(self) -> str:
        return output.sha256("\n".join(f"{face.path.name} {output.sha256(face.path.read_bytes())}" for face in self._workspace.fonts).encode())

    def _product(self, name: str) -> str:
        return self._fingerprints[name]

    @cached_property
    def _fingerprints(self) -> dict[str, str]:
        """One fingerprint a product: its file and what is known of its evidence files."""
        return {name: output.sha256(f"{each.file.place.sha256}\n{sorted(each.files.items())}".encode()) for name, each in self._products.items()}


def run(plan: Plan, folder: Folder, workspace: Workspace, *, jobs: int, force: bool = False, limits: Limits = UNHURRIED, tell: Callable[[Event], None] = lambda event: None) -> Summary:
    """Makes everything of the plan that is not there unchanged; the folder's entries name what is there at the end.

    `jobs` is the number of worker processes; 0 makes everything in this process, without limits. With `force` everything is
    made again. Raises DossierError where a file cannot be written; documents that cannot be made are told in the summary.
    """
    counter = _Counter(plan, jobs, tell)
    keys = Keys(plan.products, plan.order, workspace)
    found = {} if force else _unchanged(plan.tasks, keys, folder)
    for task in found:
        counter.count("cached", task)
    waiting = [task for task in plan.tasks if task not in found]
    kept = {path for paths in found.values() for path in paths}
    setting = Setting(plan.products, plan.order, workspace.home, {} if force or not waiting else _models(folder, kept))
    for outcome in _outcomes(waiting, setting, workspace, jobs, limits):
        if outcome.result is None:
            counter.count("failed", outcome.task, outcome.reason, outcome.problems)
            continue
        for made in outcome.result:
            _keep(made, folder)
        counter.count("made", outcome.task, paths=[made.path for made in outcome.result], cached=sum(made.content is None for made in outcome.result))
    paths = sorted({path for task in found for path in found[task]} | set(counter.paths))
    return Summary(counter.made, counter.cached, tuple(counter.failures), tuple(folder.entries[path] for path in paths))


def _unchanged(tasks: Iterable[Task], keys: Keys, folder: Folder) -> dict[Task, list[str]]:
    """The tasks all of whose files lie in the folder as they would be made, with the paths of these."""
    by_key = {entry["made"]["key"]: path for path, entry in folder.entries.items() if "made" in entry}
    found: dict[Task, list[str]] = {}
    for task in tasks:
        paths = [by_key.get(keys.of(task, extension), "") for extension in task.formats]
        if all(path and folder.has(path) for path in paths):
            found[task] = paths
    return found


def _models(folder: Folder, settled: set[str]) -> dict[str, str]:
    """What the other files that lie in the folder, whole, were made from: a document that comes out the same is not rendered again."""
    return {path: entry["made"]["model"] for path, entry in folder.entries.items() if "made" in entry and path not in settled and folder.has(path)}


def _outcomes(tasks: Sequence[Task], setting: Setting, workspace: Workspace, jobs: int, limits: Limits) -> Iterator[Outcome[Task, tuple[Made, ...]]]:
    if not tasks:
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
    """In this process: product by product and market by market, so that each checklist is made once. Faults of the user's files stop nothing."""
    for task in sorted(tasks, key=lambda task: (task.product, task.market)):
        try:
            yield Outcome(task, result=maker.make(task))
        except DossierError as error:
            yield Outcome(task, problems=tuple(error.problems))


def _keep(made: Made, folder: Folder) -> None:
    """Writes a file, or notes what is newly to be said of one that stays as it is."""
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
