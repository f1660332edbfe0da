"""The daemon under hostile answers: `python -m bench.hostile` (Linux, some three minutes; exit 1 over a bound).

Twenty honest watches are looked at every two seconds. Then some three hundred hostile ones, those of
`tests/integration/test_fetch_hostile.py`, join them by SIGHUP, all at the default bounds. Measured are the memory of
the daemon and how late the honest ones are, before and meanwhile.
"""

from __future__ import annotations

import asyncio
import socket
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "integration"))

from bench.watched import Watched
from fetch_peer import Peer, page
from test_fetch_hostile import CASES, TEXT

HONEST = 20
GROWN = 64
"""MiB that the daemon may grow by."""
LATE = 1.0
"""Seconds that an honest watch may be later than without the others."""


def serve() -> tuple[list[str], list[str]]:
    """Addresses of honest and of hostile pages, served in a thread; each has a host of its own."""
    loop = asyncio.new_event_loop()

    async def started() -> tuple[list[str], list[str]]:
        honest = [await Peer({"/case": page(TEXT)}).start(f"127.8.0.{n + 1}") for n in range(HONEST)]
        hostile = [
            await Peer({"/case": answer, "/good": page(TEXT)}).start(f"127.7.{n // 250}.{n % 250 + 1}")
            for n, (_, answer, _) in enumerate(CASES)
        ]
        return [peer.url("/case") for peer in honest], [peer.url("/case") for peer in hostile]

    urls = loop.run_until_complete(started())
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return urls


def write_config(folder: Path, metrics_port: int, honest: list[str], hostile: list[str]) -> None:
    lines = ["[monitor]", 'allow_private = ["127.0.0.0/8"]', f"metrics_port = {metrics_port}"]
    lines += ["[schedule]", 'every = "2s"', 'jitter = "0s"']
    for kind, urls in (("honest", honest), ("hostile", hostile)):
        for number, url in enumerate(urls):
            lines += [
                "[[vendor]]",
                f'name = "{kind} {number}"',
                *(['every = "1d"'] if kind == "hostile" else []),
            ]
            lines += ["[[vendor.policy]]", 'kind = "privacy"', f'url = "{url}"']
    (folder / "config.toml").write_text("\n".join(lines))


def lateness(daemon: Watched, since: str, until: str) -> list[float]:
    """Seconds from due to begun of the honest looks in between, sorted."""
    with closing(sqlite3.connect(daemon.database)) as connection:
        rows = connection.execute(
            'SELECT started_at, due_at FROM "check" JOIN watch ON watch.id = watch_id '
            "WHERE key LIKE 'honest%' AND due_at BETWEEN ? AND ?",
            (since, until),
        ).fetchall()
    return sorted((at(begun) - at(due)).total_seconds() for begun, due in rows)


def at(said: str) -> datetime:
    return datetime.fromisoformat(said)


def outcomes(daemon: Watched) -> Counter[str]:
    """What the hostile looks came to, by outcome and kind of error."""
    with closing(sqlite3.connect(daemon.database)) as connection:
        rows = connection.execute(
            'SELECT key, outcome, error_kind FROM "check" JOIN watch ON watch.id = watch_id '
            "WHERE key LIKE 'hostile%' ORDER BY \"check\".id DESC"
        ).fetchall()
    first = {key: kind or outcome for key, outcome, kind in rows}
    return Counter(first.values())


def now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def main() -> int:
    honest, hostile = serve()
    with tempfile.TemporaryDirectory() as name, socket.socket() as free:
        folder = Path(name)
        free.bind(("127.0.0.1", 0))
        metrics_port = free.getsockname()[1]
        free.close()
        daemon = Watched(folder, metrics_port)
        try:
            write_config(folder, metrics_port, honest, [])
            daemon.start()
            time.sleep(8)
            alone = now()
            time.sleep(30)
            before = daemon.memory("VmRSS")
            write_config(folder, metrics_port, honest, hostile)
            began = now()
            with daemon.measured() as spent:
                daemon.reload()
                while sum(outcomes(daemon).values()) < len(hostile):
                    time.sleep(0.5)
            ended = now()
            quiet, busy = lateness(daemon, alone, began), lateness(daemon, began, ended)
            kinds = outcomes(daemon)
        finally:
            daemon.close()
    grown, late = spent[0].peak - before, busy[-1] - quiet[-1]
    print(f"{len(hostile)} hostile answers in {spent[0].wall:.0f} s: {dict(kinds.most_common())}")
    print(f"memory: {before:.0f} MiB before, {spent[0].peak:.0f} at most, {spent[0].resident:.0f} after")
    for words, found in (("alone", quiet), ("meanwhile", busy)):
        middle, last = found[len(found) // 2], found[-1]
        print(
            f"{len(found)} honest looks {words}: late by {middle:.2f} s in the middle, {last:.2f} s at most"
        )
    print(
        f"blocked for {spent[0].blocked * 1000:.0f} ms at most (the machine: {spent[0].machine * 1000:.0f} ms)"
    )
    return int(grown > GROWN or late > LATE)


if __name__ == "__main__":
    sys.exit(main())
