"""What stands beside the answers of a Word document: notes, comments, links, struck words, and things that are no text."""
from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from typing import Any

from dossier.blocks import one_line
from dossier.issued import Issued
from dossier.review import written
from dossier.review.package import Package
from dossier.review.reading import Finding, Remark
from dossier.review.word_body import Body, Thing
from dossier.review.word_objects import descriptions, drawn_words, holds_object
from dossier.review.word_parts import main_part, parts_beside
from dossier.review.word_text import W14, W, addresses, crossed_out, text_of, without_deleted_ends, worked_out

_DRAWN = (("chart", r"word/charts/chart[^/]*\.xml"), ("diagramData", r"word/diagrams/data[^/]*\.xml"), ("chartUserShapes", r"word/drawings/[^/]*\.xml"))
_W15 = "{http://schemas.microsoft.com/office/word/2012/wordml}"


def notes(package: Package) -> Iterator[Any]:
    """Footnotes and endnotes that somebody wrote; the separators that every file has are typed."""
    for kind in ("footnote", "endnote"):
        for part in parts_beside(package, f"{kind}s", rf"word/{kind}s\.xml"):
            for note in without_deleted_ends(package.xml(part)).findall(f"{W}{kind}"):
                if note.get(f"{W}type") is None:
                    yield note


def told(package: Package, root: Any, body: Body, things: Sequence[Thing], record: Issued | None) -> list[Finding]:
    """Everything beside the answers that is no plain words; `things` are those of the body and of the notes."""
    signed = any(part.startswith("_xmlsignatures/") and part.endswith(".xml") for part in package.names)
    note = [Finding("The file carries a digital signature; dossier does not check signatures.", weight="note")] if signed else []
    parts = [root, *notes(package), *_comments(package)]
    return [*note, *_drawn(package, root), *_links(package, body, record), *_things(things, record), *_in_comments(package, body), *_deleted(parts, body, record), *_worked_out(parts)]


def _deleted(parts: Sequence[Any], body: Body, record: Issued | None) -> Iterator[Finding]:
    """Words beside the answers that somebody wrote and somebody deleted with tracking. Of the document's own words it is said that they are missing."""
    answers = {each.element for each in body.held}
    own = "\n".join(line.text for line in record.lines) if record is not None else ""
    moved = {text_of(each) for part in parts for each in part.iter(f"{W}moveTo")}
    for each in (each for part in parts for each in part.iter(f"{W}del", f"{W}moveFrom")):
        text = one_line(text_of(each, deleted=True))
        told = next(each.iter(f"{W}sdt"), None) is not None or any(_tells(around, answers) for around in each.iterancestors())
        typed = next(each.iterancestors(f"{W}ins"), None) is not None
        if text and not told and (typed or text not in own) and text_of(each, deleted=True) not in moved:
            yield Finding("Words beside the answers were deleted with tracked changes; they are not taken: “{text}”.", {"text": text})


def _tells(node: Any, answers: Set[Any]) -> bool:
    """Whether what was deleted below is told already: as part of an answer, of a struck row, or of something larger that was deleted."""
    return node in answers or node.tag in (f"{W}del", f"{W}moveFrom") or (node.tag == f"{W}tr" and node.find(f"{W}trPr/{W}del") is not None)


def _worked_out(parts: Sequence[Any]) -> Iterator[Finding]:
    for code in dict.fromkeys(code for part in parts for code in worked_out(part)):
        yield Finding("A field shows what only Word works out; it is not taken: “{text}”. Look at it in the file.", {"text": code})


def _things(things: Sequence[Thing], record: Issued | None) -> Iterator[Finding]:
    """What is no text, and where it stands: in an answer it may be the answer. Struck words beside the answers too."""
    for thing in things:
        field = record.field.get(thing.field) if record is not None else None
        name = field.title if field is not None and field.title else thing.field
        if thing.text:
            yield Finding(written.CROSSED_BESIDE, {"text": thing.text}, thing.row)
        elif thing.inside:
            yield Finding("A picture, drawing or embedded file was put into {field}; it cannot be read. Ask for the answer in words.", {"field": name}, thing.row, thing.field)
        else:
            yield Finding(written.OBJECT, {"place": name or thing.row or thing.place}, thing.row, thing.field)


def _drawn(package: Package, root: Any) -> Iterator[Finding]:
    """Words in charts, diagrams and drawings, and words about pictures; the parts of the first two lie beside the document."""
    names = (part for kind, usual in _DRAWN for part in parts_beside(package, kind, usual))
    for each in (root, *(package.xml(part) for part in dict.fromkeys(names))):
        if text := drawn_words(each):
            yield Finding("Words stand in a chart, diagram or drawing; they are not taken: “{text}”.", {"text": text})
    for each in (root, *_comments(package)):
        for text in descriptions(each):
            yield Finding(written.DESCRIBED, {"text": text}, weight="note")


def _links(package: Package, body: Body, record: Issued | None) -> Iterator[Finding]:
    """Addresses that stand behind the words of an answer."""
    targets = _targets(package, main_part(package))
    for held in body.held:
        field = record.field.get(held.tag) if record is not None else None
        for address in addresses(held.element, targets):
            yield Finding(written.LINK, {"field": field.title if field is not None and field.title else held.tag, "address": address}, held.row, held.tag, "note")


def _targets(package: Package, part: str) -> dict[str, str]:
    return {number: target for number, (kind, target) in package.relations(part).items() if kind == "hyperlink"}


def _in_comments(package: Package, body: Body) -> Iterator[Finding]:
    """What a remark cannot say: words struck through, something that is no text, an address behind words."""
    targets = {number: address for part in _comment_parts(package) for number, address in _targets(package, part).items()}
    for comment in _comments(package):
        author, row = comment.get(f"{W}author", "") or "?", body.comments.get(comment.get(f"{W}id", ""), "")
        if crossed := one_line(crossed_out(comment)):
            yield Finding("In a comment by {author} words are struck through: “{text}”. They are taken as they stand.", {"author": author, "text": crossed}, row)
        if holds_object(comment):
            yield Finding("A comment by {author} holds a picture, drawing or embedded file; it cannot be read. Ask for the comment in words.", {"author": author}, row)
        for address in addresses(comment, targets):
            yield Finding("A comment by {author} holds a link; its words do not show to what it leads: {address}.", {"author": author, "address": address}, row, weight="note")


def _comments(package: Package) -> list[Any]:
    return [comment for part in _comment_parts(package) for comment in without_deleted_ends(package.xml(part)).findall(f"{W}comment")]


def _comment_parts(package: Package) -> tuple[str, ...]:
    return parts_beside(package, "comments", r"word/comments\.xml")


def remarks(package: Package, body: Body) -> Iterator[Remark]:
    """Comments and replies, with the row beside which they hang."""
    comments = _comments(package)
    parents = _parents(package)
    marks = {comment.get(f"{W}id", ""): [paragraph.get(f"{W14}paraId", "") for paragraph in comment.iter(f"{W}p")] for comment in comments}
    owner = {mark: number for number, found in marks.items() for mark in found if mark}
    for comment in comments:
        number = comment.get(f"{W}id", "")
        parent = next((owner[parents[mark]] for mark in marks[number] if parents.get(mark) in owner), "")
        row = body.comments.get(number) or body.comments.get(parent, "")
        text = text_of(comment)
        if text.strip():
            yield Remark(text, comment.get(f"{W}author", ""), comment.get(f"{W}date", ""), row, reply=bool(parent))


def _parents(package: Package) -> dict[str, str]:
    """Which paragraph of a comment answers which, from the part that Word keeps for it."""
    parts = parts_beside(package, "commentsExtended", r"word/commentsExtended\.xml")
    entries = [entry for part in parts for entry in package.xml(part).findall(f"{_W15}commentEx")]
    return {entry.get(f"{_W15}paraId", ""): entry.get(f"{_W15}paraIdParent", "") for entry in entries if entry.get(f"{_W15}paraIdParent")}
