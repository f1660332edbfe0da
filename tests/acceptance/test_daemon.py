"""The daemon as a process: looks when due, tells, reloads and stops."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

from world import World, page, wait_for


def test_a_change_reaches_the_webhook_and_sigterm_ends_cleanly(world: World) -> None:
    world.site.pages["/halden"] = page()
    world.config(("/halden",))
    daemon = world.daemon()
    wait_for(lambda: len(world.site.gets) >= 2, "two looks")
    world.site.pages["/halden"] = page(notify=96)
    wait_for(lambda: world.site.posts, "the alert")
    assert "96" in str(world.site.posts[0])
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(90) == 0, world.log()
    checks = world.json("history", "halden", "--all")["checks"]
    assert [check["outcome"] for check in checks].count("change") == 1
    assert world.json("status")["well"]


def test_a_wrong_config_is_refused_on_sighup_and_the_old_one_goes_on(world: World) -> None:
    world.site.pages["/halden"] = page()
    world.config(("/halden",))
    good = (world.folder / "config.toml").read_text()
    daemon = world.daemon()
    wait_for(lambda: world.site.gets, "a look")
    (world.folder / "config.toml").write_text(good + "\n[monitr]\nx = 1\n")
    daemon.send_signal(signal.SIGHUP)
    wait_for(lambda: "monitr" in world.log(), "the refusal in the log")
    seen = len(world.site.gets)
    wait_for(lambda: len(world.site.gets) > seen, "looks by the old config")
    world.site.pages["/second"] = page()
    (world.folder / "config.toml").write_text(
        f'{good}[[vendor]]\nname = "second"\n'
        f'[[vendor.policy]]\nkind = "privacy"\nurl = "{world.site.url("/second")}"\n'
    )
    daemon.send_signal(signal.SIGHUP)
    wait_for(lambda: "/second" in world.site.gets, "a look at the new watch")
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(90) == 0, world.log()


def test_a_second_daemon_on_the_same_state_is_refused(world: World) -> None:
    world.site.pages["/halden"] = page()
    world.config(("/halden",))
    world.daemon()
    wait_for(lambda: world.site.gets, "a look")
    second = world.run("run")
    assert second.returncode == 1
    assert "another daemon" in second.stderr


def test_systemd_is_told_of_readiness_progress_and_the_end(world: World) -> None:
    address = str(Path(world.folder) / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(address)
        listener.settimeout(90)
        world.site.pages["/halden"] = page()
        world.config(("/halden",))
        daemon = world.daemon(NOTIFY_SOCKET=address)
        assert listener.recv(1000) == b"READY=1"
        assert listener.recv(1000).startswith(b"WATCHDOG=1")
        daemon.send_signal(signal.SIGTERM)
        while (said := listener.recv(1000)).startswith(b"WATCHDOG=1"):
            pass  # a machine so slow that it was time for another
        assert said == b"STOPPING=1"
        assert daemon.wait(90) == 0


def test_a_dead_webhook_gets_its_alerts_when_it_is_back(world: World) -> None:
    world.site.pages["/halden"] = page()
    world.config(("/halden",))
    world.daemon()
    wait_for(lambda: len(world.site.gets) >= 2, "two looks")
    world.site.hook = lambda: 503
    world.site.pages["/halden"] = page(keep=90)
    wait_for(lambda: world.json("deliveries", "--json")["deliveries"], "the delivery")
    assert not world.site.posts
    world.site.hook = lambda: 200
    wait_for(lambda: world.site.posts, "the alert once the webhook is back", 60)
