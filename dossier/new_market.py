"""A folder to start a market from: commented files in which everything known is filled in and the rest is left open."""
from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path
from string import Template

from dossier import resources, yamlwrite
from dossier.errors import DossierError, Problem, did_you_mean
from dossier.resolve import SHIPPED, Repository
from dossier.schema import is_reserved

PATTERN = "_market"
KEYS = "keys.txt"
_NO_COUNTRY = ("EU", "EZ", "UN", "ZZ", "XA", "XB")  # in Babel's table, but no country
_ID = re.compile(r"[a-z][a-z0-9-]{1,19}")
_TAKEN = {"evidence": "the folder of the evidence kinds", "facts": "the table of product facts", "shipped": "a word of the program"}


def files(identifier: str, extends: Sequence[str], repository: Repository, home: Path, day: dt.date) -> dict[Path, bytes]:
    """The files of the new market by path, below `home/jurisdictions`. Raises DossierError for an id or a parent that cannot be, and for a folder that is there."""
    folder = home / "jurisdictions" / identifier
    problems = [*_id_faults(identifier, repository), *_parent_faults(extends, repository)]
    if folder.exists():
        problems.append(Problem(str(folder), 0, 0, "is there already; nothing of yours is overwritten.", f"Go on with it (dossier check-market {identifier}), choose another id, or move the folder away."))
    if problems:
        raise DossierError(problems)
    pattern = resources.shipped("samples") / PATTERN
    words = _words(identifier, extends, day)
    words["keys"] = Template((pattern / KEYS).read_text("utf-8")).substitute(words).rstrip("\n")
    return {folder / path.relative_to(pattern): Template(path.read_text("utf-8")).substitute(words).encode() for path in sorted(pattern.rglob("*.yaml"))}


def country(identifier: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """The country's name in English, bokmål and nynorsk, and its official languages, the most spoken first; empty where the id is no ISO 3166 code.

    >>> country("se")
    ({'en': 'Sweden', 'nb': 'Sverige', 'nn': 'Sverige'}, ('sv',))
    """
    from babel import Locale
    from babel.languages import get_official_languages

    code = identifier.upper()
    names = {language: Locale(language).territories.get(code, "") for language in ("en", "nb", "nn")}
    if not re.fullmatch("[A-Z]{2}", code) or code in _NO_COUNTRY or not all(names.values()):
        return {}, ()
    spoken = (language.partition("_")[0] for language in get_official_languages(code, de_facto=True))
    return names, tuple(dict.fromkeys(language for language in spoken if language != "no"))


def _id_faults(identifier: str, repository: Repository) -> list[Problem]:
    if identifier in repository.ids():
        return [Problem("new-market", 0, 0, f'"{identifier}" is a jurisdiction already ({repository.folder(identifier)}).', f"Change it there, or choose another id; to build on a shipped one in a folder of your own, copy it and write extends: [{SHIPPED}{identifier}].")]
    if identifier in repository.groups:
        return [Problem("new-market", 0, 0, f'"{identifier}" is the name of a group of markets, so -m {identifier} would mean two things.', "Choose another id.")]
    if identifier in _TAKEN or is_reserved(identifier):
        return [Problem("new-market", 0, 0, f'"{identifier}" is reserved: {_TAKEN.get(identifier, "it cannot be a file name on Windows")}.', "Choose another id.")]
    if not _ID.fullmatch(identifier):
        lower = re.sub(r"[^a-z0-9-]+", "-", identifier.lower()).strip("-")
        return [Problem("new-market", 0, 0, f'"{identifier}" cannot be an id: it is the folder\'s name and begins every requirement id.', f"Use 2 to 20 small letters, digits and hyphens, a letter first{f', for example {lower}' if _ID.fullmatch(lower) else ''}; for a country its two letters of ISO 3166.")]
    return []


def _parent_faults(extends: Sequence[str], repository: Repository) -> list[Problem]:
    known = repository.ids()
    return [Problem("--extends", 0, 0, f'"{name}" is no jurisdiction.', did_you_mean(name, known) or f"Most build on eu-mdr or eea, or on nothing. Known: {', '.join(known)}.") for name in extends if name not in known]


def _words(identifier: str, extends: Sequence[str], day: dt.date) -> dict[str, str]:
    """What is filled in for the placeholders of the files."""
    names, languages = country(identifier)
    months = day.month + 6
    later = dt.date(day.year + (months > 12), (months - 1) % 12 + 1, min(day.day, 28))
    words = {"id": identifier, "today": day.isoformat(), "later": later.isoformat(), "locale": next(iter(languages), "en"), "languages": ", ".join(languages)}
    words["extends"] = f"extends: [{', '.join(extends)}]" if extends else "#: extends: [eea]"
    for language in ("en", "nb", "nn"):
        words[f"name_{language}"] = yamlwrite.flow(names.get(language, ""))
        words[f"name_{language}_plain"] = names.get(language, identifier.upper()).replace('"', "'")
    return words
