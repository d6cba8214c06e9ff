"""Templates: they render for every sample in every language, and a broken one is a sentence with file and line."""
from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from dossier import assemble, blocks, i18n, template
from dossier.blocks import Document, Heading, Row, Table, Text, fields_of, plain
from dossier.checklist import Checklist
from dossier.errors import DossierError
from dossier.template import Issue
from dossier.views import variables

from .conftest import DAY, ROOT, SAMPLES

DOCUMENTS = ("dossier-checklist", "evidence-index", "labelling-checklist", "disclosure-note", "cover-letter")
LOCALES = ("nb", "nn", "en", "nb+en")
TRANSLATED = ("nb", "nn")
ISSUE = Issue(DAY)


@pytest.fixture(scope="module")
def checklists(check: Callable[[Path], Checklist]) -> dict[str, Checklist]:
    return {name: check(ROOT / "samples" / name) for name in SAMPLES}


def document(name: str, checklist: Checklist, workspace: assemble.Workspace, locale: str = "nb") -> Document:
    return template.render(workspace.shelf.get(name), checklist, i18n.tongue(locale), workspace.shelf, ISSUE)


def rows(found: Document) -> Iterator[Row]:
    for block in found.blocks:
        if isinstance(block, Table):
            yield from block.rows


def words(found: Document) -> str:
    return "\n".join(plain(tuple(blocks.inlines_of(block))) for block in found.blocks)


def test_the_shelf_holds_five_documents_in_filing_order(workspace: assemble.Workspace) -> None:
    assert tuple(each.id for each in workspace.shelf.templates) == DOCUMENTS


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("sample", SAMPLES)
def test_every_document_renders_for_every_sample_in_every_language(sample: str, name: str, locale: str, checklists: dict[str, Checklist], workspace: assemble.Workspace) -> None:
    found = document(name, checklists[sample], workspace, locale)
    text = words(found)
    assert not re.search(r"\{[a-z_]+\}", re.sub(r"\{[\w./-]+/[\w-]+\}", "", text)), "a placeholder was not filled"
    assert {"document/reviewer", "document/review-date"} <= {field.name for field in fields_of(found)}
    for heading in found.blocks:
        if isinstance(heading, Heading):
            assert plain(heading.inlines).strip()


@pytest.mark.parametrize("locale", TRANSLATED)
@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("sample", SAMPLES)
def test_every_text_of_a_norwegian_document_is_norwegian(sample: str, name: str, locale: str, checklists: dict[str, Checklist], workspace: assemble.Workspace) -> None:
    """A text that fell back to another language carries that language and says so; only the product's own words do."""
    checklist = checklists[sample]
    found = document(name, checklist, workspace, locale)
    own = set(checklist.product.intended_purpose.values()) | set(checklist.product.documents.associated_products.values())
    inlines = [inline for block in found.blocks for inline in blocks.inlines_of(block)]
    fallen = [inlines[index - 2] for index, inline in enumerate(inlines) if isinstance(inline, Text) and inline.text.strip() in ("[en]", "[nb]")]
    assert [inline for inline in fallen if not (isinstance(inline, Text) and inline.text in own)] == []


def test_a_missing_translation_falls_back_and_says_so(checklists: dict[str, Checklist], workspace: assemble.Workspace) -> None:
    """The samples state the intended purpose in bokmål only: the nynorsk letter prints it, marked as bokmål."""
    text = words(document("cover-letter", checklists["ecg-patch"], workspace, "nn"))
    assert f"{checklists['ecg-patch'].product.intended_purpose['nb']} [nb]" in text


def catalogued(folder: Path, locale: str) -> set[str]:
    from babel.messages.pofile import read_po

    with (folder / f"{locale}.po").open("rb") as stream:
        return {str(entry.id) for entry in read_po(stream) if entry.id and entry.string}


def used_in(file: Path) -> set[str]:
    return {message.replace('\\"', '"') for message in re.findall(r'_\("((?:[^"\\]|\\.)*)"', file.read_text("utf-8"))}


@pytest.mark.parametrize("locale", TRANSLATED)
@pytest.mark.parametrize("name", ["_shared", *DOCUMENTS])
def test_every_word_of_a_template_is_translated(name: str, locale: str) -> None:
    folder = ROOT / "templates" / name
    known = catalogued(folder, locale) | catalogued(ROOT / "templates" / "_shared", locale)
    used = set().union(*(used_in(file) for file in folder.glob("*.j2")))
    assert used - known == set()


@pytest.mark.parametrize("locale", TRANSLATED)
@pytest.mark.parametrize("name", ["_shared", *DOCUMENTS])
def test_translations_keep_the_placeholders(name: str, locale: str) -> None:
    from babel.messages.pofile import read_po

    with (ROOT / "templates" / name / f"{locale}.po").open("rb") as stream:
        for entry in read_po(stream):
            if entry.id:
                assert sorted(re.findall(r"\{\w+\}", str(entry.id))) == sorted(re.findall(r"\{\w+\}", str(entry.string))), entry.id


def test_program_words_are_all_translated(checklists: dict[str, Checklist], workspace: assemble.Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    missed: set[str] = set()
    real = i18n.Catalog.__call__

    def spy(self: i18n.Catalog, message: str, **values: object) -> str:
        if not self.knows(message):
            missed.add(message)
        return real(self, message, **values)

    monkeypatch.setattr(i18n.Catalog, "__call__", spy)
    for name in DOCUMENTS:
        for checklist in checklists.values():
            for locale in TRANSLATED:
                document(name, checklist, workspace, locale)
    assert missed == set()


def test_the_list_of_template_variables_in_the_guide_is_complete() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    table = "| name | what it is |\n| --- | --- |\n" + "".join(f"| `{name}` | {text} |\n" for name, text in variables())
    assert table in guide


def test_field_names_are_requirement_ids_with_a_suffix(checklists: dict[str, Checklist], workspace: assemble.Workspace) -> None:
    for name in ("dossier-checklist", "evidence-index", "labelling-checklist"):
        checklist = checklists["ecg-patch"]
        known = {row.id for row in checklist.rows} | {row.id for row in checklist.kinds}
        for field in fields_of(document(name, checklist, workspace)):
            identifier, _, suffix = field.name.rpartition("/")
            assert len(field.name) <= 64
            assert re.fullmatch(r"reviewer|review-date|comment|approved-\d(-date)?" if identifier == "document" else "applies|status|comment", suffix)
            assert identifier == "document" or identifier in known


def test_each_requirement_row_shows_its_id(checklists: dict[str, Checklist], workspace: assemble.Workspace) -> None:
    for row in rows(document("labelling-checklist", checklists["ecg-patch"], workspace)):
        if row.id.startswith(("eu-mdr.", "no.")):
            assert plain(row.cells[0].inlines) == row.id


def test_the_dossier_checklist_leaves_no_requirement_out(checklists: dict[str, Checklist], workspace: assemble.Workspace) -> None:
    for checklist in checklists.values():
        shown = {row.id for row in rows(document("dossier-checklist", checklist, workspace)) if row.id}
        assert {row.id for row in checklist.rows} <= shown


@pytest.mark.parametrize("locale", i18n.RENDERED)
def test_no_two_headings_say_the_same(locale: str, checklists: dict[str, Checklist], workspace: assemble.Workspace) -> None:
    for name in ("dossier-checklist", "evidence-index", "labelling-checklist", "disclosure-note", "cover-letter"):
        made = template.render(workspace.shelf.get(name), checklists["ecg-patch"], i18n.tongue(locale), workspace.shelf, Issue(DAY))
        titles = [plain(block.inlines) for block in made.blocks if isinstance(block, Heading)]
        assert [first for first, second in pairwise(titles) if first == second] == []


def test_the_evidence_index_holds_all_clauses_and_all_seventy_items(checklists: dict[str, Checklist], workspace: assemble.Workspace) -> None:
    checklist = checklists["infusion-pump"]
    shown = {row.id for row in rows(document("evidence-index", checklist, workspace))}
    assert len({row.id for row in checklist.kinds} & shown) == len(checklist.kinds) == 70
    assert {row.id for row in checklist.rows if row.record.group.part == "clauses"} <= shown


def test_a_product_without_software_gets_an_index_that_says_why(check: Callable[[Path], Checklist], workspace: assemble.Workspace, write: Callable[[str], Path]) -> None:
    folder = write("id: gauze\nname: Gauze\nregulation: mdr\nmanufacturer: {name: Maker AS, country: NO}\ndevice: {class: I, active: no, connected_to_active_device: no}\nsoftware: {is_software: no, contains_software: no}\n")
    text = words(document("evidence-index", check(folder), workspace))
    assert "Ikke aktuelt fordi utstyret verken er eller inneholder programvare." in text
    assert "MDR vedlegg I punkt 17.2" in text
    assert not {row.id for row in rows(document("evidence-index", check(folder), workspace)) if row.id == "lc-01"}


def test_no_document_claims_that_the_cyber_resilience_act_applies(checklists: dict[str, Checklist], workspace: assemble.Workspace) -> None:
    for checklist in checklists.values():
        regulation = checklist.product.regulation
        row = next(row for row in checklist.rows if row.id == f"eu-{regulation}.cra")
        assert row.decision.applies == "no"
        for name in ("dossier-checklist", "disclosure-note"):
            text = words(document(name, checklist, workspace))
            assert "Cyber Resilience Act" in text
            assert "mdccrosswalk" in text
            (cra,) = [row for row in rows(document(name, checklist, workspace)) if row.id == f"eu-{regulation}.cra"]
            assert f"Ikke aktuelt fordi produktet omfattes av forordning (EU) 2017/{'745 (MDR)' if regulation == 'mdr' else '746 (IVDR)'}." in plain(tuple(inline for cell in cra.cells for inline in cell.inlines))


def test_a_missing_recipient_is_a_visible_gap(check: Callable[[Path], Checklist], workspace: assemble.Workspace, write: Callable[[str], Path]) -> None:
    folder = write("id: thing\nname: Thing\nregulation: mdr\nmanufacturer: {name: Maker AS, country: NO}\n")
    text = words(document("cover-letter", check(folder), workspace))
    assert "Mangel: Mottakeren er ikke avklart." in text
    assert "Mangel: Produktfilen oppgir ikke tiltenkt formål." in text
    assert "Mangel: Produktfilen oppgir ikke noe kontaktpunkt for sikkerhet" in words(document("disclosure-note", check(folder), workspace))


def test_data_past_their_review_day_warn_in_the_document(check: Callable[..., Checklist], workspace: assemble.Workspace) -> None:
    import datetime as dt

    late = check(ROOT / "samples" / "ecg-patch", day=dt.date(2031, 1, 1))
    assert "Krav der kilden skulle ha vært kontrollert på nytt:" in words(document("dossier-checklist", late, workspace))


# --- a user's own templates ---------------------------------------------------------------------------------------


def shelf_with(home: Path, body: str) -> template.Shelf:
    folder = home / "templates" / "cover-letter"
    folder.mkdir(parents=True)
    (folder / "template.yaml").write_text((ROOT / "templates/cover-letter/template.yaml").read_text("utf-8"), "utf-8")
    (folder / "body.html.j2").write_text(body, "utf-8")
    return template.shelf([home / "templates", ROOT / "templates"])


def render(shelf: template.Shelf, checklist: Checklist) -> Document:
    return template.render(shelf.get("cover-letter"), checklist, i18n.tongue("nb"), shelf, ISSUE)


def test_a_users_template_wins(tmp_path: Path, checklists: dict[str, Checklist]) -> None:
    found = render(shelf_with(tmp_path, "<p>{{ product_name }}</p>"), checklists["ecg-patch"])
    assert words(found) == checklists["ecg-patch"].product.name


def test_a_users_template_can_start_from_the_shipped_one(tmp_path: Path, checklists: dict[str, Checklist]) -> None:
    found = render(shelf_with(tmp_path, '{% include "shipped:cover-letter/body.html.j2" %}<p>Mine</p>'), checklists["ecg-patch"])
    assert words(found).startswith("Fjordpuls")
    assert words(found).endswith("Mine")


@pytest.mark.parametrize(
    ("body", "place", "message"),
    [
        ("<p>a</p>\n{% if %}", "body.html.j2:2:", "the template is not valid"),
        ("<p>a</p>\n<p>{{ product.brand }}</p>", "body.html.j2:2:", "'product' is undefined"),
        ("<p>{{ document.colour }}</p>", "body.html.j2:1:", "has no attribute 'colour'"),
        ("<p>ok</p>\n\n<div>x</div>", "cover-letter/body.html.j2:3:1", "<div> is not part of the dossier vocabulary"),
        ("{% for row in gaps %}\n{% endfor %}\n<p><input></p>", "cover-letter/body.html.j2:3:4", "<input> needs a name"),
        ('{% include "nothing.j2" %}', "cover-letter/body.html.j2", 'the template "nothing.j2" is not there'),
        ("<p>{{ 1 // 0 }}</p>", "body.html.j2:1:", "the template cannot be filled"),
        ("<p>{{ gaps.append(1) }}</p>", "body.html.j2:1:", "append"),
    ],
)
def test_a_broken_template_is_a_sentence_with_file_and_line(body: str, place: str, message: str, tmp_path: Path, checklists: dict[str, Checklist]) -> None:
    with pytest.raises(DossierError) as caught:
        render(shelf_with(tmp_path, body), checklists["ecg-patch"])
    line = str(caught.value)
    assert place in line
    assert message in line


PAYLOADS = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ product_name.__class__ }}",
    "{{ _.__globals__ }}",
    "{{ _.__self__ }}",
    "{{ document.__init__.__globals__ }}",
    "{{ self.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ request.application.__globals__ }}",
    "{{ ''|attr('__class__') }}",
    "{{ manufacturer.model_dump.__globals__ }}",
    "{{ manufacturer.__class__.__init__.__globals__ }}",
    "{{ '%s'.__mod__ }}",
    "{{ '{0.__class__}'.format(product_name) }}",
    "{{ range(100000000)|list }}",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_template_cannot_reach_out_of_its_values(payload: str, tmp_path: Path, checklists: dict[str, Checklist]) -> None:
    try:
        found = words(render(shelf_with(tmp_path, f"<p>{payload}</p>"), checklists["ecg-patch"]))
    except DossierError:
        return
    assert not re.search(r"<class|<module|builtin|os\.|uid=|function", found)
