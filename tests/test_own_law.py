"""Markets with a law of their own, and Switzerland: the same templates, the market's own clauses against the same evidence items."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from dossier import blocks, i18n, product, template, wording, yamlfile
from dossier.applicability import FactSheet, decide
from dossier.assemble import Workspace, check
from dossier.checklist import Checklist
from dossier.checklist_views import ChecklistViews
from dossier.citation import cite, known
from dossier.resolve import resolve
from dossier.template import Issue

from .conftest import MINIMAL, ROOT

OWN = ("us", "gb", "ca", "au", "jp")
MARKETS = (*OWN, "ch")
DAY = dt.date(2026, 11, 27)
LANGUAGES = {"en", "nb", "nn"}
CASES = [(market, case) for market in MARKETS for case in yamlfile.read(ROOT / "tests" / "jurisdictions" / f"{market}.yaml").data]


@pytest.fixture(scope="module")
def lists(workspace: Workspace) -> dict[str, Checklist]:
    file = product.read(ROOT / "samples" / "ecg-patch")
    return {market: check(file, market, DAY, workspace) for market in MARKETS}


def text_of(name: str, checklist: Checklist, workspace: Workspace, locale: str = "en") -> str:
    made = template.render(workspace.shelf.get(name), checklist, i18n.tongue(locale), workspace.shelf, Issue(DAY))
    return "\n".join(line.text for line in blocks.lines(made))


@pytest.mark.parametrize("market", OWN)
def test_a_root_of_its_own_resolves_for_products_of_either_regulation(market: str, workspace: Workspace) -> None:
    for regulation in ("mdr", "ivdr"):
        found = resolve(workspace.repository, market, DAY, regulation)
        assert found.own_law
        assert {record.owner for record in found.records} == {market}


@pytest.mark.parametrize(("market", "regulation"), [*((market, "mdr") for market in MARKETS), ("ch", "ivdr")])
def test_every_record_of_the_market_is_complete(market: str, regulation: str, workspace: Workspace) -> None:
    found = resolve(workspace.repository, market, DAY, regulation)
    authorities = {authority.id for authority in found.authorities}
    identifiers = {record.requirement.id for record in found.records}
    for record in found.records:
        requirement = record.requirement
        if record.owner != market:
            continue
        for texts in (requirement.title, requirement.says, requirement.judgement, requirement.note):
            assert not texts or set(texts) >= LANGUAGES, requirement.id
        assert requirement.source in found.sources
        assert requirement.checked <= DAY < requirement.review_by
        assert not requirement.authority or requirement.authority in authorities, requirement.id
        assert all(wanted.kind in workspace.repository.library.kinds for wanted in requirement.evidence_kinds), requirement.id
        assert all(other in identifiers for other in requirement.related), requirement.id
        for clause in (requirement.clause, *(reference.clause for reference in requirement.references)):
            assert not clause or known(clause), (requirement.id, clause)
            assert not {"section", "Annex", "Article", "Schedule", "regulation"} & set(cite(clause, "nb").replace(",", "").split()), clause
    assert found.authority("competent-authority") is not None
    assert found.authority("national-csirt") is not None
    assert found.milestones
    assert found.languages


@pytest.mark.parametrize("market", ["us", "gb", "ch"])
def test_authority_law_and_clocks_are_confirmed(market: str, workspace: Workspace) -> None:
    found = resolve(workspace.repository, market, DAY, "mdr")
    assert all(authority.level != "unconfirmed" for authority in found.authorities)
    assert all(record.requirement.level != "unconfirmed" for record in found.records if record.owner == market and record.requirement.phase == "post-market")


@pytest.mark.parametrize("market", MARKETS)
def test_every_word_can_be_set_in_the_shipped_fonts(market: str, workspace: Workspace) -> None:
    """No font is shipped for Japanese; local names stand in Latin letters."""
    for file in sorted((ROOT / "jurisdictions" / market).rglob("*.yaml")):
        assert all(ord(letter) < 0x2E80 for letter in file.read_text("utf-8")), file


@pytest.mark.parametrize("market", OWN)
def test_the_index_is_the_markets_clauses_against_the_items_they_name(market: str, lists: dict[str, Checklist]) -> None:
    checklist = lists[market]
    clauses = [row for row in checklist.rows if row.record.group.part == "clauses"]
    named = {wanted.kind for row in clauses for wanted in row.record.requirement.evidence_kinds}
    items = {row.id for row in checklist.kinds}
    assert clauses
    assert named == items
    assert len(items) >= 50
    for row in checklist.kinds:
        assert set(row.asked_by) <= {clause.id for clause in clauses}
        assert row.asked_by or row.decision.applies == "no", row.id
    assert checklist.market.record(checklist.market.index.lead) is not None


@pytest.mark.parametrize("market", MARKETS)
def test_no_document_speaks_of_a_law_that_does_not_hold_there(market: str, workspace: Workspace, write: Callable[[str], Path]) -> None:
    folder = write(f"{MINIMAL}software: {{is_software: yes, contains_software: no, networked: yes}}\n")
    checklist = check(product.read(folder), market, DAY, workspace)
    for each in workspace.shelf.for_market(checklist):
        found = text_of(each.id, checklist, workspace)
        assert "EUDAMED" not in found or market == "ch"
        assert "Cyber Resilience Act" not in found
        if market in ("us", "jp"):
            assert "Annex II, section" not in found
            assert "17.2" not in found
            assert "notified body" not in found.lower()


@pytest.mark.parametrize(("market", "case"), CASES, ids=[f"{market}: {case['case']}" for market, case in CASES])
def test_expected_decisions(market: str, case: dict[str, object], workspace: Workspace, tmp_path: Path) -> None:
    regulation = str(case.get("regulation", "mdr"))
    base = "\n".join(line for line in MINIMAL.replace("mdr", regulation).splitlines() if not line.startswith("manufacturer"))
    (tmp_path / "product.yaml").write_text(f"{base}\n{case['facts']}", "utf-8")
    sheet = FactSheet(product.read(tmp_path).product, workspace.repository.library.facts)
    found = resolve(workspace.repository, market, DAY, regulation)
    for wanted, answer in (("applies", "yes"), ("not_applicable", "no"), ("undetermined", "undetermined")):
        for identifier in case.get(wanted, []):  # type: ignore[attr-defined]
            record = found.record(identifier)
            assert record is not None, identifier
            assert decide(record.condition, sheet).applies == answer, identifier


def test_switzerland_is_the_mdr_without_representative_in_the_eea_and_without_eudamed(workspace: Workspace) -> None:
    found = resolve(workspace.repository, "ch", DAY, "mdr")
    identifiers = {record.requirement.id for record in found.records}
    assert "eu-mdr.17.2" in identifiers
    assert not {"eu-mdr.art11.1", "eu-mdr.art29.4", "eu-mdr.art31.1", "eu-mdr.cra"} & identifiers
    assert {"eu-mdr.art11.1", "eu-mdr.art29.4"} <= set(found.removed)
    label = found.record("eu-mdr.23.2.d")
    assert label is not None
    assert label.changed_by[0].owner == "ch"
    assert not [row for row, _ in found.milestones if "EUDAMED" in row.says["en"]]


def test_switzerland_cites_the_ivdo_for_in_vitro_devices(workspace: Workspace) -> None:
    found = resolve(workspace.repository, "ch", DAY, "ivdr")
    identifiers = {record.requirement.id for record in found.records}
    assert "eu-ivdr.16.2" in identifiers
    assert not {"eu-ivdr.art11.1", "eu-ivdr.art26.3", "eu-ivdr.art28.1", "eu-ivdr.cra"} & identifiers
    own = [record.requirement for record in found.records if record.owner == "ch" and record.requirement.id not in ("ch.art20.2", "ch.art73")]
    assert {requirement.id for requirement in own if requirement.source == "ch-meddo"} == set()
    assert {row.source for row in found.languages} == {"ch-ivdo"}
    representative = found.record("ch.art51.1")
    assert representative is not None
    assert (representative.requirement.source, representative.requirement.clause) == ("ch-ivdo", "Article 44(1)")
    assert not [row for row, _ in found.milestones if "EUDAMED" in row.says["en"]]


def test_moving_from_the_united_states_to_norway_names_each_item_once(check: Callable[..., Checklist], workspace: Workspace) -> None:
    """What is reusable, partly reusable and new, by evidence item; the counts are those of the lists."""
    checklist = check(ROOT / "samples" / "ecg-patch")
    voice = template.speaker(workspace.shelf, "evidence-index", i18n.tongue("en"))
    lines = ChecklistViews(checklist, voice).reuse()
    total = lines[-1]
    seen: list[str] = []
    for line in lines[:-1]:
        for count, items in ((line.full, line.full_items), (line.partly, line.partly_items), (line.none, line.none_items)):
            names = [name for name in items.split(", ") if name]
            assert len(names) == count
            seen += names
    assert len(seen) == len(set(seen)) == total.items == total.full + total.partly + total.none
    assert sorted(seen) == sorted(row.id.upper() for row in checklist.kinds if row.decision.applies == "yes")


def test_a_declaration_on_a_removed_requirement_is_no_error(workspace: Workspace, write: Callable[[str], Path]) -> None:
    folder = write(f"{MINIMAL}declarations:\n  eu-mdr.art11.1: {{applies: no, reason: We are in the EEA.}}\n")
    assert check(product.read(folder), "ch", DAY, workspace).rows


def test_a_united_states_document_is_not_filed_under_the_mdr(lists: dict[str, Checklist], workspace: Workspace) -> None:
    made = template.render(workspace.shelf.get("evidence-index"), lists["us"], i18n.tongue("nb"), workspace.shelf, Issue(DAY))
    assert made.title == "Dokumentasjonsoversikt for cybersikkerhet til FDA"
    assert "MDR" not in made.keywords


def test_a_text_that_fell_back_says_so_within_a_sentence_too(lists: dict[str, Checklist], workspace: Workspace) -> None:
    """The questions of United States law are in English and the Norwegian languages: a German sentence around one marks it."""
    voice = template.speaker(workspace.shelf, "dossier-checklist", i18n.tongue("de"), lists["us"].market.texts)
    asked = [wording.gap(gap, lists["us"], voice.catalogs["de"]) for gap in lists["us"].gaps if gap.cause == "declaration"]
    assert asked
    assert all("muss angeben" in text and "[en]" in text for text in asked)
    assert voice.words("Prescribed words: {words}", words=voice.texts({"en": "Rx only", "nb": "Rx"})).first.endswith("Rx only [en]")
