"""A clause in one canonical form, printed the way each language cites it.

Data write `Annex I, section 23.2(l)`, `Article 87(4)` or `§ 15(1)`. Norwegian prints them as
`vedlegg I punkt 23.2 bokstav l`, `artikkel 87 nr. 4` and `§ 15 første ledd`.
"""
from __future__ import annotations

import re

_ANNEX = re.compile(r"^Annex (?P<annex>[IVX]+)(?: Part (?P<part>[A-Z]))?(?:, (?:section|sections) (?P<section>[\d.–-]+)(?P<points>(?:\([a-z0-9]+\)(?:[–-]\([a-z0-9]+\))?)*)(?:, (?P<dash>\d+)(?:st|nd|rd|th) dash)?)?$")
_ARTICLE = re.compile(r"^(?P<many>Articles?) (?P<number>\d+[a-z]?(?:[–-]\d+[a-z]?)?)(?P<points>(?:\([a-z0-9]+\)(?:[–-]\([a-z0-9]+\))?)*)$")
_PARAGRAPH = re.compile(r"^(?P<sign>§§?) (?P<number>\d+ ?[a-z]?(?:[–-]\d+ ?[a-z]?)?)(?:\((?P<ledd>\d+)\))?$")
# Acts outside the EEA: "section 524B(b)(3)", "regulation 44ZH(2)", "Schedule 1, clause 13.4", "Schedule 3, paragraph 6".
_FOREIGN = re.compile(r"^(?:(?P<outer>Schedule|Part|Appendix|Chapter) (?P<place>[\w.–-]+), )?(?P<word>[Ss]ections?|[Rr]egulations?|[Cc]lause|[Pp]aragraph|[Pp]art|[Ss]chedule|[Aa]ppendix|[Aa]nnex|[Ss]ubpart|[Ii]tem) (?P<number>\w[\w.]*(?:\(\w+\))*(?:–\w[\w.]*(?:\(\w+\))*)?)$")
# French codes: "Article L. 2321-4-1". Acts that count sections within chapters: "chapter 3, § 1(2)".
_CODE = re.compile(r"^Article (?P<number>[LRD]\. ?\d+(?:-\d+)*)$")
_WITHIN = re.compile(r"^chapter (?P<chapter>\d+), (?P<rest>§.+)$")
_WHOLE = re.compile(r"^whole (document|page|text)$")
_CHAPTER = re.compile(r"^(?P<word>[Cc]hapter|[Ss]ection|[Cc]lause|[Aa]nnex|table|note) (?P<number>[\w.–-]+)$")

_LEDD = {
    "nb": {"1": "første", "2": "andre", "3": "tredje", "4": "fjerde", "5": "femte", "6": "sjette", "7": "sjuende", "8": "åttende"},
    "nn": {"1": "første", "2": "andre", "3": "tredje", "4": "fjerde", "5": "femte", "6": "sjette", "7": "sjuande", "8": "åttande"},
}
_NB = {"annex": "vedlegg", "part": "del", "section": "punkt", "article": "artikkel", "articles": "artikkel", "point": "bokstav", "paragraph": "nr.", "chapter": "kapittel", "clause": "punkt", "dash": "strekpunkt", "table": "tabell", "note": "note"}
_FOREIGN_NB = {"section": "punkt", "regulation": "regel", "clause": "punkt", "paragraph": "nr.", "part": "del", "schedule": "vedlegg", "appendix": "tillegg", "annex": "vedlegg", "subpart": "underdel", "item": "punkt", "chapter": "kapittel"}
_NBSP = "\u00a0"


def cite(clause: str, locale: str) -> str:
    """The clause as `locale` cites it; several clauses are parted by "; ".

    A whole document needs no place. A heading in quotation marks is a name and stays as the source writes it.

    >>> cite("Annex I, section 23.2(l)", "nb")
    'vedlegg I punkt 23.2 bokstav l'
    >>> cite("Article 87(4)", "nb").replace(chr(160), " ")
    'artikkel 87 nr. 4'
    >>> cite("Annex I, section 20.2(u)(ii)", "nb")
    'vedlegg I punkt 20.2 bokstav u punkt ii'
    >>> cite("§ 15(1)", "en").replace(chr(160), " ")
    '§ 15(1)'
    >>> cite("Schedule 1, clause 13.4", "nb"), cite("section 524B(b)(3)", "nb")
    ('vedlegg 1 punkt 13.4', 'punkt 524B(b)(3)')
    >>> cite("Article L. 2321-4-1", "nb"), cite("chapter 3, § 1(2)", "nb").replace(chr(160), " ")
    ('artikkel L. 2321-4-1', 'kapittel 3 § 1 andre ledd')
    """
    return "; ".join(_one(part.strip(), locale) for part in clause.split(";"))


def known(clause: str) -> bool:
    """Whether every part of the clause is written in a form that all languages can print.

    >>> known("Annex I, section 23.2(l); § 6"), known("somewhere near the end")
    (True, False)
    """
    forms = (_ANNEX, _ARTICLE, _CODE, _PARAGRAPH, re.compile(r"^chapter \d+, " + _PARAGRAPH.pattern[1:]), _CHAPTER, _FOREIGN, _WHOLE, re.compile(r"^«.+»$"), re.compile(r"^[A-Z]?\d[\w.,()/–-]*(?: [a-z]\))?$"))
    return all(any(form.match(part.strip()) for form in forms) for part in clause.split(";"))


def _one(clause: str, locale: str) -> str:
    norwegian = locale in ("nb", "nn")
    if match := _WITHIN.match(clause):
        return f"{_NB['chapter'] if norwegian else 'chapter'} {match['chapter']} {_one(match['rest'], locale)}"
    if match := _CODE.match(clause):
        return f"{_NB['article'] if norwegian else 'Article'} {match['number']}"
    if _WHOLE.match(clause):
        return ""
    if match := _PARAGRAPH.match(clause):
        ledd = match["ledd"]
        if not norwegian:
            return f"{match['sign']}{_NBSP}{match['number']}" + (f"({ledd})" if ledd else "")
        return f"{match['sign']}{_NBSP}{match['number']}" + (f" {_LEDD[locale].get(ledd, ledd + '.')} ledd" if ledd else "")
    if not norwegian:
        return clause
    if match := _ANNEX.match(clause):
        text = f"{_NB['annex']} {match['annex']}"
        text += f" {_NB['part']} {match['part']}" if match["part"] else ""
        text += f" {_NB['section']} {match['section']}{_points(match['points'])}" if match["section"] else ""
        return text + (f" {match['dash']}. {_NB['dash']}" if match["dash"] else "")
    if match := _ARTICLE.match(clause):
        return f"{_NB['article']} {match['number']}{_points(match['points'])}"
    if match := _CHAPTER.match(clause):
        return f"{_NB[match['word'].lower()]} {match['number']}"
    if match := _FOREIGN.match(clause):
        outer = f"{_FOREIGN_NB[match['outer'].lower()]} {match['place']} " if match["outer"] else ""
        return f"{outer}{_FOREIGN_NB[match['word'].lower().rstrip('s')]} {match['number']}"
    return clause


def _points(text: str) -> str:
    words = ""
    for point, last in re.findall(r"\(([a-z0-9]+)\)(?:[–-]\(([a-z0-9]+)\))?", text):
        # A roman numeral after a letter is a point of the letter: (u)(ii) is "bokstav u punkt ii".
        inside = words and not words.split()[-1].isdigit() and re.fullmatch("[ivx]+", point)
        word = _NB["paragraph"] + _NBSP if point[0].isdigit() else _NB["section" if inside else "point"] + " "
        words += f" {word}{point}" + (f"–{last}" if last else "")
    return words
