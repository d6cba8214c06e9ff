"""The strict loader: what is written is what is read, and what is refused is named with its place."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier import yamlfile
from dossier.errors import DossierError

SCALARS = [
    *["y", "Y", "yes", "Yes", "YES", "n", "N", "no", "No", "NO", "true", "True", "TRUE", "false", "False", "FALSE", "on", "On", "ON", "off", "Off", "OFF", "null", "Null", "NULL", "~"],
    *["AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE", "IS", "LI", "NO"],
    *["1.10", "17.10", "17.2", "17.20", "23.4", "012", "012345", "0x1F", "0o17", "1e3", "12:30", "190:20:30", "1_000", "+1", "-0", ".inf", ".NaN", "2026-11-23", "00012345670123", "=", "1.0"],
]


def problems(content: bytes) -> list[str]:
    with pytest.raises(DossierError) as caught:
        yamlfile.loads(content, "p.yaml")
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("scalar", SCALARS)
def test_a_scalar_is_the_text_as_written(scalar: str) -> None:
    assert yamlfile.loads(f"key: {scalar}\n".encode(), "p.yaml").data == {"key": scalar}
    assert yamlfile.loads(f"{scalar}: value\n".encode(), "p.yaml").data == {scalar: "value"}


def test_values_and_keys_know_their_place() -> None:
    file = yamlfile.loads(b"product:\n  name: Pump\n  classes: [I, IIa]\n", "p.yaml")
    assert file.at(("product", "name")) == (2, 9)
    assert file.at(("product", "name"), key=True) == (2, 3)
    assert file.at(("product", "classes", 1)) == (3, 16)
    assert file.at(("product", "name", "deeper")) == (2, 9)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"a: 1\nb: 2\na: 3\n", 'p.yaml:3:1: "a" is given twice; it stands already on line 1. Keep one of the two.'),
        (b"a: &x 1\nb: *x\n", 'p.yaml:1:4: "&x" is an anchor; anchors are not used here. Remove it and write the value out where it is needed.'),
        (b"a: !!int 1\n", 'p.yaml:1:4: the tag "tag:yaml.org,2002:int" is not used here. Remove it; the field decides the type.'),
        (b"<<: {a: 1}\n", 'p.yaml:1:1: the merge key "<<" is not used here. Write the values out.'),
        (b"a: 1\n---\nb: 2\n", 'p.yaml:2:1: a second document starts here ("---"). Keep one document in a file.'),
        (b'a: "x\\x0b"\n', "p.yaml:1:4: control character U+000B cannot stand in a document. Delete it; it often comes with text pasted from a PDF."),
        (b"a: x\x07y\n", "p.yaml:1:5: control character U+0007 cannot stand in a document. Delete it; it often comes with text pasted from a PDF."),
        (b'a: "\\uD800"\n', "p.yaml:1:7: is not valid YAML: found invalid Unicode character escape code. Look at this line and the one before it: indentation, a missing quote, or a missing colon."),
        ("a: ok\nb: \u00e9".encode("latin-1"), 'p.yaml:2:4: is not UTF-8 text. Save it again with the encoding "UTF-8".'),
        (b"{a: {b: 1}: c}\n", "p.yaml:1:11: is not valid YAML: did not find expected ',' or '}'. Look at this line and the one before it: indentation, a missing quote, or a missing colon."),
        (b"? [a]\n: b\n", "p.yaml:1:3: a key must be plain text. A value in braces or brackets may need quotes."),
        (b"a: b: c\n", 'p.yaml:1:5: is not valid YAML: mapping values are not allowed in this context. A text with ": " in it needs double quotes.'),
    ],
)
def test_what_is_refused_is_named_with_its_place(content: bytes, line: str) -> None:
    assert line in problems(content)


def test_several_faults_are_named_together() -> None:
    assert len(problems(b"a: 1\na: 2\nb: !x 3\nc: &d 4\n")) == 3


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DossierError, match="cannot be read: no such file or directory"):
        yamlfile.read(tmp_path / "nothing.yaml")


BOMBS = {
    "brackets": b"[" * 1_000_000,
    "closed brackets": b"[" * 1_000_000 + b"]" * 1_000_000,
    "braces": b"{a: " * 200_000,
    "hyphens": b"- " * 200_000,
    "too many values": b"a:\n" + b"- x\n" * 600_000,
    "too large": b"a: " + b"x" * (6 << 20),
    "laughs": b"a0: &a0 x\n" + b"".join(b"a%d: &a%d [*a%d, *a%d]\n" % (n, n, n - 1, n - 1) for n in range(1, 40)),
    "merges": b"a0: &a0 {k: 1}\n" + b"".join(b"a%d: &a%d {<<: [*a%d, *a%d], k%d: 1}\n" % (n, n, n - 1, n - 1, n) for n in range(1, 22)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused(name: str) -> None:
    assert problems(BOMBS[name])


def test_bombs_are_refused_in_little_memory() -> None:
    code = """
import resource, sys
from dossier import errors, yamlfile
content = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    yamlfile.loads(content, "b")
except errors.DossierError:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    for name in ("brackets", "merges", "laughs", "hyphens"):
        done = subprocess.run([sys.executable, "-c", code], input=BOMBS[name], capture_output=True, check=True)
        assert int(done.stdout) < 100 * 1024, name


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_data_or_a_located_problem(content: bytes) -> None:
    try:
        yamlfile.loads(content, "p.yaml")
    except DossierError as error:
        assert error.problems


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab:-[]{}#&*!|>'\"%@`,? \n\t\u00e6\u2028", max_size=80))
def test_any_text_gives_data_or_a_located_problem(text: str) -> None:
    try:
        yamlfile.loads(text.encode(), "p.yaml")
    except DossierError as error:
        assert all(problem.file == "p.yaml" for problem in error.problems)
