"""``config.toml``: what may stand in it, read once, checked whole.

Every fault of a file is reported at once, with the key and the cure. Secrets are taken by reference (file,
environment, systemd credential); a literal one works, with a warning, and is never shown.
"""

from __future__ import annotations

from monitor.config.fields import slug
from monitor.config.load import SYSTEM_CONFIG, load, parse
from monitor.config.tables import DEFAULT_USER_AGENT, ChannelTable, RuleTable, Secret
from monitor.config.whole import Config, Watch

__all__ = [
    "DEFAULT_USER_AGENT",
    "SYSTEM_CONFIG",
    "ChannelTable",
    "Config",
    "RuleTable",
    "Secret",
    "Watch",
    "load",
    "parse",
    "slug",
]
