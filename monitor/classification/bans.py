"""What the vendor promised not to do and now does, in the same words: "not save or share", "not share what we save"."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from monitor.classification.asides import touched
from monitor.classification.case import Case
from monitor.classification.endings import folded
from monitor.classification.facts import Facts
from monitor.classification.findings import Found, found, statement
from monitor.classification.knowledge import Knowledge
from monitor.classification.tables import word_set
from monitor.classification.verbs import PRACTICES, stem

_JOINED = frozenset({("or",), ("nor",), ("and",)})
_NOES = word_set("not never no neither nobody none nor nowhere without unless except if prohibited forbidden")
_FEWEST = 2
"""Words of weight that a sentence has to share with what the other side forbids."""
_LONGEST = 20
"""Words quoted of a sentence."""


def by_bans(case: Case, topic: str, known: Knowledge) -> Iterator[Found]:
    """Findings where something that is not done on one side is done on the other."""
    for before, after, lifted in (*_lifted(case), *_affirmed(case, known)):
        rule = next(r for r in known.modal_rules if (r.by, r.force) == ("vendor", "not"))
        yield found(rule.id, rule.goes if lifted else rule.comes, topic, before, after, known)


def bans_fewer(case: Case, known: Knowledge) -> bool:
    """Whether one side forbids less, in the same words or by a sentence that says that it is done."""
    return any(True for _ in _lifted(case)) or any(True for _ in _affirmed(case, known))


def _lifted(case: Case) -> Iterator[tuple[str, str, bool]]:
    """What the sides say where one of them no longer forbids a verb, and whether that is the new one."""
    if not (case.reworded and case.wording.same):
        return
    before, after = _banned(case.delta.before), _banned(case.delta.after)
    if before and after:
        for verb in sorted(before.keys() ^ after.keys()):
            if _does(case.delta.after if verb in before else case.delta.before, verb):
                yield before.get(verb, ""), after.get(verb, ""), verb in before


def _does(facts: Facts, verb: str) -> bool:
    """Whether it is said in the plain present that the vendor does something: "the history we save"."""
    return any(
        two in PRACTICES and one == "we" and stem(two) == verb for one, two in pairwise(facts.text.words)
    )


def _banned(facts: Facts) -> dict[str, str]:
    """The verbs of what nobody but the customer is forbidden, each with its statement: "not save or share it"."""
    words, banned = facts.text.words, dict[str, str]()
    for modal in facts.modals:
        if modal.effect != "not" or modal.holder == "customer":
            continue
        at = next((at for at in range(modal.start, modal.end) if stem(words[at]) == modal.verb), None)
        while at is not None:
            banned.setdefault(stem(words[at]), statement(facts, modal))
            at = _next_verb(facts, at)
    return banned


def _next_verb(facts: Facts, at: int) -> int | None:
    """The verb that is joined to another: of "save or share" the second."""
    words, here = facts.text.words, at + 1
    if words[here : here + 1] in _JOINED:
        here += 1
    elif here not in facts.text.breaks:
        return None
    return here if here < len(words) and stem(words[here]) in PRACTICES else None


def _affirmed(case: Case, known: Knowledge) -> Iterator[tuple[str, str, bool]]:
    """Sentences that came or went and say that something is done which the other side forbids, and no longer does
    beside them: "does not take screenshots or open files", "takes screenshots. It does not open files"."""
    if not case.reworded or max(len(facts.text.sentence_starts) for facts, _ in case.sides) == 1:
        return
    bans = [_forbidden(facts, known) for facts, _ in case.sides]
    matched = case.delta.sentences, {there: here for here, there in case.delta.sentences.items()}
    for side, (facts, changed) in enumerate(case.sides):
        own, other, came = bans[side], bans[1 - side], side == 1
        for start, end in touched(facts.text, changed) if other - own else ():
            sentence = facts.text.sentences[start]
            counterpart = matched[side].get(sentence)
            said_no = not _NOES.isdisjoint(facts.text.words[start:end])
            if said_no or (counterpart is not None and _bans(case.sides[1 - side][0], counterpart)):
                continue
            said, fewest = _roots(facts, start, end, known), _FEWEST
            if counterpart is not None:  # of a sentence that stood only what is new in it
                there = case.sides[1 - side][0]
                first = there.text.sentence_starts[counterpart]
                said, fewest = said - _roots(there, first, _end_of_sentence(there, first), known), _FEWEST + 1
            if len((said & other) - own) >= fewest:
                quote = facts.text.snippet(start, min(end, start + _LONGEST))
                yield ("", quote, True) if came else (quote, "", False)


def _bans(facts: Facts, sentence: int) -> bool:
    return any(modal.sentence == sentence and modal.effect == "not" for modal in facts.modals)


def _forbidden(facts: Facts, known: Knowledge) -> frozenset[str]:
    """The words of weight in what nobody but the customer is forbidden, up to what is said next."""
    starts = [modal.start for modal in facts.modals]
    roots: set[str] = set()
    for number, modal in enumerate(facts.modals):
        if modal.effect != "not" or modal.holder == "customer":
            continue
        end = _end_of_sentence(facts, modal.start)
        end = min(end, *starts[number + 1 : number + 2], _next_clause(facts, modal.end, end))
        roots |= _roots(facts, modal.start, end, known)
    for at in range(1, len(facts.text.words)):
        if facts.text.words[at] in _APPLIES and facts.text.words[at - 1] == "not":
            roots |= _roots(facts, at + 1, _end_of_sentence(facts, at), known)
    return frozenset(roots)


_APPLIES = frozenset({"apply", "extend", "cover"})
"""Said not to do one of these, a rule leaves out what follows: "the limit does not apply to our breach of secrecy"."""


def _end_of_sentence(facts: Facts, at: int) -> int:
    following = facts.text.sentences[at] + 1
    starts = facts.text.sentence_starts
    return starts[following] if following < len(starts) else len(facts.text.words)


def _next_clause(facts: Facts, at: int, end: int) -> int:
    """Where somebody or something else is spoken of: "…, and your data is safe"."""
    words = facts.text.words
    return next(
        (here for here in range(at, end) if words[here] in _AND and words[here + 1 : here + 2] in _OTHERS),
        end,
    )


_AND = frozenset({"and", "but", "while", "as"})
_OTHERS = frozenset(
    (word,)
    for word in word_set("we it they you your our the this these those such that all any each if where when")
)


def _roots(facts: Facts, start: int, end: int, known: Knowledge) -> set[str]:
    return {folded(word) for word in facts.text.words[start:end] if word not in known.empty_words}
