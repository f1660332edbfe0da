"""The whole config, and the watches that it comes to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from monitor.config.fields import slug
from monitor.config.tables import (
    AlertsTable,
    ChannelTable,
    MonitorTable,
    PolicyTable,
    RuleTable,
    ScheduleTable,
    Secret,
    Table,
    VendorTable,
)
from monitor.model import SEVERITIES, VERDICTS, Severity, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One policy to look at, with the defaults of its vendor and of the file filled in."""

    key: str
    """``vendor/name``, in lower case: how the command line and the database call it."""
    vendor: str
    name: str
    kind: str
    pages: tuple[str, ...]
    every: timedelta
    cron: str | None
    jitter: timedelta
    confirm: str
    enabled: bool
    tags: tuple[str, ...]
    owner: str | None
    objection_days: int | None
    select: str | None
    remove: tuple[str, ...]
    browser: bool | Literal["fallback"]
    headers: dict[str, Secret]
    language: str | None


class Config(Table):
    monitor: MonitorTable = Field(default_factory=MonitorTable)
    schedule: ScheduleTable = Field(default_factory=ScheduleTable)
    alerts: AlertsTable = Field(default_factory=AlertsTable)
    channel: tuple[ChannelTable, ...] = ()
    vendor: tuple[VendorTable, ...] = ()
    rule: tuple[RuleTable, ...] = ()
    path: Path | None = Field(default=None, exclude=True)

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        for what, names in (
            ("[[channel]] name", [channel.name for channel in self.channel]),
            ("policies", [watch.key for watch in self.watches]),
        ):
            twice = sorted(name for name, times in Counter(names).items() if times > 1)
            if twice:
                raise ValueError(
                    f"{what} must differ, these stand twice: {', '.join(twice)}; give each a name"
                )
        known = {vendor.name for vendor in self.vendor}
        named = [
            (f'[[channel]] "{channel.name}"', name) for channel in self.channel for name in channel.vendors
        ]
        named += [(f"[[rule]] {n}", name) for n, rule in enumerate(self.rule, 1) for name in rule.vendors]
        strangers = []
        for where, name in named:
            if name not in known:
                near = get_close_matches(name, known, 1)
                hint = f'; did you mean "{near[0]}"?' if near else ""
                strangers.append(f'{where}: vendors: no [[vendor]] is called "{name}"{hint}')
        if strangers:
            raise ValueError("; ".join(strangers))
        return self

    @cached_property
    def folder(self) -> Path:
        """What relative paths in the file are relative to; asked for at every look."""
        return self.path.resolve().parent if self.path else Path.cwd()

    @cached_property
    def watches(self) -> tuple[Watch, ...]:
        return tuple(self._watch(vendor, policy) for vendor in self.vendor for policy in vendor.policy)

    @cached_property
    def by_key(self) -> dict[str, Watch]:
        """The watches, by key: a look has to find its own among ten thousand."""
        return {watch.key: watch for watch in self.watches}

    def _watch(self, vendor: VendorTable, policy: PolicyTable) -> Watch:
        name = policy.name or policy.kind
        every = policy.every or vendor.every or self.schedule.every
        # An own `every` is nearer to the policy than an inherited cron.
        inherited = vendor.cron or (None if vendor.every else self.schedule.cron)
        cron = policy.cron or (None if policy.every else inherited)
        return Watch(
            key=f"{slug(vendor.name)}/{slug(name)}",
            vendor=vendor.name,
            name=name,
            kind=policy.kind,
            pages=policy.pages,
            every=every,
            cron=cron,
            jitter=self.schedule.jitter
            if self.schedule.jitter is not None
            else min(every / 10, timedelta(minutes=30)),
            confirm=policy.confirm or self.alerts.confirm,
            enabled=policy.enabled,
            tags=vendor.tags,
            owner=vendor.owner,
            objection_days=vendor.objection_days,
            select=policy.select,
            remove=policy.remove,
            browser=policy.browser,
            headers=policy.headers,
            language=policy.language or self.monitor.language,
        )

    @property
    def loosest(self) -> tuple[Verdict, Severity]:
        """The lightest verdict and severity that some channel asks for: what is lighter concerns nobody."""
        verdicts = [channel.min_verdict or self.alerts.min_verdict for channel in self.channel]
        severities = [channel.min_severity or self.alerts.min_severity for channel in self.channel]
        return (
            min([self.alerts.min_verdict, *verdicts], key=VERDICTS.index),
            min([self.alerts.min_severity, *severities], key=SEVERITIES.index),
        )

    @property
    def warnings(self) -> list[str]:
        """What works but should not stay as it is."""
        found = [
            f'[[channel]] "{channel.name}": the address is a secret and stands in the file; '
            "better url_file, url_env or credential"
            for channel in self.channel
            if channel.url is not None and not channel.url.get_secret_value().startswith(("atom:", "ics:"))
        ]
        found += [
            f'[[vendor.policy]] {watch.key}: header "{name}" stands in the file; better {{ env = "…" }}'
            for watch in self.watches
            for name, secret in watch.headers.items()
            if secret.literal is not None and name.lower() in ("authorization", "cookie", "x-api-key")
        ]
        return found
