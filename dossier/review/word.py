"""A filled Word document read back: answers by control tag, else by the visible row; comments; every word outside the fields."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from dossier import issued
from dossier.blocks import Field, Line, one_line
from dossier.issued import Identity, Issued
from dossier.review import word_beside, word_control
from dossier.review.package import AGAIN, Package, is_strict, open_package, parsed
from dossier.review.reading import Answer, Finding, Reading, fingerprint, refuse
from dossier.review.word_body import Body, Held, TooDeep, content_of, tag_of, walk
from dossier.review.word_margins import in_margins
from dossier.review.word_parts import CP, DC, main_part, properties
from dossier.review.word_text import W, text_of, without_deleted_ends

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
        beside = [walk(part, fields=False) for part in word_beside.notes(package)]
    except TooDeep:
        raise refuse(name, "is nested deeper than any office program writes; it may be harmful.", AGAIN) from None
    notes, noted = [line for note in beside for line in note.lines], [thing for note in beside for thing in note.things]
    _keyed(name, body, record)
    answers, findings = _answers(body, record, identity.locale.split("+")[0] or "nb")
    lines, found_by_row, told = _by_row(body, record, {answer.field for answer in answers})
    findings += [Finding("The row “{text}” is struck out with tracked changes; it counts as deleted.", {"text": text}) for text in body.struck]
    findings += _struck_fields(root, body, record)
    findings += in_margins(package, record, identity)
    findings += word_beside.told(package, root, body, [*body.things, *noted], record)
    remarks = tuple(word_beside.remarks(package, body))
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
    number, revision, language = properties(package, f"{DC}identifier", f"{CP}version", f"{DC}language")
    if not number or not revision:
        raise refuse(package.name, "is a Word document, but not one that dossier made: it carries neither its record nor its number and revision.", "Give the document that was sent to the reviewer, filled in.")
    return None, Identity(number, revision, locale=language.split("-")[0])


def _body(package: Package) -> Any:
    part = main_part(package)
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
