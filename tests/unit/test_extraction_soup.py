"""What is copied from the C parser is the tree that BeautifulSoup would make of the same markup."""

from __future__ import annotations

import gc
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString, Tag
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from monitor.extraction import extract
from monitor.extraction.soup import BLOCK_TAGS, soup, take_apart
from monitor.model import Document

NAMES = (
    "p",
    "a",
    "ul",
    "li",
    "table",
    "tr",
    "td",
    "pre",
    "br",
    "img",
    "b",
    "h2",
    "x-y",
    "o:p",
    "svg",
)
PIECES = st.one_of(
    # A division without anything that tells may be a frame, which is left out: see below.
    st.sampled_from(
        [f"<{name}>" for name in NAMES] + ['<div style="x">'] + [f"</{name}>" for name in (*NAMES, "div")]
    ),
    st.sampled_from(
        [
            '<a href="/x?a=1&amp;b=2" class="one two">',
            "<p id=x hidden>",
            '<td colspan="2" colspan=3>',
            "<span id=s>",
            "</span>",
            "<!-- aside -->",
            "<!doctype html>",
            "<?php x ?>",
            "<![CDATA[data]]>",
            "&nbsp;&copy;&#8217;&nosuch;",
            "<html lang=en>",
            "<body class=b>",
            "</body>",
            " \n\t ",
            "\u00a0",
        ]
    ),
    st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="<"), max_size=12),
)


def plain(tree: BeautifulSoup) -> list[Any]:
    """Every node in order: what it is, its attributes, and what its links lead to."""
    for aside in tree.find_all(string=lambda text: isinstance(text, PreformattedString)):
        aside.extract()
    for text in tree.find_all(string=lambda text: not str(text).strip(" \n\t\f\r")):
        if lays_out(text):
            text.extract()
    return [
        (
            named(node),
            dict(node.attrs) if isinstance(node, Tag) else None,
            *(
                named(getattr(node, link))
                for link in ("parent", "next_sibling", "previous_sibling", "next_element", "previous_element")
            ),
        )
        for node in tree.descendants
    ]


def lays_out(text: NavigableString) -> bool:
    """White space in a block that holds nothing but blocks before it."""
    if text.parent is None or text.parent.name not in BLOCK_TAGS or text.find_parent(("pre", "textarea")):
        return False
    return all(isinstance(node, Tag) and node.name in BLOCK_TAGS for node in text.previous_siblings)


def named(node: Any) -> str | None:
    """The name of a tag, the words of a string; None of what is neither, nor a part of the page."""
    if node is None or node.name == "[document]":
        return None
    return str(node.name) if isinstance(node, Tag) else repr(str(node))


@given(st.lists(PIECES, max_size=40).map("".join))
def test_it_is_the_tree_of_beautiful_soup(html: str) -> None:
    root = LexborHTMLParser(html).root
    theirs, (ours, letters) = (
        BeautifulSoup(root.html, "html.parser", multi_valued_attributes=None),
        soup([root]),
    )
    assert plain(ours) == plain(theirs)
    assert ours.get_text() == theirs.get_text()
    assert letters == len(ours.get_text())


SPANS = st.sampled_from(
    [
        '<span class="x">',
        "<span>",
        "</span>",
        "<b>",
        "</b>",
        "2025",
        "Previous",
        "words",
        "A",
        " ",
        "<br>",
        "<p>",
        "</p>",
    ]
)


@given(st.lists(SPANS, max_size=20).map("".join))
def test_a_span_that_is_no_more_than_its_words_is_left_out_and_nothing_is_read_otherwise(html: str) -> None:
    bare, telling = marked(html)
    assert bare.text == telling.text


FRAMES = st.sampled_from(
    [
        '<div class="x">',
        '<div class="x" id="b-1">',
        "</div>",
        "<section>",
        "</section>",
        "<ol>",
        "</ol>",
        "<li>",
        "</li>",
        "<p>",
        "</p>",
        "<h2>Liability</h2>",
        "<p>We keep your data.</p>",
        "words",
        "<b>bold</b>",
        "<!-- aside -->",
        "<pre>",
        "</pre>",
        "\n  ",
    ]
)


@given(st.lists(FRAMES, max_size=24).map("".join))
def test_a_frame_around_blocks_is_left_out_and_nothing_is_read_otherwise(html: str) -> None:
    bare, telling = marked(html)
    assert bare.as_dict() == telling.as_dict()


def marked(html: str) -> tuple[Document, Document]:
    """A page whose elements bear nothing that tells, and the same with an attribute that keeps them in the tree."""
    bare, telling = (
        extract(("<html><main>" + html.replace('class="x"', mark)).encode())
        for mark in ('class="x"', 'style="x"')
    )
    return bare, telling


def test_a_tree_that_was_taken_apart_leaves_nothing_to_the_collector() -> None:
    gc.collect()
    tree, _ = soup([LexborHTMLParser("<ul>" + "<li>one <b>two</b></li>" * 100).body])
    take_apart(tree)
    del tree
    assert gc.collect() < 20


def test_what_is_never_shown_is_no_text_of_a_selected_part_either() -> None:
    page = b"""<main><h1>Privacy Policy</h1><p>We keep your data for ten days.</p><script>var nonce = 4711;</script>
    <style>.a{color:red}</style><template><p>spare</p></template><svg><title>icon</title></svg></main>"""
    found = extract(page, content_type="text/html", url=None, select="main").text
    assert found.split("\n") == ["Privacy Policy", "We keep your data for ten days."]
