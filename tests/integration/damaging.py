"""Someone with a shell on the machine: changes stored rows past the program and past its guards."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from made_state import opened
from monitor.evidence.verify import Report, verify
from monitor.store import guards
from monitor.store.engine import DATABASE


@contextmanager
def unguarded(folder: Path) -> Iterator[sqlite3.Connection]:
    """No guards, no foreign keys; the guards are put back afterwards, to look untouched."""
    with closing(sqlite3.connect(folder / DATABASE, isolation_level=None)) as database:
        database.execute("PRAGMA foreign_keys=OFF")
        database.execute("PRAGMA synchronous=OFF")
        for name in guards.triggers("sqlite"):
            database.execute(f"DROP TRIGGER {name}")
        yield database
        for statement in guards.triggers("sqlite").values():
            database.execute(statement)


def verified(folder: Path, **options: Any) -> Report:
    store = opened(folder)
    try:
        return verify(store, **options)
    finally:
        store.close()


def damage(folder: Path, *statements: str) -> Report:
    """Run some statements, each of which must hit something; what ``verify`` says then."""
    with unguarded(folder) as database:
        for statement in statements:
            assert database.execute(statement).rowcount != 0, statement
    return verified(folder)
