"""The daemon as a process, measured from outside (Linux)."""

from __future__ import annotations

import os
import queue
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

COMMAND = Path(sys.executable).with_name("policy-monitor")
TICKS = os.sysconf("SC_CLK_TCK")
WAITING = """
SELECT count(*) FROM watch WHERE last_check_id IS NULL OR lease_owner IS NOT NULL
OR next_check_at < strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '+1 minute')
"""
DELIVERED = "SELECT count(*) FROM delivery WHERE status = 'delivered'"
SLEEPER = """
import sys, threading, time
worst = 0.0
def probe():
    global worst
    while True:
        began = time.monotonic()
        time.sleep(0.05)
        worst = max(worst, time.monotonic() - began - 0.05)
threading.Thread(target=probe, daemon=True).start()
for _ in sys.stdin:
    worst, said = 0.0, worst
    print(said, flush=True)
"""


@dataclass(frozen=True, slots=True)
class Spent:
    """What some stretch of work took."""

    wall: float
    cpu: float
    """Seconds of the daemon and all its workers."""
    own: float
    """Seconds of the daemon without its workers."""
    blocked: float
    machine: float
    resident: float
    """MiB, after it."""
    peak: float
    """MiB, during it."""


class Watched:
    """The daemon as a process."""

    def __init__(self, folder: Path, metrics_port: int) -> None:
        self.folder = folder
        self.metrics = f"http://127.0.0.1:{metrics_port}/metrics"
        self.database = folder / "state" / "policy-monitor.db"
        self.notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notices.bind(str(folder / "notify"))
        self.said: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()
        self.sleeper = subprocess.Popen(
            [sys.executable, "-c", SLEEPER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self) -> Spent:
        """Until it says that it is ready."""
        began = time.monotonic()
        with (self.folder / "daemon.log").open("a") as log:
            self.process = subprocess.Popen(
                [COMMAND, "run", "--quiet", "--config", self.folder / "config.toml"],
                env=os.environ | {"NOTIFY_SOCKET": str(self.folder / "notify")},
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        self._told(b"READY=1")
        return self._since(began, 0.0, 0.0)

    def reload(self) -> Spent:
        with self.measured() as spent:
            self.process.send_signal(signal.SIGHUP)
            self._told(b"READY=1")
        return spent[0]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(120)
        self._told(b"STOPPING=1")

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.sleeper.kill()
        self.sleeper.wait()
        self.notices.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                self.said.put(self.notices.recv(1000))

    def _told(self, wanted: bytes) -> None:
        said = b""
        while not said.startswith(wanted):
            with suppress(queue.Empty):
                said = self.said.get(timeout=1)
            if self.process.poll() is not None and self.said.empty() and not said.startswith(wanted):
                raise SystemExit((self.folder / "daemon.log").read_text())

    @contextmanager
    def measured(self) -> Iterator[list[Spent]]:
        spent: list[Spent] = []
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")  # the peak begins anew
        self._blocked(), self._machine()
        cpu, own, began = self._cpu(), self._own(), time.monotonic()
        yield spent
        spent.append(self._since(began, cpu, own))

    def sweep(self, *, first: bool = False, told: int = 0) -> Spent:
        """One look at every watch, all of them due at once (the first ones are anyway), and so many alerts sent."""
        with self.measured() as spent:
            if not first:
                self._sql("UPDATE watch SET next_check_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')")
            while self._sql(WAITING) or self._sql(DELIVERED) < told:
                time.sleep(0.2)
        return spent[0]

    def idle(self, seconds: float) -> Spent:
        """Nothing to do, its workers have ended."""
        end = time.monotonic() + 120
        while self._workers() and time.monotonic() < end:
            time.sleep(0.5)
        with self.measured() as spent:
            time.sleep(seconds)
        return spent[0]

    def _since(self, began: float, cpu: float, own: float) -> Spent:
        return Spent(
            wall=time.monotonic() - began,
            cpu=self._cpu() - cpu,
            own=self._own() - own,
            blocked=self._blocked(),
            machine=self._machine(),
            resident=self.memory("VmRSS"),
            peak=self.memory("VmHWM"),
        )

    def _sql(self, statement: str) -> int:
        with closing(sqlite3.connect(self.database, timeout=30)) as connection, connection:
            found = connection.execute(statement).fetchone()
        return found[0] if found else 0

    def _workers(self) -> list[int]:
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(pid) for task in tasks for pid in task.read_text().split()]

    def _own(self) -> float:
        return sum(_times(self.process.pid)[:2]) / TICKS

    def _cpu(self) -> float:
        """Processes that have ended and been waited for are counted by their parent."""
        return sum(sum(_times(pid)) for pid in (self.process.pid, *self._workers())) / TICKS

    def memory(self, what: str) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(what)) / 1024

    def _blocked(self) -> float:
        with urlopen(self.metrics, timeout=30) as answer:
            said = answer.read().decode()
        return float(re.search(r"(?m)^policy_monitor_loop_blocked_seconds (\S+)", said)[1])  # type: ignore[index]

    def _machine(self) -> float:
        stdin, stdout = self.sleeper.stdin, self.sleeper.stdout
        assert stdin is not None
        assert stdout is not None
        print(file=stdin, flush=True)
        return float(stdout.readline())


def _times(pid: int) -> tuple[int, ...]:
    """User and system time of a process, and of its children that were waited for, in ticks."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return (0, 0, 0, 0)
    return tuple(map(int, fields[11:15]))
