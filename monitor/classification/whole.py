"""What a change comes to as a whole: clauses, sentences and items that came or went, words that did."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.classification.case import Case
from monitor.classification.findings import Found, found
from monitor.classification.knowledge import Knowledge, Outcome
from monitor.classification.verbs import CONDUCT
from monitor.model import Severity

GENERIC = frozenset(
    {"wording", "clause"}
    | {f"covers.{what}" for what in ("promise", "permission", "practice", "right", "duty", "ban")}
)
"""Rules that see that something changed, not what it means."""

_SHORTEST_SENTENCE = 5
_LONGEST_QUOTE = 40
_MUCH_MORE = 2.5


def by_whole(case: Case, known: Knowledge) -> Iterator[Found]:
    """Findings for sentences, items and words that no other rule knows."""
    yield from _sentences(case, known)
    if case.reworded:
        yield from _words(case, known)
        yield from _definition(case, known)
    else:
        yield from _conduct(case, known)


def _sentences(case: Case, known: Knowledge) -> Iterator[Found]:
    what = "A sentence" if case.reworded else "A clause"
    delta = case.delta
    for sentences, text, came in (
        (delta.sentences_come, delta.after.text, True),
        (delta.sentences_gone, delta.before.text, False),
    ):
        long = [(start, end) for start, end in sentences if end - start >= _SHORTEST_SENTENCE]
        if long:
            start, end = long[0]
            quoted = text.snippet(start, min(end, start + _LONGEST_QUOTE))
            kind, verb = ("clause_added", "was added") if came else ("clause_removed", "is gone")
            outcome = Outcome(kind, "low", f"{what} {verb}", worse=not came)
            sides = ("", quoted) if came else (quoted, "")
            yield found("clause", outcome, case.topics[0], *sides, known)


def _words(case: Case, known: Knowledge) -> Iterator[Found]:
    if case.wording.same:
        return
    outcome = Outcome(_reach(case), "low", "Words of substance changed")
    yield found("wording", outcome, case.topics[0], *case.quotes, known)


def said_otherwise(case: Case, known: Knowledge) -> Found:
    """The finding for a change that no rule explains: of the same words, but not of the same party or things."""
    outcome = Outcome("clarification", "low", "The same words are said of somebody or something else")
    return found("wording.exchanged", outcome, case.topics[0], *case.quotes, known)


DEFINES = re.compile(
    r'"([^"]{2,60})"\s+(?:\([^()]{0,60}\)\s+)?'
    r"(?:means|mean|shall mean|refers to|refer to|includes|include|has the meaning|have the meaning|is defined)\b"
)
_CARRIES = 3
"""Uses of a term, its definition among them, from which on its definition matters elsewhere."""


def _definition(case: Case, known: Knowledge) -> Iterator[Found]:
    """A definition carries: what it means changes wherever the term is used."""
    if case.wording.same:
        return
    if not all('"' in facts.text.shown for facts, _ in case.sides):
        return
    defined = [set(DEFINES.findall(facts.text.shown)) for facts, _ in case.sides]
    for term in sorted(defined[0] & defined[1]):
        uses = case.context.uses(term)
        severity: Severity = "medium" if uses >= _CARRIES else "low"
        reason = f"The definition of “{term}” changed" + (f"; it is used {uses} times" if uses else "")
        outcome = Outcome(_reach(case), severity, reason)
        yield found("definition", outcome, "definitions", *case.quotes, known, fixed=True)


def _reach(case: Case) -> str:
    """Whether words that no rule knows widen or narrow a clause: conditions that come narrow it."""
    gone, come = (len(words) + case.wording.alike for words in (case.wording.gone, case.wording.come))
    if max(gone, come) < _MUCH_MORE * min(gone, come):
        return "clarification"
    facts = case.delta.come if come > gone else case.delta.gone
    limited = any(fact.name in ("exception", "limiter") for fact in facts)
    return "scope_widened" if (come > gone) != limited else "scope_narrowed"


def _conduct(case: Case, known: Knowledge) -> Iterator[Found]:
    """An item of a list of what one may not do, which says so only above the list."""
    came = case.difference.change == "added"
    facts = case.delta.after if came else case.delta.before
    if case.topics[0] not in ("acceptable_use", "content_rules") or facts.modals or not facts.text.words:
        return
    first = facts.text.words[0]
    if first not in CONDUCT and not (first.endswith("ing") and len(first) > len("being")):
        return
    kind, verb = ("prohibition_added", "was added to") if came else ("prohibition_removed", "is gone from")
    severity: Severity = "medium" if came else "low"
    outcome = Outcome(kind, severity, f"An item {verb} what one may not do", worse=came)
    quoted = facts.text.snippet(0, _LONGEST_QUOTE)
    yield found("conduct", outcome, case.topics[0], "" if came else quoted, quoted if came else "", known)
