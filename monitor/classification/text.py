"""A clause as words: folded for matching, with the way back to the words as shown.

Everything after this module works on words and sentence numbers, never on characters, so nothing that a
vendor writes can make a match run away: each step is linear in the number of words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
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
    r"\b(?![A-Z][\w-]{1,40}\.(?:io|ai|co|com)\b(?!\.\w|/))(?i:(?:[\w-]{1,40}\.){1,4}(?:com|ai|io|org|net|co|gov|app|dev)\b(?!\.\w)"
    r"(?!,? (?:inc|ltd|llc|limited|gmbh|corp|corporation|b\.?v|s\.?a|ab|as|oy)\b)(?:/\S{0,300})?)"
)
"""An address; "Gong.io" and "Booking.com Ltd." are companies."""
_NAMES_DOMAIN = re.compile(r"\.(?:com|ai|io|org|net|co|gov|app|dev)\b", re.IGNORECASE)
_MARKUP = re.compile(r"<(?:br|/?[a-z]{1,10}) ?/?>|\{#[^{}\s]{0,60}(?: \.[\w-]{1,40}){0,4}\}", re.IGNORECASE)
_US_DOLLARS = re.compile(r" U(?<=[\d a-zA-Z] U)(?:S|\.S\.|nited States)(?= (?i:dollars?)\b)")
_US_SIGN = re.compile(r"\bUS(?=\$)")
_TIMES = re.compile(r"\b(\d{1,4}(?:\.\d{1,2})?) ?[xX×](?![\w.])")
"""How often, as in "3x the fees"."""
_SIGNS_OF_TIMES = {sign: re.compile(rf"{sign}(?:(?<=\d.)|(?<=\d .))") for sign in "xX×"}
"""What must stand there for anything to be said to happen so often: found far sooner."""
_NUMBER_SIGN = re.compile(r"\b[Nn]os?\. ?(?=\d)")
"""Before a number: "No. 3891" denies nothing."""
_INITIAL = re.compile(r"\.(?<=[A-Z]\.)[A-Z]")
_INITIALS = re.compile(r"\b(?:[A-Z]\.){2,9}|\b(?:[A-Z]\.){1,9}[A-Z]\b")
_PLAIN = dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", "") | {
    "’": "'",
    "‘": "'",
    "“": '"',
    "”": '"',
    "‑": "-",
    "–": "-",
    "—": "-",
}
"""What invisible characters and shapes of quotes and dashes become."""
_MARKS = "*_`\\[]"
_NUMERAL = r"(?:[a-z]|[A-H]|[ivx]{2,5}|\d)"
_LABEL = re.compile(
    r"\((?:(?<![\w)]\()(?:[a-z]|[A-H]|[ivx]{2,5})\)(?=[\s.,;:]|$)|"
    r"(?:(?<=[:;,.] \()|(?<= and \()|(?<= or \())\d\)(?=\s)|(?<= \()\d\)(?=[.,;:]|$| and | or )|"
    rf"(?<![\w)]\(){_NUMERAL}(?:,? (?:and |or )?{_NUMERAL}){{1,9}}\))"
)
"""A label of an enumeration within a paragraph, alone or cited together: "(i)", "(2)", "(i, ii and iv)"."""
_PIECE = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+(?:[.,:]\d+)*|[.!?;:,$€£¥%()\"|]")
_SUB = r"\b(?:sub--?(?=(?:process|contract)(?:ors?|ing)\b)|re-(?=[a-z]{4})|e-(?=mail))\w+"
_PIECE_OR_SUB = re.compile(f"(?i:{_SUB})|{_PIECE.pattern}")
"""The same where a "sub-processor", an "e-mail" and to "re-identify" are one word."""
_SUB_BREAK = re.compile(r"(?i)sub-? ")
_SUB_APART = re.compile(r"\b(sub-?) (?=(?:process|contract)(?:ors?|ing)\b)", re.IGNORECASE)
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
        some = self.spans[start if start > 0 else 0 : end if end > 0 else 0]
        return self.shown[some[0][0] : some[-1][1]].strip() if some else ""


def readable(text: str) -> str:
    """The text without link targets, emphasis marks and invisible characters, on one line."""
    return " ".join(_readable(text))


_ABOUT = re.compile(r"[~≈] ?(?=\d)")


def _readable(text: str) -> list[str]:
    """What stands between the blanks of the text as it is read."""
    if "~" in text or "≈" in text:
        text = _ABOUT.sub("about ", text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        for odd, plain in _PLAIN.items():
            text = text.replace(odd, plain)
    text = _without_addresses(text)
    if "US$" in text:
        text = text.replace("US$", "$")
    if not text.isascii() or "[" in text:
        text = _spelt(text)
    if "<" in text or ">" in text:
        text = _LESS.sub(" under ", _MORE.sub(" over ", text))
    if "<" in text or "{#" in text:
        text = _MARKUP.sub(" ", text)
    if "US" in text or "ollar" in text or "OLLAR" in text:
        text = _US_SIGN.sub("", _US_DOLLARS.sub("", text)) if "US$" in text else _US_DOLLARS.sub("", text)
    for sign, times in _SIGNS_OF_TIMES.items():
        if sign in text and times.search(text):
            text = _TIMES.sub(r"\1 times", text)
    text = _without_points(text)
    for mark in _MARKS:
        text = text.replace(mark, "")
    return text.replace("#", " ").split()


def _spelt(text: str) -> str:
    """A text with words for the signs that answer a question or bound a number."""
    for sign, words in (_SIGNS | _TICKS if "|" in text else _SIGNS).items():
        if sign in text:
            text = text.replace(sign, words)
    return text


_LESS, _MORE = re.compile(r"<(?= ?\d)"), re.compile(r">(?= ?\d)")
_SIGNS = {
    **dict.fromkeys(("☑", "☒", "[x]", "[X]"), " yes "),
    **dict.fromkeys(("☐", "[ ]"), " no "),
    "≤": " at most ",
    "≥": " at least ",
}
_TICKS = dict.fromkeys("✓✔✅", " yes ") | dict.fromkeys("✗✘❌✕", " no ")
"""What answers in a cell of a row; elsewhere they are bullets."""


def _without_addresses(text: str) -> str:
    """A text with a word for each address of a page or of somebody's mail."""
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
    return text


def _without_points(text: str) -> str:
    """A text whose abbreviations end no sentence: "No. 5", "U.S."."""
    if "o. " in text or "os. " in text:
        text = _NUMBER_SIGN.sub("number ", text)
    return _INITIALS.sub(_joined, text) if _INITIAL.search(text) else text


def _joined(match: re.Match[str]) -> str:
    letters = match.group().replace(".", "")
    return "USA" if letters == "US" else letters


def _may_list(shown: str) -> bool:
    return "(" in shown or " 2. " in shown or " ii. " in shown


def _told_apart(shown: str, *, joins: bool) -> str:
    """A text of the same length in which no blank stands within a piece: a comma for a label, "sub-processor"."""
    if "(" in shown:
        shown = _LABEL.sub(_comma, shown)
    if " 2. " in shown or " ii. " in shown:
        shown = _unnumbered(shown)
    return _SUB_APART.sub(r"\1-", shown) if joins and _SUB_BREAK.search(shown) else shown


def _comma(label: re.Match[str]) -> str:
    return ",".ljust(len(label[0]))


def _unnumbered(shown: str) -> str:
    """A text with commas for the numbers of a list that runs on: "1. Cookies 2. Children 3. Contact"."""
    for labels in (_ARABIC, _ROMAN):
        places = list(_next_labels(shown, labels))
        if len(places) >= _FEWEST_NUMBERED:
            for place in places:
                shown = f"{shown[: place.start()]}{_comma(place)}{shown[place.end() :]}"
    return shown


def _next_labels(shown: str, labels: Sequence[str]) -> Iterator[re.Match[str]]:
    """Labels in their order, each after the one before; the first may be the clause's own and stand before it."""
    wanted = -1
    for match in _NUMBERED.finditer(shown):
        if wanted < 0 and match[1] in labels[:2]:
            wanted = labels.index(match[1])
        if 0 <= wanted < len(labels) and match[1] == labels[wanted]:
            yield match
            wanted += 1


_NUMBERED = re.compile(r"(?<!\S)(\d{1,2}|[ivx]{1,4})\.(?= [A-Z\"])")
_ARABIC = [str(number) for number in range(1, 41)]
_ROMAN = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv"]
_FEWEST_NUMBERED = 3


@lru_cache(maxsize=256)
def read(text: str) -> Text:
    """Split a clause into words and sentences."""
    tokens = _readable(text)
    shown = " ".join(tokens)
    words: list[str] = []
    spans: list[tuple[int, int]] = []
    starts = [0]
    breaks: set[int] = set()
    capitals: list[int] = []
    ended = halved = False
    shouted = shown.isupper()
    joins = "ub" in shown or "UB" in shown or "e-" in shown
    tokens = _told_apart(shown, joins=joins).split(" ") if joins or _may_list(shown) else tokens
    known = _TOKENS[shouted, joins]
    offset = 0
    for token in tokens:
        said = known[token]
        if isinstance(said, str):  # as most do
            if halved and words:
                starts.append(len(words))
            ended = halved = False
            end = offset + len(token)
            words.append(said)
            spans.append((offset, end))
            offset = end + 1
            continue
        for sort, folded, begin, end in said:
            if sort >= _SMALL:
                if (ended or halved) and words and (halved or sort > _SMALL):
                    starts.append(len(words))
                ended = halved = False
                if sort == _CAPITAL:
                    capitals.append(len(words))
                span = offset + begin, offset + end
                for word in folded:
                    words.append(word)
                    spans.append(span)
            elif sort == _END:
                ended = not words or not _abbreviated(words[-1], shown[slice(*spans[-1])])
            elif sort != _QUOTE:
                breaks.add(len(words))
                ended = False
                halved = halved or sort == _HALF
        offset += len(token) + 1
    if len(words) > MAX_WORDS:
        del words[MAX_WORDS:], spans[MAX_WORDS:]
        capitals, starts = ([at for at in places if at < MAX_WORDS] for places in (capitals, starts))
    return Text(
        shown,
        tuple(words),
        tuple(spans),
        _numbered(starts, len(words)),
        tuple(starts) if words else (),
        () if shouted else tuple(_unshouted(capitals, starts, spans, shown)),
        frozenset(breaks),
    )


def _unshouted(
    capitals: list[int], starts: list[int], spans: list[tuple[int, int]], shown: str
) -> Iterable[int]:
    """The capitals without those of sentences that are all capitals, where they tell no name from another word."""
    if len(capitals) * _FEW_CAPITALS < len(spans):
        return capitals
    loud = [
        range(start, end)
        for start, end in pairwise((*starts, len(spans)))
        if end - start >= _SHOUTED and shown[spans[start][0] : spans[end - 1][1]].isupper()
    ]
    return [at for at in capitals if not any(at in sentence for sentence in loud)] if loud else capitals


_FEW_CAPITALS = 8
"""Words to a capital from which on no sentence is looked at for shouting."""
_SHOUTED = 6
"""Words from which on capitals make a sentence shouted; fewer are a heading or a name."""


def _numbered(starts: list[int], length: int) -> tuple[int, ...]:
    """For each word the number of its sentence."""
    sentences: list[int] = []
    for number, (start, end) in enumerate(pairwise((*starts, length))):
        sentences += [number] * (end - start)
    return tuple(sentences)


def _abbreviated(word: str, shown: str) -> bool:
    return shown == "US" or (word in _NO_SENTENCE_END and word != "us")


_END, _HALF, _BREAK, _QUOTE, _SMALL, _FIGURE, _CAPITAL = range(7)
"""Sorts of pieces: end of a sentence, semicolon, other break, quote; words, of which all but small ones may begin a
sentence."""
_Piece = tuple[int, tuple[str, ...], int, int]
"""Its sort, the folded words that it stands for, and where it begins and ends."""


class _Tokens(dict[str, str | tuple[_Piece, ...]]):
    """What stands between two blanks, piece by piece, or the folded word that it is and nothing else.

    Kept for a bounded number of short ones.
    """

    def __init__(self, pattern: re.Pattern[str], *, shouted: bool) -> None:
        self._pattern, self._shouted = pattern, shouted

    def __missing__(self, token: str) -> str | tuple[_Piece, ...]:
        pieces = tuple(
            (*_sorted(match[0], shouted=self._shouted), *match.span())
            for match in self._pattern.finditer(token)
        )
        sort, folded, begin, end = pieces[0] if pieces else _NOTHING
        alone = sort == _SMALL and len(folded) == 1 and (begin, end) == (0, len(token))
        said = folded[0] if alone else pieces
        if len(self) < _MOST_KEPT and len(token) <= _LONGEST_KEPT:
            self[token] = said
        return said


_NOTHING: _Piece = _BREAK, (), 0, 0
_MOST_KEPT, _LONGEST_KEPT = 10_000, 40
_TOKENS = {
    (shouted, joins): _Tokens(_PIECE_OR_SUB if joins else _PIECE, shouted=shouted)
    for shouted in (False, True)
    for joins in (False, True)
}


def _sorted(piece: str, *, shouted: bool) -> tuple[int, tuple[str, ...]]:
    """The sort of a piece and its words; "US" is the country where not all is written in capitals."""
    first = piece[0]
    if piece == "US" and not shouted:
        return _CAPITAL, ("usa",)
    if first.isalnum() or first in "$€£¥%":
        folded = _expand(piece.casefold())
        if folded.startswith("sub-"):  # a "sub-processor" is one word
            folded = f"sub{folded[4:].removeprefix('-')}"
        elif folded.startswith(("re-", "e-")):
            folded = folded.replace("-", "", 1)
        return (_FIGURE if first.isdigit() else _CAPITAL if first.isupper() else _SMALL), tuple(
            folded.split()
        )
    if first in ".!?":
        return _END, ()
    return (_QUOTE if first == '"' else _HALF if first == ";" else _BREAK), ()


def _expand(word: str) -> str:
    if word in _EXPANSION:
        return _EXPANSION[word]
    for suffix, full in _SUFFIX.items():
        if word.endswith(suffix) and len(word) > len(suffix):
            return f"{word.removesuffix(suffix)} {full}"
    return word.removesuffix("'s")
