"""The markets of the EU, the EEA, Türkiye and Northern Ireland: complete records, expected decisions, groups, and the page docs/markets.md."""
from __future__ import annotations

from pathlib import Path

import pytest

from dossier import assemble, blocks, evidence, i18n, product, template, wording, yamlfile
from dossier.applicability import FactSheet, decide
from dossier.assemble import Workspace, check
from dossier.citation import cite, known
from dossier.errors import DossierError
from dossier.jurisdiction import levels
from dossier.records import LanguageRow
from dossier.resolve import Resolved, faults, resolve

from .conftest import DAY, MINIMAL, ROOT

EU = ["at", "be", "bg", "hr", "cy", "cz", "dk", "ee", "fi", "fr", "de", "gr", "hu", "ie", "it", "lv", "lt", "lu", "mt", "nl", "pl", "pt", "ro", "sk", "si", "es", "se"]
MARKETS = [*EU, "is", "li", "tr", "xi"]
CONFIRMED = ["no", "se", "dk", "fi", "is", "de", "fr", "nl", "it", "es", "gb", "ch", "us"]
LANGUAGES = {"en", "nb", "nn"}
CASES = [(market, case) for market in MARKETS if (ROOT / "tests" / "jurisdictions" / f"{market}.yaml").is_file() for case in yamlfile.read(ROOT / "tests" / "jurisdictions" / f"{market}.yaml").data]


def resolved(workspace: Workspace, market: str) -> Resolved:
    return resolve(workspace.repository, market, DAY, "mdr")


def test_no_jurisdiction_and_no_group_has_a_fault(workspace: Workspace) -> None:
    assert faults(workspace.repository, DAY) == []


def test_groups_stand_for_their_markets(workspace: Workspace) -> None:
    expand = workspace.repository.expand
    assert set(expand(["eu"])) == set(EU)
    assert set(expand(["eea"])) == {*EU, "is", "li", "no"}
    assert expand(["nordic"]) == ("no", "se", "dk", "fi", "is")
    assert expand(["efta"]) == ("is", "li", "no", "ch")
    assert set(expand(["all"])) == {head.id for head in workspace.repository.markets()}
    assert expand(["se", "nordic", "se"]) == ("se", "no", "dk", "fi", "is")
    with pytest.raises(DossierError, match=r'"nordics" is not a market or group\. Did you mean "nordic"'):
        expand(["nordics"])


@pytest.mark.parametrize("market", MARKETS)
def test_every_record_of_the_market_is_complete(market: str, workspace: Workspace) -> None:
    found = resolved(workspace, market)
    own = workspace.repository.get(market)
    authorities = {authority.id for authority in found.authorities}
    assert set(own.head.name) >= LANGUAGES
    assert set(own.head.introduction) >= LANGUAGES
    assert own.head.document_languages
    clauses = [row.clause for row in own.languages] + [row.clause for row, _ in own.milestones] + [authority.clause for authority in own.authorities]
    for record in own.records:
        requirement = record.requirement
        for texts in (requirement.title, requirement.says, requirement.judgement, requirement.note):
            assert not texts or set(texts) >= LANGUAGES, requirement.id
        assert requirement.id.startswith(f"{market}.")
        assert requirement.checked <= DAY < requirement.review_by
        assert not requirement.authority or requirement.authority in authorities, requirement.id
        clauses += [requirement.clause, *(reference.clause for reference in requirement.references)]
    assert sorted({clause for clause in clauses if clause and not known(clause)}) == []
    for clause in clauses:
        assert not {"Annex", "Article", "section", "whole"} & set(cite(clause, "nb").replace(",", "").split()), clause


@pytest.mark.parametrize("market", MARKETS)
def test_what_the_rows_name_exists(market: str, workspace: Workspace) -> None:
    found = resolved(workspace, market)
    identifiers = {record.requirement.id for record in workspace.repository.get(market).records}
    named = [row.requirement for row in found.languages if row.requirement] + [row.requirement for row, _ in found.milestones if row.requirement.startswith(f"{market}.")]
    assert {name for name in named if name.split(".")[0] == market} <= identifiers


@pytest.mark.parametrize("market", MARKETS)
def test_the_market_has_an_authority_and_an_unconfirmed_contact_prints_its_state(market: str, workspace: Workspace) -> None:
    roles = [authority.role for authority in workspace.repository.get(market).authorities]
    assert roles.count("competent-authority") == 1
    assert market == "xi" or roles.count("national-csirt") == 1
    for authority in workspace.repository.get(market).authorities:
        assert set(authority.name) >= LANGUAGES
        for contact in authority.contacts:
            assert contact.level != "unconfirmed" or not any("@" in text or "+" in text for text in contact.channel.values())


@pytest.mark.parametrize("market", MARKETS)
def test_what_is_unconfirmed_is_never_required(market: str, workspace: Workspace) -> None:
    checklist = check(product.read(ROOT / "samples" / "ecg-patch"), market, DAY, workspace)
    for row in checklist.rows:
        if row.record.requirement.level == "unconfirmed" or row.record.requirement.status != "in-force":
            assert row.standing in ("unconfirmed", "pending"), row.id
            assert not [key for key in row.gaps if checklist.gap(key).severity == "finding" and checklist.gap(key).affects == (row.id,)]


@pytest.mark.parametrize("market", CONFIRMED)
def test_authority_law_and_vigilance_clock_are_confirmed(market: str, workspace: Workspace) -> None:
    found = resolved(workspace, market)
    competent = found.authority("competent-authority")
    assert competent is not None
    assert competent.level != "unconfirmed"
    acts = {record.requirement.source for record in found.records if record.owner == market and found.sources[record.requirement.source].kind in ("act", "regulation")}
    assert any(found.sources[act].level != "unconfirmed" for act in acts), "no act"
    assert not [record.requirement.id for record in found.records if record.requirement.id == f"{market}.law" and record.requirement.level == "unconfirmed"]
    clocks = [record.requirement for record in found.records if record.requirement.phase == "post-market" and any(deadline.unit in ("hour", "day") and deadline.amount for deadline in record.requirement.deadlines)]
    assert clocks
    assert all(requirement.level != "unconfirmed" for requirement in clocks)


def test_an_english_app_fails_in_denmark_and_passes_in_ireland(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "product.yaml").write_text(f"{MINIMAL}device: {{class: IIb}}\nusers: {{lay: no, professional: yes}}\nlanguages: {{label: [en], ifu: [en], gui: [en]}}\n", "utf-8")
    file = product.read(tmp_path)

    def wrong(market: str) -> set[str]:
        return {gap.subject for gap in check(file, market, DAY, workspace).gaps if gap.cause == "language"}

    assert {"label", "ifu"} <= wrong("dk")
    assert not {"label", "ifu"} & wrong("ie")
    assert not {"label", "ifu"} & wrong("nl")


def test_lay_users_in_belgium_need_all_three_languages(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "product.yaml").write_text(f"{MINIMAL}users: {{lay: yes, professional: yes}}\nlanguages: {{label: [fr, nl], ifu: [fr, nl, de]}}\n", "utf-8")
    checklist = check(product.read(tmp_path), "be", DAY, workspace)
    gaps = {gap.subject: gap for gap in checklist.gaps if gap.cause == "language"}
    assert "ifu" not in gaps
    assert gaps["label"].wanted == ("fr", "nl", "de")
    assert "French, Dutch and German" in wording.gap(gaps["label"], checklist, i18n.ENGLISH)


@pytest.mark.parametrize("market", ["fr", "se", "de", "lv"])
def test_the_disclosure_note_claims_a_duty_only_where_the_law_states_one(market: str, workspace: Workspace) -> None:
    checklist = check(product.read(ROOT / "samples" / "ecg-patch"), market, DAY, workspace)
    made = template.render(workspace.shelf.get("disclosure-note"), checklist, i18n.tongue("en"), workspace.shelf, template.Issue(DAY))
    text = "\n".join(line.text for line in blocks.lines(made))
    assert ("The law makes the manufacturer notify ANSSI (fr.l2321-4-1, fr.l2321-4-1.users)" in text) == (market == "fr")
    assert ("No source was found that obliges a device manufacturer to send this note" in text) == (market != "fr")


@pytest.mark.parametrize(("device_class", "fails"), [("IIa", False), ("IIb", True)])
def test_icelandic_instructions_for_lay_users_depend_on_the_class(device_class: str, fails: bool, workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "product.yaml").write_text(f"{MINIMAL}device: {{class: {device_class}}}\nusers: {{lay: yes, professional: no}}\nlanguages: {{ifu: [sv]}}\n", "utf-8")
    gaps = [gap for gap in check(product.read(tmp_path), "is", DAY, workspace).gaps if gap.cause == "language" and gap.subject == "ifu"]
    assert bool(gaps) == fails


@pytest.mark.parametrize(("market", "case"), CASES, ids=[f"{market}: {case['case']}" for market, case in CASES])
def test_expected_decisions(market: str, case: dict[str, object], workspace: Workspace, tmp_path: Path) -> None:
    facts = str(case["facts"])
    base = "\n".join(line for line in MINIMAL.splitlines() if not line.startswith("manufacturer"))
    (tmp_path / "product.yaml").write_text(f"{base}\n{facts}", "utf-8")
    sheet = FactSheet(product.read(tmp_path).product, workspace.repository.library.facts)
    found = resolved(workspace, market)
    for wanted, answer in (("applies", "yes"), ("not_applicable", "no"), ("undetermined", "undetermined")):
        for identifier in case.get(wanted, []):  # type: ignore[attr-defined]
            record = found.record(identifier)
            assert record is not None, identifier
            assert decide(record.condition, sheet, bool(record.requirement.judgement)).applies == answer, identifier


def test_the_page_of_markets_is_true(workspace: Workspace, request: pytest.FixtureRequest) -> None:
    file = ROOT / "docs" / "markets.md"
    text = page(workspace)
    if request.config.getoption("--golden-update"):
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8"), "docs/markets.md changed; read the difference, then run pytest --golden-update"


def page(workspace: Workspace) -> str:
    """docs/markets.md, from the data."""
    repository = workspace.repository
    lines = [
        "# Markets",
        "",
        "Made from the data by `pytest tests/test_markets.py --golden-update`; a test keeps it true. The numbers count the market's own facts",
        "(requirements, authorities, contacts, language rows, dates) by level of proof: P the text of the law, A an authority's page or the",
        "Commission's table, S a secondary source, U unconfirmed. What a market inherits (the MDR, the EEA rules) is not counted.",
        "Label and instructions for use: the languages for lay users, and for professionals where they differ; † unconfirmed.",
        "",
        "| market | | built on | competent authority | label and instructions for use | P | A | S | U |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for head in repository.markets():
        part = repository.get(head.id)
        count = levels(part)
        competent = next((authority for authority in part.authorities if authority.role == "competent-authority"), None)
        named = i18n.say(competent.name, "en").text + (" †" if competent.level == "unconfirmed" else "") if competent else ""
        numbers = " | ".join(str(number) for number in count.values())
        lines.append(f"| `{head.id}` | {i18n.say(head.name, 'en').text} | {', '.join(head.extends) or 'its own law'} | {named} | {label(part.languages)} | {numbers} |")
    lines += ["", "| group | markets |", "| --- | --- |"]
    lines += [f"| `{name}` {i18n.say(group.name, 'en').text} | {' '.join(repository.members(name))} |" for name, group in repository.groups.items()]
    return "\n".join(lines) + "\n"


def label(rows: tuple[LanguageRow, ...]) -> str:
    """The language of the label, lay before professional, once where it is the same."""
    found = []
    for user in ("lay", "professional"):
        row = next((row for row in rows if row.document == "label" and user in row.users and (not row.regulations or "mdr" in row.regulations)), None)
        if row is None:
            continue
        text = wording.languages(row.languages, "en", "standard" if row.all_of else "or") if row.languages else "not known" if row.level == "unconfirmed" else "no rule"
        found.append(text + (" †" if row.level == "unconfirmed" and row.languages else ""))
    return "; ".join(dict.fromkeys(found))


# --- in vitro devices ---------------------------------------------------------------------------------------------------


IN_VITRO = ("eu", "eea", "xi")


def test_an_in_vitro_device_has_a_checklist_in_every_market_of_the_eea_and_cites_no_place_of_the_mdr(workspace: Workspace) -> None:
    """What the MDR says is not cited for an in vitro device: no clause of it, no cell of its language table."""
    file = product.read(ROOT / "samples" / "glucose-self-test")
    files = evidence.inspect(file, pages=False)
    for market in workspace.repository.expand(IN_VITRO):
        checklist = assemble.checklist_of(file, market, DAY, workspace, files)
        assert checklist.rows
        for row in checklist.rows:
            requirement = row.record.requirement
            cited = {requirement.source, *(reference.source for reference in requirement.references)}
            assert row.decision.applies == "no" or not cited & {"mdr", "language-table-mdr"}, row.id
        assert not [row for row in checklist.market.languages if row.source == "language-table-mdr"]


@pytest.mark.parametrize("market", ["ch", "tr"])
def test_a_market_whose_law_on_in_vitro_devices_is_not_held_says_so(market: str, workspace: Workspace) -> None:
    with pytest.raises(DossierError, match=f"there are no requirement data for IVDR in the market {market} yet"):
        assemble.check(product.read(ROOT / "samples" / "glucose-self-test"), market, DAY, workspace)
