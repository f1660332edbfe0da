"""A calendar (RFC 5545) of deadlines: the last day to object, and the day from which a policy applies."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from monitor.alerts.alert import Alert
from monitor.alerts.render.content import Message, commands
from monitor.alerts.render.words import plain, still

MOST_EVENTS = 500

_EVENT = re.compile(r"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", re.DOTALL)
_UID = re.compile(r"^UID:(.*)\r$", re.MULTILINE)


def calendar(earlier: str | None, message: Message, *, at: datetime) -> str:
    """A calendar with a message's deadlines after its earlier ones; a deadline stands in it once."""
    events: dict[str, str] = {}
    for event in _EVENT.findall(earlier or ""):
        if match := _UID.search(event):
            events[match[1]] = event
    for alert in message.alerts:
        for uid, lines in _deadlines(alert, at):
            events[uid] = "".join(f"{_folded(line)}\r\n" for line in lines)
    kept = "".join(list(events.values())[-MOST_EVENTS:])
    head = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//policy-monitor//deadlines//EN\r\nCALSCALE:GREGORIAN\r\n"
    )
    return f"{head}{kept}END:VCALENDAR\r\n"


def _deadlines(alert: Alert, at: datetime) -> Iterator[tuple[str, list[str]]]:
    for what, day, words in (
        ("objection", alert.objection_deadline, "Last day to object"),
        ("effective", alert.effective_date, "Applies from today"),
    ):
        if day is None or not re.fullmatch(r"\d{4}-\d\d-\d\d", day):
            continue
        first = date.fromisoformat(day)
        name = hashlib.sha256(f"{alert.key}:{what}".encode()).hexdigest()[:32]
        uid = f"{name}@policy-monitor"
        about = "\n".join((plain(alert.summary, 500), plain(alert.objection_basis), *commands(alert)))
        yield (
            uid,
            [
                "BEGIN:VEVENT",
                f"UID:{uid}",
                f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
                f"DTSTART;VALUE=DATE:{first:%Y%m%d}",
                f"DTEND;VALUE=DATE:{first + timedelta(days=1):%Y%m%d}",
                f"SUMMARY:{escaped(f'{words}: {plain(alert.subject, 120)}')}",
                f"DESCRIPTION:{escaped(about)}",
                "TRANSP:TRANSPARENT",
                "END:VEVENT",
            ],
        )


def escaped(words: str) -> str:
    """Text of a property: no line of it can become a property of its own."""
    lines = (still(plain(line)) for line in words.split("\n"))
    return "\\n".join(re.sub(r"([\\;,])", r"\\\1", line) for line in lines)


def _folded(line: str) -> str:
    """Lines of at most 75 bytes, cut between characters."""
    pieces: list[str] = []
    piece = ""
    for character in line:
        if len((piece + character).encode()) > (74 if pieces else 75):
            pieces.append(piece)
            piece = ""
        piece += character
    return "\r\n ".join([*pieces, piece])
