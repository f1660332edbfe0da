"""A daemon and three commands on one state at once: no look is made twice, nobody is told of locks (CHURN=300)."""

from __future__ import annotations

import itertools
import os
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from contextlib import closing
from http.server import BaseHTTPRequestHandler

import pytest

from world import COMMAND, Site, World, page

SECONDS = float(os.environ.get("CHURN", "8"))
PATHS = tuple(f"/{name}" for name in ("alder", "birch", "cedar", "elder", "hazel", "rowan"))


class Crowd:
    """Counts who asks for the same page at the same time, and changes pages all the while."""

    def __init__(self, site: Site) -> None:
        self.site, self.inside, self.lock = site, Counter[str](), threading.Lock()
        self.together: list[str] = []
        self.answer = site.answer
        site.answer = self.counted  # type: ignore[method-assign]

    def counted(self, handler: BaseHTTPRequestHandler) -> None:
        with self.lock:
            self.inside[handler.path] += 1
            if self.inside[handler.path] > 1:
                self.together.append(handler.path)
        try:
            self.answer(handler)
        finally:
            with self.lock:
                self.inside[handler.path] -= 1


def looking(world: World, until: float) -> Counter[str]:
    """Checks in a row; how they ended, and every line on stderr that speaks of locks or faults."""
    ended: Counter[str] = Counter()
    while time.monotonic() < until:
        done = subprocess.run(
            [COMMAND, "check", "--quiet"],
            cwd=world.folder, env=world.environment, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        ended[f"exit {done.returncode}"] += 1
        ended.update(line for line in done.stderr.splitlines() if "lock" in line or "Error" in line)
    return ended


@pytest.mark.slow
def test_four_processes_share_one_state_without_getting_in_each_others_way(world: World) -> None:
    for path in PATHS:
        world.site.pages[path] = page()
    world.config(PATHS)
    assert world.run("check", "--quiet").returncode == 0
    crowd = Crowd(world.site)
    daemon = world.daemon()
    until = time.monotonic() + SECONDS
    said: list[Counter[str]] = []
    threads = [threading.Thread(target=lambda: said.append(looking(world, until))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in itertools.count(1000):
        if time.monotonic() > until:
            break
        world.site.pages[PATHS[number % len(PATHS)]] = page(keep=number)
        time.sleep(0.5)
    for thread in threads:
        thread.join()
    daemon.terminate()
    assert daemon.wait(60) == 0, world.log()
    total = sum(said, Counter[str]())
    print(total, len(world.site.gets), "requests", len(world.site.posts), "posts")
    assert len(said) == 3
    assert total.keys() <= {"exit 0", "exit 10", "exit 20"}
    assert "lock" not in world.log()
    assert crowd.together == []
    with closing(sqlite3.connect(world.folder / "state" / "policy-monitor.db")) as database:
        looks = database.execute(
            'SELECT watch_id, due_at, started_at, ended_at, outcome FROM "check" ORDER BY watch_id, started_at'
        ).fetchall()
    assert len({look[:2] for look in looks}) == len(looks), "no slot is looked at twice"
    assert {look[4] for look in looks} <= {"first", "unchanged", "change"}
    for before, after in itertools.pairwise(looks):
        assert before[0] != after[0] or before[3] <= after[2], (
            "no look begins before the one before has ended"
        )
    assert world.run("verify").returncode == 0
