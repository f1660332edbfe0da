"""A clock that is set back: what was due by the wrong one is sent by the right one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.errors import SendError
from monitor.store import outbox
from outbox_world import World

BACK = timedelta(days=3)


def failing(_message: object) -> None:
    raise SendError("no answer")


@pytest.mark.parametrize("wrong", ["when it was written", "when it was tried"])
async def test_an_alert_of_a_clock_that_was_ahead_is_not_late(wrong: str, tmp_path: Path) -> None:
    world = World(tmp_path, "web")
    begun = world.now
    world.scripts["web"] = failing
    if wrong == "when it was tried":
        world.write(0)
    world.now += BACK
    if wrong == "when it was written":
        world.write(0)
    await world.drain()
    world.now = begun + timedelta(seconds=30)
    del world.scripts["web"]
    with world.store.write() as connection:
        outbox.pull_forward(connection, world.now)
    await world.live(timedelta(hours=2))
    assert world.delivered("web") == ["change:0"]
    world.close()


async def test_the_pause_of_a_channel_is_not_as_long_as_the_step_of_the_clock(tmp_path: Path) -> None:
    world = World(tmp_path, "slow", gap=2.0)
    world.write(0)
    await world.drain()
    world.now = begun = world.now - BACK
    world.write(1, 2)
    await world.live(timedelta(hours=1))
    assert world.delivered("slow") == ["change:0", "change:1", "change:2"]
    assert world.now - begun < timedelta(minutes=1)
    world.close()


async def test_a_digest_waits_for_its_time_all_the_same(tmp_path: Path) -> None:
    """The control: nothing is brought back that is right."""
    world = World(tmp_path, "web", digest="daily 08:00")
    world.write(0)
    [before] = world.rows()
    with world.store.write() as connection:
        outbox.pull_forward(connection, world.now)
    assert world.rows() == [before]
    assert before.due_at > world.now
    world.close()
