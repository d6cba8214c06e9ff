"""The small shapes of SpreadsheetML, read from its XML: texts, styles, comments, properties, the names of cells."""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

_ESCAPED = re.compile(r"(?:_x[0-9A-Fa-f]{4}_)+")
# ECMA-376, part 1, section 18.8.30: the formats that have a number only.
_BUILT_IN: dict[int, tuple[Literal["", "date", "moment", "time", "span", "percent"], int]] = {
    **dict.fromkeys((*range(14, 18), *range(27, 37), *range(50, 59)), ("date", 0)),
    **dict.fromkeys((*range(18, 22), 45, 47), ("time", 0)),
    **dict.fromkeys((2, 4, 39, 40), ("", 2)),
    9: ("percent", 0),
    10: ("percent", 2),
    22: ("moment", 0),
    46: ("span", 0),
}
_NO_CODE = re.compile(r'"[^"]*"?|\\.|\[[^\]]*\]?|_.|\*.')  # what is never closed counts to the end, or the search would go on from each start
_LONGEST_CODE = 255


@dataclass(frozen=True, slots=True)
class Note:
    """A comment on a cell."""

    row: int
    column: int
    text: str
    author: str
    date: str = ""
    reply: bool = False


def unescaped(text: str) -> str:
    """The text with what Excel writes as _xHHHH_ as characters again.

    >>> unescaped("a_x0001_b _x005F_x0041_ _xD83D__xDE00_")
    'a\\x01b _x0041_ 😀'
    """

    def characters(found: re.Match[str]) -> str:
        codes = [int(code, 16) for code in re.findall(r"_x([0-9A-Fa-f]{4})_", found[0])]
        return b"".join(code.to_bytes(2, "little") for code in codes).decode("utf-16-le", "surrogatepass")

    try:
        return _ESCAPED.sub(characters, text)
    except UnicodeDecodeError:  # half a character: left as it is written
        return text


def local(tag: str) -> str:
    """The name of an element without its namespace."""
    return tag.rpartition("}")[2]


def every(root: Any, name: str) -> Iterator[Any]:
    """All elements below with this local name."""
    yield from root.iter(f"{{*}}{name}")


def joined(element: Any, name: str) -> str:
    """The text of all elements below with this local name."""
    return "".join("".join(each.itertext()) for each in every(element, name))


def words(element: Any) -> str:
    """The words of a shared or inline string: its runs joined, without the reading aids of Japanese."""
    runs = (each for child in element for each in (child,) if local(child.tag) in ("t", "r"))
    return unescaped("".join("".join(run.itertext()) if local(run.tag) == "t" else joined(run, "t") for run in runs))


def struck(element: Any, style: bool) -> str:
    """The words of a shared or inline string that are struck through; those of runs without a look of their own where the cell's `style` strikes them."""
    found = []
    for child in (each for each in element if local(each.tag) in ("t", "r")):
        looks = [each for each in child if local(each.tag) == "rPr"]
        if any(_strikes(look) for look in looks) or (style and not looks):
            found.append("".join(child.itertext()) if local(child.tag) == "t" else joined(child, "t"))
    return unescaped("".join(found))


def strings(root: Any) -> list[Any]:
    """The shared strings, as elements: their words and which of them are struck through."""
    return [each for each in root if local(each.tag) == "si"]


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell style shows what stands in the cell: a number as `kind`, with so many decimals at least; words struck through."""

    kind: Literal["", "date", "moment", "time", "span", "percent"] = ""
    decimals: int = 0
    strikes: bool = False


def looks(root: Any) -> list[Look]:
    """The look of each cell style."""
    codes = {int(each.get("numFmtId")): each.get("formatCode", "")[:_LONGEST_CODE] for each in every(root, "numFmt")}
    fonts = [_strikes(font) for block in root if local(block.tag) == "fonts" for font in block]
    found = []
    for style in (style for block in root if local(block.tag) == "cellXfs" for style in block):
        number, font = int(style.get("numFmtId", "0")), int(style.get("fontId", "0"))
        strikes = font < len(fonts) and fonts[font]
        found.append(Look(*(_told(codes[number]) if number in codes else _BUILT_IN.get(number, ("", 0))), strikes))
    return found


def _told(code: str) -> tuple[Literal["", "date", "moment", "time", "span", "percent"], int]:
    """What a format code makes of a number, and its decimals; the part for positive numbers counts."""
    part = code.partition(";")[0].lower()
    if re.search(r"\[(?:h+|m+|s+)\]", part):
        return "span", 0
    plain = _NO_CODE.sub("", part)
    if "general" in plain or not re.search(r"[ymdhs]", plain):
        decimals = re.search(r"\.(0+)(?!.*e)", plain)
        return ("percent" if "%" in plain else ""), len(decimals[1]) if decimals else 0
    by_clock = re.search(r"[hs]", plain)
    by_day = re.search(r"[yd]", plain) or not by_clock
    return ("moment" if by_day and by_clock else "date" if by_day else "time"), 0


def _strikes(look: Any) -> bool:
    return any(each.get("val", "1") not in ("0", "false") for each in look if local(each.tag) == "strike")


def people(root: Any) -> dict[str, str]:
    """The authors of threaded comments by their id."""
    return {each.get("id", ""): each.get("displayName", "") for each in every(root, "person")}


def comments(root: Any) -> list[Note]:
    """The comments of a sheet, without the name of the author that Excel writes before them."""
    authors = ["".join(each.itertext()) for each in every(root, "author")]
    found = []
    for each in every(root, "comment"):
        number = int(each.get("authorId", "0"))
        author = authors[number] if number < len(authors) else ""
        text = unescaped(joined(each, "t")).replace("\r\n", "\n").replace("\r", "\n")
        if author and text.startswith(f"{author}:"):
            text = text.removeprefix(f"{author}:").lstrip("\n")
        found.append(Note(*split(each.get("ref", "")), text, author))
    return found


def shapes(root: Any) -> list[Note]:
    """The words in text boxes and other shapes of a sheet, a line for each paragraph; each shape once, which Excel writes a second time for older programs."""
    found = []
    for anchor in root:
        numbers = {local(each.tag): int(each.text or 0) + 1 for corner in anchor if local(corner.tag) == "from" for each in corner if local(each.tag) in ("row", "col")}
        for body in every(anchor, "txBody"):
            text = "\n".join(joined(paragraph, "t") for paragraph in every(body, "p")).strip()
            found += [Note(numbers.get("row", 0), numbers.get("col", 0), text, "")] if text else []
    return list(dict.fromkeys(found))


def pictures(root: Any) -> list[tuple[int, int, str]]:
    """Pictures, charts and embedded objects in the drawing of a sheet: row and column of the upper left corner, and the words about them (0 where they float)."""
    found = []
    for anchor in root:
        numbers = {local(each.tag): int(each.text or 0) + 1 for corner in anchor if local(corner.tag) == "from" for each in corner if local(each.tag) in ("row", "col")}
        if any(local(each.tag) in ("pic", "graphicFrame", "contentPart") for each in anchor.iter()):
            texts = dict.fromkeys(one for each in every(anchor, "cNvPr") if (one := each.get("descr", "") or each.get("title", "")))
            found.append((numbers.get("row", 0), numbers.get("col", 0), "; ".join(texts)))
    return found


def properties(root: Any) -> dict[str, str]:
    """The custom properties by name."""
    return {each.get("name", ""): unescaped("".join(each.itertext())) for each in every(root, "property")}


def split(name: str) -> tuple[int, int]:
    """Row and column of a cell's name."""
    found = re.fullmatch(r"\$?([A-Z]{1,3})\$?(\d{1,7})", name)
    if found is None:
        raise ValueError(f'"{name}" is no cell')
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column
