"""What WeasyPrint 70 leaves out of a PDF's structure tree: languages, scopes, table summaries, words for links.

Its own tree passes PDF/UA, but a screen reader then reads English words as Norwegian, and in a table of facts the
second key names the first value as well (Kozea/WeasyPrint issues 2482 and 2508). The one private function that makes
the elements is wrapped; `tests/test_render_pdf.py` fails when a new version has moved it.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

_SCOPES = {"col": "/Column", "row": "/Row"}


def install() -> None:
    """Makes WeasyPrint write the missing attributes; calling it again changes nothing."""
    from weasyprint.pdf import tags  # type: ignore[import-untyped,unused-ignore]

    if not hasattr(tags._build_box_tree, "original"):
        tags._build_box_tree = _completing(tags._build_box_tree)


def _completing(build: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    def built(box: Any, *arguments: Any) -> Iterator[Any]:
        box = getattr(box, "_box", box)
        for element in build(box, *arguments):
            if box.is_leader:
                element["ActualText"] = "()"  # the dots of a table of contents are not for reading aloud
            elif box.element is not None and box.element_tag not in ("html", "body") and element["S"] != "/NonStruct":
                _describe(element, box)
            yield element

    built.original = build  # type: ignore[attr-defined]
    return built


def _describe(element: Any, box: Any) -> None:
    import pydyf  # type: ignore[import-untyped,unused-ignore]

    attributes = box.element.attrib
    if language := attributes.get("lang"):
        element["Lang"] = pydyf.String(language)
    if box.link_annotation:
        box.link_annotation["Contents"] = pydyf.String("".join(box.element.itertext()))
    if element["S"] == "/TH" and attributes.get("scope") in _SCOPES:
        element["A"]["Scope"] = _SCOPES[attributes["scope"]]
    elif element["S"] == "/Table":
        if summary := attributes.get("aria-description"):
            element["A"] = pydyf.Dictionary({"O": "/Table", "Summary": pydyf.String(summary)})
        for row in _rows(box):
            _name_by_nearest(row)


def _rows(box: Any) -> Iterator[Any]:
    for child in box.children:
        if child.element_tag == "tr" and child.element is not None:
            yield child
        elif child.element_tag in ("table", "thead", "tbody"):
            yield from _rows(child)


def _name_by_nearest(row: Any) -> None:
    """Each cell keeps, of the header cells in its own row, only the one to its left."""
    own: list[Any] = []
    for cell in row.children:
        if cell.element.attrib.get("scope") == "row":
            own.append(cell.mark["ID"])
    if len(own) < 2:
        return
    nearest = None
    for cell in row.children:
        if cell.element.attrib.get("scope") == "row":
            nearest = cell.mark["ID"]
        else:
            headers = cell.mark["A"]["Headers"]
            headers[:] = [key for key in headers if key not in own or key is nearest]
