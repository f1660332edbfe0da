"""What must hold for any two documents."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.comparison import Difference, differences
from monitor.model import Clause, Document

SENTENCES = [
    "We collect the name and address that you give us when you open an account.",
    "Payment is due within 30 days of the date of the invoice.",
    "Either party may end the agreement by giving sixty days' written notice.",
    "Our liability is limited to the fees paid in the 12 months before the claim.",
    "Records are erased from the backup copies after a quarter of a year.",
    "The courts of the supplier's seat have sole jurisdiction over any dispute.",
    "You must be 16 or older to use the service.",
    "We share data with those who host the service for us.",
    "Definitions",
    "Contact",
    "Photos",
    "Last updated: May 4, 2024",
    "Write to law@example.com to object.",
]
PROFILE = settings(derandomize=True, deadline=None, max_examples=60)

clauses = st.builds(
    Clause,
    text=st.sampled_from(SENTENCES) | st.text(alphabet="ab1 .,-'’()[]@", max_size=12),
    path=st.sampled_from([(), ("Terms",), ("Terms", "Fees"), ("Privacy",)]),
    label=st.sampled_from(["", "1.", "(b)"]),
    kind=st.sampled_from(["heading", "paragraph", "item", "row"]),
    links=st.sampled_from([(), ("/a",), ("https://example.com/b.pdf",), ("https://example.net/?x=1",)]),
    lead=st.sampled_from(["", "We share data with:"]),
    cells=st.sampled_from(
        [(), (("Name", "Acme"), ("Country", "Spain")), (("Name", "Acme"), ("Country", "France"))]
    ),
    linked=st.booleans(),
)
documents = st.builds(
    Document,
    title=st.sampled_from(["", "Terms | Example"]),
    clauses=st.lists(clauses, max_size=14).map(tuple),
    url=st.sampled_from([None, "https://www.example.com/terms"]),
)


def mirror(difference: Difference) -> Difference:
    swap = {"added": "removed", "removed": "added", "delete": "insert", "insert": "delete"}
    swapped = [(swap.get(op, op), text) for op, text in difference.words]
    ordered = []
    for op, text in swapped:
        if op == "delete" and ordered and ordered[-1][0] == "insert":
            ordered.insert(-1, (op, text))
        else:
            ordered.append((op, text))
    return replace(
        difference,
        change=swap.get(difference.change, difference.change),
        before=difference.after,
        after=difference.before,
        words=tuple(ordered),
    )


@PROFILE
@given(documents)
def test_a_document_does_not_differ_from_itself(document):
    assert differences(document, document) == ()


@PROFILE
@given(documents, documents)
def test_looking_backwards_gives_the_mirror_image(before, after):
    there, back = differences(before, after), differences(after, before)
    assert len(there) == len(back)
    assert all(mirror(difference) in back for difference in there)


@PROFILE
@given(documents, documents)
def test_redlines_give_the_clauses_again_and_every_clause_is_accounted_for(before, after):
    found = differences(before, after)
    for difference in found:
        old = "".join(text for op, text in difference.words if op != "insert")
        new = "".join(text for op, text in difference.words if op != "delete")
        assert old == (difference.before.text if difference.before else "")
        assert new == (difference.after.text if difference.after else "")
    gone = {d.before.text for d in found if d.change == "removed" and d.before}
    come = {d.after.text for d in found if d.change == "added" and d.after}
    assert gone <= {clause.text for clause in before.clauses}
    assert come <= {clause.text for clause in after.clauses}


policies = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=10, unique=True).map(
    lambda texts: Document(clauses=tuple(Clause(text, path=("Terms",)) for text in texts))
)


@PROFILE
@given(policies, st.randoms(use_true_random=False))
def test_what_is_no_change_of_wording_is_never_told(document, chance):
    def told(other: Document) -> list[Difference]:
        return [d for d in differences(document, other) if not d.cosmetic]

    relettered = tuple(replace(c, label=f"{n}.") for n, c in enumerate(document.clauses, 1))
    assert told(replace(document, clauses=relettered)) == []
    lettered_in_text = tuple(replace(c, text=f"A.{n}. {c.text}") for n, c in enumerate(document.clauses, 1))
    assert told(replace(document, clauses=lettered_in_text)) == []
    reencoded = tuple(
        replace(c, text=c.text.replace("'", "’").replace(" ", "\u00a0").replace("fi", "ﬁ").upper())
        for c in document.clauses
    )
    assert told(replace(document, clauses=reencoded)) == []
    tokens = tuple(replace(c, links=(f"/page?session={chance.random()}",)) for c in document.clauses)
    assert told(replace(document, clauses=tokens)) == []
    shuffled = tuple(chance.sample(document.clauses, len(document.clauses)))
    assert told(replace(document, clauses=shuffled)) == []


@PROFILE
@given(st.randoms(use_true_random=False))
def test_the_borders_between_clauses_do_not_count(chance: random.Random):
    words = " ".join(SENTENCES).split()
    documents = []
    for _ in range(2):
        borders = sorted(chance.sample(range(1, len(words)), chance.randint(0, 12)))
        pieces = zip([0, *borders], [*borders, len(words)], strict=True)
        documents.append(Document(clauses=tuple(Clause(" ".join(words[a:b])) for a, b in pieces)))
    assert [d for d in differences(*documents) if not d.cosmetic] == []


@PROFILE
@given(policies, st.data())
def test_one_changed_word_is_found_in_its_clause_and_no_other(document, data):
    place = data.draw(st.integers(0, len(document.clauses) - 1))
    clause = document.clauses[place]
    parts = clause.text.split(" ")
    word = data.draw(st.integers(0, len(parts) - 1))
    parts[word] = "zebra"
    changed = replace(clause, text=" ".join(parts))
    other = replace(document, clauses=(*document.clauses[:place], changed, *document.clauses[place + 1 :]))
    found = differences(document, other)
    assert {d.before for d in found if d.before} == {clause}
    assert {d.after for d in found if d.after} == {changed}
    assert all(d.cosmetic is None for d in found) or clause.text.startswith("Last updated")
