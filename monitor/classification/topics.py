"""What a clause is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from monitor.classification.asides import touched
from monitor.classification.facts import Facts
from monitor.classification.knowledge import Knowledge
from monitor.classification.runs import Range
from monitor.classification.text import read

_STRONG, _WEAK, _HEADING, _TITLE, _KIND = 2.0, 1.0, 3.0, 2.0, 0.5
_CHANGED, _CLOSE = 2.0, 1.5
_SAID = 1.0
_NEAR = 12
"""Words between a phrase and a change for them to be close."""
_BARS, _ROW = 2, 4.0
"""A row of at least so many bars with a place in it is likely one of a list of recipients."""
_FORBIDDEN = 2.5
_LEAST = 1.0
_SHARE = 0.25
"""Of the best topic's points, what another topic needs to be named as well."""
_MOST = 3
_NEARLY = 0.6
"""Of the best topic's points, what one topic more needs."""
_LENGTH = 0.25


def topics(
    sides: Sequence[tuple[Facts, Sequence[Range]]],
    paths: Iterable[Sequence[str]],
    policy_kind: str | None,
    known: Knowledge,
    title: str = "",
) -> tuple[str, ...]:
    """Topics of a changed clause, likeliest first.

    ``sides``: the facts before and after, each with the word ranges that changed; ``paths``: the headings above the
    clause, before and after; ``title``: what the clause itself begins with as its heading.
    """
    counted = [_counted(facts, changed) for facts, changed in sides]
    points = _of_both(counted, known)
    titled = {hit.name for hit in known.headings.scan(read(title))} - {"contact"} if title else set()
    for name in titled:
        points[name] = points.get(name, 0.0) + _TITLE
    for name, value in _headed(paths, known).items():
        points[name] = points.get(name, 0.0) + value
    for facts, changed in sides:
        if _forbids(facts, changed):
            points["acceptable_use"] = points.get("acceptable_use", 0.0) + _FORBIDDEN
        if facts.places and facts.text.shown.count("|") >= _BARS:
            points["subprocessors"] = points.get("subprocessors", 0.0) + _ROW
    if policy_kind is not None:
        for name in points:
            if policy_kind in known.kinds_of_topic[name]:
                points[name] += _KIND
    best = max(points.values(), default=0.0)
    named = [name for name, value in points.items() if value >= max(_LEAST, best * _SHARE)]
    named.sort(key=lambda name: (-points[name], name))
    most = _MOST + bool(titled)
    named[most:] = [name for name in named[most : most + 1] if points[name] >= best * _NEARLY]
    here = _of_sentences(sides, counted, known)
    return tuple(dict.fromkeys((*named[:1], *here, *named[1:]))) or ("other",)


def _headed(paths: Iterable[Sequence[str]], known: Knowledge) -> dict[str, float]:
    """Points for the headings above a clause, the nearest most; of both sides what says more."""
    points: dict[str, float] = {}
    for path in dict.fromkeys(map(tuple, paths)):
        here: dict[str, float] = {}
        for depth, heading in enumerate(reversed(path[-3:])):
            for hit in known.headings.scan(read(heading)):
                here[hit.name] = here.get(hit.name, 0.0) + _HEADING / (depth + 1)
        for name, value in here.items():
            points[name] = max(points.get(name, 0.0), value)
    return points


def _of_sentences(
    sides: Sequence[tuple[Facts, Sequence[Range]]], counted: Sequence[Sequence[_Phrase]], known: Knowledge
) -> tuple[str, ...]:
    """What the changed sentences by themselves are about most, whatever the rest of a long clause is about."""
    here = [
        {facts.text.sentences[start] for start, _ in touched(facts.text, changed)} for facts, changed in sides
    ]
    if any(
        len(some) == len(facts.text.sentence_starts) for some, (facts, _) in zip(here, sides, strict=True)
    ):
        return ()  # there is no rest
    points = _of_both(
        [
            [phrase for phrase in phrases if facts.text.sentences[phrase[0]] in some]
            for phrases, some, (facts, _) in zip(counted, here, sides, strict=True)
        ],
        known,
    )
    said = {
        known.topic_of[fact.name]
        for some, (facts, _) in zip(here, sides, strict=True)
        for fact in facts.said
        if fact.name in known.topic_of and facts.text.sentences[fact.start] in some
    }
    for name in said:
        points[name] = points.get(name, 0.0) + _SAID
    return tuple(sorted(points, key=lambda name: (-points[name], name))[:1])


_RUN_IN = re.compile(r"\W{0,3}([^\W\d_][^.:;!?\n]{2,70}+)[.:]\W{0,3}\s\W{0,3}[A-Z]")
_LONGEST_TITLE = 8


def run_in_title(text: str) -> str:
    """The heading with which a paragraph itself begins, empty when it has none: "Sub-processing. Customer …"."""
    found = _RUN_IN.match(text)
    if found is None or len(found[1].split()) > _LONGEST_TITLE:
        return ""
    words = [word for word in found[1].split() if len(word) > _SMALL_WORD]
    return found[1] if words and all(word[0].isupper() for word in words) else ""


_SMALL_WORD = 3
"""Letters of the words that are written small in a title."""


@cache
def _topic(name: str) -> tuple[str, float]:
    """The topic that a phrase speaks for, and how strongly."""
    topic, _, strength = name.partition(":")
    return topic, _STRONG if strength == "strong" else _WEAK


_LONG = 4
_OF_LENGTH = [1 + _LENGTH * (max(length, 1) - 1) for length in range(_LONG + 1)]
"""What a phrase counts by its words: the more, the surer."""


_Phrase = tuple[int, tuple[str, str, str], float]
"""Where a phrase begins, its topic with its first and last word, and what it counts."""


def _counted(facts: Facts, changed: Sequence[Range]) -> list[_Phrase]:
    """What the topic phrases of one text count: more the closer they stand to what changed."""
    if not facts.topics:
        return []
    words = facts.text.words
    close = _closeness(len(words), changed)
    counted: list[_Phrase] = []
    for name, start, end in facts.topics:
        topic, value = _topic(name)
        length = end - start
        nearest = close[start] if length == 1 else max(close[start:end])
        value *= _OF_LENGTH[length if length < _LONG else _LONG] * nearest
        counted.append((start, (topic, words[start], words[end - 1]), value))
    return counted


def _of_both(sides: Iterable[Iterable[_Phrase]], known: Knowledge) -> dict[str, float]:
    """Points of two texts, for each topic of the one that says more; each distinct phrase counts once."""
    points: dict[str, float] = {}
    for phrases in sides:
        best: dict[tuple[str, str, str], float] = {}
        for _, phrase, value in phrases:
            if value > best.get(phrase, 0.0):
                best[phrase] = value
        here: dict[str, float] = {}
        for (topic, _, _), value in best.items():
            here[topic] = here.get(topic, 0.0) + value * known.broad.get(topic, 1.0)
        for topic, value in here.items():
            if value > points.get(topic, 0.0):
                points[topic] = value
    return points


def _forbids(facts: Facts, changed: Sequence[Range]) -> bool:
    """Whether the changed words say what the customer may not do."""
    return any(
        modal.holder == "customer"
        and modal.force == "not"
        and any(start <= modal.start < end for start, end in changed)
        for modal in facts.modals
    )


def _closeness(length: int, changed: Sequence[Range]) -> list[float]:
    """For each word its factor: highest in the changed words, lowest far from them."""
    close = [1.0] * length
    for reach, factor in ((_NEAR, _CLOSE), (0, _CHANGED)):
        for start, end in changed:
            first, last = max(start - reach, 0), min(end + reach, length)
            close[first:last] = [factor] * (last - first)
    return close
