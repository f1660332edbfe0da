"""The chain: what was written, and when, in a form that shows every later touch.

Each look, or other act that adds rows, ends with one ``record``: the hashes of those rows, hashed together with the
record before it. Whoever holds one head of the chain (each digest carries it) can prove everything up to it.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Integer,
    Select,
    Text,
    bindparam,
    cast,
    select,
    text,
    type_coerce,
)

from monitor.store import schema

START = "0" * 64
"""What stands for the chain before its first record."""

ATTESTED: dict[str, tuple[str, ...]] = {
    **{
        name: tuple(schema.metadata.tables[name].columns.keys())
        for name in (
            "check",
            "snapshot",
            "version",
            "comparison",
            "change",
            "finding",
            "silence",
            "alert",
            "attempt",
            "review",
            "release",
        )
    },
    "delivery": ("id", "key", "alert_id", "channel"),
    "mute": ("id", "watch_id", "created_at", "until", "by", "reason"),
}
"""Tables whose rows are attested, and the columns that never change; an attempt is attested at its end."""

BATCH = 500

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"))

# Statements that stand once: building one anew costs as much as running it.
_record = schema.record.c
_LOCK = text("LOCK TABLE record IN EXCLUSIVE MODE")
_HEAD = select(_record.seq, _record.chain).order_by(_record.seq.desc()).limit(1)
_ADD = schema.record.insert()


def attest(connection: Connection, rows: Sequence[tuple[str, int]], at: datetime) -> None:
    """Enter rows into the chain; the last act of what wrote them, in the same transaction.

    Args:
        connection: of a ``Store.write()``.
        rows: (table, id) of each row; every one must be complete, and entered once.
        at: the time of the check or act that they belong to.

    Raises:
        LookupError: a row is not there: a fault of the program.
    """
    if not rows:
        return
    if connection.dialect.name == "postgresql":  # SQLite: a write() has the database for itself
        connection.execute(_LOCK)
    seq, before = head(connection)
    hashes = dict(row_hashes(connection, rows))
    entries = canonical([[what, row_id, hashes[what, row_id]] for what, row_id in rows])
    chain = link(before, seq + 1, schema.timestamp(at), entries)
    connection.execute(_ADD, {"seq": seq + 1, "created_at": at, "rows": entries, "chain": chain})


def head(connection: Connection) -> tuple[int, str]:
    """Number and hash of the last record; (0, START) of an empty chain."""
    row = connection.execute(_HEAD).first()
    return (row.seq, row.chain) if row else (0, START)


def link(before: str, seq: int, created_at: str, rows: str) -> str:
    """The hash that ties a record to the one before it: of four lines of text, for ``sha256sum`` to check."""
    return hashlib.sha256(
        f"{before}\n{seq}\n{created_at}\n{rows}\n".encode(errors="surrogateescape")
    ).hexdigest()


def canonical(value: Any) -> str:
    """JSON of one form only: sorted keys, no blanks, ASCII."""
    return _ENCODER.encode(value)


def row_hashes(
    connection: Connection, rows: Iterable[tuple[str, int]]
) -> Iterator[tuple[tuple[str, int], str]]:
    """((table, id), SHA-256) of each row that is there, as it is stored now."""
    for row, body in row_texts(connection, rows):
        yield row, hashlib.sha256(body.encode()).hexdigest()


def row_texts(
    connection: Connection, rows: Iterable[tuple[str, int]]
) -> Iterator[tuple[tuple[str, int], str]]:
    """((table, id), the text that is hashed) of each row that is there."""
    ids: dict[str, list[int]] = defaultdict(list)
    for what, row_id in rows:
        ids[what].append(row_id)
    for what, wanted in ids.items():
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            single = len(batch) == 1
            found = connection.execute(_chosen(what, single), {"ids": batch[0] if single else batch})
            names = ATTESTED[what]
            for row in found:
                values = dict(zip(names, row, strict=True))
                yield (what, values["id"]), row_text(what, values)


def row_text(what: str, row: dict[str, Any]) -> str:
    """The two lines of text that stand for a row: its table, its attested columns as canonical JSON.

    Columns without a value are left out, so that a column of tomorrow does not change what was attested.
    """
    return f"{what}\n{canonical({name: value for name, value in row.items() if value is not None})}\n"


@cache
def attested_columns(what: str) -> Select[Any]:
    """The query of a table's attested columns, in the form they are stored in: no bit escapes the hash."""
    table = schema.metadata.tables[what]
    return select(*(_as_stored(table.c[name]).label(name) for name in ATTESTED[what]))


@cache
def _chosen(what: str, single: bool) -> Select[Any]:
    key = schema.metadata.tables[what].c.id
    ids = bindparam("ids", type_=Integer, expanding=not single)
    return attested_columns(what).where(key == ids if single else key.in_(ids))


def _as_stored(column: Column[Any]) -> Any:
    if isinstance(column.type, JSON):
        return cast(column, Text)
    if isinstance(column.type, Boolean):
        return cast(column, Integer)
    if isinstance(column.type, schema.Time):
        return type_coerce(column, Text)
    return column
