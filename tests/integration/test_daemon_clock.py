"""The daemon and time: each watch that is due is looked at once whatever the clock does; only progress feeds systemd.

Jumps meet the real ticker, on real sockets; changes of daylight saving time are walked through tick by tick.
"""

from __future__ import annotations

import asyncio
import socket
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import select, update

from monitor import daemon
from monitor.config import Config, Watch, parse
from monitor.daemon import Daemon
from monitor.errors import StateError
from monitor.fetch import Fetcher
from monitor.ondemand import synced, tools_for
from monitor.store import Store, checks, schema
from monitor.store.engine import DATABASE
from monitor.store.watches import Slot
from monitor.tools import Tools
from world import Site, page

NOW = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BERLIN = ZoneInfo("Europe/Berlin")


class Clock:
    """A site, a daemon on it, and a wall clock that can be set."""

    def __init__(self, folder: Path, travel: Any, **schedule: str) -> None:
        self.travel = travel
        self.site = Site()
        self.watches = [f"v{number}/privacy" for number in range(int(schedule.pop("watches", "1")))]
        vendors = []
        for key in self.watches:
            path = f"/{key.partition('/')[0]}"
            self.site.pages[path] = page()
            vendors.append({"name": path[1:], "policy": [{"kind": "privacy", "url": self.site.url(path)}]})
        self.config: Config = parse(
            {
                "monitor": {
                    "allow_private": ["127.0.0.0/8"],
                    "per_host_delay": "0s",
                    "timezone": "Europe/Berlin",
                    "concurrency": 3,
                },
                "schedule": schedule,
                "alerts": {"alive": "off"},
                "vendor": vendors,
            }
        )
        self.store = Store.open(folder)
        self.daemon = Daemon(self.config, lambda: self.config, self.store)

    def jump(self, by: timedelta) -> None:
        self.travel.shift(by)

    def looks(self) -> dict[str, list[datetime]]:
        """By watch, when it was looked at."""
        query = select(schema.watch.c.key, schema.check.c.started_at)
        query = query.join(schema.check, schema.check.c.watch_id == schema.watch.c.id)
        found: dict[str, list[datetime]] = {key: [] for key in self.watches}
        with self.store.read() as connection:
            for row in connection.execute(query.order_by(schema.check.c.id)):
                found[row.key].append(row.started_at)
        return found

    def counts(self) -> set[int]:
        return {len(times) for times in self.looks().values()}

    def due(self) -> list[datetime]:
        with self.store.read() as connection:
            return list(connection.scalars(select(schema.watch.c.next_check_at)))

    def prolonged(self) -> bool:
        with self.store.read() as connection:
            until = connection.scalars(select(schema.watch.c.lease_until)).all()
        return all(end is not None and end > datetime.now(UTC) for end in until)

    def close(self) -> None:
        self.store.close()
        self.site.close()


@pytest.fixture
def travel() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


@asynccontextmanager
async def serving(clock: Clock) -> AsyncIterator[None]:
    """The daemon as ``policy-monitor run`` runs it, with its own ticker."""
    task = asyncio.create_task(clock.daemon.serve())
    try:
        await until(lambda: clock.counts() == {1}, "the first looks")
        await until(lambda: not clock.daemon.looks, "the end of the first looks")
        yield
    finally:
        clock.daemon._stop()
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(task, 60)
        clock.close()


async def until(condition: Callable[[], object], what: str) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, f"waited in vain for: {what}"
        await asyncio.sleep(0.05)


def fed(listener: socket.socket) -> int:
    """How often the watchdog was fed since it was asked last."""
    messages = []
    with suppress(BlockingIOError):
        while True:
            messages.append(listener.recv(1000))
    return sum(message.startswith(b"WATCHDOG=1") for message in messages)


def nothing_is_due(clock: Clock) -> bool:
    return not clock.daemon.looks and min(clock.due()) > datetime.now(UTC)


@pytest.mark.parametrize("ahead", [HOUR * 2, timedelta(days=3), timedelta(days=400)], ids=str)
@pytest.mark.parametrize("how", ["jump", "stall"])
async def test_after_a_suspend_or_stall_each_watch_is_looked_at_once(
    ahead: timedelta, how: str, tmp_path: Path, travel: Any
) -> None:
    """Suspended (the loop's clock stood still), or stalled (it went on while nothing ran)."""
    clock = Clock(tmp_path, travel, watches="12", every="1h")
    async with serving(clock):
        clock.jump(ahead)
        if how == "stall":
            time.sleep(2.5)
        woken = datetime.now(UTC)
        await until(lambda: clock.counts() == {2}, "one look each")
        await until(lambda: nothing_is_due(clock), "nothing more to do")
        assert clock.counts() == {2}
        due = sorted(clock.due())
        assert len(set(due)) == 12, "the looks to come are spread"
        jitter = clock.config.watches[0].jitter
        assert due[-1] - due[0] > jitter / 2
        assert woken + HOUR - jitter <= due[0]
        assert due[-1] <= datetime.now(UTC) + HOUR + jitter


async def test_a_clock_that_jumps_during_looks_starts_none_of_them_twice(tmp_path: Path, travel: Any) -> None:
    """Every lease has run out then; the looks go on all the same, and each was one request."""
    clock = Clock(tmp_path, travel, watches="2", every="1h")
    async with serving(clock):
        clock.site.gets.clear()
        answered, answer = threading.Event(), clock.site.answer
        clock.site.answer = lambda handler: (answered.wait(60), answer(handler))  # type: ignore[method-assign]
        clock.jump(HOUR * 2)
        await until(lambda: len(clock.daemon.looks) == 2, "both looks under way")
        clock.jump(timedelta(days=1))
        await until(lambda: clock.prolonged(), "claims that were prolonged")
        answered.set()
        await until(lambda: clock.counts() == {2}, "their end")
        await until(lambda: nothing_is_due(clock), "nothing more to do")
        assert clock.counts() == {2}
        assert Counter(clock.site.gets) == Counter({"/v0": 1, "/v1": 1})


@pytest.mark.parametrize("back", [HOUR * 3, timedelta(days=40)], ids=str)
@pytest.mark.parametrize("schedule", [{"every": "1h"}, {"cron": "15 * * * *", "jitter": "3m"}], ids=str)
async def test_a_clock_that_is_set_back_neither_stops_nor_hurries_the_daemon(
    back: timedelta, schedule: dict[str, str], tmp_path: Path, travel: Any
) -> None:
    clock = Clock(tmp_path, travel, watches="12", **schedule)
    async with serving(clock):
        clock.jump(-back)
        now = datetime.now(UTC)
        await until(lambda: max(clock.due()) < now + HOUR * 1.2, "due times that are brought back")
        assert len(set(clock.due())) == 12, "and spread"
        assert clock.counts() == {1}, "nobody is looked at early"
        clock.jump(HOUR * 1.2)
        await until(lambda: clock.counts() == {2}, "one look each")
        await until(lambda: nothing_is_due(clock), "nothing more to do")
        assert clock.counts() == {2}


@pytest.mark.parametrize(
    "begin", [datetime(2026, 3, 27, 12, tzinfo=UTC), datetime(2026, 10, 23, 12, tzinfo=UTC)], ids=str
)
@pytest.mark.parametrize("jitter", ["0s", "20m"])
@pytest.mark.parametrize("cron", ["30 2 * * *", "30 3 * * *", "0 * * * *"])
async def test_daylight_saving_time_skips_no_look_and_doubles_none(
    begin: datetime, cron: str, jitter: str, tmp_path: Path, travel: Any
) -> None:
    """Three days around each change of clocks in Berlin, in steps of ten minutes."""
    clock = Clock(tmp_path, travel, cron=cron, jitter=jitter)
    travel.move_to(begin, tick=False)
    try:
        async with tools_for(clock.config, clock.store) as clock.daemon.tools:
            await synced(clock.daemon.tools)
            for step in range(3 * 24 * 6 + 1):
                travel.move_to(begin + step * timedelta(minutes=10), tick=False)
                await clock.daemon.tick()
                await asyncio.gather(*clock.daemon.looks, clock.daemon.sending)
            await clock.daemon.tools.fetcher.close()
        [times] = clock.looks().values()
    finally:
        clock.daemon.outbox.close()
        clock.daemon.metrics.close()
        clock.close()
    later = times[1:]  # the first look is made at once
    if cron.startswith("0 *"):
        hours = Counter(at.replace(minute=0) for at in later)
        expected = {begin + HOUR * number for number in range(1, 3 * 24)}
        assert expected <= hours.keys()
        assert set(hours.values()) == {1}
    else:
        days = [at.astimezone(BERLIN).date() for at in later]
        assert days == [begin.date() + timedelta(days=number) for number in (1, 2, 3)]


@pytest.mark.parametrize("trouble", ["the loop is blocked", "the database takes no write"])
async def test_only_progress_feeds_the_watchdog(
    trouble: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon, "BEAT", timedelta(seconds=0.1))
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.setblocking(False)
        clock = Clock(tmp_path / "state", None, every="1h")
        async with serving(clock):
            await until(lambda: fed(listener), "a sign of life")
            if trouble == "the loop is blocked":
                fed(listener)
                time.sleep(3)
                assert fed(listener) == 0
            else:
                with closing(sqlite3.connect(clock.store.folder / DATABASE, isolation_level=None)) as other:
                    other.execute("BEGIN IMMEDIATE")
                    await asyncio.sleep(1)  # what was on its way has arrived
                    fed(listener)
                    await asyncio.sleep(3)
                    assert fed(listener) == 0
                    other.execute("ROLLBACK")
            await until(lambda: fed(listener), "a sign of life when the trouble is over")


async def test_servers_that_keep_us_waiting_hold_up_no_other_look(
    tmp_path: Path, travel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next look begins when one ends, not a tick later, however many hang."""
    clock = Clock(tmp_path, travel, watches="12", every="1h")
    slow, answered, looked = {"v0/privacy", "v1/privacy"}, asyncio.Event(), set()

    async def look(watch: Watch, slot: Slot, tools: Tools) -> None:
        looked.add(watch.key)
        if watch.key in slow:
            await answered.wait()
        over = update(schema.watch).values(next_check_at=slot.started_at + HOUR, lease_until=None)
        await tools.stored(
            lambda connection: connection.execute(over.where(schema.watch.c.id == slot.watch_id))
        )

    monkeypatch.setattr(daemon, "look", look)
    monkeypatch.setattr(Fetcher, "waiting", property(lambda _: len(slow & clock.daemon.under_way)))
    try:
        async with tools_for(clock.config, clock.store) as clock.daemon.tools:
            await synced(clock.daemon.tools)
            clock.jump(HOUR)
            await clock.daemon.tick()
            await until(lambda: looked == set(clock.watches), "a look at each, without another tick")
            answered.set()
            await until(lambda: not clock.daemon.looks and not clock.daemon.refills, "the end of all looks")
            await clock.daemon.sending
            await clock.daemon.tools.fetcher.close()
    finally:
        clock.daemon.outbox.close()
        clock.daemon.metrics.close()
        clock.close()


async def test_no_vendor_is_asked_again_and_again_for_what_cannot_be_kept(
    tmp_path: Path, travel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk may take a claim, which is small, and refuse what came of the look."""
    clock = Clock(tmp_path, travel, watches="3", every="1h")
    async with serving(clock):
        clock.site.gets.clear()
        with monkeypatch.context() as full:
            full.setattr(checks, "commit", _refused)
            clock.jump(HOUR * 2)
            await until(lambda: len(clock.site.gets) >= 3, "looks that cannot be kept")
            for _ in range(3):
                await clock.daemon.tick()
                await asyncio.sleep(0.5)
            assert Counter(clock.site.gets) == Counter({"/v0": 1, "/v1": 1, "/v2": 1})
        clock.daemon.resting_until = 0.0  # there is room again, and some time has passed
        await until(lambda: clock.counts() == {2}, "what was made up for")


def _refused(*_: object) -> None:
    raise StateError("the disk is full")
