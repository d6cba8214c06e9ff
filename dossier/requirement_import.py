"""A requirement workbook read back: what its cells change in the YAML files of a jurisdiction, or every fault with its cell."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dossier import requirement_files, yamledit
from dossier.errors import CellProblem, DossierError, Problem, did_you_mean
from dossier.requirement_checks import faults, scope
from dossier.requirement_export import languages_of
from dossier.requirement_files import Row, RuleFile
from dossier.requirement_table import EXPLAINED, MARKET, ORDER, SHEET, Column, cell_of, columns, put, value_of
from dossier.resolve import Repository
from dossier.review import cells, package
from dossier.review.cells import Page, Workbook
from dossier.review.sheet_values import Blank
from dossier.review.sheet_values import value_of as value_in
from dossier.schema import without_blanks
from dossier.yamledit import Edit
from dossier.yamlfile import Mark

_TYPED = "holds a formula, or the error of one; nothing is worked out here, so the requirement would lose its text."


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would write: the new content of each file, and what changes, by requirement id. `absent`: rows that the workbook lacks."""

    files: Mapping[Path, bytes]
    changed: Mapping[str, tuple[str, ...]]
    added: tuple[str, ...]
    absent: tuple[str, ...]


def market_of(name: str, content: bytes) -> tuple[Workbook, str]:
    """The workbook, and the jurisdiction it says it is of (empty where it does not say). Raises DossierError for a file that is no workbook, or a harmful one."""
    opened = package.open_package(name, content)
    if opened.kind != "xlsx":
        raise DossierError(Problem(name, 0, 0, "is no Excel workbook.", "Give the workbook that dossier export requirements made."))
    book = cells.workbook(opened.parts, name)
    page = next((page for page in book.pages if page.name == EXPLAINED), None)
    rows = page.rows.values() if page else ()
    return book, next((row[2].text.strip() for row in rows if 1 in row and 2 in row and row[1].text.strip() == MARKET), "")


def plan(name: str, book: Workbook, folder: Path, repository: Repository) -> Plan:
    """What the workbook changes in the jurisdiction in `folder`. Raises DossierError with every fault, each with its cell."""
    page = next((page for page in book.pages if page.name == SHEET), None)
    if page is None:
        found = ", ".join(f'"{page.name}"' for page in book.pages)
        raise DossierError(Problem(name, 0, 0, f'has no sheet "{SHEET}"; it has {found}. The requirements are read from that sheet.', f'Name the sheet "{SHEET}", or export the workbook again.'))
    reader = _Reader(f'{name} sheet "{SHEET}"', page, book.since_1904, folder, repository)
    reader.read()
    if reader.problems:
        raise DossierError(reader.problems)
    return reader.plan()


class _Reader:
    def __init__(self, name: str, page: Page, since_1904: bool, folder: Path, repository: Repository) -> None:
        self.name = name
        self.page = page
        self.since_1904 = since_1904
        self.folder = folder
        self.scope = scope(repository, folder.name)  # the loader's check; what it refuses cannot be taken apart into rows
        self.files = requirement_files.read(folder)
        self.known = columns(languages_of(self.files))
        self.rows = {row.id: (file, row) for file in self.files for row in file.rows}
        self.problems: list[CellProblem] = []
        self.edits: dict[Path, list[Edit]] = {}
        self.new: dict[Path, list[dict[str, Any]]] = {}
        self.changed: dict[str, tuple[str, ...]] = {}
        self.seen: dict[str, int] = {}

    def read(self) -> None:
        """Reads every row; gathers edits and problems."""
        heads = self._heads()
        for first_row, first_column, *_ in self.page.merged:
            self._fault(first_row, first_column, "is merged with others, so that several rows or columns would share one value.", "Unmerge the cells (Home, Merge) and fill in each.")
        ids = next((number for number, column in heads.items() if column.name == "id"), 0)
        if ids:
            stated = {cells[ids].text.strip() for line, cells in self.page.rows.items() if line > 1 and ids in cells}
            self.scope = replace(self.scope, rules=self.scope.rules | stated)
            for line in sorted(self.page.rows):
                if line > 1:
                    self._row(line, heads)

    def plan(self) -> Plan:
        """The new content of the files that change."""
        made: dict[Path, bytes] = {}
        for file in self.files:
            edits, added = self.edits.get(file.path, []), self.new.get(file.path, [])
            if not edits and not added:
                continue
            try:
                made[file.path] = yamledit.edited(file.path.read_bytes(), file.name, "add", edits, added, ORDER)
            except ValueError:
                raise DossierError(Problem(str(file.path), 0, 0, "is written in a way that cannot be changed row by row without changing something else.", "Make this change in the file by hand; nothing was written.")) from None
        added_ids = tuple(str(row["id"]) for rows in self.new.values() for row in rows)
        return Plan(made, self.changed, added_ids, tuple(sorted(known for known in self.rows if known.lower() not in self.seen)))

    # --- headings and cells -------------------------------------------------------------------------------------------

    def _heads(self) -> dict[int, Column]:
        by_name = {column.name: column for column in self.known}
        found: dict[int, Column] = {}
        for number, cell in sorted(self.page.rows.get(1, {}).items()):
            name = " ".join(cell.text.split())
            if name not in by_name:
                self._fault(1, number, f'"{name}" is not a column of the requirement table, so nobody knows where its cells belong.', did_you_mean(name, by_name) or f'Delete the column; the sheet "{EXPLAINED}" lists those there are.')
            elif by_name[name] in found.values():
                self._fault(1, number, f'the column "{name}" is there twice.', "Keep one of the two.")
            else:
                found[number] = by_name[name]
        if "id" not in {column.name for column in found.values()}:
            self._fault(1, 1, 'the column "id" is missing, so that nobody can tell which requirement a row is.', "Put the heading id back into the first row.")
        return found

    def _fault(self, row: int, column: int, message: str, hint: str = "") -> None:
        self.problems.append(CellProblem(self.name, row, column, message, hint))

    def _texts(self, line: int, heads: Mapping[int, Column]) -> dict[str, str]:
        """The row's cells as text by column name; a formula is a fault."""
        found = {}
        for number, cell in self.page.rows[line].items():
            if number not in heads:
                if 1 not in self.page.rows or number not in self.page.rows[1]:
                    self._fault(line, number, f'"{cell.text[:40]}" stands under no heading, so nobody knows what it is.', "Move it into one of the columns, or delete it.")
                continue
            column = heads[number]
            value = value_in(cell, _blank(column), "en", self.since_1904)
            if not value.taken:
                self._fault(line, number, f"{column.name}: {_TYPED}", "Type the value itself (copy, then paste as values).")
                continue
            if column.name == "clause" and cell.kind == "number" and not value.text.isdecimal():
                self._fault(line, number, f"clause: {value.text} was kept by the spreadsheet as a number or a day, which loses figures (17.10 becomes 17.1, or a day in October).", "Format the cell as text, and type the clause again.")
                continue
            found[column.name] = value.text.replace("\r\n", "\n").strip()
        return found

    # --- rows ---------------------------------------------------------------------------------------------------------

    def _row(self, line: int, heads: Mapping[int, Column]) -> None:
        before = len(self.problems)
        texts = self._texts(line, heads)
        if not any(texts.values()):
            return
        places = {column.name: (line, number) for number, column in heads.items()}
        identifier = texts.get("id", "")
        if not identifier:
            self._fault(*places["id"], "the id is missing, so that nobody can tell which requirement this is.", f"Give the row an id that begins with {self.folder.name}. and is not used yet.")
        elif identifier.lower() in self.seen:
            self._fault(*places["id"], f'"{identifier}" stands already in row {self.seen[identifier.lower()]}; an id names one requirement.', "Keep one of the two rows, or give this one an id of its own.")
        self.seen.setdefault(identifier.lower(), line)
        file, row = self.rows.get(identifier) or (self._group(texts, places), None)
        if row is None:
            self._new_id(identifier, places)
        elif file is not None and texts.get("group", file.group) != file.group:
            self._fault(*places["group"], f'{identifier} stands in the group "{file.group}"; the table moves no rows between groups.', f"Write {file.group} again, or move the row in the YAML files.")
        if len(self.problems) > before or file is None:
            return
        base: Mapping[str, Any] = row.record if row else without_blanks(dict(file.defaults))
        record, touched = self._applied(base, texts, places)
        if touched and len(self.problems) == before:
            self.problems += faults(record, self.known, places, self.name, self.scope)
        if touched and len(self.problems) == before:
            self._keep(file, row, base, record, touched)

    def _group(self, texts: Mapping[str, str], places: Mapping[str, Mark]) -> RuleFile | None:
        """The file of the group that a new row names."""
        groups = {file.group: file for file in self.files}
        named = texts.get("group", "")
        if named not in groups:
            message = f'"{named}" is not a group of {self.folder.name}' if named else "a new requirement needs its group"
            self._fault(*places.get("group", places["id"]), f"{message}: the group is the file in which it is written.", did_you_mean(named, groups) or f"Groups: {', '.join(groups) or 'none; add a requirement file with a group first'}.")
        return groups.get(named)

    def _new_id(self, identifier: str, places: Mapping[str, Mark]) -> None:
        if identifier and not identifier.startswith(f"{self.folder.name}."):
            self._fault(*places["id"], f'"{identifier}" is a new id, but does not begin with "{self.folder.name}."; ids say whose rule it is.', did_you_mean(identifier, self.rows) or f"Call it {self.folder.name}. and a short name.")
        elif identifier.lower() in self.scope.taken:
            self._fault(*places["id"], f'"{identifier}" exists already ({self.scope.taken[identifier.lower()]}); ids are used once.', "Choose another id, or write the existing one letter for letter to change it.")

    def _applied(self, base: Mapping[str, Any], texts: Mapping[str, str], places: Mapping[str, Mark]) -> tuple[dict[str, Any], tuple[str, ...]]:
        """The record with the cells that differ put in, and the names of their columns."""
        record = dict(base)
        touched = []
        for column in self.known:
            text = texts.get(column.name, "")
            if not column.path or column.name not in places or text == cell_of(column, base):
                continue
            try:
                record = put(record, column.path, value_of(column, text))
                touched.append(column.name)
            except ValueError as error:
                self._fault(*places[column.name], f"{column.name}: {error}.")
            except DossierError as error:
                self._fault(*places[column.name], f"{column.name}: {error.problems[0].message}", f'Compare with the sheet "{EXPLAINED}": every bracket and quotation mark that opens must close.')
        return {**record, "in_force": record.get("in_force", {})}, tuple(touched)  # the key is there even where no day is known

    def _keep(self, file: RuleFile, row: Row | None, base: Mapping[str, Any], record: Mapping[str, Any], touched: Sequence[str]) -> None:
        if row is None:
            # What the defaults of the file give is left out; where the row has nothing instead, a blank says so.
            self.new.setdefault(file.path, []).append({key: record.get(key, "") for key in ORDER if record.get(key, "") != file.defaults.get(key, "")})
            return
        keys = [key for key in {**base, **record} if base.get(key) != record.get(key)]
        values = {key: record.get(key, "" if key in file.defaults else None) for key in keys}
        self.edits.setdefault(file.path, []).append(Edit(row.index, values))
        self.changed[row.id] = tuple(touched)


def _blank(column: Column) -> Blank:
    """How a cell of the column is to be understood: a day, a choice, or text."""
    kind = {"day": "date", "code": "select"}.get(column.form, "textarea")
    return Blank(column.name, kind, tuple((choice, choice) for choice in column.choices))
