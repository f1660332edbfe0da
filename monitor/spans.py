"""Spans of time as people write them in a config: ``10m``, ``12h``, ``1d``, ``1h30m``."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SPAN = re.compile(r"(?:\d+(?:\.\d+)?[smhdw])+")
_PART = re.compile(r"(\d+(?:\.\d+)?)([smhdw])")


def parse_span(text: str) -> timedelta:
    """Read a span such as ``90s``, ``10m``, ``12h``, ``1d``, ``1h30m``.

    Raises:
        ValueError: the text is no span; the message says what one looks like.
    """
    compact = text.strip().lower().replace(" ", "")
    if not _SPAN.fullmatch(compact):
        raise ValueError(f'"{text}" is no span of time; write for instance "30s", "10m", "12h" or "1d"')
    parts: dict[str, float] = {}
    for number, unit in _PART.findall(compact):
        parts[_UNITS[unit]] = parts.get(_UNITS[unit], 0.0) + float(number)
    try:
        return timedelta(**parts)
    except OverflowError:
        raise ValueError(f'"{text}" is longer than a calendar') from None


def format_span(span: timedelta) -> str:
    """The shortest way to write a span that ``parse_span`` reads back."""
    seconds, rest = divmod(span, timedelta(seconds=1))
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    if seconds or rest:
        parts.append(f"{seconds + rest / timedelta(seconds=1):.6f}".rstrip("0").rstrip(".") + "s")
    return "".join(parts) or "0s"
