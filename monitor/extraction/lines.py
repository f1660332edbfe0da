"""Lines to sentences' worth of text: hard-wrapped lines are joined, lines that stand for themselves are not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from monitor.extraction.blocks import Block
from monitor.extraction.labels import split_label
from monitor.extraction.titles import is_title

_WIDEST = 130
_WRAPPED = 0.9
_TYPED_IN = 1.1
"""Of the length that nine lines in ten do not exceed: a longer line has been typed in since."""
_FEWEST = 3
_FULL = 0.7
_SLACK = 2
_END = re.compile(r"[.!?:;][\"”’')\]]*$")
_BEGUN = re.compile(r"[^\W\d_A-Z]{2}[\"”’')\]]*[.!?][\"”’')\]]* [\"“‘(]?[A-Z][^.!?]*$")
"""A sentence that began in a line, after the end of another one, and does not end there."""
_WIDE_SLACK = 0.2
"""Of the width: where letters differ in breadth, lines of one paragraph differ in length."""
_HANGING = re.compile(
    r"(?:\b(?:of|the|and|or|to|in|for|with|by|an?|that|as|on|from|which|any|our|your|its|their|at|is|are|be|not|und|oder|der|die|das"
    r"|de|la|le|les|et|ou|des|du|y|o|el|los|las)|,)$",
    re.I,
)
_CAPITALS = re.compile(r"[^a-zß-öø-ÿ]*$")
_COMPOUNDS = frozenset(
    [
        "third",
        "non",
        "pre",
        "post",
        "co",
        "self",
        "opt",
        "sub",
        "cross",
        "multi",
        "re",
        "well",
        "long",
        "short",
        "real",
        "end",
        "top",
        "up",
        "in",
        "on",
        "off",
        "sign",
        "log",
        "follow",
        "single",
        "two",
        "one",
        "first",
        "second",
        "last",
        "high",
        "low",
        "full",
        "part",
        "user",
        "data",
        "e",
        "anti",
        "inter",
        "intra",
        "peer",
        "built",
        "sugar",
        "high-end",
        "day",
        "time",
        "so",
    ]
)
"""Words that a hyphen joins to the next one wherever it stands."""
_HYPHEN = re.compile(r"[^\W\d_]-$")


def wrap_width(lines: Sequence[str]) -> int:
    """The column at which a text was hard-wrapped, 0 if it was not. A few lines may be longer: typed in since."""
    lengths = sorted(len(line) for line in lines if line)
    usual = lengths[int((len(lengths) - 1) * _WRAPPED)] if lengths else 0
    lengths = [length for length in lengths if length <= usual * _TYPED_IN]
    if len(lengths) < _FEWEST or lengths[-1] > _WIDEST or lengths[-1] < 30:
        return 0
    full = sum(length >= lengths[-1] * _FULL for length in lengths)
    unended = sum(lengths[-1] * _FULL <= len(line) <= lengths[-1] and not _END.search(line) for line in lines)
    return lengths[-1] if full * 5 >= len(lengths) * 2 and unended * 2 >= full else 0


def joined(lines: Sequence[str], width: int) -> list[str]:
    """Paragraphs made of lines; an empty line always ends one."""
    out: list[str] = []
    previous = ""
    for line in lines:
        if out and previous and line and _goes_on(previous, line, width):
            out[-1] = _bridged(out[-1], line)
        elif line:
            out.append(line)
        previous = line
    return out


def _bridged(before: str, line: str) -> str:
    """Two halves of a paragraph; a word divided at the margin is made whole, a compound keeps its hyphen."""
    if not _HYPHEN.search(before) or not line[0].islower():
        return f"{before} {line}"
    first = re.findall(r"\w+", before[:-1])[-1].lower()
    return before + line if first in _COMPOUNDS or len(first) < 2 else before[:-1] + line


def _goes_on(line: str, following: str, width: int) -> bool:
    """The sentence at the end of ``line`` goes on in the next one."""
    label, words = split_label(following)
    if label and not (words[:1].islower() and width and len(line) > width * _FULL and label[0] in "(–-"):
        return False
    ended = bool(_END.search(line))
    if following[0].islower() and not ended:
        return True
    if not width:
        return not ended and bool(_HANGING.search(line)) and not _CAPITALS.fullmatch(line)
    if len(line) > width:  # not wrapped: where its paragraph ends, nothing shows
        return False
    room = width - len(line) - 1 - len(following.split(None, 1)[0])
    if not ended:
        if _BEGUN.search(line) and room < width * _WIDE_SLACK:
            return True
        return room < _SLACK and (not _CAPITALS.fullmatch(line) or bool(_CAPITALS.fullmatch(following)))
    # After a full stop, a short line that does not end a sentence is a heading.
    return room < 0 and (len(following) >= width * _FULL or bool(_END.search(following)))


def split(blocks: Sequence[Block]) -> list[Block]:
    """Every block as one or more of a single line each, and paragraphs torn apart by the page joined."""
    out: list[Block] = []
    for block in blocks:
        if "\n" not in block.text:
            out.append(block)
            continue
        lines = block.text.split("\n")
        parts = joined(lines, wrap_width(lines))
        for index, part in enumerate(parts):
            out.append(_part(block, part, index) if len(parts) > 1 else replace(block, text=part))
    return _rejoined(out)


def _part(block: Block, text: str, index: int) -> Block:
    bold = block.bold or (index == 0 and block.run_in == text)
    kind = block.kind if index == 0 or block.kind == "heading" else "paragraph"
    return replace(
        block,
        text=text,
        kind=kind,
        bold=bold,
        label=block.label if index == 0 else "",
        run_in=block.run_in if index == 0 and not bold else "",
        links=block.links if index == 0 else (),
        target=block.target and index == 0,
    )


def _rejoined(blocks: list[Block]) -> list[Block]:
    """A paragraph that begins in the middle of a sentence belongs to the one before it."""
    out: list[Block] = []
    for block in blocks:
        last = out[-1] if out else None
        if last is not None and (_is_torn(last, block) or _is_torn_title(last, block)):
            out[-1] = replace(last, text=f"{last.text} {block.text}", links=last.links + block.links)
        else:
            out.append(block)
    return out


def _is_torn(last: Block, block: Block) -> bool:
    plain = last.kind == block.kind == "paragraph" and not (last.bold or block.bold or block.label)
    return (
        plain
        and len(last.text) >= 40
        and block.text[:1].islower()
        and not split_label(block.text)[0]
        and not _END.search(last.text)
        and last.level == block.level
    )


def _is_torn_title(last: Block, block: Block) -> bool:
    """``DATA PROCESSING`` / ``ADDENDUM``: neither line is a title, both together are one."""
    if (
        not (last.text.isupper() and block.text.isupper())
        or last.kind != block.kind
        or last.label
        or block.label
    ):
        return False
    return is_title(f"{last.text} {block.text}") and not is_title(last.text) and not is_title(block.text)
