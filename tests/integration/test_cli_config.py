"""``config check`` on what the file refers to, and ``config show``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli import root
from monitor.errors import ConfigError


def checked(folder: Path, text: str, *arguments: str) -> Result:
    (folder / "config.toml").write_text(text)
    command = ["--config", str(folder / "config.toml"), "config", "check", *arguments]
    return CliRunner().invoke(root, command)


def faults(result: Result) -> list[str]:
    assert isinstance(result.exception, ConfigError)
    return [fault.partition(": ")[2] for fault in result.exception.faults]


def test_every_secret_channel_and_template_that_fails_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "broken.j2").write_text("{% for alert in alerts %}")
    (tmp_path / "good.j2").write_text("{{ title }}")
    text = """
        [monitor]
        proxy = { file = "proxy" }
        ca_file = "ca.pem"
        [[channel]]
        name = "gone"
        url_file = "no-such-file"
        [[channel]]
        name = "scheme"
        url = "slak://TokenA/TokenB"
        [[channel]]
        name = "plain"
        url = "https://hooks.example/x"
        [[channel]]
        name = "port"
        url = "slack+https://hooks.example:99999/x"
        [[channel]]
        name = "signed"
        url = "json://127.0.0.1:9/x"
        secret = { env = "POLICY_MONITOR_NO_SUCH" }
        template = "broken.j2"
        [[channel]]
        name = "good"
        url = "atom:feed.xml"
        template = "good.j2"
        [[vendor]]
        name = "Acme"
        [[vendor.policy]]
        kind = "privacy"
        url = "https://acme.example/p"
        headers = { Cookie = { file = "cookie" } }
    """
    found = faults(checked(tmp_path, text))
    for place, words in (
        ("[monitor]: proxy", "cannot be read"),
        ("[monitor]: ca_file", "no such file"),
        ('[[channel]] "gone"', "no-such-file: the secret cannot be read"),
        ('[[channel]] "signed": secret', "POLICY_MONITOR_NO_SUCH is not set"),
        ('[[channel]] "signed": template', "broken.j2: TemplateSyntaxError"),
        ('[[vendor.policy]] acme/privacy: header "Cookie"', "cannot be read"),
    ):
        assert [fault for fault in found if fault.startswith(place) and words in fault], (place, found)
    assert not [fault for fault in found if '"good"' in fault]
    without_proxy = faults(checked(tmp_path, text.replace('proxy = { file = "proxy" }', "")))
    for place, words in (
        ('[[channel]] "scheme"', "none that Apprise knows"),
        ('[[channel]] "plain"', "write jsons://"),
        ('[[channel]] "port"', "is none"),
    ):
        assert [f for f in without_proxy if f.startswith(place) and words in f], (place, without_proxy)
    assert "TokenA" not in " ".join(without_proxy)
    assert not (tmp_path / "feed.xml").exists()  # nothing was sent


def test_a_credential_is_the_service_s_to_try(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = '[[channel]]\nname = "legal"\ncredential = "slack-url"\n'
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    result = checked(tmp_path, text, "--json")
    assert result.exception is None
    assert "slack-url is seen by the service only" in json.loads(result.stdout)["warnings"][0]
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert "slack-url: the secret cannot be read" in faults(checked(tmp_path, text))[0]
    (tmp_path / "slack-url").write_text("json://127.0.0.1:9/x")
    assert checked(tmp_path, text).exception is None


def test_spans_are_shown_in_the_words_of_the_file(tmp_path: Path) -> None:
    spans = {"timeout": "1m30s", "per_host_delay": "0.25s", "keep": "365d"}
    (tmp_path / "config.toml").write_text(
        "[monitor]\n"
        + "".join(f'{key} = "{span}"\n' for key, span in spans.items())
        + '[schedule]\nevery = "1d"\n[alerts]\nremind_after = "1w"\n'
    )
    result = CliRunner().invoke(root, ["--config", str(tmp_path / "config.toml"), "config", "show"])
    shown = json.loads(result.stdout)
    assert spans.items() <= shown["monitor"].items()
    assert (shown["schedule"]["every"], shown["alerts"]["remind_after"]) == ("1d", "7d")
