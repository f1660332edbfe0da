"""One difference in, one judged change out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.classification.asking import by_asking, by_ground, by_training
from monitor.classification.bans import by_bans
from monitor.classification.case import Case
from monitor.classification.context import Context
from monitor.classification.denials import by_denials
from monitor.classification.findings import Found, by_rules
from monitor.classification.knowledge import Knowledge, knowledge
from monitor.classification.names import SERVING, by_entry, by_names
from monitor.classification.numbers import by_numbers
from monitor.classification.reference import by_documents
from monitor.classification.scope import by_scope
from monitor.classification.subjects import by_subjects, gravest_first
from monitor.classification.turns import by_force, by_negation, by_softening, by_verb
from monitor.classification.user import apply_rules
from monitor.classification.verdict import as_finding, editorial, renumbering
from monitor.classification.whole import by_whole, said_otherwise
from monitor.comparison import Difference
from monitor.model import SEVERITIES, TOPICS, Change, Verdict, worst

_MOST_TOPICS, _FIRST = 4, 2
_PLACE = {topic: place for place, topic in enumerate(TOPICS)}


@dataclass(frozen=True, slots=True)
class Judgement:
    """A change with everything that led to it; no case when it is cosmetic."""

    change: Change
    case: Case | None = None


def classify(difference: Difference, context: Context) -> Change:
    """Judge one difference: verdict, severity, topics and findings. Pure and quick."""
    return judge(difference, context).change


def judge(difference: Difference, context: Context) -> Judgement:
    """As ``classify``, with the facts that decided."""
    if difference.cosmetic:
        return Judgement(_change(difference, "cosmetic", reason=difference.cosmetic))
    known = knowledge()
    if difference.renumbered:
        entry = renumbering(difference.renumbered, known)
        change = _change(difference, "editorial", ("other",), [entry], entry.finding.reason)
        return Judgement(apply_rules(change, context.rules, context.policy_kind, context.vendor))
    case = Case.of(difference, context, known)
    findings = _findings(case, known)
    reason = editorial(case, findings, known)
    if reason is not None:
        findings = [as_finding(case, reason, known)]
    elif not findings:
        findings = [said_otherwise(case, known)]
    topics = _with_findings(case.topics, findings)
    change = _change(difference, "editorial" if reason else "material", topics, findings, reason or "")
    return Judgement(apply_rules(change, context.rules, context.policy_kind, context.vendor), case)


def _findings(case: Case, known: Knowledge) -> list[Found]:
    topics = gravest_first(case, known)
    named = list(by_names(case, known))
    if not any(f.finding.rule in ("party", SERVING) for f in named):
        named += by_entry(case, known)
    findings = [
        *by_numbers(case.delta, topics, known),
        *named,
        *by_rules(case.delta, topics, known, modified=case.reworded),
        *by_documents(case, known),
        *by_scope(case, topics[0], known),
        *by_negation(case, topics[0], known),
        *by_denials(case, topics[0], known),
        *by_force(case, topics[0], known),
        *by_softening(case, topics[0], known),
        *by_verb(case, topics[0], known),
        *by_bans(case, topics[0], known),
        *by_asking(case, known),
        *by_ground(case, known),
        *by_whole(case, known),
    ]
    findings += by_training(findings, case, known)
    findings += by_subjects(case, topics, findings, known)
    findings.sort(key=lambda f: (-SEVERITIES.index(f.finding.severity), not f.worse))
    return _distinct(findings)


def _distinct(findings: Iterable[Found]) -> list[Found]:
    seen: set[tuple[str, str, str, str, str]] = set()
    kept = []
    for entry in findings:
        f = entry.finding
        key = (f.rule, f.kind, f.topic, f.before, f.after)
        if key not in seen:
            seen.add(key)
            kept.append(entry)
    return kept


def _with_findings(topics: tuple[str, ...], findings: Sequence[Found]) -> tuple[str, ...]:
    """The clause's topics and those of its findings, the same whichever way the comparison is read."""
    named = sorted({f.finding.topic for f in findings}, key=_PLACE.__getitem__)
    together = tuple(dict.fromkeys((*topics[:_FIRST], *named, *topics)))[:_MOST_TOPICS]
    return tuple(topic for topic in together if topic != "other") or together


def _change(
    difference: Difference,
    verdict: Verdict,
    topics: tuple[str, ...] = (),
    found: Sequence[Found] = (),
    reason: str = "",
) -> Change:
    clause = difference.after or difference.before
    findings = tuple(entry.finding for entry in found)
    material = verdict == "material"
    return Change(
        change=difference.change,
        path=clause.path if clause else (),
        label=clause.label if clause else "",
        before=difference.before.text if difference.before else None,
        after=difference.after.text if difference.after else None,
        words=difference.words,
        verdict=verdict,
        severity=(worst([finding.severity for finding in findings]) or "low") if material else None,
        topics=topics,
        findings=findings,
        reason=reason,
    )
