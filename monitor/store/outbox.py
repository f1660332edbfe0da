"""Alerts and their deliveries: written with the check that caused them, claimed, tried, marked.

A claim leases the deliveries of one message and writes their attempt rows in one transaction, before anything
is sent; a delivery is marked only afterwards. What dies between the two leaves an attempt without an end: its
outcome is unknown, it is tried again, and the row explains the duplicate, if it was one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, Insert, and_, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from monitor.store import chain, meta
from monitor.store.processes import alive
from monitor.store.schema import alert, attempt, delivery, timestamp

BURST = 5
"""More than so many alerts that are due at once on one channel go out together."""
LEASE = timedelta(seconds=90)
LONGEST_WAIT = timedelta(days=8)
"""A weekly digest's, and a day."""
LONGEST_REST = timedelta(days=1)
"""What a channel that failed may be left alone for."""
CLOCK_STEP = timedelta(minutes=2)
"""An alert that was written so far ahead of now was written by a wrong clock."""
REST = "channel.rest."
"""And a channel's name: until when nothing is sent to it after a failure, whenever it was written."""
WINDOW = 2000
"""Deliveries of one channel that a claim looks at: the oldest."""


class Route(Protocol):
    """What ``monitor.alerts.plan`` decides for one channel."""

    @property
    def channel(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def due_at(self) -> datetime: ...
    @property
    def digest(self) -> str | None: ...
    @property
    def reason(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Claimed:
    """One message to send: deliveries that this process holds the lease of, and whose attempts have begun."""

    message_id: str
    """The same for the same deliveries: a receiver can recognise a repetition by it."""
    channel: str
    digest: str | None
    delivery_ids: tuple[int, ...]
    attempt_ids: tuple[int, ...]
    alert_bodies: tuple[Mapping[str, Any], ...]
    attempts: int
    """The highest number of attempts among them, this one included."""
    unknown: bool
    """An earlier attempt has no end: what it carried may have arrived."""
    created_at: datetime
    """When the oldest alert in it was written."""
    chain_head: tuple[int, str] | None = None
    """Of a digest: number and hash of the chain's last record. Who has the mail can prove all that was before."""


def write_alert(
    connection: Connection,
    routes: Iterable[Route],
    *,
    key: str,
    kind: str,
    summary: str,
    body: Mapping[str, Any],
    created_at: datetime,
    severity: str | None = None,
    watch_id: int | None = None,
    check_id: int | None = None,
    comparison_id: int | None = None,
) -> list[tuple[str, int]]:
    """Write an alert with a delivery for every channel; call it in the transaction of what caused it.

    Returns:
        The rows that were added, for the chain; none if an alert with this key is there already.
    """
    if alert_exists(connection, key):
        return []
    try:
        with connection.begin_nested():
            alert_id = _added(
                connection,
                insert(alert).values(
                    key=key,
                    kind=kind,
                    watch_id=watch_id,
                    check_id=check_id,
                    comparison_id=comparison_id,
                    created_at=created_at,
                    severity=severity,
                    summary=summary,
                    body=dict(body),
                ),
            )
    except IntegrityError:
        if alert_exists(connection, key):  # another process wrote it in this moment
            return []
        raise
    added = [("alert", alert_id)]
    for route in routes:
        number = _added(
            connection,
            insert(delivery).values(
                key=f"{key}→{route.channel}",
                alert_id=alert_id,
                channel=route.channel,
                status=route.status,
                reason=route.reason,
                digest=route.digest,
                due_at=route.due_at,
                attempts=0,
            ),
        )
        added.append(("delivery", number))
    return added


def _added(connection: Connection, statement: Insert) -> int:
    key = connection.execute(statement).inserted_primary_key
    assert key is not None  # noqa: S101
    return int(key[0])


def alert_exists(connection: Connection, key: str) -> bool:
    """Whether an alert was written."""
    return connection.scalar(select(alert.c.id).where(alert.c.key == key)) is not None


def pull_forward(connection: Connection, now: datetime) -> None:
    """Bring back deliveries that wait for a time that was a mistake: the clock was wrong when they were written."""
    written = select(alert.c.created_at).where(alert.c.id == delivery.c.alert_id).scalar_subquery()
    wrong = or_(
        delivery.c.due_at > now + LONGEST_WAIT,
        and_(delivery.c.attempts > 0, delivery.c.due_at > now + LONGEST_REST),
        written > now + CLOCK_STEP,
    )
    connection.execute(
        update(delivery)
        .where(delivery.c.status == "pending", delivery.c.due_at > now, wrong)
        .values(due_at=now)
    )


def due_channels(connection: Connection, now: datetime) -> list[str]:
    """Channels with something to send that do not rest after a failure."""
    query = (
        select(delivery.c.channel)
        .where(delivery.c.status == "pending", delivery.c.due_at <= now)
        .distinct()
        .order_by(delivery.c.channel)
    )
    return [name for name in connection.scalars(query) if not _rests(connection, name, now)]


def _rests(connection: Connection, channel: str, now: datetime) -> bool:
    until = meta.get(connection, REST + channel)
    return until is not None and timestamp(now) < until < timestamp(now + LONGEST_REST)


def last_attempt(connection: Connection, channel: str, since: datetime) -> datetime | None:
    """When a channel was last sent to, if that was after ``since``, by any process.

    An attempt counts from its end: a message that was long under way arrived late, and the next must not be close
    behind it.
    """
    at = func.coalesce(attempt.c.ended_at, attempt.c.started_at).label("at")
    rows = select(attempt.c.delivery_id, at).order_by(attempt.c.id.desc()).limit(500).subquery()
    query = (
        select(func.max(rows.c.at))
        .join(delivery, delivery.c.id == rows.c.delivery_id)
        .where(delivery.c.channel == channel, rows.c.at > since)
    )
    found: datetime | None = connection.scalar(query)
    return found


def claim_due(
    connection: Connection,
    channel: str,
    owner: str,
    now: datetime,
    *,
    lease: timedelta = LEASE,
    capacity: int = 40,
) -> Claimed | None:
    """Take the next message of a channel, and begin its attempts; in a write transaction.

    One message of a channel is under way at a time, whoever sends it. Of one watch, a later alert never
    overtakes an earlier one that is due and not yet delivered.

    Args:
        capacity: alerts in one message, at most.
    """
    query = (
        select(
            delivery.c.id,
            delivery.c.key,
            delivery.c.digest,
            delivery.c.due_at,
            delivery.c.attempts,
            delivery.c.lease_owner,
            delivery.c.lease_until,
            alert.c.watch_id,
        )
        .join(alert, alert.c.id == delivery.c.alert_id)
        .where(delivery.c.channel == channel, delivery.c.status == "pending")
        .where(or_(delivery.c.due_at <= now, delivery.c.digest.is_(None), delivery.c.attempts > 0))
        .order_by(delivery.c.id)
        .limit(WINDOW)
    )
    if connection.dialect.name == "postgresql":
        query = query.with_for_update(of=delivery)
    if _rests(connection, channel, now):
        return None
    rows = connection.execute(query).all()
    if any(_held(row, now) for row in rows):
        return None
    members = _next_message(rows, now, capacity)
    return _begin(connection, channel, members, owner, now, lease) if members else None


def _held(row: Any, now: datetime) -> bool:
    """A lease holds until it ends, or its process does."""
    return row.lease_until is not None and row.lease_until > now and alive(row.lease_owner)


def _next_message(rows: Sequence[Any], now: datetime, capacity: int) -> list[Any]:
    """Which of a channel's pending deliveries go out next, together."""
    blocked: set[int] = set()
    ready: list[Any] = []
    heads: dict[object, Any] = {}  # per watch the first: nothing else may open a message
    for row in rows:
        if row.watch_id in blocked:
            continue
        if row.due_at > now:
            blocked.add(row.watch_id) if row.watch_id is not None else None
            continue
        ready.append(row)
        heads.setdefault(("watch", row.watch_id) if row.watch_id is not None else ("row", row.id), row)
    if not ready:
        return []
    # Least tried first: an alert that a receiver chokes on does not hold up the others for ever.
    head = min(heads.values(), key=lambda row: (row.attempts, row.id))
    loose = [row for row in ready if row.digest is None]
    if head.digest is None and len(loose) <= BURST:
        return [head]
    if head.digest is not None and head.digest.startswith(ALONE):
        return [head]
    members: list[Any] = []
    left_out: set[int] = set()
    for row in ready:
        if row.digest == head.digest and row.watch_id not in left_out and len(members) < capacity:
            members.append(row)
        elif row.watch_id is not None:
            left_out.add(row.watch_id)
    return members


ALONE = "alone"
"""As a digest: this alert was refused together with others and is now sent by itself."""


def _begin(
    connection: Connection,
    channel: str,
    members: Sequence[Any],
    owner: str,
    now: datetime,
    lease: timedelta,
) -> Claimed:
    ids = [row.id for row in members]
    message_id = hashlib.sha256("\n".join(row.key for row in members).encode()).hexdigest()[:32]
    unknown = connection.scalar(
        select(func.count())
        .select_from(attempt)
        .where(attempt.c.delivery_id.in_(ids), attempt.c.ended_at.is_(None))
    )
    connection.execute(
        update(delivery)
        .where(delivery.c.id.in_(ids))
        .values(lease_owner=owner, lease_until=now + lease, attempts=delivery.c.attempts + 1)
    )
    attempt_ids = [
        _added(connection, insert(attempt).values(delivery_id=id_, message_id=message_id, started_at=now))
        for id_ in ids
    ]
    bodies = connection.execute(
        select(delivery.c.id, alert.c.body, alert.c.created_at)
        .join(alert, alert.c.id == delivery.c.alert_id)
        .where(delivery.c.id.in_(ids))
        .order_by(delivery.c.id)
    ).all()
    return Claimed(
        message_id=message_id,
        channel=channel,
        digest=members[0].digest,
        delivery_ids=tuple(ids),
        attempt_ids=tuple(attempt_ids),
        alert_bodies=tuple(row.body for row in bodies),
        attempts=max(row.attempts for row in members) + 1,
        unknown=bool(unknown),
        created_at=min(row.created_at for row in bodies),
        chain_head=chain.head(connection) if members[0].digest else None,
    )


def mark_delivered(connection: Connection, claimed: Claimed, now: datetime) -> None:
    """The channel said yes: whatever waited for it to come back is due at once."""
    if meta.drop(connection, REST + claimed.channel):
        connection.execute(
            update(delivery)
            .where(
                delivery.c.channel == claimed.channel,
                delivery.c.status == "pending",
                delivery.c.attempts > 0,
                delivery.c.due_at > now,
            )
            .values(due_at=now)
        )
    _end(connection, claimed, now, "delivered", None)
    connection.execute(
        update(delivery)
        .where(delivery.c.id.in_(claimed.delivery_ids), delivery.c.status == "pending")
        .values(status="delivered", delivered_at=now, reason=None, lease_owner=None, lease_until=None)
    )


def mark_failed(
    connection: Connection,
    claimed: Claimed,
    now: datetime,
    *,
    detail: str,
    retry_at: datetime,
    rest_at: datetime,
) -> None:
    """Not now: its deliveries are due again at ``retry_at``, the channel's others not before ``rest_at``."""
    _end(connection, claimed, now, "failed", detail)
    mine = and_(delivery.c.id.in_(claimed.delivery_ids), delivery.c.status == "pending")
    connection.execute(
        update(delivery)
        .where(mine)
        .values(due_at=retry_at, reason=detail, lease_owner=None, lease_until=None)
    )
    meta.put(connection, REST + claimed.channel, timestamp(rest_at))


def mark_refused(connection: Connection, claimed: Claimed, now: datetime, *, detail: str) -> bool:
    """Never: trying again cannot help.

    Returns:
        True if the deliveries are dead now; of a message of several, each is tried by itself first.
    """
    _end(connection, claimed, now, "refused", detail)
    mine = and_(delivery.c.id.in_(claimed.delivery_ids), delivery.c.status == "pending")
    released: dict[str, Any] = {"reason": detail, "lease_owner": None, "lease_until": None}
    if len(claimed.delivery_ids) > 1:
        connection.execute(update(delivery).where(mine).values(digest=ALONE, due_at=now, **released))
        return False
    connection.execute(update(delivery).where(mine).values(status="dead", **released))
    return True


def failures_in_a_row(connection: Connection, channel: str) -> tuple[int, datetime | None]:
    """How often a channel failed since it last took something, and since when."""
    mine = select(delivery.c.id).where(delivery.c.channel == channel)
    last = connection.scalar(
        select(func.max(attempt.c.id)).where(attempt.c.outcome != "failed", attempt.c.delivery_id.in_(mine))
    )
    row = connection.execute(
        select(func.count(attempt.c.started_at.distinct()), func.min(attempt.c.started_at)).where(
            attempt.c.outcome == "failed", attempt.c.id > (last or 0), attempt.c.delivery_id.in_(mine)
        )
    ).one()
    return row[0], row[1]


def _end(connection: Connection, claimed: Claimed, now: datetime, outcome: str, detail: str | None) -> None:
    connection.execute(
        update(attempt)
        .where(attempt.c.id.in_(claimed.attempt_ids))
        .values(ended_at=now, outcome=outcome, detail=detail)
    )
    chain.attest(connection, [("attempt", number) for number in claimed.attempt_ids], now)
