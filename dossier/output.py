"""File names, the manifest, and writing that leaves whole files or none. Nothing else in dossier writes a file."""
from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dossier.errors import DossierError, Problem

MANIFEST = "manifest.json"
SCHEMA = "urn:dossier:manifest:1"


@dataclass(frozen=True, slots=True)
class File:
    """One output: its path relative to the output folder (parted by "/"), its bytes and what the manifest says of it."""

    path: str
    content: bytes
    about: Mapping[str, Any]


def file_name(market: str, document: str, product: str, locale: str, revision: str, extension: str) -> str:
    """The path of a document below the output folder, in ASCII and without spaces.

    >>> file_name("no", "cover-letter", "ecg-patch", "nb", "B 2", "pdf")
    'ecg-patch/no/NO_cover-letter_ecg-patch_nb_rB-2.pdf'
    """
    return f"{product}/{market}/{market.upper()}_{document}_{product}_{locale}_r{plain_name(revision)}.{extension}"


def plain_name(text: str) -> str:
    """The text as part of a file name: ASCII letters, digits, dots and hyphens; "0" where nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9.]+", "-", plain).strip("-.") or "0"


def write(folder: Path, files: Iterable[File], run: Mapping[str, Any]) -> tuple[Path, ...]:
    """Writes the files, then the manifest that names them; returns the paths of the files.

    Every file is complete before it gets its name, so that a full disk or a broken run leaves the earlier output
    as it was. Raises DossierError naming the file that could not be written.
    """
    files = list(files)
    _distinct(files)
    manifest = _manifest(folder, files, run)
    for file in files:
        _place(folder / file.path, file.content)
    _place(folder / MANIFEST, manifest)
    return tuple(folder / file.path for file in files)


def write_text(path: Path, content: bytes) -> None:
    """Writes one file, whole or not at all. Raises DossierError where it cannot."""
    _place(path, content)


def append(path: Path, lines: bytes) -> None:
    """Adds whole lines at the end of a file that only grows; what was there stays, byte for byte.

    The file is written anew beside the old one and takes its name when it is complete. Raises DossierError where it cannot.
    """
    try:
        earlier = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise DossierError(Problem(str(path), 0, 0, f"cannot be read: {(error.strerror or str(error)).lower()}.", "Check its permissions, and run the same command again.")) from None
    _place(path, earlier + (b"\n" if earlier and not earlier.endswith(b"\n") else b"") + lines)


def sha256(content: bytes) -> str:
    """The fingerprint of the bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _distinct(files: list[File]) -> None:
    seen: dict[str, str] = {}
    for file in files:
        key = file.path.casefold()
        if key in seen:
            raise DossierError(Problem(file.path, 0, 0, f'two outputs would have this name (the other is "{seen[key]}").', "Give the products different ids."))
        seen[key] = file.path


def _manifest(folder: Path, files: list[File], run: Mapping[str, Any]) -> bytes:
    """The manifest of the folder: entries of earlier runs stay, those of the same path are replaced."""
    entries = {**_earlier(folder / MANIFEST), **{file.path: _entry(file, run) for file in files}}
    content = {"schema": SCHEMA, "files": [entries[path] for path in sorted(entries)]}
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _entry(file: File, run: Mapping[str, Any]) -> dict[str, Any]:
    return {"path": file.path, "sha256": sha256(file.content), "size": len(file.content), **file.about, **run}


def _earlier(manifest: Path) -> dict[str, Any]:
    """The entries of the manifest that is there, less those whose file is gone."""
    if not manifest.is_file():
        return {}
    try:
        content = json.loads(manifest.read_text("utf-8"))
        entries = {entry["path"]: entry for entry in content["files"]} if content.get("schema") == SCHEMA else None
    except (ValueError, KeyError, TypeError, AttributeError, OSError):
        entries = None
    if entries is None:
        raise DossierError(Problem(str(manifest), 0, 0, "is not a manifest that dossier wrote.", "Choose another output folder with -o, or move this file away."))
    return {path: entry for path, entry in entries.items() if (manifest.parent / path).is_file()}


def _place(path: Path, content: bytes) -> None:
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".dossier-", dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
        _sync(path.parent)
    except OSError as error:
        if temporary:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
        reason = (error.strerror or str(error)).lower()
        raise DossierError(Problem(str(path), 0, 0, f"cannot be written: {reason}.", "Close the file if it is open in Word, check free space and permissions, and run the same command again; earlier files are intact.")) from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync(folder: Path) -> None:
    """Makes the new names last through a power cut, where the system lets a folder be synced (Windows does not)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
