"""Makes the installed command another program; Python loads it at start when this folder is in PYTHONPATH.

POLICY_MONITOR_STEPS: a folder with the steps to a schema of tomorrow. POLICY_MONITOR_FAULT: a promise that is
broken on purpose, for so long that a kill hits the gap.
"""

import os
import time

GAP = 1.0


def tomorrow(folder: str) -> None:
    from pathlib import Path

    from monitor.store import migrations, upgrade

    migrations.FOLDER = Path(folder)
    upgrade.HEAD = max(path.name[:4] for path in migrations.FOLDER.glob("*.py"))


def halves() -> None:
    """A look in one transaction, its alerts in another."""
    from monitor.store import chain, checks

    whole = checks.commit

    def commit(connection, outcome, plan=None):
        committed = whole(connection, outcome)
        if plan is not None:
            connection.exec_driver_sql("COMMIT")
            time.sleep(GAP)
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            rows = plan(connection, committed)
            chain.attest(connection, rows, outcome.ended_at)
        return committed

    checks.commit = commit


def marked() -> None:
    """Delivered before it was sent."""
    import asyncio

    from monitor.alerts.outbox import Outbox
    from monitor.store import outbox

    send, mark = Outbox._send, outbox.mark_delivered

    async def marked_first(box, claimed):
        await box.stored(lambda connection: mark(connection, claimed, box.now()))
        await asyncio.sleep(GAP)
        await send(box, claimed)

    Outbox._send, outbox.mark_delivered = marked_first, lambda *_: None


def copies() -> None:
    """A backup that has its name before it is whole."""
    from monitor.evidence import backup

    def at_once(source, target):
        whole = source.read_bytes()
        target.write_bytes(whole[: len(whole) // 2])
        time.sleep(GAP)
        target.write_bytes(whole)

    def backed_up(store, target, **_):
        at_once(store.folder / "policy-monitor.db", target)

    backup.backup = backed_up


if "POLICY_MONITOR_STEPS" in os.environ:
    tomorrow(os.environ["POLICY_MONITOR_STEPS"])
if "POLICY_MONITOR_FAULT" in os.environ:
    {"halves": halves, "marked": marked, "copies": copies}.get(os.environ["POLICY_MONITOR_FAULT"], int)()
