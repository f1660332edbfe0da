"""Equal words that say something else by where they stand, or small words that matter where much hangs on them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from monitor.classification.case import Case
from monitor.classification.facts import Facts, governing
from monitor.classification.kin import MODAL, kin_of
from monitor.classification.knowledge import Knowledge
from monitor.classification.quantities import Quantity
from monitor.classification.runs import by_gap
from monitor.classification.tables import table, word_set
from monitor.classification.text import Text
from monitor.classification.verbs import stem

_WORDS = table("wording")
_NOES = frozenset({"not", "never"})
_JOINTS = frozenset({"and", "or"})
_OPENERS = word_set("if unless except within provided")
_CONDITIONS = _OPENERS | {"where", "when"}
FILTERS = word_set(_WORDS["filters"])
_FEE_FILTERS = word_set(_WORDS["fee_filters"])
FILTERED = frozenset({"breach", "opt_in", "own_choice", "subprocessing", "selling", "training", "cap"})
"""Concepts of sentences in which one more word can leave out most of what is meant."""


def placed_otherwise(case: Case, known: Knowledge) -> bool:
    """Whether the same words say something else: of other things, in other cases, to another extent."""
    return (
        filtered(case)
        or _each_of_all(case)
        or _other_ground(case)
        or _joins_condition(case)
        or _joined_otherwise(case)
        or _denies_another(case, known)
        or _other_precedence(case)
        or _opens_otherwise(case)
        or _later(case)
        or _asks_after(case)
        or _reports(case)
        or _bounded_otherwise(case)
        or _opens_list(case)
        or _bans_one_less(case, known)
    )


def filtered(case: Case) -> bool:
    """Whether a word that picks out some of all stands on one side only: "of any serious breach"."""
    if any(all(fact.name not in FILTERED for fact in facts.said) for facts, _ in case.sides):
        return False
    return any(True for _ in filters(case))


def filters(case: Case) -> Iterator[tuple[int, str]]:
    """Such words that nothing replaced, each with its side: 0 before, 1 after."""
    runs = [by_gap(changed) for _, changed in case.sides]
    for side, (facts, _) in enumerate(case.sides):
        grave = {facts.text.sentences[fact.start] for fact in facts.said if fact.name in FILTERED}
        capped = {facts.text.sentences[fact.start] for fact in facts.said if fact.name == "cap"}
        others = case.sides[1 - side][0].text.words
        for gap, (start, end) in runs[side].items():
            first, last = runs[1 - side].get(gap, (0, 0))
            sentence = facts.text.sentences[start]
            if last - first < end - start and sentence in grave:
                picking = FILTERS | _FEE_FILTERS if sentence in capped else FILTERS
                words = (word for word in facts.text.words[start:end] if word in picking)
                yield from (
                    (side, word) for word in words if facts.text.words.count(word) > others.count(word)
                )


def _each_of_all(case: Case) -> bool:
    """Whether a cap for each claim became one for all claims together, or the other way round."""
    sides = [
        {word for start, end in changed for word in facts.text.words[start:end]}
        for facts, changed in case.sides
        if any(fact.name == "cap" for fact in facts.said)
    ]
    if len(sides) < len(case.sides):
        return False
    each, every = (not side.isdisjoint(_EACH) for side in sides), ("all" in side for side in sides)
    return tuple(each) == tuple(reversed(tuple(every))) != (False, False)


_EACH = frozenset({"each", "every", "per"})


def _other_ground(case: Case) -> bool:
    """Whether another letter of an article is cited, by which something else is allowed: GDPR, article 6 (1)."""
    before, after = (set(_LETTER.findall(facts.text.shown)) for facts, _ in case.sides)
    return bool(before and after) and before != after


_LETTER = re.compile(r"(?i)\bart(?:icle|\.)?\s?(\d{1,2})\s?\(\d\)\s?(?:lit\.?\s?|\()([a-z])\b")


def _joins_condition(case: Case) -> bool:
    """Whether a condition of two things became one of the second: "we do this and, if you agree, that"."""
    before, after = (
        sorted(_joined_conditions(facts.text)) if not _CONDITIONS.isdisjoint(facts.text.words) else []
        for facts, _ in case.sides
    )
    return before != after


def _joined_conditions(text: Text) -> Iterator[str]:
    """Words with which conditions begin of what stands after a joint alone: "and, if you agree,", ", but where"."""
    for at in range(1, len(text.words)):
        if text.words[at] in _CONDITIONS:
            joint = text.words[at - 1]
            if (joint in _JOINTS and at in text.breaks) or (joint == "but" and at - 1 in text.breaks):
                yield _IF.get(text.words[at], text.words[at])


_IF = {"where": "if", "when": "if"}


def _asks_after(case: Case) -> bool:
    """Whether somebody is asked only after something is done: "for your consent when we collect it", "after"."""
    if not all(any(fact.name == "opt_in" for fact in facts.said) for facts, _ in case.sides):
        return False
    before, after = (
        sum(
            word == "after" and facts.text.words[at - 1 : at] not in _ONLY
            for at, word in enumerate(facts.text.words)
        )
        for facts, _ in case.sides
    )
    return before != after


_ONLY = frozenset({("only",), ("solely",), ("once",)})


def _reports(case: Case) -> bool:
    """Whether a promise not to do something became a report that it was not done: "do not sell", "have not sold"."""
    counts = [
        [sum(pair in kind for pair in pairwise(facts.text.words)) for kind in (_PROMISES, _REPORTS)]
        for facts, _ in case.sides
    ]
    (promised, told), (promises, tells) = counts
    return (promised - promises) * (tells - told) > 0


_PROMISES = frozenset(
    (word, no) for word in ("do", "does", "will", "shall", "may", "must") for no in ("not", "never")
)
_REPORTS = frozenset((word, no) for word in ("have", "has", "had", "did") for no in ("not", "never"))


def _bounded_otherwise(case: Case) -> bool:
    """Whether fees that are due count no more for a cap: "paid or payable", "paid"."""
    if not all(any(fact.name == "cap" for fact in facts.said) for facts, _ in case.sides):
        return False
    before, after = ("payable" in facts.text.words for facts, _ in case.sides)
    return before != after


def _opens_list(case: Case) -> bool:
    """Whether a closed list of those who get data is an open one: "our subprocessors are", "include"; or whether their
    duties are no longer the same as the vendor's."""
    if not all(any(fact.name == "subprocessing" for fact in facts.said) for facts, _ in case.sides):
        return False
    before, after = (_OPEN.intersection(facts.text.words) for facts, _ in case.sides)
    return before != after


_OPEN = frozenset({"include", "includes", "others", "same"})


def _bans_one_less(case: Case, known: Knowledge) -> bool:
    """Whether only one side names a thing among others that the vendor does not do: "read, share or sell"."""
    runs = [by_gap(changed) for _, changed in case.sides]
    for side, (facts, _) in enumerate(case.sides):
        there, other = case.sides[1 - side][0].text.words, set[str]()
        for gap, (start, end) in runs[side].items():
            modal = governing(facts.text, facts.modals, start) if gap not in runs[1 - side] else None
            if modal is None or (modal.holder, modal.force) != ("vendor", "not") or modal.verb in CANNOT:
                continue
            words = facts.text.words
            joined = not _JOINTS.isdisjoint(words[max(start - 1, 0) : end + 1]) or end in facts.text.breaks
            said = [
                kin_of(word, known)
                for word in words[start:end]
                if word not in known.empty_words and word not in _LIGHTEST
            ]
            if joined and said and modal.start < start and len(said) <= _ONE_THING:
                other = other or {kin_of(word, known) for word in there}
                if other.isdisjoint(said) and not any(word[:1].isdigit() or word == _NUMBER for word in said):
                    return True
    return False


_ONE_THING = 2
_LIGHTEST = frozenset({"any", "other", "all", "via", "ever"})
CANNOT = frozenset(map(stem, ("guarantee", "warrant", "ensure", "control", "promise")))
"""What somebody is unable to do, rather than promises not to."""
_NUMBER = "#"
"""What numbers stand for by themselves."""


def _later(case: Case) -> bool:
    """Whether something is done once a period is over on one side, and before that on the other."""
    before, after = (
        sorted((one.value, _begins_late(facts.text, one)) for one in facts.quantities if one.sort == "period")
        for facts, _ in case.sides
    )
    return before != after and [value for value, _ in before] == [value for value, _ in after]


def _begins_late(text: Text, quantity: Quantity) -> bool:
    """Whether something is done only once a period is over: "72 hours after", not "within 72 hours after"."""
    if quantity.sort != "period" or text.words[quantity.end : quantity.end + 1] not in _AFTERWARDS:
        return False
    before = text.words[max(quantity.start - _BOUND_REACH, 0) : quantity.start]
    return _BOUNDING.isdisjoint(before) and before[-1:] not in _OF_THE


_AFTERWARDS = frozenset({("after",), ("following",)})
_BOUNDING = word_set(
    "within than for latest most up to until during over deadline inside first every least maximum in by period"
)
_BOUND_REACH = 4
_OF_THE = frozenset({("the",), ("of",), ("a",), ("an",), ("those",), ("these",), ("such",), ("this",)})


def _opens_otherwise(case: Case) -> bool:
    """Whether a condition in the same words belongs to another sentence: "… data. If you agree, …"."""
    (before, _), (after, _) = case.sides
    if before.text.words != after.text.words or len(before.text.sentence_starts) != len(
        after.text.sentence_starts
    ):
        return False
    starts = set(before.text.sentence_starts) ^ set(after.text.sentence_starts)
    return any(before.text.words[at] in _CONDITIONS for at in starts)


def _joined_otherwise(case: Case) -> bool:
    """Whether of two conditions one is enough: "only if you agree or we have told you", in other words besides."""
    (before, gone), (after, come) = case.sides
    old, new = by_gap(gone), by_gap(come)
    return any(
        _turns_joint(before.text.words[slice(*old[gap])], after.text.words[slice(*new[gap])])
        and _is_conditional(before, old[gap][0])
        and _is_conditional(after, new[gap][0])
        for gap in old.keys() & new.keys()
    )


def _turns_joint(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether "and" stands where the other words have "or": "consent and", "agree or"."""
    return len(one) == len(other) and any(pair in _AND_OR for pair in zip(one, other, strict=True))


_AND_OR = frozenset({("and", "or"), ("or", "and")})


def _is_conditional(facts: Facts, at: int) -> bool:
    """Whether a word stands after an "only if" or "only after" in its sentence."""
    start = facts.text.sentence_starts[facts.text.sentences[at]]
    return "only" in facts.text.words[start:at]


def _denies_another(case: Case, known: Knowledge) -> bool:
    """Whether as many noes stand before other words, which both sides say as often: "what you do not save is deleted",
    "what you save is not deleted"."""
    before, after = (set(_denied(facts, known)) for facts, _ in case.sides)
    lifted, banned = before - after, after - before
    if not (lifted and banned):
        return False
    (old, _), (new, _) = case.sides
    return _are_affirmed(lifted, old, new, known) and _are_affirmed(banned, new, old, known)


def _are_affirmed(kin: set[str], there: Facts, here: Facts, known: Knowledge) -> bool:
    """Whether words that are denied there are said here as often, and not denied at all."""
    stand = [kin_of(word, known) for word in here.text.words]
    others = [kin_of(word, known) for word in there.text.words]
    return all(
        stand.count(word) == others.count(word)
        and not any(_is_denied(here, at) for at, one in enumerate(stand) if one == word)
        for word in kin
    )


def _is_denied(facts: Facts, at: int) -> bool:
    """Whether a no stands before a word in what is said of one thing: of "do not save are deleted" the first verb."""
    words = facts.text.words
    first = facts.text.sentence_starts[facts.text.head(facts.text.sentences[at])]
    for here in range(at - 1, first - 1, -1):
        if words[here] in _ALL_NOES or words[here - 1 : here + 1] in _INSTEAD:
            return True
        if words[here] in _FINITE and words[here + 1] not in _ALL_NOES:
            return False
    return False


_ALL_NOES = word_set(_WORDS["negation"]["once"]) | word_set(_WORDS["negation"]["repeat"])
_FINITE = MODAL | word_set("is are was were do does has have")


def _denied(facts: Facts, known: Knowledge) -> Iterator[str]:
    """What the word of weight after each "not" stands for."""
    words = facts.text.words
    for at, no in enumerate(words):
        denies = no in _NOES or words[max(at - 1, 0) : at + 1] in _INSTEAD
        for word in words[at + 1 : at + _REACH] if denies else ():
            if (
                kin_of(word, known)
                and word not in MODAL
                and word not in known.empty_words
                and word[-2:] != "ly"
            ):
                yield kin_of(word, known)
                break


_REACH = 4
_INSTEAD = frozenset({("rather", "than"), ("instead", "of")})


def _other_precedence(case: Case) -> bool:
    """Whether something else prevails: the other of two, or another in a list of documents in order of precedence."""
    over = [_prevails(facts) for facts, _ in case.sides]
    if over[0] and over[1] and over[0] == over[1][::-1]:
        return True
    shown = [facts.text.shown for facts, _ in case.sides]
    if not all(_ORDER in text for text in shown):
        return False
    before, after = (
        [_NEXT.sub("", entry).strip(" ;.,") for entry in _ENTRY.split(text)[1:]] for text in shown
    )
    return len(before) > 1 and before != after and sorted(before) == sorted(after)


def _prevails(facts: Facts) -> tuple[str, ...]:
    """What prevails and over what, where a sentence says so: "this DPA takes precedence over the Agreement"."""
    words = facts.text.words
    for at, word in enumerate(words[:-2]):
        before = words[max(at - 2, 0) : at]
        if word == "over" and not _PREVAILS.isdisjoint(before):
            verb = next(
                here
                for here in range(max(at - 2, 0), at)
                if words[here] in _PREVAILS or words[here] == "takes"
            )
            return words[verb - 1], words[at + 2] if words[at + 1] in _ARTICLES else words[at + 1]
    return ()


_PREVAILS = frozenset({"precedence", "prevails", "prevail", "controls", "priority"})
_ARTICLES = frozenset({"the", "this", "these", "our", "your", "any"})
_ORDER = "order of precedence"
_NEXT = re.compile(r"[;,]? (?:and|then) $")
_ENTRY = re.compile(r"\((?:[a-h]|[ivx]{1,4}|\d)\)")
