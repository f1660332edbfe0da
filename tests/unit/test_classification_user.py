"""A user's own rules: they apply as written, and no expression of theirs can run away."""

from __future__ import annotations

import time

import pytest

from monitor.classification import UserRule, compare
from monitor.classification.pattern import unsafe
from monitor.classification.user import MAX_PATTERN, MAX_TEXT
from monitor.errors import ConfigError
from monitor.model import Clause, Comparison, Document


def document(*texts: str) -> Document:
    return Document(text="\n".join(texts), clauses=tuple(Clause(text) for text in texts), language="en")


BEFORE = document("We keep logs for 30 days.", "Support answers in English.")
AFTER = document("We keep logs for 60 days.", "Support answers in English and French.")


def judged(*rules: UserRule, kind: str | None = None, vendor: str | None = None) -> Comparison:
    return compare(BEFORE, AFTER, rules=rules, policy_kind=kind, vendor=vendor)


def test_a_rule_raises_what_it_finds_and_names_itself() -> None:
    comparison = judged(UserRule("high", "we sell in Quebec", match="French", name="quebec"))
    change = next(c for c in comparison.changes if "French" in (c.after or ""))
    assert (change.verdict, change.severity) == ("material", "high")
    assert change.findings[0].rule == "user:quebec"
    assert (change.findings[0].before, change.findings[0].after) == ("", "French")
    assert "we sell in Quebec" in change.findings[0].reason


def test_a_rule_lowers_a_topic() -> None:
    rule = UserRule("low", "we keep our own logs", topics=("retention",))
    assert judged(rule).changes[0].severity == "low"
    assert judged().changes[0].severity == "medium"


def test_a_rule_ignores_with_a_reason() -> None:
    comparison = judged(UserRule("ignore", "logs do not matter to us", match="logs"))
    assert comparison.changes[0].verdict == "cosmetic"
    assert comparison.changes[0].severity is None
    assert "logs do not matter to us" in comparison.changes[0].reason
    assert comparison.changes[0].findings, "what was found is still on record"


def test_the_first_rule_that_applies_decides() -> None:
    ignore, raise_ = UserRule("ignore", "quiet", match="logs"), UserRule("high", "loud", match="logs")
    assert judged(ignore, raise_).changes[0].verdict == "cosmetic"
    assert judged(raise_, ignore).changes[0].severity == "high"


@pytest.mark.parametrize(
    "rule",
    [
        UserRule("high", "other vendor", match="logs", vendors=("Beta",)),
        UserRule("high", "other kind", match="logs", kinds=("sla",)),
        UserRule("high", "other topic", match="logs", topics=("governing_law",)),
        UserRule("high", "part of a word", match="log"),
        UserRule("high", "other words", match="backups"),
    ],
)
def test_a_rule_that_does_not_agree_changes_nothing(rule: UserRule) -> None:
    assert judged(rule, kind="privacy", vendor="Alpha") == judged(kind="privacy", vendor="Alpha")


def test_a_rule_may_name_vendor_kind_and_finding() -> None:
    rule = UserRule("high", "all agree", match="LOGS", vendors=("alpha",), kinds=("period_lengthened",))
    assert judged(rule, kind="privacy", vendor="Alpha").changes[0].severity == "high"


def test_an_expression_stands_between_slashes() -> None:
    assert judged(UserRule("high", "any period", match=r"/\d+ days/")).changes[0].severity == "high"
    assert judged(UserRule("high", "words, not an expression", match=r"\d+ days")).severity == "medium"


def test_a_rule_comes_from_its_table_in_the_config() -> None:
    table = {"match": None, "topics": (), "kinds": (), "vendors": (), "severity": "low", "reason": "because"}
    assert UserRule.from_dict({**table, "ignore": False}) == UserRule("low", "because")
    assert UserRule.from_dict({**table, "severity": None, "ignore": True}).action == "ignore"


@pytest.mark.parametrize(
    ("pattern", "cure"),
    [
        ("(a+)+b", "inside a repetition"),
        ("(a|aa)*(b*)*", "inside a repetition"),
        (r"(\w+\s?)+$", "inside a repetition"),
        ("(?:a{0,99}){2,99}", "inside a repetition"),
        (".*a.*b.*c", "so many repetitions"),
        ("a{0,90}b?a{0,90}a{0,90}a{0,90}", "so many repetitions"),
        (r"(\w+) \1", "back-reference"),
        ("(unclosed", "not a regular expression"),
        ("x" * (MAX_PATTERN + 1), "longer than"),
    ],
)
def test_an_expression_that_can_run_away_is_refused_with_the_cure(pattern: str, cure: str) -> None:
    with pytest.raises(ConfigError, match=r"rule .*" + cure):
        UserRule("high", "some reason", match=f"/{pattern}/")


@pytest.mark.parametrize(
    "pattern", [r"\d{1,3} (?:days|hours)", "train.*model", "(?:sell|rent) .{0,40}data", "a+ {0,3}b"]
)
def test_an_expression_that_cannot_is_taken(pattern: str) -> None:
    assert unsafe(pattern, MAX_PATTERN) is None


def test_the_worst_expression_that_is_taken_ends_soon() -> None:
    rule = UserRule("high", "worst", match="/a*a{0,3}c/")
    started = time.process_time()
    assert rule.found_in(["a" * (3 * MAX_TEXT)]) is None
    assert time.process_time() - started < 15


def test_words_are_found_wherever_they_stand_in_a_long_clause() -> None:
    rule = UserRule("high", "some reason", match="/needle [a-z]{3,8}/")
    for at in (0, 480, 495, 505, 990, 1495, 8990):
        assert rule.found_in(["x " * (at // 2) + "needle point" + " y" * 600]) == "needle point"


def test_faults_are_told_all_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        UserRule("ignore", " ", match="/(a+)+/", topics=("privacy_stuff",), kinds=("novel",))
    assert len(error.value.faults) == 4
