"""A filled Word document read back: answers by control tag, else by the visible row; comments; every word outside the fields."""
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from dossier import issued
from dossier.blocks import Field, Line, one_line
from dossier.issued import Identity, Issued
from dossier.review import word_control
from dossier.review.package import AGAIN, Package, is_strict, open_package, parsed
from dossier.review.reading import Answer, Finding, Reading, Remark, fingerprint, refuse
from dossier.review.word_body import Body, Held, Thing, TooDeep, content_of, tag_of, walk
from dossier.review.word_objects import drawn_words, holds_object
from dossier.review.word_text import TRACKED, W14, W, addresses, crossed_out, text_of, without_deleted_ends

_BODY = "word/document.xml"
IN_MARGINS = "A header or footer holds words beside those of the document; they are not taken: “{text}”."
PICTURE_IN_MARGINS = "A header or footer holds a picture, drawing or embedded file; it cannot be read. Look at it in the file."
_DRAWN = (("chart", r"word/charts/chart[^/]*\.xml"), ("diagramData", r"word/diagrams/data[^/]*\.xml"))
_DC = "{http://purl.org/dc/elements/1.1/}"
_CP = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}"
_W15 = "{http://schemas.microsoft.com/office/word/2012/wordml}"
_RECORD = b"urn:dossier:record:1"


def read(name: str, content: bytes) -> Reading:
    """What the document holds. Raises DossierError where it is none of ours, lost its keys, or cannot be trusted."""
    package = open_package(name, content)
    if package.kind != "docx":
        raise refuse(name, "is no Word document.", AGAIN)
    record, identity = _identity(package)
    root = _body(package)
    try:
        body = walk(root)
        beside = [walk(part, fields=False) for part in _notes(package)]
    except TooDeep:
        raise refuse(name, "is nested deeper than any office program writes; it may be harmful.", AGAIN) from None
    notes, noted = [line for note in beside for line in note.lines], [thing for note in beside for thing in note.things]
    _keyed(name, body, record)
    answers, findings = _answers(body, record, identity.locale.split("+")[0] or "nb")
    lines, found_by_row, told = _by_row(body, record, {answer.field for answer in answers})
    findings += [Finding("The row “{text}” is struck out with tracked changes; it counts as deleted.", {"text": text}) for text in body.struck]
    findings += _struck_fields(root, body, record)
    findings += _in_margins(package, record, identity)
    findings += [*_drawn(package, root), *_links(package, body, record)]
    findings += [*_things(body.things, record), *_things(noted, record), *_pictured(package, body)]
    remarks = tuple(_remarks(package, body))
    return Reading(name, "docx", fingerprint(content), identity, (*answers, *found_by_row), record, remarks, (*lines, *notes), (*findings, *told))


# --- identity ---------------------------------------------------------------------------------------------------------


def _identity(package: Package) -> tuple[Issued | None, Identity]:
    """The record inside, and who the file is: by its record, else by its properties."""
    for part in package.names:
        if part.startswith("customXml/") and part.endswith(".xml") and _RECORD in (content := package.read(part)):
            element = parsed(package.name, part, content)
            text = element.findtext(f"{{{_RECORD.decode()}}}record")
            if text is not None:
                record = issued.parse(text.encode(), package.name)
                return record, record.identity
    number, revision, language = _properties(package, f"{_DC}identifier", f"{_CP}version", f"{_DC}language")
    if not number or not revision:
        raise refuse(package.name, "is a Word document, but not one that dossier made: it carries neither its record nor its number and revision.", "Give the document that was sent to the reviewer, filled in.")
    return None, Identity(number, revision, locale=language.split("-")[0])


def _properties(package: Package, *names: str) -> tuple[str, ...]:
    """What the file's properties say; empty where one is missing."""
    part = next((part for part in (*package.related("", "core-properties"), "docProps/core.xml") if part in package.names), "")
    core = package.xml(part) if part else None
    return tuple((core.findtext(name) or "") if core is not None else "" for name in names)


def _main(package: Package) -> str:
    """The part that holds the document; Word for the web calls it word/document2.xml."""
    return next(iter(package.related("", "officeDocument")), _BODY)


def _beside(package: Package, kind: str, usual: str) -> tuple[str, ...]:
    """The parts of one kind that belong to the document, by its relations and by their usual names."""
    return tuple(dict.fromkeys([*package.related(_main(package), kind), *(part for part in package.names if re.fullmatch(usual, part))]))


def _body(package: Package) -> Any:
    part = _main(package)
    content = package.read(part)
    if is_strict(content):
        raise refuse(package.name, "is a Strict Open XML document.", "Open it in Word and save it as Word document (.docx), not as Strict Open XML.")
    return without_deleted_ends(parsed(package.name, part, content))


def _keyed(name: str, body: Body, record: Issued | None) -> None:
    """Refuses a file from which a program dropped all keys: its answers could only be guessed."""
    if not body.held and (record is None or record.fields):
        raise refuse(name, "has lost the keys of all its fields: a program that drops them has saved it (LibreOffice before 7.5, Google Docs, or a detour through .doc).", "Ask for the file again, filled in Word or in LibreOffice 7.5 or later.")


# --- answers ----------------------------------------------------------------------------------------------------------


def _answers(body: Body, record: Issued | None, locale: str) -> tuple[list[Answer], list[Finding]]:
    answers: list[Answer] = []
    findings: list[Finding] = []
    usual = word_control.placeholders((held.tag, held.element) for held in body.held) if record is None else frozenset()
    for held in body.held:
        field = record.field.get(held.tag) if record is not None else None
        result = word_control.read(held.tag, held.element, field, held.row, locale, usual)
        answers.append(Answer(held.tag, result.value, held.row))
        findings += result.findings
    return answers, [*findings, *_copied(body.held)]


def _struck_fields(root: Any, body: Body, record: Issued | None) -> Iterator[Finding]:
    """Fields that were deleted whole with tracking, with what stood in them."""
    held = {each.tag for each in body.held}
    for around in root.iter(f"{W}del", f"{W}moveFrom"):
        for control in around.iter(f"{W}sdt"):
            tag, text = tag_of(control), one_line(text_of(content_of(control), deleted=True))
            if tag and text and tag not in held:
                field = record.field.get(tag) if record is not None else None
                if field is None or text != field.placeholder:
                    name = field.title if field is not None and field.title else tag
                    yield Finding("The field {field} was deleted with tracked changes; what stood in it is not taken: “{text}”.", {"field": name, "text": text}, record.row_of.get(tag, "") if record is not None else "", tag)


def _copied(held: Sequence[Held]) -> Iterator[Finding]:
    """Rows that stand twice: each of their keys does. The first one counts."""
    seen: set[str] = set()
    told: set[str] = set()
    for control in held:
        row = control.row or control.tag
        if control.tag in seen and row not in told:
            told.add(row)
            yield Finding("The row {row} stands more than once; the first one counts.", {"row": row}, control.row, control.tag)
        seen.add(control.tag)


def _by_row(body: Body, record: Issued | None, known: set[str]) -> tuple[list[Line], list[Answer], list[Finding]]:
    """Fields whose control is gone, found by the visible row and column; their words no longer count as added text."""
    if record is None:
        return body.lines, [], []
    lost = {(line.row, line.column): (line, line.fields[0]) for line in record.lines if len(line.fields) == 1 and line.fields[0] not in known and line.row}
    lines: list[Line] = []
    answers: list[Answer] = []
    findings: list[Finding] = []
    for line in body.lines:
        place = lost.get((line.row, line.column))
        if place is None or line.fields:
            lines.append(line)
            continue
        was, name = place
        field = record.field[name]
        text = line.text.removesuffix(was.text).strip() if was.text else line.text
        answers.append(Answer(name, _typed(text, field), line.row))
        findings.append(Finding("The field {field} was deleted; what stands in its place is taken: “{text}”.", {"field": field.title or name, "text": text}, line.row, name))
        lines.append(replace(line, text=was.text, fields=(name,)))
        del lost[line.row, line.column]
    return lines, answers, findings


def _typed(text: str, field: Field) -> str:
    if text == field.placeholder:
        return ""
    return word_control.choice(text, {}, field) if field.kind == "select" else text


# --- what stands beside -----------------------------------------------------------------------------------------------


def _notes(package: Package) -> Iterator[Any]:
    """Footnotes and endnotes that somebody wrote; the separators that every file has are typed."""
    for kind in ("footnote", "endnote"):
        for part in _beside(package, f"{kind}s", rf"word/{kind}s\.xml"):
            for note in without_deleted_ends(package.xml(part)).findall(f"{W}{kind}"):
                if note.get(f"{W}type") is None:
                    yield note


def _in_margins(package: Package, record: Issued | None, identity: Identity) -> Iterator[Finding]:
    """Words in headers and footers that are not those of the document; what was put in with tracking is told as such."""
    own = _running(package, record, identity)
    for root in _margins(package):
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


def _margins(package: Package) -> list[Any]:
    return [package.xml(part) for kind in ("header", "footer") for part in _beside(package, kind, rf"word/{kind}[^/]*\.xml")]


def margin_words(name: str, content: bytes) -> tuple[frozenset[str], bool]:
    """The words that the style file of a house prints in headers and footers, and whether a picture stands there; documents made with it hold them too."""
    package = open_package(name, content)
    roots = _margins(package)
    return frozenset(word for root in roots for word in text_of(root).split()), any(holds_object(root) for root in roots)


def _running(package: Package, record: Issued | None, identity: Identity) -> list[re.Pattern[str]]:
    """Patterns for everything that a document of ours prints in its headers and footers."""
    mark, title = _properties(package, f"{_CP}contentStatus", f"{_DC}title")
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
    subject, keywords, author = _properties(package, f"{_DC}subject", f"{_CP}keywords", f"{_DC}creator")
    names = [_spaced(name) for name in (keywords.partition("; ")[0], subject.rpartition(", ")[0]) if name]
    return ["|".join(rf"{name}\s+·\s+(?:{_spaced(author)}|[^\t\n]+)" for name in names)] if names else []


def _spaced(text: str) -> str:
    """A pattern for the text, whatever white space a program has made of its own."""
    return r"\s+".join(re.escape(word) for word in text.replace("\u00ad", "").split())


def _things(things: Sequence[Thing], record: Issued | None) -> Iterator[Finding]:
    """What is no text, and where it stands: in an answer it may be the answer. Struck words beside the answers too."""
    for thing in things:
        field = record.field.get(thing.field) if record is not None else None
        name = field.title if field is not None and field.title else thing.field
        if thing.text:
            yield Finding("Words beside the answers are struck through, without tracking: “{text}”. Ask what is meant.", {"text": thing.text}, thing.row)
        elif thing.inside:
            yield Finding("A picture, drawing or embedded file was put into {field}; it cannot be read. Ask for the answer in words.", {"field": name}, thing.row, thing.field)
        else:
            yield Finding("A picture, drawing or embedded file was put in at “{place}”; it cannot be read. Look at it in the file, or ask for words.", {"place": name or thing.row or thing.place}, thing.row, thing.field)


def _drawn(package: Package, root: Any) -> Iterator[Finding]:
    """Words in charts, diagrams and drawings; the parts of the first two lie beside the document."""
    names = (part for kind, usual in _DRAWN for part in _beside(package, kind, usual))
    for each in (root, *(package.xml(part) for part in dict.fromkeys(names))):
        if text := drawn_words(each):
            yield Finding("Words stand in a chart, diagram or drawing; they are not taken: “{text}”.", {"text": text})


def _links(package: Package, body: Body, record: Issued | None) -> Iterator[Finding]:
    """Addresses that stand behind the words of an answer or a comment."""
    targets = _targets(package, _main(package))
    for held in body.held:
        field = record.field.get(held.tag) if record is not None else None
        for address in addresses(held.element, targets):
            yield Finding("{field} holds a link; its words do not show to what it leads: {address}.", {"field": field.title if field is not None and field.title else held.tag, "address": address}, held.row, held.tag, "note")
    targets = {number: address for part in _comment_parts(package) for number, address in _targets(package, part).items()}
    for comment in _comments(package):
        author, row = comment.get(f"{W}author", "") or "?", body.comments.get(comment.get(f"{W}id", ""), "")
        for address in addresses(comment, targets):
            yield Finding("A comment by {author} holds a link; its words do not show to what it leads: {address}.", {"author": author, "address": address}, row, weight="note")


def _targets(package: Package, part: str) -> dict[str, str]:
    return {number: target for number, (kind, target) in package.relations(part).items() if kind == "hyperlink"}


def _pictured(package: Package, body: Body) -> Iterator[Finding]:
    """Comments that hold what a remark cannot say: something that is no text, words struck through."""
    for comment in _comments(package):
        author, row = comment.get(f"{W}author", "") or "?", body.comments.get(comment.get(f"{W}id", ""), "")
        if crossed := one_line(crossed_out(comment)):
            yield Finding("In a comment by {author} words are struck through: “{text}”. They are taken as they stand.", {"author": author, "text": crossed}, row)
        if holds_object(comment):
            yield Finding("A comment by {author} holds a picture, drawing or embedded file; it cannot be read. Ask for the comment in words.", {"author": author}, row)


def _comments(package: Package) -> list[Any]:
    return [comment for part in _comment_parts(package) for comment in without_deleted_ends(package.xml(part)).findall(f"{W}comment")]


def _comment_parts(package: Package) -> tuple[str, ...]:
    return _beside(package, "comments", r"word/comments\.xml")


def _remarks(package: Package, body: Body) -> Iterator[Remark]:
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
    parts = _beside(package, "commentsExtended", r"word/commentsExtended\.xml")
    entries = [entry for part in parts for entry in package.xml(part).findall(f"{_W15}commentEx")]
    return {entry.get(f"{_W15}paraId", ""): entry.get(f"{_W15}paraIdParent", "") for entry in entries if entry.get(f"{_W15}paraIdParent")}
