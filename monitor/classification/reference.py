"""Documents that a clause refers to: which of them governs, and whose it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from monitor.classification.asides import touched
from monitor.classification.case import Case
from monitor.classification.findings import Found, found
from monitor.classification.knowledge import Knowledge, Outcome
from monitor.classification.runs import Range
from monitor.classification.tables import table, word_set
from monitor.classification.text import Text

RULE = "document"

_WORDS = table("names")["documents"]
_SORTS: dict[str, str] = {word: line.split()[0] for line in _WORDS["sorts"] for word in line.split()}
_OWNERS: dict[str, str] = {word: who for who, line in _WORDS["owners"].items() for word in line.split()}
_NAMED = frozenset(_SORTS) | frozenset(_OWNERS)
_GOVERNS = word_set(_WORDS["governs"])
_FARTHEST = 4
"""Words back from a document in which it is said whose it is."""


class _Mention(NamedTuple):
    """A document as a clause names it."""

    sort: str
    owner: str
    """Whose it is; empty when it is not said."""
    name: str
    """The words before it that belong to its name."""


def by_documents(case: Case, known: Knowledge) -> Iterator[Found]:
    """A finding when another document governs than before, or somebody else's.

    A new name for the same document is none: to be another it has to be of another sort (an agreement for a policy),
    somebody else's, or one of two that both versions of the policy know.
    """
    if not (case.reworded and any(_touches(facts.text, changed) for facts, changed in case.sides)):
        return
    before, after = (_mentions(facts.text, changed) for facts, changed in case.sides)
    if not (before and after):
        return
    gone, come = before - after, after - before
    if not any(_is_other(old, new, case.context.texts) for old in gone for new in come):
        return
    left, right = {m.owner for m in gone}, {m.owner for m in come}
    if "ours" in left | right and left != right and "" not in left | right:
        worse = "ours" in left
        kind = "obligation_weakened" if worse else "obligation_strengthened"
        reason = f"Somebody else's rules {'govern' if worse else 'no longer govern'}"
        outcome = Outcome(kind, "medium" if worse else "low", reason, worse)
    else:
        outcome = Outcome("clarification", "medium", "Another document governs")
    yield found(RULE, outcome, case.topics[0], *case.quotes, known)


def _touches(text: Text, changed: Sequence[Range]) -> bool:
    """Whether a document, or whose it is, is among the changed words."""
    return any(not _NAMED.isdisjoint(text.words[start:end]) for start, end in changed)


def _is_other(old: _Mention, new: _Mention, documents: tuple[str, str]) -> bool:
    if old.owner and new.owner and old.owner != new.owner:
        return True
    if old.sort != new.sort:
        return not _is_renamed(old, new, documents)
    if old.name.split()[:-1] == new.name.split()[:-1]:
        return False  # "this privacy statement", "this privacy notice"
    return bool(old.name and new.name) and old.name in documents[1] and new.name in documents[0]


def _is_renamed(old: _Mention, new: _Mention, documents: tuple[str, str]) -> bool:
    """Whether a document goes by the new name everywhere now, and kept what tells it from others.

    That is all of its name but the last word ("Data Processing Addendum", "Data Processing Agreement"), or the first
    line, for the policy itself.
    """
    if old.name in documents[1] or new.name in documents[0]:
        return False
    left, right = old.name.split(), new.name.split()
    titles = [document.partition("\n")[0] for document in documents]
    itself = old.name in titles[0] and new.name in titles[1] and not titles[0].endswith(".")
    return itself or (len(left) >= _LONG_NAME and left[:-1] == right[:-1])


_LONG_NAME = 3


def _mentions(text: Text, changed: Sequence[Range]) -> Counter[_Mention]:
    """Documents named in the changed sentences that say what governs."""
    mentions: Counter[_Mention] = Counter()
    for start, end in touched(text, changed):
        if not _GOVERNS.isdisjoint(text.words[start:end]):
            for at in range(start, end):
                if text.words[at] in _SORTS:
                    mentions.update(_mention(text, at, start))
    return mentions


def _mention(text: Text, at: int, start: int) -> Iterator[_Mention]:
    """The document that ends at a word, if it is one: "our Privacy Policy", "their own policies", "the DPA"."""
    owner, first = "", at
    for here in range(at - 1, max(at - _FARTHEST, start) - 1, -1):
        if here + 1 in text.breaks or text.words[here] in ("the", "a", "an", "and", "or"):
            break
        if text.words[here] in _OWNERS:
            owner = _OWNERS[text.words[here]]
            break
        first = here
    if owner or text.shown[text.spans[at][0]].isupper():
        yield _Mention(_SORTS[text.words[at]], owner, text.snippet(first, at + 1).casefold())
