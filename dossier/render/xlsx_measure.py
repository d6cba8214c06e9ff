"""How tall a row must be so that no word is cut: Excel does not work it out when it opens a file."""
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# Widths of Arial in thousandths of its size, from the space to the tilde.
_ARIAL = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 "
    "722 667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584"
)
_WIDTHS = {chr(32 + number): int(width) / 1000 for number, width in enumerate(_ARIAL.split())}
_OTHER, _WIDE = 0.6, 1.0
_BOLD = 1.07
_FIXED = 0.6
_SLACK = 1.04  # programs differ a little in where they break a line
_LEADING = 3.25  # points between the size of the letters and the height of a line
POINTS_PER_MM = 72 / 25.4
_HYPHEN = re.compile(r"(?<=[-/])(?=[^\W\d])")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words in one size; `fixed` where all letters are equally wide."""

    text: str
    size: float
    bold: bool = False
    fixed: bool = False


def width(text: str, size: float, bold: bool = False, fixed: bool = False) -> float:
    """The width of the text on one line, in points."""
    units = _FIXED * len(text) if fixed else sum(_WIDTHS.get(char) or (_OTHER if char < "\u2e80" else _WIDE) for char in text)
    return units * size * _SLACK * (_BOLD if bold else 1)


def height(pieces: Iterable[Piece], room: float) -> float:
    """The height of the pieces, one after the other, wrapped to `room` points."""
    total = 0.0
    used = tallest = 0.0
    for piece in pieces:
        line = piece.size + _LEADING
        for number, part in enumerate(piece.text.split("\n")):
            if number:
                total, used, tallest = total + (tallest or line), 0.0, 0.0
            tallest = max(tallest, line)
            for word, glued in _words(part):
                wide = width(word, piece.size, piece.bold, piece.fixed)
                blank = width(" ", piece.size, fixed=piece.fixed) if used and not glued else 0.0
                if used and used + blank + wide > room:
                    total, used, tallest, blank = total + tallest, 0.0, line, 0.0
                while wide > room:  # a word longer than the line breaks inside
                    total, wide = total + line, wide - room
                used += blank + wide
    return total + tallest


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """Where the text may break: at spaces, and after a hyphen before a letter; and whether a part is glued to the one before."""
    for word in text.split(" "):
        for number, part in enumerate(_HYPHEN.split(word)):
            yield part, bool(number)
