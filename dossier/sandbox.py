"""Jinja2 in its sandbox: a template filled with plain values; whatever goes wrong names the template's file and line."""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import jinja2.exceptions
import jinja2.ext
import jinja2.nodes
import jinja2.sandbox

from dossier import i18n, markup
from dossier.blocks import Block
from dossier.errors import DossierError, Problem, did_you_mean
from dossier.speech import Speaker


def fill(name: str, values: Mapping[str, Any], voice: Speaker, folders: Sequence[Path]) -> tuple[Block, ...]:
    """The blocks that the template `name` (a path below one of the folders) gives with `values`, its words by `voice`.

    Raises DossierError with the template's file and line for a template that does not work.
    """
    return markup.parse(_html(name, values, voice, tuple(folders)), name)


class _Places(jinja2.ext.Extension):
    """Marks each line of markup with its template and line, so that an error in the vocabulary names its place.

    Only lines that begin with a tag outside any template statement are marked; the mark is an HTML comment, which
    the vocabulary reader takes in.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        lines = source.split("\n")
        state = ""
        for index, line in enumerate(lines):
            if not state and re.match(r"\s*<[a-z/]", line):
                lines[index] = f"<!--@{name}:{index + 1}-->{line}"
            state = _open_after(line, state)
        return "\n".join(lines)


def _open_after(line: str, state: str) -> str:
    """The template statement or tag that is still open at the end of the line."""
    closers = {"{%": "%}", "{{": "}}", "{#": "#}", "<": ">"}
    position = 0
    while position < len(line):
        if state:
            end = line.find(closers[state], position)
            if end < 0:
                return state
            position, state = end + len(closers[state]), ""
            continue
        match = re.compile(r"\{%|\{\{|\{#|<(?=[a-z/])").search(line, position)
        if match is None:
            return ""
        state, position = match.group(), match.end()
    return state


@cache
def _environment(folders: tuple[Path, ...]) -> jinja2.Environment:
    loader = jinja2.ChoiceLoader(
        [
            # Editors on Windows put a byte order mark in front.
            *(jinja2.FileSystemLoader(folder, encoding="utf-8-sig") for folder in folders),
            jinja2.PrefixLoader({"shipped": jinja2.FileSystemLoader(folders[-1], encoding="utf-8-sig")}, delimiter=":"),
        ]
    )
    environment = jinja2.sandbox.ImmutableSandboxedEnvironment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, extensions=[_Places], trim_blocks=True, lstrip_blocks=True)
    environment.globals.clear()
    return environment


def _html(name: str, values: Mapping[str, Any], voice: Speaker, folders: tuple[Path, ...]) -> str:
    environment = _environment(folders)
    try:
        _check_blocks(environment, name, folders[-1])
        return environment.get_template(name, globals={"_": voice.words, "colon": voice.both(lambda words: i18n.colon(words.locale))}).render(values)
    except jinja2.TemplateSyntaxError as error:
        raise DossierError(Problem(error.filename or name, error.lineno, 1, f"the template is not valid: {error.message}", "Compare with the shipped template.")) from None
    except jinja2.TemplateNotFound as error:
        raise DossierError(Problem(name, 0, 0, f'the template "{error.name}" is not there.', 'A shipped one is named "shipped:<folder>/<file>".')) from None
    except jinja2.UndefinedError as error:
        hint = "The template variables are listed in CONTRIBUTING.md."
        raise DossierError(Problem(*_failed_at(error, name), f"the template prints something that does not exist: {error.message}.", hint)) from None
    except jinja2.exceptions.SecurityError as error:
        raise DossierError(Problem(*_failed_at(error, name), f"the template does something that templates may not do: {error}.", "Print values only.")) from None
    except UnicodeDecodeError as error:
        raise DossierError(Problem(name, 0, 0, f"the template is not UTF-8 (byte {error.start + 1}).", "Save it as UTF-8 in your editor.")) from None
    except (TypeError, ValueError, KeyError, AttributeError, IndexError, ArithmeticError, RecursionError) as error:
        raise DossierError(Problem(*_failed_at(error, name), f"the template cannot be filled: {error}.", "Compare with the shipped template.")) from None


def _check_blocks(environment: jinja2.Environment, name: str, shipped: Path) -> None:
    """Raises DossierError where a template that extends another one has a block that is not there: its words would be printed nowhere."""
    source, file, _ = environment.loader.get_source(environment, name) if environment.loader else ("", "", None)
    if file is None or Path(file).is_relative_to(shipped):
        return
    tree = environment.parse(source, name, file)
    parents = [node.template.value for node in tree.find_all(jinja2.nodes.Extends) if isinstance(node.template, jinja2.nodes.Const)]
    if not parents:
        return
    known = _blocks(environment, str(parents[0]))
    strange = [node for node in tree.body if isinstance(node, jinja2.nodes.Block) and node.name not in known]
    if strange:
        raise DossierError([Problem(file, node.lineno, 1, f'the block "{node.name}" is not in {parents[0]}, so its words would be printed nowhere.', did_you_mean(node.name, known) or f"Its blocks are {', '.join(sorted(known))}.") for node in strange])


def _blocks(environment: jinja2.Environment, name: str) -> set[str]:
    """The names of all blocks of the template, and of those that it extends."""
    assert environment.loader is not None
    source, file, _ = environment.loader.get_source(environment, name)
    tree = environment.parse(source, name, file)
    found = {node.name for node in tree.find_all(jinja2.nodes.Block)}
    for node in tree.find_all(jinja2.nodes.Extends):
        if isinstance(node.template, jinja2.nodes.Const) and str(node.template.value) != name:
            found |= _blocks(environment, str(node.template.value))
    return found


def _failed_at(error: Exception, name: str) -> tuple[str, int, int]:
    """The template and line in which the error arose: the innermost frame that is a template."""
    place = (name, 0, 0)
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.endswith((".j2", "<template>")):
            place = (file, trace.tb_lineno, 1)
        trace = trace.tb_next
    return place
