"""Types shared by the data files, and the bridge from pydantic's errors to file, line and column."""
from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, create_model

from dossier.errors import Problem, did_you_mean, one_of
from dossier.yamlfile import Path_, YamlFile

if TYPE_CHECKING:
    from babel import Locale

class Model(BaseModel):
    """A frozen record read from a data file; a key it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, validate_default=False)


def _yes_no(value: Any) -> Any:
    words = {"yes": True, "true": True, "no": False, "false": False}
    if isinstance(value, str):
        if value.lower() in words:
            return words[value.lower()]
        if value.lower() in ("", "unknown"):
            return None
        raise ValueError("say yes, no or unknown")
    return value


def _day(value: Any) -> Any:
    if isinstance(value, str):
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            raise ValueError("write the date as year-month-day, for example 2026-11-23")
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{value} is not a day of the calendar") from None
    return value


def _language(value: str) -> str:
    from babel import Locale, UnknownLocaleError

    first = re.split("[^A-Za-z0-9]", value)[0]
    if first.lower() in ("no", "nor"):
        raise ValueError(f'"{value}" does not say which Norwegian: use nb (bokmål) or nn (nynorsk)')
    try:
        known = Locale.parse(value, sep="-")
    except (ValueError, UnknownLocaleError):
        raise ValueError(f'"{value}" is no language code (BCP 47), for example nb, nn, en or de') from None
    # babel reads more than the form of a code (DE, de.utf8, deu); rows are compared letter for letter, so only one spelling may stand.
    if not _LOCALE.fullmatch(value) or first != known.language:
        raise ValueError(f'"{value}" is no language code (BCP 47); write it as {_spelled(known, value)}')
    return value


def _spelled(known: Locale, value: str) -> str:
    """The code as it is written; babel adds a territory of its own where it replaces a longer or an older code."""
    written = value.lower().split("-")
    return "-".join([known.language, *(part for part in (known.script, known.territory) if part and part.lower() in written)])


def _country(value: str) -> str:
    from babel import Locale

    if value not in Locale("en").territories or not value.isalpha() or len(value) != 2 or value in ("EU", "EZ", "UN", "ZZ", "XA", "XB"):
        raise ValueError(f'"{value}" is no country code (ISO 3166-1), for example NO, DE or US; write it in capitals')
    return value


def _identifier(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", value) or len(value) > 50:
        raise ValueError("an id holds letters, digits, full stop and hyphen, starts with a letter or digit, and has at most 50 characters")
    if is_reserved(value) or value.endswith("."):
        raise ValueError(f'"{value}" cannot be a file name on Windows; choose another id')
    return value


def is_reserved(name: str) -> bool:
    """Whether Windows keeps the name for a device, so that no file can have it."""
    return name.split(".")[0].upper() in _RESERVED


_LOCALE = re.compile("[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
_RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10))}

YesNo = Annotated[bool | None, BeforeValidator(_yes_no)]
Day = Annotated[dt.date, BeforeValidator(_day)]
Language = Annotated[str, AfterValidator(_language)]
Country = Annotated[str, AfterValidator(_country)]
Identifier = Annotated[str, AfterValidator(_identifier)]
Text = Annotated[str, Field(min_length=1)]
Localized = dict[Language, Text]
Level = Literal["primary", "authority", "secondary", "unconfirmed"]

M = TypeVar("M", bound=BaseModel)


def without_blanks(value: Any) -> Any:
    """The data without keys left blank: a blank is the same as an absent key, that is unknown."""
    if isinstance(value, dict):
        return {key: without_blanks(inner) for key, inner in value.items() if inner != ""}
    if isinstance(value, list):
        return [without_blanks(inner) for inner in value]
    return value


def parse(model: type[M], data: Any, source: YamlFile, base: Path_ = ()) -> tuple[M | None, list[Problem]]:
    """`data` (found at `base` in `source`) as `model`, or every problem with its line and column."""
    if not isinstance(data, dict):
        return None, [source.problem(base, "a block of keys is expected here.")]
    try:
        return model.model_validate(without_blanks(data)), []
    except ValidationError as error:
        return None, [_problem(model, item, source, base) for item in error.errors(include_url=False)]


def readable(model: type[M], data: Any) -> M | None:
    """As much of faulty data as can be read, so that the rest is checked in the same run; what is missing or wrong stands in for itself and is never used."""
    if not isinstance(data, dict):
        return None
    kept = without_blanks(data)
    while True:
        try:
            found: M = _lenient(model).model_validate(kept)
            return found
        except ValidationError as error:
            faulty = {item["loc"][0] for item in error.errors(include_url=False) if item["loc"]}
            left = {key: value for key, value in kept.items() if key not in faulty}
            if len(left) == len(kept):
                return None
            kept = left


@cache
def _lenient(model: type[M]) -> type[M]:
    """The model with nothing required. Days that are missing are in the right order with every other."""
    stand_ins: dict[str, Any] = {"checked": dt.date.min, "review_by": dt.date.max}
    fields: dict[str, Any] = {name: (field.rebuild_annotation(), Field(default=stand_ins.get(name, ""), alias=field.alias)) for name, field in model.model_fields.items() if field.is_required()}
    return create_model(f"Part of {model.__name__}", __base__=model, **fields)


def _problem(model: type[BaseModel], item: Any, source: YamlFile, base: Path_) -> Problem:
    path = (*base, *_real_path(item["loc"], source, base))
    name = ".".join(str(part) for part in item["loc"] if part in _in_file(item["loc"], source, base)) or "the file"
    key = str(item["loc"][-1])
    match item["type"]:
        case "extra_forbidden":
            known = known_keys(model, item["loc"][:-1])
            hint = did_you_mean(key, known) or (f"Known here: {', '.join(sorted(known))}." if known else "")
            return source.problem(path, f'"{key}" is not a known key.', hint, key=True)
        case "missing":
            parent = path[:-1] if path and path[-1] == key else path
            return source.problem(parent, f'"{key}" is missing.', f"Add {key}: ...", key=True)
        case "literal_error" | "enum":
            allowed = [word.strip("'") for word in re.findall(r"'[^']*'", item["ctx"].get("expected", ""))]
            given = str(item["input"])
            return source.problem(path, f'{name}: "{given}" is not one of {one_of(allowed)}.', did_you_mean(given, allowed))
        case "value_error" | "assertion_error":
            return source.problem(path, f"{name}: {item['ctx']['error']}.")
        case "string_too_short":
            return source.problem(path, f"{name}: text is missing.")
        case "string_type":
            return source.problem(path, f"{name}: text is expected here, not a block of keys or a list.")
        case "dict_type" | "model_type" | "model_attributes_type":
            return source.problem(path, f"{name}: a block of keys is expected here, not plain text.")
        case "tuple_type" | "list_type":
            return source.problem(path, f"{name}: a list is expected here.", "Write it as [one, two], or one per line with a leading hyphen.")
        case "int_parsing" | "int_type" | "greater_than_equal" | "greater_than":
            return source.problem(path, f'{name}: "{item["input"]}" is not a whole number that can stand here.')
        case _:
            return source.problem(path, f"{name}: {item['msg'][:1].lower() + item['msg'][1:]}.")


def _in_file(location: Iterable[Any], source: YamlFile, base: Path_) -> tuple[Any, ...]:
    return tuple(part for part in location if not (isinstance(part, str) and part.startswith(("function-", "literal[", "nullable", "tuple[", "str", "union"))))


def _real_path(location: Iterable[Any], source: YamlFile, base: Path_) -> Path_:
    """pydantic's location without the steps that only name a branch of a union."""
    path: Path_ = ()
    for part in location:
        if (*base, *path, part) in source.marks:
            path = (*path, part)
    return path


def known_keys(model: type[BaseModel], location: Iterable[Any]) -> list[str]:
    """The keys that `model` allows at `location`."""
    current: Any = model
    for part in location:
        if isinstance(part, int) or current is None:
            continue
        field = current.model_fields.get(part) if isinstance(current, type) and issubclass(current, BaseModel) else None
        if field is not None:
            current = _model_in(field.annotation)
    return sorted(current.model_fields) if isinstance(current, type) and issubclass(current, BaseModel) else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        if (found := _model_in(inner)) is not None:
            return found
    return None
