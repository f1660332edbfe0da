"""The lean tree builder makes the trees that BeautifulSoup's own builder makes."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from bs4.element import PreformattedString, Tag
from hypothesis import given
from hypothesis import strategies as st

from monitor.extraction import extract
from monitor.extraction.soup import soup

NAMES = (
    "div",
    "p",
    "span",
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
    st.sampled_from([f"<{name}>" for name in NAMES] + [f"</{name}>" for name in NAMES]),
    st.sampled_from(
        [
            '<a href="/x?a=1&amp;b=2" class="one two">',
            "<p id=x hidden>",
            '<td colspan="2" colspan=3>',
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
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12),
)


def plain(tree: BeautifulSoup) -> list[Any]:
    """Every node in order: what it is, its attributes, and what its links lead to."""
    for aside in tree.find_all(string=lambda text: isinstance(text, PreformattedString)):
        aside.extract()
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


def named(node: Any) -> str | None:
    """The name of a tag, the words of a string; None of what is neither, nor a part of the page."""
    if node is None or node.name == "[document]":
        return None
    return str(node.name) if isinstance(node, Tag) else repr(str(node))


@given(st.lists(PIECES, max_size=40).map("".join))
def test_it_is_the_tree_of_beautiful_soup(html: str) -> None:
    theirs, ours = BeautifulSoup(html, "lxml", multi_valued_attributes=None), soup(html)[0]
    assert ours.get_text() == theirs.get_text()
    assert plain(ours) == plain(theirs)


def test_what_is_never_shown_is_no_text_of_a_selected_part_either() -> None:
    page = b"""<main><h1>Privacy Policy</h1><p>We keep your data for ten days.</p><script>var nonce = 4711;</script>
    <style>.a{color:red}</style><template><p>spare</p></template><svg><title>icon</title></svg></main>"""
    found = extract(page, content_type="text/html", url=None, select="main").text
    assert found.split("\n") == ["Privacy Policy", "We keep your data for ten days."]
