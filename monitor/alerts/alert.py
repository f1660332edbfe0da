"""An alert as a value: everything a rendering needs, kept as JSON with its row, so that what is sent later
(after a restart, by another process, by a retry) says what was known when it was written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal, Self

from monitor.alerts.objection import objection
from monitor.config import Watch
from monitor.model import Comparison, Document, Event, Severity, Verdict

AlertKind = Literal[
    "change",
    "reverted",
    "blind",
    "recovered",
    "moved",
    "replaced",
    "chronic",
    "channel_failed",
    "alive",
    "reminder",
    "test",
]

CHANGES: tuple[AlertKind, ...] = ("change", "reverted", "reminder")
"""Alerts about the words of a policy; the others are about the watch or about the program."""

OWN: tuple[AlertKind, ...] = ("channel_failed", "alive", "test")
"""Alerts about the program itself: filters by vendor, topic or severity do not hold for them."""

_TUPLES = ("tags", "change_ids", "lines")


@dataclass(frozen=True, slots=True)
class Alert:
    """What people should be told. Texts are plain words, never markup."""

    kind: AlertKind
    key: str
    """What makes it the same alert: it is written once, however often its cause is worked through."""
    at: datetime
    """When it was detected (aware)."""
    summary: str
    """One sentence."""
    vendor: str | None = None
    policy: str | None = None
    """The name of the policy in the config."""
    policy_kind: str | None = None
    watch: str | None = None
    """Key of the watch, as the command line calls it."""
    url: str | None = None
    """The page."""
    owner: str | None = None
    tags: tuple[str, ...] = ()
    comparison: Comparison | None = None
    change_ids: tuple[int, ...] = ()
    """Ids to acknowledge, in the order of ``comparison.changes``."""
    comparison_id: int | None = None
    before_version_id: int | None = None
    after_version_id: int | None = None
    effective_date: str | None = None
    """ISO date, as the policy states it."""
    objection_deadline: str | None = None
    """ISO date."""
    objection_basis: str = ""
    """Where the deadline comes from, in words."""
    since: datetime | None = None
    """Of a blind watch or a failing channel: since when."""
    reason: str = ""
    lines: tuple[str, ...] = ()
    """Further plain lines: what an "I am alive" counts, what a failed channel did not deliver."""
    evidence: str | None = None
    """SHA-256 of the stored page, under which ``policy-monitor export`` finds it."""

    @property
    def severity(self) -> Severity | None:
        return self.comparison.severity if self.comparison else None

    @property
    def verdict(self) -> Verdict | None:
        return self.comparison.verdict if self.comparison else None

    @property
    def topics(self) -> tuple[str, ...]:
        """Every topic of its changes, in their order."""
        changes = self.comparison.changes if self.comparison else ()
        return tuple(dict.fromkeys(topic for change in changes for topic in change.topics))

    @property
    def subject(self) -> str:
        """``Acme · privacy``; empty for an alert about the program."""
        return " · ".join(part for part in (self.vendor, self.policy) if part)

    def as_dict(self) -> dict[str, Any]:
        """JSON, as webhooks and ``alert.body`` carry it; verdict, severity and topics stand on top too."""
        data: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        data |= {name: list(data[name]) for name in _TUPLES}
        data["at"] = self.at.isoformat()
        data["since"] = self.since.isoformat() if self.since else None
        data["comparison"] = self.comparison.as_dict() if self.comparison else None
        data |= {"verdict": self.verdict, "severity": self.severity, "topics": list(self.topics)}
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        known = {f.name: data[f.name] for f in fields(cls) if f.name in data}
        known |= {name: tuple(known[name]) for name in _TUPLES if name in known}
        known["at"] = datetime.fromisoformat(data["at"])
        known["since"] = datetime.fromisoformat(data["since"]) if data.get("since") else None
        comparison = data.get("comparison")
        known["comparison"] = Comparison.from_dict(comparison) if comparison else None
        return cls(**known)


def alerts_of(
    event: Event,
    watch: Watch,
    *,
    check_id: int,
    at: datetime,
    comparison_id: int | None = None,
    change_ids: Sequence[int] = (),
    before_version_id: int | None = None,
    after_version_id: int | None = None,
    document: Document | None = None,
    since: datetime | None = None,
    url: str | None = None,
    evidence: str | None = None,
    timezone: str = "UTC",
) -> tuple[Alert, ...]:
    """What people are told because of one look: of a change, of the watch itself, of both, of nothing.

    Args:
        event: what the look came to.
        check_id: id of the look's row; makes the alerts' keys.
        at: when the look was made.
        document: the document that was read; an objection period that it names becomes the deadline.
        since: since when the watch is blind.
        url: the final address, if it differs from the config's.
        evidence: SHA-256 of the page's bytes.
        timezone: in which the deadline's day is counted.
    """
    common: dict[str, Any] = {
        "at": at,
        "vendor": watch.vendor,
        "policy": watch.name,
        "policy_kind": watch.kind,
        "watch": watch.key,
        "url": watch.pages[0],
        "owner": watch.owner,
        "tags": watch.tags,
        "reason": event.reason,
        "evidence": evidence,
    }
    alerts = []
    if event.notice is not None:
        summary = _NOTICES[event.notice].format(policy=watch.name, url=url or watch.pages[0])
        key = f"{event.notice}:{watch.key}:{check_id}"
        alerts.append(Alert(kind=event.notice, key=key, summary=summary, since=since, **common))
    if event.alert and event.comparison is not None:
        kind: AlertKind = "reverted" if event.kind == "reverted" else "change"
        deadline = objection(event.comparison, watch, document, at=at, timezone=timezone)
        alerts.append(
            Alert(
                kind=kind,
                key=f"{kind}:{watch.key}:{check_id}",
                summary=event.comparison.summary,
                comparison=event.comparison,
                change_ids=tuple(change_ids),
                comparison_id=comparison_id,
                before_version_id=before_version_id,
                after_version_id=after_version_id,
                effective_date=event.comparison.effective_date,
                objection_deadline=deadline.day if deadline else None,
                objection_basis=deadline.basis if deadline else "",
                **common,
            )
        )
    return tuple(alerts)


_NOTICES: Mapping[str, str] = {
    "blind": "The {policy} page cannot be read any more; changes to it would go unseen.",
    "recovered": "The {policy} page can be read again.",
    "moved": "The {policy} page has moved to {url}.",
    "replaced": "The {policy} page shows something else than this policy now.",
    "chronic": "The {policy} page changes at almost every look; its alerts are held back.",
}
