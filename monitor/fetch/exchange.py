"""What is asked of a server and what it answered, as values; and the settings that hold for all requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from typing import Literal

RobotsMode = Literal["respect", "warn", "ignore"]

DEFAULT_USER_AGENT = "policy-monitor/1 (watches published policies; set monitor.user_agent to your contact)"


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """What holds for every request of one ``Fetcher``."""

    user_agent: str = DEFAULT_USER_AGENT
    timeout: float = 30.0
    """Seconds on the network for one fetch, redirects included; waiting for one's turn does not count."""
    max_wire_bytes: int = 10_000_000
    """Bytes of a body as sent."""
    max_bytes: int = 10_000_000
    """Bytes of a body after decoding."""
    concurrency: int = 10
    """Requests at once, over all hosts; one kept waiting by its server for long counts no more."""
    per_host_delay: float = 1.0
    """Seconds between the starts of two requests to one host."""
    per_host_concurrency: int = 2
    allow_private: tuple[IPv4Network | IPv6Network, ...] = ()
    """Networks that are not public and may be reached all the same."""
    robots: RobotsMode = "warn"
    proxy: str | None = None
    """``http://``, ``https://`` or ``socks5://``, perhaps with credentials, which are never shown.

    The proxy resolves names, so only addresses written as numbers are judged here."""
    ca_file: str | None = None
    """Certificates (PEM) that are trusted besides the public ones."""
    max_redirects: int = 5
    language: str = "en"
    """Accept-Language where a request names none: pinned, so that a server's guess cannot flip the text."""
    browser_path: str | None = None
    """The Chromium to use for ``Request.browser``; None looks for an installed one."""


@dataclass(frozen=True, slots=True)
class Request:
    """One page to be looked at."""

    url: str
    etag: str | None = None
    """As the server sent it with the version that we hold; never made up."""
    last_modified: str | None = None
    """As the server sent it, letter for letter."""
    validated_url: str | None = None
    """The final URL that gave these validators, where it was not ``url``: only there they mean anything."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """The user's own, perhaps secret: sent to the origin of ``url`` alone, never logged, never recorded."""
    language: str | None = None
    """Accept-Language."""
    browser: bool = False
    """Render the page in a browser first."""


@dataclass(frozen=True, slots=True)
class Response:
    """What came back; the status is 200 or 203, or 304 with ``not_modified``."""

    url: str
    """The final address, without fragment."""
    status: int
    not_modified: bool
    body: bytes
    """Decoded; empty when not modified."""
    content_type: str
    """As declared, with its parameters; empty when the server declared none."""
    headers: tuple[tuple[str, str], ...]
    request_headers: tuple[tuple[str, str], ...]
    """As sent with the last hop; the values of the user's own headers are replaced by ``…``."""
    redirects: tuple[tuple[int, str], ...]
    """(status, address that answered with it), in order: 301 and 308 are permanent."""
    peer: str | None
    """The address that was connected to."""
    tls_sha256: str | None
    """SHA-256 of the peer's certificate, in hex."""
    wire_bytes: int
    """Bytes of the last body as sent."""
    seconds: float
    timings: Mapping[str, float] = field(default_factory=dict)
    """Seconds: ``dns``, ``connect``, ``tls`` (absent on a kept connection), ``head``, ``body``."""
    warnings: tuple[str, ...] = ()

    def header(self, name: str) -> str | None:
        """The first header of that name, None if there is none."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def etag(self) -> str | None:
        return self.header("etag")

    @property
    def last_modified(self) -> str | None:
        return self.header("last-modified")
