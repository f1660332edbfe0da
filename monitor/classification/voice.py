"""Whether a sentence only went from the active voice to the passive one, or back: "we delete it", "it is deleted"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from monitor.classification.holders import Holder, kind_of
from monitor.classification.tables import word_set
from monitor.classification.text import Text
from monitor.classification.verbs import PARTICIPLES

_BE = frozenset(("is", "are", "be", "been", "being", "was", "were"))
_BETWEEN = frozenset(("not", "never", "only", "also", "always", "solely"))
_MODALS = {
    "will": "shall",
    "shall": "shall",
    "must": "must",
    "may": "may",
    "might": "may",
    "can": "may",
    "could": "may",
}
_ARTICLES = frozenset(("the", "a", "an", "our", "your", "its"))
_LONGEST_SUBJECT = 3
_US = {"us": "we", "me": "i", "them": "they"}


def revoiced(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether one side says in the passive voice what the other says in the active one, by the same doer.

    The caller has made sure that the words of substance are the same. Who does it must not change: the doer that
    the passive side names ("by the Customer") has to stand at the front of the active one.
    """
    if _modals(before) != _modals(after):
        return False
    counts = passives(before), passives(after)
    if counts[0] == counts[1]:
        return False
    passive, active = (before, after) if counts[0] > counts[1] else (after, before)
    subject = set(active[: _verb(active)])
    return all(doer in subject for doer in _doers(passive) - _doers(active))


def _verb(words: Sequence[str]) -> int:
    """Where the subject of the first sentence ends at the latest: at a modal, or after a few words."""
    return next((at for at, word in enumerate(words[:_LONGEST_SUBJECT]) if word in _MODALS), _LONGEST_SUBJECT)


def _modals(words: Sequence[str]) -> Counter[str]:
    return Counter(_MODALS[word] for word in words if word in _MODALS)


def passives(words: Sequence[str]) -> int:
    """How often a text speaks in the passive voice."""
    count = 0
    for at in [at for at, word in enumerate(words[:-1]) if word in _BE]:
        following = words[at + 1]
        if following in _BETWEEN and at + 2 < len(words):
            following = words[at + 2]
        count += following.endswith(("ed", "en")) or following in PARTICIPLES
    return count


def doers(words: Sequence[str], vendor: frozenset[str]) -> set[str]:
    """The parties by whom something is done where the passive voice says so: "shared by Customer"."""
    named = {kind_of(word, vendor) for word in _doers(words)}
    return {party for party in named if party}


def _doers(words: Sequence[str]) -> set[str]:
    """The first word after each "by" that is no article and no "-ing"."""
    found = set()
    for at in [at for at, word in enumerate(words) if word == "by"] if "by" in words else ():
        rest = [w for w in words[at + 1 : at + 4] if w not in _ARTICLES]
        if rest and not rest[0].endswith("ing"):
            found.add(_US.get(rest[0], rest[0]))
    return found


def done_by(words: Sequence[str], at: int) -> bool:
    """Whether the word at a place is by whom something is done: "invoiced by our reseller"."""
    start = at
    while start and words[start - 1] in _ARTICLES:
        start -= 1
    done = words[start - 2 : start - 1] if start > 1 else ()
    return (
        words[start - 1 : start] == ("by",)
        and bool(done)
        and (done[0].endswith(("ed", "en")) or done[0] in PARTICIPLES)
    )


def done_by_another(before: Text, after: Text, vendor: frozenset[str]) -> bool:
    """Whether one side says in the passive voice by whom something is done, and nobody of that kind acts on the other.

    "We review the logs", "the logs are reviewed by the Customer".
    """
    counts = passives(before.words), passives(after.words)
    if counts[0] == counts[1]:
        return False
    passive, active = (before, after) if counts[0] > counts[1] else (after, before)
    named = {kind_of(word, vendor) for word in _doers(passive.words) - _doers(active.words)} - {None}
    return not named <= subjects(active, vendor)


def subjects(text: Text, vendor: frozenset[str]) -> set[Holder | None]:
    """The kinds of parties that stand where the subject of a clause does: among its first few words."""
    words = text.words
    starts = {*text.sentence_starts, *text.breaks, *(at + 1 for at, w in enumerate(words) if w in _LINKS)}
    return {kind_of(word, vendor) for start in starts for word in words[start : start + _LONGEST_SUBJECT]}


_LINKS = word_set(
    "that which who whom if when where unless because since while before after until and or but nor then as so what how"
)
