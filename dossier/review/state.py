"""The names that the document's own fields have, and what state the answers give a document."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

State = Literal["draft", "reviewed", "approved"]

REVIEWER, REVIEW_DATE = "document/reviewer", "document/review-date"
APPROVED, DAY = "document/approved-", "-date"
STATUS, APPLIES, COMMENT = "/status", "/applies", "/comment"


def state(names: Iterable[str], answers: Mapping[str, str]) -> State:
    """Reviewed: somebody is named with a day, and every row has its status. Approved: everybody who approves has signed too.

    `names` are the document's fields, `answers` the values in force.
    """
    names = set(names)
    rows = {name for name in names if name.endswith(STATUS)}
    if not all(answers.get(name, "").strip() for name in {REVIEWER, REVIEW_DATE} | rows):
        return "draft"
    signed = {name for name in names if name.startswith(APPROVED)}
    return "approved" if signed and all(answers.get(name, "").strip() for name in signed) else "reviewed"
