"""Whether a user's regular expression can run away.

Python's matcher backtracks: a repetition inside a repetition (``(a+)+``), or two that can share the same text
side by side, take exponential or high polynomial time on hostile text. Such patterns are refused before they
are ever run, with words that name the cure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

WINDOW = 1000
"""Characters that an expression sees at a time."""
_MOST_STEPS = 5_000_000
"""Bound of the trials in a window; about a tenth of a second when all of them are made."""


def unsafe(pattern: str, max_length: int) -> str | None:
    """Why a pattern is refused, None when it is fine."""
    if len(pattern) > max_length:
        return f"the expression is longer than {max_length} characters: split it into several rules"
    try:
        tree = parser.parse(pattern, re.IGNORECASE)
    except (re.error, RecursionError, OverflowError) as error:
        return f"not a regular expression ({error}): words need no slashes around them"
    if any(op in (codes.GROUPREF, codes.GROUPREF_EXISTS) for op, _ in _nodes(tree)):
        return "a back-reference can take for ever: name the words instead"
    if _nested(tree):
        return "a repetition inside a repetition can take for ever: write it without the outer one"
    if WINDOW * _trials(tree) > _MOST_STEPS:
        return "so many repetitions can take very long: keep one * or +, and bound the others, like {0,40}"
    return None


def _nested(tree: Iterable[tuple[Any, Any]]) -> bool:
    """Whether anything that repeats stands inside something that repeats."""
    for op, argument in tree:
        parts = _parts(op, argument)
        if (
            op in _REPEATS
            and argument[1] > 1
            and any(_repeats(inner) for part in parts for inner in _nodes(part))
        ):
            return True
        if any(_nested(part) for part in parts):
            return True
    return False


def _repeats(node: tuple[Any, Any]) -> bool:
    op, argument = node
    return op in _REPEATS and argument[1] > argument[0]


def _trials(tree: Iterable[tuple[Any, Any]]) -> int:
    """Ways in which the repetitions of a pattern can share a window among them, at most."""
    trials = 1
    for op, argument in _nodes(tree):
        if op in _REPEATS:
            trials *= max(min(int(argument[1]), WINDOW) - int(argument[0]) + 1, 1)
        elif op is codes.BRANCH:
            trials *= 2
    return trials


_REPEATS = frozenset({codes.MAX_REPEAT, codes.MIN_REPEAT})


def _parts(op: Any, argument: Any) -> list[Any]:
    if op in _REPEATS:
        return [argument[2]]
    if op is codes.SUBPATTERN:
        return [argument[3]]
    if op is codes.BRANCH:
        return list(argument[1])
    if op in (codes.ASSERT, codes.ASSERT_NOT):
        return [argument[1]]
    return []


def _nodes(tree: Iterable[tuple[Any, Any]]) -> Iterator[tuple[Any, Any]]:
    for op, argument in tree:
        yield op, argument
        for part in _parts(op, argument):
            yield from _nodes(part)
