"""Bytes that are kept: named by their SHA-256, each stored once, packed small.

A page is packed against the page before it (zstd with that page as its dictionary), so that a look at a page
that only turns a token costs some hundred bytes. Every ``DEPTH`` + 1-th stands alone, which bounds both the
work of reading one and what a damaged one takes with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, bindparam, literal, select

from monitor.errors import StateError
from monitor.store import schema

DEPTH = 40
"""How many blobs may lie below one."""
FIRST_LEVEL, LEVEL = 3, 9
"""Of zstd, for first looks (a thousand come at once) and for all others."""
_TURNED = 200
"""A page of which so little is left is the one before it with another token: no level finds less in it."""


def put(connection: Connection, data: bytes, *, like: str | None = None, first: bool = False) -> str:
    """Keep some bytes; nothing happens when they are kept already.

    Args:
        connection: of a ``Store.write()``.
        data: any bytes.
        like: SHA-256 of bytes that these may resemble (the page as it was); unknown ones are ignored.
        first: of a first look, to be packed quickly whatever they resemble.

    Returns:
        The SHA-256 of ``data`` in hex.

    Raises:
        StateError: the bytes behind ``like`` are damaged.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    known = connection.scalar(_CODEC, {"sha256": sha256})
    if known is not None and known != "released":
        return sha256
    level = FIRST_LEVEL if first or not like else LEVEL
    row = _row(connection, data, like if like != sha256 else None, level)
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
    row = _row(connection, get(connection, sha256), like, LEVEL if like else FIRST_LEVEL)
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


def _row(connection: Connection, data: bytes, like: str | None, level: int) -> dict[str, Any]:
    packed, base, depth = _pack(connection, data, like, level)
    return {
        "size": len(data),
        "codec": "zstd",
        "base_sha256": base,
        "depth": depth,
        "packed_sha256": hashlib.sha256(packed).hexdigest(),
        "data": packed,
    }


def _pack(connection: Connection, data: bytes, like: str | None, level: int) -> tuple[bytes, str | None, int]:
    """The smaller of both packings, its base and its depth."""
    chain = _chain(connection, like) if like else []
    if chain and chain[0].codec == "zstd" and chain[0].depth < DEPTH:
        below = unpack_chain(chain[0].sha256, chain)
        packed = _compress(data, FIRST_LEVEL, below)
        if len(packed) > len(data) // _TURNED and level != FIRST_LEVEL:
            packed = _compress(data, level, below)
        # A small page is compared with itself alone: a base must earn the reading of it.
        if len(packed) < len(data) // 8 or len(packed) < len(alone := _compress(data, level)):
            return packed, chain[0].sha256, chain[0].depth + 1
        return alone, None, 0
    return _compress(data, level), None, 0


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
_CODEC = select(schema.blob.c.codec).where(schema.blob.c.sha256 == bindparam("sha256"))
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


def _compress(data: bytes, level: int, base: bytes | None = None) -> bytes:
    import zstandard

    return zstandard.ZstdCompressor(level=level, dict_data=_dictionary(base)).compress(data)


def _dictionary(base: bytes | None) -> Any:
    import zstandard

    if not base:
        return None
    return zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
