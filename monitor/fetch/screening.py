"""Which answers are pages: by status, by what the bytes are. Everything else is a classified error."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.errors import FetchError

_GOOD = (200, 203)
_CHALLENGE = ("cf-mitigated", "x-amzn-waf-action", "x-datadome", "x-sucuri-block")
_NOT_TEXT = (
    (b"\x89PNG\r\n", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"RIFF", "an image or sound"),
    (b"\x00\x00\x01\x00", "an image"),
    (b"OggS", "sound or film"),
    (b"ID3", "sound"),
    (b"\x1aE\xdf\xa3", "film"),
    (b"\x1f\x8b", "an archive"),
    (b"BZh", "an archive"),
    (b"7z\xbc\xaf\x27\x1c", "an archive"),
    (b"Rar!\x1a", "an archive"),
    (b"\xfd7zXZ\x00", "an archive"),
    (b"\x28\xb5\x2f\xfd", "an archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
    (b"SQLite format 3\x00", "a database"),
)
_WITH_NULS = (b"%PDF-", b"PK\x03\x04", b"\xff\xfe", b"\xfe\xff", b"\xd0\xcf\x11\xe0")
"""What may hold NULs and be a document all the same: PDF, Office files, UTF-16."""
_LOOKED_AT = 2048


def check_status(
    status: int, headers: Sequence[tuple[str, str]], place: str, *, conditional: bool, wait: float | None
) -> bool:
    """Whether the answer is a 304. Raises FetchError (``http``, ``blocked``) for all but a page."""
    if status == 304:
        if not conditional:
            raise FetchError("http", f"{place}: 304 without having been asked for changes", status=304)
        return True
    if status in _GOOD:
        return False
    challenged = any(name.lower() in _CHALLENGE for name, _ in headers)
    if status in (401, 403, 407, 451) or (challenged and status in (202, 405, 429, 503)):
        raise FetchError("blocked", f"{place}: {status}, we are not let in", status=status, retry_after=wait)
    words = {
        204: "no content",
        205: "no content",
        206: "a part that was not asked for",
        404: "no page there",
        410: "the page is gone",
        429: "too many requests",
        503: "not available at the moment",
    }
    said = words.get(status) or ("the server failed" if status >= 500 else "not a page")
    raise FetchError("http", f"{place}: {status}, {said}", status=status, retry_after=wait)


def check_media(body: bytes, place: str) -> None:
    """Raises FetchError (not_text) for what can hold no text, whatever it is declared as."""
    for magic, name in _NOT_TEXT:
        if body.startswith(magic):
            raise FetchError("not_text", f"{place}: {name}, not a text")
    if body[4:8] == b"ftyp":
        raise FetchError("not_text", f"{place}: an image or film, not a text")
    head = body[:_LOOKED_AT]
    if 0 in head and not head.startswith(_WITH_NULS) and not _is_wide_text(head):
        raise FetchError("not_text", f"{place}: binary data, not a text")


def _is_wide_text(head: bytes) -> bool:
    """UTF-16 or UTF-32 without a mark: every second byte is NUL; a stray NUL or two do no harm either."""
    nuls = head.count(0)
    in_one_place = max(head[0::2].count(0), head[1::2].count(0))
    return nuls <= 2 or (in_one_place > 0.4 * len(head) / 2 and nuls < 0.8 * len(head))
