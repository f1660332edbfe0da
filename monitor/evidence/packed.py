"""Checking every blob: it unpacks, its bytes have the hash that is its name, and somebody needs it."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Text, bindparam, cast, select

from monitor.errors import StateError
from monitor.evidence.faults import Fault, Progress
from monitor.store import blobs, schema

NAME = re.compile("[0-9a-f]{64}")

_blob = schema.blob


def faults(
    connection: Connection, progress: Progress, *, first: Mapping[str, int] | None = None
) -> Iterator[Fault]:
    """Walk from the blobs that stand alone to those packed against them, so that each is unpacked once.

    Args:
        first: only blobs (and their bases) of snapshots and versions from these ids on; None: all.
    """
    needed = set(_needed(connection, first))
    bases: dict[str, str | None] = {}
    for row in connection.execute(select(_blob.c.sha256, _blob.c.base_sha256)):
        if NAME.fullmatch(row.sha256):
            bases[row.sha256] = row.base_sha256
        else:
            yield Fault("blob", "blob", ascii(row.sha256), f"blob {row.sha256!a} has a name that is no hash")
    for sha256 in sorted(needed - bases.keys()):
        yield Fault("blob", "blob", sha256, f"blob {sha256} was removed")
    if first is not None:
        wanted = _with_bases(needed, bases)
    else:
        wanted = set(bases)
        for sha256 in sorted(bases.keys() - needed):
            yield Fault(
                "inserted", "blob", sha256, f"blob {sha256} was inserted: no snapshot or version has it"
            )
    yield from _unpack_all(connection, bases, wanted, progress)
    yield from _released_wrongly(connection)


def _needed(connection: Connection, first: Mapping[str, int] | None) -> Iterator[str]:
    for table, column in ((schema.snapshot, "body_sha256"), (schema.version, "document_sha256")):
        query = select(table.c[column])
        if first is not None:
            query = query.where(table.c.id >= first.get(table.name, 1 << 31))
        yield from connection.execute(query).scalars()


def _with_bases(needed: Iterable[str], bases: dict[str, str | None]) -> set[str]:
    wanted: set[str] = set()
    for name in needed:
        link: str | None = name
        while link is not None and link not in wanted:
            wanted.add(link)
            link = bases.get(link)
    return wanted


def _unpack_all(
    connection: Connection, bases: dict[str, str | None], wanted: set[str], progress: Progress
) -> Iterator[Fault]:
    above: dict[str | None, list[str]] = defaultdict(list)
    for sha256 in wanted:
        above[bases.get(sha256)].append(sha256)
    path: list[bytes | None] = []
    stack = [(sha256, 0) for sha256 in sorted(above[None], reverse=True)]
    done = 0
    while stack:
        sha256, level = stack.pop()
        del path[level:]
        row = connection.execute(_ROW, {"sha256": sha256}).first()
        fault, data = _unpacked(sha256, row, level, path[-1] if path else None)
        if fault:
            yield fault
        path.append(data)
        stack.extend((name, level + 1) for name in sorted(above[sha256], reverse=True))
        wanted.discard(sha256)
        done += 1
        if done % 50 == 0 or not stack:
            progress("bytes", done, done + len(wanted))
    for sha256 in sorted(wanted):  # its base is gone, or the bases make a ring
        yield Fault("blob", "blob", sha256, f"blob {sha256} cannot be unpacked: its base is missing")


_ROW = select(_blob).where(_blob.c.sha256 == bindparam("sha256"))


def _unpacked(sha256: str, row: Any, level: int, base: bytes | None) -> tuple[Fault | None, bytes | None]:
    if row is None:
        return Fault("blob", "blob", sha256, f"blob {sha256} was removed"), None
    if row.codec == "released":
        whole = row.base_sha256 is None and row.depth == 0 and row.data == b""
        return (None if whole else Fault("blob", "blob", sha256, f"blob {sha256} was altered")), None
    if level and base is None:
        return Fault("blob", "blob", sha256, f"blob {sha256} lies on a damaged one"), None
    try:
        data = blobs.unpack(row, base)
    except StateError:
        return Fault(
            "blob", "blob", sha256, f"blob {sha256} was altered: its bytes differ from its hash"
        ), None
    if row.depth != level:
        return Fault("blob", "blob", sha256, f"blob {sha256} was altered: its depth is {level}"), data
    return None, data


def _released_wrongly(connection: Connection) -> Iterator[Fault]:
    """Bytes may be missing only where an attested ``release`` names them and no version needs them."""
    let_go: set[str] = set()
    for text in connection.execute(select(cast(schema.release.c.blobs, Text))).scalars():
        try:
            let_go.update(json.loads(text))
        except (ValueError, TypeError):
            continue  # its row was altered: the chain has said so
    released = select(_blob.c.sha256).where(_blob.c.codec == "released").order_by(_blob.c.sha256)
    for sha256 in connection.execute(released).scalars():
        if sha256 not in let_go:
            yield Fault("blob", "blob", sha256, f"blob {sha256} has no bytes, and no gc let them go")
