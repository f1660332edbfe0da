"""What the demo shows: for people scene by scene, for machines one JSON document at the end."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from monitor.cli.check import as_dict, show_result
from monitor.cli.output import console, one_line, plain, write_json
from monitor.demo.site import VENDORS
from monitor.model import SEVERITIES

if TYPE_CHECKING:
    from email.message import EmailMessage

    from monitor.cli.context import Context
    from monitor.demo.play import Played, Scene
    from monitor.pipeline import Result

MAIL_LINES = 24
"""So much of a mail is shown."""

TITLES = {
    "first": (
        "1. A first look at five vendors",
        "Each page is fetched, cleaned, cut into clauses and kept. It is the standing version from now on.",
    ),
    "quiet": (
        "2. A second look: nothing but noise",
        "Tokens, counters and banners differ at every request, and one vendor is down for maintenance. "
        "Nobody is told of a change, for there is none.",
    ),
    "changed": (
        "3. All five vendors publish a new edition",
        "Clauses are compared one by one. Words, order, labels and links that changed without changing the "
        "meaning stay quiet; what changes your position is told, with the reason.",
    ),
}


class Report:
    """Shows scenes as they come; counts the time."""

    def __init__(self, context: Context) -> None:
        self.json = context.json
        self.console = console()
        self.started = monotonic()
        if not self.json:
            self.console.print()
            for vendor in VENDORS:
                self.console.print(f"  {vendor.name:<12} {vendor.kind:<9} {vendor.oddity}", style="dim")

    def scene(self, scene: Scene, results: Sequence[Result]) -> None:
        if self.json:
            return
        self._title(*TITLES[scene])
        for result in results:
            show_result(result)
            if scene == "changed":
                self.console.print()

    def end(self, played: Played) -> None:
        if self.json:
            write_json(self._as_dict(played))
        else:
            self._arrived(played)
            self._next(played)

    def _arrived(self, played: Played) -> None:
        self._title(
            "4. What people were told",
            f"{len(played.received)} messages at the webhook, {len(played.mails)} in the mailbox. "
            "Each was kept until the receiver had taken it.",
        )
        mails = sorted(played.mails, key=lambda mail: _place(str(mail["subject"])))
        for mail in mails:
            self.console.print(f"  mail     {one_line(str(mail['subject']))}")
        for body in sorted(played.received, key=lambda body: _place(str(body.get("vendor")))):
            keys = ("watch", "verdict", "severity")
            told = ", ".join(f"{key}: {body.get(key)}" for key in keys)
            self.console.print(f"  webhook  {one_line(told)}, …", style="dim")
        if mails:
            self.console.print("\n  One of the mails:", style="bold")
            for line in _text(mails[0]).splitlines()[:MAIL_LINES]:
                self.console.print(f"  │ {plain(line)}")

    def _next(self, played: Played) -> None:
        program = _program()
        here = f"{program} --config {shlex.quote(str(played.config))}"
        material = _weightiest(played.changed)
        seconds = monotonic() - self.started
        self._title(
            "5. Now you",
            f"It took {seconds:.0f} s. Config and state lie in {played.folder}/ until the next demo:",
        )
        ways = [
            (f"{here} history quillmere/privacy", "the looks at one policy"),
            (f"{here} deliveries", "what was sent, and when it arrived"),
            (f"{here} verify", "proves that nothing stored was altered"),
        ]
        if material is not None:
            ways.insert(1, (f"{here} show {material}", "one change, with its reasons"))
        for command, meaning in ways:
            self.console.print(f"  {command}", style="bold", end="")
            self.console.print(f"  {meaning}", style="dim")
        self.console.print("\n  For vendors of your own:")
        own = f"{program} init && {program} add URL && {program} check"
        self.console.print(f"  {own}", style="bold")
        for fault in played.faults:
            self.console.print(f"  fault: {fault}", style="bold red")

    def _title(self, title: str, text: str) -> None:
        self.console.print()
        self.console.print(title, style="bold cyan")
        self.console.print(text, style="dim")
        self.console.print()

    def _as_dict(self, played: Played) -> dict[str, Any]:
        return {
            "folder": str(played.folder),
            "config": str(played.config),
            "seconds": round(monotonic() - self.started, 1),
            "first": [as_dict(result) for result in played.first],
            "quiet": [as_dict(result) for result in played.quiet],
            "changed": [as_dict(result) for result in played.changed],
            "webhook": list(played.received),
            "mail": [{"subject": str(mail["subject"]), "text": _text(mail)} for mail in played.mails],
            "faults": played.faults,
        }


def _text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain", "html"))
    return part.get_content() if part is not None else ""


def _weightiest(results: Sequence[Result]) -> int | None:
    """The number of a change worth a closer look: of the first policy that has one."""
    for result in results:
        changes = result.event.comparison.changes if result.event.comparison else ()
        material = [
            (SEVERITIES.index(change.severity), -number)
            for number, change in zip(result.committed.change_ids, changes, strict=False)
            if change.severity
        ]
        if material:
            return -max(material)[1]
    return None


def _place(text: str) -> int:
    """The vendors in the order of the demo; alerts arrive in any."""
    return next((place for place, vendor in enumerate(VENDORS) if vendor.name in text), len(VENDORS))


def _program() -> str:
    """What to type to call this very program: its name, or its path where the name would not find it."""
    called = Path(sys.argv[0])
    on_path = shutil.which("policy-monitor")
    if called.name != "policy-monitor" or (on_path and Path(on_path).samefile(called)):
        return "policy-monitor"
    return shlex.quote(str(called))
