"""Facts about the installation itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from monitor.store.schema import meta, timestamp

BEAT = "daemon.beat"


def put(connection: Connection, key: str, value: str) -> None:
    connection.execute(delete(meta).where(meta.c.key == key))
    connection.execute(insert(meta).values(key=key, value=value))


def drop(connection: Connection, key: str) -> bool:
    """Forget a key; whether it was there."""
    return connection.execute(delete(meta).where(meta.c.key == key)).rowcount > 0


def get(connection: Connection, key: str) -> str | None:
    found: str | None = connection.scalar(select(meta.c.value).where(meta.c.key == key))
    return found


def beat(connection: Connection, now: datetime) -> None:
    """Note that the daemon is alive."""
    put(connection, BEAT, timestamp(now))


def last_beat(connection: Connection) -> datetime | None:
    value = get(connection, BEAT)
    return datetime.fromisoformat(value.replace("Z", "+00:00")) if value else None
