"""Fetching pages from well-meaning servers: conditions, redirects, secrets, kept connections, TLS, HTTP/2."""

from __future__ import annotations

import asyncio
import gc
import gzip
import hashlib
import logging
import ssl
from collections.abc import AsyncIterator, Sequence
from ipaddress import ip_network
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import pytest
import trustme

from fetch_peer import Peer, Visit, moved, page
from monitor.errors import FetchError
from monitor.fetch import Fetcher, FetchSettings, Request

SETTINGS = FetchSettings(
    allow_private=(ip_network("127.0.0.0/8"),), per_host_delay=0, timeout=30, robots="ignore"
)
ETAG = '"3a-5f"'
DATE = "Sat, 21 Nov 2026 08:00:00 GMT"
TOKEN = "tok-4711-secret"
VALIDATORS = f"ETag: {ETAG}\r\nLast-Modified: {DATE}\r\n"
NOT_MODIFIED = b'HTTP/1.1 304 Not Modified\r\nETag: "3a-5f"\r\nConnection: keep-alive\r\n\r\n'


async def resolve(name: str, port: int) -> Sequence[str]:
    """Any host of vendor.test is on 127.0.0.1, any of other.test on 127.0.0.2."""
    return ["127.0.0.2" if name.endswith("other.test") else "127.0.0.1"]


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async with await Peer().start() as peer:
        yield peer


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(SETTINGS, resolve=resolve) as fetcher:
        yield fetcher
    gc.collect()  # an unclosed transport warns here, and warnings are errors


def conditional(visit: Visit) -> bytes:
    known = visit.headers.get("if-none-match") == ETAG
    return NOT_MODIFIED if known else page(headers=VALIDATORS + "Connection: keep-alive\r\n")


async def answer_conditionally(visit: Visit) -> None:
    await visit.say(conditional(visit))


async def test_a_page_comes_with_all_that_evidence_needs(peer: Peer, fetcher: Fetcher) -> None:
    body = gzip.compress(b"<p>We keep data.</p>")
    peer.answers["/"] = page(body, headers="Content-Encoding: gzip\r\nX-Two: a\r\nX-Two: b\r\n")
    response = await fetcher.fetch(Request(peer.url("/#section")))
    assert response.body == b"<p>We keep data.</p>"
    assert (response.status, response.not_modified, response.url) == (200, False, peer.url("/"))
    assert (response.content_type, response.peer, response.tls_sha256) == ("text/html", "127.0.0.1", None)
    assert response.wire_bytes == len(body)
    assert [pair for pair in response.headers if pair[0] == "X-Two"] == [("X-Two", "a"), ("X-Two", "b")]
    assert 0 < response.seconds < 5
    assert {"dns", "connect", "head", "body"} <= set(response.timings)


async def test_what_is_asked_is_honest_and_pinned(peer: Peer, fetcher: Fetcher) -> None:
    peer.answers["/"] = page()
    await fetcher.fetch(Request(peer.url("/"), language="de"))
    sent = peer.visits[0].headers
    assert sent["accept-encoding"] == "gzip"
    assert sent["accept-language"] == "de"
    assert sent["user-agent"] == SETTINGS.user_agent
    assert "cookie" not in sent
    assert "if-none-match" not in sent


async def test_only_the_servers_own_validators_are_sent_and_304_is_told(peer: Peer, fetcher: Fetcher) -> None:
    peer.answers["/"] = answer_conditionally
    first = await fetcher.fetch(Request(peer.url("/")))
    assert (first.etag, first.last_modified) == (ETAG, DATE)
    second = await fetcher.fetch(Request(peer.url("/"), etag=first.etag, last_modified=first.last_modified))
    assert second.not_modified
    assert second.status == 304
    assert second.body == b""
    assert peer.visits[1].headers["if-modified-since"] == DATE


async def test_validators_follow_the_url_that_gave_them(peer: Peer, fetcher: Fetcher) -> None:
    peer.answers["/old"] = moved("/new", 301)
    peer.answers["/new"] = answer_conditionally
    first = await fetcher.fetch(Request(peer.url("/old")))
    request = Request(peer.url("/old"), etag=first.etag, validated_url=first.url)
    assert (await fetcher.fetch(request)).not_modified
    assert "if-none-match" not in peer.visits[2].headers
    assert not (await fetcher.fetch(Request(peer.url("/old"), etag=first.etag))).not_modified


@pytest.mark.parametrize("etag", ['"a\r\nX: y"', "x" * 2000, '"\0"'])
async def test_a_validator_that_cannot_be_said_back_is_not(peer: Peer, fetcher: Fetcher, etag: str) -> None:
    peer.answers["/"] = page()
    await fetcher.fetch(Request(peer.url("/"), etag=etag))
    assert "if-none-match" not in peer.visits[0].headers


async def test_a_validator_outside_ascii_is_said_back_byte_for_byte(peer: Peer, fetcher: Fetcher) -> None:
    peer.answers["/"] = page(headers='ETag: "é"\r\n')
    first = await fetcher.fetch(Request(peer.url("/")))
    await fetcher.fetch(Request(peer.url("/"), etag=first.etag))
    assert peer.visits[1].headers["if-none-match"] == '"é"'


async def test_redirects_are_recorded_with_their_status(peer: Peer, fetcher: Fetcher) -> None:
    peer.answers |= {"/a": moved("/b", 301), "/b": moved(peer.url("/ü c?d=é"), 302)}
    peer.answers["/%C3%BC%20c"] = page()
    response = await fetcher.fetch(Request(peer.url("/a")))
    assert response.redirects == ((301, peer.url("/a")), (302, peer.url("/b")))
    assert response.url == peer.url("/%C3%BC%20c?d=%C3%A9")


async def test_one_redirect_too_many(peer: Peer, fetcher: Fetcher) -> None:
    peer.answers |= {f"/{n}": moved(f"/{n + 1}") for n in range(6)} | {"/6": page()}
    with pytest.raises(FetchError, match="more than 5 redirects"):
        await fetcher.fetch(Request(peer.url("/0")))
    assert len((await fetcher.fetch(Request(peer.url("/1")))).redirects) == 5


async def test_a_cookie_lives_for_one_fetch_and_one_origin(peer: Peer, fetcher: Fetcher) -> None:
    async def wall(visit: Visit) -> None:
        seen = "session=1" in visit.headers.get("cookie", "")
        await visit.say(page() if seen else moved("/", headers="Set-Cookie: session=1; Path=/\r\n"))

    peer.answers["/"] = wall
    assert (await fetcher.fetch(Request(peer.url("/")))).redirects
    assert (await fetcher.fetch(Request(peer.url("/")))).redirects
    assert "cookie" not in peer.visits[2].headers


async def test_nothing_of_the_user_crosses_an_origin(peer: Peer, fetcher: Fetcher) -> None:
    async with await Peer().start("127.0.0.2", peer.port) as other:
        back = f"http://vendor.test:{peer.port}"
        # The same host and port on the way out and back: what was forgotten stays so.
        peer.answers |= {"/": moved(other.url("/away"), headers="Set-Cookie: own=1\r\n"), "/back": page()}
        other.answers["/away"] = moved(f"{back}/back")
        request = Request(
            f"http://vendor.test:{peer.port}/",
            headers={"Authorization": f"Bearer {TOKEN}", "Cookie": "id=7", "X-Key": TOKEN},
            etag=ETAG,
        )
        with pytest.raises(FetchError, match="redirects to port"):
            await fetcher.fetch(request)
        peer.answers["/"] = moved(f"http://www.vendor.test:{peer.port}/back")
        with pytest.raises(FetchError, match="redirects to port"):
            await fetcher.fetch(request)
    first = peer.visits[0].headers
    assert (first["authorization"], first["cookie"], first["x-key"]) == (f"Bearer {TOKEN}", "id=7", TOKEN)
    assert other.connections == 0


async def test_secrets_stay_with_their_origin_over_ordinary_ports(tmp_path: Path) -> None:
    """http and https of one host are two origins; the second gets no header, cookie or validator of the first."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("vendor.test").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    plain, secure = Peer(), Peer({"/": page()})
    try:
        await plain.start("127.0.0.3", 80)
        await secure.start("127.0.0.3", 443, context)
    except PermissionError:
        pytest.skip("ports 80 and 443 are not ours here")

    async def on_three(name: str, port: int) -> Sequence[str]:
        return ["127.0.0.3"]

    plain.answers["/"] = moved("https://vendor.test/", 301, "Set-Cookie: own=1\r\n")
    settings = FetchSettings(
        allow_private=SETTINGS.allow_private,
        robots="ignore",
        per_host_delay=0,
        ca_file=str(tmp_path / "ca.pem"),
    )
    async with plain, secure, Fetcher(settings, resolve=on_three) as fetcher:
        request = Request(
            "http://vendor.test/", headers={"Authorization": TOKEN, "Cookie": "id=7"}, etag=ETAG
        )
        response = await fetcher.fetch(request)
        assert response.url == "https://vendor.test/"
        assert plain.visits[0].headers["authorization"] == TOKEN
        assert not {"authorization", "cookie", "if-none-match"} & set(secure.visits[0].headers)

        secure.answers["/"] = moved("http://vendor.test/plain")
        with pytest.raises(FetchError, match="from https there is no way to http") as caught:
            await fetcher.fetch(Request("https://vendor.test/"))
        assert caught.value.kind == "redirect"
        assert len(plain.visits) == 1


async def test_secrets_are_neither_recorded_nor_logged_nor_in_messages(
    peer: Peer, fetcher: Fetcher, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    peer.answers["/"] = page(headers=f"Set-Cookie: id={TOKEN}\r\n")
    request = Request(peer.url(f"/?token={TOKEN}"), headers={"X-Key": TOKEN, "Cookie": TOKEN})
    response = await fetcher.fetch(request)
    assert ("X-Key", "…") in response.request_headers
    assert ("Set-Cookie", "…") in response.headers
    assert TOKEN not in str((response.request_headers, response.headers))

    messages = []
    peer.answers |= {
        "/500": page(status="500 No"),
        "/loop": moved(f"/loop?token={TOKEN}"),
        "/user": moved(f"http://user:{TOKEN}@vendor.test/"),
        "/port": moved(f"http://vendor.test:81/?{TOKEN}"),
        "/data": moved(f"data:{TOKEN}"),
        "/broken": b"HTTP/1.1 " + TOKEN.encode() + b"\r\n\r\n",
        "/coded": page(headers=f"Content-Encoding: x\r\nX-Secret: {TOKEN}\r\n"),
        "/short": page()[:-3],
    }
    urls = [peer.url(f"{path}?token={TOKEN}") for path in peer.answers if path != "/"]
    for url in (
        *urls,
        f"http://user:{TOKEN}@vendor.test/",
        f"http://127.0.0.1:1/?{TOKEN}",
        f"mailto:{TOKEN}",
    ):
        with pytest.raises(FetchError) as caught:
            await fetcher.fetch(Request(url, headers={"X-Key": TOKEN}))
        messages.append(str(caught.value))
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert [message for message in messages if TOKEN in message] == []
    assert [record for record in caplog.records if record.name.startswith(("httpx", "httpcore"))] == []
    assert TOKEN not in caplog.text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Host", "x"),
        ("accept-encoding", "br"),
        ("If-None-Match", "x"),
        ("X", "a\r\nY: b"),
        ("X Y", "a"),
        ("", "a"),
    ],
)
async def test_headers_that_would_break_promises_are_refused(
    peer: Peer, fetcher: Fetcher, name: str, value: str
) -> None:
    with pytest.raises(FetchError, match="header"):
        await fetcher.fetch(Request(peer.url("/"), headers={name: value}))
    assert peer.connections == 0


async def test_connections_are_kept_and_reused(peer: Peer, fetcher: Fetcher) -> None:
    peer.answers["/"] = page(headers="Connection: keep-alive\r\n")
    first = await fetcher.fetch(Request(peer.url("/")))
    second = await fetcher.fetch(Request(peer.url("/")))
    assert (len(peer.visits), peer.connections) == (2, 1)
    assert "connect" in first.timings
    assert "connect" not in second.timings


async def test_a_kept_connection_that_the_server_closed_is_replaced(peer: Peer, fetcher: Fetcher) -> None:
    async def once(visit: Visit) -> None:
        await visit.say(page(headers="Connection: keep-alive\r\n"))

    peer.answers["/"] = once
    for _ in range(3):
        assert (await fetcher.fetch(Request(peer.url("/")))).status == 200
    assert peer.connections == 3


async def test_bytes_beyond_the_announced_length_are_no_answer_to_the_next_request(
    peer: Peer, fetcher: Fetcher
) -> None:
    smuggled = page(b"<p>a forged policy</p>", headers="Connection: keep-alive\r\n")
    peer.answers["/a"] = page(headers="Connection: keep-alive\r\n") + smuggled
    peer.answers["/b"] = page(b"<p>the real one</p>")
    await fetcher.fetch(Request(peer.url("/a")))
    assert (await fetcher.fetch(Request(peer.url("/b")))).body == b"<p>the real one</p>"


async def test_an_answer_before_the_question_is_none(peer: Peer, fetcher: Fetcher) -> None:
    peer.answers["/"] = page(headers="Connection: keep-alive\r\n")
    await fetcher.fetch(Request(peer.url("/")))
    await peer.visits[0].say(page(b"<p>a forged policy</p>"))
    await asyncio.sleep(0.5)
    assert (await fetcher.fetch(Request(peer.url("/")))).body == b"<p>We keep data.</p>"
    assert peer.connections == 2


async def test_many_at_once_and_then_the_end_leaves_nothing_open(peer: Peer, fetcher: Fetcher) -> None:
    peer.answers["/"] = page(b"x" * 100_000, headers="Connection: keep-alive\r\n")
    found = await asyncio.gather(*(fetcher.fetch(Request(peer.url("/"))) for _ in range(60)))
    assert {len(response.body) for response in found} == {100_000}


async def test_a_fetch_that_is_cancelled_frees_its_places(peer: Peer) -> None:
    async def slow(visit: Visit) -> None:
        await asyncio.sleep(30)

    peer.answers |= {"/slow": slow, "/": page()}
    settings = FetchSettings(
        allow_private=SETTINGS.allow_private,
        per_host_delay=0,
        concurrency=1,
        per_host_concurrency=1,
        robots="ignore",
    )
    async with Fetcher(settings) as fetcher:
        for _ in range(3):
            look = asyncio.ensure_future(fetcher.fetch(Request(peer.url("/slow"))))
            await asyncio.sleep(0.02)
            look.cancel()
            await asyncio.gather(look, return_exceptions=True)
        assert (await asyncio.wait_for(fetcher.fetch(Request(peer.url("/"))), 20)).status == 200
    gc.collect()


@pytest.mark.parametrize(
    ("url", "kind"), [("http://127.0.0.1:1/", "connect"), ("http://nowhere.invalid/", "dns")]
)
async def test_what_does_not_answer_is_told_apart(url: str, kind: str) -> None:
    async def none(name: str, port: int) -> Sequence[str]:
        raise OSError("no such name")

    async with Fetcher(SETTINGS, resolve=none) as fetcher:
        with pytest.raises(FetchError) as caught:
            await fetcher.fetch(Request(url))
    assert caught.value.kind == kind


async def test_the_next_address_is_tried_when_one_does_not_answer(peer: Peer) -> None:
    async def two(name: str, port: int) -> Sequence[str]:
        return ["127.0.0.9", "127.0.0.1"]

    peer.answers["/"] = page()
    async with Fetcher(SETTINGS, resolve=two) as fetcher:
        assert (await fetcher.fetch(Request(f"http://vendor.test:{peer.port}/"))).peer == "127.0.0.1"


async def test_a_name_server_that_hangs_meets_the_deadline() -> None:
    async def hangs(name: str, port: int) -> Sequence[str]:
        await asyncio.sleep(30)
        return []

    settings = FetchSettings(timeout=0.2, robots="ignore")
    async with Fetcher(settings, resolve=hangs) as fetcher:
        with pytest.raises(FetchError) as caught:
            await fetcher.fetch(Request("http://vendor.test/"))
    assert caught.value.kind == "timeout"


async def test_the_systems_resolver_is_used(peer: Peer) -> None:
    peer.answers["/"] = page()
    async with Fetcher(SETTINGS) as fetcher:
        allowed = FetchSettings(
            allow_private=(*SETTINGS.allow_private, ip_network("::1/128")), robots="ignore", per_host_delay=0
        )
    async with Fetcher(allowed) as fetcher:
        assert (await fetcher.fetch(Request(f"http://localhost:{peer.port}/"))).peer == "127.0.0.1"
        with pytest.raises(FetchError) as caught:
            await fetcher.fetch(Request(f"http://{'a' * 64}.test:{peer.port}/"))
        assert caught.value.kind == "dns"


class Secure:
    """A TLS server, its authority, and settings that trust it."""

    def __init__(self, folder: Path) -> None:
        self.authority = trustme.CA()
        self.authority.cert_pem.write_to_path(folder / "ca.pem")
        self.settings = FetchSettings(
            allow_private=SETTINGS.allow_private,
            robots="ignore",
            per_host_delay=0,
            timeout=5,
            ca_file=str(folder / "ca.pem"),
        )

    def context(self, *names: str, **options: object) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(*names, **options).configure_cert(context)  # type: ignore[arg-type]
        return context


@pytest.fixture
def secure(tmp_path: Path) -> Secure:
    return Secure(tmp_path)


async def test_tls_is_verified_and_the_certificate_recorded(secure: Secure) -> None:
    context = secure.context("vendor.test")
    async with (
        await Peer({"/": page()}).start(tls=context) as peer,
        Fetcher(secure.settings, resolve=resolve) as fetcher,
    ):
        response = await fetcher.fetch(Request(f"https://vendor.test:{peer.port}/"))
        der = ssl.PEM_cert_to_DER_cert(
            await asyncio.to_thread(ssl.get_server_certificate, ("127.0.0.1", peer.port))
        )
    assert response.tls_sha256 == hashlib.sha256(der).hexdigest()
    assert "tls" in response.timings


@pytest.mark.parametrize("case", ["unknown authority", "wrong name", "expired", "no TLS", "old TLS"])
async def test_tls_that_does_not_hold_is_never_accepted(secure: Secure, case: str) -> None:
    import datetime

    past = {"not_after": datetime.datetime(2020, 1, 2, tzinfo=datetime.UTC)}
    context: ssl.SSLContext | None = secure.context("vendor.test", **(past if case == "expired" else {}))
    assert context is not None
    if case == "old TLS":
        with pytest.warns(DeprecationWarning, match="TLS"):
            context.maximum_version = ssl.TLSVersion.TLSv1_1
    if case == "no TLS":
        context = None
    settings = SETTINGS if case == "unknown authority" else secure.settings
    host = "127.0.0.1" if case == "wrong name" else "vendor.test"
    greeting = b"HTTP/1.1 400 Bad Request\r\n\r\n" if case == "no TLS" else None
    async with (
        await Peer({"/": page()}, greeting).start(tls=context) as peer,
        Fetcher(settings, resolve=resolve) as fetcher,
    ):
        with pytest.raises(FetchError) as caught:
            await fetcher.fetch(Request(f"https://{host}:{peer.port}/"))
        assert caught.value.kind == "tls", caught.value
        assert peer.visits == []
    gc.collect()


async def test_words_in_the_clear_are_no_part_of_an_encrypted_answer(secure: Secure) -> None:
    """Somebody between us and the server speaks first, and then lets the server's TLS through."""
    server = await Peer({"/": page()}).start(tls=secure.context("vendor.test"))

    async def between(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(page(b"<p>a forged policy</p>", headers="Connection: keep-alive\r\n"))
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", server.port)

        async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            while data := await source.read(65536):
                sink.write(data)
            sink.close()

        await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))

    middle = await asyncio.start_server(between, "127.0.0.1", 0)
    url = f"https://vendor.test:{middle.sockets[0].getsockname()[1]}/"
    async with server, middle, Fetcher(secure.settings, resolve=resolve) as fetcher:
        with pytest.raises(FetchError) as caught:
            await fetcher.fetch(Request(url))
        assert caught.value.kind == "tls"
        await asyncio.sleep(0.05)


async def test_a_tls_server_that_says_nothing_meets_the_deadline(secure: Secure) -> None:
    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(mute, "127.0.0.1", 0)
    settings = FetchSettings(allow_private=SETTINGS.allow_private, robots="ignore", timeout=0.3)
    async with server, Fetcher(settings, resolve=resolve) as fetcher:
        with pytest.raises(FetchError) as caught:
            await fetcher.fetch(Request(f"https://vendor.test:{server.sockets[0].getsockname()[1]}/"))
        assert caught.value.kind == "timeout"
    gc.collect()


async def speak_h2(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server of HTTP/2 for one connection; ``/cut`` promises more than it sends."""
    connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
    connection.initiate_connection()
    writer.write(connection.data_to_send())
    while data := await reader.read(65536):
        for event in connection.receive_data(data):
            if not isinstance(event, h2.events.RequestReceived):
                continue
            asked = {name.decode(): value.decode() for name, value in event.headers or []}
            stream = event.stream_id
            assert stream is not None
            if asked.get("if-none-match") == ETAG:
                connection.send_headers(stream, [(":status", "304"), ("etag", ETAG)], end_stream=True)
                continue
            body = b"<p>over h2</p>" * 1000
            length = len(body) + (10 if asked[":path"] == "/cut" else 0)
            connection.send_headers(
                stream, [(":status", "200"), ("etag", ETAG), ("content-length", str(length))]
            )
            writer.write(connection.data_to_send())
            await asyncio.sleep(0.05)
            connection.send_data(stream, body, end_stream=True)
        writer.write(connection.data_to_send())
    writer.close()


async def test_http2_where_the_server_speaks_it(secure: Secure) -> None:
    context = secure.context("vendor.test")
    context.set_alpn_protocols(["h2", "http/1.1"])
    server = await asyncio.start_server(speak_h2, "127.0.0.1", 0, ssl=context)
    url = f"https://vendor.test:{server.sockets[0].getsockname()[1]}"
    async with server, Fetcher(secure.settings, resolve=resolve) as fetcher:
        response = await fetcher.fetch(Request(url + "/"))
        assert response.body == b"<p>over h2</p>" * 1000
        again = await fetcher.fetch(Request(url + "/", etag=response.etag))
        assert again.not_modified
        assert "connect" not in again.timings
        assert again.tls_sha256 == response.tls_sha256
        with pytest.raises(FetchError) as caught:
            await fetcher.fetch(Request(url + "/cut"))
        assert caught.value.kind == "truncated"
    for _ in range(3):
        await asyncio.sleep(0.01)
