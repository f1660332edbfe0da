"""Page bytes to ``Document``: pure, deterministic, no clock, no network.

bytes → format and characters (``encoding``) → main content (``pruning``) → blocks (``markup``, ``prose``, ``pdf``,
``docx``) → without furniture (``furniture``) → lines (``lines``) → headings (``outline``) → ``clauses``; and beside
them title, dates, language, problem (``page``). ``fingerprint`` tells cheaply that none of this can have changed.

Nothing heavy is imported before one of the functions is called.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from monitor.model import Document

if TYPE_CHECKING:
    from monitor.extraction.reading import Part, Reading, read_policy

__all__ = ["EXTRACTOR_VERSION", "Part", "Reading", "extract", "fingerprint", "join", "read_policy"]

EXTRACTOR_VERSION = "3"
"""Raised whenever the same bytes may give another document: stored fingerprints are void then."""


def extract(
    body: bytes,
    *,
    content_type: str = "text/html",
    url: str | None = None,
    select: str | None = None,
    remove: Sequence[str] = (),
) -> Document:
    """Read one page.

    ``content_type`` is the HTTP header (the bytes decide where they say otherwise), ``url`` the final address,
    ``select`` a CSS selector or ``first heading .. next heading`` that limits the reading, ``remove`` CSS selectors
    of what is to be left out. Never raises for a bad page: ``Document.problem`` says what is wrong with it.
    ``UsageError`` for a selector that is none.
    """
    from monitor.extraction.page import read
    from monitor.extraction.source import Source

    return read(Source(body, content_type), url=url, select=select, remove=tuple(remove))


def fingerprint(
    body: bytes,
    *,
    content_type: str = "text/html",
    url: str | None = None,
    select: str | None = None,
    remove: Sequence[str] = (),
) -> str:
    """At a tenth of the cost of ``extract``: equal fingerprints mean that ``extract`` gives an equal document."""
    from monitor.extraction.digest import fingerprint_of
    from monitor.extraction.source import Source

    return fingerprint_of(Source(body, content_type), url=url, select=select, remove=tuple(remove))


def join(documents: Sequence[Document]) -> Document:
    """Several pages that make one policy (``urls = [...]``), in their order; a part's problem is the whole's."""
    from monitor.extraction.parts import joined

    return joined(documents)


def __getattr__(name: str) -> Any:
    if name not in ("Part", "Reading", "read_policy"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from monitor.extraction import reading

    return getattr(reading, name)
