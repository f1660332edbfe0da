"""Plain text: the text part of a mail, and what simple services get. Marks: ``[-old-]{+new+}``."""

from __future__ import annotations

from textwrap import fill

from monitor.alerts.alert import Alert
from monitor.alerts.render.content import Message, Part, Words, action, commands, facts, label, parts
from monitor.alerts.render.words import plain, still

WIDTH = 78


def text(message: Message, *, limit: int = 60_000, width: int = WIDTH) -> str:
    """The whole message; cut at clause borders where ``limit`` characters do not hold it."""
    share = max(limit // len(message.alerts) - 40, 300)
    blocks = [_alert(alert, share, width) for alert in message.alerts]
    rule = "\n\n" + "=" * min(width, 40) + "\n\n"
    body = rule.join(blocks)
    if len(message.alerts) > 1:
        body = f"{still(message.title)}\n\n" + body
    for line in message.footnotes:
        body += f"\n\n({still(line)})"
    return body


def marked(words: Words) -> str:
    """``We keep it for [-30-]{+90+} days.``"""
    marks = {"equal": "{}", "delete": "[-{}-]", "insert": "{{+{}+}}"}
    return still("".join(marks[op].format(words_) for op, words_ in words))


def _alert(alert: Alert, limit: int, width: int) -> str:
    head = " · ".join(part for part in (label(alert), still(plain(alert.subject))) if part)
    lines = [head, fill(still(plain(alert.summary)), width), ""]
    pairs = [(name, value if name == "For" else still(value)) for name, value in facts(alert)]
    if alert.url:
        pairs.append(("Page", plain(alert.url)))
    if todo := action(alert):
        pairs.append(("To do", todo))
    margin = max((len(name) for name, _ in pairs), default=0) + 2
    for name, value in pairs:
        lead = f"{name}:".ljust(margin + 1)
        lines.append(lead + value if name == "Page" else _filled(value, width, lead, " " * (margin + 1)))
    lines += [" " * (margin + 1) + command for command in commands(alert)]
    lines += ["", *(still(plain(line)) for line in alert.lines)] if alert.lines else []
    return "\n".join(lines).rstrip() + _clauses(parts(alert), limit - sum(map(len, lines)), width)


def _filled(words: str, width: int, first: str = "   ", rest: str = "   ") -> str:
    """Lines of whole words."""
    return fill(
        words,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _clauses(clauses: list[Part], left: int, width: int) -> str:
    text = ""
    for place, part in enumerate(clauses):
        block = _clause(part, width)
        if len(block) > left and place:
            rest = len(clauses) - place
            return text + f"\n\n… and {rest} more changed clause{'s' * (rest != 1)}, left out here."
        text += block
        left -= len(block)
    return text


def _clause(part: Part, width: int) -> str:
    number = f"  (#{part.id})" if part.id is not None else ""
    head = f"{part.number}. {part.mark} · {part.change} · {still(part.where)}{number}"
    lines = ["", "", head, _filled(marked(part.words), width)]
    lines += [_filled(f"Why: {still(reason)}", width) for reason in part.reasons]
    return "\n".join(lines)
