"""Products x markets x documents x languages x formats, from files to bytes."""
from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dossier import __version__, blocks, checklist, evidence, housestyle, i18n, output, product, resources, template
from dossier.checklist import Checklist
from dossier.errors import DossierError, Problem, did_you_mean, one_of
from dossier.evidence import EvidenceFile
from dossier.product import ProductFile
from dossier.resolve import Repository, resolve
from dossier.review import ledger
from dossier.template import Issue, Shelf, Template

if TYPE_CHECKING:
    from dossier.render.fonts import Face

FORMATS = ("docx", "pdf", "xlsx", "html", "json")
DEFAULT_FORMATS = ("docx", "pdf")


@dataclass(frozen=True)
class Workspace:
    """The data that all builds of one run share, each file read once. `home` are the user's own data folders.

    `shipped` stands for the shipped data: a folder with another state of `jurisdictions`.
    """

    home: tuple[Path, ...] = ()
    shipped: Path | None = None

    @cached_property
    def repository(self) -> Repository:
        """All jurisdictions on the search path."""
        if self.shipped is None:
            return Repository(resources.search_path("jurisdictions", self.home))
        folder = self.shipped / "jurisdictions"
        if not (folder / "VERSION").is_file():
            raise DossierError(Problem(str(self.shipped), 0, 0, "holds no requirement data: jurisdictions/VERSION is not there.", "Give the folder in which the folder jurisdictions lies."))
        return Repository((*resources.search_path("jurisdictions", self.home)[:-1], folder))

    @cached_property
    def shelf(self) -> Shelf:
        """All templates on the search path. Raises DossierError for a broken one, and for a name of the user's that is nearly one of ours."""
        if problems := [problem for home in self.home for problem in housestyle.strays(home)]:
            raise DossierError(problems)
        return template.shelf(resources.search_path("templates", self.home))

    def market_names(self, entries: Iterable[output.Entry]) -> dict[str, str]:
        """The English names of the markets that entries of a manifest are for, by id."""
        markets = {entry["market"] for entry in entries if "market" in entry}
        return {market: i18n.say(self.repository.get(market).head.name, "en").text for market in markets & set(self.repository.ids())}

    def style(self, name: str) -> Path | None:
        """The user's own style file called `name`, from the first home folder that has one."""
        found = (home / "templates" / "_shared" / name for home in self.home)
        return next((path for path in found if path.is_file()), None)

    @cached_property
    def fonts(self) -> tuple[Face, ...]:
        """The user's own fonts, from the `fonts` folders of the homes."""
        if not any((home / "fonts").is_dir() for home in self.home):
            return ()
        from dossier.render.fonts import faces

        return faces(self.home)

    @cached_property
    def jurisdictions_sha256(self) -> str:
        """One fingerprint for all requirement data."""
        return _tree(self.repository.folders)

    @cached_property
    def _folders_sha256(self) -> dict[Path, str]:
        return {}

    def market_sha256(self, market: str, regulation: str) -> str:
        """One fingerprint for the data behind one market: its chain of jurisdictions and what all share."""
        chain = tuple(part.folder for part in self.repository.chain(market, regulation))
        shared = self.repository.library.texts
        known = self._folders_sha256
        for folder in (*chain, *shared):
            if folder not in known:
                known[folder] = _tree((folder,)) if folder != shared[-1] else _files(folder)
        return output.sha256("\n".join(known[folder] for folder in (*chain, *shared)).encode())

    @cached_property
    def templates_sha256(self) -> str:
        """One fingerprint for all templates, styles and fonts."""
        return _tree(self.shelf.folders)


@dataclass(frozen=True, slots=True)
class Order:
    """What to build. Empty choices mean: all documents of the market, the market's own language."""

    markets: tuple[str, ...]
    law_date: dt.date
    issue_date: dt.date
    documents: tuple[str, ...] = ()
    formats: tuple[str, ...] = DEFAULT_FORMATS
    locales: tuple[str, ...] = ()
    record: bool = True
    fillable: bool = False
    with_evidence: bool = False


@dataclass(frozen=True, slots=True)
class Built:
    """One finished document and the checklist it was made from."""

    file: output.File
    document: blocks.Document
    checklist: Checklist


@dataclass(frozen=True, slots=True)
class Result:
    """All documents of a run, and the checklist of each product and market."""

    built: tuple[Built, ...]
    checklists: tuple[Checklist, ...] = field(repr=False)
    evidence: tuple[output.File, ...] = ()


def check(file: ProductFile, market: str, law_date: dt.date, workspace: Workspace, pages: bool = False) -> Checklist:
    """The checklist of one product in one market. Raises DossierError with every problem of the product file."""
    return checklist_of(file, market, law_date, workspace, evidence.inspect(file, pages))


def checklist_of(file: ProductFile, market: str, law_date: dt.date, workspace: Workspace, files: dict[str, EvidenceFile]) -> Checklist:
    """The checklist, with evidence files that were looked at before: the same for all markets of a product."""
    resolved = resolve(workspace.repository, market, law_date, file.product.regulation)
    return checklist.build(file, resolved, workspace.repository.library, files)


def build(paths: Sequence[Path], order: Order, workspace: Workspace | None = None, tell: Callable[[str], None] = lambda message: None) -> Result:
    """Every document of the order, in memory. `tell` is called with the name of each document before it is made.

    Raises DossierError with all problems of all product files before anything is rendered.
    """
    workspace = workspace or Workspace()
    formats = known_formats(order.formats)
    tongues = [i18n.tongue(name) for name in order.locales]
    markets = workspace.repository.expand(order.markets)
    checklists = _checklists(paths, markets, order, workspace)
    jobs = [(each, tongue, kind) for each in checklists for tongue in (tongues or [own_tongue(each.market.head.locale)]) for kind in _documents(each, order, workspace.shelf)]
    built = []
    for each, made in _render(jobs, order, workspace):
        for extension in formats:
            tell(f"{made.number} {made.locale} {extension}")
            built.append(Built(file(each, made, extension, order, workspace, _review(each, made.kind)), made, each))
    evidence_files = copies((ProductFile(each.product, each.place), each.files) for each in checklists) if order.with_evidence else ()
    return Result(tuple(built), tuple(checklists), evidence_files)


def write(result: Result, folder: Path) -> tuple[Path, ...]:
    """Writes the documents and the manifest into `folder`; returns the documents' paths."""
    return output.write(folder, [*(built.file for built in result.built), *result.evidence])


def known_formats(names: Sequence[str]) -> tuple[str, ...]:
    """The formats, each once. Raises DossierError for those that are not made here."""
    unknown = [name for name in names if name not in FORMATS]
    if unknown:
        raise DossierError(Problem("--format", 0, 0, f'"{name}" is not a format.', did_you_mean(name, FORMATS) or f"Choose {one_of(FORMATS)}.") for name in unknown)
    return tuple(dict.fromkeys(names))


def _checklists(paths: Sequence[Path], markets: Sequence[str], order: Order, workspace: Workspace) -> list[Checklist]:
    problems: list[Problem] = []
    found: list[Checklist] = []
    for path in paths:
        try:
            found_file = product.read(path)
            files = evidence.inspect(found_file, pages=True)
            found += [checklist_of(found_file, market, order.law_date, workspace, files) for market in markets]
        except DossierError as error:
            problems += error.problems
    if problems:
        raise DossierError(problems)
    return found


def _documents(each: Checklist, order: Order, shelf: Shelf) -> tuple[Template, ...]:
    if order.documents:
        return tuple(shelf.get(name) for name in dict.fromkeys(order.documents))
    return shelf.for_market(each)


def own_tongue(locale: str) -> i18n.Tongue:
    """The language of a market whose own is `locale`; English where its requirement texts do not exist in it."""
    return i18n.tongue(locale if locale in i18n.RENDERED else "en")


def _render(jobs: Sequence[tuple[Checklist, i18n.Tongue, Template]], order: Order, workspace: Workspace) -> Iterator[tuple[Checklist, blocks.Document]]:
    """All documents as blocks, before any is turned into bytes: a template error costs no rendered file."""
    documents = []
    for each, tongue, kind in jobs:
        record = ledger.read(each.place.folder, each.market.head.id, kind.id)
        documents.append((each, document(each, kind, tongue, order, workspace, record)))
    return iter(documents)


def document(each: Checklist, kind: Template, tongue: i18n.Tongue, order: Order, workspace: Workspace, record: ledger.Ledger) -> blocks.Document:
    """One document as blocks, with what reviewers answered so far. Raises DossierError for a template that does not work or a character without a font."""
    issue = Issue(product.issue_date(each.product, order.issue_date), order.record, _printable(record, workspace))
    made = template.render(kind, each, tongue, workspace.shelf, issue)
    check_characters(made, each, workspace)
    return made


def _printable(record: ledger.Ledger, workspace: Workspace) -> ledger.Ledger:
    """The review record with names and remarks that the fonts can draw; answers stay as they are."""
    if not record.entries:
        return record
    from dossier.render.fonts import visible

    def shown(entry: ledger.Entry) -> ledger.Entry:
        return replace(entry, **{name: visible(getattr(entry, name), workspace.fonts) for name in ("reviewer", "file", "remark", "row")})

    return ledger.Ledger(tuple(shown(entry) for entry in record.entries))


def check_characters(document: blocks.Document, each: Checklist, workspace: Workspace) -> None:
    """A character that no font has would print as an empty box: refused, naming where it comes from.

    Answers are not looked at: what a reviewer typed is printed as far as it can be, and kept letter for letter.
    """
    from dossier.render.fonts import missing_characters

    texts = [document.title, document.product, document.author, *(blocks.plain(tuple(blocks.inlines_of(block))) for block in document.blocks)]
    missing = missing_characters("".join(texts), workspace.fonts)
    if not missing:
        return
    problems = [problem for char in missing for problem in _places_of(char, each)]
    shown = ", ".join(f"{char} (U+{ord(char):04X})" for char in missing)
    raise DossierError(problems or [Problem(document.kind, 0, 0, f"no font has the character {shown}.", _NO_FONT)])


_NO_FONT = 'Write it in other words, or put a font that has it into the folder "fonts" of your own folder (--home). Latin, Greek and Cyrillic letters are there.'


def _places_of(char: str, each: Checklist) -> Iterator[Problem]:
    source = each.place.source
    for path, mark in source.marks.items():
        value: Any = source.data
        for step in path:
            value = value[step]
        if isinstance(value, str) and char in value:
            yield Problem(source.name, *mark, f"no font has the character {char} (U+{ord(char):04X}).", _NO_FONT)


def path_of(each: Checklist, document: blocks.Document, extension: str) -> str:
    """The document's path below the output folder."""
    return output.file_name(each.market.head.id, document.kind, each.product.id, _tongue(document), document.revision, extension)


def _tongue(document: blocks.Document) -> str:
    return "+".join(part for part in (document.locale, document.second_locale) if part)


def file(each: Checklist, document: blocks.Document, extension: str, order: Order, workspace: Workspace, review: Mapping[str, str]) -> output.File:
    """The document in one format with what the manifest says of it; `review` are the fingerprints of its review record."""
    return output.File(path_of(each, document, extension), rendered(document, extension, workspace, fillable=order.fillable), about(each, document, extension, workspace, review))


def about(each: Checklist, document: blocks.Document, extension: str, workspace: Workspace, review: Mapping[str, str]) -> dict[str, Any]:
    """What the manifest says of a document beside path, fingerprint and size."""
    return {
        "document": {"kind": document.kind, "title": document.title, "number": document.number, "revision": document.revision, "date": document.date.isoformat(), "locale": _tongue(document), "format": extension, "state": document.mark},
        "product": each.product.id,
        "market": each.market.head.id,
        "law_date": each.market.date.isoformat(),
        "data_version": each.market.version,
        "gaps": {"findings": len(each.findings), "expected": sum(gap.severity == "justify" for gap in each.gaps), "undetermined": sum(row.decision.applies == "undetermined" for row in each.rows)},
        "inputs": _inputs(each, workspace, review),
        "tools": tools(extension),
    }


Papers = Iterable[tuple[ProductFile, Mapping[str, EvidenceFile]]]


def places_of_copies(products: Papers) -> dict[str, tuple[Path, str, str]]:
    """Where each evidence file is copied to, in the folder to which its product's documents link: the file, the product and the document's id.

    Raises DossierError for every two files that would become one.
    """
    found: dict[str, tuple[Path, str, str]] = {}
    first: dict[str, Path] = {}
    problems = []
    for file, files in products:
        for index, document in enumerate(file.product.evidence):
            if not files[document.id].present:
                continue
            path = f"{file.product.id}/evidence/{document.file.removeprefix('evidence/')}"
            source = file.place.folder / document.file
            other = first.setdefault(path.casefold(), source)
            if other.resolve() != source.resolve():
                at = file.place.source.at(("evidence", index, "file"))
                problems.append(Problem(file.place.source.name, *at, f'the copy of "{document.file}" would take the place of the copy of another file, {other.relative_to(file.place.folder).as_posix()}.', "Keep evidence files below evidence/, or give them different names."))
            found.setdefault(path, (source, file.product.id, document.id))
    if problems:
        raise DossierError(problems)
    return found


def copies(products: Papers) -> tuple[output.File, ...]:
    """The evidence files of each product, once, in the folder to which its documents link. Raises DossierError as `places_of_copies`."""
    return tuple(output.File(path, source.read_bytes(), {"product": name, "evidence": document}) for path, (source, name, document) in places_of_copies(products).items())


def rendered(document: blocks.Document, extension: str, workspace: Workspace, *, fillable: bool = False) -> bytes:
    """The document in one format; a renderer is imported only when its format is asked for."""
    match extension:
        case "docx":
            from dossier.render import docx

            return docx.render(document, workspace.style("style.docx"), workspace.fonts)
        case "pdf":
            from dossier.render import pdf

            return pdf.render(document, workspace.style("style.css"), forms=fillable, own=workspace.fonts)
        case "xlsx":
            from dossier.render import xlsx

            return xlsx.render(document)
        case "html":
            from dossier.render import screen

            return screen.render(document, workspace.style("screen.css"))
        case _:
            return document.data


def _inputs(each: Checklist, workspace: Workspace, review: Mapping[str, str]) -> dict[str, Any]:
    """The fingerprints of everything the document was made from, by names that do not depend on the machine."""
    return {
        "product.yaml": each.place.sha256,
        "evidence": {document.file: each.files[document.id].sha256 for document in each.product.evidence if document.file},
        **review,
        "jurisdictions": workspace.market_sha256(each.market.head.id, each.product.regulation),
        "templates": workspace.templates_sha256,
        **{f"fonts/{face.path.name}": output.sha256(face.path.read_bytes()) for face in workspace.fonts},
    }


def _review(each: Checklist, kind: str) -> dict[str, str]:
    """The fingerprint of the document's review record, where there is one."""
    place = ledger.place(each.market.head.id, kind)
    file = each.place.folder / place
    return {place.as_posix(): output.sha256(file.read_bytes())} if file.is_file() else {}


def _files(folder: Path) -> str:
    """One fingerprint for the files that lie in the folder itself."""
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.iterdir() if path.is_file()):
        digest.update(f"{file.name}\0{output.sha256(file.read_bytes())}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _tree(folders: tuple[Path, ...]) -> str:
    """One fingerprint for all files below the folders."""
    digest = hashlib.sha256()
    for folder in folders:
        for file in sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
            digest.update(f"{file.relative_to(folder).as_posix()}\0{output.sha256(file.read_bytes())}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def tools(extension: str) -> dict[str, str]:
    """dossier's version and those of the libraries that decide the bytes."""
    from importlib.metadata import version

    libraries = ["Jinja2", "babel", *{"docx": ["python-docx"], "pdf": ["weasyprint"], "xlsx": ["XlsxWriter"]}.get(extension, [])]
    return {"dossier": __version__, **{name.lower(): version(name) for name in libraries}}
