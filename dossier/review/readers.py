"""Which reader a filled file needs: told by its content, never by its name."""
from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from dossier import i18n, issued
from dossier.errors import DossierError
from dossier.issued import Issued
from dossier.review import written
from dossier.review.reading import Reading, refuse

MOST_BYTES = 64_000_000


def read(path: Path) -> Reading:
    """The filled file at `path`. Raises DossierError with one sentence where it is refused."""
    return of(named(path), _bytes(path))


def named(path: Path) -> str:
    """The file's name fit for a document: one that is not UTF-8 comes from the system with half characters in it."""
    return written.fit(path.name)[0]


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise refuse(named(path), f"is larger than {MOST_BYTES // 1_000_000} MB; a filled document never is.", "Ask for the reviewer's file again, without what was pasted into it.")
        return path.read_bytes()
    except OSError as error:
        raise refuse(written.fit(str(path))[0], f"cannot be read: {(error.strerror or str(error)).lower()}.", "Check the path.") from None


def issue(path: Path) -> Issued:
    """An issue of a document, from a file of any format or the JSON beside it; answers that were filled in count as its own.

    Raises DossierError where the file is refused or carries no record.
    """
    content = _bytes(path)
    if content.lstrip()[:1] == b"{" and issued.SCHEMA.encode() in content:
        found = issued.parse(content, named(path))
        _spoken(named(path), found.identity.locale)
        return found
    if (unfilled := _unfilled(named(path), content)) is not None:
        return unfilled
    reading = of(named(path), content)
    if reading.issued is None:
        raise refuse(named(path), "carries no record of what was issued, so it cannot be compared.", "Build the document without --no-record, or give its JSON (-f json).")
    answers = {answer.field: answer.value for answer in reversed(reading.answers)}
    return replace(reading.issued, fields=tuple(replace(field, value=answers.get(field.name, field.value)) for field in reading.issued.fields))


def _unfilled(name: str, content: bytes) -> Issued | None:
    """The record of a PDF without fields, or of a page for the screen: an issue, though nobody can fill it in or has."""
    if b"%PDF-" in content[:1024]:
        from dossier.review import pdf_form

        return pdf_form.archived(name, content)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        from dossier.review import html_form

        return html_form.issued_page(name, content)
    return None


def of(name: str, content: bytes) -> Reading:
    """The filled file with this name and content. Raises DossierError where it is refused, or is in a language that documents do not exist in."""
    reading = _of(name, content)
    _spoken(name, reading.identity.locale)
    return reading


def _spoken(name: str, locale: str) -> None:
    """The language names files and patterns later on, so that nothing else may stand in its place."""
    try:
        i18n.tongue(locale or "en")
    except DossierError:
        raise refuse(name, f"says that it is in the language “{locale[:20]}”, in which documents do not exist.", "Ask for the reviewer's file again, as they saved it.") from None


def _of(name: str, content: bytes) -> Reading:
    """A reader is imported only when its format comes up."""
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"%PDF-" in content[:1024]:
        from dossier.review import pdf_form

        return pdf_form.read(name, content)
    if start[:1] in (b"{", b"<") and not start.startswith(b"{\\rtf"):
        from dossier.review import html_form

        return html_form.read(name, content)
    from dossier.review import package

    if package.open_package(name, content).kind == "xlsx":
        from dossier.review import excel

        return excel.read(name, content)
    from dossier.review import word

    return word.read(name, content)
