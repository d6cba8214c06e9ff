"""Headers and footers of a filled Word document: every word and picture in them that the document does not print itself."""
from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dossier.blocks import one_line
from dossier.issued import Identity, Issued
from dossier.review.package import Package, open_package
from dossier.review.reading import Finding
from dossier.review.word_objects import holds_object
from dossier.review.word_parts import CP, DC, parts_beside, properties
from dossier.review.word_text import TRACKED, text_of
from dossier.review.written import IN_MARGINS

PICTURE_IN_MARGINS = "A header or footer holds a picture, drawing or embedded file; it cannot be read. Look at it in the file."


def in_margins(package: Package, record: Issued | None, identity: Identity) -> Iterator[Finding]:
    """Words in headers and footers that are not those of the document; what was put in with tracking is told as such."""
    own = _running(package, record, identity)
    for root in _roots(package):
        text = text_of(root).replace("\u00ad", "")
        for pattern in own:
            text = pattern.sub(" ", text, count=1)
        text = one_line(text)
        if holds_object(root):
            yield Finding(PICTURE_IN_MARGINS)
        for inserted in filter(None, (one_line(text_of(node)) for node in root.iter(*TRACKED) if node.tag.endswith(("}ins", "}moveTo")))):
            text = text.replace(inserted, "", 1)
            yield Finding("Text was inserted into a header or footer; it is not taken: “{text}”.", {"text": inserted})
        if any(sign.isalnum() for sign in text):
            yield Finding(IN_MARGINS, {"text": one_line(text)})


def _roots(package: Package) -> list[Any]:
    return [package.xml(part) for kind in ("header", "footer") for part in parts_beside(package, kind, rf"word/{kind}[^/]*\.xml")]


def margin_words(name: str, content: bytes) -> tuple[frozenset[str], bool]:
    """The words that the style file of a house prints in headers and footers, and whether a picture stands there; documents made with it hold them too."""
    package = open_package(name, content)
    roots = _roots(package)
    return frozenset(word for root in roots for word in text_of(root).split()), any(holds_object(root) for root in roots)


def _running(package: Package, record: Issued | None, identity: Identity) -> list[re.Pattern[str]]:
    """Patterns for everything that a document of ours prints in its headers and footers."""
    mark, title = properties(package, f"{CP}contentStatus", f"{DC}title")
    titles = {mark, title, *(line.text for line in (record.lines[:1] if record is not None else ()))}
    words = sorted((_spaced(text) for text in titles if text), key=len, reverse=True)
    number = rf"{_spaced(identity.number)}\s+·\s+\S{{1,20}}\s+{_spaced(identity.revision)}"
    page = r"\S{1,20}\s+\d+\s+\S{1,20}\s+\d+"
    return [re.compile(pattern) for pattern in (number, *_products(package, record), *words, page)]


def _products(package: Package, record: Issued | None) -> list[str]:
    """Patterns for the product and its manufacturer; without a record the properties tell the product's name alone for sure."""
    if record is not None:
        product = record.content["product"]
        return ["|".join(_spaced(text) for text in (f"{product.get('name')} · {product.get('manufacturer')}", str(product.get("name"))))]
    subject, keywords, author = properties(package, f"{DC}subject", f"{CP}keywords", f"{DC}creator")
    names = [_spaced(name) for name in (keywords.partition("; ")[0], subject.rpartition(", ")[0]) if name]
    return ["|".join(rf"{name}\s+·\s+(?:{_spaced(author)}|[^\t\n]+)" for name in names)] if names else []


def _spaced(text: str) -> str:
    """A pattern for the text, whatever white space a program has made of its own."""
    return r"\s+".join(re.escape(word) for word in text.replace("\u00ad", "").split())
