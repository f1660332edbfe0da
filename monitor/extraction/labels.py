"""Numbers and bullets at the beginning of a clause: split off, so that renumbering changes labels and no text."""

from __future__ import annotations

import re
from functools import lru_cache

_BULLETS = "•·▪●○■□◦‣⁃∙➢➤►▶✓✔→»›*–—-"
_NUMBER = r"\d{1,3}[a-z]?"
_LETTERS = r"[A-Za-z]|[ivx]{1,5}|[IVX]{1,5}"
_PART = rf"\((?:{_LETTERS}|\d{{1,3}})\)"
_WORDS = frozenset(
    [
        "section",
        "article",
        "clause",
        "chapter",
        "part",
        "annex",
        "appendix",
        "schedule",
        "exhibit",
        "artikel",
        "art.",
        "abschnitt",
        "ziffer",
        "kapitel",
        "teil",
        "chapitre",
        "partie",
        "sección",
        "artículo",
        "cláusula",
        "apartado",
        "articolo",
        "sezione",
        "artigo",
        "seção",
        "artikkel",
        "rozdział",
    ]
)
_WORD = f"(?:{'|'.join(map(re.escape, sorted(_WORDS)))})"
_LABEL = re.compile(
    rf"""(?:
        [{re.escape(_BULLETS)}]\ ?(?=\s|[^\W\d_])(?<![-*–—])   # • text, •text
      | [-*–—](?=\s)
      | §{{1,2}}\s?{_NUMBER}(?:\.\d{{1,3}})*[.:)]?
      | {_NUMBER}(?:\.{_NUMBER}){{1,5}}\.?(?:{_PART})*[):]?(?=\s+["“”'‘(\[]?[^\W\d_a-zß-öø-ÿ])  # 7.2(b) We
      | {_NUMBER}(?:\.{_NUMBER}){{1,5}}(?:\.|(?:{_PART})+\.?|[):])(?=\s)              # 7.2. we
      | {_NUMBER}(?:[.)]|\.?(?:{_PART})+\.?|\s?[–—-](?=\s+[^\W\d_]))(?=\s)                    # 7. 7) 7(b)
      | (?:{_PART})+[.:]?(?=\s)                                                 # (b)(ii)
      | (?:{_LETTERS})(?:[.)]|\.\d{{1,3}}\.?)(?=\s)                             # b. iv) A.1
      | (?i:{_WORD})\s+(?:{_NUMBER}(?:\.\d{{1,3}})*|[A-Z]|[IVX]{{1,5}})\s?(?:[.:)]|[–—-](?=\s))(?=\s)  # Section 7:
    )\s*""",
    re.X,
)
_BULLET = re.compile(rf"[{re.escape(_BULLETS)}]+")
_NUMBERED = re.compile(rf"(?:{_WORD}\s+|§+\s?)?{_NUMBER}(?:\.{_NUMBER})*(?:{_PART})*", re.I)
_BARE = re.compile(r"(\d{1,2})\s+(?=[^\W\d_a-z])")


@lru_cache(maxsize=8192)
def split_label(line: str) -> tuple[str, str]:
    """``7.2(b) We may …`` → (``7.2(b)``, ``We may …``); a line that is nothing but a label stays whole."""
    first = line.partition(" ")[0]
    if first.isalpha() and first.casefold() not in _WORDS:
        return "", line  # as most lines begin, with a word that is none of a label's
    label, rest = "", line
    for _ in range(2):
        match = _LABEL.match(rest)
        if not match or match.end() >= len(rest) or (label and not is_bullet(label)):
            break
        label = f"{label} {match.group().strip()}".strip()
        rest = rest[match.end() :]
    return label, rest


def split_bare_number(line: str) -> tuple[int, str] | None:
    """``7 Liability`` → (7, ``Liability``): only a sequence of such headings makes the number a label."""
    match = _BARE.match(line)
    return (int(match.group(1)), line[match.end() :]) if match else None


@lru_cache(maxsize=8192)
def is_bullet(label: str) -> bool:
    """The label says nothing about the order."""
    return bool(_BULLET.fullmatch(label))


@lru_cache(maxsize=8192)
def depth(label: str) -> int:
    """How deep a number reaches: ``7.`` 1, ``7.2`` 2, ``7.2(b)`` 3; 0 of what is no number."""
    match = _NUMBERED.match(label)
    if not match:
        return 0
    return len(re.findall(r"\d+[a-z]?", match.group().split("(")[0], re.I)) + match.group().count("(")
