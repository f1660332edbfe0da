"""Numbers that take in their section's are told once; other re-lettering never is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.classification import compare
from monitor.model import Clause, Document

SENTENCES = [
    "We keep names and addresses.",
    "Partners receive no records.",
    "Refunds are paid within ten days.",
    "Either side may end the contract.",
    "Backups are made at night.",
    "Support answers by mail.",
]


def policy(labels: list[str]) -> Document:
    parts = [Clause(text, label=label) for label, text in zip(labels, SENTENCES, strict=True)]
    return Document(clauses=(Clause("Terms", kind="heading"), *parts))


FLAT = policy([f"{n}." for n in range(1, 7)])
SECTIONED = policy([f"A.{n}." for n in range(1, 7)])


@pytest.mark.parametrize(
    ("before", "after", "how"), [(FLAT, SECTIONED, "now"), (SECTIONED, FLAT, "no longer")]
)
def test_numbers_with_their_sections_number_are_told_once_as_a_matter_of_form(
    before: Document, after: Document, how: str
) -> None:
    found = compare(before, after)
    (change,) = [change for change in found.changes if change.verdict == "editorial"]
    assert found.verdict == "editorial"
    numbers = [document.clauses[1].label for document in (before, after)]
    assert [change.before, change.after] == [f"{number} {SENTENCES[0]}" for number in numbers]
    assert change.reason == f"6 clauses {how} carry their section's number and are cited otherwise"
    [finding] = change.findings
    assert [finding.rule, finding.before, finding.after] == ["editorial.numbers", *numbers]


def test_a_number_that_is_typed_into_the_text_counts_like_a_label() -> None:
    typed = replace(
        FLAT,
        clauses=tuple(
            replace(clause, text=f"B.3.{clause.label} {clause.text}", label="") if clause.label else clause
            for clause in FLAT.clauses
        ),
    )
    assert compare(FLAT, typed).verdict == "editorial"


@pytest.mark.parametrize(
    "labels",
    [
        [f"{n}." for n in range(7, 13)],
        [f"({letter})" for letter in "abcdef"],
        [f"{letter}." for letter in "ABCDEF"],
        [f"§ {n}" for n in range(1, 7)],
        [f"Section {n}:" for n in range(1, 7)],
        [""] * 6,
        ["A.1.", "A.2.", *(f"{n}." for n in range(3, 7))],
    ],
    ids=["renumbered", "lettered", "capitals", "signs", "words", "without", "a few only"],
)
def test_other_labels_say_the_same(labels: list[str]) -> None:
    assert compare(FLAT, policy(labels)).verdict in ("unchanged", "cosmetic")
