"""Blocks -> PDF by WeasyPrint: tagged, archivable (PDF/A-3a and PDF/UA-1 in one file), closed, the same bytes each time."""
from __future__ import annotations

import atexit
import contextlib
import datetime as dt
import gc
import io
import logging
import os
import re
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from dossier import resources
from dossier.blocks import Contents, Document, fields_of, filled, words
from dossier.errors import DossierError, ExitCode, Problem, one_of
from dossier.render import html, pdf_fetch, pdf_forms, pdf_subset, pdf_tags
from dossier.render.fonts import Face, needed, visible

Sheets = tuple[Any, tuple[Any, ...]]
VARIANTS = ("pdf/a-3a", "pdf/ua-1")
RECORD_NAME = "record.json"

# PDF/UA is claimed beside PDF/A in the same rdf:RDF, with the schema that PDF/A asks for; validators ignore a second RDF.
_UA_CLAIM = (
    b'<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>'
    b'<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
    b' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
    b'<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
    b"<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>"
    b"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"
    b'<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>'
    b"<pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category>"
    b"<pdfaProperty:description>PDF/UA part</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property>"
    b"</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
)
# Pango's font map, kept between documents, is not made for two threads at once.
_one_at_a_time = threading.Lock()
_kept: dict[tuple[tuple[str, int, int], ...], Sheets] = {}


def render(document: Document, style: Path | None = None, *, variant: str = "pdf/a-3a", forms: bool = False, own: Sequence[Face] = ()) -> bytes:
    """The document as PDF. `style` is a style sheet laid on top of the shipped one, `own` are the user's own fonts.

    With `forms` the fields can be filled on the screen; such a file is PDF/UA-1 only, as PDF/A wants every field drawn.
    Raises DossierError where Pango is missing, and for a style sheet that cannot be read or asks for what lies outside
    its folder.
    """
    if variant not in VARIANTS:
        raise DossierError(Problem("PDF", 0, 0, f'the variant "{variant}" is not made here.', f"Use {one_of(VARIANTS)}."))
    weasyprint = _weasyprint()
    pdf_tags.install()
    pdf_subset.install()
    if not forms:
        document = _drawable(document, own)
    with _one_at_a_time, _few_collections():
        return _made(weasyprint, document, style, "pdf/ua-1" if forms else variant, forms, needed(words(document), own))


def _drawable(document: Document, own: Sequence[Face]) -> Document:
    """The document with what a reviewer typed and no font has written as numbers."""
    answers = {field.name: visible(field.value, own) for field in fields_of(document) if field.value}
    return replace(document, blocks=filled(document.blocks, answers)) if answers else document


def engine() -> str:
    """What makes the PDFs here, with versions. Raises DossierError, as `render` does, where it is missing."""
    weasyprint = _weasyprint()
    from weasyprint.text.ffi import pango  # type: ignore[import-untyped,unused-ignore]

    number = pango.pango_version()
    return f"WeasyPrint {weasyprint.__version__}, Pango {number // 10_000}.{number // 100 % 100}.{number % 100}"


def _made(weasyprint: Any, document: Document, style: Path | None, variant: str, forms: bool, own: tuple[Face, ...]) -> bytes:
    fonts, sheets = _sheets(style, own)
    fetcher = pdf_fetch.closed(_folders(style))
    source = weasyprint.HTML(string=html.markup(document, forms=forms), url_fetcher=fetcher)
    laid_out = source.render(font_config=fonts, stylesheets=list(sheets), pdf_variant=variant, pdf_forms=forms)
    if fetcher.refused:
        raise DossierError(pdf_fetch.problems(fetcher, str(style or resources.asset("style.css"))))
    if variant != "pdf/ua-1":
        rdf = laid_out.metadata.generate_rdf_metadata
        laid_out.metadata.generate_rdf_metadata = lambda *arguments: rdf(*arguments).replace(b"</rdf:RDF>", _UA_CLAIM + b"</rdf:RDF>")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # WeasyPrint leaves closing its colour profile to chance
        made: bytes = laid_out.write_pdf(
            pdf_variant=variant,
            pdf_forms=forms,
            attachments=_attachments(weasyprint, document, fetcher),
            finisher=_finisher(document),
        )
    return made


def _attachments(weasyprint: Any, document: Document, fetcher: Any) -> list[Any]:
    if not document.record:
        return []
    midnight = dt.datetime.combine(document.date, dt.time(), dt.UTC)
    return [
        weasyprint.Attachment(
            string=document.record, name=RECORD_NAME, relationship="Source", description=document.subject or document.title,
            created=midnight, modified=midnight, url_fetcher=fetcher,
        )
    ]


def _finisher(document: Document) -> Callable[[Any, Any], None]:
    def finish(laid_out: Any, pdf: Any) -> None:
        import pydyf  # type: ignore[import-untyped,unused-ignore]

        if any(isinstance(block, Contents) for block in document.blocks):
            pdf.catalog["PageMode"] = "/UseOutlines"
        # What a reviewed file is known by where it carries no record.
        pdf.info["DocumentNumber"] = pydyf.String(document.number)
        pdf.info["DocumentRevision"] = pydyf.String(document.revision)
        pdf_forms.finish(laid_out, pdf)

    return finish


# --- style sheets -----------------------------------------------------------------------------------------------------


def _folders(style: Path | None) -> tuple[Path, ...]:
    shipped = Path(os.path.abspath(resources.asset("style.css"))).parent
    return (Path(os.path.abspath(style)).parent, shipped) if style else (shipped,)


def _sheets(style: Path | None, own: tuple[Face, ...]) -> Sheets:
    """The font configuration and the parsed style sheets, kept in this process as long as the files are the same."""
    paths = (resources.asset("style.css"), *([style] if style else []), *(face.path for face in own))
    try:
        stamps = tuple((os.path.abspath(path), path.stat().st_mtime_ns, path.stat().st_size) for path in paths)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise DossierError(Problem(str(error.filename), 0, 0, f"cannot be read: {reason}.", "Check the path of the style sheet.")) from None
    if stamps not in _kept:
        for oldest in list(_kept)[:-3]:
            del _kept[oldest]
        _kept[stamps] = _parsed(style, own)
    return _kept[stamps]


def _parsed(style: Path | None, own: tuple[Face, ...]) -> Sheets:
    """The shipped sheet, then the user's fonts, then the user's own sheet."""
    import weasyprint  # type: ignore[import-untyped,unused-ignore]
    from weasyprint.text.fonts import FontConfiguration  # type: ignore[import-untyped,unused-ignore]

    fonts = FontConfiguration()
    shipped = os.path.abspath(resources.asset("style.css"))
    sources: list[tuple[str, dict[str, str], tuple[Path, ...]]] = [(shipped, {"filename": shipped}, _folders(None))]
    if own:
        sources.append(("the user's fonts", {"string": _fallback(own)}, tuple({face.path.absolute().parent for face in own})))
    if style is not None:
        sources.append((os.path.abspath(style), {"filename": os.path.abspath(style)}, _folders(style)))
    sheets = []
    for name, source, folders in sources:
        fetcher = pdf_fetch.closed(folders)
        with _told_of_css() as ignored:
            sheets.append(weasyprint.CSS(**source, font_config=fonts, url_fetcher=fetcher))
        if fetcher.refused or ignored:
            raise DossierError([*pdf_fetch.problems(fetcher, name), *(Problem(name, *each) for each in ignored)])
    return fonts, tuple(sheets)


@contextlib.contextmanager
def _told_of_css() -> Iterator[list[tuple[int, int, str, str]]]:
    """Gathers what WeasyPrint passes over in a style sheet, which it only logs: line, column, fault, what to do.

    Properties with the prefix of a browser are passed over in silence: they are meant for that browser.
    """
    found: list[tuple[int, int, str, str]] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.levelno < logging.WARNING:
                return
            said = record.getMessage()
            if match := re.fullmatch(r"Ignored `(.*)` at (\d+):(\d+), (.*?)\.?", said, re.DOTALL):
                if not match[1].lstrip().startswith("-"):
                    found.append((int(match[2]), int(match[3]), f"{' '.join(match[1].split())}: {match[4]}.", "It would be left out; correct it."))
            else:
                found.append((0, 0, f"{said.rstrip('.')}.", "It would be left out; correct it."))

    logger, listener = logging.getLogger("weasyprint"), Listener()
    logger.addHandler(listener)
    try:
        yield found
    finally:
        logger.removeHandler(listener)


def _fallback(own: tuple[Face, ...]) -> str:
    """A style sheet that lets the user's families follow the vendored one, for the characters that it lacks."""
    rules = [
        f'@font-face {{ font-family: "{face.family}"; font-weight: {face.weight}; font-style: {"italic" if face.italic else "normal"}; src: url("{face.path.absolute().as_uri()}") }}'
        for face in own
    ]
    chain = ", ".join(f'"{name}"' for name in ("Dossier Source Sans", *dict.fromkeys(face.family for face in own)))
    return "\n".join((*rules, f"@page {{ font-family: {chain} }}", f"html, body {{ font-family: {chain} }}"))


def _start_anew() -> None:
    """In a forked worker: the fonts lie in a folder that is its parent's to remove, and the lock may be held for ever."""
    global _one_at_a_time
    _one_at_a_time = threading.Lock()
    for fonts, _ in _kept.values():
        fonts._folder = None
    _kept.clear()


# Without this the folder of fonts stays behind: at the very end of Python nothing is left to remove it with.
atexit.register(_kept.clear)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)


# --- the library ------------------------------------------------------------------------------------------------------


def _weasyprint() -> Any:
    """The library, or DossierError with what this system needs for it."""
    try:
        # On failure WeasyPrint prints to standard output, which is for data; and it warns of a library that
        # pdf_subset makes needless.
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            import weasyprint  # type: ignore[import-untyped,unused-ignore]
    except (ImportError, OSError) as error:
        raise DossierError(Problem("PDF", 0, 0, f"{_missing(error)}, so no PDF can be made.", _remedy()), ExitCode.MISSING_TOOL) from None
    return weasyprint


def _missing(error: Exception) -> str:
    if isinstance(error, ImportError):
        return f'the Python package "{error.name or "weasyprint"}" cannot be imported'
    library = re.search(r"cannot load library '([^']+)'", str(error))
    return f'the library "{library[1]}" (part of Pango) is not on this machine' if library else f"Pango cannot be loaded ({error})"


def _remedy(system: str = sys.platform) -> str:
    """One sentence on how to get Pango on `system`."""
    word = "Word documents (-f docx) can be made without it."
    if system == "win32":
        return f"Install MSYS2, run there: pacman -S mingw-w64-ucrt-x86_64-pango; then run dossier doctor. {word}"
    if system == "darwin":
        return f"Run: brew install pango. {word}"
    return f"Run: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 (Debian, Ubuntu; Fedora: dnf install pango). {word}"


@contextlib.contextmanager
def _few_collections() -> Iterator[None]:
    """Garbage collections during a layout find nothing and cost 5 to 10 % of its time."""
    thresholds, frozen = gc.get_threshold(), gc.get_freeze_count()
    if not frozen:
        gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        if not frozen:
            gc.unfreeze()
