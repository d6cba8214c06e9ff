"""Groups of markets: names on the command line that stand for several markets, from `groups.yaml`."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dossier import yamlfile
from dossier.errors import DossierError, Problem
from dossier.schema import Localized, Model, Text, YesNo, parse
from dossier.yamlfile import YamlFile

FILE = "groups.yaml"


class MarketGroup(Model):
    """The markets one name stands for: those listed, or with `every` all markets there are."""

    name: Localized
    markets: tuple[Text, ...] = ()
    every: YesNo = False


def load(folders: Sequence[Path]) -> tuple[dict[str, MarketGroup], dict[str, tuple[str, int]], list[Problem]]:
    """The groups of all folders by name, the user's own before the shipped ones; where each name is written, of faulty groups too; every problem in the files."""
    groups: dict[str, MarketGroup] = {}
    places: dict[str, tuple[str, int]] = {}
    problems: list[Problem] = []
    for folder in folders:
        source, found = _read(folder / FILE)
        problems += found
        for name, data in source.data.items():
            group, found = parse(MarketGroup, data, source, (name,))
            problems += found
            if group is not None and name not in groups:
                groups[name] = group
                places[name] = (source.name, source.at((name,))[0])
            places.setdefault(name, (source.name, source.at((name,))[0]))
    return groups, places, problems


def _read(file: Path) -> tuple[YamlFile, list[Problem]]:
    """The file, empty where it is not there or cannot be read, and why."""
    name = f"jurisdictions/{FILE}"
    empty = YamlFile(name, {}, {})
    if not file.is_file():
        return empty, []
    try:
        source = yamlfile.read(file, name)
    except DossierError as error:
        return empty, list(error.problems)
    if source.data and not isinstance(source.data, dict):
        return empty, [source.problem((), "a block of keys is expected here: the name of each group.", "Write mine: {name: {en: My markets}, markets: [no, se]}.")]
    return (source if source.data else empty), []
