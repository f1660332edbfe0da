"""Turns, Retry-After and robots.txt, as a server sees them; and proxies."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from fetch_peer import Peer, Visit, moved, page
from monitor.errors import ConfigError, FetchError
from monitor.fetch import Fetcher, FetchSettings, Request, Response
from monitor.fetch.robots import RobotsEntry

SETTINGS = FetchSettings(
    allow_private=(ip_network("127.0.0.0/8"),),
    user_agent="policy-monitor/1 (+mailto:us@example.org)",
    per_host_delay=0,
    timeout=30,
    robots="ignore",
)


async def resolve(name: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async with await Peer({"/": page()}).start() as peer:
        yield peer


def fetcher(**changes: Any) -> Fetcher:
    store = changes.pop("robots_store", None)
    return Fetcher(replace(SETTINGS, **changes), robots_store=store, resolve=resolve)


async def eventually(condition: Callable[[], bool], what: str) -> None:
    """Wait until something holds: a busy machine may take its time, and fail by name when it never does."""
    try:
        async with asyncio.timeout(60):
            while not condition():
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"waited in vain for: {what}") from None


async def kind_of(one: Fetcher, url: str) -> str:
    try:
        await one.fetch(Request(url))
    except FetchError as error:
        return error.kind
    return "ok"


class Crowd:
    """Counts how many requests are at a server at once, and when they began."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self.starts: list[float] = []

    async def __call__(self, visit: Visit) -> None:
        self.starts.append(time.monotonic())
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.05)
        self.now -= 1
        await visit.say(page())


async def test_a_host_gets_its_few_and_the_rest_waits(peer: Peer) -> None:
    crowd = Crowd()
    peer.answers["/"] = crowd
    async with fetcher(per_host_concurrency=2) as one:
        await asyncio.gather(*(one.fetch(Request(peer.url("/"))) for _ in range(8)))
    assert crowd.most == 2


async def test_all_hosts_together_get_the_common_bound() -> None:
    crowd = Crowd()
    async with AsyncExitStack() as stack, fetcher(concurrency=3) as one:
        peers = [
            await stack.enter_async_context(await Peer({"/": crowd}).start(f"127.8.0.{n}"))
            for n in range(1, 9)
        ]
        await asyncio.gather(*(one.fetch(Request(peer.url("/"))) for peer in peers))
    assert crowd.most == 3


async def test_requests_to_a_host_keep_their_gap_even_when_slots_are_short(peer: Peer) -> None:
    crowd, busy = Crowd(), Crowd()
    peer.answers["/"] = crowd
    async with (
        await Peer({"/": busy}).start("127.0.0.2") as other,
        fetcher(per_host_delay=0.4, concurrency=1, per_host_concurrency=4) as one,
    ):
        began = time.monotonic()
        looks = [one.fetch(Request(peer.url("/"))) for _ in range(4)]
        await asyncio.gather(*looks, *(one.fetch(Request(other.url("/"))) for _ in range(4)))
    for starts in (crowd.starts, busy.starts):  # a busy machine makes them arrive later, never sooner
        assert all(at >= began + place * 0.39 for place, at in enumerate(starts))


async def test_waiting_for_a_host_holds_no_slot_and_no_deadline(peer: Peer) -> None:
    """Six pages a host with a gap take longer than one fetch may; another host is served meanwhile."""
    async with (
        await Peer({"/": page()}).start("127.0.0.2") as other,
        fetcher(per_host_delay=2, concurrency=1, timeout=6) as one,
    ):
        looks = [asyncio.ensure_future(one.fetch(Request(peer.url("/")))) for _ in range(5)]
        await eventually(lambda: len(peer.visits) == 1, "the first of five")
        await one.fetch(Request(other.url("/")))
        assert not looks[-1].done()
        assert [(await look).status for look in looks] == [200] * 5


async def test_servers_that_are_slow_hold_up_nobody_else(peer: Peer) -> None:
    async def silence(visit: Visit) -> None:
        await asyncio.sleep(300)

    async with AsyncExitStack() as stack, fetcher(concurrency=4, timeout=200) as one:
        tarpits = [
            await stack.enter_async_context(await Peer({"/": silence}).start(f"127.9.0.{n}"))
            for n in range(1, 13)
        ]
        stuck = [asyncio.ensure_future(kind_of(one, tarpit.url("/"))) for tarpit in tarpits]
        await eventually(lambda: one.waiting == 8, "four with a slot each, eight without")
        for _ in range(2):
            assert await kind_of(one, peer.url("/")) == "ok"
        assert not any(look.done() for look in stuck)  # rounds of patience, not of deadlines
        await eventually(lambda: one.waiting == 12, "all slots given away")
        for look in stuck:
            look.cancel()
        await asyncio.gather(*stuck, return_exceptions=True)
        assert one.waiting == 0


async def test_redirects_on_one_host_keep_no_gap(peer: Peer) -> None:
    peer.answers["/old"] = moved("/")
    async with fetcher(per_host_delay=60) as one, asyncio.timeout(30):
        assert (await one.fetch(Request(peer.url("/old")))).redirects


@pytest.mark.parametrize("status", ["429 Too Many", "503 Unavailable"])
async def test_retry_after_is_told_and_kept_for_the_whole_host(peer: Peer, status: str) -> None:
    peer.answers["/busy"] = page(status=status, headers="Retry-After: 120\r\n")
    async with fetcher() as one:
        for path in ("/busy", "/"):
            with pytest.raises(FetchError) as caught:
                await one.fetch(Request(peer.url(path)))
            assert caught.value.kind == "http"
            assert caught.value.status == int(status[:3])
            assert caught.value.retry_after == pytest.approx(120, abs=40)
    assert len(peer.visits) == 1


async def test_a_short_retry_after_is_waited_for(peer: Peer) -> None:
    peer.answers["/busy"] = page(status="429 No", headers="Retry-After: 1\r\n")
    async with fetcher() as one:
        started = time.monotonic()
        assert await kind_of(one, peer.url("/busy")) == "http"
        assert await kind_of(one, peer.url("/")) == "ok"
    assert time.monotonic() - started > 0.95


async def test_429_without_a_time_backs_off_and_503_says_nothing_of_other_pages(peer: Peer) -> None:
    peer.answers |= {"/429": page(status="429 No"), "/503": page(status="503 No")}
    async with fetcher() as one:
        assert await kind_of(one, peer.url("/503")) == "http"
        assert await kind_of(one, peer.url("/")) == "ok"
        assert await kind_of(one, peer.url("/429")) == "http"
        with pytest.raises(FetchError) as caught:
            await one.fetch(Request(peer.url("/")))
    assert caught.value.retry_after == pytest.approx(60, abs=2)


def rules(text: str) -> bytes:
    return page(text.encode())


def asked(peer: Peer, path: str) -> int:
    return sum(visit.path == path for visit in peer.visits)


def named(peer: Peer, path: str = "/") -> str:
    return f"http://vendor.test:{peer.port}{path}"


DENY = "User-agent: *\nDisallow: /private\n"


async def test_robots_respect_refuses_and_warn_tells(peer: Peer) -> None:
    peer.answers |= {"/robots.txt": rules(DENY), "/private": page()}
    async with fetcher(robots="respect") as one:
        assert await kind_of(one, named(peer, "/private")) == "robots"
        assert await kind_of(one, named(peer)) == "ok"
        assert asked(peer, "/private") == 0
        assert asked(peer, "/robots.txt") == 1
    async with fetcher(robots="warn") as one:
        response = await one.fetch(Request(named(peer, "/private")))
        assert ["disallows" in warning for warning in response.warnings] == [True]
        assert (await one.fetch(Request(named(peer)))).warnings == ()
    async with fetcher(robots="ignore") as one:
        assert (await one.fetch(Request(named(peer, "/private")))).warnings == ()
    assert asked(peer, "/robots.txt") == 2


async def test_robots_rules_are_read_for_our_own_name(peer: Peer) -> None:
    peer.answers["/robots.txt"] = rules(
        "User-agent: policy-monitor\nDisallow: /\n\nUser-agent: *\nAllow: /\n"
    )
    async with fetcher(robots="respect") as one:
        assert await kind_of(one, named(peer)) == "robots"
    async with fetcher(robots="respect", user_agent="other/1") as one:
        assert await kind_of(one, named(peer)) == "ok"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (page(status="404 No"), "ok"),
        (page(status="403 No"), "ok"),
        (page(status="503 No"), "robots"),
        (page(b""), "ok"),
        (page(b"<html>our home page</html>"), "ok"),
        (page(bytes(range(256)) * 40), "ok"),
        (page(gzip.compress(DENY.encode()), headers="Content-Encoding: gzip\r\n"), "ok"),
        (page(b"#" * 600_000), "robots"),
        (page(b"User-agent: *\nAllow: /x\n" * 12_000), "ok"),
        (b"nonsense\r\n\r\n", "robots"),
        (moved("/robots.txt"), "robots"),
        (moved("/there"), "robots"),
    ],
    ids=["404", "403", "503", "empty", "html", "binary", "gzip", "huge", "long", "nonsense", "loop", "moved"],
)
async def test_robots_that_are_missing_allow_and_that_are_broken_do_not(
    peer: Peer, answer: bytes, kind: str
) -> None:
    peer.answers |= {"/robots.txt": answer, "/there": rules("User-agent: *\nDisallow: /\n")}
    async with fetcher(robots="respect") as one:
        assert await kind_of(one, named(peer)) == kind


async def test_robots_are_asked_for_once_and_remembered_by_the_store(peer: Peer) -> None:
    peer.answers["/robots.txt"] = rules(DENY)
    store: dict[str, RobotsEntry] = {}
    for _ in range(2):
        async with fetcher(robots="warn", robots_store=store, per_host_concurrency=5) as one:
            await asyncio.gather(*(one.fetch(Request(named(peer))) for _ in range(5)))
    assert asked(peer, "/robots.txt") == 1
    assert list(store) == [f"http://vendor.test:{peer.port}"]


async def test_robots_are_not_asked_for_at_the_users_own_machines(peer: Peer) -> None:
    async with fetcher(robots="respect") as one:
        await one.fetch(Request(peer.url("/")))
    assert asked(peer, "/robots.txt") == 0


async def test_robots_cost_the_page_no_gap_and_crawl_delay_is_kept(peer: Peer) -> None:
    peer.answers["/robots.txt"] = rules("User-agent: *\nCrawl-delay: 30\n")
    async with fetcher(robots="warn", per_host_delay=0.1) as one:
        async with asyncio.timeout(28):
            await one.fetch(Request(named(peer)))
        second = asyncio.ensure_future(one.fetch(Request(named(peer))))
        await asyncio.sleep(1)
        assert not second.done()
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)


class Proxy:
    """An HTTP and SOCKS5 proxy that goes to one server whatever it is asked for."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.seen: list[bytes] = []

    async def http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.seen.append(head)
        method, url, _ = head.split(b"\r\n")[0].split(b" ")
        if method == b"CONNECT":
            writer.write(b"HTTP/1.1 403 Forbidden\r\n\r\n")
            await writer.drain()
        else:
            await self._pass(reader, writer, b"GET /" + url.split(b"/", 3)[3] + b" HTTP/1.1\r\n\r\n")
        writer.close()

    async def socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(3)
        writer.write(b"\x05\x00")
        start = await reader.readexactly(5)
        self.seen.append(await reader.readexactly(start[4] + 2))
        writer.write(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
        await self._pass(reader, writer, await reader.readuntil(b"\r\n\r\n"))
        writer.close()

    async def refusing_socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(3)
        writer.write(b"\x05\xff")
        await reader.read()
        writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.port)
        far_writer.write(request)
        writer.write(await far_reader.read())
        await writer.drain()
        far_writer.close()


async def through(peer: Peer, way: str, scheme: str, url: str) -> Response:
    proxy = Proxy(peer.port)
    server = await asyncio.start_server(getattr(proxy, way), "127.0.0.1", 0)
    address = f"{scheme}://user:p-4711@127.0.0.1:{server.sockets[0].getsockname()[1]}"
    settings = FetchSettings(
        proxy=address if way != "socks" else address.replace("user:p-4711@", ""), robots="ignore"
    )
    try:
        async with server, Fetcher(settings, resolve=resolve) as one:
            return await one.fetch(Request(url))
    finally:
        peer.proxy_saw = proxy.seen  # type: ignore[attr-defined]
        await asyncio.sleep(0.02)


@pytest.mark.parametrize(("way", "scheme"), [("http", "http"), ("socks", "socks5")])
async def test_proxies_carry_names_that_they_resolve(peer: Peer, way: str, scheme: str) -> None:
    response = await through(peer, way, scheme, "http://policies.vendor.example/")
    assert response.body == b"<p>We keep data.</p>"
    seen: list[bytes] = peer.proxy_saw  # type: ignore[attr-defined]
    assert b"policies.vendor.example" in seen[0]
    if way == "http":
        assert b"proxy-authorization: basic" in seen[0].lower()


@pytest.mark.parametrize(("way", "scheme"), [("http", "http"), ("socks", "socks5")])
async def test_proxies_are_not_asked_for_private_addresses(peer: Peer, way: str, scheme: str) -> None:
    with pytest.raises(FetchError) as caught:
        await through(peer, way, scheme, "http://169.254.169.254/latest/meta-data/")
    assert caught.value.kind == "guard"
    assert peer.proxy_saw == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(("way", "scheme"), [("http", "http"), ("refusing_socks", "socks5")])
async def test_a_proxy_that_refuses_is_a_classified_error(peer: Peer, way: str, scheme: str) -> None:
    url = "https://vendor.example/" if way == "http" else "http://vendor.example/"
    with pytest.raises(FetchError, match="proxy refuses") as caught:
        await through(peer, way, scheme, url)
    assert caught.value.kind == "connect"
    assert "p-4711" not in str(caught.value)


@pytest.mark.parametrize(
    "proxy", ["ftp://user:p-4711@h/", "user:p-4711@h", "http://", "http://user:p-4711@h:x/"]
)
async def test_a_proxy_that_is_none_is_an_error_of_the_config(proxy: str) -> None:
    with pytest.raises(ConfigError, match="proxy") as caught:
        fetcher(proxy=proxy)
    assert "p-4711" not in str(caught.value)


async def test_an_authority_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("no certificate")
    for name in ("missing.pem", "empty.pem"):
        async with fetcher(ca_file=str(tmp_path / name)) as one:
            for _ in range(2):
                with pytest.raises(FetchError, match="ca_file") as caught:
                    await one.fetch(Request("https://vendor.test/"))
                assert caught.value.kind == "tls"
