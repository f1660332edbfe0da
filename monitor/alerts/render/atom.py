"""An Atom feed of alerts. The XML library escapes; what is no character of XML is taken out before."""

from __future__ import annotations

import re
from datetime import datetime
from xml.etree import ElementTree as ET

from monitor.alerts.alert import Alert
from monitor.alerts.render.content import Message, headline
from monitor.alerts.render.text import text
from monitor.alerts.render.words import plain

ATOM = "http://www.w3.org/2005/Atom"
MOST_ENTRIES = 200

_NO_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def atom(earlier: bytes | None, message: Message, *, title: str, at: datetime) -> bytes:
    """A feed with a message's alerts in front of its earlier entries; an alert stands in it once."""
    ET.register_namespace("", ATOM)
    feed = ET.Element(f"{{{ATOM}}}feed")
    _add(feed, "title", title)
    _add(feed, "id", f"urn:policy-monitor:{title}")
    _add(feed, "updated", at.isoformat())
    entries = [_entry(alert, message) for alert in reversed(message.alerts)] + _entries(earlier)
    seen: set[str | None] = set()
    for entry in entries:
        key = entry.findtext(f"{{{ATOM}}}id")
        if key not in seen and len(seen) < MOST_ENTRIES:
            feed.append(entry)
        seen.add(key)
    made: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return made


def _entries(earlier: bytes | None) -> list[ET.Element]:
    if not earlier:
        return []
    try:
        return ET.fromstring(earlier).findall(f"{{{ATOM}}}entry")  # noqa: S314  # our own file
    except ET.ParseError:
        return []


def _entry(alert: Alert, message: Message) -> ET.Element:
    entry = ET.Element(f"{{{ATOM}}}entry")
    _add(entry, "title", plain(headline(alert)))
    _add(entry, "id", f"urn:policy-monitor:{alert.key}")
    _add(entry, "updated", alert.at.isoformat())
    author = ET.SubElement(entry, f"{{{ATOM}}}author")
    _add(author, "name", "policy-monitor")
    if alert.url and alert.url.startswith(("https://", "http://")):
        ET.SubElement(entry, f"{{{ATOM}}}link", href=_xml(alert.url))
    for topic in alert.topics:
        ET.SubElement(entry, f"{{{ATOM}}}category", term=topic)
    _add(entry, "content", text(Message(message.id, (alert,))))
    return entry


def _add(parent: ET.Element, name: str, words: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}{name}").text = _xml(words)


def _xml(words: str) -> str:
    return _NO_XML.sub("", words)
