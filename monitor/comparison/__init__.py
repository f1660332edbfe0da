"""What differs between two documents: clauses aligned, words redlined, cosmetic differences named."""

from monitor.comparison.differences import Difference, differences, rewritten
from monitor.comparison.identity import clause_key, text_key
from monitor.comparison.normal import canonical
from monitor.comparison.suspicion import suspicion

__all__ = ["Difference", "canonical", "clause_key", "differences", "rewritten", "suspicion", "text_key"]
