"""``gc``: letting go of raw pages that no version, no decision and no later page needs.

A page that only turned a token is kept as evidence of the look for as long as the config's ``keep`` says. Its
row, with the hash of its bytes, stays for ever; what was let go, and when, is a row of the chain.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Text, cast, func, select, update

from monitor.spans import format_span
from monitor.store import Store, blobs, chain, schema

BATCH = 400

_blob, _snapshot = schema.blob.c, schema.snapshot.c
_BLOBS = select(_blob.sha256, _blob.base_sha256, _blob.depth, _blob.codec)


@dataclass(frozen=True, slots=True)
class Released:
    """What was let go."""

    pages: int
    bytes: int
    """Packed; the database file does not shrink, the space is used again."""

    def as_dict(self) -> dict[str, Any]:
        return {f.name: getattr(self, f.name) for f in fields(self)}


def gc(store: Store, keep: timedelta, *, now: datetime) -> Released:
    """Let go of the raw pages of looks that saw nothing new, once they are older than ``keep``.

    Kept always: every page that a version was read from, every page of a look with another outcome than
    ``unchanged``, and the page that each watch is recognised by. What is packed against a page that goes is
    packed anew.
    """
    with store.write() as connection:
        rows = {row.sha256: row for row in connection.execute(_BLOBS)}
        kept, loose = _sorted_out(connection, now - keep)
        names = sorted(name for name in loose - kept if rows[name].codec != "released")
        if not names:
            return Released(0, 0)
        _repack(connection, rows, set(names))
        size = sum(_let_go(connection, names[start : start + BATCH]) for start in range(0, len(names), BATCH))
        row = {"created_at": now, "keep": format_span(keep), "blobs": names}
        added = connection.execute(schema.release.insert(), row).inserted_primary_key
        assert added is not None  # noqa: S101
        chain.attest(connection, [("release", int(added[0]))], now)
    return Released(len(names), size)


def _sorted_out(connection: Connection, before: datetime) -> tuple[set[str], set[str]]:
    """The blobs that somebody needs, and those that some look before that time saw in vain."""
    needed = set(_needed_snapshots(connection))
    kept: set[str] = set(connection.execute(select(schema.version.c.document_sha256)).scalars())
    loose: set[str] = set()
    for row in connection.execute(select(_snapshot.id, _snapshot.fetched_at, _snapshot.body_sha256)):
        (kept if row.id in needed or row.fetched_at >= before else loose).add(row.body_sha256)
    return kept, loose


def _repack(connection: Connection, rows: Mapping[str, Any], going: set[str]) -> None:
    """Pack what stays against the nearest base that stays too, from the bottom up."""
    depths: dict[str, int] = {}
    for name in sorted(rows.keys() - going, key=lambda name: (rows[name].depth, name)):
        base = old = rows[name].base_sha256
        while base in going:
            base = rows[base].base_sha256
        if base != old:
            depths[name] = blobs.repack(connection, name, like=base)
        else:
            depths[name] = depths[base] + 1 if base else 0
            if depths[name] != rows[name].depth:
                connection.execute(update(schema.blob).where(_blob.sha256 == name), {"depth": depths[name]})


def _needed_snapshots(connection: Connection) -> Iterator[int]:
    """The snapshots behind versions, behind looks that came to anything, and behind what is recognised."""
    checks, versions, watches = schema.check.c, schema.version.c, schema.watch.c
    for query in (
        select(cast(versions.snapshot_ids, Text)),
        select(cast(checks.snapshot_ids, Text)).where(checks.outcome != "unchanged"),
    ):
        for text in connection.execute(query, execution_options={"yield_per": 5000}).scalars():
            yield from json.loads(text)
    for pages in connection.execute(select(watches.validators)).scalars():
        yield from (page["snapshot_id"] for page in pages or () if page.get("snapshot_id"))


def _let_go(connection: Connection, names: list[str]) -> int:
    mine = _blob.sha256.in_(names)
    size = connection.scalar(select(func.sum(func.length(_blob.data))).where(mine)) or 0
    connection.execute(
        update(schema.blob).where(mine),
        {
            "codec": "released",
            "base_sha256": None,
            "depth": 0,
            "packed_sha256": hashlib.sha256(b"").hexdigest(),
            "data": b"",
        },
    )
    return int(size)
