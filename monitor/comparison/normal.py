"""Normal forms of a text: when two are the same words.

Two forms serve two purposes. ``canonical`` folds what a reader does not see as a change of wording (case,
quotes, dashes, spacing, invisible characters, damaged encoding, written-out e-mail signs) and keeps the
punctuation and every number. ``tokens`` keeps the words alone; clauses are aligned by it.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

from monitor.blanks import single

_QUOTES = dict.fromkeys(map(ord, "‘’‚‛‹›`´ʼʹ′＇"), "'") | dict.fromkeys(map(ord, "“”„‟«»″＂「」『』"), '"')
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−⁃﹘﹣－"), "-")
_BULLETS = dict.fromkeys(map(ord, "•·●▪◦‣∙■□➢➤►✓✔❖"), " ")
_FOLDED = _QUOTES | _DASHES | _BULLETS | {ord("\\"): "", ord("*"): "", ord("_"): " "}

_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});", re.I)
_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_COPYRIGHT = re.compile(r"\(c\)", re.I)
_AT = re.compile(r"(?<=\w)\s*[\[({<]\s*at\s*[\])}>]\s*(?=\w)", re.I)
_DOT = re.compile(r"(?<=\w)\s*[\[({<]\s*dot\s*[\])}>]\s*(?=\w)", re.I)
_HIDDEN = re.compile(r"\[+email\s?protected\]+", re.I)
_LOOSE = tuple((f" {sign}", sign) for sign in ",.;:!?)]%") + tuple((f"{sign} ", sign) for sign in "([")
"""Signs with a space where none is set."""
# UTF-8 read as Windows-1252, the one damage of encoding that pages show to people.
_MOJIBAKE = re.compile("[ÃÂâ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]{1,2}")
_TAG = re.compile(r"</?[a-z]{1,10} ?/?>", re.I)
_MARKED_LINK = re.compile(
    r"\]\((?:https?:|mailto:|tel:|[/#])[^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?: \"[^\"]*\")?\)", re.I
)
_ANNOUNCED = re.compile(
    r"\(?(?:link )?opens (?:in )?(?:a )?new (?:tab|window)(?: or (?:tab|window))?\)?", re.I
)
_KEPT = 4096
"""Texts whose forms are remembered: those of two large policies, in some ten megabytes."""
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+(?:[.,:/]\d+)*|[%$€£¥§©&@=+±≥≤]|[<>](?= ?\d)|[^\W_]")
_ASCII_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)*|\d+(?:[.,:/]\d+)*|[%$&@=+]|[<>](?= ?\d)", re.A)
"""The same for a canonical text without other letters, in half the time."""
_RUN = re.compile(_TOKEN.pattern.replace(r"(?:'[^\W\d_]+)*", r"(?:[' ][^\W\d_]+)*+", 1))
_ASCII_RUN = re.compile(_ASCII_TOKEN.pattern.replace("(?:'[a-z]+)*", "(?:[' ][a-z]+)*+", 1), re.A)
"""The same, but words that nothing parts except a space are taken at once, in a third of the time."""
_LABEL = re.compile(
    r"\s*(?:(?:section|article|clause|annex|schedule)\s+)?"
    # A number, a letter or a Roman number closed by a dot or bracket; or 7.2 before a capitalised word.
    r"(?:©|\(?(?:(?:[a-z]\.)?\d{1,3}(?:\.(?:\d{1,3}|[a-z]|[ivx]{1,5}))*|[a-z]|[ivxl]{1,6})[.)](?!\d)|\d{1,2}(?:\.\d{1,2})+(?=\s+(?-i:[A-Z][a-z])))"
    r"(?:\([a-z]{1,4}\))?\s*[-:–]?\s*(?=\S)",
    re.I,
)


def _repair(match: re.Match[str]) -> str:
    damaged = match.group()
    try:
        return damaged.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return damaged


@lru_cache(maxsize=_KEPT)
def canonical(text: str) -> str:
    """The text with everything folded that is no change of wording; numbers are never touched."""
    if "&" in text:
        text = _ENTITY.sub(lambda match: html.unescape(match.group()), text)
    if not text.isascii():
        text = _MOJIBAKE.sub(_repair, text)
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text).translate(_FOLDED))
    if "*" in text or "_" in text or "`" in text or "\\" in text or not text.isascii():
        text = text.translate(_FOLDED)  # dear; of ASCII only these four are folded
    if "(" in text:
        text = _COPYRIGHT.sub("©", text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "opens" in text.lower():
        text = _ANNOUNCED.sub(" ", text)
    if "[" in text or "(" in text or "{" in text or "<" in text:
        text = _DOT.sub(".", _AT.sub("@", _MARKED_LINK.sub("] ", text)))
    if "protected" in text:
        text = _HIDDEN.sub("[email protected]", text)
    text = single(text)
    for loose, tight in _LOOSE:
        if tight in text:  # most signs are rare, and one is found sooner than two
            text = text.replace(loose, tight)
    return text.casefold()


@lru_cache(maxsize=_KEPT)
def tokens(text: str) -> tuple[str, ...]:
    """The words and numbers of a text in canonical form, in order, without punctuation."""
    plain = canonical(text)
    return tuple((_ASCII_TOKEN if plain.isascii() else _TOKEN).findall(plain))


@lru_cache(maxsize=_KEPT)
def words(text: str) -> str:
    """The tokens of a text as one line."""
    plain = canonical(text)
    return " ".join((_ASCII_RUN if plain.isascii() else _RUN).findall(plain))


def unlabelled(text: str) -> str:
    """A text without the number or letter that leads it."""
    label = _LABEL.match(text)
    return text[label.end() :] if label else text
