"""Is an output folder what its manifest says, and does the same input still make the same bytes?"""
from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dossier import output
from dossier.errors import DossierError, Problem
from dossier.output import Entry

Verdict = Literal["same", "changed", "missing", "unknown", "differs", "not-rebuilt"]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one file: as written, changed since, missing, not named by the manifest; or rebuilt with other bytes."""

    path: str
    verdict: Verdict
    detail: str = ""


def hashes(folder: Path) -> tuple[Found, ...]:
    """Every file of the folder against the manifest, sorted by path.

    Raises DossierError where there is no manifest, or a build was cut off and has not been finished.
    """
    manifest = folder / output.MANIFEST
    if (folder / output.JOURNAL).exists():
        raise DossierError(Problem(str(folder), 0, 0, "a build into this folder was interrupted.", "Run the same build again; it goes on where it ended."))
    if not manifest.is_file():
        raise DossierError(Problem(str(folder), 0, 0, f"no {output.MANIFEST} here.", "Give an output folder of dossier build."))
    entries = output.entries(manifest)
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {output.MANIFEST, output.LOCK}
    found = [_one(folder / path, entry) for path, entry in entries.items()]
    found += [Found(path, "unknown") for path in there - set(entries)]
    return tuple(sorted(found, key=lambda each: each.path))


def _one(file: Path, entry: Entry) -> Found:
    if not file.is_file():
        return Found(entry["path"], "missing")
    digest = output.sha256(file.read_bytes())
    return Found(entry["path"], "same") if digest == entry["sha256"] else Found(entry["path"], "changed", f"SHA-256 {digest[:12]}, the manifest says {entry['sha256'][:12]}")


def rebuilt(entries: Iterable[Entry], made: Callable[[Entry], bytes | str]) -> tuple[Found, ...]:
    """Each document of the manifest made again and compared byte for byte; `made` gives the bytes, or says why there is nothing to compare.

    A document that cannot be made any more differs; one that was not to be made is named, and no fault.
    """
    found = []
    for entry in entries:
        try:
            content = made(entry)
        except DossierError as error:
            found.append(Found(entry["path"], "differs", f"cannot be made again: {error.problems[0]}"))
            continue
        if isinstance(content, str):
            found.append(Found(entry["path"], "not-rebuilt", content))
        else:
            digest = output.sha256(content)
            found.append(Found(entry["path"], "same") if digest == entry["sha256"] else Found(entry["path"], "differs", f"made again: SHA-256 {digest[:12]}, the manifest says {entry['sha256'][:12]}"))
    return tuple(found)
