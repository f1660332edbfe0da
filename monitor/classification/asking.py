"""Whether something is done only where it is asked for, or unless it is refused.

"Only if you ticked the box to receive them" and "unless you ticked the box not to receive them" are made of the same
words: as many noes, the same box. What is no longer done without asking is told by where the no stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from monitor.classification.case import Case
from monitor.classification.facts import Facts
from monitor.classification.findings import Found, found
from monitor.classification.knowledge import Knowledge, Outcome
from monitor.classification.tables import word_set

Asked = Literal["asked", "refused"]

_CHOICES = frozenset({"opt_in", "own_choice", "opt_out", "tacit", "default_on", "no_consent"})
"""Concepts of a sentence on what those concerned choose."""
_CHOOSES = word_set(
    "tick ticks ticked untick unticks check checks uncheck unchecks "
    "choose chooses chosen elect elects decide decides ask asks asked request requests tell tells told say"
)
"""Words of one as well. What is so by itself is no choice: "only if you pay" is "unless you do not pay"."""
_EXCEPT = word_set("unless except excepting save")
_NOES = word_set("not never no neither nobody none nor without")
_ON_CONDITION = word_set("which if when where with after once upon who whom those people")
_ASKED = frozenset({"opt_in", "own_choice"})
_WHEN = frozenset({"if", "when", "where", "once", "after"})
_FARTHEST = 8
"""Words before a consent in which it is said that it is a condition."""
_REACH = 5
"""Words after "only" in which its condition begins."""
_QUOTED = 24


def asks_otherwise(case: Case) -> bool:
    """Whether a sentence asks beforehand on one side only, and lets people refuse on the other."""
    return any(True for _ in _turned(case))


def by_asking(case: Case, known: Knowledge) -> Iterator[Found]:
    """A finding for each sentence that no longer asks beforehand, or now does."""
    for before, after, asked_before in _turned(case):
        if asked_before:
            reason = "What was done only where it was asked for is now done unless it is refused"
            outcome = Outcome("right_removed", "high", reason, worse=True)
        else:
            reason = "What was done unless it was refused is now done only where it is asked for"
            outcome = Outcome("right_added", "low", reason)
        yield found("consent.turned", outcome, "consent", before, after, known, fixed=True)


def by_ground(case: Case, known: Knowledge) -> Iterator[Found]:
    """A finding where a row no longer gives consent as the ground of what is done, or now does: "| Consent |"."""
    if not case.reworded or not all("|" in facts.text.shown for facts, _ in case.sides):
        return
    before, after = (_consents(facts) for facts, _ in case.sides)
    if before and not after:
        reason = "Something no longer rests on consent"
        outcome = Outcome("right_removed", "high", reason, worse=True)
        yield found("consent.ground", outcome, "consent", before, case.quotes[1], known, fixed=True)
    elif after and not before:
        outcome = Outcome("right_added", "low", "Something now rests on consent")
        yield found("consent.ground", outcome, "consent", case.quotes[0], after, known, fixed=True)


def _consents(facts: Facts) -> str:
    """The first cell of a row that names consent and nothing else."""
    return next(filter(_CONSENT.fullmatch, map(str.strip, facts.text.shown.split("|"))), "")


_CONSENT = re.compile(r"(?i)(?:(?:your|explicit|express|prior|user|customer) )*consent")


def by_training(findings: Iterable[Found], case: Case, known: Knowledge) -> Iterator[Found]:
    """A finding where AI training no longer waits for a consent, or now does. ``findings``: what other rules found."""
    if not case.reworded or not all(
        any(fact.name == "training" for fact in facts.said) for facts, _ in case.sides
    ):
        return
    for finding in (entry.finding for entry in findings if entry.finding.rule.startswith("consent.")):
        if finding.kind == "right_removed":
            outcome = Outcome(
                "permission_widened", "high", "AI training no longer waits for a consent", worse=True
            )
        elif finding.kind == "right_added":
            outcome = Outcome("permission_narrowed", "low", "AI training now waits for a consent")
        else:
            continue
        sides = finding.before, finding.after
        yield found("ai-training.unasked", outcome, "ai_training", *sides, known, fixed=True)


def _turned(case: Case) -> Iterator[tuple[str, str, bool]]:
    """Sentences that turned, as they were and are, and whether they asked before."""
    old, new = case.delta.before, case.delta.after
    if not (case.reworded and _may_ask(old) and _may_ask(new)):
        return
    for here, there in case.delta.sentences.items():
        before = _asked(old, here)
        after = _asked(new, there) if before else None
        if after and before != after:
            yield _quote(old, here), _quote(new, there), before == "asked"


def _may_ask(facts: Facts) -> bool:
    """Whether any sentence is on a choice."""
    return not _CHOOSES.isdisjoint(facts.text.words) or any(fact.name in _CHOICES for fact in facts.said)


def _range(facts: Facts, sentence: int) -> tuple[int, int]:
    starts = (*facts.text.sentence_starts, len(facts.text.words))
    return starts[sentence], starts[sentence + 1]


def _quote(facts: Facts, sentence: int) -> str:
    start, end = _range(facts, sentence)
    return facts.text.snippet(start, min(end, start + _QUOTED))


def _asked(facts: Facts, sentence: int) -> Asked | None:
    """What a sentence on a choice says: done only where asked for, done unless refused, or neither."""
    start, end = _range(facts, sentence)
    words = facts.text.words
    chosen = any(fact.name in _CHOICES and start <= fact.start < end for fact in facts.said)
    if not chosen and _CHOOSES.isdisjoint(words[start:end]):
        return None
    if chosen and (wish := _wish(words[start:end])):
        return wish
    for at in range(start, end):
        if words[at] == "only" and not _ON_CONDITION.isdisjoint(words[at + 1 : min(at + _REACH, end)]):
            return "asked"
        if words[at] in _EXCEPT:
            over = next((here for here in range(at + 1, end) if here in facts.text.breaks), end)
            denied = not _NOES.isdisjoint((*words[start:at], *words[over:end])) or any(
                modal.force == "not" and (start <= modal.start < at or over <= modal.start < end)
                for modal in facts.modals
            )
            return "asked" if denied else "refused"
    consents = [fact.start for fact in facts.said if fact.name in _ASKED and start <= fact.start < end]
    if any(not _WHEN.isdisjoint(words[max(at - _FARTHEST, start) : at + 1]) for at in consents):
        return "asked"  # "when a parent has signed a consent form"
    return None


def _wish(words: Sequence[str]) -> Asked | None:
    """What somebody ticks or does not: "tick this box if you would (not) like to hear from us"."""
    for at in [at for at, word in enumerate(words) if word == "if"]:
        following = words[at + 1 : at + _FARTHEST]
        wished = next((here for here, word in enumerate(following) if word in _WISHES), None)
        if wished is not None and following[0] in _THOSE:
            return "refused" if "not" in following[:wished] else "asked"
    return None


_WISHES = word_set("like want wish prefer")
_THOSE = word_set("you they customer user users")
