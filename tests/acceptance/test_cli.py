"""The installed command as a process: exit codes, JSON, words for people, errors with the cure."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor import ondemand
from monitor.cli import root
from monitor.store import Store, watches
from world import COMMAND, World, page

CHANGED = page(notify=96)


def test_check_says_what_changed_and_how_much_it_matters_by_its_exit_code(world: World) -> None:
    world.site.pages["/halden"] = page()
    world.config(("/halden",))
    assert world.run("check").returncode == 0
    assert world.run("check").returncode == 0
    world.site.pages["/halden"] = CHANGED
    changed = world.run("check")
    assert changed.returncode == 20
    assert "[-72-]{+96+}" in changed.stdout
    assert "Breaches" in changed.stdout
    assert world.run("check").returncode == 0
    world.site.status["/halden"] = 503
    failed = world.run("check")
    assert failed.returncode == 3
    assert "could not be read" in failed.stdout
    assert world.run("status").returncode == 3
    assert len(world.site.posts) == 1


def test_check_speaks_json_and_nothing_else(world: World) -> None:
    world.site.pages["/halden"] = page()
    world.config(("/halden",))
    world.run("check")
    world.site.pages["/halden"] = CHANGED
    done = world.run("check", "--json", "--no-alerts")
    assert done.returncode == 20
    assert done.stderr == ""
    [check] = json.loads(done.stdout)["checks"]
    comparison = check["comparison"]
    assert (check["watch"], check["outcome"]) == ("halden/privacy", "change")
    assert set(comparison) >= {"verdict", "severity", "summary", "changes", "silent"}
    [change] = comparison["changes"]
    assert set(change) >= {
        "change", "path", "label", "before", "after", "words", "verdict", "severity", "topics", "findings",
    }  # fmt: skip
    assert set(change["findings"][0]) == {"kind", "topic", "severity", "before", "after", "reason", "rule"}
    assert world.site.posts == []
    shown = world.json("show", str(check["change_ids"][0]), "--why")
    assert shown["before"] == change["before"]
    assert shown["why"]


def test_a_change_that_waits_for_confirmation_is_shown_at_once_and_told_later(world: World) -> None:
    world.site.pages["/halden"] = page()
    world.config(("/halden",), alerts='confirm = "10m"')
    world.run("check")
    world.site.pages["/halden"] = CHANGED
    waiting = world.run("check")
    assert waiting.returncode == 20
    assert "confirmed" in waiting.stdout
    assert world.site.posts == []
    again = world.run("check")  # the same bytes: nothing is new, and what waits is named all the same
    assert again.returncode == 0
    assert "waits" in again.stdout
    [one] = world.json("check")["checks"]
    assert (one["outcome"], one["news"], one["comparison"]["verdict"]) == ("pending", False, "material")
    world.site.pages["/halden"] = page(notify=120)  # other words again
    assert world.run("check").returncode == 20
    world.config(("/halden",), alerts='confirm = "next"')
    assert world.run("check").returncode == 20  # confirmed, and told
    assert len(world.site.posts) == 1
    assert world.run("check").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("chek",), "Did you mean check?"),
        (("check", "haldn"), "did you mean halden?"),
        (("show", "999"), "there is no state yet"),
        (("history", "nobody"), "there is no state yet"),
        (("mute", "halden", "--for", "soon"), "write --until"),
        (("diff", "none.html", "none.html"), "cannot be read"),
        (("check", "--config", "none.toml"), "policy-monitor init"),
    ],
)
def test_a_wrong_word_is_answered_with_the_cure(world: World, arguments: tuple[str, ...], words: str) -> None:
    world.config(("/halden",))
    done = world.run(*arguments)
    assert done.returncode == 2, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_every_fault_of_the_config_is_told_at_once(world: World) -> None:
    world.config(
        ("/halden",), extra='[monitr]\nx = 1\n[[rule]]\nmatch = "/(a+)+$/"\nreason = "bad"\nseverity = "high"'
    )
    done = world.run("config", "check")
    assert done.returncode == 2
    assert "did you mean monitor?" in done.stderr
    assert "rule" in done.stderr


def test_a_page_that_may_not_be_read_says_how_it_may(world: World) -> None:
    world.site.pages["/halden"] = page()
    world.config(("/halden",))
    config = world.folder / "config.toml"
    config.write_text(config.read_text().replace('allow_private = ["127.0.0.0/8"]', ""))
    done = world.run("check")
    assert done.returncode == 3
    assert "allow_private" in done.stdout
    done = world.run("extract", world.site.url("/halden"))
    assert done.returncode == 3
    assert "allow_private" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_selector_that_matches_nothing_is_named_with_the_cure(world: World) -> None:
    world.site.pages["/halden"] = page()
    world.config(("/halden",))
    config = world.folder / "config.toml"
    config.write_text(f'{config.read_text()}select = "main .terms"\n')
    done = world.run("check")
    assert done.returncode == 3
    assert 'select = "main .terms" matches nothing' in done.stdout
    assert "policy-monitor extract URL --select" in done.stdout
    world.site.pages["/halden"] = b"<html><title>404</title><body><h1>Page not found</h1></body></html>"
    done = world.run("check")  # the page is to blame, not the selector
    assert "error page" in done.stdout


def test_init_add_and_check_lead_a_newcomer_to_a_first_look(world: World) -> None:
    world.site.pages["/privacy"] = page()
    assert world.run("init").returncode == 0
    assert world.run("init").returncode == 2
    text = (
        (world.folder / "config.toml")
        .read_text()
        .replace("[monitor]", '[monitor]\nallow_private = ["127.0.0.0/8"]', 1)
    )
    (world.folder / "config.toml").write_text(text)
    assert world.run("add", world.site.url("/privacy"), "--vendor", "Halden").returncode == 0
    done = world.run("check")
    assert done.returncode == 0, done.stderr
    assert "halden/privacy" in done.stdout


def test_diff_and_extract_need_neither_config_nor_state(world: World) -> None:
    (world.folder / "old.html").write_bytes(page())
    (world.folder / "new.html").write_bytes(CHANGED)
    assert world.run("diff", "old.html", "old.html").returncode == 0
    done = world.run("diff", "old.html", "new.html", "--html", "redline.html")
    assert done.returncode == 20
    assert "<ins" in (world.folder / "redline.html").read_text()
    document = world.json("extract", "old.html")
    assert "Retention" in [clause["text"] for clause in document["clauses"] if clause["kind"] == "heading"]
    (world.folder / "bad.html").write_text("<html><body><h1>404 Not Found</h1></body></html>")
    assert world.run("extract", "bad.html").returncode == 3
    assert not (world.folder / "state").exists()


def test_a_history_is_imported_once_and_tells_nobody(world: World) -> None:
    world.site.pages["/halden"] = page(keep=90)
    world.config(("/halden",))
    copies = world.folder / "copies"
    copies.mkdir()
    rows = []
    for month, keep in ((1, 30), (2, 30), (3, 60), (4, 60), (5, 90), (6, 90)):
        (copies / f"{month}.html").write_bytes(page(keep=keep))
        at = f"2025-{month:02}-01T00:00:00+00:00"
        rows.append({"file": f"{month}.html", "fetched_at": at, "url": world.site.url("/halden")})
    (copies / "manifest.jsonl").write_text("\n".join(map(json.dumps, rows)))
    dry = world.json("backfill", "halden", "copies", "--dry-run")
    assert (dry["imported"], [event["alert"] for event in dry["events"]].count(True)) == (0, 2)
    with tarfile.open(world.folder / "copies.tar.gz", "w:gz") as archive:
        for path in sorted(copies.iterdir()):
            archive.add(path, path.name)
    assert world.json("backfill", "halden", "copies.tar.gz")["imported"] == 6
    assert world.json("backfill", "halden", "copies")["imported"] == 0
    assert world.run("check").returncode == 0
    kinds = [check["outcome"] for check in world.json("history", "halden", "--all")["checks"]]
    assert kinds[-1] == "first"
    assert kinds.count("change") == 2
    assert world.site.posts == []
    assert world.run("verify").returncode == 0


def test_three_checks_at_once_never_look_twice_at_once(world: World) -> None:
    paths = tuple(f"/p{number}" for number in range(4))
    for path in paths:
        world.site.pages[path] = page()
    world.config(paths)
    world.site.delay = 0.3
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _: world.run("check", "--json"), range(3)))
    assert [one.returncode for one in done] == [0, 0, 0], [one.stderr for one in done]
    assert all("locked" not in one.stderr for one in done)
    outcomes = [check["outcome"] for one in done for check in json.loads(one.stdout)["checks"]]
    assert outcomes.count("first") == len(paths)
    assert len(outcomes) == 3 * len(paths)


def test_what_could_not_be_looked_at_is_named_and_no_good_news(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.site.pages["/halden"] = world.site.pages["/orrin"] = page()
    world.config(("/halden", "/orrin"))
    world.run("check")
    store = Store.open(world.folder / "state")
    with store.write() as connection:  # this process is at work on it, and does not end
        now = datetime.now(UTC)
        watches.claim(connection, ["orrin/privacy"], store.owner, now, lease=timedelta(hours=1))
    monkeypatch.setattr(ondemand, "lease_of", lambda _config: timedelta(seconds=0.2))
    monkeypatch.setenv("HOOK_URL", world.environment["HOOK_URL"])
    done = CliRunner().invoke(root, ["--config", str(world.folder / "config.toml"), "check", "--json"])
    found = json.loads(done.stdout)
    assert [check["watch"] for check in found["checks"]] == ["halden/privacy"]
    assert (found["not_looked_at"], found["exit"]) == (["orrin/privacy"], 3)
    store.close()


def test_vendor_text_cannot_speak_to_the_terminal(world: World) -> None:
    world.site.pages["/halden"] = page()
    world.config(("/halden",))
    world.run("check")
    world.site.pages["/halden"] = page(share="We sell \x1b[31mall\x1b]0;pwned\x07 \u202epersonal data.")
    done = world.run("check")
    assert done.returncode == 20
    assert not set("\x1b\x07\u202e") & set(done.stdout)


def test_help_is_instant_and_teaches() -> None:
    script = (
        "import resource, subprocess, sys; "
        f"subprocess.run([{str(COMMAND)!r}, '--help'], stdout=subprocess.DEVNULL, check=True); "
        "used = resource.getrusage(resource.RUSAGE_CHILDREN); print(used.ru_utime + used.ru_stime)"
    )
    best = min(
        float(subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout)
        for _ in range(3)
    )
    assert best < 1  # of processor time; bench/ measures it, this only notices a heavy import
    heavy = subprocess.run(
        [sys.executable, "-X", "importtime", str(COMMAND), "--help"], capture_output=True, text=True
    ).stderr
    for name in ("sqlalchemy", "httpx", "pydantic", "bs4", "apprise", "rich"):
        assert f" {name}\n" not in heavy


def test_state_that_cannot_be_used_is_said_with_the_cure(world: World) -> None:
    world.config(("/halden",))
    (world.folder / "state").write_text("a file, not a directory")
    done = world.run("check")
    assert done.returncode == 1
    assert "state directory cannot be used" in done.stderr
    assert "Traceback" not in done.stderr
    Path(world.folder / "state").unlink()
    (world.folder / "state").mkdir()
    (world.folder / "state" / "policy-monitor.db").write_bytes(b"no database at all" * 100)
    done = world.run("check")
    assert done.returncode == 1
    assert "policy-monitor restore" in done.stderr
