"""What changed between two issues of a document: its facts, requirements, decisions, evidence, answers and running text."""
from __future__ import annotations

import datetime as dt
import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dossier import i18n
from dossier.blocks import one_line
from dossier.errors import DossierError, Problem
from dossier.issued import Issued

Kind = Literal["fact", "requirement", "decision", "evidence", "answer", "text"]
KINDS: tuple[Kind, ...] = ("fact", "requirement", "decision", "evidence", "answer", "text")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs. `subject` is what it is about: a row's id, a document, a field, or the name of a fact.

    `aspect` says which side of it: one of a closed list of English words that reports translate. An empty `old` means
    new, an empty `new` means gone. Codes stand as the record holds them.
    """

    kind: Kind
    subject: str
    aspect: str
    old: str
    new: str


def compare(old: Issued, new: Issued, names: tuple[str, str]) -> tuple[Difference, ...]:
    """The differences, by kind and then in the order of the newer issue.

    `names` are the files' names, for the message. Raises DossierError where the two are not issues of one document.
    """
    for what in ("kind", "product", "market"):
        before, after = getattr(old.identity, what), getattr(new.identity, what)
        if before != after:
            raise DossierError(Problem(names[1], 0, 0, f'is not another issue of {names[0]}: its {"document" if what == "kind" else what} is "{after}", not "{before}".', "Compare two issues of one document."))
    locale = new.identity.locale.split("+")[0]
    found = [*_facts(old, new), *_rows(old, new, locale), *_register(old, new), *_fields(old, new)]
    if old.identity.locale == new.identity.locale:
        found += [*_texts(old, new), *_cells(old, new, _explained(found, locale))]
    return tuple(sorted(found, key=lambda difference: KINDS.index(difference.kind)))


def _facts(old: Issued, new: Issued) -> list[Difference]:
    facts: Mapping[str, Callable[[Issued], Any]] = {
        "Document number": lambda issue: issue.identity.number,
        "Revision": lambda issue: issue.identity.revision,
        "Date": lambda issue: issue.identity.date,
        "Language": lambda issue: issue.identity.locale,
        "Requirement data": lambda issue: issue.identity.data,
        "Law as of": lambda issue: issue.content["market"].get("date", ""),
        "Product": lambda issue: issue.content["product"].get("name", ""),
        "Version": lambda issue: issue.content["product"].get("version", ""),
    }
    pairs = ((name, str(get(old) or ""), str(get(new) or "")) for name, get in facts.items())
    return [Difference("fact", name, name, before, after) for name, before, after in pairs if before != after]


def _by(rows: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {str(row["id"]): row for row in rows}


def _rows(old: Issued, new: Issued, locale: str) -> list[Difference]:
    """Requirements and evidence items: their text and source, and what was decided about them."""
    before, after = _by(old.content["rows"]), _by(new.content["rows"])
    found = []
    for name in [*after, *(name for name in before if name not in after)]:
        was, now = before.get(name), after.get(name)
        if was is None or now is None:
            found.append(Difference("requirement", name, "New" if was is None else "Gone", _says(was, locale), _says(now, locale)))
            continue
        aspects = [("requirement", "Text", _says(was, locale), _says(now, locale)), ("requirement", "Source", _source(was), _source(now))]
        aspects += [("decision", aspect, str(was.get(key, "")), str(now.get(key, ""))) for aspect, key in (("Standing", "standing"), ("Applies", "applies"), ("Coverage", "coverage"))]
        aspects += [("decision", "Gaps", _joined(was, "gaps"), _joined(now, "gaps")), ("evidence", "Shown in", _joined(was, "evidence"), _joined(now, "evidence"))]
        found += [Difference(kind, name, aspect, one, other) for kind, aspect, one, other in aspects if one != other]  # type: ignore[arg-type]
    return found


def _says(row: Mapping[str, Any] | None, locale: str) -> str:
    texts = row.get("text") or {} if row else {}
    return str(texts.get(locale) or texts.get("en") or next(iter(texts.values()), ""))


def _source(row: Mapping[str, Any]) -> str:
    return " ".join(part for part in (str(row.get("source", "")), str(row.get("clause", ""))) if part)


def _joined(row: Mapping[str, Any], key: str) -> str:
    return ", ".join(str(part) for part in row.get(key, ()))


def _register(old: Issued, new: Issued) -> list[Difference]:
    """The controlled documents: new, gone, another revision, or another file under the same revision."""
    before, after = _by(old.content["register"]), _by(new.content["register"])
    found = []
    for name in [*after, *(name for name in before if name not in after)]:
        was, now = before.get(name), after.get(name)
        if was is None or now is None:
            found.append(Difference("evidence", name, "New" if was is None else "Gone", _document(was), _document(now)))
        elif was.get("revision") != now.get("revision"):
            found.append(Difference("evidence", name, "Revision", str(was.get("revision", "")), str(now.get("revision", ""))))
        elif was.get("sha256") != now.get("sha256"):
            found.append(Difference("evidence", name, "File content, same revision", str(was.get("sha256", ""))[:12], str(now.get("sha256", ""))[:12]))
    return found


def _document(row: Mapping[str, Any] | None) -> str:
    return " ".join(part for part in (str(row.get("number", "")), str(row.get("revision", ""))) if part) if row else ""


def _fields(old: Issued, new: Issued) -> list[Difference]:
    names = dict.fromkeys([*new.field, *old.field])
    pairs = ((name, old.field[name].value if name in old.field else "", new.field[name].value if name in new.field else "") for name in names)
    return [Difference("answer", name, "Answer", before, after) for name, before, after in pairs if before != after]


def _texts(old: Issued, new: Issued) -> list[Difference]:
    """Running text outside the rows, paragraph by paragraph."""
    before, after = ([line.text for line in issue.lines if not line.row and line.text] for issue in (old, new))
    found = []
    for what, start, end, first, last in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what != "equal":
            found += _paired(before[start:end], after[first:last])
    return found


def _paired(old: Sequence[str], new: Sequence[str]) -> list[Difference]:
    longest = max(len(old), len(new))
    pairs = zip([*old, *[""] * (longest - len(old))], [*new, *[""] * (longest - len(new))])
    return [Difference("text", "", "Text", before, after) for before, after in pairs]


# --- tables -----------------------------------------------------------------------------------------------------------

_Cells = tuple[tuple[int, str], ...]
_NUMBER = re.compile(r"\[\d+\]")  # of a document in its list: all that follow a new one move on
_COUNTED = re.compile(r"\[?\d+[].]?")


def _cells(old: Issued, new: Issued, explained: Mapping[str, str]) -> list[Difference]:
    """Tables, row by row: what was put in, what is gone, and in rows of one name each cell that differs."""
    before, after = _grid(old), _grid(new)
    gone, come = _named(_beyond(before, after)), _named(_beyond(after, before))
    found: list[Difference] = []
    for name in dict.fromkeys([*come, *gone]):
        was, now = gone.get(name, []), come.get(name, [])
        if len(was) == len(now) and (len(was) == 1 or not _COUNTED.fullmatch(now[0][0][1])):
            found += [difference for pair in zip(was, now) for difference in _changed(*pair, explained)]
        else:
            found += [Difference("text", name, "Text", one, other) for one, other in _sides(was, now)]
    return list(dict.fromkeys(found))


def _named(rows: Sequence[_Cells]) -> dict[str, list[_Cells]]:
    found: dict[str, list[_Cells]] = {}
    for row in rows:
        found.setdefault(_name(row), []).append(row)
    return found


def _grid(issue: Issued) -> list[_Cells]:
    """The rows of all tables."""
    rows: list[list[tuple[int, str]]] = []
    name = ""
    for line in issue.lines:
        if line.row and rows and line.row == name and line.column > rows[-1][-1][0]:
            rows[-1].append((line.column, line.text))
        elif line.row:
            rows.append([(line.column, line.text)])
        name = line.row
    return [tuple(row) for row in rows]


def _beyond(these: Sequence[_Cells], those: Sequence[_Cells]) -> list[_Cells]:
    """The rows that the others do not hold, wherever they stand and whatever number they bear."""
    left = Counter(_key(row) for row in those)
    found = []
    for row in these:
        left[_key(row)] -= 1
        if left[_key(row)] < 0:
            found.append(row)
    return found


def _key(row: _Cells) -> _Cells:
    kept = row[1:] if _COUNTED.fullmatch(row[0][1]) else row
    return tuple((column, _NUMBER.sub("[]", text)) for column, text in kept)


def _name(row: _Cells) -> str:
    """What a row is about: its first cell, or the next one where that counts only."""
    return next((text for _, text in row if text and not _COUNTED.fullmatch(text)), row[0][1])


def _changed(was: _Cells, now: _Cells, explained: Mapping[str, str]) -> Iterator[Difference]:
    before, after = dict(was), dict(now)
    for column in sorted(before.keys() | after.keys()):
        one, other = before.get(column, ""), after.get(column, "")
        if (column or not _COUNTED.fullmatch(other)) and not _is_explained(one, other, explained):
            yield Difference("text", _name(now), "Text", one, other)


def _sides(was: Sequence[_Cells], now: Sequence[_Cells]) -> list[tuple[str, str]]:
    """Rows that no name pairs, each whole: what is gone, then what is new."""
    joined = [[" | ".join(text for _, text in row if text) for row in rows] for rows in (was, now)]
    return [*((text, "") for text in joined[0]), *(("", text) for text in joined[1])]


def _explained(found: Iterable[Difference], locale: str) -> dict[str, str]:
    """What the differences that were found already turn into what, as it is printed."""
    turned: dict[str, str] = {}
    for difference in found:
        if difference.kind in ("fact", "requirement") and difference.old and difference.new:
            turned |= dict(zip(_printed(difference.old, locale), _printed(difference.new, locale)))
    return turned


def _printed(value: str, locale: str) -> list[str]:
    try:
        day = dt.date.fromisoformat(value)
    except ValueError:
        return [one_line(value)]
    return [value, i18n.short_day(day, locale), i18n.day(day, locale)]


def _is_explained(old: str, new: str, explained: Mapping[str, str]) -> bool:
    """Whether a cell differs by nothing but what was told already."""
    one = _NUMBER.sub("[]", old)
    for was, now in explained.items():
        one = one.replace(was, now) if now in new else one
    return one == _NUMBER.sub("[]", new)
