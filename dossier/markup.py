"""The small HTML vocabulary of the templates, read into blocks; anything outside it is an error with its place."""
from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, get_args

from dossier.blocks import Block, Break, Bullets, Cell, Contents, Field, Heading, Inline, Inlines, Link, Paragraph, Row, Status, StatusKind, Table, Text
from dossier.errors import DossierError, Problem, did_you_mean

TAGS: dict[str, frozenset[str]] = {
    "h1": frozenset({"id"}),
    "h2": frozenset({"id"}),
    "h3": frozenset({"id"}),
    "p": frozenset({"class", "lang"}),
    "ul": frozenset(),
    "li": frozenset(),
    "nav": frozenset({"title"}),
    "table": frozenset({"class", "summary"}),
    "caption": frozenset(),
    "colgroup": frozenset(),
    "col": frozenset({"width"}),
    "thead": frozenset(),
    "tbody": frozenset(),
    "tr": frozenset({"id"}),
    "th": frozenset({"lang"}),
    "td": frozenset({"lang"}),
    "strong": frozenset(),
    "em": frozenset({"lang"}),
    "small": frozenset(),
    "code": frozenset(),
    "span": frozenset({"class", "lang"}),
    "a": frozenset({"href"}),
    "br": frozenset(),
    "input": frozenset({"name", "type", "title", "placeholder", "value", "checked"}),
    "textarea": frozenset({"name", "title", "placeholder"}),
    "select": frozenset({"name", "title", "placeholder"}),
    "option": frozenset({"value", "selected"}),
}
_HEADINGS = ("h1", "h2", "h3")
_STYLED = ("strong", "em", "small", "code", "span")
_VOID = ("br", "col", "input")
_OWNERS = (*_HEADINGS, "p", "li", "caption", "th", "td", "a", "option", "textarea")
_PARAGRAPHS = ("", "lead", "note", "warning", "small", "address", "signature")
_TABLES = ("grid", "facts", "sign", "matrix")
_INPUTS = {"text": "text", "checkbox": "checkbox", "date": "date"}
MAX_FIELD_NAME = 64


def parse(html: str, name: str) -> tuple[Block, ...]:
    """The blocks in `html`; `name` is the file that messages name.

    Raises DossierError with every tag, attribute and text that is not part of the vocabulary.
    """
    parser = _Parser(name)
    parser.feed(html)
    parser.close()
    parser.finish()
    if parser.problems:
        raise DossierError(parser.problems)
    return tuple(parser.blocks)


@dataclass(slots=True)
class _Open:
    """One open element and what has been gathered inside it."""

    tag: str
    attrs: dict[str, str]
    line: int
    inlines: list[Inline] = field(default_factory=list)
    parts: list[Any] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    selected: str = ""


class _Parser(HTMLParser):
    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.name = name
        self.blocks: list[Block] = []
        self.problems: list[Problem] = []
        self.open: list[_Open] = []
        self.names: set[str] = set()
        self.headings = 0
        self.mark: tuple[str, int, int, int] | None = None

    # --- events ---------------------------------------------------------------------------------------------------

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self._problem(f"<{tag}> is not part of the dossier vocabulary.", did_you_mean(tag, TAGS) or f"Use one of: {', '.join(sorted(TAGS))}.")
            return
        given = {key: value or "" for key, value in attrs}
        for key in given:
            if key not in TAGS[tag]:
                self._problem(f"<{tag}> has no attribute {key}.", did_you_mean(key, TAGS[tag]))
        element = _Open(tag, given, self._here()[1])
        if tag in _VOID:
            self._void(element)
        else:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in TAGS and tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in TAGS or tag in _VOID:
            return
        if not self.open or self.open[-1].tag != tag:
            waiting = f"<{self.open[-1].tag}> of line {self.open[-1].line} is still open" if self.open else "nothing is open"
            self._problem(f"</{tag}> closes nothing here: {waiting}.")
            if any(element.tag == tag for element in self.open):
                while self.open.pop().tag != tag:
                    pass
            return
        self._close(self.open.pop())

    def handle_data(self, data: str) -> None:
        text = re.sub(r"[ \t\n\r\f]+", " ", data)
        if any(element.tag == "select" for element in self.open) and self.open[-1].tag != "option":
            return
        if not any(element.tag in _OWNERS for element in self.open):
            if text.strip():
                self._problem(f'"{text.strip()[:40]}" stands outside a paragraph, list or cell.', "Put it in <p>.")
            return
        if text:
            self._add(Text(text, *self._style()))

    def handle_comment(self, data: str) -> None:
        """`<!--@file:line-->` says which line of which template the following markup comes from."""
        if match := re.fullmatch(r"@(.+):(\d+)", data):
            line, column = self.getpos()
            self.mark = (match[1], int(match[2]), line, column + len(data) + len("<!---->"))

    def finish(self) -> None:
        """Names what was never closed."""
        for element in self.open:
            self.problems.append(Problem(self.name, 0, 0, f"<{element.tag}> is never closed."))

    # --- building -------------------------------------------------------------------------------------------------

    def _void(self, element: _Open) -> None:
        match element.tag:
            case "br":
                self._add(Break())
            case "col":
                self._parent("colgroup", element).parts.append(_width(element.attrs.get("width", "")))
            case "input":
                kind = _INPUTS.get(element.attrs.get("type", "text"))
                if kind is None:
                    self._problem(f'<input type="{element.attrs["type"]}"> is not known.', f"Use one of: {', '.join(_INPUTS)}.")
                    return
                value = ("yes" if "checked" in element.attrs else "") if kind == "checkbox" else element.attrs.get("value", "")
                self._field(element, kind, value)

    def _close(self, element: _Open) -> None:
        inlines = _tidy(element.inlines)
        match element.tag:
            case "h1" | "h2" | "h3":
                self.headings += 1
                self.blocks.append(Heading(int(element.tag[1]), inlines, element.attrs.get("id") or f"s{self.headings}"))
            case "p":
                style = self._choice(element, "class", _PARAGRAPHS)
                self.blocks.append(Paragraph(inlines, style, element.attrs.get("lang", "")))
            case "nav":
                self.blocks.append(Contents(element.attrs.get("title", "")))
            case "li":
                self._parent("ul", element).parts.append(inlines)
            case "ul":
                self.blocks.append(Bullets(tuple(element.parts)))
            case "th" | "td":
                self._parent("tr", element).parts.append(Cell(inlines, element.tag == "th", element.attrs.get("lang", "")))
            case "tr":
                self._row(element)
            case "thead" | "tbody" | "colgroup":
                self._parent("table", element).parts.append((element.tag, element.parts))
            case "caption":
                self._parent("table", element).parts.append(("caption", inlines))
            case "table":
                self._table(element)
            case "a":
                self._add(Link(element.attrs.get("href", ""), "".join(part.text for part in inlines if isinstance(part, Text)), self._lang()))
            case "option":
                label = "".join(part.text for part in inlines if isinstance(part, Text))
                select = self._parent("select", element)
                select.options.append((element.attrs.get("value", label), label))
                if "selected" in element.attrs:
                    select.selected = element.attrs.get("value", label)
            case "select":
                self._field(element, "select", element.selected)
            case "textarea":
                self._field(element, "textarea", "".join(part.text for part in inlines if isinstance(part, Text)))
            case _:
                pass

    def _row(self, element: _Open) -> None:
        row = Row(tuple(element.parts), element.attrs.get("id", ""))
        if self.open and self.open[-1].tag in ("thead", "tbody"):
            self.open[-1].parts.append(row)
        else:
            self._problem("<tr> stands in <thead> or <tbody>.")

    def _table(self, element: _Open) -> None:
        parts: dict[str, Any] = dict(element.parts)
        widths = tuple(parts.get("colgroup", ()))
        head_rows: list[Row] = parts.get("thead", [])
        rows: list[Row] = parts.get("tbody", [])
        if not widths:
            self._problem("<table> needs <colgroup> with the width of each column in millimetres.")
        for row in (*head_rows, *rows):
            if len(row.cells) != len(widths):
                self._problem(f"a row of this table has {len(row.cells)} cells, but there are {len(widths)} columns{f' (row {row.id})' if row.id else ''}.")
        head = head_rows[0].cells if head_rows else ()
        style: Any = self._choice(element, "class", _TABLES) or "grid"
        self.blocks.append(Table(widths, head, tuple(rows), parts.get("caption", ()), element.attrs.get("summary", ""), style))

    def _field(self, element: _Open, kind: str, value: str) -> None:
        name = element.attrs.get("name", "")
        if not name:
            self._problem(f"<{element.tag}> needs a name: it is how the answer is found again in the reviewed file.")
        elif len(name) > MAX_FIELD_NAME:
            self._problem(f'the field name "{name}" is longer than {MAX_FIELD_NAME} characters.', "Word keeps no longer tag; shorten the requirement id.")
        elif name in self.names:
            self._problem(f'the field name "{name}" is used twice.', "Each field needs its own name.")
        self.names.add(name)
        title = element.attrs.get("title") or name
        self._add(Field(name, kind, title, element.attrs.get("placeholder", ""), value, tuple(element.options)))  # type: ignore[arg-type]

    def _add(self, inline: Inline) -> None:
        for element in reversed(self.open):
            if element.tag in _OWNERS:
                element.inlines.append(self._status(inline))
                return
        self._problem("this stands outside a paragraph, list or cell.", "Put it in <p> or in a cell.")

    def _status(self, inline: Inline) -> Inline:
        """A span of class status-... makes its words a status."""
        if isinstance(inline, Text):
            for element in reversed(self.open):
                role = element.attrs.get("class", "") if element.tag == "span" else ""
                if role.startswith("status-"):
                    kind = role.removeprefix("status-")
                    if kind in get_args(StatusKind):
                        return Status(kind, inline.text)  # type: ignore[arg-type]
                    self._problem(f'"{role}" is not a status.', f"Use one of: {', '.join(get_args(StatusKind))}.")
                elif role:
                    self._problem(f'"{role}" is not a class of <span>.', "Only status-... is known.")
        return inline

    def _style(self) -> tuple[Any, str]:
        style = next((element.tag for element in reversed(self.open) if element.tag in _STYLED and element.tag != "span"), "")
        return style, self._lang()

    def _lang(self) -> str:
        return next((element.attrs["lang"] for element in reversed(self.open) if element.tag in ("em", "span") and element.attrs.get("lang")), "")

    # --- problems -------------------------------------------------------------------------------------------------

    def _parent(self, tag: str, element: _Open) -> _Open:
        if self.open and self.open[-1].tag == tag:
            return self.open[-1]
        self._problem(f"<{element.tag}> stands in <{tag}>.")
        return _Open(tag, {}, element.line)

    def _choice(self, element: _Open, attribute: str, allowed: tuple[str, ...]) -> Any:
        given = element.attrs.get(attribute, "")
        if given in allowed or not given:
            return given
        self._problem(f'<{element.tag} {attribute}="{given}"> is not known.', did_you_mean(given, allowed) or f"Use one of: {', '.join(word for word in allowed if word)}.")
        return ""

    def _here(self) -> tuple[str, int, int]:
        """File, line and column: of the template where marks tell it, else of the text that is read."""
        line, column = self.getpos()
        if self.mark is None:
            return self.name, line, column + 1
        file, marked, at_line, at_column = self.mark
        return file, marked + line - at_line, column - at_column + 1 if line == at_line else column + 1

    def _problem(self, message: str, hint: str = "") -> None:
        self.problems.append(Problem(*self._here(), message, hint))


def _width(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _tidy(inlines: list[Inline]) -> Inlines:
    """Neighbouring words of one style joined; no space at the ends or round a new line."""
    joined: list[Inline] = []
    for inline in inlines:
        last = joined[-1] if joined else None
        if isinstance(inline, Text) and isinstance(last, Text) and (last.style, last.lang) == (inline.style, inline.lang):
            joined[-1] = Text(last.text + inline.text, last.style, last.lang)
        elif isinstance(inline, Status) and isinstance(last, Status) and last.kind == inline.kind:
            joined[-1] = Status(last.kind, last.text + inline.text)
        else:
            joined.append(inline)
    tidy: list[Inline] = []
    for index, inline in enumerate(joined):
        if isinstance(inline, (Text, Status)):
            text = re.sub(" +", " ", inline.text)
            first = index == 0 or isinstance(joined[index - 1], Break)
            last_one = index == len(joined) - 1 or isinstance(joined[index + 1], Break)
            text = text.lstrip(" ") if first else text
            text = text.rstrip(" ") if last_one else text
            if not text:
                continue
            inline = Text(text, inline.style, inline.lang) if isinstance(inline, Text) else Status(inline.kind, text)
        tidy.append(inline)
    while tidy and isinstance(tidy[-1], Break):
        tidy.pop()
    while tidy and isinstance(tidy[0], Break):
        tidy.pop(0)
    return tuple(tidy)
