"""Killing the installed command at work, with a ledger of what the vendor served and what the receiver got."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import random
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from monitor.store import migrations, upgrade
from monitor.store.guards import FINAL
from monitor.store.meta import BEAT
from world import COMMAND, World, page

PATHS = ("/alder", "/birch", "/cedar", "/elder", "/hazel")
KINDS = ("check", "commit", "send", "backup", "migrate")
LATE = ("after the commit", "between looks", "taken and marked", "there", "happened")
"""Said when what was aimed at had happened before the kill."""
STEP = """import time
import sqlalchemy as sa
from alembic import op
revision, down_revision = "{number:04}", "{before}"
def upgrade():
    for table in ("version", "check", "delivery"):
        op.add_column(table, sa.Column("step_{number:04}", sa.Text()))
        {between}
"""
UNTOLD = """SELECT id FROM "check" WHERE outcome IN ('change', 'reverted')
    AND NOT EXISTS (SELECT 1 FROM alert JOIN delivery ON alert_id = alert.id WHERE check_id = "check".id)
    AND NOT EXISTS (SELECT 1 FROM silence WHERE check_id = "check".id)"""
IN_ONE_TRANSACTION = "time.sleep(0.05)"
STEP_BY_STEP = (
    'connection = op.get_bind(); connection.exec_driver_sql("COMMIT"); time.sleep(0.5); '
    'connection.exec_driver_sql("BEGIN IMMEDIATE")'
)


class Siege:
    """One state under attack. ``fault`` breaks a promise of the program on purpose (``tomorrow``)."""

    def __init__(self, world: World, seed: int, fault: str = "") -> None:
        self.world, self.site, self.chance, self.fault = world, world.site, random.Random(seed), fault
        self.database = world.folder / "state" / "policy-monitor.db"
        self.copies = world.folder / "copies"
        self.steps = world.folder / "steps"
        self.copies.mkdir()
        self.steps.mkdir()
        for path in migrations.FOLDER.glob("0*.py"):
            (self.steps / path.name).write_bytes(path.read_bytes())
        paths = (str(Path(__file__).parent / "tomorrow"), os.environ.get("PYTHONPATH", ""))
        self.environment = {
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            "POLICY_MONITOR_STEPS": str(self.steps),
            **({"POLICY_MONITOR_FAULT": fault} if fault else {}),
        }
        self.revisions = [upgrade.HEAD]
        self.published: dict[str, list[int]] = {path: [] for path in PATHS}
        self.number = 1000
        self.kills = 0
        self.copied = 0
        self.moments: Counter[str] = Counter()
        self.columns: dict[str, str] = {}
        self.there: dict[str, dict[int, str]] = {}
        self.lost_rows: list[str] = []
        self.half: list[str] = []
        self.bad_copies: list[str] = []
        self.unsent: set[str] = set()
        self.knocks = 0
        self.pace = dict.fromkeys(KINDS, 1.0)
        for path in PATHS:
            self.site.pages[path] = page()
        self.site.hook = self._taken
        world.config(PATHS)
        assert self.run("check", "--quiet").returncode == 0

    def _taken(self) -> int:
        """The receiver takes its time before it has a message, and again before it says so."""
        self.knocks += 1
        time.sleep(self.chance.uniform(0, 0.1))
        return 200

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.world.folder / "siege.log").open("ab") as log:
            process = subprocess.Popen(
                [COMMAND, *arguments],
                cwd=self.world.folder,
                env=self.world.environment | self.environment,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        self.world.daemons.append(process)
        return process

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.world.run(*arguments, **self.environment)

    # ── one attack ────────────────────────────────────────────────────────────────────────────

    def attack(self, kind: str) -> None:
        """Publish something, let the program work, kill it at a random moment, look at what is left."""
        self._publish()
        began = time.monotonic()
        begun = getattr(self, f"_{kind}")()
        victims, reached, span = next(begun)
        aimed = self.chance.random() < 0.8
        if not aimed:  # any moment at all, the start included
            reached, span = (lambda: True), 1.5
        while not reached() and any(victim.poll() is None for victim in victims[:1]):
            time.sleep(0.004)
            if time.monotonic() - began > 60:
                raise AssertionError(f"{kind}: nothing happened within a minute\n{self._log()}")
        time.sleep(self.chance.uniform(0, span * (self.pace[kind] if aimed else 1)))
        for victim in victims:
            self.kills += victim.poll() is None
            victim.kill()
        for victim in victims:
            victim.wait()
        for said in begun:
            self.moments[f"{kind}: {said}"] += 1
            if aimed:  # close in on the moment when it happens, however fast this machine is
                self.pace[kind] *= 0.7 if said in LATE else 1.4
                self.pace[kind] = min(max(self.pace[kind], 0.05), 10)
        self._survey()

    def _publish(self) -> None:
        """The next text of some policies; a text stays until it was recorded, else nobody could have seen it."""
        with self._opened() as database:
            for path in self.chance.sample(PATHS, 3):
                if self._recorded(database, self.site.pages[path]):
                    self.number += 1
                    self.published[path].append(self.number)
                    self.site.pages[path] = page(keep=self.number)

    def _check(self) -> Iterator[Any]:
        before = len(self.site.gets)
        yield [self.start("check", "--quiet")], lambda: len(self.site.gets) > before, 2.5
        with self._opened() as database:
            unrecorded = [path for path in PATHS if not self._recorded(database, self.site.pages[path])]
        yield "before the commit" if unrecorded else "after the commit"

    def _commit(self) -> Iterator[Any]:
        wal = Path(f"{self.database}-wal")
        before = len(self.site.gets)
        written = [0.0]

        def writes() -> bool:
            """A page was served, and the file is written for the first time since."""
            if len(self.site.gets) == before:
                return False
            now = wal.stat().st_mtime_ns if wal.exists() else 0
            written[0] = written[0] or now
            return now != written[0]

        yield [self.start("run", "--quiet")], writes, 0.01
        held = self._count("watch", "lease_owner IS NOT NULL")
        yield "while looks were under way" if held else "between looks"

    def _send(self) -> Iterator[Any]:
        knocks, alerts = self.knocks, self._count("delivery")
        planned = self._count("delivery", "status <> 'delivered'") > 0
        running = [self.start("run", "--quiet")]
        if (
            planned or self.chance.random() < 0.5
        ):  # when a message arrives, or from when an alert was committed
            yield running, lambda: self.knocks > knocks, 0.2
        else:
            yield running, lambda: self._count("delivery") > alerts, 1.2
        with self._opened() as database:
            open_ones = [
                row[0] for row in database.execute("SELECT key FROM delivery WHERE status <> 'delivered'")
            ]
        arrived = self._arrived()
        taken = [key for key in open_ones if key.partition("→")[0] in arrived]
        yield "taken, not yet marked" if taken else "not yet taken" if open_ones else "taken and marked"

    def _backup(self) -> Iterator[Any]:
        target = self.copies / f"copy-{self.number}-{self.kills}.db"

        def begins() -> bool:
            return target.exists() or len(list(self.copies.glob(".backup-*"))) > before

        before = len(list(self.copies.glob(".backup-*")))
        yield [self.start("backup", str(target)), self.start("run", "--quiet")], begins, 0.5
        if target.exists():
            self._put_back(target)
        yield "there" if target.exists() else "not there"

    def _migrate(self) -> Iterator[Any]:
        number = 9000 + len(self.revisions)
        between = STEP_BY_STEP if self.fault == "steps" else IN_ONE_TRANSACTION
        (self.steps / f"{number}_step.py").write_text(
            STEP.format(number=number, before=self.revisions[-1], between=between)
        )
        self.revisions.append(f"{number:04}")
        before = len(list(self.database.parent.iterdir()))
        yield (
            [self.start("check", "--quiet")],
            lambda: len(list(self.database.parent.iterdir())) > before,
            0.5,
        )
        with self._opened() as database:
            (revision,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
        yield "happened" if revision == self.revisions[-1] else "did not happen"

    # ── what is left ──────────────────────────────────────────────────────────────────────────

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.database, timeout=30, isolation_level=None)) as database:
            yield database

    def _count(self, table: str, which: str = "1") -> int:
        with self._opened() as database:
            return int(database.execute(f"SELECT count(*) FROM {table} WHERE {which}").fetchone()[0])

    def _beat(self) -> str | None:
        """When a daemon last said that it is alive."""
        with self._opened() as database:
            row = database.execute("SELECT value FROM meta WHERE key = ?", (BEAT,)).fetchone()
        return row[0] if row else None

    def _recorded(self, database: sqlite3.Connection, body: bytes) -> bool:
        """Whether there is a version that was read from these bytes."""
        found = database.execute(
            "SELECT 1 FROM version WHERE EXISTS (SELECT 1 FROM json_each(snapshot_ids) JOIN snapshot "
            "ON snapshot.id = json_each.value WHERE body_sha256 = ?)",
            (hashlib.sha256(body).hexdigest(),),
        )
        return found.fetchone() is not None

    def _survey(self) -> None:
        """Every row that was there is there, and as it was; the file is sound; a step is whole."""
        with self._opened() as database:
            for (words,) in database.execute("PRAGMA integrity_check"):
                self.half += [] if words == "ok" else [words]
            self.half += [f"foreign key: {row}" for row in database.execute("PRAGMA foreign_key_check")]
            for table in FINAL:
                if table not in self.columns:
                    names = [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]
                    self.columns[table] = ", ".join(f'"{name}"' for name in names)
                rows = {
                    row[0]: hashlib.sha256(repr(row).encode()).hexdigest()
                    for row in database.execute(f'SELECT {self.columns[table]} FROM "{table}"')
                }
                before = self.there.get(table, {})
                self.lost_rows += [f"{table} {key}" for key in before if rows.get(key) != before[key]]
                self.there[table] = rows
            (revision,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
            made = {
                (table, row[1].removeprefix("step_"))
                for table in ("version", "check", "delivery")
                for row in database.execute(f'PRAGMA table_info("{table}")')
                if row[1].startswith("step_")
            }
            self.half += [f"check {row[0]} saw a change and tells nobody" for row in database.execute(UNTOLD)]
            marked = {
                row[0] for row in database.execute("SELECT key FROM delivery WHERE status = 'delivered'")
            }
        arrived = self._arrived()  # a receiver notes what it takes before it says so
        self.unsent |= {key for key in marked if key.partition("→")[0] not in arrived}
        steps = [number for number in self.revisions[1:] if number <= revision]
        if made != {(table, number) for table in ("version", "check", "delivery") for number in steps}:
            self.half.append(f"schema {revision} is half-made: {sorted(made)[-3:]}")

    def _arrived(self) -> Counter[str]:
        """Keys of the alerts that the receiver has taken, and how often."""
        posts = list(self.site.posts)
        return Counter(alert["key"] for post in posts for alert in post.get("alerts", [post]))

    def _log(self) -> str:
        return (self.world.folder / "siege.log").read_text("utf-8")[-4000:]

    # ── the reckoning ─────────────────────────────────────────────────────────────────────────

    @property
    def broken(self) -> bool:
        """Whether something was lost that nothing can bring back."""
        return bool(self.lost_rows or self.half or self.bad_copies or self.unsent)

    def reckon(self) -> dict[str, Any]:
        """Let the program work in peace until it has nothing left to do; then what became of everything."""
        before = self._beat()
        last = self.start("run", "--quiet")
        end = time.monotonic() + 300
        # Where nothing is left to do it is idle before it has begun: only a beat shows that it is at work.
        while (self._beat() == before or not self._idle()) and last.poll() is None and time.monotonic() < end:
            time.sleep(0.3)
        last.terminate()
        if last.wait(60) != 0:
            self.half.append(f"the program does not work on: {self._log()}")
        self._survey()
        for copy in self.database.parent.glob("policy-monitor-schema-*.db"):
            self._put_back(copy)
        numbers = [number for path in PATHS for number in self.published[path]]
        with self._opened() as database:
            versions = [number for number in numbers if not self._recorded(database, page(keep=number))]
            changed = " ".join(row[0] for row in database.execute("SELECT body FROM change"))
            (pages,) = database.execute("SELECT count(DISTINCT body_sha256) FROM snapshot").fetchone()
        words = str(self.site.posts)
        self.half += self.run("backup", str(self.copies / "last.db")).stderr.splitlines()
        done = self.run("verify", "--json")
        verified = (
            json.loads(done.stdout) if done.stdout else {"records": 0, "faults": [{"message": done.stderr}]}
        )
        return {
            "kills": self.kills,
            "moments": dict(sorted(self.moments.items())),
            "published": len(numbers),
            "steps": len(self.revisions) - 1,
            "copies": self.copied,
            "records": verified["records"],
            "told_twice": sum(count - 1 for count in self._arrived().values()),
            "lost": {
                "versions": versions,
                "changes": [number for number in numbers if f"{number} days" not in changed],
                "alerts": [number for number in numbers if f"{number} days" not in words],
                "marked_and_not_sent": sorted(self.unsent),
                "rows": self.lost_rows,
            },
            "half": self.half,
            "invented_pages": pages - len(numbers) - 1,
            "bad_copies": self.bad_copies,
            "left_behind": [path.name for path in self.copies.glob(".*")],
            "faults": [fault["message"] for fault in verified["faults"]],
        }

    def _idle(self) -> bool:
        """Whether all that was published is recorded, and every delivery has ended."""
        with self._opened() as database:
            (waiting,) = database.execute(
                "SELECT count(*) FROM delivery WHERE status NOT IN ('delivered', 'stopped')"
            ).fetchone()
            return not waiting and all(self._recorded(database, self.site.pages[path]) for path in PATHS)

    def _put_back(self, copy: Path) -> None:
        """What has the name of a copy can be put back."""
        self.copied += 1
        done = self.run("restore", str(copy), "--state", f"back/{copy.stem}")
        if done.returncode != 0:
            self.bad_copies.append(f"{copy.name}: {done.stderr.strip()}")


def lay(
    folder: Path, kills: int, *, seed: int = 1, fault: str = "", kinds: tuple[str, ...] = KINDS
) -> dict[str, Any]:
    """Attack until so many processes were killed or something is lost for good, and reckon."""
    world = World(folder)
    try:
        siege = Siege(world, seed, fault)
        for kind in itertools.cycle(kinds):
            if siege.kills >= kills or siege.broken:
                break
            siege.attack(kind)
        return siege.reckon()
    finally:
        world.close()
