"""What is told without a look: the regular sign of life, reminders, and the ping that a dead man would not send."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from monitor.alerts.alert import Alert
from monitor.alerts.plan import next_slot
from monitor.alerts.write import write_alert
from monitor.config import Config
from monitor.errors import MonitorError
from monitor.store import Store, chain, deliveries, history, outbox, reviews, watches

log = logging.getLogger(__name__)

PERIOD = timedelta(seconds=60)
"""How often it is looked whether something is to be told."""
FORGOTTEN = timedelta(days=30)
"""What nobody acknowledged for so long after its reminder was due is not reminded of any more."""
CATCH_UP = timedelta(days=3)
"""A sign of life that came due while the program stood still is made up for within this."""

_last: WeakKeyDictionary[Store, tuple[datetime, int]] = WeakKeyDictionary()
"""By store, when it was looked last, and the check up to which was pinged; a new process begins anew."""


async def housekeeping(store: Store, config: Config, now: datetime) -> None:
    """Write the alerts that time brings, and ping; cheap to call at every tick."""
    last, pinged = _last.get(store, (None, 0))
    if last is not None and abs(now - last) < PERIOD:
        return
    _last[store] = (now, pinged)
    swept = await asyncio.to_thread(_written, store, config, now)
    if config.monitor.ping_url is not None and swept is not None and swept > pinged:
        await _ping(config)
        _last[store] = (now, swept)


def _written(store: Store, config: Config, now: datetime) -> int | None:
    """Writes what is due; returns the last check if a sweep is complete, None while some watch is due."""
    with store.read() as connection:
        alive = _alive(connection, config, now)
        reminders = _reminders(connection, config, now)
        due = watches.next_due_at(connection)
        last = history.last_check(connection)
    if alive is not None or reminders:
        with store.write() as connection:
            rows = [] if alive is None else write_alert(connection, alive, config, now)
            for reminder, watch_id in reminders:
                rows += write_alert(connection, reminder, config, now, watch_id=watch_id)
            chain.attest(connection, rows, now)
    return last if due is None or due > now else None


def _alive(connection: Connection, config: Config, now: datetime) -> Alert | None:
    """The sign of life whose time has come since the last one, if it was not written yet."""
    if config.alerts.alive == "off":
        return None
    zone = ZoneInfo(config.monitor.timezone)
    period = timedelta(days=7 if config.alerts.alive.startswith("weekly") else 1)
    slot = next_slot(config.alerts.alive, now - period, zone)
    key = f"alive:{slot.isoformat()}"
    if slot > now or now - slot > CATCH_UP or outbox.alert_exists(connection, key):
        return None
    first = history.first_check_at(connection)
    if first is None or first > slot:
        return None  # there was nothing to be alive for
    since = slot - period
    enabled = {watch.key for watch in config.watches if watch.enabled}
    rows = [row for row in watches.all_watches(connection) if row.key in enabled]
    blind = [row for row in rows if row.failures >= config.alerts.failure_after]
    checks = history.checks_since(connection, since)
    changes = deliveries.changes_told_since(connection, since)
    sequence, head = chain.head(connection)
    return Alert(
        kind="alive",
        key=key,
        at=now,
        summary=f"{_count(len(rows), 'policy', 'policies')}, {_count(checks, 'check')}, {_count(changes, 'change')}"
        f" since {since:%Y-%m-%d}; {f'{len(blind)} cannot be read' if blind else 'all can be read'}.",
        lines=(*map(_blind_line, blind), f"Evidence chain: record {sequence}, {head}"),
    )


def _blind_line(row: Any) -> str:
    since = f" since {row.failing_since:%Y-%m-%d %H:%M} UTC" if row.failing_since else ""
    return f"Blind: {row.key}, {_count(row.failures, 'look')} failed{since}"


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _reminders(connection: Connection, config: Config, now: datetime) -> list[tuple[Alert, int | None]]:
    """One reminder for each material change that nobody has acknowledged in time."""
    wait = config.alerts.remind_after
    if wait is None:
        return []
    found = []
    for row in reviews.unreviewed(connection, now - wait - FORGOTTEN, now - wait):
        key = f"reminder:{row.key}"
        if not outbox.alert_exists(connection, key):
            told = Alert.from_dict(row.body)
            summary = f"Not acknowledged since {told.at:%Y-%m-%d}: {told.summary}"
            found.append((replace(told, kind="reminder", key=key, summary=summary), row.watch_id))
    return found


async def _ping(config: Config) -> None:
    """Tell a dead-man's switch that a sweep is complete; that it cannot be told is only worth a log line."""
    from monitor.alerts.channels.web import Receiver, post

    secret = config.monitor.ping_url
    try:
        url = secret.resolve(config.folder) if secret else ""
        await post(Receiver(url, method="GET", timeout=5.0), b"")
    except MonitorError as error:
        log.warning("ping_url: %s", error)
