"""Ways to say no: before the subject, around the verb, or without any modal at all."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from monitor.classification.holders import Holder, clause_start, named
from monitor.classification.tables import word_set
from monitor.classification.text import Text
from monitor.classification.verbs import PRACTICES, PRACTISED, stem

NOES = frozenset({"no", "neither", "nobody", "none", "nor"})
_BE = frozenset({"is", "are"})
_WE = frozenset({("we",), ("it",), ("they",)})
_SUBJECT = 16
"""Words of what stands after a modal and before its verb."""


def said_no(text: Text, at: int) -> int | None:
    """Where what is not done begins, when a word says that without any modal: "never", "we neither sell nor rent"."""
    words, word = text.words, text.words[at]
    if word == "never" or (word == "no" and _promised(text, at)):
        return at + 1
    if word == "neither":
        does = words[at - 1 : at] in _WE and at + 1 < len(words) and stem(words[at + 1]) in PRACTICES
        return at + 1 if does else None
    return _spared(text, at) if word in _BE else None


def _spared(text: Text, at: int) -> int | None:
    """Where it is said what "is not" done that a vendor might do: "e-mails are not scanned", "no e-mail is read"."""
    words = text.words
    verb_at = at + 2 if words[at + 1 : at + 2] == ("not",) else at + 1
    if verb_at >= len(words) or words[verb_at] not in PRACTISED or words[at - 1] == "that":
        return None
    first = clause_start(text, at)
    says_no = verb_at == at + 2 or words[first] in ("no", "neither", "none")
    return verb_at if says_no and _CASES.isdisjoint(words[first:at]) else None


_CASES = word_set("if unless whether where when once")


def _promised(text: Text, at: int) -> bool:
    """Whether a "no" begins an entry of what somebody promises: "Our promises: no tracking"."""
    if at not in text.breaks and at not in text.sentence_starts:
        return False
    head = text.sentence_starts[text.head(text.sentences[at])]
    return not _PROMISES.isdisjoint(text.words[head : min(at, head + _LONGEST_LEAD)])


_PROMISES = word_set("promise promises commitment commitments pledge pledges guarantee guarantees")
_LONGEST_LEAD = 8


def denied(text: Text, at: int) -> bool:
    """Whether the subject or the object says no: "no data will be sold", "in no event shall", "will share neither"."""
    words = text.words
    first = clause_start(text, at)
    opening = words[first : first + 2]
    said = words[first:at]
    last = max((here for here, word in enumerate(said) if word in _JOINS), default=-1)
    subject = said[last + 1 :]  # "agrees that no part shall", "none is perfect and no method can"
    return (
        words[max(at - 1, 0) : at] == ("nor",)
        or subject[:1] in (("no",), ("neither",), ("none",))
        or opening[:1] in (("no",), ("neither",), ("nobody",), ("none",))
        or (opening[1:] == ("no",) and opening[0] in _AT)
        or "neither" in words[at + 1 : at + 4]
        or any(
            words[here] == "no" and words[here + 1 : here + 2] not in _MORE_OR_LESS
            for here in range(at + 1, min(at + 3, len(words)))
        )
    )


_AT = frozenset({"in", "under", "at", "for", "on"})
"""Before a "no" with which a sentence begins: "in no event", "for no reason whatsoever will we"."""
_JOINS = frozenset({"that", "and", "but"})
_MORE_OR_LESS = frozenset((word,) for word in ("later", "earlier", "sooner", "less", "fewer", "more"))
"""After "no" they bound a number: "shall notify no later than the third day" forbids nothing."""


def inverted(text: Text, at: int, vendor: frozenset[str]) -> Holder | None:
    """Who stands after the verb: "in no event shall the Provider", "nor will we", "only if you agree do we"."""
    words = text.words
    opened = words[text.sentence_starts[text.sentences[at]]] == "only"
    if not (opened or denied(text, at) or (at and words[at - 1] == "nor")):
        return None
    following = at + 2 if words[at + 1 : at + 2] == ("the",) else at + 1
    return named(text, following, vendor) if following < len(words) else None


def only_bounds(text: Text, at: int, verb_at: int) -> bool:
    """Whether only a number is bounded: "in no event shall its total liability under this contract exceed the fees"."""
    opening = text.words[clause_start(text, at) :][:2]
    if opening not in _AT_NO_TIME_OPENING and "neither" not in opening and text.words[at - 1] != "nor":
        return False
    ends = text.sentence_starts[text.sentences[at] + 1 : text.sentences[at] + 2]
    following = text.words[verb_at : min(verb_at + _SUBJECT, *ends, len(text.words))]
    return exceeds(following)


def exceeds(words: Sequence[str]) -> bool:
    """Whether words say that something is more than something else."""
    return "exceed" in words or any(pair in _MORE_THAN for pair in pairwise(words))


_AT_NO_TIME_OPENING = frozenset({("in", "no"), ("under", "no"), ("at", "no")})
_MORE_THAN = frozenset({("more", "than"), ("greater", "than"), ("higher", "than")})
