"""How time is taken: two ways of doing the same work, back to back, the order swapped from pair to pair.

Times are processor seconds, so that other work on the machine disturbs them little. A way runs in a process of its own:
kept warm (`Warm`), or a fresh one each time (`fresh`). This process itself stays small and does none of the work.
"""
from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, slots=True)
class Cost:
    """What doing the work once took. `same` says what was made, in a form that is equal for ways that do the same work."""

    seconds: float
    peak: int = 0
    same: str = ""


Way = Callable[[int], Cost]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Costs measured in turn: `costs[i][0]` of the one way, `costs[i][1]` of the other."""

    costs: tuple[tuple[Cost, Cost], ...]

    @property
    def ratios(self) -> tuple[float, ...]:
        """The second way's time as a multiple of the first's, pair by pair, sorted."""
        return tuple(sorted(second.seconds / first.seconds for first, second in self.costs))

    @property
    def median(self) -> float:
        return statistics.median(self.ratios)

    @property
    def least(self) -> tuple[float, float]:
        """The shortest time of each way."""
        return min(first.seconds for first, _ in self.costs), min(second.seconds for _, second in self.costs)

    @property
    def of_least(self) -> float:
        """The ratio of the shortest times: what is left when chance is taken away."""
        first, second = self.least
        return second / first

    @property
    def peak(self) -> int:
        """The most memory that either way ever took, in bytes; 0 where it was not looked at."""
        return max(cost.peak for pair in self.costs for cost in pair)


def compare(first: Way, second: Way, pairs: int) -> Pairs:
    """Measures both ways, after one round that does not count. Raises RuntimeError where they did not do the same work."""
    costs = []
    for number in range(pairs + 1):
        if number % 2:
            two = second(number)
            one = first(number)
        else:
            one = first(number)
            two = second(number)
        if one.same != two.same:
            raise RuntimeError(f"not the same work: {one.same[:300]} and {two.same[:300]}")
        costs.append((one, two))
    return Pairs(tuple(costs[1:]))


class Warm:
    """A way in a process that stays: `with Warm("word:direct") as way`. The name is that of a module here and its function."""

    def __init__(self, name: str) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", "tests.bench.worker", name], cwd=ROOT, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, seed: int) -> Cost:
        assert self.process.stdin
        assert self.process.stdout
        print(seed, file=self.process.stdin, flush=True)
        return _answer(self.process.stdout.readline())

    def __enter__(self) -> Warm:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.process.communicate()


def once(name: str, number: int) -> Way:
    """A way that does the work of that number in a fresh process and times itself there."""
    command = [sys.executable, "-m", "tests.bench.worker", name, str(number)]
    return lambda _: _answer(subprocess.run(command, cwd=ROOT, env=_environment(), stdout=subprocess.PIPE, text=True, check=True).stdout)


def fresh(command: Sequence[str], times: int = 1, good: Sequence[int] = (0,)) -> Way:
    """A way that runs the command in a fresh process, `times` in a row; its time is that of the whole processes."""

    def run(_: int) -> Cost:
        before = _of_children()
        for _ in range(times):
            done = subprocess.run(command, cwd=ROOT, env=_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            if done.returncode not in good:
                raise RuntimeError(f"{' '.join(command)}: {done.stderr}")
        return Cost((_of_children() - before) / times)

    return run


def _answer(line: str) -> Cost:
    if not line:
        raise RuntimeError("the worker has stopped; its message stands above")
    found: dict[str, Any] = json.loads(line)
    return Cost(**found)


def _of_children() -> float:
    import resource  # not on Windows

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "1795478400"}  # 24 November 2026
