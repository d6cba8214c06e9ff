"""All documents in all languages of all samples, built once by the command line and given to every validator."""
from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, product
from pathlib import Path

import pytest

from dossier import i18n

from ..conftest import DAY, ROOT, SAMPLES
from . import validators

DOCUMENTS = tuple(sorted(file.parent.name for file in (ROOT / "templates").glob("*/template.yaml")))
# Every sample in the languages that were there first; every other language, and the sample under the IVDR, once each.
LOCALES = ("nb", "nn", "en", "nb+en")
FIRST, *_, IN_VITRO = SAMPLES
CHOSEN = (*product(SAMPLES[:3], LOCALES), *((FIRST, locale) for locale in i18n.RENDERED if locale not in LOCALES), (IN_VITRO, "nb"))
MATRIX = tuple((sample, locale, document) for sample, locale in CHOSEN for document in DOCUMENTS)
PROCESSES = 2

Verdicts = Mapping[tuple[str, str, str, str], Sequence[str]]
"""What is wrong with a document, by (profile or validator, sample, locale, document)."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These tests take minutes, so they come last."""
    items.sort(key=lambda item: item.get_closest_marker("conformance") is not None)


def need(validator: str) -> None:
    """Skips the test where the validator cannot run; in continuous integration that is a failure."""
    reason = validators.missing(validator)
    if reason and os.environ.get("CI", "").lower() in ("true", "1"):
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


def build(sample: str, folder: Path, *options: str) -> None:
    """Runs `dossier build` for a sample on the day of the tests."""
    command: tuple[str | Path, ...] = (sys.executable, "-m", "dossier", "build", f"samples/{sample}", "-m", "no", "--date", DAY.isoformat(), "-o", folder, *options)
    midnight = dt.datetime.combine(DAY, dt.time(), dt.UTC)
    validators.run(*command, env={**os.environ, "SOURCE_DATE_EPOCH": f"{midnight.timestamp():.0f}"})


@pytest.fixture(scope="session")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Verdicts:
    """What every validator that can run here says of every document; two processes at a time."""
    top = tmp_path_factory.mktemp("conformance")
    able = [name for name in validators.VALIDATORS if not validators.missing(name)]
    formats = [extension for extension, wanted in (("pdf", "veraPDF" in able), ("docx", able != ["veraPDF"])) if able and wanted]
    if not formats:
        return {}
    folders = {(sample, locale): top / sample / locale for sample, locale in sorted(CHOSEN, key=lambda chosen: -len(chosen[1]))}
    with ThreadPoolExecutor(PROCESSES) as pool:
        list(pool.map(lambda job: build(job[0][0], job[1], "-l", job[0][1], "-f", ",".join(formats)), folders.items()))
        pdf, word = (sorted(top.rglob(f"*.{extension}")) for extension in ("pdf", "docx"))
        work = {"veraPDF": (validators.verapdf, pdf), "Open XML SDK": (validators.open_xml_sdk, word), "openxml-audit": (validators.openxml_audit, word)}
        found = dict(chain.from_iterable(findings.items() for findings in pool.map(lambda name: work[name][0](work[name][1]), able)))
    return {(name, *of(file, top)): wrong for (name, file), wrong in found.items()}


def of(file: Path, top: Path) -> tuple[str, str, str]:
    """The sample, locale and document that a built file is: <sample>/<locale>/<sample>/no/NO_<document>_<sample>_..."""
    sample, locale, *_ = file.relative_to(top).parts
    return sample, locale, file.name.split("_")[1]
