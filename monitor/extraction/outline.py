"""Which lines are headings, also unmarked ones, and how they nest."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.extraction import labels
from monitor.extraction.blocks import Block
from monitor.extraction.dates import is_date_line
from monitor.extraction.titles import is_title

_LONGEST_HEADING = 30
_LONGEST_BOLD = 16
_LONGEST_CAPITALS = 14
_LONGEST_NUMBERED = 12
_LONGEST_PLAIN = 14
_PLAIN_CHARACTERS = 100
_PROSE = 60
_MOST_CAPITALS = 160
_RUN = 3
_MARKED = 3
_END = re.compile(r"[.;,!][\"”’')\]]*$")
_RUNS_ON = re.compile(r"(?:…|\.\.\.|[;,] (?:or|and)|[^|]\|.*)$")
_LETTER = re.compile(r"[^\W\d_]")
_LETTERED = re.compile(r"\(?[A-Za-z]{1,4}[.)]|\w+\s")
_COMPANY = re.compile(r"\b(?:inc|ltd|llc|corp|co|gmbh|s\.?a|b\.?v|plc|limited|pty|oy|ab|kg|ag)\.?$", re.I)
_CONTACT = re.compile(
    r"@|https?:|www\.|\+\d|\d{4,}|\b(?:tel|phone|fax|e-?mail|attn|p\.?o\.? box)\b|^\d", re.I
)


@dataclass(frozen=True, slots=True)
class Level:
    """How high a heading stands: smaller is higher. ``rank`` by its mark, ``number`` by its own number."""

    rank: int
    number: int = 1

    def encloses(self, other: Level) -> bool:
        """Whether a heading of this level stays above one of the other."""
        return (self.rank, self.number) < (other.rank, other.number)


_DOCUMENT, _CAPITALS, _BOLD, _NUMBERED, _PLAIN = Level(-1, 0), 7, 8, 8, 9


def levels(lines: Sequence[Block]) -> list[Level | None]:
    """For each line, the level of the heading that it is, or None."""
    parts = [labels.split_label(line.text) if not line.label else (line.label, line.text) for line in lines]
    marked = sum(line.kind == "heading" for line in lines) >= _MARKED
    plain = [False] * len(lines) if marked else _plain_headings(lines, parts)
    found = [
        _level(lines, index, *parts[index]) or (Level(_PLAIN) if plain[index] else None)
        for index in range(len(lines))
    ]
    return _with_documents(parts, found)


def _level(lines: Sequence[Block], index: int, label: str, text: str) -> Level | None:
    line = lines[index]
    if line.kind != "heading" and text.count(" ") > 2 * _LONGEST_BOLD:
        return None  # as most lines are: no rule below takes so many words
    words = len(text.split())
    if not words or line.kind == "row" or is_date_line(text):
        return None
    number = max(labels.depth(label), 1)
    if line.kind == "heading":
        too_long = words > _LONGEST_HEADING or (words > _LONGEST_BOLD and text.endswith("."))
        return None if too_long else Level(line.level, number)
    following = lines[index + 1] if index + 1 < len(lines) else None
    if (
        following is None
        or (line.kind == "item" and not _has_more(line, following))
        or labels.is_bullet(label)
    ):
        return None
    if _is_capitals(text) and words <= _LONGEST_CAPITALS and not (_END.search(text) and words > 6):
        return Level(_CAPITALS, number)
    if (
        line.bold
        and words <= _LONGEST_BOLD
        and not text.endswith((",", ";"))
        and not (text.endswith(".") and words > 10)
    ):
        return Level(_BOLD, number)
    if _is_numbered_heading(label, text, words) and _has_prose_below(lines, index, label):
        return Level(_NUMBERED if line.kind != "item" else _PLAIN, number)
    return None


def _has_more(item: Block, following: Block) -> bool:
    """The list item goes on after its first line, as a section does."""
    return following.level > item.level or (following.kind != "item" and following.level == item.level)


def _is_capitals(text: str) -> bool:
    if len(text) > _MOST_CAPITALS or text.upper() != text or text.lower() == text:
        return False
    letters = len(_LETTER.findall(text))
    return letters >= 6 or (letters >= 3 and " " in text)


def _is_numbered_heading(label: str, text: str, words: int) -> bool:
    if not label or not (labels.depth(label) or _LETTERED.match(label)):
        return False
    ends = bool(_END.search(text)) or text.endswith(":")
    return (
        words <= (_LONGEST_NUMBERED if not ends else 5)
        and text[:1].isupper()
        and not text.endswith((";", ","))
    )


def _has_prose_below(lines: Sequence[Block], index: int, label: str) -> bool:
    following = lines[index + 1]
    if following.kind == "heading":
        return False
    below, words = (
        labels.split_label(following.text) if not following.label else (following.label, following.text)
    )
    same = labels.depth(below) == labels.depth(label) and bool(below)
    return not same and (
        len(words) > len(lines[index].text) or following.kind in ("item", "row") or bool(below)
    )


def _plain_headings(lines: Sequence[Block], parts: Sequence[tuple[str, str]]) -> list[bool]:
    """Short lines with nothing but their shape to say that they are headings: no addresses, no lists of names."""
    short = [_is_short(line, *part) for line, part in zip(lines, parts, strict=True)]
    out = [False] * len(lines)
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and short[end] and not (end > start and is_title(parts[end - 1][1])):
            end += 1
        below = lines[end] if end < len(lines) else None
        run = lines[start:end]
        if 0 < len(run) < _RUN and below is not None and _is_body(below, parts[end]):
            out[start:end] = [not any(_CONTACT.search(line.text) for line in run)] * len(run)
        elif run and is_title(run[-1].text):
            out[end - 1] = True
        start = max(end, start + 1)
    return out


def _is_short(line: Block, label: str, text: str) -> bool:
    if line.kind != "paragraph" or label or line.linked > 0.8 or is_date_line(text):
        return False
    if len(text) > _PLAIN_CHARACTERS or len(text.split()) > _LONGEST_PLAIN or _RUNS_ON.search(text):
        return False
    if _CONTACT.search(text):
        return True
    if text.endswith(":"):
        return len(text.split()) <= 3 and _is_title_case(text)
    return text[:1].isupper() and (not _END.search(text) or (text.endswith(".") and _is_title_case(text)))


def _is_title_case(text: str) -> bool:
    """Every word of weight begins with a capital, as in no sentence; companies are not meant."""
    words = [word for word in re.findall(r"[^\W\d_][\w’'-]*", text) if len(word) > 3]
    if text.isupper():
        return False
    return len(words) > 1 and all(word[0].isupper() for word in words) and not _COMPANY.search(text)


def _is_body(line: Block, part: tuple[str, str]) -> bool:
    return (
        len(line.text) >= _PROSE
        or line.kind in ("item", "row")
        or _is_mark(part[0])
        or bool(_END.search(line.text))
    )


def _is_mark(label: str) -> bool:
    """A bullet or a letter, as list items have them."""
    return bool(label) and not labels.depth(label)


def _with_documents(parts: Sequence[tuple[str, str]], found: list[Level | None]) -> list[Level | None]:
    """Titles of several documents on one page stand above every other heading."""
    ranks = Counter(level.rank for level in found if level is not None)
    if not ranks:
        return found
    highest = min((rank for rank, times in ranks.items() if times > 1), default=min(ranks))
    titles = {
        index
        for index, level in enumerate(found)
        if level is not None
        and (level.rank <= highest or level.rank >= _CAPITALS)
        and not labels.depth(parts[index][0])
        and is_title(parts[index][1])
    }
    if len({parts[index][1].casefold() for index in titles}) < 2:
        return found
    return [_DOCUMENT if index in titles else level for index, level in enumerate(found)]
