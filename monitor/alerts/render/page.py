"""A redline as a page of its own: nothing is cut, nothing is left out."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.alerts.alert import Alert
from monitor.alerts.render.content import Message
from monitor.alerts.render.html import html
from monitor.model import Comparison


def redline_page(comparison: Comparison, *, before: str, after: str) -> str:
    """A comparison as HTML; ``before`` and ``after`` say what was compared."""
    alert = Alert(
        kind="change",
        key="",
        at=datetime.min.replace(tzinfo=UTC),
        summary=comparison.summary or comparison.reason or "Nothing changed.",
        vendor=f"{before} → {after}",
        comparison=comparison,
        effective_date=comparison.effective_date,
    )
    return html(Message("", (alert,)), channel="", whole=True)
