"""Two documents in, the differences between their clauses out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from monitor.comparison import cosmetic
from monitor.comparison.align import Block, align
from monitor.comparison.furniture import apart, judge
from monitor.comparison.normal import canonical, tokens
from monitor.comparison.numbering import Renumbered, renumbered
from monitor.comparison.words import Redline, mirrored, redline
from monitor.model import ChangeKind, Clause, Document

_REWRITTEN = 0.5
"""Share of the words that differ from which on a document counts as rewritten."""
Reason = Callable[[Clause], str | None]
_SHORTEST_SENTENCE = 5
"""Words of a clause whose move under other headings is worth telling."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What happened to one clause, before anybody judges what it means."""

    change: ChangeKind
    before: Clause | None
    after: Clause | None
    words: Redline
    """From ``before.text`` to ``after.text``; equal and delete parts give the one, equal and insert the other."""
    cosmetic: str | None = None
    """Why it is only cosmetic; None when it has to be judged."""
    columns: tuple[str, ...] = ()
    """Of a table row: the columns whose cells differ."""
    renumbered: Renumbered | None = None
    """It stands for all clauses that are cited otherwise: told, though no word differs."""


def differences(before: Document, after: Document) -> tuple[Difference, ...]:
    """All differences between the clauses of two documents, in reading order, cosmetic ones with their reason.

    Looking from ``after`` to ``before`` gives the mirror image: the comparison is always made in one direction,
    whichever is asked for.
    """
    if _order(before) <= _order(after):
        return _differences(before, after)
    return tuple(_mirrored(d) for d in _differences(after, before))


def rewritten(found: Sequence[Difference], before: Document, after: Document) -> bool:
    """Whether so much changed that people should read the whole document anew."""
    changed = sum(len(tokens(text)) for d in found if not d.cosmetic for op, text in d.words if op != "equal")
    total = sum(len(tokens(c.text)) for document in (before, after) for c in document.clauses)
    return total > 0 and changed / total >= _REWRITTEN


def _order(document: Document) -> tuple[object, ...]:
    """Any order of documents will do, as long as it is total."""
    details = [(c.kind, c.path, c.label, c.links, c.lead, c.cells, c.linked) for c in document.clauses]
    return len(document.clauses), [clause.text for clause in document.clauses], details, document.title


def _mirrored(difference: Difference) -> Difference:
    kinds: dict[ChangeKind, ChangeKind] = {"added": "removed", "removed": "added"}
    return replace(
        difference,
        change=kinds.get(difference.change, difference.change),
        before=difference.after,
        after=difference.before,
        words=mirrored(difference.words),
        renumbered=difference.renumbered and difference.renumbered.mirrored(),
    )


def _differences(before: Document, after: Document) -> tuple[Difference, ...]:
    blocks = align(before.clauses, after.clauses)
    pairs = [
        (
            _joined([before.clauses[i] for i in block.before]),
            _joined([after.clauses[j] for j in block.after]),
            block,
        )
        for block in blocks
    ]
    labels = {
        old.label.strip(".() "): new.label.strip(".() ")
        for old, new, _ in pairs
        if old and new and old.label != new.label
    }
    aside = apart(before, after)
    passing = judge(before, after, aside)
    found = (
        _pair(old, new, block, labels, aside) if old and new else _single(old, new, passing)
        for old, new, block in pairs
    )
    told = tuple(difference for difference in found if difference)
    form = renumbered((old, new) for old, new, _ in pairs if old and new)
    if form is None:
        return told
    words = redline(form.before.text, form.after.text)
    return (Difference("modified", form.before, form.after, words, renumbered=form), *told)


def _pair(
    old: Clause, new: Clause, block: Block, labels: cosmetic.Labels, aside: Reason
) -> Difference | None:
    if not block.moved and old.text == new.text and old.links == new.links:
        return None
    reflowed = len(block.before) != len(block.after) and tokens(old.text) == tokens(new.text)
    if reflowed and cosmetic.same_files(old, new):
        return None
    words = redline(old.text, new.text)
    if block.moved and canonical(old.text) == canonical(new.text):
        reason = _of_move(old, new) or aside(new) if cosmetic.same_files(old, new) else None
        return Difference("moved", old, new, words, reason)
    reason = cosmetic.reason(old, new, labels)
    if reason is None and aside(old):
        reason = aside(new)
    return Difference("modified", old, new, words, reason, _columns(old, new))


def _of_move(old: Clause, new: Clause) -> str | None:
    """Why a move is cosmetic: the clause still stands under the same headings, or it is no sentence."""
    if old.kind == new.kind == "row":
        return "order of rows"
    if old.lead and new.lead and tokens(old.lead) != tokens(new.lead):
        return None  # from "only if you agree" to "unless you object"
    if [tokens(heading) for heading in old.path] == [tokens(heading) for heading in new.path]:
        return "order"
    if old.kind == "heading" or len(tokens(old.text)) < _SHORTEST_SENTENCE:
        return "moved"
    return None


def _single(old: Clause | None, new: Clause | None, passing: Reason) -> Difference | None:
    clause = old or new
    if clause is None:
        return None
    reason = passing(clause)
    if old:
        return Difference("removed", old, None, (("delete", old.text),) if old.text else (), reason)
    return Difference("added", None, clause, (("insert", clause.text),) if clause.text else (), reason)


def _joined(clauses: Sequence[Clause]) -> Clause | None:
    """Several clauses that became one (or one that became several) read as one."""
    if len(clauses) <= 1:
        return clauses[0] if clauses else None
    return replace(
        clauses[0],
        text=" ".join(clause.text for clause in clauses),
        links=tuple(dict.fromkeys(link for clause in clauses for link in clause.links)),
        cells=(),
        linked=all(clause.linked for clause in clauses),
    )


def _columns(before: Clause, after: Clause) -> tuple[str, ...]:
    """Columns of a row whose cells differ, by name."""
    old, new = dict(before.cells), dict(after.cells)
    return tuple(
        name for name in {**old, **new} if canonical(old.get(name, "")) != canonical(new.get(name, ""))
    )
