"""An outbox with a clock of its own and channels that do as they are told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select

from monitor.alerts.alert import Alert
from monitor.alerts.channels import Channel
from monitor.alerts.outbox import Drained, Outbox
from monitor.alerts.render import Message
from monitor.alerts.write import write_alert
from monitor.config import Config
from monitor.model import Change, Comparison
from monitor.store import Store, chain
from monitor.store.schema import attempt, delivery, watch

START = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
Script = Callable[[Message], None]


def config(*names: str, **alerts: Any) -> Config:
    return Config.model_validate(
        {
            "alerts": alerts,
            "channel": [{"name": name, "url": f"json://127.0.0.1:9/{name}"} for name in names],
            "vendor": [{"name": "Acme", "policy": [{"kind": "privacy", "url": "https://acme.example/p"}]}],
        }
    )


def add_watches(store: Store, count: int) -> list[int]:
    ids = []
    with store.write() as connection:
        for number in range(count):
            row = connection.execute(
                insert(watch).values(
                    key=f"acme/p{number}",
                    vendor="Acme",
                    name=f"p{number}",
                    kind="privacy",
                    pages=["https://acme.example/p"],
                    enabled=True,
                    created_at=START,
                    next_check_at=START + timedelta(days=1),
                )
            )
            assert row.inserted_primary_key is not None
            ids.append(row.inserted_primary_key[0])
    return ids


def made_alert(number: int, at: datetime, severity: str = "medium") -> Alert:
    change = Change("added", ("Data",), "", None, f"Clause {number}.", severity=severity)  # type: ignore[arg-type]
    return Alert(
        kind="change",
        key=f"change:{number}",
        at=at,
        summary=f"Change number {number}.",
        vendor="Acme",
        policy="privacy",
        comparison=Comparison("material", severity, f"Change number {number}.", (change,)),  # type: ignore[arg-type]
    )


def next_due(connection: Connection) -> datetime | None:
    """When the next pending delivery is due."""
    found: datetime | None = connection.scalar(
        select(func.min(delivery.c.due_at)).where(delivery.c.status == "pending")
    )
    return found


class World:
    """A store, a clock, and channels whose answers ``scripts`` give: returning is a yes."""

    def __init__(
        self,
        folder: Path,
        *names: str,
        watches: int = 3,
        gap: float = 0.0,
        store: Store | None = None,
        **alerts: Any,
    ) -> None:
        self.store = store or Store.open(folder)
        self.now = START
        self.config = config(*names, **alerts)
        self.gap = gap
        self.scripts: dict[str, Script] = {}
        self.tried: list[tuple[str, datetime]] = []
        self.taken: dict[str, list[tuple[datetime, Message]]] = {name: [] for name in names}
        self.watch_ids = add_watches(self.store, watches)
        self.box = self.outbox()

    def outbox(self) -> Outbox:
        return Outbox(self.store, self.config, lambda: self.now, self.sleep, self.open)

    async def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        await asyncio.sleep(0)

    def open(self, name: str) -> Channel:
        async def send(message: Message) -> None:
            self.tried.append((name, self.now))
            await asyncio.sleep(0)
            if name in self.scripts:
                self.scripts[name](message)
            self.taken[name].append((self.now, message))

        return Channel(name, "text", send, lambda _: "", self.gap)

    def write(self, *numbers: int, severity: str = "medium") -> None:
        with self.store.write() as connection:
            for number in numbers:
                watch_id = self.watch_ids[number % len(self.watch_ids)]
                alert = made_alert(number, self.now, severity)
                rows = write_alert(connection, alert, self.config, self.now, watch_id=watch_id)
                chain.attest(connection, rows, self.now)

    async def drain(self) -> Drained:
        return await self.box.drain()

    async def live(self, limit: timedelta = timedelta(days=3)) -> None:
        """Let time pass, from one due delivery to the next, until nothing is pending."""
        end = self.now + limit
        while self.now < end:
            await self.drain()
            with self.store.read() as connection:
                due = next_due(connection)
            if due is None:
                return
            self.now = max(self.now + timedelta(seconds=1), due)
        raise AssertionError("something is still pending")

    def delivered(self, name: str) -> list[str]:
        """Keys of the alerts that a channel took, in their order."""
        return [alert.key for _, message in self.taken[name] for alert in message.alerts]

    def rows(self, *columns: Any) -> list[Any]:
        with self.store.read() as connection:
            return list(connection.execute(select(*(columns or (delivery,))).order_by(delivery.c.id)))

    def attempts(self) -> list[Any]:
        with self.store.read() as connection:
            return list(connection.execute(select(attempt).order_by(attempt.c.id)))

    def close(self) -> None:
        self.box.close()
        self.store.close()
