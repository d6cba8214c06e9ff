"""The text of WordprocessingML as it reads with every tracked change accepted: what is shown, and nothing else.

Word keeps a reader's words in many shapes: runs, hyperlinks, smart tags, fields, text boxes, tracked insertions. All of
them are transparent here; deletions, field codes and properties are not there at all. A sign of a symbol font reads as
the Unicode character that looks like it, `<w:sym w:font="Symbol" w:char="F0A3"/>` as "≤"; one that is not known as
"[Webdings F061]", never as the letter that has the same number.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Set
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

_WORD_ART = "{urn:schemas-microsoft-com:vml}textpath"
_GONE = frozenset(f"{W}{name}" for name in ("del", "moveFrom", "delText", "instrText", "delInstrText"))
_PROPERTIES = frozenset(
    f"{W}{name}"
    for name in ("pPr", "rPr", "tblPr", "trPr", "tcPr", "tblGrid", "sectPr", "sdtPr", "sdtEndPr", "smartTagPr", "customXmlPr", "fldData", "tblPrEx", "rt", "footnoteReference")
)
_CHARACTERS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "\u2011", f"{W}softHyphen": "\u00ad", f"{W}ptab": "\t"}
_DELETED = frozenset(f"{W}{name}" for name in ("del", "moveFrom", "delText"))
_MARKERS = frozenset(f"{W}{name}" for name in ("bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd", "proofErr"))
TRACKED = frozenset(f"{W}{name}" for name in ("ins", "del", "moveFrom", "moveTo"))
SKIPPED = _GONE | _PROPERTIES
_SPEAKING = (f"{W}t", f"{W}sym", f"{M}t", _WORD_ART)
_SHOWN_BY_CODE = ("SYMBOL", "EQ", "MACROBUTTON", "GOTOBUTTON")
ON = ("1", "true", "on")  # how a property says yes; without a word it says so too

_PRIVATE = 0xF000  # Word counts the characters of a symbol font from here
_UNKNOWN = "\ufffd"


def _signs(*runs: tuple[int, str]) -> dict[int, str]:
    """Code to character, from runs of neighbouring codes; U+FFFD stands for a code without a character of its own."""
    return {start + index: sign for start, signs in runs for index, sign in enumerate(signs) if sign != _UNKNOWN}


# Symbol as Adobe encodes it; Wingdings as Unicode 7 maps them, by nearest characters that common fonts have.
_SYMBOL_FONTS = {
    "symbol": _signs(
        (0x20, " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"),
        (0xA0, "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓"),
        (0xE0, "◊⟨®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪�⟩∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭"),
    ),
    "wingdings": _signs(
        (0x20, " ✏✂✁"), (0x28, "☎✆✉"), (0x36, "⌛⌨"), (0x3E, "✇✍�✌"), (0x45, "☜☞☝☟"), (0x4A, "☺"), (0x4C, "☹"), (0x4E, "☠⚐"), (0x51, "✈☼�❄�✞�✠✡☪☯ॐ☸♈♉♊♋♌♍♎♏♐♑♒♓"),
        (0x6B, "&●❍■□�❑❒⬧⧫◆❖⬥⌧⍓⌘"), (0x80, "⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿"), (0x9E, "·•"), (0xA1, "○"), (0xA4, "◉◎"), (0xA7, "▪☐"), (0xAA, "✦★✶✴✹✵"), (0xB1, "⌖⟡⌑"), (0xB5, "✪✰"),
        (0xD5, "⌫⌦"), (0xD8, "➢"), (0xDC, "➲"), (0xDF, "←→↑↓↖↗↙↘←→↑↓↖↗↙↘⇦⇨⇧⇩⬄⇳⬁⬀⬃⬂▭▫✗✓☒☑"),
    ),
    "wingdings 2": _signs((0x20, " "), (0x4F, "✗✓☒☑☒☒⊗⊗"), (0x69, "⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿"), (0x96, "●●"), (0x99, "○○"), (0xA2, "■□")),
    "wingdings 3": _signs((0x20, " ←→↑↓↖↗↙↘"), (0x66, "←→↑↓↖↗↙↘"), (0x70, "▲▼△▽◀▶◁▷◣◢◤◥◀▶▲")),
}
# Before a part of a formula, where its place on the page says what it is.
_BEFORE = {f"{M}den": "/", f"{M}sup": "^", f"{M}sub": "_"}
_BETWEEN = {f"{M}m": "; ", f"{M}mr": ", ", f"{M}eqArr": "; "}


def shown(node: Any, skipped: Set[str] = SKIPPED) -> Iterator[Any]:
    """The children that are shown: of alternatives the first that has words, since the others say the same again."""
    for child in node:
        if child.tag == f"{MC}AlternateContent":
            yield from shown(_alternative(child), skipped)
        elif child.tag not in skipped and isinstance(child.tag, str):
            yield child


def _alternative(node: Any) -> Any:
    ways = [child for child in node if child.tag in (f"{MC}Choice", f"{MC}Fallback")]
    return next((way for way in ways if next(way.iter(*_SPEAKING), None) is not None), ways[0] if ways else ())


def character(node: Any) -> str | None:
    """The text that an element stands for by itself; None where only its children have text."""
    if node.tag in (f"{W}t", f"{W}delText"):
        return _spelled(node)
    if node.tag == f"{W}sym":
        return _sign(node.get(f"{W}font", ""), node.get(f"{W}char", ""))
    if node.tag == f"{M}t":
        return node.text or ""
    if node.tag == _WORD_ART:
        return str(node.get("string", ""))
    if node.tag == f"{W}fldChar" and (form := node.find(f"{W}ffData")) is not None:
        return _chosen(form)
    if node.tag == f"{M}oMath":
        return _formula(node)
    return _CHARACTERS.get(node.tag)


def _chosen(form: Any) -> str:
    """What a field of an older form shows by itself: the line chosen from its list, or its box. Typed text stands in runs."""
    if (listed := form.find(f"{W}ddList")) is not None:
        number = next((mark.get(f"{W}val", "0") for name in ("result", "default") for mark in listed.findall(f"{W}{name}")), "0")
        lines = [line.get(f"{W}val", "") for line in listed.findall(f"{W}listEntry")]
        return lines[int(number)] if number.isascii() and number.isdigit() and len(number) < 4 and int(number) < len(lines) else ""
    if (box := form.find(f"{W}checkBox")) is not None:
        mark = next((mark for name in ("checked", "default") for mark in box.findall(f"{W}{name}")), None)
        return "\u2612" if mark is not None and mark.get(f"{W}val", "1") in ON else "\u2610"
    return ""


def _spelled(node: Any) -> str:
    """Words, in which a symbol font may have left private characters; its name stands at the run."""
    text = node.text or ""
    if text.isascii() or not any(_PRIVATE <= ord(letter) <= _PRIVATE + 0xFF for letter in text):
        return text
    fonts = node.getparent().find(f"{W}rPr/{W}rFonts") if node.getparent() is not None else None
    font = (fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") or "") if fonts is not None else ""
    return "".join(_sign(font, f"{ord(letter):04X}") if _PRIVATE <= ord(letter) <= _PRIVATE + 0xFF else letter for letter in text)


def _sign(font: str, number: str) -> str:
    """The character that the font shows under the (hexadecimal) number; font and number in brackets where that is not known."""
    try:
        code = int(number, 16)
    except ValueError:
        code = -1
    low = code - _PRIVATE if _PRIVATE <= code <= _PRIVATE + 0xFF else code
    signs = _SYMBOL_FONTS.get(" ".join(font.split()).casefold())
    if 0 <= low <= 0xFF:
        found = signs.get(low, "") if signs is not None else ""
    else:
        found = chr(code) if 0xFF < code <= 0x10FFFF else ""
    if found and (found.isprintable() or found.isspace()):  # half pairs, private and control characters are not
        return found
    about = " ".join(part for part in (font, number) if part)
    return f"[{about}]" if about else ""


def _formula(node: Any) -> str:
    """A formula on one line: "x ≤ 5", "m/s^2", "√(a+b)"."""
    parts = [_formula(child) if (own := character(child)) is None else own for child in shown(node)]
    between = _mark(node, "sepChr", "|") if node.tag == f"{M}d" else _BETWEEN.get(node.tag, "")
    text = between.join(part for part in parts if part)
    if not text:
        return ""
    if node.tag == f"{M}d":
        return f"{_mark(node, 'begChr', '(')}{text}{_mark(node, 'endChr', ')')}"
    if node.tag == f"{M}nary":
        return f"{_mark(node, 'chr', '∫')}{text}"
    if node.tag == f"{M}e" and node.getparent().tag == f"{M}rad":
        return f"√{_grouped(text)}"
    if node.tag in _BEFORE or node.tag == f"{M}num":
        return f"{_BEFORE.get(node.tag, '')}{_grouped(text)}"
    return text


def _mark(node: Any, name: str, usual: str) -> str:
    """The bracket or operator that a part of a formula carries as a property."""
    found = node.find(f"{node.tag}Pr/{M}{name}")
    return str(found.get(f"{M}val", "")) if found is not None else usual


def _grouped(text: str) -> str:
    return text if len(text) == 1 or text.isalnum() else f"({text})"


def text_of(node: Any, deleted: bool = False) -> str:
    """All text below, a line feed between paragraphs; with `deleted` what tracking holds as deleted too."""
    pieces: list[str] = []
    _gather(node, pieces, SKIPPED - _DELETED if deleted else SKIPPED)
    return "".join(pieces)


def _gather(node: Any, pieces: list[str], skipped: Set[str]) -> None:
    """Depth first, without recursion over the depth that a file chooses."""
    waiting = [shown(node, skipped)]
    while waiting:
        child = next(waiting[-1], None)
        if child is None:
            waiting.pop()
            continue
        own = character(child)
        if own is not None:
            pieces.append(own)
            continue
        if child.tag == f"{W}p" and pieces and any(pieces):
            pieces.append("\n")
        waiting.append(shown(child, skipped))


def without_deleted_ends(root: Any) -> Any:
    """The root, with each paragraph whose end was deleted with tracking made one with the next, as Word shows them once that is accepted."""
    for paragraph in list(root.iter(f"{W}p")):
        deleted = paragraph.getparent() is not None and _is_end_deleted(paragraph)
        while deleted and (following := _next(paragraph)) is not None:
            deleted = _is_end_deleted(following)
            following.getparent().remove(following)
            paragraph.attrib.update(following.attrib)  # the last paragraph of a comment is the one that its thread names
            paragraph.extend(child for child in list(following) if child.tag != f"{W}pPr")
    return root


def _is_end_deleted(paragraph: Any) -> bool:
    return any(paragraph.find(f"{W}pPr/{W}rPr/{W}{name}") is not None for name in ("del", "moveFrom"))


def _next(paragraph: Any) -> Any:
    """The paragraph that follows at once."""
    following = paragraph.getnext()
    while following is not None and following.tag in _MARKERS:
        following = following.getnext()
    return following if following is not None and following.tag == f"{W}p" else None


def crossed_out(node: Any, leave: Callable[[Any], bool] = lambda _: False) -> str:
    """The words below that are struck through as a matter of form, without tracking; what lies below the nodes of `leave` is left out."""
    pieces: list[str] = []
    joined = False
    waiting = [shown(node)]
    while waiting:
        child = next(waiting[-1], None)
        if child is None:
            waiting.pop()
        elif child.tag != f"{W}r" or not _is_crossed_out(child):
            joined = joined and child.tag != f"{W}r"
            waiting.append(shown(child) if not leave(child) else iter(()))
        elif text := text_of(child):
            pieces += [text] if joined or not pieces else [" \u2026 ", text]
            joined = True
    return "".join(pieces)


def _is_crossed_out(run: Any) -> bool:
    lines = [line for name in ("strike", "dstrike") for line in run.findall(f"{W}rPr/{W}{name}")]
    return any(line.get(f"{W}val", "1") in ON for line in lines)


def deleted_words(node: Any) -> str:
    """The words below that were deleted with tracking, or moved away to another place than one below."""
    moved = {text_of(each) for each in node.iter(f"{W}moveTo")}
    gone = ((each, text_of(each, deleted=True)) for each in node.iter(f"{W}del", f"{W}moveFrom"))
    return " \u2026 ".join(text for each, text in gone if text.strip() and not (each.tag == f"{W}moveFrom" and text in moved))


def worked_out(node: Any) -> list[str]:
    """The codes of fields whose result Word works out when it shows them, so that the file does not hold it: signs, formulas of the older kind, buttons."""
    codes = "".join("\n" if code.tag == f"{W}fldChar" else code.text or "" for code in node.iter(f"{W}instrText", f"{W}fldChar"))
    found = [*codes.split("\n"), *(simple.get(f"{W}instr", "") for simple in node.iter(f"{W}fldSimple"))]
    return list(dict.fromkeys(" ".join(code.split()) for code in found if code.split()[:1] and code.split()[0].upper() in _SHOWN_BY_CODE))


def addresses(node: Any, targets: Mapping[str, str]) -> list[str]:
    """The addresses to which links below lead and which their words do not show; `targets` are the relations of the part by id."""
    codes = "".join(code.text or "" for code in node.iter(f"{W}instrText"))
    found = [(targets.get(link.get(f"{R}id", ""), ""), text_of(link)) for link in node.iter(f"{W}hyperlink")]
    found += [(address, text_of(node)) for address in dict.fromkeys(re.findall(r'HYPERLINK\s+"([^"]+)"', codes))]
    return list(dict.fromkeys(address for address, shows in found if address and address.removeprefix("mailto:").rstrip("/") not in shows))


def is_tracked(node: Any) -> bool:
    """Whether something below was inserted, deleted or moved with tracking, and not accepted yet."""
    return next(node.iter(*TRACKED), None) is not None
