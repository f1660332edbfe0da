"""The names of whole policies, as they head one of several documents on a page."""

# ruff: noqa: E501 (patterns are easier to read unbroken)
from __future__ import annotations

import re

_NAMES = (
    r"privacy|cookies?|acceptable use|fair use|fair usage|api|data processing|data protection|data privacy|security|refund"
    r"|subscription(?: services?)?|services?|service level|master(?: services?| subscription)?|license|licence|end user licen[sc]e"
    r"|user|customer|merchant|software|website|copyright|dmca|community|content|billing|cancellation|affiliate|partner"
    r"|intellectual property|anti-?spam|support|business associate|sub-?processors?|datenschutz|usage"
)
_TITLE = re.compile(
    rf"(?:[\w&.'’()-]+ ){{0,4}}?(?:(?:{_NAMES}) )+(?:policy|agreement|addendum|notice|statement|terms|list|guidelines)"
    r"(?:\s*\([^()]{1,24}\))?"
    r"|(?:[\w&.'’()-]+ ){0,4}?(?:general )?terms (?:of|and|&) (?:service|use|conditions|sale)(?:\s*\([^()]{1,24}\))?"
    r"|datenschutzerklärung|nutzungsbedingungen|allgemeine geschäftsbedingungen|politique de confidentialité"
    r"|conditions générales(?: d['’]utilisation| de vente)?",
    re.I,
)
_NO_TITLE = re.compile(
    r"^(?:changes|modifications?|amendments?|updates?|scope|purpose|about|contact|this|our|the|your)\b", re.I
)


def is_title(text: str) -> bool:
    """The name of a whole policy ("Acceptable Use Policy (AUP)")."""
    return len(text) <= 90 and not _NO_TITLE.match(text) and bool(_TITLE.fullmatch(text.rstrip(" .:")))
