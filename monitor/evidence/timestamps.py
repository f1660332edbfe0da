"""RFC 3161 time stamps: a third party's word that a manifest, and with it a head of the chain, existed at a time.

Only the hash leaves the machine. Needs the extra ``timestamps``.
"""

from __future__ import annotations

from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from monitor.errors import StateError, UsageError

TIMEOUT = 30.0
MOST_BYTES = 1_000_000


def stamp(data: bytes, authority: str) -> bytes:
    """Ask an authority for a time stamp over some bytes.

    Args:
        authority: the http(s) address of a time stamp authority.

    Returns:
        Its answer (DER), which ``openssl ts -verify`` reads.

    Raises:
        UsageError: the extra is not installed, or the address is none.
        StateError: no answer, a refusal, or a stamp over something else.
    """
    try:
        from rfc3161_client import (
            HashAlgorithm,
            PKIStatus,
            TimestampRequestBuilder,
            decode_timestamp_response,
        )
    except ModuleNotFoundError:
        raise UsageError("time stamps need the extra: pip install 'policy-monitor[timestamps]'") from None
    if urlsplit(authority).scheme not in ("http", "https"):
        raise UsageError(
            f"{authority}: is no address of a time stamp authority; it begins with https:// or http://"
        )
    query = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
    answer = _sent(query.as_bytes(), authority)
    try:
        response = decode_timestamp_response(answer)
        granted = response.status == PKIStatus.GRANTED
        info = response.tst_info if granted else None
    except ValueError as error:
        raise StateError(f"{authority}: the answer is no time stamp: {error}") from None
    if info is None:
        raise StateError(
            f"{authority}: the time stamp was refused: {', '.join(response.status_string) or 'no reason'}"
        )
    if info.message_imprint.message != query.message_imprint.message or info.nonce != query.nonce:
        raise StateError(f"{authority}: the time stamp is over something else than was sent")
    return answer


def _sent(query: bytes, authority: str) -> bytes:
    request = Request(authority, query, {"Content-Type": "application/timestamp-query"})  # noqa: S310 - checked
    try:
        with urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310 - checked
            answer: bytes = response.read(MOST_BYTES)
    except (URLError, OSError) as error:
        raise StateError(f"{authority}: no time stamp came: {getattr(error, 'reason', error)}") from None
    return answer
