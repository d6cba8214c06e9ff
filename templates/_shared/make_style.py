"""Writes style.docx, the Word base document: styles, page set-up, header, footer, fonts and a specimen of each style.

    python templates/_shared/make_style.py

The looks are decided here, or in Word on a copy of style.docx; the program takes the styles, the two page set-ups
(a portrait and a landscape section) with their header and footer from it, and leaves the specimen out. The controls in
header and footer are known by their tag, as are the same words in braces: number, revision, title, mark, product, page, of.
"""
from __future__ import annotations

import uuid
import zipfile
import zlib
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TARGET = HERE / "style.docx"

INK, ACCENT, SOFT, RULE, FILL, WARN, HINT = "1A1A1A", "1F4E6B", "44525C", "9FB0BC", "E9EFF3", "A33A00", "5F6B73"
BODY_FONT, BOLD_FONT = "Source Sans 3", "Source Sans 3 SemiBold"
FACES = ("SourceSans3-Regular.ttf", "SourceSans3-SemiBold.ttf", "SourceSans3-It.ttf")
LANGUAGES = {"en": "en-GB", "nb": "nb-NO", "nn": "nn-NO", "sv": "sv-SE", "da": "da-DK", "fi": "fi-FI", "is": "is-IS", "de": "de-DE", "fr": "fr-FR"}
# Tints of the one accent colour, light to dark, each dark enough to part from its neighbour in grey print.
HEATS = ("E9EFF3", "C3D4DF", "7D9FB4", ACCENT)

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SCHEMAS = "http://schemas.openxmlformats.org"
OFFICE = f"{SCHEMAS}/officeDocument/2006"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
SPACES = (
    f'xmlns:w="{SCHEMAS}/wordprocessingml/2006/main" xmlns:r="{OFFICE}/relationships" '
    f'xmlns:mc="{SCHEMAS}/markup-compatibility/2006" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" mc:Ignorable="w14"'
)


def twips(mm: float) -> int:
    """Millimetres in twentieths of a point, Word's unit of length."""
    return round(mm * 1440 / 25.4)


# --- styles -----------------------------------------------------------------------------------------------------------


def letters(size: float = 0, color: str = "", bold: bool = False, italic: bool = False, underline: bool = False, lang: str = "", proof: bool = True, tint: str = "") -> str:
    """Run properties, in the order the schema asks for.

    Bold takes the semi-bold face by its own family name (the heading font of the theme): Windows finds a face by the
    family in its name table, so plain bold would thicken the regular face there.
    """
    parts = ['<w:rFonts w:asciiTheme="majorHAnsi" w:hAnsiTheme="majorHAnsi"/><w:b/><w:bCs/>' if bold else "", "<w:i/><w:iCs/>" if italic else ""]
    parts += ["" if proof else "<w:noProof/>", f'<w:color w:val="{color}"/>' if color else ""]
    parts += [f'<w:sz w:val="{size * 2:g}"/><w:szCs w:val="{size * 2:g}"/>' if size else ""]
    parts += ['<w:u w:val="single"/>' if underline else "", f'<w:shd w:val="clear" w:color="auto" w:fill="{tint}"/>' if tint else "", f'<w:lang w:val="{lang}"/>' if lang else ""]
    return f"<w:rPr>{''.join(parts)}</w:rPr>" if any(parts) else ""


def lines(
    before: float | None = None,
    after: float | None = None,
    leading: float | None = None,
    keep_next: bool = False,
    keep_lines: bool = False,
    unbroken: bool = False,
    outline: int = 0,
    indent: float = 0,
    numbering: int = 0,
    bar: str = "",
    tabs: tuple[tuple[str, float], ...] = (),
    centred: bool = False,
) -> str:
    """Paragraph properties, in the order the schema asks for; distances in points, indent and tabs in millimetres.

    `bar` is the colour of a rule at the left. The font stands 1.42 em high, so a leading of 0.985
    gives 1.4 em, as in the PDF.
    """
    spacing = [f'w:before="{before * 20:g}"' if before is not None else "", f'w:after="{after * 20:g}"' if after is not None else ""]
    spacing += [f'w:line="{leading * 240:.0f}" w:lineRule="auto"' if leading else ""]
    stops = "".join(f'<w:tab w:val="{kind}" w:pos="{twips(at)}"/>' for kind, at in tabs)
    parts = ["<w:keepNext/>" if keep_next else "", "<w:keepLines/>" if keep_lines else ""]
    parts += [f'<w:numPr><w:numId w:val="{numbering}"/></w:numPr>' if numbering else ""]
    parts += [f'<w:pBdr><w:left w:val="single" w:sz="12" w:space="8" w:color="{bar}"/></w:pBdr>' if bar else ""]
    parts += [f"<w:tabs>{stops}</w:tabs>" if stops else "", "<w:suppressAutoHyphens/>" if unbroken else ""]
    parts += [f"<w:spacing {' '.join(part for part in spacing if part)}/>" if any(spacing) else ""]
    parts += [f'<w:ind w:left="{twips(indent)}"/>' if indent else ""]
    parts += ['<w:jc w:val="center"/>' if centred else ""]
    parts += [f'<w:outlineLvl w:val="{outline - 1}"/>' if outline else ""]
    return f"<w:pPr>{''.join(parts)}</w:pPr>" if any(parts) else ""


def style(kind: str, name: str, look: str, base: str = "", follow: str = "", own: bool = True, default: bool = False, rank: int = 1, shown: bool = True) -> str:
    """One w:style; `own` marks a name that Word does not know by itself."""
    flags = (' w:default="1"' if default else "") + (' w:customStyle="1"' if own else "")
    parts = [f'<w:basedOn w:val="{identifier(base)}"/>' if base else "", f'<w:next w:val="{identifier(follow)}"/>' if follow else ""]
    parts += [f'<w:uiPriority w:val="{rank}"/>', "<w:qFormat/>" if shown else "<w:semiHidden/><w:unhideWhenUsed/>"]
    return f'<w:style w:type="{kind}"{flags} w:styleId="{identifier(name)}"><w:name w:val="{name}"/>{"".join(parts)}{look}</w:style>'


def identifier(name: str) -> str:
    """The style id Word makes of a name."""
    known = {"heading 1": "Heading1", "heading 2": "Heading2", "heading 3": "Heading3", "toc 1": "TOC1", "caption": "Caption", "header": "Header", "footer": "Footer"}
    return known.get(name, name.replace(" ", ""))


def paragraph_styles() -> str:
    """The styles of paragraphs."""
    known: dict[str, Any] = {"own": False}
    heading: dict[str, Any] = {"leading": 0.88, "keep_next": True, "keep_lines": True, "unbroken": True}
    running, wide = (("center", 85), ("right", 170)), (("clear", 85), ("clear", 170), ("center", 130.5), ("right", 261))
    made = [
        style("paragraph", "Normal", lines(0, 0, 0.985) + letters(10, INK), default=True, rank=0, **known),
        style("paragraph", "Body Text", lines(0, 7), "Normal", rank=1, **known),
        style("paragraph", "Title", lines(0, 8, 0.8, keep_next=True, keep_lines=True, unbroken=True) + letters(22, ACCENT, bold=True), "Normal", "Body Text", rank=2, **known),
        style("paragraph", "Subtitle", lines(0, 11, keep_next=True) + letters(11, SOFT), "Normal", "Body Text", rank=2, **known),
        style("paragraph", "heading 1", lines(20, 5, outline=1, **heading) + letters(14, ACCENT, bold=True), "Normal", "Body Text", rank=3, **known),
        style("paragraph", "heading 2", lines(13, 4, outline=2, **heading) + letters(11.5, ACCENT, bold=True), "Normal", "Body Text", rank=3, **known),
        style("paragraph", "heading 3", lines(10, 3, outline=3, **heading) + letters(10, INK, bold=True), "Normal", "Body Text", rank=3, **known),
        style("paragraph", "TOC Heading", lines(16, 5, **heading) + letters(14, ACCENT, bold=True), "Normal", "toc 1", rank=4, **known),
        style("paragraph", "toc 1", lines(0, 1.5), "Normal", rank=4, **known),
        style("paragraph", "Lead", lines(0, 11) + letters(11, SOFT), "Normal", "Body Text", rank=5),
        style("paragraph", "Note", lines(4, 9, keep_lines=True, indent=3.5, bar=RULE) + letters(color=SOFT), "Normal", "Body Text", rank=5),
        style("paragraph", "Warning", lines(4, 9, keep_lines=True, indent=3.5, bar=WARN), "Normal", "Body Text", rank=5),
        style("paragraph", "Small", lines(0, 7) + letters(8.5, SOFT), "Normal", rank=5),
        style("paragraph", "Address", lines(0, 12, 0.95, unbroken=True, keep_lines=True), "Normal", rank=6),
        style("paragraph", "Signature", lines(9, 34, unbroken=True, keep_lines=True), "Normal", rank=6, **known),
        style("paragraph", "List Bullet", lines(0, 3, numbering=1), "Normal", rank=6, **known),
        style("paragraph", "caption", lines(4, 3.5, keep_next=True, unbroken=True) + letters(8.5, SOFT), "Normal", "Body Text", rank=7, **known),
        style("paragraph", "Table Text", lines(0, 0, 0.92) + letters(9), "Normal", rank=7),
        style("paragraph", "Table Head", lines(keep_next=True, unbroken=True) + letters(color=ACCENT, bold=True), "Table Text", rank=7),
        style("paragraph", "Table Row Head", lines(unbroken=True) + letters(bold=True), "Table Text", rank=7),
        style("paragraph", "Table Label", lines(unbroken=True) + letters(color=SOFT), "Table Text", rank=7),
        style("paragraph", "Matrix Text", lines(0, 0, 0.92, unbroken=True, centred=True) + letters(8), "Table Text", rank=7),
        style("paragraph", "Matrix Head", lines(keep_next=True, unbroken=True, centred=True) + letters(7, ACCENT, bold=True), "Table Text", rank=7),
        style("paragraph", "Matrix Row Head", lines(unbroken=True) + letters(8), "Table Text", rank=7),
        style("paragraph", "Table Gap", lines(0, 4, 0.95) + letters(5), "Normal", "Body Text", rank=7),
        style("paragraph", "header", lines(0, 0, tabs=running, unbroken=True) + letters(8, SOFT), "Normal", rank=8, **known),
        style("paragraph", "footer", lines(0, 0, tabs=running, unbroken=True) + letters(8, SOFT), "Normal", rank=8, **known),
        style("paragraph", "Header Wide", lines(tabs=wide), "header", rank=8),
        style("paragraph", "Footer Wide", lines(tabs=wide), "footer", rank=8),
    ]
    return "".join(made)


def character_styles() -> str:
    """The styles of words."""
    known: dict[str, Any] = {"own": False}
    looks = {
        "Covered": letters(color=ACCENT),
        "Gap": letters(color=WARN, bold=True),
        "Expected": letters(color=INK, bold=True),
        "NotApplicable": letters(color=SOFT),
        "Undetermined": letters(color=INK, bold=True),
        "Applies": letters(color=ACCENT),
        "Information": letters(color=SOFT),
        "Unconfirmed": letters(color=SOFT, italic=True),
        **{f"Heat {level}": letters(color="FFFFFF" if level == 4 else INK, bold=True, tint=tint) for level, tint in enumerate(HEATS, 1)},
    }
    made = [
        style("character", "Default Paragraph Font", "", default=True, rank=1, shown=False, **known),
        style("character", "Strong", letters(bold=True), rank=9, **known),
        style("character", "Emphasis", letters(italic=True), rank=9, **known),
        style("character", "Small Text", letters(8.5, SOFT), rank=9),
        style("character", "Code", letters(8, proof=False), rank=9),
        style("character", "Hyperlink", letters(color=ACCENT, underline=True), rank=9, **known),
        style("character", "Placeholder Text", letters(color=HINT), rank=9, **known),
        *(style("character", f"Status {kind}", look, rank=10) for kind, look in looks.items()),
        *(style("character", f"Language {short}", letters(lang=tag), rank=11) for short, tag in LANGUAGES.items()),
    ]
    return "".join(made)


def table_styles() -> str:
    """The three tables: hairlines only, a filled head row in the checklist, tall rows' text at the bottom for signing."""

    def line(side: str, width: int) -> str:
        return f'<w:{side} w:val="single" w:sz="{width}" w:space="0" w:color="{RULE}"/>'

    def made(name: str, pad: float, bottom: bool = False, filled: bool = True, beside: float = 1.5) -> str:
        sides = {"top": pad, "left": beside, "bottom": pad, "right": beside}
        margins = "".join(f'<w:{side} w:w="{twips(mm)}" w:type="dxa"/>' for side, mm in sides.items())
        borders = line("top", 8) + line("bottom", 8) + line("insideH", 4)
        look = f"<w:tblPr><w:tblInd w:w=\"0\" w:type=\"dxa\"/><w:tblBorders>{borders}</w:tblBorders><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>"
        look += '<w:tcPr><w:vAlign w:val="bottom"/></w:tcPr>' if bottom else ""
        shade = f'<w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="{FILL}"/><w:vAlign w:val="bottom"/></w:tcPr>'
        look += f'<w:tblStylePr w:type="firstRow">{shade}</w:tblStylePr>' if filled else ""
        return style("table", name, look, "Table Normal", rank=12)

    plain = '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    base = style("table", "Normal Table", plain, own=False, default=True, rank=99, shown=False).replace('w:styleId="NormalTable"', 'w:styleId="TableNormal"')
    return base + made("Dossier Table", 1.2) + made("Dossier Facts", 1.2, filled=False) + made("Dossier Sign", 1.2, bottom=True) + made("Dossier Matrix", 0.7, beside=0.3)


def styles() -> str:
    """word/styles.xml."""
    fonts = '<w:rFonts w:asciiTheme="minorHAnsi" w:eastAsiaTheme="minorEastAsia" w:hAnsiTheme="minorHAnsi" w:cstheme="minorBidi"/>'
    defaults = f'<w:rPrDefault><w:rPr>{fonts}<w:sz w:val="20"/><w:szCs w:val="20"/><w:lang w:val="nb-NO" w:eastAsia="en-US" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/>'
    latent = '<w:latentStyles w:defLockedState="0" w:defUIPriority="99" w:defSemiHidden="1" w:defUnhideWhenUsed="1" w:defQFormat="0" w:count="376"/>'
    none = style("numbering", "No List", "", own=False, default=True, rank=99, shown=False)
    return f"{HEAD}<w:styles {SPACES}><w:docDefaults>{defaults}</w:docDefaults>{latent}{paragraph_styles()}{character_styles()}{table_styles()}{none}</w:styles>"


# --- the other parts --------------------------------------------------------------------------------------------------


def numbering() -> str:
    """word/numbering.xml: one list mark, a dash of the body font."""
    level = (
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:pStyle w:val="ListBullet"/><w:lvlText w:val="–"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:ind w:left="{twips(5)}" w:hanging="{twips(5)}"/></w:pPr><w:rPr><w:color w:val="{ACCENT}"/></w:rPr></w:lvl>'
    )
    abstract = f'<w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="singleLevel"/>{level}</w:abstractNum>'
    return f'{HEAD}<w:numbering {SPACES}>{abstract}<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'


def settings() -> str:
    """word/settings.xml: fonts embedded whole, hyphenation, the mode of Word 2013 and later."""
    compatibility = (
        '<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
        + "".join(
            f'<w:compatSetting w:name="{name}" w:uri="http://schemas.microsoft.com/office/word" w:val="1"/>'
            for name in ("overrideTableStyleFontSizeAndJustification", "enableOpenTypeFeatures", "doNotFlipMirrorIndents", "differentiateMultirowTableHeaders")
        )
        + "</w:compat>"
    )
    return (
        f'{HEAD}<w:settings {SPACES}><w:zoom w:percent="100"/><w:embedTrueTypeFonts/><w:defaultTabStop w:val="708"/><w:autoHyphenation/>'
        f'<w:consecutiveHyphenLimit w:val="2"/><w:hyphenationZone w:val="340"/><w:doNotHyphenateCaps/><w:characterSpacingControl w:val="doNotCompress"/>'
        f'{compatibility}<w:themeFontLang w:val="nb-NO"/>'
        '<w:clrSchemeMapping w:bg1="light1" w:t1="dark1" w:bg2="light2" w:t2="dark2" w:accent1="accent1" w:accent2="accent2" w:accent3="accent3" '
        'w:accent4="accent4" w:accent5="accent5" w:accent6="accent6" w:hyperlink="hyperlink" w:followedHyperlink="followedHyperlink"/>'
        '<w:decimalSymbol w:val=","/><w:listSeparator w:val=";"/></w:settings>'
    )


def theme() -> str:
    """word/theme/theme1.xml: the fonts and colours that Word offers; the effects are the plainest the schema allows."""
    colors = {"dk1": INK, "lt1": "FFFFFF", "dk2": ACCENT, "lt2": FILL, "accent1": ACCENT, "accent2": SOFT, "accent3": RULE, "accent4": WARN, "accent5": "3D7A9E", "accent6": "6B7F4B", "hlink": ACCENT, "folHlink": "5B4A8A"}
    scheme = "".join(f'<a:{name}><a:srgbClr val="{color}"/></a:{name}>' for name, color in colors.items())
    fonts = "".join(f'<a:{kind}Font><a:latin typeface="{face}"/><a:ea typeface=""/><a:cs typeface=""/></a:{kind}Font>' for kind, face in (("major", BOLD_FONT), ("minor", BODY_FONT)))
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    effects = (
        f'<a:fillStyleLst>{fill * 3}</a:fillStyleLst><a:lnStyleLst>{f"<a:ln w={chr(34)}6350{chr(34)}>{fill}</a:ln>" * 3}</a:lnStyleLst>'
        f'<a:effectStyleLst>{"<a:effectStyle><a:effectLst/></a:effectStyle>" * 3}</a:effectStyleLst><a:bgFillStyleLst>{fill * 3}</a:bgFillStyleLst>'
    )
    return (
        f'{HEAD}<a:theme xmlns:a="{SCHEMAS}/drawingml/2006/main" name="Dossier"><a:themeElements><a:clrScheme name="Dossier">{scheme}</a:clrScheme>'
        f'<a:fontScheme name="Dossier">{fonts}</a:fontScheme><a:fmtScheme name="Dossier">{effects}</a:fmtScheme></a:themeElements></a:theme>'
    )


def font_key(number: int) -> uuid.UUID:
    """The key that hides a font; from a name, so that it is the same every time."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"urn:dossier:font:{FACES[number - 1]}")


def hidden_font(number: int) -> bytes:
    """The font as Word embeds it: its first 32 bytes crossed with the key, read backwards."""
    data, key = bytearray((HERE / "fonts" / FACES[number - 1]).read_bytes()), font_key(number).bytes[::-1]
    for index in range(32):
        data[index] ^= key[index % 16]
    return bytes(data)


def font_table() -> str:
    """word/fontTable.xml: the body family with its faces, and the semi-bold face once more under its own name."""

    def face(kind: str, number: int) -> str:
        return f'<w:embed{kind} r:id="rId{number}" w:fontKey="{{{str(font_key(number)).upper()}}}"/>'

    def font(name: str, weight: int, faces: str) -> str:
        panose = f"020B0{weight}03030403020204"[:20]
        traits = f'<w:panose1 w:val="{panose}"/><w:charset w:val="00"/><w:family w:val="swiss"/><w:pitch w:val="variable"/>'
        signature = '<w:sig w:usb0="E00002FF" w:usb1="00002003" w:usb2="00000000" w:usb3="00000000" w:csb0="2000019F" w:csb1="00000000"/>'
        return f'<w:font w:name="{name}"><w:altName w:val="Arial"/>{traits}{signature}{faces}</w:font>'

    body = font(BODY_FONT, 503, face("Regular", 1) + face("Bold", 2) + face("Italic", 3))
    return f"{HEAD}<w:fonts {SPACES}>{body}{font(BOLD_FONT, 603, face('Regular', 2))}</w:fonts>"


def mark(tag: str, name: str) -> str:
    """A control in header or footer that the program fills by its tag; its text, as in {title}, does as well."""
    number = zlib.crc32(f"style/{tag}".encode()) & 0x7FFFFFFF
    properties = f'<w:alias w:val="{name}"/><w:tag w:val="{tag}"/><w:id w:val="{number}"/><w:text/>'
    shown = words(f"{{{tag}}}")
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{shown}</w:sdtContent></w:sdt>"


def words(text: str, look: str = "") -> str:
    """One run."""
    return f"<w:r>{f'<w:rPr><w:rStyle w:val={chr(34)}{look}{chr(34)}/></w:rPr>' if look else ''}<w:t xml:space=\"preserve\">{text}</w:t></w:r>"


def counter(code: str) -> str:
    """A field that Word works out by itself."""
    char = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    return f"{char.format('begin')}<w:r><w:instrText xml:space=\"preserve\"> {code} </w:instrText></w:r>{char.format('separate')}{words('1')}{char.format('end')}"


TAB = "<w:r><w:tab/></w:r>"


def header(look: str) -> str:
    """Number and revision left, title centre, mark right."""
    content = mark("number", "Document number") + words(" · ") + mark("revision", "Word and revision")
    content += TAB + mark("title", "Title") + TAB + mark("mark", "Mark")
    return f'{HEAD}<w:hdr {SPACES}><w:p><w:pPr><w:pStyle w:val="{look}"/></w:pPr>{content}</w:p></w:hdr>'


def footer(look: str) -> str:
    """Product left, page x of y right."""
    content = mark("product", "Product") + TAB + TAB + mark("page", "The word for page") + words(" ") + counter("PAGE")
    content += words(" ") + mark("of", "The word for of") + words(" ") + counter("NUMPAGES")
    return f'{HEAD}<w:ftr {SPACES}><w:p><w:pPr><w:pStyle w:val="{look}"/></w:pPr>{content}</w:p></w:ftr>'


def section(number: int, landscape: bool) -> str:
    """One page set-up: A4 with its header and footer."""
    across, down = (297, 210) if landscape else (210, 297)
    sides, top, bottom = (18, 22, 18) if landscape else (20, 22, 20)
    turn = ' w:orient="landscape"' if landscape else ""
    return (
        f'<w:sectPr><w:headerReference w:type="default" r:id="rIdHeader{number}"/><w:footerReference w:type="default" r:id="rIdFooter{number}"/><w:type w:val="nextPage"/>'
        f'<w:pgSz w:w="{twips(across)}" w:h="{twips(down)}"{turn}/><w:pgMar w:top="{twips(top)}" w:right="{twips(sides)}" w:bottom="{twips(bottom)}" '
        f'w:left="{twips(sides)}" w:header="{twips(10)}" w:footer="{twips(9)}" w:gutter="0"/><w:cols w:space="708"/></w:sectPr>'
    )


def paragraph(text: str, look: str = "", extra: str = "") -> str:
    """One paragraph of the specimen."""
    named = f'<w:pStyle w:val="{look}"/>' if look else ""
    properties = f"<w:pPr>{named}{extra}</w:pPr>" if named or extra else ""
    return f"<w:p>{properties}{words(text) if text else ''}</w:p>"


def specimen_table(look: str, width: float, rows: tuple[tuple[str, ...], ...], styles_used: tuple[str, ...], head: bool) -> str:
    """A small table in one table style."""
    column = twips(width / len(rows[0]))
    properties = f'<w:tblPr><w:tblStyle w:val="{look}"/><w:tblW w:w="{twips(width)}" w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblLook w:val="0620" w:firstRow="{int(head)}" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/></w:tblPr>'
    body = ""
    for number, row in enumerate(rows):
        texts = ("TableHead",) * len(row) if head and number == 0 else styles_used
        body += "<w:tr>" + "".join(f'<w:tc><w:tcPr><w:tcW w:w="{column}" w:type="dxa"/></w:tcPr>{paragraph(text, named)}</w:tc>' for text, named in zip(row, texts)) + "</w:tr>"
    return f"<w:tbl>{properties}<w:tblGrid>{f'<w:gridCol w:w={chr(34)}{column}{chr(34)}/>' * len(rows[0])}</w:tblGrid>{body}</w:tbl>" + paragraph("", "TableGap")


def specimen() -> str:
    """word/document.xml: every style in use, and a word on how to change it. The program leaves this body out."""
    portrait = [
        paragraph("Styles of the dossier documents", "Title"),
        paragraph("Subtitle: not used by the shipped documents", "Subtitle"),
        paragraph("Lead: change the looks here in Word, under Styles, and save this file as style.docx beside your templates. Every document takes its styles, page set-up, header and footer from it.", "Lead"),
        paragraph("Heading 1", "Heading1"),
        paragraph("Body Text: this text is a specimen and is left out. Keep the names of the styles. The controls in header and footer are filled by their tag; move or delete them as you like, add a logo beside them.", "BodyText"),
        paragraph("Heading 2", "Heading2"),
        paragraph("List Bullet: a portrait section with its header and footer stands first,", "ListBullet"),
        paragraph("a landscape section with its own on the next page.", "ListBullet"),
        paragraph("Heading 3", "Heading3"),
        paragraph("Note: something the reader should know.", "Note"),
        paragraph("Warning: something the reader must not miss.", "Warning"),
        paragraph("Address: the recipient of a letter", "Address"),
        paragraph("Small: small print.", "Small"),
        paragraph("TOC Heading", "TOCHeading"),
        paragraph("TOC 1: a line of the table of contents", "TOC1"),
        paragraph("Signature: the closing of a letter with the names, and room to sign", "Signature"),
        paragraph("", "", section(1, False)),
    ]
    looks = ("Strong", "Emphasis", "SmallText", "Code", "Hyperlink", "PlaceholderText", *(f"Status{kind}" for kind in ("Covered", "Gap", "Expected", "NotApplicable", "Undetermined", "Applies", "Information", "Unconfirmed")))
    landscape = [
        paragraph("Tables and words", "Heading1"),
        f"<w:p>{words('; ').join(words(look, look) for look in looks)}</w:p>",
        paragraph("Caption: Dossier Table", "Caption"),
        specimen_table("DossierTable", 261, (("Table Head",) * 3, ("Table Row Head", "Table Text", "Table Text"), ("Table Row Head", "Table Text", "Table Text")), ("TableRowHead", "TableText", "TableText"), True),
        paragraph("Caption: Dossier Facts", "Caption"),
        specimen_table("DossierFacts", 261, (("Table Label", "Table Text") * 2,) * 2, ("TableLabel", "TableText") * 2, False),
        paragraph("Caption: Dossier Sign", "Caption"),
        specimen_table("DossierSign", 261, (("Table Head",) * 3, ("Table Row Head", "Table Text", "Table Text")), ("TableRowHead", "TableText", "TableText"), True),
    ]
    return f"{HEAD}<w:document {SPACES}><w:body>{''.join(portrait)}{''.join(landscape)}{section(2, True)}</w:body></w:document>"


def relations(*rows: tuple[str, str, str]) -> str:
    """A .rels part from (id, type, target)."""
    made = "".join(f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>' for name, kind, target in rows)
    return f'{HEAD}<Relationships xmlns="{SCHEMAS}/package/2006/relationships">{made}</Relationships>'


def content_types() -> str:
    """[Content_Types].xml."""
    kinds = {"document": "document.main", "styles": "styles", "settings": "settings", "fontTable": "fontTable", "numbering": "numbering", "header1": "header", "header2": "header", "footer1": "footer", "footer2": "footer"}
    overrides = "".join(f'<Override PartName="/word/{part}.xml" ContentType="{WORD}.{kind}+xml"/>' for part, kind in kinds.items())
    overrides += '<Override PartName="/word/theme/theme1.xml" ContentType="application/vnd.openxmlformats-officedocument.theme+xml"/>'
    overrides += '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
    defaults = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
    defaults += '<Default Extension="odttf" ContentType="application/vnd.openxmlformats-officedocument.obfuscatedFont"/>'
    return f'{HEAD}<Types xmlns="{SCHEMAS}/package/2006/content-types">{defaults}{overrides}</Types>'


def core() -> str:
    """docProps/core.xml."""
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="{SCHEMAS}/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<dc:title>Styles of the dossier documents</dc:title><dc:language>en-GB</dc:language></cp:coreProperties>"
    )


def parts() -> dict[str, str | bytes]:
    """Every part of the package, in the order it is written."""
    kinds = {"Styles": "styles", "Settings": "settings", "Fonts": "fontTable", "Numbering": "numbering", "Theme": "theme"}
    targets = {"Theme": "theme/theme1.xml"}
    document = [(f"rId{name}", f"{OFFICE}/relationships/{kind}", targets.get(name, f"{kind}.xml")) for name, kind in kinds.items()]
    document += [(f"rId{name}{number}", f"{OFFICE}/relationships/{name.lower()}", f"{name.lower()}{number}.xml") for number in (1, 2) for name in ("Header", "Footer")]
    fonts = [(f"rId{number}", f"{OFFICE}/relationships/font", f"fonts/font{number}.odttf") for number in (1, 2, 3)]
    core_type = f"{SCHEMAS}/package/2006/relationships/metadata/core-properties"
    return {
        "[Content_Types].xml": content_types(),
        "_rels/.rels": relations(("rId1", f"{OFFICE}/relationships/officeDocument", "word/document.xml"), ("rId2", core_type, "docProps/core.xml")),
        "word/document.xml": specimen(),
        "word/_rels/document.xml.rels": relations(*document),
        "word/styles.xml": styles(),
        "word/settings.xml": settings(),
        "word/fontTable.xml": font_table(),
        "word/_rels/fontTable.xml.rels": relations(*fonts),
        "word/numbering.xml": numbering(),
        "word/theme/theme1.xml": theme(),
        "word/header1.xml": header("Header"),
        "word/footer1.xml": footer("Footer"),
        "word/header2.xml": header("HeaderWide"),
        "word/footer2.xml": footer("FooterWide"),
        "docProps/core.xml": core(),
        **{f"word/fonts/font{number}.odttf": hidden_font(number) for number in (1, 2, 3)},
    }


def main(target: Path = TARGET) -> None:
    """Writes the package; the same bytes every time."""
    with zipfile.ZipFile(target, "w") as package:
        for name, content in parts().items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, content)


if __name__ == "__main__":
    main()
