"""Fetching: from the order to look at a page to bytes that are whole, bounded, and surely its server's.

``Fetcher`` (``fetcher.py``) leads one request through politeness, robots.txt, the address guard, the client
and the bounded reading of the body, hop by hop; each of these is a module of that name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .advice import advice
from .exchange import FetchSettings, Request, Response, RobotsMode

if TYPE_CHECKING:
    from .fetcher import Fetcher

__all__ = ["FetchSettings", "Fetcher", "Request", "Response", "RobotsMode", "advice"]


def __getattr__(name: str) -> Any:
    # httpx takes 0.15 s to import: whoever only reads settings does not pay for it.
    if name == "Fetcher":
        from .fetcher import Fetcher

        return Fetcher
    raise AttributeError(name)
