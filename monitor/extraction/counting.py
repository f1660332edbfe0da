"""How lists count: ``1.``, ``b.``, ``iv.``."""

from __future__ import annotations


def numeral(number: int, style: str) -> str:
    """A list's own count as browsers show it."""
    if style in ("a", "A") and 0 < number <= 702:
        first, second = divmod(number - 1, 26)
        letters = (chr(96 + first) if first else "") + chr(97 + second)
        return (letters.upper() if style == "A" else letters) + "."
    if style in ("i", "I") and 0 < number < 400:
        return (roman(number).upper() if style == "I" else roman(number)) + "."
    return f"{number}."


def roman(number: int) -> str:
    """Small Roman numerals below 400."""
    parts = []
    for value, sign in (
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ):
        count, number = divmod(number, value)
        parts.append(sign * count)
    return "".join(parts)
