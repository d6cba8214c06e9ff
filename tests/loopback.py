"""A dask scheduler and two workers on loopback, each a process of its own: for the tests of a cluster and for the benchmark."""
from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]


@contextlib.contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    started = subprocess.Popen([sys.executable, "-W", "ignore", "-m", *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield started
    finally:
        started.kill()
        started.wait()


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers on loopback; yields its address and the workers, once they are ready."""
    import distributed

    file = folder / "scheduler.json"
    with contextlib.ExitStack() as stack:
        stack.enter_context(process("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)))
        deadline = time.monotonic() + 60
        while not file.is_file() or not file.read_text("utf-8").strip():
            assert time.monotonic() < deadline, "the scheduler did not come up"
            time.sleep(0.1)
        address = json.loads(file.read_text("utf-8"))["address"]
        workers = [stack.enter_context(process("distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(folder / f"worker-{number}"))) for number in (1, 2)]
        with distributed.Client(address, timeout=60) as client:
            client.wait_for_workers(len(workers), timeout=60)
        yield address, workers
