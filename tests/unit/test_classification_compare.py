"""Two documents in, one comparison out: verdict, summary, silence, languages, mirrors, reasons."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirror import MIRROR
from monitor.classification import Context, compare, explain
from monitor.model import FINDING_KINDS, TOPICS, Change, Clause, Comparison, Document


def document(
    *texts: str, language: str = "en", date: str | None = None, path: tuple[str, ...] = ()
) -> Document:
    clauses = tuple(Clause(text, path) for text in texts)
    return Document(text="\n".join(texts), clauses=clauses, language=language, stated_date=date)


def changed(before: str, after: str) -> Change:
    comparison = compare(document(before), document(after))
    assert len(comparison.changes) == 1
    return comparison.changes[0]


def test_nothing_changed() -> None:
    comparison = compare(document("We keep logs."), document("We keep logs."))
    assert (comparison.verdict, comparison.severity, comparison.summary) == ("unchanged", None, "No change.")


def test_a_page_that_is_no_policy_is_suspect_not_an_error() -> None:
    gone = Document(problem="error_page", problem_reason="404 not found")
    comparison = compare(document("We keep logs."), gone)
    assert (comparison.verdict, comparison.reason) == ("suspect", "404 not found")
    assert "error page" in comparison.summary
    assert compare(gone, gone).verdict == "unchanged"


def test_a_page_that_was_no_policy_before_is_no_ground_to_compare_on() -> None:
    page = Document(text="We sell nothing.", clauses=(Clause(text="We sell nothing."),))
    comparison = compare(Document(problem="error_page", problem_reason="Application error"), page)
    assert (comparison.verdict, comparison.reason) == ("suspect", "Application error")


def test_another_page_is_suspect_in_both_directions() -> None:
    policy = document(*(f"We keep record {n} of your orders safe and for {n} days only." for n in range(12)))
    home = document(
        *(f"Discover smart shoes number {n}: bold colours, soft soles, free returns!" for n in range(12))
    )
    for pair in ((policy, home), (home, policy)):
        comparison = compare(*pair)
        assert comparison.verdict == "suspect"
        assert "words" in comparison.reason


def test_an_excerpt_may_be_rewritten_altogether() -> None:
    before = document(" ".join(f"We keep record {n} for {n} days only." for n in range(5)))
    after = document(" ".join(f"Discover smart shoes number {n} with bold colours." for n in range(5)))
    assert compare(before, after).verdict == "material"
    assert compare(document(), before).verdict == "material"


def test_the_summary_says_what_became_what_and_counts() -> None:
    before = document(
        "We notify you of a data breach within 72 hours.", "Logs are kept safe.", "Call us on 555 1234."
    )
    after = document(
        "We notify you of a data breach without undue delay.", "Logs are kept safely.", "Call us on 555 9999."
    )
    summary = compare(before, after).summary
    assert summary.startswith("Breach notice: “within 72 hours” became “without undue delay”")
    assert "1 material, 2 editorial" in summary


def test_a_change_is_silent_when_the_stated_date_stands() -> None:
    before, after = "We keep logs for 30 days.", "We keep logs for 60 days."
    assert compare(document(before, date="2024-01-01"), document(after, date="2024-01-01")).silent
    assert not compare(document(before, date="2024-01-01"), document(after, date="2024-02-01")).silent
    assert not compare(document(before), document(after)).silent
    assert not compare(document(before, date="2024-01-01"), document(before, date="2024-01-01")).silent


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ("We retain your data for 30 days.", "We retain your data for 60 days.", "period.keeping"),
        ("You may cancel within 30 days.", "You may cancel within 14 days.", "period.window"),
        ("We will give 30 days prior notice.", "We will give 10 days prior notice.", "period.notice"),
        ("We will answer within 2 days.", "We will answer within 9 days.", "period.deadline"),
    ],
)
def test_which_way_a_period_hurts_depends_on_what_it_measures(before: str, after: str, rule: str) -> None:
    worse, better = changed(before, after), changed(after, before)
    assert worse.findings[0].rule == better.findings[0].rule == rule
    levels = {"low": 0, "medium": 1, "high": 2, None: -1}
    assert levels[worse.severity] > levels[better.severity]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("The fee is $10 per month.", "The fee is $12 per month.", "amount_changed"),
        ("Uptime is at least 99.9% per month.", "Uptime is at least 99.5% per month.", "threshold_changed"),
        ("Users must be 16 years of age.", "Users must be 18 years of age.", "threshold_changed"),
        ("You may add 5 users per plan.", "You may add 3 users per plan.", "threshold_changed"),
        ("The service is provided by Alpha Inc.", "The service is provided by Beta Ltd.", "party_changed"),
        ("Data is stored in Germany.", "Data is stored in Germany and India.", "scope_widened"),
        ("We make available reports.", "We make available reports once a year.", "scope_widened"),
        ("Reports follow Decision 2010/87/EU.", "Reports follow Decision 2021/914/EU.", "clarification"),
    ],
)
def test_numbers_names_and_places_are_judged(before: str, after: str, kind: str) -> None:
    change = changed(before, after)
    assert change.verdict == "material"
    assert kind in {finding.kind for finding in change.findings}


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (
            "We will notify you of changes to this policy.",
            "We shall inform you of changes to this policy.",
            "same",
        ),
        (
            "We organise and analyse reports about outages.",
            "We organize and analyze reports about outages.",
            "same",
        ),
        ("Reports are kept for thirty days by us.", "Reports are kept for thirty (30) days by us.", "same"),
        (
            "Support is offered as described in Section 4.",
            "Support is offered as described in Section 5.",
            "dates",
        ),
        ("Reports on Tweets are read by our team.", "Reports on Posts are read by our team.", "renamed"),
        (
            "Write to us at 12 Main Street, Springfield.",
            "Write to us at 99 Elm Avenue, Shelbyville.",
            "contact",
        ),
        (
            "For more details about it see our help pages.",
            "For more details about it see our FAQ.",
            "pointer",
        ),
        ("We value trust and honest dealings.", "We value trust and decent dealings.", "few"),
        (
            "You must (i) keep your password secret, and (ii) tell us of misuse.",
            "You must (a) keep your password secret, and (b) tell us of misuse.",
            "same",
        ),
        ("Our purposes (i, ii) are listed here.", "Our purposes (1, 2) are listed here.", "same"),
        ("Backups are kept (two (2) weeks).", "Backups are kept (two weeks).", "same"),
        ("We answer as soon as possible.", "We answer as soon as we can.", "same"),
        (
            "We may end the trial without prior notice.",
            "We may end the trial without advance notice.",
            "same",
        ),
        (
            "We will not publish reports without your prior written consent.",
            "We will not publish reports unless you have consented beforehand in writing.",
            "same",
        ),
        ("We reserve the right to close the forum.", "We retain the right to close the forum.", "same"),
        ("As described in the section on fees.", 'As described in the section titled "On fees".', "same"),
        (
            "We shall ensure that all of our staff read reports only where it is necessary.",
            "We shall ensure that none of our staff read reports except where it is necessary.",
            "same",
        ),
        ("All reports are read by our team.", "Every report is read by our team.", "same"),
        ("We may not be able to restore old reports.", "We may be unable to restore old reports.", "same"),
        (
            "We have no direct contact with readers.",
            "We do not have any direct contact with readers.",
            "same",
        ),
        ("Reports included in the plan are free.", "Reports contained in the plan are free.", "same"),
        ("We will not disclose the reports.", "We will not reveal the reports.", "same"),
        ("We are committed to keeping reports short.", "We undertake to keep reports short.", "same"),
        ("Reports do not include drafts.", "Reports exclude drafts.", "same"),
        ("Readers are given reports.", "Readers receive reports.", "same"),
        ("Readers receive reports.", "Readers recieve reports.", "same"),
        (
            "We may deny access. In that event, we write.",
            "We may refuse access. In that case, we write.",
            "same",
        ),
        ("We shall further read all such reports.", "We shall also read all reports.", "same"),
        ("Links do not imply that we read reports.", "Links do not mean that we read reports.", "same"),
        (
            "Reports follow the European Commission's Decision 2010/87/EU on names.",
            "Reports follow Commission Decision 2010/87/EU on names.",
            "same",
        ),
        ("You should write reports with special care.", "Please write reports with particular care.", "same"),
        ("Reports may be submitted to us.", "Reports may be sent to us.", "same"),
        ("Reports of non-compliance are read.", "Reports of noncompliance are read.", "same"),
        ("Forums are governed by their own rules.", "Forums are subject to their own rules.", "same"),
        ("Reports are located on our site.", "Reports can be found on our site.", "same"),
        ("Reports come from the United States of America.", "Reports come from the USA.", "same"),
        ("We analyze reports and troubleshoot.", "We analyse reports and trouble-shoot.", "same"),
        ("Nobody is paid hereunder.", "Nobody is paid under this Agreement.", "same"),
        ("Our staff perform tests of reports.", "Our staff carry out tests of reports.", "same"),
        (
            "We publish reports to enable you to compare plans.",
            "We publish reports so that you can compare plans.",
            "same",
        ),
    ],
)
def test_editorial_changes_name_their_reason(before: str, after: str, reason: str) -> None:
    change = changed(before, after)
    assert change.verdict == "editorial", [f.rule for f in change.findings]
    assert change.severity is None
    assert change.reason
    assert change.findings[0].rule in (f"editorial.{reason}", "editorial.spelling")


def test_order_of_parties_is_not_a_matter_of_style() -> None:
    assert changed("You shall indemnify us.", "We shall indemnify you.").verdict == "material"


def test_a_definition_carries() -> None:
    rest = ("We use Usage Data.", "Usage Data is kept for a year.", "Usage Data is not sold.")
    before = document('"Usage Data" means counts of visits.', *rest)
    after = document('"Usage Data" means counts of visits and the pages seen.', *rest)
    finding = next(f for c in compare(before, after).changes for f in c.findings if f.rule == "definition")
    assert (finding.topic, finding.severity) == ("definitions", "medium")
    assert "4 times" in finding.reason


def test_headings_lead_to_topics() -> None:
    path = ("Data Processing Addendum", "Security incidents")
    before = document("We act within 5 days.", path=path)
    after = document("We act within 9 days.", path=path)
    assert compare(before, after).changes[0].topics[0] == "breach_notice"


def test_an_item_is_read_with_the_sentence_above_it() -> None:
    lead = Clause("use it for benchmarks", lead="You may not:", kind="item")
    other = Clause("The rules are simple.")
    change = compare(Document(clauses=(other,)), Document(clauses=(other, lead))).changes[0]
    assert change.verdict == "material"
    assert "prohibition_added" in {finding.kind for finding in change.findings}


def test_a_row_of_a_list_of_subprocessors_is_a_party() -> None:
    def row(name: str, country: str) -> Clause:
        return Clause(f"{name} | mail | {country}", ("Subprocessors",), kind="row", cells=(("Name", name),))

    before = Document(clauses=(row("Alphamail", "Ireland"),))
    after = Document(clauses=(row("Alphamail", "Ireland"), row("Betamail", "India")))
    change = compare(before, after, policy_kind="subprocessors").changes[0]
    assert change.severity == "high"
    assert ("party_added", "Betamail") in {(f.kind, f.after) for f in change.findings}


@pytest.mark.parametrize(
    ("language", "before", "after", "verdict"),
    [
        ("de", "Wir speichern Daten 30 Tage lang.", "Wir speichern Daten 90 Tage lang.", "material"),
        ("de", "Daten gehen an die Alpha GmbH.", "Daten gehen an die Alpha GmbH und Beta Inc.", "material"),
        ("fr", "Nous traitons vos données.", "Nous traitons vos infos.", "editorial"),
        ("ja", "個人情報を30日間保存します。", "個人情報を90日間保存します。", "material"),
    ],
)
def test_other_languages_are_judged_by_what_is_not_language(
    language: str, before: str, after: str, verdict: str
) -> None:
    comparison = compare(document(before, language=language), document(after, language=language))
    assert comparison.verdict == verdict
    assert "rules cover English; this policy is" in comparison.notes[0]


def test_why_a_change_was_judged_as_it_was() -> None:
    change = changed("You may train models with the output.", "You may not train models with the output.")
    why = json.loads(json.dumps(explain(change)))
    assert why["verdict"] == "material"
    assert {finding["rule"] for finding in why["fired"]} >= {"right.lost", "ai-training.customer"}
    assert any("customer not" in line for line in why["facts"]["after"]["statements"])
    assert any(near["rule"] == "ai-training.forbidden" for near in why["nearly"])
    assert all(near["missing"] for near in why["nearly"])


def test_why_works_for_cosmetic_changes_and_stored_ones() -> None:
    change = compare(document("We keep “logs”."), document('We keep "logs".')).changes[0]
    assert explain(change)["verdict"] == change.verdict == "cosmetic"
    stored = Change.from_dict(json.loads(json.dumps(changed("We keep logs.", "We may sell data.").as_dict())))
    assert explain(stored, Context())["fired"]


WORDS = (
    "We You Customer may shall will not sell share delete your data within 30 90 days unless consent to third parties "
    ". Germany train models fees $10 $20 and or only Alpha Inc. notify breach the of courts laws Ireland total "
    "liability without limitation efforts twice 3x Section 7 (Refunds) will (ii)"
)
PIECES = st.lists(
    st.sampled_from(WORDS.split()),
    min_size=1,
    max_size=25,
).map(" ".join)


@settings(max_examples=80, derandomize=True, deadline=None)
@given(PIECES, PIECES)
def test_a_comparison_mirrors_and_repeats(one: str, other: str) -> None:
    forward, backward = compare(document(one), document(other)), compare(document(other), document(one))
    assert forward == compare(document(one), document(other))
    assert forward.verdict == backward.verdict
    assert _said(forward, mirrored=True) == _said(backward, mirrored=False)
    for change in forward.changes:
        assert set(change.topics) <= set(TOPICS)
        assert all(f.kind in FINDING_KINDS and f.rule and f.reason for f in change.findings)
        assert all(f.before or f.after for f in change.findings), [f.rule for f in change.findings]


def _said(comparison: Comparison, *, mirrored: bool) -> list[tuple[str, str, str, str]]:
    said = []
    for finding in (f for change in comparison.changes for f in change.findings):
        kind = MIRROR.get(finding.kind, finding.kind) if mirrored else finding.kind
        sides = (finding.after, finding.before) if mirrored else (finding.before, finding.after)
        said.append((finding.rule, kind, *sides))
    return sorted(said)


@pytest.mark.parametrize(
    "entry", ["Snowflake", "Datadog – monitoring", "Snowflake, United States: analytics"]
)
def test_an_entry_of_a_list_of_subprocessors_is_a_party(entry: str) -> None:
    def listed(*names: str) -> Document:
        path = ("Subprocessors",)
        clauses = [Clause("Subprocessors", kind="heading")]
        clauses += [Clause(name, path=path, kind="item") for name in ("Zendesk, Ireland: support", *names)]
        return Document(
            text="\n".join(clause.text for clause in clauses), clauses=tuple(clauses), language="en"
        )

    added = compare(listed(), listed(entry), policy_kind="subprocessors")
    assert (added.verdict, added.severity) == ("material", "high")
    assert "party_added" in {finding.kind for finding in added.changes[0].findings}
    removed = compare(listed(entry), listed(), policy_kind="subprocessors")
    assert "party_removed" in {finding.kind for finding in removed.changes[0].findings}
