"""The pure parts of fetching: which addresses are public, what may be shown, what Retry-After means, what is text."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import FetchError, FetchErrorKind
from monitor.fetch import advice, guard
from monitor.fetch.body import coding, gunzip
from monitor.fetch.politeness import retry_after
from monitor.fetch.robots import RobotsEntry, RobotsMemory
from monitor.fetch.screening import check_media, check_status

examples = settings(derandomize=True, deadline=None, max_examples=200)


@pytest.mark.parametrize(
    "address",
    [
        *("8.8.8.8", "1.1.1.1", "93.184.215.14", "172.32.0.1", "100.128.0.1", "223.255.255.255"),
        *("2606:4700::6810:84e5", "2a00:1450:4001:82a::200e"),
        *("64:ff9b::8.8.8.8", "::ffff:8.8.8.8", "2a00::200:5efe:808:808"),
    ],
)
def test_public_addresses_may_be_reached(address: str) -> None:
    assert guard.refusal(ip_address(address)) is None


@examples
@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_no_ipv4_that_python_calls_private_is_called_public(address: IPv4Address) -> None:
    if not address.is_global or address.is_multicast or address.is_reserved:
        assert guard.refusal(address)


@examples
@given(st.integers(0, 2**128 - 1).map(IPv6Address))
def test_no_ipv6_that_python_calls_private_is_called_public(address: IPv6Address) -> None:
    if not address.is_global or address.is_multicast or address.is_reserved:
        assert guard.refusal(address)


@examples
@given(
    st.sampled_from(["10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.168.0.0/16"]),
    st.integers(0, 2**16 - 1),
)
def test_a_private_address_is_found_in_any_coat(network: str, offset: int) -> None:
    inner = ip_network(network)[offset]
    low = int(inner)
    coats = [
        0xFFFF << 32,
        0x64FF9B << 96,
        0x2A00 << 112 | 0x5EFE << 32,
        0x2A00 << 112 | 0x2005EFE << 32,
        0,
        0xFFFF << 48,
    ]
    for coat in coats:
        assert guard.refusal(IPv6Address(coat | low)), IPv6Address(coat | low)
    assert guard.refusal(IPv6Address(0x2002 << 112 | low << 80))


def test_allowed_networks_and_nothing_beside_them() -> None:
    allowed = (ip_network("10.1.0.0/16"), ip_network("fd00:1::/32"))
    for address in ("10.1.2.3", "::ffff:10.1.2.3", "fd00:1::7"):
        assert guard.refusal(ip_address(address), allowed) is None
    for address in (
        "10.2.0.1",
        "::ffff:10.2.0.1",
        "64:ff9b::10.1.2.3",
        "2002:a01:203::",
        "fd00:2::7",
        "127.0.0.1",
    ):
        assert guard.refusal(ip_address(address), allowed)


@examples
@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    for url in (text, f"http://{text}", f"http://vendor.test/{text}", f"http://{text}@vendor.test:80/"):
        target, error = None, None
        try:
            target = guard.target(url)
        except FetchError as refused:
            error = refused
        if target is None:
            assert error is not None
            assert error.kind == "guard"
            assert str(error).isprintable()
        else:
            assert target.scheme in ("http", "https")
            assert 0 < target.port < 65536
            assert "#" not in target.url


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://Vendor.TEST/a?b#c", "http://vendor.test"),
        ("https://vendor.test:443/", "https://vendor.test"),
        ("https://vendor.test:8443/", "https://vendor.test:8443"),
        ("http://[2606:4700::1]:80/", "http://[2606:4700::1]"),
        ("http://xn--bcher-kva.example/", "http://xn--bcher-kva.example"),
        ("http://3com.test/", "http://3com.test"),
        ("http://a_b.test/", "http://a_b.test"),
    ],
)
def test_origins(url: str, origin: str) -> None:
    assert guard.target(url).origin == origin


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:tok@vendor.test/p?token=tok#tok", "https://vendor.test/p"),
        ("mailto:tok", "mailto"),
        ("http://vendor.test/\n\x1b[31m", "http://vendor.test/??[31m"),
        ("http://vendor.test?tok", "http://vendor.test"),
        ("http://user:p@ss/tok@vendor.test/", "http://ss/tok@vendor.test/"),
    ],
)
def test_what_messages_show_of_an_address(url: str, shown: str) -> None:
    assert guard.place(url) == shown


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        (" 5 ", 5),
        ("999999999999", 86400),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("٣", None),
        ("Sat, 21 Nov 2026 08:02:00 GMT", 120),
        ("Saturday, 21-Nov-26 08:02:00 GMT", 120),
        ("Sat Nov 21 08:02:00 2026", 120),
        ("Sat, 21 Nov 2020 08:02:00 GMT", 0),
        ("Sat, 21 Nov 2099 08:02:00 GMT", 86400),
        ("Sat, 99 Nov 2026 08:02:00 GMT", None),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    now = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
    assert retry_after([("Retry-After", value)], now) == seconds


def test_retry_after_is_measured_by_the_servers_own_clock() -> None:
    headers = [("date", "Sat, 21 Nov 2026 07:00:00 GMT"), ("retry-after", "Sat, 21 Nov 2026 07:00:30 GMT")]
    assert retry_after(headers, datetime(2026, 11, 21, 8, 0, tzinfo=UTC)) == 30


@examples
@given(st.lists(st.binary(max_size=3000), min_size=1, max_size=5), st.data())
def test_gunzip_gives_all_or_an_error(members: list[bytes], data: st.DataObject) -> None:
    packed = b"".join(gzip.compress(member) for member in members)
    assert b"".join(gunzip(packed)) == b"".join(members)
    cut = data.draw(st.integers(1, len(packed) - 1))
    found = unpacked(packed[:cut])
    if isinstance(found, bytes):  # the cut fell between two members, or into the two bytes that make one
        assert b"".join(members).startswith(found)
        sizes = [len(gzip.compress(member)) for member in members]
        ends = [sum(sizes[:count]) for count in range(1, len(members) + 1)]
        assert min(cut - end for end in ends if end <= cut) <= 1
    else:
        assert found in ("truncated", "encoding")


@examples
@given(st.binary(max_size=400))
def test_gunzip_of_anything_ends(data: bytes) -> None:
    found = unpacked(data)
    assert len(found) <= 1032 * len(data) if isinstance(found, bytes) else found in ("truncated", "encoding")


def unpacked(data: bytes) -> bytes | str:
    """What is packed, or the kind of the error."""
    try:
        return b"".join(gunzip(data))
    except FetchError as error:
        return error.kind


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ([], "identity"),
        ([("Content-Encoding", "GZip")], "gzip"),
        ([("content-encoding", "x-gzip")], "gzip"),
        ([("Content-Encoding", " identity ")], "identity"),
        ([("Content-Encoding", ",")], "identity"),
    ],
)
def test_codings(headers: list[tuple[str, str]], found: str) -> None:
    assert coding(headers) == found


def test_304_is_only_an_answer_to_a_condition() -> None:
    assert check_status(304, [], "x", conditional=True, wait=None) is True
    with pytest.raises(FetchError, match="304"):
        check_status(304, [], "x", conditional=False, wait=None)


def test_text_in_any_coding_is_text() -> None:
    text = "Wir speichern Daten für dreißig Tage. 我们保留数据。" * 20
    for name in ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "utf-8-sig"):
        check_media(text.encode(name), "x")
    check_media("Datenschutz".encode("utf-32-le"), "x")


def test_every_kind_of_error_has_a_cure_in_one_sentence() -> None:
    for kind in get_args(FetchErrorKind):
        assert advice(kind).endswith(".")
        assert "\n" not in advice(kind)
    assert advice("new kind") == ""


def test_what_robots_files_said_is_kept_within_bounds_the_newest_longest() -> None:
    kept = RobotsMemory({"https://old.example": RobotsEntry(0.0, 200, "x" * 1_500_000)})
    for number in range(5):
        kept[f"https://{number}.example"] = RobotsEntry(0.0, 200, "x" * 1_000_000)
        kept["https://again.example"] = RobotsEntry(0.0, 200, "x" * number * 100_000)
    assert list(kept) == [
        "https://2.example",
        "https://3.example",
        "https://4.example",
        "https://again.example",
    ]
    assert sum(len(entry.text) for entry in kept.values()) <= 4_000_000
