"""Changes rows of one list in a YAML file and leaves every other line as it is, comments included."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dossier import yamlfile, yamlwrite
from dossier.yamlfile import YamlFile


@dataclass(frozen=True, slots=True)
class Edit:
    """What changes in the row at `index`: the new value of each key, None where the key goes."""

    index: int
    values: Mapping[str, Any]


def edited(content: bytes, name: str, key: str, edits: Sequence[Edit], added: Sequence[Mapping[str, Any]], order: Sequence[str]) -> bytes:
    """The file with the rows under `key` changed and the new rows put after the last one.

    `order` says where a key that is new in a row belongs. Line endings stay. Raises DossierError for a file that is no
    YAML, ValueError where the file cannot be changed by lines without changing something else.
    """
    source = yamlfile.loads(content, name)
    text = content.decode("utf-8-sig")
    ending = "\r\n" if "\r\n" in text else "\n"
    page = _Page(source, text.replace("\r\n", "\n").split("\n"), key, order)
    if added:
        page.add(added)
    for edit in sorted(edits, key=lambda edit: edit.index, reverse=True):
        page.change(edit)
    bom = b"\xef\xbb\xbf" if content.startswith(b"\xef\xbb\xbf") else b""
    result = bom + ending.join(page.lines).encode()
    rows = list(source.data.get(key) or [])
    for edit in edits:
        rows[edit.index] = changed(rows[edit.index], edit.values)
    if yamlfile.loads(result, name).data != {**source.data, key: [*rows, *added]}:
        raise ValueError(f"{name} cannot be changed line by line")
    return result


def changed(row: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The row with the new values; those that are None are gone.

    >>> changed({"a": "1", "b": "2"}, {"a": None, "c": "3"})
    {'b': '2', 'c': '3'}
    """
    return {name: value for name, value in {**row, **values}.items() if value is not None}


class _Page:
    """The lines of a file and where the rows of one list stand in it. Rows are changed from the last to the first, so that places hold."""

    def __init__(self, source: YamlFile, lines: list[str], key: str, order: Sequence[str]) -> None:
        self.source = source
        self.lines = lines
        self.key = key
        self.rank = {name: number for number, name in enumerate(order)}
        self.rows: list[Any] = source.data.get(key) or []
        later = [source.keys[name,][0] - 1 for name in source.data if key in source.data and source.keys[name,] > source.keys[key,]]
        self.closed = bool(later)
        self.end = min(later, default=len(lines))  # the first line after the list

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Puts the rows after the last one, or where the list begins."""
        indent = self.source.marks[self.key, 0][1] - 3 if self.rows else 2
        made = [line for row in rows for line in ("", *yamlwrite.item(row, indent))]
        if self.rows:
            at = self._content_end(self.source.marks[self.key, len(self.rows) - 1][0] - 1, self.end)
        elif (self.key,) in self.source.keys:
            at = self._content_end(self.source.keys[self.key,][0] - 1, self.end) if self.closed else self._without_blanks(self.end)
            self.lines[self.source.keys[self.key,][0] - 1] = f"{self.key}:"
            made = made[1:] if at == self.source.keys[self.key,][0] else made
        else:
            at = self._without_blanks(self.end)
            made = [f"{self.key}:", *made[1:]]
        self.lines[at:at] = made

    def change(self, edit: Edit) -> None:
        """Writes the new values into the lines of the row; the whole row anew where several keys share a line."""
        row = self.rows[edit.index]
        first, column = self.source.marks[self.key, edit.index]
        begins = {name: self.source.keys[self.key, edit.index, name] for name in row}
        last = self._content_end(first - 1, self.source.marks[self.key, edit.index + 1][0] - 1 if edit.index + 1 < len(self.rows) else self.end)
        lines = sorted(line for line, _ in begins.values())
        if len(set(lines)) < len(lines) or lines[0] != first or any(at != column for _, at in begins.values()):
            self.lines[first - 1 : last] = yamlwrite.item(changed(row, edit.values), column - 3)
            return
        ends = {line: self._content_end(line - 1, stop) for line, stop in zip(lines, [*(line - 1 for line in lines[1:]), last])}
        places = {name: (begins[name][0] - 1, ends[begins[name][0]]) for name in row}
        for (start, stop), made in sorted(self._pieces(edit, places, column - 1).items(), reverse=True):
            if start == first - 1 and stop > start and made:
                made[0] = self.lines[start][: column - 1] + made[0][column - 1 :]
            self.lines[start:stop] = made

    def _pieces(self, edit: Edit, places: Mapping[str, tuple[int, int]], indent: int) -> dict[tuple[int, int], list[str]]:
        """What is to stand from one line to another: replaced, removed (no lines) or put in (from a line to itself)."""
        pieces: dict[tuple[int, int], list[str]] = {}
        for name in sorted(edit.values, key=self._rank):
            value = edit.values[name]
            if name in places:
                pieces[places[name]] = [] if value is None else yamlwrite.lines(name, value, indent)
            elif value is not None:
                before = [known for known in places if self._rank(known) < self._rank(name)] or list(places)[:1]
                at = max(places[known][1] for known in before)
                pieces.setdefault((at, at), []).extend(yamlwrite.lines(name, value, indent))
        return pieces

    def _rank(self, name: str) -> int:
        return self.rank.get(name, len(self.rank))

    def _content_end(self, start: int, stop: int) -> int:
        """The line after the last one with something in it, before `stop`: comments and blank lines belong to what follows."""
        while stop > start + 1 and (not self.lines[stop - 1].strip() or self.lines[stop - 1].lstrip().startswith("#")):
            stop -= 1
        return stop

    def _without_blanks(self, stop: int) -> int:
        while stop and not self.lines[stop - 1].strip():
            stop -= 1
        return stop
