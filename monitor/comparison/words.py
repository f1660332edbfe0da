"""The redline of one clause: which words went and which came, as an editor would mark it.

Words, numbers (``1,000.50`` is one) and everything between them are mapped to one character each and
compared by diff-match-patch without a timeout. The cost is bounded beforehand instead: a pair whose
comparison would need too many steps is shown as its common ends and one replacement between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from diff_match_patch import diff_match_patch
from rapidfuzz.distance import Indel

from monitor.model import WordOp

Redline = tuple[tuple[WordOp, str], ...]

_TOKEN = re.compile(r"(?=\d*[^\W\d_])[^\W_]+(?:['’][^\W_]+)*|[$€£¥]?\d+(?:[.,:/]\d+)*%?|\s+|.", re.S)
_MOST_STEPS = 400_000
"""Bound of (tokens x edits) for diff-match-patch: about a quarter of a second."""
_MOST_TOKENS = 500_000
"""More might be more different ones than there are characters to stand for them."""
_SHORT = 40
_LEAST_SIMILARITY = 0.3
"""Below it a mosaic of common words says less than before and after in full; not asked of a few words."""
_OPS: dict[int, WordOp] = {0: "equal", -1: "delete", 1: "insert"}


def redline(before: str, after: str) -> Redline:
    """Operations that turn one text into the other; deletions stand before insertions.

    ``equal`` and ``delete`` parts give ``before`` again, ``equal`` and ``insert`` parts ``after``, to the letter.
    ``redline(b, a)`` is ``redline(a, b)`` with the operations swapped.
    """
    if before <= after:
        return _redline(before, after)
    return mirrored(_redline(after, before))


def mirrored(words: Iterable[tuple[WordOp, str]]) -> Redline:
    """The same redline read the other way round."""
    swap: dict[WordOp, WordOp] = {"equal": "equal", "delete": "insert", "insert": "delete"}
    return _tidy((swap[op], text) for op, text in words)


@lru_cache(maxsize=1024)
def _redline(before: str, after: str) -> Redline:
    if before == after:
        return (("equal", before),) if before else ()
    tokens_before, tokens_after = _TOKEN.findall(before), _TOKEN.findall(after)
    prefix, suffix = _common_ends(tokens_before, tokens_after)
    end_before, end_after = len(tokens_before) - suffix, len(tokens_after) - suffix
    return _tidy(
        [
            ("equal", "".join(tokens_before[:prefix])),
            *_inner(tokens_before[prefix:end_before], tokens_after[prefix:end_after]),
            ("equal", "".join(tokens_before[end_before:])),
        ]
    )


def _inner(before: list[str], after: list[str]) -> list[tuple[WordOp, str]]:
    """The differing middle of two texts, token by token, or in one piece where that would cost too much."""
    whole: list[tuple[WordOp, str]] = [("delete", "".join(before)), ("insert", "".join(after))]
    length = len(before) + len(after)
    if not before or not after or length > _MOST_TOKENS:
        return whole
    left, right, alphabet = _letters(before, after)
    bound = min(length, _MOST_STEPS // length)
    edits = Indel.distance(left, right, score_cutoff=bound)
    if edits > bound or (length > _SHORT and 1 - edits / length < _LEAST_SIMILARITY):
        return whole
    differ = diff_match_patch()
    differ.Diff_Timeout = 0
    pieces = differ.diff_main(left, right, False)
    differ.diff_cleanupSemantic(pieces)
    pieces = _without_crumbs(pieces, alphabet)
    return [(_OPS[op], "".join(alphabet[_number(letter)] for letter in part)) for op, part in pieces]


def _without_crumbs(pieces: list[tuple[int, str]], alphabet: Sequence[str]) -> list[tuple[int, str]]:
    """Give up equalities that hold no word: a lone space or comma between two edits only breaks up the redline."""
    kept: list[tuple[int, str]] = []
    for position, (op, part) in enumerate(pieces):
        between = 0 < position < len(pieces) - 1
        if op == 0 and between and not any(alphabet[_number(letter)][-1].isalnum() for letter in part):
            kept += [(-1, part), (1, part)]
        else:
            kept.append((op, part))
    return kept


def _tidy(words: Iterable[tuple[WordOp, str]]) -> Redline:
    """Join neighbours of one kind, deletions before insertions, nothing empty, shared ends of an edit equal."""
    result: list[tuple[WordOp, str]] = []
    deleted = inserted = ""

    def add(op: WordOp, text: str) -> None:
        if text and result and result[-1][0] == op:
            result[-1] = (op, result[-1][1] + text)
        elif text:
            result.append((op, text))

    def flush() -> None:
        nonlocal deleted, inserted
        add("delete", deleted)
        add("insert", inserted)
        deleted = inserted = ""

    for op, text in words:
        if op == "delete":
            deleted += text
        elif op == "insert":
            inserted += text
        elif text:
            flush()
            add("equal", text)
    flush()
    return tuple(result)


def _letters(before: Sequence[str], after: Sequence[str]) -> tuple[str, str, list[str]]:
    alphabet: dict[str, int] = {}
    left, right = (
        "".join(_letter(alphabet.setdefault(token, len(alphabet))) for token in side)
        for side in (before, after)
    )
    return left, right, list(alphabet)


def _letter(number: int) -> str:
    """A character for the n-th token; surrogates are skipped since they are no characters."""
    code = number + 1
    return chr(code if code < 0xD800 else code + 0x800)


def _number(letter: str) -> int:
    code = ord(letter)
    return (code if code < 0xD800 else code - 0x800) - 1


def _common_ends(left: Sequence[str], right: Sequence[str]) -> tuple[int, int]:
    shortest = min(len(left), len(right))
    prefix = next((i for i in range(shortest) if left[i] != right[i]), shortest)
    rest = shortest - prefix
    suffix = next((i for i in range(rest) if left[-1 - i] != right[-1 - i]), rest)
    return prefix, suffix
