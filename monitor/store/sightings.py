"""Keeping what a look saw: the bytes of its pages, and the version that was read from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from monitor.model import Sighting
from monitor.store import blobs
from monitor.store.outcome import Outcome, Page, Rows
from monitor.store.rows import add
from monitor.store.schema import Time, snapshot, version
from monitor.store.watches import Slot

# Statements that stand once: building one anew costs as much as running it.
_PAGE_BEFORE = (
    select(snapshot.c.body_sha256)
    .where(snapshot.c.watch_id == bindparam("watch_id"), snapshot.c.part == bindparam("part"))
    .where(snapshot.c.fetched_at <= bindparam("at", type_=Time))
    .order_by(snapshot.c.fetched_at.desc())
    .limit(1)
)
_BY_KEY = (
    select(version.c.id, version.c.number, version.c.extractor)
    .where(version.c.watch_id == bindparam("watch_id"), version.c.text_key == bindparam("key"))
    .order_by(version.c.number.desc())
    .limit(1)
)
_LAST = (
    select(version.c.number, version.c.document_sha256)
    .where(version.c.watch_id == bindparam("watch_id"))
    .order_by(version.c.number.desc())
    .limit(1)
)
_BODY = select(snapshot.c.body_sha256).where(snapshot.c.id == bindparam("id"))


class Kept(NamedTuple):
    """A version as it is kept."""

    id: int
    number: int
    extractor: str


def keep_pages(connection: Connection, outcome: Outcome, rows: Rows) -> list[int]:
    """Store the bytes that are new; the ids of the snapshots that this look saw, part by part."""
    return [
        int(page.validators["snapshot_id"])
        if page.body is None
        else _keep_page(connection, outcome.slot, page, page.body, rows)
        for page in outcome.pages
    ]


def _keep_page(connection: Connection, slot: Slot, page: Page, body: bytes, rows: Rows) -> int:
    # The same page at the look before is what its bytes resemble most.
    asked = {"watch_id": slot.watch_id, "part": page.part, "at": page.fetched_at}
    like = None if slot.blank else connection.scalar(_PAGE_BEFORE, asked)
    blobs.put(connection, body, sha256=page.validators["sha256"], like=like)
    return add(
        connection,
        snapshot,
        rows,
        watch_id=slot.watch_id,
        part=page.part,
        fetched_at=page.fetched_at,
        requested_url=page.requested_url,
        url=page.url,
        status=page.status,
        content_type=page.content_type,
        request_headers=[list(header) for header in page.request_headers],
        headers=[list(header) for header in page.headers],
        redirects=[list(hop) for hop in page.redirects],
        peer=page.peer,
        tls_sha256=page.tls_sha256,
        body_sha256=page.validators["sha256"],
    )


def by_key(connection: Connection, watch_id: int, key: str) -> Kept | None:
    """The latest version with these words."""
    row = connection.execute(_BY_KEY, {"watch_id": watch_id, "key": key}).first()
    return Kept(*row) if row else None


def keep(connection: Connection, outcome: Outcome, snapshot_ids: Sequence[int], rows: Rows) -> Kept | None:
    """The version that a look saw, None where it saw nothing new and compared nothing."""
    if outcome.sighting is None:  # a look that confirms what an earlier one read compares the same versions
        watch_id = outcome.slot.watch_id
        return by_key(connection, watch_id, outcome.seen) if outcome.compared and outcome.seen else None
    return keep_version(
        connection,
        outcome.slot.watch_id,
        outcome.sighting,
        snapshot_ids,
        outcome.pages[-1].fetched_at if outcome.pages else outcome.ended_at,
        rows,
        page=outcome.pages[0].body if outcome.pages else None,
        suspect=outcome.suspect,
        origin=outcome.origin,
    )


def keep_version(
    connection: Connection,
    watch_id: int,
    seen: Sighting,
    snapshot_ids: Sequence[int],
    seen_at: datetime,
    rows: Rows,
    *,
    page: bytes | None = None,
    suspect: str | None = None,
    origin: str = "check",
) -> Kept:
    """The version with these words, which is added if it was never seen; a re-reading always adds one.

    ``page``: the bytes of the first snapshot, where they are at hand.
    """
    found = by_key(connection, watch_id, seen.key)
    if found is not None and (origin != "reread" or found.extractor == seen.extractor):
        return found
    last = connection.execute(_LAST, {"watch_id": watch_id}).first()
    # A document resembles the one before it; the first one, its page.
    like = last.document_sha256 if last else connection.scalar(_BODY, {"id": next(iter(snapshot_ids), 0)})
    number = last.number + 1 if last else 1
    document_sha256 = blobs.put(
        connection, seen.packed, like=like, base=None if last else page, first=not last
    )
    added = add(
        connection,
        version,
        rows,
        watch_id=watch_id,
        number=number,
        text_key=seen.key,
        text_sha256=seen.text_sha256,
        document_sha256=document_sha256,
        snapshot_ids=list(snapshot_ids),
        first_seen_at=seen_at,
        title=seen.title,
        stated_date=seen.stated_date,
        effective_date=seen.effective_date,
        extractor=seen.extractor,
        origin=origin,
        suspect=suspect,
    )
    return Kept(added, number, seen.extractor)
