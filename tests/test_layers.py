"""Imports go one way: a module imports only from rows above its own, and inside a row nothing imports its neighbour."""
from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import dossier

PACKAGE = Path(dossier.__file__).parent

ROWS = [
    ["errors", "citation", "labels", "blocks", "review.state", "review.word_text", "review.written"],
    ["yamlfile", "yamlwrite", "resources", "i18n", "markup", "output", "issued", "marks", "review.ledger", "review.word_objects", "render.phrases", "render.xlsx_measure"],
    ["schema", "yamledit", "workers", "overview", "verify", "remote", "speech", "terminal", "housestyle", "render.wordml", "render.fonts", "render.html", "render.pdf_fetch", "render.pdf_forms", "render.pdf_subset", "render.pdf_tags", "render.xlsx_shape", "review.pdf_raw", "review.reading", "review.spreadsheetml", "review.word_body"],
    ["render.word_fonts", "conditions", "product", "review.package", "review.sheet_words", "review.word_control", "render.xlsx_look", "render.xlsx_plan"],
    ["records", "render.docx_frame", "applicability", "evidence", "views", "render.pdf", "render.screen", "render.xlsx_sheet", "review.cells", "review.findings", "review.html_form", "review.pdf_form", "review.word_parts"],
    ["jurisdiction", "requirement_table", "requirement_files", "groups", "review.views", "render.docx", "sandbox", "review.merge", "review.redline", "review.word_beside", "review.word_margins", "review.sheet_values", "render.xlsx"],
    ["resolve", "market_open", "requirement_export", "review.excel", "review.word"],
    ["checklist", "requirement_checks", "review.readers"],
    ["wording", "language_plan", "requirement_import", "new_market", "market_check"],
    ["checklist_views", "market_views", "product_views", "explain", "comparison"],
    ["template"],
    ["comparison_document", "changes"],
    ["assemble"],
    ["review.intake", "doctor", "cli_list", "launch", "plan"],
    ["making", "archive"],
    ["cluster"],
    ["batch"],
    ["review.reports", "api"],
    ["cli_review", "cli_launch", "cli_check", "cli_data"],
    ["cli_build"],
    ["cli"],
    ["__main__"],
]
ROW = {name: number for number, row in enumerate(ROWS) for name in row}


def modules() -> dict[str, Path]:
    found = {path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", "."): path for path in PACKAGE.rglob("*.py")}
    return {name: path for name, path in found.items() if not name.endswith("__init__") and not name.startswith(("templates.", "samples."))}


def imports(path: Path) -> set[str]:
    """The dossier modules that a file imports, anywhere in it; imports for type checking only do not count."""
    tree = ast.parse(path.read_text("utf-8"))
    typing_only = {id(inner) for node in ast.walk(tree) if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" for inner in ast.walk(node)}
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "dossier":
            base = node.module.removeprefix("dossier").lstrip(".")
            for alias in node.names:
                name = f"{base}.{alias.name}".lstrip(".")
                found.add(name if name in modules() else base)
        elif isinstance(node, ast.Import):
            found |= {alias.name.removeprefix("dossier.") for alias in node.names if alias.name.startswith("dossier.")}
    return found - {""}


def test_every_module_has_a_row_and_every_row_a_module() -> None:
    assert set(ROW) == set(modules())


@pytest.mark.parametrize("name", sorted(ROW))
def test_a_module_imports_only_from_rows_above_its_own(name: str) -> None:
    too_low = {other for other in imports(modules()[name]) if ROW[other] >= ROW[name]}
    assert not too_low


@pytest.mark.parametrize("name", sorted(ROW))
def test_a_module_says_in_its_first_line_what_it_is_for(name: str) -> None:
    assert ast.get_docstring(ast.parse(modules()[name].read_text("utf-8")))


def loaded_after(code: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", f"import sys\n{code}\nprint('\\n'.join(sys.modules))"], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_version_is_told_without_any_library() -> None:
    loaded = loaded_after("from dossier.cli import main; main(['--version'])")
    assert not loaded & {"weasyprint", "docx", "click", "pydantic", "yaml", "jinja2", "babel", "rich"}


def test_a_word_build_never_imports_weasyprint(tmp_path: Path) -> None:
    product = PACKAGE.parent / "samples" / "ecg-patch"
    loaded = loaded_after(f"from dossier.cli import main; main(['build', {str(product)!r}, '-m', 'no', '-d', 'cover-letter', '-f', 'docx', '-o', {str(tmp_path)!r}])")
    assert "docx" in loaded
    assert "weasyprint" not in loaded


def test_checking_a_product_imports_no_renderer() -> None:
    product = PACKAGE.parent / "samples" / "ecg-patch"
    loaded = loaded_after(f"from dossier.cli import main; main(['check', {str(product)!r}, '-m', 'no'])")
    assert not loaded & {"weasyprint", "docx", "dossier.render.docx", "dossier.render.pdf"}
