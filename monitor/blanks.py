"""White space in texts."""

from __future__ import annotations


def single(text: str) -> str:
    """A text on one line, with single blanks: most are so already, and looking costs half of making them so."""
    if text.isprintable() and "  " not in text and text[:1] != " " and text[-1:] != " ":
        return text  # a blank is the only white space that prints
    return " ".join(text.split())
