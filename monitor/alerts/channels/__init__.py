"""Places to tell it: the user writes an Apprise URL, this opens the sender for it.

Apprise reads the addresses, and sends to its long tail of services. Slack, Teams, Discord, mail and JSON
webhooks have senders of their own, which know a refusal from a delay (docs/decisions/0050).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from monitor.alerts.render import Message
from monitor.config import ChannelTable, Config

Medium = Literal["slack", "teams", "discord", "mail", "json", "atom", "calendar", "text"]


@dataclass(frozen=True, slots=True)
class Channel:
    """An opened channel."""

    name: str
    medium: Medium
    send: Callable[[Message], Awaitable[None]]
    """Sends one message, or raises ``SendError``. Returning means that the receiver said yes."""
    show: Callable[[Message], str]
    """What would be sent, for people to look at; holds no address and no secret."""
    gap: float = 0.0
    """Seconds between two messages, so that the provider's limits hold."""
    capacity: int = 40
    """Alerts in one message, at most."""


def open_channel(table: ChannelTable, config: Config) -> Channel:
    """The channel that a ``[[channel]]`` describes.

    Raises:
        ConfigError: its address cannot be had, or is none that we know; the message never shows it.
    """
    from monitor.alerts.channels.open import opened

    return opened(table, config)
