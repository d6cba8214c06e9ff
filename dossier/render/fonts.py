"""Which characters the fonts have, the vendored ones and the user's own; what none of them has would come out as a box."""
from __future__ import annotations

import functools
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dossier import resources
from dossier.errors import DossierError, Problem

FACES = ("SourceSans3-Regular.ttf", "SourceSans3-It.ttf", "SourceSans3-SemiBold.ttf")
FOLDER = "fonts"
SUFFIXES = (".ttf", ".otf")
_RESTRICTED = 0x0002  # OS/2 fsType: the font may not be embedded

# Spaces of any width, line ends and invisible marks need no glyph.
_NEED_NO_GLYPH = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})


@dataclass(frozen=True, slots=True)
class Face:
    """One font file of the user's: its family, weight (400 is regular), slant, and the characters it has."""

    path: Path
    family: str
    weight: int
    italic: bool
    characters: frozenset[int] = field(repr=False)


def faces(homes: Iterable[Path]) -> tuple[Face, ...]:
    """The fonts in the `fonts` folders of the user's homes, in the order of the homes and of their names.

    Raises DossierError for every file that cannot be used: broken, variable, or not allowed to be embedded.
    """
    found: list[Face] = []
    problems: list[Problem] = []
    for home in homes:
        for path in sorted((home / FOLDER).glob("*")):
            if path.suffix.lower() in SUFFIXES:
                try:
                    found.append(_face(path, path.stat().st_mtime_ns))
                except DossierError as error:
                    problems += error.problems
    if problems:
        raise DossierError(problems)
    return tuple(found)


@functools.lru_cache(maxsize=64)
def _face(path: Path, changed: int) -> Face:
    from fontTools.ttLib import TTFont, TTLibError  # type: ignore[import-untyped,unused-ignore]

    try:
        with TTFont(io.BytesIO(path.read_bytes()), lazy=True) as font:
            family = font["name"].getDebugName(16) or font["name"].getDebugName(1) or path.stem
            traits, characters = font["OS/2"], frozenset(font.getBestCmap() or ())
            fault = _fault(font, traits)
            italic = bool(traits.fsSelection & 1)
            weight = int(traits.usWeightClass)
    except (TTLibError, OSError, KeyError, AttributeError, ValueError, AssertionError, TypeError) as error:
        raise DossierError(Problem(str(path), 0, 0, f"is not a font that can be used ({error}).", "Give a TrueType or OpenType font (.ttf, .otf), or take the file out of the folder.")) from None
    if fault:
        raise DossierError(Problem(str(path), 0, 0, fault[0], fault[1]))
    return Face(path, re.sub(r'["\\\n]', "", family), weight, italic, characters)


def _fault(font: Any, traits: Any) -> tuple[str, str] | None:
    if traits.fsType & 0xF == _RESTRICTED:
        return "may not be embedded, its maker says (OS/2 fsType).", "Take a font whose licence lets documents carry it, for example one under the SIL Open Font License."
    if "fvar" in font:
        return "is a variable font; documents need one file for each weight.", "Take the static files of the same family."
    return None


def missing_characters(text: str, own: Sequence[Face] = ()) -> tuple[str, ...]:
    """The characters of `text` that neither all vendored faces nor any of the user's own have, sorted, each once."""
    unknown = _strange(text)
    for face in own:
        unknown = {char for char in unknown if ord(char) not in face.characters}
    return tuple(sorted(unknown))


def _strange(text: str) -> set[str]:
    """The characters that need a glyph and that the vendored faces lack."""
    known = _characters()
    return {char for char in set(text) if ord(char) not in known and unicodedata.category(char) not in _NEED_NO_GLYPH}


def needed(text: str, own: Sequence[Face]) -> tuple[Face, ...]:
    """The user's faces that `text` needs: of each family that has a character the vendored ones lack, all faces."""
    strange = _strange(text) if own else set()
    families: dict[str, None] = {}
    for char in sorted(strange):
        families |= dict.fromkeys(face.family for face in [face for face in own if ord(char) in face.characters][:1])
    return tuple(face for face in own if face.family in families)


def parted(text: str, own: Sequence[Face]) -> list[tuple[str, str]]:
    """The text in pieces with the family that each needs; empty for the vendored one.

    A space or a mark between two pieces of one family stays with them.
    """
    known = _characters()
    pieces: list[tuple[str, str]] = []
    for char in text:
        family = "" if ord(char) in known else next((face.family for face in own if ord(char) in face.characters), "")
        if pieces and (family == pieces[-1][1] or (pieces[-1][1] and unicodedata.category(char)[0] in "MC")):
            pieces[-1] = (pieces[-1][0] + char, pieces[-1][1])
        else:
            pieces.append((char, family))
    return pieces


def visible(text: str, own: Sequence[Face] = ()) -> str:
    """The text with what no font has written as its number: what a reviewer typed can be read, and no box is printed.

    >>> visible("bra \\U0001f600")
    'bra [U+1F600]'
    """
    missing = missing_characters(text, own)
    return re.sub(f"[{re.escape(''.join(missing))}]", lambda found: f"[U+{ord(found[0]):04X}]", text) if missing else text


@functools.cache
def _characters() -> frozenset[int]:
    """The code points that all vendored faces have."""
    from fontTools.ttLib import TTFont

    faces = []
    for name in FACES:
        with TTFont(resources.asset(f"fonts/{name}"), lazy=True) as font:
            faces.append(frozenset(font.getBestCmap()))
    return frozenset.intersection(*faces)
