"""A web page to blocks: a C parser finds the main content, BeautifulSoup reads it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from monitor.errors import UsageError
from monitor.extraction import depth, markup, mending
from monitor.extraction.blocks import Block
from monitor.extraction.furniture import without_widgets
from monitor.extraction.problems import Problem, Traces
from monitor.extraction.pruning import drop_machinery, dropped, main_content, with_plain_templates
from monitor.extraction.sections import fragment, is_range, section

if TYPE_CHECKING:
    from monitor.extraction.page import Page

_DEEPEST = 180
_TOO_DEEP = " > ".join("*" * _DEEPEST)
_WRAPPERS = ["div", "span", "font", "center", "b", "i", "em", "strong", "u", "small", "big", "section"]
_PART = 400
"""Characters from which an element is a section of its own."""


def read_html(text: str, url: str | None, select: str | None, remove: tuple[str, ...]) -> Page:
    """The blocks of a page's main content, or of what ``select`` or the address's fragment points at."""
    from monitor.extraction.page import Page

    if depth.is_too_long(text):
        return Page(problem=Problem("unreadable", f"{text.count('<')} tags, more than {depth.MOST_TAGS}"))
    flat = depth.flattened(text)
    if flat is None:
        return Page(problem=Problem("unreadable", "the markup is too twisted to be read"))
    tree = LexborHTMLParser(with_plain_templates(mending.without_hidden_addresses(flat)))
    if tree.css_first(_TOO_DEEP) is not None:
        tree.unwrap_tags(_WRAPPERS)
        if tree.css_first(_TOO_DEEP) is not None:
            return Page(problem=Problem("unreadable", f"the markup nests deeper than {_DEEPEST} levels"))
    title, lang, traces = _title(tree), _lang(tree), _traces(tree)
    for selector in remove:
        for node in _css(tree, selector):
            node.decompose()
    home = url or _home(tree)
    point = fragment(url)
    if select and not is_range(select):
        drop_machinery(tree)
        content, beside = _outermost(_css(tree, select)), ""
    else:
        main, beside = main_content(tree, _container(tree, point))
        content = [main] if main is not None else []
    blocks = _blocks(content, home, point)
    return Page(section(blocks, select), title, lang, [beside] if beside else [], traces)


def _blocks(content: list[LexborNode], url: str | None, point: str) -> list[Block]:
    """Read strictly; if a name that sounds like a widget took nearly all, read without looking at names."""
    blocks = markup.blocks(content, url=url, fragment=point)
    letters = sum(len(block.text) for block in blocks)
    if letters < 500 and dropped(content, letters):
        blocks = markup.blocks(content, url=url, fragment=point, strict=False)
    return without_widgets(mending.mended(blocks))


def _css(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    try:
        return list(tree.css(selector))
    except (SelectolaxError, ValueError, RuntimeError):
        raise UsageError(
            f"{selector!r} is no CSS selector; write one like 'main' or 'Heading .. Next heading'"
        ) from None


def _outermost(nodes: list[LexborNode]) -> list[LexborNode]:
    """Nodes that stand in none of the others."""
    ids = {node.mem_id for node in nodes}
    out = []
    for node in nodes:
        parent = node.parent
        while parent is not None and parent.mem_id not in ids:
            parent = parent.parent
        if parent is None:
            out.append(node)
    return out


def _container(tree: LexborHTMLParser, point: str) -> LexborNode | None:
    """The element that the fragment names, if it holds a whole section."""
    if not point or not re.fullmatch(r"[\w.:-]{1,200}", point):
        return None
    node = tree.css_first(f'[id="{point}"]')
    if node is None or node.tag in ("html", "body") or len(node.text(deep=True, strip=True)) < _PART:
        return None
    return node


def _title(tree: LexborHTMLParser) -> str:
    node = tree.css_first("head title") or tree.css_first("title")
    return " ".join(node.text().split()) if node is not None else ""


def _lang(tree: LexborHTMLParser) -> str:
    node = tree.css_first("html")
    return (node.attributes.get("lang") or node.attributes.get("xml:lang") or "") if node is not None else ""


def _home(tree: LexborHTMLParser) -> str | None:
    node = tree.css_first("link[rel=canonical]")
    return (node.attributes.get("href") or None) if node is not None else None


def _traces(tree: LexborHTMLParser) -> Traces:
    refresh = tree.css_first("meta[http-equiv=refresh i]")
    target = (refresh.attributes.get("content") or "") if refresh is not None else ""
    match = re.search(r"url\s*=\s*[\"']?([^\"'\s]+)", target, re.I)
    mounts = tree.css("#root, #app, #__next, #__nuxt, app-root, [ng-app]")
    return Traces(
        canonical=_home(tree) or "",
        scripts=len(tree.css("script")),
        refresh=match.group(1) if match else "",
        password=tree.css_first("input[type=password]") is not None,
        mount=any(not node.text(strip=True) for node in mounts),
    )
