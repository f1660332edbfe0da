"""Three processes drain one outbox and are killed around sending: nothing is lost, repetitions are explained."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow
KILLS = int(os.environ.get("OUTBOX_KILLS", "20"))
"""200 is the bar that releases are held to."""
SCRIPT = Path(__file__).with_name("outbox_kills.py")


def kills(folder: Path, *options: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(folder), *options],
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_nothing_is_lost_and_every_repetition_is_explained(tmp_path: Path) -> None:
    found = kills(tmp_path, "--kills", str(KILLS))
    assert found["kills"] == KILLS
    assert found["deliveries"] == found["alerts"] * 3 == KILLS * 4 * 3
    assert found["lost"] == []
    assert found["pending"] == 0
    assert found["unexplained"] == []


def test_marking_before_sending_loses_alerts(tmp_path: Path) -> None:
    """The control: if this order lost nothing, the test above would prove nothing."""
    found = kills(tmp_path, "--swap", "--kills", "300")
    assert found["lost"] != []
