"""The shipped data keep their promises: every fact has source, clause, force, date and level; nothing points nowhere."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from dossier import changes, i18n, product, yamlfile
from dossier.applicability import FactSheet, decide
from dossier.assemble import Workspace
from dossier.citation import cite, known
from dossier.conditions import facts_in
from dossier.errors import DossierError
from dossier.product import Product
from dossier.records import Requirement, known_prefixes
from dossier.resolve import Resolved, resolve

from .conftest import DAY, MINIMAL, ROOT

LANGUAGES = {"en", "nb", "nn"}
RULE = """\
group: {id: zz-rules, title: {en: Rules}, order: 80}
add:
  - {id: zz.one, title: {en: One}, says: {en: One thing.}, source: mdr, clause: Article 1, level: primary, force: law, binds: [manufacturer], phase: enforcement, status: repealed, in_force: {period}, checked: 2026-11-23, review_by: 2027-05-23}
"""
# The IVDR was read two days after the day on which the other tests stand.
DATA_DAY = dt.date(2026, 11, 26)


@pytest.fixture(scope="module")
def norway(workspace: Workspace) -> Resolved:
    return resolve(workspace.repository, "no", DAY, "mdr")


@pytest.fixture(scope="module", params=["mdr", "ivdr"])
def market(workspace: Workspace, request: pytest.FixtureRequest) -> Resolved:
    """Norway for a product under each of the two regulations."""
    return resolve(workspace.repository, "no", DATA_DAY, request.param)


def requirements(market: Resolved) -> Iterator[Requirement]:
    return (record.requirement for record in market.records)


def test_the_chain_of_norway_runs_over_the_eea_to_the_regulation(norway: Resolved, workspace: Workspace) -> None:
    assert [head.id for head in norway.chain] == ["eu-mdr", "eea", "no"]
    assert [head.id for head in resolve(workspace.repository, "no", DAY, "ivdr").chain] == ["eu-ivdr", "eea", "no"]


def test_every_requirement_is_said_in_all_languages(market: Resolved) -> None:
    for requirement in requirements(market):
        for texts in (requirement.title, requirement.says, requirement.judgement, requirement.note):
            assert not texts or set(texts) >= LANGUAGES, requirement.id


def test_every_requirement_has_source_clause_force_level_and_dates(market: Resolved) -> None:
    for requirement in requirements(market):
        assert requirement.source in market.sources
        assert requirement.binds
        assert requirement.checked <= DATA_DAY
        assert requirement.review_by > requirement.checked
        assert requirement.in_force.from_ or requirement.status != "in-force"


def test_every_clause_is_written_in_a_form_that_norwegian_can_print(market: Resolved) -> None:
    clauses = [requirement.clause for requirement in requirements(market)]
    clauses += [reference.clause for requirement in requirements(market) for reference in requirement.references]
    clauses += [row.clause for row in market.languages] + [row.clause for row, _ in market.milestones]
    clauses += [basis.clause for claim in market.claims for basis in claim.basis]
    unknown = sorted({clause for clause in clauses if clause and not known(clause)})
    assert unknown == []
    for clause in clauses:
        printed = cite(clause, "nb")
        assert not {"Annex", "Article", "section", "whole"} & set(printed.replace(",", "").split()), clause


def test_what_is_unconfirmed_is_never_required(norway: Resolved, check: object) -> None:
    checklist = check(ROOT / "samples" / "ecg-patch")  # type: ignore[operator]
    for row in checklist.rows:
        if row.record.requirement.level == "unconfirmed" or row.record.requirement.status != "in-force":
            assert row.standing in ("unconfirmed", "pending"), row.id
            assert not [key for key in row.gaps if checklist.gap(key).severity == "finding" and checklist.gap(key).affects == (row.id,)]


def test_related_requirements_penalties_and_authorities_exist(market: Resolved) -> None:
    identifiers = {requirement.id for requirement in requirements(market)}
    owners = {identifier.split(".")[0] for identifier in identifiers}
    authorities = {authority.id for authority in market.authorities}
    for requirement in requirements(market):
        for other in (*requirement.related, *requirement.penalties):
            assert other in identifiers or other.split(".")[0] not in owners, (requirement.id, other)
        assert not requirement.authority or requirement.authority in authorities, requirement.id


def test_every_condition_uses_facts_that_the_product_file_can_state(workspace: Workspace, norway: Resolved) -> None:
    library = workspace.repository.library
    FactSheet(Product.model_validate({"id": "x", "name": "x", "regulation": "mdr", "manufacturer": {"name": "x", "country": "NO"}}), library.facts)
    for record in norway.records:
        assert set(facts_in(record.condition)) <= set(library.facts)
    for name, fact in library.facts.items():
        assert bool(fact.path) != (fact.derived is not None), name
        phrases = (fact.is_, fact.unknown) if fact.type != "yes-no" else (fact.when_yes, fact.when_no)
        assert all(set(phrase) >= LANGUAGES for phrase in phrases), name


def test_there_are_seventy_evidence_items_graded_as_counted(workspace: Workspace) -> None:
    items = [kind.kind for kind in workspace.repository.library.kinds.values() if kind.kind.principle != "general"]
    assert len(items) == 70
    assert [sum(item.expectation == grade for item in items) for grade in ("mandatory", "expected", "recommended")] == [28, 40, 2]
    assert [sum(item.fda_reuse == grade for item in items) for grade in ("full", "partly", "none")] == [50, 16, 4]
    principles = ["context", "life-cycle", "risk-management", "information-security", "verification", "validation", "information", "post-market", "control"]
    assert [sum(item.principle == principle for item in items) for principle in principles] == [6, 18, 8, 10, 12, 3, 5, 6, 2]


def test_evidence_items_point_at_clauses_that_exist(workspace: Workspace, market: Resolved) -> None:
    identifiers = {requirement.id for requirement in requirements(market)}
    root = market.chain[0].id
    for kind in workspace.repository.library.kinds.values():
        assert set(kind.kind.title) >= LANGUAGES
        assert set(kind.kind.shows) >= LANGUAGES
        assert {clause for clause in kind.kind.clauses if clause.startswith(f"{root}.")} <= known_prefixes(identifiers), kind.kind.id


def test_every_label_and_ifu_letter_of_section_23_is_there(norway: Resolved) -> None:
    identifiers = {requirement.id for requirement in requirements(norway)}
    letters = {"1": "abcdefgh", "2": "abcdefghijklmnopqrs", "3": "abcdefghij", "4": [*"abcdefghijklmnopqrstuvwxyz", "aa", "ab"]}
    for part, expected in letters.items():
        for letter in expected:
            prefix = f"eu-mdr.23.{part}.{letter}"
            assert any(identifier == prefix or identifier.startswith(prefix + ".") for identifier in identifiers), prefix


def test_every_label_and_ifu_letter_of_section_20_of_the_ivdr_is_there(workspace: Workspace) -> None:
    identifiers = {requirement.id for requirement in requirements(resolve(workspace.repository, "no", DATA_DAY, "ivdr"))}
    long = [*"abcdefghijklmnopqrstuvwxyz", "aa", "ab", "ac", "ad", "ae", "af", "ag", "ah"]
    letters = {"1": "abcdefghij", "2": "abcdefghijklmnopqrstu", "3": "abcdefgh", "4.1": long, "4.2": "abcdefg"}
    for part, expected in letters.items():
        for letter in expected:
            prefix = f"eu-ivdr.20.{part}.{letter}"
            assert any(identifier == prefix or identifier.startswith(prefix + ".") for identifier in identifiers), prefix


def test_no_product_meets_the_clauses_of_the_other_regulation(market: Resolved, workspace: Workspace) -> None:
    other = {"mdr": "eu-ivdr.", "ivdr": "eu-mdr."}[market.chain[0].regulation]
    assert not [requirement.id for requirement in requirements(market) if requirement.id.startswith(other)]
    if market.chain[0].regulation == "ivdr":
        cited = [requirement.id for requirement in requirements(market) if requirement.source in ("mdr", "mdr-2026")]
        assert cited == []


def test_symbol_rules_name_a_symbol_and_prescribed_words_their_words(market: Resolved) -> None:
    for requirement in requirements(market):
        if requirement.language_rule == "symbol":
            assert requirement.symbols, requirement.id
        if requirement.language_rule == "prescribed-words":
            assert "nb" in requirement.prescribed_words, requirement.id


def test_numbers_never_seen_with_their_titles_stay_marked(market: Resolved) -> None:
    doubtful = {"5.2.10", "5.2.13", "5.2.14", "5.4.9"}
    for requirement in requirements(market):
        for symbol in requirement.symbols:
            assert bool(symbol.confirmed) == (symbol.number not in doubtful), (requirement.id, symbol.number)


def test_the_language_of_label_and_instructions_stands_in_section_6_and_once_stood_in_section_8(workspace: Workspace, norway: Resolved) -> None:
    record = norway.record("no.mdreg.6")
    assert record is not None
    assert record.requirement.clause == "§ 6"
    before = resolve(workspace.repository, "no", dt.date(2022, 1, 1), "mdr").record("no.mdreg.6")
    assert before is not None
    assert before.requirement.clause == "§ 8"


def test_the_language_matrix_is_that_of_the_commission_table(norway: Resolved) -> None:
    """Rev. 3 of August 2025: §§ 6, 6, 13, 8, 12, 7, 6."""
    expected = {"label": "§ 6", "ifu": "§ 6", "implant-card": "§ 13", "declaration-of-conformity": "§ 8", "field-safety-notice": "§ 12", "technical-documentation": "§ 7", "gui": "§ 6"}
    found = {row.document: row for row in norway.languages if row.document in expected}
    assert {name: row.clause for name, row in found.items()} == expected
    for name in ("label", "ifu", "gui", "field-safety-notice", "implant-card"):
        assert set(found[name].languages) == {"nb", "nn"}
    assert found["technical-documentation"].languages == ("en",)
    assert set(found["declaration-of-conformity"].languages) == {"en", "nb", "nn"}


def test_all_twenty_nine_claims_have_a_verdict_and_words_to_use(norway: Resolved) -> None:
    assert [claim.number for claim in norway.claims] == list(range(1, 30))
    verdicts = {claim.number: claim.verdict for claim in norway.claims}
    assert {number for number, verdict in verdicts.items() if verdict == "wrong"} == {3, 12, 13, 19, 26, 28}
    assert {number for number, verdict in verdicts.items() if verdict == "confirmed"} == {2, 6, 7, 16, 23}
    for claim in norway.claims:
        assert set(claim.claim) >= LANGUAGES
        assert set(claim.say) >= LANGUAGES


def test_the_three_vigilance_clocks_are_two_ten_and_fifteen_days(market: Resolved) -> None:
    clocks = {deadline.amount for requirement in requirements(market) if requirement.id.startswith(("eu-mdr.art87", "eu-ivdr.art82")) for deadline in requirement.deadlines if deadline.unit == "day"}
    assert clocks >= {2, 10, 15}


def test_an_unconfirmed_mailbox_is_not_printed(norway: Resolved) -> None:
    for authority in norway.authorities:
        for contact in authority.contacts:
            text = " ".join(contact.channel.values())
            assert "legemiddelverket.no" not in text
            assert "noma.no" not in text
            assert contact.level != "unconfirmed" or "@" not in text, text


CASES = [(regulation, case) for regulation, name in (("mdr", "no"), ("ivdr", "eu-ivdr")) for case in yamlfile.read(ROOT / "tests" / "jurisdictions" / f"{name}.yaml").data]


@pytest.mark.parametrize(("regulation", "case"), CASES, ids=[case["case"] for _, case in CASES])
def test_expected_decisions(regulation: str, case: dict[str, object], workspace: Workspace, tmp_path: Path) -> None:
    norway = resolve(workspace.repository, "no", DAY, regulation)
    facts = str(case["facts"])
    base = "\n".join(line for line in MINIMAL.replace("mdr", regulation).splitlines() if not (line.startswith("manufacturer") and "manufacturer:" in facts))
    (tmp_path / "product.yaml").write_text(f"{base}\n{facts}", "utf-8")
    sheet = FactSheet(product.read(tmp_path).product, workspace.repository.library.facts)
    for wanted, answer in (("applies", "yes"), ("not_applicable", "no"), ("undetermined", "undetermined")):
        for identifier in case.get(wanted, []):  # type: ignore[attr-defined]
            record = norway.record(identifier)
            assert record is not None, identifier
            assert decide(record.condition, sheet).applies == answer, identifier


def test_a_market_that_is_unknown_gets_the_nearest_name(workspace: Workspace) -> None:
    with pytest.raises(DossierError, match='"nø" is not a market or group'):
        workspace.repository.expand(["nø"])
    assert {"no", "se", "is", "li"} <= set(workspace.repository.expand(["eea"]))
    with pytest.raises(DossierError, match='"eu-mdr" is a legal space, not a market'):
        workspace.repository.expand(["eu-mdr"])


def test_a_product_under_a_regulation_without_data_in_the_market_is_refused_with_a_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "jurisdictions" / "island"
    folder.mkdir(parents=True)
    (folder / "jurisdiction.yaml").write_text("id: island\nname: {en: Island}\nkind: state\nextends: [eu-mdr]\nlocale: en\n", "utf-8")
    with pytest.raises(DossierError, match="no requirement data for IVDR in the market island yet"):
        resolve(Workspace((tmp_path,)).repository, "island", DAY, "ivdr")


@pytest.mark.parametrize(("period", "holds", "ends"), [("{from: 2020-01-01, to: 2026-06-30}", True, "ends"), ("{from: 2020-01-01}", False, "")])
def test_a_repealed_rule_holds_until_its_last_day(period: str, holds: bool, ends: str, tmp_path: Path) -> None:
    """Without a last day nobody can say until when it held, so it is over for every day."""
    folder = tmp_path / "jurisdictions" / "zz"
    (folder / "requirements").mkdir(parents=True)
    (folder / "jurisdiction.yaml").write_text("id: zz\nname: {en: Somewhere}\nkind: state\nlocale: en\n", "utf-8")
    (folder / "requirements" / "rules.yaml").write_text(RULE.replace("{period}", period), "utf-8")
    repository = Workspace((tmp_path,)).repository
    before, last, after = (resolve(repository, "zz", dt.date(2026, *day), "mdr") for day in ((1, 1), (6, 30), (7, 1)))
    assert [market.states for market in (before, last, after)] == [{"zz.one": "in-force"} if holds else {}] * 2 + [{}]
    assert [(change.id, change.how) for change in changes.between(last, after).changes] == ([("zz.one", ends)] if ends else [])


def test_norwegian_typography() -> None:
    assert i18n.day(dt.date(2026, 11, 3), "nb") == "3. november 2026"
    assert cite("Article 87(4)(b)", "nb").replace("\u00a0", " ") == "artikkel 87 nr. 4 bokstav b"
    assert cite("Article 120(3c)", "nb").replace("\u00a0", " ") == "artikkel 120 nr. 3c"
    assert cite("§ 15(1); § 6", "nb").replace("\u00a0", " ") == "§ 15 første ledd; § 6"
