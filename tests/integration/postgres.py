"""A PostgreSQL schema of its own for each test, where a server answers."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

SERVER = os.environ.get("POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/test")


@contextmanager
def postgres_schema() -> Iterator[str]:
    """The URL of an empty schema; the test is skipped where no server answers."""
    pytest.importorskip("psycopg")
    engine = create_engine(SERVER, connect_args={"connect_timeout": 2})
    name = f"t_{secrets.token_hex(6)}"
    try:
        with engine.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {name}"))
    except OperationalError as error:
        engine.dispose()
        pytest.skip(f"no PostgreSQL answers at {SERVER}: {str(error.orig).splitlines()[0]}")
    try:
        yield f"{SERVER}?options=-csearch_path%3D{name}"
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
        engine.dispose()
