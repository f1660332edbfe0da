"""What is remembered: it turns into JSON and back, stays bounded, and survives a new way of reading."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgement_histories import HALF_DAY, SENTENCES, START, Watch, alerts, edited, kinds, looks, policy
from monitor.comparison import text_key
from monitor.judgement import Look, Memory, memory
from monitor.judgement.patience import Confirmation
from monitor.model import Clause

OLD = policy(*SENTENCES)
LONGER = policy(*edited(1, "Readings of the meter are sent to our servers in Lisbon and kept for 36 months."))


def test_memory_turns_into_json_and_back() -> None:
    watch = Watch()
    for history in (
        looks(OLD, LONGER, OLD, LONGER),
        [Look(START + 5 * HALF_DAY, failure="timeout", url="https://a/b")],
    ):
        watch.all(history)
        written = json.dumps(watch.memory.as_dict())
        assert Memory.from_dict(json.loads(written)) == watch.memory


def test_a_memory_of_an_older_version_is_read_with_defaults() -> None:
    assert Memory.from_dict({}) == Memory()


def test_a_steady_policy_takes_little_room() -> None:
    watch = Watch()
    watch.all(looks(*[policy(*(f"Clause {n} of the policy says so." for n in range(300)))] * 50))
    assert len(json.dumps(watch.memory.as_dict())) < 300 * 16 + 1200


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_CLAUSES", 20)
    monkeypatch.setattr(memory, "MOST_VERSIONS", 5)
    watch = Watch()
    watch.all(looks(*[policy(*SENTENCES, *(f"Ticker {n} of day {k}" for k in range(4))) for n in range(30)]))
    assert len(watch.memory.clauses) <= 20
    assert len(watch.memory.versions) <= 5
    assert len(watch.memory.recent) <= memory.MOST_RECENT
    assert watch.look(Look(START + timedelta(days=30), OLD)).memory.clauses


def test_version_key_knows_words_and_files_alone() -> None:
    linked = [
        replace(OLD, clauses=(*OLD.clauses, Clause(text="See the list.", links=links)))
        for links in (
            ("https://x.example/a.pdf?t=1",),
            ("https://x.example/a.pdf?t=2", "https://y.example/home"),
        )
    ]
    assert text_key(linked[0]) == text_key(linked[1])
    assert text_key(OLD) == text_key(replace(OLD, title="Another", url="https://z.example"))
    assert text_key(OLD) != text_key(LONGER)


def test_what_is_taken_as_known_is_not_told_later() -> None:
    watch = Watch()
    watch.all(looks(OLD, LONGER))
    watch.memory.take_last_as_known(memory.stamp(START + HALF_DAY))
    assert kinds(watch.all(looks(LONGER, LONGER, start=START + timedelta(days=1)))) == ["unchanged"] * 2


@settings(derandomize=True, deadline=None, max_examples=25)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=25))
def test_no_history_of_short_flips_loses_or_repeats_a_text_that_stays(places: list[int]) -> None:
    """Whatever came before, what stands for weeks is what people know, and it is told at most once more."""
    texts = [
        OLD,
        LONGER,
        policy(*SENTENCES[:-1]),
        policy(*SENTENCES, "We will open a second garden in Porto."),
    ]
    watch = Watch()
    watch.all(looks(*(texts[place] for place in places)))
    start = START + HALF_DAY * len(places)
    judgements = watch.all(looks(*[texts[places[-1]]] * 70, start=start))
    assert watch.memory.known == text_key(texts[places[-1]])
    assert len(alerts(judgements)) <= 1


@pytest.mark.parametrize(
    ("confirm", "looks_wanted", "span"),
    [
        ("0s", 1, timedelta(0)),
        ("next", 2, timedelta(0)),
        ("1s", 2, timedelta(seconds=1)),
        ("2w", 2, timedelta(weeks=2)),
        ("1h30m", 2, timedelta(minutes=90)),
    ],
)
def test_spans(confirm: str, looks_wanted: int, span: timedelta) -> None:
    assert Confirmation.parse(confirm) == Confirmation(looks_wanted, span)
