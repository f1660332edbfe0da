"""Reading the stored pages of a watch again, so that an upgrade of ours or an edited selector is never news.

Another extractor, other rules or other options see other words in the same page. Before the next look is judged,
the watch's stored looks are gone through once more as they would have been judged today; what then differs from
what was told is our doing, and nobody hears of it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select, update

from monitor.consider import Case, Remembered, StoredLook, remember
from monitor.extraction.reading import Part
from monitor.store import blobs, chain, checks, sightings
from monitor.store.outcome import Rows
from monitor.store.schema import check, snapshot
from monitor.store.schema import watch as watch_table
from monitor.store.watches import Slot

if TYPE_CHECKING:
    from monitor.config import Watch
    from monitor.tools import Tools

log = logging.getLogger(__name__)

MOST_LOOKS = 400
MOST_PAGES = 60
"""Stored pages that are read again at most, the newest."""


async def reread(watch: Watch, slot: Slot, tools: Tools, case: Case) -> None:
    """Rebuild a watch's memory and standing version from its stored looks, in one transaction."""
    looks, snapshot_ids = await tools.stored(
        lambda connection: stored_looks(connection, slot.watch_id), write=False
    )
    if not looks:
        return
    made: Remembered = await tools.workers.call(remember, looks, case)
    await tools.stored(lambda connection: _replace(connection, slot, made, looks, snapshot_ids, tools.now()))
    log.info("%s: %d stored looks were read again", watch.key, len(looks))


def stored_looks(connection: Connection, watch_id: int) -> tuple[list[StoredLook], list[tuple[int, ...]]]:
    """The looks of a watch, oldest first, and for each the ids of the snapshots it saw."""
    rows = connection.execute(
        select(check)
        .where(check.c.watch_id == watch_id)
        .order_by(check.c.ended_at.desc(), check.c.id.desc())
        .limit(MOST_LOOKS)
    ).all()[::-1]
    wanted = {number for row in rows for number in row.snapshot_ids}
    found = {row.id: row for row in connection.execute(select(snapshot).where(snapshot.c.id.in_(wanted)))}
    pages = {row.id: [found[number] for number in row.snapshot_ids] for row in rows if row.snapshot_ids}
    distinct = list(dict.fromkeys(tuple(page.id for page in seen) for seen in pages.values()))
    kept = set(distinct[-MOST_PAGES:])
    released = blobs.released(connection, {page.body_sha256 for page in found.values()})
    looks: list[StoredLook] = []
    ids: list[tuple[int, ...]] = []
    last: tuple[int, ...] = ()
    for row in rows:
        seen = pages.get(row.id, [])
        numbers = tuple(page.id for page in seen)
        gone = any(page.body_sha256 in released for page in seen)  # only of looks that saw nothing new
        if row.outcome == "failed":
            look = StoredLook(at=row.ended_at, failure=row.reason, url=row.url)
        elif numbers not in kept or (gone and not last):
            continue
        elif numbers == last or gone:
            look = StoredLook(at=row.ended_at, url=row.url)
        else:
            last = numbers
            look = StoredLook(
                at=row.ended_at,
                pages=tuple(
                    Part(blobs.get(connection, page.body_sha256), page.content_type, page.url)
                    for page in seen
                ),
                url=row.url,
            )
        looks.append(look)
        ids.append(numbers)
    return looks, ids


def _replace(
    connection: Connection,
    slot: Slot,
    made: Remembered,
    looks: Sequence[StoredLook],
    snapshot_ids: Sequence[tuple[int, ...]],
    now: datetime,
) -> None:
    rows: Rows = []
    for verdict, look, numbers in zip(made.verdicts, looks, snapshot_ids, strict=True):
        sighting = verdict.sighting
        if sighting is None or sighting.key not in made.documents:
            continue
        sightings.keep_version(connection, slot.watch_id, sighting, numbers, look.at, rows, origin="reread")
    checks.keep_memory(connection, slot.watch_id, made.memory, made.documents)
    standing = sightings.by_key(connection, slot.watch_id, str(made.known))
    values: dict[str, Any] = {"validators": None, "settled": False}
    if standing is not None:
        values["standing_version_id"] = standing.id
    connection.execute(update(watch_table).where(watch_table.c.id == slot.watch_id).values(**values))
    chain.attest(connection, rows, now)
