"""What people are told about a watch itself: it moved, it changes at nearly every look."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from monitor.judgement.memory import MOST_RECENT, Memory
from monitor.judgement.patience import Confirmation
from monitor.model import Event, Notice

MOVED_AFTER = 3
"""Looks in a row that end at another address before the watch is said to have moved."""
CHRONIC_LOOKS = 10
CHRONIC_SHARE = 0.7
CHRONIC_ALERTS = 5
CHRONIC_WITHIN = timedelta(days=21)
CALM_SHARE = 0.2
CHRONIC_CONFIRM = Confirmation(4, timedelta(hours=36))
"""What a new text has to stand on a watch that changes at nearly every look."""


def address(url: str | None) -> str | None:
    """Host and path of a URL, as far as they say where a policy lives."""
    if not url:
        return None
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}"


def elsewhere(memory: Memory, url: str | None) -> bool:
    """Whether a page came from another host than the policy did so far."""
    now = address(url)
    return bool(now and memory.address and now.split("/")[0] != memory.address.split("/")[0])


def about_watch(
    memory: Memory, url: str | None, at: int, event: Event, *, differs: bool, already: Notice | None
) -> tuple[Notice | None, str]:
    """The notice that is due about the watch, and its words. Changes the memory."""
    unrest = differs and event.kind in ("pending", "change", "reverted", "muted")
    memory.recent = (*memory.recent, (at, int(unrest), int(event.alert)))[-MOST_RECENT:]
    moved = _moved(memory, url, may_tell=already is None)
    if already or moved:
        return already or "moved", moved
    return _chronic(memory, at, event)


def _moved(memory: Memory, url: str | None, *, may_tell: bool) -> str:
    now = address(url)
    if now is None or memory.address is None or now == memory.address:
        memory.address = memory.address or now
        memory.strayed = None
        return ""
    looks = memory.strayed[1] + 1 if memory.strayed and memory.strayed[0] == now else 1
    memory.strayed = (now, looks)
    if looks < MOVED_AFTER or not may_tell:
        return ""
    before, memory.address, memory.strayed = memory.address, now, None
    return f"the policy has moved from {before} to {now}"


def _chronic(memory: Memory, at: int, event: Event) -> tuple[Notice | None, str]:
    rows = [row for row in memory.recent if at - row[0] <= CHRONIC_WITHIN.total_seconds()]
    unrest, alerts = sum(row[1] for row in rows), sum(row[2] for row in rows)
    if memory.chronic is not None:
        if unrest <= CALM_SHARE * len(rows):
            memory.chronic = None
        return None, ""
    if len(rows) < CHRONIC_LOOKS or (unrest < CHRONIC_SHARE * len(rows) and alerts < CHRONIC_ALERTS):
        return None, ""
    memory.chronic = at
    said = f"the words differed at {unrest} of the last {len(rows)} looks"
    changes = event.comparison.changes if event.comparison else ()
    for change in changes:
        if change.verdict in ("editorial", "material"):
            words = (change.after or change.before or "")[:80]
            place = f" under “{change.path[-1]}”" if change.path else ""
            return "chronic", f"{said}; `remove` would leave out such as “{words}”{place}"
    return "chronic", said
