"""What a look needs of the world: config, store, fetcher, workers, clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from monitor.config import Config

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from monitor.fetch import Fetcher
    from monitor.fetch.robots import RobotsMemory
    from monitor.store import Store
    from monitor.store.desk import Desk
    from monitor.workers import Workers

T = TypeVar("T")


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Tools:
    """What a look needs of the world."""

    config: Config
    store: Store
    desk: Desk
    fetcher: Fetcher
    workers: Workers
    robots: RobotsMemory
    """What hosts said in their robots.txt, kept over a change of the fetcher."""
    now: Callable[[], datetime] = utc_now
    alerts: bool = True
    """False: changes are recorded, nobody is told."""

    async def stored(self, work: Callable[[Connection], T], *, write: bool = True) -> T:
        """Run a work in a transaction of the store, in its own thread; it may be called twice (``Desk``)."""
        return await self.desk.stored(work, write=write)
