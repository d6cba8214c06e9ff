"""The frame of a Word document: everything but its body, taken once from a style file and kept ready to zip.

python-docx opens the style file, and only here; the frame then serves every document of that orientation and language.
"""
from __future__ import annotations

import copy
import io
import re
import struct
import uuid
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dossier.errors import DossierError, Problem
from dossier.render import word_fonts
from dossier.render.fonts import Face
from dossier.render.wordml import RECORD_NAMESPACE, SCHEMAS

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

MARKS = ("number", "revision", "title", "mark", "product", "page", "of")
_MARK = re.compile(rf"\{{({'|'.join(MARKS)})\}}")
RECORD_PART = "customXml/item1.xml"
_RECORD_ID = f"{{{uuid.uuid5(uuid.NAMESPACE_URL, RECORD_NAMESPACE)}}}".upper()
LONGEST_LINE = 185.0
_PROSE = ("Body Text", "Lead", "Note", "Warning", "Small", "List Bullet")
_KEPT = ("styles", "settings", "webSettings", "fontTable", "theme", "numbering", "footnotes", "endnotes")


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the package, deflated."""

    name: str
    data: bytes
    crc: int
    size: int


@dataclass(frozen=True, slots=True)
class Frame:
    """The parts of the package in order, and what the body's writer must know of them.

    `styles` leads from a style's name in lower case to its id (Word translates ids, never the names of its own
    styles). `running` holds headers and footers cut at their marks: text, mark, text, mark, text.
    """

    parts: Mapping[str, Part]
    styles: Mapping[str, str]
    running: Mapping[str, tuple[str, ...]]
    section: str
    usable: float
    check_font: str
    document_part: str
    relations_part: str
    relations: str
    styles_part: str
    styles_xml: str
    core_part: str
    fonts: tuple[Face, ...] = ()


def frame(style: Path, landscape: bool, language: str, with_record: bool, needed: frozenset[tuple[str, str]], fonts: tuple[Face, ...] = ()) -> Frame:
    """The frame made from `style`; `needed` are the (type, name) of the styles it must have, `fonts` are embedded in it.

    Raises DossierError naming each missing style, or why the file cannot be read.
    """
    try:
        changed = style.stat().st_mtime_ns
    except OSError:
        raise DossierError(Problem(str(style), 0, 0, "the Word style file is not there.", "Give the path of a .docx file.")) from None
    return _frame(style, changed, landscape, language, with_record, needed, fonts)


@lru_cache(maxsize=16)
def _frame(style: Path, changed: int, landscape: bool, language: str, with_record: bool, needed: frozenset[tuple[str, str]], fonts: tuple[Face, ...]) -> Frame:
    word = _opened(style)
    styles = _style_ids(word, style, needed)
    section, usable = _section(word, style, landscape)
    _limit_lines(word, usable)
    _prune(word, section)
    running = _running(word)
    _set_language(word, language)
    if with_record:
        _add_record(word)
    if fonts:
        word_fonts.embed(word, fonts)
    core = _core_part(word)
    sheet = _file(_related(word, "styles")[0])
    relations = str(word.part.partname.rels_uri).lstrip("/")
    font = _body_font(word)
    raw = _saved(word)
    return Frame(
        {name: packed(name, data) for name, data in raw.items()},
        styles,
        {name: tuple(_MARK.split(raw[name].decode())) for name in running},
        section, usable, font, _file(word.part), relations, raw[relations].decode(), sheet, raw[sheet].decode(), core, fonts,
    )  # fmt: skip


# --- reading the style file -------------------------------------------------------------------------------------------


def _opened(style: Path) -> WordDocument:
    import zipfile

    import docx
    from docx.opc.exceptions import OpcError

    try:
        return docx.Document(str(style))
    except (OpcError, ValueError, KeyError, SyntaxError, zipfile.BadZipFile) as error:
        raise DossierError(Problem(str(style), 0, 0, f"is not a Word document that can be used for styles: {error}.", "Save it in Word as .docx, without macros and without a password.")) from None


def _style_ids(word: WordDocument, style: Path, needed: frozenset[tuple[str, str]]) -> dict[str, str]:
    from docx.oxml.ns import qn

    ids: dict[str, str] = {}
    kinds: set[tuple[str, str]] = set()
    for element in word.styles.element.iterchildren(qn("w:style")):
        name = element.name_val.lower() if element.name_val else ""
        ids[name] = element.get(qn("w:styleId"))
        kinds.add((element.get(qn("w:type")), name))
    missing = [f'the {kind} style "{name}" is missing.' for kind, name in sorted(needed) if (kind, name.lower()) not in kinds]
    if missing:
        hint = 'Add it in Word, or start again from the style.docx that "dossier templates eject" writes.'
        raise DossierError(Problem(str(style), 0, 0, message, hint) for message in missing)
    return ids


def _section(word: WordDocument, style: Path, landscape: bool) -> tuple[str, float]:
    """The page set-up of the first section of that orientation, with the headers it inherits, and the usable width.

    Where there is none of that orientation, the last section turned.
    """
    from docx.oxml.ns import qn
    from lxml import etree

    inherited: dict[tuple[str, str], Any] = {}
    sections = [section._sectPr for section in word.sections if section.page_width and section.page_height]
    if not sections:
        raise DossierError(Problem(str(style), 0, 0, "has no page set-up.", "Open it in Word and save it again."))
    for found in sections:
        for name in ("w:headerReference", "w:footerReference"):
            inherited |= {(name, reference.get(qn("w:type"))): reference for reference in found.findall(qn(name))}
        size = found.find(qn("w:pgSz"))
        width, height = int(size.get(qn("w:w"))), int(size.get(qn("w:h")))
        if (width > height) == landscape:
            break
    else:
        width, height = height, width
        _turn(size, width, height)
    made = etree.Element(qn("w:sectPr"), nsmap={key: found.nsmap[key] for key in ("w", "r")})
    kept = [child for child in found if child.tag.startswith(qn("w:")) and not child.tag.endswith(("Reference", "Change"))]
    made.extend(copy.deepcopy(child) for child in (*(inherited[key] for key in sorted(inherited, reverse=True)), *kept))
    margins = made.find(qn("w:pgMar"))
    sides = sum(int(margins.get(qn(side), 0)) for side in ("w:left", "w:right")) if margins is not None else 0
    return etree.tostring(made, encoding="unicode"), (width - sides) * 25.4 / 1440


def _turn(size: Any, width: int, height: int) -> None:
    from docx.oxml.ns import qn

    size.set(qn("w:w"), str(width))
    size.set(qn("w:h"), str(height))
    size.attrib.pop(qn("w:orient"), None)
    if width > height:
        size.set(qn("w:orient"), "landscape")


def _limit_lines(word: WordDocument, usable: float) -> None:
    """Keeps running text on a landscape page to a length that can be read, unless its style has a right indent."""
    from docx.shared import Mm

    for name in _PROSE if usable > LONGEST_LINE else ():
        text = word.styles[name].paragraph_format
        if not text.right_indent:
            text.right_indent = Mm(usable - LONGEST_LINE)


def _prune(word: WordDocument, section: str) -> None:
    """Drops what only the specimen used, and whatever could reach out of the file: an attached template."""
    from docx.oxml.ns import qn

    used = set(re.findall(r'r:id="([^"]+)"', section))
    relations = word.part.rels
    for name in [name for name, relation in relations.items() if name not in used and relation.reltype.rsplit("/", 1)[-1] not in _KEPT]:
        del relations[name]
    whole = word.part.package.rels
    for name in [name for name, relation in whole.items() if relation.reltype.endswith("/thumbnail")]:
        del whole[name]
    for settings in _related(word, "settings"):
        for element in settings.element.findall(qn("w:attachedTemplate")):
            settings.rels.pop(element.get(qn("r:id")), None)
            settings.element.remove(element)


def _related(word: WordDocument, *kinds: str) -> list[Any]:
    """The parts that the document points to by one of these kinds of relationship."""
    return [relation.target_part for relation in word.part.rels.values() if not relation.is_external and relation.reltype.rsplit("/", 1)[-1] in kinds]


def _file(part: Any) -> str:
    return str(part.partname).lstrip("/")


def _running(word: WordDocument) -> list[str]:
    """The files of headers and footers, each control with a known tag replaced by its mark, as in {title}.

    The shipped controls show that mark as their text, so that it survives programs that drop the control.
    """
    parts = _related(word, "header", "footer")
    for part in parts:
        _mark(part.element)
    return sorted(_file(part) for part in parts)


def _mark(element: Any) -> None:
    from docx.oxml.ns import qn

    for control in list(element.iter(qn("w:sdt"))):
        tag = control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}")
        texts = list(control.iter(qn("w:t")))
        if tag is None or tag.get(qn("w:val")) not in MARKS or not texts:
            continue
        texts[0].text = f"{{{tag.get(qn('w:val'))}}}"
        for extra in texts[1:]:
            extra.text = ""
        for child in list(control.find(qn("w:sdtContent"))):
            control.addprevious(child)
        control.getparent().remove(control)


def _set_language(word: WordDocument, language: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = word.styles.element
    for name in ("w:docDefaults", "w:rPrDefault", "w:rPr", "w:lang"):
        child = element.find(qn(name))
        if child is None:
            child = OxmlElement(name)
            element.insert(0, child) if name != "w:lang" else element.append(child)
        element = child
    element.set(qn("w:val"), language)
    theme = word.settings.element.find(qn("w:themeFontLang"))
    if theme is not None:
        theme.set(qn("w:val"), language)


def _body_font(word: WordDocument) -> str:
    themes = b"".join(part.blob for part in _related(word, "theme"))
    found = re.search(rb'<a:minorFont>\s*<a:latin typeface="([^"]+)"', themes)
    return found[1].decode() if found else "Source Sans 3"


def _core_part(word: WordDocument) -> str:
    from docx.opc.constants import RELATIONSHIP_TYPE as RT

    word.core_properties  # noqa: B018 - makes the part where the file has none
    return _file(word.part.package.part_related_by(RT.CORE_PROPERTIES))


# --- writing ----------------------------------------------------------------------------------------------------------


def _add_record(word: WordDocument) -> None:
    """A place for the record: customXml/item1.xml with its properties."""
    from docx.opc.constants import RELATIONSHIP_TYPE as RT
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part as WordPart

    about = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="no"?><ds:datastoreItem ds:itemID="{_RECORD_ID}" xmlns:ds="{SCHEMAS}/officeDocument/2006/customXml">'
        f'<ds:schemaRefs><ds:schemaRef ds:uri="{RECORD_NAMESPACE}"/></ds:schemaRefs></ds:datastoreItem>'
    )
    package = word.part.package
    item = WordPart(PackURI(f"/{RECORD_PART}"), "application/xml", b"<dossier/>", package)
    kind = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
    item.relate_to(WordPart(PackURI("/customXml/itemProps1.xml"), kind, about.encode(), package), RT.CUSTOM_XML_PROPS)
    word.part.relate_to(item, RT.CUSTOM_XML)


def _saved(word: WordDocument) -> dict[str, bytes]:
    import zipfile

    buffer = io.BytesIO()
    word.save(buffer)
    with zipfile.ZipFile(buffer) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(name: str, raw: bytes) -> Part:
    """The file deflated."""
    deflater = zlib.compressobj(6, zlib.DEFLATED, -15)
    return Part(name, deflater.compress(raw) + deflater.flush(), zlib.crc32(raw), len(raw))


def zipped(parts: Iterable[Part]) -> bytes:
    """The parts as a zip archive, every entry dated 1980-01-01. By hand, since zipfile takes no deflated data."""
    files: list[bytes] = []
    directory: list[bytes] = []
    offset = 0
    for part in parts:
        name = part.name.encode("ascii")
        about = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x21, part.crc, len(part.data), part.size, len(name), 0)
        files += (b"PK\3\4", about, name, part.data)
        directory += (b"PK\1\2", struct.pack("<H", 20), about, struct.pack("<HHHII", 0, 0, 0, 0, offset), name)
        offset += 30 + len(name) + len(part.data)
    listing = b"".join(directory)
    count = len(directory) // 5
    return b"".join((*files, listing, b"PK\5\6", struct.pack("<HHHHIIH", 0, 0, count, count, len(listing), offset, 0)))
