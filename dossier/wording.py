"""Decisions, gaps, citations and deadlines in words, the same in documents and in the terminal."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, assert_never

from dossier import applicability, i18n
from dossier.applicability import Decision
from dossier.checklist import Checklist, Gap
from dossier.citation import cite
from dossier.i18n import Catalog
from dossier.records import Deadline, LanguageRow, Requirement, Source
from dossier.resolve import Resolved


def place(source: str, clause: str, sources: Mapping[str, Source], words: Catalog) -> str:
    """A source and the clause in it, as the language cites them: "MDR vedlegg I punkt 17.2"."""
    known = sources.get(source)
    name = words.say(known.short).text if known else source
    union = known is not None and known.kind.startswith("eu-")
    return f"{name} {cite(clause, words.locale, union)}".strip() if clause else name


def citation(requirement: Requirement, market: Resolved, words: Catalog) -> str:
    """Where the requirement stands."""
    return place(requirement.source, requirement.clause, market.sources, words)


def code(identifier: str) -> str:
    """An evidence kind's id as people write it.

    >>> code("lc-13"), code("label")
    ('LC-13', 'label')
    """
    head, _, number = identifier.partition("-")
    return identifier.upper() if number.isdigit() and len(head) <= 3 else identifier


def subject(gap: Gap, checklist: Checklist, words: Catalog) -> str:
    """What the gap is about, as a name: a document, an evidence kind, a fact, a requirement."""
    if gap.cause in ("file", "revision") or (gap.cause == "language" and gap.subject in checklist.files):
        document = next(document for document in checklist.product.evidence if document.id == gap.subject)
        return f"{document.number or document.id} {document.title}"
    if gap.cause in ("missing", "declaration", "language"):
        kind = checklist.library.kinds.get("gui-text" if gap.subject == "gui" else gap.subject)
        if kind is not None:
            title = words.inside(kind.kind.title)
            return f"{code(gap.subject)} {title}" if code(gap.subject) != gap.subject else title
        record = checklist.market.record(gap.subject)
        return f"{gap.subject} {words.inside(record.requirement.title)}" if record else gap.subject
    return gap.subject


def gap(gap: Gap, checklist: Checklist, words: Catalog) -> str:
    """What is missing, as one or two sentences."""
    name = subject(gap, checklist, words)
    match gap.cause:
        case "missing":
            if gap.severity == "justify":
                return words("Expected, not shown: {name}. Add a document, or justify in a declaration why it is left out.", name=name)
            if gap.subject in checklist.library.kinds:
                return words("No document shows: {name}.", name=name)
            return words("No document shows: {name}. Add {id} under shows of the document that does.", name=name, id=gap.subject)
        case "language":
            return _language(gap, checklist, words, name)
        case "revision":
            return words("No revision is stated: {name}.", name=name)
        case "file":
            document = next(document for document in checklist.product.evidence if document.id == gap.subject)
            if not document.file:
                return words("No file is named: {name}.", name=name)
            return words("The file is not there: {name} ({file}).", name=name, file=document.file)
        case "fact":
            return words("Undetermined: {token}. The product file does not state {fact}.", token=gap.subject, fact=applicability.unknown(checklist.library.facts[gap.subject], words))
        case "declaration":
            return words("The manufacturer must state {question} ({name}).", question=_question(gap, checklist, words), name=name)
        case _:
            assert_never(gap.cause)


def _question(gap: Gap, checklist: Checklist, words: Catalog) -> str:
    kind = checklist.library.kinds.get(gap.subject)
    record = checklist.market.record(gap.subject)
    texts = kind.kind.judgement if kind else record.requirement.judgement if record else {}
    return words.inside(texts)


def _language(gap: Gap, checklist: Checklist, words: Catalog, name: str) -> str:
    row = language_row(gap, checklist)
    wanted = languages(gap.wanted, words.locale, "standard" if row is not None and row.all_of else "or")
    source = citation(record.requirement, checklist.market, words) if (record := checklist.market.record(gap.basis)) else place(row.source, row.clause, checklist.market.sources, words) if row else ""
    if gap.languages:
        text = words("Wrong language: {name}. Found: {found}. Required: {wanted} ({source}).", name=name, found=languages(gap.languages, words.locale, "standard"), wanted=wanted, source=source)
    else:
        text = words("Language not stated: {name}. Required: {wanted} ({source}).", name=name, wanted=wanted, source=source)
    note = words.inside(row.note) if row else ""
    return f"{text} {note}".strip()


def language_row(gap: Gap, checklist: Checklist) -> LanguageRow | None:
    """The row of the language matrix that a language gap fails."""
    rows = [row for row in checklist.market.languages if row.requirement == gap.basis] or list(checklist.market.languages)
    exact = [row for row in rows if row.languages == gap.wanted]
    return next((row for row in (*exact, *rows) if row.document == gap.subject), exact[0] if exact else None)


def languages(codes: tuple[str, ...], locale: str, style: Literal["standard", "or"]) -> str:
    """Language codes as names. Both forms of Norwegian together are written "Norwegian (Bokmål or Nynorsk)"."""
    names = [i18n.language_name(code, locale) for code in codes if not ({"nb", "nn"} <= set(codes) and code in ("nb", "nn"))]
    if {"nb", "nn"} <= set(codes):
        names.insert(0, i18n.NORWEGIAN.get(locale, i18n.NORWEGIAN["en"]))
    return i18n.joined(names, locale, style)


def gap_source(gap: Gap, checklist: Checklist, words: Catalog) -> str:
    """The source behind the gap: the clause of the requirement that it keeps open."""
    record = checklist.market.record(gap.basis)
    if record is not None:
        return citation(record.requirement, checklist.market, words)
    for name in (*gap.affects, gap.subject) if checklist.market.own_law else (gap.subject, *gap.affects):
        kind = checklist.library.kinds.get(name)
        source, clause = kind.kind.cited_under(checklist.product.regulation) if kind is not None else ("", "")
        if clause and not checklist.market.own_law:
            return place(source, clause, checklist.market.sources, words)
        if (record := checklist.market.record(name)) is not None:
            return citation(record.requirement, checklist.market, words)
    return ""


def reason(decision: Decision, checklist: Checklist, words: Catalog, judgement: Mapping[str, str]) -> str:
    """The decision's reason as one sentence."""
    return applicability.reason(decision, checklist.library.facts, words, judgement)


_UNITS = {"hour": ("hour", "hours"), "day": ("day", "days"), "week": ("week", "weeks"), "month": ("month", "months"), "year": ("year", "years")}


def deadline(deadline: Deadline, words: Catalog) -> str:
    """The deadline as a phrase: "at the latest 15 days after awareness"."""
    said = words.inside(deadline.says)
    if deadline.on is not None:
        date = i18n.day(deadline.on, words.locale)
        return words("{date}: {says}", date=date, says=said) if said else date
    if deadline.amount is None or deadline.unit is None:
        return said
    unit = words(_UNITS[deadline.unit][deadline.amount != 1])
    event = words.inside(deadline.from_event)
    if event:
        phrase = words("at the latest {amount} {unit} after {event}", amount=deadline.amount, unit=unit, event=event)
    else:
        phrase = words("{amount} {unit}", amount=deadline.amount, unit=unit)
    return f"{phrase} ({said})" if said else phrase
