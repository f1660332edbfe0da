"""Slack: Block Kit. Vendors' words stand only in ``rich_text`` runs and ``plain_text``, which Slack never parses:
no mention, link, emoji or style can come alive there. The fallback ``text`` is parsed, so it is escaped here.
"""

from __future__ import annotations

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
from monitor.alerts.render.text import marked
from monitor.alerts.render.words import cut, plain, still

BLOCK_LIMIT = 2900
"""Characters in a block; Slack refuses more than 3,000."""
MOST_BLOCKS = 48
MESSAGE_LIMIT = 14_000
"""Characters in all blocks: beyond, a message is a document, and documents are linked."""
HEADER_LIMIT = 150
TEXT_LIMIT = 3000

_LIGHTS = {"high": "🔴", "medium": "🟠", "low": "🟡"}
_STYLES: dict[str, dict[str, bool]] = {"equal": {}, "delete": {"strike": True}, "insert": {"bold": True}}

Run = dict[str, Any]
Block = dict[str, Any]


def slack(message: Message) -> dict[str, Any]:
    """The payload of an incoming webhook or of ``chat.postMessage``."""
    blocks = _digest(message) if len(message.alerts) > 1 else _single(message.alerts[0])
    blocks += [_context(line) for line in message.footnotes]
    return {
        "text": escaped(_fallback(message)),
        "blocks": blocks,
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def slack_words(words: str) -> dict[str, Any]:
    """A user's own text, as plain words: blocks of whole lines."""
    blocks: list[Block] = []
    rest = "\n".join(still(plain(line)) for line in words.splitlines()).strip() or "(empty)"
    while rest and len(blocks) < MOST_BLOCKS:
        size = (
            len(rest) if len(rest) <= BLOCK_LIMIT else (rest.rfind("\n", 1, BLOCK_LIMIT) + 1 or BLOCK_LIMIT)
        )
        blocks.append(
            {"type": "section", "text": {"type": "plain_text", "text": rest[:size], "emoji": False}}
        )
        rest = rest[size:]
    return {"text": escaped(still(plain(words, 300))), "blocks": blocks, "mrkdwn": False}


def escaped(words: str) -> str:
    """The three characters by which Slack's markup begins and ends."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _fallback(message: Message) -> str:
    lines = [message.title]
    if len(message.alerts) == 1:
        lines += [f"{part.where}: {marked(part.words)}" for part in parts(message.alerts[0])[:5]]
    return cut(still(" — ".join(plain(line) for line in lines)), TEXT_LIMIT - 600)


def _single(alert: Alert) -> list[Block]:
    head = " · ".join(part for part in (label(alert), plain(alert.subject)) if part)
    blocks = [_header(_LIGHTS.get(alert.severity or "", "📄"), head), _rich(_lead(alert))]
    clauses = parts(alert)
    if not clauses:
        return blocks
    blocks.append({"type": "divider"})
    left = MESSAGE_LIMIT
    for place, part in enumerate(clauses):
        block = _rich(_clause(part))
        left -= _size(block)
        if (left < 0 and place) or len(blocks) >= MOST_BLOCKS - 4:
            blocks.append(_left_out(len(clauses) - place, alert))
            break
        blocks.append(block)
    return blocks


def _digest(message: Message) -> list[Block]:
    blocks = [_header("📋", message.title)]
    share = min(BLOCK_LIMIT, MESSAGE_LIMIT // len(message.alerts))
    for alert in message.alerts[: MOST_BLOCKS - 4]:
        runs = [_run(headline(alert), bold=True), *_newline(_page(alert)), *_todo(alert)]
        clauses = parts(alert)
        for place, part in enumerate(clauses):
            more = [_run(f"\n{part.where}: "), *_redline(part.words)]
            if sum(map(_length, runs + more)) > share:
                runs.append(_run(f"\n… and {len(clauses) - place} more"))
                break
            runs += more
        blocks.append(_rich([_section(_fitting(runs))]))
    return blocks


def _lead(alert: Alert) -> list[Block]:
    """The summary, what to know and what to do."""
    runs = [_run(plain(alert.summary, 900), bold=True)]
    for name, value in facts(alert):
        runs += [_run(f"\n{name}: ", bold=True), _run(plain(value, 400))]
    for line in alert.lines[:20]:
        runs.append(_run(f"\n• {plain(line, 200)}"))
    runs += [*_newline(_page(alert)), *_todo(alert)]
    elements = [_section(_fitting(runs, BLOCK_LIMIT - 300))]
    if lines := commands(alert):
        elements.append({"type": "rich_text_preformatted", "elements": [_run(cut("\n".join(lines), 280))]})
    return elements


def _todo(alert: Alert) -> list[Run]:
    todo = action(alert)
    return [_run("\nTo do: ", bold=True), _run(todo)] if todo else []


def _page(alert: Alert) -> list[Run]:
    if not alert.url or not alert.url.startswith(("https://", "http://")):
        return []
    return [{"type": "link", "url": alert.url[:2000], "text": "Open the page"}]


def _newline(runs: list[Run]) -> list[Run]:
    return [_run("\n"), *runs] if runs else []


def _clause(part: Part) -> list[Block]:
    number = f"  #{part.id}" if part.id is not None else ""
    light = _LIGHTS.get(part.severity or "", "")
    head = f"{part.number}. {light} {part.mark} · {part.change} · {part.where}".replace(".  ", ". ")
    elements = [
        _section([_run(plain(head, 400), bold=True), _run(number)]),
        {"type": "rich_text_quote", "elements": _fitting(_redline(part.words), BLOCK_LIMIT - 1000)},
    ]
    if part.reasons:
        elements.append(_section(_fitting([_run("\n".join(f"Why: {why}" for why in part.reasons))], 550)))
    return elements


def _redline(words: Words) -> list[Run]:
    return [_run(text, **_STYLES[op]) for op, text in apart(words)]


def _left_out(rest: int, alert: Alert) -> Block:
    where = f": policy-monitor history {alert.watch} names them" if alert.watch else ""
    return _context(f"… and {rest} more changed clause{'s' * (rest != 1)}, left out here{where}")


def _run(words: str, **style: bool) -> Run:
    run: Run = {"type": "text", "text": still(words) or " "}
    return run | {"style": style} if style else run


def _section(runs: list[Run]) -> Block:
    return {"type": "rich_text_section", "elements": runs}


def _rich(elements: list[Block]) -> Block:
    return {"type": "rich_text", "elements": elements}


def _header(light: str, words: str) -> Block:
    text = plain(still(f"{light} {plain(words)}"), HEADER_LIMIT)
    return {"type": "header", "text": {"type": "plain_text", "text": text, "emoji": False}}


def _context(words: str) -> Block:
    return {
        "type": "context",
        "elements": [{"type": "plain_text", "text": still(plain(words, 1500)), "emoji": False}],
    }


def _length(run: Run) -> int:
    return len(run["text"]) + len(run.get("url", ""))


def _size(block: Block) -> int:
    return sum(_length(run) for element in block["elements"] for run in element["elements"])


def _fitting(runs: list[Run], limit: int = BLOCK_LIMIT) -> list[Run]:
    """As many runs as fit, the last one cut."""
    found: list[Run] = []
    for run in runs:
        size = _length(run)
        if size > limit:
            if run["type"] == "text" and limit > 20:
                found.append(run | {"text": cut(run["text"], limit)})
            break
        found.append(run)
        limit -= size
    return found or [_run("…")]
