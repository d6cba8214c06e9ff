"""The commands on a launch: the market comparison, the language plan, and what changes between two days."""
from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from dossier import assemble, changes, checklist, evidence, i18n, language_plan, launch, output, overview, product, resolve, wording
from dossier.assemble import Order, Workspace
from dossier.changes import Between, Change
from dossier.checklist import Checklist
from dossier.errors import DossierError, ExitCode, Problem
from dossier.labels import DOCUMENT
from dossier.language_plan import Plan
from dossier.product import ProductFile
from dossier.remote import Address, is_address, place_in
from dossier.resolve import Resolved

SAYS = {"appears": "new", "changes": "changed", "ends": "ends"}


def compare(paths: Sequence[Path], order: Order, folder: str, workspace: Workspace, tell: Callable[[str], None]) -> int:
    """Writes the market comparison of each product and prints the paths; exit code 0. `folder` is a path or an address."""
    files = launch.files(launch.compare(paths, order, workspace), order.formats, workspace, tell)
    with Address(folder) if is_address(folder) else output.Folder(Path(folder)) as held:
        for file in files:
            held.add(file)
        held.add(overview.page(held.entries.values(), workspace.market_names(held.entries.values())))
        held.finish()
    for file in files:
        print(place_in(folder, file.path))
    return ExitCode.DONE


def languages(paths: Sequence[Path], order: Order, workspace: Workspace, *, as_json: bool) -> int:
    """Prints which languages each product lacks and what each further one opens; exit code 1 where some are lacking."""
    plans = launch.languages(paths, order, workspace)
    if as_json:
        print(json.dumps([{"product": each.product.id, "law_date": each.market.date.isoformat(), **language_plan.as_data(plan)} for each, plan in plans], ensure_ascii=False, indent=1))
    else:
        for each, plan in plans:
            _print_plan(each.product.name, plan)
    return ExitCode.FINDINGS if any(plan.steps for _, plan in plans) else ExitCode.DONE


def _print_plan(name: str, plan: Plan) -> None:
    print(f"{name}")
    print(f"  all language rules are met in: {', '.join(plan.ready) or 'none of these markets'}")
    for number, step in enumerate(plan.steps, 1):
        documents = ", ".join(DOCUMENT[document].lower() for document in step.documents)
        opens = f"opens {len(step.opens)}: {', '.join(step.opens)}" if step.opens else "opens none by itself"
        print(f"  {number:>2}. {i18n.language_name(step.language, 'en')} ({documents}): {opens}")
    if plan.new_udi_di:
        print(f"  new languages of the user interface ({', '.join(plan.new_udi_di)}): MDCG 2018-5 asks for a new UDI-DI when the language of the user interface changes; that adding one is such a change is our reading, so decide and record it")


def diff(path: Path | None, markets: Sequence[str], days: tuple[Any, Any], older: Workspace, workspace: Workspace, *, as_json: bool) -> int:
    """Prints what changes in each market from the first day to the second, for a product or for everyone; exit code 1 where something does.

    `older` holds the data that stand for the first day: the same as `workspace`, or an earlier state of the data.
    """
    found = [each for market in workspace.repository.expand(markets) for each in _between(path, market, days, older, workspace)]
    if as_json:
        print(json.dumps([_as_data(each) for each in found], ensure_ascii=False, indent=1))
    else:
        for each in found:
            _print_between(each, path)
    return ExitCode.FINDINGS if any(each.changes or each.reissue for each in found) else ExitCode.DONE


def _between(path: Path | None, market: str, days: tuple[Any, Any], older: Workspace, workspace: Workspace) -> list[Between]:
    """One comparison for the product's regulation, or without a product one for each regulation that the market has on either side."""
    if market not in older.repository.ids():
        raise DossierError(Problem("--from-data", 0, 0, f'these data have no market "{market}".', "Name markets that both states of the data have."))
    if path is not None:
        file = product.read(path)
        found = changes.for_product(*_checked(file, market, days, older, workspace), workspace.shelf)
        if older is workspace or not (_has(older, market, file.product.regulation) and _has(workspace, market, file.product.regulation)):
            return [found]
        words = changes.reworded(*_checked(file, market, (days[1], days[1]), older, workspace, alike=True), workspace.shelf, assemble.own_tongue(found.after.head.locale))
        return [replace(found, reissue=(*found.reissue, *((name, 0) for name in words if name not in dict(found.reissue))))]
    known = {*older.repository.regulations(market), *workspace.repository.regulations(market)}
    both = [changes.between(*_resolved(market, days, regulation, older, workspace)) for regulation in ("mdr", "ivdr") if regulation in known]
    seen: set[tuple[str, str]] = set()
    kept = []
    for each in both:
        kept.append(replace(each, changes=tuple(change for change in each.changes if (change.id, change.how) not in seen)))
        seen |= {(change.id, change.how) for change in each.changes}
    return kept


def _checked(file: ProductFile, market: str, days: tuple[Any, Any], older: Workspace, workspace: Workspace, alike: bool = False) -> tuple[Checklist, Checklist]:
    """The product's checklists on both sides; with `alike` the product names nothing in either that only one can read."""
    before, after = _resolved(market, days, file.product.regulation, older, workspace)
    libraries = older.repository.library, workspace.repository.library
    files = evidence.inspect(file, True)
    earlier = changes.earlier(file, (before, libraries[0]), (after, libraries[1]))
    return checklist.build(earlier, before, libraries[0], files), checklist.build(earlier if alike else file, after, libraries[1], files)


def _resolved(market: str, days: tuple[Any, Any], regulation: str, older: Workspace, workspace: Workspace) -> tuple[Resolved, Resolved]:
    """The market on both sides; where one lacks the regulation it is bare, so that every rule of the other appears or ends."""
    if not _has(older, market, regulation):
        after = resolve.resolve(workspace.repository, market, days[1], regulation)
        return changes.bare(after, days[0], older.repository.version), after
    before = resolve.resolve(older.repository, market, days[0], regulation)
    if not _has(workspace, market, regulation):
        return before, changes.bare(before, days[1], workspace.repository.version)
    return before, resolve.resolve(workspace.repository, market, days[1], regulation)


def _has(workspace: Workspace, market: str, regulation: str) -> bool:
    """Whether the market's data are for products under the regulation; a law of its own is for those of both."""
    known = {part.head.regulation for part in workspace.repository.chain(market)} - {""}
    return not known or regulation in known


def _print_between(each: Between, path: Path | None) -> None:
    before, after = each.before, each.after
    print(f"\n{i18n.say(after.head.name, 'en').text}{_regulation(after)}: law of {before.date} (data {before.version}) against law of {after.date} (data {after.version})")
    for change in each.changes:
        print(f"  {SAYS[change.how]:<8}{change.id}  {i18n.say(change.requirement.title, 'en').text} ({_cited(change, each)})")
        for line in _details(change, each):
            print(f"          {line}")
    if not each.changes:
        print("  no requirement appears, changes or ends")
    for milestone in each.days:
        print(f"  {milestone.on}  {i18n.say(milestone.says, 'en').text}{' Not confirmed as law here.' if milestone.open else ''} ({wording.place(milestone.source, milestone.clause, after.sources, i18n.ENGLISH)})")
    if path is not None:
        names = ", ".join(f"{name} ({count} rows)" if count else f"{name} (words beside its rows)" for name, count in each.reissue)
        print(f"  to be issued anew: {names or 'no document'}")


def _regulation(market: Resolved) -> str:
    names = [head.regulation.upper() for head in market.chain if head.regulation]
    return f" ({', '.join(names)})" if names else ""


def _cited(change: Change, each: Between) -> str:
    return wording.citation(change.requirement, each.before if change.how == "ends" else each.after, i18n.ENGLISH)


def _details(change: Change, each: Between) -> list[str]:
    lines = []
    if change.aspects:
        lines.append(f"differs in: {', '.join(aspect.replace('_', ' ') for aspect in change.aspects)}")
    if "state" in change.aspects:
        lines.append(f"{each.before.states[change.id]} -> {each.after.states[change.id]}")
    if change.decision != ("", "") and change.decision[0] != change.decision[1]:
        lines.append(f"for the product: {change.decision[0] or 'not there'} -> {change.decision[1] or 'not there'}")
    lines.append(f"{change.file}:{change.line}")
    return lines


def _as_data(each: Between) -> dict[str, Any]:
    return {
        "market": each.market,
        "from": {"date": each.before.date.isoformat(), "data_version": each.before.version},
        "to": {"date": each.after.date.isoformat(), "data_version": each.after.version},
        "changes": [
            {"id": change.id, "how": change.how, "title": i18n.say(change.requirement.title, "en").text, "source": _cited(change, each), "aspects": change.aspects, "decision": change.decision, "file": change.file, "line": change.line}
            for change in each.changes
        ],
        "days": [{"on": day.on.isoformat(), "says": i18n.say(day.says, "en").text, "source": day.source, "clause": day.clause, "confirmed_as_law": not day.open} for day in each.days],
        "reissue": [{"document": name, "rows": count} for name, count in each.reissue],
    }
