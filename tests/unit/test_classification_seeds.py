"""Edits of the seed policies that a lawyer would call material, and edits that they would not."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from monitor.classification import compare
from monitor.extraction import extract
from monitor.model import Comparison

HERE = Path(__file__).parent
SEEDS = HERE.parents[2] / "shared" / "seeds"
EDITS: list[dict[str, Any]] = tomllib.loads((HERE.parent / "eval" / "seed_edits.toml").read_text("utf-8"))[
    "edit"
]
REWORDINGS: list[dict[str, Any]] = tomllib.loads(
    (HERE.parent / "eval" / "seed_rewordings.toml").read_text("utf-8")
)["edit"]
BLIND: list[dict[str, Any]] = tomllib.loads((HERE.parent / "eval" / "seed_blind.toml").read_text("utf-8"))[
    "edit"
]
MATERIAL = [edit for edit in EDITS if "kinds" in edit]
EDITORIAL = [edit for edit in EDITS if "kinds" not in edit]

pytestmark = [pytest.mark.corpus, pytest.mark.skipif(not SEEDS.is_dir(), reason="the seeds are not here")]


def edited(edit: dict[str, Any], *, backwards: bool = False) -> Comparison:
    """The comparison of the paragraphs around an edit, before and after it."""
    text = (SEEDS / f"{edit['seed']}.txt").read_text("utf-8")
    wanted = re.compile(r"\s+".join(map(re.escape, edit["from"].split())))
    match = wanted.search(text)
    assert match, f"not in the seed: {edit['from']}"
    around = text[max(match.start() - 1500, 0) : match.start()], text[match.end() : match.end() + 1500]
    gap = " " if edit["from"].endswith(" ") else ""
    before = extract(
        (around[0] + match.group() + gap + around[1].lstrip(" " if gap else "")).encode(),
        content_type="text/plain",
    )
    after = extract(
        (around[0] + edit["to"] + around[1].lstrip(" " if gap else "")).encode(), content_type="text/plain"
    )
    return compare(after, before) if backwards else compare(before, after)


def replaced(edit: dict[str, Any]) -> Comparison:
    """The comparison after an edit: of the whole policy where the words are replaced wherever they stand."""
    if not edit.get("all"):
        return edited(edit)
    before = (SEEDS / f"{edit['seed']}.txt").read_text("utf-8")
    wanted = re.compile(r"\s+".join(map(re.escape, edit["from"].split())))
    after = wanted.sub(lambda _: edit["to"], before)
    return compare(*(extract(text.encode(), content_type="text/plain") for text in (before, after)))


def told(comparison: Comparison) -> tuple[set[str], set[str]]:
    """Topics and finding kinds of everything that is material."""
    changes = [change for change in comparison.changes if change.verdict == "material"]
    return {t for c in changes for t in c.topics}, {f.kind for c in changes for f in c.findings}


def hits(edit: dict[str, Any]) -> tuple[bool, bool, bool]:
    comparison = edited(edit)
    topics, kinds = told(comparison)
    return (
        comparison.verdict == "material",
        bool(topics & set(edit["topics"])),
        bool(kinds & set(edit["kinds"])),
    )


def test_edits_of_substance_are_material_with_their_topic_and_kind() -> None:
    results = {edit["to"] or edit["from"]: hits(edit) for edit in MATERIAL}
    for what, floor in ((0, 0.95), (1, 0.92), (2, 0.9)):
        missed = [words for words, result in results.items() if not result[what]]
        assert len(missed) <= (1 - floor) * len(results), missed


def test_edits_of_style_are_not_material() -> None:
    wrong = [edit["to"] for edit in EDITORIAL if edited(edit).verdict == "material"]
    assert len(wrong) <= 0.06 * len(EDITORIAL), wrong


def test_sentences_turned_round_are_seldom_material() -> None:
    """Far harder than what vendors do to their policies: the ceiling is what was measured, and it only falls."""
    style = [edit for edit in REWORDINGS if "topics" not in edit]
    wrong = [edit["to"] for edit in style if edited(edit).verdict == "material"]
    assert len(wrong) <= 0.12 * len(style), wrong


def test_substance_among_rewordings_is_not_missed() -> None:
    substance = [edit for edit in REWORDINGS if "topics" in edit]
    results = [(edit["to"], edit["topics"], edited(edit)) for edit in substance]
    missed = [to for to, _, comparison in results if comparison.verdict != "material"]
    astray = [to for to, topics, comparison in results if not told(comparison)[0] & set(topics)]
    assert len(missed) <= 0.05 * len(results), missed
    assert len(astray) <= 0.08 * len(results), astray


def test_what_was_first_seen_blind_stays_as_it_was_mended() -> None:
    """Edits marked "open" are not judged right yet: no other may join them. The ceilings are what was measured."""
    results = [(edit, replaced(edit)) for edit in BLIND]
    wrong = [
        edit["to"] or edit["from"]
        for edit, found in results
        if not edit.get("open") and not _is_right(edit, found)
    ]
    assert not wrong, wrong
    for substance, ceiling in ((False, 0.029), (True, 0.0103)):
        some = [edit for edit in BLIND if ("topics" in edit) == substance]
        assert sum(bool(edit.get("open")) for edit in some) <= ceiling * len(some)


def _is_right(edit: dict[str, Any], found: Comparison) -> bool:
    if "topics" not in edit:
        return found.verdict != "material"
    return found.verdict == "material" and bool(told(found)[0] & set(edit["topics"]))


def test_edits_are_never_silent() -> None:
    for edit in EDITS + REWORDINGS:
        comparison = edited(edit)
        assert comparison.verdict in ("material", "editorial"), edit["to"]
        assert comparison.summary
