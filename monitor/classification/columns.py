"""Rows of a table read with what their columns are called: "4 hours" says little, "Customer notified within: 4 hours"
says all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.classification.tables import table, word_set
from monitor.model import Clause

_ANSWERS = word_set(table("names")["answers"])
_GROUNDS = word_set(table("names")["grounds"])
_LONGEST_HEAD = 8
"""Words of a column's name."""
_FEWEST = 2
"""Columns of a table."""

Heads = Mapping[Clause, tuple[str, ...]]
"""What the columns of a row are called, for rows that do not say so themselves."""


def heads(clauses: Iterable[Clause]) -> dict[Clause, tuple[str, ...]]:
    """The names of the columns of unnamed rows, as the row says that stands above them (text with bars)."""
    found: dict[Clause, tuple[str, ...]] = {}
    head: tuple[str, ...] = ()
    for clause in clauses:
        cells = tuple(value for _, value in clause.cells)
        if len(cells) < _FEWEST or any(name for name, _ in clause.cells):
            head = ()
        elif len(cells) != len(head):
            head = cells if all(map(_may_be_name, cells)) else ()
        elif head:
            found[clause] = head
    return found


def _may_be_name(cell: str) -> bool:
    words = cell.split()
    return 0 < len(words) <= _LONGEST_HEAD and words[0].casefold() not in _ANSWERS and not cell[:1].isdigit()


def spoken(clause: Clause, names: Heads) -> str:
    """A clause's own words; of a row each cell after the name of its column, where the name says something."""
    if len(clause.cells) < _FEWEST:
        return clause.text
    called = names.get(clause) or tuple(name for name, _ in clause.cells)
    return " | ".join(
        f"{name.rstrip(' ?:')}: {value}" if name and _needs_name(name, value) else value
        for name, (_, value) in zip(called, clause.cells, strict=True)
    )


def _needs_name(name: str, value: str) -> bool:
    """Whether a cell says nothing by itself: a number, a yes or a no, what a choice rests on."""
    if not _GROUNDS.isdisjoint(name.casefold().split()):
        return True
    first = value.casefold().removeprefix("within ").split(maxsplit=1)[:1]
    return bool(first) and (
        first[0][0].isdigit() or first[0][0] in "$€£" or first[0].casefold().strip(".,") in _ANSWERS
    )
