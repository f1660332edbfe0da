"""``status``: is it well?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import click

from monitor.cli.check import NOTHING, UNREADABLE
from monitor.cli.context import Context, common
from monitor.cli.output import console, counted, one_line, plain, when, write_json

LATE = timedelta(minutes=5)
"""A watch is overdue when it was not looked at for so long after its time."""
STILL = timedelta(minutes=2)
"""A daemon that was not heard of for so long stands still."""


@click.command()
@common
def status(context: Context) -> int:
    """Is it well? Says what is due, overdue, failing and why, muted, and waiting to be sent.

    Exit code 3 when some policy cannot be read, is late, or a message cannot be delivered; else 0.
    """
    with context.existing() as store, store.read() as connection:
        found = _collect(context, connection, datetime.now(UTC))
    if context.json:
        write_json(found)
    else:
        _show(found)
    return NOTHING if found["well"] else UNREADABLE


def _collect(context: Context, connection: Any, now: datetime) -> dict[str, Any]:
    from monitor.fetch import advice
    from monitor.store import deliveries, meta, mutes, watches

    enabled = {watch.key for watch in context.config.watches if watch.enabled}
    channels = {channel.name for channel in context.config.channel}
    rows = [row for row in watches.all_watches(connection) if row.key in enabled]
    troubles = watches.troubles(connection)
    blind = [
        {
            "watch": row.key,
            "since": row.failing_since.isoformat() if row.failing_since else None,
            "failures": row.failures,
            "outcome": troubles[row.id].outcome,
            "error": troubles[row.id].error_kind,
            "reason": troubles[row.id].reason,
            "advice": advice(troubles[row.id].error_kind) if troubles[row.id].error_kind else None,
        }
        for row in rows
        if row.id in troubles
    ]
    beat = meta.last_beat(connection)
    late = [row for row in rows if row.next_check_at < now - LATE and row.lease_owner is None]
    failing = {one["watch"] for one in blind}
    failing_channels = [
        {
            "channel": row.channel,
            "since": row.since.isoformat() if row.since else None,
            "error": row.error,
            "late": row.late,
            "dead": row.dead,
        }
        for row in deliveries.troubles(connection, now)
        if row.channel in channels  # of one that left the config nothing can be sent any more
    ]
    found = {
        "now": now.isoformat(),
        "policies": len(enabled),
        "never_looked_at": sorted(enabled - {row.key for row in rows if row.last_check_id}),
        "blind": blind,
        "overdue": [row.key for row in late if row.key not in failing] if beat else [],
        "next_check_at": min((row.next_check_at for row in rows), default=None),
        "muted": [
            {"watch": row.key, "until": row.until.isoformat() if row.until else None, "reason": row.reason}
            for row in mutes.standing_mutes(connection, now)
        ],
        "daemon": {
            "last_seen": beat.isoformat() if beat else None,
            "alive": beat is not None and abs(now - beat) < STILL,  # a clock may have been set back
        },
        "failing_channels": failing_channels,
        "deliveries": deliveries.counts(connection, now),
        "state": str(context.state_folder),
    }
    found["well"] = not (blind or found["overdue"] or failing_channels)
    return found


def _show(found: dict[str, Any]) -> None:
    shown = console()
    daemon = found["daemon"]
    seen = daemon["last_seen"]
    shown.print(f"{counted(found['policies'], 'policy', 'policies')}; state in {found['state']}")
    if daemon["alive"]:
        shown.print("daemon: running", style="green")
    else:
        shown.print(
            f"daemon: not running (last seen {_when(seen) or 'never'})", style="yellow" if seen else "dim"
        )
    for one in found["blind"]:
        shown.print(f"cannot be read: {one['watch']}", style="bold magenta")
        shown.print(f"    since {_when(one['since']) or 'the last look'}: {one_line(one['reason'])}")
        if one["advice"]:
            shown.print(f"    {one['advice']}", style="dim")
    for key in found["overdue"]:
        shown.print(f"overdue: {key}", style="yellow")
    if found["never_looked_at"]:
        shown.print(f"never looked at: {', '.join(found['never_looked_at'])}", style="dim")
    for one in found["muted"]:
        end = f" until {_when(one['until'])}" if one["until"] else ""
        why = f" ({one_line(one['reason'])})" if one["reason"] else ""
        shown.print(f"muted: {one['watch']}{end}{why}", style="dim")
    for one in found["failing_channels"]:
        _show_channel(one)
    queue = found["deliveries"]
    shown.print(
        "deliveries: " + (", ".join(f"{count} {name}" for name, count in queue.items() if count) or "none")
    )
    if found["next_check_at"]:
        shown.print(f"next look: {when(found['next_check_at'])}", style="dim")
    shown.print(
        "all is well" if found["well"] else "something needs you",
        style="green" if found["well"] else "bold red",
    )


def _show_channel(one: dict[str, Any]) -> None:
    shown = console()
    waits = [f"{counted(one['late'], 'alert')} waiting, tried again by itself"] if one["late"] else []
    lost = [f"{counted(one['dead'], 'alert')} refused, not tried again"] if one["dead"] else []
    shown.print(f"channel fails: {plain(one['channel'])}", style="bold magenta")
    error = one_line(one["error"] or "how the last try ended is unknown")
    shown.print(f"    since {_when(one['since']) or 'the last try'}: {error}")
    cure = f"`policy-monitor notify --test {one['channel']}` tries it"
    if lost:
        cure += "; `policy-monitor deliveries --failed` names them, --retry ID sends one again"
    shown.print(f"    {', '.join(waits + lost)}; {cure}", style="dim")


def _when(text: str | None) -> str:
    return when(datetime.fromisoformat(text)) if text else ""
