"""The schema's history: steps and declaration agree, an upgrade is whole or not at all, newer states are refused."""

from __future__ import annotations

import lzma
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, inspect, text

from made_state import fill, opened
from monitor.errors import NoStateError, StateError
from monitor.evidence.verify import verify
from monitor.store import Store, migrations, upgrade
from monitor.store.engine import DATABASE
from postgres import postgres_schema

RELEASED = sorted((Path(__file__).parent.parent / "states").glob("*.db.xz"))
"""A state as each released schema left it."""


def described(connection: Connection) -> dict[str, Any]:
    """Everything that a database tells about its tables, in a form that can be compared."""
    found: dict[str, Any] = {}
    inspector = inspect(connection)
    for table in sorted(inspector.get_table_names()):
        columns = inspector.get_columns(table)
        found[table] = {
            "columns": [(c["name"], str(c["type"]), c["nullable"], c.get("default")) for c in columns],
            "primary": inspector.get_pk_constraint(table),
            "foreign": sorted(map(str, inspector.get_foreign_keys(table))),
            "unique": sorted(map(str, inspector.get_unique_constraints(table))),
            "checks": sorted(map(str, inspector.get_check_constraints(table))),
            "indexes": sorted(map(str, inspector.get_indexes(table))),
        }
    return found


def both(declared: str, stepped: str, folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The tables as a new state has them, and as the steps make them."""
    store = Store.open(folder, declared)
    with store.read() as connection:
        one = described(connection)
    store.close()
    engine = create_engine(stepped)
    with engine.begin() as connection:
        migrations.upgrade(connection, upgrade.HEAD)
        other = described(connection)
    engine.dispose()
    return one, other


def test_steps_and_declaration_agree_on_sqlite(tmp_path: Path) -> None:
    declared, stepped = both(f"sqlite:///{tmp_path}/one.db", f"sqlite:///{tmp_path}/other.db", tmp_path)
    assert len(declared) > 15
    assert declared == stepped


@pytest.mark.postgres
def test_steps_and_declaration_agree_on_postgresql(tmp_path: Path) -> None:
    with postgres_schema() as one, postgres_schema() as other:
        declared, stepped = both(one, other, tmp_path)
    mine, theirs = (str(found).replace(schema, "") for found, schema in ((declared, one), (stepped, other)))
    assert len(declared) > 15
    assert mine == theirs


def test_the_newest_step_is_the_one_that_the_program_wants() -> None:
    assert migrations.known()[-1] == upgrade.HEAD


def test_a_usual_start_does_not_import_alembic(tmp_path: Path) -> None:
    opened(tmp_path).close()
    code = (
        "import sys; from pathlib import Path; from monitor.store import Store; "
        "Store.open(Path(sys.argv[1])).close(); print(sorted({'alembic', 'zstandard'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("found", ["0002", "9999"])
def test_a_newer_state_is_refused(tmp_path: Path, found: str) -> None:
    opened(tmp_path).close()
    _set_revision(tmp_path, found)
    with pytest.raises(StateError, match=rf"newer policy-monitor \(schema {found}"):
        opened(tmp_path)
    with closing(sqlite3.connect(tmp_path / DATABASE)) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [(found,)]


def test_an_unknown_state_is_refused(tmp_path: Path) -> None:
    opened(tmp_path).close()
    _set_revision(tmp_path, "0000x")
    with pytest.raises(StateError, match="no policy-monitor has written"):
        opened(tmp_path)


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / DATABASE)) as database:
        database.execute("CREATE TABLE watch (colour TEXT)")
    with pytest.raises(StateError, match="'watch' that is not ours"):
        opened(tmp_path)
    with closing(sqlite3.connect(tmp_path / DATABASE)) as database:
        assert database.execute("SELECT name FROM sqlite_master").fetchall() == [("watch",)]


def test_looking_at_evidence_never_begins_a_state(tmp_path: Path) -> None:
    with pytest.raises(NoStateError, match="there is no state yet"):
        Store.open(tmp_path / "state", migrate=False)
    assert not (tmp_path / "state").exists()


@pytest.fixture
def next_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program of tomorrow, whose schema is one step further; the step is in the file that is returned."""
    folder = tmp_path / "steps"
    folder.mkdir()
    for path in migrations.FOLDER.glob("0*.py"):
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "9000_next.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f'revision = "9000"\ndown_revision = "{upgrade.HEAD}"\n'
        "def upgrade():\n"
        '    op.add_column("version", sa.Column("colour", sa.Text()))\n'
        "    op.execute(\"UPDATE version SET colour = 'blue'\")\n"
    )
    monkeypatch.setattr(migrations, "FOLDER", folder)
    monkeypatch.setattr(upgrade, "HEAD", "9000")
    return folder / "9000_next.py"


def test_an_upgrade_keeps_a_copy_of_what_was(
    tmp_path: Path, next_step: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "state"
    with monkeypatch.context() as today:
        today.setattr(upgrade, "HEAD", "0001")
        store = opened(state)
        fill(store, watches=1)
        store.close()
    with pytest.raises(StateError, match="this program needs 9000"):
        Store.open(state, migrate=False)
    store = opened(state)
    with store.read() as connection:
        assert set(connection.execute(text("SELECT colour FROM version")).scalars()) == {"blue"}
        assert upgrade.revision(connection) == "9000"
    with pytest.raises(StateError, match="only ever added"), store.write() as connection:
        connection.execute(text("UPDATE version SET colour = 'red'"))
    assert verify(store).clean, "what this program attests stays as it was"
    store.close()
    [copy] = state.glob("policy-monitor-schema-0001-*.db")
    assert copy.stat().st_mode & 0o077 == 0
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
        assert database.execute("SELECT count(*) FROM version").fetchone() == (4,)


def test_an_upgrade_that_fails_changes_nothing(
    tmp_path: Path, next_step: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "state"
    with monkeypatch.context() as today:
        today.setattr(upgrade, "HEAD", "0001")
        store = opened(state)
        fill(store, watches=1)
        store.close()
    next_step.write_text(next_step.read_text() + '    op.execute("INSERT INTO nowhere VALUES (1)")\n')
    with pytest.raises(StateError, match="nowhere"):
        opened(state)
    with monkeypatch.context() as today:
        today.setattr(upgrade, "HEAD", "0001")
        store = opened(state)
        assert verify(store).clean
        with store.read() as connection:
            assert "colour" not in {column["name"] for column in inspect(connection).get_columns("version")}
        store.close()


@pytest.mark.parametrize("stored", RELEASED, ids=lambda path: path.name)
def test_every_released_state_comes_up_to_date(stored: Path, tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(lzma.decompress(stored.read_bytes()))
    store = opened(tmp_path)
    report = verify(store)
    assert report.faults == ()
    assert report.records > 0
    store.close()


def test_there_is_a_stored_state_for_each_schema() -> None:
    assert [path.name.partition(".")[0] for path in RELEASED] == migrations.known()


def _set_revision(folder: Path, revision: str) -> None:
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        database.execute("UPDATE alembic_version SET version_num = ?", (revision,))
        database.commit()
