"""The kinds of findings that turn into one another when a comparison is read backwards; all others stay."""

from __future__ import annotations

MIRROR = {
    "obligation_weakened": "obligation_strengthened",
    "right_removed": "right_added",
    "permission_widened": "permission_narrowed",
    "prohibition_added": "prohibition_removed",
    "period_shortened": "period_lengthened",
    "party_added": "party_removed",
    "scope_widened": "scope_narrowed",
    "clause_added": "clause_removed",
}
MIRROR |= {value: key for key, value in MIRROR.items()}
