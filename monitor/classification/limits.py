"""A cap on liability in either way of saying it: "shall not exceed the fees", "is limited to the fees"."""

from __future__ import annotations

from monitor.classification.facts import Facts
from monitor.classification.kin import Said


def put_bounds_alike(facts: Facts, said: Said) -> None:
    """Let what a liability does not exceed stand for what it is limited to."""
    if not any(fact.name == "cap" for fact in facts.said):
        return
    text = facts.text
    for at, word in enumerate(text.words):
        if word not in _EXCEED:
            continue
        first = text.sentence_starts[text.sentences[at]]
        no = next((here for here in range(at - 1, first - 1, -1) if said.words[here] in _NOES), None)
        if no is not None:
            said.words[no], said.words[at] = "", "only"


_EXCEED = frozenset({"exceed", "exceeds"})
_NOES = frozenset({"not", "nor"})
