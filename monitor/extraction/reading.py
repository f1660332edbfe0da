"""The page or pages of one policy, read in one call: a fingerprint first, the full reading only if it is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from monitor.model import Document


@dataclass(frozen=True, slots=True)
class Part:
    """One of the pages of a policy."""

    body: bytes
    content_type: str = "text/html"
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading came to."""

    fingerprint: str
    document: Document | None
    """None: the fingerprint is the known one, so the document is, too."""


def read_policy(
    parts: Sequence[Part],
    select: str | None = None,
    remove: Sequence[str] = (),
    known_fingerprint: str | None = None,
) -> Reading:
    """Read a policy, unless its fingerprint shows that it reads like the one that is known.

    Raises:
        UsageError: ``select`` or ``remove`` is no selector.
    """
    from monitor.extraction import join
    from monitor.extraction.digest import fingerprint_of
    from monitor.extraction.source import Source

    remove = tuple(remove)
    sources = [(Source(part.body, part.content_type), part.url) for part in parts]
    marks = [fingerprint_of(source, url=url, select=select, remove=remove) for source, url in sources]
    mark = marks[0] if len(marks) == 1 else blake2b("\n".join(marks).encode(), digest_size=16).hexdigest()
    if mark == known_fingerprint:
        return Reading(mark, None)
    from monitor.extraction.page import read  # what most looks need not load

    documents = [read(source, url=url, select=select, remove=remove) for source, url in sources]
    return Reading(mark, documents[0] if len(documents) == 1 else join(documents))
