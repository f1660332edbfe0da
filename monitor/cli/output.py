"""Speaking to people and to machines: the one place where vendor text is made safe for a terminal."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

import click

from monitor.model import SEVERITIES, VERDICTS

if TYPE_CHECKING:
    from rich.console import Console

    from monitor.cli.context import Context
    from monitor.model import Change, Comparison

# C0 and C1 controls but tab and newline, and what turns the direction of text or hides in it.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

VERDICT_STYLE = {
    "material": "bold red",
    "editorial": "yellow",
    "cosmetic": "dim",
    "unchanged": "green",
    "suspect": "bold magenta",
}
SEVERITY_STYLE = {"high": "bold red", "medium": "yellow", "low": "cyan"}


def plain(text: str) -> str:
    """Words that cannot move the cursor, colour the screen or turn the line around."""
    return _UNSAFE.sub("\ufffd", text)


def one_line(text: str, width: int = 0) -> str:
    """Plain words on one line, cut at ``width`` characters if given."""
    line = " ".join(plain(text).split())
    return line if not width or len(line) <= width else line[: width - 1].rstrip() + "…"


def console(*, stderr: bool = False) -> Console:
    """A rich console that takes no markup from texts."""
    from rich.console import Console

    return Console(stderr=stderr, markup=False, highlight=False, emoji=False, soft_wrap=True)


def write_json(data: Any) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None, default=_json))


def _json(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple | set | frozenset):
        return list(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def hint(context: Context, text: str) -> None:
    """Advice for people on stderr; machines and the quiet get none."""
    if not context.quiet and not context.json:
        click.secho(text, err=True, dim=True)


def when(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC") if at else "never"


def counted(number: int, one: str, many: str = "") -> str:
    """``1 alert``, ``2 alerts``."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table for people; columns as wide as they need to be."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for header in headers:
        drawn.add_column(header, overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(plain(cell)) for cell in row))
    shown = console()
    shown.soft_wrap = False
    shown.print(drawn)


def show_comparison(comparison: Comparison, ids: Sequence[int] = (), *, cosmetic: bool = False) -> None:
    """What changed, clause by clause, with the exact words and the reasons."""
    from rich.text import Text

    shown = console()
    for number, change in sorted(enumerate(comparison.changes), key=lambda one: (_weight(one[1]), one[0])):
        if change.verdict in ("cosmetic", "unchanged") and not cosmetic:
            continue
        show_change(change, shown, ids[number] if number < len(ids) else None)
    hidden = sum(change.verdict in ("cosmetic", "unchanged") for change in comparison.changes)
    if hidden and not cosmetic:
        shown.print(Text(f"    and {hidden} cosmetic change{'s' * (hidden > 1)}, not shown", style="dim"))
    for note in comparison.notes:
        shown.print(Text(f"    note: {plain(note)}", style="dim"))


def _weight(change: Change) -> tuple[int, int]:
    """The weightiest first: a reader may stop anywhere."""
    severity = SEVERITIES.index(change.severity) if change.severity else -1
    return -VERDICTS.index(change.verdict), -severity


def show_change(change: Change, shown: Console, number: int | None = None) -> None:
    from rich.text import Text

    head = Text("    ")
    head.append(change.verdict, VERDICT_STYLE[change.verdict])
    if change.severity:
        head.append(f" {change.severity}", SEVERITY_STYLE[change.severity])
    head.append(f"  {change.change}: ")
    head.append(
        one_line(" › ".join((*change.path, change.label) if change.label else change.path), 90), "bold"
    )
    if number is not None:
        head.append(f"  #{number}", "dim")
    shown.print(head)
    for line in dict.fromkeys(f"{f.reason}  [{f.topic}, {f.rule}]" for f in change.telling):
        shown.print(Text(f"      {one_line(line)}"))
    if change.reason and not any(change.reason in finding.reason for finding in change.findings):
        shown.print(Text(f"      {one_line(change.reason)}", style="dim"))
    shown.print(redline(change, shown.is_terminal))


def redline(change: Change, coloured: bool) -> Any:
    """The words before and after; marks that survive plain text where there is no colour."""
    from rich.text import Text

    line = Text("      ")
    for op, text in excerpt(change.words):
        safe = plain(text)
        if op == "equal":
            line.append(safe)
        elif op == "delete":
            line.append(safe if coloured else f"[-{safe}-]", "red strike")
        else:
            line.append(safe if coloured else f"{{+{safe}+}}", "green")
    return line


def excerpt(words: Sequence[tuple[str, str]], around: int = 80) -> list[tuple[str, str]]:
    """The changed words with some words around them; long unchanged stretches are left out."""
    found: list[tuple[str, str]] = []
    for place, (op, text) in enumerate(words):
        if op != "equal" or len(text) <= around * 2:
            found.append((op, text))
            continue
        head = text[:around].rsplit(" ", 1)[0] if place > 0 else ""
        tail = text[-around:].split(" ", 1)[-1] if place < len(words) - 1 else ""
        found.append(("equal", f"{head} … {tail}"))
    return found


class _Journal(logging.Formatter):
    """For journald: the level as a prefix that it understands (``sd-daemon(3)``), one line a message."""

    _PRIORITY: ClassVar = {
        logging.DEBUG: 7,
        logging.INFO: 6,
        logging.WARNING: 4,
        logging.ERROR: 3,
        logging.CRITICAL: 2,
    }

    def format(self, record: logging.LogRecord) -> str:
        priority = self._PRIORITY.get(record.levelno, 5)
        return "\n".join(f"<{priority}>{line}" for line in plain(super().format(record)).splitlines())


class _Plain(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return plain(super().format(record))


_QUIET = ("httpx", "httpcore", "urllib3", "apprise", "requests", "apscheduler", "alembic", "asyncio", "mail")


def set_up_logging(context: Context) -> None:
    """Logs go to stderr. Libraries whose messages carry addresses (and so secrets) only warn, at any level."""
    level = [logging.WARNING, logging.INFO, logging.DEBUG][min(context.verbose, 2)]
    handler = logging.StreamHandler(sys.stderr)
    journal = os.environ.get("JOURNAL_STREAM")
    handler.setFormatter((_Journal if journal else _Plain)("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
