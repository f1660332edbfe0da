"""Lines to clauses: label and text apart, under their headings, list items with the sentence that they complete."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from monitor.extraction import labels
from monitor.extraction.blocks import Block
from monitor.extraction.lines import split
from monitor.extraction.outline import Level, levels
from monitor.model import Clause, ClauseKind

_RUN_IN = re.compile(
    r"([^\W\d_a-z][\w’'&/()-]*(?: [\w’'&/(),-]+){0,5})(?:\.|:| [–—])\s+(?=[“\"'‘(]?[^\W\d_a-z])"
)
_NO_RUN_IN = re.compile(
    r"(?:we|you|they|it|this|that|these|if|when|in|no|all|any|please|there|our|your|for|by|at|to|as|u\.s|e\.g|i\.e|inc|ltd)\b",
    re.I,
)
_RUN_IN_WORDS = 6
_LINKED = 0.95
"""The share of its words from which a clause is nothing but a link."""


def clauses(blocks: Sequence[Block]) -> list[Clause]:
    """Every block as clauses, in reading order, each under the headings above it."""
    lines = split(blocks)
    numbered = _bare_numbers(lines)
    out: list[Clause] = []
    above: list[tuple[Level, str]] = []
    path: tuple[str, ...] = ()
    leads: dict[int, str] = {}
    for index, (line, level) in enumerate(zip(lines, levels(lines), strict=True)):
        label, text = _label(line)
        if index in numbered:
            label, text = numbered[index]
        if level is not None:
            while above and not above[-1][0].encloses(level):
                above.pop()
            path = tuple(words for _, words in above)
            out.append(Clause(text, path, label, "heading", line.links, linked=line.linked >= _LINKED))
            above.append((level, text))
            path = (*path, text)
            leads.clear()
            continue
        kind = _kind(line, label)
        run_in = _run_in(line, text) if kind != "row" else ""
        out.append(
            Clause(
                text,
                (*path, run_in) if run_in else path,
                label,
                kind,
                line.links,
                _lead(leads, line, kind),
                line.cells,
                line.linked >= _LINKED,
            )
        )
        _remember_lead(leads, line, kind, text)
    return out


def _label(line: Block) -> tuple[str, str]:
    if line.kind == "row":
        return line.label, line.text
    label, text = labels.split_label(line.text)
    if label and line.label and labels.depth(label) == 0 and not labels.is_bullet(label):
        return f"{line.label} {label}", text
    return label or line.label, text


def _kind(line: Block, label: str) -> ClauseKind:
    if line.kind in ("row", "item"):
        return line.kind
    return "item" if label and not labels.depth(label) else "paragraph"


def _run_in(line: Block, text: str) -> str:
    """The heading at the beginning of a clause's own text."""
    if line.run_in and text.startswith(line.run_in) and line.run_in != text:
        words = labels.split_label(line.run_in)[1].strip(" .:–—-")
        return words if words and len(words.split()) <= 2 * _RUN_IN_WORDS and words[:1].isupper() else ""
    match = _RUN_IN.match(text)
    if match and not _NO_RUN_IN.match(text) and len(text) > 2 * match.end():
        return match.group(1)
    return ""


def _lead(leads: dict[int, str], line: Block, kind: ClauseKind) -> str:
    if kind != "item":
        return ""
    return next((leads[depth] for depth in sorted(leads, reverse=True) if depth < max(line.level, 1)), "")


def _remember_lead(leads: dict[int, str], line: Block, kind: ClauseKind, text: str) -> None:
    if kind == "row":
        return
    depth = max(line.level, 1) if kind == "item" else line.level
    if kind == "item" or text.rstrip().endswith((":", "：", "…", "...")) or depth:
        for deeper in [known for known in leads if known > depth]:
            del leads[deeper]
        if kind == "item" or text.rstrip().endswith((":", "：")):
            leads[depth] = text
    else:
        leads.clear()


def _bare_numbers(lines: Sequence[Block]) -> dict[int, tuple[str, str]]:
    """Headings numbered without a point (``7 Liability``), if they count on from one another."""
    found = [
        (index, split)
        for index, line in enumerate(lines)
        if line.kind == "heading" and (split := labels.split_bare_number(line.text))
    ]
    numbers = [number for _, (number, _) in found]
    if len(numbers) < 3 or numbers[0] > 1 or any(b - a != 1 for a, b in pairwise(numbers)):
        return {}
    return {index: (str(number), text) for index, (number, text) in found}
