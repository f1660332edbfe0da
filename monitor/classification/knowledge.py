"""The rule files, read once and kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import permutations
from typing import Any

from monitor.classification.endings import folded
from monitor.classification.lexicon import Lexicon
from monitor.classification.tables import table, word_set
from monitor.model import FINDING_KINDS, TOPICS, Severity


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one direction of a rule says."""

    kind: str
    severity: Severity
    reason: str
    worse: bool = False
    """The customer loses."""

    @classmethod
    def of(cls, rule: str, data: Mapping[str, Any]) -> Outcome:
        outcome = cls(**data)
        if outcome.kind not in FINDING_KINDS:
            raise ValueError(f"rule {rule}: unknown kind {outcome.kind!r}")
        return outcome


@dataclass(frozen=True, slots=True)
class Rule:
    """What it means when a fact comes or goes."""

    id: str
    fact: str
    comes: Outcome
    goes: Outcome
    by: frozenset[str] = frozenset()
    stance: frozenset[str] = frozenset()
    within: frozenset[str] = frozenset()
    topic: str | None = None
    named: bool = False
    """The words found tell facts apart (``iso 27001`` from ``soc 2``)."""
    modified: bool = False
    """Only where a clause was reworded: in a whole new clause the words say nothing."""


@dataclass(frozen=True, slots=True)
class ModalRule:
    """What it means when somebody must, may or must not do something new, or no longer."""

    id: str
    by: str
    force: str
    comes: Outcome
    goes: Outcome


@dataclass(frozen=True, slots=True)
class ShiftRule:
    """What it means when a statement keeps its holder and verb and changes its force."""

    id: str
    by: str
    from_: frozenset[str]
    to: frozenset[str]
    forward: Outcome
    backward: Outcome


@dataclass(frozen=True, slots=True)
class Subject:
    """What must not change unseen: any words of substance beside a concept are told."""

    id: str
    fact: str
    topic: str
    within: frozenset[str]
    unless: frozenset[str]
    """Rules that say more of it."""
    decisive: frozenset[str]
    """What words stand for that decide by themselves here: of a cap, whether it is one for each claim."""
    idle: frozenset[str]
    """What words stand for in which such sentences are said otherwise: "the courts shall have", "subject to courts"."""
    comes: Outcome
    goes: Outcome
    """What it means that such words came or went; the same where nobody can tell who gains by it."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything that the judgement knows beforehand."""

    words: Lexicon
    """All phrases, found in one pass: topics (``topic:weight``), concepts (``=concept``), places (``@sort:place``),
    asides (``~aside``) and what means the same as one word (``%word``)."""
    headings: Lexicon
    kinds_of_topic: Mapping[str, frozenset[str]]
    broad: Mapping[str, float]
    """Topics whose words stand everywhere, with the factor that their points count."""
    rules: tuple[Rule, ...]
    modal_rules: tuple[ModalRule, ...]
    shifts: tuple[ShiftRule, ...]
    scope_rules: tuple[ModalRule, ...]
    """What it means when a statement that stands covers more (``comes``) or less (``goes``)."""
    subjects: tuple[Subject, ...]
    topic_of: Mapping[str, str]
    """Concepts to the topic that their rules are made for."""
    stanced: frozenset[str]
    """Concepts of which it matters whether they are allowed, forbidden or owed."""
    named: frozenset[str]
    """Concepts whose words tell facts apart."""
    held: frozenset[str]
    """Concepts of which it matters of whom they are said."""
    vocabulary: frozenset[str]
    """Words of the language of policies: what consists of them alone is no name."""
    same_words: Mapping[str, str]
    phrase_words: Mapping[str, frozenset[str]]
    """A word and those of the phrases for it: others that stand between them count for themselves."""
    empty_words: frozenset[str]
    contact_words: frozenset[str]
    negations: Mapping[str, str]
    """Words that say no: to ``not``, ``only`` (as strong as two), ``nor`` (may repeat one), or ``not`` and a word."""
    light_words: frozenset[str]
    """Words, folded, that may come and go without moving anybody."""
    weighty_words: frozenset[str]
    """Words, folded, that matter wherever they come or go."""
    opposed: Mapping[str, frozenset[str]]
    """Words to those of which they are the opposite."""
    turning: Mapping[str, frozenset[str]]
    """The same for opposites that turn a sentence round by changing places."""
    kin: dict[str, str]
    """Words met and what they stand for; filled by use."""
    weights: Mapping[str, int]
    """Topic to its weight in a severity: 1 heavy, -1 light."""
    grave: Mapping[str, str]
    """Concepts to the topic by which a changed sentence that says them is weighed."""


@cache
def knowledge() -> Knowledge:
    """Read the rule files; the first call costs some 30 ms, later ones nothing."""
    topics, concepts, rules, wording = (table(n) for n in ("topics", "concepts", "rules", "wording"))
    entries = {f"{t}:{w}": topics[t][w] for t in topics for w in ("strong", "weak")}
    entries |= {f"={name}": phrases for name, phrases in concepts.items()}
    entries |= _places(table("places"))
    entries |= {f"~{name}": phrases for name, phrases in wording["asides"].items()}
    same_phrases: dict[str, list[str]] = {}
    for word, *phrases in wording["same_phrases"]:
        same_phrases.setdefault(word, []).extend(phrases)
    entries |= {f"%{word}": phrases for word, phrases in same_phrases.items()}
    lexicon = Lexicon(entries)
    statements = table("statements")
    empty = word_set(" ".join(wording["empty_words"]))
    parsed = tuple(_rule(data) for data in rules["rule"])
    same = _same_words(wording["same_words"])
    return Knowledge(
        words=lexicon,
        headings=Lexicon({t: topics[t]["heading"] for t in topics}),
        kinds_of_topic={t: frozenset(topics[t]["kinds"]) for t in topics},
        broad={t: topics[t]["factor"] for t in topics if "factor" in topics[t]},
        rules=parsed,
        modal_rules=tuple(_modal_rule(data) for data in rules["modal"]),
        shifts=tuple(_shift(data) for data in rules["shift"]),
        scope_rules=tuple(_modal_rule(data) for data in rules["scope"]),
        subjects=tuple(_subject(data, same) for data in rules["subject"]),
        topic_of={rule.fact: rule.topic for rule in parsed if rule.topic},
        stanced=frozenset(rule.fact for rule in parsed if rule.stance),
        named=frozenset(rule.fact for rule in parsed if rule.named),
        held=frozenset(rule.fact for rule in parsed if rule.by or rule.stance),
        vocabulary=lexicon.beginnings - word_set(" ".join(table("places")["of"].values()).replace("|", " "))
        | empty
        | word_set(" ".join(wording["same_words"]))
        | word_set(
            " ".join(
                (
                    *(line for name, line in statements["holders"].items() if name != "things"),
                    wording["contact_words"],
                )
            )
        ),
        same_words=same,
        phrase_words={
            word: word_set(" ".join(phrases).replace("|", " ").replace("?", ""))
            for word, phrases in same_phrases.items()
        },
        empty_words=empty,
        contact_words=word_set(wording["contact_words"]),
        negations=_negations(wording["negation"]),
        light_words=frozenset(same.get(word, folded(word)) for word in wording["light_words"].split()),
        weighty_words=frozenset(same.get(word, folded(word)) for word in wording["weighty_words"].split()),
        opposed=_opposed(wording["opposites"], same),
        turning=_opposed(wording["turning"], same),
        kin={},
        weights=_weights(rules["severity"]),
        grave={fact: topic for topic, facts in rules["severity"]["grave"].items() for fact in facts},
    )


def _opposed(lines: Iterable[str], same: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """What words stand for, to that for which their opposites stand: each two words of a line."""
    opposed: dict[str, set[str]] = {}
    for line in lines:
        words = [same.get(word, folded(word)) for word in line.split()]
        for one, other in permutations(words, 2):
            opposed.setdefault(one, set()).add(other)
    return {word: frozenset(others) for word, others in opposed.items()}


_OF_PLACE = "law|laws|legislation|court|courts|jurisdiction|rules|judges"


def _places(data: dict[str, Any]) -> dict[str, list[str]]:
    """Phrases for places, by ``@sort:place``; "Irish law" is one for Ireland."""
    return {
        f"@{sort}:{place}": [*phrases, *([f"{data['of'][place]} {_OF_PLACE}"] if place in data["of"] else [])]
        for sort, places in data.items()
        if sort != "of"
        for place, phrases in places.items()
    }


def _rule(data: dict[str, Any]) -> Rule:
    topic = data.get("topic")
    if topic is not None and topic not in TOPICS:
        raise ValueError(f"rule {data['id']}: unknown topic {topic!r}")
    return Rule(
        id=data["id"],
        fact=data["fact"],
        comes=Outcome.of(data["id"], data["comes"]),
        goes=Outcome.of(data["id"], data["goes"]),
        by=frozenset(data.get("by", ())),
        stance=frozenset(data.get("stance", ())),
        within=frozenset(data.get("within", ())),
        topic=topic,
        named=data.get("named", False),
        modified=data.get("modified", False),
    )


def _modal_rule(data: dict[str, Any]) -> ModalRule:
    comes, goes = (Outcome.of(data["id"], data[side]) for side in ("comes", "goes"))
    return ModalRule(data["id"], data["by"], data["force"], comes, goes)


def _shift(data: dict[str, Any]) -> ShiftRule:
    forward, backward = (Outcome.of(data["id"], data[side]) for side in ("forward", "backward"))
    return ShiftRule(
        data["id"], data["by"], frozenset(data["from"]), frozenset(data["to"]), forward, backward
    )


def _subject(data: dict[str, Any], same: Mapping[str, str]) -> Subject:
    comes, goes = (Outcome.of(data["id"], data[side]) for side in ("comes", "goes"))
    within, unless = frozenset(data["within"]), frozenset(data["unless"])
    idle = word_set(data.get("idle", ""))
    decisive = frozenset(same.get(word, folded(word)) for word in data.get("decisive", "").split())
    return Subject(data["id"], data["fact"], data["topic"], within, unless, decisive, idle, comes, goes)


def _same_words(lines: Iterable[str]) -> dict[str, str]:
    """Each word of a line, and its root where no other line has that, to the first word of its line."""
    same: dict[str, str] = {}
    roots: dict[str, set[str]] = {}
    for line in lines:
        words = line.split()
        for word in words:
            same[word] = words[0]
            roots.setdefault(folded(word), set()).add(words[0])
    return {root: min(firsts) for root, firsts in roots.items() if len(firsts) == 1} | same


def _negations(data: Mapping[str, Any]) -> dict[str, str]:
    return {
        **dict.fromkeys(data["once"].split(), "not"),
        **dict.fromkeys(data["twice"].split(), "only"),
        **dict.fromkeys(data["repeat"].split(), "nor"),
        **{word: f"not {base}" for word, base in data["inside"].items()},
    }


def _weights(data: dict[str, Any]) -> dict[str, int]:
    return dict.fromkeys(data["heavy"], 1) | dict.fromkeys(data["light"], -1)
