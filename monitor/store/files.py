"""Database files: copied while in use, and named for good."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from monitor.errors import StateError
from monitor.store import processes


def copy_database(source: Path, target: Path) -> None:
    """A consistent copy of an SQLite file: one file, private, on disk when this returns.

    Args:
        target: a new file; what a failure leaves of it is removed.

    Raises:
        StateError: the source cannot be read, or the target not be written.
    """
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
            new.execute("PRAGMA journal_mode=DELETE")
        with target.open("rb+") as file:
            os.fsync(file.fileno())
    except (sqlite3.Error, OSError) as error:
        target.unlink(missing_ok=True)
        raise StateError(f"{target}: the copy failed: {error}; nothing was left behind") from None


@contextmanager
def workshop(folder: Path, purpose: str) -> Iterator[Path]:
    """A hidden folder beside the target for what is not whole yet; what killed processes left there is removed."""
    for left in folder.glob(f".{purpose}-*:*:*"):
        if not processes.alive(left.name.removeprefix(f".{purpose}-")):
            shutil.rmtree(left, ignore_errors=True)
    place = folder / f".{purpose}-{processes.me()}"
    place.mkdir(mode=0o700)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def sync_folder(folder: Path) -> None:
    """Make a new name in a directory last."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
