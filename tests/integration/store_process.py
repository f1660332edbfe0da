"""A process that works on a state until it is killed: ``store_process.py looks|backup|gc|upgrade|full FOLDER``."""

from __future__ import annotations

import os
import resource
import sys
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from made_state import MadeState, fill, opened, sentence
from monitor.errors import StateError
from monitor.evidence.backup import backup
from monitor.evidence.retention import gc
from monitor.evidence.verify import verify
from monitor.store import migrations, schema, upgrade


def looks(folder: Path) -> None:
    """Looks for ever; says the number of each check once it is committed."""
    store = opened(folder)
    made = MadeState(store)
    with store.read() as connection:
        count = connection.scalar(select(func.count()).select_from(schema.watch)) or 0
    watch = made.watch(f"acme/policy-{count}-{os.getpid()}")
    number = 0
    while True:
        check = made.look(watch, sentence(number)) if number % 3 == 0 else made.turn(watch, f"token {number}")
        number += 1
        say(check)


def backups(folder: Path) -> None:
    store, number = opened(folder), 0
    made = MadeState(store)
    watch = made.watch(f"acme/busy-{os.getpid()}")
    while True:
        check = made.look(watch, sentence(number))
        backup(store, folder.parent / f"copy-{os.getpid()}-{number}.db", now=made.now)
        number += 1
        say(check)


def collections(folder: Path) -> None:
    store = opened(folder)
    made = MadeState(store)
    watch = made.watch(f"acme/noisy-{os.getpid()}")
    made.look(watch, sentence(0))
    while True:
        for number in range(6):
            check = made.turn(watch, f"token {number} {os.urandom(4).hex()}")
        gc(store, timedelta(0), now=made.now)
        say(check)


def upgrades(folder: Path) -> None:
    """One upgrade, by a program of tomorrow whose step takes a while."""
    steps = folder.parent / f"steps-{os.getpid()}"
    steps.mkdir()
    for path in migrations.FOLDER.glob("0*.py"):
        (steps / path.name).write_bytes(path.read_bytes())
    (steps / "9000_next.py").write_text(
        "import time\nimport sqlalchemy as sa\nfrom alembic import op\n"
        f'revision = "9000"\ndown_revision = "{upgrade.HEAD}"\n'
        "def upgrade():\n"
        "    for number in range(20):\n"
        '        op.add_column("version", sa.Column(f"colour_{number}", sa.Text()))\n'
        "        time.sleep(0.005)\n"
    )
    migrations.FOLDER, upgrade.HEAD = steps, "9000"
    say(0)
    opened(folder).close()
    say(1)
    sys.stdin.read()


def full(folder: Path) -> None:
    """Work under a limit of the size of files that grows page by page; lift it each time and look again."""
    store = opened(folder)
    made = fill(store, watches=1, versions=2)
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    refused = 0
    for step in range(int(sys.argv[3])):
        before = verify(store).records
        resource.setrlimit(resource.RLIMIT_FSIZE, (step * 4096 + 512, hard))
        done = 0
        try:
            while done < 4:
                made.look(1, sentence(step * 10 + done))
                done += 1
        except StateError as error:
            refused += 1
            cured = "nothing was half-written" in str(error)
            assert cured, error  # noqa: PT017
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        report = verify(store)
        assert report.clean, report.faults
        assert report.records == before + done, "a look is there whole, or not at all"
        made.look(1, sentence(step * 10 + 9))
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    say(refused)
    store.close()


def say(number: int) -> None:
    print(number, flush=True)


WORK = {"looks": looks, "backup": backups, "gc": collections, "upgrade": upgrades, "full": full}

if __name__ == "__main__":
    WORK[sys.argv[1]](Path(sys.argv[2]))
