"""Versions and what was compared, read back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from monitor.model import Change, Comparison, Finding
from monitor.store import blobs
from monitor.store.schema import change, check, comparison, finding, memory, snapshot, version, watch


def recollection(connection: Connection, watch_id: int) -> tuple[dict[str, Any] | None, dict[str, bytes]]:
    """The memory of a watch, and by version key the packed documents that it names."""
    row = connection.execute(select(memory).where(memory.c.watch_id == watch_id)).first()
    if row is None:
        return None, {}
    found = connection.execute(
        select(version.c.text_key, version.c.document_sha256)
        .where(version.c.watch_id == watch_id, version.c.text_key.in_(row.documents))
        .order_by(version.c.number)
    )
    digests = {one.text_key: one.document_sha256 for one in found}  # of several readings, the latest
    return row.body, {key: blobs.get(connection, digest) for key, digest in digests.items()}


def stored_comparison(connection: Connection, comparison_id: int) -> Comparison:
    """A comparison with its changes and findings, as it was made."""
    body = connection.scalar(select(comparison.c.body).where(comparison.c.id == comparison_id))
    rows = connection.execute(
        select(change.c.id, change.c.body)
        .where(change.c.comparison_id == comparison_id)
        .order_by(change.c.position)
    ).all()
    return Comparison.from_dict(
        {**(body or {}), "changes": [_with_findings(connection, row.id, row.body) for row in rows]}
    )


def stored_change(connection: Connection, change_id: int) -> Change | None:
    body = connection.scalar(select(change.c.body).where(change.c.id == change_id))
    return None if body is None else Change.from_dict(_with_findings(connection, change_id, body))


def _with_findings(connection: Connection, change_id: int, body: dict[str, Any]) -> dict[str, Any]:
    rows = connection.execute(
        select(finding).where(finding.c.change_id == change_id).order_by(finding.c.position)
    )
    return {**body, "findings": [Finding.from_dict(row._asdict()).as_dict() for row in rows]}


def change_ids(connection: Connection, comparison_id: int) -> list[int]:
    return list(
        connection.scalars(
            select(change.c.id).where(change.c.comparison_id == comparison_id).order_by(change.c.position)
        )
    )


def version_row(connection: Connection, version_id: int) -> Row[Any] | None:
    return connection.execute(
        select(version, watch.c.key, watch.c.vendor)
        .join(watch, watch.c.id == version.c.watch_id)
        .where(version.c.id == version_id)
    ).first()


def id_of(connection: Connection, key: str, number: int) -> int | None:
    """The id of a watch's version by its number."""
    found: int | None = connection.scalar(
        select(version.c.id)
        .join(watch, watch.c.id == version.c.watch_id)
        .where(watch.c.key == key, version.c.number == number)
    )
    return found


def raw_pages(connection: Connection, row: Row[Any]) -> list[bytes]:
    """The bytes of the pages that a version was read from, in order."""
    digests = {
        found.id: found.body_sha256
        for found in connection.execute(
            select(snapshot.c.id, snapshot.c.body_sha256).where(snapshot.c.id.in_(row.snapshot_ids))
        )
    }
    return [blobs.get(connection, digests[number]) for number in row.snapshot_ids]


def comparisons(connection: Connection, key: str) -> list[Row[Any]]:
    """The comparisons of a watch, oldest first, each with the hashes of its two documents."""
    before, after = version.alias("before"), version.alias("after")
    return list(
        connection.execute(
            select(
                comparison,
                check.c.ended_at,
                before.c.document_sha256.label("before_sha256"),
                after.c.document_sha256.label("after_sha256"),
            )
            .join(watch, watch.c.id == comparison.c.watch_id)
            .join(check, check.c.id == comparison.c.check_id)
            .join(before, before.c.id == comparison.c.before_version_id)
            .join(after, after.c.id == comparison.c.after_version_id)
            .where(watch.c.key == key)
            .order_by(comparison.c.id)
        )
    )


def home_of_change(connection: Connection, change_id: int) -> dict[str, Any]:
    """Where a change belongs: ``watch``, ``vendor``, ``at``, and the numbers of the two versions."""
    before, after = version.alias("before"), version.alias("after")
    row = connection.execute(
        select(
            watch.c.key,
            watch.c.vendor,
            check.c.ended_at,
            before.c.number,
            after.c.number.label("after_number"),
        )
        .select_from(change)
        .join(comparison, comparison.c.id == change.c.comparison_id)
        .join(watch, watch.c.id == comparison.c.watch_id)
        .join(check, check.c.id == comparison.c.check_id)
        .join(before, before.c.id == comparison.c.before_version_id)
        .join(after, after.c.id == comparison.c.after_version_id)
        .where(change.c.id == change_id)
    ).one()
    return {
        "watch": row.key,
        "vendor": row.vendor,
        "at": row.ended_at.isoformat(),
        "before_version": row.number,
        "after_version": row.after_number,
    }
