"""Mutes: a person's decision that nobody is told of a watch for a while.

A row is a decision and is only ever added; the next one about the same watch takes its place. To end a mute is
a decision, too: its row is over when it is written (``until`` is ``created_at``).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from monitor.store.schema import mute, watch


def standing_mute(connection: Connection, watch_id: int, now: datetime) -> Row[Any] | None:
    """The mute of a watch that holds now."""
    return connection.execute(
        select(mute)
        .where(mute.c.watch_id == watch_id, mute.c.created_at <= now, *_holds(now))
        .order_by(mute.c.id.desc())
        .limit(1)
    ).first()


def standing_mutes(connection: Connection, now: datetime) -> list[Row[Any]]:
    """Every mute that holds now, with the key of its watch."""
    return list(
        connection.execute(
            select(watch.c.key, mute.c.until, mute.c.by, mute.c.reason, mute.c.created_at)
            .join(watch, watch.c.id == mute.c.watch_id)
            .where(*_holds(now))
            .order_by(watch.c.key)
        )
    )


def _holds(now: datetime) -> list[Any]:
    return [mute.c.ended_at.is_(None), or_(mute.c.until.is_(None), mute.c.until > now)]


def mute_watch(
    connection: Connection, key: str, *, now: datetime, until: datetime | None, by: str, reason: str
) -> int | None:
    """Tell nobody of a watch until then (None: until ended).

    Returns:
        The row's id, for the chain; None if there is no such watch.
    """
    watch_id = connection.scalar(select(watch.c.id).where(watch.c.key == key))
    return None if watch_id is None else _decided(connection, watch_id, now, until, by, reason)


def end_mute(connection: Connection, key: str, *, now: datetime, by: str, reason: str) -> int | None:
    """Tell people of a watch again.

    Returns:
        The row's id, for the chain; None if nothing was muted.
    """
    watch_id = connection.scalar(select(watch.c.id).where(watch.c.key == key))
    if watch_id is None or standing_mute(connection, watch_id, now) is None:
        return None
    return _decided(connection, watch_id, now, now, by, reason)


def _decided(
    connection: Connection, watch_id: int, now: datetime, until: datetime | None, by: str, reason: str
) -> int:
    connection.execute(
        update(mute).where(mute.c.watch_id == watch_id, mute.c.ended_at.is_(None)).values(ended_at=now)
    )
    row = insert(mute).values(watch_id=watch_id, created_at=now, until=until, by=by, reason=reason)
    key = connection.execute(row).inserted_primary_key
    assert key is not None  # noqa: S101
    return int(key[0])
