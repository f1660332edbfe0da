"""``run``: the daemon."""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from monitor.cli.context import Context, common
from monitor.errors import StateError


@click.command()
@common
def run(context: Context) -> int:
    """The daemon, in the foreground: looks at every policy when it is due and sends the alerts.

    SIGHUP reloads the config; SIGTERM ends looks and messages that are under way, then stops; a second one hurries.
    Ready for systemd (Type=notify, watchdog); see systemd/.
    """
    import asyncio

    from monitor.config import load
    from monitor.daemon import Daemon

    if not context.quiet and not context.verbose:
        logging.getLogger("monitor").setLevel(logging.INFO)
    config = context.config
    with context.store() as store, _only_one(context.state_folder):

        async def serve() -> None:
            await Daemon(config, lambda: load(context.config_path, state=context.state), store).serve()

        asyncio.run(serve())
    return 0


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Hold the state's daemon lock; it goes with the process, however that ends."""
    with (folder / "daemon.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StateError(
                f"{folder / 'daemon.lock'}: another daemon is at work on this state; stop it "
                "(`systemctl stop policy-monitor`), or name another --state"
            ) from None
        yield
