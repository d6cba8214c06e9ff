"""The inside of a filled PDF as plain data: fields, marks on pages, heights, properties. Judges nothing.

`main` runs in a process of its own with limits on memory and time (`pdf_form`): a PDF can be built so that it fills the
memory or ends the process that opens it.
"""
from __future__ import annotations

import contextlib
import io
import json
import re
import sys
from collections.abc import Iterator
from typing import Any

from dossier import marks

MEMORY, SECONDS = 1_000_000_000, 60
MOST_FIELDS, MOST_MARKS, MOST_PAGES, MOST_LEVELS = 20_000, 20_000, 5_000, 40
MOST_TEXT = 32_000_000
RECORD = "record.json"
_NOT_REMARKS = frozenset({"/Link", "/Widget", "/PrinterMark", "/TrapNet"})
_INHERITED = ("/FT", "/Ff", "/V", "/Opt", "/RV", "/I")
_PUSHBUTTON = 1 << 16


class Refused(Exception):
    """The file cannot be read; the argument is one word for why: locked, damaged, cut, much."""


def main() -> None:
    """Reads a PDF from standard input, writes what it holds to standard output as JSON."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # not on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        answer = extract(sys.stdin.buffer.read())
    except Refused as reason:
        answer = {"refused": str(reason)}
    sys.stdout.write(json.dumps(answer))


def extract(content: bytes) -> dict[str, Any]:
    """What the PDF holds. Raises Refused, and nothing else."""
    import pikepdf

    if _is_cut(content):
        raise Refused("cut")
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            return _Inside(pdf).told()
    except Refused:
        raise
    except pikepdf.PasswordError:
        raise Refused("locked") from None
    except Exception:  # whatever the library makes of broken input
        raise Refused("damaged") from None


def _is_cut(content: bytes) -> bool:
    """Whether the end is missing. What was saved last stands at the end: without it, old answers would be read."""
    end = content.rfind(b"%%EOF")
    return end < 0 or re.search(rb"\d+\s+\d+\s+obj\b", content[end:]) is not None


class _Inside:
    """One open file. Whatever is counted or nested in it is limited."""

    def __init__(self, pdf: Any) -> None:
        self.pdf = pdf
        self.room = MOST_TEXT
        self.places: dict[tuple[int, int], tuple[int, list[float]]] = {}
        self.widgets: list[Any] = []
        self.seen: set[tuple[int, int]] = set()
        self.marks: list[dict[str, Any]] = []

    def told(self) -> dict[str, Any]:
        import pikepdf

        root = self.pdf.Root
        form = root.get("/AcroForm")
        form = form if isinstance(form, pikepdf.Dictionary) else pikepdf.Dictionary()
        info = self.pdf.trailer.get("/Info")
        info = info if isinstance(info, pikepdf.Dictionary) else pikepdf.Dictionary()
        pages = self._pages()
        issued = self._text(info.get("/DocumentPages")).split()
        return {
            "number": self._text(info.get("/DocumentNumber")),
            "revision": self._text(info.get("/DocumentRevision")),
            "record": self._record(),
            "files": self._files(),
            "drawn": [number for number, print_ in enumerate(self._prints() if issued else (), 1) if print_ not in issued],
            "xfa": "/XFA" in form,
            "fields": [*self._fields(form), *self._strays()],
            "marks": self.marks,
            "pages": len(pages),
            "tops": list(self._tops(root.get("/Outlines"), pages)),
            "damaged": bool(self.pdf.get_warnings()),
        }

    def _record(self) -> str:
        attachments = self.pdf.attachments
        if RECORD not in attachments:
            return ""
        content = attachments[RECORD].get_file().read_bytes()
        return str(self._counted(content.decode("utf-8", "replace")))

    def _files(self) -> list[str]:
        """The names of the files that travel in the PDF, beside the record."""
        return [str(self._counted(name)) for name in list(self.pdf.attachments)[:MOST_MARKS] if name != RECORD]

    def _prints(self) -> Iterator[str]:
        """The fingerprint of each page as it is now."""
        import pikepdf

        for page in self.pdf.pages:
            contents = page.obj.get("/Contents")
            streams = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
            parts = [stream.read_bytes() for stream in streams if isinstance(stream, pikepdf.Stream)]
            self.room -= sum(map(len, parts)) // 8
            if self.room < 0:
                raise Refused("much")
            yield marks.page_print(b"\n".join(parts))

    # --- pages --------------------------------------------------------------------------------------------------------

    def _pages(self) -> dict[tuple[int, int], int]:
        """The pages' numbers; gathers what stands on them on the way."""
        import pikepdf

        if len(self.pdf.pages) > MOST_PAGES:
            raise Refused("much")
        numbers = {}
        for number, page in enumerate(self.pdf.pages, 1):
            numbers[page.objgen] = number
            annotations = page.obj.get("/Annots")
            for annotation in annotations if isinstance(annotations, pikepdf.Array) else ():
                if not isinstance(annotation, pikepdf.Dictionary):
                    continue
                kind, place = str(annotation.get("/Subtype", "")), _rectangle(annotation.get("/Rect"))
                if kind == "/Widget":
                    self.places[annotation.objgen] = (number, place)
                    self.widgets.append(annotation)
                elif kind not in _NOT_REMARKS and not self._echo(annotation, kind):
                    self.marks.append(self._mark(annotation, kind, number, place))
                if len(self.marks) > MOST_MARKS or len(self.places) > MOST_FIELDS:
                    raise Refused("much")
        return numbers

    def _echo(self, mark: Any, kind: str) -> bool:
        """Whether the mark is the window of another one and says nothing of its own."""
        import pikepdf

        parent = mark.get("/Parent")
        said = self._text(mark.get("/Contents"))
        return kind == "/Popup" and (not said or (isinstance(parent, pikepdf.Dictionary) and said == self._text(parent.get("/Contents"))))

    def _mark(self, mark: Any, kind: str, page: int, place: list[float]) -> dict[str, Any]:
        import pikepdf

        file = mark.get("/FS")
        named = (file.get("/UF") or file.get("/F")) if isinstance(file, pikepdf.Dictionary) else file
        return {
            "kind": kind[1:],
            "text": "\n".join(filter(None, (self._text(mark.get("/Contents")) or _without_marks(self._text(mark.get("/RC"))), self._text(mark.get("/OverlayText"))))),
            "author": self._text(mark.get("/T")),
            "date": self._text(mark.get("/M")) or self._text(mark.get("/CreationDate")),
            "name": str(mark.get("/Name", "")).lstrip("/") if isinstance(mark.get("/Name"), pikepdf.Name) else "",
            "file": self._text(named),
            "reply": "/IRT" in mark,
            "state": self._text(mark.get("/StateModel")) == "Marked",
            "page": page,
            "place": place,
        }

    def _tops(self, outline: Any, pages: dict[tuple[int, int], int]) -> Iterator[tuple[int, float]]:
        """Where headings and rows begin: page and height of every bookmark."""
        import pikepdf

        waiting, seen = [outline], set[tuple[int, int]]()
        while waiting:
            entry = waiting.pop()
            if not isinstance(entry, pikepdf.Dictionary) or entry.objgen in seen or len(seen) > MOST_MARKS:
                continue
            seen.add(entry.objgen)
            waiting += [entry.get("/Next"), entry.get("/First")]
            target = entry.get("/Dest")
            if isinstance(target, pikepdf.Array) and len(target) > 3 and isinstance(target[0], pikepdf.Dictionary) and target[0].objgen in pages:
                with contextlib.suppress(TypeError, ValueError, ArithmeticError):
                    yield pages[target[0].objgen], float(target[3])

    # --- fields -------------------------------------------------------------------------------------------------------

    def _fields(self, form: Any) -> Iterator[dict[str, Any]]:
        import pikepdf

        top = form.get("/Fields")
        waiting: list[tuple[Any, str, dict[str, Any], int]] = [(node, "", {}, 0) for node in reversed(list(top))] if isinstance(top, pikepdf.Array) else []
        count = 0
        while waiting:
            node, above, inherited, depth = waiting.pop()
            count += 1
            if count > 2 * MOST_FIELDS or depth > MOST_LEVELS:
                raise Refused("much")
            if not isinstance(node, pikepdf.Dictionary) or (node.objgen != (0, 0) and node.objgen in self.seen):
                continue
            self.seen.add(node.objgen)
            name = ".".join(part for part in (above, self._text(node.get("/T"))) if part)
            kept = {**inherited, **{key: node.get(key) for key in _INHERITED if key in node}}
            kids = node.get("/Kids")
            below = [kid for kid in kids if isinstance(kid, pikepdf.Dictionary)] if isinstance(kids, pikepdf.Array) else []
            if any("/T" in kid for kid in below):
                waiting += [(kid, name, kept, depth + 1) for kid in reversed(below)]
            elif name:
                self.seen |= {kid.objgen for kid in below}
                yield self._field(name, kept, [node, *below])

    def _strays(self) -> Iterator[dict[str, Any]]:
        """Fields that stand on a page and in no list: what is left where a program has copied the pages."""
        import pikepdf

        for widget in self.widgets:
            if widget.objgen in self.seen:
                continue
            parts: list[str] = []
            kept: dict[str, Any] = {}
            node = widget
            for _ in range(MOST_LEVELS):
                if not isinstance(node, pikepdf.Dictionary):
                    break
                parts += [part] if (part := self._text(node.get("/T"))) else []
                kept = {**{key: node.get(key) for key in _INHERITED if key in node}, **kept}
                node = node.get("/Parent")
            if parts:
                yield self._field(".".join(reversed(parts)), kept, [widget])

    def _field(self, name: str, about: dict[str, Any], widgets: list[Any]) -> dict[str, Any]:
        import pikepdf

        kind = str(about.get("/FT", ""))
        flags = about.get("/Ff", 0)
        page, place = next((self.places[widget.objgen] for widget in widgets if widget.objgen in self.places), (0, []))
        value = about.get("/V")
        if kind == "/Btn" and value is None:
            value = next((widget.get("/AS") for widget in widgets if "/AS" in widget), None)
        told: list[str] = []
        match value:
            case pikepdf.Array():
                told = [self._text(part) for part in value]
            case pikepdf.Name():
                told = [str(value)[1:]]
            case pikepdf.Dictionary() if kind == "/Sig":
                told = [self._text(value.get("/Name"))]
            case pikepdf.String() | pikepdf.Stream():
                told = [self._text(value)]
            case _ if "/RV" in about:
                told = [_without_marks(self._text(about["/RV"]))]
        choices = about.get("/Opt")
        options = [self._option(option) for option in choices] if isinstance(choices, pikepdf.Array) and len(choices) <= 1_000 else []
        chosen = about.get("/I")
        if kind == "/Ch" and not told and isinstance(chosen, pikepdf.Array):
            told = [options[int(index)][0] for index in chosen if isinstance(index, int) and 0 <= index < len(options)]
        pushed = kind == "/Btn" and isinstance(flags, int) and bool(flags & _PUSHBUTTON)
        return {"name": name, "kind": "" if pushed else kind[1:], "value": told, "options": options, "page": page, "place": place}

    def _option(self, option: Any) -> tuple[str, str]:
        import pikepdf

        if isinstance(option, pikepdf.Array) and len(option) == 2:
            return self._text(option[0]), self._text(option[1])
        return (self._text(option), self._text(option))

    # --- text ---------------------------------------------------------------------------------------------------------

    def _text(self, value: Any) -> str:
        """A text string, or the text in a stream; empty for anything else."""
        import pikepdf

        if isinstance(value, pikepdf.Stream):
            return self._counted(decoded(value.read_bytes()))
        return self._counted(decoded(bytes(value))) if isinstance(value, pikepdf.String) else ""

    def _counted(self, text: str) -> str:
        self.room -= len(text)
        if self.room < 0:
            raise Refused("much")
        return text


def decoded(content: bytes) -> str:
    """A text string's letters, in the four ways in which programs write them."""
    import pikepdf  # noqa: F401  (it registers the encoding "pdfdoc")

    if content.startswith(b"\xfe\xff"):
        return content[2:].decode("utf-16-be", "surrogatepass") if len(content) % 2 == 0 else content[2:-1].decode("utf-16-be", "surrogatepass")
    if content.startswith(b"\xff\xfe"):
        return content[2:].decode("utf-16-le", "surrogatepass") if len(content) % 2 == 0 else content[2:-1].decode("utf-16-le", "surrogatepass")
    if content.startswith(b"\xef\xbb\xbf"):
        return content[3:].decode("utf-8", "replace")
    try:
        return content.decode("pdfdoc")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _rectangle(array: Any) -> list[float]:
    try:
        left, one, right, two = (float(number) for number in array)
    except (TypeError, ValueError, ArithmeticError):
        return []
    return [min(left, right), min(one, two), max(left, right), max(one, two)]


def _without_marks(rich: str) -> str:
    """The words of rich text (XHTML), a line for each paragraph."""
    import html

    return html.unescape(re.sub(r"<[^>]*>", "", re.sub(r"</p\s*>\s*(?=<p)|<br\s*/?>", "\n", rich))).strip()
