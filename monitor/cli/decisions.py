"""``ack`` and ``mute``: what people decide about changes that came, and about alerts to come."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.context import Context, common
from monitor.cli.output import plain, when, write_json
from monitor.cli.select import needed_number
from monitor.errors import UsageError
from monitor.model import DECISIONS

if TYPE_CHECKING:
    from sqlalchemy import Connection


@click.command()
@click.argument("changes", metavar="CHANGE...", nargs=-1, required=True)
@click.option(
    "--decision",
    type=click.Choice(DECISIONS),
    default="acknowledged",
    show_default=True,
    help="What you decided.",
)
@click.option("--note", default="", help="Why, for those who come after you.")
@click.option("--by", default=None, help="Who decided; default: you.")
@common
def ack(context: Context, changes: tuple[str, ...], decision: str, note: str, by: str | None) -> int:
    """Acknowledge changes, with a decision and a note. The decision is kept in the chain of evidence."""
    from monitor.store import chain, reviews

    now, who = datetime.now(UTC), by or _user()
    numbers = list(dict.fromkeys(needed_number(change) for change in changes))
    with context.existing() as store, store.write() as connection:
        rows = {
            number: reviews.review_change(connection, number, now=now, decision=decision, note=note, by=who)
            for number in numbers
        }
        missing = [f"#{number}" for number, row in rows.items() if row is None]
        if missing:
            raise UsageError(f"there is no change {', '.join(missing)}; nothing was acknowledged")
        chain.attest(connection, [("review", row) for row in rows.values() if row is not None], now)
    if context.json:
        write_json(
            {
                "reviews": [
                    {"id": row, "change": number, "decision": decision, "note": note, "by": who}
                    for number, row in rows.items()
                ]
            }
        )
    else:
        click.echo(f"{', '.join(f'#{number}' for number in numbers)}: {decision} by {plain(who)}")
    return 0


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


@click.command()
@click.argument("names", metavar="[WATCH]...", nargs=-1)
@click.option("--until", metavar="DATE", help="Until this day or time, in the config's time zone.")
@click.option("--for", "span", metavar="SPAN", help='For so long: "2w", "3d".')
@click.option("--off", is_flag=True, help="End the mute.")
@click.option("--reason", default="", help="Why; stands with every alert that it stops.")
@click.option("--by", default=None, help="Who decided; default: you.")
@common
def mute(
    context: Context,
    names: tuple[str, ...],
    until: str | None,
    span: str | None,
    off: bool,
    reason: str,
    by: str | None,
) -> int:
    """Send no alerts of policies for a while; without a WATCH, list what is muted. Changes are still recorded."""
    from monitor.store import mutes

    if (until is not None) + (span is not None) + off > 1:
        raise UsageError("--until, --for and --off exclude each other")
    if not names and (until or span or off):
        raise UsageError("name the watches: policy-monitor mute acme/privacy --for 2w")
    now, who = datetime.now(UTC), by or _user()
    end = _end(context, until, span, now)
    said: list[str] = []
    with context.existing() as store:
        if names:
            with store.write() as connection:
                keys = [watch.key for watch in context.stored(connection, names)]
                if off:
                    said = _unmute(connection, keys, now, who, reason)
                else:
                    _mute(connection, keys, now, end, who, reason)
        with store.read() as connection:
            rows = mutes.standing_mutes(connection, now)
    if context.json:
        write_json({"mutes": [_mute_as_dict(row) for row in rows]})
        return 0
    for line in said:
        click.echo(line)
    for row in rows:
        ends = f"until {when(row.until)}" if row.until else "until it is ended with --off"
        click.echo(
            f"{row.key}: muted {ends} by {plain(row.by)}" + (f" ({plain(row.reason)})" if row.reason else "")
        )
    if not rows:
        click.echo("nothing is muted")
    return 0


def _mute_as_dict(row: Any) -> dict[str, Any]:
    return {
        "watch": row.key,
        "until": row.until,
        "by": row.by,
        "reason": row.reason,
        "since": row.created_at,
    }


def _mute(
    connection: Connection, keys: list[str], now: datetime, end: datetime | None, who: str, reason: str
) -> None:
    from monitor.store import chain, mutes

    for key in keys:
        number = mutes.mute_watch(connection, key, now=now, until=end, by=who, reason=reason)
        if number is None:
            raise UsageError(f"{key} was never looked at; run `policy-monitor check {key}` first")
        chain.attest(connection, [("mute", number)], now)


def _unmute(connection: Connection, keys: list[str], now: datetime, who: str, reason: str) -> list[str]:
    """What to say about each."""
    from monitor.store import chain, mutes

    said = []
    for key in keys:
        number = mutes.end_mute(connection, key, now=now, by=who, reason=reason)
        if number is not None:
            chain.attest(connection, [("mute", number)], now)
        said.append(f"{key}: {'no longer muted' if number else 'was not muted'}")
    return said


def _end(context: Context, until: str | None, span: str | None, now: datetime) -> datetime | None:
    from zoneinfo import ZoneInfo

    from monitor.spans import parse_span

    try:
        if span is not None:
            return now + parse_span(span)
        if until is None:
            return None
        at = datetime.fromisoformat(until)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{until or span}: {error}; write --until 2027-01-31 or --for 2w") from None
    if len(until) == 10:
        at = datetime.combine(at.date(), time.max)
    at = at if at.tzinfo else at.replace(tzinfo=ZoneInfo(context.config.monitor.timezone))
    if at <= now:
        raise UsageError(f"{until} is over; write a time to come")
    return at.astimezone(UTC)
