"""Lists of those who get data, as tables and as items: how to tell one, and who an entry names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from monitor.classification.tables import table, word_set
from monitor.model import Clause

_WORDS = table("names")
_TABLE = {column: word_set(line) for column, line in _WORDS["recipient_table"].items()}
SURELY_RECIPIENTS = word_set(_WORDS["surely"]["recipients"])
"""Words for those who get data, and nobody else."""
_FUNCTIONS = word_set(_WORDS["functions"])
_SEPARATOR = re.compile(r"[,:;(|]|\s[-–—]\s")
_COLUMNS = 2
_NAME_WORDS = 5
_SEVERAL = 2
_LONGEST = 12
"""Words of an item that names a recipient and what it does."""
_SMALL = frozenset(("of", "and", "the", "&", "de", "for", "by"))


def lists_recipients(clauses: Iterable[Clause]) -> bool:
    """Whether one of the clauses heads a table of those who get data, or several are entries of a list of them."""
    entries = 0
    for clause in clauses:
        if clause.cells:
            if heads_table(clause):
                return True
        elif clause.kind == "item":
            entries += is_entry(clause)
    return entries >= _SEVERAL


def heads_table(clause: Clause) -> bool:
    """Whether a row is the head of such a table: "Vendor | Purpose | Country"."""
    if len(clause.cells) < _COLUMNS:
        return False
    first, *others = (frozenset(text.casefold().split()) for _, text in clause.cells)
    return bool(first & _TABLE["first"]) and all(words & _TABLE["others"] for words in others)


def entry_name(clause: Clause) -> str:
    """What an entry begins with, up to the first comma, dash, colon or bracket, if it looks like a name."""
    first = clause.cells[0][1] if clause.cells else clause.text
    name = _SEPARATOR.split(first, maxsplit=1)[0].strip()
    words = name.split()
    if not 0 < len(words) <= _NAME_WORDS:
        return ""
    return name if all(word[0].isupper() or word[0].isdigit() or word in _SMALL for word in words) else ""


def is_entry(clause: Clause) -> bool:
    """Whether an item names somebody and what they do: "Sentry: error tracking", "OVHcloud (hosting, Roubaix)"."""
    if clause.cells or len(clause.text.split()) > _LONGEST:
        return False
    name = entry_name(clause)
    rest = re.findall(r"[a-z-]+", clause.text[len(name) :].casefold())
    return bool(name) and not _FUNCTIONS.isdisjoint(rest)
