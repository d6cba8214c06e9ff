"""What a PDF may be made from: the packaged assets, the folder of the user's own style sheet, and small pictures inline."""
from __future__ import annotations

import base64
import functools
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit
from urllib.request import url2pathname

from dossier.errors import Problem

MAX_PICTURE = 2_000_000
MAX_FILE = 30_000_000
_PICTURES = {
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
_TYPES = _PICTURES | {".css": "text/css", ".otf": "font/otf", ".ttf": "font/ttf", ".woff": "font/woff", ".woff2": "font/woff2"}


def serve(url: str, folders: Sequence[Path]) -> tuple[bytes, str]:
    """The bytes behind `url` and their media type. Raises ValueError with the reason for whatever is not allowed."""
    if url[:5].lower() == "data:":
        return _inline_picture(url[5:])
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc:
        raise ValueError("nothing is fetched from outside")
    # Compared as text first: on Windows the mere look at a share on the network already sends credentials there.
    path = Path(os.path.normpath(url2pathname(parts.path)))
    media_type = _TYPES.get(path.suffix.lower())
    if media_type is None:
        raise ValueError("only fonts, pictures and style sheets are used")
    for folder in folders:
        if path.is_relative_to(folder):
            return _read(path, folder, folders, media_type), media_type
    raise ValueError("it lies outside the folder of the style sheet")


def _read(path: Path, folder: Path, folders: Sequence[Path], media_type: str) -> bytes:
    """The file, or the packaged one of the same name: a style sheet copied from ours finds our fonts."""
    limit = MAX_PICTURE if media_type.startswith("image/") else MAX_FILE
    for home in (folder, *folders):
        candidate = (home / path.relative_to(folder)).resolve()
        if not candidate.is_relative_to(home.resolve()):
            raise ValueError("it is a link that leads out of the folder")
        if candidate.is_file():
            if candidate.stat().st_size > limit:
                raise ValueError(f"it is larger than {limit // 1_000_000} MB")
            return candidate.read_bytes()
    raise ValueError("there is no such file")


def _inline_picture(rest: str) -> tuple[bytes, str]:
    header, _, payload = rest.partition(",")
    media_type, *parameters = header.lower().split(";")
    if media_type not in _PICTURES.values():
        raise ValueError("only pictures stand inline")
    if len(payload) > MAX_PICTURE * 3:
        raise ValueError(f"it is larger than {MAX_PICTURE // 1_000_000} MB")
    content = unquote_to_bytes(payload)
    if "base64" in parameters:
        content = base64.b64decode(content, validate=False)
    if len(content) > MAX_PICTURE:
        raise ValueError(f"it is larger than {MAX_PICTURE // 1_000_000} MB")
    return content, media_type


def closed(folders: Sequence[Path]) -> Any:
    """A URL fetcher for WeasyPrint that asks only `serve`, and keeps what it refused in `refused`: (address, reason)."""
    return _closed_class()(tuple(folders))


def problems(fetcher: Any, name: str) -> list[Problem]:
    """What the fetcher refused, as problems of the style sheet `name`."""
    hint = 'Put the file beside the style sheet and name it there: url("logo.png").'
    return [Problem(name, 0, 0, f'"{url[:120]}" is not used: {reason}.', hint) for url, reason in fetcher.refused]


@functools.cache
def _closed_class() -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # type: ignore[import-untyped,unused-ignore]

    class Closed(URLFetcher):  # type: ignore[misc,unused-ignore]
        def __init__(self, folders: tuple[Path, ...]) -> None:
            super().__init__(allowed_protocols=(), allow_redirects=False)
            self.folders = folders
            self.refused: list[tuple[str, str]] = []

        def fetch(self, url: str, headers: object = None) -> Any:
            try:
                content, media_type = serve(url, self.folders)
            except (ValueError, OSError) as error:
                self.refused.append((url, str(error)))
                raise ValueError(str(error)) from None
            return URLFetcherResponse(url, content, {"Content-Type": media_type})

    return Closed
