"""What `dossier list` lists: markets, documents, requirements, evidence items, product facts, samples."""
from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from dossier import i18n, jurisdiction, resolve, resources, wording
from dossier.assemble import Workspace
from dossier.errors import DossierError
from dossier.records import Record
from dossier.resolve import Repository, Resolved


def samples() -> list[str]:
    """The ids of the shipped samples, sorted."""
    return sorted(path.parent.name for path in resources.shipped("samples").glob("*/product.yaml"))


def shown(value: object) -> str:
    """A value as a table shows it."""
    if isinstance(value, dict):
        return ", ".join(f"{number} {name}" for name, number in value.items())
    return ", ".join(value) if isinstance(value, list) else str(value)


def listed(what: str, markets: Sequence[str], workspace: Workspace, day: dt.date) -> list[dict[str, Any]]:
    """What there is of a kind (markets, documents, requirements, ...) as rows of plain data, by the law of `day`."""
    repository = workspace.repository
    match what:
        case "markets":
            return _markets(repository)
        case "documents":
            return [{"id": each.id, "title": i18n.say(each.title, "en").text, "about": i18n.say(each.about, "en").text} for each in workspace.shelf.templates]
        case "requirements":
            found = []
            for market, resolved, records in _resolved(repository, markets or ["no"], day):
                found += [{"id": record.requirement.id, "market": market, "title": i18n.say(record.requirement.title, "en").text, "source": wording.citation(record.requirement, resolved, i18n.ENGLISH), "level": record.requirement.level, "state": resolved.states[record.requirement.id]} for record in records]
            return found
        case "evidence":
            return [{"id": wording.code(kind.kind.id), "title": i18n.say(kind.kind.title, "en").text, "expectation": kind.kind.expectation, "principle": kind.kind.principle} for kind in repository.library.kinds.values()]
        case "facts":
            return [{"fact": name, "path": fact.path or "(worked out)", "type": fact.type} for name, fact in repository.library.facts.items()]
        case _:
            return [{"id": name} for name in samples()]


def _resolved(repository: Repository, markets: Sequence[str], day: dt.date) -> list[tuple[str, Resolved, list[Record]]]:
    """Each market as it stands on `day`, once for each regulation whose data it has; what holds under both is not said twice."""
    found: list[tuple[str, Resolved, list[Record]]] = []
    for market in repository.expand(markets):
        seen: set[str] = set()
        for regulation in repository.regulations(market):
            each = resolve.resolve(repository, market, day, regulation)
            found.append((market, each, [record for record in each.records if record.requirement.id not in seen]))
            seen |= {record.requirement.id for record in each.records}
    return found


def _markets(repository: Repository) -> list[dict[str, Any]]:
    """All markets with the number of their facts at each level of proof, then the groups with their markets."""
    problems = resolve.faults(repository)
    if problems:
        raise DossierError(problems)
    markets = [
        {"kind": "market", "id": head.id, "name": i18n.say(head.name, "en").text, "extends": list(head.extends), "locale": head.locale, "facts": jurisdiction.levels(repository.get(head.id))}
        for head in repository.markets()
    ]
    groups = [{"kind": "group", "id": name, "name": i18n.say(group.name, "en").text, "markets": list(repository.members(name))} for name, group in repository.groups.items()]
    return [*markets, *groups]
