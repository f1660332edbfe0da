"""Few words that differ, of which no rule knows what they mean: editorial, unless they matter wherever they stand."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.classification.asides import touched
from monitor.classification.case import Case
from monitor.classification.citation import citations
from monitor.classification.exchange import exchanged
from monitor.classification.facts import Facts
from monitor.classification.findings import Found
from monitor.classification.holders import PARTIES, POSSESSIVES, party_of
from monitor.classification.kin import laws
from monitor.classification.knowledge import Knowledge
from monitor.classification.renaming import names_a_doer, names_another_sort, names_another_term
from monitor.classification.residue import said_anew
from monitor.classification.runs import Range, by_gap
from monitor.classification.tables import table, word_set
from monitor.classification.text import Text
from monitor.classification.whole import GENERIC
from monitor.classification.wording import DECISIVE

_NONE: frozenset[str] = frozenset()
_SHORT, _SUBSTANTIAL = 5, 2
"""Words of a clause that came or went, and of a side of a reworded one, from which on a change is not little."""
_FEW_BYTES = 24
"""Of a change in a language that is not understood; in UTF-8, where a script that says more in a letter takes more."""
_PAIR = 2
"""Cells of a row from which on it says something, however short it is."""


def is_little(case: Case, findings: Sequence[Found], known: Knowledge) -> bool:
    """Too little changed to matter, and no rule knows what it means."""
    if any(f.finding.rule not in GENERIC for f in findings):
        return False
    if not case.context.english:
        return not _denies(case) and max(len(quote.encode()) for quote in case.quotes) < _FEW_BYTES
    gone, come = len(set(case.wording.gone)), len(set(case.wording.come))
    if not case.reworded:
        short = _length(case, known) < _SHORT and not (case.row and len(case.clause.cells) > _PAIR)
        return short and not (says_something(case) or denied_above(case))
    if _matters_anywhere(case, known):
        return False
    differing = {*case.wording.gone, *case.wording.come}
    idle = any(rule.idle >= differing for rule in known.subjects)
    light = idle or known.weights.get(case.topics[0], 0) < 0
    reworded = _is_reworded(case)
    least = 1 if not reworded and not light and _is_plain(case) else _SUBSTANTIAL
    if max(gone, come) >= least + said_anew(case.wording, case.changed):
        return False
    sides = [(facts, ranges) for (facts, _), ranges in zip(case.sides, case.residue, strict=True)]
    strong = [_strong(*side, places) for side, places in zip(sides, case.wording.places, strict=True)]
    settled = strong[0] ^ strong[1]
    if reworded:
        settled = frozenset(name for name in settled if known.weights.get(name.partition(":")[0], 0) > 0)
    if settled and not idle:
        return False
    differ = [(facts, places) for (facts, _), places in zip(case.sides, case.wording.places, strict=True)]
    if (
        names_another_term(differ)
        or _other_parties(case)
        or _another_sort(case)
        or _elsewhere(case)
        or exchanged(case, known)
    ):
        return False
    if reworded:
        return True
    if all(case.changed):  # a rewording: only the words themselves may be entries of a list
        sides = differ
    return gone == come or not any(_enumerated(facts.text, ranges) for facts, ranges in sides)


def _matters_anywhere(case: Case, known: Knowledge) -> bool:
    """Whether a number, a condition, an opposite or a word of weight is among what differs."""
    gone, come = case.wording.gone, case.wording.come
    weighty = not (DECISIVE | known.weighty_words).isdisjoint((*gone, *come))
    return (
        weighty
        or bool(case.delta.shifted and not case.wording.turned)
        or any(not known.opposed.get(word, _NONE).isdisjoint(come) for word in gone)
        or _conditions(case, 0) != _conditions(case, 1)
        or _has_number(gone)
        or _has_number(come)
    )


def _is_reworded(case: Case) -> bool:
    """Whether words were put for others in several places: of a sentence said anew, a word more or less is no entry."""
    gone, come = (by_gap(changed) for changed in case.changed)
    if not (gone and come and len(gone | come) > 1) or _exchanges_a_thing(case):
        return False
    return any(map(_says_otherwise, case.sides, case.wording.places))


def _exchanges_a_thing(case: Case) -> bool:
    """Whether one thing stands in another's place, whatever else is said anew: "with your doctor", "your insurer"."""
    led = [
        {facts.text.words[start - 1] for start, _ in places if start}
        for (facts, _), places in zip(case.sides, case.wording.places, strict=True)
    ]
    return not _BEFORE_THINGS.isdisjoint(led[0] & led[1])


_BEFORE_THINGS = word_set("your their with from")


def _says_otherwise(side: tuple[Facts, Sequence[Range]], differing: Sequence[Range]) -> bool:
    """Whether other words changed than those that differ in substance and what joins them: "and your consent"."""
    facts, changed = side
    places = {at for start, end in differing for at in range(start, end)}
    return any(
        at not in places and facts.text.words[at] not in _JOINING
        for start, end in changed
        for at in range(start, end)
    )


_JOINING = word_set("and or the a an any our your its their")


def _denies(case: Case) -> bool:
    """Whether a word that says no in another language than English came or went: "nicht", "sans"."""
    before, after = (sum(word in _FOREIGN_NOES for word in facts.text.words) for facts, _ in case.sides)
    return before != after


_FOREIGN_NOES = word_set(table("wording")["foreign_noes"])


def denied_above(case: Case) -> bool:
    """Whether a clause stands under a heading that says no: "Data we never share"."""
    above = (heading for clause in case.clauses for heading in clause.path[-1:])
    return any(not _NOES.isdisjoint(heading.casefold().split()) for heading in above)


_NOES = frozenset({"not", "never", "no", "don't", "won't", "without"})


def _is_plain(case: Case) -> bool:
    """Whether one ordinary word came for another that says something else as far as is known, in a sentence on
    something that policies are about: "sent to your doctor", "sent to your insurer"; no name, nor a party."""
    if not all(_is_on_a_topic(facts, changed) for facts, changed in case.sides):
        return False
    return all(
        places
        and all(
            text.shown[text.spans[at][0]].islower() and text.words[at] not in PARTIES
            for start, end in places
            for at in range(start, end)
        )
        for text, places in zip((facts.text for facts, _ in case.sides), case.wording.places, strict=True)
    )


def _is_on_a_topic(facts: Facts, changed: Sequence[Range]) -> bool:
    """Whether a changed sentence says something that decides what a clause is about."""
    places = [hit.start for hit in facts.topics if hit.name.endswith(":strong")]
    return any(start <= at < end for start, end in touched(facts.text, changed) for at in places)


def says_something(case: Case) -> bool:
    """Whether a clause that came or went is a sentence, however short: "We upload your contacts."."""
    text = max((facts.text for facts, _ in case.sides), key=lambda text: len(text.words))
    return (
        len(text.words) >= _SHORTEST
        and text.shown[-1] == "."
        and not _SAYS.isdisjoint(text.words)
        and _GREETS.isdisjoint(text.words)
    )


_SHORTEST = 3
_SAYS = PARTIES | {"our", "your", "is", "are", "no", "not"}
_GREETS = frozenset({"welcome", "thank", "thanks", "sorry", "please", "hello"})


def _length(case: Case, known: Knowledge) -> int:
    """Words of a clause that came or went, without those that carry no meaning of their own."""
    return sum(
        word not in known.empty_words
        for facts, changed in case.sides
        for start, end in changed
        for word in facts.text.words[start:end]
    )


def _has_number(words: Sequence[str]) -> bool:
    return any(word[0].isdigit() for word in words)


def _conditions(case: Case, side: int) -> int:
    """How often the words that differ in substance and those around them say "if"."""
    words = case.sides[side][0].text.words
    return sum(word in _IF for start, end in case.residue[side] for word in words[start:end])


_IF = frozenset({"if", "unless", "provided", "subject"})


def _other_parties(case: Case) -> bool:
    """Whether the changed words name a party that the other side does not name at all, or another doer."""
    (old, gone), (new, come) = case.sides
    if gone and come and all(names_a_doer(*side) for side in case.sides):
        return True
    return _only_here(old, gone, new) or _only_here(new, come, old)


def _another_sort(case: Case) -> bool:
    """Whether other data or another plan is meant: "Acme Team", "Acme Business"."""
    gone, come = (
        {word for start, end in places for word in facts.text.words[start:end]}
        for (facts, _), places in zip(case.sides, case.wording.places, strict=True)
    )
    return names_another_sort(gone, come)


def _only_here(facts: Facts, changed: Sequence[Range], other: Facts) -> bool:
    named = _named(facts, changed)
    return bool(named) and not named <= _named(other, [(0, len(other.text.words))])


def _elsewhere(case: Case) -> bool:
    """Whether another place is named than before, or another law."""
    if case.delta.places_gone and case.delta.places_come:
        return True
    before, after = (
        {hit.name for hit in facts.places if any(start <= hit.start < end for start, end in changed)}
        for facts, changed in case.sides
    )
    return bool(before and after and before != after) or _other_law(case)


def _other_law(case: Case) -> bool:
    """Whether another law is cited than before, by its number, its initials or where it is printed."""
    before, after = (laws(facts.text) for facts, _ in case.sides)
    if before != after or not _LAWS.isdisjoint((*case.wording.gone, *case.wording.come)):
        return True
    printed = [{one.key for one in citations(facts.text)} for facts, _ in case.sides]
    return bool(printed[0] and printed[1]) and printed[0] != printed[1]


_LAWS = word_set(table("wording")["laws"])


def _named(facts: Facts, ranges: Sequence[Range]) -> frozenset[str]:
    """The parties that some words name: the two of the contract as such, others by their words."""
    words = {POSSESSIVES.get(word, word) for start, end in ranges for word in facts.text.words[start:end]}
    return frozenset(party_of(word, frozenset()) or word for word in words & PARTIES)


def _enumerated(text: Text, changed: Sequence[Range]) -> bool:
    """Whether changed words stand in a list: beside a comma, "and" or "or"."""
    return any(
        start in text.breaks
        or end in text.breaks
        or bool({"and", "or"} & set(text.words[max(start - 1, 0) : end + 1]))
        for start, end in changed
    )


def _strong(facts: Facts, changed: Sequence[Range], differing: Sequence[Range]) -> frozenset[str]:
    """Topics that the changed words alone settle, with one that differs in substance among them."""
    return frozenset(
        hit.name
        for hit in facts.topics
        if hit.name.endswith(":strong")
        and any(s <= hit.start and hit.end <= e for s, e in changed)
        and any(s < hit.end and hit.start < e for s, e in differing)
    )
