"""Languages beyond English and Norwegian: nothing of the documents and of the data behind them is left in another language."""
from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from fontTools.ttLib import TTFont

from dossier import assemble, blocks, comparison_document, i18n, template, yamlfile
from dossier.assemble import Workspace
from dossier.blocks import Text
from dossier.checklist import Checklist
from dossier.template import Issue

from .conftest import DAY, ROOT, SAMPLES

INLINE = {"en", "nb", "nn"}
LOCALES = [locale for locale in i18n.RENDERED if locale not in INLINE]
TEMPLATES = sorted(path.parent for path in (ROOT / "templates").glob("*/nb.po"))
SHARED_DATA = ("eu-mdr", "eu-ivdr", "evidence")


def catalog(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    with file.open("rb") as stream:
        return {str(entry.id): str(entry.string) for entry in read_po(stream, abort_invalid=True) if entry.id}


def texts(data: Any) -> Iterator[dict[str, str]]:
    """Every text of a data file that is given by language."""
    if isinstance(data, dict):
        if "en" in data and all(isinstance(value, str) for value in data.values()) and all(re.fullmatch(r"[a-z]{2,3}", key) for key in data):
            yield data
            return
        for value in data.values():
            yield from texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from texts(value)


def english_of(folder: Path, locale: str, deep: bool = True) -> set[str]:
    """The English of every text in the folder's files that does not give the locale itself."""
    files = folder.rglob("*.yaml") if deep else folder.glob("*.yaml")
    return {text["en"].strip() for file in sorted(files) for text in texts(yamlfile.read(file).data) if locale not in text}


def own_folders(locale: str, workspace: Workspace) -> list[Path]:
    """The folders of data that a document in the locale prints: shared ones, the markets that speak it, and their legal spaces."""
    found = [*SHARED_DATA]
    for head in workspace.repository.markets():
        if head.locale == locale:
            found += [part.head.id for part in workspace.repository.chain(head.id)]
    return [ROOT / "jurisdictions" / name for name in dict.fromkeys(found)]


def wrong(english: set[str], messages: dict[str, str]) -> list[str]:
    """What is not translated, or does not carry the same words in braces."""
    missing = [f"not translated: {text[:80]}" for text in sorted(english) if not messages.get(text)]
    return missing + [f"other words in braces: {text[:80]}" for text in sorted(english) if messages.get(text) and set(re.findall(r"\{\w*\}", text)) != set(re.findall(r"\{\w*\}", messages[text]))]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("folder", TEMPLATES, ids=lambda folder: folder.name)
def test_every_word_of_a_template_is_translated(locale: str, folder: Path) -> None:
    english = set(catalog(folder / "nb.po"))
    if (folder / "template.yaml").is_file():
        english |= {text["en"].strip() for text in texts(yamlfile.read(folder / "template.yaml").data)}
    assert wrong(english, catalog(folder / f"{locale}.po")) == []


@pytest.mark.parametrize("locale", LOCALES)
def test_every_text_of_the_data_is_translated(locale: str, workspace: Workspace) -> None:
    everything: dict[str, str] = {}
    for folder in (*own_folders(locale, workspace), ROOT / "jurisdictions"):
        everything |= catalog(folder / f"{locale}.po")
    found = []
    for folder in own_folders(locale, workspace):
        found += wrong(english_of(folder, locale), everything)
    assert found + wrong(english_of(ROOT / "jurisdictions", locale, deep=False), everything) == []


# Each market in its own language with every sample, and markets of several languages in those of them that we have.
SPOKEN = [*((sample, "", locale) for sample in SAMPLES for locale in LOCALES), *(("ecg-patch", market, locale) for market in ("be", "ch", "lu") for locale in ("de", "fr")), ("ecg-patch", "fi", "sv"), ("ecg-patch", "at", "de"), ("ecg-patch", "li", "de")]


@pytest.mark.parametrize(("sample", "market", "locale"), SPOKEN)
def test_a_document_in_the_language_falls_back_for_the_products_own_words_only(sample: str, market: str, locale: str, check: Callable[..., Checklist], workspace: Workspace) -> None:
    """For a market that speaks it, in all documents; what falls back carries its language and says so."""
    market = market or next(head.id for head in workspace.repository.markets() if head.locale == locale)
    checklist = check(ROOT / "samples" / sample, market)
    own = {text for texts in (checklist.product.intended_purpose, checklist.product.documents.associated_products) for text in texts.values()}
    for kind in workspace.shelf.for_market(checklist):
        document = template.render(kind, checklist, i18n.tongue(locale), workspace.shelf, Issue(DAY))
        inlines = [inline for block in document.blocks for inline in blocks.inlines_of(block)]
        fallen = [inlines[index - 2] for index, inline in enumerate(inlines) if isinstance(inline, Text) and re.fullmatch(r"\[[a-z]{2}\]", inline.text.strip())]
        assert [inline.text for inline in fallen if isinstance(inline, Text) and inline.text not in own] == []
        assemble.check_characters(document, checklist, workspace)


@pytest.mark.parametrize(
    ("locale", "clause", "cited"),
    [
        ("sv", "Article 10(9)(a)", "artikel 10.9 a"),
        ("da", "Annex I, section 23.2(l)", "bilag I, punkt 23.2, litra l)"),
        ("fi", "Articles 83–84", "83–84 artiklat"),
        ("fi", "Article 10(9)(a)", "10 artiklan 9 kohdan a alakohta"),
        ("is", "Annex I, section 23.2(l)", "l-liður liðar 23.2 í I. viðauka"),
        ("de", "Article 10(9)(a)", "Artikel 10 Absatz 9 Buchstabe a"),
        ("fr", "Annex I, section 23.2(l)", "annexe I, section 23.2, point l)"),
        ("fr", "Annex VI Part C, section 6.5.3", "annexe VI, partie C, section 6.5.3"),
        ("fi", "§ 6(1)", "6 §:n 1 momentti"),
        ("is", "§ 6(1)", "1. mgr. 6. gr."),
    ],
)
def test_each_language_cites_clauses_in_its_own_way(locale: str, clause: str, cited: str) -> None:
    from dossier.citation import cite

    assert cite(clause, locale).replace("\u00a0", " ") == cited


def test_every_clause_of_the_data_can_be_cited_in_every_language(workspace: Workspace) -> None:
    from dossier.citation import cite, known

    for name in workspace.repository.ids():
        for record in workspace.repository.get(name).records:
            clause = record.requirement.clause
            assert known(clause), clause
            for locale in ("nb", "nn", "en", "sv", "da", "fi", "is", "de", "fr"):
                printed = cite(clause, locale)
                assert "{" not in printed
                assert set(re.findall(r"\d+", clause)) - {"1", "2", "3", "4", "5", "6", "7", "8"} <= set(re.findall(r"\d+", printed)), (locale, clause, printed)


@pytest.mark.parametrize(("locale", "ordered"), [("nb", "Alfa Zulu Ærø Øst Åre"), ("da", "Alfa Zulu Ærø Øst Åre"), ("sv", "Alfa Zulu Åre Ärla Öst"), ("fi", "Alfa Zulu Åre Ärla Öst"), ("is", "Alfa Zulu Þór Ærø Öst"), ("de", "Alfa Ärla Öst Zulu"), ("fr", "Alfa Élan Zulu")])
def test_names_are_sorted_by_the_alphabet_of_the_language(locale: str, ordered: str) -> None:
    words = ordered.split()
    mixed = [*words[1::2], *words[::2]]
    assert sorted(mixed, key=lambda word: i18n.collated(word, locale)) == words


@pytest.mark.parametrize(("market_locale", "built_in"), [("fi", "fi"), ("de", "de"), ("is", "is"), ("it", "en")])
def test_a_market_is_built_in_its_language_where_the_documents_exist_in_it(market_locale: str, built_in: str) -> None:
    assert assemble.own_tongue(market_locale).name == built_in


PADDING = 4.0
"""Millimetres left and right of a cell's words in style.css and style.docx."""
HEAD_SIZE = 9.0 * 25.4 / 72


@pytest.fixture(scope="module")
def width() -> Callable[[str], float]:
    """The width of a word in the head of a column, in millimetres."""
    font = TTFont(ROOT / "templates" / "_shared" / "fonts" / "SourceSans3-SemiBold.ttf")
    letters, advances, units = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm
    return lambda word: float(sum(advances[letters[ord(letter)]][0] for letter in word)) / units * HEAD_SIZE


@pytest.mark.parametrize("name", [*i18n.RENDERED, "nb+en", "fr+de"])
def test_no_head_of_a_column_is_broken_within_a_word(name: str, check: Callable[..., Checklist], workspace: Workspace, width: Callable[[str], float]) -> None:
    tongue, sample = i18n.tongue(name), ROOT / "samples" / "ecg-patch"
    checklists = [check(sample, market) for market in ("no", "us", "ca")]
    made = [template.render(kind, checklist, tongue, workspace.shelf, Issue(DAY)) for checklist in checklists for kind in workspace.shelf.for_market(checklist)]
    made.append(comparison_document.render(checklists, tongue, workspace.shelf, DAY))
    too_wide = set()
    for document in made:
        for table in document.blocks:
            if isinstance(table, blocks.Table) and table.style != "matrix":
                heads = zip(table.head, table.widths, strict=False)
                too_wide |= {(document.kind, word, room) for cell, room in heads for word in re.split(r"[\s\-–/]+", blocks.plain(cell.inlines)) if width(word) > room - PADDING}
    assert too_wide == set()
