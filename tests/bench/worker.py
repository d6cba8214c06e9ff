"""The process in which a way does its work and times itself.

`python -m tests.bench.worker word:direct` answers each number on its input with one line of JSON; with numbers as
further arguments it answers those and ends. The module named holds the work (`prepare(number)`), the ways (each a
function of that work) and what tells that two ways did the same (`same(made)`); only the way itself is timed.
"""
from __future__ import annotations

import gc
import importlib
import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path


def main(name: str, numbers: Iterable[str]) -> None:
    module_name, way_name = name.split(":")
    module = importlib.import_module(f"tests.bench.{module_name}")
    way = getattr(module, way_name)
    for number in numbers:
        work = module.prepare(int(number))
        gc.collect()
        start = time.process_time()
        made = way(work)
        seconds = time.process_time() - start
        print(json.dumps({"seconds": seconds, "peak": peak(), "same": module.same(made)}), flush=True)


def peak() -> int:
    """The most memory this process ever took, in bytes.

    The kernel's own figure where it gives one: that of `getrusage` starts from the size of the process that started this.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        found = next(line for line in status.read_text("ascii").splitlines() if line.startswith("VmHWM:"))
        return int(found.split()[1]) * 1024
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:] or sys.stdin)
