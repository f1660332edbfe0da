"""Who is told, when: one row for every channel, to be sent or stopped by a rule that is named. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from monitor.alerts.alert import CHANGES, OWN, Alert
from monitor.config import ChannelTable, Config
from monitor.model import SEVERITIES, VERDICTS

NO_CHANNEL = "(none)"
"""Stands for the channel in the row that says that no channel is configured."""

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DIGEST = re.compile(r"(?P<every>daily|weekly)(?: (?P<day>[a-z]+))?(?: (?P<hour>\d\d):(?P<minute>\d\d))?")


@dataclass(frozen=True, slots=True)
class Mute:
    """A user's decision not to be told of a watch for a while."""

    by: str
    reason: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """What becomes of an alert on one channel."""

    channel: str
    status: Literal["pending", "stopped"]
    due_at: datetime
    digest: str | None = None
    """What shares channel and digest goes out as one message."""
    reason: str | None = None
    """Of a stopped one: the rule that stopped it."""


def plan(
    alert: Alert, config: Config, *, now: datetime, mute: Mute | None = None, failed: str | None = None
) -> tuple[Planned, ...]:
    """Route an alert.

    Args:
        mute: the standing mute of the alert's watch, if there is one.
        failed: the channel that this alert complains about; it is not told.

    Returns:
        One ``Planned`` for each channel of the config, in its order.
    """
    if not config.channel:
        return (Planned(NO_CHANNEL, "stopped", now, reason="the config has no [[channel]]"),)
    return tuple(_planned(alert, channel, config, now, mute, failed) for channel in config.channel)


def _planned(
    alert: Alert, channel: ChannelTable, config: Config, now: datetime, mute: Mute | None, failed: str | None
) -> Planned:
    if channel.name == failed:
        return Planned(channel.name, "stopped", now, reason="this is the channel that failed")
    reason = next(_stops(alert, channel, config, mute), None)
    if reason is not None:
        return Planned(channel.name, "stopped", now, reason=reason)
    zone = ZoneInfo(config.monitor.timezone)
    digest = channel.digest or config.alerts.digest
    if digest != "off" and alert.kind not in OWN:
        due = next_slot(digest, now, zone)
        return Planned(channel.name, "pending", due, digest=f"{digest} {due.isoformat()}")
    quiet = channel.quiet_hours or config.alerts.quiet_hours
    if quiet and alert.severity != "high" and alert.kind != "test":
        due = after_quiet(quiet, now, zone)
        if due > now:
            return Planned(channel.name, "pending", due, digest=f"quiet hours {due.isoformat()}")
    return Planned(channel.name, "pending", now)


def _stops(alert: Alert, channel: ChannelTable, config: Config, mute: Mute | None) -> Iterator[str]:
    """The rules that keep an alert from a channel, in words."""
    if alert.kind in OWN:
        return
    if mute is not None:
        end = f" until {mute.until.isoformat(timespec='minutes')}" if mute.until else ""
        yield f"muted{end} by {mute.by}" + (f": {mute.reason}" if mute.reason else "")
    for what, wanted, have in (
        ("vendors", channel.vendors, (alert.vendor,)),
        ("tags", channel.tags, alert.tags),
        ("owners", channel.owners, (alert.owner,)),
        ("kinds", channel.kinds, (alert.policy_kind,)),
    ):
        if wanted and not set(wanted) & set(have):
            yield f"the channel's {what} are {', '.join(wanted)}"
    if alert.kind in CHANGES and alert.comparison is not None:
        yield from _too_light(alert, channel, config)


def _too_light(alert: Alert, channel: ChannelTable, config: Config) -> Iterator[str]:
    verdict = channel.min_verdict or config.alerts.min_verdict
    if alert.verdict is not None and VERDICTS.index(alert.verdict) < VERDICTS.index(verdict):
        yield f"the verdict is {alert.verdict}, min_verdict is {verdict}"
    severity = channel.min_severity or config.alerts.min_severity
    if alert.severity is not None and SEVERITIES.index(alert.severity) < SEVERITIES.index(severity):
        yield f"the severity is {alert.severity}, min_severity is {severity}"
    if alert.severity is None and channel.min_severity not in (None, "low"):
        yield f"a change without severity, and the channel's min_severity is {channel.min_severity}"
    if channel.topics and not set(channel.topics) & set(alert.topics):
        yield f"the channel's topics are {', '.join(channel.topics)}"


def next_slot(digest: str, now: datetime, zone: ZoneInfo) -> datetime:
    """When the next digest is due, in UTC: strictly after ``now``.

    ``daily`` and ``weekly`` mean 08:00 on the clock on the wall, also where the clock is put forward or back.
    """
    match = _DIGEST.fullmatch(digest)
    if match is None:
        raise ValueError(f"no digest: {digest!r}")
    at = time(int(match["hour"] or 8), int(match["minute"] or 0))
    day = now.astimezone(zone).date()
    for ahead in range(9):
        date = day + timedelta(days=ahead)
        if match["every"] == "weekly" and date.weekday() != _WEEKDAYS.index(match["day"] or "monday"):
            continue
        slot = datetime.combine(date, at, zone).astimezone(UTC)
        if slot > now:
            return slot
    raise AssertionError("a week has seven days")


def after_quiet(quiet: str, now: datetime, zone: ZoneInfo) -> datetime:
    """``now``, or the end of the quiet hours that it falls into (``20:00-07:00``; the end is not quiet)."""
    begin, end = (time.fromisoformat(part) for part in quiet.split("-"))
    local = now.astimezone(zone)
    clock = local.time()
    inside = begin <= clock < end if begin < end else (clock >= begin or clock < end)
    if not inside or begin == end:
        return now
    day = local.date() + timedelta(days=1 if begin > end and clock >= begin else 0)
    return max(now, datetime.combine(day, end, zone).astimezone(UTC))
