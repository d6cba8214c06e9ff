"""Where the parts of a Word file lie, and what its properties say: by its relations, since the names of parts are free."""
from __future__ import annotations

import re

from dossier.review.package import Package

DC = "{http://purl.org/dc/elements/1.1/}"
CP = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}"
_BODY = "word/document.xml"


def properties(package: Package, *names: str) -> tuple[str, ...]:
    """What the file's properties say; empty where one is missing."""
    part = next((part for part in (*package.related("", "core-properties"), "docProps/core.xml") if part in package.names), "")
    core = package.xml(part) if part else None
    return tuple((core.findtext(name) or "") if core is not None else "" for name in names)


def main_part(package: Package) -> str:
    """The part that holds the document; Word for the web calls it word/document2.xml."""
    return next(iter(package.related("", "officeDocument")), _BODY)


def parts_beside(package: Package, kind: str, usual: str) -> tuple[str, ...]:
    """The parts of one kind that belong to the document, by its relations and by their usual names."""
    return tuple(dict.fromkeys([*package.related(main_part(package), kind), *(part for part in package.names if re.fullmatch(usual, part))]))
