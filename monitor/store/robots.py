"""What hosts said in their robots.txt, kept so that each is asked once a day and not once a run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict

from sqlalchemy import Connection, select

from monitor.fetch.robots import RobotsEntry
from monitor.store import meta
from monitor.store.schema import meta as meta_table

PREFIX = "robots:"


def load(connection: Connection) -> dict[str, RobotsEntry]:
    """By origin, what is known."""
    rows = connection.execute(select(meta_table).where(meta_table.c.key.startswith(PREFIX)))
    return {row.key.removeprefix(PREFIX): RobotsEntry(**json.loads(row.value)) for row in rows}


def save(connection: Connection, entries: Mapping[str, RobotsEntry]) -> None:
    for origin, entry in entries.items():
        meta.put(connection, PREFIX + origin, json.dumps(asdict(entry)))
