"""A state as the program would leave it, made row by row: watches, looks, versions, a material change, its alert."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table

from monitor.store import Store, blobs, chain, schema

BEGIN = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
TOPIC = ("logs", "invoices", "tickets", "accounts", "backups", "recordings", "contacts", "messages")


class MadeState:
    """Writes looks one by one, each in one transaction that ends in the chain."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = BEGIN
        self.last: dict[int, Any] = {}
        self.open: Connection | None = None
        self.rest = ""
        """What stands on every page beside the words that change."""

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction of its own, or a part of the one that is open."""
        if self.open is not None:
            yield self.open
            return
        with self.store.write() as connection:
            yield connection

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Many looks on disk together: a large state is filled without waiting for the disk at each."""
        with self.store.write() as connection:
            self.open = connection
            try:
                yield
            finally:
                self.open = None

    def add(self, connection: Connection, table: Table, rows: list[tuple[str, int]], **values: Any) -> int:
        number = int(connection.execute(table.insert(), values).inserted_primary_key[0])
        rows.append((table.name, number))
        return number

    def watch(self, key: str = "acme/privacy") -> int:
        vendor, _, name = key.partition("/")
        with self.writing() as connection:
            return self.add(
                connection,
                schema.watch,
                [],
                key=key,
                vendor=vendor,
                name=name,
                kind="privacy",
                pages=[f"https://{vendor}.example/{name}"],
                enabled=True,
                created_at=self.now,
                next_check_at=self.now,
            )

    def look(
        self, watch: int, words: str | None = None, *, told: bool = True, suspect: str | None = None
    ) -> int:
        """One check; with ``words`` it sees a new version, whose material change is told to one channel."""
        self.now += timedelta(hours=12)
        rows: list[tuple[str, int]] = []
        last = dict(self.last.get(watch) or {"number": 0, "validators": [], "pages": []})
        with self.writing() as connection:
            if words is not None:
                self._keep_page(connection, watch, words, last, rows)
                self._keep_version(connection, watch, words, last, rows, suspect)
            outcome = "first" if last["number"] == 1 else "change"
            outcome = "unchanged" if words is None else "suspect" if suspect else outcome
            check = self._check(connection, watch, outcome, words is not None, last, rows)
            if outcome == "change":
                self._tell(connection, watch, check, last, rows, told)
            chain.attest(connection, rows, self.now)
            self._move(connection, watch, check, last)
        self.last[watch] = last  # only what was committed is remembered
        return check

    def turn(self, watch: int, token: str) -> int:
        """One check that sees other bytes and the same words."""
        self.now += timedelta(hours=12)
        rows: list[tuple[str, int]] = []
        last = dict(self.last[watch])
        with self.writing() as connection:
            self._keep_page(connection, watch, f"{last['words']}<!-- {token} -->", last, rows)
            check = self._check(connection, watch, "unchanged", True, last, rows)
            chain.attest(connection, rows, self.now)
            self._move(connection, watch, check, last)
        self.last[watch] = last  # only what was committed is remembered
        return check

    def _check(
        self,
        connection: Connection,
        watch: int,
        outcome: str,
        read: bool,
        last: dict[str, Any],
        rows: list[Any],
    ) -> int:
        return self.add(
            connection,
            schema.check,
            rows,
            watch_id=watch,
            due_at=self.now,
            started_at=self.now,
            ended_at=self.now,
            outcome=outcome,
            reason="made",
            status=200 if read else 304,
            url="https://acme.example/privacy",
            redirects=None,
            peer="192.0.2.7:443",
            tls_sha256="ab" * 32,
            wire_bytes=4000 if read else 0,
            seconds=0.25,
            found_by="reading" if read else "304",
            snapshot_ids=list(last["pages"]),
            version_id=last.get("version"),
        )

    def _move(self, connection: Connection, watch: int, check: int, last: dict[str, Any]) -> None:
        connection.execute(
            schema.watch.update().where(schema.watch.c.id == watch),
            {
                "last_check_id": check,
                "standing_version_id": last.get("standing"),
                "read_as": "made:1",
                "validators": last["validators"],
            },
        )

    def _keep_page(
        self, connection: Connection, watch: int, words: str, last: dict[str, Any], rows: list[Any]
    ) -> None:
        page = f"<html><body><main><h1>Privacy</h1><p>{words}</p>{self.rest}</main></body></html>".encode()
        body = blobs.put(connection, page, like=last.get("page"))
        snapshot = self.add(
            connection,
            schema.snapshot,
            rows,
            watch_id=watch,
            part=0,
            fetched_at=self.now,
            requested_url="http://acme.example/privacy",
            url="https://acme.example/privacy",
            status=200,
            content_type="text/html; charset=utf-8",
            request_headers=[["User-Agent", "policy-monitor"]],
            headers=[["Content-Type", "text/html; charset=utf-8"], ["ETag", f'"{body[:8]}"']],
            redirects=[[301, "http://acme.example/privacy"]],
            peer="192.0.2.7:443",
            tls_sha256="ab" * 32,
            body_sha256=body,
        )
        last["page"], last["pages"] = body, [snapshot]
        last["validators"] = [{"etag": None, "sha256": body, "snapshot_id": snapshot}]

    def _keep_version(
        self,
        connection: Connection,
        watch: int,
        words: str,
        last: dict[str, Any],
        rows: list[Any],
        suspect: str | None,
    ) -> None:
        document = json.dumps(
            {
                "title": "Privacy",
                "text": f"Privacy\n{words}{self.rest}",
                "clauses": [
                    {
                        "text": words,
                        "path": ["Privacy"],
                        "label": "",
                        "kind": "paragraph",
                        "links": [],
                        "lead": "",
                        "cells": [],
                    }
                ],
            },
            sort_keys=True,
        ).encode()
        packed = blobs.put(connection, document, like=last.get("document"))
        last["number"] += 1
        last["before"], last["words_before"] = last.get("version"), last.get("words", "")
        last["words"] = words
        last["version"] = self.add(
            connection,
            schema.version,
            rows,
            watch_id=watch,
            number=last["number"],
            text_key=sha256(words.encode()).hexdigest()[:32],
            text_sha256=sha256(f"Privacy\n{words}".encode()).hexdigest(),
            document_sha256=packed,
            snapshot_ids=last["pages"],
            first_seen_at=self.now,
            title="Privacy",
            extractor="made",
            suspect=suspect,
        )
        last["document"] = packed
        if not suspect:
            last["standing"] = last["version"]

    def _tell(
        self,
        connection: Connection,
        watch: int,
        check: int,
        last: dict[str, Any],
        rows: list[Any],
        told: bool,
    ) -> None:
        before, after = last["words_before"], last["words"]
        comparison = self.add(
            connection,
            schema.comparison,
            rows,
            check_id=check,
            watch_id=watch,
            before_version_id=last["before"],
            after_version_id=last["version"],
            verdict="material",
            severity="high",
            summary="Data is kept for longer.",
            silent=True,
            rules="made",
            body={
                "verdict": "material",
                "severity": "high",
                "summary": "Data is kept for longer.",
                "silent": True,
            },
        )
        change = self.add(
            connection,
            schema.change,
            rows,
            comparison_id=comparison,
            position=0,
            change="modified",
            verdict="material",
            severity="high",
            body={
                "change": "modified", "path": ["Privacy"], "label": "", "before": before, "after": after,
                "words": [["insert", after], ["delete", before]], "verdict": "material", "severity": "high",
                "topics": ["retention"], "reason": "",
            },
        )  # fmt: skip
        self.add(
            connection,
            schema.finding,
            rows,
            change_id=change,
            position=0,
            kind="period_lengthened",
            topic="retention",
            severity="high",
            before="30 days",
            after="90 days",
            reason="Data is kept for longer.",
            rule="period.retention",
        )
        if not told:
            self.add(
                connection,
                schema.silence,
                rows,
                check_id=check,
                watch_id=watch,
                what="change",
                reason="made silent",
            )
            return
        alert = self.add(
            connection,
            schema.alert,
            rows,
            key=f"change:{check}",
            kind="change",
            watch_id=watch,
            check_id=check,
            comparison_id=comparison,
            created_at=self.now,
            severity="high",
            summary="Data is kept for longer.",
            body={"kind": "change"},
        )
        delivery = self.add(
            connection,
            schema.delivery,
            rows,
            key=f"change:{check}→legal",
            alert_id=alert,
            channel="legal",
            status="delivered",
            due_at=self.now,
            attempts=1,
            delivered_at=self.now,
        )
        self.add(
            connection,
            schema.attempt,
            rows,
            delivery_id=delivery,
            message_id=f"m{delivery}",
            started_at=self.now,
            ended_at=self.now,
            outcome="delivered",
        )
        self.add(
            connection,
            schema.review,
            rows,
            change_id=change,
            created_at=self.now,
            decision="objected",
            note="=cmd|' /C calc'!A0",
            by="dpo@example.org",
        )


def sentence(number: int) -> str:
    return f"We keep your {TOPIC[number % len(TOPIC)]} for {30 + number} days after you close the account."


def fill(store: Store, *, watches: int = 2, versions: int = 4, idle: int = 2) -> MadeState:
    """Some watches with several versions each and looks between that saw nothing new."""
    made = MadeState(store)
    for place in range(watches):
        number = made.watch(f"acme/policy-{place}")
        for step in range(versions):
            made.look(number, sentence(place * 100 + step))
            for _ in range(idle):
                made.look(number)
    return made


def opened(folder: Path, database: str | None = None) -> Store:
    return Store.open(folder, database)
