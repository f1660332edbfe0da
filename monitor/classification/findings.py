"""Rules applied to what came and went: findings, each with the words that decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from monitor.classification.delta import Delta
from monitor.classification.facts import Fact, Facts
from monitor.classification.knowledge import Knowledge, Outcome, Rule
from monitor.classification.modality import Modal
from monitor.model import SEVERITIES, Finding, Severity

_AROUND = 3


class Found(NamedTuple):
    """A finding and who gains by it."""

    finding: Finding
    worse: bool


def weighed(outcome: Outcome, topic: str, known: Knowledge) -> Severity:
    """A rule's severity: a step up where the customer loses in a heavy topic, from medium down in a light one."""
    step = known.weights.get(topic, 0)
    if (step > 0 and not outcome.worse) or (step < 0 and outcome.severity == "high"):
        step = 0
    if not step:
        return outcome.severity
    index = SEVERITIES.index(outcome.severity) + step
    return SEVERITIES[min(max(index, 0), len(SEVERITIES) - 1)]


def found(
    rule: str, outcome: Outcome, topic: str, before: str, after: str, known: Knowledge, *, fixed: bool = False
) -> Found:
    """One finding of a rule's outcome. ``fixed``: the rule is made for its topic, its severity stands."""
    severity = outcome.severity if fixed else weighed(outcome, topic, known)
    return Found(Finding(outcome.kind, topic, severity, before, after, outcome.reason, rule), outcome.worse)


def by_rules(delta: Delta, topics: tuple[str, ...], known: Knowledge, *, modified: bool) -> Iterator[Found]:
    """Findings from concepts, statements and shifts of statements."""
    moved = {fact.name for fact in (*delta.come, *delta.gone)}
    rules = [rule for rule in known.rules if rule.fact in moved] if moved else []
    for rule in rules:
        if (rule.within and not rule.within & set(topics)) or (rule.modified and not modified):
            continue
        topic = rule.topic or topics[0]
        for fact in _fitting(rule, delta.come):
            after = shown(delta.after, fact)
            yield found(rule.id, rule.comes, topic, "", after, known, fixed=rule.topic is not None)
        for fact in _fitting(rule, delta.gone):
            before = shown(delta.before, fact)
            yield found(rule.id, rule.goes, topic, before, "", known, fixed=rule.topic is not None)
    yield from _by_modals(delta, topics[0], known)


def _fitting(rule: Rule, facts: Iterable[Fact]) -> list[Fact]:
    fitting = [
        fact
        for fact in facts
        if fact.name == rule.fact
        and (not rule.by or fact.by in rule.by)
        and (not rule.stance or fact.stance in rule.stance)
    ]
    return fitting if rule.named else fitting[:1]


def _by_modals(delta: Delta, topic: str, known: Knowledge) -> Iterator[Found]:
    for old, new in delta.shifted:
        before, after = statement(delta.before, old), statement(delta.after, new)
        for shift in known.shifts:
            if shift.by != old.holder:
                continue
            if old.effect in shift.from_ and new.effect in shift.to:
                yield found(shift.id, shift.forward, topic, before, after, known)
            elif new.effect in shift.from_ and old.effect in shift.to:
                yield found(shift.id, shift.backward, topic, before, after, known)
    if not delta.modals_come and not delta.modals_gone:
        return
    yield from _partly_lifted(delta, topic, known)
    come, gone = _by_kind(delta.modals_come), _by_kind(delta.modals_gone)
    for rule in known.modal_rules:
        kind = rule.by, rule.force
        for modal in come.get(kind, ())[:_MOST_ALIKE]:
            yield found(rule.id, rule.comes, topic, "", statement(delta.after, modal), known)
        for modal in gone.get(kind, ())[:_MOST_ALIKE]:
            yield found(rule.id, rule.goes, topic, statement(delta.before, modal), "", known)


def _partly_lifted(delta: Delta, topic: str, known: Knowledge) -> Iterator[Found]:
    """What is allowed beside what stays forbidden: "may identify you by name but shall not identify anybody else"."""
    for modals, here, there in (
        (delta.modals_come, delta.after, delta.before),
        (delta.modals_gone, delta.before, delta.after),
    ):
        for modal in modals[:_MOST_ALIKE]:
            if modal.effect != "may" or not (_forbids(here, modal) and _forbids(there, modal)):
                continue
            rule = next((shift for shift in known.shifts if shift.id == f"ban-lifted.{modal.holder}"), None)
            if rule is not None:
                came = here is delta.after
                words = statement(here, modal)
                sides = ("", words) if came else (words, "")
                yield found(rule.id, rule.forward if came else rule.backward, topic, *sides, known)


def _forbids(facts: Facts, modal: Modal) -> bool:
    return any((m.holder, m.effect, m.verb) == (modal.holder, "not", modal.verb) for m in facts.modals)


_MOST_ALIKE = 2
"""Statements of one holder and force that are told of one clause."""


def _by_kind(stated: Iterable[Modal]) -> dict[tuple[str, str], list[Modal]]:
    kinds: dict[tuple[str, str], list[Modal]] = {}
    for modal in stated:
        kinds.setdefault((modal.holder, modal.effect), []).append(modal)
    return kinds


def shown(facts: Facts, fact: Fact) -> str:
    """The words of a fact with a little of what stands around it."""
    return facts.text.snippet(*widened(facts, fact.start, fact.end))


def statement(facts: Facts, modal: Modal) -> str:
    """The words of a statement from its holder on."""
    return facts.text.snippet(*widened(facts, modal.start, modal.end))


def widened(facts: Facts, start: int, end: int) -> tuple[int, int]:
    """A range with up to three words on each side, within its sentence."""
    sentences = facts.text.sentences
    here = sentences[start]
    first, last = start, end
    while first > 0 and start - first < _AROUND and sentences[first - 1] == here:
        first -= 1
    while last < len(sentences) and last - end < _AROUND and sentences[last] == here:
        last += 1
    return first, last
