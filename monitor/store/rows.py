"""Adding a row to a table, and noting it for the chain."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Table, insert

from monitor.store.outcome import Rows


@cache
def _insert(table: Table) -> Insert:
    """Built once: making a statement anew costs as much as running it."""
    return insert(table)


def add(connection: Connection, table: Table, rows: Rows, **values: Any) -> int:
    """Add a row; its id, which ``rows`` gets, too."""
    result = connection.execute(_insert(table), values)
    [number] = result.inserted_primary_key or [0]
    rows.append((table.name, number))
    return int(number)
