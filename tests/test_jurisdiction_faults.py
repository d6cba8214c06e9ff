"""Each fault in jurisdiction data is named with file and line, all of them at once, and the command ends with exit code 2."""
from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dossier.cli import main
from dossier.errors import ExitCode
from dossier.resolve import Repository, faults_of

from .conftest import ROOT

HEAD = "id: {id}\nname: {{en: Somewhere}}\nkind: state\nextends: [{extends}]\nlocale: en\n"
SOURCES = """\
{id}-act:
  title: {{en: Act}}
  short: {{en: Act}}
  kind: act
  version: {{en: as made}}
  level: primary
  read: 2026-11-23
"""
REQUIREMENT = """\
group: {{id: {id}-rules, title: {{en: Rules}}, order: 80}}
add:
  - id: {id}.one
    title: {{en: One}}
    says: {{en: One thing.}}
    source: {source}
    clause: § 1
    level: primary
    force: law
    binds: [manufacturer]
    phase: enforcement
    in_force: {{from: {begins}, to: {ends}}}
    checked: 2026-11-23
    review_by: 2027-05-23
"""

Make = Callable[..., None]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "jurisdictions").mkdir()
    return tmp_path


@pytest.fixture
def make(home: Path) -> Make:
    """Writes one jurisdiction of the user's own."""

    def write(folder: str, extends: str = "eu-mdr", files: dict[str, str] | None = None, identifier: str = "", head: str = "") -> None:
        path = home / "jurisdictions" / folder
        (path / "requirements").mkdir(parents=True)
        (path / "jurisdiction.yaml").write_text(head or HEAD.format(id=identifier or folder, extends=extends), "utf-8")
        (path / "sources.yaml").write_text(SOURCES.format(id=folder), "utf-8")
        for name, text in (files or {}).items():
            (path / name).write_text(text, "utf-8")

    return write


@pytest.fixture
def checked(home: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What check-market says about the names, which have faults."""

    def run(*names: str) -> str:
        assert main(["check-market", *names, "--home", str(home)]) == ExitCode.UNREADABLE
        return capsys.readouterr().err

    return run


@pytest.fixture
def problems(home: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    def run() -> str:
        assert main(["list", "markets", "--home", str(home)]) == ExitCode.UNREADABLE
        return capsys.readouterr().err

    return run


def test_two_markets_with_one_id(make: Make, problems: Callable[[], str]) -> None:
    make("zz")
    make("zy", identifier="zz")
    assert 'jurisdictions/zy/jurisdiction.yaml:1:5: the id "zz" differs from the folder name "zy". jurisdictions/zz/jurisdiction.yaml has this id already. Make them the same.' in problems()


def test_one_id_in_two_folders_of_the_user(make: Make, home: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]) -> None:
    make("zz")
    other = tmp_path_factory.mktemp("other")
    shutil.copytree(home / "jurisdictions", other / "jurisdictions")
    assert main(["list", "markets", "--home", str(home), "--home", str(other)]) == ExitCode.UNREADABLE
    first, second = (folder / "jurisdictions" / "zz" for folder in (home, other))
    assert f'jurisdictions/zz/jurisdiction.yaml:1:1: "zz" lies in two of your folders, {first} and {second}, and only the first would count.' in capsys.readouterr().err
    assert main(["list", "markets", "--home", str(home)]) == ExitCode.DONE


def test_a_shipped_id_is_not_replaced_by_accident(make: Make, problems: Callable[[], str]) -> None:
    make("no", extends="eea")
    found = problems()
    assert 'jurisdictions/no/jurisdiction.yaml:4:1: "no" is a shipped jurisdiction too' in found
    assert "extends: [shipped:no]" in found


def test_a_circle_in_extends(make: Make, problems: Callable[[], str]) -> None:
    make("zx", extends="zy")
    make("zy", extends="zx")
    found = problems()
    assert "jurisdictions/zx/jurisdiction.yaml:4:1: extends itself: zx -> zy -> zx." in found
    assert "jurisdictions/zy/jurisdiction.yaml:4:1: extends itself: zy -> zx -> zy." in found


def test_a_parent_that_does_not_exist(make: Make, problems: Callable[[], str]) -> None:
    make("zz", extends="eu-mdrr")
    assert 'jurisdictions/zz/jurisdiction.yaml:4:1: extends "eu-mdrr", which is no jurisdiction. Did you mean "eu-mdr"?' in problems()


@pytest.mark.parametrize("verb", ["change", "remove"])
def test_an_overlay_that_points_at_a_missing_id(verb: str, make: Make, problems: Callable[[], str]) -> None:
    what = "\n    set: {status: repealed}" if verb == "change" else ""
    make("zz", files={"requirements/rules.yaml": f"{verb}:\n  - id: eu-mdr.23.2.zz\n    reason: {{en: Gone.}}\n    source: zz-act\n    clause: § 1{what}\n"})
    assert 'jurisdictions/zz/requirements/rules.yaml:2:9: "eu-mdr.23.2.zz" is not an inherited requirement. Did you mean "eu-mdr.23.' in problems()


def test_an_id_that_exists_already(make: Make, problems: Callable[[], str]) -> None:
    text = REQUIREMENT.format(id="zz", source="zz-act", begins="2021-05-26", ends="2027-05-26").replace("zz.one", "eu-mdr.1")
    make("zz", files={"requirements/rules.yaml": text})
    assert 'jurisdictions/zz/requirements/rules.yaml:3:1: "eu-mdr.1" exists already (jurisdictions/eu-mdr/requirements/annex-i.yaml:' in problems()


def test_a_language_that_is_no_locale(make: Make, problems: Callable[[], str]) -> None:
    make("zz", head=HEAD.format(id="zz", extends="eu-mdr").replace("locale: en", "locale: xx"))
    row = "languages:\n  - {document: label, languages: [swedish], source: zz-act, clause: § 1, level: primary, checked: 2026-11-23}\n"
    make("zy", files={"languages.yaml": row})
    found = problems()
    assert 'jurisdictions/zz/jurisdiction.yaml:5:9: locale: "xx" is no language code (BCP 47)' in found
    assert '"swedish" is no language code (BCP 47)' in found
    assert "jurisdictions/zy/languages.yaml:2:" in found


@pytest.mark.parametrize(
    ("code", "why"),
    [
        *((code, f'"{code}" does not say which Norwegian: use nb (bokmål) or nn (nynorsk).') for code in ("no", "NO", "No", "no-NO", "no_NO", "nor")),
        ("DE", '"DE" is no language code (BCP 47); write it as de.'),
        ("de-at", '"de-at" is no language code (BCP 47); write it as de-AT.'),
        ("de.nonsense", '"de.nonsense" is no language code (BCP 47); write it as de.'),
        ("de@x", '"de@x" is no language code (BCP 47); write it as de.'),
        ("deu", '"deu" is no language code (BCP 47); write it as de.'),
        ("de-XX", '"de-XX" is no language code (BCP 47), for example nb, nn, en or de.'),
    ],
)
def test_a_language_has_one_spelling(code: str, why: str, make: Make, problems: Callable[[], str]) -> None:
    """Rows are compared with the product letter for letter, so another spelling would be a language nobody has."""
    make("zz", head=HEAD.format(id="zz", extends="eu-mdr").replace("locale: en", f"locale: {code}"))
    make("zy", files={"languages.yaml": f"languages:\n  - {{document: label, languages: [en, {code}], source: zz-act, clause: § 1, level: primary, checked: 2026-11-23}}\n"})
    found = problems()
    assert f"jurisdictions/zz/jurisdiction.yaml:5:9: locale: {why}" in found
    assert f"languages.1: {why}" in found


def test_languages_with_a_script_or_a_place_are_known(make: Make, home: Path) -> None:
    make("zz", head=HEAD.format(id="zz", extends="eu-mdr") + "languages: [nb, nn-NO, sr-Latn, zh-Hant-TW, es-419, fil]\n")
    assert main(["list", "markets", "--home", str(home)]) == ExitCode.DONE


def test_dates_in_the_wrong_order(make: Make, problems: Callable[[], str]) -> None:
    make("zz", files={"requirements/rules.yaml": REQUIREMENT.format(id="zz", source="zz-act", begins="2027-05-26", ends="2021-05-26")})
    assert "jurisdictions/zz/requirements/rules.yaml:12:5: zz.one: ends on 2021-05-26, before it begins on 2027-05-26." in problems()


def test_a_citation_that_ends_before_it_begins(make: Make, problems: Callable[[], str]) -> None:
    text = REQUIREMENT.format(id="zz", source="zz-act", begins="2021-05-26", ends="2027-05-26") + "    citation_history: [{clause: § 2, from: 2024-01-01, to: 2023-01-01}]\n"
    make("zz", files={"requirements/rules.yaml": text})
    assert "jurisdictions/zz/requirements/rules.yaml:15:24: zz.one: was cited as § 2 until 2023-01-01, before that began on 2024-01-01." in problems()


def test_all_that_is_wrong_with_one_row_is_named_at_once(make: Make, problems: Callable[[], str]) -> None:
    text = REQUIREMENT.format(id="zz", source="nowhere", begins="2027-05-26", ends="2021-05-26").replace("level: primary", "level: prim").replace("    phase: enforcement\n", "")
    make("zz", files={"requirements/rules.yaml": text + "    evidence_kinds: [{kind: labl, expectation: mandatory}]\n    applies_when: {sofware: yes}\n"})
    found = problems()
    for part in ('source "nowhere" is not in', 'level: "prim" is not one of', '"phase" is missing', "ends on 2021-05-26, before", '"labl" is not an evidence kind', '"sofware" is not a product fact'):
        assert part in found, part


def test_what_rows_name_has_to_be_there(make: Make, problems: Callable[[], str]) -> None:
    authority = "{id: zz-office, role: competent-authority, name: {en: Office}, short: {en: Office}, does: {en: Supervises.}, source: zz-act, level: primary, checked: 2026-11-23}"
    rules = REQUIREMENT.format(id="zz", source="zz-act", begins="2021-05-26", ends="2027-05-26") + "    authority: zz-offic\n    related: [zz.none, eu-mdr.23.2.a]\n"
    rules += "change:\n  - {id: eu-mdr.23.2.b, reason: {en: So.}, source: zz-act, clause: § 1, set: {authority: zz-nobody}}\n"
    day = "milestones:\n  - {on: 2027-01-01, says: {en: A day.}, source: zz-act, clause: § 1, level: primary, checked: 2026-11-23, requirement: zz.on}\n"
    row = "languages:\n  - {document: label, languages: [en], source: zz-act, clause: § 1, level: primary, checked: 2026-11-23, requirement: eu-mdr.23.2.zz}\n"
    make("zz", files={"requirements/rules.yaml": rules, "timeline.yaml": day, "languages.yaml": row, "authorities.yaml": f"authorities:\n  - {authority}\n"})
    found = problems()
    assert 'jurisdictions/zz/requirements/rules.yaml:15:16: authority "zz-offic" is in no authorities.yaml of the market or of what it extends. Did you mean "zz-office"?' in found
    for place, name in (("requirements/rules.yaml:16", "zz.none"), ("requirements/rules.yaml:18", 'authority "zz-nobody"'), ("timeline.yaml:2", "zz.on"), ("languages.yaml:2", "eu-mdr.23.2.zz")):
        assert re.search(rf'zz/{place}:\d+: .*{name}"? is (no requirement|in no authorities.yaml) of the market or of what it extends', found), name
    assert "5 problems" in found


def test_two_authorities_of_one_id(make: Make, problems: Callable[[], str]) -> None:
    row = "  - {id: office, role: competent-authority, name: {en: Office}, short: {en: Office}, does: {en: Supervises.}, source: zz-act, level: primary, checked: 2026-11-23}\n"
    make("zz", files={"authorities.yaml": f"authorities:\n{row}{row}"})
    assert 'jurisdictions/zz/authorities.yaml:3:10: the authority "office" is there twice' in problems()


def test_a_fact_without_a_source(make: Make, problems: Callable[[], str]) -> None:
    text = REQUIREMENT.format(id="zz", source="X", begins="2021-05-26", ends="2027-05-26").replace("    source: X\n", "")
    make("zz", files={"requirements/rules.yaml": text, "languages.yaml": "languages:\n  - {document: label, languages: [en], clause: § 1, level: primary, checked: 2026-11-23}\n"})
    found = problems()
    assert "jurisdictions/zz/requirements/rules.yaml:3:" in found
    assert "jurisdictions/zz/languages.yaml:2:" in found
    assert found.count("source") >= 2


def test_a_source_that_nobody_defines(make: Make, problems: Callable[[], str]) -> None:
    make("zz", files={"requirements/rules.yaml": REQUIREMENT.format(id="zz", source="zz-acts", begins="2021-05-26", ends="2027-05-26")})
    assert 'jurisdictions/zz/requirements/rules.yaml:3:5: zz.one: source "zz-acts" is not in sources.yaml. Did you mean "zz-act"?' in problems()


def test_a_group_that_names_a_market_that_is_not_there(home: Path, problems: Callable[[], str]) -> None:
    (home / "jurisdictions" / "groups.yaml").write_text("mine:\n  name: {en: Mine}\n  markets: [no, sse]\nno:\n  name: {en: Norway}\n  markets: [no]\n", "utf-8")
    found = problems()
    assert 'jurisdictions/groups.yaml:1:1: group "mine": "sse" is not a market. Did you mean "se"?' in found
    assert 'jurisdictions/groups.yaml:4:1: group "no" has the id of a market.' in found


@pytest.mark.parametrize("written", ["yes", "[a]"])
def test_defaults_that_are_no_block_of_keys(written: str, make: Make, problems: Callable[[], str]) -> None:
    rules = REQUIREMENT.format(id="zz", source="zz-act", begins="2021-05-26", ends="2027-05-26")
    files = {"requirements/rules.yaml": f"defaults: {written}\n{rules}", **{f"{name}.yaml": f"defaults: {written}\n{key}: []\n" for name, key in (("authorities", "authorities"), ("languages", "languages"), ("timeline", "milestones"), ("claims", "claims"))}}
    make("zz", files=files)
    found = problems()
    for file in files:
        assert f"jurisdictions/zz/{file}:1:{1 if written == '[a]' else 11}: \"defaults\" needs a block of keys" in found
    assert found.count("\n") == len(files) + 1


@pytest.mark.parametrize("written", ["- mine\n- yours\n", "mine\n"])
def test_groups_that_are_no_block_of_keys(written: str, home: Path, problems: Callable[[], str]) -> None:
    (home / "jurisdictions" / "groups.yaml").write_text(written, "utf-8")
    assert "jurisdictions/groups.yaml:1:1: a block of keys is expected here: the name of each group. Write mine: " in problems()


@pytest.mark.parametrize("written", ["{is: NO}", "[[NO]]"])
def test_a_country_in_a_condition_that_is_no_text(written: str, make: Make, problems: Callable[[], str]) -> None:
    text = REQUIREMENT.format(id="zz", source="zz-act", begins="2021-05-26", ends="2027-05-26")
    make("zz", files={"requirements/rules.yaml": f"{text}    applies_when: {{maker_country: {written}}}\n"})
    assert "jurisdictions/zz/requirements/rules.yaml:15:20: maker_country: text is expected here, or a list of texts" in problems()


def test_an_id_with_capitals(make: Make, problems: Callable[[], str]) -> None:
    make("zz", files={"requirements/rules.yaml": REQUIREMENT.format(id="zz", source="zz-act", begins="2021-05-26", ends="2027-05-26").replace("zz.one", "zz.One")})
    assert 'jurisdictions/zz/requirements/rules.yaml:3:9: "zz.One" has capitals, and requirements are looked up in small letters, so nobody could name it. Write zz.one.' in problems()


OVERLAY = "change:\n  - id: {id}\n    reason: {{en: Other.}}\n    source: zz-act\n    clause: § 1\n    set: {set}\n"


def test_the_faults_of_one_folder_come_at_once(make: Make, problems: Callable[[], str], checked: Callable[..., str]) -> None:
    """Wrong dates, parents that are not there and an overlay that points nowhere: none hides the others."""
    rules = REQUIREMENT.format(id="zz", source="zz-act", begins="2027-05-26", ends="2021-05-26")
    make("zz", extends="nope, nada", files={"requirements/rules.yaml": rules, "requirements/overlay.yaml": OVERLAY.format(id="eu-mdr.23.2.zz", set="{clause: § 2}")})
    for found in (problems(), checked("zz")):
        assert "jurisdictions/zz/requirements/rules.yaml:12:5: zz.one: ends on 2021-05-26" in found
        assert 'jurisdictions/zz/requirements/overlay.yaml:2:9: "eu-mdr.23.2.zz" is not an inherited requirement.' in found
        assert 'jurisdictions/zz/jurisdiction.yaml:4:1: extends "nope", which is no jurisdiction.' in found
        assert 'jurisdictions/zz/jurisdiction.yaml:4:1: extends "nada", which is no jurisdiction.' in found
        assert "4 problems" in found


def test_what_may_stand_in_a_parent_that_is_not_there_is_no_second_fault(make: Make, checked: Callable[..., str]) -> None:
    rows = "".join(OVERLAY.format(id=name, set="{source: eu-act}").removeprefix("change:\n" * (number > 0)) for number, name in enumerate(("eu-mdr.23.2.a", "nope.one", "zy.one")))
    rules = REQUIREMENT.format(id="zy", source="zy-act", begins="2027-05-26", ends="2021-05-26")
    make("zy", files={"requirements/rules.yaml": rules, "sources.yaml": SOURCES.format(id="zy") + SOURCES.format(id="eu")})
    make("zz", extends="eu-mdrr, nope", files={"requirements/overlay.yaml": rows})
    assert checked("zz").splitlines() == [
        'jurisdictions/zz/jurisdiction.yaml:4:1: extends "eu-mdrr", which is no jurisdiction. Did you mean "eu-mdr"?',
        'jurisdictions/zz/jurisdiction.yaml:4:1: extends "nope", which is no jurisdiction. Did you mean "no"?',
        "2 problems",
    ]


def test_files_that_are_no_yaml_are_all_named(make: Make, checked: Callable[..., str]) -> None:
    broken = ("jurisdiction", "sources", "authorities", "languages", "timeline", "claims", "requirements/broken")
    rules = REQUIREMENT.format(id="zz", source="zz-act", begins="2027-05-26", ends="2021-05-26")
    make("zz", files={"requirements/rules.yaml": rules, **{f"{name}.yaml": "add: [\n" for name in broken}})
    found = checked("zz")
    for name in broken:
        assert f"jurisdictions/zz/{name}.yaml:2:1: is not valid YAML" in found
    assert "jurisdictions/zz/requirements/rules.yaml:12:5: zz.one: ends on 2021-05-26" in found
    assert "8 problems" in found, "nothing is said that follows only from a file that cannot be read"


def test_names_that_stand_for_nothing_are_all_named(make: Make, checked: Callable[..., str]) -> None:
    make("zz", extends="eu-mdrr")
    found = checked("foo", "zz", "bar")
    for words in ('"foo" is not a market or group.', '"bar" is not a market or group.', 'extends "eu-mdrr", which is no jurisdiction.'):
        assert words in found


def test_a_fault_in_the_groups_hides_no_other(home: Path, make: Make, problems: Callable[[], str], checked: Callable[..., str]) -> None:
    (home / "jurisdictions" / "groups.yaml").write_text("mine: {markets: [no]}\nours: {name: {en: Ours}, markets: [zz, sse]}\n", "utf-8")
    make("zz", head=HEAD.format(id="zz", extends="eu-mdr").replace("locale: en", "locale: xx"))
    for found in (problems(), checked("mine", "ours"), checked("zz", "ours"), checked()):
        assert 'jurisdictions/groups.yaml:1:1: "name" is missing.' in found
        assert 'jurisdictions/groups.yaml:2:1: group "ours": "sse" is not a market.' in found
        assert 'jurisdictions/zz/jurisdiction.yaml:5:9: locale: "xx" is no language code' in found
        assert "3 problems" in found


@pytest.mark.parametrize("group", ["eea", "eu", "nordic", "efta", "all"])
def test_a_broken_folder_with_the_name_of_a_group_hides_no_other_fault(group: str, make: Make, problems: Callable[[], str], checked: Callable[..., str]) -> None:
    for name in (group, "zz"):
        make(name, extends="eu-mdr", head=HEAD.format(id=name, extends="eu-mdr").replace("locale: en", "locale: xx"))
    for found in (problems(), checked("zz", group)):
        assert f'jurisdictions/{group}/jurisdiction.yaml:5:9: locale: "xx" is no language code' in found
        assert 'jurisdictions/zz/jurisdiction.yaml:5:9: locale: "xx" is no language code' in found


@pytest.mark.parametrize("verb", ["change", "remove"])
def test_overlays_of_a_legal_space_that_no_state_extends_are_checked(verb: str, make: Make, problems: Callable[[], str], checked: Callable[..., str]) -> None:
    text = OVERLAY.format(id="eu-mdr.23.2.zz", set="{clause: § 2}").replace("zz-act", "gulf-act")
    text = text if verb == "change" else text.replace("change:", "remove:").replace("    set: {clause: § 2}\n", "")
    make("gulf", head=HEAD.format(id="gulf", extends="eu-mdr").replace("state", "legal-space"), files={"requirements/overlay.yaml": text})
    for found in (problems(), checked("gulf")):
        assert 'jurisdictions/gulf/requirements/overlay.yaml:2:9: "eu-mdr.23.2.zz" is not an inherited requirement. Did you mean "eu-mdr.23.' in found


def test_an_overlay_fault_that_several_markets_inherit_is_named_once(make: Make, problems: Callable[[], str]) -> None:
    make("gulf", head=HEAD.format(id="gulf", extends="eu-mdr").replace("state", "legal-space"), files={"requirements/overlay.yaml": OVERLAY.format(id="gulf.two", set="{clause: § 2}").replace("zz-act", "gulf-act")})
    make("zz", extends="eu-mdr, gulf")
    make("zy", extends="zw, gulf")
    make("zw", files={"requirements/rules.yaml": REQUIREMENT.format(id="zw", source="zw-act", begins="2021-05-26", ends="2027-05-26").replace("zw.one", "gulf.twoo")})
    assert problems().count('"gulf.two" is not an inherited requirement.') == 1


RULES = "jurisdictions/zz/requirements/overlay.yaml"


@pytest.mark.parametrize("extends", ["eu-mdr", "eu-mdr, nope"])
@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("{source: nowhere}", ('6:5: eu-mdr.23.2.a: source "nowhere" is not in sources.yaml.',)),
        ("{conflicts: [{source: nowhere, claim: {en: No.}, why: {en: Old.}}]}", ('6:5: eu-mdr.23.2.a: source "nowhere" is not in sources.yaml.',)),
        ("{evidence_kinds: [{kind: nope, expectation: mandatory}]}", ('6:11: eu-mdr.23.2.a: "nope" is not an evidence kind.',)),
        ("{in_force: {from: 2030-01-01, to: 2020-01-01}}", ("6:11: eu-mdr.23.2.a: ends on 2020-01-01, before it begins on 2030-01-01.",)),
        ("{review_by: 2020-01-01}", ("6:22: eu-mdr.23.2.a: review_by 2020-01-01 is before checked ",)),
        ("{foo: x, bar: y}", ('6:11: "foo" cannot be set on a requirement.', '6:19: "bar" cannot be set on a requirement.')),
        ("{status: bogus, force: bogus}", ('6:19: status: "bogus" is not one of in-force, ', '6:33: force: "bogus" is not one of law, ')),
        ("{foo: x, force: bogus, source: nowhere}", ('6:11: "foo" cannot be set on a requirement.', '6:26: force: "bogus" is not one of law, ')),
        ("{id: eu-mdr.x, clause: [§ 2]}", ('6:11: "id" cannot be set on a requirement.', "6:25: clause: text is expected here")),
        ("{binds: [nobody], applies_when: {sofware: yes}}", ('6:19: binds.0: "nobody" is not one of', '6:43: "sofware" is not a product fact. Did you mean "software"?')),
    ],
)
def test_what_an_overlay_sets_is_checked_like_a_row(extends: str, written: str, told: tuple[str, ...], make: Make, problems: Callable[[], str]) -> None:
    make("zz", extends=extends, files={"requirements/overlay.yaml": OVERLAY.format(id="eu-mdr.23.2.a", set=written)})
    found = problems()
    for line in told:
        assert f"{RULES}:{line}" in found
    assert found.count(RULES) == len(told)


def test_an_overlay_may_name_the_sources_of_its_chain_and_is_not_told_the_faults_of_its_base(make: Make, home: Path, problems: Callable[[], str]) -> None:
    rules = REQUIREMENT.format(id="zy", source="zy-act", begins="2021-05-26", ends="2027-05-26")
    make("zy", files={"requirements/rules.yaml": rules})
    make("zz", extends="zy", files={"requirements/overlay.yaml": OVERLAY.format(id="zy.one", set="{source: zz-act, conflicts: [{source: zy-act, claim: {en: No.}, why: {en: Old.}}], references: [{source: mdr, level: primary}], clause: § 2}")})
    assert main(["list", "markets", "--home", str(home)]) == ExitCode.DONE
    file = home / "jurisdictions" / "zy" / "requirements" / "rules.yaml"
    file.write_text(rules.replace("to: 2027", "to: 2020").replace("source: zy-act", "source: nowhere"), "utf-8")
    (home / "jurisdictions" / "zz" / "requirements" / "overlay.yaml").write_text(OVERLAY.format(id="zy.one", set="{clause: § 2}"), "utf-8")
    found = problems()
    assert found.count("jurisdictions/zy/requirements/rules.yaml") == 2
    assert "jurisdictions/zz" not in found


@pytest.mark.parametrize(("source", "count"), [("ivdr-2024", 0), ("nowhere", 1)])
def test_an_overlay_may_name_the_sources_of_the_regulation_it_speaks_of(source: str, count: int, make: Make, home: Path) -> None:
    """`ivdr-2024` is known to the chain of the IVDR alone."""
    make("zz", extends="no", files={"requirements/overlay.yaml": OVERLAY.format(id="no.mdreg.6", set=f"{{under: {{ivdr: {{source: {source}, clause: Article 1}}}}}}")})
    found = faults_of(Repository((home / "jurisdictions", ROOT / "jurisdictions")), "zz")
    assert [str(problem) for problem in found] == [f'{RULES}:6:5: no.mdreg.6: source "nowhere" is not in sources.yaml.'] * count


def test_a_shipped_parent_that_is_not_shipped(make: Make, problems: Callable[[], str], checked: Callable[..., str]) -> None:
    make("zz", extends="shipped:zz, shipped:eu-mdrr")
    for found in (problems(), checked("zz")):
        assert 'jurisdictions/zz/jurisdiction.yaml:4:1: extends "shipped:zz", but no "zz" is shipped with the program. Take shipped:zz away, or name one of these: at, ' in found
        assert 'jurisdictions/zz/jurisdiction.yaml:4:1: extends "shipped:eu-mdrr", but no "eu-mdrr" is shipped with the program. Did you mean "eu-mdr"?' in found
        assert "--market" not in found


def test_a_build_names_the_faults_of_all_its_markets_at_once(make: Make, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    overlay = "change:\n  - {id: eu-mdr.none, reason: {en: So.}, source: mdr, clause: § 1, set: {clause: § 2}}\n"
    make("zv", files={"requirements/rules.yaml": overlay, "languages.yaml": "languages:\n  - {document: label, languages: [zzz], source: mdr, clause: § 1, level: primary, checked: 2026-11-23}\n"})
    make("zw", extends="zw")
    make("zx", extends="zy")
    make("zy", extends="zx")
    make("zz", files={"requirements/rules.yaml": overlay})
    assert main(["build", str(ROOT / "samples" / "ecg-patch"), "-m", "no,zv,zw,zx,zz,nowhere", "--home", str(home), "-o", str(home / "out")]) == ExitCode.UNREADABLE
    found = capsys.readouterr().err
    for part in ("zv/languages.yaml:2", "zv/requirements/rules.yaml:2", "zw/jurisdiction.yaml:4", "zx/jurisdiction.yaml:4", "zz/requirements/rules.yaml:2"):
        assert f"jurisdictions/{part}" in found, part
    assert '"nowhere" is not a market' in found
    assert not (home / "out").exists()


def test_all_faults_are_named_at_once(make: Make, problems: Callable[[], str]) -> None:
    make("zw", identifier="zz")
    make("zx", extends="zy")
    make("zy", extends="zx")
    make("zz", files={"requirements/rules.yaml": REQUIREMENT.format(id="zz", source="zz-acts", begins="2027-05-26", ends="2021-05-26")})
    found = problems()
    for part in ("zw/jurisdiction.yaml:1", "zx/jurisdiction.yaml:4", "zy/jurisdiction.yaml:4", "zz/requirements/rules.yaml:3", "zz/requirements/rules.yaml:12"):
        assert f"jurisdictions/{part}" in found, part
