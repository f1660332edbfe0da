"""What must not change unseen, and what weighs most.

A cap on liability, a choice of law, a promise to report breaches, what is said of sale, AI training and consent can be
reworded in more ways than rules foresee: any word of substance in such a sentence is told. And a deadline in a sentence
on breaches is one of breach notice, whatever else its clause is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.classification.asides import touched
from monitor.classification.case import Case
from monitor.classification.exchange import exchanged
from monitor.classification.facts import Facts
from monitor.classification.findings import Found, found, widened
from monitor.classification.holders import PAPERS, Holder, party_of
from monitor.classification.knowledge import Knowledge, Outcome, Subject
from monitor.classification.placed import FILTERED, filters
from monitor.classification.runs import Range, by_gap, meets
from monitor.classification.scope import is_banned, is_listed
from monitor.classification.tables import table, word_set
from monitor.classification.text import Text
from monitor.classification.whole import DEFINES
from monitor.classification.wording import DECISIVE


def gravest_first(case: Case, known: Knowledge) -> tuple[str, ...]:
    """The clause's topics, the one that a changed sentence is weighed by before the others."""
    grave: set[str] = set()
    for facts, changed in case.sides:
        text = facts.text
        said = [fact for fact in facts.said if fact.name in known.grave]
        if said:
            heads = {text.head(text.sentences[start]) for start, _ in touched(text, changed)}
            grave |= {
                known.grave[fact.name] for fact in said if text.head(text.sentences[fact.start]) in heads
            }
    return tuple(dict.fromkeys((*sorted(grave), *case.topics)))


def by_subjects(
    case: Case, topics: Sequence[str], findings: Sequence[Found], known: Knowledge
) -> Iterator[Found]:
    """A finding for each subject that must not change unseen, unless a rule has told what became of it.

    ``findings``: what the other rules found.
    """
    if not case.reworded:
        return
    said = {fact.name for facts, _ in case.sides for fact in facts.said}
    rules = [
        rule
        for rule in known.subjects
        if rule.fact in said
        and not rule.within.isdisjoint(topics)
        and (_says_more(case, rule) or not any(f.finding.rule in rule.unless for f in findings))
    ]
    if not rules or (case.wording.same and not exchanged(case, known)):
        return
    for rule in rules:
        turned = rule.fact == "forum" and _turns_party(case)
        idle = not case.wording.same and rule.idle.issuperset({*case.wording.gone, *case.wording.come})
        if idle and not turned:
            continue
        ranges = case.changed if case.wording.same else case.residue
        sides = [(facts, runs) for (facts, _), runs in zip(case.sides, ranges, strict=True)]
        if any(_is_about(rule.fact, *side) for side in sides) and (turned or _weighs(case, rule, known)):
            before, after = (_quoted(*side) for side in sides)
            slack = 0 if _is_rewritten(case) else _slack(case, rule)
            for outcome, was, is_ in _outcomes(rule, before, after, slack):
                yield found(rule.id, outcome, rule.topic, was, is_, known, fixed=True)


def _turns_party(case: Case) -> bool:
    """Whether one party came in the other's place: "where you live", "where we are established"."""
    (before, gone), (after, come) = case.sides
    old, new = by_gap(gone), by_gap(come)
    pairs = ((before.text.words[old[gap][0]], after.text.words[new[gap][0]]) for gap in old if gap in new)
    return any(pair in _PARTIES for pair in pairs)


_PARTIES = frozenset({("you", "we"), ("we", "you"), ("your", "our"), ("our", "your")})


def _outcomes(rule: Subject, before: str, after: str, slack: int) -> list[tuple[Outcome, str, str]]:
    """What words that differ mean, with the words: who gains if that can be told, else what went and what came."""
    if rule.comes == rule.goes:
        return [(rule.goes, before, after)]
    if slack:
        worse, better = (rule.comes, rule.goes) if rule.comes.worse else (rule.goes, rule.comes)
        return [(worse if slack > 0 else better, before, after)]
    gone, come = (rule.goes, before, ""), (rule.comes, "", after)
    return [side for side, words in ((gone, before), (come, after)) if words]


def _says_more(case: Case, rule: Subject) -> bool:
    """Whether something besides a number differs that no other rule weighs: "any confirmed breach within 48 hours"."""
    if rule.fact not in FILTERED or not case.reworded:
        return False
    if any(True for _ in filters(case)):
        return True
    sides = [
        {word for start, end in runs for word in facts.text.words[start:end]}
        for (facts, _), runs in zip(case.sides, case.residue, strict=True)
    ]
    return rule.fact == "breach" and any(not (_LATE | _EARLY).isdisjoint(side) for side in sides)


def _is_rewritten(case: Case) -> bool:
    """Whether so many words differ on both sides that a lost exception does not say who gains."""
    return min(len(case.wording.gone), len(case.wording.come)) >= _MUCH


def _slack(case: Case, rule: Subject) -> int:
    """How many more words after than before let somebody off, or begin a period later: of those that differ."""
    timed = rule.fact in ("breach", "clock")  # of what begins a period
    before, after = (
        _loose(facts, runs, timed=timed) for (facts, _), runs in zip(case.sides, case.residue, strict=True)
    )
    picked = [side for side, _ in filters(case)]
    fewer = picked.count(1) - picked.count(0)  # "any serious breach" is reported less often
    slack = after - before + (-fewer if rule.fact == "opt_in" else fewer)
    if timed:
        slack += _slower(case)
    if rule.fact in ("training", "selling"):
        nameless = [_nameless(*side) for side in zip(case.sides, case.residue, strict=True)]
        refused = [_if_refused(*side) for side in zip(case.sides, case.residue, strict=True)]
        slack += nameless[0] - nameless[1] + refused[1] - refused[0]
    return slack


def _slower(case: Case) -> int:
    """1 where a "promptly" came in a firmer deadline's place, or went and left none; -1 where it came or gave way."""
    had, has = (
        sum(fact.name == "soft_deadline" and meets((fact.start, fact.end), runs) for fact in facts.said)
        for (facts, _), runs in zip(case.sides, case.residue, strict=True)
    )
    if had == has:
        return 0
    periods = case.delta.quantities_come if had > has else case.delta.quantities_gone
    facts = case.delta.come if had > has else case.delta.gone
    firmer = any(one.sort == "period" for one in periods) or any(fact.name == "immediate" for fact in facts)
    return 1 if (has > had) == firmer else -1


def _nameless(side: tuple[Facts, Sequence[Range]], runs: Sequence[Range]) -> int:
    """How often some words confine what the vendor does to data without names: "may sell aggregated data"."""
    facts = side[0]
    return sum(
        word in _NAMELESS and not is_banned(facts, start)
        for start, end in runs
        for word in facts.text.words[start:end]
    )


def _if_refused(side: tuple[Facts, Sequence[Range]], runs: Sequence[Range]) -> int:
    """How often some words let a promise hold for those who refuse: "not be sold where you have opted out"."""
    facts = side[0]
    return sum(
        fact.name == "opt_out" and meets((fact.start, fact.end), runs) and is_banned(facts, fact.start)
        for fact in facts.said
    )


_NAMELESS = word_set(
    "anonymous anonymised anonymized anonymously aggregate aggregated deidentified pseudonymous pseudonymised "
    "pseudonymized"
)


def _loose(facts: Facts, runs: Sequence[Range], *, timed: bool) -> int:
    touched = [
        fact
        for fact in facts.said
        if meets((fact.start, fact.end), runs) and not (timed and fact.name == "soft_deadline")
    ]
    own = [
        fact for fact in touched if fact.name == "exception" and _is_own(facts.text.words[fact.end :][:_OWN])
    ]
    said = [fact.name if fact not in own else "own_choice" for fact in touched]
    words = [word for start, end in runs for word in facts.text.words[start:end]]
    loose = sum(name in _LOOSE for name in said) + sum(word in _TACIT for word in words)
    loose += said.count("discretion")
    tight = said.count("immediate")
    if timed:
        loose += sum(word in _LATE or word in _FEWER_TOLD for word in words)
        tight += sum(word in _EARLY for word in words)
    asked = 0 if timed else _asked(facts, runs) - _instead(facts, runs)
    if not _TACIT.isdisjoint(words):
        asked = 0
    return loose - tight - 2 * asked  # "unless the customer agrees" is an exception, but the customer's own


def _asked(facts: Facts, runs: Sequence[Range]) -> int:
    """How often some words ask for a consent by themselves."""
    return sum(
        fact.name in _ASKED
        and any(
            start < fact.end and fact.start < end and not (fact.start < start and end < fact.end)
            for start, end in runs
        )
        for fact in facts.said
    )


def _instead(facts: Facts, runs: Sequence[Range]) -> int:
    """How often some words are another way than a consent: "only if you opted in or made a purchase"."""
    return sum(
        facts.text.words[start] in _OR
        and any(fact.name in _ASKED and 0 <= start - fact.end <= _NEAR_CONSENT for fact in facts.said)
        for start, _ in runs
    )


_OR = frozenset({"or"})
_NEAR_CONSENT = 3


def _is_own(words: Sequence[str]) -> bool:
    """Whether an exception is the customer's to make: "except while you have deactivated it"."""
    return not (_YOU.isdisjoint(words) or _REFUSES.isdisjoint(words))


_OWN = 8
"""Words after an exception in which it is said whose it is."""
_YOU = frozenset({"you", "customer", "user", "users", "subscriber", "member"})
_REFUSES = word_set(
    "deactivated deactivate disabled disable opted opt objected object refused refuse declined decline withdrawn "
    "withdraw"
)
_ASKED = frozenset({"opt_in", "own_choice"})
_LOOSE = frozenset({"soft_deadline", "efforts", "discretion", "exception", "for_now", "no_notice"})
_TACIT = word_set(
    "infer infers inferred scrolling browsing implied implicit tacit deemed presumed assumed "
    "continue continues continued continuing silence inaction"
)
"""What takes the place of somebody's word."""
_EARLY, _LATE = (word_set(table("quantities")["anchors"][when]) for when in ("early", "late"))
_FEWER_TOLD = word_set("request authority authorities regulator regulators unencrypted likely risk")
"""Said of a promise to report breaches, fewer of them are reported, or to others."""
_EARLY -= {"incident", "breach", "event"}  # what is reported, which begins nothing by itself


def _weighs(case: Case, rule: Subject, known: Knowledge) -> bool:
    """Whether enough differs: a party, a name, a number or a word of weight, or several other words; one verb that
    says the same here ("go to the courts", "are heard by the courts") is nothing."""
    words = {*case.wording.gone, *case.wording.come}
    if case.wording.same:  # the same words, said of somebody or something else
        return True
    if not (known.weighty_words | DECISIVE | rule.decisive).isdisjoint(words):
        return True
    if any(not known.opposed.get(word, _NONE).isdisjoint(case.wording.come) for word in case.wording.gone):
        return True
    if any(
        not _TACIT.isdisjoint(facts.text.words[start:end])
        for (facts, _), runs in zip(case.sides, case.residue, strict=True)
        for start, end in runs
    ):
        return True
    if rule.fact in FILTERED and any(True for _ in filters(case)):
        return True
    return (
        len(words) >= (_FEW if rule.fact in _GRAVEST else _SEVERAL)
        or _is_entry(case)
        or _names_another(case, known)
    )


def _names_another(case: Case, known: Knowledge) -> bool:
    """Whether a number, a name or a party is among the words that differ."""
    vendor = case.context.vendor_names
    was, is_ = (
        {party_of(facts.text.words[at], vendor) for start, end in places for at in range(start, end)}
        for (facts, _), places in zip(case.sides, case.wording.places, strict=True)
    )
    return any(
        _decides(facts.text, at, vendor, known, renamed=was & is_)
        for (facts, _), places in zip(case.sides, case.wording.places, strict=True)
        for start, end in places
        for at in range(start, end)
    )


def _is_entry(case: Case) -> bool:
    """Whether an entry of a list came or went, and nothing else: "hosting providers; and advertising companies"."""
    runs = [(facts.text, side) for (facts, _), side in zip(case.sides, case.residue, strict=True) if side]
    return len(runs) == 1 and all(is_listed(runs[0][0], [run]) for run in runs[0][1])


def _decides(
    text: Text, at: int, vendor: frozenset[str], known: Knowledge, *, renamed: set[Holder | None]
) -> bool:
    """Whether a word that differs is a number, a name or a party. ``renamed``: parties that both sides name there."""
    word = text.words[at]
    if word[0].isdigit():
        return at > 0  # not a clause's own number
    if party := party_of(word, vendor):
        return party not in renamed and text.words[at + 1 : at + 2] not in PAPERS
    return (
        text.shown[text.spans[at][0]].isupper()
        and at not in text.sentence_starts
        and word not in known.vocabulary
    )


_FEW, _SEVERAL, _MUCH = 2, 3, 5
_GRAVEST = frozenset({"cap", "training"})
"""Of what two words that differ weigh enough."""
_NONE: frozenset[str] = frozenset()


def _quoted(facts: Facts, runs: Sequence[Range]) -> str:
    """The first words that differ in substance, with those around them."""
    return facts.text.snippet(*widened(facts, *runs[0])) if runs else ""


def _is_about(name: str, facts: Facts, places: Sequence[Range]) -> bool:
    """Whether words that differ stand in a sentence that says a concept."""
    text = facts.text
    heads = {text.head(text.sentences[start]) for start, _ in places}
    about = {text.head(text.sentences[fact.start]) for fact in facts.said if fact.name == name}
    return bool(about) and (not about.isdisjoint(heads) or _defines(text, heads, about))


def _defines(text: Text, heads: set[int], about: set[int]) -> bool:
    """Whether one of some sentences says what a term means that stands in one of others."""
    if '"' not in text.shown:
        return False
    for term in DEFINES.findall(text.shown):
        words = tuple(term.casefold().split())
        places = [at for at in range(len(text.words)) if text.words[at : at + len(words)] == words]
        in_sentences = {text.head(text.sentences[at]) for at in places}
        if in_sentences & heads and in_sentences & about:
            return True
    return False
