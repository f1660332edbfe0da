from __future__ import annotations

from dataclasses import replace

from monitor.comparison import canonical, clause_key, suspicion, text_key
from monitor.model import Clause, Document

POLICY = Document(
    title="Privacy policy | Example",
    language="en",
    clauses=tuple(
        Clause(text)
        for text in (
            "We collect the name and address that you give us when you open an account with the portal.",
            "We keep what we collect for as long as the account is open and for ninety days from its end.",
            "We share it with nobody but those who host the portal for us and who are bound by a contract.",
            "You may ask us at any time what we hold about you and have it corrected or erased at no cost.",
        )
    ),
)


def with_texts(*texts: str, **fields) -> Document:
    return replace(POLICY, clauses=tuple(Clause(text) for text in texts), **fields)


def test_numbers_are_never_masked():
    assert canonical("You must be 16.") != canonical("You must be 18.")
    assert clause_key(Clause("You must be 16.")) != clause_key(Clause("You must be 18."))


def test_identity_is_that_of_the_words():
    relettered = replace(
        POLICY, clauses=tuple(replace(c, label="7.1", links=("/x?y=1",)) for c in POLICY.clauses)
    )
    shouted = with_texts(*(clause.text.upper() for clause in POLICY.clauses))
    reflowed = with_texts(" ".join(clause.text for clause in POLICY.clauses))
    assert text_key(POLICY) == text_key(relettered) == text_key(shouted) == text_key(reflowed)
    assert text_key(POLICY) != text_key(replace(POLICY, clauses=POLICY.clauses[1:]))
    assert text_key(POLICY) != text_key(replace(POLICY, clauses=POLICY.clauses[::-1]))


def test_another_linked_file_is_another_version_and_another_query_is_not():
    def with_link(target: str) -> Document:
        return replace(POLICY, clauses=(*POLICY.clauses, Clause("The annex is part of it.", links=(target,))))

    assert text_key(with_link("/annex-1.pdf")) != text_key(with_link("/annex-2.pdf"))
    assert text_key(with_link("/annex?did=1")) == text_key(with_link("/annex?did=2"))


def test_a_stub_another_language_and_another_page_are_suspicious_both_ways():
    home = with_texts(
        "Meet the portal: simple, fast and free, loved by twelve thousand teams all over the planet since launch.",
        "Start today: choose a plan, invite colleagues, drag files into place and watch reports build themselves.",
        "Customers say: 'finally something that works', 'saved hours every week', 'would buy again tomorrow'.",
        title="Example: reports that build themselves",
    )
    german = replace(POLICY, language="de")
    stub = with_texts("We collect the name.")
    for other in (home, german, stub):
        assert suspicion(POLICY, other)
        assert suspicion(POLICY, other) == suspicion(other, POLICY)


def test_an_edited_policy_is_not_suspicious():
    edited = replace(
        POLICY, clauses=(*POLICY.clauses[:3], Clause("You may write to us at any time about what we hold."))
    )
    assert suspicion(POLICY, edited) is None
    assert suspicion(POLICY, POLICY) is None
