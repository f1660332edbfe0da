"""Prometheus metrics of the daemon, on a loopback port, when the config names one (extra ``metrics``)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from monitor.errors import ConfigError

if TYPE_CHECKING:
    from monitor.pipeline import Result

log = logging.getLogger(__name__)


class Metrics:
    """Counts what the daemon does; does nothing where no port is configured."""

    def __init__(self, port: int | None) -> None:
        self._server: Any = None
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
        try:
            self._server, _ = start_http_server(port, addr="127.0.0.1", registry=registry)
        except OSError as error:
            raise ConfigError(
                [f"[monitor]: metrics_port: {port}: {error.strerror}; choose a free one"]
            ) from None
        log.info("metrics on http://127.0.0.1:%d/metrics", port)

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
