"""Pages that are no policy, judged from the document itself, with the phrase or the figure that decided."""

# ruff: noqa: E501 (patterns are easier to read unbroken)
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

_SHORT_PAGE = 450
_LONGER_PAGE = 1500
_SHORT_LINE = 40
_FEW_WORDS = 60
_MANY_SCRIPTS = 4
_LOOK_AT = 14
_POLICY = re.compile(
    r"\b(?:privacy|terms of (?:service|use)|terms and conditions|personal (?:data|information)|cookies?|polic(?:y|ies)|agreement"
    r"|datenschutz\w*|nutzungsbedingungen|confidentialité|conditions générales|privacidad|términos|riservatezza|privacidade"
    r"|sub-?processors?|liability|impressum|imprint)\b",
    re.I,
)
_NAMED = re.compile(
    r"privacy|polic(?:y|ies)|\bterms\b|conditions|agreement|\blegal|imprint|impressum|cookie|sub-?processor|data (?:processing|protection)"
    r"|guidelines|addendum|licen[cs]e|acceptable use|\brules\b|\bsla\b|service level|notice|gdpr|dsgvo|datenschutz|nutzungs|\bagb\b"
    r"|geschäftsbedingungen|confidentialité|mentions|charte|privacidad|términos|condiciones|aviso|política|riservatezza|condizioni"
    r"|informativa|privacidade|termos|voorwaarden|beleid|villkor|vilkår|integritet|personvern|polityka|regulamin|warunki|zásady"
    r"|podmínky|gizlilik|koşul|конфиденциальн|услови|соглашени|политик|隐私|条款|政策|プライバシー|規約|개인정보|약관",
    re.I,
)
"""What titles and headings of policies say in one way or another."""
_PHRASES: tuple[tuple[str, str], ...] = (
    (
        "block_page",
        r"access (?:to this (?:page|site|resource) )?(?:has been |is |was )?(?:denied|blocked|forbidden)"
        r"|you (?:have been|are|were) blocked|request (?:has been |was )?(?:blocked|rejected)|403 forbidden|^forbidden$"
        r"|verif(?:y|ying) (?:that )?you are (?:a )?human|(?:are you|confirm (?:that )?you(?:['’]re| are)(?: not)?) an? (?:robot|human)"
        r"|checking (?:your browser|if the site connection is secure)|attention required! \| cloudflare|^just a moment\.{0,3}$"
        r"|enable javascript and cookies to continue|unusual (?:traffic|activity) from your|complete the (?:captcha|security check)"
        r"|solve the captcha|bot (?:detection|protection)|pardon our interruption|ddos protection by|security check to access"
        r"|not available in your (?:country|region|location)|too many requests|rate limit exceeded|error 1020|ray id"
        r"|zugriff verweigert|accès refusé|acceso denegado|accesso negato",
    ),
    (
        "error_page",
        r"(?:this |the |your )?(?:page|content|document|article|resource|url|site)(?: you (?:requested|were looking for|are looking for))?"
        r" (?:is(?:n['’]t| not)|was(?:n['’]t| not)|can(?:not|['’]t) be|could(?:n['’]t| not) be|no longer) (?:currently )?(?:available|found|exists?|loaded|displayed|reached)"
        r"|page (?:not found|does not exist|doesn['’]t exist|can(?:not|['’]t) be found|unavailable)|(?:^|\b(?:error|http) ?)404\b|404[ :–-]+(?:error|not found|page)"
        r"|^(?:not found|error|oops!?|whoops!?)[.!]?$|something went wrong|an? (?:unexpected |unknown |internal )?error (?:has )?occurred"
        r"|client-side exception|internal server error|(?:500|502|503|504)[ :–-]+(?:error|internal|bad gateway|service|gateway)"
        r"|bad gateway|gateway time-?out|service (?:is )?(?:temporarily )?unavailable|temporarily unavailable|unable to (?:load|process|connect)"
        r"|we (?:can['’]t|cannot|couldn['’]t|could not) find (?:the|that|this|your)|the requested url|application error|connection (?:timed out|refused)"
        r"|seite (?:wurde )?nicht gefunden|seite (?:existiert|ist) nicht|page (?:introuvable|non trouvée|indisponible)|n['’]existe (?:pas|plus)"
        r"|página no (?:encontrada|existe|disponible)|no se (?:ha )?encontr\w+ la página|pagina non (?:trovata|disponibile)"
        r"|página não (?:encontrada|existe)|pagina niet gevonden|sidan (?:hittades|kunde) inte|siden (?:blev )?ikke fundet|nie znaleziono strony"
        r"|(?:ein|es ist ein) fehler (?:ist )?aufgetreten|une erreur (?:s['’]est produite|est survenue)|ha ocurrido un error|si è verificato un errore",
    ),
    (
        "maintenance",
        r"(?:under|undergoing|scheduled|down for|planned) maintenance|maintenance mode|we(?:['’]ll| will) be (?:right )?back|back (?:soon|shortly)"
        r"|wartungsarbeiten|wartungsmodus|en maintenance|en mantenimiento|in manutenzione",
    ),
    (
        "parked",
        r"(?:this |the )?(?:domain|website)(?: name)? (?:[\w.-]+ )?(?:is|may be) (?:for sale|parked|available for purchase)|buy this domain"
        r"|domain (?:has )?expired|parked (?:free|domain|page)|future home of something|diese domain (?:ist|steht)|inquire about this domain",
    ),
    (
        "redirect_stub",
        r"^(?:you are being |you will be |being )?redirect(?:ed|ing)\b|^(?:301 )?moved permanently|^(?:302 )?found$|^object moved|document has moved"
        r"|click here if you are not redirected|if you are not (?:automatically )?redirected|weiterleitung|redirection en cours",
    ),
    (
        "sign_in_page",
        r"(?:sign|log) ?in to (?:continue|your account|view|access|see)|^(?:sign|log) ?in$|please (?:sign|log) ?in|you (?:must|need to) (?:be )?(?:sign|log)(?:ged|ed)? ?in"
        r"|bitte (?:melden sie sich|anmelden|einloggen)|connectez-vous|inicia(?:r)? sesión|accedi al tuo account|forgot (?:your )?password",
    ),
    (
        "shell",
        r"(?:please )?(?:enable|turn on|activate|allow) javascript|javascript (?:is|has been|appears to be|must be|needs to be) (?:disabled|required|enabled)"
        r"|requires? javascript|you need to enable javascript|without javascript|^loading(?: app(?:lication)?)?(?:\.{3}|…)?$|please wait(?:\.{3}|…)?$"
        r"|javascript (?:aktivieren|ist deaktiviert)|activer javascript|habilit[ae]r? javascript|browser (?:is )?(?:not supported|unsupported|out of date)",
    ),
    (
        "consent_wall",
        r"before you continue to|we (?:and our (?:\d+ )?partners )?(?:value|care about|respect) your privacy|accept (?:all )?cookies to continue"
        r"|consent to continue|choose how (?:we use cookies|to proceed)|mit werbung (?:weiterlesen|nutzen)|continuer sans accepter",
    ),
)
_TITLE_DECIDES = frozenset(("block_page", "error_page", "maintenance", "parked"))


@dataclass(frozen=True, slots=True)
class Traces:
    """What the markup of a page tells besides its words."""

    scripts: int = 0
    """How many scripts it has."""
    refresh: str = ""
    """Where ``<meta http-equiv=refresh>`` sends the reader."""
    password: bool = False
    """It asks for a password."""
    canonical: str = ""
    """The address that the page gives itself."""
    mount: bool = False
    """It holds an empty element that a script fills."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One of ``PROBLEMS`` and why."""

    name: str
    reason: str


def judge(lines: Sequence[str], headings: Sequence[str], title: str, traces: Traces) -> Problem | None:
    """Why a web page is no policy, None if it may be one."""
    words = _words(lines)
    if traces.refresh and words < _FEW_WORDS:
        return Problem("redirect_stub", f"the page sends its reader on to {traces.refresh[:200]}")
    found = _phrase(lines, title, words) if words <= _SHORT_PAGE else _headline(lines, words)
    if found:
        return found
    if traces.password and words < _FEW_WORDS * 2 and not _has_prose(lines):
        return Problem("sign_in_page", f"a password field and {words} words")
    if not words:
        if traces.scripts or traces.mount:
            return Problem("shell", f"no words, {traces.scripts} scripts")
        return Problem("empty", "no words")
    if words < _FEW_WORDS and (traces.mount or traces.scripts >= _MANY_SCRIPTS) and not _has_prose(lines):
        return Problem("shell", f"{words} words, {traces.scripts} scripts")
    if _is_root(traces.canonical) and not any(_NAMED.search(heading) for heading in (title, *headings)):
        return Problem(
            "home_page", f"the page calls itself {traces.canonical[:200]}, and no heading names a policy"
        )
    return None


@cache
def _phrases() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Made for the first short page: most pages are too long for them to decide."""
    return tuple((problem, re.compile(phrase, re.I)) for problem, phrase in _PHRASES)


def _words(lines: Sequence[str]) -> int:
    """How many words there are, or more than ``_LONGER_PAGE``: how many more makes no difference."""
    words = 0
    for line in lines:
        words += len(line.split())
        if words > _LONGER_PAGE:
            break
    return words


def _is_root(address: str) -> bool:
    """The front page of a site, or of one of its languages."""
    match = re.match(r"https?://[^/?#]+(/[^?#]*)?(?:[?#]|$)", address)
    return bool(match) and bool(
        re.fullmatch(r"/?(?:[a-z]{2}(?:[-_][a-zA-Z]{2})?/?)?", (match and match.group(1)) or "")
    )


def _phrase(lines: Sequence[str], title: str, words: int) -> Problem | None:
    """A phrase on a short line near the top of a short page decides."""
    top = [line for line in lines[:_LOOK_AT] if len(line.split()) <= _SHORT_LINE]
    prose = sum(len(line.split()) for line in lines if len(line.split()) > 12)
    for problem, phrase in _phrases():
        bound = _SHORT_PAGE if problem == "error_page" else _FEW_WORDS * 3
        if words > bound:
            continue
        match = phrase.search(title) if problem in _TITLE_DECIDES else None
        if match and (words < _FEW_WORDS * 2):
            return Problem(problem, f"the title says {match.group().strip()!r}")
        for line in top:
            match = phrase.search(line)
            if match and _is_said_to_the_reader(line, match, prose):
                return Problem(problem, f"the page says {match.group().strip()!r}")
    return None


def _headline(lines: Sequence[str], words: int) -> Problem | None:
    """On a longer page (with its menus and dialogs), the first lines must say nothing else."""
    if words > _LONGER_PAGE:
        return None
    for line in lines[:3]:
        for problem, phrase in _phrases():
            match = phrase.search(line) if problem in _TITLE_DECIDES and len(line.split()) <= 12 else None
            if match and match.start() == 0:
                return Problem(problem, f"the page begins with {match.group().strip()!r}")
    return None


def _is_said_to_the_reader(line: str, match: re.Match[str], prose: int) -> bool:
    """A policy may speak of errors in a sentence; a page that fails says so in a line of its own."""
    if len(line.split()) <= 14:
        return prose < 60 or match.start() < 30
    return prose < 60 and match.start() < 80


def _has_prose(lines: Sequence[str]) -> bool:
    return any(
        len(line.split()) >= 8 and line.rstrip().endswith((".", "!", ":", ";", "。")) for line in lines
    ) or any(_POLICY.search(line) for line in lines)
