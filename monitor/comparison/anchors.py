"""The same words in the same order: clauses that stand in both documents, found by patience.

What occurs once on either side anchors the two documents to each other; between two anchors the search
starts anew, so that a sentence that recurs is tied to its own place and not to its double's.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence

from rapidfuzz.distance import LCSseq

Pair = tuple[int, int]
_DEEPEST = 24
"""Rounds of anchoring within anchors; real documents need three or four."""
_LARGEST_TABLE = 4_000_000
"""Clauses before x clauses after between two anchors that are compared as a table, where nothing is unique."""


def anchors(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[Pair]:
    """Pairs of positions with equal keys, ascending on both sides."""
    found: list[Pair] = []
    ranges = [(0, len(left), 0, len(right), 0)]
    while ranges:
        start_left, end_left, start_right, end_right, depth = ranges.pop()
        while start_left < end_left and start_right < end_right and left[start_left] == right[start_right]:
            found.append((start_left, start_right))
            start_left, start_right = start_left + 1, start_right + 1
        while (
            start_left < end_left and start_right < end_right and left[end_left - 1] == right[end_right - 1]
        ):
            end_left, end_right = end_left - 1, end_right - 1
            found.append((end_left, end_right))
        if start_left == end_left or start_right == end_right:
            continue
        inner = _unique(left, right, start_left, end_left, start_right, end_right)
        if not inner or depth == _DEEPEST:
            found += _table(left, right, start_left, end_left, start_right, end_right)
            continue
        found += inner
        for i, j in [*inner, (end_left, end_right)]:
            ranges.append((start_left, i, start_right, j, depth + 1))
            start_left, start_right = i + 1, j + 1
    return sorted(found)


def ascending(pairs: Sequence[Pair]) -> list[Pair]:
    """The longest part of pairs (ascending on the left) that ascends on the right, too: patience sorting."""
    tails: list[int] = []
    tops: list[int] = []
    previous: list[int] = []
    for number, (_, j) in enumerate(pairs):
        pile = bisect_left(tails, j)
        previous.append(tops[pile - 1] if pile else -1)
        if pile == len(tails):
            tails.append(j)
            tops.append(number)
        else:
            tails[pile], tops[pile] = j, number
    chain = []
    number = tops[-1] if tops else -1
    while number >= 0:
        chain.append(pairs[number])
        number = previous[number]
    return chain[::-1]


def _unique(
    left: Sequence[Hashable], right: Sequence[Hashable], a: int, b: int, c: int, d: int
) -> list[Pair]:
    """Ascending pairs of keys that occur once in ``left[a:b]`` and once in ``right[c:d]``."""
    often_left, often_right = Counter(left[a:b]), Counter(right[c:d])
    place = {key: c + j for j, key in enumerate(right[c:d]) if often_right[key] == 1}
    return ascending(
        [(i, place[left[i]]) for i in range(a, b) if often_left[left[i]] == 1 and left[i] in place]
    )


def _table(left: Sequence[Hashable], right: Sequence[Hashable], a: int, b: int, c: int, d: int) -> list[Pair]:
    """Where everything recurs: the longest common subsequence."""
    if (b - a) * (d - c) > _LARGEST_TABLE:
        return []
    numbers: dict[Hashable, int] = {}
    rows = [numbers.setdefault(key, len(numbers)) for key in left[a:b]]
    columns = [numbers.setdefault(key, len(numbers)) for key in right[c:d]]
    return [
        (a + op.src_start + step, c + op.dest_start + step)
        for op in LCSseq.opcodes(rows, columns)
        if op.tag == "equal"
        for step in range(op.src_end - op.src_start)
    ]
