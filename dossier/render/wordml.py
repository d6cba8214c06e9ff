"""WordprocessingML as text: one small function for each shape that the Word renderer writes.

Text instead of a tree, because that is some hundred times faster than python-docx and the shapes are few. Nothing here
formats directly: runs and paragraphs only name styles. What comes in as plain text is escaped here and nowhere else.
"""
from __future__ import annotations

import datetime as dt
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from dossier.i18n import bcp47, short_day

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SCHEMAS = "http://schemas.openxmlformats.org"
RELATIONS = f"{SCHEMAS}/officeDocument/2006/relationships"

# Word reads w14 (check boxes) only where the root says that older programs may ignore it.
DOCUMENT_START = (
    f'{HEAD}<w:document xmlns:w="{SCHEMAS}/wordprocessingml/2006/main" xmlns:r="{RELATIONS}" xmlns:mc="{SCHEMAS}/markup-compatibility/2006" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" mc:Ignorable="w14"><w:body>'
)
DOCUMENT_END = "</w:body></w:document>"

_UNFIT = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_IN_ADDRESS = re.compile(r'[\x00-\x20<>"{}|\\^`\x7f]|%(?![0-9A-Fa-f]{2})')


# --- text -------------------------------------------------------------------------------------------------------------


def escape(text: str) -> str:
    """Text as XML content; characters that XML 1.0 cannot hold are left out."""
    if not text.isprintable():
        text = _UNFIT.sub("", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def attribute(text: str) -> str:
    """Text as the inside of an XML attribute, on one line."""
    return escape(text).replace('"', "&quot;").replace("\n", " ").replace("\t", " ")


def address(href: str) -> str:
    """A link's address with the characters that no address may hold written as %XX; letters like æ stay."""
    return _NOT_IN_ADDRESS.sub(lambda found: f"%{ord(found[0]):02X}", href)


def bookmark_names(ids: Iterable[str]) -> dict[str, str]:
    """A bookmark name for each id: letters, digits and underscore, at most 40, unique whatever the case.

    >>> bookmark_names(["no.mdreg.6", "23.2"])
    {'no.mdreg.6': 'no_mdreg_6', '23.2': 'r_23_2'}
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for name in ids:
        if name in names:
            continue
        made = re.sub(r"[^A-Za-z0-9_]", "_", name)
        made = made if made[:1].isalpha() else f"r_{made}"
        while len(made) > 40 or made.lower() in taken:
            made = f"{made[:31]}_{zlib.crc32(f'{made}/{name}'.encode()):08x}"
        taken.add(made.lower())
        names[name] = made
    return names


# --- paragraphs and runs ----------------------------------------------------------------------------------------------


def look(style: str) -> str:
    """`<w:rPr><w:rStyle w:val="Strong"/></w:rPr>`, or nothing."""
    return f'<w:rPr><w:rStyle w:val="{style}"/></w:rPr>' if style else ""


def run(text: str, look: str = "") -> str:
    """`<w:r><w:t xml:space="preserve">words</w:t></w:r>`; a new line becomes w:br, a soft hyphen w:softHyphen."""
    words = escape(text)
    if "\n" in words or "\xad" in words:
        words = words.replace("\n", '</w:t><w:br/><w:t xml:space="preserve">').replace("\xad", '</w:t><w:softHyphen/><w:t xml:space="preserve">')
    return f'<w:r>{look}<w:t xml:space="preserve">{words}</w:t></w:r>'


BREAK = "<w:r><w:br/></w:r>"


def paragraph(content: str, style: str = "") -> str:
    """`<w:p><w:pPr><w:pStyle w:val="Lead"/></w:pPr>...</w:p>`."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{content}</w:p>'


def bookmarked(content: str, name: str, number: int) -> str:
    """`<w:bookmarkStart w:id="3" w:name="no_mdreg_6"/>...<w:bookmarkEnd w:id="3"/>`; no name, no bookmark."""
    return f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{content}<w:bookmarkEnd w:id="{number}"/>' if name else content


def link_inside(content: str, anchor: str) -> str:
    """A link to a bookmark."""
    return f'<w:hyperlink w:anchor="{anchor}" w:history="1">{content}</w:hyperlink>'


def link_outside(content: str, relation: str) -> str:
    """A link whose address stands in the relationships."""
    return f'<w:hyperlink r:id="{relation}" w:history="1">{content}</w:hyperlink>'


FIELD_END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def field_start(code: str) -> str:
    """The opening of a field that spans paragraphs: begin, its code, separate. Its result follows, then FIELD_END."""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> {escape(code)} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )


def field(code: str, content: str) -> str:
    """`<w:fldSimple w:instr=" SEQ Tabell ">...</w:fldSimple>`; in this form LibreOffice keeps the style of the result."""
    return f'<w:fldSimple w:instr=" {attribute(code)} ">{content}</w:fldSimple>'


# --- tables -----------------------------------------------------------------------------------------------------------


def twips(mm: float) -> int:
    """Millimetres in twentieths of a point, Word's unit of length."""
    return round(mm * 1440 / 25.4)


def fitted(widths: Sequence[float], usable: float) -> tuple[float, ...]:
    """The widths made narrower together where they would leave the page; columns without width share the rest."""
    open_columns = sum(not width for width in widths)
    share = max(usable - sum(widths), 10.0 * open_columns) / open_columns if open_columns else 0
    full = [width or share for width in widths]
    scale = min(1.0, usable / sum(full)) if full else 1.0
    return tuple(width * scale for width in full)


def table_start(style: str, widths: Sequence[float], head: bool, labels: bool, caption: str, summary: str) -> str:
    """The opening of a table up to its first row.

    Fixed layout with w:gridCol widths; w:tblLook says whether the first row and column are headings; w:tblCaption and
    w:tblDescription are the alternative text.
    """
    columns = [twips(width) for width in widths]
    flags = 0x0600 | (0x0020 if head else 0) | (0x0080 if labels else 0)
    text = f'<w:tblCaption w:val="{attribute(caption)}"/>' if caption else ""
    text += f'<w:tblDescription w:val="{attribute(summary)}"/>' if summary else ""
    grid = "".join(f'<w:gridCol w:w="{column}"/>' for column in columns)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:w="{sum(columns)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        f'<w:tblLook w:val="{flags:04X}" w:firstRow="{head:d}" w:lastRow="0" w:firstColumn="{labels:d}" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        f"{text}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
    )


TABLE_END = "</w:tbl>"
CELL_END = "</w:p></w:tc>"
ROW_END = "</w:tr>"


def row_start(head: bool = False, height: float = 0) -> str:
    """The opening of a row that no page break splits; a head row is repeated on every page."""
    tall = f'<w:trHeight w:val="{twips(height)}" w:hRule="atLeast"/>' if height else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{tall}{'<w:tblHeader/>' if head else ''}</w:trPr>"


def cell_start(width: float, style: str) -> str:
    """The opening of a cell and of its one paragraph."""
    return f'<w:tc><w:tcPr><w:tcW w:w="{twips(width)}" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>'


# --- the reviewer's fields --------------------------------------------------------------------------------------------


def control(tag: str, title: str, number: int, kind: str, content: str, waiting: bool) -> str:
    """A content control round a run.

        <w:sdt><w:sdtPr><w:alias w:val="Status"/><w:tag w:val="no.mdreg.6/status"/><w:id w:val="7"/><w:lock w:val="sdtLocked"/>
        <w:showingPlcHdr/>...kind...</w:sdtPr><w:sdtContent>...run...</w:sdtContent></w:sdt>

    Inside w:p only, the one place where LibreOffice keeps kind and tag. sdtLocked: cannot be deleted, can be filled.
    `waiting` says that the content is the placeholder. No data binding: LibreOffice writes wrong values through it.
    """
    return (
        f'<w:sdt><w:sdtPr><w:alias w:val="{attribute(title[:64])}"/><w:tag w:val="{attribute(tag)}"/><w:id w:val="{number}"/><w:lock w:val="sdtLocked"/>'
        f"{'<w:showingPlcHdr/>' if waiting else ''}{kind}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"
    )


def text_kind(many_lines: bool) -> str:
    """Plain text, of one line or many."""
    return '<w:text w:multiLine="1"/>' if many_lines else "<w:text/>"


@lru_cache(maxsize=256)
def list_kind(options: tuple[tuple[str, str], ...], placeholder: str) -> str:
    """A closed list of (value, label); the placeholder comes first with an empty value, so that an answer can be undone."""
    shown = [*([("", placeholder)] if placeholder else []), *options]
    items = "".join(f'<w:listItem w:displayText="{attribute(label)}" w:value="{attribute(value)}"/>' for value, label in shown)
    return f"<w:dropDownList>{items}</w:dropDownList>"


CHECKED, UNCHECKED = "\u2611", "\u2610"


def check_kind(checked: bool, font: str) -> str:
    """A check box; both marks come from the body font."""
    states = f'<w14:checkedState w14:val="2611" w14:font="{attribute(font)}"/><w14:uncheckedState w14:val="2610" w14:font="{attribute(font)}"/>'
    return f'<w14:checkbox><w14:checked w14:val="{checked:d}"/>{states}</w14:checkbox>'


def date_kind(day: dt.date | None, locale: str) -> str:
    """A date; `day` is the one chosen."""
    chosen = f' w:fullDate="{day.isoformat()}T00:00:00Z"' if day else ""
    pattern = "yyyy-MM-dd" if locale == "en" else "dd.MM.yyyy"
    return f'<w:date{chosen}><w:dateFormat w:val="{pattern}"/><w:lid w:val="{bcp47(locale)}"/><w:storeMappedDataAs w:val="date"/><w:calendar w:val="gregorian"/></w:date>'


def date_text(text: str, locale: str) -> tuple[dt.date | None, str]:
    """The day in `text` (written as 2026-11-23) and how it is shown; no day where it is something else."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None, text
    return day, short_day(day, locale)


# --- other parts ------------------------------------------------------------------------------------------------------


def relations(existing: str, addresses: Mapping[str, str]) -> str:
    """The document's relationships with one more for each address of a link that leads outside, under its id."""
    added = "".join(f'<Relationship Id="{name}" Type="{RELATIONS}/hyperlink" Target="{attribute(href)}" TargetMode="External"/>' for href, name in addresses.items())
    return existing.replace("</Relationships>", f"{added}</Relationships>")


def language_style(name: str, number: str, base: str, language: str) -> str:
    """A hidden character style: `base` in another language, since a run names one style only."""
    on = f'<w:basedOn w:val="{base}"/>' if base else ""
    return (
        f'<w:style w:type="character" w:customStyle="1" w:styleId="{number}"><w:name w:val="{attribute(name)}"/>{on}<w:uiPriority w:val="99"/><w:semiHidden/>'
        f'<w:rPr><w:lang w:val="{attribute(language)}"/></w:rPr></w:style>'
    )


def font_style(name: str, number: str, base: str, family: str) -> str:
    """A hidden character style: `base` in another font, for letters of every script."""
    on = f'<w:basedOn w:val="{base}"/>' if base else ""
    font = attribute(family)
    return (
        f'<w:style w:type="character" w:customStyle="1" w:styleId="{number}"><w:name w:val="{attribute(name)}"/>{on}<w:uiPriority w:val="99"/><w:semiHidden/>'
        f'<w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:eastAsia="{font}" w:cs="{font}"/></w:rPr></w:style>'
    )


def core(values: Mapping[str, str], date: dt.date) -> str:
    """docProps/core.xml from the properties' qualified names; created and modified are the document's date."""
    made = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in values.items() if value)
    times = "".join(f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{date.isoformat()}T00:00:00Z</dcterms:{name}>' for name in ("created", "modified"))
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="{SCHEMAS}/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{made}{times}</cp:coreProperties>'
    )


RECORD_NAMESPACE = "urn:dossier:record:1"


def record(data: bytes, number: str, revision: str) -> str:
    """The document's own data as a custom XML part.

        <dossier xmlns="urn:dossier:record:1" document="NO-1" revision="B"><record format="json">{...}</record></dossier>

    A character that XML cannot hold is written as JSON writes it, so the data say the same.
    """
    text = _UNFIT.sub(lambda found: f"\\u{ord(found[0]):04x}", data.decode())
    return f'{HEAD}<dossier xmlns="{RECORD_NAMESPACE}" document="{attribute(number)}" revision="{attribute(revision)}"><record format="json">{escape(text)}</record></dossier>'
