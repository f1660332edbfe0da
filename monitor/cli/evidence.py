"""``verify``, ``export``, ``backup``, ``restore`` and ``gc``: the state as evidence."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.context import Context, common
from monitor.cli.output import counted, hint, one_line, write_json
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.consider import Case
    from monitor.evidence.faults import Progress
    from monitor.store import Store

SHOWN = 20
ARCHIVES = (".zip", ".tgz", ".tar", ".gz", ".bz2", ".xz", ".zst", ".7z", ".rar")
"""Endings of names that nobody gives to a folder."""


@click.command()
@click.option(
    "--since", metavar="DATE", help="Read rows and pages again from this day on (2026-03-01, or 30d ago)."
)
@click.option(
    "--head", metavar="HASH", help="A head of the chain from a digest or case file: it must be part of it."
)
@click.option(
    "--rerun",
    is_flag=True,
    help="Also read and compare everything again that is stored, and expect the same.",
)
@common
def verify(context: Context, since: str | None, head: str | None, rerun: bool) -> int:
    """Prove that nothing stored was altered or lost.

    Follows the chain from its first record, compares every row and every byte with it, and checks what must hold
    between rows. Exit code 0: no fault; 1: the faults are listed, the first one first.
    """
    from monitor.evidence.verify import verify as verified

    with context.existing() as store, progress(context, "verifying") as advance:
        cases = read_as_today(context, store) if rerun else None
        report = verified(store, since=moment(since, "--since"), head=head, rerun=cases, progress=advance)
    if context.json:
        write_json(report.as_dict())
        return 0 if report.clean else 1
    for fault in report.faults[:SHOWN]:
        click.echo(f"{fault.kind}: {one_line(fault.message)}")
    if len(report.faults) > SHOWN:
        click.echo(f"… and {len(report.faults) - SHOWN} more (--json has up to a thousand)")
    if report.clean:
        click.echo(f"no fault: {report.records} records and {report.rows} rows are as they were written")
    click.echo(f"head {report.head}")
    if not report.clean:
        hint(
            context,
            "keep a copy of the state as it is; then `policy-monitor restore BACKUP` puts a sound one in place",
        )
    return 0 if report.clean else 1


@click.command()
@click.argument("names", metavar="[WATCH]...", nargs=-1)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A new folder, or a new file ending in .zip.",
)
@click.option("--since", metavar="DATE", help="Looks from this day on.")
@click.option("--until", metavar="DATE", help="Looks before this day.")
@click.option("--timestamp", metavar="URL", help="Have the manifest stamped by this RFC 3161 authority.")
@common
def export(
    context: Context,
    names: tuple[str, ...],
    output: Path | None,
    since: str | None,
    until: str | None,
    timestamp: str | None,
) -> int:
    """A case file that others can check and read.

    Holds a report for the browser, the raw pages, JSON, CSV, a WARC file, the records of the chain and a manifest
    that sha256sum can check. Without a WATCH: everything that is stored.
    """
    from monitor.evidence.case import Period
    from monitor.evidence.export import export as exported
    from monitor.store import watches

    now = datetime.now(UTC)
    if output is not None and output.suffix.lower() in ARCHIVES and output.suffix != ".zip":
        raise UsageError(f"{output}: a case file is a folder or a .zip; write {output.with_suffix('.zip')}")
    period = Period(moment(since, "--since"), moment(until, "--until"))
    with context.existing() as store, progress(context, "exporting") as advance:
        with store.read() as connection:
            keys = [watch.key for watch in context.stored(connection, names)] if names else None
            if not keys and not watches.all_watches(connection):
                raise UsageError("nothing was looked at yet; `policy-monitor check` looks")
        name = keys[0].replace("/", "-") if keys and len(keys) == 1 else "policies"
        target = output or Path(f"case-{name}-{now:%Y%m%dT%H%M%SZ}.zip")
        made = exported(
            store, target, keys=keys, period=period, now=now, authority=timestamp, progress=advance
        )
    if context.json:
        write_json(made.as_dict())
        return 0
    policies, versions = counted(made.policies, "policy", "policies"), counted(made.versions, "version")
    click.echo(f"{made.path}: {policies}, {versions}, {counted(made.files, 'file')}")
    click.echo(f"sha256 of manifest.sha256: {made.manifest_sha256}")
    if made.faults:
        click.echo(f"ATTENTION: the state has faults: {one_line(made.faults[0].message)}", err=True)
    hint(context, "unpack it and open report.html; README.txt says how to check it")
    return 0


@click.command()
@click.argument("target", type=click.Path(path_type=Path), default=Path())
@common
def backup(context: Context, target: Path) -> int:
    """Copy the state while everything runs.

    TARGET is a new file or a directory (default: here). The copy is proven before it gets its name.
    """
    from monitor.evidence.backup import backup as backed_up

    with context.existing() as store, progress(context, "checking the copy") as advance:
        made = backed_up(store, target, now=datetime.now(UTC), progress=advance)
    if context.json:
        write_json(made.as_dict())
        return 0
    click.echo(f"{made.path}: {made.size / 1e6:.1f} MB, {made.records} records, head {made.head}")
    return 0


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Also a backup that verify finds faults in.")
@common
def restore(context: Context, source: Path, force: bool) -> int:
    """Put a backup in place.

    SOURCE is a file that `backup` made. It is proven first; the state that was there is kept beside it. Stop the
    daemon before. Alerts that were sent after the backup may be sent once more.
    """
    from monitor.evidence.backup import restore as restored

    if context.config.monitor.database is not None:
        raise UsageError(
            "the state is in PostgreSQL: stop the daemon, then "
            "`pg_restore --clean --if-exists --single-transaction --dbname=DATABASE policy-monitor.dump`; "
            "`policy-monitor verify` proves it"
        )
    with progress(context, "checking the backup") as advance:
        made = restored(source, context.state_folder, now=datetime.now(UTC), force=force, progress=advance)
    if context.json:
        write_json(made.as_dict())
        return 0
    click.echo(f"{made.path}: {made.records} records, head {made.head}")
    if made.before:
        hint(context, f"what was there before is kept as {made.before}")
    return 0


@click.command()
@click.option(
    "--keep", metavar="SPAN", help="How long raw pages of unchanged looks stay; default: keep of [monitor]."
)
@common
def gc(context: Context, keep: str | None) -> int:
    """Drop raw pages that no version needs.

    Pages of looks that saw nothing new, once they are older than `keep`. Versions, and pages of any look with
    another outcome, always stay; so do all rows and hashes.
    """
    from monitor.evidence.retention import gc as collected
    from monitor.spans import parse_span

    try:
        span = parse_span(keep) if keep else context.config.monitor.keep
    except ValueError as error:
        raise UsageError(f"--keep: {error}") from None
    if span is None:
        raise UsageError('say how long raw pages stay: --keep 90d, or keep = "90d" in [monitor]')
    with context.existing() as store:
        released = collected(store, span, now=datetime.now(UTC))
    if context.json:
        write_json(released.as_dict())
        return 0
    click.echo(f"{released.pages} pages let go, {released.bytes / 1e6:.2f} MB are free for new ones")
    return 0


def read_as_today(context: Context, store: Store) -> dict[str, Case]:
    """The watches whose stored pages were read with today's options (or only imported), and how they are read."""
    from monitor.pipeline import case_of
    from monitor.sight import read_as
    from monitor.store import watches

    with store.read() as connection:
        rows = {row.key: row.read_as for row in watches.all_watches(connection)}
    return {
        watch.key: case_of(watch, context.config)
        for watch in context.config.watches
        if watch.key in rows and rows[watch.key] in (None, read_as(watch))
    }


def moment(text: str | None, option: str) -> datetime | None:
    """A day, a time, or a span before now, as an aware time; UTC where nothing is said."""
    if text is None:
        return None
    from monitor.spans import parse_span

    try:
        return datetime.now(UTC) - parse_span(text.removesuffix("ago").strip())
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f'{option}: "{text}" is no date; write for instance 2026-03-01, or 30d') from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


@contextmanager
def progress(context: Context, what: str) -> Iterator[Progress]:
    """A progress bar on stderr, if that is a terminal and nobody asked for quiet."""
    if context.quiet or context.json or not sys.stderr.isatty():
        yield lambda _stage, _done, _total: None
        return
    from rich.progress import Progress as Bars

    from monitor.cli.output import console

    with Bars(console=console(stderr=True), transient=True) as bars:
        bar = bars.add_task(what, total=None)

        def advance(stage: str, done: int, total: int) -> None:
            bars.update(bar, description=f"{what}: {stage}", completed=done, total=total)

        yield advance
