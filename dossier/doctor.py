"""What this machine has and lacks for building dossiers."""
from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass

from dossier import __version__
from dossier.errors import DossierError


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: whether it is good, what was found, and what to do if it is not."""

    name: str
    good: bool
    found: str
    remedy: str = ""


def examine() -> tuple[Check, ...]:
    """All checks, in the order in which they matter."""
    return tuple(look() for look in (_version, _python, _data, _templates, _word, _pdf))


def _version() -> Check:
    return Check("dossier", True, __version__)


def _python() -> Check:
    good = sys.version_info >= (3, 11)
    return Check("Python", good, platform.python_version(), "" if good else "Install Python 3.11 or later.")


def _data() -> Check:
    def look() -> str:
        from dossier.assemble import Workspace

        repository = Workspace().repository
        return f"version {repository.version}, {len(repository.markets())} markets, {len(repository.library.kinds)} evidence kinds"

    return _try("requirement data", look, "Install dossier again.")


def _templates() -> Check:
    def look() -> str:
        from dossier.assemble import Workspace

        return f"{len(Workspace().shelf.templates)} documents"

    return _try("templates", look, "Install dossier again.")


def _word() -> Check:
    def look() -> str:
        from importlib.metadata import version

        import docx  # noqa: F401

        return f"python-docx {version('python-docx')}"

    return _try("Word output", look, "Run: pip install python-docx")


def _pdf() -> Check:
    def look() -> str:
        from dossier.render import pdf

        return pdf.engine()

    return _try("PDF output", look, "Word output works without it: dossier build -f docx")


def _try(name: str, look: Callable[[], str], remedy: str) -> Check:
    try:
        return Check(name, True, look())
    except DossierError as error:
        return Check(name, False, " ".join(str(problem) for problem in error.problems), remedy)
    except ImportError as error:
        return Check(name, False, str(error), remedy)
