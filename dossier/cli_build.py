"""The commands build and verify: the plan made, run and reported; what a folder holds compared with its manifest."""
from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dossier import archive, assemble, batch, cli_check, output, overview, terminal, verify
from dossier import plan as planning
from dossier.assemble import Workspace
from dossier.batch import Event, Summary
from dossier.checklist import Checklist
from dossier.errors import DossierError, ExitCode, Problem
from dossier.making import Maker, Setting
from dossier.output import Folder
from dossier.plan import Plan, Wish
from dossier.remote import Address, is_address, place_in
from dossier.workers import UNHURRIED, Limits

# Worth starting workers for: they take a second or two to come up.
LONG = 15.0
# Up to so many checklists are printed gap by gap; above, a line each.
PRINTED = 3


@dataclass(frozen=True, slots=True)
class Run:
    """How a plan is to be run. `folder` is a path or an address; `jobs` of 0 lets the size of the plan decide, 1 makes everything in this process."""

    folder: str
    jobs: int = 0
    force: bool = False
    strict: bool = False
    as_json: bool = False
    dry: bool = False
    limits: Limits = UNHURRIED
    scheduler: str = ""


def build(wishes: Sequence[Wish], workspace: Workspace, run: Run) -> int:
    """Makes what is wished for and prints what came of it.

    Exit code 0; 1 with `strict` and gaps; 3 where some documents could not be made. Raises DossierError where none could
    because of faults in the user's files, and before anything is written for those that are found at once.
    """
    made = planning.make(wishes, workspace)
    if made.order.with_evidence:
        assemble.places_of_copies((each.file, each.files) for each in made.products.values())
    if run.dry:
        return _dry(made, run)
    few = _few(made, workspace)
    show = _Progress(run.as_json, made.documents)
    with Address(run.folder) if is_address(run.folder) else Folder(Path(run.folder)) as folder:
        summary = batch.run(made, folder, workspace, jobs=_jobs(made, run), force=run.force, limits=run.limits, scheduler=run.scheduler, tell=show)
        _only_faults(summary)
        extra = _extra(made, summary, folder, workspace)
        folder.add(overview.page(folder.entries.values(), workspace.market_names(folder.entries.values()), {entry["path"] for entry in summary.entries}))
        folder.finish()
    try:
        show.end()
        if run.as_json:
            _print_json(summary, run.folder, few, extra)
        else:
            _print(summary, run.folder, few, extra)
        sys.stdout.flush()
    except BrokenPipeError:
        terminal.hush()
    if summary.failures:
        return ExitCode.SOME_FAILED
    return ExitCode.FINDINGS if run.strict and any(entry["gaps"]["findings"] for entry in summary.entries) else ExitCode.DONE


def _jobs(made: Plan, run: Run) -> int:
    """How many workers: as asked; else none for what is soon done, and one a processor for the rest and where limits are set, which only workers keep."""
    if run.jobs:
        return 0 if run.jobs == 1 else run.jobs
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if run.limits != UNHURRIED:
        return min(processors, len(made.tasks))
    return 0 if made.seconds < LONG or processors == 1 else min(processors, len(made.tasks))


def _few(made: Plan, workspace: Workspace) -> list[Checklist]:
    """The checklists of a small run, and in a large one those of each product's first market: faults are found before anything is written."""
    pairs = list(dict.fromkeys((task.product, task.market) for task in sorted(made.tasks, key=lambda task: (task.product, task.market))))
    chosen = pairs if len(pairs) <= PRINTED else [next(pair for pair in pairs if pair[0] == product) for product in made.products if any(pair[0] == product for pair in pairs)]
    maker = Maker(Setting(made.products, made.order, workspace.home), workspace)
    problems: list[Problem] = []
    found: list[Checklist] = []
    for pair in chosen:
        try:
            found.append(maker.checklist(*pair))
        except DossierError as error:
            problems += error.problems
    if problems:
        raise DossierError(dict.fromkeys(problems))
    return found if len(pairs) <= PRINTED else []


def _only_faults(summary: Summary) -> None:
    """Raises what is wrong with the user's files where that kept everything from being made."""
    problems = dict.fromkeys(problem for failure in summary.failures for problem in failure.problems)
    if problems and not summary.made and not summary.cached and all(failure.problems for failure in summary.failures):
        raise DossierError(problems)


def _extra(made: Plan, summary: Summary, folder: Folder | Address, workspace: Workspace) -> tuple[list[str], list[str]]:
    """The copies of evidence files, where they are asked for, and the archives; returns the paths of both.

    An archive holds what the run made or found unchanged. Where one of its documents could not be made there is none.
    """
    copies = assemble.copies([(each.file, each.files) for each in made.products.values()]) if made.order.with_evidence else ()
    for file in copies:
        folder.add(file)
    archives = []
    failed = {(failure.task.product, failure.task.market) for failure in summary.failures}
    for product, market in sorted(made.packed - failed):
        each = made.products[product]
        entries = [entry for entry in summary.entries if (entry["product"], entry["market"]) == (product, market)]
        evidence = [(document, each.files[document.id], each.file.place.folder / document.file) for document in each.file.product.evidence] if made.order.with_evidence else []
        packed = archive.pack(folder, product, market, entries, evidence, workspace.repository.library, each.file.product.regulation)
        folder.add(packed)
        archives.append(packed.path)
    return [file.path for file in copies], archives


# --- what is shown ------------------------------------------------------------------------------------------------------


class _Progress:
    """One line that changes in a terminal, a line for each document otherwise, one event a line for programs."""

    def __init__(self, as_json: bool, total: int) -> None:
        self.as_json = as_json
        self.many = total > 12
        self.terminal = sys.stderr.isatty()
        self.failed = self.cached = 0

    def __call__(self, event: Event) -> None:
        try:
            self._tell(event)
        except BrokenPipeError:  # nobody reads any more; the build goes on
            terminal.hush()

    def _tell(self, event: Event) -> None:
        self.failed += event.kind == "failed"
        self.cached += len(event.task.formats) if event.kind == "cached" else 0
        if self.as_json:
            print(json.dumps({"event": event.kind, "product": event.task.product, "market": event.task.market, "document": event.task.document, "locale": event.task.locale, "formats": event.task.formats, "done": event.done, "total": event.total, **({"reason": event.reason or [str(problem) for problem in event.problems]} if event.kind == "failed" else {})}, ensure_ascii=False), flush=True)
        elif self.terminal:
            print(f"\r\033[K{event.done} of {event.total}, {self.cached} unchanged, {self.failed} failed, {_time(event.left)} left: {event.task.product} {event.task.market} {event.task.document}", end="", file=sys.stderr, flush=True)
        elif self.many and event.kind != "cached":
            print(f"{event.kind} {event.task} ({event.done} of {event.total})", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self.terminal and not self.as_json:
            print("\r\033[K", end="", file=sys.stderr)


def _time(seconds: float) -> str:
    """A length of time in words.

    >>> _time(40), _time(200), _time(9000)
    ('40 s', '3 min', '2 h 30 min')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def _dry(made: Plan, run: Run) -> int:
    """The plan as a matrix of counts, with the time it may take; nothing is made."""
    jobs = max(_jobs(made, run), 1)
    kinds = sorted({task.document for task in made.tasks})
    rows: dict[tuple[str, str], dict[str, int]] = {}
    for task in made.tasks:
        row = rows.setdefault((task.product, task.market), {})
        row[task.document] = row.get(task.document, 0) + len(task.formats)
    if run.as_json:
        print(json.dumps({"files": made.documents, "seconds": round(made.seconds / jobs), "workers": jobs, "tasks": [{"product": task.product, "market": task.market, "document": task.document, "locale": task.locale, "formats": task.formats} for task in made.tasks]}, ensure_ascii=False, indent=1))
        return ExitCode.DONE
    width = max((len(product) for product, _ in rows), default=7)
    print(f"{'product':<{width}}  market  " + "  ".join(kinds))
    for (product, market), counts in sorted(rows.items()):
        print(f"{product:<{width}}  {market:<6}  " + "  ".join(f"{counts.get(kind, 0) or '–':>{len(kind)}}" for kind in kinds))
    archives = f" and {len(made.packed)} archives" if made.packed else ""
    print(f"{made.documents} files{archives} from {len(made.tasks)} documents, about {_time(made.seconds / jobs)} with {jobs} worker{'s' if jobs > 1 else ''} where nothing is there yet", file=sys.stderr)
    return ExitCode.DONE


def _print(summary: Summary, folder: str, few: Sequence[Checklist], extra: tuple[list[str], list[str]]) -> None:
    if few:
        for path in (*(entry["path"] for entry in summary.entries), *extra[1]):
            print(place_in(folder, path))
        for each in few:
            cli_check.print_gaps(each)
    else:
        for line in _market_lines(summary):
            print(line)
    for failure in summary.failures:
        print(f"not made: {failure.task}: {failure.reason or failure.problems[0]}", file=sys.stderr)
    unchanged = f", {summary.cached} of them unchanged" if summary.cached else ""
    beside = "".join(f", {_number(len(paths), what)}" for paths, what in zip(extra, ("evidence file", "archive"), strict=True) if paths)
    failed = f"; {_number(len(summary.failures), 'document')} could not be made, the same command tries again" if summary.failures else ""
    print(f"{_number(summary.made + summary.cached, 'document')}{unchanged}{beside}, manifest.json and index.html in {folder}{failed}", file=sys.stderr)


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _market_lines(summary: Summary) -> list[str]:
    """One line for each product and market of a large run: files and gaps."""
    counted: dict[tuple[str, str], list[output.Entry]] = {}
    for entry in summary.entries:
        counted.setdefault((entry["product"], entry["market"]), []).append(entry)
    return [f"{product} {market}: {_number(len(files), 'file')}, {files[0]['gaps']['findings']} gaps, {files[0]['gaps']['expected']} expected and not shown" for (product, market), files in sorted(counted.items())]


def _print_json(summary: Summary, folder: str, few: Sequence[Checklist], extra: tuple[list[str], list[str]]) -> None:
    """The last event: what is there now, and what failed."""
    failures = [{"task": str(failure.task), "reason": failure.reason, "problems": [str(problem) for problem in failure.problems]} for failure in summary.failures]
    print(json.dumps({"event": "end", "made": summary.made, "cached": summary.cached, "files": [place_in(folder, path) for path in (*(entry["path"] for entry in summary.entries), *extra[0], *extra[1])], "failures": failures, "checks": [cli_check.as_data(each) for each in few]}, ensure_ascii=False))


# --- verify -------------------------------------------------------------------------------------------------------------


def check_folder(folder: Path, products: Sequence[Path], workspace: Workspace, *, rebuild: bool, as_json: bool) -> int:
    """Compares a folder with its manifest, and with `rebuild` every document of the products with what is made now; exit code 1 for a difference."""
    found = list(verify.hashes(folder))
    if rebuild:
        if not products:
            raise DossierError(Problem("verify", 0, 0, "--rebuild needs the products.", "Give their folders after the output folder: dossier verify out --rebuild my-product"))
        entries = [entry for entry in output.entries(folder / output.MANIFEST).values() if "made" in entry]
        found += verify.rebuilt(entries, _Rebuilder(products, workspace))
    wrong = [each for each in found if each.verdict not in ("same", "unknown", "not-rebuilt")]
    if as_json:
        print(json.dumps([{"path": each.path, "verdict": each.verdict, "detail": each.detail} for each in found if each.verdict != "same"], ensure_ascii=False, indent=1))
    else:
        for each in found:
            if each.verdict != "same":
                print(f"{each.verdict:<12}{each.path}{f' ({each.detail})' if each.detail else ''}")
        print(f"{sum(each.verdict == 'same' for each in found)} {'comparisons' if rebuild else 'files'} agree, {len(wrong)} do not", file=sys.stderr)
    return ExitCode.FINDINGS if wrong else ExitCode.DONE


class _Rebuilder:
    """Makes the document of a manifest's entry again, by the dates that the entry names."""

    def __init__(self, products: Sequence[Path], workspace: Workspace) -> None:
        self.workspace = workspace
        self.prepared = {each.id: each for each in map(planning.prepare, products)}
        self.makers: dict[tuple[str, str, bool, bool], Maker] = {}

    def __call__(self, entry: output.Entry) -> bytes | str:
        import datetime as dt

        if entry["product"] not in self.prepared:
            return "its product was not given"
        about, made = entry["document"], entry["made"]
        key = (entry["law_date"], about["date"], made.get("record", True), made.get("fillable", False))
        if key not in self.makers:
            law, issued = (dt.date.fromisoformat(day) for day in key[:2])
            order = assemble.Order((), law, issued, record=key[2], fillable=key[3])
            self.makers[key] = Maker(Setting(self.prepared, order, self.workspace.home), self.workspace)
        (one,) = self.makers[key].make(planning.Task(entry["product"], entry["market"], about["kind"], about["locale"], assemble.known_formats((about["format"],))))
        if one.path != entry["path"] or one.content is None:
            return f"of another issue; the product file now makes {one.path}"
        return one.content
