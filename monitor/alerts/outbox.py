"""The outbox: claim, render, send, mark. In this order, because a mark before a send is an alert lost.

Every channel has its own loop, so a dead one never delays another. Any number of processes may drain the same
outbox. The database is only touched in short transactions, never while something is under way to a receiver.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection

from monitor.alerts.alert import Alert
from monitor.alerts.channels import Channel, open_channel
from monitor.alerts.failure import tell_of_outage, tell_of_refusal
from monitor.alerts.render import Message
from monitor.config import Config
from monitor.errors import ConfigError, SendError
from monitor.store import Store, outbox
from monitor.store.outbox import Claimed

log = logging.getLogger(__name__)
T = TypeVar("T")

SEND_SECONDS = 60
"""A message that takes longer has failed; shorter than a lease."""
POLL_SECONDS = 1.0
FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=14)
OUTAGE_AFTER = 8
"""Failures in a row (about a quarter of an hour) after which other channels are told of it."""


@dataclass(slots=True)
class Drained:
    """What came of a round: how many alerts went which way."""

    delivered: int = 0
    failed: int = 0
    dead: int = 0


@dataclass(slots=True)
class Outbox:
    """What draining needs of the world; the last fields are what tests replace."""

    store: Store
    config: Config
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    opener: Callable[[str], Channel] | None = None
    lease: timedelta = outbox.LEASE
    channels: dict[str, Channel] = field(default_factory=dict)
    _desk: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "outbox"))

    async def stored(self, work: Callable[[Connection], T], *, write: bool = True) -> T:
        """One transaction, in a thread of its own: a slow disk never stops the loop."""

        def run() -> T:
            with self.store.write() if write else self.store.read() as connection:
                return work(connection)

        return await asyncio.get_running_loop().run_in_executor(self._desk, run)

    def channel(self, name: str) -> Channel:
        """The channel of a name, opened once.

        Raises:
            ConfigError: there is none, or its address cannot be had.
        """
        if name not in self.channels:
            if self.opener is not None:
                self.channels[name] = self.opener(name)
            else:
                table = next((table for table in self.config.channel if table.name == name), None)
                if table is None:
                    raise ConfigError([f'the config has no [[channel]] "{name}"'])
                self.channels[name] = open_channel(table, self.config)
        return self.channels[name]

    async def _opened(self, name: str) -> Channel:
        """As ``channel``, in the outbox's thread: the libraries of a sender take a second to load."""
        if name in self.channels:
            return self.channels[name]
        return await asyncio.get_running_loop().run_in_executor(self._desk, self.channel, name)

    async def drain(self) -> Drained:
        """Send everything that is due now; what fails is due again later."""
        drained = Drained()
        running: dict[str, asyncio.Task[None]] = {}
        faults: list[BaseException] = []  # the database's; what is under way elsewhere still ends in peace
        try:
            while True:
                for name in await self._due() if not faults else ():
                    if name not in running:
                        running[name] = asyncio.create_task(self._drain_channel(name, drained))
                if running:
                    # While one channel hangs, the others take what comes due meanwhile.
                    done, _ = await asyncio.wait(running.values(), timeout=POLL_SECONDS)
                    faults += [error for task in done if (error := task.exception()) is not None]
                    running = {name: task for name, task in running.items() if task not in done}
                if not running:
                    break
        finally:
            for task in running.values():
                task.cancel()
            await asyncio.gather(*running.values(), return_exceptions=True)
        if faults:
            raise faults[0]
        return drained

    async def _due(self) -> list[str]:
        return await self.stored(lambda connection: outbox.due_channels(connection, self.now()), write=False)

    def close(self) -> None:
        self._desk.shutdown()

    async def _drain_channel(self, name: str, drained: Drained) -> None:
        while (claimed := await self._claim(name)) is not None:
            size = len(claimed.delivery_ids)
            try:
                await self._send(claimed)
            except SendError as error:
                if error.permanent or self.now() - claimed.created_at > GIVE_UP_AFTER:
                    drained.dead += size * await self._refused(claimed, error)
                else:
                    await self._failed(claimed, error)
                    drained.failed += size
            else:
                await self.stored(lambda connection: outbox.mark_delivered(connection, claimed, self.now()))
                drained.delivered += size

    async def _claim(self, name: str) -> Claimed | None:
        try:
            channel = await self._opened(name)
        except ConfigError:
            gap, capacity = 0.0, 1  # its fault is said when something is sent
        else:
            gap, capacity = channel.gap, channel.capacity
        await self._keep_distance(name, timedelta(seconds=gap))
        return await self.stored(
            lambda connection: outbox.claim_due(
                connection, name, self.store.owner, self.now(), lease=self.lease, capacity=capacity
            )
        )

    async def _keep_distance(self, name: str, gap: timedelta) -> None:
        """Wait until the provider's limits allow another message, whichever process sent the last one."""
        if gap:
            now = self.now()
            last = await self.stored(lambda found: outbox.last_attempt(found, name, now - gap), write=False)
            if last is not None:  # where the clock was set back, the last one lies ahead
                await self.sleep(min(last + gap - now, gap).total_seconds())

    async def _send(self, claimed: Claimed) -> None:
        """Render and send. Whatever goes wrong becomes a ``SendError`` without addresses or secrets."""
        try:
            channel = await self._opened(claimed.channel)
        except ConfigError as error:
            raise SendError(
                str(error), permanent=not any(table.name == claimed.channel for table in self.config.channel)
            ) from None
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await channel.send(message_of(claimed))
        except TimeoutError:
            raise SendError(f"no answer within {SEND_SECONDS} seconds") from None
        except SendError:
            raise
        except Exception as error:
            # A fault of ours or of a library: its words might hold the address, so only its type is told.
            raise SendError(f"{type(error).__name__} while sending") from None

    async def _failed(self, claimed: Claimed, error: SendError) -> None:
        now = self.now()

        def mark(connection: Connection) -> None:
            before, _ = outbox.failures_in_a_row(connection, claimed.channel)
            rest = delay(before + 1, claimed.channel)
            own = max(rest, delay(claimed.attempts, claimed.message_id))
            if error.retry_after is not None:
                rest = own = max(own, timedelta(seconds=error.retry_after))
            outbox.mark_failed(
                connection, claimed, now, detail=str(error), retry_at=now + own, rest_at=now + rest
            )
            failures, since = outbox.failures_in_a_row(connection, claimed.channel)
            if failures >= OUTAGE_AFTER and since is not None:
                tell_of_outage(connection, self.config, claimed, str(error), since, now)

        await self.stored(mark)
        log.warning("channel %s: %s; it is tried again", claimed.channel, error)

    async def _refused(self, claimed: Claimed, error: SendError) -> bool:
        now = self.now()

        def mark(connection: Connection) -> bool:
            dead = outbox.mark_refused(connection, claimed, now, detail=str(error))
            if dead:
                tell_of_refusal(connection, self.config, claimed, str(error), now)
            return dead

        dead = await self.stored(mark)
        log.error("channel %s: %s", claimed.channel, error)
        return dead


async def drain(store: Store, config: Config, *, now: Callable[[], datetime] | None = None) -> Drained:
    """Send everything that is due, once; see ``Outbox``."""
    box = Outbox(store, config) if now is None else Outbox(store, config, now)
    try:
        return await box.drain()
    finally:
        box.close()


def message_of(claimed: Claimed) -> Message:
    """What a claim carries, read back from its rows."""
    return Message(
        id=claimed.message_id,
        alerts=tuple(Alert.from_dict(body) for body in claimed.alert_bodies),
        digest=claimed.digest,
        repeated=claimed.unknown,
        chain_head=claimed.chain_head,
    )


def delay(failures: int, seed: str) -> timedelta:
    """How long to wait after so many failures: doubling, at most an hour, spread by up to a fifth.

    The spread comes from ``seed`` (which message), not from chance: a rerun of a test waits the same.
    """
    base = min(FIRST_DELAY * 2 ** min(failures - 1, 12), LONGEST_DELAY)
    spread = int.from_bytes(hashlib.sha256(f"{seed}:{failures}".encode()).digest()[:4], "big") / 2**32
    return timedelta(seconds=base.total_seconds() * (1 - spread / 5))
