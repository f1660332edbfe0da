"""Words that stand together on one side and apart on the other, or are misspelt on one: "webforms", "recieve"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rapidfuzz.distance import OSA

from monitor.classification.kin import MODAL
from monitor.classification.knowledge import Knowledge
from monitor.classification.runs import Range, by_gap
from monitor.classification.text import Text

_SHORTEST_TYPO = 5


def respelt(
    before: Text, after: Text, changed: tuple[Sequence[Range], Sequence[Range]], known: Knowledge
) -> tuple[list[int], list[int]]:
    """Words that stand together on one side and apart on the other, or are misspelt on one: "webforms", "recieve"."""
    found: tuple[list[int], list[int]] = ([], [])
    if not changed[0] or not changed[1]:
        return found
    runs = by_gap(changed[0]), by_gap(changed[1])
    for gap in runs[0].keys() & runs[1].keys():
        (first, end), (start, last) = runs[0][gap], runs[1][gap]
        one, two = before.words[first:end], after.words[start:last]
        joined = len(one) != len(two) and _run_together(one, two)
        if joined and min(len(one), len(two)) == 1:  # "our sales force", "our Salesforce"
            joined = _is_small(before, first) == _is_small(after, start)
        if joined or (len(one) == len(two) == 1 and _misspelt(one[0], two[0], known)):
            found[0].extend(range(first, end))
            found[1].extend(range(start, last))
    for here, there, mine, theirs in ((before, after, 0, 1), (after, before, 1, 0)):
        long = [at for at in _places_of(changed[mine]) if len(here.words[at]) >= _SHORTEST_RUN]
        strange = [at for at in long if _is_strange(here.words[at], known)]
        if not strange:
            continue
        places = {there.words[at]: at for at in reversed(list(_places_of(changed[theirs])))}
        for at in strange:
            if at not in found[mine] and (parts := _run_into(here.words[at], there, places, known)):
                found[mine].append(at)
                found[theirs].extend(parts)
    return found


def _is_small(text: Text, at: int) -> bool:
    """Whether a word is written small, or large only because a sentence begins with it."""
    return at in text.sentence_starts or text.shown[text.spans[at][0]].islower()


def _is_strange(word: str, known: Knowledge) -> bool:
    """Whether others may have run into a word, which is none that policies use."""
    return word not in known.vocabulary and len(word) <= _LONGEST_RUN and word.isalpha()


def _run_into(word: str, other: Text, places: Mapping[str, int], known: Knowledge) -> list[int]:
    """Where the words stand that ran into one that is none, wherever they stand: "cookieson", "cookies in"."""
    for end in range(_SHORTEST_PART, len(word)):
        at, rest = places.get(word[:end]), word[end:]
        if at is not None and other.words[at + 1 : at + 2] == (rest,) and word[:end] not in _JOINED:
            return [at, at + 1]
        if end < _SHORTEST_TYPO:
            continue
        if at is not None and rest in known.empty_words:
            return [at, at + 1] if other.words[at + 1 : at + 2] == (rest,) else [at]
    return []


_SHORTEST_RUN, _LONGEST_RUN = 7, 40
_SHORTEST_PART = 3
"""Letters of a word that another ran into which stands beside it on the other side: "AppChoices", "App Choices"."""


def _places_of(changed: Sequence[Range]) -> Iterator[int]:
    return (at for start, end in changed for at in range(start, end))


def _run_together(one: Sequence[str], two: Sequence[str]) -> bool:
    """Whether words stand together on one side and apart on the other, if need be with a slip: "before", "be for"."""
    if not _JOINED.isdisjoint((*one, *two)):
        return False
    left, right = "".join(one), "".join(two)
    slip = len(one) + len(two) == _MOST_SPLIT and left.isalpha() and right.isalpha()
    return left == right or (
        slip
        and min(len(left), len(right)) >= _SHORTEST_TYPO
        and OSA.distance(left, right, score_cutoff=1) <= 1
    )


_MOST_SPLIT = 3
"""Words on both sides together where one was split with a slip."""


def _misspelt(one: str, two: str, known: Knowledge) -> bool:
    """Whether one of two words is the other with a slip of the pen, and no word that policies use."""
    if min(len(one), len(two)) < _SHORTEST_TYPO or one[0] != two[0] or not (one + two).isalpha():
        return False
    if (one in known.vocabulary) == (two in known.vocabulary):
        return False
    return OSA.distance(one, two, score_cutoff=1) <= 1


_JOINED = MODAL | {"not", "no", "never"}
"""What makes other words of those that it joins: "not able", "notable"."""
