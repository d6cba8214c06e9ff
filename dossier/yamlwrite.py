"""Plain data to YAML text as the data files write it: one line where it fits, folded where it is long."""
from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

WIDTH = 150

# Text that needs no quotes, neither in a block nor between braces. The loader keeps every scalar as text, so `no` and 17.2 are safe.
_PLAIN = re.compile(r"[^\W_](?:[\w ()./§°+–-]*[\w()./°+])?|§[\w ()./§–-]*[\w()]")


def flow(value: Any) -> str:
    """The data on one line.

    >>> flow({"all": [{"software": "yes"}, {"device_class": ["I", "IIa"]}]})
    '{all: [{software: yes}, {device_class: [I, IIa]}]}'
    >>> flow("Annex I, section 17.2")
    '"Annex I, section 17.2"'
    """
    if isinstance(value, Mapping):
        return "{" + bare(value) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(flow(part) for part in value) + "]"
    return scalar(str(value))


def bare(value: Mapping[str, Any]) -> str:
    """The keys and values on one line without the braces around them, as a cell of a table shows them.

    >>> bare({"not": {"software": "yes"}})
    'not: {software: yes}'
    """
    return ", ".join(f"{scalar(str(key))}: {flow(inner)}" for key, inner in value.items())


def scalar(text: str) -> str:
    """The text as a YAML scalar, in quotes where it needs them."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def lines(key: str, value: Any, indent: int) -> list[str]:
    """The key with its value, as lines of a block that stands `indent` spaces in.

    >>> lines("binds", ["manufacturer", "importer"], 4)
    ['    binds: [manufacturer, importer]']
    """
    margin = " " * indent
    line = f"{margin}{key}: {flow(value)}"
    if len(line) <= WIDTH or not value:
        return [line]
    if isinstance(value, Mapping):
        return [f"{margin}{key}:", *(line for inner, part in value.items() for line in lines(str(inner), part, indent + 2))]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [f"{margin}{key}:", *(f"{margin}  - {flow(part)}" for part in value)]
    return _folded(key, str(value), indent) or [line]


def item(value: Mapping[str, Any], indent: int) -> list[str]:
    """One member of a list, its hyphen standing `indent` spaces in."""
    found = [line for key, part in value.items() for line in lines(str(key), part, indent + 2)]
    return [" " * indent + "- " + found[0][indent + 2 :], *found[1:]]


def _folded(key: str, text: str, indent: int) -> list[str]:
    """A long text over several lines; empty where folding would change it."""
    if text != " ".join(text.split()) or any(mark in text for mark in "\u00a0\u0085\u2028\u2029"):
        return []
    margin = " " * (indent + 2)
    wrapped = textwrap.wrap(text, WIDTH - indent - 2, break_long_words=False, break_on_hyphens=False)
    return [f"{' ' * indent}{key}: >-", *(margin + line for line in wrapped)]
