"""What a clause says, as facts that can be compared one by one."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Literal, NamedTuple

from monitor.classification.holders import clause_start
from monitor.classification.knowledge import Knowledge
from monitor.classification.lexicon import Hit
from monitor.classification.modality import Force, Modal, modals
from monitor.classification.noes import exceeds
from monitor.classification.parties import Party, parties
from monitor.classification.quantities import Quantity, quantities
from monitor.classification.seats import seats
from monitor.classification.text import Text

Stance = Literal["allowed", "forbidden", "owed", "neutral"]

_STANCE: dict[Force, Stance] = {
    "must": "owed",
    "soft": "owed",
    "may": "allowed",
    "not": "forbidden",
    "does": "allowed",
}
_NO = frozenset({"no", "not", "never", "without", "nor", "neither", "prohibited", "cannot"})
_NEGATION_REACH = 4


class Fact(NamedTuple):
    """A concept said of somebody."""

    name: str
    by: str
    stance: Stance
    value: str
    """Tells facts of one name apart where the words matter (``iso 27001``); else empty."""
    start: int
    end: int

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.name, self.by, self.stance, self.value


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything read from one text."""

    text: Text
    modals: tuple[Modal, ...] = ()
    said: tuple[Fact, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    parties: tuple[Party, ...] = ()
    places: tuple[Hit, ...] = ()
    topics: tuple[Hit, ...] = field(default=())
    """Hits of topic phrases, ``topic:strong`` or ``topic:weak``."""
    same: tuple[Hit, ...] = ()
    """Phrases that mean the same as one word, ``%word``."""
    asides: tuple[Hit, ...] = ()
    """Hits of phrases that point elsewhere, announce a version or say how to reach somebody."""

    def as_dict(self) -> dict[str, list[str]]:
        """The facts in words, for people who ask why."""
        show = self.text.snippet
        return {
            "statements": [f"{m.holder} {m.force}: {show(m.start, m.end)}" for m in self.modals],
            "concepts": [f"{f.name} ({f.by}, {f.stance}): {show(f.start, f.end)}" for f in self.said],
            "quantities": [f"{q.sort}: {show(q.start, q.end)}" for q in self.quantities],
            "parties": [party.shown for party in self.parties],
            "places": [show(h.start, h.end) for h in self.places],
        }


def read_facts(text: Text, known: Knowledge, *, vendor: frozenset[str], english: bool) -> Facts:
    """All facts of a text; of one that is not English only numbers, parties and places."""
    found: dict[str, list[Hit]] = {sort: [] for sort in "@=%~"}
    topics: list[Hit] = []
    for hit in known.words.scan(text):
        found.get(hit.name[0], topics).append(hit)
    places = found["@"]
    if english:
        places += seats(text, _within(places))
    numbers = tuple(quantities(text, english=english))
    names = parties(text)
    if places and names:
        placed = _within(places)
        names = [party for party in names if party.form or party.start not in placed]
    if not english:
        return Facts(text, quantities=numbers, parties=tuple(names), places=tuple(places))
    stated = tuple(modals(text, vendor))
    said = [_fact(hit, text, stated, known) for hit in _meant(found["="], text)]
    return Facts(
        text,
        stated,
        tuple(_excepted(said, text, stated)),
        numbers,
        tuple(names),
        tuple(places),
        tuple(topics),
        tuple(found["%"]),
        tuple(found["~"]),
    )


def _excepted(said: list[Fact], text: Text, stated: tuple[Modal, ...]) -> list[Fact]:
    """The facts, exceptions of what is forbidden without a modal among them: "(d) not sell it, except to partners"."""
    bans = [fact for fact in said if fact.stance == "forbidden"]
    for at, fact in enumerate(said):
        if not bans or fact.name != "exception" or governing(text, stated, fact.start):
            continue
        sentence = text.sentences[fact.start]
        if any(ban.start < fact.start and text.sentences[ban.start] == sentence for ban in bans):
            said[at] = fact._replace(stance="forbidden")
    return said


def _within(hits: list[Hit]) -> set[int]:
    """The words of some phrases."""
    return {at for hit in hits for at in range(hit.start, hit.end)}


def _meant(hits: list[Hit], text: Text) -> list[Hit]:
    """Concepts without those that other words beside them turn into something else."""
    return [
        hit
        for hit in hits
        if not (text.words[hit.start] == "subject" and _submits(hit, text))
        and not (hit.name in _TURNED and _is_turned(hit, hits, text))
    ]


_TURNED = frozenset(
    {"=discretion", "=own_choice", "=suspension", "=opt_in", "=selling", "=cap", "=excluded_damages"}
)


def _is_turned(hit: Hit, hits: list[Hit], text: Text) -> bool:
    """Whether other words beside one of these concepts turn it into something else."""
    if hit.name == "=suspension":
        return _is_a_bound(hit, text)
    if hit.name == "=discretion":
        return not _ADDRESSED.isdisjoint(text.words[hit.start : hit.end])
    if hit.name == "=excluded_damages":
        return _only_capped(hit, text)
    if hit.name == "=own_choice":
        return _opts_out(hit, text)
    if hit.name == "=opt_in":
        return _opts_out(hit, text) or _asks_for_none(hit, text)
    if hit.name == "=selling":
        return _only_names_brokers(hit, hits, text)
    return _insures(hit, text) or any(other.name in _FREE and _meet(hit, other) for other in hits)


def _opts_out(hit: Hit, text: Text) -> bool:
    """Whether somebody only refuses: "where they have opted out"."""
    return text.words[hit.end - 1].startswith("opt") and text.words[hit.end : hit.end + 1] == ("out",)


_ADDRESSED = frozenset(
    {"you", "your", "customer", "customers", "user", "users", "client", "subscriber", "member"}
)
"""Whose discretion is none of the vendor's: "where you consider it necessary"."""
_FREE = frozenset({"=unlimited", "=uncapped"})


def _is_a_bound(hit: Hit, text: Text) -> bool:
    """Whether "limit" is a noun here: "when you hit the rate limit, ask for another account"."""
    return text.words[hit.start] in _BOUNDS and hit.start + 1 in text.breaks


_BOUNDS = frozenset({"limit", "block", "ban"})


def _only_capped(hit: Hit, text: Text) -> bool:
    """Whether liability is not excluded but bounded: "in no event will its total liability exceed the fees"."""
    following = text.words[hit.start + 1 : hit.start + _BOUND_REACH]
    return text.words[hit.start] == "no" and following[:1] in _AT_NO_TIME and exceeds(following)


_BOUND_REACH = 20
_AT_NO_TIME = frozenset({("event",), ("case",), ("circumstances",)})


def _meet(one: Hit, other: Hit) -> bool:
    return one.start < other.end and other.start < one.end


def _asks_for_none(hit: Hit, text: Text) -> bool:
    """Whether it is said that no consent is asked for: "requires no agreement", "no separate consent is needed"."""
    words = text.words
    before = 2 if words[hit.start] in _CONSENTS else 1
    if (
        "no" in words[max(hit.start - before, 0) : hit.end]
        or "without" in words[max(hit.start - 2, 0) : hit.start]
    ):
        return True
    return any(
        words[at] in _ASKS and words[at - 1 : at] in _NOT
        for at in range(max(hit.start - _FROM_ASKING, 1), hit.start + 1)
    )


_FROM_ASKING = 3
"""Words between asking and the consent: "we do not ask for your consent before"."""
_ASKS = frozenset({"ask", "seek", "obtain", "get", "request", "require", "need"})
_CONSENTS = frozenset({"consent", "permission", "approval", "authorisation", "authorization"})


def _only_names_brokers(hit: Hit, hits: list[Hit], text: Text) -> bool:
    """Whether "data brokers" only says to whom something is sold, or is not."""
    sentence = text.sentences[hit.start]
    return text.words[hit.start : hit.end] == ("data", "brokers") and any(
        other.name == hit.name and other != hit and text.sentences[other.start] == sentence for other in hits
    )


def _insures(hit: Hit, text: Text) -> bool:
    """Whether a liability is one that is insured."""
    return not _INSURED.isdisjoint(text.words[hit.start : hit.end + 1])


_INSURED = frozenset({"insurance", "insured", "coverage"})


def _submits(hit: Hit, text: Text) -> bool:
    """Whether "subject to" says under whose courts or what duty something is, not on what condition."""
    return not _POWERS.isdisjoint(text.words[hit.end : hit.end + _AFTER_SUBJECT])


_AFTER_SUBJECT = 6
_POWERS = frozenset(
    {"jurisdiction", "court", "courts", "duty", "duties", "power", "powers", "authority", "supervision"}
)


_START = attrgetter("start")


def governing(text: Text, stated: tuple[Modal, ...], at: int) -> Modal | None:
    """The statement that a word belongs to: the last before it in its sentence, or else the first after."""
    here = text.sentences[at]
    after = bisect_right(stated, at, key=_START)
    if after and stated[after - 1].sentence == here:
        return stated[after - 1]
    if after == len(stated) or stated[after].sentence != here or _in_aside(text, at, stated[after]):
        return None
    return stated[after]


def _in_aside(text: Text, at: int, modal: Modal) -> bool:
    """Whether a statement after a word is made in passing: "with your permission, which you can withdraw"."""
    if _RELATIVE.isdisjoint(text.words[at + 1 : modal.start + 1]):
        return False
    return any(
        text.words[here] in _RELATIVE and here in text.breaks for here in range(at + 1, modal.start + 1)
    )


_RELATIVE = frozenset({"which", "who", "whom", "whose"})


def _fact(hit: Hit, text: Text, stated: tuple[Modal, ...], known: Knowledge) -> Fact:
    name = hit.name[1:]
    value = ""
    if name in known.named:
        value = " ".join([word.removesuffix("s") for word in text.words[hit.start : hit.end]])
    if name not in known.held:  # nor does its stance matter
        return Fact(name, "vendor", "neutral", value, hit.start, hit.end)
    modal = governing(text, stated, hit.start)
    by: str = modal.holder if modal else "vendor"
    stance: Stance = _STANCE[modal.force] if modal else "neutral"
    if name not in known.stanced:
        stance = "neutral"
    elif stance != "forbidden" and (
        _negated(text, hit.start) or _denied(text, hit) or _none(text, hit, modal)
    ):
        stance = "forbidden"
        by = "vendor" if by == "customer" else by  # "you may tell us not to sell it"
    return Fact(name, by, stance, value, hit.start, hit.end)


def _none(text: Text, hit: Hit, modal: Modal | None) -> bool:
    """Whether of nothing it is said what nobody promises: "neither prompts nor completions are ever used to train"."""
    return modal is None and text.words[clause_start(text, hit.start)] in _NONE


_NONE = frozenset({"no", "neither", "none", "nothing", "nobody"})


def _denied(text: Text, hit: Hit) -> bool:
    """Whether a concept says no of what it begins with: "data about you is not sold", "not for sale"."""
    if text.words[hit.start] in _NEVER:
        return True
    if text.words[hit.start + 1 : hit.start + 2] in _NO_SUCH and hit.end > hit.start + 1:
        return True  # "we sell no data", "sold none of it"
    return not _NEVER.isdisjoint(text.words[max(hit.start + 1, hit.end - _DENIED_REACH) : hit.end])


_DENIED_REACH = 3
_NEVER = frozenset({"not", "never"})
_NO_SUCH = frozenset({("no",), ("none",), ("nothing",)})


def _negated(text: Text, at: int) -> bool:
    before = text.words[max(at - _FORBIDDEN_REACH, text.sentence_starts[text.sentences[at]]) : at]
    if not _FORBIDS.isdisjoint(before) and _forbidden(text, at):
        return True
    before = before[-_WITHOUT_REACH:]
    if (before[-1:] == ("from",) and before[-2:-1] in _KEPT_OUT) or before[-2:] == ("out", "of"):
        return True  # "excluded from model training", "kept out of it"
    if _DENYING.isdisjoint(before):
        return False
    for here in range(at - 1, max(at - _NEGATION_REACH, 0) - 1, -1):
        if text.sentences[here] != text.sentences[at] or here + 1 in text.breaks:
            return False
        if text.words[here] in _NO:
            return True
    return "without" in before and _lacks(text, at)


def _forbidden(text: Text, at: int) -> bool:
    """Whether a concept stands in what something forbids: "our agreements forbid the use of data to train"."""
    for here in range(at - 1, max(at - _FORBIDDEN_REACH, 0) - 1, -1):
        if text.sentences[here] != text.sentences[at] or here + 1 in text.breaks:
            return False
        if text.words[here] in _FORBIDS:
            return text.words[here - 1 : here] not in _NOT
    return False


_FORBIDS = frozenset(
    {
        "forbid",
        "forbids",
        "forbidding",
        "prohibit",
        "prohibits",
        "prohibiting",
        "bar",
        "bars",
        "preclude",
        "restrict",
        "restricts",
        "restricting",
        "prevent",
        "prevents",
        "preventing",
    }
)
_DENYING = _NO | _FORBIDS
_NOT = frozenset({("not",), ("never",)})
_KEPT_OUT = frozenset(
    (word,) for word in ("excluded", "exempt", "exempted", "withheld", "barred", "omitted", "excepted")
)


def _lacks(text: Text, at: int) -> bool:
    """Whether a concept stands in what is done without: "without using such transcripts to train"."""
    for here in range(at - 1, max(at - _WITHOUT_REACH, 0) - 1, -1):
        if text.sentences[here] != text.sentences[at] or here + 1 in text.breaks:
            return False
        if text.words[here] == "without":
            return text.words[here + 1].endswith("ing")
    return False


_WITHOUT_REACH, _FORBIDDEN_REACH = 8, 20
