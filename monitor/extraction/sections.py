"""One section of a page: from heading to heading, or where the address's fragment points."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from monitor.extraction.blocks import Block
from monitor.extraction.labels import split_label
from monitor.extraction.outline import levels

RANGE = ".."
_FEWEST = 200
"""Characters below which a fragment points at a place, not at a section."""


def is_range(select: str | None) -> bool:
    """``select`` names headings ("Acceptable Use Policy .. Fair Usage Policy"), not elements."""
    return bool(select) and RANGE in (select or "")


def fragment(url: str | None) -> str:
    """The part of an address behind ``#``."""
    return unquote(urlsplit(url).fragment) if url and "#" in url else ""


def section(blocks: list[Block], select: str | None) -> list[Block]:
    """The blocks that a heading range selects; else those under the heading at which the address points."""
    if is_range(select):
        first, _, last = (select or "").partition(RANGE)
        return _between(blocks, _key(first), _key(last))
    if any(block.target for block in blocks):
        return _under_target(blocks)
    return blocks


def _between(blocks: list[Block], first: str, last: str) -> list[Block]:
    """From the heading ``first`` (or the beginning) up to ``last`` (or the end); nothing if one is missing."""
    start = _find(blocks, first, 0) if first else 0
    if start is None:
        return []
    end = _find(blocks, last, start + 1) if last else len(blocks)
    return blocks[start:end] if end is not None else []


def _find(blocks: list[Block], key: str, start: int) -> int | None:
    headings = levels(blocks)
    exact = [index for index in range(start, len(blocks)) if _key(blocks[index].text) == key]
    return next((index for index in exact if headings[index] is not None), exact[-1] if exact else None)


def _key(text: str) -> str:
    return split_label(" ".join(text.split()))[1].casefold().rstrip(" .:")


def _under_target(blocks: list[Block]) -> list[Block]:
    start = next(index for index, block in enumerate(blocks) if block.target)
    headings = levels(blocks)
    own = headings[start]
    if own is None:
        return blocks
    end = start + 1
    while end < len(blocks):
        level = headings[end]
        if level is not None and not own.encloses(level):
            break
        end += 1
    found = blocks[start:end]
    return found if sum(len(block.text) for block in found) >= _FEWEST else blocks
