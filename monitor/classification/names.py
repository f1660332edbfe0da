"""Findings from names: who is party, recipient or processor, and whose law and courts apply."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from monitor.classification.asides import is_prose
from monitor.classification.delta import Delta
from monitor.classification.facts import Facts
from monitor.classification.findings import Found, found
from monitor.classification.knowledge import Knowledge, Outcome
from monitor.classification.lexicon import Hit
from monitor.classification.parties import Party
from monitor.classification.recipients import SURELY_RECIPIENTS, entry_name, heads_table
from monitor.classification.tables import table, word_set
from monitor.classification.text import Text, read

if TYPE_CHECKING:
    from monitor.classification.case import Case

_WORDS = table("names")
_COURTS, _LAW, _WHERE = (word_set(_WORDS[name]) for name in ("courts", "law", "where"))
_MOST = 40
SERVING = "party.serving"
"""The rule that sees one who works for the vendor in another's place: no new name for the same thing."""
ENTRY = "party.entry"
"""The rule that sees an entry of a list of recipients."""
PLACE_OF_LAW = "place.law"
"""The rule that sees another law or other courts."""
_NO_ORGANISATION = word_set(" ".join(_WORDS["documents"]["sorts"])) | word_set(
    "individual individuals person persons people subject subjects users visitors customers providers vendors parties"
)
"""Words of names for documents and for people."""
_CONTRACTING = word_set(_WORDS["contracting"])
_SERVED_BY, _SERVED = word_set(_WORDS["served_by"]), word_set(_WORDS["served"])
_SERVING = frozenset((word,) for word in _WORDS["serving"].split())
_PLAIN = word_set(
    f"{_WORDS['products']} {_WORDS['recipients']} technology technologies tools data information"
)
"""What tells a name of things, or of anybody, from that of an organisation."""
_PRODUCTS = word_set(f"{_WORDS['products']} information content materials technology technologies tools")
"""What a name ends with that is one of a thing: "Social Plugins", "Other Information"."""
_OFTEN = 5
_JOINING = frozenset({("and",), ("or",), ("use",)})
_USING = frozenset({"use", "engage", "employ"})
"""Of "we use Stripe and Adyen"; after another name "hosted by Hetzner and Scaleway" is enough."""
_SEVERAL = 3
"""Names in a clause on recipients from which on it lists them."""
_REACH = 14
"""Words before a name in which it is said what is done by it."""
RECIPIENT_WORDS = word_set(_WORDS["recipients"])
"""In a sentence with one of these a bare name is an organisation that gets data."""


def by_names(case: Case, known: Knowledge) -> Iterator[Found]:
    """Findings from organisations and places."""
    yield from _by_parties(case, known)
    yield from _by_places(case, known)


def by_entry(case: Case, known: Knowledge) -> Iterator[Found]:
    """An entry of a list of recipients that came, went or is another one is a party, whatever its name looks like."""
    sides = case.difference.before, case.difference.after
    if not case.listed or any(clause and heads_table(clause) for clause in sides):
        return
    if len({clause.kind for clause in sides if clause}) > 1:
        return  # a list that became a table
    before, after = (entry_name(clause) if clause else "" for clause in sides)
    if case.reworded:
        if before and after and not {*before.split()} & {*after.split()}:
            outcome = Outcome("party_changed", "medium", f"{before} was replaced by {after}", True)
            yield found(ENTRY, outcome, "subprocessors", before, after, known)
    elif after:
        outcome = Outcome("party_added", "high", f"{after} was added", True)
        yield found(ENTRY, outcome, "subprocessors", "", after, known)
    elif before:
        outcome = Outcome("party_removed", "medium", f"{before} is gone")
        yield found(ENTRY, outcome, "subprocessors", before, "", known)


def _counts(facts: Facts, party: Party, case: Case, known: Knowledge) -> bool:
    """Whether a name is an organisation that matters here: by its form, or by what the sentence says of it."""
    if party.form:
        return True
    words = party.key.split()
    vendor = case.context.vendor_names
    if party.processes and vendor.isdisjoint(words):
        return True
    if _is_called_provider(facts.text, party):
        return True
    if not _NO_ORGANISATION.isdisjoint(words) or all(
        word in known.vocabulary or word in vendor for word in words
    ):
        return False
    if words[-1] in _PRODUCTS:
        return False
    if ">" in party.shown or f'"{party.shown}' in facts.text.shown:
        return False  # a way through menus; a term that the clause defines
    if _is_acronym(party) and (case.row or _bracketed(facts, party)):
        return False  # "SMS" among purposes
    if case.listed or _serves(facts, party, case) or _gets_beside(facts, party):
        return True
    # Of the whole clause: a list may be cut by semicolons.
    if not SURELY_RECIPIENTS.isdisjoint(facts.text.words):
        return True
    named = not RECIPIENT_WORDS.isdisjoint(facts.text.words)
    if _among_several(facts, party):
        return named or not _SHARING.isdisjoint(facts.text.words)
    several = len(facts.parties) >= _SEVERAL
    return named and (several or bool({"subprocessors", "data_sharing"} & set(case.topics)))


def _is_called_provider(text: Text, party: Party) -> bool:
    """Whether brackets behind a name say what it does: "Persona (an identity verification provider)"."""
    after = text.shown[text.spans[party.end - 1][1] :].lstrip()
    if after[:1] != "(":
        return False
    return not _PROVIDERS.isdisjoint(after[1:].partition(")")[0].casefold().split()[:_LONGEST_ROLE])


_PROVIDERS = frozenset({"provider", "processor", "subprocessor", "sub-processor", "supplier", "vendor"})
_LONGEST_ROLE = 8


def _among_several(facts: Facts, party: Party) -> bool:
    """Whether a name is one of several that are enumerated: "services such as Facebook Ads, The Trade Desk and …"."""
    text = facts.text
    here = [p for p in facts.parties if text.sentences[p.start] == text.sentences[party.start]]
    listed = [
        p
        for p in here
        if not text.breaks.isdisjoint((p.start, p.end))
        or text.words[p.start - 1 : p.start] in _JOINING
        or text.words[p.end : p.end + 1] in _JOINING
    ]
    led = any(pair in _SUCH_AS for pair in pairwise(text.words[: party.start]))
    return party in listed and len(listed) >= _SEVERAL and led


def _gets_beside(facts: Facts, party: Party) -> bool:
    """Whether a name stands beside others to whom something is given: "shares it with Nielsen and Samba TV"."""
    text = facts.text
    sentence = text.sentences[party.start]
    others = [p for p in facts.parties if p.key != party.key and text.sentences[p.start] == sentence]
    before = text.words[text.sentence_starts[sentence] : party.start]
    led = before[-1:] in _LEADING_TO or party.start in text.breaks
    if not (others and led):
        return False
    return (not _GIVES.isdisjoint(before) and not _TO.isdisjoint(before)) or _gets_next(text, sentence)


def _gets_next(text: Text, sentence: int) -> bool:
    """Whether the next sentence says that those of one are given something: "DHL or GLS. We give them your name"."""
    starts = (*text.sentence_starts[sentence + 1 : sentence + 3], len(text.words))
    following = text.words[starts[0] : starts[1]] if len(starts) > 1 else ()
    return not _GIVES.isdisjoint(following) and not _THEY.isdisjoint(following)


_GIVEN_TO = frozenset({("to",), ("with",)})
"""Before a name, after what is done with data: "we pass your name to LexisNexis"."""
_THEY = frozenset({"them", "they", "these"})


_LEADING_TO = frozenset((word,) for word in ("to", "with", "and", "or", "nor"))
_TO = frozenset({"to", "with"})
_GIVES = word_set(
    "give gives given hand hands handed pass passes passed provide provides provided "
    "share shares sharing shared disclose discloses disclosed transmit transmits transmitted send sends sent forward "
    "forwards forwarded transfer transfers transferred supply supplies supplied"
)
_SUCH_AS = frozenset({("such", "as"), ("for", "example")})
_SHARING = word_set("sharing share shared advertising ads analytics cookies services")


def _is_acronym(party: Party) -> bool:
    """Whether a name is a few capitals after the first cell of a row: what is done there, not by whom."""
    return party.shown.isupper() and len(party.shown) <= _LONGEST_ACRONYM and party.start > 0


_LONGEST_ACRONYM = 4


def _bracketed(facts: Facts, party: Party) -> bool:
    """Whether a name stands in brackets: "Twilio Inc. (SMS)" says what is done there."""
    return facts.text.shown[: facts.text.spans[party.start][0]].endswith("(")


def _serves(facts: Facts, party: Party, case: Case) -> bool:
    """Whether somebody by this name does something for the vendor: "processed by Adyen", "Postmark sends".

    A name that the document uses often is that of the vendor's own product.
    """
    if not party.processes and not _PLAIN.isdisjoint(party.key.split()):
        return False
    if case.context.uses(party.shown) >= _OFTEN:
        return False
    words = facts.text.words
    before = words[max(party.start - _REACH, 0) : party.start]
    by = before[-1:] != () and before[-1] in _SERVED_BY and not _SERVED.isdisjoint(before)
    used = before[-1:] in _JOINING and "we" in before and not _USING.isdisjoint(before)
    given = before[-1:] in _GIVEN_TO and "we" in before and not _GIVES.isdisjoint(before)
    if by or used or given or words[party.end : party.end + 1] in _SERVING:
        return True
    joined = (other.end in (party.start - 1, party.start) for other in facts.parties)
    return not _SERVED.isdisjoint(before) and any(joined)


def _by_parties(case: Case, known: Knowledge) -> Iterator[Found]:
    delta = case.delta
    if _has_postcode(case) and _is_address(case, known):
        return  # "London SE1 7TL"
    gone = [p for p in delta.parties_gone[:_MOST] if _counts(delta.before, p, case, known)]
    come = [p for p in delta.parties_come[:_MOST] if _counts(delta.after, p, case, known)]
    gone = [p for p in gone if not _was_called(delta.before, p, delta.after)]
    come = [p for p in come if not _was_called(delta.after, p, delta.before)]
    if any(p.opens for p in gone) and any(p.opens for p in come):  # rather a product by another name
        gone, come = ([p for p in side if not p.opens] for side in (gone, come))
    gone, come = gone or _instead_of(come, delta.parties_gone), come or _instead_of(gone, delta.parties_come)
    if not (gone or come):
        return
    topic = _topic_of_party(delta, (*gone, *come), case.topics, case.listed)
    while gone and come:
        old, new = gone.pop(0), come.pop(0)
        outcome = Outcome("party_changed", "medium", f"{old.shown} was replaced by {new.shown}", True)
        serve = old.processes or new.processes
        serve = serve or (_serves(delta.before, old, case) and _serves(delta.after, new, case))
        yield found(SERVING if serve else "party", outcome, topic, old.shown, new.shown, known)
    for new in come:
        outcome = Outcome(
            "party_added", "high" if topic == "subprocessors" else "medium", f"{new.shown} was added", True
        )
        yield found("party", outcome, topic, "", new.shown, known)
    for old in gone:
        outcome = Outcome(
            "party_removed", "medium" if topic == "subprocessors" else "low", f"{old.shown} is gone"
        )
        yield found("party", outcome, topic, old.shown, "", known)


def _was_called(facts: Facts, party: Party, other: Facts) -> bool:
    """Whether a name is said to be new for one that the other side has: "Beta, formerly known as Alpha"."""
    text = facts.text
    if text.words[party.end : party.end + 1] not in _FORMERLY:
        return False
    known = {one.key for one in other.parties} | set(other.text.words)
    following = text.words[party.end + 1 : party.end + _FORMER_REACH]
    return any(at in text.capitals and word in known for at, word in enumerate(following, party.end + 1))


_FORMERLY = frozenset({("formerly",), ("previously",), ("fka",)})
_FORMER_REACH = 5


def _has_postcode(case: Case) -> bool:
    """Whether a side is a short line with a figure, as the lines of an address are."""
    texts = (facts.text for facts, _ in case.sides)
    return any(len(text.words) <= _LONGEST_LINE and _DIGIT.search(text.shown) for text in texts)


_LONGEST_LINE = 8
"""Words of a line of an address."""
_DIGIT = re.compile(r"\d")


def _instead_of(known: Sequence[Party], others: Sequence[Party]) -> list[Party]:
    """A name that stands where that of a company stood which processes data is one, too."""
    if len(others) != 1 or not any(party.processes for party in known):
        return []
    return [party for party in others if _NO_ORGANISATION.isdisjoint(party.key.split())]


def _topic_of_party(delta: Delta, named: Sequence[Party], topics: tuple[str, ...], listed: bool) -> str:
    """What it is about that an organisation is named: whoever is no party of the contract works for one."""
    if listed or "subprocessors" in topics or any(party.processes for party in named):
        return "subprocessors"
    if any(_among_processors(facts, named) for facts in (delta.before, delta.after)):
        return "subprocessors"
    sides = (delta.before, delta.parties_gone), (delta.after, delta.parties_come)
    around = {
        word for facts, parties in sides for word in _sentences_of(facts, [p for p in parties if p in named])
    }
    if not around & _CONTRACTING:
        return "subprocessors"
    return next(
        (t for t in ("contracting_party", "data_sharing", "international_transfer") if t in topics), topics[0]
    )


def _among_processors(facts: Facts, named: Sequence[Party]) -> bool:
    """Whether a party stands beside others that are known for processing data for many."""
    here = {facts.text.sentences[one.start] for one in named if one in facts.parties}
    known = [one for one in facts.parties if one.processes and facts.text.sentences[one.start] in here]
    return len(known) >= _KNOWN_OTHERS


_KNOWN_OTHERS = 2


def _sentences_of(facts: Facts, named: Sequence[Party | Hit]) -> set[str]:
    """The words of the sentences in which parties or places are named, and of those that head their lists."""
    here = {facts.text.sentences[one.start] for one in named}
    here |= {facts.text.head(sentence) for sentence in here}
    return {w for w, s in zip(facts.text.words, facts.text.sentences, strict=True) if s in here}


def _by_places(case: Case, known: Knowledge) -> Iterator[Found]:
    delta, topics = case.delta, case.topics
    gone = tuple(hit for hit in delta.places_gone if not _in_name_of_law(delta.before, hit))
    come = tuple(hit for hit in delta.places_come if not _in_name_of_law(delta.after, hit))
    if not gone and not come:
        return
    before, after = _shown(delta.before, gone), _shown(delta.after, come)
    near = _sentences_of(delta.before, gone) | _sentences_of(delta.after, come)
    seat = any(hit.name.startswith("@seat:") for hit in (*gone, *come))
    seat = seat or _decides(delta.before, gone) or _decides(delta.after, come)
    seat = seat or _names_law(delta.before, gone) or _names_law(delta.after, come)
    if seat or near & _COURTS or (near & _LAW and {"governing_law", "dispute_resolution"} & set(topics)):
        outcome = Outcome("jurisdiction_changed", "high", "Law, courts or seat changed", bool(come))
        disputed = "dispute_resolution" in topics and "governing_law" not in topics
        topic = "dispute_resolution" if disputed else "governing_law"
        yield found(PLACE_OF_LAW, outcome, topic, before, after, known, fixed=True)
    elif _is_address(case, known):
        return
    elif near & _WHERE or not {"international_transfer", "subprocessors"}.isdisjoint(topics):
        kind = "jurisdiction_changed" if gone and come else "scope_widened" if come else "scope_narrowed"
        became = "changed" if gone and come else "was added" if come else "is gone"
        reason = f"A place where data is kept or sent {became}"
        outcome = Outcome(kind, "medium" if come else "low", reason, bool(come))
        topic = "subprocessors" if topics[0] == "subprocessors" else "international_transfer"
        yield found("place.data", outcome, topic, before, after, known)


def _is_address(case: Case, known: Knowledge) -> bool:
    """Whether a clause is a line of an address: no sentence, no row and no entry of a list, nor under a heading that
    says where data is."""
    if case.row or case.listed or any(clause.lead or clause.kind == "item" for clause in case.clauses):
        return False
    paths = [clause.path for clause in case.clauses]
    headed = {hit.name for path in paths for heading in path for hit in known.headings.scan(read(heading))}
    if headed & _ABROAD:
        return False
    return not any(is_prose(facts.text, known) for facts, _ in case.sides)


_ABROAD = frozenset({"international_transfer", "subprocessors", "data_sharing"})


def _in_name_of_law(facts: Facts, place: Hit) -> bool:
    """Whether a place only says whose a law is that is named by its title: "the European Union's … Regulation"."""
    text, at = facts.text, place.end
    if text.words[place.start - 1 : place.start] in _REGULATES:
        return True  # "Regulation (EU) 2016/679"
    while at in text.capitals and at not in text.breaks and at - place.end < _LONGEST_LAW:
        if text.words[at] in _TITLED and at > place.end:
            return True
        at += 1
    return False


_TITLED = word_set("regulation directive act code decision")
_REGULATES = frozenset({("regulation",), ("directive",), ("decision",)})
_LONGEST_LAW = 7


def _names_law(facts: Facts, places: tuple[Hit, ...]) -> bool:
    """Whether a place is named as that of a law: "German law"."""
    words = facts.text.words
    return any(
        (hit.end - hit.start > 1 and words[hit.end - 1] in _LAW)
        or words[max(hit.start - 2, 0) : hit.start] in _LAW_OF
        for hit in places
    )


_LAW_OF = frozenset((word, "of") for word in _LAW)


def _decides(facts: Facts, places: tuple[Hit, ...]) -> bool:
    """Whether a place stands in a sentence on law or courts."""
    text = facts.text
    here = {text.head(text.sentences[hit.start]) for hit in places}
    return any(fact.name == "forum" and text.head(text.sentences[fact.start]) in here for fact in facts.said)


def _shown(facts: Facts, places: tuple[Hit, ...]) -> str:
    return ", ".join(facts.text.snippet(hit.start, hit.end) for hit in places[:5])
