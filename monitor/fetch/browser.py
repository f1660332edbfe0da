"""Pages that show nothing without JavaScript: an installed Chromium, driven by Playwright, behind our guard.

The browser is a process of its own, started for one page and gone with it. It knows no way out but ``filter.py``,
resolves no name itself, keeps no state, and answers no consent dialog.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from monitor.errors import FetchError

from . import guard
from .exchange import FetchSettings, Request, Response
from .filter import Filter
from .network import Dialer
from .screening import check_status

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, Playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_ARGUMENTS = (
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--proxy-bypass-list=<-loopback>",  # loopback too goes through the filter
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
_NOT_NEEDED = frozenset(("image", "media", "font", "websocket", "eventsource", "manifest", "ping"))
_SETTLED = 4.0
"""Seconds that a page gets, once it is there, to fetch what it shows."""
_LOADS = 5
"""A page with its scripts may be this many times as large as a body alone."""
_OPEN_HEADERS = frozenset(("accept-language", "user-agent", "cookie"))


class Renderer:
    """Renders pages; ``alone`` is held for each, for a browser is as large as a thousand watches."""

    def __init__(self, settings: FetchSettings, dialer: Dialer) -> None:
        self._settings = settings
        self._dialer = dialer
        self.alone = asyncio.Lock()

    async def render(self, request: Request) -> Response:
        """The page as a browser shows it, as UTF-8 HTML. Raises FetchError."""
        target = guard.target(request.url)
        _check(request, target)
        try:
            async with asyncio.timeout(self._settings.timeout):
                return await self._rendered(request, target)
        except TimeoutError:
            message = f"{target.place}: not shown within {self._settings.timeout:g} s"
            raise FetchError("timeout", message) from None

    async def _rendered(self, request: Request, target: guard.Target) -> Response:
        try:
            from playwright.async_api import Error, async_playwright
        except ImportError:
            raise FetchError("browser", "browser = true needs the extra [browser]") from None
        budget = self._settings.max_wire_bytes * _LOADS
        with tempfile.TemporaryDirectory(prefix="policy-monitor-") as home:
            async with Filter(self._dialer, target, budget) as way, async_playwright() as playwright:
                try:
                    browser = await self._launched(playwright, home)
                    try:
                        return await self._shown(browser, way, request, target)
                    finally:
                        await browser.close()
                except Error as error:
                    if way.refusal is not None:
                        raise way.refusal from None
                    words = error.message.partition("\n")[0].partition(" at http")[0]
                    raise FetchError("browser", f"{target.place}: {words[:120]}") from None

    async def _launched(self, playwright: Playwright, home: str) -> Browser:
        path = self._settings.browser_path or next(filter(None, map(shutil.which, _NAMES)), None)
        if path is None:
            raise FetchError("browser", "no Chromium is installed")
        return await playwright.chromium.launch(
            executable_path=path,
            args=list(_ARGUMENTS),
            chromium_sandbox=os.geteuid() != 0,
            env={"PATH": os.environ.get("PATH", os.defpath), "HOME": home, "LANG": "C.UTF-8"},
            proxy={"server": "http://127.0.0.1:9"},  # of the browser's own; each page brings its filter
        )

    async def _shown(self, browser: Browser, way: Filter, request: Request, target: guard.Target) -> Response:
        given = {name.lower(): value for name, value in request.headers.items()}
        language = given.get("accept-language") or request.language or self._settings.language
        proxy: Any = way.proxy  # a TypedDict of a package that may not be there
        context = await browser.new_context(
            proxy=proxy,
            user_agent=given.get("user-agent", self._settings.user_agent),
            locale=language.partition(",")[0].partition(";")[0].strip(),
            accept_downloads=False,
            service_workers="block",
        )
        if "cookie" in given:
            cookies: Any = _cookies(given["cookie"], target)
            await context.add_cookies(cookies)
        await context.route("**/*", _only_what_shows)
        page = await context.new_page()
        return await self._response(page, way, request, target)

    async def _response(self, page: Page, way: Filter, request: Request, target: guard.Target) -> Response:
        started = time.perf_counter()
        answer = await page.goto(target.url, wait_until="domcontentloaded", timeout=0)
        if answer is None:
            raise FetchError("browser", f"{target.place}: the browser shows no answer")
        await _settled(page)
        shown = guard.target(page.url)
        head = tuple((pair["name"], pair["value"]) for pair in await answer.headers_array())
        check_status(answer.status, head, shown.place, conditional=False, wait=None)
        body = (await page.content()).encode("utf-8", "replace")
        if len(body) > self._settings.max_bytes:
            raise FetchError("too_large", f"{shown.place}: larger than {self._settings.max_bytes:,} bytes")
        secret = bool(request.headers)
        return Response(
            url=shown.url,
            status=answer.status,
            not_modified=False,
            body=body,
            content_type="text/html; charset=utf-8",
            headers=tuple(
                (name, "…" if secret and name.lower() == "set-cookie" else value) for name, value in head
            ),
            request_headers=tuple((name, "…") for name in request.headers),
            redirects=await _redirects(answer),
            peer=way.peers.get(shown.host),
            tls_sha256=None,
            wire_bytes=len(body),
            seconds=time.perf_counter() - started,
            warnings=("rendered in a browser",),
        )


def _check(request: Request, target: guard.Target) -> None:
    """A browser takes added headers along to wherever it is sent: only what it keeps to an origin is given to it."""
    for name in request.headers:
        if name.lower() not in _OPEN_HEADERS:
            message = f"{target.place}: a browser cannot keep the header {ascii(name)[:60]} to one origin"
            raise FetchError("browser", message)


def _cookies(header: str, target: guard.Target) -> list[Mapping[str, Any]]:
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return [{"name": name, "value": value, "url": target.origin} for name, equals, value in pairs if equals]


async def _only_what_shows(route: Any) -> None:
    if route.request.resource_type in _NOT_NEEDED:
        await route.abort()
    else:
        await route.continue_()


async def _settled(page: Page) -> None:
    """Waits until the page fetches no more, or long enough."""
    from playwright.async_api import TimeoutError as NeverSettled

    with suppress(NeverSettled):
        await page.wait_for_load_state("networkidle", timeout=_SETTLED * 1000)


async def _redirects(answer: Any) -> tuple[tuple[int, str], ...]:
    found: list[tuple[int, str]] = []
    asked = answer.request.redirected_from
    while asked is not None:
        response = await asked.response()
        found.insert(0, (response.status if response else 0, asked.url))
        asked = asked.redirected_from
    return tuple(found)
