"""Five invented vendors on a loopback web server, whose pages change when they are told to.

Each page is a shell (navigation, cookie banner, footer, tokens that differ at every request) around an old
or a new edition of a policy. The oddities are those of real pages: hard line breaks, text that was decoded
wrongly once, bold paragraphs for headings, lists that spell out their labels, seven documents on one page.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from threading import Thread
from time import time_ns
from typing import Literal

Edition = Literal["old", "new"]


@dataclass(frozen=True, slots=True)
class Vendor:
    """One invented vendor and the policy that is watched."""

    name: str
    kind: str
    folder: str
    """Of its pages in this package; also the first part of its path on the site."""
    page: str
    charset: str = "utf-8"
    oddity: str = ""

    @property
    def path(self) -> str:
        return f"/{self.folder}/{self.page}"


VENDORS = (
    Vendor("Quillmere", "privacy", "quillmere", "privacy", oddity="text with hard line breaks"),
    Vendor("Brindlewick", "privacy", "brindlewick", "privacy", oddity="text that was once decoded wrongly"),
    Vendor("Oskarve", "terms", "oskarve", "terms", "iso-8859-1", oddity="bold paragraphs for headings"),
    Vendor("Tamberline", "dpa", "tamberline", "dpa", oddity="nested lists and a table of subprocessors"),
    Vendor("Verrano", "other", "verrano", "compliance", oddity="seven documents on one page"),
)

MAINTENANCE = """<!doctype html><html lang="en"><head><title>Scheduled maintenance</title></head>
<body><h1>We'll be right back</h1>
<p>Our website is down for scheduled maintenance. Please try again in a few minutes.</p></body></html>"""


class Site:
    """The vendors' site. It shows ``edition``; vendors in ``down`` show a maintenance page instead."""

    def __init__(self, address: str) -> None:
        self.address = address
        """``http://127.0.0.1:PORT``"""
        self.edition: Edition = "old"
        self.down: set[str] = set()

    def url(self, vendor: Vendor) -> str:
        return self.address + vendor.path

    def body(self, vendor: Vendor) -> bytes:
        """The page as this very request gets it: no two are the same bytes."""
        if vendor.folder in self.down:
            return MAINTENANCE.encode()
        pages = files("monitor.demo") / "pages" / vendor.folder
        text = (pages / "shell.html").read_text("utf-8")
        for name, value in {
            "token": secrets.token_hex(8),
            "clock": str(time_ns() // 1_000_000),
            "visitors": str(1000 + secrets.randbelow(9000)),
            "content": (pages / f"{self.edition}.html").read_text("utf-8"),
        }.items():
            text = text.replace("{{" + name + "}}", value)
        return text.encode(vendor.charset)


class Quiet(BaseHTTPRequestHandler):
    """Writes no log: what is asked of it is shown where the demo ends, or is no news."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def serve_site() -> Iterator[Site]:
    """The site on a free port of 127.0.0.1, for as long as the block runs."""

    class Answer(Quiet):
        def do_GET(self) -> None:
            vendor = next((v for v in VENDORS if v.path == self.path), None)
            body = site.body(vendor) if vendor else b"<h1>Not found</h1>"
            self.send_response(200 if vendor else 404)
            self.send_header("Content-Type", "text/html" + (f"; charset={vendor.charset}" if vendor else ""))
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Set-Cookie", f"visit={secrets.token_hex(8)}")
            self.end_headers()
            self.wfile.write(body)

    with serving(Answer) as address:
        site = Site(address)
        yield site


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """A web server in a thread of its own; gives its address, ``http://127.0.0.1:PORT``."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
