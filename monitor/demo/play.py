"""The demo itself: three looks at five vendors, by the very functions that ``policy-monitor check`` calls."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from monitor.demo.sinks import Mailbox, Webhook, mailbox, webhook
from monitor.demo.site import VENDORS, Site, serve_site
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.pipeline import Result

Scene = Literal["first", "quiet", "changed"]
Show = Callable[[Scene, Sequence["Result"]], None]

FIRST_LINE = "# Written by `policy-monitor demo`, which starts afresh at each run."
DOWN = "oskarve"
"""The vendor whose site is under maintenance at the second look."""


@dataclass(frozen=True, slots=True)
class Played:
    """What the three looks came to and what arrived."""

    folder: Path
    """Holds the config and, beside it, the state."""
    first: Sequence[Result]
    quiet: Sequence[Result]
    changed: Sequence[Result]
    received: Sequence[Any]
    """What the webhook got: JSON bodies."""
    mails: Sequence[EmailMessage]

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def faults(self) -> list[str]:
        """What did not go as it should: nothing, unless the installation is broken."""
        told = {
            result.watch.vendor
            for result in self.changed
            if result.event.comparison and result.event.comparison.verdict == "material"
        }
        found = [f"{v.name}: no material change was found" for v in VENDORS if v.name not in told]
        if not self.received:
            found.append("nothing arrived at the webhook")
        if not self.mails:
            found.append("nothing arrived in the mailbox")
        return found


def run_demo(folder: Path, show: Show = lambda _scene, _results: None) -> Played:
    """Serve the vendors, look three times, collect what is sent.

    ``show`` is called after each look. Everything stays in ``folder`` afterwards; the servers are gone.

    Raises:
        UsageError: the folder holds something that no demo put there.
    """
    from monitor.config import load

    _clear(folder)
    with serve_site() as site, webhook() as hook, mailbox() as box:
        _write_config(folder, site, hook, box)
        config = load(folder / "config.toml")

        def look(scene: Scene) -> Sequence[Result]:
            results = _look(config)
            show(scene, results)
            return results

        first = look("first")
        site.down.add(DOWN)
        quiet = look("quiet")
        site.down.clear()
        site.edition = "new"
        changed = look("changed")
    return Played(folder, first, quiet, changed, hook.received, box.received)


def _look(config: Any) -> list[Result]:
    from monitor.ondemand import check_now
    from monitor.store import Store

    store = Store.open(config.folder / config.monitor.state, None)
    try:
        results = asyncio.run(check_now(config, store, config.watches))
    finally:
        store.close()
    order = [vendor.name for vendor in VENDORS]
    return sorted(results, key=lambda result: order.index(result.watch.vendor))


def _clear(folder: Path) -> None:
    config = folder / "config.toml"
    if folder.exists() and any(folder.iterdir()):
        if not config.exists() or not config.read_text("utf-8").startswith(FIRST_LINE):
            raise UsageError(
                f"{folder}: holds something else than a demo; name another directory with --state"
            )
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)


def _write_config(folder: Path, site: Site, hook: Webhook, box: Mailbox) -> None:
    # By reference, as in a real config: an address may be a secret.
    (folder / "webhook.url").write_text(hook.channel + "\n", "utf-8")
    (folder / "mail.url").write_text(box.channel + "\n", "utf-8")
    vendors = "".join(
        f'\n[[vendor]]\nname = "{vendor.name}"\n\n'
        f'  [[vendor.policy]]\n  kind = "{vendor.kind}"\n  url = "{site.url(vendor)}"\n'
        for vendor in VENDORS
    )
    (folder / "config.toml").write_text(
        f"""{FIRST_LINE}

[monitor]
state = "state"
allow_private = ["127.0.0.0/8"]   # the vendors' site is on this machine; otherwise leave this out
per_host_delay = "0s"             # all five are one host here
robots = "ignore"

[alerts]
confirm = "0s"                    # tell at once; the default waits for a second look ten minutes later

[[channel]]
name = "webhook"
url_file = "webhook.url"

[[channel]]
name = "mail"
url_file = "mail.url"
{vendors}""",
        "utf-8",
    )
