"""A clause in one canonical form, printed the way each language cites it.

Data write `Annex I, section 23.2(l)`, `Article 87(4)` or `§ 15(1)`. The clause is read into steps from the outside in (annex I,
section 23.2, letter l); a language says how it writes each step, and whether it begins with the inmost one.
"""
from __future__ import annotations

import re
from dataclasses import dataclass

_POINTS = r"(?P<points>(?:\([a-z0-9]+\)(?:[–-]\([a-z0-9]+\))?)*)"
_ANNEX = re.compile(rf"^Annex (?P<annex>[IVX]+)(?: Part (?P<part>[A-Z]))?(?:, (?:section|sections) (?P<section>[\d.–-]+){_POINTS}(?:, (?P<dash>\d+)(?:st|nd|rd|th) dash)?)?$")
_ARTICLE = re.compile(rf"^(?P<many>Articles?) (?P<number>\d+[a-z]?(?:[–-]\d+[a-z]?)?){_POINTS}$")
_PARAGRAPH = re.compile(r"^(?P<sign>§§?) (?P<number>\d+ ?[a-z]?(?:[–-]\d+ ?[a-z]?)?)(?:\((?P<ledd>\d+)\))?$")
# Acts outside the EEA: "section 524B(b)(3)", "regulation 44ZH(2)", "Schedule 1, clause 13.4", "Schedule 3, paragraph 6".
_FOREIGN = re.compile(r"^(?:(?P<outer>Schedule|Part|Appendix|Chapter) (?P<place>[\w.–-]+), )?(?P<word>[Ss]ections?|[Rr]egulations?|[Cc]lause|[Pp]aragraph|[Pp]art|[Ss]chedule|[Aa]ppendix|[Aa]nnex|[Ss]ubpart|[Ii]tem) (?P<number>\w[\w.]*(?:\(\w+\))*(?:–\w[\w.]*(?:\(\w+\))*)?)$")
# French codes: "Article L. 2321-4-1". Acts that count sections within chapters: "chapter 3, § 1(2)".
_CODE = re.compile(r"^Article (?P<number>[LRD]\. ?\d+(?:-\d+)*)$")
_WITHIN = re.compile(r"^chapter (?P<chapter>\d+), (?P<rest>§.+)$")
_WHOLE = re.compile(r"^whole (document|page|text)$")
_CHAPTER = re.compile(r"^(?P<word>[Cc]hapter|[Ss]ection|[Cc]lause|[Aa]nnex|table|note) (?P<number>[\w.–-]+)$")
_ROMAN = re.compile(r"^[ivx]+$")
_NBSP = "\u00a0"

Step = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Style:
    """How a language cites. Each step has its form at the inmost place and, where that differs, its form further out.

    Forms carry their own separators, except where a language begins with the inmost step.
    """

    forms: dict[str, str]
    outer: dict[str, str]
    inner_first: bool = False


_ORDINALS = {
    "nb": ("første", "andre", "tredje", "fjerde", "femte", "sjette", "sjuende", "åttende"),
    "nn": ("første", "andre", "tredje", "fjerde", "femte", "sjette", "sjuande", "åttande"),
    "sv": ("första", "andra", "tredje", "fjärde", "femte", "sjätte", "sjunde", "åttonde"),
}
_NB = Style(
    {
        "annex": "vedlegg {}", "annex-part": " del {}", "annex-section": " punkt {}", "article": "artikkel {}", "paragraph": f" nr.{_NBSP}{{}}", "letter": " bokstav {}", "roman": " punkt {}", "dash": " {}. strekpunkt",
        "section-sign": f"{{}}{_NBSP}{{}}", "subsection": " {} ledd", "of-chapter": "kapittel {} ", "chapter": "kapittel {}", "clause": "punkt {}", "section": "punkt {}", "table": "tabell {}", "note": "note {}",
        "regulation": "regel {}", "numbered": "nr. {}", "part": "del {}", "schedule": "vedlegg {}", "appendix": "tillegg {}", "subpart": "underdel {}", "item": "punkt {}",
    },
    {},
)
_SV = Style(
    {
        "annex": "bilaga {}", "annex-part": " del {}", "annex-section": " avsnitt {}", "article": "artikel {}", "articles": "artiklarna {}", "paragraph": ".{}", "letter": " {}", "roman": " {}", "dash": " {}:e strecksatsen",
        "section-sign": f"{{1}}{_NBSP}{{0}}", "subsection": " {} stycket", "of-chapter": f"{{}}{_NBSP}kap. ", "chapter": "kapitel {}", "clause": "punkt {}", "section": "avsnitt {}", "table": "tabell {}", "note": "not {}",
        "regulation": "regel {}", "numbered": "punkt {}", "part": "del {}", "schedule": "bilaga {}", "appendix": "tillägg {}", "subpart": "underavdelning {}", "item": "punkt {}",
    },
    {},
)
_DA = Style(
    {
        "annex": "bilag {}", "annex-part": ", del {}", "annex-section": ", punkt {}", "article": "artikel {}", "paragraph": f", stk.{_NBSP}{{}}", "letter": ", litra {})", "roman": ", nr. {})", "dash": ", {}. led",
        "section-sign": f"{{}}{_NBSP}{{}}", "subsection": f", stk.{_NBSP}{{}}", "of-chapter": "kapitel {}, ", "chapter": "kapitel {}", "clause": "punkt {}", "section": "afsnit {}", "table": "tabel {}", "note": "note {}",
        "regulation": "regel {}", "numbered": "nr. {}", "part": "del {}", "schedule": "bilag {}", "appendix": "tillæg {}", "subpart": "underafdeling {}", "item": "punkt {}",
    },
    {},
)
_FI = Style(
    {
        "annex": "liite {}", "annex-part": " osa {}", "annex-section": " {} kohta", "article": "{} artikla", "articles": "{} artiklat", "paragraph": " {} kohta", "letter": " {} alakohta", "roman": " {} luetelmakohta", "dash": " {}. luetelmakohta",
        "section-sign": f"{{1}}{_NBSP}{{0}}", "subsection": f" {{}}{_NBSP}momentti", "of-chapter": f"{{}}{_NBSP}luvun ", "chapter": "{} luku", "clause": "kohta {}", "section": "jakso {}", "table": "taulukko {}", "note": "huomautus {}",
        "regulation": "sääntö {}", "numbered": "kohta {}", "part": "osa {}", "schedule": "liite {}", "appendix": "lisäys {}", "subpart": "alaosa {}", "item": "kohta {}",
    },
    {"annex": "liitteen {}", "annex-part": " osan {}", "annex-section": " {} kohdan", "article": "{} artiklan", "articles": "{} artiklojen", "paragraph": " {} kohdan", "letter": " {} alakohdan", "section-sign": f"{{1}}{_NBSP}{{0}}:n", "schedule": "liitteen {}", "appendix": "lisäyksen {}", "part": "osan {}", "chapter": "{} luvun"},
)
_IS = Style(
    {
        "annex": "{}. viðauki", "annex-part": "{}-hluti", "annex-section": "liður {}", "article": f"{{}}.{_NBSP}gr.", "paragraph": f"{{}}.{_NBSP}mgr.", "letter": "{}-liður", "roman": "{}. liður", "dash": "{}. undirliður",
        "section-sign": f"{{1}}.{_NBSP}gr.", "subsection": f"{{}}.{_NBSP}mgr.", "of-chapter": f"{{}}.{_NBSP}kafla", "chapter": "{}. kafli", "clause": "liður {}", "section": "liður {}", "table": "tafla {}", "note": "athugasemd {}",
        "regulation": "regla {}", "numbered": "liður {}", "part": "hluti {}", "schedule": "viðauki {}", "appendix": "viðbætir {}", "subpart": "undirhluti {}", "item": "liður {}",
    },
    {"annex": "í {}. viðauka", "annex-part": "{}-hluta", "annex-section": "liðar {}", "letter": "{}-liðar", "schedule": "í viðauka {}", "appendix": "í viðbæti {}", "part": "í hluta {}", "chapter": "í {}. kafla"},
    inner_first=True,
)
_DE = Style(
    {
        "annex": "Anhang {}", "annex-part": " Teil {}", "annex-section": " Abschnitt {}", "article": "Artikel {}", "paragraph": " Absatz {}", "letter": " Buchstabe {}", "roman": " Ziffer {}", "dash": " {}. Gedankenstrich",
        "section-sign": f"{{}}{_NBSP}{{}}", "subsection": " Absatz {}", "of-chapter": "Kapitel {} ", "chapter": "Kapitel {}", "clause": "Abschnitt {}", "section": "Abschnitt {}", "table": "Tabelle {}", "note": "Anmerkung {}",
        "regulation": "Regel {}", "numbered": "Nummer {}", "part": "Teil {}", "schedule": "Anhang {}", "appendix": "Anlage {}", "subpart": "Unterabschnitt {}", "item": "Nummer {}",
    },
    {},
)
_FR = Style(
    {
        "annex": "annexe {}", "annex-part": ", partie {}", "annex-section": ", section {}", "article": "article {}", "articles": "articles {}", "paragraph": ", paragraphe {}", "letter": ", point {})", "roman": " {})", "dash": ", {}ᵉ tiret",
        "section-sign": f"{{}}{_NBSP}{{}}", "subsection": ", alinéa {}", "of-chapter": "chapitre {}, ", "chapter": "chapitre {}", "clause": "point {}", "section": "section {}", "table": "tableau {}", "note": "note {}",
        "regulation": "règle {}", "numbered": "point {}", "part": "partie {}", "schedule": "annexe {}", "appendix": "appendice {}", "subpart": "sous-partie {}", "item": "point {}",
    },
    {},
)
_STYLES = {"nb": _NB, "nn": _NB, "sv": _SV, "da": _DA, "fi": _FI, "is": _IS, "de": _DE, "fr": _FR}


def cite(clause: str, locale: str, union: bool = False) -> str:
    """The clause as `locale` cites it; several clauses are parted by "; ". `union`: the act is one of the European Union.

    A whole document needs no place. A heading in quotation marks is a name and stays as the source writes it. English
    prints the canonical form.

    >>> cite("Annex I, section 23.2(l)", "nb"), cite("Annex I, section 23.2(l)", "de"), cite("Annex I, section 23.2(l)", "fi")
    ('vedlegg I punkt 23.2 bokstav l', 'Anhang I Abschnitt 23.2 Buchstabe l', 'liitteen I 23.2 kohdan l alakohta')
    >>> [cite("Article 87(4)", locale).replace(chr(160), " ") for locale in ("nb", "sv", "da", "is", "fr")]
    ['artikkel 87 nr. 4', 'artikel 87.4', 'artikel 87, stk. 4', '4. mgr. 87. gr.', 'article 87, paragraphe 4']
    >>> cite("Annex I, section 20.2(u)(ii)", "nb"), cite("Annex I, section 20.2(u)(ii)", "is")
    ('vedlegg I punkt 20.2 bokstav u punkt ii', 'ii. liður u-liðar liðar 20.2 í I. viðauka')
    >>> [cite("Article 10a", locale, union=True).replace(chr(160), " ") for locale in ("de", "fi", "is", "fr")]
    ['Artikel 10a', '10 a artikla', '10. gr. a', 'article 10 bis']
    >>> cite("§ 15(1)", "en").replace(chr(160), " ")
    '§ 15(1)'
    >>> cite("Schedule 1, clause 13.4", "nb"), cite("section 524B(b)(3)", "nb")
    ('vedlegg 1 punkt 13.4', 'punkt 524B(b)(3)')
    >>> cite("Article L. 2321-4-1", "nb"), cite("chapter 3, § 1(2)", "nb").replace(chr(160), " "), cite("chapter 3, § 1(2)", "sv").replace(chr(160), " ")
    ('artikkel L. 2321-4-1', 'kapittel 3 § 1 andre ledd', '3 kap. 1 § andra stycket')
    """
    return "; ".join(_one(part.strip(), locale, union) for part in clause.split(";"))


def known(clause: str) -> bool:
    """Whether every part of the clause is written in a form that all languages can print.

    >>> known("Annex I, section 23.2(l); § 6"), known("somewhere near the end")
    (True, False)
    """
    forms = (_ANNEX, _ARTICLE, _CODE, _PARAGRAPH, re.compile(r"^chapter \d+, " + _PARAGRAPH.pattern[1:]), _CHAPTER, _FOREIGN, _WHOLE, re.compile(r"^«.+»$"), re.compile(r"^[A-Z]?\d[\w.,()/–-]*(?: [a-z]\))?$"))
    return all(any(form.match(part.strip()) for form in forms) for part in clause.split(";"))


def _one(clause: str, locale: str, union: bool) -> str:
    if _WHOLE.match(clause):
        return ""
    style = _STYLES.get(locale)
    if style is None:
        return clause.replace("§ ", f"§{_NBSP}")
    steps = _steps(clause)
    return _written(steps, style, locale, union) if steps else clause


def _steps(clause: str) -> list[Step]:
    """The clause from the outside in; empty where it is a name or a bare number."""
    if match := _WITHIN.match(clause):
        return [("of-chapter", match["chapter"]), *_steps(match["rest"])]
    if match := _PARAGRAPH.match(clause):
        return [("section-sign", f"{match['sign']} {match['number']}"), *([("subsection", match["ledd"])] if match["ledd"] else [])]
    if match := _CODE.match(clause):
        return [("article", match["number"])]
    if match := _ANNEX.match(clause):
        steps = [("annex", match["annex"])]
        steps += [("annex-part", match["part"])] if match["part"] else []
        steps += [("annex-section", match["section"]), *_points(match["points"])] if match["section"] else []
        return steps + ([("dash", match["dash"])] if match["dash"] else [])
    if match := _ARTICLE.match(clause):
        return [("articles" if match["many"] == "Articles" else "article", match["number"]), *_points(match["points"])]
    if match := _CHAPTER.match(clause):
        return [(_CHAPTER_WORDS.get(match["word"].lower(), match["word"].lower()), match["number"])]
    if match := _FOREIGN.match(clause):
        outer = [(match["outer"].lower(), match["place"])] if match["outer"] else []
        word = match["word"].lower().rstrip("s")
        return [*outer, (_FOREIGN_WORDS.get(word, word), match["number"])]
    return []


_CHAPTER_WORDS = {"annex": "schedule"}
_FOREIGN_WORDS = {"paragraph": "numbered", "annex": "schedule"}


def _points(text: str) -> list[Step]:
    steps: list[Step] = []
    for point, last in re.findall(r"\(([a-z0-9]+)\)(?:[–-]\(([a-z0-9]+)\))?", text):
        # A roman numeral after a letter is a point of the letter: (u)(ii) is "bokstav u punkt ii".
        inside = bool(steps) and steps[-1][0] == "letter" and _ROMAN.match(point)
        unit = "paragraph" if point[0].isdigit() else "roman" if inside else "letter"
        steps.append((unit, point + (f"–{last}" if last else "")))
    return steps


def _written(steps: list[Step], style: Style, locale: str, union: bool) -> str:
    words = []
    for place, (unit, number) in enumerate(steps):
        forms = style.forms | (style.outer if place < len(steps) - 1 else {})
        form = forms.get(unit) or forms[unit.rstrip("s")]
        if unit == "article" and (added := _ADDED.match(number)):
            words.append(_added(form, added[1], added[2], locale, union))
        else:
            words.append(form.format(*number.split(" ", 1)) if unit == "section-sign" else form.format(_ordinal(unit, number, locale)))
    if style.inner_first:
        return " ".join(reversed(words))
    return _parted(words, steps)


def _parted(words: list[str], steps: list[Step]) -> str:
    """The steps one after the other; a clause within a schedule of a foreign act follows after a space."""
    text = words[0]
    for word, (unit, _) in zip(words[1:], steps[1:], strict=True):
        joins = word[0] in " .," or text.endswith(" ") or unit == "section-sign"
        text += word if joins else f" {word}"
    return text


_ADDED = re.compile(r"^(\d+)([a-z])$")
# The French text of a Union act counts added articles in Latin; Swiss acts in French keep the letter.
_LATIN = {"a": "bis", "b": "ter", "c": "quater", "d": "quinquies", "e": "sexies", "f": "septies", "g": "octies", "h": "nonies", "i": "decies"}


def _added(form: str, number: str, letter: str, locale: str, union: bool) -> str:
    """An article that a later act put in between two others."""
    if locale == "is":
        return f"{form.format(number)}{_NBSP}{letter}"
    if locale == "fr" and union and letter in _LATIN:
        return form.format(f"{number}{_NBSP}{_LATIN[letter]}")
    return form.format(f"{number}{_NBSP}{letter}" if locale == "fi" else f"{number}{letter}")


def _ordinal(unit: str, number: str, locale: str) -> str:
    """"Første ledd": some languages write the subsection of a national act as an ordinal."""
    if unit != "subsection" or locale not in _ORDINALS:
        return number
    names = _ORDINALS[locale]
    return names[int(number) - 1] if int(number) <= len(names) else f"{number}."
