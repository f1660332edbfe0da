"""A clause as words: folded for matching, with the way back to the words as shown.

Everything after this module works on words and sentence numbers, never on characters, so nothing that a
vendor writes can make a match run away: each step is linear in the number of words.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from monitor.classification.tables import word_set

MAX_WORDS = 4000
"""A clause longer than this is judged by its first words; the comparison still shows all of it."""

_LINK_TARGET = re.compile(r"\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\")?\)")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]]+")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,5}")
_HIDDEN = "[email protected]"
"""What some pages show for an address."""
_DOMAIN = re.compile(
    r"\b(?![A-Z][\w-]{1,40}\.(?:io|ai)\b(?![./]))(?i:(?:[\w-]{1,40}\.){1,4}(?:com|ai|io|org|net|co|gov|app|dev)\b(?!\.\w)"
    r"(?!,? (?:inc|ltd|llc|limited|gmbh|corp|corporation|b\.?v|s\.?a|ab|as|oy)\b)(?:/\S{0,300})?)"
)
"""An address; "Gong.io" and "Booking.com Ltd." are companies."""
_NAMES_DOMAIN = re.compile(r"\.(?:com|ai|io|org|net|co|gov|app|dev)\b", re.IGNORECASE)
_MARKUP = re.compile(r"<(?:br|/?[a-z]{1,10}) ?/?>|\{#[^{}\s]{0,60}(?: \.[\w-]{1,40}){0,4}\}", re.IGNORECASE)
_US_DOLLARS = re.compile(r"(?<=[\d a-zA-Z])(?: US| U\.S\.| United States)(?= (?i:dollars?)\b)|\bUS(?=\$)")
_TIMES = re.compile(r"\b(\d{1,4}(?:\.\d{1,2})?) ?[xX×](?![\w.])")
"""How often, as in "3x the fees"."""
_NUMBER_SIGN = re.compile(r"\b[Nn]os?\. ?(?=\d)")
"""Before a number: "No. 3891" denies nothing."""
_INITIAL = re.compile(r"[A-Z]\.[A-Z]")
_INITIALS = re.compile(r"\b(?:[A-Z]\.){2,9}|\b(?:[A-Z]\.){1,9}[A-Z]\b")
_PLAIN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), None) | {
    ord(k): v for k, v in {"’": "'", "‘": "'", "“": '"', "”": '"', "‑": "-", "–": "-", "—": "-"}.items()
}
"""What invisible characters and shapes of quotes and dashes become."""
_MARKS = re.compile(r"[*_`\\\[\]]")
_NUMERAL = r"(?:[a-z]|[A-H]|[ivx]{2,5}|\d)"
_LABELS = (
    rf"(?<![\w)])\((?:[a-z]|[A-H]|[ivx]{{2,5}})\)(?=[\s.,;:]|$)|(?:(?<=[:;,.] )|(?<= and )|(?<= or ))\(\d\)(?=\s)|"
    rf"(?<= )\(\d\)(?=[.,;:]|$| and | or )|"
    rf"(?<![\w)])\({_NUMERAL}(?:,? (?:and |or )?{_NUMERAL}){{1,9}}\)"
)
"""Labels of an enumeration within a paragraph, alone or cited together: "(i)", "(2)", "(i, ii and iv)"."""
_PIECE = re.compile(rf"[^\W\d_]+(?:'[^\W\d_]+)?|\d+(?:[.,:]\d+)*|{_LABELS}|[.!?;:,$€£¥%()\"|]")
_SUB = re.compile(r"\b(?:sub[- ](?=(?:process|contract)ors?\b)|re-(?=[a-z]{4})|e-(?=mail))\w+", re.IGNORECASE)
_PIECE_OR_SUB = re.compile(f"(?i:{_SUB.pattern})|{_PIECE.pattern}")
"""The same where a "sub-processor", an "e-mail" and to "re-identify" are one word: half as fast, used where needed."""
_NO_SENTENCE_END = word_set(
    "inc ltd llc corp co no art sec e.g i.e eg ie etc vs mr mrs ms dr st u s us uk eu approx nr cf al "
    "cal civ pub l seq bus prof stat ann para pp fed reg gen comp v"
)
_EXPANSION = {
    "cannot": "can not",
    "won't": "will not",
    "can't": "can not",
    "shan't": "shall not",
}
_SUFFIX = {"n't": "not", "'ll": "will", "'ve": "have", "'re": "are"}


@dataclass(frozen=True, slots=True)
class Text:
    """Folded words, where they stand in the shown text, and the sentence that each belongs to."""

    shown: str
    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    sentences: tuple[int, ...]
    sentence_starts: tuple[int, ...]
    """Indexes of the first word of each sentence."""
    capitals: tuple[int, ...]
    """Indexes of words that begin with a capital letter; none where all letters are capitals."""
    breaks: frozenset[int]
    """Indexes of words that follow a comma, colon, bracket or table bar."""

    def head(self, sentence: int) -> int:
        """The sentence with which a list begins that semicolons cut into sentences; any other is its own."""
        while sentence and self.sentence_starts[sentence] in self.breaks:
            sentence -= 1
        return sentence

    def snippet(self, start: int, end: int) -> str:
        """The shown words from ``start`` up to ``end`` (word indexes, clipped)."""
        start, end = max(start, 0), min(end, len(self.words))
        if start >= end:
            return ""
        return self.shown[self.spans[start][0] : self.spans[end - 1][1]].strip()


def readable(text: str) -> str:
    """The text without link targets, emphasis marks and invisible characters, on one line."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_PLAIN)
    if "](" in text:
        text = _LINK_TARGET.sub("]", text)
    if "://" in text or "www." in text:
        text = _URL.sub(" website ", text)
    if _HIDDEN in text:
        text = text.replace(_HIDDEN, " email ")
    if "@" in text:
        text = _MAIL.sub(" email ", text)
    if _NAMES_DOMAIN.search(text):
        text = _DOMAIN.sub(" website ", text)
    if "US$" in text:
        text = text.replace("US$", "$")
    if "<" in text or "{#" in text:
        text = _MARKUP.sub(" ", text)
    if "US" in text or "ollar" in text or "OLLAR" in text:
        text = _US_DOLLARS.sub("", text)
    if "x" in text or "×" in text or "X" in text:
        text = _TIMES.sub(r"\1 times", text)
    text = _without_points(text)
    text = _MARKS.sub("", text).replace("#", " ")
    return " ".join(text.split())


def _without_points(text: str) -> str:
    """A text whose abbreviations end no sentence: "No. 5", "U.S."."""
    if "o. " in text or "os. " in text:
        text = _NUMBER_SIGN.sub("number ", text)
    return _INITIALS.sub(_joined, text) if _INITIAL.search(text) else text


def _joined(match: re.Match[str]) -> str:
    letters = match.group().replace(".", "")
    return "USA" if letters == "US" else letters


@lru_cache(maxsize=256)
def read(text: str) -> Text:
    """Split a clause into words and sentences."""
    shown = readable(text)
    words: list[str] = []
    spans: list[tuple[int, int]] = []
    starts = [0]
    breaks: set[int] = set()
    capitals: list[int] = []
    ended = halved = False
    shouted = shown.isupper()
    pieces = _SHOUTED if shouted else _PIECES
    pattern = (
        _PIECE_OR_SUB if ("ub" in shown or "UB" in shown or "e-" in shown) and _SUB.search(shown) else _PIECE
    )
    for match in pattern.finditer(shown):
        sort, folded = pieces[match[0]]
        if sort == _WORD and not halved:
            ended = False
            words.append(folded)
            spans.append(match.span())
        elif sort >= _BEGINS:
            if words and (halved or (ended and sort == _BEGINS)):
                starts.append(len(words))
            ended = halved = False
            if sort == _BEGINS and not folded[0].isdigit():
                capitals.append(len(words))
            span = match.span()
            for word in folded.split():
                words.append(word)
                spans.append(span)
        elif sort == _END:
            ended = not words or not _abbreviated(words[-1], shown[slice(*spans[-1])])
        elif sort == _BREAK:
            breaks.add(len(words))
            ended = False
        elif sort == _HALF:
            breaks.add(len(words))
            halved = True
    if len(words) > MAX_WORDS:
        del words[MAX_WORDS:], spans[MAX_WORDS:]
        capitals = [at for at in capitals if at < MAX_WORDS]
        starts = [at for at in starts if at < MAX_WORDS]
    sentences: list[int] = []
    for number, (start, end) in enumerate(pairwise((*starts, len(words)))):
        sentences += [number] * (end - start)
    return Text(
        shown,
        tuple(words),
        tuple(spans),
        tuple(sentences),
        tuple(starts) if words else (),
        () if shouted else tuple(capitals),
        frozenset(breaks),
    )


def _abbreviated(word: str, shown: str) -> bool:
    return shown == "US" or (word in _NO_SENTENCE_END and word != "us")


_END, _HALF, _BREAK, _QUOTE, _BEGINS, _WORDS, _WORD = range(7)
"""Sorts of pieces: end of a sentence, semicolon, other break, quote, what may begin a sentence, words, one word."""


class _Pieces(dict[str, tuple[int, str]]):
    """What a piece is, and the folded words that it stands for; kept for a bounded number of pieces."""

    def __missing__(self, piece: str) -> tuple[int, str]:
        known = _sorted(piece)
        if len(self) < _MOST_KEPT:
            self[piece] = known
        return known


_SHOUTED = _Pieces()
_PIECES = _Pieces()
_MOST_KEPT = 20_000


def _sorted(piece: str) -> tuple[int, str]:
    first = piece[0]
    if first.isalnum() or first in "$€£¥%":
        folded = _expand(piece.casefold())
        if folded.startswith(("sub-", "sub ")):  # a "sub-processor" is one word
            folded = f"sub{folded[4:]}"
        elif folded.startswith(("re-", "e-")):
            folded = folded.replace("-", "", 1)
        if first.isupper() or first.isdigit():
            return _BEGINS, folded
        return (_WORDS if " " in folded else _WORD), folded
    if first in ".!?":
        return _END, ""
    return (_QUOTE if first == '"' else _HALF if first == ";" else _BREAK), ""


_PIECES["US"] = _BEGINS, "usa"
"""The country, which only a text that is not all in capitals tells from "us"."""


def _expand(word: str) -> str:
    if word in _EXPANSION:
        return _EXPANSION[word]
    for suffix, full in _SUFFIX.items():
        if word.endswith(suffix) and len(word) > len(suffix):
            return f"{word.removesuffix(suffix)} {full}"
    return word.removesuffix("'s")
