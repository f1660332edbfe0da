"""Who is told, when, and which rule keeps an alert back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.alerts.alert import Alert, alerts_of
from monitor.alerts.plan import NO_CHANNEL, Mute, after_quiet, next_slot, plan
from monitor.config import Config
from monitor.model import Change, Comparison, Event

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)  # a Wednesday
BERLIN = ZoneInfo("Europe/Berlin")


def config(*channels: dict[str, Any], **alerts: Any) -> Config:
    return Config.model_validate(
        {
            "monitor": {"timezone": "Europe/Berlin"},
            "alerts": alerts,
            "channel": [
                {"name": f"c{place}", "url": "json://h/x", **channel}
                for place, channel in enumerate(channels)
            ],
            "vendor": [{"name": "Acme", "policy": [{"kind": "privacy", "url": "https://acme.example/p"}]}],
        }
    )


def alert(severity: str | None = "medium", verdict: str = "material", **more: Any) -> Alert:
    change = Change("added", (), "", None, "x", topics=("retention",), severity=severity, verdict=verdict)  # type: ignore[arg-type]
    comparison = Comparison(verdict, severity, "s", (change,))  # type: ignore[arg-type]
    given = {"vendor": "Acme", "policy_kind": "privacy", "owner": "legal", "tags": ("crm",), **more}
    return Alert(kind="change", key="k", at=NOW, summary="s", comparison=comparison, **given)


def test_without_channel_a_row_says_so() -> None:
    [row] = plan(alert(), config(), now=NOW)
    assert (row.channel, row.status) == (NO_CHANNEL, "stopped")
    assert "no [[channel]]" in (row.reason or "")


def test_every_channel_gets_a_row_in_order() -> None:
    rows = plan(alert(), config({}, {"vendors": []}, {"min_severity": "high"}), now=NOW)
    assert [(row.channel, row.status) for row in rows] == [
        ("c0", "pending"),
        ("c1", "pending"),
        ("c2", "stopped"),
    ]
    assert rows[0].due_at == NOW
    assert rows[2].reason == "the severity is medium, min_severity is high"


@pytest.mark.parametrize(
    ("channel", "stopped_by"),
    [
        ({"vendors": ["Acme"]}, None),
        ({"tags": ["crm", "x"]}, None),
        ({"tags": ["x"]}, "tags"),
        ({"owners": ["legal"]}, None),
        ({"owners": ["security"]}, "owners"),
        ({"kinds": ["privacy"]}, None),
        ({"kinds": ["terms"]}, "kinds"),
        ({"topics": ["retention"]}, None),
        ({"topics": ["liability"]}, "topics"),
        ({"min_severity": "medium"}, None),
        ({"min_severity": "high"}, "min_severity"),
        ({"min_verdict": "material"}, None),
    ],
)
def test_filters(channel: dict[str, Any], stopped_by: str | None) -> None:
    [row] = plan(alert(), config(channel), now=NOW)
    if stopped_by is None:
        assert (row.status, row.reason) == ("pending", None)
    else:
        assert row.status == "stopped"
        assert stopped_by in (row.reason or "")


def test_an_editorial_change_is_too_light_for_a_material_channel_and_for_one_with_a_severity() -> None:
    light = alert(severity=None, verdict="editorial")
    rows = plan(light, config({"min_verdict": "material"}, {"min_severity": "medium"}, {}), now=NOW)
    assert [row.status for row in rows] == ["stopped", "stopped", "pending"]


def test_notices_pass_filters_of_weight_but_not_of_place() -> None:
    blind = Alert(kind="blind", key="k", at=NOW, summary="s", vendor="Acme", tags=("crm",))
    rows = plan(blind, config({"min_severity": "high", "topics": ["liability"]}, {"tags": ["x"]}), now=NOW)
    assert [row.status for row in rows] == ["pending", "stopped"]


def test_a_mute_stops_everything_of_its_watch_and_is_named() -> None:
    mute = Mute("ana", "known draft", NOW + timedelta(days=3))
    [row] = plan(alert("high"), config({}), now=NOW, mute=mute)
    assert row.status == "stopped"
    assert row.reason == "muted until 2026-03-07T12:00+00:00 by ana: known draft"


def test_a_failed_channel_is_not_told_of_its_failure_and_filters_do_not_hold() -> None:
    failed = Alert(kind="channel_failed", key="k", at=NOW, summary="s")
    rows = plan(failed, config({}, {"tags": ["x"]}, digest="daily"), now=NOW, failed="c0")
    assert [(row.status, row.digest) for row in rows] == [("stopped", None), ("pending", None)]


def test_a_digest_is_due_at_its_hour_on_the_wall_and_shared() -> None:
    rows = plan(alert("high"), config({"digest": "daily 08:30"}, {"digest": "off"}, digest="weekly"), now=NOW)
    later = plan(alert(), config({"digest": "daily 08:30"}), now=NOW + timedelta(hours=3))
    assert rows[0].due_at == datetime(2026, 3, 5, 7, 30, tzinfo=UTC)
    assert rows[0].digest == later[0].digest
    assert rows[1].due_at == NOW


@pytest.mark.parametrize(
    ("now", "digest", "due"),
    [
        ("2026-03-28T06:59", "daily", "2026-03-28T07:00"),  # winter: 08:00 is 07:00 UTC
        ("2026-03-28T07:00", "daily", "2026-03-29T06:00"),  # the clocks go forward in between
        ("2026-10-24T06:30", "daily", "2026-10-25T07:00"),
        ("2026-03-04T12:00", "weekly", "2026-03-09T07:00"),
        ("2026-03-09T07:00", "weekly", "2026-03-16T07:00"),
        ("2026-03-04T12:00", "weekly wednesday 13:01", "2026-03-04T12:01"),
        ("2026-03-29T00:30", "daily 02:30", "2026-03-29T00:30:00x"),  # an hour that does not exist
    ],
)
def test_slots(now: str, digest: str, due: str) -> None:
    found = next_slot(digest, datetime.fromisoformat(now).replace(tzinfo=UTC), BERLIN)
    if due.endswith("x"):
        assert (
            timedelta(0)
            < found - datetime.fromisoformat(now).replace(tzinfo=UTC)
            < timedelta(days=1, hours=1)
        )
    else:
        assert found == datetime.fromisoformat(due).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("quiet", "now", "due"),
    [
        ("20:00-07:00", "2026-03-04T18:59", "2026-03-04T18:59"),
        ("20:00-07:00", "2026-03-04T19:00", "2026-03-05T06:00"),
        ("20:00-07:00", "2026-03-05T05:59", "2026-03-05T06:00"),
        ("20:00-07:00", "2026-03-05T06:00", "2026-03-05T06:00"),
        ("12:00-13:30", "2026-03-04T11:30", "2026-03-04T12:30"),
        ("12:00-12:00", "2026-03-04T11:00", "2026-03-04T11:00"),
    ],
)
def test_quiet_hours_end(quiet: str, now: str, due: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert after_quiet(quiet, at, BERLIN) == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_quiet_hours_hold_back_all_but_high_and_bundle_the_rest() -> None:
    night = datetime(2026, 3, 4, 22, 0, tzinfo=UTC)
    where = config({}, quiet_hours="20:00-07:00")
    [high] = plan(alert("high"), where, now=night)
    [low] = plan(alert("low"), where, now=night)
    [later] = plan(alert("medium"), where, now=night + timedelta(hours=2))
    assert (high.due_at, high.digest) == (night, None)
    assert low.due_at == datetime(2026, 3, 5, 6, 0, tzinfo=UTC)
    assert low.digest == later.digest


def test_the_loosest_channel_says_what_is_worth_an_alert() -> None:
    here = config({}, {"min_verdict": "cosmetic"}, {"min_severity": "high"}, min_severity="medium")
    assert here.loosest == ("cosmetic", "medium")
    assert config().loosest == ("editorial", "low")


def test_an_event_may_tell_of_a_change_and_of_the_watch_and_survives_json() -> None:
    watch = replace(config({}).watches[0], objection_days=30)
    comparison = alert().comparison
    event = Event("change", alert=True, notice="recovered", comparison=comparison, reason="back")
    made = alerts_of(
        event, watch, check_id=7, at=datetime(2026, 3, 4, 23, 30, tzinfo=UTC), timezone="Europe/Berlin"
    )
    assert [one.kind for one in made] == ["recovered", "change"]
    assert len({one.key for one in made}) == 2
    assert made[1].objection_deadline == "2026-04-04"  # it is the 5th of March in Berlin already
    assert [Alert.from_dict(one.as_dict()) for one in made] == list(made)
    assert alerts_of(Event("pending", False, None, comparison, ""), watch, check_id=8, at=NOW) == ()
