"""Conditions as data (`all`, `any`, `not` over product facts) and the table of facts they may use.

Decided as data rather than an expression language, because a decision must explain itself and name a missing fact.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dossier.errors import Problem, did_you_mean, one_of
from dossier.schema import Localized, Model
from dossier.yamlfile import Path_, YamlFile


@dataclass(frozen=True, slots=True)
class Is:
    """Holds when the fact has one of the values (`yes` and `no` for yes-no facts)."""

    fact: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Holds when every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any_:
    """Holds when at least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Holds when the part does not."""

    part: Condition


Condition = Is | All | Any_ | Not
ALWAYS = All(())


def allows(condition: Condition, fact: str, value: str) -> bool:
    """Whether the condition can hold for a product whose `fact` is `value`, whatever its other facts are."""
    match condition:
        case Is():
            return condition.fact != fact or value in condition.values
        case All():
            return all(allows(part, fact, value) for part in condition.parts)
        case Any_():
            return any(allows(part, fact, value) for part in condition.parts) or not condition.parts
        case Not(part):
            return not (isinstance(part, Is) and part.fact == fact and value in part.values)


class Fact(Model):
    """One product fact: where product.yaml states it, or how it is worked out, and how it reads in words.

    `only`: the yes-no fact can hold under this regulation alone; a product under the other is never asked for it.
    `presumes`: it can hold only where that yes-no fact does; where that one is no and this one not stated, this is no too.
    """

    type: Literal["yes-no", "choice", "country"] = "yes-no"
    only: Literal["mdr", "ivdr", ""] = ""
    presumes: str = ""
    values: tuple[str, ...] = ()
    labels: dict[str, Localized] = {}
    path: str = ""
    derived: Any = None
    when_yes: Localized = {}
    when_no: Localized = {}
    is_: Localized = {}
    unknown: Localized = {}


def parse_condition(data: Any, facts: Mapping[str, Fact], source: YamlFile, path: Path_) -> tuple[Condition, list[Problem]]:
    """The condition written at `path`, and every problem in it. Nothing written means always."""
    if data in (None, ""):
        return ALWAYS, []
    if not isinstance(data, dict) or len(data) != 1:
        return ALWAYS, [source.problem(path, "a condition is one key: all, any, not, or the name of a fact.", "Join several with all: or any:.")]
    (word, value), = data.items()
    at = (*path, word)
    if word in ("all", "any"):
        if not isinstance(value, list) or not value:
            return ALWAYS, [source.problem(at, f'"{word}" needs a list of conditions.')]
        parsed = [parse_condition(part, facts, source, (*at, index)) for index, part in enumerate(value)]
        parts = tuple(part for part, _ in parsed)
        return (All(parts) if word == "all" else Any_(parts)), [problem for _, found in parsed for problem in found]
    if word == "not":
        part, problems = parse_condition(value, facts, source, at)
        return Not(part), problems
    return _leaf(word, value, facts, source, at)


def _leaf(word: str, value: Any, facts: Mapping[str, Fact], source: YamlFile, at: Path_) -> tuple[Condition, list[Problem]]:
    fact = facts.get(word)
    if fact is None:
        return ALWAYS, [source.problem(at, f'"{word}" is not a product fact.', did_you_mean(word, facts), key=True)]
    values = tuple(value) if isinstance(value, list) else (value,)
    allowed = ("yes", "no") if fact.type == "yes-no" else fact.values
    wrong = [given for given in values if not isinstance(given, str) or (allowed and given not in allowed)]
    if wrong and not allowed:
        return ALWAYS, [source.problem(at, f"{word}: text is expected here, or a list of texts, not a block of keys or a list inside a list.", f"Write {word}: NO, or {word}: [NO, SE].")]
    if wrong:
        return ALWAYS, [source.problem(at, f'{word}: "{wrong[0]}" is not one of {one_of(allowed)}.')]
    return Is(word, values), []


def facts_in(condition: Condition) -> Iterator[str]:
    """The names of all facts the condition looks at, in reading order."""
    match condition:
        case Is(fact):
            yield fact
        case Not(part):
            yield from facts_in(part)
        case All(parts) | Any_(parts):
            for part in parts:
                yield from facts_in(part)
