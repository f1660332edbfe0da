"""The command line's own small decisions: names, guesses, exit codes, words that are safe on a terminal."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.cli.output import excerpt, one_line, plain
from monitor.cli.select import chosen
from monitor.cli.setup import FIRST, guess_kind, guess_vendor, with_policy
from monitor.config import parse
from monitor.errors import UsageError
from monitor.spans import format_span, parse_span

WATCHES = parse(
    {
        "vendor": [
            {
                "name": "Halden AB",
                "policy": [
                    {"kind": "privacy", "url": "https://halden.example/privacy"},
                    {"kind": "terms", "url": "https://halden.example/terms", "enabled": False},
                ],
            },
            {"name": "Orrin", "policy": [{"kind": "privacy", "url": "https://orrin.example/p"}]},
        ]
    }
).watches


@pytest.mark.parametrize(
    ("names", "keys"),
    [
        ((), ["halden-ab/privacy", "orrin/privacy"]),
        (("halden-ab/terms",), ["halden-ab/terms"]),
        (("Halden AB",), ["halden-ab/privacy", "halden-ab/terms"]),
        (("privacy",), ["halden-ab/privacy", "orrin/privacy"]),
        (("*/terms",), ["halden-ab/terms"]),
        (("https://orrin.example/p",), ["orrin/privacy"]),
        (("orrin", "halden-ab/privacy"), ["halden-ab/privacy", "orrin/privacy"]),
    ],
)
def test_watches_go_by_many_names(names: tuple[str, ...], keys: list[str]) -> None:
    assert [watch.key for watch in chosen(WATCHES, names)] == keys


def test_a_name_that_means_nothing_says_what_comes_near() -> None:
    with pytest.raises(UsageError, match=r"did you mean orrin"):
        chosen(WATCHES, ("orin",))


@pytest.mark.parametrize(
    ("url", "vendor", "kind"),
    [
        ("https://www.acme-corp.co.uk/privacy-policy", "Acme-corp", "privacy"),
        ("https://connact.cloud/privacy-policy", "Connact", "privacy"),
        ("https://www.sap.com/about/legal/privacy.html", "Sap", "privacy"),
        ("https://legal.x.ai/terms", "X", "terms"),
        ("http://127.0.0.1:8080/terms", "127.0.0.1", "terms"),
        ("https://acme.io/legal/subprocessors", "Acme", "subprocessors"),
        ("https://acme.io/legal/dpa", "Acme", "dpa"),
        ("https://acme.io/legal/data_processing_addendum", "Acme", "dpa"),
        ("https://acme.io/terms", "Acme", "terms"),
        ("https://acme.io/cookies", "Acme", "cookies"),
        ("https://acme.io/x", "Acme", "other"),
    ],
)
def test_vendor_and_kind_are_guessed_from_the_address(url: str, vendor: str, kind: str) -> None:
    assert (guess_vendor(url), guess_kind(url)) == (vendor, kind)


def test_added_policies_stand_under_their_vendor_and_nothing_else_is_touched() -> None:
    text = FIRST
    for vendor, url in (
        ("A", "https://a.example/1"),
        ("B", "https://b.example/1"),
        ("A", "https://a.example/2"),
    ):
        text = with_policy(text, {"vendor": vendor, "kind": "other", "url": url, "name": url[-9:]})
    vendors = tomllib.loads(text)["vendor"]
    assert [(v["name"], [p["url"] for p in v["policy"]]) for v in vendors] == [
        ("A", ["https://a.example/1", "https://a.example/2"]),
        ("B", ["https://b.example/1"]),
    ]
    assert text.startswith(FIRST.rstrip("\n"))
    parse(tomllib.loads(text))


@given(st.text())
@settings(derandomize=True, deadline=None, max_examples=300)
def test_no_text_can_move_the_cursor_or_turn_a_line(text: str) -> None:
    shown = plain(text)
    assert not any(ord(c) < 32 and c not in "\t\n" for c in shown)
    assert not set(shown) & set("\x1b\x7f\x9b\u202e\u2066\u200b\ufeff")
    assert "\n" not in one_line(text)


def test_an_excerpt_keeps_every_changed_word() -> None:
    words = [("equal", "a " * 200), ("delete", "old"), ("insert", "new"), ("equal", " z" * 200)]
    found = excerpt(words)
    assert [text for op, text in found if op != "equal"] == ["old", "new"]
    assert sum(len(text) for _, text in found) < 300


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("10m", 600), ("1h30m", 5400), ("1.5d", 129600), (" 2 W ", 1209600), ("1m0.05s", 60.05)],
)
def test_spans(text: str, seconds: float) -> None:
    span = parse_span(text)
    assert span.total_seconds() == seconds
    assert parse_span(format_span(span)) == span


@pytest.mark.parametrize("text", ["", "10", "m", "10 minutes", "-1h", "1h 5", "9" * 400 + "d"])
def test_what_is_no_span_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"span of time|longer than"):
        parse_span(text)
