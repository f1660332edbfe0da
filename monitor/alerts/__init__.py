"""What people are told: alerts as values, their routing, their rendering, and the outbox that sends them.

    alerts_of(event) ─ plan(alert) ─ rows, written with the check │ drain: claim ─ render ─ send ─ mark

``alert`` and ``plan`` are pure. ``render`` is the only place that writes markup, ``channels`` the only one
that talks to receivers. ``outbox`` never sends inside a transaction and marks only after a receiver said yes.
"""

from __future__ import annotations

from monitor.alerts.alert import Alert, alerts_of
from monitor.alerts.housekeeping import housekeeping
from monitor.alerts.write import plan_look

__all__ = ["Alert", "alerts_of", "housekeeping", "plan_look"]
