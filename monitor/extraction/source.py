"""The bytes of one page, and what is found out about them once for all who ask."""

from __future__ import annotations

from functools import cached_property

from monitor.extraction.encoding import decode, printable
from monitor.extraction.formats import Format, sniff


class Source:
    """One page as it came: its fingerprint and its reading both ask for its characters."""

    def __init__(self, body: bytes, content_type: str) -> None:
        self.body = body
        self.content_type = content_type

    @cached_property
    def format(self) -> tuple[Format, str]:
        """The format, and of a foreign one what it is."""
        return sniff(self.body, self.content_type)

    @cached_property
    def text(self) -> str:
        """The characters, without control characters."""
        return decode(self.body, self.content_type, self._printable)

    @property
    def control_share(self) -> float:
        """The share of control characters that no text has; 0 of what may be UTF-16 or UTF-32."""
        return 1 - len(self._printable) / len(self.body) if self.body else 0.0

    @cached_property
    def _printable(self) -> bytes:
        return printable(self.body)
