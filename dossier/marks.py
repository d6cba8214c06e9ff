"""The hidden marks by which a workbook (and the pages of a fillable PDF) is read back, shared by the renderer that writes them and the reader.

The first row and the first column of every sheet are hidden. The row names each column (`c0`, `c1`, ...), the column each
row: the fingerprint of its fixed words, then its fields as `column=name`. Whatever a reviewer moves, sorts, filters or
hides, the marks move along. A very hidden sheet holds the lists, the kinds of the fields, the record, and the words of the
pages' headers and footers.
"""
from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote

from dossier.blocks import one_line

FORM = "dossier-form"
KEYS = "dossier:columns"
SECTION, GO = "section", "go"  # keys of columns that the document does not have: the section of a row, and where its links lead
LIST, FIELD, RECORD, MARGIN = "list", "field", "record", "margin"
PROPERTIES = ("number", "revision", "kind", "date", "locale", "product", "market", "data")
PREFIX = "dossier."
MOST_CHARACTERS = 32_767
CHUNK = 30_000
_CODE = re.compile(r'&(?:"[^"]*"|\d{1,3}|K[0-9A-Fa-f]{6}|K\d\d[+-]\d{3}|[A-Za-z])')
_MARK = re.compile(r"#([0-9a-f]{12})((?: [\w.]+=\S+)*)")


def key(column: int, place: int = 0) -> str:
    """The key of a column: of the document's column, or of the n-th field in it.

    >>> key(4), key(3, 2)
    ('c4', 'c3.2')
    """
    return f"c{column}.{place}" if place else f"c{column}"


def column_of(key: str) -> int:
    """The document's column behind a key; -1 where it has none."""
    found = re.fullmatch(r"c(\d{1,4})(?:\.\d{1,4})?", key)
    return int(found[1]) if found else -1


def is_key(text: str) -> bool:
    """Whether the text names a column."""
    return text == SECTION or column_of(text.removeprefix(GO)) >= 0


def is_own(key: str) -> bool:
    """Whether words in this column are the document's or a reviewer's, not ours."""
    return key != SECTION and not key.startswith(GO)


def fingerprint(words: Mapping[str, str]) -> str:
    """Twelve digits for the fixed words of a row by column key; white space and empty cells make no difference."""
    parts = sorted(f"{key}={line}" for key, text in words.items() if (line := one_line(text)))
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def mark(words: Mapping[str, str], fields: Iterable[tuple[str, str]] = ()) -> str:
    """The mark of a row with these fixed words, and these fields as (column key, name).

    >>> mark({"c0": "no.mdreg.6"}, [("c4", "no.mdreg.6/status")])
    '#1cec434a4ac5 c4=no.mdreg.6/status'
    """
    return " ".join([f"#{fingerprint(words)}", *(f"{column}={quote(name, safe='/.-_')}" for column, name in fields)])


def parse(text: str) -> tuple[str, dict[str, str]] | None:
    """The fingerprint and the fields by column key; None where the text is no mark."""
    found = _MARK.fullmatch(text)
    if found is None:
        return None
    fields = (part.split("=", 1) for part in found[2].split())
    return found[1], {column: unquote(name) for column, name in fields}


def page_print(content: bytes) -> str:
    """Eight digits for what is drawn on a page of a PDF; white space, which programs write anew, makes no difference."""
    return hashlib.sha256(b"".join(content.split())).hexdigest()[:8]


def margins(text: str) -> tuple[str, ...]:
    """The words of a page's header or footer, part by part, without its codes for fonts, page numbers and the like.

    >>> margins('&L&8 FP-1, rev. A&C&"Arial,Bold"&8Draft && more&R&8Page &P of &N')
    ('FP-1, rev. A', 'Draft & more', 'Page of')
    """
    parts = re.split(r"&[LCR]", re.sub(r"&&", "\x00", text))
    words = (one_line(_CODE.sub(" ", part).replace("\x00", "&")) for part in parts)
    return tuple(filter(None, words))


def length(text: str) -> int:
    """Characters as Excel counts them: two for those beyond the first 65,536."""
    return len(text) + sum(char > "\uffff" for char in text)
