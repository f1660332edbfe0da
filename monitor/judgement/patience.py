"""How long a difference has to stand before people are told of it, and why that long."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from monitor.errors import ConfigError
from monitor.judgement.memory import Memory, Presence, clause_hash, digest, moment, stamp
from monitor.model import Change, Document

Standing = Literal["due", "new", "returning", "volatile"]

_SPAN = re.compile(r"(\d+)\s*([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What ``confirm`` asks of a new text: so many looks, over so long a time."""

    looks: int
    span: timedelta

    def at_least(self, other: Confirmation) -> Confirmation:
        return Confirmation(max(self.looks, other.looks), max(self.span, other.span))

    @classmethod
    def parse(cls, confirm: str) -> Confirmation:
        """``0s``: at once; ``next``: the next look; any other span: a look at least that much later.

        Raises ConfigError for anything else.
        """
        if confirm == "next":
            return cls(2, timedelta(0))
        if not re.fullmatch(rf"(?:{_SPAN.pattern}\s*)+", confirm):
            raise ConfigError(
                [f'confirm = "{confirm}": write a span such as "10m", "0s" (at once) or "next"']
            )
        seconds = sum(int(number) * _SECONDS[unit] for number, unit in _SPAN.findall(confirm))
        return cls(2 if seconds else 1, timedelta(seconds=seconds))


RETURN = Confirmation(5, timedelta(hours=36))
"""What an earlier wording that is back has to stand: it may be a roll-back, or an old copy that is served."""
SETTLED = 3
"""What has come and gone after short stays has to stand so many times longer than the longest of them."""
LONGEST = timedelta(days=28)
"""But no longer than this."""
GONE = Confirmation(10, timedelta(days=7))
"""After so long people are told that a wording is gone, even where what came never stood for two looks."""
FLIPS_OF_VOLATILE = 3
"""What has come and gone so often after short stays is masked in the alerts about other changes, too."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How one change stands."""

    change: Change
    standing: Standing
    returned: bool
    """It brings back what was there before."""
    reason: str


def turn_of(change: Change, memory: Memory) -> Presence | None:
    """The coming or going that decides about a change: of what came, where something came, else of what went.

    None when no clause's coming or going since the known version shows it (a swapped link, clauses joined).
    """
    text = change.after if change.after is not None else change.before
    presence = memory.clauses.get(clause_hash(text or ""))
    if presence is None or presence.here != (change.after is not None) or presence.look <= memory.known_look:
        return None
    return presence


def mark(change: Change) -> str:
    """A name for a change that no clause's coming or going shows."""
    sides = [change.change, change.before or "", change.after or ""]
    for finding in change.findings:
        sides += [finding.before, finding.after]
    return digest("\x1f".join(sides))


def announced(before: Document, after: Document, at: datetime) -> bool:
    """Whether the page itself says that there is a new version: a stated date that moved forward, and not
    further than to a day after the look, or an effective date that moved forward, with none moving back."""
    stated = (before.stated_date, after.stated_date)
    effective = (before.effective_date, after.effective_date)
    if any(old and new and new < old for old, new in (stated, effective)):
        return False
    if stated[0] and stated[1] and stated[0] < stated[1]:
        return stated[1] <= (at + timedelta(days=1)).date().isoformat()
    return bool(effective[0] and effective[1] and effective[0] < effective[1])


def is_return(turns: Sequence[tuple[Change, Presence]], memory: Memory) -> bool:
    """Whether the whole page is an earlier version again, or nearly so: everything that differs was there before.

    A clause that was published half a year ago and is withdrawn now is no return, unless all else agrees.
    """
    if all(memory.seen_before(turn.since) for _, turn in turns):
        return True
    came_back = any(change.after is not None for change, _ in turns)
    return came_back and all(turn.turns > 1 for _, turn in turns)


def waiting(
    change: Change, turn: Presence, memory: Memory, at: datetime, *, asked: Confirmation, whole: bool
) -> Waiting:
    """How long a change has stood that began with this turn, and whether that is long enough.

    ``asked`` is what a new text has to stand. ``whole``: the whole page is an earlier version again.
    """
    since = f"{moment(turn.since):%Y-%m-%d}"
    returned = turn.turns > 1 and (whole or turn.flips > 0)
    if returned:
        settled = min(SETTLED * timedelta(seconds=turn.stay), LONGEST)
        asked = asked.at_least(RETURN).at_least(Confirmation(1, settled))
    if _stood(turn, memory, at, asked):
        return Waiting(change, "due", returned, _why_due(returned, asked))
    if turn.flips >= FLIPS_OF_VOLATILE:
        reason = f"has come and gone {turn.turns} times, last on {since}: masked"
        return Waiting(change, "volatile", True, reason)
    if returned:
        return Waiting(change, "returning", True, f"back since {since} to what was there before: waits")
    if _gone(change, memory, at):
        return Waiting(change, "due", False, "what stood here is gone, though what came does not stand still")
    return Waiting(change, "new", False, "waits for a second look")


def _why_due(returned: bool, asked: Confirmation) -> str:
    if returned:
        return "an earlier wording that stayed"
    return "confirmed by a second look" if asked.looks > 1 else "new, and told at once"


def _stood(turn: Presence, memory: Memory, at: datetime, asked: Confirmation) -> bool:
    return (
        memory.looks - turn.look + 1 >= asked.looks and stamp(at) - turn.since >= asked.span.total_seconds()
    )


def _gone(change: Change, memory: Memory, at: datetime) -> bool:
    """Whether the wording that people know has been gone for long, whatever takes its place from look to look."""
    if change.before is None or change.after is None or memory.chronic is not None:
        return False
    old = memory.clauses.get(clause_hash(change.before))
    return old is not None and not old.here and _stood(old, memory, at, GONE)
