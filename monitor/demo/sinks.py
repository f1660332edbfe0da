"""Where the demo's alerts arrive: a webhook receiver and a mailbox on loopback. Both keep what they got."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Thread
from typing import Any

from monitor.demo.site import Quiet, serving


@dataclass(slots=True)
class Webhook:
    """A receiver of JSON. ``received`` are the bodies, in order of arrival."""

    address: str = ""
    received: list[Any] = field(default_factory=list)

    @property
    def channel(self) -> str:
        """Its address as a channel of the config."""
        return self.address.replace("http://", "json://", 1) + "/policies"


@dataclass(slots=True)
class Mailbox:
    """An SMTP server that delivers to nobody. ``received`` are the messages, in order of arrival."""

    port: int = 0
    received: list[EmailMessage] = field(default_factory=list)

    @property
    def channel(self) -> str:
        """Its address as a channel of the config."""
        return (
            f"mailto://127.0.0.1:{self.port}?mode=insecure"
            "&from=policy-monitor@demo.example&to=legal@demo.example"
        )


@contextmanager
def webhook() -> Iterator[Webhook]:
    """A webhook receiver on a free port of 127.0.0.1."""
    sink = Webhook()

    class Receive(Quiet):
        def do_POST(self) -> None:  # noqa: N802
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            sink.received.append(json.loads(body))
            self.send_response(204)
            self.end_headers()

    with serving(Receive) as sink.address:
        yield sink


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """An SMTP server on a free port of 127.0.0.1."""
    from aiosmtpd.smtp import SMTP, Envelope, Session

    sink = Mailbox()

    class Keep:
        async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
            content = envelope.original_content or b""
            sink.received.append(message_from_bytes(content, policy=policy.default))
            return "250 Kept"

    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(
        loop.create_server(lambda: SMTP(Keep(), hostname="localhost", loop=loop), "127.0.0.1", 0)
    )
    sink.port = server.sockets[0].getsockname()[1]
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
