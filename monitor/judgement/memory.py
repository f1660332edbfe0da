"""What is remembered of one watch between two looks: a value that turns into JSON.

Documents are referred to by their text key, clauses by a short hash of their words; the texts themselves
stay with the versions that are kept anyway. Everything here is bounded in size.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from monitor.comparison import clause_key
from monitor.comparison.normal import words
from monitor.model import Clause, Document

MOST_CLAUSES = 6000
"""Clauses remembered; those that have been gone longest are forgotten first."""
MOST_VERSIONS = 400
MOST_RECENT = 20
SHORT_STAY = timedelta(days=7)
"""95 % of the texts that come and go are undone within this time (measured on an archive of 634 policies)."""


def digest(text: str) -> str:
    """A short hash of a text: twelve hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def clause_hash(text: str) -> str:
    """A short hash of a clause's words."""
    return clause_key(Clause(text=text))[:12]


def clause_keys(document: Document) -> tuple[str, ...]:
    """One key a clause that has words; the second clause with the same words gets a key of its own."""
    seen: dict[str, int] = {}
    keys = []
    for clause in document.clauses:
        said = words(clause.text)
        if not said:
            continue
        name = digest(said)
        seen[name] = seen.get(name, 0) + 1
        keys.append(name if seen[name] == 1 else f"{name}.{seen[name]}")
    return tuple(keys)


def stamp(at: datetime) -> int:
    """Seconds since 1970; naive times are taken as UTC."""
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether a clause is on the page, and how that came about. Times in seconds since 1970."""

    here: bool
    since: int
    """When it came or went."""
    look: int
    """The number of the look at which it came or went."""
    turns: int = 0
    """How often it came or went: 0 for what has been there from the first look on."""
    flips: int = 0
    """How often in a row it turned after a short stay."""
    stay: int = 0
    """The longest of those short stays, in seconds."""

    def turn(self, at: int, look: int) -> Presence:
        stood = at - self.since
        short = self.turns > 0 and stood < SHORT_STAY.total_seconds()
        flips, stay = (self.flips + 1, max(self.stay, stood)) if short else (0, 0)
        return Presence(not self.here, at, look, self.turns + 1, flips, stay)

    def as_list(self) -> list[int]:
        return [int(self.here), self.since, self.look, self.turns, self.flips, self.stay]

    @classmethod
    def from_list(cls, data: list[int]) -> Self:
        return cls(bool(data[0]), *data[1:])


@dataclass(frozen=True, slots=True)
class Seen:
    """When a text was on the page. Times in seconds since 1970."""

    first: int
    last: int
    looks: int = 1


@dataclass(frozen=True, slots=True)
class Pending:
    """A text that waits to be confirmed."""

    text: str
    since: int
    looks: int = 1
    held: int = 0
    """Looks at which a part of it was confirmed already, but not all."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Looks in a row that gave no policy."""

    since: int
    looks: int
    why: str
    text: str | None = None
    """Text key of the page that is no policy; None when nothing could be read."""
    stands: int = 1
    """Looks in a row that showed this very page."""
    stands_since: int = 0
    told: bool = False
    """People know that the watch is blind."""


@dataclass(slots=True)
class Memory:
    """One watch's memory. ``judge`` never changes the one it is given."""

    known: str | None = None
    """Key of the version that people know: the first one, or the last that was told or needed no telling."""
    known_look: int = 0
    """The number of the look at which it became known."""
    last: str | None = None
    """Text key of the last document that was read as the policy."""
    began: int = 0
    looks: int = 0
    """Looks so far at which the policy was read."""
    pending: Pending | None = None
    trouble: Trouble | None = None
    versions: dict[str, Seen] = field(default_factory=dict)
    clauses: dict[str, Presence] = field(default_factory=dict)
    marks: dict[str, Presence] = field(default_factory=dict)
    """Differences from the known version that no clause's coming or going shows (``patience.mark``)."""
    address: str | None = None
    """Host and path where the policy was last at home."""
    strayed: tuple[str, int] | None = None
    """Another address, and the looks in a row that ended there."""
    recent: tuple[tuple[int, int, int], ...] = ()
    """Of the last looks: when, whether the words differed from the look before, whether people were told."""
    chronic: int | None = None
    """Since when the watch is known to change at nearly every look."""

    def documents(self) -> tuple[str, ...]:
        """The text keys that must be recallable at the next look."""
        keys = (self.known, self.last, self.trouble.text if self.trouble else None)
        return tuple(dict.fromkeys(name for name in keys if name))

    def copy(self) -> Memory:
        return replace(self, versions=dict(self.versions), clauses=dict(self.clauses), marks=dict(self.marks))

    def note_version(self, text: str, at: int) -> None:
        seen = self.versions.pop(text, None)
        self.versions[text] = Seen(seen.first, at, seen.looks + 1) if seen else Seen(at, at)
        while len(self.versions) > MOST_VERSIONS:
            del self.versions[next(iter(self.versions))]

    def seen_before(self, at: int) -> bool:
        """Whether the text of the last look was on the page at an earlier time, too."""
        return self.last in self.versions and self.versions[self.last].first < at

    def note_clauses(self, keys: Iterable[str], at: int) -> None:
        """Take down which clauses came and went at this look."""
        self._note(self.clauses, dict.fromkeys(keys), at, turns=0 if self.looks <= 1 else 1)

    def note_marks(self, marks: Iterable[str], at: int) -> None:
        self._note(self.marks, dict.fromkeys(marks), at, turns=1)

    def _note(self, ledger: dict[str, Presence], here: dict[str, None], at: int, *, turns: int) -> None:
        new = Presence(True, at, self.looks, turns)
        for name in here:
            old = ledger.get(name)
            if old is None:
                ledger[name] = new
            elif not old.here:
                ledger[name] = old.turn(at, self.looks)
        for name, old in list(ledger.items()):
            if old.here and name not in here:
                ledger[name] = old.turn(at, self.looks)
        excess = len(ledger) - MOST_CLAUSES
        if excess > 0:
            gone = sorted((p.since, name) for name, p in ledger.items() if not p.here)
            for _, name in gone[:excess]:
                del ledger[name]

    def take_last_as_known(self, at: int) -> None:
        """People know the page as it was last read, or need not be told of what differs."""
        self.known, self.known_look = self.last, self.looks
        self.pending = None
        self.note_marks((), at)

    def as_dict(self) -> dict[str, Any]:
        steady = Presence(True, self.began, 1)  # what most clauses are: there since the first look
        others = {name: p.as_list() for name, p in self.clauses.items() if p != steady}
        return {
            "documents": list(self.documents()),
            "known": self.known,
            "known_look": self.known_look,
            "last": self.last,
            "began": self.began,
            "looks": self.looks,
            "pending": _as_dict(self.pending),
            "trouble": _as_dict(self.trouble),
            "versions": {name: [v.first, v.last, v.looks] for name, v in self.versions.items()},
            "steady": [name for name in self.clauses if name not in others],
            "clauses": others,
            "marks": {name: p.as_list() for name, p in self.marks.items()},
            "address": self.address,
            "strayed": list(self.strayed) if self.strayed else None,
            "recent": [list(row) for row in self.recent],
            "chronic": self.chronic,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The memory that ``as_dict`` wrote; what an older version did not write gets its default."""
        plain = ("known", "known_look", "last", "began", "looks", "address", "chronic")
        known = {name: data[name] for name in plain if name in data}
        steady = dict.fromkeys(data.get("steady", ()), Presence(True, data.get("began", 0), 1))
        pending, trouble, strayed = data.get("pending"), data.get("trouble"), data.get("strayed")
        return cls(
            **known,
            pending=Pending(**pending) if pending else None,
            trouble=Trouble(**trouble) if trouble else None,
            versions={name: Seen(*row) for name, row in data.get("versions", {}).items()},
            clauses=steady | {name: Presence.from_list(row) for name, row in data.get("clauses", {}).items()},
            marks={name: Presence.from_list(row) for name, row in data.get("marks", {}).items()},
            strayed=(strayed[0], strayed[1]) if strayed else None,
            recent=tuple((row[0], row[1], row[2]) for row in data.get("recent", ())),
        )


def _as_dict(value: Pending | Trouble | None) -> dict[str, Any] | None:
    return {f.name: getattr(value, f.name) for f in fields(value)} if value else None
