"""A name with the one that it had beside it: "Meta Pixel, formerly Facebook Pixel" is the old one."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.classification.facts import Facts
from monitor.classification.kin import Said
from monitor.classification.runs import Range
from monitor.classification.tables import table, word_set
from monitor.classification.text import Text

_FORMERLY = word_set("formerly previously fka new")
_CALLED = word_set("known as called named the referred to branded name of for")
_LONGEST_PRODUCT = 5


def put_former_names_aside(facts: Facts, said: tuple[Said, Said], other: Text) -> None:
    """Where a name stands beside the one that it had and the other text has only that, put the old name for the new."""
    text = facts.text
    if _FORMERLY.isdisjoint(text.words):
        return
    done: set[tuple[str, ...]] = set()
    for at in (at for at, word in enumerate(text.words) if word in _FORMERLY and at):
        if text.words[at] == "new" and text.words[at + 1 : at + 2] != ("name",):
            continue
        old, new = _old_name(text, at), _new_name(text, _past_article(text, at))
        if not old or not new or _is_party(facts, (*old, *new)) or _is_another(text, old, new, other):
            continue
        names = (*text.words[slice(*old)], "", *text.words[slice(*new)])
        if names not in done:
            done.add(names)
            _put_aside(text, said[0], ((new[1], old[1]), new, old), other, said[1])


def _past_article(text: Text, at: int) -> int:
    """Where the new name ends: before "the", "the app" and the like."""
    end = at
    while (
        end > max(at - _LONGEST_ASIDE, 0) and text.words[end - 1] in _THE_APP and end - 1 not in text.capitals
    ):
        end -= 1
    return end


_THE_APP = word_set(f"the a an our {table('names')['products']}")
_LONGEST_ASIDE = 3


def _is_another(text: Text, old: Range, new: Range, other: Text) -> bool:
    """Whether somebody does something under a name that shares no word with the old one: who that is matters."""
    name, before = text.words[slice(*new)], text.words[slice(*old)]
    alike = not set(name).isdisjoint(before) or any(
        _begun(other.words, at, name) for at in _stands(other.words, before)
    )
    return not alike and new[0] > 0 and text.words[new[0] - 1] in _BY


_BY = word_set("by via through with from to using")


def _is_party(facts: Facts, place: Sequence[int]) -> bool:
    """Whether an organisation is named, with its legal form: who that is matters."""
    return any(p.form and min(place) <= p.start < max(place) for p in facts.parties)


def _old_name(text: Text, at: int) -> Range | None:
    start = at + 1
    while start < len(text.words) and text.words[start] in _CALLED:
        start += 1
    end = start
    while (
        end in text.capitals and end - start < _LONGEST_PRODUCT and (end == start or end not in text.breaks)
    ):
        end += 1
    return (start, end) if end > start else None


def _new_name(text: Text, end: int) -> Range | None:
    start = end
    while (
        start - 1 in text.capitals
        and end - start < _LONGEST_PRODUCT
        and (start == end or start not in text.breaks)
    ):
        start -= 1
    return (start, end) if end > start else None


def _put_aside(
    text: Text, said: Said, places: tuple[Range, Range, Range], other: Text, said_there: Said
) -> None:
    """Take the new name, and what says how it was called, from the one text, and the old name from the other."""
    aside, new, old = places
    name, before = text.words[slice(*new)], text.words[slice(*old)]
    there = _stands(other.words, before)
    if not there or _stands(other.words, name):
        return
    said.blank(aside)
    for at in _stands(text.words, name):
        said.blank((at, at + len(name)))
    # "Google AdWords", now "Google Ads (formerly AdWords)"
    begun = {at: _begun(other.words, at, name) for at in there}
    kept = max(len(_stands(text.words, before)) - 1, 0)  # where the old name is still in use
    replaced = max(min(len(there) - kept, len(_stands(text.words, name))), 1)
    for at in sorted(there, key=lambda at: not begun[at])[:replaced]:
        said_there.blank((at - begun[at], at + len(before)))
    capitals = set(other.capitals) - set(other.sentence_starts)
    for at, word in enumerate(other.words):
        if word in before and word not in name and at in capitals:
            said_there.words[at] = ""


def _begun(words: Sequence[str], at: int, name: Sequence[str]) -> int:
    """How many words before a place are those with which a name begins."""
    return next((n for n in range(min(len(name) - 1, at), 0, -1) if words[at - n : at] == name[:n]), 0)


def _stands(words: Sequence[str], name: Sequence[str]) -> list[int]:
    return [at for at in range(len(words) - len(name) + 1) if words[at : at + len(name)] == name]
