"""Evidence files: fingerprint, pages, and what makes a notified body send a file back."""
from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

from dossier import evidence, product
from dossier.assemble import Order, Workspace, build
from dossier.assemble import write as write_out
from dossier.errors import DossierError
from dossier.evidence import EvidenceFile

from .conftest import DAY, MINIMAL, ROOT


def pdf(path: Path, pages: int = 1, text: bool = True, bookmarks: bool = False, title: str = "", password: str = "") -> None:
    file = pikepdf.new()
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    for _ in range(pages):
        page = file.add_blank_page()
        if text:
            page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    if bookmarks:
        with file.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("One", 0))
    if title:
        file.docinfo["/Title"] = title
    path.parent.mkdir(exist_ok=True)
    file.save(path, encryption=pikepdf.Encryption(user=password, owner=password) if password else None)


def inspected(write: Callable[[str], Path], name: str, **made: object) -> EvidenceFile:
    folder = write(MINIMAL + f'evidence:\n  - {{id: A, title: Plan, revision: C, file: "evidence/{name}"}}\n')
    pdf(folder / "evidence" / name, **made)  # type: ignore[arg-type]
    return evidence.inspect(product.read(folder))["A"]


def test_a_good_file_has_fingerprint_size_pages_and_no_concern(write: Callable[[str], Path]) -> None:
    found = inspected(write, "plan.pdf", pages=3, title="Plan, revision C")
    content = (product.read(write(MINIMAL + 'evidence:\n  - {id: A, title: Plan, revision: C, file: "evidence/plan.pdf"}\n')).place.folder / "evidence/plan.pdf").read_bytes()
    assert (found.sha256, found.size, found.pages, found.concerns) == (hashlib.sha256(content).hexdigest(), len(content), 3, ())


@pytest.mark.parametrize(
    ("name", "made", "concerns"),
    [
        ("scan.pdf", {"text": False}, ("no-text",)),
        ("long.pdf", {"pages": 21}, ("no-bookmarks",)),
        ("long.pdf", {"pages": 21, "bookmarks": True}, ()),
        ("my plan.pdf", {}, ("file-name",)),
        ("måleplan.pdf", {}, ("file-name",)),
        ("plan.pdf", {"title": "Plan rev. B"}, ("revision",)),
        ("plan_rev-B.pdf", {}, ("revision",)),
        ("plan_rev-c.pdf", {}, ()),
        ("secret.pdf", {"password": "x"}, ("encrypted",)),
    ],
)
def test_what_a_reviewer_would_mind_is_named(name: str, made: dict[str, object], concerns: tuple[str, ...], write: Callable[[str], Path]) -> None:
    assert inspected(write, name, **made).concerns == concerns


def test_a_file_that_is_no_pdf_is_a_concern_not_a_crash(write: Callable[[str], Path]) -> None:
    folder = write(MINIMAL + "evidence:\n  - {id: A, title: Plan, file: plan.pdf}\n")
    (folder / "plan.pdf").write_bytes(b"not a pdf at all")
    assert evidence.inspect(product.read(folder))["A"].concerns == ("damaged",)


def test_links_are_relative_and_open_at_the_page() -> None:
    document = product.Evidence(id="A", title="T", file="evidence/Plan æ.pdf", page="7-9")
    assert evidence.link(document) == "../evidence/Plan%20%C3%A6.pdf#page=7"


def test_evidence_is_copied_to_where_the_documents_link(tmp_path: Path, workspace: Workspace) -> None:
    order = Order(("no",), DAY, DAY, ("evidence-index",), ("html",), with_evidence=True)
    result = build([ROOT / "samples" / "ecg-patch"], order, workspace)
    write_out(result, tmp_path)
    page = (tmp_path / result.built[0].file.path).read_text("utf-8")
    for document in result.checklists[0].product.evidence:
        if result.checklists[0].files[document.id].present:
            target = evidence.link(document).split("#")[0]
            assert f'href="{target}' in page
            assert (tmp_path / "ecg-patch" / "no" / target).resolve().is_file()


WRONG = {
    "pages are a number": [b"<</Type/Catalog/Pages 2 0 R>>", b"42"],
    "pages in a circle": [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R]/Count 1>>"],
    "resources are a list": [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Page/Parent 2 0 R/Resources[1]/MediaBox[0 0 1 1]>>"],
    "objects to draw are a number": [b"<</Type/Catalog/Pages 2 0 R/Outlines 7>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Page/Parent 2 0 R/Resources<</XObject 5>>/MediaBox[0 0 1 1]>>"],
    "the root is a list": [b"[1]"],
}


@pytest.mark.parametrize("case", sorted(WRONG))
def test_a_pdf_of_wrong_inner_shape_is_a_concern_and_no_fault_of_ours(case: str, write: Callable[[str], Path]) -> None:
    folder = write(MINIMAL + 'evidence:\n  - {id: A, title: Plan, file: "evidence/a.pdf"}\n')
    content, places = b"%PDF-1.7\n", []
    for number, body in enumerate(WRONG[case], 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    content += b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, table, len(places) + 1, len(content))
    (folder / "evidence").mkdir()
    (folder / "evidence" / "a.pdf").write_bytes(content)
    found = evidence.inspect(product.read(folder))["A"]
    assert found.present
    assert set(found.concerns) & {"damaged", "no-text"}


def test_links_in_a_circle_are_told_with_their_line(write: Callable[[str], Path]) -> None:
    folder = write(MINIMAL + 'evidence:\n  - {id: A, title: Plan, file: "evidence/a.pdf"}\n')
    (folder / "evidence").mkdir()
    (folder / "evidence" / "a.pdf").symlink_to("b.pdf")
    (folder / "evidence" / "b.pdf").symlink_to("a.pdf")
    with pytest.raises(DossierError, match=r'product.yaml:6:\d+: "evidence/a.pdf": its links lead in a circle'):
        product.read(folder)
