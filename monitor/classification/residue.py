"""What is left of a change once other words for the same are put aside, and which facts it touches.

A reworded clause is full of facts that seem to come and go: "only" on one side and "not … unless" on the other,
"will be deleted" and "we delete". Where few words differ in substance, only the facts in which they stand count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from monitor.classification.delta import Delta
from monitor.classification.facts import Fact
from monitor.classification.runs import Range, meets
from monitor.classification.verbs import stem
from monitor.classification.voice import passives
from monitor.classification.wording import DECISIVE, Wording

_MOST = 3
"""Words of substance on one side up to which a change is small."""

_SETTLING = frozenset({"training", "selling", "default_off", "hedge"})
_ASKED = frozenset({"opt_in", "own_choice"})
_UNASKED = frozenset({"opt_out", "tacit", "default_on", "no_consent"})
_GRAVE = _SETTLING | _ASKED | _UNASKED
"""Concepts that count wherever the words differ: what is no longer said of them was said by the whole sentence."""
Ranges = tuple[tuple[Range, ...], tuple[Range, ...]]


class _Placed(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


P = TypeVar("P", bound=_Placed)


def residue(wording: Wording, changed: Ranges) -> Ranges:
    """Of the changed words before and after, the runs that hold words that differ in substance."""
    return _holding(wording.places[0], changed[0]), _holding(wording.places[1], changed[1])


def _holding(words: Sequence[Range], changed: Sequence[Range]) -> tuple[Range, ...]:
    if not words:
        return ()
    return tuple([run for run in changed if meets(run, words)])


def hard(delta: Delta, wording: Wording) -> bool:
    """Facts changed that no equality of words explains away: a number, a force, or who has to do something."""
    if any(not (wording.turned and "not" in (old.force, new.force)) for old, new in delta.shifted):
        return True
    if delta.quantities_gone or delta.quantities_come or _freed(delta) != 0:
        return True
    if _turned_consent(delta.gone, delta.come) or _turned_consent(delta.come, delta.gone):
        return True
    if any(fact.name in _SETTLING for fact in (*delta.gone, *delta.come)) and not _revoiced(delta):
        return True
    gone, come = delta.modals_gone, delta.modals_come
    if any(m.verb == n.verb and m.holder != n.holder for m in gone for n in come):
        return True
    if any(m.force == "soft" and m.holder != "customer" for m in (*gone, *come)):
        return True
    for side, other in ((gone, delta.after.modals), (come, delta.before.modals)):
        free = {m.holder for m in side if m.force == "may" and m.holder != "customer"}
        if free and not free <= {m.holder for m in other if m.force == "may"}:
            return True
    if _excepted_instead(delta):
        return True
    bound = [{m.holder for m in side if m.force in ("must", "not")} for side in (gone, come)]
    return bool(bound[0] and bound[1] and bound[0] != bound[1])


def _excepted_instead(delta: Delta) -> bool:
    """Whether an exception came for a ban, or went for one: "delete it and not retain copies", "delete it, other than
    copies"."""
    sides = delta.before, delta.after
    exceptions = [sum(fact.name == "exception" for fact in side.said) for side in sides]
    if exceptions[0] == exceptions[1]:
        return False
    bans = [sum(m.force == "not" and m.holder != "customer" for m in side.modals) for side in sides]
    return (bans[0] > bans[1]) if exceptions[0] < exceptions[1] else (bans[1] > bans[0])


def _revoiced(delta: Delta) -> bool:
    """Whether one side speaks in the passive voice more often: of whom a concept is said is harder to tell there."""
    return passives(delta.before.text.words) != passives(delta.after.text.words)


def _turned_consent(one: Sequence[Fact], other: Sequence[Fact]) -> bool:
    """Whether what had to be asked for can now be refused, in the same words: "off until you turn it on"."""
    return any(fact.name in _ASKED for fact in one) and any(fact.name in _UNASKED for fact in other)


def _freed(delta: Delta) -> int:
    """Whether one side frees somebody of a duty and the other forbids it: "not be obliged to", "not be entitled to"."""
    denied = [{m.verb for m in side.modals if m.force == "not"} for side in (delta.before, delta.after)]
    if not (denied[0] and denied[1]):
        return 0
    free, banned = ([not verbs.isdisjoint(side) for side in denied] for verbs in (_OBLIGED, _ENTITLED))
    return int(free[0] and banned[1]) - int(free[1] and banned[0])


_OBLIGED, _ENTITLED = (
    frozenset(map(stem, words.split()))
    for words in ("obliged obligated required", "entitled permitted allowed")
)


def touched_only(delta: Delta, wording: Wording, changed: Ranges, ranges: Ranges) -> Delta:
    """The delta of a small change without the facts that only its form changed.

    ``changed``: the words of each side that the other lacks; ``ranges``: the runs of them that differ in substance.
    """
    if (
        max(len(wording.gone), len(wording.come)) > _MOST
        or not DECISIVE.isdisjoint((*wording.gone, *wording.come))
        or hard(delta, wording)
    ):
        return delta
    if not (delta.gone or delta.come or delta.modals_gone or delta.modals_come):
        return delta
    before, after = ranges
    anew = said_anew(wording, changed)
    places, touching = (wording.places, _touching) if anew else (ranges, _grave_or_touching)
    return delta._replace(
        gone=touching(delta.gone, places[0]),
        come=touching(delta.come, places[1]),
        modals_gone=_touching(delta.modals_gone, before),
        modals_come=_touching(delta.modals_come, after),
    )


def _grave_or_touching(facts: Iterable[Fact], ranges: Sequence[Range]) -> tuple[Fact, ...]:
    touching = _touching(facts, ranges)
    return tuple(fact for fact in facts if fact in touching or fact.name in _GRAVE)


def said_anew(wording: Wording, changed: Ranges) -> bool:
    """Whether far more words changed on both sides than differ in substance: a sentence said anew, not one edited."""
    least = min(sum(end - start for start, end in side) for side in changed)
    return least >= max(_MANY, _FAR_MORE * max(len(wording.gone), len(wording.come)))


_MANY, _FAR_MORE = 6, 3


def _touching(facts: Iterable[P], ranges: Sequence[Range]) -> tuple[P, ...]:
    return tuple([fact for fact in facts if meets((fact.start, fact.end), ranges)])
