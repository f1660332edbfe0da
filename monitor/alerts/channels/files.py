"""Channels that are files: an Atom feed and a calendar, replaced as a whole, so that no reader sees half of one."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from monitor.alerts.channels import Channel, Medium
from monitor.alerts.render import Message
from monitor.alerts.render.atom import atom
from monitor.alerts.render.calendar import calendar
from monitor.errors import SendError


def file_channel(name: str, scheme: str, path: Path) -> Channel:
    """``atom:feed.xml`` or ``ics:deadlines.ics``; relative to the config's folder."""

    def content(message: Message) -> bytes:
        earlier = path.read_bytes() if path.exists() else None
        at = datetime.now(UTC)
        if scheme == "atom":
            return atom(earlier, message, title=f"Policy alerts: {name}", at=at)
        return calendar(earlier.decode("utf-8", "replace") if earlier else None, message, at=at).encode()

    async def send(message: Message) -> None:
        try:
            _replace(path, content(message))
        except OSError as error:
            raise SendError(f"the file cannot be written: {error.strerror}") from None

    medium: Medium = "atom" if scheme == "atom" else "calendar"
    return Channel(name, medium, send, lambda message: content(message).decode())


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
