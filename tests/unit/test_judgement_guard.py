"""What is not the policy never becomes the standing version, and people hear of it once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from judgement_histories import HALF_DAY, SENTENCES, START, Watch, alerts, edited, kinds, looks, policy
from monitor.judgement import Look
from monitor.model import Document, ReplayOptions

OLD = policy(*SENTENCES)
LONGER = policy(*edited(1, "Readings of the meter are sent to our servers in Lisbon and kept for 36 months."))
ERROR = Document(
    title="Sorry", text="Something went wrong.", problem="error_page", problem_reason="something went wrong"
)
HOME = policy(
    "Light for everyone",
    "Start now",
    "Plans",
    "Our gardens grow lamps in nine cities.",
    "Log in",
    "Jobs",
    title="Kilowatt Gardens",
)
REWRITTEN = policy(
    "This privacy policy says what we do with the name, the address and the meter number of a household.",
    "We keep readings of the meter for 12 months on our servers, and the grid operator may ask for them.",
    "We answer within 20 days when you ask for a copy of your readings, at any time of the year.",
    "Employees who see your readings are trained by us once a year and have signed for secrecy.",
    "We tell the households concerned within 48 hours of noticing that readings are lost or stolen.",
    "Either side may end this agreement at any time, with a notice of 30 days, by a letter to us.",
    "Our liability to a household is limited to the fees paid in the six months before.",
)  # fmt: skip
FRENCH = policy(
    *("Nous conservons les relevés du compteur pendant deux ans.", "Nous ne vendons pas vos relevés."),
    language="fr",
)


def test_an_error_page_never_becomes_the_standing_version() -> None:
    judgements = Watch().all(looks(OLD, ERROR, OLD, ERROR, ERROR, LONGER, LONGER))
    assert kinds(judgements) == ["first", "suspect", "recovered", "suspect", "suspect", "pending", "change"]
    assert not any(j.standing for j in judgements if j.event.kind == "suspect")
    assert all(j.event.notice is None for j in judgements)
    told = judgements[6].event.comparison
    assert told is not None
    assert told.changes[0].before == OLD.clauses[1].text
    assert "something went wrong" in judgements[1].event.reason


def test_blind_is_told_once_and_so_is_the_recovery() -> None:
    judgements = Watch().all(looks(OLD, *[ERROR] * 9, OLD, OLD))
    notices = [(place, j.event.notice) for place, j in enumerate(judgements) if j.event.notice]
    assert notices == [(3, "blind"), (10, "recovered")]
    assert not alerts(judgements)


def test_failures_count_like_unreadable_pages() -> None:
    watch = Watch(ReplayOptions(failure_after=2))
    watch.look(Look(START, OLD))
    failed = [watch.look(Look(START + HALF_DAY * n, failure="status 503")).event for n in range(1, 4)]
    assert [event.notice for event in failed] == [None, "blind", None]
    assert [event.reason for event in failed] == ["status 503"] * 3
    after = watch.look(Look(START + 4 * HALF_DAY)).event
    assert (after.kind, after.notice) == ("recovered", "recovered")


def test_nothing_can_be_said_of_a_watch_that_was_never_read() -> None:
    watch = Watch()
    assert (
        kinds(watch.all([Look(START), Look(START, failure="timeout"), Look(START, ERROR)])) == ["suspect"] * 3
    )
    assert watch.look(Look(START + HALF_DAY, OLD)).event.kind == "first"


def test_the_same_page_after_an_error_page_is_the_error_page() -> None:
    watch = Watch()
    watch.all(looks(OLD, ERROR))
    assert watch.look(Look(START + 2 * HALF_DAY)).event.kind == "suspect"
    assert watch.look(Look(START + 3 * HALF_DAY, OLD)).event.kind == "recovered"


def test_a_home_page_that_is_served_for_a_week_is_no_change() -> None:
    judgements = Watch().all(looks(OLD, *[HOME] * 14, OLD))
    assert not alerts(judgements)
    assert "% of the standing words are gone" in judgements[1].event.reason
    assert judgements[-1].event.kind == "recovered"


def test_the_guard_yields_to_a_page_that_stays() -> None:
    judgements = Watch().all(looks(OLD, *[HOME] * 40))
    notices = {j.event.notice: place for place, j in enumerate(judgements) if j.event.notice}
    assert notices == {"blind": 3, "replaced": 29}
    assert judgements[29].standing
    assert kinds(judgements)[30:] == ["unchanged"] * 11


def test_the_guard_never_yields_to_an_error_page() -> None:
    judgements = Watch().all(looks(OLD, *[ERROR] * 100, OLD))
    assert set(kinds(judgements)[1:-1]) == {"suspect"}


def test_a_rewritten_policy_is_a_change_not_a_suspect() -> None:
    judgements = Watch().all(looks(OLD, REWRITTEN, REWRITTEN))
    assert kinds(judgements) == ["first", "pending", "change"]


def test_another_language_is_a_suspect() -> None:
    judgements = Watch().all(looks(OLD, FRENCH, FRENCH, OLD))
    assert kinds(judgements) == ["first", "suspect", "suspect", "recovered"]
    assert "fr, not en" in judgements[1].event.reason


def test_a_text_that_repeats_itself_is_a_suspect() -> None:
    twice = policy(*SENTENCES, *SENTENCES)
    assert kinds(Watch().all(looks(OLD, twice, OLD))) == ["first", "suspect", "recovered"]
    assert kinds(Watch().all(looks(twice, twice, OLD)))[0] == "first"


def test_another_title_on_another_host_is_a_suspect() -> None:
    watch = Watch()
    watch.look(Look(START, OLD, url="https://kilowatt.example/privacy"))
    other = replace(OLD, title="Buy this domain", clauses=OLD.clauses[:5])
    look = Look(START + HALF_DAY, other, url="https://parking.example/privacy")
    assert "on another host" in watch.look(look).event.reason


def test_a_move_is_noticed_once_when_it_lasts() -> None:
    watch = Watch()
    urls = ["https://kilowatt.example/privacy"] * 2 + ["https://www.kilowatt.example/legal/privacy/?a=1"] * 5
    judgements = [watch.look(Look(START + n * HALF_DAY, OLD, url=url)) for n, url in enumerate(urls)]
    events = [judgement.event for judgement in judgements]
    assert [judgement.settled for judgement in judgements] == [True] * 2 + [False] * 2 + [True] * 3
    assert [event.notice for event in events] == [None] * 4 + ["moved"] + [None] * 2
    assert "kilowatt.example/legal/privacy" in events[4].reason


def test_a_redirect_that_does_not_last_is_no_move() -> None:
    watch = Watch()
    urls = ["https://kilowatt.example/privacy", "https://kilowatt.example/en/privacy"] * 6
    assert not any(
        watch.look(Look(START + n * HALF_DAY, OLD, url=url)).event.notice for n, url in enumerate(urls)
    )


def test_a_watch_that_never_stands_still_is_chronic_once_and_then_harder_to_convince() -> None:
    def edition(number: int) -> Document:
        return policy(
            *SENTENCES,
            f"Lamp of the week number {number}: it glows in colour {number} and costs {number} euros.",
        )

    watch = Watch()
    judgements = watch.all(looks(*[edition(n // 2) for n in range(40)]))
    noticed = [place for place, j in enumerate(judgements) if j.event.notice == "chronic"]
    assert len(noticed) == 1
    assert not [place for place in alerts(judgements) if place > noticed[0]]
    still = looks(*[edition(99)] * 12, start=START + timedelta(days=20))
    assert len(alerts(watch.all(still))) == 1


def test_half_a_page_has_to_stand_a_day() -> None:
    half = policy(*SENTENCES[:4])
    judgements = Watch().all(looks(OLD, half, half, half, half))
    assert kinds(judgements) == ["first", "pending", "pending", "change", "unchanged"]
    assert not alerts(Watch().all(looks(OLD, half, half, OLD)))


def test_a_first_look_at_a_stub_is_replaced_by_the_policy_without_an_alert() -> None:
    stub = policy("Please wait while we load the page for you.")
    long = policy(*(f"{sentence} This is clause {n}." for n in range(9) for sentence in SENTENCES[:4]))
    judgements = Watch().all(looks(stub, long, long))
    assert kinds(judgements) == ["first", "change", "unchanged"]
    assert judgements[1].event.notice == "replaced"
    assert not alerts(judgements)


def test_a_page_that_states_a_newer_date_is_a_new_version_however_different() -> None:
    other = policy(
        *(f"Paragraph {n} speaks of cookies, pixels, tags, beacons and whoever sets them." for n in range(9)),
        stated="2026-01-04",
    )
    before = replace(OLD, stated_date="2024-02-29")
    assert kinds(Watch().all(looks(before, other))) == ["first", "change"]
    assert kinds(Watch().all(looks(before, replace(other, stated_date=None)))) == ["first", "suspect"]


def test_a_comparison_that_finds_another_page_makes_a_suspect() -> None:
    from monitor.judgement import judge
    from monitor.model import Comparison

    watch = Watch()
    watch.all(looks(OLD))

    def compare(before: Document, after: Document) -> Comparison:
        return Comparison("suspect", None, "Another page.", reason="nothing in common")

    def judged(document: Document) -> tuple[str, str]:
        look = Look(START + HALF_DAY, document)
        known = replace(OLD, stated_date="2025-01-01")
        event = judge(
            watch.memory, look, options=ReplayOptions(), recall=lambda _: known, compare=compare
        ).event
        return event.kind, event.notice or ""

    assert judged(LONGER) == ("suspect", "")
    assert judged(replace(LONGER, stated_date="2026-01-02")) == ("change", "replaced")
