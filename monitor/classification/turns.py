"""Sentences that turned though no statement is known to have: a modal for another, a no that came or went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.classification.case import Case
from monitor.classification.delta import confined
from monitor.classification.facts import Facts, governing
from monitor.classification.findings import Found, found, statement, widened
from monitor.classification.holders import Holder, clause_start, holder_of
from monitor.classification.kin import kin_of
from monitor.classification.knowledge import Knowledge, Outcome
from monitor.classification.modality import Force, Modal, force_of
from monitor.classification.runs import Range, by_gap
from monitor.classification.tables import table, word_set
from monitor.classification.text import Text
from monitor.classification.verbs import stem
from monitor.model import Severity

NOES = frozenset({"not", "never", "no", "neither", "nobody", "none", "nothing", "nowhere", "unable"})
_AROUND = 5
"""Words quoted on each side of a no."""


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


def by_softening(case: Case, topic: str, known: Knowledge) -> Iterator[Found]:
    """A finding where what shall not be done should not be done any more, or the other way round."""
    for old, new, holder, softer in _softened(case):
        grave = softer and holder != "customer"
        severity: Severity = "high" if grave else "low"
        outcome = (
            Outcome("prohibition_removed", severity, "What was forbidden is only advised against", grave)
            if softer
            else Outcome("prohibition_added", severity, "What was advised against is forbidden")
        )
        quotes = (
            case.delta.before.text.snippet(*widened(case.delta.before, *old)),
            case.delta.after.text.snippet(*widened(case.delta.after, *new)),
        )
        yield found("ban.force", outcome, topic, *quotes, known, fixed=True)


def softens(case: Case) -> bool:
    """Whether a modal before a "not" came in the place of one that is stronger or weaker."""
    return any(True for _ in _softened(case))


def _softened(case: Case) -> Iterator[tuple[Range, Range, Holder, bool]]:
    """Places of such modals before and after, whom they bind, and whether the new one is weaker."""
    (before, gone), (after, come) = case.sides
    if not case.reworded:
        return
    runs = by_gap(gone), by_gap(come)
    for old, new in ((runs[0][gap], runs[1][gap]) for gap in runs[0] if gap in runs[1]):
        ends = before.text.words[old[1] : old[1] + 1], after.text.words[new[1] : new[1] + 1]
        if old[1] - old[0] != 1 or new[1] - new[0] != 1 or ends != (("not",), ("not",)):
            continue
        was, is_ = before.text.words[old[0]], after.text.words[new[0]]
        if (was in _FIRM and is_ in _WEAK) or (was in _WEAK and is_ in _FIRM):
            holder = holder_of(before.text, old[0], case.context.vendor_names, banned=False) or "vendor"
            yield old, new, holder, is_ in _WEAK


_FIRM = frozenset({"shall", "will", "must", "may", "can"})
_WEAK = frozenset({"should", "need", "might", "would", "ought"})


def swapped_modals(case: Case) -> list[tuple[Range, Range]]:
    """The places where one modal came in another's place before the same word, and no statement turned by that."""
    if not case.reworded or case.delta.shifted or len(case.changed[0]) != len(case.changed[1]):
        return []
    before, after = case.delta.before, case.delta.after
    return [
        (old, new)
        for old, new in zip(*case.changed, strict=True)
        if (force := _force(before, old)) and force != (_force(after, new) or force)
        if _same_verb(before, old, after, new) and not (confined(before, old) and confined(after, new))
    ]


def _force(facts: Facts, run: Range) -> Force | None:
    return force_of(facts.text.words[run[0]]) if run[1] - run[0] == 1 else None


def _same_verb(before: Facts, old: Range, after: Facts, new: Range) -> bool:
    following = before.text.words[old[1] : old[1] + 1]
    return following == after.text.words[new[1] : new[1] + 1] and NOES.isdisjoint(following)


def by_negation(case: Case, topic: str, known: Knowledge) -> Iterator[Found]:
    """A finding where a sentence that stands says no, or no longer: "are not used for it", "are used for it".

    Only where no prohibition is known to have come, gone or turned, which has rules of its own.
    """
    delta = case.delta
    turned = (*delta.modals_gone, *delta.modals_come, *(modal for pair in delta.shifted for modal in pair))
    if not case.reworded or any(modal.force == "not" for modal in turned):
        return
    gone, come = (_denials(facts, changed, known) for facts, changed in case.sides)
    for sentence, there in delta.sentences.items():
        if (sentence in gone) == (there in come):
            continue
        if _noes(delta.before, sentence, known) == _noes(delta.after, there, known):
            continue  # in other words: "without regard to", "excluding"
        came = there in come
        doubled = answers_only(case) and _bans_in(delta.before, sentence)  # "will not be disclosed: no"
        facts, at = (delta.after, come[there]) if came else (delta.before, gone[sentence])
        modal = governing(facts.text, facts.modals, at)
        by = modal.holder if modal and not case.row else "vendor"
        for rule in known.modal_rules:
            if (rule.by, rule.force) == (by, "not"):
                quote = facts.text.snippet(at - _AROUND, at + _AROUND)
                sides = ("", quote) if came else (quote, "")
                yield found(rule.id, rule.comes if came != doubled else rule.goes, topic, *sides, known)


def answers_only(case: Case) -> bool:
    """Whether nothing changed in a row but an answer: "Shared with partners | Yes", "… | No"."""
    if not all("|" in facts.text.shown for facts, _ in case.sides):
        return False
    return all(
        _ANSWERS.issuperset(facts.text.words[start:end]) for facts, runs in case.sides for start, end in runs
    )


def _bans_in(facts: Facts, sentence: int) -> bool:
    return any(modal.sentence == sentence and modal.force == "not" for modal in facts.modals)


_ANSWERS = word_set(table("names")["answers"])


def by_verb(case: Case, topic: str, known: Knowledge) -> Iterator[Found]:
    """Findings where a promise not to do one thing became one not to do another: "not read it", "not publish it"."""
    if not case.reworded or case.wording.same:
        return
    before, after = case.delta.before, case.delta.after
    for here, there in case.delta.sentences.items():
        old = _only_ban(before, here)
        new = _only_ban(after, there) if old else None
        if old is None or new is None or old.holder != new.holder or old.verb == new.verb:
            continue
        lost, won = _forbids(after, old.verb, known), _forbids(before, new.verb, known)
        for rule in known.modal_rules:
            if (rule.by, rule.force) == (old.holder, "not"):
                if not lost:
                    yield found(rule.id, rule.goes, topic, statement(before, old), "", known)
                if not won:
                    yield found(rule.id, rule.comes, topic, "", statement(after, new), known)


def _only_ban(facts: Facts, sentence: int) -> Modal | None:
    """What a sentence forbids to somebody but the customer, if it forbids one thing."""
    bans = [modal for modal in facts.modals if modal.sentence == sentence and modal.effect == "not"]
    return bans[0] if len(bans) == 1 and bans[0].holder != "customer" and bans[0].verb else None


def _forbids(facts: Facts, verb: str, known: Knowledge) -> bool:
    """Whether any sentence that forbids something says a verb."""
    sentences = {modal.sentence for modal in facts.modals if modal.effect == "not"}
    return any(_says(facts, sentence, verb, known) for sentence in sentences)


def _says(facts: Facts, sentence: int, verb: str, known: Knowledge) -> bool:
    """Whether a sentence says a verb in any form, or a word that says the same."""
    wanted = {verb, kin_of(verb, known)}
    return any(
        word == verb or stem(word) == verb or kin_of(word, known) in wanted
        for word, at in zip(facts.text.words, facts.text.sentences, strict=True)
        if at == sentence
    )


def _denials(facts: Facts, changed: Sequence[Range], known: Knowledge) -> dict[int, int]:
    """The first word that says no among the changed ones, by sentence."""
    found: dict[int, int] = {}
    for start, end in changed:
        for at in range(start, end):
            if _says_no(facts.text.words[at], NOES, known) and not _denies_nothing(facts.text, at):
                found.setdefault(facts.text.sentences[at], at)
    return found


def _denies_nothing(text: Text, at: int) -> bool:
    """Whether a no only bounds a number, leaves something open or says in which case: "no later than", "whether you
    need it or not", "if we are unable to"."""
    if text.words[at + 1 : at + 2] in _MEASURES or text.words[at - 1] == "or":
        return True
    return not _CASES.isdisjoint(text.words[clause_start(text, at) : at])


_CASES = frozenset({"if", "whether", "unless", "when", "where", "why"})


def _noes(facts: Facts, sentence: int, known: Knowledge) -> int:
    """How often a sentence says no, in whatever words."""
    start = facts.text.sentence_starts[sentence]
    following = facts.text.sentence_starts[sentence + 1 : sentence + 2]
    words = facts.text.words[start : following[0] if following else None]
    return sum(_says_no(word, _ALL_NOES, known) for word in words)


def _says_no(word: str, noes: frozenset[str], known: Knowledge) -> bool:
    return word in noes or known.negations.get(word, "").startswith("not ")  # "excluded"


_ALL_NOES = word_set(table("wording")["negation"]["once"])
_MEASURES = frozenset(
    (word,) for word in word_set("later longer more less fewer sooner earlier event exceed than")
)
