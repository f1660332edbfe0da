"""Several pages that make one policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor.model import Clause, Document


def joined(documents: Sequence[Document]) -> Document:
    """One document of several, each part's clauses under its title; a part that is no policy spoils the whole."""
    if not documents:
        return Document(problem="empty", problem_reason="no parts")
    if len(documents) == 1:
        return documents[0]
    first = documents[0]
    bad = next(((index, part) for index, part in enumerate(documents, 1) if part.problem), None)
    return Document(
        title=first.title,
        text="\n".join(part.text for part in documents if part.text),
        clauses=tuple(clause for part in documents for clause in _under_title(part)),
        language=first.language,
        stated_date=max((part.stated_date for part in documents if part.stated_date), default=None),
        effective_date=max((part.effective_date for part in documents if part.effective_date), default=None),
        date_note="; ".join(dict.fromkeys(part.date_note for part in documents if part.date_note)) or None,
        problem=bad[1].problem if bad else None,
        problem_reason=f"part {bad[0]} of {len(documents)}: {bad[1].problem_reason}" if bad else None,
        url=first.url,
    )


def _under_title(part: Document) -> list[Clause]:
    headings = {clause.path[0] for clause in part.clauses if clause.path}
    title = part.title.split(" | ")[0].strip()
    if not title or headings == {title} or any(clause.text == title for clause in part.clauses[:3]):
        return list(part.clauses)
    return [replace(clause, path=(title, *clause.path)) for clause in part.clauses]
