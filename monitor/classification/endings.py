"""Endings of English words."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import Prefix

from monitor.classification.tables import word_set

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


@lru_cache(maxsize=20_000)
def folded(word: str) -> str:
    """A word without its ending: close enough to tell a form of a word from another word."""
    for ending in _ENDINGS:
        shortest = 3 if ending in _OF_VERBS else 4
        if len(word) - len(ending) >= shortest and word.endswith(ending) and word[-2:] != "ss":
            return word[: -len(ending)]
    return word


_SHORTEST_ROOT = 5
_SHORTEST_WITH_E = 3
_TAILS = word_set(
    "l s t d n is it at ed th iv ion ition ation abl ibl abilit ibilit ilit enc anc ent ant al ial ual ic ical ness "
    "ful ing"
)
"""What may follow a root in a form of the same word, once common endings are off."""


def akin(one: str, other: str) -> bool:
    """Whether two folded words are forms of one: "responsibl", "responsibilit"; also "mov", "move"; "logg", "log"."""
    if one[:_SHORTEST_WITH_E] != other[:_SHORTEST_WITH_E]:
        return False
    if one + "e" == other or other + "e" == one or one + one[-1] == other or other + other[-1] == one:
        return min(len(one), len(other)) >= _SHORTEST_WITH_E
    shared = Prefix.similarity(one, other)
    return shared >= _SHORTEST_ROOT and one[shared:] in _TAILS_OR_NONE and other[shared:] in _TAILS_OR_NONE


_TAILS_OR_NONE = _TAILS | {""}
