"""Does a requirement apply to this product? Three-valued, each answer with the facts it rests on."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, assert_never

from dossier import i18n
from dossier.conditions import All, Any_, Condition, Fact, Is, Not, parse_condition
from dossier.i18n import Catalog
from dossier.product import Declaration, Product
from dossier.yamlfile import YamlFile

Answer = Literal["yes", "no", "undetermined"]


@dataclass(frozen=True, slots=True)
class Ground:
    """One fact that a decision rests on, with its value; None where the product file does not state it."""

    fact: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something applies, and why.

    `missing` names the facts of product.yaml that would settle an undetermined decision. `open` says that the law
    leaves it to the manufacturer ("where applicable"); `declared` is the manufacturer's statement.
    """

    applies: Answer
    grounds: tuple[Ground, ...] = ()
    missing: tuple[str, ...] = ()
    open: bool = False
    declared: Declaration | None = None


class FactSheet:
    """The values of all product facts for one product."""

    def __init__(self, product: Product, facts: Mapping[str, Fact]) -> None:
        self.facts = facts
        self._stated = {name: _stated(product, fact.path) for name, fact in facts.items() if fact.path}
        # No in vitro device is implantable, no other device a companion diagnostic: what the regulation rules out is known.
        self._ruled_out = frozenset(name for name, fact in facts.items() if fact.path and fact.only not in ("", product.regulation))
        self._stated |= dict.fromkeys(self._ruled_out, "no")
        self._derived: dict[str, tuple[bool | None, tuple[Ground, ...]]] = {}

    def value(self, name: str) -> str | None:
        """The value of a fact as text (`yes`, `no`, a choice), or None while it is unknown."""
        fact = self.facts[name]
        if fact.derived is None:
            return self._stated.get(name) or ("no" if self._idle(name) else None)
        holds, _ = self._work_out(name)
        return None if holds is None else ("yes" if holds else "no")

    def _idle(self, name: str) -> bool:
        """Whether the fact is not stated and cannot hold, because what it presumes is not there: no machine learning without software."""
        presumed = self.facts[name].presumes
        return bool(presumed) and self._stated.get(name) is None and self.value(presumed) == "no"

    def missing(self, name: str) -> tuple[str, ...]:
        """The stated facts that must be known before `name` is."""
        fact = self.facts[name]
        if fact.derived is None:
            return (name,) if self.value(name) is None else ()
        _, grounds = self._work_out(name)
        return tuple(missing for ground in grounds if ground.value is None for missing in self.missing(ground.fact))

    def evaluate(self, condition: Condition) -> tuple[bool | None, tuple[Ground, ...]]:
        """Kleene's three values, and the facts that make the answer what it is."""
        match condition:
            case Is(name, values):
                value = self.value(name)
                ground = Ground(self.facts[name].presumes, "no") if self._idle(name) else Ground(name, value)
                return (None if value is None else value in values), (ground,)
            case Not(part):
                holds, grounds = self.evaluate(part)
                return (None if holds is None else not holds), grounds
            case All(parts):
                return self._joined(parts, False)
            case Any_(parts):
                return self._joined(parts, True)
            case _:
                assert_never(condition)

    def _joined(self, parts: tuple[Condition, ...], decisive: bool) -> tuple[bool | None, tuple[Ground, ...]]:
        """`decisive` is the value of a part that settles the whole: True for any, False for all."""
        results = [self.evaluate(part) for part in parts]
        for wanted in (decisive, None):
            grounds = [grounds for holds, grounds in results if holds is wanted]
            if grounds:
                return wanted, _once(grounds if wanted is None else grounds[:1])
        every = _once([grounds for _, grounds in results])
        # A reader of an MDR document is not told that the device is no companion diagnostic, unless that alone decides.
        return not decisive, tuple(ground for ground in every if ground.fact not in self._ruled_out) or every

    def _work_out(self, name: str) -> tuple[bool | None, tuple[Ground, ...]]:
        if name not in self._derived:
            condition, problems = parse_condition(self.facts[name].derived, self.facts, YamlFile("facts.yaml", {}, {}), (name, "derived"))
            assert not problems, problems
            self._derived[name] = self.evaluate(condition)
        return self._derived[name]


def _once(groups: list[tuple[Ground, ...]]) -> tuple[Ground, ...]:
    return tuple(dict.fromkeys(ground for grounds in groups for ground in grounds))


def _stated(product: Product, path: str) -> str | None:
    value: object = product
    for name in path.split("."):
        if value is None:
            return None
        value = getattr(value, "class_" if name == "class" else name)
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def decide(condition: Condition, sheet: FactSheet, judgement: bool = False, declared: Declaration | None = None) -> Decision:
    """The decision on one condition.

    Facts come first; a declaration settles only what they leave open (an unknown fact, or a judgement that the law
    leaves to the manufacturer).
    """
    holds, grounds = sheet.evaluate(condition)
    if holds is False:
        return Decision("no", grounds)
    if declared is not None and (holds is None or judgement):
        return Decision("yes" if declared.applies == "yes" else "no", grounds, declared=declared)
    if holds is None:
        missing = tuple(dict.fromkeys(name for ground in grounds for name in sheet.missing(ground.fact)))
        return Decision("undetermined", grounds, missing)
    if judgement:
        return Decision("undetermined", grounds, open=True)
    return Decision("yes", grounds)


def justified(decision: Decision, declared: Declaration) -> Decision:
    """The decision that something expected, not required, is left out for the declared reason."""
    return replace(decision, applies="no", declared=declared)


def reason(decision: Decision, facts: Mapping[str, Fact], words: Catalog, judgement: Mapping[str, str] | None = None) -> str:
    """The decision's reason as one sentence in the language of `words`."""
    if decision.declared is not None:
        return words("Manufacturer's statement: {reason}", reason=_sentence(decision.declared.reason))
    if decision.open:
        return words("Not decided: the manufacturer must state {question}.", question=words.inside(judgement or {}))
    if decision.applies == "undetermined":
        missing = i18n.joined([unknown(facts[name], words) for name in decision.missing], words.locale)
        return words("Not decided: the product file does not state {facts}.", facts=missing)
    if not decision.grounds:
        return words("Applies to every device.")
    grounds = i18n.joined([_ground(ground, facts[ground.fact], words) for ground in decision.grounds], words.locale)
    if decision.applies == "yes":
        return words("Applies because {facts}.", facts=grounds)
    return words("Not applicable because {facts}.", facts=grounds)


def unknown(fact: Fact, words: Catalog) -> str:
    """What the product file does not state, to follow "does not state"."""
    if fact.unknown:
        return words.inside(fact.unknown)
    return words("whether {statement}", statement=words.inside(fact.when_yes))


def _ground(ground: Ground, fact: Fact, words: Catalog) -> str:
    if fact.type == "yes-no":
        return words.inside(fact.when_yes if ground.value == "yes" else fact.when_no)
    value = ground.value or ""
    shown = i18n.country_name(value, words.locale) if fact.type == "country" else words.inside(fact.labels.get(value, {})) or value
    return words.say(fact.is_).text.format(value=shown)


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else text + "."
