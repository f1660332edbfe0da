"""The one commit point of a check: everything that a look came to goes to disk in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import Connection, Update, bindparam, delete, func, insert, select, update

from monitor.store import chain, sightings
from monitor.store.outcome import Committed, Outcome, Plan, Rows
from monitor.store.rows import add
from monitor.store.schema import change, check, comparison, finding, memory, silence, watch
from monitor.store.sightings import Kept

_FORGET = delete(memory).where(memory.c.watch_id == bindparam("_id"))
_REMEMBER = insert(memory)


class LostLeaseError(Exception):
    """Another process took the watch over meanwhile; this look must not be written."""


def commit(connection: Connection, outcome: Outcome, plan: Plan | None = None) -> Committed:
    """Write a check and all that follows from it.

    Raises:
        LostLeaseError: the slot is no longer ours; nothing is written.
    """
    committed, snapshot_ids = _write(connection, outcome)
    _move_watch(connection, outcome, committed, snapshot_ids)
    if plan is not None:
        committed.rows.extend(plan(connection, committed))
    chain.attest(connection, committed.rows, outcome.ended_at)
    return committed


def import_check(connection: Connection, outcome: Outcome) -> bool:
    """Write a look of the past, in its own slot; the watch's schedule stays. False: it is there already."""
    slot = replace(outcome.slot, due_at=outcome.ended_at, started_at=outcome.ended_at, validators=())
    there = connection.scalar(
        select(check.c.id).where(check.c.watch_id == slot.watch_id, check.c.due_at == slot.due_at)
    )
    if there is not None:
        return False
    committed, _ = _write(connection, replace(outcome, slot=slot))
    if outcome.slot.read_as is None:  # never looked at: what was imported is all that is known
        if (standing_id := _standing_id(connection, outcome, committed)) is not None:
            known = update(watch).where(watch.c.id == slot.watch_id)
            connection.execute(known.values(standing_version_id=standing_id))
        if outcome.memory is not None:
            keep_memory(connection, slot.watch_id, outcome.memory, outcome.documents)
    chain.attest(connection, committed.rows, outcome.ended_at)
    return True


def _write(connection: Connection, outcome: Outcome) -> tuple[Committed, list[int]]:
    """The rows of a check, but for the watch's own; and the ids of the snapshots that it saw."""
    rows: Rows = []
    snapshot_ids = sightings.keep_pages(connection, outcome, rows)
    seen = sightings.keep(connection, outcome, snapshot_ids, rows)
    check_id = _add_check(connection, outcome, seen.id if seen else None, snapshot_ids, rows)
    committed = Committed(check_id=check_id, rows=rows)
    if seen is not None:
        committed = _keep_comparison(connection, outcome, check_id, seen, rows)
    _keep_silences(connection, outcome, check_id, rows)
    return committed, snapshot_ids


def _add_check(
    connection: Connection, outcome: Outcome, version_id: int | None, snapshot_ids: Sequence[int], rows: Rows
) -> int:
    last = outcome.pages[-1] if outcome.pages else None
    return add(
        connection,
        check,
        rows,
        watch_id=outcome.slot.watch_id,
        due_at=outcome.slot.due_at,
        started_at=outcome.slot.started_at,
        ended_at=outcome.ended_at,
        outcome=outcome.outcome,
        notice=outcome.notice,
        reason=outcome.reason,
        error_kind=outcome.error_kind,
        status=last.status if last else outcome.error_status,
        url=last.url if last else None,
        redirects=[list(hop) for hop in last.redirects] if last and last.redirects else None,
        peer=last.peer if last else None,
        tls_sha256=last.tls_sha256 if last else None,
        wire_bytes=outcome.wire_bytes,
        seconds=round(outcome.seconds, 3),
        found_by=outcome.found_by,
        snapshot_ids=list(snapshot_ids),
        version_id=version_id,
    )


def _keep_comparison(
    connection: Connection, outcome: Outcome, check_id: int, after: Kept, rows: Rows
) -> Committed:
    """Store what was compared, once for each pair of versions and set of rules."""
    compared = outcome.compared
    before = (
        sightings.by_key(connection, outcome.slot.watch_id, outcome.compared_with)
        if outcome.compared_with
        else None
    )
    seen = Committed(check_id, after.id, after.number, before.id if before else None, rows=rows)
    if compared is None or before is None or not compared.changes:
        return seen
    body = compared.as_dict()
    body.pop("changes")
    same = connection.execute(
        select(comparison.c.id, comparison.c.body)
        .where(
            comparison.c.before_version_id == before.id,
            comparison.c.after_version_id == after.id,
            comparison.c.rules == outcome.rules_version,
        )
        .order_by(comparison.c.id.desc())
        .limit(1)
    ).first()
    stored = (
        connection.scalar(select(func.count()).select_from(change).where(change.c.comparison_id == same.id))
        if same
        else 0
    )
    if same and same.body == body and stored == len(compared.changes):
        comparison_id = same.id
        change_ids = connection.scalars(
            select(change.c.id).where(change.c.comparison_id == same.id).order_by(change.c.position)
        ).all()
    else:
        comparison_id = add(
            connection,
            comparison,
            rows,
            check_id=check_id,
            watch_id=outcome.slot.watch_id,
            before_version_id=before.id,
            after_version_id=after.id,
            verdict=compared.verdict,
            severity=compared.severity,
            summary=compared.summary,
            silent=compared.silent,
            rules=outcome.rules_version,
            body=body,
        )
        change_ids = [
            _keep_change(connection, comparison_id, position, one.as_dict(), rows)
            for position, one in enumerate(compared.changes)
        ]
    return Committed(check_id, after.id, after.number, before.id, comparison_id, tuple(change_ids), rows=rows)


def _keep_change(
    connection: Connection, comparison_id: int, position: int, body: dict[str, Any], rows: Rows
) -> int:
    findings = body.pop("findings")
    change_id = add(
        connection,
        change,
        rows,
        comparison_id=comparison_id,
        position=position,
        change=body["change"],
        verdict=body["verdict"],
        severity=body["severity"],
        body=body,
    )
    for place, one in enumerate(findings):
        add(connection, finding, rows, change_id=change_id, position=place, **one)
    return change_id


def _keep_silences(connection: Connection, outcome: Outcome, check_id: int, rows: Rows) -> None:
    for what, reason in outcome.silenced:
        add(
            connection,
            silence,
            rows,
            check_id=check_id,
            watch_id=outcome.slot.watch_id,
            what=what,
            reason=reason,
        )


def _move_watch(
    connection: Connection, outcome: Outcome, committed: Committed, snapshot_ids: Sequence[int]
) -> None:
    """The watch's own row: what it is recognised by, when it is due, and that nobody is at work on it.

    Raises:
        LostLeaseError: somebody else is at work on it.
    """
    slot, failed = outcome.slot, outcome.error_kind is not None
    values: dict[str, Any] = {
        "next_check_at": outcome.next_check_at,
        "lease_owner": None,
        "lease_until": None,
        "last_check_id": committed.check_id,
        "settled": outcome.settled,
        "failures": slot.failures + 1 if failed else 0,
        "failing_since": (slot.failing_since or outcome.ended_at) if failed else None,
    }
    if not failed:
        values["last_ok_at"] = outcome.ended_at
        if outcome.read_as is not None:
            validators = [
                {**page.validators, "snapshot_id": number}
                for page, number in zip(outcome.pages, snapshot_ids, strict=True)
            ]
            if outcome.read_as != slot.read_as or validators != list(slot.validators):
                values |= {"read_as": outcome.read_as, "validators": validators}
    if (standing_id := _standing_id(connection, outcome, committed)) is not None:
        values["standing_version_id"] = standing_id
    moved = connection.execute(
        _move_statement(tuple(values)), {"_id": slot.watch_id, "_owner": slot.owner, **values}
    )
    if moved.rowcount != 1:
        raise LostLeaseError(slot.key)
    if outcome.memory is not None:
        keep_memory(connection, slot.watch_id, outcome.memory, outcome.documents)


@cache
def _move_statement(columns: tuple[str, ...]) -> Update:
    return (
        update(watch)
        .where(watch.c.id == bindparam("_id"), watch.c.lease_owner == bindparam("_owner"))
        .values({name: bindparam(name) for name in columns})
    )


def _standing_id(connection: Connection, outcome: Outcome, committed: Committed) -> int | None:
    """The version that people know now, where this look decided it."""
    if outcome.standing is None:
        return None
    if outcome.sighting is not None and outcome.sighting.key == outcome.standing:
        return committed.version_id
    standing = sightings.by_key(connection, outcome.slot.watch_id, outcome.standing)
    return standing.id if standing else None


def keep_memory(
    connection: Connection, watch_id: int, body: Mapping[str, Any], documents: Sequence[str]
) -> None:
    """What is remembered of a watch from now on, and the version keys of the documents that it names."""
    connection.execute(_FORGET, {"_id": watch_id})
    connection.execute(_REMEMBER, {"watch_id": watch_id, "body": dict(body), "documents": list(documents)})
