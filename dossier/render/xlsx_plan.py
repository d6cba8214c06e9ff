"""A document laid out as sheets: a cover with the running text, and a sheet for each list that a reviewer filters and fills.

Nothing here knows Excel's files; `xlsx` writes the plan. A cell that holds several fields, or words and a field, becomes
several columns, since a cell of a sheet holds one value. Tables of one chapter that share their heads become one list.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, assert_never

from dossier import marks
from dossier.blocks import Block, Bullets, Contents, Document, Heading, Inlines, Link, Paragraph, Row, Table, Text, plain
from dossier.render.xlsx_shape import Box, Line, Names, Sheet, fields_in, flow, spread, title_of, words_in

COVER = "dossier:cover"
COVER_WIDTHS = (46.0, 84.0, 46.0, 84.0)
_HOW = ("how-fields", "how-lines", "how-reason", "how-sheet", "how-sort", "how-save")
_FIELD_WIDTHS = {"select": 27.0, "checkbox": 20.0, "date": 30.0, "text": 50.0, "textarea": 60.0}
_SECTION_WIDTH = 34.0
_BESIDE_WIDTH = 36.0
_GO_WIDTH = 17.0
_MOST_ROWS_ON_COVER = 5
_MOST_NOTES_ABOVE = 3


@dataclass(slots=True)
class _List:
    """Tables with the same heads on their way to one sheet."""

    title: str
    tables: list[tuple[str, tuple[str, ...], Table]] = field(default_factory=list)
    notes: list[tuple[str, Block]] = field(default_factory=list)


def plan(document: Document, words: Mapping[str, str], single_sheet: bool = False) -> tuple[Sheet, ...]:
    """The sheets of the document, the cover first. With `single_sheet`, all lists to fill that share their heads are one."""
    front, chapters = _chapters(document.blocks)
    lists: list[_List] = []
    on_cover: list[Block] = []
    for heading, blocks in chapters:
        if any(isinstance(block, Table) and _is_list(block) for block in blocks):
            on_cover += _gather(heading, blocks, lists, single_sheet)
        else:
            on_cover += [heading, *blocks]
    names = Names()
    cover = names.make(words["cover"])
    sheets = [_sheet(each, names, words) for each in lists]
    return (_cover(document, cover, front, on_cover, [heading for heading, _ in chapters], words), *sheets)


def _chapters(blocks: Sequence[Block]) -> tuple[list[Block], list[tuple[Heading, list[Block]]]]:
    front: list[Block] = []
    chapters: list[tuple[Heading, list[Block]]] = []
    for block in blocks:
        if isinstance(block, Heading) and block.level == 1:
            chapters.append((block, []))
        else:
            (chapters[-1][1] if chapters else front).append(block)
    return front, chapters


def _is_list(table: Table) -> bool:
    """Whether the table is a list of its own, not a few facts that stand well on the cover."""
    cells = [cell.inlines for row in table.rows for cell in row.cells]
    crowded = any(fields_in(inlines) and (len(fields_in(inlines)) > 1 or plain(words_in(inlines)).strip()) for inlines in cells)
    large = len(table.rows) > _MOST_ROWS_ON_COVER or any(row.id for row in table.rows) or any(map(fields_in, cells))
    return crowded or len(table.widths) > len(COVER_WIDTHS) or (table.style == "grid" and large)


def _cover(document: Document, name: str, front: Sequence[Block], rest: Sequence[Block], headings: Sequence[Heading], words: Mapping[str, str]) -> Sheet:
    count = len(COVER_WIDTHS)
    title = next((block.title for block in front if isinstance(block, Contents) and block.title), words["contents"])
    lines = [spread(document.title, "title", count, (COVER,))]
    lines += [line for block in front for line in flow(block, count)]
    lines += [spread(words["how"], "chapter", count), *(spread(words[key], "text", count) for key in _HOW)]
    if headings:
        lines += [spread(title, "chapter", count), *(Line((Box(0, (Link(f"#{heading.id}", title_of(heading.inlines)),), "link", count),)) for heading in headings)]
    lines += [line for block in rest for line in flow(block, count)]
    return Sheet(name, document.title, tuple(marks.key(column) for column in range(count)), COVER_WIDTHS, tuple(lines))


# --- lists ------------------------------------------------------------------------------------------------------------


def _gather(heading: Heading, blocks: Sequence[Block], lists: list[_List], single: bool) -> list[Block]:
    """Adds the chapter's tables to the lists; returns what stands on the cover."""
    chapter = title_of(heading.inlines)
    cover: list[Block] = []
    sections: dict[int, str] = {}
    ids: list[str] = [heading.id]
    notes: list[tuple[str, Block]] = []
    own: list[_List] = []
    used = lists[-1:]
    for block in blocks:
        section = " – ".join(sections[level] for level in sorted(sections))
        match block:
            case Heading(level, inlines, name):
                sections = {each: text for each, text in sections.items() if each < level} | {level: title_of(inlines)}
                ids.append(name)
            case Table() if _is_list(block):
                shared = single and _has_fields(block)
                found = _home(block, lists if shared else own)
                if found is None:
                    found = _List(_list_title(block, chapter, bool(own), shared))
                    own.append(found)
                    lists.append(found)
                found.tables.append((" – ".join(filter(None, [chapter if shared else "", section])), tuple(ids), block))
                found.notes += notes
                notes, ids, used = [], [], [found]
            case Table():
                cover.append(block)
            case Paragraph() | Bullets() | Contents():
                notes.append((section, block))
            case _:
                assert_never(block)
    used[0].notes += notes
    return [heading, *cover] if cover else []


def _home(table: Table, lists: Sequence[_List]) -> _List | None:
    """The list that the table continues: the last one with the same heads and widths."""
    heads = [plain(cell.inlines) for cell in table.head]
    for each in reversed(lists):
        last = each.tables[-1][2]
        if heads and last.widths == table.widths and [plain(cell.inlines) for cell in last.head] == heads and _has_fields(last) == _has_fields(table):
            return each
    return None


def _list_title(table: Table, chapter: str, further: bool, shared: bool) -> str:
    if shared and table.head:
        return title_of(table.head[0].inlines) or chapter
    caption = re.sub(r"\s*\([^)]*\)$", "", title_of(table.caption))
    return caption if further and caption else chapter


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of a list: the words of the document's column `source`, its n-th field, or where its links lead."""

    source: int
    holds: Literal["words", "field", "go", "section"]
    width: float
    head: Inlines
    place: int = 0
    alone: bool = False

    @property
    def key(self) -> str:
        match self.holds:
            case "section":
                return marks.SECTION
            case "go":
                return f"{marks.GO}{marks.key(self.source)}"
            case _:
                return marks.key(self.source, 0 if self.alone else self.place)


def _columns(tables: Sequence[Table], words: Mapping[str, str]) -> list[_Column]:
    """The columns of the tables. Words beside a lone field, and links among other words, get a column of their own."""
    first = tables[0]
    columns: list[_Column] = []
    for source, width in enumerate(first.widths):
        cells = [row.cells[source].inlines for table in tables for row in table.rows]
        head = first.head[source].inlines if first.head else ()
        filled = [fields for inlines in cells if (fields := fields_in(inlines))]
        most = max(map(len, filled), default=0)
        mixed = not most or any(plain(words_in(inlines)).strip() for inlines in cells)
        if mixed and most != 1:
            columns.append(_Column(source, "words", width, head))
        for place in range(most):
            there = [fields[place] for fields in filled if len(fields) > place]
            titles = dict.fromkeys(each.title.rpartition(": ")[0] or each.title for each in there)
            room = max(width if most == 1 else 0, *(_FIELD_WIDTHS[each.kind] for each in there))
            columns.append(_Column(source, "field", room, head if most == 1 else (Text(" / ".join(titles)),), place + 1, most == 1 and not mixed))
        if mixed and most == 1:
            columns.append(_Column(source, "words", max(width, _BESIDE_WIDTH), (Text(words["beside"]),)))
        if any(_links(inlines) and not _is_link(inlines) for inlines in cells):
            columns.append(_Column(source, "go", _GO_WIDTH, (Text(words["go"]),)))
    return columns


def _links(inlines: Inlines) -> tuple[Link, ...]:
    return tuple(inline for inline in inlines if isinstance(inline, Link))


def _is_link(inlines: Inlines) -> bool:
    """Whether the cell is one link and nothing else: only then it can be the link itself, in every program."""
    return len(_links(inlines)) == 1 and plain(inlines).strip() == _links(inlines)[0].text.strip()


def _sheet(each: _List, names: Names, words: Mapping[str, str]) -> Sheet:
    columns = _columns([table for _, _, table in each.tables], words)
    if len({section for section, _, _ in each.tables}) > 1:
        columns.insert(1, _Column(-1, "section", _SECTION_WIDTH, (Text(words["section"]),)))
    count = len(columns)
    notes = _notes(each, count)
    lines = [spread(each.title, "title", count, each.tables[0][1][:1]), Line((Box(0, (Link(f"#{COVER}", words["back"]),), "link"),)), *notes[:_MOST_NOTES_ABOVE]]
    head = -1
    if any(plain(column.head) for column in columns):
        head = len(lines)
        lines.append(Line(tuple(Box(index, column.head, "head") for index, column in enumerate(columns))))
    for section, ids, table in each.tables:
        for number, row in enumerate(table.rows):
            lines.append(_list_line(row, columns, section, () if number else ids, words["open"]))
    keys, widths = tuple(column.key for column in columns), tuple(column.width for column in columns)
    return Sheet(names.make(each.title), each.title, keys, widths, (*lines, *notes[_MOST_NOTES_ABOVE:]), head, len(lines))


def _notes(each: _List, count: int) -> list[Line]:
    """The captions and paragraphs of the list; a paragraph that several sections repeat stands once."""
    said: dict[str, list[str]] = {}
    blocks: dict[str, Block] = {}
    for section, block in each.notes:
        said.setdefault(repr(block), []).append(section)
        blocks.setdefault(repr(block), block)
    sections = list(dict.fromkeys(section for section, _, _ in each.tables))
    alone = sections[0] if len(sections) == 1 and sections[0] != each.title else ""
    captions = [caption for _, _, table in each.tables if (caption := title_of(table.caption)) and caption != each.title]
    lines = [spread(alone, "section", count)] if alone else []
    lines += [spread(caption, "strong", count) for caption in dict.fromkeys(captions)]
    for text, block in blocks.items():
        named = list(filter(None, said[text]))
        lines += flow(block, count, (Text(f"{', '.join(named)}: ", "strong"),) if named and len(named) < len(each.tables) else ())
    return lines


def _list_line(row: Row, columns: Sequence[_Column], section: str, ids: Iterable[str], opens: str) -> Line:
    boxes = []
    for index, column in enumerate(columns):
        if column.holds == "section":
            boxes.append(Box(index, (Text(section),), "cell"))
            continue
        cell = row.cells[column.source]
        fields = fields_in(cell.inlines)
        if column.holds == "go":
            link = next((each for each in _links(cell.inlines) if not _is_link(cell.inlines)), None)
            short = link and (link.text if link.href.startswith("#") else opens)
            boxes.append(Box(index, (Link(link.href, short),) if link and short else (), "cell"))
        elif column.holds == "field" and len(fields) >= column.place:
            boxes.append(Box(index, (fields[column.place - 1],), "field"))
        else:
            words = words_in(cell.inlines) if column.holds == "words" or column.alone else ()
            boxes.append(Box(index, words, "row-head" if cell.header else "cell"))
    return Line(tuple(boxes), (*ids, *([row.id] if row.id else [])))


def _has_fields(table: Table) -> bool:
    return any(fields_in(cell.inlines) for row in table.rows for cell in row.cells)
