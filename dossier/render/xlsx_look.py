"""How a workbook looks: one accent, hairlines, tinted cells to fill; every status stands in words, so that grey print tells it too."""
from __future__ import annotations

from typing import Any

from dossier.blocks import Status
from dossier.render.xlsx_shape import Box, Role

ACCENT, SOFT, WARN, RULE, HEAD, FIELD = "#1f4e6b", "#44525c", "#a33a00", "#9fb0bc", "#e9eff3", "#f1f6fa"
LEADS = ("=", "+", "-", "@", "\t", "\r", "'")
LOOKS: dict[Role, dict[str, Any]] = {
    "title": {"font_size": 18, "bold": True, "font_color": ACCENT, "text_wrap": False, "valign": "vcenter"},
    "lead": {"font_size": 11, "font_color": SOFT},
    "chapter": {"font_size": 13, "bold": True, "font_color": ACCENT, "valign": "bottom"},
    "section": {"font_size": 11, "bold": True, "font_color": ACCENT, "valign": "bottom"},
    "text": {"font_size": 10},
    "note": {"font_size": 10, "font_color": SOFT, "left": 2, "left_color": RULE, "indent": 1},
    "warning": {"font_size": 10, "left": 2, "left_color": WARN, "indent": 1},
    "small": {"font_size": 8, "font_color": SOFT},
    "strong": {"font_size": 9, "bold": True, "font_color": SOFT},
    "head": {"font_size": 9, "bold": True, "font_color": ACCENT, "bg_color": HEAD, "bottom": 1, "bottom_color": ACCENT, "valign": "bottom"},
    "row-head": {"font_size": 9, "bold": True, "bottom": 1, "bottom_color": RULE},
    "label": {"font_size": 9, "font_color": SOFT, "bottom": 1, "bottom_color": RULE},
    "cell": {"font_size": 9, "bottom": 1, "bottom_color": RULE},
    "field": {"font_size": 10, "bg_color": FIELD, "border": 1, "border_color": RULE, "locked": False},
    "link": {"font_size": 10, "font_color": ACCENT, "underline": 1, "text_wrap": False},
}
ABOVE = {"chapter": 12.0, "section": 6.0}
LEAST: dict[Role, float] = {"field": 27.0, "title": 30.0}
WORDS: dict[str, dict[str, Any]] = {"": {}, "strong": {"bold": True}, "em": {"italic": True, "font_color": SOFT}, "small": {"font_size": 8, "font_color": SOFT}, "code": {"font_name": "Courier New", "font_size": 8}}
LINKED = {"font_color": ACCENT, "underline": 1}
_FILLS = {"gap": "#f6e4da", "expected": "#fbf2ec", "undetermined": "#ececec", "heat-1": "#e9eff3", "heat-2": "#c3d4df", "heat-3": "#7d9fb4", "heat-4": ACCENT}
_STATUS_COLOURS = {"heat-4": "#ffffff", "gap": WARN, "expected": WARN, "unconfirmed": WARN, "not-applicable": SOFT, "information": SOFT}


def status(kind: str) -> dict[str, Any]:
    """How the word of a status is set off."""
    return {"bold": True, **({"font_color": _STATUS_COLOURS[kind]} if kind in _STATUS_COLOURS else {})}


def fill(box: Box) -> dict[str, Any]:
    """The tint behind a cell whose status asks for work."""
    found = next((_FILLS[inline.kind] for inline in box.inlines if isinstance(inline, Status) and inline.kind in _FILLS), "")
    return {"bg_color": found} if found and box.role == "cell" else {}


def quoted(text: str) -> dict[str, Any]:
    """Text that Excel would take for a formula, or whose apostrophe it would drop, once someone edits it: marked as text."""
    return {"quote_prefix": True} if text.startswith(LEADS) else {}
