"""Coverage and gaps: each planted gap is named once, with its place and source, and no other."""
from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dossier import i18n, wording
from dossier.checklist import Checklist

from .conftest import DATA, MINIMAL, ROOT

Check = Callable[..., Checklist]

PLANTED = {
    "ecg-patch": {"fact/sensitising": "finding", "missing/rm-06": "finding", "revision/security-controls": "finding", "language/usability": "finding", "file/psur": "finding", "missing/ve-08": "justify"},
    "insulin-advisor": {"fact/translated_by_third": "finding", "language/gui": "finding", "file/validation": "finding", "revision/psur": "finding", "missing/is-06": "justify"},
    "glucose-self-test": {"fact/dangerous_substance": "finding", "missing/eu-ivdr.20.2.u.3": "finding", "file/pmpf-plan": "finding", "language/fsn-template": "justify", "missing/ve-08": "justify"},
    "infusion-pump": {"fact/placed_before_eudamed": "finding", "missing/rm-03": "finding", "file/security-test": "finding", "language/validation": "finding"},
}


def messages(checklist: Checklist, locale: str = "en") -> dict[str, str]:
    catalog = i18n.catalog(locale, [ROOT / "templates" / "_shared"])
    return {gap.key: wording.gap(gap, checklist, catalog) for gap in checklist.gaps}


@pytest.mark.parametrize("sample", PLANTED)
def test_each_planted_gap_is_named_and_no_other(sample: str, check: Check) -> None:
    checklist = check(ROOT / "samples" / sample)
    assert {gap.key: gap.severity for gap in checklist.gaps} == PLANTED[sample]


@pytest.mark.parametrize("sample", PLANTED)
def test_each_gap_points_at_the_line_that_settles_it(sample: str, check: Check) -> None:
    checklist = check(ROOT / "samples" / sample)
    lines = (ROOT / "samples" / sample / "product.yaml").read_text("utf-8").split("\n")
    for gap in checklist.gaps:
        nearby = "\n".join(lines[gap.line - 1 : gap.line + 2])
        expected = {"missing": "evidence:", "file": "file:", "fact": ":", "revision": "id:", "declaration": "declarations:", "language": "id:|gui:"}[gap.cause]
        assert re.search(expected, nearby), (gap.key, nearby)


def test_a_complete_product_has_no_gap(check: Check) -> None:
    assert check(DATA / "complete-product").gaps == ()


def changed(sample: str, tmp_path: Path, change: Callable[[str], str]) -> Path:
    folder = tmp_path / sample
    shutil.copytree(ROOT / "samples" / sample, folder)
    file = folder / "product.yaml"
    before = file.read_text("utf-8")
    after = change(before)
    assert after != before
    file.write_text(after, "utf-8")
    return folder


def without(text: str, identifier: str) -> str:
    """The product file without one evidence document."""
    return re.sub(rf"(?m)^  - id: {re.escape(identifier)}\n(?:    .*\n)+", "", text)


def test_without_norwegian_instructions_the_gap_cites_section_6_and_professional_use_is_no_excuse(check: Check, tmp_path: Path) -> None:
    checklist = check(changed("infusion-pump", tmp_path, lambda text: without(text, "ifu-nb")))
    gap = checklist.gap("language/ifu")
    english, norwegian = messages(checklist)[gap.key], messages(checklist, "nb")[gap.key]
    assert gap.severity == "finding"
    assert "no.mdreg.6" in gap.affects
    assert gap.basis == "no.mdreg.6"
    assert "(FOR-2021-05-09-1476) §\u00a06" in english
    assert "Norwegian (Bokmål or Nynorsk)" in english
    assert "professional" in english.lower()
    assert "(FOR-2021-05-09-1476) §\u00a06" in norwegian
    assert "norsk (bokmål eller nynorsk)" in norwegian
    assert "rofesjonell bruk" in norwegian
    assert "§\u00a08" not in english + norwegian


def test_nynorsk_instructions_are_norwegian(check: Check, tmp_path: Path) -> None:
    def nynorsk(text: str) -> str:
        return re.sub(r"(- id: ifu-nb\n(?:    .*\n)*?    language: )nb", r"\1nn", text).replace("ifu: [nb, en, de]", "ifu: [nn, en, de]")

    checklist = check(changed("infusion-pump", tmp_path, nynorsk))
    assert "language/ifu" not in {gap.key for gap in checklist.gaps}


def test_a_stated_language_list_without_norwegian_is_a_gap_even_with_a_document(check: Check, tmp_path: Path) -> None:
    checklist = check(changed("infusion-pump", tmp_path, lambda text: text.replace("ifu: [nb, en, de]", "ifu: [en, de]")))
    assert checklist.gap("language/ifu").languages == ("en", "de")


def test_unsaid_sterility_leaves_its_items_undetermined(check: Check, write: Callable[[str], Path]) -> None:
    checklist = check(write(MINIMAL + "device: {class: IIb}\n"))
    row = next(row for row in checklist.rows if row.id == "eu-mdr.23.2.l")
    assert (row.decision.applies, row.coverage, row.decision.missing) == ("undetermined", "undetermined", ("sterile",))
    assert messages(checklist)["fact/sterile"] == "Undetermined: sterile. The product file does not state whether the device is supplied sterile."
    assert messages(checklist, "nb")["fact/sterile"] == "Ikke avgjort: sterile. Produktfilen oppgir ikke om utstyret leveres sterilt."
    assert "eu-mdr.23.3.a" in checklist.gap("fact/sterile").affects


def test_a_fact_removed_never_turns_a_requirement_into_not_applicable(check: Check, tmp_path: Path) -> None:
    """Whatever single fact is left out, no row that applied stops applying without saying why."""
    sample = ROOT / "samples" / "ecg-patch"
    before = {row.id: row.decision.applies for row in check(sample).rows}
    text = (sample / "product.yaml").read_text("utf-8")
    facts = re.findall(r"(?m)^  (\w+): (?:yes|no)\b.*\n", text)
    assert len(facts) > 30
    for index, fact in enumerate(facts):
        folder = tmp_path / str(index)
        shutil.copytree(sample, folder)
        (folder / "product.yaml").write_text(re.sub(rf"(?m)^  {fact}: (?:yes|no)\b.*\n", "", text, count=1), "utf-8")
        for row in check(folder).rows:
            assert not (before[row.id] == "yes" and row.decision.applies == "no"), (fact, row.id)


def test_a_declaration_settles_what_the_law_leaves_open(check: Check, write: Callable[[str], Path]) -> None:
    base = MINIMAL + "device: {class: IIb}\n"
    open_row = next(row for row in check(write(base)).rows if row.id == "eu-mdr.23.4.j")
    assert open_row.decision.open
    settled = check(write(base + "declarations:\n  EU-MDR.23.4.j: {applies: no, reason: Used at home without training}\n"))
    row = next(row for row in settled.rows if row.id == "eu-mdr.23.4.j")
    assert (row.decision.applies, row.coverage) == ("no", "not-applicable")
    catalog = i18n.catalog("nb", [ROOT / "templates" / "_shared"])
    assert wording.reason(row.decision, settled, catalog, {}) == "Produsentens erklæring: Used at home without training."


def test_an_expected_item_left_out_with_a_reason_is_no_gap(check: Check, tmp_path: Path) -> None:
    folder = changed("ecg-patch", tmp_path, lambda text: re.sub(r"(?m)^declarations:\n", "declarations:\n  VE-08: {applies: no, reason: Covered by the annual test of the platform}\n", text))
    checklist = check(folder)
    assert "missing/ve-08" not in {gap.key for gap in checklist.gaps}
    row = next(row for row in checklist.kinds if row.id == "ve-08")
    assert (row.decision.applies, row.coverage) == ("no", "not-applicable")


def test_a_label_must_name_each_item_it_carries(check: Check, write: Callable[[str], Path]) -> None:
    label = "evidence:\n  - {id: label, title: Etikett, revision: A, language: nb, shows: [label]}\n"
    checklist = check(write(MINIMAL + "device: {class: I}\nlanguages: {label: nb}\n" + label))
    assert "missing/eu-mdr.23.2.a" in {gap.key for gap in checklist.gaps}
    named = check(write(MINIMAL + "device: {class: I}\nlanguages: {label: nb}\n" + label.replace("[label]", "[label, eu-mdr.23.2]")))
    assert "missing/eu-mdr.23.2.a" not in {gap.key for gap in named.gaps}
    assert next(row for row in named.rows if row.id == "eu-mdr.23.2.a").coverage == "covered"


def test_a_document_without_a_stated_language_is_a_language_gap(check: Check, tmp_path: Path) -> None:
    folder = changed("ecg-patch", tmp_path, lambda text: re.sub(r"(- id: threat-model\n(?:    .*\n)*?)    language: en\n", r"\1", text))
    checklist = check(folder)
    text = messages(checklist)["language/threat-model"]
    assert text.startswith("Language not stated:")
    assert "Required: English" in text


def test_every_gap_is_said_in_both_languages_without_a_hole(check: Check) -> None:
    for sample in PLANTED:
        checklist = check(ROOT / "samples" / sample)
        for locale in ("en", "nb"):
            for gap in checklist.gaps:
                text = messages(checklist, locale)[gap.key]
                assert text
                assert "{" not in text
                assert "()" not in text
                assert wording.gap_source(gap, checklist, i18n.Catalog(locale, {}))
