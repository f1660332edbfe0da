"""Kill -9 around sending: workers that drain one outbox are killed at random moments while alerts keep coming.

``python outbox_kills.py FOLDER --kills 200`` prints what became of every alert as JSON. ``--swap`` is the
control: it marks before it sends, and must lose alerts.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx  # noqa: F401  # before the first fork: a worker that imports is not yet sending
from sqlalchemy import select

from monitor.alerts import outbox as outbox_module
from monitor.alerts.channels import open as _open  # noqa: F401
from monitor.alerts.write import write_alert
from monitor.config import Config
from monitor.store import Store, chain
from monitor.store import outbox as stored
from monitor.store.schema import alert, attempt, delivery
from outbox_world import add_watches, made_alert, next_due

WORKERS = 3
CHANNELS = ("a", "b", "c")


def receive(port_file: Path, log: Path, seed: int) -> None:
    """A receiver that writes down what it takes, after a moment, and only then says yes."""
    chance = random.Random(seed)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            time.sleep(chance.random() * 0.01)
            alerts = body.get("alerts", [body])
            lines = [f"{one['key']}→{self.path[1:]}\n" for one in alerts]
            os.write(out, "".join(lines).encode())
            time.sleep(chance.random() * 0.01)
            try:
                self.send_response(204)
                self.end_headers()
            except OSError:
                pass  # the worker is dead

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    port_file.write_text(str(server.server_address[1]))
    server.serve_forever()


def work(folder: Path, config: Config, swap: bool) -> None:
    """Drain until killed."""
    store = Store.open(folder)
    if swap:
        send, mark = outbox_module.Outbox._send, stored.mark_delivered

        async def marked_first(box: outbox_module.Outbox, claimed: stored.Claimed) -> None:
            await box.stored(lambda connection: mark(connection, claimed, box.now()))
            await send(box, claimed)

        outbox_module.Outbox._send = marked_first  # type: ignore[method-assign]
        stored.mark_delivered = lambda *_: None  # type: ignore[assignment]

    async def drain() -> None:
        box = outbox_module.Outbox(store, config)
        while True:
            await box.drain()
            await asyncio.sleep(0.005)

    asyncio.run(drain())


def spawn(run: Any, *args: Any) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        run(*args)
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
    finally:
        os._exit(1)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def write(store: Store, config: Config, watch_ids: list[int], numbers: range) -> None:
    for number in numbers:
        now = datetime.now(UTC)
        with store.write() as connection:
            made = made_alert(number, now)
            rows = write_alert(connection, made, config, now, watch_id=watch_ids[number % len(watch_ids)])
            chain.attest(connection, rows, now)


def run(folder: Path, kills: int, swap: bool, seed: int) -> dict[str, Any]:
    chance = random.Random(seed)
    log, port_file = folder / "received", folder / "port"
    receiver = spawn(receive, port_file, log, seed)
    while not port_file.exists() or not port_file.read_text():
        time.sleep(0.01)
    port = int(port_file.read_text())
    channels = [{"name": name, "url": f"json://127.0.0.1:{port}/{name}"} for name in CHANNELS]
    config = Config.model_validate({"channel": channels})
    Store.open(folder).close()
    store = Store.open(folder)
    watch_ids = add_watches(store, 5)
    workers = []
    written = done = 0
    try:
        workers = [spawn(work, folder, config, swap) for _ in range(WORKERS)]
        while done < kills:
            write(store, config, watch_ids, range(written, written + 4))
            written += 4
            time.sleep(chance.uniform(0.02, 0.12))
            kill(workers.pop(chance.randrange(len(workers))))
            workers.append(spawn(work, folder, config, swap))
            done += 1
            if swap and lost(store, log):
                break
        settle(store)
    finally:
        for pid in [*workers, receiver]:
            kill(pid)
    found = report(store, log) | {"kills": done}
    store.close()
    return found


def settle(store: Store, seconds: float = 90.0) -> None:
    """Wait until nothing is pending."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with store.read() as connection:
            if next_due(connection) is None:
                return
        time.sleep(0.05)


def received(log: Path) -> Counter[str]:
    return Counter(log.read_text().splitlines() if log.exists() else [])


def lost(store: Store, log: Path) -> list[str]:
    """Deliveries that are marked and did not arrive, even after a while."""
    time.sleep(0.05)
    with store.read() as connection:
        marked = connection.scalars(select(delivery.c.key).where(delivery.c.status == "delivered")).all()
    taken = received(log)
    missing = [key for key in marked if key not in taken]
    if missing:
        time.sleep(0.5)  # a message may still be on its way
        taken = received(log)
    return [key for key in missing if key not in taken]


def report(store: Store, log: Path) -> dict[str, Any]:
    """What became of everything."""
    taken = received(log)
    with store.read() as connection:
        rows = connection.execute(select(delivery.c.id, delivery.c.key, delivery.c.status)).all()
        unended = Counter(
            connection.scalars(select(attempt.c.delivery_id).where(attempt.c.ended_at.is_(None))).all()
        )
        alerts = len(connection.execute(select(alert.c.id)).all())
    ids = {row.key: row.id for row in rows}
    duplicates = {key: count - 1 for key, count in taken.items() if count > 1}
    return {
        "alerts": alerts,
        "deliveries": len(rows),
        "lost": sorted(row.key for row in rows if row.status == "delivered" and row.key not in taken),
        "pending": sum(row.status != "delivered" for row in rows),
        "duplicates": sum(duplicates.values()),
        "unexplained": sorted(key for key, more in duplicates.items() if more > unended[ids[key]]),
        "attempts_without_end": sum(unended.values()),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--swap", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(json.dumps(run(given.folder, given.kills, given.swap, given.seed)))
