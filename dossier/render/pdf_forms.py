"""What WeasyPrint 70 leaves out of a fillable PDF: drawn values, a font that viewers can write with, names in levels.

- Names: a field's own name may hold no full stop (ISO 32000-1, 12.7.3.2). `no.mdreg.6/status` is therefore the field
  `6/status` in `mdreg` in `no`; its full name, which programs show and export, is unchanged.
- Font: typed text is set in an ordinary font with Western letters (WinAnsi), made from the file that is embedded anyway.
  With the glyph numbers that WeasyPrint names instead, some viewers show boxes. Other letters come from the viewer.
- Values: each field is drawn as it stands, so that a list shows its choice in every viewer and on paper, and no viewer
  asks whether to save changes that nobody made.
- Pages: the file's properties hold a fingerprint of each page, so that what was drawn onto one is noticed.
"""
from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

from dossier import marks

FONT = "Form"
SIZE, LINE, MARGIN = 8.5, 10.6, 2.0  # points
_MULTILINE = 1 << 12


def finish(document: Any, pdf: Any) -> None:
    """Completes the form of a laid-out document; for WeasyPrint's `finisher`. Changes nothing where there is no form."""
    form = pdf.catalog.get("AcroForm")
    if form is None:
        return
    pdf.info["DocumentPages"] = _prints(pdf)
    fields = [_object(pdf, reference) for reference in form["Fields"]]
    pen = _Pen(document, pdf, fields)
    for field in fields:
        if field["FT"] != "/Btn":
            pen.draw(field)
    if pen.font is not None:
        form["DR"] = pen.dictionary({"Font": pen.dictionary({FONT: pen.plain_font()})})
        form["DA"] = pen.string(f"0 g /{FONT} {SIZE:g} Tf")
    del form["NeedAppearances"]
    form["Fields"] = _levels(pdf, fields)


def _prints(pdf: Any) -> Any:
    """The fingerprint of each page, by which a reader knows whether something was written onto it."""
    import pydyf  # type: ignore[import-untyped,unused-ignore]

    pages = (pdf.objects[number] for number in pdf.pages["Kids"][::3])
    contents = (_object(pdf, page["Contents"]).stream for page in pages)
    return pydyf.String(" ".join(marks.page_print(b"\n".join(map(_bytes, stream))) for stream in contents))


def _bytes(part: Any) -> bytes:
    """A part of a stream as it is written."""
    return part if isinstance(part, bytes) else part.data if hasattr(part, "data") else str(part).encode("ascii")


def _object(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


class _Pen:
    """Writes in the font of the form's controls; everything it makes becomes an object of the file."""

    def __init__(self, document: Any, pdf: Any, fields: Sequence[Any]) -> None:
        import pydyf  # type: ignore[import-untyped,unused-ignore]
        from fontTools.ttLib import TTFont  # type: ignore[import-untyped,unused-ignore]

        self.pdf, self.pydyf = pdf, pydyf
        self.dictionary, self.string = pydyf.Dictionary, pydyf.String
        named = (re.search(r"/(\S+) [\d.]+ Tf", _text(field["DA"].string)) for field in fields if "DA" in field)
        self.hash = next((match[1] for match in named if match), "")
        self.font = next((font for font in document.fonts.values() if font.hash == self.hash), None)
        if self.font is None:
            return
        with TTFont(io.BytesIO(self.font.file_content), fontNumber=self.font.index, lazy=True) as file:
            metrics, names = file["hmtx"].metrics, file.getGlyphOrder()
            per_em = 1000 / file["head"].unitsPerEm
            self.glyphs = {chr(code): file.getGlyphID(name) for code, name in file.getBestCmap().items()}
            self.widths = [metrics[name][0] * per_em for name in names]
        composite = _object(pdf, _object(pdf, pdf.catalog["AcroForm"]["DR"])["Font"])
        self.reference = _object(pdf, composite)[self.hash] if isinstance(composite, bytes) else composite[self.hash]

    def plain_font(self) -> Any:
        """The embedded font once more, as one that viewers know how to type with."""
        descendant = _object(self.pdf, _object(self.pdf, self.reference)["DescendantFonts"][0])
        described = _object(self.pdf, descendant["FontDescriptor"])
        descriptor = self._added(self.dictionary({**described, "Flags": 32}))
        characters = [bytes([code]).decode("cp1252", "replace") for code in range(32, 256)]
        widths = [round(self.widths[self.glyphs.get(character, 0)], 3) for character in characters]
        return self._added(self.dictionary({
            "Type": "/Font", "Subtype": "/TrueType", "BaseFont": described["FontName"], "Encoding": "/WinAnsiEncoding",
            "FirstChar": 32, "LastChar": 255, "Widths": self.pydyf.Array(widths), "FontDescriptor": descriptor,
        }))  # fmt: skip

    def draw(self, field: Any) -> None:
        """The field's value as its viewers show it, and what they write with from then on."""
        if self.font is None:
            return
        many = bool(int(field.get("Ff", 0)) & _MULTILINE) and field["FT"] == "/Tx"
        field["DA"] = self.string(f"0.1 0.1 0.1 rg /{FONT} {SIZE:g} Tf")
        left, top, right, bottom = (float(number) for number in field["Rect"])
        width, height = abs(right - left), abs(top - bottom)
        field["Rect"] = self.pydyf.Array((min(left, right), min(top, bottom), max(left, right), max(top, bottom)))
        text = _text(field["V"].string)
        colour = "0.1 0.1 0.1 rg"
        if field["FT"] == "/Ch":
            labels = {_text(value.string): _text(label.string) for value, label in field["Opt"]}
            colour = colour if text else "0.37 0.43 0.47 rg"
            text = labels.get(text, text)
        lines = list(self._lines(text, width - 2 * MARGIN)) if many else [text.replace("\n", " ")]
        first = height - MARGIN - SIZE if many else (height - SIZE) / 2 + 0.22 * SIZE
        shown = [f"/Tx BMC q 1 1 {width - 2:.2f} {height - 2:.2f} re W n BT /{self.hash} {SIZE:g} Tf {colour} {LINE:g} TL {MARGIN:g} {first:.2f} Td"]
        shown += [f"<{self._code(line)}> Tj T*" for line in lines[: int(height / LINE) + 1]]
        resources = self.dictionary({"Font": self.dictionary({self.hash: self.reference})})
        extra = {"Type": "/XObject", "Subtype": "/Form", "BBox": self.pydyf.Array((0, 0, width, height)), "Resources": resources}
        field["AP"] = self.dictionary({"N": self._added(self.pydyf.Stream(["\n".join((*shown, "ET Q EMC")).encode()], extra, compress=True))})

    def _added(self, made: Any) -> Any:
        self.pdf.add_object(made)
        return made.reference

    def _code(self, text: str) -> str:
        return "".join(f"{self.glyphs.get(character, 0):04x}" for character in text)

    def _width(self, text: str) -> float:
        return float(sum(self.widths[self.glyphs.get(character, 0)] for character in text)) * SIZE / 1000

    def _lines(self, text: str, room: float) -> Iterator[str]:
        for paragraph in text.splitlines():
            line = ""
            for word in re.findall(r"\S+\s*|\s+", paragraph):
                if line and self._width(line + word.rstrip()) > room:
                    yield line
                    line = ""
                while self._width(word.rstrip()) > room and len(word) > 1:
                    cut = next((end for end in range(2, len(word)) if self._width(word[:end]) > room), len(word)) - 1
                    yield word[:cut]
                    word = word[cut:]
                line += word
            yield line


def _text(string: Any) -> str:
    return string.decode("latin-1") if isinstance(string, bytes) else str(string)


def _levels(pdf: Any, fields: Sequence[Any]) -> Any:
    """The fields under their names' levels; as they are where a name does not divide."""
    import pydyf

    paths = [tuple(_text(field["T"].string).split(".")) for field in fields]
    inner = {path[:depth] for path in paths for depth in range(1, len(path))}
    if inner & set(paths) or not all(all(path) for path in paths):
        return pydyf.Array(field.reference for field in fields)
    top = pydyf.Array()
    levels: dict[tuple[str, ...], Any] = {}

    def kids(path: tuple[str, ...]) -> tuple[Any, Any]:
        if not path:
            return None, top
        if path not in levels:
            above, siblings = kids(path[:-1])
            levels[path] = level = pydyf.Dictionary({"T": pydyf.String(path[-1]), "Kids": pydyf.Array()})
            pdf.add_object(level)
            siblings.append(level.reference)
            if above is not None:
                level["Parent"] = above.reference
        return levels[path], levels[path]["Kids"]

    for field, path in zip(fields, paths):
        level, siblings = kids(path[:-1])
        siblings.append(field.reference)
        field["T"] = pydyf.String(path[-1])
        if level is not None:
            field["Parent"] = level.reference
    return top
