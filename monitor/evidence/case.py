"""What a case file tells about one policy: looks, versions, changes, who was told, what was decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from monitor.store import schema, versions

BATCH = 500


@dataclass(frozen=True, slots=True)
class Period:
    """From ``since`` (included) to ``until`` (not included); None: open."""

    since: datetime | None = None
    until: datetime | None = None

    def within(self, column: Any) -> list[Any]:
        """The conditions on a column of times."""
        bounds = [column >= self.since] if self.since else []
        return [*bounds, column < self.until] if self.until else bounds

    def as_dict(self) -> dict[str, Any]:
        return {
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
        }


def policy_case(connection: Connection, watch: Row[Any], period: Period) -> dict[str, Any]:
    """Everything that is stored about one watch in a period, as it goes into ``case.json``.

    The version that stood when the period began is part of it: it is what the policy said then.
    """
    looks = _all(
        connection,
        schema.check,
        [schema.check.c.watch_id == watch.id, *period.within(schema.check.c.ended_at)],
    )
    seen = {look.version_id for look in looks if look.version_id is not None}
    compared = _by(connection, schema.comparison, "check_id", [look.id for look in looks])
    seen |= {number for row in compared for number in (row.before_version_id, row.after_version_id)}
    readings = _by(connection, schema.version, "id", sorted(seen))
    pages = {number for row in readings for number in row.snapshot_ids}
    pages |= {number for look in looks if look.outcome != "unchanged" for number in look.snapshot_ids}
    return {
        "watch": watch.key,
        "vendor": watch.vendor,
        "name": watch.name,
        "kind": watch.kind,
        "pages": watch.pages,
        "coverage": coverage(looks),
        "checks": [plain(look) for look in looks],
        "versions": [plain(row) for row in readings],
        "snapshots": [plain(row) for row in _by(connection, schema.snapshot, "id", sorted(pages))],
        "comparisons": [_comparison(connection, row) for row in compared],
        "alerts": _alerts(connection, looks),
        "silences": [
            plain(row) for row in _by(connection, schema.silence, "check_id", [look.id for look in looks])
        ],
    }


def coverage(looks: Sequence[Any]) -> list[dict[str, Any]]:
    """The days (UTC) on which a policy was read, as runs without a gap, with what the looks came to.

    A day without a look that succeeded ends a run: what is not listed was not seen.
    """
    days: dict[date, list[str]] = defaultdict(list)
    for look in looks:
        days[look.ended_at.date()].append(look.outcome)
    runs: list[dict[str, Any]] = []
    last: date | None = None
    for day in sorted(days):
        if all(outcome == "failed" for outcome in days[day]):
            continue
        if last is None or day - last > timedelta(days=1):
            runs.append(
                {"from": day.isoformat(), "to": "", "days": 0, "looks": 0, "outcomes": defaultdict(int)}
            )
        run = runs[-1]
        run["to"], run["days"], run["looks"] = day.isoformat(), run["days"] + 1, run["looks"] + len(days[day])
        for outcome in days[day]:
            run["outcomes"][outcome] += 1
        last = day
    return [{**run, "outcomes": dict(sorted(run["outcomes"].items()))} for run in runs]


def plain(row: Row[Any]) -> dict[str, Any]:
    """A row as JSON takes it: times in ISO 8601, UTC."""
    return {
        key: schema.timestamp(value) if isinstance(value, datetime) else value
        for key, value in row._mapping.items()
    }


def attested_rows(case: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """(table, id) of every row in a case that the chain knows."""
    for table, rows in (
        ("check", case["checks"]),
        ("snapshot", case["snapshots"]),
        ("version", case["versions"]),
    ):
        yield from ((table, row["id"]) for row in rows)
    for comparison in case["comparisons"]:
        yield "comparison", comparison["id"]
        for change in comparison["changes"]:
            yield "change", change["id"]
            yield from (("finding", number) for number in change["finding_ids"])
            yield from (("review", review["id"]) for review in change["reviews"])
    yield from (("silence", row["id"]) for row in case["silences"])
    for alert in case["alerts"]:
        yield "alert", alert["id"]
        for delivery in alert["deliveries"]:
            yield "delivery", delivery["id"]
            yield from (("attempt", row["id"]) for row in delivery["attempts"] if row["ended_at"])


def _comparison(connection: Connection, row: Row[Any]) -> dict[str, Any]:
    told = versions.stored_comparison(connection, row.id).as_dict()
    changes = _by(connection, schema.change, "comparison_id", [row.id])
    findings = _grouped(
        _by(connection, schema.finding, "change_id", [change.id for change in changes]), "change_id"
    )
    reviews = _grouped(
        _by(connection, schema.review, "change_id", [change.id for change in changes]), "change_id"
    )
    for change, body in zip(changes, told["changes"], strict=True):
        body["id"] = change.id
        body["finding_ids"] = [finding.id for finding in findings[change.id]]
        body["reviews"] = [plain(review) for review in reviews[change.id]]
    return {
        "id": row.id,
        "check_id": row.check_id,
        "before_version_id": row.before_version_id,
        "after_version_id": row.after_version_id,
        "rules": row.rules,
        **told,
    }


def _alerts(connection: Connection, looks: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    alerts = _by(connection, schema.alert, "check_id", [look.id for look in looks])
    deliveries = _by(connection, schema.delivery, "alert_id", [alert.id for alert in alerts])
    tries = _grouped(
        _by(connection, schema.attempt, "delivery_id", [row.id for row in deliveries]), "delivery_id"
    )
    sent = _grouped(deliveries, "alert_id")
    return [
        {
            **{key: value for key, value in plain(alert).items() if key != "body"},
            "deliveries": [
                {**plain(row), "attempts": [plain(attempt) for attempt in tries[row.id]]}
                for row in sent[alert.id]
            ],
        }
        for alert in alerts
    ]


def _all(connection: Connection, table: Table, conditions: Sequence[Any]) -> list[Row[Any]]:
    return list(connection.execute(select(table).where(*conditions).order_by(table.c.id)))


def _by(connection: Connection, table: Table, column: str, values: Sequence[int]) -> list[Row[Any]]:
    """The rows whose column has one of some values, in the order of their ids."""
    found: list[Row[Any]] = []
    for start in range(0, len(values), BATCH):
        found += _all(connection, table, [table.c[column].in_(values[start : start + BATCH])])
    return sorted(found, key=lambda row: row.id)


def _grouped(rows: Iterable[Row[Any]], column: str) -> dict[Any, list[Row[Any]]]:
    groups: dict[Any, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        groups[row._mapping[column]].append(row)
    return groups
