"""Makes the documents of tasks, in this process or any other, and knows by what their inputs are told apart."""
from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from dossier import assemble, blocks, i18n, output
from dossier.assemble import Order, Workspace
from dossier.checklist import Checklist
from dossier.plan import Prepared, Task
from dossier.review.ledger import Ledger

# Part of every key: raise it when the same input gives other bytes than before.
MAKE = 1
# Checklists that a worker keeps: the documents of one market are done one after the other.
KEPT = 4


@dataclass(frozen=True, slots=True)
class Setting:
    """What every worker needs, sent once: the products, the order, and where the data lie.

    `known` are the models of files that are there already, by path. `target` is the address that workers write to themselves.
    """

    products: dict[str, Prepared]
    order: Order
    home: tuple[Path, ...]
    known: dict[str, str] = field(default_factory=dict)
    target: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """One file of a task: its bytes, or none where the file that is there already is right; and what the manifest says of it.

    `written` is the whole entry of a file that the worker wrote itself.
    """

    path: str
    content: bytes | None
    about: Mapping[str, Any]
    written: output.Entry | None = None


class Maker:
    """Makes the documents of tasks in one process; data, checklists and templates are read once."""

    def __init__(self, setting: Setting, workspace: Workspace | None = None) -> None:
        self.setting = setting
        self.workspace = workspace or Workspace(setting.home)
        self._checklists: dict[tuple[str, str], Checklist] = {}
        self._keys = Keys(setting.products, setting.order, self.workspace)

    def checklist(self, product: str, market: str) -> Checklist:
        """The checklist of the product in the market."""
        key = (product, market)
        if key not in self._checklists:
            while len(self._checklists) >= KEPT:
                del self._checklists[next(iter(self._checklists))]
            each = self.setting.products[product]
            self._checklists[key] = assemble.checklist_of(each.file, market, self.setting.order.law_date, self.workspace, each.files)
        return self._checklists[key]

    def make(self, task: Task) -> tuple[Made, ...]:
        """All formats of the task. Raises DossierError for faults of templates, style files and fonts."""
        each = self.checklist(task.product, task.market)
        record, fingerprint = self.setting.products[task.product].reviews.get((task.market, task.document), (Ledger(), ""))
        order = self.setting.order
        document = assemble.document(each, self.workspace.shelf.get(task.document), i18n.tongue(task.locale), order, self.workspace, record)
        review = {f"reviews/{task.market}/{task.document}.jsonl": fingerprint} if fingerprint else {}
        return tuple(self._format(each, document, extension, task, review) for extension in task.formats)

    def _format(self, each: Checklist, document: blocks.Document, extension: str, task: Task, review: Mapping[str, str]) -> Made:
        path = assemble.path_of(each, document, extension)
        model = self._model(document, extension)
        about = assemble.about(each, document, extension, self.workspace, review) | {"made": {"key": self._keys.of(task, extension), "model": model, "record": self.setting.order.record, "fillable": self.setting.order.fillable}}
        if self.setting.known.get(path) == model:
            return Made(path, None, about)
        return Made(path, assemble.rendered(document, extension, self.workspace, fillable=self.setting.order.fillable), about)

    def _model(self, document: blocks.Document, extension: str) -> str:
        """The fingerprint of everything the bytes come from: the document itself, look, fonts, and the versions of the tools."""
        digest = hashlib.sha256(f"{MAKE} {extension} {self.setting.order.fillable} {self._keys.tools(extension)} {self._keys.look(extension)}\n".encode())
        digest.update(repr(document).encode("utf-8", "backslashreplace"))
        digest.update(document.data)
        return digest.hexdigest()


# What of `_shared` a format looks at beside the templates' words: style.docx and fonts, or everything that a style sheet may name.
_WORDS = {".po", ".j2", ".yaml", ".py", ".docx"}
_LOOKS: dict[str, Callable[[Path], bool]] = {
    "docx": lambda file: file.name == "style.docx" or "fonts" in file.parts,
    "pdf": lambda file: file.suffix not in _WORDS,
    "html": lambda file: file.suffix not in _WORDS,
}


class Keys:
    """The fingerprints by which an output is known to be unchanged, before anything is resolved or rendered."""

    def __init__(self, products: Mapping[str, Prepared], order: Order, workspace: Workspace) -> None:
        self._products, self._order, self._workspace = products, order, workspace
        self._tools: dict[str, str] = {}
        self._looks: dict[str, str] = {}

    def of(self, task: Task, extension: str) -> str:
        """The key of one format of a task: the same as long as nothing that could change the output has changed."""
        each = self._products[task.product]
        parts = (
            MAKE,
            extension,
            task.market,
            task.document,
            task.locale,
            self._order.law_date.isoformat(),
            self._order.issue_date.isoformat() if each.file.product.documents.date is None else "",
            self._order.record,
            self._order.fillable,
            self.tools(extension),
            self._workspace.templates_sha256,
            self._own_fonts,
            self._workspace.market_sha256(task.market, each.file.product.regulation),
            self._product(task.product),
            each.reviews.get((task.market, task.document), (None, ""))[1],
        )
        return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()

    def tools(self, extension: str) -> str:
        """The versions of dossier and of the libraries that decide the bytes."""
        if extension not in self._tools:
            self._tools[extension] = json.dumps(assemble.tools(extension), sort_keys=True)
        return self._tools[extension]

    def look(self, extension: str) -> str:
        """One fingerprint for the style files and fonts of a format."""
        if extension not in self._looks:
            counts = _LOOKS.get(extension)
            folders = [folder / "_shared" for folder in self._workspace.shelf.folders] if counts else []
            files = [(path, path.relative_to(folder).as_posix()) for folder in folders for path in sorted(folder.rglob("*")) if path.is_file() and counts is not None and counts(path.relative_to(folder))]
            fonts = [(face.path, face.path.name) for face in self._workspace.fonts] if counts else []
            self._looks[extension] = _fingerprint((*files, *fonts))
        return self._looks[extension]

    @cached_property
    def _own_fonts(self) -> str:
        return _fingerprint((face.path, face.path.name) for face in self._workspace.fonts)

    def _product(self, name: str) -> str:
        return self._fingerprints[name]

    @cached_property
    def _fingerprints(self) -> dict[str, str]:
        """One fingerprint a product: its file and what is known of its evidence files."""
        return {name: output.sha256(f"{each.file.place.sha256}\n{sorted(each.files.items())}".encode()) for name, each in self._products.items()}


def _fingerprint(files: Iterable[tuple[Path, str]]) -> str:
    """One fingerprint for the files, each under its name."""
    return output.sha256("\n".join(f"{name} {output.sha256(path.read_bytes())}" for path, name in files).encode("utf-8", "surrogateescape"))
