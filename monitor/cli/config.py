"""``config``: is the file right, and does this machine have what it refers to?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from monitor.cli.context import Context, common
from monitor.cli.output import counted, write_json
from monitor.errors import ConfigError

if TYPE_CHECKING:
    from monitor.config import ChannelTable, Config, Secret


@click.group()
def config() -> None:
    """Check the config, or show it."""


@config.command("check")
@common
def check(context: Context) -> int:
    """Read the config, what it refers to (secrets, templates) and the address of every channel.

    Every fault is reported at once; exit code 2 if there is one. Nothing is sent: `notify --test` does that.
    """
    found = context.config
    faults = [*missing(found), *closed(found)]
    if faults:
        raise ConfigError([f"{found.path}: {fault}" for fault in faults])
    unseen = [
        f"{place}: credential {secret.credential} is seen by the service only, and was not tried"
        for place, secret in secrets(found)
        if _unseen(secret)
    ]
    enabled = [watch for watch in found.watches if watch.enabled]
    if context.json:
        write_json(
            {
                "config": str(found.path),
                "policies": len(enabled),
                "channels": len(found.channel),
                "warnings": [*found.warnings, *unseen],
            }
        )
        return 0
    for warning in unseen if not context.quiet else ():
        click.echo(f"warning: {warning}", err=True)
    click.echo(
        f"{found.path}: good: {counted(len(enabled), 'policy', 'policies')} of "
        f"{counted(len(found.vendor), 'vendor')}, {counted(len(found.channel), 'channel')}"
    )
    return 0


@config.command("show")
@common
def show(context: Context) -> int:
    """The config as it is understood, defaults filled in, without secrets."""
    write_json(context.config.model_dump(mode="json", exclude_none=True))
    return 0


def secrets(config: Config) -> Iterator[tuple[str, Secret]]:
    """Every secret that the config refers to, and where it stands."""
    for name in ("database", "proxy", "ping_url"):
        secret = getattr(config.monitor, name)
        if secret is not None:
            yield f"[monitor]: {name}", secret
    for channel in config.channel:
        yield f'[[channel]] "{channel.name}"', channel.address
        if channel.secret is not None:
            yield f'[[channel]] "{channel.name}": secret', channel.secret
    for watch in config.watches:
        for header, secret in watch.headers.items():
            yield f'[[vendor.policy]] {watch.key}: header "{header}"', secret


def missing(config: Config) -> Iterator[str]:
    """What the config refers to and is not there."""
    for place, secret in secrets(config):
        if not _unseen(secret):
            try:
                secret.resolve(config.folder)
            except ConfigError as error:
                yield f"{place}: {error}"
    ca_file = config.monitor.ca_file
    if ca_file is not None and not (config.folder / ca_file).is_file():
        yield f"[monitor]: ca_file: {config.folder / ca_file}: no such file"


def closed(config: Config) -> Iterator[str]:
    """Channels whose address is there and cannot be used, and templates that cannot."""
    from monitor.alerts.channels import open_channel
    from monitor.alerts.render.template import Template

    for table in config.channel:
        if table.template is not None and (why := Template(config.folder / table.template).fault()):
            yield f'[[channel]] "{table.name}": template: {why}'
        if not _has_all(table, config):
            continue
        try:
            open_channel(table, config)
        except ConfigError as error:
            yield str(error)


def _has_all(table: ChannelTable, config: Config) -> bool:
    """Whether everything is there that its address is made of; what is not is told of elsewhere."""
    try:
        for secret in (table.address, table.secret, config.monitor.proxy):
            if secret is not None:
                secret.resolve(config.folder)
    except ConfigError:
        return False
    return True


def _unseen(secret: Secret) -> bool:
    """Credentials are handed to the service alone: on a terminal they are not there, and that is as it should be."""
    return secret.credential is not None and not os.environ.get("CREDENTIALS_DIRECTORY")
