"""Sentences said anew, sentences said twice, lists numbered otherwise: told apart from what changes beside them."""

from __future__ import annotations

import pytest

from monitor import Comparison
from monitor.classification import compare
from monitor.extraction import extract

SAYS_THE_SAME = [
    # One word that is no word for the other, in a sentence said anew.
    (
        "As the law demands, the studio names all lenders whose drawings are shown here.",
        "All lenders whose drawings are exhibited here are listed by the studio, as the law demands.",
    ),
    # Free of charge, without a ban.
    (
        "We will not charge a fee for answering your questions about your data.",
        "We will answer your questions about your data free of charge.",
    ),
    # A condition after "but", or after "or" and a comma.
    (
        "Members pay on the first of May, but if no day is named, then within 20 days of receipt of the bill.",
        "Members pay on the first of May or, where no day is named, within 20 days of receiving the bill.",
    ),
    # Clauses cited one by one, or together.
    (
        "The visits named in Clause 4(b), Clause 9 and Clause 10(3) take place as Section 8 says.",
        "The visits named in Clauses 4(b), 9 and 10(3) take place as Section 8 says.",
    ),
    # Entries with their own labels in other forms; others are only cited.
    (
        "It covers: (i) the first act; (ii) the second act, and what follows (i) or (ii).",
        "It covers: (i) the first act; (ii) the second act, and what follows (i), (ii) or (iii).",
    ),
    (
        "Our reasons: i. Sending letters ii. Printing maps iii. Counting visits. The law asks for (i, ii).",
        "Our reasons: 1. Sending letters 2. Printing maps 3. Counting visits. The law asks for (1, 2).",
    ),
    # A term in quotes, renamed where it is defined and used.
    (
        "Some pages link to web sites of others (the “Third-Party Pages”). Third-Party Pages have rules of their own.",
        "Some pages link to websites of others (the “Outside Pages”). Outside Pages have rules of their own.",
    ),
    # What helps, and what it is for.
    (
        "Tell the guests with the help of the app about the cameras that run.",
        "Tell the guests by using the app about the cameras that run.",
    ),
    # A cap in either way of saying it; the only court, asked for or allowed.
    (
        "The gallery's total liability shall not exceed the fees paid in the 12 months before the claim.",
        "The gallery's total liability is limited to the fees paid in the 12 months before the claim.",
    ),
    (
        "Any claim must be exclusively brought in the courts of Bern.",
        "Any claim may be brought only in the courts of Bern.",
    ),
    # What exists, and what is kept of it; what is denied of two things, once or twice.
    (
        "There are drawings that we show for our own ends and drawings that we keep for the lenders.",
        "We show some drawings for our own ends and keep other drawings for the lenders.",
    ),
    (
        "This will not affect the loans of last year. It will also not affect the gifts of this year.",
        "This will not affect the loans of last year, or the gifts of this year.",
    ),
    # Who may, after what it is for.
    (
        "Our partner may use lamps to show you the drawings that you like.",
        "To show you the drawings that you like, our partner may use lamps.",
    ),
    # What things may include, or keep somebody from.
    (
        "We keep a list of guests. May include names and dates.",
        "We keep a list of guests. This may include names and dates.",
    ),
    # A term with a further word that its own definition has.
    (
        "Each party may send an outside expert (the “Expert”). The Expert may enter the vault.",
        "Each party may send an outside expert (the “Outside Expert”). The Outside Expert may enter the vault.",
    ),
    (
        "In an ongoing effort to serve the guests better, we count the visits.",
        "To serve the guests better, we count the visits.",
    ),
]

MEANS_MORE = [
    # An entry of a list, whatever joins the entries.
    (
        "We use your letters because of a contract (i) and our legitimate interest (ii, iii).",
        "We use your letters because of a contract (i), our legitimate interest (ii) and your consent (iii).",
    ),
    # One word for another, and nothing else said anew.
    ("We share your medical records with your doctor.", "We share your medical records with your insurer."),
    # Another policy than this one.
    (
        "What was passed on would remain subject to this Privacy Policy.",
        "What was passed on would be subject to the privacy policy of the buyer.",
    ),
    # A cap on each claim, not on all.
    (
        "The gallery's liability for all claims shall not exceed the fees.",
        "The gallery's liability for each claim is limited to the fees.",
    ),
    # Only there, or also elsewhere.
    (
        "Any claim may be brought in the courts of Bern.",
        "Any claim may be brought only in the courts of Bern.",
    ),
    # A fee where there was none.
    ("We will not charge a fee for answering.", "We will charge a fee for answering."),
]


def compared(before: str, after: str) -> Comparison:
    return compare(*(extract(text.encode(), content_type="text/plain") for text in (before, after)))


@pytest.mark.parametrize(("before", "after"), SAYS_THE_SAME)
def test_what_says_the_same_is_editorial(before: str, after: str) -> None:
    for one, other in ((before, after), (after, before)):
        assert compared(one, other).verdict == "editorial", one


@pytest.mark.parametrize(("before", "after"), MEANS_MORE)
def test_what_changes_something_is_material(before: str, after: str) -> None:
    for one, other in ((before, after), (after, before)):
        assert compared(one, other).verdict == "material", one


def test_the_language_of_few_words_does_not_decide() -> None:
    """Of a table of noes alone the language is a guess: read backwards, the comparison is the same."""
    before = "| Sort | Sold? |\n|---|---|\n| Identifiers | No |\n| Internet activity | No |"
    after = before.replace("activity | No", "activity | Yes, to advertising networks and data brokers")
    found = [
        (f.rule, f.before, f.after) for change in compared(before, after).changes for f in change.findings
    ]
    back = [
        (f.rule, f.after, f.before) for change in compared(after, before).changes for f in change.findings
    ]
    assert sorted(found) == sorted(back)
    assert compared(before, after).severity == "high"


LIST = "# House rules\n\nIn the halls:\n\n- Guests must not feed the cats.\n- {}\n- Lights go out at ten.\n- {}\n"


def test_a_sentence_that_still_stands_elsewhere_is_not_gone() -> None:
    said = "The porter does not answer anonymous letters."
    before = LIST.format(said, said)
    once = compared(before, before.replace(f"- {said}\n", "", 1))
    assert once.verdict == "editorial"
    assert [change.reason for change in once.changes] == ["said elsewhere in the same words"]
    never = compared(before, before.replace(f"- {said}\n", ""))
    assert never.verdict == "material"


def test_a_sentence_that_stands_in_another_list_is_gone_from_this_one() -> None:
    item = "- Share the drawings of guests with the press.\n"
    may, may_not = (
        f"The porter may:\n\n{item}- Open the gate.\n",
        f"The porter may not:\n\n{item}- Close the gate.\n",
    )
    text = f"# House rules\n\n{may}\n{may_not}"
    first = text.index(item)
    for gone in (text.replace(item, "", 1), text[: first + 1] + text[first + 1 :].replace(item, "", 1)):
        assert compared(text, gone).verdict == "material"


def test_a_heading_may_run_into_its_paragraph() -> None:
    start = "Words about the house.\n\n"
    rest = "we become aware that the vault was opened, we will write to you.\n\nWords about the garden.\n"
    before = f"{start}THE VAULT\n\nIn the event {rest}"
    assert compared(before, f"{start}THE VAULT If {rest}").verdict == "editorial"
    assert (
        compared(before, f"{start}THE VAULT In the event {rest.replace('will', 'may')}").verdict == "material"
    )


def test_a_table_of_contents_says_nothing() -> None:
    parts = ("The vault of the gallery", "Lamps and breaches", "Selling your data")
    body = "".join(f"# {part}\n\nWe keep the {part.casefold()} in order.\n\n" for part in parts)
    listed = "".join(f"- {part}\n" for part in parts)
    numbered = " ".join(f"{number}. {part}" for number, part in enumerate(parts, 1))
    assert compared(f"{listed}\n{body}", f"{numbered}\n\n{body}").verdict in ("editorial", "cosmetic")
    assert compared(body, f"{numbered}\n\n{body}").changes[0].reason == "a table of contents"
    assert compared(body, f"1. We sell your data 2. Lamps 3. Vaults\n\n{body}").verdict == "material"


def test_a_check_mark_that_is_a_bullet_answers_nothing() -> None:
    before = "We keep the vault in order:\n\n✓ Doors are locked at night.\n✓ Lamps are off.\n"
    assert compared(before, before.replace("✓", "•")).verdict in ("unchanged", "cosmetic")
    assert compared(before, before.replace("✓ Doors", "• The doors")).verdict == "editorial"


GRAVE = [
    # Whoever promised decides alone.
    (
        "We will promptly inform the owners of a breach of the vault.",
        "We will inform the owners of a breach of the vault where and when we consider this appropriate.",
        {"permission_widened"},
    ),
    # Names that are known by what brackets say of them, or whose letters stand in other words.
    (
        "We share personal data with service providers; we use Stripe (a payment provider) to be paid.",
        "We share personal data with service providers; we use Stripe (a payment provider) to be paid, and Persona (an "
        "identity provider) to know you.",
        {"party_added"},
    ),
    # Whoever else does not do it either.
    (
        "Lenders may not, and the Gallery itself does not, use the records of guests to profile them.",
        "Lenders may not use the records of guests to profile them.",
        {"prohibition_removed"},
    ),
    # Entries of what is off limits.
    (
        "The following are off limits for model training: (a) letters; (b) drawings; and (c) recordings.",
        "The following are off limits for model training: (a) letters; and (b) recordings.",
        {"prohibition_removed"},
    ),
    # Who alone sees it.
    (
        "Only your lenders can view your personal data.",
        "Your lenders can view your personal data.",
        {"prohibition_removed"},
    ),
    # What cannot be traced may now be kept.
    (
        "We never log your address or any identifiers to disk.",
        "We never log your address or any identifiers to disk that could be tied to you or to your visits.",
        {"prohibition_removed"},
    ),
    # On unless somebody turns it off.
    (
        "The box on the form is left blank. We send news only to people who have ticked it.",
        "The box on the form comes ticked. We send news to everyone who has not unticked it.",
        {"right_removed", "permission_widened"},
    ),
    # Training that is forbidden far from the word that forbids.
    (
        "Our contracts forbid keeping prompts for more than thirty days and the use of either for model training.",
        "Our contracts forbid keeping prompts for more than thirty days.",
        {"prohibition_removed", "permission_widened"},
    ),
    # What was never collected is collected now, in the same words.
    (
        "The app gathers the room and the hour only. It never collects exact position, address books or pictures.",
        "The app gathers the room, the hour, exact position and address books. It never collects pictures.",
        {"prohibition_removed"},
    ),
    # Law and courts of a row, by what their columns are called.
    (
        "| Your country | Governing law | Courts |\n|---|---|---|\n| Any | France | Paris |",
        "| Your country | Governing law | Courts |\n|---|---|---|\n| Any | Switzerland | Bern |",
        {"jurisdiction_changed"},
    ),
    # No deadline is left.
    (
        "Once we know of a breach, we will inform the owners without undue delay and send them timely news.",
        "Once we know of a breach, we will inform the owners at an appropriate stage and send them news.",
        {"obligation_weakened"},
    ),
    # Another ground of what is done.
    (
        "| We send you our news | Addresses | Consent |",
        "| We send you our news | Addresses | Legitimate interest |",
        {"right_removed"},
    ),
    # Names are no longer taken away first.
    (
        "You grant us the right to use aggregated and anonymized drawings to train our models.",
        "You grant us the right to use drawings to train our models.",
        {"permission_widened"},
    ),
    # A verb that is no longer among those forbidden.
    (
        "The gallery does not sell, share, lease or rent your personal data.",
        "The gallery does not lease or rent your personal data. What counts as a sale is listed below.",
        {"prohibition_removed"},
    ),
    # More cases of an exception.
    (
        "We do not open private folders unless one of these cases arises: to repair them; or to obey the law.",
        "We do not open private folders unless one of these cases arises: to repair them; to learn how they are used; "
        "or to obey the law.",
        {"prohibition_removed"},
    ),
    # Somebody had to turn it on.
    (
        "Your profile is shared with partners only if an administrator turns on partner sharing.",
        "Your profile is shared with partners. An administrator can manage partner sharing.",
        {"right_removed"},
    ),
    # Training waited for a consent.
    (
        "We train our models on your drawings only with your prior consent.",
        "We train our models on your drawings. You can object in your settings.",
        {"permission_widened"},
    ),
]


@pytest.mark.parametrize(("before", "after", "kinds"), GRAVE)
def test_what_lets_the_vendor_go_further_weighs_high(before: str, after: str, kinds: set[str]) -> None:
    comparison = compared(before, after)
    assert comparison.severity == "high"
    assert kinds & {finding.kind for change in comparison.changes for finding in change.findings}
