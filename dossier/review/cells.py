"""The cells of a workbook as its XML holds them: text letter for letter, formulas seen but never worked out.

Read directly, since openpyxl drops `x005F_` from texts, leaves `_x000D_` in them, knows no threaded comments and keeps an
object for each of a million cells that are only formatted. Elements are told by their local names, so that files in the
strict form of the standard are read too.
"""
from __future__ import annotations

import io
import math
import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import unquote

from dossier import marks
from dossier.review import spreadsheetml as x
from dossier.review import written
from dossier.review.package import parsed
from dossier.review.reading import refuse

AGAIN = "Ask for the reviewer's file again, saved as an Excel workbook (.xlsx)."
MOST_CELLS = 500_000
_PLAIN = x.Look()
_EMBEDDED = ("oleObject", "package", "control", "image", "legacyDrawingHF")  # what leads from a sheet to files in it, beside its drawing


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell with something in it. `text` is its words, its number as written in the file, or its formula; `struck` what of it is struck through."""

    text: str
    kind: Literal["text", "number", "boolean", "error", "formula"] = "text"
    look: x.Look = _PLAIN
    struck: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet: its cells by row and column, counted from 1; merged ranges as (first row, first column, last row, last column).

    `shapes` are the text boxes and other shapes with words in them, by the cell at their upper left corner; `pictures` are
    pictures, charts and embedded files, as row, column and the words about them. `margins` are the words of header and footer;
    `links` the addresses outside the file to which cells lead.
    """

    name: str
    rows: Mapping[int, Mapping[int, Cell]]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    notes: tuple[x.Note, ...] = ()
    shapes: tuple[x.Note, ...] = ()
    pictures: tuple[tuple[int, int, str], ...] = ()
    margins: tuple[str, ...] = ()
    links: Mapping[tuple[int, int], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Workbook:
    """All sheets in their order, and the custom properties. `since_1904` where days count from there."""

    pages: tuple[Page, ...]
    properties: Mapping[str, str]
    since_1904: bool = False


def place(row: int, column: int) -> str:
    """The name of a cell.

    >>> place(12, 6), place(1, 28)
    ('F12', 'AB1')
    """
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def workbook(parts: Mapping[str, bytes], name: str) -> Workbook:
    """The workbook whose package holds these parts. Raises DossierError where its XML cannot be used."""
    from lxml import etree

    try:
        return _Package(parts, name).workbook()
    except (etree.XMLSyntaxError, KeyError, ValueError, TypeError, AttributeError, IndexError, OverflowError, StopIteration) as error:
        raise refuse(name, f"is damaged: its sheets cannot be read ({error}).", AGAIN) from None


class _Package:
    def __init__(self, parts: Mapping[str, bytes], name: str) -> None:
        self.parts = {part.lstrip("/"): content for part, content in parts.items()}
        self.name = name
        self.count = 0

    def workbook(self) -> Workbook:
        top = self._relations("")
        main = next(target for kind, target in top.values() if kind == "officeDocument")
        relations = self._relations(main)
        self.shared = self._one(relations, "sharedStrings", x.strings, [])
        self.looks: list[x.Look] = self._one(relations, "styles", x.looks, [])
        self.people: dict[str, str] = self._one(relations, "person", x.people, {})
        root = self._tree(main)
        named = {x.local(key): value for each in x.every(root, "workbookPr") for key, value in each.attrib.items()}
        pages = []
        for sheet in x.every(root, "sheet"):
            attributes = {x.local(key): value for key, value in sheet.attrib.items()}
            kind, target = relations[attributes["id"]]
            title = written.fit(x.unescaped(attributes["name"]))[0]
            pages.append(self._page(title, target) if kind == "worksheet" else Page(title, {}, pictures=((0, 0, ""),)))
        properties = self._one(top, "custom-properties", x.properties, {})
        return Workbook(tuple(pages), properties, named.get("date1904") in ("1", "true"))

    def _page(self, name: str, part: str) -> Page:
        rows: dict[int, dict[int, Cell]] = {}
        merged = []
        margins: list[str] = []
        links: dict[tuple[int, int], str] = {}
        outside = self._outside(part)
        row = 0
        for element in self._stream(part, ("row", "mergeCell", "headerFooter", "hyperlink")):
            if x.local(element.tag) == "headerFooter":
                margins += [text for each in element for text in marks.margins(x.unescaped("".join(each.itertext())))]
            elif x.local(element.tag) == "hyperlink":
                named = next((value for key, value in element.attrib.items() if x.local(key) == "id"), "")
                if named in outside:
                    links[x.split(element.get("ref", "").partition(":")[0])] = outside[named]
            elif x.local(element.tag) == "mergeCell":
                first, _, last = element.get("ref", "").partition(":")
                merged.append((*x.split(first), *x.split(last or first)))
            else:
                row = int(element.get("r") or row + 1)
                found = self._cells(element)
                if found:
                    rows[row] = found
                    self.count += len(found)
                if self.count > MOST_CELLS:
                    raise refuse(self.name, f"holds more than {MOST_CELLS:,} filled cells; a filled document never does.", AGAIN)
        relations = self._relations(part)
        notes = self._one(relations, "threadedComment", self._threads, [])
        there = {(note.row, note.column) for note in notes}
        notes += [note for note in self._one(relations, "comments", x.comments, []) if (note.row, note.column) not in there]
        pictures = self._one(relations, "drawing", x.pictures, [])
        pictures += [(0, 0, "") for kind, _ in relations.values() if kind in _EMBEDDED]
        return Page(name, rows, tuple(merged), tuple(notes), tuple(self._one(relations, "drawing", x.shapes, [])), tuple(pictures), tuple(dict.fromkeys(margins)), links)

    def _cells(self, row: Any) -> dict[int, Cell]:
        found = {}
        column = 0
        for element in row:
            if x.local(element.tag) != "c":
                continue
            column = x.split(element.get("r"))[1] if element.get("r") else column + 1
            cell = self._cell(element)
            if cell is not None:
                found[column] = cell
        return found

    def _cell(self, element: Any) -> Cell | None:
        inner = {x.local(child.tag): child for child in element}
        kind, value = element.get("t", "n"), "".join(inner["v"].itertext()) if "v" in inner else ""
        held = self._held(element, inner, kind, value)
        if "f" not in inner:
            return held
        # A formula that was filled down stands in its first cell only; what the others showed is all they say.
        formula = "=" + (x.unescaped("".join(inner["f"].itertext())) or "…")
        return Cell(f"{formula} → {held.text}" if held else formula, "formula")

    def _held(self, element: Any, inner: Mapping[str, Any], kind: str, value: str) -> Cell | None:
        """What the cell holds, or showed when it was saved."""
        style = int(element.get("s", "0"))
        look = self.looks[style] if style < len(self.looks) else _PLAIN
        match kind:
            case "s" if value:
                return _rich(self.shared[int(value)], look)
            case "inlineStr" if "is" in inner:
                return _rich(inner["is"], look)
            case "str":
                return _text(x.unescaped(value), look.strikes)
            case "b" if value:
                return Cell(value, "boolean")
            case "e" if value:
                return Cell(value, "error")
            case "d" if value:
                return _text(value, look.strikes)
            case "n" if value:
                # What is no number in Excel's sense (infinite, none) stays the words it is.
                return Cell(value, "number", look) if math.isfinite(float(value)) else _text(value, look.strikes)
            case _:
                return None

    # --- parts --------------------------------------------------------------------------------------------------------

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """The relations of a part, by id: the kind and the part they lead to."""
        folder, file = posixpath.split(part)
        source = posixpath.join(folder, "_rels", f"{file}.rels")
        if source not in self.parts:
            return {}
        return {
            each.get("Id", ""): (each.get("Type", "").rpartition("/")[2], posixpath.normpath(posixpath.join("/", folder, unquote(each.get("Target", "")))).lstrip("/"))
            for each in self._tree(source)
            if each.get("TargetMode") != "External"
        }

    def _outside(self, part: str) -> dict[str, str]:
        """The addresses outside the file to which a part leads, by id."""
        folder, file = posixpath.split(part)
        source = posixpath.join(folder, "_rels", f"{file}.rels")
        return {each.get("Id", ""): each.get("Target", "") for each in self._tree(source) if each.get("TargetMode") == "External"} if source in self.parts else {}

    def _one(self, relations: Mapping[str, tuple[str, str]], kind: str, read: Callable[[Any], Any], default: Any) -> Any:
        part = next((target for found, target in relations.values() if found == kind and target in self.parts), "")
        return read(self._tree(part)) if part else default

    def _tree(self, part: str) -> Any:
        return parsed(self.name, part, self.parts[part])

    def _stream(self, part: str, names: tuple[str, ...]) -> Iterator[Any]:
        """The elements with these local names, each forgotten once it was used."""
        from lxml import etree

        content = self.parts[part]
        if b"<!DOCTYPE" in content or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            parsed(self.name, part, content)  # refuses it
        tags = [f"{{*}}{name}" for name in names]
        for _, element in etree.iterparse(io.BytesIO(content), tag=tags, resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True):
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]

    def _threads(self, root: Any) -> list[x.Note]:
        return [
            x.Note(*x.split(each.get("ref", "")), x.joined(each, "text"), self.people.get(each.get("personId", ""), ""), each.get("dT", ""), bool(each.get("parentId")))
            for each in x.every(root, "threadedComment")
        ]


def _rich(element: Any, look: x.Look) -> Cell | None:
    return _text(x.words(element), x.struck(element, look.strikes))


def _text(text: str, struck: str | bool = "") -> Cell | None:
    text = _lines(text)
    return Cell(text, struck=text if struck is True else _lines(struck or "")) if text else None


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
