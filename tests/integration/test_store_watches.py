"""Claims: who may look at what, and that finding it out costs no more with ten thousand watches than with ten."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, select, update

from monitor.config import Watch, parse
from monitor.store import Store, processes, watches
from monitor.store.schema import watch

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
LEASE = timedelta(minutes=5)
ME = processes.me()
OTHER = f"{socket.gethostname()}:{os.getppid()}:x"
"""A process that is alive."""
ELSEWHERE = "another-machine:1:x"
DEAD = f"{socket.gethostname()}:4194305:x"
"""A number that no process can have."""


def config(*names: str, url: str = "https://vendor.example/privacy") -> tuple[Watch, ...]:
    vendors = [{"name": name, "policy": [{"kind": "privacy", "url": url}]} for name in names]
    return parse({"vendor": vendors}).watches


def due_at(number: int) -> datetime:
    return NOW - timedelta(minutes=100 - number)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    """Twenty watches that are due one after the other, the longest first."""
    store = Store.open(tmp_path)
    wanted = config(*(f"v{number:02}" for number in range(20)))
    with store.write() as connection:
        watches.sync(connection, wanted, NOW, lambda one: due_at(int(one.vendor[1:])))
        yield connection
    store.close()


def held(connection: Connection, owner: str, numbers: range, until: datetime = NOW + LEASE) -> None:
    keys = [f"v{number:02}/privacy" for number in numbers]
    connection.execute(
        update(watch).where(watch.c.key.in_(keys)).values(lease_owner=owner, lease_until=until)
    )


def claimed(connection: Connection, limit: int = 5) -> list[int]:
    return [int(slot.key[1:3]) for slot in watches.claim_due(connection, ME, NOW, lease=LEASE, limit=limit)]


def test_the_longest_due_are_claimed_first_and_once(connection: Connection) -> None:
    assert claimed(connection) == [0, 1, 2, 3, 4]
    assert claimed(connection) == [5, 6, 7, 8, 9]


@pytest.mark.parametrize("owner", [OTHER, ELSEWHERE, ME], ids=["other", "elsewhere", "me"])
def test_what_a_living_process_holds_is_passed_over_however_much_it_is(
    connection: Connection, owner: str
) -> None:
    held(connection, owner, range(17))
    assert claimed(connection) == [17, 18, 19]
    assert claimed(connection) == []


def test_several_holders_are_told_apart(connection: Connection) -> None:
    for start, owner in enumerate((OTHER, ELSEWHERE, ME, DEAD)):
        held(connection, owner, range(start, 12, 4))
    assert claimed(connection, 6) == [3, 7, 11, 12, 13, 14]


@pytest.mark.parametrize(
    ("owner", "until"), [(DEAD, NOW + LEASE), (OTHER, NOW - LEASE)], ids=["dead", "over"]
)
def test_what_nobody_will_finish_is_taken_over(connection: Connection, owner: str, until: datetime) -> None:
    held(connection, owner, range(3), until)
    assert claimed(connection) == [0, 1, 2, 3, 4]


def test_by_name_only_what_is_free_is_claimed(connection: Connection) -> None:
    for number, owner in enumerate((OTHER, ELSEWHERE, DEAD)):
        held(connection, owner, range(number, number + 1))
    keys = [f"v{number:02}/privacy" for number in range(4)]
    slots = watches.claim(connection, keys, ME, NOW, lease=LEASE)
    assert [slot.key for slot in slots] == keys[2:]


def test_no_claim_reads_the_whole_table(connection: Connection) -> None:
    asked: list[tuple[str, Any]] = []
    event.listen(
        connection, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])), named=False
    )
    held(connection, OTHER, range(3))
    watches.next_due_at(connection)
    watches.claim_due(connection, ME, NOW, lease=LEASE, limit=5)
    watches.claim(connection, ["v09/privacy"], ME, NOW, lease=LEASE)
    cursor = connection.connection.cursor()
    for statement, values in [*asked]:
        plan = cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
        assert not [row for row in plan if row[3].startswith("SCAN")], (statement, plan)


def test_rows_agree_with_the_config(connection: Connection) -> None:
    later = NOW + timedelta(hours=1)
    wanted = (*config("v00", "v01"), *config("v02", url="https://vendor.example/moved"), *config("new"))
    watches.sync(connection, wanted, later, lambda one: later)
    rows = {row.key: row for row in connection.execute(select(watch))}
    assert {key for key, row in rows.items() if row.enabled} == {watched.key for watched in wanted}
    assert len(rows) == 21, "those that left stay, with their history"
    assert rows["v00/privacy"].next_check_at == due_at(0)
    assert rows["v02/privacy"].next_check_at == later, "another page is looked at soon"
    assert rows["v02/privacy"].pages == ["https://vendor.example/moved"]
    assert (rows["new/privacy"].next_check_at, rows["new/privacy"].created_at) == (later, later)
