"""Invented policies and histories for the tests of the judgement."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from monitor.comparison import text_key
from monitor.judgement import Judgement, Look, Memory, judge
from monitor.model import Clause, Document, ReplayOptions

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
HALF_DAY = timedelta(hours=12)

SENTENCES = (
    "We collect the name, the address and the meter number of every household that signs up with us.",
    "Readings of the meter are sent to our servers in Lisbon once an hour and kept for 24 months.",
    "We never sell readings, and we share them with the grid operator only where the law asks for it.",
    "You may ask for a copy of your readings at any time; we answer within 30 days of your letter.",
    "Employees who see readings have signed an undertaking of secrecy and are trained once a year.",
    "If readings are lost or stolen, we tell the households concerned within 72 hours of noticing it.",
    "Either side may end this agreement with a notice of 60 days to the end of a calendar month.",
    "Our liability is limited to the fees that the household has paid in the twelve months before.",
)


def policy(
    *sentences: str,
    title: str = "Privacy policy of Kilowatt Gardens",
    stated: str | None = None,
    language: str = "en",
) -> Document:
    clauses = tuple(Clause(text=sentence) for sentence in sentences)
    return Document(
        title=title, text="\n".join(sentences), clauses=clauses, language=language, stated_date=stated
    )


def edited(place: int, sentence: str, *, of: tuple[str, ...] = SENTENCES) -> tuple[str, ...]:
    return (*of[:place], sentence, *of[place + 1 :])


def looks(*documents: Document, every: timedelta = HALF_DAY, start: datetime = START) -> list[Look]:
    return [Look(start + every * number, document) for number, document in enumerate(documents)]


class Watch:
    """Judges look after look, with the memory written out and read in again between two looks."""

    def __init__(self, options: ReplayOptions | None = None) -> None:
        self.options = options or ReplayOptions()
        self.memory = Memory()
        self.documents: dict[str, Document] = {}

    def look(self, look: Look) -> Judgement:
        if look.document is not None:
            self.documents.setdefault(text_key(look.document), look.document)
        given = self.memory.as_dict()
        judgement = self._judged(self.memory, look)
        assert self.memory.as_dict() == given, "the memory given was changed"
        assert judgement.standing == (judgement.memory.known != self.memory.known)
        self.memory = Memory.from_dict(judgement.memory.as_dict())
        assert self.memory == judgement.memory
        if judgement.settled:
            again = self._judged(self.memory, Look(look.at + timedelta(hours=1), url=look.url)).event
            assert (again.kind, again.alert, again.notice) == ("unchanged", False, None), again
        return judgement

    def _judged(self, memory: Memory, look: Look) -> Judgement:
        recallable = {name: self.documents[name] for name in memory.documents()}
        return judge(memory, look, options=self.options, recall=recallable.__getitem__)

    def all(self, history: Iterable[Look]) -> list[Judgement]:
        return [self.look(look) for look in history]


def kinds(judgements: Iterable[Judgement]) -> list[str]:
    return [judgement.event.kind for judgement in judgements]


def alerts(judgements: Iterable[Judgement]) -> list[int]:
    return [place for place, judgement in enumerate(judgements) if judgement.event.alert]
