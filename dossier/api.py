"""The same as the command line, for Python programs: typed, no printing, nothing written unless asked."""
from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from dossier import assemble, product, resources
from dossier.assemble import DEFAULT_FORMATS, Order, Result, Workspace
from dossier.checklist import Checklist
from dossier.review import intake
from dossier.review.intake import Choices, Part


def check(path: str | Path, market: str, *, date: dt.date, home: Sequence[str] = ()) -> Checklist:
    """The rows and gaps of the product in `path` for one market, by the law of `date`.

    Raises DossierError (`dossier.errors`) with every problem of the product file or the data, each with its place.
    """
    workspace = Workspace(resources.homes(home))
    (name,) = workspace.repository.expand([market])
    return assemble.check(product.read(Path(path)), name, date, workspace)


def build(
    path: str | Path,
    market: str,
    *,
    date: dt.date,
    issued: dt.date | None = None,
    documents: Sequence[str] = (),
    formats: Sequence[str] = DEFAULT_FORMATS,
    locales: Sequence[str] = (),
    output: str | Path | None = None,
    home: Sequence[str] = (),
) -> Result:
    """The documents of the product in `path` for a market or group, in memory; written to `output` where it is given.

    `date` is the day whose law is applied; `issued` is the date that is printed where the product file states none
    (`date` when left out). Raises DossierError as `check` does, and before anything is written.
    """
    order = Order((market,), date, issued or date, tuple(documents), tuple(formats), tuple(locales))
    result = assemble.build([Path(path)], order, Workspace(resources.homes(home)))
    if output is not None:
        assemble.write(result, Path(output))
    return result


def read_review(files: Sequence[str | Path], into: str | Path | None = None, *, read: dt.date, enter: bool = False, reviewer: str = "", force: bool = False, prefer: str = "", home: Sequence[str] = ()) -> tuple[Part, ...]:
    """What filled documents bring: answers, findings, changes and conflicts, a part for each document.

    `into` is the product they are compared and merged with; `enter` writes the answers into its review record. `read` is the
    day of reading; `reviewer` stands in where a file names nobody, `force` takes answers to another revision, `prefer` settles
    conflicts. Raises DossierError with every file that is refused; then nothing is written.
    """
    choices = Choices(read, reviewer, force=force, prefer=prefer)
    parts = intake.intake([Path(file) for file in files], Path(into) if into is not None else None, choices, Workspace(resources.homes(home)))
    if enter:
        intake.enter(parts)
    return parts
