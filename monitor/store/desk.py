"""The store's own thread: transactions run in it one after the other, so that a slow disk never stops the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection

from monitor.store.engine import Store

T = TypeVar("T")
Work = Callable[[Connection], Any]
Given = tuple[Any, Exception | None]
"""What a work gave back, and why it failed."""

TOGETHER = 32
"""Works in one transaction at most: other processes wait for all of them."""


@dataclass(frozen=True, slots=True, eq=False)
class _Order:
    """A work, and who waits for what it gives back."""

    work: Work
    write: bool
    given: asyncio.Future[Any]


class Desk:
    """Takes works and runs them, those that wait together in one transaction (docs/decisions/0076).

    Of ten looks that end while the disk is busy, nine save a transaction of their own, and each is told of only when
    all are on disk. A work that fails takes nobody along: everything is undone, and each gets its own transaction.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        # On PostgreSQL several write at once: who holds many rows could wait for somebody who waits for one of them.
        self._together = TOGETHER if store.sqlite else 1
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._waiting: list[_Order] = []
        self._busy = False

    async def stored(self, work: Callable[[Connection], T], *, write: bool) -> T:
        """Run a work; what it gives back, once that is on disk.

        Args:
            work: does nothing but talk to the database, for it may be called twice.
        """
        order = _Order(work, write, asyncio.get_running_loop().create_future())
        self._waiting.append(order)
        if not self._busy:
            self._serve()
        found: T = await order.given
        return found

    def close(self) -> None:
        """Run what still waits, then end the thread."""
        while self._waiting:
            self._serve()
        self._thread.shutdown()

    def _serve(self) -> None:
        """Hand the thread what waits and is alike: it writes, or reads, as what has waited longest."""
        group: list[_Order] = []
        rest: list[_Order] = []
        for order in self._waiting:
            if order.given.done():
                continue  # its look was cancelled: nobody waits for it
            fits = not group or (order.write == group[0].write and len(group) < self._together)
            (group if fits else rest).append(order)
        self._waiting, self._busy = rest, False
        if group:
            works = [order.work for order in group]
            run = asyncio.get_running_loop().run_in_executor(self._thread, self._run, works, group[0].write)
            run.add_done_callback(lambda done: self._served(group, done.result()))
            self._busy = True

    def _served(self, group: Sequence[_Order], gifts: Sequence[Given]) -> None:
        for order, (value, fault) in zip(group, gifts, strict=True):
            if order.given.done():
                continue
            if fault is None:
                order.given.set_result(value)
            else:
                order.given.set_exception(fault)
        self._serve()

    def _run(self, works: Sequence[Work], write: bool) -> list[Given]:
        at_work = False
        try:
            with self._store.write() if write else self._store.read() as connection:
                at_work = True
                found: list[Given] = [(work(connection), None) for work in works]
                at_work = False
            return found
        except Exception as fault:
            if not at_work or len(works) == 1:  # locked, or it cannot be committed: that concerns them all
                return [(None, fault)] * len(works)
        return [self._run([work], write)[0] for work in works]
