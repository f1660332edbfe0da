"""Who is meant: the party that is named beside what must, may or must not be done, or whoever would do such a thing."""

from __future__ import annotations

from typing import Literal

from monitor.classification.tables import table, word_set
from monitor.classification.text import Text
from monitor.classification.verbs import PARTICIPLES, PRACTICES, PRACTISED, stem

Holder = Literal["vendor", "customer", "third", "either"]

_WORDS = table("statements")
VENDOR, _CUSTOMER, _THIRD, _EITHER = (
    word_set(_WORDS["holders"][name]) for name in ("vendor", "customer", "third", "either")
)
PARTIES = (VENDOR - word_set(table("names")["products"])) | _CUSTOMER | _THIRD | _EITHER
"""Words by which the parties of a contract go."""
POSSESSIVES = {"your": "you", "our": "we", "ours": "we"}
ANYBODY = VENDOR | _CUSTOMER | _THIRD | _EITHER
_MAY_BE_NAMED = ANYBODY | {"providers"}
INSTRUMENTS = word_set(_WORDS["holders"]["instruments"])
_THINGS = word_set(_WORDS["holders"]["things"])
_REACH = 14
"""Words before a modal in which its holder is looked for."""
_LONGEST_BACK = 60
"""Words before an "it" in which what it means is looked for."""


def holder_of(text: Text, at: int, vendor: frozenset[str], *, banned: bool) -> Holder | None:
    """Whose duty it is: the nearest name before the modal in its sentence; things left alone are the vendor's."""
    words = text.words
    start = text.sentence_starts[text.sentences[at]]
    back = range(at - 1, max(at - _REACH, start) - 1, -1)
    if at and words[at - 1] in ("it", "they"):  # whoever the sentence began with
        back = range(max(at - _LONGEST_BACK, start), at)
    elif (first_named := _after_neither(text, at)) is not None:  # "neither we nor any affiliate will"
        back = range(first_named, at)
    for here in back:
        word, far = words[here], at - here > _SHORTEST_SUBJECT
        if here == at - 1 - (words[at - 1] == "itself") and _is_stranger(text, here):
            return "vendor"
        if far and here and words[here - 1] in _RELATIVE:
            continue  # "records that you submit to it may be used"
        if _is_no_subject(text, here, at, start):
            continue
        party = named(text, here, vendor) if word in _MAY_BE_NAMED or word in vendor else None
        if party is not None:
            return party
        if banned or at - here < _SHORTEST_SUBJECT or not (here in text.breaks or word in _SAYING):
            continue
        if _begins_another(text, here, at):
            return "vendor"
    if "authorized" in words[at + 1 : at + 3]:  # by somebody, of somebody: only who is named is meant
        return None
    if banned:
        return "customer"
    return "vendor" if back else None


def _is_no_subject(text: Text, here: int, at: int, start: int) -> bool:
    """Whether a word before a modal only says to whom, or what sort of thing: "our answer to you will say why", "our
    person-detection software"."""
    if here == at - 1 and here > start and text.words[here - 1] in _TO_WHOM:
        return True
    return text.words[here] != "third" and text.shown[text.spans[here][1] :][:1] == "-"


def _is_stranger(text: Text, at: int) -> bool:
    """Whether a word is a name that says nothing of who is meant: of "Acme will process" the vendor."""
    word = text.words[at]
    unknown = word not in _COMMON and not word.endswith("s")
    return unknown and at in text.capitals and at not in text.sentence_starts


_COMMON = ANYBODY | _THINGS | INSTRUMENTS | {"providers", "it", "they"}


def _begins_another(text: Text, here: int, at: int) -> bool:
    """Whether another subject than what was named before begins at a word before a modal."""
    if here in text.breaks and (text.words[here] in _JOINING or _ends_condition(text, here)):
        return True  # "…, while cookies may remain", "if you block cookies, some parts may stop"
    said = text.words[here : here + 2] in _THAT_ITS or text.words[here] in _UNDERSTANDS
    return said and at - here > _SHORTEST_SUBJECT  # "you understand that your data may be transferred"


def _after_neither(text: Text, at: int) -> int | None:
    """The word after the "neither" with which the subject of a modal begins, if one does."""
    if "neither" not in text.words[max(at - _REACH, 0) : at]:
        return None
    for here in range(at - 1, max(at - _REACH, 0) - 1, -1):
        if text.sentences[here] != text.sentences[at]:
            return None
        if text.words[here] == "neither":
            return here + 1 if here == clause_start(text, at) and "nor" in text.words[here:at] else None
    return None


def _ends_condition(text: Text, at: int) -> bool:
    """Whether the main clause begins at a word, after the condition with which its sentence begins."""
    first = text.sentence_starts[text.sentences[at]]
    comma = next((here for here in range(first + 1, at + 1) if here in text.breaks), None)
    if comma != at:
        return False
    if text.words[first] in _PURPOSES:  # "to serve you better, our partner may"
        return text.words[at] in _DETERMINERS
    return text.words[first] in _CASES and text.words[at] not in ("or", "and")


_PURPOSES = frozenset({"to", "in", "for", "with", "as", "during", "under", "upon"})
_CASES = frozenset({"if", "when", "where", "once", "unless"})
_RELATIVE = frozenset({"that", "which"})
_TO_WHOM = frozenset({"to", "with", "for", "from"})
_THAT_ITS = frozenset(("that", word) for word in ("your", "our", "the", "any", "such", "their", "its"))
_UNDERSTANDS = word_set("acknowledge acknowledges understand understands")
"""What a party says that something else is so: "you acknowledge such data will be handled by another"."""
_SAYING = _UNDERSTANDS | {"that"}
_SHORTEST_SUBJECT = 2
_JOINING = word_set("and but while whilst whereas although though because since so nor")


def clause_start(text: Text, at: int) -> int:
    """Where the clause of a word begins: after a comma or at the start of its sentence, a few words back at most."""
    breaks = text.breaks
    first = at
    last = max(at - _REACH, text.sentence_starts[text.sentences[at]])
    while first > last and first not in breaks:
        first -= 1
    return first


def named(text: Text, at: int, vendor: frozenset[str]) -> Holder | None:
    """The party that a word names, unless only a thing of theirs is meant."""
    word = text.words[at]
    if word not in _MAY_BE_NAMED and word not in vendor:
        return None
    if text.words[at : at + 2] in _PART_OF:
        return None  # "no member of our staff"
    if word == "subject" and text.words[max(at - 1, 0) : at] != ("data",):
        return None  # "the law to which it is subject"
    if word in _ANY_OF_THEM and text.words[at + 1 : at + 2] in _WITHIN:
        return "vendor"  # "nobody at Acme"
    if at + 1 < len(text.words) and (
        text.words[at + 1] in _THINGS
        or text.words[at + 1 : at + 2] in PAPERS
        or text.shown.endswith("'s", *text.spans[at])
    ):
        return None
    if word in _THIRD or text.words[max(at - 1, 0) : at + 1] in _THIRD_BY_TWO:
        return "third"
    if word in _EITHER:
        return "either"
    if word in _CUSTOMER:
        return "customer"
    return "vendor" if word in VENDOR or word in vendor else None


PAPERS = frozenset((word,) for word in ("agreement", "terms", "policy", "addendum", "notice"))
"""What a party's name before it only names: "this Customer Agreement"."""
_ANY_OF_THEM = frozenset({"nobody", "anyone", "anybody"})
_WITHIN = frozenset({("at",), ("within",), ("in",), ("on",)})
_PART_OF = frozenset({("member", "of"), ("members", "of")})
_THIRD_BY_TWO = frozenset(
    {("third", "party"), ("third", "parties"), ("service", "providers"), ("service", "provider")}
)


def party_of(word: str, vendor: frozenset[str]) -> Holder | None:
    """The party that a word names by itself."""
    return "vendor" if word in vendor else _PARTY_OF.get(word)


_NAMES_OF: tuple[tuple[Holder, frozenset[str]], ...] = (
    ("third", _THIRD),
    ("customer", _CUSTOMER),
    ("vendor", VENDOR),
)
_PARTY_OF = {word: party for party, names in _NAMES_OF for word in names}


def kind_of(word: str, vendor: frozenset[str]) -> Holder | None:
    """The kind of party that a word names by itself, whichever of them is meant included."""
    return party_of(word, vendor) or ("either" if word in _EITHER or word in ("either", "both") else None)


def passive_holder(text: Text, modal_at: int, verb_at: int, vendor: frozenset[str]) -> Holder | None:
    """Of "must be paid by Customer" the one after "by"; of "may not be copied" whoever would do such a thing."""
    words = text.words
    if verb_at >= len(words):
        return None
    spared = words[modal_at] in _BE and words[verb_at] in PRACTISED
    if not (spared or words[verb_at] == "be" or words[modal_at - 1 : verb_at] in _NEVER):
        return None
    return agent(text, verb_at, vendor) or _likely_agent(text, modal_at, verb_at)


_NEVER = frozenset((word, "never") for word in ("is", "are", "was", "were"))


def _likely_agent(text: Text, modal_at: int, verb_at: int) -> Holder | None:
    """Who is meant where nobody is named: "is never read" by the vendor, "your choice can be changed" by you."""
    words = text.words
    verb = words[verb_at + (words[verb_at] == "be") :][:1]
    if not verb or not (verb[0].endswith(("ed", "en")) or verb[0] in PARTICIPLES):
        return None
    if words[modal_at] == "never" or words[modal_at] in _BE:
        return "vendor"
    if verb[0] in _ADDRESSED and not _ASKING.isdisjoint(words[clause_start(text, modal_at) : modal_at]):
        return "customer"  # "the request should be sent to our legal department"
    if verb[0] in _SOLD and words[modal_at + 1 : modal_at + 2] == ("be",):
        return "vendor"  # "addresses of people who meet with you may be sold"
    if (
        words[modal_at] not in ("may", "can", "could")
        or stem(verb[0]) in PRACTICES
        or _names_a_doer_before(text, modal_at)
    ):
        return None
    denied = words[modal_at + 1 : modal_at + 2] in (("not",), ("never",), ("no",))
    own = words[clause_start(text, modal_at) : modal_at][:1] in (("your",), ("customer",))
    return "customer" if denied or (own and words[modal_at] == "can") else None


_SOLD = frozenset({"sold", "resold", "rented", "monetized", "monetised"})
_ADDRESSED = word_set("sent addressed directed submitted mailed emailed made")
_ASKING = word_set(
    "request requests inquiry inquiries enquiry enquiries question questions complaint complaints"
)


def _names_a_doer_before(text: Text, at: int) -> bool:
    """Whether somebody who might act is named before a word in its clause."""
    words = text.words
    return any(
        words[here] in ANYBODY and named(text, here, frozenset())
        for here in range(clause_start(text, at), at)
    )


def agent(text: Text, verb_at: int, vendor: frozenset[str]) -> Holder | None:
    """The one after "by"."""
    words = text.words
    if "by" not in words[verb_at + 1 : verb_at + _PASSIVE_REACH]:
        return None
    for at in range(verb_at + 1, min(verb_at + _PASSIVE_REACH, len(words) - 1)):
        if text.sentences[at + 1] != text.sentences[verb_at]:
            return None
        if at in text.breaks and not (words[at].endswith("ed") or words[at] in _ALSO):
            return None  # but "be read, collected, and used by others"
        if words[at] == "by" and _is_staff(words, at + 1):
            return "vendor"
        if words[at] == "by":
            there = at + 2 if words[at + 1] in _DETERMINERS and at + 2 < len(words) else at + 1
            party = named(text, at + 1, vendor) or named(text, there, vendor)
            return party or ("vendor" if there in text.capitals else None)  # as before a verb
    return None


_DETERMINERS = word_set("the our a any each either such that that another")


def _is_staff(words: tuple[str, ...], at: int) -> bool:
    """Whether people of the vendor's are named: "by any employee of ours", not "by your staff"."""
    while words[at : at + 1] and words[at] in _OF_STAFF:
        at += 1
    return words[at : at + 1] != () and words[at] in _STAFF and words[at + 1 : at + 3] not in _YOURS


_STAFF = word_set("employee employees staff personnel engineer engineers team teams people")
_OF_STAFF = _DETERMINERS | word_set("authorised authorized own support other")
_YOURS = frozenset(("of", word) for word in ("customer", "you", "client", "subscriber", "your"))
_ALSO = PARTICIPLES | {"and", "or"}
_PASSIVE_REACH = 9


def for_whom(text: Text, at: int) -> Holder | None:
    """Of "it is forbidden for our engineers to read it" the one after "for"."""
    words = text.words
    if words[at : at + 1] not in (("for",), ("to",)) or "to" not in words[at + 1 : at + _PASSIVE_REACH]:
        return None
    if _is_staff(words, at + 1):
        return "vendor"
    return named(text, at + 2 if words[at + 1] in _DETERMINERS else at + 1, frozenset())


def unaddressed(text: Text, at: int, verb_at: int) -> bool:
    """Whether a prohibition that names nobody is for the customer: "do not…", "… is not permitted".

    One "from" doing something, or "to" do it, has a doer before it: "Contractor is prohibited from…"; so has what is
    "our" own: "our models never learn".
    """
    words = text.words
    if "|" in text.shown or (words[at] == "never" and at in text.breaks):
        return False  # a row says what is done, not what one must do; so does "AI training: never"
    if ("off", "limits") in (words[at + 1 : at + 3], words[at + 2 : at + 4]):
        return False
    if words[at] in _BE:
        return not (_BANNED_FROM.intersection(words[at + 2 : at + 5]) or words[verb_at - 1] == "from")
    before = words[clause_start(text, at) : at]
    if words[at] in ("never", "do") and before[:1] in _OURS:
        return False  # "our staff have no access and do not read it"
    begins = at in text.breaks or at in text.sentence_starts or words[at - 1] in _LEADING
    if words[at] == "never":
        return begins or not before  # "maps of your rooms never leave the device"
    return words[at] == "refrain" or (words[at] == "do" and begins)


_OURS = frozenset({("our",)})


_BE = frozenset({"is", "are"})
_LEADING = frozenset({"please", "and", "or", "but", "so", "then"})
_BANNED_FROM = frozenset({"from", "to"})
