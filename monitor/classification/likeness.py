"""Words that are no words for the same everywhere, but may say the same where one came in the other's place.

"Refer" says "mean" in a definition and "consult" elsewhere: it belongs to no line of words that always mean the same.
Two such words are put aside only when one side has the one and the other side the other.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from monitor.classification.endings import akin, folded
from monitor.classification.kin import Said
from monitor.classification.text import Text

_MOST = 12
"""Words that differ on a side: where more do, more was said anew than its words."""


def without_like(
    gone: Sequence[str], come: Sequence[str], texts: tuple[Text, Text], said: tuple[Said, Said]
) -> tuple[list[str], list[str]]:
    """What is left of the words that differ without pairs that may say the same."""
    left, right = list(gone), list(come)
    if not gone or not come or max(len(gone), len(come)) > _MOST:
        return left, right
    old, new = (
        _roots(words, text, side) for words, text, side in zip((gone, come), texts, said, strict=True)
    )
    for _, _, a, b in sorted(
        (min(a, b), max(a, b), a, b) for a in old for b in new if _alike(old[a], new[b])
    ):
        while a in left and b in right:
            left.remove(a)
            right.remove(b)
    return left, right


class _Roots(NamedTuple):
    """The roots by which a word that differs goes."""

    own: set[str]
    """Of what it stands for, and of the words that stand there by themselves."""
    openers: set[str]
    """Of the words with which phrases for it begin: "refers to"."""


def _roots(words: Collection[str], text: Text, said: Said) -> dict[str, _Roots]:
    roots = {word: _Roots({word, folded(word)}, set()) for word in words if word.isalpha()}
    wanted = roots | {f"not {word}": found for word, found in roots.items()}
    for at in [at for at, word in enumerate(said.words) if word in wanted]:
        found = wanted[said.words[at]]
        alone = said.ends.get(at, at + 1) == at + 1
        (found.own if alone else found.openers).add(folded(text.words[at]))
    return roots


def _alike(one: _Roots, other: _Roots) -> bool:
    """Whether roots of two words are akin; two phrases that only begin alike ("whichever is higher") are not."""
    return _akin(one.own, other.own) or _akin(one.own, other.openers) or _akin(one.openers, other.own)


def _akin(one: Collection[str], other: Collection[str]) -> bool:
    """Whether a root of some stands in one line of the list with one of others, or is a form of the same word."""
    lines = _lines()
    for a in one:
        listed = lines.get(a, _NONE)
        for b in other:
            if b in listed or a in lines.get(b, _NONE) or akin(a, b):
                return True
    return False


_NONE: frozenset[str] = frozenset()


@cache
def _lines() -> dict[str, frozenset[str]]:
    """Roots with those that may stand for them; reading them costs some 5 ms, once and only when words differ."""
    found: dict[str, frozenset[str]] = {}
    text = (files("monitor.classification") / "data" / "likeness.txt").read_text("utf-8")
    for line in text.splitlines():
        if line[0] != "#":
            first, *others = map(folded, line.split())
            found[first] = found.get(first, frozenset()).union(others)
    return found
