"""The pure half of a check in one call, values in and values out, so that a worker process can make it.

The daemon's own process thus never parses a page, compares texts or loads rules: it stays small and answers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any

from monitor.extraction.reading import Part
from monitor.model import RULES_VERSION, Change, Comparison, Document, Event, ReplayOptions, Sighting


@dataclass(frozen=True, slots=True)
class Case:
    """One look, and everything that it is to be judged by."""

    at: datetime
    memory: Mapping[str, Any] | None
    """``Memory.as_dict()`` as it was stored; None at the first look."""
    documents: Mapping[str, bytes]
    """By version key: the packed documents that the memory names."""
    options: ReplayOptions
    document: Document | None = None
    """What was read; None: the same as at the last look, or nothing (see ``failure``)."""
    failure: str | None = None
    url: str | None = None
    """The final address."""
    policy_kind: str | None = None
    vendor: str | None = None
    rules: Sequence[Mapping[str, Any]] = ()
    """The user's own ``[[rule]]`` tables."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look came to."""

    event: Event
    memory: Mapping[str, Any]
    documents: tuple[str, ...]
    """Version keys of the documents that the memory names: they must be at hand at the next look."""
    settled: bool
    """An identical look changes nothing: it need not be judged."""
    look_again: datetime | None
    sighting: Sighting | None
    """The document of this look, if one was read."""
    known: str | None
    """Version key of what people know after this look."""
    known_before: str | None
    """Version key of what ``event.comparison`` compares with."""
    seen: str | None = None
    """Version key of what stands on the page, also where it was not read again."""
    silenced: tuple[tuple[str, str], ...] = ()
    """(what, reason) of everything that nobody is told of."""
    rules_version: str = ""


def pack(document: Document) -> bytes:
    """A document as bytes: ``as_dict()`` as canonical JSON, the same on every machine."""
    from msgspec.json import encode  # a fifth of what the standard library takes for the same bytes

    return encode(document, order="sorted")


def unpack(packed: bytes) -> Document:
    return Document.from_dict(json.loads(packed))


def sighting_of(document: Document) -> Sighting:
    from monitor.comparison import text_key
    from monitor.extraction import EXTRACTOR_VERSION

    return Sighting(
        key=text_key(document),
        packed=pack(document),
        text_sha256=sha256(document.text.encode()).hexdigest(),
        title=document.title,
        stated_date=document.stated_date,
        effective_date=document.effective_date,
        extractor=EXTRACTOR_VERSION,
    )


def consider(case: Case) -> Verdict:
    """Judge one look. Pure: the same case gives the same verdict on any machine."""
    from monitor.judgement import Look, Memory, judge

    memory = Memory.from_dict(case.memory) if case.memory else Memory()
    sighting = sighting_of(case.document) if case.document else None
    look = Look(
        at=case.at,
        document=case.document,
        failure=case.failure,
        url=case.url,
        key=sighting.key if sighting else None,
    )
    judged = judge(
        memory,
        look,
        options=case.options,
        recall=lambda key: unpack(case.documents[key]),
        compare=partial(_compared, case),
    )
    return Verdict(
        event=judged.event,
        memory=judged.memory.as_dict(),
        documents=judged.memory.documents(),
        settled=judged.settled,
        look_again=judged.look_again,
        sighting=sighting,
        known=judged.memory.known,
        known_before=memory.known,
        seen=trouble.text if (trouble := judged.memory.trouble) else judged.memory.last,
        silenced=tuple((_words(one.change), one.reason) for one in judged.silenced),
        rules_version=RULES_VERSION,
    )


def _compared(case: Case, before: Document, after: Document) -> Comparison:
    """The comparison of two documents by the program's rules and the user's own."""
    from monitor.classification import UserRule, compare

    return compare(
        before,
        after,
        rules=tuple(UserRule.from_dict(dict(rule)) for rule in case.rules),
        policy_kind=case.policy_kind,
        vendor=case.vendor,
    )


def read_and_consider(
    parts: Sequence[Part], known_fingerprint: str | None, case: Case
) -> tuple[str, bool, Verdict]:
    """Read a policy and judge the look in one call, for a case that is to be judged whatever the page shows.

    Returns:
        The fingerprint, whether it is the known one (then nothing was read), and the verdict.

    Raises:
        UsageError: ``select`` or ``remove`` of the options is no selector.
    """
    from monitor.extraction import read_policy

    options = case.options
    reading = read_policy(parts, options.select, options.remove, known_fingerprint)
    verdict = consider(replace(case, document=reading.document, url=parts[0].url))
    return reading.fingerprint, reading.document is None, verdict


def untold(event: Event, why: str) -> tuple[tuple[str, str], ...]:
    """(what, reason) for a change that people would hear of, did the user not want it otherwise."""
    if not event.alert:
        return ()
    return ((event.comparison.summary if event.comparison else event.reason, why),)


def _words(change: Change) -> str:
    """A change on one line, for the row that says that nobody was told of it."""
    return " → ".join(side[:200] for side in (change.before, change.after) if side)


@dataclass(frozen=True, slots=True)
class StoredLook:
    """One earlier look: the pages it saw, part by part; none when it saw the same as the one before, or failed."""

    at: datetime
    pages: tuple[Part, ...] = ()
    failure: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Remembered:
    """A history as today's extractor and judge see it."""

    memory: Mapping[str, Any]
    known: str | None
    """Version key of what people know."""
    documents: tuple[str, ...]
    """Version keys of the documents that the memory names."""
    verdicts: tuple[Verdict, ...]
    """One a look, in order."""


def remember(looks: Sequence[StoredLook], case: Case) -> Remembered:
    """Make a watch's memory anew from its stored looks. Options, kind, vendor and rules are those of ``case``.

    Where people knew the page as it stood by the memory of ``case``, they still do, whatever we now read in it.
    """
    from monitor.judgement import Memory
    from monitor.judgement.memory import stamp

    body: Mapping[str, Any] | None = None
    documents: dict[str, bytes] = {}
    verdicts = []
    for look in looks:
        verdict = consider(replace(case, memory=body, documents=documents, **_seen(look, case.options)))
        body = verdict.memory
        if verdict.sighting:
            documents.setdefault(verdict.sighting.key, verdict.sighting.packed)
        verdicts.append(verdict)
    memory = Memory.from_dict(body or {})
    before = Memory.from_dict(case.memory) if case.memory else None
    if before is not None and before.known == before.last and before.pending is None:
        memory.take_last_as_known(stamp(case.at))
    return Remembered(memory.as_dict(), memory.known, memory.documents(), tuple(verdicts))


def _seen(look: StoredLook, options: ReplayOptions) -> dict[str, Any]:
    """What a stored look contributes to its case."""
    from monitor.errors import ExtractionError
    from monitor.extraction import read_policy

    document, failure = None, look.failure
    if look.pages:
        try:
            document = read_policy(look.pages, options.select, options.remove).document
        except ExtractionError as error:
            failure = str(error)
    return {"at": look.at, "document": document, "failure": failure, "url": look.url}
