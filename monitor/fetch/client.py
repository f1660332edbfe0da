"""The HTTP client: the one place that knows httpx and httpcore (docs/decisions/0040).

One ``httpx.AsyncClient`` serves every request. Under it lies a transport of our own around httpcore's
connections, each opened by ``network.Dialer``: no request reaches an address that was not judged.
"""

from __future__ import annotations

import importlib.util
import logging
import ssl
import sys
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from http.cookiejar import CookieJar
from typing import Any

# httpcore looks for this optional package at every lock: a vain search of the path, 50 µs, twice a request.
if importlib.util.find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]
# httpx's own command line brings two terminal libraries along, a fifth of a short run.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

import httpcore  # noqa: E402
import httpx  # noqa: E402

from monitor.errors import ConfigError, FetchError  # noqa: E402

from . import guard  # noqa: E402
from .exchange import FetchSettings  # noqa: E402
from .network import Dialer, Resolve, Stream  # noqa: E402

_MAX_KEPT = 16
_IDLE_SECONDS = 30.0
_DRAINED = 64 * 1024
_BESIDES = 64 * 1024
"""Bytes on the wire besides the body: chunk sizes, frames, trailers; to these comes an eighth of the body."""

# Both write whole addresses, with whatever secret is in their query, into the log.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class Answer:
    """A response whose body is still to be read. Must be closed."""

    def __init__(
        self, response: httpx.Response, request_headers: Sequence[tuple[str, str]], seconds: float
    ) -> None:
        self._response = response
        self._stream: Stream = response.extensions["network_stream"]
        self.status = response.status_code
        self.headers = tuple(
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw
        )
        self.request_headers = request_headers
        self.head_seconds = seconds
        self.peer = self._stream.peer
        self.certificate = self._stream.certificate
        """The peer's (DER), None without TLS."""
        self.timings = self._stream.timings
        """Seconds for ``dns``, ``connect`` and ``tls``; empty on a kept connection."""
        self._stream.timings = {}

    def header(self, name: str) -> str:
        """The first header of that name, empty if there is none."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    def chunks(self, most: int) -> AsyncIterator[bytes]:
        """The body as sent, of which ``most`` bytes are wanted."""
        self._stream.allowance = most + most // 8 + _BESIDES
        return self._response.aiter_raw()

    async def drain(self) -> None:
        """Reads a short body that nobody wants, so that the connection can serve again."""
        length = self.header("content-length")
        if length.isdecimal() and int(length[:9]) <= _DRAINED:
            async for _ in self.chunks(_DRAINED):
                pass

    async def close(self) -> None:
        await self._response.aclose()


class Client:
    """One shared client for all hosts."""

    def __init__(self, settings: FetchSettings, resolve: Resolve) -> None:
        self._http = httpx.AsyncClient(
            transport=_Transport(settings, resolve),
            trust_env=False,
            follow_redirects=False,
            cookies=_NoCookies(),
            timeout=None,  # noqa: S113  the fetcher's one deadline holds for all of it
        )

    async def get(self, target: guard.Target, headers: Sequence[tuple[str, str]]) -> Answer:
        """Sends one GET and returns when the head of the answer is there. Raises FetchError."""
        started = time.perf_counter()
        raw = [(name.encode("ascii"), value.encode("latin-1", "replace")) for name, value in headers]
        try:
            request = httpx.Request("GET", target.url, headers=raw)
        except httpx.InvalidURL:
            raise FetchError("guard", f"{target.place}: not a valid address") from None
        if (request.url.host.removesuffix("."), request.url.port or target.port) != (
            target.host,
            target.port,
        ):
            raise FetchError("guard", f"{target.place}: the address can be read in two ways")
        try:
            response = await self._http.send(request, stream=True, auth=None, follow_redirects=False)
        except FetchError as error:
            raise FetchError(error.kind, f"{target.place}: {error}") from None
        except (httpx.HTTPError, httpx.InvalidURL):  # it reads Location even where it is not to follow
            raise FetchError("guard", f"{target.place} redirects to something that is no address") from None
        return Answer(response, headers, time.perf_counter() - started)

    async def close(self) -> None:
        await self._http.aclose()


def canonical(url: str) -> str:
    """An address in ASCII: the host in its IDNA form, the rest percent-encoded. Raises FetchError (guard)."""
    try:
        return url if url.isascii() else str(httpx.URL(url))
    except (httpx.InvalidURL, UnicodeError):
        raise FetchError("guard", f"{guard.place(url)}: not a valid address") from None


class _NoCookies(CookieJar):
    """Keeps nothing: a cookie of one look must not change what the next one sees."""

    def extract_cookies(self, *_: Any) -> None:
        pass


class _Backend(httpcore.AsyncNetworkBackend):
    """Hands one of httpcore's connections one of ours."""

    def __init__(self, dialer: Dialer) -> None:
        self._dialer = dialer
        self.stream: Stream | None = None

    async def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> Any:
        self.stream = await self._dialer.dial(host, port)
        return self.stream


class _Line:
    """One connection of httpcore's to one origin, perhaps through a proxy."""

    def __init__(
        self, origin: httpcore.Origin, connection: httpcore.AsyncConnectionInterface, backend: _Backend
    ) -> None:
        self.origin = origin
        self._connection = connection
        self._backend = backend

    @property
    def idle(self) -> bool:
        return self._connection.is_idle() and not self._connection.is_closed()

    async def ask(self, asked: httpcore.Request) -> httpcore.Response:
        """Raises FetchError; the line is then closed."""
        try:
            return await self._connection.handle_async_request(asked)
        except Exception as error:
            await self.close()
            raise _explained(error) from None
        except BaseException:
            await self.close()
            raise

    async def ask_again(self, asked: httpcore.Request) -> httpcore.Response | None:
        """None when the kept line is of no use any more, as servers close them when they like."""
        if self._connection.is_available() and not self._connection.has_expired():
            try:
                response = await self.ask(asked)
            except FetchError:
                return None
            if response.extensions["network_stream"].answered:
                return response
            # This "answer" lay there before we asked: the rest of an earlier body, longer than announced.
        await self.close()
        return None

    async def close(self) -> None:
        await self._connection.aclose()
        if self._backend.stream is not None:
            await self._backend.stream.aclose()  # httpcore forgets it when the greeting of a proxy fails


class _Transport(httpx.AsyncBaseTransport):
    """Keeps a few idle lines; how many are open at once is the callers' business.

    httpx's own transport has no public seam for a dialer and searches all its connections at each request.
    """

    def __init__(self, settings: FetchSettings, resolve: Resolve) -> None:
        self._ca_file = settings.ca_file
        self._proxy = _proxy(settings.proxy) if settings.proxy else None
        self._dialer = Dialer(resolve, settings.allow_private)
        self._proxy_dialer = Dialer(
            resolve, guard.EVERYWHERE
        )  # the user names it, where it may stand is theirs
        self._tls: ssl.SSLContext | None = None
        self._kept: OrderedDict[_Line, None] = OrderedDict()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        origin = httpcore.Origin(url.raw_scheme, url.raw_host, url.port or guard.DEFAULT_PORTS[url.scheme])
        asked = httpcore.Request(
            request.method,
            httpcore.URL(scheme=origin.scheme, host=origin.host, port=origin.port, target=url.raw_path),
            headers=request.headers.raw,
        )
        line = next((kept for kept in self._kept if kept.origin == origin), None)
        response = None
        if line is not None:
            del self._kept[line]
            response = await line.ask_again(asked)
        if line is None or response is None:
            line = self._line(origin)
            response = await line.ask(asked)
        return httpx.Response(
            response.status,
            headers=response.headers,
            stream=_Body(self, line, response),
            extensions=response.extensions,
        )

    def _line(self, origin: httpcore.Origin) -> _Line:
        if self._proxy is not None:
            self._dialer.check(origin.host.decode("ascii"))
            backend = _Backend(self._proxy_dialer)
            return _Line(origin, self._pool(self._proxy, backend).create_connection(origin), backend)
        backend = _Backend(self._dialer)
        connection = httpcore.AsyncHTTPConnection(
            origin,
            ssl_context=self._tls_context() if origin.scheme == b"https" else None,
            keepalive_expiry=_IDLE_SECONDS,
            http2=True,
            network_backend=backend,
        )
        return _Line(origin, connection, backend)

    def _pool(self, proxy: httpx.URL, backend: _Backend) -> httpcore.AsyncConnectionPool:
        address = str(proxy.copy_with(username=None, password=None))
        auth = (proxy.username, proxy.password) if proxy.userinfo else None
        common: dict[str, Any] = {
            "ssl_context": self._tls_context(),
            "http2": True,
            "network_backend": backend,
        }
        if proxy.scheme.startswith("socks5"):
            return httpcore.AsyncSOCKSProxy(address, auth, **common)
        proxy_tls = self._tls_context() if proxy.scheme == "https" else None
        return httpcore.AsyncHTTPProxy(address, auth, proxy_ssl_context=proxy_tls, **common)

    def _tls_context(self) -> ssl.SSLContext:
        """Always verifying; made once and only when needed, for it costs as much as twenty requests."""
        if self._tls is None:
            self._tls = httpx.create_ssl_context(trust_env=False)
            if self._ca_file:
                try:
                    self._tls.load_verify_locations(cafile=self._ca_file)
                except OSError as error:  # SSLError is one
                    self._tls = None
                    raise FetchError("tls", f"ca_file cannot be used: {error.strerror or error}") from None
        return self._tls

    async def release(self, line: _Line) -> None:
        """Keeps a line whose answer was read whole; closes any other."""
        if not line.idle:
            await line.close()
            return
        self._kept[line] = None
        if len(self._kept) > _MAX_KEPT:
            oldest, _ = self._kept.popitem(last=False)
            await oldest.close()

    async def aclose(self) -> None:
        while self._kept:
            line, _ = self._kept.popitem()
            await line.close()


def _proxy(address: str) -> httpx.URL:
    """Raises ConfigError, without the address, which may hold a password."""
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, UnicodeError):
        raise ConfigError(["monitor.proxy: not a valid address"]) from None
    if url.scheme not in ("http", "https", "socks5", "socks5h") or not url.host:
        raise ConfigError(["monitor.proxy: must begin with http://, https:// or socks5:// and name a host"])
    if url.scheme.startswith("socks5") and importlib.util.find_spec("socksio") is None:
        raise ConfigError(["monitor.proxy: socks5:// needs the extra [socks]"])
    return url


class _Body(httpx.AsyncByteStream):
    """A body on its way; gives its connection back when closed."""

    def __init__(
        self,
        transport: _Transport,
        line: _Line,
        response: httpcore.Response,
    ) -> None:
        self._transport = transport
        self._line = line
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._response.aiter_stream():
                yield chunk
        except FetchError as error:
            kind = "truncated" if error.kind == "connect" else error.kind
            raise FetchError(kind, f"the body breaks off ({error})") from None
        except Exception as error:  # the protocol libraries let several kinds of their own through
            raise FetchError("truncated", f"the body breaks off ({_cause(error)})") from None

    async def aclose(self) -> None:
        await self._response.aclose()
        await self._transport.release(self._line)


def _explained(error: Exception) -> FetchError:
    """What went wrong before the head of an answer was there."""
    if isinstance(error, FetchError):
        return error
    if isinstance(error, httpcore.ProxyError):
        return FetchError("connect", f"the proxy refuses ({_cause(error)})")
    if isinstance(error, httpcore.LocalProtocolError):
        return FetchError("http", f"request and answer do not fit together ({_cause(error)})")
    if "disconnected" in str(error):
        return FetchError("connect", "the server closed the connection without an answer")
    return FetchError("http", f"the answer is not valid HTTP ({_cause(error)})")


def _cause(error: Exception) -> str:
    """An error's own words without what the server sent, which follows the colon."""
    words = str(error).partition(":")[0]
    return "".join(char if char.isprintable() else "?" for char in words[:120]).lower()
