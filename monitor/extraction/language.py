"""The language of a text: what the page says, unless its words say otherwise; by function words and scripts."""

# ruff: noqa: E501 (patterns are easier to read unbroken)
from __future__ import annotations

import re
from collections import Counter

_WORDS = {
    "en": "the of and to in you we your our or for that with may this by are as is from not any which will if",
    "de": "der die und sie wir ihre zu oder von für den mit das ist werden ihrer auf nicht dass sind eine unsere bei im",
    "fr": "de la les et vous des le nous votre vos pour ou est que en par dans sur nos une du avec aux ces sont",
    "es": "de la que los y el en las para su por con una se del sus o no usted nuestros datos como al nos",
    "it": "di e il la che per i dei le in del con un una della non sono da si nostri dati gli alla o è",
    "pt": "de e o que os para a do da em com seus não uma as dos por nós você seu ou se são nossos ao",
    "nl": "de en van het een u in wij uw of te voor op dat is met zijn die we niet onze om als door",
    "sv": "och att av för i som vi du det är med på till dina en den om eller inte våra kan ditt från de",
    "da": "og at af for i som vi du det er med på til dine en den om eller ikke vores kan dit fra de os",
    "no": "og å av for i som vi du det er med på til dine en den om eller ikke våre kan ditt fra de oss",
    "fi": "ja että on tai sekä ne voi emme me sen joka kun jos tämä ovat mukaan sinun tietoja myös meidän",
    "pl": "i w z na do nie się lub oraz że jest przez dla od których danych są może to użytkownika",
    "cs": "a v na se že nebo z pro je k o s které jsou které údaje vás jako aby není nás od",
    "hu": "a az és hogy nem vagy is egy ezt által adatok az ön mi meg ha csak amely",
    "ro": "de și în a la cu pe sau care pentru din că nu este dumneavoastră noastre prin datele",
    "tr": "ve bir bu için ile veya olarak da de kişisel tarafından ya size bizim olan gibi her",
    "id": "dan yang untuk anda kami dengan atau dari dalam ini tidak kepada akan dapat data pada",
    "vi": "và của các cho chúng tôi bạn được là với không trong có này thông tin hoặc",
}
_COMMON = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("uk", re.compile(r"[іїєґІЇЄҐ]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
)
_WORD = re.compile(r"[^\W\d_]+")
_ASCII_WORD = re.compile(r"[a-z]+")
"""The same in folded text without other letters, in half the time."""
_TAG = re.compile(r"\s*([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2}))?\b")
_WINDOW = 5_000
_FEWEST = 12
_SURE = 40


def declared(lang: str) -> tuple[str | None, str]:
    """Language and region of an ``xml:lang`` value: ``en-US`` → (``en``, ``US``)."""
    match = _TAG.match(lang)
    return (match.group(1).lower(), (match.group(2) or "").upper()) if match else (None, "")


def detect(text: str, said: str | None) -> str | None:
    """ISO 639-1 code: what the page says, unless it is clearly written in another language; None if nobody knows."""
    sample = text[:_WINDOW].casefold()
    if not sample.isascii():
        for language, script in _SCRIPTS:
            if len(script.findall(sample)) * (40 if language == "uk" else 6) > len(sample):
                return language
    counted = Counter((_ASCII_WORD if sample.isascii() else _WORD).findall(sample))
    hits = sorted(
        (
            (sum(counted[word] for word in common & counted.keys()), language)
            for language, common in _COMMON.items()
        ),
        reverse=True,
    )
    (best, language), (second, _) = hits[0], hits[1]
    own = sum(counted[word] for word in _COMMON[said]) if said in _COMMON else 0
    if said and (said not in _COMMON or best < _SURE or best < 2 * own + 20):
        return said
    return language if best >= _FEWEST or (best >= 3 and best >= 2 * second) else said
