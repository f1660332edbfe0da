"""What differs between two documents: clauses aligned, words redlined, cosmetic differences named.

Most looks compare nothing, they only ask whether the words are the known ones: what aligns and redlines is not loaded
before it is named.
"""

from typing import TYPE_CHECKING, Any

from monitor.comparison.identity import clause_key, text_key
from monitor.comparison.normal import canonical
from monitor.comparison.suspicion import suspicion

if TYPE_CHECKING:
    from monitor.comparison.compared import Difference, differences, rewritten

__all__ = ["Difference", "canonical", "clause_key", "differences", "rewritten", "suspicion", "text_key"]


def __getattr__(name: str) -> Any:
    if name not in ("Difference", "differences", "rewritten"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from monitor.comparison import compared

    return getattr(compared, name)
