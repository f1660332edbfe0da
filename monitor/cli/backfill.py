"""``backfill``: import a dated history."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.context import Context, common
from monitor.cli.output import console, hint, one_line, when, write_json
from monitor.cli.select import only

if TYPE_CHECKING:
    from monitor.backfill import Copy
    from monitor.consider import Verdict


@click.command()
@click.argument("name", metavar="WATCH")
@click.argument("where", metavar="DIR|TAR", type=click.Path(path_type=Path, exists=True))
@click.option("--dry-run", is_flag=True, help="Write nothing; show the alerts that would have come.")
@common
def backfill(context: Context, name: str, where: Path, dry_run: bool) -> int:
    """Import archived copies of a policy; the daemon's own decisions are made for each. No alerts are sent.

    DIR or TAR holds the copies and manifest.jsonl with one line a copy:
    {"file": "2024-05-01.html", "fetched_at": "2024-05-01T00:00:00Z", "url": "https://…", "content_type": "text/html"}
    """
    import asyncio

    from monitor import backfill as importing
    from monitor.ondemand import synced, tools_for
    from monitor.pipeline import case_of
    from monitor.workers import Workers

    watch = only(context.watches((name,), enabled=False), name)
    copies = importing.read_history(where)

    async def work() -> tuple[Sequence[Verdict], int]:
        async with Workers() as workers:
            verdicts = await importing.judged(copies, watch, case_of(watch, context.config), workers)
        if dry_run:
            return verdicts, 0
        with context.store() as store:
            async with tools_for(context.config, store, alerts=False) as tools:
                await synced(tools)
                return verdicts, await importing.import_history(watch, copies, verdicts, tools)

    verdicts, imported = asyncio.run(work())
    events = [as_dict(copy, verdict) for copy, verdict in zip(copies, verdicts, strict=True)]
    if context.json:
        write_json({"watch": watch.key, "copies": len(copies), "imported": imported, "events": events})
        return 0
    shown = console()
    told = 0
    for copy, verdict in zip(copies, verdicts, strict=True):
        event = verdict.event
        if event.alert or event.notice:
            told += 1
            what = event.comparison.summary if event.alert and event.comparison else event.reason
            shown.print(
                f"{when(copy.fetched_at)}  {event.kind}{f' [{event.notice}]' if event.notice else ''}  {one_line(what)}"
            )
    hint(
        context,
        f"{len(copies)} copies, {told} of which people would have been told"
        + ("" if dry_run else f"; {imported} imported"),
    )
    return 0


def as_dict(copy: Copy, verdict: Verdict) -> dict[str, Any]:
    return {"fetched_at": copy.fetched_at.isoformat(), "url": copy.url, **verdict.event.as_dict()}
