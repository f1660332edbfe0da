"""Alerts for tests: one like a real one, and one that is made of any words a vendor may write."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.alerts.alert import Alert
from monitor.model import Change, Comparison, Finding

AT = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
PAGE = "https://vendor.example/privacy?a=1&b=2"


def change(words: str = "backups", *, severity: str = "high", size: int = 1) -> Change:
    before, after = f"We keep {words} for 30 days." * size, f"We keep {words} for 90 days." * size
    finding = Finding(
        "period_lengthened",
        "retention",
        severity,
        words,
        "90 days",
        f"{words}: 30 days become 90.",
        "r",  # type: ignore[arg-type]
    )
    return Change(
        change="modified",
        path=("Data", words),
        label="4.2",
        before=before,
        after=after,
        words=(
            ("equal", f"We keep {words} for "),
            ("delete", f"30 days {words}" * size),
            ("insert", f"90 days {words}" * size),
            ("equal", "."),
        ),
        verdict="material",
        severity=severity,  # type: ignore[arg-type]
        topics=("retention",),
        findings=(finding,),
    )


def alert(words: str = "backups", *, number: int = 1, changes: tuple[Change, ...] | None = None) -> Alert:
    made = changes if changes is not None else (change(words), change(words, severity="low"))
    comparison = Comparison(
        "material",
        "high",
        f"Retention of {words} grows.",
        made,
        silent=True,
        notes=(words,),
        before_stated_date="2026-01-01",
        after_stated_date="2026-01-01",
        effective_date="2026-05-01",
    )
    return Alert(
        kind="change",
        key=f"change:acme/privacy:{number}",
        at=AT,
        summary=comparison.summary,
        vendor=f"Acme {words}",
        policy="privacy",
        policy_kind="privacy",
        watch="acme/privacy",
        url=PAGE,
        owner="legal@customer.example",
        tags=("crm",),
        comparison=comparison,
        change_ids=tuple(range(100, 100 + len(made))),
        comparison_id=5,
        effective_date="2026-05-01",
        objection_deadline="2026-04-03",
        objection_basis=f"30 days from detection; the policy says: “{words}”",
        reason=words,
        lines=(words,),
    )


def blind(words: str = "HTTP 503") -> Alert:
    return Alert(
        kind="blind",
        key="blind:acme/privacy:9",
        at=AT,
        summary="The privacy page cannot be read any more; changes to it would go unseen.",
        vendor="Acme",
        policy="privacy",
        watch="acme/privacy",
        url=PAGE,
        since=AT,
        reason=words,
    )
