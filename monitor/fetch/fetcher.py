"""One request from order to response: hop by hop, each in its host's turn, all within one budget of time."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from monitor.errors import FetchError

from . import guard
from .body import Reader, coding
from .client import Answer, Client
from .exchange import FetchSettings, Request, Response
from .journey import Journey
from .network import Dialer, Resolve, SystemResolver
from .politeness import Politeness
from .robots import MAX_BYTES as MAX_ROBOTS_BYTES
from .robots import Robots, RobotsStore
from .screening import check_media, check_status

if TYPE_CHECKING:
    from .browser import Renderer

_REDIRECTS = (301, 302, 303, 307, 308)
_ROBOTS_SECONDS = 10.0

T = TypeVar("T")


class Fetcher:
    """Fetches pages with one shared client. An async context manager; ``fetch`` may be called concurrently.

    ``robots_store`` keeps what robots.txt said, by origin; ``resolve`` replaces the system's name resolution.
    """

    def __init__(
        self,
        settings: FetchSettings | None = None,
        *,
        robots_store: RobotsStore | None = None,
        resolve: Resolve | None = None,
    ) -> None:
        self.settings = settings = settings or FetchSettings()
        self._system = SystemResolver()
        self._resolve = resolve or self._system
        self._client = Client(settings, self._resolve)
        self._renderer: Renderer | None = None
        self._politeness = Politeness(
            concurrency=settings.concurrency,
            per_host=settings.per_host_concurrency,
            gap=settings.per_host_delay,
        )
        self._under_way = 0
        self._bodies = Reader(settings.max_wire_bytes, settings.max_bytes)
        self._robots = Robots(settings.user_agent, self._robots_txt, robots_store)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._client.close()
        self._system.close()
        # Transports say goodbye in the loop's next rounds; a loop that ends sooner would warn.
        for _ in range(3):
            await asyncio.sleep(0)

    async def fetch(self, request: Request) -> Response:
        """One look at one page. Raises FetchError, classified, with nothing secret in its message."""
        self._under_way += 1
        try:
            return await self._travel(Journey(request, self.settings))
        finally:
            self._under_way -= 1

    @property
    def waiting(self) -> int:
        """Fetches under way that hold none of the ``concurrency`` slots: others may be begun in their stead."""
        return self._under_way - self._politeness.lanes.fast

    async def _travel(self, journey: Journey) -> Response:
        if journey.request.browser:
            return await self._rendered(journey)
        while True:
            if self.settings.robots != "ignore":
                await self._ask_robots(journey)
            response = await self._hop(journey, self._response)
            if response is not None:
                return response

    async def _hop(self, journey: Journey, finish: Callable[[Journey, Answer], Awaitable[T]]) -> T | None:
        """One request of the journey, finished by ``finish``; None when it was a redirect."""
        here = journey.here
        async with self._politeness.turn(here.host, follow_up=journey.stays):
            started = time.perf_counter()
            try:
                async with asyncio.timeout(journey.budget):
                    answer = await self._client.get(here, journey.headers())
                    try:
                        journey.wait = self._politeness.answered(here.host, answer.status, answer.headers)
                        if answer.status not in _REDIRECTS:
                            return await finish(journey, answer)
                        journey.follow(answer.status, answer.header("location"), answer.headers)
                        await answer.drain()
                    finally:
                        await answer.close()
            except TimeoutError:
                message = f"{here.place}: not done within {self.settings.timeout:g} s"
                raise FetchError("timeout", message) from None
            finally:
                journey.spent += time.perf_counter() - started
        return None

    async def _response(self, journey: Journey, answer: Answer) -> Response:
        here = journey.here
        not_modified = check_status(
            answer.status, answer.headers, here.place, conditional=journey.conditional, wait=journey.wait
        )
        started = time.perf_counter()
        try:
            content_coding = "identity" if not_modified else coding(answer.headers)
            content, wire = await self._bodies.read(answer.chunks(self._bodies.max_wire), content_coding)
        except FetchError as error:
            raise FetchError(error.kind, f"{here.place}: {error}", status=answer.status) from None
        if not not_modified:
            check_media(content, here.place)
        seconds = time.perf_counter() - started
        return Response(
            url=here.url,
            status=answer.status,
            not_modified=not_modified,
            body=content,
            content_type=answer.header("content-type"),
            headers=journey.received(answer.headers),
            request_headers=journey.shown(answer.request_headers),
            redirects=tuple(journey.redirects),
            peer=answer.peer,
            tls_sha256=hashlib.sha256(answer.certificate).hexdigest() if answer.certificate else None,
            wire_bytes=wire,
            seconds=journey.spent + answer.head_seconds + seconds,
            timings={**answer.timings, "head": answer.head_seconds, "body": seconds},
            warnings=tuple(journey.warnings),
        )

    async def _rendered(self, journey: Journey) -> Response:
        from .browser import Renderer

        if self._renderer is None:
            self._renderer = Renderer(self.settings, Dialer(self._resolve, self.settings.allow_private))
        if self.settings.robots != "ignore":
            await self._ask_robots(journey)
        async with self._renderer.alone, self._politeness.turn(journey.here.host):
            response = await self._renderer.render(replace(journey.request, url=journey.here.url))
        return replace(response, warnings=(*journey.warnings, *response.warnings))

    async def _ask_robots(self, journey: Journey) -> None:
        here = journey.here
        if self._is_own(here.host):
            return  # the user's own machines, named by number: there is nobody to ask
        objection, gap = await self._robots.objection(here.origin, here.url)
        if gap is not None:
            self._politeness.slow_down(here.host, gap)
        if objection and self.settings.robots == "respect":
            raise FetchError("robots", f"{here.place}: {objection}")
        if objection:
            journey.warnings.append(objection)

    def _is_own(self, host: str) -> bool:
        address = guard.literal(host)
        return address is not None and any(address in network for network in self.settings.allow_private)

    async def _robots_txt(self, url: str) -> tuple[int, str]:
        """Status and text of a robots.txt, through the same client, guard and bounds as any page."""
        patience = min(self.settings.timeout, _ROBOTS_SECONDS)
        journey = Journey(Request(url), replace(self.settings, timeout=patience))
        journey.stays = True  # asking what the host wishes costs the page no gap
        while True:
            found = await self._hop(journey, _robots_text)
            if found is not None:
                return found


async def _robots_text(_journey: Journey, answer: Answer) -> tuple[int, str]:
    if answer.status != 200:
        return answer.status, ""
    reader = Reader(MAX_ROBOTS_BYTES, MAX_ROBOTS_BYTES)
    content, _ = await reader.read(answer.chunks(MAX_ROBOTS_BYTES), coding(answer.headers))
    return answer.status, content.decode("utf-8", "replace")
