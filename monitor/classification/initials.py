"""Initials on one side for the words that stand on the other: "AWS", "Amazon Web Services"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from monitor.classification.text import Text

_FEWEST, _MOST = 2, 6
"""Letters of initials."""
_MOST_LOOKED_UP = 40
"""Initials of one text: each is looked for in the whole other one."""
_MOST_SMALL = 3
_SMALL = frozenset({"of", "and", "the", "for", "on", "in", "to"})
"""Words that initials leave out."""


def spelt_out(before: Text, after: Text) -> tuple[Text, Text]:
    """Both texts, with the words for initials that only one side uses and the other spells out.

    What is shown stays as it is: all words for some initials stand where these stand.
    """
    return _spelt_out(before, after), _spelt_out(after, before)


def _spelt_out(text: Text, other: Text) -> Text:
    meant: dict[int, tuple[str, ...]] = {}
    introduced: set[str] = set()
    for at, letters in islice(_initials(text), _MOST_LOOKED_UP):
        word = text.words[at]
        if word not in other.words:
            words = _words_for(letters, other, text)
        elif word not in introduced:
            introduced.add(word)
            words = _introduced(word, letters, other, text)
        else:
            continue
        if words:
            meant[at] = words
    return _with_words(text, meant) if meant else text


def _initials(text: Text) -> Iterator[tuple[int, str]]:
    """The words in capitals alone, but for a plural "s", with their letters."""
    for at in text.capitals:
        start, end = text.spans[at]
        if end - start < _FEWEST or text.shown[start + 1].islower():
            continue
        letters = text.shown[start:end].removesuffix("s")
        if _FEWEST <= len(letters) <= _MOST and letters.isupper() and letters.isalpha():
            yield at, letters.casefold()


def _introduced(word: str, letters: str, text: Text, beside: Text) -> tuple[str, ...]:
    """The words right before some initials that these stand for, and the initials: "large language models (LLMs)"."""
    words = text.words
    for end in [at for at, other in enumerate(words) if other == word and words[at - 1][0] == letters[-1]]:
        for at in range(max(end - _MOST - _MOST_SMALL, 0), end):
            begins = words[at][0] == letters[0] or words[at] in _SMALL
            if begins and _run(letters, words, at) == end and not _holds(beside.words, words[at:end]):
                return words[at : end + 1]
    return ()


def _words_for(letters: str, text: Text, beside: Text) -> tuple[str, ...]:
    """The first run of words of a sentence that begin with these letters, if they do not stand in the other text."""
    words = text.words
    for at, word in enumerate(words):
        if word[0] != letters[0]:
            continue
        end = _run(letters, words, at)
        if end and text.sentences[end - 1] == text.sentences[at] and not _holds(beside.words, words[at:end]):
            return words[at:end]
    return ()


def _run(letters: str, words: Sequence[str], at: int) -> int:
    """The end of the words that begin with these letters, one after the other; 0 if they do not."""
    for letter in letters:
        while at < len(words) and words[at][0] != letter and words[at] in _SMALL:
            at += 1
        if at == len(words) or words[at][0] != letter:
            return 0
        at += 1
    return at


def _holds(words: Sequence[str], run: Sequence[str]) -> bool:
    return any(words[at : at + len(run)] == run for at, word in enumerate(words) if word == run[0])


def _with_words(text: Text, meant: Mapping[int, Sequence[str]]) -> Text:
    """A text with several words each for one of its own."""
    words: list[str] = []
    spans: list[tuple[int, int]] = []
    sentences: list[int] = []
    place = []
    """Where each word of the text begins now."""
    for at, word in enumerate(text.words):
        place.append(len(words))
        instead = meant.get(at, (word,))
        words += instead
        spans += [text.spans[at]] * len(instead)
        sentences += [text.sentences[at]] * len(instead)
    place.append(len(words))
    capitals = {place[at] for at in text.capitals}
    for at, instead in meant.items():
        capitals.update(range(place[at], place[at] + len(instead)))
    return Text(
        text.shown,
        tuple(words),
        tuple(spans),
        tuple(sentences),
        tuple(place[at] for at in text.sentence_starts),
        tuple(sorted(capitals)),
        frozenset(place[at] for at in text.breaks if at < len(place)),
    )
