"""Clauses that are cited otherwise: ``1.`` under heading A became ``A.1.``, throughout.

A label never counts as words: a re-lettered clause says what it said. But contracts, tickets and objections cite
clauses by number, and where most numbers of a document take in their section's, or lose it, those citations point
to nothing: worth telling once, as a matter of form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from monitor.comparison.normal import tokens, unlabelled
from monitor.model import Clause

_FEWEST = 5
"""Clauses below which a document has no numbering to speak of."""
_STEP = re.compile(r"[a-z]{1,5}(?![a-z])|\d+")
_WORD = re.compile(r"[a-z]{3,}\s+")


def cited_otherwise(pairs: Iterable[tuple[Clause, Clause]]) -> tuple[tuple[Clause, Clause] | None, int]:
    """The first pair of clauses whose number took in its section's (or lost it), and how many did.

    None and 0 unless that holds for half of the clauses that are numbered on both sides, or more.
    """
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
        return None, 0
    return found[0], len(found)


def with_label(clause: Clause) -> Clause:
    """The clause with its label as words, as a reader sees it."""
    return replace(clause, text=f"{clause.label} {clause.text}" if clause.label else clause.text, label="")


def _steps(clause: Clause) -> list[str]:
    """The parts of a clause's number: ``A.1.`` is a, 1; ``Section 7(b)`` is 7, b; empty where it has none."""
    label = clause.label
    if not label:
        rest = unlabelled(clause.text)
        label = clause.text[: len(clause.text) - len(rest)]
    return _STEP.findall(_WORD.sub("", label.lower().strip())) if len(tokens(label)) else []
