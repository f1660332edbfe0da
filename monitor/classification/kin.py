"""What the words of a text stand for: one word for all that mean the same, nothing for what carries no meaning."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from monitor.classification.endings import folded
from monitor.classification.facts import Facts
from monitor.classification.knowledge import Knowledge
from monitor.classification.quantities import (
    LABELS,
    MONTHS,
    Quantity,
    begins_number,
    cites_clauses,
    labels_clause,
    number_at,
)
from monitor.classification.tables import table, word_set
from monitor.classification.text import Text

MODAL = word_set("will shall must may might can could should would ought")
BOUNDS = word_set("over under after")
"""What says something else before a number; "after" only before a period."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the words of a text stand for."""

    words: list[str]
    """One for each word of the text; empty for what carries no meaning, and within a phrase after its first word."""
    ends: dict[int, int]
    """Where phrases and numbers of several words end, by their first word."""
    dates: list[str]
    """Dates and references, which are put aside."""

    def blank(self, place: tuple[int, int]) -> None:
        """Let some words stand for nothing."""
        self.words[slice(*place)] = [""] * (place[1] - place[0])


def said_by(facts: Facts, known: Knowledge) -> Said:
    text = facts.text
    try:
        stands = list(map(known.kin.__getitem__, text.words))
    except KeyError:  # a word not met before
        stands = [kin_of(word, known) for word in text.words]
    dates: list[str] = []
    ends, names = _several(facts)
    numbers = (
        () if _SPECIAL.isdisjoint(stands) else [at for at, word in enumerate(stands) if word in _SPECIAL]
    )
    done = 0
    for at in sorted({*ends, *numbers}):
        if at < done or _shorter(ends, at):
            ends.pop(at, None)
            continue
        if at in ends:
            done = ends[at]
            _phrase(text, at, done, names[at], stands, known)
            for here in range(at + 1, done):  # "give us 30 days' notice"
                if here in ends and names[here][:1].isdigit() and ends[here] <= done:
                    stands[here : ends[here]] = [names[here]] + [""] * (ends[here] - here - 1)
            _numbers_within(text, at + 1, done, stands, dates)
        elif stands[at] == _MONTH:
            dates.append(text.words[at])
            stands[at] = ""
        else:
            done = _number(text, at, stands, dates)
            ends[at] = done
        if stands[at][:1].isdigit():
            _bind(stands, at)
    if "/" in text.shown:
        _cite(text, stands)
    return Said(stands, ends, dates)


def _several(facts: Facts) -> tuple[dict[int, int], dict[int, str]]:
    """Where phrases, places and periods of several words end, and what they stand for, by their first word."""
    ends: dict[int, int] = {}
    names: dict[int, str] = {}
    for hit in facts.same:
        if hit.name == "%only" and not _ABILITY.isdisjoint(facts.text.words[hit.start : hit.end]):
            continue
        if hit.end > ends.get(hit.start, 0):
            ends[hit.start], names[hit.start] = hit.end, hit.name[1:]
    for hit in facts.places:
        if hit.end > ends.get(hit.start, 0):
            ends[hit.start], names[hit.start] = hit.end, hit.name
    for quantity in facts.quantities:
        if quantity.start not in ends and quantity.sort in ("period", "money", "share"):
            unit = _UNITS.get(quantity.sort) or _currency(facts.text, quantity)
            end = quantity.end + (facts.text.words[quantity.end : quantity.end + 1] in _SINCE)
            ends[quantity.start], names[quantity.start] = end, f"{quantity.value:g} {unit}"
    return ends, names


_ABILITY = frozenset({"ability", "right", "rights", "liability", "access"})
"""What is limited without being confined to something: "may limit your ability to use it"."""
_UNITS = {"period": "hours", "share": "%"}


def _shorter(ends: dict[int, int], at: int) -> bool:
    """Whether a longer phrase begins within the one at a word: "described in", "in more detail"."""
    end = ends.get(at, at)
    return end > at + 1 and any(ends.get(here, here) - here > end - at for here in range(at + 1, end))


_SINCE = frozenset((word,) for word in ("after", "of", "from", "following"))
"""After a period, before what it is counted from."""


def _currency(text: Text, quantity: Quantity) -> str:
    """The sign of the currency of an amount, whichever way it is written."""
    beside = text.words[quantity.start : quantity.end]
    return next((_CURRENCIES[word] for word in beside if word in _CURRENCIES), "")


_CURRENCIES = {
    word: line[0]
    for line in ("$ usd dollar dollars", "€ eur euro euros", "£ gbp pound pounds", "¥ jpy yen")
    for word in line.split()
}


def _cite(text: Text, stands: list[str]) -> None:
    """Put aside who issued a law that is cited by its number: "Commission Decision 2010/87/EU"."""
    for match in NUMBER_OF_LAW.finditer(text.shown):
        at = bisect_left(text.spans, match.span())
        for here in range(max(at - _LONGEST_CITATION, 0), min(at + _LONGEST_CITATION, len(stands))):
            if (
                text.words[here] in _ISSUERS
                and text.sentences[here] == text.sentences[min(at, len(stands) - 1)]
            ):
                stands[here] = ""


def laws(text: Text) -> set[str]:
    """The numbers of the laws that a text cites."""
    return set(NUMBER_OF_LAW.findall(text.shown)) if "/" in text.shown else set()


NUMBER_OF_LAW = re.compile(r"\b(?:19|20)\d\d/\d{1,4}\b|\b\d{1,4}/(?:19|20)\d\d\b")
_LONGEST_CITATION = 12
"""Words of a citation on either side of the number."""
_ISSUERS = word_set(table("names")["issuers"])


def _bind(stands: list[str], at: int) -> None:
    """Mark a word that says on which side of the number at a word something lies: "under 16", "under the age of 16"."""
    for here in range(at - 1, max(at - _FARTHEST_BOUND, 0) - 1, -1):
        if stands[here]:
            if stands[here] in BOUNDS and (stands[here] != "after" or stands[at].endswith(" hours")):
                stands[here] += " a number"
            return


_FARTHEST_BOUND = 4


def _phrase(text: Text, at: int, end: int, name: str, stands: list[str], known: Knowledge) -> None:
    """Put what a phrase stands for at its first word, and nothing for its others."""
    inside = known.phrase_words.get(name)
    for here in range(at + 1, end):
        if inside is None or text.words[here] in inside:
            stands[here] = ""
    stands[at] = name if inside is None else kin_of(name, known)


def _numbers_within(text: Text, start: int, end: int, stands: list[str], dates: list[str]) -> None:
    """Numbers and months that stand between the words of a phrase: "give us 30 days' notice"."""
    at = start
    while at < end:
        if stands[at] == _MONTH:
            dates.append(text.words[at])
            stands[at] = ""
        at = _number(text, at, stands, dates) if stands[at] == _NUMBER else at + 1


def _number(text: Text, at: int, stands: list[str], dates: list[str]) -> int:
    """Put a number for its words, or aside when it only refers to something; the word after it."""
    number = number_at(text, at)
    value, end = number if number is not None else (0.0, at + 1)
    name = f"{value:g}"
    if _is_reference_or_date(text, at, end):
        dates.append(text.words[at])
        name = ""
    elif text.words[at] == "one" and end == at + 1:
        name = ""
    stands[at:end] = [name] + [""] * (end - at - 1)
    return end


_NUMBER, _MONTH = "#", "@"
_SPECIAL = frozenset({_NUMBER, _MONTH})


def kin_of(word: str, known: Knowledge) -> str:
    """The word that stands for a word and all that mean the same; empty for one without meaning of its own."""
    kept = known.kin.get(word)
    if kept is None:
        kept = _kin(word, known)
        if len(known.kin) < _MOST_KEPT:
            known.kin[word] = kept
    return kept


_MOST_KEPT = 20_000


def _kin(word: str, known: Knowledge) -> str:
    if begins_number(word):
        return _NUMBER
    if word in MONTHS and word != "may":
        return _MONTH
    negation = known.negations.get(word)
    if negation is not None:
        alone, _, base = negation.partition(" ")
        return f"{alone} {_kin(base, known)}" if base else alone
    if word in known.empty_words or word in MODAL or word == "if":
        return ""
    same = known.same_words.get(word) or known.same_words.get(word.removesuffix("s"))
    if same is not None:
        return "" if same in known.empty_words or same in MODAL or same == "if" else same
    return known.same_words.get(folded(word), folded(word))


SHORT_LABELS = word_set("art para sec lit cl pp")
"""What stands before the number of a part of a law, in short."""


def _is_reference_or_date(text: Text, at: int, end: int) -> bool:
    words = text.words
    before = words[at - 1] if at else ""
    after = words[end] if end < len(words) else ""
    year = words[end + 1] if end + 1 < len(words) else ""
    if (
        labels_clause(text, at)
        or cites_clauses(text, at)
        or text.shown.endswith(_SECTION_SIGNS, 0, text.spans[at][0])
        or before in LABELS
        or before in SHORT_LABELS
        or before in MONTHS
        or (after in MONTHS and (after != "may" or _is_year(year)))
    ):
        return True
    return _is_year(words[at])


_SECTION_SIGNS = ("§", "§ ")


def _is_year(word: str) -> bool:
    return word.isdigit() and len(word) == 4 and word[:2] in ("19", "20")
