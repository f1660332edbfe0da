"""What a user means by a name: watches, and changes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Protocol, TypeVar

from monitor.config import slug
from monitor.errors import UsageError


class Named(Protocol):
    """A watch: one of the config, or a row of one that left it."""

    @property
    def key(self) -> str: ...
    @property
    def vendor(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def pages(self) -> Sequence[str]: ...
    @property
    def enabled(self) -> bool: ...


NUMBER = "[0-9]{1,9}"
"""Of a row; what is longer no database has."""
W = TypeVar("W", bound=Named)


def chosen(watches: Sequence[W], names: Sequence[str], *, enabled: bool = True) -> list[W]:
    """Watches by key, vendor, kind, pattern (``acme/*``) or address, in the order given; all when no name is given.

    Raises:
        UsageError: a name that means no watch; says what comes near.
    """
    if not names:
        return [watch for watch in watches if watch.enabled or not enabled]
    picked: set[str] = set()
    for name in names:
        found = {watch.key for watch in watches if _means(name, watch)}
        if not found:
            raise UsageError(f'"{name}" is no watch; {_hint(name, watches)}')
        picked |= found
    return [watch for watch in watches if watch.key in picked]


def only(found: Sequence[W], name: str) -> W:
    """The one watch that a name was to mean.

    Raises:
        UsageError: it means several.
    """
    if len(found) > 1:
        raise UsageError(f'"{name}" means several: {", ".join(watch.key for watch in found)}; name one')
    return found[0]


def _means(name: str, watch: Named) -> bool:
    wanted = name.casefold()
    vendor, _, policy = watch.key.partition("/")
    return (
        wanted in (watch.key, watch.vendor.casefold(), vendor, policy, watch.kind)
        or slug(name) == vendor
        or name in watch.pages
        or fnmatchcase(watch.key, wanted)
    )


def _hint(name: str, watches: Sequence[Named]) -> str:
    keys = [watch.key for watch in watches]
    near = get_close_matches(name.casefold(), [*keys, *(key.partition("/")[0] for key in keys)], 1, 0.5)
    if near:
        return f"did you mean {near[0]}?"
    return "see `policy-monitor watches`" if keys else "the config names no [[vendor.policy]]; add one"


def change_number(text: str) -> int | None:
    """The number of a change, written ``12``, ``#12`` or ``c12``; None for anything else."""
    match = re.fullmatch(rf"[#cC]?({NUMBER})", text)
    return int(match[1]) if match else None


def needed_number(text: str) -> int:
    """The number of a change. Raises UsageError for what is none."""
    number = change_number(text)
    if number is None:
        raise UsageError(f'"{text}" is no change; changes have numbers, as in 12')
    return number
