"""Whatever a receiver does, every alert arrives once it is back, in order, once; or is told elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from monitor.alerts.outbox import FIRST_DELAY, LONGEST_DELAY, delay
from monitor.alerts.render import Message
from monitor.alerts.write import write_alert
from monitor.errors import ConfigError, SendError, StateError
from monitor.evidence.verify import verify
from monitor.store import deliveries, mutes, outbox
from monitor.store.schema import alert, delivery
from outbox_world import START, World, made_alert

KEYS = [f"change:{number}" for number in range(9)]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., World]]:
    worlds: list[World] = []

    def made(*names: str, **more: object) -> World:
        worlds.append(World(tmp_path / str(len(worlds)), *names, **more))  # type: ignore[arg-type]
        return worlds[-1]

    yield made
    for world in worlds:
        world.close()


def failing(world: World, until: timedelta, error: SendError) -> Callable[[Message], None]:
    def script(_message: Message) -> None:
        if world.now < START + until:
            raise error

    return script


@pytest.mark.parametrize(
    ("until", "error"),
    [
        (timedelta(hours=1), SendError("answered 500")),
        (timedelta(minutes=30), SendError("answered 429", retry_after=1800)),
        (timedelta(hours=1), SendError("no answer within 60 seconds")),
        (timedelta(hours=1), SendError("cannot reach it (ReadError)")),
        (timedelta(hours=1), SendError("answered 302")),
        (timedelta(days=1), SendError("cannot reach it (ConnectError)")),
    ],
    ids=["500", "429", "hangs", "resets", "redirects", "down"],
)
async def test_all_arrive_once_the_receiver_is_back(
    make: Callable[..., World], until: timedelta, error: SendError
) -> None:
    world = make("ill", "well")
    world.scripts["ill"] = failing(world, until, error)
    world.write(*range(9))
    await world.live()
    assert sorted(world.delivered("ill")) == KEYS  # none lost, none twice
    for rest in range(3):
        of_watch = [key for key in world.delivered("ill") if int(key[7:]) % 3 == rest]
        assert of_watch == sorted(of_watch)
    assert sorted(key for key in world.delivered("well") if key in KEYS) == KEYS
    assert {at for at, message in world.taken["well"] if message.alerts[0].kind == "change"} == {START}
    tries = [at for name, at in world.tried if name == "ill"]
    back = min(at for at, _ in world.taken["ill"])
    assert back - (START + until) <= LONGEST_DELAY
    # 5, 10, 20 … 3600 s, less up to a fifth: at most so many tries, whatever the number of alerts
    doubling = sum(1 for n in range(1, 13) if delay(n, "x") < LONGEST_DELAY * 0.8)
    assert len([at for at in tries if at < START + until]) <= doubling + until / (LONGEST_DELAY * 0.8) + 3
    if error.retry_after:
        assert [at for at in tries if at < START + until] == [START]


async def test_alerts_that_come_during_a_short_outage_arrive_soon_after_it(
    make: Callable[..., World],
) -> None:
    """Each new alert must not lengthen the rest of its channel, and a channel that is back gets all at once."""
    world = make("ill", watches=40)
    world.scripts["ill"] = failing(world, timedelta(seconds=36), SendError("answered 503"))
    for number in range(20):
        world.write(number)
        await world.drain()
        world.now += timedelta(seconds=2)
    assert len(world.tried) < 8
    while world.now < START + timedelta(minutes=2):
        await world.drain()
        world.now += timedelta(seconds=1)
    assert len(set(world.delivered("ill"))) == 20


async def test_a_long_outage_is_told_elsewhere_once_and_its_alerts_wait(make: Callable[..., World]) -> None:
    world = make("ill", "well")
    world.scripts["ill"] = failing(world, timedelta(days=1), SendError("answered 503"))
    world.write(0)
    await world.live()
    told = [m.alerts[0] for _, m in world.taken["well"] if m.alerts[0].kind == "channel_failed"]
    assert len(told) == 1
    assert "ill" in told[0].summary
    assert told[0].since == START
    assert world.delivered("ill") == ["change:0"]


async def test_a_channel_in_trouble_is_known_by_its_last_error_and_the_first(
    make: Callable[..., World],
) -> None:
    world = make("ill", "well")

    def troubles() -> list[tuple[object, ...]]:
        with world.store.read() as connection:
            rows = deliveries.troubles(connection, world.now)
            return [(row.channel, row.late, row.dead, row.since, row.error) for row in rows]

    world.scripts["ill"] = failing(world, timedelta(minutes=2), SendError("answered 503"))
    world.write(0)
    await world.drain()
    assert troubles() == [("ill", 1, 0, START, "answered 503")]
    world.now += timedelta(minutes=1)
    world.scripts["ill"] = failing(world, timedelta(minutes=2), SendError("answered 502"))
    world.write(1)
    await world.drain()
    [(_, late, dead, since, error)] = troubles()
    assert late >= 1
    assert (dead, since, error) == (0, START, "answered 502")
    await world.live()
    assert troubles() == []


async def test_a_refusal_is_a_dead_letter_that_is_told_elsewhere(make: Callable[..., World]) -> None:
    world = make("ill", "well")

    def refuse(message: Message) -> None:
        raise SendError("answered 404", permanent=True)

    world.scripts["ill"] = refuse
    world.write(0)
    drained = await world.drain()
    assert drained.dead == 1
    rows = world.rows(delivery.c.channel, delivery.c.status, delivery.c.reason)
    assert rows[0] == ("ill", "dead", "answered 404")
    await world.live()
    [told] = [m.alerts[0] for _, m in world.taken["well"] if m.alerts[0].kind == "channel_failed"]
    assert "answered 404" in told.summary
    assert "Change number 0." in told.lines[0]
    assert len([name for name, _ in world.tried if name == "ill"]) == 1


async def test_two_channels_that_refuse_do_not_complain_about_each_other_for_ever(
    make: Callable[..., World],
) -> None:
    world = make("a", "b")

    def refuse(_message: Message) -> None:
        raise SendError("answered 410", permanent=True)

    world.scripts = {"a": refuse, "b": refuse}
    world.write(0)
    await world.live()
    with world.store.read() as connection:
        kinds = connection.scalars(select(alert.c.kind)).all()
    assert sorted(kinds) == ["change", "channel_failed", "channel_failed"]
    assert not world.taken["a"] + world.taken["b"]


async def test_of_a_refused_bundle_only_the_poisoned_one_dies(make: Callable[..., World]) -> None:
    world = make("ill")

    def choke(message: Message) -> None:
        if any(one.key == "change:4" for one in message.alerts):
            raise SendError("answered 400", permanent=True)

    world.scripts["ill"] = choke
    world.write(*range(9))
    await world.live()
    assert sorted(world.delivered("ill")) == sorted(set(KEYS) - {"change:4"})
    statuses = {row.status for row in world.rows(delivery.c.status)}
    assert statuses == {"delivered", "dead", "stopped"}  # stopped: nobody else to complain to


async def test_an_alert_that_a_receiver_chokes_on_does_not_hold_up_other_policies(
    make: Callable[..., World],
) -> None:
    world = make("ill")

    def choke(message: Message) -> None:
        if message.alerts[0].key == "change:0":
            raise SendError("answered 500")

    world.scripts["ill"] = choke
    world.write(0, 1, 2, 3)  # 3 is of the same watch as 0 and must wait for it
    for _ in range(6):
        await world.drain()
        world.now += timedelta(minutes=3)
    assert world.delivered("ill") == ["change:1", "change:2"]
    world.scripts.clear()
    await world.live()
    assert world.delivered("ill") == ["change:1", "change:2", "change:0", "change:3"]


async def test_a_hanging_channel_delays_nobody_not_even_what_comes_later(make: Callable[..., World]) -> None:
    world = make("hangs", "well")
    opened = world.open
    free = asyncio.Event()

    def open_(name: str):  # type: ignore[no-untyped-def]
        channel = opened(name)
        if name != "hangs":
            return channel

        async def hang(message: Message) -> None:
            await free.wait()
            await channel.send(message)

        from dataclasses import replace

        return replace(channel, send=hang)

    world.box.opener = open_
    world.write(0)
    draining = asyncio.create_task(world.drain())
    async with asyncio.timeout(60):
        while world.delivered("well") != ["change:0"]:
            await asyncio.sleep(0.01)
        world.write(1)
        while world.delivered("well") != ["change:0", "change:1"]:
            await asyncio.sleep(0.01)
        assert not world.taken["hangs"]
        free.set()
        await draining
    assert world.delivered("hangs") == ["change:0", "change:1"]


async def test_a_fault_of_the_database_on_one_channel_lets_the_others_finish(
    make: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make("ill", "well")
    world.write(0)
    mark = outbox.mark_delivered

    def locked(connection: Connection, claimed: outbox.Claimed, now: datetime) -> None:
        if claimed.channel == "ill":
            raise StateError("the database is locked")
        mark(connection, claimed, now)

    monkeypatch.setattr(outbox, "mark_delivered", locked)
    with pytest.raises(StateError, match="locked"):
        await world.drain()
    assert [row[0] for row in world.rows(delivery.c.status)] == ["pending", "delivered"]
    monkeypatch.undo()
    world.now += outbox.LEASE
    await world.live()
    assert world.delivered("ill") == ["change:0", "change:0"]  # sent, not noted, sent again
    assert [message.repeated for _, message in world.taken["ill"]] == [False, True]


async def test_several_drains_at_once_send_everything_once(make: Callable[..., World]) -> None:
    world = make("one", "two")
    world.write(*range(9))
    others = [world.outbox() for _ in range(3)]
    try:
        for _ in range(6):
            await asyncio.gather(world.drain(), *(box.drain() for box in others))
    finally:
        for box in others:
            box.close()
    assert sorted(world.delivered("one")) == KEYS
    assert sorted(world.delivered("two")) == KEYS


async def test_a_thousand_changes_at_once_keep_the_provider_s_pace_and_all_arrive(
    make: Callable[..., World],
) -> None:
    world = make("slow", gap=1.1, watches=50)
    world.write(*range(1000))
    await world.live()
    keys = world.delivered("slow")
    assert sorted(keys) == sorted(f"change:{number}" for number in range(1000))
    for rest in range(50):
        numbers = [int(key[7:]) for key in keys if int(key[7:]) % 50 == rest]
        assert numbers == sorted(numbers)
    times = [at for name, at in world.tried]
    assert len(times) == 25  # 40 alerts in a message
    assert min(later - at for at, later in pairwise(times)) >= timedelta(seconds=1.1)


async def test_the_pace_holds_at_the_receiver_also_where_a_message_is_long_under_way(
    make: Callable[..., World],
) -> None:
    world = make("slow", gap=2.0, watches=3)

    def slow(_message: Message) -> None:
        world.now += timedelta(seconds=1.5)  # it arrives when it was sent, and so long

    world.scripts["slow"] = slow
    world.write(0, 1, 2)
    await world.live()
    arrived = [at for at, _ in world.taken["slow"]]
    assert len(arrived) == 3
    assert min(later - at for at, later in pairwise(arrived)) >= timedelta(seconds=3.5)


async def test_a_digest_is_one_message_at_its_time(make: Callable[..., World]) -> None:
    world = make("legal", digest="daily 15:00")
    world.write(0, 1)
    world.now += timedelta(hours=1)
    world.write(2)
    assert (await world.drain()).delivered == 0
    world.now = START + timedelta(hours=3)
    assert (await world.drain()).delivered == 3
    [(_, message)] = world.taken["legal"]
    assert [one.key for one in message.alerts] == ["change:0", "change:1", "change:2"]
    assert message.digest is not None
    assert message.chain_head is not None
    assert message.chain_head[1] in " ".join(message.footnotes)


async def test_an_attempt_without_an_end_is_tried_again_and_explained(make: Callable[..., World]) -> None:
    world = make("legal")
    world.write(0)
    with world.store.write() as connection:  # a process of another machine claims, and dies
        first = outbox.claim_due(connection, "legal", "elsewhere:1:x", world.now)
    assert first is not None
    assert (await world.drain()).delivered == 0  # its lease holds
    world.now += outbox.LEASE
    assert (await world.drain()).delivered == 1
    [(_, message)] = world.taken["legal"]
    assert message.repeated
    assert message.id == first.message_id  # a receiver can recognise the repetition
    assert "may have reached you before" in message.footnotes[0]
    assert [(one.ended_at is None, one.outcome) for one in world.attempts()] == [
        (True, None),
        (False, "delivered"),
    ]


async def test_the_lease_of_a_dead_process_here_is_free_at_once(make: Callable[..., World]) -> None:
    import socket

    world = make("legal")
    world.write(0)
    with world.store.write() as connection:
        outbox.claim_due(connection, "legal", f"{socket.gethostname()}:4194305:x", world.now)
    assert (await world.drain()).delivered == 1


async def test_a_secret_that_is_missing_makes_alerts_wait_and_a_channel_that_is_gone_ends_them(
    make: Callable[..., World],
) -> None:
    world = make("legal", "gone")
    known = world.open
    missing = [ConfigError(["environment variable X is not set"])]

    def open_(name: str):  # type: ignore[no-untyped-def]
        if missing:
            raise missing[0]
        return known(name)

    world.box.opener = open_
    world.write(0)
    world.config = world.box.config = world.config.model_copy(
        update={"channel": tuple(one for one in world.config.channel if one.name != "gone")}
    )
    await world.drain()
    assert [row[0] for row in world.rows(delivery.c.status)][:2] == ["pending", "dead"]
    missing.clear()
    await world.live()
    assert "change:0" in world.delivered("legal")
    [told] = [m.alerts[0] for _, m in world.taken["legal"] if m.alerts[0].kind == "channel_failed"]
    assert "gone" in told.summary


async def test_what_is_stopped_says_by_which_rule_and_an_alert_is_written_once(
    make: Callable[..., World],
) -> None:
    world = make("legal", min_severity="high")
    world.write(0, severity="low")
    world.write(0, severity="high")  # the same alert again
    [row] = world.rows(delivery.c.status, delivery.c.reason)
    assert row == ("stopped", "the severity is low, min_severity is high")
    with world.store.write() as connection:
        mutes.mute_watch(connection, "acme/p1", now=world.now, until=None, by="ana", reason="we know")
    world.write(1, severity="high")
    assert world.rows(delivery.c.reason)[1][0] == "muted by ana: we know"
    with world.store.write() as connection:
        assert mutes.end_mute(connection, "acme/p1", now=world.now, by="ana", reason="")
    world.write(4, severity="high")
    await world.live()
    assert world.delivered("legal") == ["change:4"]


async def test_an_alert_that_cannot_be_written_is_no_silence(make: Callable[..., World]) -> None:
    world = make("legal")
    strange = replace(made_alert(1, world.now), comparison_id=4711)  # there is no such comparison
    with pytest.raises(StateError, match="FOREIGN KEY"), world.store.write() as connection:
        write_alert(connection, strange, world.config, world.now, watch_id=world.watch_ids[0])


async def test_a_dead_delivery_can_be_tried_again_and_a_delivered_one_cannot(
    make: Callable[..., World],
) -> None:
    world = make("legal")
    world.scripts["legal"] = failing(world, timedelta(minutes=1), SendError("answered 400", permanent=True))
    world.write(0)
    await world.drain()
    world.now += timedelta(hours=1)
    with world.store.write() as connection:
        assert [row.status for row in deliveries.deliveries(connection, failed=True)] == ["dead"]
        assert deliveries.retry(connection, 1, world.now) == "dead"
        assert deliveries.retry(connection, 99, world.now) is None
    assert (await world.drain()).delivered == 1
    with world.store.write() as connection:
        assert deliveries.retry(connection, 1, world.now) == "delivered"
    assert (await world.drain()).delivered == 0


async def test_in_the_end_it_gives_up_and_says_so(
    make: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.alerts.outbox.GIVE_UP_AFTER", timedelta(hours=3))
    world = make("ill", "well")
    world.scripts["ill"] = failing(world, timedelta(days=99), SendError("answered 500"))
    world.write(0)
    await world.live()
    assert world.rows(delivery.c.status)[0][0] == "dead"
    assert [m.alerts[0].kind for _, m in world.taken["well"]] == [
        "change",
        "channel_failed",
        "channel_failed",
    ]


async def test_every_row_stands_in_the_chain(make: Callable[..., World]) -> None:
    world = make("ill", "well")
    world.scripts["ill"] = failing(world, timedelta(hours=1), SendError("answered 500"))
    world.write(*range(4))
    await world.live()
    assert not verify(world.store).faults


def test_delays_double_to_an_hour_and_never_come_early() -> None:
    for failures in range(1, 40):
        base = min(FIRST_DELAY * 2 ** (failures - 1), LONGEST_DELAY) if failures < 20 else LONGEST_DELAY
        assert base * 0.8 <= delay(failures, "seed") <= base
    assert delay(3, "a") != delay(3, "b")
    assert delay(3, "a") == delay(3, "a")
