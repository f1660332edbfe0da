"""When a watch is due: spread, made up for once after a stall, sooner to confirm, later after errors."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from monitor.config import Watch, parse
from monitor.schedule import LONGEST_RETRY, first_due, next_due

NOW = datetime(2026, 3, 28, 12, tzinfo=UTC)


def watch(name: str = "Halden", **policy: object) -> Watch:
    table = {"kind": "privacy", "url": "https://halden.example/privacy", **policy}
    return parse({"vendor": [{"name": name, "policy": [table]}]}).watches[0]


def due(one: Watch, now: datetime = NOW, **more: object) -> datetime:
    return next_due(one, now=now, timezone="Europe/Berlin", **more)  # type: ignore[arg-type]


def test_an_interval_is_kept_within_its_jitter() -> None:
    one = watch(every="10h")
    assert one.jitter == timedelta(minutes=30)
    assert abs(due(one) - NOW - timedelta(hours=10)) <= one.jitter


def test_many_watches_spread_over_the_jitter() -> None:
    times = sorted(due(watch(f"v{number}", every="10h")) for number in range(500))
    assert times[-1] - times[0] >= 0.8 * timedelta(hours=1)
    assert max(b - a for a, b in itertools.pairwise(times)) < timedelta(minutes=2)


def test_a_thousand_new_watches_do_not_start_at_once_but_soon() -> None:
    times = [first_due(watch(f"v{number}"), now=NOW) for number in range(100)]
    assert max(times) <= NOW + timedelta(seconds=30)
    assert len(set(times)) > 90


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        # 02:30 does not exist on 29 March 2026 in Berlin; the look comes once, not never and not twice.
        (datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        # 02:30 comes twice on 25 October; the first one counts.
        (datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (datetime(2026, 7, 1, 12, tzinfo=UTC), datetime(2026, 7, 2, 0, 30, tzinfo=UTC)),
    ],
)
def test_cron_is_read_in_the_time_zone_through_the_change_of_clocks(
    now: datetime, expected: datetime
) -> None:
    found = next_due(
        parse(
            {
                "schedule": {"jitter": "0s"},
                "vendor": [
                    {
                        "name": "Halden",
                        "policy": [{"kind": "privacy", "url": "https://h.example", "cron": "30 2 * * *"}],
                    }
                ],
            }
        ).watches[0],
        now=now,
        timezone="Europe/Berlin",
    )
    assert abs(found - expected) <= timedelta(hours=1)
    assert found > now
    again = next_due(watch(cron="30 2 * * *"), now=found + timedelta(minutes=45), timezone="Europe/Berlin")
    assert again - found > timedelta(hours=20)


def test_a_confirming_look_comes_sooner() -> None:
    assert due(watch(every="12h"), look_again=NOW + timedelta(minutes=10)) == NOW + timedelta(minutes=10)
    assert due(watch(every="5m"), look_again=NOW + timedelta(hours=1)) < NOW + timedelta(minutes=10)


def test_after_errors_looks_come_soon_then_ever_later() -> None:
    gaps = [due(watch(every="12h"), failures=number) - NOW for number in range(1, 12)]
    assert gaps[0] == timedelta(minutes=10)
    assert all(a <= b for a, b in itertools.pairwise(gaps))
    assert gaps[-1] <= LONGEST_RETRY
    short = [due(watch(every="1s"), failures=number) - NOW for number in range(1, 12)]
    assert max(short) <= timedelta(seconds=5)


def test_a_server_that_asks_us_to_stay_away_is_obeyed_up_to_a_day() -> None:
    assert due(watch(every="1m"), failures=1, retry_after=3600) == NOW + timedelta(hours=1)
    assert due(watch(every="1m"), failures=1, retry_after=1e9) == NOW + LONGEST_RETRY


def test_the_same_watch_and_time_give_the_same_answer() -> None:
    assert due(watch()) == due(watch())


def test_a_cron_that_never_fires_is_still_looked_at() -> None:
    assert due(watch(cron="0 0 31 2 *")) > NOW + timedelta(days=300)
