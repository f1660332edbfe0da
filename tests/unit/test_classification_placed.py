"""Equal words that say something else by where they stand, and small words on which much hangs."""

from __future__ import annotations

import pytest

from monitor import Comparison
from monitor.classification import compare
from monitor.extraction import extract

MEANS_ELSE = [
    # Two things done change places, or one of two is meant instead of the other.
    (
        "We delete recordings and keep transcripts.",
        "We keep recordings and delete transcripts.",
    ),
    (
        "Of names and addresses we share only the former.",
        "Of names and addresses we share only the latter.",
    ),
    # Not so far, only some, further data, another sign.
    ("We do not sell your drawings.", "We do not yet sell your drawings."),
    (
        "If there is a breach of the vault, we tell the lenders.",
        "If we have a breach of the vault, we tell some lenders.",
    ),
    (
        "Advertisers receive your hashed address.",
        "Advertisers receive your hashed address and your location.",
    ),
    ("| Sold to partners | ✗ |", "| Sold to partners | ✓ |"),
    # A promise of one term that becomes one of another, a term that means less.
    (
        "“Vault Data” and “Guest Data” are kept apart. We never sell Vault Data.",
        "“Vault Data” and “Guest Data” are kept apart. We never sell Guest Data.",
    ),
    (
        "We report every opening of the vault (a “Breach”). A Breach is told within 2 days.",
        "We report every opening of the vault (a “Serious Breach”). A Serious Breach is told within 2 days.",
    ),
    # A condition, or a period, that covers only the second of two things.
    (
        "If you agree, we read your notes and improve the search.",
        "We read your notes and, if you agree, improve the search.",
    ),
    (
        "Within two days of learning of a breach, we will tell you and close the gap.",
        "We will tell you of a breach and, within two days of learning of it, close the gap.",
    ),
    # It belongs to another sentence, in the same words and the same order.
    (
        "We never lend your recordings. If you agree, our partners may call you.",
        "We never lend your recordings if you agree. Our partners may call you.",
    ),
    # Only once a period is over.
    (
        "We erase the backups within 30 days after the contract ends.",
        "We erase the backups 30 days after the contract ends.",
    ),
    # For all together, not for each.
    (
        "Our liability for each claim will not exceed EUR 5,000.",
        "Our liability for all claims will not exceed EUR 5,000.",
    ),
    # One of two is enough, one of two prevails, in another order.
    (
        "We pass on your file only after telling you and getting your approval.",
        "We pass on your file only after telling you or obtaining your approval.",
    ),
    (
        "In case of conflict this DPA takes precedence over the Agreement.",
        "In case of conflict the Agreement takes precedence over this DPA.",
    ),
    (
        "The order of precedence is: (i) the Order; (ii) the DPA; and (iii) the Terms.",
        "The order of precedence is: (i) the Order; (ii) the Terms; and (iii) the DPA.",
    ),
    # As many noes, of something else.
    (
        "Drafts that you do not save are deleted after a week.",
        "Drafts that you save are not deleted after a week.",
    ),
    # Another party, in other words besides.
    ("You own all drawings made with the app.", "We own all drawings created with the app."),
    (
        "We train our models on public texts, never on customer texts.",
        "We train our models on customer texts, never on public texts.",
    ),
    # Another lawful basis; about so long; somebody else's employee; another plan, other data.
    ("We process it on the basis of Art. 6(1)(a) GDPR.", "We process it on the basis of Art. 6(1)(f) GDPR."),
    ("We will report an intrusion within 24 hours.", "We will report an intrusion within ~24 hours."),
    ("We may show the results to your employee.", "We may show the results to your employer."),
    ("Your files are not scanned in Quill Team.", "Your files are not scanned in Quill Business."),
    ("We do not pool Personal Data.", "We do not pool Health Data."),
    # What is tried may be tried.
    ("We will attempt to warn you beforehand.", "We may attempt to warn you beforehand."),
]

HARMS = [
    ("We will notify you of any breach of your data.", "We will notify you of any serious breach of your data."),
    ("We tell you before we engage a new subprocessor.", "We tell you before we engage a new key subprocessor."),
    ("We train the model only with your separate consent.", "We train the model only with your consent."),
    ("If enabled by the administrator, the assistant reads the mailbox.", "The assistant reads the mailbox."),
    ("Your pulse is not for our insurers. We show it to you.", "We show it to you."),
    ("If a thief gets your photos, you get a call on the same day.", "If a thief gets your photos, you get a call."),
    (
        "The limit in clause 9 does not apply to breaches of secrecy or to our indemnity.",
        "The limit in clause 9 does not apply to our indemnity. It applies to breaches of secrecy.",
    ),
    ("(d) not sell personal data;", "(d) not sell personal data, except to trusted partners;"),
    ("None of your calls teaches our recogniser.", "Some of your calls teach our recogniser."),
    (
        "Parcels are insured. We refrain from passing your route to advertisers, from mapping it and from keeping it.",
        "Parcels are insured. We refrain from keeping it in identifiable form.",
    ),
    (
        "Security incidents are reported to you within a day. That period begins when our staff first suspect one.",
        "Security incidents are reported to you within a day. That period begins when our board has confirmed one.",
    ),
]  # fmt: skip

SAME = [
    ("Each claim must be brought within a year.", "Every claim has to be brought within one year."),
    ("We do not sell your data, and we do not rent it.", "We neither sell your data nor rent it."),
    ("The seller shall not remove or alter the seals.", "The seller shall not alter or remove the seals."),
    ("In no event shall our aggregate liability exceed the fees.", "Our total liability shall not exceed the fees."),
    (
        "This contract is governed by the law of Malta, without regard to its conflict of laws rules.",
        "The law of Malta, excluding its conflict of laws rules, governs this contract.",
    ),
    ("For no reason will we sell your address.", "We will not sell your address for any reason."),
    ("The operation of the service is our task.", "Operating the service is our task."),
    ("We keep the log for 30 days after the contract ends.", "For 30 days after the contract ends we keep the log."),
]  # fmt: skip


def compared(before: str, after: str) -> Comparison:
    return compare(*(extract(text.encode(), content_type="text/plain") for text in (before, after)))


@pytest.mark.parametrize(("before", "after"), MEANS_ELSE)
def test_what_means_something_else_is_told_either_way(before: str, after: str) -> None:
    assert compared(before, after).verdict == compared(after, before).verdict == "material"


@pytest.mark.parametrize(("before", "after"), HARMS)
def test_what_harms_is_severe(before: str, after: str) -> None:
    assert compared(before, after).severity == "high"


@pytest.mark.parametrize(("before", "after"), SAME)
def test_the_same_in_another_place_is_editorial(before: str, after: str) -> None:
    assert compared(before, after).verdict in ("editorial", "cosmetic")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Wir verkaufen Ihre Daten nicht an Dritte. Sie erhalten Auskunft über alles, was wir speichern.",
         "Wir verkaufen Ihre Daten an Dritte. Sie erhalten Auskunft über alles, was wir speichern."),
        ("Nous conservons vos données avec votre accord et vous pouvez le retirer à tout moment par lettre.",
         "Nous conservons vos données sans votre accord et vous pouvez le retirer à tout moment par lettre."),
    ],
)  # fmt: skip
def test_a_no_in_another_language_is_told(before: str, after: str) -> None:
    assert compared(before, after).verdict == "material"


def test_what_stands_under_a_heading_that_says_no_is_no_label() -> None:
    pages = (
        "## What we never lend\n\n- Voice\n- Pulse\n- Routes\n",
        "## What we never lend\n\n- Voice\n- Routes\n",
    )
    before, after = (extract(page.encode(), content_type="text/markdown") for page in pages)
    assert compare(before, after).verdict == "material"


def test_a_heading_that_loses_a_consent_is_told() -> None:
    pages = (
        f"# Notice\n\n## What we show {end}\n\nContacts.\n\n## Mail\n\nWrite to us.\n"
        for end in ("with your consent", "")
    )
    before, after = (extract(page.encode(), content_type="text/markdown") for page in pages)
    assert compare(before, after).verdict == "material"


def test_a_ban_without_a_verb_is_read() -> None:
    assert compared("We will never share it.", "We will never").verdict in ("material", "editorial")
