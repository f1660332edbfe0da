"""What every command knows: where config and state are, and how to speak."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from monitor.cli.select import Named
    from monitor.config import Config, Watch
    from monitor.store import Store

F = TypeVar("F", bound=Callable[..., Any])


@dataclass
class Context:
    config_path: Path | None = None
    state: Path | None = None
    json: bool = False
    quiet: bool = False
    verbose: int = 0
    debug: bool = False

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Context:
        return cls(
            config_path=given["config_path"],
            state=given["state"],
            json=given["as_json"],
            quiet=given["quiet"],
            verbose=given["verbose"],
            debug=given["debug"],
        )

    @cached_property
    def config(self) -> Config:
        """The config, loaded once; its warnings go to stderr.

        Raises:
            ConfigError: with every fault of the file.
        """
        from monitor.config import load

        config = load(self.config_path, state=self.state)
        if not self.quiet:
            for warning in config.warnings:
                click.echo(f"warning: {warning}", err=True)
        return config

    @property
    def state_folder(self) -> Path:
        return self.config.folder / self.config.monitor.state

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The state, opened as the config says (and created, and brought up to date), closed at the end."""
        with self._opened(migrate=True) as store:
            yield store

    @contextmanager
    def existing(self) -> Iterator[Store]:
        """The state, which must be there and of this program's schema: who only looks, or decides about what is
        there, creates nothing.

        Raises:
            UsageError: there is none.
        """
        with self._opened(migrate=False) as store:
            yield store

    @contextmanager
    def _opened(self, *, migrate: bool) -> Iterator[Store]:
        from monitor.store import Store

        database = self.config.monitor.database
        url = database.resolve(self.config.folder) if database else None
        store = Store.open(self.state_folder, url, migrate=migrate)
        gc.freeze()  # what was loaded until here stays to the end: no collection has to look at it
        gc.enable()
        try:
            yield store
        finally:
            store.close()

    def watches(self, names: tuple[str, ...], *, enabled: bool = True) -> list[Watch]:
        """The watches that are meant by some names; all (enabled) ones when none is given.

        A name is a watch's key (``acme/privacy``), a vendor, a kind of policy, a pattern, or an address.

        Raises:
            UsageError: a name that means none.
        """
        from monitor.cli.select import chosen

        return chosen(self.config.watches, names, enabled=enabled)

    def stored(self, connection: Connection, names: tuple[str, ...]) -> list[Named]:
        """As ``watches``, of all that are in the config, enabled or not, and of those that left it but are stored.

        Raises:
            UsageError: a name that means none.
        """
        from monitor.cli.select import chosen

        return chosen([*self.config.watches, *self.left(connection)], names, enabled=False)

    def left(self, connection: Connection) -> list[Named]:
        """The stored watches that are no longer in the config, by key."""
        from monitor.store import watches

        known = {watch.key for watch in self.config.watches}
        return [row for row in watches.all_watches(connection) if row.key not in known]

    def one(self, connection: Connection, name: str) -> Named:
        """The one watch that a name means; of several the one that is in the config.

        Raises:
            UsageError: it means none, or several.
        """
        from monitor.cli.select import only

        known = {watch.key for watch in self.config.watches}
        found = self.stored(connection, (name,))
        return only([watch for watch in found if watch.key in known] or found, name)

    def with_flags(self, *, json: bool, quiet: bool, verbose: int) -> Context:
        return replace(
            self, json=self.json or json, quiet=self.quiet or quiet, verbose=self.verbose + verbose
        )


def common(command: F) -> F:
    """``--json``, ``--quiet`` and ``--verbose`` also after the command's name; passes the Context first."""

    @click.option("--json", "as_json", is_flag=True, help="JSON on stdout and nothing else.")
    @click.option("-q", "--quiet", is_flag=True, help="No progress, no hints.")
    @click.option("-v", "--verbose", count=True, help="Say what is done; twice: in detail.")
    @click.option("--debug", is_flag=True, hidden=True)
    @click.option(
        "--config", "config_path", type=click.Path(path_type=Path), metavar="FILE", help="The config file."
    )
    @click.option(
        "--state",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="The state directory.",
    )
    @click.pass_context
    def wrapped(click_context: click.Context, /, **given: Any) -> Any:
        context: Context = click_context.find_root().obj or Context()
        context = context.with_flags(
            json=given.pop("as_json"), quiet=given.pop("quiet"), verbose=given.pop("verbose")
        )
        config_path, state = given.pop("config_path"), given.pop("state")
        context.debug = given.pop("debug") or context.debug
        context.config_path = config_path or context.config_path
        context.state = state or context.state
        from monitor.cli.output import set_up_logging

        set_up_logging(context)
        return command(context, **given)

    wrapped.__name__ = command.__name__
    wrapped.__doc__ = command.__doc__
    for attribute in ("__click_params__",):
        own = getattr(command, attribute, [])
        setattr(wrapped, attribute, getattr(wrapped, attribute, []) + own)
    return wrapped  # type: ignore[return-value]
