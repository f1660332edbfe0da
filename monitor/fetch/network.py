"""Connections: a name is resolved once, every answer is judged, the judged address is what is connected to.

Written on asyncio's own transports: a general network layer costs several times as much per connection, and
a page that did not change costs little else. Failures leave as FetchError and pass the HTTP layer untouched.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import Any

from monitor.errors import FetchError

from . import guard

_HIGH_WATER = 256 * 1024
"""Bytes that may wait unread before the peer is told to pause."""
_FIRST_TRY = 3.0
"""Seconds for an address while others of the name are left."""
_MAX_ADDRESSES = 6
_RESOLVERS = 16
_MAX_HEAD = 96 * 1024
"""Bytes that a peer may send before the head of its answer is complete, interim answers included."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""(name, port) -> addresses as text; raises OSError."""


class SystemResolver:
    """The system's name resolution, in threads of its own: names that hang stop no other work."""

    def __init__(self) -> None:
        self._threads: ThreadPoolExecutor | None = None

    async def __call__(self, name: str, port: int) -> Sequence[str]:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(_RESOLVERS, thread_name_prefix="resolve")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, _addresses, name, port)

    def close(self) -> None:
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None


def _addresses(name: str, port: int) -> list[str]:
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in found))


class Dialer:
    """Opens guarded connections."""

    def __init__(self, resolve: Resolve, allowed: Sequence[guard.Network] = ()) -> None:
        self._resolve = resolve
        self._allowed = tuple(allowed)

    async def dial(self, host: str, port: int) -> Stream:
        """A connection to a judged address of ``host``. Raises FetchError (dns, guard, connect)."""
        started = time.perf_counter()
        addresses = await self._judged(host, port)
        resolved = time.perf_counter()
        stream = await _connect(host, addresses, port)
        stream.timings["dns"] = resolved - started
        stream.timings["connect"] = time.perf_counter() - resolved
        return stream

    def check(self, host: str) -> None:
        """Raises FetchError (guard) for an address written as a number that may not be reached."""
        address = guard.literal(host)
        if address is not None and (reason := guard.refusal(address, self._allowed)):
            raise _refused(host, str(address), reason)

    async def _judged(self, host: str, port: int) -> list[str]:
        if guard.literal(host) is not None:
            self.check(host)
            return [host]
        try:
            answers = await self._resolve(host, port)
        except (OSError, UnicodeError):
            raise FetchError("dns", f"{host}: the name cannot be resolved") from None
        if not answers:
            raise FetchError("dns", f"{host}: the name has no address")
        for answer in answers:
            # One bad answer is enough: a name that points at both sides is an attack or a mistake.
            if reason := guard.refusal(ip_address(answer), self._allowed):
                raise _refused(host, answer, reason)
        return list(answers[:_MAX_ADDRESSES])


def _refused(host: str, address: str, reason: str) -> FetchError:
    shown = host if host == address else f"{host} ({address})"
    return FetchError("guard", f"{shown}: not a public address ({reason})")


async def _connect(host: str, addresses: list[str], port: int) -> Stream:
    loop = asyncio.get_running_loop()
    failure = "no answer"
    for index, address in enumerate(addresses):
        patience = _FIRST_TRY if index + 1 < len(addresses) else None
        try:
            async with asyncio.timeout(patience):
                _, stream = await loop.create_connection(Stream, host=address, port=port)
        except TimeoutError:
            failure = "no answer"
        except OSError as error:
            failure = os.strerror(error.errno).lower() if error.errno else "refused"
        else:
            stream.peer = address
            return stream
    raise FetchError("connect", f"{host} port {port}: {failure}")


class Stream(asyncio.Protocol):
    """One connection, read by pull and with bounded buffering; fits where httpcore wants a network stream."""

    def __init__(self) -> None:
        self.peer = ""
        """The address that was connected to."""
        self.timings: dict[str, float] = {}
        self.allowance = _MAX_HEAD
        """Bytes that may still be read before something else must have happened."""
        self.answered = True
        """Something was read since the last write: what is parsed next can be an answer to it."""
        self._transport: asyncio.Transport  # set by connection_made, before anybody sees the stream
        self._chunks: deque[bytes] = deque()
        self._waiting = 0
        self._ended = False
        self._failure: Exception | None = None
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None

    # asyncio calls these.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # connections are read and written

    def data_received(self, data: bytes) -> None:
        self._chunks.append(data)
        self._waiting += len(data)
        if self._waiting > _HIGH_WATER:
            self._transport.pause_reading()
        _wake(self._reader)

    def eof_received(self) -> None:
        self._ended = True
        _wake(self._reader)

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended = True
        self._failure = exc
        _wake(self._reader)
        _wake(self._writer)

    def pause_writing(self) -> None:
        self._writer = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        _wake(self._writer)
        self._writer = None

    # The HTTP layer calls these. Its timeouts are not used: one deadline holds for the whole fetch.

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        while not self._chunks:
            if self._failure is not None:
                raise FetchError("connect", "the connection broke")
            if self._ended:
                return b""
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        chunk = self._chunks.popleft()
        if len(chunk) > max_bytes:
            self._chunks.appendleft(chunk[max_bytes:])
            chunk = chunk[:max_bytes]
        before, self._waiting = self._waiting, self._waiting - len(chunk)
        if before > _HIGH_WATER >= self._waiting and not self._transport.is_closing():
            self._transport.resume_reading()
        self.answered = True
        self.allowance -= len(chunk)
        if self.allowance < 0:
            raise FetchError("too_large", "the server sends more than an answer of this size can need")
        return chunk

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        if not buffer or self._transport.is_closing():
            return  # what the peer said before it went is still to be read
        self.answered = False
        self._transport.write(buffer)
        if self._writer is not None:
            await self._writer

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> Stream:
        """Raises FetchError (tls)."""
        if self._chunks:  # said in the clear: it must never be taken for a part of what comes encrypted
            raise FetchError("tls", f"{server_hostname}: the server does not speak TLS on this port")
        started = time.perf_counter()
        loop = asyncio.get_running_loop()
        try:
            secured = await loop.start_tls(
                self._transport, self, ssl_context, server_hostname=server_hostname
            )
        except ssl.SSLCertVerificationError as error:
            message = f"{server_hostname}: the certificate does not hold ({error.verify_message})"
            raise FetchError("tls", message) from None
        except (OSError, EOFError) as error:
            reason = (
                str(getattr(error, "reason", None) or "the connection was closed").lower().replace("_", " ")
            )
            raise FetchError("tls", f"{server_hostname}: no secure connection ({reason})") from None
        if secured is None:
            raise FetchError("tls", f"{server_hostname}: the connection was closed")
        self._transport = secured
        self.timings["tls"] = time.perf_counter() - started
        return self

    async def aclose(self) -> None:
        self._transport.abort()

    def get_extra_info(self, info: str) -> Any:
        if (
            info == "is_readable"
        ):  # idle, yet something came: it can only be the end, or words nobody asked for
            return bool(self._chunks) or self._ended
        return self._transport.get_extra_info(info)

    @property
    def certificate(self) -> bytes | None:
        """The peer's certificate (DER), None without TLS."""
        tls: ssl.SSLObject | None = self._transport.get_extra_info("ssl_object")
        return tls.getpeercert(binary_form=True) if tls else None


def _wake(future: asyncio.Future[None] | None) -> None:
    if future is not None and not future.done():
        future.set_result(None)
