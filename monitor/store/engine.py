"""Opening the database, and the two ways to talk to it: ``read()`` and ``write()``.

SQLite runs with WAL, ``synchronous=FULL`` and foreign keys; a write begins IMMEDIATE, so that two processes
never deadlock on an upgraded lock. The same queries run on PostgreSQL.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from sqlalchemy import URL, Connection, Engine, create_engine, event, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import QueuePool, StaticPool

from monitor.errors import NoStateError, StateError
from monitor.store import processes, schema
from monitor.store.files import sync_folder, workshop

DATABASE = "policy-monitor.db"
BUSY_SECONDS = 30


class Store:
    """The state of one installation.

    Use from one thread at a time when the database is SQLite; several processes may share it.
    """

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.folder = folder
        self.owner = processes.me()
        """Who holds a lease: this process, told apart from an earlier one with its number."""

    @classmethod
    def open(cls, folder: Path, database: str | None = None, *, migrate: bool = True) -> Self:
        """Open (and create, and bring up to date) the database.

        Args:
            folder: the state directory; holds the SQLite file unless ``database`` names another one.
            database: an SQLAlchemy URL, e.g. ``postgresql+psycopg://user@host/name``.
            migrate: create or upgrade the schema; otherwise an old one is an error, and nothing is created.

        Raises:
            NoStateError: there is no state, and none is to be created.
            StateError: the directory cannot be written, the file is no database, its schema is newer than
                this program, …; the message says which and what to do.
        """
        url = make_url(database) if database else make_url(f"sqlite:///{folder / DATABASE}")
        sqlite = url.get_backend_name() == "sqlite"
        try:
            if migrate:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if (file := _file(url)) is not None:
                if file.exists():
                    _must_have_content(file)
                elif migrate:
                    cls._begin(file)
                else:
                    raise no_state(folder)
            engine = _sqlite(url) if sqlite else create_engine(url, poolclass=QueuePool, pool_pre_ping=True)
            store = cls(engine, folder)
            try:
                store._prepare(migrate)
            except BaseException:
                store.close()
                raise
        except OSError as error:
            raise StateError(
                f"{folder}: the state directory cannot be used: {error.strerror}; check path and owner"
            ) from None
        except DatabaseError as error:
            raise explain(error, folder / DATABASE if sqlite else url.render_as_string()) from None
        return store

    @classmethod
    def _begin(cls, file: Path) -> None:
        """A new state gets its name once it is whole: an empty file of that name is never ours."""
        from monitor.store import upgrade

        with workshop(file.parent, "begin") as folder:
            begun = folder / file.name
            store = cls(_sqlite(make_url(f"sqlite:///{begun}")), file.parent)
            try:
                upgrade.begin(store)
            finally:
                store.close()
            with suppress(FileExistsError):  # another process was first
                os.link(begun, file)
        sync_folder(file.parent)

    def _prepare(self, migrate: bool) -> None:
        from monitor.store import upgrade

        upgrade.prepare(self, migrate=migrate)

    @property
    def sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @property
    def file(self) -> Path | None:
        """The database, if it is one file."""
        return _file(self.engine.url)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view; changes nothing."""
        with self._explained(), self.engine.connect() as connection:
            self.begin(connection, "BEGIN")
            yield connection
            connection.rollback()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: all of it is on disk when this returns, or nothing is."""
        with self._explained(), self.engine.connect() as connection, connection.begin():
            self.begin(connection, "BEGIN IMMEDIATE")
            yield connection

    def begin(self, connection: Connection, how: str) -> None:
        """Begin a transaction where the driver does not. As a listener, this would burden every statement."""
        if self.sqlite:
            connection.exec_driver_sql(how)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            raise explain(error, self.folder / DATABASE if self.sqlite else "database") from error

    def meta(self, key: str) -> str | None:
        with self.read() as connection:
            return connection.scalar(select(schema.meta.c.value).where(schema.meta.c.key == key))

    def close(self) -> None:
        self.engine.dispose()


def _sqlite(url: Any) -> Engine:
    engine = create_engine(
        url,
        poolclass=StaticPool if _file(url) is None else QueuePool,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we begin transactions ourselves, see Store.begin
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA trusted_schema=OFF")
        cursor.close()

    return engine


def _file(url: URL) -> Path | None:
    in_a_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    return Path(str(url.database)) if in_a_file else None


def _must_have_content(file: Path) -> None:
    if file.stat().st_size == 0:
        raise emptied(file)


def emptied(file: Path) -> StateError:
    """A state was there, and is no more."""
    return StateError(
        f"{file}: is empty, and was not when it was made; restore it with `policy-monitor restore BACKUP`, "
        "or remove the file to begin anew"
    )


def no_state(folder: Path) -> NoStateError:
    """Somebody looks for a state where none is."""
    return NoStateError(
        f"{folder}: there is no state yet; `policy-monitor check` begins it, --state DIR names another one"
    )


def explain(error: DatabaseError, where: Path | str) -> StateError:
    """The database's own words, with what a user can do about it."""
    words = str(error.orig).strip()
    lower = words.lower()
    if "readonly" in lower:
        return StateError(f"{where}: cannot be written: {_who_may(where)}")
    for part, cure in (
        ("locked", "another process holds the database for long; see which with `policy-monitor status`"),
        ("disk is full", "the disk is full; free some space and run again, nothing was half-written"),
        ("disk i/o error", "the disk does not answer; check it and run again, nothing was half-written"),
        ("unable to open", "check path and owner of the state directory"),
        ("not a database", "restore it with `policy-monitor restore BACKUP`"),
        ("malformed", "restore it with `policy-monitor restore BACKUP`"),
    ):
        if part in lower:
            return StateError(f"{where}: {words}: {cure}")
    return StateError(f"{where}: {words}")


def _who_may(where: Path | str) -> str:
    """What to do about a file that this user may read only."""
    try:
        owner = where.owner() if isinstance(where, Path) else ""
    except (OSError, KeyError):
        owner = ""
    mounted = "if it lies on a read-only file system, mount that for writing"
    if owner and owner != _user():
        return f"it belongs to {owner}; run `sudo -u {owner} policy-monitor …`; {mounted}"
    return f"make it and its directory writable (`chmod u+w`); {mounted}"


def _user() -> str:
    from pwd import getpwuid

    try:
        return getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
