"""Runs of changed words: where each stands, whichever side it is on."""

from __future__ import annotations

from collections.abc import Sequence

Range = tuple[int, int]
"""The first of some words and the one after the last."""


def meets(run: Range, others: Sequence[Range]) -> bool:
    """Whether a run shares a word with one of some."""
    first, last = run
    return any(first < end and start < last for start, end in others)


def by_gap(changed: Sequence[Range]) -> dict[int, Range]:
    """Changed runs by the count of unchanged words before them."""
    runs, lacking = {}, 0
    for start, end in changed:
        runs[start - lacking] = (start, end)
        lacking += end - start
    return runs
