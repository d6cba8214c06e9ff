"""The markets of the EU, the EEA, Türkiye and Northern Ireland: complete records, expected decisions, groups, and the page docs/markets.md."""
from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from dossier import blocks, i18n, product, template, wording, yamlfile
from dossier.applicability import FactSheet, decide
from dossier.assemble import Workspace, check
from dossier.checklist import Checklist
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
# Where a product under either regulation can be built.
BOTH = [*EU, "is", "li", "no", "ch", "xi", "tr"]
REGULATIONS = ("mdr", "ivdr")
SAMPLE = {"mdr": "ecg-patch", "ivdr": "glucose-self-test"}
OTHER = {"mdr": "ivdr", "ivdr": "mdr"}
# The in vitro part was read two days after the day on which the other tests stand.
DATA_DAY = dt.date(2026, 11, 26)
CASES = [(market, case) for market in MARKETS if (ROOT / "tests" / "jurisdictions" / f"{market}.yaml").is_file() for case in yamlfile.read(ROOT / "tests" / "jurisdictions" / f"{market}.yaml").data]


def resolved(workspace: Workspace, market: str, regulation: str = "mdr") -> Resolved:
    return resolve(workspace.repository, market, DAY, regulation)


@pytest.fixture(scope="module")
def built(workspace: Workspace) -> Callable[[str, str], Checklist]:
    """The checklist of the sample under a regulation in a market, made once."""
    files = {regulation: product.read(ROOT / "samples" / name) for regulation, name in SAMPLE.items()}

    @cache
    def made(market: str, regulation: str) -> Checklist:
        return check(files[regulation], market, DAY, workspace)

    return made


def test_no_jurisdiction_and_no_group_has_a_fault(workspace: Workspace) -> None:
    assert faults(workspace.repository) == []


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
        assert requirement.id.startswith(f"{market}.")
        assert requirement.checked <= DATA_DAY < requirement.review_by
        assert not requirement.authority or requirement.authority in authorities, requirement.id
        for reading in (requirement, *(requirement.read_under(regulation) for regulation in requirement.under)):
            for texts in (reading.title, reading.says, reading.judgement, reading.note):
                assert not texts or set(texts) >= LANGUAGES, requirement.id
            assert {reading.source, *(reference.source for reference in reading.references)} <= set(found.sources), requirement.id
            clauses += [reading.clause, *(reference.clause for reference in reading.references)]
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


@pytest.mark.parametrize("regulation", REGULATIONS)
@pytest.mark.parametrize("market", MARKETS)
def test_what_is_unconfirmed_is_never_required(market: str, regulation: str, built: Callable[[str, str], Checklist]) -> None:
    checklist = built(market, regulation)
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


def test_both_regulations_have_data_in_every_market_of_europe(workspace: Workspace) -> None:
    assert {market for head in workspace.repository.markets() if workspace.repository.regulations(market := head.id) == REGULATIONS} == set(BOTH)


@pytest.mark.parametrize("market", BOTH)
def test_an_in_vitro_device_is_built_on_the_ivdr_alone(market: str, built: Callable[[str, str], Checklist]) -> None:
    found = built(market, "ivdr")
    assert [head.id for head in found.market.chain if head.regulation] == ["eu-ivdr"]
    assert {row.record.owner for row in found.rows} <= {"eu-ivdr", "eea", market}
    assert {"eu-ivdr.16.2", "eu-ivdr.20.2.a", "eu-ivdr.art82.1.a", "eu-ivdr.art48.7"} <= {row.id for row in found.rows if row.decision.applies == "yes"}
    assert [row for row in found.rows if row.record.owner == market and row.decision.applies == "yes"]


def prints(texts: dict[str, str], other: str) -> bool:
    """Whether the text cites a place in the other regulation."""
    return any(re.search(rf"\b{other} (?:Annex|Article|vedlegg|artikkel)", text, re.I) for text in texts.values())


@pytest.mark.parametrize("regulation", REGULATIONS)
@pytest.mark.parametrize("market", BOTH)
def test_no_row_prints_a_clause_of_the_other_regulation(market: str, regulation: str, built: Callable[[str, str], Checklist]) -> None:
    found = built(market, regulation)
    other = OTHER[regulation]
    strange = {other, f"language-table-{other}"}
    for row in found.rows:
        requirement = row.record.requirement
        cited = {requirement.source, *(reference.source for reference in requirement.references)}
        assert other not in cited, row.id
        if row.decision.applies == "no":
            continue
        assert not strange & cited, row.id
        assert not [name for name in requirement.related if name.startswith(f"eu-{other}.")], row.id
        assert not any(prints(texts, other) for texts in (requirement.title, requirement.says, *(deadline.says for deadline in requirement.deadlines))), row.id


@pytest.mark.parametrize("regulation", REGULATIONS)
@pytest.mark.parametrize("market", BOTH)
def test_no_language_row_and_no_day_is_of_the_other_regulation(market: str, regulation: str, built: Callable[[str, str], Checklist], workspace: Workspace) -> None:
    found = built(market, regulation)
    other = OTHER[regulation]
    classes = {"mdr": {"I", "IIa", "IIb", "III"}, "ivdr": {"A", "B", "C", "D"}}
    for line in found.market.languages:
        assert line.source not in (other, f"language-table-{other}"), line
        assert set(line.classes) <= classes[regulation], line
        assert not prints(line.note, other), line
        assert regulation == "mdr" or line.document != "implant-card", line
    sheet = FactSheet(found.product, workspace.repository.library.facts)
    for day, condition in found.market.milestones:
        if decide(condition, sheet).applies != "no":
            assert day.source != other, day
            assert not day.requirement.startswith(f"eu-{other}."), day
            assert other.upper() not in day.says["en"].split() or regulation.upper() in day.says["en"], day


@pytest.mark.parametrize("regulation", REGULATIONS)
@pytest.mark.parametrize("market", BOTH)
def test_a_language_row_names_a_requirement_of_its_regulation(market: str, regulation: str, workspace: Workspace) -> None:
    found = resolved(workspace, market, regulation)
    for line in found.languages:
        assert line.source in found.sources
        record = found.record(line.requirement)
        assert record is not None or not line.requirement, line
        assert record is None or f"'regulation': ['{OTHER[regulation]}']" not in str(record.requirement.applies_when), line


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
    regulation = str(case.get("regulation", "mdr"))
    base = "\n".join(line for line in MINIMAL.replace("mdr", regulation).splitlines() if not line.startswith("manufacturer"))
    (tmp_path / "product.yaml").write_text(f"{base}\n{facts}", "utf-8")
    sheet = FactSheet(product.read(tmp_path).product, workspace.repository.library.facts)
    found = resolved(workspace, market, regulation)
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


LATER = {dt.date(2027, 12, 31), dt.date(2028, 12, 31), dt.date(2029, 12, 31)}
LEGACY_IVD = MINIMAL.replace("mdr", "ivdr") + "device: {class: B, legacy: yes, sterile: no}\n"


@pytest.mark.parametrize("market", ["no", "is", "li", "tr"])
def test_the_longer_ivdr_transition_is_no_law_where_its_day_was_not_read(market: str, workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "product.yaml").write_text(LEGACY_IVD, "utf-8")
    checklist = check(product.read(tmp_path), market, DATA_DAY, workspace)
    longer = [row for row in checklist.rows if row.id.startswith(("eu-ivdr.art110.3a", "eu-ivdr.art110.3b", "eu-ivdr.art110.3c"))]
    assert len(longer) == 5
    for row in longer:
        assert row.standing in ("pending", "unconfirmed"), row.id
        assert row.record.requirement.says["en"].startswith("In the EU: "), row.id
        assert not row.record.requirement.deadlines, row.id
    assert not [row.id for row in checklist.rows if row.standing == "required" and row.decision.applies != "no" and any(limit.on in LATER for limit in row.record.requirement.deadlines)]
    assert all(day.open for day, _ in checklist.market.milestones if day.requirement.startswith("eu-ivdr.art110.3"))
    made = template.render(workspace.shelf.get("dossier-checklist"), checklist, i18n.tongue("en"), workspace.shelf, template.Issue(DATA_DAY))
    sources = [line.text for line in blocks.lines(made) if line.column == 3 and line.row in ("31 December 2027", "31 December 2029")]
    assert len(sources) == 2
    assert all(text.endswith("Not confirmed as law here.") for text in sources)


def test_the_longer_ivdr_transition_is_law_in_the_eu(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "product.yaml").write_text(LEGACY_IVD, "utf-8")
    checklist = check(product.read(tmp_path), "de", DATA_DAY, workspace)
    assert {row.id: row.standing for row in checklist.rows}["eu-ivdr.art110.3b.b"] == "required"
    assert not [day for day, _ in checklist.market.milestones if day.open]


def test_days_for_legacy_devices_in_norway_concern_legacy_devices_of_their_class_and_regulation(workspace: Workspace, tmp_path: Path) -> None:
    def days(regulation: str, facts: str) -> set[tuple[str, str]]:
        (tmp_path / "product.yaml").write_text(MINIMAL.replace("mdr", regulation) + facts, "utf-8")
        checklist = check(product.read(tmp_path), "no", DATA_DAY, workspace)
        sheet = FactSheet(checklist.product, workspace.repository.library.facts)
        return {(day.on.isoformat(), day.requirement) for day, condition in checklist.market.milestones if sheet.evaluate(condition)[0] is not False}

    assert {day for day in days("ivdr", "device: {class: C, legacy: yes, sterile: no}\n") if day[1] in ("no.ivd-legacy", "no.legacy")} == {("2026-05-26", "no.ivd-legacy")}
    assert not {day for day in days("ivdr", "device: {class: C, legacy: no, sterile: no}\n") if day[1] in ("no.ivd-legacy", "no.legacy")}
    assert {day for day in days("mdr", "device: {class: IIa, legacy: yes}\n") if day[1] in ("no.ivd-legacy", "no.legacy")} >= {("2025-07-01", "no.legacy")}


@pytest.mark.parametrize(("regulation", "facts", "said"), [
    ("mdr", "device: {class: IIa, legacy: yes}\n", "legacy device (MDR Article 120(3))"),
    ("ivdr", "device: {class: B, legacy: yes}\n", "legacy device (IVDR Article 110(3))"),
    ("mdr", "device: {class: IIa, investigation_only: yes}\n", "not placed on the market (MDR Article 2(28))"),
    ("ivdr", "device: {class: B, performance_study_only: yes}\n", "not placed on the market (IVDR Article 2(21))"),
    ("mdr", "device: {class: IIa, legacy: no, investigation_only: no}\n", ""),
])
def test_the_checklists_say_why_rows_read_otherwise_for_a_device(regulation: str, facts: str, said: str, workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "product.yaml").write_text(MINIMAL.replace("mdr", regulation) + facts, "utf-8")
    checklist = check(product.read(tmp_path), "no", DATA_DAY, workspace)
    for name in ("dossier-checklist", "evidence-index", "labelling-checklist"):
        made = template.render(workspace.shelf.get(name), checklist, i18n.tongue("en"), workspace.shelf, template.Issue(DATA_DAY))
        found = [line.text for line in blocks.lines(made) if line.text.startswith(("The device is a legacy device", "The device is for investigation"))]
        assert len(found) == bool(said), name
        assert all(said in text for text in found), found


def test_nothing_of_software_is_asked_of_a_device_without_software(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "product.yaml").write_text(MINIMAL + "device: {class: IIa}\nsoftware: {is_software: no, contains_software: no}\n", "utf-8")
    checklist = check(product.read(tmp_path), "no", DATA_DAY, workspace)
    assert not {"software_sold_separately", "ai_ml", "cloud_service", "third_party_software", "updatable"} & {gap.subject for gap in checklist.gaps}
    row = next(row for row in checklist.rows if row.id == "eu-mdr.ai-act")
    assert row.decision.applies == "no"
    assert [ground.fact for ground in row.decision.grounds] == ["software"]


def test_no_notified_body_is_said_to_take_part_for_devices_without_one(workspace: Workspace, tmp_path: Path) -> None:
    def rows(regulation: str, facts: str) -> dict[str, str]:
        (tmp_path / "product.yaml").write_text(MINIMAL.replace("mdr", regulation) + facts, "utf-8")
        return {row.id: row.decision.applies for row in check(product.read(tmp_path), "no", DATA_DAY, workspace).rows}

    assert rows("mdr", "device: {class: IIb, custom_made: yes, implantable: no}\n")["no.mdreg.9"] == "no"
    assert rows("mdr", "device: {class: III, custom_made: yes, implantable: yes, investigation_only: no}\n")["no.mdreg.9"] == "yes"
    assert rows("mdr", "device: {class: IIb, custom_made: no, investigation_only: yes}\n")["no.mdreg.9"] == "no"
    assert rows("ivdr", "device: {class: C, performance_study_only: yes}\n")["no.mdreg.9"] == "no"
    assert rows("mdr", "device: {class: IIa, custom_made: no, investigation_only: no}\n")["no.mdreg.9"] == "yes"
    made = rows("mdr", "device: {class: IIa, custom_made: yes, implantable: yes}\n")
    assert made["no.eudamed.srn"] == made["eu-mdr.art31.1"] == "no"
    assert made["eu-mdr.art21.2"] == "yes"
    assert made["no.mdreg.13"] == made["eu-mdr.art18.1"] == "undetermined"


@pytest.mark.parametrize(("shown", "claimed"), [("evidence: [{id: cvd, number: N-1, title: T, shows: [PM-02]}]\n", True), ("", False)])
def test_the_disclosure_note_claims_a_process_only_where_a_document_shows_one(shown: str, claimed: bool, workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "product.yaml").write_text(MINIMAL + shown, "utf-8")
    checklist = check(product.read(tmp_path), "no", DATA_DAY, workspace)
    made = template.render(workspace.shelf.get("disclosure-note"), checklist, i18n.tongue("en"), workspace.shelf, template.Issue(DATA_DAY))
    text = "\n".join(line.text for line in blocks.lines(made))
    assert ("operates a coordinated vulnerability disclosure process" in text) == claimed
    assert ("Gap: no document shows how vulnerabilities are handled and disclosed (PM-02)." in text) != claimed


@pytest.mark.parametrize(("day", "states"), [(dt.date(2024, 6, 1), {"no": "pending", "de": "in-force"}), (dt.date(2025, 7, 1), {"no": "in-force", "de": "in-force"})])
def test_the_longer_mdr_transition_is_norwegian_law_from_its_norwegian_day(day: dt.date, states: dict[str, str], workspace: Workspace) -> None:
    for market, state in states.items():
        found = resolve(workspace.repository, market, day, "mdr")
        assert {found.states[f"eu-mdr.art120.{part}"] for part in ("3c", "3a.a", "3a.b", "3b", "3d")} == {state}, market


@pytest.mark.parametrize("market", ["is", "li"])
def test_the_longer_mdr_transition_is_open_where_its_day_was_not_read(market: str, workspace: Workspace) -> None:
    found = resolved(workspace, market)
    for part in ("3c", "3a.a", "3a.b", "3b", "3d"):
        record = found.record(f"eu-mdr.art120.{part}")
        assert record is not None
        assert found.states[record.requirement.id] == "unknown"
        assert record.requirement.says["en"].startswith("In the EU: ")
        assert not record.requirement.deadlines


@pytest.mark.parametrize("regulation", REGULATIONS)
@pytest.mark.parametrize("market", ["tr", "is", "li"])
def test_eudamed_is_no_duty_where_its_day_was_not_read(market: str, regulation: str, workspace: Workspace) -> None:
    found = resolved(workspace, market, regulation)
    names = {"mdr": ("art31.1", "art31.2", "art29.1", "art29.4", "art123.3.e"), "ivdr": ("art28.1", "art28.2", "art26.1", "art26.3", "art113.3.eudamed")}[regulation]
    assert {found.states[f"eu-{regulation}.{name}"] for name in names} == {"unknown"}
    assert {day.open for day, _ in found.milestones if "EUDAMED" in day.says["en"]} == {True}
    assert {resolved(workspace, "de", regulation).states[f"eu-{regulation}.{name}"] for name in names} <= {"in-force", "pending"}
