"""``gc`` lets go of what nobody needs, says so in the chain, and never of anything else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from made_state import MadeState, opened, sentence
from monitor.errors import StateError
from monitor.evidence.retention import gc
from monitor.evidence.verify import verify
from monitor.store import Store, blobs, schema

KEEP = timedelta(days=30)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened_store = opened(tmp_path)
    yield opened_store
    opened_store.close()


def noisy(store: Store, looks: int) -> tuple[MadeState, int]:
    """Versions with pages between them that only turned a token."""
    made = MadeState(store)
    watch = made.watch()
    for number in range(looks):
        if number % 10 == 0:
            made.look(watch, sentence(number), told=number > 0)
        else:
            made.turn(watch, f"token {number}")
    return made, watch


def kept(store: Store) -> dict[str, str]:
    with store.read() as connection:
        return {row.sha256: row.codec for row in connection.execute(select(schema.blob))}


def test_pages_of_unchanged_looks_are_let_go_when_old(store: Store) -> None:
    made, _ = noisy(store, 50)
    assert gc(store, KEEP, now=made.now).pages == 0, "nothing is old yet"
    before = kept(store)
    released = gc(store, KEEP, now=made.now + timedelta(days=100))
    assert 30 < released.pages < 45
    assert released.bytes > 0
    assert list(kept(store).values()).count("released") == released.pages
    assert kept(store).keys() == before.keys()
    assert verify(store).faults == ()
    assert gc(store, KEEP, now=made.now + timedelta(days=100)).pages == 0


def test_every_version_keeps_its_bytes(store: Store) -> None:
    made, _ = noisy(store, 40)
    gc(store, timedelta(0), now=made.now + timedelta(days=1))
    with store.read() as connection:
        for version in connection.execute(select(schema.version)).all():
            assert blobs.get(connection, version.document_sha256)
            for number in version.snapshot_ids:
                body = connection.scalar(
                    select(schema.snapshot.c.body_sha256).where(schema.snapshot.c.id == number)
                )
                assert body is not None
                assert blobs.get(connection, body)


def test_what_was_let_go_says_so(store: Store) -> None:
    made, _ = noisy(store, 30)
    gc(store, timedelta(0), now=made.now + timedelta(days=1))
    gone = next(sha256 for sha256, codec in kept(store).items() if codec == "released")
    with store.read() as connection, pytest.raises(StateError, match="released by `policy-monitor gc`"):
        blobs.get(connection, gone)


def test_a_page_that_was_let_go_comes_back_whole(store: Store) -> None:
    made, watch = noisy(store, 30)
    gc(store, timedelta(0), now=made.now + timedelta(days=1))
    count = list(kept(store).values()).count("released")
    made.turn(watch, "token 21")
    assert list(kept(store).values()).count("released") < count
    assert verify(store).faults == ()


def test_bytes_that_no_gc_let_go_are_a_fault(store: Store) -> None:
    noisy(store, 30)
    with store.write() as connection:
        victim = connection.scalar(select(schema.blob.c.sha256).where(schema.blob.c.depth == 3).limit(1))
        connection.exec_driver_sql(
            "UPDATE blob SET codec='released', base_sha256=NULL, depth=0, data=x'' WHERE sha256=?", (victim,)
        )
    faults = verify(store).faults
    assert any(fault.row == victim and "no gc" in fault.message for fault in faults)


def test_a_version_that_lost_its_bytes_is_a_fault(store: Store) -> None:
    """Also when a gc that went wrong has written down what it did."""
    noisy(store, 12)
    with store.write() as connection:
        body = connection.scalar(select(schema.snapshot.c.body_sha256).where(schema.snapshot.c.id == 1))
        connection.exec_driver_sql(
            "UPDATE blob SET codec='released', base_sha256=NULL, depth=0, data=x'' WHERE sha256=?", (body,)
        )
    assert any(fault.what == "version" for fault in verify(store).faults)
