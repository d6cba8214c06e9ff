"""YAML written and changed by lines: every text comes back, and what was not asked for stays letter for letter."""
from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier import yamlfile, yamlwrite
from dossier.yamledit import Edit, edited

TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"), max_size=300)
DATA = st.recursive(TEXT, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcdefg_-", min_size=1, max_size=5), inner, max_size=3), max_leaves=8)
ORDER = ("id", "title", "clause", "level", "note")
FILE = """\
# top
group: {id: g}
add:   # the rows
  # the first
  - id: a.one
    title: {en: One, nb: Én}   # said twice
    # why this clause
    clause: § 1

    level: primary
  # the second
  - {id: a.two, title: {en: Two}, level: primary}

  - title:
      en: >-
        Three, told
        over lines
    id: a.three
# after
change: []
"""


@given(st.dictionaries(st.text("abcdefg_-", min_size=1, max_size=5), DATA, min_size=1, max_size=4))
def test_whatever_is_written_reads_the_same(value: dict[str, Any]) -> None:
    lines = ["add:", *yamlwrite.item(value, 2)]
    assert yamlfile.loads("\n".join(lines).encode(), "x").data == {"add": [value]}
    assert yamlfile.loads(yamlwrite.flow(value).encode(), "x").data == value


def change(index: int, values: dict[str, Any], added: tuple[dict[str, Any], ...] = ()) -> str:
    return edited(FILE.encode(), "x", "add", [Edit(index, values)] if values else [], added, ORDER).decode()


def test_a_value_changes_in_its_line_and_comments_stay() -> None:
    assert change(0, {"clause": "§ 2"}) == FILE.replace("clause: § 1", "clause: § 2")


def test_a_new_key_comes_after_the_one_before_it() -> None:
    assert change(0, {"note": {"en": "N"}}) == FILE.replace("    level: primary\n  #", "    level: primary\n    note: {en: N}\n  #")
    assert change(2, {"clause": "§ 3"}) == FILE.replace("        over lines\n    id: a.three\n", "        over lines\n    id: a.three\n    clause: § 3\n")


def test_a_key_goes_with_its_lines_and_leaves_the_comment() -> None:
    assert change(0, {"clause": None}) == FILE.replace("    clause: § 1\n", "")


def test_the_first_key_keeps_its_hyphen() -> None:
    assert change(2, {"title": {"en": "Three"}}) == FILE.replace("  - title:\n      en: >-\n        Three, told\n        over lines\n", "  - title: {en: Three}\n")


def test_a_row_on_one_line_is_written_over_several() -> None:
    assert change(1, {"level": "authority"}) == FILE.replace("  - {id: a.two, title: {en: Two}, level: primary}\n", "  - id: a.two\n    title: {en: Two}\n    level: authority\n")


def test_new_rows_come_after_the_last_one() -> None:
    assert change(0, {}, ({"id": "a.four"},)) == FILE.replace("    id: a.three\n", "    id: a.three\n\n  - id: a.four\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("add:\n", "add:\n\n  - id: a\n"),
        ("group: {id: g}\nadd: []\n", "group: {id: g}\nadd:\n\n  - id: a\n"),
        ("group: {id: g}\n", "group: {id: g}\nadd:\n  - id: a\n"),
        ("add:\n#:   - id: example\n", "add:\n#:   - id: example\n\n  - id: a\n"),
    ],
)
def test_the_first_row_of_a_file(before: str, after: str) -> None:
    found = edited(before.encode(), "x", "add", [], [{"id": "a"}], ORDER).decode()
    assert yamlfile.loads(found.encode(), "x").data["add"] == [{"id": "a"}]
    assert found.replace("add:\n\n  -", "add:\n  -") == after.replace("add:\n\n  -", "add:\n  -")


def test_a_file_that_lines_cannot_change_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be changed line by line"):
        edited(b'{"add": [{"id": "a", "level": "primary"}]}', "x", "add", [Edit(0, {"level": "authority"})], [], ORDER)
