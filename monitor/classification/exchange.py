"""The same words, said of somebody else or of something else: nothing that equal words explain away."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from monitor.classification.asking import asks_otherwise
from monitor.classification.bans import bans_fewer
from monitor.classification.case import Case
from monitor.classification.endings import folded
from monitor.classification.facts import Facts
from monitor.classification.holders import POSSESSIVES, party_of
from monitor.classification.kin import MODAL, kin_of
from monitor.classification.knowledge import Knowledge
from monitor.classification.placed import placed_otherwise
from monitor.classification.runs import Range, by_gap
from monitor.classification.tables import word_set
from monitor.classification.text import Text
from monitor.classification.voice import doers, done_by, done_by_another, subjects


def exchanged(case: Case, known: Knowledge) -> bool:
    """Whether a party came in another's place, or a word went from one sentence to another."""
    return swapped(case, known) or other_doers(case) or turned_round(case, known)


def turned_round(case: Case, known: Knowledge) -> bool:
    """Whether the same words say something else, in other places or fewer of them."""
    return (
        crossed(case, known)
        or _opposed(case, known)
        or inverted(case, known)
        or left_out(case)
        or asks_otherwise(case)
        or fewer_entries(case)
        or bans_fewer(case, known)
        or _denies_otherwise(case)
        or placed_otherwise(case, known)
    )


def _denies_otherwise(case: Case) -> bool:
    """Whether only one side says "but not": "applies to the first, but not to the second"."""
    counts = [
        sum(two == ("but", "not") and three not in _NOT_LIMITED for two, three in _runs(facts.text.words))
        if "but" in facts.text.words
        else 0
        for facts, _ in case.sides
    ]
    return counts[0] != counts[1]


_NOT_LIMITED = frozenset({("limited",), ("only",)})


def _runs(words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    return (
        (words[at : at + 2], words[at + 2 : at + 3]) for at in range(len(words) - 1) if words[at] == "but"
    )


def fewer_entries(case: Case) -> bool:
    """Whether one side counts fewer entries of a list in the same words: "(a) use it; (b) let others do so"."""
    shown = [facts.text.shown for facts, _ in case.sides]
    if not all("(" in text for text in shown):
        return False
    counts = [len(_ENTRY.findall(text)) for text in shown]
    return min(counts) > 1 and counts[0] != counts[1]


_ENTRY = re.compile(r"\((?:[a-h]|[ivx]{1,4}|\d)\)(?! ?(?:[,;.()]|and\b|or\b))")
"""A label with words of its own, not one that is cited: "(i), (ii) or (iii);"."""


def left_out(case: Case) -> bool:
    """Whether a party named beside others is named on one side only: "you and the regulator", "the regulator"."""
    (old, gone), (new, come) = case.sides
    if _own_or(old, gone) != _own_or(new, come):
        return True
    for facts, changed, other in ((old, gone, new), (new, come, old)):
        joined = _joined_parties(facts, changed)
        if joined and joined - _parties_of(other):
            return True
    return False


def _own_or(facts: Facts, changed: Sequence[Range]) -> bool:
    """Whether changed words say "its own … or" of somebody else: whoever acts is named beside others."""
    words: set[str] = set()
    for start, end in changed:
        words.update(facts.text.words[start:end])
    return "own" in words and "or" in words


def _joined_parties(facts: Facts, changed: Sequence[Range]) -> set[str]:
    """The parties among changed words that stand beside "and" or "or"."""
    words = facts.text.words
    return {
        party
        for start, end in changed
        for at in range(start, end)
        if (party := party_of(POSSESSIVES.get(words[at], words[at]), frozenset()))
        and not _JOINTS.isdisjoint(words[max(at - 1, 0) : at + 2])
        and words[at] not in POSSESSIVES
        and not (words[at - 1 : at] in _JOINING and words[at + 1 : at + 2] in _DOES)  # "and we will"
    }


def _parties_of(facts: Facts) -> set[str | None]:
    return {party_of(POSSESSIVES.get(word, word), frozenset()) for word in facts.text.words}


_JOINTS = frozenset({"and", "or"})
_JOINING = frozenset({("and",), ("or",)})
_DOES = frozenset((word,) for word in MODAL)


def _opposed(case: Case, known: Knowledge) -> bool:
    """Whether a word's opposite came in its place: "opt out", "opt in", also where both words stand elsewhere."""
    (before, gone), (after, come) = case.sides
    one_side, other_side = before.text.words, after.text.words
    old, new = by_gap(gone), by_gap(come)
    return any(
        _are_opposed(one, other, known)
        and one_side.count(one) != other_side.count(one)
        and one_side.count(other) != other_side.count(other)
        for gap in old.keys() & new.keys()
        if max(old[gap][1] - old[gap][0], new[gap][1] - new[gap][0]) <= _SHORT
        for one, other in zip(one_side[slice(*old[gap])], other_side[slice(*new[gap])], strict=False)
    )


_SHORT = 2
"""Words of a run in which an opposite stands in another's place: "out of", "in to"."""


def _are_opposed(one: str, other: str, known: Knowledge) -> bool:
    here, there = kin_of(one, known), kin_of(other, known)
    if here and here == there:
        return False
    for word in (one, here) if here else (one, folded(one)):  # "during" stands for nothing
        others = known.opposed.get(word)
        if others and (other in others or (there or folded(other)) in others):
            return True
    return False


def inverted(case: Case, known: Knowledge) -> bool:
    """Whether two opposites changed places: "disabled unless you enable it", "enabled unless you disable it"."""
    before, after = (_opposites(facts, changed, known) for facts, changed in case.sides)
    return before != after and sorted(before) == sorted(after)


def _opposites(facts: Facts, changed: Sequence[Range], known: Knowledge) -> list[str]:
    """What the changed words stand for that have an opposite among them, in order."""
    said = [kin_of(word, known) for start, end in changed for word in facts.text.words[start:end]]
    if known.turning.keys().isdisjoint(said):
        return []
    return [word for word in said if word in known.turning and not known.turning[word].isdisjoint(said)]


def crossed(case: Case, known: Knowledge) -> bool:
    """Whether a word went from one sentence to another while both stand: the same words, said of something else."""
    matched = case.delta.sentences
    lone = case.delta.sentences_gone or case.delta.sentences_come
    if lone or len(matched) < _FEWEST_SENTENCES or len(matched) != len(set(matched.values())):
        return False
    edited = [(here, there) for here, there in matched.items() if not _same(case, here, there)]
    if len(edited) < _FEWEST_SENTENCES:
        return False
    gone, come = (_by_sentence(facts, changed, known) for facts, changed in case.sides)
    left = {here: gone.get(here, _NONE) - come.get(there, _NONE) for here, there in edited}
    came = {here: come.get(there, _NONE) - gone.get(here, _NONE) for here, there in edited}
    return any(left[one] & came[two] for one in left for two in came if one != two)


def _same(case: Case, here: int, there: int) -> bool:
    """Whether two sentences are the same, word for word."""
    return _words_of(case.delta.before.text, here) == _words_of(case.delta.after.text, there)


def _words_of(text: Text, sentence: int) -> tuple[str, ...]:
    starts = (*text.sentence_starts[sentence : sentence + 2], len(text.words))
    return text.words[starts[0] : starts[1]]


_FEWEST_SENTENCES = 2
_NONE: frozenset[str] = frozenset()


def _by_sentence(facts: Facts, changed: Sequence[Range], known: Knowledge) -> dict[int, frozenset[str]]:
    """The changed words of weight, by sentence."""
    found: dict[int, set[str]] = {}
    for start, end in changed:
        for at in range(start, end):
            word = facts.text.words[at]
            if word not in known.empty_words and word not in known.same_words:
                found.setdefault(facts.text.sentences[at], set()).add(word)
    return {sentence: frozenset(words) for sentence, words in found.items()}


def other_doers(case: Case) -> bool:
    """Whether something is done by another party than before, as the passive voice says it."""
    (old, _), (new, _) = case.sides
    if "by" not in old.text.words and "by" not in new.text.words:
        return False
    if done_by_another(old.text, new.text, case.context.vendor_names):
        return True
    before, after = (
        doers(words, case.context.vendor_names) for words in (facts.text.words for facts, _ in case.sides)
    )
    if before and after:
        return not (
            before - after <= subjects(new.text, case.context.vendor_names)
            and after - before <= subjects(old.text, case.context.vendor_names)
        )
    if not (before or after):
        return False
    differing = case.wording.places[1 if before else 0]
    facts = case.sides[1 if before else 0][0]
    return any(done_by(facts.text.words, start) for start, _ in differing)


def swapped(case: Case, known: Knowledge) -> bool:
    """Whether one party came in the place of another, and nothing else: "we own it", "you own it"; or whether
    something is another's, or two things took each other's places."""
    if _replaced(case):
        return True
    sides: list[set[str]] = []
    for facts, changed in case.sides:
        named: set[str] = set()
        for word in (word for start, end in changed for word in facts.text.words[start:end]):
            party = _PRONOUNS.get(word) or party_of(POSSESSIVES.get(word, word), case.context.vendor_names)
            if party:
                named.add(party)
            elif word not in known.empty_words and word != "own":
                return False
        sides.append(named)
    return bool(sides[0] and sides[1] and sides[0] != sides[1] and {*sides[0], *sides[1]} != _PERHAPS_ONE)


_PRONOUNS = dict.fromkeys(("they", "them", "their"), "other")
_PERHAPS_ONE = {"customer", "other"}
"""Whoever "they" are, they may be "you", but not "we"."""
_OWNERS = ({("our",), ("your",)}, {("our",), ("their",)}, {("we",), ("you",)}, {("any",), ("our",)})


def _replaced(case: Case) -> bool:
    """Whether words in each other's place give something another owner, or change places with one another."""
    (before, gone), (after, come) = case.sides
    old, new = by_gap(gone), by_gap(come)
    shared = [gap for gap in old if gap in new]
    pairs = [(before.text.words[slice(*old[gap])], after.text.words[slice(*new[gap])]) for gap in shared]
    if any({one, other} in _OWNERS for one, other in pairs):
        return True
    if not old or old.keys() != new.keys():
        return False
    return _change_places(before.text, list(old.values()), pairs)


def _change_places(
    text: Text, places: Sequence[Range], pairs: Sequence[tuple[tuple[str, ...], tuple[str, ...]]]
) -> bool:
    """Whether what went at one place came at another: "A for support, B for training" turned round.

    Entries of one list may: something has to be said between the two places.
    """
    return any(
        pairs[one] == pairs[two][::-1]
        and sorted("".join(pairs[one][0])) != sorted("".join(pairs[one][1]))  # "center", "centre"
        and _are_apart(text, places[one][1], places[two][0])
        for one in range(len(pairs))
        for two in range(one + 1, min(len(pairs), one + _NEAR))
    )


def _are_apart(text: Text, start: int, end: int) -> bool:
    """Whether two places belong to different statements: "delete letters and keep drawings"; not to one list."""
    between = text.words[start:end]
    if not _HINGES.isdisjoint(between):
        return True
    return len(between) > 1 and start not in text.breaks and not _AND.isdisjoint(between[1:])


_AND = frozenset({"and", "or", "then"})
_NEAR = 4
"""Changed places within which one is looked for that took what another gave."""
_HINGES = frozenset(MODAL) | word_set(
    "is are was were be for by to from with while whereas but than not as has have does do"
)
