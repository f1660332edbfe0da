"""One look judged against what is remembered: what happened, who is told, what is remembered now.

The order of the questions: was there a policy to read (``guard``)? Are its words those that people know?
If not, what of the difference is worth telling (``min_verdict``), and has each part of it stood long enough
(``patience``)? An alert tells everything between the version that people know and the page, except what is
masked; then the page is the version that people know.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from monitor.comparison import text_key
from monitor.judgement import guard, notices
from monitor.judgement.memory import Memory, Pending, Trouble, clause_keys, moment, stamp
from monitor.judgement.patience import Confirmation, Waiting, announced, is_return, mark, turn_of, waiting
from monitor.model import (
    SEVERITIES,
    VERDICTS,
    Change,
    Comparison,
    Document,
    Event,
    EventKind,
    ReplayOptions,
    Verdict,
    worst,
)

CONFIRM_OF_PART = Confirmation(3, timedelta(hours=20))
"""What a page has to stand that only lost text: it may be half loaded."""
YIELD_AFTER = timedelta(days=14)
"""A readable page that is not taken for the policy becomes the standing one when it stays this long."""

Recall = Callable[[str], Document]
Compare = Callable[[Document, Document], Comparison]


@dataclass(frozen=True, slots=True)
class Look:
    """What one check brought."""

    at: datetime
    document: Document | None = None
    """None: the same document as at the last look that brought one."""
    failure: str | None = None
    """Why the page could not be fetched or read."""
    url: str | None = None
    """Where the page was, after redirects."""
    key: str | None = None
    """The version key of the document, where it is known already: it costs a pass over all words."""


@dataclass(frozen=True, slots=True)
class Silenced:
    """A change that people were not told of, and why."""

    change: Change
    reason: str

    def as_dict(self) -> dict[str, Any]:
        return {"change": self.change.as_dict(), "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Judgement:
    event: Event
    memory: Memory
    standing: bool = False
    """The look's document becomes the standing version, the one that people know."""
    look_again: datetime | None = None
    """When a confirming look is wanted."""
    settled: bool = False
    """The same document at a later look would change nothing."""
    silenced: tuple[Silenced, ...] = ()


def _compare(before: Document, after: Document) -> Comparison:
    from monitor.classification import compare  # not before two documents differ: most looks compare nothing

    return compare(before, after)


def judge(
    memory: Memory,
    look: Look,
    *,
    options: ReplayOptions,
    recall: Recall,
    compare: Compare = _compare,
) -> Judgement:
    """Judge a look. ``recall`` gives the document of a version key that ``memory.documents()`` names;
    ``compare`` compares two documents (with a user's own rules, where there are any).

    Pure: the memory given is not changed, and the same input gives the same judgement anywhere.
    Raises ConfigError when ``options.confirm`` cannot be read.
    """
    memory = memory.copy()
    if look.failure is not None:
        return _blind(memory, look, look.failure, options)
    document, text = _document(memory, look, recall)
    if document is None or text is None:
        return _blind(memory, look, "nothing was read yet", options)
    known = recall(memory.known) if memory.known else None
    reading = _Reading(memory, look, document, text, known, options)
    if text == memory.known:
        return reading.judgement()
    strayed = notices.elsewhere(memory, look.url)
    suspicion = guard.suspicion(known, document, strayed=strayed, announced=reading.announced())
    if suspicion is None and known and not guard.stub(known, document):
        reading.comparison = compare(known, document)
        if reading.comparison.verdict == "suspect" and not reading.announced():
            suspicion = guard.Suspicion(reading.comparison.reason)
    return _suspect(reading, suspicion) if suspicion else reading.judgement()


def _document(memory: Memory, look: Look, recall: Recall) -> tuple[Document | None, str | None]:
    if look.document is not None:
        key = look.key or text_key(look.document)
        return _as_first_read(look.document, key, memory, recall), key
    text = (memory.trouble.text if memory.trouble else None) or memory.last
    return (recall(text), text) if text else (None, None)


def _as_first_read(document: Document, key: str, memory: Memory, recall: Recall) -> Document:
    """The same words are the same version, and a version is compared as it was first read: what is kept of it
    then gives the same comparison at any time. Whether the page is a policy is for this look to say."""
    if key not in memory.documents():
        return document
    first = recall(key)
    return first if first.problem == document.problem else document


def _blind(
    memory: Memory, look: Look, why: str, options: ReplayOptions, text: str | None = None
) -> Judgement:
    """Another look that gave no policy; people are told once, when there were enough of them in a row."""
    at = stamp(look.at)
    old = memory.trouble or Trouble(since=at, looks=0, why=why)
    stands = old.stands + 1 if text and old.text == text else 1
    tell = not old.told and old.looks + 1 >= options.failure_after
    memory.trouble = Trouble(
        since=old.since,
        looks=old.looks + 1,
        why=why,
        text=text or old.text,
        stands=stands,
        stands_since=old.stands_since if stands > 1 else at,
        told=old.told or tell,
    )
    event = Event("suspect", False, "blind" if tell else None, None, why)
    return Judgement(event, memory)


def _suspect(reading: _Reading, suspicion: guard.Suspicion) -> Judgement:
    memory, look, text = reading.memory, reading.look, reading.text
    judgement = _blind(memory, look, suspicion.why, reading.options, text)
    trouble = memory.trouble
    if trouble is None or reading.known is None or not suspicion.may_yield:
        return judgement
    stood = timedelta(seconds=stamp(look.at) - trouble.stands_since)
    if trouble.stands < reading.options.failure_after or stood < YIELD_AFTER:
        return judgement
    memory.trouble = None
    since = f"{moment(trouble.stands_since):%Y-%m-%d}"
    reason = f"{suspicion.why}, but the page has stood since {since}: watched from now on"
    return reading.replaces(reason)


@dataclass(slots=True)
class _Reading:
    """One look at which the policy was read."""

    memory: Memory
    look: Look
    document: Document
    text: str
    known: Document | None
    options: ReplayOptions
    comparison: Comparison | None = None
    """With the known version; None where there is none, or nothing to compare it with."""

    def judgement(self) -> Judgement:
        memory, at = self.memory, stamp(self.look.at)
        trouble, last = memory.trouble, memory.last
        earlier = memory.versions.get(self.text)
        self._read()
        judgement = self._compared(moment(earlier.first) if earlier else None)
        notice = judgement.event.notice or ("recovered" if trouble and trouble.told else None)
        notice, said = notices.about_watch(
            memory, self.look.url, at, judgement.event, differs=self.text != last, already=notice
        )
        event = replace(judgement.event, notice=notice)
        if said:
            event = replace(event, reason=f"{event.reason}; {said}")
        if trouble and event.kind in ("unchanged", "cosmetic"):
            event = replace(event, kind="recovered", reason=f"readable again; {event.reason}")
        return replace(judgement, event=event, settled=judgement.settled and memory.strayed is None)

    def _read(self) -> None:
        """Take down that this document was there at this look."""
        memory, at, last = self.memory, stamp(self.look.at), self.memory.last
        memory.trouble, memory.last = None, self.text
        memory.looks += 1
        memory.began = memory.began or at
        memory.note_version(self.text, at)
        if self.text != last:
            memory.note_clauses(clause_keys(self.document), at)

    def _compared(self, earlier: datetime | None) -> Judgement:
        memory = self.memory
        if self.known is None:
            memory.take_last_as_known(stamp(self.look.at))
            event = Event("first", False, None, None, "first look")
            return Judgement(event, memory, standing=True, settled=True)
        if self.text == memory.known:
            gone, memory.pending = memory.pending, None
            memory.note_marks((), stamp(self.look.at))
            since = f"; what was new since {moment(gone.since):%Y-%m-%d} did not last" if gone else ""
            event = Event("unchanged", False, None, None, f"the words are those of the known version{since}")
            return Judgement(event, memory, settled=True)
        comparison = self.comparison
        if comparison is None:
            return self._replaced("what stood here before was too short for a policy")
        if comparison.verdict == "suspect":
            return self._replaced(
                f"a new version by its date, and nothing is left of the old one: {comparison.reason}"
            )
        worth: list[Change] = []
        low: list[Change] = []
        for change in comparison.changes:
            if _worth_telling(change, self.options):
                worth.append(change)
            elif change.verdict in ("editorial", "material"):
                low.append(change)
        silenced = tuple(Silenced(c, "below min_verdict or min_severity") for c in low)
        if not worth:
            return self._nothing_to_tell(comparison, silenced)
        return self._weighed(comparison, worth, silenced, earlier)

    def replaces(self, reason: str) -> Judgement:
        """The page takes the place of a version that it has nothing to do with: nobody reads a redline of that."""
        self._read()
        return self._replaced(reason)

    def _replaced(self, reason: str) -> Judgement:
        self.memory.take_last_as_known(stamp(self.look.at))
        event = Event("change", False, "replaced", None, reason)
        return Judgement(event, self.memory, standing=True, settled=True)

    def _nothing_to_tell(self, comparison: Comparison, silenced: tuple[Silenced, ...]) -> Judgement:
        self.memory.take_last_as_known(stamp(self.look.at))
        kind: EventKind = "change" if silenced else "cosmetic" if comparison.changes else "unchanged"
        reason = "below what people want to be told" if silenced else _cosmetic_reasons(comparison)
        event = Event(kind, False, None, comparison, reason)
        return Judgement(event, self.memory, standing=True, settled=True, silenced=silenced)

    def _weighed(
        self,
        comparison: Comparison,
        worth: list[Change],
        silenced: tuple[Silenced, ...],
        earlier: datetime | None,
    ) -> Judgement:
        """Tell what has stood long enough, wait for the rest."""
        memory, at = self.memory, self.look.at
        waits = self._waits(worth)
        by: dict[str, list[Waiting]] = {"due": [], "new": [], "returning": [], "volatile": []}
        for wait in waits:
            by[wait.standing].append(wait)
        told_now = self.announced() and bool(by["due"] or by["new"])
        held = memory.pending.held if memory.pending else 0
        if told_now or (by["due"] and (not by["new"] or held)):
            return self._alert(comparison, by, silenced, earlier, announced=told_now)
        silenced += tuple(Silenced(w.change, w.reason) for w in by["returning"] + by["volatile"])
        since = memory.pending.since if memory.pending else stamp(at)
        looks = memory.pending.looks + 1 if memory.pending else 1
        memory.pending = Pending(self.text, since, looks, held + 1 if by["due"] else 0)
        if not by["new"]:
            reason = "; ".join(dict.fromkeys(wait.reason for wait in waits))
            return Judgement(Event("muted", False, None, comparison, reason), memory, silenced=silenced)
        event = Event("pending", False, None, comparison, "new wording: waits for a second look")
        span = self._confirmation().span
        return Judgement(event, memory, look_again=at + span if span else None, silenced=silenced)

    def _alert(
        self,
        comparison: Comparison,
        by: dict[str, list[Waiting]],
        silenced: tuple[Silenced, ...],
        earlier: datetime | None,
        *,
        announced: bool,
    ) -> Judgement:
        masked = tuple(Silenced(wait.change, wait.reason) for wait in by["volatile"])
        told = [wait for name in ("due", "new", "returning") for wait in by[name]]
        returned = all(wait.returned for wait in told)
        if returned:
            pending = self.memory.pending
            exact = earlier is not None and pending is not None and earlier < moment(pending.since)
            day = f"the version of {earlier:%Y-%m-%d}" if exact else "an earlier wording"
            kind: EventKind = "reverted"
            reason = f"rolled back to {day}"
        else:
            kind = "change"
            due = next((wait.reason for wait in by["due"] if not wait.returned), "")
            reason = "announced by a new date on the page" if announced else due
        if masked:
            comparison = _without(comparison, [row.change for row in masked])
            reason += f"; {len(masked)} passages that come and go are left out"
        self.memory.take_last_as_known(stamp(self.look.at))
        event = Event(kind, True, None, comparison, reason)
        return Judgement(event, self.memory, standing=True, settled=True, silenced=silenced + masked)

    def _waits(self, worth: list[Change]) -> list[Waiting]:
        """How long each change has stood, by the turn of its clause or, where none shows it, by a mark."""
        memory = self.memory
        turns = [turn_of(change, memory) for change in worth]
        names = [None if turn else mark(change) for change, turn in zip(worth, turns, strict=True)]
        memory.note_marks([name for name in names if name], stamp(self.look.at))
        turned = [
            (change, turn or memory.marks[name or ""])
            for change, turn, name in zip(worth, turns, names, strict=True)
        ]
        asked, whole = self._confirmation(), is_return(turned, memory)
        return [
            waiting(change, turn, memory, self.look.at, asked=asked, whole=whole) for change, turn in turned
        ]

    def _confirmation(self) -> Confirmation:
        asked = Confirmation.parse(self.options.confirm)
        if asked.looks == 1:  # "at once" was asked for
            return asked
        if self.known is not None and guard.part(self.known, self.document):
            asked = asked.at_least(CONFIRM_OF_PART)
        if self.memory.chronic is not None:
            asked = asked.at_least(notices.CHRONIC_CONFIRM)
        return asked

    def announced(self) -> bool:
        return self.known is not None and announced(self.known, self.document, self.look.at)


def _worth_telling(change: Change, options: ReplayOptions) -> bool:
    if VERDICTS.index(change.verdict) < VERDICTS.index(options.min_verdict):
        return False
    severity = change.severity or "low"  # what is not material never weighs more
    return SEVERITIES.index(severity) >= SEVERITIES.index(options.min_severity)


def _without(comparison: Comparison, masked: list[Change]) -> Comparison:
    """The comparison without some of its changes."""
    from monitor.classification.summary import summary

    hidden = {id(change) for change in masked}
    kept = tuple(change for change in comparison.changes if id(change) not in hidden)
    verdict: Verdict = max((change.verdict for change in kept), key=VERDICTS.index)
    severity = worst([change.severity for change in kept if change.severity])
    return replace(comparison, changes=kept, verdict=verdict, severity=severity, summary=summary(kept))


def _cosmetic_reasons(comparison: Comparison) -> str:
    reasons = dict.fromkeys(change.reason for change in comparison.changes if change.reason)
    return ", ".join(reasons) or comparison.reason or "the same words"
