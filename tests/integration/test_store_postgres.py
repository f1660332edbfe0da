"""The same schema, queries, chain and guards on PostgreSQL, where several machines write."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import text

from made_state import MadeState, fill, sentence
from monitor.errors import NoStateError, StateError, UsageError
from monitor.evidence.backup import backup
from monitor.evidence.export import export
from monitor.evidence.retention import gc
from monitor.evidence.verify import verify
from monitor.store import Store, chain, deliveries, guards, history, mutes
from postgres import postgres_schema

pytestmark = pytest.mark.postgres

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def url() -> Iterator[str]:
    with postgres_schema() as address:
        yield address


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path, url)
    yield opened
    opened.close()


def rows_of(store: Store, statement: str) -> list[object]:
    with store.read() as connection:
        return list(connection.execute(text(statement)).scalars())


def test_the_chain_is_the_same_on_both(store: Store, tmp_path: Path) -> None:
    """A state can move from one database to the other and keep its proof."""
    fill(store, watches=1, versions=3)
    other = Store.open(tmp_path / "sqlite")
    fill(other, watches=1, versions=3)
    assert verify(store).faults == ()
    assert verify(store).head == verify(other).head
    other.close()


COLUMNS = {
    "check": "reason",
    "silence": "reason",
    "snapshot": "url",
    "version": "title",
    "comparison": "summary",
    "change": "verdict",
    "finding": "rule",
    "blob": "sha256",
    "delivery": "key",
    "attempt": "message_id",
    "mute": "reason",
}


def test_guards_refuse(store: Store) -> None:
    fill(store, watches=1, versions=2, idle=0)
    with store.write() as connection:
        for statement in (
            "INSERT INTO release (created_at, keep, blobs) VALUES ('x', '1d', '[]')",
            "INSERT INTO mute (watch_id, created_at, by, reason) VALUES (1, '2026', 'me', 'quiet')",
            "INSERT INTO silence (check_id, watch_id, what, reason) VALUES (1, 1, 'all', 'quiet')",
        ):
            connection.execute(text(statement))
    for table in (*guards.FINAL, *guards.FIXED):
        column = COLUMNS.get(table, "created_at")
        for statement in (
            f'UPDATE "{table}" SET "{column}" = \'forged\'',
            f'DELETE FROM "{table}"',
            f'TRUNCATE "{table}" CASCADE',
        ):
            with pytest.raises(StateError, match="never rewritten or deleted"), store.write() as connection:
                connection.execute(text(statement))


def test_what_goes_past_the_guards_is_found(store: Store) -> None:
    fill(store, watches=1, versions=3)
    with store.write() as connection:
        connection.execute(text("SET session_replication_role = replica"))  # no triggers
        connection.execute(text("UPDATE version SET title = 'forged' WHERE id = 2"))
        connection.execute(text("DELETE FROM review WHERE id = 1"))
        connection.execute(text("SET session_replication_role = DEFAULT"))
    found = [(fault.kind, fault.what, fault.row) for fault in verify(store).faults]
    assert found == [("altered", "version", "2"), ("removed", "review", "1")]
    with store.write() as connection:
        connection.execute(text("DROP TRIGGER record_final ON record"))
    assert verify(store).faults[0].row == "record_final"


def test_machines_append_in_turn(url: str, store: Store, tmp_path: Path) -> None:
    """Four writers at once: one chain without a gap, and nobody's rows are missing."""

    def work(number: int) -> None:
        mine = Store.open(tmp_path / str(number), url)
        made = MadeState(mine)
        watch = made.watch(f"acme/policy-{number}")
        for step in range(5):
            made.look(watch, sentence(number * 10 + step))
        mine.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report = verify(store)
    assert report.faults == ()
    assert report.records == 20
    assert rows_of(store, "SELECT seq FROM record ORDER BY seq") == list(range(1, 21))


def test_a_look_that_fails_leaves_no_record(store: Store) -> None:
    fill(store, watches=1, versions=1)
    with pytest.raises(KeyError), store.write() as connection:
        chain.attest(connection, [("check", 999)], NOW)
    assert verify(store).faults == ()


def test_processes_that_start_together_make_one_schema(url: str, tmp_path: Path) -> None:
    stores: list[Store] = []
    threads = [
        threading.Thread(target=lambda number=number: stores.append(Store.open(tmp_path / str(number), url)))
        for number in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stores) == 4
    for store in stores:
        store.close()


def test_verify_sees_one_moment(url: str, store: Store, tmp_path: Path) -> None:
    """Rows that another machine writes meanwhile are no faults."""
    fill(store, watches=1, versions=4)
    other = Store.open(tmp_path / "other", url)
    made = MadeState(other)
    watch = made.watch("acme/late")

    stages: set[str] = set()

    def meanwhile(stage: str, _done: int, _total: int) -> None:
        if stage not in stages:
            stages.add(stage)
            made.look(watch, sentence(len(stages)))

    assert verify(store, progress=meanwhile).faults == ()
    assert stages == {"chain", "rows", "bytes"}
    other.close()


def test_evidence_on_postgresql(store: Store, tmp_path: Path) -> None:
    made = fill(store, watches=1, versions=2)
    made.turn(1, "token")
    made.look(1, sentence(77))
    assert gc(store, timedelta(0), now=NOW).pages == 1
    assert export(store, tmp_path / "case", now=NOW).faults == ()
    case = json.loads((tmp_path / "case" / "case.json").read_text())
    assert [version["number"] for version in case["policies"][0]["versions"]] == [1, 2, 3]
    with pytest.raises(UsageError, match="pg_dump"):
        backup(store, tmp_path, now=NOW)


def test_what_people_look_up_is_found_on_postgresql(store: Store) -> None:
    fill(store, watches=1, versions=3)
    with store.write() as connection:
        rows = history.history(connection, 1, limit=99)
        read = [row for row in sorted(rows, key=lambda row: row.id) if row.version_id]
        same = {later.id for row, later in pairwise(read) if row.version_id == later.version_id}
        assert same
        assert history.seen_before(connection, [row.id for row in rows]) == same
        assert history.checks_since(connection, min(row.ended_at for row in rows)) == len(rows)
        key = connection.scalar(text("SELECT key FROM watch WHERE id = 1"))
        mutes.mute_watch(connection, key, now=NOW, until=None, by="ana", reason="draft")
        assert [row.key for row in mutes.standing_mutes(connection, NOW)] == [key]
        assert mutes.end_mute(connection, key, now=NOW, by="ana", reason="")
        assert mutes.standing_mutes(connection, NOW) == []
        connection.execute(text("UPDATE delivery SET status = 'dead'"))
        assert all(row.dead for row in deliveries.troubles(connection, NOW))
        assert deliveries.changes_told_since(connection, NOW - timedelta(days=9999)) >= 0


def test_who_looks_into_an_empty_database_creates_nothing(url: str, tmp_path: Path) -> None:
    with pytest.raises(NoStateError, match="there is no state yet"):
        Store.open(tmp_path / "state", url, migrate=False)
    assert not (tmp_path / "state").exists()
