"""Plain text and Markdown to blocks."""

# ruff: noqa: E501 (patterns are easier to read unbroken)
from __future__ import annotations

import re

from monitor.extraction.blocks import Block
from monitor.extraction.labels import is_bullet, split_label
from monitor.extraction.lines import joined, wrap_width
from monitor.extraction.links import normalised

_ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(\S.*?)(?:[ \t]+#+)?[ \t]*$")
_SETEXT = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_ITEM = re.compile(r"([ \t]*)([*+\-•·▪●○◦‣–]|\d{1,3}[.)])[ \t]+(?=\S)")
_TABLE = re.compile(r"[ \t]*\|.*\|[ \t]*$|[^|]+ \|(?: [^|]*\|)+[^|]*$")
_TABLE_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)*\|?[ \t]*$")
_LINK = re.compile(
    r"!?\[((?:[^\[\]\\]|\\.){0,1000})\]\((?:<([^<>\n]{0,2000})>|((?:[^()\s]|\([^()\s]{0,500}\)){0,2000}))(?:[ \t]+[\"'][^\"'\n]{0,300}[\"'])?\)"
)
_IMAGE = re.compile(r"!\[[^\[\]]{0,1000}\]\((?:[^()\n]|\([^()\n]{0,500}\)){0,5000}\)")
_SPREAD = re.compile(
    r"\[([^\[\]]{0,2000}?\n[ \t]*\n[^\[\]]{0,2000})\]\(((?:[^()\s]|\([^()\s]{0,500}\)){0,2000})(?:[ \t]+\"[^\"\n]{0,300}\")?\)"
)
_STARS = re.compile(r"(?<![\w*])(\*{1,3}|_{1,3})(?=\S)|(?<=\S)(\*{1,3}|_{1,3})(?![\w*])|\*\*")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_CODE = re.compile(r"`([^`\n]{1,500})`")
_BOLD = re.compile(r"(?:\*\*|__)(?!\s)((?:(?!\*\*|__).){1,400})(?:\*\*|__)")
_BLANK_LINES = re.compile(r"\n{3,}")
_QUOTE = re.compile(r" {0,3}>[ \t]?")


def blocks(text: str, *, markdown: bool, url: str | None = None) -> list[Block]:
    """The blocks of a text: headings, paragraphs, items, rows.

    Line ends count in plain text unless it is hard-wrapped; in Markdown only where two blanks or a rule say so.
    """
    if markdown and "](" in text:
        text = _SPREAD.sub(_gathered, _IMAGE.sub("", text)).replace(")[", ") [")
    lines = _BLANK_LINES.sub("\n\n", text).expandtabs(4).split("\n")
    reader = _Reader(lines, markdown, url)
    reader.read()
    return reader.blocks


class _Reader:
    def __init__(self, lines: list[str], markdown: bool, url: str | None) -> None:
        if not markdown:
            lines = [part for line in lines for part in _bullets(line)]
        self.lines = [_QUOTE.sub("", line) if line.lstrip().startswith(">") else line for line in lines]
        self.markdown = markdown
        self.url = url
        self.blocks: list[Block] = []
        self.open: list[str] = []
        self.depth = 0
        self.columns: list[str] = []
        plain = [line.strip() for line in self.lines if line.strip()]
        self.width = 0 if markdown else wrap_width(plain)

    def read(self) -> None:
        skip = False
        for index, line in enumerate(self.lines):
            if skip:
                skip = False
                continue
            following = self.lines[index + 1] if index + 1 < len(self.lines) else ""
            heading = _ATX.match(line)
            underline = (
                _SETEXT.match(following) if line.strip() and not self.open and not _ITEM.match(line) else None
            )
            if heading:
                self._heading(heading.group(2), len(heading.group(1)))
            elif underline and not _TABLE.match(line):
                self._heading(line.strip(), 1 if underline.group(1)[0] == "=" else 2)
                skip = True
            elif not line.strip() or (_RULE.match(line) and not self.open):
                self._end()
            elif _TABLE.match(line):
                self._row(line, following)
            else:
                self._line(line)
        self._end()

    def _heading(self, text: str, level: int) -> None:
        self._end()
        self.depth = 0
        self._add(text, "heading", level)

    def _line(self, line: str) -> None:
        self.columns = []
        item = _ITEM.match(line)
        if item or (self.open and not self.markdown and split_label(line.strip())[0]):
            self._end()
        if item:
            self.depth = len(item.group(1)) // 2 + 1
        elif not self.open and not line.startswith(" "):
            self.depth = 0
        self.open.append(line)

    def _end(self) -> None:
        if not self.open:
            return
        first = self.open[0]
        item = _ITEM.match(first)
        if self.markdown:
            text = "".join(_soft(line) for line in self.open).strip()
            parts = text.split("\n")
        else:
            parts = joined([line.strip() for line in self.open], self.width)
        for index, part in enumerate(parts):
            marked = (
                item and index == 0 and (self.markdown or self.depth > 1 or not item.group(2)[0].isdigit())
            )
            self._add(part, "item" if marked else "paragraph", self.depth if marked or self.markdown else 0)
        self.open = []

    def _add(self, text: str, kind: str, level: int) -> None:
        label = ""
        if kind == "item":
            mark, rest = split_label(text.strip())
            label, text = ("" if is_bullet(mark) else mark), rest
        words, links, run_in, bold = inline(text, self.url)
        if words:
            self.blocks.append(
                Block(words, kind, level, label, bold=bold, run_in=run_in, links=links, linked=_share(text))  # type: ignore[arg-type]
            )

    def _row(self, line: str, following: str) -> None:
        self._end()
        if _TABLE_RULE.match(line):
            return
        read = [inline(cell, self.url) for cell in _cells(line)]
        words = [cell[0] for cell in read]
        links = tuple(link for cell in read for link in cell[1])
        text = " | ".join(word for word in words if word)
        if not text:
            return
        if _TABLE_RULE.match(following):
            self.columns = words
            self.blocks.append(Block(text, "row", links=links))
            return
        names = self.columns if len(self.columns) >= len(words) else [""] * len(words)
        cells = tuple((name, word) for name, word in zip(names, words, strict=False) if word)
        self.blocks.append(Block(text, "row", links=links, cells=cells))


def _bullets(line: str) -> list[str]:
    """A line with several bullets as a line each: "so that you can: - move it; - copy it; or - keep it"."""
    if line.count("• ") > 1:
        first, *others = _DOTS.split(line)
        return [first, *(f"• {part}" for part in others)] if first else [f"• {part}" for part in others]
    parts = _INLINE.split(line) if "; " in line else [line]
    if len(parts) < _FEWEST_BULLETS:
        return [line]
    return [parts[0], *(f"- {part}" for part in parts[1:])]


_DOTS = re.compile(r"(?:^|(?<=\s))• ")


_INLINE = re.compile(r"(?<=[;:]) - (?=\w)|(?<=; or) - (?=\w)|(?<=; and) - (?=\w)")
_FEWEST_BULLETS = 3


def _soft(line: str) -> str:
    """A line of Markdown with the end that it has for a reader."""
    if line.endswith(("  ", "\\")):
        return line.rstrip(" \\").strip() + "\n"
    return line.strip() + " "


def _gathered(link: re.Match[str]) -> str:
    """A link around several paragraphs as one link a paragraph."""
    parts = (" ".join(part.split()) for part in re.split(r"\n[ \t]*\n", link.group(1)))
    return "\n\n".join(f"[{part}]({link.group(2)})" for part in parts if part) + "\n\n"


def _share(text: str) -> float:
    """The share of a line's letters that are link text."""
    if "](" not in text:
        return 0.0
    whole, rest = _LINK.sub(lambda link: link.group(1), text), _LINK.sub("", text)
    letters = sum(map(str.isalnum, whole))
    return 1 - sum(map(str.isalnum, rest)) / letters if letters else 0.0


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


def inline(text: str, url: str | None) -> tuple[str, tuple[str, ...], str, bool]:
    """The words of a line without Markdown's marks, its links, the bold words at its beginning, whether all is bold."""
    links: list[str] = []
    if "](" in text:
        for match in _LINK.finditer(text):
            link = normalised(match.group(2) or match.group(3) or "", url)
            if link and not (match.group(3) or "").startswith("#"):
                links.append(link)
        for _ in range(2):
            text = _LINK.sub(lambda match: match.group(1), text)
    stripped = text.strip()
    lead = _BOLD.match(stripped)
    bold = bool(lead) and not any(letter.isalnum() for letter in stripped[lead.end() :]) if lead else False
    run_in = plain(lead.group(1)) if lead and not bold else ""
    return plain(text), tuple(dict.fromkeys(links)), run_in, bold


def plain(text: str) -> str:
    """Words without marks of emphasis, code or escape."""
    if "`" in text:
        text = _CODE.sub(r"\1", text)
    if "*" in text or "_" in text:
        text = _STARS.sub("", text)
    if "\\" in text:
        text = _ESCAPE.sub(r"\1", text)
    return " ".join(text.split())
