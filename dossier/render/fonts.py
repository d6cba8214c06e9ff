"""Which characters the vendored fonts have; a character in none of them would come out in a stranger's face, or as a box."""
from __future__ import annotations

import functools
import unicodedata

from dossier import resources

FACES = ("SourceSans3-Regular.ttf", "SourceSans3-It.ttf", "SourceSans3-SemiBold.ttf")

# Spaces of any width, line ends and invisible marks need no glyph.
_NEED_NO_GLYPH = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})


def missing_characters(text: str) -> tuple[str, ...]:
    """The characters of `text` that one of the vendored faces lacks, sorted, each once."""
    unknown = {char for char in set(text) if ord(char) not in _characters()}
    return tuple(sorted(char for char in unknown if unicodedata.category(char) not in _NEED_NO_GLYPH))


@functools.cache
def _characters() -> frozenset[int]:
    """The code points that all faces have."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped,unused-ignore]

    faces = []
    for name in FACES:
        with TTFont(resources.asset(f"fonts/{name}"), lazy=True) as font:
            faces.append(frozenset(font.getBestCmap()))
    return frozenset.intersection(*faces)
