from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.comparison.words import mirrored, redline

PHRASES = st.lists(
    st.sampled_from(
        [
            "we",
            "may",
            "share",
            "30",
            "60",
            "days",
            "1,000.50",
            "your",
            "data",
            ",",
            ". ",
            " ",
            "\n",
            "don’t",
            "é",
            "😀",
            "\ud83d",
        ]
    ),
    max_size=60,
).map(" ".join)
TEXTS = PHRASES | st.text(max_size=80)


def parts(words, *ops):
    return "".join(text for op, text in words if op in ops)


@settings(derandomize=True, deadline=None, max_examples=120)
@given(TEXTS, TEXTS)
def test_a_redline_gives_both_texts_again_to_the_letter(before, after):
    words = redline(before, after)
    assert parts(words, "equal", "delete") == before
    assert parts(words, "equal", "insert") == after


@settings(derandomize=True, deadline=None, max_examples=120)
@given(TEXTS, TEXTS)
def test_a_redline_read_backwards_is_its_mirror_image(before, after):
    assert redline(after, before) == mirrored(redline(before, after))


@settings(derandomize=True, deadline=None, max_examples=80)
@given(TEXTS, TEXTS)
def test_a_redline_has_no_empty_part_no_neighbours_alike_and_deletions_first(before, after):
    words = redline(before, after)
    assert all(text for _, text in words)
    operations = [op for op, _ in words]
    assert all(one != two for one, two in pairwise(operations))
    assert ("insert", "delete") not in pairwise(operations)


def test_a_number_is_replaced_as_a_whole():
    words = redline(
        "Fees are due within 30 days, 1,000.00 at most.", "Fees are due within 60 days, 1,500.00 at most."
    )
    assert words == (
        ("equal", "Fees are due within "),
        ("delete", "30"),
        ("insert", "60"),
        ("equal", " days, "),
        ("delete", "1,000.00"),
        ("insert", "1,500.00"),
        ("equal", " at most."),
    )


def test_two_replaced_words_in_a_row_are_one_edit():
    words = redline("We will delete your records.", "We must erase your records.")
    assert words == (
        ("equal", "We "),
        ("delete", "will delete"),
        ("insert", "must erase"),
        ("equal", " your records."),
    )


def test_texts_with_little_in_common_are_shown_before_and_after():
    before = (
        "The supplier keeps a register of every person who was given access to the premises in the last year. "
        * 3
    )
    after = (
        "Invoices fall due on receipt; late payment bears interest at the statutory rate plus two per cent. "
        * 3
    )
    assert [op for op, _ in redline(before, after)] in (["delete", "insert"], ["delete", "insert", "equal"])


def test_a_text_too_long_to_compare_word_by_word_keeps_its_common_ends():
    before = "Start here. " + " ".join(f"old{n} word" for n in range(20_000)) + " The end."
    after = "Start here. " + " ".join(f"word new{n}" for n in range(20_000)) + " The end."
    words = redline(before, after)
    assert [op for op, _ in words] == ["equal", "delete", "insert", "equal"]
    assert words[0][1].startswith("Start here. ")
    assert words[-1][1].endswith(" The end.")


def test_more_different_tokens_than_the_basic_plane_has_letters():
    """Tokens are mapped to characters; the surrogates between U+D800 and U+DFFF must be left out."""
    before = " ".join(f"w{n}" for n in range(60_000))
    after = before.replace("w59000 ", "x59000 ")
    changed = [(op, text) for op, text in redline(before, after) if op != "equal"]
    assert changed == [("delete", "w59000"), ("insert", "x59000")]
