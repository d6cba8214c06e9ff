"""The product's evidence files as they lie on disk: there or not, fingerprint, size, pages."""
from __future__ import annotations

import hashlib
from dataclasses import dataclass

from dossier.errors import DossierError, Problem
from dossier.product import Evidence, ProductFile


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """What is known of one evidence document's file. `sha256` is empty when it is absent; `pages` is 0 when unknown."""

    named: bool
    present: bool
    sha256: str = ""
    size: int = 0
    pages: int = 0


def inspect(file: ProductFile, pages: bool = True) -> dict[str, EvidenceFile]:
    """What lies on disk for each evidence document, by its id. Raises DossierError for a file that cannot be read."""
    return {document.id: _inspect(file, document, pages) for document in file.product.evidence}


def _inspect(file: ProductFile, document: Evidence, pages: bool) -> EvidenceFile:
    path = file.evidence_path(document)
    if path is None:
        return EvidenceFile(named=False, present=False)
    if not path.is_file():
        return EvidenceFile(named=True, present=False)
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
        size = path.stat().st_size
    except OSError as error:
        raise DossierError(Problem(str(path), 0, 0, f"cannot be read: {(error.strerror or str(error)).lower()}.", "Close the program that holds it, or check its permissions.")) from None
    count = _pages(str(path)) if pages and path.suffix.lower() == ".pdf" else 0
    return EvidenceFile(True, True, digest.hexdigest(), size, count)


def _pages(path: str) -> int:
    """The number of pages; 0 for a file that is not a readable PDF."""
    import pikepdf

    try:
        with pikepdf.open(path) as pdf:
            return len(pdf.pages)
    except pikepdf.PdfError:
        return 0
