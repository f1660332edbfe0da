"""A cheap fingerprint of what a full reading would use: equal fingerprints mean an equal document.

One pass of a regular expression over the source instead of a parser: scripts, styles, comments and the attributes
that no reader looks at (tokens, nonces, data of the page's own code) fall away, everything else counts as it is
written. Where the source is so twisted that the pass and a parser might disagree, all of it counts.
"""

# ruff: noqa: E501 (patterns are easier to read unbroken)
from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b
from html import unescape

from monitor.extraction import EXTRACTOR_VERSION
from monitor.extraction.encoding import decode
from monitor.extraction.formats import sniff
from monitor.extraction.links import normalised

_ATTRIBUTES = r"(?:[^<>\"'=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'<>]*+))*+"
_RAW = "script|style|textarea|iframe|noembed|noframes|xmp"
_TOKEN = re.compile(
    rf"<!--(?:-?>|(?:[^-]++|-(?!-!?>))*+(?:--!?>)?)|<(?i:({_RAW})\b){_ATTRIBUTES}>(?:[^<]++|<(?!/(?i:{_RAW})))*+"
    rf"|(<(?i:title\b){_ATTRIBUTES}>[^<]*+<(?!/(?i:title)[\s/>]))"
    rf"|<(/?[a-zA-Z][^\s/<>\"'=]*+)({_ATTRIBUTES})>([^<]*+)"
    r"|([^<]++|<[!?][^>]*+>|<(?![a-zA-Z/!?]))|(<)"
)
"""What nobody reads (only that it is there counts), a title with a trap, a tag with the text after it, other text, what only a parser understands."""
_ATTRIBUTE = re.compile(r"([^\s=/]++)(?:\s*+=\s*+(\"[^\"]*+\"|'[^']*+'|[^\s\"']++))?")
_KEPT = frozenset(
    [
        "class",
        "id",
        "href",
        "lang",
        "role",
        "start",
        "colspan",
        "rowspan",
        "data-cfemail",
        "hidden",
        "style",
        "shadowroot",
        "shadowrootmode",
        "aria-hidden",
        "aria-live",
        "aria-expanded",
        "aria-controls",
        "aria-level",
        "aria-modal",
        "aria-label",
    ]
)
_KEPT_ON = frozenset(
    (
        ("li", "value"),
        ("ol", "type"),
        ("input", "type"),
        ("a", "name"),
        ("time", "datetime"),
        ("meta", "http-equiv"),
    )
)
_PRESENCE = frozenset(("aria-controls", "hidden"))
_UNREAD = frozenset(("link", "base", "path", "source", "img", "use", "g", "rect", "circle"))


def fingerprint_of(
    body: bytes, *, content_type: str, url: str | None, select: str | None, remove: tuple[str, ...]
) -> str:
    """See ``monitor.extraction.fingerprint``."""
    if sniff(body, content_type)[0] == "html":
        content = _fingerprint_html(decode(body, content_type), whole="[" in f"{select}{''.join(remove)}")
    else:
        content = blake2b(body, digest_size=16).digest()
    digest = blake2b(content, digest_size=16)
    for option in (EXTRACTOR_VERSION, content_type, url or "", select or "", *remove):
        digest.update(b"\0" + option.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _fingerprint_html(text: str, *, whole: bool) -> bytes:
    """Digest of the source of a page. ``whole``: attributes may all matter (somebody selects by them)."""
    seen = _seen(text) if not whole else None
    return blake2b((text if seen is None else seen).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _seen(text: str) -> str | None:
    """The source without what no reader looks at, None if that cannot be told for sure."""
    if "<plaintext" in text:
        return None
    parts: list[str] = []
    for raw, trap, name, attributes, words, other, stray in _TOKEN.findall(text):
        if name:
            parts.append(_tag(name, attributes))
            parts.append(words)
        elif trap or stray:
            return None
        else:
            parts.append(other or raw.lower())
    return "".join(parts)


@lru_cache(maxsize=16_384)
def _tag(name: str, attributes: str) -> str:
    """A tag with the attributes that a reading may use."""
    name = name.lower()
    if name in _UNREAD and "canonical" not in attributes:
        return ""
    if not attributes:
        return f"<{name}>"
    if name == "meta":
        return f"<meta {attributes}>" if "refresh" in attributes.lower() else ""
    kept = [name]
    for attribute, value in _ATTRIBUTE.findall(attributes):
        attribute = attribute.lower()
        if attribute not in _KEPT and (name, attribute) not in _KEPT_ON:
            continue
        if attribute in _PRESENCE:
            value = ""
        elif attribute == "style" and "weight" not in value:
            continue
        elif attribute == "href" and "?" in value:
            value = normalised(unescape(value.strip("\"'")), "https://page.invalid/") or value
        kept.append(f"{attribute}={value}")
    return f"<{' '.join(kept)}>"
