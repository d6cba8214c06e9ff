"""Filled files read in: told apart, checked against the product, compared with their issue, and merged as far as they may be."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dossier import assemble, i18n, issued, output, product, template
from dossier.assemble import Workspace
from dossier.errors import DossierError, Problem, did_you_mean
from dossier.issued import Identity, Issued
from dossier.product import ProductFile
from dossier.review import ledger, merge, readers, word_margins, written
from dossier.review.findings import Comparison, compare
from dossier.review.ledger import Ledger
from dossier.review.merge import Merge, Sender
from dossier.review.reading import Finding, Reading, refuse
from dossier.review.state import REVIEW_DATE, REVIEWER
from dossier.template import Issue


@dataclass(frozen=True, slots=True)
class Choices:
    """How to read files in. `reviewer` and `reviewed` stand in where a file names nobody or no day; `read` is today.

    `market` tells the market of a file that does not say it; `force` takes answers to another revision; `prefer` settles
    conflicts (a reviewer, a file name, or "record").
    """

    read: dt.date
    reviewer: str = ""
    reviewed: str = ""
    market: str = ""
    force: bool = False
    prefer: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """The files of one document: what each brings, and what they would change in the record together.

    `product` is the product folder; None where the files were only looked at.
    """

    identity: Identity
    files: tuple[tuple[Comparison, Sender], ...]
    merge: Merge
    product: Path | None = None

    @property
    def findings(self) -> bool:
        """Whether a person has to look at something."""
        return bool(self.merge.conflicts) or any(finding.weight == "finding" for comparison, _ in self.files for finding in comparison.findings)


def intake(paths: Sequence[Path], into: Path | None, choices: Choices, workspace: Workspace | None = None) -> tuple[Part, ...]:
    """What the files bring, a part for each document, in the order of the files. Writes nothing.

    Raises DossierError with every file that is refused; then none of the others counts either.
    """
    workspace = workspace or Workspace()
    readings = [_without_house_words(reading, workspace) for reading in _read(paths)]
    file = product.read(into) if into is not None else None
    problems: list[Problem] = []
    parts: dict[tuple[str, ...], list[tuple[Comparison, Sender]]] = {}
    for reading in readings:
        try:
            comparison = _inspect(reading, file, choices, workspace)
            parts.setdefault(_document(comparison.issued.identity, file), []).append((comparison, merge.sender(comparison, choices.reviewer, choices.reviewed or choices.read.isoformat())))
        except DossierError as error:
            problems += error.problems
    if problems:
        raise DossierError(problems)
    _preferred(list(parts.values()), file, choices)
    return tuple(_part(files, file, choices) for files in parts.values())


def enter(parts: Sequence[Part]) -> tuple[Path, ...]:
    """Adds what the parts bring to the review records of their products; returns the records that grew."""
    grown = []
    for part in parts:
        if part.product is not None and part.merge.entries:
            place = part.product / ledger.place(part.identity.market, part.identity.kind)
            output.append(place, ledger.written(part.merge.entries))
            grown.append(place)
    return tuple(grown)


def _document(identity: Identity, file: ProductFile | None) -> tuple[str, ...]:
    """What tells documents apart: in a product folder the record that they share, whatever number they went by; else all they say."""
    return (identity.market, identity.kind) if file is not None else (identity.product, identity.number, identity.market, identity.kind)


def _preferred(groups: Sequence[Sequence[tuple[Comparison, Sender]]], file: ProductFile | None, choices: Choices) -> None:
    """Raises DossierError where --prefer names nobody: then it would settle nothing, without a word."""
    known = dict.fromkeys(name for files in groups for comparison, who in files for name in (who.name, comparison.reading.name))
    for identity in (files[0][0].issued.identity for files in groups):
        known |= dict.fromkeys(entry.reviewer for entry in _record(file, identity).answers.values())
    names = [*(name for name in known if name), merge.IN_RECORD]
    wanted = written.fit(choices.prefer)[0]
    if wanted and wanted not in names:
        raise DossierError(Problem("--prefer", 0, 0, f'"{wanted}" is neither a reviewer nor a file.', " ".join(part for part in (did_you_mean(wanted, names), f"Known: {', '.join(names)}.") if part)))


def _record(file: ProductFile | None, identity: Identity) -> Ledger:
    return ledger.read(file.place.folder, identity.market, identity.kind) if file is not None else Ledger()


def _part(files: Sequence[tuple[Comparison, Sender]], file: ProductFile | None, choices: Choices) -> Part:
    identity = files[0][0].issued.identity
    record = _record(file, identity)
    told = tuple((_with_sender(comparison, who, record), who) for comparison, who in files)
    return Part(identity, told, merge.merge(record, told, choices.read, choices.prefer), file.place.folder if file is not None else None)


def _with_sender(comparison: Comparison, who: Sender, record: Ledger) -> Comparison:
    """The comparison with what is to be said of the file as a whole."""
    findings = list(comparison.findings)
    if not who.name:
        findings.insert(0, Finding("The file names no reviewer. Fill in “Reviewed by” in the file, or give --reviewer; the answers are entered without a name."))
    if record.has(comparison.reading.sha256):
        findings = [Finding("This very file was read in before; it brings nothing new.", weight="note"), *_lost(comparison, record), *findings]
    return replace(comparison, findings=tuple(findings))


def _lost(comparison: Comparison, record: Ledger) -> list[Finding]:
    """The answers of a file read in before that do not count, since others were preferred or came later."""
    brought = {entry.field for entry in record.entries if entry.sha256 == comparison.reading.sha256} - {REVIEWER, REVIEW_DATE}
    found = []
    for name, value in comparison.given.items():
        field, now = comparison.issued.field[name], record.values.get(name, "")
        if name in brought and now != value:
            words = dict(field.options)
            values = {"field": field.title or name, "text": words.get(value, value), "now": words.get(now, now)}
            found.append(Finding("{field}: this answer was read in before and does not count: “{text}”. Another counts: “{now}”.", values, comparison.issued.row_of.get(name, ""), name, "note"))
    return found


# --- files ------------------------------------------------------------------------------------------------------------


def _read(paths: Sequence[Path]) -> list[Reading]:
    problems: list[Problem] = []
    readings: dict[str, Reading] = {}
    for path in paths:
        try:
            reading = readers.read(path)
        except DossierError as error:
            problems += error.problems
            continue
        if reading.sha256 in readings:
            problems.append(Problem(readers.named(path), 0, 0, f"is the same file as {readings[reading.sha256].name}.", "Give each reviewer's file once."))
        readings[reading.sha256] = reading
    if problems:
        raise DossierError(problems)
    return list(readings.values())


def _without_house_words(reading: Reading, workspace: Workspace) -> Reading:
    """The reading without what the user's own style.docx prints in headers and footers: words, a logo."""
    style = workspace.style("style.docx")
    if style is None or not any(finding.message in (written.IN_MARGINS, word_margins.PICTURE_IN_MARGINS) for finding in reading.findings):
        return reading
    own, logo = word_margins.margin_words(style.name, style.read_bytes())

    def is_own(finding: Finding) -> bool:
        return (finding.message == written.IN_MARGINS and own.issuperset(finding.values["text"].split())) or (finding.message == word_margins.PICTURE_IN_MARGINS and logo)

    return replace(reading, findings=tuple(finding for finding in reading.findings if not is_own(finding)))


def _inspect(reading: Reading, file: ProductFile | None, choices: Choices, workspace: Workspace) -> Comparison:
    """The reading compared with its issue. Raises DossierError where the file is not the product's, or cannot be compared."""
    if file is None:
        if reading.issued is None:
            raise refuse(reading.name, "carries no record of what was issued, so its answers can only be compared with the product.", "Add --into and the product's folder.")
        return compare(reading, reading.issued)
    identity = _identity(reading, file, choices, workspace)
    now = _issue_now(identity, _law_date(reading, choices), file, workspace)
    findings = _revision(reading.name, identity, now, choices)
    if reading.issued is None:
        return _told(compare(reading, replace(now, identity=identity, fields=tuple(replace(field, value="") for field in now.fields))), findings)
    comparison = compare(reading, replace(reading.issued, identity=identity))
    return _told(comparison, [*findings, *_reworded(comparison, now)])


def _told(comparison: Comparison, findings: Sequence[Finding]) -> Comparison:
    return replace(comparison, findings=(*findings, *comparison.findings))


# --- identity ---------------------------------------------------------------------------------------------------------


def _identity(reading: Reading, file: ProductFile, choices: Choices, workspace: Workspace) -> Identity:
    """The file's identity with market and document filled in. Raises DossierError for another product or document."""
    identity, name, own = reading.identity, reading.name, file.product
    if identity.product and identity.product != own.id:
        raise refuse(name, f'was made for the product "{identity.product}", not for "{own.id}" ({file.place.source.name}).', "Give the folder of its own product with --into.")
    markets = [identity.market or choices.market] if identity.market or choices.market else [*own.markets, *workspace.repository.expand(["all"])]
    numbers = _numbers(file, markets, workspace)
    # Without a prefix of the product file, numbers had no market in them once; documents issued under such a number are still on their way.
    if identity.product and identity.market and identity.kind in {each.id for each in workspace.shelf.templates} and identity.number == f"{own.id}-{identity.kind}":
        numbers.setdefault(identity.number, (identity.kind, identity.market))
    kind, market = identity.kind, identity.market or choices.market
    if identity.number in numbers:
        kind, market = kind or numbers[identity.number][0], market or numbers[identity.number][1]
    elif identity.number or kind not in {each.id for each in workspace.shelf.templates}:
        hint = did_you_mean(identity.number, numbers) or f"The product's documents are {', '.join(_numbers(file, markets[:1], workspace))}."
        raise refuse(name, f"is the document {identity.number}, which the product file does not know.", hint)
    if identity.number and numbers[identity.number][0] != kind:
        raise refuse(name, f'carries the number of {numbers[identity.number][0]}, but the record of "{kind}".', "Ask for the reviewer's file again, as they saved it.")
    market = market or (own.markets[0] if len(own.markets) == 1 else "")
    if not market:
        raise refuse(name, "does not say for which market it was made.", f"Add -m; the product file names {', '.join(own.markets) or 'no market'}.")
    return replace(identity, kind=kind, market=market, product=own.id, locale=identity.locale or workspace.repository.get(market).head.locale)


def _numbers(file: ProductFile, markets: Sequence[str], workspace: Workspace) -> dict[str, tuple[str, str]]:
    """Document and market by document number. The market is left open where two markets share the number."""
    found: dict[str, tuple[str, str]] = {}
    for market in dict.fromkeys(markets):
        for kind in workspace.shelf.templates:
            number = template.document_number(file.product, kind.id, market)
            found[number] = (kind.id, "" if number in found else market)
    return found


def _law_date(reading: Reading, choices: Choices) -> dt.date:
    """The day whose law the file applied, where it says so; else today."""
    return dt.date.fromisoformat(reading.issued.content["market"]["date"]) if reading.issued else choices.read


def _revision(name: str, identity: Identity, now: Issued, choices: Choices) -> list[Finding]:
    if identity.revision != now.identity.revision:
        if not choices.force:
            raise refuse(name, f"was made for {identity}; the product file stands at revision {now.identity.revision}.", "Read it with --force to take the answers over to the new revision; rows whose text has changed are then named.")
        return [Finding("The file was made for revision {old}; its answers are taken over to revision {new}.", {"old": identity.revision, "new": now.identity.revision})]
    if identity.data and identity.data != now.identity.data:
        return [Finding("The file was made with requirement data {old}; the data are now {new}.", {"old": identity.data, "new": now.identity.data})]
    return []


def _issue_now(identity: Identity, law_date: dt.date, file: ProductFile, workspace: Workspace) -> Issued:
    """The document as it would be issued now, without answers."""
    checklist = assemble.check(file, identity.market, law_date, workspace, pages=True)
    issue = Issue(product.issue_date(file.product, law_date))
    document = template.render(workspace.shelf.get(identity.kind), checklist, i18n.tongue(identity.locale), workspace.shelf, issue)
    return issued.parse(document.data, identity.number)


def _reworded(comparison: Comparison, now: Issued) -> list[Finding]:
    """Answered rows whose requirement reads otherwise today, or is gone: the answer was given to another text."""
    then = _texts(comparison.issued)
    today = _texts(now)
    findings = []
    for subject in dict.fromkeys(name.rpartition("/")[0] for name in comparison.given):
        if subject in then and subject not in today:
            findings.append(Finding("The row {row} is no longer in the document; its answers are kept in the record.", {"row": subject}, subject))
        elif subject in then and then[subject] != today[subject]:
            findings.append(Finding("The text of {row} has changed since this issue; check whether the answer still holds.", {"row": subject}, subject))
    return findings


def _texts(record: Issued) -> Mapping[str, object]:
    return {str(row["id"]): (row.get("text"), row.get("applies")) for row in record.content.get("rows", [])}
