"""Verbs: one form for each, and those that say what a vendor does."""

from __future__ import annotations

from functools import lru_cache

from monitor.classification.endings import folded
from monitor.classification.tables import table, word_set

_WORDS = table("statements")
PARTICIPLES = word_set(_WORDS["verbs"]["participles"])
"""Irregular ones, by which a passive voice is known."""
BURDENS = word_set(_WORDS["verbs"]["burdens"])
"""What the vendor says it "will" do with one of these is no promise but something it allows itself."""
CONDUCT = word_set(_WORDS["verbs"]["conduct"])
"""Verbs with which an item of a list of what one may not do begins."""
PRACTICES = word_set(_WORDS["verbs"]["practices"])
"""Verbs for which the plain present ("we share…") says what the vendor does."""
PRACTISED = word_set(_WORDS["verbs"]["practised"])
"""Participles of what is done with data: of what "is not" so, the vendor says that it does not do it."""
_SAME: dict[str, str] = {
    verb: line.split()[0] for line in _WORDS["verbs"]["same"] for verb in line.split()[1:]
}
_KIN = {verb: line.split()[0] for line in table("wording")["same_words"] for verb in line.split()}


@lru_cache(maxsize=20_000)
def stem(verb: str) -> str:
    """A verb in one form, with words of the same meaning made one."""
    for suffix in ("ing", "ed", "es", "s", "e"):
        base = verb.removesuffix(suffix)
        if verb in _SAME:
            break
        if base != verb and len(base) > 2:
            for form in (base, base + "e"):
                if form in _SAME or form in PRACTICES:
                    return _SAME.get(form, form)
    return _SAME.get(verb) or _KIN.get(verb) or _without_e(folded(verb))


def _without_e(root: str) -> str:
    """A short root that kept its "e": "move" beside "mov" of "moved"."""
    return root[:-1] if len(root) == _SHORT_ROOT and root[-1] == "e" else root


_SHORT_ROOT = 4
