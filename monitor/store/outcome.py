"""What a check came to, as the values that are committed, and the ids that come back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from monitor.model import Comparison, Sighting
from monitor.store.watches import Slot

Rows = list[tuple[str, int]]
"""(table, id) of rows that were added, for the chain."""


@dataclass(frozen=True, slots=True)
class Page:
    """One response, as it is kept. ``body`` is None where the bytes are those of an earlier snapshot."""

    part: int
    fetched_at: datetime
    requested_url: str
    url: str
    status: int
    content_type: str
    request_headers: Sequence[tuple[str, str]]
    headers: Sequence[tuple[str, str]]
    redirects: Sequence[tuple[int, str]]
    peer: str | None
    tls_sha256: str | None
    body: bytes | None
    validators: Mapping[str, Any]
    """``etag last_modified sha256 fingerprint``, and ``snapshot_id`` where the bytes were already kept."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one check came to, ready to be committed."""

    slot: Slot
    ended_at: datetime
    next_check_at: datetime
    outcome: str
    reason: str
    found_by: str
    notice: str | None = None
    error_kind: str | None = None
    error_status: int | None = None
    pages: Sequence[Page] = ()
    wire_bytes: int = 0
    seconds: float = 0.0
    read_as: str | None = None
    settled: bool = False
    sighting: Sighting | None = None
    suspect: str | None = None
    """Why what was read is not taken for the policy."""
    origin: str = "check"
    compared: Comparison | None = None
    compared_with: str | None = None
    """Version key of the one that ``compared`` starts from."""
    seen: str | None = None
    """Version key of what stands on the page, where this look read nothing new."""
    standing: str | None = None
    """Version key of what people know now."""
    rules_version: str = ""
    memory: Mapping[str, Any] | None = None
    documents: Sequence[str] = ()
    """Version keys that ``memory`` names."""
    silenced: Sequence[tuple[str, str]] = ()

    def without_contents(self) -> Outcome:
        """The same without bodies, document and memory, which the store holds once it is committed."""
        pages = tuple(replace(page, body=None) for page in self.pages)
        return replace(self, pages=pages, sighting=None, memory=None, documents=())


@dataclass(frozen=True, slots=True)
class Committed:
    """The ids of what was written."""

    check_id: int
    version_id: int | None = None
    version_number: int | None = None
    before_version_id: int | None = None
    comparison_id: int | None = None
    change_ids: tuple[int, ...] = ()
    rows: Rows = field(default_factory=list)


Plan = Callable[[Connection, Committed], Rows]
"""Writes the alerts and deliveries of a check inside its transaction; returns the rows it added."""
