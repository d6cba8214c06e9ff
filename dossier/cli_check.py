"""The commands check and explain: gaps as a table or as data, and why one requirement applies."""
from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from dossier import assemble, explain, i18n, plan, product, resolve, terminal, wording
from dossier.assemble import Workspace
from dossier.checklist import Checklist
from dossier.errors import DossierError, ExitCode, Problem


def check(paths: Sequence[str], markets: Sequence[str], day: dt.date, workspace: Workspace, *, as_json: bool) -> int:
    """Prints the gaps of the products in the markets, or in those that each product file names.

    Exit code 1 where there are findings, else 0. Raises DossierError with the faults of all product files at once.
    """
    problems: list[Problem] = []
    found: list[Checklist] = []
    for path in paths:
        try:
            file = product.read(Path(path))
            found += [assemble.check(file, market, day, workspace) for market in plan.expanded([Path(path)], markets, workspace.repository)]
        except DossierError as error:
            problems += error.problems
    if problems:
        raise DossierError(problems)
    for warning in _papers(found):
        print(warning, file=sys.stderr)
    if as_json:
        print(json.dumps([as_data(each) for each in found], ensure_ascii=False, indent=1))
    else:
        for each in found:
            print_gaps(each)
    return ExitCode.FINDINGS if any(each.findings for each in found) else ExitCode.DONE


def _papers(found: Sequence[Checklist]) -> list[str]:
    """What is to be said of evidence documents that no gap tells: a file that is not there though nothing waits for it, a date to come."""
    waiting = {(each.place.source.name, gap.subject) for each in found for gap in each.gaps}
    told: dict[str, None] = {}
    for each in found:
        source = each.place.source
        for index, document in enumerate(each.product.evidence):
            file, row = each.files[document.id], ("evidence", index)
            if file.named and not file.present and (source.name, document.id) not in waiting:
                told[f"{Problem(source.name, *source.at((*row, 'file')), f'the file of {document.id} is not there ({document.file}).', 'No requirement of these markets waits for it; add the file, or take the line away.')}"] = None
            if document.date and document.date > each.market.date:
                told[f"{Problem(source.name, *source.at((*row, 'date')), f'{document.id} is dated {document.date}, after the day of the law applied ({each.market.date}).', 'Correct the date, or set --date.')}"] = None
    return [f"warning: {text}" for text in told]


def explain_decision(requirement: str, path: Path | None, markets: Sequence[str], day: dt.date, workspace: Workspace) -> int:
    """Prints what the requirement asks and where it stands; with a product file also why it applies to it or not."""
    market = workspace.repository.expand(markets)[0]
    if path is not None:
        print(explain.decision(requirement, assemble.check(product.read(path), market, day, workspace)))
        return ExitCode.DONE
    known = workspace.repository.regulations(market)
    regulation = next((name for name in known if requirement.lower().startswith(f"eu-{name}.")), known[0])
    print(explain.requirement(requirement, resolve.resolve(workspace.repository, market, day, regulation), workspace.repository.library))
    return ExitCode.DONE


def print_gaps(each: Checklist) -> None:
    """The gaps as a table: what waits for them, what is missing, where to add it, the source."""
    counted = {weight: sum(gap.severity == weight for gap in each.gaps) for weight in ("finding", "justify", "inform")}
    console = terminal.console()
    name = each.place.source.name
    console.print(f"\n{each.product.name} ({each.product.id}), {i18n.say(each.market.head.name, 'en').text}, law as of {each.market.date}: {counted['finding']} gaps, {counted['justify']} expected and not shown, {counted['inform']} for information", markup=False)
    _warn_overdue(each)
    if not each.gaps:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title, options in (("requirement", {"max_width": 30}), ("what is missing", {"ratio": 3}), ("where to add it", {"no_wrap": True}), ("source", {"ratio": 1})):
        table.add_column(title, overflow="fold", **options)
    weights = {"finding": "", "justify": "", "inform": "For information: "}
    for gap in each.gaps:
        more = len(gap.affects) - 3
        affects = ", ".join(wording.code(affected) for affected in gap.affects[:3]) + (f" and {more} more" if more > 0 else "")
        cells = (affects, weights[gap.severity] + wording.gap(gap, each, i18n.ENGLISH), f"{Path(name).name}:{gap.line}", wording.gap_source(gap, each, i18n.ENGLISH))
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)


def _warn_overdue(each: Checklist) -> None:
    """Data past the day on which their source should have been looked at again: a warning, never a stop."""
    overdue = sorted((record.requirement.review_by, record.requirement.id) for record in each.market.records if record.requirement.review_by < each.market.date)
    if overdue:
        day, name = overdue[0]
        print(f"warning: {len(overdue)} requirements of {each.market.head.id} are past the day on which their source should have been checked again (the first: {name}, {day}). Look for newer data, or compare them with their sources.", file=sys.stderr)


def as_data(each: Checklist) -> dict[str, Any]:
    """The checklist for programs: the gaps with file, line and source, each requirement and each evidence item."""
    return {
        "product": each.product.id,
        "market": each.market.head.id,
        "law_date": each.market.date.isoformat(),
        "data_version": each.market.version,
        "gaps": [
            {"cause": gap.cause, "subject": gap.subject, "severity": gap.severity, "affects": list(gap.affects), "file": each.place.source.name, "line": gap.line, "source": wording.gap_source(gap, each, i18n.ENGLISH), "message": wording.gap(gap, each, i18n.ENGLISH)}
            for gap in each.gaps
        ],
        "rows": [{"id": row.id, "applies": row.decision.applies, "coverage": row.coverage, "standing": row.standing} for row in each.rows],
        "evidence": [{"id": row.id, "applies": row.decision.applies, "coverage": row.coverage} for row in each.kinds],
    }
