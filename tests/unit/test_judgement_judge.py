"""What one look after another comes to: confirmation, flips, returns, masks, announcements, thresholds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from judgement_histories import (
    HALF_DAY,
    SENTENCES,
    START,
    Watch,
    alerts,
    edited,
    kinds,
    looks,
    policy,
)
from monitor.comparison import text_key
from monitor.errors import ConfigError
from monitor.judgement import Look, Memory, judge
from monitor.model import Change, Clause, Comparison, Document, ReplayOptions

OLD = policy(*SENTENCES)
LONGER = policy(
    *edited(1, "Readings of the meter are sent to our servers in Lisbon once an hour and kept for 36 months.")
)
SOLD = policy(*edited(2, "We may sell readings to advertisers, and we share them with the grid operator."))
BOTH = policy(*edited(2, SOLD.clauses[2].text, of=edited(1, LONGER.clauses[1].text)))


def test_first_look_then_nothing_new() -> None:
    judgements = Watch().all(looks(OLD, OLD, OLD))
    assert kinds(judgements) == ["first", "unchanged", "unchanged"]
    assert [j.standing for j in judgements] == [True, False, False]
    assert all(j.settled for j in judgements)
    assert not alerts(judgements)


def test_a_new_text_waits_for_a_second_look_and_is_told_once() -> None:
    judgements = Watch().all(looks(OLD, LONGER, LONGER, LONGER))
    assert kinds(judgements) == ["first", "pending", "change", "unchanged"]
    assert alerts(judgements) == [2]
    assert judgements[1].look_again == START + HALF_DAY + timedelta(minutes=10)
    comparison = judgements[2].event.comparison
    assert comparison is not None
    assert [(c.before, c.after) for c in comparison.changes] == [
        (OLD.clauses[1].text, LONGER.clauses[1].text)
    ]
    assert judgements[2].standing
    assert judgements[2].settled
    assert not judgements[1].standing
    assert not judgements[1].settled


def test_a_version_is_compared_as_it_was_first_read() -> None:
    """Other quotes are the same words and so the same version: what is kept of it must give the same comparison."""
    quoted = policy(*edited(1, "Readings of the “meter” are kept for 36 months."))
    unquoted = policy(*edited(1, 'Readings of the "meter" are kept for 36 months.'))
    assert text_key(quoted) == text_key(unquoted)
    judgements = Watch().all(looks(OLD, quoted, unquoted))
    comparison = judgements[2].event.comparison
    assert comparison is not None
    assert [change.after for change in comparison.changes] == [quoted.clauses[1].text]


def test_two_pages_without_words_may_be_no_policy_for_different_reasons() -> None:
    wrong = Document(problem="empty", problem_reason="the selector matches nothing")
    gone = Document(problem="error_page", problem_reason="Page not found")
    judgements = Watch().all(looks(OLD, wrong, gone))
    assert "selector" in judgements[1].event.reason
    assert "not found" in judgements[2].event.reason


def test_a_look_that_is_too_early_does_not_confirm() -> None:
    watch = Watch()
    watch.all(looks(OLD))
    at = START + HALF_DAY
    assert watch.look(Look(at, LONGER)).event.kind == "pending"
    assert watch.look(Look(at + timedelta(minutes=9))).event.kind == "pending"
    assert watch.look(Look(at + timedelta(minutes=10))).event.alert


@pytest.mark.parametrize(
    ("confirm", "told_at"), [("0s", 1), ("next", 2), ("10m", 2), ("1d", 3), ("1d 12h", 4)]
)
def test_confirm(confirm: str, told_at: int) -> None:
    judgements = Watch(ReplayOptions(confirm=confirm)).all(looks(OLD, *[LONGER] * 6))
    assert alerts(judgements) == [told_at]
    reason = judgements[told_at].event.reason
    assert reason == ("new, and told at once" if confirm == "0s" else "confirmed by a second look")
    if confirm == "next":
        assert judgements[1].look_again is None


def test_a_confirm_that_cannot_be_read_says_how_to_write_it() -> None:
    with pytest.raises(ConfigError, match="10m"):
        Watch(ReplayOptions(confirm="soon")).all(looks(OLD, LONGER))


def test_a_flip_of_one_look_is_never_told_however_often_it_comes() -> None:
    history = [OLD, LONGER, OLD, OLD, LONGER, LONGER, OLD] + [LONGER, OLD] * 8
    judgements = Watch().all(looks(*history))
    assert not alerts(judgements)
    assert judgements[2].event.kind == "unchanged"
    assert "did not last" in judgements[2].event.reason


def test_a_variant_that_was_told_and_undone_is_not_told_again() -> None:
    judgements = Watch().all(looks(OLD, LONGER, LONGER, OLD, OLD, OLD, LONGER, LONGER, LONGER))
    assert alerts(judgements) == [2]
    assert judgements[3].event.kind == "muted"
    assert "what was there before" in judgements[3].silenced[0].reason


def test_a_return_that_stays_is_told_once_with_its_date() -> None:
    judgements = Watch().all(looks(OLD, LONGER, LONGER, *[OLD] * 20))
    assert alerts(judgements) == [2, 9], "stood three times as long as what it undid"
    event = judgements[9].event
    assert event.kind == "reverted"
    assert event.reason == "rolled back to the version of 2026-01-05"
    assert event.comparison is not None
    assert event.comparison.changes[0].after == OLD.clauses[1].text


def test_a_roll_back_after_long_is_told_within_days() -> None:
    judgements = Watch().all(looks(*[OLD] * 20, *[LONGER] * 40, *[OLD] * 20))
    assert kinds(judgements)[64] == "reverted"
    assert alerts(judgements) == [21, 64]


def test_steps_that_were_not_confirmed_add_up() -> None:
    judgements = Watch().all(looks(OLD, LONGER, BOTH, BOTH))
    assert alerts(judgements) == [3]
    comparison = judgements[3].event.comparison
    assert comparison is not None
    assert [change.after for change in comparison.changes] == [LONGER.clauses[1].text, SOLD.clauses[2].text]


def test_a_page_that_never_stands_still_cannot_hold_back_what_is_confirmed() -> None:
    def flickering(number: int, base: tuple[str, ...]) -> tuple[str, ...]:
        return (*base, f"The lamp number {number} of our garden was watered by a robot called Unit {number}.")

    history = [policy(*flickering(n, SENTENCES)) for n in range(4)]
    history += [policy(*flickering(n, tuple(c.text for c in LONGER.clauses))) for n in range(4, 9)]
    judgements = Watch().all(looks(*history))
    assert len(alerts(judgements)) == 1
    told = judgements[alerts(judgements)[0]].event.comparison
    assert told is not None
    assert LONGER.clauses[1].text in [change.after for change in told.changes]


def test_a_passage_that_comes_and_goes_is_masked_and_the_rest_is_told() -> None:
    teaser = "How the garden works: plant a lamp, water it daily and harvest light in the winter."
    with_teaser = policy(*SENTENCES, teaser)
    history = [OLD] + [with_teaser, OLD] * 3 + [policy(*(c.text for c in LONGER.clauses), teaser)] * 2
    judgements = Watch().all(looks(*history))
    assert alerts(judgements) == [8]
    comparison = judgements[8].event.comparison
    assert comparison is not None
    assert [change.after for change in comparison.changes] == [LONGER.clauses[1].text]
    assert [row.change.after for row in judgements[8].silenced] == [teaser]
    assert "come and gone" in judgements[8].silenced[0].reason


def test_what_was_masked_is_told_when_it_stays() -> None:
    with_teaser = policy(*SENTENCES, "We share readings with the lighting museum for its yearly exhibition.")
    daily = Watch().all(looks(OLD, *[with_teaser, OLD] * 3, *[with_teaser] * 9))
    assert alerts(daily) == [7 + 4], "five looks"
    weekly = [with_teaser] * 10 + [OLD] * 10
    slow = Watch(ReplayOptions(confirm="6d")).all(looks(OLD, *weekly * 2, *[with_teaser] * 40))
    assert alerts(slow) == [41 + 30], "three times five days"


def test_a_new_version_that_arrives_server_by_server_is_told_when_it_has_arrived() -> None:
    judgements = Watch().all(looks(OLD, LONGER, OLD, LONGER, OLD, OLD, *[LONGER] * 8))
    assert len(alerts(judgements)) == 1
    assert alerts(judgements)[0] <= 6 + 6


def test_an_announced_version_is_told_at_the_first_look() -> None:
    dated = replace(OLD, stated_date="2025-11-01")
    newer = replace(LONGER, stated_date="2026-01-05")
    judgements = Watch().all(looks(dated, newer, newer))
    assert alerts(judgements) == [1]
    assert "announced" in judgements[1].event.reason


@pytest.mark.parametrize("stated", ["2025-10-01", "2025-11-01", "2027-01-01", None])
def test_only_a_date_that_moved_forward_to_the_present_announces(stated: str | None) -> None:
    dated = replace(OLD, stated_date="2025-11-01")
    judgements = Watch().all(looks(dated, replace(LONGER, stated_date=stated)))
    assert kinds(judgements) == ["first", "pending"]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ((None, "2025-06-01"), (None, "2026-03-01"), True),
        (("2025-05-01", "2025-06-01"), ("2025-05-01", "2026-03-01"), True),
        (("2025-05-01", "2025-06-01"), ("2025-04-01", "2026-03-01"), False),
        (("2025-05-01", "2025-06-01"), ("2026-01-01", "2025-01-01"), False),
        ((None, "2025-06-01"), (None, None), False),
        ((None, None), ("2026-01-01", "2026-03-01"), False),
    ],
)
def test_an_effective_date_that_moves_forward_announces_too(
    before: tuple[str | None, str | None], after: tuple[str | None, str | None], told: bool
) -> None:
    old, new = (
        replace(document, stated_date=stated, effective_date=effective)
        for document, (stated, effective) in ((OLD, before), (LONGER, after))
    )
    assert alerts(Watch().all(looks(old, new))) == ([1] if told else [])


def test_a_swapped_file_behind_a_link_is_a_version_of_its_own() -> None:
    def linked(name: str) -> Clause:
        return Clause(
            text="The list of our partners is kept here.", links=(f"https://kilowatt.example/{name}.pdf?v=1",)
        )

    before, after = (
        replace(OLD, clauses=(*OLD.clauses, linked(name))) for name in ("partners", "partners-new")
    )
    judgements = Watch().all(looks(before, after, after, after))
    assert kinds(judgements) == ["first", "pending", "change", "unchanged"]
    assert alerts(judgements) == [2]


def test_a_second_copy_of_a_sentence_waits_for_a_second_look_too() -> None:
    judgements = Watch().all(looks(OLD, OLD, policy(*SENTENCES, SENTENCES[1]), OLD))
    assert not alerts(judgements)


def test_what_is_below_the_threshold_is_silenced_with_a_row() -> None:
    options = ReplayOptions(min_verdict="material", min_severity="high")
    typo = policy(*edited(4, SENTENCES[4].replace("are trained", "get trained")))
    judgements = Watch(options).all(looks(OLD, typo, typo))
    assert not alerts(judgements)
    assert judgements[1].silenced[0].reason == "below min_verdict or min_severity"
    assert judgements[1].standing
    assert kinds(judgements) == ["first", "change", "unchanged"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (ReplayOptions(), True),
        (ReplayOptions(min_verdict="cosmetic"), True),
        (ReplayOptions(min_verdict="material"), False),
        (ReplayOptions(min_severity="medium"), False),
    ],
)
def test_an_editorial_change_is_told_where_people_want_it(options: ReplayOptions, told: bool) -> None:
    def compare(before: Document, after: Document) -> Comparison:
        change = Change(
            "modified", (), "", before.clauses[4].text, after.clauses[4].text, verdict="editorial"
        )
        return Comparison("editorial", None, "One wording changed.", (change,))

    trained = policy(*edited(4, SENTENCES[4].replace("are trained", "get trained")))
    documents = {text_key(document): document for document in (OLD, trained)}
    memory, told_at = Memory(), []
    for look in looks(OLD, trained, trained):
        judgement = judge(memory, look, options=options, recall=documents.__getitem__, compare=compare)
        memory = judgement.memory
        told_at.append(judgement.event.alert)
    assert told_at == [False, False, told]


def test_cosmetic_differences_are_known_at_once_and_never_told() -> None:
    louder = policy(*(sentence.replace("'", "’").replace("We", "WE") for sentence in SENTENCES))
    reordered = replace(louder, clauses=(*louder.clauses, Clause(text="Last updated: 3 days ago")))
    judgements = Watch().all(looks(OLD, louder, reordered))
    assert not alerts(judgements)
    assert kinds(judgements) == ["first", "unchanged", "cosmetic"]
    assert judgements[2].standing


def test_a_look_without_a_document_is_a_look_at_the_same_one() -> None:
    watch = Watch()
    judgements = watch.all([Look(START, OLD), Look(START + HALF_DAY, LONGER), Look(START + 2 * HALF_DAY)])
    assert kinds(judgements) == ["first", "pending", "change"]


def test_the_memory_names_the_documents_that_it_needs() -> None:
    watch = Watch()
    watch.all(looks(OLD, LONGER))
    assert len(watch.memory.documents()) == 2
    watch.look(Look(START + 2 * HALF_DAY, LONGER))
    assert len(watch.memory.documents()) == 1


def test_a_wording_that_is_gone_is_told_though_its_place_never_stands_still() -> None:
    def edition(number: int) -> Document:
        sentence = (
            f"Readings are sent to our servers in Lisbon, {number} of them so far, and kept for 36 months."
        )
        return policy(*edited(1, sentence))

    # Too seldom to be chronic: most looks find the page as it was at the look before.
    history = [OLD] * 3 + [edition(n // 2) for n in range(40)]
    unsettled = Watch(ReplayOptions(confirm="1d")).all(looks(*history))
    assert alerts(unsettled)[0] <= 3 + 14
