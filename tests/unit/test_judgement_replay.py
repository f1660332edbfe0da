"""A history of raw pages in, one event a page out: the decisions of the daemon, from the bytes on."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from subprocess import run
from sys import executable

import pytest

import monitor
from judgement_histories import HALF_DAY, SENTENCES, START, edited
from monitor.errors import ConfigError
from monitor.judgement import judgements
from monitor.model import Event, ReplayOptions, Snapshot

LONGER = edited(1, "Readings of the meter are sent to our servers in Lisbon and kept for 36 months.")


def page(sentences: tuple[str, ...], *, token: str = "") -> bytes:
    body = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    return (
        "<html lang=en><head><title>Privacy policy</title></head><body><nav><a href='/'>Home</a></nav>"
        f"<main data-token='{token}'><h1>Privacy policy</h1>{body}</main></body></html>"
    ).encode()


def history(*bodies: bytes, status: dict[int, int] | None = None) -> list[Snapshot]:
    return [
        Snapshot(
            body, START + n * HALF_DAY, "https://kilowatt.example/privacy", status=(status or {}).get(n, 200)
        )
        for n, body in enumerate(bodies)
    ]


def test_one_event_a_snapshot_and_tokens_are_no_news() -> None:
    snapshots = history(*(page(SENTENCES, token=str(n)) for n in range(4)), page(LONGER), page(LONGER))
    events = list(monitor.replay(snapshots))
    assert [event.kind for event in events] == ["first", *["unchanged"] * 3, "pending", "change"]
    assert [event.alert for event in events] == [False] * 5 + [True]


def test_the_same_bytes_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from monitor.judgement import history as module

    read = []
    extract = module.extract
    monkeypatch.setattr(module, "extract", lambda body, **more: read.append(body) or extract(body, **more))
    snapshots = history(page(SENTENCES), page(SENTENCES), page(LONGER), page(LONGER), page(SENTENCES))
    events = list(monitor.replay(snapshots))
    assert [event.kind for event in events][:4] == ["first", "unchanged", "pending", "change"]
    assert len(read) == 3


def test_an_error_status_is_a_failure_whatever_the_page_says() -> None:
    bodies = [page(SENTENCES), page(LONGER), page(LONGER), page(LONGER), page(SENTENCES)]
    events = list(monitor.replay(history(*bodies, status={1: 503, 2: 404, 3: 500})))
    assert [event.kind for event in events] == ["first", "suspect", "suspect", "suspect", "recovered"]
    assert events[1].reason == "status 503"
    assert events[3].notice == "blind"


def test_time_comes_from_the_snapshots_and_a_naive_time_is_utc() -> None:
    times = [START, START + HALF_DAY, (START + HALF_DAY + timedelta(minutes=10)).replace(tzinfo=None)]
    bodies = [page(SENTENCES), page(LONGER), page(LONGER)]
    events = list(monitor.replay([Snapshot(b, at) for b, at in zip(bodies, times, strict=True)]))
    assert events[-1].alert


def test_options_reach_the_reading_and_the_judgement() -> None:
    snapshots = history(page(SENTENCES), page(LONGER))
    assert [e.alert for e in monitor.replay(snapshots, options=ReplayOptions(confirm="0s"))] == [False, True]
    first_only = ReplayOptions(confirm="0s", remove=("p:nth-of-type(2)",))
    assert not any(e.alert for e in monitor.replay(snapshots, options=first_only))
    with pytest.raises(ConfigError):
        list(monitor.replay(snapshots, options=ReplayOptions(confirm="whenever")))


def test_what_was_silenced_can_be_listed() -> None:
    variants = [page(SENTENCES), page(LONGER), page(LONGER), page(SENTENCES)]
    rows = [row.as_dict() for judgement in judgements(history(*variants)) for row in judgement.silenced]
    assert [row["change"]["after"] for row in rows] == [SENTENCES[1]]
    assert json.dumps(rows)


def test_the_first_event_comes_before_the_history_is_read() -> None:
    def endless() -> object:
        yield from history(page(SENTENCES))
        raise AssertionError("read ahead")

    assert next(iter(monitor.replay(endless()))).kind == "first"  # type: ignore[arg-type]


HASHES = """
import json, sys
sys.path[:0] = json.loads(sys.argv[1])
from test_judgement_replay import LONGER, SENTENCES, history, page
import monitor
flip = [page(SENTENCES), page(LONGER), page(LONGER)] * 4
print(json.dumps([event.as_dict() for event in monitor.replay(history(*flip))], sort_keys=True))
"""


def test_two_processes_with_other_hash_seeds_come_to_the_same_events() -> None:
    here = Path(__file__).resolve()
    paths = json.dumps([str(here.parent), str(here.parents[2])])
    texts = {
        run(
            [executable, "-c", HASHES, paths], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1
    assert json.loads(texts.pop())[2]["alert"]


def test_events_turn_into_json() -> None:
    events: list[Event] = list(monitor.replay(history(page(SENTENCES), page(LONGER), page(LONGER))))
    data = json.loads(json.dumps([event.as_dict() for event in events]))
    assert data[0]["comparison"] is None
    assert data[2]["comparison"]["verdict"] == "material"
