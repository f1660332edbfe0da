"""Signs of life, reminders and the dead man's ping; and the outbox on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from monitor.alerts import housekeeping
from monitor.alerts.write import write_alert
from monitor.config import Config
from monitor.errors import SendError
from monitor.store import Store, chain, outbox, reviews
from monitor.store.schema import alert, change, check, comparison, delivery, version, watch
from outbox_world import START, World, config, made_alert
from postgres import postgres_schema
from receivers import web


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, "legal")
    yield made
    made.close()


def kinds(world: World) -> list[str]:
    with world.store.read() as connection:
        return list(connection.scalars(select(alert.c.kind).order_by(alert.c.id)))


def look(world: World, at: datetime) -> int:
    with world.store.write() as connection:
        row = connection.execute(
            insert(check).values(
                watch_id=world.watch_ids[0],
                due_at=at,
                started_at=at,
                ended_at=at,
                outcome="unchanged",
                reason="",
            )
        )
        assert row.inserted_primary_key is not None
        return int(row.inserted_primary_key[0])


def with_policy(world: World, **alerts: object) -> Config:
    policy = {"kind": "privacy", "name": "p0", "url": "https://acme.example/p"}
    channel = {"name": "legal", "url": "json://127.0.0.1:9/x"}
    return Config.model_validate(
        {"alerts": alerts, "channel": [channel], "vendor": [{"name": "Acme", "policy": [policy]}]}
    )


async def test_a_sign_of_life_comes_once_when_its_time_has_come(world: World) -> None:
    here = with_policy(world, alive="daily 15:00")
    look(world, START)
    with world.store.write() as connection:
        connection.execute(update(watch).values(failures=4, failing_since=START))
    for hours in (1, 2, 3, 4, 5, 26):  # 13:00 … 17:00, and 14:00 the next day
        await housekeeping(world.store, here, START + timedelta(hours=hours))
    assert kinds(world) == ["alive"]
    with world.store.read() as connection:
        body = connection.scalar(select(alert.c.body))
    assert body["summary"] == "1 policy, 1 check, 0 changes since 2026-03-03; 1 cannot be read."
    assert body["lines"][0] == "Blind: acme/p0, 4 looks failed since 2026-03-04 12:00 UTC"
    assert "record" in body["lines"][1]
    await housekeeping(world.store, here, START + timedelta(hours=28))
    assert kinds(world) == ["alive", "alive"]


async def test_no_sign_of_life_of_before_the_first_look_or_when_switched_off(world: World) -> None:
    await housekeeping(world.store, with_policy(world, alive="daily 15:00"), START + timedelta(hours=4))
    look(world, START + timedelta(hours=4))
    await housekeeping(world.store, with_policy(world, alive="daily 15:00"), START + timedelta(hours=5))
    look(world, START - timedelta(days=9))
    await housekeeping(world.store, with_policy(world, alive="off"), START + timedelta(hours=6))
    assert kinds(world) == []


def told(world: World, verdict: str = "material") -> int:
    """A change that people were told of; its id."""
    check_id = look(world, world.now)
    with world.store.write() as connection:
        chain_sha = "0" * 64
        blob = connection.execute(
            insert(outbox.alert.metadata.tables["blob"]).values(
                sha256=chain_sha, packed_sha256=chain_sha, size=0, codec="raw", depth=0, data=b""
            )
        )
        assert blob is not None
        ids = []
        for number in (1, 2):
            row = connection.execute(
                insert(version).values(
                    watch_id=world.watch_ids[0], number=number, text_key=str(number), text_sha256="", title="",
                    document_sha256=chain_sha, snapshot_ids=[], first_seen_at=world.now, extractor="1",
                )
            )  # fmt: skip
            assert row.inserted_primary_key is not None
            ids.append(row.inserted_primary_key[0])
        row = connection.execute(
            insert(comparison).values(
                check_id=check_id, watch_id=world.watch_ids[0], before_version_id=ids[0], after_version_id=ids[1],
                verdict=verdict, severity="high", summary="s", silent=False, rules="1", body={},
            )
        )  # fmt: skip
        assert row.inserted_primary_key is not None
        comparison_id = row.inserted_primary_key[0]
        row = connection.execute(
            insert(change).values(
                comparison_id=comparison_id, position=0, change="added", verdict=verdict, body={}
            )
        )
        assert row.inserted_primary_key is not None
        from dataclasses import replace

        one = replace(made_alert(1, world.now), comparison_id=comparison_id)
        write_alert(connection, one, world.config, world.now, watch_id=world.watch_ids[0])
        return int(row.inserted_primary_key[0])


async def test_what_nobody_acknowledged_is_reminded_of_once(world: World) -> None:
    told(world)
    here = config("legal", remind_after="3d", alive="off")
    for days in (1, 2, 3, 4, 50):
        await housekeeping(world.store, here, START + timedelta(days=days))
    assert kinds(world) == ["change", "reminder"]
    with world.store.read() as connection:
        summary = connection.scalars(select(alert.c.summary).order_by(alert.c.id.desc())).first()
    assert summary == "Not acknowledged since 2026-03-04: Change number 1."


async def test_what_was_acknowledged_or_is_not_material_is_not_reminded_of(world: World) -> None:
    number = told(world)
    with world.store.write() as connection:
        row = reviews.review_change(connection, number, now=world.now, decision="accepted", note="", by="ana")
        assert row is not None
        assert (
            reviews.review_change(connection, 99, now=world.now, decision="accepted", note="", by="a") is None
        )
    await housekeeping(
        world.store, config("legal", remind_after="3d", alive="off"), START + timedelta(days=4)
    )
    assert kinds(world) == ["change"]


async def test_a_sweep_that_is_complete_pings_and_one_that_is_not_does_not(world: World) -> None:
    with web() as sink:
        here = Config.model_validate(
            {"monitor": {"ping_url": f"http://127.0.0.1:{sink.port}/ping/x"}, "alerts": {"alive": "off"}}
        )
        await housekeeping(world.store, here, START)
        assert sink.received == []  # nothing was looked at yet
        look(world, START)
        await housekeeping(world.store, here, START + timedelta(minutes=1))
        await housekeeping(world.store, here, START + timedelta(minutes=1, seconds=5))
        assert [one.path for one in sink.received] == ["/ping/x"]
        await housekeeping(world.store, here, START + timedelta(minutes=3))
        assert len(sink.received) == 1  # no look since
        look(world, START + timedelta(days=2))
        await housekeeping(world.store, here, START + timedelta(days=2))
        assert len(sink.received) == 1  # a watch is due: the sweep is not complete
        with world.store.write() as connection:
            connection.execute(update(watch).values(next_check_at=START + timedelta(days=9)))
        sink.says(500)
        await housekeeping(world.store, here, START + timedelta(days=2, minutes=2))
        assert len(sink.received) == 2  # and that it failed stops nothing


@pytest.mark.postgres
async def test_the_outbox_on_postgresql(tmp_path: Path) -> None:
    with postgres_schema() as database:
        world = World(tmp_path, "ill", "well", store=Store.open(tmp_path, database))

        def script(_message: object) -> None:
            if world.now < START + timedelta(minutes=5):
                raise SendError("answered 500")

        world.scripts["ill"] = script
        world.write(*range(9))
        others = [world.outbox() for _ in range(2)]
        await asyncio.gather(world.drain(), *(box.drain() for box in others))
        await world.live()
        for box in others:
            box.close()
        for name in ("ill", "well"):
            assert sorted(world.delivered(name)) == [f"change:{number}" for number in range(9)]
        assert {row[0] for row in world.rows(delivery.c.status)} == {"delivered"}
        with world.store.read() as connection:
            assert chain.head(connection)[0] > 9
        world.close()
