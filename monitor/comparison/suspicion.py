"""Whether the later page is the same document at all: a home page, a stub or another language is no new version."""

from __future__ import annotations

from collections import Counter
from itertools import chain

from monitor.comparison.normal import tokens
from monitor.model import Document

_SHARED, _SHARED_UNDER_ONE_TITLE = 0.66, 0.5
"""Share of the shorter document's words that the longer one has, too: a rewritten policy keeps three quarters,
another page of the same site and language hardly more than a half."""
_KEPT = 0.1
"""Share of the shorter document's words in clauses that stand unchanged in the longer one."""
_LEFT = 0.12
"""A document cut to less than this share of its words is a stub of itself."""
_FEWEST = 25
"""Words that a document must have for its languages or words to be compared."""


def suspicion(before: Document, after: Document) -> str | None:
    """Why the two are hardly two versions of one policy, None when they may be; the same in both directions."""
    old, new = _words(before), _words(after)
    small, large = sorted((old.total(), new.total()))
    if large < _FEWEST:
        return None
    if small < _LEFT * large:
        return f"of {large} words on one page only {small} stand on the other"
    if small < _FEWEST:
        return None
    if before.language and after.language and before.language != after.language:
        return "languages {} and {}".format(*sorted((before.language, after.language)))
    shared = (old & new).total()
    same_title = bool(tokens(before.title)) and tokens(before.title) == tokens(after.title)
    if (
        shared < (_SHARED_UNDER_ONE_TITLE if same_title else _SHARED) * small
        and _standing(before, after) < _KEPT * small
    ):
        return f"only {shared} of {small} words of the shorter page stand on the other"
    return None


def _words(document: Document) -> Counter[str]:
    return Counter(chain.from_iterable(tokens(clause.text) for clause in document.clauses))


def _standing(before: Document, after: Document) -> int:
    """Words in clauses that stand on both pages."""
    both = {clause.text for clause in before.clauses} & {clause.text for clause in after.clauses}
    return sum(len(tokens(text)) for text in both)
