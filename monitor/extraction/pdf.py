"""PDF to lines, by pypdfium2: reading order, without running headers, footers and page numbers."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

_MOST_PAGES = 600
_EDGE = 2
_NUMBER = re.compile(
    r"(?:page|seite|p\.|página|pagina|strona)?\s*[-–—|]?\s*\d{1,4}\s*(?:(?:of|von|sur|de|di|/|\|)\s*\d{1,4})?\s*[-–—|]?",
    re.I,
)
_DIGITS = re.compile(r"\d+")
_CELL_GAP = 14.0
"""Points between two words of a line that no single space bridges."""


class PdfError(ValueError):
    """The file cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Pdf:
    """What a PDF says."""

    text: str
    """Hard-wrapped lines, pages one after another; cells of a table row parted by `` | ``."""
    title: str
    pages: int


def read_pdf(body: bytes) -> Pdf:
    """The lines of a PDF. ``PdfError`` if it is broken, encrypted or too long."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        why = "it is protected by a password" if "password" in str(error).lower() else "the file is broken"
        raise PdfError(f"PDF: {why}") from None
    try:
        count = len(document)
        if count > _MOST_PAGES:
            raise PdfError(f"PDF: {count} pages, more than {_MOST_PAGES}")
        title = " ".join((document.get_metadata_dict().get("Title") or "").split())
        pages = []
        for index in range(count):
            try:
                page = document[index]
                textpage = page.get_textpage()
            except pypdfium2.PdfiumError:
                continue
            pages.append([line.strip() for line in _lines(textpage)])
            textpage.close()
            page.close()
    finally:
        document.close()
    return Pdf("\n".join(line for page in _without_running(pages) for line in page), title, count)


def _lines(textpage: object) -> list[str]:
    text: str = textpage.get_text_range()  # type: ignore[attr-defined]
    # Where a line ends with a hyphen, pdfium joins it to the next one with a sign of its own.
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufffe", "-\n").replace("\x02", "-\n")
    return text.split("\n")


def _without_running(pages: list[list[str]]) -> list[list[str]]:
    """Lines that stand at the same edge of most pages, digits apart, and page numbers are no text."""
    seen: Counter[str] = Counter()
    for page in pages:
        lines = [line for line in page if line]
        seen.update({_DIGITS.sub("#", line) for line in lines[:_EDGE] + lines[-_EDGE:]})
    running = {line for line, times in seen.items() if times >= 3 and times * 2 >= len(pages)}
    return [_trimmed(page, running) for page in pages]


def _trimmed(page: list[str], running: set[str]) -> list[str]:
    lines = [line for line in page if line]
    for step, end in ((1, 0), (-1, -1)):
        for _ in range(_EDGE):
            if lines and (_DIGITS.sub("#", lines[end]) in running or _NUMBER.fullmatch(lines[end])):
                lines = lines[1:] if step == 1 else lines[:-1]
    return lines
