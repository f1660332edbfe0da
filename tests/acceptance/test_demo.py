"""``policy-monitor demo``: what a newcomer sees first has to be true."""

import json
import re
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = [sys.executable, "-c", "from monitor.cli import main; main()"]
CPU_SECONDS = 30
"""So that it takes less than a minute on two cores; wall time would measure what else the machine does."""
README = Path(__file__).parents[2] / "README.md"

# vendor: (a heading of the clause, a kind of finding or any, a topic)
TOLD = {
    "quillmere": [
        ("DISCLOSURE OF INFORMATION", "prohibition_removed", "data_sale"),
        ("DATA BREACH", "obligation_weakened", "breach_notice"),
    ],
    "brindlewick": [
        ("Machine learning", "prohibition_removed", "ai_training"),
        ("How long we keep it", "period_lengthened", "retention"),
    ],
    "oskarve": [
        ("Fees and payment", "period_shortened", "fees_payment"),
        ("Liability", None, "liability"),
    ],
    "tamberline": [
        ("Subprocessors", "party_added", "subprocessors"),
        ("Subprocessors", "period_shortened", "notice_period"),
        ("Audits", None, "audit"),
    ],
    "verrano": [
        ("How long we keep your personal data", "period_lengthened", "retention"),
        ("Term and renewal", "permission_widened", "renewal"),
        ("Liability limit", None, "liability"),
        ("Availability", "threshold_changed", "sla_support"),
        ("Audit", "right_removed", "audit"),
    ],
}

# Words that changed without changing what is said.
QUIET = (
    "so that we can delete it",  # quillmere: please write to us / contact us
    "in our trade",  # usual / customary
    "any questions about this notice",  # brindlewick
    "a password and keeps it secret",  # oskarve: picks / chooses
    "the district court of Uppsala",  # go to / are heard by
    "osk_return",  # rows in another order
    "access to Personal Data to confidentiality",  # tamberline: everybody / everyone
    "Granitehall",  # rows in another order
    "complaints about abuse",  # verrano
)


def run(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*PROGRAM, *args], cwd=cwd, capture_output=True, text=True, timeout=600)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def played(folder: Path) -> dict[str, Any]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = run("demo", "--json", cwd=folder)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {**json.loads(done.stdout), "cpu_seconds": spent}


def changes(played: dict[str, Any], vendor: str | None = None) -> list[dict[str, Any]]:
    return [
        change
        for check in played["changed"]
        if vendor is None or check["watch"].startswith(vendor + "/")
        for change in check["comparison"]["changes"]
    ]


def test_it_works_as_it_should_and_takes_less_than_a_minute(played: dict[str, Any]):
    assert played["faults"] == []
    assert 0 < played["cpu_seconds"] < CPU_SECONDS
    assert [check["outcome"] for check in played["first"]] == ["first"] * 5


def test_noise_and_a_page_under_maintenance_are_no_change(played: dict[str, Any]):
    outcomes = {check["watch"]: check["outcome"] for check in played["quiet"]}
    assert outcomes.pop("oskarve/terms") in ("suspect", "failed")
    assert set(outcomes.values()) == {"unchanged"}
    assert not any(check["alert"] for check in played["quiet"])


@pytest.mark.parametrize(
    ("vendor", "heading", "kind", "topic"), [(v, *told) for v, expected in TOLD.items() for told in expected]
)
def test_what_matters_is_told_with_the_right_reason(
    played: dict[str, Any], vendor: str, heading: str, kind: str | None, topic: str
):
    under = [change for change in changes(played, vendor) if heading in change["path"]]
    fitting = [
        finding
        for change in under
        if change["verdict"] == "material" and topic in change["topics"]
        for finding in change["findings"]
        if kind in (None, finding["kind"]) and finding["reason"]
    ]
    assert fitting, under


@pytest.mark.parametrize("words", QUIET)
def test_what_does_not_matter_is_not_shouted(played: dict[str, Any], words: str):
    shouted = [
        change
        for change in changes(played)
        if words in (change["after"] or "") and change["verdict"] == "material"
    ]
    assert shouted == []


def test_lines_that_are_broken_elsewhere_are_no_change(played: dict[str, Any]):
    """Every line of Quillmere's page breaks at another place in the new edition; four clauses and a date changed."""
    assert len(changes(played, "quillmere")) <= 6


@pytest.mark.parametrize("vendor", TOLD)
def test_each_vendor_s_alert_arrives_at_the_webhook_and_in_the_mailbox(played: dict[str, Any], vendor: str):
    assert any(vendor in json.dumps(body).lower() for body in played["webhook"])
    mails = [mail for mail in played["mail"] if vendor in (mail["subject"] + mail["text"]).lower()]
    assert mails
    assert any(TOLD[vendor][0][0] in mail["text"] for mail in mails)


def test_the_state_is_sound_and_can_be_looked_around_in(played: dict[str, Any], folder: Path):
    config = played["config"]
    history = run("--config", config, "history", "quillmere/privacy", "--json", cwd=folder)
    assert history.returncode == 0, history.stderr
    assert "material" in history.stdout
    assert run("--config", config, "verify", cwd=folder).returncode == 0


def test_people_see_each_vendor_and_what_to_do_next(folder: Path, played: dict[str, Any]):
    done = run("demo", cwd=folder)  # a second one starts afresh
    assert done.returncode == 0, done.stderr
    shown = re.sub(r"\s+", " ", done.stdout)
    for vendor in TOLD:
        assert f"{vendor}/" in shown
    [sample] = re.findall(r"```text\n(.*?)```", README.read_text("utf-8"), re.S)
    sample = re.sub(r".*\[…\]\n", "", sample)  # the wording of a reason may get better
    for part in re.split(r"…|#\d+|\n", sample):  # the rest is what they see
        assert " ".join(part.split()) in shown
    for words in ("material high", "[-within 72 hours", "state/demo", "policy-monitor init", "verify"):
        assert words in shown
    assert "\x1b" not in done.stdout


def test_a_folder_of_somebody_else_s_is_left_alone(tmp_path: Path):
    (tmp_path / "thesis.txt").write_text("my only copy", "utf-8")
    done = run("demo", "--state", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 2
    assert str(tmp_path) in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_importing_the_demo_costs_nothing():
    check = "import sys, monitor.demo, monitor.demo.command; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    heavy = {"httpx", "rich", "sqlalchemy", "aiosmtpd", "pydantic", "apprise", "bs4", "lxml", "asyncio"}
    assert not heavy & set(loaded.stdout.split())
