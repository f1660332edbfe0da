"""What can go wrong, as types that carry the words a user needs: what, where, and the cure."""

from __future__ import annotations

from typing import Literal

FetchErrorKind = Literal[
    "dns",
    "connect",
    "tls",
    "timeout",
    "http",
    "blocked",
    "too_large",
    "truncated",
    "not_text",
    "encoding",
    "parse",
    "guard",
    "robots",
    "redirect",
    "browser",
]


class MonitorError(Exception):
    """An error whose message is written for the user: one line that names file or key and the cure."""


class UsageError(MonitorError):
    """The command line asks for something that is not there (exit 2)."""


class NoStateError(UsageError):
    """There is no state where one is looked for: to look creates none (exit 2)."""


class ConfigError(MonitorError):
    """The config is wrong; carries every fault of the file at once (exit 2)."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults

    def __reduce__(self) -> tuple[type[ConfigError], tuple[list[str]]]:
        return ConfigError, (self.faults,)  # so that it comes out of a worker process as it went in


class StateError(MonitorError):
    """The state directory or database cannot be used as it is."""


class FetchError(MonitorError):
    """A page could not be had. ``kind`` classifies it for ``status``; ``retry_after`` is in seconds."""

    def __init__(
        self,
        kind: FetchErrorKind,
        message: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.status = status
        self.retry_after = retry_after


class ExtractionError(MonitorError):
    """A page was had but could not be read: the parser died, ran out of time or of memory.

    ``kind``: ``parse``, or ``internal`` for a fault of this program.
    """

    def __init__(self, message: str, *, kind: Literal["parse", "internal"] = "parse") -> None:
        super().__init__(message)
        self.kind = kind


class SendError(MonitorError):
    """A message was not accepted. ``permanent``: trying again cannot help. ``retry_after`` is in seconds."""

    def __init__(self, message: str, *, permanent: bool = False, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = retry_after
