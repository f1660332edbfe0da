"""What came and what went between the facts of two texts."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from operator import attrgetter, itemgetter
from typing import NamedTuple, TypeVar

from monitor.classification.citation import cited_words
from monitor.classification.endings import akin, folded
from monitor.classification.facts import Fact, Facts
from monitor.classification.knowledge import Knowledge
from monitor.classification.lexicon import Hit
from monitor.classification.modality import Modal
from monitor.classification.parties import Party
from monitor.classification.quantities import Quantity
from monitor.classification.runs import Range
from monitor.classification.text import Text

T = TypeVar("T")

_MOST_SENTENCES = 40
_MOST_MODALS = 60
_ALIKE = 0.5
"""Share of the shorter sentence's words from which on two sentences are one, reworded."""


class Delta(NamedTuple):
    """The facts on one side that the other lacks, and those that changed in place."""

    before: Facts
    after: Facts
    gone: tuple[Fact, ...]
    come: tuple[Fact, ...]
    modals_gone: tuple[Modal, ...]
    modals_come: tuple[Modal, ...]
    shifted: tuple[tuple[Modal, Modal], ...]
    quantities_gone: tuple[Quantity, ...]
    quantities_come: tuple[Quantity, ...]
    parties_gone: tuple[Party, ...]
    parties_come: tuple[Party, ...]
    places_gone: tuple[Hit, ...]
    places_come: tuple[Hit, ...]
    sentences: dict[int, int]
    """Changed sentences of the one side that are sentences of the other, reworded."""
    sentences_gone: tuple[tuple[int, int], ...]
    """Word ranges of sentences without a counterpart."""
    sentences_come: tuple[tuple[int, int], ...]


def delta(before: Facts, after: Facts, known: Knowledge) -> Delta:
    """Compare the facts of two texts; symmetric but for the sides."""
    matched, lone_before, lone_after = _align(before.text, after.text, known)
    gone, come = _facts(before.said, after.said)
    gone = (*gone, *_asked_no_more(before, after, gone, matched.items()))
    come = (*come, *_asked_no_more(after, before, come, ((j, i) for i, j in matched.items())))
    if before.text.words <= after.text.words:
        modals_gone, modals_come, shifted = _modals(before.modals, after.modals, matched)
    else:  # read backwards, the same pairs are made
        back = {there: here for here, there in matched.items()}
        modals_come, modals_gone, turned = _modals(after.modals, before.modals, back)
        shifted = tuple((old, new) for new, old in turned)
    shifted = tuple(
        (old, new)
        for old, new in shifted
        if not (_gratis(old, new, after) or _gratis(new, old, before))
        and not ({old.force, new.force} == {"must", "may"} and confined(before, old) and confined(after, new))
    )
    quantities_gone, quantities_come = _lacking(
        before.quantities, after.quantities, attrgetter("sort", "value")
    )
    parties_gone, parties_come = _lacking(before.parties, after.parties, attrgetter("key", "form"), once=True)
    parties_gone = _unsaid(parties_gone, after)
    parties_come = _unsaid(parties_come, before)
    places_gone, places_come = _lacking(before.places, after.places, attrgetter("name"), once=True)
    return Delta(
        before,
        after,
        gone,
        come,
        modals_gone,
        modals_come,
        shifted,
        _uncited(quantities_gone, before.text),
        _uncited(quantities_come, after.text),
        parties_gone,
        parties_come,
        places_gone,
        places_come,
        matched,
        lone_before,
        lone_after,
    )


def _uncited(numbers: tuple[Quantity, ...], text: Text) -> tuple[Quantity, ...]:
    """Numbers without those with which a law is cited."""
    if not numbers:
        return numbers
    cited = cited_words(text)
    return tuple(number for number in numbers if number.start not in cited)


def _lacking(
    before: Sequence[T], after: Sequence[T], key: Callable[[T], Hashable], *, once: bool = False
) -> tuple[tuple[T, ...], tuple[T, ...]]:
    """Members of each side that the other lacks, by key; ``once``: how often does not count."""
    if not (before or after):
        return (), ()
    had, has = list(map(key, before)), list(map(key, after))
    if had == has:
        return (), ()
    if len(had) == len(has) == 1:
        return tuple(before), tuple(after)
    minus = _minus_once if once else _minus
    return tuple(minus(before, had, has)), tuple(minus(after, has, had))


def _minus(members: Sequence[T], names: Sequence[Hashable], others: Sequence[Hashable]) -> list[T]:
    """Members with more of a name than there are others of it."""
    left: dict[Hashable, int] = {}
    for name in others:
        left[name] = left.get(name, 0) + 1
    lacking = []
    for member, name in zip(members, names, strict=True):
        count = left.get(name, 0)
        if count:
            left[name] = count - 1
        else:
            lacking.append(member)
    return lacking


def _minus_once(members: Sequence[T], names: Sequence[Hashable], others: Sequence[Hashable]) -> list[T]:
    """The first member of each name of which there is no other."""
    seen = set(others)
    lacking = []
    for member, name in zip(members, names, strict=True):
        if name not in seen:
            seen.add(name)
            lacking.append(member)
    return lacking


def _unsaid(names: tuple[Party, ...], other: Facts) -> tuple[Party, ...]:
    """Names whose words do not stand together in the other text, whatever their case, or only in a longer name."""
    if not names:
        return names
    words = f" {' '.join(other.text.words)} "
    longer = [f" {party.key} " for party in other.parties]
    return tuple(
        party
        for party in names
        if (
            f" {party.key} " not in words and not _stands_joined(party.key.replace(" ", ""), other.text.words)
        )
        or (party.form and any(f" {party.key} " in name and f" {party.key} " != name for name in longer))
    )


def _stands_joined(name: str, words: Sequence[str]) -> bool:
    """Whether a name stands in a text in more or fewer words: "Data Dog", "Datadog"."""
    for at, word in enumerate(words):
        if name.startswith(word):
            rest, end = name[len(word) :], at + 1
            while rest and end < len(words) and rest.startswith(words[end]):
                rest, end = rest[len(words[end]) :], end + 1
            if not rest:
                return True
    return False


def _facts(before: tuple[Fact, ...], after: tuple[Fact, ...]) -> tuple[tuple[Fact, ...], tuple[Fact, ...]]:
    gone, come = _lacking(before, after, attrgetter("key"), once=True)
    if not (gone or come):
        return gone, come

    def blurred(fact: Fact) -> tuple[str, bool, bool, str]:
        # A concept said of the vendor with "may" instead of "will" is a matter of modality, not of the concept.
        return fact.name, fact.by == "customer", fact.stance == "forbidden", fact.value

    had, has = {blurred(f) for f in before}, {blurred(f) for f in after}
    return tuple(f for f in gone if blurred(f) not in has), tuple(f for f in come if blurred(f) not in had)


def _asked_no_more(
    facts: Facts, other: Facts, known: Sequence[Fact], matched: Iterable[tuple[int, int]]
) -> list[Fact]:
    """What a sentence asks for beforehand and its counterpart does not, though another sentence still does."""
    asked = [fact for fact in facts.said if fact.name in _ASKED and fact not in known]
    if not asked:
        return []
    there = {other.text.sentences[fact.start] for fact in other.said if fact.name in _ASKED}
    lacking = {here for here, its in matched if its not in there}
    first = {facts.text.sentences[fact.start]: fact for fact in reversed(asked)}
    return [fact for sentence, fact in sorted(first.items()) if sentence in lacking]


_ASKED = frozenset({"opt_in", "own_choice"})


def _modals(
    before: tuple[Modal, ...], after: tuple[Modal, ...], matched: dict[int, int]
) -> tuple[tuple[Modal, ...], tuple[Modal, ...], tuple[tuple[Modal, Modal], ...]]:
    gone, come = _lacking(before, after, attrgetter("holder", "force", "verb"))
    left, right = list(gone[:_MOST_MODALS]), list(come[:_MOST_MODALS])
    if not (left and right):
        return tuple(left), tuple(right), ()
    shifted = _pairs(
        left, right, lambda a, b: a.holder == b.holder and a.verb == b.verb and a.force != b.force
    )
    _pairs(left, right, lambda a, b: (a.holder, a.force) == (b.holder, b.force) and _near(a, b, matched))
    shifted += _pairs(
        left, right, lambda a, b: a.holder == b.holder and a.force != b.force and _near(a, b, matched)
    )
    _pairs(
        left,
        right,
        lambda a, b: a.force == b.force and a.verb == b.verb and {a.holder, b.holder} <= _SAME_SIDE,
    )
    _pairs(left, right, lambda a, b: a.force == b.force and {a.verb, b.verb} in _CONVERSE)
    return tuple(left), tuple(right), tuple(shifted)


def _gratis(ban: Modal, modal: Modal, facts: Facts) -> bool:
    """Whether what is not charged for is done free of charge: "will not charge a fee for it", "will do it for free"."""
    return (ban.force, ban.verb, modal.force) == ("not", "charge", "must") and any(
        hit.name == "%gratis" and facts.text.sentences[hit.start] == modal.sentence for hit in facts.same
    )


def confined(facts: Facts, modal: Modal | Range) -> bool:
    """Whether one thing is all that is allowed, or asked for: "must exclusively be brought", "may be brought only"."""
    start = modal.start if isinstance(modal, Modal) else modal[0]
    if not any(fact.name == "forum" for fact in facts.said):
        return False
    return not _ONLY.isdisjoint(facts.text.words[start : start + _CONFINING])


_CONFINING = 6
_ONLY = frozenset({"only", "exclusively", "solely"})
_CONVERSE = [{"receive", "provide"}, {"receive", "send"}, {"collect", "provide"}, {"get", "provide"}]
"""What one may receive from others, others may provide."""
_SAME_SIDE = frozenset({"vendor", "third", "either"})


def _near(a: Modal, b: Modal, matched: dict[int, int]) -> bool:
    return matched.get(a.sentence) == b.sentence


def _pairs(
    left: list[Modal], right: list[Modal], agree: Callable[[Modal, Modal], bool]
) -> list[tuple[Modal, Modal]]:
    """Take pairs that agree out of both lists, in order."""
    found = []
    for a in tuple(left):
        b = next((m for m in right if agree(a, m)), None)
        if b is not None:
            left.remove(a)
            right.remove(b)
            found.append((a, b))
    return found


Sentence = tuple[Range, tuple[str, ...]]


def _align(
    before: Text, after: Text, known: Knowledge
) -> tuple[dict[int, int], tuple[Range, ...], tuple[Range, ...]]:
    """Which sentence became which, and the ranges of those that came or went."""
    left, right, empty = _sentences(before), _sentences(after), known.empty_words
    same_left, same_right = _lacking(left, right, itemgetter(1))
    matched: dict[int, int] = {}
    if not (same_left and same_right):
        _match_unchanged(before, after, left, right, matched)
        return matched, tuple(r for r, _ in same_left), tuple(r for r, _ in same_right)
    if len(same_left) == len(same_right) == 1 and _surely_alike(same_left[0][1], same_right[0][1], known):
        matched[before.sentences[same_left[0][0][0]]] = after.sentences[same_right[0][0][0]]
        _match_unchanged(before, after, left, right, matched)
        return matched, (), ()
    lefts = [(r[0], _substance(words, empty, known)) for r, words in same_left[:_MOST_SENTENCES]]
    rights = [(r[0], _substance(words, empty, known)) for r, words in same_right[:_MOST_SENTENCES]]
    # Of two that are as alike, the nearer to the start and to its place: read backwards, it is the same.
    scored = sorted((-_likeness(a, b), i + j, abs(i - j), i, j) for i, a in lefts for j, b in rights)
    taken_left: set[int] = set()
    taken_right: set[int] = set()
    for score, _, _, at_left, at_right in scored:
        if -score < _ALIKE:
            break
        if at_left not in taken_left and at_right not in taken_right:
            taken_left.add(at_left)
            taken_right.add(at_right)
            matched[before.sentences[at_left]] = after.sentences[at_right]
    _match_unchanged(before, after, left, right, matched)
    lone_left = [(r, words) for r, words in same_left if r[0] not in taken_left]
    lone_right = [(r, words) for r, words in same_right if r[0] not in taken_right]
    return (
        matched,
        _alone(lone_left, same_right, rights, known),
        _alone(lone_right, same_left, lefts, known),
    )


def _alone(
    lone: Sequence[Sentence],
    others: Sequence[Sentence],
    held: Sequence[tuple[int, frozenset[str]]],
    known: Knowledge,
) -> tuple[Range, ...]:
    """Sentences without a counterpart, but for those that another sentence took in, word for word.

    ``held``: what the words of the other sentences stand for.
    """
    if not lone or max(len(lone), len(others)) > _MOST_SENTENCES:
        return tuple(r for r, _ in lone)  # so much changed that each would be looked for everywhere
    alone = []
    for r, words in lone:
        said = _substance(words, known.empty_words, known, known.light_words)
        if not any(_taken_in(said, other) for _, other in held):
            alone.append(r)
    return tuple(alone)


def _match_unchanged(
    before: Text, after: Text, left: list[Sentence], right: list[Sentence], matched: dict[int, int]
) -> None:
    if len(matched) == len(left):
        return
    where: dict[tuple[str, ...], int] = {}
    for (start, _), words in right:
        where.setdefault(words, after.sentences[start])
    for (start, _), words in left:
        if words in where:
            matched.setdefault(before.sentences[start], where[words])


def _taken_in(words: frozenset[str], other: frozenset[str]) -> bool:
    """Whether another sentence says all these words, in whatever form."""
    return all(any(akin(word, form) for form in other) for word in words - other)


def _sentences(text: Text) -> list[Sentence]:
    ends = (*text.sentence_starts[1:], len(text.words))
    return [
        ((start, end), text.words[start:end]) for start, end in zip(text.sentence_starts, ends, strict=False)
    ]


def _substance(
    words: tuple[str, ...], empty: frozenset[str], known: Knowledge, light: frozenset[str] = frozenset()
) -> frozenset[str]:
    """What the words of a sentence stand for, but for empty and light ones."""
    same = known.same_words
    different = frozenset(words)
    heavy = different - empty - light if light else different - empty
    return frozenset([same.get(word) or folded(word) for word in heavy]) or different


def _surely_alike(one: tuple[str, ...], other: tuple[str, ...], known: Knowledge) -> bool:
    """Whether two sentences share so many words that they are one, whatever else they say.

    As ``_likeness`` would tell: at least half of what the shorter one says is said by words that both have.
    """
    left, right = frozenset(one) - known.empty_words, frozenset(other) - known.empty_words
    shared = left & right
    most = min(len(left), len(right)) - len(shared)
    if len(shared) < most:
        return False
    said: set[str] = set()
    for word in shared:
        said.add(known.same_words.get(word) or folded(word))
        if len(said) >= most:
            return True
    return False


def _likeness(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / min(len(a), len(b))
