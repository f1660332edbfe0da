"""Named organisations, by their legal form or by standing where only a name stands."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from monitor.classification.tables import table, word_set
from monitor.classification.text import Text

_FORMS = word_set(table("names")["forms"])
_SMALL_FORMS = word_set(table("names")["small_forms"])
_DOMAINS = word_set("io com ai co net app dev")
_ANSWERS = word_set(table("names")["answers"])
_BELONGING = _FORMS | _SMALL_FORMS | _DOMAINS
"""Words that belong to a name though they may be written small."""
_PROCESSORS = frozenset(tuple(name.split("_")) for name in word_set(table("names")["processors"]))
_BEGINS_PROCESSOR = frozenset(name[0] for name in _PROCESSORS)
_LONGEST_PROCESSOR = max(map(len, _PROCESSORS))
_SERVING = word_set(table("names")["serving"])
_BELONGING_OR_SERVING = _BELONGING | _SERVING
_BEGINS = word_set(" ".join(table("wording")["empty_words"])) | word_set("only if when where all both")
"""What is written large only because a sentence begins with it."""
ROLES = word_set(table("names")["roles"])
"""What ends the title of somebody who works for a party: "Customer Success Manager"."""
_REACH = 5


class Party(NamedTuple):
    """A named organisation."""

    key: str
    """Its name, folded, without the legal form."""
    form: bool
    """It carries a legal form (Inc., GmbH): surely an organisation."""
    start: int
    end: int
    shown: str
    processes: bool = False
    """It is known for processing data for others."""
    opens: bool = False
    """It begins a sentence, and only what it does there tells that it is a name."""


def parties(text: Text) -> list[Party]:
    """Every organisation with a legal form, and capitalised names in the middle of a sentence."""
    found: list[Party] = []
    done = 0
    starts = frozenset(text.sentence_starts)
    ordinary = _ordinary(text) if "|" not in text.shown else frozenset()
    for at in text.capitals:
        if at < done or at in ordinary or not _capital(text, at):
            continue
        done = _run(text, at)
        only = at + 1 < done and at in starts and text.words[at] in _BEGINS  # "Only Mailjet"
        party = _party(text, at + 1 if only else at, done)
        if party is not None:
            found.append(party)
    return found


def _ordinary(text: Text) -> frozenset[int]:
    """The capitals that only begin a sentence: a small word of the same sentence follows, and no legal form."""
    words, capitals = text.words, frozenset(text.capitals)
    return frozenset(
        [
            start
            for start, end in pairwise((*text.sentence_starts, len(words)))
            if start + 1 < end
            and words[start + 1] not in _BELONGING_OR_SERVING
            and start + 1 not in text.breaks
            and start + 1 not in capitals
            and not _is_processor(words[start : start + 1])
            and not _joins_another(text, start, capitals)
        ]
    )


def _joins_another(text: Text, start: int, capitals: frozenset[int]) -> bool:
    """Whether a sentence begins with initials beside another name: "DHL or Evri"."""
    first, last = text.spans[start]
    joined = text.words[start + 1 : start + 2] in _JOINING and start + 2 in capitals
    return joined and last - first >= _INITIALS and text.shown[first:last].isupper()


_JOINING = frozenset({("and",), ("or",)})
_INITIALS = 3


def _is_processor(name: tuple[str, ...]) -> bool:
    """Whether a name begins with that of a company known for processing data."""
    return name[0] in _BEGINS_PROCESSOR and any(
        name[:length] in _PROCESSORS for length in range(1, _LONGEST_PROCESSOR + 1)
    )


def _capital(text: Text, at: int) -> bool:
    """Whether a word begins a name: a capital, but for the lone "A" and "I" and what answers a question ("Yes")."""
    start, end = text.spans[at]
    first = text.shown[start]
    return first.isupper() and (end - start > 1 or first not in "AI") and text.words[at] not in _ANSWERS


def _run(text: Text, at: int) -> int:
    """The end of the run of capitalised words that begins with this one (commas before a legal form belong to it)."""
    words, breaks, size = text.words, text.breaks, len(text.words)
    here = at
    while here < size and here - at < _REACH:
        if here > at and (
            not _capital(text, here)
            or text.sentences[here] != text.sentences[at]
            or (here in breaks and words[here] not in _FORMS)
        ):
            break
        here += 1
        if words[here - 1] in _FORMS:
            break
        if here < size and words[here] in _DOMAINS and text.shown[text.spans[here - 1][1]] == ".":
            here += 1  # Gong.io Ltd.
    if here < size and words[here] in _SMALL_FORMS and here not in breaks:
        here += 1
    return here


def _party(text: Text, start: int, end: int) -> Party | None:
    words = text.words[start:end]
    form = len(words) > 1 and (words[-1] in _FORMS or words[-1] in _SMALL_FORMS)
    name = words[:-1] if form else words
    if known := _is_processor(name):
        return Party(" ".join(name), form, start, end, text.snippet(start, end), known)
    if not form and (len(words[0]) < 2 or (len(words) > 1 and words[-1] in ROLES)):
        return None
    opens = not form and (start == 0 or text.sentences[start] != text.sentences[start - 1])
    if opens:
        serves = end < len(text.words) and text.words[end] in _SERVING and words[0] not in _BEGINS
        joined = end < len(text.words) and _joins_another(text, start, frozenset(text.capitals))
        if (
            not serves
            and not joined
            and not (start and _stands_alone(text, start, end))
            and "|" not in text.shown
        ):
            return None
        opens = serves
    return Party(" ".join(name), form, start, end, text.snippet(start, end), opens=opens)


def _stands_alone(text: Text, start: int, end: int) -> bool:
    """Whether a name is all there is of a sentence, or before a break: "Mailgun; Mixpanel; Segment (analytics)"."""
    return end == len(text.words) or text.sentences[end] != text.sentences[start] or end in text.breaks
