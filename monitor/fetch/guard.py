"""Which addresses and URLs may be reached. Pure: nothing is resolved or connected here.

An address is judged when a connection is about to be opened to it (``network.py``), so redirects, kept names
that answer something else the second time, and every reconnect pass through ``refusal``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from monitor.errors import FetchError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

DEFAULT_PORTS = {"http": 80, "https": 443}
EVERYWHERE = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))

# Written out, not ``is_global``: that property changes with the Python version, and calls multicast,
# NAT64 and 6to4 public. Source: IANA's special-purpose registries.
_CLOSED_V4 = tuple(
    (IPv4Network(text), name)
    for text, name in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "cloud metadata"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved for protocols"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_CLOSED_V6 = tuple(
    (IPv6Network(text), name)
    for text, name in (
        ("2001::/32", "Teredo tunnel"),
        ("2001::/23", "reserved for protocols"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4 tunnel"),
        ("3fff::/20", "documentation"),
        ("::1/128", "loopback"),
        ("::/128", "unspecified"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("ff00::/8", "multicast"),
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = (0x00005EFE, 0x02005EFE)

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,252}[a-z0-9_])?", re.IGNORECASE)


def refusal(address: Address, allowed: Sequence[Network] = ()) -> str | None:
    """Why nothing may be sent to this address, None if it may be reached.

    An IPv4 address in an IPv6 coat is judged by what it is inside.
    """
    for network in allowed:
        if address in network:
            return None
    if isinstance(address, IPv4Address):
        return next((name for network, name in _CLOSED_V4 if address in network), None)
    if address.scope_id is not None:
        return "link-local"
    if (mapped := address.ipv4_mapped) is not None:
        return refusal(mapped, allowed)
    return _refusal_v6(address)


def _refusal_v6(address: IPv6Address) -> str | None:
    low = int(address) & 0xFFFFFFFF
    if address in _NAT64:
        inner = refusal(IPv4Address(low))
        return inner and f"{inner}, behind NAT64"
    if (int(address) >> 32) & 0xFFFFFFFF in _ISATAP and (inner := refusal(IPv4Address(low))):
        return f"{inner}, behind ISATAP"
    for network, name in _CLOSED_V6:
        if address in network:
            return name
    return None if address in _GLOBAL_V6 else "reserved"


def literal(host: str) -> Address | None:
    """The address that a host name spells out, None for a name that must be resolved."""
    try:
        return ip_address(host)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Target:
    """An address that a request may be sent to, cut up once; what is connected to is what was judged."""

    url: str
    """Without fragment."""
    scheme: str
    host: str
    """Lower case, without brackets."""
    port: int

    @property
    def origin(self) -> str:
        """``https://host``, with the port where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    @property
    def place(self) -> str:
        """For messages: no query and no fragment, for they may hold tokens."""
        return place(self.url)


def place(url: str) -> str:
    """An address as it may be shown: without user, query and fragment."""
    scheme, _, rest = url.partition("://")
    authority, slash, path = re.split("[?#]", rest, maxsplit=1)[0].partition("/")
    host = authority.rpartition("@")[2]
    shown = f"{scheme}://{host}{slash}{path}" if rest else scheme.partition(":")[0]
    return "".join(char if char.isprintable() else "?" for char in shown[:200])


def target(url: str) -> Target:
    """Cuts up an http(s) address.

    Raises FetchError (guard): another scheme, user or password, a backslash, blanks or control characters,
    a zone, no host, one that is no name and no plainly written address (``2130706433``, ``0x7f.1``).
    """
    check_text(url)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise FetchError("guard", f"{place(url)}: not a valid address") from None
    if parts.scheme not in DEFAULT_PORTS:
        raise FetchError("guard", f"{place(url)}: only http and https are fetched")
    if "@" in parts.netloc:
        raise FetchError("guard", f"{place(url)}: user and password belong into headers, not the address")
    host = parts.hostname or ""
    if port == 0 or not _is_host(host, bracketed="[" in parts.netloc):
        raise FetchError("guard", f"{place(url)}: not a valid host")
    return Target(
        url=parts._replace(fragment="").geturl() if parts.fragment or url.endswith("#") else url,
        scheme=parts.scheme,
        host=host,
        port=port or DEFAULT_PORTS[parts.scheme],
    )


def check_text(url: str) -> None:
    """Raises FetchError (guard) for what parsers of addresses disagree about."""
    if _FORBIDDEN.search(url):
        message = "blanks, control characters and backslashes have no place in an address"
        raise FetchError("guard", f"{place(url)}: {message}")


def _is_host(host: str, *, bracketed: bool) -> bool:
    if bracketed or ":" in host:
        return "%" not in host and isinstance(literal(host), IPv6Address)
    if not _HOST.fullmatch(host) or ".." in host:
        return False
    # What ends in a number is an address to every resolver: only the form that all read alike is taken.
    return not _NUMBER.fullmatch(host.rpartition(".")[2]) or literal(host) is not None


def redirected(start: Target, here: Target, url: str) -> Target:
    """Where a redirect from ``here`` leads, if it may be followed on a way that began at ``start``.

    Raises FetchError: ``redirect`` for a way from https to http, ``guard`` for a port that nobody stated and
    for all that ``target`` refuses.
    """
    there = target(url)
    if here.scheme == "https" and there.scheme == "http":
        message = f"{here.place} redirects to {there.place}: from https there is no way to http"
        raise FetchError("redirect", message)
    if there.port not in DEFAULT_PORTS.values() and (there.host, there.port) != (start.host, start.port):
        raise FetchError("guard", f"{here.place} redirects to port {there.port} of {there.host}")
    return there
