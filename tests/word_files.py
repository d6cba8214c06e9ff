"""Word files for the tests of the reader: a small issued document, and the shapes in which Word holds what somebody wrote."""
from __future__ import annotations

import datetime as dt
import io
import random
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from lxml import etree

from dossier import issued
from dossier.blocks import Cell, Document, Field, Heading, Paragraph, Row, Table, Text
from dossier.render import docx

WORDS = {"page": "Side", "of": "av", "revision": "rev.", "table": "Tabell"}
STATUS = (("fulfilled", "Oppfylt"), ("partly", "Delvis oppfylt"), ("not-fulfilled", "Ikke oppfylt"), ("not-applicable", "Ikke relevant"))
DAY = dt.date(2026, 11, 24)
NAMES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "v": "urn:schemas-microsoft-com:vml",
}
W = f"{{{NAMES['w']}}}"


def document(rows: int = 6, **values: str) -> Document:
    """An issued document with a status, a tick and a comment in each of the rows r0, r1, ..."""
    def cells(number: int) -> tuple[Cell, ...]:
        name = f"r{number}"
        status = Field(f"{name}/status", "select", f"Status: {name}", "Velg", values.get(f"{name}_status", ""), STATUS)
        tick = Field(f"{name}/tick", "checkbox", f"Sett: {name}", "", values.get(f"{name}_tick", ""))
        comment = Field(f"{name}/comment", "textarea", f"Kommentar: {name}", "Kommentar", values.get(f"{name}_comment", ""))
        return (Cell((Text(name, "code"),), header=True), Cell((Text(f"Krav nummer {number}"),)), Cell((status,)), Cell((tick,)), Cell((comment,)))

    head = tuple(Cell((Text(word),)) for word in ("Krav", "Tekst", "Status", "Sett", "Kommentar"))
    table = Table((26.0, 90.0, 40.0, 20.0, 85.0), head, tuple(Row(cells(number), f"r{number}") for number in range(rows)), (Text("Kravene"),), "Krav")
    reviewer = Paragraph((Field("document/reviewer", "text", "Gjennomgått av", "Navn"), Field("document/review-date", "date", "Dato", "Velg dato")))
    body = (Paragraph((Text("Innledning."),)), reviewer, Heading(1, (Text("Krav"),), "krav"), table)
    made = Document("labelling-checklist", "Sjekkliste", "X-labelling", "A", DAY, "nb", "landscape", "Utkast", "Produkt", "Forfatter", "Emne", (), WORDS, body)
    identity = issued.identity_of(made, "x", "no", "2026.11.0")
    about = {"product": {"id": "x", "name": "Produkt"}, "market": {"id": "no", "date": "2026-11-24"}, "rows": [], "register": []}
    return replace(made, data=issued.record(made, identity, about))


def word_file(rows: int = 6, **values: str) -> bytes:
    """The document as a Word file, as it is sent to a reviewer."""
    return docx.render(document(rows, **values))


def changed(content: bytes, change: Callable[[Any], None], parts: Mapping[str, bytes] | None = None) -> bytes:
    """The file with its body changed by `change`, which is given w:document; `parts` are added or replaced."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        files = {name: package.read(name) for name in package.namelist()}
    root = etree.fromstring(files["word/document.xml"])
    change(root)
    files["word/document.xml"] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return zipped({**files, **(parts or {})})


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files as a zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(name, data)
    return buffer.getvalue()


def xml(text: str) -> Any:
    """An element from text with the usual prefixes."""
    names = " ".join(f'xmlns:{prefix}="{address}"' for prefix, address in NAMES.items())
    return etree.fromstring(f"<x {names}>{text}</x>")[0]


def escaped(text: str) -> str:
    """The text as content of w:t, line feeds as w:br and tabs as w:tab."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    return safe.replace("\n", '</w:t><w:br/><w:t xml:space="preserve">').replace("\t", '</w:t><w:tab/><w:t xml:space="preserve">')


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escaped(text)}</w:t></w:r>'


def control_of(root: Any, tag: str) -> Any:
    """The control with this tag."""
    return next(node for node in root.iter(f"{W}sdt") if (found := node.find(f"{W}sdtPr/{W}tag")) is not None and found.get(f"{W}val") == tag)


def fill(root: Any, tag: str, content: str) -> None:
    """Puts runs (as XML text) into a control, as somebody who types: the placeholder is gone."""
    control = control_of(root, tag)
    for flag in control.findall(f"{W}sdtPr/{W}showingPlcHdr"):
        flag.getparent().remove(flag)
    holder = control.find(f"{W}sdtContent")
    for child in list(holder):
        holder.remove(child)
    holder.extend(list(xml(f"<w:p>{content}</w:p>")))


def choose(root: Any, tag: str, label: str) -> None:
    """Chooses from a list, as Word does."""
    fill(root, tag, run(label))


def pick(root: Any, tag: str, day: str, shown: str) -> None:
    """Picks a day, as Word does."""
    fill(root, tag, run(shown))
    control_of(root, tag).find(f"{W}sdtPr/{W}date").set(f"{W}fullDate", f"{day}T00:00:00Z")


def tick(root: Any, tag: str) -> None:
    """Ticks a box, as Word does."""
    control = control_of(root, tag)
    control.find(f"{W}sdtPr/{{{NAMES['w14']}}}checkbox/{{{NAMES['w14']}}}checked").set(f"{{{NAMES['w14']}}}val", "1")
    next(control.iter(f"{W}t")).text = "\u2611"


# --- shapes -----------------------------------------------------------------------------------------------------------


def pieces(text: str, chance: random.Random) -> list[str]:
    """The text cut into one to four pieces."""
    cuts = sorted(chance.randrange(len(text) + 1) for _ in range(chance.randrange(4)))
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)])]


def plain_runs(root: Any, tag: str, text: str, chance: random.Random) -> None:
    fill(root, tag, "".join(run(piece) for piece in pieces(text, chance)))


def inline_control(root: Any, tag: str, text: str, chance: random.Random) -> None:
    fill(root, tag, run(text))


def block_control(root: Any, tag: str, text: str, chance: random.Random) -> None:
    """A control round paragraphs: each line of the answer a paragraph of its own."""
    paragraphs = "".join(f"<w:p>{run(line)}</w:p>" for line in text.split("\n"))
    _instead(root, tag, f'<w:sdt><w:sdtPr><w:tag w:val="{tag}"/><w:id w:val="5"/></w:sdtPr><w:sdtContent>{paragraphs}</w:sdtContent></w:sdt>', f"{W}p")


def cell_control(root: Any, tag: str, text: str, chance: random.Random) -> None:
    """A control round a cell."""
    _instead(root, tag, f'<w:sdt><w:sdtPr><w:tag w:val="{tag}"/></w:sdtPr><w:sdtContent><w:tc><w:tcPr/><w:p>{run(text)}</w:p></w:tc></w:sdtContent></w:sdt>', f"{W}tc")


def row_control(root: Any, tag: str, text: str, chance: random.Random) -> None:
    """A control without a key round the whole row, and the answer in its own control inside."""
    fill(root, tag, run(text))
    row = next(control_of(root, tag).iterancestors(f"{W}tr"))
    around = xml("<w:sdt><w:sdtPr><w:id w:val='9'/></w:sdtPr><w:sdtContent/></w:sdt>")
    row.addprevious(around)
    around.find(f"{W}sdtContent").append(row)


def tracked_insertion(root: Any, tag: str, text: str, chance: random.Random) -> None:
    first, rest = text[: len(text) // 2], text[len(text) // 2 :]
    fill(root, tag, f'{run(first)}<w:ins w:id="1" w:author="A">{run(rest)}</w:ins>')


def tracked_deletion(root: Any, tag: str, text: str, chance: random.Random) -> None:
    fill(root, tag, f'{run(text)}<w:del w:id="2" w:author="A"><w:r><w:delText>SLETTET</w:delText></w:r></w:del><w:moveFrom w:id="3" w:author="A">{run("SLETTET")}</w:moveFrom>')


def smart_tag(root: Any, tag: str, text: str, chance: random.Random) -> None:
    fill(root, tag, f'<w:smartTag w:element="x" w:uri="y"><w:smartTagPr/><w:customXml w:element="z">{"".join(run(piece) for piece in pieces(text, chance))}</w:customXml></w:smartTag>')


def text_box(root: Any, tag: str, text: str, chance: random.Random) -> None:
    """A text box, which Word writes twice: as a shape, and for older programs."""
    box = f"<w:txbxContent><w:p>{run(text)}</w:p></w:txbxContent>"
    fill(root, tag, f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:wsp><wps:txbx>{box}</wps:txbx></wps:wsp></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>{box}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>')


def simple_field(root: Any, tag: str, text: str, chance: random.Random) -> None:
    if chance.random() < 0.5:
        fill(root, tag, f'<w:fldSimple w:instr=" DATE ">{run(text)}</w:fldSimple>')
    else:
        fill(root, tag, f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> SLETTET </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>{run(text)}<w:r><w:fldChar w:fldCharType="end"/></w:r>')


def hyperlink(root: Any, tag: str, text: str, chance: random.Random) -> None:
    fill(root, tag, f'<w:hyperlink w:anchor="krav">{run(text)}</w:hyperlink>')


def commented(root: Any, tag: str, text: str, chance: random.Random) -> None:
    """The answer with a comment on it."""
    fill(root, tag, f'<w:commentRangeStart w:id="0"/>{run(text)}<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>')


def _instead(root: Any, tag: str, text: str, of: str) -> None:
    """Puts XML in the place of the nearest `of` round the control."""
    old = next(control_of(root, tag).iterancestors(of))
    old.addprevious(xml(text))
    old.getparent().remove(old)


SHAPES = (plain_runs, inline_control, block_control, cell_control, row_control, tracked_insertion, tracked_deletion, smart_tag, text_box, simple_field, hyperlink, commented)

COMMENTS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:comments xmlns:w="{w}" xmlns:w14="{w14}"><w:comment w:id="0" w:author="Kari Ås" w:date="2026-11-25T09:30:00Z"><w:p w14:paraId="00000001"><w:r><w:t>Hvor står</w:t></w:r><w:r><w:t xml:space="preserve"> dette?</w:t></w:r></w:p></w:comment>
<w:comment w:id="1" w:author="Ola" w:date="2026-11-25T10:00:00Z"><w:p w14:paraId="00000002"><w:r><w:t>Side 3</w:t></w:r></w:p></w:comment></w:comments>""".format(**NAMES).encode()
THREADS = b"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w15:commentsEx xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"><w15:commentEx w15:paraId="00000001" w15:done="0"/><w15:commentEx w15:paraId="00000002" w15:paraIdParent="00000001" w15:done="0"/></w15:commentsEx>"""
WITH_COMMENTS = {"word/comments.xml": COMMENTS, "word/commentsExtended.xml": THREADS}


def small() -> bytes:
    """An issued file without the fonts that it carries: a test file to keep."""
    with zipfile.ZipFile(io.BytesIO(word_file(3))) as package:
        files = {name: package.read(name) for name in package.namelist() if not name.startswith("word/fonts/") and name != "word/_rels/fontTable.xml.rels"}
    files["word/fontTable.xml"] = f'<w:fonts xmlns:w="{NAMES["w"]}"><w:font w:name="Source Sans 3"/></w:fonts>'.encode()
    files["word/settings.xml"] = files["word/settings.xml"].replace(b"<w:embedTrueTypeFonts/>", b"")
    return zipped(files)
