"""Seeing a policy: fetch its pages and read them, only as far as it takes to know that nothing is new."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from monitor.consider import Case, Verdict, read_and_consider
from monitor.errors import ExtractionError, FetchError
from monitor.extraction import EXTRACTOR_VERSION
from monitor.extraction.reading import Part, read_policy
from monitor.fetch import Request, Response
from monitor.model import Document
from monitor.store import blobs
from monitor.store.outcome import Page
from monitor.tools import Tools

if TYPE_CHECKING:
    from monitor.config import Watch
    from monitor.store.watches import Slot


@dataclass(frozen=True, slots=True)
class Seen:
    """What fetching and reading brought to light."""

    pages: tuple[Page, ...] = ()
    document: Document | None = None
    """None: the same as at the last look (``found_by`` says how that is known), or nothing (``failure``)."""
    found_by: str = "reading"
    failure: FetchError | ExtractionError | None = None
    responses: tuple[Response, ...] = ()
    verdict: Verdict | None = None
    """What was read is judged already, and its document stayed with the worker."""

    @property
    def same(self) -> bool:
        return self.found_by in ("304", "bytes", "fingerprint")


async def see(watch: Watch, slot: Slot, tools: Tools, case: Case | None = None) -> Seen:
    """Fetch every page of a watch, read what may be new. A page that cannot be had or read fails them all.

    ``case``: what the look is to be judged by, where that is known to be needed: a page that has to be read is
    then judged in the same call of a worker, which saves carrying its document to and fro.
    """
    known = (
        slot.validators if slot.read_as == read_as(watch) and len(slot.validators) == len(watch.pages) else ()
    )
    if watch.browser != "fallback":
        return await _seen(watch, known, tools, case, browser=watch.browser)
    seen = await _seen(watch, known, tools, None, browser=False)
    return await _seen(watch, (), tools, case, browser=True) if _needs_browser(seen) else seen


async def _seen(
    watch: Watch, known: tuple[dict[str, Any], ...], tools: Tools, case: Case | None, *, browser: bool
) -> Seen:
    responses: list[Response] = []
    try:
        for part, url in enumerate(watch.pages):
            request = _request(watch, url, known[part] if known else {}, tools, browser=browser)
            responses.append(await tools.fetcher.fetch(request))
        return await _read(watch, known, tuple(responses), tools, case)
    except (FetchError, ExtractionError) as failure:
        return Seen(failure=failure, responses=tuple(responses), found_by="failed")


def _needs_browser(seen: Seen) -> bool:
    """Whether plain HTTP was refused, or brought a page that only scripts fill."""
    problem = seen.document.problem if seen.document else None
    return getattr(seen.failure, "kind", None) == "blocked" or problem in ("shell", "block_page", "empty")


def _request(watch: Watch, url: str, known: dict[str, Any], tools: Tools, *, browser: bool) -> Request:
    folder = tools.config.folder
    return Request(
        url=url,
        etag=known.get("etag"),
        last_modified=known.get("last_modified"),
        validated_url=known.get("url"),
        headers={name: secret.resolve(folder) for name, secret in watch.headers.items()},
        language=watch.language,
        browser=browser,
    )


async def _read(
    watch: Watch,
    known: tuple[dict[str, Any], ...],
    responses: tuple[Response, ...],
    tools: Tools,
    case: Case | None,
) -> Seen:
    pages = tuple(
        _page(part, watch.pages[part], response, known[part] if known else {}, tools.now())
        for part, response in enumerate(responses)
    )
    if known and all(page.body is None for page in pages):
        by = "304" if all(response.not_modified for response in responses) else "bytes"
        return Seen(pages, None, by, responses=responses)
    parts = []
    for page, response in zip(pages, responses, strict=True):
        # Of several pages one may be unchanged: its bytes are in the store.
        body = response.body if page.body is not None else await _stored_body(page, tools)
        parts.append(Part(body, page.content_type, page.url))
    known_fingerprint = known[0].get("fingerprint") if known else None
    if case is not None:
        fingerprint, same, verdict = await tools.workers.call(
            read_and_consider, tuple(parts), known_fingerprint, replace(case, at=tools.now())
        )
        seen = Seen(pages, found_by="fingerprint" if same else "reading", verdict=verdict)
    else:
        reading = await tools.workers.call(
            read_policy, tuple(parts), watch.select, watch.remove, known_fingerprint
        )
        fingerprint, document = reading.fingerprint, reading.document
        seen = Seen(pages, document, "reading" if document else "fingerprint")
    pages = tuple(_fingerprinted(page, fingerprint) for page in pages)
    return replace(seen, pages=pages, responses=responses)


async def _stored_body(page: Page, tools: Tools) -> bytes:
    return await tools.stored(
        lambda connection: blobs.get(connection, str(page.validators["sha256"])), write=False
    )


def _page(part: int, requested: str, response: Response, known: dict[str, Any], now: datetime) -> Page:
    """A response as it will be kept; without its bytes where they are already there."""
    digest = known.get("sha256") if response.not_modified else sha256(response.body).hexdigest()
    headers = {name.lower(): value for name, value in response.headers}
    same = digest == known.get("sha256")
    validators = {
        "etag": headers.get("etag") or (known.get("etag") if response.not_modified else None),
        "last_modified": headers.get("last-modified")
        or (known.get("last_modified") if response.not_modified else None),
        "url": response.url,
        "sha256": digest,
        "fingerprint": known.get("fingerprint") if same else None,
        "snapshot_id": known.get("snapshot_id") if same else None,
        "content_type": known.get("content_type") if response.not_modified else response.content_type,
    }
    return Page(
        part=part,
        fetched_at=now,
        requested_url=requested,
        url=response.url,
        status=response.status,
        content_type=validators["content_type"] or "",
        request_headers=response.request_headers,
        headers=response.headers,
        redirects=response.redirects,
        peer=response.peer,
        tls_sha256=response.tls_sha256,
        body=None if same else response.body,
        validators=validators,
    )


def _fingerprinted(page: Page, fingerprint: str) -> Page:
    return replace(page, validators={**page.validators, "fingerprint": fingerprint})


def read_as(watch: Watch) -> str:
    """What a stored reading was made by: another extractor or other options make it void."""
    options = repr((watch.select, watch.remove, watch.language, len(watch.pages)))
    return f"{EXTRACTOR_VERSION}:{sha256(options.encode()).hexdigest()[:12]}"
