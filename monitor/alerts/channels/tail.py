"""The long tail: every service that Apprise knows, as plain text.

Apprise says yes or no, not why: what it could not deliver is tried again (docs/decisions/0050).
"""

from __future__ import annotations

import logging
import warnings
from importlib import import_module
from typing import Any

import apprise

from monitor.alerts.channels import Channel
from monitor.alerts.render import Message
from monitor.alerts.render.template import Template
from monitor.alerts.render.text import text
from monitor.alerts.render.words import plain, still
from monitor.errors import ConfigError, SendError

SMALLEST = 400
"""Characters of text that we fit a message into; of a service that takes fewer the rest is cut off."""

_PLUGINS = {
    "discord": "discord:NotifyDiscord",
    "json": "custom_json:NotifyJSON",
    "jsons": "custom_json:NotifyJSON",
    "mailto": "email:NotifyEmail",
    "mailtos": "email:NotifyEmail",
    "slack": "slack:NotifySlack",
    "workflow": "workflows:NotifyWorkflows",
    "workflows": "workflows:NotifyWorkflows",
}
"""Scheme -> module and class of the Apprise plugin whose addresses our own senders take."""

# They log (parts of) addresses, and addresses are secrets: whatever the level, none of it is let through.
for _name in ("apprise", "urllib3.connectionpool", "requests"):
    logging.getLogger(_name).addFilter(lambda _record: False)


def _asset() -> apprise.AppriseAsset:
    return apprise.AppriseAsset(
        app_id="policy-monitor",
        app_desc="policy-monitor",
        http_redirects=False,  # a redirected POST is reported as delivered and was not
        secure_logging=True,
    )


def service_of(name: str, address: str) -> Any:
    """What Apprise makes of an address.

    Raises:
        ConfigError: it can make nothing of it.
    """
    service = _by_its_plugin(address)
    if service is None:
        with warnings.catch_warnings():  # all plugins are loaded here, and import what Python has deprecated
            warnings.simplefilter("ignore", DeprecationWarning)
            service = apprise.Apprise.instantiate(address, asset=_asset(), suppress_exceptions=True)
    if service is None:
        cure = "its documentation has the forms"
        if address.lower().startswith(("http://", "https://")):
            cure = (
                "for a webhook write jsons:// instead of https://, for one that takes Slack's, slack+https://"
            )
        raise ConfigError([f'[[channel]] "{name}": the address is none that Apprise knows; {cure}'])
    return service


def _by_its_plugin(address: str) -> Any:
    """What the one plugin makes of an address that is most often used, None where all have to be asked: a daemon
    would carry the other hundred along (18 MiB) to read a single address."""
    place = _PLUGINS.get(address.partition(":")[0].lower())
    if place is None:
        return None
    module, _, name = place.partition(":")
    try:
        plugin = getattr(import_module(f"apprise.plugins.{module}"), name)
        parts = plugin.parse_url(address.replace("/#", "/%23"))  # as Apprise itself does
        return plugin(**parts, tag=set(), asset=_asset()) if parts else None
    except Exception:  # another Apprise, or a wrong address, for which there are words below
        return None


def tail(name: str, service: Any, template: Template | None) -> Channel:
    """A channel that Apprise serves."""
    limit = max(min(service.body_maxlen, 30_000) - 100, SMALLEST)

    def words(message: Message) -> str:
        if template is not None:
            message, own = template.apply(message)
            if own is not None:
                return "\n".join(still(plain(line)) for line in own.splitlines())
        return text(message, limit=limit)

    async def send(message: Message) -> None:
        box = apprise.Apprise(asset=_asset())  # one object for one delivery: no partial success
        box.add(service)
        result = await box.async_notify(
            body=words(message)[: service.body_maxlen],
            title=still(plain(message.title))[: service.title_maxlen],
            body_format=apprise.NotifyFormat.TEXT,
        )
        if not result:
            raise SendError(f"the service did not take it ({type(service).__name__})")

    return Channel(name, "text", send, words, gap=1.0, capacity=10)
