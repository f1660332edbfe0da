"""``watches``, ``history`` and ``show``: what is stored."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.context import Context, common
from monitor.cli.output import console, hint, one_line, plain, show_change, table, when, write_json
from monitor.cli.select import NUMBER, change_number
from monitor.errors import NoStateError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from monitor.cli.select import Named
    from monitor.config import Watch


@click.command()
@click.argument("names", metavar="[WATCH]...", nargs=-1)
@common
def watches(context: Context, names: tuple[str, ...]) -> int:
    """List what is watched, and how it stands."""
    from monitor.store import watches as stored

    rows: dict[str, Any] = {}
    wanted: Sequence[Named]
    try:
        with context.existing() as store, store.read() as connection:
            rows = {row.key: row for row in stored.all_watches(connection)}
            wanted = context.stored(connection, names)
    except NoStateError:
        if context.state is not None:  # it was named, so it should be there
            raise
        wanted = context.watches(names, enabled=False)
    in_config = {watch.key: watch for watch in context.config.watches}
    found = [_watch_as_dict(in_config.get(one.key), rows.get(one.key)) for one in wanted]
    if context.json:
        write_json({"watches": found})
        return 0
    table(
        ["watch", "kind", "last read", "version", "stated date", "state"],
        [
            [
                one["watch"],
                one["kind"],
                (one["last_ok_at"] or "never")[:16].replace("T", " "),
                str(one["version"] or "-"),
                one["stated_date"] or "-",
                _state(one),
            ]
            for one in found
        ],
    )
    if not found:
        hint(context, "nothing is watched yet: `policy-monitor add https://vendor.example/privacy`")
    return 0


def _watch_as_dict(watch: Watch | None, row: Any) -> dict[str, Any]:
    """A watch of the config that was looked at or not (``row``), or one that left the config."""
    one = watch or row
    return {
        "watch": one.key,
        "vendor": one.vendor,
        "policy": one.name,
        "kind": one.kind,
        "urls": list(one.pages),
        "owner": watch.owner if watch else None,
        "tags": list(watch.tags) if watch else [],
        "enabled": watch is not None and watch.enabled,
        "in_config": watch is not None,
        "last_ok_at": row.last_ok_at.isoformat() if row and row.last_ok_at else None,
        "next_check_at": row.next_check_at.isoformat() if row else None,
        "failures": row.failures if row else 0,
        "failing_since": row.failing_since.isoformat() if row and row.failing_since else None,
        "version": row.version_number if row else None,
        "version_id": row.standing_version_id if row else None,
        "title": row.title if row else None,
        "stated_date": row.stated_date if row else None,
        "effective_date": row.effective_date if row else None,
    }


def _state(one: dict[str, Any]) -> str:
    if not one["in_config"]:
        return "no longer in the config"
    if not one["enabled"]:
        return "disabled"
    if one["failures"]:
        return f"failing since {one['failing_since'][:16].replace('T', ' ')}"
    return "well" if one["last_ok_at"] else "not looked at yet"


@click.command()
@click.argument("name", metavar="WATCH")
@click.option(
    "--all", "everything", is_flag=True, help="Also looks without news, and what was silenced and why."
)
@click.option(
    "--limit", type=click.IntRange(1), default=200, show_default=True, help="The newest so many looks."
)
@common
def history(context: Context, name: str, everything: bool, limit: int) -> int:
    """The looks at one policy, newest first, and what they came to."""
    from monitor.store import history as stored
    from monitor.store import versions, watches

    with context.existing() as store, store.read() as connection:
        watch = context.one(connection, name)
        watch_id = watches.id_of(connection, watch.key)
        rows = stored.history(connection, watch_id, limit=limit, news_only=not everything) if watch_id else []
        silenced = stored.silences(connection, [row.id for row in rows]) if everything else {}
        changes = {
            row.comparison_id: versions.change_ids(connection, row.comparison_id)
            for row in rows
            if row.comparison_id
        }
    if context.json:
        checks = [
            _check_as_dict(row, changes.get(row.comparison_id, []), silenced.get(row.id, [])) for row in rows
        ]
        write_json({"watch": watch.key, "checks": checks})
        return 0
    shown = console()
    for row in rows:
        verdict = (
            f"{row.verdict}{' ' + row.severity if row.severity else ''}: {row.summary}"
            if row.verdict
            else row.reason
        )
        notice = f" [{row.notice}]" if row.notice else ""
        number = f"v{row.version_number}" if row.version_number else "-"
        numbers = _numbers(changes.get(row.comparison_id, []))
        shown.print(
            f"{when(row.ended_at)}  {row.outcome:<10}{notice} {number:>4}  {one_line(verdict or '')}  {numbers}"
        )
        for one in silenced.get(row.id, []):
            shown.print(f"      silenced: {one_line(one.what, 70)}: {one_line(one.reason)}", style="dim")
    if not rows:
        hint(context, "no look yet" if everything else "no news yet; --all shows every look")
    return 0


def _numbers(change_ids: Sequence[int]) -> str:
    """``#3 #4 #5``, or ``#3 … #99``: those of one comparison follow each other."""
    names = [f"#{number}" for number in change_ids]
    return " ".join(names if len(names) < 8 else [names[0], "…", names[-1]])


def _check_as_dict(row: Any, change_ids: list[int], silenced: list[Any]) -> dict[str, Any]:
    return {
        "check": row.id,
        "at": row.ended_at.isoformat(),
        "due_at": row.due_at.isoformat(),
        "outcome": row.outcome,
        "notice": row.notice,
        "reason": row.reason,
        "found_by": row.found_by,
        "error_kind": row.error_kind,
        "status": row.status,
        "url": row.url,
        "redirects": row.redirects or [],
        "peer": row.peer,
        "tls_sha256": row.tls_sha256,
        "wire_bytes": row.wire_bytes,
        "seconds": row.seconds,
        "version": row.version_number,
        "version_id": row.version_id,
        "comparison": row.comparison_id,
        "change_ids": change_ids,
        "verdict": row.verdict,
        "severity": row.severity,
        "summary": row.summary,
        "silenced": [{"what": one.what, "reason": one.reason} for one in silenced],
    }


@click.command()
@click.argument("what", metavar="VERSION|CHANGE")
@click.option("--why", is_flag=True, help="Facts before and after, rules that fired, rules that nearly did.")
@click.option("--raw", is_flag=True, help="Of a version: the page's bytes, as they were received.")
@common
def show(context: Context, what: str, why: bool, raw: bool) -> int:
    """Show a change (12, c12) or a version (v3 of a watch: acme/privacy@3; by id: version:7).

    Changes carry their numbers in `check`, `history` and in every alert.
    """
    number = change_number(what)
    if number is not None and raw:
        raise UsageError(
            f"--raw is for versions, {what} is a change; `policy-monitor show {what}` names its two"
        )
    if number is None and why:
        raise UsageError(f'--why is for changes, "{what}" is none; changes have numbers, as in 12')
    with context.existing() as store, store.read() as connection:
        if number is not None:
            return _show_change(context, connection, number, why)
        return _show_version(context, connection, what, raw)


def _show_change(context: Context, connection: Connection, number: int, why: bool) -> int:
    from monitor.store import versions

    change = versions.stored_change(connection, number)
    if change is None:
        raise UsageError(f"there is no change {number}; `policy-monitor history WATCH` names them")
    explained = None
    if why:
        from monitor.classification import explain

        explained = explain(change)
    home = versions.home_of_change(connection, number)
    if context.json:
        write_json({"id": number, **home, **change.as_dict(), **({"why": explained} if explained else {})})
        return 0
    click.echo(
        f"{home['watch']}, {home['at'][:16].replace('T', ' ')} UTC: "
        f"version {home['before_version']} → {home['after_version']}"
    )
    show_change(change, console(), number)
    if explained:
        _show_why(explained)
    return 0


def _show_why(explained: dict[str, Any], depth: int = 1) -> None:
    shown = console()
    for key, value in explained.items():
        if isinstance(value, dict):
            shown.print("  " * depth + f"{key}:")
            _show_why(value, depth + 1)
        elif isinstance(value, list):
            shown.print("  " * depth + f"{key}:" + ("" if value else " none"))
            for one in value:
                words = (
                    "; ".join(f"{k}: {v}" for k, v in one.items() if v) if isinstance(one, dict) else str(one)
                )
                shown.print("  " * (depth + 1) + "- " + one_line(words))
        elif value not in (None, ""):
            shown.print("  " * depth + f"{key}: {one_line(str(value))}")


def _show_version(context: Context, connection: Connection, what: str, raw: bool) -> int:
    from monitor.consider import unpack
    from monitor.store import blobs, versions

    row = _version_row(context, connection, what)
    if raw:
        stdout = sys.stdout.buffer
        for body in versions.raw_pages(connection, row):
            stdout.write(body)
        return 0
    document = unpack(blobs.get(connection, row.document_sha256))
    if context.json:
        write_json(
            {
                "id": row.id,
                "watch": row.key,
                "number": row.number,
                "first_seen_at": row.first_seen_at.isoformat(),
                "text_sha256": row.text_sha256,
                "extractor": row.extractor,
                "suspect": row.suspect,
                "document": document.as_dict(),
            }
        )
        return 0
    dates = [("stated", document.stated_date), ("effective", document.effective_date)]
    said = "".join(f", {name} {date}" for name, date in dates if date)
    click.echo(f"{row.key}, version {row.number}, first seen {when(row.first_seen_at)}{said}")
    if row.suspect:
        click.echo(f"not taken for the policy: {one_line(row.suspect)}")
    click.echo(f"\n{plain(document.text)}")
    return 0


def _version_row(context: Context, connection: Connection, what: str) -> Any:
    """The version that is written ``acme/privacy@3``, ``acme/privacy@v3`` or ``version:7``.

    Raises:
        UsageError: there is none.
    """
    from monitor.store import versions

    match = re.fullmatch(rf"(?:(?P<name>.+)@[vV]?|version:)(?P<number>{NUMBER})", what)
    number = int(match["number"]) if match else 0
    row = None
    if match and (name := match["name"]):
        key = context.one(connection, name).key
        version_id = versions.id_of(connection, key, number)
        if version_id is None:
            raise UsageError(
                f"{key} has no version {number}; `policy-monitor history {key}` names those it has"
            )
        row = versions.version_row(connection, version_id)
    elif match:
        row = versions.version_row(connection, number)
    if row is None:
        raise UsageError(f'"{what}" is no version and no change; write acme/privacy@3, version:7 or 12')
    return row
