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
)
from monitor.classification.case import Case
from monitor.classification.citation import citations
from monitor.classification.delta import Range
from monitor.classification.facts import Facts
from monitor.classification.findings import Found, found
from monitor.classification.holders import PARTIES, party_of
from monitor.classification.kin import laws
from monitor.classification.knowledge import Knowledge, Outcome
from monitor.classification.names import PLACE_OF_LAW, SERVING
from monitor.classification.reference import RULE as DOCUMENT
from monitor.classification.relocation import only_moved
from monitor.classification.renaming import Sides, names_a_doer, only_renamed, renamed
from monitor.classification.residue import hard, said_anew
from monitor.classification.tables import table, word_set
from monitor.classification.text import Text, read
from monitor.classification.turns import swapped_modals
from monitor.classification.voice import doers, done_by, done_by_another, revoiced
from monitor.classification.whole import GENERIC
from monitor.classification.wording import DECISIVE
from monitor.comparison.numbering import Renumbered

HEADING = "a heading"
SPELLING = "spelling"
DATES = "dates or references"
SAME = "same meaning"
RENAMED = "a name or defined term was replaced"
MOVED = "moved from or to another clause"
LABEL = "no sentence: a label, a menu or a price tag"
FEW = "few words and no rule applies"
_RULE_OF = {
    HEADING: "heading",
    SPELLING: "spelling",
    DATES: "dates",
    SAME: "same",
    RENAMED: "renamed",
    MOVED: "moved",
    LABEL: "label",
    FEW: "few",
    CONTACT: "contact",
    POINTER: "pointer",
    ANNOUNCEMENT: "announcement",
}

_SHORT = 5
_SUBSTANTIAL = 3
_LONGEST_HEADING, _LONGEST_TITLE = 14, 6
_FEW_BYTES = 24
"""Of a change in a language that is not understood; in UTF-8, where a script that says more in a letter takes more."""
_LONGEST_LABEL = 7
_PAIR = 2
"""Cells of a row from which on it says something, however short it is."""
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
    if case.clause.kind == "heading" and _is_title(case, findings, known):
        return HEADING
    if case.context.moved and _is_moved(case):
        return MOVED
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
    said = any(rule.startswith(("party", "consent")) for rule in rules) or _weigh(findings, known)
    grave = case.reworded and (denies or said)
    aside = all_asides(case.sides) if case.context.english and not grave else None
    if aside is not None:
        return aside
    further = case.reworded and (_reaches_further(case) or bool(swapped_modals(case)))
    if case.reworded and case.wording.same and not further and _settled(case, known):
        return SPELLING if case.wording.spelling else DATES if case.wording.dates else SAME
    if case.context.english:
        if (
            case.reworded
            and rules.isdisjoint((PLACE_OF_LAW, SERVING))
            and (_renamed(case, case.sides, known) or _is_renamed(case, findings, known))
        ):
            return RENAMED
        if not _weigh(findings, known) and _is_contact(case, findings, known):
            return CONTACT
        if _is_fragment(case, known) and not _weigh(findings, known):
            return LABEL
    return FEW if not further and _is_little(case, findings, known) else None


def _is_title(case: Case, findings: Sequence[Found], known: Knowledge) -> bool:
    """Whether a heading only says what is below; a longer one that says something grave is taken at its word."""
    words = len(case.clause.text.split())
    return words <= (_LONGEST_TITLE if _weigh(findings, known) else _LONGEST_HEADING)


def _weigh(findings: Sequence[Found], known: Knowledge) -> bool:
    """Whether a rule sees something in a topic that weighs much, whoever gains by it."""
    return any(f.finding.rule not in GENERIC and known.weights.get(f.finding.topic, 0) > 0 for f in findings)


def _settled(case: Case, known: Knowledge) -> bool:
    """Whether the same words also say the same of the same party, if need be in another voice."""
    if _crossed(case, known):
        return False
    if not (hard(case.delta, case.wording) or _swapped(case, known) or _other_doers(case)):
        return True
    return case.context.english and revoiced(*_words(case))


def _reaches_further(case: Case) -> bool:
    """Whether "or other" things came or went and nothing else: light words, but not there."""
    return case.fewer_named or _only_joined_otherwise(case)


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


def _crossed(case: Case, known: Knowledge) -> bool:
    """Whether a word went from one sentence to another while both stand: the same words, said of something else."""
    matched = case.delta.sentences
    lone = case.delta.sentences_gone or case.delta.sentences_come
    if lone or len(matched) < _FEWEST_SENTENCES or len(matched) != len(set(matched.values())):
        return False
    gone, come = (_by_sentence(facts, changed, known) for facts, changed in case.sides)
    left = {
        here: gone.get(here, frozenset()) - come.get(there, frozenset()) for here, there in matched.items()
    }
    came = {
        here: come.get(there, frozenset()) - gone.get(here, frozenset()) for here, there in matched.items()
    }
    return any(left[one] & came[two] for one in matched for two in matched if one != two)


_FEWEST_SENTENCES = 2


def _by_sentence(facts: Facts, changed: Sequence[Range], known: Knowledge) -> dict[int, frozenset[str]]:
    """The changed words of weight, by sentence."""
    found: dict[int, set[str]] = {}
    for start, end in changed:
        for at in range(start, end):
            word = facts.text.words[at]
            if word not in known.empty_words and word not in known.same_words:
                found.setdefault(facts.text.sentences[at], set()).add(word)
    return {sentence: frozenset(words) for sentence, words in found.items()}


def _other_doers(case: Case) -> bool:
    """Whether something is done by another party than before, as the passive voice says it."""
    (old, _), (new, _) = case.sides
    if done_by_another(old.text, new.text, case.context.vendor_names):
        return True
    before, after = (doers(words, case.context.vendor_names) for words in _words(case))
    if before and after:
        return before != after
    if not (before or after):
        return False
    differing = case.wording.places[1 if before else 0]
    facts = case.sides[1 if before else 0][0]
    return any(done_by(facts.text.words, start) for start, _ in differing)


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
    (before, _), (after, _) = case.sides
    gone, come = case.wording.places
    return bool(gone and come) and _renamed(case, ((before, gone), (after, come)), known)


def _renamed(case: Case, sides: Sides, known: Knowledge) -> bool:
    return renamed(sides, case.sides, case.context.texts, known)


def _is_moved(case: Case) -> bool:
    before, after = (
        read(clause.text if clause else "") for clause in (case.difference.before, case.difference.after)
    )
    return only_moved(before, after, case.context.moved)


def _is_contact(case: Case, findings: Sequence[Found], known: Knowledge) -> bool:
    about = case.topics[0] == "contact"
    if not case.row and contact_changed(case.sides, known, about_contact=about):
        return True
    broken = case.reworded and any(f.finding.rule == "duty.vendor" for f in findings)
    return about and not broken and not any(f.finding.rule.startswith(_FIRM) for f in findings)


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


def _is_little(case: Case, findings: Sequence[Found], known: Knowledge) -> bool:
    """Too little changed to matter, and no rule knows what it means."""
    if any(f.finding.rule not in GENERIC for f in findings):
        return False
    if not case.context.english:
        return max(len(quote.encode()) for quote in case.quotes) < _FEW_BYTES
    gone, come = len(set(case.wording.gone)), len(set(case.wording.come))
    if not case.reworded:
        return _length(case, known) < _SHORT and not (case.row and len(case.clause.cells) > _PAIR)
    differing = {*case.wording.gone, *case.wording.come}
    if (
        differing & DECISIVE
        or differing & known.weighty_words
        or (case.delta.shifted and not case.wording.turned)
    ):
        return False
    if any(
        frozenset((one, two)) in known.opposites for one in case.wording.gone for two in case.wording.come
    ):
        return False
    if _conditions(case, 0) != _conditions(case, 1):
        return False
    if _other_parties(case) or _swapped(case, known) or _other_doers(case) or _elsewhere(case):
        return False
    if _crossed(case, known):
        return False
    if _has_number(case.wording.gone) or _has_number(case.wording.come):
        return False
    sides = [(facts, ranges) for (facts, _), ranges in zip(case.sides, case.residue, strict=True)]
    strong = [_strong(*side, places) for side, places in zip(sides, case.wording.places, strict=True)]
    if strong[0] != strong[1]:
        return False
    if max(gone, come) >= (_SUBSTANTIAL if min(gone, come) else 2) + said_anew(case.wording, case.changed):
        return False
    if all(case.changed):  # a rewording: only the words themselves may be entries of a list
        sides = [(facts, places) for (facts, _), places in zip(sides, case.wording.places, strict=True)]
    return gone == come or not any(_enumerated(facts.text, ranges) for facts, ranges in sides)


def _length(case: Case, known: Knowledge) -> int:
    """Words of a clause that came or went, without those that carry no meaning of their own."""
    return sum(
        word not in known.empty_words
        for facts, changed in case.sides
        for start, end in changed
        for word in facts.text.words[start:end]
    )


def _has_number(words: Sequence[str]) -> bool:
    return any(word[0].isdigit() for word in words)


def _conditions(case: Case, side: int) -> int:
    """How often the words that differ in substance and those around them say "if"."""
    words = case.sides[side][0].text.words
    return sum(word in _IF for start, end in case.residue[side] for word in words[start:end])


_IF = frozenset({"if", "unless", "provided", "subject"})


def _other_parties(case: Case) -> bool:
    """Whether the changed words name a party that the other side does not name at all, or another doer."""
    (old, gone), (new, come) = case.sides
    if gone and come and all(names_a_doer(*side) for side in case.sides):
        return True
    said = (_named(old, [(0, len(old.text.words))]), _named(new, [(0, len(new.text.words))]))
    return bool(_named(old, gone) - said[1] or _named(new, come) - said[0])


def _elsewhere(case: Case) -> bool:
    """Whether another place is named than before, or another law."""
    return bool(case.delta.places_gone and case.delta.places_come) or _other_law(case)


def _other_law(case: Case) -> bool:
    """Whether another law is cited than before, by its number, its initials or where it is printed."""
    before, after = (laws(facts.text) for facts, _ in case.sides)
    if before != after or not _LAWS.isdisjoint((*case.wording.gone, *case.wording.come)):
        return True
    printed = [{one.key for one in citations(facts.text)} for facts, _ in case.sides]
    return bool(printed[0] and printed[1]) and printed[0] != printed[1]


_LAWS = word_set(table("wording")["laws"])


def _named(facts: Facts, ranges: Sequence[Range]) -> frozenset[str]:
    """The parties that some words name: the two of the contract as such, others by their words."""
    words = frozenset(
        _POSSESSIVES.get(word, word) for start, end in ranges for word in facts.text.words[start:end]
    )
    return frozenset(party_of(word, frozenset()) or word for word in words & PARTIES)


_POSSESSIVES = {"your": "you", "our": "we", "ours": "we"}


def _swapped(case: Case, known: Knowledge) -> bool:
    """Whether one party came in the place of another, and nothing else: "we own it", "you own it"."""
    sides: list[set[str]] = []
    for facts, changed in case.sides:
        words = [facts.text.words[at] for start, end in changed for at in range(start, end)]
        named = [party_of(_POSSESSIVES.get(word, word), case.context.vendor_names) for word in words]
        if not all(
            party or word in known.empty_words or word == "own"
            for party, word in zip(named, words, strict=True)
        ):
            return False
        sides.append({party for party in named if party})
    return bool(sides[0] and sides[1] and sides[0] != sides[1])


def _enumerated(text: Text, changed: Sequence[Range]) -> bool:
    """Whether changed words stand in a list: beside a comma, "and" or "or"."""
    return any(
        start in text.breaks
        or end in text.breaks
        or bool({"and", "or"} & set(text.words[max(start - 1, 0) : end + 1]))
        for start, end in changed
    )


def _strong(facts: Facts, changed: Sequence[Range], differing: Sequence[Range]) -> frozenset[str]:
    """Topics that the changed words alone settle, with one that differs in substance among them."""
    return frozenset(
        hit.name
        for hit in facts.topics
        if hit.name.endswith(":strong")
        and any(s <= hit.start and hit.end <= e for s, e in changed)
        and any(s < hit.end and hit.start < e for s, e in differing)
    )
