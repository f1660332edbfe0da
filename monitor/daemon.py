"""``policy-monitor run``: looks at every watch when it is due and drains the outbox, for years.

APScheduler is the ticker and nothing else: one job, no memory. Due times, leases and deliveries live in the
store, so that whatever dies, the next tick of whichever process goes on where it stopped.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from monitor.alerts import housekeeping
from monitor.alerts.outbox import Outbox
from monitor.config import Config
from monitor.errors import ConfigError, MonitorError, StateError
from monitor.evidence import retention
from monitor.fetch import Fetcher
from monitor.heap import give_back
from monitor.metrics import Metrics
from monitor.ondemand import fetch_settings, synced, tools_for
from monitor.pipeline import lease_of, look
from monitor.store import Store, watches
from monitor.store.meta import beat
from monitor.systemd import Notifier
from monitor.tools import Tools, utc_now

if TYPE_CHECKING:
    from apscheduler.events import JobExecutionEvent
    from apscheduler.job import Job

    from monitor.store.watches import Slot

log = logging.getLogger(__name__)

TICK = timedelta(seconds=1)
BEAT = timedelta(seconds=15)
"""How often the daemon proves, by a write, that it is alive."""
DRAIN = timedelta(seconds=30)
"""How long looks and messages that are under way may take after SIGTERM."""
MOST_WAITING = 10
"""Looks under way at most, as a multiple of ``concurrency``."""
REST = timedelta(seconds=15)
"""How long no look begins after one that the store did not take: a vendor is not asked for what cannot be kept."""
CLOCK_STEP = timedelta(seconds=60)
"""A wall clock that went back by more than this has been set."""


class Ticking(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """One tick after the other. However long nothing ticked, there is one to make up for it, not one a second."""

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        return now + TICK


class Daemon:
    """One run of the daemon. ``load`` reads the config again for SIGHUP."""

    def __init__(self, config: Config, load: Callable[[], Config], store: Store) -> None:
        self.config = config
        self.load = load
        self.store = store
        self.notifier = Notifier()
        self.outbox = Outbox(store, config)
        self.metrics = Metrics(config.monitor.metrics_port)
        self.stopping = asyncio.Event()
        self.hurried = asyncio.Event()
        self.looks: set[asyncio.Task[None]] = set()
        self.under_way: set[str] = set()
        """Keys of the watches that they look at."""
        self.sending: asyncio.Task[None] | None = None
        self.resting_until = float("-inf")
        self.last_beat = float("-inf")
        self.next_gc = datetime.min.replace(tzinfo=UTC)
        self.clock: tuple[float, datetime] | None = None
        self.swept = False
        self.grown = True
        """Looks may have left memory behind that nobody uses."""
        self.refills: set[asyncio.Task[None]] = set()
        self.reloads: set[asyncio.Task[None]] = set()
        self.reloading = asyncio.Lock()

    async def serve(self) -> None:
        """Run until SIGTERM or SIGINT; a second one hurries."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        loop.add_signal_handler(signal.SIGHUP, self._reload_soon)
        async with tools_for(self.config, self.store) as tools:
            self.tools = tools
            await synced(self.tools)
            scheduler = self._scheduler()
            scheduler.start()
            attending = asyncio.create_task(self.metrics.attend())
            log.info("watching %d policies", len([w for w in self.config.watches if w.enabled]))
            await self.stopping.wait()
            self.notifier.tell("STOPPING=1")
            self.winding.cancel()
            attending.cancel()
            scheduler.remove_all_jobs()
            await self._finish()
            scheduler.shutdown(wait=False)
            await self.tools.fetcher.close()
            self.outbox.close()
            self.metrics.close()

    def _scheduler(self) -> AsyncIOScheduler:
        scheduler = AsyncIOScheduler(timezone="UTC")
        job = scheduler.add_job(
            self.tick, Ticking(), next_run_time=utc_now(), max_instances=1, misfire_grace_time=None
        )
        self.winding = asyncio.create_task(_wind(job))
        scheduler.add_listener(_complain, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
        return scheduler

    async def tick(self) -> None:
        """Start what is due. Looks and messages go on beside it; a tick itself is over at once."""
        now = self.tools.now()
        try:
            await self._mind_the_clock(now)
            for slot in await self._claim(now):
                self._start(slot)
            if self.sending is None or self.sending.done():
                self.sending = asyncio.create_task(self._send())
            await self._beat(now)
            self.metrics.ticked(len(self.looks))
        except (
            MonitorError
        ) as error:  # a full disk, a locked database: no beat, and the next tick tries again
            log.error("%s", error)

    async def _claim(self, now: datetime) -> list[Slot]:
        most = self.config.monitor.concurrency * MOST_WAITING
        room = min(self.config.monitor.concurrency - self._at_work, most - len(self.looks))
        if room <= 0 or self.stopping.is_set() or monotonic() < self.resting_until:
            return []
        due = await self.tools.stored(watches.next_due_at, write=False)
        if due is None or due > now:
            self.swept = not self.looks
            return []
        self.swept = False
        claimed = await self.tools.stored(
            lambda connection: watches.claim_due(
                connection, self.store.owner, self.tools.now(), lease=lease_of(self.config), limit=room
            )
        )
        # A clock that jumped ahead ends leases of looks that go on; claiming them again has prolonged them.
        return [slot for slot in claimed if slot.key not in self.under_way]

    @property
    def _at_work(self) -> int:
        """Looks under way, but for those that a server keeps waiting: they take nobody's place, up to a bound."""
        return len(self.looks) - self.tools.fetcher.waiting

    def _start(self, slot: Slot) -> None:
        self.under_way.add(slot.key)
        self.grown = True
        task = asyncio.create_task(self._look(slot, self.tools))
        self.looks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self.looks.discard(task)
        # Where more is due than fits, the next look starts when one ends, not a tick later.
        if (
            not self.stopping.is_set()
            and not self.swept
            and self._at_work < self.config.monitor.concurrency / 2
        ):
            refill = asyncio.create_task(self._refill())
            self.refills.add(refill)
            refill.add_done_callback(self.refills.discard)

    async def _refill(self) -> None:
        with contextlib.suppress(MonitorError):
            for slot in await self._claim(self.tools.now()):
                self._start(slot)

    async def _look(self, slot: Slot, tools: Tools) -> None:
        watch = tools.config.by_key.get(slot.key)
        try:
            if watch is None:  # it left the config while it was being claimed
                await tools.stored(lambda connection: watches.release(connection, [slot]))
            else:
                result = await look(watch, slot, tools)
                if result is not None:
                    self.metrics.looked(result)
        except StateError as error:
            self.resting_until = monotonic() + REST.total_seconds()
            log.error("%s: %s", slot.key, error)
        except MonitorError as error:
            log.error("%s: %s", slot.key, error)
        except Exception:
            log.exception("%s: the look failed in a way nobody foresaw", slot.key)
        finally:
            self.under_way.discard(slot.key)

    async def _send(self) -> None:
        try:
            now = self.tools.now()
            await housekeeping(self.store, self.config, now)
            await self._let_go(now)
            await self.outbox.drain()
        except MonitorError as error:
            log.error("outbox: %s", error)
        except Exception:
            log.exception("outbox: sending failed in a way nobody foresaw")

    async def _let_go(self, now: datetime) -> None:
        """Once a day, drop raw pages of looks without news that are older than ``keep``."""
        keep = self.config.monitor.keep
        if keep is None or now < self.next_gc:
            return
        self.next_gc = now + timedelta(days=1)
        released = await asyncio.to_thread(retention.gc, self.store, keep, now=now)
        if released.pages:
            log.info("let go of %d raw pages that no version needs", released.pages)

    async def _beat(self, now: datetime) -> None:
        """Prove progress: this tick ran and the database took a write. Only that feeds systemd's watchdog."""
        if monotonic() - self.last_beat < BEAT.total_seconds():
            return
        await self.tools.stored(lambda connection: beat(connection, now))
        first = self.last_beat == float("-inf")
        self.last_beat = monotonic()
        if first:
            self.notifier.tell("READY=1")
        self.notifier.tell(f"WATCHDOG=1\nSTATUS={len(self.looks)} looks under way")
        if self.grown and not self.looks:
            self.grown = False
            give_back()

    async def _mind_the_clock(self, now: datetime) -> None:
        """A clock that was set back must not leave due times in a far future."""
        ticked = monotonic()
        if self.clock is not None:
            expected = self.clock[1] + timedelta(seconds=ticked - self.clock[0])
            if expected - now > CLOCK_STEP:
                log.warning("the clock was set back by %s: due times are brought back", expected - now)
                await synced(self.tools)
                self.next_gc = now
        self.clock = (ticked, now)

    def _reload_soon(self) -> None:
        reload = asyncio.create_task(self._reload())
        self.reloads.add(reload)
        reload.add_done_callback(self.reloads.discard)

    async def _reload(self) -> None:
        """SIGHUP: take the new config; a wrong one is refused with all its errors, the old one goes on."""
        async with self.reloading:  # what was asked for last is taken last
            self.notifier.tell("RELOADING=1")
            try:
                config = await asyncio.to_thread(self._loaded)
                settings = fetch_settings(config)
            except ConfigError as error:
                for fault in error.faults:
                    log.error("config not taken: %s", fault)
            else:
                await self._take(config, Fetcher(settings, robots_store=self.tools.robots))
                log.info("config taken: watching %d policies", len([w for w in config.watches if w.enabled]))
            finally:  # also where the store refuses: systemd waits for it
                self.notifier.tell("READY=1")

    def _loaded(self) -> Config:
        """The config, read beside the loop: ten thousand watches take half a second, and would set off the garbage
        collector, for which everything stands still."""
        gc.disable()
        try:
            config = self.load()
            gc.freeze()
        finally:
            gc.enable()
        return config

    async def _take(self, config: Config, fetcher: Fetcher) -> None:
        for key in ("state", "database", "metrics_port"):
            if getattr(config.monitor, key) != getattr(self.config.monitor, key):
                log.warning("[monitor] %s: a change of it needs a restart", key)
        before, outbox = self.tools, self.outbox
        self.config, self.outbox = config, Outbox(self.store, config)
        self.tools = replace(self.tools, config=config, fetcher=fetcher)
        self.retired = asyncio.create_task(_retire(before, set(self.looks), outbox, self.sending))
        await synced(self.tools)

    def _stop(self) -> None:
        if self.stopping.is_set():
            self.hurried.set()
        self.stopping.set()

    async def _finish(self) -> None:
        """Let what is under way end, within bounds; the rest is given back and made up for later."""
        under_way: set[asyncio.Task[None]] = {*self.looks, *({self.sending} if self.sending else ())}
        if not under_way:
            return
        log.info("stopping: waiting for %d looks and messages", len(under_way))
        hurry = asyncio.create_task(self.hurried.wait())
        ended = asyncio.create_task(asyncio.wait(under_way))
        await asyncio.wait([hurry, ended], timeout=DRAIN.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
        hurry.cancel()
        ended.cancel()
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


async def _retire(
    tools: Tools, looks: set[asyncio.Task[None]], outbox: Outbox, sending: asyncio.Task[None] | None
) -> None:
    """Close the fetcher and the outbox of an earlier config when what uses them has ended."""
    if under_way := looks | ({sending} if sending else set()):
        await asyncio.wait(under_way)
    await tools.fetcher.close()
    outbox.close()


async def _wind(job: Job) -> None:
    """The ticker goes by the wall clock: when that is set back, bring its next tick back too."""
    while True:
        await asyncio.sleep(TICK.total_seconds())
        if job.next_run_time > utc_now() + TICK * 2:
            job.modify(next_run_time=utc_now())


def _complain(event: JobExecutionEvent) -> None:
    log.warning("the ticker stumbled: %s", getattr(event, "exception", None) or "a tick came late")
