"""E-mail: plain text that reads well alone, the same as HTML, and the headers that thread and file it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from monitor.alerts.render.content import Message
from monitor.alerts.render.html import html, is_cut
from monitor.alerts.render.text import text
from monitor.alerts.render.words import plain, still

SUBJECT_LIMIT = 180

Person = tuple[str, str]
"""Name (may be empty) and address."""


def mail(
    message: Message,
    *,
    channel: str,
    sender: Person,
    to: Sequence[Person],
    cc: Sequence[Person] = (),
    reply_to: Sequence[Person] = (),
    at: datetime,
    own_text: str | None = None,
) -> EmailMessage:
    """A mail, ready to be sent; the same message has the same Message-ID, so a repetition can be recognised.

    Args:
        own_text: what a user's template made; it replaces the text, and there is no HTML then.
    """
    domain = sender[1].rpartition("@")[2] or "localhost"
    letter = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    letter["Subject"] = plain(message.title, SUBJECT_LIMIT)
    letter["From"] = _address(sender)
    letter["To"] = [_address(person) for person in to]
    if cc:
        letter["Cc"] = [_address(person) for person in cc]
    if reply_to:
        letter["Reply-To"] = [_address(person) for person in reply_to]
    letter["Date"] = format_datetime(at)
    letter["Message-ID"] = f"<{message.id}@{domain}>"
    for name, value in _headers(message, channel, domain).items():
        letter[name] = value
    if own_text is not None:
        letter.set_content("\n".join(still(plain(line)) for line in own_text.splitlines()) + "\n")
        return letter
    letter.set_content(text(message) + "\n")
    letter.add_alternative(html(message, channel=channel), subtype="html")
    if is_cut(message):
        whole = html(message, channel=channel, whole=True)
        letter.add_attachment(whole.encode(), maintype="text", subtype="html", filename="redline.html")
    return letter


def _headers(message: Message, channel: str, domain: str) -> dict[str, str]:
    headers = {
        "List-Id": f"policy-monitor alerts <{_token(channel)}.policy-monitor.{_host(domain)}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    watches = {alert.watch for alert in message.alerts}
    if len(watches) == 1 and (watch := watches.pop()):
        thread = hashlib.sha256(watch.encode()).hexdigest()[:24]
        headers |= {"In-Reply-To": f"<policy.{thread}@{domain}>", "References": f"<policy.{thread}@{domain}>"}
    if any(alert.severity == "high" for alert in message.alerts):
        headers |= {"Importance": "high", "X-Priority": "2"}
    return headers


def _address(person: Person) -> Address:
    name, spec = person
    return Address(plain(name, 100), addr_spec=spec)


def _token(words: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", words.lower())) or "channel"


def _host(domain: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]", "", domain) or "localhost"
