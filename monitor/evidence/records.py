"""Following the chain from its first record, and comparing every row with what the chain says of it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Text, func, select, type_coerce

from monitor.evidence.faults import Fault, Progress
from monitor.store import chain, schema

BATCH = 200
"""Records whose rows are compared at once."""

_record = schema.record.c
_RECORDS = select(
    _record.seq, type_coerce(_record.created_at, Text).label("created_at"), _record.rows, _record.chain
).order_by(_record.seq)


@dataclass(slots=True)
class Walk:
    """One way along the chain."""

    connection: Connection
    since: str = ""
    """Rows of records before this time are not read again; the chain itself is always followed whole."""
    head: tuple[int, str] = (0, chain.START)
    rows: int = 0
    attested: dict[str, bytearray] = field(default_factory=lambda: defaultdict(bytearray))
    """Per table a bit for every id that the chain knows: a million rows are 125 kB."""
    first: dict[str, int] = field(default_factory=dict)
    """Per table the lowest id among the rows that were read again."""
    broken: list[Any] = field(default_factory=list)

    def faults(self, progress: Progress) -> Iterator[Fault]:
        total = self.connection.scalar(select(func.count()).select_from(schema.record)) or 0
        result = self.connection.execute(_RECORDS, execution_options={"yield_per": BATCH})
        done = 0
        for records in result.partitions(BATCH):
            claims: list[tuple[str, int, str, int]] = []
            for record in records:
                yield from self._record(record, claims)
            yield from self._rows(claims)
            done += len(records)
            progress("chain", done, total)
        yield from self._unknown_rows(progress)

    def _record(self, record: Any, claims: list[tuple[str, int, str, int]]) -> Iterator[Fault]:
        seq, before = self.head
        if record.seq != seq + 1:
            gone = f"record {seq + 1}" if record.seq == seq + 2 else f"records {seq + 1} to {record.seq - 1}"
            yield Fault("removed", "record", str(seq + 1), f"{gone} of the chain were removed")
        elif chain.link(before, record.seq, record.created_at, record.rows) != record.chain:
            yield self._broken(record, before)
        self.head = (record.seq, record.chain)
        try:
            entries = [
                (str(what), int(row_id), str(sha256)) for what, row_id, sha256 in json.loads(record.rows)
            ]
        except (ValueError, TypeError, RecursionError):
            return  # its hash has said so already
        for what, row_id, sha256 in entries:
            if what in chain.ATTESTED and 0 < row_id < 1 << 31:
                _mark(self.attested[what], row_id)
                if record.created_at >= self.since:
                    claims.append((what, row_id, sha256, record.seq))
                    self.first[what] = min(row_id, self.first.get(what, row_id))

    def _broken(self, record: Any, before: str) -> Fault:
        """A record that does not follow from the one before: rewritten, or moved here from another place."""
        self.broken.append(record)
        moved = next(
            (
                other.seq
                for other in self.broken[-50:]
                if chain.link(before, record.seq, other.created_at, other.rows) in (other.chain, record.chain)
            ),
            None,
        )
        if moved is not None:
            return Fault(
                "reordered",
                "record",
                str(record.seq),
                f"record {record.seq} stands at another place, {moved}",
            )
        return Fault(
            "altered",
            "record",
            str(record.seq),
            f"record {record.seq} of the chain does not follow from the one before",
        )

    def _rows(self, claims: Sequence[tuple[str, int, str, int]]) -> Iterator[Fault]:
        self.rows += len(claims)
        found = dict(
            chain.row_hashes(self.connection, dict.fromkeys((what, row_id) for what, row_id, *_ in claims))
        )
        for what, row_id, sha256, seq in claims:
            now = found.get((what, row_id))
            if now is None:
                yield Fault(
                    "removed",
                    what,
                    str(row_id),
                    f"row {row_id} of {what} was removed (record {seq} attests it)",
                )
            elif now != sha256:
                yield Fault(
                    "altered",
                    what,
                    str(row_id),
                    f"row {row_id} of {what} was altered (record {seq} attests it)",
                )

    def _unknown_rows(self, progress: Progress) -> Iterator[Fault]:
        """Rows that no record attests: they were put in beside the program."""
        for step, what in enumerate(chain.ATTESTED):
            progress("rows", step, len(chain.ATTESTED))
            known, table = self.attested[what], schema.metadata.tables[what]
            query = select(table.c.id).order_by(table.c.id)
            if what == "attempt":  # attested when it ends
                query = query.where(table.c.ended_at.is_not(None))
            for row_id in self.connection.execute(query, execution_options={"yield_per": 5000}).scalars():
                if not _marked(known, row_id):
                    yield Fault(
                        "inserted",
                        what,
                        str(row_id),
                        f"row {row_id} of {what} was inserted: the chain does not know it",
                    )


def _mark(bits: bytearray, number: int) -> None:
    if len(bits) <= number >> 3:
        bits.extend(bytes((number >> 3) + 1024 - len(bits)))
    bits[number >> 3] |= 1 << (number & 7)


def _marked(bits: bytearray, number: Any) -> bool:
    return (
        isinstance(number, int)
        and 0 < number < len(bits) << 3
        and bool(bits[number >> 3] & (1 << (number & 7)))
    )
