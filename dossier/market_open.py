"""What is open in one file of jurisdiction data: empty fields, missing languages, unconfirmed facts, days that have passed."""
from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dossier import citation, records, yamlfile
from dossier.schema import Localized, Model
from dossier.yamlfile import Path_, YamlFile

TEXTS = ("en", "nb", "nn")
LISTS = ("add", "authorities", "languages", "milestones", "claims", "change", "remove")


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is missing, open or overdue: where, what, why it matters, what to do."""

    file: str
    line: int
    column: int
    what: str
    why: str
    todo: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.what} {self.why} {self.todo}"


def shown(folder: Path, file: str) -> str:
    """The file as messages show it."""
    return f"jurisdictions/{folder.name}/{file}"


def _localized() -> frozenset[str]:
    models = [each for each in vars(records).values() if isinstance(each, type) and issubclass(each, Model)]
    return frozenset({field.alias or name for model in models for name, field in model.model_fields.items() if field.annotation == Localized} | {"version"})


_LOCALIZED = _localized()
_LANGUAGE = re.compile(r"[a-z]{2,3}(-\w+)*")


def open_in(file: Path, folder: Path, date: dt.date) -> Iterator[Finding]:
    """What is open in one file: empty fields, missing languages, unconfirmed facts, days that have passed, clauses nobody can print."""
    source = yamlfile.read(file, shown(folder, file.relative_to(folder).as_posix()))
    usual = (source.data.get("defaults") or {}) if isinstance(source.data, dict) else {}
    for path, value in _walk(source.data):
        key, subject = str(path[-1]) if path else "", _subject(source, path)
        match value:
            case "":
                if len(path) > 1 and path[-2] in _LOCALIZED and not _LANGUAGE.fullmatch(key):
                    yield _found(source, path, f'"{key}" stands where a language is expected{subject}: the text before it was cut off at a comma.', "Documents would print half a sentence.", "Put the whole text in double quotes.")
                elif path and not _meant(path, usual):
                    yield _found(source, path, f"{_words(path)} is empty{subject}.", "Documents would print a gap there.", "Fill it in, or delete the line where the field is not needed.")
            case "unconfirmed" if key == "level":
                yield _found(source, path, f"a {'source' if file.name == 'sources.yaml' else 'fact'} is unconfirmed{subject}.", "Documents print it with a mark and never as required.", "Read it in the law or on the authority's page, then set level, checked and the source's version.")
            case str() if key == "review_by" and (day := _past(value, date)):
                rows = "" if path[0] != "defaults" else " of all rows that name no day of their own"
                yield _found(source, path, f"the day of review{rows} was {day}{subject}.", "The rule may have changed since.", "Compare with the source, then set checked and review_by anew.")
            case str() if key == "clause" and not citation.known(value):
                yield _found(source, path, f'the clause "{value}" is not in a form that every language can print{subject}.', "Norwegian documents would print English words.", 'Write it like § 15(1), Article 87(4), "Annex I, section 23.2(l)", regulation 6, section 5(2) or whole document.')
            case dict() if key in _LOCALIZED and _is_text(value):
                lacking = [language for language in TEXTS if language not in value]
                if lacking:
                    yield _found(source, path, f"{_words(path)} has no text in {_and(lacking)}{subject}.", "Documents in that language print another one with a mark.", "Add the text; an official name may stay as it is in all languages.")


def _meant(path: Path_, usual: Mapping[str, Any]) -> bool:
    """Whether a blank is meant: a list without rows, or a row that puts out what the file's defaults give."""
    return (len(path) == 1 and path[0] in LISTS) or (len(path) == 3 and path[0] == "add" and path[2] in usual)


def _walk(value: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    """Every value of the file with its place, in reading order."""
    yield path, value
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield from _walk(part, (*path, key))


def _is_text(value: Mapping[str, Any]) -> bool:
    return bool(value) and all(_LANGUAGE.fullmatch(key) and isinstance(text, str) for key, text in value.items())


def _past(value: str, date: dt.date) -> str:
    return value if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) and value < date.isoformat() else ""


def _subject(source: YamlFile, path: Path_) -> str:
    """Which row is meant: its id, or the document of a language row."""
    value, name = source.data, str(path[0]) if path and source.name.endswith("/sources.yaml") else ""
    for key in path:
        value = value[key]
        if isinstance(value, Mapping):
            name = str(value.get("id") or value.get("document") or name)
    return f" ({name})" if name and len(path) > 1 else ""


def _words(path: Path_) -> str:
    named = [key for number, key in enumerate(path) if isinstance(key, str) and (number or key not in LISTS)]
    return ".".join(named) or str(path[-1])


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def _found(source: YamlFile, path: Path_, what: str, why: str, todo: str) -> Finding:
    return Finding(source.name, *source.at(path), what, why, todo)
