"""robots.txt: asked for at most once a day and host, remembered by whoever owns the store."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass

from monitor.errors import FetchError

MAX_BYTES = 512 * 1024
"""RFC 9309 asks for at least 500 KiB; a longer file counts as unreadable."""
_DAY = 24 * 3600.0
_RETRY = 600.0
_LONGEST_GAP = 60.0
_SMALL = 16 * 1024
_KEPT_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class RobotsEntry:
    """What is known of one origin's robots.txt."""

    fetched_at: float
    """Unix time."""
    status: int
    """HTTP status; 0 when the file could not be had."""
    text: str

    def stale(self, now: float) -> bool:
        age = now - self.fetched_at
        return age < 0 or age > (_RETRY if self.unknown else _DAY)

    @property
    def unknown(self) -> bool:
        return self.status == 0 or self.status >= 500


RobotsStore = MutableMapping[str, RobotsEntry]
"""By origin (``https://host``); the owner may keep it over restarts."""


class RobotsMemory(dict[str, RobotsEntry]):
    """The store of those who bring none: bounded, the oldest goes first."""

    def __init__(self, known: Mapping[str, RobotsEntry] | None = None) -> None:
        super().__init__(known or {})
        self._weight = sum(map(_weight, self.values()))

    def __setitem__(self, origin: str, entry: RobotsEntry) -> None:
        self._forget(origin)
        super().__setitem__(origin, entry)
        self._weight += _weight(entry)
        while self._weight > _KEPT_BYTES and len(self) > 1:
            self._forget(next(iter(self)))

    def _forget(self, origin: str) -> None:
        if origin in self:
            self._weight -= _weight(self.pop(origin))


def _weight(entry: RobotsEntry) -> int:
    return len(entry.text) + 200


class Robots:
    """Answers whether robots may fetch an address."""

    def __init__(
        self,
        user_agent: str,
        load: Callable[[str], Awaitable[tuple[int, str]]],
        store: RobotsStore | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._agent = re.split(r"[/\s(]", user_agent, maxsplit=1)[0] or "*"
        self._load = load
        self._store = RobotsMemory() if store is None else store
        self._clock = clock
        self._asking: dict[str, asyncio.Lock] = {}

    async def objection(self, origin: str, url: str) -> tuple[str | None, float | None]:
        """Why ``url`` should not be fetched (None: it may be), and the gap in seconds that the host asks for.

        A missing file (4xx) allows everything, an unreachable one (5xx, no answer) nothing: RFC 9309.
        """
        entry = await self._entry(origin)
        if entry.unknown:
            return f"{origin}/robots.txt cannot be read at the moment", None
        if entry.status != 200 or not entry.text:
            return None, None
        if len(entry.text) <= _SMALL:
            allowed, gap = _judge(entry.text, url, self._agent)
        else:  # a long file must not hold up the others
            allowed, gap = await asyncio.to_thread(_judge, entry.text, url, self._agent)
        return None if allowed else f"{origin}/robots.txt disallows this page", gap

    async def _entry(self, origin: str) -> RobotsEntry:
        async with self._asking.setdefault(origin, asyncio.Lock()):
            entry = self._store.get(origin)
            if entry is None or entry.stale(self._clock()):
                entry = self._store[origin] = await self._fetched(origin)
        self._asking.pop(origin, None)
        return entry

    async def _fetched(self, origin: str) -> RobotsEntry:
        try:
            status, text = await self._load(f"{origin}/robots.txt")
        except FetchError:
            status, text = 0, ""
        return RobotsEntry(self._clock(), status, text)


def _judge(text: str, url: str, agent: str) -> tuple[bool, float | None]:
    from protego import Protego

    rules = Protego.parse(text)
    gap = rules.crawl_delay(agent)
    return rules.can_fetch(url, agent), min(float(gap), _LONGEST_GAP) if gap else None
