"""The product file: every problem at once, each with its place and a way out; unknown kept apart from no."""
from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dossier import product
from dossier.errors import DossierError

from .conftest import MINIMAL


def problems(folder: Path) -> list[str]:
    with pytest.raises(DossierError) as caught:
        product.read(folder)
    assert caught.value.code == 2
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems]


def test_four_keys_are_enough(write: Callable[[str], Path]) -> None:
    read = product.read(write(MINIMAL)).product
    assert (read.id, read.device.sterile, read.software.contains_software, read.device.class_) == ("thing", None, None, None)


def test_unknown_is_not_no(write: Callable[[str], Path]) -> None:
    device = product.read(write(MINIMAL + "device:\n  sterile: no\n  measuring: unknown\n  active: yes\n  expiry:\n")).product.device
    assert (device.sterile, device.measuring, device.active, device.expiry, device.reusable) == (False, None, True, None, None)


def test_codes_and_numbers_survive_as_written(write: Callable[[str], Path]) -> None:
    read = product.read(write(MINIMAL + "version: 1.10\nudi_di: 00012345670123\nmarkets: [no, se]\n")).product
    assert (read.version, read.udi_di, read.markets) == ("1.10", "00012345670123", ("no", "se"))


def test_all_problems_are_named_at_once(write: Callable[[str], Path]) -> None:
    text = """\
id: my pump
name: Pump
regulation: mdd
manufacturer:
  name: Maker
  country: NOR
  adress: Street 1
device:
  class: 2b
  sterile: maybe
  sterlie: no
evidence:
  - id: A
    title: Plan
    date: 2026-02-30
    language: norwegian
  - id: a
    title: Plan again
    file: ../secret.pdf
declarations:
  eu-mdr.23.4.c: {applies: perhaps, reason: x}
"""
    assert problems(write(text)) == [
        "product.yaml:1:5: id: an id holds letters, digits, full stop and hyphen, starts with a letter or digit, and has at most 50 characters.",
        'product.yaml:3:13: regulation: "mdd" is not one of mdr or ivdr. Did you mean "mdr"?',
        'product.yaml:6:12: manufacturer.country: "NOR" is no country code (ISO 3166-1), for example NO, DE or US; write it in capitals.',
        'product.yaml:7:3: "adress" is not a known key. Did you mean "address"?',
        'product.yaml:9:10: device.class: "2b" is not one of I, IIa, IIb, III, A, B, C or D.',
        "product.yaml:10:12: device.sterile: say yes, no or unknown.",
        'product.yaml:11:3: "sterlie" is not a known key. Did you mean "sterile"?',
        "product.yaml:15:11: evidence.0.date: 2026-02-30 is not a day of the calendar.",
        'product.yaml:16:15: evidence.0.language.0: "norwegian" is no language code (BCP 47), for example nb, nn, en or de.',
        'product.yaml:17:9: evidence id "a" is used twice (also "A"). Ids differ in more than capitals.',
        'product.yaml:19:11: "../secret.pdf": ".." leaves the product folder.',
        'product.yaml:21:28: declarations.eu-mdr.23.4.c.applies: "perhaps" is not one of yes or no.',
    ]


@pytest.mark.parametrize(("given", "fact"), [("Is", "sterile"), ("Im", "measuring"), ("Ir", "reusable_surgical_instrument")])
def test_a_class_that_people_write_and_the_regulation_does_not_know_is_explained(given: str, fact: str, write: Callable[..., Path]) -> None:
    (found,) = problems(write(f"{MINIMAL}device: {{class: {given}}}\n"))
    assert found == f'product.yaml:5:17: device.class: "{given}" is class I in the Regulation; write class: I, and {fact}: yes below it.'
    assert product.read(write(f"{MINIMAL}device: {{class: I, {fact}: yes}}\n", fact)).product.device.class_ == "I"


def test_ids_and_paths_stay_inside_their_folder(write: Callable[[str], Path]) -> None:
    for path in ("../x.pdf", "/etc/passwd", "C:/x.pdf", "a\\\\b.pdf", "x.pdf:stream", "\\\\\\\\host\\\\share", "a/../../x"):
        found = problems(write(MINIMAL + f'evidence:\n  - {{id: A, title: T, file: "{path}"}}\n'))
        assert found[0].startswith("product.yaml:6:"), path
    for identifier in ("../x", "a/b", "con", "NUL.txt", ".hidden", "x" * 51, "é"):
        assert problems(write(MINIMAL.replace("id: thing", f'id: "{identifier}"')))[0].startswith("product.yaml:1:5: id:"), identifier


def test_a_link_out_of_the_folder_is_refused(write: Callable[[str], Path], tmp_path: Path) -> None:
    (tmp_path / "secret.pdf").write_bytes(b"x")
    folder = write(MINIMAL + "evidence:\n  - {id: A, title: T, file: link.pdf}\n")
    (folder / "link.pdf").symlink_to(tmp_path / "secret.pdf")
    assert "it is a link that leads out of the product folder" in problems(folder)[0]


def test_a_missing_section_is_named_where_it_belongs(write: Callable[[str], Path]) -> None:
    assert problems(write("id: thing\nname: Thing\nregulation: mdr\nmanufacturer:\n  name: Maker\n")) == [
        'product.yaml:4:1: "country" is missing. Add country: ...',
    ]


def test_an_empty_or_wrongly_shaped_file_is_a_sentence(write: Callable[[str], Path]) -> None:
    assert problems(write("")) == ["product.yaml:1:1: a block of keys is expected here."]
    assert problems(write("- a\n")) == ["product.yaml:1:1: a block of keys is expected here."]
    assert problems(write(MINIMAL + "evidence: none\n")) == ["product.yaml:5:11: evidence: a list is expected here. Write it as [one, two], or one per line with a leading hyphen."]


def test_a_folder_without_a_product_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(DossierError, match=r"no product\.yaml here\. .* dossier new DIR"):
        product.read(tmp_path)


def test_no_is_no_language(write: Callable[[str], Path]) -> None:
    found = problems(write(MINIMAL + "languages:\n  label: [no]\n"))
    assert found == ['product.yaml:6:11: languages.label.0: "no" does not say which Norwegian: use nb (bokmål) or nn (nynorsk).']


def test_the_schema_is_json_and_knows_the_sections() -> None:
    schema = json.loads(json.dumps(product.json_schema()))
    assert {"device", "software", "evidence", "declarations"} <= set(schema["properties"])
    assert schema["required"] == ["id", "name", "regulation", "manufacturer"]


def test_a_class_of_the_other_regulation_is_named(write: Callable[[str], Path]) -> None:
    text = "id: thing\nname: Thing\nregulation: ivdr\nmanufacturer: {name: Maker AS, country: NO}\ndevice: {class: IIb}\n"
    assert problems(write(text)) == ['product.yaml:5:17: "IIb" is no class of the IVDR. Its classes are A, B, C, D.']


def test_a_sign_in_the_number_that_stands_for_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "product.yaml").write_text(MINIMAL + 'documents: {number: "TD-{markt}-{nr}"}\n', "utf-8")
    with pytest.raises(DossierError) as raised:
        product.read(tmp_path)
    assert [str(problem) for problem in raised.value.problems] == [
        f'{tmp_path}/product.yaml:5:21: "{{markt}}" stands for nothing. Did you mean "{{market}}"?',
        f'{tmp_path}/product.yaml:5:21: "{{nr}}" stands for nothing. Write {{market}}, which becomes the market\'s code, or take it away.',
    ]


@pytest.mark.parametrize("sign", ["\u200b", "\u202e", "\u2066", "\u2060"])
def test_signs_that_cannot_be_seen_are_told_with_their_place(sign: str, tmp_path: Path) -> None:
    (tmp_path / "product.yaml").write_text(MINIMAL.replace("name: Thing", f"name: Thi{sign}ng"), "utf-8")
    with pytest.raises(DossierError) as raised:
        product.read(tmp_path)
    assert [str(problem) for problem in raised.value.problems] == [f"{tmp_path}/product.yaml:2:7: holds a sign that cannot be seen (U+{ord(sign):04X}). Type the text anew; it came along when the text was copied."]
