"""The tables of a case file, as CSV for spreadsheets."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import Any

Case = dict[str, Any]

CHECKS = ["watch", "at", "outcome", "reason", "status", "url", "peer"]
CHANGES = [
    "watch",
    "at",
    "policy_verdict",
    "change_id",
    "change",
    "path",
    "label",
    "verdict",
    "severity",
    "topics",
    "before",
    "after",
    "reasons",
    "decisions",
]
DELIVERIES = ["watch", "at", "alert", "summary", "channel", "status", "delivered_at", "attempts", "reason"]


def csv_files(policies: Sequence[Case]) -> dict[str, bytes]:
    """The content of each CSV file by its name: UTF-8 with a mark, as spreadsheets expect."""
    return {
        "checks.csv": _csv(CHECKS, _checks(policies)),
        "changes.csv": _csv(CHANGES, _changes(policies)),
        "deliveries.csv": _csv(DELIVERIES, _deliveries(policies)),
    }


def _checks(policies: Sequence[Case]) -> Iterator[list[Any]]:
    for policy in policies:
        for look in policy["checks"]:
            yield [policy["watch"], look["ended_at"], *(look[column] for column in CHECKS[2:])]


def _changes(policies: Sequence[Case]) -> Iterator[list[Any]]:
    for policy in policies:
        for comparison in policy["comparisons"]:
            for change in comparison["changes"]:
                reasons = " ".join(finding["reason"] for finding in change["findings"]) or change["reason"]
                decisions = [f"{one['decision']} by {one['by']}: {one['note']}" for one in change["reviews"]]
                yield [
                    policy["watch"],
                    comparison["at"],
                    comparison["verdict"],
                    change["id"],
                    change["change"],
                    " › ".join(change["path"]),
                    change["label"],
                    change["verdict"],
                    change["severity"],
                    " ".join(change["topics"]),
                    change["before"],
                    change["after"],
                    reasons,
                    "; ".join(decisions),
                ]


def _deliveries(policies: Sequence[Case]) -> Iterator[list[Any]]:
    for policy in policies:
        for alert in policy["alerts"]:
            for delivery in alert["deliveries"]:
                yield [
                    policy["watch"],
                    alert["created_at"],
                    alert["kind"],
                    alert["summary"],
                    delivery["channel"],
                    delivery["status"],
                    delivery["delivered_at"],
                    len(delivery["attempts"]),
                    delivery["reason"],
                ]


def _csv(header: list[str], rows: Iterator[list[Any]]) -> bytes:
    text = StringIO(newline="")
    table = csv.writer(text)
    table.writerow(header)
    table.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", errors="replace")


def harmless(cell: Any) -> Any:
    """A text that a spreadsheet would run as a formula is marked as text."""
    if isinstance(cell, str) and (cell[:1] in ("\t", "\r", "\n") or cell.lstrip()[:1] in tuple("=+-@|%")):
        return f"'{cell}"
    return cell
