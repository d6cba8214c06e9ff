"""Groups of markets: names on the command line that stand for several markets, from `groups.yaml`."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dossier import yamlfile
from dossier.errors import DossierError, Problem
from dossier.schema import Localized, Model, Text, YesNo, parse

FILE = "groups.yaml"


class MarketGroup(Model):
    """The markets one name stands for: those listed, or with `every` all markets there are."""

    name: Localized
    markets: tuple[Text, ...] = ()
    every: YesNo = False


def load(folders: Sequence[Path]) -> tuple[dict[str, MarketGroup], dict[str, tuple[str, int]]]:
    """The groups of all folders by name, the user's own before the shipped ones, and where each is written.

    Raises DossierError with every problem in the files.
    """
    groups: dict[str, MarketGroup] = {}
    places: dict[str, tuple[str, int]] = {}
    problems: list[Problem] = []
    for folder in folders:
        file = folder / FILE
        if not file.is_file():
            continue
        source = yamlfile.read(file, f"jurisdictions/{FILE}")
        for name, data in (source.data or {}).items():
            group, found = parse(MarketGroup, data, source, (name,))
            problems += found
            if group is not None and name not in groups:
                groups[name] = group
                places[name] = (source.name, source.at((name,))[0])
    if problems:
        raise DossierError(problems)
    return groups, places
