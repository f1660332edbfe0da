"""Turns: how many requests a host gets at once, how far apart, and when it wants to be left alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from monitor.errors import FetchError

_SHORT_WAIT = 5.0
"""Seconds of a host's Retry-After that are waited for in place; a longer one is the schedule's business."""
_LONGEST_WAIT = 24 * 3600.0
_FIRST_BACKOFF = 60.0
_LAST_BACKOFF = 3600.0
_KEPT_HOSTS = 4096
_PATIENCE = 0.25
"""Seconds after which a request gives its slot away: it only waits, and others shall not wait with it."""
_SLOW = 10
"""So many times the common slots may be with slow servers; when all are, slots are kept."""


class _Host:
    __slots__ = ("backoff", "closed_status", "closed_until", "free", "gap", "next_start", "users")

    def __init__(self, concurrency: int, gap: float) -> None:
        self.free = asyncio.Semaphore(concurrency)
        self.gap = gap
        self.next_start = 0.0
        self.closed_until = 0.0
        self.closed_status = 0
        self.backoff = 0.0
        self.users = 0


class Lanes:
    """The common slots, and room for those whose servers are slow."""

    def __init__(self, concurrency: int) -> None:
        self.slots = asyncio.Semaphore(concurrency)
        self.fast = 0
        """Requests that hold a slot."""
        self.slow = 0
        """Requests that gave theirs away."""
        self.most_slow = concurrency * _SLOW


class _Lane:
    """One request's: fast, with a slot that it was given, until its patience is over."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes
        self._fast = True
        lanes.fast += 1
        self._patience = asyncio.get_running_loop().call_later(_PATIENCE, self._change)

    def _change(self) -> None:
        if self._lanes.slow < self._lanes.most_slow:
            self._fast = False
            self._lanes.slow += 1
            self._free()

    def _free(self) -> None:
        self._lanes.fast -= 1
        self._lanes.slots.release()

    def leave(self) -> None:
        self._patience.cancel()
        if self._fast:
            self._free()
        else:
            self._lanes.slow -= 1


class Politeness:
    """Knows the hosts; one for all requests of a process. Times are seconds of ``clock``."""

    def __init__(
        self,
        *,
        concurrency: int,
        per_host: int,
        gap: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.lanes = Lanes(concurrency)
        self._per_host = per_host
        self._gap = gap
        self._clock = clock
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, name: str, *, follow_up: bool = False) -> AsyncIterator[None]:
        """Waits until a request to the host may start; a ``follow_up`` (same host, redirected) keeps no gap.

        Nobody holds one of the common slots while waiting for a host.
        Raises FetchError (http, with ``retry_after``) when the host wants to be left alone for longer.
        """
        host = self._host(name)
        host.users += 1
        try:
            async with host.free:
                await self._start(name, host, follow_up=follow_up)
                lane = _Lane(self.lanes)
                try:
                    yield
                finally:
                    lane.leave()
        finally:
            host.users -= 1

    async def _start(self, name: str, host: _Host, *, follow_up: bool) -> None:
        while True:
            await self.lanes.slots.acquire()
            now = self._clock()
            wait = max(host.closed_until, 0.0 if follow_up else host.next_start) - now
            if wait <= 0:
                host.next_start = now + host.gap
                return
            self.lanes.slots.release()
            if host.closed_until - now > _SHORT_WAIT:
                wait = host.closed_until - now
                message = (
                    f"{name} answered {host.closed_status} and wants no requests for another {wait:.0f} s"
                )
                raise FetchError("http", message, status=host.closed_status, retry_after=wait)
            await asyncio.sleep(wait)

    def _host(self, name: str) -> _Host:
        host = self._hosts.get(name)
        if host is None:
            if len(self._hosts) >= _KEPT_HOSTS:
                self._forget()
            host = self._hosts[name] = _Host(self._per_host, self._gap)
        return host

    def _forget(self) -> None:
        now = self._clock()
        for name, host in list(self._hosts.items()):
            if not host.users and max(host.next_start, host.closed_until) <= now and not host.backoff:
                del self._hosts[name]

    def slow_down(self, name: str, gap: float) -> None:
        """The host asks for this many seconds between requests (Crawl-delay)."""
        self._host(name).gap = max(self._gap, gap)

    def answered(self, name: str, status: int, headers: Sequence[tuple[str, str]]) -> float | None:
        """Remembers what an answer says about the next request; returns its wait in seconds, if any.

        429 without a Retry-After backs off, doubling; 503 without one says nothing about other pages.
        """
        host = self._host(name)
        if status not in (429, 503):
            host.backoff = 0.0
            return None
        wait = retry_after(headers)
        if wait is None and status == 429:
            wait = host.backoff = min(max(host.backoff * 2, _FIRST_BACKOFF), _LAST_BACKOFF)
        if wait is not None:
            host.closed_until = max(host.closed_until, self._clock() + wait)
            host.closed_status = status
        return wait


def retry_after(headers: Sequence[tuple[str, str]], now: datetime | None = None) -> float | None:
    """Seconds of a Retry-After header (a number or an HTTP date), at most a day; None without a valid one.

    A date is measured against the server's own Date header where there is one: wrong clocks then do no harm.
    """
    named = {name.lower(): value.strip() for name, value in headers}
    value = named.get("retry-after", "")
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), _LONGEST_WAIT)
    until = _date(value)
    if until is None:
        return None
    since = _date(named.get("date", "")) or now or datetime.now(UTC)
    return min(max((until - since).total_seconds(), 0.0), _LONGEST_WAIT)


def _date(value: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
