"""Works that wait together share a transaction: none is told of before it is on disk, none takes another along."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from monitor.errors import StateError
from monitor.store import Store, meta
from monitor.store.desk import TOGETHER, Desk
from monitor.store.engine import DATABASE


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    store = Store.open(tmp_path)
    desk = Desk(store)
    yield desk
    desk.close()
    store.close()


def put(key: str) -> Callable[[Connection], str]:
    def work(connection: Connection) -> str:
        meta.put(connection, key, "there")
        return key

    return work


def fails(connection: Connection) -> None:
    meta.put(connection, "half", "there")
    raise LookupError("lost")


def on_disk(folder: Path) -> set[str]:
    """What somebody else reads in the database."""
    with sqlite3.connect(folder / DATABASE) as other:
        return {key for (key,) in other.execute("SELECT key FROM meta WHERE value = 'there'")}


def commits(store: Store) -> list[None]:
    """Grows by one with each commit."""
    made: list[None] = []
    event.listen(store.engine, "commit", lambda _: made.append(None))
    return made


async def behind(desk: Desk, *works: Callable[[Connection], Any]) -> list[Any]:
    """What works give that wait while the thread is busy."""
    free = threading.Event()
    busy = asyncio.create_task(desk.stored(lambda _: free.wait(30), write=True))
    waiting = [asyncio.create_task(desk.stored(work, write=True)) for work in works]
    await asyncio.sleep(0)
    free.set()
    await busy
    return await asyncio.gather(*waiting, return_exceptions=True)


async def test_what_waits_together_is_written_together(desk: Desk, tmp_path: Path) -> None:
    made, names = commits(desk._store), [f"k{number}" for number in range(TOGETHER + 1)]
    assert await behind(desk, *map(put, names)) == names
    assert len(made) == 3  # the one that all waited for, as many as may share one, one more
    assert on_disk(tmp_path) == set(names)


async def test_who_is_told_of_a_work_finds_it_on_disk(desk: Desk, tmp_path: Path) -> None:
    async def told(key: str) -> bool:
        await desk.stored(put(key), write=True)
        return key in on_disk(tmp_path)

    assert all(await asyncio.gather(*(told(f"k{number}") for number in range(50))))


async def test_a_work_that_fails_takes_nobody_along(desk: Desk, tmp_path: Path) -> None:
    first, fault, last = await behind(desk, put("first"), fails, put("last"))
    assert (first, last) == ("first", "last")
    assert isinstance(fault, LookupError)
    assert on_disk(tmp_path) == {"first", "last"}


async def test_a_database_that_takes_nothing_is_not_asked_once_for_each(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have let us wait for half a minute."""
    asked: list[None] = []

    @contextmanager
    def locked() -> Iterator[Connection]:
        asked.append(None)
        raise StateError("locked")
        yield

    monkeypatch.setattr(desk._store, "write", locked)
    works = [desk.stored(put(f"k{number}"), write=True) for number in range(TOGETHER + 1)]
    faults = await asyncio.gather(*works, return_exceptions=True)
    assert {type(fault) for fault in faults} == {StateError}
    assert len(asked) == 2  # for the first, which did not wait, and for all others


async def test_a_work_that_nobody_waits_for_is_not_begun(desk: Desk, tmp_path: Path) -> None:
    free = threading.Event()
    busy = asyncio.create_task(desk.stored(lambda _: free.wait(30), write=True))
    given_up, wanted = (asyncio.create_task(desk.stored(put(key), write=True)) for key in ("not", "wanted"))
    await asyncio.sleep(0)
    given_up.cancel()
    free.set()
    await asyncio.gather(busy, wanted)
    assert on_disk(tmp_path) == {"wanted"}


async def test_reading_sees_no_half_of_what_is_written(desk: Desk) -> None:
    """A reader never stands in a transaction that writes: what it saw could be undone."""
    seen = await asyncio.gather(
        desk.stored(put("one"), write=True),
        desk.stored(lambda connection: meta.get(connection, "half"), write=False),
        desk.stored(fails, write=True),
        desk.stored(lambda connection: meta.get(connection, "half"), write=False),
        return_exceptions=True,
    )
    assert seen[1] is seen[3] is None


async def test_what_waits_at_the_end_is_written(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    desk = Desk(store)
    waiting = [asyncio.create_task(desk.stored(put(f"k{number}"), write=True)) for number in range(5)]
    await asyncio.sleep(0)
    desk.close()
    assert on_disk(tmp_path) == {f"k{number}" for number in range(5)}
    await asyncio.gather(*waiting)
    with pytest.raises(RuntimeError):
        await desk.stored(put("late"), write=True)
    store.close()
