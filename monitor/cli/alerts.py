"""``notify`` and ``deliveries``: what people are told."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.context import Context, common
from monitor.cli.output import hint, one_line, plain, table, write_json
from monitor.cli.select import needed_number
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.alerts.channels import Channel
    from monitor.config import ChannelTable


@click.command()
@click.argument("channel", required=False)
@click.option("--test", "is_test", is_flag=True, help="Send an example to CHANNEL, or to every channel.")
@click.option("--preview", "change", metavar="CHANGE", help="Show the message about a change; sends nothing.")
@click.option("--channel", "named", metavar="NAME", help="Whose message to preview; default the first.")
@click.option("--html", "html_file", type=click.Path(path_type=Path), metavar="FILE", help="Write the mail.")
@common
def notify(
    context: Context,
    channel: str | None,
    is_test: bool,
    change: str | None,
    named: str | None,
    html_file: Path | None,
) -> int:
    """Test a channel, or preview a message.

    \b
    policy-monitor notify --test             send an example to every channel
    policy-monitor notify --test legal       … to one
    policy-monitor notify --preview 12 --channel legal
    """
    if is_test == (change is not None):
        raise UsageError("say --test [CHANNEL] or --preview CHANGE")
    tables = _channels(context, channel or named)
    if is_test:
        return _test(context, tables)
    assert change is not None  # noqa: S101
    return _preview(context, needed_number(change), tables[0], html_file)


def _channels(context: Context, name: str | None) -> tuple[ChannelTable, ...]:
    known = context.config.channel
    if not known:
        raise UsageError("the config has no [[channel]]; add one with name and url_file, url_env or url")
    if name is None:
        return known
    found = tuple(one for one in known if one.name == name)
    if not found:
        raise UsageError(f'"{name}" is no channel; there are: {", ".join(one.name for one in known)}')
    return found


def _test(context: Context, tables: tuple[ChannelTable, ...]) -> int:
    import asyncio

    from monitor.alerts.channels import open_channel
    from monitor.errors import ConfigError

    async def one(table: ChannelTable) -> tuple[str | None, str | None]:
        try:
            channel = open_channel(table, context.config)
        except ConfigError as error:
            return None, str(error)
        return channel.medium, await _tried(channel)

    async def every() -> list[tuple[str | None, str | None]]:
        return await asyncio.gather(*(one(table) for table in tables))

    results = asyncio.run(every())
    found = [
        {"channel": table.name, "medium": medium, "delivered": fault is None, "error": fault}
        for table, (medium, fault) in zip(tables, results, strict=True)
    ]
    if context.json:
        write_json({"channels": found})
    else:
        for tried in found:
            medium = f" ({tried['medium']})" if tried["medium"] else ""
            click.echo(f"{tried['channel']}{medium}: {plain(str(tried['error'] or 'delivered'))}")
    return 0 if all(tried["delivered"] for tried in found) else 1


async def _tried(channel: Channel) -> str | None:
    """Send the example; what went wrong, in words without addresses."""
    import asyncio

    from monitor.alerts.outbox import SEND_SECONDS
    from monitor.alerts.render import Message
    from monitor.alerts.samples import example
    from monitor.errors import SendError

    alert = example(channel.name, datetime.now(UTC))
    try:
        async with asyncio.timeout(SEND_SECONDS):
            await channel.send(Message(f"test-{alert.at:%Y%m%d%H%M%S%f}", (alert,)))
    except SendError as error:
        return str(error)
    except TimeoutError:
        return f"no answer within {SEND_SECONDS} seconds"
    except Exception as error:  # its words might hold the address
        return f"{type(error).__name__} while sending"
    return None


def _preview(context: Context, change: int, channel: ChannelTable, html_file: Path | None) -> int:
    from monitor.alerts.channels import open_channel
    from monitor.alerts.render import Message
    from monitor.alerts.render.html import html
    from monitor.alerts.samples import alert_of_stored

    with context.existing() as store, store.read() as connection:
        alert = alert_of_stored(connection, change, context.config)
    if alert is None:
        raise UsageError(f"there is no change {change}; `policy-monitor history WATCH` names them")
    message = Message(f"preview-{change}", (alert,))
    if html_file is not None:
        try:
            html_file.write_text(html(message, channel=channel.name), "utf-8")
        except OSError as error:
            raise UsageError(f"{html_file}: cannot be written: {error.strerror}") from None
        hint(context, f"written to {html_file}")
        return 0
    click.echo(_printable(open_channel(channel, context.config).show(message)))
    return 0


def _printable(text: str) -> str:
    from monitor.alerts.render.words import JOINER

    return "\n".join(plain(line) for line in text.replace(JOINER, "").splitlines())


@click.command()
@click.option("--failed", is_flag=True, help="Only what is dead, or failed and is tried again.")
@click.option(
    "--retry",
    "again",
    metavar="ID",
    type=click.IntRange(1, 10**9),
    multiple=True,
    help="Try a delivery again, now.",
)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="The newest so many.")
@common
def deliveries(context: Context, failed: bool, again: tuple[int, ...], limit: int) -> int:
    """What was sent, what waits, what failed, and what was stopped by which rule."""
    from monitor.store import deliveries as stored

    now = datetime.now(UTC)
    with context.existing() as store:
        if again:
            return _retry(context, store, again, now)
        with store.read() as connection:
            rows = stored.deliveries(connection, failed=failed, limit=limit)
            tries = stored.attempts(connection, [row.id for row in rows])
    found = [_delivery_as_dict(row, tries[row.id], now) for row in rows]
    if context.json:
        write_json({"deliveries": found})
        return 0
    table(
        ["id", "when", "channel", "status", "alert", "why"],
        [
            [
                str(one["id"]),
                one["created_at"][:16].replace("T", " "),
                one["channel"],
                one["status"],
                one_line(one["summary"], 60),
                one_line(_why(one), 80),
            ]
            for one in found
        ],
    )
    if not found:
        hint(context, "none of them failed" if failed else "nobody had to be told anything yet")
    if any(one["status"] == "dead" for one in found):
        hint(context, "try a dead one again: policy-monitor deliveries --retry ID")
    return 0


def _retry(context: Context, store: Any, again: tuple[int, ...], now: datetime) -> int:
    import asyncio

    from monitor.alerts.outbox import drain
    from monitor.store import deliveries as stored

    with store.write() as connection:
        before = {number: stored.retry(connection, number, now) for number in again}
    unknown = [number for number, status in before.items() if status is None]
    if unknown:
        raise UsageError(f"there is no delivery {', '.join(map(str, unknown))}")
    for number in (number for number, status in before.items() if status == "delivered"):
        hint(context, f"delivery {number} was delivered already; it is not sent twice")
    drained = asyncio.run(drain(store, context.config))
    if context.json:
        write_json({"delivered": drained.delivered, "failed": drained.failed, "dead": drained.dead})
    else:
        click.echo(f"{drained.delivered} delivered, {drained.failed} failed, {drained.dead} dead")
    return 1 if drained.failed or drained.dead else 0


def _delivery_as_dict(row: Any, tries: list[Any], now: datetime) -> dict[str, Any]:
    return {
        "id": row.id,
        "channel": row.channel,
        "status": row.status,
        "reason": row.reason,
        "digest": row.digest,
        "kind": row.kind,
        "watch": row.watch,
        "severity": row.severity,
        "summary": row.summary,
        "created_at": row.created_at.isoformat(),
        "due_at": row.due_at.isoformat() if row.status == "pending" else None,
        "delivered_at": row.delivered_at.isoformat() if row.delivered_at else None,
        "attempts": [
            {
                "started_at": one.started_at.isoformat(),
                "ended_at": one.ended_at.isoformat() if one.ended_at else None,
                "outcome": one.outcome or _unfinished(row, now),
                "detail": one.detail,
                "message_id": one.message_id,
            }
            for one in tries
        ],
    }


def _unfinished(row: Any, now: datetime) -> str:
    return "under way" if row.lease_until and row.lease_until > now else "unknown"


def _why(one: dict[str, Any]) -> str:
    unknown = sum(attempt["outcome"] == "unknown" for attempt in one["attempts"])
    parts = [one["reason"] or ""]
    if one["status"] == "pending" and one["due_at"]:
        parts.append(f"due {one['due_at'][:16].replace('T', ' ')}")
    if unknown:
        parts.append(
            f"{unknown} {'try' if unknown == 1 else 'tries'} ended with the program; it may have arrived twice"
        )
    return "; ".join(part for part in parts if part)
