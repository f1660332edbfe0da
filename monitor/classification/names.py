"""Findings from names: who is party, recipient or processor, and whose law and courts apply."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from monitor.classification.delta import Delta
from monitor.classification.facts import Facts
from monitor.classification.findings import Found, found
from monitor.classification.knowledge import Knowledge, Outcome
from monitor.classification.lexicon import Hit
from monitor.classification.parties import Party
from monitor.classification.tables import table, word_set
from monitor.model import Clause

if TYPE_CHECKING:
    from monitor.classification.case import Case

_WORDS = table("names")
_COURTS, _LAW, _WHERE = (word_set(_WORDS[name]) for name in ("courts", "law", "where"))
_MOST = 40
_SEPARATOR = re.compile(r"[,:;(|]|\s[-–—]\s")
_NAME_WORDS = 5
_SMALL = frozenset(("of", "and", "the", "&", "de", "for", "by"))
_CONTRACTING = word_set(_WORDS["contracting"])
RECIPIENT_WORDS = word_set(_WORDS["recipients"])
"""In a sentence with one of these a bare name is an organisation that gets data."""


def by_names(delta: Delta, topics: tuple[str, ...], known: Knowledge, *, listed: bool) -> Iterator[Found]:
    """Findings from organisations and places. ``listed``: the clause is a row of a list of recipients."""
    yield from _by_parties(delta, topics, known, listed=listed)
    yield from _by_places(delta, topics, known)


def by_entry(case: Case, known: Knowledge) -> Iterator[Found]:
    """A whole entry of a list of recipients that came or went is a party, whatever its name looks like."""
    name = _entry_name(case.clause)
    if not case.listed or case.reworded or not name:
        return
    if case.difference.after is not None:
        outcome = Outcome("party_added", "high", f"{name} was added", True)
        yield found("party.entry", outcome, "subprocessors", "", name, known)
    else:
        outcome = Outcome("party_removed", "medium", f"{name} is gone")
        yield found("party.entry", outcome, "subprocessors", name, "", known)


def _entry_name(clause: Clause) -> str:
    """What an entry begins with, up to the first comma, dash, colon or bracket, if it looks like a name."""
    first = clause.cells[0][1] if clause.cells else clause.text
    name = _SEPARATOR.split(first, maxsplit=1)[0].strip()
    words = name.split()
    if not 0 < len(words) <= _NAME_WORDS:
        return ""
    return name if all(word[0].isupper() or word[0].isdigit() or word in _SMALL for word in words) else ""


def _counts(facts: Facts, party: Party, topics: tuple[str, ...], known: Knowledge, listed: bool) -> bool:
    """Whether a name is an organisation that matters here: by its form, or by what the sentence says of it."""
    if party.form:
        return True
    if set(party.key.split()) <= known.vocabulary:
        return False
    if listed:
        return True
    # Of the whole clause: a list may be cut by semicolons.
    named = not RECIPIENT_WORDS.isdisjoint(facts.text.words)
    return named and bool({"subprocessors", "data_sharing"} & set(topics))


def _by_parties(delta: Delta, topics: tuple[str, ...], known: Knowledge, *, listed: bool) -> Iterator[Found]:
    gone = [p for p in delta.parties_gone[:_MOST] if _counts(delta.before, p, topics, known, listed)]
    come = [p for p in delta.parties_come[:_MOST] if _counts(delta.after, p, topics, known, listed)]
    topic = _topic_of_party(delta, (*gone, *come), topics, listed)
    while gone and come:
        old, new = gone.pop(0), come.pop(0)
        outcome = Outcome("party_changed", "medium", f"{old.shown} was replaced by {new.shown}", True)
        yield found("party", outcome, topic, old.shown, new.shown, known)
    for new in come:
        outcome = Outcome(
            "party_added", "high" if topic == "subprocessors" else "medium", f"{new.shown} was added", True
        )
        yield found("party", outcome, topic, "", new.shown, known)
    for old in gone:
        outcome = Outcome(
            "party_removed", "medium" if topic == "subprocessors" else "low", f"{old.shown} is gone"
        )
        yield found("party", outcome, topic, old.shown, "", known)


def _topic_of_party(delta: Delta, named: Sequence[Party], topics: tuple[str, ...], listed: bool) -> str:
    """What it is about that an organisation is named: whoever is no party of the contract works for one."""
    if listed or "subprocessors" in topics:
        return "subprocessors"
    sides = (delta.before, delta.parties_gone), (delta.after, delta.parties_come)
    around = {
        word for facts, parties in sides for word in _sentences_of(facts, [p for p in parties if p in named])
    }
    if not around & _CONTRACTING:
        return "subprocessors"
    return next(
        (t for t in ("contracting_party", "data_sharing", "international_transfer") if t in topics), topics[0]
    )


def _sentences_of(facts: Facts, named: Sequence[Party | Hit]) -> set[str]:
    """The words of the sentences in which parties or places are named."""
    here = {facts.text.sentences[one.start] for one in named}
    return {w for w, s in zip(facts.text.words, facts.text.sentences, strict=True) if s in here}


def _by_places(delta: Delta, topics: tuple[str, ...], known: Knowledge) -> Iterator[Found]:
    gone, come = delta.places_gone, delta.places_come
    if not gone and not come:
        return
    before, after = _shown(delta.before, gone), _shown(delta.after, come)
    near = _sentences_of(delta.before, gone) | _sentences_of(delta.after, come)
    seat = any(hit.name.startswith("@seat:") for hit in (*gone, *come))
    if seat or near & _COURTS or (near & _LAW and {"governing_law", "dispute_resolution"} & set(topics)):
        outcome = Outcome("jurisdiction_changed", "high", "Law, courts or seat changed", bool(come))
        topic = "governing_law" if "governing_law" in topics else topics[0]
        yield found("place.law", outcome, topic, before, after, known, fixed=True)
    elif near & _WHERE or topics[0] in ("international_transfer", "subprocessors"):
        kind = "scope_widened" if come else "scope_narrowed"
        reason = f"A place where data is kept or sent {'was added' if come else 'is gone'}"
        outcome = Outcome(kind, "medium" if come else "low", reason, bool(come))
        topic = "subprocessors" if topics[0] == "subprocessors" else "international_transfer"
        yield found("place.data", outcome, topic, before, after, known)


def _shown(facts: Facts, places: tuple[Hit, ...]) -> str:
    return ", ".join(facts.text.snippet(hit.start, hit.end) for hit in places[:5])
