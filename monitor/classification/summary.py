"""One sentence for a policy: the weightiest change in plain words, then counts."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.model import SEVERITIES, VERDICTS, Change, Finding, Verdict

_LONGEST_QUOTE = 90
_MANY = 8
_TOPIC_WORDS = {
    "ai_training": "AI training",
    "cookies_tracking": "Cookies and tracking",
    "data_collection": "Collection of data",
    "data_sale": "Sale of data",
    "data_sharing": "Sharing of data",
    "data_use": "Use of data",
    "fees_payment": "Fees and payment",
    "ip_license": "Intellectual property",
    "sla_support": "Service level and support",
    "user_rights": "Rights over data",
}


def summary(changes: Sequence[Change], *, rewritten: bool = False) -> str:
    """Say what weighs most, for people. ``rewritten``: half of the words or more differ."""
    if not changes:
        return "No change."
    top = max(changes, key=_weight)
    counts = _counts(changes)
    if top.verdict == "cosmetic":
        return f"Only cosmetic changes ({counts})."
    lead = _sentence(top)
    whole = "Largely rewritten; read it anew. " if rewritten and len(changes) >= _MANY else ""
    return (
        f"{whole}{lead} ({counts})." if len(changes) > 1 or top.verdict != "material" else f"{whole}{lead}."
    )


def topic_words(topic: str) -> str:
    """A topic as people write it: ``breach_notice`` is "Breach notice"."""
    return _TOPIC_WORDS.get(topic, topic.replace("_", " ").capitalize())


def _weight(change: Change) -> tuple[int, int, int]:
    severity = SEVERITIES.index(change.severity) if change.severity else -1
    return VERDICTS.index(change.verdict), severity, _telling(change)


def _telling(change: Change) -> int:
    """Findings that say what became what make the better headline."""
    if not change.findings:
        return 0
    first = change.findings[0]
    return (first.severity == "high") + 2 * bool(first.before and first.after)


def _sentence(change: Change) -> str:
    if change.verdict == "editorial":
        words = _became(*_sides(change))
        return f"Wording only: {change.reason or 'same meaning'}{': ' + words if words else ''}"
    if not change.findings:
        return f"{topic_words(change.topics[0] if change.topics else 'other')}: {_became(*_sides(change))}"
    finding = change.findings[0]
    told = _told(finding)
    return told if finding.topic == "other" else f"{topic_words(finding.topic)}: {told}"


def _told(finding: Finding) -> str:
    if finding.before and finding.after:
        return _became(finding.before, finding.after)
    words = _quoted(finding.before or finding.after)
    return f"{finding.reason} ({words})" if words else finding.reason


def _became(before: str, after: str) -> str:
    before, after = _quoted(before), _quoted(after)
    if before and after:
        return f"{before} became {after}"
    if after:
        return f"{after} is new"
    return f"{before} is gone" if before else ""


def _quoted(words: str) -> str:
    if not words:
        return ""
    if len(words) > _LONGEST_QUOTE:
        words = words[: words.rfind(" ", 0, _LONGEST_QUOTE)] + " …"
    return f"“{words}”"


def _sides(change: Change) -> tuple[str, str]:
    gone = " … ".join(text.strip() for op, text in change.words if op == "delete" and text.strip())
    come = " … ".join(text.strip() for op, text in change.words if op == "insert" and text.strip())
    return gone, come


def _counts(changes: Sequence[Change]) -> str:
    verdicts: tuple[Verdict, ...] = ("material", "editorial", "cosmetic")
    numbers = ((verdict, sum(change.verdict == verdict for change in changes)) for verdict in verdicts)
    return ", ".join(f"{number} {verdict}" for verdict, number in numbers if number)
