"""What must not change unseen, and what weighs most.

A cap on liability or a choice of law can be reworded in more ways than rules foresee: any word of substance in such a
sentence is told. And a deadline in a sentence on breaches is one of breach notice, whatever else its clause is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from monitor.classification.asides import touched
from monitor.classification.case import Case
from monitor.classification.delta import Range
from monitor.classification.facts import Facts
from monitor.classification.findings import Found, found, widened
from monitor.classification.holders import party_of
from monitor.classification.knowledge import Knowledge
from monitor.classification.text import Text
from monitor.classification.wording import DECISIVE
from monitor.model import Severity


def gravest_first(case: Case, known: Knowledge) -> tuple[str, ...]:
    """The clause's topics, the one that a changed sentence is weighed by before the others."""
    grave = {
        known.grave[fact.name]
        for facts, changed in case.sides
        for start, end in touched(facts.text, changed)
        for fact in facts.said
        if fact.name in known.grave and start <= fact.start < end
    }
    return tuple(dict.fromkeys((*sorted(grave), *case.topics)))


def by_subjects(
    case: Case, topics: Sequence[str], findings: Sequence[Found], known: Knowledge
) -> Iterator[Found]:
    """A finding for each subject that must not change unseen, unless a rule has told what became of it.

    ``findings``: what the other rules found.
    """
    if not case.reworded or case.wording.same:
        return
    for rule in known.subjects:
        if rule.within.isdisjoint(topics) or any(f.finding.rule in rule.unless for f in findings):
            continue
        sides = [(facts, runs) for (facts, _), runs in zip(case.sides, case.residue, strict=True)]
        if any(_is_about(rule.fact, *side) for side in sides) and (weight := _weight(case, known)):
            before, after = (_quoted(*side) for side in sides)
            outcome = replace(rule.outcome, severity=weight)
            yield found(rule.id, outcome, rule.topic, before, after, known, fixed=True)


def _weight(case: Case, known: Knowledge) -> Severity | None:
    """How much differs: a party, a name, a number or a word of weight; several other words; or a verb that says the
    same here ("go to the courts", "are heard by the courts"), which is nothing."""
    words = {*case.wording.gone, *case.wording.come}
    if not known.weighty_words.isdisjoint(words) or not DECISIVE.isdisjoint(words):
        return "high"
    decides = any(
        _decides(facts.text, at, case.context.vendor_names, known)
        for (facts, _), runs in zip(case.sides, case.residue, strict=True)
        for start, end in runs
        for at in range(start, end)
    )
    return "high" if decides else "medium" if len(words) >= _SEVERAL else None


def _decides(text: Text, at: int, vendor: frozenset[str], known: Knowledge) -> bool:
    word = text.words[at]
    if word[0].isdigit() or party_of(word, vendor):
        return True
    return (
        text.shown[text.spans[at][0]].isupper()
        and at not in text.sentence_starts
        and word not in known.vocabulary
    )


_SEVERAL = 3


def _quoted(facts: Facts, runs: Sequence[Range]) -> str:
    """The first words that differ in substance, with those around them."""
    return facts.text.snippet(*widened(facts, *runs[0])) if runs else ""


def _is_about(name: str, facts: Facts, places: Sequence[Range]) -> bool:
    """Whether words that differ stand in a sentence that says a concept."""
    text = facts.text
    heads = {text.head(text.sentences[start]) for start, _ in places}
    return any(fact.name == name and text.head(text.sentences[fact.start]) in heads for fact in facts.said)
