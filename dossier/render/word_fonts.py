"""The user's own fonts embedded in a Word frame: hidden as Word hides them, and named in the font table."""
from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dossier.render.fonts import Face
from dossier.render.wordml import RELATIONS, SCHEMAS, attribute

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

_BOLD = 600  # the weight from which a face counts as the bold one of its family
_KIND = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
_W = f"{SCHEMAS}/wordprocessingml/2006/main"


def embed(word: WordDocument, faces: Sequence[Face]) -> None:
    """Embeds the faces: one w:font for each family, with an embedded file for each of its four styles that is there."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from lxml import etree

    table = _table(word)
    root = etree.fromstring(table.blob)
    for family in dict.fromkeys(face.family for face in faces):
        marks = ""
        for style, face in _styles([face for face in faces if face.family == family]):
            key = uuid.uuid5(uuid.NAMESPACE_URL, f"urn:dossier:font:{face.path.name}:{style}")
            part = Part(PackURI(f"/word/fonts/own{_free(word)}.odttf"), _KIND, hidden(face.path.read_bytes(), key), word.part.package)
            marks += f'<w:embed{style} r:id="{table.relate_to(part, f"{RELATIONS}/font")}" w:fontKey="{{{str(key).upper()}}}"/>'
        font = f'<w:font xmlns:w="{_W}" xmlns:r="{RELATIONS}" w:name="{attribute(family)}"><w:charset w:val="00"/><w:family w:val="auto"/><w:pitch w:val="variable"/>{marks}</w:font>'
        root.append(etree.fromstring(font))
    table._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def hidden(data: bytes, key: uuid.UUID) -> bytes:
    """The font as Word embeds it: its first 32 bytes crossed with the key, read backwards."""
    made, mask = bytearray(data), key.bytes[::-1]
    for index in range(32):
        made[index] ^= mask[index % 16]
    return bytes(made)


def _styles(faces: Sequence[Face]) -> list[tuple[str, Face]]:
    """The faces by the style that Word embeds them as, in the order of the schema; a family without a regular face lends another."""
    found = {("Bold" if face.weight >= _BOLD else "") + ("Italic" if face.italic else "") or "Regular": face for face in reversed(faces)}
    found.setdefault("Regular", faces[0])
    return [(style, found[style]) for style in ("Regular", "Bold", "Italic", "BoldItalic") if style in found]


def _table(word: WordDocument) -> Any:
    return next(relation.target_part for relation in word.part.rels.values() if relation.reltype.endswith("/fontTable"))


def _free(word: WordDocument) -> int:
    return 1 + sum(str(part.partname).startswith("/word/fonts/own") for part in word.part.package.iter_parts())
