"""A user's own rules: what to raise, lower or ignore, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal, Self

from monitor.classification.pattern import WINDOW, unsafe
from monitor.errors import ConfigError
from monitor.model import FINDING_KINDS, POLICY_KINDS, TOPICS, Change, Finding, Severity

Action = Literal["high", "medium", "low", "ignore"]

MAX_PATTERN = 300
"""Longest regular expression of a user's rule, in characters."""
MAX_TEXT = 10_000
"""A rule sees this much of a clause, in characters."""


@dataclass(frozen=True, slots=True)
class UserRule:
    """One ``[[rule]]`` of the configuration. A rule applies when all that it names agrees."""

    action: Action
    reason: str
    match: str = ""
    """Words that must stand in a changed clause, or ``/regular expression/``; empty: any."""
    topics: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    """Policy kinds (``privacy``…) or finding kinds (``amount_changed``…)."""
    vendors: tuple[str, ...] = ()
    name: str = ""

    def __post_init__(self) -> None:
        faults = list(self.faults())
        if faults:
            raise ConfigError(faults)

    def faults(self) -> Iterable[str]:
        """What is wrong with the rule, in words for the user."""
        label = f"rule {self.name or self.match or self.reason!r}"
        for topic in self.topics:
            if topic not in TOPICS:
                yield f"{label}: unknown topic {topic!r}"
        if self.action == "ignore" and not self.reason.strip():
            yield f"{label}: a rule that ignores needs a reason"
        for kind in self.kinds:
            if kind not in POLICY_KINDS and kind not in FINDING_KINDS:
                yield f"{label}: unknown kind {kind!r}"
        if _is_expression(self.match):
            fault = unsafe(self.match[1:-1], MAX_PATTERN)
            if fault:
                yield f"{label}: {fault}"

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """A rule from its table in the configuration (``severity`` or ``ignore = true``)."""
        action: Action = "ignore" if data.get("ignore") else data.get("severity") or "high"
        return cls(
            action=action,
            reason=data.get("reason") or "",
            match=data.get("match") or "",
            topics=tuple(data.get("topics") or ()),
            kinds=tuple(data.get("kinds") or ()),
            vendors=tuple(data.get("vendors") or ()),
            name=data.get("name") or "",
        )

    @property
    def severity(self) -> Severity | None:
        return None if self.action == "ignore" else self.action

    def found_in(self, texts: Iterable[str | None]) -> str | None:
        """The words that agree with ``match`` in one of the texts; ``""`` when the rule names none."""
        if not self.match:
            return ""
        pattern = _compiled(self.match)
        for text in texts:
            found = _search(pattern, (text or "")[:MAX_TEXT])
            if found is not None:
                return found
        return None

    def applies(self, change: Change, policy_kind: str | None, vendor: str | None) -> str | None:
        """The words by which it applies to a change (``""``: by topic or kind alone), None when it does not."""
        if self.vendors and (vendor or "").casefold() not in {name.casefold() for name in self.vendors}:
            return None
        if self.topics and not set(self.topics) & set(change.topics):
            return None
        kinds = {policy_kind, *(finding.kind for finding in change.findings)}
        if self.kinds and not kinds & set(self.kinds):
            return None
        return self.found_in((change.before, change.after))


def apply_rules(
    change: Change, rules: Sequence[UserRule], policy_kind: str | None, vendor: str | None
) -> Change:
    """A judged change after the user's rules; the first that applies decides."""
    for rule in rules:
        words = rule.applies(change, policy_kind, vendor)
        if words is None:
            continue
        if rule.severity is None:
            return replace(
                change, verdict="cosmetic", severity=None, reason=f"ignored by your rule: {rule.reason}"
            )
        return replace(
            change,
            verdict="material",
            severity=rule.severity,
            findings=(_finding(rule, rule.severity, change, words), *change.findings),
            reason="",
        )
    return change


def _finding(rule: UserRule, severity: Severity, change: Change, words: str) -> Finding:
    """The user's rule as a finding, with the words that it found."""
    kind = change.findings[0].kind if change.findings else "clarification"
    had, has = (rule.found_in((text,)) or "" for text in (change.before, change.after))
    return Finding(
        kind=kind,
        topic=change.topics[0] if change.topics else "other",
        severity=severity,
        before=had,
        after=has,
        reason=f"Your rule: {rule.reason}",
        rule=f"user:{rule.name or words or ','.join(rule.topics) or 'rule'}",
    )


def _search(pattern: re.Pattern[str], text: str) -> str | None:
    """The first hit, in overlapping windows: so an expression's cost grows with the text and no faster."""
    cut = None
    for start in range(0, max(len(text) - WINDOW // 2, 1), WINDOW // 2):
        hit = pattern.search(text[start : start + WINDOW])
        if hit and start + hit.end() < len(text) and hit.end() == WINDOW:
            cut = cut or hit.group()  # it may go on in the next window
        elif hit:
            return hit.group()
    return cut


def _is_expression(match: str) -> bool:
    return len(match) > 2 and match[0] == match[-1] == "/"


@lru_cache(maxsize=256)
def _compiled(match: str) -> re.Pattern[str]:
    if _is_expression(match):
        return re.compile(match[1:-1], re.IGNORECASE)
    words = r"\s+".join(re.escape(word) for word in match.split())
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)
