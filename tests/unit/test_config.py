"""The config says all that is wrong with it at once, where it is, and what to do; and never shows a secret."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.config import Config, load, parse, slug
from monitor.errors import ConfigError

POLICY = {"kind": "privacy", "url": "https://halden.example/privacy"}


def config(**tables: Any) -> Config:
    return parse({"vendor": [{"name": "Halden", "policy": [POLICY]}], **tables})


def faults(**tables: Any) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        config(**tables)
    return caught.value.faults


def test_every_fault_is_reported_at_once_with_place_and_cure(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        '[monitor]\nconcurency = 3\ntimezone = "Mars/Olympus"\n'
        '[alerts]\nconfirm = "soon"\nmin_severity = "hgh"\n'
        '[[channel]]\nname = "team"\n'
        '[[vendor]]\nname = "Halden"\n[[vendor.policy]]\nkind = "privcy"\nurl = "ftp://x"\n'
    )
    with pytest.raises(ConfigError) as caught:
        load(path)
    said = "\n".join(caught.value.faults)
    for part in (
        "[monitor]: concurency: unknown key; did you mean concurrency?",
        '"Mars/Olympus" is no time zone',
        '"soon" is no span of time',
        "[alerts]: min_severity",
        '[[channel]] "team": needs exactly one of url, url_file, url_env, credential',
        'kind: "privcy" is not known; did you mean "privacy"?',
        '"ftp://x" is no web address',
    ):
        assert part in said, said
    assert all(str(path) in fault for fault in caught.value.faults)


def test_a_missing_file_and_broken_toml_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="policy-monitor init"):
        load(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("[monitor\n")
    with pytest.raises(ConfigError, match=r"bad\.toml: no valid TOML.*line 1"):
        load(tmp_path / "bad.toml")


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ({"kind": "privacy"}, "needs url"),
        ({"kind": "privacy", "url": "https://a.example", "urls": ["https://b.example"]}, "needs url"),
        ({"kind": "privacy", "url": "https://user:pw@a.example/p"}, "must not carry a user name"),
        ({"kind": "privacy", "url": "https://a.example/p", "cron": "61 * * * *"}, "is no cron expression"),
        ({"kind": "privacy", "url": "https://a.example/p", "evry": "1d"}, "did you mean every?"),
    ],
)
def test_a_wrong_policy_is_refused(policy: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words.replace("?", r"\?")):
        parse({"vendor": [{"name": "Halden", "policy": [policy]}]})


def test_two_policies_of_one_kind_need_names() -> None:
    [fault] = faults(vendor=[{"name": "Halden", "policy": [POLICY, POLICY]}])
    assert "halden/privacy" in fault
    assert "give each a name" in fault


def test_a_channel_for_an_unknown_vendor_is_refused() -> None:
    [fault] = faults(channel=[{"name": "team", "url": "json://x", "vendors": ["Haldn"]}])
    assert 'did you mean "Halden"?' in fault


def test_the_nearer_schedule_wins() -> None:
    found = parse(
        {
            "schedule": {"cron": "0 6 * * *", "jitter": "0s"},
            "vendor": [
                {"name": "A", "policy": [POLICY, POLICY | {"name": "b", "every": "1h"}]},
                {"name": "C", "every": "2d", "policy": [POLICY]},
            ],
        }
    )
    by_key = {watch.key: (watch.cron, watch.every) for watch in found.watches}
    assert by_key["a/privacy"][0] == "0 6 * * *"
    assert by_key["a/b"] == (None, timedelta(hours=1))
    assert by_key["c/privacy"] == (None, timedelta(days=2))


def test_a_literal_secret_works_with_a_warning_and_is_never_shown() -> None:
    canary = "T0PS3CRET-canary"
    found = config(channel=[{"name": "team", "url": f"slack://{canary}/b/c"}])
    assert found.channel[0].address.resolve(Path()) == f"slack://{canary}/b/c"
    assert "url_file, url_env or credential" in found.warnings[0]
    shown = f"{found!r} {found} {found.model_dump_json()} {found.warnings}"
    assert canary not in shown


def test_secrets_come_from_file_environment_and_credential(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "url").write_text("json://from-file\n")
    monkeypatch.setenv("HOOK", "json://from-env")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    found = config(
        channel=[
            {"name": "a", "url_file": "url"},
            {"name": "b", "url_env": "HOOK"},
            {"name": "c", "credential": "url"},
        ]
    )
    addresses = [channel.address.resolve(tmp_path) for channel in found.channel]
    assert addresses == ["json://from-file", "json://from-env", "json://from-file"]
    monkeypatch.delenv("HOOK")
    with pytest.raises(ConfigError, match="HOOK is not set"):
        found.channel[1].address.resolve(tmp_path)


def test_a_secret_that_cannot_be_read_names_the_file_only(tmp_path: Path) -> None:
    found = config(channel=[{"name": "a", "url_file": "absent"}])
    with pytest.raises(ConfigError, match="absent: the secret cannot be read"):
        found.channel[0].address.resolve(tmp_path)


def test_a_wrong_literal_secret_does_not_stand_in_the_error() -> None:
    for fault in faults(channel=[{"name": "a", "url": ["T0PS3CRET"]}]):
        assert "T0PS3CRET" not in fault


@pytest.mark.parametrize(
    ("name", "expected"), [("Acme, Inc.", "acme-inc"), ("Ünïcode & Söhne", "ünïcode-söhne"), ("!!!", "x")]
)
def test_slugs(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_state_given_on_the_command_line_wins(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[monitor]\nstate = "elsewhere"\n')
    found = load(tmp_path / "config.toml", state=tmp_path / "here")
    assert found.folder / found.monitor.state == tmp_path / "here"
