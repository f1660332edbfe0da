"""The web senders against real receivers: what arrives, and what a refusal, a delay or a silence is taken for."""

from __future__ import annotations

import hashlib
import hmac
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from receivers import Web, hang, web

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
from alert_samples import alert
from monitor.alerts.channels import Channel, open_channel
from monitor.alerts.channels import web as sender
from monitor.alerts.channels.open import check_slack
from monitor.alerts.render import Message
from monitor.config import Config
from monitor.errors import ConfigError, SendError
from test_alerts_render import check_blocks

MESSAGE = Message("m1", (alert(),))
DIGEST = Message("m2", (alert(), alert(number=2)), digest="daily")


@pytest.fixture
def receiver() -> Iterator[Web]:
    with web() as sink:
        yield sink


def channel(url: str, folder: Path | None = None, **more: Any) -> Channel:
    config = Config.model_validate({"channel": [{"name": "c", "url": url, **more}]})
    if folder is not None:
        config = config.model_copy(update={"path": folder / "config.toml"})
    return open_channel(config.channel[0], config)


async def test_a_signed_webhook(receiver: Web) -> None:
    opened = channel(f"json://user:pw@127.0.0.1:{receiver.port}/hook?+X-Team=legal&-v=1", secret="s3cret")
    await opened.send(MESSAGE)
    [request] = receiver.received
    assert (request.method, request.path) == ("POST", "/hook?v=1")
    told = json.loads(request.body)
    assert told["verdict"] == "material"
    assert told["comparison"] == alert().as_dict()["comparison"]
    headers = request.headers
    assert headers["x-hub-signature-256"] == (
        "sha256=" + hmac.new(b"s3cret", request.body, hashlib.sha256).hexdigest()
    )
    assert headers["idempotency-key"] == "m1"
    assert headers["x-team"] == "legal"
    assert headers["authorization"].startswith("Basic ")
    assert headers["content-type"] == "application/json"


async def test_chat_services_get_payloads_of_their_own(receiver: Web) -> None:
    for medium in ("slack", "discord", "teams"):
        opened = channel(f"{medium}+http://127.0.0.1:{receiver.port}/services/T/B/x")
        assert opened.gap >= 1
        for message in (MESSAGE, DIGEST):
            await opened.send(message)
    slack, slack_digest, discord, _, teams, _ = (json.loads(one.body) for one in receiver.received)
    check_blocks(slack)
    check_blocks(slack_digest)
    assert discord["allowed_mentions"] == {"parse": []}
    assert teams["attachments"][0]["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert {one.path for one in receiver.received} == {"/services/T/B/x"}


@pytest.mark.parametrize(
    ("url", "medium", "address"),
    [
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "slack",
         "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"),
        ("https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "slack",
         "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"),
        ("slack://xoxb-1234-1234-4ddbc191d40ee098cbaae6f3523ada2d/#legal", "slack",
         "https://slack.com/api/chat.postMessage"),
        ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", "discord",
         "https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js?wait=true"),
        ("https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", "discord",
         "https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js?wait=true"),
        ("workflows://prod-1.westeurope.logic.azure.com:443/643e69f83c8944438d68119179a10a64/KODuebWbDGYFr0z0eu",
         "teams",
         "https://prod-1.westeurope.logic.azure.com/workflows/643e69f83c8944438d68119179a10a64/triggers/manual"
         "/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=KODuebWbDGYFr0z0eu"),
        ("jsons://hooks.example/x?verify=no", "json", "https://hooks.example/x"),
        ("json://[::1]:8080/x", "json", "http://[::1]:8080/x"),
    ],
)  # fmt: skip
async def test_an_apprise_address_leads_where_apprise_would_send(
    url: str, medium: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[sender.Receiver] = []

    async def post(receiver: sender.Receiver, *_: Any) -> bytes:
        seen.append(receiver)
        return b'{"ok": true}'

    monkeypatch.setattr("monitor.alerts.channels.open.post", post)
    monkeypatch.setattr("monitor.alerts.channels.open.post_json", post)
    opened = channel(url)
    assert opened.medium == medium
    await opened.send(MESSAGE)
    assert [one.url for one in seen] == [address]
    assert seen[0].verify is ("verify=no" not in url)
    assert address not in repr(seen[0])


@pytest.mark.parametrize(
    ("status", "headers", "permanent", "retry_after"),
    [
        (500, {}, False, None),
        (503, {"Retry-After": "120"}, False, 120.0),
        (429, {"Retry-After": "30"}, False, 30.0),
        (429, {"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}, False, 0.0),
        (429, {"Retry-After": "soon"}, False, None),
        (302, {"Location": "/elsewhere"}, False, None),
        (408, {}, False, None),
        (400, {}, True, None),
        (401, {}, True, None),
        (404, {}, True, None),
        (410, {}, True, None),
    ],
)
async def test_answers(
    receiver: Web, status: int, headers: dict[str, str], permanent: bool, retry_after: float | None
) -> None:
    receiver.says(status, headers, b"<html>token=abc</html>")
    with pytest.raises(SendError) as raised:
        await channel(f"slack+http://127.0.0.1:{receiver.port}/services/token").send(MESSAGE)
    assert (raised.value.permanent, raised.value.retry_after) == (permanent, retry_after)
    assert str(raised.value) == f"answered {status}"
    assert len(receiver.received) == 1  # a redirect was not followed


async def test_a_word_of_the_receiver_is_kept_and_nothing_longer(receiver: Web) -> None:
    receiver.says(400, body=b"invalid_blocks")
    with pytest.raises(SendError, match=r"^answered 400 invalid_blocks$"):
        await channel(f"slack+http://127.0.0.1:{receiver.port}/s").send(MESSAGE)


async def test_silence_hanging_up_and_a_closed_port_may_pass(receiver: Web) -> None:
    receiver.answer = lambda _: None
    with pytest.raises(SendError, match="cannot reach it") as raised:
        await channel(f"json://127.0.0.1:{receiver.port}/x").send(MESSAGE)
    assert not raised.value.permanent
    receiver.answer = hang(1.0)
    target = sender.Receiver(f"http://127.0.0.1:{receiver.port}/x", timeout=0.2)
    with pytest.raises(SendError, match="no answer in time") as raised:
        await sender.post(target, b"{}")
    assert not raised.value.permanent
    with pytest.raises(SendError, match="cannot reach it") as raised:
        await sender.post(replace(target, url="http://127.0.0.1:1/x", timeout=30.0), b"{}")
    assert not raised.value.permanent


async def test_an_endless_answer_is_not_read_to_its_end(receiver: Web) -> None:
    receiver.says(200, body=b"x" * 5_000_000)
    answer = await sender.post(sender.Receiver(f"http://127.0.0.1:{receiver.port}/x"), b"{}")
    assert len(answer) == sender.ANSWER_LIMIT


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [
        (b'{"ok": false, "error": "ratelimited"}', False),
        (b'{"ok": false, "error": "channel_not_found"}', True),
        (b"<html>", False),
    ],
)
def test_slack_s_own_errors(answer: bytes, permanent: bool) -> None:
    check_slack(b'{"ok": true}')
    with pytest.raises(SendError) as raised:
        check_slack(answer)
    assert raised.value.permanent is permanent


async def test_the_long_tail_goes_through_apprise_as_plain_words(receiver: Web) -> None:
    opened = channel(f"xml://127.0.0.1:{receiver.port}/x")
    assert opened.medium == "text"
    await opened.send(MESSAGE)
    body = receiver.received[0].body.decode()
    assert "[-30 days backups-]{+90 days backups+}" in body
    receiver.says(302, {"Location": "/elsewhere"})
    with pytest.raises(SendError) as raised:
        await opened.send(MESSAGE)
    assert not raised.value.permanent
    assert len(receiver.received) == 2


@pytest.mark.parametrize("url", ["nonsense://x", "json://", "mailto://"])
def test_an_address_that_is_none_is_not_shown(url: str) -> None:
    with pytest.raises(ConfigError) as raised:
        channel(url)
    assert url not in str(raised.value)
    assert '"c"' in str(raised.value)


def test_a_plain_web_address_is_told_what_to_write() -> None:
    with pytest.raises(ConfigError, match="write jsons:// instead of https://"):
        channel("https://hooks.example/token")


async def test_a_channel_s_template_words_its_messages_and_a_broken_one_says_so(
    receiver: Web, tmp_path: Path
) -> None:
    (tmp_path / "good.j2").write_text("{{ alerts[0].vendor }} <!channel> changed")
    (tmp_path / "json.j2").write_text('{"text": {{ title | tojson }}}')
    (tmp_path / "bad.j2").write_text("{{ nothing }}")
    base = f"127.0.0.1:{receiver.port}/x"
    await channel(f"slack+http://{base}", tmp_path, template="good.j2").send(MESSAGE)
    await channel(f"json://{base}", tmp_path, template="json.j2").send(MESSAGE)
    await channel(f"json://{base}", tmp_path, template="good.j2").send(MESSAGE)
    await channel(f"teams+http://{base}", tmp_path, template="bad.j2").send(MESSAGE)
    slack, made, fallen_back, teams = (json.loads(one.body) for one in receiver.received)
    check_blocks(slack)
    assert "Acme backups" in json.dumps(slack)
    assert "<!channel>" not in json.dumps(slack)
    assert made == {"text": MESSAGE.title}
    assert "The template good.j2 failed" in fallen_back["note"]
    assert "The template bad.j2 failed" in json.dumps(teams).replace("\\u2060", "")


async def test_files_are_replaced_whole(tmp_path: Path) -> None:
    feed, dates = channel("atom:out/feed.xml", tmp_path), channel("ics:out/dates.ics", tmp_path)
    for _ in range(2):
        await feed.send(DIGEST)
        await dates.send(DIGEST)
    assert (tmp_path / "out/feed.xml").read_text().count("<entry>") == 2
    assert (tmp_path / "out/dates.ics").read_bytes().count(b"BEGIN:VEVENT\r\n") == 4
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == ["dates.ics", "feed.xml"]
    (tmp_path / "out/feed.xml").unlink()
    (tmp_path / "out/feed.xml").mkdir()
    with pytest.raises(SendError, match="cannot be written"):
        await feed.send(DIGEST)
