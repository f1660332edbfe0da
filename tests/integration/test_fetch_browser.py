"""Rendering pages in a real browser, all of whose connections pass the guard."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from ipaddress import ip_network

import pytest

from fetch_peer import Peer, Visit, moved, page
from monitor.errors import FetchError
from monitor.fetch import Fetcher, FetchSettings, Request

pytest.importorskip("playwright.async_api", reason="the extra [browser] is not installed")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("chromium"), reason="no Chromium is installed"),
]

SHELL = b"""<!doctype html><title>Policy</title><div id=root></div><script>
fetch('/text.json').then(r => r.json()).then(d => { root.innerHTML = '<h1>Privacy</h1><p>' + d.text + '</p>' })
</script>"""


async def resolve(name: str, port: int) -> Sequence[str]:
    return {"vendor.test": ["127.0.0.2"], "internal.test": ["127.0.0.1"]}.get(name, [])


@pytest.fixture
async def vendor() -> AsyncIterator[Peer]:
    async with await Peer().start("127.0.0.2") as vendor:
        yield vendor


@pytest.fixture
async def internal() -> AsyncIterator[Peer]:
    async with await Peer({"/": page(b"internal")}).start("127.0.0.1") as internal:
        yield internal


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    settings = FetchSettings(
        allow_private=(ip_network("127.0.0.2/32"),), per_host_delay=0, robots="ignore", timeout=25
    )
    async with Fetcher(settings, resolve=resolve) as fetcher:
        yield fetcher


async def test_a_page_made_by_scripts_is_shown_and_nothing_internal_reached(
    vendor: Peer, internal: Peer, fetcher: Fetcher
) -> None:
    private = f"http://127.0.0.1:{internal.port}/"
    reach = f"""<script>fetch('{private}');fetch('http://internal.test:{internal.port}/');
      new Image().src='{private}';new WebSocket('ws://127.0.0.1:{internal.port}/');
      navigator.sendBeacon('{private}')</script><iframe src="{private}"></iframe>
      <link rel=stylesheet href="{private}"><link rel=preconnect href="{private}">"""
    vendor.answers |= {
        "/old": moved("/", 301),
        "/": page(SHELL + reach.encode()),
        "/text.json": page(b'{"text": "We keep data for 30 days."}'),
    }
    url = f"http://vendor.test:{vendor.port}/"
    response = await fetcher.fetch(
        Request(url + "old", browser=True, language="de", headers={"Cookie": "a=b"})
    )
    assert b"<p>We keep data for 30 days.</p>" in response.body
    assert (response.url, response.redirects, response.peer) == (url, ((301, url + "old"),), "127.0.0.2")
    assert response.warnings == ("rendered in a browser",)
    assert {visit.headers["cookie"] for visit in vendor.visits} == {"a=b"}
    assert {visit.headers["accept-language"][:2] for visit in vendor.visits} == {"de"}
    assert vendor.visits[0].headers["user-agent"] == fetcher.settings.user_agent
    assert internal.connections == 0


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (page(status="403 Forbidden"), "blocked"),
        (moved("http://127.0.0.1/"), "guard"),
        (moved("http://vendor.test:8081/"), "guard"),
    ],
    ids=["403", "private", "port"],
)
async def test_what_a_browser_cannot_show_is_classified(
    vendor: Peer, internal: Peer, fetcher: Fetcher, answer: bytes, kind: str
) -> None:
    vendor.answers["/"] = answer
    with pytest.raises(FetchError) as caught:
        await fetcher.fetch(Request(vendor.url("/"), browser=True))
    assert caught.value.kind == kind, caught.value
    assert internal.connections == 0


async def test_a_page_that_never_comes_meets_the_deadline(vendor: Peer) -> None:
    async def silence(visit: Visit) -> None:
        await asyncio.sleep(60)

    vendor.answers["/"] = silence
    settings = FetchSettings(allow_private=(ip_network("127.0.0.2/32"),), robots="ignore", timeout=4)
    async with Fetcher(settings) as fetcher:
        with pytest.raises(FetchError) as caught:
            await fetcher.fetch(Request(vendor.url("/"), browser=True))
    assert caught.value.kind == "timeout"


async def test_headers_that_a_browser_would_take_elsewhere_are_refused(
    vendor: Peer, fetcher: Fetcher
) -> None:
    with pytest.raises(FetchError, match="one origin"):
        await fetcher.fetch(Request(vendor.url("/"), browser=True, headers={"Authorization": "secret"}))
    assert vendor.connections == 0
