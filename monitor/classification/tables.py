"""The data files of this package, read as they are."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """One TOML file of ``data``, by its name without the ending."""
    return tomllib.loads((files("monitor.classification") / "data" / f"{name}.toml").read_text("utf-8"))


def word_set(line: str) -> frozenset[str]:
    """A line of words as a set."""
    return frozenset(line.split())
