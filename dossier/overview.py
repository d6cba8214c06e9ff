"""index.html of an output folder: every file by market and document, with state and gaps; opens offline, filters as one types."""
from __future__ import annotations

import html
from collections.abc import Collection, Iterable, Mapping, Sequence

from dossier.output import Entry, File

NAME = "index.html"
_STYLE = """
:root { --ink: #1a1a1a; --accent: #1f4e6b; --soft: #44525c; --rule: #9fb0bc; --fill: #e9eff3; --warn: #a33a00 }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 78rem; padding: 1.5rem 2rem 4rem; color: var(--ink); background: #fff; font: 1rem/1.5 "Source Sans 3", "Segoe UI", system-ui, sans-serif; font-variant-numeric: tabular-nums }
h1 { margin: 0; color: var(--accent); font-size: 1.7rem; font-weight: 600 }
h2 { margin: 2.2rem 0 .6rem; color: var(--accent); font-size: 1.2rem; font-weight: 600 }
p { margin: .2rem 0 1rem; color: var(--soft) }
label { color: var(--soft); font-size: .9rem }
input { font: inherit; width: 22rem; max-width: 100%; padding: .35rem .6rem; border: 1px solid var(--rule); border-radius: 3px }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px }
.scroll { overflow-x: auto }
table { width: 100%; border-collapse: collapse; border-top: 2px solid var(--rule); border-bottom: 2px solid var(--rule) }
th, td { padding: .4rem .7rem; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: top; font-weight: 400 }
thead th { position: sticky; top: 0; background: var(--fill); color: var(--accent); font-weight: 600 }
tbody th { font-weight: 600 }
a { color: var(--accent) }
.state { color: var(--soft); font-size: .85rem; display: block }
.gaps { color: var(--warn); font-weight: 600 }
.none { color: var(--soft) }
[hidden] { display: none }
@media print { input, label { display: none } body { max-width: none; padding: 0 } }
"""
_SCRIPT = """
const box = document.getElementById("filter"), told = document.getElementById("told");
const rows = [...document.querySelectorAll("tbody tr")];
const words = new Map(rows.map(row => [row, row.dataset.words]));
function apply() {
  const wanted = box.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let shown = 0;
  for (const row of rows) { row.hidden = !wanted.every(word => words.get(row).includes(word)); shown += !row.hidden; }
  for (const part of document.querySelectorAll("section")) part.hidden = [...part.querySelectorAll("tbody tr")].every(row => row.hidden);
  told.textContent = wanted.length ? `${shown} of ${rows.length} rows` : "";
}
box.addEventListener("input", apply);
"""


def page(entries: Iterable[Entry], names: Mapping[str, str], current: Collection[str] = ()) -> File:
    """The page for everything the manifest names; `names` are the markets' names by id.

    `current` are the paths of what the run has just made or found unchanged: their gaps count, not those of files of an earlier day.
    """
    # By path: in which order files were made differs from run to run, and the page must not.
    entries = sorted(entries, key=lambda entry: str(entry["path"]))
    documents = sorted((entry for entry in entries if "document" in entry), key=lambda entry: entry["path"] not in current)
    products = sorted({entry["product"] for entry in documents})
    parts = "".join(_product(product, [entry for entry in documents if entry["product"] == product], entries, names) for product in products)
    count = len(documents)
    text = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'; script-src \'unsafe-inline\'">\n'
        f"<title>Dossiers</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>Dossiers</h1>\n<p>{count} documents of {len(products)} product{'s' if len(products) != 1 else ''}. The numbers are gaps that must be closed before filing.</p>\n"
        f'<label for="filter">Search market, document, file or language</label><br>\n<input id="filter" type="search" autocomplete="off"> <span id="told" role="status" class="none"></span>\n{parts}<script>{_SCRIPT}</script>\n</body>\n</html>\n'
    )
    return File(NAME, text.encode("utf-8"), {"overview": {"documents": count}})


def _product(product: str, documents: Sequence[Entry], entries: Sequence[Entry], names: Mapping[str, str]) -> str:
    kinds = list(dict.fromkeys(entry["document"]["kind"] for entry in sorted(documents, key=lambda entry: entry["document"]["kind"])))
    markets = sorted({market for entry in documents for market in _markets(entry)})
    head = "".join(f"<th scope=\"col\">{_text(kind.replace('-', ' ').capitalize())}</th>" for kind in kinds)
    rows = "".join(_row(market, [entry for entry in documents if market in _markets(entry)], kinds, entries, names) for market in markets)
    return f'<section>\n<h2>{_text(product)}</h2>\n<div class="scroll"><table>\n<thead><tr><th scope="col">Market</th><th scope="col">Gaps</th>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n</section>\n'


def _markets(entry: Entry) -> list[str]:
    return [entry["market"]] if "market" in entry else ["–"]


def _row(market: str, documents: Sequence[Entry], kinds: Sequence[str], entries: Sequence[Entry], names: Mapping[str, str]) -> str:
    name = names.get(market, "All markets" if market == "–" else market)
    product = documents[0]["product"]
    archives = "".join(_link(entry, "zip") for entry in entries if entry.get("archive") and entry.get("market") == market and entry.get("product") == product)
    cells = "".join(f"<td>{_cell([entry for entry in documents if entry['document']['kind'] == kind])}</td>" for kind in kinds)
    words = " ".join([name, market, product, *(f"{entry['path']} {entry['document'].get('title', '')}" for entry in documents)]).lower()
    extra = f'<span class="state">{archives}</span>' if archives else ""
    return f'<tr data-words="{_text(words)}"><th scope="row">{_text(name)}{"" if market == "–" else f" ({_text(market.upper())})"}{extra}</th><td>{_gaps(documents)}</td>{cells}</tr>\n'


def _gaps(documents: Sequence[Entry]) -> str:
    counted = next((entry["gaps"] for entry in documents if "gaps" in entry), None)
    if counted is None:
        return '<span class="none">–</span>'
    gaps = f'<span class="gaps">{counted["findings"]}</span>' if counted["findings"] else '<span class="none">none</span>'
    more = [f"{counted[key]} {word}" for key, word in (("expected", "expected"), ("undetermined", "undetermined")) if counted[key]]
    return f'{gaps}<span class="state">{", ".join(more)}</span>' if more else gaps


def _cell(files: Sequence[Entry]) -> str:
    """The files of one document: a line for each language and revision, a link for each format, the state of the document."""
    if not files:
        return '<span class="none">–</span>'
    lines = []
    for locale, revision in sorted({_issue(entry) for entry in files}):
        own = sorted((entry for entry in files if _issue(entry) == (locale, revision)), key=lambda entry: str(entry["path"]))
        links = " ".join(_link(entry, entry["document"]["format"]) for entry in own)
        about = ", ".join(filter(None, (locale, f"rev. {revision}", own[0]["document"].get("state", ""))))
        lines.append(f'{links}<span class="state">{_text(about)}</span>')
    return "".join(lines)


def _issue(entry: Entry) -> tuple[str, str]:
    return entry["document"]["locale"], entry["document"]["revision"]


def _link(entry: Entry, word: str) -> str:
    return f'<a href="{_text(entry["path"])}">{_text(word)}</a>'


def _text(text: str) -> str:
    return html.escape(text, quote=True)
