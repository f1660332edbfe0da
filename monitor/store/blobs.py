"""Bytes that are kept: named by their SHA-256, each stored once, packed small.

A page is packed against the page before it (zstd with that page as its dictionary), so that a look at a page
that only turns a token costs some hundred bytes. Every ``DEPTH`` + 1-th stands alone, which bounds both the
work of reading one and what a damaged one takes with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, literal, select

from monitor.errors import StateError
from monitor.store import schema

DEPTH = 40
"""How many blobs may lie below one."""
FIRST_LEVEL, LEVEL = 3, 9
"""Of zstd, for first looks (a thousand come at once) and for all others."""
_TURNED = 200
"""A page of which so little is left is the one before it with another token: no level finds less in it."""


def put(
    connection: Connection,
    data: bytes,
    *,
    sha256: str | None = None,
    like: str | None = None,
    base: bytes | None = None,
    first: bool = False,
) -> str:
    """Keep some bytes; nothing happens when they are kept already.

    Args:
        connection: of a ``Store.write()``.
        data: any bytes.
        sha256: theirs, where it is known.
        like: SHA-256 of bytes that these may resemble (the page as it was); unknown ones are ignored.
        base: the bytes behind ``like``, where they are at hand.
        first: a document of a first look, which resembles its page: packed quickly and against that in any case.

    Returns:
        The SHA-256 of ``data`` in hex.

    Raises:
        StateError: the bytes behind ``like`` are damaged.
    """
    sha256 = sha256 or hashlib.sha256(data).hexdigest()
    known = connection.execute(_STATE, {"sha256": sha256}).first()
    if known is not None and known.codec != "released":
        return sha256
    below = _base(connection, like, base) if like and like != sha256 else None
    row = _row(data, below, FIRST_LEVEL if first or not like else LEVEL, sure=first)
    if known is None:
        connection.execute(_ADD, {"sha256": sha256, **row})
    else:  # seen again after its bytes were released
        connection.execute(schema.blob.update().where(schema.blob.c.sha256 == sha256), row)
    return sha256


def repack(connection: Connection, sha256: str, *, like: str | None) -> int:
    """Pack bytes that are kept against others (None: alone), so that their old base may go.

    Returns:
        The new depth; those packed against this one have to follow.
    """
    below = _base(connection, like) if like else None
    row = _row(get(connection, sha256), below, LEVEL if like else FIRST_LEVEL)
    connection.execute(schema.blob.update().where(schema.blob.c.sha256 == sha256), row)
    return int(row["depth"])


def get(connection: Connection, sha256: str) -> bytes:
    """The bytes of that name.

    Raises:
        StateError: they are not there, were released by ``gc``, or differ from their name.
    """
    return unpack_chain(sha256, _chain(connection, sha256))


def released(connection: Connection, names: Iterable[str]) -> set[str]:
    """Those of some blobs whose bytes ``gc`` let go."""
    wanted = sorted(names)
    return {
        name
        for start in range(0, len(wanted), 500)
        for name in connection.scalars(
            select(schema.blob.c.sha256).where(
                schema.blob.c.sha256.in_(wanted[start : start + 500]), schema.blob.c.codec == "released"
            )
        )
    }


class _Base(NamedTuple):
    """What bytes are packed against."""

    sha256: str
    depth: int
    data: bytes


def _base(connection: Connection, sha256: str, data: bytes | None = None) -> _Base | None:
    """None: there is none of that name, its bytes were released, or enough lies below it already."""
    rows = (
        _chain(connection, sha256) if data is None else connection.execute(_STATE, {"sha256": sha256}).all()
    )
    if not rows or rows[0].codec != "zstd" or rows[0].depth >= DEPTH:
        return None
    return _Base(sha256, rows[0].depth, unpack_chain(sha256, rows) if data is None else data)


def _row(data: bytes, base: _Base | None, level: int, *, sure: bool = False) -> dict[str, Any]:
    """All but the name. ``sure``: the base is known to be a good one."""
    packed = _compress(data, FIRST_LEVEL if base else level, base)
    if base and level != FIRST_LEVEL and len(packed) > len(data) // _TURNED:
        packed = _compress(data, level, base)
    # A small page is compared with itself alone: a base must earn the reading of it.
    if base and not sure and len(packed) >= len(data) // 8:
        alone = _compress(data, level)
        if len(alone) <= len(packed):
            packed, base = alone, None
    return {
        "size": len(data),
        "codec": "zstd",
        "base_sha256": base.sha256 if base else None,
        "depth": base.depth + 1 if base else 0,
        "packed_sha256": hashlib.sha256(packed).hexdigest(),
        "data": packed,
    }


def _chain(connection: Connection, sha256: str) -> Sequence[Any]:
    """The rows of a blob and of all that lie below it, topmost first."""
    return connection.execute(_CHAIN, {"sha256": sha256}).all()


def _chain_query() -> Select[Any]:
    blob = schema.blob
    links = (
        select(blob.c.sha256, blob.c.base_sha256, literal(0).label("level"))
        .where(blob.c.sha256 == bindparam("sha256"))
        .cte("links", recursive=True)
    )
    below = select(blob.c.sha256, blob.c.base_sha256, (links.c.level + 1).label("level"))
    # The bound stops a ring, which only damage can make.
    links = links.union_all(
        below.join(links, blob.c.sha256 == links.c.base_sha256).where(links.c.level <= DEPTH)
    )
    return select(blob).join(links, blob.c.sha256 == links.c.sha256).order_by(links.c.level)


# Statements that stand once: building one anew costs as much as running it.
_CHAIN = _chain_query()
_STATE = select(schema.blob.c.codec, schema.blob.c.depth).where(schema.blob.c.sha256 == bindparam("sha256"))
_ADD = schema.blob.insert()


def unpack_chain(sha256: str, chain: Sequence[Any]) -> bytes:
    """The bytes of the topmost of some rows, each packed against the next. Raises as ``get`` does."""
    if not chain:
        raise StateError(f"blob {sha256} is missing; run `policy-monitor verify`")
    *bases, top = reversed(chain)
    data: bytes | None = None
    for row in bases:
        data = unpack(row, data, trusted=True)  # damage in one shows in the hash of the topmost
    return unpack(top, data)


def unpack(row: Any, base: bytes | None, *, trusted: bool = False) -> bytes:
    """The bytes of one row of ``blob``, given those of its base; hashed unless ``trusted``.

    Raises:
        StateError: the row was altered, or its bytes were released.
    """
    import zstandard

    if row.codec == "released":
        raise StateError(f"blob {row.sha256} was released by `policy-monitor gc`; only its hash is kept")
    faulty = StateError(f"blob {row.sha256} is damaged; restore it with `policy-monitor restore BACKUP`")
    if (
        row.codec != "zstd"
        or (base is None) != (row.base_sha256 is None)
        or hashlib.sha256(row.data).hexdigest() != row.packed_sha256
    ):
        raise faulty
    try:
        data = zstandard.ZstdDecompressor(dict_data=_dictionary(base)).decompress(
            row.data, max_output_size=row.size, allow_extra_data=False
        )
    except zstandard.ZstdError:
        raise faulty from None
    if len(data) != row.size or not (trusted or hashlib.sha256(data).hexdigest() == row.sha256):
        raise faulty
    return data


def _compress(data: bytes, level: int, base: _Base | None = None) -> bytes:
    import zstandard

    dictionary = _dictionary(base.data if base else None)
    return zstandard.ZstdCompressor(level=level, dict_data=dictionary).compress(data)


def _dictionary(base: bytes | None) -> Any:
    import zstandard

    if not base:
        return None
    return zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
