"""The command line. Each command is loaded when it is called: ``--help`` costs next to nothing."""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from pathlib import Path

import click

from monitor import __version__
from monitor.cli.context import Context
from monitor.errors import ConfigError, FetchError, MonitorError, UsageError

COMMANDS = {
    # name: (module:object, one line for the list)
    "check": ("monitor.cli.check:check", "Look at policies now and say what changed."),
    "run": ("monitor.cli.run:run", "The daemon: look at every policy when it is due, and send the alerts."),
    "diff": ("monitor.cli.files:diff", "Compare two files or addresses, without touching the state."),
    "extract": ("monitor.cli.files:extract", "Show what we read on a page."),
    "backfill": ("monitor.cli.backfill:backfill", "Import a dated history of a policy."),
    "watches": ("monitor.cli.show:watches", "List what is watched, and how it stands."),
    "history": ("monitor.cli.show:history", "The looks at one policy, and what they came to."),
    "show": ("monitor.cli.show:show", "A version or a change, with its reasons."),
    "status": ("monitor.cli.status:status", "Is it well? What is due, blind, failing, waiting."),
    "deliveries": ("monitor.cli.alerts:deliveries", "What was sent, what waits, what failed."),
    "add": ("monitor.cli.setup:add", "Add addresses to the config; vendor and kind are guessed."),
    "init": ("monitor.cli.setup:init", "Write a first config.toml."),
    "config": ("monitor.cli.config:config", "Check the config, or show it without secrets."),
    "ack": ("monitor.cli.decisions:ack", "Acknowledge changes, with a decision and a note."),
    "mute": ("monitor.cli.decisions:mute", "Send no alerts of a policy for a while."),
    "notify": ("monitor.cli.alerts:notify", "Test a channel, or preview a message."),
    "rules": ("monitor.cli.rules:rules", "Try your own rules on the stored history."),
    "verify": ("monitor.cli.evidence:verify", "Prove that nothing stored was altered or lost."),
    "export": ("monitor.cli.evidence:export", "A case file that others can check and read."),
    "backup": ("monitor.cli.evidence:backup", "Copy the state while everything runs."),
    "restore": ("monitor.cli.evidence:restore", "Put a backup in place."),
    "gc": ("monitor.cli.evidence:gc", "Drop raw pages that no version needs."),
    "demo": (
        "monitor.demo.command:demo",
        "The whole job on a local vendor site that changes while you watch.",
    ),
}

EXAMPLES = """
Examples:

\b
  policy-monitor demo                              see it work, nothing to set up
  policy-monitor init && policy-monitor add https://vendor.example/privacy
  policy-monitor check                             look at everything now
  policy-monitor check zomentum --json             one vendor, for a script
  policy-monitor diff old.html new.html            two files, no state

\b
Exit codes of check and diff:
  0 nothing new · 10 changes · 20 material changes · 3 some watch could not be read · 2 usage or config
"""


class LazyGroup(click.Group):
    def list_commands(self, _context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, 1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"there is no command {args[0]!r}.{hint}", context)
        return super().resolve_command(context, args)

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    epilog=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Default: ./config.toml, then /etc/policy-monitor/config.toml.",
)
@click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where everything is kept; overrides the config.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout and nothing else.")
@click.option("-q", "--quiet", is_flag=True, help="Only what was asked for, no progress, no hints.")
@click.option("-v", "--verbose", count=True, help="Say what is done; twice: in detail.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(__version__, prog_name="policy-monitor")
@click.pass_context
def root(context: click.Context, /, **given: object) -> None:
    """Watches vendors' privacy policies, terms, DPAs and subprocessor lists; says which clauses changed,
    whether that is material and why; and tells the right people in Slack, chat or e-mail."""
    context.obj = Context.of(given)


def main() -> None:
    """Run the command line. Errors are one line on stderr and exit code 2 (1 for what is not the user's doing)."""
    # Until the state is open (``Context``), and in commands without one, which are soon over: loading leaves no
    # garbage, and looking for it took a tenth of the start.
    gc.disable()
    try:
        status = root.main(standalone_mode=False, prog_name="policy-monitor")
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        sys.exit(130)
    except ConfigError as error:
        _complain(error, *error.faults)
        sys.exit(2)
    except FetchError as error:
        from monitor.fetch import advice

        _complain(error, f"{str(error).rstrip('.')}. {advice(error.kind)}")
        sys.exit(3)
    except MonitorError as error:
        _complain(error, str(error))
        sys.exit(2 if isinstance(error, UsageError) else 1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)
    except Exception as error:
        _complain(error, f"unexpected: {type(error).__name__}: {error}; run again with --debug and report it")
        sys.exit(1)
    sys.exit(status if isinstance(status, int) else 0)


def _complain(error: Exception, *lines: str) -> None:
    from monitor.cli.output import plain

    if "--debug" in sys.argv:
        import traceback

        traceback.print_exception(error)
    for line in lines:
        click.echo(f"policy-monitor: {plain(line)}", err=True)
