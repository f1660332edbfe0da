"""What happens to a page, from being due to being told of. This file is the map of the program.

    claim ─ fetch ─ read ─ consider ─ commit            look(): one watch, one look
            │       │      │          │
            │       │      │          └ store.checks.commit: one transaction; alerts become deliveries in it
            │       │      └ compare with what people know, judge against history (pure, in a worker process)
            │       └ extraction: bytes → document (pure, in a worker process)
            └ a ladder that stops at the first step that shows nothing new:
              304 → same bytes → same fingerprint → full reading

    claim due delivery ─ render ─ send ─ mark           alerts.outbox.drain(): beside it, never inside

Every look ends in a check row with an outcome: also one that failed. Nothing is sent inside a look.
Whatever dies, wherever: a look that was not committed did not happen and is made again, an alert that was
committed is sent.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from monitor.config import Config, Watch
from monitor.consider import Case, Verdict, consider, untold
from monitor.errors import ExtractionError, MonitorError, StateError
from monitor.model import Event, ReplayOptions
from monitor.schedule import next_due
from monitor.sight import Seen, read_as, see
from monitor.store import checks, versions, watches
from monitor.store.outcome import Committed, Outcome, Plan
from monitor.store.watches import Slot
from monitor.tools import Tools, utc_now

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Result:
    """A look that was committed, for whoever asked for it."""

    watch: Watch
    event: Event
    outcome: Outcome
    committed: Committed


async def look(watch: Watch, slot: Slot, tools: Tools) -> Result | None:
    """Look at one watch once and commit what was seen. None: another process took the slot over meanwhile.

    ``slot`` is the claim (``store.watches``): no other process looks at the watch while it holds.
    """
    try:
        slot, seen, verdict = await seen_and_judged(watch, slot, tools)
        outcome = outcome_of(watch, slot, seen, verdict, tools)
        event = verdict.event if verdict else _unchanged(outcome.reason)
        committed = await tools.stored(
            lambda connection: checks.commit(connection, outcome, planner(watch, event, outcome, tools))
        )
    except checks.LostLeaseError:
        log.warning("%s: taken over by another process; this look was dropped", watch.key)
        return None
    except BaseException:
        await asyncio.shield(tools.stored(lambda connection: watches.release(connection, [slot])))
        raise
    log.info("%s: %s (%s)", watch.key, outcome.outcome, outcome.reason)
    return Result(watch, event, outcome.without_contents(), committed)


async def seen_and_judged(watch: Watch, slot: Slot, tools: Tools) -> tuple[Slot, Seen, Verdict | None]:
    """See the page and judge it; no verdict where nothing is new, or where the judge itself failed."""
    seen = Seen()
    try:
        slot = await refresh_reading(watch, slot, tools)
        case = None if slot.settled else await recalled(watch, slot, tools)
        seen = await see(watch, slot, tools, case)
        if seen.verdict or (seen.same and slot.settled):
            return slot, seen, seen.verdict
        return slot, seen, await considered(seen, case or await recalled(watch, slot, tools), tools)
    except StateError:
        raise
    except Exception as fault:  # ours, not the page's: a failed look like any other, with a row that says so
        log.error("%s: the look failed in a way nobody foresaw: %r", watch.key, fault)
        log.debug("where it failed", exc_info=True)
        failure = ExtractionError(f"unexpected {type(fault).__name__}: {fault}", kind="internal")
        return slot, Seen(failure=failure, responses=seen.responses, found_by="failed"), None


# ── compare, judge ────────────────────────────────────────────────────────────────────────────


async def considered(seen: Seen, case: Case, tools: Tools) -> Verdict:
    """Judge what was seen by what is remembered, in a worker process."""
    case = replace(
        case,
        at=tools.now(),
        document=seen.document,
        failure=None if seen.failure is None else str(seen.failure),
        url=seen.pages[0].url if seen.pages else None,
    )
    verdict: Verdict = await tools.workers.call(consider, case)
    return verdict


async def recalled(watch: Watch, slot: Slot, tools: Tools) -> Case:
    """What a watch is judged by: its memory, the documents that it names, options and rules."""
    if slot.blank:
        return case_of(watch, tools.config)
    memory, documents = await tools.stored(
        lambda connection: versions.recollection(connection, slot.watch_id), write=False
    )
    return replace(case_of(watch, tools.config), memory=memory, documents=documents)


def case_of(watch: Watch, config: Config) -> Case:
    """A case without history."""
    min_verdict, min_severity = config.loosest
    return Case(
        at=utc_now(),
        memory=None,
        documents={},
        options=ReplayOptions(
            confirm=watch.confirm,
            min_verdict=min_verdict,
            min_severity=min_severity,
            failure_after=config.alerts.failure_after,
            select=watch.select,
            remove=watch.remove,
        ),
        policy_kind=watch.kind,
        vendor=watch.vendor,
        rules=tuple(rule.model_dump() for rule in config.rule),
    )


async def refresh_reading(watch: Watch, slot: Slot, tools: Tools) -> Slot:
    """After an upgrade of the extractor or an edited selector, read the stored pages again first:
    what differs then is our doing, and nobody is told of it."""
    if slot.read_as in (None, read_as(watch)) or slot.standing_version_id is None:
        return slot
    from monitor.reread import reread

    await reread(watch, slot, tools, await recalled(watch, slot, tools))
    return replace(slot, validators=(), settled=False)


# ── commit ────────────────────────────────────────────────────────────────────────────────────


def outcome_of(watch: Watch, slot: Slot, seen: Seen, verdict: Verdict | None, tools: Tools) -> Outcome:
    """Everything that this look came to, as the one value that is committed."""
    now = tools.now()
    failure = seen.failure
    failed = failure is not None
    event = verdict.event if verdict else _unchanged(_SAME[seen.found_by])
    due = next_due(
        watch,
        now=now,
        timezone=tools.config.monitor.timezone,
        failures=slot.failures + 1 if failed else 0,
        look_again=verdict.look_again if verdict else None,
        retry_after=getattr(failure, "retry_after", None),
    )
    return Outcome(
        slot=slot,
        ended_at=now,
        next_check_at=due,
        outcome="failed" if failed else event.kind,
        reason=str(failure) if failed else event.reason,
        found_by=seen.found_by,
        notice=event.notice,
        error_kind=failure.kind if failure else None,
        error_status=getattr(failure, "status", None),
        pages=() if failed else seen.pages,
        wire_bytes=sum(response.wire_bytes for response in seen.responses),
        seconds=sum(response.seconds for response in seen.responses),
        read_as=None if failed else read_as(watch),
        settled=slot.settled if verdict is None else verdict.settled,
        sighting=verdict.sighting if verdict else None,
        suspect=event.reason if event.kind == "suspect" else None,
        compared=event.comparison,
        compared_with=verdict.known_before if verdict else None,
        seen=verdict.seen if verdict else None,
        standing=verdict.known if verdict else None,
        rules_version=verdict.rules_version if verdict else "",
        memory=verdict.memory if verdict else None,
        documents=verdict.documents if verdict else (),
        silenced=(
            *(verdict.silenced if verdict else ()),
            *(() if tools.alerts else untold(event, "asked for without alerts")),
        ),
    )


_SAME = {
    "304": "the server says that nothing changed (304)",
    "bytes": "the same bytes as at the last look",
    "fingerprint": "the same visible words as at the last look",
    "reading": "read",
    "failed": "nothing was read",
}


def _unchanged(reason: str) -> Event:
    return Event("unchanged", alert=False, notice=None, comparison=None, reason=reason)


def planner(watch: Watch, event: Event, outcome: Outcome, tools: Tools) -> Plan | None:
    """What writes this look's alerts, inside its transaction; None when there is nothing to tell."""
    if not tools.alerts or not (event.alert or event.notice):
        return None
    from monitor.alerts import plan_look

    return plan_look(watch, event, outcome, tools.config, tools.now())


# ── many looks ────────────────────────────────────────────────────────────────────────────────


def lease_of(config: Config) -> timedelta:
    """How long a claim holds at most: longer than a look can take, so that it ends only with its process."""
    return config.monitor.timeout * 4 + timedelta(minutes=2)


async def look_all(
    slots: list[Slot],
    watches_by_key: dict[str, Watch],
    tools: Tools,
    done: Callable[[Result], None] | None = None,
) -> list[Result]:
    """Look at claimed watches, as many at a time as the config allows; one that fails never stops another."""
    # The fetcher keeps to ``concurrency``; looks that a slow server keeps waiting are not counted there.
    gate = asyncio.Semaphore(tools.config.monitor.concurrency * 4)
    results: list[Result] = []

    async def one(slot: Slot) -> None:
        async with gate:
            try:
                result = await look(watches_by_key[slot.key], slot, tools)
            except MonitorError as error:
                log.error("%s: %s", slot.key, error)
                return
        if result is not None:
            results.append(result)
            if done:
                done(result)

    async with asyncio.TaskGroup() as group:
        for slot in slots:
            group.create_task(one(slot))
    return results
