"""What a statement covers: words that came or went within a promise, a permission or a prohibition that stands.

"We do not share your data with insurers or advertisers" still forbids something without its insurers, but less. The
statement itself did not change, so no rule about statements sees it; what it covers did.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from monitor.classification.case import Case
from monitor.classification.facts import Fact, Facts, governing
from monitor.classification.findings import Found, found
from monitor.classification.holders import Holder
from monitor.classification.knowledge import Knowledge, Outcome
from monitor.classification.modality import Force, Modal
from monitor.classification.placed import CANNOT, FILTERS
from monitor.classification.runs import Range
from monitor.classification.tables import table, word_set
from monitor.classification.text import Text
from monitor.classification.turns import NOES, answers_only

_LONGEST_QUOTE = 20
"""Words."""
_LIMITS = frozenset(
    {"exception", "limiter", "for_now", "opt_in", "own_choice", "opt_out", "no_consent", "efforts"}
)
"""Concepts that turn round what more words mean: rules of their own weigh them."""


def by_scope(case: Case, topic: str, known: Knowledge) -> Iterator[Found]:
    """Findings for statements that stand on both sides and cover more or less than before."""
    if not case.reworded or (case.wording.same and not case.fewer_named):
        return
    if answers_only(case):
        return  # of a row: it turns what the row says
    yield from _entries(case, topic, known)
    if _limits(case.delta.gone, case.changed[0]) or _limits(case.delta.come, case.changed[1]):
        yield from _in_front(case, topic, known)
        return
    before, after = case.delta.before, case.delta.after
    runs = _joined(case) if case.wording.same else case.residue
    lost, won = (_by_sentence(*side) for side in zip((before, after), runs, strict=True))
    for sentence, there in case.delta.sentences.items():
        if sentence in lost and there in won:
            yield from _other_exception(case, lost[sentence], won[there], topic, known)
            yield from _other_object(case, lost[sentence], won[there], topic, known)
        if sentence in lost and there in won:
            yield from _fewer_banned(case, (lost[sentence], won[there]), topic, known)
        if (sentence in lost) == (there in won):
            continue
        grew = there in won
        facts, here = (after, won[there]) if grew else (before, lost[sentence])
        other, standing = (before, sentence) if grew else (after, there)
        said = _said(facts, here[0][0], other, standing)
        yield from _covered(facts, here, said, topic, known, grew=grew)


def _entries(case: Case, topic: str, known: Knowledge) -> Iterator[Found]:
    """Findings where entries of a list came or went that a statement begins: "shall not: (i)…; (ii)…"."""
    before, after = case.delta.before, case.delta.after
    for facts, other, sentences, grew in (
        (before, after, case.delta.sentences_gone, False),
        (after, before, case.delta.sentences_come, True),
    ):
        for start, end in sentences:
            said = _of_list(facts, start, other)
            yield from _covered(facts, [(start, end)], said, topic, known, grew=grew)


def _in_front(case: Case, topic: str, known: Knowledge) -> Iterator[Found]:
    """Findings where a case came or went in front of what the vendor promises not to do: "if you use private mode, we
    will not read it"."""
    rule = next(r for r in known.scope_rules if (r.by, r.force) == ("vendor", "not"))
    for (facts, _), runs, grew in zip(case.sides, case.residue, (False, True), strict=True):
        for run in runs:
            modal = governing(facts.text, facts.modals, run[0])
            if (
                modal is not None
                and (modal.holder, modal.force) == ("vendor", "not")
                and run[1] <= modal.start
                and facts.text.words[run[0]] in _CASES
            ):
                quote = facts.text.snippet(*run)
                sides = ("", quote) if grew else (quote, "")
                yield found(rule.id, rule.goes if grew else rule.comes, topic, *sides, known)


def _joined(case: Case) -> list[list[Range]]:
    """The changed words that hold "or": of "our models or those of others" only the "or" is a word of weight."""
    return [
        [(start, end) for start, end in changed if not {"or", "and"}.isdisjoint(facts.text.words[start:end])]
        for facts, changed in case.sides
    ]


Said = tuple[Holder, Force]
"""Who must, may or must not do something."""


def _said(facts: Facts, at: int, other: Facts, sentence: int) -> Said | None:
    """The statement in which a word stands, if it stands in a sentence of the other side, too."""
    modal = governing(facts.text, facts.modals, at)
    if modal is not None and modal.force == "not" and modal.verb in CANNOT:
        return None
    if modal is not None:
        twin = any(m.sentence == sentence and _same(m, modal) for m in other.modals)
        return (modal.holder, modal.force) if twin else None
    denied = _denies(facts, facts.text.sentences[at], at) and _denies(other, sentence, len(other.text.words))
    return ("vendor", "not") if denied else None


def _of_list(facts: Facts, start: int, other: Facts) -> Said | None:
    """The statement that begins a list of which an entry came or went, if both sides have it: "shall not: (i)…"."""
    text = facts.text
    sentence = text.sentences[start]
    head = text.head(sentence)
    if head == sentence or any(
        modal.sentence == sentence and modal.force != "soft" for modal in facts.modals
    ):
        return None
    modal = next((m for m in facts.modals if m.sentence == head), None)
    twin = modal and any(_same(m, modal) and m.verb == modal.verb for m in other.modals)
    if not (modal and twin):
        return None
    denied = not NOES.isdisjoint(text.words[start : start + 2])  # "will: (1) protect it; and (2) not sell it"
    return modal.holder, "not" if denied else modal.force


def _covered(
    facts: Facts, runs: Sequence[Range], said: Said | None, topic: str, known: Knowledge, *, grew: bool
) -> Iterator[Found]:
    rule = next((r for r in known.scope_rules if (r.by, r.force) == said), None)
    if rule is None:
        return
    if said == ("vendor", "not"):
        for run in runs:
            wider = _bans_more(facts, run, grew=grew)
            quote = facts.text.snippet(run[0], min(run[1], run[0] + _LONGEST_QUOTE))
            sides = ("", quote) if grew else (quote, "")
            yield found(rule.id, rule.comes if wider else rule.goes, topic, *sides, known)
        return
    listed = is_listed(facts.text, runs)
    wider = grew if rule.force != "not" or listed else not grew
    if listed and _excepted(facts, runs[0][0]):
        wider = not grew
    if rule.force != "not" and facts.text.words[runs[0][0]] in _CASES:
        wider = not grew  # "if you ask for it": what is done in fewer cases
    if rule.force != "not" and all(FILTERS.issuperset(facts.text.words[start:end]) for start, end in runs):
        wider = not grew  # "any serious breach"
    words = facts.text.snippet(runs[0][0], min(runs[-1][1], runs[0][0] + _LONGEST_QUOTE))
    sides = ("", words) if grew else (words, "")
    # Only the gravest topics make more of it: a list of file formats weighs nothing.
    fixed = topic not in known.grave.values()
    yield found(rule.id, rule.comes if wider else rule.goes, topic, *sides, known, fixed=fixed)


def _bans_more(facts: Facts, run: Range, *, grew: bool) -> bool:
    """Whether words that came or went within what the vendor promises not to do let the promise cover more.

    Entries of a list and mere emphasis do; what stands before the promise limits it ("for paid plans, we do not"), and
    so does what qualifies a thing ("any unaffiliated third party"). In an exception it is the other way round.
    """
    words = facts.text.words[slice(*run)]
    modal = governing(facts.text, facts.modals, run[0])
    if _EMPHASIS.issuperset(words):
        return grew
    if modal is not None and run[1] <= modal.start:
        return not grew
    if _excepted(facts, run[0]):
        return grew != _is_entry(facts.text, run)
    return grew == _is_entry(facts.text, run)


def _is_entry(text: Text, run: Range) -> bool:
    """Whether words are an entry of a list: beside "and", "or" or a comma, and no adverbial ("in most cases, ")."""
    first, last = run
    if text.words[first] in _ADVERBIAL:
        return False
    if text.words[first] in _RELATIVE and first not in text.breaks:
        return False  # "names that could be tied to you or others"
    beside = text.words[max(first - 1, 0) : last + 1]
    return not _ENTRY_JOINTS.isdisjoint(beside) or first in text.breaks or last in text.breaks


_RELATIVE = frozenset({"that", "which", "who"})
_ENTRY_JOINTS = frozenset({"and", "or", "nor"})
_ADVERBIAL = word_set(
    "in on where when if as at under upon during generally usually currently mostly for whether"
)
_EMPHASIS = word_set(
    "any anyone anybody anything ever whatsoever whatever at all to with in under for by way circumstances "
    "circumstance reason purpose party parties third person rest assured note please promise promises undertake "
    "undertakes agree agrees commit commits guarantee guarantees clear not never we will us is are be used"
)
"""Words that make a promise not to do something no narrower: "to anyone", "for any reason", "we promise"."""


def _other_exception(
    case: Case, lost: Sequence[Range], won: Sequence[Range], topic: str, known: Knowledge
) -> Iterator[Found]:
    """Findings where a promise not to do something stands and something else is excepted from it: "not without a
    warrant", "not without a request"."""
    sides = (case.delta.before, lost, case.wording.gone), (case.delta.after, won, case.wording.come)
    if not all(words and _is_exception(facts, runs[0][0]) for facts, runs, words in sides):
        return
    before, after = (facts.text.snippet(runs[0][0], runs[-1][1]) for facts, runs, _ in sides)
    came = Outcome(
        "permission_widened", "high", "Something else is excepted from a promise not to do it", True
    )
    went = Outcome(
        "permission_narrowed", "low", "Something is no longer excepted from a promise not to do it"
    )
    yield found("covers.exception", came, topic, "", after, known)
    yield found("covers.exception", went, topic, before, "", known)


def _fewer_banned(
    case: Case, runs: tuple[Sequence[Range], Sequence[Range]], topic: str, known: Knowledge
) -> Iterator[Found]:
    """Findings where entries of what the vendor will not do are gone, whatever else of the sentence is new."""
    rule = next(r for r in known.scope_rules if (r.by, r.force) == ("vendor", "not"))
    listed = [
        [
            run
            for run in side
            if is_listed(facts.text, [run]) and is_banned(facts, run[0]) and _says_enough(facts, run, known)
        ]
        for (facts, _), side in zip(case.sides, runs, strict=True)
    ]
    before, after = (
        [facts.text.snippet(*run) for run in side]
        for (facts, _), side in zip(case.sides, listed, strict=True)
    )
    if len(before) > len(after):
        yield found(rule.id, rule.goes, topic, before[0], "", known)
    elif len(after) > len(before):
        yield found(rule.id, rule.comes, topic, "", after[0], known)


def _says_enough(facts: Facts, run: Range, known: Knowledge) -> bool:
    words = facts.text.words[slice(*run)]
    return sum(word not in known.empty_words for word in words) >= _OTHER


def _other_object(
    case: Case, lost: Sequence[Range], won: Sequence[Range], topic: str, known: Knowledge
) -> Iterator[Found]:
    """Findings where a promise not to do something stands and is made of other data: "not disclose your data", "not
    disclose your passwords"."""
    sides = (case.delta.before, lost), (case.delta.after, won)
    if _OBJECTS.isdisjoint((*case.wording.gone, *case.wording.come)):
        return
    if not all(is_banned(facts, runs[0][0]) for facts, runs in sides):
        return
    rule = next(r for r in known.scope_rules if (r.by, r.force) == ("vendor", "not"))
    before, after = (facts.text.snippet(runs[0][0], runs[-1][1]) for facts, runs in sides)
    yield found(rule.id, rule.goes, topic, before, "", known)
    yield found(rule.id, rule.comes, topic, "", after, known)


_CASES = frozenset({"if", "when", "whenever", "where", "wherever", "once", "until", "while"})
_OBJECTS = frozenset({"information", "content", "personal"})


def is_banned(facts: Facts, at: int) -> bool:
    """Whether a word stands in what the vendor promises not to do."""
    modal = governing(facts.text, facts.modals, at)
    return modal is not None and (modal.holder, modal.force) == ("vendor", "not")


def _is_exception(facts: Facts, at: int) -> bool:
    """Whether a word stands after "without", "unless" or "except" in what the vendor promises not to do."""
    modal = governing(facts.text, facts.modals, at)
    return (
        modal is not None
        and (modal.holder, modal.force) == ("vendor", "not")
        and not _BUT_FOR.isdisjoint(facts.text.words[modal.start : at])
    )


_BUT_FOR = frozenset({"without", "unless", "except", "until", "other"})
_OTHER = 2
"""Words of weight of an entry that counts."""


def _excepted(facts: Facts, at: int) -> bool:
    """Whether a word stands in what a statement excepts: of a longer exception, less is covered."""
    modal = governing(facts.text, facts.modals, at)
    text = facts.text
    sentence = text.sentences[at]
    begins = modal.start if modal else text.sentence_starts[sentence]
    if "outside" in text.words[begins:at]:
        return True  # "not outside the country or another one"
    head = text.head(sentence)
    return any(
        fact.name == "exception"
        and fact.end <= at
        and (begins <= fact.start or (head != sentence and _heads_list(facts, fact, head)))
        for fact in facts.said
    )


def _heads_list(facts: Facts, exception: Fact, head: int) -> bool:
    """Whether a list is of what is excepted: "except (a) to help you; (b) where the law wants it"."""
    text = facts.text
    if text.sentences[exception.start] != head:
        return False
    following = text.shown[text.spans[exception.end - 1][1] :].lstrip()
    return following[:1] in ("(", ":") or _CASES_FOLLOW.match(following) is not None


_CASES_FOLLOW = re.compile(r"[^,;:.()]{1,60}:")
"""Between an exception and the list of its cases: "unless one of these applies:"."""


def is_listed(text: Text, runs: Sequence[Range]) -> bool:
    """Whether words are entries of a list. Others only qualify what is forbidden, which narrows it: "must not use
    special categories of data", "to anyone outside our network"."""
    first, last = runs[0][0], runs[-1][1]
    beside = text.words[max(first - 1, 0) : last + 1]
    return not _JOINTS.isdisjoint(beside) or first in text.breaks or last in text.breaks


_JOINTS = frozenset({"and", "or", "nor", "any", "ever", "otherwise"})


def _denies(facts: Facts, sentence: int, end: int) -> bool:
    """Whether a sentence without any statement says no before a word: "is not sold to advertisers"."""
    text = facts.text
    if any(modal.sentence == sentence for modal in facts.modals):
        return False
    return any(
        text.words[at] in NOES and text.words[at + 1 : at + 2] not in _IDLE
        for at in range(text.sentence_starts[sentence], end)
        if text.sentences[at] == sentence
    )


_IDLE = frozenset((verb,) for verb in word_set(table("statements")["verbs"]["idle"]))


def _limits(facts: Iterable[Fact], changed: Sequence[Range]) -> bool:
    """Whether changed words begin with a condition, so that more of them mean less."""
    return any(
        fact.name in _LIMITS and not any(start < fact.start and fact.end <= end for start, end in changed)
        for fact in facts
    )


def _same(one: Modal, other: Modal) -> bool:
    return (one.holder, one.force) == (other.holder, other.force)


def _by_sentence(facts: Facts, places: Sequence[Range]) -> dict[int, list[Range]]:
    found: dict[int, list[Range]] = {}
    for start, end in places:
        found.setdefault(facts.text.sentences[start], []).append((start, end))
    return found
