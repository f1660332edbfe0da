"""What to do about each kind of fetch error, in one sentence."""

from __future__ import annotations

from monitor.errors import FetchErrorKind

_ADVICE: dict[str, str] = {
    "dns": "Check the host name in the policy's url and this machine's name resolution.",
    "connect": "See whether the page opens elsewhere, and whether a firewall or proxy stands in the way.",
    "tls": "Tell the vendor that the certificate does not hold, or name your own authority in ca_file.",
    "timeout": "Raise timeout if the page is worth the wait.",
    "http": "Open the address in a browser; if the page has moved, correct the policy's url.",
    "blocked": "Ask the vendor to let your user_agent in, or set browser = true for this policy.",
    "too_large": "Raise max_bytes if this really is the policy.",
    "truncated": "It is tried again; if the answer stays cut off, tell the vendor.",
    "not_text": "Point the policy's url to the page or PDF that holds the text, not to an image or archive.",
    "encoding": "Tell the vendor that the server sends a coding nobody asked for, or set browser = true.",
    "parse": "See what `policy-monitor extract URL` says, and report the page.",
    "guard": "Correct the url; if it leads into your own network, list that network in allow_private.",
    "robots": 'Ask the vendor, or set robots = "warn" if you may fetch the page all the same.',
    "redirect": "Put the address where the page ends up into the policy's url.",
    "browser": "Install Chromium and the [browser] extra, or set browser = false.",
}


def advice(kind: FetchErrorKind | str) -> str:
    """One sentence on the cure for a ``FetchError.kind``, empty for an unknown kind."""
    return _ADVICE.get(kind, "")
