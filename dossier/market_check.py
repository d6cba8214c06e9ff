"""What the data of a market still lack, in plain words: no authority, no law, no clock, no language row; and what is open in its files."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from dossier import yamlfile
from dossier.market_open import LISTS, Finding, open_in, shown
from dossier.records import Requirement
from dossier.resolve import Repository, Resolved, resolve

DOCUMENTS = {
    "label": "the label",
    "ifu": "the instructions for use",
    "implant-card": "the implant card",
    "declaration-of-conformity": "the declaration of conformity",
    "field-safety-notice": "field safety notices",
    "gui": "the user interface of software",
}
# Papers that are asked for by a regulation; a law of its own may not know them.
_KNOWN_TO = {"implant-card": ("mdr",), "declaration-of-conformity": ("mdr", "ivdr")}
_REPRESENTATIVES = {"authorised-representative", "us-agent", "uk-responsible-person", "sponsor", "marketing-authorisation-holder"}


def check(repository: Repository, name: str, date: dt.date) -> tuple[Finding, ...]:
    """Everything that is incomplete in the data of the market on `date`, sorted by place; what it inherits counts as there.

    The data have no faults (`resolve.faults_of`). A legal space is asked for its own texts, levels and dates only.
    """
    folder = repository.folder(name)
    found = [finding for file in sorted(folder.rglob("*.yaml")) for finding in open_in(file, folder, date)]
    if repository.get(name).head.kind == "state":
        found += _missing(repository, name, date)
    return tuple(sorted(set(found)))


# --- what is not there at all -----------------------------------------------------------------------------------------


class _Need(NamedTuple):
    file: str
    what: str
    why: str
    todo: str
    there: Callable[[Resolved], bool]


_NEEDS = (
    _Need("authorities.yaml", "no competent authority is named.", "Letters and reports have no addressee.", "Add an authority with role: competent-authority.", lambda market: market.authority("competent-authority") is not None),
    _Need("authorities.yaml", "no CSIRT is named.", "The disclosure note cannot say who coordinates when a vulnerability becomes known.", "Add an authority with role: national-csirt (or sector-csirt); FIRST and ENISA list them.", lambda market: any(market.authority(role) for role in ("national-csirt", "sector-csirt"))),
    _Need("requirements/disclosure.yaml", "no rule says how a vulnerability is disclosed.", "The disclosure note has no row for this market.", "Add a requirement with phase: disclosure; say so in it where no duty was found.", lambda market: any(_has(market, lambda rule: rule.phase == "disclosure"))),
    _Need("requirements/representation.yaml", "no rule says whether a maker abroad needs a representative.", "A maker abroad would not learn that somebody in the market must act for it.", "Add a requirement with phase: representation; say so in it where none is needed.", lambda market: any(_has(market, lambda rule: rule.phase == "representation" or bool(_REPRESENTATIVES & set(rule.binds))))),
    _Need("requirements/registration.yaml", "no rule says who registers the device or the company.", "The checklist would let a device be sold that is in no register.", "Add a requirement with phase: registration; say so in it where there is no register.", lambda market: any(_has(market, lambda rule: rule.phase == "registration"))),
    _Need("requirements/vigilance.yaml", "no rule says within how many days or hours a serious incident is reported.", "The clock is what people look up first when something happens.", "Add a requirement with phase: post-market and deadlines: [{amount: ..., unit: day, ...}].", lambda market: any(_has(market, _clock))),
    _Need("requirements/cybersecurity.yaml", "no clause on software and security is there, and no other law is inherited.", "The evidence index has nothing to stand on.", "Add a group with part: clauses, whose requirements name evidence kinds, and index in jurisdiction.yaml (as the shipped au does).", lambda market: not market.own_law or any(record.group.part == "clauses" for record in market.records)),
)


def _has(market: Resolved, wanted: Callable[[Requirement], bool]) -> Iterator[bool]:
    return (wanted(record.requirement) for record in market.records)


def _clock(rule: Requirement) -> bool:
    return rule.phase == "post-market" and any(deadline.amount is not None and deadline.unit in ("hour", "day") for deadline in rule.deadlines)


def _missing(repository: Repository, name: str, date: dt.date) -> Iterator[Finding]:
    """What the market lacks, for each regulation whose data it has."""
    folder, part = repository.folder(name), repository.get(name)
    for regulation in repository.regulations(name):
        market = resolve(repository, name, date, regulation)
        note = f" ({regulation.upper()})" if len(repository.regulations(name)) > 1 else ""
        for need in _NEEDS:
            if not need.there(market):
                yield _at(folder, need.file, need.what[:-1] + note + ".", need.why, need.todo)
        for document, words in DOCUMENTS.items():
            if regulation not in _KNOWN_TO.get(document, (regulation,)) or (market.own_law and document in _KNOWN_TO):
                continue
            if not any(row.document == document for row in market.languages):
                yield _at(folder, "languages.yaml", f"no row says which language {words} must be in{note}.", "A text in the wrong language keeps a device from the market.", f"Add a row with document: {document}; with level: unconfirmed where no rule was found.")
    if not any(source.kind in ("act", "regulation") for source in part.sources.values()):
        yield _at(folder, "sources.yaml", "no law is named.", "Every national rule needs the act or regulation it stands in.", "Add a source with kind: act or kind: regulation.")


def _at(folder: Path, file: str, what: str, why: str, todo: str) -> Finding:
    """A finding at the list of a file; on the head of the jurisdiction where the file is not there yet."""
    if not (folder / file).is_file():
        return Finding(shown(folder, "jurisdiction.yaml"), 1, 1, what, why, f"{todo[:-1]}, in {file}.")
    source = yamlfile.read(folder / file, shown(folder, file))
    line, column = next((source.keys[key,] for key in LISTS if (key,) in source.keys), (1, 1))
    return Finding(source.name, line, column, what, why, todo)
