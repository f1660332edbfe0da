"""Who must, may or must not do what: the promises, permissions and prohibitions of a clause."""

from __future__ import annotations

from typing import Literal, NamedTuple

from monitor.classification.holders import (
    ANYBODY,
    INSTRUMENTS,
    VENDOR,
    Holder,
    agent,
    for_whom,
    holder_of,
    named,
    passive_holder,
    unaddressed,
)
from monitor.classification.idle import binds_nobody, is_conditional
from monitor.classification.noes import NOES, denied, inverted, only_bounds, said_no
from monitor.classification.tables import table, word_set
from monitor.classification.text import Text
from monitor.classification.verbs import BURDENS, PRACTICES, stem

Force = Literal["must", "soft", "may", "not", "does"]
"""``must`` (shall, will, is required to) · ``soft`` (should, endeavours to) · ``may`` · ``not`` · ``does``."""

_WORDS = table("statements")
_STRONG, _SOFT, _LEAVE, _NEGATION, _ENDEAVOUR = (
    word_set(_WORDS["force"][name]) for name in ("must", "soft", "may", "negation", "endeavour")
)
_ABSTAIN = word_set(_WORDS["verbs"]["abstain"])
_STOPS = word_set(_WORDS["verbs"]["stops"])
_ADVERBS = word_set(_WORDS["verbs"]["adverbs"])
_SERVICE = word_set(_WORDS["verbs"]["service"])
_BY_FIRST: dict[str, list[tuple[tuple[str, ...], Force]]] = {}
for _force in ("must", "soft", "may", "not"):
    for _phrase in _WORDS["phrases"][_force]:
        _BY_FIRST.setdefault(_phrase.split()[0], []).append((tuple(_phrase.split()), _force))
_OPENINGS = frozenset(phrase[:2] for phrases in _BY_FIRST.values() for phrase, _ in phrases)

_PRACTISED = frozenset(f"{verb}es" if verb.endswith("ss") else f"{verb}s" for verb in PRACTICES)
_IN_ANY_FORM = PRACTICES | _PRACTISED
_FIRM_OR_FREE = _STRONG | _LEAVE
_MODALS = _FIRM_OR_FREE | _SOFT
_BEGINNINGS = (
    _PRACTISED
    | _STRONG
    | _SOFT
    | _LEAVE
    | PRACTICES
    | frozenset(_BY_FIRST)
    | {"do", "does", "never", "neither", "no", "is", "are"}
)


class Modal(NamedTuple):
    """One statement of what somebody must, may or must not do."""

    holder: Holder
    force: Force
    verb: str
    start: int
    end: int
    sentence: int

    @property
    def effect(self) -> Force:
        """Its force: "shall not be required to" forbids nothing, it leaves one free."""
        return "may" if self.force == "not" and self.verb in _OBLIGED else self.force


_OBLIGED = frozenset(map(stem, ("obliged", "obligated", "required")))


def modals(text: Text, vendor: frozenset[str] = frozenset()) -> list[Modal]:
    """Every such statement, in order. ``vendor``: further names (folded words) by which the vendor goes."""
    found: list[Modal] = []
    taken = -1
    denies = not NOES.isdisjoint(text.words)
    for at, word in enumerate(text.words):
        if word not in _BEGINNINGS or at <= taken:
            continue
        seen = _modal_at(text, at) or _third_person(text, at, vendor)
        if seen is None or is_conditional(text, at) or _goes_on_with_a_ban(text, at, found):
            continue
        force, verb_at = seen
        if denies and force in ("must", "may", "does") and denied(text, at):
            force = "not"
        asked = inverted(text, at, vendor) if denies or "only" in text.words else None
        holder = (
            asked
            or (for_whom(text, verb_at) if force in ("not", "may") else None)
            or passive_holder(text, at, verb_at, vendor)
            or _continued(text, at, found, vendor)
            or ("customer" if force == "soft" and _is_asked(text, at) else None)
            or holder_of(text, at, vendor, banned=force == "not" and unaddressed(text, at, verb_at))
        )
        if holder is None:
            continue
        verb_at += asked is not None
        addressed = asked or (text.words[verb_at : verb_at + 1] == ("be",) and agent(text, verb_at, vendor))
        served = not addressed and _served(text.words, verb_at) and force in ("must", "may", "not")
        exposed = text.words[verb_at : verb_at + 3] == ("be", "subject", "to")
        if (served or exposed) and holder == "customer":
            holder = "vendor"  # "you will not be subject to automated decisions"
        verb_at, verb = _verb(text, verb_at)
        if verb in _ENDEAVOUR and force == "must":
            force = "soft"
        if _gives_up(text, force, verb, verb_at):
            force, (verb_at, verb) = "not", _verb(text, verb_at)
        if (force == "not" and only_bounds(text, at, verb_at)) or binds_nobody(text, at, force, verb):
            continue
        if force == "does" and (holder != "vendor" or verb not in _IN_ANY_FORM):
            continue
        verb = stem(verb)
        if holder == "vendor" and force == "must" and verb in _BURDENS_STEMMED:
            force = "may"
        end = min(verb_at + 5, len(text.words))
        found.append(Modal(holder, force, verb, at, end, text.sentences[at]))
        taken = at + 1 if _says_more(text, at + 2, verb_at - 1) else verb_at - 1
    return found


def _says_more(text: Text, start: int, end: int) -> bool:
    """Whether somebody else does or may do the same before the verb: "you may not, and we do not, copy it"."""
    return not _OTHERS_DO.isdisjoint(text.words[start:end])


_OTHERS_DO = _MODALS | {"do", "does"}


def _gives_up(text: Text, force: Force, verb: str, at: int) -> bool:
    """Whether a verb says that what follows is not done: "shall refrain from using", "you will stop receiving"."""
    following = text.words[at] if at < len(text.words) else ""
    if verb in _ABSTAIN and following == "from":
        return True
    return force == "must" and verb in _STOPS and following.endswith("ing")


def _modal_at(text: Text, at: int) -> tuple[Force, int] | None:
    """Force and the place where the verb may begin, when a modal begins at this word."""
    words = text.words
    word = words[at]
    following = words[at + 1] if at + 1 < len(words) else ""
    if following == "no" and words[at + 2 : at + 3] == ("longer",) and word in _MODALS:
        return "not", at + 3
    if following in _ADVERBS and words[at + 2 : at + 3] == ("not",) and word in _FIRM_OR_FREE:
        return "not", at + 3
    if word in _STRONG:
        return ("not", at + 2) if following in _NEGATION else _strong(text, at)
    if word in _LEAVE:
        there = words[at + 1 : at + 3] in _THERE and words[at + 3 : at + 4] != ("by",)
        if there or (word == "may" and following[:1].isdigit()):
            return None
        unlikely = (
            word in _PERHAPS or words[at + 2 : at + 3] == ("have",) or words[at + 2 : at + 4] in _LACKING
        )
        if following in _NEGATION and unlikely:
            return None
        return ("not", at + 2) if following in _NEGATION else ("may", at + 1)
    if word in _SOFT:
        return ("not", at + 2) if following in _NEGATION else ("soft", at + 1)
    if word in {"do", "does"} and following in _NEGATION:
        return None if words[at + 2 : at + 3] in _STATES else ("not", at + 2)
    if word in {"do", "does"} and (
        (at and words[at - 1] == "nor") or (following in _SPEAKERS and denied(text, at))
    ):
        stated = words[at + 2 : at + 3] in _STATES and following in _SPEAKERS
        return None if stated else ("not", at + 1)  # "under no circumstances do we"
    verb_at = said_no(text, at)
    return ("not", verb_at) if verb_at else _phrase_modal(words, at)


_EFFORTS = frozenset({"effort", "efforts"})
_EXERTING = word_set("use make exert apply employ undertake")


def _strong(text: Text, at: int) -> tuple[Force, int]:
    words = text.words
    at = _past_aside(text, at + 1) - 1
    window = words[at + 1 : at + 7]
    if (not _EFFORTS.isdisjoint(window) and not _EXERTING.isdisjoint(window[:2])) or "endeavours" in window:
        return "soft", at + 1
    if window[:3] == ("have", "the", "right"):
        return "may", at + 5
    if window[:1] == ("be",) and window[1:2] in _LICENSED and window[2:3] == ("to",):
        return "may", at + 4
    if window[:2] in _SPARED:
        return "not", at + 3
    if window[:3] in _AT_NO_TIME:
        return "not", at + 4
    return "must", at + 1


_LICENSED = frozenset(
    {("entitled",), ("free",), ("permitted",), ("allowed",), ("authorized",), ("authorised",)}
)
_AT_NO_TIME = frozenset(
    {
        ("at", "no", "time"),
        ("in", "no", "event"),
        ("in", "no", "case"),
        ("in", "no", "way"),
        ("under", "no", "circumstances"),
    }
)
_SPARED = frozenset({("refrain", "from"), ("abstain", "from")})


def _is_asked(text: Text, at: int) -> bool:
    """Whether somebody is addressed: "As a rule, try to send few of them"."""
    return text.words[at] in _IMPERATIVE and (at in text.breaks or at in text.sentence_starts)


_IMPERATIVE = frozenset({"try", "seek", "aim", "strive", "attempt"})


def _goes_on_with_a_ban(text: Text, at: int, found: list[Modal]) -> bool:
    """Whether what is also not to be tried stands beside what is not to be done: "not read it, or attempt to"."""
    tried = text.words[at] in _IMPERATIVE and text.words[at - 1 : at] in _OR
    return bool(tried and found and found[-1].force == "not" and found[-1].sentence == text.sentences[at])


_OR = frozenset({("or",), ("nor",)})


def _continued(text: Text, at: int, found: list[Modal], vendor: frozenset[str]) -> Holder | None:
    """Who goes on after "and" or a comma: "shall act on instructions of the Controller and shall not use the data"."""
    goes_on = text.words[at] in _MODALS or text.words[at] in _SHUNS
    joined = text.words[at - 1] in ("and", "but") or (at in text.breaks and goes_on)
    if not joined:
        return None
    if found and found[-1].sentence == text.sentences[at]:
        return found[-1].holder
    if text.words[at - 1] != "and":
        return None
    # "Provider holds no copy of the keys of Customer and shall not decrypt it", "Acme users are told and should ask"
    first = text.sentence_starts[text.sentences[at]]
    others = first in text.capitals and text.words[first + 1] in _USERS
    return "customer" if others else named(text, first, vendor)


_USERS = frozenset({"customers", "clients", "users", "subscribers"})
_SHUNS = frozenset({"refrain", "abstain"})
"""What an entry of a list of duties may begin with: "shall (i) protect it, (ii) refrain from"."""
_BE = frozenset({"is", "are"})
_STATES = frozenset((verb,) for verb in word_set(_WORDS["verbs"]["states"]))
"""Said not to do one of these, nobody is forbidden anything."""
_THERE = frozenset(("be", verb) for verb in ("found", "viewed", "seen", "read"))
"""What says where something is, not that it is allowed."""
_PERHAPS = frozenset({"might", "could"})
_LACKING = frozenset(
    ("be", word) for word in word_set("available accessible possible suitable appropriate accurate complete")
)
"""What things may not be, which forbids nothing: "features may not be available"."""
_SPEAKERS = frozenset({"we", "it", "they"})


def _phrase_modal(words: tuple[str, ...], at: int) -> tuple[Force, int] | None:
    aside = (
        at + 2 < len(words) and words[at] in _BE and words[at + 1].endswith("ly")
    )  # "are contractually barred"
    for phrase, force in _BY_FIRST.get(words[at], ()) if aside or words[at : at + 2] in _OPENINGS else ():
        if words[at : at + len(phrase)] == phrase:
            return force, at + len(phrase)
        if aside and words[at + 2 : at + 1 + len(phrase)] == phrase[1:]:
            return force, at + 1 + len(phrase)
    if words[at] in PRACTICES and at and words[at - 1] in {"we", "also", "only", "do"}:
        return "does", at
    return None


def _third_person(text: Text, at: int, vendor: frozenset[str]) -> tuple[Force, int] | None:
    """Whether a word says what a named company does: "Acme stores", "the Provider shares"."""
    if not at or text.words[at] not in _PRACTISED:
        return None
    before = text.words[at - 1]
    stranger = at - 1 in text.capitals and before not in _NO_COMPANY and not before.endswith("ing")
    return ("does", at) if before in vendor or before in VENDOR or stranger else None


_NO_COMPANY = ANYBODY | INSTRUMENTS
"""The parties by their roles, and what requires or allows something without doing it."""


def force_of(word: str) -> Force | None:
    """What a modal says by itself."""
    return "must" if word in _STRONG else "soft" if word in _SOFT else "may" if word in _LEAVE else None


def _served(words: tuple[str, ...], verb_at: int) -> bool:
    """Whether something is done for whom the sentence begins with: "you will be notified" binds the vendor."""
    if words[verb_at : verb_at + 1] in _GETS:
        return not _NEWS.isdisjoint(words[verb_at + 1 : verb_at + _FARTHEST_NEWS])
    if words[verb_at : verb_at + 1] != ("be",):
        return False
    return any(word in _SERVICE for word in words[verb_at + 1 : verb_at + 3])


_GETS = frozenset({("get",), ("receive",), ("hear",)})
_NEWS = word_set(
    "message messages notice notification notifications email emails alert alerts call letter warning us"
)
"""What somebody "will get" from the vendor who tells something."""
_FARTHEST_NEWS = 6


def _verb(text: Text, at: int) -> tuple[int, str]:
    words, here = text.words, _past_aside(text, at)
    while here < len(words) and here < at + 6 and words[here] in _ADVERBS:
        here += 1
    return (here + 1, words[here]) if here < len(words) else (here, "")


def _past_aside(text: Text, at: int) -> int:
    """The word after what stands between two commas: "shall, where the law permits, notify"."""
    if at in text.breaks:
        for end in range(at + 1, min(at + _LONGEST_ASIDE, len(text.words))):
            if text.sentences[end] != text.sentences[at]:
                break
            if end in text.breaks:
                return end
    return at


_LONGEST_ASIDE = 10
_BURDENS_STEMMED = frozenset(map(stem, BURDENS))
