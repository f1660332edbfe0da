"""Which watches a user means by a name."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase

from monitor.config import Watch, slug
from monitor.errors import UsageError


def chosen(watches: Sequence[Watch], names: Sequence[str], *, enabled: bool = True) -> list[Watch]:
    """Watches by key, vendor, kind, pattern (``acme/*``) or address, in the config's order; all when no name is given.

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


def _means(name: str, watch: Watch) -> bool:
    wanted = name.casefold()
    vendor, _, policy = watch.key.partition("/")
    return (
        wanted in (watch.key, watch.vendor.casefold(), vendor, policy, watch.kind)
        or slug(name) == vendor
        or name in watch.pages
        or fnmatchcase(watch.key, wanted)
    )


def _hint(name: str, watches: Sequence[Watch]) -> str:
    keys = [watch.key for watch in watches]
    near = get_close_matches(name.casefold(), [*keys, *(key.partition("/")[0] for key in keys)], 1, 0.5)
    if near:
        return f"did you mean {near[0]}?"
    return "see `policy-monitor watches`" if keys else "the config names no [[vendor.policy]]; add one"
