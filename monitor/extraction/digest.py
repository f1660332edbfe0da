"""A cheap fingerprint of what a full reading would use: equal fingerprints mean an equal document.

One pass of a regular expression over the source instead of a parser: scripts, styles, comments and the attributes
that no reader looks at (tokens, nonces, data of the page's own code) fall away, everything else counts as it is
written. Where the source is so twisted that the pass and a parser might disagree, all of it counts.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b
from html import unescape

from monitor.extraction import EXTRACTOR_VERSION
from monitor.extraction.links import normalised
from monitor.extraction.source import Source

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

_ATTRIBUTE = re.compile(r"([^\s=/]++)(?:\s*+=\s*+(\"[^\"]*+\"|'[^']*+'|[^\s\"']++))?")
_QUOTED = r"(?:\"[^\"]*+\"|'[^']*+')"
_ATTRIBUTES = rf"[^<>\"'=]*+(?:=\s*+(?:{_QUOTED}|[^\s\"'<>]*+)[^<>\"'=]*+)*+"
"""Of a tag, up to its end."""
_RAW = "script|style|textarea|iframe|noembed|noframes|xmp"
_AS_WRITTEN = "|".join(sorted(_KEPT - _PRESENCE - {"href", "style"}))
_LOOKED_AT = "|".join(sorted(_KEPT.union(name for _, name in _KEPT_ON)))
_USUAL = rf"(?!(?:{_RAW}|title|meta|{'|'.join(sorted(_UNREAD))})\b)[a-z][a-z0-9]*+"
_COUNTING = rf"(?: (?:(?:{_AS_WRITTEN})=\"[^\"<]*+\"|href=\"[^\"?<]*+\"))*+"
_NOT_COUNTING = rf"(?:\s++(?!(?:{_LOOKED_AT})[\s=/>])[a-z][a-z0-9-]*+(?:={_QUOTED}|(?=[\s>])))*+"
"""Attributes of a usual element that count as they are written, and such as do not count."""
_TOKEN = re.compile(
    # Passed over: the end of an element, a tag all of whose attributes count, what is no tag.
    rf"<(?!/[a-z][a-z0-9]*+>|{_USUAL}{_COUNTING}>|[^a-zA-Z/!?]|\Z)(?:"
    # A tag like most others: what counts stands together in it.
    rf"(?P<usual>{_USUAL}){_NOT_COUNTING}(?P<counting>{_COUNTING}){_NOT_COUNTING}>"
    # What nobody reads: only that it is there counts.
    rf"|(?i:(?P<raw>{_RAW})\b){_ATTRIBUTES}>(?:[^<]++|<(?!/(?i:{_RAW})))*+"
    # A title with markup in it, which is none there.
    rf"|(?P<trap>(?i:title\b){_ATTRIBUTES}>[^<]*+<(?!/(?i:title)[\s/>]))"
    # Any other tag.
    rf"|(?P<name>/?[a-zA-Z][^\s/<>\"'=]*+)(?P<attributes>{_ATTRIBUTES})>"
    # A comment.
    r"|!--(?:-?>|(?:[^-]++|-(?!-!?>))*+(?:--!?>)?)"
    r"|(?P<declared>[!?][^>]*+>)"
    # What only a parser understands.
    r"|(?P<stray>))"
)
"""Where the source does not count as it is written."""


class _TwistedError(Exception):
    """The pass and a parser might disagree."""


def fingerprint_of(source: Source, *, url: str | None, select: str | None, remove: tuple[str, ...]) -> str:
    """See ``monitor.extraction.fingerprint``."""
    if source.format[0] == "html":
        content = _fingerprint_html(source.text, whole="[" in f"{select}{''.join(remove)}")
    else:
        content = blake2b(source.body, digest_size=16).digest()
    digest = blake2b(content, digest_size=16)
    for option in (EXTRACTOR_VERSION, source.content_type, url or "", select or "", *remove):
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
    try:
        return _TOKEN.sub(_counting, text)
    except _TwistedError:
        return None


def _counting(token: re.Match[str]) -> str:
    """What of a token counts."""
    match token.lastgroup:
        case "counting":
            return f"<{token['usual']}{token['counting']}>"
        case "attributes":
            return _tag(token["name"], token["attributes"])
        case "raw":
            return token["raw"].lower()
        case "declared":
            return token[0]
        case None:
            return ""
    raise _TwistedError


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
