"""A launch: the market comparison, the language plan, and what changes between two days."""
from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from dossier import assemble, blocks, changes, comparison, comparison_document, i18n, language_plan, launch, product
from dossier.assemble import Order, Workspace
from dossier.blocks import Document, Status, Table, plain
from dossier.checklist import Checklist
from dossier.cli import main
from dossier.errors import DossierError
from dossier.labels import PHASE

from .conftest import DAY, ROOT

ECG = ROOT / "samples" / "ecg-patch"


@pytest.fixture(scope="module")
def compared(workspace: Workspace) -> Callable[..., list[Checklist]]:
    known: dict[tuple[str, ...], list[Checklist]] = {}

    def make(*markets: str, sample: str = "ecg-patch") -> list[Checklist]:
        key = (sample, *markets)
        if key not in known:
            (known[key],) = launch.checked([ROOT / "samples" / sample], Order(markets, DAY, DAY), workspace)
        return known[key]

    return make


def document(checklists: Sequence[Checklist], workspace: Workspace, locale: str = "en") -> Document:
    return comparison_document.render(checklists, i18n.tongue(locale), workspace.shelf, DAY)


def tables(made: Document, caption: str) -> Table:
    return next(block for block in made.blocks if isinstance(block, Table) and plain(block.caption) == caption)


def cells(table: Table) -> list[list[str]]:
    return [[plain(cell.inlines) for cell in row.cells] for row in table.rows]


# --- what differs -----------------------------------------------------------------------------------------------------


def test_every_requirement_that_may_apply_is_in_one_part_and_in_one_only(compared: Callable[..., list[Checklist]]) -> None:
    checklists = compared("no", "se", "us")
    shared = comparison.shared(checklists)
    parts = [{line.id for line in lines} for lines in (shared.differing, shared.own, shared.same)]
    wanted = {row.id for each in checklists for row in each.rows if any(other.id == row.id and other.decision.applies != "no" for market in checklists for other in market.rows)}
    assert set().union(*parts) == wanted
    assert sum(map(len, parts)) == len(wanted)


def test_a_requirement_met_in_one_market_and_not_in_another_differs(compared: Callable[..., list[Checklist]]) -> None:
    """The label exists in Norwegian and English: in Norway its rows are covered, in Sweden they wait for Swedish."""
    shared = comparison.shared(compared("no", "se"))
    line = next(line for line in shared.differing if line.id == "eu-mdr.23.2.a")
    assert {market: row.coverage for market, row in line.rows} == {"no": "covered", "se": "gap"}
    assert all(len({(row.decision.applies, row.coverage) for _, row in line.rows}) == 1 for line in shared.same)
    assert {line.markets for line in shared.own} == {("no",), ("se",)}


def test_the_heat_counts_each_gap_once_in_its_last_row(compared: Callable[..., list[Checklist]], workspace: Workspace) -> None:
    checklists = compared("no", "se", "us")
    made = document(checklists, workspace)
    table = tables(made, "Gaps by phase and market")
    order = [plain(cell.inlines) for cell in table.head][1:]
    findings = {each.market.head.id.upper(): len(each.findings) for each in checklists}
    assert cells(table)[-1][1:] == [str(findings[code]) for code in order]
    for row in table.rows[:-1]:
        for code, cell in zip(order, row.cells[1:], strict=True):
            counted = comparison.phase_counts(next(each for each in checklists if each.market.head.id.upper() == code))
            title = plain(row.cells[0].inlines)
            phase = next(phase for phase in comparison.PHASES if PHASE[phase] == title)
            assert plain(cell.inlines) == str(counted.get(phase) or "–")


def test_the_tint_grows_with_the_number() -> None:
    kinds = [comparison_document._warm(number, 20).kind for number in (0, 1, 6, 11, 20)]
    assert kinds == ["not-applicable", "heat-1", "heat-2", "heat-3", "heat-4"]
    assert comparison_document._warm(1, 1).kind == "heat-1"


def test_gaps_of_language_are_one_gap_with_the_languages_each_market_asks_for(compared: Callable[..., list[Checklist]]) -> None:
    label = next(common for common in comparison.gaps(compared("no", "se", "de", "at", "fr")) if common.gap.key == "language/label")
    assert label.markets == ("se", "de", "at", "fr")
    assert label.wanted[0] == ((("de",), False), ("de", "at"))
    assert {languages for languages, _ in label.wanted} == {(("sv",), False), (("de",), False), (("fr",), False)}


def test_dates_are_printed_once_with_their_markets(compared: Callable[..., list[Checklist]]) -> None:
    found = comparison.dates(compared("no", "se", "us"), DAY)
    assert [dated.milestone.on for dated in found] == sorted(dated.milestone.on for dated in found)
    eudamed = [dated for dated in found if dated.milestone.on == dt.date(2026, 11, 28)]
    assert [dated.markets for dated in eudamed] == [("no", "se")]


def test_reuse_of_an_fda_package_agrees_with_its_table(compared: Callable[..., list[Checklist]], workspace: Workspace) -> None:
    checklists = compared("no", "se", "us")
    made = document(checklists, workspace)
    rows = cells(tables(made, "Reuse by market"))
    basis = tables(made, "Evidence items and their FDA counterparts")
    grades = [inline.kind for row in basis.rows for cell in row.cells for inline in cell.inlines if isinstance(inline, Status)]
    assert [row[0] for row in rows] == ["Norway", "Sweden"]
    for row in rows:
        assert int(row[1]) == sum(int(number) for number in row[2:])
        assert [int(number) for number in row[2:]] == [grades.count(kind) for kind in ("covered", "expected", "gap")]
    assert all(plain(row.cells[4].inlines) for row in basis.rows), "each grade says what it rests on"


# --- the document -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("markets", [("no", "se", "us"), ("nordic", "de", "fr", "it", "us", "gb"), ("eea",)])
def test_it_is_laid_out_for_few_and_for_many_markets(markets: tuple[str, ...], compared: Callable[..., list[Checklist]], workspace: Workspace) -> None:
    checklists = compared(*markets)
    made = document(checklists, workspace)
    for block in made.blocks:
        if isinstance(block, Table):
            assert sum(block.widths) <= comparison_document.USABLE + 0.5
            assert all(len(row.cells) == len(block.widths) for row in block.rows)
    many = len(checklists) > comparison_document.WORDED
    styles = {block.style for block in made.blocks if isinstance(block, Table) and block.head and len(block.widths) == len(checklists) + 1}
    assert styles == ({"matrix"} if many else {"matrix", "grid"})
    names = [plain(row.cells[0].inlines) for row in tables_after(made, "overview").rows]
    assert names == sorted(names, key=lambda name: i18n.collated(name, "en"))


def tables_after(made: Document, heading: str) -> Table:
    at = next(index for index, block in enumerate(made.blocks) if isinstance(block, blocks.Heading) and block.id == heading)
    return next(block for block in made.blocks[at:] if isinstance(block, Table))


@pytest.mark.parametrize("locale", i18n.RENDERED)
def test_every_word_of_the_template_is_there_in_every_language(locale: str, compared: Callable[..., list[Checklist]], workspace: Workspace) -> None:
    """Requirement texts of a market may fall back, marked; the template's own words never do."""
    made = document(compared("no", "se"), workspace, locale)
    assert made.title
    assert locale == "en" or made.title != "Market comparison"


def test_markets_stand_in_the_order_of_the_alphabet_of_the_language(compared: Callable[..., list[Checklist]], workspace: Workspace) -> None:
    made = document(compared("nordic", "at"), workspace, "nb")
    names = [plain(row.cells[0].inlines) for row in tables_after(made, "overview").rows]
    assert names[-1] == "Østerrike (AT)"


@pytest.mark.parametrize("extension", ["docx", "xlsx", "html", "json"])
def test_every_format_is_the_same_twice(extension: str, compared: Callable[..., list[Checklist]], workspace: Workspace) -> None:
    made = document(compared("no", "se", "us"), workspace)
    assert assemble.rendered(made, extension, workspace) == assemble.rendered(made, extension, workspace)


# --- languages --------------------------------------------------------------------------------------------------------


def test_the_plan_names_what_is_missing_and_what_each_language_opens(compared: Callable[..., list[Checklist]]) -> None:
    plan = language_plan.plan(compared("nordic", "de", "at", "us"))
    assert plan.ready == ("no", "us")
    first = plan.steps[0]
    assert (first.language, first.opens) == ("de", ("de", "at"))
    opened = [market for step in plan.steps for market in step.opens]
    assert sorted([*plan.ready, *opened]) == sorted(["no", "se", "dk", "fi", "is", "de", "at", "us"]), "every market is opened once"
    assert set(plan.new_udi_di) == {step.language for step in plan.steps if "gui" in step.documents}


def test_a_product_that_has_the_language_needs_no_step(workspace: Workspace, tmp_path: Path) -> None:
    shutil.copytree(ECG, tmp_path / "p")
    text = (tmp_path / "p" / "product.yaml").read_text("utf-8")
    for name in ("label", "ifu", "gui"):
        assert f"  {name}: [nb, en]" in text
        text = text.replace(f"  {name}: [nb, en]", f"  {name}: [nb, en, sv]")
    (tmp_path / "p" / "product.yaml").write_text(text, "utf-8")
    ((_, plan),) = launch.languages([tmp_path / "p"], Order(("no", "se"), DAY, DAY), workspace)
    assert plan.ready == ("no", "se")
    assert plan.steps == ()


@pytest.mark.parametrize("kind", ["gui-text", "GUI-Text"])
def test_texts_of_the_user_interface_in_norwegian_are_norwegian_in_the_plan_and_in_the_check(kind: str, workspace: Workspace, tmp_path: Path) -> None:
    """Where product.yaml states no languages, those of the document that shows the texts count."""
    shutil.copytree(ECG, tmp_path / "p")
    file = tmp_path / "p" / "product.yaml"
    text = file.read_text("utf-8").replace("  gui: [nb, en]", "  gui: []").replace("shows: [gui-text]", f"shows: [{kind}]")
    file.write_text(text, "utf-8")
    (checklists,) = launch.checked([tmp_path / "p"], Order(("no", "se"), DAY, DAY), workspace)
    assert next(row.coverage for row in checklists[0].rows if row.id == "no.mdreg.6.gui") == "covered"
    needs = {need.market: need.met for need in language_plan.plan(checklists).needs if need.rule.document == "gui"}
    assert needs == {"no": True, "se": False}


def test_the_command_prints_the_plan_and_ends_with_findings(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["languages", str(ECG), "-m", "no,de", "--date", "2026-11-24"]) == 1
    assert "1. German (label, instructions for use): opens 1: de" in capsys.readouterr().out
    assert main(["languages", str(ECG), "-m", "no,us", "--json", "--date", "2026-11-24"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["ready"] == ["no", "us"]


def test_languages_are_planned_for_one_market_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["languages", str(ECG), "-m", "de", "--date", "2026-11-24"]) == 1
    assert "1. German (label, instructions for use): opens 1: de" in capsys.readouterr().out


def test_one_market_is_no_comparison(workspace: Workspace) -> None:
    with pytest.raises(DossierError) as error:
        launch.compare([ECG], Order(("no",), DAY, DAY), workspace)
    assert str(error.value.problems[0]) == "--market: a comparison needs 2 to 60 markets, not 1. Name several markets or a group, for example: -m nordic,us."


def test_the_command_writes_the_comparison_and_names_it_in_the_manifest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(ECG), "-m", "no,se", "-f", "docx,xlsx", "--date", "2026-11-24", "-o", str(tmp_path)]) == 0
    made = [Path(line).name for line in capsys.readouterr().out.split()]
    assert made == ["market-comparison_ecg-patch_en_rA.docx", "market-comparison_ecg-patch_en_rA.xlsx"]
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    assert {file["path"].split("/")[-1] for file in manifest["files"]} == {*made, "index.html"}


# --- what changes -----------------------------------------------------------------------------------------------------


def between(market: str, first: str, last: str, workspace: Workspace, sample: str = "ecg-patch") -> changes.Between:
    file = product.read(ROOT / "samples" / sample)
    old, new = (assemble.check(file, market, dt.date.fromisoformat(day), workspace, pages=True) for day in (first, last))
    return changes.for_product(old, new, workspace.shelf)


def test_the_day_on_which_eudamed_begins_changes_rows_and_documents(workspace: Workspace) -> None:
    found = between("no", "2026-05-27", "2026-05-28", workspace)
    change = next(change for change in found.changes if change.id == "eu-mdr.art31.1")
    assert (change.how, change.aspects) == ("changes", ("state",))
    assert change.decision == ("yes, covered, pending", "yes, covered, required")
    assert {day.on for day in found.days} == {dt.date(2026, 5, 28)}
    assert {name for name, _ in found.reissue} == {"dossier-checklist", "cover-letter"}


def test_nothing_changes_between_a_day_and_itself(workspace: Workspace) -> None:
    found = between("no", "2026-11-24", "2026-11-24", workspace)
    assert (found.changes, found.days, found.reissue) == ((), (), ())


def test_a_date_that_passes_is_told_and_issues_no_document_anew(workspace: Workspace) -> None:
    found = between("se", "2026-11-23", "2026-11-29", workspace)
    assert [day.on for day in found.days] == [dt.date(2026, 11, 28)]
    assert (found.changes, found.reissue) == ((), ())


def test_a_day_for_other_products_is_not_told(workspace: Workspace) -> None:
    """On 1 July 2025 the longer transition for legacy devices becomes Norwegian law; the ECG patch says that it is none."""
    found = between("no", "2025-06-30", "2025-07-02", workspace)
    assert any(day.on == dt.date(2025, 7, 1) for day, _ in found.after.milestones)
    assert found.days == ()


def test_two_states_of_the_data_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A requirement renamed in words, one added, one taken away: each is told with the place where it stands."""
    shutil.copytree(ROOT / "jurisdictions", tmp_path / "jurisdictions")
    file = tmp_path / "jurisdictions" / "se" / "requirements" / "language.yaml"
    text = file.read_text("utf-8")
    assert "  - id: se.gui\n" in text
    file.write_text(text.replace("  - id: se.gui\n", "  - id: se.old-gui\n").replace("Label and instructions for use: Swedish", "Label: Swedish"), "utf-8")
    languages = tmp_path / "jurisdictions" / "se" / "languages.yaml"
    languages.write_text(languages.read_text("utf-8").replace("requirement: se.gui", "requirement: se.old-gui"), "utf-8")
    assert main(["diff", "-m", "se", "--from", "2026-11-24", "--to", "2026-11-24", "--from-data", str(tmp_path), "--json"]) == 1
    found = {change["id"]: change for each in json.loads(capsys.readouterr().out) for change in each["changes"]}
    assert {name: change["how"] for name, change in found.items()} == {"se.gui": "appears", "se.old-gui": "ends", "se.label": "changes"}
    assert found["se.label"]["aspects"] == ["title"]
    assert found["se.gui"]["file"] == "jurisdictions/se/requirements/language.yaml"


def test_a_document_whose_words_beside_its_rows_changed_is_to_be_issued_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the authority lived elsewhere, the letter to it reads otherwise; that somebody has looked again at the data is no reason."""
    shutil.copytree(ROOT / "jurisdictions", tmp_path / "jurisdictions")
    (tmp_path / "jurisdictions" / "VERSION").write_text("2026.10.0\n", "ascii")
    for file in (tmp_path / "jurisdictions" / "no").rglob("*.yaml"):
        text = file.read_text("utf-8").replace("checked: 2026-11-23", "checked: 2026-10-23").replace("Postboks 240 Skøyen, 0213 Oslo", "Gate 1, 0001 Oslo")
        file.write_text(text, "utf-8")
    arguments = ["diff", str(ECG), "-m", "no", "--from", "2026-11-24", "--to", "2026-11-24", "--from-data", str(tmp_path)]
    assert main(arguments) == 1
    out = capsys.readouterr().out
    assert "no requirement appears, changes or ends" in out
    assert "to be issued anew: cover-letter (words beside its rows)\n" in out
    assert main([*arguments, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)[0]["reissue"] == [{"document": "cover-letter", "rows": 0}]


def test_a_folder_without_data_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "-m", "no", "--from-data", str(tmp_path)]) == 2
    assert capsys.readouterr().err.strip() == f"{tmp_path}: holds no requirement data: jurisdictions/VERSION is not there. Give the folder in which the folder jurisdictions lies."


def test_both_regulations_are_told_without_a_product(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "-m", "no", "--from", "2026-11-23", "--to", "2027-12-11"]) == 1
    out = capsys.readouterr().out
    mdr, ivdr = out.split("Norway (IVDR)")
    assert "eu-mdr.annex6c.4.10.class1" in mdr
    assert "eu-ivdr.20.2.g.class-a" in ivdr
    assert "legacy IVDs" not in mdr
    assert "2026-11-28" in mdr
    assert "Cyber Resilience Act" not in out, "it begins on a day in between, for other products than devices"


def test_data_past_their_review_are_warned_of(capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", str(ECG), "-m", "no", "--date", "2028-01-01"])
    assert "past the day on which their source should have been checked again (the first: eu-mdr.art123.3.e, 2026-11-28)" in capsys.readouterr().err
