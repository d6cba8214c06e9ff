"""A launch: the markets of a group (the 30 of the EEA) x 5 documents x 2 formats, from nothing, unchanged, after a change; against one document after the other.

`python -m tests.bench.launch [GROUP]` measures it and writes the last part of docs/benchmarks.md, which `make bench` does after its own table.
Times are those of the clock, since several processes work: run it on a quiet machine.

The naive way makes each document by itself, one after the other: the same blocks, the PDF by WeasyPrint plainly (with
`overflow-wrap: break-word`, the harder rival) and the Word file by python-docx in a `table.cell()` loop. It is measured on a
sample, the documents of one market, and multiplied by the number of markets; everything else is measured whole.
"""
from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests import loopback
from tests.bench import machine, pdf, report, word
from tests.bench.measure import ROOT

DOSSIER = str(Path(sys.executable).with_name("dossier"))
PRODUCT = ROOT / "samples" / "ecg-patch"
DAY = "2026-11-24"
SAMPLE = "de"
PAGE = ROOT / "docs" / "benchmarks.md"


@dataclass(frozen=True, slots=True)
class Took:
    """One run of the command: seconds by the clock, and the most memory of the parent and of a worker, in megabytes."""

    seconds: float
    parent: int
    worker: int
    files: int


def build(out: Path, *arguments: str, product: Path = PRODUCT) -> Took:
    """Runs `dossier build` into `out`, looking at the memory of its processes as it goes."""
    command = [DOSSIER, "build", str(product), "-l", "en", "--date", DAY, "-o", str(out), "--json", *arguments]
    with tempfile.TemporaryFile("w+") as told:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, stdout=told, stderr=subprocess.DEVNULL, env={**os.environ, "SOURCE_DATE_EPOCH": "1795478400"})
        parent = worker = 0
        while process.poll() is None:
            sizes = _family(process.pid)
            parent, worker = max(parent, sizes[0]), max([worker, *sizes[1:]])
            time.sleep(0.2)
        seconds = time.perf_counter() - started
        if process.returncode:
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
        told.seek(0)
        end = json.loads(told.readlines()[-1])
    return Took(seconds, parent, worker, end["made"] + end["cached"])


def _family(parent: int) -> list[int]:
    """The memory that the process and those below it hold, in megabytes; the parent first."""
    below: dict[int, list[int]] = {}
    sizes: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text("ascii").rsplit(") ", 1)[1].split()
            except (OSError, IndexError):
                continue
            below.setdefault(int(fields[1]), []).append(int(entry.name))
            sizes[int(entry.name)] = int(fields[21]) * os.sysconf("SC_PAGE_SIZE") // (1 << 20)
    found, waiting = [], [parent]
    while waiting:
        one = waiting.pop(0)
        found.append(sizes.get(one, 0))
        waiting += below.get(one, [])
    return found


def naive() -> tuple[float, int]:
    """Seconds for the documents of one market made the naive way, and how many files these are."""
    from dossier import assemble, i18n, plan
    from dossier.assemble import Order, Workspace
    from dossier.review.ledger import Ledger

    workspace = Workspace()
    prepared = plan.prepare(PRODUCT)
    day = dt.date.fromisoformat(DAY)
    checklist = assemble.checklist_of(prepared.file, SAMPLE, day, workspace, prepared.files)
    documents = [assemble.document(checklist, kind, i18n.tongue("en"), Order((), day, day), workspace, Ledger()) for kind in workspace.shelf.for_market(checklist)]
    word.prepare(0)
    started = time.perf_counter()
    for document in documents:
        pdf.plain_whole_words(document)
        word.cell_by_cell(document)
    return time.perf_counter() - started, 2 * len(documents)


def changed_data(folder: Path) -> Path:
    """A user's folder in which one requirement of one market, Sweden, has another title."""
    home = folder / "home"
    (home / "jurisdictions" / "se" / "requirements").mkdir(parents=True)
    head = (ROOT / "jurisdictions" / "se" / "jurisdiction.yaml").read_text("utf-8")
    (home / "jurisdictions" / "se" / "jurisdiction.yaml").write_text(head.replace("extends: [eu-mdr, eu-ivdr]", "extends: [shipped:se]"), "utf-8")
    shutil.copy(ROOT / "jurisdictions" / "se" / "sources.yaml", home / "jurisdictions" / "se")
    return home


CHANGE = """\
change:
  - id: se.label
    reason: {en: Measured., nb: Målt., nn: Målt.}
    source: se-631
    clause: "chapter 3, § 1"
    set: {title: {en: Label in Swedish, nb: Etikett på svensk, nn: Etikett på svensk}}
"""


SMALL = ("-d", "cover-letter,disclosure-note,labelling-checklist")
Line = tuple[str, str, str, str]


def exports(folder: Path, group: str) -> Iterator[Line]:
    """The full export, the same again, and again after a change of one market."""
    home = changed_data(folder)
    own = ("-m", group, "-j", "2", "--home", str(home))
    one, files = naive()
    first = build(folder / "out", *own)
    whole = one * first.files / files
    yield f"{first.files // files} markets x 5 documents x 2 formats, 2 workers", f"naive, one after the other ({one:.0f} s for {files} files of one market)", f"{whole / first.seconds:.1f}x as fast ({first.seconds:.0f} s and {whole:.0f} s)", ">= 3x"
    again = build(folder / "out", *own)
    yield "the same again, nothing changed", "the full export", f"{first.seconds / again.seconds:.0f}x as fast ({again.seconds:.1f} s)", ">= 100x"
    (home / "jurisdictions" / "se" / "requirements" / "label.yaml").write_text(CHANGE, "utf-8")
    after = build(folder / "out", *own)
    yield "the same again, a requirement of one market changed", "the full export", f"{first.seconds / after.seconds:.0f}x as fast ({after.seconds:.1f} s)", ">= 20x"
    yield "memory of the full export", "", f"parent {first.parent} MB, worker {first.worker} MB", ""


def by_markets(folder: Path) -> Iterator[Line]:
    """Word only: the cost against the number of markets."""
    for number, markets in ((5, "nordic"), (10, "nordic,de,fr,it,es,nl"), (30, "eea")):
        took = build(folder / f"word-{number}", "-m", markets, "-f", "docx", "-j", "2")
        yield f"Word only, {number} markets, 2 workers", "", f"{took.seconds:.1f} s, {took.seconds / number:.2f} s a market; parent {took.parent} MB, worker {took.worker} MB", ""


def by_workers(folder: Path) -> Iterator[Line]:
    """The cost against the number of workers."""
    for jobs in (1, 2, 4):
        took = build(folder / f"jobs-{jobs}", "-m", "nordic", *SMALL, "-j", str(jobs))
        yield f"5 markets x 3 documents x 2 formats, {jobs} worker{'s' if jobs > 1 else ''}", "", f"{took.seconds:.1f} s; parent {took.parent} MB, worker {took.worker} MB", ""


def on_a_cluster(folder: Path, group: str) -> Iterator[Line]:
    """The same work by two local workers, by a cluster of two that is up, and by one that is started for it."""
    local = build(folder / "local", "-m", group, *SMALL, "-j", "2")
    work = f"{local.files // 6} markets x 3 documents x 2 formats"
    with loopback.cluster(folder) as (address, _):
        up = build(folder / "up", "-m", group, *SMALL, "--scheduler", address)
    started = build(folder / "started", "-m", group, *SMALL, "-j", "2", "--scheduler", "local")
    yield f"{work}, a dask scheduler and 2 workers that are up", f"2 workers of our own ({local.seconds:.0f} s)", f"{up.seconds / local.seconds:.2f}x as long ({up.seconds:.0f} s)", "<= 1.1x"
    yield "the same on a cluster started for it (`--scheduler local`)", "the same", f"{started.seconds / local.seconds:.2f}x as long ({started.seconds:.0f} s)", ""


def main(arguments: Sequence[str]) -> int:
    """Measures everything and writes the page."""
    group = arguments[0] if arguments else "eea"
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        lines = [*exports(folder, group), *by_markets(folder), *by_workers(folder), *on_a_cluster(folder, group)]
    measured = _section(lines)
    before = PAGE.read_text("utf-8").partition(f"\n{report.LAUNCH}\n")[0]
    PAGE.write_text(f"{before}\n{measured}", "utf-8")
    print(measured)
    return 0


def _section(lines: Sequence[Line]) -> str:
    facts = "\n".join(f"| {name} | {value} |" for name, value in machine.facts().items())
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"""{report.LAUNCH}

Written by `python -m tests.bench.launch`, part of `make bench`. Times are those of the clock on a machine that did nothing else. The product is
the ECG patch in English. The naive way makes one document after the other: the PDF by WeasyPrint plainly, with
`overflow-wrap: break-word` (the harder rival), the Word file by python-docx in a `table.cell()` loop, from the same blocks; it was measured on
the documents of one market ({SAMPLE}) in the same run, and multiplied. Everything else was measured whole.

Measured on {dt.date.today().isoformat()}.

| | |
| --- | --- |
{facts}

| what | against | measured | reach |
| --- | --- | --- | --- |
{table}
"""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
