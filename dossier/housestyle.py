"""A user's own wording and look: which file wins, and copies of the shipped ones to start from."""
from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dossier import output, resources
from dossier.errors import DossierError, Problem, did_you_mean

SHARED = "_shared"
_ALIKE = 0.75  # how much a name must share with one of ours to be a slip of the pen, not a folder of the user's own
LOOK = ("style.docx", "style.css", "screen.css")


@dataclass(frozen=True, slots=True)
class Winner:
    """One file that documents are made from, and where the one that wins lies."""

    name: str
    path: Path
    own: bool


def winners(home: tuple[Path, ...]) -> tuple[Winner, ...]:
    """For every template and style file, the one that wins: the user's before the shipped."""
    folders = resources.search_path("templates", home)
    names = {path.relative_to(folder).as_posix() for folder in folders for path in folder.rglob("*") if path.is_file() and _counts(path.relative_to(folder))}
    return tuple(_winner(name, folders) for name in sorted(names))


def _counts(path: Path) -> bool:
    return path.suffix in (".j2", ".po", ".yaml", ".css", ".docx") and len(path.parts) == 2


def _winner(name: str, folders: tuple[Path, ...]) -> Winner:
    path = next(folder / name for folder in folders if (folder / name).is_file())
    return Winner(name, path, not path.is_relative_to(folders[-1]))


def strays(home: Path) -> list[Problem]:
    """Folders and files under the user's templates whose names are nearly those of shipped ones, and which therefore count for nothing."""
    shipped, own = resources.shipped("templates"), home / "templates"
    folders = {path.name: path for path in shipped.iterdir() if path.is_dir()}
    problems = []
    for folder in sorted(path for path in own.glob("*") if path.is_dir()):
        if folder.name not in folders and not (folder / "template.yaml").is_file():
            problems += _nearly(folder, folders, "is no document's folder, so that nothing in it counts.")
        known = [path.name for path in folders.get(folder.name, folder).iterdir() if path.is_file()]
        for file in sorted(path for path in folder.iterdir() if path.is_file() and folder.name in folders):
            if file.name not in known and not file.name.startswith(".") and (file.name.startswith(("style", "screen")) or not _counts(file.relative_to(own))):
                problems += _nearly(file, known, "is no file that documents are made from.")
    return problems


def _nearly(path: Path, known: Iterable[str], message: str) -> list[Problem]:
    near = difflib.get_close_matches(path.name, list(known), n=1, cutoff=_ALIKE)
    return [Problem(str(path), 0, 0, message, f'Did you mean "{near[0]}"?')] if near else []


def eject(name: str, home: Path) -> tuple[Path, ...]:
    """Copies the template `name`, or the look (`look`), into the user's folder `home`; returns the new files.

    Raises DossierError for a name that does not exist, and for a file that is there already: nothing of the user's is
    overwritten.
    """
    shipped = resources.shipped("templates")
    if name == "look":
        sources = [shipped / SHARED / file for file in LOOK]
    elif (shipped / name / "template.yaml").is_file() and name != SHARED:
        sources = [path for path in sorted((shipped / name).iterdir()) if path.is_file()]
    else:
        known = ["look", *sorted(path.parent.name for path in shipped.glob("*/template.yaml"))]
        raise DossierError(Problem("templates eject", 0, 0, f'"{name}" is neither a template nor the look.', did_you_mean(name, known) or f"Known: {', '.join(known)}."))
    targets = [home / "templates" / source.relative_to(shipped) for source in sources]
    taken = [Problem(str(target), 0, 0, "is there already.", "Move it away first; nothing of yours is overwritten.") for target in targets if target.exists()]
    if taken:
        raise DossierError(taken)
    for source, target in zip(sources, targets, strict=True):
        output.write_text(target, source.read_bytes())
    return tuple(targets)
