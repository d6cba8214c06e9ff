"""What the data of a market still lack, in plain words: each gap with its place, why it matters and what to do."""
from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from dossier import citation, records, yamlfile
from dossier.records import Requirement
from dossier.resolve import Repository, Resolved, resolve
from dossier.schema import Localized, Model
from dossier.yamlfile import Path_, YamlFile

TEXTS = ("en", "nb", "nn")
DOCUMENTS = {
    "label": "the label",
    "ifu": "the instructions for use",
    "implant-card": "the implant card",
    "declaration-of-conformity": "the declaration of conformity",
    "field-safety-notice": "field safety notices",
    "gui": "the user interface of software",
}
# Papers that are asked for by a regulation; a law of its own may not know them.
_KNOWN_TO = {"implant-card": ("mdr",), "declaration-of-conformity": ("mdr", "ivdr")}
_REPRESENTATIVES = {"authorised-representative", "us-agent", "uk-responsible-person", "sponsor", "marketing-authorisation-holder"}


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


def check(repository: Repository, name: str, date: dt.date) -> tuple[Finding, ...]:
    """Everything that is incomplete in the data of the market on `date`, sorted by place; what it inherits counts as there.

    The data have no faults (`resolve.faults_of`). A legal space is asked for its own texts, levels and dates only.
    """
    folder = repository.folder(name)
    found = [finding for file in sorted(folder.rglob("*.yaml")) for finding in _file(file, folder, date)]
    if repository.get(name).head.kind == "state":
        found += _missing(repository, name, date)
    return tuple(sorted(set(found)))


# --- what is not there at all -----------------------------------------------------------------------------------------


class _Need(NamedTuple):
    file: str
    what: str
    why: str
    todo: str
    there: Callable[[Resolved], bool]


_NEEDS = (
    _Need("authorities.yaml", "no competent authority is named.", "Letters and reports have no addressee.", "Add an authority with role: competent-authority.", lambda market: market.authority("competent-authority") is not None),
    _Need("authorities.yaml", "no CSIRT is named.", "The disclosure note cannot say who coordinates when a vulnerability becomes known.", "Add an authority with role: national-csirt (or sector-csirt); FIRST and ENISA list them.", lambda market: any(market.authority(role) for role in ("national-csirt", "sector-csirt"))),
    _Need("requirements/disclosure.yaml", "no rule says how a vulnerability is disclosed.", "The disclosure note has no row for this market.", "Add a requirement with phase: disclosure; say so in it where no duty was found.", lambda market: any(_has(market, lambda rule: rule.phase == "disclosure"))),
    _Need("requirements/representation.yaml", "no rule says whether a maker abroad needs a representative.", "A maker abroad would not learn that somebody in the market must act for it.", "Add a requirement with phase: representation; say so in it where none is needed.", lambda market: any(_has(market, lambda rule: rule.phase == "representation" or bool(_REPRESENTATIVES & set(rule.binds))))),
    _Need("requirements/registration.yaml", "no rule says who registers the device or the company.", "The checklist would let a device be sold that is in no register.", "Add a requirement with phase: registration; say so in it where there is no register.", lambda market: any(_has(market, lambda rule: rule.phase == "registration"))),
    _Need("requirements/vigilance.yaml", "no rule says within how many days or hours a serious incident is reported.", "The clock is what people look up first when something happens.", "Add a requirement with phase: post-market and deadlines: [{amount: ..., unit: day, ...}].", lambda market: any(_has(market, _clock))),
)


def _has(market: Resolved, wanted: Callable[[Requirement], bool]) -> Iterator[bool]:
    return (wanted(record.requirement) for record in market.records)


def _clock(rule: Requirement) -> bool:
    return rule.phase == "post-market" and any(deadline.amount is not None and deadline.unit in ("hour", "day") for deadline in rule.deadlines)


def _missing(repository: Repository, name: str, date: dt.date) -> Iterator[Finding]:
    """What the market lacks, for each regulation whose data it has."""
    folder, part = repository.folder(name), repository.get(name)
    for regulation in repository.regulations(name):
        market = resolve(repository, name, date, regulation)
        note = f" ({regulation.upper()})" if len(repository.regulations(name)) > 1 else ""
        for need in _NEEDS:
            if not need.there(market):
                yield _at(folder, need.file, need.what[:-1] + note + ".", need.why, need.todo)
        for document, words in DOCUMENTS.items():
            if regulation not in _KNOWN_TO.get(document, (regulation,)) or (market.own_law and document in _KNOWN_TO):
                continue
            if not any(row.document == document for row in market.languages):
                yield _at(folder, "languages.yaml", f"no row says which language {words} must be in{note}.", "A text in the wrong language keeps a device from the market.", f"Add a row with document: {document}; with level: unconfirmed where no rule was found.")
    if not any(source.kind in ("act", "regulation") for source in part.sources.values()):
        yield _at(folder, "sources.yaml", "no law is named.", "Every national rule needs the act or regulation it stands in.", "Add a source with kind: act or kind: regulation.")


def _at(folder: Path, file: str, what: str, why: str, todo: str) -> Finding:
    """A finding on a whole file; on the head of the jurisdiction where the file is not there yet."""
    there = (folder / file).is_file()
    return Finding(_shown(folder, file if there else "jurisdiction.yaml"), 1, 1, what, why, todo if there else f"{todo[:-1]}, in {file}.")


def _shown(folder: Path, file: str) -> str:
    return f"jurisdictions/{folder.name}/{file}"


# --- what is there, but open ------------------------------------------------------------------------------------------


def _localized() -> frozenset[str]:
    models = [each for each in vars(records).values() if isinstance(each, type) and issubclass(each, Model)]
    return frozenset({field.alias or name for model in models for name, field in model.model_fields.items() if field.annotation == Localized} | {"version"})


_LOCALIZED = _localized()


def _file(file: Path, folder: Path, date: dt.date) -> Iterator[Finding]:
    """What is open in one file: empty fields, missing languages, unconfirmed facts, days that have passed, clauses nobody can print."""
    source = yamlfile.read(file, _shown(folder, file.relative_to(folder).as_posix()))
    usual = (source.data.get("defaults") or {}) if isinstance(source.data, dict) else {}
    for path, value in _walk(source.data):
        key, subject = str(path[-1]) if path else "", _subject(source, path)
        match value:
            case "":
                if path and not _meant(path, usual):
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


_LISTS = ("add", "authorities", "languages", "milestones", "claims", "change", "remove")


def _meant(path: Path_, usual: Mapping[str, Any]) -> bool:
    """Whether a blank is meant: a list without rows, or a row that puts out what the file's defaults give."""
    return (len(path) == 1 and path[0] in _LISTS) or (len(path) == 3 and path[0] == "add" and path[2] in usual)


def _walk(value: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    """Every value of the file with its place, in reading order."""
    yield path, value
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield from _walk(part, (*path, key))


def _is_text(value: Mapping[str, Any]) -> bool:
    return bool(value) and all(re.fullmatch(r"[a-z]{2,3}(-\w+)*", key) and isinstance(text, str) for key, text in value.items())


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
    named = [key for number, key in enumerate(path) if isinstance(key, str) and (number or key not in _LISTS)]
    return ".".join(named) or str(path[-1])


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def _found(source: YamlFile, path: Path_, what: str, why: str, todo: str) -> Finding:
    return Finding(source.name, *source.at(path), what, why, todo)
