"""The schema's history, one file a step, run by Alembic. Imported only when there is something to do.

Forward only. To change the schema: edit ``monitor.store.schema``, add the next numbered file here (plain
``op.…`` calls that also run on PostgreSQL), and set ``upgrade.HEAD``; a test compares the two. A column added to
an attested table has to be nullable and stay empty in old rows: their hashes hold for ever.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

FOLDER = Path(__file__).parent


def known() -> list[str]:
    """Every revision, oldest first."""
    return [str(script.revision) for script in reversed(list(_scripts().walk_revisions()))]


def upgrade(connection: Connection, target: str) -> None:
    """Run every step up to a revision, in the transaction of the connection."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext

    scripts = _scripts()

    def steps(revision: Any, _context: Any) -> list[Any]:
        return list(scripts._upgrade_revs(target, revision))

    with EnvironmentContext(Config(), scripts, fn=steps) as environment:
        environment.configure(connection=connection, transactional_ddl=False)
        environment.run_migrations()


def _scripts() -> ScriptDirectory:
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(FOLDER), version_locations=[str(FOLDER)])
