"""What a run is to make: products x markets x documents x languages x formats, each once, the longest first."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field

from dossier import assemble, evidence, i18n, output, overview, product, yamlfile
from dossier.assemble import Order, Workspace
from dossier.errors import DossierError, Problem
from dossier.evidence import EvidenceFile
from dossier.product import ProductFile
from dossier.resolve import Repository
from dossier.review import ledger
from dossier.review.ledger import Ledger
from dossier.schema import Day, Model, Text, parse
from dossier.yamlfile import Path_

A = TypeVar("A")
B = TypeVar("B")

# Seconds that a document took in each format (docs/benchmarks.md tells the machine): they decide the order of the work and
# the time that is announced, never a result.
SECONDS = {
    "pdf": {"dossier-checklist": 9.0, "evidence-index": 8.0, "labelling-checklist": 7.0, "disclosure-note": 0.6, "cover-letter": 0.7},
    "xlsx": {"dossier-checklist": 1.2, "evidence-index": 1.0, "labelling-checklist": 1.0},
}
USUALLY = {"pdf": 4.0, "xlsx": 0.3}
WORDS = 0.4
ZIP = "zip"
# What lies in the output folder itself, where products have their folders.
TAKEN = {output.MANIFEST, overview.NAME}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A product with everything that its documents are made from, so that a worker needs none of its files.

    `reviews` holds the review records by market and document, each with the fingerprint of its file.
    """

    file: ProductFile
    files: dict[str, EvidenceFile]
    reviews: dict[tuple[str, str], tuple[Ledger, str]]

    @property
    def id(self) -> str:
        """The product's id."""
        return self.file.product.id


@dataclass(frozen=True, slots=True)
class Task:
    """One document of one product in one market and language, in one or more formats. `locale` names one language or two."""

    product: str
    market: str
    document: str
    locale: str
    formats: tuple[str, ...]

    @property
    def seconds(self) -> float:
        """How long it may take, for the order of the work."""
        return WORDS + sum(SECONDS.get(extension, {}).get(self.document, USUALLY.get(extension, 0.05)) for extension in self.formats)

    def __str__(self) -> str:
        return f"{self.product} {self.market} {self.document} {self.locale} ({', '.join(self.formats)})"


@dataclass(frozen=True, slots=True)
class Plan:
    """All tasks of a run, longest first, with the products they need. `order` holds what is the same for all of them.

    `packed` are the products and markets whose dossier is to be packed too.
    """

    products: dict[str, Prepared]
    tasks: tuple[Task, ...]
    order: Order
    packed: frozenset[tuple[str, str]] = frozenset()

    @property
    def documents(self) -> int:
        """How many files are to be made."""
        return sum(len(task.formats) for task in self.tasks)

    @property
    def seconds(self) -> float:
        """How long one worker may need for all of it."""
        return sum(task.seconds for task in self.tasks)


@dataclass(frozen=True, slots=True)
class Wish:
    """One line of what is wanted: these products, in these markets, as the order says.

    `places` says where a plan file names a market, document, format or language: file, line and column by option and name.
    """

    products: tuple[Path, ...]
    order: Order
    places: Mapping[tuple[str, str], tuple[str, int, int]] = field(default_factory=dict)

    def placed(self, problem: Problem) -> Problem:
        """The problem where the plan file names what is wrong, instead of at the option of the command line."""
        return _placed(problem, self.places)


def _placed(problem: Problem, places: Mapping[tuple[str, str], tuple[str, int, int]]) -> Problem:
    name = problem.message.partition('"')[2].partition('"')[0]
    place = places.get((problem.file, name))
    return Problem(*place, problem.message, problem.hint) if place else problem


def make(wishes: Sequence[Wish], workspace: Workspace) -> Plan:
    """The plan for everything wished for, each document once however often it is named; "zip" among the formats asks for an archive too.

    Raises DossierError with all problems of all product files, for unknown markets, documents, languages and formats, and
    for two products with one id.
    """
    problems: list[Problem] = []
    prepared = _prepared(dict.fromkeys(path for wish in wishes for path in wish.products), problems)
    tasks: dict[tuple[str, str, str, str], Task] = {}
    packed: set[tuple[str, str]] = set()
    for wish in wishes:
        try:
            for task in _tasks([prepared[path] for path in wish.products if path in prepared], _unpacked(wish.order), workspace):
                if ZIP in wish.order.formats:
                    packed.add((task.product, task.market))
                key = (task.product, task.market, task.document, task.locale)
                known = tasks.get(key)
                tasks[key] = replace(task, formats=tuple(dict.fromkeys((*known.formats, *task.formats)))) if known else task
        except DossierError as error:
            problems += map(wish.placed, error.problems)
    if problems:
        raise DossierError(dict.fromkeys(problems))
    ordered = sorted(tasks.values(), key=lambda task: (-task.seconds, task.product, task.market, task.document, task.locale))
    return Plan({each.id: each for each in prepared.values()}, tuple(ordered), _unpacked(wishes[0].order), frozenset(packed))


def _unpacked(order: Order) -> Order:
    """The order without the archive; an archive alone holds the usual formats."""
    return replace(order, formats=tuple(name for name in order.formats if name != ZIP) or assemble.DEFAULT_FORMATS)


def _prepared(paths: Iterable[Path], problems: list[Problem]) -> dict[Path, Prepared]:
    found: dict[Path, Prepared] = {}
    names: dict[str, Path] = {}
    for path in paths:
        try:
            each = prepare(path)
        except DossierError as error:
            problems += error.problems
            continue
        file = path / product.FILE if path.is_dir() else path
        other = names.setdefault(each.id.casefold(), file)
        source = each.file.place.source
        if other.resolve() != file.resolve():
            problems.append(Problem(source.name, *source.at(("id",)), f'{other} has the id "{each.id}" too.', "Give the products different ids: they name files and folders."))
        if each.id.casefold() in TAKEN:
            problems.append(Problem(source.name, *source.at(("id",)), f'the output folder has a file called "{each.id}".', "Choose another id: it names the product's folder."))
        found[path] = each
    return found


def prepare(path: Path) -> Prepared:
    """The product in `path` with its evidence files looked at and its review records read. Raises DossierError with every problem."""
    file = product.read(path)
    reviews = {}
    for record in sorted(path for path in (file.place.folder / ledger.FOLDER).glob("*/*.jsonl") if path.is_file()):
        key = (record.parent.name, record.stem)
        reviews[key] = (ledger.read(file.place.folder, *key), output.sha256(record.read_bytes()))
    return Prepared(file, evidence.inspect(file, pages=True), reviews)


def _each(known: Callable[[A], B], names: Iterable[A], problems: list[Problem]) -> tuple[B, ...]:
    """What the names stand for, each once; the problems of those that stand for nothing are added."""
    found = []
    for name in dict.fromkeys(names):
        try:
            found.append(known(name))
        except DossierError as error:
            problems += error.problems
    return tuple(dict.fromkeys(found))


def _tasks(products: Sequence[Prepared], order: Order, workspace: Workspace) -> Iterable[Task]:
    repository = workspace.repository
    problems: list[Problem] = []
    formats = _each(lambda name: assemble.known_formats((name,))[0], order.formats, problems)
    tongues = _each(lambda name: i18n.tongue(name).name, order.locales, problems)
    known = _each(lambda name: workspace.shelf.get(name).id, order.documents, problems)
    (markets,) = _each(repository.expand, (order.markets,), problems) or ((),)
    if problems:
        raise DossierError(problems)
    for market in markets:
        chain = repository.chain(market)
        roles = {authority.role for part in chain for authority in part.authorities}
        own = assemble.own_tongue(chain[-1].head.locale).name
        for each in products:
            regulation = each.file.product.regulation
            repository.covered(market, regulation)
            documents = known or [template.id for template in workspace.shelf.needed(regulation, roles)]
            yield from (Task(each.id, market, document, tongue, formats) for tongue in tongues or (own,) for document in documents)


# --- a plan file --------------------------------------------------------------------------------------------------------


# The keys of a plan file that stand for options of the command line.
_OPTIONS = {"markets": "--market", "documents": "--document", "formats": "--format", "locales": "--locale"}


class _Build(Model):
    """One line of a plan file; what it leaves out it takes from the file's own keys."""

    products: tuple[Text, ...] = ()
    markets: tuple[Text, ...] = ()
    documents: tuple[Text, ...] = ()
    formats: tuple[Text, ...] = ()
    locales: tuple[Text, ...] = ()


class _PlanFile(_Build):
    """A launch written down."""

    date: Day | None = None
    builds: tuple[_Build, ...] = Field(default=())


def read(path: Path, law_date: dt.date | None, order: Order) -> tuple[Wish, ...]:
    """The wishes of a plan file; `order` fills what the file leaves out, `law_date` from the command line wins over the file's.

    Products are looked for from the folder of the plan file. Raises DossierError with every problem, each with its place.
    """
    if not path.is_file():
        raise DossierError(Problem(str(path), 0, 0, "the plan file is not there.", "Give the path of a YAML file with products, markets and formats."))
    source = yamlfile.read(path)
    parsed, problems = parse(_PlanFile, source.data, source)
    if problems or parsed is None:
        raise DossierError(problems)
    day = law_date or parsed.date or order.law_date
    wishes = []
    for number, build in enumerate(parsed.builds or (_Build(),)):
        chosen: dict[str, tuple[str, ...]] = {name: getattr(build, name) or getattr(parsed, name) for name in _Build.model_fields}
        for name in ("products", "markets"):
            if not chosen[name]:
                problems.append(source.problem(("builds", number) if parsed.builds else (), f"{name} is missing.", f"Write {name}: [...] here or at the top of the file."))
        places: dict[tuple[str, str], tuple[str, int, int]] = {}
        for key, option in _OPTIONS.items():
            base: Path_ = ("builds", number, key) if getattr(build, key) and parsed.builds else (key,)
            places |= {(option, name): (source.name, *source.at((*base, index))) for index, name in enumerate(chosen[key])}
        wishes.append(Wish(tuple(path.parent / name for name in chosen["products"]), replace(order, law_date=day, **_given(chosen)), places))
    if problems:
        raise DossierError(problems)
    return tuple(wishes)


def markets_named(paths: Iterable[Path]) -> tuple[str, ...]:
    """The markets that the product files name, each once. Raises DossierError where none names any."""
    named = [market for path in paths for market in product.read(path).product.markets]
    if not named:
        raise DossierError(Problem("--market", 0, 0, "no market is given, and the product file names none.", "Add -m no, or markets: [no] in product.yaml."))
    return tuple(dict.fromkeys(named))


def expanded(paths: Sequence[Path], markets: Sequence[str], repository: Repository) -> tuple[str, ...]:
    """The markets that are meant: those given, else those that the product files name.

    Raises DossierError where one is unknown, with the place in the product file that names it.
    """
    try:
        return repository.expand(markets or markets_named(paths))
    except DossierError as error:
        places = {} if markets else _places(paths)
        raise DossierError([_placed(problem, places) for problem in error.problems], error.code) from None


def _places(paths: Sequence[Path]) -> dict[tuple[str, str], tuple[str, int, int]]:
    """Where the product files name their markets."""
    found: dict[tuple[str, str], tuple[str, int, int]] = {}
    for path in paths:
        file = product.read(path)
        for index, market in enumerate(file.product.markets):
            found.setdefault(("--market", market), (file.place.source.name, *file.place.source.at(("markets", index))))
    return found


def wished(paths: Sequence[Path], markets: Sequence[str], file: Path | None, law_date: dt.date | None, order: Order) -> list[Wish]:
    """What a command line and its plan file ask for. Raises DossierError where neither names a product."""
    wishes = list(read(file, law_date, order)) if file else []
    if paths:
        day = wishes[0].order.law_date if wishes else order.law_date
        wishes.append(Wish(tuple(paths), replace(order, markets=tuple(markets) or markets_named(paths), law_date=day), {} if markets else _places(paths)))
    if not wishes:
        raise DossierError(Problem("build", 0, 0, "no product is given.", "Name the folder of a product, or a plan: dossier build my-product -m no"))
    return wishes


def _given(chosen: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    return {name: chosen[name] for name in _OPTIONS if chosen[name]}
