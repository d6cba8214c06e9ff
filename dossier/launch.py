"""A launch seen as a whole: the market comparison of each product, and the languages that its markets still lack."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dossier import assemble, blocks, comparison_document, evidence, i18n, language_plan, output, product
from dossier.assemble import Order, Workspace
from dossier.checklist import Checklist
from dossier.errors import DossierError, Problem
from dossier.language_plan import Plan

MOST_MARKETS = 60


@dataclass(frozen=True, slots=True)
class Compared:
    """One product in its markets: the checklists, and the comparison as a document in each language asked for."""

    checklists: tuple[Checklist, ...]
    documents: tuple[blocks.Document, ...]


def compare(paths: Sequence[Path], order: Order, workspace: Workspace) -> tuple[Compared, ...]:
    """The comparison of each product over the markets of the order, in each of its languages; English where it names none.

    Raises DossierError with all problems of all product files, and for fewer than two markets.
    """
    tongues = [i18n.tongue(name) for name in order.locales or ("en",)]
    markets = workspace.repository.expand(order.markets)
    if not 2 <= len(markets) <= MOST_MARKETS:
        raise DossierError(Problem("--market", 0, 0, f"a comparison needs 2 to {MOST_MARKETS} markets, not {len(markets)}.", "Name several markets or a group, for example: -m nordic,us."))
    found = []
    for checklists in checked(paths, order, workspace):
        documents = []
        for tongue in tongues:
            document = comparison_document.render(checklists, tongue, workspace.shelf, product.issue_date(checklists[0].product, order.issue_date))
            assemble.check_characters(document, checklists[0], workspace)
            documents.append(document)
        found.append(Compared(tuple(checklists), tuple(documents)))
    return tuple(found)


def checked(paths: Sequence[Path], order: Order, workspace: Workspace) -> list[list[Checklist]]:
    """The checklists of each product, one a market. Raises DossierError with all problems of all product files."""
    markets = workspace.repository.expand(order.markets)
    problems: list[Problem] = []
    found: list[list[Checklist]] = []
    for path in paths:
        try:
            file = product.read(path)
            files = evidence.inspect(file, True)
            found.append([assemble.checklist_of(file, market, order.law_date, workspace, files) for market in markets])
        except DossierError as error:
            problems += error.problems
    if problems:
        raise DossierError(problems)
    return found


def files(compared: Sequence[Compared], formats: Sequence[str], workspace: Workspace, tell: Callable[[str], None]) -> list[output.File]:
    """The comparisons in every format, named and described for the manifest."""
    found = []
    for each in compared:
        for document in each.documents:
            for extension in assemble.known_formats(formats):
                tell(f"{document.number} {document.locale} {extension}")
                found.append(output.File(_name(each, document, extension), assemble.rendered(document, extension, workspace), _about(each, document, extension, workspace)))
    return found


def _name(each: Compared, document: blocks.Document, extension: str) -> str:
    identifier = each.checklists[0].product.id
    return f"{identifier}/{document.kind}_{identifier}_{_locale(document)}_r{output.plain_name(document.revision)}.{extension}"


def _locale(document: blocks.Document) -> str:
    return "+".join(part for part in (document.locale, document.second_locale) if part)


def _about(each: Compared, document: blocks.Document, extension: str, workspace: Workspace) -> dict[str, object]:
    first = each.checklists[0]
    return {
        "document": {"kind": document.kind, "title": document.title, "number": document.number, "revision": document.revision, "date": document.date.isoformat(), "locale": _locale(document), "format": extension, "state": document.mark},
        "product": first.product.id,
        "markets": [checklist.market.head.id for checklist in each.checklists],
        "law_date": first.market.date.isoformat(),
        "data_version": first.market.version,
        "inputs": {"product.yaml": first.place.sha256, "jurisdictions": workspace.jurisdictions_sha256, "templates": workspace.templates_sha256},
        "tools": assemble.tools(extension),
    }


def languages(paths: Sequence[Path], order: Order, workspace: Workspace) -> list[tuple[Checklist, Plan]]:
    """The language plan of each product over the markets of the order, with the first of its checklists."""
    return [(checklists[0], language_plan.plan(checklists)) for checklists in checked(paths, order, workspace)]
