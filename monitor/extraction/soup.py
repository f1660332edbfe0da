"""A BeautifulSoup tree of what the C parser has found, built leanly.

BeautifulSoup's own builders parse the source a second time, and make ten calls for each node, for namespaces,
multi-valued attributes and markup that a policy does not have: most of what reading a page would cost. This one copies
the nodes that are at hand; see ``docs/decisions/0079``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag
from selectolax.lexbor import LexborNode

from monitor.extraction import noise

BLOCK_TAGS = frozenset(
    [
        "html",
        "body",
        "div",
        "p",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "td",
        "th",
        "caption",
        "section",
        "article",
        "main",
        "header",
        "footer",
        "aside",
        "nav",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "pre",
        "figure",
        "figcaption",
        "form",
        "fieldset",
        "legend",
        "address",
        "details",
        "summary",
        "center",
        "hr",
        "menu",
        "dir",
        "hgroup",
        "option",
        "optgroup",
        "button",
        "dialog",
        "noscript",
        "plain-template",
        "search",
    ]
)
_VERBATIM = frozenset(("pre", "textarea"))
_TELLING = frozenset(("id", "name", "style", "hidden", "role", "aria-hidden", "aria-live"))
_FRAMED = frozenset(("body", "main", "article", "section", "div"))
"""In these a block is a block, whatever frames there are around it; a list or a table counts what it holds."""
_ASCII_SPACES = " \n\t\f\r"
_Attributes = dict[str, Any]
_new_tag, _new_string = Tag.__new__, str.__new__
"""Making a node with BeautifulSoup's constructors costs five times as much."""


class _Tag(Tag):
    """A tag that holds only what is its own: what all of them begin with is held once, by their class."""


class _Words(NavigableString):
    """The same for a string."""


for _lean, _full in (
    (_Tag, Tag(name="new", interesting_string_types={_Words})),
    (_Words, NavigableString("new")),
):
    for _name, _value in vars(_full).items():
        setattr(_lean, _name, _value)


def soup(nodes: Sequence[LexborNode], fragment: str = "") -> tuple[BeautifulSoup, int]:
    """The tree of some nodes that hold no scripts, style sheets or templates, and how many characters it shows.

    Attributes are plain strings. Comments are left out, white space that only lays out blocks in the source, spans
    that are no more than their words, and frames around blocks, but for the one that ``fragment`` names.
    """
    copy = _Copy(fragment)
    for node in nodes:
        copy.tag(node, node.tag or "", node.attributes, copy.tree)
    return copy.tree, copy.letters


def take_apart(tree: BeautifulSoup) -> None:
    """Part the nodes of a tree that was read: their ring only the cyclic collector would undo, at thrice the cost."""
    node: PageElement | None = tree
    while node is not None:
        following = node.next_element
        node.__dict__.clear()
        node = following


class _Copy:
    """A tree that grows in reading order, each node linked to the one before it."""

    def __init__(self, fragment: str) -> None:
        self.fragment = fragment
        self.tree = BeautifulSoup("", "html.parser")
        self.tree.interesting_string_types = _Tag.interesting_string_types
        self.letters = 0
        self._last: PageElement = self.tree

    def tag(
        self, node: LexborNode, name: str, attributes: _Attributes, parent: Tag, verbatim: bool = False
    ) -> None:
        """An element with everything in it."""
        tag = _new_tag(_Tag)
        tag.name = name
        if None in attributes.values():
            attributes = {key: value or "" for key, value in attributes.items()}
        tag.attrs = attributes
        tag.contents = []
        self._hang(tag, parent)
        verbatim = verbatim or name in _VERBATIM
        self._inside(node, tag, verbatim, laid_out=name in BLOCK_TAGS and not verbatim)

    def _inside(self, node: LexborNode, tag: Tag, verbatim: bool, *, laid_out: bool) -> bool:
        """What an element holds, hung into a tag; whether that holds nothing but blocks so far (``laid_out``)."""
        framing = tag.name in _FRAMED and not verbatim
        text: list[str] = []
        for child in node.iter(include_text=True):
            name = child.tag or ""
            if name == "-text":
                text.append(child.text_content or "")
                continue
            attributes = child.attributes
            if name == "span" and (text or not tag.contents) and _says_nothing(attributes):
                words = _only_words(child)
                if words:
                    text.append(words if not text or not _is_seam(text[-1], words) else f" {words}")
                    continue
            if text:
                laid_out = self._words("".join(text), tag, verbatim, laid_out) and laid_out
                text = []
            if framing and name == "div" and self._is_frame(attributes) and _holds_blocks(child):
                laid_out = self._inside(child, tag, verbatim, laid_out=laid_out)
            elif name and name[0] != "-":  # neither a comment nor an instruction
                self.tag(child, name, attributes, tag, verbatim)
                laid_out = laid_out and name in BLOCK_TAGS
        if text:
            laid_out = self._words("".join(text), tag, verbatim, laid_out) and laid_out
        return laid_out

    def _is_frame(self, attributes: _Attributes) -> bool:
        """An element around blocks of which nobody looks at anything but these."""
        own = attributes.get("id")
        if own is None:
            return _says_nothing(attributes)
        if own == self.fragment or noise.sounds(own) is not noise.SILENT:
            return False
        return _says_nothing({name: value for name, value in attributes.items() if name != "id"})

    def _words(self, text: str, parent: Tag, verbatim: bool, laid_out: bool) -> bool:
        """A string; whether it is left out, as white space between blocks is."""
        if text.isspace() and not verbatim and not text.strip(_ASCII_SPACES):
            if laid_out:
                return True
            text = "\n" if "\n" in text else " "
        self._hang(_new_string(_Words, text), parent)
        self.letters += len(text)
        return False

    def _hang(self, node: _Tag | _Words, parent: Tag) -> None:
        """Link a node to its parent, to the node that was found before it and to the sibling before it."""
        last, siblings = self._last, parent.contents
        node.parent = parent
        node.previous_element = last
        last.next_element = self._last = node
        if siblings:
            before = siblings[-1]
            node.previous_sibling = before
            before.next_sibling = node
        siblings.append(node)


def _says_nothing(attributes: _Attributes) -> bool:
    """Of an element with these attributes, nobody looks at anything but its words."""
    if not _TELLING.isdisjoint(attributes):
        return False
    classes = attributes.get("class")
    return not classes or noise.sounds(classes) is noise.SILENT


def _holds_blocks(node: LexborNode) -> bool:
    """An element holds at least one block, and beside blocks nothing but white space."""
    some = False
    for child in node.iter(include_text=True):
        name = child.tag or ""
        if name in BLOCK_TAGS:
            some = True
        elif name != "-text" or (child.text_content or "").strip(_ASCII_SPACES):
            return False
    return some


def _only_words(node: LexborNode) -> str:
    """The words of an element that holds nothing else."""
    first = node.first_child
    return first.text_content or "" if first is not None and first.next is None else ""


def _is_seam(before: str, after: str) -> bool:
    """A blank belongs where an element begins (see ``Walk``)."""
    return after[:1].isupper() and before[-1:].isalnum() and not before[-1:].isupper()
