"""A proxy on loopback through which the browser must go: its every connection is judged like ours.

One per rendered page: it knows which port the watch states, whether the way may leave https, and how much the page
may load. It asks for a password, so that nobody else on the machine can use it.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
from types import TracebackType
from typing import Self

from monitor.errors import FetchError

from . import guard
from .network import Dialer, Stream

_MAX_HEAD = 64 * 1024
_WHO = (
    b"HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)


class Filter:
    """Lets a browser reach what ``start`` and the guard allow. An async context manager.

    ``budget`` is what all answers together may have in bytes.
    """

    def __init__(self, dialer: Dialer, start: guard.Target, budget: int) -> None:
        self._dialer = dialer
        self._start = start
        self._budget = budget
        self._password = secrets.token_urlsafe(16)
        self._work: set[asyncio.Task[None]] = set()
        self.peers: dict[str, str] = {}
        """The addresses that were connected to, by host."""
        self.refusal: FetchError | None = None
        """Why the browser was last refused something: if the page is not shown at all, this is why."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_MAX_HEAD)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def proxy(self) -> dict[str, str]:
        """As Playwright wants it."""
        port = self._server.sockets[0].getsockname()[1]
        return {"server": f"http://127.0.0.1:{port}", "username": "page", "password": self._password}

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._work.add(task)
            task.add_done_callback(self._work.discard)
        try:
            await self._request(reader, writer)
        except (OSError, EOFError, asyncio.LimitOverrunError, asyncio.CancelledError, FetchError):
            pass  # the browser sees a connection that ends
        finally:
            writer.close()

    async def _request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, address, version = head[0].split(" ", 2)
        token = base64.b64encode(f"page:{self._password}".encode()).decode()
        if f"proxy-authorization: basic {token}".lower() not in {line.lower() for line in head}:
            writer.write(_WHO)
            return
        tunnel = method == "CONNECT"
        try:
            target = guard.target(f"https://{address}/" if tunnel else address)
            stream = await self._dial(target, tunnel=tunnel)
        except FetchError as error:
            self.refusal = error
            return
        try:
            if tunnel:
                writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            else:
                await stream.write(_origin_form(method, target, version, head[1:]))
            await self._pump(reader, writer, stream)
        finally:
            await stream.aclose()

    async def _dial(self, target: guard.Target, *, tunnel: bool) -> Stream:
        if self._start.scheme == "https" and not tunnel:
            raise FetchError("redirect", f"{target.place}: from https there is no way to http")
        if target.port not in (80, 443) and (target.host, target.port) != (
            self._start.host,
            self._start.port,
        ):
            raise FetchError("guard", f"{target.host} port {target.port}: not a port of the web")
        stream = await self._dialer.dial(target.host, target.port)
        self.peers[target.host] = stream.peer
        return stream

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stream: Stream) -> None:
        async def up() -> None:
            while data := await reader.read(65536):
                await stream.write(data)

        async def down() -> None:
            stream.allowance = self._budget
            while data := await stream.read(65536):
                self._budget -= len(data)
                if self._budget < 0:
                    raise FetchError("too_large", "the page loads more than it may")
                writer.write(data)
                await writer.drain()

        way_up = asyncio.ensure_future(up())
        try:
            await down()
        finally:
            way_up.cancel()
            await asyncio.gather(way_up, return_exceptions=True)


def _origin_form(method: str, target: guard.Target, version: str, lines: list[str]) -> bytes:
    """One request for the server itself; the connection ends with its answer, so that each is judged anew."""
    path = "/" + target.url.partition("://")[2].partition("/")[2]
    kept = [line for line in lines if line and not line.lower().startswith(("proxy-", "connection:"))]
    return "\r\n".join([f"{method} {path} {version}", *kept, "Connection: close", "", ""]).encode("latin-1")
