"""Copies of the state: made while everything runs, proven before they replace anything."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.errors import StateError, UsageError
from monitor.evidence.faults import Progress, silent
from monitor.evidence.verify import verify
from monitor.store import Store
from monitor.store.engine import DATABASE
from monitor.store.files import copy_database, sync_folder, workshop

BESIDES = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database file."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that was made or put in place."""

    path: Path
    size: int
    sha256: str
    records: int
    head: str
    """The head of the chain in it; worth noting elsewhere."""
    before: Path | None = None
    """Of a restore: where the state that it replaced now lies."""

    def as_dict(self) -> dict[str, Any]:
        return {
            "path": str(self.path),
            "size": self.size,
            "sha256": self.sha256,
            "records": self.records,
            "head": self.head,
            "before": str(self.before) if self.before else None,
        }


def backup(store: Store, target: Path, *, now: datetime, progress: Progress = silent) -> Backup:
    """Copy the state as it is at one moment; a daemon may go on meanwhile.

    Args:
        target: the new file, or a directory to put ``policy-monitor-DATE.db`` in. Nothing is ever overwritten.

    Raises:
        StateError: the target exists or cannot be written, or the copy is damaged.
        UsageError: the state is in PostgreSQL.
    """
    if not store.sqlite:
        raise UsageError(
            "the state is in PostgreSQL, which copies itself while it is in use: "
            "`pg_dump --format=custom --file=policy-monitor.dump DATABASE`"
        )
    if target.is_dir():
        target = target / f"policy-monitor-{now:%Y%m%dT%H%M%SZ}.db"
    if target.exists():
        raise StateError(f"{target}: is there already; name a new file or a directory")
    try:
        with workshop(target.parent, "backup") as folder:
            copy = folder / DATABASE
            copy_database(Path(str(store.engine.url.database)), copy)
            made = _proven(copy, target, progress)
            os.link(copy, target)  # unlike a rename, never over another file
            sync_folder(target.parent)
    except FileNotFoundError:
        raise StateError(f"{target.parent}: no such directory; make it first") from None
    except OSError as error:
        raise StateError(f"{target}: cannot be written: {error.strerror}; nothing was left behind") from None
    return made


def restore(
    source: Path, folder: Path, *, now: datetime, force: bool = False, progress: Progress = silent
) -> Backup:
    """Put a backup in place of the state, after it was proven; the state that was there is kept beside it.

    Args:
        source: a file that ``backup`` made.
        folder: the state directory.
        force: also take a backup that ``verify`` finds faults in.

    Raises:
        StateError: the state is in use, the backup is none or is damaged, or the disk is full; nothing has changed.
    """
    if not source.is_file():
        raise StateError(f"{source}: no such file")
    place = folder / DATABASE
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with workshop(folder, "restore") as inner:
            copy = inner / DATABASE
            shutil.copyfile(source, copy)
            copy.chmod(0o600)
            _must_be_ours(copy, source)
            made = _proven(copy, place, progress, force=force)
            before = _set_aside(place, now)
            copy.replace(place)
            sync_folder(folder)
    except OSError as error:
        raise StateError(f"{folder}: cannot be written: {error.strerror}; the state is as it was") from None
    return Backup(place, made.size, made.sha256, made.records, made.head, before)


def _proven(copy: Path, target: Path, progress: Progress, *, force: bool = False) -> Backup:
    """What a copy holds, once it was verified (and brought to this program's schema)."""
    store = Store.open(copy.parent)
    try:
        report = verify(store, progress=progress)
    finally:
        store.close()
    if report.faults and not force:
        raise StateError(
            f"{target}: the copy is not sound: {report.faults[0].message}; see `policy-monitor verify`"
        )
    with closing(sqlite3.connect(copy)) as database:
        database.execute("PRAGMA journal_mode=DELETE")
    with copy.open("rb+") as file:
        os.fsync(file.fileno())
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Backup(target, copy.stat().st_size, digest, report.records, report.head)


def _must_be_ours(copy: Path, source: Path) -> None:
    """Anything else would be taken for a new, empty state."""
    try:
        with closing(sqlite3.connect(copy)) as database:
            database.execute("SELECT seq FROM record LIMIT 1")
    except sqlite3.DatabaseError:
        raise StateError(f"{source}: is no backup of policy-monitor") from None


def _set_aside(place: Path, now: datetime) -> Path | None:
    """Keep the state that is there under another name. At no moment is there a new file with old pages beside it."""
    if not place.exists():
        return None
    aside = place.with_name(f"{place.name}.before-restore-{now:%Y%m%dT%H%M%SZ}")
    try:
        with closing(sqlite3.connect(place, timeout=2)) as database:
            database.execute(
                "PRAGMA journal_mode=DELETE"
            )  # takes the file for itself: fails while others use it
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise StateError(
                f"{place}: is in use; stop the daemon first (`systemctl stop policy-monitor`)"
            ) from None
    except sqlite3.DatabaseError:
        pass  # damaged: that is why it is replaced
    for beside in BESIDES:
        with suppress(FileNotFoundError):
            Path(f"{place}{beside}").replace(f"{aside}{beside}")
    os.link(place, aside)
    return aside
