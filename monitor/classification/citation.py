"""Laws, names and sections that are cited more fully on one side.

"The CAN-SPAM Act" and "the CAN-SPAM Act of 2003 (15 U.S.C. § 7701 et seq.)" are one law; so are "GDPR" and "General
Data Protection Regulation (GDPR)". A product with its old name beside it ("Meta Pixel, formerly Facebook Pixel") is
the old one. What is named is put aside only where the other side names the same otherwise: another section is told.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from monitor.classification.facts import Facts
from monitor.classification.formerly import put_former_names_aside
from monitor.classification.kin import NUMBER_OF_LAW, SHORT_LABELS, Said
from monitor.classification.runs import Range
from monitor.classification.tables import word_set
from monitor.classification.text import Text

_SECTION = r"§{0,2} ?\d[\w.-]{0,12}(?: ?\([\w-]{1,4}\)){0,4}"
_SECTIONS = rf"{_SECTION}(?:(?:,| -| to| and|, and) {_SECTION}){{0,4}}(?:,? (?:et seq|ff)\b\.?)?"
_CITED = re.compile(
    rf"\b\d{{1,3}} (?:USCA?|CFR|Stat\.|Fed\. ?Reg\.) ?(?:Part |Parts |Section |Sections |Sec\. )?{_SECTIONS}|"
    rf"\b(?:[A-Z][a-z]{{1,6}}\. ?){{1,4}}(?:Code|Stat\.|Law|Laws|Ann\.)(?: Ann\.)? {_SECTIONS}|"
    rf"\b(?:Regulation|Directive) (?:\([A-Z]{{2,4}}\) )?(?:No\.? )?\d{{2,4}}/\d{{2,4}}(?:/[A-Z]{{2,4}})?|"
    rf"\bPub(?:\.|lic) ?L(?:\.|aw) ?(?:No\. ?)?\d{{1,3}}-\d{{1,4}}|"
    rf"(?<=[(\d, ])c\. ?\d{{1,3}}\b|"
    rf"\bOJ L ?\d{{1,4}}(?:, ?[\d.]{{4,12}})?(?:, ?pp?\. ?\d{{1,4}})?|"
    rf"\b(?:[A-Z][a-z]{{1,14}} ){{1,4}}Code,? (?:[Ss]ections? |§{{1,2}} ?)\d[\w.-]{{0,12}}"
    rf"(?:,? et seq\b\.?| and following)?|"
    rf"§{{1,2}} ?\d[\w.-]{{0,12}} et seq\b\.?"
)
"""Where a law is printed. Each part is bounded, so a match ends after some 200 characters at most."""
_MARKS = ("USC", "Regulation ", "Directive ", "CFR", "§", "Pub", "c.", "OJ", "Stat.", "Code ")
_DIGIT = re.compile(r"\d")
_LAWS = word_set(
    "act acts code codes law laws regulation regulations directive directives statute statutes rule rules"
)
_BETWEEN = word_set("of at as amended the s")


@dataclass(frozen=True, slots=True)
class Cited:
    """A place where a law is printed."""

    place: Range
    key: str


def citations(text: Text) -> list[Cited]:
    """Where the text says in what code a law is printed that it also names: "the Act (15 U.S.C. § 7701)"."""
    shown = text.shown
    for mark in _MARKS:
        if mark in shown:
            break
    else:
        return []
    if _DIGIT.search(shown) is None:  # "Inc.", but no number
        return []
    found = []
    for match in _CITED.finditer(text.shown):
        start, end = (bisect_left(text.spans, (at, 0)) for at in match.span())
        if start < end and _names_a_law(text, start):
            found.append(Cited((start, end), "§ " + "".join(filter(str.isalnum, match[0])).casefold()))
    return found


def _names_a_law(text: Text, at: int) -> bool:
    """Whether what stands before a word is a law, by its name or its initials."""
    here = at - 1
    while here >= max(at - _FARTHEST, 0) and (text.words[here] in _BETWEEN or text.words[here].isdigit()):
        here -= 1
    if here < 0:
        return False
    shown = text.shown[slice(*text.spans[here])]
    return text.words[here] in _LAWS or (len(shown) >= _SHORTEST and shown.isupper())


_FARTHEST = 5
_SHORTEST = 3


def put_aside(facts: tuple[Facts, Facts], said: tuple[Said, Said]) -> tuple[list[str], list[str]]:
    """Take citations and full names out of what two texts say; the citations that only one of two citing texts has."""
    cited = citations(facts[0].text), citations(facts[1].text)
    for found, side in zip(cited, said, strict=True):
        for one in found:
            side.blank(one.place)
            side.dates.append(one.key)
    _pointers((facts[0].text, facts[1].text), said)
    initials = _initials(facts[0].text), _initials(facts[1].text)
    for here, there in ((0, 1), (1, 0)):
        if initials[here]:
            short_there = {letters for _, letters in initials[there]}
            _abbreviated(facts[here].text, initials[here], said[here], facts[there].text, short_there)
        put_former_names_aside(facts[here], (said[here], said[there]), facts[there].text)
    if not (cited[0] and cited[1]):
        return [], []
    keys = [{one.key for one in side} for side in cited]
    if keys[0] <= keys[1] or keys[1] <= keys[0]:
        return [], []
    return sorted(keys[0] - keys[1]), sorted(keys[1] - keys[0])


def cited_words(text: Text) -> set[int]:
    """The words with which a law is cited: its numbers count nothing."""
    places = [one.place for one in citations(text)]
    if "/" in text.shown:
        for match in NUMBER_OF_LAW.finditer(text.shown):
            first, last = (bisect_left(text.spans, (at, 0)) for at in match.span())
            places.append((first, last))
    labelled = {at + 1 for at, word in enumerate(text.words) if word in SHORT_LABELS}
    return labelled.union(at for start, end in places for at in range(start, end))


# A section and its title.

_POINTS = word_set("in see under to by read per of")
_PART = word_set("section sections chapter part page heading clause article")
_LONGEST_TITLE = 9
_NO_TITLE = word_set("any each no if")
"""What no title of a section has before "part" or "section": "courts of Ireland if any part"."""
_STEM = 4


def _titles(text: Text) -> list[Range]:
    """The titles of sections to which a text points: "in the security section", 'the section "How we protect data"'."""
    found = []
    for at, word in enumerate(text.words):
        if word in _PART:
            place = _quoted_after(text, at) or _before_section(text, at)
            if place is not None:
                found.append(place)
    return found


def _titled_numbers(text: Text) -> list[tuple[str, Range]]:
    """Sections cited by number with their titles in brackets: "Section 7(b) (Mutual Termination)"."""
    return [(_squeezed(match[1]), _place(text, match.span(2))) for match in _TITLED.finditer(text.shown)]


def _squeezed(number: str) -> str:
    return number.replace(" ", "").casefold()


def _place(text: Text, span: Range) -> Range:
    return bisect_left(text.spans, (span[0], 0)), bisect_left(text.spans, (span[1], 0))


_CITED_NUMBER = r"(\d[\w.]{0,8}(?: ?\([\w-]{1,4}\)){0,3})"
_TITLED = re.compile(rf"\b(?:[Ss]ection|[Cc]lause) ?{_CITED_NUMBER} \(([A-Z][\w ,'-]{{2,80}})\)")
_OWN = re.compile(rf"\b(?:[Ss]ection|[Aa]rticle|[Cc]lause) ?{_CITED_NUMBER} ((?:of|to|in) this \w{{4,12}})\b")
"""What a section of the document itself is called besides: "Section 7 of this Agreement"."""


def _quoted_after(text: Text, at: int) -> Range | None:
    """What stands in quotes after a word."""
    rest = text.shown[text.spans[at][1] :]
    match = _QUOTED.match(rest)
    if match is None:
        return None
    start = bisect_left(text.spans, (text.spans[at][1] + match.start(1), 0))
    end = bisect_left(text.spans, (text.spans[at][1] + match.end(1), 0))
    return (start, end) if start < end <= start + _LONGEST_TITLE else None


_QUOTED = re.compile(r'(?: titled| entitled| headed| called| on)?,? "([^"]{2,90})"')


def _before_section(text: Text, at: int) -> Range | None:
    """The words between "in the" and "section"."""
    for here in range(at - 1, max(at - _LONGEST_TITLE, 0), -1):
        if text.sentences[here] != text.sentences[at] or text.words[here] in _NO_TITLE:
            return None
        if text.words[here] in ("the", "our") and text.words[here - 1] in _POINTS:
            return (here + 1, at) if here + 1 < at else None
    return None


def _pointers(texts: tuple[Text, Text], said: tuple[Said, Said]) -> None:
    """Put aside the titles of sections where both texts point to as many, and each shares a word with the other."""
    parts = [not _PART.isdisjoint(text.words) for text in texts]
    if not (parts[0] or parts[1]):
        return
    _bracketed(texts, said)
    titles = [_titles(text) if has else [] for text, has in zip(texts, parts, strict=True)]
    if not titles[0] or len(titles[0]) != len(titles[1]):
        return
    for one, other in zip(*titles, strict=True):
        if _share_a_word(said, one, other):
            said[0].blank(one)
            said[1].blank(other)


def _share_a_word(said: tuple[Said, Said], one: Range, other: Range) -> bool:
    left, right = (
        {word[:_STEM] for word in side.words[slice(*place)] if word}
        for side, place in zip(said, (one, other), strict=True)
    )
    return not left.isdisjoint(right)


def _bracketed(texts: tuple[Text, Text], said: tuple[Said, Said]) -> None:
    """Put aside titles in brackets that only one side has for a section, or that share a word with the other's."""
    titled = [_titled_numbers(text) if "(" in text.shown else [] for text in texts]
    for number, place in titled[0]:
        others = [other for cited, other in titled[1] if cited == number]
        if not others:
            said[0].blank(place)
        elif _share_a_word(said, place, others[0]):
            said[0].blank(place)
            said[1].blank(others[0])
    numbers = {number for number, _ in titled[0]}
    for number, place in titled[1]:
        if number not in numbers:
            said[1].blank(place)
    for text, side in zip(texts, said, strict=True):
        if " this " in text.shown:
            for match in _OWN.finditer(text.shown):
                side.blank(_place(text, match.span(2)))


# A name and its abbreviation.

_AS_DIGIT = {"2": "to", "4": "for"}
"""What a digit in initials stands for: "B2B"."""
_SMALL = word_set("of and the for on in to a an")
_LINKS = word_set("also known as or hereinafter hereafter the collectively together referred to abbreviated")
_LONGEST_LINK = 5
_LONGEST_NAME = 12


def _abbreviated(
    text: Text, shorts: Iterable[tuple[int, str]], said: Said, other: Text, short_there: Collection[str]
) -> None:
    """Where a name stands beside its abbreviation and the other text has one of them, put the other one aside.

    ``shorts``: the initials of the text, and where they stand; ``short_there``: those of the other text.
    """
    if _SHOUTED.search(text.shown) is None:
        return
    explained = [
        (short, initials, place)
        for short, initials in shorts
        if (place := _before(text, short, initials) or _after(text, short, initials))
    ]
    if not explained:
        return
    words = f" {' '.join(other.words)} "
    for short, initials, place in explained:
        full = f" {' '.join(text.words[slice(*place)])} "
        named, abbreviated = full in words, initials in short_there
        if named and not abbreviated:
            said.blank((short, short + 1))
        elif abbreviated and not named:
            said.blank(place)


_SHOUTED = re.compile(r"[A-Z]{2}")


def _initials(text: Text) -> list[tuple[int, str]]:
    """The words that are written as initials are, and where they stand."""
    found = []
    for at in text.capitals:
        start, end = text.spans[at]
        word = text.shown[start:end]
        if end - start > 1 and word.isupper() and word.isalnum() and word[0].isalpha():
            found.append((at, word))
    return found


def _before(text: Text, short: int, initials: str) -> Range | None:
    """The name of which an abbreviation after it has the initials: "General Data Protection Regulation (GDPR)"."""
    end = short
    while end > max(short - _LONGEST_LINK, 0) and text.words[end - 1] in _LINKS:
        end -= 1
    if end == short and short not in text.breaks:
        return None
    start, left = end, len(initials)
    while start > max(end - _LONGEST_NAME, 0) and left:
        start -= 1
        word = text.words[start]
        if word[0] == initials[left - 1].casefold() or word == _AS_DIGIT.get(initials[left - 1]):
            left -= 1
        elif word not in _SMALL:
            return None
    return (start, end) if not left and end - start > 1 else None


def _after(text: Text, short: int, initials: str) -> Range | None:
    """The name that explains an abbreviation before it: "GDPR (General Data Protection Regulation)"."""
    start = short + 1
    if start not in text.breaks:
        return None
    while start < len(text.words) and text.words[start] in _LINKS:
        start += 1
    end, had = start, 0
    while end < min(start + _LONGEST_NAME, len(text.words)) and had < len(initials):
        word = text.words[end]
        if word[0] == initials[had].casefold():
            had += 1
        elif word not in _SMALL:
            return None
        end += 1
    return (start, end) if had == len(initials) and end - start > 1 else None
