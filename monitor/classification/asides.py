"""Changes that move nobody's position: pointers, announcements, contact details, renamed products."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise

from monitor.classification.facts import Facts
from monitor.classification.knowledge import Knowledge
from monitor.classification.runs import Range
from monitor.classification.tables import word_set
from monitor.classification.text import Text

_LONGEST = 45
"""Words: a longer sentence says more than where to look."""
CONTACT = "contact details"
POINTER = "points elsewhere"
ANNOUNCEMENT = "announces a version of the policy"
_REASONS = {"contact": CONTACT, "pointer": POINTER, "announcement": ANNOUNCEMENT}


def aside(facts: Facts, sentence: Range) -> str | None:
    """Why a sentence is beside the point of the policy, None when it is not."""
    start, end = sentence
    if not facts.asides or end - start > _LONGEST or _binding(facts, start, end):
        return None
    hits = {hit.name[1:]: 0 for hit in facts.asides}
    for hit in facts.asides:
        if start <= hit.start < end:
            hits[hit.name[1:]] += 1
    for name in _REASONS:
        if hits.get(name, 0) >= (2 if name == "contact" else 1) and not (
            name == "contact" and names_data(facts.text, [sentence])
        ):
            return _REASONS[name]
    return None


def names_data(text: Text, sentences: Iterable[Range]) -> bool:
    """Whether a sentence says what data somebody has of people, of which ways to reach them are some, and not how to
    reach anybody: "we collect your name and e-mail address"."""
    for start, end in sentences:
        words = text.words[start:end]
        if not _COLLECTS.isdisjoint(words) and not any(pair in _REACHES for pair in pairwise(words)):
            return True
    return False


_COLLECTS = word_set(
    "collect collects collected collecting gather gathers gathered obtain obtains obtained receive receives received "
    "store stores stored ask asks include includes including such record records recorded register monitor process "
    "processes processed share shares shared disclose disclosed"
)
_REACHES = frozenset(
    (verb, whom)
    for verb in word_set("contact reach write email call mail phone fax tell notify ask")
    for whom in ("us", "to", "our", "the", "at", "him", "them")
) | {
    ("us", "at"),
    ("us", "by"),
    ("us", "via"),
    ("us", "on"),
    ("us", "through"),
    ("located", "at"),
    ("office", "at"),
}


def _binding(facts: Facts, start: int, end: int) -> bool:
    """Whether the sentence says what somebody must or must not do, or names a period or an amount."""
    if any(
        start <= q.start < end and q.sort in ("period", "money", "share", "age") for q in facts.quantities
    ):
        return True
    binding = (("vendor", "may"), ("vendor", "not"), ("vendor", "does"), ("customer", "not"))
    return any(start <= m.start < end and (m.holder, m.force) in binding for m in facts.modals)


def all_asides(sides: Sequence[tuple[Facts, Sequence[Range]]]) -> str | None:
    """The reason when every changed sentence of both sides is an aside."""
    reasons: list[str] = []
    for facts, changed in sides:
        for sentence in touched(facts.text, changed):
            reason = aside(facts, sentence)
            if reason is None:
                return None
            reasons.append(reason)
    return reasons[0] if reasons else None


def only_numbers_to_call(sides: Sequence[tuple[Facts, Sequence[Range]]]) -> bool:
    """Whether nothing changed but telephone numbers: "call us at +1 (415) 555-0132"."""
    return all(
        changed and all(_in_number_to_call(facts.text, *run) for run in changed) for facts, changed in sides
    )


def _in_number_to_call(text: Text, start: int, end: int) -> bool:
    if not all(text.words[at][0].isdigit() for at in range(start, end)):
        return False
    first, last = text.spans[start][0], text.spans[end - 1][1]
    return any(match.start() <= first and last <= match.end() for match in _TO_CALL.finditer(text.shown))


_TO_CALL = re.compile(
    r"\+\d{1,3}[ .-]?(?:\(\d{1,5}\)[ .-]?)?\d{2,5}(?:[ .-]?\d{2,5}){1,4}|"
    r"\(\d{2,5}\) ?\d{2,5}(?:[ .-]?\d{2,5}){1,3}|\b(?:\d{1,2}[.-])?\d{3}[.-]\d{3}[.-]\d{4}\b"
)
"""Numbers with a country, with an area in brackets, or in the groups of North America."""


def touched(text: Text, changed: Sequence[Range]) -> list[Range]:
    """The sentences in which something changed, as word ranges."""
    starts = (*text.sentence_starts, len(text.words))
    found: list[Range] = []
    for start, end in changed:
        number = bisect_right(starts, start) - 1
        while number < len(starts) - 1 and starts[number] < end:
            if not found or found[-1][0] < starts[number]:
                found.append((starts[number], starts[number + 1]))
            number += 1
    return found


def contact_changed(
    sides: Sequence[tuple[Facts, Sequence[Range]]], known: Knowledge, *, about_contact: bool
) -> bool:
    """Whether only an address or a way to reach somebody changed. ``about_contact``: so is the clause."""
    words = digits = names = reached = False
    if any(facts.text.words and not changed for facts, changed in sides):
        return False
    for facts, changed in sides:
        text = facts.text
        shouted = text.shown.isupper()
        for start, end in changed:
            for at in range(start, end):
                word = text.words[at]
                words = words or word in known.contact_words
                digits = digits or (word[0].isdigit() and at > 0)  # not a clause's own number
                named = not shouted and text.shown[text.spans[at][0]].isupper()
                names = names or (named and word not in known.empty_words)
                if not (
                    word[0].isdigit() or named or word in known.contact_words or word in known.empty_words
                ):
                    return False
        if any(_overlap(changed, q.start, q.end) and q.sort != "count" for q in facts.quantities):
            return False
        if any(p.form and _overlap(changed, p.start, p.end) for p in facts.parties):
            return False
        if any(_overlap(changed, m.start, m.start + 1) for m in facts.modals):
            return False
        about_contact = about_contact or (bool(text.words) and not is_prose(text, known))
        reached = reached or any(hit.name == "~contact" for hit in facts.asides)
        reached = reached or not _NAVIGATION.isdisjoint(text.words)
    if not ((words and (about_contact or reached)) or (digits and (names or about_contact))):
        return False
    return not any(names_data(facts.text, touched(facts.text, changed)) for facts, changed in sides)


_NAVIGATION = frozenset({"click", "clicking", "link", "menu", "button", "tab"})
"""What says where on a page something is."""


def _overlap(ranges: Sequence[Range], start: int, end: int) -> bool:
    return any(first < end and start < last for first, last in ranges)


def weighs(text: Text, at: int, known: Knowledge) -> bool:
    """Whether a word counts in a name; a lone capital may be one."""
    word = text.words[at]
    return word not in known.empty_words or (
        len(word) == 1 and word not in "ai" and text.shown[text.spans[at][0]].isupper()
    )


def is_prose(text: Text, known: Knowledge) -> bool:
    """Whether a text reads like a sentence, not like a menu, a price tag or a label."""
    if len(text.words) >= _SHORTEST_SENTENCE and text.shown[-1] in ".;:":
        return True
    if len(text.words) < _SHORTEST_PROSE:
        return False
    small = sum(word in known.empty_words or word in _SMALL for word in text.words)
    return small >= _LEAST_SMALL * len(text.words)


_SHORTEST_SENTENCE, _SHORTEST_PROSE = 4, 6
"""Words, with and without a full stop."""
_LEAST_SMALL = 0.2
"""Share of words without meaning of their own; sentences have twice that, menus half."""
_SMALL = word_set("will shall must may can not no any all if when where including such other only")
