"""A channel's address is a secret: it reaches no log, no table, no output, no error, whatever goes wrong."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.alerts.outbox import Outbox
from monitor.alerts.write import write_alert
from monitor.cli import root
from monitor.config import Config
from monitor.store import Store, chain
from outbox_world import START, add_watches, made_alert
from receivers import Mail, Web, mail, web

CANARY = "CanarySecretXq7"
MAIL = "from=monitor@customer.example&to=legal@customer.example"


@pytest.fixture
def receivers() -> Iterator[tuple[Web, Mail]]:
    with web() as hook, mail() as post:
        yield hook, post


def addresses(hook: int, post: int) -> dict[str, str]:
    here = f"127.0.0.1:{hook}"
    return {
        "json": f"json://me:{CANARY}@{here}/{CANARY}?+X-Key={CANARY}",
        "slack": f"slack+http://{here}/services/T/B/{CANARY}",
        "discord": f"discord+http://{here}/api/webhooks/1/{CANARY}",
        "teams": f"teams+http://{here}/workflows/{CANARY}?sig={CANARY}",
        "mail": f"mailto://me:{CANARY}@127.0.0.1:{post}?mode=insecure&{MAIL}",
        "tail": f"xml://me:{CANARY}@{here}/{CANARY}",
        "closed": f"json://127.0.0.1:1/{CANARY}",
        "unknown": f"nonsense://{CANARY}@{here}",
        "broken": f"slack://{CANARY}",
    }


async def at_once(*_: object) -> None:
    """No pause between messages: nobody's limits are at stake here."""


def everything_in(folder: Path) -> str:
    found = []
    for path in folder.rglob("*.db"):
        with sqlite3.connect(path) as connection:
            found += list(connection.iterdump())
        connection.close()
    return "\n".join(found)


@pytest.mark.parametrize("status", [200, 404, 500])
def test_a_canary_is_seen_nowhere(
    status: int,
    receivers: tuple[Web, Mail],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Outbox, "_keep_distance", at_once)
    hook, post = receivers
    hook.says(status, {"Location": f"/{CANARY}"}, f"no such hook {CANARY}".encode())
    if status != 200:
        post.refuse = {"DATA": f"{'554' if status == 404 else '451'} not for {CANARY}"}
    caplog.set_level(logging.DEBUG)
    (tmp_path / "secrets").mkdir()
    lines = []
    for name, url in addresses(hook.port, post.port).items():
        (tmp_path / "secrets" / name).write_text(url)
        lines.append(f'[[channel]]\nname = "{name}"\nurl_file = "secrets/{name}"\n')
    path = tmp_path / "config.toml"
    path.write_text("\n".join(lines))

    from monitor.config import load

    config = load(path)
    said = [drained(config, tmp_path / "state")]
    for arguments in (
        ["notify", "--test"],
        ["notify", "--test", "--json"],
        ["deliveries"],
        ["deliveries", "--json"],
        ["deliveries", "--retry", "1"],
        ["config", "show"],
    ):
        command = ["--config", str(path), "-vv", "--debug", *arguments]
        result = CliRunner().invoke(root, command)
        said.append(result.output)
        if result.exception is not None:
            said.append("".join(traceback.format_exception(result.exception)))
    shown = capfd.readouterr()
    said += [caplog.text, shown.out, shown.err, repr(config), str(config.model_dump())]
    said.append(everything_in(tmp_path / "state"))
    assert len(said[-1]) > 10_000  # the dump did happen
    assert "channel" in caplog.text or status == 200
    places = [text[max(0, text.find(CANARY) - 200) :][:300] for text in said if CANARY in text]
    assert places == []


def drained(config: Config, folder: Path) -> str:
    """Send one alert everywhere; what was raised, if anything."""
    store = Store.open(folder)
    try:
        [watch_id] = add_watches(store, 1)
        with store.write() as connection:
            rows = write_alert(connection, made_alert(0, START), config, START, watch_id=watch_id)
            chain.attest(connection, rows, START)
        box = Outbox(store, config)
        asyncio.run(box.drain())
        box.close()
    except Exception:
        return traceback.format_exc()
    finally:
        store.close()
    return ""
