"""Microsoft Teams: an Adaptive Card for a workflow webhook. Words stand in ``TextRun``, which knows no markdown."""

from __future__ import annotations

import json
from typing import Any

from monitor.alerts.alert import Alert
from monitor.alerts.render.content import (
    Message,
    Part,
    Words,
    action,
    apart,
    commands,
    facts,
    headline,
    label,
    parts,
)
from monitor.alerts.render.words import plain, still

SIZE_LIMIT = 24_000
"""Bytes of a message; Teams refuses more than 28 kB."""

_COLOURS = {"high": "Attention", "medium": "Warning", "low": "Accent"}
_STYLES: dict[str, dict[str, Any]] = {
    "equal": {},
    "delete": {"strikethrough": True, "color": "Attention"},
    "insert": {"underline": True, "weight": "Bolder", "color": "Good"},
}

Element = dict[str, Any]


def teams(message: Message) -> dict[str, Any]:
    """The payload of a Teams workflow ("When a Teams webhook request is received")."""
    if len(message.alerts) == 1:
        return _payload(_single(message.alerts[0], message.footnotes), message.alerts[0].url)
    body = [_block([_run(message.title, size="Large", weight="Bolder")])]
    share = SIZE_LIMIT // len(message.alerts) - 100
    for alert in message.alerts:
        body += _within(_digested(alert), share)
    return _payload(body + _footnotes(message.footnotes), None)


def teams_words(words: str) -> dict[str, Any]:
    """A user's own text, as plain words."""
    lines = [_block([_run(plain(line) or " ")]) for line in words.splitlines()] or [_block([_run("(empty)")])]
    return _payload(_within(lines, SIZE_LIMIT), None)


def _single(alert: Alert, footnotes: tuple[str, ...]) -> list[Element]:
    head = " · ".join(part for part in (label(alert), plain(alert.subject, 120)) if part)
    colour = _COLOURS.get(alert.severity or "", "Default")
    body = [
        _block([_run(head, size="Large", weight="Bolder", color=colour)]),
        _block([_run(plain(alert.summary, 900), weight="Bolder")]),
        *(
            _block([_run(f"{name}: ", weight="Bolder"), _run(plain(value, 500))])
            for name, value in facts(alert)
        ),
        *(_block([_run(f"• {plain(line, 300)}")]) for line in alert.lines[:30]),
    ]
    if todo := action(alert):
        body.append(_block([_run("To do: ", weight="Bolder"), _run(todo)]))
    body += [_block([_run(command, fontType="Monospace")]) for command in commands(alert)]
    clauses = [_clause(part) for part in parts(alert)]
    notes = _footnotes(footnotes)
    return body + _within(clauses, SIZE_LIMIT - _size(body) - _size(notes) - 1500) + notes


def _digested(alert: Alert) -> list[Element]:
    colour = _COLOURS.get(alert.severity or "", "Default")
    head = _block([_run(headline(alert), weight="Bolder", color=colour)]) | {"separator": True}
    lines = [head]
    if todo := action(alert):
        lines.append(_block([_run("To do: ", weight="Bolder"), _run(todo)]))
    return lines + [
        _block([_run(f"{part.where}: ", weight="Bolder"), *_redline(part.words)]) for part in parts(alert)
    ]


def _clause(part: Part) -> Element:
    number = f"  #{part.id}" if part.id is not None else ""
    head = f"{part.number}. {part.mark} · {part.change} · {part.where}{number}"
    return {
        "type": "Container",
        "separator": True,
        "items": [
            _block([_run(head, weight="Bolder")]),
            _block(_redline(part.words)),
            *(_block([_run(f"Why: {why}", isSubtle=True)]) for why in part.reasons),
        ],
    }


def _redline(words: Words) -> list[Element]:
    return [_run(text, **_STYLES[op]) for op, text in apart(words)]


def _run(words: str, **style: Any) -> Element:
    return {"type": "TextRun", "text": still(words), **style}


def _block(runs: list[Element]) -> Element:
    return {"type": "RichTextBlock", "inlines": runs}


def _footnotes(lines: tuple[str, ...]) -> list[Element]:
    return [_block([_run(plain(line, 600), isSubtle=True, italic=True)]) for line in lines]


def _size(elements: Any) -> int:
    return len(json.dumps(elements, ensure_ascii=False).encode())


def _within(elements: list[Element], limit: int) -> list[Element]:
    """As many elements as fit, the first in any case, and a word about those that do not."""
    found: list[Element] = []
    for place, element in enumerate(elements):
        limit -= _size(element)
        if limit < 0 and place:
            rest = len(elements) - place
            return [*found, _block([_run(f"… and {rest} more, left out here", isSubtle=True)])]
        found.append(element)
    return found


def _payload(body: list[Element], url: str | None) -> dict[str, Any]:
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "body": body,
    }
    if url and url.startswith(("https://", "http://")):
        card["actions"] = [{"type": "Action.OpenUrl", "title": "Open the page", "url": url}]
    return {
        "type": "message",
        "attachments": [
            {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
        ],
    }
