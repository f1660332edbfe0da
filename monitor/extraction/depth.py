"""A bound on how deep markup nests, before any parser sees it: parsers need quadratic time for deep trees."""

from __future__ import annotations

import re

MOST_TAGS = 300_000
"""Real policies stay far below 50,000."""
_SUSPECT = 3000
_DEEPEST = 1500
_DEEPEST_FORMAT = 20
_MOST_TWISTED = 150_000
_CHUNK = 16_384
_TAG = re.compile(
    r"<!--(?:[^-]++|-(?!->))*+|<(?i:(?:script|style)\b)[^<>]*+>(?:[^<]++|<(?!/(?i:script|style)))*+"
    r"|<(/?)([a-zA-Z][^\s/<>]*+)([^<>]*+)>"
)
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
_SELF_CLOSING = frozenset(
    [
        "p",
        "li",
        "dt",
        "dd",
        "tr",
        "td",
        "th",
        "option",
        "optgroup",
        "thead",
        "tbody",
        "tfoot",
        "colgroup",
        "rb",
        "rt",
        "rp",
        "html",
        "body",
        "head",
    ]
)
_NOT_COUNTED = _VOID | _SELF_CLOSING
_FORMAT = frozenset(
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"]
)


def is_too_long(text: str) -> bool:
    """More tags than any page of words has."""
    return text.count("<") > MOST_TAGS


def flattened(text: str) -> str | None:
    """The source with its deepest tags left out (their words stay); None if it is too twisted to be read."""
    if not _may_be_deep(text):
        return text
    if text.count("<") > _MOST_TWISTED:
        return None
    return _without_deep_tags(text)


def _may_be_deep(text: str) -> bool:
    """A bound from above, in a few string searches: how many more tags were opened than closed at any place."""
    if text.count("<") <= _SUSPECT:
        return False
    depth = 0
    for start in range(0, len(text), _CHUNK):
        chunk = text[start : start + _CHUNK + 1]
        opened = chunk.count("<", 0, _CHUNK)
        if depth + opened > _SUSPECT:
            closed = chunk.count("</")
            if depth + opened - closed > _SUSPECT:
                return True
            depth += opened - 2 * closed
        else:
            depth += opened - 2 * chunk.count("</")
        depth = max(depth, 0)
    return False


def _without_deep_tags(text: str) -> str:
    parts: list[str] = []
    depth = formats = end = 0
    for match in _TAG.finditer(text):
        name = (match.group(2) or "").lower()
        if not name or match.group(3).endswith("/") or name in _NOT_COUNTED:
            continue
        step = -1 if match.group(1) else 1
        depth = max(depth + step, 0)
        formats = max(formats + step, 0) if name in _FORMAT else formats
        if depth + (step < 0) > _DEEPEST or (name in _FORMAT and formats + (step < 0) > _DEEPEST_FORMAT):
            parts.append(text[end : match.start()])
            end = match.end()
    parts.append(text[end:])
    return " ".join(parts)
