"""What a channel is tried with: an alert that looks like a real one, and a stored change made one again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from monitor.alerts.alert import Alert, alerts_of
from monitor.config import Config
from monitor.model import Change, Comparison, Event, Finding
from monitor.store import deliveries, versions
from monitor.store.schema import change, check, comparison, watch


def example(channel: str, at: datetime) -> Alert:
    """An invented alert, marked as a test."""
    finding = Finding(
        kind="period_shortened",
        topic="notice_period",
        severity="high",
        before="30 days",
        after="10 days",
        reason="Notice of changes shrinks from 30 to 10 days.",
        rule="example",
    )
    changed = Change(
        change="modified",
        path=("Changes to this policy",),
        label="9.1",
        before="We tell you of changes 30 days before they apply.",
        after="We tell you of changes 10 days before they apply.",
        words=(
            ("equal", "We tell you of changes "),
            ("delete", "30"),
            ("insert", "10"),
            ("equal", " days before they apply."),
        ),
        verdict="material",
        severity="high",
        topics=("notice_period",),
        findings=(finding,),
    )
    summary = f"Channel “{channel}” works. This is what an alert looks like; nothing has changed."
    return Alert(
        kind="test",
        key=f"test:{channel}:{at.isoformat()}",
        at=at,
        summary=summary,
        vendor="Example vendor",
        policy="terms",
        comparison=Comparison("material", "high", summary, (changed,)),
    )


def alert_of_stored(connection: Connection, change_id: int, config: Config) -> Alert | None:
    """The alert that told of a change, or that would have; None if there is no such change, or watch."""
    row = deliveries.alert_of_change(connection, change_id)
    if row is not None:
        return Alert.from_dict(row.body)
    found = connection.execute(
        select(comparison, watch.c.key)
        .join(change, change.c.comparison_id == comparison.c.id)
        .join(watch, watch.c.id == comparison.c.watch_id)
        .where(change.c.id == change_id)
    ).first()
    order = next((one for one in config.watches if found is not None and one.key == found.key), None)
    if found is None or order is None:
        return None
    stored = versions.stored_comparison(connection, found.id)
    at = connection.execute(select(check.c.ended_at).where(check.c.id == found.check_id)).scalar_one()
    [alert] = alerts_of(
        Event("change", alert=True, notice=None, comparison=stored, reason=""),
        order,
        check_id=found.check_id,
        at=at,
        comparison_id=found.id,
        change_ids=versions.change_ids(connection, found.id),
        before_version_id=found.before_version_id,
        after_version_id=found.after_version_id,
        timezone=config.monitor.timezone,
    )
    return alert
