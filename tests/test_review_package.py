"""Files that are refused before anything in them is parsed: each kind has its own sentence, a bomb costs neither time nor memory."""
from __future__ import annotations

import io
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from dossier.errors import DossierError
from dossier.review import readers
from dossier.review.package import open_package

from .word_files import word_file, zipped

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000


def types(main: str) -> bytes:
    return f'<Types><Override PartName="/word/document.xml" ContentType="application/{main}"/></Types>'.encode()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def refusal(content: bytes) -> str:
    with pytest.raises(DossierError) as raised:
        readers.of("svar", content)
    (problem,) = raised.value.problems
    assert raised.value.code == 2
    assert problem.file == "svar"
    return f"{problem.message} {problem.hint}"


AGAIN = "Ask for the reviewer's file again."
WORD = {"word/document.xml": b"<w/>"}
KINDS = {
    "empty": (b"", f"is empty. {AGAIN}"),
    "no office file": (b"GIF89a", f"is no Word, Excel or PDF file. {AGAIN}"),
    "old Word": (OLE + "WordDocument".encode("utf-16-le"), "is an old Word document (.doc), which drops the keys of the fields. Ask for the file as .docx, filled in the document that was sent."),
    "old Excel": (OLE + "Workbook".encode("utf-16-le"), "is an old Excel workbook (.xls), which drops the keys of the fields. Ask for the file as .xlsx, filled in the workbook that was sent."),
    "password": (OLE + "EncryptedPackage".encode("utf-16-le"), "is protected with a password. Open it, remove the password (File, Info, Protect), save it, and read it again."),
    "e-mail": (OLE + "__substg1.0_001A001E".encode("utf-16-le"), "is an e-mail (.msg), not the file that came with it. Open the e-mail, save the attached file, and give that."),
    "form data": (b"%FDF-1.2\n1 0 obj", "holds the answers of a PDF form without the form (FDF or XFDF), so that notes and marks are missing. Ask for the PDF itself, saved from the form and not exported."),
    "rich text": (b"{\\rtf1 x}", None),
    "macros": (zipped({"[Content_Types].xml": types("vnd.ms-word.document.macroEnabled.main+xml"), **WORD}), "is a Word document with macros (.docm). Open it in Word and save it as a Word document (.docx), without macros."),
    "template": (zipped({"[Content_Types].xml": types("vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"), **WORD}), "is a Word template (.dotx). Open it in Word and save it as a Word document (.docx)."),
    "Excel macros": (zipped({"[Content_Types].xml": types("vnd.ms-excel.sheet.macroEnabled.main+xml"), **WORD}), "is an Excel workbook with macros (.xlsm). Open it in Excel and save it as an Excel workbook (.xlsx), without macros."),
    "slides": (zipped({"[Content_Types].xml": types("vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"), **WORD}), f"is a PowerPoint file, not a filled document. {AGAIN}"),
    "OpenDocument": (zipped({"mimetype": b"application/vnd.oasis.opendocument.text"}), "is an OpenDocument text (.odt). Open it in LibreOffice 7.5 or later and save it as .docx; the keys of the fields survive that."),
    "OpenDocument sheet": (zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), "is an OpenDocument file. Open it in LibreOffice and save it as .xlsx or .docx."),
    "any archive": (zipped({"a.txt": b"x"}), f"is a zip archive, but no Word or Excel file. {AGAIN}"),
    "path out of the archive": (zipped({**parts_of(word_file(1)), "../evil": b"x"}), f'has a part with a name that no office program writes ("../evil"). It may be harmful. {AGAIN}'),
    "many parts": (zipped({**parts_of(word_file(1)), **{f"word/x{number}": b"" for number in range(2_001)}}), None),
    "no body": (zipped({"[Content_Types].xml": types("vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"), "word/x.xml": b""}), f"lacks the part docProps/core.xml. {AGAIN}"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_sentence(kind: str) -> None:
    content, sentence = KINDS[kind]
    told = refusal(content)
    if kind == "no body":
        assert "not one that dossier made" in told
    elif sentence is not None:
        assert told == sentence


def test_a_document_type_is_never_looked_at() -> None:
    parts = parts_of(word_file(1))
    for entity in (b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/hostname">]>', b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'):
        body = parts["word/document.xml"].replace(b"<w:document", entity + b"<w:document", 1)
        assert refusal(zipped({**parts, "word/document.xml": body})) == (
            "carries a document type or an unusual encoding in word/document.xml, which no office program writes; it may be harmful. Do not open it. Ask the reviewer where the file comes from."
        )


def bomb(size: int) -> bytes:
    """A Word file whose body is `size` zeros, with a directory that tells the truth."""
    parts = parts_of(word_file(1))
    return zipped({**parts, "word/document.xml": b"\0" * size})


def lying_bomb(size: int) -> bytes:
    """The same with a directory that says the body is small."""
    content = bytearray(bomb(size))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = 0
        while (at := content.find(signature, at)) >= 0:
            if struct.unpack_from("<I", content, at + offset)[0] == size:
                struct.pack_into("<I", content, at + offset, 1000)
            at += 4
    return bytes(content)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc, which is not there")
@pytest.mark.parametrize("make", [bomb, lying_bomb])
def test_a_bomb_is_refused_without_unpacking_it(make: object, tmp_path: Path) -> None:
    file = tmp_path / "bombe.docx"
    assert callable(make)
    file.write_bytes(make(300_000_000))
    code = (
        "import pathlib, re, resource, sys\nfrom dossier.errors import DossierError\nfrom dossier.review import readers\nresource.setrlimit(resource.RLIMIT_AS, (400_000_000, 400_000_000))\n"
        "try:\n    readers.read(pathlib.Path(sys.argv[1]))\nexcept DossierError as error:\n    print(error)\nprint(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=True)
    *told, figures = done.stdout.splitlines()
    assert "may be harmful" in told[0] or "is damaged" in told[0]
    assert int(figures.split()[0]) < 150_000


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing_are_refused(packing: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packing) as package:
        for name, part in parts_of(word_file(1)).items():
            package.writestr(name, part)
    assert "is packed in a way in which no office program packs" in refusal(buffer.getvalue())


@pytest.mark.parametrize("offset", [2**64 - 1, 2**62, 10_000_000])
def test_a_part_that_lies_outside_the_file_is_refused(offset: int) -> None:
    """The directory says so in its 64-bit form."""
    content = word_file(1)
    end = content.rindex(b"PK\x05\x06")
    size, start = struct.unpack_from("<II", content, end + 12)
    directory = bytearray(content[start : start + size])
    name, extra = struct.unpack_from("<HH", directory, 28)
    struct.pack_into("<H", directory, 30, extra + 12)
    struct.pack_into("<I", directory, 42, 0xFFFFFFFF)
    directory[46 + name + extra : 46 + name + extra] = struct.pack("<HHQ", 1, 8, offset)
    tail = bytearray(content[end:])
    struct.pack_into("<I", tail, 12, len(directory))
    assert "is damaged" in refusal(content[:start] + bytes(directory) + bytes(tail))


def test_parts_are_read_once_and_within_bounds() -> None:
    package = open_package("x", word_file(1))
    assert package.kind == "docx"
    assert package.parts["word/document.xml"] is package.read("word/document.xml")
