"""What is said in other words is editorial; what is said of others, or more weakly, is not, however alike it sounds."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from monitor.classification import compare
from monitor.classification.citation import citations, cited_words
from monitor.classification.endings import akin, folded
from monitor.classification.modality import modals
from monitor.classification.text import read
from monitor.extraction import extract

STYLE = tomllib.loads((Path(__file__).parents[1] / "eval" / "style.toml").read_text("utf-8"))


def verdicts(before: str, after: str) -> set[str]:
    """The verdicts of a comparison read forwards and backwards."""
    old, new = (extract(text.encode(), content_type="text/plain") for text in (before, after))
    return {compare(old, new).verdict, compare(new, old).verdict}


@pytest.mark.parametrize(("before", "after"), STYLE["same"])
def test_the_same_in_other_words_is_editorial(before: str, after: str) -> None:
    assert "material" not in verdicts(before, after)


@pytest.mark.parametrize(("before", "after"), STYLE["told"])
def test_what_only_sounds_the_same_is_told(before: str, after: str) -> None:
    assert verdicts(before, after) == {"material"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The Software may not be copied.", [("customer", "not")]),
        ("The Software may not be copied by the Provider.", [("vendor", "not")]),
        ("Your choice can be changed at any time.", [("customer", "may")]),
        ("Your account may be closed.", [("vendor", "may")]),
        ("Your letters are never opened.", [("vendor", "not")]),
        ("Any notice must be sent by either party.", [("either", "must")]),
        ("The Customer shall be notified by the Provider.", [("vendor", "must")]),
        ("The Provider shall be notified by the Customer.", [("customer", "must")]),
        ("Users shall refrain from copying the maps.", [("customer", "not")]),
        ("Selling maps would be a breach of trust.", []),
        ("We shall answer no later than Monday.", [("vendor", "must")]),
        ("You do not need to register.", []),
        ("You may generally not copy the maps.", [("customer", "not")]),
    ],
)
def test_who_is_meant_in_the_passive_voice(text: str, said: list[tuple[str, str]]) -> None:
    assert [(m.holder, m.force) for m in modals(read(text))] == said


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("The CAN-SPAM Act of 2003 (15 U.S.C. § 7701 et seq.) applies.", ["15usc7701etseq"]),
        ("The Act, Cal. Civ. Code § 1798.100 et seq., applies.", ["calcivcode1798100etseq"]),
        ("The Act, Pub. L. 104-191, applies.", ["publ104191"]),
        ("You owe us 15 coins under § 4.", []),
        ("We act under 15 U.S.C. § 7701.", []),
    ],
)
def test_where_a_law_is_printed(text: str, cited: list[str]) -> None:
    assert [one.key.removeprefix("§ ") for one in citations(read(text))] == cited


def test_the_number_of_a_law_counts_nothing() -> None:
    text = read("Regulation 2016/679 gives 12 rights.")
    assert {text.words[at] for at in cited_words(text)} == {"2016", "679"}


def test_a_hostile_citation_costs_no_more_than_another() -> None:
    text = read("The Act, 15 U.S.C. " + "§ 1(1)(1)(1), " * 2000)
    assert len(citations(text)) <= 1


@pytest.mark.parametrize(
    ("one", "other", "forms"),
    [
        ("moved", "move", True),
        ("logging", "log", True),
        ("respectful", "respect", True),
        ("provider", "provide", False),
    ],
)
def test_forms_of_one_word(one: str, other: str, forms: bool) -> None:
    assert akin(folded(one), folded(other)) == forms


def test_a_document_renamed_throughout_is_no_other_document() -> None:
    def policy(name: str) -> str:
        called = f"the Acme Data Processing {name}"
        return f"Privacy Policy\n\nIn a conflict {called} governs.\n\nWe act under {called}."

    assert "material" not in verdicts(policy("Addendum"), policy("Agreement"))
    assert verdicts("Files are subject to our Terms of Use.", "Files are subject to our Cookie Policy.") == {
        "material"
    }
