"""Copies of a living state, and putting them back."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from made_state import MadeState, fill, opened, sentence
from monitor.errors import StateError
from monitor.evidence.backup import backup, restore
from monitor.evidence.verify import verify
from monitor.store import Store
from monitor.store.engine import DATABASE

NOW = datetime(2026, 2, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened_store = opened(tmp_path / "state")
    fill(opened_store, watches=1, versions=3)
    yield opened_store
    opened_store.close()


def checks(folder: Path) -> int:
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        return int(database.execute('SELECT count(*) FROM "check"').fetchone()[0])


def test_a_backup_can_be_put_back(store: Store, tmp_path: Path) -> None:
    made = backup(store, tmp_path, now=NOW)
    assert made.path == tmp_path / "policy-monitor-20260201T120000Z.db"
    assert made.path.stat().st_mode & 0o077 == 0
    assert list(tmp_path.glob(".backup-*")) == []
    put = restore(made.path, tmp_path / "other", now=NOW)
    assert (put.head, put.before) == (made.head, None)
    other = opened(tmp_path / "other")
    assert verify(other, head=made.head).clean
    other.close()
    assert checks(tmp_path / "other") == 9


def test_a_backup_is_whole_while_the_daemon_writes(store: Store, tmp_path: Path) -> None:
    """Every copy ends after some transaction: none holds half a look."""
    stop = threading.Event()
    writer = opened(tmp_path / "state")
    made = MadeState(writer)
    watch = made.watch("acme/busy")

    def work() -> None:
        number = 0
        while not stop.is_set():
            made.look(watch, sentence(number))
            number += 1

    thread = threading.Thread(target=work)
    thread.start()
    try:
        copies = [backup(store, tmp_path / f"copy-{number}.db", now=NOW) for number in range(4)]
    finally:
        stop.set()
        thread.join()
        writer.close()
    counts = [copy.records for copy in copies]
    assert counts == sorted(counts)
    assert counts[-1] > counts[0]


def test_the_replaced_state_is_kept(store: Store, tmp_path: Path) -> None:
    made = backup(store, tmp_path / "old.db", now=NOW)
    MadeState(store).watch("acme/later")
    store.close()
    put = restore(made.path, tmp_path / "state", now=NOW)
    assert put.before is not None
    with closing(sqlite3.connect(put.before)) as database:
        assert database.execute("SELECT count(*) FROM watch").fetchone() == (2,)
    assert sorted(path.name for path in (tmp_path / "state").iterdir()) == [DATABASE, put.before.name]


def test_a_state_in_use_is_not_replaced(store: Store, tmp_path: Path) -> None:
    made = backup(store, tmp_path / "old.db", now=NOW)
    with store.read() as connection:
        connection.execute(text("SELECT 1 FROM meta")).all()
        with pytest.raises(StateError, match="in use; stop the daemon"):
            restore(made.path, tmp_path / "state", now=NOW)
    assert verify(store).clean
    assert list((tmp_path / "state").glob(".restore-*")) == []


def test_a_damaged_backup_is_refused(store: Store, tmp_path: Path) -> None:
    made = backup(store, tmp_path / "old.db", now=NOW)
    with closing(sqlite3.connect(made.path)) as database:
        database.execute("DROP TRIGGER version_final")
        database.execute("UPDATE version SET title = 'forged' WHERE id = 2")
        database.commit()
    with pytest.raises(StateError, match="not sound"):
        restore(made.path, tmp_path / "other", now=NOW)
    assert list((tmp_path / "other").iterdir()) == []
    restore(made.path, tmp_path / "other", now=NOW, force=True)
    assert checks(tmp_path / "other") == 9


@pytest.mark.parametrize("content", [b"", b"no database at all\n" * 400])
def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "some.db").write_bytes(content)
    with pytest.raises(StateError):
        restore(tmp_path / "some.db", tmp_path / "state", now=NOW)
    assert not (tmp_path / "state" / DATABASE).exists()


def test_a_corrupt_state_is_replaced_and_its_wal_does_not_come_back(store: Store, tmp_path: Path) -> None:
    made = backup(store, tmp_path / "old.db", now=NOW)
    store.close()
    place = tmp_path / "state" / DATABASE
    place.write_bytes(b"\0" * 4096 + place.read_bytes()[4096:])
    Path(f"{place}-wal").write_bytes(b"stale pages")
    with pytest.raises(StateError, match="restore"):
        opened(tmp_path / "state")
    put = restore(made.path, tmp_path / "state", now=NOW)
    assert put.before is not None
    assert not Path(f"{place}-wal").exists()
    again = opened(tmp_path / "state")
    assert verify(again).clean
    again.close()


def test_nothing_is_overwritten(store: Store, tmp_path: Path) -> None:
    (tmp_path / "kept.db").write_bytes(b"mine")
    with pytest.raises(StateError, match="is there already"):
        backup(store, tmp_path / "kept.db", now=NOW)
    assert (tmp_path / "kept.db").read_bytes() == b"mine"
    with pytest.raises(StateError, match="no such directory"):
        backup(store, tmp_path / "nowhere" / "new.db", now=NOW)
    with pytest.raises(StateError, match="no such file"):
        restore(tmp_path / "nowhere.db", tmp_path / "state", now=NOW)


def test_what_a_killed_backup_left_is_removed_by_the_next(store: Store, tmp_path: Path) -> None:
    mine = store.owner
    host = mine.rsplit(":", 2)[0]
    for name in (f"{host}:999999999:1-dead", mine, "elsewhere:1:1-x"):
        (tmp_path / f".backup-{name}").mkdir()
    backup(store, tmp_path, now=NOW)
    left = {path.name for path in tmp_path.glob(".backup-*")}
    assert left == {f".backup-{mine}", ".backup-elsewhere:1:1-x"}, "others may be at work"
