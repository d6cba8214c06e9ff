"""The requirement files of one jurisdiction as plain data: each row as written, and with its file's defaults filled in."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dossier import yamlfile
from dossier.schema import without_blanks


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement: `record` has the defaults of the file filled in, `own` is what stands in the row itself."""

    index: int
    own: Mapping[str, Any]
    record: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The requirement's id."""
        return str(self.record.get("id", ""))


@dataclass(frozen=True, slots=True)
class RuleFile:
    """One file of requirements: its group, its defaults and its rows."""

    path: Path
    name: str
    group: str
    defaults: Mapping[str, Any]
    rows: tuple[Row, ...]


def read(folder: Path) -> tuple[RuleFile, ...]:
    """The files under `folder/requirements` that have a group, sorted by name; overlays are left out. The folder has been checked by the loader.

    Raises DossierError for a file that cannot be read.
    """
    return tuple(file for path in sorted((folder / "requirements").glob("*.yaml")) if (file := _file(path)) is not None)


def _file(path: Path) -> RuleFile | None:
    data = yamlfile.read(path).data
    if not isinstance(data, dict) or not isinstance(data.get("group"), dict):
        return None
    defaults = data.get("defaults") or {}
    rows = tuple(Row(index, own, without_blanks({**defaults, **own})) for index, own in enumerate(data.get("add") or []))
    return RuleFile(path, path.name, str(data["group"].get("id", "")), defaults, rows)
