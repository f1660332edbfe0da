"""Lines, labels, headings and clauses."""

# ruff: noqa: E501 (pages are easier to read unbroken)

import pytest

from monitor.extraction import extract
from monitor.extraction.labels import split_label
from monitor.extraction.lines import joined, wrap_width
from monitor.model import Clause, Document

PROSE = "We keep personal data for as long as the account is open, and for thirty days after it was closed."
OTHER = "You may ask us at any time to delete what we hold about you, and we answer within one month."


def text(source: str, kind: str = "text/plain") -> Document:
    return extract(source.encode(), content_type=kind)


def clause(document: Document, words: str) -> Clause:
    return next(found for found in document.clauses if words in found.text)


@pytest.mark.parametrize(
    ("line", "label", "rest"),
    [
        ("7.2(b) We may share", "7.2(b)", "We may share"),
        ("iv. Retention", "iv.", "Retention"),
        ("a) data", "a)", "data"),
        ("(ii) data", "(ii)", "data"),
        ("• data", "•", "data"),
        ("· data", "·", "data"),
        ("- data", "-", "data"),
        ("§ 5 Haftung", "§ 5", "Haftung"),
        ("Section 7: Liability", "Section 7:", "Liability"),
        ("1. OUR PRINCIPLES", "1.", "OUR PRINCIPLES"),
        ("1.1 The processor", "1.1", "The processor"),
        ("30 days after notice", "", "30 days after notice"),
        ("30 Business Days", "", "30 Business Days"),
        ("1.5 million users", "", "1.5 million users"),
        ("99.9% of the time", "", "99.9% of the time"),
        ("2021 Amendments", "", "2021 Amendments"),
        ("U.S. residents", "", "U.S. residents"),
        ("12.", "", "12."),
        ("I agree", "", "I agree"),
        ("A vendor", "", "A vendor"),
    ],
)
def test_labels(line: str, label: str, rest: str) -> None:
    assert split_label(line) == (label, rest)


def test_renumbering_changes_labels_and_no_text() -> None:
    before = text(f"1. DEFINITIONS\n\n{PROSE}\n\n2. LIABILITY\n\n2.1 {OTHER}\n")
    after = text(f"1. DEFINITIONS\n\n{PROSE}\n\n3. LIABILITY\n\n3.1 {OTHER}\n")
    strip = [(c.text, c.path, c.kind) for c in before.clauses]
    assert strip == [(c.text, c.path, c.kind) for c in after.clauses]
    assert [c.label for c in before.clauses] != [c.label for c in after.clauses]


def test_hard_wrapped_lines_are_joined_and_capital_lines_head() -> None:
    source = (
        "We keep personal data for as long as the account is open, and for\n"
        "thirty days after it was closed. Then we delete it from every one of\n"
        "our systems.\n"
        "RETENTION OF INFORMATION\n"
        "You may ask us at any time to delete what we hold about you, and we\n"
        "answer your request within one month of having received it from you.\n"
    )
    document = text(source)
    assert [c.kind for c in document.clauses] == ["paragraph", "heading", "paragraph"]
    assert document.clauses[2].path == ("RETENTION OF INFORMATION",)
    assert "\n" not in document.clauses[0].text


def test_a_line_that_ends_within_a_sentence_goes_on_though_there_was_room_for_a_word() -> None:
    lines = [
        "Our pages may show the buttons of networks that you know, such as",
        "those for sharing (together, the buttons). These Social Media",
        "Features may record which page you are visiting and set a cookie so",
        "that they function. They are governed by the policies of their",
        "providers, over which we have no control of any sort.",
    ]
    assert joined(lines, 72) == [" ".join(lines)]


@pytest.mark.parametrize(
    "long", ["Backups are kept for a year in another building. " * 4, "Backups are kept for a year. " * 3]
)
def test_one_long_line_among_wrapped_ones_changes_nothing_for_the_others(long: str) -> None:
    wrapped = [
        "We keep personal data for as long as the account is open, and for",
        "thirty days after it was closed. Then we delete it from every one of",
        "our systems.",
        "You may ask us at any time to delete what we hold about you, and we",
        "answer your request within one month of having received it from you.",
        "Partners who process data on our behalf are bound by contract to the",
        "same duties, and may be audited by us or by somebody whom we choose",
        "once a year.",
        "Complaints are answered by the person who is named at the end of this",
        "page.",
    ]
    paragraphs = joined(wrapped, wrap_width(wrapped))
    assert len(paragraphs) == 3
    assert joined([*wrapped, long.strip()], wrap_width([*wrapped, long])) == [*paragraphs, long.strip()]


def test_lines_that_stand_for_themselves_are_kept_apart() -> None:
    lines = ["Acme Hosting Ltd.", "12 High Street", "London", "United Kingdom"]
    assert joined(lines, wrap_width(lines)) == lines


def test_words_divided_at_the_margin() -> None:
    assert joined(["we share infor-", "mation with third-", "party vendors."], 20) == [
        "we share information with third-party vendors."
    ]


def test_plain_title_lines_are_headings_but_addresses_and_names_are_not() -> None:
    document = text(
        f"How Long We Keep Data\n{PROSE}\nContact Us\n{OTHER}\nAcme Inc.\n12 High Street\nLondon\nUnited Kingdom\n{PROSE}\n"
    )
    assert [c.text for c in document.clauses if c.kind == "heading"] == [
        "How Long We Keep Data",
        "Contact Us",
    ]


def test_several_documents_lead_the_path() -> None:
    document = text(
        f"Acceptable Use Policy (AUP)\n{PROSE}\nScope and Purpose\n{OTHER}\nFair Usage Policy\n{PROSE}\nExcessive Use\n{OTHER}\n"
    )
    paths = [c.path for c in document.clauses if c.text == OTHER]
    assert paths == [
        ("Acceptable Use Policy (AUP)", "Scope and Purpose"),
        ("Fair Usage Policy", "Excessive Use"),
    ]


def test_run_in_headings_end_the_path() -> None:
    document = text(
        "SHARING\n\nService Providers. With our contracted providers we share what they need to serve us.\n"
    )
    assert clause(document, "contracted").path == ("SHARING", "Service Providers")


def test_items_know_the_sentence_that_they_complete() -> None:
    document = text("We share personal data with:\n- hosting providers;\n- payment providers.\n")
    assert [c.lead for c in document.clauses if c.kind == "item"] == ["We share personal data with:"] * 2


@pytest.mark.parametrize("kind", ["text/plain", "text/markdown"])
@pytest.mark.parametrize(
    "single",
    [
        "TERMINATION",
        "You must be 18.",
        "**Last updated: May 1, 2024**",
        "*   We share data with [partners](https://acme.example/p).",
        "Contents",
        "30 days",
        "| Acme | Hosting | Ireland |",
        "1.  Fees",
        "© 2024 Acme",
    ],
)
def test_a_single_clause_survives(single: str, kind: str) -> None:
    document = text(single, kind)
    assert document.problem is None
    assert len(document.clauses) == 1


def test_markdown_marks_links_and_tables() -> None:
    document = text(
        "Title\n=====\n\n## 1. Sharing\n\nWe **share** data with [partners](https://acme.example/p?utm_source=x#top).\n\n"
        "| Entity | Country |\n| --- | --- |\n| Acme | Ireland |\n",
        "text/markdown",
    )
    shared = clause(document, "share")
    assert shared.text == "We share data with partners."
    assert shared.links == ("https://acme.example/p",)
    assert shared.path == ("Title", "Sharing")
    assert clause(document, "Acme").cells == (("Entity", "Acme"), ("Country", "Ireland"))


def test_emphasis_marks_inside_words_stay() -> None:
    assert (
        text("The file policy_final_v2 and 2 * 3 stay.", "text/markdown").text
        == "The file policy_final_v2 and 2 * 3 stay."
    )


def test_spoiled_and_invisible_characters_do_not_count() -> None:
    assert text("12 Coastal Highway,\u00c2 Lewes. It\u00e2\u20ac\u2122s pri\u00advate\u200b.").text == (
        "12 Coastal Highway, Lewes. It\u2019s private."
    )
