"""The record that a document carries of itself: who it is, its fields, its words and its decisions, as issued.

Written as JSON when a document is made, read back when a reviewed file returns; the reviewer's answers are never read from it.
"""
from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dossier import __version__
from dossier.blocks import Document, Field, Line, fields_of, lines
from dossier.errors import DossierError, Problem

SCHEMA = "urn:dossier:record:1"
_KINDS: dict[type, str] = {str: "a text", list: "a list", dict: "an object"}


@dataclass(frozen=True, slots=True)
class Identity:
    """Which issue of which document a file is. Only number and revision survive everywhere; the rest may be empty."""

    number: str
    revision: str
    kind: str = ""
    date: str = ""
    locale: str = ""
    product: str = ""
    market: str = ""
    data: str = ""

    def __str__(self) -> str:
        return f"{self.number}, revision {self.revision}"


@dataclass(frozen=True)
class Issued:
    """A document as issued. `content` is the whole record; rows, register and the rest are read from it by name."""

    identity: Identity
    fields: tuple[Field, ...]
    lines: tuple[Line, ...]
    content: Mapping[str, Any]

    @cached_property
    def field(self) -> dict[str, Field]:
        """The fields by name."""
        return {field.name: field for field in self.fields}

    @cached_property
    def row_of(self) -> dict[str, str]:
        """The row in which each field stands, as its first cell names it; empty outside tables."""
        return {name: line.row for line in self.lines for name in line.fields}


def identity_of(document: Document, product: str, market: str, data: str) -> Identity:
    """The identity of a document of one product and market, made with requirement data of version `data`."""
    locale = "+".join(part for part in (document.locale, document.second_locale) if part)
    return Identity(document.number, document.revision, document.kind, document.date.isoformat(), locale, product, market, data)


def record(document: Document, identity: Identity, about: Mapping[str, Any]) -> bytes:
    """The record of the document as JSON in UTF-8, the same bytes for the same input.

    `about` is what else machines should find: the rows with their decisions, the register, product and market in full.
    """
    fields = fields_of(document)
    lists = tuple(dict.fromkeys(field.options for field in fields if field.options))
    number = {options: index for index, options in enumerate(lists)}
    content = {
        "schema": SCHEMA,
        "tool": __version__,
        "data": identity.data,
        "document": {"kind": identity.kind, "number": identity.number, "revision": identity.revision, "date": identity.date, "locale": identity.locale},
        **about,
        "lists": [[list(option) for option in options] for options in lists],
        "fields": [[field.name, field.kind, field.title, field.placeholder, field.value, number.get(field.options, -1)] for field in fields],
        "lines": [[line.text, line.row, line.column, list(line.fields)] for line in lines(document)],
    }
    return ("{\n" + ",\n".join(f'"{key}": {_json(content[key])}' for key in sorted(content)) + "\n}\n").encode()


def _json(value: Any) -> str:
    """JSON with a list's entries on a line each, so that two records can be compared line by line."""
    def dumped(part: Any) -> str:
        return json.dumps(part, ensure_ascii=False, sort_keys=True)

    return "[\n" + ",\n".join(dumped(part) for part in value) + "\n]" if isinstance(value, list) and value else dumped(value)


def parse(content: bytes, name: str) -> Issued:
    """The record in `content`, found in the file `name`. Raises DossierError where it is not one of ours."""
    try:
        data = json.loads(content.decode("utf-8"))
        if data["schema"] != SCHEMA:
            raise ValueError(f'its schema is "{data["schema"]}"')
        _whole(content, data)
        _about(data)
        about, lists = data["document"], [tuple((_text(value), _text(label)) for value, label in options) for options in data["lists"]]
        identity = Identity(*(_text(value) for value in (about["number"], about["revision"], about["kind"], about["date"], about["locale"], data["product"]["id"], data["market"]["id"], data["data"])))
        fields = tuple(_field(entry, lists) for entry in data["fields"])
        words = tuple(Line(str(text), str(row), int(column), tuple(map(str, names))) for text, row, column, names in data["lines"])
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError) as error:
        raise DossierError(Problem(name, 0, 0, f"the record inside the file cannot be used ({error}).", "Ask for the reviewer's file again, as they saved it.")) from None
    return Issued(identity, fields, words, data)


def _field(entry: Sequence[Any], lists: Sequence[tuple[tuple[str, str], ...]]) -> Field:
    name, kind, title, placeholder, value, number = entry
    if kind not in ("text", "textarea", "select", "checkbox", "date"):
        raise ValueError(f'"{kind}" is no kind of field')
    return Field(str(name), kind, str(title), str(placeholder), str(value), lists[number] if number >= 0 else ())


def _whole(content: bytes, data: Any) -> None:
    """Raises ValueError where a text holds half a character, which JSON can say and no document can hold."""
    if b"\\ud" in content.lower():
        json.dumps(data, ensure_ascii=False).encode()


def _about(data: Mapping[str, Any]) -> None:
    """Raises ValueError or TypeError where product, market, rows or register are not in the shape that the comparisons rely on."""
    for name in ("name", "version", "manufacturer"):
        _text(data["product"].get(name, ""))
    dt.date.fromisoformat(_text(data["market"]["date"]))
    for rows in (data["rows"], data["register"]):
        for row in _of(rows, list):
            _text(_of(row, dict)["id"])
    for row in data["rows"]:
        for text in _of(row.get("text", {}), dict).values():
            _text(text)
        for name in ("evidence", "gaps"):
            _of(row.get(name, []), list)


def _text(value: Any) -> str:
    return str(_of(value, str))


def _of(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"{json.dumps(value, ensure_ascii=True)[:40]} stands where {_KINDS[kind]} has to be")
    return value
