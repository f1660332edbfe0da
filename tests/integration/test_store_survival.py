"""Whatever dies, fills up or is garbled: what was committed is there, what was not never happened.

KILLS and CUTS set how often; the suite tries a few, a night hundreds.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from made_state import MadeState, fill, opened, sentence
from monitor.errors import StateError
from monitor.evidence.verify import verify
from monitor.store import Store, blobs
from monitor.store.engine import DATABASE

KILLS = int(os.environ.get("KILLS", "4"))
CUTS = int(os.environ.get("CUTS", "16"))
HERE = Path(__file__).parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{HERE.parent.parent}{os.pathsep}{HERE}"}


def process(work: str, folder: Path, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(HERE / "store_process.py"), work, str(folder), *more],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )


def killed(work: str, folder: Path, after: float) -> list[int]:
    """Let a process work for so long after its first words, kill it; what it said."""
    with process(work, folder) as running:
        words = heard(running, 1 if work == "upgrade" else 2)
        time.sleep(after)
        running.kill()
        rest, errors = running.communicate(timeout=60)
    assert "" not in words, errors
    return [int(line) for line in [*words, *rest.splitlines()]]


def heard(running: subprocess.Popen[str], lines: int) -> list[str]:
    """Its next lines, once it has said them."""
    assert running.stdout is not None
    return [running.stdout.readline() for _ in range(lines)]


@pytest.mark.parametrize("work", ["looks", "backup", "gc"])
def test_kills_lose_nothing(work: str, tmp_path: Path) -> None:
    chance = random.Random(work)
    state = tmp_path / "state"
    said: list[int] = []
    for _ in range(max(1, KILLS // 4)):
        said += killed(work, state, chance.uniform(0.01, 0.4))
    store = opened(state)
    report = verify(store)
    assert report.faults == ()
    with store.read() as connection:
        there = set(connection.exec_driver_sql('SELECT id FROM "check"').scalars())
    store.close()
    assert len(said) > 1
    assert set(said) <= there, "a look that was committed is there"
    for copy in tmp_path.glob("copy-*.db"):
        (tmp_path / copy.stem).mkdir()
        shutil.copyfile(copy, tmp_path / copy.stem / DATABASE)
        put_back = opened(tmp_path / copy.stem)
        assert verify(put_back).clean, "a copy has its name only once it is whole"
        put_back.close()


def test_a_killed_upgrade_happened_or_did_not(tmp_path: Path) -> None:
    chance = random.Random(3)
    original = tmp_path / "original"
    store = opened(original)
    fill(store, watches=1)
    store.close()
    seen = set()
    for number in range(max(2, KILLS // 4)):
        state = tmp_path / f"state-{number}"
        shutil.copytree(original, state)
        killed("upgrade", state, chance.uniform(0.05, 0.6))
        with closing(sqlite3.connect(state / DATABASE)) as database:
            (revision,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
            columns = {row[1] for row in database.execute("PRAGMA table_info(version)")}
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert ("colour_0" in columns, "colour_19" in columns) == ((revision == "9000"),) * 2
        seen.add(revision)
        if revision == "0001":
            again = opened(state)
            assert verify(again).clean
            again.close()
    assert seen <= {"0001", "9000"}


def test_a_full_disk_stops_the_work_and_nothing_else(tmp_path: Path) -> None:
    """Every write of a run meets the limit once; each time the work goes on when there is room again."""
    with process("full", tmp_path / "state", "14") as running:
        said, errors = running.communicate(timeout=120)
    assert running.returncode == 0, errors
    assert int(said) >= 5, "the limit was met"


@pytest.fixture(scope="module")
def unfinished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state whose last looks are still in the WAL: its process died."""
    folder = tmp_path_factory.mktemp("unfinished")
    store = opened(folder / "open")
    made = fill(store, watches=1, versions=2)
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    for number in range(6):
        made.look(1, sentence(50 + number))
    for beside in ("", "-wal"):
        shutil.copyfile(folder / "open" / f"{DATABASE}{beside}", folder / f"{DATABASE}{beside}")
    store.close()
    return folder


@pytest.mark.parametrize("how", ["cut", "garble"])
def test_a_torn_wal_ends_after_some_look(how: str, unfinished: Path, tmp_path: Path) -> None:
    chance = random.Random(how)
    wal = (unfinished / f"{DATABASE}-wal").read_bytes()
    counts = set()
    for _ in range(max(1, CUTS // 2)):
        place = chance.randrange(len(wal))
        torn = wal[:place] if how == "cut" else wal[:place] + chance.randbytes(9) + wal[place + 9 :]
        (tmp_path / f"{DATABASE}-shm").unlink(missing_ok=True)
        shutil.copyfile(unfinished / DATABASE, tmp_path / DATABASE)
        (tmp_path / f"{DATABASE}-wal").write_bytes(torn)
        store = opened(tmp_path)
        report = verify(store)
        store.close()
        assert report.faults == (), (place, report.faults)
        counts.add(report.records)
    assert counts <= set(range(6, 13))
    assert len(counts) > 2, "the tears were at different looks"


def test_garbled_pages_are_found(unfinished: Path, tmp_path: Path) -> None:
    """The negative control: damage to the database file itself never passes for a sound state."""
    chance = random.Random(5)
    shutil.copyfile(unfinished / DATABASE, tmp_path / "sound.db")
    sound = (tmp_path / "sound.db").read_bytes()
    for _ in range(max(1, CUTS // 3)):
        page = chance.randrange(1, len(sound) // 4096) * 4096
        torn = sound[:page] + chance.randbytes(4096) + sound[page + 4096 :]
        (tmp_path / DATABASE).write_bytes(torn)
        for beside in ("-wal", "-shm"):
            (tmp_path / f"{DATABASE}{beside}").unlink(missing_ok=True)
        try:
            store = opened(tmp_path)
        except StateError as error:
            assert "restore" in str(error)  # noqa: PT017
            continue
        assert not verify(store).clean
        store.close()


@pytest.mark.parametrize("content", [b"no database", os.urandom(8192), b"SQLite format 3\0" + bytes(100)])
def test_what_is_no_database_is_named_with_a_cure(content: bytes, tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(content)
    with pytest.raises(StateError, match=rf"{DATABASE}.*(restore|not a database|malformed)"):
        opened(tmp_path)
    assert (tmp_path / DATABASE).read_bytes() == content


@pytest.mark.parametrize("make", [Path.touch, lambda path: sqlite3.connect(path).close()])
@pytest.mark.parametrize("pragma", ["", "PRAGMA journal_mode=WAL"])
def test_a_state_that_was_emptied_is_neither_healthy_nor_begun_anew(
    make: Callable[[Path], None], pragma: str, tmp_path: Path
) -> None:
    make(tmp_path / DATABASE)
    if pragma:  # an empty database with a header
        with closing(sqlite3.connect(tmp_path / DATABASE)) as database:
            database.execute(pragma)
    before = (tmp_path / DATABASE).read_bytes()
    for migrate in (True, False):
        with pytest.raises(StateError, match=rf"{DATABASE}: is empty.*restore.*remove the file"):
            Store.open(tmp_path, migrate=migrate)
    assert (tmp_path / DATABASE).read_bytes() == before


def test_processes_that_start_together_begin_one_state(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with process("looks", state) as one, process("looks", state) as other:
        for running in (one, other):
            said = heard(running, 2)
            running.kill()
            assert "" not in said, running.communicate(timeout=60)[1]
            running.communicate(timeout=60)
    store = opened(state)
    assert verify(store).clean
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM watch").scalar() == 2
    store.close()
    assert list(state.glob(".begin-*")) == []


OPENS = """import os, sys
from pathlib import Path
from monitor.errors import StateError
from monitor.store import Store
Store.open(Path(sys.argv[2])).close()  # everything is imported now
if os.getuid() == 0:
    os.setgid(65534); os.setuid(65534)
try:
    Store.open(Path(sys.argv[1]) / "state").close()
except StateError as error:
    print(error)
else:
    print("works")
"""


def opened_without_rights(place: Path, tmp_path: Path) -> str:
    """What somebody without special rights is told who opens ``place``/state."""
    if os.getuid() == 0:
        for parent in (tmp_path, *tmp_path.parents):
            if parent.stat().st_uid == 0 and parent.is_relative_to(tempfile.gettempdir()):
                parent.chmod(parent.stat().st_mode | 0o055)
    done = subprocess.run(
        [sys.executable, "-c", OPENS, str(place), str(tmp_path / "other")],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(("mode", "writes"), [(0o500, False), (0o000, False), (0o700, True)])
def test_a_state_that_may_not_be_written(mode: int, writes: bool, tmp_path: Path) -> None:
    """An error that names the place and the cure, in place of a traceback."""
    place = tmp_path / "place"
    place.mkdir()
    if os.getuid() == 0:
        os.chown(place, 65534, 65534)
    place.chmod(mode)
    try:
        said = opened_without_rights(place, tmp_path)
    finally:
        place.chmod(0o700)
    if writes:
        assert said == "works\n"
    else:
        assert str(place) in said
        assert "check path and owner" in said


def test_a_state_that_may_be_read_only_says_whose_it_is(tmp_path: Path) -> None:
    state = tmp_path / "place" / "state"
    opened(state).close()
    (state / DATABASE).chmod(0o444)
    state.chmod(0o555)
    try:
        said = opened_without_rights(tmp_path / "place", tmp_path)
    finally:
        state.chmod(0o755)
    assert f"{state / DATABASE}: cannot be written" in said
    assert ("sudo -u root policy-monitor" if os.getuid() == 0 else "chmod u+w") in said


def test_a_clock_that_was_set_back_is_no_fault(tmp_path: Path) -> None:
    store = opened(tmp_path)
    made = MadeState(store)
    watch = made.watch()
    made.look(watch, "We keep logs for 30 days.")
    made.now -= timedelta(days=400)
    made.look(watch, "We keep logs for 90 days.")
    made.look(watch)
    assert verify(store).clean
    store.close()


def test_two_processes_share_one_chain(tmp_path: Path) -> None:
    """Both write at once; every record follows from the one before, and none is lost."""
    state = tmp_path / "state"
    opened(state).close()
    with process("looks", state) as one, process("looks", state) as other:
        words = [heard(running, 4) for running in (one, other)]
        said = []
        for first, running in zip(words, (one, other), strict=True):
            running.kill()
            out, _ = running.communicate(timeout=60)
            said.append([int(line) for line in [*first, *out.splitlines()]])
    store = opened(state)
    assert verify(store).faults == ()
    with store.read() as connection:
        there = set(connection.exec_driver_sql('SELECT id FROM "check"').scalars())
    store.close()
    assert set(said[0]).isdisjoint(said[1])
    assert set(said[0]) | set(said[1]) <= there


def test_a_flipped_bit_of_a_blob_is_named_when_read(tmp_path: Path) -> None:
    store = opened(tmp_path)
    with store.write() as connection:
        name = blobs.put(connection, b"We keep logs for 30 days. " * 40)
        data = bytearray(connection.exec_driver_sql("SELECT data FROM blob").scalar() or b"")
        data[len(data) // 2] ^= 4
        connection.exec_driver_sql("UPDATE blob SET data = ?", (bytes(data),))
    with store.read() as connection, pytest.raises(StateError, match=name):
        blobs.get(connection, name)
    store.close()
