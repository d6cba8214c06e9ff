"""Medical-device submission dossiers from one product description and verified requirement data."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dossier.api import build, check, read_review

# A constant: reading the installed metadata costs 40 ms at every start.
__version__ = "0.1.0"
__all__ = ["__version__", "build", "check", "read_review"]


def __getattr__(name: str) -> Any:
    """The functions are loaded when they are used, so that `import dossier` stays instant."""
    if name in __all__:
        from dossier import api

        return getattr(api, name)
    raise AttributeError(f"module 'dossier' has no attribute {name!r}")
