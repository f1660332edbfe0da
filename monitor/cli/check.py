"""``check``: look now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.context import Context, common
from monitor.cli.output import (
    SEVERITY_STYLE,
    VERDICT_STYLE,
    console,
    hint,
    one_line,
    plain,
    show_comparison,
    write_json,
)

if TYPE_CHECKING:
    from monitor.pipeline import Result

NEWS = ("change", "pending", "reverted", "muted")
"""Kinds of event with changes to show."""
WAITING = ("pending", "muted")
"""Of these, kinds whose changes nobody was told of yet."""
LEFT = "another process held it all the while, or the look could not be stored; check it again"
NOTHING, CHANGES, MATERIAL, UNREADABLE = 0, 10, 20, 3


@click.command()
@click.argument("names", metavar="[WATCH]...", nargs=-1)
@click.option("--no-alerts", is_flag=True, help="Record what changed, tell nobody.")
@common
def check(context: Context, names: tuple[str, ...], no_alerts: bool) -> int:
    """Look at policies now, record what changed, and send the alerts that are due.

    WATCH is a policy (acme/privacy), a vendor (acme), a kind (privacy), a pattern ("acme/*") or an address;
    without one, everything that is enabled. Runs beside the daemon: no policy is ever looked at twice at once.

    A change counts at the look that first sees it and at the one that confirms it; while it waits in between,
    there is nothing new.

    \b
    Exit codes: 0 nothing new · 10 changes · 20 material changes · 3 some watch could not be read
                (changes weigh more) · 2 usage or config
    """
    import asyncio

    from monitor.ondemand import check_now
    from monitor.store import history

    watches = context.watches(names)
    if not watches:
        hint(
            context,
            "nothing to look at: the config names no enabled [[vendor.policy]]; `policy-monitor add URL`",
        )
    with context.store() as store, _progress(context, len(watches)) as advance:
        results = asyncio.run(check_now(context.config, store, watches, alerts=not no_alerts, done=advance))
        waiting = [result.committed.check_id for result in results if result.event.kind in WAITING]
        with store.read() as connection:
            again = history.seen_before(connection, waiting)
    order = {watch.key: place for place, watch in enumerate(watches)}
    results.sort(key=lambda result: order[result.watch.key])
    left = sorted(order.keys() - {result.watch.key for result in results}, key=order.__getitem__)
    code = UNREADABLE if left and exit_code(results, again) == NOTHING else exit_code(results, again)
    if context.json:
        checks = [as_dict(result, news=result.committed.check_id not in again) for result in results]
        write_json({"checks": checks, "not_looked_at": left, "exit": code})
    else:
        for result in results:
            show_result(result, quiet=context.quiet, news=result.committed.check_id not in again)
        for key in left:
            console().print(f"{plain(key):<32} not looked at  {LEFT}", style="magenta")
        _show_sum(context, results, again)
    return code


def exit_code(results: Sequence[Result], again: Collection[int] = ()) -> int:
    """20, 10, 3 or 0: what weighs most of all looks.

    ``again``: checks whose change waits and was seen by the look before, too.
    """
    verdicts = {
        result.event.comparison.verdict
        for result in results
        if has_changes(result) and result.event.comparison and result.committed.check_id not in again
    }
    if "material" in verdicts:
        return MATERIAL
    if verdicts & {"editorial", "cosmetic", "suspect"}:
        return CHANGES
    if any(result.outcome.outcome in ("failed", "suspect") for result in results):
        return UNREADABLE
    return NOTHING


def has_changes(result: Result) -> bool:
    return result.event.comparison is not None and result.event.kind in (*NEWS, "cosmetic")


def as_dict(result: Result, *, news: bool = True) -> dict[str, Any]:
    """One look, as JSON. ``news``: False if what waits here was seen by the look before, too."""
    from monitor.fetch import advice

    outcome, event = result.outcome, result.event
    error = None
    if outcome.error_kind is not None:
        error = {"kind": outcome.error_kind, "message": outcome.reason, "advice": advice(outcome.error_kind)}
    return {
        "watch": result.watch.key,
        "vendor": result.watch.vendor,
        "policy": result.watch.name,
        "kind": result.watch.kind,
        "url": outcome.pages[-1].url if outcome.pages else result.watch.pages[0],
        "check": result.committed.check_id,
        "outcome": outcome.outcome,
        "found_by": outcome.found_by,
        "reason": outcome.reason,
        "news": news and has_changes(result),
        "alert": event.alert,
        "notice": event.notice,
        "version": result.committed.version_number,
        "version_id": result.committed.version_id,
        "change_ids": list(result.committed.change_ids),
        "comparison": event.comparison.as_dict() if event.comparison else None,
        "error": error,
        "next_check_at": outcome.next_check_at.isoformat(),
    }


def show_result(result: Result, *, quiet: bool = False, news: bool = True) -> None:
    """One look, for people. ``news``: False if what waits here was seen by the look before, too."""
    outcome, event = result.outcome, result.event
    compared = event.comparison if event.kind in NEWS else None
    if quiet and not (compared and news) and outcome.outcome not in ("failed", "suspect"):
        return
    from rich.text import Text

    from monitor.fetch import advice

    shown = console()
    line = Text()
    line.append(f"{plain(result.watch.key):<32} ", "bold")
    if outcome.outcome == "failed":
        line.append("could not be read", "bold magenta")
        line.append(f"  {outcome.error_kind}: {one_line(outcome.reason)}")
        if cure := advice(outcome.error_kind or ""):
            line.append(f"\n    {cure}", "dim")
    elif compared is not None and not news:
        line.append("waits", "dim")
        line.append(f"  {one_line(compared.summary)}  (not yet told: {one_line(outcome.reason)})", "dim")
    elif compared is not None:
        line.append(compared.verdict, VERDICT_STYLE[compared.verdict])
        if compared.severity:
            line.append(f" {compared.severity}", SEVERITY_STYLE[compared.severity])
        line.append(f"  {one_line(compared.summary)}")
        if event.kind in WAITING:
            line.append(f"  (told once it is confirmed: {one_line(outcome.reason)})", "dim")
    else:
        line.append(
            event.kind, VERDICT_STYLE.get(event.kind, "dim" if event.kind != "suspect" else "magenta")
        )
        line.append(f"  {one_line(outcome.reason)}", "dim")
    shown.print(line)
    if compared is not None and news:
        show_comparison(compared, result.committed.change_ids)


def _show_sum(context: Context, results: Sequence[Result], again: Collection[int]) -> None:
    if context.quiet or not results:
        return
    counts = dict.fromkeys(("material", "editorial"), 0)
    for result in results:
        compared = result.event.comparison if result.event.kind in NEWS else None
        if compared and compared.verdict in counts and result.committed.check_id not in again:
            counts[compared.verdict] += 1
    failed = sum(result.outcome.outcome in ("failed", "suspect") for result in results)
    said = [f"{len(results)} looked at"]
    said += [f"{count} with {what} changes" for what, count in counts.items() if count]
    said += [f"{len(again)} with changes that wait"] if again else []
    said += [f"{failed} could not be read"] if failed else []
    hint(context, ", ".join(said))


class _Quietly:
    def __enter__(self) -> Any:
        return lambda _result: None

    def __exit__(self, *_: object) -> None:
        return None


def _progress(context: Context, total: int) -> Any:
    """A bar on a terminal; nothing elsewhere."""
    import sys

    if context.quiet or context.json or total < 2 or not sys.stderr.isatty():
        return _Quietly()
    return _Bar(total)


class _Bar:
    def __init__(self, total: int) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console(stderr=True),
            transient=True,
        )
        self.bar = self.progress.add_task("looking", total=total)

    def __enter__(self) -> Any:
        self.progress.start()
        return lambda _result: self.progress.advance(self.bar)

    def __exit__(self, *_: object) -> None:
        self.progress.stop()
