"""Named organisations, by their legal form or by standing where only a name stands."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

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
_SERVING = frozenset((word,) for word in table("names")["serving"].split())
_BEGINS = word_set(" ".join(table("wording")["empty_words"])) | word_set("only if when where all both")
"""What is written large only because a sentence begins with it."""
ROLES = word_set(table("names")["roles"])
"""What ends the title of somebody who works for a party: "Customer Success Manager"."""
_REACH = 5


@dataclass(frozen=True, slots=True)
class Party:
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
        if at + 1 < done and at in starts and text.words[at] in _BEGINS:
            party = _party(text, at + 1, done)  # "Only Mailjet"
        else:
            party = _party(text, at, done)
        if party is not None:
            found.append(party)
    return found


def _ordinary(text: Text) -> frozenset[int]:
    """The capitals that only begin a sentence: a small word of the same sentence follows, and no legal form."""
    capitals = set(text.capitals)
    return frozenset(
        start
        for start, end in pairwise((*text.sentence_starts, len(text.words)))
        if start + 1 < end and start + 1 not in capitals and start + 1 not in text.breaks
        if text.words[start + 1] not in _BELONGING
        if not _is_processor(text.words[start : start + 1])
        if text.words[start + 1 : start + 2] not in _SERVING
    )


def _is_processor(name: tuple[str, ...]) -> bool:
    """Whether a name begins with that of a company known for processing data."""
    return (
        name[:1] != ()
        and name[0] in _BEGINS_PROCESSOR
        and any(name[:length] in _PROCESSORS for length in range(1, _LONGEST_PROCESSOR + 1))
    )


def _capital(text: Text, at: int) -> bool:
    """Whether a word begins a name: a capital, but for the lone "A" and "I" and what answers a question ("Yes")."""
    start, end = text.spans[at]
    if text.words[at] in _ANSWERS:
        return False
    return text.shown[start].isupper() and (end - start > 1 or text.shown[start] not in "AI")


def _run(text: Text, at: int) -> int:
    """The end of the run of capitalised words that begins here (commas before a legal form belong to it)."""
    here = at
    while here < len(text.words) and here - at < _REACH and _capital(text, here):
        if here > at and text.sentences[here] != text.sentences[at]:
            break
        if here > at and here in text.breaks and text.words[here] not in _FORMS:
            break
        here += 1
        if text.words[here - 1] in _FORMS:
            break
        if (
            here < len(text.words)
            and text.words[here] in _DOMAINS
            and text.shown[text.spans[here - 1][1]] == "."
        ):
            here += 1  # Gong.io Ltd.
    if here < len(text.words) and text.words[here] in _SMALL_FORMS and here not in text.breaks:
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
    first = start == 0 or text.sentences[start] != text.sentences[start - 1]
    alone = (
        end == len(text.words) or text.sentences[end] != text.sentences[start] or end in text.breaks
    )  # "Mailgun; Mixpanel; Segment (analytics)"
    serves = text.words[end : end + 1] in _SERVING and text.words[start] not in _BEGINS
    if not form and first and not serves and not (alone and start) and "|" not in text.shown:
        return None
    opens = not form and first and serves
    return Party(" ".join(name), form, start, end, text.snippet(start, end), opens=opens)
