"""Blocks that belong to the page and not to the policy: widgets, tables of contents, links at the end."""

from __future__ import annotations

import re

from monitor.extraction import noise
from monitor.extraction.blocks import Block

_RIGHTS = re.compile(
    r"(?:©|\(c\)|copyright\b)|all rights reserved|alle rechte vorbehalten|tous droits réservés", re.I
)
_LABEL = re.compile(r"^[\W\d_]+")
_SHORT = 12
_LONGEST_ENTRY = 160
_GROUP = 4
_RUN = 3
_HELPFUL = re.compile(r"helpful|hilfreich|utile|útil|answer your question", re.I)


def without_widgets(blocks: list[Block]) -> list[Block]:
    """The blocks that a reader of the policy reads: its text."""
    return _without_tail(_without_widgets(blocks))


def without_contents(blocks: list[Block]) -> list[Block]:
    """The blocks that say something: without trail and tables of contents, which only repeat headings."""
    start = 0
    while start < len(blocks) and _is_link_line(blocks[start]):
        start += 1
    return _without_runs(blocks[start:] or blocks)


def _without_widgets(blocks: list[Block]) -> list[Block]:
    kept: list[Block] = []
    asked = False
    whole = "\n".join([block.text for block in blocks])
    hints = [hint for hint in noise.NEW_WINDOW_HINTS if hint in whole]
    for block in blocks:
        text = block.text.strip()
        if block.kind != "row" and len(text) <= 80:
            if noise.WIDGET.fullmatch(text) or noise.RELATIVE.fullmatch(text):
                asked = bool(_HELPFUL.search(text))
                if not noise.CONTENTS.fullmatch(text):
                    continue
            elif (asked and text.casefold() in ("yes", "no", "ja", "nein", "oui", "non")) or not any(
                letter.isalnum() for letter in text
            ):
                continue
        if hints and any(hint in text for hint in hints):
            block.text = noise.NEW_WINDOW.sub("", text) or text
        kept.append(block)
    return kept


def _without_runs(blocks: list[Block]) -> list[Block]:
    """Drop each run of short blocks that only repeats the headings below it."""
    last: dict[str, int] = {}
    kept: list[Block] = []
    index = 0
    while index < len(blocks):
        end = _entries_end(blocks, index)
        if end - index >= _RUN:
            last = last or _last_places(blocks)
            end = _contents_end(blocks, index, end, last)
        if end - index >= _RUN:
            if kept and _heads_contents(kept[-1]):
                kept.pop()
            index = end
            continue
        kept.append(blocks[index])
        index += 1
    return kept


def _entries_end(blocks: list[Block], start: int) -> int:
    """Where the blocks from ``start`` on end that may be entries of a table of contents."""
    announced = start > 0 and _heads_contents(blocks[start - 1])
    end = start
    while end < len(blocks) and _may_be_entry(blocks[end], announced):
        end += 1
    return end


def _last_places(blocks: list[Block]) -> dict[str, int]:
    """Where the words of an entry stand for the last time."""
    return {
        _bare(block.text): index for index, block in enumerate(blocks) if len(block.text) <= _LONGEST_ENTRY
    }


def _contents_end(blocks: list[Block], start: int, end: int, last: dict[str, int]) -> int:
    """Where the contents end whose entries reach from ``start`` to ``end`` at most; ``start`` if there are none."""
    # The first heading of the policy may look like one more entry: entries are repeated below, it is not.
    while end > start and last[_bare(blocks[end - 1].text)] < end:
        end -= 1
    run = blocks[start:end]
    repeated = sum(last[_bare(block.text)] >= end for block in run)
    return end if len(run) >= _RUN and repeated * 4 >= len(run) * 3 else start


def _may_be_entry(block: Block, announced: bool) -> bool:
    if block.kind == "row" or len(block.text) > _LONGEST_ENTRY:
        return False
    return (block.inward and block.linked > 0.8) or (announced and not block.text.endswith((".", ";", ",")))


def _heads_contents(block: Block) -> bool:
    return len(block.text) <= 40 and bool(noise.CONTENTS.fullmatch(block.text.strip()))


def _bare(text: str) -> str:
    return _LABEL.sub("", " ".join(text.split())).casefold().rstrip(" .:")


def _without_tail(blocks: list[Block]) -> list[Block]:
    end = len(blocks)
    dropped = 0
    while end > 0:
        block = blocks[end - 1]
        if _is_link_line(block):
            dropped += 1
        elif not (_is_rights_line(block) or (dropped >= 2 and _is_group_title(block))):
            break
        end -= 1
    return blocks[:end] or blocks


def _is_link_line(block: Block) -> bool:
    if block.kind == "row" or block.linked < 0.9 or not block.internal:
        return False
    return len(block.text.split()) <= _SHORT


def _is_rights_line(block: Block) -> bool:
    return block.kind != "row" and len(block.text.split()) <= 2 * _SHORT and bool(_RIGHTS.search(block.text))


def _is_group_title(block: Block) -> bool:
    return (
        block.kind in ("heading", "paragraph")
        and len(block.text.split()) <= _GROUP
        and not block.text.endswith(".")
    )
