"""Templates: which there are, what they print, and one of them rendered to a Document."""
from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

from dossier import __version__, blocks, i18n, issued, labels, sandbox, yamlfile
from dossier.applicability import FactSheet
from dossier.checklist import Checklist, Row
from dossier.checklist_views import ChecklistViews
from dossier.errors import DossierError, Problem, did_you_mean
from dossier.i18n import Tongue
from dossier.market_views import MarketViews
from dossier.product import MARKET, Person, Product
from dossier.product_views import ProductViews
from dossier.render import phrases
from dossier.review import state as review_state
from dossier.review import views as review_views
from dossier.review.ledger import Ledger
from dossier.schema import Identifier, Localized, Model, parse
from dossier.speech import NOTHING, Speaker
from dossier.views import Context, DocumentView, EnclosureView, GapView, HistoryView, PersonView

SHARED = "_shared"
BODY = "body.html.j2"
# In the prefix of document numbers: the market's code.
STATES: dict[review_state.State, str] = {"draft": "Draft – not reviewed", "reviewed": "Reviewed", "approved": "Approved"}


class Template(Model):
    """The head of a template: what it is, its shape, and for which markets it is meant."""

    id: Identifier
    title: Localized
    about: Localized
    order: int
    orientation: Literal["landscape", "portrait"]
    needs_authority: str = ""
    regulations: tuple[Literal["mdr", "ivdr"], ...] = ("mdr", "ivdr")


@dataclass(frozen=True, slots=True)
class Issue:
    """What one issue of a document adds: the date it prints, whether it carries its record, and the review so far."""

    date: dt.date
    record: bool = True
    ledger: Ledger = field(default_factory=Ledger)


@dataclass(frozen=True, slots=True)
class Shelf:
    """All templates on the search path, the user's folders first."""

    folders: tuple[Path, ...]
    templates: tuple[Template, ...]

    def get(self, name: str) -> Template:
        """The template called `name`. Raises DossierError with the nearest name."""
        for template in self.templates:
            if template.id == name:
                return template
        known = [template.id for template in self.templates]
        raise DossierError(Problem("--document", 0, 0, f'"{name}" is not a document.', did_you_mean(name, known) or f"Known: {', '.join(known)}."))

    def for_market(self, checklist: Checklist) -> tuple[Template, ...]:
        """The templates that this product needs in this market."""
        return self.needed(checklist.product.regulation, {authority.role for authority in checklist.market.authorities})

    def needed(self, regulation: str, roles: Set[str]) -> tuple[Template, ...]:
        """The templates for a product under the regulation, in a market that has authorities in these roles."""
        return tuple(template for template in self.templates if regulation in template.regulations and (not template.needs_authority or template.needs_authority in roles))


def shelf(folders: Sequence[Path]) -> Shelf:
    """The templates in the folders; the first folder that has one wins. Raises DossierError for a broken head."""
    found: dict[str, Template] = {}
    problems: list[Problem] = []
    for folder in folders:
        for file in sorted(folder.glob("*/template.yaml")):
            source = yamlfile.read(file)
            template, errors = parse(Template, source.data, source)
            problems += errors
            if template is not None and template.id != file.parent.name:
                problems.append(source.problem(("id",), f'the id "{template.id}" differs from the folder name "{file.parent.name}".'))
            elif template is not None:
                found.setdefault(template.id, template)
    if problems:
        raise DossierError(problems)
    return Shelf(tuple(folders), tuple(sorted(found.values(), key=lambda template: (template.order, template.id))))


def speaker(shelf: Shelf, name: str, tongue: Tongue, texts: Sequence[Path] = ()) -> Speaker:
    """Speaks the words of the template `name`, the shared ones and those of the data folders `texts`, in the languages of `tongue`."""
    folders = [*(folder / part for part in (name, SHARED) for folder in shelf.folders), *texts]
    locales = [tongue.first, *([tongue.second] if tongue.second else [])]
    return Speaker(tongue, {locale: i18n.catalog(locale, folders) for locale in locales})


def render(template: Template, checklist: Checklist, tongue: Tongue, shelf: Shelf, issue: Issue) -> blocks.Document:
    """The document: `template` filled with `checklist`, in the languages of `tongue`.

    Raises DossierError with the template's file and line for a template that does not work.
    """
    # The titles of the other documents, which a letter lists, stand in their own catalogs.
    others = (folder / other.id for other in shelf.templates for folder in shelf.folders)
    voice = speaker(shelf, template.id, tongue, (*checklist.market.texts, *others))
    context = _context(template, checklist, voice, shelf, issue)
    body = _body(template, context, voice, shelf)
    reached = review_state.state((field.name for block in body for field in blocks.inlines_of(block) if isinstance(field, blocks.Field)), issue.ledger.values)
    if reached != "draft":
        # Only the body tells which fields there are, so a document that is more than a draft is filled once more.
        context = replace(context, document=replace(context.document, state=voice.words(STATES[reached])))
        body = _body(template, context, voice, shelf)
    body = blocks.filled(body, {name: value for name, value in issue.ledger.values.items() if name not in (review_state.REVIEWER, review_state.REVIEW_DATE)})
    product, settings = checklist.product, checklist.product.documents
    maker = product.manufacturer
    made = blocks.Document(
        kind=template.id,
        title=context.document.title.first,
        number=context.document.number,
        revision=settings.revision,
        date=issue.date,
        locale=tongue.first,
        second_locale=tongue.second,
        orientation=template.orientation,
        mark=context.document.state.first,
        product=f"{product.name} · {maker.name}",
        author=settings.authors[0].name if settings.authors else maker.name,
        subject=f"{product.name}, {context.market.first}",
        keywords=(product.name, product.id, template.id, checklist.market.head.id, *(() if checklist.market.own_law else (product.regulation.upper(),))),
        words=running_words(voice),
        blocks=body,
        with_record=issue.record,
    )
    identity = issued.identity_of(made, product.id, checklist.market.head.id, checklist.market.version)
    return replace(made, data=issued.record(made, identity, _about(checklist, own_ids(template, checklist))))


def running_words(voice: Speaker) -> dict[str, str]:
    """The few words that renderers print by themselves, by the keys that they know them by."""
    running = {key: voice.words(word).first for key, word in (("page", "Page"), ("of", "of"), ("revision", "rev."), ("table", "Table"))}
    return running | {key: voice.words(word).line for key, word in labels.WORKBOOK.items()} | {phrase: voice.words(phrase).first for phrase in phrases.SCREEN}


def _body(template: Template, context: Context, voice: Speaker, shelf: Shelf) -> tuple[blocks.Block, ...]:
    values = {entry.name: getattr(context, entry.name) for entry in fields(Context)}
    return sandbox.fill(f"{template.id}/{BODY}", values, voice, shelf.folders)


def document_number(product: Product, name: str, market: str = "") -> str:
    """The number a document prints: a prefix and the document's id.

    The prefix is the product file's, else the product's id and the market. `{market}` in it stands for the market's code, so
    that documents of two markets do not share a number; a document about several markets leaves it out, with the sign before it.
    """
    prefix = product.documents.number or f"{product.id}-{MARKET}"
    filled = prefix.replace(MARKET, market.upper()) if market else re.sub(r"[-_./ ]?" + re.escape(MARKET), "", prefix)
    return f"{filled}-{name}"


# --- the context --------------------------------------------------------------------------------------------------


def _context(template: Template, checklist: Checklist, voice: Speaker, shelf: Shelf, issue: Issue) -> Context:
    listed, there, device = ChecklistViews(checklist, voice), MarketViews(checklist.market, voice), ProductViews(checklist, voice)
    product, market = checklist.product, checklist.market
    clauses = [row for row in checklist.rows if row.record.group.part == "clauses"]
    disclosure = [row for row in checklist.rows if row.record.requirement.phase in ("disclosure", "sbom")]
    own = own_ids(template, checklist)
    gaps = tuple(listed.gap(gap) for gap in checklist.gaps)
    sheet = FactSheet(product, checklist.library.facts)
    milestones = [index for index, (_, condition) in enumerate(market.milestones) if sheet.evaluate(condition)[0] is not False]
    checked = [record.requirement.checked for record in market.records]
    csirt = market.authority("national-csirt")
    software = next((row for row in checklist.rows if row.id == market.index.lead), None)
    resilience = next((row for row in checklist.rows if row.id == f"eu-{product.regulation}.cra"), None)
    editorial = next((claim for claim in market.claims if claim.number == 9), None)
    return Context(
        document=DocumentView(template.id, voice.texts(_title(template, checklist)), document_number(product, template.id, market.head.id), product.documents.revision, voice.day(issue.date), voice.words(STATES["draft"]), f"dossier {__version__}"),
        identity=device.identity(),
        product_name=product.name,
        product_version=product.version or product.software.version,
        special_case=device.special_case(),
        intended_purpose=voice.texts(product.intended_purpose),
        manufacturer=product.manufacturer,
        manufacturer_country=voice.both(lambda words: i18n.country_name(product.manufacturer.country, words.locale)),
        contact=product.manufacturer.contact,
        market=voice.market(market.head.id, market.head.name),
        market_id=market.head.id,
        introduction=voice.texts(market.head.introduction),
        law_date=voice.day(market.date),
        data_version=market.version,
        data_checked=voice.span(min(checked), max(checked)) if checked else NOTHING,
        data_overdue=sum(record.requirement.review_by < market.date for record in market.records),
        phases=listed.phases(),
        clauses=listed.groups(clauses),
        labelling=listed.labelling(),
        disclosure=listed.groups(disclosure),
        software_clause=listed.row(software) if software else None,
        own_law=market.own_law,
        index_basis=tuple(voice.texts(text) for text in market.index.basis),
        not_named=listed.not_named(),
        cyber_resilience=listed.row(resilience) if resilience else None,
        principles=listed.principles(),
        reuse=listed.reuse(),
        reuse_editorial=voice.texts(editorial.say) if editorial else NOTHING,
        register=listed.register(),
        gaps=gaps,
        own_gaps=_own(gaps, checklist, own),
        counts=listed.counts(),
        timeline=there.timeline(milestones),
        authorities=there.authorities(),
        contacts=there.contacts(),
        languages=there.languages(),
        claims=there.claims(),
        sources=there.sources(_cited(template, checklist, own)),
        standards=tuple((standard.id, standard.edition, standard.title) for standard in product.standards),
        security_contact=device.security_contact(),
        disclosure_process=any("pm-02" in map(str.lower, evidence.shows) for evidence in product.evidence),
        associated_products=voice.texts(product.documents.associated_products),
        enclosures=tuple(EnclosureView(document_number(product, other.id, market.head.id), voice.texts(_title(other, checklist)), product.documents.revision) for other in shelf.for_market(checklist) if other.id != template.id),
        recipient=_recipient(checklist, voice),
        occasion="" if market.own_law and product.documents.occasion == "notified-body" else product.documents.occasion or "",
        reference=product.documents.reference,
        place=product.documents.place,
        vigilance=there.cited(market.vigilance) if market.vigilance else NOTHING,
        csirt=voice.texts(csirt.short) if csirt else NOTHING,
        csirt_duties=_duties(checklist, csirt.id) if csirt else (),
        authors=_people(product.documents.authors),
        approvers=_people(product.documents.approvers),
        answered=review_views.answered(issue.ledger, voice.first),
        reviews=review_views.reviews(issue.ledger, voice.first),
        remarks=review_views.remarks(issue.ledger, voice.first),
        history=tuple(HistoryView(line.revision, i18n.short_day(line.date, voice.first), line.author, line.change) for line in product.documents.history),
        two=bool(voice.tongue.second),
    )


def _title(template: Template, checklist: Checklist) -> dict[str, str]:
    """The document's title; a market with clauses of its own names its evidence index itself."""
    own = checklist.market.index.title
    return own if own and template.id == "evidence-index" else template.title


def _people(people: Sequence[Person]) -> tuple[PersonView, ...]:
    return tuple(PersonView(person.name, person.role) for person in people)


def _duties(checklist: Checklist, authority: str) -> tuple[str, ...]:
    """The rules of law that make the manufacturer notify this body, as far as they may apply."""
    found = []
    for row in checklist.rows:
        requirement = row.record.requirement
        if requirement.authority == authority and requirement.force == "law" and requirement.phase == "disclosure" and "manufacturer" in requirement.binds and row.standing == "required" and row.decision.applies != "no":
            found.append(row.id)
    return tuple(found)


def own_ids(template: Template, checklist: Checklist) -> frozenset[str]:
    """The requirements and evidence kinds that the document has rows for."""

    def chosen(row: Row) -> bool:
        requirement = row.record.requirement
        match template.id:
            case "evidence-index":
                return row.record.group.part == "clauses"
            case "labelling-checklist":
                return requirement.phase == "labelling"
            case "disclosure-note":
                return requirement.phase in ("disclosure", "sbom")
            case _:
                return True

    rows = {row.id for row in checklist.rows if chosen(row)}
    kinds = {row.id for row in checklist.kinds} if template.id not in ("labelling-checklist", "disclosure-note") else set()
    return frozenset(rows | kinds)


def _own(gaps: tuple[GapView, ...], checklist: Checklist, own: frozenset[str]) -> tuple[GapView, ...]:
    return tuple(view for view, gap in zip(gaps, checklist.gaps, strict=True) if own & set(gap.affects))


def _cited(template: Template, checklist: Checklist, own: frozenset[str]) -> set[str]:
    """The sources behind the rows of the document."""
    found: set[str] = set()
    for record in checklist.market.records:
        requirement = record.requirement
        if requirement.id in own:
            found |= {requirement.source, *(reference.source for reference in requirement.references), *(conflict.source for conflict in requirement.conflicts)}
    for row in checklist.kinds:
        if row.id in own:
            references = {reference.source for reference in row.kind.kind.references_under(checklist.product.regulation)}
            standards = {name for name in references if checklist.market.sources[name].kind == "standard"}
            found |= standards if checklist.market.own_law else {row.kind.kind.cited_under(checklist.product.regulation)[0], *references}
    if template.id == "dossier-checklist":
        market = checklist.market
        found |= {claim.source for row in market.claims for claim in row.basis}
        found |= {authority.source for authority in market.authorities} | {row.source for row in market.languages} | {row.source for row, _ in market.milestones}
    return found


def _recipient(checklist: Checklist, voice: Speaker) -> tuple[str, ...]:
    """Who the letter goes to: as given, else as the occasion says; empty where neither settles it."""
    product, settings = checklist.product, checklist.product.documents
    if settings.recipient:
        return tuple(line.strip() for line in settings.recipient.split("\n") if line.strip())
    match settings.occasion:
        case "authority-request":
            authority = checklist.market.authority("competent-authority")
            return (voice.texts(authority.name).first, *_lines(authority.address)) if authority else ()
        case "notified-body" if checklist.market.own_law:
            return ()
        case "notified-body":
            body = product.notified_body
            return tuple(part for part in (body.name, f"NB {body.number}" if body.number else "") if part) if body else ()
        case "importer":
            importer = product.importer
            return tuple(part for part in (importer.name, *_lines(importer.address)) if part) if importer else ()
        case _:
            return ()


def _lines(address: str) -> list[str]:
    return [line.strip() for line in re.split(r"[,\n]", address) if line.strip()]


def _about(checklist: Checklist, own: frozenset[str]) -> dict[str, Any]:
    """What the record tells machines beside fields and words: product, market, each row's decision, the register in full."""
    product = checklist.product
    rows: list[dict[str, Any]] = [
        {
            "id": row.id,
            "text": row.record.requirement.says,
            "source": row.record.requirement.source,
            "clause": row.record.requirement.clause,
            "standing": row.standing,
            "applies": row.decision.applies,
            "coverage": row.coverage,
            "evidence": [document.id for document in row.shown_by],
            "gaps": list(row.gaps),
        }
        for row in checklist.rows
        if row.id in own
    ]
    rows += [
        {"id": row.id, "text": row.kind.kind.shows, "expectation": row.kind.kind.expectation, "applies": row.decision.applies, "coverage": row.coverage, "evidence": [document.id for document in row.shown_by], "gaps": list(row.gaps)}
        for row in checklist.kinds
        if row.id in own
    ]
    return {
        "product": {"id": product.id, "name": product.name, "version": product.version, "basic_udi_di": product.basic_udi_di, "udi_di": product.udi_di, "manufacturer": product.manufacturer.name},
        "market": {"id": checklist.market.head.id, "date": checklist.market.date.isoformat(), "chain": [head.id for head in checklist.market.chain]},
        "rows": rows,
        "register": [
            {"id": document.id, "number": document.number or document.id, "revision": document.revision, "file": document.file, "sha256": checklist.files[document.id].sha256}
            for document in product.evidence
        ],
    }
