"""Which words of substance differ once everything that says the same in other words is put aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein, Postfix, Prefix

from monitor.classification.asides import touched
from monitor.classification.endings import folded
from monitor.classification.facts import Facts
from monitor.classification.knowledge import Knowledge
from monitor.classification.quantities import LABELS, MONTHS, begins_number, number_at
from monitor.classification.tables import word_set
from monitor.classification.text import Text
from monitor.classification.voice import passives

_MODAL = word_set("will shall must may might can could should would ought")
_OPPOSITES = ("un", "in", "non", "dis", "im", "ir", "mis", "de")
_SHORTEST_TYPO = 5
_SHORTEST_ROOT = 5
_TAILS = word_set(
    "l s t d n is it at ed th iv ion ition ation abl ibl abilit ibilit ilit enc anc ent ant al ial ic ical ness ful ing"
)
"""What may follow a root in a form of the same word, once common endings are off."""
_MOST_PAIRS = 2500
_MOST_ECHOES = 8
_BOUNDS = word_set("over under")
"""What says something else before a number."""
_UNIVERSAL = frozenset({"all", "every", "any"})
"""What comes and goes where as many noes are said otherwise: "all … only" is "no … except"."""
_EACH_OF_ALL = frozenset({"all", "every"})
_GET_AND_GIVE = ["get", "give"]
"""Who is given something gets it."""
DECISIVE = frozenset({"not", "only", *(f"{bound} a number" for bound in _BOUNDS)})
"""What a change of any size must not differ in to be called the same."""


Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Wording:
    """Words of substance that one side has and the other lacks."""

    gone: tuple[str, ...]
    come: tuple[str, ...]
    spelling: bool
    """Some words differed by a letter or two only."""
    dates: bool
    """Dates or references differed."""
    turned: bool
    """As many noes were said in other words: "only if" for "not … unless"."""
    places: tuple[tuple[Range, ...], tuple[Range, ...]]
    """Where the words stand that one side has and the other lacks."""

    @property
    def same(self) -> bool:
        return not self.gone and not self.come

    @property
    def size(self) -> int:
        return len(self.gone) + len(self.come)


def wording(
    before: Facts,
    after: Facts,
    changed: tuple[Sequence[Range], Sequence[Range]],
    known: Knowledge,
    vendor: frozenset[str] = frozenset(),
) -> Wording:
    """Compare two texts as bags of folded words: order, synonyms, endings, spelling and echoes do not count.

    ``changed``: the words of each side that the other lacks; ``vendor``: words for the vendor, which is the same party
    by its name and as "we".
    """
    said = _said(before, known), _said(after, known)
    for side, spaced in zip(said, _respaced(before.text, after.text, changed), strict=True):
        for at in spaced:
            side.words[at] = ""
    left, right = (Counter(words) for words in _middles(said[0].words, said[1].words))
    del left[""], right[""]
    noes = _negations(left), _negations(right)
    gone, come = _lacking(left, right), _lacking(right, left)
    gone, come, spelling = _without_twins(gone, come)
    if before.text.words and after.text.words and (gone or come):
        near = _near(before, said[0], changed[0]), _near(after, said[1], changed[1])
        gone, come = _without_light(gone, come, near, known)
    if sorted((*gone, *come)) == _GET_AND_GIVE and gone and come and _revoiced(before, after):
        gone, come = [], []
    turned = noes[0][2] != noes[1][2]
    beside = {kin_of(name, known) for name in vendor}
    if not (beside.isdisjoint(gone) or beside.isdisjoint(come)):  # one name for another is another doer
        beside = set()
    beside |= _UNIVERSAL if turned else frozenset()
    gone, come = ([word for word in words if word not in beside] for words in (gone, come))
    if noes[0][0] > noes[1][1] or noes[1][0] > noes[0][1]:
        gone += _lacking(noes[0][2], noes[1][2])
        come += _lacking(noes[1][2], noes[0][2])
        turned = False
    return Wording(
        tuple(gone),
        tuple(come),
        spelling,
        said[0].dates != said[1].dates,
        turned,
        (_places(said[0], gone), _places(said[1], come)),
    )


def _revoiced(before: Facts, after: Facts) -> bool:
    """Whether one side speaks in the passive voice more often than the other."""
    return passives(before.text.words) != passives(after.text.words)


def _respaced(
    before: Text, after: Text, changed: tuple[Sequence[Range], Sequence[Range]]
) -> tuple[list[int], list[int]]:
    """Words that only stand together on one side and apart on the other: "web forms", "webforms"."""
    runs = _by_gap(changed[0]), _by_gap(changed[1])
    found: tuple[list[int], list[int]] = ([], [])
    for gap in runs[0].keys() & runs[1].keys():
        (first, end), (start, last) = runs[0][gap], runs[1][gap]
        one, two = before.words[first:end], after.words[start:last]
        if len(one) != len(two) and "".join(one) == "".join(two) and _JOINED.isdisjoint((*one, *two)):
            found[0].extend(range(first, end))
            found[1].extend(range(start, last))
    return found


_JOINED = _MODAL | {"not", "no", "never"}
"""What makes other words of those that it joins: "not able", "notable"."""


def _by_gap(changed: Sequence[Range]) -> dict[int, Range]:
    """Changed runs by the count of unchanged words before them."""
    runs, lacking = {}, 0
    for start, end in changed:
        runs[start - lacking] = (start, end)
        lacking += end - start
    return runs


def _middles(one: list[str], other: list[str]) -> tuple[list[str], list[str]]:
    """Both texts without what they begin and end with alike."""
    start = Prefix.similarity(one, other)
    one, other = one[start:], other[start:]
    end = Postfix.similarity(one, other)
    return one[: len(one) - end], other[: len(other) - end]


def _lacking(one: Counter[str], other: Counter[str]) -> list[str]:
    """Words that one bag has and the other lacks, as often as it does."""
    return [word for word, count in one.items() for _ in range(count - other.get(word, 0))]


@dataclass(frozen=True, slots=True)
class _Said:
    """What the words of a text stand for."""

    words: list[str]
    """One for each word of the text; empty for what carries no meaning, and within a phrase after its first word."""
    ends: dict[int, int]
    """Where phrases and numbers of several words end, by their first word."""
    dates: list[str]
    """Dates and references, which are put aside."""


def _said(facts: Facts, known: Knowledge) -> _Said:
    text = facts.text
    kin = known.kin
    stands = [kin[word] if word in kin else kin_of(word, known) for word in text.words]
    ends: dict[int, int] = {}
    dates: list[str] = []
    names: dict[int, str] = {}
    for hit in facts.same:
        if hit.end > ends.get(hit.start, 0):
            ends[hit.start], names[hit.start] = hit.end, hit.name[1:]
    for hit in facts.places:
        if hit.end > ends.get(hit.start, 0):
            ends[hit.start], names[hit.start] = hit.end, hit.name
    for quantity in facts.quantities:
        if quantity.sort == "period" and quantity.start not in ends:
            ends[quantity.start], names[quantity.start] = quantity.end, f"{quantity.value:g} hours"
    done = 0
    for at in sorted({*ends, *(at for at, word in enumerate(stands) if word in _SPECIAL)}):
        if at < done:
            ends.pop(at, None)
            continue
        if at in ends:
            done = ends[at]
            _phrase(text, at, done, names[at], stands, known)
        elif stands[at] == _MONTH:
            dates.append(text.words[at])
            stands[at] = ""
        else:
            done = _number(text, at, stands, dates)
            ends[at] = done
        if stands[at][:1].isdigit():
            _bind(stands, at)
    return _Said(stands, ends, dates)


def _bind(stands: list[str], at: int) -> None:
    """Mark a word that says on which side of the number at a word something lies: "under 16", "under the age of 16"."""
    for here in range(at - 1, max(at - _FARTHEST_BOUND, 0) - 1, -1):
        if stands[here]:
            if stands[here] in _BOUNDS:
                stands[here] += " a number"
            return


_FARTHEST_BOUND = 4


def _phrase(text: Text, at: int, end: int, name: str, stands: list[str], known: Knowledge) -> None:
    """Put what a phrase stands for at its first word, and nothing for its others."""
    inside = known.phrase_words.get(name)
    for here in range(at + 1, end):
        if inside is None or text.words[here] in inside:
            stands[here] = ""
    stands[at] = name if inside is None else kin_of(name, known)


def _number(text: Text, at: int, stands: list[str], dates: list[str]) -> int:
    """Put a number for its words, or aside when it only refers to something; the word after it."""
    number = number_at(text, at)
    value, end = number if number is not None else (0.0, at + 1)
    name = f"{value:g}"
    if _is_reference_or_date(text, at, end):
        dates.append(text.words[at])
        name = ""
    elif text.words[at] == "one":
        name = ""
    stands[at:end] = [name] + [""] * (end - at - 1)
    return end


_NUMBER, _MONTH = "#", "@"
_SPECIAL = frozenset({_NUMBER, _MONTH})


def _places(said: _Said, kin: Collection[str]) -> tuple[Range, ...]:
    """Where the words stand that stand for one of these."""
    if not kin:
        return ()
    wanted = frozenset(kin)
    return tuple(
        (at, said.ends.get(at, at + 1))
        for at, word in enumerate(said.words)
        if word in wanted or (word[:4] == "not " and word[4:] in wanted)
    )


def _negations(bag: Counter[str]) -> tuple[int, int, Counter[str]]:
    """The least and the most noes that a text says, and its words for them, which leave the bag."""
    said = Counter({word: bag.pop(word) for word in ("not", "only", "nor") if word in bag})
    for word in [word for word in bag if word.startswith("not ")]:
        count = bag.pop(word)
        said["not"] += count
        bag[word.removeprefix("not ")] += count
    least = said["not"] + 2 * said["only"]
    return least, least + said.pop("nor", 0), said


def kin_of(word: str, known: Knowledge) -> str:
    """The word that stands for a word and all that mean the same; empty for one without meaning of its own."""
    kept = known.kin.get(word)
    if kept is None:
        kept = _kin(word, known)
        if len(known.kin) < _MOST_KEPT:
            known.kin[word] = kept
    return kept


_MOST_KEPT = 20_000


def _kin(word: str, known: Knowledge) -> str:
    if begins_number(word):
        return _NUMBER
    if word in MONTHS and word != "may":
        return _MONTH
    negation = known.negations.get(word)
    if negation is not None:
        alone, _, base = negation.partition(" ")
        return f"{alone} {_kin(base, known)}" if base else alone
    if word in known.empty_words or word in _MODAL or word == "if":
        return ""
    same = known.same_words.get(word) or known.same_words.get(word.removesuffix("s"))
    if same is not None:
        return "" if same in known.empty_words or same in _MODAL or same == "if" else same
    return known.same_words.get(folded(word), folded(word))


def _is_reference_or_date(text: Text, at: int, end: int) -> bool:
    words = text.words
    before = words[at - 1] if at else ""
    after = words[end] if end < len(words) else ""
    year = words[end + 1] if end + 1 < len(words) else ""
    if before in LABELS or before in MONTHS or (after in MONTHS and (after != "may" or _is_year(year))):
        return True
    return _is_year(words[at])


def _is_year(word: str) -> bool:
    return word.isdigit() and len(word) == 4 and word[:2] in ("19", "20")


def _without_twins(gone: list[str], come: list[str]) -> tuple[list[str], list[str], bool]:
    """What is left without pairs of words that differ in spelling or are forms of one word."""
    left, right, found = [], list(come), False
    if len(gone) * len(come) > _MOST_PAIRS:
        return gone, come, False
    for word in gone:
        twin = next(
            (
                other
                for other in right
                if (other[0] == word[0] and (_typo(word, other) or _akin(word, other)))
                or {word, other} == _EACH_OF_ALL
            ),
            None,
        )
        if twin is None:
            left.append(word)
        else:
            right.remove(twin)
            found = found or not (_akin(word, twin) or {word, twin} == _EACH_OF_ALL)
    return left, right, found


def _near(facts: Facts, said: _Said, changed: Sequence[Range]) -> frozenset[str]:
    """What the words of the sentences in which something changed stand for."""
    sentences = touched(facts.text, changed)
    return frozenset(word.removeprefix("not ") for start, end in sentences for word in said.words[start:end])


def _without_light(
    gone: list[str], come: list[str], near: tuple[frozenset[str], frozenset[str]], known: Knowledge
) -> tuple[list[str], list[str]]:
    """What is left without light words, and without echoes: a few words that the other side says, but less often.

    Light words go only where nothing of weight came in their place, echoes only where nothing did.
    """
    left, right = near
    heavy_gone, heavy_come = (
        [word for word in words if word not in known.light_words] for words in (gone, come)
    )
    if not heavy_come and _echo(heavy_gone, right):
        heavy_gone = []
    elif not heavy_gone and _echo(heavy_come, left):
        heavy_come = []
    fresh_gone = any(word not in right for word in heavy_gone)
    fresh_come = any(word not in left for word in heavy_come)
    return (gone if fresh_come else heavy_gone), (come if fresh_gone else heavy_come)


def _echo(words: Collection[str], other: frozenset[str]) -> bool:
    return len(words) <= _MOST_ECHOES and all(word in other and not word[0].isdigit() for word in words)


def _akin(one: str, other: str) -> bool:
    """Whether two folded words are forms of one: "responsibl", "responsibilit"."""
    shared = Prefix.similarity(one, other)
    return shared >= _SHORTEST_ROOT and one[shared:] in _TAILS_OR_NONE and other[shared:] in _TAILS_OR_NONE


_TAILS_OR_NONE = _TAILS | {""}


def _typo(one: str, other: str) -> bool:
    if min(len(one), len(other)) < _SHORTEST_TYPO - 1 or not (one.isalpha() and other.isalpha()):
        return False
    if any(a == prefix + b for a, b in ((one, other), (other, one)) for prefix in _OPPOSITES):
        return False
    allowed = 1 if min(len(one), len(other)) < 8 else 2
    return Levenshtein.distance(one, other, score_cutoff=allowed) <= allowed
