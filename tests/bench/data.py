"""The shipped requirement data: read, checked and linked by dossier, and merely parsed by PyYAML."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dossier import resources

Files = Sequence[Path]


def prepare(_: int) -> Files:
    """The work: every file of the data."""
    return sorted(resources.shipped("jurisdictions").rglob("*.yaml"))


def checked(_: Files) -> None:
    """As dossier does it, all jurisdictions."""
    from dossier.resolve import Repository

    repository = Repository(resources.search_path("jurisdictions"))
    for name in repository.ids():
        repository.get(name)


def safe_load(files: Files) -> None:
    """`yaml.safe_load` of each file; nothing is checked."""
    import yaml

    for file in files:
        yaml.safe_load(file.read_text("utf-8"))


def same(_: None) -> str:
    """Nothing: PyYAML's plain values say less than our records."""
    return ""
