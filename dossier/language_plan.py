"""The languages of a launch: what label, instructions, implant card and user interface lack, and which markets each further language opens."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dossier.applicability import FactSheet
from dossier.checklist import IN_PRODUCT, Checklist, lacking, meets
from dossier.product import Product
from dossier.records import LanguageRow, Library

# What the product itself says; the languages of other documents are shown by evidence documents and stand among the gaps.
PLANNED: tuple[str, ...] = (*IN_PRODUCT, "implant-card")


@dataclass(frozen=True, slots=True)
class Need:
    """The language of one document in one market: what is asked for, and what the product lacks of it.

    `missing` are the languages of which one (or with `all_of` each) has to be made; empty where the rule is met or sets no language.
    """

    market: str
    rule: LanguageRow
    missing: tuple[str, ...]

    @property
    def met(self) -> bool:
        """Whether nothing has to be made."""
        return not self.missing

    def filled(self, have: set[str]) -> bool:
        """Whether further languages fill it."""
        left = lacking(self.missing, have)
        return self.met or (not left if self.rule.all_of else len(left) < len(self.missing))

    def served(self, language: str) -> bool:
        """Whether the language is one of those missing, or a variant of one."""
        return len(lacking(self.missing, (language,))) < len(self.missing)


@dataclass(frozen=True, slots=True)
class Step:
    """One further language and the markets whose language rules are all met once it is there, with the languages before it."""

    language: str
    documents: tuple[str, ...]
    opens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The languages of a launch: every need, the markets ready now, the steps in the order that opens most markets first.

    `new_udi_di` are the languages of the user interface that are to be added: each is a change for which a new UDI-DI is to
    be considered (MDCG 2018-5; Annex VI Part C, section 6.5.2, of the MDR).
    """

    needs: tuple[Need, ...]
    ready: tuple[str, ...]
    steps: tuple[Step, ...]
    new_udi_di: tuple[str, ...]


def plan(checklists: Sequence[Checklist]) -> Plan:
    """Which languages of label, instructions, implant card and user interface the product lacks, and what each opens.

    Steps are chosen greedily: the language that completes most markets, then the one that serves most needs, then by code.
    """
    needs = tuple(need for each in checklists for need in _needs(each))
    markets = tuple(each.market.head.id for each in checklists)
    waiting = [need for need in needs if not need.met]
    ready = tuple(market for market in markets if market not in {need.market for need in waiting})
    steps: list[Step] = []
    have: set[str] = set()
    while open_needs := [need for need in waiting if not need.filled(have)]:
        candidates = {language for need in open_needs for language in lacking(need.missing, have)}
        best = min(candidates, key=lambda language: (-len(_done(waiting, have | {language})), -sum(need.served(language) for need in open_needs), language))
        opened = _done(waiting, have | {best}) - _done(waiting, have)
        documents = dict.fromkeys(need.rule.document for need in open_needs if need.served(best))
        steps.append(Step(best, tuple(documents), tuple(market for market in markets if market in opened)))
        have.add(best)
    return Plan(needs, ready, tuple(steps), tuple(step.language for step in steps if "gui" in step.documents))


def _done(waiting: Iterable[Need], have: set[str]) -> set[str]:
    """The markets none of whose needs is left open by the languages in `have`."""
    needs = list(waiting)
    return {need.market for need in needs} - {need.market for need in needs if not need.filled(have)}


def _needs(each: Checklist) -> list[Need]:
    """The rules of one market for what the product itself says; rules that are unconfirmed bind nobody."""
    sheet = FactSheet(each.product, each.library.facts)
    found = []
    for rule in each.market.languages:
        if rule.document in PLANNED and rule.languages and rule.level != "unconfirmed" and _concerns(rule, sheet):
            has = languages_of(each.product, rule.document, each.library)
            found.append(Need(each.market.head.id, rule, () if meets(rule, has) else lacking(rule.languages, has)))
    return found


def languages_of(product: Product, document: str, library: Library) -> tuple[str, ...]:
    """The languages in which the product has the document: those listed under `languages`, else those of the evidence that shows it."""
    stated: tuple[str, ...] = getattr(product.languages, document) if document in IN_PRODUCT else ()
    kinds = _kinds(document, library)
    return stated or tuple(dict.fromkeys(language for evidence in product.evidence if any(shown.lower() in kinds for shown in evidence.shows) for language in evidence.language))


def _kinds(document: str, library: Library) -> set[str]:
    """The evidence kinds that show the document: the one of its name, else those that count as nothing else."""
    # That the sterile packaging counts as label too does not give the label of the device its languages.
    return {document} if document in library.kinds else {name for name, each in library.kinds.items() if each.kind.language_as == (document,)}


def _concerns(rule: LanguageRow, sheet: FactSheet) -> bool:
    """Whether the rule is for this product: its class, its users, and whether it may have such a document at all."""
    users = {name for name, fact in (("lay", "lay_users"), ("professional", "professional_users")) if sheet.value(fact) != "no"}
    stated = sheet.value("device_class")
    if not users & set(rule.users) or (stated is not None and rule.classes and stated not in rule.classes):
        return False
    needed = {"implant-card": "implantable", "gui": "user_interface"}.get(rule.document)
    return needed is None or sheet.value(needed) != "no"


def as_data(plan: Plan) -> dict[str, Any]:
    """The plan as plain data, for programs."""
    return {
        "needs": [{"market": need.market, "document": need.rule.document, "users": need.rule.users, "languages": need.rule.languages, "all_of": bool(need.rule.all_of), "missing": need.missing, "source": need.rule.source, "clause": need.rule.clause} for need in plan.needs],
        "ready": plan.ready,
        "steps": [asdict(step) for step in plan.steps],
        "new_udi_di": plan.new_udi_di,
    }
