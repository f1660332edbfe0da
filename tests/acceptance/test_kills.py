"""``kill -9`` at random moments of the whole program loses nothing (KILLS=200 for many)."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from siege import lay

KILLS = int(os.environ.get("KILLS", "10"))
MANY = 100
"""From so many kills on, every moment is expected to have been met."""

MOMENTS = {
    "check: before the commit",
    "check: after the commit",
    "commit: while looks were under way",
    "send: taken, not yet marked",
    "backup: not there",
    "backup: there",
    "migrate: happened",
    "migrate: did not happen",
}


@pytest.mark.slow
def test_nothing_is_lost_however_often_the_program_is_killed(tmp_path: Path) -> None:
    """Looking, committing, sending, backing up and upgrading: a ledger of what was served and received agrees."""
    found = lay(tmp_path, KILLS, seed=KILLS)
    print(json.dumps(found, indent=1))
    assert found["kills"] >= KILLS
    assert found["published"] >= KILLS / 4, "the program got to work between the kills"
    assert not any(found["lost"].values()), found
    assert found["half"] == found["bad_copies"] == found["faults"] == [], found
    assert found["invented_pages"] == 0
    assert found["left_behind"] == [], "the next backup tidies up after one that was killed"
    if KILLS >= MANY:
        assert found["moments"].keys() >= MOMENTS


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "kinds", "where"),
    [
        ("halves", ("check",), "half"),
        ("marked", ("send",), "lost"),
        ("copies", ("backup",), "bad_copies"),
        ("steps", ("migrate",), "half"),
    ],
)
def test_a_program_that_breaks_its_word_is_found_out(
    fault: str, kinds: tuple[str, ...], where: str, tmp_path: Path
) -> None:
    """The negative controls: the same attacks on a program that commits, sends, copies or upgrades by halves."""
    found = lay(tmp_path, 40, fault=fault, kinds=kinds)
    if where == "lost":
        assert found["lost"]["marked_and_not_sent"], found
    else:
        assert found[where], found
