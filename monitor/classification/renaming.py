"""Names of products and defined terms in whose place others came: who owes what to whom stays the same."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from monitor.classification.asides import weighs
from monitor.classification.facts import Facts
from monitor.classification.holders import PARTIES
from monitor.classification.knowledge import Knowledge
from monitor.classification.names import RECIPIENT_WORDS
from monitor.classification.parties import ROLES
from monitor.classification.runs import Range
from monitor.classification.tables import table, word_set
from monitor.classification.text import Text, read
from monitor.comparison import Difference
from monitor.model import Document

Sides = Sequence[tuple[Facts, Sequence[Range]]]

_MOST_RENAMED = 6
_FILTERS = word_set(table("wording")["filters"])
_PRODUCTS = word_set(table("names")["products"])
_ANSWERS = word_set(table("names")["answers"])
_SORTS_OF_DATA = word_set(
    "personal sensitive health biometric anonymous anonymised anonymized aggregated aggregate public usage special "
    "free team business enterprise pro premium basic starter professional"
)
"""Which data, or which plan: another one of these in a name is another thing."""
_COUNTS = word_set("neither each either both all any every some none nobody")
_NO_NAMES = PARTIES | word_set(table("wording")["laws"]) | _ANSWERS | _COUNTS
"""Words that say who or which law is meant, or answer yes or no, not how something is called."""


def renamed(sides: Sides, differing: Sides, documents: tuple[str, str], known: Knowledge) -> bool:
    """Whether nothing but names of products or defined terms changed: capitals for capitals, no organisation.

    ``sides``: the words that may be names; ``differing``: all that each side lacks; ``documents``: both texts,
    folded. At least one name has to come where another went. What is in use on both sides, in the clause or in the
    document, was not renamed: there one thing came in the place of another.
    """
    if defined_anew(differing, known):
        return True
    if not all(_are_names(facts, changed, known) for facts, changed in sides):
        return False
    (old, gone), (new, come) = (
        (facts.text, {facts.text.words[at] for start, end in changed for at in range(start, end)})
        for facts, changed in sides
    )
    if gone and come and gone <= set(new.words) and come <= set(old.words):
        return False
    if names_another_sort(gone, come):
        return False
    if gone and come and (gone < come or come < gone):
        return False  # a name joined others: "Acme and Beta", "Acme, Beta and Ceta"
    gaps = [_gaps(side, ranges, known) for side, (_, ranges) in zip(sides, differing, strict=True)]
    return bool(gaps[0] & gaps[1]) and not _both_in_use(sides, documents)


def names_another_sort(gone: Iterable[str], come: Iterable[str]) -> bool:
    """Whether a name is that of other data or another plan: "Personal Data", "Sensitive Data"."""
    return bool(_SORTS_OF_DATA.intersection(gone) and _SORTS_OF_DATA.intersection(come))


def defined_anew(differing: Sides, known: Knowledge) -> bool:
    """Whether nothing but one term changed that the clause itself puts in quotes and uses again."""
    sides = [(facts.text, changed) for facts, changed in differing]
    if all(changed for _, changed in sides):
        (old, _), (new, _) = sides
        both = set(_QUOTED.findall(old.shown)) & set(_QUOTED.findall(new.shown))
        return not both and all(_is_term(text, changed, known) for text, changed in sides)
    return any(_is_longer_term(*side, other, known) for side, (other, _) in (sides, sides[::-1]))


def _is_longer_term(text: Text, changed: Sequence[Range], other: Text, known: Knowledge) -> bool:
    """Whether only further words of a term came: "(the “Auditor”)", "(the “Outside Auditor”)"."""
    if not (changed and _is_term(text, changed, known)):
        return False
    more = {text.words[at] for start, end in changed for at in range(start, end)}
    if not _FILTERS.isdisjoint(more):
        return False  # "Breach", "Serious Breach"
    terms, others = ({read(term).words for term in _QUOTED.findall(side.shown)} for side in (text, other))
    return any(tuple(word for word in term if word not in more) in others for term in terms - others)


def _is_term(text: Text, changed: Sequence[Range], known: Knowledge) -> bool:
    if '"' not in text.shown:
        return False
    capitals = set(text.capitals)
    places = [
        at for start, end in changed for at in range(start, end) if weighs(text, at, known) or at in capitals
    ]
    words = {_singular(text.words[at]) for at in places}
    if not 0 < len(words) <= _MOST_RENAMED or len(places) <= len(words):
        return False
    if not all(_is_capital(text, at) for at in places):
        return False
    return any(
        words <= {_singular(word) for word in read(term).words} for term in _QUOTED.findall(text.shown)
    )


def _is_capital(text: Text, at: int) -> bool:
    """Whether a word is written with a capital, or joined to the one before it: "Plug-ins"."""
    start = text.spans[at][0]
    return text.shown[start].isupper() or text.shown[start - 1 : start] == "-"


_QUOTED = re.compile(r'"([A-Z][^"]{1,60})"')


def _singular(word: str) -> str:
    return word.removesuffix("s")


def _are_names(facts: Facts, changed: Sequence[Range], known: Knowledge) -> bool:
    text = facts.text
    if text.shown.isupper():
        return False  # where all letters are capitals, none tells a name
    words = []
    for at in (at for start, end in changed for at in range(start, end)):
        if weighs(text, at, known):
            begins = at in text.sentence_starts and at + 1 not in text.capitals and _promises(facts, at)
            if begins and text.words[at] in known.vocabulary:
                return False  # a capital only because a sentence begins: "Before", "Prompts"
            if not text.shown[text.spans[at][0]].isupper() and text.words[at] not in _PRODUCTS:
                return False
            words.append(at)
    if not words or len({text.words[at] for at in words}) > _MOST_RENAMED:
        return False
    if any(text.words[at] in _NO_NAMES and not _in_title(text, at) for at in words) or names_a_doer(
        facts, changed
    ):
        return False
    if _BASES.issuperset(text.words[at] for start, end in changed for at in range(start, end)):
        return False
    if any(hit.start in words for hit in facts.places) or any(
        (p.form or p.processes) and not set(words).isdisjoint(range(p.start, p.end)) for p in facts.parties
    ):
        return False
    sentences = {text.sentences[at] for at in words}
    heads = {text.head(sentence) for sentence in sentences}  # what the list is of that semicolons cut
    if any(fact.name == "forum" and text.head(text.sentences[fact.start]) in heads for fact in facts.said):
        return False  # whose law and courts
    around = {w for w, s in zip(text.words, text.sentences, strict=True) if s in heads or s in sentences}
    return not around & RECIPIENT_WORDS


def _promises(facts: Facts, at: int) -> bool:
    """Whether the sentence of a word asks for a consent, or says what the vendor does not do."""
    sentence = facts.text.sentences[at]
    return any(
        m.sentence == sentence and (m.holder, m.effect) == ("vendor", "not") for m in facts.modals
    ) or any(fact.name == "opt_in" and facts.text.sentences[fact.start] == sentence for fact in facts.said)


_BASES = word_set(
    "consent explicit legitimate interest interests contract contractual performance legal obligation "
    "obligations vital public task of a and or"
)
"""Words that say by what right data is processed, as cells of tables do: GDPR, article 6 (1)."""


def _in_title(text: Text, at: int) -> bool:
    """Whether a word belongs to the title of somebody who works for a party: "Customer Success Manager"."""
    end = at + 1
    while end in text.capitals and end not in text.breaks and end - at < _LONGEST_DOER:
        end += 1
    return end - at > 1 and text.words[end - 1] in ROLES


def names_a_doer(facts: Facts, changed: Sequence[Range]) -> bool:
    """Whether somebody who will, may or must do something is named by the changed words: a name without an article."""
    text = facts.text
    return any(
        text.words[end : end + 1] in _DOES
        and end - start <= _LONGEST_DOER
        and all(text.shown[text.spans[at][0]].isupper() for at in range(start, end))
        and _PRODUCTS.isdisjoint(text.words[start:end])
        and not text.words[end - 1].endswith("s")  # many things: "Posts may"
        and text.words[start - 1 : start] not in _ARTICLED
        for start, end in changed
    )


_LONGEST_DOER = 3
_DOES = frozenset((word,) for word in ("will", "shall", "may", "must", "can"))
_ARTICLED = frozenset((word,) for word in ("the", "our", "this", "these", "any", "each", "such", "a", "an"))


def _gaps(side: tuple[Facts, Sequence[Range]], differing: Sequence[Range], known: Knowledge) -> set[int]:
    """Where names came or went, each as the count of unchanged words before it."""
    facts, changed = side
    found, lacking = set(), 0
    for start, end in differing:
        if any(
            weighs(facts.text, at, known)
            for first, last in changed
            for at in range(max(start, first), min(end, last))
        ):
            found.add(start - lacking)
        lacking += end - start
    return found


def _both_in_use(sides: Sides, documents: tuple[str, str]) -> bool:
    """Whether the old name is still in use in the new document, and the new one was in the old document."""
    return all(
        bool(changed) and all(_full_name(facts.text, *run) in other for run in changed)
        for (facts, changed), other in zip(sides, reversed(documents), strict=True)
    )


def _full_name(text: Text, start: int, end: int) -> str:
    """Changed words with the capitals around them, folded: of "Acme Portal" also "Acme"."""
    capital = set(text.capitals)
    while start - 1 in capital and start not in text.breaks:
        start -= 1
    while end in capital and end not in text.breaks:
        end += 1
    return text.snippet(start, end).casefold()


# Names replaced throughout a document.

Renaming = tuple[tuple[str, ...], tuple[str, ...]]
"""The folded words of a name before and after."""

_FEWEST = 2
"""Times that a name has to be replaced."""
_OFTEN = 5
"""Times that a document says what somebody will, may or must do, from which on it is the vendor."""
_LONGEST_ACRONYM, _LONGEST_GAP = 5, 40
_NAME = re.compile(r"[A-Z][\w-]{0,40}(?: [A-Z][\w-]{0,40}){0,6}")
_JOINED_NAME = re.compile(r"[A-Z][\w-]{0,40}(?: (?:(?:and|of|for|&) )?[A-Z][\w-]{0,40}){0,6}")
_BEFORE_NAMES = word_set(
    "a an the this that these those such any each every no all our your their its his her if in on at by for to of "
    "and or but as when where while we you it they neither either both upon under with without from after before"
)


def renamings(found: Iterable[Difference], before: Document, after: Document) -> frozenset[Renaming]:
    """Terms that the document defines, or names of the vendor's own, in whose place another came everywhere.

    Certain when the old name is gone from the document, the new one is new in it, it came wherever the other stood,
    and the document says what it stands for: in quotes or brackets by itself, or in a heading of its own.
    """
    votes: Counter[tuple[str, str]] = Counter()
    for difference in found:
        old, new = difference.before, difference.after
        if old is not None and new is not None and _new_capitals(difference):
            votes.update(_replaced(old.text, new.text))
    chosen = {old: new for (old, new), count in votes.items() if count >= _FEWEST}
    certain = (
        (old, new)
        for old, new in chosen.items()
        if len({o for o, n in chosen.items() if n == new}) == 1
        and not _picks_out(old, new)
        and not _uses(after, old, beside=new)
        and not _uses(before, new, beside=old)
        and (_is_title(old, new) or (_is_own(before, old) and _is_own(after, new)))
    )
    return frozenset((_folded(old), _folded(new)) for old, new in certain)


def names_another_term(differing: Sides) -> bool:
    """Whether one term that a clause puts in quotes stands in another's place: of "Buyer" and "Shop" the other."""
    (before, gone), (after, come) = differing
    if not (gone and come and '"' in before.text.shown):
        return False
    terms = {read(term).words for term in _QUOTED.findall(before.text.shown)}
    terms &= {read(term).words for term in _QUOTED.findall(after.text.shown)}
    return all(
        any((facts.text.words[start:end]) == term[: end - start] for term in terms)
        for facts, places in differing
        for start, end in places
    )


def _picks_out(old: str, new: str) -> bool:
    """Whether one name says of which of all: "Breach", "Serious Breach"."""
    return not _FILTERS.isdisjoint(set(_folded(old)) ^ set(_folded(new)))


def _is_title(old: str, new: str) -> bool:
    """Whether a document is only called another sort of document: "Data Processing Addendum", "… Agreement"."""
    before, after = old.casefold().split(), new.casefold().split()
    return len(before) > _LEAST_SHARED and before[:-1] == after[:-1] and {before[-1], after[-1]} <= _SORTS


_LEAST_SHARED = 2
_SORTS = word_set(" ".join(table("names")["documents"]["sorts"]))


def _new_capitals(difference: Difference) -> bool:
    """Whether capitals came where others went: without them no name was replaced."""
    lost, gained = (
        any(op == wanted and not (text.islower() or text.isspace()) for op, text in difference.words)
        for wanted in ("delete", "insert")
    )
    return lost or gained


def _replaced(old: str, new: str) -> Iterator[tuple[str, str]]:
    """Names in whose place others stand, when the two texts name as many things in the same order."""
    if old.isupper() or new.isupper():
        return  # where all letters are capitals, none tells a name
    for pattern in (_NAME, _JOINED_NAME):
        left, right = (list(map(_core, pattern.findall(text))) for text in (old, new))
        if len(left) == len(right):
            for pair in zip(left, right, strict=True):
                if all(pair) and pair[0] != pair[1] and not {name.casefold() for name in pair} & _ANSWERS:
                    yield from {pair, _trimmed(*pair)}
            return


def _core(name: str) -> str:
    """A name without small words that only stand capital at the start of a sentence."""
    words = name.split()
    while words and words[0].casefold() in _BEFORE_NAMES:
        del words[0]
    return " ".join(words)


def _trimmed(old: str, new: str) -> tuple[str, str]:
    """Two names without the words that they begin and end with alike, as long as something is left of each."""
    left, right = old.split(), new.split()
    while min(len(left), len(right)) > 1 and left[0] == right[0]:
        del left[0], right[0]
    while min(len(left), len(right)) > 1 and left[-1] == right[-1]:
        del left[-1], right[-1]
    return " ".join(left), " ".join(right)


def _uses(document: Document, name: str, *, beside: str) -> bool:
    """Whether a name stands in a document by itself, not within another ("GDPR" in "EU GDPR")."""
    text = document.text.replace(beside, "") if name in beside else document.text
    return re.search(rf"\b{re.escape(name)}\b", text) is not None


def _is_own(document: Document, name: str) -> bool:
    """Whether a document says itself what a name stands for, or has a part named after it, or is its vendor's."""
    if name.isupper() and any(len(word) > _LONGEST_ACRONYM for word in name.split()):
        return False
    if re.search(
        rf"[(\"“][^()\"“”.;]{{0,{_LONGEST_GAP}}}[\"“]?{re.escape(name)}[\"”,]{{0,2}}[)\"”]", document.text
    ):
        return True
    if (
        len(re.findall(rf"\b{re.escape(name)} (?:will|shall|may|must|reserves|does) ", document.text))
        >= _OFTEN
    ):
        return True
    headings = {heading for clause in document.clauses for heading in clause.path}
    headings.update(clause.text for clause in document.clauses if clause.kind == "heading")
    headings.add(document.title or "")
    return any(name in heading and heading.strip() != name for heading in headings)


def _folded(name: str) -> tuple[str, ...]:
    return read(name).words


_ARTICLES = frozenset(("a", "an"))


def only_renamed(before: Sequence[str], after: Sequence[str], names: Iterable[Renaming]) -> bool:
    """Whether two texts (folded words) are the same once each name is put for the other."""
    pairs = sorted(names)
    return _put(before, pairs) == _put(after, pairs)


def _put(words: Sequence[str], names: Sequence[Renaming]) -> list[str]:
    """The words without articles, with one stand-in for both names of each pair, the longest name first."""
    text = "  ".join(("", *(word for word in words if word not in _ARTICLES), ""))
    stands = [("  ".join(name), f"<{number}>") for number, pair in enumerate(names) for name in pair]
    for name, stand_in in sorted(stands, key=lambda stand: -len(stand[0])):
        text = text.replace(f" {name} ", f" {stand_in} ")
    return text.split()
