"""`python -m tests.bench [ROW...]`: measures the rows, prints a table and, for all rows, writes docs/benchmarks.md."""
from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from dossier.cli import today
from tests.bench import machine, report
from tests.bench.measure import ROOT
from tests.bench.rows import rows


def main(names: Sequence[str]) -> int:
    benches = rows()
    unknown = set(names) - {bench.name for bench in benches}
    if unknown:
        print(f"no such row: {', '.join(sorted(unknown))}. There are: {', '.join(bench.name for bench in benches)}", file=sys.stderr)
        return 2
    facts = machine.facts()
    found: list[report.Line] = []
    for bench in benches:
        if not names or bench.name in names:
            print(f"{bench.name}: {bench.what} / {bench.against}", file=sys.stderr, flush=True)
            with tempfile.TemporaryDirectory() as scratch:
                found += report.lines(bench, bench.measure(Path(scratch)))
    print(report.text(found))
    if not names:
        page = ROOT / "docs" / "benchmarks.md"
        page.parent.mkdir(exist_ok=True)
        _, launch, measured = page.read_text("utf-8").partition(f"\n{report.LAUNCH}\n") if page.is_file() else ("", "", "")
        page.write_text(report.page(found, facts, today()) + launch + measured, "utf-8")
        print(f"written: {page.relative_to(ROOT)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
