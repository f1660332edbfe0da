"""Bytes to characters, in the fixed order."""

import pytest

from monitor.extraction.encoding import decode

WORDS = "Länge § 7 – “fair” use"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (WORDS.encode("utf-8"), ""),
        (WORDS.encode("cp1252"), ""),
        (b"\xef\xbb\xbf" + WORDS.encode(), "text/html; charset=iso-8859-1"),
        (WORDS.encode("utf-16"), "text/html; charset=utf-8"),
        (WORDS.encode("utf-32"), ""),
        (WORDS.encode("cp1252"), "text/html; charset=ISO-8859-1"),
        (b'<meta charset="windows-1252">' + WORDS.encode("cp1252"), ""),
        (b'<meta charset="utf-16">' + WORDS.encode(), ""),
    ],
)
def test_declared_and_undeclared_encodings(body: bytes, content_type: str) -> None:
    assert decode(body, content_type).endswith(WORDS)


def test_a_wrong_declaration_gives_way_to_the_bytes() -> None:
    assert decode("für".encode("cp1252"), "text/html; charset=utf-8") == "für"


def test_codecs_that_are_no_text_are_refused() -> None:
    assert decode(b"+ADw-script+AD4-", "text/html; charset=utf-7") == "+ADw-script+AD4-"
    assert decode(b"abc", "text/html; charset=rot13") == "abc"


def test_control_characters_and_line_ends() -> None:
    assert decode(b"a\0b\x08c\r\nd\re") == "abc\nd\ne"


def test_a_letter_cut_off_at_the_end_is_not_another_encoding() -> None:
    assert decode("für ä".encode()[:-1]).startswith("für ")
