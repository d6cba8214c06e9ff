"""What several tests share: the shipped data read once, the samples, and golden texts."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from dossier import assemble, product
from dossier.checklist import Checklist

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(__file__).resolve().parent / "data"
GOLDEN = Path(__file__).resolve().parent / "golden"
SAMPLES = ("ecg-patch", "insulin-advisor", "infusion-pump", "glucose-self-test")
DAY = dt.date(2026, 11, 24)

MINIMAL = """\
id: thing
name: Thing
regulation: mdr
manufacturer: {name: Maker AS, country: NO}
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden-update", action="store_true", help="rewrite the golden texts instead of comparing with them")


@pytest.fixture(scope="session")
def workspace() -> assemble.Workspace:
    return assemble.Workspace()


@pytest.fixture(scope="session")
def check(workspace: assemble.Workspace) -> Callable[..., Checklist]:
    """The checklist of a product folder in Norway on the day of the tests."""

    def checklist(folder: Path, market: str = "no", day: dt.date = DAY) -> Checklist:
        return assemble.check(product.read(folder), market, day, workspace)

    return checklist


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a product file and returns its folder."""

    def write_product(text: str, name: str = "product") -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        (folder / "product.yaml").write_text(text, "utf-8")
        return folder

    return write_product


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compares a text with the golden file of that name; `--golden-update` rewrites it."""

    def compare(name: str, text: str) -> None:
        file = GOLDEN / name
        if request.config.getoption("--golden-update"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        assert text == file.read_text("utf-8"), f"{name} changed; read the difference, then run pytest --golden-update"

    return compare
