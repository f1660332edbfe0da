"""Clauses that are cited otherwise: ``1.`` under heading A became ``A.1.``, throughout.

A label never counts as words: a re-lettered clause says what it said. But contracts, tickets and objections cite
clauses by number, and where most numbers of a document take in their section's, or lose it, those citations point
to nothing: worth telling once, as a matter of form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from monitor.comparison.normal import unlabelled
from monitor.model import Clause

COUNTS = (
    tuple(chr(code) for code in range(ord("a"), ord("z") + 1)),
    ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv"),
    tuple(str(number) for number in range(1, 31)),
)
"""Labels with which lists count, each in its order."""
_FEWEST = 5
"""Clauses below which a document has no numbering to speak of."""
_STEP = re.compile(r"[a-z]{1,5}(?![a-z])|\d+")
_WORD = re.compile(r"[a-z]{3,}\s+")


class Renumbered(NamedTuple):
    """The first clause whose number took in its section's, or lost it, with the number as words before it."""

    before: Clause
    after: Clause
    numbers: tuple[str, str]
    """Its number before and after, as shown."""
    times: int
    """How many clauses that happened to."""

    def mirrored(self) -> Renumbered:
        """The same, seen from the other side."""
        return Renumbered(self.after, self.before, self.numbers[::-1], self.times)


def renumbered(pairs: Iterable[tuple[Clause, Clause]]) -> Renumbered | None:
    """None unless it happened to half of the clauses that are numbered on both sides, or more."""
    numbered = 0
    found = []
    for old, new in pairs:
        one, two = _steps(old), _steps(new)
        if one and two:
            numbered += 1
            shorter, longer = sorted((one, two), key=len)
            if len(shorter) < len(longer) and longer[-len(shorter) :] == shorter:
                found.append((old, new))
    if len(found) < max(_FEWEST, numbered / 2):
        return None
    old, new = found[0]
    return Renumbered(_with_label(old), _with_label(new), (_number(old), _number(new)), len(found))


def _with_label(clause: Clause) -> Clause:
    return replace(clause, text=f"{clause.label} {clause.text}" if clause.label else clause.text, label="")


def _number(clause: Clause) -> str:
    """What numbers a clause: its label, or what is typed before its words."""
    return clause.label or clause.text[: len(clause.text) - len(unlabelled(clause.text))].strip()


def _steps(clause: Clause) -> list[str]:
    """The parts of a clause's number: ``A.1.`` is a, 1; ``Section 7(b)`` is 7, b; empty where it has none."""
    return _STEP.findall(_WORD.sub("", _number(clause).lower()))
