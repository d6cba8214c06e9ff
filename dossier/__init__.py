"""Medical-device submission dossiers from one product description and verified requirement data."""
from __future__ import annotations

# A constant: reading the installed metadata costs 40 ms at every start.
__version__ = "0.1.0"
