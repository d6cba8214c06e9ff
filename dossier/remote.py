"""An output folder at an address that fsspec knows (a bucket, a share, another machine), with the ways of a local one."""
from __future__ import annotations

from pathlib import Path
from typing import Any

from dossier import output
from dossier.errors import DossierError, ExitCode, Problem
from dossier.output import Entry, File


def is_address(text: str) -> bool:
    """Whether the text names a place by protocol rather than a path.

    >>> is_address("s3://bucket/out"), is_address("out"), is_address("C:/out"), is_address("memory://out")
    (True, False, False, True)
    """
    protocol, mark, _ = text.partition("://")
    return bool(mark) and len(protocol) > 1


def place_in(folder: str, path: str) -> str:
    """Where the file of this path lies, below a folder or an address, as messages show it."""
    return f"{folder.rstrip('/')}/{path}" if is_address(folder) else str(Path(folder) / path)


class Address:
    """Files at an fsspec address, written one by one; each store decides how whole a file is while it is written.

    There is no journal: an interrupted run writes the manifest for what is done. There is no lock either, since few stores have one.
    """

    def __init__(self, url: str, fresh: bool = False) -> None:
        """`fresh` does not look what is there. Raises DossierError where fsspec or what it needs is missing, or the address cannot be read."""
        try:
            import fsspec
        except ImportError:
            raise DossierError(Problem("--output", 0, 0, f"{url} needs the package fsspec.", "Install it: pip install 'dossier[remote]'"), code=ExitCode.MISSING_TOOL) from None
        self.url = url.rstrip("/")
        try:
            self._system, self._root = fsspec.core.url_to_fs(self.url)
        except (ImportError, ValueError) as error:
            raise DossierError(Problem("--output", 0, 0, f"{url} cannot be used: {error}.", "Check the protocol, and install the package that fsspec names for it.")) from None
        self.entries: dict[str, Entry] = {} if fresh else self._earlier()

    def has(self, path: str) -> bool:
        """Whether the file of this entry is there with its size; its bytes are not fetched."""
        entry = self.entries.get(path)
        try:
            return entry is not None and self._system.size(self._place(path)) == entry["size"]
        except (OSError, FileNotFoundError):
            return False

    def read(self, path: str) -> bytes:
        """The bytes of a file. Raises DossierError where it cannot be read."""
        try:
            found: bytes = self._system.cat_file(self._place(path))
        except OSError as error:
            raise self._fault(path, "read", error) from None
        return found

    def add(self, file: File) -> None:
        """Writes the file and notes it. Raises DossierError where it cannot."""
        self.put(file)
        self.note(output.entry(file))

    def put(self, file: File) -> None:
        """Writes the file. Raises DossierError where it cannot."""
        place = self._place(file.path)
        try:
            self._system.makedirs(place.rsplit("/", 1)[0], exist_ok=True)
            self._system.pipe_file(place, file.content)
        except OSError as error:
            raise self._fault(file.path, "written", error) from None

    def note(self, said: Entry) -> None:
        """Notes what is to be said of a file that is there."""
        self.entries[said["path"]] = said

    def finish(self) -> None:
        """Writes the manifest."""
        self.put(File(output.MANIFEST, output.manifest_of(self.entries), {}))

    def close(self) -> None:
        """Leaves the manifest in step with what was made, also where the run was interrupted."""

    def __enter__(self) -> Address:
        return self

    def __exit__(self, kind: Any, *_: object) -> None:
        if kind is not None and self.entries:
            self.finish()

    def _place(self, path: str) -> str:
        return f"{self._root}/{path}"

    def _earlier(self) -> dict[str, Entry]:
        try:
            content = self._system.cat_file(self._place(output.MANIFEST))
        except (OSError, FileNotFoundError):
            return {}
        return output.entries_of(content, f"{self.url}/{output.MANIFEST}")

    def _fault(self, path: str, what: str, error: OSError) -> DossierError:
        return DossierError(Problem(f"{self.url}/{path}", 0, 0, f"cannot be {what}: {error}.", "Check the address and your rights there, and run the same command again."))
