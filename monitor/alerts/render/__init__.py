"""From alerts to what a receiver takes: one module for each medium, and the only places that write markup."""

from __future__ import annotations

from monitor.alerts.render.content import Message

__all__ = ["Message"]
