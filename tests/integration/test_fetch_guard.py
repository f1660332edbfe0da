"""Nothing makes the fetcher connect to an address that is not public: an internal listener counts who comes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from ipaddress import ip_network

import pytest

from fetch_peer import Peer, moved, page
from monitor.errors import FetchError
from monitor.fetch import Fetcher, FetchSettings, Request

SECRET = b"internal"


class Names:
    """Answers of a name server that an attacker owns: one list per question, the last one for good."""

    def __init__(self) -> None:
        self.answers: dict[str, list[list[str]]] = {}
        self.asked: list[str] = []

    async def __call__(self, name: str, port: int) -> Sequence[str]:
        self.asked.append(name)
        if name not in self.answers:
            raise OSError("no such name")
        answers = self.answers[name]
        return answers.pop(0) if len(answers) > 1 else answers[0]


class Field:
    """A vendor on 127.0.0.2, which stands for the public network, and internal listeners on the same port."""

    def __init__(self, vendor: Peer, internal: list[Peer], fetcher: Fetcher, names: Names) -> None:
        self.vendor = vendor
        self.internal = internal
        self.fetcher = fetcher
        self.names = names
        self.port = vendor.port

    @property
    def reached(self) -> int:
        return sum(peer.connections for peer in self.internal)

    async def refused(self, url: str, kind: str = "guard") -> FetchError:
        with pytest.raises(FetchError) as caught:
            await self.fetcher.fetch(Request(url))
        assert self.reached == 0
        assert caught.value.kind == kind, caught.value
        return caught.value


async def _listen(stack: AsyncExitStack, host: str, port: int) -> list[Peer]:
    try:
        return [await stack.enter_async_context(await Peer({"/": page(SECRET)}).start(host, port))]
    except OSError:  # no IPv6 here, or a port that only root may take
        return []


@pytest.fixture
async def field() -> AsyncIterator[Field]:
    names = Names()
    async with AsyncExitStack() as stack:
        internal: list[Peer] = []
        while not internal:  # somebody else may have the vendor's port on the other address
            vendor = await stack.enter_async_context(await Peer().start("127.0.0.2"))
            internal = await _listen(stack, "127.0.0.1", vendor.port)
        for host, port in (("::1", vendor.port), ("127.0.0.1", 80), ("::1", 80), ("127.0.0.1", 443)):
            internal += await _listen(stack, host, port)
        names.answers["vendor.test"] = [["127.0.0.2"]]
        settings = FetchSettings(
            allow_private=(ip_network("127.0.0.2/32"),), per_host_delay=0, robots="ignore", timeout=30
        )
        fetcher = await stack.enter_async_context(Fetcher(settings, resolve=names))
        yield Field(vendor, internal, fetcher, names)


HOSTS = (
    "127.0.0.1",
    "127.0.0.3",
    "127.255.255.254",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0x7f.1",
    "0X7F.0X0.0X0.0X1",
    "0177.0.0.1",
    "0177.1",
    "017700000001",
    "127.0.0.01",
    "127.0.0.1.",
    "4294967297",
    "0",
    "0.0.0.0",
    "00.0.0.0",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:0:127.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "[2001:0:53aa:64c::80ff:fffe]",
    "[2001:0:7f00:1::]",
    "[2a00:1450::5efe:7f00:1]",
    "[2a00:1450::200:5efe:a00:1]",
    "[fe80::1]",
    "[fe80::1%25lo]",
    "[::1%25lo]",
    "[::1%lo]",
    "[fec0::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[100::1]",
    "[5f00::1]",
    "169.254.169.254",
    "169.254.170.2",
    "168.63.129.16",
    "100.100.100.200",
    "192.0.0.192",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "１２７.０.０.１",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
)

URLS = (
    "http://user@127.0.0.1:{port}/",
    "http://user:password@127.0.0.1:{port}/",
    "http://vendor.test@127.0.0.1:{port}/",
    "http://vendor.test:80@127.0.0.1:{port}/",
    "http://vendor.test:{port}@127.0.0.1/",
    "http://vendor.test\\@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}\\@vendor.test/",
    "http:\\\\127.0.0.1:{port}\\",
    "http://vendor.test#@127.0.0.1:{port}/ ",
    "http://vendor.test\t@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}\r\n/",
    "http://127.0.0.1:{port}/\0",
    "http://127.0.0.1\0.vendor.test:{port}/",
    "http://127.0.0.1%00.vendor.test:{port}/",
    "http://127.0.0.1%2f@vendor.test:{port}/",
    "http://%31%32%37.0.0.1:{port}/",
    "http://127.0.0.1%23.vendor.test:{port}/",
    "http:///127.0.0.1:{port}/",
    "http:/127.0.0.1:{port}/",
    "http:127.0.0.1:{port}/",
    "//127.0.0.1:{port}/",
    "127.0.0.1:{port}/",
    "http://[::1:{port}/",
    "http://::1:{port}/",
    "http://[127.0.0.1]:{port}/",
    "http://[v1.127]:{port}/",
    "http://127.0.0.1:0/",
    "http://127.0.0.1:99999/",
    "http://127.0.0.1:-1/",
    "http://127.0.0.1:{port}a/",
    "http://:{port}/",
    "http://.:{port}/",
    "http://-127.0.0.1:{port}/",
    "",
    "http://",
    "https://",
    "file:///etc/passwd",
    "file://127.0.0.1/etc/passwd",
    "ftp://127.0.0.1:{port}/",
    "gopher://127.0.0.1:{port}/_x",
    "dict://127.0.0.1:{port}/",
    "ldap://127.0.0.1:{port}/",
    "ws://127.0.0.1:{port}/",
    "data:text/html,x",
    "javascript:alert(1)",
    "unix:/run/docker.sock",
    "http+unix://%2Frun%2Fdocker.sock/",
    "jar:http://127.0.0.1:{port}/!/",
)

ANSWERS = (
    ["127.0.0.1"],
    ["::1"],
    ["::ffff:127.0.0.1"],
    ["fe80::1%lo"],
    ["64:ff9b::7f00:1"],
    ["10.0.0.1"],
    ["169.254.169.254"],
    ["0.0.0.0"],
    ["127.0.0.2", "127.0.0.1"],
    ["127.0.0.1", "127.0.0.2"],
    ["127.0.0.2", "::1"],
    ["93.184.215.14", "127.0.0.1"],
    ["2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::1"],
)

NAMES = (
    "internal.test",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "a.localhost",
    "metadata.google.internal",
    "a_b.test",
)


@pytest.mark.parametrize("host", HOSTS)
async def test_no_internal_address_is_reached_however_it_is_written(field: Field, host: str) -> None:
    await field.refused(f"http://{host}:{field.port}/")
    assert field.names.asked == []


@pytest.mark.parametrize("url", URLS)
async def test_no_malformed_url_is_reached(field: Field, url: str) -> None:
    await field.refused(url.format(port=field.port))
    assert field.names.asked == []


@pytest.mark.parametrize("answers", ANSWERS, ids=",".join)
async def test_one_internal_answer_refuses_the_name(field: Field, answers: list[str]) -> None:
    field.names.answers["internal.test"] = [answers]
    error = await field.refused(f"http://internal.test:{field.port}/")
    assert "not a public address" in str(error)


@pytest.mark.parametrize("name", NAMES)
async def test_names_of_the_machine_itself_are_judged_by_their_address(field: Field, name: str) -> None:
    field.names.answers[name.lower().rstrip(".")] = [["127.0.0.1"]]
    field.names.answers[name.lower()] = [["127.0.0.1"]]
    await field.refused(f"http://{name}:{field.port}/")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_to_an_internal_name_are_judged(field: Field, status: int) -> None:
    field.names.answers["internal.test"] = [["127.0.0.1"]]
    field.vendor.answers["/"] = moved("http://internal.test/", status)
    error = await field.refused(field.vendor.url())
    assert "not a public address" in str(error)


@pytest.mark.parametrize("host", [host for host in HOSTS if host.isascii()])
async def test_redirects_to_internal_addresses_are_judged(field: Field, host: str) -> None:
    field.vendor.answers["/"] = moved(f"http://{host}/")
    await field.refused(field.vendor.url())
    assert field.vendor.connections == 1


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:{port}/",
        "http://127.0.0.2:{other}/",
        "http://vendor.test:22/",
        "http://vendor.test:{port}/",
        "//127.0.0.1/",
        "//127.0.0.1:{port}/",
        "///127.0.0.1/",
        "http:///127.0.0.1/",
        "http://vendor.test@127.0.0.1/",
        "http://127.0.0.1\\@vendor.test/",
        "\\\\127.0.0.1\\",
        "/\\127.0.0.1/",
        "http://127.0.0.1\x00.vendor.test/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "javascript:alert(1)",
        "http://１２７.０.０.１/",
        "http://[::1",
        "http://[::ffff:127.0.0.1]:{port}/",
    ],
)
async def test_redirects_that_try_to_slip_through(field: Field, location: str) -> None:
    field.vendor.answers["/"] = moved(location.format(port=field.port, other=field.port + 1))
    # A NUL is no valid HTTP; three slashes name no host, and so a path of the vendor's own that is not there.
    kind = "http" if "\x00" in location or "///127" in location else "guard"
    await field.refused(field.vendor.url(), kind)


async def test_a_chain_of_redirects_is_judged_at_each_hop(field: Field) -> None:
    field.vendor.answers["/"] = moved("/one", 301)
    field.vendor.answers["/one"] = moved("/two", 308)
    field.vendor.answers["/two"] = moved("http://127.0.0.1/", 307)
    await field.refused(field.vendor.url())


async def test_a_name_that_rebinds_between_two_looks_is_refused(field: Field) -> None:
    field.vendor.answers["/"] = page()
    field.names.answers["vendor.test"] = [["127.0.0.2"], ["127.0.0.1"]]
    url = f"http://vendor.test:{field.port}/"
    assert (await field.fetcher.fetch(Request(url))).status == 200
    await field.refused(url)


async def test_a_name_that_rebinds_between_two_hops_is_refused(field: Field) -> None:
    field.vendor.answers["/"] = moved("/next")
    field.vendor.answers["/next"] = page()
    field.names.answers["vendor.test"] = [["127.0.0.2"], ["127.0.0.1"]]

    async def close(visit: object) -> None:
        await visit.say(moved("/next", headers="Connection: close\r\n"))  # type: ignore[attr-defined]

    field.vendor.answers["/"] = close
    await field.refused(f"http://vendor.test:{field.port}/")


async def test_a_name_that_rebinds_at_a_reconnect_is_refused(field: Field) -> None:
    field.names.answers["vendor.test"] = [["127.0.0.2"], ["127.0.0.1"]]
    field.vendor.answers["/"] = page(headers="Connection: keep-alive\r\n")

    async def drop(visit: object) -> None:
        visit.writer.close()  # type: ignore[attr-defined]

    url = f"http://vendor.test:{field.port}/"
    await field.fetcher.fetch(Request(url))
    field.vendor.answers["/"] = drop
    await field.refused(url)


async def test_the_name_is_resolved_once_per_connection_and_the_judged_address_used(field: Field) -> None:
    field.vendor.answers["/"] = page()
    response = await field.fetcher.fetch(Request(f"http://vendor.test:{field.port}/"))
    assert response.peer == "127.0.0.2"
    assert field.names.asked == ["vendor.test"]


async def test_neither_refresh_nor_link_headers_nor_markup_are_followed(field: Field) -> None:
    internal = f"http://127.0.0.1:{field.port}/"
    body = f'<meta http-equiv="refresh" content="0;url={internal}"><img src="{internal}">'.encode()
    headers = (
        f"Refresh: 0;url={internal}\r\nLink: <{internal}>; rel=preload\r\nContent-Location: {internal}\r\n"
    )
    field.vendor.answers["/"] = page(body, headers=headers)
    response = await field.fetcher.fetch(Request(field.vendor.url()))
    assert response.body == body
    assert field.reached == 0


async def test_robots_txt_leads_nowhere_either(field: Field) -> None:
    field.vendor.answers["/robots.txt"] = moved("http://127.0.0.1/robots.txt")
    field.vendor.answers["/"] = page()
    settings = FetchSettings(allow_private=(ip_network("127.0.0.2/32"),), robots="respect", per_host_delay=0)
    async with Fetcher(settings, resolve=field.names) as fetcher:
        with pytest.raises(FetchError) as caught:
            await fetcher.fetch(Request(f"http://vendor.test:{field.port}/"))
    assert caught.value.kind == "robots"
    assert field.reached == 0


async def test_environment_proxies_are_not_used(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{field.port}")
    field.vendor.answers["/"] = page()
    settings = FetchSettings(allow_private=(ip_network("127.0.0.2/32"),), robots="ignore")
    async with Fetcher(settings, resolve=field.names) as fetcher:
        assert (await fetcher.fetch(Request(field.vendor.url()))).peer == "127.0.0.2"
    assert field.reached == 0


async def test_what_the_guard_protects_is_there(field: Field) -> None:
    """The listener answers when it is allowed: the tests above could fail."""
    settings = FetchSettings(allow_private=(ip_network("127.0.0.0/8"),), robots="ignore")
    async with Fetcher(settings) as fetcher:
        response = await fetcher.fetch(Request(f"http://127.0.0.1:{field.port}/"))
    assert response.body == SECRET
    assert field.reached == 1
