"""Many watches: `python -m bench.scale [--watches 100 1000 10000]` (Linux; 10,000 take some ten minutes).

`policy-monitor run` looks at so many small policies on loopback, each on an address of its own. A sweep is measured
by making every watch due at once, which is harder than any day: usually jitter spreads them. CPU seconds are those of
the daemon and its workers, memory is the daemon's own, and "blocked" is how long one thing kept all others of the
event loop waiting at most (its own gauge), beside how long a process that only sleeps was kept waiting by the machine
meanwhile. Machines differ and are shared: judge by the ratios to the smallest number of watches in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import queue
import random
import re
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

COMMAND = Path(sys.executable).with_name("policy-monitor")
TICKS = os.sysconf("SC_CLK_TCK")
SIZE = 15_000
WHO = ("We", "Our affiliates", "The provider", "Each subprocessor", "The customer", "Our support team")
DOES = (
    "retain",
    "disclose",
    "encrypt",
    "delete",
    "review",
    "export",
    "restrict access to",
    "keep a record of",
)
WHAT = (
    "personal data",
    "usage records",
    "billing details",
    "security logs",
    "support requests",
    "account credentials",
    "backups of the service",
)
WHEN = (
    "within {n} days of termination",
    "where the law requires it",
    "unless the customer objects within {n} days",
    "under a written contract",
    "for as long as the account is open",
    "after a notice of {n} days",
)
HEADINGS = (
    "Scope",
    "Retention",
    "Security",
    "Transfers",
    "Subprocessors",
    "Your rights",
    "Liability",
    "Contact",
)
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


# ── the vendors ───────────────────────────────────────────────────────────────────────────────


def page(number: int, version: int) -> bytes:
    """The policy of one vendor, about ``SIZE`` bytes; each version differs in one period."""
    chance = random.Random(number)
    links = "".join(f'<li><a href="/{name.lower()}">{name}</a></li>' for name in HEADINGS)
    parts = [
        f'<!DOCTYPE html><html lang="en"><head><title>Privacy Policy of Vendor {number}</title></head><body>'
        f"<nav><ul>{links}</ul></nav><main><h1>Privacy Policy</h1><p>Last updated: 3 March 2026</p>"
        f"<p>We keep personal data for {30 * (version + 1)} days after an account is closed.</p>"
    ]
    length, section = len(parts[0]), 0
    while length < SIZE:
        section += 1
        sentences = [
            f"{chance.choice(WHO)} may {chance.choice(DOES)} {chance.choice(WHAT)} "
            f"{chance.choice(WHEN).format(n=chance.randint(2, 95))}."
            for _ in range(9)
        ]
        parts.append(
            f'<section id="s{section}"><h2>{section}. {HEADINGS[section % len(HEADINGS)]}</h2>'
            f'<p class="text">{" ".join(sentences[:5])}</p>'
            f"<ul>{''.join(f'<li>{sentence}</li>' for sentence in sentences[5:])}</ul></section>"
        )
        length += len(parts[-1])
    return "".join([*parts, f"</main><footer>© Vendor {number}</footer></body></html>"]).encode()


class Site:
    """All vendors, in a thread of its own; also takes what is posted to it."""

    def __init__(self, watches: int) -> None:
        self.pages = [page(number, 0) for number in range(watches)]
        self.posts = 0
        self.loop = asyncio.new_event_loop()
        self.server = self.loop.run_until_complete(
            asyncio.start_server(self._serve, "0.0.0.0", 0, backlog=512)
        )
        self.port: int = self.server.sockets[0].getsockname()[1]
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def change(self, share: float) -> int:
        """Let this share of the vendors change a period; how many that are."""
        chosen = random.Random(1).sample(range(len(self.pages)), max(1, round(share * len(self.pages))))
        for number in chosen:
            self.pages[number] = page(number, 1)
        return len(chosen)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                writer.write(await self._answer(head, reader))
                await writer.drain()
        except (OSError, EOFError, asyncio.LimitOverrunError):
            writer.close()

    async def _answer(self, head: str, reader: asyncio.StreamReader) -> bytes:
        if head.startswith("POST"):
            length = re.search(r"(?im)^content-length: (\d+)", head)
            await reader.readexactly(int(length[1]) if length else 0)
            self.posts += 1
            return b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        body = self.pages[int(head.split(" ", 2)[1].rpartition("/")[2])]
        tag = hashlib.sha1(body).hexdigest()
        status = "304 Not Modified" if tag in head else "200 OK"
        body = b"" if tag in head else body
        return (
            f'HTTP/1.1 {status}\r\nETag: "{tag}"\r\nContent-Type: text/html; charset=utf-8\r\n'
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode() + body

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.server.close)


def write_config(folder: Path, site: Site, metrics_port: int) -> None:
    lines = [
        "[monitor]",
        'allow_private = ["127.0.0.0/8"]',
        f"metrics_port = {metrics_port}",
        "[schedule]",
        'every = "7d"',
        "[alerts]",
        'confirm = "0s"',
        "[[channel]]",
        'name = "hook"',
        f'url = "json://127.0.0.1:{site.port}/hook"',
    ]
    for number in range(len(site.pages)):
        host = f"127.{1 + number // 62_500}.{number // 250 % 250}.{number % 250 + 1}"
        lines += [
            "[[vendor]]",
            f'name = "Vendor {number}"',
            "[[vendor.policy]]",
            'kind = "privacy"',
            f'url = "http://{host}:{site.port}/privacy/{number}"',
        ]
    (folder / "config.toml").write_text("\n".join(lines))


# ── the daemon, seen from outside ─────────────────────────────────────────────────────────────


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


# ── the measurement ───────────────────────────────────────────────────────────────────────────


def run(watches: int, repeat: int) -> dict[str, Spent]:
    """What each stretch of a daemon's life with so many watches took."""
    found: dict[str, Spent] = {}
    site = Site(watches)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            metrics_port = free.getsockname()[1]
        write_config(folder, site, metrics_port)
        daemon = Watched(folder, metrics_port)
        try:
            found["start-up, new"] = daemon.start()
            found["first look"] = daemon.sweep(first=True)
            found["unchanged"] = median([daemon.sweep() for _ in range(repeat)])
            found["idle, 20 s"] = daemon.idle(20)
            changed = site.change(0.01)
            found["1 % changed, told"] = daemon.sweep(told=changed)
            found["reload"] = daemon.reload()
            found["idle, having told, 20 s"] = daemon.idle(20)
            daemon.stop()
            found["start-up, known"] = daemon.start()
            daemon.stop()
            found["check, unchanged"] = check(folder)
        finally:
            daemon.close()
            site.close()
        log = (folder / "daemon.log").read_text()
        print(
            f"{watches} watches: {site.posts} messages arrived{log and ', the log says: '}{log}", flush=True
        )
    return found


def check(folder: Path) -> Spent:
    """`policy-monitor check` of everything, start-up included."""
    began = time.monotonic()
    process = subprocess.Popen(
        [COMMAND, "check", "--quiet", "--config", folder / "config.toml"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, code, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(code)
    if process.returncode:
        raise SystemExit(f"check ended with {process.returncode}")
    cpu, peak = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    return Spent(time.monotonic() - began, cpu, cpu, 0.0, 0.0, peak, peak)


def median(sweeps: list[Spent]) -> Spent:
    """The sweep in the middle by CPU, with the longest block and the highest peak of all."""
    middle = sorted(sweeps, key=lambda spent: spent.cpu)[len(sweeps) // 2]
    return Spent(
        wall=statistics.median(spent.wall for spent in sweeps),
        cpu=middle.cpu,
        own=middle.own,
        blocked=max(spent.blocked for spent in sweeps),
        machine=max(spent.machine for spent in sweeps),
        resident=sweeps[-1].resident,
        peak=max(spent.peak for spent in sweeps),
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--watches", type=int, nargs="+", default=[100, 1000, 10_000])
    parser.add_argument("--repeat", type=int, default=3, help="unchanged sweeps")
    options = parser.parse_args()
    runs = {watches: run(watches, options.repeat) for watches in options.watches}
    fewest = min(runs)
    print(
        "\n| what | watches | CPU s | ms a watch | ratio | the daemon's own | wall s | blocked ms | machine ms "
        "| MiB after | MiB at most |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    )
    for what in runs[fewest]:
        for watches, found in runs.items():
            spent = found[what]
            ratio = spent.cpu / watches / (runs[fewest][what].cpu / fewest or 1)
            print(
                f"| {what} | {watches} | {spent.cpu:.2f} | {spent.cpu / watches * 1000:.2f} | {ratio:.2f} "
                f"| {spent.own / watches * 1000:.2f} | {spent.wall:.1f} | {spent.blocked * 1000:.0f} "
                f"| {spent.machine * 1000:.0f} | {spent.resident:.0f} | {spent.peak:.0f} |"
            )


if __name__ == "__main__":
    main()
