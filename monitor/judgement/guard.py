"""Whether a page is the policy at all: what keeps an error page from becoming the standing version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.comparison.normal import tokens
from monitor.model import Clause, Document

KEPT = 0.7
"""Share of the standing words (as a bag) that an ordinary new version keeps."""
KEPT_IN_LANGUAGE = 0.85
"""A page that keeps more is in the same language, whatever was detected."""
HALF_KEPT = 0.5
"""Where less is kept, more is asked before the page is taken for a policy that was rewritten."""
OWN, OWN_OF_REST = 0.4, 0.5
"""Share of the different words of a rewritten policy that the standing version used, too: where half is kept,
and where less is. Home pages that were served for policies had .2 to .38."""
PROSE = 0.6
"""A policy that was rewritten has at least this part of the prose (as a share of its words) that it had."""
LONG_CLAUSE = 8
"""Words from which on a clause is prose and no menu entry."""
SIZE = 0.3
"""A policy that was rewritten has at least this share of the standing one's words."""
STUB, GROWN = 60, 8
"""A standing version of fewer words was none when the page has this many times more now."""
PART, NEW = 0.75, 0.05
"""A page that keeps at most so much of the standing words and adds at most so many may be half loaded."""
TWICE, REPEATED = 1.5, 0.5
"""A page with so many times more clauses that holds more than this share of the standing prose twice repeats it."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    why: str
    """For people: why this is not the policy."""
    may_yield: bool = True
    """Whether the page may become the standing version when it stays for very long."""


def suspicion(
    standing: Document | None, document: Document, *, strayed: bool, announced: bool
) -> Suspicion | None:
    """Why this page is not the policy, None when it may be.

    ``strayed``: it came from another host. ``announced``: it states a newer date than the standing version.
    """
    if document.problem:
        why = f"{document.problem.replace('_', ' ')}: {document.problem_reason or 'no policy text'}"
        return Suspicion(why, may_yield=False)
    if standing is None or stub(standing, document):
        return None
    if _repeats(standing, document):
        return Suspicion("the text repeats itself")
    likeness = Likeness.of(standing, document)
    languages = {page.language for page in (standing, document) if page.language}
    if len(languages) > 1 and likeness.kept < KEPT_IN_LANGUAGE:
        return Suspicion(f"in another language: {document.language}, not {standing.language}")
    if likeness.kept >= KEPT:
        return None
    elsewhere = strayed and document.title != standing.title
    if not elsewhere and (announced or likeness.rewritten):
        return None
    where = ", on another host" if elsewhere else ""
    return Suspicion(f"{round(100 * (1 - likeness.kept))} % of the standing words are gone{where}")


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much two documents have in common, as shares."""

    kept: float
    """Of the words of the first, in the second."""
    new: float
    """Of the words of the second, not in the first."""
    own: float
    """Of the different words of the second, in the first."""
    size: float
    """Words of the second to words of the first."""
    prose: float
    """Of the words in prose: the second's share to the first's, at most 1."""

    @classmethod
    def of(cls, before: Document, after: Document) -> Likeness:
        old, now = _bag(before.clauses), _bag(after.clauses)
        if not old or not now:
            return cls(kept=0.0 if old else 1.0, new=1.0, own=0.0, size=0.0, prose=0.0)
        common = (old & now).total()
        was, prose = (_prose(document).total() for document in (before, after))
        return cls(
            kept=common / old.total(),
            new=1 - common / now.total(),
            own=len(old.keys() & now.keys()) / len(now),
            size=now.total() / old.total(),
            prose=min(1.0, (prose / now.total()) / (was / old.total())) if was else 1.0,
        )

    @property
    def rewritten(self) -> bool:
        """Whether the second reads like another wording of the first."""
        if self.kept >= HALF_KEPT:
            return self.own >= OWN
        return self.own >= OWN_OF_REST and self.size >= SIZE and self.prose >= PROSE


def stub(standing: Document, document: Document) -> bool:
    """Whether the standing version was no policy, but a few words of something else."""
    words = _bag(standing.clauses).total()
    return words < STUB and _bag(document.clauses).total() >= GROWN * STUB


def part(standing: Document, document: Document) -> bool:
    """Whether the page may be a part of the standing version, the rest not being loaded."""
    likeness = Likeness.of(standing, document)
    return likeness.kept <= PART and likeness.new <= NEW


def _repeats(standing: Document, document: Document) -> bool:
    """Whether the page holds the standing text twice or more."""
    before, after = (
        Counter(words for clause in page.clauses if len(words := tokens(clause.text)) >= LONG_CLAUSE)
        for page in (standing, document)
    )
    if after.total() < TWICE * before.total():
        return False
    again = sum(len(words) for words, times in before.items() if after[words] >= 2 * times)
    return again > REPEATED * sum(len(words) for words in before)


def _prose(document: Document) -> Counter[str]:
    return _bag([clause for clause in document.clauses if len(tokens(clause.text)) >= LONG_CLAUSE])


def _bag(clauses: Sequence[Clause]) -> Counter[str]:
    return Counter(word for clause in clauses for word in tokens(clause.text))
