from __future__ import annotations

from monitor.comparison import differences, rewritten
from monitor.model import Clause, Document

SENTENCES = [
    "We collect the name and address that you give us when you open an account.",
    "Payment is due within thirty days of the date of the invoice.",
    "Either party may end the agreement by giving sixty days' written notice.",
    "Our liability is limited to the fees paid in the twelve months before the claim.",
    "Records are erased from the backup copies after a quarter of a year.",
    "The courts of the supplier's seat have sole jurisdiction over any dispute.",
]


def document(*clauses: str | Clause, **fields) -> Document:
    made = tuple(Clause(clause) if isinstance(clause, str) else clause for clause in clauses)
    return Document(clauses=made, **fields)


def row(*cells: str, columns=("Name", "Purpose", "Country"), path=("Subprocessors",)) -> Clause:
    return Clause(" | ".join(cells), path=path, kind="row", cells=tuple(zip(columns, cells, strict=True)))


def told(before: Document, after: Document):
    return [difference for difference in differences(before, after) if not difference.cosmetic]


def test_an_edit_is_one_modification():
    after = [*SENTENCES]
    after[1] = "Payment is due within ten days of the date of the invoice."
    [difference] = differences(document(*SENTENCES), document(*after))
    assert difference.change == "modified"
    assert [part for part in difference.words if part[0] != "equal"] == [
        ("delete", "thirty"),
        ("insert", "ten"),
    ]


def test_an_added_and_a_removed_clause():
    [added] = differences(document(*SENTENCES[:-1]), document(*SENTENCES))
    assert (added.change, added.before, added.after) == ("added", None, Clause(SENTENCES[-1]))
    [removed] = differences(document(*SENTENCES), document(*SENTENCES[:-1]))
    assert (removed.change, removed.before, removed.after) == ("removed", Clause(SENTENCES[-1]), None)


def test_a_clause_under_other_headings_is_moved_and_told():
    clause = Clause(SENTENCES[3], path=("Paid plans",))
    elsewhere = Clause(SENTENCES[3], path=("Free plans",))
    before = document(
        Clause("Paid plans", kind="heading"), clause, Clause("Free plans", kind="heading"), SENTENCES[1]
    )
    after = document(
        Clause("Paid plans", kind="heading"), Clause("Free plans", kind="heading"), SENTENCES[1], elsewhere
    )
    [difference] = differences(before, after)
    assert (difference.change, difference.cosmetic) == ("moved", None)


def test_clauses_in_another_order_under_the_same_headings_are_cosmetic():
    found = differences(document(*SENTENCES), document(*SENTENCES[3:], *SENTENCES[:3]))
    assert found
    assert all((d.change, d.cosmetic) == ("moved", "order") for d in found)


def test_a_split_a_merge_and_reflowed_paragraphs_are_no_change():
    whole = document(SENTENCES[0], " ".join(SENTENCES[1:4]), SENTENCES[4])
    split = document(*SENTENCES[:5])
    reflowed = document(" ".join(SENTENCES[:2]), " ".join(SENTENCES[2:5]))
    assert differences(whole, split) == differences(split, whole) == ()
    assert differences(whole, reflowed) == differences(reflowed, whole) == ()


def test_an_edit_in_a_paragraph_that_was_split_is_found_in_it():
    changed = SENTENCES[2].replace("sixty", "ninety")
    [difference] = told(document(" ".join(SENTENCES[1:4])), document(SENTENCES[1], changed, SENTENCES[3]))
    assert [part for part in difference.words if part[0] != "equal"] == [
        ("delete", "sixty"),
        ("insert", "ninety"),
    ]


def test_a_sentence_that_recurs_is_changed_where_it_was_changed():
    before = [SENTENCES[0], SENTENCES[1], SENTENCES[0], SENTENCES[2], SENTENCES[0], SENTENCES[3]]
    for place in (0, 2, 4):
        after = [*before]
        after[place] = SENTENCES[0].replace("address", "birthday")
        [difference] = differences(document(*before), document(*after))
        assert difference.change == "modified"
        assert difference.after == Clause(after[place])


def test_rows_are_compared_by_their_entity_whatever_their_order():
    before = document(
        row("Acme", "Hosting", "Ireland"), row("Bolt", "E-mail", "France"), row("Cask", "Support", "Spain")
    )
    after = document(
        row("Cask", "Support", "Spain"),
        row("Acme", "Hosting", "United States"),
        row("Bolt", "E-mail", "France"),
    )
    [difference] = told(before, after)
    assert (difference.change, difference.columns) == ("modified", ("Country",))
    assert (difference.before, difference.after) == (before.clauses[0], after.clauses[1])


def test_a_row_gone_and_a_row_come_are_no_modification_of_each_other():
    before = document(row("Acme", "Hosting", "Ireland"), row("Bolt", "Sending e-mail to users", "France"))
    after = document(row("Acme", "Hosting", "Ireland"), row("Dune", "Sending e-mail to users", "France"))
    assert sorted(d.change for d in told(before, after)) == ["added", "removed"]


def test_a_rewritten_document_says_so_and_still_pairs_what_can_be_paired():
    before = document(*SENTENCES)
    after = document(
        "Nothing in this notice limits rights that mandatory consumer law grants.",
        SENTENCES[1].replace("thirty", "ten"),
        "Support answers on working days between nine and five, local time.",
        "Prices may rise once a year by the published index of consumer prices.",
        "We publish the list of partners on our web site and keep it current.",
    )
    found = differences(before, after)
    assert rewritten(found, before, after)
    assert [d.before.text for d in found if d.change == "modified" and d.before] == [SENTENCES[1]]
    assert not rewritten(differences(before, document(*SENTENCES[:-1])), before, document(*SENTENCES[:-1]))


def test_differences_stand_in_reading_order():
    before = document(*SENTENCES)
    after = document(
        SENTENCES[0].replace("name", "nickname"),
        SENTENCES[1],
        SENTENCES[3],
        SENTENCES[4],
        "Something wholly new.",
        SENTENCES[5],
    )
    assert [d.change for d in differences(before, after)] == ["modified", "removed", "added"]
