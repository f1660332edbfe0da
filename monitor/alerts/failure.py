"""A channel that fails is told of on the others: an alert about alerts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from monitor.alerts.alert import Alert
from monitor.alerts.render.content import headline
from monitor.alerts.write import write_alert
from monitor.config import Config
from monitor.store import chain
from monitor.store.outbox import Claimed


def tell_of_refusal(
    connection: Connection, config: Config, claimed: Claimed, answer: str, now: datetime
) -> None:
    """A channel refused a message for good: what it held is told elsewhere."""
    alerts = _lost(claimed)
    if not alerts:
        return
    count = f"{len(alerts)} alerts" if len(alerts) > 1 else "an alert"
    _write(
        connection,
        config,
        Alert(
            kind="channel_failed",
            key=f"channel_failed:{claimed.channel}:{claimed.message_id}",
            at=now,
            summary=f"Channel “{claimed.channel}” refused {count}, which it will not get: {answer}.",
            lines=tuple(headline(alert) for alert in alerts),
        ),
        claimed.channel,
        now,
    )


def tell_of_outage(
    connection: Connection, config: Config, claimed: Claimed, answer: str, since: datetime, now: datetime
) -> None:
    """A channel has not taken anything for a while: said once for each outage. Its alerts wait for it."""
    if not _lost(claimed):
        return
    _write(
        connection,
        config,
        Alert(
            kind="channel_failed",
            key=f"channel_failed:{claimed.channel}:since {since.isoformat()}",
            at=now,
            summary=f"Channel “{claimed.channel}” takes no alerts; they wait and are tried again: {answer}.",
            since=since,
        ),
        claimed.channel,
        now,
    )


def _lost(claimed: Claimed) -> list[Alert]:
    """What is worth telling elsewhere: no complaint about another channel, or two would go on for ever."""
    alerts = [Alert.from_dict(body) for body in claimed.alert_bodies]
    return [alert for alert in alerts if alert.kind not in ("channel_failed", "test")]


def _write(connection: Connection, config: Config, alert: Alert, failed: str, now: datetime) -> None:
    chain.attest(connection, write_alert(connection, alert, config, now, failed=failed), now)
