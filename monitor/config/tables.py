"""The tables of ``config.toml``, one class each, as they may be written."""

from __future__ import annotations

import os
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

from monitor.config.fields import (
    Confirm,
    Cron,
    Digest,
    Kind,
    Level,
    Network,
    QuietHours,
    Span,
    Timezone,
    Topic,
    WebAddress,
)
from monitor.errors import ConfigError

DEFAULT_USER_AGENT = "policy-monitor/0.1 (+https://github.com/policy-monitor/policy-monitor)"


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, ignored_types=(cached_property,), defer_build=True)


class Secret(Table):
    """A secret by reference; exactly one of the four."""

    file: Path | None = None
    env: str | None = None
    credential: Annotated[str, Field(pattern=r"^[\w.-]+$")] | None = None
    literal: SecretStr | None = None

    def resolve(self, folder: Path) -> str:
        """The secret itself.

        Raises:
            ConfigError: file, variable or credential is not there; the message names it, never the secret.
        """
        if self.literal is not None:
            return self.literal.get_secret_value()
        if self.env is not None:
            value = os.environ.get(self.env)
            if not value:
                raise ConfigError(
                    [f"environment variable {self.env} is not set; set it or change the reference"]
                )
            return value.strip()
        if self.credential is not None:
            base = os.environ.get("CREDENTIALS_DIRECTORY")
            if not base:
                raise ConfigError(
                    [
                        f"credential {self.credential}: no CREDENTIALS_DIRECTORY; add LoadCredential= to the service"
                    ]
                )
            path = Path(base) / self.credential
        else:
            path = folder / self.file.expanduser() if self.file else folder
        try:
            value = path.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError([f"{path}: the secret cannot be read: {error.__class__.__name__}"]) from None
        if not value:
            raise ConfigError([f"{path}: the file is empty; write the secret into it"])
        return value


def _secret_value(value: object) -> object:
    """Header values and keys: a string is a literal secret, a table a reference."""
    return {"literal": value} if isinstance(value, str) else value


SecretValue = Annotated[Secret, BeforeValidator(_secret_value)]


class MonitorTable(Table):
    state: Path = Path("state")
    database: SecretValue | None = None
    user_agent: str = DEFAULT_USER_AGENT
    concurrency: Annotated[int, Field(ge=1, le=256)] = 10
    per_host_delay: Span = timedelta(seconds=1)
    timeout: Span = timedelta(seconds=60)
    max_bytes: Annotated[int, Field(ge=10_000, le=200_000_000)] = 10_000_000
    timezone: Timezone = "UTC"
    allow_private: tuple[Network, ...] = ()
    robots: Literal["respect", "warn", "ignore"] = "warn"
    proxy: SecretValue | None = None
    ca_file: Path | None = None
    language: str | None = None
    keep: Span | None = None
    metrics_port: Annotated[int, Field(ge=1, le=65535)] | None = None
    ping_url: SecretValue | None = None


class ScheduleTable(Table):
    every: Span = timedelta(hours=12)
    cron: Cron | None = None
    jitter: Span | None = None


class AlertsTable(Table):
    min_verdict: Literal["cosmetic", "editorial", "material"] = "editorial"
    min_severity: Level = "low"
    digest: Digest = "off"
    quiet_hours: QuietHours | None = None
    confirm: Confirm = "10m"
    failure_after: Annotated[int, Field(ge=1)] = 3
    remind_after: Span | None = None
    alive: Digest = "weekly monday 08:00"


class ChannelTable(Table):
    name: Annotated[str, Field(pattern=r"^[\w .-]+$")]
    url: SecretStr | None = None
    url_file: Path | None = None
    url_env: str | None = None
    credential: str | None = None
    secret: SecretValue | None = None
    """Signs generic JSON webhooks (HMAC-SHA256)."""
    min_verdict: Literal["cosmetic", "editorial", "material"] | None = None
    min_severity: Level | None = None
    topics: tuple[Topic, ...] = ()
    vendors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    digest: Digest | None = None
    quiet_hours: QuietHours | None = None
    template: Path | None = None

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        given = [
            key for key in ("url", "url_file", "url_env", "credential") if getattr(self, key) is not None
        ]
        if len(given) != 1:
            raise ValueError("needs exactly one of url, url_file, url_env, credential")
        return self

    @property
    def address(self) -> Secret:
        """Where it sends to: an Apprise URL, by reference."""
        return Secret(file=self.url_file, env=self.url_env, credential=self.credential, literal=self.url)


class PolicyTable(Table):
    kind: Kind
    url: WebAddress | None = None
    urls: tuple[WebAddress, ...] = ()
    name: str | None = None
    every: Span | None = None
    cron: Cron | None = None
    select: str | None = None
    remove: tuple[str, ...] = ()
    browser: bool | Literal["fallback"] = False
    headers: dict[str, SecretValue] = {}
    language: str | None = None
    enabled: bool = True
    confirm: Confirm | None = None

    @model_validator(mode="after")
    def _some_address(self) -> Self:
        if (self.url is None) == (not self.urls):
            raise ValueError("needs url (one page) or urls (several pages that are one policy)")
        return self

    @field_validator("select", "remove")
    @classmethod
    def _selectors(cls, value: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
        for one in (value,) if isinstance(value, str) else value or ():
            if " .. " not in one:
                _compiles(one)
        return value

    @property
    def pages(self) -> tuple[str, ...]:
        return self.urls or ((self.url,) if self.url else ())


def _compiles(selector: str) -> None:
    import soupsieve

    try:
        soupsieve.compile(selector)
    except (soupsieve.SelectorSyntaxError, ValueError) as error:
        first = str(error).splitlines()[0]
        raise ValueError(f'"{selector}" is no CSS selector: {first}') from None


class VendorTable(Table):
    name: Annotated[str, Field(min_length=1, max_length=200)]
    tags: tuple[str, ...] = ()
    owner: str | None = None
    objection_days: Annotated[int, Field(ge=0)] | None = None
    every: Span | None = None
    cron: Cron | None = None
    policy: tuple[PolicyTable, ...] = ()


class RuleTable(Table):
    match: str | None = None
    topics: tuple[Topic, ...] = ()
    kinds: tuple[Kind, ...] = ()
    vendors: tuple[str, ...] = ()
    severity: Level | None = None
    ignore: bool = False
    reason: Annotated[str, Field(min_length=3)]

    @model_validator(mode="after")
    def _one_effect(self) -> Self:
        if self.ignore == (self.severity is not None):
            raise ValueError("needs an effect: severity = … or ignore = true")
        from monitor.classification.user import UserRule

        try:
            UserRule.from_dict(self.model_dump())
        except ConfigError as error:
            raise ValueError("; ".join(error.faults)) from None
        return self
