"""Text that the page spoils on its way: protected e-mail addresses, text decoded twice, invisible characters."""

from __future__ import annotations

import re
from html import escape

from monitor.extraction.blocks import Block

_PROTECTED = re.compile(
    r"<(a|span)\b(?=[^>]*\bdata-cfemail=[\"']([0-9a-fA-F]{4,400})[\"'])[^>]*>[^<]{0,60}</\1>", re.I
)
_PROTECTED_LINK = re.compile(r"/cdn-cgi/l/email-protection#([0-9a-fA-F]{4,400})")
_TWICE = re.compile(
    r"[\u00c2-\u00f4][\u0080-\u00bf\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178]{1,3}"
)
_LOST_BLANK = re.compile("\u00c2(?=\\s|$)")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069]+"
)


def without_hidden_addresses(source: str) -> str:
    """Cloudflare's protected e-mail addresses as the reader's browser shows them."""
    if "email-protection" not in source and "data-cfemail" not in source:
        return source
    source = _PROTECTED.sub(lambda match: escape(_address(match.group(2))), source)
    return _PROTECTED_LINK.sub(lambda match: "mailto:" + escape(_address(match.group(1))), source)


def _address(code: str) -> str:
    """The first byte is the key, the others are the address."""
    data = bytes.fromhex(code[: len(code) // 2 * 2])
    return bytes(byte ^ data[0] for byte in data[1:]).decode("utf-8", "replace")


def mended(blocks: list[Block]) -> list[Block]:
    """Blocks without mojibake and without characters that nobody sees."""
    for block in blocks:
        if not block.text.isascii() or not block.text.isprintable():
            block.text = mend(block.text)
            block.run_in = mend(block.run_in)
            if block.cells:
                block.cells = tuple((mend(name), mend(value)) for name, value in block.cells)
    return [block for block in blocks if block.text]


def mend(text: str) -> str:
    """UTF-8 that was read as windows-1252 on the vendor's side, read again; soft hyphens and the like left out."""
    if "\u00c2" in text or "\u00e2" in text or "\u00c3" in text:
        text = _LOST_BLANK.sub("", _TWICE.sub(_again, text))
        text = re.sub(r"[ \u00a0]{2,}", " ", text).strip()
    return _INVISIBLE.sub("", text)


def _again(match: re.Match[str]) -> str:
    try:
        return match.group().encode("cp1252").decode("utf-8").replace("\u00a0", " ")
    except UnicodeError:
        return match.group()
