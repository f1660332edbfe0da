"""Receivers on loopback that answer as they are told: HTTP, and SMTP with STARTTLS and passwords."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass(slots=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Web:
    """``answer`` gives status, headers and body; None: hang up without a word."""

    port: int = 0
    received: list[Request] = field(default_factory=list)
    answer: Callable[[Request], tuple[int, dict[str, str], bytes] | None] = lambda _: (200, {}, b"ok")

    def says(self, status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> None:
        self.answer = lambda _: (status, headers or {}, body)


@contextmanager
def web() -> Iterator[Web]:
    sink = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, self.path, headers, body)
            sink.received.append(request)
            answer = sink.answer(request)
            if answer is None:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                self.connection.close()
                return
            status, headers, content = answer
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    sink.port = server.server_address[1]
    try:
        yield sink
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def hang(seconds: float) -> Callable[[Request], None]:
    def answer(_request: Request) -> None:
        time.sleep(seconds)

    return answer


@dataclass(slots=True)
class Mail:
    port: int = 0
    received: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    tls: list[bool] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    """By recipient, or ``DATA``: the answer, as in ``550 No such user``."""

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if "DATA" in self.refuse:
            return self.refuse["DATA"]
        letter = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.received.append(letter)
        self.recipients.append(list(envelope.rcpt_tos))
        self.tls.append(session.ssl is not None)
        return "250 Kept"


@contextmanager
def mail(
    context: ssl.SSLContext | None = None, password: str | None = None, *, implicit: bool = False
) -> Iterator[Mail]:
    """An SMTP server; with ``context`` it asks for STARTTLS, or speaks TLS from the start (``implicit``)."""
    sink = Mail()

    def authenticated(_server: Any, _session: Any, _envelope: Any, _mechanism: Any, data: Any) -> AuthResult:
        fine = isinstance(data, LoginPassword) and data.password == (password or "").encode()
        return AuthResult(success=fine, handled=fine)

    starttls = context is not None and not implicit
    ready, stops = threading.Event(), []

    async def serve() -> None:
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        stops.append(lambda: loop.call_soon_threadsafe(stop.set))

        def protocol() -> SMTP:
            return SMTP(
                sink,
                hostname="localhost",
                loop=loop,
                tls_context=context if starttls else None,
                require_starttls=starttls,
                auth_required=password is not None,
                auth_require_tls=starttls,
                authenticator=authenticated if password is not None else None,
            )

        server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=context if implicit else None)
        sink.port = server.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        server.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait(60)
    try:
        yield sink
    finally:
        stops[0]()
        thread.join()
