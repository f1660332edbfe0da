"""Numbers with a meaning: periods, money, shares, ages, counts. Words and digits are one (``thirty (30)``)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import compress

from monitor.classification.tables import table, word_set
from monitor.classification.text import Text

_DATA = table("quantities")
_ONES = {word: value for value, word in enumerate(_DATA["number"]["ones"].split())}
_TENS = {word: 10 * value for value, word in enumerate(_DATA["number"]["tens"].split(), start=2)}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_HOURS: dict[str, float] = _DATA["hours"]
_BESIDE = {name: word_set(line) for name, line in _DATA["beside"].items()}
MONTHS, LABELS = _BESIDE["months"], _BESIDE["label"]
_DAYS: dict[str, int] = _DATA["day"]
_CURRENCY, _SHARE, _BETWEEN = _BESIDE["currency"], _BESIDE["share"], _BESIDE["between"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number as the clause uses it."""

    sort: str
    """``period`` (value in hours), ``money``, ``share`` (per cent), ``age`` (years), ``count``, ``year``."""
    value: float
    unit: str
    start: int
    end: int


def begins_number(word: str) -> bool:
    """Whether a number may begin with a word."""
    return word[:1].isdigit() or word in _ONES or word in _TENS


def number_at(text: Text, at: int) -> tuple[float, int] | None:
    """The number that begins at a word, in digits or in words, with the word after it."""
    words = text.words
    word = words[at]
    if word[0].isdigit():
        return _digits(word), at + 1
    total, current, here = 0.0, 0.0, at
    while here < len(words) and here - at < 8:
        word = words[here]
        if word in _ONES:
            current += _ONES[word]
        elif word in _TENS:
            current += _TENS[word]
        elif word in _SCALES and here > at:
            current = max(current, 1) * _SCALES[word]
            if _SCALES[word] > 100:
                total, current = total + current, 0.0
        elif not _joins(words, here):
            break
        here += 1
    if here == at:
        return None
    value = total + current
    if here < len(words) and words[here][0].isdigit() and _digits(words[here]) == value:
        here += 1  # thirty (30)
    return value, here


def labels_clause(text: Text, at: int) -> bool:
    """Whether a number only says which clause a sentence is: "11.2 Each party"."""
    return at in text.sentence_starts and _CLAUSE.fullmatch(text.words[at]) is not None


def cites_clauses(text: Text, at: int) -> bool:
    """Whether a number is one of several by which clauses are cited: "Clauses 5 (f), 11 and 12 (2)", "Clause 12(2)"."""
    part = text.shown.endswith("(", 0, text.spans[at][0])
    if (
        not part
        and at + 1 < len(text.words)
        and at + 1 not in text.breaks
        and text.words[at + 1] not in _AFTER
    ):
        return False  # "Sections 3 and 4, 12 employees"
    for here in range(at - 1, max(at - _LONGEST_LIST, -1), -1):
        word = text.words[here]
        if word in LABELS:
            return part or word.endswith("s")
        if not (word[:1].isdigit() or word in _LISTING or len(word) == 1):
            return False
    return False


_LONGEST_LIST = 10
_AFTER = frozenset({"and", "or", "to", "through", "of", "above", "below", "hereof"})
_LISTING = frozenset({"and", "or", "to", "through"})
_CLAUSE = re.compile(r"\d{1,2}(?:\.\d{1,2}){1,3}")


def _joins(words: tuple[str, ...], at: int) -> bool:
    """Whether the "and" at a word stands within a number: "one hundred and fifty"."""
    after = words[at + 1 : at + 2]
    return words[at] == "and" and words[at - 1] in _SCALES and after != () and after[0] in (_ONES | _TENS)


def _digits(word: str) -> float:
    if "." in word and "," in word and word.rindex(",") > word.rindex("."):  # 250.000,00
        word = word.replace(".", "").replace(",", ".")
    parts = word.replace(":", ".").split(",")
    if len(parts) > 1 and all(len(part.split(".")[0]) == 3 for part in parts[1:]):
        word = "".join(parts)
    else:
        word = ".".join(parts)
    whole, _, rest = word.replace(":", ".").partition(".")
    if rest.count(".") or (len(rest) == 3 and not whole.startswith("0") and len(parts) == 1):
        return float((whole + rest).replace(".", ""))  # 1.000 or 10.3.2
    return float(f"{whole or 0}.{rest or 0}")


def quantities(text: Text, *, english: bool = True) -> list[Quantity]:
    """Every number of the text that means something; section numbers and bare dates are left out."""
    found: list[Quantity] = []
    words = text.words
    done = 0
    for at in compress(range(len(words)), map(_IS_NUMBER.__getitem__, words)):
        if at < done:
            continue
        if words[at] == "twice":
            found.append(Quantity("count", 2.0, "times", at, at + 1))
            continue
        number = _one(words, at, english) if words[at] in _ARTICLES else number_at(text, at)
        if number is None:
            continue
        value, done = number
        quantity = _meaning(text, at, done, value, english)
        if quantity is None:
            continue
        done = max(done, quantity.end)
        if found and _repeats(found[-1], quantity):
            found[-1] = replace(found[-1], end=quantity.end)
        else:
            found.append(quantity)
    return found


def _repeats(one: Quantity, other: Quantity) -> bool:
    """Whether a number is only said again: "two times (2x)", "fifty per cent (50%)", "ten dollars ($10)"."""
    same = (one.sort, one.value, one.unit) == (other.sort, other.value, other.unit)
    return same and other.unit in _SAID_TWICE and other.start - one.end <= 1


_PARTS = {"half": 50, "third": 100 / 3, "quarter": 25, "fifth": 20, "tenth": 10}
_PARTS |= {f"{part}s": share for part, share in _PARTS.items()}
"""Of one: "one quarter of the fees", "two thirds of"."""
_SAID_TWICE = frozenset({"times", "%", ""})
"""Units of numbers that contracts write in words and digits: a multiple, a share, money."""


class _Numbers(dict[str, bool]):
    """Whether a number, or the "a" of "a month", may begin with a word; kept for a bounded number of words."""

    def __missing__(self, word: str) -> bool:
        begins = begins_number(word) or word in _ARTICLES
        if len(self) < _MOST_KEPT:
            self[word] = begins
        return begins


_ARTICLES = frozenset({"a", "an", "twice"}) | _BESIDE["one_of"] | frozenset(_DAYS)
_MOST_KEPT = 20_000
_IS_NUMBER = _Numbers()


def _one(words: tuple[str, ...], at: int, english: bool) -> tuple[float, int] | None:
    """The "a" of "within a month", the "last" of "the last year", the "third" of "the third day"."""
    if not (english and 0 < at < len(words) - 1):
        return None
    if words[at] in _DAYS:
        day = at + 2 if words[at + 1] in _BETWEEN else at + 1
        return (float(_DAYS[words[at]]), at + 1) if words[day : day + 1] == ("day",) else None
    if words[at] in _BESIDE["one_of"]:
        return (1.0, at + 1) if words[at + 1] in _HOURS and words[at - 1] != "of" else None
    return (1.0, at + 1) if words[at - 1] in _BESIDE["before_one"] and _unit(words[at + 1], english) else None


def _meaning(text: Text, at: int, end: int, value: float, english: bool) -> Quantity | None:
    words = text.words
    before = words[at - 1] if at else ""
    after = words[end] if end < len(words) else ""
    if after in _SCALES and after != "hundred":
        value, end = value * _SCALES[after], end + 1
        after = words[end] if end < len(words) else ""
    if before in _CURRENCY or after in _CURRENCY:
        return Quantity("money", value, "", at - (before in _CURRENCY), end + (after in _CURRENCY))
    if after in _PARTS and words[end + 1 : end + 2] == ("of",):
        return Quantity("share", value * _PARTS[after], "%", at, end + 1)
    if after in _SHARE:
        return Quantity("share", value, "%", at, end + 1)
    if words[end : end + 2] == ("per", "cent"):
        return Quantity("share", value, "%", at, end + 2)
    unit_at = end + 1 if after in _BETWEEN and end + 1 < len(words) else end
    unit = _unit(words[unit_at], english) if unit_at < len(words) else None
    if unit is not None:
        return _period(text, at, unit_at, value, unit)
    if after in MONTHS or before in MONTHS:
        return None
    if 1900 <= value <= 2100 and words[at].isdigit() and len(words[at]) == 4:
        return None
    if (
        labels_clause(text, at)
        or cites_clauses(text, at)
        or before in LABELS
        or (at > 1 and words[at - 2] in LABELS and before in ("and", "or", "to"))
        or (before == "age" and after == "of")
    ):
        return None
    if 10 <= value <= 21 and _is_age(words, at, end):
        return Quantity("age", value, "years", at, end)
    if after == "x" and _is_multiple(text, end):
        return Quantity("count", value, "times", at, end + 1)
    counts = not english or _counts(text, at, end, value)
    return Quantity("count", value, after, at, end) if counts else None


def _is_multiple(text: Text, at: int) -> bool:
    """Whether the "x" at a word makes a multiple of the number before it: "3x", not "3 x" nor "3x4"."""
    glued = text.spans[at - 1][1] == text.spans[at][0]
    return glued and not (at + 1 < len(text.words) and text.words[at + 1][0].isdigit())


def _is_age(words: tuple[str, ...], at: int, end: int) -> bool:
    """Whether a bare number is somebody's age: "under 16", "age of 16", "younger than 16", "16 or older"."""
    before = words[max(at - 2, 0) : at]
    after = words[end : end + 2]
    return (
        (before[-1:] != () and before[-1] in _BESIDE["age_before"])
        or before in (("age", "of"), ("ages", "of"), ("younger", "than"), ("older", "than"))
        or after in (("or", "older"), ("or", "over"), ("or", "younger"), ("and", "older"), ("and", "over"))
    )


def _counts(text: Text, at: int, end: int, value: float) -> bool:
    """Whether a bare number counts something: ``5 users``, not ``(1)``, ``two-factor``, ``12 Main Street``."""
    if end >= len(text.words) or text.sentences[end] != text.sentences[at]:
        return False
    if end in text.breaks and text.words[end - 1] == text.words[at]:
        return False
    if text.words[end : end + 2] in (("or", "more"), ("or", "fewer"), ("or", "less")):
        return True
    start, stop = text.spans[end]
    unit = text.words[end]
    glued = text.shown[text.spans[end - 1][1] : start] not in (" ", ") ")
    return not (
        glued
        or (stop - start < 4 and not text.shown[start:stop].isupper())
        or (text.shown[start].isupper() and not text.shown[start:stop].isupper())
        or (value <= 1 and not text.words[at][0].isdigit())
        or unit in _BESIDE["no_unit"]
    )


def _unit(word: str, english: bool) -> str | None:
    if english and word in _BESIDE["foreign_only"]:
        return None
    if word in _HOURS:
        return word
    singular = word.removesuffix("s").removesuffix("'")
    return singular if singular in _HOURS else None


def _period(text: Text, at: int, unit_at: int, value: float, unit: str) -> Quantity:
    words = text.words
    tail = words[unit_at + 1 : unit_at + 3]
    if unit == "year" and (
        tail[:2] == ("of", "age") or tail[:1] == ("old",) or words[max(at - 1, 0)] == "aged"
    ):
        return Quantity("age", value, "years", at, unit_at + 2)
    factor = 1.4 if words[unit_at - 1] in {"business", "working"} else 1.0
    return Quantity("period", value * _HOURS[unit] * factor, unit, at, unit_at + 1)
