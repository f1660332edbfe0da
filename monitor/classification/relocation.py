"""Sentences that went from one clause and stand word for word in another: moved, or said twice, not gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from monitor.classification.tables import word_set
from monitor.classification.text import Text, read
from monitor.comparison import Difference
from monitor.model import Clause, Document

Sentence = tuple[str, ...]

_SHORTEST = 5
_POINTING = word_set(
    "above below foregoing preceding following aforementioned section paragraph clause subsection"
)
"""A sentence with one of these speaks of what stands around it: elsewhere it says something else."""


def moved_sentences(found: Iterable[Difference]) -> frozenset[Sentence]:
    """Sentences of which as many came in some clauses as went from others."""
    gone: Counter[Sentence] = Counter()
    come: Counter[Sentence] = Counter()
    for difference in found:
        if difference.cosmetic is None and difference.change != "moved":
            before, after = (
                Counter(sentences(read(clause.text))) if clause else Counter[Sentence]()
                for clause in (difference.before, difference.after)
            )
            gone.update(before - after)
            come.update(after - before)
    return frozenset(
        sentence
        for sentence, count in gone.items()
        if count == come[sentence] and len(sentence) >= _SHORTEST and _REFERRING.isdisjoint(sentence)
    )


def doubled_sentences(
    found: Iterable[Difference], before: Document, after: Document, texts: tuple[str, str]
) -> frozenset[Sentence]:
    """Sentences that came or went once though they stand under the same headings in both documents.

    ``texts``: both documents, folded.
    """
    doubled: set[Sentence] = set()
    for difference in found:
        clauses = [clause for clause in (difference.before, difference.after) if clause]
        if len(clauses) > 1:
            continue  # what a clause no longer says of its case is not said of it elsewhere
        changed = Counter(sentences(read(clauses[0].text)))
        for sentence, count in changed.items():
            if count > 1 or len(sentence) < _SHORTEST or not _REFERRING.isdisjoint(sentence):
                continue
            opening = " ".join(sentence[:_OPENING])
            if all(opening in text for text in texts) and all(
                _stands(sentence, document, clauses[0]) for document in (before, after)
            ):
                doubled.add(sentence)
    return frozenset(doubled)


_OPENING = 3
_REFERRING = _POINTING | word_set("this that these those such it they them their its here so he she same")


def _stands(sentence: Sentence, document: Document, near: Clause) -> bool:
    """Whether a sentence stands in a document under the headings, and the lead of the list, of a clause."""
    return any(
        (clause.path, clause.lead) == (near.path, near.lead) and sentence in sentences(read(clause.text))
        for clause in document.clauses
    )


def only_moved(before: Text, after: Text, moved: frozenset[Sentence]) -> bool:
    """Whether two texts are the same but for sentences that moved; one of them may be empty."""
    rest = [
        [word for sentence in sentences(text) if sentence not in moved for word in sentence]
        for text in (before, after)
    ]
    return rest[0] == rest[1]


def stayed(text: Text, other: Text, moved: frozenset[Sentence]) -> Text:
    """A text without the sentences that came from another clause or went to one; ``other``: the other side's text."""
    here = sentences(text)
    cut = {sentence for sentence in here if sentence in moved} - set(sentences(other))
    if not cut:
        return text
    starts = [text.spans[at][0] for at in text.sentence_starts]
    ends = (*starts[1:], len(text.shown))
    kept = (
        text.shown[start:end]
        for start, end, sentence in zip(starts, ends, here, strict=True)
        if sentence not in cut
    )
    return read("".join(kept))


def sentences(text: Text) -> Sequence[Sentence]:
    """The sentences of a text, as folded words."""
    ends = (*text.sentence_starts[1:], len(text.words))
    return [text.words[start:end] for start, end in zip(text.sentence_starts, ends, strict=False)]
