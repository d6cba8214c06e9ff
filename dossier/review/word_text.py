"""The text of WordprocessingML as it reads with every tracked change accepted: what is shown, and nothing else.

Word keeps a reader's words in many shapes: runs, hyperlinks, smart tags, fields, text boxes, tracked insertions. All of
them are transparent here; deletions, field codes and properties are not there at all.
"""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

_GONE = frozenset(f"{W}{name}" for name in ("del", "moveFrom", "delText", "instrText", "delInstrText"))
_PROPERTIES = frozenset(
    f"{W}{name}"
    for name in ("pPr", "rPr", "tblPr", "trPr", "tcPr", "tblGrid", "sectPr", "sdtPr", "sdtEndPr", "smartTagPr", "customXmlPr", "fldData", "tblPrEx", "ruby", "footnoteReference")
)
_CHARACTERS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "\u2011", f"{W}softHyphen": "\u00ad", f"{W}ptab": "\t"}
TRACKED = frozenset(f"{W}{name}" for name in ("ins", "del", "moveFrom", "moveTo"))
SKIPPED = _GONE | _PROPERTIES


def shown(node: Any) -> Iterator[Any]:
    """The children that are shown: of alternatives the first only, since the others say the same again."""
    for child in node:
        if child.tag == f"{MC}AlternateContent":
            choice = child.find(f"{MC}Choice")
            yield from shown(choice if choice is not None else child.find(f"{MC}Fallback") if child.find(f"{MC}Fallback") is not None else ())
        elif child.tag not in SKIPPED and isinstance(child.tag, str):
            yield child


def character(node: Any) -> str | None:
    """The text that an element stands for by itself; None where only its children have text."""
    if node.tag == f"{W}t":
        return node.text or ""
    if node.tag == f"{W}sym":
        code = int(node.get(f"{W}char", "0"), 16)
        return chr(code - 0xF000 if code >= 0xF000 else code)
    return _CHARACTERS.get(node.tag)


def text_of(node: Any) -> str:
    """All text below, a line feed between paragraphs."""
    pieces: list[str] = []
    _gather(node, pieces)
    return "".join(pieces)


def _gather(node: Any, pieces: list[str]) -> None:
    """Depth first, without recursion over the depth that a file chooses."""
    waiting = [shown(node)]
    while waiting:
        child = next(waiting[-1], None)
        if child is None:
            waiting.pop()
            continue
        own = character(child)
        if own is not None:
            pieces.append(own)
            continue
        if child.tag == f"{W}p" and pieces and any(pieces):
            pieces.append("\n")
        waiting.append(shown(child))


def is_tracked(node: Any) -> bool:
    """Whether something below was inserted, deleted or moved with tracking, and not accepted yet."""
    return next(node.iter(*TRACKED), None) is not None
