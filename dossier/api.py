"""The same as the command line, for Python programs: typed, no printing, nothing written unless asked."""
from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from dossier import assemble, product, resources
from dossier.assemble import DEFAULT_FORMATS, Order, Result, Workspace
from dossier.checklist import Checklist


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
