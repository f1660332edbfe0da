"""Phrases that one side says and the other says word by word: "any notice must be sent", "must send any notice"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from monitor.classification.kin import Said, kin_of
from monitor.classification.knowledge import Knowledge
from monitor.classification.text import Text

Bag = dict[str, int]
"""Words, and how often each is said."""

_MOST_PHRASES = 6
_SHORTEST = 2
_PARTICLES = frozenset({"out", "off", "up", "down", "over", "back", "away", "in", "on"})
"""Small words that turn a verb round: "opt in", "opt out"."""


class Phrase(NamedTuple):
    """A phrase of one text, with what its words stand for one by one."""

    sign: int
    """1 on the side before, -1 on the side after."""
    name: str
    """What it stands for; empty where that is nothing."""
    words: tuple[str, ...]


def unphrased(
    bags: tuple[Bag, Bag], said: tuple[Said, Said], texts: tuple[Text, Text], known: Knowledge
) -> tuple[list[str], list[str]]:
    """Words that each of two bags has and the other lacks, with phrases taken apart where less differs for it."""
    left, right = bags
    off = {word: count - right.get(word, 0) for word, count in left.items() if right.get(word, 0) != count}
    for word, count in right.items():
        if word not in left:
            off[word] = -count
    sides = [_phrases(off, 1, said[0], texts[0], known), _phrases(off, -1, said[1], texts[1], known)]
    if sides[0] or sides[1]:
        # In an order that is the same when the comparison is read backwards.
        phrases = sorted((*sides[0], *sides[1]), key=lambda phrase: phrase[1:])
        whole = sorted(sides, key=lambda side: [phrase[1:] for phrase in side])
        for some in ([phrase] for phrase in phrases), whole, [phrases]:
            for together in some:
                _take_apart(off, together)
    return _lacking(off, 1), _lacking(off, -1)


def _lacking(off: dict[str, int], sign: int) -> list[str]:
    lacking = sorted(word for word, count in off.items() if count * sign > 0)
    return [word for word in lacking for _ in range(off[word] * sign)]


def _take_apart(off: dict[str, int], phrases: Sequence[Phrase]) -> None:
    """Put the words of phrases for them, if less differs then, and not by a small word that turns a verb round."""
    change: dict[str, int] = {}
    for sign, name, words in phrases:
        if name and off.get(name, 0) * sign <= 0:
            return
        if name:
            change[name] = change.get(name, 0) - sign
        for word in words:
            change[word] = change.get(word, 0) + sign
    gain = 0
    for word, count in change.items():
        less = abs(off.get(word, 0)) - abs(off.get(word, 0) + count)
        if less < 0 and word in _PARTICLES:
            return
        gain += less
    if gain > 0:
        for word, count in change.items():
            off[word] = off.get(word, 0) + count


def _phrases(off: Mapping[str, int], sign: int, said: Said, text: Text, known: Knowledge) -> list[Phrase]:
    """The phrases that stand for words that differ, or for nothing where one of their words does.

    None that says no, or how much, in any of its words.
    """
    found: list[Phrase] = []
    if not off:
        return found
    for at, end in said.ends.items():
        name = said.words[at]
        if end - at < _SHORTEST or (name and (name not in off or name in known.weighty_words)):
            continue
        inside = known.phrase_words.get(name) if name else None
        parts = [kin_of(word, known) for word in text.words[at:end] if inside is None or word in inside]
        words = tuple([part for part in parts if part])
        if not name and off.keys().isdisjoint(words):
            continue
        if not any(_says_no(word) or word in known.weighty_words for word in words):
            found.append(Phrase(sign, name, words))
            if len(found) == _MOST_PHRASES:
                break
    return found


def _says_no(word: str) -> bool:
    return word in ("not", "only", "nor") or word.startswith(("not ", "#"))
