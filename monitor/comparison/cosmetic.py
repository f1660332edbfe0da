"""Why the change of a clause is only cosmetic: by logic that holds for any page, never by a list of sites.

Each rule looks at the two wordings and answers with its reason, or None. What no rule explains is told:
a number in a sentence, another document behind a link, an item gone from a list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from monitor.comparison.datelines import date_line, stated, undated
from monitor.comparison.identity import linked_files
from monitor.comparison.normal import canonical, tokens, unlabelled, words
from monitor.comparison.numbering import COUNTS
from monitor.model import Clause

Labels = Mapping[str, str]
"""Labels before -> labels after, of clauses whose number changed."""

_COPYRIGHT = re.compile(r"(?:©|\bcopyright\b)[^.]{0,80}?\b(?:19|20)\d\d\b")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_HIDDEN = "[email protected]"
_LONGEST_LINK = 3
"""Words of a link behind which an address was hidden."""
_SEPARATORS = re.compile(r"\s*[,;|·/\n]\s*")
_FEWEST_ENTRIES = 3
_LONGEST_ENTRY = 6
"""Words of one entry of a list that is written in one line."""
_BESIDE_FIGURE = re.compile(r"(?<=\d) (?=[^\W\d])|(?<=[^\W\d]) (?=\d)")
_REFERENCE = re.compile(
    r"\b(sections?|clauses?|articles?|paragraphs?|parts?|schedules?|annex(?:es)?|appendix|appendices|exhibits?|"
    r"abschnitte?|artikel|ziffern?|absatz|sección|secciones|sezione|seção|cláusulas?)\s+"
    r"((?:\(?[0-9]+(?:\.[0-9]+)*(?:\([a-z]{1,4}\))*\)?)(?:(?:,| and| or| to| through|-| und| et| y| e)\s*"
    r"\(?[0-9]+(?:\.[0-9]+)*(?:\([a-z]{1,4}\))*\)?)*)"
)
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)*")


_SIGN = re.compile(r"[☑☒☐≤≥]|\[[xX ]\]|[<>](?= ?\d)")
_MARK = re.compile("[✓✔✅✗✘❌✕]")


def _signs(text: str) -> list[str]:
    """What answers a question, or bounds a number, without a word; marks only in a row: elsewhere they are bullets."""
    return _SIGN.findall(text) + (_MARK.findall(text) if "|" in text else [])


def reason(before: Clause, after: Clause, labels: Labels) -> str | None:
    """Why the change between two wordings of one clause is cosmetic, None when it is not."""
    if not same_files(before, after):
        return None
    one, two = canonical(before.text), canonical(after.text)
    if one == two:
        if before.text != after.text:
            return "case, quotes, dashes or spacing"
        return "link" if before.links != after.links else "markup"
    if _signs(before.text) != _signs(after.text):
        return None
    if _condition_moves(one, two) or len(_ABOUT.findall(one)) != len(_ABOUT.findall(two)):
        return None
    if tokens(unlabelled(before.text)) == tokens(unlabelled(after.text)) and not (
        date_line(one) or date_line(two)
    ):
        return "label"
    if _listed_otherwise(before.text, after.text):
        return "labels of a list"
    return next((why for why, holds in _RULES if holds(one, two)), None) or _renumbered(one, two, labels)


def _listed_otherwise(one: str, two: str) -> bool:
    """Whether entries of a list in one paragraph only got, lost or changed their labels: "(a) …; (b) …", "- …; - …"."""
    if ")" not in one and ")" not in two:
        return False
    bare = [_bare(text) for text in (one, two)]
    return bare != [one, two] and tokens(bare[0]) == tokens(bare[1])


def _bare(text: str) -> str:
    """A text without the labels of its list, if they count on: what is only cited ("under (b) or (d)") does not."""
    labels = [match[1] or match[2] for match in _ENTRY.finditer(text)]
    return _ENTRY.sub(" ", text) if any(_count_on(labels, form) for form in COUNTS) else text


def _count_on(labels: Sequence[str], form: Sequence[str]) -> bool:
    if not labels or labels[0] not in form:
        return False
    first = form.index(labels[0])
    return tuple(labels) == form[first : first + len(labels)] and (first == 0 or len(labels) > 1)


_ENTRY = re.compile(
    r"(?:^|(?<=[:;,.] )|(?<=[;,] and )|(?<=[;,] or ))"
    r"(?:\(([a-z]|[ivx]{1,5}|\d{1,2})\)|([a-z]|\d{1,2})\))(?= \w+,? \w)"
)


def same_files(before: Clause, after: Clause) -> bool:
    """Whether two clauses link to the same files."""
    return set(linked_files(before)) == set(linked_files(after))


def _same_words(one: str, two: str) -> bool:
    return tokens(one) == tokens(two)


def _condition_moves(one: str, two: str) -> bool:
    """Whether a condition belongs to another sentence: "… your data. If you agree, …", "… your data if you agree. …".

    Where only the number of sentences differs, one was cut in two or two were joined.
    """
    conditions = [_CONDITION.findall(text) for text in (one, two)]
    if not conditions[0] or len(_STOP.findall(one)) != len(_STOP.findall(two)):
        return False
    opening = [[bool(stop) for stop, _ in found] for found in conditions]
    return len(opening[0]) == len(opening[1]) and opening[0] != opening[1]


_ABOUT = re.compile(r"[~≈] ?(?=\d)")
_STOP = re.compile(r"[.;!?] ")
_CONDITION = re.compile(r"((?:^|[.;!?]) ?)?\b(if|unless|except|provided that|where|when)\b", re.I)


def _same_letters(one: str, two: str) -> bool:
    """The same but for spaces beside figures ("6 am", "6am")."""
    return _BESIDE_FIGURE.sub("", words(one)) == _BESIDE_FIGURE.sub("", words(two))


def _date_lines(one: str, two: str) -> bool:
    return date_line(one) and date_line(two) and tokens(undated(one)) == tokens(undated(two))


def _stated_dates(one: str, two: str) -> bool:
    return tokens(stated(one)) == tokens(stated(two))


def _copyright_years(one: str, two: str) -> bool:
    return bool(_COPYRIGHT.search(one) and _COPYRIGHT.search(two)) and tokens(_YEAR.sub("", one)) == tokens(
        _YEAR.sub("", two)
    )


def _hidden_address(one: str, two: str) -> bool:
    """One side hides e-mail addresses: an address or the words of a link in their place do not count."""
    if (_HIDDEN in one) == (_HIDDEN in two):
        return False
    hidden, shown = (one, two) if _HIDDEN in one else (two, one)
    first, *parts = hidden.split(_HIDDEN)
    if not shown.startswith(first) or not shown.endswith(parts[-1]):
        return False
    start = len(first)
    for part in parts:
        end = len(shown) - len(part) if part is parts[-1] else shown.find(part, start + 1)
        if not 1 <= len(shown[start:end].split()) <= _LONGEST_LINK:
            return False
        start = end + len(part)
    return True


def _same_entries(one: str, two: str) -> bool:
    """The entries of a list in one line, in another order."""
    entries = sorted(_SEPARATORS.split(one.strip(" ."))), sorted(_SEPARATORS.split(two.strip(" .")))
    return (
        entries[0] == entries[1]
        and len(entries[0]) >= _FEWEST_ENTRIES
        and all(len(entry.split()) <= _LONGEST_ENTRY for entry in entries[0])
    )


_RULES: tuple[tuple[str, Callable[[str, str], bool]], ...] = (
    ("punctuation", _same_words),
    ("spacing", _same_letters),
    ("date line", _date_lines),
    ("stated date", _stated_dates),
    ("copyright year", _copyright_years),
    ("e-mail address hidden or shown", _hidden_address),
    ("order of a list", _same_entries),
)


def _renumbered(one: str, two: str, labels: Labels) -> str | None:
    """References that follow the clauses they point to: every one changed as its target's label did."""
    if not labels:
        return None

    def follow(match: re.Match[str]) -> str:
        renamed = _NUMBER.sub(lambda number: labels.get(number.group(), number.group()), match.group(2))
        return f"{match.group(1)} {renamed}"

    return "reference renumbered" if tokens(_REFERENCE.sub(follow, one)) == tokens(two) else None
