"""``notify``, ``deliveries``, ``ack`` and ``mute`` as a user types them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from monitor.cli import root
from monitor.evidence.verify import verify
from monitor.store import Store
from monitor.store.schema import mute, record, review
from outbox_world import World
from receivers import Web, web
from test_outbox_housekeeping import told

Run = Callable[..., Result]


@pytest.fixture
def hook() -> Iterator[Web]:
    with web() as sink:
        yield sink


@pytest.fixture
def run(tmp_path: Path, hook: Web) -> Run:
    """A state with one change (#1) that was told of and waits to be sent to channel legal."""
    config = tmp_path / "config.toml"
    config.write_text(
        f"""
        [[channel]]
        name = "legal"
        url = "json://127.0.0.1:{hook.port}/x"
        [[vendor]]
        name = "Acme"
        [[vendor.policy]]
        kind = "privacy"
        name = "p0"
        url = "https://acme.example/p"
        [[vendor.policy]]
        kind = "terms"
        url = "https://acme.example/t"
        """
    )
    world = World(tmp_path / "state", "legal")
    told(world)
    world.close()

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(root, ["--config", str(config), "-q", *arguments])

    return run


def output(result: Result) -> Any:
    return json.loads(result.stdout)


def test_a_test_reaches_every_channel_or_says_why_not(run: Run, hook: Web) -> None:
    assert "legal (json): delivered" in run("notify", "--test").stdout
    assert json.loads(hook.received[0].body)["kind"] == "test"
    hook.says(404)
    result = run("notify", "--test", "legal")
    assert "legal (json): answered 404" in result.stdout
    found = output(run("notify", "--test", "legal", "--json"))
    assert found == {
        "channels": [{"channel": "legal", "medium": "json", "delivered": False, "error": "answered 404"}]
    }


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["notify"], "--test"),
        (["notify", "--test", "nobody"], '"nobody" is no channel; there are: legal'),
        (["notify", "--preview", "99"], "there is no change 99"),
        (["notify", "--preview", "x"], '"x" is no change'),
        (["ack", "1", "99"], "there is no change #99; nothing was acknowledged"),
        (["mute", "acme/p0", "--for", "soon"], "write --until"),
        (["mute", "acme/p0", "--until", "2020-01-01"], "is over"),
        (["mute", "acme/p0", "--until", "2090-01-01", "--off"], "exclude each other"),
        (["mute", "--for", "2w"], "name the watches"),
        (["mute", "acme/terms"], "was never looked at"),
        (["deliveries", "--retry", "99"], "there is no delivery 99"),
    ],
)
def test_mistakes_are_named(run: Run, arguments: list[str], words: str) -> None:
    assert words in str(run(*arguments).exception)


def test_a_preview_sends_nothing(run: Run, hook: Web, tmp_path: Path) -> None:
    shown = json.loads(run("notify", "--preview", "#1", "--channel", "legal").stdout)
    assert shown["summary"] == "Change number 1."
    run("notify", "--preview", "1", "--html", str(tmp_path / "mail.html"))
    assert "Change number 1." in (tmp_path / "mail.html").read_text()
    assert hook.received == []


def test_deliveries_are_listed_with_their_attempts_and_tried_again(run: Run, hook: Web) -> None:
    [one] = output(run("deliveries", "--json"))["deliveries"]
    assert (one["status"], one["attempts"], one["watch"]) == ("pending", [], "acme/p0")
    hook.says(404)
    run("deliveries", "--retry", "1")
    [one] = output(run("deliveries", "--failed", "--json"))["deliveries"]
    assert (one["status"], one["reason"]) == ("dead", "answered 404")
    assert [(each["outcome"], each["detail"]) for each in one["attempts"]] == [("refused", "answered 404")]
    hook.says(200)
    assert output(run("deliveries", "--retry", "1", "--json"))["delivered"] == 1
    assert output(run("deliveries", "--failed", "--json"))["deliveries"] == []
    assert "delivered" in run("deliveries").stdout
    assert output(run("deliveries", "--retry", "1", "--json"))["delivered"] == 0  # not sent twice


@pytest.mark.parametrize("name", ["1", "#1", "c1", "C1"])
def test_a_change_goes_by_the_same_names_everywhere(run: Run, name: str) -> None:
    assert output(run("ack", name, "--json"))["reviews"][0]["change"] == 1
    assert json.loads(run("notify", "--preview", name).stdout)["summary"] == "Change number 1."


def test_status_names_the_channel_that_fails_with_its_error_and_since_when(run: Run, hook: Web) -> None:
    assert output(run("status", "--json"))["failing_channels"] == []
    hook.says(404)
    run("deliveries", "--retry", "1")
    [one] = output(run("status", "--json"))["failing_channels"]
    since = one.pop("since")
    assert one == {"channel": "legal", "error": "answered 404", "late": 0, "dead": 1}
    hook.says(410)
    run("deliveries", "--retry", "1")
    found = run("status").stdout
    assert "channel fails: legal" in found
    assert f"since {since[:16].replace('T', ' ')} UTC: answered 410" in found
    assert "something needs you" in found
    hook.says(200)
    run("deliveries", "--retry", "1")
    assert output(run("status", "--json"))["failing_channels"] == []


def test_status_asks_nothing_of_a_channel_that_left_the_config(run: Run, hook: Web, tmp_path: Path) -> None:
    hook.says(404)
    run("deliveries", "--retry", "1")
    config = tmp_path / "config.toml"
    config.write_text(config.read_text().replace('"legal"', '"other"'))
    assert output(run("status", "--json"))["failing_channels"] == []


def test_a_decision_is_kept_and_attested(run: Run, tmp_path: Path) -> None:
    result = run("ack", "#1", "--decision", "objected", "--note", "too long", "--by", "ana", "--json")
    assert output(result)["reviews"][0] | {"id": 0} == {
        "id": 0, "change": 1, "decision": "objected", "note": "too long", "by": "ana",
    }  # fmt: skip
    store = Store.open(tmp_path / "state")
    with store.read() as connection:
        row = connection.execute(select(review)).one()
        assert (row.change_id, row.decision, row.by) == (1, "objected", "ana")
    assert not [fault for fault in verify(store).faults if fault.what == "review"]
    store.close()


def test_a_mute_stands_until_it_ends(run: Run, tmp_path: Path) -> None:
    result = run("mute", "acme/p0", "--for", "2w", "--reason", "draft", "--by", "ana", "--json")
    [one] = output(result)["mutes"]
    assert (one["watch"], one["reason"], one["by"]) == ("acme/p0", "draft", "ana")
    assert "acme/p0: muted until" in run("mute").stdout
    run("mute", "acme/p0", "--until", "2090-01-31")
    [one] = output(run("mute", "--json"))["mutes"]  # the new one took the place of the old
    assert one["until"].startswith("2090-01-31T23:59:59")
    ended = run("mute", "acme/p0", "--off", "--by", "bea", "--reason", "they are through")
    assert ended.stdout == "acme/p0: no longer muted\nnothing is muted\n"
    assert run("mute", "acme/p0", "--off").stdout == "acme/p0: was not muted\nnothing is muted\n"
    store = Store.open(tmp_path / "state")
    with store.read() as connection:  # what was decided stays on record, the end of it, too
        rows = connection.execute(select(mute).order_by(mute.c.id)).all()
        assert [(row.by, row.reason) for row in rows[::2]] == [("ana", "draft"), ("bea", "they are through")]
        assert len(rows) == 3
        attested = connection.execute(select(record.c.rows).where(record.c.rows.contains('"mute"'))).all()
        assert len(attested) == 3
    assert not [fault for fault in verify(store).faults if fault.what == "mute"]
    store.close()
