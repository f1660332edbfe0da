"""What Prometheus is told."""

from __future__ import annotations

import asyncio
import socket
import time
from urllib.request import urlopen

from monitor.metrics import Metrics


def told(port: int) -> dict[str, float]:
    """By name, what was not labelled."""
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    pairs = (line.split() for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


async def test_a_loop_that_stood_still_is_told_of_once() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    metrics = Metrics(port)
    attending = asyncio.create_task(metrics.attend())
    try:
        await asyncio.sleep(0.1)
        time.sleep(3)
        await asyncio.sleep(0.1)
        assert (await asyncio.to_thread(told, port))["policy_monitor_loop_blocked_seconds"] > 2.5
        assert (await asyncio.to_thread(told, port))["policy_monitor_loop_blocked_seconds"] < 2.5
        metrics.ticked(3)
        assert (await asyncio.to_thread(told, port))["policy_monitor_looks_under_way"] == 3
    finally:
        attending.cancel()
        metrics.close()


async def test_without_a_port_nobody_is_told_and_nothing_is_measured() -> None:
    metrics = Metrics(None)
    await metrics.attend()
    metrics.ticked(1)
    metrics.close()
