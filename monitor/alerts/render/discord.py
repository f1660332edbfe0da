"""Discord: one embed for each alert. Markdown is escaped by backslash, mentions are switched off as well."""

from __future__ import annotations

import re
from typing import Any

from monitor.alerts.alert import Alert
from monitor.alerts.render.content import Message, Part, Words, action, commands, facts, label, parts
from monitor.alerts.render.words import plain, still

TOTAL_LIMIT = 5500
"""Characters in all embeds of a message; Discord refuses more than 6,000."""
DESCRIPTION_LIMIT = 4000
TITLE_LIMIT = 250
MOST_EMBEDS = 10

_COLOURS = {"high": 0xC62828, "medium": 0xEF6C00, "low": 0xF9A825}
_MARKS = {"equal": "{}", "delete": "~~{}~~", "insert": "**{}**"}


def discord(message: Message) -> dict[str, Any]:
    """The payload of a Discord webhook."""
    share = (TOTAL_LIMIT - 200) // len(message.alerts)
    embeds = [_embed(alert, share) for alert in message.alerts[:MOST_EMBEDS]]
    lines = [message.title] if len(message.alerts) > 1 else []
    return _payload(escaped(plain(" — ".join((*lines, *message.footnotes)), 900)), embeds)


def discord_words(words: str) -> dict[str, Any]:
    """A user's own text, as plain words."""
    lines = "\n".join(escaped(plain(line)) for line in words.splitlines())
    return _payload("", [{"description": _cut(lines, DESCRIPTION_LIMIT) or "(empty)"}])


def escaped(words: str) -> str:
    """Words that Discord's markdown leaves alone."""
    return still(re.sub(r"([\\*_~`|<>\[\]()#:+.-])", r"\\\1", words))


def _payload(content: str, embeds: list[dict[str, Any]]) -> dict[str, Any]:
    payload: dict[str, Any] = {"embeds": embeds, "allowed_mentions": {"parse": []}}
    return payload | {"content": content} if content else payload


def _embed(alert: Alert, share: int) -> dict[str, Any]:
    title = " · ".join(part for part in (label(alert), plain(alert.subject)) if part)
    embed: dict[str, Any] = {
        "title": _cut(escaped(plain(title, 200)), min(TITLE_LIMIT, share // 3)),
        "color": _COLOURS.get(alert.severity or "", 0x607D8B),
        "timestamp": alert.at.isoformat(),
    }
    if alert.url and alert.url.startswith(("https://", "http://")) and len(alert.url) < 500:
        embed["url"] = alert.url
    left = min(DESCRIPTION_LIMIT, share - len(embed["title"]) - 60)
    embed["description"] = _description(alert, left) or "…"
    return embed


def _description(alert: Alert, left: int) -> str:
    lines = [f"**{escaped(plain(alert.summary, 300))}**"]
    lines += [f"**{name}:** {escaped(plain(value, 240))}" for name, value in facts(alert)]
    lines += [escaped(f"• {plain(line, 160)}") for line in alert.lines]
    if todo := action(alert):
        lines.append(f"**To do:** {escaped(todo)}")
    lines += [f"`{command}`" for command in commands(alert)[:2]]
    text = _cut("\n".join(lines), left)
    clauses = parts(alert)
    for place, part in enumerate(clauses):
        block = "\n\n" + _clause(part)
        if len(text) + len(block) > left - 60:
            rest = len(clauses) - place
            more = f"\n\n… and {rest} more changed clause{'s' * (rest != 1)}, left out here"
            return text + more if len(text) + len(more) <= left else text
        text += block
    return text


def _clause(part: Part) -> str:
    number = f" `#{part.id}`" if part.id is not None else ""
    head = f"**{escaped(f'{part.number}. {part.mark} · {part.change} · {part.where}')}**{number}"
    return "\n".join([head, f"> {redline(part.words)}", *(escaped(f"Why: {why}") for why in part.reasons)])


def redline(words: Words) -> str:
    """``for ~~30~~ **90** days``; marks touch words, not spaces, or Discord would show the asterisks."""
    found = ""
    for op, text in words:
        inner = escaped(text.strip())
        if not inner:
            found += " "
            continue
        lead, tail = " " * text[0].isspace(), " " * text[-1].isspace()
        if op != "equal" and found.endswith(("*", "~")) and not lead:
            lead = " "
        found += lead + _MARKS[op].format(inner) + tail
    return found


def _cut(markup: str, limit: int) -> str:
    """Whole lines that fit; of a first line that does not, the beginning: escapes stay whole, our marks go."""
    if len(markup) <= limit:
        return markup
    head = markup[: max(limit - 2, 1)]
    if "\n" in head:
        return head[: head.rindex("\n")] + "\n…"
    return re.sub(r"(\\.)|[*~`\\]", lambda match: match[1] or "", head) + " …"
