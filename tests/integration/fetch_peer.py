"""A loopback server that says exactly the bytes it is told to, and counts who comes."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

Script = Callable[["Visit"], Awaitable[None]]


@dataclass
class Visit:
    """One request on a connection."""

    path: str
    headers: dict[str, str]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()


@dataclass
class Peer:
    answers: dict[str, bytes | Script] = field(default_factory=dict)
    """By path: bytes are said as they are and the connection is closed, unless they ask to be kept alive."""
    greeting: bytes | None = None
    """Said at once to whoever connects, without waiting for a request."""
    connections: int = 0
    visits: list[Visit] = field(default_factory=list)
    host: str = ""
    port: int = 0
    scheme: str = "http"

    async def start(self, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None) -> Peer:
        self._open: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self._serve, host, port, ssl=tls, backlog=512)
        self.host = f"[{host}]" if ":" in host else host
        self.port = self._server.sockets[0].getsockname()[1]
        self.scheme = "https" if tls else "http"
        return self

    async def __aenter__(self) -> Peer:
        return self if self.port else await self.start()

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await self._server.wait_closed()
        for _ in range(3):
            await asyncio.sleep(0)

    def url(self, path: str = "/") -> str:
        return f"{self.scheme}://{self.host}:{self.port}{path}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            if self.greeting is not None:
                writer.write(self.greeting)
            while await self._visit(reader, writer):
                pass
        except (OSError, EOFError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(task)
            writer.transport.abort() if isinstance(reader.exception(), OSError) else writer.close()

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])
        }
        visit = Visit(head[0].split(" ")[1], headers, reader, writer)
        self.visits.append(visit)
        answer = self.answers.get(
            visit.path.partition("?")[0], b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"
        )
        if not isinstance(answer, bytes):
            await answer(visit)
            return False
        await visit.say(answer)
        return b"keep-alive" in answer[:400]


def page(body: bytes = b"<p>We keep data.</p>", status: str = "200 OK", headers: str = "") -> bytes:
    """A well-formed response; ``headers`` are lines that end with CRLF."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    return head.encode("latin-1") + body


def moved(location: str, status: int = 302, headers: str = "") -> bytes:
    head = f"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n{headers}\r\n"
    return head.encode("utf-8")
