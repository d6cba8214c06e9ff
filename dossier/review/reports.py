"""The two documents about a review: the findings list after files were read in, and the change note between two issues."""
from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dossier import __version__, blocks, i18n, sandbox, template
from dossier.i18n import Tongue
from dossier.issued import Identity, Issued
from dossier.labels import APPLIES, COVERAGE
from dossier.review.intake import Part
from dossier.review.merge import IN_RECORD, Voice
from dossier.review.reading import Finding
from dossier.review.redline import Difference
from dossier.speech import Phrase, Speaker
from dossier.template import Shelf

FOLDER = "_review"
STANDING = {"required": "Required", "expected": "Expected", "informs": "For information", "unconfirmed": "Unconfirmed", "pending": "Not in force"}
CHAPTERS = {
    "fact": "About the two issues",
    "requirement": "Requirements",
    "decision": "Decisions",
    "evidence": "Evidence",
    "answer": "Answers of reviewers",
    "text": "Other wording",
}


@dataclass(frozen=True, slots=True)
class About:
    """What a report says of itself."""

    title: Phrase
    number: str
    date: Phrase
    tool: str


def findings(part: Part, date: dt.date, shelf: Shelf) -> blocks.Document:
    """The findings list of the files of one document: who filled what, what is to be looked at, what changes, conflicts open and settled, remarks."""
    identity, issue = part.identity, part.files[0][0].issued
    voice = _voice(identity, shelf)
    say = voice.words
    values = {
        "about": About(say("Findings of the review"), f"{identity.number}-findings", voice.day(date), f"dossier {__version__}"),
        "facts": _facts(identity, issue, voice),
        "files": [
            (index, comparison.reading.name, who.name, _short(who.date, voice), comparison.reading.sha256[:12], len(comparison.given))
            for index, (comparison, who) in enumerate(part.files, 1)
        ],
        "findings": [(index, finding.row, _sentence(finding, voice), finding.weight) for index, (comparison, _) in enumerate(part.files, 1) for finding in comparison.findings],
        "changes": [(change.row, _title(issue, change.field), _shown(issue, change.field, change.before), _shown(issue, change.field, change.after), change.reviewer) for change in part.merge.changes],
        "conflicts": [(conflict.row, _title(issue, conflict.field), [_voiced(one, conflict.field, issue, voice) for one in conflict.voices]) for conflict in part.merge.conflicts],
        "settled": [
            (settled.row, _title(issue, settled.field), [(one.value == settled.chosen.value, *_voiced(one, settled.field, issue, voice)) for one in settled.voices]) for settled in part.merge.settled
        ],
        "remarks": [
            (remark.row, remark.author or who.name, _short(remark.date[:10] or who.date, voice), remark.text) for comparison, who in part.files for remark in comparison.reading.remarks
        ],
    }
    return _document("review-findings", values, identity, issue, date, voice, shelf, {"parts": [as_json(part)]})


def change_note(differences: Sequence[Difference], old: Issued, new: Issued, date: dt.date, shelf: Shelf) -> blocks.Document:
    """The change note: what differs between two issues of one document, a chapter for each kind of difference."""
    identity = new.identity
    voice = _voice(identity, shelf)
    say = voice.words
    chapters = [(kind, say(CHAPTERS[kind]), [_row(difference, old, new, voice) for difference in differences if difference.kind == kind]) for kind in CHAPTERS]
    values = {
        "about": About(say("Change note"), f"{identity.number}-changes", voice.day(date), f"dossier {__version__}"),
        "facts": _facts(identity, new, voice),
        "issues": [
            (say(word), issue.identity.revision, _short(issue.identity.date, voice), issue.identity.data, _short(str(issue.content["market"].get("date", "")), voice))
            for word, issue in (("Older issue", old), ("Newer issue", new))
        ],
        "chapters": [chapter for chapter in chapters if chapter[2]],
        "count": len(differences),
    }
    return _document("change-note", values, identity, new, date, voice, shelf, {"differences": [asdict(difference) for difference in differences]})


def as_json(part: Part) -> dict[str, Any]:
    """A part as plain data, for programs."""
    return {
        "document": asdict(part.identity),
        "files": [
            {
                "file": comparison.reading.name,
                "sha256": comparison.reading.sha256,
                "format": comparison.reading.format,
                "reviewer": who.name,
                "date": who.date,
                "answers": comparison.given,
                "remarks": [asdict(remark) for remark in comparison.reading.remarks],
                "findings": [{"weight": finding.weight, "row": finding.row, "field": finding.field, "message": str(finding)} for finding in comparison.findings],
            }
            for comparison, who in part.files
        ],
        "changes": [asdict(change) for change in part.merge.changes],
        "conflicts": [asdict(conflict) for conflict in part.merge.conflicts],
        "settled": [asdict(settled) for settled in part.merge.settled],
    }


# --- words ------------------------------------------------------------------------------------------------------------


def _voice(identity: Identity, shelf: Shelf) -> Speaker:
    return template.speaker(shelf, FOLDER, Tongue(identity.locale.split("+")[0]))


def _sentence(finding: Finding, voice: Speaker) -> Phrase:
    return voice.words(finding.message, **finding.values)


def _short(text: str, voice: Speaker) -> str:
    try:
        return i18n.short_day(dt.date.fromisoformat(text[:10]), voice.first)
    except ValueError:
        return text


def _facts(identity: Identity, issue: Issued, voice: Speaker) -> list[tuple[Phrase, str]]:
    product = issue.content["product"]
    facts = [("Document", identity.number), ("Revision", identity.revision), ("Product", " ".join(part for part in (product.get("name", ""), product.get("version", "")) if part)), ("Manufacturer", product.get("manufacturer", ""))]
    return [(voice.words(label), value) for label, value in facts if value]


def _voiced(one: Voice, field: str, issue: Issued, voice: Speaker) -> tuple[str, str, str, str]:
    """An answer with who gave it: file, reviewer, day, answer."""
    return _source(one.source, voice), one.reviewer, _short(one.date, voice), _shown(issue, field, one.value)


def _source(source: str, voice: Speaker) -> str:
    return voice.words("review record").first if source == IN_RECORD else source


def _title(issue: Issued, name: str) -> str:
    field = issue.field.get(name)
    return field.title.split(":")[0] if field is not None and field.title else name


def _shown(issue: Issued, name: str, value: str) -> str:
    """The answer as its field shows it: a code in words."""
    field = issue.field.get(name)
    if field is not None and field.kind == "checkbox":
        return "\u2611" if value == "yes" else "\u2610"
    return dict(field.options).get(value, value) if field is not None else value


def _row(difference: Difference, old: Issued, new: Issued, voice: Speaker) -> tuple[str, Phrase, str, str]:
    """A line of the change note: subject, aspect, old and new as they are printed."""
    if difference.kind == "answer":
        issue = new if difference.subject in new.field else old
        subject = issue.row_of.get(difference.subject) or difference.subject
        return subject, Phrase(_title(issue, difference.subject)), _shown(issue, difference.subject, difference.old), _shown(issue, difference.subject, difference.new)
    subject = voice.words(difference.subject).first if difference.kind == "fact" else difference.subject
    aspect = voice.words(difference.aspect) if difference.kind != "fact" else Phrase("")
    return subject, aspect, _code(difference, difference.old, voice), _code(difference, difference.new, voice)


def _code(difference: Difference, value: str, voice: Speaker) -> str:
    words: Mapping[str, str] = {}
    match difference.aspect:
        case "Applies":
            words = {code: word for code, (_, word) in APPLIES.items()}
        case "Coverage":
            words = COVERAGE
        case "Standing":
            words = STANDING
        case "Date" | "Law as of":
            return _short(value, voice)
    return voice.words(words[value]).first if value in words else value


# --- the document -----------------------------------------------------------------------------------------------------


def _document(kind: str, values: Mapping[str, Any], identity: Identity, issue: Issued, date: dt.date, voice: Speaker, shelf: Shelf, data: Mapping[str, Any]) -> blocks.Document:
    about: About = values["about"]
    product = issue.content["product"]
    return blocks.Document(
        kind=kind,
        title=about.title.first,
        number=about.number,
        revision=identity.revision,
        date=date,
        locale=voice.first,
        orientation="landscape",
        mark=voice.words("Report").first,
        product=" · ".join(part for part in (product.get("name", ""), product.get("manufacturer", "")) if part),
        author=product.get("manufacturer", ""),
        subject=f"{about.title.first}, {identity.number}",
        keywords=(identity.number, identity.product, kind),
        words=template.running_words(voice),
        blocks=sandbox.fill(f"{FOLDER}/{kind}.html.j2", values, voice, shelf.folders),
        data=(json.dumps({"schema": f"urn:dossier:{kind}:1", "tool": __version__, **data}, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8", "backslashreplace"),
        with_record=False,
    )

