"""HTML tables to rows with the names of their columns; tables that only lay out the page are read as blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bs4.element import NavigableString, Tag

if TYPE_CHECKING:
    from monitor.extraction.markup import Walk

_LONG_CELL = 900
_MOST_SPAN = 50
_HEADER_WORDS = 12


def rows(walk: Walk, table: Tag) -> None:
    """Read a table into ``walk``: a block a row."""
    inside = [tag for tag in table.find_all(True) if isinstance(tag, Tag)]
    tags = {tag.name for tag in inside}
    trs = [] if "table" in tags else [tag for tag in inside if tag.name == "tr"]
    grid = [
        [cell for cell in tr.contents if isinstance(cell, Tag) and cell.name in ("td", "th")] for tr in trs
    ]
    if _is_layout(table, grid, tags):
        walk.inside(table)
        walk.flush()
        return
    for caption in [tag for tag in inside if tag.name == "caption"][:1]:
        walk.tag(caption, False, False, False)
    names: list[str] = []
    above: dict[int, tuple[int, str]] = {}
    heads = {id(tr) for tag in inside if tag.name == "thead" for tr in tag.find_all("tr")}
    for index, cells in enumerate(grid):
        if cells:
            head = id(trs[index]) in heads or all(cell.name == "th" for cell in cells)
            head = head or (index == 0 and len(grid) > 1 and _is_bold_row(cells))
            names = _row(walk, cells, names, above, head)


def _is_layout(table: Tag, grid: list[list[Tag]], tags: set[str]) -> bool:
    """It only arranges the page: it holds tables, sections or whole texts, or has a single column."""
    if table.attrs.get("role") == "presentation" or not tags.isdisjoint(("table", "h1", "h2", "h3")):
        return True
    if max((len(cells) for cells in grid), default=0) < 2:
        return True
    if tags.isdisjoint(("p", "ul", "ol", "div")):
        return False
    return any(len(cell.get_text()) > _LONG_CELL for cells in grid for cell in cells)


def _row(
    walk: Walk, cells: list[Tag], names: list[str], above: dict[int, tuple[int, str]], head: bool
) -> list[str]:
    """One row; returns the column names that hold from here on."""
    words: list[str] = []
    texts: list[str] = []
    links: list[str] = []
    column = 0
    for cell in cells:
        column = _carry(column, above, words)
        text, targets, wide, high = _cell(walk, cell)
        links += targets
        if text:
            texts.append(text)
        for _ in range(wide):
            words.append(text)
            if high > 1:
                above[column] = (high - 1, text)
            column += 1
    _carry(column, above, words)
    if not texts:
        return names
    if head and all(len(text.split()) <= _HEADER_WORDS for text in texts):
        walk.row(texts, (), links)
        return words
    if len(texts) == 1 and len(cells) == 1:
        walk.row(texts, (), links)
        return names
    named = names if names and len(names) >= len(words) else [""] * len(words)
    walk.row(texts, tuple((name, word) for name, word in zip(named, words, strict=False) if word), links)
    return names


def _carry(column: int, above: dict[int, tuple[int, str]], words: list[str]) -> int:
    """Cells of rows above that span this one."""
    while column in above:
        left, text = above.pop(column)
        words.append(text)
        if left > 1:
            above[column] = (left - 1, text)
            return column + 1
        column += 1
    return column


def _cell(walk: Walk, cell: Tag) -> tuple[str, list[str], int, int]:
    if len(cell.contents) == 1 and isinstance(words := cell.contents[0], NavigableString):  # as most are
        return " ".join(words.split()), [], _span(cell, "colspan"), _span(cell, "rowspan")
    reader = walk.fresh()
    reader.inside(cell)
    reader.flush()
    text = " ".join(block.shown for block in reader.blocks)
    links = [link for block in reader.blocks for link in block.links]
    return text, links, _span(cell, "colspan"), _span(cell, "rowspan")


def _span(cell: Tag, name: str) -> int:
    if name not in cell.attrs:  # as most are
        return 1
    written = str(cell.attrs[name])
    return (
        min(max(int(written), 1), _MOST_SPAN)
        if written.isascii() and written.isdigit() and len(written) < 6
        else 1
    )


def _is_bold_row(cells: list[Tag]) -> bool:
    for cell in cells:
        text = cell.get_text(strip=True)
        bold = "".join(part.get_text(strip=True) for part in cell.find_all(("b", "strong")))
        if not text or len(bold) < len(text):
            return False
    return True
