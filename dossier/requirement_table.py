"""A requirement as one row of a table: the columns, what each is for, and how its cells read and are read back."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from dossier import yamlfile, yamlwrite
from dossier.records import Binds, Expectation, Force, LanguageRule, Phase, Requirement, Status
from dossier.schema import Level
from dossier.yamlfile import Path_, YamlFile

SHEET, EXPLAINED, MARKET = "Requirements", "Columns", "Jurisdiction"
LANGUAGES = ("en", "nb", "nn")

Form = Literal["text", "day", "code", "words", "kinds", "blocks", "condition"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, where its value stands in the record, how a cell is written, and what to write in it."""

    name: str
    path: tuple[str, ...]
    form: Form
    about: str
    width: int = 18
    choices: tuple[str, ...] = ()


def columns(languages: Sequence[str] = LANGUAGES) -> tuple[Column, ...]:
    """The columns of the table, with one for each language of the texts."""
    return tuple(_columns(languages))


def _columns(languages: Sequence[str]) -> Iterator[Column]:
    yield Column("id", ("id",), "text", "The requirement's own id: the jurisdiction, a full stop, a short name. It never changes and is never used twice.", 22)
    yield Column("group", (), "text", "The id of the group (the file) in which the requirement stands. Only a new row may choose it.", 18)
    yield from _texts("title", "The heading of the requirement, short.", languages, 30)
    yield from _texts("says", "What is asked for, in our own words. Never a sentence copied from a law or a site.", languages, 60)
    yield Column("source", ("source",), "text", "Where the rule stands: a key of sources.yaml.", 18)
    yield Column("clause", ("clause",), "text", 'The place in the source: Article 87(4), "Annex I, section 23.2(l)", § 15(1), regulation 6, or whole document.', 24)
    yield _code("level", Level, "How well the fact is verified: primary is the text of the law, authority a page of the authority, secondary somebody else, unconfirmed not verified.")
    yield _code("force", Force, "What binds: a law, guidance, a standard, good practice ...")
    yield Column("binds", ("binds",), "words", f"Who must do it, parted by commas: {', '.join(get_args(Binds))}.", 20)
    yield _code("phase", Phase, "The chapter of the checklist in which the requirement stands.")
    yield _code("status", Status, "Empty means in-force. What is repealed stays in the table, with its last day.")
    yield Column("in force from", ("in_force", "from"), "day", "The first day on which the rule binds, year-month-day.", 13)
    yield Column("in force to", ("in_force", "to"), "day", "The last day on which it binds; empty where no end is known.", 13)
    yield Column("checked", ("checked",), "day", "The day on which somebody last compared the row with its source.", 13)
    yield Column("review_by", ("review_by",), "day", "The day on which somebody should compare it again; half a year after checked is usual.", 13)
    yield Column("condition", ("applies_when",), "condition", "When it applies, from facts of the product (dossier list facts): software: yes, or all: [{software: yes}, {device_class: [IIa, IIb]}], or any:, or not:. Empty means always.", 34)
    yield from _texts("judgement", 'What the manufacturer has to judge, where the law says "where applicable" and no fact can settle it.', languages, 30)
    yield Column("evidence kinds", ("evidence_kinds",), "kinds", f"What shows that it is met, one a line, with how much it is expected: label: mandatory. Kinds: dossier list evidence. Expectations: {', '.join(get_args(Expectation))}.", 30)
    yield Column("deadlines", ("deadlines",), "blocks", "Times to keep, one a line: amount: 15, unit: day, from_event: {en: becoming aware, nb: ..., nn: ...}", 40)
    yield _code("language rule", LanguageRule, "What the rule asks of languages. Empty means none.")
    yield Column("authority", ("authority",), "text", "The id of the authority concerned, from authorities.yaml.", 18)
    yield Column("references", ("references",), "blocks", "Other places that support the row, one a line: source: mdr, clause: Article 10(11), level: primary", 40)
    yield Column("related", ("related",), "words", "Ids of requirements to be read together with it, parted by commas.", 20)
    yield Column("penalties", ("penalties",), "words", "Ids of requirements that say what a breach costs, parted by commas.", 20)
    yield Column("EU in force from", ("eu_in_force_from",), "day", "The day on which the rule began in the EU, where that differs.", 13)
    yield Column("wording confirmed", ("wording_confirmed",), "code", "no, where the Norwegian words were not seen in an official text.", 12, ("yes", "no"))
    yield from _texts("note", "What else a reader should know.", languages, 40)


def _texts(key: str, about: str, languages: Sequence[str], width: int) -> Iterator[Column]:
    for language in languages:
        yield Column(f"{key} {language}", (key, language), "text", f"{about} In the language {language}.", width)


def _code(name: str, choices: Any, about: str) -> Column:
    return Column(name, (name.replace(" ", "_"),), "code", about, 16, get_args(choices))


def column_of(path: Path_, known: Sequence[Column]) -> Column:
    """The column in which the value at `path` of a record stands; the first one for a path that no column has.

    >>> column_of(("in_force", "to"), columns()).name, column_of(("evidence_kinds", 0, "kind"), columns()).name
    ('in force to', 'evidence kinds')
    """
    words = tuple(part for part in path if isinstance(part, str))
    for length in range(len(words), 0, -1):
        for column in known:
            if column.path[:length] == words[:length]:
                return column
    return known[0]


# --- record to cells --------------------------------------------------------------------------------------------------


def cell_of(column: Column, record: Mapping[str, Any]) -> str:
    """What the cell shows for a record (plain data as the YAML file holds it, its file's defaults filled in)."""
    value: Any = record
    for key in column.path:
        value = value.get(key, "") if isinstance(value, Mapping) else ""
    return written(column, value).strip() if column.path else ""


def written(column: Column, value: Any) -> str:
    """The value as text of a cell."""
    if value in ("", [], {}, None):
        return ""
    match column.form:
        case "words":
            return ", ".join(value)
        case "kinds":
            return "\n".join(f"{wanted.get('kind', '')}: {wanted.get('expectation', '')}" for wanted in value)
        case "blocks":
            return "\n".join(yamlwrite.bare(block) for block in value)
        case "condition":
            return yamlwrite.bare(value)
        case _:
            return str(value)


# --- cells to record --------------------------------------------------------------------------------------------------


def value_of(column: Column, text: str) -> Any:
    """The value that the text of a cell stands for, as plain data. Raises DossierError where it is no YAML, ValueError with the reason otherwise."""
    text = text.strip()
    if not text:
        return ""
    match column.form:
        case "words":
            return [word.strip() for word in text.replace("\n", ",").split(",") if word.strip()]
        case "kinds":
            return [_kind(line) for line in text.split("\n") if line.strip()]
        case "blocks":
            return [_block(line) for line in text.split("\n") if line.strip()]
        case "condition":
            return _block(" ".join(text.split("\n")))
        case _:
            return text


def _kind(line: str) -> dict[str, str]:
    kind, colon, expectation = line.partition(":")
    if not colon or not expectation.strip():
        raise ValueError(f'"{line.strip()}" needs a kind of evidence and how much it is expected, as in label: mandatory')
    return {"kind": kind.strip(), "expectation": expectation.strip()}


def _block(line: str) -> Any:
    line = line.strip()
    source: YamlFile = yamlfile.loads((line if line.startswith("{") and line.endswith("}") else f"{{{line}}}").encode(), "cell")
    return source.data


def put(record: Mapping[str, Any], path: Sequence[str], value: Any) -> dict[str, Any]:
    """The record with `value` at `path`; an empty value takes the key away, and an empty block with it.

    >>> put({"in_force": {"from": "2021-05-26"}}, ("in_force", "to"), "2027-01-01")
    {'in_force': {'from': '2021-05-26', 'to': '2027-01-01'}}
    >>> put({"title": {"en": "One"}}, ("title", "en"), "")
    {}
    """
    key, *rest = path
    if rest:
        inner = record.get(key)
        value = put(inner if isinstance(inner, Mapping) else {}, rest, value)
    made = {**record, key: value}
    return {name: part for name, part in made.items() if name != key or part not in ("", {}, [])}


ORDER = tuple(field.alias or name for name, field in Requirement.model_fields.items())
