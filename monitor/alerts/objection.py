"""By when a customer must object: the days that the config gives a vendor, or those that the policy names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.config import Watch
from monitor.model import Comparison, Document

LONGEST = 400  # days; a longer "period" is something else

_VALUES = {
    word: value
    for value, words in (
        (1, "one ein einem einer eines un une una"),
        (2, "two zwei deux dos"),
        (3, "three drei trois tres"),
        (4, "four vier quatre cuatro"),
        (5, "five fünf cinq cinco"),
        (6, "six sechs seis"),
        (7, "seven sieben sept siete"),
        (10, "ten zehn dix diez"),
        (14, "fourteen vierzehn quatorze catorce"),
        (15, "fifteen quinze quince"),
        (20, "twenty zwanzig vingt veinte"),
        (21, "twenty-one"),
        (30, "thirty dreißig trente treinta"),
        (45, "forty-five"),
        (60, "sixty sechzig soixante sesenta"),
        (90, "ninety neunzig noventa"),
    )
    for word in words.split()
}
_PERIOD = re.compile(
    r"\b(?P<number>\d{1,3}|" + "|".join(sorted(_VALUES, key=len, reverse=True)) + r")\b\)?"
    r"(?:\s*\(\s*\d{1,3}\s*\))?[\s-]+(?:(?:calendar|business|working|jours)\s+)?"
    r"(?P<unit>days?|weeks?|months?|tagen?|wochen|monaten?|jours?|semaines?|mois|d[ií]as?|semanas?)\b",
    re.IGNORECASE,
)
_OBJECT = re.compile(
    r"\b(?:object(?:s|ion|ions)?|oppose|reject|widerspr\w+|widersprechen|objection|opposer|opposition"
    r"|oponerse|objetar|oposici[oó]n)\b",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"\b(?:chang\w+|modif\w+|amend\w+|updat\w+|new\s+sub-?processors?|additional\s+sub-?processors?|notice|notif\w+"
    r"|[äa]nder\w+|mitteilung\w*|benachrichtig\w+|unterauftrag\w+|avis|cambio\w*|aviso)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Deadline:
    day: str
    """ISO date."""
    basis: str


def objection(
    comparison: Comparison, watch: Watch, document: Document | None, *, at: datetime, timezone: str
) -> Deadline | None:
    """The last day to object to a material change; None where nobody names a period."""
    if comparison.verdict != "material":
        return None
    if watch.objection_days is not None:
        days, basis = watch.objection_days, f"{watch.objection_days} days from detection, by your config"
    else:
        found = named_period(document)
        if found is None:
            return None
        days, basis = found[0], f"{found[0]} days from detection; the policy says: “{found[1]}”"
    day = at.astimezone(ZoneInfo(timezone)).date() + timedelta(days=days)
    return Deadline(day.isoformat(), basis)


def named_period(document: Document | None) -> tuple[int, str] | None:
    """The shortest objection period that a policy grants its customers, in days, and the words that do."""
    found = []
    for clause in document.clauses if document else ():
        for sentence in re.split(r"(?<=[.;!?])\s+", clause.text):
            if _OBJECT.search(sentence) and _CHANGE.search(sentence):
                found += [(days, _short(sentence)) for days in map(_days, _PERIOD.finditer(sentence)) if days]
    return min(found, default=None)


def _days(match: re.Match[str]) -> int | None:
    words, unit = match["number"].lower(), match["unit"].lower()
    number = int(words) if words.isdigit() else _VALUES[words]
    if unit.startswith(("week", "woche", "semain", "seman")):
        number *= 7
    elif unit.startswith(("month", "monat", "mois")):
        number *= 30
    return number if 0 < number <= LONGEST else None


def _short(sentence: str, limit: int = 160) -> str:
    return sentence if len(sentence) <= limit else sentence[: limit - 1].rsplit(" ", 1)[0] + " …"
