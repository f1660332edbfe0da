"""When a watch is due next. Pure: times in, a time out; spread by the watch's key, never by chance."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from monitor.config import Watch

FIRST_RETRY = timedelta(minutes=10)
LONGEST_RETRY = timedelta(days=1)


def next_due(
    watch: Watch,
    *,
    now: datetime,
    timezone: str,
    failures: int = 0,
    look_again: datetime | None = None,
    retry_after: float | None = None,
) -> datetime:
    """The next time to look at a watch.

    Args:
        watch: its ``every`` or ``cron``, and ``jitter``.
        now: when the present look ended; slots that passed meanwhile are made up for by that one look.
        timezone: IANA name that ``cron`` is read in.
        failures: looks in a row that could not be read; the first retries come soon, then ever later.
        look_again: when a confirming look is wanted, if earlier.
        retry_after: seconds that the server asked us to stay away.
    """
    if watch.cron:
        due = _cron_after(watch.cron, now, timezone) + _spread(watch, now, watch.jitter)
    else:
        due = now + watch.every + _spread(watch, now, watch.jitter * 2) - watch.jitter
    if failures:
        due = min(due, now + FIRST_RETRY) if failures == 1 else now + _back_off(watch, failures)
    if look_again is not None:
        due = min(due, max(look_again, now))
    if retry_after is not None:
        due = max(due, now + timedelta(seconds=min(retry_after, LONGEST_RETRY.total_seconds())))
    return max(due, now + timedelta(milliseconds=100))


def first_due(watch: Watch, *, now: datetime) -> datetime:
    """When a watch that was never looked at is due: soon, but not all of a thousand at once."""
    return now + _spread(watch, now, min(watch.every, timedelta(seconds=30)) / 10)


def _back_off(watch: Watch, failures: int) -> timedelta:
    soon = min(watch.every, FIRST_RETRY)
    latest = max(watch.every, min(watch.every * 4, LONGEST_RETRY))
    return min(soon * (1 << min(failures - 1, 16)), latest)


def _spread(watch: Watch, now: datetime, width: timedelta) -> timedelta:
    """A share of ``width`` that differs between watches and from slot to slot."""
    digest = sha256(f"{watch.key} {now.timestamp():.3f}".encode()).digest()
    share = int.from_bytes(digest[:4], "big") / 2**32
    return timedelta(seconds=width.total_seconds() * share)


def _cron_after(expression: str, now: datetime, timezone: str) -> datetime:
    from apscheduler.triggers.cron import CronTrigger

    trigger = CronTrigger.from_crontab(expression, timezone=ZoneInfo(timezone))
    due: datetime | None = trigger.get_next_fire_time(None, now + timedelta(microseconds=1))
    # When clocks are put back an hour comes twice; an hour that was asked for by name is meant once.
    while due is not None and due.fold and "*" not in expression.split()[1]:
        due = trigger.get_next_fire_time(None, due.astimezone(UTC) + timedelta(minutes=1))
    # An expression such as 31 February never fires; look once a year rather than never.
    return due.astimezone(now.tzinfo) if due else now + timedelta(days=365)
