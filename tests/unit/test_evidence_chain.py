"""The texts that are hashed: plain, of one form only, and stable for ever."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.evidence.tables import harmless
from monitor.store import chain, guards, schema


def test_a_record_is_four_lines_of_text() -> None:
    lines = f"{chain.START}\n1\n2026-01-05T08:00:00.000000Z\n[]\n"
    assert (
        chain.link(chain.START, 1, "2026-01-05T08:00:00.000000Z", "[]")
        == hashlib.sha256(lines.encode()).hexdigest()
    )


def test_a_row_is_its_table_and_its_values() -> None:
    row = {"id": 3, "title": "Datenschutzerklärung", "suspect": None, "part": 0}
    assert (
        chain.row_text("version", row) == 'version\n{"id":3,"part":0,"title":"Datenschutzerkl\\u00e4rung"}\n'
    )


def test_a_column_of_tomorrow_leaves_old_hashes_alone() -> None:
    assert chain.row_text("version", {"id": 3}) == chain.row_text("version", {"id": 3, "colour": None})
    assert chain.row_text("version", {"id": 3}) != chain.row_text("version", {"id": 3, "colour": ""})


scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
rows = st.dictionaries(st.text(min_size=1, max_size=8), scalars, max_size=6)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(rows, rows)
def test_different_rows_have_different_texts(one: dict[str, Any], other: dict[str, Any]) -> None:
    def same(row: dict[str, Any]) -> dict[str, tuple[str, Any]]:
        return {key: (type(value).__name__, value) for key, value in row.items() if value is not None}

    assert (chain.row_text("t", one) == chain.row_text("t", other)) == (same(one) == same(other))


def test_every_table_is_attested_or_known_to_move_on() -> None:
    """A new table has to be thought about."""
    moving = {"watch", "memory", "meta", "blob", "record"}
    assert set(schema.metadata.tables) == set(chain.ATTESTED) | moving


def test_what_is_attested_is_guarded() -> None:
    assert set(chain.ATTESTED) <= set(guards.FINAL) | set(guards.FIXED)
    for table, columns in guards.FIXED.items():
        assert set(columns) <= set(schema.metadata.tables[table].columns.keys())
        if table in chain.ATTESTED and table != "attempt":
            assert set(columns) == set(chain.ATTESTED[table])


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_each_guard_has_a_name_of_its_own(dialect: str) -> None:
    wanted = [statement for statement in guards.statements(dialect) if statement.startswith("CREATE TRIGGER")]
    assert len(guards.triggers(dialect)) == len(wanted) > 20


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("  @SUM(A1)", "'  @SUM(A1)"),
        ("+49 30 1", "'+49 30 1"),
        ("-5 %", "'-5 %"),
        ("\tx", "'\tx"),
        ("\n=1", "'\n=1"),
        ("We keep a = b", "We keep a = b"),
        ("", ""),
        (7, 7),
        (None, None),
    ],
)
def test_a_formula_becomes_text(cell: object, shown: object) -> None:
    assert harmless(cell) == shown
