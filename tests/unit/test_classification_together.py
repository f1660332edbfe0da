"""What only the whole document tells of a clause: names replaced throughout, sentences that moved, other documents."""

from __future__ import annotations

import pytest

from monitor.classification import compare
from monitor.model import Clause, Comparison, Document


def document(*clauses: str) -> Document:
    return Document(
        title="Terms", text="\n".join(clauses), clauses=tuple(map(Clause, clauses)), language="en"
    )


def compared(before: list[str], after: list[str]) -> Comparison:
    return compare(document(*before), document(*after))


DEFINED = [
    'Each person who may see the data is bound to secrecy (an "Authorized Person").',
    "We tell every Authorized Person and every provider what may be shared with partners.",
    "Fees are due at the end of each month.",
]


def replaced(clauses: list[str], old: str, new: str) -> list[str]:
    return [clause.replace(old, new) for clause in clauses]


@pytest.mark.parametrize(
    "new", ["Permitted Person", "Cleared Party", "Insider", "Duly Authorized Person", "EU AP"]
)
def test_a_defined_term_replaced_throughout_is_a_new_name(new: str) -> None:
    comparison = compared(DEFINED, replaced(DEFINED, "Authorized Person", new))
    assert comparison.verdict == "editorial"
    assert all(f.rule.startswith("editorial.") for change in comparison.changes for f in change.findings)


def test_a_term_replaced_within_its_only_clause_is_a_new_name() -> None:
    before = 'We share data with the firms that help us ("Service Providers"). Service Providers are bound to secrecy.'
    comparison = compared([before], [before.replace("Service Providers", "Contractors")])
    assert comparison.changes[0].findings[0].rule == "editorial.renamed"


def test_a_term_that_the_document_does_not_define_is_not_renamed() -> None:
    """One recipient of data came in the place of another, however often it is named."""
    before = [
        "We share card data with our provider Stripe.",
        "Our partner Stripe keeps the shared data for a year.",
    ]
    comparison = compared(before, replaced(before, "Stripe", "Adyen"))
    assert comparison.verdict == "material"


def test_a_term_that_is_replaced_here_and_there_is_not_renamed() -> None:
    after = [
        *replaced(DEFINED[:2], "Authorized Person", "Permitted Person"),
        "An Authorized Person pays no fees.",
    ]
    comparison = compared([*DEFINED[:2], "An Authorized Person pays no fees at all."], after)
    assert any(f.rule != "editorial.renamed" for change in comparison.changes for f in change.findings)


KEPT = "We keep backups of your data for ninety days. Support is free for all of our plans."
MOVED = "We will delete your data within ten days after you ask us to."
OTHER = "Prices are listed on our site and may differ from land to land."


def test_a_sentence_that_went_to_another_clause_is_not_gone() -> None:
    for before, after in (
        ([f"{MOVED} {KEPT}", OTHER], [KEPT, OTHER, MOVED]),
        ([KEPT, f"{OTHER} {MOVED}"], [f"{KEPT} {MOVED}", OTHER]),
    ):
        for comparison in (compared(before, after), compared(after, before)):
            assert comparison.verdict == "editorial", comparison.summary
            assert all(change.reason == "moved from or to another clause" for change in comparison.changes)


def test_a_sentence_that_moved_and_changed_is_told() -> None:
    comparison = compared([f"{MOVED} {KEPT}", OTHER], [KEPT, OTHER, MOVED.replace("ten", "ninety")])
    assert comparison.verdict == "material"


def test_a_sentence_that_points_around_itself_says_something_else_elsewhere() -> None:
    pointing = "The section above does not apply to customers of the free plan."
    comparison = compared([f"{KEPT} {pointing}", OTHER], [KEPT, f"{OTHER} {pointing}"])
    assert comparison.verdict == "material"


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (
            "If this policy and the DPA conflict, the DPA will control.",
            "If this policy and the DPA conflict, this policy will control.",
            "clarification",
        ),
        (
            "Affiliates use the data in accordance with our privacy policy.",
            "Affiliates use the data in accordance with their own policies.",
            "obligation_weakened",
        ),
        (
            "Your use of the archive is subject to our Terms of Service.",
            "Your use of the archive is subject to our Privacy Policy.",
            "clarification",
        ),
    ],
)
def test_another_document_that_governs_is_material(before: str, after: str, kind: str) -> None:
    comparison = compared([before], [after])
    assert comparison.verdict == "material"
    assert kind in {f.kind for f in comparison.changes[0].findings if f.rule == "document"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "Your use of the archive is subject to the Acme Data Processing Addendum.",
            "Your use of the archive is subject to the Acme Data Protection Addendum.",
        ),
        ("We act in accordance with this Policy.", "We act in accordance with this Privacy Policy."),
        ("The archive is described in our Terms.", "The archive is described in our Guide."),
    ],
)
def test_a_new_name_for_the_same_document_is_editorial(before: str, after: str) -> None:
    assert compared([before], [after]).verdict == "editorial"


def test_the_vendor_is_the_same_by_its_name_and_as_we() -> None:
    others = ["Acme will answer your letters.", "Acme may close the forum."]
    before, after = (
        "No refund is provided for lost letters.",
        "Acme does not provide a refund for lost letters.",
    )
    assert compared([before, *others], [after, *others]).verdict == "editorial"


def test_one_doer_in_the_place_of_another_is_material() -> None:
    before = [
        "Stripe will process your payments.",
        "Stripe may keep your card number.",
        "Fees are due monthly.",
    ]
    assert compared(before, replaced(before, "Stripe", "Adyen")).verdict == "material"


def test_it_matters_by_whom_something_is_done() -> None:
    assert (
        compared(["Data is shared by you with us."], ["Data is shared by us with you."]).verdict == "material"
    )


def test_a_promise_to_notify_is_no_contact_detail() -> None:
    before = "You will be notified by email at help@acme.test of any change of address."
    after = "Questions may be sent by email to help@acme.test about any change of address."
    assert compared([before], [after]).verdict == "material"


@pytest.mark.parametrize(
    ("title", "topic"),
    [("Sub-processing", "subprocessors"), ("Security", "security"), ("Data Retention", "retention")],
)
def test_a_heading_at_the_front_of_a_paragraph_says_what_it_is_about(title: str, topic: str) -> None:
    rest = "Customer may write to us within {} days of any update."
    comparison = compared([f"{title}. {rest.format('thirty')}"], [f"{title}. {rest.format('five')}"])
    assert topic in comparison.changes[0].topics
