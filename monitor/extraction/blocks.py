"""What every reader (HTML, text, PDF, DOCX) turns a page into: blocks in reading order."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.blanks import single
from monitor.model import ClauseKind


@dataclass(slots=True)
class Block:
    """A run of words that the page sets apart: a paragraph, an item, a row, a heading."""

    text: str
    """Words with single spaces; ``\\n`` where the page breaks the line inside the block."""
    kind: ClauseKind = "paragraph"
    level: int = 0
    """Of a heading 1-6, else how many lists it stands in."""
    label: str = ""
    """The number that the page's markup makes (a list's own count); never part of ``text``."""
    bold: bool = False
    """All its letters are set in bold: it may be a heading."""
    run_in: str = ""
    """The bold words at its beginning, if something else follows them."""
    links: tuple[str, ...] = ()
    linked: float = 0.0
    """The share of its letters that are link text."""
    inward: bool = False
    """All its links point into the page itself."""
    internal: bool = False
    """All its links stay on the page's site."""
    cells: tuple[tuple[str, str], ...] = ()
    target: bool = False
    """The address's fragment points here."""

    @property
    def shown(self) -> str:
        """The words as a reader sees them, the number included, on one line."""
        words = single(self.text)
        return f"{self.label} {words}" if self.label else words
