"""A history judged look by look, with the very decisions of the daemon."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC

from monitor.comparison import text_key
from monitor.errors import ExtractionError
from monitor.extraction import extract
from monitor.judgement.judge import Judgement, Look, judge
from monitor.judgement.memory import Memory
from monitor.model import Document, Event, ReplayOptions, Snapshot

FIRST_ERROR_STATUS = 400


def replay(snapshots: Iterable[Snapshot], *, options: ReplayOptions | None = None) -> Iterator[Event]:
    """Exactly one event a snapshot, in order; time comes from ``fetched_at`` alone (aware; naive is UTC).

    Raises ConfigError when the options cannot be read. What cannot be extracted is a failed look.
    """
    for judgement in judgements(snapshots, options=options):
        yield judgement.event


def judgements(snapshots: Iterable[Snapshot], *, options: ReplayOptions | None = None) -> Iterator[Judgement]:
    """The same, with what was remembered and silenced at each look."""
    options = options or ReplayOptions()
    memory = Memory()
    documents: dict[str, Document] = {}
    body: bytes | None = None
    for snapshot in snapshots:
        same = body is not None and snapshot.body == body and bool(documents)
        look = _look(snapshot, options, same=same)
        if look.document is not None and look.key is not None:
            documents.setdefault(look.key, look.document)
        body = snapshot.body if look.failure is None else None
        judgement = judge(memory, look, options=options, recall=documents.__getitem__)
        memory = judgement.memory
        kept = memory.documents()
        documents = {name: document for name, document in documents.items() if name in kept}
        yield judgement


def _look(snapshot: Snapshot, options: ReplayOptions, *, same: bool) -> Look:
    at = snapshot.fetched_at if snapshot.fetched_at.tzinfo else snapshot.fetched_at.replace(tzinfo=UTC)
    if snapshot.status >= FIRST_ERROR_STATUS:
        return Look(at, failure=f"status {snapshot.status}", url=snapshot.url)
    if same:
        return Look(at, url=snapshot.url)
    try:
        document = extract(
            snapshot.body,
            content_type=snapshot.content_type,
            url=snapshot.url,
            select=options.select,
            remove=options.remove,
        )
    except ExtractionError as error:
        return Look(at, failure=str(error), url=snapshot.url)
    return Look(at, document, url=snapshot.url, key=text_key(document))
