"""Main content of HTML to blocks, walking a BeautifulSoup tree."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bs4.element import Tag
from selectolax.lexbor import LexborNode

from monitor.blanks import single
from monitor.extraction import noise, tables
from monitor.extraction.blocks import Block
from monitor.extraction.counting import numeral
from monitor.extraction.links import is_internal, normalised
from monitor.extraction.noise import Sounds
from monitor.extraction.soup import BLOCK_TAGS, soup, take_apart
from monitor.model import ClauseKind

HEADINGS = {f"h{n}": n for n in range(1, 7)}
_LISTS = frozenset(("ul", "ol", "menu", "dir"))
_STRONG = frozenset(("dt", "summary", "legend", "button", "caption"))
_SPECIAL = _LISTS | _STRONG | {"li", "table"}
"""Blocks that are read in a way of their own."""
_BOLD_TAGS = frozenset(("b", "strong"))
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.I)
_SPACE = re.compile(r"[ \t\r\f\v\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_BLANK_LINES = re.compile(r"\n{2,}")
_INLINE_HOSTS = frozenset(
    [
        "p",
        "li",
        "a",
        "span",
        "td",
        "th",
        "dd",
        "dt",
        *HEADINGS,
        "em",
        "strong",
        "b",
        "i",
    ]
)
_TELLING = frozenset(("class", "id", "aria-live", "aria-hidden"))
"""Attributes that may tell that an element is no part of the policy."""
_CERTAIN_SHARE = 0.25
_FLOATING_SHARE = 0.5
_LIKELY_SHARE = 0.12
_RUN_IN_WORDS = 12


def blocks(
    content: Sequence[LexborNode], *, url: str | None = None, fragment: str = "", strict: bool = True
) -> list[Block]:
    """The blocks of the main content in reading order.

    ``strict`` drops what bears the name of a widget; without it only what is hidden from everybody is dropped.
    """
    tree, letters = soup(content, fragment)
    walk = Walk(url, fragment, letters if strict else 0)
    walk.inside(tree)
    walk.flush()
    take_apart(tree)
    return walk.blocks


class Walk:
    """One pass over the tree; holds the block that is being read."""

    def __init__(self, url: str | None, fragment: str, letters: int) -> None:
        self.blocks: list[Block] = []
        self.url = url
        self.fragment = fragment
        self.letters = letters
        self.telling = _TELLING | {"name"} if fragment else _TELLING
        self.depth = 0
        self.labels: list[str] = []
        self._begin()

    def _begin(self) -> None:
        self.chunks: list[str] = []
        self.links: list[str] = []
        self.seam = 0
        self.bold_letters = self.plain_letters = self.link_letters = 0
        self.lead_bold: list[str] = []
        self.kind: ClauseKind = "paragraph"
        self.level = 0
        self.label = ""
        self.strong = False
        self.inward = self.internal = True
        self.target = False

    def inside(self, node: Tag, bold: bool = False, linked: bool = False, pre: bool = False) -> None:
        for child in node.contents:
            if isinstance(child, Tag):
                self.tag(child, bold, linked, pre)
            else:
                self.words(str(child), bold, linked, pre)

    def words(self, text: str, bold: bool, linked: bool, pre: bool) -> None:
        chunks = self.chunks
        if not chunks and text.isspace():
            return  # no block begins with blanks, and between two blocks there is nothing else
        if not pre and "\n" in text:
            text = text.replace("\n", " ")
        if self.seam:
            if self.seam == len(chunks) and text[:1].isupper() and not chunks[-1][-1:].isupper():
                chunks.append(" ")
            self.seam = 0
        chunks.append(text)
        letters = len(text.strip())
        if not letters:
            return
        if linked:
            self.link_letters += letters
        if bold:
            self.bold_letters += letters
            if not self.plain_letters:
                self.lead_bold.append(text)
        else:
            self.plain_letters += letters

    def tag(self, tag: Tag, bold: bool, linked: bool, pre: bool) -> None:
        attrs, name = tag.attrs, tag.name
        if attrs and not self.telling.isdisjoint(attrs) and self._unwanted(tag, name):
            return
        if name == "br":
            self.chunks.append("\n")
        elif name in BLOCK_TAGS or (
            "-" in name and (tag.parent is None or tag.parent.name not in _INLINE_HOSTS)
        ):
            self._block(tag, name, bold, linked, pre)
        elif name == "a":
            self._link(tag, bold, linked, pre)
        else:
            heavy = name in _BOLD_TAGS or ("style" in attrs and bool(_BOLD_STYLE.search(str(attrs["style"]))))
            self._part()
            self.inside(tag, bold or heavy, linked, pre)

    def _part(self) -> None:
        """Where an element begins, ``2025`` and ``Previous`` are two words, whatever the style sheet does."""
        if self.chunks and self.chunks[-1][-1:].isalnum():
            self.seam = len(self.chunks)

    def _unwanted(self, tag: Tag, name: str) -> bool:
        attrs = tag.attrs
        if self.fragment and self.fragment in (attrs.get("id"), attrs.get("name")):
            self.target = True
        if "aria-live" in attrs:
            return len(_shown(tag)) <= 40
        if (
            attrs.get("aria-hidden") == "true"
            and name not in BLOCK_TAGS
            and noise.ICON.fullmatch(_shown(tag))
        ):
            return True
        classes, own = attrs.get("class"), attrs.get("id")
        by_class = noise.sounds(str(classes)) if classes else noise.SILENT
        by_id = noise.sounds(str(own)) if own else noise.SILENT
        if by_class is noise.SILENT and by_id is noise.SILENT:
            return False
        return self._is_noise(tag, by_class, by_class | by_id)

    def _is_noise(self, tag: Tag, by_class: Sounds, by_name: Sounds) -> bool:
        if Sounds.HIDDEN in by_name:
            return tag.name not in HEADINGS and len(_shown(tag)) <= 80
        if not self.letters or tag.name in HEADINGS:
            return False
        if Sounds.CERTAIN in by_class:
            return len(tag.get_text()) <= self.letters * _CERTAIN_SHARE
        if Sounds.CERTAIN in by_name:  # An id may also be the anchor of a section ("newsletter").
            return _is_no_prose(tag, self.letters * _CERTAIN_SHARE)
        if Sounds.FLOATING in by_name:
            return len(tag.get_text()) <= self.letters * _FLOATING_SHARE
        return _is_no_prose(tag, self.letters * _LIKELY_SHARE)

    def _link(self, tag: Tag, bold: bool, linked: bool, pre: bool) -> None:
        href = tag.attrs.get("href")
        if href:
            target = str(href)
            if not target.startswith("#"):
                self.inward = False
                self.internal = self.internal and is_internal(target, self.url)
                link = normalised(target, self.url)
                if link:
                    self.links.append(link)
            linked = True
        self._part()
        self.inside(tag, bold, linked, pre)

    def _block(self, tag: Tag, name: str, bold: bool, linked: bool, pre: bool) -> None:
        if name in HEADINGS or tag.attrs.get("role") == "heading":
            self._heading(tag, HEADINGS.get(name) or _aria_level(tag))
        elif name not in _SPECIAL:
            self._plain_block(tag, bold, linked, pre or name == "pre")
        elif name in _LISTS:
            self._list(tag, name)
        elif name == "li":
            self._item(tag)
        elif name == "table":
            self.flush()
            tables.rows(self, tag)
        else:
            self.flush()
            self.strong = True
            self.inside(tag, True)
            self.flush()

    def _plain_block(self, tag: Tag, bold: bool, linked: bool, pre: bool) -> None:
        if self.chunks or self.links:
            kind, level, label, target = self.kind, self.level, self.label, self.target
            if self.flush():
                kind, level, label, target = "paragraph", 0, "", False
            self.kind, self.level, self.label, self.target = kind, level, label, target
        else:
            self.strong = False
            self.inward = self.internal = True
        style = tag.attrs.get("style")
        heavy = bold or (style is not None and bool(_BOLD_STYLE.search(str(style))))
        self.inside(tag, heavy, linked, pre)
        self.flush()

    def _heading(self, tag: Tag, level: int) -> None:
        label, target = self.label, self.target
        if self.flush():
            label = ""
        self.kind, self.level, self.label, self.target = "heading", level, label, target
        self.inside(tag)
        self.flush()

    def _list(self, tag: Tag, name: str) -> None:
        self.flush()
        self.depth += 1
        self.labels.append("")
        number = _start(tag)
        for child in tag.contents:
            if isinstance(child, Tag) and child.name == "li":
                number = _value(child, number)
                self.labels[-1] = numeral(number, str(tag.attrs.get("type", "1"))) if name == "ol" else ""
                number += 1
                self.tag(child, False, False, False)
            elif isinstance(child, Tag):
                self.tag(child, False, False, False)
            else:
                self.words(str(child), False, False, False)
        self.flush()
        self.labels.pop()
        self.depth -= 1

    def _item(self, tag: Tag) -> None:
        self.flush()
        self.kind = "item"
        self.label = self.labels[-1] if self.labels else ""
        self.inside(tag)
        self.flush()

    def flush(self) -> bool:
        """End the block that is being read; False if it holds no words and so goes on."""
        if not self.chunks and not self.links:
            self.kind, self.level, self.label, self.strong = "paragraph", 0, "", False
            self.inward = self.internal = True
            return False
        text = "".join(self.chunks)
        if "\n" not in text:
            text = single(text)
        else:
            text = _SPACE.sub(" ", text)
            text = _BLANK_LINES.sub("\n\n", "\n".join(map(str.strip, text.split("\n"))).strip("\n"))
        if not text:
            kept = self.kind, self.level, self.label, self.target
            self._begin()
            self.kind, self.level, self.label, self.target = "paragraph", 0, "", kept[3]
            return False
        letters = self.bold_letters + self.plain_letters
        bold = self.strong or (self.bold_letters > 0 and not self.plain_letters)
        self.blocks.append(
            Block(
                text=text,
                kind=self.kind,
                level=self.level if self.kind == "heading" else self.depth,
                label=self.label,
                bold=bold,
                run_in=self._run_in() if self.lead_bold and not bold else "",
                links=tuple(dict.fromkeys(self.links)) if self.links else (),
                linked=self.link_letters / letters if letters else 0.0,
                inward=self.inward and self.link_letters > 0,
                internal=self.internal and self.link_letters > 0,
                target=self.target,
            )
        )
        self._begin()
        return True

    def fresh(self) -> Walk:
        """A reader of its own for a table cell."""
        return Walk(self.url, "", 0)

    def row(self, texts: list[str], cells: tuple[tuple[str, str], ...], links: list[str]) -> None:
        """A table row that has been read."""
        text = " | ".join(text.replace("\n", " ") for text in texts)
        self.blocks.append(
            Block(text, "row", self.depth, links=tuple(dict.fromkeys(links)), cells=cells, target=self.target)
        )
        self._begin()

    def _run_in(self) -> str:
        words = " ".join("".join(self.lead_bold).split())
        return words if words and len(words.split()) <= _RUN_IN_WORDS else ""


def _start(tag: Tag) -> int:
    return _number(tag.attrs.get("start"), 1)


def _value(tag: Tag, number: int) -> int:
    return _number(tag.attrs.get("value"), number)


def _number(written: object, otherwise: int) -> int:
    text = str(written or "")
    return int(text) if re.fullmatch(r"-?\d{1,6}", text) else otherwise


def _aria_level(tag: Tag) -> int:
    return min(max(_number(tag.attrs.get("aria-level"), 2), 1), 6)


def _shown(tag: Tag) -> str:
    """The words of an element with single spaces, however its source is laid out."""
    return " ".join(tag.get_text().split())


def _is_no_prose(tag: Tag, bound: float) -> bool:
    text = " ".join(tag.get_text(" ").split())
    if len(text) > bound:
        return False
    return len(re.findall(r"[.;:](?:\s|$)", text)) < 4
