"""File names, the manifest, and writing that leaves whole files or none. Nothing else in dossier writes a file."""
from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import re
import socket
import tempfile
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from dossier.errors import DossierError, Problem

MANIFEST = "manifest.json"
SCHEMA = "urn:dossier:manifest:1"
LOCK = ".dossier.lock"
JOURNAL = ".dossier.journal"
# What a file is called until it is complete: a name that nobody else gives.
TEMPORARY, PART = ".dossier-", ".part"
_UNFINISHED = re.compile(r"\.dossier-[a-z0-9_]{8}\.part")
# Windows locks bytes, not files: one far behind the words that say who holds the folder, so that these can be read.
_FAR = 1 << 20

Entry = dict[str, Any]


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


def write(folder: Path, files: Iterable[File]) -> tuple[Path, ...]:
    """Writes the files, then the manifest that names them; returns the paths of the files.

    Every file is complete before it gets its name, so that a full disk or a broken run leaves the earlier output
    as it was. Raises DossierError naming the file that could not be written, or where another run holds the folder.
    """
    files = list(files)
    _distinct(files)
    _made(folder)
    lock = _locked(folder / LOCK)
    try:
        manifest = _manifest(folder, files)
        for file in files:
            _place(folder / file.path, file.content)
        _place(folder / MANIFEST, manifest)
    finally:
        _unlocked(folder / LOCK, lock)
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


def _manifest(folder: Path, files: list[File]) -> bytes:
    """The manifest of the folder: entries of earlier runs stay, those of the same path are replaced."""
    return manifest_of({**earlier(folder), **{file.path: entry(file) for file in files}})


def manifest_of(entries: Mapping[str, Entry]) -> bytes:
    """The manifest that names these entries, by path; the same bytes whatever their order."""
    content = {"schema": SCHEMA, "files": [entries[path] for path in sorted(entries)]}
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def entry(file: File) -> Entry:
    """What the manifest says of a file: path, fingerprint, size, and what the file's maker tells of it."""
    return {"path": file.path, "sha256": sha256(file.content), "size": len(file.content), **file.about}


def earlier(folder: Path) -> dict[str, Entry]:
    """The entries of the folder's manifest by path, less those whose file is gone; none where there is no manifest.

    Raises DossierError for a file of that name that is no manifest of dossier.
    """
    manifest = folder / MANIFEST
    return {path: entry for path, entry in entries(manifest).items() if (folder / path).is_file()} if manifest.is_file() else {}


def entries(manifest: Path) -> dict[str, Entry]:
    """All entries of the manifest by path. Raises DossierError for a file that is no manifest of dossier."""
    try:
        content = manifest.read_bytes()
    except OSError:
        content = b""
    return entries_of(content, str(manifest))


def entries_of(content: bytes, name: str) -> dict[str, Entry]:
    """The entries of a manifest by path; `name` is what messages call it. Raises DossierError where it is none of dossier's."""
    try:
        manifest = json.loads(content)
        found = {entry["path"]: entry for entry in manifest["files"]} if manifest.get("schema") == SCHEMA else None
        whole = found is not None and all(map(_is_entry, found.values()))
    except (ValueError, KeyError, TypeError, AttributeError):
        whole = False
    if found is None or not whole:
        raise DossierError(Problem(name, 0, 0, "is not a manifest that dossier wrote.", "Choose another output folder with -o, or move this file away."))
    return found


def _is_entry(said: Entry) -> bool:
    """Whether the entry says everything that is asked of it later, of a file below the folder."""
    wanted: list[tuple[Any, type]] = [(said["path"], str), (said["sha256"], str), (said["size"], int)]
    if "document" in said:
        wanted += [(said["product"], str), *((said["document"][key], str) for key in ("kind", "locale", "revision", "format"))]
    if "made" in said:
        wanted += [(said["market"], str), *((said["made"][key], str) for key in ("key", "model"))]
        dt.date.fromisoformat(said["law_date"]), dt.date.fromisoformat(said["document"]["date"])
    return all(isinstance(value, kind) for value, kind in wanted) and not said["path"].startswith("/") and ".." not in said["path"].split("/")


class Folder:
    """An output folder that one run holds: files are written one by one, and the manifest last.

    Each finished file is noted in a journal as soon as it has its name, so that a run that is cut off, however hard, goes
    on where it ended. `entries` is what the manifest will say, by path.
    """

    def __init__(self, path: Path) -> None:
        """Takes the folder. Raises DossierError where another run holds it, or its manifest cannot be read."""
        self.path = path
        self._is_new = _made(path)
        self._lock = _locked(path / LOCK)
        try:
            self.entries = {**earlier(path), **_noted(path)}
            _cleared(path)
        except BaseException:
            self._lock.close()
            raise
        self._journal: IO[bytes] | None = None

    def has(self, path: str) -> bool:
        """Whether the file of this entry is there as it was written."""
        file, entry = self.path / path, self.entries.get(path)
        return entry is not None and file.is_file() and file.stat().st_size == entry["size"] and sha256(file.read_bytes()) == entry["sha256"]

    def read(self, path: str) -> bytes:
        """The bytes of a file that is there."""
        return (self.path / path).read_bytes()

    def add(self, file: File) -> None:
        """Writes the file and notes it; one whose bytes are there already is only noted. Raises DossierError where it cannot."""
        said = entry(file)
        known = self.entries.get(file.path)
        if not (known is not None and known["sha256"] == said["sha256"] and self.has(file.path)):
            _place(self.path / file.path, file.content)
        self.note(said)

    def note(self, said: Entry) -> None:
        """Notes what is to be said of a file that is there."""
        if self.entries.get(said["path"]) == said:
            return
        self.entries[said["path"]] = said
        try:
            if self._journal is None:
                self._journal = _journal(self.path / JOURNAL)
            self._journal.write((json.dumps(said, ensure_ascii=False, sort_keys=True) + "\n").encode())
            self._journal.flush()
        except OSError as error:
            raise _unwritable(self.path / JOURNAL, error) from None

    def finish(self) -> None:
        """Writes the manifest and lets the journal go."""
        _place(self.path / MANIFEST, manifest_of(self.entries))
        if self._journal is not None:
            self._journal.close()
            self._journal = None
        (self.path / JOURNAL).unlink(missing_ok=True)

    def close(self) -> None:
        """Gives the folder back; without `finish` the journal stays for the next run."""
        if self._journal is not None:
            with contextlib.suppress(OSError):  # what a full disk did not take was told when it was written
                self._journal.close()
        _unlocked(self.path / LOCK, self._lock)
        if self._is_new and not self.entries:
            with contextlib.suppress(OSError):
                self.path.rmdir()  # a run that made nothing leaves nothing

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _made(path: Path) -> bool:
    """Makes the folder where it is not there; returns whether it is new."""
    try:
        is_new = not path.exists()
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from None
    return is_new


def _cleared(folder: Path) -> None:
    """Takes away what a run that was cut off left unfinished; a folder below that another run holds is its own affair."""
    for place, inner, names in os.walk(folder):
        if Path(place) != folder and LOCK in names:
            inner.clear()
            continue
        for name in names:
            if _UNFINISHED.fullmatch(name):
                with contextlib.suppress(OSError):
                    os.unlink(os.path.join(place, name))


def _journal(file: Path) -> IO[bytes]:
    """The journal, open for more lines; a last line that a full disk cut short is ended first."""
    cut = file.is_file() and file.stat().st_size > 0 and file.read_bytes()[-1:] != b"\n"
    stream = file.open("ab")
    if cut:
        stream.write(b"\n")
    return stream


def _noted(folder: Path) -> dict[str, Entry]:
    """What the journal of a run that was cut off says; a last line that is not whole does not count."""
    found: dict[str, Entry] = {}
    try:
        lines = (folder / JOURNAL).read_bytes().split(b"\n")[:-1]
    except OSError:
        return {}
    for line in lines:
        try:
            said = json.loads(line)
            if _is_entry(said):
                found[said["path"]] = said
        except (ValueError, KeyError, TypeError):
            continue
    return {path: said for path, said in found.items() if (folder / path).is_file()}


def _locked(file: Path) -> IO[str]:
    """The lock of the folder, held until it is closed. The system lets go of it when the process ends, however it ends."""
    while True:
        try:
            stream = file.open("a+", encoding="utf-8")
        except OSError as error:
            raise _unwritable(file, error) from None
        try:
            _hold(stream)
        except OSError:
            stream.seek(0)
            holder = stream.read().strip() or "another process"
            stream.close()
            raise DossierError(Problem(str(file.parent), 0, 0, f"another build is writing here: {holder}.", "Wait until it ends, stop it, or choose another folder with -o.")) from None
        # The run before may have taken its lock file away between the opening and the holding.
        if file.exists() and os.path.samestat(file.stat(), os.fstat(stream.fileno())):
            break
        stream.close()
    try:
        stream.seek(0)
        stream.truncate()
        stream.write(f"process {os.getpid()} on {socket.gethostname()}")
        stream.flush()
    except OSError as error:
        with contextlib.suppress(OSError):
            stream.close()
        with contextlib.suppress(OSError):
            file.unlink()
        raise _unwritable(file, error) from None
    return stream


def _unlocked(file: Path, lock: IO[str]) -> None:
    """Gives the lock back and takes its file away."""
    if os.name == "nt":  # which keeps the name of a file that is open
        lock.close()
    with contextlib.suppress(OSError):
        file.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        lock.close()


def _hold(stream: IO[str]) -> None:
    if os.name == "nt":
        import msvcrt

        stream.seek(_FAR)
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
    else:
        import fcntl

        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


def _place(path: Path, content: bytes) -> None:
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=TEMPORARY, suffix=PART, dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
        temporary = ""
        _sync(path.parent)
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        if temporary:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def _unwritable(path: Path, error: OSError) -> DossierError:
    if isinstance(error, FileExistsError | NotADirectoryError):
        file = next((each for each in (path, *path.parents) if each.is_file()), path)
        return DossierError(Problem(str(file), 0, 0, "is a file, and a folder is needed there.", "Choose another folder with -o, or move the file away."))
    reason = (error.strerror or str(error)).lower()
    return DossierError(Problem(str(path), 0, 0, f"cannot be written: {reason}.", "Close the file if it is open in Word, check free space and permissions, and run the same command again; earlier files are intact."))


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
