"""Reading a body within bounds: on the wire, decoded, and whole or not at all."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator, Sequence

from monitor.errors import FetchError

_STEP = 256 * 1024
"""Decoded bytes taken out of zlib at a time: what a bomb can cost beyond the bound."""
_MAX_MEMBERS = 1_000
_LARGE = 256 * 1024
"""Bytes from which a body needs one of the few large places."""
_LARGE_AT_ONCE = 2


def coding(headers: Sequence[tuple[str, str]]) -> str:
    """The one content coding of a response: ``identity`` or ``gzip``.

    Raises FetchError (encoding): stacked codings, or one that was not asked for.
    """
    named = ",".join(value for name, value in headers if name.lower() == "content-encoding")
    codings = [part.strip().lower() for part in named.split(",") if part.strip()]
    if not codings or codings == ["identity"]:
        return "identity"
    if codings in (["gzip"], ["x-gzip"]):
        return "gzip"
    raise FetchError(
        "encoding", f"the body is coded as {ascii(', '.join(codings))[:60]}; only gzip was asked for"
    )


class Reader:
    """Reads bodies of all requests of a process, so that many large ones at once do not add up in memory.

    ``max_wire`` and ``max_decoded`` are in bytes.
    """

    def __init__(self, max_wire: int, max_decoded: int) -> None:
        self.max_wire = max_wire
        self.max_decoded = max_decoded
        self._large = asyncio.Semaphore(_LARGE_AT_ONCE)

    async def read(self, chunks: AsyncIterator[bytes], content_coding: str) -> tuple[bytes, int]:
        """The decoded body and the number of bytes that it took on the wire.

        What is sent is gathered first and decoded then: most bombs are small until they are decoded, and that
        only a few at a time are. Raises FetchError: ``too_large``, ``truncated``, ``encoding``.
        """
        packed = content_coding == "gzip"
        place = _Place(self._large)
        try:
            parts, wire = await self._gathered(chunks, self.max_wire if packed else self.max_decoded, place)
            if packed and wire:
                parts = await self._unpacked(b"".join(parts), place)
            return b"".join(parts), wire
        finally:
            place.leave()

    async def _gathered(
        self, chunks: AsyncIterator[bytes], bound: int, place: _Place
    ) -> tuple[list[bytes], int]:
        bound = min(bound, self.max_wire)
        parts: list[bytes] = []
        wire = 0
        async for chunk in chunks:
            wire += len(chunk)
            if wire > bound:
                raise FetchError("too_large", f"the body is larger than {bound:,} bytes")
            await place.take_for(wire)
            parts.append(chunk)
        return parts, wire

    async def _unpacked(self, data: bytes, place: _Place) -> list[bytes]:
        parts: list[bytes] = []
        size = 0
        for part in gunzip(data):
            size += len(part)
            if size > self.max_decoded:
                raise FetchError(
                    "too_large", f"the body is larger than {self.max_decoded:,} bytes once decoded"
                )
            parts.append(part)
            if await place.take_for(size):
                await asyncio.sleep(0)  # others have their turn between two steps of a large one
        return parts


class _Place:
    """One of the few places for large bodies, taken when a body turns out to be one."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places = places
        self._taken = False

    async def take_for(self, size: int) -> bool:
        """Whether the body of this size so far is a large one; then it has a place."""
        if size > _LARGE and not self._taken:
            await self._places.acquire()
            self._taken = True
        return self._taken

    def leave(self) -> None:
        if self._taken:
            self._places.release()


def gunzip(data: bytes) -> Iterator[bytes]:
    """Unpacks gzip of one or several members, step by step.

    What follows the last member and is none is left out, as browsers do.
    Raises FetchError: ``truncated``, ``encoding``.
    """
    for _ in range(_MAX_MEMBERS):
        member = zlib.decompressobj(31)
        while not member.eof:
            try:
                part = member.decompress(data, _STEP)
            except zlib.error:
                message = "the body is not the gzip stream that its headers announce"
                raise FetchError("encoding", message) from None
            data = member.unconsumed_tail
            if not data and not part and not member.eof:
                raise FetchError("truncated", "the gzip stream ends before its end: the body is not whole")
            yield part
        data = member.unused_data
        if not data.startswith(b"\x1f\x8b"):
            return
    raise FetchError("encoding", f"the gzip stream has more than {_MAX_MEMBERS:,} members")
