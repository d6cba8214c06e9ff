"""What is measured: each row with its way, the other way beside it, and how far it should reach."""
from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.bench.measure import ROOT, Pairs, Warm, compare, fresh, once

PYTHON = sys.executable
DOSSIER = str(Path(sys.executable).with_name("dossier"))
PRODUCT = str(ROOT / "samples" / "ecg-patch")


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a ratio should go; `memory` is the most that may be taken, in bytes (0: not looked at)."""

    kind: Literal["at least", "at most"]
    ratio: float
    memory: int = 0

    def holds(self, ratio: float) -> bool:
        return ratio >= self.ratio if self.kind == "at least" else ratio <= self.ratio


@dataclass(frozen=True, slots=True)
class Bench:
    """One row. The ratio says how many times `sense` (as fast, as long) `what` is, compared with `against`."""

    name: str
    what: str
    against: str
    sense: Literal["as fast", "as long"]
    measure: Callable[[Path], Pairs]
    reach: Reach | None = None


def rows() -> tuple[Bench, ...]:
    """All rows: first those with a reach, then those for information. Each measures in a scratch folder that it is given."""
    return (
        Bench("word", "Word checklist, warm", "python-docx, `table.cell()` loop", "as fast", _warm("word:direct", "word:cell_by_cell", 8), Reach("at least", 100)),
        Bench("long", "Word table of 5,000 rows", "one of 500 rows", "as long", _long, Reach("at most", 12, memory=200_000_000)),
        Bench("pdf", "PDF checklist, warm, tagged, PDF/A", "same HTML, WeasyPrint plainly", "as fast", _warm("pdf:tagged", "pdf:plain", 5), Reach("at least", 1.3)),
        Bench("version", "`dossier --version`", "`python -c pass`", "as long", _version, Reach("at most", 6)),
        Bench("cold", "checklist as Word, cold process", "as Word and PDF", "as fast", _cold, Reach("at least", 4)),
        Bench("word-rows", "Word checklist, warm", "python-docx at its best (rows taken once)", "as fast", _warm("word:direct", "word:row_by_row", 8)),
        Bench("pdf-words", "PDF checklist, as above", "plainly, `overflow-wrap: break-word`", "as fast", _warm("pdf:tagged", "pdf:plain_whole_words", 7)),
        Bench("pdf-fixed-tags", "PDF checklist, as above", "our style sheet, WeasyPrint's own PDF/A", "as fast", _warm("pdf:tagged", "pdf:plain_fixed_tagged", 7)),
        Bench("pdf-fixed", "PDF checklist, as above", "our style sheet, no tags, no PDF/A", "as fast", _warm("pdf:tagged", "pdf:plain_fixed", 7)),
        Bench("data", "all requirement data, read and checked", "`yaml.safe_load`, nothing checked", "as fast", _warm("data:checked", "data:safe_load", 5)),
        Bench("check", "`dossier check`, ECG patch, Norway", "`python -c pass`", "as long", _check),
        Bench("build-one", "`dossier build -f docx`, labelling checklist", "the same with PDF", "as fast", _build("labelling-checklist", 3)),
        Bench("build-all", "`dossier build -f docx`, Norway, all documents", "the same with PDF", "as fast", _build("", 2)),
    )


def _warm(ours: str, other: str, pairs: int) -> Callable[[Path], Pairs]:
    def measure(_: Path) -> Pairs:
        with Warm(ours) as first, Warm(other) as second:
            return compare(first, second, pairs)

    return measure


def _long(_: Path) -> Pairs:
    return compare(once("long:direct", 500), once("long:direct", 5000), 6)


def _version(_: Path) -> Pairs:
    return compare(fresh([PYTHON, "-c", "pass"], times=10), fresh([DOSSIER, "--version"], times=10), 8)


def _cold(_: Path) -> Pairs:
    command = [PYTHON, "-m", "tests.bench.cold"]
    return compare(fresh([*command, "docx"]), fresh([*command, "docx", "pdf"]), 6)


def _check(_: Path) -> Pairs:
    # 1: there are gaps, as there should be in this sample
    return compare(fresh([PYTHON, "-c", "pass"], times=5), fresh([DOSSIER, "check", PRODUCT, "-m", "no", "--date", "2026-11-24"], good=(0, 1)), 5)


def _build(document: str, pairs: int) -> Callable[[Path], Pairs]:
    def measure(scratch: Path) -> Pairs:
        command = [DOSSIER, "build", PRODUCT, "-m", "no", "--force", "-j", "1", "--date", "2026-11-24", "-o", str(scratch), *(["-d", document] if document else [])]
        return compare(fresh([*command, "-f", "docx"]), fresh([*command, "-f", "docx,pdf"]), pairs)

    return measure
