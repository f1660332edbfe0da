"""What the judgement of one clause may know about its document."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from monitor.classification.columns import Heads, heads
from monitor.classification.recipients import lists_recipients
from monitor.classification.relocation import Sentence, doubled_sentences, moved_sentences
from monitor.classification.renaming import Renaming, renamings
from monitor.classification.tables import table, word_set
from monitor.classification.text import read
from monitor.classification.user import UserRule
from monitor.comparison import Difference
from monitor.model import Document

_LANGUAGES = {
    "de": "German",
    "fr": "French",
    "it": "Italian",
    "es": "Spanish",
    "pl": "Polish",
    "nl": "Dutch",
    "pt": "Portuguese",
    "sv": "Swedish",
    "da": "Danish",
    "fi": "Finnish",
    "cs": "Czech",
    "ja": "Japanese",
    "zh": "Chinese",
    "ko": "Korean",
    "ru": "Russian",
    "tr": "Turkish",
}


@dataclass(frozen=True, slots=True)
class Context:
    """Shared by all clauses of one comparison."""

    rules: tuple[UserRule, ...] = ()
    policy_kind: str | None = None
    vendor: str | None = None
    language: str | None = None
    vendor_names: frozenset[str] = frozenset()
    """Folded words by which the documents name the vendor."""
    notes: tuple[str, ...] = ()
    texts: tuple[str, str] = ("", "")
    """Both documents, folded: to see how far a defined term reaches."""
    recipients: bool = False
    """Whether a table or a list names those who get data."""
    headings: frozenset[tuple[str, ...]] = frozenset()
    """Folded words of the headings that have clauses below them, in either document."""
    columns: Heads = field(default_factory=dict)
    """What the columns of rows are called that do not say so themselves."""
    renamings: frozenset[Renaming] = frozenset()
    """Names in whose place others came throughout."""
    moved: frozenset[Sentence] = frozenset()
    """Sentences that went from one clause to another."""
    doubled: frozenset[Sentence] = frozenset()
    """Sentences that came or went once and stand elsewhere all the time."""

    @classmethod
    def of(
        cls,
        before: Document,
        after: Document,
        *,
        rules: tuple[UserRule, ...],
        policy_kind: str | None,
        vendor: str | None,
    ) -> Self:
        language = _language(before, after)
        notes = []
        if language not in (None, "en"):
            name = _LANGUAGES.get(language or "", language)
            notes.append(
                f"rules cover English; this policy is {name}: verdict by numbers, dates, parties and size only"
            )
        return cls(
            rules=rules,
            policy_kind=policy_kind,
            vendor=vendor,
            language=language,
            vendor_names=_names(before, after, vendor),
            notes=tuple(notes),
            texts=(before.text.casefold(), after.text.casefold()),
            headings=frozenset(
                words
                for heading in {h for side in (before, after) for clause in side.clauses for h in clause.path}
                if len(words := read(heading).words) <= _LONGEST_HEADING
            ),
            columns={**heads(before.clauses), **heads(after.clauses)},
            recipients=any(lists_recipients(side.clauses) for side in (before, after)),
        )

    def having(self, found: Sequence[Difference], before: Document, after: Document) -> Self:
        """The context with what only all differences together tell."""
        judged = [difference for difference in found if difference.cosmetic is None]
        names = renamings(judged, before, after)
        moved = moved_sentences(judged) if len(judged) > 1 else frozenset()
        doubled = doubled_sentences(judged, before, after, self.texts)
        if not (names or moved or doubled):
            return self
        return replace(self, renamings=names, moved=moved, doubled=doubled)

    def uses(self, term: str) -> int:
        """How often a term stands in the document that uses it more."""
        return max(text.count(term.casefold()) for text in self.texts)

    @property
    def elsewhere(self) -> frozenset[Sentence]:
        """Sentences that a clause lost or won without anything being said more or less often than needed."""
        return self.moved | self.doubled

    @property
    def english(self) -> bool:
        return self.language in (None, "en")


def _language(before: Document, after: Document) -> str | None:
    """The language of the longer document that has one: of few words it is a guess; the same read backwards."""
    known = [(len(side.text), side.language) for side in (before, after) if side.language]
    return max(known)[1] if known else None


_DOER = re.compile(r"\b([A-Z][A-Za-z0-9]{2,24}) (?:will|shall|may|must|reserves|does|agrees|uses|collects) ")
_NOT_THE_VENDOR = word_set(table("names")["not_the_vendor"])


def _names(before: Document, after: Document, vendor: str | None) -> frozenset[str]:
    """Words by which the documents name the vendor: whoever is said to do things, besides the usual parties."""
    counts = Counter(name.casefold() for side in (before, after) for name in _DOER.findall(side.text))
    names = {name for name, count in counts.items() if count >= _OFTEN and name not in _NOT_THE_VENDOR}
    return frozenset(names | ({vendor.split()[0].casefold()} if vendor and vendor.split() else set()))


_LONGEST_HEADING = 14
"""Words of what a table of contents may name."""
_OFTEN = 2
"""Mentions of a doer, in both documents together, from which on it is the vendor."""
