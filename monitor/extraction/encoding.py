"""Bytes to characters: byte order mark, HTTP charset, ``<meta>``, strict UTF-8, windows-1252, in this order.

Nothing is guessed by statistics: a guess that flips between two looks would be a change that nobody made.
"""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE_MARKS = tuple(mark for mark, _ in _MARKS[1:])
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]{2,40})", re.I)
_META = re.compile(rb"<meta\b[^>]{0,400}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]{2,40})", re.I)
_XML = re.compile(rb"^\s{0,20}<\?xml\b[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_:.\-]{2,40})", re.I)
_META_WINDOW = 4096
_LATIN = dict.fromkeys(("iso-8859-1", "iso8859-1", "latin1", "latin-1", "us-ascii", "ascii"), "cp1252")
"""What the web means by them."""
_TEXT_CODEC = re.compile(
    r"(utf-?8|utf-?(16|32)(-?[lb]e)?|cp\d{3,4}|windows-?\d{3,4}|iso-?8859-\d{1,2}|koi8-?[ru]|mac-?\w{0,9}"
    r"|shift.?jis|euc.?(jp|kr)|iso-2022-jp|gb(k|2312|18030)|big5(-?hkscs)?|tis-620|latin-?\d{1,2})$"
)
_UNSEEN = bytes(code for code in range(32) if code not in (9, 10, 12, 13, 14, 15, 27)) + b"\x7f"
"""Control characters; those that switch character sets stay."""


_CONTROL = "\x0e\x0f\x1b\x7f"
"""What is left of them once it is known what they meant."""


def decode(body: bytes, content_type: str = "", shown: bytes | None = None) -> str:
    """The characters of a body, without control characters. Never fails: what is broken becomes U+FFFD.

    ``shown``: the ``printable`` bytes of the body, where they are at hand.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return _clean(body[len(mark) :].decode(name, "replace").replace("\0", ""))
    body = printable(body) if shown is None else shown
    for name in _declared(body, content_type):
        try:
            return _clean(body.decode(name))
        except (UnicodeDecodeError, LookupError):
            continue
    return _clean(_undeclared(body))


def _declared(body: bytes, content_type: str) -> list[str]:
    head = body[:_META_WINDOW]
    header = _CHARSET.search(content_type.encode("ascii", "replace"))
    names = [header.group(1)] if header else []
    # A page whose <meta> can be read byte by byte is not UTF-16, whatever the <meta> says.
    written = [match.group(1) for match in (_META.search(head), _XML.search(head)) if match]
    names += [name for name in written if not name.lower().startswith((b"utf-16", b"utf-32", b"utf16"))]
    plain = [name.decode("ascii").lower() for name in names]
    return [_LATIN.get(name, name) for name in plain if name in _LATIN or _TEXT_CODEC.match(name)]


def _undeclared(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        # A letter cut off at the very end is a cut, not another encoding.
        if error.reason == "unexpected end of data" and error.start >= len(body) - 4:
            return body.decode("utf-8", "replace")
    if body.count(0) * 5 > len(body) * 2:
        return body.decode("utf-16-le" if body[1:2] == b"\0" else "utf-16-be", "replace").replace("\0", "")
    return body.decode("cp1252", "replace")


def printable(body: bytes) -> bytes:
    """A body without the control characters that no text has; as it is where it may be UTF-16 or UTF-32."""
    if body.startswith(_WIDE_MARKS) or (b"\0" in body and body.count(0) * 5 > len(body)):
        return body
    return body.translate(None, _UNSEEN)


def _clean(text: str) -> str:
    for sign in _CONTROL:
        if sign in text:
            text = text.replace(sign, "")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\f", "\n")
