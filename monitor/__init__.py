"""policy-monitor: watches vendors' policies, says which clauses changed, whether it matters and why.

The public names below are a contract; importing this package loads nothing heavy before one of them is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monitor.classification import compare
    from monitor.extraction import extract
    from monitor.judgement import replay
    from monitor.model import (
        Change,
        Clause,
        Comparison,
        Document,
        Event,
        Finding,
        ReplayOptions,
        Snapshot,
    )

__version__ = "0.1.0"

__all__ = [
    "Change",
    "Clause",
    "Comparison",
    "Document",
    "Event",
    "Finding",
    "ReplayOptions",
    "Snapshot",
    "__version__",
    "compare",
    "extract",
    "replay",
]

_HOME = {
    "extract": "monitor.extraction",
    "compare": "monitor.classification",
    "replay": "monitor.judgement",
} | dict.fromkeys(
    ("Change", "Clause", "Comparison", "Document", "Event", "Finding", "ReplayOptions", "Snapshot"),
    "monitor.model",
)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
