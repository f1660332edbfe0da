"""What a look needs of the world: config, store, fetcher, workers, clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from monitor.config import Config

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from monitor.fetch import Fetcher
    from monitor.fetch.robots import RobotsMemory
    from monitor.store import Store
    from monitor.workers import Workers

T = TypeVar("T")


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Tools:
    """What a look needs of the world."""

    config: Config
    store: Store
    fetcher: Fetcher
    workers: Workers
    robots: RobotsMemory
    """What hosts said in their robots.txt, kept over a change of the fetcher."""
    now: Callable[[], datetime] = utc_now
    alerts: bool = True
    """False: changes are recorded, nobody is told."""
    _desk: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="store")
    )

    async def stored(self, work: Callable[[Connection], T], *, write: bool = True) -> T:
        """Run one transaction in the store's own thread: a slow disk never stops the loop."""

        def run() -> T:
            with self.store.write() if write else self.store.read() as connection:
                return work(connection)

        return await asyncio.get_running_loop().run_in_executor(self._desk, run)

    def close(self) -> None:
        self._desk.shutdown()
