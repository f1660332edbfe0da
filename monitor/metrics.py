"""Prometheus metrics of the daemon, on a loopback port, when the config names one (extra ``metrics``)."""

from __future__ import annotations

import asyncio
import logging
from time import monotonic
from typing import TYPE_CHECKING, Any

from monitor.errors import ConfigError

if TYPE_CHECKING:
    from monitor.pipeline import Result

log = logging.getLogger(__name__)

PROBE_SECONDS = 0.05
"""How often the loop is asked for a sign of life, where somebody wants to know."""


class Metrics:
    """Counts what the daemon does; does nothing where no port is configured."""

    def __init__(self, port: int | None) -> None:
        self._server: Any = None
        self._awake = self._longest = 0.0
        if port is None:
            return
        try:
            from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
        except ImportError:
            raise ConfigError(
                ["[monitor]: metrics_port: needs the extra: pip install 'policy-monitor[metrics]'"]
            ) from None
        registry = CollectorRegistry()
        self._looks = Counter(
            "policy_monitor_looks_total", "Looks by what they came to.", ["outcome"], registry=registry
        )
        self._changes = Counter(
            "policy_monitor_changes_total",
            "Alerts about changes, by severity.",
            ["severity"],
            registry=registry,
        )
        self._seconds = Histogram(
            "policy_monitor_fetch_seconds", "Seconds that fetching took, a look.", registry=registry
        )
        self._ticked = Gauge(
            "policy_monitor_last_tick_timestamp", "Unix time of the last tick.", registry=registry
        )
        self._under_way = Gauge("policy_monitor_looks_under_way", "Looks under way.", registry=registry)
        blocked = Gauge(
            "policy_monitor_loop_blocked_seconds",
            "The longest time since it was asked last in which one thing kept all others waiting.",
            registry=registry,
        )
        blocked.set_function(self._blocked)
        try:
            self._server, _ = start_http_server(port, addr="127.0.0.1", registry=registry)
        except OSError as error:
            raise ConfigError(
                [f"[monitor]: metrics_port: {port}: {error.strerror}; choose a free one"]
            ) from None
        log.info("metrics on http://127.0.0.1:%d/metrics", port)

    async def attend(self) -> None:
        """Note for how long the loop keeps others waiting; ends at once where nobody asks."""
        while self._server is not None:
            self._awake = monotonic()
            await asyncio.sleep(PROBE_SECONDS)
            self._longest = max(self._longest, self._late())

    def _late(self) -> float:
        return max(monotonic() - self._awake - PROBE_SECONDS, 0.0) if self._awake else 0.0

    def _blocked(self) -> float:
        """Asked in the server's own thread: a loop that is blocked right now is told of too."""
        longest, self._longest = self._longest, 0.0
        return max(longest, self._late())

    def ticked(self, under_way: int) -> None:
        if self._server is not None:
            self._ticked.set_to_current_time()
            self._under_way.set(under_way)

    def looked(self, result: Result) -> None:
        if self._server is None:
            return
        self._looks.labels(result.outcome.outcome).inc()
        self._seconds.observe(result.outcome.seconds)
        if result.event.alert and result.event.comparison:
            self._changes.labels(result.event.comparison.severity or "none").inc()

    def close(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
