"""What a value in the config may look like, with the words that say what is wrong with one."""

from __future__ import annotations

import re
from datetime import timedelta
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, PlainSerializer

from monitor.model import POLICY_KINDS, SEVERITIES, TOPICS, Severity
from monitor.spans import format_span, parse_span


def _span(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        raise ValueError('write a span of time in quotes, for instance "10m"')
    return parse_span(value)


def _among(words: tuple[str, ...]) -> Any:
    def check(value: str) -> str:
        if value not in words:
            near = get_close_matches(value, words, 1, 0.5)
            hint = f'did you mean "{near[0]}"?' if near else f"one of: {', '.join(words)}"
            raise ValueError(f'"{value}" is not known; {hint}')
        return value

    return AfterValidator(check)


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f'"{value}" is no web address; it begins with https:// or http://')
    if parts.username or parts.password:
        raise ValueError("an address must not carry a user name or password; use headers with a reference")
    return value


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError(f'"{value}" is no time zone; write for instance "Europe/Berlin" or "UTC"') from None
    return value


def _cron(value: str) -> str:
    from apscheduler.triggers.cron import CronTrigger

    try:
        CronTrigger.from_crontab(value)
    except ValueError as error:
        raise ValueError(
            f'"{value}" is no cron expression (minute hour day month weekday): {error}'
        ) from None
    return value


def _quiet_hours(value: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError(f'"{value}": write quiet hours as "20:00-07:00"')
    return value


def _digest(value: str) -> str:
    days = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    if not re.fullmatch(rf"off|daily( \d\d:\d\d)?|weekly( ({days}))?( \d\d:\d\d)?", value):
        raise ValueError(f'"{value}": write "off", "daily", "daily 08:00", "weekly" or "weekly monday 08:00"')
    return value


def _confirm(value: str) -> str:
    if value != "next":
        parse_span(value)
    return value


Span = Annotated[
    timedelta, BeforeValidator(_span), PlainSerializer(format_span, return_type=str, when_used="json")
]
"""Shown again in the words of the file: ``1d``, not ``P1D``."""
WebAddress = Annotated[str, AfterValidator(_web_address)]
Cron = Annotated[str, AfterValidator(_cron)]
Digest = Annotated[str, AfterValidator(_digest)]
QuietHours = Annotated[str, AfterValidator(_quiet_hours)]
Confirm = Annotated[str, AfterValidator(_confirm)]
Topic = Annotated[str, _among(TOPICS)]
Kind = Annotated[str, _among(POLICY_KINDS)]
Level = Annotated[Severity, _among(SEVERITIES)]
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(lambda value: ip_network(value, strict=False))]
Timezone = Annotated[str, AfterValidator(_timezone)]


def slug(name: str) -> str:
    """``Acme, Inc.`` → ``acme-inc``: letters and digits of any script, joined by dashes."""
    return "-".join(re.findall(r"[^\W_]+", name.casefold())) or "x"
