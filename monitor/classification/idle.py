"""Modals that bind nobody: what is, what may be, in which case, what the law wants; and agreement to mere terms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from monitor.classification.holders import ANYBODY, clause_start
from monitor.classification.tables import table, word_set
from monitor.classification.text import Text
from monitor.classification.verbs import BURDENS, PARTICIPLES, PRACTICES

if TYPE_CHECKING:
    from monitor.classification.modality import Force

_WORDS = table("statements")
_IDLE = word_set(_WORDS["verbs"]["idle"])
_AGREES = ("agree", "undertake", "commit", "pledge")
_NO_VERB = word_set("the this these all any our its terms of abide bound")
"""What follows "agree to" where nothing is promised but agreement."""


def is_conditional(text: Text, at: int) -> bool:
    """Whether a modal only says in which case, how or of what kind: "if you do not agree", "what would harm you",
    "as soon as we can".

    "Do Not Track" is a name.
    """
    words = text.words
    if at > 2 and words[at - 3 : at - 1] == ("so", "that") and words[at - 1] in _SOMEBODY:
        return words[at - 1] != "we" or words[at + 1 : at + 2] not in _TELLING
    if at > 2 and words[at - 2] == "as" and words[at - 1] in _SOMEBODY and "as" in words[at - 4 : at - 2]:
        return True
    if words[at] in ("may", "might", "could") and _of_a_thing(text, at):
        return True
    if words[at + 1 : at + 3] in _HAVING_ON or (
        words[at] in _PERHAPS_SO and words[at - 1 : at] == ("there",)
    ):
        return True  # "the effect it may have on you", "there may be cases"
    if words[at] in _PERHAPS_SO and (_is_likely(words, at) or _has_been(words, at)):
        return True
    if words[at] == "should" and words[at + 1 : at + 2] in _SHOULD and _opens(text, at):
        return True
    if words[at] == "would":
        after = at + 1 + (words[at + 1 : at + 2] == ("not",))
        what = words[after : after + 2]
        return words[at - 1 : at] in _RELATIVE or what[:1] in _WISHES or what in _WOULD_BE
    if words[at] in ("may", "can", "could") and words[at + 1 : at + 2] in _NO:
        return any(word in _CASES for word in words[clause_start(text, at) : at])  # "if we cannot agree"
    if words[at] not in ("do", "does") and words[at + 1 : at + 2] != ("unable",):
        return False
    if text.shown[slice(*text.spans[at + 1])] == "Not":
        return True
    conditions = _CONDITIONS | {"which"} if words[at + 1] == "unable" else _CONDITIONS
    return any(word in conditions for word in words[clause_start(text, at) : at])


def _opens(text: Text, at: int) -> bool:
    """Whether a word begins a clause."""
    return at in text.breaks or at in text.sentence_starts


_SHOULD = frozenset((word,) for word in ANYBODY | word_set("any the there a an your our this such it they"))
"""After a "should" that begins a clause: "should you wish to", "should any part be invalid"."""


def _has_been(words: Sequence[str], at: int) -> bool:
    """Whether what "may have" happened is meant: "may have been collected by mistake", "may have collected it"."""
    if words[at + 1 : at + 2] != ("have",):
        return False
    return any(
        word == "been" or word.endswith("ed") or word in PARTICIPLES for word in words[at + 2 : at + 4]
    )


_PERHAPS_SO = frozenset({"may", "might", "could"})


def _is_likely(words: Sequence[str], at: int) -> bool:
    """Whether what may be so is meant, not what is allowed: "as may be required", "may be of interest"."""
    if words[at + 1 : at + 2] == ("interest",):
        return True
    if words[at + 3 : at + 4] == ("to",) and not ANYBODY.isdisjoint(words[max(at - 2, 0) : at]):
        return False  # "we may be required to disclose it"
    return words[at + 1 : at + 3] in _LIKELY


_LIKELY = frozenset(
    {
        ("be", "needed"),
        ("be", "required"),
        ("be", "necessary"),
        ("be", "of"),
        ("find", "interesting"),
        ("find", "useful"),
    }
)


def _of_a_thing(text: Text, at: int) -> bool:
    """Whether a modal only tells of what kind a thing is: "a resource that may collect data"."""
    words = text.words
    return words[at - 1 : at] in _RELATIVE and at > 1 and words[at - 2] not in ANYBODY


_RELATIVE = frozenset({("that",), ("which",), ("who",)})
_WISHES = frozenset({("like",), ("prefer",), ("rather",), ("appreciate",)})
_WOULD_BE = frozenset(("be", word) for word in word_set("a an the our your in contrary against unfair wrong"))
"""What something would be, not what anybody should do: "selling it would be a violation"."""
_HAVING_ON = frozenset((("have", "on"), ("have", "upon"), ("have", "for")))
"""After "may": "the effect that this may have on you"."""
_TELLING = frozenset((verb,) for verb in PRACTICES | BURDENS)
"""What is told also where it is only what something is for: "so that we can train our models"."""
_SOMEBODY = frozenset({"we", "you", "it", "they"})
_NO = frozenset({("not",), ("no",)})
_CASES = frozenset({"if", "unless", "whether"})
_CONDITIONS = frozenset({"if", "unless", "whether", "where", "when"})


def binds_nobody(text: Text, at: int, force: Force, verb: str) -> bool:
    """Whether a modal and its verb say what is, or agree to no more than terms."""
    agreed = text.words[at].startswith(_AGREES) and verb in _NO_VERB
    formal = (
        _is_formal(text, at)
        if force == "must"
        else force == "not" and (_by_law(text, at) or _is_read(text, at))
    )
    consists = force == "may" and verb in _CONSISTS and text.words[at - 1] not in _INCLUDERS
    repeats = force == "not" and text.words[at + 1 : at + 3] == ("done", "so")  # "and we have never done so"
    looks = _is_a_form(text.words, at) or (force == "may" and _hinders(text, at))
    return verb in _IDLE or agreed or formal or consists or repeats or looks


def _is_a_form(words: Sequence[str], at: int) -> bool:
    """Whether it is only said what something looks like: "this will be in the form of a file"."""
    return words[at + 1 : at + 5] == ("be", "in", "the", "form")


def _hinders(text: Text, at: int) -> bool:
    """Whether a thing may keep somebody from something: "blocking cookies may limit your ability to use it"."""
    words = text.words
    return "ability" in words[at + 2 : at + _REACH] and words[at - 1] not in _INCLUDERS


_INCLUDERS = frozenset({"we", "you", "customer", "customers", "user", "users", "vendor", "provider"})
_CONSISTS = frozenset({"include", "comprise"})
"""What a thing may do without anybody being allowed to: "this may include your address"."""


def _is_read(text: Text, at: int) -> bool:
    """Whether it is only said what something does not mean: "shall not be construed as an admission"."""
    return text.words[at + 2 : at + 3] == ("be",) and text.words[at + 3 : at + 4] in _READ


_READ = frozenset((word,) for word in word_set("construed interpreted understood"))


def _by_law(text: Text, at: int) -> bool:
    """Whether it is the law that leaves no choice: "cannot be limited by law", "cannot by law be excluded"."""
    words = text.words
    return any(
        words[here] in ("by", "under")
        and words[here + 1 : here + 2] in _OF_LAW
        and words[here - 1] in _UNWAIVED
        for here in range(at + 1, min(at + _REACH, len(words)))
    )


_OF_LAW = frozenset({("law",), ("applicable",), ("mandatory",)})
_UNWAIVED = word_set("not can cannot be limited excluded waived restricted disclaimed varied")
_REACH = 5
"""Words after a modal in which the law may be named."""


def _is_formal(text: Text, at: int) -> bool:
    """Whether it is only said what is law between the parties: "shall be governed by", "the seat shall be Geneva"."""
    if text.words[at + 1 : at + 2] == ("have",) and "jurisdiction" in text.words[at + 2 : at + _REACH]:
        return True
    if text.words[at + 1 : at + 2] != ("be",):
        return False
    if not _FORMAL.isdisjoint(text.words[at + 2 : at + 4]):
        return True
    return at + 2 in text.capitals and not _SETTLED.isdisjoint(text.words[clause_start(text, at) : at])


_FORMAL, _SETTLED = (word_set(_WORDS["verbs"][name]) for name in ("formal", "settled"))
