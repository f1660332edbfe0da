"""What must hold between rows, whatever happened: ``docs/design/invariants.md`` has the list and the reasons.

Here are those that a database can be asked about. Times are never parsed: a bad one is found by its hash.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, get_args

from sqlalchemy import Connection, Text, cast, exists, func, or_, select

from monitor.evidence.faults import Fault
from monitor.model import EventKind
from monitor.store import schema

OUTCOMES = (*get_args(EventKind), "failed")

_alert, _attempt, _check = schema.alert.c, schema.attempt.c, schema.check.c
_comparison, _delivery, _silence = schema.comparison.c, schema.delivery.c, schema.silence.c
_snapshot, _version, _watch = schema.snapshot.c, schema.version.c, schema.watch.c


def faults(connection: Connection) -> Iterator[Fault]:
    """Every violation, invariant by invariant."""
    for check in CHECKS:
        yield from check(connection)


def versions_have_their_pages(connection: Connection) -> Iterator[Fault]:
    """1. A version has its snapshots, of the same watch, and none of their bytes were let go."""
    owner = {
        row.id: row
        for row in connection.execute(
            select(_snapshot.id, _snapshot.watch_id, schema.blob.c.codec).outerjoin(
                schema.blob, schema.blob.c.sha256 == _snapshot.body_sha256
            )
        )
    }
    query = select(_version.id, _version.watch_id, cast(_version.snapshot_ids, Text).label("pages"))
    for row in connection.execute(query.order_by(_version.id)):
        pages = [owner.get(number) for number in _numbers(row.pages)]
        if not pages or any(page is None or page.watch_id != row.watch_id for page in pages):
            yield _fault("version", row.id, "does not have the pages that it was read from")
        elif any(page is None or page.codec in (None, "released") for page in pages):
            yield _fault("version", row.id, "has lost the bytes that it was read from")


def checks_have_an_outcome(connection: Connection) -> Iterator[Fault]:
    """2. Every check ended in something, and what it saw is there."""
    for row in connection.execute(
        select(_check.id, _check.outcome).where(_check.outcome.not_in(OUTCOMES)).order_by(_check.id)
    ):
        yield _fault("check", row.id, f"has the outcome {row.outcome!r}, which is none")
    highest = connection.scalar(select(func.max(_snapshot.id))) or 0
    query = select(_check.id, cast(_check.snapshot_ids, Text).label("pages"))
    for row in connection.execute(query.order_by(_check.id), execution_options={"yield_per": 5000}):
        if any(not 0 < number <= highest for number in _numbers(row.pages)):
            yield _fault("check", row.id, "names a page that is not there")


def changes_are_told(connection: Connection) -> Iterator[Fault]:
    """3. A change has an alert, or a row that says why not; an alert has a delivery per channel, or one that says so.

    A material comparison of a look that came to something else is explained by that look: it waits, is muted or
    suspect.
    """
    alerted = exists().where(_alert.check_id == _check.id)
    silenced = exists().where(_silence.check_id == _check.id)
    query = select(_check.id).where(_check.outcome.in_(("change", "reverted")), ~alerted, ~silenced)
    for number in connection.execute(query.order_by(_check.id)).scalars():
        yield _fault("check", number, "saw a change, and no row says who was told or why nobody was")
    nowhere = select(_alert.id).where(~exists().where(_delivery.alert_id == _alert.id))
    for number in connection.execute(nowhere.order_by(_alert.id)).scalars():
        yield _fault("alert", number, "goes to no channel, and no row says why")


def delivered_means_accepted(connection: Connection) -> Iterator[Fault]:
    """4. A delivery is ``delivered`` after its channel said so, and only then."""
    accepted = exists().where(_attempt.delivery_id == _delivery.id, _attempt.outcome == "delivered")
    query = select(_delivery.id).where(_delivery.status == "delivered", ~accepted)
    for number in connection.execute(query.order_by(_delivery.id)).scalars():
        yield _fault("delivery", number, "is marked delivered, and no attempt says so")
    query = select(_delivery.id).where(_delivery.status != "delivered", accepted)
    for number in connection.execute(query.order_by(_delivery.id)).scalars():
        yield _fault("delivery", number, "was accepted by its channel, and is not marked delivered")


def standing_versions_are_policies(connection: Connection) -> Iterator[Fault]:
    """5. What stands is a version of that watch, and no suspect one."""
    query = (
        select(_watch.id, _watch.standing_version_id, _version.watch_id, _version.suspect)
        .outerjoin(schema.version, _version.id == _watch.standing_version_id)
        .where(_watch.standing_version_id.is_not(None))
        .order_by(_watch.id)
    )
    for row in connection.execute(query):
        if row.watch_id != row.id:
            yield _fault("watch", row.id, "stands at a version that is not its own")
        elif row.suspect is not None:
            yield _fault("watch", row.id, "stands at a suspect version")


def recognition_follows_reading(connection: Connection) -> Iterator[Fault]:
    """6. A page is recognised only by what a finished reading of it left: the very bytes of its snapshot."""
    query = select(_watch.id, _watch.read_as, cast(_watch.validators, Text).label("validators"))
    for row in connection.execute(query.order_by(_watch.id)):
        pages = _parsed(row.validators) or []
        if pages and not row.read_as:
            yield _fault("watch", row.id, "is recognised by a page that nobody read")
        for page in pages if isinstance(pages, list) else [None]:
            kept = connection.scalar(
                select(_snapshot.body_sha256).where(
                    _snapshot.id == _number(page, "snapshot_id"), _snapshot.watch_id == row.id
                )
            )
            if not isinstance(page, dict) or kept is None or page.get("sha256") != kept:
                yield _fault("watch", row.id, "is recognised by bytes that are not those of its snapshot")


def watches_point_at_their_checks(connection: Connection) -> Iterator[Fault]:
    """The last check that a watch names is one of its own."""
    query = (
        select(_watch.id)
        .outerjoin(schema.check, _check.id == _watch.last_check_id)
        .where(_watch.last_check_id.is_not(None))
        .where(or_(_check.watch_id.is_(None), _check.watch_id != _watch.id))
    )
    for number in connection.execute(query.order_by(_watch.id)).scalars():
        yield _fault("watch", number, "names a last check that is not its own")


def rereading_tells_nobody(connection: Connection) -> Iterator[Fault]:
    """9. What only a new extractor or rule set made different never became an alert."""
    before, after = schema.version.alias(), schema.version.alias()
    query = (
        select(_alert.id)
        .join(schema.comparison, _comparison.id == _alert.comparison_id)
        .join(before, before.c.id == _comparison.before_version_id)
        .join(after, after.c.id == _comparison.after_version_id)
        .where(cast(before.c.snapshot_ids, Text) == cast(after.c.snapshot_ids, Text))
    )
    for number in connection.execute(query.order_by(_alert.id)).scalars():
        yield _fault("alert", number, "tells of a change between two readings of the same page")


CHECKS: tuple[Callable[[Connection], Iterator[Fault]], ...] = (
    versions_have_their_pages,
    checks_have_an_outcome,
    changes_are_told,
    delivered_means_accepted,
    standing_versions_are_policies,
    recognition_follows_reading,
    watches_point_at_their_checks,
    rereading_tells_nobody,
)


def _fault(table: str, row_id: int, message: str) -> Fault:
    return Fault("invariant", table, str(row_id), f"row {row_id} of {table} {message}")


def _parsed(text: str | None) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return "?"


def _numbers(text: str | None) -> list[int]:
    value = _parsed(text)
    return [n for n in value if isinstance(n, int)] if isinstance(value, list) else [-1]


def _number(page: Any, key: str) -> int:
    value = page.get(key) if isinstance(page, dict) else None
    return value if isinstance(value, int) else -1
