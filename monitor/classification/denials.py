"""Sentences that say what is not so of somebody's data, without a modal: "they are not for our marketing team"."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.classification.case import Case
from monitor.classification.facts import Facts
from monitor.classification.findings import Found, found
from monitor.classification.holders import POSSESSIVES, VENDOR
from monitor.classification.knowledge import Knowledge
from monitor.classification.runs import Range
from monitor.classification.tables import table, word_set

_LONGEST = 20
"""Words quoted of a sentence."""
_BE = word_set("is are was were be been being remain remains stay stays")
_NOT = frozenset({"not", "never"})
_BEGIN = word_set("no none nothing nobody neither")
_THINGS = word_set(table("statements")["holders"]["things"])
_OURS = VENDOR | {word for word, party in POSSESSIVES.items() if party == "we"} | {"us", "our"}
_OF_NO_USE = word_set(table("statements")["verbs"]["no_use"])
"""Said not to be one of these, nothing is kept from anybody."""


def by_denials(case: Case, topic: str, known: Knowledge) -> Iterator[Found]:
    """A finding where a sentence came or went that says what data is not used for, or who is excluded from it."""
    rule = next(r for r in known.modal_rules if (r.by, r.force) == ("vendor", "not"))
    for facts, lone, came in (
        (case.delta.before, case.delta.sentences_gone, False),
        (case.delta.after, case.delta.sentences_come, True),
    ):
        for start, end in lone:
            if _carves_out(facts, (start, end)):
                yield from _carved(facts, (start, end), topic, known, came=came)
                continue
            if any(start <= modal.start < end for modal in facts.modals) or not _denies(facts, (start, end)):
                continue
            quote = facts.text.snippet(start, min(end, start + _LONGEST))
            sides = ("", quote) if came else (quote, "")
            yield found(rule.id, rule.comes if came else rule.goes, topic, *sides, known)


def _carves_out(facts: Facts, sentence: Range) -> bool:
    """Whether a sentence says to what a promise before it, not to do something, does not apply: "This does not apply to
    feedback"."""
    words = facts.text.words[slice(*sentence)]
    number = facts.text.sentences[sentence[0]]
    if words[0] not in _THAT or _APPLIES.isdisjoint(words) or _LIMITS.isdisjoint(words):
        return False
    return any(
        modal.sentence == number - 1 and modal.effect == "not" and modal.holder != "customer"
        for modal in facts.modals
    )


def _carved(facts: Facts, sentence: Range, topic: str, known: Knowledge, *, came: bool) -> Iterator[Found]:
    rule = next(r for r in known.rules if r.id == "exception.prohibition")
    quote = facts.text.snippet(sentence[0], min(sentence[1], sentence[0] + _LONGEST))
    sides = ("", quote) if came else (quote, "")
    yield found(rule.id, rule.comes if came else rule.goes, topic, *sides, known)


_THAT = frozenset({"this", "that", "these", "those", "it", "the"})
_APPLIES = frozenset({"apply", "applies", "extend", "extends", "cover", "covers"})
_LIMITS = frozenset({"not", "only", "except", "solely"})


def _denies(facts: Facts, sentence: Range) -> bool:
    words = facts.text.words[slice(*sentence)]
    if "excluded" in words:
        return True
    if not _OF_NO_USE.isdisjoint(words) or (_THINGS.isdisjoint(words) and _OURS.isdisjoint(words)):
        return False
    said_no = any(word in _NOT and words[at - 1] in _BE for at, word in enumerate(words) if at)
    return said_no or words[0] in _BEGIN
