"""Each invariant of docs/design/invariants.md, damaged, and found by the check of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from damaging import damage, verified
from made_state import fill, opened
from monitor.evidence.faults import Fault
from monitor.store.engine import DATABASE


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("state")
    store = opened(folder)
    made = fill(store, watches=2, versions=3, idle=1)
    made.look(1, "Access denied. Reference 12.", suspect="a block page")
    made.look(2, "We keep your logs for 999 days.", told=False)
    store.close()
    return folder / DATABASE


@pytest.fixture
def state(original: Path, tmp_path: Path) -> Path:
    (tmp_path / DATABASE).write_bytes(original.read_bytes())
    return tmp_path


def broken(folder: Path, *statements: str) -> set[tuple[str, str]]:
    """(table, id) of every invariant that no longer holds."""
    found: tuple[Fault, ...] = damage(folder, *statements).faults
    return {(fault.what, fault.row) for fault in found if fault.kind == "invariant"}


def test_a_sound_state_keeps_them_all(state: Path) -> None:
    assert verified(state).faults == ()


@pytest.mark.parametrize(
    ("number", "statement", "where"),
    [
        (1, "DELETE FROM snapshot WHERE id = 2", ("version", "2")),
        (1, "UPDATE version SET snapshot_ids = '[]' WHERE id = 2", ("version", "2")),
        (1, "UPDATE version SET snapshot_ids = '[1' WHERE id = 2", ("version", "2")),
        (1, "UPDATE snapshot SET watch_id = 2 WHERE id = 2", ("version", "2")),
        (
            1,
            "DELETE FROM blob WHERE sha256 = (SELECT body_sha256 FROM snapshot WHERE id = 3)",
            ("version", "3"),
        ),
        (2, "UPDATE \"check\" SET outcome = '' WHERE id = 3", ("check", "3")),
        (2, "UPDATE \"check\" SET snapshot_ids = '[777]' WHERE id = 3", ("check", "3")),
        (3, "DELETE FROM silence", ("check", "14")),
        (3, "DELETE FROM alert WHERE check_id = 3", ("check", "3")),
        (3, "DELETE FROM delivery WHERE alert_id = 1", ("alert", "1")),
        (4, "DELETE FROM attempt WHERE delivery_id = 2", ("delivery", "2")),
        (4, "UPDATE attempt SET outcome = 'failed' WHERE delivery_id = 2", ("delivery", "2")),
        (4, "UPDATE delivery SET status = 'pending' WHERE id = 2", ("delivery", "2")),
        (5, "UPDATE watch SET standing_version_id = 7 WHERE id = 1", ("watch", "1")),
        (5, "UPDATE watch SET standing_version_id = 4 WHERE id = 1", ("watch", "1")),
        (6, "UPDATE watch SET read_as = NULL WHERE id = 2", ("watch", "2")),
        (
            6,
            "UPDATE watch SET validators = replace(validators, 'snapshot_id\": ', 'snapshot_id\": 1')",
            ("watch", "2"),
        ),
        (6, "UPDATE watch SET validators = '{' WHERE id = 2", ("watch", "2")),
        (6, "UPDATE watch SET last_check_id = 12 WHERE id = 1", ("watch", "1")),
        (
            9,
            "UPDATE version SET snapshot_ids = (SELECT snapshot_ids FROM version WHERE id = 1) WHERE id = 2",
            ("alert", "1"),
        ),
    ],
)
def test_a_broken_one_is_found(state: Path, number: int, statement: str, where: tuple[str, str]) -> None:
    assert where in broken(state, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE watch SET next_check_at = '2031-01-01T00:00:00.000000Z'",
        "UPDATE watch SET failures = 3, lease_owner = 'x:1:y'",
        "UPDATE watch SET validators = NULL",
        "UPDATE watch SET standing_version_id = NULL",
        "UPDATE delivery SET digest = 'daily', due_at = '2031-01-01T00:00:00.000000Z'",
    ],
)
def test_rows_that_move_on_may_move(state: Path, statement: str) -> None:
    """The negative control: what the program itself does is no fault."""
    assert damage(state, statement).faults == ()
