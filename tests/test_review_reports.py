"""The findings list and the change note: they say what was found, in the document's language, as Word and PDF."""
from __future__ import annotations

import ast
import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

import dossier
from dossier import assemble, i18n
from dossier.assemble import Workspace
from dossier.blocks import Document, Line, Table, inlines_of, plain
from dossier.issued import Issued, parse
from dossier.review import redline, written
from dossier.review.intake import Part
from dossier.review.ledger import Ledger
from dossier.review.merge import Sender, merge
from dossier.review.reading import Remark
from dossier.review.reports import change_note, findings

from .conftest import DAY, ROOT
from .test_review_merge import filled, issue

REVIEW = Path(dossier.__file__).parent / "review"


def messages() -> list[str]:
    """Every sentence that a finding may say: the first text given to Finding, or to a function that makes one, as it stands or by its name."""
    shared = {name: text for name, text in vars(written).items() if name.isupper() and isinstance(text, str) and len(text) > 25}
    found = list(shared.values())
    for file in sorted(REVIEW.glob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        named = {ast.unparse(node.targets[0]): node.value.value for node in tree.body if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)}
        named |= {prefix + name: text for name, text in shared.items() for prefix in ("", "written.")}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                told = [argument.value if isinstance(argument, ast.Constant) else named.get(ast.unparse(argument)) for argument in node.args]
                texts = [text for text in told if isinstance(text, str) and text]
                name = ast.unparse(node.func)
                if name in ("Finding", "reading.Finding", "Value", "_of", "_note", "_finding") and texts:
                    found.append(next((text for text in texts if len(text) > 25), texts[0]))
    return found


@pytest.mark.parametrize("locale", [locale for locale in i18n.RENDERED if locale != "en"])
def test_every_finding_can_be_said_in_every_language(locale: str) -> None:
    catalog = i18n.catalog(locale, [ROOT / "templates" / "_review"])
    assert len(messages()) > 15
    assert [message for message in messages() if not catalog.knows(message)] == []


def words(document: Document) -> str:
    return "\n".join(plain(tuple(inlines_of(block))) for block in document.blocks)


@pytest.fixture(scope="module")
def issues(workspace: Workspace) -> tuple[Issued, Issued]:
    """The labelling checklist of the first sample by the law of two days."""
    made = []
    for day in (DAY, dt.date(2029, 1, 1)):
        order = assemble.Order(("no",), day, DAY, ("labelling-checklist",), ("json",))
        (built,) = assemble.build([ROOT / "samples" / "ecg-patch"], order, workspace).built
        made.append(parse(built.file.content, built.file.path))
    return made[0], made[1]


def part(issues: tuple[Issued, Issued]) -> Part:
    """Two files of one small document with a planted conflict, a finding and a remark, under the first sample's identity."""
    small = Issued(issues[0].identity, issue().fields, issue().lines, issues[0].content)
    one = filled(small, "kari.docx", (Remark("Hvor står dette?", "Per", "2026-11-25T10:00:00Z", "a"),), a__status="not-applicable", b__status="partly")
    two = filled(small, "ola.docx", a__status="fulfilled")
    files = ((one, Sender("Kari", "2026-11-25")), (two, Sender("Ola", "2026-11-26")))
    return Part(small.identity, files, merge(Ledger(), files, DAY))


def test_the_findings_list_holds_findings_conflicts_changes_and_remarks(issues: tuple[Issued, Issued], workspace: Workspace) -> None:
    text = words(findings(part(issues), DAY, workspace.shelf))
    for said in ("kari.docx", "ola.docx", "Status er satt til «Ikke relevant», men kommentaren gir ingen begrunnelse.", "Motstridende svar", "Delvis oppfylt", "Hvor står dette?", "25.11.2026"):
        assert said in text


def test_answers_that_lose_a_settled_conflict_are_quoted(issues: tuple[Issued, Issued], workspace: Workspace) -> None:
    open_part = part(issues)
    settled = replace(open_part, merge=merge(Ledger(), open_part.files, DAY, prefer="Ola"))
    document = findings(settled, DAY, workspace.shelf)
    table = next(block for block in document.blocks if isinstance(block, Table) and len(block.widths) == 7)
    assert [[plain(cell.inlines) for cell in row.cells][2:] for row in table.rows] == [["kari.docx", "Kari", "25.11.2026", "Ikke relevant", "Ikke tatt med"], ["ola.docx", "Ola", "26.11.2026", "Oppfylt", "Gjelder"]]
    assert "Motstridende svar" not in words(document).splitlines()
    assert '"settled"' in document.data.decode()


@pytest.mark.parametrize("extension", ["docx", "pdf", "json"])
def test_reports_come_in_the_formats_of_documents(extension: str, issues: tuple[Issued, Issued], workspace: Workspace) -> None:
    for document in (findings(part(issues), DAY, workspace.shelf), change_note(redline.compare(*issues, ("old", "new")), *issues, DAY, workspace.shelf)):
        assert assemble.rendered(document, extension, workspace) == assemble.rendered(document, extension, workspace)


def test_the_change_note_tells_requirements_decisions_and_facts_apart(issues: tuple[Issued, Issued], workspace: Workspace) -> None:
    differences = redline.compare(*issues, ("old", "new"))
    assert any(difference.subject == "Law as of" for difference in differences)
    document = change_note(differences, *issues, DAY, workspace.shelf)
    rows = sum(len(block.rows) for block in document.blocks if isinstance(block, Table) and len(block.widths) == 4)
    assert rows == len(differences)
    assert "Regelverk per" in words(document)


def test_an_issue_beside_itself_has_no_differences(issues: tuple[Issued, Issued], workspace: Workspace) -> None:
    assert redline.compare(issues[0], issues[0], ("old", "new")) == ()
    assert "De to utgavene er like." in words(change_note((), issues[0], issues[0], DAY, workspace.shelf))


def test_a_changed_cell_of_any_table_is_told(issues: tuple[Issued, Issued], workspace: Workspace) -> None:
    old = issues[0]

    def change(line: Line) -> Line | None:
        texts = {"FP-100": "FP-200", "Fjordpuls AS": "Fjordpuls Holding AS"}
        return None if line.row == "SRN" else replace(line, text=texts.get(line.text, line.text))

    rows = [line for line in old.lines if line.row]
    assert {"FP-100", "Fjordpuls AS", "NO-MF-000000000"} <= {line.text for line in rows}
    new = replace(old, lines=tuple(changed for line in old.lines if (changed := change(line)) is not None))
    told = [(difference.old, difference.new) for difference in redline.compare(old, new, ("old", "new"))]
    assert ("FP-100", "FP-200") in told
    assert ("Fjordpuls AS", "Fjordpuls Holding AS") in told
    assert "FP-200" in words(change_note(redline.compare(old, new, ("old", "new")), old, new, DAY, workspace.shelf))


def table(*rows: tuple[str, ...]) -> tuple[Line, ...]:
    return tuple(Line(text, row[0], column) for row in rows for column, text in enumerate(row))


STANDARDS = (("[1]", "ISO 14971", "2019"), ("[2]", "IEC 62304", "2006"), ("Role", "Name"), ("Prepared by", "Kari"), ("Approved by", "Ola"))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (STANDARDS, []),
        ((("[1]", "ISO 13485", "2016"), ("[2]", "ISO 14971", "2019"), ("[3]", "IEC 62304", "2006"), *STANDARDS[2:]), [("ISO 13485", "", "[1] | ISO 13485 | 2016")]),
        (STANDARDS[1:], [("ISO 14971", "[1] | ISO 14971 | 2019", "")]),
        ((("[1]", "ISO 14971", "2019, see [2]"), *STANDARDS[1:]), [("ISO 14971", "2019", "2019, see [2]")]),
        ((*STANDARDS[:3], STANDARDS[4], STANDARDS[3]), []),
        ((*STANDARDS[:4], ("Approved by", "Per"), ("Approved by", "Pål")), [("Approved by", "Approved by | Ola", ""), ("Approved by", "", "Approved by | Per"), ("Approved by", "", "Approved by | Pål")]),
    ],
)
def test_rows_are_paired_by_their_name_not_by_their_number(rows: tuple[tuple[str, ...], ...], told: list[tuple[str, str, str]], issues: tuple[Issued, Issued]) -> None:
    old, new = replace(issues[0], lines=table(*STANDARDS)), replace(issues[0], lines=table(*rows))
    assert [(difference.subject, difference.old, difference.new) for difference in redline.compare(old, new, ("old", "new"))] == told
