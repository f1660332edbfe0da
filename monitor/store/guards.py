"""Triggers that refuse what the program never does: to rewrite or delete what was attested.

They stop accidents and stray SQL; who can drop a trigger is caught by the chain.
"""

from __future__ import annotations

from collections.abc import Iterator

FINAL = (
    "check",
    "snapshot",
    "version",
    "comparison",
    "change",
    "finding",
    "silence",
    "alert",
    "review",
    "release",
    "record",
)
"""Tables whose rows are only ever added."""

FIXED = {
    "attempt": ("id", "delivery_id", "message_id", "started_at"),
    "delivery": ("id", "key", "alert_id", "channel"),
    "mute": ("id", "watch_id", "created_at", "until", "by", "reason"),
    "blob": ("sha256", "size"),
}
"""Tables whose rows stay and move on, except in these columns."""


def statements(dialect: str) -> Iterator[str]:
    """The DDL of all guards, for ``sqlite`` or ``postgresql``."""
    yield from _sqlite() if dialect == "sqlite" else _postgresql()


def triggers(dialect: str) -> dict[str, str]:
    """The DDL of each trigger by its name."""
    return {
        statement.split()[2]: statement
        for statement in statements(dialect)
        if statement.startswith("CREATE TRIGGER")
    }


def _sqlite() -> Iterator[str]:
    for table in (*FINAL, *FIXED):
        yield _trigger(f"{table}_stays", "DELETE", table, "rows of {} are never deleted")
    for table in FINAL:
        yield _trigger(f"{table}_final", "UPDATE", table, "rows of {} are only ever added")
    for table, columns in FIXED.items():
        changed = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in columns)
        yield _trigger(
            f"{table}_fixed", "UPDATE", table, "what a row of {} is about never changes", f"WHEN {changed} "
        )
    yield _trigger(
        "attempt_ended",
        "UPDATE",
        "attempt",
        "an attempt that ended is final",
        "WHEN OLD.ended_at IS NOT NULL ",
    )


def _trigger(name: str, event: str, table: str, why: str, when: str = "") -> str:
    return (
        f'CREATE TRIGGER {name} BEFORE {event} ON "{table}" {when}'
        f"BEGIN SELECT RAISE(ABORT, '{why.format(table)}'); END"
    )


def _postgresql() -> Iterator[str]:
    yield (
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'rows of % are never rewritten or deleted', TG_TABLE_NAME; END $$"
    )
    for table in (*FINAL, *FIXED):
        yield _refusal(f"{table}_stays", "DELETE", table)
        yield _refusal(f"{table}_not_emptied", "TRUNCATE", table, each="STATEMENT")
    for table in FINAL:
        yield _refusal(f"{table}_final", "UPDATE", table)
    for table, columns in FIXED.items():
        changed = " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in columns)
        yield _refusal(f"{table}_fixed", "UPDATE", table, f"WHEN ({changed}) ")
    yield _refusal("attempt_ended", "UPDATE", "attempt", "WHEN (OLD.ended_at IS NOT NULL) ")


def _refusal(name: str, event: str, table: str, when: str = "", each: str = "ROW") -> str:
    return (
        f'CREATE TRIGGER {name} BEFORE {event} ON "{table}" FOR EACH {each} {when}EXECUTE FUNCTION refuse()'
    )
