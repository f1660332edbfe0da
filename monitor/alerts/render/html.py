"""HTML for mail, and the full redline that goes with it. Jinja2's autoescape is the one place that escapes."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from monitor.alerts.alert import Alert
from monitor.alerts.render.content import Message, Words, action, apart, commands, facts, label, parts
from monitor.alerts.render.words import plain, still

SIZE_LIMIT = 90_000
"""Characters of a mail, about: Gmail hides what is beyond 102 kB."""
LINE, HEAD, CLAUSE = 500, 4000, 1200
"""What markup adds to an alert's line in a digest, to an alert, to a clause."""


def html(message: Message, *, channel: str, whole: bool = False) -> str:
    """The message as a page; ``whole``: no clause is cut or left out."""
    return str(
        _template().render(
            title=still(message.title),
            digest=len(message.alerts) > 1,
            alerts=_alerts(message, whole),
            footnotes=[still(line) for line in message.footnotes],
            channel=channel,
        )
    )


def is_cut(message: Message) -> bool:
    """Whether a mail of it leaves something out, so that the whole redline has to be attached."""
    return any(alert["cut"] for alert in _alerts(message, False))


def _alerts(message: Message, whole: bool) -> list[dict[str, Any]]:
    """As many alerts as fit with their clauses; of the others, the line at the top is all there is."""
    left = SIZE_LIMIT - LINE * len(message.alerts)
    share = left // len(message.alerts) - HEAD
    found: list[dict[str, Any]] = []
    for alert in message.alerts:
        made = _alert(alert, share, whole)
        left -= HEAD + CLAUSE * len(made["parts"])
        left -= sum(len(text) for part in made["parts"] for _, text in part["words"])
        if left < 0 and found and not whole:
            made |= {"detailed": False, "cut": True}
        found.append(made)
    return found


def _alert(alert: Alert, share: int, whole: bool) -> dict[str, Any]:
    shown: list[dict[str, Any]] = []
    clauses = parts(alert)
    for part in clauses:
        words = part.whole if whole else part.words
        share -= sum(len(text) for _, text in words) + CLAUSE
        if share < 0 and shown and not whole:
            break
        shown.append(
            {
                "severity": part.severity,
                "mark": part.mark,
                "where": still(part.where),
                "change": part.change,
                "id": part.id,
                "words": _still(apart(words)),
                "reasons": [still(reason) for reason in part.reasons],
            }
        )
    return {
        "label": label(alert) or "CHANGED",
        "severity": alert.severity,
        "subject": still(plain(alert.subject)),
        "summary": still(plain(alert.summary, 1000)),
        "action": action(alert),
        "facts": [(name, value if name == "For" else still(value)) for name, value in facts(alert)],
        "lines": [still(plain(line, 500)) for line in alert.lines],
        "parts": shown,
        "left_out": len(clauses) - len(shown),
        "cut": len(clauses) > len(shown) or any(part.words != part.whole for part in clauses),
        "detailed": True,
        "url": alert.url if alert.url and alert.url.startswith(("https://", "http://")) else None,
        "commands": commands(alert),
    }


def _still(words: Words) -> Words:
    return tuple((op, still(text)) for op, text in words)


@cache
def _template() -> Any:
    environment = Environment(
        loader=PackageLoader("monitor.alerts", "render"), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("mail.html.j2")
