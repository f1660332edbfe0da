"""Checks, read back: what the looks at a policy came to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select, true

from monitor.store.schema import alert, check, comparison, silence, version


def history(connection: Connection, watch_id: int, *, limit: int, news_only: bool = False) -> list[Row[Any]]:
    """The checks of a watch, newest first, with version number and comparison if any.

    ``news_only`` leaves out those that saw nothing new and told nothing.
    """
    news = or_(check.c.outcome != "unchanged", check.c.notice.is_not(None)) if news_only else true()
    return list(
        connection.execute(
            select(
                check,
                version.c.number.label("version_number"),
                comparison.c.id.label("comparison_id"),
                comparison.c.verdict,
                comparison.c.severity,
                comparison.c.summary,
            )
            .outerjoin(version, version.c.id == check.c.version_id)
            .outerjoin(alert, and_(alert.c.check_id == check.c.id, alert.c.comparison_id.is_not(None)))
            .outerjoin(
                comparison, or_(comparison.c.check_id == check.c.id, comparison.c.id == alert.c.comparison_id)
            )
            .where(check.c.watch_id == watch_id, news)
            .order_by(check.c.ended_at.desc(), check.c.id.desc())
            .limit(limit)
        )
    )


def silences(connection: Connection, check_ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """Per check, what nobody was told of."""
    found: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(
        select(silence).where(silence.c.check_id.in_(check_ids)).order_by(silence.c.id)
    ):
        found.setdefault(row.check_id, []).append(row)
    return found


def seen_before(connection: Connection, check_ids: Sequence[int]) -> set[int]:
    """Those of some checks that saw the version which the last readable look before them saw, too."""
    before = check.alias("before")
    last = (
        select(before.c.version_id)
        .where(before.c.watch_id == check.c.watch_id, before.c.id < check.c.id)
        .where(before.c.version_id.is_not(None))
        .order_by(before.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return set(
        connection.scalars(select(check.c.id).where(check.c.id.in_(check_ids), check.c.version_id == last))
    )


def first_check_at(connection: Connection) -> datetime | None:
    """When the first look ended."""
    found: datetime | None = connection.scalar(select(check.c.ended_at).order_by(check.c.id).limit(1))
    return found


def last_check(connection: Connection) -> int | None:
    """Id of the last look."""
    found: int | None = connection.scalar(select(func.max(check.c.id)))
    return found


def checks_since(connection: Connection, since: datetime) -> int:
    """How many looks ended since then."""
    return connection.scalar(select(func.count()).where(check.c.ended_at >= since)) or 0
