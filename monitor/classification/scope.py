"""What a statement covers, and what must not change unseen.

"We do not share your data with insurers or advertisers" still forbids something without its insurers, but less. The
statement itself did not change, so no rule about statements sees it; what it covers did. And a cap on liability or a
choice of law can be reworded in more ways than rules foresee: any word of substance in such a sentence is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from monitor.classification.asides import touched
from monitor.classification.case import Case
from monitor.classification.delta import Range
from monitor.classification.facts import Fact, Facts, governing
from monitor.classification.findings import Found, found, widened
from monitor.classification.holders import holder_of
from monitor.classification.knowledge import Knowledge
from monitor.classification.modality import Force, Modal, force_of

_LONGEST_QUOTE = 20
"""Words."""
_LIMITS = frozenset(
    {"exception", "limiter", "for_now", "opt_in", "own_choice", "opt_out", "no_consent", "efforts"}
)
"""Concepts that turn round what more words mean: rules of their own weigh them."""


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


def by_scope(case: Case, topic: str, known: Knowledge) -> Iterator[Found]:
    """Findings for statements that stand on both sides and cover more or less than before."""
    if not case.reworded or case.wording.same:
        return
    if _limits(case.delta.gone, case.changed[0]) or _limits(case.delta.come, case.changed[1]):
        return
    before, after = case.delta.before, case.delta.after
    lost, won = (_by_sentence(*side) for side in zip((before, after), _differing(case), strict=True))
    for sentence, there in case.delta.sentences.items():
        if (sentence in lost) == (there in won):
            continue
        grew = there in won
        here = (after, won[there]) if grew else (before, lost[sentence])
        other = (before, sentence) if grew else (after, there)
        yield from _covered(*here, *other, topic, known, grew=grew)


def by_force(case: Case, topic: str, known: Knowledge) -> Iterator[Found]:
    """A finding where one modal came in another's place before the same word: "will apply", "may apply".

    Only where no statement is known to have turned: of what merely is, nobody promises or allows anything, but whether
    it will be or may be matters.
    """
    before, after = case.delta.before, case.delta.after
    for old, new in swapped_modals(case):
        forces = _force(before, old), _force(after, new)
        by = holder_of(before.text, old[0], case.context.vendor_names, banned=False) or "vendor"
        quotes = before.text.snippet(*widened(before, *old)), after.text.snippet(*widened(after, *new))
        for shift in known.shifts:
            if shift.by == by and forces[0] in shift.from_ and forces[1] in shift.to:
                yield found(shift.id, shift.forward, topic, *quotes, known)
            elif shift.by == by and forces[1] in shift.from_ and forces[0] in shift.to:
                yield found(shift.id, shift.backward, topic, *quotes, known)


def swapped_modals(case: Case) -> list[tuple[Range, Range]]:
    """The places where one modal came in another's place before the same word, and no statement turned by that."""
    if not case.reworded or case.delta.shifted or len(case.changed[0]) != len(case.changed[1]):
        return []
    before, after = case.delta.before, case.delta.after
    return [
        (old, new)
        for old, new in zip(*case.changed, strict=True)
        if (force := _force(before, old)) and force != (_force(after, new) or force)
        if _same_verb(before, old, after, new)
    ]


def _force(facts: Facts, run: Range) -> Force | None:
    return force_of(facts.text.words[run[0]]) if run[1] - run[0] == 1 else None


def _same_verb(before: Facts, old: Range, after: Facts, new: Range) -> bool:
    following = before.text.words[old[1] : old[1] + 1]
    return following == after.text.words[new[1] : new[1] + 1] and _NOES.isdisjoint(following)


_NOES = frozenset({"not", "never", "no", "neither", "nobody", "none", "nowhere"})


def by_negation(case: Case, topic: str, known: Knowledge) -> Iterator[Found]:
    """A finding where a sentence that stands says no, or no longer: "are not used for it", "are used for it".

    Only where no prohibition is known to have come, gone or turned, which has rules of its own.
    """
    delta = case.delta
    turned = (*delta.modals_gone, *delta.modals_come, *(modal for pair in delta.shifted for modal in pair))
    if not case.reworded or any(modal.force == "not" for modal in turned):
        return
    if ("not" in case.wording.gone) == ("not" in case.wording.come):
        return  # as many noes, if in other words
    gone, come = (_denials(facts, changed) for facts, changed in case.sides)
    for sentence, there in delta.sentences.items():
        if (sentence in gone) == (there in come):
            continue
        came = there in come
        facts, at = (delta.after, come[there]) if came else (delta.before, gone[sentence])
        modal = governing(facts.text, facts.modals, at)
        by = modal.holder if modal else "vendor"
        for rule in known.modal_rules:
            if (rule.by, rule.force) == (by, "not"):
                quote = facts.text.snippet(at - _AROUND, at + _AROUND)
                sides = ("", quote) if came else (quote, "")
                yield found(rule.id, rule.comes if came else rule.goes, topic, *sides, known)


_AROUND = 5


def _denials(facts: Facts, changed: Sequence[Range]) -> dict[int, int]:
    """The first word that says no among the changed ones, by sentence."""
    found: dict[int, int] = {}
    for start, end in changed:
        for at in range(start, end):
            if facts.text.words[at] in _NOES:
                found.setdefault(facts.text.sentences[at], at)
    return found


def by_subjects(
    case: Case, topics: Sequence[str], findings: Sequence[Found], known: Knowledge
) -> Iterator[Found]:
    """A finding for each subject that must not change unseen, unless another rule has told of it.

    ``findings``: what the other rules found.
    """
    if not case.reworded or case.wording.same:
        return
    for rule in known.subjects:
        if rule.within.isdisjoint(topics) or any(
            f.finding.topic == rule.topic and f.finding.severity == "high" for f in findings
        ):
            continue
        sides = [(facts, runs) for (facts, _), runs in zip(case.sides, case.residue, strict=True)]
        if any(_is_about(rule.fact, *side) for side in sides):
            before, after = (_quoted(*side) for side in sides)
            yield found(rule.id, rule.outcome, rule.topic, before, after, known, fixed=True)


def _quoted(facts: Facts, runs: Sequence[Range]) -> str:
    """The first words that differ in substance, with those around them."""
    return facts.text.snippet(*widened(facts, *runs[0])) if runs else ""


def _is_about(name: str, facts: Facts, places: Sequence[Range]) -> bool:
    """Whether words that differ stand in a sentence that says a concept."""
    sentences = {facts.text.sentences[start] for start, _ in places}
    return any(fact.name == name and facts.text.sentences[fact.start] in sentences for fact in facts.said)


def _covered(
    facts: Facts,
    places: Sequence[Range],
    other: Facts,
    sentence: int,
    topic: str,
    known: Knowledge,
    *,
    grew: bool,
) -> Iterator[Found]:
    modal = governing(facts.text, facts.modals, places[0][0])
    if modal is not None:
        twin = next((m for m in other.modals if m.sentence == sentence and _same(m, modal)), None)
        said = (modal.holder, modal.force) if twin else None
    else:
        said = (
            ("vendor", "not") if _denies(facts, places[0][0]) and _denies(other, sentence=sentence) else None
        )
    rule = next((r for r in known.scope_rules if (r.by, r.force) == said), None)
    if rule is None:
        return
    words = facts.text.snippet(places[0][0], min(places[-1][1], places[0][0] + _LONGEST_QUOTE))
    sides = ("", words) if grew else (words, "")
    yield found(rule.id, rule.comes if grew else rule.goes, topic, *sides, known)


def _denies(facts: Facts, before: int | None = None, *, sentence: int | None = None) -> bool:
    """Whether a sentence without any statement says no, before a word: "is not sold to advertisers"."""
    text = facts.text
    here = text.sentences[before] if before is not None else sentence
    last = len(text.words) if before is None else before
    if any(modal.sentence == here for modal in facts.modals):
        return False
    return any(text.words[at] in _NOES for at in range(last) if text.sentences[at] == here)


def _limits(facts: Iterable[Fact], changed: Sequence[Range]) -> bool:
    """Whether changed words begin with a condition, so that more of them mean less."""
    return any(
        fact.name in _LIMITS and not any(start < fact.start and fact.end <= end for start, end in changed)
        for fact in facts
    )


def _differing(case: Case) -> tuple[list[Range], list[Range]]:
    """The changed words that differ in substance, before and after."""
    left, right = (
        [(start, end) for start, end in places if any(s < end and start < e for s, e in runs)]
        for places, runs in zip(case.wording.places, case.residue, strict=True)
    )
    return left, right


def _same(one: Modal, other: Modal) -> bool:
    return (one.holder, one.force) == (other.holder, other.force)


def _by_sentence(facts: Facts, places: Sequence[Range]) -> dict[int, list[Range]]:
    found: dict[int, list[Range]] = {}
    for start, end in places:
        found.setdefault(facts.text.sentences[start], []).append((start, end))
    return found
