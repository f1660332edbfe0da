"""What pages carry besides the policy, told by the names that page builders give it and by its words."""

# ruff: noqa: E501 (patterns are easier to read unbroken)
from __future__ import annotations

import re
from enum import Flag, auto
from functools import lru_cache

_CERTAIN = (
    r"cookie[-_]?(?:banner|bar|consent|notice|popup|pop-up|modal|wall|dialog|alert|overlay|message|prompt|law|box)"
    r"|consent[-_]?(?:banner|modal|popup|manager|bar|dialog|overlay)|onetrust[-_](?:banner|consent|pc)[-_\w]*"
    r"|ot-sdk-container|cky[-_]\w+|cmp(?:box|container|wrapper)|gdpr[-_]?(?:banner|popup|modal)|cc-window|cc-banner"
    r"|breadcrumbs?|bread[-_]crumbs?|skip[-_](?:link|to|nav)[-_\w]*"
    r"|share[-_]?(?:bar|buttons?|links?|icons?|tools?)|social[-_]?(?:share|sharing|links?|icons?|media|bar|nav)"
    r"|addtoany\w*|addthis\w*|sharethis\w*"
    r"|related[-_]?(?:articles?|posts?|content|links?|topics?|pages?|stories)|recommended[-_]?(?:articles?|posts?)"
    r"|recently[-_]viewed[-_\w]*|article[-_](?:votes?|feedback|rating|subscribe|relatives)|helpful(?:ness)?[-_\w]*"
    r"|was[-_]this[-_]helpful|feedback[-_]?(?:form|widget|box|bar)|csat[-_\w]*"
    r"|table[-_]of[-_]contents?[-_\w]*|toc|toc[-_](?:list|nav|container|wrapper|sidebar|menu|block)|tableofcontents"
    r"|site[-_](?:header|footer|nav|navigation)|page[-_]footer|global[-_](?:header|footer|nav)"
    r"|nav[-_]?bar|main[-_]?nav(?:igation)?|mobile[-_](?:nav|menu)[-_\w]*|mega[-_]?menu[-_\w]*|footer[-_](?:nav|links|menu)"
    r"|lang(?:uage)?[-_]?(?:switch(?:er)?|select(?:or)?|picker|menu|list|dropdown)|locale[-_](?:switch\w*|select\w*)"
    r"|chat[-_]?(?:widget|bubble|launcher|box)|intercom-(?:container|lightweight-app|frame|app)|drift-(?:widget|frame)[-_\w]*|cookie-?law-info[-_\w]*"
    r"|route[-_]announcer|pagination|pager|advert(?:isement)?s?|promo[-_]?(?:bar|banner)|announcement[-_]?bar"
    r"|notranslate-widget|google_translate_element|goog-te[-_\w]*|back[-_]to[-_]top|scroll[-_]?to[-_]?top|print[-_](?:link|button)"
)
_LIKELY = (
    r"sidebar|side[-_](?:bar|nav|menu)|menu|submenu|dropdown[-_]menu|nav|navigation|footer|header[-_](?:nav|menu|links)"
    r"|login|log-?in[-_](?:form|box|modal)|sign[-_]?(?:in|up)[-_]?(?:form|box|modal)?|register(?:[-_]form)?|registration"
    r"|search[-_]?(?:form|box|bar|results|widget)?|cta|call[-_]to[-_]action|banner|toast|snackbar|tooltip|popover"
    r"|newsletter(?:[-_]\w+)*|comments|tags|author[-_]box|byline|avatar|loader|loading|spinner|preloader"
)
_FLOATING = r"modals?|modal[-_](?:container|wrapper|box|overlay|window|dialog|root|text|content)|[a-z0-9]+[-_](?:modals?|popup)|popups?|pop[-_]up|lightbox|overlay"
_HIDDEN = (
    r"sr[-_]only|visually[-_]?hidden|screen[-_]?reader(?:[-_](?:text|only|response))?|a11y[-_]hidden|offscreen|visuallyhidden"
    r"|u-hidden-visually|element-invisible|aria-hidden-text"
)


class Sounds(Flag):
    """What the names that an element bears (class, id) say of it."""

    CERTAIN = auto()
    """Never the policy, as long as it is a small part of the page."""
    LIKELY = auto()
    """Hardly ever the policy, if it also looks unlike prose."""
    FLOATING = auto()
    """Floats above the page when something is clicked."""
    HIDDEN = auto()
    """Only a screen reader speaks it."""


_SOUNDS = tuple(
    (re.compile(names, re.I), sound)
    for names, sound in (
        (_CERTAIN, Sounds.CERTAIN),
        (_LIKELY, Sounds.LIKELY),
        (_FLOATING, Sounds.FLOATING),
        (_HIDDEN, Sounds.HIDDEN),
    )
)
SILENT = Sounds(0)
"""What names sound like that say nothing: there is but one such value."""


@lru_cache(maxsize=8192)
def sounds(names: str) -> Sounds:
    """What some names, separated by spaces, sound like together."""
    found = SILENT
    for name in names.split():
        sound = _sound(name)
        if sound is not SILENT:
            found |= sound
    return found


@lru_cache(maxsize=8192)
def _sound(name: str) -> Sounds:
    """What one name sounds like: most of them stand beside others in turn."""
    found = SILENT
    for pattern, sound in _SOUNDS:
        if pattern.fullmatch(name):
            found |= sound
    return found


ICON = re.compile(
    r"\W*|\w{1,2}|[a-z]+(?:_[a-z]+)+|(?:chevron|arrow|close|menu|search|info|expand|open|add|remove|check|link|home)"
)
"""What stands for a picture: a sign, or the name of one in an icon font."""

_PHRASES = (
    r"\(?\s*(?:opens?|opening) in (?:a )?new (?:window|tab|browser tab)\.?\s*\)?"
    r"|\(?\s*(?:s['’]ouvre|ouvre) dans (?:une? )?(?:nouvelle fenêtre|nouvel onglet)\s*\)?"
    r"|\(?\s*(?:wird )?(?:in (?:einem )?neue[nm] (?:fenster|tab) (?:geöffnet|öffnen)|öffnet (?:sich )?in (?:einem )?neuen (?:fenster|tab))\s*\)?"
    r"|\(?\s*(?:se )?abre en una (?:nueva )?(?:ventana|pestaña)(?: nueva)?\s*\)?"
    r"|\(?\s*(?:si )?apre in una nuova (?:finestra|scheda)\s*\)?"
    r"|skip to (?:main )?content|skip navigation|back to top|scroll to top|return to top|nach oben|retour en haut"
    r"|zum inhalt springen|aller au contenu(?: principal)?|saltar al contenido|vai al contenuto"
    r"|(?:copy|copied) (?:link|to clipboard|!)|link copied!?|copy link to (?:this )?(?:section|heading)|permalink|anchor link"
    r"|(?:print|download|save)(?: this)?(?: page| pdf| as pdf)?|share(?: this)?(?: page| article)?|drucken|imprimer|teilen|partager"
    r"|was this (?:article|page|information|content)? ?helpful\??|did (?:this|we) answer your questions?\??"
    r"|have more questions\?(?: submit a request)?|submit a request|\d+ out of \d+ found this helpful"
    r"|(?:search|search for articles\.{0,3}|search\.{3})|loading\.{0,3}|please wait\.{0,3}|menu|close|schließen|fermer|cerrar|chiudi"
    r"|table of contents?|contents|on this page|in this article|jump to:?|inhaltsverzeichnis|inhalt|auf dieser seite|sommaire"
    r"|table des matières|sur cette page|índice|en esta página|contenidos|indice|inhoudsopgave"
    r"|(?:\d+|one|two|three) min(?:ute)?s? read|expand all|collapse all|show (?:more|less|all)|read (?:more|less)|see more"
    r"|mehr (?:anzeigen|lesen)|weniger anzeigen|alle (?:öffnen|schließen)|afficher (?:plus|moins)|lire la suite|leer más"
    r"|previous|next|zurück|weiter|home|startseite|accueil|inicio"
)
WIDGET = re.compile(rf"(?:{_PHRASES})\s*", re.I)
"""Whole texts that belong to the page's furniture, not to the policy."""
NEW_WINDOW = re.compile(
    r"\s*\(?(?:opens? in (?:a )?new (?:window|tab)|s['’]ouvre dans (?:une nouvelle fenêtre|un nouvel onglet)"
    r"|(?:wird )?in (?:einem )?neuen (?:fenster|tab) geöffnet|öffnet in (?:einem )?neuen (?:fenster|tab)"
    r"|se abre en una (?:nueva ventana|ventana nueva|nueva pestaña))\)?",
    re.I,
)
"""What screen readers are told about a link, standing inside a sentence."""
NEW_WINDOW_HINTS = ("new window", "new tab", "nouvelle fen", "nouvel onglet", "neuen ", "nueva")
"""A text without any of these need not be searched."""
_UNIT = (
    r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|tage?n?|wochen?|monate?n?|jahre?n?|jours?|semaines?|mois|ans?"
    r"|días?|semanas?|meses|años?)"
)
_COUNT = (
    r"(?:(?:over|about|almost|more than|less than)\s+)*(?:\d{1,4}|an?|one|two|three|einem|einer|une?|una)\s+"
)
_UPDATED = r"(?:(?:last |zuletzt )?(?:updated|modified|edited|published|aktualisiert|geändert|mis à jour|actualizado)[:\s]+)"
RELATIVE = re.compile(
    rf"{_UPDATED}?(?:{_COUNT}{_UNIT}\s+ago|(?:vor|il y a|hace)\s+{_COUNT}{_UNIT})"
    rf"|{_UPDATED}(?:yesterday|today|this week|gestern|heute|hier|aujourd['’]hui|ayer|hoy)",
    re.I,
)
"""A whole text that says how long ago something was ("Updated over a week ago")."""
CONTENTS = re.compile(
    r"(?:table of contents?|contents|on this page|in this (?:article|policy|section)|jump to|quick links|inhaltsverzeichnis|inhalt"
    r"|auf dieser seite|sommaire|table des matières|sur cette page|índice|tabla de contenidos?|en esta página|indice|sommario"
    r"|inhoudsopgave|inhoud|spis treści|conteúdo|innehåll|indhold|sisällys|目次|目录)\s*:?",
    re.I,
)
"""The heading of a table of contents."""
