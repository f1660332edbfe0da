"""Looking now, beside the daemon or without one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from time import monotonic

from sqlalchemy import Connection

from monitor.config import Config, Watch
from monitor.fetch import Fetcher, FetchSettings
from monitor.fetch.robots import RobotsMemory
from monitor.pipeline import Result, lease_of, look_all
from monitor.schedule import first_due, next_due
from monitor.store import Store, outbox, robots, watches
from monitor.store.desk import Desk
from monitor.store.watches import Slot
from monitor.tools import Tools
from monitor.workers import Workers

BATCH = 256
"""Watches that are claimed in one transaction."""
BUSY_POLL = 0.2  # seconds between tries to claim a watch that another process is at work on


def fetch_settings(config: Config) -> FetchSettings:
    monitor = config.monitor
    return FetchSettings(
        user_agent=monitor.user_agent,
        timeout=monitor.timeout.total_seconds(),
        max_wire_bytes=monitor.max_bytes,
        max_bytes=monitor.max_bytes,
        concurrency=monitor.concurrency,
        per_host_delay=monitor.per_host_delay.total_seconds(),
        allow_private=monitor.allow_private,
        robots=monitor.robots,
        proxy=monitor.proxy.resolve(config.folder) if monitor.proxy else None,
        ca_file=str(config.folder / monitor.ca_file) if monitor.ca_file else None,
        language=monitor.language or "en",
    )


@asynccontextmanager
async def tools_for(config: Config, store: Store, *, alerts: bool = True) -> AsyncIterator[Tools]:
    """Fetcher, worker processes and store of one run, closed in the right order."""
    with store.read() as connection:
        known = robots.load(connection)
    asked = RobotsMemory(known)
    fetcher = Fetcher(fetch_settings(config), robots_store=asked)
    async with fetcher, Workers() as workers:
        tools = Tools(config, store, Desk(store), fetcher, workers, asked, alerts=alerts)
        try:
            yield tools
        finally:
            new = {origin: entry for origin, entry in asked.items() if known.get(origin) != entry}
            if new:
                await tools.stored(partial(robots.save, entries=new))
            tools.desk.close()


async def synced(tools: Tools) -> None:
    """Make the stored watches agree with the config."""
    now, wanted, timezone = tools.now(), tools.config.watches, tools.config.monitor.timezone

    def work(connection: Connection) -> None:
        watches.sync(connection, wanted, now, lambda watch: first_due(watch, now=now))
        watches.pull_forward(connection, wanted, lambda watch: next_due(watch, now=now, timezone=timezone))
        outbox.pull_forward(connection, now)

    await tools.stored(work)


async def check_now(
    config: Config,
    store: Store,
    wanted: Sequence[Watch],
    *,
    alerts: bool = True,
    done: Callable[[Result], None] | None = None,
) -> list[Result]:
    """Look at some watches now, and send what is due.

    A watch that another process is looking at is waited for, then looked at: never twice at once.
    """
    async with tools_for(config, store, alerts=alerts) as tools:
        await synced(tools)
        results = await _looked_at({watch.key: watch for watch in wanted}, tools, done)
        if alerts and config.channel:
            from monitor.alerts.outbox import drain

            await drain(store, config)
        return results


async def _looked_at(
    wanted: dict[str, Watch], tools: Tools, done: Callable[[Result], None] | None
) -> list[Result]:
    """Claim and look, a batch at a time, until every watch was looked at or its holder is overdue."""
    lease = lease_of(tools.config) * (1 + BATCH // tools.config.monitor.concurrency)
    results: list[Result] = []
    left = list(wanted)
    deadline = monotonic() + lease.total_seconds()
    while left and monotonic() < deadline:
        keys = left[:BATCH]
        slots = await tools.stored(partial(_claim, keys=keys, tools=tools, lease=lease))
        claimed = {slot.key for slot in slots}
        # Those that another process is at work on come last: by then it may be through with them.
        left = [key for key in left[BATCH:] if key not in claimed] + [k for k in keys if k not in claimed]
        results += await look_all(slots, wanted, tools, done)
        if slots:
            deadline = monotonic() + lease.total_seconds()
        elif left:
            await asyncio.sleep(BUSY_POLL)
    return results


def _claim(connection: Connection, keys: Sequence[str], tools: Tools, lease: timedelta) -> list[Slot]:
    """A look begins when it is claimed: the time is taken once the database is ours, not while waiting for it."""
    return watches.claim(connection, keys, tools.store.owner, tools.now(), lease=lease)
