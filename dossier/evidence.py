"""The product's evidence files as they lie on disk: there or not, fingerprint, size, pages, and what a reviewer would mind."""
from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from dossier.errors import DossierError, Problem
from dossier.product import Evidence, ProductFile

Concern = Literal["encrypted", "damaged", "no-text", "no-bookmarks", "file-name", "revision"]
# What pikepdf raises where something else stands than a PDF has there: a number for a page, a list for a dictionary.
_WRONG_SHAPE = (TypeError, ValueError, KeyError, AttributeError, IndexError, RuntimeError, OverflowError, NotImplementedError)
# From this many pages on, a reviewer expects bookmarks to move by.
LONG = 20
_REVISION = re.compile(r"(?:^|[\W_])(?:rev(?:ision|\.)?|revisjon)[\s._:-]*([A-Z0-9][A-Z0-9.]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """What is known of one evidence document's file. `sha256` is empty when it is absent; `pages` is 0 when unknown.

    `concerns` are what makes notified bodies send a file back; they are warnings, not gaps.
    """

    named: bool
    present: bool
    sha256: str = ""
    size: int = 0
    pages: int = 0
    concerns: tuple[Concern, ...] = ()


def inspect(file: ProductFile, pages: bool = True) -> dict[str, EvidenceFile]:
    """What lies on disk for each evidence document, by its id; PDF files are opened only when `pages`.

    Raises DossierError for a file that cannot be read.
    """
    return {document.id: _inspect(file, document, pages) for document in file.product.evidence}


def _inspect(file: ProductFile, document: Evidence, pages: bool) -> EvidenceFile:
    path = file.evidence_path(document)
    if path is None:
        return EvidenceFile(named=False, present=False)
    if not path.is_file():
        return EvidenceFile(named=True, present=False)
    digest, size = _fingerprint(path)
    count, concerns = _pdf(path, document) if pages and path.suffix.lower() == ".pdf" else (0, ())
    name: tuple[Concern, ...] = () if document.file.isascii() and " " not in document.file else ("file-name",)
    return EvidenceFile(True, True, digest, size, count, (*name, *concerns))


def _fingerprint(path: Path) -> tuple[str, int]:
    digest = hashlib.sha256()
    size = 0
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
                size += len(chunk)
    except OSError as error:
        raise DossierError(Problem(str(path), 0, 0, f"cannot be read: {(error.strerror or str(error)).lower()}.", "Close the program that holds it, or check its permissions.")) from None
    return digest.hexdigest(), size


def _pdf(path: Path, document: Evidence) -> tuple[int, tuple[Concern, ...]]:
    """The number of pages, and what is wrong with the file as a reviewer's copy."""
    import pikepdf

    try:
        with pikepdf.open(path) as pdf:
            return len(pdf.pages), tuple(_concerns(pdf, document))
    except pikepdf.PasswordError:
        return 0, ("encrypted",)
    except (pikepdf.PdfError, *_WRONG_SHAPE):
        return 0, ("damaged",)


def _concerns(pdf: Any, document: Evidence) -> Iterator[Concern]:
    if pdf.is_encrypted:
        yield "encrypted"
    if not any(_has_text(page.obj.get("/Resources", {})) for page in pdf.pages):
        yield "no-text"
    if len(pdf.pages) > LONG and "/First" not in pdf.Root.get("/Outlines", {}):
        yield "no-bookmarks"
    stated = _revision_in(pdf, document)
    if document.revision and stated and stated != document.revision.upper():
        yield "revision"


def _has_text(resources: Any, depth: int = 0) -> bool:
    """Whether a page (or a form drawn on it) uses a font; a scanned page uses none."""
    if "/Font" in resources and len(resources["/Font"]):
        return True
    forms = resources.get("/XObject", {})
    return depth < 3 and any(_has_text(form.get("/Resources", {}), depth + 1) for form in forms.values())


def _revision_in(pdf: Any, document: Evidence) -> str:
    """The revision that the file itself states, in its properties or its name; empty where it states none."""
    texts = [str(pdf.docinfo.get(key, "")) for key in ("/Revision", "/Version")]
    for text in texts:
        if text:
            return text.upper()
    for text in (str(pdf.docinfo.get("/Title", "")), str(pdf.docinfo.get("/Subject", "")), str(pdf.docinfo.get("/Keywords", "")), Path(document.file).stem):
        if match := _REVISION.search(text):
            return match[1].upper().rstrip(".")
    return ""


def link(document: Evidence) -> str:
    """Where a document of the dossier looks for the file: a fixed folder beside the market's, at the page given.

    The folder is filled by `dossier build --with-evidence`; nothing depends on where the product folder lies.
    """
    path = document.file.removeprefix("evidence/")
    page = re.match(r"\d+", document.page)
    return f"../evidence/{_quoted(path)}" + (f"#page={page[0]}" if page and path.lower().endswith(".pdf") else "")


def _quoted(path: str) -> str:
    from urllib.parse import quote

    return quote(path)
