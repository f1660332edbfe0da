"""What evidence costs, on made-up pages: `python bench/evidence.py [VERSIONS]` (exit 1 over a bound).

Bounds: entering an unchanged look into the chain 0.5 ms of CPU; a page of 100 kB that turned a token 400 bytes
packed; `verify` of 10,000 versions 60 s. With a directory of recorded histories as argument
(`NAME.tar.xz`, as `policy-monitor backfill` takes them): the size of the state that holds them all.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.evidence.verify import verify
from monitor.store import Store, blobs, chain, schema

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
PER_WATCH = 100


def page(chance: random.Random, size: int = 100_000) -> bytes:
    words = ["".join(chance.choices("abcdefghijklmnop", k=chance.randint(2, 9))) for _ in range(800)]
    text = ""
    while len(text) < size:
        text += f'<p class="clause">{" ".join(chance.choices(words, k=40))}.</p>\n'
    return f"<html><body><main>{text}</main></body></html>".encode()


def add(connection: Any, table: Any, rows: list[tuple[str, int]], **values: Any) -> int:
    number = int(connection.execute(table.insert(), values).inserted_primary_key[0])
    rows.append((table.name, number))
    return number


def look(store: Store, watch: int, at: datetime, snapshots: Sequence[int], keep: Any = None) -> float:
    """One committed look; the CPU seconds that the chain took of it."""
    with store.write() as connection:
        rows: list[tuple[str, int]] = []
        if keep:
            snapshots = [keep(connection, rows)]
        add(
            connection,
            schema.check,
            rows,
            watch_id=watch,
            due_at=at,
            started_at=at,
            ended_at=at,
            outcome="change" if keep else "unchanged",
            reason="bench",
            status=304,
            snapshot_ids=list(snapshots),
        )
        if keep:
            add(
                connection,
                schema.silence,
                rows,
                check_id=rows[-1][1],
                watch_id=watch,
                what="x",
                reason="bench",
            )
        began = time.thread_time()
        chain.attest(connection, rows, at)
        return time.thread_time() - began


def fill(store: Store, versions: int) -> list[float]:
    """Versions of pages of 100 kB, an unchanged look after each; what the chain cost at each unchanged look."""
    chance, costs = random.Random(1), []
    for start in range(0, versions, PER_WATCH):
        at, body, last = BEGIN, page(chance), None
        with store.write() as connection:
            row = {
                "key": f"bench/{start}",
                "vendor": "bench",
                "name": str(start),
                "kind": "terms",
                "pages": [],
            }
            result = connection.execute(
                schema.watch.insert(), {**row, "enabled": True, "created_at": at, "next_check_at": at}
            )
            watch = int(result.inserted_primary_key[0])  # type: ignore[index]
        for number in range(1, min(PER_WATCH, versions - start) + 1):
            at += timedelta(hours=12)
            body = body.replace(b"<main>", f"<main><p>Edition {number} of {start}.</p>".encode(), 1)
            state: dict[str, Any] = {"watch": watch, "number": number, "at": at, "body": body, "last": last}
            look(
                store,
                watch,
                at,
                [],
                keep=lambda connection, rows, state=state: _keep(connection, rows, state),
            )
            last = state["sha256"]
            costs.append(look(store, watch, at + timedelta(hours=6), [state["snapshot"]]))
    return costs


def _keep(connection: Any, rows: list[tuple[str, int]], state: dict[str, Any]) -> int:
    state["sha256"] = blobs.put(connection, state["body"], like=state["last"])
    document = blobs.put(
        connection, json.dumps({"text": state["body"].decode()}).encode(), like=state["sha256"]
    )
    at, watch = state["at"], state["watch"]
    headers = [["content-type", "text/html"]]
    state["snapshot"] = add(
        connection,
        schema.snapshot,
        rows,
        watch_id=watch,
        fetched_at=at,
        requested_url="https://bench.example/",
        url="https://bench.example/",
        status=200,
        content_type="text/html",
        request_headers=headers,
        headers=headers,
        redirects=[],
        body_sha256=state["sha256"],
    )
    add(
        connection,
        schema.version,
        rows,
        watch_id=watch,
        number=state["number"],
        text_key=state["sha256"],
        text_sha256=state["sha256"],
        document_sha256=document,
        snapshot_ids=[state["snapshot"]],
        first_seen_at=at,
        title="bench",
        extractor="bench",
    )
    return int(state["snapshot"])


def token_cost(store: Store) -> float:
    """Packed bytes of a page that only turned a token, on average over a run of them."""
    chance, size, last = random.Random(2), 0, None
    body = page(chance)
    with store.write() as connection:
        for _ in range(42):
            turned = body.replace(b"<body>", f"<body data-token='{chance.randbytes(16).hex()}'>".encode())
            last = blobs.put(connection, turned, like=last)
            row = connection.execute(schema.blob.select().where(schema.blob.c.sha256 == last)).one()
            size += len(row.data) if row.depth else 0
        connection.rollback()
    return size / 40


def measured(versions: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder))
        costs = fill(store, versions)
        token = token_cost(store)
        size = sum(path.stat().st_size for path in Path(folder).iterdir()) / 1e6
        began, cpu = time.perf_counter(), time.process_time()
        report = verify(store)
        wall, cpu = time.perf_counter() - began, time.process_time() - cpu
        store.close()
    cost = sum(costs) / len(costs) * 1000
    print(f"chain at an unchanged look: {cost:.2f} ms CPU; a turned token: {token:.0f} bytes")
    print(
        f"{versions} versions of 100 kB: {size:.1f} MB; verify {wall:.1f} s, {cpu:.1f} s CPU, {report.rows} rows"
    )
    sound = report.clean and cost <= 0.5 and token <= 400 and wall <= 60 * versions / 10_000 + 5
    return 0 if sound else 1


def histories(folder: Path) -> int:
    command = [sys.executable, "-c", "from monitor.cli import main; main()"]
    with tempfile.TemporaryDirectory() as inner:
        config = Path(inner) / "config.toml"
        names = sorted(folder.glob("*.tar.xz"))
        policies = "".join(
            f'[[vendor.policy]]\nkind = "other"\nname = "p{number}"\nurl = "https://bench.example/{number}"\n'
            for number in range(len(names))
        )
        config.write_text(f'[monitor]\nstate = "state"\n[[vendor]]\nname = "b"\n{policies}')
        for number, name in enumerate(names):
            subprocess.run(
                [*command, "--config", str(config), "backfill", "-q", f"b/p{number}", str(name)], check=True
            )
        size = sum(path.stat().st_size for path in (Path(inner) / "state").iterdir())
    print(f"{len(names)} histories: {size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    given = sys.argv[1] if len(sys.argv) > 1 else "1000"
    sys.exit(measured(int(given)) if given.isdigit() else histories(Path(given)))
