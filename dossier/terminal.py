"""What commands print and where it goes: streams that take every name, tables, faults as text or data, a reader that leaves early."""
from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from dossier.errors import DossierError, ExitCode

NARROW = 200  # columns of a table that nobody's terminal limits


def ready() -> None:
    """Makes the streams fit: Windows consoles and pipes may have another encoding, and a program may start us with none at all."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  (it is the stream from now on)
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def say(text: str) -> int:
    """Prints a line and nothing else; returns the exit code."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        hush()
    except OSError as error:
        print(no_use(error), file=sys.stderr)
        hush()
        return ExitCode.UNREADABLE
    return ExitCode.DONE


def hush() -> None:
    """Sends what nobody reads any more nowhere, so that the work is finished."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def report(error: DossierError, arguments: Sequence[str]) -> None:
    """Prints the problems, a line each; where the command line asks for JSON, as data on standard output too."""
    for problem in error.problems:
        print(problem, file=sys.stderr)
    if len(error.problems) > 1:
        print(f"{len(error.problems)} problems", file=sys.stderr)
    if "--json" in arguments:
        import json

        print(json.dumps({"event": "refused", "problems": [asdict(problem) for problem in error.problems]}, ensure_ascii=False))


def no_use(error: OSError) -> str:
    """The sentence for what the system did not take: a path that is too long or forbidden, or a full disk behind the output."""
    reason = (error.strerror or str(error)).lower()
    if not error.filename:
        return f"dossier: the output cannot be written: {reason}. Free some space, or send it elsewhere."
    return f"{error.filename}: cannot be used: {reason}. Check the path and its permissions."


def console() -> Any:
    """Where tables go: as wide as the terminal, or wide enough for a file. Raises BrokenPipeError where nobody reads any more."""
    from rich.console import Console

    class Quiet(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    return Quiet(width=None if sys.stdout.isatty() else NARROW, highlight=False, soft_wrap=False)
