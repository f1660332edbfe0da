"""Phrases as data, matched word by word.

A phrase is written as a reader would: ``sell|share .. personal data|information``.

- ``a|b``: either word; ``train*``: any word that begins so; ``?our``: may be missing;
- ``..``: up to four words between, ``...``: up to nine, in the same sentence.

There is no regular expression here: each word starts a bounded number of bounded trials, so a scan is linear
in the number of words whatever they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from monitor.classification.text import Text

_GAPS = {"..": 4, "...": 9}
_STEM = 3
_MOST_KEPT = 20_000
_MOST_SENTENCES = 256
"""Most sentences of a changed clause stand on both sides: each is looked through once."""


class Hit(NamedTuple):
    """A phrase found: what it stands for and the words it covers."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Step:
    words: frozenset[str]
    stems: tuple[str, ...]
    optional: bool
    gap: int


def _steps(phrase: str) -> tuple[_Step, ...]:
    steps: list[_Step] = []
    gap = 0
    for part in phrase.split():
        if part in _GAPS:
            gap = _GAPS[part]
            continue
        optional = part.startswith("?")
        forms = part.removeprefix("?").split("|")
        stems = tuple(form[:-1] for form in forms if form.endswith("*"))
        if any(len(stem) < _STEM for stem in stems):
            raise ValueError(f"phrase {phrase!r}: a stem needs at least {_STEM} letters")
        steps.append(_Step(frozenset(f for f in forms if not f.endswith("*")), stems, optional, gap))
        gap = 0
    if not steps or steps[0].optional or gap:
        raise ValueError(f"phrase {phrase!r}: must begin and end with a word")
    return tuple(steps)


class Lexicon:
    """Names and their phrases, indexed by the first word."""

    def __init__(self, entries: Mapping[str, Iterable[str]]) -> None:
        self._by_word: dict[str, list[_Phrase]] = {}
        self._by_stem: dict[str, list[_Phrase]] = {}
        self._begun = _Beginnings(self._by_word, self._by_stem)
        self._sentence = lru_cache(maxsize=_MOST_SENTENCES)(self._scan)
        for name, phrases in entries.items():
            for phrase in phrases:
                steps = _steps(phrase)
                for word in sorted(steps[0].words):
                    self._by_word.setdefault(word, []).append((name, steps))
                for stem in steps[0].stems:
                    self._by_stem.setdefault(stem[:_STEM], []).append((name, steps))

    @property
    def beginnings(self) -> frozenset[str]:
        """The whole words with which phrases begin."""
        return frozenset(self._by_word)

    def scan(self, text: Text) -> list[Hit]:
        """Every phrase found, in order; of several at the same word with the same name, the longest."""
        hits: list[Hit] = []
        start = 0
        for end in (*text.sentence_starts[1:], len(text.words)):
            found = self._sentence(text.words[start:end])
            hits += [Hit(name, first + start, last + start) for name, first, last in found]
            start = end
        return hits

    def _scan(self, words: tuple[str, ...]) -> list[tuple[str, int, int]]:
        """Every phrase in one sentence, as a plain hit: no phrase goes beyond it."""
        hits: list[tuple[str, int, int]] = []
        present = set(words)
        for at, phrases in enumerate(map(self._begun.__getitem__, words)):
            if phrases is None:
                continue
            alone, by_next, likely = phrases
            found = dict.fromkeys(alone, at + 1) if alone else {}
            if by_next and at + 1 < len(words):
                likely = by_next.get(words[at + 1], likely)
            for first_needed, rests in likely:
                if first_needed.isdisjoint(present):
                    continue
                for name, steps, done, needed in rests:
                    for some in needed:
                        if some.isdisjoint(present):
                            break
                    else:
                        end = at + done if done == len(steps) else _match(words, steps, done, at + done)
                        if end > found.get(name, 0):
                            found[name] = end
            for name, end in found.items():
                hits.append((name, at, end))
        return hits


_Phrase = tuple[str, tuple[_Step, ...]]
_Rest = tuple[str, tuple[_Step, ...], int, tuple[frozenset[str], ...]]
"""A phrase, how many steps of it are done, and sets of words of each of which one must stand in the sentence for the
others."""
_Rests = tuple[tuple[frozenset[str], tuple[_Rest, ...]], ...]
"""Phrases in order, those together that need one of the same words first."""


_Begun = tuple[tuple[str, ...], dict[str, _Rests], _Rests]
"""Phrases that begin with one word: the names of those that are complete with it; those that go on with one of some
words at once, by that word, with all that may go on with any word; and these alone."""


def _begun(word: str, phrases: Iterable[_Phrase]) -> _Begun:
    """The phrases that begin with a word, sorted by what decides next."""
    alone: list[str] = []
    by_next: dict[str, list[_Rest]] = {}
    others: list[_Rest] = []
    for name, steps in phrases:
        if len(steps) == 1:
            alone.append(name)
        elif steps[1].gap or steps[1].stems or steps[1].optional:
            others.append((name, steps, 1, _needed(steps[1:])))
        else:
            for following in sorted(steps[1].words):
                by_next.setdefault(following, []).append((name, steps, 2, _needed(steps[2:])))
    return (
        tuple(alone),
        {following: _together(word, (*some, *others)) for following, some in by_next.items()},
        _together(word, others),
    )


class _Beginnings(dict[str, _Begun | None]):
    """The phrases that may begin with a word; kept for a bounded number of words."""

    def __init__(self, by_word: Mapping[str, list[_Phrase]], by_stem: Mapping[str, list[_Phrase]]) -> None:
        self._by_word, self._by_stem = by_word, by_stem

    def __missing__(self, word: str) -> _Begun | None:
        stems = (p for p in self._by_stem.get(word[:_STEM], ()) if word.startswith(p[1][0].stems))
        candidates = (*self._by_word.get(word, ()), *stems)
        begun = _begun(word, candidates) if candidates else None
        if len(self) < _MOST_KEPT:
            self[word] = begun
        return begun


def _together(word: str, rests: Iterable[_Rest]) -> _Rests:
    """The phrases by what they need first: the word with which they begin, where they need nothing."""
    groups = groupby(rests, key=lambda rest: rest[3][0] if rest[3] else frozenset((word,)))
    return tuple(
        (first, tuple((name, steps, done, needed[1:]) for name, steps, done, needed in some))
        for first, some in groups
    )


def _needed(steps: tuple[_Step, ...]) -> tuple[frozenset[str], ...]:
    """The words of each step that has to be, the fewest first."""
    return tuple(sorted((step.words for step in steps if not (step.stems or step.optional)), key=len))


def _match(words: tuple[str, ...], steps: tuple[_Step, ...], step: int, at: int) -> int:
    """The end of the match of ``steps[step:]`` from word ``at``, 0 when there is none."""
    wanted = steps[step]
    stems = wanted.stems
    last = step + 1 == len(steps)
    window = words[at : at + wanted.gap + 1]
    if stems or not wanted.words.isdisjoint(window):
        for following, word in enumerate(window, at + 1):
            if word in wanted.words or (stems and word.startswith(stems)):
                end = following if last else _match(words, steps, step + 1, following)
                if end:
                    return end
    if not wanted.optional:
        return 0
    return at if last else _match(words, steps, step + 1, at)
