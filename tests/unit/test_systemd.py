"""The units: valid, tightly boxed, and in step with the program's exit codes and install script."""

import configparser
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.systemd import Notifier

UNITS = Path(__file__).parents[2] / "systemd"
SERVICES = ("policy-monitor.service", "policy-monitor-check.service")
analyze = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")


def unit(name: str) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(UNITS / name, "utf-8")
    return parser


@analyze
@pytest.mark.parametrize("name", SERVICES)
def test_exposure_is_at_most_one_and_a_half(name: str):
    run = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=15", str(UNITS / name)],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr


@analyze
def test_units_are_valid(tmp_path: Path):
    for path in UNITS.glob("policy-monitor*.[st]*"):
        text = path.read_text("utf-8").replace("/opt/policy-monitor/bin/policy-monitor", sys.executable)
        (tmp_path / path.name).write_text(text, "utf-8")
    run = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
    )
    about_us = [line for line in run.stderr.splitlines() if "policy-monitor" in line or str(tmp_path) in line]
    assert about_us == []


def test_the_two_services_share_one_sandbox():
    sandboxes = []
    for name in SERVICES:
        settings = dict(unit(name)["Service"])
        # Order of repeated keys is lost by the parser; compare the text from User= on instead.
        text = (UNITS / name).read_text("utf-8")
        sandboxes.append(text[text.index("User=") :].split("[Install]")[0].strip())
        assert settings["User"] == "policy-monitor"
    assert sandboxes[0] == sandboxes[1]


def test_the_daemon_notifies_and_stays_down_on_a_wrong_config():
    service = unit("policy-monitor.service")["Service"]
    assert service["Type"] == "notify"
    assert int(service["WatchdogSec"]) > 0
    assert service["RestartPreventExitStatus"] == "2"
    assert service["ExecStart"].endswith(" run")


def test_changes_are_a_success_of_the_round_and_blindness_is_not():
    service = unit("policy-monitor-check.service")["Service"]
    assert service["Type"] == "oneshot"
    assert service["SuccessExitStatus"].split() == ["10", "20"]
    assert unit("policy-monitor-check.timer")["Timer"]["Persistent"] == "yes"


def test_exec_start_is_a_command_line_that_the_program_knows():
    from monitor.cli import COMMANDS

    for name in SERVICES:
        words = unit(name)["Service"]["ExecStart"].split()
        assert words[1:3] == ["--config", "/etc/policy-monitor/config.toml"]
        assert words[3] in COMMANDS


def test_install_script_puts_everything_in_place(tmp_path: Path):
    """Into a directory of its own, with a stand-in for pip: no network, no root."""
    python = tmp_path / "python"
    python.write_text(
        '#!/bin/sh\ncase "$*" in\n'
        '-m\\ venv*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;\n'
        '-m\\ pip*) echo "$@" >>"$DESTDIR/pip.log" ;;\nesac\n',
        "utf-8",
    )
    python.chmod(0o755)
    root = tmp_path / "root"
    root.mkdir()
    for _ in range(2):  # the second time upgrades, and leaves the config alone
        run = subprocess.run(
            ["sh", str(UNITS / "install.sh")],
            env={"PATH": os.environ["PATH"], "DESTDIR": str(root), "PYTHON": str(python)},
            capture_output=True,
            text=True,
        )
        assert run.returncode == 0, run.stderr
        config = root / "etc/policy-monitor/config.toml"
        assert 'state = "/var/lib/policy-monitor"' in config.read_text("utf-8")
        if _ == 0:
            config.write_text(config.read_text("utf-8") + "# mine\n", "utf-8")
    assert config.read_text("utf-8").endswith("# mine\n")
    assert {path.name for path in (root / "etc/systemd/system").iterdir()} == {
        *SERVICES,
        "policy-monitor-check.timer",
    }
    assert re.search(r"install .*\[postgres,", (root / "pip.log").read_text("utf-8"))
    assert (root / "etc/policy-monitor/secrets").stat().st_mode & 0o007 == 0


def test_a_listener_who_does_not_read_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        notifier = Notifier()
        while "does not listen" not in caplog.text:  # until as many wait as the kernel keeps
            notifier.tell("WATCHDOG=1")
        assert listener.recv(1000) == b"WATCHDOG=1"
        caplog.clear()
        notifier.tell("STOPPING=1")
        assert not caplog.text
