"""When a policy was last changed and from when it applies, as the page states it, in the languages of policies."""

# ruff: noqa: E501 (patterns are easier to read unbroken)
from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

_MONTHS = {
    1: "january jan januar jänner januari janvier enero gennaio janeiro tammikuuta tammikuu styczeń stycznia leden ledna január "
    "ianuarie ocak январь января ιανουαρίου січня sty",
    2: "february feb februar februari février fevrier febrero febbraio fevereiro helmikuuta luty lutego únor února február "
    "februarie şubat февраль февраля φεβρουαρίου лютого févr",
    3: "march mar märz maerz mars maart marzo março marco maaliskuuta marzec marca březen března március martie mart март марта "
    "μαρτίου березня marts",
    4: "april apr avril abril aprile huhtikuuta kwiecień kwietnia duben dubna április aprilie nisan апрель апреля απριλίου квітня avr",
    5: "may mai mei maj mayo maggio maio toukokuuta maja květen května május mayıs май мая μαΐου травня",
    6: "june jun juni juin junio giugno junho kesäkuuta czerwiec czerwca červen června június iunie haziran июнь июня ιουνίου червня",
    7: "july jul juli juillet julio luglio julho heinäkuuta lipiec lipca červenec července július iulie temmuz июль июля ιουλίου "
    "липня juil",
    8: "august aug augustus août aout agosto elokuuta sierpień sierpnia srpen srpna augusztus ağustos август августа αυγούστου "
    "серпня augusti ago",
    9: "september sep sept septembre septiembre settembre setembro syyskuuta wrzesień września září szeptember septembrie eylül "
    "сентябрь сентября σεπτεμβρίου вересня set",
    10: "october oct oktober octobre octubre ottobre outubro lokakuuta październik października říjen října október octombrie "
    "ekim октябрь октября οκτωβρίου жовтня okt out",
    11: "november nov novembre noviembre novembro marraskuuta listopad listopada listopadu noiembrie kasım ноябрь ноября νοεμβρίου "
    "листопада",
    12: "december dec dez dezember décembre decembre diciembre dicembre dezembro joulukuuta grudzień grudnia prosinec prosince "
    "decembrie aralık декабрь декабря δεκεμβρίου грудня déc dic",
}
_MONTH = {name: number for number, names in _MONTHS.items() for name in names.split()}
_NAME = "|".join(sorted(_MONTH, key=lambda name: (-len(name), name)))
_ORDINAL = r"(?:st|nd|rd|th|er|ère|º|ª|°|\.)?"
_DATE = re.compile(
    rf"""(?<![\w/])(?:
        (?P<y1>(?:19|20)\d\d)[-/.](?P<m1>\d{{1,2}})[-/.](?P<d1>\d{{1,2}})(?!\d)
      | (?P<y2>(?:19|20)\d\d)\s?[年년]\s?(?P<m2>\d{{1,2}})\s?[月월]\s?(?:(?P<d2>\d{{1,2}})\s?[日일])?
      | (?P<d3>\d{{1,2}}){_ORDINAL}[\s-]*(?:of\s|de\s|del\s|d[’'])?[\s-]*(?P<n3>{_NAME})\.?[\s,-]*(?:de\s|del\s|of\s)?\s*(?P<y3>(?:19|20)\d\d)
      | (?P<n4>{_NAME})\.?\s*(?P<d4>\d{{1,2}}){_ORDINAL}\s*,?\s*(?P<y4>(?:19|20)\d\d)
      | (?P<n5>{_NAME})\.?\s*,?\s*(?:de\s|del\s|of\s)?(?P<y5>(?:19|20)\d\d)
      | (?P<a6>\d{{1,2}})(?P<s6>[./-])(?P<b6>\d{{1,2}})(?P=s6)(?P<y6>(?:19|20)\d\d|\d\d)(?!\d)
    )(?!\w)""",
    re.I | re.X,
)
_STATED = (
    r"(?:last|latest|recently|most recently)?[\s-]*(?:updated?|revised|revision|modified|modification|amended|reviewed|changed?)\b"
    r"|\brev\.|\bversion\b|\bdated\b|\bpublished\b|\bposted\b|\brelease date\b|\bdate of (?:last )?(?:update|revision|issue)"
    r"|\bstand\b|letzte (?:aktualisierung|änderung)|zuletzt|aktualisiert|\bfassung\b|dernière (?:mise à jour|modification|révision)"
    r"|mise? à jour|modifié|última (?:actualización|modificación|revisión)|actualizad[oa]|ultim[oa] (?:aggiornamento|modifica)"
    r"|aggiornat[oa]|última atualização|atualizad[oa]|laatst (?:bijgewerkt|gewijzigd)|bijgewerkt|senast (?:uppdaterad|ändrad)"
    r"|uppdaterad|sidst opdateret|senest (?:opdateret|ændret)|sist oppdatert|päivitetty|ostatni[ao] (?:aktualizacja|zmiana)"
    r"|zaktualizowan|poslední (?:aktualizace|změna)|utolsó (?:frissítés|módosítás)|ultima actualizare|son güncelleme|güncellen"
    r"|последн\w+ (?:обновлен|измен|редакц)\w*|дата обновления|останнє оновлення|τελευταία ενημέρωση|最終更新|改定日|改訂|制定"
    r"|更新日期|最近更新|更新于|更新時間|최종 (?:수정|업데이트|개정)|업데이트"
)
_EFFECTIVE = (
    r"\beffective\b|\bin effect\b|\btakes? effect\b|\bappl(?:y|ies) (?:from|as of)\b|\b(?:in|into) force\b|\bvalid (?:from|as of)\b"
    r"|gültig (?:ab|seit)|in kraft|wirksam|\bgilt ab\b|entr(?:ée|e|er|era|ant) en (?:vigueur|application)|en vigueur|applicable (?:à|au)"
    r"|en vigor|vigente|vigencia|efectiv[oa]|in vigore|efficac[ei]|em vigor|vigência|van kracht|ingangsdatum|geldig vanaf"
    r"|giltig från|gäller från|träder i kraft|gælder fra|træder i kraft|gjelder fra|voimassa|obowiązuje|wchodzi w życie"
    r"|účinn|platn[áéý]|hatályos|în vigoare|yürürlü|вступа\w+ в силу|действует с|набирає чинності|ισχύ|施行日?|生效|발효|시행"
)
_KEY = re.compile(rf"(?P<effective>{_EFFECTIVE})|(?P<stated>{_STATED})", re.I)
_DATE_LINE = re.compile(rf"(?:.{{0,60}}?(?:{_STATED}|{_EFFECTIVE})[^.!?]{{0,40}}|\W{{0,3}})$", re.I)
_DIGIT = re.compile(r"\d(?:(?<=1)9\d\d|(?<=2)0\d\d|[./-]\d{1,2}[./-]\d\d)")
"""Without it there is no date. It begins with a digit, for which a text is searched five times faster."""
_NEAR = 70
_LONGEST = 320
_FIRST, _LAST = 45, 15
_SHORT = 60
"""Characters of a line below which its date may stand in the next one."""
_TOP = 12


@dataclass(frozen=True, slots=True)
class Dates:
    """ISO dates or None, and what is doubtful about them."""

    stated: str | None = None
    effective: str | None = None
    note: str | None = None


def is_date_line(text: str) -> bool:
    """The line says when the policy was changed or applies, and nothing else."""
    if len(text) > 110 or not _DIGIT.search(text):
        return False
    match = _DATE.search(text)
    if not match:
        return False
    rest = text[match.end() :].strip(" .,;:()[]|–—-*")
    return (
        len(rest) <= 60
        and bool(_DATE_LINE.match(text[: match.start()]))
        and (not rest or bool(_KEY.search(rest)))
    )


def find(
    lines: Sequence[str], *, more: Iterable[str] = (), language: str | None = None, region: str = ""
) -> Dates:
    """The dates that the lines of a policy state near its beginning or its end; ``more`` (a page's header) comes last."""
    order = "mdy" if region == "US" else ("dmy" if region or (language not in ("en", None)) else "")
    near = [*lines[:_FIRST], *(lines[_FIRST:][-_LAST:]), *more]
    found: dict[str, str] = {}
    notes: list[str] = []
    for index, line in enumerate(near):
        if len(line) > _LONGEST:
            line = line[:_LONGEST]
        dated = _dated(line, order)
        if not dated and len(line) < _SHORT and index + 1 < len(near):
            dated = _dated(f"{line} {near[index + 1][:40]}", order)
        for kind, when, note in dated:
            if kind not in found:
                found[kind] = when
                if note:
                    notes.append(note)
    if "stated" not in found and "effective" not in found:
        for line in near[:_TOP]:
            match = _DATE.fullmatch(line.strip(" .()"))
            if match:
                found["stated"], note = _iso(match, order)
                notes += [note] if note else []
                break
    return Dates(
        found.get("stated") or None, found.get("effective") or None, "; ".join(dict.fromkeys(notes)) or None
    )


def _dated(line: str, order: str) -> list[tuple[str, str, str]]:
    """(kind, ISO date or "", note) for every keyword of a line with a date near it."""
    dates = list(_DATE.finditer(line)) if _DIGIT.search(line) else []
    if not dates:
        return []
    out = []
    for key in _KEY.finditer(line):
        kind = "effective" if key.group("effective") else "stated"
        after = [match for match in dates if 0 <= match.start() - key.end() <= _NEAR]
        before = [match for match in dates if 0 <= key.start() - match.end() <= 12]
        near = after[0] if after else (before[-1] if before else None)
        if near is None or (after and _KEY.search(line, key.end(), near.start())):
            continue
        when, note = _iso(near, order)
        out.append((kind, when, note))
    return out


def _iso(match: re.Match[str], order: str) -> tuple[str, str]:
    """An ISO date and what is doubtful about it; "" where the date can be read in two ways."""
    part = match.groupdict()
    text = match.group().strip()
    for n in "1234":
        if part[f"y{n}"]:
            month = int(part[f"m{n}"]) if n in "12" else _MONTH[part[f"n{n}"].lower()]
            if not part[f"d{n}"]:
                return _valid(int(part[f"y{n}"]), month, 1), f"{text!r} names no day"
            return _valid(int(part[f"y{n}"]), month, int(part[f"d{n}"])), ""
    if part["y5"]:
        return _valid(int(part["y5"]), _MONTH[part["n5"].lower()], 1), f"{text!r} names no day"
    first, second, year = int(part["a6"]), int(part["b6"]), int(part["y6"])
    year += 2000 if year < 100 else 0
    by_month, by_day = _valid(year, first, second), _valid(year, second, first)
    if not (by_month and by_day) or by_month == by_day:
        return by_month or by_day, ""
    if part["s6"] == ".":
        return by_day, ""
    if order:
        return (
            by_month if order == "mdy" else by_day
        ), f"{text!r} is read as {by_month if order == 'mdy' else by_day}"
    return "", f"{text!r} is ambiguous: {by_day} or {by_month}"


def _valid(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""
