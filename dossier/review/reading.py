"""What a filled document holds, in one shape whatever the format: answers, remarks, words, and what the reader noticed.

A reader (`word`, `excel`, `pdf_form`, `html_form`) takes the name and the bytes of a file and gives a `Reading`, or refuses
the file by raising DossierError (exit code 2) with one sentence. It judges nothing: `findings` compares with the record.
"""
from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from dossier.blocks import Line
from dossier.errors import DossierError, Problem
from dossier.issued import Identity, Issued

Weight = Literal["finding", "note"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one field holds.

    `value` is the code for a list, "yes" or "" for a check box, year-month-day for a date, and the text letter for letter
    otherwise, with a line feed for each new line; empty where the field was left untouched or emptied.
    """

    field: str
    value: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reviewer wrote beside the fields: a comment, a reply, a note on a page or cell. `date` as the file writes it."""

    text: str
    author: str = ""
    date: str = ""
    row: str = ""
    place: str = ""
    reply: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing worth acting on (`finding`) or knowing (`note`).

    `message` is an English sentence with {names} for `values`, and the key of its translation. `row` is the row as its
    first cell names it, `field` the field concerned; either may be empty.
    """

    message: str
    values: Mapping[str, str] = field(default_factory=dict)
    row: str = ""
    field: str = ""
    weight: Weight = "finding"

    def __str__(self) -> str:
        return self.message.format(**self.values)


@dataclass(frozen=True, slots=True)
class Reading:
    """One filled file. `words` are its lines outside the fields; None where the format lets nobody change them.

    `issued` is the record found inside, None where it was left out or dropped; `identity` is then what the file's
    properties say.
    """

    name: str
    format: Literal["docx", "xlsx", "pdf", "html"]
    sha256: str
    identity: Identity
    answers: tuple[Answer, ...]
    issued: Issued | None = None
    remarks: tuple[Remark, ...] = ()
    words: tuple[Line, ...] | None = None
    findings: tuple[Finding, ...] = ()


def refuse(name: str, message: str, hint: str = "") -> DossierError:
    """The error that refuses the file: what it is, and what to do."""
    return DossierError(Problem(name, 0, 0, message, hint))


def fingerprint(content: bytes) -> str:
    """The SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
