"""A disk that is full, at every write: a clear error, nothing half-written, and work goes on when there is room."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from world import COMMAND, World, page, wait_for

STEP = int(os.environ.get("FULL_STEP", "8"))
"""Of how many pages of the write-ahead log each is tried; 1: every write of a run meets the limit once."""
FRAME = 4096 + 24
"""What SQLite adds to its log for a page."""


def limited(world: World, size: int) -> subprocess.CompletedProcess[str]:
    """``check`` where no file may grow beyond so many bytes, not even one that measures coverage."""
    unmeasured = {name: value for name, value in world.environment.items() if "COVERAGE" not in name}
    return subprocess.run(
        [COMMAND, "check", "--quiet"],
        cwd=world.folder,
        env=unmeasured | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )


@pytest.mark.slow
def test_every_write_of_a_command_may_be_refused(world: World) -> None:
    world.site.pages["/halden"] = page()
    world.config(("/halden",))
    assert world.run("check", "--quiet").returncode == 0
    refused, number, size = 0, 1000, 0
    while True:
        number += 1
        world.site.pages["/halden"] = page(keep=number)
        done = limited(world, size)
        if done.returncode == 20 and not done.stderr:
            break
        refused += 1
        assert done.returncode in (1, 3), (size, done.stdout, done.stderr)
        assert "nothing was half-written" in done.stderr, (size, done.stderr)
        assert world.run("verify", "--quiet").returncode == 0, size
        assert world.run("check", "--quiet").returncode in (0, 20), "there is room again"
        assert f"{number} days" in str(world.site.posts), "what was refused was made up for"
        size += STEP * FRAME
    print(refused, "refused up to", size, "bytes")
    assert refused >= 20 / STEP
    assert world.run("verify").returncode == 0
    told = str(world.site.posts)
    assert [missing for missing in range(1001, number + 1) if f"{missing} days" not in told] == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of sixteen megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {made.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.mark.slow
def test_the_daemon_outlives_a_full_disk(small_disk: Path, world: World) -> None:
    state = ("--state", str(small_disk / "state"))
    world.site.pages["/halden"] = page()
    world.config(("/halden",))
    daemon = world.daemon(*state)
    wait_for(lambda: len(world.site.gets) >= 2, "two looks", 60)
    ballast = small_disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    world.site.pages["/halden"] = page(keep=1001)
    wait_for(lambda: "nothing was half-written" in world.log(), "the error in the log", 60)
    assert daemon.poll() is None
    assert "1001 days" not in str(world.site.posts)
    ballast.unlink()
    wait_for(lambda: "1001 days" in str(world.site.posts), "the alert, once there is room", 40)
    daemon.terminate()
    assert daemon.wait(60) == 0, world.log()
    assert world.run("verify", *state).returncode == 0
