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
    names_data,
    only_numbers_to_call,
    touched,
)
from monitor.classification.case import Case
from monitor.classification.exchange import fewer_entries, other_doers, swapped, turned_round
from monitor.classification.few import denied_above, is_little, says_something
from monitor.classification.findings import Found, found
from monitor.classification.knowledge import Knowledge, Outcome
from monitor.classification.names import ENTRY, PLACE_OF_LAW, SERVING
from monitor.classification.reference import RULE as DOCUMENT
from monitor.classification.relocation import Sentence, only_moved
from monitor.classification.renaming import Sides, defined_anew, only_renamed, renamed
from monitor.classification.residue import hard
from monitor.classification.runs import meets
from monitor.classification.text import Text, read
from monitor.classification.turns import softens, swapped_modals
from monitor.classification.voice import revoiced
from monitor.classification.whole import GENERIC
from monitor.classification.wording import DECISIVE
from monitor.comparison.numbering import Renumbered

HEADING = "a heading"
CONTENTS = "a table of contents"
SPELLING = "spelling"
DATES = "dates or references"
SAME = "same meaning"
RENAMED = "a name or defined term was replaced"
MOVED = "moved from or to another clause"
DOUBLED = "said elsewhere in the same words"
LABEL = "no sentence: a label, a menu or a price tag"
FEW = "few words and no rule applies"
_RULE_OF = {
    HEADING: "heading",
    CONTENTS: "contents",
    SPELLING: "spelling",
    DATES: "dates",
    SAME: "same",
    RENAMED: "renamed",
    MOVED: "moved",
    DOUBLED: "doubled",
    LABEL: "label",
    FEW: "few",
    CONTACT: "contact",
    POINTER: "pointer",
    ANNOUNCEMENT: "announcement",
}

_LONGEST_HEADING, _LONGEST_TITLE = 14, 6
_LONGEST_LABEL = 7
_MOST_OF_CONTACT = 8
"""Words that differ on a side where no more changed than how to reach somebody."""
_FIRM = (
    "period",
    "amount",
    "party",
    "place.law",
    "prohibition",
    "covers.prohibition",
    "exception.prohibition",
    "ban-lifted",
    "promise",
    "consent",
    "rights",
)


def editorial(case: Case, findings: Sequence[Found], known: Knowledge) -> str | None:
    """Why a change moves nobody's position, None when it is material."""
    if _is_heading(case) and _is_title(case, findings, known) and not _turned(case, known):
        return HEADING
    if case.context.elsewhere and _is_moved(case, case.context.elsewhere):
        return MOVED if _is_moved(case, case.context.moved) else DOUBLED
    if all(_is_contents(facts.text, case.context.headings) for facts, _ in case.sides):
        return CONTENTS
    rules = {f.finding.rule for f in findings}
    if (
        case.context.renamings
        and case.reworded
        and PLACE_OF_LAW not in rules
        and only_renamed(*_words(case), case.context.renamings)
    ):
        return RENAMED
    if DOCUMENT in rules:
        return None
    denies = not DECISIVE.isdisjoint((*case.wording.gone, *case.wording.come))
    weigh = _weigh(findings, known)
    said = weigh or any(rule.startswith(("party", "consent")) for rule in rules)
    grave = case.reworded and (denies or said)
    aside = all_asides(case.sides) if case.context.english and not grave else None
    if aside is not None:
        return aside
    if case.reworded and case.wording.same and not _goes_further(case) and _settled(case, known):
        return SPELLING if case.wording.spelling else DATES if case.wording.dates else SAME
    if case.context.english:
        if (
            case.reworded
            and rules.isdisjoint((PLACE_OF_LAW, SERVING, ENTRY))
            and not (case.delta.quantities_gone or case.delta.quantities_come)
            and (
                _alias_only(case)
                or _renamed(case, case.sides, known)
                or _is_renamed(case, findings, known)
                or (rules <= _OF_A_TERM and defined_anew(_of_names(case), known))
            )
        ):
            return RENAMED
        if not (case.reworded and denies) and not weigh and _is_contact(case, findings, known):
            return CONTACT
        if not weigh and _is_fragment(case, known) and not (_is_heading(case) and _turned(case, known)):
            return LABEL
    return FEW if is_little(case, findings, known) and not _goes_further(case) else None


def _is_contents(text: Text, headings: frozenset[tuple[str, ...]]) -> bool:
    """Whether a text is a run of headings of its document, numbered or not; one that did not stand is none."""
    words, at, found = text.words, 0, 0
    longest = max(map(len, headings), default=0)
    while at < len(words):
        end = next((end for end in range(at + longest, at, -1) if words[at:end] in headings), None)
        if end is None and not (words[at].isdigit() or words[at] in _OF_CONTENTS):
            return False
        found += end is not None
        at = end or at + 1
    return not words or found >= _FEWEST_HEADINGS


_FEWEST_HEADINGS = 3
_OF_CONTENTS = frozenset({"table", "of", "contents", "content"})


def _is_heading(case: Case) -> bool:
    return all(clause.kind == "heading" for clause in case.clauses)


def _goes_further(case: Case) -> bool:
    """Whether light words change what is said: "or other" things, fewer entries of a list, another modal."""
    return case.reworded and (
        _reaches_further(case) or fewer_entries(case) or bool(swapped_modals(case)) or softens(case)
    )


def _turned(case: Case, known: Knowledge) -> bool:
    """Whether a heading says the opposite, or another number: "What we do not collect", "Deleted after 30 days"."""
    words = {*case.wording.gone, *case.wording.come}
    opposed = any(
        not known.opposed.get(word, frozenset()).isdisjoint(case.wording.come) for word in case.wording.gone
    )
    counted = bool(case.delta.quantities_gone or case.delta.quantities_come)
    return case.reworded and (opposed or counted or not DECISIVE.isdisjoint(words))


def _is_title(case: Case, findings: Sequence[Found], known: Knowledge) -> bool:
    """Whether a heading only says what is below; a longer one that says something grave is taken at its word."""
    if case.reworded and any(f.finding.rule.startswith("consent") for f in findings):
        return False  # "Information we share with your consent"
    words = max(len(clause.text.split()) for clause in case.clauses)
    return words <= (_LONGEST_TITLE if _weigh(findings, known) else _LONGEST_HEADING)


def _weigh(findings: Sequence[Found], known: Knowledge) -> bool:
    """Whether a rule sees something in a topic that weighs much, whoever gains by it."""
    return any(f.finding.rule not in GENERIC and known.weights.get(f.finding.topic, 0) > 0 for f in findings)


def _settled(case: Case, known: Knowledge) -> bool:
    """Whether the same words also say the same of the same party, if need be in another voice."""
    if turned_round(case, known):
        return False
    if not (hard(case.delta, case.wording) or swapped(case, known) or other_doers(case)):
        return True
    return case.context.english and _allowed(case, 0) == _allowed(case, 1) and revoiced(*_words(case))


def _allowed(case: Case, side: int) -> int:
    """How often a side says in so many words that something is allowed: "is permitted to"; no other voice says that."""
    facts = case.sides[side][0]
    return sum(
        modal.effect == "may"
        and modal.holder != "customer"
        and facts.text.words[modal.start] in ("is", "are")
        for modal in facts.modals
    )


def _reaches_further(case: Case) -> bool:
    """Whether "or other" things came or went and nothing else: light words, but not there."""
    return _only_joined_otherwise(case) or case.fewer_named


def _only_joined_otherwise(case: Case) -> bool:
    """Whether "and" came for "or", and nothing else changed: what was enough by itself no longer is."""
    left, right = case.changed
    if len(left) != 1 or len(right) != 1:
        return False
    words = {
        facts.text.words[start:end]
        for (facts, _), ((start, end),) in zip(case.sides, case.changed, strict=True)
    }
    return words == {("and",), ("or",)}


def as_finding(case: Case, reason: str, known: Knowledge) -> Found:
    """The finding by which an editorial change can be traced to its reason."""
    kind = "date_changed" if reason == DATES else "editorial"
    outcome = Outcome(kind, "low", f"Wording only: {reason}")
    return found(f"editorial.{_RULE_OF[reason]}", outcome, case.topics[0], *case.quotes, known, fixed=True)


def renumbering(form: Renumbered, known: Knowledge) -> Found:
    """The finding that clauses are cited by other numbers."""
    before, after = form.numbers
    how = "now" if len(after) > len(before) else "no longer"
    reason = f"{form.times} clauses {how} carry their section's number and are cited otherwise"
    outcome = Outcome("editorial", "low", reason)
    return found("editorial.numbers", outcome, "other", before, after, known, fixed=True)


def _words(case: Case) -> tuple[Sequence[str], Sequence[str]]:
    before, after = case.sides
    return before[0].text.words, after[0].text.words


def _is_renamed(case: Case, findings: Sequence[Found], known: Knowledge) -> bool:
    """Whether a clause was reworded and a name in it replaced, and nothing else."""
    if hard(case.delta, case.wording) or any(f.finding.rule not in GENERIC for f in findings):
        return False
    return all(case.wording.places) and _renamed(case, _placed(case), known)


def _placed(case: Case) -> Sides:
    """Both sides with the words that differ in substance."""
    return [(facts, places) for (facts, _), places in zip(case.sides, case.wording.places, strict=True)]


def _of_names(case: Case) -> Sides:
    """Both sides with the changed words that differ in substance or are written with a capital."""
    sides = []
    for (facts, changed), places in zip(case.sides, case.wording.places, strict=True):
        capitals = set(facts.text.capitals)
        runs = [
            (start, end)
            for start, end in changed
            if not capitals.isdisjoint(range(start, end)) or meets((start, end), places)
        ]
        sides.append((facts, runs))
    return sides


_OF_A_TERM = GENERIC | {"recipients", "party", "covers.prohibition"}
"""Rules that see no more than which words a term is made of."""


def _alias_only(case: Case) -> bool:
    """Whether only one side calls something by two names, of which the other has the second: "Beta (Acme)", "Acme"."""
    sides = [
        (facts, places) for (facts, _), places in zip(case.sides, case.wording.places, strict=True) if places
    ]
    if len(sides) != 1:
        return False
    ((facts, places),) = sides
    text = facts.text
    named = {
        at for party in facts.parties if party.form or party.processes for at in range(party.start, party.end)
    }
    return all(
        end in text.capitals
        and text.shown[text.spans[end - 1][1] :].startswith(" (")
        and all(at in text.capitals and at not in named for at in range(start, end))
        for start, end in places
    )


def _renamed(case: Case, sides: Sides, known: Knowledge) -> bool:
    return renamed(sides, case.sides, case.context.texts, known)


def _is_moved(case: Case, moved: frozenset[Sentence]) -> bool:
    before, after = (
        read(clause.text if clause else "") for clause in (case.difference.before, case.difference.after)
    )
    return only_moved(before, after, moved)


def _is_contact(case: Case, findings: Sequence[Found], known: Knowledge) -> bool:
    if case.reworded and only_numbers_to_call(case.sides):
        return True
    about = case.topics[0] == "contact"
    if not case.row and contact_changed(case.sides, known, about_contact=about):
        return True
    if not about:
        return False
    if max(len(case.wording.gone), len(case.wording.come)) > _MOST_OF_CONTACT and case.reworded:
        return False
    if any(names_data(facts.text, touched(facts.text, changed)) for facts, changed in case.sides):
        return False
    broken = case.reworded and any(f.finding.rule == "duty.vendor" for f in findings)
    return not broken and not any(f.finding.rule.startswith(_FIRM) for f in findings)


def _switched(case: Case) -> bool:
    """Whether a line says "on" for "off", or "yes" for "no"."""
    before, after = (_SWITCHES.intersection(facts.text.words) for facts, _ in case.sides)
    return bool(before and after) and before != after


_SWITCHES = frozenset({"on", "off", "yes", "no", "enabled", "disabled", "always", "never"})


def _is_fragment(case: Case, known: Knowledge) -> bool:
    """A scrap of the page around the policy: no sentence, no list item, no row, and nobody must or may do anything."""
    delta, clauses = case.delta, case.clauses
    if delta.before.modals or delta.after.modals or delta.parties_come or delta.parties_gone:
        return False
    if case.row or case.listed or any(clause.lead or "|" in clause.text for clause in clauses):
        return False
    if delta.quantities_gone or delta.quantities_come or denied_above(case) or _switched(case):
        return False
    if not case.reworded and says_something(case):
        return False
    if any(clause.kind == "item" and len(clause.text.split()) > _LONGEST_LABEL for clause in clauses):
        return False
    return not any(is_prose(facts.text, known) for facts in (delta.before, delta.after))
