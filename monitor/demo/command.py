"""``demo``: the whole job, nothing to set up."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.context import Context, common

DEFAULT_FOLDER = Path("state") / "demo"


@click.command()
@common
def demo(context: Context) -> int:
    """Watch the whole job: five invented vendors on a web site of this machine change their policies.

    The real program fetches their pages over HTTP, finds what changed, says what matters and why, and sends
    alerts to a webhook and a mailbox that run here, too. Nothing leaves the machine. It takes a few seconds;
    config and state stay in ./state/demo (or --state DIR), for a look around.

    \b
    Exit codes: 0 as it should be · 1 something did not work · 2 usage
    """
    from monitor.demo.play import run_demo
    from monitor.demo.report import Report

    report = Report(context)
    played = run_demo(context.state or DEFAULT_FOLDER, report.scene)
    report.end(played)
    return 1 if played.faults else 0
