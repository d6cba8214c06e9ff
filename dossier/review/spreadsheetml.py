"""The small shapes of SpreadsheetML, read from its XML: texts, styles, comments, properties, the names of cells."""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_ESCAPED = re.compile(r"(?:_x[0-9A-Fa-f]{4}_)+")
_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
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


def strings(root: Any) -> list[str]:
    """The shared strings."""
    return [words(each) for each in root if local(each.tag) == "si"]


def formats(root: Any) -> list[str]:
    """What each cell style shows a number as."""
    codes = {int(each.get("numFmtId")): _NO_CODE.sub("", each.get("formatCode", "")[:_LONGEST_CODE]).lower() for each in every(root, "numFmt")}
    found = []
    for styles in (each for each in root if local(each.tag) == "cellXfs"):
        for style in styles:
            number = int(style.get("numFmtId", "0"))
            code = codes.get(number, "")
            is_date = number in _DATES if number not in codes else bool(re.search(r"[ymdhs]", code)) and "general" not in code
            found.append("date" if is_date else "percent" if number in (9, 10) or "%" in code else "")
    return found


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
