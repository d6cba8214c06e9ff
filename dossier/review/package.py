"""A filled office file opened under guard: what it is, and its parts, within bounds, before anything is parsed."""
from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Any, Literal

from dossier.errors import DossierError
from dossier.review.reading import refuse

Kind = Literal["docx", "xlsx"]

MOST_PARTS = 2_000
MOST_BYTES = 50_000_000  # of all parts unpacked
MOST_RATIO = 100  # of one part unpacked to packed
SMALL = 1_000_000  # a part up to this size may be packed as tightly as it likes
AGAIN = "Ask for the reviewer's file again."
FORM_DATA = ("holds the answers of a PDF form without the form (FDF or XFDF), so that notes and marks are missing.", "Ask for the PDF itself, saved from the form and not exported.")

# Of the other ways of packing, zipfile unpacks as much in one step as a file asks for; the bounds below would come too late.
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAIN = {
    "docx": ("wordprocessingml.document.main+xml", "word/"),
    "xlsx": ("spreadsheetml.sheet.main+xml", "xl/"),
}
# What the content type of the main part says of files that are close relatives.
_RELATIVES = {
    "ms-word.document.macroEnabled.main+xml": ("is a Word document with macros (.docm).", "Open it in Word and save it as a Word document (.docx), without macros."),
    "ms-word.template": ("is a Word template with macros (.dotm).", "Open it in Word and save it as a Word document (.docx)."),
    "wordprocessingml.template.main+xml": ("is a Word template (.dotx).", "Open it in Word and save it as a Word document (.docx)."),
    "ms-excel.sheet.macroEnabled": ("is an Excel workbook with macros (.xlsm).", "Open it in Excel and save it as an Excel workbook (.xlsx), without macros."),
    "ms-excel.sheet.binary": ("is a binary Excel workbook (.xlsb).", "Open it in Excel and save it as an Excel workbook (.xlsx)."),
    "ms-excel.template": ("is an Excel template.", "Open it in Excel and save it as an Excel workbook (.xlsx)."),
    "spreadsheetml.template": ("is an Excel template.", "Open it in Excel and save it as an Excel workbook (.xlsx)."),
    "presentationml": ("is a PowerPoint file, not a filled document.", AGAIN),
}
_STRICT = b"http://purl.oclc.org/ooxml/"


@dataclass(frozen=True)
class Package:
    """An office file whose parts may be read. `kind` says which reader it is for."""

    name: str
    kind: Kind
    _archive: zipfile.ZipFile = field(repr=False)
    _room: list[int] = field(repr=False)
    _read: dict[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all parts, in the order of the file."""
        return tuple(name for name in self._archive.namelist() if not name.endswith("/"))

    @property
    def parts(self) -> dict[str, bytes]:
        """All parts by name. Raises DossierError where one is damaged, or all together are larger than they may be."""
        return {part: self.read(part) for part in self.names}

    def read(self, part: str) -> bytes:
        """The bytes of a part. Raises DossierError for one that is not there, damaged, or larger than it may be."""
        if part not in self._read:
            self._read[part] = _unpacked(self.name, self._archive, part, self._room)
        return self._read[part]

    def xml(self, part: str) -> Any:
        """The part as an lxml element, parsed without DTD, entities and network. Raises DossierError where it cannot."""
        return parsed(self.name, part, self.read(part))

    def relations(self, source: str) -> dict[str, tuple[str, str]]:
        """The relations of the part `source` (empty: of the package) by id: kind, and the part or address to which each leads."""
        folder, file = posixpath.split(source)
        part = posixpath.join(folder, "_rels", f"{file}.rels")
        if part not in self.names:
            return {}
        found = {}
        for relation in self.xml(part):
            target = relation.get("Target", "")
            if relation.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join(folder, target)).lstrip("/")
            found[relation.get("Id", "")] = (relation.get("Type", "").rpartition("/")[2], target)
        return found

    def related(self, source: str, kind: str) -> tuple[str, ...]:
        """The parts to which `source` leads by relations of this kind: names of parts are free, relations are not."""
        return tuple(dict.fromkeys(part for found, part in self.relations(source).values() if found == kind and part in self.names))


def open_package(name: str, content: bytes) -> Package:
    """The office file `content`, called `name` in messages. Raises DossierError with one sentence for anything else."""
    if not content.startswith(b"PK"):
        raise _no_archive(name, content)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, RuntimeError, UnicodeDecodeError, OverflowError) as error:
        raise refuse(name, f"is damaged or was cut off on its way ({error}).", AGAIN) from None
    _bounds(name, archive, len(content))
    names = set(archive.namelist())
    room = [MOST_BYTES]
    if "mimetype" in names and (relative := _open_document(name, _unpacked(name, archive, "mimetype", room))) is not None:
        raise relative
    if "[Content_Types].xml" not in names:
        raise refuse(name, "is a zip archive, but no Word or Excel file.", AGAIN)
    return Package(name, _kind(name, names, _unpacked(name, archive, "[Content_Types].xml", room)), archive, room)


def parsed(name: str, part: str, content: bytes) -> Any:
    """The XML of a part, or DossierError: XML with a document type is refused, so that no entity is ever looked at."""
    from lxml import etree

    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise refuse(name, f"carries a document type or an unusual encoding in {part}, which no office program writes; it may be harmful.", "Do not open it. Ask the reviewer where the file comes from.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise refuse(name, f"is damaged: {part} cannot be read ({error}).", AGAIN) from None


# --- what it is -------------------------------------------------------------------------------------------------------


def _no_archive(name: str, content: bytes) -> DossierError:
    start = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not content:
        return refuse(name, "is empty.", AGAIN)
    if content.startswith(_OLE):
        return _ole(name, content)
    if b"%PDF-" in content[:1024]:
        return refuse(name, "is a PDF.", "Give the Word file, or the PDF whose form fields were filled in.")
    if start.startswith(b"%FDF-"):
        return refuse(name, *FORM_DATA)
    if start.startswith(b"{\\rtf"):
        return refuse(name, "is a Rich Text file (.rtf), which drops the keys of the fields.", "Ask for the file as .docx, filled in Word or LibreOffice 7.5 or later.")
    if start[:1] == b"<":
        return refuse(name, "is an HTML or XML file, which drops the keys of the fields.", "Ask for the file as .docx, filled in Word or LibreOffice 7.5 or later.")
    return refuse(name, "is no Word, Excel or PDF file.", AGAIN)


def _ole(name: str, content: bytes) -> DossierError:
    """Old office files and encrypted new ones share one container; its directory tells them apart."""
    def holds(entry: str) -> bool:
        return entry.encode("utf-16-le") in content

    if holds("EncryptedPackage") or holds("EncryptionInfo"):
        return refuse(name, "is protected with a password.", "Open it, remove the password (File, Info, Protect), save it, and read it again.")
    if holds("__substg1.0_"):
        return refuse(name, "is an e-mail (.msg), not the file that came with it.", "Open the e-mail, save the attached file, and give that.")
    if holds("Workbook") or holds("Book"):
        return refuse(name, "is an old Excel workbook (.xls), which drops the keys of the fields.", "Ask for the file as .xlsx, filled in the workbook that was sent.")
    return refuse(name, "is an old Word document (.doc), which drops the keys of the fields.", "Ask for the file as .docx, filled in the document that was sent.")


def _open_document(name: str, mimetype: bytes) -> DossierError | None:
    if b"opendocument.text" in mimetype:
        return refuse(name, "is an OpenDocument text (.odt).", "Open it in LibreOffice 7.5 or later and save it as .docx; the keys of the fields survive that.")
    if b"opendocument" in mimetype:
        return refuse(name, "is an OpenDocument file.", "Open it in LibreOffice and save it as .xlsx or .docx.")
    return None


def _kind(name: str, names: set[str], types: bytes) -> Kind:
    for relative, (message, hint) in _RELATIVES.items():
        if relative.encode() in types:
            raise refuse(name, message, hint)
    for kind, (main, folder) in _MAIN.items():
        if main.encode() in types and any(part.startswith(folder) for part in names):
            return "docx" if kind == "docx" else "xlsx"
    raise refuse(name, "is an office package without a document in it.", AGAIN)


def is_strict(content: bytes) -> bool:
    """Whether the part is in the strict form of Office Open XML, whose names differ."""
    return _STRICT in content[:4096]


# --- bounds -----------------------------------------------------------------------------------------------------------


def _bounds(name: str, archive: zipfile.ZipFile, length: int) -> None:
    parts = archive.infolist()
    if len(parts) > MOST_PARTS:
        raise refuse(name, f"has {len(parts)} parts; a filled document has fewer than {MOST_PARTS}. It may be harmful.", AGAIN)
    seen: set[str] = set()
    for part in parts:
        if part.filename.lower() in seen or re.search(r"^[/\\]|\\|(^|/)\.\.(/|$)|:|\x00", part.filename):
            raise refuse(name, f'has a part with a name that no office program writes ("{part.filename[:60]}"). It may be harmful.', AGAIN)
        seen.add(part.filename.lower())
        if part.flag_bits & 1:
            raise refuse(name, "is protected with a password.", "Open it, remove the password, save it, and read it again.")
        if part.compress_type not in _PACKED:
            raise refuse(name, f'has a part that is packed in a way in which no office program packs ("{part.filename[:60]}"). It may be harmful.', AGAIN)
        if not 0 <= part.header_offset < length:
            raise refuse(name, f'is damaged: "{part.filename[:60]}" lies outside the file.', AGAIN)
    if sum(part.file_size for part in parts) > MOST_BYTES or any(_bloated(part.file_size, part.compress_size) for part in parts):
        raise _too_large(name)


def _bloated(size: int, packed: int) -> bool:
    return size > SMALL and size > MOST_RATIO * max(packed, 1)


def _too_large(name: str) -> DossierError:
    return refuse(name, f"unpacks to more than a filled document can hold ({MOST_BYTES // 1_000_000} MB, or {MOST_RATIO} times its size). It may be harmful.", "Ask for the reviewer's file again, without what was pasted into it.")


def _unpacked(name: str, archive: zipfile.ZipFile, part: str, room: list[int]) -> bytes:
    """The part, unpacked piece by piece: what the directory says of its size is not trusted."""
    pieces: list[bytes] = []
    try:
        packed = archive.getinfo(part).compress_size
        with archive.open(part) as stream:
            size = 0
            while piece := stream.read(1 << 16):
                size += len(piece)
                room[0] -= len(piece)
                if room[0] < 0 or _bloated(size, packed):
                    raise _too_large(name)
                pieces.append(piece)
    except KeyError:
        raise refuse(name, f"lacks the part {part}.", AGAIN) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError, OverflowError) as error:
        raise refuse(name, f"is damaged: {part} cannot be unpacked ({error}).", AGAIN) from None
    return b"".join(pieces)
