"""Link targets, normalised so that they change only when they lead elsewhere."""

# ruff: noqa: E501 (patterns are easier to read unbroken)
from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

_TRACKING = re.compile(
    r"utm_\w+|gclid|fbclid|msclkid|dclid|yclid|mc_[ce]id|_h(?:sm|senc|smi)\w*|hs\w{0,8}|ref|ref_?src|referr?er|source|src|cid|icid"
    r"|session(?:_?id)?|s?id|token|nonce|csrf\w*|_ga|_gl|ts|time(?:stamp)?|cache\w*|cb|v|ver|version|hash|sig\w*|expires",
    re.I,
)
_CONTENT = re.compile(r"\.(?:pdf|docx?|xlsx?|odt|rtf|txt)$|/(?:document|download|file|attachment)", re.I)
_SCHEMES = ("http", "https", "mailto", "tel")
_LONGEST = 2000


def normalised(href: str, url: str | None) -> str:
    """Absolute where the page's address is known, no fragment, no query unless it picks the content; "" if no target."""
    href = re.sub(r"[\t\n\r]", "", href.strip())[:_LONGEST]
    try:
        parts = urlsplit(urljoin(url, href) if url else href)
    except ValueError:
        return ""
    if parts.scheme and parts.scheme.lower() not in _SCHEMES:
        return ""
    if parts.scheme in ("mailto", "tel"):
        return f"{parts.scheme}:{parts.path}".lower()
    if not (parts.netloc or parts.path):
        return ""
    return urlunsplit(
        (parts.scheme.lower(), parts.netloc.lower(), parts.path or "/", _query(parts.query), "")
    )


def is_internal(href: str, url: str | None) -> bool:
    """The link stays on the site of ``url`` (the same last two labels of the host)."""
    try:
        host = urlsplit(href.strip()).hostname
        home = urlsplit(url or "").hostname
    except ValueError:
        return False
    return not host or (bool(home) and host.split(".")[-2:] == (home or "").split(".")[-2:])


def _query(query: str) -> str:
    """What is left of a query without tracking, tokens and stamps."""
    if not query:
        return ""
    kept = [
        (name, value) for name, value in parse_qsl(query, max_num_fields=50) if not _TRACKING.fullmatch(name)
    ]
    return urlencode(kept)
