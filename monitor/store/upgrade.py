"""Bringing a database to this program's schema: forward only, in one transaction, after a backup.

A new database gets the schema as it is; an older one goes through the steps of ``monitor.store.migrations``
(a test proves that both end the same). The usual start asks one plain query; Alembic is imported only when
there is something to do. The guards are put up anew each time, so that a step may do what they refuse.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, MetaData, inspect, text

from monitor.errors import StateError

if TYPE_CHECKING:
    from monitor.store.engine import Store

HEAD = "0001"
"""The schema that this program reads and writes: the newest of ``monitor.store.migrations``."""

LOCK = 7_203_114
"""Of PostgreSQL, held while a schema is created or upgraded."""


def prepare(store: Store, *, migrate: bool) -> None:
    """Create the schema of a new database, upgrade an older one.

    Raises:
        NoStateError: there is no schema, and ``migrate`` is False.
        StateError: the schema is newer than this program or unknown to it, or is an old one and ``migrate``
            is False. Nothing has changed then.
    """
    with store.read() as connection:
        found = revision(connection)
    if found == HEAD:
        return
    _refuse_unknown(store, found)
    if found is None and store.file is not None:
        raise _not_ours(store, store.file)
    if not migrate:
        if found is None:
            from monitor.store.engine import no_state

            raise no_state(store.folder)
        raise StateError(
            f"{store.folder}: the state has schema {found}, this program needs {HEAD}; "
            "`policy-monitor check` or `run` upgrades it"
        )
    begin(store)


def begin(store: Store) -> None:
    """Create the schema of an empty database or upgrade an older one, whoever else is about to."""
    with store.write() as connection:
        if not store.sqlite:  # SQLite: a write() has the database for itself
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        found = revision(connection)  # another process may have been first
        if found is None:
            _create(connection, store)
        elif found != HEAD:
            _upgrade(connection, store, found)


def revision(connection: Connection) -> str | None:
    """The revision of a database's schema; None when it has none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _refuse_unknown(store: Store, found: str | None) -> None:
    if found is not None and found > HEAD:
        raise StateError(
            f"{store.folder}: the state was written by a newer policy-monitor (schema {found}, this one knows up to "
            f"{HEAD}); install that version again, or restore a backup from before"
        )


def _create(connection: Connection, store: Store) -> None:
    from monitor.store.schema import metadata

    theirs = set(inspect(connection).get_table_names()) & set(metadata.tables)
    if theirs:
        raise StateError(
            f"{store.folder}: the database has a table {sorted(theirs)[0]!r} that is not ours; name an empty database"
        )
    declared = metadata if store.sqlite else _copy(metadata)
    declared.create_all(connection, checkfirst=False)
    # As Alembic would make it.
    connection.execute(
        text(
            "CREATE TABLE alembic_version "
            "(version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
        )
    )
    connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})
    _put_up_guards(connection)


def _copy(declared: MetaData) -> MetaData:
    """For PostgreSQL: making its tables marks their circular keys, and a later SQLite would go without them."""
    copied = MetaData(naming_convention=declared.naming_convention)
    for table in declared.tables.values():
        table.to_metadata(copied)
    return copied


def _not_ours(store: Store, file: Path) -> StateError:
    """A file gets its name with our schema in it; one without it was emptied, or is another program's."""
    from monitor.store.engine import emptied

    with store.read() as connection:
        tables = inspect(connection).get_table_names()
    if not tables:
        return emptied(file)
    return StateError(f"{file}: has a table {tables[0]!r} that is not ours; name another --state")


def _upgrade(connection: Connection, store: Store, found: str) -> None:
    from monitor.store import migrations

    if found not in migrations.known():
        raise StateError(
            f"{store.folder}: the state has schema {found!r}, which no policy-monitor has written"
        )
    database = store.engine.url.database
    if store.sqlite and database not in (None, "", ":memory:"):
        _keep_copy(Path(str(database)), store.folder, found)
    _take_down_guards(connection)
    if store.sqlite:
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))  # a step may rebuild a table
    migrations.upgrade(connection, HEAD)
    _put_up_guards(connection)


def _keep_copy(database: Path, folder: Path, found: str) -> None:
    """Copy what is there before the upgrade; the copy has its name once it is whole. The caller holds the lock."""
    from monitor.store.files import copy_database, sync_folder

    part = folder / ".policy-monitor-schema.part"
    for left in folder.glob(f"{part.name}*"):  # of an upgrade that was killed, with its journal
        left.unlink()
    copy_database(database, part)
    at = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    part.rename(folder / f"policy-monitor-schema-{found}-{at}.db")
    sync_folder(folder)


def _put_up_guards(connection: Connection) -> None:
    from monitor.store import guards

    for statement in guards.statements(connection.dialect.name):
        connection.execute(text(statement))


def _take_down_guards(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("DROP FUNCTION IF EXISTS refuse() CASCADE"))
        return
    names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
    for name in names:
        connection.execute(text(f'DROP TRIGGER "{name}"'))
