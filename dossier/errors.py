"""What can go wrong, said once: `Problem` (where, what, what to do), `DossierError`, and the exit codes."""
from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """How the command ends; the numbers are part of the interface."""

    DONE = 0
    FINDINGS = 1
    UNREADABLE = 2
    SOME_FAILED = 3
    MISSING_TOOL = 4
    INTERNAL = 70
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault in one place. `line` and `column` count from 1; 0 means the file as a whole."""

    file: str
    line: int
    column: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = self.file
        if self.line:
            place += f":{self.line}:{self.column}"
        return f"{place}: {self.message}" + (f" {self.hint}" if self.hint else "")


@dataclass(frozen=True, slots=True, order=True)
class CellProblem(Problem):
    """A fault in a cell of a workbook: `line` is the row, `column` the column, both from 1.

    >>> print(CellProblem('rules.xlsx sheet "Requirements"', 7, 4, "the text is missing."))
    rules.xlsx sheet "Requirements" cell D7: the text is missing.
    """

    def __str__(self) -> str:
        letters, column = "", self.column
        while column:
            column, rest = divmod(column - 1, 26)
            letters = chr(65 + rest) + letters
        return f"{self.file} cell {letters}{self.line}: {self.message}" + (f" {self.hint}" if self.hint else "")


class DossierError(Exception):
    """Stops the work; carries every problem found, sorted by place, and the exit code to end with."""

    def __init__(self, problems: Iterable[Problem] | Problem, code: ExitCode = ExitCode.UNREADABLE) -> None:
        found = [problems] if isinstance(problems, Problem) else list(problems)
        self.problems = tuple(sorted(set(found)))
        self.code = code
        super().__init__("\n".join(str(problem) for problem in self.problems))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint naming the nearest known word, or an empty text.

    >>> did_you_mean("sterlie", ["sterile", "single_use"])
    'Did you mean "sterile"?'
    """
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f'Did you mean "{near[0]}"?' if near else ""


def one_of(words: Sequence[str]) -> str:
    """The words as a readable choice.

    >>> one_of(["a", "b", "c"])
    'a, b or c'
    """
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]
