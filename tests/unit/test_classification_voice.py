"""A sentence that changed its voice changed nobody's position; one that changed who does it did."""

from __future__ import annotations

import pytest

from monitor.classification import compare
from monitor.extraction import extract


def verdict(before: str, after: str) -> str:
    return compare(*(extract(text.encode(), content_type="text/plain") for text in (before, after))).verdict


@pytest.mark.parametrize(
    ("active", "passive"),
    [
        (
            "We delete your personal data after thirty days.",
            "Your personal data is deleted after thirty days.",
        ),
        ("You can access your data through your account.", "Your data can be accessed through your account."),
    ],
)
def test_another_voice_is_another_wording_only(active: str, passive: str) -> None:
    assert verdict(active, passive) in ("editorial", "cosmetic")
    assert verdict(passive, active) in ("editorial", "cosmetic")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The Customer shall indemnify the Vendor.", "The Vendor shall indemnify the Customer."),
        ("The Customer shall indemnify the Vendor.", "The Customer shall be indemnified by the Vendor."),
        (
            "The Customer shall be indemnified by the Vendor.",
            "The Vendor shall be indemnified by the Customer.",
        ),
        ("We shall delete your personal data.", "Your personal data may be deleted."),
        ("We will not sell your personal data.", "Your personal data will be sold."),
    ],
)
def test_another_doer_strength_or_sense_is_material(before: str, after: str) -> None:
    assert verdict(before, after) == "material"
    assert verdict(after, before) == "material"


PARTIES = (("We", "us"), ("You", "you"), ("Our partners", "our partners"), ("Either party", "either party"))


@pytest.mark.parametrize("force", ["will", "shall", "may", "must", "will not", "may not"])
@pytest.mark.parametrize(("subject", "agent"), PARTIES)
def test_either_voice_says_the_same_of_the_same_party_only(subject: str, agent: str, force: str) -> None:
    active = f"{subject} {force} review the logs within ten days."
    for _, other in PARTIES:
        passive = f"The logs {force} be reviewed by {other} within ten days."
        same = verdict(active, passive) != "material"
        assert same == (verdict(passive, active) != "material") == (other == agent), passive


def test_a_weaker_force_is_told_in_either_voice() -> None:
    assert verdict("We must review the logs.", "The logs may be reviewed by us.") == "material"
    assert verdict("You may not read the logs.", "The logs may be read by you.") == "material"
