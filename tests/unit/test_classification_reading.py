"""How clauses are read before they are judged: columns of tables, initials, names, lists and their leads."""

from __future__ import annotations

import pytest

from monitor.classification import compare
from monitor.classification.columns import heads, spoken
from monitor.classification.initials import spelt_out
from monitor.classification.parties import parties
from monitor.classification.quantities import quantities
from monitor.classification.text import read
from monitor.extraction import extract
from monitor.model import Clause, Comparison

TRAINING = "Data | Purpose | Used for AI training\nTickets | Support | {}\nCalls | Quality | No"
REPORTING = "Severity | Example | Customers notified within\nCritical | Exfiltration of data | {}\nLow | Scans | 9 days"
LISTED = (
    "Only once you say yes do we:\n* read your address book\n{}* use your microphone\n"
    "Unless you say no, we:\n* remember your volume\n{}"
)
DRIVING = "* share your driving score with insurers\n"


def compared(before: str, after: str) -> Comparison:
    return compare(*(extract(text.encode(), content_type="text/plain") for text in (before, after)))


def rules(comparison: Comparison) -> set[str]:
    return {finding.rule for change in comparison.changes for finding in change.findings}


def test_an_answer_in_a_table_is_read_with_its_column() -> None:
    comparison = compared(TRAINING.format("No"), TRAINING.format("Yes"))
    finding = comparison.changes[0].findings[0]
    assert (comparison.severity, finding.kind, finding.topic) == (
        "high",
        "prohibition_removed",
        "ai_training",
    )
    assert finding.before == "Support | Used for AI training: No"


def test_a_period_in_a_table_is_read_with_its_column() -> None:
    comparison = compared(REPORTING.format("4 hours"), REPORTING.format("48 hours"))
    assert comparison.severity == "high"
    assert comparison.changes[0].findings[0].topic == "breach_notice"


def test_only_rows_below_a_row_of_names_have_columns() -> None:
    rows = [
        Clause(" | ".join(cells), kind="row", cells=tuple(("", cell) for cell in cells))
        for cells in (("Plan", "Cap"), ("Small", "12 months"), ("4 hours", "5 days"), ("a", "b", "c"))
    ]
    assert heads(rows) == {rows[1]: ("Plan", "Cap"), rows[2]: ("Plan", "Cap")}
    assert spoken(rows[1], heads(rows)) == "Small | Cap: 12 months"
    assert spoken(rows[3], heads(rows)) == "a | b | c"


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("We share data with AWS alone.", "We share data with Amazon Web Services alone."),
        (
            "BA reports a breach of PHI.",
            "Business Associate reports a breach of protected health information.",
        ),
        ("NSW law applies.", "New South Wales law applies."),
        ("We do not train LLMs with it.", "We do not train large language models with it."),
    ],
)
def test_initials_say_what_the_words_say(short: str, long: str) -> None:
    assert compared(short, long).verdict == compared(long, short).verdict == "editorial"
    before, after = spelt_out(read(short), read(long))
    assert [w.rstrip("s") for w in before.words] == [w.rstrip("s") for w in after.words]
    assert before.shown == short
    assert len(before.words) == len(before.spans) == len(before.sentences)


def test_initials_of_other_words_are_another_name() -> None:
    before, after = read("We use ABC for mail."), read("We use Acme Big Data for mail.")
    assert spelt_out(before, after) == (before, after)


def test_a_company_known_for_processing_data_is_one_wherever_it_stands() -> None:
    assert [party.key for party in parties(read("Mailgun delivers what we write.")) if party.processes] == [
        "mailgun"
    ]
    comparison = compared("Our database is run on Scaleway.", "Our database is run on Alibaba Cloud.")
    assert comparison.severity == "high"
    assert "party_changed" in {f.kind for change in comparison.changes for f in change.findings}


def test_an_entry_that_moves_to_another_list_is_told() -> None:
    comparison = compared(LISTED.format(DRIVING, ""), LISTED.format("", DRIVING))
    assert comparison.verdict == "material"
    assert comparison.severity == "high"


@pytest.mark.parametrize(
    ("written", "value", "unit"),
    [
        ("one hundred and fifty per cent (150%) of the fees", 150, "%"),
        ("two hundred dollars ($200)", 200, ""),
        ("EUR 250.000,00", 250_000, ""),
    ],
)
def test_an_amount_said_twice_is_one(written: str, value: float, unit: str) -> None:
    found = quantities(read(f"It is {written}."))
    assert [(quantity.value, quantity.unit) for quantity in found] == [(value, unit)]


def test_capitals_alone_name_nothing() -> None:
    text = "LIABILITY SHALL NOT EXCEED THE FEES PAID IN THE {} BEFORE THE CLAIM AROSE."
    comparison = compared(text.format("TWELVE MONTHS"), text.format("ONE MONTH"))
    assert "period.cap" in rules(comparison)
    assert comparison.severity == "high"


def test_who_need_not_do_something_is_not_forbidden_it() -> None:
    comparison = compared(
        "The Supplier shall obtain the Customer's approval before it moves data.",
        "The Supplier shall not be required to obtain the Customer's approval before it moves data.",
    )
    assert "promise.softer" in rules(comparison)
    assert "ban-lifted.vendor" not in rules(comparison)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("only if you have ticked the box to get them", "unless you have ticked the box not to get them"),
        ("only if you choose to get them", "unless you choose not to get them"),
    ],
)
def test_what_must_be_asked_for_is_not_what_may_be_refused(before: str, after: str) -> None:
    comparison = compared(f"We send you letters {before}.", f"We send you letters {after}.")
    assert "consent.turned" in rules(comparison)
    assert comparison.severity == "high"
    back = compared(f"We send you letters {after}.", f"We send you letters {before}.")
    assert {f.kind for change in back.changes for f in change.findings if f.rule == "consent.turned"} == {
        "right_added"
    }


def test_only_if_is_as_strong_as_not_unless() -> None:
    comparison = compared(
        "We send you letters only if you choose to get them.",
        "We do not send you letters unless you choose to get them.",
    )
    assert comparison.verdict == "editorial"


def test_a_period_that_comes_into_a_cap_lowers_it() -> None:
    text = "We shall not be liable for more than the fees that you paid {}."
    comparison = compared(
        text.format("under this contract"), text.format("in the two months before the claim")
    )
    assert "period.cap-fixed" in rules(comparison)
    assert comparison.severity == "high"


def test_a_sentence_moved_beside_an_edit_is_no_finding() -> None:
    sold = "We never sell your letters to anybody for money."
    pages = "Letters\n\nWe delete letters within 30 days. {}\n\nYou can write to us at any time. {}"
    comparison = compared(pages.format(sold, ""), pages.replace("delete", "erase").format("", sold))
    assert comparison.verdict == "editorial"


def test_who_bound_both_parties_is_told_when_it_binds_no_more() -> None:
    comparison = compared(
        "The receiving party shall not show the plans to anybody.",
        "The receiving party may show the plans to its investors.",
    )
    assert "ban-lifted.either" in rules(comparison)
    assert comparison.severity == "high"


def test_a_further_kind_of_subprocessor_is_told_where_a_sentence_lists_them() -> None:
    text = "Sub-processors fall into the following categories: hosting providers; {}email delivery providers."
    comparison = compared(text.format(""), text.format("advertising and audience measurement companies; "))
    assert "subprocessors.terms" in rules(comparison)
    assert comparison.severity == "high"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ask your Customer Success Manager", "ask your Account Manager"),
        ("is counted by Harbor AdWords", "is counted by Harbor Ads (formerly AdWords)"),
        ("is read in Lantern Reader", "is read in Lantern Pro (the new name of Lantern Reader)"),
    ],
)
def test_who_or_what_goes_by_another_name_is_the_same(before: str, after: str) -> None:
    text = "Each visit to the page {} before the month ends."
    assert compared(text.format(before), text.format(after)).verdict == "editorial"


def test_what_the_law_forbids_no_party_forbids() -> None:
    comparison = compared(
        "Nothing here limits liability for fraud, for death, or for anything that cannot be limited by law.",
        "Nothing here limits liability for death, for fraud, or for anything that cannot by law be limited.",
    )
    assert comparison.verdict == "editorial"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "We collect your name and e-mail address.",
            "We collect your name, e-mail address and phone number.",
        ),
        (
            "You can opt out of letters. You can opt out of calls.",
            "You can opt in to letters. You can opt out of calls.",
        ),
        ("Letters are deleted within 30 days.", "Letters are deleted after 30 days."),
        (
            "Disputes are heard by the courts of Ireland. If any part of this is void, the rest stays.",
            "Disputes are heard by the courts of France. If any part of this is void, the rest stays.",
        ),
        (
            "Liability shall not exceed the fees or $900, whichever is higher.",
            "Liability shall not exceed the fees or $900, whichever is lower.",
        ),
        (
            "The limit of liability does not apply to fraud or to theft.",
            "The limit of liability also applies to fraud, but not to theft.",
        ),
        ('We use "Stripe" for payments.', 'We use "Adyen" for payments.'),
        ("We do not save or share your history.", "We do not share the history we save."),
        ("We write a letter.\n\nWe read e-mails.", "We write a letter."),
        ("Tick this box if you would like letters.", "Tick this box if you would not like letters."),
        ("Acme shall not open the letters.", "Acme should not open the letters."),
        ("Helpers read the letters for our purposes.", "Helpers read the letters for their purposes."),
        ("They may combine letters with other letters.", "We may combine letters with other letters."),
        ("We tell users of any incident in three days.", "We tell users of certain incidents in three days."),
        ("We report a breach within 72 hours.", "We report a breach within about 72 hours."),
        ("Letters are kept during the contract.", "Letters are kept after the contract has ended."),
        (
            "Letters are used for support, and public data is used for training.",
            "Letters are used for training, and public data is used for support.",
        ),
        (
            "We share letters with Nielsen and Comscore for research.",
            "We share letters with Nielsen, Comscore and LiveRamp for research.",
        ),
        (
            "We do not run face filters, scanners or counters on letters.",
            "We do not run scanners or counters on letters. We do run face filters on letters.",
        ),
    ],
)
def test_what_once_passed_for_the_same_is_told(before: str, after: str) -> None:
    assert compared(before, after).verdict == "material"
    assert compared(after, before).verdict == "material"


@pytest.mark.parametrize(
    "promise",
    [
        "The text of your e-mails is not scanned.",
        "No e-mail is scanned.",
        "Your letters are not read by our staff.",
        "Letters are not passed to anybody.",
    ],
)
def test_what_is_not_done_is_a_promise_without_any_modal(promise: str) -> None:
    beside = "We write letters with a pen on paper."
    comparison = compared(f"{beside} {promise}", beside)
    assert comparison.severity == "high"
    assert "prohibition.vendor" in rules(comparison)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'Those who help us (the "Helping Firms") see letters. Helping Firms keep them secret.',
            'Those who help us (the "Aiding Houses") see letters. Aiding Houses keep them secret.',
        ),
        ("We comply with the Letters Act Compliance.", "We comply with the Letters Act."),
        (
            "Choosing to disable cookieson the browser may hurt.",
            "Choosing to disable cookies in the browser may hurt.",
        ),
        ("Should you wish to write, use ink.", "If you wish to write, use ink."),
        (
            "You can call us at +1 (415) 555-0132 about letters.",
            "You can call us at +1 (415) 555-0190 about letters.",
        ),
        ("If an agreement may not be reached, write.", "If we cannot reach an agreement, write."),
        (
            "It is governed by the laws of the State of California and heard in the courts of Ireland.",
            "It is governed by California law and heard before the courts of Ireland.",
        ),
        (
            "The reasons are:\n- your consent;\n- the need to perform a contract; or\n- the law of the land.",
            "The reasons are: (a) your consent; (b) the need to perform a contract; or (c) the law of the land.",
        ),
    ],
)
def test_what_once_passed_for_a_change_is_none(before: str, after: str) -> None:
    assert compared(before, after).verdict in ("editorial", "cosmetic")


def test_a_country_alone_is_told_under_a_heading_on_transfers_and_not_in_an_address() -> None:
    pages = [
        extract(f"# {heading}\n\nIreland\n\n{more}We answer by phone.".encode(), content_type="text/markdown")
        for heading in ("International transfers", "Contact")
        for more in ("", "Singapore\n\n")
    ]
    assert compare(*pages[:2]).severity == "high"
    assert compare(*pages[2:]).verdict == "editorial"


def test_a_heading_that_says_the_opposite_is_told_and_another_title_is_not() -> None:
    for heading, other, told in (
        ("What we do not collect", "What we collect", True),
        ("Deleted after 30 days", "Deleted after 300 days", True),
        ("Letters that we keep", "Our letters", False),
    ):
        before, after = (f"# Policy\n\n## {title}\n\nNames of writers." for title in (heading, other))
        comparison = compare(
            *(extract(page.encode(), content_type="text/markdown") for page in (before, after))
        )
        assert (comparison.verdict == "material") == told, heading
