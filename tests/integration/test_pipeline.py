"""One look, from claim to commit, on real sockets, real files and real worker processes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from monitor.config import Config, parse
from monitor.errors import ExtractionError
from monitor.ondemand import check_now
from monitor.pipeline import Result
from monitor.store import Store, history, schema, versions, watches
from monitor.store.checks import LostLeaseError
from world import Site, page


class Desk:
    """A site, a config and a state, and a way to look."""

    def __init__(self, folder: Path) -> None:
        self.site = Site()
        self.site.pages["/privacy"] = page()
        self.store = Store.open(folder / "state")
        self.folder = folder
        self.policy: dict[str, Any] = {"kind": "privacy", "url": self.site.url("/privacy")}
        self.alerts: dict[str, Any] = {"confirm": "0s"}

    @property
    def config(self) -> Config:
        tables = {
            "monitor": {"allow_private": ["127.0.0.0/8"], "per_host_delay": "0s", "timeout": "10s"},
            "alerts": self.alerts,
            "vendor": [{"name": "Halden", "policy": [self.policy]}],
        }
        return parse(tables, self.folder / "config.toml")

    def look(self, **more: Any) -> Result:
        config = self.config
        [result] = asyncio.run(check_now(config, self.store, config.watches, **more))
        return result

    def rows(self, table: Any) -> list[Any]:
        with self.store.read() as connection:
            return list(connection.execute(select(table).order_by(*table.primary_key.columns)))

    def close(self) -> None:
        self.store.close()
        self.site.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.close()


def test_a_look_goes_only_as_far_as_it_must(desk: Desk) -> None:
    assert desk.look().event.kind == "first"
    assert desk.look().outcome.found_by == "304"
    desk.site.etags = False
    assert desk.look().outcome.found_by == "bytes"
    desk.site.pages["/privacy"] = page().replace(b"<main>", b'<main data-nonce="8c1f">')
    assert desk.look().outcome.found_by == "fingerprint"
    desk.site.pages["/privacy"] = page(keep=60)
    assert desk.look().outcome.found_by == "reading"
    assert [row.outcome for row in desk.rows(schema.check)] == [
        "first", "unchanged", "unchanged", "unchanged", "change",
    ]  # fmt: skip


def test_a_change_is_stored_whole_with_its_words_and_reasons(desk: Desk) -> None:
    desk.look()
    desk.site.pages["/privacy"] = page(keep=60)
    result = desk.look()
    assert result.event.alert
    assert result.event.comparison is not None
    [version_1, version_2] = desk.rows(schema.version)
    watch = desk.rows(schema.watch)[0]
    assert watch.standing_version_id == version_2.id
    with desk.store.read() as connection:
        assert versions.raw_pages(connection, version_1) == [page()]
        assert versions.raw_pages(connection, version_2) == [page(keep=60)]
        assert result.committed.comparison_id is not None
        stored = versions.stored_comparison(connection, result.committed.comparison_id)
    assert stored == result.event.comparison
    [change] = stored.changes
    assert ("delete", "30") in change.words
    assert change.path[-1] == "Retention"
    assert change.findings
    [alert] = desk.rows(schema.alert)
    [delivery] = desk.rows(schema.delivery)
    assert alert.check_id == result.committed.check_id
    assert (delivery.status, delivery.reason) == ("stopped", "the config has no [[channel]]")


def test_without_alerts_everything_is_recorded_and_nobody_told(desk: Desk) -> None:
    desk.look()
    desk.site.pages["/privacy"] = page(keep=60)
    assert desk.look(alerts=False).event.kind == "change"
    assert len(desk.rows(schema.change)) == 1
    assert desk.rows(schema.alert) == []


def test_an_unconfirmed_change_waits_and_is_told_once(desk: Desk) -> None:
    desk.alerts = {"confirm": "next"}
    desk.look()
    desk.site.pages["/privacy"] = page(keep=60)
    assert desk.look().event.kind == "pending"
    assert desk.rows(schema.alert) == []
    confirmed = desk.look()
    assert (confirmed.event.kind, confirmed.outcome.found_by) == ("change", "304")
    [alert], [change] = desk.rows(schema.alert), desk.rows(schema.change)
    assert alert.comparison_id == change.comparison_id
    assert alert.body["change_ids"] == [change.id]
    assert alert.body["after_version_id"] == desk.rows(schema.version)[1].id
    with desk.store.read() as connection:
        newest = history.history(connection, alert.watch_id, limit=1)[0]
    assert (newest.verdict, newest.version_number) == ("material", 2)
    assert desk.look().event.kind == "unchanged"
    assert len(desk.rows(schema.alert)) == 1


@pytest.mark.parametrize("status", [404, 500, 503, 403])
def test_a_page_that_cannot_be_had_is_a_row_and_changes_nothing(desk: Desk, status: int) -> None:
    desk.look()
    desk.site.status["/privacy"] = status
    failed = [desk.look() for _ in range(3)]
    assert {result.outcome.outcome for result in failed} == {"failed"}
    assert [result.event.notice for result in failed] == [None, None, "blind"]
    assert failed[-1].outcome.error_status == status
    watch = desk.rows(schema.watch)[0]
    assert (watch.failures, len(desk.rows(schema.version))) == (3, 1)
    assert watch.failing_since is not None
    del desk.site.status["/privacy"]
    assert desk.look().event.notice == "recovered"
    assert desk.rows(schema.watch)[0].failures == 0


def test_an_error_page_with_status_200_never_becomes_the_policy(desk: Desk) -> None:
    desk.look()
    desk.site.pages["/privacy"] = (
        b"<html><body><h1>Something went wrong</h1><p>Please try again later.</p></body></html>"
    )
    result = desk.look()
    assert result.event.kind == "suspect"
    assert result.outcome.suspect
    watch, first = desk.rows(schema.watch)[0], desk.rows(schema.version)[0]
    assert watch.standing_version_id == first.id
    desk.site.pages["/privacy"] = page()
    assert not desk.look().event.alert
    assert desk.rows(schema.change) == []


def test_an_edited_selector_is_never_news(desk: Desk) -> None:
    desk.look()
    desk.policy |= {"remove": ["h2", "footer"]}
    result = desk.look()
    assert not result.event.alert
    assert result.event.kind in ("unchanged", "cosmetic")
    assert desk.rows(schema.alert) == []
    assert "reread" in [row.origin for row in desk.rows(schema.version)]
    desk.site.pages["/privacy"] = page(keep=60)
    assert desk.look().event.alert


def test_another_extractor_is_never_news(desk: Desk) -> None:
    """A state that an earlier extractor wrote: the stored page is read again before the new one is judged."""
    desk.look()
    with desk.store.write() as connection:
        connection.execute(update(schema.watch).values(read_as="0:earlier"))
    desk.site.pages["/privacy"] = page(notify=24)
    result = desk.look()
    assert result.event.comparison is not None
    assert [change.path[-1] for change in result.event.comparison.changes] == ["Breaches"]


def test_a_reading_anew_that_fails_is_a_failed_look_with_a_row(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.look()
    with desk.store.write() as connection:
        connection.execute(update(schema.watch).values(read_as="0:earlier"))

    async def dies(*_: Any) -> None:
        raise ExtractionError("reading was given up: its worker ended")

    with monkeypatch.context() as patch:
        patch.setattr("monitor.reread.reread", dies)
        result = desk.look()
    assert (result.outcome.outcome, result.outcome.error_kind) == ("failed", "internal")
    watch = desk.rows(schema.watch)[0]
    assert watch.failures == 1
    assert watch.next_check_at > result.outcome.ended_at
    assert desk.look().event.kind in ("unchanged", "cosmetic", "recovered")


def test_a_policy_of_several_pages_is_one_and_a_missing_page_fails_it(desk: Desk) -> None:
    desk.site.pages["/annex"] = page(share="We share it with nobody else.").replace(
        b"Privacy Policy", b"Annex"
    )
    desk.policy = {"kind": "privacy", "urls": [desk.site.url("/privacy"), desk.site.url("/annex")]}
    desk.look()
    assert [row.part for row in desk.rows(schema.snapshot)] == [0, 1]
    assert desk.look().outcome.found_by == "304"
    desk.site.pages["/annex"] = desk.site.pages["/annex"].replace(b"nobody else", b"advertisers")
    result = desk.look()
    assert result.event.alert
    assert result.event.comparison is not None
    assert "advertisers" in str(result.event.comparison.as_dict())
    assert len(desk.rows(schema.snapshot)) == 3
    desk.site.status["/annex"] = 404
    assert desk.look().outcome.outcome == "failed"
    assert len(desk.rows(schema.version)) == 2


def test_a_look_whose_lease_was_taken_over_writes_nothing(desk: Desk) -> None:
    desk.look()
    now = datetime.now(UTC)
    with desk.store.write() as connection:
        [slot] = watches.claim(
            connection, ["halden/privacy"], "elsewhere:1:x", now, lease=timedelta(minutes=1)
        )
        assert (
            watches.claim(connection, ["halden/privacy"], "here:1:y", now, lease=timedelta(minutes=1)) == []
        )
        connection.execute(update(schema.watch).values(lease_owner="another:2:z"))
    from monitor.store import checks
    from monitor.store.outcome import Outcome

    outcome = Outcome(
        slot=slot, ended_at=now, next_check_at=now, outcome="unchanged", reason="", found_by="304"
    )
    with pytest.raises(LostLeaseError), desk.store.write() as connection:
        checks.commit(connection, outcome)
    assert len(desk.rows(schema.check)) == 1


def test_the_lease_of_a_dead_process_is_void_at_once(desk: Desk) -> None:
    desk.look()
    host, number, _ = desk.store.owner.rsplit(":", 2)
    # Gone, and another process that has the number now, as after the restart of a container.
    for dead in (f"{host}:999999999:1-dead", f"{host}:{number}:1-dead"):
        with desk.store.write() as connection:
            connection.execute(
                update(schema.watch).values(
                    lease_owner=dead, lease_until=datetime.now(UTC) + timedelta(hours=1)
                )
            )
        assert desk.look().event.kind == "unchanged"


def test_a_fault_of_ours_is_a_row_like_any_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.look()

    async def broken(*_: object) -> None:
        raise ZeroDivisionError("oops")

    desk.site.pages["/privacy"] = page(keep=60)
    with monkeypatch.context() as patch:
        patch.setattr("monitor.pipeline.considered", broken)
        result = desk.look()
    assert (result.outcome.outcome, result.outcome.error_kind) == ("failed", "internal")
    assert "ZeroDivisionError" in result.outcome.reason
    assert desk.look().event.kind == "change"


def test_silenced_changes_are_rows_with_a_reason(desk: Desk) -> None:
    desk.alerts = {"confirm": "0s", "min_verdict": "material"}
    desk.look()
    desk.site.pages["/privacy"] = page().replace(
        b"with any question about", b"if you have any question about"
    )
    result = desk.look()
    assert (result.event.kind, result.event.alert) == ("change", False)
    [silence] = desk.rows(schema.silence)
    assert silence.reason == "below min_verdict or min_severity"
    assert "any question" in silence.what


def test_the_stored_event_can_be_read_back_as_json(desk: Desk) -> None:
    desk.look()
    desk.site.pages["/privacy"] = page(keep=60)
    event = desk.look().event
    assert json.loads(json.dumps(event.as_dict()))["comparison"]["verdict"] == "material"
