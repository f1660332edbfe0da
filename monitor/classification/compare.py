"""Two documents of a policy in, one comparison out: what changed, whether it matters, and why."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.classification.classify import classify
from monitor.classification.context import Context
from monitor.classification.summary import summary
from monitor.classification.user import UserRule
from monitor.comparison import differences, rewritten, suspicion
from monitor.model import VERDICTS, Change, Comparison, Document, Verdict, worst


def compare(
    before: Document,
    after: Document,
    *,
    rules: Sequence[UserRule] = (),
    policy_kind: str | None = None,
    vendor: str | None = None,
) -> Comparison:
    """Compare two versions of a policy.

    ``rules``: a user's own; ``policy_kind`` (one of ``POLICY_KINDS``) and ``vendor`` (its name) sharpen topics
    and parties when known. Pure: the same documents and rules give the same bytes anywhere. A page that
    stopped being a policy gives ``suspect``, never an error.
    """
    if after.problem and not before.problem:
        reason = after.problem_reason or after.problem
        return _suspect(before, after, f"The page is no longer the policy: {after.problem}", reason)
    if before.problem not in (None, "empty") and not after.problem:
        reason = before.problem_reason or before.problem
        return _suspect(before, after, f"The earlier page was not the policy: {before.problem}", reason)
    doubt = suspicion(before, after) if _are_pages(before, after) else None
    if doubt is not None:
        return _suspect(before, after, f"The page is hardly a version of the same policy: {doubt}", doubt)
    context = Context.of(before, after, rules=tuple(rules), policy_kind=policy_kind, vendor=vendor)
    found = differences(before, after)
    context = context.having(found, before, after)
    changes = tuple(classify(difference, context) for difference in found)
    weights = [change.verdict for change in changes]
    verdict: Verdict = max(weights, key=VERDICTS.index, default="unchanged")
    return Comparison(
        verdict=verdict,
        severity=worst([c.severity for c in changes if c.severity]) if verdict == "material" else None,
        summary=summary(changes, rewritten=rewritten(found, before, after)),
        changes=changes,
        silent=_silent(before, after, changes),
        reason="no word differs" if verdict == "unchanged" else "",
        notes=context.notes,
        before_stated_date=before.stated_date,
        after_stated_date=after.stated_date,
        effective_date=after.effective_date,
    )


_PAGE, _LONG_PAGE, _STUB = 100, 300, 1
"""Words of what can be a policy, of what surely is one, and of what may have come in its place."""


def _are_pages(before: Document, after: Document) -> bool:
    """Whether both are pages, not excerpts: an excerpt may be rewritten altogether."""
    small, large = sorted(
        sum(len(clause.text.split()) for clause in document.clauses) for document in (before, after)
    )
    return small >= _PAGE or (small >= _STUB and large >= _LONG_PAGE)


def _suspect(before: Document, after: Document, sentence: str, reason: str) -> Comparison:
    return Comparison(
        verdict="suspect",
        severity=None,
        summary=sentence.replace("_", " ") + ".",
        reason=reason,
        before_stated_date=before.stated_date,
        after_stated_date=after.stated_date,
    )


def _silent(before: Document, after: Document, changes: Sequence[Change]) -> bool:
    """Words changed although the page still states the same date."""
    told = any(change.verdict in ("editorial", "material") for change in changes)
    return told and after.stated_date is not None and before.stated_date == after.stated_date
