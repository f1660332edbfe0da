"""Each rule fires on its example, mirrors, and names itself and its words."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from mirror import MIRROR
from monitor.classification import Context, classify, compare
from monitor.classification.findings import weighed
from monitor.classification.knowledge import knowledge
from monitor.comparison import Difference
from monitor.comparison.words import redline
from monitor.model import FINDING_KINDS, SEVERITIES, TOPICS, Change, Clause, Document

HERE = Path(__file__).parent
EXAMPLES: dict[str, list[str]] = tomllib.loads((HERE / "classification_examples.toml").read_text("utf-8"))
REWORDINGS = tomllib.loads((HERE.parent / "eval" / "rewordings.toml").read_text("utf-8"))
CRITICAL = tomllib.loads((HERE.parent / "eval" / "critical.toml").read_text("utf-8"))


def judged(before: str, after: str) -> Change:
    clauses = [Clause(text) if text else None for text in (before, after)]
    kind = "modified" if before and after else "added" if after else "removed"
    return classify(Difference(kind, clauses[0], clauses[1], redline(before, after)), Context())


def test_each_rule_has_an_example() -> None:
    known = knowledge()
    kinds = known.rules, known.modal_rules, known.shifts, known.scope_rules
    ids = [rule.id for rules in kinds for rule in rules]
    assert len(ids) == len(set(ids))
    assert set(EXAMPLES) == set(ids)


@pytest.mark.parametrize("rule", sorted(EXAMPLES))
def test_a_rule_fires_on_its_example_and_backwards(rule: str) -> None:
    before, after = EXAMPLES[rule]
    forward, backward = judged(before, after), judged(after, before)
    found = [f for f in forward.findings if f.rule == rule]
    mirrored = [f for f in backward.findings if f.rule == rule]
    assert found, [f.rule for f in forward.findings]
    assert forward.verdict == backward.verdict == "material"
    assert [(MIRROR.get(f.kind, f.kind), f.before, f.after) for f in found] == [
        (f.kind, f.after, f.before) for f in mirrored
    ]
    assert all(f.before or f.after for f in found)
    assert all(f.kind in FINDING_KINDS and f.topic in TOPICS and f.reason for f in forward.findings)


@pytest.mark.parametrize("rule", sorted(EXAMPLES))
def test_a_rule_is_silent_where_nothing_changed(rule: str) -> None:
    after = EXAMPLES[rule][1]
    assert judged(after, f"{after} ").findings[0].kind == "editorial"


CASES = [(topic, before, after) for topic, group in CRITICAL.items() for before, after in group["cases"]]


def test_there_are_sixty_critical_cases() -> None:
    assert len(CASES) >= 60


@pytest.mark.parametrize(("topic", "before", "after"), CASES)
def test_critical_changes_are_found_with_kind_topic_and_high_severity(
    topic: str, before: str, after: str
) -> None:
    group = CRITICAL[topic]
    change = judged(before, after)
    high = {finding.kind for finding in change.findings if finding.severity == "high"}
    assert change.verdict == "material"
    assert change.severity == "high"
    assert high & set(group["kinds"]), [(f.rule, f.kind, f.severity) for f in change.findings]
    assert set(change.topics) & set(group.get("topics", [topic]))


@pytest.mark.parametrize(("topic", "before", "after"), CASES)
def test_critical_changes_stand_among_other_clauses(topic: str, before: str, after: str) -> None:
    rest = "We answer questions by phone.", "The service is described in its manual.", "Prices are in euros."
    documents = [
        Document(
            clauses=tuple(Clause(text) for text in (*rest[:2], text, rest[2]) if text),
            text="\n".join((*rest, text)),
        )
        for text in (before, after)
    ]
    comparison = compare(*documents)
    assert (comparison.verdict, comparison.severity) == ("material", "high")


def test_rewordings_of_substance_are_material_with_their_topic() -> None:
    missed, astray = [], []
    for before, after, topic in REWORDINGS["material"]:
        change = judged(before, after)
        if change.verdict != "material":
            missed.append(after)
        elif topic not in change.topics:
            astray.append((after, change.topics))
    assert len(missed) <= 0.05 * len(REWORDINGS["material"]), missed
    assert len(missed) + len(astray) <= 0.08 * len(REWORDINGS["material"]), (missed, astray)


@pytest.mark.parametrize(("before", "after"), REWORDINGS["decisive"])
def test_one_word_that_decides_is_material(before: str, after: str) -> None:
    assert judged(before, after).verdict == judged(after, before).verdict == "material"


def test_rewordings_of_style_are_editorial() -> None:
    wrong = [
        after for before, after in REWORDINGS["editorial"] if judged(before, after).verdict == "material"
    ]
    assert len(wrong) <= 0.06 * len(REWORDINGS["editorial"]), wrong


def test_a_heavy_topic_never_weighs_less_than_a_light_one() -> None:
    known = knowledge()
    heavy = [topic for topic in TOPICS if known.weights.get(topic, 0) > 0]
    light = [topic for topic in TOPICS if known.weights.get(topic, 0) < 0]
    plain = [topic for topic in TOPICS if topic not in known.weights]
    assert heavy
    assert light
    outcomes = [o for rule in (*known.rules, *known.modal_rules) for o in (rule.comes, rule.goes)]
    for outcome in outcomes:
        ranks = [
            {SEVERITIES.index(weighed(outcome, topic, known)) for topic in topics}
            for topics in (light, plain, heavy)
        ]
        assert max(ranks[0]) <= min(ranks[1]) <= max(ranks[1]) <= min(ranks[2])
