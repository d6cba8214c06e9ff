"""The review commands: filled files read in, and two issues compared; what is found is printed, and written where asked."""
from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from dossier import terminal
from dossier.errors import ExitCode

if TYPE_CHECKING:
    from dossier.assemble import Workspace
    from dossier.blocks import Document
    from dossier.issued import Identity
    from dossier.review.intake import Choices, Part
    from dossier.review.merge import Voice

REPORT_FORMATS = ("docx", "pdf")


def read(paths: Sequence[Path], into: Path | None, choices: Choices, workspace: Workspace, *, dry_run: bool, yes: bool, report: Path | None, formats: Sequence[str], as_json: bool) -> int:
    """Reads filled files in; with `into`, enters their answers in the product's review record. Returns the exit code."""
    from dossier.review.intake import intake
    from dossier.review.reports import as_json as data_of
    from dossier.review.reports import findings

    parts = intake(paths, into, choices, workspace)
    if as_json:
        print(json.dumps([data_of(part) for part in parts], ensure_ascii=False, indent=1))
    else:
        for part in parts:
            _print_part(part)
    if report is not None:
        _write([(findings(part, choices.read, workspace.shelf), part.identity) for part in parts], report, formats, workspace)
    if into is not None:
        _enter(parts, dry_run, yes)
    return ExitCode.FINDINGS if any(part.findings for part in parts) else ExitCode.DONE


def compare(old: Path, new: Path, day: dt.date, workspace: Workspace, *, report: Path | None, formats: Sequence[str], as_json: bool) -> int:
    """Compares two issues of one document; prints the differences, or writes the change note. Returns the exit code."""
    from dossier.review import readers, redline
    from dossier.review.reports import change_note

    before, after = readers.issue(old), readers.issue(new)
    differences = redline.compare(before, after, (old.name, new.name))
    if as_json:
        print(json.dumps([asdict(difference) for difference in differences], ensure_ascii=False, indent=1))
    else:
        rows = [(difference.kind, difference.subject, difference.aspect, difference.old, difference.new) for difference in differences]
        _table(("concerns", "", "what", "old", "new"), rows)
        _tell(f"{_count(len(differences), 'difference')} between {before.identity} and {after.identity}")
    if report is not None:
        _write([(change_note(differences, before, after, day, workspace.shelf), after.identity)], report, formats, workspace)
    return ExitCode.DONE


# --- printing ---------------------------------------------------------------------------------------------------------


def _print_part(part: Part) -> None:
    print(f"\n{part.identity}" + (f", {part.identity.market}" if part.identity.market else ""))
    for comparison, who in part.files:
        filled = _count(len(comparison.given), "answer") + (f", {_count(len(comparison.reading.remarks), 'remark')}" if comparison.reading.remarks else "")
        print(f"{comparison.reading.name}: {who.name or 'no reviewer named'}, {who.date}: {filled}")
        for finding in comparison.findings:
            place = f"{finding.row}: " if finding.row and finding.row not in str(finding) else ""
            print(f"  {'note: ' if finding.weight == 'note' else ''}{place}{finding}")
        for remark in comparison.reading.remarks:
            print(f"  remark: {', '.join(text for text in (remark.row, remark.author or who.name, remark.date[:10]) if text)}: {remark.text}")
    _table(("row", "field", "before", "after", "reviewer"), [(change.row, _field(change.field), change.before, change.after, change.reviewer) for change in part.merge.changes])
    for conflict in part.merge.conflicts:
        print(f"conflict: {conflict.row or conflict.field}, {_field(conflict.field)}; not entered until it is settled:")
        for one in conflict.voices:
            _print_voice(one)
    for settled in part.merge.settled:
        print(f"settled: {settled.row or settled.field}, {_field(settled.field)}:")
        for one in settled.voices:
            _print_voice(one, "counts: " if one.value == settled.chosen.value else "not taken: ")
    if part.merge.conflicts:
        _tell("Settle the conflicts with --prefer and a reviewer's name, a file's name, or record.")


def _print_voice(voice: Voice, mark: str = "") -> None:
    from dossier.review.merge import IN_RECORD

    print(f"  {mark}{'in the review record' if voice.source == IN_RECORD else voice.source}, {voice.reviewer or 'no name'}, {voice.date}: {voice.value or '(empty)'}")


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _field(name: str) -> str:
    return name.rpartition("/")[2]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if not rows:
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in head:
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*(Text(text) for text in row))
    terminal.console().print(table)


def _tell(message: str) -> None:
    print(message, file=sys.stderr)


# --- writing ----------------------------------------------------------------------------------------------------------


def _enter(parts: Sequence[Part], dry_run: bool, yes: bool) -> None:
    """Adds the lines to the review records, after asking where somebody can answer."""
    from dossier.review.intake import enter

    lines = sum(len(part.merge.entries) for part in parts)
    answers = sum(len(part.merge.changes) for part in parts)
    if not lines:
        _tell("Nothing new to enter in the review record.")
        return
    if dry_run:
        _tell(f"{_count(answers, 'changed answer')} would be entered in the review record (--dry-run: nothing was written).")
        return
    if not yes and sys.stdin.isatty() and sys.stderr.isatty() and not _agreed(answers):
        _tell("Nothing was written.")
        return
    for place in enter(parts):
        _tell(f"entered in {place}")


def _agreed(answers: int) -> bool:
    import click

    return bool(click.confirm(f"Enter {_count(answers, 'changed answer')} in the review record?", err=True))


def _write(documents: Sequence[tuple[Document, Identity]], folder: Path, formats: Sequence[str], workspace: Workspace) -> None:
    from dataclasses import replace

    from dossier import assemble, output
    from dossier.blocks import respelled
    from dossier.render.fonts import visible

    for (made, _), stem in zip(documents, _stems(documents), strict=True):
        document = replace(made, blocks=respelled(made.blocks, lambda text: visible(text, workspace.fonts)))
        for extension in assemble.known_formats(formats or REPORT_FORMATS):
            path = folder / f"{stem}.{extension}"
            output.write_text(path, assemble.rendered(document, extension, workspace))
            _tell(str(path))


def _stems(documents: Sequence[tuple[Document, Identity]]) -> list[str]:
    """The reports' file names without extension. Where documents share number, revision and language, their market tells them apart, then the product, then the document."""
    from dossier.output import plain_name

    plain = [f"{plain_name(made.number)}_r{plain_name(made.revision)}_{made.locale}" for made, _ in documents]
    names = []
    for stem, (_, identity) in zip(plain, documents, strict=True):
        alike = [other for same, (_, other) in zip(plain, documents, strict=True) if same.casefold() == stem.casefold()]
        told = [plain_name(getattr(identity, what)) for what in ("market", "product", "kind") if len({getattr(other, what) for other in alike}) > 1]
        names.append("_".join([stem, *told]))
    return names
