"""What of each font goes into a PDF: its subset, and the letters behind its glyphs. Two corrections to WeasyPrint 70.

Subsets: without libharfbuzz-subset the whole font goes to fontTools, which reads the kerning and ligature tables only to
throw them away (half of the time of a checklist, most of a letter's); with the library the bytes depend on its version.
Here the tables go first, on every machine, and the font keeps its own time stamp.

Letters: a glyph is given the character that used it first. Our fonts draw "-", U+2010 and U+2011 with one glyph, space and
no-break space with another: one hyphenated line, and no document number is found by searching for it.
"""
from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

_SEARCHED_FOR = {"\u00ad": "-", "\u2010": "-", "\u2011": "-", "\u00a0": " "}

# Needed to lay text out, not to draw it.
_LAYOUT_TABLES = ("BASE", "DSIG", "GDEF", "GPOS", "GSUB", "JSTF", "STAT", "SVG ", "kern")


def install() -> None:
    """Makes WeasyPrint work so; calling it again changes nothing."""
    from weasyprint.pdf.fonts import Font  # type: ignore[import-untyped,unused-ignore]

    if not hasattr(Font.subset, "original"):
        Font.subset = _subsetting(Font.subset)
        Font.__init__ = _searchable(Font.__init__)


class _Letters(dict[int, str]):
    """Glyph -> characters, in the spelling that a reader types."""

    def __setitem__(self, glyph: int, characters: str) -> None:
        super().__setitem__(glyph, _SEARCHED_FOR.get(characters, characters))


def _searchable(original: Callable[..., None]) -> Callable[..., None]:
    def made(font: Any, *arguments: Any) -> None:
        original(font, *arguments)
        font.to_unicode = _Letters(font.to_unicode)

    return made


def _subsetting(original: Callable[[Any, dict[int, str], bool], None]) -> Callable[[Any, dict[int, str], bool], None]:
    def subsetted(font: Any, to_unicode: dict[int, str], hinting: bool) -> None:
        from fontTools.ttLib import TTLibError  # type: ignore[import-untyped,unused-ignore]

        if not to_unicode:
            return
        try:
            font.file_content = subset(font.file_content, font.index, set(to_unicode), hinting, bool(font.missing))
        except TTLibError:
            original(font, to_unicode, hinting)

    subsetted.original = original  # type: ignore[attr-defined]
    return subsetted


def subset(content: bytes, index: int, glyphs: set[int], hinting: bool = False, outline_of_missing: bool = False) -> bytes:
    """The font with the outlines of `glyphs` only; glyph numbers stay. Raises TTLibError for a broken font."""
    from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped,unused-ignore]
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped,unused-ignore]

    options = Options(retain_gids=True, passthrough_tables=True, ignore_missing_glyphs=True, hinting=hinting, notdef_outline=outline_of_missing)
    subsetter = Subsetter(options)
    subsetter.populate(gids=glyphs)
    made = io.BytesIO()
    with TTFont(io.BytesIO(content), fontNumber=index, lazy=True, recalcTimestamp=False) as font:
        for tag in _LAYOUT_TABLES:
            if tag in font:
                del font[tag]
        subsetter.subset(font)
        font.save(made)
    return made.getvalue()
