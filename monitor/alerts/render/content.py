"""What a message says, before any markup: the same words in the same order for every medium.

In five seconds: what changed (headline), whether it matters (severity), for whom, what to do. Then clauses.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.alerts.alert import Alert
from monitor.alerts.render.words import cut, plain
from monitor.model import SEVERITIES, Change, Comparison, WordOp

Words = tuple[tuple[WordOp, str], ...]

CONTEXT = 90
"""Characters of unchanged words that are shown on either side of a change inside a clause."""
CLAUSE_LIMIT = 1600
"""Characters of one clause's redline; longer ones are cut, and say so."""


MOST_REASONS = 3


@dataclass(frozen=True, slots=True)
class Message:
    """What goes out at once: one alert, or the several of a digest."""

    id: str
    alerts: tuple[Alert, ...]
    digest: str | None = None
    repeated: bool = False
    """It may have arrived before: an earlier attempt ended without an answer."""
    chain_head: tuple[int, str] | None = None
    """Number and hash of the evidence chain's last record when a digest was made: a witness outside of us."""
    note: str = ""
    """What the sender has to say about the message itself."""

    @property
    def title(self) -> str:
        if len(self.alerts) == 1:
            return headline(self.alerts[0])
        counts = Counter(alert.severity for alert in self.alerts)
        heavy = ", ".join(f"{counts[level]} {level}" for level in reversed(SEVERITIES) if counts[level])
        names = list(dict.fromkeys(plain(a.vendor, 40) for a in self.alerts if a.vendor))
        who = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        tail = f": {who}" if who else ""
        return f"{len(self.alerts)} alerts" + (f" ({heavy})" if heavy else "") + tail

    @property
    def footnotes(self) -> tuple[str, ...]:
        repeated = "This may have reached you before: an earlier try ended without an answer."
        chain = "Evidence chain: record {}, {}".format(*self.chain_head) if self.chain_head else ""
        lines = (plain(self.note, 600), repeated if self.repeated else "", chain)
        return tuple(line for line in lines if line)


@dataclass(frozen=True, slots=True)
class Part:
    """One changed clause."""

    number: int
    id: int | None
    mark: str
    """``HIGH``, ``LOW``, ``editorial``…"""
    severity: str | None
    change: str
    where: str
    topics: str
    words: Words
    whole: Words
    reasons: tuple[str, ...]


_LABELS = {
    "change": "",
    "reverted": "ROLLED BACK",
    "blind": "BLIND",
    "recovered": "READABLE AGAIN",
    "moved": "MOVED",
    "replaced": "REPLACED",
    "chronic": "RESTLESS PAGE",
    "channel_failed": "CHANNEL FAILED",
    "alive": "ALIVE",
    "reminder": "REMINDER",
    "test": "TEST",
}


def label(alert: Alert) -> str:
    """``HIGH``, ``ROLLED BACK · LOW``, ``BLIND``: whether it matters, in capitals."""
    weight = alert.severity.upper() if alert.severity else (alert.verdict or "").upper()
    return " · ".join(part for part in (_LABELS[alert.kind], weight) if part)


def headline(alert: Alert) -> str:
    """``HIGH · Acme · privacy: one sentence``."""
    head = " · ".join(part for part in (label(alert), plain(alert.subject, 80)) if part)
    return f"{head}: {plain(alert.summary, 300)}"


def tally(alert: Alert) -> str:
    """``3 clauses changed: 1 high, 2 low; 2 cosmetic changes besides``."""
    if alert.comparison is None:
        return ""
    changes = alert.comparison.changes
    weights = Counter[str](change.severity or change.verdict for change in changes)
    cosmetic = weights.pop("cosmetic", 0)
    order = (*reversed(SEVERITIES), "material", "editorial")
    told = sum(weights.values())
    parts = ", ".join(f"{weights[name]} {name}" for name in order if weights[name])
    text = f"{told} clause{'s' * (told != 1)} changed: {parts}" if told else ""
    besides = f"{cosmetic} cosmetic change{'s' * (cosmetic != 1)}" + (" besides" if told else "")
    return "; ".join(part for part in (text, besides if cosmetic else "") if part)


def facts(alert: Alert) -> list[tuple[str, str]]:
    """What one needs to know, label by label, in the order of use."""
    found: list[tuple[str, str]] = []
    who = alert.owner or ""
    tags = ", ".join(alert.tags)
    if who or tags:
        found.append(("For", plain(who + (f" ({tags})" if who and tags else tags))))
    if alert.comparison is not None:
        found.append(("Changed", tally(alert)))
        if topics := _topics(alert.comparison):
            found.append(("Topics", topics))
        if alert.kind == "reverted" and alert.reason:
            found.append(("Rolled back", plain(alert.reason, 300)))
        found += _dates(alert)
        found += [("Note", plain(note, 300)) for note in alert.comparison.notes]
    else:
        if alert.since:
            found.append(("Since", day_and_time(alert.since)))
        if alert.reason:
            found.append(("Why", plain(alert.reason, 500)))
    return found


def _topics(comparison: Comparison) -> str:
    """Of the changes that carry the verdict."""
    weighty = [change for change in comparison.changes if change.verdict == comparison.verdict]
    names = dict.fromkeys(topic_name(topic) for change in weighty for topic in change.topics)
    return ", ".join(list(names)[:8])


def _dates(alert: Alert) -> list[tuple[str, str]]:
    comparison, found = alert.comparison, []
    assert comparison is not None  # noqa: S101
    before, after = comparison.before_stated_date, comparison.after_stated_date
    if comparison.silent:
        found.append(
            ("Silent", f"the words changed, the stated date{f' ({after})' if after else ''} did not")
        )
    elif after and before and before != after:
        found.append(("Stated date", f"{before} → {after}"))
    elif after:
        found.append(("Stated date", after))
    if alert.effective_date:
        found.append(("Effective", alert.effective_date))
    if alert.objection_deadline:
        basis = plain(alert.objection_basis, 240)
        found.append(("Object by", alert.objection_deadline + (f" ({basis})" if basis else "")))
    return [(name, plain(value)) for name, value in found]


def action(alert: Alert) -> str:
    """What to do, in one sentence; empty when nothing is."""
    match alert.kind:
        case "change" | "reminder" | "reverted" if alert.verdict == "material":
            read = "Read the changed clauses"
            if alert.objection_deadline:
                read += f" and decide by {alert.objection_deadline} whether to object"
            elif alert.severity == "high":
                read += " today and decide whether you can accept them"
            return f"{read}, then acknowledge." if alert.change_ids else f"{read}."
        case "change" | "reminder" | "reverted":
            return "Nothing has to be done; the wording changed, the meaning did not."
        case "blind":
            return "Open the page; if it has moved, put the new address into the config."
        case "moved":
            return "If that is the policy, put the new address into the config."
        case "replaced":
            return (
                "Open the page and correct its address in the config; the last good version stays in force."
            )
        case "chronic":
            return "Name the part that is the policy: select = … in the config."
        case "channel_failed":
            return "Check the channel's address, then: policy-monitor deliveries --failed"
        case _:
            return ""


def commands(alert: Alert) -> list[str]:
    """What to type: to acknowledge, to see the redline, to get the evidence."""
    found = []
    changes = alert.comparison.changes if alert.comparison else ()
    pairs = list(zip(alert.change_ids, changes, strict=False))
    material = [str(number) for number, change in pairs if change.verdict == "material"]
    if alert.verdict == "material" and material:
        found.append("policy-monitor ack " + " ".join(material[:12]))
    if pairs:
        found.append(f"policy-monitor show {min(pairs, key=lambda pair: _weight(pair[1]))[0]}")
    if alert.watch and alert.comparison:
        found.append(f"policy-monitor export {alert.watch}")
    return found


def parts(alert: Alert) -> list[Part]:
    """The changed clauses, the weightiest first; cosmetic ones are only counted (``tally``)."""
    if alert.comparison is None:
        return []
    changes = list(enumerate(alert.comparison.changes))
    changes = [pair for pair in changes if pair[1].verdict != "cosmetic"] or changes
    changes.sort(key=lambda pair: (_weight(pair[1]), pair[0]))
    return [
        _part(place, change, alert.change_ids[index] if index < len(alert.change_ids) else None)
        for place, (index, change) in enumerate(changes, 1)
    ]


def _weight(change: Change) -> int:
    if change.severity:
        return 2 - SEVERITIES.index(change.severity)
    return {"material": 3, "editorial": 4}.get(change.verdict, 5)


def _part(number: int, change: Change, id_: int | None) -> Part:
    words = redline(change)
    where = " › ".join(plain(name, 80) for name in change.path[-3:])
    where = " ".join(part for part in (plain(change.label, 30), where) if part)
    return Part(
        number=number,
        id=id_,
        mark=change.severity.upper() if change.severity else change.verdict,
        severity=change.severity,
        change=change.change,
        where=where or "(no heading)",
        topics=", ".join(map(topic_name, change.topics)),
        words=short(words),
        whole=words,
        reasons=_reasons(change),
    )


def _reasons(change: Change) -> tuple[str, ...]:
    """Why a change matters, the weightiest first; or why it does not."""
    findings = sorted(change.telling, key=lambda finding: -SEVERITIES.index(finding.severity))
    lines = [
        plain(finding.reason, 300)
        + (f" ({finding.severity})" if change.severity not in (None, finding.severity) else "")
        for finding in findings
    ]
    if change.reason and not any(change.reason in finding.reason for finding in findings):
        lines.append(plain(change.reason, 300))
    lines = list(dict.fromkeys(lines))
    if len(lines) > MOST_REASONS + 1:
        lines[MOST_REASONS - 1 :] = [
            f"{lines[MOST_REASONS - 1]} (and {len(lines) - MOST_REASONS} more reasons)"
        ]
    return tuple(lines)


def redline(change: Change) -> Words:
    """The exact words, before and after, of one clause."""
    if change.change == "added":
        raw: Sequence[tuple[WordOp, str]] = (("insert", change.after or ""),)
    elif change.change == "removed":
        raw = (("delete", change.before or ""),)
    elif change.words:
        raw = change.words
    elif change.before == change.after:
        raw = (("equal", change.after or ""),)
    else:
        raw = (("delete", change.before or ""), ("equal", " "), ("insert", change.after or ""))
    return tuple((op, _visible(text)) for op, text in raw if text)


def _visible(text: str) -> str:
    """As ``plain``, but a space at an end stays: it separates this stretch from the next."""
    inner = plain(text)
    if not inner:
        return " " if text else ""
    return (" " if text[0].isspace() else "") + inner + (" " if text[-1].isspace() else "")


def apart(words: Words) -> Words:
    """For media that mark by colour and style alone: a space between what stood and what stands, ``30 90``."""
    found: list[tuple[WordOp, str]] = []
    for op, text in words:
        before, last = found[-1] if found else ("equal", "")
        if "equal" not in (op, before) and op != before and not (last[-1:].isspace() or text[:1].isspace()):
            found.append(("equal", " "))
        found.append((op, text))
    return tuple(found)


def short(words: Words, limit: int = CLAUSE_LIMIT) -> Words:
    """A redline that fits: long unchanged stretches shrink to their ends, and what is too long is cut."""
    found: list[tuple[WordOp, str]] = []
    left = limit
    for place, (op, text) in enumerate(words):
        if op == "equal":
            text = _ends(text, first=place == 0, last=place == len(words) - 1)
        if len(text) > left:
            hidden = sum(len(rest) for _, rest in words[place:]) - left
            found.append((op, cut(text, max(left, 20))))
            found.append(("equal", f" [{hidden} more characters]"))
            break
        found.append((op, text))
        left -= len(text)
    return tuple(found)


def _ends(text: str, *, first: bool, last: bool) -> str:
    """The words of an unchanged stretch that stand next to a change."""
    if len(text) <= 2 * CONTEXT + 20 or (first and last):
        return text
    head = "" if first else re.sub(r"\S*$", "", text[:CONTEXT])
    tail = "" if last else re.sub(r"^\S*", "", text[-CONTEXT:])
    return f"{head}[…]{tail}"


def day_and_time(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M %Z").strip()


def topic_name(topic: str) -> str:
    return topic.replace("_", " ")
