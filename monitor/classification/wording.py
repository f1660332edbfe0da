"""Which words of substance differ once everything that says the same in other words is put aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein, Postfix, Prefix

from monitor.classification.citation import put_aside
from monitor.classification.echoes import antecedent, near_words, repeated, without_light
from monitor.classification.endings import akin
from monitor.classification.facts import Facts
from monitor.classification.kin import BOUNDS, Said, kin_of, said_by
from monitor.classification.knowledge import Knowledge
from monitor.classification.likeness import without_like
from monitor.classification.limits import put_bounds_alike
from monitor.classification.phrasing import Bag, unphrased
from monitor.classification.runs import Range, by_gap
from monitor.classification.spelling import respelt
from monitor.classification.text import Text
from monitor.classification.voice import passives

_OPPOSITES = ("un", "in", "non", "dis", "im", "ir", "mis", "de")
_SHORTEST_TYPO = 5
_MOST_PAIRS = 2500
_UNIVERSAL = frozenset({"all", "every", "any"})
"""What comes and goes where as many noes are said otherwise: "all … only" is "no … except"."""
_ANY_OR_ALL = frozenset({"any", "all", "every"})
"""What says the same of many where nothing is denied."""
_EACH_OF_ALL = frozenset({"all", "every"})
DECISIVE = frozenset({"not", "only", *(f"{bound} a number" for bound in BOUNDS)})
"""What a change of any size must not differ in to be called the same."""


class Wording(NamedTuple):
    """Words of substance that one side has and the other lacks."""

    gone: tuple[str, ...]
    come: tuple[str, ...]
    spelling: bool
    """Some words differed by a letter or two only."""
    dates: bool
    """Dates or references differed."""
    turned: bool
    """As many noes were said in other words: "only if" for "not … unless"."""
    places: tuple[tuple[Range, ...], tuple[Range, ...]]
    """Where the words stand that one side has and the other lacks."""
    alike: int = 0
    """Words of one side in whose place a word came that may say the same."""

    @property
    def same(self) -> bool:
        return not self.gone and not self.come

    @property
    def size(self) -> int:
        return len(self.gone) + len(self.come)


def wording(
    before: Facts,
    after: Facts,
    changed: tuple[Sequence[Range], Sequence[Range]],
    known: Knowledge,
    vendor: frozenset[str] = frozenset(),
) -> Wording:
    """Compare two texts as bags of folded words: order, synonyms, endings, spelling and echoes do not count.

    ``changed``: the words of each side that the other lacks; ``vendor``: words for the vendor, which is the same party
    by its name and as "we".
    """
    said = said_by(before, known), said_by(after, known)
    for side, spaced in zip(said, respelt(before.text, after.text, changed, known), strict=True):
        for at in spaced:
            side.words[at] = ""
    for facts, side in zip((before, after), said, strict=True):
        put_bounds_alike(facts, side)
    cited = put_aside((before, after), said)
    middles = _middles(said[0].words, said[1].words)
    left, right = _bag([*middles[0], *cited[0]]), _bag([*middles[1], *cited[1]])
    noes = _negations(left), _negations(right)
    gone, come = unphrased((left, right), said, (before.text, after.text), known)
    gone, come, spelling = _without_twins(gone, come, known.opposed)
    if not (noes[0][1] or noes[1][1]):  # "any dispute", "all disputes": but not under a no
        gone, come = _paired(gone, come, _ANY_OR_ALL)
    differing = len(gone)
    gone, come = without_like(gone, come, (before.text, after.text), said)
    alike = differing - len(gone)
    if before.text.words and after.text.words and (gone or come):
        near = near_words(before, said[0], changed[0]), near_words(after, said[1], changed[1])
        gone, come = without_light(gone, come, near, known)
        if not come:
            gone = repeated(gone, said[0], before.text, known)
            gone = antecedent(gone, changed[1], after.text, changed[0], before.text)
        elif not gone:
            come = repeated(come, said[1], after.text, known)
            come = antecedent(come, changed[0], before.text, changed[1], after.text)
    gone, come = _without_converse(gone, come, before, after)
    turned = noes[0][2] != noes[1][2]
    beside = {kin_of(name, known) for name in vendor}
    if not (beside.isdisjoint(gone) or beside.isdisjoint(come)):  # one name for another is another doer
        beside = set()
    beside |= _UNIVERSAL if turned else frozenset()
    gone, come = ([word for word in words if word not in beside] for words in (gone, come))
    gone, come = _without_existence(gone, come, before.text.words, after.text.words)
    if noes[0][0] > noes[1][1] or noes[1][0] > noes[0][1]:
        denied, denies = Counter(noes[0][2]), Counter(noes[1][2])
        lacking, further = list((denied - denies).elements()), list((denies - denied).elements())
        texts = before.text, after.text
        if not (gone or come) and lacking + further == ["not"] and _denies_both(texts, changed):
            lacking, further = [], []
        gone, come = gone + lacking, come + further
        turned = False
    return Wording(
        tuple(gone),
        tuple(come),
        spelling,
        said[0].dates != said[1].dates,
        turned,
        (_places(said[0], gone), _places(said[1], come)),
        alike,
    )


def _without_converse(
    gone: list[str], come: list[str], before: Facts, after: Facts
) -> tuple[list[str], list[str]]:
    """What is left where one side speaks from the receiver's end and the other from the giver's, or of what is used.

    "We receive it from partners", "partners give it to us"; "we use safeguards to protect it", "it is protected by
    safeguards".
    """
    for getting, giving, text in ((gone, come, before.text), (come, gone, after.text)):
        if (
            "get" in getting
            and "give" in giving
            and ("from" in text.words or _revoiced(before, after))
            and not _same_doer(before.text, after.text)
        ):
            return _less(gone, "get", "give"), _less(come, "get", "give")
    if (
        [*gone, *come] == ["use"]
        and "by" in (after if gone else before).text.words
        and _revoiced(before, after)
    ):
        return [], []
    return gone, come


def _denies_both(texts: tuple[Text, Text], changed: tuple[Sequence[Range], Sequence[Range]]) -> bool:
    """Whether one side says anew, in a sentence of its own, what the other denies of two things with "or"."""
    runs = by_gap(changed[0]), by_gap(changed[1])
    for here in (0, 1):
        for gap, (start, end) in runs[here].items():
            first, last = runs[1 - here].get(gap, (0, 0))
            anew = start in texts[here].sentence_starts and not _NOT.isdisjoint(texts[here].words[start:end])
            if anew and _denies_before(texts[here], start) and texts[1 - here].words[first:last] in _OR:
                return True
    return False


def _denies_before(text: Text, at: int) -> bool:
    """Whether the sentence before the one that begins at a word says no, too."""
    first = text.sentence_starts[text.sentences[at] - 1] if at else 0
    return not _NOT.isdisjoint(text.words[first:at])


_NOT = frozenset({"not", "never"})
_OR = frozenset({("or",), ("nor",)})


def _without_existence(
    gone: list[str], come: list[str], before: Sequence[str], after: Sequence[str]
) -> tuple[list[str], list[str]]:
    """What is left where one side says that something exists of which the other takes some: "there is data that we
    keep", "we keep some data"."""
    exists = [
        sum(
            words[at : at + 2] in _THERE_IS and ("that", "we") in pairwise(words[at : at + _LONGEST_THING])
            for at in range(len(words))
        )
        for words in (before, after)
    ]
    if exists[0] > exists[1]:
        return gone, _less(come, "some", "other")
    return (_less(gone, "some", "other"), come) if exists[1] > exists[0] else (gone, come)


_THERE_IS = frozenset({("there", "is"), ("there", "are")})
_LONGEST_THING = 8


def _same_doer(before: Text, after: Text) -> bool:
    """Whether a party receives on one side and provides on the other: "we receive it", "we provide it"."""
    got, given = (
        {one for text in (before, after) for one, two in pairwise(text.words) if two in verbs}
        for verbs in (_GET, _GIVE)
    )
    return not _SPEAKERS.isdisjoint(got & given)


_GET, _GIVE = (
    frozenset({"receive", "get", "obtain", "collect"}),
    frozenset({"provide", "give", "offer", "supply"}),
)
_SPEAKERS = frozenset({"we", "you"})


def _less(words: list[str], *unwanted: str) -> list[str]:
    """Words without the first of each of some."""
    left = list(words)
    for word in unwanted:
        if word in left:
            left.remove(word)
    return left


def _revoiced(before: Facts, after: Facts) -> bool:
    """Whether one side speaks in the passive voice more often than the other."""
    return passives(before.text.words) != passives(after.text.words)


def _middles(one: list[str], other: list[str]) -> tuple[list[str], list[str]]:
    """Both texts without what they begin and end with alike."""
    start = Prefix.similarity(one, other)
    one, other = one[start:], other[start:]
    end = Postfix.similarity(one, other)
    return one[: len(one) - end], other[: len(other) - end]


def _places(said: Said, kin: Collection[str]) -> tuple[Range, ...]:
    """Where the words stand that stand for one of these."""
    if not kin:
        return ()
    wanted = frozenset(kin).union([f"not {word}" for word in kin])
    denied = "not" in wanted
    places = [at for at, word in enumerate(said.words) if word in wanted or (denied and word[:4] == "not ")]
    return tuple([(at, said.ends.get(at, at + 1)) for at in places])


def _bag(words: Iterable[str]) -> Bag:
    """How often each word is said, but for those that stand for nothing."""
    bag: Bag = {}
    for word in words:
        bag[word] = bag.get(word, 0) + 1
    bag.pop("", None)
    return bag


def _negations(bag: Bag) -> tuple[int, int, Bag]:
    """The least and the most noes that a text says, and its words for them, which leave the bag."""
    said: Bag = {word: bag.pop(word) for word in ("not", "only", "nor") if word in bag}
    for word in [word for word in bag if word[:4] == "not "]:
        count = bag.pop(word)
        said["not"] = said.get("not", 0) + count
        bag[word[4:]] = bag.get(word[4:], 0) + count
    least = said.get("not", 0) + 2 * said.get("only", 0)
    return least, least + said.pop("nor", 0), said


def _without_twins(
    gone: list[str], come: list[str], opposed: Mapping[str, frozenset[str]]
) -> tuple[list[str], list[str], bool]:
    """What is left without pairs of words that differ in spelling or are forms of one word."""
    left, right, found = [], list(come), False
    if len(gone) * len(come) > _MOST_PAIRS:
        return gone, come, False
    for word in gone:
        others = opposed.get(word)
        twin = _twin(word, [one for one in right if one not in others] if others else right)
        if twin is None:
            left.append(word)
        else:
            right.remove(twin)
            found = found or not (akin(word, twin) or {word, twin} == _EACH_OF_ALL)
    return left, right, found


def _twin(word: str, others: Sequence[str]) -> str | None:
    """The first of some words that is the same word, spelt otherwise or in another form."""
    universal = word in _EACH_OF_ALL
    for other in others:
        if other[0] == word[0] and (_typo(word, other) or akin(word, other)):
            return other
        if universal and {word, other} == _EACH_OF_ALL:
            return other
    return None


def _paired(gone: list[str], come: list[str], either: frozenset[str]) -> tuple[list[str], list[str]]:
    """What is left without one of some words on each side, if there is one on each."""
    if either.isdisjoint(gone) or either.isdisjoint(come):
        return gone, come
    left, right = (next(word for word in words if word in either) for words in (gone, come))
    return _less(gone, left), _less(come, right)


def _typo(one: str, other: str) -> bool:
    if min(len(one), len(other)) < _SHORTEST_TYPO - 1 or not (one.isalpha() and other.isalpha()):
        return False
    allowed = 1 if min(len(one), len(other)) < 8 else 2
    if Levenshtein.distance(one, other, score_cutoff=allowed) > allowed:
        return False
    return not any(a == prefix + b for a, b in ((one, other), (other, one)) for prefix in _OPPOSITES)
