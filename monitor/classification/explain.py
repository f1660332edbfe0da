"""Why a change was judged as it was: facts, rules that fired, and rules that nearly did."""

from __future__ import annotations

from typing import Any

from monitor.classification.classify import Judgement, judge
from monitor.classification.context import Context
from monitor.classification.delta import Delta
from monitor.classification.facts import Fact, Facts
from monitor.classification.findings import shown
from monitor.classification.knowledge import Knowledge, Rule, knowledge
from monitor.comparison import Difference
from monitor.model import Change, Clause

_MOST_NEAR = 8


def explain(change: Change, context: Context | None = None) -> dict[str, Any]:
    """The judgement of a change, made again from its words, as JSON-ready data.

    Keys: ``verdict``, ``severity``, ``reason``, ``facts`` (``before``, ``after``), ``words`` (of substance:
    ``gone``, ``came``), ``fired`` (findings) and ``nearly`` (rule, fact, what was missing).
    """
    seen = judge(_difference(change), context or Context())
    judged = change if change.findings or change.verdict != "material" else seen.change
    return {
        "verdict": judged.verdict,
        "severity": judged.severity,
        "reason": judged.reason,
        "topics": list(judged.topics),
        "facts": _facts(seen),
        "words": _words(seen),
        "fired": [finding.as_dict() for finding in judged.findings],
        "nearly": _nearly(seen, knowledge()),
    }


def _difference(change: Change) -> Difference:
    """The difference that a stored change came from; its lead is not stored and not needed to explain."""
    before, after = (
        Clause(text, change.path, change.label) if text is not None else None
        for text in (change.before, change.after)
    )
    cosmetic = change.reason if change.verdict == "cosmetic" else None
    return Difference(change.change, before, after, change.words, cosmetic or None)


def _facts(seen: Judgement) -> dict[str, Any]:
    if seen.case is None:
        return {"before": {}, "after": {}}
    return {"before": seen.case.delta.before.as_dict(), "after": seen.case.delta.after.as_dict()}


def _words(seen: Judgement) -> dict[str, list[str]]:
    if seen.case is None:
        return {"gone": [], "came": []}
    return {"gone": list(seen.case.wording.gone), "came": list(seen.case.wording.come)}


def _nearly(seen: Judgement, known: Knowledge) -> list[dict[str, str]]:
    """Rules whose fact came or went, but with another holder, stance or topic than they ask for."""
    if seen.case is None:
        return []
    fired = {finding.rule for finding in seen.change.findings}
    near = [
        {"rule": rule.id, "words": shown(facts, fact), "missing": missing}
        for rule in known.rules
        if rule.id not in fired
        for facts, fact in _moved(seen.case.delta, rule.fact)
        if (missing := _missing(rule, fact, seen.change.topics))
    ]
    return near[:_MOST_NEAR]


def _moved(delta: Delta, name: str) -> list[tuple[Facts, Fact]]:
    sides = ((delta.before, delta.gone), (delta.after, delta.come))
    return [(facts, fact) for facts, moved in sides for fact in moved if fact.name == name]


def _missing(rule: Rule, fact: Fact, topics: tuple[str, ...]) -> str:
    if rule.by and fact.by not in rule.by:
        return f"it is said of the {fact.by}, the rule is for {' or '.join(sorted(rule.by))}"
    if rule.stance and fact.stance not in rule.stance:
        return f"it is {fact.stance}, the rule is for {' or '.join(sorted(rule.stance))}"
    if rule.within and not rule.within & set(topics):
        return f"the clause is not about {' or '.join(sorted(rule.within))}"
    if rule.modified:
        return "the rule is for reworded clauses only"
    return ""
