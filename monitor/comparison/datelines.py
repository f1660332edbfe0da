"""Lines that only say when a document was changed or from when it applies, in the languages of most policies."""

from __future__ import annotations

import re
from functools import lru_cache

_MONTHS = (
    "jan(?:uary|uar|vier|eiro|uari)?|feb(?:ruary|ruar|raio|rero|braio|ruari)?|févr?(?:ier)?|fevereiro|"
    "mar(?:ch|zo|s|ço|et)?|märz|maart|apr(?:il|ile)?|avr(?:il)?|abr(?:il)?|may|mai|mayo|maggio|maio|mei|"
    "june?|juni|juin|junio|giugno|junho|july?|juli|juil(?:let)?|julio|luglio|julho|"
    "aug(?:ust|ustus)?|août|agosto|ago|sep(?:t(?:ember|embre|iembre)?)?|settembre|setembro|"
    "o[ck]t(?:ober|obre|ubre)?|ottobre|outubro|nov(?:ember|embre|iembre|embro)?|"
    "de[cz](?:ember)?|déc(?:embre)?|dic(?:iembre|embre)?|dezembro|gen(?:naio)?|ene(?:ro)?|giu|lug|set|ott|out"
)
_MONTH = rf"(?:{_MONTHS})\b\.?"
_DAY = r"\d{1,2}(?:st|nd|rd|th|er|º|\.)?"
_YEAR = r"(?:19|20)\d\d(?!\d)"
DATE = (
    rf"(?:{_DAY} *(?:of |de |-)?[^\W\d_]{{3,12}}\.?,?[ -]*(?:de )?{_YEAR}|{_MONTH} *{_DAY},? *{_YEAR}|"
    rf"{_MONTH},? *(?:de )?{_YEAR}|\d{{4}}年\d{{1,2}}月(?:\d{{1,2}}日)?|"
    r"\b\d{4}[./-]\d{1,2}[./-]\d{1,2}|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4})"
)
"""A date in canonical text."""
_UNIT = r"(?:second|sec|minute|min|hour|hr|day|week|month|year)s?"
_RELATIVE = (
    rf"(?:(?:over |about |more than |less than |almost )?(?:an?|\d+)? *(?:few )?{_UNIT} ago|"
    rf"\btoday\b|\byesterday\b|\bjust now\b|\b(?:this|last) (?:week|month|year)\b|"
    rf"\b(?:within |in )?(?:the )?last \d+ {_UNIT}|\bvor \d+ \w+|\bil y a \d+ \w+|\bhace \d+ \w+)"
)
_SAYS_WHEN = (
    r"(?:updated?|revised?|revision|modifi\w+|reviewed|changed?|amended|effective|published|posted|version|valid|"
    r"in (?:force|effect)|date[ds]?|created|written|as of|"
    r"stand|aktualisiert|geändert|gültig|fassung|inkrafttreten|"
    r"à jour|actualisé\w*|en vigueur|révis\w+|vigueur|"
    r"actualiza\w+|vigente|vigencia|vigor|aggiorna\w+|ultima modifica|bijgewerkt|gewijzigd|atualiza\w+|alteraç\w+|"
    r"aktualiz\w+|obowiązuje|senast|uppdatera\w+|opdatere\w+|oppdater\w+|päivitetty|обновл\w+|оновлен\w+|редакци\w+|güncelle\w+|"
    r"更新日?|制定|改定|施行|生效|시행|개정)"
)
_UPDATED = (
    r"(?:updated?|revised?|revision|modifi\w+|reviewed|amended|published|posted|aktualisiert|stand|mise à jour|"
    r"actualiza\w+|aggiorna\w+|bijgewerkt|atualiza\w+)"
)
_DEPENDS = re.compile(
    r"\b(?:until|till|before|after|by|through|expir\w+|ends?|deadline|prior|between|bis|jusqu|avant|après|hasta|"
    r"antes|después|fino|prima|tot|até|depois)\b"
)
"""Words with which a clause depends on a date: then the line is no mere date line."""
_DATED = re.compile(rf"{DATE}|{_RELATIVE}")
_SAYS = re.compile(rf"\b{_SAYS_WHEN}|[更制改施生시개]")
_LONGEST = 14
"""Words beside the date: more make a sentence that the date may matter to."""
_STATED = re.compile(
    rf"\b{_UPDATED}[^.;\w]{{0,3}}(?:\b(?:on|as of|at|le|el|il|am|op|em|date)\b)?[^.;\w]{{0,3}}$"
)
_SAYS_UPDATED = re.compile(rf"\b{_UPDATED}")
_DATE = re.compile(DATE)


@lru_cache(maxsize=4096)
def date_line(text: str) -> bool:
    """Whether a canonical text says nothing but when the document was changed or applies."""
    if len(text) > 240 or (not any(letter.isdigit() for letter in text) and not _DATED.search(text)):
        return False
    rest, dates = _DATED.subn("", text)
    if not dates:
        return False
    words = re.findall(r"\w+", rest)
    return not words or (len(words) <= _LONGEST and bool(_SAYS.search(rest)) and not _DEPENDS.search(rest))


def undated(text: str) -> str:
    """A canonical text without its dates and relative times."""
    return _DATED.sub("", text)


def stated(text: str) -> str:
    """A canonical text without the dates that follow "updated", "revised" and their like."""
    if not _SAYS_UPDATED.search(text):
        return text
    kept, end = [], 0
    for match in _DATE.finditer(text):
        if _STATED.search(text[max(0, match.start() - 60) : match.start()]):
            kept.append(text[end : match.start()])
            end = match.end()
    return "".join([*kept, text[end:]])
