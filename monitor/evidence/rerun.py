"""Running the core again on what is stored: the same bytes must give the same words, the same texts the same changes.

What was read by another extractor, under other options, or judged by other rules than today's is left out: there
nothing else was promised.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, select

from monitor.consider import Case, pack, unpack
from monitor.errors import ExtractionError, StateError
from monitor.evidence.faults import Fault, Progress
from monitor.extraction.reading import Part, read_policy
from monitor.model import RULES_VERSION
from monitor.store import blobs, schema, versions

_version = schema.version.c


def faults(connection: Connection, readings: Mapping[str, Case], progress: Progress) -> Iterator[Fault]:
    """Every version and comparison that comes out otherwise than it is stored.

    Args:
        readings: by key, the watches whose stored pages were read as they would be read today, and how.
    """
    watches = {row.id: row.key for row in connection.execute(select(schema.watch)) if row.key in readings}
    for table, check in ((schema.version, _version_fault), (schema.comparison, _comparison_fault)):
        rows = connection.execute(
            select(table).where(table.c.watch_id.in_(watches)).order_by(table.c.id)
        ).all()
        for done, row in enumerate(rows):
            progress(f"running {table.name}s again", done, len(rows))
            try:
                message = check(connection, row, readings[watches[row.watch_id]])
            except StateError:
                continue  # its bytes are damaged or gone: that was said already
            if message:
                yield Fault("invariant", table.name, str(row.id), f"row {row.id} of {table.name} {message}")


def _version_fault(connection: Connection, row: Any, reading: Case) -> str | None:
    from monitor.comparison import text_key
    from monitor.extraction import EXTRACTOR_VERSION

    stored = blobs.get(connection, row.document_sha256)
    document = unpack(stored)
    if sha256(document.text.encode()).hexdigest() != row.text_sha256 or text_key(document) != row.text_key:
        return "has another text than its hashes say"
    newer = select(_version.id).where(
        _version.watch_id == row.watch_id, _version.id > row.id, _version.origin == "reread"
    )
    if row.extractor != EXTRACTOR_VERSION or connection.scalar(newer.limit(1)) is not None:
        return None
    try:
        options = reading.options
        again = read_policy(_pages(connection, row.snapshot_ids), options.select, options.remove).document
    except ExtractionError as error:
        return f"cannot be read again: {error}"
    return (
        None
        if again is not None and pack(again) == stored
        else "reads differently when its pages are read again"
    )


def _pages(connection: Connection, snapshot_ids: Sequence[int]) -> list[Part]:
    snapshot = schema.snapshot
    rows = connection.execute(
        select(snapshot).where(snapshot.c.id.in_(snapshot_ids)).order_by(snapshot.c.part)
    )
    return [Part(blobs.get(connection, row.body_sha256), row.content_type, row.url) for row in rows]


def _comparison_fault(connection: Connection, row: Any, reading: Case) -> str | None:
    """What is stored may be less than the whole: passages that come and go are left out by the judge.

    A user's own rules leave no version behind; where there are some, nothing is expected.
    """
    from monitor.classification import compare

    if row.rules != RULES_VERSION or reading.rules:
        return None
    before, after = (
        unpack(blobs.get(connection, str(name)))
        for version in (row.before_version_id, row.after_version_id)
        if (name := connection.scalar(select(_version.document_sha256).where(_version.id == version)))
    )
    again = compare(before, after, policy_kind=reading.policy_kind, vendor=reading.vendor)
    made = [json.dumps(change.as_dict(), sort_keys=True) for change in again.changes]
    for change in versions.stored_comparison(connection, row.id).changes:
        if json.dumps(change.as_dict(), sort_keys=True) not in made:
            return "comes out otherwise when its versions are compared again"
    return None
