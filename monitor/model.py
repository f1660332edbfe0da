"""The words of the program as values: what every stage takes and returns.

One word per thing (see ``docs/design/words.md``). Everything here is immutable, knows nothing of files,
clocks or networks, and turns into JSON by ``as_dict()``, key for key, wherever JSON leaves the program.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Literal, Self

Verdict = Literal["unchanged", "cosmetic", "editorial", "material", "suspect"]
Severity = Literal["high", "medium", "low"]
ClauseKind = Literal["heading", "paragraph", "item", "row"]
ChangeKind = Literal["added", "removed", "modified", "moved"]
WordOp = Literal["equal", "delete", "insert"]
EventKind = Literal[
    "first", "unchanged", "cosmetic", "change", "pending", "suspect", "recovered", "reverted", "muted"
]
Notice = Literal["blind", "recovered", "moved", "replaced", "chronic"]

VERDICTS: tuple[Verdict, ...] = ("unchanged", "cosmetic", "editorial", "material", "suspect")
"""Every verdict; the first four in rising weight, ``suspect`` beside the scale: this is not the policy."""

SEVERITIES: tuple[Severity, ...] = ("low", "medium", "high")
"""In rising order."""

POLICY_KINDS = (
    "privacy",
    "terms",
    "dpa",
    "subprocessors",
    "sla",
    "aup",
    "cookies",
    "api",
    "security",
    "other",
)

TOPICS = (
    "data_collection",
    "data_use",
    "data_sharing",
    "data_sale",
    "ai_training",
    "consent",
    "user_rights",
    "retention",
    "deletion",
    "security",
    "breach_notice",
    "subprocessors",
    "international_transfer",
    "children",
    "cookies_tracking",
    "law_enforcement",
    "automated_decisions",
    "liability",
    "indemnity",
    "warranty",
    "termination",
    "suspension",
    "fees_payment",
    "renewal",
    "sla_support",
    "service_changes",
    "policy_changes",
    "notice_period",
    "ip_license",
    "content_rules",
    "acceptable_use",
    "dispute_resolution",
    "governing_law",
    "audit",
    "confidentiality",
    "contracting_party",
    "contact",
    "definitions",
    "other",
)

FINDING_KINDS = (
    "obligation_weakened",
    "obligation_strengthened",
    "right_removed",
    "right_added",
    "permission_widened",
    "permission_narrowed",
    "prohibition_added",
    "prohibition_removed",
    "period_shortened",
    "period_lengthened",
    "amount_changed",
    "threshold_changed",
    "party_added",
    "party_removed",
    "party_changed",
    "jurisdiction_changed",
    "scope_widened",
    "scope_narrowed",
    "clause_added",
    "clause_removed",
    "date_changed",
    "clarification",
    "editorial",
)

DECISIONS = ("acknowledged", "accepted", "objected", "escalated", "not_relevant")
"""What a person may decide about a change."""

PROBLEMS = (
    "error_page",
    "block_page",
    "sign_in_page",
    "consent_wall",
    "empty",
    "shell",
    "redirect_stub",
    "home_page",
    "parked",
    "maintenance",
    "not_text",
    "scanned",
    "unreadable",
)
"""Why a page is not a policy (``Document.problem``)."""

RULES_VERSION = "7"
"""Changes whenever the same two texts could be judged differently; stored with every comparison."""


def worst(severities: list[Severity]) -> Severity | None:
    """The highest of some severities, None of none."""
    return max(severities, key=SEVERITIES.index, default=None)


@dataclass(frozen=True, slots=True)
class Clause:
    """The smallest unit with legal meaning, in reading order. A heading is a clause of its own kind."""

    text: str
    """The words, as shown, without the label; one line."""
    path: tuple[str, ...] = ()
    """The headings above it, outermost first; of several documents on a page, the document's title leads."""
    label: str = ""
    """``7.2(b)``, ``iv.``, ``·``: what numbers or marks it, as shown."""
    kind: ClauseKind = "paragraph"
    links: tuple[str, ...] = ()
    """Link targets in it, normalised: absolute where the page's address is known, without tracking parts."""
    lead: str = ""
    """Of a list item: the sentence that the list completes ("We share data with:")."""
    cells: tuple[tuple[str, str], ...] = ()
    """Of a table row or record: (column name, value) in the page's order."""
    linked: bool = False
    """All its words are link or button text: an entry of a menu, a table of contents, a list of articles."""

    def as_dict(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "path": list(self.path),
            "label": self.label,
            "kind": self.kind,
            "links": list(self.links),
            "lead": self.lead,
            "cells": [list(cell) for cell in self.cells],
            "linked": self.linked,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            text=data["text"],
            path=tuple(data["path"]),
            label=data["label"],
            kind=data["kind"],
            links=tuple(data["links"]),
            lead=data["lead"],
            cells=tuple((name, value) for name, value in data["cells"]),
            linked=data.get("linked", False),
        )


@dataclass(frozen=True, slots=True)
class Document:
    """What extraction made of one page."""

    title: str = ""
    text: str = ""
    """Reading order, one block a line, words only (labels included where the page shows them as text)."""
    clauses: tuple[Clause, ...] = ()
    language: str | None = None
    """ISO 639-1 code, None when it cannot be told."""
    stated_date: str | None = None
    """"Last updated" as the page states it: ISO date."""
    effective_date: str | None = None
    """From when it applies, as the page states it: ISO date."""
    date_note: str | None = None
    """What is doubtful about the dates ("10/07/21 may be 10 July or 7 October")."""
    problem: str | None = None
    """None, or why this is no policy: one of ``PROBLEMS``."""
    problem_reason: str | None = None
    """The phrase or figure that decided."""
    url: str | None = None
    """Where the page came from, after redirects, if known."""

    def as_dict(self) -> dict[str, Any]:
        data = {f.name: getattr(self, f.name) for f in fields(self)}
        data["clauses"] = [clause.as_dict() for clause in self.clauses]
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        known = {f.name: data[f.name] for f in fields(cls) if f.name in data}
        known["clauses"] = tuple(Clause.from_dict(clause) for clause in data["clauses"])
        return cls(**known)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A document that was read, packed to be kept."""

    key: str
    """Identity of its words: ``monitor.comparison.text_key``."""
    packed: bytes
    """Canonical JSON of ``Document.as_dict()``."""
    text_sha256: str
    title: str
    stated_date: str | None
    effective_date: str | None
    extractor: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason why a change matters."""

    kind: str
    """One of ``FINDING_KINDS``."""
    topic: str
    severity: Severity
    before: str
    after: str
    reason: str
    """One sentence for people."""
    rule: str
    """Id of the rule that fired, traceable to the rule files."""

    def as_dict(self) -> dict[str, Any]:
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{f.name: data[f.name] for f in fields(cls)})


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one clause between two versions."""

    change: ChangeKind
    path: tuple[str, ...]
    label: str
    before: str | None
    after: str | None
    words: tuple[tuple[WordOp, str], ...] = ()
    verdict: Verdict = "material"
    severity: Severity | None = None
    topics: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    """Why a cosmetic or editorial change is only that; empty for a material one, whose findings speak."""

    @property
    def telling(self) -> tuple[Finding, ...]:
        """The findings to show: that words changed at all is said only where nothing more can be."""
        return tuple(one for one in self.findings if one.rule != "wording") or self.findings

    def as_dict(self) -> dict[str, Any]:
        return {
            "change": self.change,
            "path": list(self.path),
            "label": self.label,
            "before": self.before,
            "after": self.after,
            "words": [list(word) for word in self.words],
            "verdict": self.verdict,
            "severity": self.severity,
            "topics": list(self.topics),
            "findings": [finding.as_dict() for finding in self.findings],
            "reason": self.reason,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            change=data["change"],
            path=tuple(data["path"]),
            label=data["label"],
            before=data["before"],
            after=data["after"],
            words=tuple((op, text) for op, text in data["words"]),
            verdict=data["verdict"],
            severity=data["severity"],
            topics=tuple(data["topics"]),
            findings=tuple(Finding.from_dict(finding) for finding in data["findings"]),
            reason=data["reason"],
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """What happened between two documents of one policy."""

    verdict: Verdict
    severity: Severity | None
    """None when not material."""
    summary: str
    """One sentence a lawyer understands."""
    changes: tuple[Change, ...] = ()
    silent: bool = False
    """Words changed, the stated date did not."""
    reason: str = ""
    """Of a suspect or unchanged comparison: what decided."""
    notes: tuple[str, ...] = ()
    """What a reader should know about the comparison itself ("rules cover English; this policy is French")."""
    before_stated_date: str | None = None
    after_stated_date: str | None = None
    effective_date: str | None = None

    def as_dict(self) -> dict[str, Any]:
        data = {f.name: getattr(self, f.name) for f in fields(self)}
        data["changes"] = [change.as_dict() for change in self.changes]
        data["notes"] = list(self.notes)
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        known = {f.name: data[f.name] for f in fields(cls) if f.name in data}
        known["changes"] = tuple(Change.from_dict(change) for change in data["changes"])
        known["notes"] = tuple(data.get("notes", ()))
        return cls(**known)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The raw bytes of one response."""

    body: bytes
    fetched_at: datetime
    """Aware; naive times are taken as UTC."""
    url: str | None = None
    """The final address."""
    content_type: str = "text/html"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """What of the configuration decides about alerts in a replay; the defaults are the default config's."""

    confirm: str = "10m"
    """How long a new text must stand before people are told: a span, ``0s`` (at once) or ``next`` (next look)."""
    min_verdict: Verdict = "editorial"
    min_severity: Severity = "low"
    failure_after: int = 3
    """Looks in a row that could not be read before people are told that the watch is blind."""
    select: str | None = None
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """What one look came to, judged against history."""

    kind: EventKind
    alert: bool
    """People are told of a change of the policy because of this look, at once or in their next digest."""
    notice: Notice | None
    """What they are told about the watch itself."""
    comparison: Comparison | None
    """With the last version they know; None where nothing was compared."""
    reason: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "alert": self.alert,
            "notice": self.notice,
            "comparison": self.comparison.as_dict() if self.comparison else None,
            "reason": self.reason,
        }
