"""What ``verify`` can find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Literal

FaultKind = Literal["altered", "removed", "inserted", "reordered", "blob", "invariant", "guard", "database"]

Progress = Callable[[str, int, int], None]
"""Told of (stage, done, total) now and then."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was written."""

    kind: FaultKind
    what: str
    """The table; ``record`` is the chain itself."""
    row: str
    """Id of the row; of a blob its SHA-256; empty where it is about a table."""
    message: str
    """One sentence for people."""

    def as_dict(self) -> dict[str, Any]:
        return {f.name: getattr(self, f.name) for f in fields(self)}


def silent(_stage: str, _done: int, _total: int) -> None:
    """No progress."""
