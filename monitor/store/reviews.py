"""Reviews: a person's decision about a change that came."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from monitor.store.schema import alert, change, comparison, review


def review_change(
    connection: Connection, change_id: int, *, now: datetime, decision: str, note: str, by: str
) -> int | None:
    """Write a decision about a change; its row's id, or None if there is no such change."""
    if connection.scalar(select(change.c.id).where(change.c.id == change_id)) is None:
        return None
    row = insert(review).values(change_id=change_id, created_at=now, decision=decision, note=note, by=by)
    key = connection.execute(row).inserted_primary_key
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
