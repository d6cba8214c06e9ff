"""The checks of the loader on one row of a requirement workbook, each fault named with its cell."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dossier.conditions import Fact, parse_condition
from dossier.errors import CellProblem, Problem, did_you_mean
from dossier.jurisdiction import date_faults, id_faults
from dossier.records import Requirement
from dossier.requirement_table import EXPLAINED, Column, column_of
from dossier.resolve import Repository
from dossier.schema import parse, readable
from dossier.yamlfile import Mark, Path_, YamlFile

_NEEDED = {
    "title": "the heading of the row in every document",
    "says": "what the reader is told to show",
    "source": "no fact without its source",
    "clause": "a reader must find the place in the source",
    "level": "documents print how well a fact is verified",
    "force": "documents print what binds",
    "binds": "a duty that binds nobody asks nothing",
    "phase": "it is the chapter in which the row stands",
    "checked": "a reader must see how old the fact is",
    "review_by": "nobody would look at the row again",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What a row may name: sources, kinds of evidence, authorities, requirements and facts; and the ids that are taken, with their places."""

    sources: frozenset[str]
    kinds: frozenset[str]
    authorities: frozenset[str]
    rules: frozenset[str]
    facts: Mapping[str, Fact]
    taken: Mapping[str, str]


def scope(repository: Repository, name: str) -> Scope:
    """What the rows of the jurisdiction `name` may name. Raises DossierError where its data cannot be read."""
    chain = repository.chain(name)
    library = repository.library
    return Scope(
        frozenset({*library.sources, *repository.get(name).sources}),
        frozenset(library.kinds),
        frozenset(authority.id for part in chain for authority in part.authorities),
        frozenset(record.requirement.id for part in chain for record in part.records),
        library.facts,
        {record.requirement.id.lower(): f"{record.file}:{record.line}" for part in chain for record in part.records},
    )


def faults(record: Mapping[str, Any], known: Sequence[Column], places: Mapping[str, Mark], name: str, scope: Scope) -> list[CellProblem]:
    """Everything that the loader would refuse in the record. `places` are the cells (row, column) by column name, `name` is the sheet in messages."""
    at = {path: places.get(column_of(path, known).name, places["id"]) for path in _paths(record)}
    source = _CellFile(name, record, at)
    empty = [key for key in _NEEDED if not record.get(key)]
    hint = f'Fill it in; the sheet "{EXPLAINED}" says what can stand there.'
    found: list[Problem] = []
    for key in empty:
        column = column_of((key,), known).name
        found.append(CellProblem(name, *places.get(column, places["id"]), f"{record.get('id')}: {column} is empty: {_NEEDED[key]}.", hint))
    filled = {key: value for key, value in record.items() if key not in empty}
    told = {f'"{key}" is missing.' for key in empty}
    requirement, errors = parse(Requirement, filled, source)
    found += [problem for problem in errors if problem.message not in told]
    found += parse_condition(record.get("applies_when"), scope.facts, source, ("applies_when",))[1]
    if (seen := requirement or readable(Requirement, filled)) is not None:
        found += id_faults(seen, source, ()) + date_faults(seen, source, ()) + _unknown(seen, source, scope)
    return [CellProblem(each.file, each.line, each.column, each.message, each.hint) for each in found]


@dataclass(frozen=True, slots=True)
class _CellFile(YamlFile):
    """A record whose marks are cells, so that the checks of the loader name the cell."""

    def problem(self, path: Path_, message: str, hint: str = "", key: bool = False) -> Problem:
        return CellProblem(self.name, *self.at(path), message, hint)


def _unknown(requirement: Requirement, source: YamlFile, scope: Scope) -> list[Problem]:
    """A problem for each source, kind of evidence, authority and related requirement that does not exist."""
    named = [*((("source",), name) for name in (requirement.source,) if name), *((("references",), reference.source) for reference in requirement.references)]
    found = [source.problem(path, f'source "{name}" is not in sources.yaml, so that nobody could find the rule.', did_you_mean(name, scope.sources) or "Add it to sources.yaml first.") for path, name in named if name not in scope.sources]
    found += [source.problem(("evidence_kinds",), f'"{wanted.kind}" is not an evidence kind.', did_you_mean(wanted.kind, scope.kinds) or "See: dossier list evidence") for wanted in requirement.evidence_kinds if wanted.kind not in scope.kinds]
    if requirement.authority and requirement.authority not in scope.authorities:
        found.append(source.problem(("authority",), f'"{requirement.authority}" is no authority of this jurisdiction.', did_you_mean(requirement.authority, scope.authorities) or "Add it to authorities.yaml first."))
    found += [source.problem(("related",), f'"{name}" is no requirement of this jurisdiction or of what it extends.', did_you_mean(name, scope.rules)) for name in requirement.related if name not in scope.rules]
    return found


def _paths(value: Any, path: Path_ = ()) -> list[Path_]:
    """Every place in the record, itself first."""
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, part in inner for found in _paths(part, (*path, key)))]
