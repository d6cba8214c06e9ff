"""Makes the evidence files of the sample products: python samples/make_evidence.py [SAMPLE or FOLDER]...

Run once, and again after a change; same input, same bytes. Number, title, revision, date and language of each
document come from product.yaml, its text from evidence-text/<sample>.md (or evidence-text.md in the folder), else
from evidence-text/common.md. A document without a text gets no file; of several with the same file the first counts.

The texts are small Markdown: "# id" begins a document, "##" a heading, "-" a list item, "|" a table row (the first
one is its head), "===" a new page. {maker}, {product} and {version} stand for what product.yaml says. Everything
else is a paragraph. CSV, JSON and text files are written as they stand; "diagram" documents list boxes and arrows.
"""
from __future__ import annotations

import html
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
FONTS = HERE.parent / "templates" / "_shared" / "fonts"
sys.path.insert(0, str(HERE.parent))

from dossier import product as product_file  # noqa: E402
from dossier.product import Evidence, Product  # noqa: E402

SAMPLES = ("ecg-patch", "insulin-advisor", "infusion-pump", "glucose-self-test")
BANNER = "ILLUSTRATIVE SAMPLE - not a real device record"
WORDS = {
    "en": {"number": "Document", "revision": "Revision", "date": "Date", "product": "Product", "none": "not stated", "page": "Page", "of": "of"},
    "nb": {"number": "Dokument", "revision": "Revisjon", "date": "Dato", "product": "Produkt", "none": "ikke oppgitt", "page": "Side", "of": "av"},
    "da": {"number": "Dokument", "revision": "Revision", "date": "Dato", "product": "Produkt", "none": "ikke angivet", "page": "Side", "of": "af"},
    "de": {"number": "Dokument", "revision": "Revision", "date": "Datum", "product": "Produkt", "none": "nicht angegeben", "page": "Seite", "of": "von"},
}
# One font only, so that a file stays small.
STYLE = """
@font-face { font-family: Sample; src: url(SourceSans3-Regular.ttf); }
@page { size: A4; margin: 24mm 20mm 22mm; font: 8.5pt Sample; color: #444;
  @top-left { content: "%(header)s"; }
  @top-right { content: "%(page)s " counter(page) " %(of)s " counter(pages); }
  @bottom-center { content: "%(banner)s"; color: #8a1c1c; } }
body { font: 10.5pt/1.4 Sample; color: #111; }
h1 { font: 18pt/1.2 Sample; margin: 0 0 3mm; }
h2 { font: 13pt/1.2 Sample; color: #1f4e79; margin: 5mm 0 1.5mm; break-after: avoid; }
p { margin: 0 0 2mm; } ul { margin: 0 0 2mm; padding-left: 5mm; }
table { border-collapse: collapse; width: 100%%; margin: 1mm 0 3mm; font-size: 9.5pt; }
th, td { border-bottom: 0.5pt solid #999; padding: 0.8mm 2mm; text-align: left; vertical-align: top; }
th { font-weight: 400; background: #e3e8ee; } table.head th { width: 24%%; } section { break-before: page; } section:first-of-type { break-before: auto; }
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """One product, its folder and the texts of its documents by evidence id."""

    product: Product
    folder: Path
    texts: dict[str, str]

    def make(self, document: Evidence) -> bytes | None:
        """The bytes of the document's file; None where it has no text."""
        text = self.texts.get(document.id)
        if text is None:
            return None
        text = self._filled(text)
        match Path(document.file).suffix:
            case ".pdf":
                return _pdf(self._html(document, text), document.number or document.id)
            case ".png":
                return _diagram(text, f"{document.number}, revision {document.revision}, {document.date}")
            case _:
                return (text + "\n").encode()

    def _filled(self, text: str) -> str:
        names = {"maker": self.product.manufacturer.name, "product": self.product.name, "version": self.product.software.version}
        return re.sub(r"\{(maker|product|version)\}", lambda found: names[found.group(1)], text)

    def _html(self, document: Evidence, text: str) -> str:
        language = document.language[0] if document.language else "en"
        words = WORDS.get(language, WORDS["en"])
        number = document.number or document.id
        rows = ((words["number"], number), (words["revision"], document.revision or words["none"]), (words["date"], str(document.date or words["none"])), (words["product"], f"{self.product.name}, {self.product.manufacturer.name}"))
        head = "".join(f'<tr><th scope="row">{html.escape(name)}</th><td>{html.escape(value)}</td></tr>' for name, value in rows)
        style = STYLE % {"header": f"{number} · {self.product.name}", "page": words["page"], "of": words["of"], "banner": BANNER}
        pages = "".join(f"<section>{_body(page)}</section>" for page in text.split("\n===\n"))
        return (
            f'<html lang="{language}"><head><title>{html.escape(document.title)}</title><meta name="author" content="{html.escape(self.product.manufacturer.name)}">'
            f"<style>{style}</style></head><body><h1>{html.escape(document.title)}</h1><table class=head>{head}</table>{pages}</body></html>"
        )


def texts(folder: Path) -> dict[str, str]:
    """The texts by evidence id: the common ones, overruled by the product's own."""
    found: dict[str, str] = {}
    own = folder / "evidence-text.md"
    for path in (HERE / "evidence-text" / "common.md", own if own.is_file() else HERE / "evidence-text" / f"{folder.name}.md"):
        for part in re.split(r"^# ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            identifier, _, text = part.partition("\n")
            found[identifier.strip()] = text.strip("\n")
    return found


def _body(text: str) -> str:
    """The small Markdown as HTML: lines of one kind that follow each other make one list, table or paragraph."""
    blocks: list[tuple[str, list[str]]] = []
    for line in text.split("\n"):
        kind = "" if not line.strip() else {"#": "heading", "-": "list", "|": "table"}.get(line[0], "paragraph")
        if blocks and blocks[-1][0] == kind and kind != "heading":
            blocks[-1][1].append(line)
        else:
            blocks.append((kind, [line]))
    return "".join(_block(kind, lines) for kind, lines in blocks if kind)


def _block(kind: str, lines: list[str]) -> str:
    match kind:
        case "heading":
            return f"<h2>{html.escape(lines[0].lstrip('# '))}</h2>"
        case "list":
            return "<ul>" + "".join(f"<li>{html.escape(line[1:].strip())}</li>" for line in lines) + "</ul>"
        case "table":
            rows = [[html.escape(cell.strip()) for cell in line.strip("|").split("|")] for line in lines]
            head = "".join(f'<th scope="col">{cell}</th>' for cell in rows[0])
            body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows[1:])
            return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        case _:
            return f"<p>{html.escape(' '.join(lines))}</p>"


def _pdf(page: str, number: str) -> bytes:
    from weasyprint import HTML

    made: bytes = HTML(string=page, base_url=f"{FONTS.as_uri()}/").write_pdf(pdf_tags=True, pdf_identifier=number.encode())
    return made


def _diagram(text: str, identity: str) -> bytes:
    """A drawing: "title", "zone X Y W H label", "box X Y label", "arrow A B label" (boxes counted from 1), "text X Y words"."""
    import io

    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", (1000, 560), 255)
    draw = ImageDraw.Draw(image)
    fonts = {size: ImageFont.truetype(str(FONTS / "SourceSans3-Regular.ttf"), size) for size in (16, 18, 24)}
    boxes: list[tuple[int, int]] = []
    for line in text.split("\n"):
        kind, *words = line.split()
        numbers = {"zone": 4, "box": 2, "arrow": 2, "text": 2}.get(kind, 0)
        place, label = [int(word) for word in words[:numbers]], " ".join(words[numbers:])
        match kind:
            case "title":
                draw.text((20, 14), label, 0, fonts[24])
            case "zone":
                x, y, width, height = place
                draw.rectangle((x, y, x + width, y + height), outline=130)
                draw.text((x + 8, y + height - 26), label, 70, fonts[16])
            case "box":
                boxes.append((place[0], place[1]))
                draw.rectangle((place[0], place[1], place[0] + 200, place[1] + 70), fill=232, outline=0)
                draw.multiline_text((place[0] + 10, place[1] + 9), label.replace(" / ", "\n"), 0, fonts[18], spacing=6)
            case "arrow":
                ends, middle, anchor = _arrow(*(boxes[number - 1] for number in place))
                draw.line(ends, 90, 2)
                for (x, y), (dx, dy) in zip(ends, _heads(ends), strict=True):
                    draw.polygon([(x, y), (x + dx - dy // 2, y + dy - dx // 2), (x + dx + dy // 2, y + dy + dx // 2)], fill=90)
                draw.text(middle, label.replace(" / ", "\n"), 0, fonts[16], anchor=anchor)
            case "text":
                draw.text((place[0], place[1]), label, 0, fonts[16])
    draw.text((20, 542), identity, 70, fonts[16], anchor="lm")
    draw.text((980, 542), BANNER, 0, fonts[16], anchor="rm")
    out = io.BytesIO()
    image.quantize(16).save(out, "PNG", optimize=True)
    return out.getvalue()


def _arrow(start: tuple[int, int], end: tuple[int, int]) -> tuple[list[tuple[int, int]], tuple[int, int], str]:
    """The ends of a line between the facing sides of two boxes that share a row or a column, and where its label stands."""
    (x1, y1), (x2, y2) = sorted((start, end))
    if y1 == y2:
        return [(x1 + 200, y1 + 35), (x2, y1 + 35)], ((x1 + 200 + x2) // 2, y1 + 10), "ma"
    return [(x1 + 100, y1 + 70), (x1 + 100, y2)], (x1 + 110, (y1 + 70 + y2) // 2), "lm"


def _heads(ends: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """From each end, the way to the foot of its arrow head."""
    return [(10, 0), (-10, 0)] if ends[0][1] == ends[1][1] else [(0, 10), (0, -10)]


def main(names: list[str]) -> None:
    """Writes the files of the named samples, and says how many and how large."""
    os.environ["SOURCE_DATE_EPOCH"] = "0"  # fontTools writes the time into embedded fonts
    for name in names or SAMPLES:
        folder = Path(name) if Path(name).is_dir() else HERE / name
        sample = Sample(product_file.read(folder).product, folder, texts(folder))
        sizes = {}
        for document in sample.product.evidence:
            content = None if document.file in sizes else sample.make(document)
            if content is not None:
                path = folder / document.file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
                sizes[document.file] = len(content)
        largest = max(sizes, key=sizes.__getitem__)
        print(f"{name}: {len(sizes)} files, {sum(sizes.values()):,} bytes, largest {largest} {sizes[largest]:,}")


if __name__ == "__main__":
    main(sys.argv[1:])
