"""Parts of a page that are no part of the policy although they slipped through extraction.

They are known by their build, not by their site: words that are nothing but a link to a page of the same
site, a heading or title said twice, the labels of buttons. A clause that came or went and is one of these is
cosmetic. Links to other sites are none: a list of partners or subprocessors looks like that.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files
from itertools import groupby
from urllib.parse import urlsplit

from monitor.comparison.datelines import date_line
from monitor.comparison.identity import linked_files
from monitor.comparison.normal import canonical, tokens
from monitor.model import Clause, Document

_LONGEST_ENTRY = 16
"""Words of a menu entry or of an article's title."""
_FEWEST_ENTRIES, _LONGEST_WORD, _LONGEST_TEXT = 3, 2, 40
"""Entries that make a menu; words and letters of what stands among them without being a link."""
_PARTS = re.compile(r"\s+[|–—·•:\\/-]\s+|\s*[|]\s*")
"""What stands between a page's own title and its site's."""
_PARTIES = re.compile(
    r"sub-?\s?(?:processor|contractor)|\b(?:partners|vendors|suppliers|affiliates|recipients)\b|service providers|"
    r"third[- ]part(?:y|ies) (?:providers|services)|"
    r"unterauftrag|auftragsverarbeiter|dienstleister|empfänger|sous-traitants|destinataires|prestataires|"
    r"subencargados|destinatarios|proveedores|sub-?responsabili|fornitori|subverwerkers|subprocessadores",
    re.I,
)
"""Headings over lists of parties, where a link may be a party."""
_SECOND_LEVEL = frozenset(("ac", "co", "com", "edu", "gob", "gov", "ne", "net", "or", "org"))

_COUNTER = re.compile(
    r"\+ ?[0-9]+(?: more)?|(?:page |showing |seite )?[0-9][0-9.,]*(?: ?(?:-|to|of|von|de|sur|/) ?[0-9][0-9.,]*)*\+? ?"
    r"(?:results?|entries|items?|articles?|comments?|views?|likes?|shares?|reads?|votes?|min(?:ute)?s? read|"
    r"(?:of|out of) [0-9]+ (?:people )?found this helpful)",
)

_GREETING = re.compile(
    r"(?:welcome (?:to|back)|willkommen|bienvenue|bienvenid[oa]s?|benvenut[oi]|bem-vind[oa]s?|welkom)\b"
)
_LONGEST_GREETING = 10
"""Words of a heading that only greets."""


def _phrases(name: str) -> list[str]:
    lines = files(__package__).joinpath(name).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


_BUTTONS = frozenset(canonical(phrase) for phrase in _phrases("buttons.txt"))
_ASIDES = frozenset(tokens(phrase) for phrase in _phrases("asides.txt"))


def judge(
    before: Document, after: Document, apart_from: Callable[[Clause], str | None]
) -> Callable[[Clause], str | None]:
    """For the clauses of two pages: why each would be cosmetic if it came or went, None when it would not.

    ``apart_from``: what ``apart`` says of the two.
    """
    titles, headings = _titles(before) | _titles(after), _headings(before) & _headings(after)
    contents = _contents(before, headings) | _contents(after, headings)

    def reason(clause: Clause) -> str | None:
        found = apart_from(clause)
        if found or clause.kind == "row" or clause.lead:
            return found
        if tokens(clause.text) in titles:
            return "title repeated"
        return "table of contents" if clause in contents else None

    return reason


def apart(*pages: Document) -> Callable[[Clause], str | None]:
    """For the clauses of one page, or two of the same site: why each is no part of the policy, None when it is."""
    host = site(*pages)
    entries = {entry for page in pages for entry in _entries(page, host)}

    def reason(clause: Clause) -> str | None:
        words, text = tokens(clause.text), canonical(clause.text)
        if not any(len(word) > 1 or not word.isascii() or word.isdigit() for word in words):
            return None if linked_files(clause) else "no words"
        if date_line(text):
            return "date line"
        if clause in entries:
            return "entry of a menu"
        if words in _ASIDES or any(tokens(heading) in _ASIDES for heading in clause.path):
            return "beside the policy"
        if clause.kind == "row" or clause.lead:
            return None
        if clause.kind == "heading" and len(words) <= _LONGEST_GREETING and _GREETING.match(text):
            return "greeting"
        label = text.strip(" .:?!…")
        if label in _BUTTONS or (
            label[: len(label) // 2] * 2 == label and label[: len(label) // 2] in _BUTTONS
        ):
            return "label of a button"
        return "counter" if _COUNTER.fullmatch(text) else None

    return reason


def _titles(document: Document) -> set[tuple[str, ...]]:
    return {tokens(part) for part in _PARTS.split(document.title)}


def _contents(document: Document, headings: set[tuple[str, ...]]) -> set[Clause]:
    """Clauses in a row that say nothing but the words of headings."""
    found: set[Clause] = set()
    for repeats, run in groupby(document.clauses, key=lambda clause: _repeats(clause, headings)):
        members = list(run) if repeats else []
        found.update(members if len(members) >= _FEWEST_ENTRIES else [])
    return found


def _repeats(clause: Clause, headings: set[tuple[str, ...]]) -> bool:
    return (
        clause.kind != "heading" and len(clause.text) <= 4 * _LONGEST_TEXT and tokens(clause.text) in headings
    )


def _headings(document: Document) -> set[tuple[str, ...]]:
    return {tokens(clause.text) for clause in document.clauses if clause.kind == "heading"}


def _entries(document: Document, host: str) -> set[Clause]:
    """Clauses that are nothing but links to other pages of the same site or to places on this one.

    What stands among them counts, too: menus name sister sites and have words of their own above their parts.
    """
    entries: set[Clause] = set()
    for candidate, run in groupby(document.clauses, key=_candidate):
        members = _between_links(list(run)) if candidate else []
        own = [c for c in members if c.linked and all(_internal(link, host) for link in c.links)]
        menu = len(own) >= _FEWEST_ENTRIES and len(own) * 2 > len(members)
        # One link into the page itself may be the title of a part that unfolds.
        entries.update(
            members if menu else [c for c in own if c.links or len(tokens(c.text)) > _LONGEST_ENTRY]
        )
    return {entry for entry in entries if not linked_files(entry)}


def _candidate(clause: Clause) -> bool:
    """Whether a clause may stand in a menu: nothing but links, or a word or two."""
    if clause.kind == "row" or _heads_parties(clause.path):
        return False
    if clause.linked and not clause.lead.endswith(":"):
        if not clause.links:
            return clause.kind != "heading"
        return len(tokens(clause.text)) <= _LONGEST_ENTRY * len(clause.links)
    return (
        not clause.lead
        and len(clause.text) <= _LONGEST_TEXT
        and clause.text[-1:] not in ".;"
        and len(tokens(clause.text)) <= _LONGEST_WORD
    )


@lru_cache(maxsize=1024)
def _heads_parties(path: tuple[str, ...]) -> bool:
    """Whether one of the headings above clauses, which many of them share, stands over a list of parties."""
    return any(_PARTIES.search(heading) for heading in path)


def _between_links(run: list[Clause]) -> list[Clause]:
    """A run from its first link to its last."""
    places = [place for place, clause in enumerate(run) if clause.linked]
    return run[places[0] : places[-1] + 1] if places else []


def _internal(link: str, host: str) -> bool:
    name = urlsplit(link).hostname
    return not name or _site(name) == host


def site(*documents: Document) -> str:
    """The site that pages belong to: from its address or else the one that most of its links lead to."""
    for document in documents:
        if document.url and (name := urlsplit(document.url).hostname):
            return _site(name)
    hosts = Counter(
        _site(name)
        for document in documents
        for clause in document.clauses
        for link in clause.links
        if (name := urlsplit(link).hostname)
    )
    return min(hosts, key=lambda name: (-hosts[name], name), default="")


def _site(hostname: str) -> str:
    """The end of a host's name that is registered (``example.com``, ``example.co.uk``), near enough."""
    labels = hostname.rstrip(".").split(".")
    second = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3:] if second else labels[-2:])
