"""``verify`` finds every kind of damage and names it; a state that nobody touched has no fault."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from damaging import damage, unguarded, verified
from made_state import BEGIN, MadeState, fill, opened, sentence
from monitor.evidence.verify import verify
from monitor.store import chain
from monitor.store.engine import DATABASE

ROUNDS = int(os.environ.get("DAMAGES", "24"))
VERSIONS = int(os.environ.get("VERSIONS", "300"))
TABLES = (*chain.ATTESTED, "record", "blob")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("state")
    store = opened(folder)
    made = fill(store)
    made.look(1, "Something went wrong. Try again in 10 minutes.", suspect="an error page")
    store.close()
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        database.execute("PRAGMA journal_mode=DELETE")  # one file, easy to copy
    return folder / DATABASE


@pytest.fixture
def state(original: Path, tmp_path: Path) -> Path:
    (tmp_path / DATABASE).write_bytes(original.read_bytes())
    return tmp_path


def test_an_untouched_state_is_clean(state: Path) -> None:
    report = verified(state)
    assert report.faults == ()
    assert report.records == 25
    assert report.rows > 80
    with unguarded(state):
        pass
    assert verified(state).clean, "taking the guards off and on leaves no trace"


@pytest.mark.parametrize(
    ("statement", "kind", "what", "row"),
    [
        ("UPDATE version SET title = 'Terms' WHERE id = 3", "altered", "version", "3"),
        ("UPDATE \"check\" SET reason = reason || ' ' WHERE id = 2", "altered", "check", "2"),
        ("UPDATE snapshot SET headers = '[]' WHERE id = 1", "altered", "snapshot", "1"),
        ("UPDATE review SET decision = 'accepted' WHERE id = 1", "altered", "review", "1"),
        ("UPDATE delivery SET channel = 'sales' WHERE id = 1", "altered", "delivery", "1"),
        ("UPDATE comparison SET silent = 2 WHERE id = 1", "altered", "comparison", "1"),
        ("DELETE FROM review WHERE id = 2", "removed", "review", "2"),
        ("DELETE FROM silence WHERE id = 99", None, "", ""),
        ("UPDATE record SET rows = replace(rows, '\"', '\"') WHERE seq = 99", None, "", ""),
        (
            "UPDATE record SET created_at = '2026-01-01T00:00:00.000000Z' WHERE seq = 4",
            "altered",
            "record",
            "4",
        ),
        ("DELETE FROM record WHERE seq = 5", "removed", "record", "5"),
        ("UPDATE blob SET data = zeroblob(9) WHERE depth = 1", "blob", "blob", None),
        ("UPDATE blob SET size = size + 1 WHERE depth = 0", "blob", "blob", None),
    ],
)
def test_one_damage_is_named(
    state: Path, statement: str, kind: str | None, what: str, row: str | None
) -> None:
    if kind is None:  # a negative control: nothing was hit, nothing is found
        with unguarded(state) as database:
            assert database.execute(statement).rowcount == 0
        assert verified(state).clean
        return
    first = damage(state, statement).faults[0]
    assert (first.kind, first.what) == (kind, what), first
    assert row is None or first.row == row


def test_an_inserted_row_is_named(state: Path) -> None:
    report = damage(
        state,
        "INSERT INTO silence (check_id, watch_id, what, reason) VALUES (1, 1, 'change', 'forged')",
    )
    assert [(fault.kind, fault.what) for fault in report.faults] == [("inserted", "silence")]


def test_an_inserted_blob_is_named(state: Path) -> None:
    report = damage(
        state,
        "INSERT INTO blob SELECT substr(sha256, 2) || '0', size, codec, base_sha256, depth, packed_sha256, data "
        "FROM blob LIMIT 1",
    )
    assert {fault.what for fault in report.faults} == {"blob"}
    assert report.faults[0].kind == "inserted"


def test_swapped_records_are_named_as_reordered(state: Path) -> None:
    with unguarded(state) as database:
        database.execute("UPDATE record SET seq = -1 WHERE seq = 6")
        database.execute("UPDATE record SET seq = 6 WHERE seq = 9")
        database.execute("UPDATE record SET seq = 9 WHERE seq = -1")
    faults = verified(state).faults
    assert faults[0].row == "6"
    assert "reordered" in {fault.kind for fault in faults}


def test_a_rewritten_chain_does_not_have_the_noted_head(state: Path) -> None:
    """Whoever can rewrite everything is caught by a head that stands elsewhere."""
    head = verified(state).head
    assert verified(state, head=head).clean
    assert verified(state, head=head[:16]).clean
    with unguarded(state) as database:
        database.execute("DELETE FROM record WHERE seq = 25")
        last = database.execute('SELECT max(id) FROM "check"').fetchone()[0]
        database.execute("UPDATE watch SET last_check_id = NULL WHERE last_check_id = ?", (last,))
    report = verified(state, head=head)
    assert any(fault.what == "record" and head in fault.message for fault in report.faults)


def test_a_dropped_guard_is_named(state: Path) -> None:
    with closing(sqlite3.connect(state / DATABASE)) as database:
        database.execute("DROP TRIGGER version_final")
    assert [(fault.kind, fault.row) for fault in verified(state).faults] == [("guard", "version_final")]


def test_since_reads_only_what_is_younger(state: Path) -> None:
    with unguarded(state) as database:
        database.execute("UPDATE version SET title = 'Terms' WHERE id = 1")
    assert not verified(state, since=BEGIN).clean
    young = verified(state, since=BEGIN + timedelta(days=3))
    assert young.clean
    assert 0 < young.rows < verified(state).rows


def test_progress_reaches_the_end(state: Path) -> None:
    told: dict[str, tuple[int, int]] = {}
    verified(state, progress=lambda stage, done, total: told.__setitem__(stage, (done, total)))
    assert told["chain"] == (25, 25)
    assert told["bytes"][0] == told["bytes"][1] > 0


def test_a_large_sound_state_has_no_fault_and_takes_its_time_once(tmp_path: Path) -> None:
    """Policies of some forty kilobytes that change in one sentence a look (VERSIONS=10000 for many)."""
    store = opened(tmp_path)
    made = MadeState(store)
    policies = max(1, VERSIONS // 50)
    for policy in range(policies):
        clauses = [f"<p>{sentence(place)} So says clause {policy}.{place}.</p>" for place in range(400)]
        with made.at_once():
            watch = made.watch(f"acme/policy-{policy}")
            for step in range(VERSIONS // policies):
                clauses[step * 37 % 400] = f"<p>{sentence(step)} As amended for the {step}th time.</p>"
                made.rest = "\n".join(clauses)
                made.look(watch, sentence(step))
                made.look(watch)
    began = time.process_time()
    report = verify(store)
    spent = time.process_time() - began
    store.close()
    assert report.faults == ()
    assert report.records == 2 * VERSIONS
    assert spent < 5 + VERSIONS * 60 / 10_000, "seconds of the processor; the rest is the disk's"


def test_random_damage_is_always_found(original: Path, tmp_path: Path) -> None:
    """Bit flips, deletions, insertions and swaps in any attested row, record or blob (DAMAGES=1000 for many)."""
    chance = random.Random(8)
    missed = []
    for number in range(ROUNDS):
        (tmp_path / DATABASE).write_bytes(original.read_bytes())
        with unguarded(tmp_path) as database:
            what = _hurt(database, chance, ("flip", "delete", "insert", "swap")[number % 4])
        if verified(tmp_path).clean:
            missed.append(f"{number}: {what}")
    assert missed == []


def _hurt(database: sqlite3.Connection, chance: random.Random, how: str) -> str:
    """Damage one thing; says what."""
    while True:
        table = chance.choice(TABLES)
        columns = [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]
        rows = database.execute(f'SELECT rowid, * FROM "{table}"').fetchall()
        if len(rows) < 2:
            continue
        row, other = chance.sample(rows, 2)
        try:
            if how == "flip":
                place = chance.randrange(len(columns))
                fixed = chain.ATTESTED.get(table, columns)
                if columns[place] not in fixed or not _flip(
                    database, table, columns[place], row[0], row[1 + place], chance
                ):
                    continue
            elif how == "delete":
                database.execute(f'DELETE FROM "{table}" WHERE rowid = ?', (row[0],))
            elif how == "insert":
                forged = [_forged(column, value) for column, value in zip(columns, row[1:], strict=True)]
                marks = ", ".join("?" * len(forged))
                database.execute(f'INSERT INTO "{table}" VALUES ({marks})', forged)
            elif not _swap(database, table, columns, row, other):
                continue
        except sqlite3.IntegrityError:
            continue
        return f"{how} {table} {row[0]} {columns}"


def _flip(
    database: sqlite3.Connection, table: str, column: str, rowid: int, value: Any, chance: random.Random
) -> bool:
    mark: str = "?"
    new: Any
    if isinstance(value, int):
        new = value ^ (1 << chance.randrange(16))
    elif isinstance(value, str | bytes) and value:
        data = bytearray(value.encode() if isinstance(value, str) else value)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        new, mark = bytes(data), "CAST(? AS TEXT)" if isinstance(value, str) else "?"
    elif isinstance(value, float):
        new = value + 0.125
    else:
        return False
    database.execute(f'UPDATE "{table}" SET "{column}" = {mark} WHERE rowid = ?', (new, rowid))
    return True


def _forged(column: str, value: Any) -> Any:
    if column in ("id", "seq"):
        return 700 + value
    if column in ("key", "sha256", "due_at") and isinstance(value, str):
        return value[:-1] + ("0" if value[-1] != "0" else "1")
    if column in ("number", "position"):
        return value + 700
    return value


def _swap(database: sqlite3.Connection, table: str, columns: list[str], row: Any, other: Any) -> bool:
    """Exchange everything but the ids of two rows."""
    first, second = list(row[1:]), list(other[1:])
    key = columns.index(next(c for c in ("id", "seq", "sha256") if c in columns))
    first[key], second[key] = second[key], first[key]
    if first == list(other[1:]):
        return False
    database.execute(f'DELETE FROM "{table}" WHERE rowid IN (?, ?)', (row[0], other[0]))
    marks = ", ".join("?" * len(columns))
    database.execute(f'INSERT INTO "{table}" VALUES ({marks})', first)
    database.execute(f'INSERT INTO "{table}" VALUES ({marks})', second)
    return True


def test_rows_that_are_still_moving_are_not_faults(tmp_path: Path) -> None:
    """An attempt that a dead process left without an end is no damage."""
    store = opened(tmp_path)
    made = MadeState(store)
    watch = made.watch()
    made.look(watch, "We keep logs for 30 days.")
    made.look(watch, "We keep logs for 90 days.")
    with store.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO attempt (delivery_id, message_id, started_at) VALUES (1, 'm', '2026-01-06T00:00:00.000000Z')"
        )
    assert verify(store).clean
    store.close()
