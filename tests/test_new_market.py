"""A market of one's own: the folder to start from, and what the check says is missing, with its place."""
from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dossier import jurisdiction, new_market, yamlfile
from dossier.assemble import Workspace
from dossier.cli import main
from dossier.market_check import DOCUMENTS, check
from dossier.resolve import Repository, faults_of

from .conftest import ROOT

DAY = dt.date(2026, 11, 26)
PARENTS = ((), ("eu-mdr",), ("eea",))


@pytest.fixture(autouse=True)
def fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795651200")  # 2026-11-26
    monkeypatch.delenv("DOSSIER_HOME", raising=False)


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Path]:
    """Makes the folder of a new market; returns it."""

    def run(identifier: str = "nz", *extends: str) -> Path:
        home = tmp_path
        (home / "jurisdictions").mkdir(exist_ok=True)
        for path, content in new_market.files(identifier, extends, at(home), home, DAY).items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return home / "jurisdictions" / identifier

    return run


def at(home: Path) -> Repository:
    return Repository((home / "jurisdictions", ROOT / "jurisdictions"))


def said(folder: Path, name: str = "") -> list[str]:
    return [f"{finding.file}:{finding.line}:{finding.column}: {finding.what}" for finding in check(at(folder.parent.parent), name or folder.name, DAY)]


# --- the folder -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("extends", PARENTS)
def test_a_new_folder_loads_without_a_fault(extends: tuple[str, ...], make: Callable[..., Path]) -> None:
    folder = make("nz", *extends)
    assert faults_of(at(folder.parent.parent), "nz") == []
    head = at(folder.parent.parent).get("nz").head
    assert head.name == {"en": "New Zealand", "nb": "New Zealand", "nn": "New Zealand"}
    assert head.extends == extends
    assert "en" in head.languages


@pytest.mark.parametrize(("identifier", "names", "languages"), [("ch", ("Switzerland", "Sveits", "Sveits"), {"de", "fr", "it"}), ("br", ("Brazil", "Brasil", "Brasil"), {"pt"}), ("no", ("Norway", "Norge", "Noreg"), {"nb", "nn"}), ("zz", (), set()), ("eu", (), set()), ("gulf", (), set())])
def test_names_and_official_languages_are_those_of_the_country(identifier: str, names: tuple[str, ...], languages: set[str]) -> None:
    found, spoken = new_market.country(identifier)
    assert tuple(found.values()) == names
    assert set(spoken) >= languages
    assert bool(spoken) == bool(languages)


def test_the_examples_count_once_their_signs_are_taken_away(make: Callable[..., Path]) -> None:
    """Every file with its examples put in force: still no fault, and most of what was missing is there."""
    folder = make("nz", "eu-mdr")
    before = len(said(folder))
    for file in folder.rglob("*.yaml"):
        lines = file.read_text("utf-8").splitlines()
        assert any(line.startswith("#: ") for line in lines) or file.name == "jurisdiction.yaml"
        if file.name == "jurisdiction.yaml":
            lines = [line for line in lines if not line.startswith("introduction:")]
        file.write_text("\n".join(line.removeprefix("#: ") for line in lines) + "\n", "utf-8")
    assert faults_of(at(folder.parent.parent), "nz") == []
    part = at(folder.parent.parent).get("nz")
    assert len(part.records) == 6
    assert part.authorities[0].role == "competent-authority"
    after = said(folder)
    assert len(after) < before
    assert not [line for line in after if "no competent authority" in line or "no law" in line or "introduction" in line]


def test_every_file_says_what_it_is_for_and_where_to_look(make: Callable[..., Path]) -> None:
    folder = make()
    for file in folder.rglob("*.yaml"):
        text = file.read_text("utf-8")
        assert text.startswith("# ")
        assert "Where to look:" in text
        assert "${" not in text
        assert max(map(len, text.splitlines())) < 400


def test_a_name_that_is_no_country_is_left_open_and_named(make: Callable[..., Path]) -> None:
    folder = make("gulf")
    assert faults_of(at(folder.parent.parent), "gulf") == []
    found = said(folder)
    assert [line for line in found if line.startswith("jurisdictions/gulf/jurisdiction.yaml:9:12: name.en is empty.")]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no"], 'new-market: "no" is a jurisdiction already ('),
        (["eu"], 'new-market: "eu" is the name of a group of markets, so -m eu would mean two things. Choose another id.'),
        (["con"], 'new-market: "con" is reserved: it cannot be a file name on Windows. Choose another id.'),
        (["evidence"], 'new-market: "evidence" is reserved: the folder of the evidence kinds. Choose another id.'),
        (["NZ"], '"NZ" cannot be an id: it is the folder\'s name and begins every requirement id. Use 2 to 20 small letters, digits and hyphens, a letter first, for example nz; for a country its two letters of ISO 3166.'),
        (["../nz"], '"../nz" cannot be an id'),
        (["n.z"], '"n.z" cannot be an id'),
        (["nz", "--extends", "eu-mdrr"], '--extends: "eu-mdrr" is no jurisdiction. Did you mean "eu-mdr"?'),
        (["nz", "--extends", "eea,xyz"], '--extends: "xyz" is no jurisdiction. Most build on eu-mdr or eea, or on nothing. Known: at, '),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_and_nothing_is_written(arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new-market", *arguments, "--home", str(tmp_path)]) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "jurisdictions" / "nz").mkdir(parents=True)
    assert main(["new-market", "nz", "--home", str(tmp_path)]) == 2
    assert f"{tmp_path}/jurisdictions/nz: is there already; nothing of yours is overwritten." in capsys.readouterr().err


def test_without_a_folder_of_ones_own_nothing_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new-market", "nz"]) == 2
    assert "--home: no folder of your own is given" in capsys.readouterr().err


def test_a_checkout_can_be_its_own_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """`--home .` in a checkout names the shipped folder once; nothing is taken for a copy of itself."""
    monkeypatch.chdir(ROOT)
    from dossier import resources

    assert resources.search_path("jurisdictions", (Path("."),)) == (ROOT / "jurisdictions",)
    assert main(["check-market", "lv", "--home", "."]) == 1


# --- what is missing --------------------------------------------------------------------------------------------------


def test_a_market_of_its_own_law_is_told_all_that_it_lacks(make: Callable[..., Path]) -> None:
    assert said(make()) == [
        "jurisdictions/nz/authorities.yaml:14:1: no CSIRT is named.",
        "jurisdictions/nz/authorities.yaml:14:1: no competent authority is named.",
        "jurisdictions/nz/jurisdiction.yaml:1:1: no clause on software and security is there, and no other law is inherited.",
        "jurisdictions/nz/jurisdiction.yaml:28:20: introduction.en is empty.",
        "jurisdictions/nz/jurisdiction.yaml:28:28: introduction.nb is empty.",
        "jurisdictions/nz/jurisdiction.yaml:28:36: introduction.nn is empty.",
        "jurisdictions/nz/languages.yaml:13:1: no row says which language field safety notices must be in.",
        "jurisdictions/nz/languages.yaml:13:1: no row says which language the instructions for use must be in.",
        "jurisdictions/nz/languages.yaml:13:1: no row says which language the label must be in.",
        "jurisdictions/nz/languages.yaml:13:1: no row says which language the user interface of software must be in.",
        "jurisdictions/nz/requirements/disclosure.yaml:32:1: no rule says how a vulnerability is disclosed.",
        "jurisdictions/nz/requirements/registration.yaml:31:1: no rule says who registers the device or the company.",
        "jurisdictions/nz/requirements/representation.yaml:31:1: no rule says whether a maker abroad needs a representative.",
        "jurisdictions/nz/requirements/vigilance.yaml:31:1: no rule says within how many days or hours a serious incident is reported.",
        "jurisdictions/nz/sources.yaml:1:1: no law is named.",
    ]


@pytest.mark.parametrize("parent", ["eu-mdr", "eea"])
def test_what_is_inherited_is_not_missing(parent: str, make: Callable[..., Path]) -> None:
    found = "\n".join(said(make("nz", parent)))
    for rule in ("representative", "registers", "days or hours", "vulnerability is disclosed", "clause on software"):
        assert rule not in found
    assert "no competent authority is named" in found
    for words in DOCUMENTS.values():
        assert f"which language {words} must be in" in found
    assert ("implant card must be in (MDR)." in found) == (parent == "eea")
    assert "implant card must be in (IVDR)." not in found


OPEN = """\
group: {id: nz-x, title: {en: X, nb: X, nn: X}, order: 1}
defaults: {checked: 2025-01-01, review_by: 2025-07-01, judgement: {en: J, nb: J, nn: J}}
add:
  - id: nz.one
    title: {en: One, nb: Én}
    says: {en: "One, two.", nb: Én, to., nn: Ein}
    source: mdr
    clause: somewhere near the end
    level: unconfirmed
    force: law
    binds: [manufacturer]
    phase: registration
    in_force: {from: 2020-01-01}
    judgement: ""
    review_by: 2026-11-25
"""


def test_what_is_open_in_a_row_is_named_with_line_and_column(make: Callable[..., Path]) -> None:
    folder = make("nz", "eu-mdr")
    (folder / "requirements" / "registration.yaml").write_text(OPEN, "utf-8")
    found = [line.removeprefix("jurisdictions/nz/requirements/registration.yaml:") for line in said(folder) if "registration.yaml" in line]
    assert found == [
        "2:44: the day of review of all rows that name no day of their own was 2025-07-01.",
        "5:5: title has no text in nn (nz.one).",
        '6:40: "to." stands where a language is expected (nz.one): the text before it was cut off at a comma.',
        '8:13: the clause "somewhere near the end" is not in a form that every language can print (nz.one).',
        "9:12: a fact is unconfirmed (nz.one).",
        "15:16: the day of review was 2026-11-25 (nz.one).",
    ]


def test_a_finding_says_why_it_matters_and_what_to_do(make: Callable[..., Path]) -> None:
    for finding in check(at(make().parent.parent), "nz", DAY):
        assert finding.what.endswith(".")
        assert len(finding.why) > 20
        assert finding.todo.endswith((".", "]."))


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_exit_code_tells_faults_from_gaps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = ["--home", str(tmp_path)]
    assert main(["new-market", "nz", "--extends", "eea", *home]) == 0
    printed = capsys.readouterr()
    assert f"{tmp_path}/jurisdictions/nz/jurisdiction.yaml" in printed.out
    assert "dossier check-market nz --home" in printed.err
    assert main(["check-market", "nz", *home]) == 1
    printed = capsys.readouterr()
    assert len(printed.out.splitlines()) == int(printed.err.split()[0])
    assert main(["check-market", "nz", "--json", *home]) == 1
    data = json.loads(capsys.readouterr().out)
    assert data["faults"] == []
    assert set(data["findings"][0]) == {"file", "line", "column", "what", "why", "todo"}
    file = tmp_path / "jurisdictions" / "nz" / "jurisdiction.yaml"
    file.write_text(file.read_text("utf-8").replace("kind: state", "kind: stat"), "utf-8")
    assert main(["check-market", "nz", *home]) == 2
    assert 'jurisdictions/nz/jurisdiction.yaml:12:7: kind: "stat" is not one of state or legal-space. Did you mean "state"?' in capsys.readouterr().err
    assert main(["check-market", "nzz", *home]) == 2
    assert '"nzz" is not a market or group. Did you mean "nz"?' in capsys.readouterr().err


def test_shipped_markets_have_honest_findings_only(workspace: Workspace) -> None:
    """No shipped text, date or row is missing; what is open is unconfirmed, or was not found out."""
    allowed = ("is unconfirmed", "no row says which language", "no CSIRT is named", "no law is named")
    for name in workspace.repository.ids():
        for finding in check(workspace.repository, name, DAY):
            assert any(words in finding.what for words in allowed), finding
            assert "unconfirmed" in finding.what or finding.file.split("/")[1] in ("au", "ca", "gb", "jp", "us", "xi"), finding


def test_a_complete_market_ends_with_zero(make: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make("nz")
    monkeypatch.setattr("dossier.market_check.check", lambda *arguments: ())
    assert main(["check-market", "nz", "--home", str(folder.parent.parent)]) == 0
    assert "nz: nothing is missing" in capsys.readouterr().err


def test_out_and_in_over_the_command_line(make: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from .test_requirement_table import NEW, new_row
    from .workbooks import changed

    folder, book, home = make("nz", "eu-mdr"), tmp_path / "nz.xlsx", ["--home", str(tmp_path)]
    assert main(["export", "requirements", "-m", "nz", "-o", str(book), *home]) == 0
    assert "0 requirements of nz" in capsys.readouterr().err
    rows = {"id": "nz.notify", "group": "nz-registration", "source": "mdr", "says__nb": "Ny", "says__nn": "Ny"}
    book.write_bytes(changed(book.read_bytes(), lambda opened: [new_row(opened["Requirements"], **rows)][1:]))  # type: ignore[arg-type]
    before = (folder / "requirements" / "registration.yaml").read_text("utf-8")
    assert main(["import", "requirements", str(book), "--dry-run", *home]) == 0
    assert capsys.readouterr().out == "nz.notify: new\n"
    assert (folder / "requirements" / "registration.yaml").read_text("utf-8") == before
    assert main(["import", "requirements", str(book), *home]) == 0
    after = (folder / "requirements" / "registration.yaml").read_text("utf-8")
    assert after.startswith(before.rstrip("\n"))
    assert yamlfile.read(folder / "requirements" / "registration.yaml").data["add"][0]["says"]["en"] == NEW["says en"]
    assert [record.requirement.id for record in jurisdiction.load(folder, at(tmp_path).library).records] == ["nz.notify"]
    assert main(["check-market", "nz", *home]) == 1
    capsys.readouterr()
    assert main(["import", "requirements", str(book), *home]) == 0
    assert "nothing differs; nothing was written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["export", "requirements", "-m", "nzz", "-o", "{tmp}/x.xlsx"], '"nzz" is not a market or group. Did you mean "nz"?'),
        (["export", "requirements", "-m", "nz", "-o", "{tmp}/x.csv"], "x.csv: does not end in .xlsx"),
        (["import", "requirements", "{tmp}/none.xlsx"], "none.xlsx: cannot be read: no such file or directory."),
        (["import", "requirements", "{tmp}/no.xlsx"], 'there is no jurisdiction "no" in this folder to write to.'),
        (["import", "requirements", "{tmp}/no.xlsx", "-m", "nz"], 'no.xlsx: says that it holds the requirements of "no", not of "nz".'),
    ],
)
def test_tables_that_cannot_be_written_or_read(arguments: list[str], message: str, make: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make("nz")
    assert main(["export", "requirements", "-m", "no", "-o", str(tmp_path / "no.xlsx")]) == 0
    assert main([argument.replace("{tmp}", str(tmp_path)) for argument in arguments] + ["--home", str(tmp_path)]) == 2
    printed = capsys.readouterr().err
    assert message in printed
    assert "Traceback" not in printed
