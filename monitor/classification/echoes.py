"""Words that only say again what a sentence, or the one before it, has said; and words that weigh nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from monitor.classification.asides import touched
from monitor.classification.facts import Facts
from monitor.classification.holders import PARTIES
from monitor.classification.kin import Said
from monitor.classification.knowledge import Knowledge
from monitor.classification.runs import Range
from monitor.classification.tables import word_set
from monitor.classification.text import Text

_MOST_ECHOES = 8
_MOST_WITH_A_PARTY = 3
"""Where a party is among them, what is said of it elsewhere may be another thing."""
_MOST_ECHOES_AT_ONCE = 2
"""Where each side repeats what the other says once."""


def near_words(facts: Facts, said: Said, changed: Sequence[Range]) -> frozenset[str]:
    """What the words of the sentences in which something changed stand for."""
    near: set[str] = set()
    for start, end in touched(facts.text, changed):
        near.update(said.words[start:end])
    denied = [word for word in near if word[:4] == "not "]
    if denied:
        near.difference_update(denied)
        near.update([word[4:] for word in denied])
    return frozenset(near)


def without_light(
    gone: list[str], come: list[str], near: tuple[frozenset[str], frozenset[str]], known: Knowledge
) -> tuple[list[str], list[str]]:
    """What is left without light words, and without echoes: a few words that the other side says, but less often.

    Light words go only where nothing of weight came in their place, echoes only where nothing did.
    """
    left, right = near
    heavy_gone, heavy_come = (
        [word for word in words if word not in known.light_words] for words in (gone, come)
    )
    if not heavy_come and _echo(heavy_gone, right):
        heavy_gone = []
    elif not heavy_gone and _echo(heavy_come, left):
        heavy_come = []
    elif (
        _echoes(heavy_gone, right)
        and _echoes(heavy_come, left)
        and not _both_weigh(heavy_gone, heavy_come, known)
    ):
        heavy_gone = heavy_come = []
    fresh_gone = any(word not in right for word in heavy_gone)
    fresh_come = any(word not in left for word in heavy_come)
    return (gone if fresh_come else heavy_gone), (come if fresh_gone else heavy_come)


def _echo(words: Collection[str], other: frozenset[str]) -> bool:
    most = _MOST_ECHOES if PARTIES.isdisjoint(words) else _MOST_WITH_A_PARTY
    return len(words) <= most and all(word in other and not word[0].isdigit() for word in words)


def _echoes(words: Collection[str], other: frozenset[str]) -> bool:
    return len(words) <= _MOST_ECHOES_AT_ONCE and _echo(words, other)


def _both_weigh(gone: Collection[str], come: Collection[str], known: Knowledge) -> bool:
    """Whether a party or a word of weight is said once more on one side, and something else on the other."""
    return bool(gone and come) and any(
        any(word in PARTIES or word in known.weighty_words for word in words) for words in (gone, come)
    )


def repeated(words: list[str], said: Said, text: Text, known: Knowledge) -> list[str]:
    """What is left of the only words that differ without one at the end of a sentence that says it before: "comply with
    the Regulation Compliance"."""
    if len(words) != 1 or words[0] in known.weighty_words or words[0] in PARTIES:
        return words
    places = [at for at, word in enumerate(said.words) if word == words[0]]
    for at, before in zip(places[1:], places, strict=False):
        last = at + 1 == len(text.words) or text.sentences[at + 1] != text.sentences[at]
        if last and text.sentences[before] == text.sentences[at] and not _listed(text, at):
            return []
    return words


def _listed(text: Text, at: int) -> bool:
    """Whether a word stands after a comma or a joint."""
    before = text.shown[: text.spans[at][0]].rstrip()
    return before.endswith(",") or text.words[at - 1] in ("and", "or", "nor")


def antecedent(
    words: list[str], there: Sequence[Range], other: Text, here: Sequence[Range], text: Text
) -> list[str]:
    """What is left of the only words that differ without one for which the other side says "they" or "these".

    Only where the sentence before names nothing else of which there are many. ``there`` and ``here``: the words that
    each side lacks.
    """
    if len(words) != 1:
        return words
    for first, last in there:
        if last - first != 1 or other.words[first] not in _MANY:
            continue
        names = [at for start, end in here for at in range(start, end) if end - start <= _SHORT]
        sentence = other.sentences[first] - 1
        start, end = _bounds(other, sentence)
        many = {word for word in other.words[start:end] if _is_many(word)}
        if sentence >= 0 and any(many == {text.words[at]} for at in names):
            return []
    return words


_MANY = frozenset({"they", "these", "those", "them"})
_SHORT = 2


def _bounds(text: Text, sentence: int) -> Range:
    starts = (*text.sentence_starts, len(text.words))
    return (starts[sentence], starts[sentence + 1]) if sentence >= 0 else (0, 0)


def _is_many(word: str) -> bool:
    """Whether a word looks like a plural."""
    return word.endswith("s") and not word.endswith(("ss", "us", "is")) and word not in _SINGULAR


_SINGULAR = word_set("was has does always its ours yours theirs hers whereas perhaps as")
