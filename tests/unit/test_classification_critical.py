"""Critical changes in wordings that the rules were not written for: none may be missed or weighed too little."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from mirror import MIRROR
from monitor.classification import compare
from monitor.extraction import extract

EVAL = Path(__file__).parents[1] / "eval"
BLIND = tomllib.loads((EVAL / "critical_blind.toml").read_text("utf-8"))
SAME = tomllib.loads((EVAL / "critical_same.toml").read_text("utf-8"))


def missing(before: str, after: str, kinds: set[str]) -> str | None:
    """What is wrong with the comparison of two clauses, None when it is severe and of the right kind."""
    documents = (extract(text.encode(), content_type="text/plain") for text in (before, after))
    found = compare(*documents)
    if found.severity != "high":
        return f"{found.verdict}, {found.severity}"
    said = {finding.kind for change in found.changes for finding in change.findings}
    return None if said & kinds else f"only {sorted(said)}"


@pytest.mark.parametrize("family", sorted(BLIND))
def test_critical_changes_are_found(family: str) -> None:
    group = BLIND[family]
    wrong = [
        (problem, after)
        for before, after in group["cases"]
        if (problem := missing(before, after, set(group["kinds"]))) is not None
    ]
    assert len(group["cases"]) >= 30
    assert len(wrong) <= 0.03 * len(group["cases"]), wrong


def _told(before: str, after: str) -> list[tuple[str, ...]]:
    documents = (extract(text.encode(), content_type="text/plain") for text in (before, after))
    findings = (finding for change in compare(*documents).changes for finding in change.findings)
    return sorted((f.rule, f.kind, f.topic, f.before, f.after) for f in findings)


@pytest.mark.parametrize("family", sorted(BLIND))
def test_read_backwards_each_finding_turns_round(family: str) -> None:
    for before, after in BLIND[family]["cases"]:
        forward, backward = _told(before, after), _told(after, before)
        turned = sorted((rule, MIRROR.get(kind, kind), topic, b, a) for rule, kind, topic, a, b in backward)
        assert forward == turned, after


def test_the_same_in_other_words_is_seldom_told() -> None:
    """The ceiling is what was measured, whole sentences in plain language included, and it only falls."""
    pairs = [pair for group in SAME.values() for pair in group["cases"]]
    told = [
        after
        for before, after in pairs
        if compare(*(extract(text.encode(), content_type="text/plain") for text in (before, after))).verdict
        == "material"
    ]
    assert len(pairs) >= 250
    assert len(told) <= 0.19 * len(pairs), told
