"""A BeautifulSoup tree, built leanly.

BeautifulSoup's own lxml builder makes ten calls for each event of the parser, for namespaces, multi-valued attributes
and markup that a policy does not have: half of what reading a page costs. This listener makes the same tree of the
same parser's events (without comments, which nobody reads) for two fifths of the work; see ``docs/decisions/0074``.
"""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag
from lxml import etree

_VERBATIM = frozenset(("pre", "textarea"))
_ASCII_SPACES = " \n\t\f\r"
_NEW_TAG = Tag(name="new", interesting_string_types=Tag.MAIN_CONTENT_STRING_TYPES).__dict__
_NEW_STRING = NavigableString("new").__dict__
"""What every tag and every string begins with: copied, it costs a fifth of what making one anew does."""


def soup(html: str) -> tuple[BeautifulSoup, int]:
    """The tree of some HTML that holds no scripts, style sheets or templates, and how many characters it shows.

    Attributes are plain strings.
    """
    tree = BeautifulSoup("", "lxml")
    listener = _Listener(tree)
    parser = etree.HTMLParser(target=listener)
    parser.feed(html)
    parser.close()
    return tree, listener.letters


def take_apart(tree: BeautifulSoup) -> None:
    """Part the nodes of a tree that was read: their ring only the cyclic collector would undo, at thrice the cost."""
    node: PageElement | None = tree
    while node is not None:
        following = node.next_element
        node.__dict__.clear()
        node = following


class _Listener:
    """Hangs what the parser finds into a tree, each node linked to the one before it (lxml's parser target)."""

    def __init__(self, tree: BeautifulSoup) -> None:
        self.letters = 0
        self._open: list[Tag] = [tree]
        self._last: PageElement = tree
        self._verbatim = 0
        self._text: list[str] = []
        self.data = self._text.append

    def start(self, name: str, attributes: dict[str, Any]) -> None:
        if self._text:
            self._end_of_text()
        tag = Tag.__new__(Tag)
        tag.__dict__ = _NEW_TAG.copy()
        tag.name = name
        tag.attrs = attributes or {}
        tag.contents = []
        self._hang(tag)
        self._open.append(tag)
        if name in _VERBATIM:
            self._verbatim += 1

    def end(self, name: str) -> None:
        if self._text:
            self._end_of_text()
        if name in _VERBATIM:
            self._verbatim -= 1
        self._open.pop()

    def comment(self, _text: str) -> None:
        self._break()

    def pi(self, _target: str, _data: str | None = None) -> None:
        self._break()

    def doctype(self, *_of: str | None) -> None:
        self._break()

    def close(self) -> None:
        self._break()

    def _break(self) -> None:
        """Words before and after what nobody reads are two strings."""
        if self._text:
            self._end_of_text()

    def _end_of_text(self) -> None:
        text = self._text[0] if len(self._text) == 1 else "".join(self._text)
        self._text.clear()
        if not self._verbatim and not text.strip(_ASCII_SPACES):
            text = "\n" if "\n" in text else " "
        string = str.__new__(NavigableString, text)
        string.__dict__ = _NEW_STRING.copy()
        self._hang(string)
        self.letters += len(text)

    def _hang(self, node: Tag | NavigableString) -> None:
        """Link a node to its parent, to the node that was found before it and to the sibling before it."""
        parent, last = self._open[-1], self._last
        siblings = parent.contents
        node.parent = parent
        node.previous_element = last
        last.next_element = node
        if siblings:
            node.previous_sibling = siblings[-1]
            siblings[-1].next_sibling = node
        siblings.append(node)
        self._last = node
