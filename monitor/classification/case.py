"""One difference with everything that was read from it: what rules and verdict look at."""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz.distance import Indel

from monitor.classification.columns import spoken
from monitor.classification.context import Context
from monitor.classification.delta import Delta, delta
from monitor.classification.facts import Facts, read_facts
from monitor.classification.initials import spelt_out
from monitor.classification.knowledge import Knowledge
from monitor.classification.recipients import SURELY_RECIPIENTS
from monitor.classification.relocation import stayed
from monitor.classification.residue import residue, touched_only
from monitor.classification.runs import Range
from monitor.classification.text import Text, read
from monitor.classification.topics import run_in_title
from monitor.classification.topics import topics as topics_of
from monitor.classification.wording import Wording, wording
from monitor.comparison import Difference
from monitor.model import Clause

_LONGEST_NAME = 3
"""Words of a line that only names somebody."""
_LONGEST_ENTRY = 10
_AND_OTHERS = frozenset(
    {("or", "other"), ("and", "other"), ("or", "those"), ("or", "third"), ("nor", "those"), ("nor", "other")}
    | {(joint, when) for joint in ("and", "or") for when in ("afterwards", "thereafter", "later")}
)
_OTHERS = frozenset(more for _, more in _AND_OTHERS)
_MOST_QUOTED = 4
_LONGEST_QUOTE = 300


@dataclass(frozen=True, slots=True)
class Case:
    """A difference that has to be judged."""

    difference: Difference
    clause: Clause
    """As it is now, or as it was last."""
    delta: Delta
    wording: Wording
    changed: tuple[tuple[Range, ...], tuple[Range, ...]]
    """The clause's own words that the other side lacks, before and after."""
    residue: tuple[tuple[Range, ...], tuple[Range, ...]]
    """Those of them that hold words that differ in substance."""
    topics: tuple[str, ...]
    context: Context
    reworded: bool
    """The clause stands on both sides."""
    sides: tuple[tuple[Facts, tuple[Range, ...]], tuple[Facts, tuple[Range, ...]]]
    """The facts before and after, each with the words that changed."""

    @classmethod
    def of(cls, difference: Difference, context: Context, known: Knowledge) -> Case:
        clause = difference.after or difference.before
        if clause is None:
            raise ValueError("a difference needs a clause on one side at least")
        before = _text(difference.before, difference.after, context)
        after = _text(difference.after, difference.before, context)
        if context.elsewhere:
            before, after = (
                stayed(before, after, context.elsewhere),
                stayed(after, before, context.elsewhere),
            )
        before, after = spelt_out(before, after)
        old, new = (
            read_facts(text, known, vendor=context.vendor_names, english=context.english)
            for text in (before, after)
        )
        differing = changed_ranges(before, after)
        changed = _own(difference, clause, differing)
        title = _title(difference)
        sides = (old, changed[0]), (new, changed[1])
        paths = [side.path for side in (difference.before, difference.after) if side]
        topics = topics_of(sides, paths, context.policy_kind, known, title)
        found, said = delta(old, new, known), wording(old, new, differing, known, context.vendor_names)
        left = residue(said, changed)
        both = difference.before is not None and difference.after is not None
        return cls(
            difference=difference,
            clause=clause,
            delta=touched_only(found, said, changed, left) if both else found,
            wording=said,
            changed=changed,
            residue=left,
            topics=topics,
            context=context,
            reworded=difference.change in ("modified", "moved"),
            sides=sides,
        )

    @property
    def fewer_named(self) -> bool:
        """Only one side adds "or other", "or those of" and the like: light words, but not there."""
        if not self.reworded or all(_OTHERS.isdisjoint(facts.text.words) for facts, _ in self.sides):
            return False
        (named, beside), (renamed, besides) = (_others_named(facts.text) for facts, _ in self.sides)
        return named > renamed + besides or renamed > named + beside

    @property
    def row(self) -> bool:
        """The clause is a row of a table or a record."""
        return all(clause.kind == "row" or clause.cells for clause in self.clauses)

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The clause as it was and as it is, as far as it stood."""
        sides = self.difference.before, self.difference.after
        return tuple(clause for clause in sides if clause)

    @property
    def listed(self) -> bool:
        """The clause is an entry of a list of recipients: a row, or a short item."""
        kinds, longest = {c.kind for c in self.clauses}, max(len(c.text.split()) for c in self.clauses)
        headings = [heading for clause in self.clauses for heading in clause.path[-1:]]
        if kinds == {"paragraph"} and longest <= _LONGEST_NAME:
            headed = " ".join(headings).casefold().split()
            return not SURELY_RECIPIENTS.isdisjoint(word.strip(".,:") for word in headed)
        if not (self.row or (kinds == {"item"} and longest <= _LONGEST_ENTRY)):
            return False
        above = " ".join((*(clause.lead for clause in self.clauses), *headings)).casefold().split()
        return (
            self.context.recipients
            or "subprocessors" in (*self.topics, self.context.policy_kind)
            or not SURELY_RECIPIENTS.isdisjoint(word.strip(".,:") for word in above)
        )

    @property
    def quotes(self) -> tuple[str, str]:
        """The changed words before and after."""
        before, after = (_quoted(facts.text, ranges) for facts, ranges in self.sides)
        if before or after:
            return before, after
        whole = self.difference.before, self.difference.after  # no words: "(ii)"
        before, after = (clause.text[:_LONGEST_QUOTE] if clause else "" for clause in whole)
        return before, after


def _text(clause: Clause | None, other: Clause | None, context: Context) -> Text:
    if clause is None:
        return read("")
    said = spoken(clause, context.columns)
    if other is not None and (heading := _ran_in(clause, other)):
        said = said[len(heading) :].lstrip()
    return read(f"{clause.lead} {said}" if clause.lead else said)


def _ran_in(clause: Clause, other: Clause) -> str:
    """The other side's heading, where a clause begins with it instead of standing below it."""
    heading = other.path[-1] if other.path else ""
    stands = heading and clause.path[-1:] != (heading,) and not other.text.startswith(heading)
    return heading if stands and clause.text.startswith(f"{heading} ") else ""


def _title(difference: Difference) -> str:
    """What the clause begins with as its own heading, on the side that has one."""
    titles = (run_in_title(clause.text) for clause in (difference.before, difference.after) if clause)
    return next(filter(None, sorted(titles)), "")


def _quoted(text: Text, ranges: tuple[Range, ...]) -> str:
    return " … ".join(text.snippet(start, end) for start, end in ranges[:_MOST_QUOTED])[:_LONGEST_QUOTE]


def _others_named(text: Text) -> tuple[int, int]:
    """How often a text says "or other", "or those", "or a third", and how often only ", other"."""
    named = listed = 0
    for at in [at for at, word in enumerate(text.words) if word in _OTHERS]:
        word, before = text.words[at], at - 1
        while before >= 0 and text.words[before] in _ARTICLES:
            before -= 1
        similar = text.words[at + 1 : at + 2] == ("similar",)  # "or other similar tools", "or similar tools"
        named += before >= 0 and not similar and (text.words[before], word) in _AND_OTHERS
        listed += word == "other" and at in text.breaks
    return named, listed


_ARTICLES = frozenset(("a", "an", "the", "any", "for", "of", "to", "from", "with", "by"))

Ranges = tuple[tuple[Range, ...], tuple[Range, ...]]


def _own(difference: Difference, clause: Clause, changed: Ranges) -> Ranges:
    """The changed words of the clause itself: of one that came or went, the lead above it did not."""
    if (difference.before and difference.after) or not clause.lead:
        return changed
    first = len(read(clause.lead).words)
    left, right = (tuple((max(start, first), end) for start, end in side if end > first) for side in changed)
    return left, right


def changed_ranges(before: Text, after: Text) -> Ranges:
    """The word ranges of each side that the other lacks; mirrored when read backwards."""
    if after.words < before.words:
        right, left = changed_ranges(after, before)
        return left, right
    edits = Indel.opcodes(before.words, after.words)
    gone = tuple((edit.src_start, edit.src_end) for edit in edits if edit.tag == "delete")
    come = tuple((edit.dest_start, edit.dest_end) for edit in edits if edit.tag == "insert")
    return gone, come
