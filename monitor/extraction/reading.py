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
    from monitor.extraction import extract, fingerprint, join

    marks = [
        fingerprint(part.body, content_type=part.content_type, url=part.url, select=select, remove=remove)
        for part in parts
    ]
    mark = marks[0] if len(marks) == 1 else blake2b("\n".join(marks).encode(), digest_size=16).hexdigest()
    if mark == known_fingerprint:
        return Reading(mark, None)
    documents = [
        extract(part.body, content_type=part.content_type, url=part.url, select=select, remove=remove)
        for part in parts
    ]
    return Reading(mark, documents[0] if len(documents) == 1 else join(documents))
