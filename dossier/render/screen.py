"""Blocks -> one self-contained HTML page to read and fill in on the screen, without Word and without the network."""
from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from html import escape
from pathlib import Path
from typing import Any

from dossier import resources
from dossier.blocks import Document, fields_of
from dossier.errors import DossierError, Problem
from dossier.render import html, phrases

ANSWERS = "urn:dossier:answers:1"
_VIEW = '<meta name="viewport" content="width=device-width, initial-scale=1">'


def render(document: Document, style: Path | None = None) -> bytes:
    """The document as one HTML file in UTF-8; `style` is a style sheet laid on top of the shipped one.

    The page forbids itself every request and every script but ours, known by its fingerprint, so that a word in a product
    file can never make it fetch or run anything. Without fields it holds no script at all.
    """
    form = bool(fields_of(document))
    script = _text(resources.asset("screen.js")).replace("</", "<\\/") if form else ""
    sheets = "\n".join((_text(resources.asset("screen.css")), _shapes(), *([_text(style)] if style else [])))
    # A style sheet ends at the first "</"; inside one it is written with an escape.
    harmless = sheets.replace("</", "<\\/")
    head = f"{_policy(script)}\n{_VIEW}\n<style>\n{harmless}\n</style>\n</head>"
    page = html.markup(document, forms=form).replace("</head>", head, 1)
    if form:
        page = re.sub(r'<body class="(\w+)"([^>]*)>', lambda body: f'<body class="{body[1]} form"{body[2]}>\n{_bar(document)}', page, count=1)
        before, _, after = page.rpartition("</body>")
        page = f'{before}<script type="application/json" id="page">{_data(document)}</script>\n<script>{script}</script>\n</body>{after}'
    return page.encode()


def _policy(script: str) -> str:
    ours = f" script-src 'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}';" if script else ""
    return f'<meta http-equiv="Content-Security-Policy" content="default-src \'none\';{ours} style-src \'unsafe-inline\'; img-src data:; base-uri \'none\'; form-action \'none\'">'


def _bar(document: Document) -> str:
    """What stays at the top of the page: how far the review is, and the way to save it."""

    def say(phrase: str) -> str:
        return escape(document.words.get(phrase, phrase))

    head = "  ·  ".join(part for part in (f"{document.number} · {document.words['revision']} {document.revision}", document.title, document.mark) if part)
    return f"""<noscript><p class="warning">{say("Answers cannot be saved here, because scripts are switched off. Fill in the Word file instead.")}</p></noscript>
<div id="bar" role="region" aria-label="{say("Answers")}" hidden>
<p class="title">{escape(head)}</p>
<p class="break"></p>
<p class="progress"><span id="count"></span> <progress id="done" value="0" max="1" aria-labelledby="count"></progress> <span id="who"></span></p>
<p class="tools"><input type="search" id="search" placeholder="{say("Search the rows")}" aria-label="{say("Search the rows")}"> <label><input type="checkbox" id="open"> {say("Only rows without an answer")}</label> \
<button type="button" id="load">{say("Load answers")}</button><input type="file" id="file" accept=".json,application/json" aria-label="{say("Load answers")}" hidden></p>
<p class="act"><button type="button" id="more" aria-expanded="false" title="{say("Show search and more")}" aria-label="{say("Show search and more")}">…</button> <button type="button" id="save">{say("Save answers")}</button></p>
<p id="message" role="status">{say("Answers to send back are saved as a file.")}</p>
</div>"""


def _data(document: Document) -> str:
    """What the script knows of the document, as JSON that no HTML parser takes for anything else."""
    about: dict[str, Any] = json.loads(document.data) if document.data else {}
    locale = "+".join(part for part in (document.locale, document.second_locale) if part)
    content = {
        "schema": ANSWERS,
        "document": {"number": document.number, "revision": document.revision, "kind": document.kind, "date": document.date.isoformat(), "locale": locale},
        "product": about.get("product", {}).get("id", ""),
        "market": about.get("market", {}).get("id", ""),
        "data": about.get("data", ""),
        "words": {phrase: document.words.get(phrase, phrase) for phrase in phrases.SCREEN},
        "record": base64.b64encode(zlib.compress(document.record, 9)).decode() if document.record else "",
    }
    return re.sub("[<>&\u2028\u2029]", lambda found: f"\\u{ord(found[0]):04x}", json.dumps(content, ensure_ascii=False, sort_keys=True))


def _shapes() -> str:
    """The status shapes of the print sheet: drawn once, the same on paper and on the screen."""
    return "\n".join(re.findall(r"(?m)^\.[a-z-]+(?:, \.[a-z-]+)* \{[^}]*background-image: url\([^}]*\}$", _text(resources.asset("style.css"))))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DossierError(Problem(str(path), 0, 0, f"cannot be read: {error}.", "Check the path of the style sheet.")) from None
