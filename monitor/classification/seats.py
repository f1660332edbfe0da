"""Places that no list knows, by where they stand: "the laws of Zug", "the courts of the Canton of Vaud", "Zug law"."""

from __future__ import annotations

from collections.abc import Collection

from monitor.classification.lexicon import Hit
from monitor.classification.tables import table, word_set
from monitor.classification.text import Text

_WORDS = table("names")
_LAW = word_set(f"{_WORDS['law']} court courts tribunal tribunals jurisdiction")
_CHOOSING = word_set(_WORDS["choosing_law"])
_NO_JURISDICTION = word_set(_WORDS["no_jurisdiction"]) | word_set(" ".join(_WORDS["documents"]["sorts"]))
_BEFORE_PLACE = word_set(_WORDS["before_place"])
_LONGEST = 4
"""Words of a place's name."""


def seats(text: Text, known: Collection[int]) -> list[Hit]:
    """Places named as those whose law or courts decide. ``known``: words that belong to places found already."""
    if _LAW.isdisjoint(text.words):
        return []
    capitals = frozenset(text.capitals)
    chosen = not _CHOOSING.isdisjoint(text.words)
    found: list[Hit] = []
    done = 0
    for at in text.capitals:
        if at < done or at in known or not _names(text, at):
            continue
        end = at + 1
        while end < len(text.words) and end in capitals and end - at < _LONGEST and end not in text.breaks:
            end += 1
        if text.words[end - 1] in _LAW:
            end -= 1
        before_law = chosen and at not in text.sentence_starts and _is_law(text, end)
        if end > at and (before_law or _after_law(text, at)):
            found.append(Hit(f"@seat:{' '.join(text.words[at:end])}", at, end))
            done = end
    return found


def _names(text: Text, at: int) -> bool:
    word = text.words[at]
    return len(word) > 1 and word not in _NO_JURISDICTION and word not in _LAW and word not in _BEFORE_PLACE


def _is_law(text: Text, at: int) -> bool:
    return (
        text.words[at : at + 1] != ()
        and text.words[at] in _LAW
        and (
            at + 1 in text.breaks
            or at + 1 == len(text.words)
            or text.sentences[at + 1] != text.sentences[at]
            or text.words[at + 1] in _AFTER_LAW
        )
    )


_AFTER_LAW = word_set(_WORDS["after_law"])
"""What may follow "Ontario law" in a sentence that chooses it; a noun makes something else of it."""


def _after_law(text: Text, at: int) -> bool:
    """Whether a word follows "law of", "courts located in" or the like."""
    here = at - 1
    while here > 0 and text.words[here] in _BEFORE_PLACE and text.words[here - 1] not in _LAW:
        here -= 1
    return here > 0 and text.words[here] in _BEFORE_PLACE and text.words[here - 1] in _LAW
