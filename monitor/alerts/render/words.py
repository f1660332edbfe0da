"""Vendors' words made harmless for any medium: what cannot be shown goes, what would come alive is stilled.

Each medium's own module adds the escapes of its markup, and nothing else in the program does.
"""

from __future__ import annotations

import re

JOINER = "\u2060"
"""WORD JOINER: no width, no break, and no longer the same characters to a program that looks for links."""

_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_HIDDEN = re.compile(
    "[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_ALIVE = re.compile(
    r"(?<=:)(?=//)"  # https://…
    r"|(?<=@)(?=\S)"  # @channel, name@host
    r"|(?<=<)(?=[!@#/:a-z])"  # <!here>, <@U1>, <b>
    r"|(?<=\w)(?=\.[a-z]{2,})"  # example.com
    r"|(?<=mailto)(?=:)|(?<=javascript)(?=:)|(?<=tel)(?=:\S)",
    re.IGNORECASE,
)


def plain(text: str, limit: int | None = None) -> str:
    """One line of visible words: no control, no direction override, no tag character, no lone surrogate."""
    line = _SPACE.sub(" ", _HIDDEN.sub("", text)).strip()
    return line if limit is None else cut(line, limit)


def cut(line: str, limit: int) -> str:
    """The line if it fits, else whole words from its beginning and a mark that there is more."""
    if len(line) <= limit:
        return line
    head = line[: limit - 2]
    return (head.rsplit(" ", 1)[0] if " " in head[limit // 2 :] else head) + " …"


def still(text: str) -> str:
    """Words in which no client finds a link, an address or somebody to ping."""
    return _ALIVE.sub(JOINER, text)
