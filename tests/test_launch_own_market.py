"""A market of one's own in a launch: its languages with a subtag, rules that end or begin, its own time limits."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dossier import assemble, language_plan, product
from dossier.assemble import Workspace

from .conftest import DAY, MINIMAL

HEAD = "id: zz\nname: {{en: Somewhere}}\nkind: state\nextends: [{extends}]\nlocale: en\n"
SOURCES = "zz-act:\n  title: {en: Act}\n  short: {en: Act}\n  kind: act\n  version: {en: as made}\n  level: primary\n  read: 2026-11-23\n"
GROUP = """\
group: {id: zz-rules, title: {en: Rules}, order: 80}
defaults: {source: zz-act, clause: § 1, level: primary, force: law, binds: [manufacturer], phase: enforcement, checked: 2026-11-23, review_by: 2028-11-23}
add:
"""
RULE = "  - {{id: {id}, title: {{en: A rule}}, says: {{en: One thing.}}, in_force: {{from: 2021-01-01{more}}}}}\n"
LABEL = "  - {id: zz.label, title: {en: Language}, says: {en: The label is in it.}, in_force: {from: 2021-01-01}, evidence_kinds: [{kind: label, expectation: mandatory}]}\n"
LANGUAGE = "languages:\n  - {{document: label, languages: [{code}], requirement: zz.label, source: zz-act, clause: § 1, level: primary, checked: 2026-11-23}}\n"

Make = Callable[..., Path]


def rule(name: str, more: str = "") -> str:
    return RULE.format(id=name, more=more)


@pytest.fixture
def market(tmp_path: Path) -> Make:
    """Writes the market zz into a folder of the user's own; returns that folder."""

    def write(rules: str = "", extends: str = "eu-mdr", files: dict[str, str] | None = None, home: str = "home") -> Path:
        folder = tmp_path / home / "jurisdictions" / "zz"
        (folder / "requirements").mkdir(parents=True)
        texts = {"jurisdiction.yaml": HEAD.format(extends=extends), "sources.yaml": SOURCES, "requirements/rules.yaml": GROUP + (rules or rule("zz.one")), **(files or {})}
        for name, text in texts.items():
            (folder / name).write_text(text, "utf-8")
        return tmp_path / home

    return write


# --- languages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("asked", "has", "met"), [("pt-BR", "pt-BR", True), ("zh-Hant", "zh-Hant", True), ("pt-BR", "pt", False), ("pt-BR", "pt-PT", False), ("en", "en-GB", True), ("en", "en", True), ("en", "enm", False)])
def test_a_variant_is_met_by_itself_and_counts_as_its_language(asked: str, has: str, met: bool, market: Make, write: Callable[[str], Path]) -> None:
    home = market(LABEL, files={"languages.yaml": LANGUAGE.format(code=asked)})
    made = assemble.check(product.read(write(f"{MINIMAL}languages: {{label: [{has}]}}\n")), "zz", DAY, Workspace((home,)))
    assert ("language/label" not in {gap.key for gap in made.gaps}) is met
    assert language_plan.plan([made]).ready == (("zz",) if met else ())


def test_a_variant_in_the_plan_serves_the_markets_that_ask_for_its_language(market: Make, write: Callable[[str], Path]) -> None:
    """Brazilian Portuguese is asked for in zz, Portuguese of any kind in Portugal: one step opens both."""
    workspace = Workspace((market(LABEL, files={"languages.yaml": LANGUAGE.format(code="pt-BR")}),))
    file = product.read(write(f"{MINIMAL}languages: {{label: [en], ifu: [pt], gui: [pt]}}\n"))
    plan = language_plan.plan([assemble.check(file, name, DAY, workspace) for name in ("zz", "pt")])
    assert [(step.language, step.documents, step.opens) for step in plan.steps if "label" in step.documents] == [("pt-BR", ("label",), ("zz", "pt"))]
