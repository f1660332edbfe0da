"""What kind of file a body is: sniffed from its bytes, the declared type decides only what they leave open."""

from __future__ import annotations

import re
from typing import Literal

Format = Literal["html", "pdf", "docx", "markdown", "text", "foreign"]

_MARKUP = re.compile(
    rb"\s*(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body|\?xml[^>]{0,200}\?>\s*(?:<!--.{0,500}?-->\s*)*<(?:!doctype\s+html|html))\b",
    re.I | re.S,
)
_ANY_TAG = re.compile(
    rb"<(?:p|div|br|h[1-6]|ul|ol|li|table|span|a|main|article|section|title|meta|script|html|body|!--)\b",
    re.I,
)
_FOREIGN = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a media file"),
    (b"\x1f\x8b", "gzip data"),
    (b"\x28\xb5\x2f\xfd", "zstd data"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"{\\rtf", "an RTF file"),
    (b"\x7fELF", "a program"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"OTTO", "a font"),
    (b"wOF", "a font"),
)
_TYPES = re.compile(
    r"image/|audio/|video/|font/|json|javascript|text/css|text/csv|application/(?:xml|rss|atom|zip|octet-stream)|text/xml",
    re.I,
)
_WINDOW = 1024


def sniff(body: bytes, content_type: str) -> tuple[Format, str]:
    """The format, and of a foreign one what it is."""
    head = body[:_WINDOW]
    if b"%PDF-" in head:
        return "pdf", ""
    if body.startswith(b"PK\x03\x04") and b"word/" in body:
        return "docx", ""
    for magic, name in _FOREIGN:
        if body.startswith(magic):
            return "foreign", name
    marked = body.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"))
    if not marked and head.count(0) * 10 > len(head) and head.count(0) * 10 < len(head) * 4:
        return "foreign", "binary data"
    if _MARKUP.match(body[:8192].lstrip(b"\xef\xbb\xbf")):
        return "html", ""
    kind = content_type.lower()
    if "html" in kind:
        return (
            "html" if marked or not body.strip() or head.count(0) or _ANY_TAG.search(body) else "text"
        ), ""
    if _TYPES.search(kind) and not (kind.startswith("application/octet-stream") and _is_text(head)):
        return "foreign", content_type.split(";")[0]
    return ("markdown" if "markdown" in kind else "text"), ""


def _is_text(head: bytes) -> bool:
    return not any(byte < 9 for byte in head)
