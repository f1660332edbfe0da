"""Editorial or material: editorial only for a reason that has a name; when in doubt, material."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.classification.asides import (
    ANNOUNCEMENT,
    CONTACT,
    POINTER,
    all_asides,
    contact_changed,
    is_prose,
    renamed,
)
from monitor.classification.case import Case
from monitor.classification.delta import Delta, Range
from monitor.classification.facts import Facts
from monitor.classification.findings import Found, found
from monitor.classification.knowledge import Knowledge, Outcome
from monitor.classification.modality import PARTIES
from monitor.classification.text import Text
from monitor.classification.voice import revoiced
from monitor.classification.whole import GENERIC

HEADING = "a heading"
SPELLING = "spelling"
DATES = "dates or references"
SAME = "same meaning"
RENAMED = "a name or defined term was replaced"
LABEL = "no sentence: a label, a menu or a price tag"
FEW = "few words and no rule applies"
_RULE_OF = {
    HEADING: "heading",
    SPELLING: "spelling",
    DATES: "dates",
    SAME: "same",
    RENAMED: "renamed",
    LABEL: "label",
    FEW: "few",
    CONTACT: "contact",
    POINTER: "pointer",
    ANNOUNCEMENT: "announcement",
}

_SHORT = 5
_SUBSTANTIAL = 3
_LONGEST_HEADING = 14
_FEW_BYTES = 24
"""Of a change in a language that is not understood; in UTF-8, where a script that says more in a letter takes more."""
_LONGEST_LABEL = 7
_FIRM = (
    "period",
    "amount",
    "party",
    "place.law",
    "prohibition",
    "ban-lifted",
    "promise",
    "consent",
    "rights",
)


def editorial(case: Case, findings: Sequence[Found], known: Knowledge) -> str | None:
    """Why a change moves nobody's position, None when it is material."""
    if case.clause.kind == "heading" and len(case.clause.text.split()) <= _LONGEST_HEADING:
        return HEADING
    aside = all_asides(case.sides) if case.context.english else None
    if aside is not None:
        return aside
    settled = not _hard(case.delta) or (case.context.english and revoiced(*_words(case)))
    if case.reworded and settled and (case.wording.same or _respaced(case)):
        return SPELLING if case.wording.spelling else DATES if case.wording.dates else SAME
    if case.context.english:
        if case.reworded and renamed(case.sides, known):
            return RENAMED
        if _is_contact(case, findings, known):
            return CONTACT
        if _is_fragment(case, known):
            return LABEL
    return FEW if _is_little(case, findings) else None


def as_finding(case: Case, reason: str, known: Knowledge) -> Found:
    """The finding by which an editorial change can be traced to its reason."""
    kind = "date_changed" if reason == DATES else "editorial"
    outcome = Outcome(kind, "low", f"Wording only: {reason}")
    return found(f"editorial.{_RULE_OF[reason]}", outcome, case.topics[0], *case.quotes, known, fixed=True)


def _words(case: Case) -> tuple[Sequence[str], Sequence[str]]:
    before, after = case.sides
    return before[0].text.words, after[0].text.words


def _respaced(case: Case) -> bool:
    """The same letters, with other spaces and hyphens: "web site", "website"."""
    before, after = (
        "".join("".join(facts.text.words[start:end]) for start, end in changed)
        for facts, changed in case.sides
    )
    return before == after


def _hard(delta: Delta) -> bool:
    """Facts changed that no equality of words explains away."""
    gone, come = (
        {(m.holder, m.force) for m in side if m.force != "does"}
        for side in (delta.modals_gone, delta.modals_come)
    )
    return bool(delta.shifted or delta.quantities_gone or delta.quantities_come or gone ^ come)


def _is_contact(case: Case, findings: Sequence[Found], known: Knowledge) -> bool:
    about = case.topics[0] == "contact"
    if not case.row and contact_changed(case.sides, known, about_contact=about):
        return True
    return about and not any(
        f.finding.rule.startswith(_FIRM) or f.finding.severity == "high" for f in findings
    )


def _is_fragment(case: Case, known: Knowledge) -> bool:
    """A scrap of the page around the policy: no sentence, no list item, no row, and nobody must or may do anything."""
    clause, delta = case.clause, case.delta
    if case.row or case.listed or clause.lead or "|" in clause.text:
        return False
    if clause.kind == "item" and len(clause.text.split()) > _LONGEST_LABEL:
        return False
    if delta.before.modals or delta.after.modals or delta.parties_come or delta.parties_gone:
        return False
    return not any(is_prose(facts.text, known) for facts in (delta.before, delta.after))


def _is_little(case: Case, findings: Sequence[Found]) -> bool:
    """Too little changed to matter, and no rule knows what it means."""
    if any(f.finding.rule not in GENERIC for f in findings):
        return False
    if not case.context.english:
        return max(len(quote.encode()) for quote in case.quotes) < _FEW_BYTES
    gone, come = len(case.wording.gone), len(case.wording.come)
    if not case.reworded:
        return gone + come < _SHORT
    before, after = case.sides
    if "not" in (*case.wording.gone, *case.wording.come) or _parties(*before) != _parties(*after):
        return False
    if _settled(*before) != _settled(*after):
        return False
    if min(gone, come) > 0:
        return max(gone, come) < _SUBSTANTIAL
    return gone + come <= 1 and not any(_enumerated(facts.text, changed) for facts, changed in case.sides)


def _parties(facts: Facts, changed: Sequence[Range]) -> frozenset[str]:
    """The parties that the changed words name."""
    return frozenset(facts.text.words[at] for start, end in changed for at in range(start, end)) & PARTIES


def _enumerated(text: Text, changed: Sequence[Range]) -> bool:
    """Whether changed words stand in a list: beside a comma, "and" or "or"."""
    return any(
        start in text.breaks
        or end in text.breaks
        or bool({"and", "or"} & set(text.words[max(start - 1, 0) : end + 1]))
        for start, end in changed
    )


def _settled(facts: Facts, changed: Sequence[Range]) -> frozenset[str]:
    """Topics that the changed words alone settle."""
    return frozenset(
        hit.name
        for hit in facts.topics
        if hit.name.endswith(":strong") and any(s <= hit.start and hit.end <= e for s, e in changed)
    )
