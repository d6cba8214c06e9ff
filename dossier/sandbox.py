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
import jinja2.sandbox

from dossier import i18n, markup
from dossier.blocks import Block
from dossier.errors import DossierError, Problem
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
            *(jinja2.FileSystemLoader(folder) for folder in folders),
            jinja2.PrefixLoader({"shipped": jinja2.FileSystemLoader(folders[-1])}, delimiter=":"),
        ]
    )
    environment = jinja2.sandbox.ImmutableSandboxedEnvironment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, extensions=[_Places], trim_blocks=True, lstrip_blocks=True)
    environment.globals.clear()
    return environment


def _html(name: str, values: Mapping[str, Any], voice: Speaker, folders: tuple[Path, ...]) -> str:
    environment = _environment(folders)
    try:
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
    except (TypeError, ValueError, KeyError, AttributeError, IndexError, ArithmeticError, RecursionError) as error:
        raise DossierError(Problem(*_failed_at(error, name), f"the template cannot be filled: {error}.", "Compare with the shipped template.")) from None


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
