"""Alerts become rows in the transaction of what caused them: an alert that is due is never only in memory."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.alerts.alert import Alert, alerts_of
from monitor.alerts.plan import Mute, plan
from monitor.config import Config, Watch
from monitor.model import Document, Event
from monitor.store import mutes, outbox

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from monitor.store.outcome import Committed, Outcome, Plan, Rows


def plan_look(watch: Watch, event: Event, outcome: Outcome, config: Config, now: datetime) -> Plan:
    """What writes the alerts of one look, once its rows have ids."""
    seen = outcome.sighting
    document = Document.from_dict(json.loads(seen.packed)) if seen and event.alert else None

    def write(connection: Connection, committed: Committed) -> Rows:
        alerts = alerts_of(
            event,
            watch,
            check_id=committed.check_id,
            at=outcome.ended_at,
            comparison_id=committed.comparison_id,
            change_ids=committed.change_ids,
            before_version_id=committed.before_version_id,
            after_version_id=committed.version_id,
            document=document,
            since=outcome.slot.failing_since or outcome.ended_at,
            url=outcome.pages[-1].url if outcome.pages else None,
            evidence=outcome.pages[0].validators.get("sha256") if outcome.pages else None,
            timezone=config.monitor.timezone,
        )
        rows: Rows = []
        for alert in alerts:
            rows += write_alert(
                connection, alert, config, now, watch_id=outcome.slot.watch_id, check_id=committed.check_id
            )
        return rows

    return write


def write_alert(
    connection: Connection,
    alert: Alert,
    config: Config,
    now: datetime,
    *,
    watch_id: int | None = None,
    check_id: int | None = None,
    failed: str | None = None,
) -> Rows:
    """Plan an alert and write it with its deliveries; nothing if it was written before (``alert.key``).

    Args:
        failed: the channel that it complains about.

    Returns:
        The rows that were added; the caller enters them into the chain.
    """
    muted = mutes.standing_mute(connection, watch_id, now) if watch_id is not None else None
    mute = Mute(muted.by, muted.reason, muted.until) if muted else None
    return outbox.write_alert(
        connection,
        plan(alert, config, now=now, mute=mute, failed=failed),
        key=alert.key,
        kind=alert.kind,
        summary=alert.summary,
        body=alert.as_dict(),
        created_at=now,
        severity=alert.severity,
        watch_id=watch_id,
        check_id=check_id,
        comparison_id=alert.comparison_id,
    )
