"""Which words of substance differ once everything that says the same in other words is put aside."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from monitor.classification.facts import Facts
from monitor.classification.knowledge import Knowledge
from monitor.classification.quantities import LABELS, MONTHS, begins_number, number_at
from monitor.classification.tables import word_set
from monitor.classification.text import Text

_MODAL = word_set("will shall must may might can could should would ought")
_NOT = word_set("not never no nor neither without")
_ENDINGS = (
    "ations",
    "ation",
    "ments",
    "ment",
    "ings",
    "ing",
    "ies",
    "ied",
    "ers",
    "ed",
    "es",
    "ly",
    "s",
    "y",
    "e",
)
_OF_VERBS = ("ing", "ed", "s")
_OPPOSITES = ("un", "in", "non", "dis", "im", "ir", "mis", "de")
_SHORTEST_TYPO = 5
_MOST_PAIRS = 2500


@dataclass(frozen=True, slots=True)
class Wording:
    """Words of substance that one side has and the other lacks."""

    gone: tuple[str, ...]
    come: tuple[str, ...]
    spelling: bool
    """Some words differed by a letter or two only."""
    dates: bool
    """Dates or references differed."""

    @property
    def same(self) -> bool:
        return not self.gone and not self.come

    @property
    def size(self) -> int:
        return len(self.gone) + len(self.come)


def wording(before: Facts, after: Facts, known: Knowledge) -> Wording:
    """Compare two texts as bags of folded words: order, synonyms, endings and spelling do not count."""
    left, dates_left = _bag(before, known)
    right, dates_right = _bag(after, known)
    gone, come = list((left - right).elements()), list((right - left).elements())
    gone, come, spelling = _without_typos(gone, come)
    return Wording(tuple(gone), tuple(come), spelling, dates_left != dates_right)


def _bag(facts: Facts, known: Knowledge) -> tuple[Counter[str], list[str]]:
    bag: Counter[str] = Counter()
    dates: list[str] = []
    phrases: dict[int, tuple[int, str]] = {}
    text = facts.text
    for hit in facts.same:
        if hit.end > phrases.get(hit.start, (0, ""))[0]:
            phrases[hit.start] = (hit.end, hit.name[1:])
    words, kin = text.words, known.kin
    at = 0
    while at < len(words):
        if at in phrases:
            at, word = phrases[at]
            _count(bag, word, known)
            continue
        word = words[at]
        number = number_at(text, at) if begins_number(word) else None
        if number is not None:
            value, end = number
            if _is_reference_or_date(text, at, end):
                dates.append(word)
            elif word != "one":
                bag[f"{value:g}"] += 1
            at = end
            continue
        if word in MONTHS and word != "may":
            dates.append(word)
        elif kin.get(word) != "":
            _count(bag, word, known)
        at += 1
    return bag, dates


def _count(bag: Counter[str], word: str, known: Knowledge) -> None:
    if word in _NOT:
        bag["not"] += 1
        return
    kept = known.kin.get(word)
    if kept is None:
        kept = _kin(word, known)
        if len(known.kin) < _MOST_KEPT:
            known.kin[word] = kept
    if kept:
        bag[kept] += 1


_MOST_KEPT = 20_000


def _kin(word: str, known: Knowledge) -> str:
    """The word that stands for a word; empty for one that carries no meaning of its own."""
    word = known.same_words.get(word, word)
    if word in known.empty_words or word in _MODAL or word == "if":
        return ""
    return known.same_words.get(folded(word), folded(word))


def folded(word: str) -> str:
    """A word without its ending: close enough to tell a form of a word from another word."""
    for ending in _ENDINGS:
        shortest = 3 if ending in _OF_VERBS else 4
        if len(word) - len(ending) >= shortest and word.endswith(ending):
            return word[: -len(ending)]
    return word


def _is_reference_or_date(text: Text, at: int, end: int) -> bool:
    words = text.words
    before = words[at - 1] if at else ""
    after = words[end] if end < len(words) else ""
    if before in LABELS or before in MONTHS or (after in MONTHS and after != "may"):
        return True
    word = words[at]
    return word.isdigit() and len(word) == 4 and word[:2] in ("19", "20")


def _without_typos(gone: list[str], come: list[str]) -> tuple[list[str], list[str], bool]:
    left, right, found = [], list(come), False
    if len(gone) * len(come) > _MOST_PAIRS:
        return gone, come, False
    for word in gone:
        twin = next((other for other in right if _typo(word, other)), None)
        if twin is None:
            left.append(word)
        else:
            right.remove(twin)
            found = True
    return left, right, found


def _typo(one: str, other: str) -> bool:
    if min(len(one), len(other)) < _SHORTEST_TYPO - 1 or not (one.isalpha() and other.isalpha()):
        return False
    if any(a == prefix + b for a, b in ((one, other), (other, one)) for prefix in _OPPOSITES):
        return False
    allowed = 1 if min(len(one), len(other)) < 8 else 2
    return Levenshtein.distance(one, other, score_cutoff=allowed) <= allowed
