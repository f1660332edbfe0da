"""One decisive word changed in clauses of real policies: none of these may pass as wording only."""

from __future__ import annotations

import json
import lzma
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from monitor.classification import compare
from monitor.extraction import extract

DOCUMENTS = Path(__file__).parents[3] / "shared" / "corpus" / "documents.jsonl.xz"
MOST = 60
"""Clauses for each word."""

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not DOCUMENTS.is_file(), reason="the corpus is not here"),
]

DECISIVE = {
    "a no that goes": (r"\b(will|shall|may|does|do|must|can) not\b", r"\1"),
    "a no that comes": (r"\b(will|shall|may|must|can) (?!not\b)(?=[a-z])", r"\1 not "),
    "never": (r"\bnever ", ""),
    "another number": (r"\b(?!7 )\d{1,3}(?= (?:days?|months?|hours?|years?|percent)\b)", "7"),
    "only": (r"\bonly\b", "also"),
    "only, dropped": (r"\b(?:only|solely|exclusively) ", ""),
    "unless": (r"\bunless\b", "if"),
    "include": (r"\binclude\b", "exclude"),
    "prior": (r"\bprior\b", "subsequent"),
    "opt out": (r"\bopt out\b", "opt in"),
    "arbitration": (r"\barbitration\b", "mediation"),
    "increase": (r"\bincrease\b", "decrease"),
    "greater": (r"\bgreater\b", "lesser"),
    "a further exception": (r"(?<=\w)\.$", ", except where we decide otherwise."),
}

SILENT = {"opt out": 1, "arbitration": 2}
"""Of these so many are still taken for wording; of all others none."""


@cache
def clauses() -> tuple[str, ...]:
    """Clauses of some length, in an order that mixes the policies."""
    found = set()
    with lzma.open(DOCUMENTS, "rt", encoding="utf-8") as lines:
        for line in lines:
            for text in json.loads(line)["before"].split("\n"):
                bare = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text).strip(" *#")
                if 12 <= len(bare.split()) <= 120 and bare[0].isupper() and bare[-1] == ".":
                    found.add(bare)
    return tuple(sorted(found, key=lambda text: text[::-1]))


def changed(pattern: str, into: str) -> Iterator[tuple[str, str]]:
    wanted = re.compile(pattern)
    count = 0
    for text in clauses():
        if count < MOST and (match := wanted.search(text)):
            count += 1
            yield text, text[: match.start()] + match.expand(into) + text[match.end() :]


@pytest.mark.parametrize("what", DECISIVE)
def test_a_decisive_word_is_material(what: str) -> None:
    pairs = list(changed(*DECISIVE[what]))
    silent = [
        (before, after)
        for before, after in pairs
        if compare(*(extract(text.encode(), content_type="text/plain") for text in (before, after))).verdict
        != "material"
    ]
    assert len(pairs) >= 10
    assert len(silent) <= SILENT.get(what, 0), silent
