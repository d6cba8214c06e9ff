"""YAML text to plain data, strictly: every scalar is text, every value knows its line and column.

Plain YAML 1.1 turns `no` into false, `17.10` into 17.1 and `12:30` into 750. Here the schema decides the type,
so the loader keeps the words as written. It works on the parser's event stream, which lets it stop at a cap
before anything large or deep exists in memory.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from dossier.errors import DossierError, Problem

MAX_BYTES = 5 * 1024 * 1024
MAX_DEPTH = 64
MAX_NODES = 500_000

# XML 1.0 cannot carry these, so no Word or PDF file could hold the text as written.
_ILLEGAL = frozenset(
    {*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, *range(0x80, 0x85), *range(0x86, 0xA0), 0xFFFE, 0xFFFF}
)

Path_ = tuple[str | int, ...]
Mark = tuple[int, int]


@dataclass(frozen=True, slots=True)
class YamlFile:
    """Plain data (dict, list, str) and where it stands: `marks[path]` for a value, `keys[path]` for its key.

    A path is a tuple of keys and list positions; a mark is (line, column), both from 1.
    """

    name: str
    data: Any
    marks: dict[Path_, Mark] = field(repr=False)
    keys: dict[Path_, Mark] = field(repr=False, default_factory=dict)

    def at(self, path: Path_, key: bool = False) -> Mark:
        """The place of the value at `path` (of its key when `key`), or of its nearest ancestor in the file."""
        while path and path not in self.marks:
            path = path[:-1]
        if key and path in self.keys:
            return self.keys[path]
        return self.marks.get(path, (1, 1))

    def problem(self, path: Path_, message: str, hint: str = "", key: bool = False) -> Problem:
        """A problem at the place of `path`."""
        line, column = self.at(path, key)
        return Problem(self.name, line, column, message, hint)


def read(path: Path, name: str | None = None) -> YamlFile:
    """The file's data. Raises DossierError naming file, line and column for anything it refuses."""
    name = name or str(path)
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise DossierError(Problem(name, 0, 0, f"cannot be read: {reason}.", "Check the path and the file's permissions.")) from None
    return loads(content, name)


def loads(content: bytes, name: str) -> YamlFile:
    """As `read`, from bytes that are already in memory."""
    if len(content) > MAX_BYTES:
        raise DossierError(Problem(name, 0, 0, f"is larger than {MAX_BYTES // 1024 // 1024} MB.", "Split the file, or move long texts into documents."))
    return _Builder(name).build(_decode(content, name))


def _decode(content: bytes, name: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - (content.rfind(b"\n", 0, error.start) + 1) + 1
        raise DossierError(Problem(name, line, column, "is not UTF-8 text.", 'Save it again with the encoding "UTF-8".')) from None
    for number, line_text in enumerate(text.split("\n"), 1):
        if line_text.isascii() and line_text.rstrip("\r").isprintable():
            continue
        for column, char in enumerate(line_text, 1):
            if ord(char) in _ILLEGAL and not (char == "\r" and column == len(line_text)):
                raise DossierError(_control_character(name, number, column, char))
    return text


def _control_character(name: str, line: int, column: int, char: str) -> Problem:
    return Problem(name, line, column, f"control character U+{ord(char):04X} cannot stand in a document.", "Delete it; it often comes with text pasted from a PDF.")


class _Builder:
    """Turns parser events into data, refusing what the file format does not allow."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.marks: dict[Path_, Mark] = {}
        self.keys: dict[Path_, Mark] = {}
        self.problems: list[Problem] = []
        self.frames: list[_Frame] = []
        self.root: Any = ""
        self.documents = 0
        self.nodes = 0

    def build(self, text: str) -> YamlFile:
        try:
            for event in yaml.parse(text, Loader=_event_loader()):
                self._take(event)
        except yaml.MarkedYAMLError as error:
            self.problems.append(self._syntax(error))
        except yaml.YAMLError as error:
            self.problems.append(Problem(self.name, 1, 1, f"is not valid YAML: {error}."))
        except _Stop:
            pass
        if self.problems:
            raise DossierError(self.problems)
        return YamlFile(self.name, self.root, self.marks, self.keys)

    def _take(self, event: yaml.Event) -> None:
        mark = _place(event.start_mark)
        match event:
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    self._stop(mark, 'a second document starts here ("---").', "Keep one document in a file.")
            case yaml.AliasEvent():
                self._refuse(mark, f'"*{event.anchor}" is an alias; aliases are not used here.', "Write the value out.")
                self._put("", mark)
            case yaml.ScalarEvent():
                self._count(event, mark)
                self._scalar(event, mark)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._count(event, mark)
                self._open({} if isinstance(event, yaml.MappingStartEvent) else [], mark)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self.frames.pop()

    def _count(self, event: Any, mark: Mark) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self._stop(mark, f"holds more than {MAX_NODES:,} values.", "Split the file.")
        if event.anchor:
            self._refuse(mark, f'"&{event.anchor}" is an anchor; anchors are not used here.', "Remove it and write the value out where it is needed.")
        if event.tag:
            self._refuse(mark, f'the tag "{event.tag}" is not used here.', "Remove it; the field decides the type.")

    def _scalar(self, event: yaml.ScalarEvent, mark: Mark) -> None:
        for char in event.value:
            if ord(char) in _ILLEGAL or 0xD800 <= ord(char) <= 0xDFFF:
                self.problems.append(_control_character(self.name, *mark, char))
                break
        self._put(event.value, mark)

    def _open(self, value: Any, mark: Mark) -> None:
        if len(self.frames) >= MAX_DEPTH:
            self._stop(mark, f"is nested more than {MAX_DEPTH} levels deep.", "Flatten it.")
        if self.frames and self.frames[-1].wants_key:
            self._stop(mark, "a key must be plain text.", "A value in braces or brackets may need quotes.")
        path = self._put(value, mark)
        self.frames.append(_Frame(value, path))

    def _put(self, value: Any, mark: Mark) -> Path_:
        if not self.frames:
            self.root = value
            self.marks[()] = mark
            return ()
        frame = self.frames[-1]
        if isinstance(frame.value, list):
            path = (*frame.path, len(frame.value))
            frame.value.append(value)
        elif frame.wants_key:
            self._key(frame, str(value), mark)
            return frame.path
        else:
            path = (*frame.path, frame.key)
            frame.value[frame.key] = value
            frame.wants_key = True
            self.keys[path] = frame.key_mark
            # A block that starts on a later line is found at its key, where the reader looks.
            self.marks[path] = frame.key_mark if isinstance(value, (dict, list)) else mark
            return path
        self.marks[path] = mark
        return path

    def _key(self, frame: _Frame, key: str, mark: Mark) -> None:
        if key == "<<":
            self._refuse(mark, 'the merge key "<<" is not used here.', "Write the values out.")
        if key in frame.value:
            line, _ = self.marks[(*frame.path, key)]
            self._refuse(mark, f'"{key}" is given twice; it stands already on line {line}.', "Keep one of the two.")
        frame.key, frame.key_mark, frame.wants_key = key, mark, False

    def _refuse(self, mark: Mark, message: str, hint: str) -> None:
        self.problems.append(Problem(self.name, *mark, message, hint))

    def _stop(self, mark: Mark, message: str, hint: str) -> None:
        self._refuse(mark, message, hint)
        raise _Stop

    def _syntax(self, error: yaml.MarkedYAMLError) -> Problem:
        return Problem(self.name, *_place(error.problem_mark or error.context_mark), f"is not valid YAML: {error.problem or error.context}.", _advice(error.problem or ""))


class _Frame:
    """One open mapping or list."""

    __slots__ = ("key", "key_mark", "path", "value", "wants_key")

    def __init__(self, value: Any, path: Path_) -> None:
        self.value = value
        self.path = path
        self.wants_key = isinstance(value, dict)
        self.key = ""
        self.key_mark = (1, 1)


class _Stop(Exception):
    """Nothing after this point can be trusted."""


def _place(mark: Any) -> Mark:
    """The parser's mark, which counts from 0, as line and column from 1."""
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _event_loader() -> Any:
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _advice(problem: str) -> str:
    if "tab" in problem or "cannot start any token" in problem:
        return "Indent with spaces, and put text that holds : # % @ or quotes in double quotes."
    if "mapping values are not allowed" in problem:
        return 'A text with ": " in it needs double quotes.'
    return "Look at this line and the one before it: indentation, a missing quote, or a missing colon."
