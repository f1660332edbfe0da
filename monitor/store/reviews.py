"""Users' decisions: about alerts to come (mutes) and about changes that came (reviews)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Insert, Row, func, insert, or_, select, update

from monitor.store.schema import alert, change, check, comparison, mute, review, watch


def standing_mute(connection: Connection, watch_id: int, now: datetime) -> Row[Any] | None:
    """The mute of a watch that holds now; of several the one that holds longest."""
    return connection.execute(
        select(mute)
        .where(mute.c.watch_id == watch_id, mute.c.ended_at.is_(None), mute.c.created_at <= now)
        .where(or_(mute.c.until.is_(None), mute.c.until > now))
        .order_by(mute.c.until.is_(None).desc(), mute.c.until.desc())
        .limit(1)
    ).first()


def mute_watch(
    connection: Connection, key: str, *, now: datetime, until: datetime | None, by: str, reason: str
) -> int | None:
    """Send no alerts of a watch until then (None: until ended); the mute's id, None if there is no such watch."""
    watch_id = connection.scalar(select(watch.c.id).where(watch.c.key == key))
    if watch_id is None:
        return None
    end_mutes(connection, key, now)
    return _added(
        connection,
        insert(mute).values(watch_id=watch_id, created_at=now, until=until, by=by, reason=reason),
    )


def end_mutes(connection: Connection, key: str, now: datetime) -> int:
    """End the standing mutes of a watch; how many there were."""
    watch_id = select(watch.c.id).where(watch.c.key == key).scalar_subquery()
    return connection.execute(
        update(mute)
        .where(mute.c.watch_id == watch_id, mute.c.ended_at.is_(None))
        .where(or_(mute.c.until.is_(None), mute.c.until > now))
        .values(ended_at=now)
    ).rowcount


def standing_mutes(connection: Connection, now: datetime) -> list[Row[Any]]:
    """Every mute that holds now, with the key of its watch."""
    return list(
        connection.execute(
            select(watch.c.key, mute.c.until, mute.c.by, mute.c.reason, mute.c.created_at)
            .join(watch, watch.c.id == mute.c.watch_id)
            .where(mute.c.ended_at.is_(None), or_(mute.c.until.is_(None), mute.c.until > now))
            .order_by(watch.c.key)
        )
    )


def review_change(
    connection: Connection, change_id: int, *, now: datetime, decision: str, note: str, by: str
) -> int | None:
    """Write a decision about a change; its row's id, or None if there is no such change."""
    if connection.scalar(select(change.c.id).where(change.c.id == change_id)) is None:
        return None
    return _added(
        connection,
        insert(review).values(change_id=change_id, created_at=now, decision=decision, note=note, by=by),
    )


def _added(connection: Connection, statement: Insert) -> int:
    key = connection.execute(statement).inserted_primary_key
    assert key is not None  # noqa: S101
    return int(key[0])


def unreviewed(connection: Connection, since: datetime, until: datetime) -> list[Row[Any]]:
    """Change alerts written in a stretch of time, of whose material changes nobody has reviewed any."""
    reviewed = (
        select(review.c.id)
        .join(change, change.c.id == review.c.change_id)
        .where(change.c.comparison_id == alert.c.comparison_id)
        .exists()
    )
    return list(
        connection.execute(
            select(alert)
            .join(comparison, comparison.c.id == alert.c.comparison_id)
            .where(alert.c.kind.in_(("change", "reverted")), comparison.c.verdict == "material")
            .where(alert.c.created_at > since, alert.c.created_at <= until, ~reviewed)
            .order_by(alert.c.id)
        )
    )


def counted(
    connection: Connection, at: ColumnElement[Any], since: datetime, *more: ColumnElement[bool]
) -> int:
    """Rows of the table of a time column that are not older than ``since``."""
    return connection.scalar(select(func.count()).where(at >= since, *more)) or 0


def first_check_at(connection: Connection) -> datetime | None:
    """When the first look ended."""
    found: datetime | None = connection.scalar(select(check.c.ended_at).order_by(check.c.id).limit(1))
    return found


def last_check(connection: Connection) -> int | None:
    """Id of the last look."""
    found: int | None = connection.scalar(select(func.max(check.c.id)))
    return found
