"""One changed word in any clause of any real policy is found, in that clause and no other."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.comparison import differences
from monitor.extraction import extract

SEEDS = sorted((Path(__file__).parents[3] / "shared" / "seeds").glob("*.txt"))
pytestmark = [pytest.mark.corpus, pytest.mark.skipif(not SEEDS, reason="needs ../shared/seeds")]


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem)
def test_one_changed_word_in_any_clause_of_any_seed_is_found_there(seed: Path):
    document = extract(seed.read_bytes(), content_type="text/plain")
    assert len(document.clauses) > 20
    chance = random.Random(seed.stem)
    for place, clause in enumerate(document.clauses):
        parts = clause.text.split(" ")
        words = [n for n, part in enumerate(parts) if any(letter.isalnum() for letter in part)]
        if not words:
            continue
        parts[chance.choice(words)] = "zebra"
        changed = replace(clause, text=" ".join(parts))
        other = replace(
            document, clauses=(*document.clauses[:place], changed, *document.clauses[place + 1 :])
        )
        found = differences(document, other)
        assert found, clause
        assert {d.before for d in found if d.before} == {clause}
        assert {d.after for d in found if d.after} == {changed}
        assert any("zebra" in text for d in found for op, text in d.words if op == "insert")
