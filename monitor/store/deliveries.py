"""Deliveries looked at, and tried again by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select, update

from monitor.store.schema import alert, attempt, change, delivery, watch


def deliveries(connection: Connection, *, failed: bool = False, limit: int = 50) -> list[Row[Any]]:
    """The newest deliveries with their alerts; ``failed``: dead ones, and pending ones that failed already."""
    query = (
        select(
            delivery,
            alert.c.kind,
            alert.c.summary,
            alert.c.severity,
            alert.c.created_at,
            watch.c.key.label("watch"),
        )
        .join(alert, alert.c.id == delivery.c.alert_id)
        .outerjoin(watch, watch.c.id == alert.c.watch_id)
        .order_by(delivery.c.id.desc())
        .limit(limit)
    )
    if failed:
        waiting = (delivery.c.status == "pending") & (delivery.c.attempts > 0)
        query = query.where(or_(delivery.c.status == "dead", waiting))
    return list(connection.execute(query))


def attempts(connection: Connection, delivery_ids: Sequence[int]) -> Mapping[int, list[Row[Any]]]:
    """By delivery its attempts, oldest first."""
    found: dict[int, list[Row[Any]]] = {number: [] for number in delivery_ids}
    rows = connection.execute(
        select(attempt).where(attempt.c.delivery_id.in_(delivery_ids)).order_by(attempt.c.id)
    )
    for row in rows:
        found[row.delivery_id].append(row)
    return found


def retry(connection: Connection, delivery_id: int, now: datetime) -> str | None:
    """Make a delivery due now that is dead, stopped or waiting.

    Returns:
        What it was before; None if there is none with this id. A delivered one stays delivered.
    """
    before: str | None = connection.scalar(select(delivery.c.status).where(delivery.c.id == delivery_id))
    connection.execute(
        update(delivery)
        .where(delivery.c.id == delivery_id, delivery.c.status != "delivered")
        .values(status="pending", due_at=now, digest=None)
    )
    return before


def alert_of_change(connection: Connection, change_id: int) -> Row[Any] | None:
    """The newest alert that told of a change, if any did."""
    return connection.execute(
        select(alert)
        .join(change, change.c.comparison_id == alert.c.comparison_id)
        .where(change.c.id == change_id)
        .order_by(alert.c.id.desc())
        .limit(1)
    ).first()


def counts(connection: Connection, now: datetime) -> dict[str, int]:
    """Deliveries by status; ``late`` are the pending ones that have already failed."""
    query = select(delivery.c.status, func.count()).group_by(delivery.c.status)
    found = {status: int(count) for status, count in connection.execute(query)}
    late = select(func.count()).where(
        delivery.c.status == "pending",
        delivery.c.attempts > 0,
        or_(delivery.c.lease_until.is_(None), delivery.c.lease_until <= now),
    )
    return (
        {"pending": 0, "delivered": 0, "dead": 0, "stopped": 0}
        | found
        | {"late": connection.scalar(late) or 0}
    )


def changes_told_since(connection: Connection, since: datetime) -> int:
    """How many alerts about changes were written since then."""
    told = alert.c.kind.in_(("change", "reverted"))
    return connection.scalar(select(func.count()).where(alert.c.created_at >= since, told)) or 0


def troubles(connection: Connection, now: datetime) -> list[Row[Any]]:
    """Channels that did not take what they should have, by name.

    Each with ``late`` and ``dead`` (deliveries that are tried again, and that are not), ``since`` (the first
    attempt at one of them that failed) and ``error`` (what the last one came to; None: its end is unknown).
    """
    free = or_(delivery.c.lease_until.is_(None), delivery.c.lease_until <= now)
    late = (delivery.c.status == "pending") & (delivery.c.attempts > 0) & free
    dead = delivery.c.status == "dead"
    tried = (
        select(
            delivery.c.channel,
            func.count(delivery.c.id.distinct()).filter(late).label("late"),
            func.count(delivery.c.id.distinct()).filter(dead).label("dead"),
            func.min(attempt.c.started_at).label("since"),
            func.max(attempt.c.id).label("last"),
        )
        .outerjoin(attempt, attempt.c.delivery_id == delivery.c.id)
        .where(or_(late, dead))
        .group_by(delivery.c.channel)
        .subquery()
    )
    return list(
        connection.execute(
            select(tried, attempt.c.detail.label("error"))
            .outerjoin(attempt, attempt.c.id == tried.c.last)
            .order_by(tried.c.channel)
        )
    )
