"""Where one fetch stands on its way through redirects, and what may be said to whom on that way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urljoin

from monitor.errors import FetchError

from . import guard
from .client import canonical
from .exchange import FetchSettings, Request

_ACCEPT = "text/html,application/xhtml+xml,application/pdf,text/plain;q=0.9,text/markdown;q=0.9,*/*;q=0.5"
_OURS = frozenset(
    (
        *("accept-encoding", "connection", "content-length", "expect", "host", "keep-alive", "range", "te"),
        *("if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since"),
        *("proxy-authorization", "proxy-connection", "trailer", "transfer-encoding", "upgrade"),
    )
)
"""Headers that the fetcher keeps to itself: a user's would break what it promises."""
_OPEN = frozenset(("accept", "accept-language", "user-agent"))
"""Headers of the user that hold no secret."""
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_MAX_VALIDATOR = 1024
_MAX_COOKIES = 50


class Journey:
    """One request on its way. What belongs to an origin is forgotten for good once the way leaves it."""

    def __init__(self, request: Request, settings: FetchSettings) -> None:
        self.request = request
        self.start = self.here = guard.target(canonical(request.url))
        self.redirects: list[tuple[int, str]] = []
        self.warnings: list[str] = []
        self.spent = 0.0
        """Seconds on the network so far."""
        self.wait: float | None = None
        """Seconds that the last answer asked us to wait."""
        self.stays = False
        """This hop goes to the host that just sent us on."""
        self.conditional = False
        """This hop was asked with validators."""
        self._settings = settings
        self._validated = request.validated_url or self.start.url
        self._validators = _validators(request)
        self._strayed = False
        self._cookies: dict[str, str] = {}
        for name, value in request.headers.items():
            _check_header(name, value)

    @property
    def budget(self) -> float:
        """Seconds that are left."""
        return max(self._settings.timeout - self.spent, 0.001)

    def headers(self) -> list[tuple[str, str]]:
        """What is sent with this hop."""
        own = (
            {}
            if self._strayed
            else {name.lower(): (name, value) for name, value in self.request.headers.items()}
        )
        sent = {
            "accept": ("Accept", _ACCEPT),
            "accept-encoding": ("Accept-Encoding", "gzip"),
            "accept-language": ("Accept-Language", self.request.language or self._settings.language),
            "user-agent": ("User-Agent", self._settings.user_agent),
        }
        self.conditional = bool(self._validators) and self.here.url == self._validated
        if self.conditional:
            sent.update(self._validators)
        sent.update(own)
        if self._cookies:
            cookies = [f"{name}={value}" for name, value in self._cookies.items()]
            given = [own["cookie"][1]] if "cookie" in own else []
            sent["cookie"] = ("Cookie", "; ".join(given + cookies))
        return list(sent.values())

    def shown(self, sent: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Sent headers as they may be recorded: of the user's own and of cookies only the names."""
        hidden = {name.lower() for name in self.request.headers} - _OPEN | {"cookie"}
        return tuple((name, "…" if name.lower() in hidden else value) for name, value in sent)

    def received(self, headers: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Received headers as they may be recorded: a cookie may renew a secret of the user's."""
        if not self.request.headers:
            return tuple(headers)
        return tuple((name, "…" if name.lower() == "set-cookie" else value) for name, value in headers)

    def follow(self, status: int, location: str, headers: Sequence[tuple[str, str]]) -> None:
        """Takes the next hop. Raises FetchError: ``redirect``, ``guard``."""
        here = self.here
        if not location.strip():
            raise FetchError("redirect", f"{here.place} redirects without saying where to", status=status)
        self.redirects.append((status, here.url))
        if len(self.redirects) > self._settings.max_redirects:
            message = (
                f"{self.start.place}: more than {self._settings.max_redirects} redirects, now at {here.place}"
            )
            raise FetchError("redirect", message, status=status)
        # Servers write UTF-8 and blanks into Location, and browsers forgive them.
        words = (
            location.strip(" \t").replace(" ", "%20").encode("latin-1", "replace").decode("utf-8", "replace")
        )
        there = guard.redirected(self.start, here, canonical(_join(here, words)))
        if there.origin == here.origin:
            self._remember_cookies(headers)
        else:
            self._strayed = True
            self._cookies.clear()
        self.stays = there.host == here.host
        self.here = there

    def _remember_cookies(self, headers: Sequence[tuple[str, str]]) -> None:
        """Within one fetch and origin: some sites set a cookie and send back to the same page to see it."""
        for name, value in headers:
            pair = value.partition(";")[0].strip()
            key, equals, content = pair.partition("=")
            plain = bool(equals and key.strip()) and pair.isascii() and pair.isprintable()
            if name.lower() == "set-cookie" and plain and len(self._cookies) < _MAX_COOKIES:
                self._cookies[key.strip()] = content.strip()


def _join(here: guard.Target, location: str) -> str:
    guard.check_text(location)
    try:
        return urljoin(here.url, location)
    except ValueError:
        raise FetchError("guard", f"{here.place} redirects to something that is no address") from None


def _validators(request: Request) -> dict[str, tuple[str, str]]:
    """The server's own words, if they can be said back to it."""
    named = (("If-None-Match", request.etag), ("If-Modified-Since", request.last_modified))
    return {
        name.lower(): (name, value)
        for name, value in named
        if value and len(value) <= _MAX_VALIDATOR and _VALUE.fullmatch(value)
    }


def _check_header(name: str, value: str) -> None:
    if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
        raise FetchError(
            "guard", f"the header {ascii(name)[:60]} cannot be sent: not a name, or a line break in it"
        )
    if name.lower() in _OURS:
        raise FetchError(
            "guard", f"the header {ascii(name)[:60]} is the program's own: remove it from the policy"
        )
