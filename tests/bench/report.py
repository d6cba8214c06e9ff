"""The measured rows as a table for the terminal and as docs/benchmarks.md."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, replace

from tests.bench.measure import Pairs
from tests.bench.rows import Bench

HEAD = ("what", "against", "ratio", "spread", "of the shortest", "times", "reach", "reached")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table, in words."""

    what: str
    against: str
    ratio: str
    spread: str
    of_least: str
    times: str
    reach: str = ""
    reached: str = ""


def lines(bench: Bench, pairs: Pairs) -> list[Line]:
    """The row, and a second one for its memory where that has a reach."""
    first, second = pairs.least
    mine, other = (first, second) if bench.sense == "as fast" else (second, first)
    ratios = pairs.ratios
    made = Line(bench.what, bench.against, f"{_figure(pairs.median)}x {bench.sense}", f"{_figure(ratios[0])} to {_figure(ratios[-1])}", _figure(pairs.of_least), f"{_time(mine)} and {_time(other)}")
    reach = bench.reach
    if not reach:
        return [made]
    sign = ">=" if reach.kind == "at least" else "<="
    made = replace(made, reach=f"{sign} {reach.ratio:g}x", reached=_word(reach.holds(pairs.median)))
    if not reach.memory:
        return [made]
    return [made, Line(bench.what, "memory of the whole process", f"{pairs.peak / 1e6:.0f} MB", "", "", "", f"<= {reach.memory / 1e6:.0f} MB", _word(pairs.peak <= reach.memory))]


def text(found: Sequence[Line]) -> str:
    """The lines as columns."""
    table = [HEAD, *(astuple(line) for line in found)]
    widths = [max(len(row[column]) for row in table) for column in range(len(HEAD))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in table)


def page(found: Sequence[Line], facts: Mapping[str, str], day: dt.date) -> str:
    """docs/benchmarks.md."""
    judged = [line for line in found if line.reach]
    others = [line for line in found if not line.reach]
    machine = "\n".join(f"| {name} | {value} |" for name, value in facts.items())
    return f"""{_INTRODUCTION}
Measured on {day.isoformat()}.

| | |
| --- | --- |
{machine}

## With a reach

{_markdown(HEAD, judged)}

## For information

{_markdown(HEAD[:-2], others)}

{_NOTES}"""


def _markdown(head: Sequence[str], found: Sequence[Line]) -> str:
    rows = [head, ["---"] * len(head), *(astuple(line)[: len(head)] for line in found)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _figure(ratio: float) -> str:
    return f"{ratio:.0f}" if ratio >= 20 else f"{ratio:.1f}" if ratio >= 5 else f"{ratio:.2f}"


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 0.1 else f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _word(reached: bool) -> str:
    return "yes" if reached else "**no**"


# The part that tests/bench/launch.py writes behind ours.
LAUNCH = "## A launch"

_INTRODUCTION = """# Benchmarks

Written by `make bench` (`tests/bench/`); no test is timed. Every row is a ratio between two ways of doing the same work, taken
in one run: back to back, the order swapped from pair to pair, after one round that does not count. *ratio* is the median of
the pairs, *spread* the lowest and the highest of them, *of the shortest* the ratio of the shortest times, and *times* those
times themselves, in the order of the row. Times are processor seconds. A reach is judged by the median.
"""

_NOTES = """## What is compared

The work is a checklist in Norwegian: 60 rows of 7 columns in 6 chapters, with contents, 4 fields and 3 links a row, on
landscape pages; each pair has words of its own (`tests/bench/content.py`).

- **Word**: the python-docx ways start from a file in which styles, page set-up, header and footer are in place, and make the
  same text, styles, column widths, bookmarks, links and fields. Both files are read back in every round; a difference stops
  the run. Warm means that python-docx is loaded and the frame made; the row *cold process* shows it without.
- **Word, 5,000 rows**: one table in a fresh process; the time is that of writing alone, since python-docx and the frame cost
  the same for any length; the memory is the most that the whole process took.
- **PDF**: plainly means the same HTML and style sheet without what the sheet does for speed alone (`table-layout: fixed`,
  `overflow-wrap` of status words), style sheet and fonts read for each document, no tags, no PDF/A, in a process that has none
  of our corrections to WeasyPrint. Column widths stay, and both make the same number of pages. Most of the ratio comes from
  one thing: to find the least width of a column under `overflow-wrap: anywhere`, WeasyPrint tries every letter. A plain style
  sheet can avoid that by `break-word`; that row, for information, is the harder rival for the reach. The two rows after it
  keep our whole style sheet; the last is what tags and PDF/A cost.
- **Cold process**: Python's start, imports, and the checklist made from blocks; no product file, no requirement data. The
  `dossier build` rows have these too.
- **Requirement data**: our loader reads strictly, checks every record and its cross-references; `yaml.safe_load` only parses.
"""
