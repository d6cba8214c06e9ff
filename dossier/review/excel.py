"""A filled workbook read back: every field by its hidden mark, whatever was moved, sorted, filtered or hidden.

What a reviewer wrote where no field is becomes a finding that quotes it. Nothing is worked out: a formula is named, not run.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from dossier import issued, marks
from dossier.blocks import one_line
from dossier.issued import Identity, Issued
from dossier.review import cells, package, written
from dossier.review.cells import AGAIN, Cell, Page, Workbook
from dossier.review.reading import Answer, Finding, Reading, Remark, fingerprint, refuse
from dossier.review.sheet_values import Blank, Form, Value, form_of, shown, value_of
from dossier.review.sheet_words import ADDED, FixedWords

_OTHER = "The file's properties say {properties}, the record inside says {record}. The record counts."
_BY_HAND = "A row was added by hand; it is not an answer to a field and is not taken: “{text}”."
_SHEET = "The sheet “{sheet}” was added by hand; it is not taken: “{text}”."
_MATCHED = "The hidden mark of the row is gone; its answers were matched by the row's first cell."
_MOVED = "The hidden mark of the row is that of {other}, its first cell names {row}; its answers were matched by the first cell."
_COVERED = "{field} is covered by merged cells and still holds “{text}” ({place}). It is not taken."
_SORTED = "Rows of the sheet “{sheet}” were sorted without their hidden marks; each was matched by its own words."
_MERGED = "The cells {cells} were merged, so that one value covers several cells: “{text}”. It is taken for the first cell only."


def read(name: str, content: bytes) -> Reading:
    """What the workbook holds. Raises DossierError where it is none of ours, or was damaged beyond safe reading."""
    opened = package.open_package(name, content)
    if opened.kind != "xlsx":
        raise refuse(name, "is no Excel workbook.", AGAIN)
    book = cells.workbook(opened.parts, name)
    form = next((form for page in book.pages if (form := form_of(page)) is not None), None)
    told = {key: written.fit(book.properties.get(f"{marks.PREFIX}{key}", ""))[0] for key in marks.PROPERTIES}
    if form is None and not any(told.values()):
        raise refuse(name, "is a workbook, but not one that dossier made: it has neither hidden marks nor a document number.", "Give the workbook that was sent to the reviewer, filled in.")
    if form is None:
        raise refuse(name, "has lost its hidden sheet, so that nobody can tell which cell answers what.", "Ask the reviewer for the workbook itself; cells copied into another one cannot be read.")
    record = issued.parse(form.record.encode("utf-8", "surrogatepass"), name) if form.record else None
    if record is None and not (told["number"] and told["revision"]):
        raise refuse(name, "carries neither its record nor its document number and revision.", AGAIN)
    said = Identity(**told)
    reader = _Reader(book, form, record, record.identity if record else said)
    if record is not None and said.number and (said.number, said.revision) != (record.identity.number, record.identity.revision):
        reader.findings.append(Finding(_OTHER, {"properties": str(said), "record": str(record.identity)}))
    return reader.reading(name, content)


@dataclass(frozen=True, slots=True)
class _Spot:
    """One row on its way: where it is, what its columns are, and its cells."""

    page: Page
    number: int
    keys: Mapping[int, str]
    cells: Mapping[int, Cell]

    def place(self, column: int) -> str:
        return f"{self.page.name}!{cells.place(self.number, column)}"


class _Reader:
    def __init__(self, book: Workbook, form: Form, record: Issued | None, identity: Identity) -> None:
        self.book = book
        self.form = form
        self.record = record
        self.identity = identity
        self.answers: list[Answer] = []
        self.findings: list[Finding] = []
        self.unmarked: list[_Spot] = []
        self.names: dict[tuple[str, int], str] = {}  # sheet and row -> what the row is called
        self.marks: dict[str, dict[str, dict[str, str]]] = {}  # sheet -> fingerprint of a row -> its fields
        self.unmoved: dict[str, Finding] = {}
        self.fixed = FixedWords(record)
        self.known = {one_line(line.text) for line in record.lines} if record else set()
        self.rows = {line.row for line in record.lines} if record else set()

    def reading(self, name: str, content: bytes) -> Reading:
        """Everything the workbook holds."""
        for page in self.book.pages:
            if form_of(page) is None:
                self._page(page)
        for spot in self.unmarked:
            self._unmarked(spot)
        for page in self.book.pages:
            self.findings += self._around(page)
        self.findings += [Finding(ADDED, {"text": text}) for text in self.form.beside]
        if not self.answers:
            raise refuse(name, "has lost its hidden marks, so that nobody can tell which cell answers what.", "Ask the reviewer for the workbook itself; cells copied into another one cannot be read.")
        return Reading(name, "xlsx", fingerprint(content), self.identity, tuple(self.answers), self.record, tuple(self._remarks()), None, tuple(_fit(finding) for finding in (*self.unmoved.values(), *self.findings, *self.fixed.missing())))

    def _around(self, page: Page) -> Iterator[Finding]:
        """What a sheet holds beside its cells: text boxes, pictures, the words of its header and footer."""
        for shape in page.shapes:
            yield Finding(ADDED, {"text": shape.text}, self.names.get((page.name, shape.row), ""))
        for row, column, about in page.pictures:
            name = self.names.get((page.name, row), "")
            yield Finding(written.OBJECT, {"place": f"{page.name}!{cells.place(row, column)}" if row and column else page.name}, name)
            if about:
                yield Finding(written.DESCRIBED, {"text": about}, name, weight="note")
        for text in page.margins if self.form.margins and form_of(page) is None else ():
            if text not in self.form.margins:
                yield Finding(written.IN_MARGINS, {"text": text})

    # --- pages and rows -----------------------------------------------------------------------------------------------

    def _page(self, page: Page) -> None:
        self.marks[page.name] = _marks_of(page)
        keys: dict[int, str] = {}
        marked = 0
        above: list[_Spot] = []
        rows: list[tuple[_Spot, tuple[str, dict[str, str]]]] = []
        for number in sorted(page.rows):
            row = page.rows[number]
            found = {column: cell.text for column, cell in row.items() if marks.is_key(cell.text)}
            start = next((column for column, cell in row.items() if cell.text == marks.KEYS), 0)
            if start or len(found) == len(row) > 1:
                keys, marked = found, start
                continue
            mark = marks.parse(row[marked].text) if marked in row else None
            spot = _Spot(page, number, keys, {column: cell for column, cell in row.items() if column != marked or mark is None})
            if mark is not None:
                rows.append((spot, mark))
            elif keys:
                self.unmarked.append(spot)
            else:
                above.append(spot)
        firsts = Counter(self._first(spot) for spot, _ in rows)
        for spot, mark in rows:
            self._row(spot, *mark, alone=firsts[self._first(spot)] == 1)
        for spot in above if keys else ():
            self._beside(spot, "")
        if not keys and page.rows:
            text = " | ".join(one_line(cell.text) for number in sorted(page.rows) for cell in page.rows[number].values())
            self.findings.append(Finding(_SHEET, {"sheet": page.name, "text": text}))

    def _row(self, spot: _Spot, digest: str, fields: Mapping[str, str], alone: bool) -> None:
        """A row with its mark. Where no other row bears the name in the first cell (`alone`), that name outweighs a mark that does not fit."""
        fixed = self._fixed(spot, fields)
        found = marks.fingerprint(fixed)
        if found != digest and found in self.marks[spot.page.name]:
            digest, fields = found, self.marks[spot.page.name][found]
            self.unmoved.setdefault(spot.page.name, Finding(_SORTED, {"sheet": spot.page.name}, weight="note"))
        elif found != digest and alone and (own := self._fields_of(self._first(spot))) and not set(own.values()) & set(fields.values()):
            self.findings.append(Finding(_MOVED, {"other": self._name("", fields, True) or digest, "row": self._first(spot)}, self._first(spot)))
            fields, fixed = own, self._fixed(spot, own)
        row = self._name(one_line(fixed.get(marks.key(0), "")), fields, len(spot.cells) > 1)
        self.names[spot.page.name, spot.number] = row
        self.fixed.rows_seen.add(row)
        for column, key in spot.keys.items():
            if key in fields:
                self._field(spot, column, fields[key], row)
        if crossed := " | ".join(cell.struck for column, cell in spot.cells.items() if cell.struck and spot.keys.get(column) not in fields):
            self.findings.append(Finding(written.CROSSED_BESIDE, {"text": crossed}, row))
        if found != digest:
            self.findings += self.fixed.compare(spot.page.name, row, fixed, spot.keys)
        self._beside(spot, row)

    def _fixed(self, spot: _Spot, fields: Mapping[str, str]) -> dict[str, str]:
        """The words of the row outside its fields, by column key."""
        return {key: self._shown(spot.cells.get(column)) for column, key in spot.keys.items() if key not in fields}

    def _first(self, spot: _Spot) -> str:
        """What the row's first cell says."""
        return next((one_line(self._shown(spot.cells.get(column))) for column, key in spot.keys.items() if key == marks.key(0)), "")

    def _name(self, first: str, fields: Mapping[str, str], in_list: bool) -> str:
        """What the row is called: as issued where its fields tell, else by its first cell; running text has no name."""
        if self.record is None:
            return first if in_list else ""
        return next((self.record.row_of.get(name, "") for name in fields.values()), first if first in self.rows else "")

    def _beside(self, spot: _Spot, row: str) -> None:
        """Words in columns that are none of ours."""
        text = " | ".join(one_line(self._shown(cell)) for column, cell in spot.cells.items() if column not in spot.keys)
        if text:
            self.findings.append(Finding(ADDED, {"text": text}, row))

    def _unmarked(self, spot: _Spot) -> None:
        """A row without its mark: matched by its first cell where that names a row whose fields were not met elsewhere."""
        first = self._first(spot)
        fields = self._fields_of(first)
        met = {answer.field for answer in self.answers}
        if fields and not met & set(fields.values()):
            self.findings.append(Finding(_MATCHED, row=first, weight="note"))
            self.names[spot.page.name, spot.number] = first
            self.fixed.rows_seen.add(first)
            for column, key in spot.keys.items():
                if key in fields:
                    self._field(spot, column, fields[key], first)
            self._beside(spot, first)
        elif texts := [text for column, cell in spot.cells.items() if marks.is_own(spot.keys.get(column, "")) and (text := one_line(self._shown(cell))) and text not in self.known]:
            self.findings.append(Finding(_BY_HAND, {"text": " | ".join(texts)}, first if fields else ""))

    def _fields_of(self, row: str) -> dict[str, str]:
        """The fields of a row by column key, where the record knows just one row of this name."""
        lines = [line for line in self.record.lines if line.row == row and line.fields] if self.record and row else []
        if len({line.column for line in lines}) < len(lines):
            return {}
        fields: dict[str, str] = {}
        for line in lines:
            alone = len(line.fields) == 1
            for number, name in enumerate(line.fields, 1):
                fields[marks.key(line.column, number)] = name
                fields |= {marks.key(line.column): name} if alone and not line.text else {}
        return fields

    # --- fields -------------------------------------------------------------------------------------------------------

    def _field(self, spot: _Spot, column: int, name: str, row: str) -> None:
        blank = self.form.fields.get(name, Blank(name, "textarea"))
        where = spot.place(column)
        value = self._value(spot, column, blank)
        title = self.record.field[name].title if self.record and name in self.record.field else name
        if value.message:
            self.findings.append(Finding(value.message, {"field": title, "text": value.text, "place": where}, row, name, "note" if value.note else "finding"))
        if value.taken and (cell := spot.cells.get(column)) is not None and cell.struck:
            self.findings.append(Finding(written.CROSSED, {"field": title, "text": cell.struck}, row, name))
        if (address := spot.page.links.get((spot.number, column))) and address.removeprefix("mailto:") not in value.text:
            self.findings.append(Finding(written.LINK, {"field": title, "address": address}, row, name, "note"))
        issued_as = self._issued(name)
        text, unfit = written.fit(value.text) if value.taken and value.text != issued_as else (issued_as, 0)
        if unfit:
            self.findings.append(Finding(written.UNFIT, {"field": title, "count": str(unfit)}, row, name))
        self.answers.append(Answer(name, text, where))

    def _value(self, spot: _Spot, column: int, blank: Blank) -> Value:
        merged = next((each for each in spot.page.merged if each[0] <= spot.number <= each[2] and each[1] <= column <= each[3] and each[:2] != each[2:]), None)
        value = value_of(spot.cells.get(column), blank, self.identity.locale, self.book.since_1904)
        if merged is None:
            return value
        first = spot.page.rows.get(merged[0], {}).get(merged[1])
        area = f"{spot.page.name}!{cells.place(*merged[:2])}:{cells.place(*merged[2:])}"
        self.findings.append(Finding(_MERGED, {"cells": area, "text": self._shown(first)}, field=""))
        if merged[:2] == (spot.number, column):
            return value
        return Value(self._shown(spot.cells.get(column)), "" if value.text in ("", self._issued(blank.name)) else _COVERED, taken=False)

    def _issued(self, name: str) -> str:
        """The value as issued: a cell that is no answer leaves it as it was."""
        return self.record.field[name].value if self.record and name in self.record.field else ""

    def _shown(self, cell: Cell | None) -> str:
        return shown(cell, self.identity.locale, self.book.since_1904) if cell else ""

    def _remarks(self) -> Iterator[Remark]:
        for page in self.book.pages:
            for note in page.notes:
                text, author, date, row = (written.fit(part)[0] for part in (note.text, note.author, note.date, self.names.get((page.name, note.row), "")))
                yield Remark(text, author, date, row, f"{page.name}!{cells.place(note.row, note.column)}", note.reply)


def _fit(finding: Finding) -> Finding:
    """The finding with what it quotes made fit for a report."""
    return replace(finding, values={key: written.fit(text)[0] for key, text in finding.values.items()}, row=written.fit(finding.row)[0])


def _marks_of(page: Page) -> dict[str, dict[str, str]]:
    """The fields of the rows by their fingerprint; a fingerprint that stands twice tells nothing."""
    found = [mark for row in page.rows.values() for cell in row.values() if (mark := marks.parse(cell.text)) is not None]
    digests = Counter(digest for digest, _ in found)
    return {digest: fields for digest, fields in found if digests[digest] == 1}
