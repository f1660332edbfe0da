"""Endings of English words."""

from __future__ import annotations

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


def folded(word: str) -> str:
    """A word without its ending: close enough to tell a form of a word from another word."""
    for ending in _ENDINGS:
        shortest = 3 if ending in _OF_VERBS else 4
        if len(word) - len(ending) >= shortest and word.endswith(ending) and word[-2:] != "ss":
            return word[: -len(ending)]
    return word
