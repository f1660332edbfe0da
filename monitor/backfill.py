"""Importing a dated history: archived copies become versions and changes, and nobody is told."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.consider import Case, Remembered, StoredLook, Verdict, remember, untold
from monitor.errors import UsageError
from monitor.extraction.reading import Part
from monitor.pipeline import case_of, lease_of
from monitor.sight import read_as
from monitor.store import checks, watches
from monitor.store.outcome import Outcome, Page
from monitor.tools import Tools
from monitor.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.config import Watch

MANIFEST = "manifest.jsonl"
MOST_BYTES = 50_000_000
FIRST_ERROR_STATUS = 400


@dataclass(frozen=True, slots=True)
class Copy:
    """One archived copy of a page."""

    body: bytes
    fetched_at: datetime
    url: str
    content_type: str
    status: int


def read_history(where: Path) -> list[Copy]:
    """The copies that a directory or (packed) tar holds, oldest first.

    ``manifest.jsonl`` has one line a copy: ``file``, ``fetched_at`` (ISO), and if known ``url``, ``content_type``,
    ``status``.

    Raises:
        UsageError: no manifest, a line that cannot be read, a file that is missing; names the line.
    """
    with _opened(where) as read:
        manifest = read(MANIFEST)
        if manifest is None:
            raise UsageError(
                f"{where}: holds no {MANIFEST}; write one line a copy: file, fetched_at, url, content_type"
            )
        copies = []
        for number, line in enumerate(manifest.decode("utf-8", "replace").splitlines(), 1):
            if line.strip():
                copies.append(_copy(line, f"{where}: {MANIFEST} line {number}", read))
    return sorted(copies, key=lambda copy: copy.fetched_at)


def _copy(line: str, where: str, read: Callable[[str], bytes | None]) -> Copy:
    try:
        row: dict[str, Any] = json.loads(line)
        at = datetime.fromisoformat(row["fetched_at"])
        body = read(row["file"])
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{where}: {error!r}; a line needs file and fetched_at") from None
    if body is None:
        raise UsageError(f"{where}: {row['file']} is not there")
    return Copy(
        body=body,
        fetched_at=at if at.tzinfo else at.replace(tzinfo=UTC),
        url=row.get("url") or "",
        content_type=row.get("content_type") or "text/html",
        status=int(row.get("status") or 200),
    )


@contextmanager
def _opened(where: Path) -> Iterator[Callable[[str], bytes | None]]:
    """A way to read the files of a directory or tar by name; never outside of it."""
    if where.is_dir():
        root = where.resolve()

        def from_folder(name: str) -> bytes | None:
            path = (root / name).resolve()
            return path.read_bytes() if path.is_relative_to(root) and path.is_file() else None

        yield from_folder
        return
    try:
        archive = tarfile.open(where)  # noqa: SIM115  (closed below)
    except (OSError, tarfile.TarError) as error:
        raise UsageError(f"{where}: neither a directory nor a tar: {error}") from None
    with archive:
        members = {Path(member.name).as_posix(): member for member in archive.getmembers() if member.isfile()}

        def from_tar(name: str) -> bytes | None:
            member = members.get(Path(name).as_posix())
            if member is None or member.size > MOST_BYTES:
                return None
            file = archive.extractfile(member)
            return file.read() if file else None

        yield from_tar


def _looks(copies: Sequence[Copy], watch: Watch) -> list[StoredLook]:
    looks, last = [], b""
    for copy in copies:
        url = copy.url or watch.pages[0]
        if copy.status >= FIRST_ERROR_STATUS:
            looks.append(StoredLook(copy.fetched_at, failure=f"status {copy.status}", url=url))
        elif copy.body == last:
            looks.append(StoredLook(copy.fetched_at, url=url))
        else:
            last = copy.body
            looks.append(StoredLook(copy.fetched_at, (Part(copy.body, copy.content_type, url),), url=url))
    return looks


async def judged(copies: Sequence[Copy], watch: Watch, case: Case, workers: Workers) -> tuple[Verdict, ...]:
    """What the daemon would have made of each copy."""
    made: Remembered = await workers.call(remember, _looks(copies, watch), case)
    return made.verdicts


async def import_history(
    watch: Watch, copies: Sequence[Copy], verdicts: Sequence[Verdict], tools: Tools
) -> int:
    """Write copies and what they came to, one transaction a copy, without alerts.

    Copies that were imported before are left out. The watch's memory is made anew afterwards where it had
    been looked at before.

    Returns:
        How many copies were new.

    Raises:
        UsageError: somebody is looking at the watch right now.
    """
    from monitor.reread import reread

    lease = lease_of(tools.config) * 10
    slots = await tools.stored(
        lambda connection: watches.claim(connection, [watch.key], tools.store.owner, tools.now(), lease=lease)
    )
    if not slots:
        raise UsageError(f"{watch.key}: another process is looking at it right now; try again in a minute")
    [slot] = slots
    looked_at_before = slot.read_as is not None
    imported = 0
    try:
        for copy, verdict in zip(copies, verdicts, strict=True):
            imported += await tools.stored(
                partial(checks.import_check, outcome=_outcome(watch, slot, copy, verdict))
            )
        if looked_at_before:
            await reread(watch, slot, tools, case_of(watch, tools.config))
    finally:
        await tools.stored(lambda connection: watches.release(connection, [slot]))
    return imported


def _outcome(watch: Watch, slot: watches.Slot, copy: Copy, verdict: Verdict) -> Outcome:
    event, failed = verdict.event, copy.status >= FIRST_ERROR_STATUS
    url = copy.url or watch.pages[0]
    page = Page(
        part=0,
        fetched_at=copy.fetched_at,
        requested_url=watch.pages[0],
        url=url,
        status=copy.status,
        content_type=copy.content_type,
        request_headers=(),
        headers=(),
        redirects=(),
        peer=None,
        tls_sha256=None,
        body=copy.body,
        validators={"sha256": sha256(copy.body).hexdigest()},
    )
    return Outcome(
        slot=slot,
        ended_at=copy.fetched_at,
        next_check_at=slot.due_at,
        outcome="failed" if failed else event.kind,
        reason=f"imported: {event.reason}",
        found_by="backfill",
        notice=event.notice,
        error_kind="http" if failed else None,
        error_status=copy.status,
        pages=() if failed else (page,),
        read_as=read_as(watch),
        settled=False,
        sighting=verdict.sighting,
        suspect=event.reason if event.kind == "suspect" else None,
        origin="backfill",
        compared=event.comparison,
        compared_with=verdict.known_before,
        standing=verdict.known,
        rules_version=verdict.rules_version,
        memory=verdict.memory,
        documents=verdict.documents,
        silenced=(*verdict.silenced, *untold(event, "imported: nobody is told of the past")),
    )
