"""A market of one's own in a launch: its languages with a subtag, rules that end or begin, its own time limits."""
from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dossier import assemble, blocks, cli_launch, comparison, comparison_document, i18n, language_plan, launch, product
from dossier.assemble import Order, Workspace
from dossier.checklist import Checklist
from dossier.cli import main
from dossier.resolve import resolve

from .conftest import DAY, MINIMAL, ROOT

ECG = ROOT / "samples" / "ecg-patch"

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


@pytest.mark.parametrize(("asked", "has", "met"), [("pt-BR", "pt-BR", True), ("zh-Hant", "zh-Hant", True), ("pt-BR", "pt", False), ("pt-BR", "pt-PT", False), ("en", "en-GB", True), ("en", "en", True), ("fi", "fil", False)])
def test_a_variant_is_met_by_itself_and_counts_as_its_language(asked: str, has: str, met: bool, market: Make, write: Callable[[str], Path]) -> None:
    home = market(LABEL, files={"languages.yaml": LANGUAGE.format(code=asked)})
    made = assemble.check(product.read(write(f"{MINIMAL}languages: {{label: [{has}]}}\n")), "zz", DAY, Workspace((home,)))
    assert ("language/label" not in {gap.key for gap in made.gaps}) is met
    assert language_plan.plan([made]).ready == (("zz",) if met else ())


def test_a_variant_in_the_plan_serves_the_markets_that_ask_for_its_language(market: Make, write: Callable[[str], Path]) -> None:
    """Brazilian Portuguese is asked for in zz, Portuguese of any kind in Portugal: one step opens both."""
    workspace = Workspace((market(LABEL, files={"languages.yaml": LANGUAGE.format(code="pt-BR")}),))
    file = product.read(write(MINIMAL + "languages: {label: [en], ifu: [pt], gui: [pt]}\n"))
    plan = language_plan.plan([assemble.check(file, name, DAY, workspace) for name in ("zz", "pt")])
    assert [(step.language, step.opens) for step in plan.steps] == [("pt-BR", ("zz", "pt"))]


@pytest.mark.parametrize(("has", "met"), [(("fi", "sv"), True), (("fi",), False)])
def test_each_language_of_a_rule_that_asks_for_several_may_have_a_document_of_its_own(has: tuple[str, ...], met: bool, market: Make, write: Callable[[str], Path]) -> None:
    home = market(LABEL, files={"languages.yaml": LANGUAGE.format(code="fi, sv").replace("requirement:", "all_of: yes, requirement:")})
    papers = "".join(f'  - {{id: label-{code}, title: Label, revision: "1", language: [{code}], shows: [label, zz.label]}}\n' for code in has)
    made = assemble.check(product.read(write(f"{MINIMAL}evidence:\n{papers}")), "zz", DAY, Workspace((home,)))
    assert [gap.languages for gap in made.gaps if gap.key == "language/label"] == ([] if met else [("fi",)])
    assert language_plan.plan([made]).ready == (("zz",) if met else ())


# --- what changes -----------------------------------------------------------------------------------------------------


def showing(*names: str) -> str:
    return f'{MINIMAL}evidence:\n  - {{id: paper, title: Paper, revision: "1", shows: [{", ".join(names)}]}}\n'


def diff(capsys: pytest.CaptureFixture[str], product: Path | None, older: Path, newer: Path, first: str = "2026-11-24", last: str = "2026-11-24") -> list[dict[str, Any]]:
    """What the command finds in zz, as data."""
    cli_launch.diff(product, ("zz",), (dt.date.fromisoformat(first), dt.date.fromisoformat(last)), Workspace((older,)), Workspace((newer,)), as_json=True)
    return list(json.loads(capsys.readouterr().out))


def told(found: list[dict[str, Any]], prefix: str = "zz.") -> list[tuple[str, str]]:
    return [(change["id"], change["how"]) for each in found for change in each["changes"] if change["id"].startswith(prefix)]


def test_a_rule_that_ends_is_told_for_a_product_that_shows_it(market: Make, write: Callable[[str], Path], capsys: pytest.CaptureFixture[str]) -> None:
    home = market(rule("zz.one", ", to: 2026-12-31") + rule("zz.two"))
    folder = write(showing("zz.one"))
    assert told(diff(capsys, folder, home, home, "2026-12-01", "2027-01-31")) == [("zz.one", "ends")]
    assert told(diff(capsys, folder, home, home, "2027-01-31", "2026-12-01")) == [("zz.one", "appears")]


def test_a_product_that_shows_a_rule_which_is_over_can_still_be_checked(market: Make, write: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    home = str(market(rule("zz.one", ", to: 2026-12-31") + rule("zz.two")))
    declared = "declarations:\n  zz.one: {applies: no, reason: It is over.}\n"
    assert main(["check", str(write(showing("zz.one") + declared)), "-m", "zz", "--date", "2027-01-01", "--home", home]) == 1
    assert main(["check", str(write(showing("zz.onw"), "slip")), "-m", "zz", "--date", "2027-01-01", "--home", home]) == 2
    assert 'paper: "zz.onw" is neither an evidence kind nor a requirement. Did you mean "zz.one"?' in capsys.readouterr().err


def test_a_rule_that_only_the_newer_data_have_is_told_for_a_product_that_shows_it(market: Make, write: Callable[[str], Path], capsys: pytest.CaptureFixture[str]) -> None:
    """The document that names it is the same before and after, so what else it shows is not to be issued anew."""
    older, newer = market(rule("zz.one"), home="older"), market(rule("zz.one") + rule("zz.two"))
    declared = "declarations:\n  zz.two: {applies: yes, reason: It holds.}\n"
    (found,) = diff(capsys, write(showing("zz.one", "zz.two") + declared), older, newer)
    assert told([found]) == [("zz.two", "appears")]
    assert {each["rows"] for each in found["reissue"]} == {1}


@pytest.mark.parametrize("how", ["appears", "ends"])
def test_a_regulation_that_only_one_side_has_is_told_rule_by_rule(how: str, market: Make, capsys: pytest.CaptureFixture[str]) -> None:
    states = [market(home="mdr"), market(extends="eu-mdr, eu-ivdr", home="both")]
    older, newer = states if how == "appears" else states[::-1]
    mdr, ivdr = diff(capsys, None, older, newer)
    assert mdr["changes"] == []
    held = resolve(Workspace((states[1],)).repository, "zz", DAY, "ivdr").records
    assert len(held) > 100
    assert told([ivdr], "") == [(record.requirement.id, how) for record in held]


def test_a_product_is_told_of_the_regulation_that_its_market_gains(market: Make, write: Callable[[str], Path], capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(showing("zz.one").replace("regulation: mdr", "regulation: ivdr"))
    (found,) = diff(capsys, folder, market(home="mdr"), market(extends="eu-mdr, eu-ivdr", home="both"))
    assert ("zz.one", "appears") in told([found])
    assert {how for _, how in told([found], "")} == {"appears"}
    assert found["reissue"]


def test_a_market_that_comes_to_stand_on_the_regulations_keeps_its_own_rules(market: Make, capsys: pytest.CaptureFixture[str]) -> None:
    found = diff(capsys, None, market(extends="", home="own"), market(extends="eu-mdr, eu-ivdr"))
    assert len(found) == 2
    assert told(found) == []


# --- the comparison ---------------------------------------------------------------------------------------------------


def overlay(name: str, settings: str) -> dict[str, str]:
    """A file of zz that sets something in an inherited requirement."""
    return {"requirements/overlay.yaml": f"change:\n  - {{id: {name}, reason: {{en: National rule}}, source: zz-act, clause: § 3, set: {{{settings}}}}}\n"}


def compared(home: Path, *markets: str) -> tuple[list[Checklist], blocks.Document]:
    workspace = Workspace((home,))
    (checklists,) = launch.checked([ECG], Order(markets, DAY, DAY), workspace)
    return checklists, comparison_document.render(checklists, i18n.tongue("en"), workspace.shelf, DAY)


def rows_of(made: blocks.Document, name: str) -> list[list[str]]:
    """The cells of every row whose requirement is `name`, in the order of the document."""
    tables = (block for block in made.blocks if isinstance(block, blocks.Table))
    rows = ([blocks.plain(cell.inlines) for cell in row.cells] for table in tables for row in table.rows)
    return [cells for cells in rows if any(re.search(rf"{re.escape(name)}(?![\w.])", text) for text in cells)]


def test_a_time_limit_is_told_of_the_markets_that_have_it(market: Make) -> None:
    """Serious incidents: 15 days in Norway and Sweden, 5 in zz."""
    home = market(files=overlay("eu-mdr.art87.3", "deadlines: [{amount: 5, unit: day, from_event: {en: awareness}}]"))
    checklists, made = compared(home, "no", "se", "zz")
    lines = [line for line in comparison.clocks(checklists) if line.id == "eu-mdr.art87.3"]
    assert {line.markets: line.row.record.requirement.deadlines[0].amount for line in lines} == {("no", "se"): 15, ("zz",): 5}
    rows = [(limit, names) for _, limit, _, names in (row for row in rows_of(made, "eu-mdr.art87.3") if "at the latest" in row[1])]
    assert [names for limit, names in rows if limit == "at the latest 5 days after awareness"] == ["Somewhere"]
    assert len(rows) == 2


def test_a_requirement_that_two_markets_cite_otherwise_names_both_places(market: Make) -> None:
    _, made = compared(market(files=overlay("eu-mdr.art87.3", "source: zz-act, clause: § 3")), "no", "zz")
    assert [row[0] for row in rows_of(made, "eu-mdr.art87.3") if len(row) == 3] == ["Other serious incidents\neu-mdr.art87.3 · MDR Article 87(3); Act §\N{NO-BREAK SPACE}3"]


def test_a_duty_of_representation_is_told_of_the_markets_in_which_it_applies(market: Make) -> None:
    """The maker of the ECG patch is in Norway, so no country of the EEA asks for an authorised representative; zz does."""
    _, made = compared(market(files=overlay("eu-mdr.art11.1", "applies_when: {maker_outside_eea: no}")), "no", "zz")
    (row,) = (row for row in rows_of(made, "eu-mdr.art11.1") if len(row) == 3 and row[2].startswith("MDR Article 11"))
    assert row[0] == "Somewhere"
