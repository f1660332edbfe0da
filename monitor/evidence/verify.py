"""``verify``: prove that what is stored is what was written, or name the first thing that is not.

Four layers, from the ground up: the database file, the guards on it, the chain with every row it attests and
every byte those rows name, and the invariants between rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain as joined
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from monitor.evidence import invariants, packed
from monitor.evidence.faults import Fault, Progress, silent
from monitor.evidence.records import Walk
from monitor.store import Store, guards, schema

if TYPE_CHECKING:
    from monitor.consider import Case

LIMIT = 1000
"""Faults that are collected; the first is what matters."""


@dataclass(frozen=True, slots=True)
class Report:
    """What ``verify`` found."""

    faults: tuple[Fault, ...]
    """In the order of the chain; the first is the first thing that is not as it was written."""
    records: int
    rows: int
    head: str
    """The last hash of the chain: noted elsewhere, it proves everything up to here."""

    @property
    def clean(self) -> bool:
        return not self.faults

    def as_dict(self) -> dict[str, Any]:
        return {
            "clean": self.clean,
            "records": self.records,
            "rows": self.rows,
            "head": self.head,
            "faults": [fault.as_dict() for fault in self.faults],
        }


def verify(
    store: Store,
    *,
    since: datetime | None = None,
    head: str | None = None,
    rerun: Mapping[str, Case] | None = None,
    progress: Progress = silent,
) -> Report:
    """Check everything that is stored; changes nothing.

    Args:
        since: read only rows and bytes again that were attested from then on; the chain is followed whole.
        head: a head of the chain that was noted earlier (in a digest, a case file): it must be part of it.
        rerun: also read and compare again what is stored of these watches (``monitor.evidence.rerun``).
        progress: told of stage, done, total.
    """
    walk = Walk(None, schema.timestamp(since) if since else "")  # type: ignore[arg-type]
    found: list[Fault] = []
    try:
        with snapshot(store) as connection:
            walk.connection = connection
            for fault in joined(
                _database(connection),
                _guards(connection),
                walk.faults(progress),
                _noted_head(connection, head),
                _bytes(connection, walk, progress),
                invariants.faults(connection),
                _rerun(connection, rerun, progress),
            ):
                found.append(fault)
                if len(found) >= LIMIT:
                    break
    except (DatabaseError, sqlite3.DatabaseError, ValueError, TypeError, OverflowError) as error:
        words = str(getattr(error, "orig", error)).strip()  # whatever cannot even be read is damage
        found.append(Fault("database", "", "", f"the database cannot be read further: {words}"))
    return Report(tuple(found), walk.head[0], walk.rows, walk.head[1])


def _bytes(connection: Connection, walk: Walk, progress: Progress) -> Iterator[Fault]:
    yield from packed.faults(connection, progress, first=walk.first if walk.since else None)


def _rerun(connection: Connection, cases: Mapping[str, Case] | None, progress: Progress) -> Iterator[Fault]:
    if cases is not None:
        from monitor.evidence import rerun

        yield from rerun.faults(connection, cases, progress)


@contextmanager
def snapshot(store: Store) -> Iterator[Connection]:
    """One consistent view, whatever is written meanwhile; on SQLite, broken characters can be read."""
    connection = store.engine.connect()
    if not store.sqlite:
        connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection:
            yield connection
            connection.rollback()
        return
    with connection:
        store.begin(connection, "BEGIN")
        driver: Any = connection.connection.driver_connection
        driver.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        try:
            yield connection
        finally:
            connection.rollback()
            driver.text_factory = str


def _database(connection: Connection) -> Iterator[Fault]:
    """The file itself, as SQLite sees it."""
    if connection.dialect.name != "sqlite":
        return
    for (words,) in connection.execute(text("PRAGMA integrity_check(20)")):
        if words != "ok":
            yield Fault("database", "", "", f"the database file is damaged: {words}")
    for table, row_id, parent, _key in connection.execute(text("PRAGMA foreign_key_check")):
        yield Fault(
            "removed",
            str(table),
            str(row_id),
            f"row {row_id} of {table} names a row of {parent} that is gone",
        )


def _guards(connection: Connection) -> Iterator[Fault]:
    """The triggers that refuse rewriting are there, word for word."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        there = {str(row.name): str(row.sql) for row in connection.execute(text(query))}
    else:
        query = (
            "SELECT tgname, tgenabled FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace"
        )
        there = {
            str(row.tgname): str(row.tgenabled)
            for row in connection.execute(text(query.replace("::", r"\:\:")))
        }
    for name, statement in guards.triggers(connection.dialect.name).items():
        if there.get(name) != (statement if connection.dialect.name == "sqlite" else "O"):
            yield Fault("guard", "", name, f"the guard {name} was dropped or changed")


def _noted_head(connection: Connection, head: str | None) -> Iterator[Fault]:
    if (
        head
        and not connection.execute(
            text("SELECT 1 FROM record WHERE chain LIKE :head"), {"head": head.lower() + "%"}
        ).first()
    ):
        yield Fault("removed", "record", "", f"no record of the chain has the head {head} that was noted")
