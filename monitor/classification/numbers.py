"""What it means for the customer that a number changed: that depends on what the number measures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.classification.delta import Delta
from monitor.classification.facts import Facts, governing
from monitor.classification.findings import Found, found, statement
from monitor.classification.knowledge import Knowledge, Outcome
from monitor.classification.quantities import Quantity
from monitor.classification.runs import Range
from monitor.classification.tables import table, word_set
from monitor.classification.verbs import stem
from monitor.model import Severity

_MEASURES = {name: word_set(line) for name, line in table("quantities")["measures"].items()}
_SOFT = "soft_deadline"
_ANCHORS = {name: word_set(line) for name, line in table("quantities")["anchors"].items()}
_LONGEST_ANCHOR = 9
"""Words after a period in which it is said from when it runs."""
_AROUND = 14
_LONGEST_SENTENCE = 80
_MOST = 40

_LONGER_HURTS = {
    "keeping": True,
    "deadline": True,
    "notice": False,
    "window": False,
    "cap": False,
    "term": True,
    "other": None,
}


def by_numbers(delta: Delta, topics: tuple[str, ...], known: Knowledge) -> Iterator[Found]:
    """Findings from numbers that changed, came or went."""
    gone, come = list(delta.quantities_gone[:_MOST]), list(delta.quantities_come[:_MOST])
    for old in tuple(gone):
        new = next((q for q in come if q.sort == old.sort), None)
        if new is not None:
            gone.remove(old)
            come.remove(new)
            yield _changed(delta, old, new, topics[0], known)
    gone = [q for q in gone if not _passing(q, delta.sentences_gone)]
    come = [q for q in come if not _passing(q, delta.sentences_come)]
    for old in gone:
        yield _single(delta.before, delta.after, old, topics[0], known, came=False)
    for new in come:
        yield _single(delta.after, delta.before, new, topics[0], known, came=True)
    if not delta.quantities_gone and not delta.quantities_come:
        yield from _by_anchors(delta, topics[0], known)


def _by_anchors(delta: Delta, topic: str, known: Knowledge) -> Iterator[Found]:
    """A period that is as long as before and begins later or earlier: "of becoming aware", "of confirming"."""
    for old in delta.before.quantities:
        if old.sort != "period" or (begins := _anchor(delta.before, old)) is None:
            continue
        for new in delta.after.quantities:
            if (new.sort, new.value) == (old.sort, old.value) and _anchor(delta.after, new) not in (
                None,
                begins,
            ):
                late = begins == "early"
                kind, when = ("period_lengthened", "later") if late else ("period_shortened", "earlier")
                outcome = _outcome(kind, late, f"A period begins {when}")
                before, after = _from(delta.before, old), _from(delta.after, new)
                yield found("period.begins", outcome, topic, before, after, known)
                return


def _anchor(facts: Facts, quantity: Quantity) -> str | None:
    """From when a period runs: ``early`` or ``late``."""
    at = quantity.end
    while at < len(facts.text.words) and at - quantity.end < _LONGEST_ANCHOR:
        word = facts.text.words[at]
        if word in _ANCHORS["late"] or word in _ANCHORS["early"]:
            return "late" if word in _ANCHORS["late"] else "early"
        if word not in _ANCHORS["between"] and not word.endswith("ing"):
            return None
        at += 1
    return None


def _from(facts: Facts, quantity: Quantity) -> str:
    return facts.text.snippet(quantity.start, quantity.end + _LONGEST_ANCHOR)


def _passing(quantity: Quantity, sentences: Sequence[Range]) -> bool:
    """A bare number in a sentence that came or went as a whole: the sentence is the change, not the number."""
    return quantity.sort == "count" and any(start <= quantity.start < end for start, end in sentences)


def _near(facts: Facts, quantity: Quantity, around: int = _AROUND) -> set[str]:
    sentence = facts.text.sentences[quantity.start]
    first, last = max(quantity.start - around, 0), quantity.end + around
    return {
        word
        for word, where in zip(facts.text.words[first:last], facts.text.sentences[first:last], strict=True)
        if where == sentence
    }


def _caps(facts: Facts, quantity: Quantity) -> bool:
    """Whether a number stands in a sentence that bounds what somebody is liable for."""
    sentence = _near(facts, quantity, _LONGEST_SENTENCE)
    if "time" in sentence:  # "the time limit"
        sentence = sentence - {"limit", "limits"}
    if not sentence & _MEASURES["bound"]:
        return False
    if sentence & _CAPS and sentence & _MEASURES["cost"]:
        return True  # "the cap is 12 months of fees"
    return bool(sentence & _MEASURES["liable"]) or _defines_cap(facts, quantity)


_CAPS = frozenset({"cap", "caps"})


def _defines_cap(facts: Facts, quantity: Quantity) -> bool:
    """Whether a number stands in the sentence that says what the cap of the sentence before it is: "they are limited
    to $50"."""
    here = facts.text.sentences[quantity.start]
    capped = {facts.text.sentences[fact.start] for fact in facts.said if fact.name == "cap"}
    start = facts.text.sentence_starts[here]
    return here - 1 in capped and (
        here in capped or not _IT.isdisjoint(facts.text.words[start : quantity.start])
    )


_IT = frozenset({"it", "they", "this", "these", "that"})


def measure(facts: Facts, quantity: Quantity) -> str:
    """What a period measures: ``keeping``, ``notice``, ``window`` (the customer's), ``deadline`` (the vendor's),
    ``cap`` (of liability), ``term`` or ``other``."""
    near = _near(facts, quantity)
    if _caps(facts, quantity):
        return "cap"
    if _reports(facts, quantity):
        return "deadline"
    modal = governing(facts.text, facts.modals, quantity.start)
    before = set(facts.text.words[max(quantity.start - 4, 0) : quantity.start])
    within = not _WITHIN.isdisjoint(before)
    if near & _MEASURES["keeping"] and not (within and modal and modal.holder == "customer"):
        return "keeping"
    if near & _MEASURES["notice"] and not within:
        return "notice"
    if modal is not None and modal.holder == "customer":
        return "window"
    if within and (modal is not None or _tells(facts, quantity)):
        return "deadline"
    return "term" if near & _MEASURES["term"] else "other"


def _reports(facts: Facts, quantity: Quantity) -> bool:
    """Whether a number stands in a sentence on breaches that somebody is told of, or in the next one; or in an entry
    of a list on incidents that says so."""
    here = facts.text.sentences[quantity.start]
    if any(
        fact.name == "breach" and 0 <= here - facts.text.sentences[fact.start] <= 1 for fact in facts.said
    ):
        return True
    if _defined_for(facts, here, "breach"):
        return True
    head = facts.text.head(here)
    return (
        head != here
        and not _near(facts, quantity).isdisjoint(_TOLD)
        and any(
            hit.name.startswith("breach_notice:") and facts.text.sentences[hit.start] == head
            for hit in facts.topics
        )
    )


def _defined_for(facts: Facts, sentence: int, concept: str) -> bool:
    """Whether a sentence says how long a term is that a sentence on a concept uses: '"Notice Period" means'."""
    text = facts.text
    start = text.sentence_starts[sentence]
    end = next(
        (at for at in range(start, len(text.words)) if text.sentences[at] != sentence), len(text.words)
    )
    said = next((at for at in range(start, end) if text.words[at] in _MEANS), None)
    if said is None or said - start < _TERM:
        return False
    term = text.words[said - _TERM : said]
    uses = {
        text.sentences[at]
        for at in range(len(text.words) - 1)
        if text.words[at : at + _TERM] == term and text.sentences[at] != sentence
    }
    return any(fact.name == concept and text.sentences[fact.start] in uses for fact in facts.said)


_MEANS = frozenset({"means", "mean", "is"})
_TERM = 2
"""Words of a defined term that tell it from others."""
_TOLD = frozenset({"notice", "notify", "notification", "inform", "report", "tell", "alert"})


def _changed(delta: Delta, old: Quantity, new: Quantity, topic: str, known: Knowledge) -> Found:
    before, after = _words(delta.before, old), _words(delta.after, new)
    rose = new.value > old.value
    if old.sort == "period":
        measures = _measured(delta, old, new)
        topic = "breach_notice" if _reports(delta.before, old) or _reports(delta.after, new) else topic
        hurts = _LONGER_HURTS[measures]
        worse = hurts is not None and rose == hurts
        kind = "period_lengthened" if rose else "period_shortened"
        reason = f"A period became {'longer' if rose else 'shorter'}{_OF[measures]}"
        if measures == "cap":
            outcome = Outcome(kind, "medium" if rose else "high", reason, worse)
            return found("period.cap", outcome, "liability", before, after, known, fixed=True)
        if worse and measures == "deadline" and _tells(delta.before, old):
            outcome = Outcome(kind, "high", f"{reason} to tell somebody", worse)
            return found("period.deadline", outcome, topic, before, after, known, fixed=True)
        return found(f"period.{measures}", _outcome(kind, worse, reason), topic, before, after, known)
    if old.sort in ("money", "share"):
        return _amount(delta, old, new, topic, before, after, known)
    if old.unit == new.unit == "times" and _cap_changed(delta, old, new):
        return _amount(delta, old, new, topic, before, after, known)
    kind, sort = "threshold_changed", old.sort
    reason = "An age limit changed" if sort == "age" else "A number changed"
    return found(f"number.{sort}", _outcome(kind, sort == "age", reason), topic, before, after, known)


def _measured(delta: Delta, old: Quantity, new: Quantity) -> str:
    """What a period measures that stands on both sides: what the side says that says more, whichever it is."""
    return min((measure(delta.before, old), measure(delta.after, new)), key=list(_LONGER_HURTS).index)


def _cap_changed(delta: Delta, old: Quantity, new: Quantity) -> bool:
    return _caps(delta.before, old) or _caps(delta.after, new)


_OF = {
    "keeping": " for which data is kept",
    "notice": " of notice",
    "window": " that the customer has",
    "deadline": " that the vendor has",
    "cap": " by which liability is capped",
    "term": " of the contract",
    "other": "",
}


def _amount(
    delta: Delta, old: Quantity, new: Quantity, topic: str, before: str, after: str, known: Knowledge
) -> Found:
    near, sentence = (
        _near(delta.before, old, around) | _near(delta.after, new, around)
        for around in (_AROUND, _LONGEST_SENTENCE)
    )
    rose = new.value > old.value
    what = "raised" if rose else "lowered"
    if near & _MEASURES["level"] and old.sort == "share":
        outcome = _outcome("threshold_changed", not rose, f"A service level was {what}")
        return found("number.level", outcome, topic, before, after, known)
    if near & _MEASURES["liable"] or topic == "liability" or _cap_changed(delta, old, new):
        severity: Severity = "high" if not rose else "medium"
        outcome = Outcome("amount_changed", severity, f"A cap on liability was {what}", not rose)
        return found("amount.cap", outcome, "liability", before, after, known, fixed=True)
    worse = not rose if sentence & _MEASURES["credit"] else rose
    outcome = _outcome("amount_changed", worse, f"An amount was {what}")
    return found(
        "amount.cost" if near & _MEASURES["cost"] else "amount", outcome, topic, before, after, known
    )


def _single(
    facts: Facts, other: Facts, quantity: Quantity, topic: str, known: Knowledge, *, came: bool
) -> Found:
    """A number that only one side has: a limit that came or went."""
    words = _words(facts, quantity)
    if quantity.sort == "period":
        measures = measure(facts, quantity)
        if measures == "cap":
            outcome = Outcome(
                "threshold_changed", "high", f"A period that bounds liability {_came(came)}", came
            )
            before, after = ("", words) if came else (words, "")
            return found("period.cap-fixed", outcome, "liability", before, after, known, fixed=True)
        topic = "breach_notice" if _reports(facts, quantity) else topic
        bound = measures in ("deadline", "notice", "keeping")
        soft = any(fact.name == _SOFT for fact in other.said)
        at_once = not soft and any(fact.name == "immediate" for fact in other.said)
        slow = at_once or (soft and topic == "breach_notice" and quantity.value > _WEEK)
        if measures == "deadline" and (slow or _slower(facts, quantity)):
            reason = f"A longer period that the vendor has{'' if slow else ' in some cases'} {_came(came)}"
            kind = "obligation_weakened" if came else "obligation_strengthened"
            grave: Severity = "high" if came and topic == "breach_notice" else "medium" if came else "low"
            before, after = ("", words) if came else (words, "")
            outcome = Outcome(kind, grave, reason, came)
            return found("period.deadline-further", outcome, topic, before, after, known, fixed=True)
        kind = (
            ("obligation_strengthened" if came else "obligation_weakened") if bound else "threshold_changed"
        )
        worse = came != bound
        instead = _instead(other)
        if not bound and soft:
            kind = "obligation_strengthened" if came else "obligation_weakened"
        reason = f"A fixed period{_OF[measures]} {_came(came)}"
        told = measures == "deadline" and _tells(facts, quantity)
        severity: Severity = "low" if not worse else "high" if told else "medium"
        outcome = Outcome(kind, severity, reason, worse)
        before, after = (instead, words) if came else (words, instead)
        return found(f"period.{measures}-fixed", outcome, topic, before, after, known, fixed=told)
    before, after = ("", words) if came else (words, "")
    if quantity.sort in ("money", "share") and _caps(facts, quantity):
        outcome = Outcome("amount_changed", "high", f"An amount that bounds liability {_came(came)}", came)
        return found("amount.cap-fixed", outcome, "liability", before, after, known, fixed=True)
    if quantity.unit == "times" and _caps(facts, quantity):
        severity = "medium" if came else "high"
        reason = f"A multiple in a cap on liability {_came(came)}"
        outcome = Outcome("amount_changed", severity, reason, not came)
        return found("amount.cap-multiple", outcome, "liability", before, after, known, fixed=True)
    outcome = Outcome("threshold_changed", "low", f"A number {_came(came)}")
    return found(f"number.{quantity.sort}-fixed", outcome, topic, before, after, known)


def _tells(facts: Facts, quantity: Quantity) -> bool:
    """Whether a number bounds when the vendor tells somebody something, in whatever words: "will telephone"."""
    modal = governing(facts.text, facts.modals, quantity.start)
    if modal is not None:
        following = facts.text.words[modal.start : modal.end + _FARTHEST_NEWS]
        got = modal.verb in _GETS and not _NEWS.isdisjoint(following)
        return modal.holder != "customer" and (modal.verb in _TELLS or got)
    near = _near(facts, quantity, _LONGEST_SENTENCE)
    return near >= _LET_KNOW or not _TELLING.isdisjoint(near)


_LET_KNOW = frozenset({"let", "know"})
_GETS = frozenset({"get", "receive", "send", "give"})
_NEWS = word_set("message messages notice notification notifications alert alerts call letter warning")
_FARTHEST_NEWS = 5
"""Words after a modal and its verb in which it is said what somebody gets."""
_WITHIN = frozenset({"within", "than", "inside", "most", "latest"})
"""Before a number: "inside of 24 hours", "at most 36 hours"."""
_TELLING = word_set("notify notifies inform informs alert alerts warn warns")
"""Said in the plain present of what the vendor does."""
_TELLS = frozenset(map(stem, word_set(table("statements")["verbs"]["tells"])))
_WEEK = 7 * 24
"""Hours from which on a fixed period to report a breach is later than "promptly"; GDPR, article 33, has 72."""


def _slower(facts: Facts, quantity: Quantity) -> bool:
    """Whether a shorter period stands in the same sentence: "critical ones within 72 hours, others within 30 days"."""
    here = facts.text.sentences[quantity.start]
    return any(
        other.sort == "period" and other.value < quantity.value and facts.text.sentences[other.start] == here
        for other in facts.quantities
    )


def _came(came: bool) -> str:
    return "was added" if came else "is gone"


def _instead(other: Facts) -> str:
    """The vague words that stand where the period stood or stands."""
    for fact in other.said:
        if fact.name in (_SOFT, "immediate"):
            return other.text.snippet(fact.start, fact.end)
    modal = other.modals[0] if other.modals else None
    return statement(other, modal) if modal else ""


def _outcome(kind: str, worse: bool, reason: str) -> Outcome:
    return Outcome(kind, "medium" if worse else "low", reason, worse)


def _words(facts: Facts, quantity: Quantity) -> str:
    start = quantity.start
    while start > 0 and quantity.start - start < 3 and facts.text.words[start - 1] in _MEASURES["leading"]:
        start -= 1
    return facts.text.snippet(start, quantity.end)
