"""What is read from a clause: numbers, statements, names."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.classification import Context, classify
from monitor.classification.facts import read_facts
from monitor.classification.knowledge import knowledge
from monitor.classification.lexicon import Lexicon
from monitor.classification.modality import modals
from monitor.classification.parties import parties
from monitor.classification.quantities import quantities
from monitor.classification.text import MAX_WORDS, read
from monitor.comparison import Difference
from monitor.model import Clause


@pytest.mark.parametrize(
    ("text", "sort", "value"),
    [
        ("within 72 hours", "period", 72),
        ("within seventy-two (72) hours", "period", 72),
        ("thirty (30) days", "period", 720),
        ("for two years", "period", 17520),
        ("at least 90 days' notice", "period", 2160),
        ("10 business days", "period", 336),
        ("a fee of $1,000.50 applies", "money", 1000.5),
        ("EUR 500,000 per year", "money", 500000),
        ("two million dollars", "money", 2_000_000),
        ("99.9% of the month", "share", 99.9),
        ("fifty per cent of fees", "share", 50),
        ("under 16 years of age", "age", 16),
        ("under the age of 13", "age", 13),
        ("up to 5 users per plan", "count", 5),
    ],
)
def test_numbers_in_digits_and_words_are_one(text: str, sort: str, value: float) -> None:
    assert [(q.sort, q.value) for q in quantities(read(text))] == [(sort, pytest.approx(value))]


@pytest.mark.parametrize(
    "text",
    [
        "see Section 5 above",
        "on 12 May 2024",
        "two-factor authentication",
        "as listed in (1) and (2)",
        "ISO 27001",
    ],
)
def test_labels_dates_and_names_are_no_numbers(text: str) -> None:
    assert quantities(read(text)) == []


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("We will notify you.", [("vendor", "must", "notify")]),
        ("We won't sell data.", [("vendor", "not", "sell")]),
        ("We do not knowingly share data.", [("vendor", "not", "share")]),
        ("We will endeavour to help.", [("vendor", "soft", "strive")]),
        ("We will use reasonable efforts to help.", [("vendor", "soft", "use")]),
        ("You may not resell it.", [("customer", "not", "resell")]),
        ("Customer shall pay.", [("customer", "must", "pay")]),
        ("Do not scrape.", [("customer", "not", "scrap")]),
        ("We will charge you.", [("vendor", "may", "charge")]),
        ("Third parties can read it.", [("third", "may", "visit")]),
        ("Neither party may assign it.", [("either", "not", "assign")]),
        ("No data will be sold.", [("vendor", "not", "sell")]),
        ("We will share it neither with partners nor with others.", [("vendor", "not", "share")]),
        ("If you do not agree, leave.", []),
        ("We do not answer Do Not Track signals.", [("vendor", "not", "answer")]),
        ("We shall, where the law permits, notify you.", [("vendor", "must", "notify")]),
        ("If we learn of a breach by a customer, it may be hard.", [("vendor", "may", "difficult")]),
        ("Reselling is not permitted.", [("customer", "not", "")]),
        ("Data will be deleted.", [("vendor", "must", "delete")]),
        ("You will be notified.", [("vendor", "must", "notify")]),
        ("You will be bound.", [("customer", "must", "bound")]),
        ("Service providers are not authorized to sell it.", [("third", "not", "sell")]),
        ("We act as fast and as well as we can.", []),
        ("Revised on May 12, 2024.", []),
        ("If you would like to leave, write.", []),
        ("It does not include names.", []),
        ("Read about resources that may collect data.", []),
        ("Vendors that may collect data must ask.", [("third", "may", "gather"), ("third", "must", "ask")]),
        ("It can be found here.", []),
        ("We may not have enough details.", []),
        ("Apps may not include ads.", [("vendor", "not", "incorporate")]),
    ],
)
def test_statements_have_a_holder_a_force_and_a_verb(
    text: str, statements: list[tuple[str, str, str]]
) -> None:
    assert [(m.holder, m.force, m.verb) for m in modals(read(text))] == statements


def test_a_named_vendor_holds_its_own_duties() -> None:
    assert modals(read("If Customer asks, Acme will erase it."))[0].holder == "vendor"
    text = read("Asked by Customer, acme will erase it.")
    assert modals(text)[0].holder == "customer"
    assert modals(text, frozenset({"acme"}))[0].holder == "vendor"


def test_sentences_end_where_they_end() -> None:
    text = read("We use Acme, Inc. as host. It is in the U.S. and Canada. We pay it; you do not.")
    assert text.sentences[-1] == 3
    assert "usa" in text.words


def test_what_is_read_can_be_shown() -> None:
    text = read("**We** [will](https://a.example/x_(y)) not   share “data” with others.")
    assert text.snippet(1, 4) == "will not share"


def test_organisations_are_known_by_their_form() -> None:
    assert [p.key for p in parties(read("Data goes to Alpha Cloud Inc. and Beta GmbH."))] == [
        "alpha cloud",
        "beta",
    ]


def test_phrases_allow_gaps_choices_stems_and_missing_words() -> None:
    lexicon = Lexicon({"sale": ["sell|rent .. ?your data"], "train": ["train* ... models"]})
    found = {
        hit.name for hit in lexicon.scan(read("We rent out all your data. We trained many large models."))
    }
    assert found == {"sale", "train"}
    assert lexicon.scan(read("We sell. Data is kept.")) == []


@pytest.mark.parametrize("phrase", ["..", "?data", "sell ..", "se*"])
def test_a_phrase_that_cannot_be_matched_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match="phrase"):
        Lexicon({"bad": [phrase]})


HOSTILE = [
    "will " * 6000,
    "you may not " * 3000,
    "](" * 20000,
    "a@" * 20000,
    "a." * 20000,
    "w" * 50000,
    "A." * 20000,
    "1," * 20000,
    "twenty " * 8000,
    "Inc Alpha " * 5000,
    '"' * 30000,
    "<b" * 20000,
    "http://" * 8000,
    "sell your personal data to third parties in Germany within 30 days. " * 500,
    " ".join("zqx" + "".join(chr(97 + n // 26**k % 26) for k in range(4)) + "on" for n in range(6000)),
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_costs_no_more_than_its_length(text: str) -> None:
    difference = Difference(
        "modified", Clause(text), Clause(text[: len(text) // 2] + " unless " + text[::-1]), ()
    )
    started = time.process_time()
    change = classify(difference, Context())
    assert time.process_time() - started < 4
    assert change.verdict in ("material", "editorial")
    assert len(read(text).words) <= MAX_WORDS


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_can_be_judged(before: str, after: str) -> None:
    change = classify(Difference("modified", Clause(before), Clause(after), ()), Context())
    assert change.findings
    assert change.topics


def test_facts_can_be_shown() -> None:
    text = read("We will share data with Alpha Inc. in Germany for 30 days.")
    facts = read_facts(text, knowledge(), vendor=frozenset(), english=True).as_dict()
    assert facts["statements"] == ["vendor may: will share data with Alpha Inc. in"]
    assert facts["quantities"] == ["period: 30 days"]
    assert facts["parties"] == ["Alpha Inc"]
    assert facts["places"] == ["Germany"]
