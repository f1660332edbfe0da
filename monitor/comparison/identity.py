"""When two clauses are the same clause, and two documents the same version, wherever and whenever they were read."""

from __future__ import annotations

import hashlib
from urllib.parse import unquote, urlsplit

from monitor.comparison.normal import words
from monitor.model import Clause, Document

_FILES = (".pdf", ".doc", ".docx", ".xls", ".xlsx", ".odt", ".rtf", ".txt", ".csv")


def clause_key(clause: Clause) -> str:
    """Identity of a clause by its words alone (SHA-256, hex): neither label, path, markup nor links count."""
    return _digest(words(clause.text))


def text_key(document: Document) -> str:
    """Identity of a version (SHA-256, hex): its words in reading order, and the files that it links to.

    Where one clause ends and the next begins does not count, nor do labels, letter case and other links, so that
    a re-lettered or reflowed document is the same version, and a changed number or linked file another one.
    """
    said = " ".join(filter(None, (words(clause.text) for clause in document.clauses)))
    files = sorted({file for clause in document.clauses if clause.links for file in linked_files(clause)})
    return _digest("\n".join([said, *files]))


def linked_files(clause: Clause) -> list[str]:
    """Files that a clause links to, by host and path: another file is another document."""
    parts = (urlsplit(link) for link in clause.links)
    return [
        f"{part.hostname or ''}{unquote(part.path)}" for part in parts if part.path.lower().endswith(_FILES)
    ]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
