"""Watches: which there are, which are due, and who is at work on one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, exists, insert, or_, select, update

from monitor.config import Watch
from monitor.schedule import LONGEST_RETRY
from monitor.store.processes import alive
from monitor.store.schema import check, memory, version, watch


@dataclass(frozen=True, slots=True)
class Slot:
    """One look at one watch that this process has claimed, and what was known when it did."""

    watch_id: int
    key: str
    due_at: datetime
    started_at: datetime
    owner: str
    validators: tuple[dict[str, Any], ...]
    """Per page, of the last page that was read: ``etag last_modified sha256 snapshot_id fingerprint``."""
    read_as: str | None
    settled: bool
    standing_version_id: int | None
    failures: int
    failing_since: datetime | None
    blank: bool = False
    """There is no look at it, not even an imported one, so that nothing has to be looked up."""


_BLANK = and_(watch.c.last_check_id.is_(None), ~exists().where(check.c.watch_id == watch.c.id))


def sync(
    connection: Connection, watches: Sequence[Watch], now: datetime, first_due: Callable[[Watch], datetime]
) -> None:
    """Make the rows agree with the config; a watch that left the config stays, disabled, with its history."""
    columns = (
        watch.c.id,
        watch.c.key,
        watch.c.vendor,
        watch.c.name,
        watch.c.kind,
        watch.c.pages,
        watch.c.enabled,
    )
    rows = {row.key: row for row in connection.execute(select(*columns))}
    fresh = []
    for wanted in watches:
        values = {
            "vendor": wanted.vendor,
            "name": wanted.name,
            "kind": wanted.kind,
            "pages": list(wanted.pages),
            "enabled": wanted.enabled,
        }
        row = rows.pop(wanted.key, None)
        if row is None:
            begun = {"created_at": now, "next_check_at": first_due(wanted), "settled": False, "failures": 0}
            fresh.append({"key": wanted.key, **begun, **values})
        elif any(getattr(row, name) != value for name, value in values.items()):
            sooner = (
                {}
                if row.pages == values["pages"]
                else {"validators": None, "next_check_at": first_due(wanted)}
            )
            connection.execute(update(watch).where(watch.c.id == row.id).values(**values, **sooner))
    if fresh:
        connection.execute(insert(watch), fresh)
    if gone := [{"gone": row.id} for row in rows.values() if row.enabled]:
        connection.execute(update(watch).where(watch.c.id == bindparam("gone")).values(enabled=False), gone)


def pull_forward(
    connection: Connection, watches: Iterable[Watch], regular: Callable[[Watch], datetime]
) -> None:
    """Bring back due times that lie further ahead than the schedule allows: the clock was set back, or ``every``
    was shortened.

    Args:
        regular: when a watch that can be read is due after a look now.
    """
    columns = (watch.c.id, watch.c.key, watch.c.next_check_at, watch.c.failures)
    rows = {row.key: row for row in connection.execute(select(*columns))}
    for wanted in watches:
        row = rows.get(wanted.key)
        if row is None:
            continue
        due = regular(wanted)
        latest = due + wanted.jitter * 2
        if row.failures:  # looks come later after errors, and as late as the server asked for
            latest = max(latest, due + LONGEST_RETRY, due + wanted.every * 3)
        if row.next_check_at > latest:
            connection.execute(update(watch).where(watch.c.id == row.id).values(next_check_at=due))


def claim_due(
    connection: Connection, owner: str, now: datetime, *, lease: timedelta, limit: int
) -> list[Slot]:
    """Claim watches whose time has come, the longest due first."""
    due = (
        select(watch, _BLANK.label("blank"))
        .where(watch.c.enabled, watch.c.next_check_at <= now)
        .order_by(watch.c.next_check_at)
    )
    due = due.limit(limit).with_for_update(skip_locked=True)
    at_work = {owner}
    while True:
        # Whether a holder is at work cannot be asked of the database. Its index brings what is due in order, so that
        # the rows that are seen are few; asking for all holders first would read the whole table at each claim.
        free = or_(
            watch.c.lease_until.is_(None),
            watch.c.lease_until < now,
            watch.c.lease_owner.not_in(sorted(at_work)),
        )
        rows = connection.execute(due.where(free)).all()
        held = {row.lease_owner for row in rows if not _free(row, now)}
        if not held:
            return _claimed(connection, rows, owner, now, lease)
        at_work |= held


def claim(
    connection: Connection, keys: Sequence[str], owner: str, now: datetime, *, lease: timedelta
) -> list[Slot]:
    """Claim the named watches that nobody is at work on, due or not; the others are left out."""
    rows = connection.execute(
        select(watch, _BLANK.label("blank")).where(watch.c.key.in_(keys)).with_for_update(skip_locked=True)
    ).all()
    free = [row for row in rows if _free(row, now)]
    return _claimed(connection, free, owner, now, lease)


def _claimed(
    connection: Connection, rows: Sequence[Row[Any]], owner: str, now: datetime, lease: timedelta
) -> list[Slot]:
    """Lease some rows. An on-demand look has a slot of its own; a due one keeps its time."""
    if rows:
        connection.execute(
            update(watch)
            .where(watch.c.id.in_([row.id for row in rows]))
            .values(lease_owner=owner, lease_until=now + lease)
        )
    return [
        Slot(
            watch_id=row.id,
            key=row.key,
            due_at=min(row.next_check_at, now),
            started_at=now,
            owner=owner,
            validators=tuple(row.validators or ()),
            read_as=row.read_as,
            settled=row.settled,
            standing_version_id=row.standing_version_id,
            failures=row.failures,
            failing_since=row.failing_since,
            blank=row.blank,
        )
        for row in rows
    ]


def release(connection: Connection, slots: Sequence[Slot]) -> None:
    """Give slots back that were not looked at; they are due as before."""
    for slot in slots:
        connection.execute(
            update(watch)
            .where(watch.c.id == slot.watch_id, watch.c.lease_owner == slot.owner)
            .values(lease_owner=None, lease_until=None)
        )


def _free(row: Row[Any], now: datetime) -> bool:
    """Whether nobody is at work on a watch: no claim, one that has run out, or one whose process, on this machine, is
    gone and will not finish it."""
    return row.lease_until is None or row.lease_until < now or not alive(row.lease_owner)


def next_due_at(connection: Connection) -> datetime | None:
    """When the next enabled watch is due."""
    found: datetime | None = connection.scalar(
        select(watch.c.next_check_at).where(watch.c.enabled).order_by(watch.c.next_check_at).limit(1)
    )
    return found


def all_watches(connection: Connection) -> list[Row[Any]]:
    """Every watch with its standing version, by key."""
    return list(
        connection.execute(
            select(
                watch,
                version.c.number.label("version_number"),
                version.c.stated_date,
                version.c.effective_date,
                version.c.title,
                version.c.first_seen_at,
            )
            .outerjoin(version, and_(version.c.id == watch.c.standing_version_id))
            .order_by(watch.c.key)
        )
    )


def id_of(connection: Connection, key: str) -> int | None:
    """The id of the watch with a key, None if it was never looked at."""
    found: int | None = connection.scalar(select(watch.c.id).where(watch.c.key == key))
    return found


def remembered(connection: Connection, watch_id: int) -> dict[str, Any] | None:
    """The memory of a watch (``monitor.judgement.Memory`` as a dict), None before its first look."""
    found: dict[str, Any] | None = connection.scalar(
        select(memory.c.body).where(memory.c.watch_id == watch_id)
    )
    return found


def troubles(connection: Connection) -> dict[int, Row[Any]]:
    """By watch, its last check, of those whose last check gave no policy."""
    rows = connection.execute(
        select(check)
        .join(watch, watch.c.last_check_id == check.c.id)
        .where(check.c.outcome.in_(("failed", "suspect")))
    )
    return {row.watch_id: row for row in rows}
