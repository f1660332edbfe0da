"""Worker processes: values in, values out; what dies, dies alone; nothing secret goes in, nothing alive comes out."""

from __future__ import annotations

import asyncio
import os
import pickle
import time

import pytest

from monitor import spans
from monitor.errors import ConfigError, ExtractionError
from monitor.workers import Workers


async def test_values_go_in_and_come_out() -> None:
    async with Workers(1) as workers:
        assert await workers.call(spans.parse_span, "10m") == spans.parse_span("10m")


async def test_an_error_of_the_program_keeps_its_type_and_words() -> None:
    from monitor.config import Secret

    async with Workers(1) as workers:
        with pytest.raises(ConfigError, match="NO_SUCH is not set"):
            await workers.call(Secret.resolve, Secret(env="NO_SUCH"), None)
        with pytest.raises(ExtractionError, match="unexpected ValueError"):
            await workers.call(spans.parse_span, "soon")


async def test_a_worker_that_dies_ends_its_call_only() -> None:
    async with Workers(1) as workers:
        with pytest.raises(ExtractionError, match="ended with status 7"):
            await workers.call(os._exit, 7)
        assert await workers.call(spans.parse_span, "1s")


async def test_processor_time_is_bounded() -> None:
    async with Workers(1, cpu_seconds=1) as workers:
        with pytest.raises(ExtractionError, match="processor time"):
            await workers.call(pow, 3, 10**9)
        assert await workers.call(spans.parse_span, "1s")


async def test_waiting_is_bounded() -> None:
    async with Workers(1, wall_seconds=2) as workers:
        with pytest.raises(ExtractionError, match="more than 2 seconds"):
            await workers.call(time.sleep, 60)
        assert await workers.call(spans.parse_span, "1s")


async def test_memory_is_bounded() -> None:
    async with Workers(1, memory_bytes=400 * 2**20) as workers:
        with pytest.raises(ExtractionError, match="memory"):
            await workers.call(bytes, 2**30)
        assert await workers.call(spans.parse_span, "1s")


async def test_calls_run_side_by_side_up_to_the_size() -> None:
    async with Workers(2) as workers:
        await asyncio.gather(*(workers.call(spans.parse_span, "1s") for _ in range(6)))
        assert len(workers._idle) <= 2


async def test_a_worker_does_not_see_the_secrets_of_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_URL", "T0PS3CRET")
    async with Workers(1) as workers:
        assert await workers.call(os.getenv, "SLACK_URL") is None


async def test_a_reply_that_would_run_something_is_refused() -> None:
    """What a worker answers is data: a hostile page that has taken it over gains nothing in the parent."""
    async with Workers(1) as workers:
        with pytest.raises(ExtractionError, match="is no value"):
            await workers.call(pickle.loads, pickle.dumps(os.system))


async def test_idle_workers_end() -> None:
    async with Workers(1, idle_seconds=0.1) as workers:
        await workers.call(spans.parse_span, "1s")
        process = workers._idle[0].process
        await asyncio.wait_for(process.wait(), 60)
        assert not workers._idle
