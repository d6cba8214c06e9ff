"""Where data live: the user's home folders first, then what is shipped; and paths that may not leave their folder."""
from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath

from dossier.errors import DossierError, Problem

FOLDERS = ("templates", "jurisdictions", "samples")


def shipped(folder: str) -> Path:
    """The shipped `templates`, `jurisdictions` or `samples` folder.

    In the wheel they lie inside the package; in a checkout beside it.
    """
    package = Path(__file__).resolve().parent
    for candidate in (package / folder, package.parent / folder):
        if candidate.is_dir() and (candidate.parent == package or (package.parent / "pyproject.toml").is_file()):
            return candidate
    raise DossierError(Problem(str(package), 0, 0, f'the folder "{folder}" is missing from the installation.', "Install dossier again."))


def homes(given: Sequence[str] = ()) -> tuple[Path, ...]:
    """The user's own data folders: those given, else those of DOSSIER_HOME; never the current folder by chance."""
    names = list(given) or [name for name in os.environ.get("DOSSIER_HOME", "").split(os.pathsep) if name]
    found = []
    for name in names:
        path = Path(name)
        if not path.is_dir():
            raise DossierError(Problem(name, 0, 0, "is not a folder.", "Give --home (or DOSSIER_HOME) a folder that holds templates or jurisdictions."))
        found.append(path)
    return tuple(found)


def search_path(folder: str, home: Sequence[Path] = ()) -> tuple[Path, ...]:
    """All folders to look in for `templates` or `jurisdictions`, the user's first; a home that is the checkout itself adds nothing."""
    last = shipped(folder)
    return (*(path / folder for path in home if (path / folder).is_dir() and (path / folder).resolve() != last), last)


def asset(name: str) -> Path:
    """A shipped file under `templates/_shared`: a font, the style sheet, the Word styles."""
    return inside(shipped("templates") / "_shared", name)


def inside(root: Path, name: str) -> Path:
    """`root / name`, where `name` is a relative path that stays inside `root`, links followed.

    Raises ValueError with the reason otherwise. A colon is refused everywhere: on Windows it names a drive or a
    hidden stream.
    """
    if not name or PurePosixPath(name).is_absolute() or PureWindowsPath(name).is_absolute() or name.startswith("\\"):
        raise ValueError("give the path relative to the product folder")
    if ":" in name or "\\" in name:
        raise ValueError('use "/" between folders, and no colon or backslash')
    if ".." in PurePosixPath(name).parts:
        raise ValueError('".." leaves the product folder')
    path = root / name
    try:
        within = path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        raise ValueError("its links lead in a circle") from None
    if not within:
        raise ValueError("it is a link that leads out of the product folder")
    return path
