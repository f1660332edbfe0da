"""The main content of an HTML page, by a C parser: what is surely not the policy never reaches BeautifulSoup.

Recall before precision: what is dropped here is never seen again, so that every rule that goes by a name or a role
has a bound on how much of the page it may take.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

_NEVER = (
    "script, style, svg, math annotation, iframe, object, embed, canvas, video, audio, map, select, "
    "input, textarea, link, meta, base, [data-nosnippet=cookie]"
)
_CHROME = (
    "nav, [role=navigation], [role=search], [role=dialog], [role=alertdialog], [role=menu], [role=menubar], "
    "[aria-modal=true], dialog, footer, [role=contentinfo], aside, [role=complementary], [role=banner], noscript"
)
_FIELDS = "textarea, select, input:not([type=hidden]):not([type=submit]):not([type=button])"
_CHROME_SHARE = 0.4
"""Chrome that holds more of the page's words than this is no chrome."""
_BARE = "span:not([class]):not([id]):not([style]):not([aria-hidden]):not([hidden]):not([role])"
"""Elements without a meaning, each of which costs BeautifulSoup as much as one with."""
_TEMPLATE = re.compile(r"(</?)template(?=[\s/>])", re.I)
_MAIN = "main, [role=main]"
_MAIN_SHARE = 0.12
_ARTICLE_SHARE = 0.75
_FEW = 300
"""Characters below which a page has no prose to go by."""
_ASIDE_PROSE = 120
_OPENER = re.compile(r"accordion|collaps|expand|toggle|faq|question|summary|tab", re.I)
_DATED = re.compile(r"\b(?:19|20)\d\d\b")


def main_content(tree: LexborHTMLParser, only: LexborNode | None = None) -> tuple[LexborNode | None, str]:
    """The element that holds the policy, cleaned, and the words of the page's header (dates often stand there).

    ``only``: the element is known, but has to be cleaned.
    """
    _drop_forms(tree)
    drop_machinery(tree)
    _keep_only_opening_buttons(tree)
    body = tree.body
    if body is None:
        return tree.root, ""
    header = " ".join(node.text(deep=True, separator=" ") for node in tree.css("header")[:3])
    _drop_chrome(tree, body)
    if only is not None:
        return only, ""
    for node in tree.css(_BARE):
        node.unwrap()
    main = _main(tree, body)
    if main is body:
        _drop_page_headers(body)
    return main, " ".join(header.split())[:1000]


def drop_machinery(tree: LexborHTMLParser) -> None:
    """What no reader sees as words: scripts, style sheets, pictures, fields."""
    for node in tree.css(_NEVER):
        node.decompose()
    _drop_templates(tree)


def _keep_only_opening_buttons(tree: LexborHTMLParser) -> None:
    for node in tree.css("button"):
        opens = "aria-expanded" in node.attributes or "aria-controls" in node.attributes
        named = _OPENER.search(node.attributes.get("class") or "")
        if not (opens or named or _inside(node, ("h1", "h2", "h3", "h4", "h5", "h6", "summary", "dt"), 3)):
            node.decompose()


def with_plain_templates(source: str) -> str:
    """Where templates are shown, all of them as usual elements: what a template holds is no part of a parser's tree."""
    return _TEMPLATE.sub(r"\1plain-template", source) if "shadowroot" in source else source


def _drop_templates(tree: LexborHTMLParser) -> None:
    """``<template>`` is text only where it is the content of the element around it (a declarative shadow root)."""
    for node in tree.css("template, plain-template"):
        if "shadowrootmode" not in node.attributes and "shadowroot" not in node.attributes:
            node.decompose()


def _drop_forms(tree: LexborHTMLParser) -> None:
    """Forms with fields to fill in, unless one is wrapped around the whole page."""
    forms = [form for form in tree.css("form") if form.css_first(_FIELDS) is not None]
    if forms and tree.body is not None:
        for node in tree.css("script, style"):
            node.decompose()
        bound = max(_size(tree.body) * _CHROME_SHARE, _FEW)
        for form in forms:
            if _size(form) <= bound:
                form.decompose()


def _drop_chrome(tree: LexborHTMLParser, body: LexborNode) -> None:
    bound = max(_size(body) * _CHROME_SHARE, _FEW)
    for node in tree.css(_CHROME):
        if _is_trail(node) and _inside(node, ("main",), 40):
            continue  # Where a page stands may be the only title that it shows.
        if _size(node) > bound or _is_prose(node):
            continue
        node.decompose()


def _is_trail(node: LexborNode) -> bool:
    return "breadcrumb" in (node.attributes.get("aria-label") or "").lower()


def _is_prose(node: LexborNode) -> bool:
    """An aside, or the footer of an article, may belong to the policy."""
    if node.tag != "aside" and not (node.tag == "footer" and _inside(node, ("main", "article"), 40)):
        return False
    length = _length(node)
    linked = sum(_length(link) for link in node.css("a"))
    return length > _ASIDE_PROSE and linked * 4 < length


def _main(tree: LexborHTMLParser, body: LexborNode) -> LexborNode:
    whole = _size(body)
    size, main = _largest(tree.css(_MAIN))
    if main is not None and size >= max(whole * _MAIN_SHARE, min(whole * 0.4, _FEW)):
        return main
    size, article = _largest(tree.css("article"))
    if article is not None and whole > _FEW and size >= whole * _ARTICLE_SHARE:
        return article
    return body


def _largest(nodes: list[LexborNode]) -> tuple[int, LexborNode | None]:
    sizes = [_size(node) for node in nodes]
    return (max(sizes), nodes[sizes.index(max(sizes))]) if nodes else (0, None)


def _drop_page_headers(body: LexborNode) -> None:
    """Without a main element, a header stays only for the title or the date that it shows."""
    bound = max(_size(body) * _CHROME_SHARE, _FEW)
    for node in body.css("header"):
        words = node.text(deep=True)
        if len(words) < bound and node.css_first("h1") is None and not _DATED.search(words):
            node.decompose()


def _inside(node: LexborNode, tags: tuple[str, ...], reach: int) -> bool:
    parent = node.parent
    while parent is not None and reach:
        if parent.tag in tags:
            return True
        parent, reach = parent.parent, reach - 1
    return False


def _size(node: LexborNode) -> int:
    """Characters with the white space of the markup: cheap, and good enough to compare parts of a page."""
    return len(node.text(deep=True))


def _length(node: LexborNode) -> int:
    """Letters, not the white space of the markup."""
    return len("".join(node.text(deep=True).split()))


def dropped(content: list[LexborNode], letters: int) -> bool:
    """Less than a quarter of the words of ``content`` made up ``letters``: a rule may have taken too much."""
    return sum(map(_length, content)) > 4 * letters
