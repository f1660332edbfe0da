"""What is no text is not read as one, and no control character gets out of a page."""

from __future__ import annotations

import random

import pytest

from monitor.extraction import extract

PAGE = "<html><main><h1>Privacy Policy</h1><p>{}</p></main></html>"
WORDS = "We keep personal data for thirty days and delete it after that. "


def test_random_bytes_are_no_policy_even_without_zeros() -> None:
    chance = random.Random(3)
    for _ in range(20):
        body = chance.randbytes(50_000).replace(b"\0", b"a")
        assert extract(body, content_type="text/html").problem == "not_text"


@pytest.mark.parametrize("mark", ["\x1b[31m", "&#27;[31m", "\x9b31m", "&#155;", "\x07", "\x7f", "\x08"])
def test_no_control_character_gets_out_of_a_page(mark: str) -> None:
    document = extract(
        PAGE.format(WORDS * 20 + mark + WORDS).encode(), content_type="text/html; charset=utf-8"
    )
    assert document.problem is None
    texts = [document.text, *(clause.text for clause in document.clauses)]
    assert all(c.isprintable() or c == "\n" for text in texts for c in text)


@pytest.mark.parametrize("content_type", ["text/html", "text/plain"])
def test_a_text_that_is_longer_than_any_policy_is_none(content_type: str) -> None:
    body = PAGE.format(WORDS * 60_000) if content_type == "text/html" else WORDS * 60_000
    document = extract(body.encode(), content_type=content_type)
    assert (document.problem, document.text, document.clauses) == ("unreadable", "", ())
    assert "characters of text, more than 3,000,000" in (document.problem_reason or "")


def test_a_title_is_cut_where_no_title_ends() -> None:
    page = PAGE.replace("<main>", f"<head><title>{'Privacy ' * 1000}</title></head><main>").format(WORDS * 20)
    assert len(extract(page.encode(), content_type="text/html").title) == 1000
