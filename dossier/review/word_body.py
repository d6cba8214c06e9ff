"""A Word body walked once: its controls with the row they stand in, its lines, its struck rows, and where comments hang."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from dossier.blocks import Line, one_line
from dossier.review.word_objects import holds_object, is_object
from dossier.review.word_text import W, character, crossed_out, shown, text_of

DEEPEST = 200


class TooDeep(Exception):
    """The elements are nested deeper than any office program nests them."""


@dataclass
class Held:
    """One control that holds an answer. `row` is filled in when the row it stands in is complete."""

    tag: str
    element: Any
    row: str = ""


@dataclass
class Thing:
    """Something that is no text, or words struck through (`text`). `field` is the answer that holds it, else the one in its cell; `place` the words beside it."""

    field: str = ""
    inside: bool = False
    row: str = ""
    place: str = ""
    text: str = ""


@dataclass
class Body:
    """What was met on the way, in reading order. `comments` leads from a comment's id to the row beside which it hangs."""

    held: list[Held] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)
    comments: dict[str, str] = field(default_factory=dict)
    things: list[Thing] = field(default_factory=list)


@dataclass
class _Row:
    """A row while it is read: held controls, comments and things wait for its name."""

    held: list[Held] = field(default_factory=list)
    things: list[Thing] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


@dataclass
class _Cell:
    """A cell while it is read: its paragraphs without the answers, the tags of the answers, and what is no text."""

    paragraphs: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    things: list[Thing] = field(default_factory=list)
    nested: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What it says, with the rows of tables that somebody put into it last: its own words name the row."""
        return one_line("\n".join([*self.paragraphs, *self.nested]))


def walk(root: Any, fields: bool = True) -> Body:
    """The body below `root` (w:document, or a part with notes). Without `fields` the words of controls are words like others. Raises TooDeep."""
    walker = _Walker(fields)
    walker.blocks(root, None, None, 0)
    names: dict[Any, str] = {}
    for anchor in root.iter(f"{W}commentRangeStart", f"{W}commentReference"):  # those in deleted words and rows
        for row in list(anchor.iterancestors(f"{W}tr"))[-1:]:
            if row not in names:
                cell = next(row.iter(f"{W}tc"), None)
                names[row] = one_line(text_of(cell, deleted=True)) if cell is not None else ""
            walker.body.comments.setdefault(anchor.get(f"{W}id", ""), names[row])
    return walker.body


def tag_of(control: Any) -> str:
    """The tag of a control where it is the name of a field; empty otherwise."""
    properties = control.find(f"{W}sdtPr")
    tag = properties.find(f"{W}tag") if properties is not None else None
    name = tag.get(f"{W}val", "") if tag is not None else ""
    return name if "/" in name else ""


def content_of(control: Any) -> Any:
    """What a control holds; an empty tuple where it holds nothing."""
    found = control.find(f"{W}sdtContent")
    return found if found is not None else ()


class _Walker:
    def __init__(self, fields: bool) -> None:
        self.body = Body()
        self.fields = fields
        self.last = "\u2026"  # words outside of fields

    def blocks(self, node: Any, row: _Row | None, cell: _Cell | None, depth: int) -> None:
        """Paragraphs, tables and what may surround them."""
        self._bound(depth)
        for child in shown(node):
            match child.tag:
                case t if t == f"{W}p":
                    self._paragraph(child, row, cell, depth)
                case t if t == f"{W}tbl":
                    for each in self._inside(child, f"{W}tr", depth):
                        self._row(each, row, cell, depth + 1)
                case t if t == f"{W}tr":
                    self._row(child, row, cell, depth + 1)
                case t if t == f"{W}sdt" and self._answers(child):
                    self._hold(child, row, cell)
                case t if t in (f"{W}commentRangeStart", f"{W}commentReference"):
                    self._comment(child, row)
                case _:
                    if is_object(child):
                        self._met(Thing(place=self.last), row, cell)
                    self.blocks(content_of(child) if child.tag == f"{W}sdt" else child, row, cell, depth + 1)

    def _inside(self, node: Any, wanted: str, depth: int) -> Iterator[Any]:
        """The rows of a table or the cells of a row, whatever is wrapped around them; a control that answers is given itself."""
        self._bound(depth)
        for child in shown(node):
            if child.tag == wanted or (child.tag == f"{W}sdt" and self._answers(child)):
                yield child
            elif child.tag == f"{W}sdt":
                yield from self._inside(content_of(child), wanted, depth + 1)
            elif child.tag not in (f"{W}p", f"{W}r"):
                yield from self._inside(child, wanted, depth + 1)

    def _row(self, node: Any, around: _Row | None, outer: _Cell | None, depth: int) -> None:
        """One row; its name is what its first cell says. `around` and `outer` are the row and the cell in which its table stands."""
        row = _Row()
        cells: list[tuple[int, _Cell]] = []
        if node.tag == f"{W}sdt":  # a control round a whole row: the row's text is the answer
            cell = _Cell()
            self._hold(node, row, cell)
            cells.append((0, cell))
        else:
            properties = node.find(f"{W}trPr")
            if properties is not None and properties.find(f"{W}del") is not None:
                self.body.struck.append(one_line(text_of(node, deleted=True)))
                return
            column = 0
            for each in self._inside(node, f"{W}tc", depth):
                cell = _Cell()
                if each.tag == f"{W}sdt":
                    self._hold(each, row, cell)
                else:
                    self.blocks(each, row, cell, depth + 1)
                cells.append((column, cell))
                column += _span(each)
        for cell in (cell for _, cell in cells if cell.tags):
            for thing in cell.things:
                thing.field = thing.field or cell.tags[0]
        if outer is not None:
            _nest(row, [cell for _, cell in cells], around, outer)
        else:
            self._close(row, cells)

    def _close(self, row: _Row, cells: list[tuple[int, _Cell]]) -> None:
        name = one_line("\n".join(cells[0][1].paragraphs)) if cells else ""
        for held in row.held:
            held.row = held.row or name
        for number in row.comments:
            self.body.comments.setdefault(number, name)
        for thing in row.things:
            thing.row = thing.row or name
        for column, cell in cells:
            text = cell.text
            if text or cell.tags:
                self._add(Line(text, name, column, tuple(cell.tags)))

    def _paragraph(self, node: Any, row: _Row | None, cell: _Cell | None, depth: int) -> None:
        pieces: list[str] = []
        boxes: list[Any] = []
        tags: list[str] = []
        met = len(self.body.things)
        self._inline(node, pieces, boxes, tags, row, depth + 1)
        text = "".join(pieces)
        if crossed := one_line(crossed_out(node, lambda child: child.tag == f"{W}txbxContent" or (child.tag == f"{W}sdt" and self._answers(child)))):
            self._met(Thing(text=crossed), row)
        for thing in self.body.things[met:]:
            thing.place = one_line(text) or self.last
            if cell is not None:
                cell.things.append(thing)
        if cell is not None:
            cell.paragraphs.append(text)
            cell.tags += tags
        elif one_line(text) or tags:
            self._add(Line(one_line(text), "", 0, tuple(tags)))
        for box in boxes:
            self.blocks(box, row, cell, depth + 1)

    def _inline(self, node: Any, pieces: list[str], boxes: list[Any], tags: list[str], row: _Row | None, depth: int) -> None:
        self._bound(depth)
        for child in shown(node):
            own = character(child)
            if own is not None:
                pieces.append(own)
            elif child.tag == f"{W}txbxContent":
                boxes.append(child)
            elif child.tag == f"{W}sdt" and self._answers(child):
                self._held(child, row)
                tags.append(tag_of(child))
            elif child.tag in (f"{W}commentRangeStart", f"{W}commentReference"):
                self._comment(child, row)
            else:
                if is_object(child):
                    self._met(Thing(), row)
                self._inline(content_of(child) if child.tag == f"{W}sdt" else child, pieces, boxes, tags, row, depth + 1)

    def _answers(self, control: Any) -> bool:
        """Whether the control is a field itself: it has a field's name, and no field inside it."""
        return self.fields and bool(tag_of(control)) and not any(tag_of(inner) for inner in control.iter(f"{W}sdt") if inner is not control)

    def _hold(self, control: Any, row: _Row | None, cell: _Cell | None) -> None:
        self._held(control, row)
        if cell is not None:
            cell.tags.append(tag_of(control))
        else:
            self.body.lines.append(Line("", "", 0, (tag_of(control),)))

    def _held(self, control: Any, row: _Row | None) -> None:
        held = Held(tag_of(control), control)
        self.body.held.append(held)
        if row is not None:
            row.held.append(held)
        if holds_object(content_of(control)):
            self._met(Thing(held.tag, inside=True), row)
        for anchor in control.iter(f"{W}commentRangeStart", f"{W}commentReference"):
            self._comment(anchor, row)

    def _add(self, line: Line) -> None:
        self.body.lines.append(line)
        self.last = line.text or self.last

    def _met(self, thing: Thing, row: _Row | None, cell: _Cell | None = None) -> None:
        self.body.things.append(thing)
        for holder in (row, cell):
            if holder is not None:
                holder.things.append(thing)

    def _comment(self, anchor: Any, row: _Row | None) -> None:
        number = anchor.get(f"{W}id", "")
        if row is not None:
            row.comments.append(number)
        else:
            self.body.comments.setdefault(number, "")

    def _bound(self, depth: int) -> None:
        if depth > DEEPEST:
            raise TooDeep


def _nest(row: _Row, cells: list[_Cell], around: _Row | None, outer: _Cell) -> None:
    """A row of a table that somebody put into a cell: its words are words of that cell, its fields those of the row around."""
    if any(cell.text for cell in cells):
        outer.nested.append(" | ".join(cell.text for cell in cells))
    outer.tags += [tag for cell in cells for tag in cell.tags]
    outer.things += [thing for cell in cells for thing in cell.things]
    if around is not None:
        around.held += row.held
        around.comments += row.comments
        around.things += row.things


def _span(node: Any) -> int:
    """How many columns of the grid a cell takes; a control may stand round it."""
    span = next((found for path in ("", f"{W}sdtContent/{W}tc/") if (found := node.find(f"{path}{W}tcPr/{W}gridSpan")) is not None), None)
    text = span.get(f"{W}val", "1") if span is not None else "1"
    return int(text) if text.isdecimal() and len(text) < 3 and int(text) else 1
