"""``rules``: try your own rules on what is stored."""

from __future__ import annotations

import click

from monitor.cli.context import Context, common
from monitor.cli.output import console, hint, one_line, write_json


@click.group()
def rules() -> None:
    """Your own [[rule]] tables."""


@rules.command("try")
@click.argument("names", metavar="[WATCH]...", nargs=-1)
@common
def try_(context: Context, names: tuple[str, ...]) -> int:
    """Judge the stored changes again with the rules that stand in the config now, and show what would be different.

    Nothing is written, nobody is told.
    """
    from monitor.classification import UserRule, compare
    from monitor.consider import unpack
    from monitor.store import blobs, versions

    own = tuple(UserRule.from_dict(rule.model_dump()) for rule in context.config.rule)
    rows = []
    with context.existing() as store, store.read() as connection:
        for watch in context.stored(connection, names):
            for row in versions.comparisons(connection, watch.key):
                before, after = (
                    unpack(blobs.get(connection, digest)) for digest in (row.before_sha256, row.after_sha256)
                )
                now = compare(before, after, rules=own, policy_kind=watch.kind, vendor=watch.vendor)
                rows.append(
                    {
                        "watch": watch.key,
                        "at": row.ended_at.isoformat(),
                        "comparison": row.id,
                        "was": {"verdict": row.verdict, "severity": row.severity, "summary": row.summary},
                        "would_be": {
                            "verdict": now.verdict,
                            "severity": now.severity,
                            "summary": now.summary,
                        },
                        "differs": (now.verdict, now.severity) != (row.verdict, row.severity),
                    }
                )
    if context.json:
        write_json({"rules": len(own), "comparisons": rows})
        return 0
    shown = console()
    for one in rows:
        if one["differs"]:
            was, now_ = one["was"], one["would_be"]
            shown.print(
                f"{one['watch']} {one['at'][:16]}: {was['verdict']} {was['severity'] or ''} → "
                f"{now_['verdict']} {now_['severity'] or ''}: {one_line(now_['summary'])}"
            )
    hint(
        context,
        f"{len(own)} rules, {len(rows)} stored comparisons, {sum(bool(o['differs']) for o in rows)} would differ",
    )
    return 0
