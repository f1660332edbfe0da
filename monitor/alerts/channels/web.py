"""HTTP senders. This is the only module of the alerts that knows httpx; fetching has its own client, because
it must distrust every address and bound every answer, while a channel's address comes from the operator.
"""

from __future__ import annotations

import json
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from monitor.errors import SendError

for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)  # below, they log addresses, and these are secrets

TRANSIENT = (408, 409, 421, 423, 425, 429)
"""4xx that may be different later."""
ANSWER_LIMIT = 4096
"""Bytes of an answer that are read."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where a web sender posts to."""

    url: str = field(repr=False)
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    auth: tuple[str, str] | None = field(default=None, repr=False)
    verify: bool = True
    ca_file: Path | None = None
    proxy: str | None = field(default=None, repr=False)
    timeout: float = 20.0


async def post(receiver: Receiver, body: bytes, headers: Mapping[str, str] | None = None) -> bytes:
    """Send one body; returns the beginning of the answer.

    Redirects are not followed: a POST would arrive as an empty GET.

    Raises:
        SendError: not accepted. 4xx are permanent except ``TRANSIENT``; everything else may pass.
    """
    try:
        async with (
            httpx.AsyncClient(
                verify=_context(receiver.verify, receiver.ca_file),
                trust_env=False,
                follow_redirects=False,
                timeout=receiver.timeout,
                proxy=receiver.proxy,
            ) as client,
            client.stream(
                receiver.method,
                receiver.url,
                content=body,
                headers={"User-Agent": "policy-monitor", **receiver.headers, **(headers or {})},
                auth=receiver.auth,
            ) as response,
        ):
            answer = await _beginning(response)
    except httpx.TimeoutException:
        raise SendError("no answer in time") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        # The exception's own words may hold the address.
        raise SendError(f"cannot reach it ({type(error).__name__})") from None
    if response.is_success:
        return answer
    raise SendError(
        f"answered {response.status_code}{_known(answer)}",
        permanent=400 <= response.status_code < 500 and response.status_code not in TRANSIENT,
        retry_after=_retry_after(response.headers),
    )


async def _beginning(response: httpx.Response) -> bytes:
    answer = b""
    async for chunk in response.aiter_raw():
        answer += chunk
        if len(answer) >= ANSWER_LIMIT:
            break
    return answer[:ANSWER_LIMIT]


def _known(answer: bytes) -> str:
    """A word like ``invalid_blocks``; anything longer could echo what we sent, or the address."""
    word = answer.decode("ascii", "replace").strip()
    return f" {word}" if word.replace("_", "").isalpha() and word.islower() and len(word) <= 40 else ""


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, from a number or a date; a week at most."""
    value = headers.get("retry-after") or headers.get("x-ratelimit-reset-after")
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return min(max(seconds, 0.0), 7 * 86_400.0) if seconds == seconds else None


@cache
def _context(verify: bool, ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


async def post_json(receiver: Receiver, payload: Any) -> bytes:
    """As ``post``, with a JSON body."""
    body = json.dumps(payload, ensure_ascii=False).encode("utf-8", "replace")
    return await post(receiver, body, {"Content-Type": "application/json; charset=utf-8"})
